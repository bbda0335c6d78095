//! Reads the manifests of a target in the engine's one pass.

use crate::error::Error;
use crate::interrupt;
use bartizan_deploy::rbac::{Manifest, Note, Permissions};
use bartizan_engine::{Check, CheckError, Input, Meta, RunOptions, Silent, Sink};
use bartizan_model::{CheckStatus, RuleInfo};
use bartizan_source::{FileMeta, Interest, SourceOptions};
use std::sync::{Arc, Mutex, PoisonError};

/// Largest manifest that is read, in bytes.
const LARGEST: u64 = 64 << 20;

/// What the manifests of a target grant, and what of it was not read.
pub(super) fn permissions(target: &str) -> Result<(Permissions, Vec<Note>), Error> {
    let source = bartizan_source::open(target, &SourceOptions::default())?;
    let read = Arc::new(Mutex::new(Vec::new()));
    let reader = Reader {
        meta: Meta {
            id: "deploy/rbac",
            title: "Who may do what in a cluster",
            required: true,
            digest: [0; 32],
        },
        is_file: target == "-" || std::path::Path::new(target).is_file(),
        read: Arc::clone(&read),
    };
    let options = RunOptions {
        jobs: 0,
        cache: None,
        identify: false,
        interrupt: interrupt::install(target == "-"),
        progress: &Silent,
    };
    let checks: [Box<dyn Check>; 1] = [Box::new(reader)];
    let outcome = bartizan_engine::run(source.as_ref(), &checks, &options)?;
    if outcome.interrupted {
        return Err(Error::interrupted());
    }
    let note = |path: String, message: String| Note {
        path,
        line: 0,
        message,
    };
    let skipped = outcome.skipped.into_iter().filter(|skipped| skipped.required);
    let mut unread: Vec<Note> = skipped
        .map(|skipped| note(skipped.path, skipped.reason))
        .collect();
    let errors = outcome.checks.into_iter().flat_map(|check| match check.status {
        CheckStatus::Ran => Vec::new(),
        CheckStatus::Partial { errors } => errors,
        CheckStatus::Skipped { reason } => vec![reason],
        CheckStatus::Failed { error } => vec![error],
    });
    unread.extend(errors.map(|error| note(target.to_owned(), error)));
    let mut manifests = std::mem::take(&mut *read.lock().unwrap_or_else(PoisonError::into_inner));
    manifests.sort_by(|one: &Manifest, other| one.path.cmp(&other.path));
    Ok((Permissions::of(manifests), unread))
}

struct Reader {
    meta: Meta,
    /// Whether the target is one file, whatever it is called.
    is_file: bool,
    read: Arc<Mutex<Vec<Manifest>>>,
}

impl Check for Reader {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn rules(&self) -> Vec<RuleInfo> {
        Vec::new()
    }

    fn wants(&self, file: &FileMeta) -> Interest {
        if self.is_file || Manifest::is_one(&file.path) {
            Interest::Entire(LARGEST)
        } else {
            Interest::No
        }
    }

    fn run(&self, input: &Input<'_>, _out: &mut Sink) -> Result<(), CheckError> {
        let path = &*input.meta.path;
        let text = std::str::from_utf8(input.bytes);
        let text = text.map_err(|error| CheckError(format!("{path}: it is no UTF-8 text: {error}")))?;
        let manifest = Manifest::read(path, text);
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.push(manifest);
        Ok(())
    }
}
