//! New advisories: which of the components that are known somewhere they speak of, and what that means for every thing that has them.

use super::absorb::{Effect, Source};
use super::log::IngestError;
use super::scan::Merge;
use super::what::Rejected;
use bartizan_model::{
    Component, Finding, Location, REPORT_SCHEMA, Remedy, Report, Stats, Target, Timestamp, Tool, Verdict,
};
use bartizan_store::graph::ComponentRow;
use bartizan_store::{Session, StoreError};
use bartizan_supply::advisory::exploit::Exploits;
use bartizan_supply::advisory::index::{Builder, Index};
use bartizan_supply::advisory::record::Record;
use bartizan_supply::advisory::{AdvisoryCheck, matching};
use std::collections::{BTreeMap, HashSet};

/// Components of one name that are looked at.
const MOST: i64 = 1_000_000;

/// In which scope findings are that an advisory brought: a later scan of the bill of materials says when they are gone.
const SCOPE: &str = "sbom";

pub(super) fn absorb(
    session: &mut Session<'_>,
    source: &Source<'_>,
    records: &[Record],
) -> Result<Effect, IngestError> {
    let rows = spoken_of(session, records)?;
    let components: Vec<Component> = rows.values().filter_map(component_of).collect();
    let ids: BTreeMap<String, i64> = rows.values().map(|row| (row.purl.clone(), row.id)).collect();
    let matched = matches(records, &components, source.at)?;
    // By thing: what was found of it, and what closes that.
    let mut by_asset: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    for (at, finding) in matched.findings.iter().enumerate() {
        let Some(component) = ids.get(finding.asset.as_str()) else {
            continue;
        };
        for bill in session.bills_with(*component, 0, i64::MAX)? {
            by_asset.entry(bill.asset).or_default().push(at);
        }
    }
    let mut effect = Effect::default();
    for (asset, found) in by_asset {
        let Some(row) = session.asset_by_id(asset)? else {
            continue;
        };
        let findings: Vec<Finding> = found
            .iter()
            .filter_map(|&at| matched.findings.get(at).cloned())
            .collect();
        let report = report(findings, &matched.remedies, source.at);
        let (scope, _) = session.see_scope(asset, SCOPE, source.seq, source.at)?;
        let mut merge = Merge::begin(session, source, (asset, &row.key), scope)?;
        merge.reported(session, &report, &mut effect)?;
        merge.write(session)?;
    }
    Ok(effect)
}

/// Known components with a name that the advisories have.
fn spoken_of(
    session: &mut Session<'_>,
    records: &[Record],
) -> Result<BTreeMap<i64, ComponentRow>, StoreError> {
    let names: HashSet<&str> = records
        .iter()
        .flat_map(|record| &record.affected)
        .map(|affected| affected.name.as_str())
        .collect();
    let mut rows = BTreeMap::new();
    for name in names {
        for row in session.components_called(name, MOST)? {
            rows.insert(row.id, row);
        }
    }
    Ok(rows)
}

fn component_of(row: &ComponentRow) -> Option<Component> {
    let purl = row.purl.parse().ok()?;
    let mut component = Component::new(purl, row.name.clone(), "sbom", Location::of_file("sbom"));
    component.version.clone_from(&row.version);
    component.ecosystem.clone_from(&row.ecosystem);
    component.source = row.source_name.clone().map(|name| bartizan_model::SourcePackage {
        name,
        version: row.source_version.clone(),
    });
    Some(component)
}

fn matches(records: &[Record], components: &[Component], at: i64) -> Result<matching::Matches, IngestError> {
    let broken = |why: String| {
        IngestError::Rejected(Rejected::Predicate {
            kind: "advisories".to_owned(),
            why,
        })
    };
    let mut builder = Builder::new();
    for record in records {
        builder.add(record.clone());
    }
    let built = Timestamp::from_unix_seconds(at.div_euclid(1_000));
    let bytes = builder
        .finish(&Exploits::default(), built)
        .map_err(|error| broken(error.to_string()))?;
    let index = Index::open(bytes.as_slice()).map_err(|error| broken(error.to_string()))?;
    let mut found = matching::find(&index, components, 1).map_err(|error| broken(error.to_string()))?;
    for finding in &mut found.findings {
        AdvisoryCheck::ID.clone_into(&mut finding.check);
    }
    Ok(found)
}

/// What was found, in the form in which scans tell it.
fn report(findings: Vec<Finding>, remedies: &[Remedy], at: i64) -> Report {
    let own: HashSet<_> = findings.iter().map(|finding| &finding.fingerprint).collect();
    let remedies = remedies
        .iter()
        .filter(|remedy| {
            remedy
                .closes
                .iter()
                .chain(&remedy.leaves)
                .any(|print| own.contains(print))
        })
        .cloned()
        .collect();
    Report {
        schema: REPORT_SCHEMA.to_owned(),
        tool: Tool {
            name: "bartizan".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            rules_digest: String::new(),
            only: Vec::new(),
            skip: Vec::new(),
        },
        target: Target {
            kind: "sbom".to_owned(),
            ..Target::default()
        },
        started: Timestamp::from_unix_seconds(at.div_euclid(1_000)),
        verdict: Verdict::Allow,
        remedies,
        findings,
        components: Vec::new(),
        checks: Vec::new(),
        skipped: Vec::new(),
        stats: Stats::default(),
    }
}
