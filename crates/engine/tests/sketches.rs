//! Files around a change that are told in short: what is read of them, and what is kept.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use bartizan_engine::{
    Bounds, CacheOptions, Check, CheckError, Input, Meta, Outcome, Part, Program, RunOptions, Silent, Sink,
    Sketches, run,
};
use bartizan_model::{AssetId, CheckStatus, Confidence, Finding, FingerprintBuilder, RuleInfo, Severity};
use bartizan_source::{FileMeta, GitIndexSource, Interest, SourceOptions};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Reports files around a change that begin with a letter of it. Their sketch is that letter.
struct Alike {
    meta: Meta,
    revision: u8,
    bounds: Bounds,
    sketched: Arc<AtomicUsize>,
    around: Arc<AtomicUsize>,
}

impl Check for Alike {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn rules(&self) -> Vec<RuleInfo> {
        Vec::new()
    }

    fn wants(&self, _: &FileMeta) -> Interest {
        Interest::Entire(1000)
    }

    fn run(&self, _: &Input<'_>, _: &mut Sink) -> Result<(), CheckError> {
        Ok(())
    }

    fn program(&self) -> Option<&dyn Program> {
        Some(self)
    }
}

impl Program for Alike {
    fn part(&self, input: &Input<'_>, _: &mut Sink) -> Result<Part, CheckError> {
        Ok(Box::new((false, input.bytes.to_vec())))
    }

    fn part_around(&self, input: &Input<'_>) -> Result<Part, CheckError> {
        self.around.fetch_add(1, Ordering::SeqCst);
        Ok(Box::new((true, input.bytes.to_vec())))
    }

    fn bounds(&self) -> Bounds {
        self.bounds
    }

    fn asks(&self, _: &[(String, Part)], around: &[&str]) -> Vec<usize> {
        (0..around.len()).collect()
    }

    fn sketches(&self) -> Option<&dyn Sketches> {
        Some(self)
    }

    fn judge(&self, parts: &[(String, Part)], _: &[String], out: &mut Sink) -> Result<(), CheckError> {
        let own = &parts.iter().find(|(path, _)| path == "change").unwrap().0;
        for (path, part) in parts {
            let (is_around, bytes): &(bool, Vec<u8>) = part.downcast_ref().unwrap();
            if *is_around {
                let fingerprint = FingerprintBuilder::new("test/alike")
                    .part(path.as_bytes())
                    .finish();
                out.finding(Finding {
                    message: format!("{path} {}", String::from_utf8_lossy(bytes)),
                    locations: vec![bartizan_model::Location::of_file(own)],
                    ..Finding::new(
                        "test/alike",
                        (Severity::Low, Confidence::High),
                        fingerprint,
                        AssetId::file(own),
                    )
                });
            }
        }
        Ok(())
    }
}

impl Sketches for Alike {
    fn digest(&self) -> [u8; 32] {
        [self.revision; 32]
    }

    fn sketch(&self, input: &Input<'_>) -> Vec<u8> {
        self.sketched.fetch_add(1, Ordering::SeqCst);
        assert!(input.bytes != b"panic", "as asked");
        input.bytes.iter().copied().take(1).collect()
    }

    fn matching(&self, parts: &[(String, Part)], sketches: &[&[u8]]) -> Vec<usize> {
        let (_, own): &(bool, Vec<u8>) = parts[0].1.downcast_ref().unwrap();
        let alike = |sketch: &[u8]| sketch.first().is_some_and(|letter| own.contains(letter));
        let places = sketches.iter().enumerate();
        places
            .filter(|(_, sketch)| alike(sketch))
            .map(|(at, _)| at)
            .collect()
    }
}

struct Bench {
    folder: tempfile::TempDir,
    kept: tempfile::TempDir,
    revision: u8,
    bounds: Bounds,
}

impl Bench {
    /// A repository with these files in its index: what they hold is known by their objects.
    fn new(files: &[(&str, &str)]) -> Self {
        let bench = Self {
            folder: tempfile::tempdir().unwrap(),
            kept: tempfile::tempdir().unwrap(),
            revision: 1,
            bounds: Bounds {
                files: 1_000,
                bytes: 1_000_000,
                told: true,
            },
        };
        bench.git(&["init", "--quiet"]);
        for (name, text) in files {
            bench.write(name, text);
        }
        bench.git(&["add", "."]);
        bench.git(&["commit", "--quiet", "-m", "one"]);
        bench
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).unwrap();
    }

    fn git(&self, arguments: &[&str]) {
        let mut git = std::process::Command::new("git");
        let done = git
            .args(["-c", "user.name=a", "-c", "user.email=a@example.com"])
            .args(arguments);
        assert!(done.current_dir(self.folder.path()).status().unwrap().success());
    }

    fn cache(&self) -> PathBuf {
        self.kept.path().join("results")
    }

    fn sketches(&self) -> PathBuf {
        self.kept.path().join("results.test-alike.sketches")
    }

    /// What is found where `change` holds this text; how many files were told in short, and how many were read as a part.
    fn scan(&self, change: &str) -> (Outcome, [usize; 2]) {
        self.scan_with(change, Some(&self.cache()))
    }

    fn scan_with(&self, change: &str, cache: Option<&Path>) -> (Outcome, [usize; 2]) {
        let counts = [Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0))];
        let check = Alike {
            meta: Meta {
                id: "test/alike",
                title: "Alike",
                required: true,
                digest: [7; 32],
            },
            revision: self.revision,
            bounds: self.bounds,
            sketched: Arc::clone(&counts[0]),
            around: Arc::clone(&counts[1]),
        };
        self.write("change", change);
        self.git(&["add", "change"]);
        let source = GitIndexSource::open(self.folder.path(), &SourceOptions::default()).unwrap();
        let options = RunOptions {
            jobs: 2,
            cache: cache.map(|file| CacheOptions {
                file: file.to_owned(),
                salt: String::new(),
                by_entry: false,
            }),
            identify: false,
            interrupt: Arc::new(AtomicBool::new(false)),
            progress: &Silent,
        };
        let outcome = run(&source, &[Box::new(check)], &options).unwrap();
        (outcome, counts.map(|count| count.load(Ordering::SeqCst)))
    }
}

