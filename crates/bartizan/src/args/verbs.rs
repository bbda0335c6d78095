//! Options of the verbs that do not scan, or do so on the side.

use super::help;
use clap::{Args, Subcommand, ValueHint};
use std::path::PathBuf;

/// `bartizan explain`.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// Rule id, fingerprint, CWE or control, verdict, exit code, or path:line of a waiver
    #[arg(value_name = "ID")]
    pub(crate) id: String,
}

/// `bartizan waive`.
#[derive(Debug, Subcommand)]
pub(crate) enum WaiveVerb {
    /// Add an entry to the waiver file
    #[command(long_about = help::WAIVE_ADD, after_long_help = help::WAIVE_ADD_EXAMPLES)]
    Add(Box<WaiveAdd>),

    /// List the entries of the waiver file with their state
    List {
        /// Scan as well, to tell which entries cover something
        #[arg(long)]
        check: bool,
        /// Format: text or json
        #[arg(short, long, value_name = "FORMAT", default_value = "text", value_parser = ["text", "json"])]
        output: String,
    },

    /// Remove the entries that have expired or cover nothing
    #[command(long_about = help::WAIVE_PRUNE)]
    Prune {
        /// Remove only what has expired, without scanning
        #[arg(long)]
        expired: bool,
        /// Say what would be removed and change nothing
        #[arg(long)]
        dry_run: bool,
    },
}

/// `bartizan waive add`.
#[derive(Debug, Args)]
pub(crate) struct WaiveAdd {
    /// The one finding to accept, by its fingerprint
    #[arg(value_name = "FINGERPRINT", required_unless_present = "rule")]
    pub(crate) fingerprint: Option<String>,

    /// Rule id or glob to accept findings of
    #[arg(long, value_name = "ID")]
    pub(crate) rule: Option<String>,

    /// Accept them only in files that match this glob
    #[arg(long, value_name = "GLOB")]
    pub(crate) scope: Option<String>,

    /// Why the risk is accepted
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,

    /// Last day on which the waiver holds, for instance 2027-03-01
    #[arg(long, value_name = "DAY")]
    pub(crate) until: Option<String>,

    /// Who answers for it
    #[arg(long, value_name = "NAME")]
    pub(crate) owner: Option<String>,

    /// VEX justification, for known vulnerabilities
    #[arg(long, value_name = "WORD", value_parser = bartizan_engine::waiver::VEX)]
    pub(crate) vex: Option<String>,
}

/// `bartizan baseline`.
#[derive(Debug, Subcommand)]
pub(crate) enum BaselineVerb {
    /// Scan and record what is found
    Create(Box<Record>),

    /// Show what the baseline knows
    Show {
        /// The baseline [default: bartizan.baseline.json, or what the configuration says]
        #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
        file: Option<PathBuf>,
    },

    /// Scan and drop what is found no more, so that it counts as new when it comes back
    Prune(Box<Record>),
}

/// Scans for a baseline.
#[derive(Debug, Args)]
pub(crate) struct Record {
    /// Directory, file or git target to scan
    #[arg(value_name = "TARGET", default_value = ".", value_hint = ValueHint::AnyPath)]
    pub(crate) target: String,

    /// The baseline [default: bartizan.baseline.json, or what the configuration says]
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) output: Option<PathBuf>,
}

/// `bartizan hook`.
#[derive(Debug, Subcommand)]
pub(crate) enum HookVerb {
    /// Run the commit gate before every commit of this repository
    #[command(long_about = help::HOOK, after_long_help = help::HOOK_EXAMPLES)]
    Install {
        /// Take the hook away again and put back what was there before
        #[arg(long)]
        uninstall: bool,
    },
}

