//! A source with what was rendered among its files.

use super::Made;
use bartizan_model::{Skipped, Target};
use bartizan_source::image::{Image, Tree};
use bartizan_source::{
    Before, Consumer, Entry, FileMeta, Handle, Interest, Source, SourceError, Unit, Window,
};
use std::sync::Arc;

pub(super) struct Rendered {
    source: Box<dyn Source>,
    listed: (Vec<Entry>, Vec<Skipped>),
    made: Arc<Made>,
}

impl Rendered {
    pub(super) const fn new(
        source: Box<dyn Source>,
        listed: (Vec<Entry>, Vec<Skipped>),
        made: Arc<Made>,
    ) -> Self {
        Self { source, listed, made }
    }
}

impl Source for Rendered {
    fn target(&self) -> Target {
        self.source.target()
    }

    fn list(&self, skipped: &mut Vec<Skipped>) -> Result<Vec<Entry>, SourceError> {
        let (listed, missed) = &self.listed;
        skipped.extend(missed.iter().cloned());
        skipped.extend(self.made.skipped.iter().cloned());
        let mut entries = listed.clone();
        entries.extend(self.made.files.iter().map(|(path, made)| Entry {
            meta: FileMeta::new(path.as_str(), made.text.len() as u64),
            signature: None,
            // It is found by its path.
            handle: Handle::Index(usize::MAX),
        }));
        Ok(entries)
    }

    fn read(&self, entry: &Entry, buffer: &mut Vec<u8>, consumer: &mut dyn Consumer) {
        let made = self.made.files.get(&*entry.meta.path);
        let Some(made) = made.filter(|_| entry.handle == Handle::Index(usize::MAX)) else {
            return self.source.read(entry, buffer, consumer);
        };
        if consumer.wants(&entry.meta) != Interest::No {
            consumer.unit(Unit {
                meta: &entry.meta,
                bytes: made.text.as_bytes(),
                window: Window::WHOLE,
            });
        }
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
