//! What every answer wears: headers that keep browsers from doing with it what it is not meant for
//! (<https://owasp.org/www-project-secure-headers/>), and the number of the request, which problems say too.

use super::Problem;
use crate::app::App;
use crate::auth::{Transport, secret};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use bartizan_model::encoding::hex;

/// Number of a request: taken over where it is a sane one, else made.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Bytes of a number that is taken over.
const LONGEST: usize = 64;

const WORN: [(HeaderName, &str); 7] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
         base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-embedder-policy"),
        "require-corp",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
];

/// Answers, and dresses the answer.
pub(crate) async fn dress(mut request: Request, next: Next) -> Response {
    let is_api = request.uri().path().starts_with("/api/");
    let id = request
        .headers()
        .get(REQUEST_ID)
        .filter(|id| is_sane(id))
        .cloned()
        .or_else(make);
    if let Some(id) = &id {
        request.headers_mut().insert(REQUEST_ID, id.clone());
    }
    let mut response = numbered(next.run(super::body::lingering(request)).await, id.as_ref());
    let headers = response.headers_mut();
    for (name, value) in WORN {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if is_api {
        let kept = headers.entry(header::CACHE_CONTROL);
        kept.or_insert(HeaderValue::from_static("no-store"));
    }
    if let Some(id) = id {
        headers.insert(REQUEST_ID, id);
    }
    response
}

/// Tells browsers that reach us over TLS to come in no other way for half a year (<https://www.rfc-editor.org/rfc/rfc6797>).
pub(crate) async fn strict(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if app.gate().transport != Transport::Loopback {
        response.headers_mut().insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=15768000"),
        );
    }
    response
}

/// A problem with the number of the request in it. What refuses a request before it comes to us (a query that cannot be read, a method that is
/// not taken) becomes one too.
fn numbered(response: Response, id: Option<&HeaderValue>) -> Response {
    let status = response.status();
    let is_said = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind == "application/json");
    if is_said || !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let (mut head, _) = response.into_parts();
    let mut problem = head
        .extensions
        .remove::<Problem>()
        .unwrap_or_else(|| Problem::of_status(status));
    problem.request_id = id.and_then(|id| id.to_str().ok()).unwrap_or_default().into();
    let text = serde_json::to_string(&problem).unwrap_or_default();
    head.headers.remove(header::CONTENT_LENGTH);
    head.headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    Response::from_parts(head, Body::from(text))
}

fn is_sane(id: &HeaderValue) -> bool {
    let letters = id.as_bytes();
    !letters.is_empty()
        && letters.len() <= LONGEST
        && letters
            .iter()
            .all(|letter| letter.is_ascii_alphanumeric() || b"-_.".contains(letter))
}

fn make() -> Option<HeaderValue> {
    let bytes = secret::random::<16>().ok()?;
    HeaderValue::from_str(&hex(&bytes)).ok()
}
