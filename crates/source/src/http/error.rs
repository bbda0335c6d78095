//! What can go wrong between this machine and a server, and what to do about it.

use std::path::PathBuf;

/// A failed request. No variant holds credentials: addresses are written without user and query.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// The network may not be used.
    #[error("`{url}` is not asked: the network is off (--offline)")]
    Offline {
        /// What would have been asked.
        url: String,
    },
    /// Text that is no address.
    #[error("`{text}` cannot be asked: {reason}")]
    Address {
        /// The text, or where it came from.
        text: String,
        /// What is wrong with it.
        reason: String,
    },
    /// An answer that is no success.
    #[error("`{url}` answered {status}{}{}", reason(*status), tried(*attempts))]
    Status {
        /// What was asked.
        url: String,
        /// The status code.
        status: u16,
        /// How often it was asked.
        attempts: u32,
    },
    /// The server cannot be reached, or the connection broke.
    #[error("`{url}` cannot be reached: {cause}{}", tried(*attempts))]
    Unreachable {
        /// What was asked.
        url: String,
        /// What the system said.
        cause: String,
        /// How often it was asked.
        attempts: u32,
    },
    /// The address is one that may not be connected to.
    #[error("`{url}` is not asked: its address belongs to this machine or to a private network")]
    Forbidden {
        /// What would have been asked.
        url: String,
    },
    /// The server is too slow.
    #[error("`{url}` did not answer in time ({what}){}", tried(*attempts))]
    TimedOut {
        /// What was asked.
        url: String,
        /// What was waited for.
        what: &'static str,
        /// How often it was asked.
        attempts: u32,
    },
    /// The server wants to be asked again much later.
    #[error("`{url}` answered {status}{}: it asks to be left alone for {seconds} seconds", reason(*status))]
    TooBusy {
        /// What was asked.
        url: String,
        /// The status code.
        status: u16,
        /// How long it asked to wait.
        seconds: u64,
    },
    /// The certificate of the server is not trusted.
    #[error("`{url}` shows a certificate that is not trusted: {cause}")]
    Certificate {
        /// What was asked.
        url: String,
        /// What is wrong with it.
        cause: String,
    },
    /// The server speaks no TLS that this client understands.
    #[error("`{url}` cannot be reached over TLS: {cause}")]
    Tls {
        /// What was asked.
        url: String,
        /// What went wrong.
        cause: String,
    },
    /// The server does not speak HTTP as it should.
    #[error("`{url}` gave an answer that is not understood: {cause}")]
    Protocol {
        /// What was asked.
        url: String,
        /// What is wrong with it.
        cause: String,
    },
    /// A redirect that is not followed.
    #[error("`{url}` leads to {to}, which is not followed: {reason}")]
    Redirect {
        /// What was asked.
        url: String,
        /// Where it leads.
        to: String,
        /// Why it is not followed.
        reason: &'static str,
    },
    /// The answer is larger than allowed.
    #[error("`{url}` has more than the {limit} bytes allowed")]
    TooLarge {
        /// What was asked.
        url: String,
        /// The limit, in bytes.
        limit: u64,
    },
    /// The bytes are not those that were asked for.
    #[error("`{url}` gave other bytes than were asked for: {actual} instead of {expected}")]
    Digest {
        /// What was asked.
        url: String,
        /// The digest that was asked for.
        expected: String,
        /// The digest of what came.
        actual: String,
    },
    /// A file of certificates cannot be used.
    #[error("the certificates in `{}` cannot be used: {cause}", path.display())]
    Authorities {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// This machine trusts nobody.
    #[error("this system has no certificates of authorities to trust{0}")]
    NoAuthorities(String),
    /// The setting of a proxy cannot be used.
    #[error("the proxy of {variable} cannot be used")]
    Proxy {
        /// The environment variable.
        variable: &'static str,
    },
    /// A file cannot be written or read.
    #[error("cannot write `{}`: {cause}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: String,
    },
    /// The user interrupted.
    #[error("interrupted")]
    Stopped,
}

impl HttpError {
    /// Whether asking again may help.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::TimedOut { .. } => true,
            Self::Status { status, .. } => is_transient(*status),
            _ => false,
        }
    }

    /// What the user can do about it.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::Offline { .. } => "leave out --offline, or name a file or directory instead of an address",
            Self::Address { .. } => "check the spelling; addresses begin with https:// or http://",
            Self::Status { status: 401 | 403, .. } => {
                "the server wants other credentials than it was given; check them and what they allow"
            }
            Self::Status { status: 404 | 410, .. } => "check the spelling of the address",
            Self::Status { status: 407, .. } => {
                "the proxy wants credentials: write them into its address, as in http://USER:PASSWORD@HOST:PORT"
            }
            Self::Status { status: 429, .. } | Self::TooBusy { .. } => "try again later; what was fetched is kept",
            Self::Status { .. } => "the server has a problem; try again later, what was fetched is kept",
            Self::Unreachable { .. } | Self::TimedOut { .. } => {
                "check the address, the network and the proxy (HTTPS_PROXY, NO_PROXY); what was fetched is kept"
            }
            Self::Forbidden { .. } => {
                "name a host with a public address, or let whoever runs the server allow private ones (`serve --notify-private`)"
            }
            Self::Certificate { .. } => {
                "name the authority that signed it with `--ca-file FILE` or SSL_CERT_FILE, if you trust it"
            }
            Self::Tls { .. } => "check scheme and port of the address: perhaps the server speaks plain HTTP",
            Self::Protocol { .. } => "check the address, and whether a proxy answers instead of the server",
            Self::Redirect { .. } => "name the address that it leads to, if you trust it",
            Self::TooLarge { .. } => "check the address: this is more than anything expected there",
            Self::Digest { .. } => {
                "nothing of it was kept; somebody changed it on the way or at its source. Do not use it"
            }
            Self::Authorities { .. } => "name a file with certificates in PEM form",
            Self::NoAuthorities(_) => {
                "install the package ca-certificates, or name a file with SSL_CERT_FILE or `--ca-file FILE`"
            }
            Self::Proxy { .. } => "write it as http://HOST:PORT",
            Self::File { .. } => "free some space, or name another place with `--data-dir DIR`",
            Self::Stopped => "what was fetched is kept; the next run goes on from there",
        }
        .to_owned()
    }

    /// The same error after so many attempts.
    pub(super) fn after(mut self, count: u32) -> Self {
        if let Self::Status { attempts, .. }
        | Self::Unreachable { attempts, .. }
        | Self::TimedOut { attempts, .. } = &mut self
        {
            *attempts = count;
        }
        self
    }
}

/// Whether a status says that asking again may help.
pub(super) const fn is_transient(status: u16) -> bool {
    matches!(status, 408 | 429 | 500 | 502 | 503 | 504)
}

fn tried(attempts: u32) -> String {
    if attempts > 1 {
        format!(" (asked {attempts} times)")
    } else {
        String::new()
    }
}

/// What a status code means. <https://www.rfc-editor.org/rfc/rfc9110#section-15>
const fn reason(status: u16) -> &'static str {
    match status {
        400 => " (bad request)",
        401 => " (credentials needed)",
        403 => " (not allowed)",
        404 => " (not found)",
        407 => " (the proxy wants credentials)",
        408 => " (too slow)",
        410 => " (gone)",
        429 => " (too many requests)",
        500 => " (a defect of the server)",
        502 | 504 => " (the gateway has no answer)",
        503 => " (not available)",
        _ => "",
    }
}
