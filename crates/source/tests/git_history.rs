//! Whole histories and ranges of real repositories.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod common;

use bartizan_source::{GitHistorySource, GitRangeSource, Signature, SourceError, SourceOptions, WindowSize};
use common::{Keeper, commit, git, list, read, repository, write};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn history(root: &Path) -> Keeper {
    read(&GitHistorySource::open(root, &SourceOptions::default()).unwrap())
}

fn range(root: &Path, range: &str) -> Keeper {
    read(&GitRangeSource::open(root, range, &SourceOptions::default()).unwrap())
}

fn texts(keeper: &Keeper) -> Vec<String> {
    let mut texts: Vec<_> = keeper
        .units
        .iter()
        .map(|u| String::from_utf8_lossy(&u.bytes).into_owned())
        .collect();
    texts.sort_unstable();
    texts
}

/// Ids and sizes of every blob that git itself reaches.
fn blobs_of_git(root: &Path) -> BTreeMap<String, String> {
    let ids = git(root, &["rev-list", "--all", "--objects", "--no-object-names"]);
    let mut blobs = BTreeMap::new();
    for id in ids.lines() {
        if git(root, &["cat-file", "-t", id]) == "blob" {
            blobs.insert(id.to_owned(), git(root, &["cat-file", "-s", id]));
        }
    }
    blobs
}

fn object_path(root: &Path, id: &str) -> PathBuf {
    root.join(".git/objects").join(&id[..2]).join(&id[2..])
}

fn remove_object(root: &Path, id: &str) {
    std::fs::remove_file(object_path(root, id)).unwrap();
}

#[test]
fn each_blob_is_read_once_with_the_commit_author_and_path_that_brought_it() {
    let repo = repository();
    let root = repo.path();
    write(root, "a.txt", "one");
    let first = commit(root, "first");
    write(root, "copy/b.txt", "one");
    write(root, "a.txt", "two");
    let second = commit(root, "second");
    write(root, "a.txt", "one");
    commit(root, "back");

    let keeper = history(root);
    assert_eq!(texts(&keeper), ["one", "two"]);
    let one = keeper.units.iter().find(|u| u.bytes == b"one").unwrap();
    assert_eq!(
        (&*one.meta.path, one.meta.commit.as_deref()),
        ("a.txt", Some(first.as_str()))
    );
    assert_eq!(one.meta.author.as_deref(), Some("Ann Author <ann@example.org>"));
    assert_eq!(one.meta.size, 3);
    let two = keeper.units.iter().find(|u| u.bytes == b"two").unwrap();
    assert_eq!(two.meta.commit.as_deref(), Some(second.as_str()));
    assert!(keeper.skipped.is_empty());
}

#[test]
fn deleted_files_other_branches_tags_and_all_stashes_are_history() {
    let repo = repository();
    let root = repo.path();
    write(root, "gone.txt", "deleted");
    write(root, "kept.txt", "kept");
    commit(root, "first");
    std::fs::remove_file(root.join("gone.txt")).unwrap();
    commit(root, "delete");
    git(root, &["checkout", "-q", "-b", "side"]);
    write(root, "side.txt", "on a branch");
    commit(root, "side");
    git(root, &["checkout", "-q", "main"]);
    git(root, &["checkout", "-q", "--detach"]);
    write(root, "tagged.txt", "only tagged");
    commit(root, "tagged");
    git(root, &["tag", "-a", "v1", "-m", "v1"]);
    git(root, &["checkout", "-q", "main"]);
    for text in ["older stash", "newer stash"] {
        write(root, "kept.txt", text);
        git(root, &["stash", "push", "-q"]);
    }
    write(root, "loose", "a tagged blob");
    let id = git(root, &["hash-object", "-w", "loose"]);
    std::fs::remove_file(root.join("loose")).unwrap();
    git(root, &["tag", "blob-tag", &id]);
    let keeper = history(root);
    let expected = [
        "a tagged blob",
        "deleted",
        "kept",
        "newer stash",
        "older stash",
        "on a branch",
        "only tagged",
    ];
    assert_eq!(texts(&keeper), expected);
    assert!(keeper.skipped.is_empty(), "{:?}", keeper.skipped);
}

