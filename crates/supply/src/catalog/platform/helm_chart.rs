//! `Chart.lock` and `Chart.yaml`, and `requirements.lock` and `requirements.yaml` of Helm 2: the charts that a chart
//! depends on. <https://helm.sh/docs/topics/charts/#chart-dependencies>

use crate::catalog::form::outline::{self, Entry, Separator};
use crate::catalog::form::{purl, text};
use crate::catalog::{Cataloger, Inventory, Package, Unreadable, file_name};
use bartizan_engine::Input;
use bartizan_model::Scope;

/// Reads the dependencies of Helm charts.
pub struct HelmChart;

impl Cataloger for HelmChart {
    fn id(&self) -> &'static str {
        "helm-chart"
    }

    fn title(&self) -> &'static str {
        "Dependencies of Helm charts"
    }

    fn reads(&self, path: &str) -> bool {
        matches!(
            file_name(path),
            "Chart.lock" | "Chart.yaml" | "requirements.lock" | "requirements.yaml"
        )
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        let file = outline::read(text(input)?, Separator::Colon)?;
        for entry in file.entries_of("dependencies") {
            let repository = entry.value_of("repository").unwrap_or_default();
            // A chart beside this one, or within it, is the project's own.
            if repository.is_empty() || repository.starts_with("file:") {
                continue;
            }
            match entry.value_of("name") {
                Some(name) => {
                    out.add(package(entry, name, repository));
                }
                None => out.problem("a chart without a name"),
            }
        }
        Ok(())
    }
}

fn package(entry: &Entry<'_>, name: &str, repository: &str) -> Package {
    let version = entry.value_of("version").filter(|version| is_exact(version));
    let mut purl = purl("helm", None, name, version);
    purl.qualifiers
        .insert("repository_url".to_owned(), repository.to_owned());
    let conditional = entry.get("condition").or_else(|| entry.get("tags")).is_some();
    Package {
        purl,
        scope: if conditional {
            Scope::Optional
        } else {
            Scope::Runtime
        },
        direct: Some(true),
        at: entry.at.clone(),
        ..Package::default()
    }
}

/// Whether a requirement is one version with all its numbers, rather than a range.
fn is_exact(version: &str) -> bool {
    let digits = version.strip_prefix('v').unwrap_or(version);
    let core = digits.split(['-', '+']).next().unwrap_or(digits);
    let numbers = core
        .split('.')
        .filter(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    numbers.count() == 3 && core.split('.').count() == 3 && !version.contains([' ', '|', ','])
}
