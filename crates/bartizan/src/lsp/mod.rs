//! The language server: what is wrong with a document, while it is written.
//!
//! In: messages of the Language Server Protocol 3.17 (<https://microsoft.github.io/language-server-protocol/>). Out: diagnostics, and
//! answers about them. A document is judged by the checks of `bartizan scan` as the one file of its directory that changed: what only the
//! whole directory can tell is left to `scan`. Nothing is written to disk.

mod answer;
mod comment;
mod judge;
mod text;

use crate::args::Common;
use crate::error::{Error, Outcome};
use crate::terminal::Terminal;
use bartizan_engine::config::repository_root;
use bartizan_engine::system::{Machine, System};
use bartizan_model::encoding::percent_decoded;
use judge::{Job, Judge, Kept, publish};
use lsp_server::{Connection, ErrorCode, ExtractError, Message, Notification, Request, Response};
use lsp_types::notification::{
    DidChangeTextDocument, DidChangeWatchedFiles, DidCloseTextDocument, DidOpenTextDocument,
    DidSaveTextDocument, Notification as _,
};
use lsp_types::request::{CodeActionRequest, HoverRequest, Request as _};
use lsp_types::{
    CodeActionKind, CodeActionOptions, CodeActionProviderCapability, HoverProviderCapability,
    InitializeParams, InitializeResult, PositionEncodingKind, SaveOptions, ServerCapabilities, ServerInfo,
    TextDocumentSyncCapability, TextDocumentSyncKind, TextDocumentSyncOptions, TextDocumentSyncSaveOptions,
    Uri,
};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, PoisonError};
use text::{Columns, Text};

/// Serves the editor at the other end of standard input and output until it leaves.
pub(crate) fn run(common: &Common, terminal: Terminal) -> Outcome {
    let (connection, threads) = Connection::stdio();
    let outcome = serve(&connection, common, terminal);
    // The thread that writes ends when nobody is left to send it anything.
    drop(connection);
    let joined = threads.join();
    let code = outcome?;
    joined.map_err(|error| broken(&error))?;
    Ok(code)
}

fn broken(error: &dyn std::fmt::Display) -> Error {
    Error::usage(
        format!("the conversation with the editor broke off: {error}"),
        "`bartizan lsp` is started by an editor, which speaks with it on standard input; see docs/editors.md",
    )
}

fn serve(connection: &Connection, common: &Common, terminal: Terminal) -> Outcome {
    let (id, params) = connection.initialize_start().map_err(|error| broken(&error))?;
    let params: InitializeParams = serde_json::from_value(params).map_err(|error| broken(&error))?;
    let columns = columns(&params);
    let result = serde_json::to_value(answered(columns)).map_err(|error| broken(&error))?;
    connection
        .initialize_finish(id, result)
        .map_err(|error| broken(&error))?;

    let kept = Kept::default();
    let (jobs, waiting) = channel();
    let mut editor = Editor {
        roots: roots(&params),
        columns,
        documents: BTreeMap::new(),
        jobs,
        kept: Arc::clone(&kept),
    };
    let sender = connection.sender.clone();
    let out = move |message: Message| {
        // An editor that is gone wants no answer.
        let _ = sender.send(message);
    };
    std::thread::scope(|scope| {
        let judging = &out;
        // Standard error is the editor's log: the last line of each scan would fill it.
        let terminal = Terminal {
            quiet: true,
            progress: false,
            ..terminal
        };
        let worker = std::thread::Builder::new().spawn_scoped(scope, move || {
            Judge {
                common,
                terminal,
                kept,
                out: judging,
            }
            .run(&waiting);
        });
        let worker = worker.map_err(|error| broken(&error))?;
        let ended = editor.listen(connection, &out);
        drop(editor);
        if let Err(panic) = worker.join() {
            std::panic::resume_unwind(panic);
        }
        ended
    })
}

