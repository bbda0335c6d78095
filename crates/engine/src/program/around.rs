//! What lies around the files of a program, as far as it has to know it.

use super::read::{Looked, Purpose, Read};
use super::sketch::Sketchbook;
use crate::run::worker_count;
use bartizan_source::{Entry, Interest, Source};
use std::collections::{BTreeSet, HashSet};
use std::sync::atomic::AtomicUsize;

/// How often a program is asked what else it has to know.
const MOST_ROUNDS: usize = 3;
/// Files that are read before it is counted how many bytes they came to.
const CHUNK: usize = 16;

/// Reads what the program asks for of the files around its own. Answers the paths of all that it could have asked for, sorted.
pub(super) fn understand(read: &Read<'_>, around: &dyn Source, looked: &mut Looked) -> Vec<String> {
    let Ok(all) = around.list(&mut Vec::new()) else {
        return Vec::new();
    };
    let own: HashSet<&str> = read.entries.iter().map(|entry| &*entry.meta.path).collect();
    let mut left: Vec<&Entry> = all.iter().collect();
    left.retain(|entry| !own.contains(&*entry.meta.path) && read.check.wants(&entry.meta) != Interest::No);
    left.sort_by(|one, other| one.meta.path.cmp(&other.meta.path));
    // An index has a path several times while it is in conflict.
    left.dedup_by(|one, other| one.meta.path == other.meta.path);
    let there: HashSet<&str> = left.iter().map(|entry| &*entry.meta.path).collect();
    let known = left.iter().map(|entry| entry.meta.path.to_string()).collect();
    let around = Read {
        source: around,
        entries: &[],
        purpose: Purpose::Around,
        next: AtomicUsize::new(0),
        ..*read
    };
    let bounds = read.program.bounds();
    let (mut files, mut bytes) = (bounds.files, bounds.bytes);
    for _ in 0..MOST_ROUNDS {
        let paths: Vec<&str> = left.iter().map(|entry| &*entry.meta.path).collect();
        let asked: BTreeSet<usize> = read.program.asks(&looked.parts, &paths).into_iter().collect();
        let found = asked.iter().filter_map(|at| left.get(*at).copied());
        let mut entries: Vec<&Entry> = found.take(files).collect();
        files -= entries.len();
        let mut beyond = asked.len() - entries.len() + matching(&around, &mut entries, &there, looked);
        beyond += take(&around, &entries, &mut bytes, looked);
        if bounds.told && beyond > 0 {
            let error = format!("{beyond} files around those that changed are more than are looked at");
            looked.tally.errors.push(error);
        }
        if entries.is_empty() {
            return known;
        }
        let mut at = 0;
        left.retain(|_| {
            at += 1;
            !asked.contains(&(at - 1))
        });
    }
    known
}

/// Reads the files in their order as far as so many bytes allow, and leaves of these what is left. How large a file is need not be known
/// before it was read. Answers how many there are beyond.
fn take(around: &Read<'_>, entries: &[&Entry], bytes: &mut u64, looked: &mut Looked) -> usize {
    let mut beyond = 0;
    for chunk in entries.chunks(CHUNK) {
        let mut more = Read {
            entries: chunk,
            together: chunk.len(),
            most: *bytes,
            next: AtomicUsize::new(0),
            ..*around
        }
        .all(worker_count(around.options.jobs, chunk.len(), 0));
        for entry in chunk {
            match more.sizes.get(&*entry.meta.path) {
                Some(size) if size > bytes => {
                    beyond += 1;
                    more.parts.retain(|(path, _)| **path != *entry.meta.path);
                }
                Some(size) => *bytes -= size,
                None => {}
            }
        }
        // What is wrong with these files is not asked.
        looked.parts.extend(more.parts);
    }
    looked.parts.sort_by(|(one, _), (other, _)| one.cmp(other));
    beyond
}

/// Leaves of the entries those that the program has to know by their sketches, where it has any. Answers how many there are beyond what is
/// looked at.
fn matching(
    around: &Read<'_>,
    entries: &mut Vec<&Entry>,
    there: &HashSet<&str>,
    looked: &mut Looked,
) -> usize {
    let Some(sketches) = around.program.sketches().filter(|_| !entries.is_empty()) else {
        return 0;
    };
    let cache = around.options.cache.as_ref();
    let mut book = Sketchbook::open(around.check.meta().id, sketches, cache);
    let found = book.of(entries, around, sketches, around.program.bounds());
    if let Err(error) = book.close(|path| there.contains(path)) {
        looked.cache_error = Some(error.to_string());
    }
    let beyond = entries.len() - found.len();
    let short: Vec<&[u8]> = found
        .iter()
        .map(|found| found.as_ref().map_or(&[][..], |found| &found.sketch))
        .collect();
    let known: BTreeSet<usize> = sketches.matching(&looked.parts, &short).into_iter().collect();
    let mut at = 0;
    entries.retain(|_| {
        at += 1;
        known.contains(&(at - 1))
    });
    beyond
}