#[test]
fn packed_and_loose_histories_read_alike_and_agree_with_git() {
    let repo = repository();
    let root = repo.path();
    for i in 0..40_usize {
        let text: String = (0..200)
            .map(|line| format!("line {line} of {}\n", (line * i) % 7))
            .collect();
        write(root, &format!("dir{}/f.txt", i % 3), text);
        write(root, "top.txt", format!("{i}\n").repeat(i + 1));
        commit(root, &format!("{i}"));
    }
    let before = history(root);
    git(
        root,
        &["repack", "-q", "-a", "-d", "-f", "--depth=50", "--window=50"],
    );
    let after = history(root);
    assert!(after.skipped.is_empty());
    let described = |keeper: &Keeper| {
        let mut all: Vec<_> = keeper
            .units
            .iter()
            .map(|u| {
                (
                    u.meta.path.to_string(),
                    u.meta.commit.as_deref().unwrap().to_owned(),
                    u.bytes.clone(),
                )
            })
            .collect();
        all.sort_unstable();
        all
    };
    assert_eq!(described(&before), described(&after));

    let source = GitHistorySource::open(root, &SourceOptions::default()).unwrap();
    let expected = blobs_of_git(root);
    let mut seen = BTreeMap::new();
    for entry in list(&source).0 {
        let Some(Signature::Object(id)) = &entry.signature else {
            panic!("an object has an id")
        };
        let id: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut keeper = Keeper::default();
        bartizan_source::Source::read(&source, &entry, &mut Vec::new(), &mut keeper);
        assert_eq!(
            git(root, &["cat-file", "-p", &id]),
            String::from_utf8_lossy(&keeper.units[0].bytes).trim()
        );
        seen.insert(id, keeper.units[0].bytes.len().to_string());
    }
    assert_eq!(seen, expected);
}

#[test]
fn the_list_is_the_same_every_time() {
    let repo = repository();
    for i in 0..10 {
        write(repo.path(), "f", format!("{i}").repeat(50));
        commit(repo.path(), "x");
    }
    git(repo.path(), &["gc", "-q"]);
    let names = || {
        let source = GitHistorySource::open(repo.path(), &SourceOptions::default()).unwrap();
        list(&source)
            .0
            .into_iter()
            .map(|entry| entry.handle)
            .collect::<Vec<_>>()
    };
    assert_eq!(names(), names());
    assert_eq!(names().len(), 10);
}

#[test]
fn a_missing_blob_is_told_and_the_others_are_read() {
    let repo = repository();
    let root = repo.path();
    write(root, "lost.txt", "lost");
    write(root, "kept.txt", "kept");
    commit(root, "first");
    let id = git(root, &["rev-parse", "HEAD:lost.txt"]);
    remove_object(root, &id);
    let keeper = history(root);
    assert_eq!(texts(&keeper), ["kept"]);
    assert_eq!(keeper.skipped.len(), 1);
    let skipped = &keeper.skipped[0];
    assert!(skipped.required && skipped.path == "lost.txt");
    assert!(
        skipped.reason.contains(&id) && skipped.reason.contains("git fetch"),
        "{}",
        skipped.reason
    );
}

#[test]
fn missing_trees_and_commits_are_told_and_the_others_are_read() {
    let repo = repository();
    let root = repo.path();
    write(root, "sub/lost.txt", "lost");
    write(root, "kept.txt", "kept");
    let first = commit(root, "first");
    write(root, "new.txt", "new");
    commit(root, "second");
    remove_object(root, &git(root, &["rev-parse", "HEAD:sub"]));
    remove_object(root, &first);
    let keeper = history(root);
    assert_eq!(texts(&keeper), ["kept", "new"]);
    let mut paths: Vec<_> = keeper.skipped.iter().map(|s| s.path.clone()).collect();
    paths.sort_unstable();
    assert_eq!(paths, [format!("commit {first}"), "sub/".to_owned()]);
    assert!(keeper.skipped.iter().all(|s| s.required));
}

#[test]
fn corrupt_objects_are_told_and_the_others_are_read() {
    let repo = repository();
    let root = repo.path();
    write(root, "bad.txt", "bad");
    write(root, "cut.txt", "cut".repeat(500));
    write(root, "kept.txt", "kept");
    commit(root, "first");
    for (path, bytes) in [("bad.txt", b"not zlib at all".to_vec()), ("cut.txt", Vec::new())] {
        let object = object_path(root, &git(root, &["rev-parse", &format!("HEAD:{path}")]));
        let bytes = if bytes.is_empty() {
            std::fs::read(&object).unwrap()[..18].to_vec()
        } else {
            bytes
        };
        std::fs::remove_file(&object).unwrap();
        std::fs::write(&object, bytes).unwrap();
    }
    let keeper = history(root);
    assert_eq!(texts(&keeper), ["kept"]);
    let mut paths: Vec<_> = keeper.skipped.iter().map(|s| s.path.as_str()).collect();
    paths.sort_unstable();
    assert_eq!(paths, ["bad.txt", "cut.txt"]);
    assert!(
        keeper
            .skipped
            .iter()
            .all(|s| s.required && s.reason.contains("git fsck")),
        "{:?}",
        keeper.skipped
    );
}

