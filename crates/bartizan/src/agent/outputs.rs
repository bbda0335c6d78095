//! Where alerts go. One place that fails does not keep the others from being told.

use std::fmt;
use std::io::{ErrorKind, Write};
use std::path::PathBuf;
use std::time::Instant;

use bartizan_model::runtime::Alert;
use bartizan_sensor::Counts;

use super::delivery::Delivery;
use super::metrics::Numbers;
use super::syslog::Syslog;
use super::webhook::Webhook;
use crate::args::{AgentArgs, Common};
use crate::error::Error;
use crate::runtime::time;
use crate::table::counted;
use crate::terminal::Terminal;

/// How alerts are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Text,
    Json,
}

/// All places that alerts go to.
pub(super) struct Outputs {
    format: Format,
    out: Box<dyn Write>,
    /// Whoever read is gone
    closed: bool,
    syslog: Option<Syslog>,
    webhook: Option<Webhook>,
    delivery: Option<Delivery>,
    told: u64,
}

/// What became of alerts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Told {
    /// Alerts there were
    pub(super) alerts: u64,
    /// Those that one place or another did not take
    pub(super) lost: u64,
}

impl fmt::Display for Told {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            to,
            "{}",
            counted(usize::try_from(self.alerts).unwrap_or(usize::MAX), "alert")
        )?;
        if self.lost > 0 {
            write!(
                to,
                ", {} not taken by the system log, the webhook or the control plane",
                self.lost
            )?;
        }
        Ok(())
    }
}

impl Outputs {
    /// Opens every place that was asked for.
    pub(super) fn open(
        common: &Common,
        args: &AgentArgs,
        (format, file): (Format, Option<PathBuf>),
        rules: Vec<String>,
        terminal: Terminal,
    ) -> Result<Self, Error> {
        let out: Box<dyn Write> = match &file {
            Some(path) => {
                let file = std::fs::OpenOptions::new().create(true).append(true).open(path);
                Box::new(std::io::BufWriter::new(
                    file.map_err(|error| Error::writing(path, &error))?,
                ))
            }
            None => Box::new(std::io::BufWriter::new(std::io::stdout())),
        };
        Ok(Self {
            format,
            out,
            closed: false,
            syslog: args.syslog.then(Syslog::open).transpose()?,
            webhook: args
                .webhook
                .as_deref()
                .map(|url| Webhook::open(common, url))
                .transpose()?,
            delivery: args
                .delivery
                .push
                .then(|| Delivery::open(common, &args.delivery, rules, terminal))
                .transpose()?,
            told: 0,
        })
    }

    /// Begins to send what is sent beside.
    pub(super) fn start(&mut self) {
        if let Some(webhook) = &mut self.webhook {
            webhook.start();
        }
        if let Some(delivery) = &mut self.delivery {
            delivery.start();
        }
    }

    /// Tells every place of an alert.
    pub(super) fn tell(&mut self, alert: &Alert) -> Result<(), Error> {
        self.told += 1;
        if let Some(syslog) = &mut self.syslog {
            syslog.tell(alert);
        }
        if let Some(webhook) = &mut self.webhook {
            webhook.tell(alert);
        }
        if let Some(delivery) = &mut self.delivery {
            delivery.tell(alert);
        }
        let written = match self.format {
            Format::Text => {
                writeln!(
                    self.out,
                    "{} {:<8} {}: {}",
                    time::instant(alert.time),
                    alert.priority.name(),
                    alert.rule,
                    alert.output
                )
            }
            Format::Json => writeln!(self.out, "{}", json(alert)),
        };
        self.written(written)
    }

    /// Other rules run from now on.
    pub(super) fn rules(&self, rules: Vec<String>) {
        if let Some(delivery) = &self.delivery {
            delivery.rules(rules);
        }
    }

    /// What is counted by now, with what the sensor counts.
    pub(super) fn numbers(&self, counts: Counts, rules: usize) -> Numbers {
        Numbers {
            at: Instant::now(),
            counts,
            rules,
            alerts: self.told,
            not_taken: self.syslog.as_ref().map_or(0, |syslog| syslog.lost)
                + self.webhook.as_ref().map_or(0, Webhook::lost),
            waiting: self.delivery.as_ref().map(Delivery::waiting),
        }
    }

    /// Events were lost: nobody can say any more that nothing happened.
    pub(super) fn broken(&self) {
        if let Some(delivery) = &self.delivery {
            delivery.broken();
        }
    }

    /// Hands over what was written, and tells of what was dropped.
    pub(super) fn flush(&mut self) -> Result<(), Error> {
        if let Some(alert) = self.delivery.as_mut().and_then(Delivery::dropped) {
            self.tell(&alert)?;
        }
        let flushed = self.out.flush();
        self.written(flushed)
    }

    /// An alert that cannot be written is no reason to stop while another place takes it; nobody to read is one to end.
    fn written(&mut self, result: std::io::Result<()>) -> Result<(), Error> {
        match result {
            Ok(()) => Ok(()),
            Err(_) if self.closed => Ok(()),
            Err(error)
                if error.kind() == ErrorKind::BrokenPipe
                    && (self.syslog.is_some() || self.webhook.is_some() || self.delivery.is_some()) =>
            {
                self.closed = true;
                Ok(())
            }
            Err(error) => Err(Error::usage(
                format!("alerts cannot be written: {error}"),
                "free some space, or write elsewhere with -o FORMAT=FILE",
            )),
        }
    }

    /// Waits for what is on its way, and says what became of alerts.
    pub(super) fn finish(mut self) -> Told {
        let _ = self.out.flush();
        let lost = self.syslog.as_ref().map_or(0, |syslog| syslog.lost)
            + self.webhook.take().map_or(0, Webhook::finish)
            + self.delivery.take().map_or(0, Delivery::finish);
        Told {
            alerts: self.told,
            lost,
        }
    }
}

/// The object of an alert, with its time as text
pub(super) fn json(alert: &Alert) -> serde_json::Value {
    let mut object = serde_json::to_value(alert).unwrap_or_default();
    if let Some(object) = object.as_object_mut() {
        object.insert("schema".to_owned(), "bartizan/alert/v1".into());
        object.insert("time".to_owned(), time::instant(alert.time).into());
    }
    object
}
