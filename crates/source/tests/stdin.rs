//! A reader as a source.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod common;

use bartizan_source::{SourceOptions, StdinSource};
use common::{read, small_windows};
use std::io::{Cursor, Error, Read};

#[test]
fn standard_input_is_one_entry_in_windows() {
    let text = "0123456789abcdef\n".repeat(20);
    let keeper = read(&StdinSource::new(
        Box::new(Cursor::new(text.clone())),
        &small_windows(),
    ));
    assert!(keeper.units.len() > 5 && keeper.paths().iter().all(|path| *path == "stdin"));
    let together: Vec<u8> = keeper
        .units
        .iter()
        .flat_map(|u| u.bytes[u.window.overlap..].to_vec())
        .collect();
    assert_eq!(together, text.as_bytes());
    assert!(keeper.units.last().unwrap().window.last);
}

#[test]
fn standard_input_is_not_silently_empty_the_second_time() {
    let source = StdinSource::new(Box::new(Cursor::new("x")), &SourceOptions::default());
    assert_eq!(read(&source).text("stdin"), "x");
    let again = read(&source);
    assert!(again.units.is_empty() && again.skipped[0].required);
}

#[test]
fn what_came_before_a_broken_pipe_is_delivered() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(Error::other("the cable was cut"))
        }
    }
    let source = StdinSource::new(
        Box::new(Cursor::new("before").chain(Broken)),
        &SourceOptions::default(),
    );
    let keeper = read(&source);
    assert_eq!(keeper.text("stdin"), "before");
    assert!(keeper.skipped[0].required && keeper.skipped[0].reason.contains("the cable was cut"));
}