#[test]
fn a_pack_with_flipped_bytes_breaks_no_more_than_its_objects() {
    let repo = repository();
    let root = repo.path();
    for i in 0..20 {
        write(root, &format!("f{i}"), format!("content {i} ").repeat(40 + i));
    }
    commit(root, "first");
    git(root, &["repack", "-q", "-a", "-d"]);
    let pack = std::fs::read_dir(root.join(".git/objects/pack"))
        .unwrap()
        .flatten()
        .map(|entry| entry.path());
    let pack = pack
        .into_iter()
        .find(|path| path.extension().is_some_and(|e| e == "pack"))
        .unwrap();
    let whole = std::fs::read(&pack).unwrap();
    for at in (12..whole.len() - 20).step_by(7) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x41;
        std::fs::remove_file(&pack).unwrap();
        std::fs::write(&pack, bytes).unwrap();
        let source = GitHistorySource::open(root, &SourceOptions::default()).unwrap();
        let mut skipped = Vec::new();
        if let Ok(entries) = bartizan_source::Source::list(&source, &mut skipped) {
            let mut keeper = Keeper {
                skipped,
                ..Keeper::default()
            };
            entries
                .iter()
                .for_each(|e| bartizan_source::Source::read(&source, e, &mut Vec::new(), &mut keeper));
            assert!(
                keeper.units.len() == 20 || keeper.skipped.iter().any(|s| s.required),
                "byte {at}"
            );
        }
    }
}

#[test]
fn a_shallow_clone_says_where_it_ends() {
    let repo = repository();
    for i in 0..3 {
        write(repo.path(), "f", format!("{i}"));
        commit(repo.path(), "x");
    }
    let clones = tempfile::tempdir().unwrap();
    let url = format!("file://{}", repo.path().display());
    git(clones.path(), &["clone", "-q", "--depth=2", &url, "clone"]);
    let keeper = history(&clones.path().join("clone"));
    assert_eq!(texts(&keeper), ["1", "2"]);
    assert_eq!(keeper.skipped.len(), 1);
    assert!(keeper.skipped[0].required && keeper.skipped[0].reason.contains("git fetch --unshallow"));

    let keeper = range(&clones.path().join("clone"), "HEAD^..HEAD");
    assert_eq!(texts(&keeper), ["2"]);
    assert!(keeper.skipped.is_empty(), "{:?}", keeper.skipped);
}

#[test]
fn objects_of_alternates_are_found() {
    let repo = repository();
    write(repo.path(), "f", "shared");
    commit(repo.path(), "x");
    let clones = tempfile::tempdir().unwrap();
    git(
        clones.path(),
        &["clone", "-q", "--shared", repo.path().to_str().unwrap(), "clone"],
    );
    assert_eq!(texts(&history(&clones.path().join("clone"))), ["shared"]);
}

#[test]
fn a_bare_repository_and_a_linked_work_tree_have_a_history() {
    let repo = repository();
    write(repo.path(), "f", "text");
    commit(repo.path(), "x");
    let other = tempfile::tempdir().unwrap();
    git(
        other.path(),
        &["clone", "-q", "--bare", repo.path().to_str().unwrap(), "bare.git"],
    );
    assert_eq!(texts(&history(&other.path().join("bare.git"))), ["text"]);
    let linked = other.path().join("linked");
    git(repo.path(), &["worktree", "add", "-q", linked.to_str().unwrap()]);
    assert_eq!(texts(&history(&linked)), ["text"]);
}

#[test]
fn a_repository_that_names_objects_by_sha_256_is_read() {
    let directory = tempfile::tempdir().unwrap();
    git(directory.path(), &["init", "-q", "--object-format=sha256"]);
    write(directory.path(), "f", "text");
    let id = commit(directory.path(), "x");
    let keeper = history(directory.path());
    assert_eq!(texts(&keeper), ["text"]);
    assert_eq!(keeper.units[0].meta.commit.as_deref(), Some(id.as_str()));
}

#[test]
fn an_empty_repository_has_an_empty_history() {
    let repo = repository();
    let keeper = history(repo.path());
    assert!(keeper.units.is_empty() && keeper.skipped.is_empty());
}

