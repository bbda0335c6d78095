//! Waiver comments stand in files of every kind: reading them ends, and each is on a line that exists.

#![no_main]

use bartizan_engine::waiver::InlineWaivers;
use bartizan_engine::{Check, Input, Sink};
use bartizan_source::FileMeta;
use libfuzzer_sys::fuzz_target;

const NAMES: [&str; 4] = ["app.py", "README.md", "index.html", "query.sql"];

fuzz_target!(|data: &[u8]| {
    let Some((first, bytes)) = data.split_first() else { return };
    let name = NAMES[usize::from(*first) % NAMES.len()];
    let meta = FileMeta { path: name.into(), size: bytes.len() as u64, commit: None, author: None, layer: None };
    let mut out = Sink::default();
    let _ = InlineWaivers::default().run(&Input::whole(&meta, bytes), &mut out);
    let lines = bytes.iter().filter(|b| **b == b'\n').count() + 1;
    for waiver in out.into_reported().waivers {
        assert!(waiver.line >= 1 && waiver.line as usize <= lines);
    }
});
