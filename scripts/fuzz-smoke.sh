#!/usr/bin/env bash
# A short run of every fuzz target, or of one for as long as you like.
#
#   scripts/fuzz-smoke.sh                 every target, a counted number of inputs from a fixed seed
#   scripts/fuzz-smoke.sh NAME SECONDS    one target for that long, keeping what it finds in fuzz/corpus/NAME
#
# The targets are built by the stable compiler with LLVM's coverage instrumentation. Versions of dependencies are those of
# the product: its Cargo.lock is where the lock file of fuzz/ starts from.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$(repo_root)"

RUNS=5000
SMOKE_SECONDS=20
MEMORY_MB=2048
host=$(rustc -vV | sed -n 's/^host: //p')
build=$(target_dir)/fuzz

targets() {
  sed -n '/^\[\[bin\]\]/,/^$/s/^name = "\(.*\)"/\1/p' fuzz/Cargo.toml
}

build_targets() {
  local flags="--cfg fuzzing -Awarnings -Ccodegen-units=1 -Cpasses=sancov-module"
  flags+=" -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters"
  flags+=" -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares"
  cp Cargo.lock fuzz/Cargo.lock
  RUSTFLAGS="$flags" CARGO_TARGET_DIR="$build" \
    cargo build --quiet --release --target "$host" --manifest-path fuzz/Cargo.toml
  # Each change of a dependency leaves a hundred megabytes for every target behind: what is in use has a second name outside of deps/.
  find "$build/$host/release/deps" -type f ! -name '*.*' -links 1 -delete
}

# run TARGET CORPUS FLAG…: prints libFuzzer's log only when something broke.
run() {
  local target=$1 corpus=$2 log code=0
  shift 2
  log=$(mktemp)
  mkdir -p fuzz/artifacts "fuzz/seeds/$target"
  "$build/$host/release/$target" -timeout=10 -rss_limit_mb="$MEMORY_MB" -max_len=16384 -artifact_prefix="fuzz/artifacts/$target-" \
    "$@" "$corpus" "fuzz/seeds/$target" >"$log" 2>&1 || code=$?
  if [ "$code" != 0 ]; then
    tail -n 40 "$log" >&2
    rm -f "$log"
    say "fuzz: $target broke (exit $code); the input is in fuzz/artifacts/"
    return 1
  fi
  say "fuzz: $target: $(sed -n 's/^Done \([0-9]*\) runs.*/\1 inputs, nothing broke/p' "$log")"
  rm -f "$log"
}

build_targets
if [ $# -gt 0 ]; then
  mkdir -p "fuzz/corpus/$1"
  run "$1" "fuzz/corpus/$1" -max_total_time="${2:-60}"
else
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  for target in $(targets); do
    mkdir "$scratch/$target"
    run "$target" "$scratch/$target" -seed=1 -runs="$RUNS" -max_total_time="$SMOKE_SECONDS"
  done
fi
