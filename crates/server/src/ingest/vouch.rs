//! Who vouches for a statement that is sent: a key that the tenant trusts for it, or only whoever was signed in.
//!
//! Signatures are compared with keys before anybody has to wait for us; whether a key may vouch for this statement now is looked up in
//! the transaction that appends it, so that a key which was just revoked no longer counts.

use super::envelope::Opened;
use super::log::IngestError;
use super::policy;
use super::what::Rejected;
use bartizan_ledger::statement::Statement;
use bartizan_ledger::tlog::entry::Trust;
use bartizan_store::graph::TrustedKeyRow;
use bartizan_store::{Session, Store, TenantId};
use bartizan_trust::keys::{KeyId, PublicKey};
use serde::Deserialize;

/// Keys in force of one tenant at most.
pub(crate) const MOST_KEYS: i64 = 200;

/// What is done with what nobody who is trusted has signed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Answer {
    /// It is taken in, and marked.
    #[default]
    Accept,
    /// It is refused.
    Refuse,
}

/// The policy `signatures` of a tenant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Signatures {
    /// Without a signature.
    unsigned: Answer,
    /// With signatures, none of which is of a key that is trusted for it.
    untrusted: Answer,
}

/// Whose signatures hold; whether they count is not known yet.
pub(super) enum Claim {
    /// There is no signature.
    Unsigned,
    /// Keys whose signature holds, in the order of the signatures; there may be none.
    Signed(Vec<KeyId>),
}

/// Why a statement is believed, and what is to be said of it.
pub(super) struct Judged {
    pub(super) trust: Trust,
    pub(super) remark: Option<String>,
}

impl Claim {
    /// Compares the signatures with the keys that the tenant trusts.
    pub(super) fn of(store: &Store, tenant: TenantId, opened: &Opened<'_>) -> Result<Self, IngestError> {
        let envelope = match opened {
            Opened::Sealed(envelope) if !envelope.signatures().is_empty() => envelope,
            _ => return Ok(Self::Unsigned),
        };
        let rows = store.read(tenant, |session| session.keys_in_force(MOST_KEYS))?;
        let keys: Vec<PublicKey> = rows
            .iter()
            .filter_map(|row| PublicKey::from_pem(&row.pem).ok())
            .collect();
        let signers = envelope
            .signers(&keys)
            .map_err(|error| Rejected::Signatures(error.to_string()))?;
        Ok(Self::Signed(signers.into_iter().map(|key| key.id()).collect()))
    }

    /// Why the statement is believed at `at`, in milliseconds since 1970.
    pub(super) fn judge(
        &self,
        session: &mut Session<'_>,
        statement: &Statement<'_>,
        at: i64,
    ) -> Result<Judged, IngestError> {
        let signatures: Signatures = session
            .policy(policy::SIGNATURES)?
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default();
        let Self::Signed(signers) = self else {
            return match signatures.unsigned {
                Answer::Accept => Ok(Judged {
                    trust: Trust::Authenticated,
                    remark: None,
                }),
                Answer::Refuse => Err(Rejected::Unsigned.into()),
            };
        };
        let mut why = Vec::new();
        for id in signers {
            match session.trusted_key(id.as_bytes())? {
                None => why.push(format!("{id} is not trusted")),
                Some(row) => match objection(&row, statement, at) {
                    None => {
                        return Ok(Judged {
                            trust: Trust::Signed(*id.as_bytes()),
                            remark: None,
                        });
                    }
                    Some(objection) => why.push(format!("`{}` ({id}) {objection}", row.name)),
                },
            }
        }
        if why.is_empty() {
            why.push("none of its signatures is one of a key that is trusted here".to_owned());
        }
        let why = why.join("; ");
        match signatures.untrusted {
            Answer::Accept => Ok(Judged {
                trust: Trust::Untrusted,
                remark: Some(format!("taken in as untrusted: {why}")),
            }),
            Answer::Refuse => Err(Rejected::Untrusted(why).into()),
        }
    }
}

/// Why the key does not vouch for the statement; none where it does.
fn objection(row: &TrustedKeyRow, statement: &Statement<'_>, at: i64) -> Option<String> {
    if row.revoked.is_some() {
        return Some("was revoked".to_owned());
    }
    if row.from.is_some_and(|from| at < from) {
        return Some("is not trusted yet".to_owned());
    }
    if row.until.is_some_and(|until| at >= until) {
        return Some("is no longer trusted: its last day is over".to_owned());
    }
    let list = |text: &str| serde_json::from_str::<Vec<String>>(text).ok();
    // An empty list stands for everything: what cannot be read must not become one.
    let (Some(predicates), Some(subjects)) = (list(&row.predicates), list(&row.subjects)) else {
        return Some("has limits that cannot be read: run `bartizan ledger rebuild`".to_owned());
    };
    if !predicates.is_empty() && !predicates.contains(&statement.predicate_type) {
        return Some(format!(
            "is not trusted for `{}`",
            short(&statement.predicate_type)
        ));
    }
    let is_meant = |name: &str| subjects.iter().any(|start| name.starts_with(start.as_str()));
    let stranger = statement.subject.iter().find(|subject| !is_meant(&subject.name));
    match stranger {
        Some(subject) if !subjects.is_empty() => Some(format!(
            "is not trusted for the subject `{}`",
            short(&subject.name)
        )),
        _ => None,
    }
}

fn short(text: &str) -> String {
    text.chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_whose_limits_cannot_be_read_vouches_for_nothing() {
        let text = br#"{"_type": "https://in-toto.io/Statement/v1", "subject": [{"name": "a", "digest": {"sha256": "00"}}],
            "predicateType": "https://example.com/x", "predicate": {}}"#;
        let statement = Statement::read(text).unwrap();
        let objection_to = |predicates: &str, subjects: &str| {
            let row = TrustedKeyRow {
                key: Vec::new(),
                seq: 0,
                name: "k".to_owned(),
                pem: String::new(),
                predicates: predicates.to_owned(),
                subjects: subjects.to_owned(),
                from: None,
                until: None,
                by: String::new(),
                created: 0,
                revoked: None,
                revoked_by: None,
                revoked_because: None,
            };
            objection(&row, &statement, 0)
        };
        assert_eq!(objection_to("[]", "[]"), None);
        assert_eq!(objection_to("[\"https://example.com/x\"]", "[\"a\"]"), None);
        for (predicates, subjects) in [("", "[]"), ("[]", "{}"), ("[1]", "[]"), ("[]", "[\"b\"]")] {
            assert!(
                objection_to(predicates, subjects).is_some(),
                "{predicates} {subjects}"
            );
        }
    }
}
