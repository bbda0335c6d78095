#!/bin/sh
# Builds the image that sbom_image.py measures: a layer with Debian 12 and runtimes (Python, Node.js, Java), and one with an
# installed npm tree. Usage: bench/corpus_image.sh DIR      then: export BARTIZAN_CORPORA=DIR
#
# Needs root, debootstrap and umoci, Debian's package server, and DIR/node (bench/corpus_node.sh).
set -eu
dir=${1:?usage: bench/corpus_image.sh DIR}
mirror=${DEBIAN_MIRROR:-}
dir=$(cd "$dir" && pwd)
[ -d "$dir/node" ] || { echo "corpus_image: build $dir/node first, with bench/corpus_node.sh" >&2; exit 1; }
command -v debootstrap >/dev/null || { echo "corpus_image: install debootstrap" >&2; exit 1; }
command -v umoci >/dev/null || { echo "corpus_image: install umoci" >&2; exit 1; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# A mirror of the machine's own, where none is named.
[ -n "$mirror" ] || mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -m1 debian || true)
debootstrap --variant=minbase --include=python3,nodejs,default-jre-headless bookworm "$scratch/root" ${mirror:+"$mirror"} >&2
rm -rf "$scratch/root/var/cache/apt/archives" "$scratch/root/var/lib/apt/lists"
tar -C "$scratch/root" --numeric-owner --sort=name -cf "$scratch/base.tar" .
mkdir -p "$scratch/app/srv"
cp -a "$dir/node" "$scratch/app/srv/app"
tar -C "$scratch/app" --numeric-owner --owner=0 --group=0 --sort=name -cf "$scratch/app.tar" srv

rm -rf "$dir/image"
umoci init --layout "$dir/image"
umoci new --image "$dir/image:app"
umoci raw add-layer --image "$dir/image:app" --history.created_by 'ADD rootfs.tar / # buildkit' "$scratch/base.tar"
umoci raw add-layer --image "$dir/image:app" --history.created_by 'COPY . /srv/app # buildkit' "$scratch/app.tar"
umoci config --image "$dir/image:app" --config.cmd node --config.workingdir /srv/app
umoci gc --layout "$dir/image"
du -sh "$scratch/root" "$scratch/app" "$dir/image" >&2
