//! Results of scans: what is new, what is back, what is gone.

use super::absorb::{Effect, Source};
use super::log::IngestError;
use super::policy::{Policy, WAYS, Ways};
use super::remedy::Remedies;
use super::row::{self, Described};
use super::tally::{Tally, clock_of, set_clock};
use super::{bearing, bill, identity};
use bartizan_ledger::absence::Absence;
use bartizan_model::{CheckStatus, Quality, QualityScope, Report, Verdict};
use bartizan_store::graph::{CheckRunRow, EventRow, FindingRow, MeasureRow, ScanRow, Status};
use bartizan_store::{Session, StoreError};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

pub(super) fn absorb(
    session: &mut Session<'_>,
    source: &Source<'_>,
    report: &Report,
) -> Result<Effect, IngestError> {
    let key = identity::of_target(&report.target);
    let asset = session.see_asset(&key, source.at)?;
    let build = identity::build_of(&report.target);
    let started = report.started.unix_seconds().saturating_mul(1_000);
    let (scope, before) =
        session.see_scope(asset, &identity::scope_of(&report.target), source.seq, started)?;
    session.add_scan(&scan_row(source.seq, scope, build.clone(), started, report))?;
    if let Some(quality) = &report.quality {
        session.add_measures(&measure_row(source.seq, asset, started, quality))?;
    }
    bearing::told(session, source, asset, started)?;
    bearing::covered(session, source, (asset, started), report)?;
    let mut effect = Effect {
        asset: Some(key.clone()),
        components: report.components.len() as u64,
        ..Effect::default()
    };
    // What is older than what we know says nothing about today.
    if before.is_some_and(|before| before > started) {
        effect
            .problems
            .push("a later scan of the same is known: this one is kept and changes no finding".to_owned());
        return Ok(effect);
    }
    session.set_check_runs(&check_rows(source.seq, scope, report))?;
    if !report.components.is_empty() {
        bill::keep(session, source, asset, build, &report.components)?;
    }
    let labels = session
        .asset_by_id(asset)?
        .map_or_else(|| "{}".to_owned(), |row| row.labels);
    let policy = Policy::of(session, source.at)?;
    let ways = ways_of(session, asset)?;
    let described = row::describe(
        session,
        &report.findings,
        &report.remedies,
        &policy.rules(&key, &labels, &ways),
    )?;
    let mut merge = Merge::begin(session, source, &policy)?;
    let present = merge.know_all_of(session, asset)?;
    for one in described {
        merge.one(one, asset, scope, &mut effect);
    }
    merge.gone(&Absence::of(report), scope, present, &mut effect);
    merge.write(session)?;
    Ok(effect)
}

/// What the thing has to do with others.
pub(super) fn ways_of(session: &mut Session<'_>, asset: i64) -> Result<Ways, StoreError> {
    let edges = session.edges_from(&[asset], WAYS)?;
    Ok(edges.into_iter().map(|(_, way, other)| (way, other)).collect())
}

/// In which scopes each finding is there.
type Present = HashMap<i64, HashSet<i64>>;

/// Brings what was found together with what is known of the things that have it.
pub(super) struct Merge<'s> {
    source: &'s Source<'s>,
    policy: &'s Policy,
    /// What is known and was not found yet, by thing and identity.
    known: HashMap<(i64, Vec<u8>), FindingRow>,
    remedies: Remedies,
    next: i64,
    tally: Tally,
    written: Vec<(FindingRow, Arc<[u8]>)>,
    renewed: Vec<FindingRow>,
    /// By finding and scope.
    sightings: BTreeMap<(i64, i64), bool>,
    ids: Vec<(String, i64)>,
}

