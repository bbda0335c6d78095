//! Spans on their way to the collector: a queue that has an end, and a thread that empties it.
//!
//! A request never waits for the collector. What does not fit into the queue, and what the collector does not take after a few attempts,
//! is dropped and counted.

use super::observe::random;
use super::otlp::{Span, request};
use super::traces::TraceOptions;
use bartizan_source::http::{Client, HttpOptions, Method, Patience, Request};
use serde::Deserialize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Spans that wait.
const QUEUE: usize = 4_096;
/// Spans of one request to the collector.
const BATCH: usize = 512;
/// How long a span waits for others.
const GATHER: Duration = Duration::from_secs(2);
/// Bytes of an answer of the collector.
const LARGEST: u64 = 64 * 1024;
/// How long the collector may take, and how often it is asked.
const SILENCE: Duration = Duration::from_secs(5);
const PATIENCE: Patience = Patience {
    attempts: 3,
    backoff: Duration::from_millis(200),
    longest_wait: Duration::from_secs(5),
};

#[derive(Debug)]
enum Message {
    Span(Box<Span>),
    /// Send what there is, then say so.
    Finish(SyncSender<()>),
}

/// Takes spans, and sends them.
#[derive(Debug)]
pub(crate) struct Exporter {
    queue: SyncSender<Message>,
    counts: Arc<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    sent: AtomicU64,
    dropped: AtomicU64,
    /// When it was last said that spans are dropped.
    said: Mutex<Option<Instant>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    #[serde(default)]
    partial_success: Option<Partial>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Partial {
    /// A number of 64 bits, which JSON has as a text; some write it as a number.
    #[serde(default)]
    rejected_spans: serde_json::Value,
}

impl Exporter {
    /// Begins to send to this collector.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(crate) fn begin(options: TraceOptions, http: HttpOptions) -> std::io::Result<Self> {
        let client = Client::new(HttpOptions {
            patience: PATIENCE,
            connect: SILENCE,
            silence: SILENCE,
            ..http
        });
        let (queue, waiting) = sync_channel(QUEUE);
        let counts = Arc::new(Counts::default());
        let sender = Sender {
            client,
            options,
            instance: random::<8>(),
            counts: Arc::clone(&counts),
        };
        std::thread::Builder::new()
            .name("traces".to_owned())
            .spawn(move || sender.run(&waiting))?;
        Ok(Self { queue, counts })
    }

    /// Takes a span; drops it where too many wait.
    pub(super) fn give(&self, span: Span) {
        if self.queue.try_send(Message::Span(Box::new(span))).is_err() {
            self.counts.lose(1);
        }
    }

    /// Spans that the collector took.
    pub(super) fn sent(&self) -> u64 {
        self.counts.sent.load(Ordering::Relaxed)
    }

    /// Spans that nobody took.
    pub(super) fn dropped(&self) -> u64 {
        self.counts.dropped.load(Ordering::Relaxed)
    }

    /// Sends what waits, for so long at most.
    pub(crate) fn finish(&self, limit: Duration) {
        let (told, done) = sync_channel(1);
        if self.queue.try_send(Message::Finish(told)).is_ok() {
            let _ = done.recv_timeout(limit);
        }
    }
}

impl Counts {
    fn lose(&self, spans: usize) {
        self.dropped
            .fetch_add(u64::try_from(spans).unwrap_or_default(), Ordering::Relaxed);
    }

    /// Says why spans are dropped, once a minute.
    fn complain(&self, why: &str) {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if said.is_none_or(|said| said.elapsed() > Duration::from_secs(60)) {
            *said = Some(Instant::now());
            tracing::warn!(target: "bartizan", why, "the collector did not take spans");
        }
    }
}

struct Sender {
    client: Client,
    options: TraceOptions,
    instance: String,
    counts: Arc<Counts>,
}

impl Sender {
    fn run(&self, waiting: &Receiver<Message>) {
        let mut batch: Vec<Span> = Vec::new();
        let mut until = None;
        loop {
            let left = until.map_or(Duration::from_secs(3_600), |until: Instant| {
                until.saturating_duration_since(Instant::now())
            });
            match waiting.recv_timeout(left) {
                Ok(Message::Span(span)) => {
                    batch.push(*span);
                    if batch.len() < BATCH {
                        until.get_or_insert_with(|| Instant::now() + GATHER);
                        continue;
                    }
                }
                Ok(Message::Finish(told)) => {
                    self.send(&mut batch);
                    let _ = told.try_send(());
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return self.send(&mut batch),
            }
            self.send(&mut batch);
            until = None;
        }
    }

    fn send(&self, batch: &mut Vec<Span>) {
        if batch.is_empty() {
            return;
        }
        let spans = std::mem::take(batch);
        let body = request(&spans, &self.options.service, &self.instance);
        let headers: Vec<(&str, &str)> = self
            .options
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let answer = self
            .client
            .fetch(
                &Request {
                    method: Method::Post {
                        content_type: "application/json",
                        body: &body,
                    },
                    headers: &headers,
                    ..Request::get(&self.options.endpoint)
                },
                LARGEST,
                &(),
            )
            .and_then(|answer| answer.success());
        match answer {
            Ok(answer) => {
                let rejected = rejected(&answer.body).min(spans.len());
                self.counts.lose(rejected);
                self.counts.sent.fetch_add(
                    u64::try_from(spans.len() - rejected).unwrap_or_default(),
                    Ordering::Relaxed,
                );
            }
            Err(error) => {
                self.counts.lose(spans.len());
                self.counts.complain(&error.to_string());
            }
        }
    }
}

/// How many spans the collector did not take, as it says.
fn rejected(body: &[u8]) -> usize {
    let partial = serde_json::from_slice::<Answer>(body)
        .ok()
        .and_then(|answer| answer.partial_success);
    let said = partial.map(|partial| partial.rejected_spans).unwrap_or_default();
    said.as_str()
        .and_then(|text| text.parse().ok())
        .or_else(|| said.as_u64().and_then(|number| usize::try_from(number).ok()))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_collector_says_what_it_did_not_take_as_text_or_number() {
        assert_eq!(rejected(br#"{"partialSuccess":{"rejectedSpans":"3"}}"#), 3);
        assert_eq!(rejected(br#"{"partialSuccess":{"rejectedSpans":4}}"#), 4);
        for none in [
            &b"{}"[..],
            b"",
            b"{\"partialSuccess\":null}",
            b"{\"partialSuccess\":{}}",
            b"<html>",
        ] {
            assert_eq!(rejected(none), 0);
        }
    }
}
