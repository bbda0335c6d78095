//! What is staged, what changed since a base, and what git tracks although it is ignored.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod common;

use bartizan_source::{
    GitChangedSource, GitIndexSource, Provenance, SourceError, SourceOptions, StagedFile, StagedFiles,
    git_root, head_commit, provenance,
};
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

fn staged_file(root: &Path, name: &str) -> StagedFile {
    let root = std::fs::canonicalize(root).unwrap();
    let files = StagedFiles::open(&root, &SourceOptions::default()).unwrap();
    files.read(&root.join(name)).unwrap()
}

#[test]
fn a_single_file_is_what_a_commit_would_make_of_it() {
    let repo = repository();
    let root = repo.path();
    for path in ["same", "dir/changed", "gone", "kept"] {
        write(root, path, path);
    }
    symlink("dir/changed", root.join("link")).unwrap();
    symlink("/etc/hostname", root.join("away")).unwrap();
    commit(root, "first");
    write(root, "dir/changed", "staged");
    git(root, &["add", "-A"]);
    write(root, "dir/changed", "not staged");
    git(root, &["rm", "-q", "--cached", "gone"]);
    write(root, "untracked", "untracked");
    let present = |text: &str| StagedFile::Present(text.as_bytes().to_vec());
    assert_eq!(staged_file(root, "same"), present("same"));
    assert_eq!(staged_file(root, "dir/changed"), present("staged"));
    assert_eq!(staged_file(root, "./dir/../dir/changed"), present("staged"));
    assert_eq!(staged_file(root, "link"), present("staged"));
    assert_eq!(staged_file(root, "gone"), StagedFile::Removed);
    for outside in [
        "untracked",
        "missing",
        "dir",
        "away",
        "../elsewhere",
        ".git/config",
    ] {
        assert_eq!(staged_file(root, outside), StagedFile::Untracked, "{outside}");
    }
}

#[test]
fn links_that_go_round_and_files_in_conflict_are_left_to_the_work_tree() {
    let repo = repository();
    let root = repo.path();
    symlink("b", root.join("a")).unwrap();
    symlink("a", root.join("b")).unwrap();
    write(root, "file", "one");
    commit(root, "first");
    assert_eq!(staged_file(root, "a"), StagedFile::Untracked);
    git(root, &["checkout", "-q", "-b", "other"]);
    write(root, "file", "two");
    commit(root, "second");
    git(root, &["checkout", "-q", "main"]);
    write(root, "file", "three");
    commit(root, "third");
    let merged = std::process::Command::new("git")
        .current_dir(root)
        .args(["merge", "-q", "other"])
        .output()
        .unwrap();
    assert!(!merged.status.success());
    assert_eq!(staged_file(root, "file"), StagedFile::Untracked);
}

#[test]
fn a_staged_file_whose_object_is_missing_is_an_error_and_not_an_absence() {
    let repo = repository();
    let root = std::fs::canonicalize(repo.path()).unwrap();
    write(&root, "file", "text");
    git(&root, &["add", "file"]);
    let id = git(&root, &["rev-parse", ":file"]);
    std::fs::remove_file(root.join(".git/objects").join(&id[..2]).join(&id[2..])).unwrap();
    let files = StagedFiles::open(&root, &SourceOptions::default()).unwrap();
    assert!(files.holds(&root.join("file")));
    let error = files.read(&root.join("file")).unwrap_err();
    assert!(error.to_string().contains("not in this clone"), "{error}");
}

#[test]
fn a_bare_repository_has_nothing_staged() {
    let repo = tempfile::tempdir().unwrap();
    git(repo.path(), &["init", "-q", "--bare"]);
    let opened = StagedFiles::open(repo.path(), &SourceOptions::default());
    assert!(matches!(opened, Err(SourceError::Bare(_))));
}

#[test]
fn a_work_tree_says_where_it_comes_from_without_passwords() {
    let repo = repository();
    let root = repo.path();
    assert_eq!(
        provenance(root),
        Provenance {
            repository: None,
            branch: Some("main".to_owned())
        }
    );
    let address = concat!("https://ada", ":word@git.example/ada/app");
    git(root, &["remote", "add", "fork", address]);
    assert_eq!(
        provenance(root).repository.as_deref(),
        Some("https://git.example/ada/app")
    );
    git(root, &["remote", "add", "origin", "git@git.example:acme/app.git"]);
    let origin = Some("ssh://git@git.example/acme/app.git");
    assert_eq!(provenance(root).repository.as_deref(), origin);
    git(root, &["config", "branch.main.remote", "fork"]);
    assert_eq!(
        provenance(root).repository.as_deref(),
        Some("https://git.example/ada/app")
    );
    commit(root, "first");
    git(root, &["checkout", "-q", "--detach"]);
    let detached = provenance(root);
    assert_eq!((detached.repository.as_deref(), detached.branch), (origin, None));
    assert_eq!(provenance(Path::new("/")), Provenance::default());
}
