//! Requests of the web, and what their answers mean.

use super::Failure;
use crate::notify::Notifier;
use bartizan_source::http::{Fetched, HttpError, Method, Request, Url};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Bytes of an answer at most.
const LARGEST: u64 = 8 * 1024 * 1024;
/// Letters of an answer that are shown in an error.
const SHOWN: usize = 200;
const JSON: &str = "application/json";

/// How something is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ask<'a> {
    Get,
    Post(&'a Value),
    Put(&'a Value),
    Patch(&'a Value),
}

impl Notifier {
    /// Sends bytes; every status but a success is a failure.
    pub(super) fn post(&self, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Fetched, Failure> {
        let url = Url::parse(url).map_err(|error| Failure::last(error.to_string()))?;
        self.exchange(&Request {
            headers,
            method: Method::Post {
                content_type: JSON,
                body,
            },
            ..Request::get(&url)
        })
    }

    /// Asks an interface that speaks JSON.
    pub(super) fn ask(
        &self,
        url: &Url,
        (headers, authorization): (&[(&str, &str)], Option<&str>),
        ask: Ask<'_>,
    ) -> Result<Fetched, Failure> {
        use bartizan_source::http::Verb;
        let body = match ask {
            Ask::Get => Vec::new(),
            Ask::Post(value) | Ask::Put(value) | Ask::Patch(value) => value.to_string().into_bytes(),
        };
        let change = |verb| Method::Change {
            verb,
            content_type: JSON,
            body: &body,
        };
        self.exchange(&Request {
            headers,
            authorization,
            method: match ask {
                Ask::Get => Method::Get,
                Ask::Post(_) => Method::Post {
                    content_type: JSON,
                    body: &body,
                },
                Ask::Put(_) => change(Verb::Put),
                Ask::Patch(_) => change(Verb::Patch),
            },
            ..Request::get(url)
        })
    }

    fn exchange(&self, request: &Request<'_>) -> Result<Fetched, Failure> {
        let answer = self.client.probe(request, LARGEST).map_err(of_error)?;
        if (200..300).contains(&answer.status) {
            return Ok(answer);
        }
        Err(of_answer(&answer))
    }
}

fn of_error(error: HttpError) -> Failure {
    Failure {
        text: format!("{error}: {}", error.help()),
        is_final: matches!(error, HttpError::Forbidden { .. } | HttpError::Address { .. }),
        wait: None,
        status: None,
    }
}

/// What a status means. Gone is for ever, as Standard Webhooks has it; everything else may be mended on the other side.
fn of_answer(answer: &Fetched) -> Failure {
    let said: String = String::from_utf8_lossy(&answer.body)
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .take(SHOWN)
        .collect();
    let wait = answer
        .header("retry-after")
        .and_then(|text| text.trim().parse::<u32>().ok())
        .map(|seconds| i64::from(seconds) * 1_000);
    let mut text = answer.refusal().to_string();
    if !said.trim().is_empty() {
        text.push_str(&format!(": {}", said.trim()));
    }
    Failure {
        text,
        is_final: answer.status == 410,
        wait,
        status: Some(answer.status),
    }
}

/// Reads an answer in JSON.
pub(super) fn read<T: DeserializeOwned>(answer: &Fetched) -> Result<T, Failure> {
    serde_json::from_slice(&answer.body).map_err(|error| {
        Failure::passing(format!(
            "`{}` gave an answer that is not understood: {error}",
            answer.url
        ))
    })
}

/// An address of an interface.
pub(super) fn base(url: &str) -> Result<Url, Failure> {
    Url::parse(url).map_err(|error| Failure::last(error.to_string()))
}
