//! Bundler: `Gemfile` (<https://bundler.io/man/gemfile.5.html>), read statement by statement, and `Gemfile.lock`.

use super::lines::{Line, lines, quoted};
use crate::catalog::Unreadable;
use crate::tampering::document::{Asked, Commit, Digest, Document, From, Locked, Part, Recorded, SourceRole};

const SECOND: &str = "bundler may take a gem of a name from either source";

pub(super) fn read_gemfile(text: &str, _: &str) -> Result<Vec<Document>, Unreadable> {
    let mut document = Document::of("gem", "bundler", Part::Manifest);
    let mut global = 0;
    let mut in_block: Vec<Option<From>> = Vec::new();
    for line in statements(text) {
        let word = line.text.split([' ', '(', '"', '\'']).next().unwrap_or_default();
        let opens = line.text.ends_with(" do") || line.text.contains(" do |");
        let first = quoted(&line).into_iter().next();
        match (word, first) {
            ("source", Some((url, at))) => {
                let role = if opens {
                    SourceRole::Only(String::new())
                } else {
                    global += 1;
                    if global > 1 {
                        SourceRole::Extra(SECOND)
                    } else {
                        SourceRole::Main
                    }
                };
                document.source(url, role, at);
            }
            ("gem", Some((name, at))) => {
                let within = in_block.iter().rev().flatten().next().cloned();
                let from = origin(&line).or(within).unwrap_or_default();
                document.asked.push(Asked {
                    name: name.to_owned(),
                    from,
                    at,
                    ..Asked::default()
                });
            }
            (
                "if" | "unless" | "case" | "else" | "elsif" | "eval_gemfile" | "gemspec" | "instance_eval"
                | "eval",
                _,
            ) => {
                document.conditional = true;
            }
            _ => {}
        }
        if line.text.contains(" if ") || line.text.contains(" unless ") {
            document.conditional = true;
        }
        if opens {
            in_block.push(block_origin(word, &line));
        } else if line.text == "end" {
            in_block.pop();
        }
    }
    Ok(vec![document])
}

/// The lines of a script, joined where a comma says that the statement goes on; comments left out.
fn statements(text: &str) -> Vec<Line<'_>> {
    let mut found: Vec<Line<'_>> = Vec::new();
    let mut open = false;
    for line in lines(text).filter(|line| !line.text.starts_with('#')) {
        let goes_on = line.text.ends_with(',');
        match found.last_mut().filter(|_| open) {
            Some(statement) => {
                let at = statement.at.start..line.at.end;
                if let Some(joined) = text.get(at.clone()) {
                    *statement = Line { text: joined, at };
                }
            }
            None => found.push(line),
        }
        open = goes_on;
    }
    found
}

/// The string that follows a keyword argument, `key: "…"` or `:key => "…"`.
fn argument<'t>(line: &Line<'t>, key: &str) -> Option<&'t str> {
    let new = format!("{key}:");
    let old = format!(":{key} =>");
    quoted(line).into_iter().find_map(|(value, at)| {
        let before = line
            .text
            .get(..at.start.checked_sub(line.at.start + 1)?)?
            .trim_end();
        let begins = |word: &str| {
            let head = before.strip_suffix(word)?;
            head.ends_with([' ', ',', '(', '\n']).then_some(value)
        };
        begins(&new).or_else(|| begins(&old))
    })
}

fn origin(line: &Line<'_>) -> Option<From> {
    if argument(line, "path").is_some() {
        return Some(From::Here);
    }
    let url = ["git", "github", "gitlab", "bitbucket", "gist"]
        .iter()
        .find_map(|key| argument(line, key))?;
    Some(From::Repository {
        url: url.to_owned(),
        commit: commit(line),
    })
}

fn commit(line: &Line<'_>) -> Commit {
    match (
        argument(line, "ref"),
        argument(line, "tag").or(argument(line, "branch")),
    ) {
        (Some(word), _) => Commit::of(Some(word)),
        (None, Some(_)) => Commit::Name,
        (None, None) => Commit::None,
    }
}

fn block_origin(word: &str, line: &Line<'_>) -> Option<From> {
    let first = quoted(line).into_iter().next().map(|(text, _)| text.to_owned());
    match word {
        "git" | "github" => Some(From::Repository {
            url: first?,
            commit: commit(line),
        }),
        "path" => Some(From::Here),
        _ => None,
    }
}

pub(super) fn read_lock(text: &str, _: &str) -> Result<Vec<Document>, Unreadable> {
    let mut document = Document::of("gem", "bundler", Part::Lock);
    let mut names = Vec::new();
    let (mut section, mut remote, mut remotes, mut commit) = ("", "", 0, Commit::None);
    for line in lines(text) {
        let column = text
            .get(..line.at.start)
            .map_or(0, |head| head.len() - head.rfind('\n').map_or(0, |end| end + 1));
        if column == 0 {
            (section, remote, remotes, commit) = (line.text, "", 0, Commit::None);
            continue;
        }
        if let Some(url) = line.text.strip_prefix("remote:") {
            remote = url.trim();
            remotes += 1;
            let role = if remotes > 1 {
                SourceRole::Extra(SECOND)
            } else {
                SourceRole::Main
            };
            if section == "GEM" {
                document.source(remote, role, line.at);
            }
        } else if let Some(revision) = line.text.strip_prefix("revision:") {
            commit = Commit::of(Some(revision.trim()));
        } else if section == "DEPENDENCIES" {
            names.push(line.text.split([' ', '!']).next().unwrap_or_default().to_owned());
        } else if column == 4 && matches!(section, "GEM" | "GIT" | "PATH") {
            let (name, version) = line.text.split_once(" (").unwrap_or((line.text, ""));
            let from = match section {
                "GEM" => From::Registry,
                "GIT" => From::Repository {
                    url: remote.to_owned(),
                    commit,
                },
                _ => From::Here,
            };
            document.locked.push(Locked {
                name: name.to_owned(),
                version: version.trim_end_matches(')').to_owned(),
                // Of several remotes the lock file does not tell which had it.
                url: (remotes == 1).then(|| remote.to_owned()),
                from,
                digest: Digest::NotExpected,
                hash: None,
                script: false,
                at: line.at,
            });
        }
    }
    document.recorded = Recorded::Names(names);
    Ok(vec![document])
}
