//! `Gemfile.lock`. <https://bundler.io/man/bundle-lock.1.html>
//!
//! It does not tell what only development needs.

use crate::catalog::form::graph::{Graph, Node};
use crate::catalog::form::{labelled_hash, place, purl, text};
use crate::catalog::{Cataloger, Inventory, Package, Unreadable, file_name};
use bartizan_engine::Input;
use bartizan_model::{Hash, Scope};
use std::collections::HashMap;

/// Reads lock files of Bundler.
pub struct GemfileLock;

impl Cataloger for GemfileLock {
    fn id(&self) -> &'static str {
        "gemfile-lock"
    }

    fn title(&self) -> &'static str {
        "Lock files of Bundler"
    }

    fn reads(&self, path: &str) -> bool {
        matches!(file_name(path), "Gemfile.lock" | "gems.locked")
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        let text = text(input)?;
        let file = File::read(text)?;
        for line in &file.broken {
            out.problem(format!("`{}` has no version", line.escape_debug()));
        }
        let mut graph = Graph::default();
        let mut named: HashMap<&str, Vec<Node>> = HashMap::new();
        let mut read = Vec::new();
        for gem in &file.gems {
            let added = (gem.section != "PATH")
                .then(|| out.add(gem.package(text, &file.checksums)))
                .flatten();
            let node = graph.package(added);
            named.entry(gem.name).or_default().push(node);
            read.push((node, gem));
        }
        for (node, gem) in read {
            for (name, range) in &gem.needs {
                for to in named.get(name).into_iter().flatten() {
                    graph.needs_in(node, *to, false, *range);
                    if gem.section == "PATH" {
                        graph.asks(*to, Scope::Unknown);
                    }
                }
            }
        }
        for to in file.asks.iter().filter_map(|name| named.get(name)).flatten() {
            graph.asks(*to, Scope::Unknown);
        }
        graph.tell(!file.asks.is_empty(), out);
        Ok(())
    }
}

struct Gem<'t> {
    section: &'t str,
    line: &'t str,
    name: &'t str,
    version: &'t str,
    /// Names, and the requirements behind them.
    needs: Vec<(&'t str, Option<&'t str>)>,
}

impl Gem<'_> {
    fn package(&self, text: &str, checksums: &HashMap<(&str, &str), Hash>) -> Package {
        // A gem built for a platform says so after its version.
        let (version, platform) = self.version.split_once('-').unwrap_or((self.version, ""));
        let mut purl = purl("gem", None, self.name, Some(version));
        if !platform.is_empty() {
            purl.qualifiers.insert("platform".to_owned(), platform.to_owned());
        }
        Package {
            purl,
            ecosystem: (self.section == "GEM").then_some("RubyGems"),
            hashes: checksums
                .get(&(self.name, self.version))
                .cloned()
                .into_iter()
                .collect(),
            at: place(text, self.line),
            ..Package::default()
        }
    }
}

#[derive(Default)]
struct File<'t> {
    gems: Vec<Gem<'t>>,
    asks: Vec<&'t str>,
    broken: Vec<&'t str>,
    checksums: HashMap<(&'t str, &'t str), Hash>,
}

impl<'t> File<'t> {
    /// Sections begin in the first column; in a source, gems are four columns in and what they need six.
    fn read(text: &'t str) -> Result<Self, Unreadable> {
        let mut file = Self::default();
        let mut section = "";
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let content = line.trim();
            let indent = line.len() - line.trim_start_matches(' ').len();
            match (section, indent) {
                (_, 0) if content.starts_with(['<', '=', '>']) => {
                    return Err(Unreadable(
                        "it has marks of a merge that was not finished".to_owned(),
                    ));
                }
                (_, 0)
                    if content
                        .bytes()
                        .all(|byte| byte.is_ascii_uppercase() || byte == b' ') =>
                {
                    section = content
                }
                (_, 0) => {
                    return Err(Unreadable(format!(
                        "it is no lock file of Bundler: `{}`",
                        content.escape_debug()
                    )));
                }
                ("GEM" | "GIT" | "PATH" | "PLUGIN SOURCE", 4) => {
                    if let Some((name, version)) = name_and_version(content) {
                        file.gems.push(Gem {
                            section,
                            line: content,
                            name,
                            version,
                            needs: Vec::new(),
                        });
                    } else {
                        file.broken.push(content);
                    }
                }
                ("GEM" | "GIT" | "PATH" | "PLUGIN SOURCE", 6) => {
                    if let Some(gem) = file.gems.last_mut() {
                        let requirement = name_and_version(content).map(|(_, requirement)| requirement);
                        gem.needs.push((bare_name(content), requirement));
                    }
                }
                ("DEPENDENCIES", 2) => file.asks.push(bare_name(content)),
                ("CHECKSUMS", 2) => {
                    let digest = content.split_whitespace().rev().find_map(labelled_hash);
                    if let (Some(gem), Some(digest)) = (name_and_version(content), digest) {
                        file.checksums.insert(gem, digest);
                    }
                }
                _ => {}
            }
        }
        Ok(file)
    }
}

/// Name and version of `name (version)`.
fn name_and_version(text: &str) -> Option<(&str, &str)> {
    let (name, rest) = text.split_once(" (")?;
    let (version, _) = rest.split_once(')')?;
    Some((name, version))
}

/// The name in `name`, `name!` or `name (requirement)`.
fn bare_name(text: &str) -> &str {
    text.split(' ').next().unwrap_or(text).trim_end_matches('!')
}
