//! The command line, as clap reads it. The contract is the page "Command line contract" of the manual.

mod bpf;
mod diff;
mod duration;
mod fix;
mod guard;
mod help;
mod output;
mod plane;
mod policy;
mod profile;
mod rbac;
mod reach;
mod runtime;
mod sbom;
mod scan;
mod tenant;
mod verbs;

pub(crate) use bpf::{BpfListArgs, BpfManifestArgs, BpfVerb};
pub(crate) use fix::FixArgs;

pub(crate) use diff::DiffArgs;
pub(crate) use guard::GuardArgs;
pub(crate) use plane::{
    BackupArgs, ComplyVerb, ComplyWhich, DatabaseArgs, ForgetArgs, LedgerVerb, LoginArgs, PushArgs,
    RemoteArgs, RestoreArgs, ServeArgs, SignArgs, SloStatus, SloVerb, StatusArgs,
};
pub(crate) use policy::PolicyVerb;
pub(crate) use profile::{
    DriveArgs, ImageArgs, LearnArgs, PackagesArgs, ProfileVerb, RunArgs, ShowArgs, VerifyArgs, WhichArgs,
};
pub(crate) use rbac::RbacArgs;
pub(crate) use reach::ReachArgs;
pub(crate) use runtime::{AgentArgs, DeliveryArgs, WatchArgs};
pub(crate) use sbom::{Predicate, SbomArgs};
pub(crate) use scan::{GateArgs, JudgeArgs, ScanArgs, SelectArgs, SendArgs, Stage};
pub(crate) use tenant::{MatrixArgs, MeshChoice, ScaffoldArgs, TenantVerb};
pub(crate) use verbs::{
    BaselineVerb, ConfigVerb, DbUpdate, DbVerb, ExplainArgs, HookVerb, ManArgs, Record, RulesVerb,
    SchemaArgs, WaiveAdd, WaiveVerb,
};

use clap::builder::styling::{AnsiColor, Styles};
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum, ValueHint};
use std::path::PathBuf;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// Heading of the options that every verb has.
const COMMON: &str = "Common options";

/// The program.
#[derive(Debug, Parser)]
#[command(
    name = "bartizan",
    bin_name = "bartizan",
    version,
    styles = STYLES,
    about = "Guards a SaaS platform from the commit to the kernel",
    long_about = help::TOP,
    after_help = "`bartizan help VERB` says more about a verb, with examples.",
    after_long_help = help::TOP_EXAMPLES,
    disable_help_subcommand = false,
    subcommand_value_name = "VERB",
    subcommand_help_heading = "Verbs",
    max_term_width = 100
)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) verb: Verb,
    /// Options of every verb.
    #[command(flatten)]
    pub(crate) common: Common,
}

/// Options of every verb.
#[derive(Debug, Clone, Args)]
pub(crate) struct Common {
    /// Say less: no notes and no progress, only results and the last line
    #[arg(short, long, global = true, help_heading = COMMON, action = ArgAction::Count, conflicts_with = "verbose")]
    pub(crate) quiet: u8,

    /// Say more: waived findings, everything that was skipped
    #[arg(short, long, global = true, help_heading = COMMON, action = ArgAction::Count)]
    pub(crate) verbose: u8,

    /// Colour text for people: auto, always or never
    ///
    /// Auto colours where a terminal reads it. NO_COLOR and FORCE_COLOR in the environment are obeyed; this flag wins over both.
    #[arg(long, global = true, help_heading = COMMON, value_name = "WHEN", value_enum)]
    pub(crate) color: Option<ColorChoice>,

    /// Show no progress bar
    #[arg(long, global = true, help_heading = COMMON)]
    pub(crate) no_progress: bool,

    /// Use this configuration file instead of the nearest bartizan.toml
    #[arg(long, global = true, help_heading = COMMON, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) config: Option<PathBuf>,

    /// Ignore configuration files, waiver files and BARTIZAN_* variables
    ///
    /// What remains are the defaults and the flags. Waiver comments in the scanned files still count.
    #[arg(long, global = true, help_heading = COMMON, conflicts_with = "config")]
    pub(crate) isolated: bool,

    /// Keep caches and the last reports here [default: the XDG data home]
    #[arg(long, global = true, help_heading = COMMON, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) data_dir: Option<PathBuf>,

    /// Use no network: what would need one is refused
    #[arg(long, global = true, help_heading = COMMON)]
    pub(crate) offline: bool,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorChoice {
    /// Where a terminal reads it.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl ColorChoice {
    /// The word of the configuration.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Always => "always",
            Self::Never => "never",
        }
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Look for leaked credentials and known vulnerabilities
    #[command(long_about = help::SCAN, after_long_help = help::SCAN_EXAMPLES)]
    Scan(Box<ScanArgs>),

    /// Decide whether a change may pass: scan, then answer allow, deny or unknown
    #[command(long_about = help::GATE, after_long_help = help::GATE_EXAMPLES)]
    Gate(Box<GateArgs>),

    /// List the components of a target as a bill of materials
    #[command(long_about = help::SBOM, after_long_help = help::SBOM_EXAMPLES)]
    Sbom(Box<SbomArgs>),

