#!/bin/sh
# Builds a source tree of a fixed content in DIR for the throughput figures: Rust, C, C++, JavaScript, TypeScript,
# Python, JSON, HTML and Markdown, from pinned releases on crates.io, npm and PyPI.
# Usage: bench/corpus_tree.sh DIR
#
# Only the named packages are kept, never their dependencies, so the content does not drift with the registries.
# Binary files and ignore files are removed: every tool then has the same bytes to read.
set -eu
dir=${1:?usage: bench/corpus_tree.sh DIR}
python=${PYTHON:-python3}

crates="librocksdb-sys=0.17.3+10.4.2 libgit2-sys=0.18.2+1.9.1
zstd-sys=2.0.16+zstd.1.5.7 tokio=1.47.1 syn=2.0.106 regex-automata=0.4.10 rustls=0.23.31 axum=0.8.4 clap_builder=4.5.47
hyper=1.7.0 serde=1.0.219 nix=0.30.1 rayon=1.11.0"
npm="typescript@5.9.2 webpack@5.101.3 eslint@9.35.0 lodash@4.17.21 rxjs@7.8.2 vue@3.5.21
express@5.1.0 @types/node@24.3.1 d3@7.9.0 prettier@3.6.2 moment@2.30.1 svelte@5.38.7 @angular/core@20.2.4"
pypi="django==5.2.6 twisted==25.5.0 sqlalchemy==2.0.43 ansible-core==2.19.1 pylint==3.3.8
networkx==3.5 sphinx==8.2.3"

mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

mkdir -p "$work/crates/src" "$dir/crates"
: > "$work/crates/src/lib.rs"
{
    printf '[package]\nname = "corpus"\nversion = "0.0.0"\nedition = "2021"\n[workspace]\n[dependencies]\n'
    for crate in $crates; do
        printf '%s = "=%s"\n' "${crate%%=*}" "${crate#*=}"
    done
} > "$work/crates/Cargo.toml"
(cd "$work/crates" && cargo vendor --quiet --versioned-dirs vendored > /dev/null)
for crate in $crates; do
    name="${crate%%=*}-${crate#*=}"
    cp -R "$work/crates/vendored/$name" "$dir/crates/$name"
done

mkdir -p "$work/npm" "$dir/npm"
# shellcheck disable=SC2086  # the list is meant to split into words
(cd "$work/npm" && npm pack --silent $npm > /dev/null)
for tarball in "$work"/npm/*.tgz; do
    into="$dir/npm/$(basename "$tarball" .tgz)"
    mkdir -p "$into"
    tar -xzf "$tarball" -C "$into" --strip-components=1
done

mkdir -p "$work/pypi" "$dir/pypi"
# shellcheck disable=SC2086
"$python" -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: \
    --python-version 3.12 --platform manylinux2014_x86_64 --platform any --dest "$work/pypi" $pypi
for wheel in "$work"/pypi/*.whl; do
    "$python" -m zipfile -e "$wheel" "$dir/pypi/$(basename "$wheel" | cut -d- -f1,2)"
done

"$python" - "$dir" <<'PY'
import os, sys

kept = size = 0
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        path = os.path.join(folder, name)
        if os.path.islink(path) or name in (".gitignore", ".ignore", ".npmignore", ".cargo-checksum.json"):
            os.unlink(path)
            continue
        with open(path, "rb") as file:
            head = file.read(8192)
        if b"\0" in head:
            os.unlink(path)
            continue
        os.chmod(path, 0o644)
        kept += 1
        size += os.path.getsize(path)
print(f"{kept} files, {size / 1e6:.1f} MB")
PY
