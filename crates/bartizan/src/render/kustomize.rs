//! Kustomizations through `kubectl kustomize` or `kustomize build`.

use super::graph::Graph;
use super::program::Program;
use super::{Made, Rendered, Tree, text_of};
use bartizan_deploy::render::{FILE_NAMES, Kustomization, of_kustomization};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

pub(super) struct Kustomize<'t> {
    tree: &'t Tree,
    home: &'t Path,
    program: Option<Program>,
    /// By directory, as the source names it.
    read: BTreeMap<String, Kustomization>,
}

/// Everything that a kustomization is made of.
#[derive(Default)]
struct Closure {
    directories: BTreeSet<PathBuf>,
    objects: BTreeSet<PathBuf>,
}

impl<'t> Kustomize<'t> {
    pub(super) fn new(tree: &'t Tree, home: &'t Path) -> Self {
        let found =
            || Program::find("kubectl", &tree.scanned).or_else(|| Program::find("kustomize", &tree.scanned));
        let program = (!tree.kustomizations.is_empty()).then(found).flatten();
        let read = tree.kustomizations.iter().map(|(directory, name)| {
            let path = tree.root.join(directory).join(name);
            (directory.clone(), read(&path))
        });
        Self {
            tree,
            home,
            program,
            read: read.collect(),
        }
    }

    /// Directories that are built.
    pub(super) fn roots(&self) -> Vec<String> {
        let graph = Graph::of(self.tree, &self.read);
        graph.roots().into_iter().map(str::to_owned).collect()
    }

    /// What a kustomization deploys.
    pub(super) fn make(&self, directory: &str, number: usize) -> Made {
        let mut made = Made::default();
        let name = self.tree.kustomizations.get(directory).map_or("", String::as_str);
        let file = format!("{directory}{name}");
        let mut closure = Closure::default();
        let built = self
            .follow(&self.tree.root.join(directory), &mut closure)
            .and_then(|()| self.build(directory, number));
        match built {
            Ok(output) => {
                made.instead = closure.objects.iter().filter_map(|path| self.named(path)).collect();
                self.take(directory, &file, &output, &mut made);
            }
            Err(reason) => made.skip(
                &file,
                format!("the kustomization was not built; the files that it names were judged as they are: {reason}"),
            ),
        }
        made
    }

    /// Looks at everything that a kustomization is made of, before anything is run.
    fn follow(&self, directory: &Path, closure: &mut Closure) -> Result<(), String> {
        const MOST: usize = 1000;
        let mut left = vec![normal(directory)];
        while let Some(directory) = left.pop() {
            if !closure.directories.insert(directory.clone()) {
                continue;
            }
            if closure.directories.len() > MOST {
                return Err(format!("it is made of more than {MOST} directories"));
            }
            let file = FILE_NAMES
                .iter()
                .map(|name| directory.join(name))
                .find(|file| file.is_file());
            let Some(file) = file else {
                return Err(format!("`{}` holds no kustomization", self.shown(&directory)));
            };
            self.within(&file)?;
            let kustomization = read(&file);
            if let Some(reason) = kustomization.refused {
                return Err(format!("{reason} (in `{}`)", self.shown(&file)));
            }
            for reference in kustomization.references {
                let path = normal(&directory.join(&reference.path));
                let real = self.within(&path)?;
                if real.is_dir() {
                    left.push(path);
                    continue;
                }
                if reference.is_plugin
                    && !text_of(&path).is_ok_and(|text| Kustomization::allows_plugin(&text))
                {
                    return Err(format!("`{}` fetches something, or may do so", self.shown(&path)));
                }
                if reference.is_object {
                    closure.objects.insert(path);
                }
            }
        }
        Ok(())
    }

    /// Where a path leads, unless it leads out of the repository.
    fn within(&self, path: &Path) -> Result<PathBuf, String> {
        let shown = self.shown(path);
        let real = std::fs::canonicalize(path)
            .map_err(|error| format!("`{shown}` cannot be read: {}", crate::error::plain(&error)))?;
        if real.starts_with(&self.tree.bounds) {
            Ok(real)
        } else {
            Err(format!(
                "`{shown}` lies outside of what is scanned; scan the directory that holds both"
            ))
        }
    }

    fn build(&self, directory: &str, number: usize) -> Result<String, String> {
        let program = self.program.as_ref().ok_or(
            "neither `kubectl` nor `kustomize` is on the PATH; install one, or build it into files with `kubectl kustomize`",
        )?;
        // A kustomization of our own around it makes the program say where objects come from, and changes nothing else.
        let around = self.home.join(format!("around-{number}"));
        let target = relative(&normal(&self.tree.root.join(directory)), &around);
        let target = target.to_str().ok_or("its path is no UTF-8 text")?;
        let text = format!("resources: [{target:?}]\nbuildMetadata: [originAnnotations]\n");
        std::fs::create_dir(&around)
            .and_then(|()| std::fs::write(around.join("kustomization.yaml"), text))
            .map_err(|error| {
                format!(
                    "there is no place for it: {}; set TMPDIR",
                    crate::error::plain(&error)
                )
            })?;
        let verb = if program.name == "kubectl" {
            "kustomize"
        } else {
            "build"
        };
        program.run(self.home, &[OsStr::new(verb), around.as_os_str()])
    }

    fn take(&self, directory: &str, file: &str, output: &str, made: &mut Made) {
        // Origins are relative to the directory around, which lies right below the home.
        let around = self.home.join("around");
        let name = if directory.is_empty() {
            "."
        } else {
            directory.trim_end_matches('/')
        };
        for piece in of_kustomization(output) {
            let origin = (!piece.source.is_empty()).then(|| normal(&around.join(&piece.source)));
            let origin = origin
                .and_then(|path| self.named(&path))
                .unwrap_or_else(|| file.to_owned());
            let path = format!("{}!/{}", directory.trim_end_matches('/'), origin);
            let how = format!("built by `kubectl kustomize` from `{name}`");
            // Objects of several files that lie elsewhere are told at the same one.
            let rendered = made.files.entry(path).or_insert_with(|| Rendered {
                origin,
                text: String::new(),
                how,
            });
            rendered.text.push_str(&piece.text);
        }
    }

    /// A path as the source names it; none where it lies outside.
    fn named(&self, path: &Path) -> Option<String> {
        let inside = path.strip_prefix(&self.tree.root).ok()?;
        inside.to_str().map(str::to_owned)
    }

    fn shown(&self, path: &Path) -> String {
        let path = path.strip_prefix(&self.tree.root).unwrap_or(path);
        path.display()
            .to_string()
            .chars()
            .filter(|c| !c.is_control())
            .collect()
    }
}

fn read(path: &Path) -> Kustomization {
    match text_of(path) {
        Ok(text) => Kustomization::read(&text),
        Err(reason) => Kustomization {
            refused: Some(reason),
            ..Kustomization::default()
        },
    }
}

/// A path without `.` and `..`.
pub(super) fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

/// A path seen from a directory; both are absolute and normal.
fn relative(path: &Path, from: &Path) -> PathBuf {
    let same = path
        .components()
        .zip(from.components())
        .take_while(|(one, other)| one == other)
        .count();
    let up = from.components().skip(same).map(|_| Component::ParentDir);
    up.chain(path.components().skip(same)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_seen_from_another() {
        let seen = relative(Path::new("/work/shop/prod"), Path::new("/tmp/x"));
        assert_eq!(seen, Path::new("../../work/shop/prod"));
        assert_eq!(normal(Path::new("/a/./b/../c")), Path::new("/a/c"));
    }
}
