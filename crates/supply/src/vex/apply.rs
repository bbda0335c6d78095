//! Statements meet findings.

use super::{Document, Product, Statement, Status};
use bartizan_model::{EvidenceStep, Finding, ImageIdentity, PackageUrl, Waiver, WaiverOrigin};
use std::collections::HashMap;

/// Lets statements speak of findings about packages. A finding that no other waiver covers is waived where the latest statement about it
/// says `not_affected` or `fixed`; where it says something else, the finding says so too. `image` is what was scanned, where that
/// was an image; `components` are all that were found. The findings that were waived are counted.
pub fn apply(
    documents: &[(String, Document)],
    findings: &mut [Finding],
    image: Option<&ImageIdentity>,
    components: &[&PackageUrl],
) -> usize {
    let mut by_id: HashMap<&str, Vec<(&str, &Statement)>> = HashMap::new();
    for (path, document) in documents {
        for statement in &document.statements {
            for id in &statement.ids {
                by_id.entry(id).or_default().push((path, statement));
            }
        }
    }
    let mut waived = 0;
    if by_id.is_empty() {
        return waived;
    }
    for finding in findings.iter_mut() {
        let Some(asset) = purl_of(finding) else { continue };
        let spoken = finding
            .ids
            .iter()
            .filter_map(|id| by_id.get(id.as_str()))
            .flatten();
        let is_about = |statement: &Statement| {
            let mut products = statement.products.iter();
            products.any(|product| product.holds(&asset, image, components))
        };
        let latest = spoken
            .filter(|(_, statement)| is_about(statement))
            .max_by_key(|(_, statement)| statement.since);
        let Some((path, statement)) = latest.copied() else {
            continue;
        };
        let quiet = matches!(statement.status, Status::NotAffected | Status::Fixed);
        if quiet && !finding.is_waived() {
            finding.waiver = Some(statement.waiver(path));
            waived += 1;
        } else if !quiet {
            finding.evidence.push(EvidenceStep {
                message: statement.in_words(path),
                location: None,
            });
        }
    }
    waived
}

/// The package that a finding is about.
fn purl_of(finding: &Finding) -> Option<PackageUrl> {
    let text = finding.asset.as_str();
    text.starts_with("pkg:")
        .then(|| PackageUrl::parse_lenient(text).ok())
        .flatten()
}

impl Product {
    /// Whether the statement is about this package. One about parts of a product counts where the product is what was scanned, one of
    /// the components, or cannot be compared with what was scanned: then the user, who named the document, says that it is.
    fn holds(&self, asset: &PackageUrl, image: Option<&ImageIdentity>, components: &[&PackageUrl]) -> bool {
        if self.parts.is_empty() {
            return covers(&self.id, asset) || image.is_some_and(|image| is_image(&self.id, image));
        }
        let is_here = image.is_none_or(|image| is_image(&self.id, image))
            || components.iter().any(|one| covers(&self.id, one));
        is_here && self.parts.iter().any(|part| covers(part, asset))
    }
}

/// Whether what `stated` names is this image: by its digest, or by its name where no digest is stated.
fn is_image(stated: &PackageUrl, image: &ImageIdentity) -> bool {
    if !matches!(stated.kind(), "oci" | "docker") {
        return false;
    }
    match stated.version() {
        Some(version) if version.contains(':') => {
            [&image.digest, &image.config].contains(&&version.to_owned())
        }
        _ => image.purl().is_some_and(|purl| {
            purl.name() == stated.name()
                && stated
                    .version()
                    .is_none_or(|tag| purl.qualifier("tag") == Some(tag))
                && stated
                    .qualifiers()
                    .iter()
                    .all(|(key, value)| purl.qualifier(key) == Some(value))
        }),
    }
}

/// Whether what `stated` names includes `actual`: the same package, of the same version and with the same qualifiers where those are
/// named.
fn covers(stated: &PackageUrl, actual: &PackageUrl) -> bool {
    let same = |of: fn(&PackageUrl) -> Option<&str>| of(stated).is_none() || of(stated) == of(actual);
    stated.kind() == actual.kind()
        && stated.namespace() == actual.namespace()
        && stated.name() == actual.name()
        && same(PackageUrl::version)
        && stated
            .qualifiers()
            .iter()
            .all(|(key, value)| !is_narrowing(key) || actual.qualifier(key) == Some(value))
}

/// Qualifiers that tell packages apart; others say where a package can be had.
fn is_narrowing(key: &str) -> bool {
    matches!(key, "arch" | "distro" | "epoch" | "type" | "classifier")
}

impl Statement {
    fn waiver(&self, path: &str) -> Waiver {
        let word = match self.status {
            Status::Fixed => "fixed",
            _ => "not affected",
        };
        let reasons = [
            word,
            self.justification.as_deref().unwrap_or_default(),
            &self.note,
        ];
        let reasons: Vec<&str> = reasons.into_iter().filter(|reason| !reason.is_empty()).collect();
        Waiver {
            rule: None,
            fingerprint: None,
            scope: None,
            reason: reasons.join(": "),
            owner: self.author.clone(),
            until: None,
            vex: self.justification.clone(),
            origin: WaiverOrigin::Vex {
                path: path.to_owned(),
                statement: self.number,
                fixed: self.status == Status::Fixed,
            },
        }
    }

    fn in_words(&self, path: &str) -> String {
        let word = match self.status {
            Status::Affected => "affected",
            Status::UnderInvestigation => "under investigation",
            Status::NotAffected => "not affected",
            Status::Fixed => "fixed",
        };
        let note = if self.note.is_empty() {
            String::new()
        } else {
            format!(": {}", self.note)
        };
        format!("{path}, statement {}, says {word}{note}", self.number)
    }
}
