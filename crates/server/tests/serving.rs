//! A server as a process: how it stops, what it logs, and the spans that it sends. The process is this program, started again.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and waits for other processes"
)]

use bartizan_server::notify::NotifyOptions;
use bartizan_server::{Event, LogFormat, LogLevel, ServeOptions, TraceOptions, serve};
use bartizan_source::http::{HttpOptions, Url};
use bartizan_store::{DatabaseUrl, Options, Store};
use bartizan_trust::seal::SealKey;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// The file that the started process serves; where it is set, this is the started process.
const FILE: &str = "BARTIZAN_TEST_SERVE";
const DELAY: &str = "BARTIZAN_TEST_DELAY";
const TRACES: &str = "BARTIZAN_TEST_TRACES";

/// Not a test by itself: the started process ends in here.
#[test]
fn the_process_that_other_tests_start() {
    let Ok(file) = std::env::var(FILE) else {
        return;
    };
    let store = Store::open(&DatabaseUrl::Sqlite(file.into()), Options::default()).unwrap();
    let options = ServeOptions {
        log_key: None,
        tls: None,
        listen: "127.0.0.1:0".parse().unwrap(),
        behind_proxy: false,
        new_link: None,
        new_token: Some("admin".to_owned()),
        requests_per_minute: 6_000,
        notify: NotifyOptions {
            key: SealKey::new([7; 32]),
            private: false,
            ca_files: Vec::new(),
            console: None,
        },
        oidc: None,
        bus: None,
        http: HttpOptions::default(),
        metrics_token: None,
        log: LogFormat::Json,
        log_level: LogLevel::INFO,
        traces: std::env::var(TRACES).ok().map(|url| TraceOptions {
            endpoint: Url::parse(&url).unwrap(),
            headers: vec![("x-key".to_owned(), "k".to_owned())],
            service: "harbour".to_owned(),
        }),
        stop_delay: Duration::from_millis(std::env::var(DELAY).map_or(0, |text| text.parse().unwrap())),
        stop_limit: Duration::from_secs(10),
    };
    serve(store, options, &|event| match event {
        Event::Listening(address, _) => println!("\nlistening {address}"),
        Event::Token(token) => println!("\ntoken {token}"),
        Event::Stopped { unfinished } => println!("\nunfinished {unfinished}"),
        _ => {}
    })
    .unwrap();
    std::process::exit(0);
}

struct Process {
    child: Child,
    at: SocketAddr,
    token: String,
    said: Receiver<String>,
    log: Option<ChildStderr>,
    _directory: tempfile::TempDir,
}

