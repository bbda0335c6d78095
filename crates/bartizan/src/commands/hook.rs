//! `bartizan hook install`: the commit gate as a git hook. <https://git-scm.com/docs/githooks>

use crate::args::HookVerb;
use crate::error::{Error, Outcome, plain};
use crate::git::git;
use crate::output::write_file;
use crate::place;
use crate::terminal::Terminal;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// By this line the hook is recognised as ours.
const MARK: &str = "# Written by `bartizan hook install`; `bartizan hook install --uninstall` takes it away.";

/// Name under which a hook that was there before is kept.
const KEPT: &str = "pre-commit.before-bartizan";

/// State of the hook of a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hook {
    /// It is ours.
    Ours,
    /// There is one, and it is not ours.
    Other,
    /// There is none.
    None,
}

/// Runs the verb.
pub(crate) fn run(verb: &HookVerb, terminal: Terminal) -> Outcome {
    let HookVerb::Install { uninstall } = verb;
    let current = place::current()?;
    let directory = hooks_dir(&current)?;
    if *uninstall {
        take_away(&directory, terminal)
    } else {
        install(&directory, &current, terminal)
    }
}

/// The directory of hooks: linked work trees and `core.hooksPath` are git's to resolve.
pub(crate) fn hooks_dir(current: &Path) -> Result<PathBuf, Error> {
    let mut answer = git(current, &["rev-parse", "--git-path", "hooks"])?;
    while answer.last() == Some(&b'\n') {
        answer.pop();
    }
    Ok(current.join(std::ffi::OsString::from_vec(answer)))
}

/// What there is in a directory of hooks.
pub(crate) fn state(directory: &Path) -> Hook {
    match std::fs::read(directory.join("pre-commit")) {
        Ok(bytes) if String::from_utf8_lossy(&bytes).contains(MARK) => Hook::Ours,
        Ok(_) => Hook::Other,
        Err(_) if directory.join("pre-commit").exists() => Hook::Other,
        Err(_) => Hook::None,
    }
}

fn install(directory: &Path, current: &Path, terminal: Terminal) -> Outcome {
    let hook = directory.join("pre-commit");
    let kept = directory.join(KEPT);
    std::fs::create_dir_all(directory).map_err(|error| Error::writing(directory, &error))?;
    let before = state(directory);
    if before == Hook::Other {
        if kept.exists() {
            return Err(Error::usage(
                format!("both `{}` and `{}` exist", hook.display(), kept.display()),
                "join them into one hook, remove the second, and try again",
            ));
        }
        std::fs::rename(&hook, &kept).map_err(|error| Error::writing(&kept, &error))?;
        terminal.note(format_args!(
            "the hook that was there is kept as {} and runs first",
            place::shown(&kept, current)
        ));
    }
    let written = write_file(&hook, script().as_bytes()).and_then(|()| make_executable(&hook));
    if written.is_err() && before == Hook::Other {
        // Put back what was there; the error that matters is the first one.
        let _ = std::fs::rename(&kept, &hook);
    }
    written?;
    let verb = if before == Hook::Ours {
        "renewed"
    } else {
        "installed"
    };
    terminal.note(format_args!("{verb} {}", place::shown(&hook, current)));
    Ok(0)
}

fn make_executable(hook: &Path) -> Result<(), Error> {
    std::fs::set_permissions(hook, std::fs::Permissions::from_mode(0o755))
        .map_err(|error| Error::writing(hook, &error))
}

fn take_away(directory: &Path, terminal: Terminal) -> Outcome {
    let hook = directory.join("pre-commit");
    let kept = directory.join(KEPT);
    if state(directory) != Hook::Ours {
        return Err(Error::nothing(
            format!("`{}` is not a hook of bartizan", hook.display()),
            "there is nothing to take away; `bartizan hook install` installs it",
        ));
    }
    let done = if kept.exists() {
        std::fs::rename(&kept, &hook)
    } else {
        std::fs::remove_file(&hook)
    };
    done.map_err(|error| {
        Error::usage(
            format!("cannot remove `{}`: {}", hook.display(), plain(&error)),
            "check the permissions of the directory of hooks",
        )
    })?;
    terminal.note(if hook.exists() {
        "removed the hook and put back the one before"
    } else {
        "removed the hook"
    });
    Ok(0)
}

/// The hook. It refuses the commit when the program is gone: a gate that opens when its guard is missing is none.
fn script() -> String {
    let program = std::env::current_exe().map_or_else(
        |_| "bartizan".to_owned(),
        |path| path.to_string_lossy().into_owned(),
    );
    let quoted = format!("'{}'", program.replace('\'', r"'\''"));
    format!(
        r#"#!/bin/sh
{MARK}
hooks=$(dirname "$0")
if [ -x "$hooks/{KEPT}" ]; then
    "$hooks/{KEPT}" "$@" || exit $?
fi
program={quoted}
if [ ! -x "$program" ]; then
    program=$(command -v bartizan) || {{
        echo "bartizan is not installed, so this commit cannot be judged." >&2
        echo "Install it, or take the hook away: rm '$0'" >&2
        exit 1
    }}
fi
exec "$program" gate --stage commit --staged
"#
    )
}
