//! Options of the verbs of the control plane.

use super::help;
use clap::{Args, Subcommand, ValueHint};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Which database.
#[derive(Debug, Clone, Args)]
pub(crate) struct DatabaseArgs {
    /// sqlite:FILE or postgres://USER:PASSWORD@HOST/NAME [default: control-plane.db in the data directory]
    ///
    /// A password on the command line can be seen by others on the machine: set BARTIZAN_PLANE_DATABASE in the environment instead.
    #[arg(long, value_name = "URL")]
    pub(crate) database: Option<String>,
}

/// `bartizan serve`.
#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// Which database.
    #[command(flatten)]
    pub(crate) database: DatabaseArgs,

    /// Servers that share a database hear of one another by this NATS JetStream: nats://HOST:4222 or tls://HOST:4222, several separated by commas
    ///
    /// Statements are also kept there as events for others to read. `USER:PASSWORD@` or `TOKEN@` before a host lets one in; as these can be
    /// seen by others on the machine, set BARTIZAN_PLANE_BUS in the environment instead.
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    pub(crate) bus: Option<String>,

    /// Credentials for the bus: a file with a JWT and a seed, as `nsc` writes it
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) bus_credentials: Option<PathBuf>,

    /// Trust the authorities in this file, in PEM, and no others where the bus is concerned
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) bus_ca: Option<PathBuf>,

    /// Show this certificate, in PEM, to the bus
    #[arg(long, value_name = "FILE", requires = "bus_key", value_hint = ValueHint::FilePath)]
    pub(crate) bus_cert: Option<PathBuf>,

    /// The private key of that certificate, in PEM, which nobody else can read
    #[arg(long, value_name = "FILE", requires = "bus_cert", value_hint = ValueHint::FilePath)]
    pub(crate) bus_key: Option<PathBuf>,

    /// Address and port to listen on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8420")]
    pub(crate) listen: SocketAddr,

    /// A proxy in front of the server speaks TLS: cookies are for TLS only, and listening beyond this machine is allowed
    #[arg(long)]
    pub(crate) behind_proxy: bool,

    /// Speak TLS with this certificate, in PEM, with those between it and its authority; read again when it changes, and on SIGHUP
    #[arg(long, value_name = "FILE", requires = "tls_key", value_hint = ValueHint::FilePath)]
    pub(crate) tls_cert: Option<PathBuf>,

    /// The private key of that certificate, in PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert", value_hint = ValueHint::FilePath)]
    pub(crate) tls_key: Option<PathBuf>,

    /// Sign what the ledger says of itself with this Ed25519 key, in PEM [default with SQLite: log.key in the data directory]
    ///
    /// With SQLite it is made where there is none. Servers that share a PostgreSQL database have to have the same key: without
    /// this flag they sign nothing.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) log_key: Option<PathBuf>,

    /// Print a new one-time link for this person, and serve
    #[arg(long, value_name = "LOGIN")]
    pub(crate) new_link: Option<String>,

    /// Print a new token for this person on standard output, which holds for 90 days, and serve
    #[arg(long, value_name = "LOGIN")]
    pub(crate) new_token: Option<String>,

    /// Requests with one token or session within a minute
    #[arg(long, value_name = "N", default_value_t = 6_000, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) requests_per_minute: u32,

    /// Where people find the console, for links in what others are told: https://HOST
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    pub(crate) public_url: Option<String>,

    /// Let notices go to this machine and to private networks too
    ///
    /// Whoever administers a tenant says where its notices go. Without this they go to public addresses only; they never go to link-local
    /// addresses, where clouds keep credentials.
    #[arg(long)]
    pub(crate) notify_private: bool,

    /// Key that the secrets of channels are kept with; servers that share a database share it [default: secrets.key in the data directory]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) secrets_key: Option<PathBuf>,
    /// People also sign in through the OpenID Connect server that this file in TOML describes (docs/control-plane.md)
    ///
    /// The secret of the client stands in the file that `client-secret-file` names, or in BARTIZAN_PLANE_OIDC_SECRET in the environment.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) oidc: Option<PathBuf>,

    /// Whoever sends the token in this file reads /metrics from anywhere; without it only this machine does, and not behind a proxy
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) metrics_token_file: Option<PathBuf>,

    /// How the log on standard error is written: text says what goes wrong, json has a line for every request
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = ["text", "json"])]
    pub(crate) log: String,

    /// The least that is logged: error, warn, info or debug [default: warn for text, info for json]
    #[arg(long, value_name = "LEVEL", value_parser = ["error", "warn", "info", "debug"])]
    pub(crate) log_level: Option<String>,

    /// Send traces to this OpenTelemetry collector, by OTLP over HTTP: its address without /v1/traces [default: OTEL_EXPORTER_OTLP_ENDPOINT]
    ///
    /// OTEL_EXPORTER_OTLP_HEADERS and OTEL_SERVICE_NAME are obeyed.
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    pub(crate) traces: Option<String>,

    /// Seconds in which requests are still answered after the signal to stop, while /readyz says no
    #[arg(long, value_name = "SECONDS", default_value_t = 0, value_parser = clap::value_parser!(u64).range(..=3_600))]
    pub(crate) stop_delay: u64,

    /// Seconds that requests which were begun may take after that; a second signal ends at once
    #[arg(long, value_name = "SECONDS", default_value_t = 20, value_parser = clap::value_parser!(u64).range(..=3_600))]
    pub(crate) stop_limit: u64,
}

