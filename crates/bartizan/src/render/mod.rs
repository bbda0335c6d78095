//! Charts and kustomizations as what they deploy.
//!
//! In: a source of files, in directories or staged. Out: the same source with what `helm template` and `kubectl kustomize` make of the charts and
//! kustomizations among them, one file for each file that objects come from, under a name with `!/` in it. Checks of what is deployed read
//! those in place of the templates, and every other check reads the templates. Findings are told at the lines of the templates afterwards.
//! What could not be rendered is said to be skipped.

mod graph;
mod helm;
mod kustomize;
mod part;
mod place;
mod program;
mod source;
mod wrap;

use crate::error::Error;
use bartizan_engine::{Check, config::Config};
use bartizan_model::{Finding, Skipped};
use bartizan_source::Source;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;

/// What is rendered, and with what.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    /// Whether anything is.
    pub(crate) enabled: bool,
    /// Files with values for charts, besides their own.
    pub(crate) values: Vec<PathBuf>,
}

impl Options {
    /// What the settings say.
    pub(crate) fn of(config: &Config) -> Self {
        Self {
            enabled: config.flag("deploy.render"),
            values: config.paths("deploy.values"),
        }
    }
}

/// Something that was rendered, from one file.
#[derive(Debug)]
struct Rendered {
    /// The file that the objects come from, as the source names it.
    origin: String,
    /// The objects.
    text: String,
    /// How they were made, for the evidence.
    how: String,
}

/// Everything that was rendered of a target.
#[derive(Debug, Default)]
struct Made {
    /// By the name under which it is listed.
    files: BTreeMap<String, Rendered>,
    /// Files that are judged as what was made of them.
    instead: BTreeSet<String>,
    /// Directories of templates all of which are judged as what was made of them; each ends with a slash.
    templates: Vec<String>,
    /// Directories of templates that could not be rendered, which is said of their chart.
    unrendered: Vec<String>,
    skipped: Vec<Skipped>,
}

impl Made {
    /// Whether a file is judged as what was made of it.
    fn replaces(&self, path: &str) -> bool {
        self.instead.contains(path)
            || self
                .templates
                .iter()
                .any(|directory| path.starts_with(directory.as_str()))
    }

    fn is_unrendered(&self, path: &str) -> bool {
        self.unrendered
            .iter()
            .any(|directory| path.starts_with(directory.as_str()))
    }

    fn skip(&mut self, path: &str, reason: String) {
        self.skipped.push(Skipped {
            path: path.to_owned(),
            reason,
            required: true,
        });
    }

    fn join(&mut self, other: Self) {
        self.files.extend(other.files);
        self.instead.extend(other.instead);
        self.templates.extend(other.templates);
        self.unrendered.extend(other.unrendered);
        self.skipped.extend(other.skipped);
    }
}

/// What was rendered of a target; what to do with checks and findings because of it.
#[derive(Debug, Clone)]
pub(crate) struct Rendering {
    made: Arc<Made>,
    root: PathBuf,
    /// Holds the root, where it is a copy.
    _copy: Option<Arc<TempDir>>,
}

