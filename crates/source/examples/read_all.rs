//! Lists and reads a target, and prints how many files and bytes it gave and what it cost.
//!
//! `cargo run --release -p bartizan-source --example read_all -- TARGET [THREADS] [REPOSITORY]`

#![allow(clippy::print_stdout, reason = "a measuring tool prints its measure")]

use bartizan_model::Skipped;
use bartizan_source::{Consumer, Entry, FileMeta, Interest, Source, SourceError, SourceOptions, Unit, open};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

/// Entries a worker takes at a time: neighbours share what git decodes for them.
const STRIDE: usize = 256;

#[derive(Default)]
struct Totals {
    files: u64,
    bytes: u64,
    digest: u64,
    skipped: Vec<Skipped>,
}

impl Consumer for Totals {
    fn wants(&mut self, _: &FileMeta) -> Interest {
        Interest::Whole
    }

    fn unit(&mut self, unit: Unit<'_>) {
        self.files += u64::from(unit.window.offset == 0);
        self.bytes += (unit.bytes.len() - unit.window.overlap) as u64;
        self.digest = self
            .digest
            .wrapping_add(u64::from(unit.bytes.last().copied().unwrap_or(0)));
    }

    fn skipped(&mut self, skipped: Skipped) {
        self.skipped.push(skipped);
    }

    fn stopped(&self) -> bool {
        false
    }
}

fn read(source: &dyn Source, entries: &[Entry], threads: usize) -> Totals {
    let next = AtomicUsize::new(0);
    let sum = Mutex::new(Totals::default());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut buffer = Vec::new();
                let mut totals = Totals::default();
                loop {
                    let start = next.fetch_add(STRIDE, Ordering::Relaxed);
                    let Some(rest) = entries.get(start..) else {
                        break;
                    };
                    for entry in rest.iter().take(STRIDE) {
                        source.read(entry, &mut buffer, &mut totals);
                    }
                }
                if let Ok(mut sum) = sum.lock() {
                    sum.files += totals.files;
                    sum.bytes += totals.bytes;
                    sum.digest = sum.digest.wrapping_add(totals.digest);
                    sum.skipped.append(&mut totals.skipped);
                }
            });
        }
    });
    sum.into_inner().unwrap_or_default()
}

fn main() -> Result<(), SourceError> {
    let mut arguments = std::env::args().skip(1);
    let target = arguments.next().unwrap_or_else(|| ".".to_owned());
    let threads = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(1);
    let repository = arguments.next().unwrap_or_else(|| ".".to_owned()).into();
    let options = SourceOptions {
        threads,
        repository,
        ..SourceOptions::default()
    };
    let started = Instant::now();
    let source = open(&target, &options)?;
    let mut skipped = Vec::new();
    let entries = source.list(&mut skipped)?;
    let listed = started.elapsed();
    let mut totals = read(source.as_ref(), &entries, threads);
    skipped.append(&mut totals.skipped);
    println!(
        "entries {} listed in {:.3} s",
        entries.len(),
        listed.as_secs_f64()
    );
    println!(
        "files {} bytes {} in {:.3} s",
        totals.files,
        totals.bytes,
        started.elapsed().as_secs_f64()
    );
    println!("skipped {}, check {}", skipped.len(), totals.digest);
    for one in skipped.iter().take(10) {
        println!("  {}: {}", one.path, one.reason);
    }
    Ok(())
}