/// `bartizan login`.
#[derive(Debug, Args)]
pub(crate) struct LoginArgs {
    /// Address of the control plane
    #[arg(value_name = "URL", default_value = "http://127.0.0.1:8420", value_hint = ValueHint::Url)]
    pub(crate) url: String,

    /// Read the token from this file instead of standard input
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) token_file: Option<PathBuf>,

    /// Trust the authorities in this file, in PEM, besides those of the system; remembered with the address
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) ca: Option<PathBuf>,
}

/// `bartizan push`.
#[derive(Debug, Args)]
pub(crate) struct PushArgs {
    /// Files to send; `-` for standard input
    #[arg(value_name = "FILE", required = true, value_hint = ValueHint::FilePath)]
    pub(crate) files: Vec<PathBuf>,

    /// What they are about: `image:…`, `repo:…`, … [default: what they say themselves]
    #[arg(long, value_name = "ASSET")]
    pub(crate) asset: Option<String>,

    /// Sign what is sent with this private key, in PEM
    #[arg(long, value_name = "KEY", value_hint = ValueHint::FilePath)]
    pub(crate) sign: Option<PathBuf>,
}

/// `bartizan sign`.
#[derive(Debug, Args)]
pub(crate) struct SignArgs {
    /// The statement or envelope to sign; `-` for standard input
    #[arg(value_name = "FILE", required_unless_present = "new_key", requires = "key", value_hint = ValueHint::FilePath)]
    pub(crate) file: Option<PathBuf>,

    /// The private key, in PEM: Ed25519, or ECDSA over P-256
    #[arg(long, value_name = "KEY", value_hint = ValueHint::FilePath)]
    pub(crate) key: Option<PathBuf>,

    /// Make a new key: this file stays secret, FILE.pub is its public half
    #[arg(long, value_name = "FILE", conflicts_with_all = ["file", "key"], value_hint = ValueHint::FilePath)]
    pub(crate) new_key: Option<PathBuf>,
}

/// `bartizan status`.
#[derive(Debug, Args)]
pub(crate) struct StatusArgs {
    /// Format: text or json
    #[arg(short, long, value_name = "FORMAT", default_value = "text", value_parser = ["text", "json"])]
    pub(crate) output: String,

    /// How many fixes are listed
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(crate) fixes: u16,
}

/// `bartizan slo`.
#[derive(Debug, Subcommand)]
pub(crate) enum SloVerb {
    /// Say what is due and breached, how long remediation takes, and the security debt
    #[command(long_about = super::help::SLO_STATUS)]
    Status(SloStatus),
}

/// `bartizan slo status`.
#[derive(Debug, Args)]
pub(crate) struct SloStatus {
    /// Format: pretty or json
    #[arg(short, long, value_name = "FORMAT", default_value = "pretty", value_parser = ["pretty", "json"])]
    pub(crate) output: String,

    /// Deny when a finding of at least this severity is past its due date: critical, high, medium, low, or never
    #[arg(long, value_name = "SEVERITY", default_value = "high", value_parser = ["critical", "high", "medium", "low", "never"])]
    pub(crate) fail_on: String,

    /// Also say who is how far behind: owner, asset, kind, or label:NAME
    #[arg(long, value_name = "WHAT")]
    pub(crate) by: Option<String>,

    /// End with 0 where it would be 1
    #[arg(long)]
    pub(crate) exit_zero: bool,
}

/// `bartizan comply`.
#[derive(Debug, Subcommand)]
pub(crate) enum ComplyVerb {
    /// Say what is known of every control of a framework, or of every framework in numbers
    #[command(long_about = super::help::COMPLY_REPORT, after_long_help = super::help::COMPLY_EXAMPLES)]
    Report(ComplyReport),
    /// Say for which controls something is to be done, and why
    #[command(long_about = super::help::COMPLY_GAPS)]
    Gaps(ComplyGaps),
    /// Write a report to hand over: OSCAL assessment results, a table, a page to print
    #[command(long_about = super::help::COMPLY_EXPORT)]
    Export(ComplyExport),
}

