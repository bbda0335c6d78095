//! Reads binary lock files that versions of bun wrote (`tests/data/bun/VERSION.lockb`), all for the project of
//! `tests/data/bun/README.md`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test fails by panicking, and reads its cases from disk"
)]

mod common;

use bartizan_model::{Component, Scope};
use std::path::Path;

const VERSIONS: [&str; 4] = ["0.5.9", "1.0.0", "1.1.38", "1.4.5"];

fn file(version: &str) -> Vec<u8> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/bun");
    std::fs::read(data.join(format!("{version}.lockb"))).unwrap()
}

fn read(bytes: &[u8]) -> (Vec<Component>, Vec<String>) {
    common::read("npm-bun-lock", "shop/bun.lockb", bytes)
}

fn line(component: &Component) -> String {
    let scope = match component.scope {
        Scope::Runtime => "runtime",
        Scope::Optional => "optional",
        Scope::Development => "development",
        Scope::Unknown => "unknown",
    };
    let direct = if component.direct == Some(true) {
        "direct"
    } else {
        "transitive"
    };
    let on: Vec<String> = component.depends_on.iter().map(ToString::to_string).collect();
    format!("{} {scope} {direct} {}", component.purl, on.join(" "))
        .trim_end()
        .to_owned()
}

#[test]
fn what_every_version_of_bun_locked_is_read() {
    let expected = [
        "pkg:npm/%40types/ms@0.7.31 development direct",
        "pkg:npm/debug@2.6.9 runtime direct pkg:npm/ms@2.0.0",
        "pkg:npm/debug@4.3.4 runtime direct pkg:npm/ms@2.1.2",
        "pkg:npm/fsevents@2.3.2 optional direct",
        "pkg:npm/has-flag@4.0.0 development transitive",
        "pkg:npm/lodash@4.17.20 runtime direct",
        "pkg:npm/ms@2.0.0 runtime transitive",
        "pkg:npm/ms@2.1.2 runtime transitive",
        "pkg:npm/sprintf-js@1.0.3 runtime transitive",
        "pkg:npm/supports-color@7.1.0 development direct pkg:npm/has-flag@4.0.0",
        "pkg:npm/tool runtime direct pkg:npm/sprintf-js@1.0.3",
        "pkg:npm/typescript@5.0.1-rc runtime direct",
    ];
    for version in VERSIONS {
        let (components, problems) = read(&file(version));
        let mut lines: Vec<String> = components.iter().map(line).collect();
        lines.sort();
        assert_eq!(lines, expected, "bun {version}");
        assert!(problems.is_empty(), "bun {version}: {problems:?}");
    }
}

#[test]
fn digests_are_those_of_the_registry() {
    for version in VERSIONS {
        let (components, _) = read(&file(version));
        let ms = components
            .iter()
            .find(|one| one.purl.to_string() == "pkg:npm/ms@2.1.2")
            .unwrap();
        assert_eq!(ms.hashes.len(), 1, "bun {version}");
        assert_eq!(ms.hashes[0].algorithm, "SHA-512");
        // The registry says sha512-sGkPx+VjMtmA6MX27oA4FBFE….
        assert!(
            ms.hashes[0]
                .value
                .starts_with("b0690fc7e56332d980e8c5f6ee8038141144"),
            "bun {version}"
        );
    }
}

#[test]
fn another_version_of_the_format_is_named() {
    let mut bytes = file("1.1.38");
    let version = "#!/usr/bin/env bun\nbun-lockfile-format-v0\n".len();
    bytes[version] = 9;
    let (components, problems) = read(&bytes);
    assert!(components.is_empty());
    assert!(problems[0].contains("version 9"), "{problems:?}");
}

#[test]
fn another_number_of_columns_is_named() {
    let mut bytes = file("1.1.38");
    bytes[102] = 9;
    let (components, problems) = read(&bytes);
    assert!(components.is_empty());
    assert!(problems[0].contains("9 columns"), "{problems:?}");
}

#[test]
fn a_file_that_is_cut_off_gives_nothing_and_says_so() {
    let bytes = file("1.4.5");
    let (components, problems) = read(&bytes[..bytes.len() / 2]);
    assert!(components.is_empty());
    assert!(problems[0].contains("cut off"), "{problems:?}");
}

#[test]
fn damaged_files_are_read_without_a_panic() {
    for version in VERSIONS {
        common::damage("npm-bun-lock", "bun.lockb", &file(version));
    }
}

#[test]
fn packages_that_all_claim_the_same_dependencies_take_no_quadratic_time() {
    let mut bytes = file("1.1.38");
    let begin = 128;
    let count = usize::from(bytes[86]);
    for package in 0..count {
        // Every run of dependencies begins at the first and takes a hundred.
        let at = begin + count * (8 + 8 + 64) + package * 8;
        bytes[at..at + 8].copy_from_slice(&[0, 0, 0, 0, 100, 0, 0, 0]);
    }
    let (_, problems) = read(&bytes);
    assert!(
        problems.iter().any(|one| one.contains("needs is damaged")),
        "{problems:?}"
    );
}
