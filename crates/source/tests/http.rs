//! The HTTP client against a real server (nginx) and against one that misbehaves.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

#[path = "common/daemon.rs"]
mod daemon;
#[path = "common/server.rs"]
mod server;

use bartizan_source::Digest;
use bartizan_source::http::{
    Client, Download, Downloaded, HttpError, HttpOptions, Method, Patience, Proxies, Request, Url,
    Validators, Watch,
};
use daemon::{Authority, Nginx};
use server::{Reply, Server, answer, cut, written};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

fn options() -> HttpOptions {
    HttpOptions {
        patience: Patience {
            attempts: 3,
            backoff: Duration::from_millis(5),
            longest_wait: Duration::from_secs(2),
        },
        silence: Duration::from_millis(400),
        ..HttpOptions::default()
    }
}

fn client() -> Client {
    Client::new(options())
}

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn get(text: &str) -> Result<(u16, Vec<u8>), HttpError> {
    let url = url(text);
    client()
        .fetch(&Request::get(&url), 1000, &())
        .map(|fetched| (fetched.status, fetched.body))
}

fn bytes(count: usize) -> Vec<u8> {
    (0..count).map(|at| u8::try_from(at * 7 % 251).unwrap()).collect()
}

#[derive(Default)]
struct Notes {
    waits: Mutex<Vec<String>>,
    received: AtomicU64,
    expected: AtomicU64,
    stop_after: Option<u64>,
}

impl Watch for Notes {
    fn expected(&self, bytes: u64) {
        self.expected.fetch_add(bytes, Ordering::Relaxed);
    }

    fn received(&self, bytes: u64) {
        self.received.fetch_add(bytes, Ordering::Relaxed);
    }

    fn waits(&self, notice: &str) {
        self.waits.lock().unwrap().push(notice.to_owned());
    }

    fn stopped(&self) -> bool {
        self.stop_after
            .is_some_and(|most| self.received.load(Ordering::Relaxed) >= most)
    }
}

#[test]
fn what_may_pass_is_tried_again_and_counted() {
    let server = Server::start(|_, before| match before {
        0 => answer("503 Service Unavailable", &[], b""),
        1 => Reply::Bytes(Vec::new()),
        _ => answer("200 OK", &[], b"here"),
    });
    let watch = Notes::default();
    let address = url(&server.url("/x"));
    let fetched = client().fetch(&Request::get(&address), 1000, &watch).unwrap();
    assert_eq!((fetched.status, fetched.body.as_slice()), (200, &b"here"[..]));
    assert_eq!(server.asked().len(), 3);
    let waits = watch.waits.into_inner().unwrap();
    assert!(
        waits[0].contains("answered 503 (not available); asking again in"),
        "{waits:?}"
    );
    assert!(waits[1].contains("cannot be reached"), "{waits:?}");

    let server = Server::start(|_, _| answer("500 Oops", &[], b""));
    let error = get(&server.url("/x?token=word")).unwrap_err();
    let HttpError::Status { status, attempts, .. } = &error else {
        panic!("{error:?}");
    };
    assert_eq!((*status, *attempts), (500, 3));
    assert!(!format!("{error} {error:?}").contains("word"), "{error}");
}

#[test]
fn what_does_not_pass_is_an_answer_at_once() {
    let server = Server::start(|_, _| answer("404 Not Found", &[], b"no"));
    assert_eq!(get(&server.url("/x")).unwrap(), (404, b"no".to_vec()));
    assert_eq!(server.asked().len(), 1);
    let address = url(&server.url("/x"));
    let refused = client()
        .fetch(&Request::get(&address), 10, &())
        .unwrap()
        .success();
    assert_eq!(refused.unwrap_err().help(), "check the spelling of the address");
}

