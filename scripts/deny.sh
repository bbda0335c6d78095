#!/usr/bin/env bash
# Dependencies: licences, owners and sources always; known advisories when the advisory database is at hand.
#
# The first three need nothing but Cargo.lock. The advisory database is fetched from GitHub; where that cannot be reached
# the last copy is used, and where there is none this says so and goes on. BARTIZAN_CI_REQUIRE_ADVISORIES=1 makes that a failure.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$(repo_root)"
export GIT_TERMINAL_PROMPT=0

cargo deny --locked check --hide-inclusion-graph -A unused-wrapper bans licenses sources

fetched=$(mktemp)
trap 'rm -f "$fetched"' EXIT
if timeout 60 cargo deny fetch db >"$fetched" 2>&1; then
  cargo deny --locked check advisories
elif [ -d "${CARGO_HOME:-$HOME/.cargo}/advisory-dbs" ] && cargo deny --locked --offline check advisories >"$fetched" 2>&1; then
  say "advisories: the database could not be fetched; checked against the copy fetched earlier, nothing found"
elif grep -q '^error\[\(vulnerability\|unsound\|notice\|unmaintained\)\]' "$fetched"; then
  cat "$fetched" >&2
  exit 1
elif [ "${BARTIZAN_CI_REQUIRE_ADVISORIES:-0}" = 1 ]; then
  say "advisories: NOT CHECKED, and BARTIZAN_CI_REQUIRE_ADVISORIES=1 asks for it: the database could not be fetched"
  sed 's/^/  /' "$fetched" | tail -n 5 >&2
  exit 1
else
  say "advisories: NOT CHECKED: the RustSec database could not be fetched and there is no earlier copy (no way to GitHub?)"
fi
