//! One file whose bytes are at hand already, such as what an editor has not written yet.
//!
//! In: a path and bytes. Out: one entry of that path, in windows when it is large.

use crate::window::deliver_slice;
use crate::{Consumer, Entry, FileMeta, Handle, Source, SourceError, SourceOptions};
use bartizan_model::{Skipped, Target};
use std::fmt;
use std::sync::Arc;

/// Bytes in memory as a source with one entry.
pub struct TextSource {
    path: Arc<str>,
    bytes: Arc<[u8]>,
    options: SourceOptions,
    around: Option<Box<dyn Source>>,
}

impl fmt::Debug for TextSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TextSource")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl TextSource {
    /// A file of this path, relative to the target and with `/`.
    #[must_use]
    pub fn new(path: &str, bytes: Arc<[u8]>, options: &SourceOptions) -> Self {
        Self {
            path: path.into(),
            bytes,
            options: options.clone(),
            around: None,
        }
    }

    /// The same, as a part of what another source holds.
    #[must_use]
    pub fn within(self, around: Box<dyn Source>) -> Self {
        Self {
            around: Some(around),
            ..self
        }
    }
}

impl Source for TextSource {
    fn target(&self) -> Target {
        Target {
            name: self.path.to_string(),
            kind: "text".to_owned(),
            commit: None,
            ..Target::default()
        }
    }

    fn list(&self, _: &mut Vec<Skipped>) -> Result<Vec<Entry>, SourceError> {
        Ok(vec![Entry {
            meta: FileMeta::new(Arc::clone(&self.path), self.bytes.len() as u64),
            signature: None,
            handle: Handle::Index(0),
        }])
    }

    fn around(&self) -> Option<&dyn Source> {
        self.around.as_deref()
    }

    fn read(&self, entry: &Entry, _: &mut Vec<u8>, consumer: &mut dyn Consumer) {
        let want = consumer.wants(&entry.meta);
        deliver_slice(&entry.meta, want, self.options.windows, &self.bytes, consumer);
    }
}
