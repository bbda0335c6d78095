//! The language server, spoken to by Neovim, and by hand where no editor would say such a thing.

use crate::sandbox::Sandbox;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Write;
use std::process::Stdio;

const WALK: &str = include_str!("walk.lua");
const DOCKERFILE: &str = "FROM scratch\nADD app /app\nUSER 10001\n";

/// What each step of a walk came to, by its name.
fn walk(sandbox: &Sandbox, file: &str, steps: &str) -> BTreeMap<String, Value> {
    let script = sandbox.root().join("walk.lua");
    std::fs::write(&script, WALK).unwrap();
    let mut editor = sandbox.program("nvim");
    let output = editor
        .args(["--headless", "-u", "NONE", "-n", "-c"])
        .arg(format!("luafile {}", script.display()))
        .env("BARTIZAN", env!("CARGO_BIN_EXE_bartizan"))
        .env("FILE", file)
        .env("STEPS", steps)
        .output()
        .unwrap_or_else(|error| panic!("nvim: {error}; `scripts/setup.sh test` installs Neovim"));
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    let lines = out
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let told: BTreeMap<String, Value> = lines
        .map(|mut line| (line["step"].as_str().unwrap().to_owned(), line["value"].take()))
        .collect();
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(!told.contains_key("failed"), "{}\n{err}", told["failed"]);
    assert_eq!(told.get("left"), Some(&Value::Bool(true)), "{out}{err}");
    told
}

fn codes(found: &Value) -> Vec<&str> {
    let all = found.as_array().into_iter().flatten();
    all.map(|one| one["code"].as_str().unwrap()).collect()
}

#[test]
fn what_is_wrong_is_shown_as_it_is_written_and_goes_when_it_is_mended() {
    let sandbox = Sandbox::new();
    sandbox.write("api/Dockerfile", "FROM scratch\nCOPY app /app\nUSER 10001\n");
    let told = walk(
        &sandbox,
        "api/Dockerfile",
        "editor.judged() editor.diagnostics('before')
         editor.set(1, 2, { 'ADD app /app' }) editor.judged() editor.diagnostics('written')
         editor.set(1, 2, { 'COPY app /app' }) editor.judged() editor.diagnostics('mended')",
    );
    assert_eq!(codes(&told["before"]), [""; 0]);
    assert_eq!(codes(&told["written"]), ["deploy/dockerfile/add-not-copy"]);
    let found = &told["written"][0];
    assert_eq!(
        (&found["line"], &found["from"]),
        (&Value::from(1), &Value::from(0)),
        "{found}"
    );
    assert_eq!(codes(&told["mended"]), [""; 0]);
}

#[test]
fn a_hover_shows_the_manual_and_an_action_mends() {
    let sandbox = Sandbox::new();
    sandbox.write("Dockerfile", DOCKERFILE);
    let told = walk(
        &sandbox,
        "Dockerfile",
        "editor.judged()
         line('manual', editor.ask('textDocument/hover', editor.at(1, 2)).contents.value)
         line('elsewhere', editor.ask('textDocument/hover', editor.at(0, 2)) == nil)
         local actions = editor.actions(1, 2)
         line('titles', vim.tbl_map(function(one) return one.title end, actions))
         editor.apply(actions[1]) editor.judged() editor.diagnostics('after') line('text', editor.text())",
    );
    let manual = told["manual"].as_str().unwrap();
    assert!(
        manual.contains("deploy/dockerfile/add-not-copy") && manual.contains("How to mend it"),
        "{manual}"
    );
    assert_eq!(told["elsewhere"], Value::Bool(true));
    assert_eq!(told["titles"].as_array().unwrap().len(), 2, "{}", told["titles"]);
    assert_eq!(codes(&told["after"]), [""; 0]);
    assert_eq!(told["text"], "FROM scratch\nCOPY app /app\nUSER 10001");
}

#[test]
fn a_waiver_made_in_the_editor_counts_once_it_gives_a_reason() {
    let sandbox = Sandbox::new();
    sandbox.write("Dockerfile", DOCKERFILE);
    let told = walk(
        &sandbox,
        "Dockerfile",
        "editor.judged()
         for _, action in ipairs(editor.actions(1, 2)) do
           if action.title:find('Waive') then editor.apply(action) end
         end
         editor.judged() editor.diagnostics('without')
         local comment = vim.api.nvim_buf_get_lines(0, 1, 2, false)[1]
         editor.set(1, 2, { comment .. 'the archive is unpacked on purpose' })
         editor.judged() editor.diagnostics('with')",
    );
    assert!(
        codes(&told["without"]).contains(&"waiver/no-reason"),
        "{}",
        told["without"]
    );
    assert_eq!(codes(&told["with"]), [""; 0], "{}", told["with"]);
}

