//! `META-INF/MANIFEST.MF` of a Java archive: what it says of itself where Maven left no record.
//!
//! <https://docs.oracle.com/en/java/javase/21/docs/specs/jar/jar.html>. A manifest names no coordinates of Maven. They
//! follow from it only where its vendor id is the group, or where its OSGi symbolic name is the group and the artifact's
//! name joined; otherwise the component has a name and a version but no ecosystem.

use super::{archive_of, name_and_version};
use crate::catalog::{Cataloger, Inventory, Package, Unreadable};
use bartizan_engine::Input;
use bartizan_model::{PackageUrlParts, Scope};
use std::collections::HashMap;

/// Reads the manifest of a Java archive.
pub struct Manifest;

pub(super) const ID: &str = "java-manifest";

impl Cataloger for Manifest {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "Manifests of Java archives"
    }

    fn tells_installed(&self, _path: &str) -> bool {
        true
    }

    fn reads(&self, path: &str) -> bool {
        path.ends_with("!/META-INF/MANIFEST.MF")
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        let text = String::from_utf8_lossy(input.bytes);
        let main = main_section(&text);
        let value = |names: &[&str]| {
            let mut values = names.iter().filter_map(|name| main.get(*name));
            values.next().map(String::as_str)
        };
        let archive = archive_of(input.path()).unwrap_or_default();
        let (artifact, version_of_file) = name_and_version(archive);
        let stated = value(&[
            "implementation-version",
            "bundle-version",
            "specification-version",
        ]);
        // The name of the file has the version of the release, perhaps with a classifier behind; a manifest may give
        // the version more parts.
        let version = match (version_of_file, stated) {
            (Some(file), Some(stated)) if file.starts_with(stated) => Some(stated),
            (file, stated) => file.or(stated),
        };
        let Some(version) = version.filter(|version| !version.contains("${")) else {
            // Without a version it is a plain archive of classes, such as the project's own.
            return Ok(());
        };
        let symbolic = value(&["bundle-symbolicname"]).and_then(|name| name.split(';').next());
        let group = symbolic
            .and_then(|name| name.trim().strip_suffix(artifact)?.strip_suffix('.'))
            .or_else(|| value(&["implementation-vendor-id"]).filter(|id| is_group(id)));
        out.add(Package {
            purl: PackageUrlParts {
                kind: if group.is_some() { "maven" } else { "generic" }.to_owned(),
                namespace: group.map(str::to_owned),
                name: artifact.to_owned(),
                version: Some(version.to_owned()),
                ..PackageUrlParts::default()
            },
            name: group.map_or_else(|| artifact.to_owned(), |group| format!("{group}:{artifact}")),
            ecosystem: group.map(|_| "Maven"),
            scope: Scope::Runtime,
            ..Package::default()
        });
        Ok(())
    }
}

/// Whether a text has the form of a reversed domain name.
fn is_group(text: &str) -> bool {
    text.contains('.')
        && text.split('.').all(|part| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
        })
}

/// Attributes up to the first empty line, by name in lower case; a line that begins with a space goes on with the last.
fn main_section(text: &str) -> HashMap<String, String> {
    let mut attributes: Vec<(String, String)> = Vec::new();
    for line in text.lines().take_while(|line| !line.trim().is_empty()) {
        if let Some(more) = line.strip_prefix(' ') {
            if let Some((_, value)) = attributes.last_mut() {
                value.push_str(more);
            }
        } else if let Some((name, value)) = line.split_once(':') {
            attributes.push((name.to_ascii_lowercase(), value.trim_start().to_owned()));
        }
    }
    attributes
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .collect()
}
