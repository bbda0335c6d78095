//! Spans as a request of OTLP in JSON
//! (<https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding>): identifiers are hexadecimal, numbers of 64 bits are texts, and enums
//! are numbers.

use serde_json::{Value as Json, json};

/// What a span is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Work within the server.
    Internal = 1,
    /// A request that is answered.
    Server = 2,
}

/// What an attribute says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    Int(i64),
}

/// A span that is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) trace: String,
    pub(super) id: String,
    pub(super) parent: Option<String>,
    pub(super) name: String,
    pub(super) kind: Kind,
    /// Nanoseconds since 1970.
    pub(super) began: u128,
    /// Nanoseconds since 1970.
    pub(super) ended: u128,
    pub(super) attributes: Vec<(&'static str, Value)>,
    pub(super) has_failed: bool,
}

/// The body of a request with these spans. `service` is what the server is called, `instance` tells replicas apart.
pub(super) fn request(spans: &[Span], service: &str, instance: &str) -> Vec<u8> {
    let text = |key: &str, value: &str| json!({ "key": key, "value": { "stringValue": value } });
    let version = env!("CARGO_PKG_VERSION");
    json!({
        "resourceSpans": [{
            "resource": { "attributes": [
                text("service.name", service),
                text("service.version", version),
                text("service.instance.id", instance),
            ] },
            "scopeSpans": [{
                "scope": { "name": "bartizan", "version": version },
                "spans": spans.iter().map(span).collect::<Vec<Json>>(),
            }],
        }],
    })
    .to_string()
    .into_bytes()
}

fn span(span: &Span) -> Json {
    let attributes = span.attributes.iter().map(|(key, value)| {
        let value = match value {
            Value::Text(text) => json!({ "stringValue": text }),
            Value::Int(number) => json!({ "intValue": number.to_string() }),
        };
        json!({ "key": key, "value": value })
    });
    let mut json = json!({
        "traceId": span.trace,
        "spanId": span.id,
        "name": span.name,
        "kind": span.kind as u8,
        "startTimeUnixNano": span.began.to_string(),
        "endTimeUnixNano": span.ended.to_string(),
        "attributes": attributes.collect::<Vec<Json>>(),
    });
    if let (Some(parent), Some(fields)) = (&span.parent, json.as_object_mut()) {
        fields.insert("parentSpanId".to_owned(), json!(parent));
    }
    if let (true, Some(fields)) = (span.has_failed, json.as_object_mut()) {
        fields.insert("status".to_owned(), json!({ "code": 2 }));
    }
    json
}
