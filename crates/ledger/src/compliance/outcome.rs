//! What one automatic test finds in the facts.
//!
//! In: a test, the scope, the facts about it and the time. Out: pass, fail or no evidence, with what it rests on. Something that speaks
//! against a test counts however old it is; something that speaks for it counts while it is fresh and complete.

use super::assess::Evidence;
use super::totals::FindingTotals;
use bartizan_model::compliance::{
    AssetKind, AutomaticTest, EvidenceFact, EvidenceRef, FindingState, OpenFinding, Requirement, Scope,
    Shown, SignInAsk, TestOutcome, TestResult,
};
use bartizan_model::{AssetId, CheckStatus, Severity, Timestamp};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Pieces of evidence and findings that a result lists, at most.
pub(super) const MOST_LISTED: usize = 50;
/// Reasons that a result gives, at most.
const MOST_REASONS: usize = 12;
const DAY: i64 = 86_400;

/// Facts by what they are about.
pub(super) struct Known<'a> {
    assets: Vec<(&'a AssetId, AssetKind)>,
    /// Facts about each asset in scope.
    about: Vec<Vec<&'a EvidenceFact>>,
    /// Facts about the control plane.
    own: Vec<&'a EvidenceFact>,
    /// Numbers of findings, by test, where facts do not tell all of them.
    totals: Option<&'a BTreeMap<String, FindingTotals>>,
    now: Timestamp,
}

impl<'a> Known<'a> {
    /// Sorts facts by the asset in scope. Facts about other things and from the future are left aside.
    pub(super) fn new(scope: &'a Scope, evidence: Evidence<'a>, now: Timestamp) -> Self {
        let mut assets: Vec<(&AssetId, AssetKind)> =
            scope.assets.iter().map(|item| (&item.asset, item.kind)).collect();
        assets.sort_unstable();
        assets.dedup();
        let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, (asset, _)) in assets.iter().enumerate() {
            places.entry(asset.as_str()).or_default().push(at);
        }
        let mut about = vec![Vec::new(); assets.len()];
        let mut own = Vec::new();
        for fact in evidence.facts.iter().filter(|fact| fact.at <= now) {
            if matches!(fact.shows, Shown::Ledger { .. } | Shown::SignIn { .. }) {
                own.push(fact);
                continue;
            }
            let name = fact.asset.as_str();
            let without_commit = name.rsplit_once('@').map_or(name, |(before, _)| before);
            let found = places.get(name).or_else(|| places.get(without_commit));
            for at in found.into_iter().flatten() {
                if let Some(list) = about.get_mut(*at) {
                    list.push(fact);
                }
            }
        }
        Self {
            assets,
            about,
            own,
            totals: evidence.totals,
            now,
        }
    }

    /// Numbers of findings that the test asks after, where facts do not tell all of them.
    fn totals_of(&self, test: &AutomaticTest) -> Option<FindingTotals> {
        let totals = self.totals?;
        Some(totals.get(&test.id).copied().unwrap_or_default())
    }

    /// Assets of a kind with the facts about them.
    fn of(&self, kind: AssetKind) -> impl Iterator<Item = (&'a AssetId, &[&'a EvidenceFact])> {
        let all = self.assets.iter().zip(&self.about);
        all.filter(move |((_, own), _)| kind == AssetKind::System || *own == kind)
            .map(|((asset, _), facts)| (*asset, facts.as_slice()))
    }
}

/// A result in the making.
struct Findings<'a> {
    now: Timestamp,
    oldest: Timestamp,
    /// What there is no evidence for: as much of it as is told, and how much there is.
    missing: Vec<String>,
    missing_count: usize,
    against: Vec<String>,
    /// What is listed of it, newest first.
    evidence: BTreeSet<(Reverse<Timestamp>, EvidenceRef)>,
    noted: u64,
    open: BTreeMap<(Reverse<Severity>, &'a str, &'a str), OpenFinding>,
    /// Those in `open`, until totals say how many there are.
    totals: FindingTotals,
    /// Evidence that is counted and not in `evidence`.
    unlisted: u64,
    stale: u64,
}

