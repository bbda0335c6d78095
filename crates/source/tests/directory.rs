//! Directories, single files and given files on a real file system.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod common;

use bartizan_source::{DirSource, Interest, Signature, SourceError, SourceOptions};
use common::{Keeper, list, open, open_with, read, small_windows, write};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::process::Command;

#[test]
fn files_come_in_the_order_of_their_paths_hidden_ones_included() {
    let dir = tempfile::tempdir().unwrap();
    for path in ["b.txt", "a/z.txt", "a.txt", ".env", ".git/config", "a/.hidden/x"] {
        write(dir.path(), path, path);
    }
    let keeper = read(open(dir.path()).as_ref());
    assert_eq!(
        keeper.paths(),
        [".env", "a.txt", "a/.hidden/x", "a/z.txt", "b.txt"]
    );
    assert_eq!(keeper.text("a/z.txt"), "a/z.txt");
    assert!(keeper.skipped.is_empty());
}

#[test]
fn the_order_does_not_depend_on_the_number_of_threads() {
    let dir = tempfile::tempdir().unwrap();
    for i in 0..300 {
        write(dir.path(), &format!("{}/{}/f{i}", i % 7, i % 3), "x");
    }
    let paths = |threads| {
        let options = SourceOptions {
            threads,
            ..SourceOptions::default()
        };
        list(open_with(dir.path(), &options).as_ref())
            .0
            .iter()
            .map(|e| e.meta.path.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(paths(1), paths(4));
    assert_eq!(paths(1).len(), 300);
}

#[test]
fn ignore_files_count_inside_a_repository_and_only_there() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), ".gitignore", "*.log\n!keep.log\n/build/\n");
    for path in ["a.log", "keep.log", "build/x", "src/build/y"] {
        write(dir.path(), path, path);
    }
    let everything = [".gitignore", "a.log", "build/x", "keep.log", "src/build/y"];
    assert_eq!(read(open(dir.path()).as_ref()).paths(), everything);

    common::git(dir.path(), &["init", "-q"]);
    assert_eq!(
        read(open(dir.path()).as_ref()).paths(),
        [".gitignore", "keep.log", "src/build/y"]
    );

    let options = SourceOptions {
        respect_ignore: false,
        ..SourceOptions::default()
    };
    assert_eq!(read(open_with(dir.path(), &options).as_ref()).paths(), everything);
}

#[test]
fn sockets_and_pipes_are_never_opened() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "a.txt", "a");
    let _socket = UnixListener::bind(dir.path().join("socket")).unwrap();
    assert!(
        Command::new("mkfifo")
            .arg(dir.path().join("pipe"))
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(read(open(dir.path()).as_ref()).paths(), ["a.txt"]);

    let error = bartizan_source::open(
        dir.path().join("pipe").to_str().unwrap(),
        &SourceOptions::default(),
    );
    assert!(matches!(error.err(), Some(SourceError::Unreadable { .. })));
}

#[test]
fn a_file_that_turned_into_a_pipe_or_a_link_is_skipped_and_does_not_block() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "a", "a");
    write(dir.path(), "b", "b");
    write(dir.path(), "c", "c");
    let source = open(dir.path());
    let (entries, _) = list(source.as_ref());
    for name in ["a", "b", "c"] {
        std::fs::remove_file(dir.path().join(name)).unwrap();
    }
    assert!(
        Command::new("mkfifo")
            .arg(dir.path().join("a"))
            .status()
            .unwrap()
            .success()
    );
    symlink("/etc/passwd", dir.path().join("b")).unwrap();
    let mut keeper = Keeper::default();
    for entry in &entries {
        source.read(entry, &mut Vec::new(), &mut keeper);
    }
    assert!(keeper.units.is_empty());
    let reasons: Vec<_> = keeper
        .skipped
        .iter()
        .map(|s| (s.path.as_str(), s.required, s.reason.as_str()))
        .collect();
    assert_eq!(
        reasons,
        [
            ("a", true, "it is no longer a regular file; scan again"),
            (
                "b",
                true,
                "it became a symbolic link while the scan ran; scan again"
            ),
            ("c", true, "it vanished while the scan ran; scan again"),
        ]
    );
}

