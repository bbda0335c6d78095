#!/usr/bin/env bash
# The end of the demo: what the scan found, in the console.
#
#   scripts/demo-console.sh PROGRAM DIRECTORY REPORT
#
# Starts the control plane on an empty data directory below DIRECTORY, sends REPORT to it, and says where to look. On a terminal it stays
# until Ctrl-C; elsewhere it asks for the page and for what was sent, says so, and stops.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

program=$1 plane=$2/control-plane report=$3
notes=$plane/notes token=$plane/token

# The usual port where nobody has it.
free_port() {
  python3 -I - <<'PYTHON'
import socket
for port in (8420, 0):
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        print(probe.getsockname()[1])
        break
PYTHON
}

fail() {
  say "demo: $*"
  sed 's/^/  /' "$notes" >&2
  exit 1
}

answer() { curl --silent --show-error --fail --max-time 10 "$@"; }

# What is left of an earlier demo has an administrator already, and no link for a new one.
rm -rf "$plane"
mkdir -p -m 700 "$plane"
address=127.0.0.1:$(free_port)
"$program" serve --isolated --data-dir "$plane" --listen "$address" --new-token admin >"$token" 2>"$notes" &
server=$!
trap 'kill "$server" 2>/dev/null; wait "$server" 2>/dev/null || true' EXIT
for _ in $(seq 300); do
  grep -q 'listening on' "$notes" && break
  kill -0 "$server" 2>/dev/null || fail "the control plane did not start"
  sleep 0.1
done
link=$(grep -o 'http://[^ ]*/#/setup/[^ ]*' "$notes") || fail "there is no link for the administrator"
env BARTIZAN_PLANE_URL="http://$address" BARTIZAN_PLANE_TOKEN="$(cat "$token")" \
  "$program" push --isolated --data-dir "$plane" "$report" >&2 || fail "the scan did not arrive"

say ""
say "The control plane has the scan. Set a password here, once and within a day, and look at it:"
say ""
say "    $link"
say ""
if [ -t 1 ] && [ -z "${CI:-}" ]; then
  say "Ctrl-C stops it. Everything it knows is in $plane."
  trap 'kill "$server" 2>/dev/null; wait "$server" 2>/dev/null || true; exit 0' INT TERM
  wait "$server" || true
else
  answer --output /dev/null "http://$address/" || fail "the console does not answer"
  found=$(answer --header "Authorization: Bearer $(cat "$token")" "http://$address/api/v1/findings?limit=1") || fail "the findings cannot be read"
  [[ $found == *'"id":'* ]] || fail "nothing of the scan is there: $found"
  say "This is no terminal: the page and the findings were asked for and answered, and the control plane is stopped again."
  say "To keep it:  $program serve --data-dir $plane --new-link admin"
fi
