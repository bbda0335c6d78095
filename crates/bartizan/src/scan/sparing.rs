//! Leaves out what the configuration leaves out: files of a source, and files of a check.

use super::Place;
use crate::error::Error;
use bartizan_engine::config::Config;
use bartizan_engine::globs::PathGlobs;
use bartizan_engine::{Check, CheckError, Input, Meta, Sink};
use bartizan_model::{RuleInfo, Skipped, Target};
use bartizan_source::image::{Image, Tree};
use bartizan_source::{
    Before, Consumer, ContentDigests, Entry, FileMeta, Handle, Interest, Source, SourceError, Unit,
};

/// Globs, and what to put before a path to compare it with them.
#[derive(Debug, Clone)]
pub(super) struct Spared {
    pub(super) globs: PathGlobs,
    pub(super) prefix: String,
}

impl Spared {
    pub(super) fn matches(&self, path: &str) -> bool {
        if self.prefix.is_empty() {
            self.globs.matches(path)
        } else {
            self.globs.matches(&format!("{}{path}", self.prefix))
        }
    }
}

/// A source without the files that `scan.exclude` names.
pub(super) struct Excluding {
    pub(super) source: Box<dyn Source>,
    pub(super) spared: Spared,
}

impl Source for Excluding {
    fn target(&self) -> Target {
        self.source.target()
    }

    fn list(&self, skipped: &mut Vec<Skipped>) -> Result<Vec<Entry>, SourceError> {
        let mut missed = Vec::new();
        let mut entries = self.source.list(&mut missed)?;
        entries.retain(|entry| !self.spared.matches(&entry.meta.path));
        skipped.extend(
            missed
                .into_iter()
                .filter(|thing| !self.spared.matches(&thing.path)),
        );
        Ok(entries)
    }

    fn read(&self, entry: &Entry, buffer: &mut Vec<u8>, consumer: &mut dyn Consumer) {
        // The files of an image are members of its layers, and no archive's.
        if matches!(entry.handle, Handle::Index(_)) && self.target().kind == "image" {
            let spared = &self.spared;
            return self.source.read(entry, buffer, &mut Without { spared, consumer });
        }
        self.source.read(entry, buffer, consumer);
    }

    fn around(&self) -> Option<&dyn Source> {
        self.source.around()
    }

    fn before(&self, entry: &Entry) -> Before {
        self.source.before(entry)
    }

    fn kept(&self, entry: &Entry) -> Option<Vec<u8>> {
        self.source.kept(entry)
    }

    fn restore(&self, entry: &Entry, kept: &[u8]) -> bool {
        self.source.restore(entry, kept)
    }

    fn image(&self) -> Option<Result<Image, SourceError>> {
        self.source.image()
    }

    fn root(&self) -> Option<Tree> {
        self.source.root()
    }
}

/// Tells a consumer nothing of the files that `scan.exclude` names.
struct Without<'a> {
    spared: &'a Spared,
    consumer: &'a mut dyn Consumer,
}

impl Consumer for Without<'_> {
    fn wants(&mut self, meta: &FileMeta) -> Interest {
        if self.spared.matches(&meta.path) {
            Interest::No
        } else {
            self.consumer.wants(meta)
        }
    }

    fn unit(&mut self, unit: Unit<'_>) {
        self.consumer.unit(unit);
    }

    fn skipped(&mut self, skipped: Skipped) {
        if !self.spared.matches(&skipped.path) {
            self.consumer.skipped(skipped);
        }
    }

    fn stopped(&self) -> bool {
        self.consumer.stopped()
    }

    fn read_so_far(&mut self, bytes: u64) {
        self.consumer.read_so_far(bytes);
    }

    fn expanded(&mut self, meta: &FileMeta, content: &mut dyn FnMut() -> Option<ContentDigests>) {
        self.consumer.expanded(meta, content);
    }
}

/// A check that does not look at the files that `leak.allow-paths` names.
pub(super) struct Sparing {
    pub(super) check: Box<dyn Check>,
    pub(super) spared: Spared,
}

impl Check for Sparing {
    fn meta(&self) -> &Meta {
        self.check.meta()
    }

    fn rules(&self) -> Vec<RuleInfo> {
        self.check.rules()
    }

    fn recognises(&self, file: &FileMeta, head: &[u8]) -> bool {
        self.check.recognises(file, head)
    }

    fn looks_at_files(&self) -> bool {
        self.check.looks_at_files()
    }

    fn wants(&self, file: &FileMeta) -> Interest {
        if self.spared.matches(&file.path) {
            Interest::No
        } else {
            self.check.wants(file)
        }
    }

    fn run(&self, input: &Input<'_>, out: &mut Sink) -> Result<(), CheckError> {
        self.check.run(input, out)
    }
}

/// The check for leaked credentials without the files of `leak.allow-paths`.
pub(super) fn leak(check: Box<dyn Check>, config: &Config, place: &Place) -> Result<Box<dyn Check>, Error> {
    let globs = config.list("leak.allow-paths");
    if globs.is_empty() {
        return Ok(check);
    }
    let prefix = super::source::prefix(config, "leak.allow-paths", place);
    Ok(Box::new(Sparing {
        check,
        spared: Spared {
            globs: PathGlobs::new(globs)?,
            prefix,
        },
    }))
}
