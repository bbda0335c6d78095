//! `supply/lock-out-of-step`: the lock file is not of this manifest.

use crate::tampering::document::{Document, From, Part, Recorded, normal};
use crate::tampering::report::{Found, Note, Place, Report, Verdicts, key_of, named};
use crate::tampering::rule::{About, EXPECTED_PLACE, Rule, Whole, rule};
use bartizan_model::Severity;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

rule! {
    /// A manifest asks for what its lock file does not have. Somebody changed one and not the other, and the next install
    /// decides anew: it takes whatever version is newest then, unreviewed and without a digest to compare, or it fails where
    /// the lock file is enforced (`npm ci`, `cargo --locked`, `yarn --immutable`). For a Go module, a requirement without a
    /// line in go.sum is fetched without a digest of its own.
    ///
    /// Compared are, in the same directory or for workspaces in the one above: package.json with package-lock.json (versions
    /// 2 and 3), pnpm-lock.yaml, bun.lock and yarn.lock, request by request; and by name Cargo.toml with Cargo.lock,
    /// pyproject.toml with the lock files of poetry, uv and pdm, Pipfile with Pipfile.lock, go.mod with go.sum, Gemfile with
    /// Gemfile.lock, composer.json with composer.lock. A Gemfile with conditions, and requests that hold only under a
    /// condition, are left out.
    ///
    /// composer.lock and poetry.lock also keep a digest of the parts of the manifest that matter (`content-hash`). Where that is
    /// another and all names agree, something else was changed, a range or a setting: a finding of low severity.
    LockOutOfStep {
        id: "supply/lock-out-of-step",
        title: "The lock file is out of step with its manifest",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-494"],
        controls: [EXPECTED_PLACE],
        remediation: "1. Make the lock file anew without upgrading: `npm install --package-lock-only`, `pnpm install --lockfile-only`, \
            `cargo update --workspace`, `uv lock`, `poetry lock`, `go mod tidy`, `bundle lock`, `composer update --lock`.\n\
            2. Enforce it where you build: `npm ci`, `yarn install --immutable`, `pnpm install --frozen-lockfile`, `cargo build --locked`, \
            `uv sync --locked`, `bundle install --frozen`.",
        references: [
            "https://docs.npmjs.com/cli/v11/commands/npm-ci",
            "https://doc.rust-lang.org/cargo/commands/cargo-build.html#manifest-options",
            "https://go.dev/ref/mod#go-sum-files",
        ],
    }
}

#[derive(Serialize, Deserialize)]
struct Noted {
    kind: String,
    tool: String,
    lock: bool,
    conditional: bool,
    /// What a manifest asks for: name, request, place.
    asked: Vec<(String, String, Place)>,
    /// Of a lock file what it records; of a manifest its own names.
    recorded: Recorded,
    /// The digests of [`Document::contents`].
    contents: Vec<String>,
}

type Read<'n> = Vec<(&'n Note, Noted)>;

impl Rule for LockOutOfStep {
    fn about(&self) -> &'static About {
        &Self::ABOUT
    }

    fn judge(&self, document: &Document, _: Whole<'_>, out: &mut Report<'_>) {
        let lock = document.part == Part::Lock;
        if document.part == Part::Settings || (lock && document.recorded == Recorded::Nothing) {
            return;
        }
        // Requirements files have no lock file; those of pip name what they mean themselves.
        if matches!(document.kind, "maven" | "nuget") || out.path().ends_with(".txt") {
            return;
        }
        let by_request = document.kind == "npm";
        let counts = |one: &&crate::tampering::document::Asked| {
            !one.conditional && (by_request || one.from != From::Here)
        };
        let asked = document.asked.iter().filter(counts).map(|one| {
            let name = one.alias.as_ref().unwrap_or(&one.name);
            (name.clone(), one.spec.clone(), out.place(&one.at))
        });
        let asked = asked.collect();
        out.note(&Noted {
            kind: document.kind.to_owned(),
            tool: document.tool.to_owned(),
            lock,
            conditional: document.conditional,
            asked,
            recorded: document.recorded.clone(),
            contents: document.contents.clone(),
        });
    }

    fn finish(&self, notes: &[Note], whole: Whole<'_>, out: &mut Verdicts<'_>) {
        let read: Read<'_> = notes
            .iter()
            .filter_map(|note| Some((note, note.read()?)))
            .collect();
        let own: BTreeSet<&str> = read
            .iter()
            .filter(|(_, noted)| !noted.lock && matches!(noted.kind.as_str(), "npm" | "golang"))
            .flat_map(|(_, noted)| names_of(&noted.recorded))
            .collect();
        for (note, noted) in read.iter().filter(|(_, noted)| !noted.lock) {
            match noted.kind.as_str() {
                "npm" => npm(note, noted, &read, &own, out),
                "golang" => go(note, noted, &read, (&own, whole.complete), out),
                _ => by_name(note, noted, &read, out),
            }
        }
    }
}

