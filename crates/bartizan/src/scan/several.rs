//! Several targets as one source. Paths keep the name of their target in front, so that they stay apart.

use bartizan_model::{Skipped, Target};
use bartizan_source::{
    Consumer, ContentDigests, Entry, FileMeta, Handle, Interest, Source, SourceError, Unit,
};
use std::sync::Arc;
use std::sync::PoisonError;
use std::sync::RwLock;

/// Several sources, one after the other.
pub(super) struct Several {
    parts: Vec<Part>,
    /// For each entry listed: its part, and the entry as that part knows it.
    listed: RwLock<Vec<(usize, Entry)>>,
}

struct Part {
    prefix: String,
    source: Box<dyn Source>,
    /// A file as target: its path is the target itself.
    is_file: bool,
}

impl Several {
    pub(super) fn new(parts: Vec<(String, Box<dyn Source>)>) -> Self {
        let parts = parts
            .into_iter()
            .map(|(name, source)| {
                let name = name.trim_start_matches("./").trim_end_matches('/').to_owned();
                let is_file = source.target().kind == "file";
                let prefix = if name.is_empty() || name == "." {
                    String::new()
                } else {
                    format!("{name}/")
                };
                Part {
                    prefix,
                    source,
                    is_file,
                }
            })
            .collect();
        Self {
            parts,
            listed: RwLock::default(),
        }
    }
}

impl Part {
    fn rename(&self, path: &str) -> Arc<str> {
        if self.is_file {
            // `archive!/member` keeps its member.
            let member = path
                .split_once("!/")
                .map_or(String::new(), |(_, member)| format!("!/{member}"));
            return format!("{}{member}", self.prefix.trim_end_matches('/')).into();
        }
        format!("{}{path}", self.prefix).into()
    }
}

impl Source for Several {
    fn target(&self) -> Target {
        if let [part] = self.parts.as_slice() {
            return Target {
                name: part.prefix.trim_end_matches('/').to_owned(),
                kind: "sbom".to_owned(),
                ..part.source.target()
            };
        }
        let names: Vec<String> = self.parts.iter().map(|part| part.source.target().name).collect();
        let commit = self.parts.iter().find_map(|part| part.source.target().commit);
        Target {
            name: names.join(" "),
            kind: "dir".to_owned(),
            commit,
            ..Target::default()
        }
    }

    fn list(&self, skipped: &mut Vec<Skipped>) -> Result<Vec<Entry>, SourceError> {
        let mut listed = Vec::new();
        let mut shown = Vec::new();
        for (number, part) in self.parts.iter().enumerate() {
            let mut missed = Vec::new();
            for entry in part.source.list(&mut missed)? {
                let mut outer = entry.clone();
                outer.meta.path = part.rename(&entry.meta.path);
                outer.handle = Handle::Index(listed.len());
                shown.push(outer);
                listed.push((number, entry));
            }
            skipped.extend(missed.into_iter().map(|thing| Skipped {
                path: part.rename(&thing.path).to_string(),
                ..thing
            }));
        }
        *self.listed.write().unwrap_or_else(PoisonError::into_inner) = listed;
        Ok(shown)
    }

    fn read(&self, entry: &Entry, buffer: &mut Vec<u8>, consumer: &mut dyn Consumer) {
        let Handle::Index(index) = entry.handle else {
            return;
        };
        let found = self
            .listed
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(index)
            .cloned();
        let Some((number, inner)) = found else { return };
        if let Some(part) = self.parts.get(number) {
            part.source.read(&inner, buffer, &mut Renaming { part, consumer });
        }
    }
}

/// Tells a consumer the paths with the name of the target in front.
struct Renaming<'a> {
    part: &'a Part,
    consumer: &'a mut dyn Consumer,
}

impl Renaming<'_> {
    fn renamed(&self, meta: &FileMeta) -> FileMeta {
        FileMeta {
            path: self.part.rename(&meta.path),
            ..meta.clone()
        }
    }
}

impl Consumer for Renaming<'_> {
    fn wants(&mut self, meta: &FileMeta) -> Interest {
        let meta = self.renamed(meta);
        self.consumer.wants(&meta)
    }

    fn unit(&mut self, unit: Unit<'_>) {
        let meta = self.renamed(unit.meta);
        self.consumer.unit(Unit { meta: &meta, ..unit });
    }

    fn skipped(&mut self, skipped: Skipped) {
        let path = self.part.rename(&skipped.path).to_string();
        self.consumer.skipped(Skipped { path, ..skipped });
    }

    fn stopped(&self) -> bool {
        self.consumer.stopped()
    }

    fn expanded(&mut self, meta: &FileMeta, content: &mut dyn FnMut() -> Option<ContentDigests>) {
        let meta = self.renamed(meta);
        self.consumer.expanded(&meta, content);
    }
}