/// `bartizan rules`.
#[derive(Debug, Subcommand)]
pub(crate) enum RulesVerb {
    /// List every rule
    List {
        /// Only rules that match this id or glob
        #[arg(value_name = "ID")]
        filter: Option<String>,
        /// Format: text or json
        #[arg(short, long, value_name = "FORMAT", default_value = "text", value_parser = ["text", "json"])]
        output: String,
        /// List the rules of this file, or of the files in this directory, as well (repeatable)
        #[arg(long, value_name = "FILE|DIR", value_hint = ValueHint::AnyPath)]
        rules: Vec<PathBuf>,
    },

    /// Try every example that stands in a rule with the real detector
    #[command(long_about = help::RULES_TEST)]
    Test {
        /// Rule files to try; without any, the built-in rules are tried
        #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
        files: Vec<PathBuf>,
    },

    /// Print a commented template of a rule
    #[command(after_long_help = help::RULES_NEW_EXAMPLES)]
    New {
        /// Id of the rule, for instance leak/example-api-token
        #[arg(value_name = "ID")]
        id: String,
    },

    /// Translate a rule file of another tool, and say what could not be translated
    #[command(long_about = help::RULES_IMPORT, after_long_help = help::RULES_IMPORT_EXAMPLES)]
    Import {
        /// gitleaks or betterleaks TOML, Kingfisher, Nosey Parker or Semgrep YAML, or a directory of such files
        #[arg(value_name = "FILE|DIR", value_hint = ValueHint::AnyPath)]
        file: PathBuf,
        /// Write one rule file each into this directory; without it, only the account is printed
        #[arg(short, long, value_name = "DIR", value_hint = ValueHint::DirPath)]
        output: Option<PathBuf>,
    },
}

/// `bartizan man`.
#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// Write the pages of every verb into this directory; without it, the main page is printed
    #[arg(short, long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) output: Option<PathBuf>,
}

/// `bartizan schema`.
#[derive(Debug, Args)]
pub(crate) struct SchemaArgs {
    /// Name of the schema; without it, the names are listed
    #[arg(value_name = "NAME")]
    pub(crate) name: Option<String>,
}

/// `bartizan config`.
#[derive(Debug, Subcommand)]
pub(crate) enum ConfigVerb {
    /// Print every setting
    Show {
        /// Say where each value comes from
        #[arg(long)]
        origin: bool,
    },
}

/// `bartizan db`.
#[derive(Debug, Subcommand)]
pub(crate) enum DbVerb {
    /// Make the index again from OSV records
    #[command(long_about = help::DB_UPDATE, after_long_help = help::DB_UPDATE_EXAMPLES)]
    Update(DbUpdate),

    /// Say how old the index is and what it holds
    Status {
        /// Format: text or json
        #[arg(short, long, value_name = "FORMAT", default_value = "text", value_parser = ["text", "json"])]
        output: String,
    },
}

/// `bartizan db update`.
#[derive(Debug, Args)]
pub(crate) struct DbUpdate {
    /// Mirror, directory in the layout of the OSV bucket, archive of records, or one record (repeatable)
    ///
    /// An address (https://…) or a path. Nothing else is read then but what --kev and --epss name. Without it the settings supply.osv, supply.kev and supply.epss say where to look: the public OSV bucket, CISA and FIRST.
    #[arg(long, value_name = "URL|PATH", value_hint = ValueHint::AnyPath)]
    pub(crate) from: Vec<String>,

    /// Fetch only this ecosystem of a mirror, for instance npm or Debian (repeatable)
    ///
    /// The new index then holds that and nothing else.
    #[arg(long, value_name = "NAME", value_hint = ValueHint::Other)]
    pub(crate) ecosystem: Vec<String>,

    /// CISA's catalogue of known exploited vulnerabilities, as JSON
    #[arg(long, value_name = "URL|FILE", value_hint = ValueHint::FilePath)]
    pub(crate) kev: Option<String>,

    /// FIRST's table of exploit predictions, as CSV, compressed or not
    #[arg(long, value_name = "URL|FILE", value_hint = ValueHint::FilePath)]
    pub(crate) epss: Option<String>,

    /// Trust the authorities in this file besides those of the system
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) ca_file: Option<PathBuf>,
}