#[test]
fn a_server_that_asks_to_wait_is_obeyed_as_long_as_that_is_bearable() {
    let server = Server::start(|_, before| match before {
        0 => answer("429 Too Many Requests", &[("Retry-After", "1")], b""),
        _ => answer("200 OK", &[], b"here"),
    });
    let started = std::time::Instant::now();
    assert_eq!(get(&server.url("/")).unwrap().0, 200);
    assert!(started.elapsed() >= Duration::from_secs(1));

    let server = Server::start(|_, _| answer("429 Too Many Requests", &[("Retry-After", "86400")], b""));
    let error = get(&server.url("/")).unwrap_err();
    assert!(
        matches!(error, HttpError::TooBusy { seconds: 86400, .. }),
        "{error:?}"
    );
    assert_eq!(server.asked().len(), 1);
}

#[test]
fn silence_is_a_timeout_that_is_told() {
    let server = Server::start(|_, _| Reply::Hang(Vec::new(), Duration::from_secs(3)));
    let error = get(&server.url("/")).unwrap_err();
    assert!(
        matches!(error, HttpError::TimedOut { attempts: 3, .. }),
        "{error:?}"
    );
    let server =
        Server::start(|_, _| Reply::Hang(written("200 OK", &[], 10, b"half"), Duration::from_secs(3)));
    let error = get(&server.url("/")).unwrap_err();
    assert!(error.to_string().contains("the rest of its answer"), "{error}");
}

#[test]
fn nobody_at_home_is_told_with_the_name() {
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let error = get(&format!("http://user:word@127.0.0.1:{port}/x")).unwrap_err();
    let shown = error.to_string();
    assert!(
        shown.starts_with(&format!("`http://127.0.0.1:{port}/x` cannot be reached: ")),
        "{shown}"
    );
    assert!(
        shown.ends_with("(asked 3 times)") && !shown.contains("word"),
        "{shown}"
    );
}

#[test]
fn an_answer_that_is_too_large_or_no_http_is_refused() {
    let server = Server::start(|_, _| answer("200 OK", &[], &bytes(1001)));
    assert!(matches!(
        get(&server.url("/")),
        Err(HttpError::TooLarge { limit: 1000, .. })
    ));
    let server = Server::start(|_, _| Reply::Bytes(b"SSH-2.0-OpenSSH\r\n\r\n".to_vec()));
    let error = get(&server.url("/")).unwrap_err();
    assert!(matches!(error, HttpError::Protocol { .. }), "{error:?}");
    let endless = "x".repeat(200_000);
    let server = Server::start(move |_, _| answer("200 OK", &[("X-Endless", &endless)], b""));
    assert!(get(&server.url("/")).is_err());
}

#[test]
fn offline_refuses_before_anything_is_connected() {
    let server = Server::start(|_, _| answer("200 OK", &[], b""));
    let client = Client::new(HttpOptions {
        offline: true,
        ..options()
    });
    let address = url(&server.url("/"));
    let error = client.fetch(&Request::get(&address), 1, &()).unwrap_err();
    assert!(matches!(error, HttpError::Offline { .. }));
    assert!(error.help().contains("--offline"));
    assert!(server.asked().is_empty());
}

#[test]
fn credentials_stay_with_the_host_they_are_for() {
    let other = Server::start(|_, _| answer("200 OK", &[], b"there"));
    let target = other.url("/blob");
    let server = Server::start(move |asked, _| match asked.target() {
        "/away" => answer("307 Temporary Redirect", &[("Location", &target)], b""),
        "/near" => answer("302 Found", &[("Location", "/here")], b""),
        _ => answer("200 OK", &[], b"here"),
    });
    let client = client();
    let ask = |path: &str, authorization| {
        let address = url(&server.url(path));
        let request = Request {
            authorization,
            ..Request::get(&address)
        };
        client.fetch(&request, 100, &()).unwrap().body
    };
    assert_eq!(ask("/away", Some("Bearer word")), b"there");
    assert_eq!(other.asked()[0].header("authorization"), None);
    assert_eq!(ask("/near", Some("Bearer word")), b"here");
    let asked = server.asked();
    assert!(
        asked
            .iter()
            .all(|asked| asked.header("authorization") == Some("Bearer word"))
    );
    let address = url(&format!("http://us:wo@127.0.0.1:{}/", server.port()));
    client.fetch(&Request::get(&address), 100, &()).unwrap();
    assert_eq!(server.asked()[3].header("authorization"), Some("Basic dXM6d28="));
}

