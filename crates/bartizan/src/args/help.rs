//! The texts of `--help`. They teach: what a verb is for, what it answers, and how it is usually called.

pub(super) const TOP: &str = "\
Guards a SaaS platform from the commit to the kernel. This version guards the commit and begins to guard the build: it \
finds leaked credentials in directories, archives, container images, staged files and git history, lists components and \
their known vulnerabilities, judges how images are made, explains each finding, and answers one question the same way everywhere: allow, deny or unknown.";

pub(super) const TOP_EXAMPLES: &str = "\
Examples:
  bartizan scan                        look at the current directory
  bartizan scan -o sarif=out.sarif     write a SARIF file as well
  bartizan hook install                stop leaks before they are committed
  bartizan explain FINDING             what it is, why it matters, how to mend it

Exit codes:
  0    allow: nothing speaks against it
  1    deny: an unwaived finding at or above --fail-on, or an expired waiver
  2    the command line or the configuration is wrong
  3    nothing matched the request
  4    unknown: a required check failed, or something could not be read
  70   a defect of Bartizan
  130  interrupted";

pub(super) const SCAN: &str = "\
Look for leaked credentials and known vulnerabilities.

A target is a path (directory, file or archive), `-` for standard input, git:RANGE for the commits of a range, \
git:ALL for every commit of the repository, image:NAME for a container image of a registry, oci:DIR[:NAME|@DIGEST] or \
docker-archive:FILE[:NAME] for one in files, or rootfs:DIR for the root of a system. Each finding says what was found and where, why it matters, how sure \
Bartizan is, and how to mend it. A credential itself is masked everywhere.

Every layer of an image is looked at, files that a later layer deletes included; components are those that a container \
sees. A finding says which layer and which instruction brought it, and its line where --dockerfile names the file.

Components are matched once `bartizan db update` has made an index of advisories; without one that is said, and decides \
nothing unless `supply.require-index` is set. Whatever else could not be looked at is said, and makes the answer Unknown.";

pub(super) const SCAN_EXAMPLES: &str = "\
Examples:
  bartizan scan                               the current directory
  bartizan scan src docs/setup.md             two paths
  bartizan scan git:origin/main..HEAD         the commits of a branch
  bartizan scan git:ALL                       the whole history
  git show HEAD:config.yml | bartizan scan -  standard input
  bartizan scan image:ghcr.io/acme/app:1.2    an image, pulled from its registry
  bartizan scan oci:build/image:1.2           an image, as `skopeo copy` or `docker buildx` write it
  bartizan scan docker-archive:app.tar        an image, as `docker save` writes it
  bartizan scan oci:web --profile web         an image, by what a workload was seen to use
  bartizan scan --changed=origin/main         files that differ from a branch
  bartizan scan --only 'leak/aws-*'           some rules
  bartizan scan -o concise -o sarif=out.sarif two formats
  bartizan scan --rules gitleaks.toml         rules you have already
  bartizan scan --rules semgrep-rules/python  the same, all of a directory
  bartizan scan --new-only                    what the baseline does not know";

pub(super) const GATE: &str = "\
Decide whether a change may pass: scan, then answer allow (0), deny (1) or unknown (4).

The stage commit looks at what is staged, not at what lies in the work tree: a credential that was removed from the \
file and not from the index is found, and one that is not staged stops nobody. Findings of the classifier for \
credentials without a known format are advice there, unless the setting leak.generic is \"block\".

The stage build looks at what was built: a container image or the root of a system. The checks of the stages deploy and \
run are not part of this version; a gate of such a stage answers with exit code 3, never with allow.";

pub(super) const GATE_EXAMPLES: &str = "\
Examples:
  bartizan gate --stage commit                  what the commit hook runs
  bartizan gate --stage commit --fail-on low    a stricter gate
  bartizan gate --stage commit git:main..HEAD   the commits of a branch
  bartizan gate --stage build oci:build/image   an image before it is pushed";

pub(super) const SBOM: &str = "\
List the components of a target: which packages it contains or is built from, in which versions, what depends on what, \
under which licence, and the line of the file that proves each.

A target is what `scan` takes, an image or root of a system included, or sbom:FILE for a bill of materials that is there already: CycloneDX in JSON (1.2 to \
1.6) or XML, SPDX (2.2, 2.3) in JSON or as tag-value. Two runs over the same bytes differ in the time alone.

