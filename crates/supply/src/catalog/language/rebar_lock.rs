//! `rebar.lock`, of Erlang. <https://rebar3.org/docs/configuration/dependencies/#lock-files>
//!
//! Terms of Erlang: a list of dependencies with their levels, 0 for those the project asks for itself; since version 1.1.0 in a tuple
//! with the version of the format, and followed by the digests of the packages.

use crate::catalog::form::{hash, place, purl, text};
use crate::catalog::{Cataloger, Inventory, Package, Unreadable, file_name};
use bartizan_engine::Input;
use bartizan_model::Hash;
use std::collections::HashMap;

/// Reads lock files of rebar3.
pub struct RebarLock;

const KNOWN: &[&str] = &["1.1.0", "1.2.0"];

impl Cataloger for RebarLock {
    fn id(&self) -> &'static str {
        "rebar-lock"
    }

    fn title(&self) -> &'static str {
        "Lock files of rebar3"
    }

    fn reads(&self, path: &str) -> bool {
        file_name(path) == "rebar.lock"
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        let text = text(input)?;
        let trimmed = text.trim_start();
        if !trimmed.starts_with(['{', '[']) {
            return Err(Unreadable("it is no lock file of rebar3".to_owned()));
        }
        let version = trimmed
            .strip_prefix("{\"")
            .and_then(|rest| rest.split('"').next());
        if let Some(version) = version.filter(|version| !KNOWN.contains(version)) {
            out.problem(format!(
                "lock file version {} is not known; versions 1.1.0 and 1.2.0 are",
                version.escape_debug()
            ));
        }
        // The digests stand in a second term; the first ends at a dot that ends a line.
        let (list, sums) = text.split_once("}.").unwrap_or((text, ""));
        let sums = digests(sums);
        let mut rest = list;
        while let Some((_, after)) = rest.split_once("{<<\"") {
            let Some((name, after)) = after.split_once("\">>") else {
                break;
            };
            let entry = after.split("{<<\"").next().unwrap_or_default();
            let Some(source) = entry
                .trim_start_matches([',', ' ', '\n', '\r', '\t'])
                .strip_prefix('{')
            else {
                out.problem(format!("`{}` has no source", name.escape_debug()));
                rest = after;
                continue;
            };
            out.add(package(name, source, &sums, place(text, name)));
            rest = after;
        }
        Ok(())
    }
}

fn package(name: &str, source: &str, sums: &HashMap<&str, Hash>, at: std::ops::Range<usize>) -> Package {
    let mut strings = source
        .split("<<\"")
        .skip(1)
        .filter_map(|one| one.split("\">>").next());
    let hex = source.starts_with("pkg");
    let (named, version) = (strings.next().filter(|_| hex), strings.next().filter(|_| hex));
    let level = source
        .rsplit_once('}')
        .and_then(|(before, _)| before.rsplit(',').next());
    Package {
        purl: purl("hex", None, named.unwrap_or(name), version),
        ecosystem: hex.then_some("Hex"),
        direct: level
            .and_then(|level| level.trim().parse::<u32>().ok())
            .map(|level| level == 0),
        hashes: sums.get(name).cloned().into_iter().collect(),
        at,
        ..Package::default()
    }
}

/// What `pkg_hash` says; `pkg_hash_ext`, of the same packages as archives, comes after it and counts.
fn digests(text: &str) -> HashMap<&str, Hash> {
    let mut words = text
        .split("<<\"")
        .skip(1)
        .filter_map(|one| one.split("\">>").next());
    let mut all = HashMap::new();
    while let (Some(name), Some(digits)) = (words.next(), words.next()) {
        if let Some(hash) = hash("sha256", digits) {
            all.insert(name, hash);
        }
    }
    all
}
