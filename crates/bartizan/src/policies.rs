//! Policies on disk: which files there are, and what is loaded of them.

use crate::error::Error;
use bartizan_document::{Dialect, Limits as Bounds, read};
use bartizan_engine::rule::Enabled;
use bartizan_engine::system::System;
use bartizan_model::{FingerprintBuilder, RuleInfo};
use bartizan_policy::rego::Surroundings;
use bartizan_policy::{Bundle, Cause, Files, Limits, PolicyCheck};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Directories inside one another that are walked.
const DEPTH: usize = 64;
/// Files of policies.
const MOST: usize = 50_000;

/// Every file below the paths that may hold a policy or a test of one, in order. A file that is named is taken whatever it is called.
pub(crate) fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    for path in paths {
        collect(path, 0, &mut found)?;
    }
    Ok(found)
}

/// The same, each with the path that it is below.
fn under(paths: &[PathBuf]) -> Result<Vec<(&Path, PathBuf)>, Error> {
    let mut all = Vec::new();
    for root in paths {
        let found = files(std::slice::from_ref(root))?;
        all.extend(found.into_iter().map(|path| (root.as_path(), path)));
    }
    Ok(all)
}

pub(crate) fn is_module(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "rego")
}

fn is_document(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| ["yaml", "yml", "json"].contains(&extension))
}

fn collect(path: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    let about = std::fs::symlink_metadata(path).map_err(|error| Error::reading(path, &error))?;
    if !about.is_dir() {
        if depth == 0 || (about.is_file() && (is_module(path) || is_document(path))) {
            files.push(path.to_owned());
        }
        return Ok(());
    }
    if depth >= DEPTH || files.len() >= MOST {
        return Err(Error::usage(
            format!(
                "`{}` is more than {DEPTH} directories deep, or has more than {MOST} files before it",
                path.display()
            ),
            "name the directory of the policies itself",
        ));
    }
    let entries = std::fs::read_dir(path).map_err(|error| Error::reading(path, &error))?;
    let mut inner = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| Error::reading(path, &error))?;
    inner.retain(|path| !path.ends_with(".git"));
    inner.sort();
    inner.iter().try_for_each(|path| collect(path, depth + 1, files))
}

/// The documents of a text that are not empty.
pub(crate) fn documents(text: &str) -> Result<Vec<Value>, Cause> {
    let stream = read(text, Dialect::Kubernetes, Bounds::default());
    if let Some(problem) = stream.errors.first() {
        let line = text
            .get(..problem.at.range().start)
            .unwrap_or_default()
            .matches('\n')
            .count()
            + 1;
        return Err(Cause::Unreadable(format!("line {line}: {}", problem.message)));
    }
    let all = stream
        .documents
        .into_iter()
        .map(|document| document.root.to_json());
    Ok(all.filter(|document| !document.is_null()).collect())
}

/// Policies of the configuration, ready to be asked.
#[derive(Default)]
pub(crate) struct Own {
    bundle: Bundle,
    contents: [u8; 16],
    /// Ids of their rules.
    pub(crate) ids: Vec<String>,
}

impl Own {
    /// Their manuals.
    pub(crate) fn rules(&self) -> Vec<RuleInfo> {
        bartizan_policy::rules(&self.bundle.policies())
    }

    /// The check by them; none where there are none.
    pub(crate) fn check(self, enabled: Enabled) -> Option<PolicyCheck> {
        (!self.ids.is_empty()).then(|| PolicyCheck::new(self.bundle, &self.contents, enabled))
    }
}

/// Loads the policies below the paths. One that cannot be loaded is an error: what it would deny is not known.
pub(crate) fn load(system: &dyn System, paths: &[PathBuf]) -> Result<Own, Error> {
    if paths.is_empty() {
        return Ok(Own::default());
    }
    let mut all = Files::default();
    let mut contents = FingerprintBuilder::new(PolicyCheck::ID);
    // The beginning of the day: results are kept, and two scans of one day agree.
    let day = system.now().unix_seconds().div_euclid(86_400);
    for (root, path) in under(paths)? {
        let text = system
            .read_text(&path)
            .map_err(|error| Error::reading(&path, &error))?;
        let name = path.strip_prefix(root.parent().unwrap_or(root)).unwrap_or(&path);
        let name = name.display().to_string();
        contents = contents.part(name.as_bytes()).part(text.as_bytes());
        if text.contains("now_ns") {
            contents = contents.part(&day.to_le_bytes());
        }
        if is_module(&path) {
            all.module(&name, text);
        } else {
            for document in documents(&text).map_err(|cause| unusable(&name, &cause))? {
                all.document(&name, document);
            }
        }
    }
    let now_ns = day.checked_mul(86_400_000_000_000);
    let (bundle, refused) = all.load(Limits::default(), Surroundings { now_ns });
    if let Some((path, cause)) = refused.first() {
        return Err(unusable(path, cause));
    }
    let rules = bartizan_policy::rules(&bundle.policies());
    let ids: Vec<String> = rules.into_iter().map(|rule| rule.id).collect();
    if ids.is_empty() {
        return Err(Error::usage(
            "there is no policy in `deploy.policies`",
            "name directories with packages in Rego that have `deny`, `violation` or `warn`, or with policies of Gatekeeper, Kubernetes or Kyverno in YAML",
        ));
    }
    Ok(Own {
        bundle,
        contents: contents.finish_bytes(),
        ids,
    })
}

fn unusable(path: &str, cause: &Cause) -> Error {
    Error::usage(
        format!("{path}: {cause}"),
        "mend it, or leave it out of the directory: what it would deny is not known",
    )
}
