#!/usr/bin/env bash
# The tests of what is written in Python: the planter of examples/harbour, and the benchmarks' arithmetic.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$(repo_root)"

for dir in examples/harbour/tests bench/tests; do
  if [ -d "$dir" ]; then
    say "python tests: $dir"
    python3 -m unittest discover --quiet --start-directory "$dir" --top-level-directory "$dir"
  fi
done
