//! Telling others what they have to know: that a day that was due is over, or soon will be, that something critical is new, that a waiver ends.
//!
//! In: the ledger and the time, followed by [`follow()`]. Out: deliveries in the outbox, in the transaction that says how far was followed, so
//! that nothing is forgotten and nothing told twice; [`deliver()`] sends them, each by one replica, until the other side takes them on.

mod channel;
mod deliver;
mod follow;
pub mod key;
mod line;
mod notice;
mod send;
mod words;

pub(crate) use channel::{Event, Filter, Pace, Secrets, Settings, Target, Wrong};
pub(crate) use deliver::{deliver, place};
pub use follow::Rules;
pub(crate) use follow::{follow, hold, start};
pub(crate) use notice::Payload;

use bartizan_source::http::{Client, HttpOptions, Reach};
use bartizan_source::smtp::{Mailer, SmtpOptions};
use bartizan_trust::seal::SealKey;
use std::path::PathBuf;
use std::time::Duration;

/// How others are told.
#[derive(Debug, Clone)]
pub struct NotifyOptions {
    /// The key that secrets of channels are kept with.
    pub key: SealKey,
    /// Whether channels may lead to this machine and to private networks.
    pub private: bool,
    /// Files in PEM form with authorities to trust besides those of the system.
    pub ca_files: Vec<PathBuf>,
    /// Where people find the console, `https://…`: links in what is told lead there.
    pub console: Option<String>,
}

/// Tells others. Shared between threads; every call blocks.
pub(crate) struct Notifier {
    client: Client,
    mailer: Mailer,
    key: SealKey,
    console: Option<String>,
}

impl std::fmt::Debug for Notifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Notifier").finish_non_exhaustive()
    }
}

impl Notifier {
    /// One that has not connected to anything.
    pub(crate) fn new(options: NotifyOptions) -> Self {
        let reach = if options.private {
            Reach::Private
        } else {
            Reach::Public
        };
        Self {
            client: Client::new(HttpOptions {
                ca_files: options.ca_files.clone(),
                connect: Duration::from_secs(10),
                silence: Duration::from_secs(20),
                whole: Some(Duration::from_secs(30)),
                reach,
                ..HttpOptions::default()
            }),
            mailer: Mailer::new(SmtpOptions {
                ca_files: options.ca_files,
                reach,
                ..SmtpOptions::default()
            }),
            key: options.key,
            console: options
                .console
                .map(|address| address.trim_end_matches('/').to_owned()),
        }
    }

    /// The key that secrets of channels are kept with.
    pub(crate) const fn key(&self) -> &SealKey {
        &self.key
    }

    /// Where people find a place of the console; none where nobody said where it is.
    fn link(&self, place: &str) -> Option<String> {
        self.console
            .as_ref()
            .map(|console| format!("{console}/#/{place}"))
    }
}
