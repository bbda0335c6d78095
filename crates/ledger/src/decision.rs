//! What people and the control plane itself decide or do, as predicates of statements: everything that changes the graph and is no
//! result of a check goes through the ledger in this form, so that the graph can be made again and the ledger is the audit log.

use bartizan_model::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Decision {
    /// Findings are borne with.
    Waive {
        /// The finding with this fingerprint, or all of `rule`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fingerprint: Option<String>,
        /// The rule.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rule: Option<String>,
        /// Of this thing only.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        asset: Option<String>,
        /// Why.
        reason: String,
        /// The last day.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Date>,
        /// Justification of VEX.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        vex: Option<String>,
    },
    /// A waiver that was granted by the statement at this place of the log ends.
    EndWaiver {
        /// Place of the statement.
        waiver: u64,
        /// Why.
        reason: String,
    },
    /// What was waived until a day that is over is no longer waived.
    LetWaiversEnd {},
    /// Somebody answers for a thing, or for what closes findings of it.
    Assign {
        /// The thing.
        asset: String,
        /// What to do, where it is not the whole thing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        remedy: Option<String>,
        /// Who; none for nobody.
        owner: Option<String>,
    },
    /// A thing is described: `exposure` (open, controlled, small), `mission` (high, medium, low), and whatever else helps.
    Label {
        /// The thing.
        asset: String,
        /// Labels to set; an empty text takes one away.
        labels: BTreeMap<String, String>,
    },
    /// One thing has to do with another: `deployed_as`, `runs_on`, `built_from`, `exposes`, `reaches`, `loads`, …
    Link {
        /// The one.
        source: String,
        /// How.
        kind: String,
        /// The other.
        target: String,
    },
    /// One thing has no longer to do with another.
    Unlink {
        /// The one.
        source: String,
        /// How.
        kind: String,
        /// The other.
        target: String,
    },
    /// What is to hold for this tenant from now on.
    Policy {
        /// Which part of the policy.
        name: String,
        /// What it is: JSON as text.
        value: String,
    },
    /// Somebody vouches for a control that no check can judge.
    Attest {
        /// The control, `framework:id`.
        control: String,
        /// What is vouched for.
        statement: String,
        /// The last day.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Date>,
    },
    /// What was vouched for by the statement at this place of the log is taken back.
    WithdrawAttestation {
        /// Place of the statement.
        attestation: u64,
        /// Why.
        reason: String,
    },
    /// The ledger was read from its first entry to its last.
    Verified {
        /// Entries that were looked at.
        entries: u64,
        /// Root of the tree over them, hexadecimal.
        root: String,
        /// Whether all are there and unchanged.
        is_intact: bool,
    },
    /// The body of a statement was taken away, its digest is kept.
    TakeAway {
        /// Place of the statement.
        statement: u64,
        /// SHA-256 of the body, hexadecimal.
        digest: String,
        /// Why.
        reason: String,
    },
    /// Signatures of a key vouch for statements from now on.
    TrustKey {
        /// What the key is called.
        name: String,
        /// The public key, in PEM.
        key: String,
        /// Types of predicates that it may vouch for; all where there is none.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        predicates: Vec<String>,
        /// What the names of subjects begin with that it may vouch for; all where there is none.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        subjects: Vec<String>,
        /// The first day.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<Date>,
        /// The last day.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Date>,
    },
    /// Signatures of a key no longer vouch for what comes in.
    RevokeKey {
        /// `sha256:` and the hash of its public key information.
        key: String,
        /// Why.
        reason: String,
    },
    /// Bodies of statements must not be taken away.
    Hold {
        /// Of the statement at this place; of all of them where there is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        statement: Option<u64>,
        /// Why.
        reason: String,
    },
    /// A hold that was laid by the statement at this place of the log ends.
    EndHold {
        /// Place of the statement.
        hold: u64,
        /// Why.
        reason: String,
    },
    /// Something happened that has to do with access: who signed in, which token was made.
    Access {
        /// What happened.
        event: String,
        /// To whom.
        subject: String,
        /// More about it.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        detail: String,
    },
}

