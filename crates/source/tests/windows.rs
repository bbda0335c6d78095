//! Windows are the file: nothing lost, nothing invented, lines and columns as in the whole.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod common;

use bartizan_model::Skipped;
use bartizan_source::{Consumer, FileMeta, Interest, SourceOptions, Unit, WindowSize};
use common::{list, open, open_with, read, write};
use proptest::prelude::*;

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop_oneof![3 => Just(b'\n'), 10 => any::<u8>()], 0..2000)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn windows_put_together_are_the_file_and_count_its_lines(bytes in bytes(), window in 1_usize..300, overlap in 0_usize..200) {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), "f", &bytes);
        let options = SourceOptions { windows: WindowSize::new(window, overlap), ..SourceOptions::default() };
        let keeper = read(open_with(dir.path(), &options).as_ref());
        let mut whole = Vec::new();
        for (i, unit) in keeper.units.iter().enumerate() {
            let offset = usize::try_from(unit.window.offset).unwrap();
            prop_assert!(unit.bytes.len() <= window.max(2));
            prop_assert_eq!(offset + unit.window.overlap, whole.len());
            prop_assert_eq!(&bytes[offset..offset + unit.bytes.len()], &unit.bytes[..]);
            whole.extend_from_slice(&unit.bytes[unit.window.overlap..]);
            let before = &bytes[..offset];
            let lines = before.iter().filter(|b| **b == b'\n').count();
            let column = before.iter().rev().take_while(|b| **b != b'\n').count();
            prop_assert_eq!(unit.window.lines_before as usize, lines);
            prop_assert_eq!(unit.window.column_before as usize, column);
            prop_assert_eq!(unit.window.last, i + 1 == keeper.units.len());
        }
        prop_assert_eq!(whole, bytes);
    }
}

/// Counts without keeping.
#[derive(Default)]
struct Counter {
    units: usize,
    largest: usize,
    end: u64,
    column: u32,
}

impl Consumer for Counter {
    fn wants(&mut self, _: &FileMeta) -> Interest {
        Interest::Whole
    }

    fn unit(&mut self, unit: Unit<'_>) {
        assert_eq!(self.end, unit.window.offset + unit.window.overlap as u64);
        self.units += 1;
        self.largest = self.largest.max(unit.bytes.len());
        self.end = unit.window.offset + unit.bytes.len() as u64;
        self.column = unit.window.column_before;
    }

    fn skipped(&mut self, skipped: Skipped) {
        panic!("{skipped:?}");
    }

    fn stopped(&self) -> bool {
        false
    }
}

#[test]
fn a_single_line_of_a_gibibyte_is_read_in_the_memory_of_one_window() {
    const SIZE: u64 = 1 << 30;
    let dir = tempfile::tempdir().unwrap();
    std::fs::File::create(dir.path().join("sparse"))
        .unwrap()
        .set_len(SIZE)
        .unwrap();
    let source = open(dir.path());
    let (entries, skipped) = list(source.as_ref());
    assert!(skipped.is_empty());
    let mut counter = Counter::default();
    let mut buffer = Vec::new();
    source.read(&entries[0], &mut buffer, &mut counter);
    assert_eq!(counter.end, SIZE);
    assert!(counter.units > 120);
    assert_eq!(u64::from(counter.column), last_start(SIZE));
    assert!(buffer.capacity() <= (8 << 20) + 4096, "{}", buffer.capacity());
}

/// Where the last window of a file without line breaks starts.
fn last_start(size: u64) -> u64 {
    let (window, step) = (8_u64 << 20, (8_u64 << 20) - (64 << 10));
    (size - window).div_ceil(step) * step
}

#[test]
fn reading_ends_early_when_the_consumer_is_stopped() {
    struct Stopped(usize);
    impl Consumer for Stopped {
        fn wants(&mut self, _: &FileMeta) -> Interest {
            Interest::Whole
        }
        fn unit(&mut self, _: Unit<'_>) {
            self.0 += 1;
        }
        fn skipped(&mut self, _: Skipped) {}
        fn stopped(&self) -> bool {
            true
        }
    }
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "f", vec![b'x'; 10_000]);
    let source = open_with(dir.path(), &common::small_windows());
    let mut stopped = Stopped(0);
    source.read(&list(source.as_ref()).0[0], &mut Vec::new(), &mut stopped);
    assert_eq!(stopped.0, 1);
}
