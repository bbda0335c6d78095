//! What a finding about a known vulnerability says.

use super::Hit;
use super::paths::Paths;
use crate::advisory::exploit::Exploit;
use crate::advisory::naming;
use crate::advisory::range::Event;
use crate::advisory::rules::{MALICIOUS, VULNERABLE};
use crate::advisory::severity::Rating;
use crate::ecosystem::Ecosystem;
use crate::version::{Scheme, VersionKey};
use bartizan_model::{
    AssetId, Component, Confidence, EvidenceStep, Finding, FingerprintBuilder, Fix, Risk, Scope, Severity,
};
use std::fmt::Write;

/// Components of a way that are named.
const MOST_STEPS: usize = 8;

/// A component that has at least one vulnerability, with what all its findings say.
pub(super) struct Subject<'a> {
    component: &'a Component,
    purl: String,
    /// Name and version in words.
    what: String,
    scheme: Scheme,
    /// The version that advisories speak of: that of the source package where there is one.
    now: VersionKey,
    /// How it was found and why it is there.
    origin: Vec<EvidenceStep>,
}

impl<'a> Subject<'a> {
    pub(super) fn new(ecosystem: &Ecosystem, component: &'a Component, paths: &Paths<'a>) -> Self {
        let purl = component.purl.to_string();
        let version = component.version.as_deref().unwrap_or_default();
        let of_source = component
            .source
            .as_ref()
            .and_then(|source| source.version.as_deref());
        let judged = naming::version(ecosystem.name(), of_source.unwrap_or(version));
        let scheme = ecosystem.scheme().unwrap_or(Scheme::SemVer);
        Self {
            origin: origin(component, &purl, paths),
            what: format!("`{}` {version}", component.name),
            now: scheme.key(judged),
            scheme,
            component,
            purl,
        }
    }

    /// The version that advisories speak of, as a key.
    pub(super) const fn version(&self) -> (Scheme, &VersionKey) {
        (self.scheme, &self.now)
    }

