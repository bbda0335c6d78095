//! Executables come from anywhere: what compilers wrote into them is read without a panic, and twice alike.

#![no_main]

#[path = "common/by_path.rs"]
mod by_path;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| by_path::read_twice("binary-", PATHS, bytes));

const PATHS: &[&str] = &["usr/bin/tool", "usr/local/bin/python3.12", "opt/mariadbd"];
