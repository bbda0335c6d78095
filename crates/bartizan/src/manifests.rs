//! Manifests of a target for the verbs that make a picture of them, in the engine's one pass, with charts and kustomizations rendered.

use crate::error::Error;
use crate::interrupt;
use crate::place;
use crate::render::{self, Rendering};
use crate::terminal::Terminal;
use bartizan_deploy::reach::Note;
use bartizan_document::is_manifest;
use bartizan_engine::{Check, CheckError, Input, Meta, RunOptions, Silent, Sink};
use bartizan_model::{CheckStatus, RuleInfo};
use bartizan_source::{FileMeta, Interest, SourceOptions};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Largest manifest that is read, in bytes.
const LARGEST: u64 = 64 << 20;
/// Most notes that are printed without `-v`.
const SHOWN: usize = 20;

/// What was read of a target.
pub(crate) struct Read<T> {
    /// By path, in order.
    pub(crate) files: Vec<(String, T)>,
    /// What was not read.
    pub(crate) unread: Vec<Note>,
    /// Where what was rendered comes from.
    pub(crate) rendering: Option<Rendering>,
}

/// Reads the manifests of a target by `make`; every file where the target is one, or was recorded of a cluster.
pub(crate) fn read<T: Send + 'static>(
    target: &str,
    values: &[PathBuf],
    make: impl Fn(&str, &str) -> T + Send + Sync + 'static,
) -> Result<Read<T>, Error> {
    let source = bartizan_source::open(target, &SourceOptions::default())?;
    let root = Path::new(target);
    let options = render::Options {
        enabled: root.is_dir(),
        values: values.to_vec(),
    };
    let (source, rendering) = render::of(source, render::Scope::All(root), &options, &|_| false)?;
    let read = Arc::new(Mutex::new(Vec::new()));
    let reads_all = target == "-" || place::is_recorded(target) || root.is_file();
    let reader = Reader {
        meta: Meta {
            id: "deploy/manifests",
            title: "Manifests",
            required: true,
            digest: [0; 32],
        },
        reads_all,
        make: Box::new(make),
        read: Arc::clone(&read),
    };
    let options = RunOptions {
        jobs: 0,
        cache: None,
        identify: false,
        interrupt: interrupt::install(target == "-"),
        progress: &Silent,
    };
    let checks: Vec<Box<dyn Check>> = vec![Box::new(reader)];
    let checks = match &rendering {
        Some(rendering) => rendering.wrap(checks),
        None => checks,
    };
    let outcome = bartizan_engine::run(source.as_ref(), &checks, &options)?;
    if outcome.interrupted {
        return Err(Error::interrupted());
    }
    let skipped = outcome.skipped.into_iter().filter(|skipped| skipped.required);
    let note = |place, message| Note { place, message };
    let mut unread: Vec<Note> = skipped
        .map(|skipped| note(skipped.path, skipped.reason))
        .collect();
    let errors = outcome.checks.into_iter().flat_map(|check| match check.status {
        CheckStatus::Ran | CheckStatus::NotApplicable { .. } => Vec::new(),
        CheckStatus::Partial { errors } => errors,
        CheckStatus::Skipped { reason } => vec![reason],
        CheckStatus::Failed { error } => vec![error],
    });
    unread.extend(errors.map(|error| note(target.to_owned(), error)));
    let mut files = std::mem::take(&mut *read.lock().unwrap_or_else(PoisonError::into_inner));
    files.sort_by(|(one, _): &(String, T), (other, _)| one.cmp(other));
    Ok(Read {
        files,
        unread,
        rendering,
    })
}

type Make<T> = dyn Fn(&str, &str) -> T + Send + Sync;

struct Reader<T> {
    meta: Meta,
    /// Whether every file is one, whatever it is called.
    reads_all: bool,
    make: Box<Make<T>>,
    read: Arc<Mutex<Vec<(String, T)>>>,
}

impl<T: Send> Check for Reader<T> {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn rules(&self) -> Vec<RuleInfo> {
        Vec::new()
    }

    fn wants(&self, file: &FileMeta) -> Interest {
        if self.reads_all || is_manifest(&file.path) {
            Interest::Entire(LARGEST)
        } else {
            Interest::No
        }
    }

    fn run(&self, input: &Input<'_>, _out: &mut Sink) -> Result<(), CheckError> {
        let path = &*input.meta.path;
        let text = input
            .text()
            .map_err(|error| CheckError(format!("{path}: {error}")))?;
        let made = (self.make)(path, text);
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.push((path.to_owned(), made));
        Ok(())
    }
}

/// Says what was not read or not understood.
pub(crate) fn say(notes: &[Note], terminal: Terminal) {
    let shown = if terminal.verbose > 0 { notes.len() } else { SHOWN };
    for note in notes.iter().take(shown) {
        terminal.warn(format_args!("{}: {}", line(&note.place), line(&note.message)));
    }
    if notes.len() > shown {
        terminal.warn(format_args!("and {} more; `-v` names them", notes.len() - shown));
    }
}

/// A text of the manifests on one line, without what a terminal acts on.
pub(crate) fn line(text: &str) -> String {
    let harmless = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    harmless.collect()
}
