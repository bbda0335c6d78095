#!/usr/bin/env bash
# The demo as a test: every credential planted in harbour is found, no format rule fires where nothing was planted, and the console has it.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$(repo_root)"

cargo build --quiet --locked --package bartizan
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# A fixed seed: a test must not fail by the luck of a draw.
python3 examples/harbour/plant.py --into "$work/harbour" --manifest "$work/planted.json" --seed 7
code=0
"$(target_dir)/debug/bartizan" scan --isolated --data-dir "$work/data" -q -o "json=$work/report.json" "$work/harbour" || code=$?
[ "$code" = 1 ] || { say "demo: the scan of harbour ended with $code; 1 (Deny) is right"; exit 1; }
python3 examples/harbour/plant.py --check "$work/report.json" --manifest "$work/planted.json"
CI=1 scripts/demo-console.sh "$(target_dir)/debug/bartizan" "$work" "$work/report.json"
