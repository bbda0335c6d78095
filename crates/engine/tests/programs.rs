//! Checks that judge all of their files together: order, isolation, cache, limits.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use bartizan_engine::{
    Bounds, CacheOptions, Check, CheckError, Input, Meta, Outcome, Part, Program, RunOptions, Silent, Sink,
    run,
};
use bartizan_model::{AssetId, CheckStatus, Confidence, Finding, FingerprintBuilder, RuleInfo, Severity};
use bartizan_source::{DirSource, FileMeta, Interest, Source, SourceOptions, TextSource};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Bytes of the largest file that is taken.
const MOST: u64 = 4000;
/// Bytes of files that are judged together.
const MOST_TOGETHER: u64 = 10_000;

/// Bytes of files around those that are looked at.
const MOST_AROUND: u64 = 6000;

/// Reports words that a file uses (`use X`) and no file defines (`def X`). Fails on files that begin with `error`, panics on `panic`. While it
/// judges a file that uses `interruption`, the scan is interrupted.
struct UndefinedCheck {
    meta: Meta,
    parts: Arc<AtomicUsize>,
    interrupt: Arc<AtomicBool>,
}

struct Words {
    defined: BTreeSet<String>,
    used: Vec<String>,
}

impl Check for UndefinedCheck {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn rules(&self) -> Vec<RuleInfo> {
        Vec::new()
    }

    fn wants(&self, file: &FileMeta) -> Interest {
        if file.extension() == "w" {
            Interest::Entire(MOST)
        } else {
            Interest::No
        }
    }

    fn run(&self, input: &Input<'_>, _: &mut Sink) -> Result<(), CheckError> {
        panic!("{} is looked at by itself", input.path());
    }

    fn program(&self) -> Option<&dyn Program> {
        Some(self)
    }
}

impl Program for UndefinedCheck {
    fn part(&self, input: &Input<'_>, _: &mut Sink) -> Result<Part, CheckError> {
        self.parts.fetch_add(1, Ordering::SeqCst);
        let text = String::from_utf8_lossy(input.bytes);
        assert!(!text.starts_with("panic"), "as asked");
        if text.starts_with("error") {
            return Err(CheckError("cannot read this".to_owned()));
        }
        let of = |word: &str| {
            text.lines()
                .filter_map(|line| line.strip_prefix(word).map(str::to_owned))
                .collect()
        };
        let used: Vec<String> = of("use ");
        let defined: Vec<String> = of("def ");
        Ok(Box::new(Words {
            defined: defined.into_iter().collect(),
            used,
        }))
    }

    fn most_bytes(&self) -> u64 {
        MOST_TOGETHER
    }

    fn bounds(&self) -> Bounds {
        Bounds {
            files: 40,
            bytes: MOST_AROUND,
            told: true,
        }
    }

    /// The files that are named like what is used and not defined yet.
    fn asks(&self, parts: &[(String, Part)], around: &[&str]) -> Vec<usize> {
        let words = || parts.iter().filter_map(|(_, part)| part.downcast_ref::<Words>());
        let used = words().flat_map(|words| &words.used);
        let missing = used.filter(|word| !words().any(|other| other.defined.contains(*word)));
        let files = missing.map(|word| format!("{word}.w"));
        files
            .filter_map(|name| around.iter().position(|path| *path == name))
            .collect()
    }

    fn judge(&self, parts: &[(String, Part)], _: &[String], out: &mut Sink) -> Result<(), CheckError> {
        let words: Vec<(&str, &Words)> = parts
            .iter()
            .map(|(path, part)| (path.as_str(), part.downcast_ref().unwrap()))
            .collect();
        assert!(words.is_sorted_by_key(|(path, _)| *path), "{:?}", words.len());
        let is_meant = |(_, file): &(&str, &Words)| file.used.iter().any(|word| word == "interruption");
        self.interrupt.store(words.iter().any(is_meant), Ordering::SeqCst);
        assert_eq!(
            out.is_stopped(),
            words.iter().any(is_meant),
            "work that takes long can end"
        );
        for (path, file) in &words {
            for word in &file.used {
                if !words.iter().any(|(_, other)| other.defined.contains(word)) {
                    out.finding(finding(path, word));
                }
            }
        }
        Ok(())
    }
}

fn finding(path: &str, word: &str) -> Finding {
    let fingerprint = FingerprintBuilder::new("test/undefined")
        .file_name_of(path)
        .part(word.as_bytes())
        .finish();
    Finding {
        message: word.to_owned(),
        locations: vec![bartizan_model::Location::of_file(path)],
        ..Finding::new(
            "test/undefined",
            (Severity::High, Confidence::High),
            fingerprint,
            AssetId::file(path),
        )
    }
}

