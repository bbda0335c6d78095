//! Options of the verbs of the control plane.

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

    /// Address and port to listen on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8420")]
    pub(crate) listen: SocketAddr,

    /// A proxy in front of the server speaks TLS: cookies are for TLS only, and listening beyond this machine is allowed
    #[arg(long)]
    pub(crate) behind_proxy: bool,

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
    },
    /// Make the graph again from the ledger
    Rebuild {
        /// Which database.
        #[command(flatten)]
        database: DatabaseArgs,
    },
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
