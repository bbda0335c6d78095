//! Errors as problem details, <https://www.rfc-editor.org/rfc/rfc9457>: what went wrong, and what mends it.

use crate::ingest::IngestError;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bartizan_store::StoreError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why a request is not answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// What kind of problem it is: `https://bartizan.dev/problems/NAME`.
    #[serde(rename = "type")]
    #[schema(value_type = String)]
    pub kind: Box<str>,
    /// The kind in words.
    #[schema(value_type = String)]
    pub title: Box<str>,
    /// Status of the answer.
    pub status: u16,
    /// What is wrong with this request.
    pub detail: String,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub help: String,
    /// The number of the request, which is in the log of the server too.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    #[schema(value_type = String)]
    pub request_id: Box<str>,
    /// Seconds after which to ask again.
    #[serde(skip)]
    pub retry_after: Option<u32>,
}

/// Kinds of problems.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The request cannot be understood.
    Malformed,
    /// Nobody knows who asks.
    Unauthenticated,
    /// Who asks may not.
    Forbidden,
    /// There is no such thing.
    Missing,
    /// It is more than is taken.
    TooLarge,
    /// What is to be changed was changed by somebody else.
    Stale,
    /// It comes too slowly.
    TooSlow,
    /// It is in a form that is not read.
    Unsupported,
    /// What is said in it cannot be.
    Unprocessable,
    /// Too many requests.
    TooMany,
    /// What is needed for an answer cannot be reached, is busy or full: ask again.
    Unavailable,
    /// There is no room left in the database.
    Full,
    /// We broke.
    Internal,
}

impl Kind {
    const fn parts(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::Malformed => (
                StatusCode::BAD_REQUEST,
                "malformed",
                "The request cannot be understood",
            ),
            Self::Unauthenticated => (StatusCode::UNAUTHORIZED, "unauthenticated", "Sign in first"),
            Self::Forbidden => (StatusCode::FORBIDDEN, "forbidden", "You may not do this"),
            Self::Missing => (StatusCode::NOT_FOUND, "missing", "There is no such thing"),
            Self::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "too-large",
                "This is more than is taken",
            ),
            Self::Stale => (
                StatusCode::PRECONDITION_FAILED,
                "stale",
                "Somebody else was faster",
            ),
            Self::TooSlow => (
                StatusCode::REQUEST_TIMEOUT,
                "too-slow",
                "The request comes too slowly",
            ),
            Self::Unsupported => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported",
                "This form is not read",
            ),
            Self::Full => (StatusCode::INSUFFICIENT_STORAGE, "full", "There is no room left"),
            Self::Unprocessable => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "unprocessable",
                "What is said cannot be",
            ),
            Self::TooMany => (StatusCode::TOO_MANY_REQUESTS, "too-many", "Too many requests"),
            Self::Unavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "unavailable",
                "This cannot be answered now",
            ),
            Self::Internal => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal",
                "The server made a mistake",
            ),
        }
    }
}

impl Problem {
    /// A problem of this kind.
    #[must_use]
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        let (status, name, title) = kind.parts();
        Self {
            kind: format!("https://bartizan.dev/problems/{name}").into(),
            title: title.into(),
            status: status.as_u16(),
            detail: detail.into(),
            help: String::new(),
            request_id: Box::default(),
            retry_after: None,
        }
    }

    /// With the number of seconds after which to ask again.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(u32::try_from(seconds).unwrap_or(u32::MAX));
        self
    }

    /// With what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// What an answer with this status says that nobody made a problem of.
    pub(super) fn of_status(status: StatusCode) -> Self {
        let kind = match status {
            StatusCode::UNAUTHORIZED => Kind::Unauthenticated,
            StatusCode::FORBIDDEN => Kind::Forbidden,
            StatusCode::NOT_FOUND => Kind::Missing,
            StatusCode::PAYLOAD_TOO_LARGE => Kind::TooLarge,
            StatusCode::REQUEST_TIMEOUT => Kind::TooSlow,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Kind::Unsupported,
            StatusCode::INSUFFICIENT_STORAGE => Kind::Full,
            StatusCode::UNPROCESSABLE_ENTITY => Kind::Unprocessable,
            StatusCode::TOO_MANY_REQUESTS => Kind::TooMany,
            StatusCode::SERVICE_UNAVAILABLE => Kind::Unavailable,
            status if status.is_server_error() => Kind::Internal,
            _ => Kind::Malformed,
        };
        Self {
            status: status.as_u16(),
            ..Self::new(kind, status.canonical_reason().unwrap_or("it is not answered"))
        }
    }

    /// That there is no such thing.
    #[must_use]
    pub fn missing(what: &str) -> Self {
        Self::new(Kind::Missing, format!("there is no {what}"))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if status.is_server_error() {
            tracing::error!(target: "bartizan", detail = %self.detail, "a request failed");
        }
        let mut response = (status, serde_json::to_string(&self).unwrap_or_default()).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if matches!(self.status, 429 | 503) {
            headers.insert(header::RETRY_AFTER, self.retry_after.unwrap_or(2).into());
        }
        // Written anew once the number of the request is known.
        response.extensions_mut().insert(self);
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let kind = match error {
            StoreError::Full(_) => Kind::Full,
            _ if error.is_transient() => Kind::Unavailable,
            _ => Kind::Internal,
        };
        Self::new(kind, error.to_string()).help(error.help())
    }
}

impl From<getrandom::Error> for Problem {
    fn from(error: getrandom::Error) -> Self {
        Self::new(
            Kind::Internal,
            format!("the system gives no random bytes: {error}"),
        )
    }
}

impl From<IngestError> for Problem {
    fn from(error: IngestError) -> Self {
        match error {
            IngestError::Store(error) => error.into(),
            IngestError::Statement(error) => Self::new(Kind::Malformed, error.to_string())
                .help("send an in-toto Statement, for instance what `bartizan scan -o statement` prints"),
            IngestError::Rejected(error) => {
                let help = error.help();
                Self::new(Kind::Unprocessable, error.to_string()).help(help)
            }
            IngestError::Entry(error) => Self::new(Kind::Unprocessable, error.to_string()),
            IngestError::Log(why) => Self::new(Kind::Internal, format!("the log is damaged: {why}"))
                .help("run `bartizan ledger verify`"),
        }
    }
}
