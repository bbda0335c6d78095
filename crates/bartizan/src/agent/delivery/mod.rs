//! The way of alerts to the control plane: each is put into a spool on disk at once; a thread makes batches of what waits there and sends them.
//!
//! In: alerts. Out: statements of type `https://bartizan.dev/alerts/v1`, at least once and in order; and alerts that some had to be dropped.

mod sender;
mod who;

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bartizan_ledger::alerts::Watch;
use bartizan_model::Timestamp;
use bartizan_model::runtime::Alert;
use bartizan_server::secret;
use bartizan_source::http::Patience;
use bartizan_spool::Spool;

use super::losses::own_alert;
use super::outputs::json;
use crate::args::{Common, DeliveryArgs};
use crate::commands::sign;
use crate::error::Error;
use crate::place;
use crate::plane::Plane;
use crate::scan::{Place, common_flags, load_config};
use crate::table::counted;
use crate::terminal::Terminal;
use sender::{Sender, Statements};

/// Alerts after which the sender is woken before its time
const MANY: u64 = 256;
/// How long the sender may take at the end, before the rest waits for the next start
const FAREWELL: Duration = Duration::from_secs(10);
/// Name of the alert that some were dropped
const DROPPED: &str = "Alerts were dropped";

/// The spool and what empties it.
pub(super) struct Delivery {
    spool: Arc<Spool>,
    watch: Arc<Mutex<Watch>>,
    terminal: Terminal,
    /// Until it is started
    sender: Option<Sender>,
    running: Option<Running>,
    appended: u64,
    told_dropped: u64,
}

/// What waits, and what could not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Waiting {
    /// Bytes on disk
    pub(super) bytes: u64,
    pub(super) alerts: u64,
    /// Dropped since the start
    pub(super) dropped: u64,
}

struct Running {
    /// Wakes the sender; ends it when it goes
    wake: SyncSender<()>,
    ended: Receiver<()>,
}

impl Delivery {
    /// Opens the spool and finds the control plane; nothing is connected yet.
    pub(super) fn open(
        common: &Common,
        args: &DeliveryArgs,
        rules: Vec<String>,
        terminal: Terminal,
    ) -> Result<Self, Error> {
        if common.offline {
            return Err(Error::usage(
                "--push needs the network, which --offline forbids",
                "leave out one of them",
            ));
        }
        let current = place::current()?;
        let start = place::start_of(".", &current);
        let config = load_config(common, &Place { current, start }, common_flags(common))?;
        // The sender waits itself between attempts, and keeps the order.
        let patience = Patience {
            attempts: 1,
            ..Patience::default()
        };
        let plane = Plane::open_with(common, &config, patience)?;
        let key = args.sign.as_deref().map(sign::key).transpose()?;
        let directory = directory(args, &config)?;
        let spool = open_spool(&directory, args.spool_size, terminal)?;
        let watch = Arc::new(Mutex::new(Watch { since: now(), rules }));
        let statements = Statements {
            agent: who::agent(args)?,
            stream: bartizan_model::encoding::hex(&spool.stream()),
            watch: Arc::clone(&watch),
            key,
        };
        let spool = Arc::new(spool);
        Ok(Self {
            sender: Some(Sender::new(Arc::clone(&spool), plane, statements, terminal)),
            spool,
            watch,
            terminal,
            running: None,
            appended: 0,
            told_dropped: 0,
        })
    }

    /// Starts the thread that sends.
    pub(super) fn start(&mut self) {
        if let Some(mut sender) = self.sender.take() {
            let (wake, woken) = sync_channel(1);
            let (end, ended) = sync_channel(1);
            std::thread::spawn(move || {
                sender.run(&woken);
                let _ = end.send(());
            });
            self.running = Some(Running { wake, ended });
        }
    }

    /// Puts an alert into the spool. One that finds no room counts as dropped.
    pub(super) fn tell(&mut self, alert: &Alert) {
        if self.spool.append(json(alert).to_string().as_bytes()).is_err() {
            return;
        }
        self.appended += 1;
        if self.appended.is_multiple_of(MANY)
            && let Some(running) = &self.running
        {
            let _ = running.wake.try_send(());
        }
    }

    /// What waits now.
    pub(super) fn waiting(&self) -> Waiting {
        Waiting {
            bytes: self.spool.bytes(),
            alerts: self.spool.count(),
            dropped: self.spool.dropped(),
        }
    }

    /// Other rules run from now on.
    pub(super) fn rules(&self, rules: Vec<String>) {
        self.watch.lock().unwrap_or_else(PoisonError::into_inner).rules = rules;
    }

    /// Events were lost: what was seen without a break begins anew.
    pub(super) fn broken(&self) {
        self.watch.lock().unwrap_or_else(PoisonError::into_inner).since = now();
    }

    /// An alert where more was dropped since the last one.
    pub(super) fn dropped(&mut self) -> Option<Alert> {
        let all = self.spool.dropped();
        let new = all.checked_sub(self.told_dropped).filter(|new| *new > 0)?;
        self.told_dropped = all;
        let output = format!(
            "{new} alerts were dropped before the control plane took them, {all} since the start: the spool is full"
        );
        Some(own_alert(DROPPED, output, &[("alerts.dropped", all)]))
    }

    /// Gives the sender some time to send what waits; how many alerts were dropped.
    pub(super) fn finish(mut self) -> u64 {
        if let Some(running) = self.running.take() {
            drop(running.wake);
            let _ = running.ended.recv_timeout(FAREWELL);
        }
        if let Err(error) = self.spool.sync() {
            self.terminal.warn(&error);
        }
        let waiting = self.spool.count();
        if waiting > 0 {
            self.terminal.note(format!(
                "{} for the control plane in the spool until the next start",
                match waiting {
                    1 => "1 alert waits".to_owned(),
                    many => format!("{many} alerts wait"),
                }
            ));
        }
        self.spool.dropped()
    }
}

fn directory(args: &DeliveryArgs, config: &bartizan_engine::config::Config) -> Result<PathBuf, Error> {
    args.spool
        .clone()
        .or_else(|| Some(place::data_dir(config)?.join("agent-spool")))
        .ok_or_else(|| {
            Error::usage(
                "there is no directory for alerts that wait: neither XDG_DATA_HOME nor HOME is set",
                "name one with `--spool DIR`",
            )
        })
}

fn open_spool(directory: &std::path::Path, size: u64, terminal: Terminal) -> Result<Spool, Error> {
    let fresh = secret::random().map_err(|error| {
        Error::usage(
            format!("the system has no random bytes: {error}"),
            "start it again",
        )
    })?;
    let (spool, recovered) =
        Spool::open(directory, size, fresh).map_err(|error| Error::usage(error.to_string(), error.help()))?;
    let shown = directory.display();
    if recovered.torn > 0 {
        terminal.warn(format!(
            "the spool `{shown}` ended in the middle of an alert: {} bytes of it were cut away",
            recovered.torn
        ));
    }
    if recovered.damaged > 0 {
        terminal.warn(format!(
            "the spool `{shown}` is damaged: {} bytes cannot be read, and the numbers of their alerts will lack",
            recovered.damaged
        ));
    }
    if recovered.waiting > 0 {
        let waiting = usize::try_from(recovered.waiting).unwrap_or(usize::MAX);
        terminal.note(format!(
            "in the spool: {} of an earlier run",
            counted(waiting, "alert")
        ));
    }
    Ok(spool)
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_unix_seconds(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}
