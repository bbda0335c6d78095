//! The spool over its lifetime: what is appended comes out in order, whatever ends it in between.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

use bartizan_spool::{Recovered, SMALLEST, Spool, SpoolError, Waiting};
use bartizan_testbed::SmallDisk;
use proptest::prelude::*;
use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};

fn open(dir: &Path) -> (Spool, Recovered) {
    Spool::open(dir, SMALLEST, [7; 16]).unwrap()
}

fn all(spool: &Spool) -> Waiting {
    spool.waiting(usize::MAX, usize::MAX).unwrap()
}

fn numbers(waiting: &Waiting) -> Vec<u64> {
    waiting.records.iter().map(|(number, _)| *number).collect()
}

fn segments(dir: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "seg"))
        .collect();
    found.sort();
    found
}

#[test]
fn records_wait_in_order_until_they_are_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let (spool, recovered) = open(dir.path());
    assert_eq!(recovered, Recovered::default());
    for text in ["one", "two", "three"] {
        spool.append(text.as_bytes()).unwrap();
    }
    let some = spool.waiting(2, usize::MAX).unwrap();
    assert_eq!((some.after, some.last, numbers(&some)), (0, 2, vec![1, 2]));
    assert_eq!(
        spool.waiting(9, 1).unwrap().records.len(),
        1,
        "bytes are bounded, too"
    );
    spool.acknowledge(2).unwrap();
    let rest = all(&spool);
    assert_eq!((rest.after, rest.last), (2, 3));
    assert_eq!(rest.records, [(3, b"three".to_vec())]);
    drop(spool);
    let (spool, recovered) = open(dir.path());
    assert_eq!((recovered.waiting, spool.count()), (1, 1));
    spool.acknowledge(3).unwrap();
    assert_eq!((spool.bytes(), segments(dir.path()).len()), (0, 0));
    drop(spool);
    let (spool, _) = Spool::open(dir.path(), SMALLEST, [9; 16]).unwrap();
    assert_eq!(spool.stream(), [7; 16], "a sequence goes on");
    assert_eq!(spool.append(b"four").unwrap(), 4, "numbers are never used again");
}

#[test]
fn what_was_written_in_part_is_cut_away_and_told() {
    let dir = tempfile::tempdir().unwrap();
    let (spool, _) = open(dir.path());
    spool.append(b"whole").unwrap();
    spool.append(b"cut off").unwrap();
    drop(spool);
    let path = segments(dir.path()).remove(0);
    let length = fs::metadata(&path).unwrap().len();
    let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.set_len(length - 3).unwrap();
    let (spool, recovered) = open(dir.path());
    assert_eq!(
        (recovered.waiting, recovered.torn, recovered.damaged),
        (1, 16 + 4, 0)
    );
    assert_eq!(spool.append(b"next").unwrap(), 2);
    assert_eq!(
        all(&spool).records,
        [(1, b"whole".to_vec()), (2, b"next".to_vec())]
    );
}

#[test]
fn where_there_is_no_room_the_oldest_go_and_their_numbers_lack() {
    let dir = tempfile::tempdir().unwrap();
    let (spool, _) = open(dir.path());
    let record = [b'x'; 1_000];
    for _ in 0..100 {
        spool.append(&record).unwrap();
    }
    assert!(spool.bytes() <= SMALLEST);
    let waiting = all(&spool);
    let first = waiting.records[0].0;
    assert!(first > 30, "{first}");
    assert_eq!(numbers(&waiting), (first..=100).collect::<Vec<_>>());
    assert_eq!((waiting.after, waiting.last), (0, 100));
    assert_eq!(spool.dropped(), first - 1);
    assert!(matches!(
        spool.append(&vec![0; usize::try_from(SMALLEST).unwrap()]),
        Err(SpoolError::TooLarge(_))
    ));
    spool.sync().unwrap();
    drop(spool);
    let (spool, _) = open(dir.path());
    spool.acknowledge(100).unwrap();
    let rest = all(&spool);
    assert_eq!(
        (rest.after, rest.last, rest.records.len()),
        (100, 101, 0),
        "101 was dropped"
    );
}

#[test]
fn a_damaged_segment_costs_its_own_records_only() {
    let dir = tempfile::tempdir().unwrap();
    let (spool, _) = open(dir.path());
    for _ in 0..20 {
        spool.append(&[b'x'; 1_000]).unwrap();
    }
    let path = segments(dir.path()).remove(1);
    let before = numbers(&all(&spool));
    let mut bytes = fs::read(&path).unwrap();
    bytes[1_500] ^= 1;
    fs::write(&path, bytes).unwrap();
    let damaged_while_open = numbers(&all(&spool));
    assert!(damaged_while_open.len() < before.len());
    assert_eq!(spool.dropped() as usize, before.len() - damaged_while_open.len());
    assert_eq!(spool.count() as usize, damaged_while_open.len());
    drop(spool);
    let (spool, recovered) = open(dir.path());
    assert!(recovered.damaged > 0);
    assert_eq!(numbers(&all(&spool)), damaged_while_open);
    assert!(damaged_while_open.contains(&20));
}

