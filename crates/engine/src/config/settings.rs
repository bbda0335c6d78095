//! The table of settings: the one list that the file, the environment, the flags, `config show` and the JSON schema
//! all go by.

use std::fmt;

/// One setting.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// `section.name`, as in the file.
    pub key: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// What it is when nobody sets it; `None` when there is no value then.
    pub default: Option<Default>,
    /// Whether any configuration file may set it. A file that is found comes with the code that is scanned, and that code must
    /// not choose where on the machine data is written, whom the machine trusts and where it learns of vulnerabilities. A
    /// file that the user names may set everything.
    pub in_file: bool,
    /// What it does: one sentence for people.
    pub about: &'static str,
}

/// What a setting holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One of these words.
    Word(&'static [&'static str]),
    /// A list of globs over paths.
    PathGlobs,
    /// A list of globs over rule ids.
    RuleGlobs,
    /// A list of globs over names of packages.
    NameGlobs,
    /// A list of paths.
    Paths,
    /// One name, whose meaning whoever reads it knows.
    Name,
    /// A list of such names.
    Names,
    /// One path.
    Path,
    /// One path, or the address of a web resource.
    Place,
    /// A number from the first to the second, both included.
    Number(u64, u64),
    /// A time of at least an hour: a number and `h`, `d` or `w`.
    Duration,
    /// Yes or no.
    Flag,
}

/// A default, in a form that a constant can have.
#[derive(Debug, Clone, Copy)]
pub enum Default {
    /// A word or path.
    Text(&'static str),
    /// A number.
    Number(u64),
    /// Yes or no.
    Flag(bool),
    /// An empty list.
    Empty,
}

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A word or path.
    Text(String),
    /// Globs or paths.
    List(Vec<String>),
    /// A number.
    Number(u64),
    /// Yes or no.
    Flag(bool),
}

impl From<Default> for Value {
    fn from(default: Default) -> Self {
        match default {
            Default::Text(text) => Self::Text(text.to_owned()),
            Default::Number(number) => Self::Number(number),
            Default::Flag(flag) => Self::Flag(flag),
            Default::Empty => Self::List(Vec::new()),
        }
    }
}

impl fmt::Display for Value {
    /// As TOML.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "{text:?}"),
            Self::List(items) => write!(f, "{items:?}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Flag(flag) => write!(f, "{flag}"),
        }
    }
}

/// Severities, for `scan.fail-on`.
const SEVERITIES: &[&str] = &["critical", "high", "medium", "low", "info"];

