//! What a kustomization refers to.
//!
//! A kustomization may name files and directories anywhere, repositories that `kustomize` would clone and addresses that it would
//! fetch. Whoever renders one looks at every reference first, and renders only what lies where it may.

use bartizan_document::{Dialect, Limits, Node, read};

/// Names of the file that makes a directory a kustomization.
pub const FILE_NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// Fields whose entries are paths of files or directories with objects, or those objects themselves.
const RESOURCES: [&str; 3] = ["resources", "bases", "components"];
/// Fields whose entries are paths, or objects that may hold paths themselves.
const PLUGINS: [&str; 3] = ["generators", "transformers", "validators"];
/// Fields whose entries are paths of files that are no objects.
const FILES: [&str; 2] = ["configurations", "crds"];
/// Fields that make `kustomize` run or fetch other things.
const HELM: [&str; 2] = ["helmCharts", "helmChartInflationGenerator"];

/// What a kustomization says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kustomization {
    /// Whether it is a component, which is a part of others and cannot be built alone.
    pub is_component: bool,
    /// Everything that it refers to, in the order of its fields.
    pub references: Vec<Reference>,
    /// Why it may not be rendered, whatever it refers to.
    pub refused: Option<String>,
}

/// One thing that a kustomization refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// As written.
    pub path: String,
    /// Whether objects of it are deployed through the kustomization: a resource, a base, a component or a patch.
    pub is_object: bool,
    /// Whether what is in the file is to be looked through for references too.
    pub is_plugin: bool,
}

impl Kustomization {
    /// Reads a kustomization. What cannot be read is refused.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let limits = Limits {
            nodes: 200_000,
            ..Limits::default()
        };
        let stream = read(text, Dialect::Kubernetes, limits);
        let mut out = Self::default();
        if let Some(problem) = stream.errors.first() {
            out.refused = Some(problem.message.clone());
            return out;
        }
        let Some(document) = stream.documents.first() else {
            return out;
        };
        let root = &document.root;
        out.is_component = root.text_of("kind") == Some("Component");
        if let Some(field) = HELM.iter().find(|field| root.get(field).is_some()) {
            out.refused = Some(format!("it inflates charts (`{field}`), which may fetch them"));
        }
        out.collect(root);
        out
    }

    fn collect(&mut self, root: &Node) {
        for field in RESOURCES {
            for item in root.items_of(field) {
                self.add(item.text(), (true, false));
            }
        }
        for field in FILES {
            for item in root.items_of(field) {
                self.add(item.text(), (false, false));
            }
        }
        for field in PLUGINS {
            for item in root.items_of(field) {
                self.inline_or_path(item.text(), (false, true));
            }
        }
        for item in root.items_of("patchesStrategicMerge") {
            self.inline_or_path(item.text(), (true, false));
        }
        for field in ["patches", "patchesJson6902"] {
            for item in root.items_of(field) {
                self.add(item.text_of("path"), (true, false));
            }
        }
        for item in root.items_of("replacements") {
            self.add(item.text_of("path"), (false, false));
        }
        self.add(root.at(&["openapi", "path"]).and_then(Node::text), (false, false));
        for field in ["configMapGenerator", "secretGenerator"] {
            for item in root.items_of(field) {
                self.generator(item);
            }
        }
    }

    /// Files whose content becomes data, as `file` or `key=file`.
    fn generator(&mut self, generator: &Node) {
        for field in ["files", "envs"] {
            for item in generator.items_of(field) {
                let path = item
                    .text()
                    .map(|text| text.split_once('=').map_or(text, |(_, path)| path));
                self.add(path, (false, false));
            }
        }
        self.add(generator.text_of("env"), (false, false));
    }

    fn inline_or_path(&mut self, text: Option<&str>, what: (bool, bool)) {
        let Some(text) = text else { return };
        // An object written in place has a colon in its first line, or several lines.
        if !text.contains('\n') && !text.contains(": ") {
            self.add(Some(text), what);
        } else if what.1 && reaches_out(text) {
            self.refuse(text.lines().next().unwrap_or_default());
        }
    }

    fn add(&mut self, path: Option<&str>, (is_object, is_plugin): (bool, bool)) {
        let Some(path) = path.map(str::trim).filter(|path| !path.is_empty()) else {
            return;
        };
        if reaches_out(path) {
            return self.refuse(path);
        }
        self.references.push(Reference {
            path: path.to_owned(),
            is_object,
            is_plugin,
        });
    }

    fn refuse(&mut self, what: &str) {
        let what: String = what.chars().filter(|c| !c.is_control()).take(120).collect();
        self.refused
            .get_or_insert_with(|| format!("`{what}` lies elsewhere, and nothing is fetched"));
    }

    /// Whether a file of a plugin may be handed on: none of what it says is fetched or run.
    #[must_use]
    pub fn allows_plugin(text: &str) -> bool {
        !reaches_out(text) && !text.contains("HelmChartInflationGenerator")
    }
}

/// Whether a text speaks of what is not on this machine, by the spellings that `kustomize` takes for addresses and repositories.
fn reaches_out(text: &str) -> bool {
    ["://", "git@", "?ref=", "git::", "_git/"]
        .iter()
        .any(|mark| text.contains(mark))
        || [
            "github.com/",
            "github.com:",
            "gh:",
            "bitbucket.org",
            "gitlab.com",
            "gist.github.com",
            "git.",
            "ssh:",
            "file:",
        ]
        .iter()
        .any(|mark| text.starts_with(mark))
        || text.contains(".git//")
        || text.ends_with(".git")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_a_kustomization_refers_to_is_named() {
        let text = "resources: [a.yaml, ../base]\ncomponents: [../c]\npatches: [{path: p.yaml}, {patch: 'a: b'}]\n\
                    patchesStrategicMerge:\n- q.yaml\n- |-\n  kind: A\n  b: c\nconfigMapGenerator: [{name: a, files: [k=f.txt, g.txt]}]\n\
                    transformers: [t.yaml]\n";
        let read = Kustomization::read(text);
        let paths: Vec<&str> = read.references.iter().map(|one| one.path.as_str()).collect();
        assert_eq!(
            paths,
            [
                "a.yaml", "../base", "../c", "t.yaml", "q.yaml", "p.yaml", "f.txt", "g.txt"
            ]
        );
        assert_eq!(read.refused, None);
    }

    #[test]
    fn what_lies_elsewhere_or_runs_is_refused() {
        for text in [
            "resources: ['https://example.com/a.yaml']",
            "resources: ['github.com/a/b//c?ref=v1']",
            "bases: ['git@example.com:a/b']",
            "components: ['ssh://example.com/a']",
            "helmCharts: [{name: a}]",
            "configMapGenerator: [{files: ['a=http://example.com/']}]",
            "transformers: [\"kind: A\\nurl: https://example.com\"]",
            "resources: [",
        ] {
            assert!(Kustomization::read(text).refused.is_some(), "{text}");
        }
    }
}
