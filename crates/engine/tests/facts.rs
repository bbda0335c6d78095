//! A check that judges several files together: facts in one order, kept in the cache, and panics contained.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use bartizan_engine::globs::RuleGlobs;
use bartizan_engine::verdict::{Policy, judge};
use bartizan_engine::{
    CacheOptions, Check, CheckError, Fact, Input, Meta, Outcome, RunOptions, Silent, Sink, run,
};
use bartizan_model::{
    AssetId, CheckStatus, Confidence, Finding, FingerprintBuilder, Location, RuleInfo, Severity, Verdict,
};
use bartizan_source::{DirSource, FileMeta, Interest, SourceOptions};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Notes the text of every file, and finds at the end what all of them say.
struct Together {
    meta: Meta,
    runs: Arc<AtomicUsize>,
}

impl Check for Together {
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
        out.fact(String::from_utf8_lossy(input.bytes).into_owned());
        Ok(())
    }

    fn finish(&self, facts: &[Fact], out: &mut Sink) -> Result<(), CheckError> {
        let texts: Vec<String> = facts
            .iter()
            .map(|fact| format!("{}={}", fact.path, fact.data))
            .collect();
        assert!(!texts.iter().any(|text| text.contains("panic")), "as asked");
        if texts.iter().any(|text| text.contains("error")) {
            return Err(CheckError("cannot judge these".to_owned()));
        }
        if texts.iter().all(|text| text.ends_with('=')) {
            out.not_applicable("all is empty");
            return Ok(());
        }
        let message = texts.join(" ");
        let fingerprint = FingerprintBuilder::new("test/together")
            .part(message.as_bytes())
            .finish();
        out.finding(Finding {
            message,
            locations: vec![Location::of_file("a")],
            ..Finding::new(
                "test/together",
                (Severity::Low, Confidence::High),
                fingerprint,
                AssetId::file("a"),
            )
        });
        Ok(())
    }
}

fn scan(folder: &Path, jobs: usize, cache: Option<CacheOptions>, interrupted: bool) -> (Outcome, usize) {
    let runs = Arc::new(AtomicUsize::new(0));
    let check: Box<dyn Check> = Box::new(Together {
        meta: Meta {
            id: "test/together",
            title: "Together",
            required: true,
            digest: [1; 32],
        },
        runs: Arc::clone(&runs),
    });
    let source = DirSource::open(folder.to_str().unwrap(), &SourceOptions::default()).unwrap();
    let options = RunOptions {
        jobs,
        cache,
        identify: false,
        interrupt: Arc::new(AtomicBool::new(interrupted)),
        progress: &Silent,
    };
    let outcome = run(&source, &[check], &options).unwrap();
    (outcome, runs.load(Ordering::SeqCst))
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

#[test]
fn facts_of_all_files_are_judged_once_in_one_order() {
    let names: Vec<String> = (0..40).map(|n| format!("f{n:02}")).collect();
    let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "x")).collect();
    let folder = folder(&files);
    let (one, _) = scan(folder.path(), 1, None, false);
    let (four, _) = scan(folder.path(), 4, None, false);
    assert_eq!(one.findings.len(), 1);
    assert!(one.findings[0].message.starts_with("f00=x f01=x"));
    assert_eq!(one.findings, four.findings);
    assert_eq!((one.checks[0].findings, one.checks[0].files), (1, 40));
}

#[test]
fn facts_come_from_the_cache_and_what_was_found_is_judged_anew() {
    let folder = folder(&[("a", "1"), ("b", "2")]);
    let data = tempfile::tempdir().unwrap();
    let cache = || {
        Some(CacheOptions {
            by_entry: false,
            file: data.path().join("cache"),
            salt: String::new(),
        })
    };
    let (first, runs) = scan(folder.path(), 1, cache(), false);
    assert_eq!((first.findings[0].message.as_str(), runs), ("a=1 b=2", 2));
    let (again, runs) = scan(folder.path(), 1, cache(), false);
    assert_eq!((again.findings[0].message.as_str(), runs), ("a=1 b=2", 0));
    std::fs::write(folder.path().join("b"), "3").unwrap();
    let (changed, runs) = scan(folder.path(), 1, cache(), false);
    assert_eq!((changed.findings[0].message.as_str(), runs), ("a=1 b=3", 1));
}

#[test]
fn an_error_at_the_end_makes_the_check_partial_and_a_panic_failed() {
    let (outcome, _) = scan(folder(&[("a", "error")]).path(), 1, None, false);
    let CheckStatus::Partial { errors } = &outcome.checks[0].status else {
        panic!("{:?}", outcome.checks)
    };
    assert_eq!(errors, &["cannot judge these"]);
    let (outcome, _) = scan(folder(&[("a", "panic")]).path(), 1, None, false);
    assert!(matches!(&outcome.checks[0].status, CheckStatus::Failed { error } if error.contains("as asked")));
}

#[test]
fn a_check_with_nothing_to_judge_is_not_applicable_and_leaves_nothing_open() {
    let (outcome, _) = scan(folder(&[("a", "")]).path(), 1, None, false);
    let reason = "all is empty".to_owned();
    assert_eq!(outcome.checks[0].status, CheckStatus::NotApplicable { reason });
    let everything = Policy {
        fail_on: Severity::Info,
        advice: RuleGlobs::none(),
        conditions: RuleGlobs::none(),
    };
    assert_eq!(judge(&[], &outcome.checks, &[], &everything), Verdict::Allow);
}

#[test]
fn an_interrupted_scan_concludes_nothing() {
    let (outcome, _) = scan(folder(&[("a", "1")]).path(), 1, None, true);
    assert!(outcome.interrupted && outcome.findings.is_empty());
}
