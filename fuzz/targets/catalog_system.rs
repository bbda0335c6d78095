//! Package databases come from anywhere: each is read without a panic, and twice alike.

#![no_main]

#[path = "common/by_path.rs"]
mod by_path;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| by_path::read_twice("os-", PATHS, bytes));

const PATHS: &[&str] = &[
    "etc/os-release",
    "lib/apk/db/installed",
    "var/lib/dpkg/status",
    "var/lib/pacman/local/a-1/desc",
    "var/lib/rpm/Packages",
];