/// Kinds of edges that may be told.
pub const EDGES: [&str; 11] = [
    "contains",
    "depends_on",
    "built_from",
    "deployed_as",
    "runs_on",
    "exposes",
    "reaches",
    "assumes",
    "loads",
    "affects",
    "attests",
];

/// What a decision may hold of each text, in bytes.
const LONGEST: usize = 4_000;
/// How many texts a list of a decision may have.
const MOST_TEXTS: usize = 100;

/// Why a decision cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecisionError {
    /// It is none that we know.
    #[error("it is no decision that this program knows: {0}")]
    Unknown(String),
    /// It has no reason.
    #[error("it needs a reason")]
    Reason,
    /// It speaks of nothing, or of everything.
    #[error("a waiver names a fingerprint or a rule")]
    Nothing,
    /// An edge of a kind that we do not know.
    #[error("`{0}` joins no two things; one of {EDGES:?} does")]
    Edge(String),
    /// Something is too long.
    #[error("a text of it is longer than {LONGEST} bytes, or a list longer than {MOST_TEXTS}")]
    TooLong,
    /// A key without a name.
    #[error("a key needs a name")]
    Unnamed,
    /// A thing without a scheme.
    #[error("`{0}` names no thing: write `scheme:rest`, for instance `repo:github.com/acme/shop`")]
    Asset(String),
}

impl Decision {
    /// Reads and judges a decision.
    ///
    /// # Errors
    /// When it is none, or lacks what it must have.
    pub fn read(json: &str) -> Result<Self, DecisionError> {
        let decision: Self =
            serde_json::from_str(json).map_err(|error| DecisionError::Unknown(error.to_string()))?;
        decision.check()?;
        Ok(decision)
    }

    /// Judges a decision.
    ///
    /// # Errors
    /// When it lacks what it must have.
    pub fn check(&self) -> Result<(), DecisionError> {
        let texts: Vec<&str> = match self {
            Self::Waive {
                fingerprint,
                rule,
                asset,
                reason,
                vex,
                ..
            } => {
                if reason.trim().is_empty() {
                    return Err(DecisionError::Reason);
                }
                if fingerprint.is_none() && rule.is_none() {
                    return Err(DecisionError::Nothing);
                }
                [
                    fingerprint.as_deref(),
                    rule.as_deref(),
                    asset.as_deref(),
                    Some(reason),
                    vex.as_deref(),
                ]
                .into_iter()
                .flatten()
                .collect()
            }
            Self::LetWaiversEnd {} => Vec::new(),
            Self::EndWaiver { reason, .. } | Self::WithdrawAttestation { reason, .. } => vec![reason],
            Self::Verified { root, .. } => vec![root],
            Self::TakeAway { reason, .. }
            | Self::RevokeKey { reason, .. }
            | Self::Hold { reason, .. }
            | Self::EndHold { reason, .. } => {
                if reason.trim().is_empty() {
                    return Err(DecisionError::Reason);
                }
                vec![reason]
            }
            Self::TrustKey {
                name,
                key,
                predicates,
                subjects,
                ..
            } => {
                if name.trim().is_empty() {
                    return Err(DecisionError::Unnamed);
                }
                if predicates.len().max(subjects.len()) > MOST_TEXTS {
                    return Err(DecisionError::TooLong);
                }
                let lists = predicates.iter().chain(subjects).map(String::as_str);
                [name.as_str(), key.as_str()].into_iter().chain(lists).collect()
            }
            Self::Assign { asset, remedy, owner } => {
                named(asset)?;
                [Some(asset.as_str()), remedy.as_deref(), owner.as_deref()]
                    .into_iter()
                    .flatten()
                    .collect()
            }
            Self::Label { asset, labels } => {
                named(asset)?;
                labels
                    .iter()
                    .flat_map(|(name, value)| [name.as_str(), value.as_str()])
                    .collect()
            }
            Self::Link { source, kind, target } | Self::Unlink { source, kind, target } => {
                Self::check_link(source, kind, target)?;
                vec![source, target]
            }
            Self::Policy { name, .. } => vec![name],
            Self::Attest {
                control, statement, ..
            } => vec![control, statement],
            Self::Access {
                event,
                subject,
                detail,
            } => vec![event, subject, detail],
        };
        if texts.iter().any(|text| text.len() > LONGEST) {
            return Err(DecisionError::TooLong);
        }
        Ok(())
    }

