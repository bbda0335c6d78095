//! A scan of real directories with checks made for the test: order, isolation, cache, interruption.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use bartizan_engine::{CacheOptions, Check, CheckError, Input, Meta, Outcome, RunOptions, Silent, Sink, run};
use bartizan_model::{AssetId, CheckStatus, Confidence, Finding, FingerprintBuilder, RuleInfo, Severity};
use bartizan_source::{DirSource, FileMeta, Interest, SourceOptions};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Reports every line that holds a word; fails on files called `error`, panics on files called `panic`.
struct WordCheck {
    meta: Meta,
    word: &'static str,
    runs: Arc<AtomicUsize>,
}

impl WordCheck {
    fn boxed(word: &'static str, runs: &Arc<AtomicUsize>) -> Box<dyn Check> {
        let mut digest = [0; 32];
        digest[..word.len()].copy_from_slice(word.as_bytes());
        let meta = Meta {
            id: "test/word",
            title: "Words",
            required: true,
            digest,
        };
        Box::new(Self {
            meta,
            word,
            runs: Arc::clone(runs),
        })
    }
}

impl Check for WordCheck {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn rules(&self) -> Vec<RuleInfo> {
        Vec::new()
    }

    fn wants(&self, _: &FileMeta) -> Interest {
        Interest::Whole
    }

    fn run(&self, input: &Input<'_>, out: &mut Sink) -> Result<(), CheckError> {
        self.runs.fetch_add(1, Ordering::SeqCst);
        assert_ne!(input.meta.file_name(), "panic", "as asked");
        if input.meta.file_name() == "error" {
            return Err(CheckError("cannot judge this".to_owned()));
        }
        let text = String::from_utf8_lossy(input.bytes);
        for (at, _) in text.match_indices(self.word) {
            out.finding(finding(input, at, self.word));
        }
        Ok(())
    }
}

fn finding(input: &Input<'_>, at: usize, word: &str) -> Finding {
    let fingerprint = FingerprintBuilder::new("test/word")
        .file_name_of(input.path())
        .part(word.as_bytes())
        .finish();
    let sure = (Severity::High, Confidence::High);
    Finding {
        title: "A word".to_owned(),
        message: word.to_owned(),
        locations: vec![input.locate(at..at + word.len())],
        ..Finding::new("test/word", sure, fingerprint, AssetId::file(input.path()))
    }
}

struct Scan {
    jobs: usize,
    cache: Option<CacheOptions>,
    word: &'static str,
    interrupted: bool,
}

impl Default for Scan {
    fn default() -> Self {
        Self {
            jobs: 2,
            cache: None,
            word: "needle",
            interrupted: false,
        }
    }
}

/// The outcome, and how often the check was asked.
fn scan(folder: &Path, how: &Scan) -> (Outcome, usize) {
    let runs = Arc::new(AtomicUsize::new(0));
    let source = DirSource::open(folder.to_str().unwrap(), &SourceOptions::default()).unwrap();
    let options = RunOptions {
        jobs: how.jobs,
        cache: how.cache.clone(),
        identify: false,
        interrupt: Arc::new(AtomicBool::new(how.interrupted)),
        progress: &Silent,
    };
    let outcome = run(&source, &[WordCheck::boxed(how.word, &runs)], &options).unwrap();
    (outcome, runs.load(Ordering::SeqCst))
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn places(outcome: &Outcome) -> Vec<(String, u32)> {
    outcome
        .findings
        .iter()
        .flat_map(|f| f.locations.iter().map(|at| (at.path.clone(), at.line)))
        .collect()
}

#[test]
fn the_order_does_not_depend_on_the_number_of_workers() {
    let folder = tempfile::tempdir().unwrap();
    for i in 0..200 {
        write(
            folder.path(),
            &format!("d{}/f{i}", i % 7),
            &format!("x\nneedle {i}\n"),
        );
    }
    let (alone, _) = scan(
        folder.path(),
        &Scan {
            jobs: 1,
            ..Scan::default()
        },
    );
    assert_eq!(alone.findings.len(), 200);
    for jobs in [2, 3, 8] {
        let (outcome, _) = scan(
            folder.path(),
            &Scan {
                jobs,
                ..Scan::default()
            },
        );
        assert_eq!(outcome.findings, alone.findings);
        assert_eq!(outcome.sha256, alone.sha256);
    }
}

#[test]
fn a_check_that_panics_is_failed_and_the_scan_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "panic", "needle");
    write(folder.path(), "other", "needle");
    let (outcome, _) = scan(folder.path(), &Scan::default());
    assert_eq!(places(&outcome), [("other".to_owned(), 1)]);
    let CheckStatus::Failed { error } = &outcome.checks[0].status else {
        panic!("{:?}", outcome.checks)
    };
    assert!(
        error.contains("panic: the check panicked") && error.contains("as asked"),
        "{error}"
    );
}

#[test]
fn a_file_that_cannot_be_judged_makes_the_check_partial() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "error", "needle");
    write(folder.path(), "other", "needle");
    let (outcome, _) = scan(folder.path(), &Scan::default());
    let errors = vec!["error: cannot judge this".to_owned()];
    assert_eq!(outcome.checks[0].status, CheckStatus::Partial { errors });
    assert_eq!(outcome.findings.len(), 1);
}

