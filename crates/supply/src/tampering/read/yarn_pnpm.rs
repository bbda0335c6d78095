//! `yarn.lock`, of yarn 1 (<https://classic.yarnpkg.com/en/docs/yarn-lock/>) and later
//! (<https://yarnpkg.com/advanced/lexicon#lockfile>), and `pnpm-lock.yaml`
//! (<https://github.com/pnpm/spec/tree/master/lockfile>).

use super::npm::{alias, origin};
use super::npm_lock::{digest, resolved_origin};
use crate::catalog::Unreadable;
use crate::catalog::form::major;
use crate::catalog::form::outline::{self, Entry, Separator};
use crate::tampering::document::{Commit, Digest, Document, From, Locked, Part, Recorded};
use bartizan_model::encoding::percent_decoded;

/// Newest lock file of yarn 2 and later.
const NEWEST: u32 = 8;

pub(super) fn read_yarn(text: &str, _: &str) -> Result<Vec<Document>, Unreadable> {
    let berry = text.lines().any(|line| line.starts_with("__metadata:"));
    let separator = if berry { Separator::Colon } else { Separator::Space };
    let lock = outline::read(text, separator)?;
    let mut document = Document::of("npm", "yarn", Part::Lock);
    if berry {
        let version = lock.get("__metadata").and_then(|entry| entry.value_of("version"));
        if version.and_then(major).is_none_or(|version| version > NEWEST) {
            document.problems.push(format!(
                "lock file version {} is not known; versions up to {NEWEST} are",
                version.unwrap_or("without a number").escape_debug()
            ));
        }
    }
    let entries = lock.entries.iter().filter(|entry| entry.key != "__metadata");
    let mut patterns_found = Vec::new();
    for entry in entries {
        patterns_found.extend(patterns(&entry.key).map(str::to_owned));
        let locked = if berry {
            berry_package(entry)
        } else {
            classic_package(entry)
        };
        document.locked.extend(locked);
    }
    document.recorded = Recorded::Patterns(patterns_found);
    Ok(vec![document])
}

fn patterns(key: &str) -> impl Iterator<Item = &str> {
    key.split(", ").map(|one| one.trim().trim_matches('"'))
}

/// Name and request of `name@request`.
fn split_pattern(pattern: &str) -> Option<(&str, &str)> {
    let at = pattern.bytes().skip(1).position(|byte| byte == b'@')? + 1;
    let (name, request) = pattern.split_at_checked(at)?;
    Some((name, request.strip_prefix('@').unwrap_or(request)))
}

fn classic_package(entry: &Entry<'_>) -> Option<Locked> {
    let version = entry.value_of("version")?;
    let (name, request) = patterns(&entry.key).find_map(split_pattern)?;
    // A key may list an alias beside the name itself; the name that is fetched is the target's.
    let target = patterns(&entry.key)
        .filter_map(split_pattern)
        .find_map(|(_, request)| alias(request));
    let name = target.map_or(name, |(name, _)| name);
    let resolved = entry.value_of("resolved");
    let asked = origin(request);
    let from = match (&asked, resolved) {
        (From::Registry, Some(url)) => resolved_origin(url.split('#').next().unwrap_or(url)),
        (From::Here, _) => From::Here,
        (_, Some(url)) => resolved_origin(url),
        _ => asked,
    };
    let expected = matches!(from, From::Registry | From::Archive { .. }) && resolved.is_some();
    let mut found = digest(entry.value_of("integrity"), !expected);
    let fragment = resolved
        .and_then(|url| url.rsplit_once('#'))
        .map(|(_, digits)| digits);
    if found == Digest::Missing && fragment.is_some_and(|digits| digits.len() == 40) {
        found = Digest::Weak("SHA-1");
    }
    Some(Locked {
        name: name.to_owned(),
        version: version.to_owned(),
        from,
        url: resolved.map(str::to_owned),
        digest: found,
        hash: None,
        script: false,
        at: entry.at.clone(),
    })
}

