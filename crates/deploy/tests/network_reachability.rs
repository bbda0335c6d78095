//! Holds who reaches whom against what np-guard's analyser expects of its directories of manifests.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and reads its cases from disk"
)]

use bartizan_deploy::reach::{Manifest, Manifests, Reach};
use bartizan_testbed::testdata;
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::path::Path;

fn add(manifests: &mut Manifests, directory: &Path) {
    let mut entries: Vec<_> = std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        let extension = path.extension().and_then(|extension| extension.to_str());
        if path.is_dir() {
            add(manifests, &path);
        } else if matches!(extension, Some("yaml" | "yml" | "json")) {
            let text = std::fs::read_to_string(&path).unwrap();
            manifests.add(Manifest::read(path.to_str().unwrap(), &text));
        }
    }
}

fn connectivity(directory: &Path) -> BTreeSet<String> {
    let mut manifests = Manifests::default();
    add(&mut manifests, directory);
    let mut reach = Reach::new(&manifests).unwrap();
    let mut lines = BTreeSet::new();
    let (sources, destinations) = (reach.sources(None), reach.destinations(None));
    let done: Result<(), Infallible> = reach.edges(&sources, &destinations, |edge| {
        lines.insert(format!(
            "{} => {} : {}",
            edge.source, edge.destination, edge.connections
        ));
        Ok(())
    });
    done.unwrap();
    lines
}

/// What is expected of a directory: its list of connections, or the one that comes before what exposes it. Those of directories with
/// networks of their own beside the cluster's are in parts, one a network, and are none here.
fn expected(root: &Path, directory: &str) -> Option<BTreeSet<String>> {
    let file = ["connlist", "exposure"]
        .map(|kind| root.join(format!("expected/connlist/{directory}_{kind}_output.txt")));
    let text = file.iter().find_map(|file| std::fs::read_to_string(file).ok())?;
    if text.contains("Permitted connectivity analyzed in") {
        return None;
    }
    let text = text.split("Exposure Analysis Result").next().unwrap();
    let lines = text.lines().map(str::trim_end).filter(|line| !line.is_empty());
    Some(lines.map(str::to_owned).collect())
}

#[test]
fn every_directory_has_the_connections_that_are_expected() {
    let Some(root) = testdata("deploy/network-reachability") else {
        return;
    };
    let mut directories: Vec<_> = std::fs::read_dir(root.join("tests"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    directories.sort();
    let (mut count, mut wrong) = (0, Vec::new());
    for directory in directories {
        let Some(expected) = expected(&root, &directory) else {
            continue;
        };
        count += 1;
        let found = connectivity(&root.join("tests").join(&directory));
        let missing = expected.difference(&found).map(|line| format!("  - {line}"));
        let more = found.difference(&expected).map(|line| format!("  + {line}"));
        let lines: Vec<String> = missing.chain(more).collect();
        if !lines.is_empty() {
            wrong.push(format!(
                "{directory}: {} lines\n{}",
                lines.len(),
                lines[..lines.len().min(12)].join("\n")
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {count}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(count >= 60, "{count} directories");
}
