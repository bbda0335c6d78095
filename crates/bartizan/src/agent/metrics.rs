//! The door for whoever runs the agent, on this machine only: `/healthz` and `/metrics`, the text format of Prometheus
//! (<https://prometheus.io/docs/instrumenting/exposition_formats/>).
//!
//! In: what the loop of the agent counts, each time it goes round. Out: answers, by a thread that takes one connection after another.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bartizan_sensor::Counts;
use bartizan_server::Exposition;

use super::delivery::Waiting;
use crate::error::Error;

/// After how long without a round of the loop the agent is not well
const STUCK: Duration = Duration::from_secs(30);
/// How long a client may be silent
const SILENCE: Duration = Duration::from_secs(2);
/// Bytes of a request at most
const LONGEST: u64 = 8 * 1024;

/// What is counted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Numbers {
    pub(super) at: Instant,
    pub(super) counts: Counts,
    pub(super) rules: usize,
    pub(super) alerts: u64,
    /// Alerts that the system log or the webhook did not take so far
    pub(super) not_taken: u64,
    pub(super) waiting: Option<Waiting>,
}

/// The door. Without an address it is none.
pub(super) struct Metrics {
    door: Option<TcpListener>,
    latest: Arc<Mutex<Option<Numbers>>>,
}

impl Metrics {
    /// Listens; nothing is answered yet.
    pub(super) fn open(address: Option<SocketAddr>) -> Result<Self, Error> {
        let bound = |address: SocketAddr| {
            if !address.ip().is_loopback() {
                return Err(Error::usage(
                    format!("`--metrics {address}` would tell everybody on the network what is watched"),
                    "listen on 127.0.0.1 or [::1]",
                ));
            }
            TcpListener::bind(address)
                .map_err(|error| Error::usage(format!("`--metrics {address}`: {error}"), "name another port"))
        };
        Ok(Self {
            door: address.map(bound).transpose()?,
            latest: Arc::default(),
        })
    }

    /// Starts to answer.
    pub(super) fn start(&mut self) {
        if let Some(door) = self.door.take() {
            let latest = Arc::clone(&self.latest);
            std::thread::spawn(move || {
                for client in door.incoming().flatten() {
                    let numbers = *latest.lock().unwrap_or_else(PoisonError::into_inner);
                    let _ = answer(client, numbers.as_ref());
                }
            });
        }
    }

    /// Keeps what is counted now.
    pub(super) fn publish(&self, numbers: Numbers) {
        *self.latest.lock().unwrap_or_else(PoisonError::into_inner) = Some(numbers);
    }
}

fn answer(mut client: TcpStream, numbers: Option<&Numbers>) -> std::io::Result<()> {
    client.set_read_timeout(Some(SILENCE))?;
    client.set_write_timeout(Some(SILENCE))?;
    let mut head = BufReader::new(client.try_clone()?).take(LONGEST);
    let mut line = String::new();
    head.read_line(&mut line)?;
    let mut rest = String::new();
    while head.read_line(&mut rest)? > 2 {
        rest.clear();
    }
    let (status, body) = match line.split(' ').nth(1) {
        _ if !line.starts_with("GET ") => ("405 Method Not Allowed", String::new()),
        Some("/metrics") => ("200 OK", numbers.map(exposed).unwrap_or_default()),
        Some("/healthz") => match numbers {
            Some(numbers) if numbers.at.elapsed() < STUCK => ("200 OK", "well\n".to_owned()),
            _ => ("503 Service Unavailable", "events are not read\n".to_owned()),
        },
        _ => ("404 Not Found", String::new()),
    };
    write!(
        client,
        "HTTP/1.1 {status}\r\ncontent-type: text/plain; version=0.0.4\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

fn exposed(numbers: &Numbers) -> String {
    let mut out = Exposition::default();
    let mut counter = |name: &str, help: &str, value: u64| {
        out.family(name, "counter", help);
        out.sample(name, &[], value);
    };
    let counts = &numbers.counts;
    counter(
        "bartizan_agent_events_total",
        "Events that the kernel told of.",
        counts.told,
    );
    counter(
        "bartizan_agent_alerts_total",
        "Alerts that rules made.",
        numbers.alerts,
    );
    counter(
        "bartizan_agent_alerts_not_taken_total",
        "Alerts that the system log or the webhook did not take.",
        numbers.not_taken,
    );
    counter(
        "bartizan_agent_digests_unknown_total",
        "How often the digest of a program was not known when it was asked for.",
        counts.digests_unknown,
    );
    let lost = "bartizan_agent_events_lost_total";
    out.family(lost, "counter", "Events that were lost, by why.");
    for (why, count) in [
        ("ring-full", counts.full),
        ("nested", counts.nested),
        ("capped", counts.capped),
        ("unread", counts.unread),
    ] {
        out.sample(lost, &[("why", why)], count);
    }
    let mut gauge = |name: &str, help: &str, value: u64| {
        out.family(name, "gauge", help);
        out.sample(name, &[], value);
    };
    gauge("bartizan_agent_rules", "Rules that run.", numbers.rules as u64);
    gauge(
        "bartizan_agent_processes",
        "Processes that are known.",
        counts.processes as u64,
    );
    if let Some(waiting) = &numbers.waiting {
        gauge(
            "bartizan_agent_spool_bytes",
            "Bytes of the spool on disk.",
            waiting.bytes,
        );
        gauge(
            "bartizan_agent_spool_alerts",
            "Alerts that wait for the control plane.",
            waiting.alerts,
        );
        let dropped = "bartizan_agent_alerts_dropped_total";
        out.family(dropped, "counter", "Alerts that were dropped for lack of room.");
        out.sample(dropped, &[], waiting.dropped);
    }
    out.text().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(metrics: &TcpListener, numbers: Option<&Numbers>, line: &str) -> String {
        let mut client = TcpStream::connect(metrics.local_addr().unwrap()).unwrap();
        write!(client, "{line} HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
        answer(metrics.accept().unwrap().0, numbers).unwrap();
        let mut text = String::new();
        client.read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn counts_are_told_and_who_is_stuck_is_not_well() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let numbers = Numbers {
            at: Instant::now(),
            counts: Counts {
                told: 7,
                full: 3,
                ..Counts::default()
            },
            rules: 2,
            alerts: 1,
            not_taken: 0,
            waiting: Some(Waiting {
                bytes: 99,
                alerts: 1,
                dropped: 4,
            }),
        };
        let text = ask(&listener, Some(&numbers), "GET /metrics");
        for line in [
            "bartizan_agent_events_total 7",
            "bartizan_agent_events_lost_total{why=\"ring-full\"} 3",
            "bartizan_agent_spool_bytes 99",
            "bartizan_agent_alerts_dropped_total 4",
        ] {
            assert!(text.lines().any(|one| one == line), "{text}");
        }
        assert!(ask(&listener, Some(&numbers), "GET /healthz").starts_with("HTTP/1.1 200"));
        assert!(ask(&listener, None, "GET /healthz").starts_with("HTTP/1.1 503"));
        assert!(ask(&listener, None, "GET /else").starts_with("HTTP/1.1 404"));
        assert!(ask(&listener, None, "POST /metrics").starts_with("HTTP/1.1 405"));
    }

    #[test]
    fn the_network_is_not_told() {
        assert!(Metrics::open(Some("0.0.0.0:0".parse().unwrap())).is_err());
        assert!(Metrics::open(Some("[::1]:0".parse().unwrap())).is_ok());
    }
}
