//! Charts and kustomizations where only a part of a repository is looked at: what changed, or what is staged.
//!
//! In: the paths that changed, and everything around them. Out: what was rendered of the charts and kustomizations with which those have
//! to do, from their files as they are staged where that is asked for. Judged is what comes from a file that changed, as of files that are
//! not rendered; all of a chart or kustomization is where something changed that may show in any of its objects: values, helpers, patches.

use super::graph::Graph;
use super::{Made, Options, Tree, make, text_of};
use crate::error::Error;
use bartizan_deploy::render::Kustomization;
use bartizan_source::{Source, SourceOptions, StagedFile, StagedFiles};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;

/// Most bytes that are copied out of the index, in all.
const MOST_BYTES: usize = 256 << 20;

/// What was rendered, the directory that its paths are relative to, and what holds that directory where it is a copy.
type Rendered = (Made, PathBuf, Option<Arc<TempDir>>);

/// What the files of a directory that changed have to do with.
pub(super) fn changed(
    changed: &[&str],
    source: &dyn Source,
    root: &Path,
    options: &Options,
    is_left_out: &dyn Fn(&str) -> bool,
) -> Result<Rendered, Error> {
    // What cannot be listed was said of the part already.
    let around = source.around().unwrap_or(source).list(&mut Vec::new())?;
    let paths: Vec<&str> = around.iter().map(|entry| &*entry.meta.path).collect();
    let mut part = Part::new(Tree::of(&paths, root, is_left_out), changed, options);
    let root = part.tree.root.clone();
    part.reduce(&|path| text_of(&root.join(path)).ok());
    Ok((part.make(options), root, None))
}

/// What the staged files have to do with, as it is staged.
pub(super) fn staged(
    changed: &[&str],
    repository: &Path,
    mut options: Options,
    is_left_out: &dyn Fn(&str) -> bool,
) -> Result<Rendered, Error> {
    let nothing = |made| (made, repository.to_path_buf(), None);
    let files = StagedFiles::open(repository, &SourceOptions::default())?;
    let all: Vec<String> = files.paths().collect();
    let paths: Vec<&str> = all.iter().map(String::as_str).collect();
    let mut part = Part::new(Tree::of(&paths, files.root(), is_left_out), changed, &options);
    part.reduce(&|path| {
        let text = bytes_of(&files, &files.root().join(path)).ok()?;
        String::from_utf8(text).ok()
    });
    if part.tree.charts.is_empty() && part.tree.kustomizations.is_empty() {
        return Ok(nothing(Made::default()));
    }
    match part.copied(&files, &paths, &mut options) {
        Ok(copy) => {
            let made = part.make(&options);
            Ok((made, part.tree.root, Some(Arc::new(copy))))
        }
        Err(reason) => {
            let mut made = Made::default();
            for (directory, name) in part.places() {
                made.skip(
                    &format!("{directory}{name}"),
                    format!("what it deploys was not judged, for it could not be copied out of the index: {reason}"),
                );
                made.unrendered
                    .extend(["templates/", "charts/"].map(|below| format!("{directory}{below}")));
            }
            Ok(nothing(made))
        }
    }
}

struct Part<'p> {
    /// What of everything around has to do with what changed.
    tree: Tree,
    changed: BTreeSet<&'p str>,
    /// For each directory of a kustomization that no other includes: the files that it is made of.
    closures: BTreeMap<String, BTreeSet<String>>,
    /// Whether values changed that are named besides those of charts.
    has_other_values: bool,
}

