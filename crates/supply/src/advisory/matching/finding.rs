//! What a finding about a known vulnerability says.

use super::paths::Paths;
use super::{Hit, fixed};
use crate::advisory::exploit::Exploit;
use crate::advisory::naming;
use crate::advisory::range::Event;
use crate::advisory::rules::{MALICIOUS, VULNERABLE};
use crate::advisory::severity::Rating;
use crate::ecosystem::Ecosystem;
use bartizan_model::{
    AssetId, Component, Confidence, EvidenceStep, Finding, FingerprintBuilder, Fix, Severity,
};

/// Components of a way that are named.
const MOST_STEPS: usize = 8;

/// The finding that a component has the vulnerability that these records are about.
pub(super) fn of<'a>(
    ecosystem: &Ecosystem,
    component: &'a Component,
    hits: &[Hit<'_>],
    paths: &Paths<'a>,
) -> Finding {
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
    let purl = component.purl.to_string();
    let fingerprint = FingerprintBuilder::new(rule)
        .part(purl.as_bytes())
        .part(primary.as_bytes())
        .finish();
    let version = component.version.as_deref().unwrap_or_default();
    let what = format!("`{}` {version}", component.name);
    let mut finding = Finding::new(
        rule,
        (severity, Confidence::High),
        fingerprint,
        AssetId::from_text(purl),
    );
    let others = match ids.get(1..).unwrap_or_default() {
        [] => String::new(),
        others => format!(" ({})", others.join(", ")),
    };
    let judged = component
        .source
        .as_ref()
        .and_then(|source| source.version.as_deref())
        .unwrap_or(version);
    let judged = naming::version(ecosystem.name(), judged);
    let known_fix = fixed(ecosystem, judged, hits);
    if is_malicious {
        "Malicious package".clone_into(&mut finding.title);
        finding.message = format!("{what} was published to do harm: {primary}{others}");
        finding.cwe = vec!["CWE-506".to_owned()];
        finding.fix = Some(plain(format!(
            "remove {what}, and replace every credential that the machines which installed it could read"
        )));
    } else {
        "Package with a known vulnerability".clone_into(&mut finding.title);
        finding.message = format!("{what} is affected by {primary}{others}");
        finding.cwe = vec!["CWE-1395".to_owned()];
        finding.fix = known_fix.map(|fixed| {
            plain(format!(
                "upgrade `{}` from {version} to {fixed} or later",
                component.name
            ))
        });
    }
    finding.evidence = evidence(component, hits, paths);
    finding.locations = component.locations.clone();
    finding.ids = ids;
    finding
}

const fn plain(description: String) -> Fix {
    Fix {
        description,
        edits: Vec::new(),
    }
}

/// Every id, the one that most people know first.
fn ids(hits: &[Hit<'_>]) -> Vec<String> {
    let mut ids: Vec<String> = hits
        .iter()
        .flat_map(|hit| {
            let advisory = &hit.advisory;
            [&advisory.id]
                .into_iter()
                .chain(&advisory.aliases)
                .chain(&advisory.upstream)
        })
        .cloned()
        .collect();
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

fn evidence<'a>(component: &'a Component, hits: &[Hit<'_>], paths: &Paths<'a>) -> Vec<EvidenceStep> {
    let step = |message: String| EvidenceStep {
        message,
        location: None,
    };
    let mut steps = vec![EvidenceStep {
        message: format!("listed here as {}", component.purl),
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
    for hit in hits {
        let rating = hit.rating();
        let word = rating.severity().map_or_else(
            || "no severity given".to_owned(),
            |severity| match rating.score {
                Some(tenths) => format!("{severity}, CVSS {}.{}", tenths / 10, tenths % 10),
                None => severity.to_string(),
            },
        );
        steps.push(step(format!("{}: {} ({word})", hit.advisory.id, ranges(hit))));
    }
    let exploit = hits
        .iter()
        .map(|hit| hit.advisory.exploit)
        .fold(Exploit::default(), Exploit::max);
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
    steps
}

/// The ranges of a record in words.
fn ranges(hit: &Hit<'_>) -> String {
    let mut parts: Vec<String> = Vec::new();
    for (_, events) in hit.entries.iter().flat_map(|entry| &entry.listed.ranges) {
        for event in events {
            let part = match event {
                Event::Introduced("0") => "affected from the first version".to_owned(),
                Event::Introduced(version) => format!("affected from {version}"),
                Event::Fixed(version) => format!("fixed in {version}"),
                Event::LastAffected(version) => format!("affected up to {version}"),
                Event::Limit(_) => continue,
            };
            if parts.last() != Some(&part) {
                parts.push(part);
            }
        }
    }
    if parts.is_empty() {
        "the version is listed".to_owned()
    } else {
        parts.join(", ")
    }
}
