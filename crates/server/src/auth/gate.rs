//! What stands between the network and the store: how often one may ask, how passwords are compared, and what cookies are called.

use super::cookie::Transport;
use super::password::Passwords;
use super::rate::{PER_LOGIN, PER_PEER, Rate, WINDOW};
use std::time::Duration;

/// Requests with one token or cookie within a minute, where nobody says otherwise.
pub(crate) const PER_CREDENTIAL: u32 = 6_000;

/// Shared by all requests.
#[derive(Debug)]
pub(crate) struct Gate {
    pub(crate) transport: Transport,
    pub(crate) passwords: Passwords,
    pub(crate) by_login: Rate,
    pub(crate) by_peer: Rate,
    pub(crate) by_credential: Rate,
}

impl Gate {
    /// `per_credential`: requests with one token or cookie within a minute.
    pub(crate) fn new(transport: Transport, per_credential: u32) -> Self {
        Self {
            transport,
            passwords: Passwords::new(),
            by_login: Rate::new(PER_LOGIN, WINDOW),
            by_peer: Rate::new(PER_PEER, WINDOW),
            by_credential: Rate::new(per_credential, Duration::from_secs(60)),
        }
    }
}