Nothing is judged, so 1 is never the answer. A lock file that could not be read makes the inventory incomplete: the \
document says so itself, and the exit code is 4. Where nothing lists any component it is 3.";

pub(super) const SBOM_EXAMPLES: &str = "\
Examples:
  bartizan sbom                             CycloneDX 1.6 of the current directory
  bartizan sbom -o spdx=app.spdx.json       SPDX 2.3, to a file
  bartizan sbom -o cyclonedx=a -o spdx=b    both, from one read
  bartizan sbom git:main..HEAD              what the commits of a branch touch
  bartizan sbom oci:build/image:1.2         what an image contains
  bartizan sbom sbom:vendor.xml -o spdx     from one form to another
  bartizan sbom -o statement                an in-toto statement, to be signed";

pub(super) const EXPLAIN: &str = "\
Explain something that Bartizan said: the same text as the manual.

A rule id gives its manual: what it finds, why that matters, which secure-coding practice it breaks, and how to mend \
it. A fingerprint gives the finding of the last scan of this machine that had it. Weaknesses (CWE-798), controls \
(nist:AC-2, pci:6.3.3, hipaa:164.312(b), cis:7.7, 13.3.1), verdicts (deny), exit codes (4) and waivers (a line of a file) are \
explained too.";

pub(super) const EXPLAIN_EXAMPLES: &str = "\
Examples:
  bartizan explain leak/private-key
  bartizan explain 3f0c9a…              a fingerprint from a report
  bartizan explain CWE-798
  bartizan explain nist:AC-6            a control, and the evidence that bears on it
  bartizan explain unknown
  bartizan explain waiver/expired
  bartizan explain bartizan.waivers.toml:3";

pub(super) const WAIVE: &str = "\
Accept a risk for a while, with a reason and a date.

Waivers of one line are best written beside it, in a comment. Waivers of many files, or of one finding in a file that \
has no comments, go into bartizan.waivers.toml, which these verbs edit. A finding of severity high or critical needs \
a last day, at most 90 days ahead unless waivers.max-days says otherwise.";

pub(super) const WAIVE_ADD: &str = "\
Add an entry to the waiver file. Comments and the order of what stands there already are kept.

A fingerprint covers one finding and keeps covering it when lines move or directories are renamed. A rule covers all \
its findings; limit it with --scope.";

pub(super) const WAIVE_ADD_EXAMPLES: &str = "\
Examples:
  bartizan waive add 3f0c9a… --reason 'revoked on Monday' --until 2027-03-01
  bartizan waive add --rule leak/private-key --scope 'tests/keys/**' --reason 'open nothing' --until 2027-03-01";

pub(super) const WAIVE_PRUNE: &str = "\
Remove the entries of the waiver file that have expired or cover nothing any more. To know what an entry covers, the \
directory of the waiver file is scanned first; nothing is removed when that scan could not look at everything.";

pub(super) const BASELINE: &str = "\
Record the findings of today, so that only new ones count.

A baseline holds fingerprints, with rule and path for people, and nothing of a credential: it can be committed. \
`scan --new-only` leaves out what it knows and says how much that was.";

pub(super) const HOOK: &str = "\
Write a pre-commit hook that runs `bartizan gate --stage commit --staged`.

Linked work trees and core.hooksPath are respected. A hook that is there already is kept and runs first. Installing \
twice changes nothing.";

pub(super) const HOOK_EXAMPLES: &str = "\
Examples:
  bartizan hook install
  bartizan hook install --uninstall";

pub(super) const SERVE: &str = "\
Run the control plane. Reports, bills of materials and decisions are taken into an append-only ledger; the graph of things, \
findings and components is made from it; the interface is at /api/v1, the console at /.

Without --database everything is kept in one SQLite file in the data directory. With --database postgres://… several servers \
share one PostgreSQL database, and any of them answers; with --bus nats://… they hear of one another at once. At the first start a link is printed that lets the administrator in \
once, to set a password. /healthz and /readyz say whether the server answers, /metrics how it does.";

pub(super) const SERVE_EXAMPLES: &str = "\
Examples:
  bartizan serve
  bartizan serve --listen 127.0.0.1:9000 --data-dir /var/lib/bartizan
  bartizan serve --listen 0.0.0.0:8420 --tls-cert server.crt --tls-key server.key
  bartizan serve --database postgres://bartizan@db.internal/bartizan --log-key log.key --bus tls://bus.internal:4222
  bartizan serve --behind-proxy --oidc oidc.toml --log json --metrics-token-file metrics.token --stop-delay 10";

