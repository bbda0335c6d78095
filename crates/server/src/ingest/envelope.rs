//! What is sent: a statement, or a DSSE envelope with one (<https://github.com/secure-systems-lab/dsse/blob/master/envelope.md>).

use super::log::IngestError;
use bartizan_ledger::statement::StatementError;
use bartizan_trust::dsse::{Envelope, IN_TOTO};
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// What was sent, opened. Nothing of it is verified.
pub(super) enum Opened<'a> {
    /// A statement.
    Bare(&'a [u8]),
    /// An envelope with a statement.
    Sealed(Envelope),
}

impl<'a> Opened<'a> {
    pub(super) fn read(body: &'a [u8]) -> Result<Self, IngestError> {
        if !is_envelope(body) {
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

/// Whether the first key that only one of the two has is one of an envelope. What follows is not looked at: it may be hundreds of
/// megabytes.
fn is_envelope(body: &[u8]) -> bool {
    let mut verdict = false;
    // That the rest was not read is an error to the parser, and none to us.
    let _ = serde_json::Deserializer::from_slice(body).deserialize_map(Probe(&mut verdict));
    verdict
}

struct Probe<'v>(&'v mut bool);

impl<'de> Visitor<'de> for Probe<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a statement or an envelope")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "payload" | "payloadType" | "signatures" => {
                    *self.0 = true;
                    return Ok(());
                }
                "_type" | "subject" | "predicateType" | "predicate" => return Ok(()),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::is_envelope;

    #[test]
    fn what_is_sent_is_told_apart_by_its_first_telling_key_whatever_follows() {
        for envelope in [
            r#"{"payload":"#,
            r#"{"x":{"_type":1},"payloadType":"a"}"#,
            r#"{"signatures":[]}"#,
        ] {
            assert!(is_envelope(envelope.as_bytes()), "{envelope}");
        }
        for other in [
            "",
            "[]",
            "{",
            "{}",
            r#"{"_type":"a","payload":1}"#,
            r#"{"payload"#,
            r#"{"x":1"#,
        ] {
            assert!(!is_envelope(other.as_bytes()), "{other}");
        }
    }
}