#[test]
fn the_same_problem_in_one_file_is_one_finding_with_several_places() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a", "needle\nneedle\n");
    let (outcome, _) = scan(folder.path(), &Scan::default());
    assert_eq!(outcome.findings.len(), 1);
    assert_eq!(places(&outcome), [("a".to_owned(), 1), ("a".to_owned(), 2)]);
}

#[test]
fn moved_lines_and_renamed_directories_keep_the_fingerprint() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "one/a", "needle\n");
    let (before, _) = scan(folder.path(), &Scan::default());
    std::fs::rename(folder.path().join("one"), folder.path().join("two")).unwrap();
    write(folder.path(), "two/a", "\n\nmoved\nneedle\n");
    let (after, _) = scan(folder.path(), &Scan::default());
    assert_eq!(before.findings[0].fingerprint, after.findings[0].fingerprint);
}

#[test]
fn an_unchanged_tree_is_not_judged_twice_and_a_changed_file_is() {
    let folder = tempfile::tempdir().unwrap();
    let data = tempfile::tempdir().unwrap();
    for name in ["a", "b", "c"] {
        write(folder.path(), name, "needle");
    }
    let cache = Some(CacheOptions {
        by_entry: false,
        file: data.path().join("deep/cache"),
        salt: String::new(),
    });
    let how = Scan {
        cache,
        ..Scan::default()
    };
    let (first, runs) = scan(folder.path(), &how);
    assert_eq!(runs, 3);
    let (second, runs) = scan(folder.path(), &how);
    assert_eq!((runs, second.stats.cached), (0, 3));
    assert_eq!(second.findings, first.findings);
    assert_eq!(second.sha256, first.sha256);
    // The same length, so that only the content tells.
    write(folder.path(), "b", "nothin");
    let (third, runs) = scan(folder.path(), &how);
    assert_eq!((runs, third.findings.len()), (1, 2));
}

#[test]
fn cached_results_of_another_rule_or_salt_are_not_used() {
    let folder = tempfile::tempdir().unwrap();
    let data = tempfile::tempdir().unwrap();
    write(folder.path(), "a", "needle thread");
    let cache = |salt: &str| {
        Some(CacheOptions {
            by_entry: false,
            file: data.path().join("cache"),
            salt: salt.to_owned(),
        })
    };
    let (_, runs) = scan(
        folder.path(),
        &Scan {
            cache: cache(""),
            ..Scan::default()
        },
    );
    assert_eq!(runs, 1);
    let (other, runs) = scan(
        folder.path(),
        &Scan {
            cache: cache(""),
            word: "thread",
            ..Scan::default()
        },
    );
    assert_eq!((runs, other.findings[0].message.as_str()), (1, "thread"));
    let (_, runs) = scan(
        folder.path(),
        &Scan {
            cache: cache("other"),
            word: "thread",
            ..Scan::default()
        },
    );
    assert_eq!(runs, 1);
}

#[test]
fn a_damaged_cache_is_as_good_as_none() {
    let folder = tempfile::tempdir().unwrap();
    let data = tempfile::tempdir().unwrap();
    write(folder.path(), "a", "needle");
    let file = data.path().join("cache");
    let how = Scan {
        cache: Some(CacheOptions {
            by_entry: false,
            file: file.clone(),
            salt: String::new(),
        }),
        ..Scan::default()
    };
    scan(folder.path(), &how);
    let good = std::fs::read(&file).unwrap();
    for end in 0..good.len() {
        std::fs::write(&file, &good[..end]).unwrap();
        let (outcome, _) = scan(folder.path(), &how);
        assert_eq!(outcome.findings.len(), 1, "cut at {end}");
    }
}

#[test]
fn a_cache_that_cannot_be_written_is_said_and_harmless() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a", "needle");
    // A file where the cache's directory would have to be.
    let cache = Some(CacheOptions {
        by_entry: false,
        file: folder.path().join("a/cache"),
        salt: String::new(),
    });
    let (outcome, _) = scan(
        folder.path(),
        &Scan {
            cache,
            ..Scan::default()
        },
    );
    assert_eq!(outcome.findings.len(), 1);
    assert!(outcome.cache_error.is_some());
    assert!(
        outcome.skipped.is_empty(),
        "everything was looked at all the same"
    );
}

#[test]
fn an_interrupted_scan_says_so_and_leaves_no_cache() {
    let folder = tempfile::tempdir().unwrap();
    let data = tempfile::tempdir().unwrap();
    write(folder.path(), "a", "needle");
    let file = data.path().join("cache");
    let cache = Some(CacheOptions {
        by_entry: false,
        file: file.clone(),
        salt: String::new(),
    });
    let (outcome, runs) = scan(
        folder.path(),
        &Scan {
            cache,
            interrupted: true,
            ..Scan::default()
        },
    );
    assert!(outcome.interrupted);
    assert_eq!(runs, 0);
    assert!(!file.exists());
}
