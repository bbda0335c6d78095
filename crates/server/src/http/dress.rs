//! What every answer wears: headers that keep browsers from doing with it what it is not meant for
//! (<https://owasp.org/www-project-secure-headers/>), and the number of the request.

use crate::auth::secret;
use axum::extract::Request;
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
    let mut response = next.run(super::body::lingering(request)).await;
    let headers = response.headers_mut();
    for (name, value) in WORN {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if is_api {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if let Some(id) = id {
        headers.insert(REQUEST_ID, id);
    }
    response
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
