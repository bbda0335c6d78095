//! What holds for every cataloger of a family, whatever bytes lie at the paths that it reads.

use bartizan_engine::Input;
use bartizan_source::FileMeta;
use bartizan_supply::catalog::{read_with, registry};

/// Reads the bytes under each path by every cataloger of the family that wants it: without a panic, and twice alike.
pub fn read_twice(family: &str, paths: &[&str], bytes: &[u8]) {
    for path in paths {
        let meta = FileMeta {
            path: (*path).into(),
            size: bytes.len() as u64,
            commit: None,
            author: None,
            layer: None,
        };
        let input = Input::whole(&meta, bytes);
        for cataloger in registry::ALL.iter().filter(|one| one.reads(path) && one.id().starts_with(family)) {
            let first = read_with(*cataloger, &input);
            assert!(first == read_with(*cataloger, &input));
        }
    }
}