fn berry_package(entry: &Entry<'_>) -> Option<Locked> {
    let (name, reference) = split_pattern(entry.value_of("resolution")?)?;
    let from = match reference.split_once(':') {
        Some(("npm" | "patch" | "virtual", _)) => From::Registry,
        Some(("workspace" | "link" | "portal" | "file", _)) => return None,
        _ => origin(reference),
    };
    // What other systems need is not fetched, and has no digest.
    let expected = from == From::Registry && entry.get("conditions").is_none();
    let digest = match (entry.value_of("checksum"), expected) {
        (Some(_), _) => Digest::Strong,
        (None, true) => Digest::Missing,
        (None, false) => Digest::NotExpected,
    };
    let archive = reference
        .split_once("__archiveUrl=")
        .map(|(_, url)| percent_decoded(url).unwrap_or_else(|| url.to_owned()));
    Some(Locked {
        name: name.to_owned(),
        version: entry.value_of("version")?.to_owned(),
        from,
        url: archive,
        digest,
        hash: None,
        script: false,
        at: entry.at.clone(),
    })
}

pub(super) fn read_pnpm(text: &str, _: &str) -> Result<Vec<Document>, Unreadable> {
    let lock = outline::read(text, Separator::Colon)?;
    let mut document = Document::of("npm", "pnpm", Part::Lock);
    let version = lock.value_of("lockfileVersion").unwrap_or("without a number");
    let number = major(version);
    if !matches!(number, Some(5 | 6 | 7 | 9)) {
        document.problems.push(format!(
            "lock file version {} is not known; versions 5, 6, 7 and 9 are",
            version.escape_debug()
        ));
    }
    // Version 9 may begin with a document about pnpm itself, so each key may stand twice.
    let all = |key: &'static str| {
        let found = lock.entries.iter().filter(move |entry| entry.key == key);
        found.flat_map(|entry| &entry.entries)
    };
    document.locked = all("packages")
        .filter_map(|one| pnpm_package(one, number == Some(5)))
        .collect();
    let overridden = lock.get("overrides").is_some();
    if !overridden {
        let mut requests: Vec<(String, Vec<(String, String)>)> = all("importers")
            .map(|one| {
                let directory = if one.key == "." { "" } else { one.key.as_ref() };
                (directory.to_owned(), pnpm_requests(one))
            })
            .collect();
        if requests.is_empty() {
            requests.push((String::new(), pnpm_requests(&lock)));
        }
        document.recorded = Recorded::Requests(requests);
    }
    Ok(vec![document])
}

fn pnpm_requests(importer: &Entry<'_>) -> Vec<(String, String)> {
    let specifiers = importer.entries_of("specifiers");
    if !specifiers.is_empty() {
        let pairs = specifiers.iter();
        return pairs
            .map(|one| (one.key.to_string(), one.value.to_string()))
            .collect();
    }
    let groups = ["dependencies", "devDependencies", "optionalDependencies"];
    let entries = groups.iter().flat_map(|group| importer.entries_of(group));
    entries
        .filter_map(|one| Some((one.key.to_string(), one.value_of("specifier")?.to_owned())))
        .collect()
}

fn pnpm_package(entry: &Entry<'_>, by_path: bool) -> Option<Locked> {
    let resolution = entry.get("resolution")?;
    let key = entry.key.split('(').next().unwrap_or(&entry.key);
    let bare = key.strip_prefix('/').unwrap_or(key);
    let (name, version) = if by_path {
        bare.rsplit_once('/')?
    } else {
        split_pattern(bare)?
    };
    let tarball = resolution.value_of("tarball");
    let from = if resolution.get("directory").is_some() {
        From::Here
    } else if let Some(url) = resolution.value_of("repo") {
        From::Repository {
            url: url.to_owned(),
            commit: Commit::of(resolution.value_of("commit")),
        }
    } else {
        tarball.map_or(From::Registry, resolved_origin)
    };
    let expected = matches!(from, From::Registry | From::Archive { .. });
    Some(Locked {
        name: entry.value_of("name").unwrap_or(name).to_owned(),
        version: entry
            .value_of("version")
            .unwrap_or(version)
            .split('_')
            .next()?
            .to_owned(),
        digest: digest(resolution.value_of("integrity"), !expected),
        from,
        url: tarball.map(str::to_owned),
        hash: None,
        script: entry.value_of("requiresBuild") == Some("true"),
        at: entry.at.clone(),
    })
}
