//! What is noted of each request: one line in the log, one span of a trace, one duration.
//!
//! In: a request, with the context of a trace where it brings one (<https://www.w3.org/TR/trace-context/>). Out: its answer. A request
//! without such a context begins a trace of its own.

use crate::app::App;
use crate::auth::{Caller, secret};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{Extensions, HeaderMap, Method};
use axum::middleware::Next;
use axum::response::Response;
use bartizan_model::encoding::{hex, is_hex};
use std::sync::{Arc, OnceLock};
use std::time::Instant;
use tracing::Instrument;
use tracing::field::Empty;

/// Who made the request, as soon as that is known.
#[derive(Debug, Clone, Default)]
struct Asker(Arc<OnceLock<(i64, String)>>);

/// Says who made the request.
pub(crate) fn tell(extensions: &Extensions, caller: &Caller) {
    if let Some(asker) = extensions.get::<Asker>() {
        let _ = asker.0.set((caller.tenant.0, caller.login.clone()));
    }
}

/// The context of a trace that a request brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Context {
    /// 32 hexadecimal digits, not all of them 0.
    pub(super) trace: String,
    /// The span from which the request comes: 16 hexadecimal digits; empty where it begins here.
    pub(super) parent: String,
    /// Whether whoever asks records it.
    pub(super) is_sampled: bool,
}

impl Context {
    /// The context that comes with a request, else a new one.
    fn of(headers: &HeaderMap) -> Self {
        let mut brought = headers.get_all("traceparent").iter();
        let first = brought.next().and_then(|value| value.to_str().ok());
        let context = first.filter(|_| brought.next().is_none()).and_then(Self::parse);
        context.unwrap_or_else(|| Self {
            trace: random::<16>(),
            parent: String::new(),
            is_sampled: true,
        })
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let (version, trace, parent, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let is_known = is_hex(version, 2) && version != "ff" && (version != "00" || parts.next().is_none());
        let is_one = is_known
            && is_hex(trace, 32)
            && is_hex(parent, 16)
            && is_hex(flags, 2)
            && trace.bytes().any(|byte| byte != b'0')
            && parent.bytes().any(|byte| byte != b'0');
        is_one.then(|| Self {
            trace: trace.to_owned(),
            parent: parent.to_owned(),
            is_sampled: u8::from_str_radix(flags, 16).unwrap_or_default() & 1 == 1,
        })
    }
}

pub(super) fn random<const N: usize>() -> String {
    // All zeros is no identifier: better one that is always the same than none.
    secret::random::<N>().map_or_else(|_| hex(&[1; N]), |bytes| hex(&bytes))
}

/// Answers, and notes it.
pub(crate) async fn observe(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let _in_flight = app.watch().metrics.begin();
    let (method, route) = (method_of(request.method()), route_of(&request));
    let context = Context::of(request.headers());
    let number = request
        .headers()
        .get("x-request-id")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let asker = Asker::default();
    request.extensions_mut().insert(asker.clone());
    // At the highest level, so that every line knows to which request it belongs, whatever is filtered.
    let span = tracing::error_span!(
        target: "bartizan",
        "request",
        request_id = %number,
        trace_id = %context.trace,
        parent = %context.parent,
        sampled = context.is_sampled,
        method,
        route = %route,
        status = Empty,
        tenant = Empty,
        principal = Empty,
    );
    let response = next.run(request).instrument(span.clone()).await;
    let (took, status) = (began.elapsed(), response.status().as_u16());
    app.watch().metrics.answered(method, &route, status, took);
    span.record("status", status);
    let (tenant, principal) = asker.0.get().cloned().unwrap_or_default();
    if tenant != 0 {
        span.record("tenant", tenant);
        span.record("principal", &principal);
    }
    let duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| {
        if status >= 500 {
            tracing::error!(target: "bartizan", duration_ms, "answered");
        } else {
            tracing::info!(target: "bartizan", duration_ms, "answered");
        }
    });
    response
}

const fn method_of(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// The template of the address: files of the console, and what is at no address, are one.
fn route_of(request: &Request) -> String {
    request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "console".to_owned(), |path| path.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    const SPAN: &str = "00f067aa0ba902b7";

    #[test]
    fn the_context_of_a_trace_is_taken_over_where_it_is_one() {
        let context = Context::parse(&format!("00-{TRACE}-{SPAN}-01")).unwrap();
        assert_eq!(
            (
                context.trace.as_str(),
                context.parent.as_str(),
                context.is_sampled
            ),
            (TRACE, SPAN, true)
        );
        assert!(
            !Context::parse(&format!("00-{TRACE}-{SPAN}-02"))
                .unwrap()
                .is_sampled
        );
        assert!(Context::parse(&format!("01-{TRACE}-{SPAN}-01-more")).is_some());
        for odd in [
            String::new(),
            format!("00-{TRACE}-{SPAN}"),
            format!("00-{TRACE}-{SPAN}-01-more"),
            format!("ff-{TRACE}-{SPAN}-01"),
            format!("00-{}-{SPAN}-01", "0".repeat(32)),
            format!("00-{TRACE}-{}-01", "0".repeat(16)),
            format!("00-{}-{SPAN}-01", TRACE.to_uppercase()),
            format!("00-{TRACE}-{SPAN}-1"),
            format!("00-{}-{SPAN}-01", "é".repeat(16)),
        ] {
            assert_eq!(Context::parse(&odd), None, "{odd}");
        }
    }
}