impl Findings<'_> {
    fn days(&self, at: Timestamp) -> i64 {
        (self.now.unix_seconds() - at.unix_seconds()) / DAY
    }

    /// There is no evidence for something. Of ten thousand things that nobody looked at a few are told.
    fn miss(&mut self, why: impl FnOnce() -> String) {
        self.missing_count += 1;
        if self.missing.len() < MOST_REASONS {
            self.missing.push(why());
        }
    }

    fn note(&mut self, fact: &EvidenceFact, asset: Option<&AssetId>, shows: impl FnOnce() -> String) {
        self.noted += 1;
        self.oldest = self.oldest.min(fact.at);
        let is_full = self.evidence.len() >= MOST_LISTED;
        if is_full
            && self
                .evidence
                .last()
                .is_some_and(|(Reverse(last), _)| fact.at < *last)
        {
            return;
        }
        let one = reference(fact.at, self.now, asset, shows(), (&fact.by, &fact.digest));
        self.evidence.insert((Reverse(fact.at), one));
        if self.evidence.len() > MOST_LISTED {
            self.evidence.pop_last();
        }
    }
}

/// A piece of evidence and its age.
pub(super) fn reference(
    at: Timestamp,
    now: Timestamp,
    asset: Option<&AssetId>,
    shows: String,
    (by, digest): (&str, &str),
) -> EvidenceRef {
    EvidenceRef {
        shows,
        asset: asset.cloned(),
        at,
        age: u64::try_from(now.unix_seconds() - at.unix_seconds()).unwrap_or(0),
        by: by.to_owned(),
        digest: digest.to_owned(),
    }
}

/// Asks the facts what `test` asks. Also gives the time of the oldest evidence that it rests on.
pub(super) fn outcome(test: &AutomaticTest, known: &Known<'_>) -> (TestResult, Timestamp) {
    let mut found = Findings {
        now: known.now,
        oldest: known.now,
        missing: Vec::new(),
        missing_count: 0,
        against: Vec::new(),
        evidence: BTreeSet::new(),
        noted: 0,
        open: BTreeMap::new(),
        totals: FindingTotals::default(),
        unlisted: 0,
        stale: 0,
    };
    match &test.requires {
        Requirement::Findings { checks, at_least, .. } => {
            covered(test, checks, known, &mut found);
            open(test, *at_least, known, &mut found);
        }
        Requirement::Objectives { checks, .. } => {
            covered(test, checks, known, &mut found);
            late(test, known, &mut found);
        }
        Requirement::Statement { types } => stated(test, types, known, &mut found),
        Requirement::Ledger => ledger(test, known, &mut found),
        Requirement::SignIns(asks) => sign_ins(test, *asks, known, &mut found),
    }
    finish(test, found)
}

/// Whether every check ran over every asset, completely and within the days that count. An asset in which a check found nothing to judge
/// speaks neither for the test nor against it.
fn covered(test: &AutomaticTest, checks: &[String], known: &Known<'_>, found: &mut Findings<'_>) {
    let mut any = false;
    let mut nothing_to_judge = None;
    for (asset, facts) in known.of(test.over) {
        any = true;
        for check in checks {
            let mut runs: Vec<&EvidenceFact> = facts
                .iter()
                .copied()
                .filter(|fact| matches!(&fact.shows, Shown::CheckRun { check: ran, .. } if ran == check))
                .collect();
            runs.sort_by_key(|fact| Reverse(fact.at));
            let complete = runs.iter().copied().find(|fact| incomplete(fact).is_none());
            match (complete, runs.first()) {
                (Some(run), _) if found.days(run.at) < i64::from(test.within_days) => {
                    match not_applicable(run) {
                        Some(reason) => nothing_to_judge = Some((check, reason)),
                        None => found.note(run, Some(asset), || format!("{check} ran over all of it")),
                    }
                }
                (Some(run), _) => {
                    found.stale += 1;
                    let days = found.days(run.at);
                    found.miss(|| format!("{asset}: {check} last ran over all of it {days} days ago"));
                }
                (None, Some(run)) => {
                    let why = incomplete(run).unwrap_or_default();
                    found.miss(|| format!("{asset}: {check} did not run over all of it: {why}"));
                }
                (None, None) => found.miss(|| format!("{asset}: {check} never ran")),
            }
        }
    }
    if !any {
        found.miss(|| format!("no {} is in scope", test.over.as_str()));
    } else if let Some((check, reason)) =
        nothing_to_judge.filter(|_| found.noted == 0 && found.missing_count == 0)
    {
        found.miss(|| format!("{check} had nothing to judge: {reason}"));
    }
}

/// What there is none of, where the check had nothing to judge.
fn not_applicable(fact: &EvidenceFact) -> Option<&str> {
    match &fact.shows {
        Shown::CheckRun {
            status: CheckStatus::NotApplicable { reason },
            ..
        } => Some(reason),
        _ => None,
    }
}