impl<'s> Merge<'s> {
    /// Knows nothing yet of any thing.
    pub(super) fn begin(
        session: &mut Session<'_>,
        source: &'s Source<'s>,
        policy: &'s Policy,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            source,
            policy,
            known: HashMap::new(),
            remedies: Remedies::begin(session)?,
            next: session.next_finding()?,
            tally: Tally::at(source.at),
            written: Vec::new(),
            renewed: Vec::new(),
            sightings: BTreeMap::new(),
            ids: Vec::new(),
        })
    }

    /// Asks for everything that is known of a thing.
    fn know_all_of(&mut self, session: &mut Session<'_>, asset: i64) -> Result<Present, StoreError> {
        session.each_finding_of(asset, |row| {
            self.known.insert((asset, row.fingerprint.clone()), row);
            Ok(())
        })?;
        self.remedies.know_all_of(session, asset)?;
        let mut present = Present::new();
        for (finding, scope) in session.sightings_of_asset(asset)? {
            present.entry(finding).or_default().insert(scope);
        }
        Ok(present)
    }

    /// Asks which of these things are known to have the finding, and what is to be done about it there.
    pub(super) fn know_everywhere(
        &mut self,
        session: &mut Session<'_>,
        found: &Described,
        assets: &[i64],
    ) -> Result<(), StoreError> {
        for row in session.findings_by_print(&found.row.fingerprint)? {
            self.known.insert((row.asset, row.fingerprint.clone()), row);
        }
        self.remedies.know_everywhere(session, &found.remedy, assets)
    }

    /// A thing has a finding, as one of its scopes says.
    pub(super) fn one(&mut self, new: Described, asset: i64, scope: i64, effect: &mut Effect) {
        let at = self.source.at;
        let mut row = new.row;
        row.asset = asset;
        row.remedy = self.remedies.number(asset, &new.remedy);
        let before = self.known.remove(&(asset, row.fingerprint.clone()));
        if let Some(before) = &before {
            row.id = before.id;
            row.first_seen = before.first_seen;
            set_clock(&mut row, &clock_of(before));
        } else {
            row.id = self.next;
            row.first_seen = at;
            self.next += 1;
        }
        let mut clock = bartizan_ledger::clock::Clock::started(at, self.policy.due(new.within, at));
        match &before {
            None => {
                effect.opened += 1;
                self.tell(row.id, "opened", String::new());
                self.tally.day(at, row.severity, |day| day.opened += 1);
            }
            Some(before) if before.status == Status::Fixed => {
                effect.reopened += 1;
                self.tell(row.id, "reopened", String::new());
                self.tally.day(at, row.severity, |day| day.opened += 1);
            }
            Some(before) => {
                effect.seen += 1;
                clock = clock_of(before);
                if before.severity != row.severity {
                    self.tally.day(at, before.severity, |day| day.opened -= 1);
                    self.tally.day(at, row.severity, |day| day.opened += 1);
                    if before.status == Status::Waived {
                        self.tally.day(at, before.severity, |day| day.waived -= 1);
                        self.tally.day(at, row.severity, |day| day.waived += 1);
                    }
                }
                if clock.hasten(self.policy.due(new.within, clock.opened)) {
                    self.tell(row.id, "due", moved(before, &row, clock.due));
                }
            }
        }
        if let Some(waiver) = new.waiver {
            if clock.waive(at) {
                effect.waived += 1;
                self.tell(row.id, "waived", waiver.text.clone());
                self.tally.day(at, row.severity, |day| day.waived += 1);
            }
            row.waiver = Some(waiver.text);
            row.waived_until = waiver.until;
        } else if clock.resume(at) {
            self.tell(row.id, "resumed", format!("due {}", shown(clock.due)));
            self.tally.day(at, row.severity, |day| day.waived -= 1);
        }
        set_clock(&mut row, &clock);
        row.last_seen = at;
        self.tally.change(before.as_ref(), &row);
        self.sightings.insert((row.id, scope), true);
        self.ids.extend(new.ids.into_iter().map(|id| (id, row.id)));
        self.written.push((row, new.detail));
    }

    /// What the scope had and no longer has.
    fn gone(&mut self, absence: &Absence<'_>, scope: i64, mut present: Present, effect: &mut Effect) {
        let mut rest: Vec<FindingRow> = self.known.drain().map(|(_, row)| row).collect();
        rest.sort_by_key(|row| row.id);
        for before in rest {
            let scopes = present.entry(before.id).or_default();
            if !scopes.contains(&scope) || !absence.means_fixed(&before.made_by, &before.rule) {
                continue;
            }
            scopes.remove(&scope);
            let is_elsewhere = !scopes.is_empty();
            self.leave(&before, scope, is_elsewhere, effect);
        }
    }

    /// A scope no longer has a finding, which is fixed where no other one has it.
    pub(super) fn leave(&mut self, before: &FindingRow, scope: i64, is_elsewhere: bool, effect: &mut Effect) {
        let at = self.source.at;
        self.sightings.insert((before.id, scope), false);
        if is_elsewhere {
            return;
        }
        let mut clock = clock_of(before);
        let Some(spent) = clock.fix(at) else { return };
        let was_waived = before.status == Status::Waived;
        self.tally.day(at, before.severity, |day| {
            day.fixed += 1;
            day.spent += spent;
            day.waived -= i64::from(was_waived);
        });
        effect.fixed += 1;
        self.tell(before.id, "fixed", String::new());
        let mut row = before.clone();
        set_clock(&mut row, &clock);
        row.waiver = None;
        row.waived_until = None;
        self.tally.change(Some(before), &row);
        self.renewed.push(row);
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

    pub(super) fn write(self, session: &mut Session<'_>) -> Result<(), StoreError> {
        self.remedies.write(session)?;
        session.set_findings(&self.written)?;
        session.renew_findings(&self.renewed)?;
        session.add_finding_ids(&self.ids)?;
        let sightings: Vec<(i64, i64, bool)> = self
            .sightings
            .into_iter()
            .map(|((finding, scope), is_there)| (finding, scope, is_there))
            .collect();
        session.set_sightings(self.source.seq, &sightings)?;
        self.tally.write(session)
    }
}

