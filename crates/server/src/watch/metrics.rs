//! What is counted, and how it is written for Prometheus
//! (<https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format>).
//!
//! In: what happened. Out: text. Labels have values that are known beforehand: routes of the interface as templates, statuses, names of our
//! own; never a tenant, a login or an address. There are at most [`MOST_SERIES`] of requests, whatever is asked.

use super::histogram::Histogram;
use std::collections::BTreeMap;
use std::fmt::{Display, Write as _};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Combinations of method, route and status that are told apart.
const MOST_SERIES: usize = 1_000;

/// A method, a route as a template, and a status.
type Asked = (&'static str, String, u16);

/// What became of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Taken {
    /// It was new.
    New,
    /// It was known before.
    Known,
    /// It was not taken.
    Refused,
}

#[derive(Debug, Clone, Copy, Default)]
struct Job {
    done: u64,
    failed: u64,
    seconds: f64,
    /// When it last came to its end, in milliseconds since 1970.
    last: i64,
}

/// What is counted.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    requests: Mutex<BTreeMap<Asked, Histogram>>,
    in_flight: AtomicI64,
    taken: Mutex<BTreeMap<Taken, u64>>,
    taking: Mutex<Histogram>,
    bytes: AtomicU64,
    /// Events that the bus took, and that it did not.
    told: [AtomicU64; 2],
    jobs: Mutex<BTreeMap<&'static str, Job>>,
    sign_ins: Mutex<BTreeMap<(&'static str, bool), u64>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Metrics {
    /// A request begins; it ends when the guard is dropped.
    pub(super) fn begin(&self) -> InFlight<'_> {
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        InFlight(self)
    }

    /// How many requests have begun and not ended.
    pub(crate) fn in_flight(&self) -> i64 {
        self.in_flight.load(Ordering::Relaxed)
    }

    /// A request was answered.
    pub(super) fn answered(&self, method: &'static str, route: &str, status: u16, took: Duration) {
        let mut requests = lock(&self.requests);
        let mut asked = (method, route.to_owned(), status);
        if requests.len() >= MOST_SERIES && !requests.contains_key(&asked) {
            asked = (method, "other".to_owned(), 0);
        }
        requests.entry(asked).or_default().add(took.as_secs_f64());
    }

    /// A statement of so many bytes was sent, and this became of it.
    pub(crate) fn taken(&self, what: Taken, bytes: usize, took: Duration) {
        *lock(&self.taken).entry(what).or_default() += 1;
        self.bytes
            .fetch_add(u64::try_from(bytes).unwrap_or_default(), Ordering::Relaxed);
        lock(&self.taking).add(took.as_secs_f64());
    }

    /// An event was taken by the bus, or not.
    pub(crate) fn told(&self, is_taken: bool) {
        let [taken, not_taken] = &self.told;
        let count = if is_taken { taken } else { not_taken };
        count.fetch_add(1, Ordering::Relaxed);
    }

    /// Events that the bus took, and that it did not.
    pub(super) fn told_so_far(&self) -> [u64; 2] {
        self.told.each_ref().map(|count| count.load(Ordering::Relaxed))
    }

    /// A job came to its end at this time, in milliseconds since 1970.
    pub(crate) fn job(&self, name: &'static str, succeeded: bool, took: Duration, at: i64) {
        let mut jobs = lock(&self.jobs);
        let job = jobs.entry(name).or_default();
        job.seconds += took.as_secs_f64();
        if succeeded {
            job.done += 1;
            job.last = at;
        } else {
            job.failed += 1;
        }
    }

    /// Somebody tried to sign in: with a `password`, a `link` or through `oidc`.
    pub(crate) fn signed_in(&self, way: &'static str, succeeded: bool) {
        *lock(&self.sign_ins).entry((way, succeeded)).or_default() += 1;
    }

    /// Writes everything that is counted here.
    pub(super) fn write(&self, out: &mut Exposition) {
        self.write_requests(out);
        out.family(
            "bartizan_http_requests_in_flight",
            "gauge",
            "Requests that are being answered.",
        );
        out.sample("bartizan_http_requests_in_flight", &[], self.in_flight());

        out.family(
            "bartizan_ingest_statements_total",
            "counter",
            "Statements that were sent, by what became of them.",
        );
        let taken = lock(&self.taken);
        for (what, word) in [
            (Taken::New, "new"),
            (Taken::Known, "known"),
            (Taken::Refused, "refused"),
        ] {
            let count = taken.get(&what).copied().unwrap_or_default();
            out.sample("bartizan_ingest_statements_total", &[("outcome", word)], count);
        }
        out.family(
            "bartizan_ingest_bytes_total",
            "counter",
            "Bytes of statements that were sent.",
        );
        out.sample(
            "bartizan_ingest_bytes_total",
            &[],
            self.bytes.load(Ordering::Relaxed),
        );
        out.family(
            "bartizan_ingest_duration_seconds",
            "histogram",
            "How long taking a statement in took.",
        );
        out.histogram("bartizan_ingest_duration_seconds", &[], &lock(&self.taking));

        out.family(
            "bartizan_job_runs_total",
            "counter",
            "Runs of what the server does of its own accord.",
        );
        let jobs = lock(&self.jobs);
        for (name, job) in jobs.iter() {
            out.sample(
                "bartizan_job_runs_total",
                &[("job", name), ("outcome", "done")],
                job.done,
            );
            out.sample(
                "bartizan_job_runs_total",
                &[("job", name), ("outcome", "failed")],
                job.failed,
            );
        }
        out.family(
            "bartizan_job_seconds_total",
            "counter",
            "How long all runs of a job took together.",
        );
        for (name, job) in jobs.iter() {
            out.sample("bartizan_job_seconds_total", &[("job", name)], job.seconds);
        }
        out.family(
            "bartizan_job_last_success_timestamp_seconds",
            "gauge",
            "When a job last came to its end; 0 for never.",
        );
        for (name, job) in jobs.iter() {
            out.sample(
                "bartizan_job_last_success_timestamp_seconds",
                &[("job", name)],
                job.last / 1_000,
            );
        }
        out.family(
            "bartizan_sign_ins_total",
            "counter",
            "Attempts to sign in, by the way and by whether they succeeded.",
        );
        for ((way, succeeded), count) in lock(&self.sign_ins).iter() {
            let outcome = if *succeeded { "in" } else { "refused" };
            out.sample(
                "bartizan_sign_ins_total",
                &[("way", way), ("outcome", outcome)],
                count,
            );
        }
    }

    fn write_requests(&self, out: &mut Exposition) {
        let name = "bartizan_http_request_duration_seconds";
        out.family(
            name,
            "histogram",
            "How long answering took, until the answer began to be sent.",
        );
        for ((method, route, status), histogram) in lock(&self.requests).iter() {
            let status = status.to_string();
            out.histogram(
                name,
                &[("method", method), ("route", route), ("status", &status)],
                histogram,
            );
        }
    }
}