impl Process {
    fn start(more: &[(&str, &str)]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "the_process_that_other_tests_start", "--nocapture"])
            .env(FILE, directory.path().join("state.db"))
            .envs(more.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (tell, said) = channel();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| tell.send(line)));
        let wait = |word: &str| loop {
            let line = said.recv_timeout(Duration::from_secs(30)).unwrap();
            if let Some(rest) = line.strip_prefix(word) {
                return rest.trim().to_owned();
            }
        };
        let token = wait("token ");
        let at = wait("listening ").parse().unwrap();
        Self {
            log: child.stderr.take(),
            child,
            at,
            token,
            said,
            _directory: directory,
        }
    }

    fn signal(&self) {
        let done = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(done.success());
    }

    /// A request of which only the head is sent.
    fn begin(&self, head: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.at).unwrap();
        let token = &self.token;
        let text = format!("{head}\r\nhost: b\r\nauthorization: Bearer {token}\r\nconnection: close\r\n");
        stream.write_all(text.as_bytes()).unwrap();
        stream
    }

    fn get(&self, path: &str, more: &str) -> String {
        let mut stream = self.begin(&format!("GET {path} HTTP/1.1"));
        stream.write_all(format!("{more}\r\n").as_bytes()).unwrap();
        answer(stream)
    }

    /// Waits for the end; out come its log, and what else it said.
    fn end(mut self) -> (Vec<Value>, Vec<String>) {
        let status = self.child.wait().unwrap();
        assert!(status.success(), "{status}");
        let mut text = String::new();
        self.log.take().unwrap().read_to_string(&mut text).unwrap();
        let lines = text.lines().filter(|line| line.starts_with('{'));
        let log = lines.map(|line| serde_json::from_str(line).unwrap()).collect();
        (log, self.said.try_iter().collect())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn answer(mut stream: TcpStream) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

fn status(text: &str) -> u16 {
    text.split(' ')
        .nth(1)
        .unwrap_or_default()
        .parse()
        .unwrap_or_default()
}

const STATEMENT: &str = r#"{"_type":"https://in-toto.io/Statement/v1","predicateType":"https://example.com/x","subject":[{"name":"n","digest":{"sha256":"00"}}],"predicate":{}}"#;

/// An upload whose body is not there yet.
fn upload(process: &Process) -> TcpStream {
    let mut stream = process.begin("POST /api/v1/statements HTTP/1.1");
    let head = format!("content-length: {}\r\n\r\n{}", STATEMENT.len(), &STATEMENT[..20]);
    stream.write_all(head.as_bytes()).unwrap();
    // Until the server has begun with it.
    let begun = Instant::now();
    while !process
        .get("/metrics", "")
        .contains("bartizan_http_requests_in_flight 2")
    {
        assert!(begun.elapsed() < Duration::from_secs(10));
    }
    stream
}

#[test]
fn what_was_begun_is_finished_before_the_server_ends_and_it_is_not_ready_meanwhile() {
    let process = Process::start(&[(DELAY, "1500")]);
    let mut stream = upload(&process);
    assert_eq!(status(&process.get("/readyz", "")), 200);
    process.signal();
    let begun = Instant::now();
    while status(&process.get("/readyz", "")) != 503 {
        assert!(begun.elapsed() < Duration::from_secs(1));
    }
    assert_eq!(status(&process.get("/healthz", "")), 200);
    // Nobody is let in any more, and the upload goes on.
    while TcpStream::connect(process.at).is_ok() {
        assert!(begun.elapsed() < Duration::from_secs(8));
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(begun.elapsed() >= Duration::from_millis(1_400));
    stream.write_all(&STATEMENT.as_bytes()[20..]).unwrap();
    let taken = answer(stream);
    assert_eq!(status(&taken), 201, "{taken}");
    let (_, said) = process.end();
    assert!(said.contains(&"unfinished 0".to_owned()), "{said:?}");
}

#[test]
fn a_second_signal_ends_at_once() {
    let process = Process::start(&[]);
    let stream = upload(&process);
    process.signal();
    std::thread::sleep(Duration::from_millis(300));
    process.signal();
    let begun = Instant::now();
    let (_, said) = process.end();
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert!(said.contains(&"unfinished 1".to_owned()), "{said:?}");
    drop(stream);
}

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

#[test]
fn a_request_is_one_line_of_the_log_that_says_who_what_and_how_long_and_no_secret() {
    let process = Process::start(&[]);
    let context = format!("x-request-id: r-1\r\ntraceparent: 00-{TRACE}-{PARENT}-01\r\n");
    process.get("/api/v1/findings/7?cursor=not-for-the-log", &context);
    process.signal();
    let token = process.token.clone();
    let at = process.at;
    let (log, _) = process.end();
    let text = format!("{log:?}");
    assert!(
        !text.contains(&token) && !text.contains("not-for-the-log"),
        "{text}"
    );
    let listening = log.iter().find(|line| line["message"] == "listening").unwrap();
    assert_eq!(listening["url"], format!("http://{at}"));
    let line = log
        .iter()
        .find(|line| line["message"] == "answered" && line["spans"][0]["route"] == "/api/v1/findings/{id}")
        .unwrap_or_else(|| panic!("{text}"));
    let span = &line["spans"][0];
    assert_eq!(
        (&line["level"], &span["request_id"], &span["trace_id"]),
        (&"INFO".into(), &"r-1".into(), &TRACE.into())
    );
    assert_eq!((&span["method"], &span["status"]), (&"GET".into(), &404.into()));
    assert_eq!(
        (&span["principal"], &span["tenant"]),
        (&"admin".into(), &1.into())
    );
    assert!(line["duration_ms"].is_u64() && line["timestamp"].is_string());
}

/// A collector that takes one request after another and answers each in this way; out come head and body of each.
fn collector(answer: &'static str) -> (String, Receiver<(String, Value)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/v1/traces", listener.local_addr().unwrap());
    let (tell, told) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut reader = BufReader::new(stream.unwrap());
            let (mut head, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                if reader.read_line(&mut line).unwrap_or_default() == 0 || line == "\r\n" {
                    break;
                }
                let line = line.to_lowercase();
                if let Some(value) = line.strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                head.push_str(&line);
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let _ = reader.get_mut().write_all(answer.as_bytes());
            let _ = tell.send((head, serde_json::from_slice(&body).unwrap()));
        }
    });
    (address, told)
}

