//! Listening.

use crate::api;
use crate::app::App;
use crate::http::{Kind, Problem, dress};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use axum::routing::get;

/// Bytes of a request at most; a bill of materials of 256 MB fits.
const LARGEST: usize = 512 * 1024 * 1024;

/// Everything that is answered.
pub fn router(app: App) -> Router {
    let (api, description) = api::router();
    let description = description.to_pretty_json().unwrap_or_default();
    api.route(
        "/api/v1/openapi.json",
        get(move || async move {
            let mut response = description.into_response();
            response
                .headers_mut()
                .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            response
        }),
    )
    .fallback(|| async { Problem::new(Kind::Missing, "there is nothing at this address") })
    .layer(DefaultBodyLimit::max(LARGEST))
    .layer(axum::middleware::from_fn(dress))
    .with_state(app)
}
