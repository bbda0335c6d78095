#!/usr/bin/env bash
# Bartizan on its own repository: a finding of low severity or above, or anything left unread, fails.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$(repo_root)"

cargo build --quiet --locked --package bartizan
"$(target_dir)/debug/bartizan" scan . --fail-on low --offline -o concise
