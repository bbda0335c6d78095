//! How far a company has come: five stages, each a list of what evidence has to show.
//!
//! In: facts that were counted in the graph of one tenant. Out: for each stage what is shown, what is not, and what would show it. Nobody
//! ticks anything off: what no evidence speaks of is not met, and what the ledger cannot hold yet says so.

/// What was counted. Times are milliseconds since 1970.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Facts {
    /// Now.
    pub at: i64,
    /// Things that were looked at.
    pub scanned: i64,
    /// Things that were looked at, with an owner.
    pub owned: i64,
    /// Things that were looked at, with the labels `exposure` and `mission`.
    pub placed: i64,
    /// Repositories and directories that were looked at.
    pub sources: i64,
    /// Images that were looked at.
    pub images: i64,
    /// Things that were looked at, with a bill of materials.
    pub billed: i64,
    /// Ways of looking at things.
    pub scopes: i64,
    /// Those whose last verdict is allow.
    pub allowed: i64,
    /// Those that were looked at within the last seven days.
    pub fresh: i64,
    /// Those of which at least two builds were looked at.
    pub repeated: i64,
    /// Last runs of checks.
    pub runs: i64,
    /// Those that ran to their end.
    pub ran: i64,
    /// Last runs of the check for leaked credentials that ran to their end.
    pub leak_ran: i64,
    /// Last runs of the match with advisories that ran to their end.
    pub advisories_ran: i64,
    /// Ways of looking at what is staged.
    pub staged: i64,
    /// Open findings of leaked credentials that are high or critical.
    pub leaks: i64,
    /// Open findings that are critical and past their day.
    pub critical_breached: i64,
    /// Open findings that are critical or high and past their day.
    pub breached: i64,
    /// Waivers that hold.
    pub waivers: i64,
    /// Those without a last day.
    pub endless: i64,
    /// Statements of provenance.
    pub provenance: i64,
    /// Statements with a signature that was verified.
    pub signed: i64,
    /// Edges that say where something is deployed.
    pub deployed: i64,
    /// Edges that say what is loaded at run time.
    pub loaded: i64,
    /// Objectives that were set by policy, and a calendar: 0 to 2.
    pub policies: i64,
    /// Findings with an objective that were fixed within the last ninety days.
    pub promised: i64,
    /// Those that were fixed when they were due at the latest.
    pub kept: i64,
    /// Security debt now, in weighted days.
    pub debt: i64,
    /// Security debt thirty days ago; none where nothing was known then.
    pub debt_before: Option<i64>,
    /// What people vouch for and is not over.
    pub attested: i64,
    /// Median hours to close critical findings within the last ninety days.
    pub critical_median: Option<i64>,
}

/// What evidence says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It shows it.
    Met,
    /// It shows the contrary, or too little.
    Unmet,
    /// There is none.
    NoEvidence,
}

/// One line of a stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Criterion {
    /// Its name, which stays.
    pub id: &'static str,
    /// What has to be so.
    pub title: &'static str,
    /// Whether it is.
    pub status: Status,
    /// What was counted.
    pub seen: String,
    /// What evidence shows it.
    pub evidence: &'static str,
}

/// One stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// 1 to 5.
    pub number: u8,
    /// Its name.
    pub name: &'static str,
    /// Everything that has to be so.
    pub criteria: Vec<Criterion>,
}

impl Stage {
    /// Whether everything of it is met.
    #[must_use]
    pub fn is_met(&self) -> bool {
        self.criteria
            .iter()
            .all(|criterion| criterion.status == Status::Met)
    }
}

/// The five stages.
#[must_use]
pub fn stages(facts: &Facts) -> Vec<Stage> {
    let stage = |number, name, criteria| Stage {
        number,
        name,
        criteria,
    };
    vec![
        stage(1, "individual", individual(facts)),
        stage(2, "official project", project(facts)),
        stage(3, "production", production(facts)),
        stage(4, "expansion", expansion(facts)),
        stage(5, "organisational standard", standard(facts)),
    ]
}

