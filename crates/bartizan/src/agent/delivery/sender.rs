//! The thread that sends: what waits in the spool becomes a batch, which is sent until the control plane took it.

use std::hash::{BuildHasher, RandomState};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bartizan_ledger::alerts::{self, Agent, Head, Watch, numbered};
use bartizan_spool::{Spool, Waiting};
use bartizan_trust::keys::SigningKey;
use serde::de::IgnoredAny;

use super::now;
use crate::commands::sign;
use crate::error::{Code, Error};
use crate::plane::Plane;
use crate::terminal::Terminal;

/// How long alerts are gathered before they are sent, and how often the spool is brought to the disk
const EVERY: Duration = Duration::from_secs(1);
/// After how long without an alert an empty batch says that the agent is there
const QUIET: Duration = Duration::from_secs(3_600);
/// Alerts of one batch, and bytes of them
const MOST: usize = 500;
const MOST_BYTES: usize = 256 << 10;
/// The wait after the first failure; it doubles with each that follows
const BACK_OFF: Duration = Duration::from_secs(1);
const LONGEST_BACK_OFF: Duration = Duration::from_secs(300);

/// What statements are made from.
pub(super) struct Statements {
    pub(super) agent: Agent,
    /// Name of the sequence
    pub(super) stream: String,
    /// What is watched for
    pub(super) watch: Arc<Mutex<Watch>>,
    /// Signs each statement, where one is at hand
    pub(super) key: Option<SigningKey>,
}

impl Statements {
    /// The statement with these alerts, or the envelope around it.
    fn of(&self, waiting: &Waiting) -> Result<Vec<u8>, Error> {
        let head = Head {
            agent: self.agent.clone(),
            stream: self.stream.clone(),
            after: waiting.after,
            last: waiting.last,
            sealed: now(),
            watch: self.watch.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        };
        let alerts: Vec<String> = waiting
            .records
            .iter()
            .map(|(number, record)| numbered(*number, &String::from_utf8_lossy(record)))
            .collect();
        let statement = alerts::statement(&head, &alerts)
            .map_err(|error| failed(format!("what waits in the spool is no alert: {error}")))?;
        match &self.key {
            Some(key) => sign::sealed(statement.as_bytes(), key).map(String::into_bytes),
            None => Ok(statement.into_bytes()),
        }
    }
}

fn failed(message: String) -> Error {
    Error {
        message,
        help: None,
        code: Code::Unknown,
    }
}

/// What sends, and how it went so far.
pub(super) struct Sender {
    spool: Arc<Spool>,
    plane: Plane,
    statements: Statements,
    terminal: Terminal,
    /// When something was sent last; None before
    sent: Option<Instant>,
    failures: u32,
    /// Not before this time
    next: Instant,
    /// What was said last of a failure
    said: String,
}

impl Sender {
    pub(super) fn new(spool: Arc<Spool>, plane: Plane, statements: Statements, terminal: Terminal) -> Self {
        Self {
            spool,
            plane,
            statements,
            terminal,
            sent: None,
            failures: 0,
            next: Instant::now(),
            said: String::new(),
        }
    }

    /// Sends until nobody can wake it any more; then what still waits, as far as that goes at the first attempt.
    pub(super) fn run(&mut self, woken: &Receiver<()>) {
        self.round();
        loop {
            let ends = woken.recv_timeout(EVERY) == Err(RecvTimeoutError::Disconnected);
            if let Err(error) = self.spool.sync() {
                self.say(error.to_string());
            }
            if ends || Instant::now() >= self.next {
                self.round();
            }
            if ends {
                return;
            }
        }
    }

    /// Sends all that waits.
    fn round(&mut self) {
        loop {
            match self.one() {
                Ok(true) => self.done(),
                Ok(false) => return,
                Err(error) => {
                    self.say(error.message);
                    self.next = Instant::now() + back_off(self.failures);
                    self.failures = self.failures.saturating_add(1);
                    return;
                }
            }
        }
    }

    fn done(&mut self) {
        self.sent = Some(Instant::now());
        if self.failures > 0 {
            self.terminal.note("the control plane takes alerts again");
        }
        self.failures = 0;
        self.said.clear();
    }

    /// What fails again in the same way is said once.
    fn say(&mut self, message: String) {
        if self.said != message {
            self.terminal
                .warn(format!("alerts wait for the control plane: {message}"));
            self.said = message;
        }
    }

    /// Sends one batch; whether there was one.
    fn one(&mut self) -> Result<bool, Error> {
        let of_spool = |error: bartizan_spool::SpoolError| failed(error.to_string());
        let (through, batch) = if let Some(sealed) = self.spool.sealed().map_err(of_spool)? {
            sealed
        } else {
            let waiting = self.spool.waiting(MOST, MOST_BYTES).map_err(of_spool)?;
            let is_new = waiting.last > waiting.after;
            if !is_new && self.sent.is_some_and(|sent| sent.elapsed() < QUIET) {
                return Ok(false);
            }
            let batch = self.statements.of(&waiting)?;
            if is_new && let Err(error) = self.spool.seal(waiting.last, &batch) {
                // Sent again it would be another batch: the control plane knows its alerts by their numbers.
                self.terminal
                    .warn(format!("a batch of alerts is sent without being kept: {error}"));
            }
            (waiting.last, batch)
        };
        let _: IgnoredAny = self
            .plane
            .post("/api/v1/statements", "application/vnd.in-toto+json", &batch)?;
        self.spool.acknowledge(through).map_err(of_spool)?;
        Ok(true)
    }
}

/// Between the half and the whole of twice the wait before.
fn back_off(failures: u32) -> Duration {
    let whole = BACK_OFF
        .saturating_mul(1 << failures.min(16))
        .min(LONGEST_BACK_OFF);
    let random = RandomState::new().hash_one(failures);
    let part = u32::try_from(random % 1_000).unwrap_or(0);
    whole / 2 + whole * part / 2_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_limit_and_differ() {
        for (failures, whole) in [(0, 1), (1, 2), (4, 16), (20, 300)] {
            let wait = back_off(failures);
            let whole = Duration::from_secs(whole);
            assert!(wait >= whole / 2 && wait <= whole, "{failures}: {wait:?}");
        }
        let different: std::collections::BTreeSet<Duration> = (0..20).map(|_| back_off(9)).collect();
        assert!(different.len() > 1);
    }
}