/// Every setting, in the order in which they are shown.
pub const SETTINGS: &[Setting] = &[
    Setting {
        key: "scan.fail-on",
        kind: Kind::Word(SEVERITIES),
        default: Some(Default::Text("high")),
        in_file: true,
        about: "Deny when an unwaived finding is at least this severe.",
    },
    Setting {
        key: "scan.only",
        kind: Kind::RuleGlobs,
        default: Some(Default::Empty),
        in_file: true,
        about: "Globs of the only rules to judge by, for instance `leak/*`; an empty list means every rule.",
    },
    Setting {
        key: "scan.skip",
        kind: Kind::RuleGlobs,
        default: Some(Default::Empty),
        in_file: true,
        about: "Globs of rules not to judge by.",
    },
    Setting {
        key: "scan.exclude",
        kind: Kind::PathGlobs,
        default: Some(Default::Empty),
        in_file: true,
        about: "Globs of files and directories not to look at, relative to this file's directory and read as \
                .gitignore reads them.",
    },
    Setting {
        key: "scan.respect-gitignore",
        kind: Kind::Flag,
        default: Some(Default::Flag(true)),
        in_file: true,
        about: "Leave out what .gitignore leaves out. Files that git tracks are looked at all the same.",
    },
    Setting {
        key: "scan.max-window",
        kind: Kind::Number(64 * 1024, 1024 * 1024 * 1024),
        default: Some(Default::Number(4 * 1024 * 1024)),
        in_file: true,
        about: "Bytes of a file to hold in memory at once; a larger file is read in overlapping windows of this size.",
    },
    Setting {
        key: "scan.archive-depth",
        kind: Kind::Number(0, 16),
        default: Some(Default::Number(3)),
        in_file: true,
        about: "How many archives deep to look into archives; 0 means not to open them.",
    },
    Setting {
        key: "scan.archive-bytes",
        kind: Kind::Number(65536, 1099511627776),
        default: Some(Default::Number(536870912)),
        in_file: true,
        about: "Bytes one archive may expand to, nested archives included; what lies beyond is said to be unread.",
    },
    Setting {
        key: "scan.archive-members",
        kind: Kind::Number(1, 100000000),
        default: Some(Default::Number(200000)),
        in_file: true,
        about: "Members one archive may have, those of nested archives included.",
    },
    Setting {
        key: "scan.archive-ratio",
        kind: Kind::Number(1, 1000000),
        default: Some(Default::Number(1000)),
        in_file: true,
        about: "How many times its size an archive may expand to.",
    },
    Setting {
        key: "scan.max-object",
        kind: Kind::Number(1048576, 17179869184),
        default: Some(Default::Number(268435456)),
        in_file: true,
        about: "Bytes of the largest git object that is decoded at once.",
    },
    Setting {
        key: "scan.jobs",
        kind: Kind::Number(0, 1024),
        default: Some(Default::Number(0)),
        in_file: true,
        about: "Files to look at in parallel; 0 means one a processor.",
    },
    Setting {
        key: "code.static-analysis",
        kind: Kind::Flag,
        default: Some(Default::Flag(true)),
        in_file: true,
        about: "Judge source code by the rules `code/*` in every scan and gate; where it is off, they judge where `scan.only` names them.",
    },
    Setting {
        key: "code.tests",
        kind: Kind::Flag,
        default: Some(Default::Flag(false)),
        in_file: true,
        about: "Judge the source code of tests by the rules `code/*`, too.",
    },
    Setting {
        key: "code.require-reading",
        kind: Kind::Flag,
        default: Some(Default::Flag(false)),
        in_file: true,
        about: "Answer Unknown where a file of source code could not be read or followed to its end, or a rule of Semgrep cannot run.",
    },
    Setting {
        key: "code.models",
        kind: Kind::Paths,
        default: Some(Default::Empty),
        in_file: true,
        about: "Files or directories with your own models of libraries, which rules about source code follow data by.",
    },
    Setting {
        key: "quality.gate",
        kind: Kind::Word(&["off", "new", "all"]),
        default: Some(Default::Text("off")),
        in_file: true,
        about: "Judge the quality of code: not (off), of what a change brings, with --staged, --changed or a range (new), or of the whole \
                tree as well (all). With new, measures of the whole tree are shown and not judged.",
    },
    Setting {
        key: "quality.min-coverage",
        kind: Kind::Number(0, 100),
        default: Some(Default::Number(80)),
        in_file: true,
        about: "Lines in a hundred, of those that can run, that tests must run; 0 asks nothing.",
    },
    Setting {
        key: "quality.max-duplication",
        kind: Kind::Number(0, 100),
        default: Some(Default::Number(3)),
        in_file: true,
        about: "Lines in a hundred that may stand somewhere else, too; 100 asks nothing.",
    },
    Setting {
        key: "quality.min-rating",
        kind: Kind::Word(&["A", "B", "C", "D", "E"]),
        default: Some(Default::Text("A")),
        in_file: true,
        about: "The worst rating of maintainability and of security that passes; E asks nothing.",
    },
    Setting {
        key: "quality.min-comments",
        kind: Kind::Number(0, 100),
        default: Some(Default::Number(0)),
        in_file: true,
        about: "Lines in a hundred, of those with code or comments, that must be comments; 0 asks nothing.",
    },
    Setting {
        key: "quality.min-tests",
        kind: Kind::Number(0, 1000),
        default: Some(Default::Number(0)),
        in_file: true,
        about: "Lines of code of tests that there must be for a hundred lines of code; 0 asks nothing.",
    },
    Setting {
        key: "quality.small-change",
        kind: Kind::Number(0, 10000),
        default: Some(Default::Number(20)),
        in_file: true,
        about: "Lines of code of a change below which coverage, duplication, comments and tests are shown and not judged.",
    },
    Setting {
        key: "quality.max-cognitive",
        kind: Kind::Number(1, 10000),
        default: Some(Default::Number(15)),
        in_file: true,
        about: "Cognitive complexity above which a function is told.",
    },
    Setting {
        key: "quality.max-cyclomatic",
        kind: Kind::Number(1, 10000),
        default: Some(Default::Number(20)),
        in_file: true,
        about: "Cyclomatic complexity above which a function is told.",
    },
    Setting {
        key: "quality.max-function-lines",
        kind: Kind::Number(1, 1000000),
        default: Some(Default::Number(100)),
        in_file: true,
        about: "Lines above which a function is told.",
    },
    Setting {
        key: "quality.max-file-lines",
        kind: Kind::Number(1, 1000000),
        default: Some(Default::Number(1000)),
        in_file: true,
        about: "Lines above which a file is told.",
    },
    Setting {
        key: "quality.coverage",
        kind: Kind::Paths,
        default: Some(Default::Empty),
        in_file: true,
        about: "Reports of coverage by tests: lcov, Cobertura, JaCoCo, Go's profiles, or the JSON of llvm-cov; told apart by how they \
                begin.",
    },
    Setting {
        key: "quality.coverage-exclude",
        kind: Kind::PathGlobs,
        default: Some(Default::Empty),
        in_file: true,
        about: "Globs of files whose coverage is not asked, relative to this file's directory.",
    },
    Setting {
        key: "quality.exclude",
        kind: Kind::PathGlobs,
        default: Some(Default::Empty),
        in_file: true,
        about: "Globs of files that are not measured, relative to this file's directory.",
    },
    Setting {
        key: "quality.tests",
        kind: Kind::PathGlobs,
        default: Some(Default::Empty),
        in_file: true,
        about: "Globs of files with tests, relative to this file's directory; where none is named, names say so, such as `tests/` and \
                `*_test.go`.",
    },
    Setting {
        key: "quality.require-measures",
        kind: Kind::Flag,
        default: Some(Default::Flag(false)),
        in_file: true,
        about: "Answer Unknown where something that the gate asks of could not be measured: there is no report of coverage, or a file \
                could not be read.",
    },
    Setting {
        key: "leak.generic",
        kind: Kind::Word(&["off", "advise", "block"]),
        default: Some(Default::Text("advise")),
        in_file: true,
        about: "What the classifier for credentials without a known format does: nothing (off), report without denying \
                a commit (advise), or deny like any other finding (block).",
    },
    Setting {
        key: "leak.allow-paths",
        kind: Kind::PathGlobs,
        default: Some(Default::Empty),
        in_file: true,
        about: "Globs of files in which leaked credentials are not looked for, relative to this file's directory.",
    },
    Setting {
        key: "leak.fingerprint-key-file",
        kind: Kind::Path,
        default: None,
        in_file: true,
        about: "File whose bytes key the hashes that stand for secrets, so that nobody without it can test guesses \
                against a fingerprint. Keep it out of the repository; fingerprints change with it.",
    },
    Setting {
        key: "deploy.pod-security",
        kind: Kind::Name,
        default: None,
        in_file: true,
        about: "Pod Security Standard that pods in manifests must hold to, as `baseline` or `restricted@v1.34`; a break is then of \
                severity high. Where none is named, pods are judged by restricted, each break by how bad it is.",
    },
    Setting {
        key: "deploy.policies",
        kind: Kind::Paths,
        default: Some(Default::Empty),
        in_file: true,
        about: "Directories with your own policies, by which manifests are judged: Rego with `deny`, `violation` or `warn`, Gatekeeper's \
                constraints with their templates, validating admission policies, and Kyverno's policies in CEL.",
    },
    Setting {
        key: "deploy.tenant-labels",
        kind: Kind::Names,
        default: Some(Default::Empty),
        in_file: true,
        about: "Keys of labels of namespaces that name the tenant, the first that a namespace has; where none is named, the common \
                ones that docs/tenancy.md lists.",
    },
    Setting {
        key: "deploy.tenants",
        kind: Kind::Names,
        default: Some(Default::Empty),
        in_file: true,
        about: "Tenants and their namespaces, each as `acme: acme-prod acme-dev-* team=acme`: names, with `*` for any text, and labels. \
                They win over labels that name tenants.",
    },
    Setting {
        key: "deploy.render",
        kind: Kind::Flag,
        default: Some(Default::Flag(true)),
        in_file: true,
        about: "Judge charts of Helm and kustomizations as `helm template` and `kubectl kustomize` render them. Where it is off, \
                templates are said to be unread.",
    },
    Setting {
        key: "deploy.values",
        kind: Kind::Paths,
        default: Some(Default::Empty),
        in_file: true,
        about: "Files with values that charts of Helm are rendered with besides their own `values.yaml`; the last one wins.",
    },
    Setting {
        key: "supply.require-index",
        kind: Kind::Flag,
        default: Some(Default::Flag(false)),
        in_file: true,
        about: "Answer Unknown where there are components and no advisory index to match them with.",
    },
    Setting {
        key: "supply.max-index-age",
        kind: Kind::Number(0, 3650),
        default: Some(Default::Number(0)),
        in_file: true,
        about: "Days since the advisory index was made after which the answer is Unknown; 0 means any age will do. \
                Demands an index as well.",
    },
    Setting {
        key: "supply.vex",
        kind: Kind::Paths,
        default: Some(Default::Empty),
        in_file: true,
        about: "VEX documents (OpenVEX, or CycloneDX with vulnerabilities) that say which known vulnerabilities matter.",
    },
    Setting {
        key: "supply.osv",
        kind: Kind::Place,
        default: Some(Default::Text(
            "https://osv-vulnerabilities.storage.googleapis.com/",
        )),
        in_file: false,
        about: "Where `db update` finds OSV records: the address of a bucket or mirror, a directory or a file. From a file \
                only where that is named with --config.",
    },
    Setting {
        key: "supply.kev",
        kind: Kind::Place,
        default: Some(Default::Text(
            "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json",
        )),
        in_file: false,
        about: "Where `db update` finds the catalogue of known exploited vulnerabilities: an address or a file. From a file \
                only where that is named with --config.",
    },
    Setting {
        key: "supply.epss",
        kind: Kind::Place,
        default: Some(Default::Text(
            "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz",
        )),
        in_file: false,
        about: "Where `db update` finds the table of exploit predictions: an address or a file. From a file only where that \
                is named with --config.",
    },
    Setting {
        key: "network.ca-file",
        kind: Kind::Path,
        default: None,
        in_file: false,
        about: "File in PEM form with authorities to trust besides those of the system, for servers whose certificate they \
                sign. From a file only where that is named with --config.",
    },
    Setting {
        key: "objectives.critical",
        kind: Kind::Duration,
        default: Some(Default::Text("24h")),
        in_file: true,
        about: "Time from first sight within which a critical finding must be closed, and any on which to act immediately.",
    },
    Setting {
        key: "objectives.high",
        kind: Kind::Duration,
        default: Some(Default::Text("7d")),
        in_file: true,
        about: "Time from first sight within which a high finding must be closed, and any on which to act out of cycle.",
    },
    Setting {
        key: "objectives.medium",
        kind: Kind::Duration,
        default: Some(Default::Text("14d")),
        in_file: true,
        about: "Time from first sight within which a medium finding must be closed: the length of a sprint.",
    },
    Setting {
        key: "objectives.low",
        kind: Kind::Duration,
        default: Some(Default::Text("14d")),
        in_file: true,
        about: "Time from first sight within which a low finding must be closed.",
    },
    Setting {
        key: "priority.exposure",
        kind: Kind::Word(&["open", "controlled", "small"]),
        default: Some(Default::Text("open")),
        in_file: true,
        about: "Who can reach what is scanned: everybody (open), those who are let in (controlled), or hardly anybody \
                (small).",
    },
    Setting {
        key: "priority.mission",
        kind: Kind::Word(&["high", "medium", "low"]),
        default: Some(Default::Text("medium")),
        in_file: true,
        about: "What its failure would cost those who depend on it.",
    },
    Setting {
        key: "image.layer-bytes",
        kind: Kind::Number(65536, 1099511627776),
        default: Some(Default::Number(68719476736)),
        in_file: true,
        about: "Bytes one layer of an image may expand to; what lies beyond is said to be unread.",
    },
    Setting {
        key: "image.members",
        kind: Kind::Number(1, 100000000),
        default: Some(Default::Number(4000000)),
        in_file: true,
        about: "Files, directories and links that all layers of an image may have together; an image with more is refused.",
    },
    Setting {
        key: "image.pull-bytes",
        kind: Kind::Number(65536, 1099511627776),
        default: Some(Default::Number(17179869184)),
        in_file: true,
        about: "Bytes, compressed, of the largest image that is pulled.",
    },
    Setting {
        key: "image.cache-bytes",
        kind: Kind::Number(0, 1099511627776),
        default: Some(Default::Number(10737418240)),
        in_file: false,
        about: "Bytes of pulled images to keep; those that were not used for longest are forgotten first.",
    },
    Setting {
        key: "image.dockerfile",
        kind: Kind::Path,
        default: None,
        in_file: true,
        about: "The Dockerfile that images are built by, so that findings in an image name its lines.",
    },
    Setting {
        key: "image.profiles",
        kind: Kind::Paths,
        default: Some(Default::Empty),
        in_file: true,
        about: "Profiles of the workloads that run an image (`bartizan profile learn`), by file or name: packages that they never used are \
                named, and known vulnerabilities in these come later.",
    },
    Setting {
        key: "supply.own.npm",
        kind: Kind::NameGlobs,
        default: Some(Default::Empty),
        in_file: true,
        about: "Globs of the names of your own npm packages, for instance `@acme/*`. One that comes from \
                a public registry is reported.",
    },
    Setting {
        key: "supply.own.pypi",
        kind: Kind::NameGlobs,
        default: Some(Default::Empty),
        in_file: true,
        about: "Globs of the names of your own Python distributions, for instance `acme-*`; case, `-`, \
                `_` and `.` make no difference. One that comes from a public registry is reported.",
    },
    Setting {
        key: "supply.own.cargo",
        kind: Kind::NameGlobs,
        default: Some(Default::Empty),
        in_file: true,
        about: "Globs of the names of your own crates. One that comes from a public registry is \
                reported.",
    },
    Setting {
        key: "supply.own.maven",
        kind: Kind::NameGlobs,
        default: Some(Default::Empty),
        in_file: true,
        about: "Globs of the names of your own Maven artifacts as `group:artifact`, for instance \
                `com.acme.*`; a glob without `:` is one of the group. One that comes from a public \
                registry is reported.",
    },
    Setting {
        key: "supply.own.nuget",
        kind: Kind::NameGlobs,
        default: Some(Default::Empty),
        in_file: true,
        about: "Globs of the names of your own NuGet packages; case makes no difference. One that comes \
                from a public registry is reported.",
    },
    Setting {
        key: "supply.own.gem",
        kind: Kind::NameGlobs,
        default: Some(Default::Empty),
        in_file: true,
        about: "Globs of the names of your own Ruby gems. One that comes from a public registry is \
                reported.",
    },
    Setting {
        key: "supply.own.composer",
        kind: Kind::NameGlobs,
        default: Some(Default::Empty),
        in_file: true,
        about: "Globs of the names of your own Composer packages, for instance `acme/*`. One that comes \
                from a public registry is reported.",
    },
    Setting {
        key: "rules.files",
        kind: Kind::Paths,
        default: Some(Default::Empty),
        in_file: true,
        about: "More rule files, or directories of them: Bartizan's own YAML, gitleaks or betterleaks TOML, Kingfisher, Nosey Parker or \
                Semgrep YAML.",
    },
    Setting {
        key: "waivers.file",
        kind: Kind::Path,
        default: Some(Default::Text("bartizan.waivers.toml")),
        in_file: true,
        about: "The waiver file.",
    },
    Setting {
        key: "waivers.max-days",
        kind: Kind::Number(1, 3650),
        default: Some(Default::Number(90)),
        in_file: true,
        about: "Days ahead that a waiver of a finding of severity high or critical may reach.",
    },
    Setting {
        key: "baseline.file",
        kind: Kind::Path,
        default: Some(Default::Text("bartizan.baseline.json")),
        in_file: true,
        about: "The baseline that `--new-only` and the baseline verbs use.",
    },
    Setting {
        key: "output.color",
        kind: Kind::Word(&["auto", "always", "never"]),
        default: Some(Default::Text("auto")),
        in_file: true,
        about: "Whether to colour text for people; auto colours where a terminal reads it.",
    },
    Setting {
        key: "data.dir",
        kind: Kind::Path,
        default: None,
        in_file: false,
        about: "Where caches and the last reports are kept; by default `bartizan` in the XDG data home. From a file only where \
                that is named with --config.",
    },
    Setting {
        key: "data.first-seen",
        kind: Kind::Flag,
        default: Some(Default::Flag(true)),
        in_file: true,
        about: "Keep when each finding was first seen, so that objectives count from then.",
    },
    Setting {
        key: "data.cache",
        kind: Kind::Flag,
        default: Some(Default::Flag(true)),
        in_file: true,
        about: "Keep results by content, so that unchanged files are not looked at again.",
    },
];