/// The last stage that is met together with all before it; 0 where the first is not.
#[must_use]
pub fn reached(stages: &[Stage]) -> u8 {
    stages
        .iter()
        .take_while(|stage| stage.is_met())
        .last()
        .map_or(0, |stage| stage.number)
}

/// Whether there is anything to judge by, and if so whether it is as it has to be.
const fn judged(is_known: bool, is_met: bool) -> Status {
    match (is_known, is_met) {
        (false, _) => Status::NoEvidence,
        (true, true) => Status::Met,
        (true, false) => Status::Unmet,
    }
}

/// So many of so many.
fn all(part: i64, whole: i64) -> (Status, String) {
    (judged(whole > 0, part >= whole), format!("{part} of {whole}"))
}

/// At least one.
fn some(count: i64) -> (Status, String) {
    (judged(count > 0, true), count.to_string())
}

/// None of them, where there is anything to find them in.
fn none(count: i64, is_known: bool) -> (Status, String) {
    (judged(is_known, count == 0), count.to_string())
}

fn line(
    id: &'static str,
    title: &'static str,
    (status, seen): (Status, String),
    evidence: &'static str,
) -> Criterion {
    Criterion {
        id,
        title,
        status,
        seen,
        evidence,
    }
}

fn individual(facts: &Facts) -> Vec<Criterion> {
    vec![
        line(
            "scan-sent",
            "Source code was scanned and the result sent",
            some(facts.sources),
            "a report of a repository or directory: `bartizan scan . --push`",
        ),
        line(
            "credentials-looked-for",
            "Leaked credentials were looked for to the end",
            some(facts.leak_ran),
            "a report in which the check leak/credentials ran",
        ),
        line(
            "gate",
            "What is staged is looked at before it is committed",
            some(facts.staged),
            "a report of staged files: `bartizan scan --staged --push`",
        ),
        line(
            "no-leak",
            "No leaked credential of severity high or critical is open",
            none(facts.leaks, facts.leak_ran > 0),
            "a later scan that no longer finds it, or a waiver with a reason",
        ),
    ]
}

fn project(facts: &Facts) -> Vec<Criterion> {
    vec![
        line(
            "owned",
            "Everything that was looked at has an owner",
            all(facts.owned, facts.scanned),
            "an owner for each thing: the decision `assign`, or Things in the console",
        ),
        line(
            "repeated",
            "Everything is looked at again with each build",
            all(facts.repeated, facts.scopes),
            "reports of at least two builds (commits, digests) for each way of looking at each thing",
        ),
        line(
            "fresh",
            "Nothing was looked at for the last time more than seven days ago",
            all(facts.fresh, facts.scopes),
            "a report of the last seven days for each way of looking at each thing",
        ),
        line(
            "billed",
            "Everything has a bill of materials",
            all(facts.billed, facts.scanned),
            "a report with components, or CycloneDX or SPDX sent by `bartizan push`",
        ),
        line(
            "advisories",
            "Components are matched with known vulnerabilities",
            some(facts.advisories_ran),
            "a report in which the match with advisories ran: `bartizan db update` before the scan",
        ),
    ]
}

fn production(facts: &Facts) -> Vec<Criterion> {
    vec![
        line(
            "images",
            "What is shipped is looked at, not only what it is made from",
            some(facts.images),
            "a report of an image: `bartizan scan image:NAME --push`",
        ),
        line(
            "placed",
            "For everything it is said who reaches it and what depends on it",
            all(facts.placed, facts.scanned),
            "the labels `exposure` and `mission` for each thing",
        ),
        line(
            "complete",
            "Every check ran to its end",
            all(facts.ran, facts.runs),
            "reports without checks that are partial, skipped or failed",
        ),
        line(
            "no-critical-overdue",
            "No critical finding is past its day",
            none(facts.critical_breached, facts.scopes > 0),
            "a later scan that no longer finds it, or a waiver with a reason",
        ),
        line(
            "waivers-end",
            "Every waiver has a last day",
            none(facts.endless, facts.scopes > 0),
            "waivers with `until`; end those without",
        ),
    ]
}

