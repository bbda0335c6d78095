//! Package databases made by the package managers themselves, compared with what these tell of them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test fails by panicking, runs the real tools, and says aloud what it skips"
)]
#![allow(dead_code, reason = "the helpers are shared with other tests")]

mod common;

use bartizan_model::Component;
use bartizan_testbed::testdata;
use common::{damage, output, read};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

#[test]
fn the_packages_of_this_machine_are_those_that_dpkg_query_lists() {
    let Ok(status) = std::fs::read("/var/lib/dpkg/status") else {
        println!("skipped: this machine has no status of dpkg");
        return;
    };
    let format =
        "${db:Status-Status}\t${Package} ${Version} ${Architecture} ${source:Package} ${source:Version}\n";
    let Some(listed) = output(Command::new("dpkg-query").args(["-W", "-f", format])) else {
        return;
    };
    let listed: BTreeSet<String> = listed
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .filter(|(state, _)| !matches!(*state, "not-installed" | "config-files"))
        .map(|(_, rest)| rest.to_owned())
        .collect();
    let (components, problems) = read("os-dpkg", "var/lib/dpkg/status", &status);
    assert_eq!(problems, Vec::<String>::new());
    let found: BTreeSet<String> = components.iter().map(as_dpkg_query).collect();
    assert_eq!(found, listed);
    assert!(
        components
            .iter()
            .any(|component| !component.depends_on.is_empty())
    );
}

fn as_dpkg_query(component: &Component) -> String {
    let version = component.version.as_deref().unwrap();
    let source = component.source.as_ref();
    format!(
        "{} {version} {} {} {}",
        component.name.as_str(),
        component.purl.qualifier("arch").unwrap(),
        source.map_or(component.purl.name(), |source| &source.name),
        source
            .and_then(|source| source.version.as_deref())
            .unwrap_or(version)
    )
}

/// Packages built by rpmbuild, and the database that rpm keeps of them.
struct Built {
    directory: tempfile::TempDir,
    packages: Vec<std::path::PathBuf>,
}

const SUBPACKAGES: usize = 40;

impl Built {
    fn new() -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let top = directory.path();
        // Headers that do not fit a page: the database is to need overflow pages.
        let long = "A description that goes on for a while.\n".repeat(300);
        let mut spec = format!(
            "Name: harbour\nVersion: 1.2\nRelease: 3.el9\nEpoch: 4\nSummary: s\nLicense: Apache-2.0\nVendor: Rocky\n\
             BuildArch: noarch\n%description\n{long}\n%files\n"
        );
        for number in 0..SUBPACKAGES {
            write!(
                spec,
                "%package part{number}\nSummary: s\nLicense: MIT\n%description part{number}\nShort.\n%files part{number}\n"
            )
            .unwrap();
        }
        let path = top.join("harbour.spec");
        std::fs::write(&path, spec).unwrap();
        let defined = format!("_topdir {}", top.display());
        output(
            Command::new("rpmbuild")
                .args(["-bb", "--quiet", "--define", &defined])
                .arg(&path),
        )?;
        let made = std::fs::read_dir(top.join("RPMS/noarch")).unwrap();
        let packages = made.map(|entry| entry.unwrap().path()).collect();
        Some(Self { directory, packages })
    }

    fn install(&self, backend: &str) -> std::path::PathBuf {
        let database = self.directory.path().join(backend);
        let mut command = Command::new("rpm");
        command.args(["--define", &format!("_db_backend {backend}"), "--dbpath"]);
        command
            .arg(&database)
            .args(["--install", "--justdb", "--nodeps", "--nosignature"]);
        output(command.args(&self.packages)).unwrap();
        database
    }
}

fn listed_by_rpm(backend: &str, database: &Path) -> Option<BTreeSet<String>> {
    let format = "%{NAME} %{EPOCHNUM}:%{VERSION}-%{RELEASE} %{ARCH} %{SOURCERPM}\n";
    let mut command = Command::new("rpm");
    command
        .args(["--define", &format!("_db_backend {backend}"), "--dbpath"])
        .arg(database);
    let listed = output(command.args(["-qa", "--qf", format]))?;
    Some(
        listed
            .lines()
            .filter(|line| !line.starts_with("gpg-pubkey "))
            .map(str::to_owned)
            .collect(),
    )
}

fn as_rpm(component: &Component) -> String {
    let version = component.version.as_deref().unwrap();
    let epoch = if version.contains(':') { "" } else { "0:" };
    let source = component.source.as_ref().unwrap();
    format!(
        "{} {epoch}{version} {} {}-{}.src.rpm",
        component.purl.name(),
        component.purl.qualifier("arch").unwrap(),
        source.name,
        source.version.as_deref().unwrap()
    )
}

