//! What was recorded of a cluster.
//!
//! In: `k8s:DIR`, a directory of lists as `kubectl get -o json` prints them, or one such file. Out: its files, all of them: no ignore file counts.

use super::DirSource;
use crate::{Consumer, Entry, Source, SourceError, SourceOptions};
use bartizan_model::{Skipped, Target};

/// Lists of the objects of a cluster.
#[derive(Debug)]
pub struct RecordedSource {
    name: String,
    files: DirSource,
}

impl RecordedSource {
    /// The lists in the directory `path`; `target` is its name in reports.
    ///
    /// # Errors
    /// When there is nothing at `path` or it is neither a directory nor a regular file.
    pub fn open(target: &str, path: &str, options: &SourceOptions) -> Result<Self, SourceError> {
        let options = SourceOptions {
            respect_ignore: false,
            ..options.clone()
        };
        Ok(Self {
            name: target.to_owned(),
            files: DirSource::open(path, &options)?,
        })
    }
}

impl Source for RecordedSource {
    fn target(&self) -> Target {
        Target {
            name: self.name.clone(),
            kind: "cluster".to_owned(),
            ..Target::default()
        }
    }

    fn list(&self, skipped: &mut Vec<Skipped>) -> Result<Vec<Entry>, SourceError> {
        self.files.list(skipped)
    }

    fn read(&self, entry: &Entry, buffer: &mut Vec<u8>, consumer: &mut dyn Consumer) {
        self.files.read(entry, buffer, consumer);
    }
}