#[test]
fn redirects_that_lead_nowhere_good_are_refused() {
    let server = Server::start(|asked, _| match asked.target() {
        "/loop" => answer("301 Moved", &[("Location", "/loop")], b""),
        "/scheme" => answer("301 Moved", &[("Location", "file:///etc/passwd")], b""),
        "/bare" => answer("301 Moved", &[], b"no location"),
        _ => answer("303 See Other", &[("Location", "/x")], b""),
    });
    assert!(matches!(
        get(&server.url("/loop")),
        Err(HttpError::Redirect { .. })
    ));
    assert!(matches!(
        get(&server.url("/scheme")),
        Err(HttpError::Protocol { .. })
    ));
    assert_eq!(get(&server.url("/bare")).unwrap().0, 301);
    let address = url(&server.url("/form"));
    let request = Request {
        method: Method::Form("a=b"),
        ..Request::get(&address)
    };
    let error = client().fetch(&request, 10, &()).unwrap_err();
    assert!(matches!(error, HttpError::Redirect { .. }), "{error:?}");
}

#[test]
fn a_proxy_is_asked_for_the_way_and_its_refusal_is_told() {
    let server = Server::start(|_, _| answer("200 OK", &[], b"direct"));
    let proxy = Server::start(|_, _| answer("403 Forbidden", &[], b""));
    let with = |target: &str| {
        let address = proxy.url("");
        let proxies = Proxies::from_variables(|name| (name == "ALL_PROXY").then(|| address.clone()));
        let client = Client::new(HttpOptions { proxies, ..options() });
        let address = url(target);
        client.fetch(&Request::get(&address), 100, &())
    };
    assert_eq!(with(&server.url("/")).unwrap().body, b"direct");
    assert!(proxy.asked().is_empty(), "this machine is asked directly");
    let error = with("http://mirror.example:81/x").unwrap_err();
    assert!(error.to_string().contains("the proxy refused"), "{error}");
    assert_eq!(proxy.asked()[0].line, "CONNECT mirror.example:81 HTTP/1.1");
}

fn download(
    address: &str,
    to: &std::path::Path,
    known: Option<&Validators>,
) -> Result<Downloaded, HttpError> {
    let url = url(address);
    client().download(
        &Download {
            request: Request::get(&url),
            to,
            limit: 1 << 24,
            known,
            digest: None,
        },
        &(),
    )
}

#[test]
fn a_broken_download_goes_on_where_it_broke() {
    let whole = bytes(100_000);
    let served = whole.clone();
    let server = Server::start(move |asked, before| {
        let tag = ("ETag", "\"one\"");
        match asked.range() {
            None => cut("200 OK", &[tag], served.len(), &served[..30_000]),
            Some(start) => {
                let range = format!("bytes {start}-{}/{}", served.len() - 1, served.len());
                let end = if before < 4 { start + 10_000 } else { served.len() };
                let headers = [tag, ("Content-Range", range.as_str())];
                cut(
                    "206 Partial Content",
                    &headers,
                    served.len() - start,
                    &served[start..end],
                )
            }
        }
    });
    let directory = tempfile::tempdir().unwrap();
    let to = directory.path().join("file");
    let got = download(&server.url("/f"), &to, None).unwrap();
    // More failures than attempts: each of them brought something.
    assert_eq!(server.asked().len(), 5);
    assert!(
        matches!(
            got,
            Downloaded::Complete {
                bytes: 100_000,
                resumed: 0,
                ..
            }
        ),
        "{got:?}"
    );
    assert_eq!(std::fs::read(&to).unwrap(), whole);
    assert_eq!(server.asked()[1].header("if-range"), Some("\"one\""));
    assert_eq!(
        std::fs::read_dir(directory.path()).unwrap().count(),
        1,
        "nothing is left beside it"
    );
}