fn names_of(recorded: &Recorded) -> impl Iterator<Item = &str> {
    let names = match recorded {
        Recorded::Names(names) => names.as_slice(),
        _ => &[],
    };
    names.iter().map(String::as_str)
}

/// The lock files of a kind in a directory.
fn locks<'r>(read: &'r Read<'_>, kind: &str, directory: &str) -> Vec<(&'r Note, &'r Noted)> {
    read.iter()
        .filter(|(other, noted)| noted.lock && noted.kind == kind && other.directory() == directory)
        .map(|(other, noted)| (*other, noted))
        .collect()
}

/// The directories above one, itself first, the top last.
fn above(directory: &str) -> impl Iterator<Item = &str> {
    let mut next = Some(directory);
    std::iter::from_fn(move || {
        let current = next?;
        next = current
            .trim_end_matches('/')
            .rsplit_once('/')
            .and_then(|(above, _)| directory.get(..=above.len()))
            .or_else(|| (!current.is_empty()).then_some(""));
        Some(current)
    })
}

fn npm(note: &Note, noted: &Noted, read: &Read<'_>, own: &BTreeSet<&str>, out: &mut Verdicts<'_>) {
    let directory = note.directory();
    for at in above(directory) {
        let found = locks(read, "npm", at);
        if found.is_empty() {
            continue;
        }
        let project = directory
            .strip_prefix(at)
            .unwrap_or_default()
            .trim_end_matches('/');
        for (lock, recorded) in found {
            match &recorded.recorded {
                Recorded::Requests(projects) => {
                    let requests = projects.iter().find(|(of, _)| of == project);
                    if let Some((_, requests)) = requests {
                        compare(note, noted, (lock, recorded, requests), out);
                    }
                }
                Recorded::Patterns(patterns) if project.is_empty() && !noted.conditional => {
                    yarn(note, noted, (lock, recorded, patterns), own, out);
                }
                _ => {}
            }
        }
        return;
    }
}

fn compare(
    note: &Note,
    noted: &Noted,
    (lock, locked, requests): (&Note, &Noted, &[(String, String)]),
    out: &mut Verdicts<'_>,
) {
    let recorded: BTreeMap<&str, &str> = requests
        .iter()
        .map(|(name, spec)| (name.as_str(), spec.as_str()))
        .collect();
    let asked: BTreeMap<&str, (&str, Place)> = noted
        .asked
        .iter()
        .map(|(name, spec, at)| (name.as_str(), (spec.as_str(), *at)))
        .collect();
    let mut names: Vec<&str> = Vec::new();
    let mut places = Vec::new();
    for (name, (spec, at)) in &asked {
        if recorded.get(name) != Some(spec) {
            names.push(name);
            places.push((note.path.as_str(), *at));
        }
    }
    // pnpm records what is asked for by peers as well.
    let of_peers = locked.tool == "pnpm";
    let left: Vec<&str> = recorded
        .keys()
        .filter(|name| !of_peers && !asked.contains_key(*name))
        .copied()
        .collect();
    if places.is_empty() && !left.is_empty() {
        places.push((note.path.as_str(), Place(1, 1, 1, 1)));
    }
    names.extend(left);
    report(note, lock, locked, &names, &places, out);
}

fn yarn(
    note: &Note,
    noted: &Noted,
    (lock, locked, patterns): (&Note, &Noted, &[String]),
    own: &BTreeSet<&str>,
    out: &mut Verdicts<'_>,
) {
    let patterns: BTreeSet<&str> = patterns.iter().map(String::as_str).collect();
    let missing = noted.asked.iter().filter(|(name, spec, _)| {
        let plain = !spec.contains(':') && !spec.contains('/') && !own.contains(name.as_str());
        let spec = if spec.is_empty() { "*" } else { spec.as_str() };
        plain
            && !patterns.contains(format!("{name}@{spec}").as_str())
            && !patterns.contains(format!("{name}@npm:{spec}").as_str())
    });
    let missing: Vec<_> = missing.collect();
    let names: Vec<&str> = missing.iter().map(|(name, _, _)| name.as_str()).collect();
    let places: Vec<_> = missing
        .iter()
        .map(|(_, _, at)| (note.path.as_str(), *at))
        .collect();
    report(note, lock, locked, &names, &places, out);
}

