//! The doors for whoever runs the server: `/healthz`, `/readyz` and `/metrics`.

use super::metrics::Exposition;
use crate::app::App;
use crate::auth::{Transport, secret};
use crate::http::{Json, Kind, Problem};
use axum::extract::{ConnectInfo, FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bartizan_store::StoreError;
use bartizan_store::bus::{Bus, BusState};
use std::net::SocketAddr;

/// That the process answers.
pub(crate) async fn live() -> Json<serde_json::Value> {
    Json(serde_json::json!({ "live": true }))
}

/// Whether requests can be answered: 200, else 503.
pub(crate) async fn ready(State(app): State<App>) -> Response {
    let readiness = app.watch().health.ask(&app).await;
    let status = if readiness.ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, Json(readiness)).into_response()
}

/// Somebody who may read the metrics: whoever has the token, and where there is no proxy in front also whoever is on this machine.
pub(crate) struct Operator;

impl FromRequestParts<App> for Operator {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let sent = parts
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "));
        let has_token = match (&app.watch().token, sent) {
            (Some(token), Some(sent)) => secret::is_same(&secret::hash(sent.trim()), token),
            _ => false,
        };
        // Behind a proxy everybody comes from where the proxy is.
        let is_here = app.gate().transport == Transport::Loopback
            && parts
                .extensions
                .get::<ConnectInfo<SocketAddr>>()
                .is_some_and(|ConnectInfo(address)| address.ip().to_canonical().is_loopback());
        if has_token || is_here {
            return Ok(Self);
        }
        Err(
            Problem::new(Kind::Unauthenticated, "metrics are for whoever runs the server")
                .help("send the token of `--metrics-token-file` as `Authorization: Bearer TOKEN`"),
        )
    }
}

/// Everything that is counted.
pub(crate) async fn expose(State(app): State<App>, _: Operator) -> Response {
    let mut out = Exposition::default();
    out.family(
        "bartizan_build_info",
        "gauge",
        "The version of the program; always 1.",
    );
    out.sample(
        "bartizan_build_info",
        &[("version", env!("CARGO_PKG_VERSION"))],
        1,
    );
    app.watch().metrics.write(&mut out);
    write_store(&app, &mut out).await;
    write_bus(&app, &mut out).await;
    write_limits(&app, &mut out);
    write_spans(&app, &mut out);
    write_process(&mut out);
    let mut response = out.text.into_response();
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

async fn write_store(app: &App, out: &mut Exposition) {
    let readiness = app.watch().health.ask(app).await;
    out.family(
        "bartizan_ready",
        "gauge",
        "Whether requests can be answered, as /readyz says.",
    );
    out.sample("bartizan_ready", &[], i64::from(readiness.ready));
    if readiness.database == "ok" {
        let size = app.read_all(|installation| -> Result<i64, StoreError> { installation.ledger_size() });
        if let Ok(size) = size.await {
            out.family(
                "bartizan_ledger_statements",
                "gauge",
                "Statements in all ledgers.",
            );
            out.sample("bartizan_ledger_statements", &[], size);
        }
    }
    let name = "bartizan_database_connections";
    out.family(
        name,
        "gauge",
        "Connections to the database, by what they are for and whether they are used.",
    );
    let pools = app.store().pools();
    for (pool, used) in &pools {
        out.sample(name, &[("pool", pool), ("state", "used")], used.used);
        out.sample(name, &[("pool", pool), ("state", "idle")], used.idle);
    }
    let name = "bartizan_database_connections_max";
    out.family(name, "gauge", "Connections to the database at most.");
    for (pool, used) in &pools {
        out.sample(name, &[("pool", pool)], used.size);
    }
}

async fn write_bus(app: &App, out: &mut Exposition) {
    if matches!(**app.bus(), Bus::Local(_)) {
        return;
    }
    let is_up = *app.bus().state().borrow() == BusState::Up;
    out.family(
        "bartizan_bus_up",
        "gauge",
        "Whether servers hear of one another by the bus.",
    );
    out.sample("bartizan_bus_up", &[], i64::from(is_up));
    if let Ok(untold) = app.read_all(|installation| installation.untold()).await {
        let name = "bartizan_bus_untold_statements";
        out.family(name, "gauge", "Statements that the bus was not told of yet.");
        out.sample(name, &[], untold.iter().map(|(_, count)| count).sum::<i64>());
    }
    let name = "bartizan_bus_events_total";
    out.family(
        name,
        "counter",
        "Events that this server told, by whether the bus took them.",
    );
    for (outcome, count) in ["taken", "failed"].iter().zip(app.watch().metrics.told_so_far()) {
        out.sample(name, &[("outcome", outcome)], count);
    }
}

fn write_limits(app: &App, out: &mut Exposition) {
    let name = "bartizan_rate_limited_total";
    out.family(
        name,
        "counter",
        "Requests that were refused because there were too many.",
    );
    let gate = app.gate();
    for (limit, rate) in [
        ("login", &gate.by_login),
        ("address", &gate.by_peer),
        ("credential", &gate.by_credential),
    ] {
        out.sample(name, &[("limit", limit)], rate.refused());
    }
}

fn write_spans(app: &App, out: &mut Exposition) {
    let Some(exporter) = &app.watch().exporter else {
        return;
    };
    let name = "bartizan_trace_spans_total";
    out.family(name, "counter", "Spans, by whether the collector took them.");
    out.sample(name, &[("outcome", "sent")], exporter.sent());
    out.sample(name, &[("outcome", "dropped")], exporter.dropped());
}

/// What Linux says of the process (<https://man7.org/linux/man-pages/man5/proc_pid_status.5.html>).
fn write_process(out: &mut Exposition) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kibibytes = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|rest| rest.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    if let Some(kibibytes) = kibibytes {
        out.family(
            "process_resident_memory_bytes",
            "gauge",
            "Memory of the process that is not swapped out.",
        );
        out.sample(
            "process_resident_memory_bytes",
            &[],
            kibibytes.saturating_mul(1_024),
        );
    }
}
