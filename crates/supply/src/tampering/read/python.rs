//! Requirements files of pip (<https://pip.pypa.io/en/stable/reference/requirements-file-format/>) and dependency
//! specifiers (<https://packaging.python.org/en/latest/specifications/dependency-specifiers/>).

use super::lines::{Line, lines};
use crate::catalog::{Unreadable, file_name};
use crate::tampering::document::{Asked, Commit, Document, From, Part, SourceRole, SwitchKind, Version};
use std::ops::Range;

pub(super) const SECOND_INDEX: &str = "pip takes the highest version of a name from whichever index has one";
pub(super) const LINKS: &str =
    "pip takes the highest version of a name from that page or the index, whichever has it";
pub(super) const TRUSTED: &str = "pip checks no certificate of that host and goes on over plain http";

/// Whether a path is that of a requirements file.
pub(super) fn is_requirements(path: &str) -> bool {
    let name = file_name(path);
    let Some(stem) = name.strip_suffix(".txt") else {
        return false;
    };
    let above = path
        .strip_suffix(name)
        .unwrap_or_default()
        .trim_end_matches(['/', '!']);
    (stem.contains("requirements") || file_name(above) == "requirements") && !path.contains(".egg-info/")
}

pub(super) fn read_requirements(text: &str, _: &str) -> Result<Vec<Document>, Unreadable> {
    let mut document = Document::of("pypi", "pip", Part::Manifest);
    for (logical, at) in logical_lines(text) {
        let words: Vec<&str> = logical.split_whitespace().collect();
        match words.as_slice() {
            [option, ..] if option.starts_with('-') => options(&words, &at, &mut document),
            [] => {}
            _ => document.asked.extend(asked(&logical, at)),
        }
    }
    Ok(vec![document])
}

/// Lines joined over trailing backslashes, without comments, each with the place of its first part.
fn logical_lines(text: &str) -> Vec<(String, Range<usize>)> {
    let mut found: Vec<(String, Range<usize>)> = Vec::new();
    let mut open = false;
    for line in lines(text) {
        let bare = without_comment(&line);
        let (part, goes_on) = match bare.strip_suffix('\\') {
            Some(head) => (head.trim_end(), true),
            None => (bare, false),
        };
        match found.last_mut().filter(|_| open) {
            Some((logical, _)) => {
                logical.push(' ');
                logical.push_str(part);
            }
            None if part.is_empty() && !goes_on => {}
            None => found.push((part.to_owned(), line.at.start..line.at.start + part.len())),
        }
        open = goes_on;
    }
    found
}

/// A comment begins a line or follows a space.
fn without_comment<'t>(line: &Line<'t>) -> &'t str {
    if line.text.starts_with('#') {
        return "";
    }
    let at = line.text.find(" #").or_else(|| line.text.find("\t#"));
    at.and_then(|at| line.text.get(..at))
        .unwrap_or(line.text)
        .trim_end()
}

/// Reads options of pip, as they stand in requirements files and on command lines.
pub(super) fn options(words: &[&str], at: &Range<usize>, document: &mut Document) {
    let mut words = words.iter().copied().peekable();
    while let Some(word) = words.next() {
        let (name, mut value) = word.split_once('=').unwrap_or((word, ""));
        let takes = matches!(
            name,
            "-i" | "--index-url"
                | "--extra-index-url"
                | "-f"
                | "--find-links"
                | "--trusted-host"
                | "-e"
                | "--editable"
                | "--default-index"
                | "--index"
        );
        if takes && value.is_empty() {
            value = words.next().unwrap_or_default();
        }
        let value = value.trim_matches(['"', '\'']);
        option(name, value, at.clone(), document);
    }
}

/// Reads one option of pip.
pub(super) fn option(name: &str, value: &str, at: Range<usize>, document: &mut Document) {
    if value.is_empty() {
        return;
    }
    match name.trim_start_matches('-') {
        "i" | "index-url" | "default-index" => document.source(value, SourceRole::Main, at),
        "extra-index-url" => document.source(value, SourceRole::Extra(SECOND_INDEX), at),
        "f" | "find-links" if value.contains("://") && !value.starts_with("file:") => {
            document.source(value, SourceRole::Extra(LINKS), at);
        }
        "trusted-host" if !is_local(value) => {
            document.switch(
                SwitchKind::Unencrypted,
                format!("trusted-host {value}"),
                TRUSTED,
                at,
            );
        }
        "e" | "editable" => document.asked.extend(asked(value, at)),
        _ => {}
    }
}

fn is_local(host: &str) -> bool {
    host.starts_with("localhost") || host.starts_with("127.") || host.starts_with("[::1]")
}