pub(super) const LOGIN: &str = "\
Remember the address of a control plane and a token, for `bartizan push`, `scan --push` and `status`. Tokens are made in the \
console under Set-up. The token is read from standard input, or from a file, and is kept in the data directory, readable by you \
alone. BARTIZAN_PLANE_URL and BARTIZAN_PLANE_TOKEN in the environment are used instead where they are set, and BARTIZAN_PLANE_CA names a file \
with authorities to trust besides those of the system, as --ca does.";

pub(super) const PUSH: &str = "\
Send reports (`bartizan scan -o json`), in-toto Statements, DSSE envelopes, and bills of materials (CycloneDX, SPDX) to the \
control plane. What was sent before is recognised and changes nothing.";

pub(super) const PUSH_EXAMPLES: &str = "\
Examples:
  bartizan scan -o json=report.json; bartizan push report.json
  bartizan push --asset image:registry.example/shop bom.cdx.json
  bartizan push --sign ci.key report.json";

pub(super) const SIGN: &str = "\
Put a DSSE envelope around an in-toto Statement and sign it, or add a signature to an envelope; the envelope goes to standard \
output. `bartizan push --sign KEY` and `scan --push --sign KEY` do the same to what they send. A control plane believes signatures of \
keys that an administrator has registered there, in the console under Set-up.";

pub(super) const SIGN_EXAMPLES: &str = "\
Examples:
  bartizan sign --new-key ci.key
  bartizan scan . -o statement=statement.json; bartizan sign --key ci.key statement.json > envelope.json
  bartizan scan . --push --sign ci.key";

pub(super) const SLO_STATUS: &str = "\
Say whether remediation keeps to its objectives, as the control plane knows it. For each severity: the objective, what is open, past its \
due date and due today, how long remediation took in the last ninety days, and how much of it was within the objective; then the security \
debt with its formula. The exit code is 1 when something at or above --fail-on is past its due date, 4 when nothing was ever sent.";

pub(super) const STATUS: &str = "\
Say where things stand: the verdict and what it rests on, open findings, what is overdue, and what to do first. The exit code is \
1 when something is denied, 4 when something is not known.";

pub(super) const COMPLY: &str = "\
Say what the evidence of the control plane proves of the controls of published frameworks. A control is satisfied only by fresh and \
complete evidence and, where tests leave something, by a person who attests it until a day; a manual control is never counted as passed.";

pub(super) const COMPLY_REPORT: &str = "\
Say what is known of every control of a framework: satisfied, not satisfied, manual, or no evidence, with the reason. Without a \
framework, say the numbers of every framework. The exit code is 1 when a control is not satisfied, 4 when one has no evidence or is \
manual and nobody attests it, 3 when nothing has the label; --exit-zero lowers only 1.";

pub(super) const COMPLY_GAPS: &str = "\
Say for which controls something is to be done: those that are not satisfied, that have no evidence, or that are manual and that \
nobody attests. Exit codes are those of `comply report`.";

pub(super) const COMPLY_EXPORT: &str = "\
Write what is known of a framework to hand it over: OSCAL assessment results with the digest of each piece of evidence, a table \
(RFC 4180), a page without scripts to read and print, or the assessment itself (bartizan/assessment/v1). It judges nothing: the exit \
code is 0 when the files are written.";

pub(super) const COMPLY_EXAMPLES: &str = "\
Examples:
  bartizan comply report
  bartizan comply report fedramp:moderate --label boundary=prod
  bartizan comply gaps pci
  bartizan comply export nist:high -o oscal=results.json -o html=report.html";

pub(super) const LEDGER: &str = "\
Verify that the ledger is whole and that the graph is the one it gives, or make the graph again. `verify` and `rebuild` work on the \
database itself; the server may run meanwhile.

`verify --server` asks the control plane that `bartizan login` remembers and believes nothing of what it says: the signature under its \
log, that the log continues the one that was seen the last time, and that its records are those of the signed tree are all checked. What \
was seen is kept in the data directory. A log that was rolled back, forked or changed is exit code 1.";

pub(super) const LEDGER_FORGET: &str = "\
Take away for good what was sent as these statements. Their records, with digest, time and sender, stay in the log, which stays provable; \
a statement says who took it away and why. The graph is made again from what is left: findings that only these statements told of, and \
their history, are gone. Decisions, and what a hold is on, stay. For administrators; asks the control plane that `bartizan login` remembers.";

