//! JSON in, with problems that say what is wrong; JSON out.

use super::body;
use super::problem::{Kind, Problem};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// Bytes of a [`Brief`] body at most.
const BRIEF: usize = 16 * 1024;

/// How long a [`Brief`] body may take to come.
const BRIEFLY: Duration = Duration::from_secs(10);

/// JSON in a request or an answer.
#[derive(Debug, Clone, Copy)]
pub struct Json<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Self::Rejection> {
        let held = body::read(request, body::USUAL).await?;
        serde_json::from_slice(&held.bytes)
            .map(Json)
            .map_err(|error| Problem::new(Kind::Malformed, format!("the body cannot be read: {error}")))
    }
}

/// JSON in a request that has no reason to be long, as from somebody whom nobody knows yet.
#[derive(Debug, Clone, Copy)]
pub struct Brief<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Brief<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Self::Rejection> {
        let held = tokio::time::timeout(BRIEFLY, body::read(request, BRIEF))
            .await
            .map_err(|_| Problem::new(Kind::TooSlow, "the body of the request did not come in time"))??;
        serde_json::from_slice(&held.bytes)
            .map(Brief)
            // What is wrong is not said with the words of the body: they may be a password.
            .map_err(|error| {
                Problem::new(
                    Kind::Malformed,
                    format!("the body cannot be read: {:?}, column {}", error.classify(), error.column()),
                )
            })
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(bytes) => {
                let mut response = bytes.into_response();
                response
                    .headers_mut()
                    .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
                response
            }
            Err(error) => Problem::new(Kind::Internal, error.to_string()).into_response(),
        }
    }
}
