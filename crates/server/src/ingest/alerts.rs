//! Alerts of agents on hosts: evidence about the host, the pod and the image; a finding of the narrowest of them where the alert is pressing
//! enough; and whether all alerts of the agent came in.
//!
//! A finding is fixed once the agent watched for [`QUIET`] without a break, with the rule in force, and the rule did not fire.

use super::absorb::{Effect, Source};
use super::log::IngestError;
use super::policy::{Policy, Ways};
use super::row::{self, text};
use super::scan::{Merge, ways_of};
use super::{bearing, identity};
use bartizan_ledger::alerts::{Batch, Things, Told, finding_rule, severity};
use bartizan_model::{AssetId, Confidence, EvidenceStep, Finding, FingerprintBuilder, Fix, Severity};
use bartizan_store::graph::{AlertRow, AlertStreamRow, EdgeRow};
use bartizan_store::{Session, StoreError};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Milliseconds without an alert after which a finding is fixed.
const QUIET: i64 = 7 * 86_400_000;

/// The check that findings of alerts are made by.
const CHECK: &str = "detect/agent";

/// The rule of what the control plane itself finds of a stream.
const LACKING: &str = "Alerts are lacking";

pub(super) fn absorb(
    session: &mut Session<'_>,
    source: &Source<'_>,
    batch: &Batch,
) -> Result<Effect, IngestError> {
    let agent = &batch.head.agent;
    let host_key = identity::of_name(&agent.host);
    let host = session.see_asset(&host_key, source.at)?;
    let mut effect = Effect {
        asset: Some(host_key.clone()),
        ..Effect::default()
    };
    let (stream, lacking) = follow(session, source, batch, host)?;
    let known = stream.as_ref().map_or(0, |stream| stream.last);
    let new: Vec<&Told> = batch
        .alerts
        .iter()
        .filter(|alert| signed(alert.number) > known)
        .collect();
    let things: Vec<Things> = new.iter().map(|alert| Things::of(agent, alert)).collect();
    let ids = see_things(session, source, &host_key, &things)?;
    keep(session, source, host, &ids, (&new, &things))?;
    let mut findings = described(&new, &things);
    if lacking > 0 {
        effect.problems.push(format!(
            "{lacking} alerts that {} says it sent did not come in",
            agent.host
        ));
        findings.push(lacking_finding(&host_key, lacking));
    }
    let scope = format!("alerts {host_key}");
    open(session, source, &scope, &ids, findings, &mut effect)?;
    if batch.alerts.is_empty() {
        close_quiet(session, source, &scope, batch, &mut effect)?;
    }
    Ok(effect)
}

/// Brings the stream up to this batch. Out comes how it was before, and how many alerts lack that the agent counts as sent.
fn follow(
    session: &mut Session<'_>,
    source: &Source<'_>,
    batch: &Batch,
    host: i64,
) -> Result<(Option<AlertStreamRow>, i64), StoreError> {
    let head = &batch.head;
    let before = session.alert_stream(&head.stream)?;
    let (after, last) = (signed(head.after), signed(head.last));
    // Of a stream that is new nobody knows what came before.
    let known = before.as_ref().map_or(after, |before| before.last);
    let lacking = (after - known).max(0);
    // A batch that was sent before, in another form, says nothing new of what was dropped.
    let dropped = if last > known { signed(batch.dropped()) } else { 0 };
    session.set_alert_stream(&AlertStreamRow {
        stream: head.stream.clone(),
        host,
        name: text(&head.agent.name),
        version: text(&head.agent.version),
        first_heard: before.as_ref().map_or(source.at, |before| before.first_heard),
        last_heard: source.at,
        seq: source.seq,
        first: before.as_ref().map_or(after, |before| before.first),
        last: known.max(last),
        dropped: before.as_ref().map_or(0, |before| before.dropped) + dropped,
        lacking: before.as_ref().map_or(0, |before| before.lacking) + lacking,
    })?;
    Ok((before, lacking))
}

/// Numbers of things by their identities.
type Ids = HashMap<String, i64>;

/// Makes the things known that alerts are about, with what they have to do with one another.
fn see_things(
    session: &mut Session<'_>,
    source: &Source<'_>,
    host: &str,
    things: &[Things],
) -> Result<Ids, StoreError> {
    let keys: BTreeSet<&str> = things.iter().flat_map(Things::all).chain([host]).collect();
    let keys: Vec<&str> = keys.into_iter().collect();
    let ids = session.see_assets(&keys, source.at)?;
    for key in &keys {
        if let Some(asset) = ids.get(*key) {
            bearing::told(session, source, *asset, source.at)?;
        }
    }
    let edge = |from: &str, kind: &str, to: &str| {
        Some(EdgeRow {
            source: *ids.get(from)?,
            kind: kind.to_owned(),
            target: *ids.get(to)?,
        })
    };
    let mut edges = BTreeMap::new();
    for one in things {
        let Some(workload) = &one.workload else { continue };
        edges.insert((workload, &one.host), edge(workload, "runs_on", &one.host));
        if let Some(image) = &one.image {
            edges.insert((image, workload), edge(image, "deployed_as", workload));
        }
    }
    let edges: Vec<EdgeRow> = edges.into_values().flatten().collect();
    session.see_edges(&edges, source.seq)?;
    Ok(ids)
}