#[test]
fn a_large_blob_comes_in_windows_even_when_it_is_larger_than_what_is_decoded_at_once() {
    let repo = repository();
    let root = repo.path();
    let text: String = (0..50_000).map(|i| format!("{i:07}\n")).collect();
    write(root, "large.txt", &text);
    commit(root, "x");
    for repacked in [false, true] {
        if repacked {
            git(root, &["repack", "-q", "-a", "-d"]);
        }
        for max_object in [1 << 20, 1 << 10] {
            let windows = WindowSize::new(64 << 10, 1 << 10);
            let options = SourceOptions {
                windows,
                max_object,
                ..SourceOptions::default()
            };
            let keeper = read(&GitHistorySource::open(root, &options).unwrap());
            assert!(keeper.skipped.is_empty(), "{:?}", keeper.skipped);
            let whole: Vec<u8> = keeper
                .units
                .iter()
                .flat_map(|u| u.bytes[u.window.overlap..].to_vec())
                .collect();
            assert!(keeper.units.len() > 5 && whole == text.as_bytes());
        }
    }
}

#[test]
fn a_range_is_what_its_commits_added_or_changed() {
    let repo = repository();
    let root = repo.path();
    write(root, "old.txt", "old");
    let first = commit(root, "first");
    write(root, "new.txt", "new");
    let second = commit(root, "second");
    write(root, "new.txt", "newer");
    std::fs::remove_file(root.join("old.txt")).unwrap();
    commit(root, "third");

    assert_eq!(texts(&range(root, &format!("{first}..HEAD"))), ["new", "newer"]);
    assert_eq!(texts(&range(root, "HEAD^..HEAD")), ["newer"]);
    assert_eq!(texts(&range(root, "HEAD..HEAD")), [""; 0]);
    let one = range(root, &second);
    assert_eq!(texts(&one), ["new"]);
    assert_eq!(one.units[0].meta.commit.as_deref(), Some(second.as_str()));
    assert_eq!(texts(&range(root, &first)), ["old"]);
}

#[test]
fn three_dots_are_both_sides_of_a_fork() {
    let repo = repository();
    let root = repo.path();
    write(root, "base", "base");
    commit(root, "base");
    git(root, &["checkout", "-q", "-b", "side"]);
    write(root, "side", "side");
    commit(root, "side");
    git(root, &["checkout", "-q", "main"]);
    write(root, "main", "main");
    commit(root, "main");
    assert_eq!(texts(&range(root, "main..side")), ["side"]);
    assert_eq!(texts(&range(root, "side..main")), ["main"]);
    assert_eq!(texts(&range(root, "main...side")), ["main", "side"]);
}

#[test]
fn a_merge_brings_only_what_its_parents_outside_the_range_lack() {
    let repo = repository();
    let root = repo.path();
    write(root, "base", "base");
    let base = commit(root, "base");
    git(root, &["checkout", "-q", "-b", "side"]);
    write(root, "side", "side");
    let side = commit(root, "side");
    git(root, &["checkout", "-q", "main"]);
    write(root, "main", "main");
    commit(root, "main");
    git(root, &["merge", "-q", "--no-edit", "side"]);
    assert_eq!(texts(&range(root, &format!("{base}..HEAD"))), ["main", "side"]);
    assert_eq!(texts(&range(root, &format!("{side}..HEAD"))), ["main"]);
    assert_eq!(texts(&range(root, "HEAD")), [""; 0]);
}

#[test]
fn revisions_that_name_nothing_are_errors_with_help() {
    let repo = repository();
    write(repo.path(), "f", "x");
    commit(repo.path(), "x");
    for spelling in ["nowhere", "nowhere..HEAD", "HEAD:f"] {
        let error = GitRangeSource::open(repo.path(), spelling, &SourceOptions::default()).unwrap_err();
        assert!(
            matches!(error, SourceError::Revision { .. }),
            "{spelling}: {error}"
        );
    }
    let outside = tempfile::tempdir().unwrap();
    let error = GitHistorySource::open(outside.path(), &SourceOptions::default()).unwrap_err();
    assert!(matches!(error, SourceError::NoRepository(_)));
}

#[test]
fn submodules_are_named_and_required_by_nobody() {
    let (repo, other) = (repository(), repository());
    write(other.path(), "f", "other");
    commit(other.path(), "x");
    let url = other.path().to_str().unwrap();
    git(
        repo.path(),
        &[
            "-c",
            "protocol.file.allow=always",
            "submodule",
            "--quiet",
            "add",
            url,
            "sub",
        ],
    );
    commit(repo.path(), "x");
    let keeper = history(repo.path());
    assert_eq!(keeper.paths(), [".gitmodules"]);
    assert_eq!(keeper.skipped.len(), 1);
    assert_eq!(
        (keeper.skipped[0].path.as_str(), keeper.skipped[0].required),
        ("sub", false)
    );
}
