//! `package-lock.json` and `npm-shrinkwrap.json`, versions 1 to 3
//! (<https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json>), and `bun.lock`, versions 0 and 1
//! (<https://bun.com/docs/install/lockfile>).

use super::npm::origin;
use crate::catalog::Unreadable;
use crate::catalog::form::relaxed;
use crate::tampering::document::{Commit, Digest, Document, From, Locked, Part, Recorded};
use crate::tampering::form::json::{self, Json, Member};
use crate::tampering::host;

/// Groups of dependencies that a project asks for.
const GROUPS: [&str; 3] = ["dependencies", "devDependencies", "optionalDependencies"];
/// Deepest nesting of version 1.
const DEEPEST: usize = 64;

pub(super) fn read(text: &str, _: &str) -> Result<Vec<Document>, Unreadable> {
    let json = json::read(text)?;
    let mut document = Document::of("npm", "npm", Part::Lock);
    let version = json.get("lockfileVersion").and_then(Json::word).unwrap_or("1");
    if !matches!(version, "1" | "2" | "3") {
        document.problems.push(format!(
            "lock file version {} is not known; versions 1 to 3 are",
            version.escape_debug()
        ));
    }
    if json.get("packages").is_some() {
        let packages = json.members_of("packages");
        document.locked = packages.iter().filter_map(package).collect();
        let projects = packages
            .iter()
            .filter(|one| !one.key.contains("node_modules/") && !one.json.is("link", "true"));
        let requests = projects.map(|one| (one.key.to_string(), requests(&one.json)));
        document.recorded = Recorded::Requests(requests.collect());
    } else {
        let mut open: Vec<(&Json<'_>, usize)> = vec![(&json, 0)];
        while let Some((json, depth)) = open.pop() {
            for member in json.members_of("dependencies") {
                document.locked.push(old_package(member));
                if depth < DEEPEST {
                    open.push((&member.json, depth + 1));
                }
            }
        }
        document.locked.sort_by_key(|one| one.at.start);
    }
    Ok(vec![document])
}

/// What a project of a lock file asks for.
fn requests(project: &Json<'_>) -> Vec<(String, String)> {
    let members = GROUPS.iter().flat_map(|group| project.members_of(group));
    members
        .filter_map(|one| Some((one.key.to_string(), one.json.text()?.to_owned())))
        .collect()
}

fn package(member: &Member<'_>) -> Option<Locked> {
    let (_, installed) = member.key.rsplit_once("node_modules/")?;
    let entry = &member.json;
    if entry.is("link", "true") {
        return None;
    }
    let resolved = entry.text_of("resolved");
    let from = resolved.map_or(From::Registry, resolved_origin);
    let bundled = entry.is("inBundle", "true") || entry.is("extraneous", "true");
    Some(Locked {
        name: entry.text_of("name").unwrap_or(installed).to_owned(),
        version: entry.text_of("version").unwrap_or_default().to_owned(),
        digest: digest(entry.text_of("integrity"), bundled || has_no_digest(&from)),
        url: resolved.map(str::to_owned),
        from,
        hash: None,
        script: entry.is("hasInstallScript", "true"),
        at: member.at.clone(),
    })
}

fn old_package(member: &Member<'_>) -> Locked {
    let entry = &member.json;
    let version = entry.text_of("version").unwrap_or_default();
    let (name, version) = super::npm::alias(version).unwrap_or((member.key.as_ref(), version));
    let resolved = entry
        .text_of("resolved")
        .or(version.contains(':').then_some(version));
    let from = resolved.map_or(From::Registry, resolved_origin);
    let bundled = entry.is("bundled", "true");
    Locked {
        name: name.to_owned(),
        version: if version.contains(':') {
            String::new()
        } else {
            version.to_owned()
        },
        digest: digest(entry.text_of("integrity"), bundled || has_no_digest(&from)),
        url: resolved.map(str::to_owned),
        from,
        hash: None,
        script: false,
        at: member.at.clone(),
    }
}

/// Where an address leads: registries of npm serve archives below `/-/`, some below `/download/`.
pub(super) fn resolved_origin(resolved: &str) -> From {
    let from = origin(resolved);
    let From::Archive { url } = &from else {
        return from;
    };
    if url.contains("codeload.github.com/") {
        let commit = url.rsplit('/').next();
        return From::Repository {
            url: url.clone(),
            commit: Commit::of(commit),
        };
    }
    // Releases of a repository lie below a path of that name, too.
    let registry = url.contains("/-/")
        || (url.contains("/download/") && !url.contains("/releases/download/"))
        || host::public("npm", url).is_some();
    if registry { From::Registry } else { from }
}

fn has_no_digest(from: &From) -> bool {
    matches!(from, From::Here | From::Repository { .. })
}

/// The digest of a Subresource Integrity value. <https://www.w3.org/TR/SRI/>
pub(super) fn digest(integrity: Option<&str>, not_expected: bool) -> Digest {
    let words = || integrity.unwrap_or_default().split_ascii_whitespace();
    if words().any(|one| {
        ["sha512-", "sha384-", "sha256-"]
            .iter()
            .any(|name| one.starts_with(name))
    }) {
        return Digest::Strong;
    }
    if words().any(|one| one.starts_with("sha1-")) {
        return Digest::Weak("SHA-1");
    }
    if words().any(|one| one.starts_with("md5-")) {
        return Digest::Weak("MD5");
    }
    if not_expected {
        Digest::NotExpected
    } else {
        Digest::Missing
    }
}

pub(super) fn read_bun(text: &str, _: &str) -> Result<Vec<Document>, Unreadable> {
    let relaxed = relaxed::to_json(text.as_bytes());
    let text = std::str::from_utf8(&relaxed).map_err(|error| Unreadable(error.to_string()))?;
    let json = json::read(text)?;
    let mut document = Document::of("npm", "bun", Part::Lock);
    let version = json
        .get("lockfileVersion")
        .and_then(Json::word)
        .unwrap_or_default();
    if !matches!(version, "0" | "1") {
        document.problems.push(format!(
            "lock file version {} is not known; versions 0 and 1 are",
            version.escape_debug()
        ));
    }
    let projects = json.members_of("workspaces").iter();
    let requests = projects.map(|one| (one.key.to_string(), requests(&one.json)));
    document.recorded = Recorded::Requests(requests.collect());
    document.locked = json
        .members_of("packages")
        .iter()
        .filter_map(bun_package)
        .collect();
    Ok(vec![document])
}

/// `["name@version", "registry", {…}, "integrity"]`, or `["name@address", {…}, …]`.
fn bun_package(member: &Member<'_>) -> Option<Locked> {
    let items = member.json.items();
    let id = items.first()?.text()?;
    let at = id
        .bytes()
        .skip(1)
        .position(|byte| byte == b'@')
        .map(|at| at + 1)?;
    let (name, version) = id.split_at_checked(at)?;
    let version = version.strip_prefix('@').unwrap_or(version);
    let from = if version.starts_with(|first: char| first.is_ascii_digit()) {
        From::Registry
    } else {
        resolved_origin(version)
    };
    let registry = items.get(1).and_then(Json::text).filter(|url| !url.is_empty());
    let integrity = items.iter().skip(2).filter_map(Json::text).next_back();
    Some(Locked {
        name: name.to_owned(),
        version: version.to_owned(),
        digest: digest(integrity, from != From::Registry),
        url: registry.map(str::to_owned),
        from,
        hash: None,
        script: false,
        at: member.at.clone(),
    })
}