#[test]
fn a_download_that_was_broken_off_goes_on_in_the_next_run() {
    let whole = bytes(100_000);
    let (served, changed) = (whole.clone(), Mutex::new(false));
    let server = Server::start(move |asked, before| match (asked.range(), before) {
        (None, 0..3) => cut(
            "200 OK",
            &[("ETag", "\"one\"")],
            served.len(),
            &served[..if before == 0 { 40_000 } else { 0 }],
        ),
        (Some(_), 0..3) => Reply::Bytes(Vec::new()),
        (Some(start), _) if asked.header("if-range") == Some("\"one\"") && !*changed.lock().unwrap() => {
            let range = format!("bytes {start}-{}/{}", served.len() - 1, served.len());
            answer(
                "206 Partial Content",
                &[("ETag", "\"one\""), ("Content-Range", &range)],
                &served[start..],
            )
        }
        _ => answer("200 OK", &[("ETag", "\"two\"")], b"another version"),
    });
    let directory = tempfile::tempdir().unwrap();
    let to = directory.path().join("file");
    let error = download(&server.url("/f"), &to, None).unwrap_err();
    assert!(matches!(error, HttpError::Unreachable { .. }), "{error:?}");
    assert!(!to.exists());
    let got = download(&server.url("/f"), &to, None).unwrap();
    assert!(
        matches!(
            got,
            Downloaded::Complete {
                bytes: 100_000,
                resumed: 40_000,
                ..
            }
        ),
        "{got:?}"
    );
    assert_eq!(std::fs::read(&to).unwrap(), whole);
}

#[test]
fn a_part_of_another_version_or_another_file_is_not_continued() {
    let server = Server::start(|asked, before| match (asked.target(), before) {
        ("/f", 0..3) => cut("200 OK", &[("ETag", "\"one\"")], 100, &[b'1'; 10]),
        // As a server does whose file has another tag by now.
        _ => answer("200 OK", &[("ETag", "\"two\"")], b"another version"),
    });
    let directory = tempfile::tempdir().unwrap();
    for second in ["/f", "/g"] {
        let server = if second == "/f" {
            &server
        } else {
            &Server::start(|_, before| match before {
                0..3 => cut("200 OK", &[("ETag", "\"one\"")], 100, &[b'1'; 10]),
                _ => answer("200 OK", &[], b"another version"),
            })
        };
        let to = directory.path().join(second.trim_start_matches('/'));
        download(&server.url("/f"), &to, None).unwrap_err();
        let got = download(&server.url(second), &to, None).unwrap();
        assert!(matches!(got, Downloaded::Complete { resumed: 0, .. }), "{got:?}");
        assert_eq!(std::fs::read(&to).unwrap(), b"another version");
        let last = server.asked().pop().unwrap();
        assert_eq!(last.range().is_some(), second == "/f", "{last:?}");
    }
}

#[test]
fn a_part_of_another_version_is_noticed_although_the_server_does_not_know_conditions() {
    let server = Server::start(|asked, before| match (asked.range(), before) {
        (None, 0) => cut("200 OK", &[("ETag", "\"one\"")], 100, &[b'1'; 10]),
        (Some(start), _) => {
            let headers = [("ETag", "\"two\""), ("Content-Range", "bytes 10-99/100")];
            cut("206 Partial Content", &headers, 100 - start, &[b'2'; 90])
        }
        (None, _) => answer("200 OK", &[("ETag", "\"two\"")], &[b'2'; 100]),
    });
    let directory = tempfile::tempdir().unwrap();
    let to = directory.path().join("file");
    download(&server.url("/f"), &to, None).unwrap();
    assert_eq!(std::fs::read(&to).unwrap(), [b'2'; 100]);
}

