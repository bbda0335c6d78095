//! Lock files and the like come from anywhere: every cataloger ends on any bytes, points inside them, and says the same twice.
//! The first byte chooses the cataloger.

#![no_main]

use bartizan_engine::Input;
use bartizan_source::FileMeta;
use bartizan_supply::catalog::{read_with, registry};
use bartizan_supply::inventory::finish;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((first, bytes)) = data.split_first() else { return };
    let cataloger = registry::ALL[usize::from(*first) % registry::ALL.len()];
    let meta = FileMeta { path: "some/file".into(), size: bytes.len() as u64, commit: None, author: None, layer: None };
    let read = read_with(cataloger, &Input::whole(&meta, bytes));
    let lines = bytes.iter().filter(|byte| **byte == b'\n').count() + 1;
    for component in &read.0 {
        let place = component.locations.first().expect("a component has a place");
        assert!(place.line >= 1 && place.end_line as usize <= lines, "{place:?} of {lines} lines");
    }
    assert_eq!(read, read_with(cataloger, &Input::whole(&meta, bytes)));
    // Project files of Maven and module files of Go are made into components once all files are read.
    let finished = finish(read.0.clone());
    assert_eq!(finished.components, finish(read.0).components);
});