/// Bytes where the editor can count them, which costs nobody a conversion.
fn columns(params: &InitializeParams) -> Columns {
    let offered = params
        .capabilities
        .general
        .as_ref()
        .and_then(|general| general.position_encodings.as_ref());
    match offered {
        Some(offered) if offered.contains(&PositionEncodingKind::UTF8) => Columns::Bytes,
        _ => Columns::Utf16,
    }
}

fn answered(columns: Columns) -> InitializeResult {
    InitializeResult {
        capabilities: ServerCapabilities {
            position_encoding: Some(match columns {
                Columns::Bytes => PositionEncodingKind::UTF8,
                Columns::Utf16 => PositionEncodingKind::UTF16,
            }),
            text_document_sync: Some(TextDocumentSyncCapability::Options(TextDocumentSyncOptions {
                open_close: Some(true),
                change: Some(TextDocumentSyncKind::INCREMENTAL),
                save: Some(TextDocumentSyncSaveOptions::SaveOptions(SaveOptions {
                    include_text: Some(false),
                })),
                ..TextDocumentSyncOptions::default()
            })),
            hover_provider: Some(HoverProviderCapability::Simple(true)),
            code_action_provider: Some(CodeActionProviderCapability::Options(CodeActionOptions {
                code_action_kinds: Some(vec![CodeActionKind::QUICKFIX]),
                ..CodeActionOptions::default()
            })),
            ..ServerCapabilities::default()
        },
        server_info: Some(ServerInfo {
            name: "bartizan".to_owned(),
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        }),
    }
}

#[allow(deprecated, reason = "editors from before workspace folders name one root")]
fn roots(params: &InitializeParams) -> Vec<PathBuf> {
    let folders = params
        .workspace_folders
        .iter()
        .flatten()
        .map(|folder| &folder.uri);
    let mut roots: Vec<PathBuf> = folders.filter_map(path_of).collect();
    if roots.is_empty() {
        roots.extend(params.root_uri.as_ref().and_then(path_of));
    }
    roots
}

/// The file that an address names; none where it names no file.
fn path_of(uri: &Uri) -> Option<PathBuf> {
    let rest = uri.as_str().strip_prefix("file://")?;
    let path = rest.get(rest.find('/')?..)?;
    percent_decoded(path).map(PathBuf::from)
}

/// A document that is open.
struct Document {
    uri: Uri,
    root: PathBuf,
    path: String,
    version: i32,
    text: Text,
}

/// What the editor has told.
struct Editor {
    roots: Vec<PathBuf>,
    columns: Columns,
    /// By address.
    documents: BTreeMap<String, Document>,
    jobs: Sender<Job>,
    kept: Kept,
}

impl Editor {
    /// Takes messages until the editor leaves. Leaving without a word is a mistake, as the protocol has it.
    fn listen(&mut self, connection: &Connection, out: &dyn Fn(Message)) -> Outcome {
        for message in &connection.receiver {
            match message {
                Message::Request(request) => {
                    if connection
                        .handle_shutdown(&request)
                        .map_err(|error| broken(&error))?
                    {
                        return Ok(0);
                    }
                    out(Message::Response(self.answer(request)));
                }
                Message::Notification(notification) => {
                    if let Err(why) = self.note(notification, out) {
                        return Err(broken(&why));
                    }
                }
                Message::Response(_) => {}
            }
        }
        Err(broken(&"it ended without `shutdown`"))
    }

    fn answer(&self, request: Request) -> Response {
        let id = request.id.clone();
        let answered = match request.method.as_str() {
            HoverRequest::METHOD => params::<HoverRequest>(request).map(|params| {
                let place = params.text_document_position_params;
                let judged = self.judged(&place.text_document.uri);
                serde_json::to_value(judged.and_then(|judged| judged.hover(place.position)))
            }),
            CodeActionRequest::METHOD => params::<CodeActionRequest>(request).map(|params| {
                let judged = self.judged(&params.text_document.uri);
                serde_json::to_value(judged.map(|judged| judged.actions(params.range, Machine.today())))
            }),
            method => Err((
                ErrorCode::MethodNotFound,
                format!("`{method}` is nothing this server answers"),
            )),
        };
        match answered {
            Ok(Ok(value)) => Response::new_ok(id, value),
            Ok(Err(error)) => Response::new_err(id, ErrorCode::InternalError as i32, error.to_string()),
            Err((code, why)) => Response::new_err(id, code as i32, why),
        }
    }