/// Hours of a time such as `24h`, `7d` or `2w`; none when it is no such time, is zero or longer than a hundred years.
pub(super) fn hours(text: &str) -> Option<u32> {
    let (number, factor) = match text.strip_suffix('h') {
        Some(number) => (number, 1),
        None => match text.strip_suffix('d') {
            Some(number) => (number, 24),
            None => (text.strip_suffix('w')?, 7 * 24),
        },
    };
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let hours = number.parse::<u32>().ok()?.checked_mul(factor)?;
    (1..=100 * 366 * 24).contains(&hours).then_some(hours)
}

impl Setting {
    /// The setting with this key.
    #[must_use]
    pub fn find(key: &str) -> Option<&'static Self> {
        SETTINGS.iter().find(|setting| setting.key == key)
    }

    /// The environment variable that sets it: `scan.fail-on` is `BARTIZAN_SCAN_FAIL_ON`.
    #[must_use]
    pub fn variable(&self) -> String {
        format!("BARTIZAN_{}", self.key.to_uppercase().replace(['.', '-'], "_"))
    }

    /// Reads a value from the text of an environment variable or flag. Lists are separated by commas.
    ///
    /// # Errors
    /// What would have been understood.
    pub fn parse(&self, text: &str) -> Result<Value, String> {
        let value = match self.kind {
            Kind::Word(_) | Kind::Name | Kind::Path | Kind::Place | Kind::Duration => {
                Value::Text(text.to_owned())
            }
            Kind::PathGlobs | Kind::RuleGlobs | Kind::NameGlobs | Kind::Names | Kind::Paths => Value::List(
                text.split(',')
                    .map(str::trim)
                    .filter(|item| !item.is_empty())
                    .map(str::to_owned)
                    .collect(),
            ),
            Kind::Number(..) => Value::Number(text.trim().parse().map_err(|_| self.expects())?),
            Kind::Flag => match text {
                "true" | "1" | "yes" => Value::Flag(true),
                "false" | "0" | "no" => Value::Flag(false),
                _ => return Err(self.expects()),
            },
        };
        self.check(value)
    }

    /// Checks that a value is of the setting's kind and within its bounds.
    ///
    /// # Errors
    /// What would have been accepted.
    pub fn check(&self, value: Value) -> Result<Value, String> {
        let fits = match (&value, self.kind) {
            (Value::Text(text), Kind::Word(words)) => words.contains(&text.as_str()),
            (Value::Text(text), Kind::Name | Kind::Path | Kind::Place) => !text.is_empty(),
            (Value::Text(text), Kind::Duration) => hours(text).is_some(),
            (Value::List(items), Kind::PathGlobs) => match crate::globs::PathGlobs::new(items) {
                Ok(_) => true,
                Err(error) => return Err(error.to_string()),
            },
            (Value::List(items), Kind::RuleGlobs | Kind::NameGlobs) => {
                match crate::globs::RuleGlobs::new(items) {
                    Ok(_) => true,
                    Err(error) => return Err(error.to_string()),
                }
            }
            (Value::List(items), Kind::Names | Kind::Paths) => items.iter().all(|item| !item.is_empty()),
            (Value::Number(number), Kind::Number(least, most)) => (least..=most).contains(number),
            (Value::Flag(_), Kind::Flag) => true,
            _ => false,
        };
        if fits { Ok(value) } else { Err(self.expects()) }
    }

    /// What the setting accepts, for messages.
    #[must_use]
    pub fn expects(&self) -> String {
        match self.kind {
            Kind::Word(words) => format!("expected one of {}", words.join(", ")),
            Kind::PathGlobs => "expected a list of path globs".to_owned(),
            Kind::RuleGlobs => "expected a list of rule globs such as [\"leak/*\"]".to_owned(),
            Kind::NameGlobs => "expected a list of globs of package names such as [\"@acme/*\"]".to_owned(),
            Kind::Paths => "expected a list of paths".to_owned(),
            Kind::Name => "expected a name".to_owned(),
            Kind::Names => "expected a list of names".to_owned(),
            Kind::Path => "expected a path".to_owned(),
            Kind::Place => "expected a path or an address such as https://example.com/osv/".to_owned(),
            Kind::Duration => {
                "expected a number of hours, days or weeks such as \"24h\", \"7d\" or \"2w\"".to_owned()
            }
            Kind::Number(least, most) => format!("expected a number from {least} to {most}"),
            Kind::Flag => "expected true or false".to_owned(),
        }
    }
}