#[test]
fn a_database_that_rpm_keeps_in_sqlite_lists_what_rpm_lists() {
    let Some(built) = Built::new() else {
        return;
    };
    let database = built.install("sqlite");
    let bytes = std::fs::read(database.join("rpmdb.sqlite")).unwrap();
    let (components, problems) = read("os-rpm", "var/lib/rpm/rpmdb.sqlite", &bytes);
    assert_eq!(problems, Vec::<String>::new());
    assert_eq!(components.len(), SUBPACKAGES + 1);
    let found: BTreeSet<String> = components.iter().map(as_rpm).collect();
    assert_eq!(Some(found), listed_by_rpm("sqlite", &database));
    let main = components
        .iter()
        .find(|one| one.purl.name() == "harbour")
        .unwrap();
    assert_eq!(
        main.purl.to_string(),
        "pkg:rpm/rocky/harbour@1.2-3.el9?arch=noarch&epoch=4"
    );
    assert_eq!(main.version.as_deref(), Some("4:1.2-3.el9"));
    assert_eq!(main.licenses, ["Apache-2.0"]);
    damage("os-rpm", "var/lib/rpm/rpmdb.sqlite", &bytes);
}

#[test]
fn a_database_in_berkeley_db_lists_what_rpm_lists() {
    let Some(file) = testdata("supply/lockfiles/extractor/filesystem/os/rpm/testdata/Packages_epoch") else {
        return;
    };
    let bytes = std::fs::read(file).unwrap();
    let (components, problems) = read("os-rpm", "var/lib/rpm/Packages", &bytes);
    assert_eq!(problems, Vec::<String>::new());
    assert!(!components.is_empty());
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("Packages"), &bytes).unwrap();
    let found: BTreeSet<String> = components.iter().map(as_rpm).collect();
    if let Some(listed) = listed_by_rpm("bdb_ro", directory.path()) {
        assert_eq!(found, listed);
    }
    damage("os-rpm", "var/lib/rpm/Packages", &bytes);
}

/// Debian's rpm writes no ndb, so the headers that rpmbuild made are put into blocks as rpm's `rpmpkg.c` lays them out.
#[test]
fn a_database_in_ndb_holds_the_headers_of_its_slots() {
    let Some(built) = Built::new() else {
        return;
    };
    let headers: Vec<Vec<u8>> = built
        .packages
        .iter()
        .map(|path| main_header(&std::fs::read(path).unwrap()))
        .collect();
    let bytes = ndb(&headers);
    let (components, problems) = read("os-rpm", "usr/lib/sysimage/rpm/Packages.db", &bytes);
    assert_eq!(problems, Vec::<String>::new());
    assert_eq!(components.len(), SUBPACKAGES + 1);
    assert!(
        components
            .iter()
            .any(|one| one.version.as_deref() == Some("4:1.2-3.el9"))
    );
    damage("os-rpm", "usr/lib/sysimage/rpm/Packages.db", &bytes);
}

/// The main header of a package file without its magic: after the lead of 96 bytes and the signature, padded to eight.
fn main_header(package: &[u8]) -> Vec<u8> {
    let length = |at: usize| {
        let word = |at: usize| u32::from_be_bytes(package[at..at + 4].try_into().unwrap()) as usize;
        16 + word(at + 8) * 16 + word(at + 12)
    };
    let signature = length(96);
    let main = (96 + signature).next_multiple_of(8);
    package[main + 8..main + length(main)].to_vec()
}

fn ndb(headers: &[Vec<u8>]) -> Vec<u8> {
    let mut slots = vec![0_u8; 4096];
    slots[..4].copy_from_slice(b"RpmP");
    slots[12..16].copy_from_slice(&1_u32.to_le_bytes());
    let mut blobs = Vec::new();
    for (index, header) in headers.iter().enumerate() {
        let number = index as u32 + 1;
        let block = (4096 + blobs.len()) / 16;
        let start = blobs.len();
        blobs.extend(b"BlbS");
        for word in [number, 1, header.len() as u32] {
            blobs.extend(word.to_le_bytes());
        }
        blobs.extend(header);
        // The tail: checksum, length and magic.
        let end = (blobs.len() + 12).next_multiple_of(16) - 12;
        blobs.resize(end, 0);
        blobs.extend([0; 8]);
        blobs.extend(b"BlbE");
        let slot = &mut slots[(index + 2) * 16..(index + 3) * 16];
        slot[..4].copy_from_slice(b"Slot");
        let blocks = ((blobs.len() - start) / 16) as u32;
        for (at, word) in [(4, number), (8, block as u32), (12, blocks)] {
            slot[at..at + 4].copy_from_slice(&word.to_le_bytes());
        }
    }
    // Slots that are free have their magic only.
    for slot in slots.chunks_mut(16).skip(2 + headers.len()) {
        slot[..4].copy_from_slice(b"Slot");
    }
    slots.extend(blobs);
    slots
}

#[test]
fn what_is_no_database_is_said_to_be_none() {
    for bytes in [&b""[..], b"hello", b"SQLite format 3\0", b"RpmP"] {
        let (components, problems) = read("os-rpm", "var/lib/rpm/Packages", bytes);
        assert!(components.is_empty());
        assert_eq!(problems.len(), 1, "{problems:?}");
    }
}