    /// The finding that it has the vulnerability that these records are about, which give their ids away.
    pub(super) fn finding(&self, hits: &mut [Hit<'_>], fixed: Option<&str>) -> Finding {
        let mut evidence = Vec::with_capacity(self.origin.len() + hits.len() + 2);
        evidence.extend_from_slice(&self.origin);
        add_evidence(&mut evidence, hits);
        let ids = ids(hits);
        let primary = ids.first().map_or("", String::as_str);
        let is_malicious = ids.iter().any(|id| id.starts_with("MAL-"));
        let rule = if is_malicious { MALICIOUS } else { VULNERABLE };
        let rating = hits.iter().map(Hit::rating).fold(Rating::default(), Rating::max);
        let severity = if is_malicious {
            Severity::Critical
        } else {
            rating.severity().unwrap_or(Severity::Medium)
        };
        let fingerprint = FingerprintBuilder::new(rule)
            .part(self.purl.as_bytes())
            .part(primary.as_bytes())
            .finish();
        let mut finding = Finding::new(
            rule,
            (severity, Confidence::High),
            fingerprint,
            AssetId::from_text(self.purl.as_str()),
        );
        let what = self.what.as_str();
        if is_malicious {
            "Malicious package".clone_into(&mut finding.title);
            finding.message = said(&[what, " was published to do harm: "], &ids);
            finding.cwe = vec!["CWE-506".to_owned()];
            finding.fix = Some(plain(format!(
                "remove {what}, and replace every credential that the machines which installed it could read"
            )));
        } else {
            "Package with a known vulnerability".clone_into(&mut finding.title);
            finding.message = said(&[what, " is affected by "], &ids);
            finding.cwe = vec!["CWE-1395".to_owned()];
            finding.fix = fixed.map(|fixed| {
                let version = self.component.version.as_deref().unwrap_or_default();
                let words = [
                    "upgrade `",
                    &self.component.name,
                    "` from ",
                    version,
                    " to ",
                    fixed,
                    " or later",
                ];
                plain(words.concat())
            });
        }
        finding.risk = Some(self.risk(rating, is_malicious, hits));
        finding.evidence = evidence;
        finding.locations.clone_from(&self.component.locations);
        finding.ids = ids;
        finding
    }
}

impl Subject<'_> {
    fn risk(&self, rating: Rating, is_malicious: bool, hits: &[Hit<'_>]) -> Risk {
        let exploit = exploit(hits);
        let by_vector = rating.score.is_some();
        Risk {
            score: rating.score.map(|tenths| f32::from(tenths) / 10.0),
            exploited: exploit.known || is_malicious,
            ransomware: exploit.ransomware,
            probability: exploit
                .probability
                .map(|hundredths| f32::from(hundredths) / 10_000.0),
            automatable: by_vector.then_some(rating.automatable),
            total_impact: by_vector.then_some(rating.total_impact),
            development_only: self.component.scope == Scope::Development,
            loaded: None,
        }
    }
}

/// What is known of exploitation by any of the records.
fn exploit(hits: &[Hit<'_>]) -> Exploit {
    hits.iter()
        .map(|hit| hit.advisory.exploit)
        .fold(Exploit::default(), Exploit::max)
}

const fn plain(description: String) -> Fix {
    Fix {
        description,
        edits: Vec::new(),
    }
}

/// Words, and then the first id with the others behind it in brackets.
fn said(words: &[&str], ids: &[String]) -> String {
    let length =
        words.iter().map(|word| word.len()).sum::<usize>() + ids.iter().map(|id| id.len() + 3).sum::<usize>();
    let mut out = String::with_capacity(length);
    words.iter().for_each(|word| out.push_str(word));
    for (at, id) in ids.iter().enumerate() {
        out.push_str(match at {
            0 => "",
            1 => " (",
            _ => ", ",
        });
        out.push_str(id);
    }
    if ids.len() > 1 {
        out.push(')');
    }
    out
}

/// Every id, the one that most people know first. They are taken from the records.
fn ids(hits: &mut [Hit<'_>]) -> Vec<String> {
    let mut ids = Vec::with_capacity(hits.len() * 2);
    for hit in hits {
        let advisory = &mut hit.advisory;
        ids.push(std::mem::take(&mut advisory.id));
        ids.append(&mut advisory.aliases);
        ids.append(&mut advisory.upstream);
    }
    let rank = |id: &str| match id.split('-').next() {
        Some("MAL") => 0,
        Some("CVE") => 1,
        Some("GHSA") => 2,
        _ => 3,
    };
    ids.sort_by(|a, b| (rank(a), a).cmp(&(rank(b), b)));
    ids.dedup();
    ids
}

const fn step(message: String) -> EvidenceStep {
    EvidenceStep {
        message,
        location: None,
    }
}

fn origin<'a>(component: &'a Component, purl: &str, paths: &Paths<'a>) -> Vec<EvidenceStep> {
    let mut steps = vec![EvidenceStep {
        message: format!("listed here as {purl}"),
        location: component.locations.first().cloned(),
    }];
    if let Some(source) = &component.source {
        let version = source.version.as_deref().or(component.version.as_deref());
        steps.push(step(format!(
            "built from the source package {} {}",
            source.name,
            version.unwrap_or_default()
        )));
    }
    let path = paths.to(component);
    if !path.is_empty() {
        let named: Vec<String> = path
            .iter()
            .take(MOST_STEPS)
            .map(|step| format!("{} {}", step.name, step.version.as_deref().unwrap_or_default()))
            .collect();
        let more = if path.len() > MOST_STEPS { " → …" } else { "" };
        steps.push(step(format!("required by {}{more}", named.join(" → "))));
    }
    steps
}

fn add_evidence(steps: &mut Vec<EvidenceStep>, hits: &[Hit<'_>]) {
    for hit in hits {
        let mut message = String::with_capacity(96);
        message.push_str(&hit.advisory.id);
        message.push_str(": ");
        write_ranges(&mut message, hit);
        write_rating(&mut message, hit.rating());
        steps.push(step(message));
    }
    let exploit = exploit(hits);
    if exploit.known {
        let how = if exploit.ransomware {
            ", by ransomware too"
        } else {
            ""
        };
        steps.push(step(format!("known to be exploited{how} (CISA KEV)")));
    }
    if let Some(probability) = exploit.probability {
        steps.push(step(format!(
            "exploited within thirty days with a probability of {}.{:02} % (FIRST EPSS)",
            probability / 100,
            probability % 100
        )));
    }
}

fn write_rating(out: &mut String, rating: Rating) {
    let Some(severity) = rating.severity() else {
        out.push_str(" (no severity given)");
        return;
    };
    // Writing to a text never fails.
    let _ = match rating.score {
        Some(tenths) => write!(out, " ({severity}, CVSS {}.{})", tenths / 10, tenths % 10),
        None => write!(out, " ({severity})"),
    };
}

/// The ranges of a record in words; what two entries say alike is said once.
fn write_ranges(out: &mut String, hit: &Hit<'_>) {
    let mut before = None;
    let ranges = hit.entries.iter().flat_map(|entry| &entry.listed.ranges);
    for event in ranges.flat_map(|(_, events)| events) {
        if matches!(event, Event::Limit(_)) || before == Some(event) {
            continue;
        }
        if before.is_some() {
            out.push_str(", ");
        }
        let (words, version) = match event {
            Event::Introduced("0") => ("affected from the first version", ""),
            Event::Introduced(version) => ("affected from ", *version),
            Event::Fixed(version) => ("fixed in ", *version),
            Event::LastAffected(version) | Event::Limit(version) => ("affected up to ", *version),
        };
        out.push_str(words);
        out.push_str(version);
        before = Some(event);
    }
    if before.is_none() {
        out.push_str("the version is listed");
    }
}
