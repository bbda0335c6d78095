#!/usr/bin/env bash
# Walks the console in Chromium against the real server; see console/e2e/run.mjs.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$(repo_root)"

cargo build --quiet --locked --package bartizan
export BARTIZAN_BIN="${CARGO_TARGET_DIR:-$PWD/target}/debug/bartizan"
cd console
exec npm run --silent e2e