pub(super) const BACKUP: &str = "\
Write a copy of the control plane's SQLite file as it is now; the server may run meanwhile. PostgreSQL is copied with pg_dump.";

pub(super) const RESTORE: &str = "\
Put a copy that `bartizan backup` wrote in place of the control plane's SQLite file, after it was verified. The server must not \
run. What was there is kept beside it.";

pub(super) const DOCTOR: &str = "\
Check that everything Bartizan needs is in order: git, configuration, hook, data directory, rules, cache. Each line \
says ok, warn or fail, and what to do. The exit code is 1 when a line says fail.";

pub(super) const COMPLETIONS: &str = "\
Print a completion script.

  bash: bartizan completions bash > ~/.local/share/bash-completion/completions/bartizan
  zsh:  bartizan completions zsh > a directory of your fpath, as _bartizan
  fish: bartizan completions fish > ~/.config/fish/completions/bartizan.fish";

pub(super) const MAN: &str = "\
Print the manual page in roff, or write the pages of every verb to a directory.

  bartizan man | man -l -
  bartizan man -o ~/.local/share/man/man1";

pub(super) const RULES_TEST: &str = "\
Try every example that stands in a rule with the real detector: what must fire and what must not. Credentials in \
examples are expanded from generator patterns in memory and never written anywhere.";

pub(super) const RULES_NEW_EXAMPLES: &str = "\
Examples:
  bartizan rules new leak/example-api-token > example-api-token.yaml
  bartizan rules test example-api-token.yaml
  bartizan scan --rules example-api-token.yaml";

pub(super) const RULES_IMPORT: &str = "\
Translate a rule file of another tool into rule files of Bartizan, one each, and say of every rule what became of it. \
A rule that cannot run is left out and named. A condition that only keeps a rule quiet and cannot be honoured is \
named and dropped: the rule then reports more, never less.

Foreign rule files need not be imported to be used: `bartizan scan --rules FILE` reads them as they are. Those of Semgrep are \
used in no other way: what is printed is which of their rules run, and why the others do not.";

pub(super) const RULES_IMPORT_EXAMPLES: &str = "\
Examples:
  bartizan rules import gitleaks.toml
  bartizan rules import gitleaks.toml -o rules/
  bartizan rules import semgrep-rules/python/";

pub(super) const DB_UPDATE: &str = "\
Make the index of known vulnerabilities again.

Without --from the records come from the public OSV bucket, and what is known of exploitation from CISA and FIRST; the settings \
supply.osv, supply.kev and supply.epss name mirrors of them. Only what changed since the last time is fetched, and what was \
broken off goes on where it ended.

--from names a mirror, a directory in the layout of the bucket (one all.zip in the directory of each ecosystem), an archive of \
records, or single records. Paths alone need no network. In a directory, a file named known_exploited_vulnerabilities.json and \
a CSV with epss in its name are taken for what they are; --kev and --epss name them elsewhere.

The new index takes the place of the old one in one step, and only when everything could be fetched and read.";
pub(super) const DB_UPDATE_EXAMPLES: &str = "\
Examples:
  bartizan db update
  bartizan db update --ecosystem npm --ecosystem Debian
  bartizan db update --from https://mirror.example.com/osv/ --ca-file ca.pem
  bartizan db update --from /srv/mirror/osv
  bartizan db update --from npm/all.zip --from PyPI/all.zip
  bartizan db update --from osv --kev known_exploited_vulnerabilities.json --epss epss_scores-current.csv.gz";

pub(super) const LSP: &str = "\
Speak the Language Server Protocol on standard input and output. An editor starts it, and shows what the checks of `bartizan scan` find \
in a document while it is written: problems where they stand, the manual of a rule on hover, and what mends or waives a finding as \
actions. A document is judged as if it alone had changed; what only a whole directory tells is left to `scan`. Nothing is written, and \
no network is used.";

pub(super) const LSP_EXAMPLES: &str = "\
Examples (how editors are set up stands in docs/editors.md):
  vim.lsp.start({ name = 'bartizan', cmd = { 'bartizan', 'lsp' }, root_dir = vim.fn.getcwd() })    Neovim

Exit codes:
  0    the editor took its leave
  2    what came is no such conversation, or it broke off";
