//! Decisions of people, and of the control plane itself.

use super::absorb::{Effect, Source};
use super::bearing;
use super::log::IngestError;
use super::policy::{self, Policy, WAYS, covers, granted_by};
use super::row::{decision_number, severity_number};
use super::tally::{Tally, clock_of, rank, set_clock};
use super::trusted;
use super::what::Rejected;
use bartizan_ledger::decision::Decision;
use bartizan_model::{Date, Finding, Fingerprint};
use bartizan_store::graph::{
    AttestationRow, EdgeRow, EventRow, FindingRow, Status, VerificationRow, WaiverRow,
};
use bartizan_store::{Session, StoreError};
use std::collections::BTreeMap;

/// Open findings that a new policy judges at once.
const AT_ONCE: i64 = 20_000;

pub(super) fn absorb(
    session: &mut Session<'_>,
    source: &Source<'_>,
    decision: &Decision,
) -> Result<Effect, IngestError> {
    match decision {
        Decision::Waive { .. } => waive(session, source, decision),
        Decision::EndWaiver { waiver, .. } => end_waiver(session, source, *waiver),
        Decision::LetWaiversEnd {} => let_waivers_end(session, source),
        Decision::Assign { asset, remedy, owner } => {
            assign(session, source, (asset, remedy.as_deref()), owner.as_deref())
        }
        Decision::Label { asset, labels } => label(session, source, asset, labels),
        Decision::Link {
            source: one,
            kind,
            target,
        } => {
            let one = session.see_asset(one, source.at)?;
            let other = session.see_asset(target, source.at)?;
            session.see_edge(one, kind, other, source.seq)?;
            if WAYS.contains(&kind.as_str()) {
                judge_again(session, source, one)?;
            }
            Ok(Effect::default())
        }
        Decision::Unlink {
            source: one,
            kind,
            target,
        } => unlink(session, source, (one, kind, target)),
        Decision::Policy { name, value } => {
            let broken = |why: String| Rejected::Predicate {
                kind: format!("policy {name}"),
                why,
            };
            policy::check(name, value).map_err(broken)?;
            session.set_policy(name, value, source.seq)?;
            judge_all_again(session, source, name)
        }
        Decision::Attest {
            control,
            statement,
            until,
        } => {
            session.add_attestation(&AttestationRow {
                seq: source.seq,
                control: control.clone(),
                statement: statement.clone(),
                by: source.by.to_owned(),
                at: source.at,
                until: until.map(end_of),
                withdrawn: None,
                withdrawn_seq: None,
            })?;
            Ok(Effect::default())
        }
        Decision::WithdrawAttestation { attestation, .. } => {
            let seq = i64::try_from(*attestation).unwrap_or(i64::MAX);
            if !session.withdraw_attestation(seq, source.seq, source.at)? {
                return Err(Rejected::Missing(format!("attestation {attestation} that stands")).into());
            }
            Ok(Effect::default())
        }
        Decision::Verified {
            entries, is_intact, ..
        } => {
            session.set_verification(&VerificationRow {
                seq: source.seq,
                at: source.at,
                entries: i64::try_from(*entries).unwrap_or(i64::MAX),
                is_intact: *is_intact,
            })?;
            Ok(Effect::default())
        }
        Decision::Access { event, subject, .. } => {
            bearing::signed_in(session, source, event, subject)?;
            Ok(Effect::default())
        }
        Decision::TrustKey { .. }
        | Decision::RevokeKey { .. }
        | Decision::Hold { .. }
        | Decision::EndHold { .. }
        | Decision::TakeAway { .. } => trusted::absorb(session, source, decision),
    }
}

fn unlink(
    session: &mut Session<'_>,
    source: &Source<'_>,
    (one, kind, target): (&str, &str, &str),
) -> Result<Effect, IngestError> {
    let missing = || Rejected::Missing(format!("edge `{one} {kind} {target}`"));
    let from = session.asset(one)?.ok_or_else(missing)?.id;
    let to = session.asset(target)?.ok_or_else(missing)?.id;
    let edge = EdgeRow {
        source: from,
        kind: kind.to_owned(),
        target: to,
    };
    if !session.cut_edge(&edge, source.seq)? {
        return Err(missing().into());
    }
    if WAYS.contains(&kind) {
        judge_again(session, source, from)?;
    }
    Ok(Effect::default())
}

pub(super) fn end_of(day: Date) -> i64 {
    day.ends().unix_seconds().saturating_mul(1_000)
}