impl<'p> Part<'p> {
    fn new(tree: Tree, changed: &[&'p str], options: &Options) -> Self {
        let is_values = |path: &&str| options.values.contains(&tree.root.join(path));
        Self {
            has_other_values: changed.iter().any(is_values),
            changed: changed.iter().copied().collect(),
            closures: BTreeMap::new(),
            tree,
        }
    }

    /// Leaves what has to do with what changed.
    fn reduce(&mut self, text: &dyn Fn(&str) -> Option<String>) {
        let (changed, has_other_values) = (&self.changed, self.has_other_values);
        self.tree.charts.retain(|chart| {
            let mut own = changed
                .iter()
                .filter_map(|path| path.strip_prefix(chart.as_str()));
            has_other_values || own.any(|path| !is_prose(path))
        });
        let read = self.tree.kustomizations.iter().map(|(directory, name)| {
            let text = text(&format!("{directory}{name}")).unwrap_or_default();
            (directory.clone(), Kustomization::read(&text))
        });
        let graph = Graph::of(&self.tree, &read.collect());
        let mut kept = BTreeSet::new();
        for root in graph.roots() {
            let (directories, files) = graph.closure(root);
            if files.iter().any(|file| changed.contains(file)) {
                kept.extend(directories.into_iter().map(str::to_owned));
                let files = files.into_iter().map(str::to_owned).collect();
                self.closures.insert(root.to_owned(), files);
            }
        }
        self.tree
            .kustomizations
            .retain(|directory, _| kept.contains(directory));
    }

    /// Directory and file of everything that is to be rendered.
    fn places(&self) -> impl Iterator<Item = (&str, &str)> {
        let charts = self
            .tree
            .charts
            .iter()
            .map(|chart| (chart.as_str(), "Chart.yaml"));
        let roots = self.closures.keys().map(|directory| {
            let name = self.tree.kustomizations.get(directory);
            (directory.as_str(), name.map_or("", String::as_str))
        });
        charts.chain(roots)
    }

    /// Copies what is rendered out of the index, and takes the copy for the tree.
    fn copied(
        &mut self,
        files: &StagedFiles,
        paths: &[&str],
        options: &mut Options,
    ) -> Result<TempDir, String> {
        let no_place = |error: std::io::Error| {
            format!(
                "there is no place for it: {}; set TMPDIR",
                crate::error::plain(&error)
            )
        };
        let copy = tempfile::Builder::new()
            .prefix("bartizan-staged-")
            .tempdir()
            .map_err(no_place)?;
        let root = std::fs::canonicalize(copy.path()).map_err(no_place)?;
        let mut left = MOST_BYTES;
        let mut write = |path: &Path, bytes: &[u8]| {
            left = left
                .checked_sub(bytes.len())
                .ok_or_else(|| format!("it is more than {} MiB", MOST_BYTES >> 20))?;
            let to = root.join(path);
            let directory = to.parent().unwrap_or(&root);
            std::fs::create_dir_all(directory)
                .and_then(|()| std::fs::write(&to, bytes))
                .map_err(no_place)
        };
        let of_kustomizations: BTreeSet<&str> =
            self.closures.values().flatten().map(String::as_str).collect();
        let of_charts = |path: &&str| {
            self.tree
                .charts
                .iter()
                .any(|chart| path.starts_with(chart.as_str()))
        };
        let asked = paths
            .iter()
            .filter(|path| of_charts(path) || of_kustomizations.contains(**path));
        for path in asked {
            let bytes = bytes_of(files, &files.root().join(path))?;
            write(Path::new(path), &bytes)?;
        }
        for file in &mut options.values {
            let Ok(inside) = file.strip_prefix(files.root()).map(Path::to_path_buf) else {
                continue;
            };
            if files.holds(file) {
                write(&inside, &bytes_of(files, file)?)?;
                *file = root.join(inside);
            }
        }
        self.tree.bounds.clone_from(&root);
        self.tree.root = root;
        Ok(copy)
    }

    /// Renders, and leaves of it what is judged.
    fn make(&self, options: &Options) -> Made {
        let mut made = make(&self.tree, options);
        let mut origins: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (name, rendered) in &made.files {
            origins
                .entry(group(name))
                .or_default()
                .insert(rendered.origin.as_str());
        }
        let whole: BTreeSet<String> = origins
            .iter()
            .filter(|(group, origins)| self.is_whole(group, origins))
            .map(|(group, _)| (*group).to_owned())
            .collect();
        made.files.retain(|name, rendered| {
            whole.contains(group(name)) || self.changed.contains(rendered.origin.as_str())
        });
        made
    }

    /// Whether something changed that may show in every object of a chart or kustomization: what no object comes from.
    fn is_whole(&self, group: &str, origins: &BTreeSet<&str>) -> bool {
        let directory = match group {
            "" => String::new(),
            group => format!("{group}/"),
        };
        let is_chart = self.tree.charts.contains(&directory);
        let closure = self.closures.get(&directory);
        let mut changed = self.changed.iter().filter(|path| !origins.contains(**path));
        (is_chart && self.has_other_values)
            || changed.any(|path| {
                let own = path.strip_prefix(directory.as_str()).filter(|_| is_chart);
                own.is_some_and(|path| !is_prose(path) && !is_plain_template(path))
                    || closure.is_some_and(|files| files.contains(*path))
            })
    }
}

/// The chart or kustomization that something was rendered from.
fn group(name: &str) -> &str {
    name.split_once("!/").map_or(name, |(group, _)| group)
}

/// Whether a file of a chart, or of one that it brings along, makes objects of its own: one of which none came is switched off.
fn is_plain_template(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_manifest = [".yaml", ".yml", ".json"].iter().any(|end| name.ends_with(end));
    (path.starts_with("templates/") || path.contains("/templates/")) && is_manifest && !name.starts_with('_')
}

/// Whether a file of a chart is for people only.
fn is_prose(path: &str) -> bool {
    path.ends_with(".md") || path.ends_with("NOTES.txt")
}

fn bytes_of(files: &StagedFiles, path: &Path) -> Result<Vec<u8>, String> {
    match files.read(path) {
        Ok(StagedFile::Present(bytes)) => Ok(bytes),
        Ok(StagedFile::Removed | StagedFile::Untracked) => {
            let name = path.strip_prefix(files.root()).unwrap_or(path);
            Err(format!("`{}` leads to what git does not track", name.display()))
        }
        Err(error) => Err(error.to_string()),
    }
}