/// The outcome, and of how many files a part was made.
fn scan(folder: &Path, cache: Option<&Path>) -> (Outcome, usize) {
    let source = DirSource::open(folder.to_str().unwrap(), &SourceOptions::default()).unwrap();
    scan_source(&source, cache)
}

fn scan_source(source: &dyn Source, cache: Option<&Path>) -> (Outcome, usize) {
    let parts = Arc::new(AtomicUsize::new(0));
    let interrupt = Arc::new(AtomicBool::new(false));
    let check = UndefinedCheck {
        meta: Meta {
            id: "test/undefined",
            title: "Undefined words",
            required: true,
            digest: [7; 32],
        },
        parts: Arc::clone(&parts),
        interrupt: Arc::clone(&interrupt),
    };
    let options = RunOptions {
        jobs: 2,
        cache: cache.map(|file| CacheOptions {
            file: file.to_owned(),
            salt: String::new(),
            by_entry: false,
        }),
        identify: false,
        interrupt,
        progress: &Silent,
    };
    let outcome = run(source, &[Box::new(check)], &options).unwrap();
    (outcome, parts.load(Ordering::SeqCst))
}

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).unwrap();
}

fn messages(outcome: &Outcome) -> Vec<&str> {
    outcome
        .findings
        .iter()
        .map(|finding| finding.message.as_str())
        .collect()
}

#[test]
fn what_one_file_defines_another_may_use() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.w", "use x\nuse y\n");
    write(folder.path(), "b.w", "def x\n");
    write(folder.path(), "c.txt", "def y\n");
    let (outcome, parts) = scan(folder.path(), None);
    assert_eq!(messages(&outcome), ["y"]);
    assert_eq!(outcome.findings[0].check, "test/undefined");
    let run = &outcome.checks[0];
    assert_eq!(
        (parts, run.files, run.findings, &run.status),
        (2, 2, 1, &CheckStatus::Ran)
    );
}

#[test]
fn files_beyond_what_is_judged_together_are_said() {
    let folder = tempfile::tempdir().unwrap();
    let filler = "\n".repeat(3_900);
    for name in ["a", "b", "c"] {
        write(
            folder.path(),
            &format!("{name}.w"),
            &format!("use {name}\n{filler}"),
        );
    }
    let (outcome, parts) = scan(folder.path(), None);
    assert_eq!(messages(&outcome), ["a", "b"]);
    assert_eq!(parts, 3, "the last file is looked at by itself");
    let CheckStatus::Partial { errors } = &outcome.checks[0].status else {
        panic!("{:?}", outcome.checks[0].status);
    };
    assert!(errors[0].contains("from c.w on"), "{errors:?}");
}

#[test]
fn a_program_is_judged_again_only_when_one_of_its_files_changed() {
    let folder = tempfile::tempdir().unwrap();
    let cache = tempfile::tempdir().unwrap();
    let cache = cache.path().join("results");
    write(folder.path(), "a.w", "use x\n");
    write(folder.path(), "b.w", "def x\n");
    assert_eq!(scan(folder.path(), Some(&cache)).1, 2);
    let (again, parts) = scan(folder.path(), Some(&cache));
    assert_eq!((messages(&again), parts), (vec![], 0));
    // A file that the program does not want is nothing to it.
    write(folder.path(), "c.txt", "new");
    assert_eq!(scan(folder.path(), Some(&cache)).1, 0);
    write(folder.path(), "b.w", "def z\n");
    let (changed, parts) = scan(folder.path(), Some(&cache));
    assert_eq!((messages(&changed), parts), (vec!["x"], 2));
    let (kept, parts) = scan(folder.path(), Some(&cache));
    assert_eq!((messages(&kept), parts), (vec!["x"], 0));
    assert_eq!((kept.checks[0].findings, kept.checks[0].files), (1, 2));
    std::fs::remove_file(folder.path().join("a.w")).unwrap();
    assert_eq!(messages(&scan(folder.path(), Some(&cache)).0), [""; 0]);
}

#[test]
fn a_file_that_cannot_be_read_as_what_it_is_is_said_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let cache = tempfile::tempdir().unwrap();
    let cache = cache.path().join("results");
    write(folder.path(), "a.w", "use x\n");
    write(folder.path(), "b.w", "error\ndef x\n");
    write(folder.path(), "c.w", &"def x\n".repeat(1000));
    let expected = CheckStatus::Partial {
        errors: vec![
            "b.w: cannot read this".to_owned(),
            "c.w: 6000 bytes are more than the 4000 that are read at once".to_owned(),
        ],
    };
    for parts in [2, 0] {
        let (outcome, made) = scan(folder.path(), Some(&cache));
        assert_eq!(
            (messages(&outcome), &outcome.checks[0].status, made),
            (vec!["x"], &expected, parts)
        );
    }
}

