//! Runs rule files of Semgrep against the test files beside them, and counts where the lines agree exactly.
//!
//! `semgrep_rules ROOT [--failures] [--only TEXT] [--languages NAME,…] DIRECTORY…`: prints, for each directory or for each of the languages,
//! how many pairs of a rule and a test file agree, then for each language how many test files agree with all of their rules, and how many test
//! files are of a language that is not read. A test file
//! says `ruleid: ID` above a line where the rule must report, `ok: ID` where it must not, `todoruleid:` and `todook:` where it is
//! known not to, `deepruleid:` and `proruleid:` where only another engine does: such lines count neither way: <https://semgrep.dev/docs/writing-rules/testing-rules>.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)]

use bartizan_code::sast::pattern::Regexes;
use bartizan_code::sast::semgrep::{Outcome, Paths, Rule, read};
use bartizan_code::sast::{File, run};
use bartizan_syntax::Language;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Instant;

#[derive(Default)]
struct Tally {
    pairs: usize,
    passed: usize,
}

struct Run {
    tallies: BTreeMap<String, Tally>,
    /// Test files by language
    files: BTreeMap<String, Tally>,
    /// Test files that are not read, by extension
    unread: BTreeMap<String, usize>,
    refused: Vec<(String, String)>,
    failures: Vec<String>,
    regexes: Regexes,
    only: Option<String>,
    languages: Vec<String>,
}

fn main() {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let failures = arguments
        .iter()
        .position(|one| one == "--failures")
        .map(|at| arguments.remove(at));
    let mut option = |name: &str| {
        let at = arguments.iter().position(|one| one == name)?;
        arguments.remove(at);
        Some(arguments.remove(at))
    };
    let only = option("--only");
    let languages = option("--languages").unwrap_or_default();
    let languages = languages
        .split(',')
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect();
    let root = PathBuf::from(arguments.remove(0));
    let start = Instant::now();
    let mut run = Run {
        tallies: BTreeMap::new(),
        files: BTreeMap::new(),
        unread: BTreeMap::new(),
        refused: Vec::new(),
        failures: Vec::new(),
        regexes: Regexes::default(),
        only,
        languages,
    };
    for directory in &arguments {
        let mut files = Vec::new();
        collect(&root.join(directory), &mut files);
        files.sort();
        for file in &files {
            run.rule_file(file, &files, directory, &root);
        }
    }
    let mut all = Tally::default();
    for (name, tally) in &run.tallies {
        println!("{name}: {} of {}", tally.passed, tally.pairs);
        all.pairs += tally.pairs;
        all.passed += tally.passed;
    }
    println!("all: {} of {}", all.passed, all.pairs);
    for (name, tally) in &run.files {
        println!("files of {name}: {} of {}", tally.passed, tally.pairs);
    }
    for (extension, count) in &run.unread {
        println!("not read: {count} .{extension}");
    }
    println!("rules that do not run: {}", run.refused.len());
    if failures.is_some() {
        for (rule, reason) in &run.refused {
            println!("not run: {rule}: {reason}");
        }
        for failure in &run.failures {
            println!("{failure}");
        }
    }
    eprintln!("{:.1} s", start.elapsed().as_secs_f64());
}

fn collect(directory: &Path, out: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(directory) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, out);
        } else {
            out.push(path);
        }
    }
}

fn is_yaml(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == "yaml" || extension == "yml")
}

/// Whether a file shows what a fix makes of a test file, rather than being one.
fn is_fixed(path: &Path) -> bool {
    path.to_string_lossy().contains(".fixed.")
}

/// The name without any extension.
fn stem(path: &Path) -> String {
    let name = path.file_name().unwrap().to_string_lossy();
    name.split('.').next().unwrap().to_owned()
}

impl Run {
    fn rule_file(&mut self, path: &Path, files: &[PathBuf], directory: &str, root: &Path) {
        let name = path.to_string_lossy().into_owned();
        if !is_yaml(path) || name.contains(".test.") {
            return;
        }
        let Ok(text) = std::fs::read_to_string(path) else {
            return;
        };
        let Ok(mut rules) = read(&text) else {
            return;
        };
        // A test file lies beside its rule, wherever the rule looks.
        for rule in &mut rules.rules {
            rule.paths = Paths::default();
        }
        let tests: Vec<&PathBuf> = files
            .iter()
            .filter(|file| {
                file.parent() == path.parent()
                    && stem(file) == stem(path)
                    && !is_yaml(file)
                    && !is_fixed(file)
            })
            .collect();
        for test in tests {
            let Ok(source) = std::fs::read(test) else {
                continue;
            };
            let source = String::from_utf8_lossy(&source).into_owned();
            let shown = test.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            let counted = Language::of_path(&shown)
                .and_then(|language| Some((language, self.tally_of(language, directory)?)));
            let Some((language, tally)) = counted else {
                let extension = test.extension().unwrap_or_default().to_string_lossy();
                *self.unread.entry(extension.into_owned()).or_default() += 1;
                continue;
            };
            let directory = tally.as_str();
            let before = (self.failures.len(), self.refused.len(), self.pairs());
            let file = File::new(&shown, &source, Some(language));
            for refused in &rules.refused {
                let runs = |rule: &Rule| rule.id == refused.rule && rule.languages.contains(&language);
                if !expectations(&source, &refused.rule).is_empty() && !rules.rules.iter().any(runs) {
                    self.note(directory, false);
                    self.refused
                        .push((format!("{shown} {}", refused.rule), refused.reason.clone()));
                }
            }
            let all: Vec<&Rule> = rules.rules.iter().collect();
            for (rule, outcome) in all.iter().zip(run(&all, &file, &self.regexes)) {
                self.pair(rule, &outcome, &source, &shown, directory);
            }
            if self.pairs() > before.2 {
                let tally = self.files.entry(language.name().to_owned()).or_default();
                tally.pairs += 1;
                tally.passed +=
                    usize::from((self.failures.len(), self.refused.len()) == (before.0, before.1));
            }
        }
    }

