//! Files larger than a window: held at once for the checks that recognise them, and told by their digests where something is found.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use bartizan_engine::{Check, CheckError, Input, Meta, Outcome, RunOptions, Silent, Sink, run};
use bartizan_model::{AssetId, Confidence, Finding, FingerprintBuilder, RuleInfo, Severity};
use bartizan_source::{ContentDigests, DirSource, FileMeta, Interest, SourceOptions, WindowSize};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// Notes how long each file is that it is given at once; wants those that begin with `OWN`.
struct AtOnce(Meta, Arc<Mutex<Vec<usize>>>);

impl Check for AtOnce {
    fn meta(&self) -> &Meta {
        &self.0
    }

    fn rules(&self) -> Vec<RuleInfo> {
        Vec::new()
    }

    fn wants(&self, _: &FileMeta) -> Interest {
        Interest::Entire(10_000)
    }

    fn recognises(&self, _: &FileMeta, head: &[u8]) -> bool {
        head.starts_with(b"OWN")
    }

    fn run(&self, input: &Input<'_>, _: &mut Sink) -> Result<(), CheckError> {
        self.1.lock().unwrap().push(input.bytes.len());
        Ok(())
    }
}

/// Finds `needle`.
struct Needle(Meta, AtomicUsize);

impl Check for Needle {
    fn meta(&self) -> &Meta {
        &self.0
    }

    fn rules(&self) -> Vec<RuleInfo> {
        Vec::new()
    }

    fn wants(&self, _: &FileMeta) -> Interest {
        Interest::Whole
    }

    fn run(&self, input: &Input<'_>, out: &mut Sink) -> Result<(), CheckError> {
        let text = String::from_utf8_lossy(input.bytes);
        if let Some(at) = text.find("needle") {
            let number = self.1.fetch_add(1, Ordering::Relaxed);
            let fingerprint = FingerprintBuilder::new("test/needle")
                .part(&number.to_le_bytes())
                .finish();
            let mut finding = Finding::new(
                "test/needle",
                (Severity::Low, Confidence::High),
                fingerprint,
                AssetId::file(input.path()),
            );
            finding.locations = vec![input.locate(at..at + 6)];
            out.finding(finding);
        }
        Ok(())
    }
}

fn meta(id: &'static str) -> Meta {
    Meta {
        id,
        title: id,
        required: true,
        digest: [0; 32],
    }
}

fn scan(files: &[(&str, Vec<u8>)], identify: bool) -> (Outcome, Vec<usize>) {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    let options = SourceOptions {
        windows: WindowSize::new(1_000, 100),
        ..SourceOptions::default()
    };
    let source = DirSource::open(folder.path().to_str().unwrap(), &options).unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let checks: Vec<Box<dyn Check>> = vec![
        Box::new(AtOnce(meta("test/at-once"), Arc::clone(&seen))),
        Box::new(Needle(meta("test/needle"), AtomicUsize::new(0))),
    ];
    let options = RunOptions {
        jobs: 1,
        cache: None,
        identify,
        interrupt: Arc::new(AtomicBool::new(false)),
        progress: &Silent,
    };
    let outcome = run(&source, &checks, &options).unwrap();
    let seen = seen.lock().unwrap().clone();
    (outcome, seen)
}

fn large(head: &str, tail: &str) -> Vec<u8> {
    [head, &"x".repeat(3_000), tail].concat().into_bytes()
}

#[test]
fn a_large_file_is_held_at_once_for_a_check_that_recognises_its_beginning_and_for_no_other() {
    let files = [
        ("a", large("OWN", "")),
        ("b", large("else", "")),
        ("c", b"small".to_vec()),
    ];
    assert_eq!(scan(&files, false).1, [3_003, 5]);
}

#[test]
fn the_content_of_a_file_with_a_finding_is_told_where_it_was_held_at_once() {
    let files = [
        ("a", large("OWN", " needle")),
        ("b", large("else", " needle")),
        ("c", b"a needle".to_vec()),
        ("d", b"nothing".to_vec()),
    ];
    let (outcome, _) = scan(&files, true);
    let told: Vec<(&str, &ContentDigests)> = outcome
        .contents
        .iter()
        .map(|content| (content.path.as_str(), &content.digests))
        .collect();
    let digests = [ContentDigests::of(&files[0].1), ContentDigests::of(&files[2].1)];
    assert_eq!(told, [("a", &digests[0]), ("c", &digests[1])]);
    assert!(scan(&files, false).0.contents.is_empty());
}
