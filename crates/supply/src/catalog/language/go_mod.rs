//! `go.mod`. <https://go.dev/ref/mod#go-mod-file>
//!
//! Since Go 1.17 it lists every module of the build; before, only those the project asks for. What is replaced by a
//! directory is the project's own; for the others see [`super::go_sum`]. The version of Go itself is not told: the file names the oldest that will do.

use crate::catalog::form::{place, purl, text};
use crate::catalog::{Cataloger, Inventory, Package, Unreadable, file_name};
use bartizan_engine::Input;
use std::collections::{HashMap, HashSet};

/// Reads module files of Go.
pub struct GoMod;

impl Cataloger for GoMod {
    fn id(&self) -> &'static str {
        "go-mod"
    }

    fn title(&self) -> &'static str {
        "Module files of Go"
    }

    fn reads(&self, path: &str) -> bool {
        file_name(path) == "go.mod"
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        let text = text(input)?;
        let file = File::read(text, out)?;
        if !file.lists_everything() {
            out.add(super::go_sum::unpruned(input.path()));
        }
        for (words, line, indirect) in &file.required {
            let [path, version] = words.as_slice() else {
                out.problem(format!("`{}` requires no module", line.escape_debug()));
                continue;
            };
            let replaced = file
                .replaced
                .get(&(*path, Some(*version)))
                .or_else(|| file.replaced.get(&(*path, None)));
            let (path, mut version) = match replaced {
                Some((_, None)) => continue,
                Some((path, Some(version))) => (*path, Some(*version)),
                None => (*path, Some(*version)),
            };
            if version.is_some_and(|version| file.excluded.contains(&(path, version))) {
                out.problem(format!("`{}` is required and excluded", line.escape_debug()));
                version = None;
            }
            let (namespace, name) = path
                .rsplit_once('/')
                .map_or((None, path), |(namespace, name)| (Some(namespace), name));
            out.add(Package {
                purl: purl("golang", namespace, name, version),
                name: path.to_owned(),
                ecosystem: Some("Go"),
                direct: Some(!indirect),
                at: place(text, line),
                ..Package::default()
            });
        }
        Ok(())
    }
}

/// What a module is replaced by: path and version, which a directory has not.
type Replacement<'t> = (&'t str, Option<&'t str>);

#[derive(Default)]
struct File<'t> {
    required: Vec<(Vec<&'t str>, &'t str, bool)>,
    replaced: HashMap<(&'t str, Option<&'t str>), Replacement<'t>>,
    excluded: HashSet<(&'t str, &'t str)>,
    go: Option<&'t str>,
}

impl<'t> File<'t> {
    fn read(text: &'t str, out: &mut Inventory<'_>) -> Result<Self, Unreadable> {
        let mut file = Self::default();
        let mut block: Option<&str> = None;
        for line in text.lines() {
            let (code, comment) = line.split_once("//").unwrap_or((line, ""));
            let mut words = code.split_whitespace().map(unquoted);
            let Some(first) = words.next() else {
                continue;
            };
            let mut rest: Vec<&str> = words.collect();
            if first == ")" {
                block = None;
            } else if let Some(verb) = block {
                rest.insert(0, first);
                file.statement(verb, rest, line.trim(), comment, out);
            } else if rest == ["("] {
                block = Some(first);
            } else if VERBS.contains(&first) {
                file.statement(first, rest, line.trim(), comment, out);
            } else {
                return Err(Unreadable(format!(
                    "it is no module file of Go: `{}`",
                    first.escape_debug()
                )));
            }
        }
        Ok(file)
    }

    /// Without a version of Go, 1.16 is meant. <https://go.dev/ref/mod#go-mod-file-go>
    fn lists_everything(&self) -> bool {
        let mut numbers = self.go.unwrap_or("1.16").split('.').map(str::parse::<u32>);
        match (numbers.next(), numbers.next()) {
            (Some(Ok(1)), Some(Ok(minor))) => minor >= 17,
            // `1.21rc2` is of a release that lists everything.
            _ => true,
        }
    }

    fn statement(
        &mut self,
        verb: &str,
        words: Vec<&'t str>,
        line: &'t str,
        comment: &str,
        out: &mut Inventory<'_>,
    ) {
        match (verb, words.as_slice()) {
            ("require", _) => {
                let indirect = comment
                    .trim()
                    .split(';')
                    .next()
                    .is_some_and(|one| one.trim() == "indirect");
                self.required.push((words, line, indirect));
            }
            ("go", [version]) => self.go = Some(version),
            ("exclude", [path, version]) => {
                self.excluded.insert((path, version));
            }
            ("replace", [path, "=>", by @ ..]) => self.replace((path, None), by),
            ("replace", [path, version, "=>", by @ ..]) => self.replace((path, Some(version)), by),
            ("exclude" | "replace", _) => out.problem(format!("`{}` is not understood", line.escape_debug())),
            _ => {}
        }
    }

    fn replace(&mut self, what: (&'t str, Option<&'t str>), by: &[&'t str]) {
        if let Some(path) = by.first() {
            self.replaced.insert(what, (path, by.get(1).copied()));
        }
    }
}

const VERBS: [&str; 10] = [
    "exclude",
    "go",
    "godebug",
    "ignore",
    "module",
    "replace",
    "require",
    "retract",
    "tool",
    "toolchain",
];

fn unquoted(word: &str) -> &str {
    word.trim_matches(['"', '`'])
}
