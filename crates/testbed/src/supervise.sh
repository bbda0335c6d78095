# Runs a PostgreSQL until standard input ends, then stops it and takes its directory away: so that nothing is left behind whatever becomes
# of the test. Reads one word a line (start, stop, kill) and answers each with `ok` or `failed`.
#
#   sh -c "$(cat supervise.sh)" supervise DIRECTORY BINARIES USER PORT INITDB-WORDS SETTING...
set -u
dir=$1 bin=$2 user=$3 port=$4 init=$5
shift 5

as_user() {
  if [ -n "$user" ]; then
    exec setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups -- "$@"
  else
    exec "$@"
  fi
}

launch() {
  (as_user "$bin/postgres" -D "$dir/data" -k "$dir" -p "$port" "$@") >>"$dir/log" 2>&1 &
  pid=$!
}

start() {
  launch "$@"
  for _ in $(seq 600); do
    "$bin/pg_isready" -q -h "$dir" -p "$port" -d postgres && return 0
    # Processes of a server that was killed may still hold its memory for a moment.
    kill -0 "$pid" 2>/dev/null || launch "$@"
    sleep 0.05
  done
  return 1
}

finish() {
  kill -"$1" "$pid" 2>/dev/null
  wait "$pid" 2>/dev/null
  return 0
}

answer() { if "$@"; then echo ok; else echo failed; fi; }

# shellcheck disable=SC2086 # words
create() {
  { [ -z "$user" ] || chown -R "$user" "$dir"; } &&
    (as_user "$bin/initdb" -D "$dir/data" -U bartizan -A trust -E UTF8 --no-sync --wal-segsize=1 $init) >>"$dir/log" 2>&1
}

pid=
if create; then answer start "$@"; else echo failed; fi
while read -r word; do
  case $word in
    start) answer start "$@" ;;
    stop) answer finish INT ;;
    kill) answer finish KILL ;;
  esac
done
[ -z "$pid" ] || finish QUIT
rm -rf "$dir"
