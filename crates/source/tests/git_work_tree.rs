//! What is staged, what changed since a base, and what git tracks although it is ignored.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod common;

use bartizan_source::{GitChangedSource, GitIndexSource, SourceError, SourceOptions, git_root, head_commit};
use common::{Keeper, commit, git, open, read, repository, write};
use std::os::unix::fs::symlink;
use std::path::Path;

fn staged(root: &Path) -> Keeper {
    read(&GitIndexSource::open(root, &SourceOptions::default()).unwrap())
}

fn changed(root: &Path, base: Option<&str>) -> Keeper {
    read(&GitChangedSource::open(root, base, &SourceOptions::default()).unwrap())
}

#[test]
fn staged_content_is_that_of_the_index_not_of_the_work_tree() {
    let repo = repository();
    let root = repo.path();
    for path in ["same", "dir/same", "modified", "removed", "renamed"] {
        write(root, path, path);
    }
    commit(root, "first");
    write(root, "modified", "staged");
    write(root, "dir/new", "new");
    git(root, &["rm", "-q", "removed"]);
    git(root, &["mv", "renamed", "moved"]);
    git(root, &["add", "-A"]);
    write(root, "modified", "not staged");
    write(root, "untracked", "untracked");
    let keeper = staged(root);
    assert_eq!(keeper.paths(), ["dir/new", "modified", "moved"]);
    assert_eq!(keeper.text("modified"), "staged");
    assert_eq!(keeper.text("moved"), "renamed");
    assert!(keeper.skipped.is_empty());
}

#[test]
fn before_the_first_commit_everything_in_the_index_is_staged() {
    let repo = repository();
    write(repo.path(), "a/b", "text");
    assert!(staged(repo.path()).units.is_empty());
    git(repo.path(), &["add", "-A"]);
    assert_eq!(staged(repo.path()).paths(), ["a/b"]);
}

#[test]
fn nothing_staged_is_nothing_to_read() {
    let repo = repository();
    write(repo.path(), "a", "a");
    commit(repo.path(), "first");
    assert!(staged(repo.path()).units.is_empty());
    git(repo.path(), &["update-index", "--force-write-index"]);
    git(repo.path(), &["read-tree", "HEAD"]);
    assert!(staged(repo.path()).units.is_empty());
}

#[test]
fn an_intent_to_add_and_a_link_have_no_content_and_a_submodule_is_named() {
    let (repo, other) = (repository(), repository());
    write(other.path(), "f", "other");
    commit(other.path(), "x");
    let root = repo.path();
    write(root, "a", "a");
    commit(root, "first");
    write(root, "later", "later");
    git(root, &["add", "-N", "later"]);
    symlink("a", root.join("link")).unwrap();
    git(root, &["add", "link"]);
    git(
        root,
        &[
            "-c",
            "protocol.file.allow=always",
            "submodule",
            "--quiet",
            "add",
            other.path().to_str().unwrap(),
            "sub",
        ],
    );
    let keeper = staged(root);
    assert_eq!(keeper.paths(), [".gitmodules"]);
    assert_eq!(keeper.skipped.len(), 1);
    assert_eq!(
        (keeper.skipped[0].path.as_str(), keeper.skipped[0].required),
        ("sub", false)
    );
}

#[test]
fn an_index_that_is_named_is_read_instead_of_the_own_one() {
    let repo = repository();
    let root = repo.path();
    write(root, "a", "a");
    commit(root, "first");
    write(root, "a", "changed");
    git(root, &["add", "a"]);
    std::fs::copy(root.join(".git/index"), root.join(".git/other")).unwrap();
    git(root, &["reset", "-q"]);
    assert!(staged(root).units.is_empty());
    let options = SourceOptions {
        index_file: Some(root.join(".git/other")),
        ..SourceOptions::default()
    };
    assert_eq!(
        read(&GitIndexSource::open(root, &options).unwrap()).text("a"),
        "changed"
    );
}

#[test]
fn a_broken_index_is_an_error_that_says_what_to_do() {
    let repo = repository();
    write(repo.path(), "a", "a");
    commit(repo.path(), "first");
    std::fs::write(repo.path().join(".git/index"), "DIRC rubbish").unwrap();
    let source = GitIndexSource::open(repo.path(), &SourceOptions::default()).unwrap();
    let error = bartizan_source::Source::list(&source, &mut Vec::new()).unwrap_err();
    assert!(
        matches!(&error, SourceError::Unreadable { cause, .. } if cause.contains("git reset")),
        "{error}"
    );
}

#[test]
fn a_staged_blob_that_is_missing_is_told() {
    let repo = repository();
    write(repo.path(), "a", "a");
    write(repo.path(), "b", "b");
    git(repo.path(), &["add", "-A"]);
    let id = git(repo.path(), &["hash-object", "a"]);
    std::fs::remove_file(repo.path().join(".git/objects").join(&id[..2]).join(&id[2..])).unwrap();
    let keeper = staged(repo.path());
    assert_eq!(keeper.paths(), ["b"]);
    assert!(keeper.skipped[0].required && keeper.skipped[0].reason.contains(&id));
}