#[test]
fn an_answer_without_a_length_that_ends_early_is_tried_again() {
    let server = Server::start(|_, before| {
        let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
        let rest: &[u8] = if before == 0 {
            b"4\r\nhe"
        } else {
            b"4\r\nhere\r\n0\r\n\r\n"
        };
        Reply::Bytes([head, rest].concat())
    });
    assert_eq!(get(&server.url("/")).unwrap().1, b"here");
    let directory = tempfile::tempdir().unwrap();
    let to = directory.path().join("file");
    download(&server.url("/f"), &to, None).unwrap();
    assert_eq!(std::fs::read(&to).unwrap(), b"here");
}

#[test]
fn a_file_that_did_not_change_is_not_fetched_again() {
    let server = Server::start(|asked, _| match asked.header("if-none-match") {
        Some("\"one\"") => Reply::Bytes(b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n".to_vec()),
        _ => answer("200 OK", &[("ETag", "\"one\"")], b"here"),
    });
    let directory = tempfile::tempdir().unwrap();
    let to = directory.path().join("file");
    let Downloaded::Complete { validators, .. } = download(&server.url("/f"), &to, None).unwrap() else {
        panic!("it was not there");
    };
    assert_eq!(
        download(&server.url("/f"), &to, Some(&validators)).unwrap(),
        Downloaded::Unchanged
    );
    std::fs::remove_file(&to).unwrap();
    let again = download(&server.url("/f"), &to, Some(&validators)).unwrap();
    assert!(
        matches!(again, Downloaded::Complete { .. }),
        "without the file there is no condition"
    );
}

#[test]
fn bytes_that_are_not_those_asked_for_are_thrown_away() {
    let server = Server::start(|asked, _| match asked.range() {
        Some(start) => {
            let range = format!("bytes {start}-3/4");
            answer(
                "206 Partial Content",
                &[("Content-Range", &range)],
                &b"here"[start..],
            )
        }
        None => answer("200 OK", &[], b"here"),
    });
    let directory = tempfile::tempdir().unwrap();
    let ask = |name: &str, digest: &Digest| {
        let address = url(&server.url("/f"));
        client().download(
            &Download {
                request: Request::get(&address),
                to: &directory.path().join(name),
                limit: 100,
                known: None,
                digest: Some(digest),
            },
            &(),
        )
    };
    let right = Digest::sha256(b"here");
    assert!(matches!(ask("a", &right), Ok(Downloaded::Complete { .. })));
    assert!(matches!(ask("a", &right), Ok(Downloaded::Unchanged)));
    let error = ask("b", &Digest::sha256(b"there")).unwrap_err();
    assert!(matches!(error, HttpError::Digest { .. }), "{error:?}");
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
    // What an earlier run left behind is wrong, what the server has is right.
    std::fs::write(directory.path().join("c.part"), b"th").unwrap();
    assert!(matches!(ask("c", &right), Ok(Downloaded::Complete { .. })));
    // All of it is there already.
    std::fs::write(directory.path().join("d.part"), b"here").unwrap();
    let whole = ask("d", &right);
    assert!(whole.is_ok(), "{whole:?}");
    assert_eq!(std::fs::read(directory.path().join("d")).unwrap(), b"here");
}

#[test]
fn two_runs_that_fetch_the_same_file_take_turns() {
    let whole = bytes(300_000);
    let served = whole.clone();
    let server = Server::start(move |_, _| answer("200 OK", &[], &served));
    let directory = tempfile::tempdir().unwrap();
    let to = directory.path().join("file");
    let digest = Digest::sha256(&whole);
    let address = url(&server.url("/f"));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let download = Download {
                    request: Request::get(&address),
                    to: &to,
                    limit: 1 << 20,
                    known: None,
                    digest: Some(&digest),
                };
                client().download(&download, &()).unwrap();
            });
        }
    });
    assert_eq!(server.asked().len(), 1);
    assert_eq!(std::fs::read(&to).unwrap(), whole);
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
}

