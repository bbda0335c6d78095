//! Reading blobs for the sources that found them.

use super::object::{Decoder, Kind, ObjectError, Stream};
use super::repository::Repository;
use crate::archive::{Expander, Input, deliver_reader, format_of};
use crate::window::deliver_slice;
use crate::{Consumer, Entry, FileMeta, Handle, Interest, Signature, SourceOptions, skip};
use bartizan_model::Skipped;
use gix::ObjectId;
use std::collections::HashMap;
use std::io::Cursor;
use std::sync::{Mutex, PoisonError};
use std::thread::ThreadId;

/// Reads blobs of one repository, with one decoder a thread.
#[derive(Debug)]
pub(super) struct Blobs {
    pub(super) repository: Repository,
    pub(super) options: SourceOptions,
    decoders: Mutex<HashMap<ThreadId, Decoder>>,
}

/// The entry of a blob.
pub(super) fn entry(meta: FileMeta, id: &ObjectId) -> Entry {
    let id = id.as_slice().to_vec();
    Entry {
        meta,
        signature: Some(Signature::Object(id.clone())),
        handle: Handle::Object(id),
    }
}

/// What is said of submodules, which are repositories of their own.
pub(super) fn submodule(path: String) -> Skipped {
    let reason = "it is a submodule; scan its own repository".to_owned();
    Skipped {
        path,
        reason,
        required: false,
    }
}

impl Blobs {
    pub(super) fn new(repository: Repository, options: &SourceOptions) -> Self {
        Self {
            repository,
            options: options.clone(),
            decoders: Mutex::default(),
        }
    }

    pub(super) fn read(&self, entry: &Entry, consumer: &mut dyn Consumer, buffer: &mut Vec<u8>) {
        let Handle::Object(id) = &entry.handle else {
            return consumer.skipped(skip(&entry.meta, "it does not belong to this repository"));
        };
        let Ok(id) = ObjectId::try_from(id.as_slice()) else {
            return consumer.skipped(skip(&entry.meta, "it does not belong to this repository"));
        };
        let want = consumer.wants(&entry.meta);
        if want == Interest::No {
            return;
        }
        let mut decoder = self.take_decoder();
        let outcome = self.decode(&mut decoder, &id, entry, want, buffer, consumer);
        self.decoders
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(std::thread::current().id(), decoder);
        if let Err(error) = outcome {
            consumer.skipped(skip(&entry.meta, &format!("blob {id}: {error}")));
        }
    }

    fn take_decoder(&self) -> Decoder {
        let mut decoders = self.decoders.lock().unwrap_or_else(PoisonError::into_inner);
        let decoder = decoders.remove(&std::thread::current().id());
        drop(decoders);
        decoder.unwrap_or_else(|| self.repository.decoder())
    }

    fn decode(
        &self,
        decoder: &mut Decoder,
        id: &ObjectId,
        entry: &Entry,
        want: Interest,
        buffer: &mut Vec<u8>,
        consumer: &mut dyn Consumer,
    ) -> Result<(), ObjectError> {
        let mut meta = entry.meta.clone();
        match decoder.decode(&self.repository.store, id) {
            Ok(object) if object.kind == Kind::Blob => {
                meta.size = object.data.len() as u64;
                if let Some(format) = format_of(&self.options, &object.data, &meta.path) {
                    let mut bytes = Cursor::new(object.data.as_slice());
                    let input = Input::seekable(&mut bytes);
                    Expander::new(&self.options, &meta, buffer, consumer).expand(format, input);
                    return Ok(());
                }
                deliver_slice(&meta, want, self.options.windows, &object.data, consumer);
                Ok(())
            }
            Ok(_) => Err(ObjectError::Corrupt("it is no blob".to_owned())),
            Err(error @ ObjectError::TooLarge { .. }) => {
                let stream = self.repository.store.stream(id)?.ok_or(error)?;
                meta.size = stream.size;
                let whole = want.is_all();
                let Stream { size, mut reader } = stream;
                let read = deliver_reader(&mut reader, (&meta, want), &self.options, buffer, consumer)
                    .map_err(|error| ObjectError::Corrupt(error.to_string()))?;
                if whole && !consumer.stopped() && read.is_some_and(|bytes| bytes < size) {
                    return Err(ObjectError::Corrupt("it is truncated".to_owned()));
                }
                Ok(())
            }
            Err(error) => Err(error),
        }
    }
}
