//! `mix.lock`, of Elixir. <https://hexdocs.pm/mix/Mix.Tasks.Deps.Get.html>
//!
//! A term of Elixir, written by mix with one dependency a line.

use crate::catalog::form::graph::Graph;
use crate::catalog::form::{hash, place, purl, text};
use crate::catalog::{Cataloger, Inventory, Package, Unreadable, file_name};
use bartizan_engine::Input;
use std::collections::HashMap;

/// Reads lock files of mix.
pub struct MixLock;

impl Cataloger for MixLock {
    fn id(&self) -> &'static str {
        "mix-lock"
    }

    fn title(&self) -> &'static str {
        "Lock files of mix"
    }

    fn reads(&self, path: &str) -> bool {
        file_name(path) == "mix.lock"
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        let text = text(input)?;
        if !text.trim_start().starts_with("%{") {
            return Err(Unreadable("it is no lock file of mix".to_owned()));
        }
        if !text.trim_end().ends_with('}') {
            out.problem("the file is cut off");
        }
        let mut graph = Graph::default();
        let mut named = HashMap::new();
        let mut read = Vec::new();
        for line in text.lines().map(str::trim).filter(|line| line.starts_with('"')) {
            let Some(dependency) = Dependency::read(line) else {
                out.problem(format!("`{}` is no dependency", shortened(line).escape_debug()));
                continue;
            };
            let mut package = dependency.package();
            package.at = place(text, line);
            let node = graph.package(out.add(package));
            named.insert(dependency.key, node);
            read.push((node, dependency));
        }
        for (node, dependency) in read {
            for (name, range, optional) in needs(dependency.rest) {
                if let Some(to) = named.get(name) {
                    graph.needs_in(node, *to, optional, range);
                }
            }
        }
        graph.tell(false, out);
        Ok(())
    }
}

fn shortened(line: &str) -> &str {
    line.char_indices()
        .nth(60)
        .and_then(|(end, _)| line.get(..end))
        .unwrap_or(line)
}

struct Dependency<'t> {
    key: &'t str,
    /// Name and version at hex.pm or another repository of the same kind.
    hex: Option<(&'t str, &'t str)>,
    rest: &'t str,
}

impl<'t> Dependency<'t> {
    fn read(line: &'t str) -> Option<Self> {
        let (key, value) = line.strip_prefix('"')?.split_once("\":")?;
        let value = value.trim_start();
        if value.starts_with("{:git,") || value.starts_with("{:path,") {
            return Some(Self {
                key,
                hex: None,
                rest: "",
            });
        }
        let (name, rest) = value.strip_prefix("{:hex, :")?.split_once(", \"")?;
        let (version, rest) = rest.split_once('"')?;
        Some(Self {
            key,
            hex: Some((name.trim_matches('"'), version)),
            rest,
        })
    }

    fn package(&self) -> Package {
        let Some((name, version)) = self.hex else {
            return Package {
                purl: purl("hex", None, self.key, None),
                ..Package::default()
            };
        };
        // After the list of dependencies come the repository and the digest of the archive.
        let tail = self.rest.rsplit_once(']').map_or("", |(_, tail)| tail);
        let mut strings = tail.split('"').skip(1).step_by(2);
        let public = strings.next().is_none_or(|repository| repository == "hexpm");
        Package {
            purl: purl("hex", None, name, Some(version)),
            ecosystem: public.then_some("Hex"),
            hashes: strings
                .next()
                .and_then(|digits| hash("sha256", digits))
                .into_iter()
                .collect(),
            ..Package::default()
        }
    }
}

/// What a dependency needs, `{:name, "~> 1.0", […, optional: true]}` each: name, versions, and whether it can do without.
fn needs(rest: &str) -> impl Iterator<Item = (&str, Option<&str>, bool)> {
    rest.split("{:").skip(1).filter_map(|one| {
        let (name, rest) = one.split_once(',')?;
        let range = rest.split('"').nth(1);
        Some((name.trim_matches('"'), range, rest.contains("optional: true")))
    })
}
