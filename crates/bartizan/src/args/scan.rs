//! Options of the verbs that scan.

use clap::{Args, ValueEnum, ValueHint};
use std::path::PathBuf;

const WHAT: &str = "What to look at";
const JUDGE: &str = "How to judge";
const OUTPUT: &str = "Output";

/// `bartizan scan`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ScanArgs {
    /// Path, `-` for standard input, git:RANGE, git:ALL, image:NAME, oci:DIR, docker-archive:FILE, rootfs:DIR, k8s:DIR, or sbom:FILE
    #[arg(value_name = "TARGET", default_value = ".", value_hint = ValueHint::AnyPath)]
    pub(crate) targets: Vec<String>,

    /// What to look at.
    #[command(flatten)]
    pub(crate) select: SelectArgs,

    /// How to judge.
    #[command(flatten)]
    pub(crate) judge: JudgeArgs,

    /// What to print.
    #[command(flatten)]
    pub(crate) output: OutputArgs,

    /// Whether to send the report.
    #[command(flatten)]
    pub(crate) send: SendArgs,
}

/// Whether and as what a report is sent to the control plane.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct SendArgs {
    /// Send the report, with the inventory, to the control plane that `bartizan login` remembers
    #[arg(long, help_heading = "Control plane")]
    pub(crate) push: bool,

    /// What the target is a state of [default: its repository or image, else dir:NAME]
    #[arg(long, value_name = "ASSET", help_heading = "Control plane", requires = "push")]
    pub(crate) asset: Option<String>,

    /// Sign the report with this private key, in PEM
    #[arg(long, value_name = "KEY", help_heading = "Control plane", requires = "push", value_hint = ValueHint::FilePath)]
    pub(crate) sign: Option<PathBuf>,
}

impl ScanArgs {
    /// A scan of one target by what the configuration says.
    pub(crate) fn of(target: &str) -> Self {
        Self {
            targets: vec![target.to_owned()],
            select: SelectArgs::default(),
            judge: JudgeArgs::default(),
            output: OutputArgs::default(),
            send: SendArgs::default(),
        }
    }
}

/// `bartizan gate`.
#[derive(Debug, Clone, Args)]
pub(crate) struct GateArgs {
    /// Which gate decides
    #[arg(long, value_enum, value_name = "STAGE")]
    pub(crate) stage: Stage,

    /// Path, `-` for standard input, git:RANGE, git:ALL, image:NAME, oci:DIR, docker-archive:FILE, rootfs:DIR or k8s:DIR [default: what is staged, in the stage commit]
    #[arg(value_name = "TARGET", value_hint = ValueHint::AnyPath)]
    pub(crate) targets: Vec<String>,

    /// What to look at.
    #[command(flatten)]
    pub(crate) select: SelectArgs,

    /// How to judge.
    #[command(flatten)]
    pub(crate) judge: JudgeArgs,

    /// What to print.
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// The gates on the way from a commit to the kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Stage {
    /// Before a commit is made: what is staged
    Commit,
    /// Before an artefact is built
    Build,
    /// Before it is deployed
    Deploy,
    /// While it runs
    Run,
}

impl Stage {
    /// The word of the command line.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Commit => "commit",
            Self::Build => "build",
            Self::Deploy => "deploy",
            Self::Run => "run",
        }
    }
}

/// What to look at.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = WHAT)]
pub(crate) struct SelectArgs {
    /// Look at what is staged in git, not at the work tree
    #[arg(long, conflicts_with = "changed")]
    pub(crate) staged: bool,

    /// Look only at files that differ from BASE, untracked ones included
    ///
    /// Compares with the commit at which the current branch left BASE. Without BASE that is the upstream of the branch, else `origin`, else `main` or `master`. Ignored files stay out.
    #[arg(long, value_name = "BASE", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    pub(crate) changed: Option<String>,

    /// Leave out files and directories that match this glob (repeatable)
    #[arg(long, value_name = "GLOB", value_delimiter = ',')]
    pub(crate) exclude: Vec<String>,

    /// Look at files that .gitignore leaves out as well
    #[arg(long)]
    pub(crate) no_gitignore: bool,