fn waive(session: &mut Session<'_>, source: &Source<'_>, decision: &Decision) -> Result<Effect, IngestError> {
    let Decision::Waive {
        fingerprint,
        rule,
        asset,
        reason,
        until,
        vex,
    } = decision
    else {
        return Ok(Effect::default());
    };
    let print = fingerprint
        .as_deref()
        .map(|text| {
            Fingerprint::parse(text).ok_or_else(|| Rejected::Fingerprint(text.chars().take(64).collect()))
        })
        .transpose()?;
    let row = WaiverRow {
        seq: source.seq,
        fingerprint: print.map(|print| print.to_bytes().to_vec()),
        rule: rule.clone(),
        asset: asset.clone(),
        reason: reason.clone(),
        vex: vex.clone(),
        by: source.by.to_owned(),
        created: source.at,
        until: until.map(end_of),
        ended: None,
    };
    session.add_waiver(&row)?;
    let candidates = candidates(session, &row)?;
    let mut changes = Changes::new(source);
    for before in candidates {
        if before.status != Status::Open || !covers(&row, &before.fingerprint, &before.rule) {
            continue;
        }
        let kept = policy::keep(&row);
        let mut after = before.clone();
        let mut clock = clock_of(&before);
        clock.waive(source.at);
        set_clock(&mut after, &clock);
        after.waived_until = kept.until;
        changes.tell(before.id, "waived", kept.text.clone());
        after.waiver = Some(kept.text);
        changes
            .tally
            .day(source.at, before.severity, |day| day.waived += 1);
        changes.change(&before, after);
    }
    let waived = changes.rows.len() as u64;
    changes.write(session)?;
    Ok(Effect {
        asset: asset.clone(),
        waived,
        ..Effect::default()
    })
}

/// Findings that a waiver may cover.
fn candidates(session: &mut Session<'_>, waiver: &WaiverRow) -> Result<Vec<FindingRow>, IngestError> {
    let asset = match &waiver.asset {
        Some(key) => Some(
            session
                .asset(key)?
                .ok_or_else(|| Rejected::Missing(format!("thing `{key}`")))?
                .id,
        ),
        None => None,
    };
    let mut rows = match (&waiver.fingerprint, &waiver.rule) {
        (Some(print), _) => session.findings_by_print(print)?,
        (None, Some(rule)) => session.findings_of_rule(rule)?,
        (None, None) => Vec::new(),
    };
    if rows.is_empty() && waiver.fingerprint.is_some() {
        return Err(Rejected::Missing("finding with this fingerprint".to_owned()).into());
    }
    rows.retain(|row| asset.is_none_or(|asset| asset == row.asset));
    Ok(rows)
}

fn end_waiver(session: &mut Session<'_>, source: &Source<'_>, waiver: u64) -> Result<Effect, IngestError> {
    let seq = i64::try_from(waiver).unwrap_or(i64::MAX);
    if !session.end_waiver(seq, source.at)? {
        return Err(Rejected::Missing(format!("waiver {waiver} that holds")).into());
    }
    let ended = session.waivers()?.into_iter().find(|row| row.seq == seq);
    let Some(ended) = ended else {
        return Ok(Effect::default());
    };
    let mut changes = Changes::new(source);
    for before in candidates(session, &ended)? {
        let is_by_it = before.waiver.as_deref().and_then(granted_by) == Some(seq);
        if before.status != Status::Waived || !is_by_it {
            continue;
        }
        changes.resume(&before);
    }
    changes.write(session)?;
    Ok(Effect::default())
}

fn let_waivers_end(session: &mut Session<'_>, source: &Source<'_>) -> Result<Effect, IngestError> {
    let mut changes = Changes::new(source);
    for before in session.ended_waivers(source.at, i64::MAX)? {
        changes.resume(&before);
    }
    changes.write(session)?;
    Ok(Effect::default())
}

fn assign(
    session: &mut Session<'_>,
    source: &Source<'_>,
    (asset, remedy): (&str, Option<&str>),
    owner: Option<&str>,
) -> Result<Effect, IngestError> {
    let effect = Effect {
        asset: Some(asset.to_owned()),
        ..Effect::default()
    };
    let id = session.see_asset(asset, source.at)?;
    let Some(what) = remedy else {
        session.set_asset_owner(id, owner)?;
        return Ok(effect);
    };
    let known = session.remedies_of(id)?.into_iter().find(|row| row.what == what);
    let Some(known) = known else {
        return Err(Rejected::Missing(format!("fix `{what}` of {asset}")).into());
    };
    session.set_remedy_owner(known.id, owner)?;
    Ok(effect)
}

fn label(
    session: &mut Session<'_>,
    source: &Source<'_>,
    key: &str,
    labels: &BTreeMap<String, String>,
) -> Result<Effect, IngestError> {
    let asset = session.see_asset(key, source.at)?;
    let known = session
        .asset_by_id(asset)?
        .map_or_else(String::new, |row| row.labels);
    let mut all: BTreeMap<String, String> = serde_json::from_str(&known).unwrap_or_default();
    for (name, value) in labels {
        if value.is_empty() {
            all.remove(name);
        } else {
            all.insert(name.clone(), value.clone());
        }
    }
    let text = serde_json::to_string(&all).unwrap_or_default();
    session.set_asset_labels(asset, &text)?;
    judge_again(session, source, asset)?;
    Ok(Effect {
        asset: Some(key.to_owned()),
        ..Effect::default()
    })
}

