//! What the two forms of a bill of materials have in common: a stable identity, what was left unread, and the facts that
//! neither format has a field for.

use bartizan_model::{CheckStatus, Component, FingerprintBuilder, Report};

/// A UUID of version 8 (RFC 9562: the bits are the maker's own) that depends on the target, the program, the components and
/// what is said of them alone: two runs over the same bytes with the same knowledge name the same document.
pub(crate) fn uuid(report: &Report, form: &str) -> String {
    let target = &report.target;
    let mut builder = FingerprintBuilder::new("bill of materials")
        .part(form.as_bytes())
        .part(report.tool.version.as_bytes())
        .part(target.name.as_bytes())
        .part(target.sha256.as_deref().unwrap_or_default().as_bytes())
        .part(target.commit.as_deref().unwrap_or_default().as_bytes());
    for component in &report.components {
        builder = builder.part(format!("{component:?}").as_bytes());
    }
    for finding in &report.findings {
        builder = builder
            .part(finding.fingerprint.as_str().as_bytes())
            .part(format!("{:?}", finding.waiver).as_bytes());
    }
    for line in unread(report) {
        builder = builder.part(line.as_bytes());
    }
    let digest = builder.finish();
    let digits = digest.as_str();
    let slice = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    let variant = match slice(16, 17) {
        "0" | "4" | "8" | "c" => "8",
        "1" | "5" | "9" | "d" => "9",
        "2" | "6" | "a" | "e" => "a",
        _ => "b",
    };
    format!(
        "{}-{}-8{}-{variant}{}-{}",
        slice(0, 8),
        slice(8, 12),
        slice(13, 16),
        slice(17, 20),
        slice(20, 32)
    )
}

/// What the inventory did not look at, one line each: a bill with such lines is not complete.
pub(crate) fn unread(report: &Report) -> Vec<String> {
    // Other checks look for problems; what they missed hides no component.
    let checks = report
        .checks
        .iter()
        .filter(|check| check.required && check.check.starts_with("supply/"));
    let mut lines: Vec<String> = checks
        .flat_map(|check| match &check.status {
            CheckStatus::Ran | CheckStatus::NotApplicable { .. } => Vec::new(),
            CheckStatus::Partial { errors } => errors.clone(),
            CheckStatus::Skipped { reason } => vec![format!("{} did not run: {reason}", check.check)],
            CheckStatus::Failed { error } => vec![format!("{} failed: {error}", check.check)],
        })
        .collect();
    let skipped = report.skipped.iter().filter(|thing| thing.required);
    lines.extend(skipped.map(|thing| format!("{}: {}", thing.path, thing.reason)));
    lines
}

/// The facts of a component that neither format has a field for, by the name under which they are written.
pub(crate) fn properties(component: &Component) -> Vec<(&'static str, String)> {
    let mut all = Vec::new();
    all.push(("bartizan:cataloger", component.cataloger.clone()));
    if let Some(direct) = component.direct {
        all.push(("bartizan:direct", direct.to_string()));
    }
    if let Some(ecosystem) = &component.ecosystem {
        all.push(("bartizan:ecosystem", ecosystem.clone()));
    }
    if component.name != component.purl.usual_name() {
        all.push(("bartizan:name", component.name.clone()));
    }
    if let Some(source) = &component.source {
        all.push(("bartizan:source:name", source.name.clone()));
        all.extend(
            source
                .version
                .clone()
                .map(|version| ("bartizan:source:version", version)),
        );
    }
    all
}