#[test]
fn a_download_that_is_too_large_leaves_nothing_behind() {
    let server = Server::start(|asked, _| match asked.target() {
        "/said" => answer("200 OK", &[], &bytes(2000)),
        _ => Reply::Bytes([b"HTTP/1.0 200 OK\r\n\r\n".as_slice(), &bytes(2000)].concat()),
    });
    let directory = tempfile::tempdir().unwrap();
    for path in ["/said", "/unsaid"] {
        let address = url(&server.url(path));
        let download = Download {
            request: Request::get(&address),
            to: &directory.path().join("file"),
            limit: 1999,
            known: None,
            digest: None,
        };
        let error = client().download(&download, &()).unwrap_err();
        assert!(matches!(error, HttpError::TooLarge { .. }), "{error:?}");
        assert_eq!(
            std::fs::read(directory.path().join("file.part")).unwrap_or_default(),
            b""
        );
    }
}

#[test]
fn nginx_gives_ranges_tags_and_tls() {
    let directory = tempfile::tempdir().unwrap();
    let (root, scratch) = (directory.path().join("root"), directory.path().join("scratch"));
    for path in [&root, &scratch] {
        std::fs::create_dir(path).unwrap();
    }
    let whole = bytes(3_000_000);
    std::fs::write(root.join("all.zip"), &whole).unwrap();
    let authority = Authority::make(&scratch);
    let nginx = Nginx::start(&root, &scratch, &authority, 0);
    let to = directory.path().join("file");
    let address = url(&format!("https://localhost:{}/all.zip", nginx.https));
    let download = |client: &Client, watch: &Notes, known: Option<&Validators>| {
        client.download(
            &Download {
                request: Request::get(&address),
                to: &to,
                limit: 1 << 24,
                known,
                digest: None,
            },
            watch,
        )
    };
    let error = download(&client(), &Notes::default(), None).unwrap_err();
    assert!(matches!(error, HttpError::Certificate { .. }), "{error:?}");
    assert!(error.help().contains("--ca-file"));

    let trusting = Client::new(HttpOptions {
        ca_files: vec![authority.authority.clone()],
        ..options()
    });
    let stopping = Notes {
        stop_after: Some(1_000_000),
        ..Notes::default()
    };
    assert_eq!(download(&trusting, &stopping, None), Err(HttpError::Stopped));
    let watch = Notes::default();
    let got = download(&trusting, &watch, None).unwrap();
    let Downloaded::Complete {
        validators,
        resumed,
        bytes,
    } = got
    else {
        panic!("{got:?}");
    };
    assert_eq!(bytes, 3_000_000);
    assert!((1_000_000..3_000_000).contains(&resumed), "{resumed}");
    assert_eq!(
        watch.received.into_inner(),
        3_000_000,
        "what was there already counts"
    );
    assert_eq!(watch.expected.into_inner(), 3_000_000);
    assert_eq!(std::fs::read(&to).unwrap(), whole);
    assert_eq!(
        download(&trusting, &Notes::default(), Some(&validators)),
        Ok(Downloaded::Unchanged)
    );

    std::fs::write(root.join("all.zip"), b"another, and shorter").unwrap();
    let got = download(&trusting, &Notes::default(), Some(&validators)).unwrap();
    assert!(matches!(got, Downloaded::Complete { bytes: 20, .. }), "{got:?}");

    let clear = url(&format!("https://localhost:{}/all.zip", nginx.http));
    let error = trusting.fetch(&Request::get(&clear), 10, &()).unwrap_err();
    assert!(matches!(error, HttpError::Tls { .. }), "{error:?}");
}

#[test]
fn files_that_hold_no_authority_are_named() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("ca.pem");
    let address = url("https://127.0.0.1:1/");
    for text in [
        "",
        "no certificate",
        "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n",
    ] {
        std::fs::write(&file, text).unwrap();
        let client = Client::new(HttpOptions {
            ca_files: vec![file.clone()],
            ..options()
        });
        let error = client.fetch(&Request::get(&address), 10, &()).unwrap_err();
        assert!(matches!(error, HttpError::Authorities { .. }), "{error:?}");
        assert!(error.to_string().contains("ca.pem"));
    }
}