const TAKEN: &str =
    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";

fn text<'v>(attributes: &'v Value, key: &str) -> &'v str {
    let found = attributes
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["key"] == key);
    let value = &found.unwrap_or_else(|| panic!("no {key} in {attributes}"))["value"];
    value["stringValue"]
        .as_str()
        .or(value["intValue"].as_str())
        .unwrap()
}

#[test]
fn a_request_is_a_span_of_the_trace_that_it_brings_and_work_on_the_store_is_one_within() {
    let (address, told) = collector(TAKEN);
    let process = Process::start(&[(TRACES, &address)]);
    process.get(
        "/api/v1/findings/7",
        &format!("traceparent: 00-{TRACE}-{PARENT}-01\r\n"),
    );
    process.get(
        "/api/v1/findings/8",
        &format!("traceparent: 00-{}-{PARENT}-00\r\n", "a".repeat(32)),
    );
    process.get("/api/v1/me", "");
    process.signal();
    process.end();
    let (mut spans, mut heads) = (Vec::new(), String::new());
    for (head, body) in told.try_iter() {
        heads.push_str(&head);
        let resource = &body["resourceSpans"][0];
        assert_eq!(
            text(&resource["resource"]["attributes"], "service.name"),
            "harbour"
        );
        spans.extend(resource["scopeSpans"][0]["spans"].as_array().unwrap().clone());
    }
    assert!(
        heads.contains("post /v1/traces") && heads.contains("x-key: k"),
        "{heads}"
    );
    assert!(heads.contains("content-type: application/json"), "{heads}");
    let named = |name: &str| {
        spans
            .iter()
            .find(|span| span["name"] == name)
            .unwrap_or_else(|| panic!("{spans:?}"))
    };
    let request = named("GET /api/v1/findings/{id}");
    assert_eq!(
        (&request["traceId"], &request["parentSpanId"], &request["kind"]),
        (&TRACE.into(), &PARENT.into(), &2.into())
    );
    assert_eq!(text(&request["attributes"], "http.response.status_code"), "404");
    assert_eq!(text(&request["attributes"], "enduser.id"), "admin");
    let within = |id: &Value| {
        spans
            .iter()
            .filter(|span| span["parentSpanId"] == *id && span["name"] == "store")
            .count()
    };
    assert!(within(&request["spanId"]) >= 1, "{spans:?}");
    let nanos = |span: &Value, field: &str| span[field].as_str().unwrap().parse::<u128>().unwrap();
    for span in &spans {
        assert_eq!(
            (
                span["traceId"].as_str().unwrap().len(),
                span["spanId"].as_str().unwrap().len()
            ),
            (32, 16)
        );
        assert!(nanos(span, "startTimeUnixNano") <= nanos(span, "endTimeUnixNano"));
    }
    assert!(named("GET /api/v1/me")["parentSpanId"].is_null());
    // What whoever asks does not record, is not sent.
    assert!(spans.iter().all(|span| span["traceId"] != "a".repeat(32)));
}

#[test]
fn spans_that_nobody_takes_are_counted_and_hold_no_request_up() {
    for answer in [
        "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 42\r\nconnection: close\r\n\r\n{\"partialSuccess\":{\"rejectedSpans\":\"999\"}}",
    ] {
        let (address, told) = collector(answer);
        let process = Process::start(&[(TRACES, &address)]);
        let begun = Instant::now();
        process.get("/api/v1/me", "");
        assert!(begun.elapsed() < Duration::from_secs(2));
        told.recv_timeout(Duration::from_secs(20)).unwrap();
        let dropped = |text: &str| {
            let line = text
                .lines()
                .find(|line| line.starts_with("bartizan_trace_spans_total{outcome=\"dropped\"}"));
            line.unwrap().rsplit(' ').next().unwrap().parse::<u64>().unwrap()
        };
        while dropped(&process.get("/metrics", "")) == 0 {
            assert!(begun.elapsed() < Duration::from_secs(30));
            std::thread::sleep(Duration::from_millis(100));
        }
        process.signal();
        process.end();
    }
}
