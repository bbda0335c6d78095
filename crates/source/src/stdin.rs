//! Standard input, or any other reader that can be read once.
//!
//! In: a reader. Out: one entry named `stdin`, in windows when it is large.

use crate::archive::deliver_reader;
use crate::{Consumer, Entry, FileMeta, Handle, Interest, Source, SourceError, SourceOptions};
use bartizan_model::{Skipped, Target};
use std::fmt;
use std::io::Read;
use std::sync::{Mutex, PoisonError};

/// A reader as a source with one entry, which can be read once.
pub struct StdinSource {
    reader: Mutex<Option<Box<dyn Read + Send>>>,
    options: SourceOptions,
}

impl fmt::Debug for StdinSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StdinSource").finish_non_exhaustive()
    }
}

impl StdinSource {
    /// What `reader` gives.
    #[must_use]
    pub fn new(reader: Box<dyn Read + Send>, options: &SourceOptions) -> Self {
        Self {
            reader: Mutex::new(Some(reader)),
            options: options.clone(),
        }
    }
}

impl Source for StdinSource {
    fn target(&self) -> Target {
        Target {
            name: "-".to_owned(),
            kind: "stdin".to_owned(),
            commit: None,
            ..Target::default()
        }
    }

    fn list(&self, _: &mut Vec<Skipped>) -> Result<Vec<Entry>, SourceError> {
        let meta = FileMeta::new("stdin", 0);
        Ok(vec![Entry {
            meta,
            signature: None,
            handle: Handle::Index(0),
        }])
    }

    fn read(&self, entry: &Entry, buffer: &mut Vec<u8>, consumer: &mut dyn Consumer) {
        let want = consumer.wants(&entry.meta);
        if want == Interest::No {
            return;
        }
        let reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(reader) = reader else {
            return consumer.skipped(crate::skip(
                &entry.meta,
                "standard input was read already; it can be read once",
            ));
        };
        let outcome = deliver_reader(
            &mut { reader },
            (&entry.meta, want),
            &self.options,
            buffer,
            consumer,
        );
        if let Err(error) = outcome {
            consumer.skipped(crate::skip(
                &entry.meta,
                &format!("reading it failed part way: {error}"),
            ));
        }
    }
}
