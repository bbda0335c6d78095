//! What can go wrong between this machine and a mail server, and what to do about it.

use super::Relay;
use crate::http::{Unreachable, plain};
use std::io::ErrorKind;

/// Why a message was not handed over. No variant holds a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SmtpError {
    /// A message that cannot be written down.
    #[error("the message cannot be sent: {0}")]
    Message(String),
    /// The address is one that may not be connected to.
    #[error("`{host}` is not asked: its address belongs to this machine or to a private network")]
    Forbidden {
        /// Host and port.
        host: String,
    },
    /// The server cannot be reached, or the connection broke.
    #[error("the mail server `{host}` cannot be reached: {cause}")]
    Unreachable {
        /// Host and port.
        host: String,
        /// What the system said.
        cause: String,
    },
    /// The server is too slow.
    #[error("the mail server `{host}` did not answer in time")]
    TimedOut {
        /// Host and port.
        host: String,
    },
    /// TLS does not come about.
    #[error("the mail server `{host}` cannot be trusted: {cause}")]
    Tls {
        /// Host and port.
        host: String,
        /// What went wrong.
        cause: String,
    },
    /// Nobody is trusted here.
    #[error("no authority can be trusted: {0}")]
    Authorities(String),
    /// The server offers no TLS.
    #[error("the mail server `{host}` does not offer STARTTLS, and nothing was sent")]
    NoTls {
        /// Host and port.
        host: String,
    },
    /// A password would go over the network in the clear.
    #[error("the password for the mail server `{host}` is not sent in the clear")]
    Clear {
        /// Host and port.
        host: String,
    },
    /// The server offers no way to sign in that we know.
    #[error("the mail server `{host}` offers neither PLAIN nor LOGIN to sign in with")]
    NoMechanism {
        /// Host and port.
        host: String,
    },
    /// The server does not take something.
    #[error("the mail server `{host}` refused {what} with {code}: {text}")]
    Refused {
        /// Host and port.
        host: String,
        /// What it refused.
        what: &'static str,
        /// Its code.
        code: u16,
        /// What it said.
        text: String,
    },
    /// The server does not speak SMTP as it should.
    #[error("the mail server `{host}` is not understood: {cause}")]
    Protocol {
        /// Host and port.
        host: String,
        /// What is wrong with it.
        cause: String,
    },
}

impl SmtpError {
    /// Whether the same again may help.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::TimedOut { .. } => true,
            Self::Refused { code, .. } => *code >= 400 && *code < 500,
            _ => false,
        }
    }

    /// What the user can do about it.
    #[must_use]
    pub const fn help(&self) -> &'static str {
        match self {
            Self::Message(_) => "check the addresses of the channel",
            Self::Forbidden { .. } => {
                "name a server with a public address, or let whoever runs the server allow private ones (`serve --notify-private`)"
            }
            Self::Unreachable { .. } | Self::TimedOut { .. } => {
                "check host and port, and whether a firewall is between"
            }
            Self::Tls { .. } => {
                "name the server as its certificate does, and the authority that signed it with `network.ca-file`"
            }
            Self::Authorities(_) => {
                "install the package ca-certificates, or name a file with `network.ca-file`"
            }
            Self::NoTls { .. } => "choose the security `tls` with port 465, or ask who runs the server",
            Self::Clear { .. } => "choose the security `tls` or `starttls`",
            Self::NoMechanism { .. } => "ask who runs the server to allow one of the two over TLS",
            Self::Refused { what, .. } => match what.as_bytes() {
                b"AUTH" => "check user and password",
                b"a recipient" | b"the sender" => {
                    "check the addresses, and whether this user may send for them"
                }
                _ => "ask who runs the server what it means",
            },
            Self::Protocol { .. } => "check host, port and security: perhaps something else answers there",
        }
    }

    pub(super) fn of_io(relay: &Relay<'_>, error: &std::io::Error) -> Self {
        let host = format!("{}:{}", relay.host, relay.port);
        let inner = error.get_ref();
        if inner.is_some_and(|inner| inner.is::<Unreachable>()) {
            return Self::Forbidden { host };
        }
        if let Some(tls) = inner.and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            return Self::Tls {
                host,
                cause: tls.to_string(),
            };
        }
        match error.kind() {
            ErrorKind::TimedOut | ErrorKind::WouldBlock => Self::TimedOut { host },
            ErrorKind::InvalidData => Self::Protocol {
                host,
                cause: error.to_string(),
            },
            _ => Self::Unreachable {
                host,
                cause: plain(error),
            },
        }
    }
}