    /// Pairs so far.
    fn pairs(&self) -> usize {
        self.tallies.values().map(|tally| tally.pairs).sum()
    }

    /// What pairs of a language are counted under; none where they are not looked at.
    fn tally_of(&self, language: Language, directory: &str) -> Option<String> {
        if self.languages.is_empty() {
            return Some(directory.to_owned());
        }
        self.languages
            .iter()
            .find(|&name| name == language.name())
            .cloned()
    }

    fn note(&mut self, directory: &str, passed: bool) {
        let tally = self.tallies.entry(directory.to_owned()).or_default();
        tally.pairs += 1;
        tally.passed += usize::from(passed);
    }

    fn pair(&mut self, rule: &Rule, outcome: &Outcome, source: &str, shown: &str, directory: &str) {
        let expected = expectations(source, &rule.id);
        if expected.is_empty()
            || self
                .only
                .as_ref()
                .is_some_and(|only| !format!("{shown} {}", rule.id).contains(only.as_str()))
        {
            return;
        }
        let line = |at: u32| {
            source
                .get(..at as usize)
                .map_or(0, |before| before.matches('\n').count() + 1)
        };
        let reported: BTreeSet<usize> = outcome.hits.iter().map(|hit| line(hit.span.start)).collect();
        let of = |word: &str| -> BTreeSet<usize> {
            expected
                .iter()
                .filter(|(_, kind)| kind == word)
                .map(|(line, _)| *line)
                .collect()
        };
        let other = [
            "todoruleid",
            "todook",
            "deepruleid",
            "deepok",
            "proruleid",
            "prook",
        ];
        let ignored: BTreeSet<usize> = other.iter().flat_map(|word| of(word)).collect();
        let wanted: BTreeSet<usize> = of("ruleid").difference(&ignored).copied().collect();
        let reported: BTreeSet<usize> = reported.difference(&ignored).copied().collect();
        let passed = wanted == reported;
        self.note(directory, passed);
        if !passed {
            let missing: Vec<_> = wanted.difference(&reported).collect();
            let extra: Vec<_> = reported.difference(&wanted).collect();
            let mode = if matches!(rule.mode, bartizan_code::sast::semgrep::Mode::Taint(_)) {
                "taint"
            } else {
                "search"
            };
            let cut = if outcome.cut { " CUT" } else { "" };
            self.failures.push(format!(
                "{mode}{cut} {shown} {}: missing {missing:?} extra {extra:?}",
                rule.id
            ));
        }
    }
}

/// The lines that annotations speak of, with what they say.
fn expectations(source: &str, rule: &str) -> Vec<(usize, String)> {
    let lines: Vec<&str> = source.lines().collect();
    let mut found = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let Some((kind, ids)) = annotation(line) else {
            continue;
        };
        if !ids
            .iter()
            .any(|id| id == rule || id.rsplit('.').next() == Some(rule))
        {
            continue;
        }
        let mut next = index + 1;
        // What is said of a line that does not count either way may be followed by why.
        let explained = kind.starts_with("todo");
        while lines.get(next).is_some_and(|line| {
            annotation(line).is_some() || (explained && line.trim_start().starts_with(['/', '#']))
        }) {
            next += 1;
        }
        found.push((next + 1, kind));
    }
    found
}

fn annotation(line: &str) -> Option<(String, Vec<String>)> {
    for word in [
        "todoruleid",
        "deepruleid",
        "proruleid",
        "ruleid",
        "todook",
        "deepok",
        "prook",
        "ok",
    ] {
        for (at, _) in line.match_indices(word) {
            let before = line[..at].trim_end();
            let comment = before.ends_with('#')
                || before.ends_with("//")
                || before.ends_with("/*")
                || before.ends_with("<!--")
                || before.ends_with('*');
            let Some(rest) = line[at + word.len()..].trim_start().strip_prefix(':') else {
                continue;
            };
            if !comment {
                continue;
            }
            let rest = rest.split("*/").next().unwrap().split("-->").next().unwrap();
            let ids = rest
                .split(',')
                .map(|id| id.split_whitespace().next().unwrap_or_default().to_owned());
            return Some((word.to_owned(), ids.collect()));
        }
    }
    None
}