fn keep(
    session: &mut Session<'_>,
    source: &Source<'_>,
    host: i64,
    ids: &Ids,
    (alerts, things): (&[&Told], &[Things]),
) -> Result<(), StoreError> {
    let rows: Vec<(AlertRow, Vec<i64>)> = alerts
        .iter()
        .zip(things)
        .map(|(alert, things)| {
            let row = AlertRow {
                seq: source.seq,
                number: signed(alert.number),
                asset: ids.get(things.narrowest()).copied().unwrap_or(host),
                host,
                priority: alert.priority as i64,
                rule: text(&alert.rule),
                at: alert.time.unix_seconds().saturating_mul(1_000),
                output: text(&alert.output),
            };
            let about: BTreeSet<i64> = things.all().filter_map(|key| ids.get(key).copied()).collect();
            (row, about.into_iter().collect())
        })
        .collect();
    session.add_alerts(&rows)
}

/// One finding for each rule and thing, told by the last alert of it.
fn described(alerts: &[&Told], things: &[Things]) -> Vec<Finding> {
    let mut last: BTreeMap<(&str, &str), (&Told, Severity)> = BTreeMap::new();
    for (alert, things) in alerts.iter().zip(things) {
        if let Some(severity) = severity(alert.priority) {
            last.insert((things.narrowest(), &alert.rule), (alert, severity));
        }
    }
    let findings = last.into_iter().map(|((asset, name), (alert, severity))| {
        let mut finding = found(asset, name, severity);
        finding.message.clone_from(&alert.output);
        finding.evidence = evidence(alert);
        finding
    });
    findings.collect()
}

fn found(asset: &str, name: &str, severity: Severity) -> Finding {
    let rule = finding_rule(name);
    let print = FingerprintBuilder::new(&rule)
        .part(name.as_bytes())
        .part(asset.as_bytes())
        .finish();
    let confidence = Confidence::Medium;
    let mut finding = Finding::new(rule, (severity, confidence), print, AssetId::from_text(asset));
    CHECK.clone_into(&mut finding.check);
    name.clone_into(&mut finding.title);
    finding.fix = Some(Fix {
        description: format!("Find out who caused `{name}`, and end it"),
        edits: Vec::new(),
    });
    finding
}

fn evidence(alert: &Told) -> Vec<EvidenceStep> {
    let mut steps = vec![format!("it happened at {}", alert.time)];
    for (at, process) in alert.processes.iter().enumerate() {
        let how = if at == 0 { "process" } else { "started by" };
        steps.push(format!(
            "{how} {} `{}` of user {}: {}",
            process.pid, process.executable, process.user, process.command
        ));
    }
    let step = |message| EvidenceStep {
        message,
        location: None,
    };
    steps.into_iter().map(step).collect()
}

fn lacking_finding(host: &str, lacking: i64) -> Finding {
    let mut finding = found(host, LACKING, Severity::High);
    finding.message = format!(
        "{lacking} alerts did not come in though the agent says that it sent them: numbers of its stream lack"
    );
    finding
}

/// Opens findings on the things that have them, or says that they were seen again.
fn open(
    session: &mut Session<'_>,
    source: &Source<'_>,
    scope: &str,
    ids: &Ids,
    findings: Vec<Finding>,
    effect: &mut Effect,
) -> Result<(), StoreError> {
    if findings.is_empty() {
        return Ok(());
    }
    let policy = Policy::of(session, source.at)?;
    let mut merge = Merge::begin(session, source, &policy)?;
    let mut by_asset: BTreeMap<i64, Vec<Finding>> = BTreeMap::new();
    for finding in findings {
        if let Some(asset) = ids.get(finding.asset.as_str()) {
            by_asset.entry(*asset).or_default().push(finding);
        }
    }
    for (asset, findings) in by_asset {
        let Some(thing) = session.asset_by_id(asset)? else {
            continue;
        };
        let (scope, _) = session.see_scope(asset, scope, source.seq, source.at)?;
        let ways: Ways = ways_of(session, asset)?;
        let rules = policy.rules(&thing.key, &thing.labels, &ways);
        for one in row::describe(session, &findings, &[], &rules)? {
            merge.know_everywhere(session, &one, &[asset])?;
            merge.one(one, asset, scope, effect);
        }
    }
    merge.write(session)
}

/// Fixes what the agent did not see again though it watched for it long enough.
fn close_quiet(
    session: &mut Session<'_>,
    source: &Source<'_>,
    scope: &str,
    batch: &Batch,
    effect: &mut Effect,
) -> Result<(), StoreError> {
    let watch = &batch.head.watch;
    let since = watch.since.unix_seconds().saturating_mul(1_000);
    // Whose clock is ahead proves nothing by it.
    let sealed = batch.head.sealed.unix_seconds().saturating_mul(1_000);
    if since + QUIET > sealed.min(source.at) {
        return Ok(());
    }
    let quiet = session.quiet_findings(scope, source.at - QUIET)?;
    let in_force: BTreeSet<String> = watch.rules.iter().map(|rule| finding_rule(rule)).collect();
    let own = finding_rule(LACKING);
    let policy = Policy::of(session, source.at)?;
    let mut merge = Merge::begin(session, source, &policy)?;
    let mut elsewhere: HashMap<i64, Vec<(i64, i64)>> = HashMap::new();
    for (row, scope) in quiet {
        if row.rule != own && !in_force.contains(&row.rule) {
            continue;
        }
        if let std::collections::hash_map::Entry::Vacant(vacant) = elsewhere.entry(row.asset) {
            vacant.insert(session.sightings_of_asset(row.asset)?);
        }
        let is_elsewhere = elsewhere.get(&row.asset).is_some_and(|seen| {
            seen.iter()
                .any(|(finding, other)| *finding == row.id && *other != scope)
        });
        merge.leave(&row, scope, is_elsewhere, effect);
    }
    merge.write(session)
}

/// A number of an alert; the reader of batches lets none through that is too large.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
