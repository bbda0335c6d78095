//! Requirements files. <https://pip.pypa.io/en/stable/reference/requirements-file-format/>
//!
//! Only `==` and `===` name a version; other requirements are components without one. Files that are included (`-r`) are
//! read where they stand. Whether a line was written by a person or by `pip freeze` the file does not tell.

use super::{PYPI, leading_name, purl};
use crate::catalog::form::{labelled_hash, place, text};
use crate::catalog::{Cataloger, Inventory, Package, Unreadable, file_name};
use bartizan_engine::Input;
use std::borrow::Cow;

/// Reads requirements files.
pub struct Requirements;

impl Cataloger for Requirements {
    fn id(&self) -> &'static str {
        "python-requirements"
    }

    fn title(&self) -> &'static str {
        "Requirements files of pip"
    }

    fn reads(&self, path: &str) -> bool {
        let name = file_name(path);
        let named = name.strip_suffix(".txt").is_some_and(|stem| {
            let above = path
                .strip_suffix(name)
                .unwrap_or_default()
                .trim_end_matches(['/', '!']);
            stem.contains("requirements") || file_name(above) == "requirements"
        });
        // Metadata of an installed distribution, in another format.
        named && !path.contains(".egg-info/")
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        let text = text(input)?;
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            let mut logical = Cow::Borrowed(without_comment(line));
            let mut last = line;
            while last.trim_end().ends_with('\\') {
                let head = logical.trim_end().trim_end_matches('\\').to_owned();
                let Some(next) = lines.next() else {
                    logical = Cow::Owned(head);
                    break;
                };
                logical = Cow::Owned(head + " " + without_comment(next));
                last = next;
            }
            let requirement = logical.trim();
            if requirement.is_empty() {
                continue;
            }
            match read_requirement(requirement) {
                Read::Package(mut package) => {
                    package.at = place(text, line.trim());
                    out.add(*package);
                }
                Read::Option => {}
                Read::Nothing => out.problem(format!("`{}` names no package", requirement.escape_debug())),
            }
        }
        Ok(())
    }
}

enum Read {
    Package(Box<Package>),
    /// An option of pip, which names no package.
    Option,
    Nothing,
}

/// A comment begins a line or follows a space.
fn without_comment(line: &str) -> &str {
    if line.trim_start().starts_with('#') {
        return "";
    }
    let at = line.find(" #").or_else(|| line.find("\t#"));
    at.and_then(|at| line.get(..at)).unwrap_or(line)
}

fn read_requirement(line: &str) -> Read {
    let editable = line
        .strip_prefix("-e ")
        .or_else(|| line.strip_prefix("--editable"));
    if let Some(address) = editable {
        return from_address(address.trim_start_matches([' ', '=']));
    }
    if line.starts_with('-') {
        return Read::Option;
    }
    let Some((name, rest)) = leading_name(line) else {
        return from_address(line);
    };
    let rest = rest.trim_start();
    if rest.starts_with(['/', ':', '\\', '+']) || has_suffix(name) {
        return from_address(line);
    }
    let rest = match rest.strip_prefix('[').and_then(|extras| extras.split_once(']')) {
        Some((_, rest)) => rest.trim_start(),
        None => rest,
    };
    if rest.starts_with('@') {
        return package(name, None, None, rest);
    }
    let end = [";", " --", " -"].iter().filter_map(|stop| rest.find(stop)).min();
    let (specifiers, options) = end
        .and_then(|end| rest.split_at_checked(end))
        .unwrap_or((rest, ""));
    if !(specifiers.is_empty() || specifiers.starts_with(['=', '<', '>', '!', '~', '('])) {
        return Read::Nothing;
    }
    package(name, pinned(specifiers), Some(PYPI), options)
}

fn package(name: &str, version: Option<&str>, ecosystem: Option<&'static str>, options: &str) -> Read {
    let hashes = options
        .split_whitespace()
        .filter_map(|option| option.strip_prefix("--hash="));
    Read::Package(Box::new(Package {
        purl: purl(name, version),
        ecosystem,
        hashes: hashes.filter_map(labelled_hash).collect(),
        ..Package::default()
    }))
}

/// The version that `==` names; a pattern such as `2.*` or a variable names none.
fn pinned(specifiers: &str) -> Option<&str> {
    specifiers
        .trim_matches(['(', ')', ' '])
        .split(',')
        .find_map(|one| {
            let version = one.trim().strip_prefix("==")?.trim_start_matches('=');
            let version = version.split_whitespace().next()?;
            let valid =
                |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'!' | b'+' | b'_' | b'-');
            version.bytes().all(valid).then_some(version)
        })
}

fn has_suffix(name: &str) -> bool {
    [".whl", ".zip", ".gz", ".tgz", ".bz2"]
        .iter()
        .any(|suffix| name.ends_with(suffix))
}

/// A package by the address or path it is fetched from: the name of a wheel tells name and version
/// (<https://packaging.python.org/en/latest/specifications/binary-distribution-format/>), a fragment the name.
fn from_address(address: &str) -> Read {
    let address = address.split([' ', ';']).next().unwrap_or(address);
    let (path, fragment) = address.split_once('#').unwrap_or((address, ""));
    let named = fragment.split('&').find_map(|one| one.strip_prefix("egg="));
    if let Some((name, _)) = named.and_then(leading_name) {
        return package(name, None, None, "");
    }
    let file = file_name(path).strip_suffix(".whl");
    let mut parts = file.into_iter().flat_map(|file| file.split('-'));
    match (parts.next(), parts.next()) {
        (Some(name), Some(version)) => package(name, Some(version), None, ""),
        // A directory of the project's own.
        _ if !path.contains("://") && !has_suffix(path) && path.starts_with(['.', '/']) => Read::Option,
        _ => Read::Nothing,
    }
}
