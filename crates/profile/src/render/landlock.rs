//! Rules for Landlock (`landlock(7)`): what may be read, written, changed and run below which paths, and which TCP ports may be connected to and bound.
//!
//! Landlock knows no `*`: of a path with one, the directory before it stands for it. `bartizan profile run` sets them before it starts a command.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::profile::{Access, Profile, Transport};
use crate::render::libraries;

/// What may be done with a file, or with those below a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Right {
    /// Files are read
    ReadFile,
    /// Directories are listed
    ReadDirectory,
    /// Files are written to
    WriteFile,
    /// Names are made, removed and changed
    Change,
    /// Programs are run
    Execute,
}

/// What Landlock allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Landlock {
    /// Name of the form
    pub schema: &'static str,
    /// What may be done with these files, and below these directories
    pub paths: BTreeMap<String, BTreeSet<Right>>,
    /// TCP ports that may be connected to
    pub connect: BTreeSet<u16>,
    /// TCP ports that may be waited on
    pub bind: BTreeSet<u16>,
}

/// The rules of a profile.
#[must_use]
pub fn landlock(profile: &Profile) -> Landlock {
    let mut paths: BTreeMap<String, BTreeSet<Right>> = BTreeMap::new();
    let mut allow = |path: &str, rights: &[Right]| {
        if !rights.is_empty() {
            paths.entry(path.to_owned()).or_default().extend(rights);
        }
    };
    for (path, file) in &profile.files {
        let rights = rights(file.access);
        // To make or remove a name is a right of the directory that it is in.
        if file.access.change {
            allow(
                above(path.split('*').next().unwrap_or_default()),
                &[Right::Change],
            );
        }
        match path.find('*') {
            Some(at) => allow(above(path.get(..at).unwrap_or_default()), &rights),
            None => allow(path, &rights),
        }
    }
    for directory in libraries(profile) {
        allow(&directory, &[Right::ReadFile, Right::Execute]);
    }
    let ports = |all: &BTreeMap<Transport, BTreeMap<u16, _>>| {
        let of = all.get(&Transport::Tcp);
        of.map(|ports| ports.keys().copied().collect())
            .unwrap_or_default()
    };
    Landlock {
        schema: "bartizan/landlock/v1",
        paths,
        connect: ports(&profile.connects),
        bind: ports(&profile.listens),
    }
}

/// What an access needs on the path itself
fn rights(access: Access) -> Vec<Right> {
    let read = if access.directory {
        Right::ReadDirectory
    } else {
        Right::ReadFile
    };
    [
        (access.read || access.execute, read),
        (access.write, Right::WriteFile),
        (access.execute, Right::Execute),
    ]
    .into_iter()
    .filter_map(|(has, right)| has.then_some(right))
    .collect()
}

/// The directory that a path is in
fn above(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some(("", _)) | None => "/",
        Some((directory, _)) => directory,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::Architecture;
    use crate::window::Window;

    #[test]
    fn a_directory_stands_for_names_that_change_and_for_those_that_are_made() {
        let mut profile = Profile::new("w", Architecture::X86_64);
        let mut window = Window::default();
        let change = Access {
            write: true,
            change: true,
            ..Access::default()
        };
        let list = Access {
            read: true,
            directory: true,
            ..Access::default()
        };
        window.files.insert("/srv/data/*".to_owned(), change);
        window.files.insert("/run/app.pid".to_owned(), change);
        window.files.insert("/".to_owned(), list);
        window
            .connects
            .insert((Transport::Tcp, [10, 0, 0, 1].into(), 443));
        window.connects.insert((Transport::Udp, [10, 0, 0, 1].into(), 53));
        profile.add(window, true);
        let rules = landlock(&profile);
        assert_eq!(
            rules.paths["/srv/data"],
            BTreeSet::from([Right::WriteFile, Right::Change])
        );
        assert_eq!(rules.paths["/run"], BTreeSet::from([Right::Change]));
        assert_eq!(rules.paths["/run/app.pid"], BTreeSet::from([Right::WriteFile]));
        // Who lists the root reads no file below it.
        assert_eq!(rules.paths["/"], BTreeSet::from([Right::ReadDirectory]));
        assert_eq!(rules.connect, BTreeSet::from([443]));
    }
}
