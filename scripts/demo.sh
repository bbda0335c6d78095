#!/usr/bin/env bash
# What `make demo` shows, once the release binary is built: scan examples/harbour, or the path given, and what was found in the console.
#
# Harbour is copied to demo/harbour in the build directory and its credentials are generated into that copy, so the
# repository itself holds none. Ends with 0 when the scan came to a verdict, Allow or Deny; with the scan's own
# exit code when it could not.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# What the scan's exit code means, in words.
meaning() {
  case "$1" in
    0) echo "Allow: a gate would let this through" ;;
    1) echo "Deny: a gate would stop this" ;;
    2) echo "the command line or a configuration file is wrong" ;;
    3) echo "nothing there to scan" ;;
    4) echo "Unknown: something that had to be checked was not" ;;
    70) echo "a defect in Bartizan itself" ;;
    130) echo "interrupted" ;;
    *) echo "not an exit code Bartizan gives" ;;
  esac
}

plant_harbour() {
  local work=$1
  python3 "$root/examples/harbour/plant.py" --into "$work/harbour" --manifest "$work/planted.json"
  # A repository of its own, so that the scan sees what a developer's clone would hold.
  git -C "$work/harbour" init -q
  git -C "$work/harbour" add -A
  git -C "$work/harbour" -c user.name=Harbour -c user.email=dev@harbour.example -c commit.gpgsign=false commit -q -m "Harbour"
}

root=$(repo_root)
work=$(target_dir)/demo
bartizan=$(target_dir)/release/bartizan
mkdir -p "$work"

outputs=(-o pretty -o "json=$work/report.json")
if [ $# -gt 0 ]; then
  target=$1
else
  plant_harbour "$work"
  target=$work/harbour
fi

say ""
say "\$ bartizan scan $target"
say ""
code=0
"$bartizan" scan "${outputs[@]}" "$target" || code=$?

say ""
say "The scan's own exit code was $code. $(meaning "$code")."
if [ $# -eq 0 ] && [ "$code" -le 1 ]; then
  python3 "$root/examples/harbour/plant.py" --check "$work/report.json" --manifest "$work/planted.json" || true
  say "The report as JSON: $work/report.json. Try also: $bartizan explain leak/aws-access-key-id"
fi
case "$code" in
  0 | 1) exec "$root/scripts/demo-console.sh" "$bartizan" "$work" "$work/report.json" ;;
  *) exit "$code" ;;
esac
