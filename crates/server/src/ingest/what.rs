//! What a statement says, read and judged before it is taken in.

use bartizan_ledger::alerts::Batch;
use bartizan_ledger::decision::{Decision, DecisionError};
use bartizan_ledger::statement::{
    ADVISORIES, ALERTS, CYCLONEDX, DECISION, LINKS, PROVENANCE, REPORT_FIELD, SPDX, Statement, Subject,
    TEST_RESULT,
};
use bartizan_model::{Component, Fingerprint, REPORT_SCHEMA, Report};
use bartizan_supply::advisory::record::Record;
use bartizan_supply::{inventory, sbom};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// What a statement says.
pub(super) enum What {
    /// The result of a scan.
    Scan(Box<Report>),
    /// What is in something.
    Bill(Bill),
    /// A decision.
    Decision(Decision),
    /// Advisories.
    Advisories(Vec<Record>),
    /// What an agent on a host tells of.
    Alerts(Box<Batch>),
    /// What joins things.
    Links(Vec<Link>),
    /// How the subjects were made.
    Provenance(Vec<Subject>),
    /// Something that is kept, and about which the graph says no more than that it is there.
    Other(Vec<Subject>),
}

/// One thing has to do with another.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Link {
    /// The one.
    pub(super) source: String,
    /// How.
    pub(super) kind: String,
    /// The other.
    pub(super) target: String,
}

/// A bill of materials.
pub(super) struct Bill {
    /// What it is of.
    pub(super) subject: Subject,
    /// What is in it.
    pub(super) components: Vec<Component>,
    /// What was not understood of it.
    pub(super) problems: Vec<String>,
}

/// Why a statement is not taken, though it is one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    /// The predicate is not in the form of its type.
    #[error("the predicate is none of `{kind}`: {why}")]
    Predicate {
        /// The type.
        kind: String,
        /// What is wrong with it.
        why: String,
    },
    /// The report is of another form.
    #[error("the report is of the form `{0}`, and this program reads `{REPORT_SCHEMA}`")]
    Report(String),
    /// An identity of a finding that is none.
    #[error("`{0}` is no fingerprint: it has 32 digits, 0 to 9 and a to f")]
    Fingerprint(String),
    /// Two findings with one identity.
    #[error("two findings of one report have the fingerprint {0}")]
    Twice(String),
    /// A decision that cannot be taken.
    #[error(transparent)]
    Decision(#[from] DecisionError),
    /// A key that is none, or cannot be trusted so.
    #[error("the key cannot be trusted: {0}")]
    Key(String),
    /// Whose signatures they are cannot be told.
    #[error("{0}")]
    Signatures(String),
    /// It is not signed, and has to be.
    #[error("it is not signed, and this tenant takes in only what a key that it trusts has signed")]
    Unsigned,
    /// It is signed, and by nobody who is trusted.
    #[error("nobody who is trusted for it has signed it, and this tenant takes in nothing else: {0}")]
    Untrusted(String),
    /// It is a decision, which is not sent.
    #[error("it is a decision, and decisions are made and not sent")]
    Decided,
    /// It must not be taken away.
    #[error("it stays: {0}")]
    Kept(String),
    /// A thing that is not there.
    #[error("there is no {0}")]
    Missing(String),
}

impl Rejected {
    /// What the sender can do about it; nothing where the error says it.
    #[must_use]
    pub const fn help(&self) -> &'static str {
        match self {
            Self::Key(_) => {
                "give the public half in PEM, as `bartizan sign --new-key KEY` or `openssl pkey -in KEY -pubout` writes it"
            }
            Self::Unsigned => "sign it: `bartizan push --sign KEY FILE`, `bartizan scan --push --sign KEY`",
            Self::Untrusted(_) => {
                "sign it with a key that an administrator has registered in the console under Set-up, or have this one registered"
            }
            Self::Decided => "make it with `POST /api/v1/decisions`",
            _ => "",
        }
    }
}

pub(super) fn read(statement: &Statement<'_>) -> Result<What, Rejected> {
    match statement.predicate_type.as_str() {
        TEST_RESULT => read_scan(statement),
        CYCLONEDX | SPDX => read_bill(statement),
        DECISION => Ok(What::Decision(Decision::read(statement.predicate())?)),
        ADVISORIES => read_advisories(statement),
        ALERTS => Batch::read(statement.predicate())
            .map(|batch| What::Alerts(Box::new(batch)))
            .map_err(|error| broken(statement, error)),
        LINKS => read_links(statement),
        kind if kind.starts_with(PROVENANCE) => Ok(What::Provenance(statement.subject.clone())),
        _ => Ok(What::Other(statement.subject.clone())),
    }
}

fn broken(statement: &Statement<'_>, why: impl ToString) -> Rejected {
    Rejected::Predicate {
        kind: statement.predicate_type.clone(),
        why: why.to_string(),
    }
}

fn read_scan(statement: &Statement<'_>) -> Result<What, Rejected> {
    #[derive(Deserialize)]
    struct Head {
        schema: String,
    }
    let fields: BTreeMap<&str, &RawValue> =
        serde_json::from_str(statement.predicate()).map_err(|error| broken(statement, error))?;
    // A test result of another program is kept; it has nothing that we could bring into the graph.
    let Some(report) = fields.get(REPORT_FIELD) else {
        return Ok(What::Other(statement.subject.clone()));
    };
    let head: Head = serde_json::from_str(report.get()).map_err(|error| broken(statement, error))?;
    if head.schema != REPORT_SCHEMA {
        return Err(Rejected::Report(head.schema.chars().take(200).collect()));
    }
    let report: Report = serde_json::from_str(report.get()).map_err(|error| broken(statement, error))?;
    let mut prints = std::collections::HashSet::new();
    for finding in &report.findings {
        let print = finding.fingerprint.as_str();
        if Fingerprint::parse(print).is_none() {
            return Err(Rejected::Fingerprint(print.chars().take(64).collect()));
        }
        if !prints.insert(print) {
            return Err(Rejected::Twice(print.to_owned()));
        }
    }
    Ok(What::Scan(Box::new(report)))
}

fn read_bill(statement: &Statement<'_>) -> Result<What, Rejected> {
    let read = sbom::read(statement.predicate().as_bytes(), "sbom");
    if read.components.is_empty() && !read.problems.is_empty() {
        return Err(broken(statement, read.problems.join("; ")));
    }
    let Some(subject) = statement.subject.first() else {
        return Err(broken(statement, "it is of nothing"));
    };
    let finished = inventory::finish(read.components);
    Ok(What::Bill(Bill {
        subject: subject.clone(),
        components: finished.components,
        problems: read.problems,
    }))
}

fn read_links(statement: &Statement<'_>) -> Result<What, Rejected> {
    let links: Vec<Link> =
        serde_json::from_str(statement.predicate()).map_err(|error| broken(statement, error))?;
    for link in &links {
        Decision::check_link(&link.source, &link.kind, &link.target)?;
    }
    Ok(What::Links(links))
}

fn read_advisories(statement: &Statement<'_>) -> Result<What, Rejected> {
    let records: Vec<&RawValue> =
        serde_json::from_str(statement.predicate()).map_err(|error| broken(statement, error))?;
    let read = records
        .iter()
        .map(|record| Record::read(record.get().as_bytes()).map_err(|error| broken(statement, error)));
    read.collect::<Result<Vec<_>, _>>().map(What::Advisories)
}