/// Why a run is no evidence; none where it is.
fn incomplete(fact: &EvidenceFact) -> Option<String> {
    let Shown::CheckRun { status, narrowed, .. } = &fact.shows else {
        return Some("it is no run of a check".to_owned());
    };
    match status {
        CheckStatus::Ran | CheckStatus::NotApplicable { .. } => narrowed.first().cloned(),
        CheckStatus::Partial { errors } => {
            Some(errors.first().cloned().unwrap_or_else(|| "partial".to_owned()))
        }
        CheckStatus::Skipped { reason } => Some(format!("skipped, {reason}")),
        CheckStatus::Failed { error } => Some(format!("failed, {error}")),
    }
}

/// Findings that are open.
fn open<'a>(test: &AutomaticTest, at_least: Severity, known: &Known<'a>, found: &mut Findings<'a>) {
    for (asset, facts) in known.of(test.over) {
        for fact in facts {
            let Shown::Finding {
                rule,
                severity,
                state,
                ..
            } = &fact.shows
            else {
                continue;
            };
            if *severity < at_least || !test.requires.looks_for(rule) {
                continue;
            }
            match state {
                FindingState::Open => against(fact, asset, found),
                FindingState::Waived => found.totals.waived += 1,
                FindingState::Fixed(_) => found.totals.fixed += 1,
            }
        }
    }
    found.totals.against = found.open.len() as u64;
    if let Some(totals) = known.totals_of(test) {
        found.totals = totals;
    }
    let count = found.totals.against;
    if count > 0 {
        let (noun, verb) = if count == 1 {
            ("finding", "is")
        } else {
            ("findings", "are")
        };
        let which = format!("{count} {noun} of severity {at_least} or above");
        found.against.push(format!("{which} {verb} open"));
    }
}

/// Findings that are open past their day, or were closed past it within the days that count.
fn late<'a>(test: &AutomaticTest, known: &Known<'a>, found: &mut Findings<'a>) {
    for (asset, facts) in known.of(test.over) {
        for fact in facts {
            let Shown::Finding { rule, state, due, .. } = &fact.shows else {
                continue;
            };
            if !test.requires.looks_for(rule) {
                continue;
            }
            match (state, due) {
                (FindingState::Open, Some(due)) if *due < known.now => against(fact, asset, found),
                (FindingState::Fixed(at), Some(due))
                    if due < at && found.days(*at) < i64::from(test.within_days) =>
                {
                    found.totals.fixed += 1;
                    found.totals.closed_late += 1;
                    let shows = format!("{rule} was closed {at}, and was due {due}");
                    found.note(fact, Some(asset), || shows);
                }
                (FindingState::Fixed(_), _) => found.totals.fixed += 1,
                (FindingState::Waived, _) => found.totals.waived += 1,
                (FindingState::Open, _) => {}
            }
        }
    }
    found.totals.against = found.open.len() as u64;
    if let Some(totals) = known.totals_of(test) {
        found.unlisted += totals.closed_late.saturating_sub(found.totals.closed_late);
        found.totals = totals;
    }
    let FindingTotals {
        against: count,
        closed_late: closed,
        ..
    } = found.totals;
    if count > 0 {
        found
            .against
            .push(format!("{} open past the day", are(count, "finding")));
    }
    if closed > 0 {
        let days = test.within_days;
        found.against.push(format!(
            "within {days} days, {} closed past the day",
            were(closed, "finding")
        ));
    }
}

fn against<'a>(fact: &'a EvidenceFact, asset: &'a AssetId, found: &mut Findings<'a>) {
    let Shown::Finding {
        fingerprint,
        rule,
        severity,
        title,
        due,
        ..
    } = &fact.shows
    else {
        return;
    };
    let key = (Reverse(*severity), asset.as_str(), fingerprint.as_str());
    found.open.entry(key).or_insert_with(|| OpenFinding {
        fingerprint: fingerprint.clone(),
        rule: rule.clone(),
        severity: *severity,
        asset: asset.clone(),
        title: title.clone(),
        due: *due,
        digest: fact.digest.clone(),
    });
}

/// Whether every asset has a statement of one of the types.
fn stated(test: &AutomaticTest, types: &[String], known: &Known<'_>, found: &mut Findings<'_>) {
    let mut any = false;
    for (asset, facts) in known.of(test.over) {
        any = true;
        let of_type = |fact: &&&EvidenceFact| matches!(&fact.shows, Shown::Statement { predicate_type } if types.contains(predicate_type));
        let Some(newest) = facts.iter().filter(of_type).max_by_key(|fact| fact.at) else {
            found.miss(|| format!("{asset}: there is no statement of type {}", types.join(" or ")));
            continue;
        };
        let days = found.days(newest.at);
        if days >= i64::from(test.within_days) {
            found.stale += 1;
            found.miss(|| format!("{asset}: the last statement is {days} days old"));
        } else if let Shown::Statement { predicate_type } = &newest.shows {
            found.note(newest, Some(asset), || {
                format!("statement of type {predicate_type}")
            });
        }
    }
    if !any {
        found.miss(|| format!("no {} is in scope", test.over.as_str()));
    }
}

