#: quiet
set -eu
# A database is made, started, asked and stopped.
cd /tmp
export PATH="$(ls -d /usr/lib/postgresql/*/bin | tail -1):$PATH"
install -d -o nobody -g nogroup data
as_nobody() { setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"; }
as_nobody initdb -D data/cluster -A trust -U admin > /dev/null
as_nobody pg_ctl -D data/cluster -w -o "-k /tmp -c listen_addresses=127.0.0.1" -l data/log start
psql -h /tmp -U admin -c 'create table t as select generate_series(1, 1000) n' -c 'select count(*) from t' postgres
pg_dump -h 127.0.0.1 -U admin postgres > dump.sql
as_nobody pg_ctl -D data/cluster -w stop
