//! What did not change is not sent again (<https://www.rfc-editor.org/rfc/rfc9110#section-13>).
//!
//! In: answers of the interface to GET. Out: the same with an `ETag`, or 304 where whoever asks has it already. The tag is a hash of what is
//! sent, so that it changes whenever an answer does, also with the time; an answer that knows its tag by itself brings it along.

use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bartizan_model::encoding::hex;
use sha2::{Digest, Sha256};

/// Bytes of an answer that is hashed at most.
const LARGEST: u64 = 4 * 1024 * 1024;

/// The tag of what is sent.
#[must_use]
pub(crate) fn tag_of(bytes: &[u8]) -> String {
    let hash = Sha256::digest(bytes);
    format!("\"{}\"", hex(hash.get(..16).unwrap_or_default()))
}

/// Whether a header names this tag, or any.
pub(crate) fn names(headers: &HeaderMap, header: &HeaderName, tag: &str) -> bool {
    headers
        .get_all(header)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(|word| word.trim().trim_start_matches("W/"))
        .any(|word| word == "*" || word == tag)
}

/// That whoever asks has it already.
pub(crate) fn unchanged(tag: &str) -> Response {
    let mut response = StatusCode::NOT_MODIFIED.into_response();
    if let Ok(tag) = HeaderValue::from_str(tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// Answers, and spares what did not change.
pub(crate) async fn spare(request: Request, next: Next) -> Response {
    let is_read = request.method() == Method::GET && request.uri().path().starts_with("/api/");
    if !is_read {
        return next.run(request).await;
    }
    let asked = request.headers().get_all(header::IF_NONE_MATCH).iter().cloned();
    let asked: HeaderMap = asked.map(|value| (header::IF_NONE_MATCH, value)).collect();
    let response = next.run(request).await;
    if response.status() != StatusCode::OK {
        return response;
    }
    let known = response
        .headers()
        .get(header::ETAG)
        .and_then(|tag| tag.to_str().ok())
        .map(str::to_owned);
    if let Some(tag) = known {
        return if names(&asked, &header::IF_NONE_MATCH, &tag) {
            unchanged(&tag)
        } else {
            response
        };
    }
    let is_json = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind == "application/json");
    let size = response.body().size_hint().exact();
    if !is_json || size.is_none_or(|size| size > LARGEST) {
        return response;
    }
    tagged(response, &asked).await
}

async fn tagged(response: Response, asked: &HeaderMap) -> Response {
    let (mut head, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, usize::MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let tag = tag_of(&bytes);
    if names(asked, &header::IF_NONE_MATCH, &tag) {
        return unchanged(&tag);
    }
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        head.headers.insert(header::ETAG, tag);
    }
    Response::from_parts(head, Body::from(bytes))
}