#[test]
fn a_batch_is_the_same_bytes_until_it_is_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let (spool, _) = open(dir.path());
    spool.append(b"one").unwrap();
    assert_eq!(spool.sealed().unwrap(), None);
    spool.seal(1, b"a batch").unwrap();
    drop(spool);
    let (spool, _) = open(dir.path());
    assert_eq!(spool.sealed().unwrap(), Some((1, b"a batch".to_vec())));
    spool.acknowledge(1).unwrap();
    assert_eq!(spool.sealed().unwrap(), None);
}

#[test]
fn one_program_at_a_time_has_it_and_strange_files_are_not_touched() {
    let dir = tempfile::tempdir().unwrap();
    let (spool, _) = open(dir.path());
    assert!(matches!(
        Spool::open(dir.path(), SMALLEST, [7; 16]),
        Err(SpoolError::InUse(_))
    ));
    drop(spool);
    fs::write(dir.path().join("state"), "something else").unwrap();
    let error = Spool::open(dir.path(), SMALLEST, [7; 16]).unwrap_err();
    assert!(matches!(error, SpoolError::Form(_)), "{error}");
    assert_eq!(fs::read(dir.path().join("state")).unwrap(), b"something else");
}

#[derive(Debug, Clone)]
enum Step {
    Append(usize),
    Acknowledge(usize),
    Reopen,
    /// So many bytes of the last segment were never written, and it is opened again.
    Tear(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        8 => (0_usize..9_000).prop_map(Step::Append),
        2 => (0_usize..20).prop_map(Step::Acknowledge),
        1 => Just(Step::Reopen),
        1 => (1_u64..40).prop_map(Step::Tear),
    ];
    proptest::collection::vec(step, 1..80)
}

fn content(number: u64, length: usize) -> Vec<u8> {
    let mut bytes = number.to_le_bytes().to_vec();
    bytes.resize(length.max(8), b'.');
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// What waits is always the newest of what was appended and not acknowledged, whole and in order; what is dropped is counted.
    #[test]
    fn what_waits_is_the_end_of_what_was_appended(steps in steps()) {
        let dir = tempfile::tempdir().unwrap();
        let (mut spool, _) = open(dir.path());
        let mut model: VecDeque<(u64, Vec<u8>)> = VecDeque::new();
        let mut next = 1;
        for step in steps {
            match step {
                Step::Append(length) => {
                    let record = content(next, length);
                    prop_assert_eq!(spool.append(&record).unwrap(), next);
                    model.push_back((next, record));
                    next += 1;
                }
                Step::Acknowledge(most) => {
                    let some = spool.waiting(most, usize::MAX).unwrap();
                    spool.acknowledge(some.last).unwrap();
                    model.retain(|(number, _)| *number > some.last);
                }
                Step::Reopen => {
                    drop(spool);
                    spool = open(dir.path()).0;
                }
                Step::Tear(bytes) => {
                    drop(spool);
                    if let Some(path) = segments(dir.path()).pop() {
                        let length = fs::metadata(&path).unwrap().len().saturating_sub(bytes);
                        fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(length).unwrap();
                    }
                    spool = open(dir.path()).0;
                    let last = all(&spool).records.last().map(|record| record.0);
                    let before = model.len();
                    // Records that were torn are told again under the same numbers, where nothing behind them was acknowledged.
                    model.retain(|(number, _)| last.is_some_and(|last| *number <= last));
                    prop_assert!(before - model.len() <= 4, "40 bytes are at most so many records");
                    next = all(&spool).last + 1;
                }
            }
            let waiting = all(&spool);
            let lost = model.len() - waiting.records.len();
            prop_assert!(spool.bytes() <= SMALLEST);
            model.drain(..lost);
            prop_assert_eq!(&waiting.records, &Vec::from(model.clone()));
            prop_assert_eq!(spool.count(), model.len() as u64);
            prop_assert!(waiting.records.first().is_none_or(|(number, _)| *number > waiting.after));
        }
    }
}

#[test]
#[allow(clippy::print_stderr, reason = "what was not tested is said aloud")]
fn a_full_disk_costs_the_oldest_even_while_they_are_not_synced() {
    let Some(small) = SmallDisk::of("160k") else {
        eprintln!("not tested: a file system of a fixed size needs root and the right to mount");
        return;
    };
    let (spool, _) = Spool::open(&small.path().join("spool"), 1 << 20, [7; 16]).unwrap();
    for number in 1..=1000 {
        assert_eq!(spool.append(&[b'x'; 700]).unwrap(), number);
    }
    let there = numbers(&all(&spool));
    assert_eq!(there.len() as u64 + spool.dropped(), 1000);
    assert!(there.len() > 50, "{}", there.len());
    assert!(there.is_sorted() && there.last() == Some(&1000), "{there:?}");
}