/// A day that is due, for people.
pub(super) fn shown(due: Option<i64>) -> String {
    due.map_or_else(
        || "no day".to_owned(),
        |at| bartizan_model::Timestamp::from_unix_seconds(at.div_euclid(1_000)).to_string(),
    )
}

/// From which day to which it is due, and why.
pub(super) fn moved(before: &FindingRow, after: &FindingRow, due: Option<i64>) -> String {
    let why = if before.severity < after.severity {
        "it is graver than it was"
    } else if before.decision < after.decision {
        "one has to act sooner than was thought"
    } else {
        "the objectives changed"
    };
    format!("{} to {}: {why}", shown(before.due), shown(due))
}

fn scan_row(seq: i64, scope: i64, build: Option<String>, started: i64, report: &Report) -> ScanRow {
    let (verdict, reasons) = match &report.verdict {
        Verdict::Allow => ("allow", Vec::new()),
        Verdict::Deny { reasons } => ("deny", reasons.clone()),
        Verdict::Unknown { cause } => ("unknown", vec![cause.clone()]),
    };
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    ScanRow {
        seq,
        scope,
        build,
        at: started,
        verdict: verdict.to_owned(),
        reasons: row::text(&serde_json::to_string(&reasons).unwrap_or_default()),
        findings: count(report.findings.len()),
        skipped: count(report.skipped.len()),
        tool: row::text(&format!("{} {}", report.tool.name, report.tool.version)),
        rules: row::text(&report.tool.rules_digest),
    }
}

/// What was measured and what the gate said; what was asked stands in the statement.
fn measure_row(seq: i64, asset: i64, at: i64, quality: &Quality) -> MeasureRow {
    let kept = Quality {
        conditions: Vec::new(),
        ..quality.clone()
    };
    MeasureRow {
        asset,
        scope: match quality.scope {
            QualityScope::All => "all",
            QualityScope::Changes => "changes",
        }
        .to_owned(),
        at,
        seq,
        quality: row::text(&serde_json::to_string(&kept).unwrap_or_default()),
    }
}

fn check_rows(seq: i64, scope: i64, report: &Report) -> Vec<CheckRunRow> {
    let rows = report.checks.iter().map(|run| {
        let (status, note) = match &run.status {
            CheckStatus::Ran => ("ran", String::new()),
            CheckStatus::Partial { errors } => ("partial", errors.join("; ")),
            CheckStatus::Skipped { reason } => ("skipped", reason.clone()),
            CheckStatus::NotApplicable { reason } => ("not-applicable", reason.clone()),
            CheckStatus::Failed { error } => ("failed", error.clone()),
        };
        let row = CheckRunRow {
            scope,
            name: row::text(&run.check),
            seq,
            status: status.to_owned(),
            note: row::text(&note),
        };
        (row.name.clone(), row)
    });
    // Of two with one name the last counts.
    rows.collect::<BTreeMap<_, _>>().into_values().collect()
}
