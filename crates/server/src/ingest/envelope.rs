//! What is sent: a statement, or a DSSE envelope with one (<https://github.com/secure-systems-lab/dsse/blob/master/envelope.md>).

use super::log::IngestError;
use bartizan_ledger::statement::StatementError;
use bartizan_trust::dsse::{Envelope, IN_TOTO};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::borrow::Cow;

/// What only envelopes have.
#[derive(Deserialize)]
struct Probe {
    #[serde(rename = "payloadType")]
    _payload_type: IgnoredAny,
}

/// What was sent, opened. Nothing of it is verified.
pub(super) enum Opened<'a> {
    /// A statement.
    Bare(&'a [u8]),
    /// An envelope with a statement.
    Sealed(Envelope),
}

impl<'a> Opened<'a> {
    pub(super) fn read(body: &'a [u8]) -> Result<Self, IngestError> {
        if serde_json::from_slice::<Probe>(body).is_err() {
            return Ok(Self::Bare(body));
        }
        let broken = |why: String| IngestError::from(StatementError::NoStatement(why));
        let envelope = Envelope::parse(body).map_err(|error| broken(error.to_string()))?;
        if envelope.payload_type() != IN_TOTO {
            let kind: String = envelope.payload_type().chars().take(200).collect();
            return Err(broken(format!(
                "the envelope holds `{kind}`, and not `{IN_TOTO}`"
            )));
        }
        Ok(Self::Sealed(envelope))
    }

    /// The bytes of the statement.
    pub(super) fn statement(&self) -> &[u8] {
        match self {
            Self::Bare(body) => body,
            Self::Sealed(envelope) => envelope.unverified_payload(),
        }
    }
}

/// The statement in what was sent: what was sent itself, or the payload of the envelope. No signature is verified.
pub(super) fn statement_of(body: &[u8]) -> Result<Cow<'_, [u8]>, IngestError> {
    Ok(match Opened::read(body)? {
        Opened::Bare(body) => Cow::Borrowed(body),
        sealed @ Opened::Sealed(_) => Cow::Owned(sealed.statement().to_vec()),
    })
}
