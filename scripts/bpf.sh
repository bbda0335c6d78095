#!/usr/bin/env bash
# Builds the programs that the sensor loads into the kernel, and their digests, from crates/sensor/bpf.
#
#   scripts/bpf.sh           writes the objects and their digests
#   scripts/bpf.sh --check   builds them elsewhere and ends with 1 when those that are kept differ in a bit
#
# The same compiler gives the same bits: Debian 12's clang 14 with the headers of its libbpf. Another one is refused, since what it
# makes could not be compared.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$(repo_root)/crates/sensor/bpf"

COMPILER=14
say_missing() {
  say "bpf: $1 is missing; scripts/setup.sh lint installs it"
  exit 2
}
have "clang-$COMPILER" || say_missing "clang-$COMPILER"
have "llvm-strip-$COMPILER" || say_missing "llvm-$COMPILER"
[ -e /usr/include/bpf/bpf_helpers.h ] || say_missing libbpf-dev

into=.
if [ "${1:-}" = --check ]; then
  into=$(mktemp -d)
  trap 'rm -rf "$into"' EXIT
fi

differs=0
for source in *.bpf.c; do
  for architecture in x86_64:x86 aarch64:arm64; do
    object=${source%.bpf.c}.${architecture%:*}.o
    "clang-$COMPILER" -O2 -g -target bpf -mcpu=v3 -D__TARGET_ARCH_"${architecture#*:}" -Wall -Werror -Wno-missing-declarations \
      -fdebug-compilation-dir=. -I"/usr/include/$(uname -m)-linux-gnu" -c "$source" -o "$into/$object"
    # What is left tells types (BTF), which the loader needs; where the compiler found its sources is of no use.
    "llvm-strip-$COMPILER" -g "$into/$object"
    sha256sum "$into/$object" | cut -d ' ' -f 1 >"$into/$object.sha256"
    if [ "$into" != . ] && ! cmp -s "$into/$object" "$object"; then
      say "bpf: crates/sensor/bpf/$object is not what its sources make: run \`make bpf\`"
      differs=1
    fi
    if [ "$into" != . ] && ! cmp -s "$into/$object.sha256" "$object.sha256"; then
      say "bpf: crates/sensor/bpf/$object.sha256 is not the digest of what its sources make: run \`make bpf\`"
      differs=1
    fi
  done
done
exit "$differs"