    /// Judges that one thing has to do with another.
    ///
    /// # Errors
    /// When a name or the kind is none, or too long.
    pub fn check_link(source: &str, kind: &str, target: &str) -> Result<(), DecisionError> {
        named(source)?;
        named(target)?;
        if !EDGES.contains(&kind) {
            return Err(DecisionError::Edge(kind.chars().take(200).collect()));
        }
        if source.len().max(target.len()) > LONGEST {
            return Err(DecisionError::TooLong);
        }
        Ok(())
    }

    /// The word for what it is.
    #[must_use]
    pub const fn action(&self) -> &'static str {
        match self {
            Self::Waive { .. } => "waive",
            Self::EndWaiver { .. } => "end-waiver",
            Self::LetWaiversEnd {} => "let-waivers-end",
            Self::Assign { .. } => "assign",
            Self::Label { .. } => "label",
            Self::Link { .. } => "link",
            Self::Unlink { .. } => "unlink",
            Self::Policy { .. } => "policy",
            Self::Attest { .. } => "attest",
            Self::WithdrawAttestation { .. } => "withdraw-attestation",
            Self::Verified { .. } => "verified",
            Self::TakeAway { .. } => "take-away",
            Self::TrustKey { .. } => "trust-key",
            Self::RevokeKey { .. } => "revoke-key",
            Self::Hold { .. } => "hold",
            Self::EndHold { .. } => "end-hold",
            Self::Access { .. } => "access",
        }
    }
}

fn named(asset: &str) -> Result<(), DecisionError> {
    match asset.split_once(':') {
        Some((scheme, rest)) if !scheme.is_empty() && !rest.is_empty() => Ok(()),
        _ => Err(DecisionError::Asset(asset.chars().take(200).collect())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decision_is_read_as_it_was_written() {
        let decision = Decision::Waive {
            fingerprint: None,
            rule: Some("leak/x".to_owned()),
            asset: Some("repo:example.com/a/b".to_owned()),
            reason: "a test key".to_owned(),
            until: Some("2027-03-01".parse().unwrap()),
            vex: None,
        };
        let json = serde_json::to_string(&decision).unwrap();
        assert!(json.starts_with(r#"{"action":"waive","#), "{json}");
        assert_eq!(Decision::read(&json), Ok(decision));
    }

    #[test]
    fn a_decision_that_lacks_something_is_refused_with_the_reason() {
        let error = |json: &str| Decision::read(json).unwrap_err();
        assert_eq!(
            error(r#"{"action":"waive","rule":"leak/x","reason":" "}"#),
            DecisionError::Reason
        );
        assert_eq!(
            error(r#"{"action":"waive","reason":"x"}"#),
            DecisionError::Nothing
        );
        assert_eq!(
            error(r#"{"action":"link","source":"a:b","kind":"likes","target":"c:d"}"#),
            DecisionError::Edge("likes".to_owned())
        );
        assert_eq!(
            error(r#"{"action":"assign","asset":"shop","owner":null}"#),
            DecisionError::Asset("shop".to_owned())
        );
        assert_eq!(error(r#"{"action":"hold","reason":""}"#), DecisionError::Reason);
        assert_eq!(
            error(r#"{"action":"trust-key","name":" ","key":"x"}"#),
            DecisionError::Unnamed
        );
        let many = format!(
            r#"{{"action":"trust-key","name":"n","key":"x","subjects":[{}""]}}"#,
            r#""a","#.repeat(MOST_TEXTS)
        );
        assert_eq!(error(&many), DecisionError::TooLong);
        assert!(matches!(
            error(r#"{"action":"dance"}"#),
            DecisionError::Unknown(_)
        ));
        assert!(matches!(
            error(r#"{"action":"attest","control":"a","statement":"b","extra":1}"#),
            DecisionError::Unknown(_)
        ));
    }
}
