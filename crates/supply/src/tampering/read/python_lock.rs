//! Lock files of Python tools: poetry, uv (<https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile>), pdm and
//! pipenv (<https://pipenv.pypa.io/en/latest/pipfile.html>).

use super::python::address_origin;
use crate::catalog::Unreadable;
use crate::catalog::form::major;
use crate::catalog::form::table::{self, Table};
use crate::tampering::document::{Commit, Digest, Document, From, Locked, Part, Recorded};
use crate::tampering::form::json::{self, Json};

pub(super) fn read_poetry(text: &str, _: &str) -> Result<Vec<Document>, Unreadable> {
    let mut document = Document::of("pypi", "poetry", Part::Lock);
    table::read(text, "lock file of poetry", |lock| {
        let metadata = lock.table("metadata");
        let version = metadata.and_then(|one| one.text("lock-version"));
        unknown(version, &[1, 2], &mut document);
        let content = metadata.and_then(|one| one.text("content-hash"));
        document.contents = content.map(str::to_owned).into_iter().collect();
        let files = metadata.and_then(|one| one.table("files"));
        for entry in lock.tables("package") {
            let Some(name) = entry.text("name") else { continue };
            let own = entry
                .tables("files")
                .chain(files.into_iter().flat_map(|one| one.tables(name)));
            let hashed = own.filter_map(|file| file.text("hash")).count() > 0;
            let source = entry.table("source");
            let (from, url) = poetry_source(source);
            document.locked.push(locked(entry, name, from, url, hashed));
        }
        names(&mut document);
    })?;
    Ok(vec![document])
}

fn poetry_source(source: Option<Table<'_>>) -> (From, Option<String>) {
    let url = source.and_then(|one| one.text("url")).map(str::to_owned);
    let from = match source.and_then(|one| one.text("type")) {
        None | Some("legacy") => From::Registry,
        Some("git") => From::Repository {
            url: url.clone().unwrap_or_default(),
            commit: Commit::of(source.and_then(|one| one.text("resolved_reference"))),
        },
        Some("url") => From::Archive {
            url: url.clone().unwrap_or_default(),
        },
        Some(_) => From::Here,
    };
    (from, url)
}

pub(super) fn read_uv(text: &str, _: &str) -> Result<Vec<Document>, Unreadable> {
    let mut document = Document::of("pypi", "uv", Part::Lock);
    table::read(text, "lock file of uv", |lock| {
        unknown(lock.word("version"), &[1], &mut document);
        for entry in lock.tables("package") {
            let Some(name) = entry.text("name") else { continue };
            let source = entry.table("source");
            let text = |key: &str| source.and_then(|one| one.text(key)).map(str::to_owned);
            let files = || entry.table("sdist").into_iter().chain(entry.tables("wheels"));
            // A registry that serves no file for it here leaves nothing to compare.
            let hashed = files().count() == 0 || files().any(|file| file.text("hash").is_some());
            let (from, url) = if let Some(url) = text("git") {
                let commit = url.rsplit_once('#').map(|(_, commit)| commit);
                let commit = Commit::of(commit);
                (
                    From::Repository {
                        url: url.clone(),
                        commit,
                    },
                    Some(url),
                )
            } else if let Some(url) = text("url") {
                (From::Archive { url: url.clone() }, Some(url))
            } else if let Some(url) = text("registry") {
                (From::Registry, Some(url))
            } else if source.is_none() {
                (From::Registry, None)
            } else {
                (From::Here, None)
            };
            document.locked.push(locked(entry, name, from, url, hashed));
        }
        names(&mut document);
    })?;
    Ok(vec![document])
}