#[test]
fn what_changed_since_a_base_is_committed_staged_modified_or_untracked() {
    let repo = repository();
    let root = repo.path();
    write(root, ".gitignore", "ignored\n");
    for path in ["same", "dir/same", "committed", "modified", "reverted", "removed"] {
        write(root, path, path);
    }
    commit(root, "base");
    git(root, &["checkout", "-q", "-b", "work"]);
    write(root, "committed", "changed in a commit");
    write(root, "reverted", "for a while");
    commit(root, "work");
    write(root, "reverted", "reverted");
    write(root, "modified", "changed in the work tree");
    write(root, "dir/staged", "staged");
    git(root, &["add", "dir/staged"]);
    write(root, "untracked", "untracked");
    write(root, "ignored", "ignored");
    std::fs::remove_file(root.join("removed")).unwrap();
    let expected = ["committed", "dir/staged", "modified", "untracked"];
    assert_eq!(changed(root, Some("main")).paths(), expected);
    assert_eq!(changed(root, None).paths(), expected);
    assert_eq!(
        changed(root, Some("HEAD")).paths(),
        ["dir/staged", "modified", "reverted", "untracked"]
    );
    assert_eq!(changed(&root.join("dir"), Some("main")).paths(), ["staged"]);
}

#[test]
fn commits_of_the_base_made_since_the_fork_do_not_count() {
    let repo = repository();
    let root = repo.path();
    write(root, "a", "a");
    commit(root, "base");
    git(root, &["checkout", "-q", "-b", "work"]);
    write(root, "b", "b");
    commit(root, "work");
    git(root, &["checkout", "-q", "main"]);
    write(root, "a", "moved on");
    commit(root, "main");
    git(root, &["checkout", "-q", "work"]);
    assert_eq!(changed(root, Some("main")).paths(), ["b"]);
}

#[test]
fn the_upstream_is_the_base_when_none_is_named() {
    let origin = repository();
    write(origin.path(), "a", "a");
    commit(origin.path(), "base");
    let clones = tempfile::tempdir().unwrap();
    git(
        clones.path(),
        &["clone", "-q", origin.path().to_str().unwrap(), "clone"],
    );
    let root = clones.path().join("clone");
    write(&root, "b", "b");
    commit(&root, "ahead");
    assert_eq!(changed(&root, None).paths(), ["b"]);
}

#[test]
fn without_any_base_the_error_says_to_name_one() {
    let repo = repository();
    write(repo.path(), "a", "a");
    commit(repo.path(), "first");
    git(repo.path(), &["branch", "-q", "-m", "main", "trunk"]);
    let error = GitChangedSource::open(repo.path(), None, &SourceOptions::default()).unwrap_err();
    assert!(matches!(error, SourceError::NoBase));
    assert!(error.help().contains("--changed="));
    assert!(matches!(
        GitChangedSource::open(repo.path(), Some("nowhere"), &SourceOptions::default()),
        Err(SourceError::Revision { .. })
    ));
}

#[test]
fn a_file_that_is_ignored_but_tracked_is_read() {
    let repo = repository();
    let root = repo.path();
    write(root, ".gitignore", ".env\nbuild/\n");
    write(root, ".env", "tracked all the same");
    write(root, "build/out", "tracked too");
    write(root, "build/other", "ignored");
    git(root, &["add", "-f", ".env", "build/out", ".gitignore"]);
    assert_eq!(
        read(open(root).as_ref()).paths(),
        [".env", ".gitignore", "build/out"]
    );
}

#[test]
fn an_ignored_directory_that_is_named_is_read() {
    let repo = repository();
    write(repo.path(), ".gitignore", "build/\n");
    write(repo.path(), "build/other", "ignored");
    assert_eq!(read(open(&repo.path().join("build")).as_ref()).paths(), ["other"]);
}

#[test]
fn a_tracked_path_behind_a_link_that_leaves_the_target_is_not_read() {
    let repo = repository();
    let root = repo.path();
    write(root, "dir/f", "inside");
    git(root, &["add", "-A"]);
    let outside = tempfile::tempdir().unwrap();
    write(outside.path(), "f", "outside");
    std::fs::remove_dir_all(root.join("dir")).unwrap();
    symlink(outside.path(), root.join("dir")).unwrap();
    assert!(read(open(root).as_ref()).units.is_empty());
}

#[test]
fn the_root_and_the_head_of_a_repository_are_found_from_within() {
    let repo = repository();
    write(repo.path(), "a/b", "x");
    assert_eq!(head_commit(repo.path()), None);
    let id = commit(repo.path(), "first");
    let inside = repo.path().join("a");
    assert_eq!(head_commit(&inside).as_deref(), Some(id.as_str()));
    assert_eq!(
        git_root(&inside).unwrap().canonicalize().unwrap(),
        repo.path().canonicalize().unwrap()
    );
    assert_eq!(open(repo.path()).target().commit.as_deref(), Some(id.as_str()));
    let outside = tempfile::tempdir().unwrap();
    assert_eq!(head_commit(outside.path()), None);
    assert!(matches!(
        git_root(outside.path()),
        Err(SourceError::NoRepository(_))
    ));
}
