//! What is known that tests ask after: runs of checks, statements, numbers of findings, sign-ins, and what people vouch for.

use super::findings::Found;
use super::narrow::Thing;
use super::{Asked, policy};
use crate::http::Problem;
use bartizan_content::controls;
use bartizan_ledger::compliance::{CompliancePolicy, Evidence, FindingTotals, Outcomes};
use bartizan_model::compliance::{
    AssetKind, Attestation, AutomaticTest, EvidenceFact, Requirement, Scope, ScopeItem, Shown,
};
use bartizan_model::encoding::hex;
use bartizan_model::{AssetId, CheckStatus, Control, Timestamp};
use bartizan_store::graph::{AttestationRow, CoverageRow};
use bartizan_store::{Session, StoreError};
use std::collections::{BTreeMap, BTreeSet, HashMap};

const DAY: i64 = 86_400_000;
/// What facts about the control plane are about.
const PLANE: &str = "control-plane:";

/// Everything that an assessment needs.
pub(super) struct Gathered {
    tests: Vec<AutomaticTest>,
    scope: Scope,
    facts: Vec<EvidenceFact>,
    totals: BTreeMap<String, FindingTotals>,
    attestations: Vec<Attestation>,
}

impl Gathered {
    /// What the tests find at this time, in milliseconds since 1970.
    pub(super) fn outcomes(&self, now: i64) -> Outcomes<'_> {
        let evidence = Evidence {
            facts: &self.facts,
            totals: Some(&self.totals),
            attestations: &self.attestations,
        };
        Outcomes::of(&self.tests, &self.scope, evidence, time(now))
    }
}

pub(super) fn time(at: i64) -> Timestamp {
    Timestamp::from_unix_seconds(at.div_euclid(1_000))
}

/// The things in scope, by number.
pub(super) type Things = HashMap<i64, (AssetId, AssetKind)>;

/// Gathers what the tests that are `wanted` ask after.
pub(super) fn gather(
    session: &mut Session<'_>,
    asked: Asked<'_>,
    wanted: &dyn Fn(&AutomaticTest) -> bool,
) -> Result<Gathered, Problem> {
    let policy = policy(session)?;
    let mut tests = policy.applied(controls::tests());
    tests.retain(wanted);
    let scope = asked.narrow.scope(session)?;
    let things: Things = scope
        .iter()
        .map(|thing| (thing.row.id, (AssetId::from_text(&thing.row.key), thing.kind)))
        .collect();
    let mut ids: Vec<i64> = things.keys().copied().collect();
    ids.sort_unstable();
    let ids = (!asked.narrow.is_everything()).then_some(ids.as_slice());
    let mut facts = Facts::default();
    facts.coverage(session, (&tests, &things), ids)?;
    facts.statements(session, (&tests, &things), ids)?;
    facts.own(session, &tests)?;
    let found = Found::of(session, (&tests, &things), (ids, asked.now))?;
    if asked.lists {
        for fact in found.named(session)? {
            facts.push(fact);
        }
    }
    let totals = found.totals;
    let attestations = attestations(session, &policy)?;
    Ok(Gathered {
        facts: facts.cited(session)?,
        scope: scope_of(asked, scope),
        tests,
        totals,
        attestations,
    })
}

fn scope_of(asked: Asked<'_>, things: Vec<Thing>) -> Scope {
    let told = asked.narrow.told();
    Scope {
        system: if told.is_empty() {
            asked.system.to_owned()
        } else {
            format!("{}: {told}", asked.system)
        },
        assets: things
            .into_iter()
            .map(|thing| ScopeItem {
                asset: AssetId::from_text(&thing.row.key),
                kind: thing.kind,
            })
            .collect(),
    }
}

/// Something that is known, and the statement that says so.
pub(super) struct Told {
    pub(super) asset: AssetId,
    /// In milliseconds since 1970.
    pub(super) at: i64,
    pub(super) seq: i64,
    pub(super) shows: Shown,
}

#[derive(Default)]
struct Facts(Vec<Told>);

impl Facts {
    fn push(&mut self, told: Told) {
        self.0.push(told);
    }

    fn coverage(
        &mut self,
        session: &mut Session<'_>,
        (tests, things): (&[AutomaticTest], &Things),
        ids: Option<&[i64]>,
    ) -> Result<(), StoreError> {
        let checks: BTreeSet<&String> = tests.iter().flat_map(|test| test.requires.checks()).collect();
        for check in checks {
            for row in session.coverage(check, ids)? {
                if let Some((asset, _)) = things.get(&row.asset) {
                    self.0.extend(runs(&row, asset));
                }
            }
        }
        Ok(())
    }

    fn statements(
        &mut self,
        session: &mut Session<'_>,
        (tests, things): (&[AutomaticTest], &Things),
        ids: Option<&[i64]>,
    ) -> Result<(), StoreError> {
        let types: BTreeSet<&String> = tests
            .iter()
            .filter_map(|test| match &test.requires {
                Requirement::Statement { types } => Some(types),
                _ => None,
            })
            .flatten()
            .collect();
        for predicate in types {
            for row in session.asset_statements(predicate, ids)? {
                if let Some((asset, _)) = things.get(&row.asset) {
                    self.push(Told {
                        asset: asset.clone(),
                        at: row.at,
                        seq: row.seq,
                        shows: Shown::Statement {
                            predicate_type: row.predicate,
                        },
                    });
                }
            }
        }
        Ok(())
    }

