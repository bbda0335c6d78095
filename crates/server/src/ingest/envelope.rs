//! What is sent: a statement, or a DSSE envelope with one (<https://github.com/secure-systems-lab/dsse/blob/master/envelope.md>).

use super::log::IngestError;
use bartizan_ledger::statement::StatementError;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use serde::Deserialize;
use std::borrow::Cow;

/// Type of the payload of an envelope with a statement.
const PAYLOAD: &str = "application/vnd.in-toto+json";

#[derive(Deserialize)]
struct Envelope<'a> {
    payload: Cow<'a, str>,
    #[serde(rename = "payloadType")]
    payload_type: Cow<'a, str>,
}

/// The statement in what was sent: what was sent itself, or the payload of the envelope.
pub(crate) fn statement_of(body: &[u8]) -> Result<Cow<'_, [u8]>, IngestError> {
    let Ok(envelope) = serde_json::from_slice::<Envelope<'_>>(body) else {
        return Ok(Cow::Borrowed(body));
    };
    if envelope.payload_type != PAYLOAD {
        return Err(StatementError::NoStatement(format!(
            "the envelope holds `{}`, and not `{PAYLOAD}`",
            envelope.payload_type.chars().take(200).collect::<String>()
        ))
        .into());
    }
    let payload = envelope.payload.as_bytes();
    STANDARD
        .decode(payload)
        .or_else(|_| URL_SAFE.decode(payload))
        .map(Cow::Owned)
        .map_err(|error| StatementError::NoStatement(format!("the payload is not base64: {error}")).into())
}
