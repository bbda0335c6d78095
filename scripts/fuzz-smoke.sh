#!/usr/bin/env bash
# A short run of every fuzz target.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$(repo_root)"

if [ ! -f fuzz/Cargo.toml ]; then
  say "fuzz smoke: there are no fuzz targets yet"
  exit 0
fi