pub(super) fn read_pdm(text: &str, _: &str) -> Result<Vec<Document>, Unreadable> {
    let mut document = Document::of("pypi", "pdm", Part::Lock);
    table::read(text, "lock file of pdm", |lock| {
        let metadata = lock.table("metadata");
        unknown(
            metadata.and_then(|one| one.text("lock_version")),
            &[3, 4],
            &mut document,
        );
        let files = metadata.and_then(|one| one.table("files"));
        for entry in lock.tables("package") {
            let Some(name) = entry.text("name") else { continue };
            let key = format!("{name} {}", entry.text("version").unwrap_or_default());
            let old = files.into_iter().flat_map(|one| one.tables(&key));
            let hashed = entry
                .tables("files")
                .chain(old)
                .any(|file| file.text("hash").is_some());
            let from = if let Some(url) = entry.text("git") {
                let commit = Commit::of(entry.text("revision"));
                From::Repository {
                    url: url.to_owned(),
                    commit,
                }
            } else if let Some(url) = entry.text("url") {
                address_origin(url).0
            } else if entry.text("path").is_some() {
                From::Here
            } else {
                From::Registry
            };
            document.locked.push(locked(entry, name, from, None, hashed));
        }
        names(&mut document);
    })?;
    Ok(vec![document])
}

fn locked(entry: Table<'_>, name: &str, from: From, url: Option<String>, hashed: bool) -> Locked {
    let expected = matches!(from, From::Registry | From::Archive { .. });
    Locked {
        name: name.to_owned(),
        version: entry.text("version").unwrap_or_default().to_owned(),
        digest: match (hashed, expected) {
            (true, _) => Digest::Strong,
            (false, true) => Digest::Missing,
            (false, false) => Digest::NotExpected,
        },
        from,
        url,
        hash: None,
        script: false,
        at: entry.key_place("name"),
    }
}

fn unknown(version: Option<&str>, known: &[u32], document: &mut Document) {
    let Some(version) = version else { return };
    if !major(version).is_some_and(|number| known.contains(&number)) {
        let known: Vec<String> = known.iter().map(u32::to_string).collect();
        document.problems.push(format!(
            "lock file version {} is not known; {} is",
            version.escape_debug(),
            known.join(" or ")
        ));
    }
}

fn names(document: &mut Document) {
    document.recorded = Recorded::Names(document.locked.iter().map(|one| one.name.clone()).collect());
}

pub(super) fn read_pipfile_lock(text: &str, _: &str) -> Result<Vec<Document>, Unreadable> {
    let json = json::read(text)?;
    let mut document = Document::of("pypi", "pipenv", Part::Lock);
    let meta = json.get("_meta");
    let version = meta
        .and_then(|meta| meta.get("pipfile-spec"))
        .and_then(Json::word);
    unknown(version, &[6], &mut document);
    let sources = meta
        .and_then(|meta| meta.get("sources"))
        .map_or(&[][..], Json::items);
    let url_of = |index: Option<&str>| {
        let found = sources
            .iter()
            .find(|one| index.is_none() || one.text_of("name") == index);
        found.and_then(|one| one.text_of("url")).map(str::to_owned)
    };
    for member in ["default", "develop"]
        .iter()
        .flat_map(|group| json.members_of(group))
    {
        let entry = &member.json;
        let from = if let Some(url) = entry.text_of("git") {
            let commit = Commit::of(entry.text_of("ref"));
            From::Repository {
                url: url.to_owned(),
                commit,
            }
        } else if let Some(url) = entry.text_of("file") {
            address_origin(url).0
        } else if entry.get("path").is_some() {
            From::Here
        } else {
            From::Registry
        };
        let hashed = entry
            .get("hashes")
            .is_some_and(|hashes| !hashes.items().is_empty());
        let expected = matches!(from, From::Registry | From::Archive { .. });
        let version = entry.text_of("version").unwrap_or_default();
        document.locked.push(Locked {
            name: member.key.to_string(),
            version: version.trim_start_matches('=').to_owned(),
            url: url_of(entry.text_of("index")).filter(|_| from == From::Registry),
            digest: match (hashed, expected) {
                (true, _) => Digest::Strong,
                (false, true) => Digest::Missing,
                (false, false) => Digest::NotExpected,
            },
            from,
            hash: None,
            script: false,
            at: member.at.clone(),
        });
    }
    names(&mut document);
    Ok(vec![document])
}
