//! The check `image/contents`: notes in the one read of an image what its files need and who owns them.
//!
//! In: the files of layers. Out: facts, kept until the layers are merged ([`Noted`]), because only then it is known which files a
//! container sees.

use super::packages::told;
use super::read::{List, SCRIPT, Told, list_at, read};
use crate::catalog::LARGEST_FILE;
use crate::catalog::binary::may_be_binary;
use crate::in_use::Owners;
use bartizan_engine::{Check, CheckError, Fact, Input, Meta, Sink};
use bartizan_model::{FingerprintBuilder, RuleInfo};
use bartizan_source::image::{Image, NodeKind};
use bartizan_source::{FileMeta, Interest};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Largest list of files that is read, in bytes.
const LARGEST_LIST: u64 = 64 << 20;

/// One file of a layer, and what it tells.
#[derive(Serialize, Deserialize)]
struct Note {
    layer: String,
    told: Told,
}

/// What was noted of an image: by digest of the uncompressed layer and path.
#[derive(Debug, Clone, Default)]
pub struct Noted(Arc<Mutex<Notes>>);

/// Notes by layer and path.
pub(super) type Notes = HashMap<(String, String), Told>;

impl Noted {
    /// Notes a file of a layer.
    pub fn add(&self, layer: &str, path: &str, bytes: &[u8]) {
        if let Some(told) = read(path, bytes, bytes.len() as u64) {
            let key = (layer.to_owned(), path.to_owned());
            self.0
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(key, told);
        }
    }

    /// What package managers, and Python packages, tell of the files that a container sees.
    #[must_use]
    pub fn owners(&self, image: &Image) -> Owners {
        let notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut owners = Owners::default();
        for (_, node) in image.tree.iter().filter(|(_, node)| node.kind == NodeKind::File) {
            if let Some(told) = told(image, &notes, node) {
                owners.take(told.clone());
            }
        }
        owners
    }

    pub(super) fn take(&self) -> Notes {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Notes what the files of an image need, and who owns them.
pub struct ContentsCheck {
    meta: Meta,
    noted: Noted,
}

impl ContentsCheck {
    /// Its id.
    pub const ID: &'static str = "image/contents";

    /// The check; what it notes is found in `noted` once every file was read.
    #[must_use]
    pub fn new(noted: Noted) -> Self {
        let mut digest = [0; 32];
        let finished = FingerprintBuilder::new(Self::ID).part(b"3").finish();
        for (to, from) in digest.iter_mut().zip(finished.as_str().bytes()) {
            *to = from;
        }
        Self {
            meta: Meta {
                id: Self::ID,
                title: "What the image carries and does not need",
                required: false,
                digest,
            },
            noted,
        }
    }
}

impl Check for ContentsCheck {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn rules(&self) -> Vec<RuleInfo> {
        Vec::new()
    }

    fn wants(&self, file: &FileMeta) -> Interest {
        if file.layer.is_none() || file.path.contains("!/") {
            return Interest::No;
        }
        match list_at(&file.path) {
            Some(List::Opaque) => Interest::Head(1),
            Some(List::Rpm) => Interest::Entire(LARGEST_FILE),
            Some(_) => Interest::Entire(LARGEST_LIST),
            None if may_be_binary(&file.path) => Interest::Entire(LARGEST_FILE),
            None => Interest::Head(SCRIPT),
        }
    }

    fn recognises(&self, file: &FileMeta, head: &[u8]) -> bool {
        list_at(&file.path).is_some() || head.starts_with(b"\x7fELF") || head.starts_with(b"#!")
    }

    fn run(&self, input: &Input<'_>, out: &mut Sink) -> Result<(), CheckError> {
        let Some(told) = read(input.path(), input.bytes, input.meta.size) else {
            return Ok(());
        };
        let layer = input.meta.layer.as_deref().unwrap_or_default().to_owned();
        let note = Note { layer, told };
        let text = serde_json::to_string(&note).map_err(|error| CheckError(error.to_string()))?;
        out.fact(text);
        Ok(())
    }

    fn finish(&self, facts: &[Fact], _: &mut Sink) -> Result<(), CheckError> {
        let mut notes = Notes::with_capacity(facts.len());
        for fact in facts {
            let note: Note =
                serde_json::from_str(&fact.data).map_err(|error| CheckError(error.to_string()))?;
            notes.insert((note.layer, fact.path.clone()), note.told);
        }
        *self.noted.0.lock().unwrap_or_else(PoisonError::into_inner) = notes;
        Ok(())
    }
}