    /// Say who can connect to whom, from manifests
    #[command(long_about = reach::REACH, after_long_help = reach::REACH_EXAMPLES)]
    Reach(Box<ReachArgs>),

    /// Say who may do what in a cluster, and who can take it, from manifests
    #[command(long_about = rbac::RBAC, after_long_help = rbac::RBAC_EXAMPLES)]
    Rbac(Box<RbacArgs>),
    /// Mend in files what can be mended safely, and prove it
    #[command(long_about = fix::FIX, after_long_help = fix::FIX_EXAMPLES)]
    Fix(FixArgs),

    /// Tell an editor what is wrong with what is being written (Language Server Protocol)
    #[command(long_about = help::LSP, after_long_help = help::LSP_EXAMPLES)]
    Lsp,

    /// Say what keeps tenants of a cluster apart, and write the manifests of a new one
    #[command(subcommand, long_about = tenant::TENANT)]
    Tenant(TenantVerb),

    /// Say what staging would not have caught: security-relevant differences of two environments
    #[command(long_about = diff::DIFF, after_long_help = diff::DIFF_EXAMPLES)]
    Diff(Box<DiffArgs>),

    /// Explain a rule, a finding, a control, a verdict, a waiver or an exit code
    #[command(long_about = help::EXPLAIN, after_long_help = help::EXPLAIN_EXAMPLES)]
    Explain(ExplainArgs),

    /// Accept a risk for a while, with a reason and a date
    #[command(subcommand, long_about = help::WAIVE)]
    Waive(WaiveVerb),

    /// Record the findings of today, so that only new ones count
    #[command(subcommand, long_about = help::BASELINE)]
    Baseline(BaselineVerb),

    /// Install the commit gate as a git hook
    #[command(subcommand)]
    Hook(HookVerb),

    /// Run the tests of policies
    #[command(subcommand)]
    Policy(PolicyVerb),

    /// List, test, write and import rules
    #[command(subcommand)]
    Rules(RulesVerb),

    /// Make and describe the index of known vulnerabilities
    #[command(subcommand)]
    Db(DbVerb),

    /// Run the control plane: ledger, graph, interface and console
    #[command(long_about = help::SERVE, after_long_help = help::SERVE_EXAMPLES)]
    Serve(Box<ServeArgs>),

    /// Watch this host and tell of what rules forbid
    #[command(long_about = runtime::AGENT, after_long_help = runtime::AGENT_EXAMPLES)]
    Agent(Box<AgentArgs>),

    /// Show what processes on this host do, as the kernel sees it
    #[command(long_about = runtime::WATCH, after_long_help = runtime::WATCH_EXAMPLES)]
    Watch(Box<WatchArgs>),

    /// Say who gets programs into the kernel, and list who may
    #[command(subcommand, long_about = bpf::BPF)]
    Bpf(BpfVerb),

    /// Learn what a workload needs, write it as policies, and prove that they hold
    #[command(subcommand, long_about = profile::PROFILE)]
    Profile(ProfileVerb),

    /// Remember a control plane and the token that lets you in
    #[command(long_about = help::LOGIN)]
    Login(LoginArgs),

    /// Send reports and bills of materials to the control plane
    #[command(long_about = help::PUSH, after_long_help = help::PUSH_EXAMPLES)]
    Push(PushArgs),

    /// Sign a statement, or make a key to sign with
    #[command(long_about = help::SIGN, after_long_help = help::SIGN_EXAMPLES)]
    Sign(SignArgs),

    /// Say where things stand, as the control plane knows it
    #[command(long_about = help::STATUS)]
    Status(StatusArgs),

    /// Say whether remediation keeps to its objectives
    #[command(subcommand)]
    Slo(SloVerb),

    /// Say what evidence proves of the controls of PCI DSS, NIST 800-53, FedRAMP, HIPAA and CIS
    #[command(subcommand, long_about = help::COMPLY)]
    Comply(ComplyVerb),

    /// Verify a ledger, make its graph again, or take away what was sent
    #[command(subcommand, long_about = help::LEDGER)]
    Ledger(LedgerVerb),

    /// Write a copy of the whole control plane
    #[command(long_about = help::BACKUP)]
    Backup(BackupArgs),

    /// Put a copy in place of the control plane's database
    #[command(long_about = help::RESTORE)]
    Restore(RestoreArgs),

    /// Check that everything Bartizan needs is in order
    #[command(long_about = help::DOCTOR)]
    Doctor,

    /// Print a completion script for a shell
    #[command(long_about = help::COMPLETIONS)]
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },

    /// Print the manual page, or write all of them to a directory
    #[command(long_about = help::MAN)]
    Man(ManArgs),

    /// Print a JSON schema
    Schema(SchemaArgs),

    /// Show the settings in force
    #[command(subcommand)]
    Config(ConfigVerb),

    /// Print the version
    Version,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_of_the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_option_and_verb_says_what_it_does() {
        fn walk(command: &clap::Command) {
            assert!(command.get_about().is_some(), "{}", command.get_name());
            for argument in command.get_arguments() {
                assert!(
                    argument.get_help().is_some(),
                    "{} {}",
                    command.get_name(),
                    argument.get_id()
                );
            }
            command.get_subcommands().for_each(walk);
        }
        walk(&Cli::command());
    }
}
