//! What imports mean: files of the program where they name such, qualified names otherwise.

use bartizan_syntax::Language;

use crate::program::{File, FileId};
use crate::table::Map;
use crate::values::{ConstantSets, Name};

/// What an imported name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Import {
    /// A file of the program as a whole
    Module(FileId),
    /// A name at the top of a file
    Member(FileId, Name),
    /// Something outside, by its qualified name
    Outside(Name),
}

/// Where modules and packages are found.
#[derive(Debug, Default)]
pub(crate) struct ImportTables {
    /// Python: every ending of the dotted path of a file
    dotted: Map<Name, Vec<FileId>>,
    /// JavaScript and TypeScript: the path without its extension
    stems: Map<Name, FileId>,
    /// Go: every ending of the path of a directory
    directories: Map<Name, Vec<FileId>>,
    siblings: Vec<Vec<FileId>>,
}

impl ImportTables {
    pub(crate) fn new(files: &[File<'_>], names: &mut ConstantSets) -> Self {
        let mut tables = Self {
            siblings: vec![Vec::new(); files.len()],
            ..Self::default()
        };
        let mut by_directory: Map<Name, Vec<FileId>> = Map::default();
        for (index, file) in files.iter().enumerate() {
            let id = FileId::at(index);
            match file.ast.language() {
                Language::Python => tables.add_python(id, file.path, names),
                Language::JavaScript | Language::TypeScript | Language::Tsx => {
                    let stem = file.path.rsplit_once('.').map_or(file.path, |(stem, _)| stem);
                    let name = names.name(stem);
                    tables.stems.entry(name).or_insert(id);
                }
                Language::Go => {
                    let directory = directory(file.path);
                    let key = names.name(directory);
                    by_directory.entry(key).or_default().push(id);
                    for ending in endings(directory, '/') {
                        let name = names.name(ending);
                        tables.directories.entry(name).or_default().push(id);
                    }
                }
                _ => {}
            }
        }
        for (index, file) in files.iter().enumerate() {
            if file.ast.language() == Language::Go
                && let Some(all) = names
                    .known_name(directory(file.path))
                    .and_then(|key| by_directory.get(&key))
                && let Some(own) = tables.siblings.get_mut(index)
            {
                own.clone_from(all);
            }
        }
        tables
    }

    fn add_python(&mut self, id: FileId, path: &str, names: &mut ConstantSets) {
        let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
        let stem = stem.strip_suffix("/__init__").unwrap_or(stem);
        let dotted = stem.replace('/', ".");
        for ending in endings(&dotted, '.') {
            let name = names.name(ending);
            self.dotted.entry(name).or_default().push(id);
        }
    }

    /// Files that share their top-level names with this one, itself included.
    pub(crate) fn siblings(&self, file: FileId) -> &[FileId] {
        self.siblings.get(file.index()).map_or(&[], Vec::as_slice)
    }

    /// The module that a path names, seen from a file.
    pub(crate) fn module(
        &self,
        files: &[File<'_>],
        from: FileId,
        path: &str,
        names: &ConstantSets,
    ) -> Option<FileId> {
        let file = files.get(from.index())?;
        match file.ast.language() {
            Language::Python => {
                let absolute = absolute_python(file.path, path);
                let name = names.known_name(absolute.as_deref().unwrap_or(path))?;
                nearest(files, file.path, from, self.dotted.get(&name)?)
            }
            Language::JavaScript | Language::TypeScript | Language::Tsx => {
                if !path.starts_with('.') {
                    return None;
                }
                let joined = join(directory(file.path), path)?;
                let stem = [".js", ".jsx", ".ts", ".tsx", ".mjs", ".cjs"]
                    .iter()
                    .find_map(|extension| joined.strip_suffix(extension))
                    .unwrap_or(&joined);
                [joined.clone(), stem.to_owned(), format!("{stem}/index")]
                    .iter()
                    .find_map(|path| self.stems.get(&names.known_name(path)?).copied())
            }
            Language::Go => {
                // What a repository calls itself comes before its directories; the longest ending that is one of them is meant.
                endings(path, '/').find_map(|ending| {
                    let found = self.directories.get(&names.known_name(ending)?)?;
                    found.first().copied()
                })
            }
            _ => None,
        }
    }
}

/// The directory of a path, empty at the root.
fn directory(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(directory, _)| directory)
}

/// `a/b/c`, `b/c`, `c`.
fn endings(text: &str, separator: char) -> impl Iterator<Item = &str> {
    std::iter::successors((!text.is_empty()).then_some(text), move |rest| {
        rest.split_once(separator).map(|(_, rest)| rest)
    })
}

/// The dotted path that a relative import means; none when it is not relative.
fn absolute_python(file: &str, path: &str) -> Option<String> {
    let rest = path.trim_start_matches('.');
    let dots = path.len() - rest.len();
    if dots == 0 {
        return None;
    }
    let mut parts: Vec<&str> = directory(file)
        .split('/')
        .filter(|part| !part.is_empty())
        .collect();
    parts.truncate(parts.len().saturating_sub(dots - 1));
    parts.extend(rest.split('.').filter(|part| !part.is_empty()));
    Some(parts.join("."))
}

/// A relative path from a directory, without `.` and `..`; none when it leaves the root.
fn join(directory: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = directory.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The candidate whose path shares most of its beginning with that of the importing file, itself left out.
fn nearest(files: &[File<'_>], from: &str, importer: FileId, candidates: &[FileId]) -> Option<FileId> {
    let shared = |id: FileId| {
        let path = files.get(id.index()).map_or("", |file| file.path);
        path.split('/')
            .zip(from.split('/'))
            .take_while(|(one, two)| one == two)
            .count()
    };
    candidates
        .iter()
        .copied()
        .filter(|&id| id != importer)
        .rev()
        .max_by_key(|&id| shared(id))
}

#[cfg(test)]
mod tests {
    use super::{absolute_python, endings, join};

    #[test]
    fn a_relative_import_counts_its_dots_from_the_directory_of_the_file() {
        assert_eq!(absolute_python("a/b/c.py", ".d").as_deref(), Some("a.b.d"));
        assert_eq!(absolute_python("a/b/c.py", "..d.e").as_deref(), Some("a.d.e"));
        assert_eq!(absolute_python("a/b/c.py", "d"), None);
    }

    #[test]
    fn a_path_that_leaves_the_root_names_nothing() {
        assert_eq!(join("a/b", "../c").as_deref(), Some("a/c"));
        assert_eq!(join("a", "../../c"), None);
    }

    #[test]
    fn endings_begin_with_the_whole() {
        assert_eq!(endings("a/b/c", '/').collect::<Vec<_>>(), ["a/b/c", "b/c", "c"]);
        assert_eq!(endings("", '/').count(), 0);
    }
}
