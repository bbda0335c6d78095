#!/usr/bin/env bash
# Bartizan on its own repository: no live-looking credential, no package from a doubtful place, and nothing left unread.
#
# The classifier's findings of low severity are advice and do not fail this; everything else does.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$(repo_root)"

# Rules for credentials without a form of their own, "whatever stands in this field": the generator pattern that stands in
# that field in a rule's examples is then one. In the rule files, and only there, these do not judge.
FORMLESS=(
  'generic*'
  docker-login-password
  filezilla-password
  flask-secret-key
  hasura-admin-secret
  http-bearer-authorization
  kickstart-root-hash
  nuget-config-password
  powershell-plaintext-securestring
  robomongo-password
  wifi-passphrase
  yarn-registry-token
)

cargo build --quiet --locked --package bartizan
bartizan=$(target_dir)/debug/bartizan

scan() {
  "$bartizan" scan --offline -o concise --fail-on "$@"
}

# `low` for everything with a form, `medium` where the classifier has a say.
scan low . --skip 'leak/generic*' --skip 'supply/*' --skip 'deploy/*' --skip 'ci/*' --skip 'code/*' --exclude /content/rules/ --exclude /fuzz/seeds/waiver_comment/
scan medium . --only 'leak/generic*' --exclude /content/rules/
# The flaws of the example are there to be found, and what the fuzzer starts from is no lock file of ours.
scan low . --only 'deploy/*' --only 'ci/*' --exclude /examples/harbour/ --exclude /fuzz/seeds/
scan low . --only 'supply/*' --exclude /examples/harbour/ --exclude /fuzz/seeds/
scan low . --only 'code/*' --exclude /examples/harbour/
scan low content/rules "${FORMLESS[@]/#/--skip=leak/}"
