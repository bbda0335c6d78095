//! The objects of an environment, with the files that they stand in.

use crate::kube::{Object, objects};
use bartizan_document::{Limits, Span};

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub line: u32,
}

/// One environment.
#[derive(Debug, Default)]
pub struct Environment {
    files: Vec<(String, Vec<usize>)>,
    objects: Vec<Placed>,
    unread: Vec<(String, String)>,
    naming: super::matching::Naming,
}

/// An object and the file that it stands in.
#[derive(Debug)]
pub(super) struct Placed {
    pub(super) object: Object,
    file: usize,
}

impl Environment {
    /// An environment of files with manifests, each a path and a text. The order of the files makes no difference.
    #[must_use]
    pub fn of<'t>(files: impl IntoIterator<Item = (&'t str, &'t str)>) -> Self {
        let mut environment = Self::default();
        for (path, text) in files {
            environment.add(path, text);
        }
        environment.objects.sort_by_cached_key(|one| {
            let object = &one.object;
            (
                object.title(),
                object.api_version.clone(),
                object.root.to_json().to_string(),
            )
        });
        environment.naming = super::matching::Naming::of(environment.objects.iter().map(|one| &one.object));
        environment
    }

    fn add(&mut self, path: &str, text: &str) {
        if !bartizan_document::has_objects(text.as_bytes()) {
            return;
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let manifest = objects(text, Limits::default());
        let breaks = memchr::memchr_iter(b'\n', text.as_bytes()).collect();
        self.files.push((path.to_owned(), breaks));
        let file = self.files.len() - 1;
        if manifest.is_template || (text.contains("{{") && manifest.objects.is_empty()) {
            self.unread.push((
                path.to_owned(),
                "it is a template, and was not rendered".to_owned(),
            ));
            return;
        }
        for problem in manifest.errors {
            let line = self.line(file, problem.at);
            self.unread.push((format!("{path}:{line}"), problem.message));
        }
        let made = manifest
            .objects
            .into_iter()
            .filter(|object| object.controller().is_none());
        self.objects.extend(made.map(|object| Placed { object, file }));
    }

    /// What could not be read, as place and reason.
    #[must_use]
    pub fn unread(&self) -> &[(String, String)] {
        &self.unread
    }

    /// How many objects it has.
    #[must_use]
    pub const fn objects(&self) -> usize {
        self.objects.len()
    }

    pub(super) fn object(&self, at: usize) -> Option<&Placed> {
        self.objects.get(at)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Object> {
        self.objects.iter().map(|one| &one.object)
    }

    pub(super) const fn naming(&self) -> &super::matching::Naming {
        &self.naming
    }

    /// Where something of an object is, or the object.
    pub(super) fn place(&self, of: &Placed, at: Option<Span>) -> Option<Place> {
        let (path, _) = self.files.get(of.file)?;
        Some(Place {
            path: path.clone(),
            line: self.line(of.file, at.unwrap_or_else(|| of.object.place())),
        })
    }

    fn line(&self, file: usize, at: Span) -> u32 {
        let before = self.files.get(file).map_or(0, |(_, breaks)| {
            breaks.partition_point(|end| *end < at.start as usize)
        });
        u32::try_from(before + 1).unwrap_or(u32::MAX)
    }
}
