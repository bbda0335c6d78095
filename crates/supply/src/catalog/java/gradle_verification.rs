//! `gradle/verification-metadata.xml`. <https://docs.gradle.org/current/userguide/dependency_verification.html>
//!
//! It lists everything that Gradle has fetched, plugins included. What was fetched of a component is only its description
//! (`.pom`, `.module`) where nothing of it is used.

use super::MAVEN;
use crate::catalog::form::xml::{self, Element};
use crate::catalog::form::{hash, purl};
use crate::catalog::{Cataloger, Inventory, Package, Unreadable, file_name};
use bartizan_engine::Input;

/// Reads the verification metadata of Gradle.
pub struct GradleVerification;

impl Cataloger for GradleVerification {
    fn id(&self) -> &'static str {
        "gradle-verification"
    }

    fn title(&self) -> &'static str {
        "Verification metadata of Gradle"
    }

    fn reads(&self, path: &str) -> bool {
        file_name(path) == "verification-metadata.xml"
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        let document = xml::read(&String::from_utf8_lossy(input.bytes))?;
        let Some(root) = document.get("verification-metadata") else {
            return Err(Unreadable("it is no verification metadata of Gradle".to_owned()));
        };
        for component in root.all("components").flat_map(|list| list.all("component")) {
            let described = |artifact: &Element| {
                let name = artifact.attribute("name").unwrap_or_default();
                name.ends_with(".pom") || name.ends_with(".module")
            };
            let mut artifacts = component.all("artifact").peekable();
            if artifacts.peek().is_some() && component.all("artifact").all(described) {
                continue;
            }
            let parts = (
                component.attribute("group"),
                component.attribute("name"),
                component.attribute("version"),
            );
            let (Some(group), Some(name), Some(version)) = parts else {
                out.problem("a component without group, name or version");
                continue;
            };
            let sums = artifacts
                .filter(|one| !described(one))
                .flat_map(|one| &one.elements);
            out.add(Package {
                purl: purl("maven", Some(group), name, Some(version)),
                name: format!("{group}:{name}"),
                ecosystem: Some(MAVEN),
                hashes: sums
                    .filter_map(|sum| hash(&sum.name, sum.attribute("value")?))
                    .collect(),
                at: component.at.clone(),
                ..Package::default()
            });
        }
        Ok(())
    }
}
