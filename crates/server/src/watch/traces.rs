//! Spans of traces, made from those of `tracing`: each request is one, and work on the store is one within.
//!
//! In: spans as they open, gain fields and close. Out: closed ones, to the exporter. What whoever asked does not record is not sent.

use super::export::Exporter;
use super::observe::random;
use super::otlp::{Kind, Span, Value};
use bartizan_source::http::Url;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

/// Where traces go.
#[derive(Debug, Clone)]
pub struct TraceOptions {
    /// The collector, as `…/v1/traces`.
    pub endpoint: Url,
    /// Headers that it wants, credentials among them.
    pub headers: Vec<(String, String)>,
    /// What the server is called there.
    pub service: String,
}

/// Takes spans as they close.
#[derive(Debug)]
pub(crate) struct Traces(pub(crate) Arc<Exporter>);

/// A span that is open.
#[derive(Debug)]
struct Open {
    span: Span,
    is_sampled: bool,
}

#[derive(Default)]
struct Fields {
    trace: Option<String>,
    parent: Option<String>,
    sampled: Option<bool>,
    method: String,
    route: String,
    status: Option<i64>,
    others: Vec<(&'static str, Value)>,
}

impl Fields {
    fn text(&mut self, name: &str, value: String) {
        match name {
            "trace_id" => self.trace = Some(value),
            "parent" => self.parent = Some(value).filter(|parent| !parent.is_empty()),
            "method" => {
                self.others
                    .push(("http.request.method", Value::Text(value.clone())));
                self.method = value;
            }
            "route" => {
                self.others.push(("http.route", Value::Text(value.clone())));
                self.route = value;
            }
            "request_id" => self.others.push(("http.request.id", Value::Text(value))),
            "principal" => self.others.push(("enduser.id", Value::Text(value))),
            _ => {}
        }
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.text(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field.name(), value.to_owned());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        if field.name() == "sampled" {
            self.sampled = Some(value);
        }
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        match field.name() {
            "status" => self.status = Some(value),
            "tenant" => self.others.push(("bartizan.tenant", Value::Int(value))),
            _ => {}
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.record_i64(field, i64::try_from(value).unwrap_or(i64::MAX));
    }
}

impl Open {
    fn take(&mut self, fields: Fields) {
        self.span.attributes.extend(fields.others);
        if let Some(status) = fields.status {
            self.span
                .attributes
                .push(("http.response.status_code", Value::Int(status)));
            self.span.has_failed = status >= 500;
        }
    }
}

fn now() -> u128 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_nanos()
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Traces {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(opened) = context.span(id) else {
            return;
        };
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        let around = opened.parent().and_then(|parent| {
            let extensions = parent.extensions();
            let open = extensions.get::<Open>()?;
            Some((open.span.trace.clone(), open.span.id.clone(), open.is_sampled))
        });
        let (trace, parent, is_sampled) = match around {
            Some((trace, parent, is_sampled)) => (trace, Some(parent), is_sampled),
            None => (
                fields.trace.take().unwrap_or_else(random::<16>),
                fields.parent.take(),
                fields.sampled.unwrap_or(true),
            ),
        };
        let is_request = !fields.route.is_empty();
        let mut open = Open {
            span: Span {
                trace,
                id: random::<8>(),
                parent,
                name: if is_request {
                    format!("{} {}", fields.method, fields.route)
                } else {
                    attributes.metadata().name().to_owned()
                },
                kind: if is_request { Kind::Server } else { Kind::Internal },
                began: now(),
                ended: 0,
                attributes: Vec::new(),
                has_failed: false,
            },
            is_sampled,
        };
        open.take(fields);
        opened.extensions_mut().insert(open);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(opened) = context.span(id) else {
            return;
        };
        let mut fields = Fields::default();
        values.record(&mut fields);
        if let Some(open) = opened.extensions_mut().get_mut::<Open>() {
            open.take(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if *event.metadata().level() != Level::ERROR {
            return;
        }
        let Some(around) = context.event_span(event) else {
            return;
        };
        if let Some(open) = around.extensions_mut().get_mut::<Open>() {
            open.span.has_failed = true;
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let open = context
            .span(&id)
            .and_then(|closed| closed.extensions_mut().remove::<Open>());
        if let Some(mut open) = open.filter(|open| open.is_sampled) {
            open.span.ended = now();
            self.0.give(open.span);
        }
    }
}
