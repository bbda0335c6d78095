//! What the evidence of a tenant says of the controls of a framework.
//!
//! In: the graph of the tenant, the controls and tests of `bartizan_content`, and what is asked: a framework, of which things, at which
//! time. Out: assessments of `bartizan_ledger::compliance`. Findings are counted, not read: only where they are to be named are some of
//! them fetched.

mod findings;
mod gather;
mod narrow;

pub(crate) use gather::expires;
pub use narrow::Narrow;

use crate::http::Problem;
use bartizan_ledger::compliance::{CompliancePolicy, Framework, framework, keys};
use bartizan_model::compliance::{Assessment, AutomaticTest};
use bartizan_store::{Session, StoreError};
use std::sync::OnceLock;

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Name of the system: of the tenant.
    pub system: &'a str,
    /// Of which things.
    pub narrow: &'a Narrow,
    /// At which time, in milliseconds since 1970.
    pub now: i64,
    /// Whether findings are named, and not only counted.
    pub lists: bool,
}

/// Every framework, resolved once.
pub(crate) fn frameworks() -> &'static [Framework] {
    static RESOLVED: OnceLock<Vec<Framework>> = OnceLock::new();
    RESOLVED.get_or_init(|| keys().into_iter().filter_map(|key| framework(key).ok()).collect())
}

/// The framework of this name.
///
/// # Errors
/// A problem that names those that there are.
pub(crate) fn framework_of(key: &str) -> Result<&'static Framework, Problem> {
    frameworks()
        .iter()
        .find(|framework| framework.key.eq_ignore_ascii_case(key))
        .ok_or_else(|| {
            Problem::missing("such framework").help(format!("ask for one of {}", keys().join(", ")))
        })
}

/// What is known of every control of a framework.
///
/// # Errors
/// When there is no such framework or no such thing, or the store fails.
pub fn assessment(session: &mut Session<'_>, key: &str, asked: Asked<'_>) -> Result<Assessment, Problem> {
    let framework = framework_of(key)?;
    let bears = |test: &AutomaticTest| bears_on(test, framework);
    let gathered = gather::gather(session, asked, &bears)?;
    Ok(gathered.outcomes(asked.now).assess(framework))
}

/// What is known of one control: the assessment of a framework in which the tests of this control alone are asked.
///
/// # Errors
/// As [`assessment`], and when there is no such control.
pub(crate) fn control(
    session: &mut Session<'_>,
    (key, id): (&str, &str),
    asked: Asked<'_>,
) -> Result<(Assessment, usize), Problem> {
    let framework = framework_of(key)?;
    let at = framework
        .controls
        .iter()
        .position(|control| control.id.eq_ignore_ascii_case(id) || control.oscal.eq_ignore_ascii_case(id))
        .ok_or_else(|| {
            Problem::missing(&format!("such control in {}", framework.title))
                .help("the list of its controls is beside it, under /controls")
        })?;
    let wanted = framework
        .controls
        .get(at)
        .map_or("", |control| control.id.as_str());
    let bears = |test: &AutomaticTest| {
        let mut mappings = test.controls.iter();
        mappings.any(|one| one.control.framework == framework.catalog.framework && one.control.id == wanted)
    };
    let gathered = gather::gather(session, asked, &bears)?;
    Ok((gathered.outcomes(asked.now).assess(framework), at))
}

/// What is known of every control of every framework.
///
/// # Errors
/// When there is no such thing, or the store fails.
pub(crate) fn overview(session: &mut Session<'_>, asked: Asked<'_>) -> Result<Vec<Assessment>, Problem> {
    let gathered = gather::gather(session, asked, &|_| true)?;
    let outcomes = gathered.outcomes(asked.now);
    Ok(frameworks()
        .iter()
        .map(|framework| outcomes.assess(framework))
        .collect())
}

/// How many things a question is about.
///
/// # Errors
/// When there is no such thing, or the store fails.
pub(crate) fn things(session: &mut Session<'_>, narrow: &Narrow) -> Result<usize, Problem> {
    narrow.scope(session).map(|things| things.len())
}

/// What the tenant set about its assessments.
///
/// # Errors
/// Those of the store.
pub(crate) fn policy(session: &mut Session<'_>) -> Result<CompliancePolicy, StoreError> {
    // What is kept was read before it was kept.
    Ok(session
        .policy(crate::ingest::COMPLIANCE)?
        .and_then(|text| CompliancePolicy::read(&text).ok())
        .unwrap_or_default())
}

fn bears_on(test: &AutomaticTest, framework: &Framework) -> bool {
    let mut mappings = test.controls.iter();
    mappings.any(|one| one.control.framework == framework.catalog.framework)
}