#[test]
fn a_mistake_in_the_configuration_is_said_and_once_mended_findings_come_back() {
    let sandbox = Sandbox::new();
    sandbox.write("Dockerfile", DOCKERFILE);
    sandbox.write("bartizan.toml", "[scan]\nonyl = []\n");
    let told = walk(
        &sandbox,
        "Dockerfile",
        "editor.judged() editor.diagnostics('broken') line('shown', editor.shown())
         local file = io.open('bartizan.toml', 'w') file:write('') file:close()
         editor.write() editor.judged() editor.diagnostics('mended')",
    );
    assert_eq!(codes(&told["broken"]), [""; 0]);
    let shown = told["shown"].to_string();
    assert!(shown.contains("onyl") && shown.contains("only"), "{shown}");
    assert_eq!(codes(&told["mended"]), ["deploy/dockerfile/add-not-copy"]);
}

#[test]
fn nothing_is_written_beside_the_document() {
    let sandbox = Sandbox::new();
    sandbox.write("Dockerfile", DOCKERFILE);
    walk(&sandbox, "Dockerfile", "editor.judged()");
    let data = std::fs::read_dir(sandbox.root().join("data/bartizan"));
    assert_eq!(data.map_or(0, Iterator::count), 0);
}

/// What the program answers to bytes that no editor would send, its exit code first.
fn said(sandbox: &Sandbox, messages: &[&str]) -> (Option<i32>, String, String) {
    let mut server = sandbox.bartizan(&["lsp"]);
    server
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut server = server.spawn().unwrap();
    let mut stdin = server.stdin.take().unwrap();
    for message in messages {
        // A server that has left already takes nothing more.
        let _ = write!(stdin, "Content-Length: {}\r\n\r\n{message}", message.len());
    }
    drop(stdin);
    let output = server.wait_with_output().unwrap();
    (
        output.status.code(),
        String::from_utf8_lossy(&output.stdout).into_owned(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

const HELLO: &str = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}"#;
const READY: &str = r#"{"jsonrpc":"2.0","method":"initialized","params":{}}"#;
const LEAVE: &str = r#"{"jsonrpc":"2.0","id":9,"method":"shutdown"}"#;
const GO: &str = r#"{"jsonrpc":"2.0","method":"exit"}"#;

#[test]
fn what_is_asked_and_not_understood_is_refused_and_the_conversation_goes_on() {
    let unknown = r#"{"jsonrpc":"2.0","id":2,"method":"textDocument/rename","params":{}}"#;
    let wrong = r#"{"jsonrpc":"2.0","id":3,"method":"textDocument/hover","params":[]}"#;
    let nowhere = r#"{"jsonrpc":"2.0","id":4,"method":"textDocument/hover","params":{"textDocument":{"uri":"untitled:1"},"position":{"line":4294967295,"character":0}}}"#;
    let (code, out, err) = said(
        &Sandbox::new(),
        &[HELLO, READY, unknown, wrong, nowhere, LEAVE, GO],
    );
    assert_eq!(code, Some(0), "{out}{err}");
    assert!(out.contains("-32601") && out.contains("-32602"), "{out}");
    assert!(out.contains(r#""id":4,"result":null"#), "{out}");
}

#[test]
fn documents_that_are_no_files_and_changes_of_unknown_ones_are_passed_over() {
    let open = r#"{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"untitled:1","languageId":"x","version":1,"text":"x"}}}"#;
    let change = r#"{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":"file:///nowhere","version":2},"contentChanges":[{"text":"x"}]}}"#;
    let (code, out, err) = said(&Sandbox::new(), &[HELLO, READY, open, change, LEAVE, GO]);
    assert_eq!(code, Some(0), "{out}{err}");
    assert!(!out.contains("publishDiagnostics"), "{out}");
}

#[test]
fn what_is_no_conversation_ends_with_code_2_and_says_how_it_is_started() {
    for messages in [&[][..], &["{"], &[HELLO, READY], &[READY]] {
        let (code, out, err) = said(&Sandbox::new(), messages);
        assert_eq!(code, Some(2), "{messages:?}: {out}{err}");
        assert!(err.contains("docs/editors.md"), "{messages:?}: {err}");
    }
}