fn go(
    note: &Note,
    noted: &Noted,
    read: &Read<'_>,
    (own, complete): (&BTreeSet<&str>, bool),
    out: &mut Verdicts<'_>,
) {
    let directory = note.directory();
    let beside = locks(read, "golang", directory);
    let Some((lock, locked)) = beside.first() else {
        if complete && !noted.asked.is_empty() {
            let first = noted.asked.first().map(|(_, _, at)| (note.path.as_str(), *at));
            out.finding(
                Found {
                    message: "go.mod requires modules, and there is no go.sum that holds their digests"
                        .to_owned(),
                    key: key_of(noted.asked.iter().map(|(name, _, _)| name.as_str())),
                    fix: "run `go mod tidy`, and commit go.sum".to_owned(),
                    severity: Some(Severity::Low),
                    ..Found::default()
                },
                first.as_slice(),
            );
        }
        return;
    };
    // A workspace keeps some digests in its own file.
    let mut known: BTreeSet<&str> = BTreeSet::new();
    for at in above(directory) {
        for (_, noted) in locks(read, "golang", at) {
            if let Recorded::Patterns(patterns) = &noted.recorded {
                known.extend(patterns.iter().map(String::as_str));
            }
        }
    }
    // Modules of the same repository are joined by a workspace, and have no digest.
    let missing = noted.asked.iter().filter(|(path, version, _)| {
        !own.contains(path.as_str()) && !known.contains(format!("{path}@{version}").as_str())
    });
    let missing: Vec<_> = missing.collect();
    let names: Vec<&str> = missing.iter().map(|(name, _, _)| name.as_str()).collect();
    let places: Vec<_> = missing
        .iter()
        .map(|(_, _, at)| (note.path.as_str(), *at))
        .collect();
    report(note, lock, locked, &names, &places, out);
}

/// Whatever is asked for must be among the names of the lock file.
fn by_name(note: &Note, noted: &Noted, read: &Read<'_>, out: &mut Verdicts<'_>) {
    let directory = note.directory();
    let kind = noted.kind.as_str();
    let workspaces = kind == "cargo";
    for at in above(directory).take(if workspaces { usize::MAX } else { 1 }) {
        let found = locks(read, kind, at);
        let fitting = found.iter().filter(|(lock, _)| is_of(note, lock));
        let mut any = false;
        for (lock, locked) in fitting {
            any = true;
            let known: BTreeSet<String> = names_of(&locked.recorded)
                .map(|name| normal(kind, name))
                .collect();
            let own: BTreeSet<String> = names_of(&noted.recorded).map(|name| normal(kind, name)).collect();
            // A crate that is no member of the workspace above has another lock file, or none.
            if workspaces && !own.iter().all(|name| known.contains(name)) {
                continue;
            }
            let missing = noted.asked.iter().filter(|(name, _, _)| {
                let name = normal(kind, name);
                !noted.conditional && !known.contains(&name) && !own.contains(&name)
            });
            let missing: Vec<_> = missing.collect();
            if missing.is_empty() {
                by_contents(note, noted, (lock, locked), out);
            }
            let names: Vec<&str> = missing.iter().map(|(name, _, _)| name.as_str()).collect();
            let places: Vec<_> = missing
                .iter()
                .map(|(_, _, at)| (note.path.as_str(), *at))
                .collect();
            report(note, lock, locked, &names, &places, out);
        }
        if any {
            return;
        }
    }
}

/// The manifest must be the one whose digest the lock file keeps.
fn by_contents(note: &Note, noted: &Noted, (lock, locked): (&Note, &Noted), out: &mut Verdicts<'_>) {
    let unknown = noted.contents.is_empty() || locked.contents.is_empty();
    if unknown
        || locked
            .contents
            .iter()
            .any(|digest| noted.contents.contains(digest))
    {
        return;
    }
    let (manifest, lock) = (file(&note.path), file(&lock.path));
    out.finding(
        Found {
            message: format!(
                "{manifest} was changed after {lock} was made, which keeps the digest of another"
            ),
            fix: format!(
                "make {lock} anew with {}, and enforce it where you build",
                locked.tool
            ),
            key: format!("{lock} content-hash"),
            severity: Some(Severity::Low),
            ..Found::default()
        },
        &[(note.path.as_str(), Place(1, 1, 1, 1))],
    );
}

/// Whether a lock file is of the tool that reads the manifest.
fn is_of(manifest: &Note, lock: &Note) -> bool {
    manifest.path.ends_with("Pipfile") == lock.path.ends_with("Pipfile.lock")
}

fn report(
    note: &Note,
    lock: &Note,
    locked: &Noted,
    names: &[&str],
    places: &[(&str, Place)],
    out: &mut Verdicts<'_>,
) {
    if names.is_empty() {
        return;
    }
    out.finding(
        Found {
            message: format!(
                "{} and {} do not agree about {}",
                file(&note.path),
                file(&lock.path),
                named(names.iter().copied())
            ),
            key: format!("{} {}", file(&lock.path), key_of(names.iter().copied())),
            fix: format!(
                "make {} anew with {}, and enforce it where you build",
                file(&lock.path),
                locked.tool
            ),
            ..Found::default()
        },
        places,
    );
}

/// The name of a file.
fn file(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::above;

    #[test]
    fn directories_are_listed_from_the_inside_out() {
        assert_eq!(above("a/b/").collect::<Vec<_>>(), ["a/b/", "a/", ""]);
        assert_eq!(above("").collect::<Vec<_>>(), [""]);
        assert_eq!(
            above("x.zip!/a/").collect::<Vec<_>>(),
            ["x.zip!/a/", "x.zip!/", ""]
        );
    }
}
