//! Why nobody is let in who came back from the other server.

use crate::http::{Kind, Problem};
use bartizan_source::http::HttpError;
use bartizan_trust::jws::JwsError;

/// Why somebody who came back is not let in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OidcError {
    /// The other server cannot be asked.
    #[error("the sign-in server cannot be asked: {0}")]
    Unreachable(#[from] HttpError),
    /// The other server said something that is not understood.
    #[error("the sign-in server said what is not understood: {0}")]
    Misunderstood(String),
    /// Too many people wait for the other server.
    #[error("too many people sign in at once")]
    Busy,
    /// We broke.
    #[error("{0}")]
    Broken(String),
    /// Whoever came back was not sent by us, not from this browser, too long ago, or came back before.
    #[error("this sign-in was not begun here, was ended before, or took longer than ten minutes")]
    Unasked,
    /// The answer is from another server than the one that was asked.
    #[error("the answer is from another sign-in server than the one that was asked")]
    MixedUp,
    /// The other server did not let them in.
    #[error("the sign-in server did not let you in: {0}")]
    Refused(String),
    /// What was signed does not hold.
    #[error("what the sign-in server signed does not hold: {0}")]
    Signature(#[from] JwsError),
    /// What was signed is not for us, not for now, or not for this browser.
    #[error("what the sign-in server signed does not hold: {0}")]
    Claim(&'static str),
    /// They are who they are, and may not come in.
    #[error("{0}")]
    NotAdmitted(&'static str),
}

impl OidcError {
    /// The word by which the console tells people.
    pub(crate) const fn word(&self) -> &'static str {
        match self {
            Self::Unreachable(_) | Self::Misunderstood(_) | Self::Busy | Self::Broken(_) => "unreachable",
            Self::Unasked => "unasked",
            Self::Refused(_) => "refused",
            Self::MixedUp | Self::Signature(_) | Self::Claim(_) => "unproven",
            Self::NotAdmitted(_) => "not-admitted",
        }
    }
}

impl From<OidcError> for Problem {
    fn from(error: OidcError) -> Self {
        let (kind, help) = match &error {
            OidcError::Unreachable(_) | OidcError::Misunderstood(_) => (
                Kind::Unavailable,
                "check the settings of `--oidc` and that the server reaches the issuer; passwords still work",
            ),
            OidcError::Busy => (Kind::Unavailable, "try again in a while"),
            OidcError::Broken(_) => (Kind::Internal, ""),
            OidcError::Unasked => (
                Kind::Unauthenticated,
                "sign in again, in one browser, with cookies allowed",
            ),
            OidcError::Refused(_) => (
                Kind::Unauthenticated,
                "sign in again, or ask who runs the sign-in server",
            ),
            OidcError::MixedUp | OidcError::Signature(_) | OidcError::Claim(_) => (
                Kind::Unauthenticated,
                "sign in again; if it stays, compare the clocks of both servers, and issuer and client id in the settings of `--oidc`",
            ),
            OidcError::NotAdmitted(_) => (Kind::Forbidden, "ask an administrator to let you in"),
        };
        Self::new(kind, error.to_string()).help(help)
    }
}