/// A request that is being answered.
#[derive(Debug)]
pub(super) struct InFlight<'m>(&'m Metrics);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Text for Prometheus that is being written.
#[derive(Debug, Default)]
pub struct Exposition {
    pub(super) text: String,
}

impl Exposition {
    /// What was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Says what the samples that follow are: `kind` is `counter`, `gauge` or `histogram`.
    pub fn family(&mut self, name: &str, kind: &str, help: &str) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.text, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    /// A sample with its labels.
    pub fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        self.text.push_str(name);
        if !labels.is_empty() {
            let mark = |place: usize| if place == 0 { '{' } else { ',' };
            for (place, (label, value)) in labels.iter().enumerate() {
                let _ = write!(self.text, "{}{label}=\"{}\"", mark(place), escaped(value));
            }
            self.text.push('}');
        }
        let _ = writeln!(self.text, " {value}");
    }

    fn histogram(&mut self, name: &str, labels: &[(&str, &str)], histogram: &Histogram) {
        let bucket = format!("{name}_bucket");
        let with = |bound: &str, out: &mut Self, count: u64| {
            let labels: Vec<(&str, &str)> = labels.iter().copied().chain([("le", bound)]).collect();
            out.sample(&bucket, &labels, count);
        };
        for (bound, count) in histogram.up_to() {
            with(&bound.to_string(), self, count);
        }
        with("+Inf", self, histogram.count);
        self.sample(&format!("{name}_sum"), labels, histogram.sum);
        self.sample(&format!("{name}_count"), labels, histogram.count);
    }
}

fn escaped(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn however_many_routes_there_are_the_series_have_an_end() {
        let metrics = Metrics::default();
        for route in 0..5_000 {
            metrics.answered("GET", &route.to_string(), 200, Duration::ZERO);
        }
        let requests = lock(&metrics.requests);
        assert!(requests.len() <= MOST_SERIES + 1);
        let counted: u64 = requests.values().map(|histogram| histogram.count).sum();
        assert_eq!(counted, 5_000);
    }

    #[test]
    fn values_of_labels_are_escaped() {
        let mut out = Exposition::default();
        out.sample("a", &[("b", "x\"y\\z\nw")], 1);
        assert_eq!(out.text, "a{b=\"x\\\"y\\\\z\\nw\"} 1\n");
    }

    #[test]
    fn a_request_whose_client_goes_away_is_no_longer_in_flight() {
        let metrics = Metrics::default();
        let guard = metrics.begin();
        assert_eq!(metrics.in_flight(), 1);
        drop(guard);
        assert_eq!(metrics.in_flight(), 0);
    }
}