#[test]
fn links_are_not_followed_unless_asked_for_and_loops_end() {
    let dir = tempfile::tempdir().unwrap();
    let outside = tempfile::tempdir().unwrap();
    write(outside.path(), "secret.txt", "outside");
    write(dir.path(), "real/a.txt", "a");
    symlink("..", dir.path().join("real/up")).unwrap();
    symlink(outside.path(), dir.path().join("out")).unwrap();
    symlink("nowhere", dir.path().join("dangling")).unwrap();
    let keeper = read(open(dir.path()).as_ref());
    assert_eq!(keeper.paths(), ["real/a.txt"]);
    assert!(keeper.skipped.is_empty());

    let options = SourceOptions {
        follow_links: true,
        ..SourceOptions::default()
    };
    let keeper = read(open_with(dir.path(), &options).as_ref());
    assert_eq!(keeper.paths(), ["out/secret.txt", "real/a.txt"]);
}

#[test]
fn a_target_that_is_a_link_is_followed() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "real/a.txt", "a");
    symlink("real", dir.path().join("link")).unwrap();
    symlink("real/a.txt", dir.path().join("file")).unwrap();
    assert_eq!(read(open(&dir.path().join("link")).as_ref()).paths(), ["a.txt"]);
    let keeper = read(open(&dir.path().join("file")).as_ref());
    assert_eq!(keeper.paths(), ["file"]);
    assert_eq!(keeper.text("file"), "a");
}

#[test]
fn what_may_not_be_read_is_said_and_the_rest_is_read() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "a.txt", "a");
    write(dir.path(), "closed/b.txt", "b");
    write(dir.path(), "c.txt", "c");
    std::fs::set_permissions(dir.path().join("closed"), PermissionsExt::from_mode(0o000)).unwrap();
    std::fs::set_permissions(dir.path().join("c.txt"), PermissionsExt::from_mode(0o000)).unwrap();
    std::fs::set_permissions(dir.path(), PermissionsExt::from_mode(0o755)).unwrap();
    let keeper = std::thread::scope(|scope| {
        let reading = scope.spawn(|| {
            drop_privileges();
            read(open(dir.path()).as_ref())
        });
        reading.join().unwrap()
    });
    std::fs::set_permissions(dir.path().join("closed"), PermissionsExt::from_mode(0o700)).unwrap();
    assert_eq!(keeper.paths(), ["a.txt"]);
    let skipped: Vec<_> = keeper
        .skipped
        .iter()
        .map(|s| (s.path.as_str(), s.required))
        .collect();
    assert_eq!(skipped, [("closed", true), ("c.txt", true)]);
    assert!(
        keeper
            .skipped
            .iter()
            .all(|s| s.reason.starts_with("permission denied; run as"))
    );
}

/// Makes the current thread, and those it starts, an ordinary user: the superuser may read everything.
fn drop_privileges() {
    if rustix::process::geteuid().is_root() {
        let nobody = rustix::process::Uid::from_raw(65534);
        rustix::thread::set_thread_res_uid(nobody, nobody, nobody).unwrap();
    }
}

#[test]
fn names_that_are_no_utf_8_are_read() {
    use std::os::unix::ffi::OsStrExt;
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join(std::ffi::OsStr::from_bytes(b"caf\xe9")), "x").unwrap();
    let keeper = read(open(dir.path()).as_ref());
    assert_eq!(keeper.paths(), ["caf\u{fffd}"]);
    assert_eq!(keeper.units[0].bytes, b"x");
}

#[test]
fn a_signature_changes_with_the_content() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "a.txt", "one");
    let source = open(dir.path());
    let before = list(source.as_ref()).0.remove(0).signature.unwrap();
    assert_eq!(list(source.as_ref()).0.remove(0).signature.unwrap(), before);
    assert!(matches!(before, Signature::Stat { size: 3, .. }));
    std::fs::remove_file(dir.path().join("a.txt")).unwrap();
    write(dir.path(), "a.txt", "two");
    assert_ne!(list(source.as_ref()).0.remove(0).signature.unwrap(), before);
}

