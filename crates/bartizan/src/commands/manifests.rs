//! Manifests of a target, for verbs that ask something of all of them together.
//!
//! In: a target of `bartizan scan`. Out: what the verb makes of each manifest, in the order of their paths, and what was not read.

use crate::error::Error;
use crate::interrupt;
use crate::terminal::Terminal;
use bartizan_deploy::reach::{Manifest, Note};
use bartizan_engine::{Check, CheckError, Input, Meta, RunOptions, Silent, Sink};
use bartizan_model::{CheckStatus, RuleInfo};
use bartizan_source::{FileMeta, Interest, SourceOptions};
use std::sync::{Arc, Mutex, PoisonError};

/// Largest manifest that is read, in bytes.
const LARGEST: u64 = 64 << 20;
/// Most notes that are printed without `-v`.
const SHOWN: usize = 20;

/// What was made of each manifest, with its path.
type Read<T> = Vec<(String, T)>;

/// Reads the manifests of a target; `make` is given the path and the text of each.
pub(super) fn read<T: Send + 'static>(
    target: &str,
    make: fn(&str, &str) -> T,
) -> Result<(Read<T>, Vec<Note>), Error> {
    let source = bartizan_source::open(target, &SourceOptions::default())?;
    let read = Arc::new(Mutex::new(Vec::new()));
    let reader = Reader {
        meta: Meta {
            id: "deploy/manifests",
            title: "Manifests",
            required: true,
            digest: [0; 32],
        },
        is_file: target == "-" || std::path::Path::new(target).is_file(),
        make,
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
    let skipped = outcome.skipped.into_iter().filter(|skipped| skipped.required);
    let mut unread: Vec<Note> = skipped
        .map(|skipped| Note {
            place: skipped.path,
            message: skipped.reason,
        })
        .collect();
    let errors = outcome.checks.into_iter().flat_map(|check| match check.status {
        CheckStatus::Ran => Vec::new(),
        CheckStatus::Partial { errors } => errors,
        CheckStatus::Skipped { reason } => vec![reason],
        CheckStatus::Failed { error } => vec![error],
    });
    unread.extend(errors.map(|error| Note {
        place: target.to_owned(),
        message: error,
    }));
    let mut files = std::mem::take(&mut *read.lock().unwrap_or_else(PoisonError::into_inner));
    files.sort_by(|(one, _): &(String, T), (other, _)| one.cmp(other));
    Ok((files, unread))
}

/// Reads manifests in the engine's one pass.
struct Reader<T> {
    meta: Meta,
    /// Whether the target is one file, whatever it is called.
    is_file: bool,
    make: fn(&str, &str) -> T,
    read: Arc<Mutex<Read<T>>>,
}

impl<T: Send> Check for Reader<T> {
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
        let made = (self.make)(path, text);
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.push((path.to_owned(), made));
        Ok(())
    }
}

/// Says what was not read or not understood.
pub(super) fn say(notes: &[Note], terminal: Terminal) {
    let shown = if terminal.verbose > 0 { notes.len() } else { SHOWN };
    for note in notes.iter().take(shown) {
        terminal.warn(format_args!("{}: {}", line(&note.place), line(&note.message)));
    }
    if notes.len() > shown {
        terminal.warn(format_args!("and {} more; `-v` names them", notes.len() - shown));
    }
}

/// A text of the manifests on one line, without what a terminal acts on.
pub(super) fn line(text: &str) -> String {
    let harmless = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    harmless.collect()
}
