//! Executables come from anywhere: what compilers wrote into them is read without a panic, and twice alike.

#![no_main]

use bartizan_engine::Input;
use bartizan_source::FileMeta;
use bartizan_supply::catalog::{read_with, registry};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for path in PATHS {
        let meta = FileMeta {
            path: (*path).into(),
            size: bytes.len() as u64,
            commit: None,
            author: None,
            layer: None,
        };
        let input = Input::whole(&meta, bytes);
        for cataloger in registry::ALL.iter().filter(|one| one.reads(path) && one.id().starts_with(FAMILY)) {
            let first = read_with(*cataloger, &input);
            assert!(first == read_with(*cataloger, &input));
        }
    }
});

const FAMILY: &str = "binary-";
const PATHS: &[&str] = &["usr/bin/tool", "usr/local/bin/python3.12", "opt/mariadbd"];
