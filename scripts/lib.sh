# shellcheck shell=bash
# Sourced by the other scripts: where things are, and how they speak.

repo_root() { (cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd); }

say() { printf '%s\n' "$*" >&2; }

have() { command -v "$1" >/dev/null 2>&1; }

# The directory cargo builds into, whatever CARGO_TARGET_DIR says.
target_dir() {
  local root
  root=$(repo_root)
  case "${CARGO_TARGET_DIR:-}" in
    '') printf '%s/target\n' "$root" ;;
    /*) printf '%s\n' "$CARGO_TARGET_DIR" ;;
    *) printf '%s/%s\n' "$root" "$CARGO_TARGET_DIR" ;;
  esac
}

# The Rust version rust-toolchain.toml asks for, such as 1.95.0.
wanted_rust() {
  sed -n 's/^channel *= *"\([^"]*\)".*/\1/p' "$(repo_root)/rust-toolchain.toml"
}

# at_least HAVE WANT: is version HAVE the same as WANT, or newer?
at_least() {
  [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]
}
