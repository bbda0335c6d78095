//! A consumer that keeps everything it is given, and small helpers to make trees and repositories.

#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    reason = "every test file uses its own part of the helpers"
)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

pub mod image;
pub mod merged;

use bartizan_model::Skipped;
use bartizan_source::{Consumer, Entry, FileMeta, Interest, Source, SourceOptions, Unit, Window, WindowSize};
use std::path::Path;
use std::process::Command;

/// One unit as it was given.
#[derive(Debug, Clone)]
pub struct Kept {
    pub meta: FileMeta,
    pub bytes: Vec<u8>,
    pub window: Window,
}

/// Keeps what it is given.
pub struct Keeper {
    pub units: Vec<Kept>,
    pub skipped: Vec<Skipped>,
    pub want: fn(&FileMeta) -> Interest,
}

impl Default for Keeper {
    fn default() -> Self {
        Self {
            units: Vec::new(),
            skipped: Vec::new(),
            want: |_| Interest::Whole,
        }
    }
}

impl Consumer for Keeper {
    fn wants(&mut self, meta: &FileMeta) -> Interest {
        (self.want)(meta)
    }

    fn unit(&mut self, unit: Unit<'_>) {
        self.units.push(Kept {
            meta: unit.meta.clone(),
            bytes: unit.bytes.to_vec(),
            window: unit.window,
        });
    }

    fn skipped(&mut self, skipped: Skipped) {
        self.skipped.push(skipped);
    }

    fn stopped(&self) -> bool {
        false
    }
}

impl Keeper {
    pub fn paths(&self) -> Vec<&str> {
        self.units.iter().map(|unit| &*unit.meta.path).collect()
    }

    pub fn sorted_paths(&self) -> Vec<&str> {
        let mut paths = self.paths();
        paths.sort_unstable();
        paths
    }

    pub fn text(&self, path: &str) -> String {
        let unit = self.units.iter().find(|unit| &*unit.meta.path == path);
        String::from_utf8_lossy(
            &unit
                .unwrap_or_else(|| panic!("no {path} in {:?}", self.paths()))
                .bytes,
        )
        .into_owned()
    }
}

/// Everything a source lists.
pub fn list(source: &dyn Source) -> (Vec<Entry>, Vec<Skipped>) {
    let mut skipped = Vec::new();
    let entries = source.list(&mut skipped).unwrap();
    (entries, skipped)
}

/// Everything a source gives; what listing skipped comes first.
pub fn read(source: &dyn Source) -> Keeper {
    let (entries, skipped) = list(source);
    let mut keeper = Keeper {
        skipped,
        ..Keeper::default()
    };
    let mut buffer = Vec::new();
    for entry in &entries {
        source.read(entry, &mut buffer, &mut keeper);
    }
    keeper
}

pub fn open(target: &Path) -> Box<dyn Source> {
    open_with(target, &SourceOptions::default())
}

pub fn open_with(target: &Path, options: &SourceOptions) -> Box<dyn Source> {
    bartizan_source::open(target.to_str().unwrap(), options).unwrap()
}

pub fn small_windows() -> SourceOptions {
    SourceOptions {
        windows: WindowSize::new(64, 16),
        ..SourceOptions::default()
    }
}

pub fn write(root: &Path, path: &str, text: impl AsRef<[u8]>) {
    let full = root.join(path);
    std::fs::create_dir_all(full.parent().unwrap()).unwrap();
    std::fs::write(full, text).unwrap();
}

/// Runs git in `root`, deaf to the user's configuration, with a fixed author.
pub fn git(root: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .current_dir(root)
        .args([
            "-c",
            "commit.gpgsign=false",
            "-c",
            "init.defaultBranch=main",
            "-c",
            "core.hooksPath=/dev/null",
        ])
        .args(arguments)
        .env_remove("GIT_DIR")
        .env_remove("GIT_INDEX_FILE")
        .env_remove("GIT_WORK_TREE")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .envs([
            ("GIT_AUTHOR_NAME", "Ann Author"),
            ("GIT_AUTHOR_EMAIL", "ann@example.org"),
        ])
        .envs([
            ("GIT_COMMITTER_NAME", "Carl Committer"),
            ("GIT_COMMITTER_EMAIL", "carl@example.org"),
        ])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "git {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Commits everything in the work tree; the id of the commit.
pub fn commit(root: &Path, message: &str) -> String {
    git(root, &["add", "-A"]);
    git(root, &["commit", "-q", "--allow-empty", "-m", message]);
    git(root, &["rev-parse", "HEAD"])
}

/// A new repository in a temporary directory.
pub fn repository() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    git(directory.path(), &["init", "-q"]);
    directory
}
