//! The thread that judges documents.
//!
//! In: documents as they change. Out: diagnostics to the editor, and [`Judged`] documents kept for its questions. A document is judged
//! once nothing came for a moment, and only as it is then.

use super::answer::Judged;
use super::text::Text;
use crate::args::{Common, ScanArgs};
use crate::scan::{self, Request, Unsaved};
use crate::terminal::Terminal;
use bartizan_model::Finding;
use lsp_server::{Message, Notification};
use lsp_types::notification::{Notification as _, PublishDiagnostics, ShowMessage};
use lsp_types::{Diagnostic, MessageType, PublishDiagnosticsParams, ShowMessageParams, Uri};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long nothing must have come before documents are judged.
const CALM: Duration = Duration::from_millis(80);

/// A document to judge.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) uri: Uri,
    /// The directory that its path is relative to.
    pub(super) root: PathBuf,
    pub(super) path: String,
    pub(super) version: i32,
    pub(super) text: Text,
}

/// What was judged last of each document, by its address.
pub(super) type Kept = Arc<Mutex<BTreeMap<String, Arc<Judged>>>>;

/// Judges what comes until nobody is left to send.
pub(super) struct Judge<'s> {
    pub(super) common: &'s Common,
    pub(super) terminal: Terminal,
    pub(super) kept: Kept,
    pub(super) out: &'s dyn Fn(Message),
}

impl Judge<'_> {
    pub(super) fn run(&self, jobs: &Receiver<Job>) {
        let mut said = String::new();
        while let Ok(first) = jobs.recv() {
            let mut waiting = BTreeMap::from([(first.uri.to_string(), first)]);
            while let Ok(next) = jobs.recv_timeout(CALM) {
                waiting.insert(next.uri.to_string(), next);
            }
            for (key, job) in waiting {
                self.one(key, job, &mut said);
            }
        }
    }

    /// Judges one document. What stands in the way, a mistake in the configuration above all, is said once.
    fn one(&self, key: String, job: Job, said: &mut String) {
        let unsaved = Unsaved {
            path: job.path.clone(),
            bytes: job.text.as_str().as_bytes().into(),
        };
        let request = ScanArgs::of(&job.root.to_string_lossy());
        let done = scan::run(&Request {
            common: self.common,
            scan: &request,
            stage: None,
            inventory: scan::Inventory::No,
            unsaved: Some(&unsaved),
            terminal: self.terminal,
        });
        let (findings, rules) = match done {
            Ok(done) => {
                said.clear();
                let here = |one: &Finding| {
                    !one.is_waived() && one.locations.iter().any(|place| place.path == job.path)
                };
                (
                    done.report.findings.into_iter().filter(here).collect(),
                    done.rules,
                )
            }
            Err(error) => {
                if error.code != crate::error::Code::Nothing && *said != error.message {
                    said.clone_from(&error.message);
                    self.show(&error);
                }
                (Vec::new(), BTreeMap::new())
            }
        };
        let judged = Arc::new(Judged {
            uri: job.uri,
            path: job.path,
            version: job.version,
            text: job.text,
            findings,
            rules,
        });
        let diagnostics = judged.diagnostics();
        let (uri, version) = (judged.uri.clone(), judged.version);
        self.kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(key, judged);
        publish(self.out, uri, Some(version), diagnostics);
    }

    fn show(&self, error: &crate::error::Error) {
        let help = error
            .help
            .as_ref()
            .map_or(String::new(), |help| format!("; {help}"));
        let params = ShowMessageParams {
            typ: MessageType::ERROR,
            message: format!("bartizan: {}{help}", error.message),
        };
        (self.out)(Message::Notification(Notification::new(
            ShowMessage::METHOD.to_owned(),
            params,
        )));
    }
}

/// Tells the editor what there is to say of a document.
pub(super) fn publish(out: &dyn Fn(Message), uri: Uri, version: Option<i32>, diagnostics: Vec<Diagnostic>) {
    let params = PublishDiagnosticsParams::new(uri, diagnostics, version);
    out(Message::Notification(Notification::new(
        PublishDiagnostics::METHOD.to_owned(),
        params,
    )));
}
