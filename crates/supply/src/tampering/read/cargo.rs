//! `Cargo.toml` and `Cargo.lock` (<https://doc.rust-lang.org/cargo/reference/specifying-dependencies.html>) and
//! `.cargo/config.toml` (<https://doc.rust-lang.org/cargo/reference/config.html>).

use crate::catalog::Unreadable;
use crate::catalog::form::table::{self, Table};
use crate::tampering::document::{
    Asked, Commit, Digest, Document, From, Locked, Part, Recorded, SourceRole, SwitchKind, Version,
};
use crate::tampering::form::json;

const REPLACED: &str = "crates that name no registry then come from there, and only their digests in Cargo.lock tell the difference";

pub(super) fn read_manifest(text: &str, _: &str) -> Result<Vec<Document>, Unreadable> {
    let mut document = Document::of("cargo", "cargo", Part::Manifest);
    table::read(text, "manifest of Cargo", |manifest| {
        groups(manifest, &mut document);
        let targets = manifest.table("target");
        for target in targets
            .into_iter()
            .flat_map(|all| all.keys().filter_map(move |one| all.table(one)))
        {
            groups(target, &mut document);
        }
        let workspace = manifest
            .table("workspace")
            .and_then(|one| one.table("dependencies"));
        let patches = manifest.table("patch");
        let patches = patches
            .into_iter()
            .flat_map(|all| all.keys().filter_map(move |one| all.table(one)));
        for group in workspace.into_iter().chain(patches) {
            // What members do not use is in no lock file: only where these come from matters.
            let start = document.asked.len();
            requests(group, &mut document);
            for one in document
                .asked
                .iter_mut()
                .skip(start)
                .filter(|one| one.from == From::Registry)
            {
                one.from = From::Here;
            }
        }
        let own = manifest.table("package").and_then(|one| one.text("name"));
        document.recorded = Recorded::Names(own.map(str::to_owned).into_iter().collect());
    })?;
    Ok(vec![document])
}

fn groups(manifest: Table<'_>, document: &mut Document) {
    for key in ["dependencies", "dev-dependencies", "build-dependencies"] {
        if let Some(group) = manifest.table(key) {
            requests(group, document);
        }
    }
}

fn requests(group: Table<'_>, document: &mut Document) {
    for key in group.keys() {
        let table = group.table(key);
        let text = |name: &str| table.and_then(|one| one.text(name));
        let from = if let Some(url) = text("git") {
            let commit = match (text("rev"), text("tag").or(text("branch"))) {
                (Some(rev), _) => Commit::of(Some(rev)),
                (None, Some(_)) => Commit::Name,
                (None, None) => Commit::None,
            };
            From::Repository {
                url: url.to_owned(),
                commit,
            }
        } else if text("path").is_some() || table.is_some_and(|one| one.is("workspace")) {
            From::Here
        } else {
            From::Registry
        };
        let spec = group.text(key).or_else(|| text("version")).unwrap_or_default();
        document.asked.push(Asked {
            name: text("package").unwrap_or(key).to_owned(),
            spec: text("registry").map_or_else(|| spec.to_owned(), |name| format!("{spec} from {name}")),
            from,
            version: if spec.trim() == "*" {
                Version::Newest
            } else {
                Version::Unknown
            },
            at: group.key_place(key),
            ..Asked::default()
        });
    }
}

pub(super) fn read_lock(text: &str, _: &str) -> Result<Vec<Document>, Unreadable> {
    let mut document = Document::of("cargo", "cargo", Part::Lock);
    table::read(text, "lock file of Cargo", |lock| {
        if let Some(version) = lock
            .word("version")
            .filter(|one| !matches!(*one, "1" | "2" | "3" | "4"))
        {
            document.problems.push(format!(
                "lock file version {} is not known; versions 1 to 4 are",
                version.escape_debug()
            ));
        }
        for entry in lock.table("root").into_iter().chain(lock.tables("package")) {
            document.locked.extend(locked(entry, lock));
        }
        let names = document.locked.iter().map(|one| one.name.clone());
        document.recorded = Recorded::Names(names.collect());
    })?;
    Ok(vec![document])
}