fn messages(outcome: &Outcome) -> Vec<&str> {
    let findings = outcome.findings.iter();
    let mut messages: Vec<&str> = findings.map(|finding| finding.message.as_str()).collect();
    messages.sort_unstable();
    messages
}

#[test]
fn only_files_that_match_are_read_again_and_sketches_are_kept() {
    let bench = Bench::new(&[("a", "a1"), ("b", "b1"), ("c", "c1")]);
    let (first, counts) = bench.scan("a c");
    assert_eq!((messages(&first), counts), (vec!["a a1", "c c1"], [3, 2]));
    let (second, counts) = bench.scan("b");
    assert_eq!((messages(&second), counts), (vec!["b b1"], [0, 1]));
    // A file that changed is told anew; its old sketch is not taken.
    bench.write("b", "x2");
    bench.git(&["add", "b"]);
    bench.git(&["commit", "--quiet", "-m", "two", "b"]);
    let (changed, counts) = bench.scan("b x");
    assert_eq!((messages(&changed), counts), (vec!["b x2"], [1, 1]));
    bench.git(&["rm", "--quiet", "a"]);
    let (gone, _) = bench.scan("a c");
    assert_eq!(messages(&gone), ["c c1"]);
}

#[test]
fn without_a_cache_nothing_is_written_and_all_is_told_in_short_each_time() {
    let bench = Bench::new(&[("a", "a1"), ("b", "b1")]);
    for _ in 0..2 {
        let (outcome, counts) = bench.scan_with("a", None);
        assert_eq!((messages(&outcome), counts), (vec!["a a1"], [2, 1]));
    }
    assert!(!bench.sketches().exists());
}

#[test]
fn sketches_that_are_damaged_or_were_made_otherwise_are_as_good_as_none() {
    let mut bench = Bench::new(&[("a", "a1"), ("b", "b1")]);
    bench.scan("a");
    let kept = std::fs::read(bench.sketches()).unwrap();
    let (_, counts) = bench.scan("a");
    assert_eq!(counts, [0, 1]);
    let mut damaged = kept.clone();
    *damaged.last_mut().unwrap() ^= 1;
    for bytes in [damaged.as_slice(), &kept[..kept.len() - 1], b"", &kept[1..]] {
        std::fs::write(bench.sketches(), bytes).unwrap();
        let (outcome, counts) = bench.scan("a");
        assert_eq!((messages(&outcome), counts), (vec!["a a1"], [2, 1]));
    }
    bench.revision = 2;
    assert_eq!(bench.scan("a").1, [2, 1]);
}

#[test]
fn files_beyond_the_bounds_are_said() {
    let names: Vec<String> = (0..600).map(|at| format!("n{at:03}")).collect();
    let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "a123456789")).collect();
    let mut bench = Bench::new(&files);
    let said = |outcome: &Outcome| match &outcome.checks[0].status {
        CheckStatus::Partial { errors } => errors.join("\n"),
        other => panic!("{other:?}"),
    };
    bench.bounds.files = 10;
    let (outcome, counts) = bench.scan("a");
    assert_eq!(counts, [10, 10]);
    assert!(said(&outcome).contains("590 files around"), "{}", said(&outcome));
    // Some sources tell no sizes before they read: then files are counted as they come, a few hundred at a time.
    bench.bounds = Bounds {
        files: 1_000,
        bytes: 2_000,
        told: true,
    };
    let (outcome, _) = bench.scan("a");
    assert!(said(&outcome).contains("files around"), "{}", said(&outcome));
}

#[test]
fn a_file_that_is_too_large_is_not_read_twice_and_one_that_breaks_the_check_is() {
    let bench = Bench::new(&[("a", "a1"), ("large", &"b".repeat(2000)), ("p", "panic")]);
    let (outcome, counts) = bench.scan("a b");
    assert_eq!((messages(&outcome), counts), (vec!["a a1"], [2, 1]));
    let (outcome, counts) = bench.scan("a b");
    assert_eq!((messages(&outcome), counts), (vec!["a a1"], [1, 1]));
}