    /// What is known of the control plane itself.
    fn own(&mut self, session: &mut Session<'_>, tests: &[AutomaticTest]) -> Result<(), StoreError> {
        let asset = || AssetId::from_text(PLANE);
        if tests
            .iter()
            .any(|test| matches!(test.requires, Requirement::Ledger))
            && let Some(row) = session.verification()?
        {
            self.push(Told {
                asset: asset(),
                at: row.at,
                seq: row.seq,
                shows: Shown::Ledger {
                    entries: u64::try_from(row.entries).unwrap_or(0),
                    is_intact: row.is_intact,
                },
            });
        }
        if tests
            .iter()
            .any(|test| matches!(test.requires, Requirement::SignIns(_)))
        {
            for row in session.sign_ins()? {
                self.push(Told {
                    asset: asset(),
                    at: row.at,
                    seq: row.seq,
                    shows: Shown::SignIn {
                        identity: row.login,
                        is_person: true,
                        // Passwords are all that is known.
                        second_factor: None,
                        granted: row.granted,
                    },
                });
            }
        }
        Ok(())
    }

    /// All of them with who says so and the digest of what says it. What is told by a statement that is not there is left out.
    fn cited(self, session: &mut Session<'_>) -> Result<Vec<EvidenceFact>, StoreError> {
        let cited = cited(session, self.0.iter().map(|told| told.seq))?;
        let facts = self.0.into_iter().filter_map(|told| {
            let (by, digest) = cited.get(&told.seq)?;
            Some(EvidenceFact {
                asset: told.asset,
                at: time(told.at),
                by: by.clone(),
                digest: digest.clone(),
                shows: told.shows,
            })
        });
        Ok(facts.collect())
    }
}

/// Who sent each of these statements, and its digest.
fn cited(
    session: &mut Session<'_>,
    statements: impl Iterator<Item = i64>,
) -> Result<HashMap<i64, (String, String)>, StoreError> {
    let places: BTreeSet<i64> = statements.collect();
    let rows = session.cited(&places.into_iter().collect::<Vec<_>>())?;
    Ok(rows
        .into_iter()
        .map(|row| (row.seq, (row.by, format!("sha256:{}", hex(&row.digest)))))
        .collect())
}

/// The newest run of a check over a thing, and the newest that looked at all of it where that is another one.
fn runs(row: &CoverageRow, asset: &AssetId) -> Vec<Told> {
    let told = |seq, at, status, narrowed| Told {
        asset: asset.clone(),
        at,
        seq,
        shows: Shown::CheckRun {
            check: row.name.clone(),
            status,
            narrowed,
        },
    };
    let mut runs = Vec::new();
    if let (Some(seq), Some(at)) = (row.whole_seq, row.whole_at) {
        runs.push(told(seq, at, CheckStatus::Ran, Vec::new()));
    }
    if row.whole_seq != Some(row.seq) {
        let why = row.why.clone();
        let (status, narrowed) = match row.status.as_str() {
            "ran" => (CheckStatus::Ran, vec![why]),
            "partial" => (CheckStatus::Partial { errors: vec![why] }, Vec::new()),
            "not-applicable" => (CheckStatus::NotApplicable { reason: why }, Vec::new()),
            "skipped" => (CheckStatus::Skipped { reason: why }, Vec::new()),
            _ => (CheckStatus::Failed { error: why }, Vec::new()),
        };
        runs.push(told(row.seq, row.at, status, narrowed));
    }
    runs
}

/// Until when an attestation holds, in milliseconds since 1970: its own last day, and no longer than the policy lets it.
pub(crate) fn expires(row: &AttestationRow, policy: &CompliancePolicy) -> i64 {
    let longest = row.at.saturating_add(i64::from(policy.attestation_days) * DAY);
    row.until.unwrap_or(longest).min(longest)
}

/// What people vouch for and did not take back.
fn attestations(
    session: &mut Session<'_>,
    policy: &CompliancePolicy,
) -> Result<Vec<Attestation>, StoreError> {
    let mut rows = session.attestations()?;
    rows.retain(|row| row.withdrawn.is_none());
    let cited = cited(session, rows.iter().map(|row| row.seq))?;
    let known = rows.into_iter().filter_map(|row| {
        let (catalog, control) = controls::find(&row.control)?;
        let (_, digest) = cited.get(&row.seq)?;
        Some(Attestation {
            control: Control {
                framework: catalog.framework.clone(),
                id: control.id.clone(),
            },
            at: time(row.at),
            expires: time(expires(&row, policy)),
            statement: row.statement,
            by: row.by,
            digest: digest.clone(),
        })
    });
    Ok(known.collect())
}