/// What the newest verification of the ledger says.
fn ledger(test: &AutomaticTest, known: &Known<'_>, found: &mut Findings<'_>) {
    let of_kind = |fact: &&&EvidenceFact| matches!(fact.shows, Shown::Ledger { .. });
    let Some(newest) = known.own.iter().filter(of_kind).max_by_key(|fact| fact.at) else {
        found.miss(|| "the ledger was never verified".to_owned());
        return;
    };
    let Shown::Ledger { entries, is_intact } = newest.shows else {
        return;
    };
    let days = found.days(newest.at);
    if !is_intact {
        found.note(newest, None, || {
            format!("the ledger was found changed, {entries} entries looked at")
        });
        found.against.push("the ledger was found changed".to_owned());
    } else if days >= i64::from(test.within_days) {
        found.stale += 1;
        found.miss(|| format!("the ledger was last verified {days} days ago"));
    } else {
        found.note(newest, None, || {
            format!("the ledger is whole, {entries} entries looked at")
        });
    }
}

fn sign_ins(test: &AutomaticTest, asks: SignInAsk, known: &Known<'_>, found: &mut Findings<'_>) {
    let mut without = BTreeSet::new();
    for fact in &known.own {
        let Shown::SignIn {
            identity,
            is_person,
            second_factor,
            granted,
        } = &fact.shows
        else {
            continue;
        };
        if found.days(fact.at) >= i64::from(test.within_days) {
            found.stale += 1;
            continue;
        }
        match asks {
            SignInAsk::Recorded => {
                let outcome = if *granted { "granted" } else { "refused" };
                found.note(fact, None, || format!("sign-in of {identity}, {outcome}"));
            }
            SignInAsk::SecondFactor if *is_person && *granted => {
                let shown = *second_factor == Some(true);
                let how = if shown { "with" } else { "without" };
                found.note(fact, None, || {
                    format!("sign-in of {identity} {how} a second factor")
                });
                if !shown {
                    without.insert(identity.as_str());
                }
            }
            SignInAsk::SecondFactor => {}
        }
    }
    if found.evidence.is_empty() {
        let days = test.within_days;
        found.miss(|| format!("no sign-in is recorded in the last {days} days"));
    }
    if !without.is_empty() {
        let names: Vec<&str> = without.iter().copied().take(5).collect();
        let more = if without.len() > names.len() {
            " and others"
        } else {
            ""
        };
        found
            .against
            .push(format!("without a second factor: {}{more}", names.join(", ")));
    }
}

fn finish(test: &AutomaticTest, found: Findings<'_>) -> (TestResult, Timestamp) {
    let outcome = match (found.against.is_empty(), found.missing_count == 0) {
        (false, _) => TestOutcome::Fail,
        (true, false) => TestOutcome::NoEvidence,
        (true, true) => TestOutcome::Pass,
    };
    let mut reasons = found.against;
    let left = MOST_REASONS.saturating_sub(reasons.len());
    let untold = found.missing_count.saturating_sub(left);
    reasons.extend(found.missing.into_iter().take(left));
    if untold > 0 {
        reasons.push(format!("and {untold} more of this kind"));
    }
    let result = TestResult {
        test: test.id.clone(),
        title: test.title.clone(),
        over: test.over,
        within_days: test.within_days,
        outcome,
        reasons,
        evidence: found.evidence.into_iter().map(|(_, one)| one).collect(),
        evidence_count: found.noted + found.unlisted,
        open_count: found.totals.against,
        open: found.open.into_values().take(MOST_LISTED).collect(),
        waived_count: found.totals.waived,
        fixed_count: found.totals.fixed,
        stale_count: found.stale,
    };
    (result, found.oldest)
}

fn are(count: u64, noun: &str) -> String {
    if count == 1 {
        format!("1 {noun} is")
    } else {
        format!("{count} {noun}s are")
    }
}

fn were(count: u64, noun: &str) -> String {
    if count == 1 {
        format!("1 {noun} was")
    } else {
        format!("{count} {noun}s were")
    }
}