/// Of which things.
#[derive(Debug, Clone, Args)]
pub(crate) struct ComplyWhich {
    /// Of this thing only: its identity, `image:…`, `repo:…`
    #[arg(long, value_name = "ASSET")]
    pub(crate) asset: Option<String>,

    /// Of the things with this label only
    #[arg(long, value_name = "NAME[=VALUE]")]
    pub(crate) label: Option<String>,
}

/// `bartizan comply report`.
#[derive(Debug, Args)]
pub(crate) struct ComplyReport {
    /// The framework: `nist:moderate`, `fedramp:high`, `pci`, `hipaa`, `cis`, … [default: numbers of all]
    #[arg(value_name = "FRAMEWORK")]
    pub(crate) framework: Option<String>,

    /// Of which things.
    #[command(flatten)]
    pub(crate) which: ComplyWhich,

    /// Formats, and where to: pretty, json, csv, html or oscal [default: pretty]
    #[arg(short, long, value_name = "FORMAT[=FILE]")]
    pub(crate) output: Vec<String>,

    /// Exit with 0 instead of 1
    #[arg(long)]
    pub(crate) exit_zero: bool,
}

/// `bartizan comply gaps`.
#[derive(Debug, Args)]
pub(crate) struct ComplyGaps {
    /// The framework: `nist:moderate`, `fedramp:high`, `pci`, `hipaa`, `cis`, …
    #[arg(value_name = "FRAMEWORK")]
    pub(crate) framework: String,

    /// Of which things.
    #[command(flatten)]
    pub(crate) which: ComplyWhich,

    /// Formats, and where to: pretty or json [default: pretty]
    #[arg(short, long, value_name = "FORMAT[=FILE]")]
    pub(crate) output: Vec<String>,

    /// Exit with 0 instead of 1
    #[arg(long)]
    pub(crate) exit_zero: bool,
}

/// `bartizan comply export`.
#[derive(Debug, Args)]
pub(crate) struct ComplyExport {
    /// The framework: `nist:moderate`, `fedramp:high`, `pci`, `hipaa`, `cis`, …
    #[arg(value_name = "FRAMEWORK")]
    pub(crate) framework: String,

    /// Of which things.
    #[command(flatten)]
    pub(crate) which: ComplyWhich,

    /// Formats, and where to: oscal, csv, html, json or pretty [default: oscal]
    #[arg(short, long, value_name = "FORMAT[=FILE]")]
    pub(crate) output: Vec<String>,
}

/// `bartizan ledger`.
#[derive(Debug, Subcommand)]
pub(crate) enum LedgerVerb {
    /// Prove that nothing of the ledger was changed, and that the graph is the one it gives
    Verify {
        /// Which database.
        #[command(flatten)]
        database: DatabaseArgs,
        /// Leave the graph out
        #[arg(long)]
        log_only: bool,
        /// Whether the control plane is asked instead.
        #[command(flatten)]
        remote: RemoteArgs,
    },
    /// Make the graph again from the ledger
    Rebuild {
        /// Which database.
        #[command(flatten)]
        database: DatabaseArgs,
    },
    /// Take away for good what was sent; the records stay
    #[command(long_about = help::LEDGER_FORGET)]
    Forget(ForgetArgs),
}

/// `bartizan ledger verify --server`.
#[derive(Debug, Args)]
pub(crate) struct RemoteArgs {
    /// Ask the control plane that `bartizan login` remembers, and do not believe it
    #[arg(long, conflicts_with_all = ["database", "log_only"])]
    pub(crate) server: bool,

    /// The key that verifies the log, as NAME+NUMBER+KEY [default: the one that was seen first]
    #[arg(long, value_name = "KEY", requires = "server")]
    pub(crate) key: Option<String>,

    /// Look at every record again, and not only at those that are new
    #[arg(long, requires = "server")]
    pub(crate) all: bool,

    /// Prove that this statement is in the log, and show its record
    #[arg(long, value_name = "STATEMENT", requires = "server")]
    pub(crate) entry: Vec<u64>,
}

/// `bartizan ledger forget`.
#[derive(Debug, Args)]
pub(crate) struct ForgetArgs {
    /// Places of the statements in the log
    #[arg(value_name = "STATEMENT", required = true)]
    pub(crate) statements: Vec<u64>,

    /// Why
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
}

/// `bartizan backup`.
#[derive(Debug, Args)]
pub(crate) struct BackupArgs {
    /// Which database.
    #[command(flatten)]
    pub(crate) database: DatabaseArgs,

    /// The file to write; it must not exist
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
}

/// `bartizan restore`.
#[derive(Debug, Args)]
pub(crate) struct RestoreArgs {
    /// Which database.
    #[command(flatten)]
    pub(crate) database: DatabaseArgs,

    /// The copy
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
}