fn expansion(facts: &Facts) -> Vec<Criterion> {
    let share = if facts.promised > 0 {
        facts.kept * 100 / facts.promised
    } else {
        0
    };
    vec![
        line(
            "provenance",
            "Builds say how they came to be",
            some(facts.provenance),
            "statements with a predicate of SLSA provenance: `bartizan push`",
        ),
        line(
            "deployed",
            "It is known what runs where",
            some(facts.deployed),
            "edges `deployed_as` or `runs_on`: the decision `link`",
        ),
        line(
            "objectives",
            "Objectives and the working calendar were set for this company",
            (
                judged(facts.policies > 0, facts.policies >= 2),
                format!("{} of 2", facts.policies),
            ),
            "the policies `objectives` and `calendar`",
        ),
        line(
            "within-objective",
            "Nine in ten findings were closed in time in the last ninety days",
            (
                judged(facts.promised > 0, share >= 90),
                format!("{share} % of {}", facts.promised),
            ),
            "later scans that find that findings are gone before they are due",
        ),
        line(
            "debt-falls",
            "Security debt is no greater than thirty days ago",
            match facts.debt_before {
                None => (Status::NoEvidence, facts.debt.to_string()),
                Some(before) => (
                    judged(true, facts.debt <= before),
                    format!("{}, and {before} before", facts.debt),
                ),
            },
            "a history of at least thirty days",
        ),
    ]
}

fn standard(facts: &Facts) -> Vec<Criterion> {
    vec![
        line(
            "allowed",
            "Everything is within policy",
            all(facts.allowed, facts.scopes),
            "a last report with the verdict allow for each way of looking at each thing",
        ),
        line(
            "nothing-overdue",
            "Nothing critical or high is past its day",
            none(facts.breached, facts.scopes > 0),
            "later scans that no longer find it, or waivers with reasons",
        ),
        line(
            "fast",
            "Half of the critical findings are closed within a day",
            match facts.critical_median {
                None => (Status::NoEvidence, "none was closed".to_owned()),
                Some(hours) => (judged(true, hours <= 24), format!("{hours} hours")),
            },
            "critical findings that later scans no longer find, within the last ninety days",
        ),
        line(
            "run-time",
            "It is known what is loaded where it runs",
            some(facts.loaded),
            "edges `loads`, which a sensor sends or the decision `link` tells",
        ),
        line(
            "signed",
            "Evidence is signed, and the signature was verified",
            some(facts.signed),
            "envelopes with a signature of a trusted key",
        ),
        line(
            "attested",
            "Controls that no check can judge are vouched for",
            some(facts.attested),
            "the decision `attest`, with a last day that is to come",
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn what_no_evidence_speaks_of_is_not_met() {
        let stages = stages(&Facts::default());
        assert_eq!(stages.len(), 5);
        assert_eq!(reached(&stages), 0);
        for criterion in stages.iter().flat_map(|stage| &stage.criteria) {
            assert_eq!(criterion.status, Status::NoEvidence, "{}", criterion.id);
            assert!(!criterion.evidence.is_empty());
        }
        let ids: BTreeSet<_> = stages
            .iter()
            .flat_map(|stage| &stage.criteria)
            .map(|criterion| criterion.id)
            .collect();
        let lines: usize = stages.iter().map(|stage| stage.criteria.len()).sum();
        assert_eq!(ids.len(), lines);
    }

    #[test]
    fn a_stage_is_reached_only_with_all_before_it() {
        let mut facts = Facts {
            sources: 1,
            leak_ran: 1,
            staged: 1,
            scanned: 1,
            scopes: 1,
            runs: 1,
            ran: 1,
            images: 1,
            placed: 1,
            ..Facts::default()
        };
        let all = stages(&facts);
        assert!(all[2].is_met());
        assert_eq!(reached(&all), 1);
        facts.leaks = 1;
        assert_eq!(reached(&stages(&facts)), 0);
        (facts.leaks, facts.owned, facts.repeated, facts.fresh) = (0, 1, 1, 1);
        (facts.billed, facts.advisories_ran) = (1, 1);
        assert_eq!(reached(&stages(&facts)), 3);
    }
}
