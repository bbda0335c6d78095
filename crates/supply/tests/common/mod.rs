//! Reads bytes with one cataloger, and damages them.

#![allow(dead_code, reason = "not every test needs all of it")]

use bartizan_engine::Input;
use bartizan_model::Component;
use bartizan_source::FileMeta;
use bartizan_supply::catalog::{Cataloger, read_with, registry};
use std::process::Command;

pub(crate) fn cataloger(id: &str) -> &'static dyn Cataloger {
    *registry::ALL.iter().find(|one| one.id() == id).unwrap()
}

pub(crate) fn read(id: &str, path: &str, bytes: &[u8]) -> (Vec<Component>, Vec<String>) {
    let cataloger = cataloger(id);
    assert!(cataloger.reads(path), "{id} does not read {path}");
    let meta = FileMeta {
        path: path.into(),
        size: bytes.len() as u64,
        commit: None,
        author: None,
        layer: None,
    };
    read_with(cataloger, &Input::whole(&meta, bytes))
}

/// Reads every cut of the bytes at about a hundred places, and the bytes with each of about a thousand bytes changed; the
/// first kilobyte, where headers are, is changed byte by byte.
pub(crate) fn damage(id: &str, path: &str, bytes: &[u8]) {
    let step = (bytes.len() / 100).max(1);
    for end in (0..bytes.len()).step_by(step) {
        read(id, path, &bytes[..end]);
    }
    let mut damaged = bytes.to_vec();
    let step = (bytes.len() / 500).max(1);
    let places = (0..bytes.len().min(1024)).chain((1024..bytes.len()).step_by(step));
    for at in places {
        for value in [0, 0xff, bytes[at] ^ 0x80, bytes[at].wrapping_add(1)] {
            damaged[at] = value;
            read(id, path, &damaged);
        }
        damaged[at] = bytes[at];
    }
}

/// The standard output of a command; none where the program is not there.
pub(crate) fn output(command: &mut Command) -> Option<String> {
    let output = match command.output() {
        Ok(output) => output,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            println!("skipped: {:?} is not installed", command.get_program());
            return None;
        }
        Err(error) => panic!("{command:?}: {error}"),
    };
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {errors}");
    Some(String::from_utf8(output.stdout).unwrap())
}
