//! Lines on standard error, for people or as JSON for programs. Each line within a request carries its number and its trace.

use super::export::Exporter;
use super::traces::Traces;
use std::sync::Arc;
use tracing::Level;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;

/// How lines are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people: what went wrong, and nothing where nothing did.
    #[default]
    Text,
    /// For programs: one JSON object a line, and one for every request.
    Json,
}

/// Which lines, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Log {
    pub(crate) format: LogFormat,
    /// The least that is written: `error`, `warn`, `info` or `debug`.
    pub(crate) level: Level,
}

/// Lines and spans go where they belong from now on, for the whole process; the second time nothing changes.
pub(crate) fn listen(log: Log, exporter: Option<Arc<Exporter>>) {
    // What libraries say is for whoever works on this program.
    let ours = Targets::new()
        .with_target("bartizan", log.level)
        .with_default(if log.level >= Level::DEBUG {
            LevelFilter::INFO
        } else {
            LevelFilter::ERROR
        });
    let lines = match log.format {
        LogFormat::Text => tracing_subscriber::fmt::layer()
            .with_ansi(false)
            .with_target(false)
            .with_writer(std::io::stderr)
            .with_filter(ours)
            .boxed(),
        LogFormat::Json => tracing_subscriber::fmt::layer()
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_span_list(true)
            .with_writer(std::io::stderr)
            .with_filter(ours)
            .boxed(),
    };
    let spans = exporter.map(|exporter| {
        Traces(exporter).with_filter(Targets::new().with_target("bartizan", LevelFilter::ERROR))
    });
    let all = tracing_subscriber::registry().with(lines).with(spans);
    let _ = tracing::subscriber::set_global_default(all);
}