    /// Of the images of an index, look at that for OS/ARCHITECTURE[/VARIANT] [default: linux on this machine's]
    #[arg(long, value_name = "PLATFORM", value_hint = ValueHint::Other)]
    pub(crate) platform: Option<String>,

    /// Pull from this registry (HOST[:PORT]) without proof of who it is, or over plain HTTP (repeatable)
    #[arg(long, value_name = "REGISTRY", value_hint = ValueHint::Hostname)]
    pub(crate) insecure_registry: Vec<String>,

    /// Name the lines of this Dockerfile where findings in an image come from it
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) dockerfile: Option<PathBuf>,

    /// Files to look at in parallel; 0 means one a processor
    #[arg(short = 'j', long, value_name = "N")]
    pub(crate) jobs: Option<u64>,

    /// Look at every file again, whatever earlier scans found
    #[arg(long)]
    pub(crate) no_cache: bool,
}

/// How to judge.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = JUDGE)]
pub(crate) struct JudgeArgs {
    /// Deny on an unwaived finding of this severity or a higher one [default: high]
    #[arg(long, value_name = "SEVERITY", value_parser = ["critical", "high", "medium", "low", "info"])]
    pub(crate) fail_on: Option<String>,

    /// Judge only by these rules: ids or globs such as leak/* (repeatable, or with commas)
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(crate) only: Vec<String>,

    /// Do not judge by these rules: ids or globs (repeatable, or with commas)
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(crate) skip: Vec<String>,

    /// More rules: file of Bartizan, Semgrep, gitleaks, betterleaks, Kingfisher or Nosey Parker, or directory of such (repeatable)
    #[arg(long, value_name = "FILE|DIR", value_hint = ValueHint::AnyPath)]
    pub(crate) rules: Vec<PathBuf>,

    /// VEX document that says which known vulnerabilities matter: OpenVEX or CycloneDX (repeatable)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) vex: Vec<PathBuf>,

    /// Pods in manifests must hold to this Pod Security Standard: baseline, restricted@v1.34 [default: each break by how bad it is]
    #[arg(long, value_name = "LEVEL[@VERSION]")]
    pub(crate) pod_security: Option<String>,

    /// Judge manifests by your own policies below this directory: Rego, Gatekeeper, validating admission policies, Kyverno in CEL
    #[arg(long, value_name = "DIR", value_hint = ValueHint::AnyPath)]
    pub(crate) policy: Vec<PathBuf>,

    /// Render charts of Helm with the values in this file besides their own (repeatable; the last one wins)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) values: Vec<PathBuf>,

    /// Profile of a workload that runs the image (`bartizan profile learn`), by file or name: what it never used is named and comes later (repeatable)
    #[arg(long, value_name = "WORKLOAD|FILE", value_hint = ValueHint::FilePath)]
    pub(crate) profile: Vec<PathBuf>,

    /// Report of coverage by tests, for the quality gate: lcov, Cobertura, JaCoCo, Go or llvm-cov (repeatable)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) coverage: Vec<PathBuf>,

    /// Leave out the findings that this baseline knows
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) baseline: Option<PathBuf>,

    /// Leave out the findings that the baseline of the configuration knows
    #[arg(long)]
    pub(crate) new_only: bool,

    /// End with 0 where the exit code would be 1; other codes stay
    #[arg(long)]
    pub(crate) exit_zero: bool,
}

/// What to print.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = OUTPUT)]
pub(crate) struct OutputArgs {
    /// Print in this format, to FILE or else to standard output (repeatable)
    ///
    /// Formats: pretty, concise, json, jsonl, sarif, github, gitlab, junit, markdown, statement, cyclonedx, spdx, openvex. At most one goes to standard output. A file is written whole or not at all.
    #[arg(short, long, value_name = "FORMAT[=FILE]", default_value = "pretty", value_hint = ValueHint::Other)]
    pub(crate) output: Vec<String>,

    /// List findings, or what there is to do, most urgent first (pretty and concise)
    #[arg(long, value_name = "WHAT", value_parser = ["finding", "fix"])]
    pub(crate) group_by: Option<String>,
}