/// Which charts and kustomizations of a source are rendered, and where their files are. Paths of the source are relative to the directory.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Scope<'a> {
    /// All in a directory.
    All(&'a Path),
    /// Those in a directory with which the files of the source have to do.
    Changed(&'a Path),
    /// The same, as they are staged in the repository.
    Staged(&'a Path),
}

/// A source with what is made of the charts and kustomizations in it; those that are left out are as they are. None for the second where
/// there are neither.
pub(crate) fn of(
    source: Box<dyn Source>,
    scope: Scope<'_>,
    options: &Options,
    is_left_out: &dyn Fn(&str) -> bool,
) -> Result<(Box<dyn Source>, Option<Rendering>), Error> {
    if !options.enabled {
        return Ok((source, None));
    }
    let mut options = options.clone();
    for file in &mut options.values {
        *file = std::fs::canonicalize(&*file).map_err(|error| Error::reading(file, &error))?;
    }
    let mut skipped = Vec::new();
    let listed = source.list(&mut skipped)?;
    let paths: Vec<&str> = listed.iter().map(|entry| &*entry.meta.path).collect();
    let (made, root, copy) = match scope {
        Scope::All(root) => {
            let tree = Tree::of(&paths, root, is_left_out);
            (make(&tree, &options), tree.root, None)
        }
        Scope::Changed(root) => part::changed(&paths, source.as_ref(), root, &options, is_left_out)?,
        Scope::Staged(repository) => part::staged(&paths, repository, options, is_left_out)?,
    };
    let is_any = !made.files.is_empty() || !made.skipped.is_empty() || !made.templates.is_empty();
    let made = Arc::new(made);
    let rendering = is_any.then(|| Rendering {
        made: Arc::clone(&made),
        root,
        _copy: copy,
    });
    let source = source::Rendered::new(source, (listed, skipped), made);
    Ok((Box::new(source), rendering))
}

impl Rendering {
    /// The checks, each of which reads what it is meant to.
    pub(crate) fn wrap(&self, checks: Vec<Box<dyn Check>>) -> Vec<Box<dyn Check>> {
        checks
            .into_iter()
            .map(|check| wrap::wrapped(check, &self.made))
            .collect()
    }

    /// The file and the line that people wrote for those of something that was rendered.
    pub(crate) fn written(&self, places: &mut [(String, u32)]) {
        place::written(&self.made, &self.root, places);
    }

    /// Tells findings at the files that people wrote.
    pub(crate) fn relocate(&self, findings: &mut [Finding]) {
        let places = place::Places::of(&self.made, &self.root, findings);
        for finding in findings {
            places.relocate(finding);
        }
    }
}

/// What is there to render.
#[derive(Debug)]
struct Tree {
    /// Absolute directory that paths are relative to.
    root: PathBuf,
    /// Directories of charts; empty or ending with a slash.
    charts: Vec<String>,
    /// Directories of kustomizations, with the name of the file; empty or ending with a slash.
    kustomizations: BTreeMap<String, String>,
    /// Directory within which references of kustomizations may lead: of the repository, or of the target.
    bounds: PathBuf,
    /// Directory whose programs are not run: of what is scanned.
    scanned: PathBuf,
}

impl Tree {
    fn of(paths: &[&str], root: &Path, is_left_out: &dyn Fn(&str) -> bool) -> Self {
        let root = std::fs::canonicalize(root).unwrap_or_else(|_| root.to_path_buf());
        let mut charts = Vec::new();
        let mut kustomizations = BTreeMap::new();
        for path in paths.iter().filter(|path| !is_left_out(path)) {
            let name = path.rsplit('/').next().unwrap_or(path);
            let directory = path.strip_suffix(name).unwrap_or_default();
            if name == "Chart.yaml" {
                charts.push(directory.to_owned());
            } else if bartizan_deploy::render::FILE_NAMES.contains(&name) {
                kustomizations.insert(directory.to_owned(), name.to_owned());
            }
        }
        // The charts that a chart brings along are rendered with it.
        let all: BTreeSet<String> = charts.iter().map(|chart| format!("{chart}charts/")).collect();
        charts.retain(|chart| !all.iter().any(|inner| chart.starts_with(inner.as_str())));
        let bounds = bartizan_engine::config::repository_root(&bartizan_engine::system::Machine, &root)
            .and_then(|root| std::fs::canonicalize(root).ok())
            .unwrap_or_else(|| root.clone());
        Self {
            scanned: root.clone(),
            root,
            charts,
            kustomizations,
            bounds,
        }
    }
}

/// Most programs that run at once.
const MOST_AT_ONCE: usize = 4;

fn make(tree: &Tree, options: &Options) -> Made {
    let mut made = Made::default();
    if tree.charts.is_empty() && tree.kustomizations.is_empty() {
        return made;
    }
    let home = match tempfile::Builder::new().prefix("bartizan-render-").tempdir() {
        Ok(home) => home,
        Err(error) => {
            made.skip(
                ".",
                format!(
                    "nothing was rendered: there is no place for it: {}; set TMPDIR",
                    crate::error::plain(&error)
                ),
            );
            return made;
        }
    };
    let helm = helm::Helm::new(tree, options, home.path());
    let kustomize = kustomize::Kustomize::new(tree, home.path());
    let charts = tree.charts.iter().map(|chart| Job::Chart(chart));
    let roots = kustomize.roots().into_iter().map(Job::Kustomization);
    let jobs: Vec<Job<'_>> = charts.chain(roots).collect();
    let next = std::sync::atomic::AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let work = || {
        let mut made = Vec::new();
        loop {
            let at = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let Some(job) = jobs.get(at) else { return made };
            made.push((
                at,
                match job {
                    Job::Chart(chart) => helm.make(chart),
                    Job::Kustomization(directory) => kustomize.make(directory, at),
                },
            ));
        }
    };
    let mut parts: Vec<(usize, Made)> = std::thread::scope(|scope| {
        let handles: Vec<_> = (1..threads.min(MOST_AT_ONCE).min(jobs.len()))
            .map_while(|_| std::thread::Builder::new().spawn_scoped(scope, work).ok())
            .collect();
        let mut parts = work();
        for handle in handles {
            parts.extend(
                handle
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            );
        }
        parts
    });
    parts.sort_by_key(|(at, _)| *at);
    for (_, part) in parts {
        made.join(part);
    }
    made
}

enum Job<'a> {
    Chart(&'a str),
    Kustomization(String),
}

/// A small file of the target.
fn text_of(path: &Path) -> Result<String, String> {
    const LARGEST: u64 = 4 << 20;
    let size = std::fs::metadata(path).map(|file| file.len());
    match size {
        Ok(size) if size > LARGEST => Err(format!("it is larger than {} MiB", LARGEST >> 20)),
        Ok(_) => std::fs::read_to_string(path).map_err(|error| crate::error::plain(&error)),
        Err(error) => Err(crate::error::plain(&error)),
    }
}
