//! A webhook: each alert is posted as JSON, signed as Standard Webhooks has it (<https://www.standardwebhooks.com/>) where a key is given.
//!
//! Posting must not hold up the sensor: a thread does it, from a queue with a bound. What does not fit is counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bartizan_model::runtime::Alert;
use bartizan_source::http::{Client, HttpOptions, Method, Patience, Proxies, Request, Url};
use bartizan_trust::webhook::sign;

use super::outputs::json;
use crate::args::Common;
use crate::error::Error;

/// Alerts that may wait
const QUEUE: usize = 4096;
/// Bytes of an answer that are read at most
const ANSWER: u64 = 64 * 1024;
/// Variable with the key: `whsec_…`
const KEY: &str = "BARTIZAN_WEBHOOK_KEY";

/// The queue and what empties it.
pub(super) struct Webhook {
    url: Url,
    client: Client,
    key: Option<String>,
    lost: Arc<AtomicU64>,
    running: Option<(SyncSender<String>, JoinHandle<()>)>,
}

impl Webhook {
    /// Reads the address; nothing is connected yet.
    pub(super) fn open(common: &Common, url: &str) -> Result<Self, Error> {
        let invalid = |error: String| {
            Error::usage(
                format!("`--webhook {url}`: {error}"),
                "write an address such as https://hooks.example/alerts",
            )
        };
        let parsed = Url::parse(url).map_err(|error| invalid(error.to_string()))?;
        if common.offline {
            return Err(Error::usage(
                "--webhook needs the network, which --offline forbids",
                "leave out one of them",
            ));
        }
        let key = std::env::var(KEY).ok().filter(|key| !key.is_empty());
        if let Some(key) = &key
            && sign(key, "", 0, "").is_none()
        {
            return Err(Error::usage(
                format!("{KEY} is no key of Standard Webhooks"),
                "one begins with `whsec_` and goes on in base64",
            ));
        }
        let options = HttpOptions {
            proxies: Proxies::from_variables(|name| std::env::var(name).ok()),
            patience: Patience::default(),
            whole: Some(Duration::from_secs(30)),
            ..HttpOptions::default()
        };
        Ok(Self {
            url: parsed,
            client: Client::new(options),
            key,
            lost: Arc::default(),
            running: None,
        })
    }

    /// Starts the thread that posts.
    pub(super) fn start(&mut self) {
        let (send, receive) = sync_channel(QUEUE);
        let client = std::mem::replace(&mut self.client, Client::new(HttpOptions::default()));
        let post = Post {
            url: self.url.clone(),
            client,
            key: self.key.take(),
            lost: Arc::clone(&self.lost),
        };
        self.running = Some((send, std::thread::spawn(move || post.all(&receive))));
    }

    /// Puts an alert into the queue.
    pub(super) fn tell(&self, alert: &Alert) {
        let sent = self
            .running
            .as_ref()
            .is_some_and(|(queue, _)| queue.try_send(json(alert).to_string()).is_ok());
        if !sent {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How many alerts were not taken so far.
    pub(super) fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// Waits until the queue is empty; how many alerts were not taken.
    pub(super) fn finish(self) -> u64 {
        if let Some((queue, thread)) = self.running {
            drop(queue);
            let _ = thread.join();
        }
        self.lost.load(Ordering::Relaxed)
    }
}

struct Post {
    url: Url,
    client: Client,
    key: Option<String>,
    lost: Arc<AtomicU64>,
}

impl Post {
    fn all(&self, queue: &Receiver<String>) {
        let began = now().as_nanos();
        for (number, body) in (0_u64..).zip(queue) {
            if !self.one(&format!("{began:x}-{number}"), &body) {
                self.lost.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    fn one(&self, id: &str, body: &str) -> bool {
        let second = now().as_secs();
        let signature = self
            .key
            .as_ref()
            .and_then(|key| sign(key, id, i64::try_from(second).unwrap_or(0), body));
        let second = second.to_string();
        let mut headers = vec![("webhook-id", id), ("webhook-timestamp", second.as_str())];
        if let Some(signature) = &signature {
            headers.push(("webhook-signature", signature));
        }
        let request = Request {
            method: Method::Post {
                content_type: "application/json",
                body: body.as_bytes(),
            },
            headers: &headers,
            ..Request::get(&self.url)
        };
        self.client
            .fetch(&request, ANSWER, &())
            .and_then(bartizan_source::http::Fetched::success)
            .is_ok()
    }
}

fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
