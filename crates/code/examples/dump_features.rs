//! Prints what the context classifier sees of every assignment in a list of files: the input of `training/train.py`.
//!
//! In: file paths on standard input, relative to the directory given as argument. Out, per assignment, one JSON object:
//! path, line from 1, offsets of name and value in the line, the offset of the value in the file, dense features,
//! hashed words, and the logit of the present model. No text of any file is printed.

#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a tool for training, not part of the scanner"
)]

use bartizan_code::leak::generic::{self, Classifier, FileContext};
use bartizan_source::FileMeta;
use std::io::{BufRead, BufWriter, Write};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = std::env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    let classifier = Classifier::embedded()?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    for path in std::io::stdin().lock().lines() {
        let path = path?;
        let Ok(bytes) = std::fs::read(std::path::Path::new(&root).join(&path)) else {
            continue;
        };
        let meta = FileMeta {
            path: path.as_str().into(),
            size: 0,
            commit: None,
            author: None,
            layer: None,
        };
        dump(&classifier, &meta, &bytes, &mut out)?;
    }
    Ok(out.flush()?)
}

fn dump(classifier: &Classifier, meta: &FileMeta, bytes: &[u8], out: &mut impl Write) -> std::io::Result<()> {
    let file = FileContext::new(meta);
    let lower = bytes.to_ascii_lowercase();
    let (mut line, mut start, mut counted) = (1, 0, 0);
    for (at, len) in hits(&lower) {
        let Some(found) = generic::propose(classifier, &file, bytes, at, len) else {
            continue;
        };
        for i in memchr::memchr_iter(b'\n', bytes.get(counted..found.name.start).unwrap_or_default()) {
            line += 1;
            start = counted + i + 1;
        }
        counted = counted.max(found.name.start);
        let value = bytes.get(found.value.clone()).unwrap_or_default();
        let after =
            memchr::memchr_iter(b'\n', bytes.get(counted..found.value.start).unwrap_or_default()).count();
        writeln!(
            out,
            "{{\"path\":{:?},\"line\":{line},\"value_line\":{},\"name\":[{},{}],\"value\":[{},{}],\"id\":\"{:016x}\",\"kind\":{},\"dense\":{:?},\"words\":{:?},\"logit\":{}}}",
            &*meta.path,
            line + after,
            found.name.start - start.min(found.name.start),
            found.name.end - start.min(found.name.end),
            found.value.start - start.min(found.value.start),
            found.value.end - start.min(found.value.end),
            identity(value),
            found.kind as u8,
            found.features.dense,
            found.features.sparse(),
            classifier.logit(&found.features),
        )?;
    }
    Ok(())
}

/// Tells equal values apart from different ones without printing them.
fn identity(value: &[u8]) -> u64 {
    value.iter().fold(0xcbf2_9ce4_8422_2325, |hash, b| {
        (hash ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Every place a keyword starts, in order.
fn hits(lower: &[u8]) -> Vec<(usize, usize)> {
    let mut hits: Vec<_> = generic::KEYWORDS
        .iter()
        .flat_map(|k| memchr::memmem::find_iter(lower, k.as_bytes()).map(|at| (at, k.len())))
        .collect();
    hits.sort_unstable();
    hits
}