/// The package that a specifier or an address asks for.
pub(super) fn asked(text: &str, at: Range<usize>) -> Option<Asked> {
    let text = text.trim();
    let digest = text.contains("--hash=") || text.contains("--hash ");
    let body = text.split(" --").next().unwrap_or(text).trim();
    let name_end = body
        .find(|letter: char| !letter.is_ascii_alphanumeric() && !matches!(letter, '.' | '_' | '-'))
        .unwrap_or(body.len());
    let (name, rest) = body.split_at_checked(name_end)?;
    let rest = rest.trim_start();
    let rest = match rest.strip_prefix('[').and_then(|extras| extras.split_once(']')) {
        Some((_, rest)) => rest.trim_start(),
        None => rest,
    };
    if let Some(address) = rest.strip_prefix('@') {
        let (from, digest_in_address) = address_origin(address.trim());
        return Some(Asked {
            name: name.to_owned(),
            spec: address.trim().to_owned(),
            from,
            digest: digest || digest_in_address,
            at,
            ..Asked::default()
        });
    }
    if rest.starts_with([':', '/', '+']) || name.is_empty() {
        let (from, digest_in_address) = address_origin(body);
        let named = body
            .split("egg=")
            .nth(1)
            .and_then(|rest| rest.split(['&', '[', ' ']).next());
        let shown = named.unwrap_or_else(|| file_name(body.split(['#', '?', '@']).next().unwrap_or(body)));
        return (from != From::Here).then(|| Asked {
            name: shown.to_owned(),
            spec: body.to_owned(),
            from,
            digest: digest || digest_in_address,
            at,
            ..Asked::default()
        });
    }
    let specifiers = rest.split(';').next().unwrap_or(rest).trim();
    if !(specifiers.is_empty() || specifiers.starts_with(['=', '<', '>', '!', '~', '('])) {
        return None;
    }
    Some(Asked {
        name: name.to_owned(),
        spec: specifiers.to_owned(),
        from: From::Registry,
        version: version(specifiers),
        conditional: rest.contains(';'),
        digest,
        at,
        ..Asked::default()
    })
}

/// How far specifiers determine a version.
pub(super) fn version(specifiers: &str) -> Version {
    let mut parts = specifiers.split(',').map(|one| one.trim_matches([' ', '(', ')']));
    let exact = parts.any(|one| {
        let pinned = one.strip_prefix("===").or_else(|| one.strip_prefix("=="));
        pinned.is_some_and(|version| !version.contains('*'))
    });
    match (exact, specifiers) {
        (true, _) => Version::Exact,
        (false, "" | "*") => Version::Newest,
        (false, _) => Version::Range,
    }
}

/// Where a direct reference leads, and whether its fragment has a digest.
/// <https://packaging.python.org/en/latest/specifications/version-specifiers/#direct-references>
pub(super) fn address_origin(address: &str) -> (From, bool) {
    let address = address.split([' ', ';']).next().unwrap_or(address);
    let (path, fragment) = address.split_once('#').unwrap_or((address, ""));
    let digest = ["sha256=", "sha384=", "sha512="]
        .iter()
        .any(|name| fragment.contains(name));
    let vcs = ["git+", "hg+", "svn+", "bzr+"]
        .iter()
        .any(|prefix| path.starts_with(prefix));
    if vcs {
        // A user before the host has an `@` too.
        let after_host = path.split_once("://").map_or("", |(_, rest)| rest);
        let tail = after_host.split_once('/').map_or("", |(_, tail)| tail);
        let revision = tail.rsplit_once('@').map(|(_, revision)| revision);
        let url = match revision {
            Some(revision) => path.strip_suffix(revision).unwrap_or(path).trim_end_matches('@'),
            None => path,
        };
        let commit = Commit::of(revision);
        return (
            From::Repository {
                url: url.to_owned(),
                commit,
            },
            false,
        );
    }
    if path.starts_with("http://") || path.starts_with("https://") {
        return (From::Archive { url: path.to_owned() }, digest);
    }
    (From::Here, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_specifier_names_a_version_a_range_or_nothing() {
        for (text, expected) in [
            ("flask==2.2.2", Version::Exact),
            ("psycopg[binary]==3.1.18 ; python_version > '3'", Version::Exact),
            ("flask==2.*", Version::Range),
            ("flask>=2,<3", Version::Range),
            ("flask", Version::Newest),
        ] {
            assert_eq!(asked(text, 0..1).unwrap().version, expected, "{text}");
        }
    }

    #[test]
    fn direct_references_lead_to_repositories_and_archives() {
        let origin = |text: &str| asked(text, 0..1).map(|one| (one.name, one.from, one.digest));
        let (name, from, _) = origin("git+https://git@git.acme.example/cart.git@main#egg=acme-cart").unwrap();
        assert_eq!(name, "acme-cart");
        assert!(matches!(
            from,
            From::Repository {
                commit: Commit::Name,
                ..
            }
        ));
        let (_, from, _) = origin("cart @ git+ssh://git@git.acme.example/cart.git").unwrap();
        assert!(matches!(
            from,
            From::Repository {
                commit: Commit::None,
                ..
            }
        ));
        let (_, from, digest) = origin("cart @ https://acme.example/cart-1.0.tar.gz#sha256=00").unwrap();
        assert!(matches!(from, From::Archive { .. }) && digest);
        assert_eq!(origin("./vendor/cart"), None);
        assert_eq!(origin("-"), None.or(origin("-")));
    }

    #[test]
    fn lines_are_joined_over_backslashes() {
        let text = "a==1 \\\n  --hash=sha256:00 \\\n  --hash=sha256:11\nb # c\n";
        let found: Vec<String> = logical_lines(text).into_iter().map(|(line, _)| line).collect();
        assert_eq!(found, ["a==1 --hash=sha256:00 --hash=sha256:11", "b"]);
    }
}