/// The policy changed: what is known is judged by it at once where it is not too much, else with the next scan of each thing.
fn judge_all_again(
    session: &mut Session<'_>,
    source: &Source<'_>,
    name: &str,
) -> Result<Effect, IngestError> {
    let mut effect = Effect::default();
    if ![policy::OBJECTIVES, policy::CALENDAR, policy::PRIORITY].contains(&name) {
        return Ok(effect);
    }
    let open: i64 = session.open_counts()?.iter().map(|(.., findings)| findings).sum();
    if open > AT_ONCE {
        effect.problems.push(format!(
            "{open} findings are open: each thing is judged by the new policy with its next scan"
        ));
        return Ok(effect);
    }
    let mut after = 0;
    loop {
        let assets = session.assets(None, after, 500)?;
        let Some(last) = assets.last() else {
            return Ok(effect);
        };
        after = last.id;
        for asset in assets {
            judge_again(session, source, asset.id)?;
        }
    }
}

/// What is known of a thing or its place decides when to act on what is wrong with it, and by when.
pub(super) fn judge_again(
    session: &mut Session<'_>,
    source: &Source<'_>,
    asset: i64,
) -> Result<(), IngestError> {
    let Some(thing) = session.asset_by_id(asset)? else {
        return Ok(());
    };
    let policy = Policy::of(session, source.at)?;
    let ways = super::scan::ways_of(session, asset)?;
    let rules = policy.rules(&thing.key, &thing.labels, &ways);
    let mut rows = Vec::new();
    session.each_finding_of(asset, |row| {
        rows.push(row);
        Ok(())
    })?;
    let mut changes = Changes::new(source);
    for before in rows {
        let Some(detail) = session.finding_detail(before.id)? else {
            continue;
        };
        let Ok(mut finding) = serde_json::from_slice::<Finding>(&detail) else {
            continue;
        };
        let priority = rules.priority(&finding);
        let decision = decision_number(priority.decision);
        let is_as_it_was = finding.priority.as_ref() == Some(&priority);
        finding.priority = Some(priority);
        let mut after = before.clone();
        after.decision = decision;
        after.rank = rank(decision, severity_number(finding.severity));
        let mut clock = clock_of(&before);
        let is_sooner = clock.hasten(policy.due(rules.within(&finding), clock.opened));
        if is_as_it_was && !is_sooner {
            continue;
        }
        if is_sooner {
            let note = super::scan::moved(&before, &after, clock.due);
            changes.tell(before.id, "due", note);
        }
        set_clock(&mut after, &clock);
        changes.tally.change(Some(&before), &after);
        changes
            .details
            .push((after, serde_json::to_vec(&finding).unwrap_or_default()));
    }
    changes.write(session)?;
    Ok(())
}

/// Findings that a decision changes.
struct Changes<'s> {
    source: &'s Source<'s>,
    tally: Tally,
    rows: Vec<FindingRow>,
    details: Vec<(FindingRow, Vec<u8>)>,
}

impl<'s> Changes<'s> {
    fn new(source: &'s Source<'s>) -> Self {
        Self {
            source,
            tally: Tally::at(source.at),
            rows: Vec::new(),
            details: Vec::new(),
        }
    }

    fn tell(&mut self, finding: i64, kind: &str, note: String) {
        self.tally.event(EventRow {
            finding,
            seq: self.source.seq,
            kind: kind.to_owned(),
            at: self.source.at,
            by: self.source.by.to_owned(),
            note,
        });
    }

    fn change(&mut self, before: &FindingRow, after: FindingRow) {
        self.tally.change(Some(before), &after);
        self.rows.push(after);
    }

    /// The finding is no longer borne with: its clock runs again.
    fn resume(&mut self, before: &FindingRow) {
        let mut after = before.clone();
        let mut clock = clock_of(before);
        clock.resume(self.source.at);
        set_clock(&mut after, &clock);
        after.waiver = None;
        after.waived_until = None;
        let note = format!("due {}", super::scan::shown(after.due));
        self.tell(before.id, "resumed", note);
        self.tally
            .day(self.source.at, before.severity, |day| day.waived -= 1);
        self.change(before, after);
    }

    fn write(self, session: &mut Session<'_>) -> Result<(), StoreError> {
        session.renew_findings(&self.rows)?;
        session.set_findings(&self.details)?;
        self.tally.write(session)
    }
}
