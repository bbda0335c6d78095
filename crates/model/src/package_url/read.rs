//! Taking a package URL apart: from the right, as the specification says.

use super::{InvalidPackageUrl, MAX_PACKAGE_URL_LEN, PackageUrl, PackageUrlParts, percent, types::TypeRules};
use std::collections::BTreeMap;

/// What to do about capitals in the keys of qualifiers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Keys {
    /// A key that starts with a capital is invalid: the first letter of a key is a lowercase one. Later capitals are folded.
    Strict,
    /// All capitals are folded.
    Folded,
}

pub(super) fn read(text: &str, keys: Keys) -> Result<PackageUrl, InvalidPackageUrl> {
    if text.len() > MAX_PACKAGE_URL_LEN {
        return Err(InvalidPackageUrl::TooLong(text.len()));
    }
    let (rest, subpath) = cut_right(text, '#');
    let (rest, qualifiers) = cut_right(rest, '?');
    let (scheme, rest) = rest.split_once(':').ok_or(InvalidPackageUrl::Scheme)?;
    if !scheme.eq_ignore_ascii_case("pkg") {
        return Err(InvalidPackageUrl::Scheme);
    }
    let rest = rest.trim_start_matches('/');
    let (kind, rest) = rest.split_once('/').unwrap_or((rest, ""));
    let (path, version) = cut_version(rest.trim_matches('/'));
    let (namespace, name) = split_name(kind, path);
    PackageUrlParts {
        kind: kind.to_owned(),
        namespace: namespace.map(decoded_segments).transpose()?,
        name: if TypeRules::of(kind).name_is_a_path() {
            decoded_segments(name)?
        } else {
            percent::decode(name)?
        },
        version: version.map(percent::decode).transpose()?,
        qualifiers: qualifiers
            .map(|text| read_qualifiers(text, keys))
            .transpose()?
            .unwrap_or_default(),
        subpath: subpath.map(decoded_segments).transpose()?,
    }
    .build()
}

fn cut_right(text: &str, at: char) -> (&str, Option<&str>) {
    match text.rsplit_once(at) {
        Some((left, right)) => (left, Some(right)),
        None => (text, None),
    }
}

/// Cuts the version off at the last `@`, unless that `@` opens a segment that another follows: `@babel/core` is an npm scope that
/// somebody forgot to encode.
fn cut_version(path: &str) -> (&str, Option<&str>) {
    match path.rsplit_once('@') {
        Some((left, right)) if !(right.contains('/') && (left.is_empty() || left.ends_with('/'))) => {
            (left, Some(right))
        }
        _ => (path, None),
    }
}

/// Where the namespace ends. A git host is one segment and the rest is the repository's name; for every other type the name is
/// the last segment.
fn split_name<'a>(kind: &str, path: &'a str) -> (Option<&'a str>, &'a str) {
    let cut = if TypeRules::of(kind).name_is_a_path() {
        path.split_once('/')
    } else {
        path.rsplit_once('/')
    };
    cut.map_or((None, path), |(namespace, name)| (Some(namespace), name))
}

/// For a git repository: the first segment of the whole path is the host, whatever the caller took for the namespace.
pub(super) fn host_and_path(namespace: Option<String>, name: &str) -> (Option<String>, String) {
    let whole: Vec<&str> = namespace
        .iter()
        .flat_map(|n| n.split('/'))
        .chain(name.split('/'))
        .filter(|s| !s.is_empty())
        .collect();
    match whole.split_first() {
        Some((host, path)) if !path.is_empty() => (Some((*host).to_owned()), path.join("/")),
        _ => (None, whole.concat()),
    }
}

/// Decodes segment by segment, so that an encoded `/` cannot pass for a separator.
fn decoded_segments(text: &str) -> Result<String, InvalidPackageUrl> {
    let mut segments = Vec::new();
    for encoded in text.split('/').filter(|s| !s.is_empty()) {
        let segment = percent::decode(encoded)?;
        if segment.contains('/') {
            return Err(InvalidPackageUrl::HiddenSlash(encoded.to_owned()));
        }
        segments.push(segment);
    }
    Ok(segments.join("/"))
}

fn read_qualifiers(text: &str, keys: Keys) -> Result<BTreeMap<String, String>, InvalidPackageUrl> {
    let mut qualifiers = BTreeMap::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        if keys == Keys::Strict && key.starts_with(|c: char| c.is_ascii_uppercase()) {
            return Err(InvalidPackageUrl::QualifierKey(key.to_owned()));
        }
        if qualifiers
            .insert(key.to_ascii_lowercase(), percent::decode(value)?)
            .is_some()
        {
            return Err(InvalidPackageUrl::QualifierTwice(key.to_owned()));
        }
    }
    Ok(qualifiers)
}