#[test]
fn given_files_are_read_and_those_outside_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "in/a.txt", "a");
    write(dir.path(), "in/b.txt", "b");
    write(dir.path(), "out.txt", "out");
    let paths = ["b.txt", "a.txt", "b.txt", "gone.txt", "../out.txt"]
        .map(PathBuf::from)
        .to_vec();
    let keeper = read(&DirSource::given(
        &dir.path().join("in"),
        paths,
        &SourceOptions::default(),
    ));
    assert_eq!(keeper.paths(), ["a.txt", "b.txt"]);
    assert_eq!(keeper.skipped.len(), 1);
    assert_eq!(keeper.skipped[0].path, "../out.txt");
}

#[test]
fn a_check_that_wants_the_head_gets_no_more() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "a.txt", "0123456789");
    write(dir.path(), "b.txt", "01");
    write(dir.path(), "c.txt", "0123456789");
    let source = open(dir.path());
    let (entries, _) = list(source.as_ref());
    let mut keeper = Keeper {
        want: |meta| {
            if &*meta.path == "c.txt" {
                Interest::No
            } else {
                Interest::Head(4)
            }
        },
        ..Keeper::default()
    };
    for entry in &entries {
        source.read(entry, &mut Vec::new(), &mut keeper);
    }
    assert_eq!(keeper.paths(), ["a.txt", "b.txt"]);
    assert_eq!(
        (keeper.text("a.txt").as_str(), keeper.units[0].window.last),
        ("0123", false)
    );
    assert_eq!(
        (keeper.text("b.txt").as_str(), keeper.units[1].window.last),
        ("01", true)
    );
}

#[test]
fn a_large_file_comes_in_windows_that_start_at_lines() {
    let dir = tempfile::tempdir().unwrap();
    let text: String = (0..40).map(|i| format!("{i:04}\n")).collect();
    write(dir.path(), "a.txt", &text);
    let keeper = read(open_with(dir.path(), &small_windows()).as_ref());
    assert!(keeper.units.len() > 3);
    for unit in &keeper.units {
        assert_eq!(unit.window.column_before, 0);
        let line: u32 = String::from_utf8_lossy(&unit.bytes[..4]).parse().unwrap();
        assert_eq!(line, unit.window.lines_before);
        assert!(unit.window.offset == 0 || unit.window.overlap >= 8);
    }
}

#[test]
fn an_empty_file_is_one_empty_unit() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "empty", "");
    let keeper = read(open(dir.path()).as_ref());
    assert_eq!(keeper.units.len(), 1);
    assert!(keeper.units[0].bytes.is_empty() && keeper.units[0].window.is_whole());
}

#[test]
fn a_missing_target_and_an_unknown_scheme_say_what_to_do() {
    let options = SourceOptions::default();
    let missing = bartizan_source::open("no/such/path", &options).err().unwrap();
    assert!(matches!(missing, SourceError::NotFound(_)));
    for target in ["image:alpine", "sbom:x", "host:x", "host:", "url:x"] {
        let error = bartizan_source::open(target, &options).err().unwrap();
        assert!(
            matches!(error, SourceError::Unsupported { .. }),
            "{target}: {error}"
        );
        assert!(!error.help().is_empty());
    }
}

#[test]
fn the_root_of_a_system_is_read_whatever_ignore_files_say_and_no_link_leaves_it() {
    let root = tempfile::tempdir().unwrap();
    let outside = tempfile::tempdir().unwrap();
    write(outside.path(), "secret", "s");
    for (path, text) in [
        (".gitignore", "*"),
        ("app/.git/config", "c"),
        ("etc/os-release", "ID=x"),
        ("proc/kept", "a plain directory of that name"),
    ] {
        write(root.path(), path, text);
    }
    std::os::unix::fs::symlink(outside.path(), root.path().join("out")).unwrap();
    std::os::unix::fs::symlink(outside.path().join("secret"), root.path().join("etc/shadow")).unwrap();
    let source = bartizan_source::open(
        &format!("rootfs:{}", root.path().display()),
        &SourceOptions::default(),
    )
    .unwrap();
    let keeper = read(source.as_ref());
    assert_eq!(
        keeper.sorted_paths(),
        [".gitignore", "app/.git/config", "etc/os-release", "proc/kept"]
    );
    assert_eq!(source.target().kind, "rootfs");
    assert!(keeper.skipped.is_empty(), "{:?}", keeper.skipped);
}
