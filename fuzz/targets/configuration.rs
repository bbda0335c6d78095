//! `bartizan.toml` comes with the code that is scanned: it gives settings within their bounds, or an error with help.

#![no_main]

use bartizan_engine::config::{Config, Layers};
use bartizan_engine::system::{Machine, System};
use bartizan_model::Timestamp;
use libfuzzer_sys::fuzz_target;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

/// A machine with one file.
struct OneFile<'a>(&'a str);

impl System for OneFile<'_> {
    fn now(&self) -> Timestamp {
        Machine.now()
    }

    fn variables(&self) -> BTreeMap<String, String> {
        BTreeMap::new()
    }

    fn read_text(&self, path: &Path) -> io::Result<String> {
        if self.exists(path) { Ok(self.0.to_owned()) } else { Err(io::ErrorKind::NotFound.into()) }
    }

    fn exists(&self, path: &Path) -> bool {
        path == Path::new("/repository/bartizan.toml")
    }

    fn replace(&self, _path: &Path, _bytes: &[u8]) -> io::Result<()> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }
}

fuzz_target!(|text: &str| {
    let start = Path::new("/repository");
    let layers = Layers { start, current: start, file: None, isolated: false, flags: Vec::new() };
    match Config::load(&OneFile(text), layers) {
        Ok(config) => assert!((1..=3650).contains(&config.number("waivers.max-days"))),
        Err(error) => assert!(!error.help().is_empty() && !error.to_string().is_empty()),
    }
});