#[test]
fn a_part_that_panics_fails_the_check_and_is_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let cache = tempfile::tempdir().unwrap();
    let cache = cache.path().join("results");
    write(folder.path(), "a.w", "use x\n");
    write(folder.path(), "b.w", "panic\n");
    for _ in 0..2 {
        let (outcome, parts) = scan(folder.path(), Some(&cache));
        let CheckStatus::Failed { error } = &outcome.checks[0].status else {
            panic!("{:?}", outcome.checks[0])
        };
        assert!(error.starts_with("b.w: the check panicked"), "{error}");
        assert_eq!((messages(&outcome), parts), (vec!["x"], 2));
    }
}

/// A text as an unwritten file of a directory.
fn within(folder: &Path, path: &str, text: &str) -> TextSource {
    let options = SourceOptions::default();
    let around = DirSource::open(folder.to_str().unwrap(), &options).unwrap();
    TextSource::new(path, text.as_bytes().into(), &options).within(Box::new(around))
}

#[test]
fn what_a_part_of_a_directory_needs_to_be_understood_is_looked_up_around_it() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.w", "old\n");
    write(folder.path(), "x.w", "def x\nuse y\nuse nothing\n");
    write(folder.path(), "y.w", "def y\n");
    write(folder.path(), "z.w", "def z\nuse nothing\n");
    let cache = tempfile::tempdir().unwrap();
    let cache = cache.path().join("results");
    let source = within(folder.path(), "a.w", "use x\nuse elsewhere\n");
    for _ in 0..2 {
        let (outcome, parts) = scan_source(&source, Some(&cache));
        // What is wrong with `x.w` itself is not asked, `z.w` is not read, and what was found depends on more than `a.w`.
        assert_eq!((messages(&outcome), parts), (vec!["elsewhere"], 3));
        assert_eq!(outcome.checks[0].files, 1);
    }
    write(folder.path(), "x.w", "");
    let (outcome, _) = scan_source(&source, Some(&cache));
    assert_eq!(messages(&outcome), ["elsewhere", "x"]);
}

fn git(folder: &Path, arguments: &[&str]) {
    let mut git = std::process::Command::new("git");
    let git = git.args(["-c", "user.name=a", "-c", "user.email=a@example.com"]);
    assert!(
        git.args(arguments)
            .current_dir(folder)
            .status()
            .unwrap()
            .success()
    );
}

/// Makes a repository of a folder, with a commit of all that lies in it.
fn committed(folder: &Path) {
    git(folder, &["init", "--quiet"]);
    git(folder, &["add", "."]);
    git(folder, &["commit", "--quiet", "-m", "one"]);
}

#[test]
fn what_is_staged_is_understood_by_the_rest_of_the_index() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "x.w", "def x\nuse nothing\n");
    committed(folder.path());
    write(folder.path(), "a.w", "use x\nuse y\n");
    git(folder.path(), &["add", "a.w"]);
    write(folder.path(), "x.w", "the work tree is not looked at\n");
    let options = SourceOptions::default();
    let source = bartizan_source::GitIndexSource::open(folder.path(), &options).unwrap();
    let (outcome, parts) = scan_source(&source, None);
    assert_eq!((messages(&outcome), parts), (vec!["y"], 2));
}

#[test]
fn bytes_around_are_counted_as_they_are_read_where_an_index_does_not_say_how_many_there_are() {
    let folder = tempfile::tempdir().unwrap();
    let large = |word: &str| format!("def {word}\n{}", "\n".repeat(3_900));
    write(folder.path(), "x.w", &large("x"));
    write(folder.path(), "y.w", &large("y"));
    write(folder.path(), "z.w", "def z\n");
    committed(folder.path());
    write(folder.path(), "a.w", "use x\nuse y\nuse z\n");
    git(folder.path(), &["add", "a.w"]);
    let source = bartizan_source::GitIndexSource::open(folder.path(), &SourceOptions::default()).unwrap();
    let (outcome, _) = scan_source(&source, None);
    assert_eq!(
        messages(&outcome),
        ["y"],
        "x and z are no more bytes than are looked at"
    );
    let CheckStatus::Partial { errors } = &outcome.checks[0].status else {
        panic!("{:?}", outcome.checks[0].status);
    };
    assert!(
        errors.iter().any(|error| error.starts_with("1 files around")),
        "{errors:?}"
    );
}

#[test]
fn a_program_that_is_interrupted_while_it_is_judged_is_no_result_and_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let cache = tempfile::tempdir().unwrap();
    let cache = cache.path().join("results");
    write(folder.path(), "a.w", "use interruption\n");
    for _ in 0..2 {
        let (outcome, parts) = scan(folder.path(), Some(&cache));
        assert!(outcome.interrupted);
        assert_eq!((messages(&outcome), parts), (vec![], 1));
    }
}
