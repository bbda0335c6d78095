//! How often somebody may try to sign in: counted in memory, and where several servers share a database also there, for all of them
//! together. Memory comes first, so that a flood that one server can refuse by itself costs the database nothing.

use super::peer::Peer;
use super::rate::{PER_LOGIN, PER_PEER, Rate, too_often};
use crate::app::App;
use crate::http::Problem;
use bartizan_store::rates::BucketRate;
use bartizan_store::{Installation, StoreError};
use sha2::{Digest, Sha256};

/// The setting with what keys are hashed with.
const SALT: &str = "rates";
/// Buckets of one kind, as a power of two.
const BITS: u32 = 16;

/// What is counted.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Attempt<'a> {
    /// Passwords for one login.
    Login(&'a str),
    /// Attempts from one network.
    Peer(Peer),
}

impl Attempt<'_> {
    fn local<'g>(&self, app: &'g App) -> &'g Rate {
        match self {
            Self::Login(_) => &app.gate().by_login,
            Self::Peer(_) => &app.gate().by_peer,
        }
    }

    fn key(&self) -> String {
        match self {
            Self::Login(login) => (*login).to_owned(),
            Self::Peer(peer) => peer
                .network()
                .map_or_else(String::new, |network| network.to_string()),
        }
    }

    const fn rate(&self) -> (i64, BucketRate) {
        let (kind, most) = match self {
            Self::Login(_) => (0, PER_LOGIN),
            Self::Peer(_) => (1, PER_PEER),
        };
        let window = 300_000;
        let rate = BucketRate {
            interval: window / most as i64,
            window,
        };
        (kind, rate)
    }
}

impl App {
    /// Counts an attempt.
    ///
    /// # Errors
    /// A problem that says when to try again.
    pub(crate) async fn attempt(&self, attempt: Attempt<'_>) -> Result<(), Problem> {
        let key = attempt.key();
        attempt.local(self).take(&key)?;
        if !self.store().is_shared() {
            return Ok(());
        }
        let ((kind, rate), now) = (attempt.rate(), self.now());
        let wait = self
            .write_all(move |installation| {
                let bucket = bucket(installation, kind, &key)?;
                installation.take_from_bucket(bucket, rate, now)
            })
            .await?;
        match wait {
            None => Ok(()),
            Some(wait) => {
                attempt.local(self).count_refusal();
                Err(too_often(u64::try_from(wait).unwrap_or(1).div_ceil(1_000)))
            }
        }
    }

    /// Takes back that an attempt was counted, since it was right.
    ///
    /// # Errors
    /// Those of the store.
    pub(crate) async fn succeeded(&self, attempt: Attempt<'_>) -> Result<(), Problem> {
        let key = attempt.key();
        attempt.local(self).give_back(&key);
        if !self.store().is_shared() {
            return Ok(());
        }
        let (kind, rate) = attempt.rate();
        self.write_all(move |installation| {
            let bucket = bucket(installation, kind, &key)?;
            installation.give_back_to_bucket(bucket, rate)
        })
        .await
    }
}

/// The bucket of a key: by a hash that nobody outside can make, so that no two keys can be made to share one.
fn bucket(installation: &mut Installation<'_>, kind: i64, key: &str) -> Result<i64, StoreError> {
    let salt = match installation.setting(SALT)? {
        Some(salt) => salt,
        None => {
            let fresh =
                super::secret::random::<32>().map_err(|error| StoreError::Unavailable(error.to_string()))?;
            installation.setting_or(SALT, &fresh)?
        }
    };
    let hash = Sha256::new().chain_update(&salt).chain_update(key).finalize();
    let place = hash
        .iter()
        .take(4)
        .fold(0_i64, |number, byte| (number << 8) | i64::from(*byte));
    Ok((kind << BITS) | (place & ((1 << BITS) - 1)))
}
