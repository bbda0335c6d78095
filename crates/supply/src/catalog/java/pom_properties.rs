//! `META-INF/maven/GROUP/ARTIFACT/pom.properties`: what Maven records in the archives it builds. A shaded archive has one
//! for each artifact that was merged into it.
//!
//! <https://maven.apache.org/shared/maven-archiver/index.html>

use super::archive_of;
use crate::catalog::{Cataloger, Inventory, Package, Unreadable, file_name};
use bartizan_engine::Input;
use bartizan_model::{PackageUrlParts, Scope};

/// Reads what Maven recorded in a Java archive.
pub struct PomProperties;

pub(super) const ID: &str = "java-pom-properties";

impl Cataloger for PomProperties {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "Artifacts of Maven in Java archives"
    }

    fn tells_installed(&self, _path: &str) -> bool {
        true
    }

    fn reads(&self, path: &str) -> bool {
        file_name(path) == "pom.properties"
            && path.contains("!/META-INF/maven/")
            && archive_of(path).is_some()
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        let text = String::from_utf8_lossy(input.bytes);
        let property = |name: &str| {
            text.lines()
                .filter_map(|line| line.split_once(['=', ':']))
                .find(|(key, _)| key.trim() == name)
                .map(|(_, value)| value.trim())
                .filter(|value| !value.is_empty() && !value.contains("${"))
        };
        let (Some(group), Some(artifact)) = (property("groupId"), property("artifactId")) else {
            return Err(Unreadable(
                "it names no artifact: groupId or artifactId is missing".to_owned(),
            ));
        };
        out.add(Package {
            purl: PackageUrlParts {
                kind: "maven".to_owned(),
                namespace: Some(group.to_owned()),
                name: artifact.to_owned(),
                version: property("version").map(str::to_owned),
                ..PackageUrlParts::default()
            },
            name: format!("{group}:{artifact}"),
            ecosystem: Some("Maven"),
            scope: Scope::Runtime,
            ..Package::default()
        });
        Ok(())
    }
}