fn locked(entry: Table<'_>, lock: Table<'_>) -> Option<Locked> {
    let (name, version) = (entry.text("name")?, entry.text("version").unwrap_or_default());
    let source = entry.text("source");
    let key = format!("checksum {name} {version} ({})", source.unwrap_or_default());
    let old = lock.table("metadata").and_then(|metadata| metadata.text(&key));
    let (from, digest) = match source {
        None => (From::Here, Digest::NotExpected),
        Some(url) if url.starts_with("git+") => {
            let commit = Commit::of(url.rsplit_once('#').map(|(_, commit)| commit));
            (
                From::Repository {
                    url: url.to_owned(),
                    commit,
                },
                Digest::NotExpected,
            )
        }
        Some(_) => {
            let found = entry.text("checksum").or(old).filter(|digits| digits.len() == 64);
            let digest = if found.is_some() {
                Digest::Strong
            } else {
                Digest::Missing
            };
            (From::Registry, digest)
        }
    };
    Some(Locked {
        name: name.to_owned(),
        version: version.to_owned(),
        from,
        url: source.map(str::to_owned),
        digest,
        hash: entry.text("checksum").or(old).map(str::to_owned),
        script: false,
        at: entry.key_place("name"),
    })
}

pub(super) fn read_config(text: &str, _: &str) -> Result<Vec<Document>, Unreadable> {
    let mut document = Document::of("cargo", "cargo", Part::Settings);
    table::read(text, "configuration of Cargo", |config| {
        let sources = config.table("source");
        let named = |name: &str| sources.and_then(|all| all.table(name));
        for name in sources.into_iter().flat_map(Table::keys) {
            let Some(source) = named(name) else { continue };
            let Some(other) = source.text("replace-with") else {
                continue;
            };
            let by = named(other);
            let registry = by.and_then(|one| one.text("registry").or(one.text("git")));
            // A directory or a local registry is vendored code, which has its own digests.
            if let Some(url) = registry {
                let written = format!(
                    "[source.{name}] replace-with = \"{other}\" ({})",
                    crate::tampering::host::shown(url)
                );
                document.switch(
                    SwitchKind::Replaced,
                    written,
                    REPLACED,
                    source.key_place("replace-with"),
                );
                document.source(url, SourceRole::Main, source.key_place("replace-with"));
            }
        }
        let registries = config.table("registries");
        for name in registries.into_iter().flat_map(Table::keys) {
            let one = registries.and_then(|all| all.table(name));
            if let Some((url, at)) = one.and_then(|one| Some((one.text("index")?, one.key_place("index")))) {
                document.source(url, SourceRole::Only(name.to_owned()), at);
            }
        }
        if let Some(http) = config.table("http").filter(|http| http.is_not("check-revoke")) {
            let at = http.key_place("check-revoke");
            let effect = "a certificate that was revoked is still believed";
            document.switch(SwitchKind::LessVerified, "http.check-revoke = false", effect, at);
        }
    })?;
    Ok(vec![document])
}

/// `.cargo-checksum.json`, which `cargo vendor` puts beside the code of a crate: the digest of the package it was made of.
pub(super) fn read_vendored(text: &str, path: &str) -> Result<Vec<Document>, Unreadable> {
    let json = json::read(text)?;
    let mut document = Document::of("cargo", "cargo vendor", Part::Lock);
    let directory = path.rsplit('/').nth(1).unwrap_or_default();
    if let Some(member) = json.member("package") {
        document.locked.push(Locked {
            name: directory.to_owned(),
            hash: member.json.text().map(str::to_owned),
            from: From::Here,
            at: member.json.at.clone(),
            ..Locked::default()
        });
    }
    Ok(vec![document])
}
