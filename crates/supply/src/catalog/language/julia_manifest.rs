//! `Manifest.toml`, of Julia, formats 1 and 2. <https://pkgdocs.julialang.org/v1/toml-files/#Manifest.toml>
//!
//! Libraries that come with Julia have no version of their own, but that of Julia where it stands there.

use crate::catalog::form::graph::{Graph, Node};
use crate::catalog::form::table::{self, Table};
use crate::catalog::form::{major, purl, text};
use crate::catalog::{Cataloger, Inventory, Package, Unreadable, file_name};
use bartizan_engine::Input;
use std::collections::HashMap;

/// Reads manifests of Julia.
pub struct JuliaManifest;

impl Cataloger for JuliaManifest {
    fn id(&self) -> &'static str {
        "julia-manifest"
    }

    fn title(&self) -> &'static str {
        "Manifests of Julia"
    }

    fn reads(&self, path: &str) -> bool {
        let name = file_name(path);
        matches!(name, "Manifest.toml" | "JuliaManifest.toml")
            || name.starts_with("Manifest-v") && name.ends_with(".toml")
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        table::read(text(input)?, "manifest of Julia", |file| read_manifest(file, out))
    }
}

fn read_manifest(file: Table<'_>, out: &mut Inventory<'_>) {
    let format = file.word("manifest_format");
    if let Some(format) = format.filter(|one| major(one).is_none_or(|major| major > 2)) {
        out.problem(format!(
            "manifest format {format} is not known; formats 1 and 2 are"
        ));
    }
    let packages = if format.is_some() {
        file.table("deps")
    } else {
        Some(file)
    };
    let Some(packages) = packages else { return };
    let julia = file.text("julia_version");
    let mut graph = Graph::default();
    let mut named: HashMap<&str, Node> = HashMap::new();
    let mut read = Vec::new();
    for name in packages.keys() {
        for entry in packages.tables(name) {
            // Other tools have files of this name; in those of Julia every package has an identifier.
            let Some(uuid) = entry.text("uuid") else { continue };
            let own = entry.text("path").is_some();
            let added = if own {
                None
            } else {
                out.add(package(entry, name, uuid, julia))
            };
            let node = graph.package(added);
            named.insert(name, node);
            read.push((node, entry));
        }
    }
    for (node, entry) in read {
        let table = entry.table("deps");
        let names = entry.texts("deps").chain(table.into_iter().flat_map(Table::keys));
        for to in names.filter_map(|name| named.get(name)) {
            graph.needs(node, *to, false);
        }
    }
    graph.tell(false, out);
}

fn package(entry: Table<'_>, name: &str, uuid: &str, julia: Option<&str>) -> Package {
    let of_julia = entry.text("git-tree-sha1").is_none() && entry.text("repo-url").is_none();
    let version = entry.text("version").or(julia.filter(|_| of_julia));
    let mut purl = purl("julia", None, name, version);
    purl.qualifiers.insert("uuid".to_owned(), uuid.to_owned());
    Package {
        purl,
        ecosystem: entry.text("repo-url").is_none().then_some("Julia"),
        at: entry.place(),
        ..Package::default()
    }
}