    /// The document as it was judged, if that is how it stands: places in an older text would be wrong ones.
    fn judged(&self, uri: &Uri) -> Option<Arc<answer::Judged>> {
        let document = self.documents.get(uri.as_str())?;
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let judged = kept.get(uri.as_str())?;
        (judged.version == document.version).then(|| Arc::clone(judged))
    }

    fn note(&mut self, notification: Notification, out: &dyn Fn(Message)) -> Result<(), String> {
        match notification.method.as_str() {
            DidOpenTextDocument::METHOD => {
                let opened = told::<DidOpenTextDocument>(notification)?.text_document;
                self.open(opened.uri, opened.version, opened.text);
            }
            DidChangeTextDocument::METHOD => {
                let changed = told::<DidChangeTextDocument>(notification)?;
                let key = changed.text_document.uri.as_str();
                if let Some(mut document) = self.documents.remove(key) {
                    document.version = changed.text_document.version;
                    document.text = document.text.changed(changed.content_changes);
                    self.judge(&document);
                    self.documents.insert(key.to_owned(), document);
                }
            }
            DidCloseTextDocument::METHOD => {
                let uri = told::<DidCloseTextDocument>(notification)?.text_document.uri;
                self.documents.remove(uri.as_str());
                self.kept
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .remove(uri.as_str());
                publish(out, uri, None, Vec::new());
            }
            // The configuration or the waivers may be what was written.
            DidSaveTextDocument::METHOD | DidChangeWatchedFiles::METHOD => {
                for document in self.documents.values() {
                    self.judge(document);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn open(&mut self, uri: Uri, version: i32, text: String) {
        let Some(file) = path_of(&uri) else { return };
        let Some((root, path)) = self.place(&file) else {
            return;
        };
        let key = uri.as_str().to_owned();
        let text = Text::new(text, self.columns);
        let document = Document {
            uri,
            root,
            path,
            version,
            text,
        };
        self.judge(&document);
        self.documents.insert(key, document);
    }

    /// The root of the work that a file belongs to, and its path from there.
    fn place(&self, file: &Path) -> Option<(PathBuf, String)> {
        let directory = file.parent()?;
        let folders = self.roots.iter().filter(|root| file.starts_with(root));
        let root = folders
            .max_by_key(|root| root.as_os_str().len())
            .cloned()
            .or_else(|| repository_root(&Machine, directory))
            .unwrap_or_else(|| directory.to_path_buf());
        let path = file.strip_prefix(&root).ok()?.to_string_lossy().into_owned();
        Some((root, path))
    }

    fn judge(&self, document: &Document) {
        // Where the thread that judges is gone, its defect ends the server as soon as the editor leaves.
        let _ = self.jobs.send(Job {
            uri: document.uri.clone(),
            root: document.root.clone(),
            path: document.path.clone(),
            version: document.version,
            text: document.text.clone(),
        });
    }
}

fn params<R: lsp_types::request::Request>(request: Request) -> Result<R::Params, (ErrorCode, String)> {
    request
        .extract(R::METHOD)
        .map(|(_, params)| params)
        .map_err(|error| {
            let why = match error {
                ExtractError::JsonError { error, .. } => error.to_string(),
                ExtractError::MethodMismatch(request) => request.method,
            };
            (ErrorCode::InvalidParams, why)
        })
}

fn told<N: lsp_types::notification::Notification>(notification: Notification) -> Result<N::Params, String> {
    serde_json::from_value::<N::Params>(Value::clone(&notification.params))
        .map_err(|error| format!("`{}` says what cannot be read: {error}", N::METHOD))
}
