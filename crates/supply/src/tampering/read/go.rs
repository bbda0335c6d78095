//! `go.mod` and `go.sum`. <https://go.dev/ref/mod>

use super::lines::lines;
use crate::catalog::Unreadable;
use crate::tampering::document::{Asked, Document, From, Locked, Part, Recorded, SwitchKind};
use std::collections::HashMap;

const FORKED: &str = "the code of another module is built under this one's name, and advisories about the name do not speak of it";
const OUTSIDE: &str = "what is built depends on what lies on the machine outside the repository";

pub(super) fn read_mod(text: &str, _: &str) -> Result<Vec<Document>, Unreadable> {
    let mut document = Document::of("golang", "go", Part::Manifest);
    let mut block = "";
    let mut replaced: HashMap<String, Option<(String, String)>> = HashMap::new();
    for line in lines(text) {
        let code = line.text.split("//").next().unwrap_or_default();
        let words: Vec<&str> = code
            .split_whitespace()
            .map(|word| word.trim_matches(['"', '`']))
            .collect();
        let (verb, rest) = match words.as_slice() {
            [] => continue,
            [")"] => {
                block = "";
                continue;
            }
            [verb, "("] => {
                block = match *verb {
                    "require" => "require",
                    "replace" => "replace",
                    _ => "other",
                };
                continue;
            }
            rest if !block.is_empty() => (block, rest),
            [verb, rest @ ..] => (*verb, rest),
        };
        match (verb, rest) {
            ("module", [path]) => {
                document.recorded = Recorded::Names(vec![(*path).to_owned()]);
            }
            ("require", [path, version, ..]) => document.asked.push(Asked {
                name: (*path).to_owned(),
                spec: (*version).to_owned(),
                at: line.at.clone(),
                ..Asked::default()
            }),
            ("replace", rest) => {
                let Some(arrow) = rest.iter().position(|word| *word == "=>") else {
                    continue;
                };
                let (Some(path), Some(by)) = (rest.first(), rest.get(arrow + 1)) else {
                    continue;
                };
                let version = rest.get(arrow + 2);
                let target = version.map(|version| ((*by).to_owned(), (*version).to_owned()));
                replaced.insert((*path).to_owned(), target);
                let written = format!("replace {path} => {by}");
                if by.starts_with('/') || by.get(1..3) == Some(":\\") {
                    document.switch(SwitchKind::Replaced, written, OUTSIDE, line.at);
                } else if !by.starts_with('.') && by != path {
                    document.switch(SwitchKind::Replaced, written, FORKED, line.at);
                }
            }
            _ => {}
        }
    }
    for one in &mut document.asked {
        match replaced.get(&one.name) {
            Some(None) => one.from = From::Here,
            Some(Some((path, version))) => (one.name, one.spec) = (path.clone(), version.clone()),
            None => {}
        }
    }
    Ok(vec![document])
}

pub(super) fn read_sum(text: &str, _: &str) -> Result<Vec<Document>, Unreadable> {
    let mut document = Document::of("golang", "go", Part::Lock);
    let mut patterns = Vec::new();
    for line in lines(text) {
        let words: Vec<&str> = line.text.split_whitespace().collect();
        match words.as_slice() {
            [path, version, digest] if digest.starts_with("h1:") => {
                let version = version.strip_suffix("/go.mod").unwrap_or(version);
                patterns.push(format!("{path}@{version}"));
                document.locked.push(Locked {
                    name: (*path).to_owned(),
                    version: version.to_owned(),
                    at: line.at,
                    ..Locked::default()
                });
            }
            _ => document.problems.push(format!(
                "`{}` is no line of go.sum",
                line.text.chars().take(80).collect::<String>().escape_debug()
            )),
        }
    }
    document.problems.truncate(20);
    document.recorded = Recorded::Patterns(patterns);
    Ok(vec![document])
}

/// `vendor/modules.txt`, which `go mod vendor` writes: the modules whose code lies beside it.
pub(super) fn read_vendored(text: &str, _: &str) -> Result<Vec<Document>, Unreadable> {
    let mut document = Document::of("golang", "go mod vendor", Part::Lock);
    for line in lines(text) {
        let words: Vec<&str> = line.text.split_whitespace().collect();
        if let ["#", path, version, ..] = words.as_slice()
            && *version != "=>"
        {
            document.locked.push(Locked {
                name: (*path).to_owned(),
                version: (*version).to_owned(),
                from: From::Here,
                at: line.at,
                ..Locked::default()
            });
        }
    }
    Ok(vec![document])
}
