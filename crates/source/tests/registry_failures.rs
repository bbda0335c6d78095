//! Pulling images from a registry that misbehaves, and into a layout that others use.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

#[path = "common/pulled.rs"]
mod pulled;
#[path = "common/puller.rs"]
mod puller;
#[path = "common/server.rs"]
mod server;

use bartizan_source::Digest;
use bartizan_source::http::{HttpError, Watch};
use bartizan_source::registry::{Keychain, RegistryError};
use pulled::{Content, part};
use puller::{Puller, assert_whole, bytes};
use server::{Asked, Reply, Server, answer, cut};
use std::os::unix::fs::PermissionsExt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// A registry behind a token server. `behaves` may answer in the place of either.
fn guarded(
    content: Content,
    behaves: impl Fn(&Asked, usize) -> Option<Reply> + Send + Sync + 'static,
) -> Server {
    Server::start(move |asked, before| {
        if let Some(reply) = behaves(asked, before) {
            return reply;
        }
        let host = asked.header("host").unwrap();
        if asked.target().starts_with("/token") || asked.line.starts_with("POST") {
            let token = if asked.line.starts_with("POST") {
                "{\"access_token\":\"tok-identity\"}"
            } else if asked.header("authorization").is_some() {
                "{\"token\":\"tok-user\",\"expires_in\":60}"
            } else {
                "{\"token\":\"tok-anonymous\"}"
            };
            return answer("200 OK", &[], token.as_bytes());
        }
        if asked
            .header("authorization")
            .is_some_and(|given| given.starts_with("Bearer tok-"))
        {
            return content.answer(asked);
        }
        let challenge = format!(
            r#"Bearer realm="http://{host}/token?v=1",service="reg & co",scope="repository:ex/ample:pull""#
        );
        answer("401 Unauthorized", &[("WWW-Authenticate", &challenge)], b"{}")
    })
}

fn small() -> Content {
    let mut content = Content::default();
    content.image("1", "amd64", &[&bytes(70_000, 3), &bytes(70_000, 4)]);
    content
}

#[test]
fn a_token_is_fetched_for_the_repository_with_whatever_credentials_there_are() {
    let content = small();
    let server = guarded(content.clone(), |_, _| None);
    let name = format!("127.0.0.1:{}/acme/app:1", server.port());
    let token = |puller: Puller| {
        let pulled = puller.pull(&name).unwrap();
        assert_whole(&puller, &pulled, &content);
        let asked = server.asked();
        let last = asked.last().unwrap().header("authorization").unwrap().to_owned();
        let token = asked
            .iter()
            .rev()
            .find(|asked| asked.target().starts_with("/token"))
            .unwrap()
            .clone();
        (last, token)
    };
    let (used, asked) = token(Puller::new());
    assert_eq!(used, "Bearer tok-anonymous");
    assert_eq!(
        asked.target(),
        "/token?v=1&service=reg%20%26%20co&scope=repository:acme%2Fapp:pull"
    );
    assert_eq!(asked.header("authorization"), None);

    let (used, asked) = token(Puller::new().with_password(server.port(), "us", "word"));
    assert_eq!(used, "Bearer tok-user");
    assert!(asked.target().ends_with("&account=us"));
    assert_eq!(asked.header("authorization"), Some("Basic dXM6d29yZA=="));

    let file = format!(
        r#"{{"auths":{{"127.0.0.1:{}":{{"identitytoken":"ident"}}}}}}"#,
        server.port()
    );
    let (used, asked) = token(Puller::new().with_file(&file));
    assert_eq!(used, "Bearer tok-identity");
    assert!(asked.body.contains("grant_type=refresh_token") && asked.body.contains("refresh_token=ident"));

    let file = format!(
        r#"{{"auths":{{"127.0.0.1:{}":{{"registrytoken":"tok-own"}}}}}}"#,
        server.port()
    );
    assert_eq!(
        Puller::new().with_file(&file).pull(&name).unwrap().fetched,
        140_000 + content_config(&content)
    );
}

/// Bytes of the configuration of the one image.
fn content_config(content: &Content) -> u64 {
    content
        .blobs
        .values()
        .find(|blob| blob.starts_with(b"{"))
        .unwrap()
        .len() as u64
}

#[test]
fn credential_helpers_are_run_for_their_registry() {
    let server = guarded(small(), |_, _| None);
    let name = format!("127.0.0.1:{}/acme/app:1", server.port());
    let pull = |script: &str, config: &str| {
        let puller = Puller::new().with_file(&config.replace("PORT", &server.port().to_string()));
        let helper = puller.directory.path().join("home/docker-credential-test");
        std::fs::write(&helper, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&helper, std::fs::Permissions::from_mode(0o755)).unwrap();
        puller.pull(&name).map(|_| ())
    };
    let own = r#"{"credHelpers":{"127.0.0.1:PORT":"test"}}"#;
    let all = r#"{"credsStore":"test","auths":{"127.0.0.1:PORT":{}}}"#;
    for config in [own, all] {
        let script = r#"read server; [ "$1" = get ] && echo "{\"ServerURL\":\"$server\",\"Username\":\"$server\",\"Secret\":\"s\"}""#;
        pull(script, config).unwrap();
        let asked = server.asked();
        let token = asked
            .iter()
            .rev()
            .find(|asked| asked.target().starts_with("/token"))
            .unwrap();
        assert!(
            token
                .target()
                .ends_with(&format!("account=127.0.0.1:{}", server.port())),
            "{token:?}"
        );
    }
    pull("echo 'credentials not found in native keychain'; exit 1", all).unwrap();
    let error = pull("echo word; exit 1", own).unwrap_err();
    assert!(
        matches!(&error, RegistryError::Helper { name, .. } if name == "test"),
        "{error:?}"
    );
    let error = pull("echo '{\"Secret\":[\"word\"]}'", own).unwrap_err();
    assert!(!error.to_string().contains("word"), "{error}");
    for name in ["../evil", "absent", "a b", ""] {
        let error = pull(
            "exit 0",
            &format!(r#"{{"credHelpers":{{"127.0.0.1:PORT":"{name}"}}}}"#),
        );
        assert_eq!(error.is_err(), !name.is_empty(), "{name}");
    }
}

#[test]
fn a_file_of_credentials_that_cannot_be_read_is_no_silence() {
    let server = guarded(small(), |_, _| None);
    let name = format!("127.0.0.1:{}/acme/app:1", server.port());
    let error = Puller::new()
        .with_file("{\"auths\": [\"word\"]}")
        .pull(&name)
        .unwrap_err();
    assert!(matches!(error, RegistryError::Credentials { .. }), "{error:?}");
    assert!(
        error.to_string().contains("config.json") && !error.to_string().contains("word"),
        "{error}"
    );
    let mut puller = Puller::new();
    puller.keychain = Keychain::from_variables(|name| {
        (name == "REGISTRY_AUTH_FILE").then(|| "/nowhere/auth.json".to_owned())
    });
    let error = puller.pull(&name).unwrap_err();
    assert!(error.to_string().contains("/nowhere/auth.json"), "{error}");
    assert!(server.asked().is_empty());
}

#[test]
fn a_token_that_expires_in_the_middle_is_renewed_once() {
    let expired = AtomicBool::new(false);
    let server = guarded(small(), move |asked, _| {
        let is_blob = asked.target().contains("/blobs/");
        (is_blob && !expired.swap(true, Ordering::SeqCst)).then(|| answer("401 Unauthorized", &[], b""))
    });
    let puller = Puller::new();
    puller
        .pull(&format!("127.0.0.1:{}/acme/app:1", server.port()))
        .unwrap();
    let tokens = server
        .asked()
        .iter()
        .filter(|asked| asked.target().starts_with("/token"))
        .count();
    assert_eq!(tokens, 2);
}

#[test]
fn blobs_elsewhere_are_fetched_without_the_token() {
    let content = small();
    let stored = content.clone();
    let storage = Server::start(move |asked, _| {
        let digest = asked
            .target()
            .trim_start_matches('/')
            .split('?')
            .next()
            .unwrap()
            .to_owned();
        part(asked, &stored.blobs[&digest])
    });
    let origin = storage.url("/");
    let server = guarded(content.clone(), move |asked, _| {
        let (_, digest) = asked.target().split_once("/blobs/")?;
        asked.header("authorization")?;
        let location = format!("{origin}{digest}?X-Signature=word");
        Some(answer("307 Temporary Redirect", &[("Location", &location)], b""))
    });
    let puller = Puller::new();
    let pulled = puller
        .pull(&format!("127.0.0.1:{}/acme/app:1", server.port()))
        .unwrap();
    assert_whole(&puller, &pulled, &content);
    assert_eq!(storage.asked().len(), 3);
    assert!(
        storage
            .asked()
            .iter()
            .all(|asked| asked.header("authorization").is_none())
    );
}

#[test]
fn bytes_of_another_digest_are_a_failure_and_are_not_kept() {
    let content = small();
    let server = guarded(content.clone(), |asked, _| {
        let is_blob = asked.target().contains("/blobs/");
        is_blob.then(|| answer("200 OK", &[], b"something else"))
    });
    let puller = Puller::new();
    let name = format!("127.0.0.1:{}/acme/app:1", server.port());
    let error = puller.pull(&name).unwrap_err();
    assert!(
        matches!(error, RegistryError::Http(HttpError::Digest { .. })),
        "{error:?}"
    );
    assert!(error.help().contains("Do not use it"));
    assert_eq!(
        std::fs::read_dir(puller.cache().join("blobs/sha256"))
            .unwrap()
            .count(),
        0
    );

    let (_, whole) = content.manifests["1"].clone();
    let server = guarded(content, move |asked, _| {
        let other = [&whole[..], b" "].concat();
        asked
            .target()
            .contains("/manifests/")
            .then(|| answer("200 OK", &[], &other))
    });
    let pinned = format!("127.0.0.1:{}/acme/app@{}", server.port(), Digest::sha256(b"x"));
    let error = puller.pull(&pinned).unwrap_err();
    assert!(matches!(error, RegistryError::Digest { .. }), "{error:?}");

    let claimed = Digest::sha256(b"y").to_string();
    let server = guarded(small(), move |asked, _| {
        let headers = [("Docker-Content-Digest", claimed.as_str())];
        asked
            .target()
            .contains("/manifests/")
            .then(|| answer("200 OK", &headers, b"{}"))
    });
    let error = puller
        .pull(&format!("127.0.0.1:{}/acme/app:1", server.port()))
        .unwrap_err();
    assert!(matches!(error, RegistryError::Digest { .. }), "{error:?}");
}

struct Stopping {
    received: AtomicU64,
    after: u64,
}

impl Watch for Stopping {
    fn received(&self, bytes: u64) {
        self.received.fetch_add(bytes, Ordering::Relaxed);
    }

    fn stopped(&self) -> bool {
        self.received.load(Ordering::Relaxed) >= self.after
    }
}

#[test]
fn a_pull_that_was_broken_off_goes_on_with_what_is_there() {
    let mut content = Content::default();
    let (first, second) = (bytes(2_000_000, 1), bytes(1000, 2));
    content.image("1", "amd64", &[&second, &first]);
    let large = Digest::sha256(&first).to_string();
    let healthy = std::sync::Arc::new(AtomicBool::new(false));
    let is_healthy = std::sync::Arc::clone(&healthy);
    let served = first.clone();
    let server = guarded(content.clone(), move |asked, _| {
        if is_healthy.load(Ordering::SeqCst) || !asked.target().ends_with(&large) {
            return None;
        }
        asked.header("authorization")?;
        Some(match asked.range() {
            None => cut("200 OK", &[], served.len(), &served[..1_000_000]),
            Some(_) => answer("503 Service Unavailable", &[], b""),
        })
    });
    let puller = Puller::new();
    let name = format!("127.0.0.1:{}/acme/app:1", server.port());
    let error = puller.pull(&name).unwrap_err();
    assert!(
        matches!(error, RegistryError::Http(HttpError::Status { status: 503, .. })),
        "{error:?}"
    );
    healthy.store(true, Ordering::SeqCst);
    let stopping = Stopping {
        received: AtomicU64::new(0),
        after: 1_000_001,
    };
    let error = puller.pull_for(&name, None, &stopping).unwrap_err();
    assert!(
        matches!(error, RegistryError::Http(HttpError::Stopped)),
        "{error:?}"
    );
    let pulled = puller.pull(&name).unwrap();
    assert!(pulled.fetched < 1_000_000, "{}", pulled.fetched);
    assert_whole(&puller, &pulled, &content);
    let ranges: Vec<usize> = server.asked().iter().filter_map(Asked::range).collect();
    assert!(
        ranges.iter().all(|start| *start >= 1_000_000) && ranges.len() >= 4,
        "{ranges:?}"
    );
}

#[test]
fn a_busy_registry_is_left_alone_as_long_as_it_asks() {
    let answered = Mutex::new(0);
    let server = guarded(small(), move |asked, _| {
        let mut answered = answered.lock().unwrap();
        *answered += usize::from(asked.target().contains("/manifests/"));
        (asked.target().contains("/manifests/") && *answered == 1)
            .then(|| answer("429 Too Many Requests", &[("Retry-After", "1")], b""))
    });
    let started = std::time::Instant::now();
    Puller::new()
        .pull(&format!("127.0.0.1:{}/acme/app:1", server.port()))
        .unwrap();
    assert!(started.elapsed() >= Duration::from_secs(1));
}

#[test]
fn what_is_no_registry_and_no_image_is_told() {
    let page = |status: &'static str, headers: &'static [(&'static str, &'static str)]| {
        let server = Server::start(move |_, _| answer(status, headers, b"<html>"));
        Puller::new()
            .pull(&format!("127.0.0.1:{}/acme/app", server.port()))
            .unwrap_err()
    };
    assert!(matches!(page("200 OK", &[]), RegistryError::Manifest { .. }));
    assert!(matches!(page("401 No", &[]), RegistryError::Challenge { .. }));
    assert!(matches!(
        page("401 No", &[("WWW-Authenticate", "Negotiate")]),
        RegistryError::Challenge { .. }
    ));
    assert!(matches!(
        page("401 No", &[("WWW-Authenticate", "Basic realm=x")]),
        RegistryError::Denied { .. }
    ));
    assert!(matches!(
        page("401 No", &[("WWW-Authenticate", "Bearer realm=\"ftp://x/\"")]),
        RegistryError::Challenge { .. }
    ));

    let mut content = small();
    content.manifest("old", "application/json", br#"{"schemaVersion":1,"fsLayers":[]}"#);
    let image = content.image("2", "amd64", &[b"x"]);
    content.index("loop", &[("amd64", image)]);
    let server = guarded(content, |asked, _| {
        let is_index = asked.target().ends_with("/turtles") || asked.target().contains("manifests/sha256:");
        (is_index && asked.header("authorization").is_some())
            .then(|| answer("200 OK", &[], b"turtles all the way"))
    });
    let error = Puller::new()
        .pull(&format!("127.0.0.1:{}/acme/app:old", server.port()))
        .unwrap_err();
    assert!(
        error.to_string().contains("first version of Docker's format"),
        "{error}"
    );
    let error = Puller::new().pull_for(
        &format!("127.0.0.1:{}/acme/app:loop", server.port()),
        Some("linux/amd64"),
        &(),
    );
    assert!(matches!(error.unwrap_err(), RegistryError::Digest { .. }));
    let mut puller = Puller::new();
    puller.largest = 1000;
    let error = puller
        .pull(&format!("127.0.0.1:{}/acme/app:1", server.port()))
        .unwrap_err();
    assert!(
        matches!(error, RegistryError::TooLarge { limit: 1000, .. }),
        "{error:?}"
    );
}

#[test]
fn the_images_that_were_not_used_for_longest_are_forgotten_unless_somebody_reads() {
    let mut content = Content::default();
    let shared = bytes(10_000, 9);
    for (seed, name) in ["a", "b", "c"].iter().enumerate() {
        content.image(name, "amd64", &[&shared, &bytes(50_000, seed + 20)]);
    }
    let server = guarded(content.clone(), |_, _| None);
    let mut puller = Puller::new();
    let name = |tag: &str| format!("127.0.0.1:{}/acme/app:{tag}", server.port());
    let held = puller.pull(&name("a")).unwrap();
    puller.pull(&name("b")).unwrap();
    puller.keep = 70_000;
    puller.pull(&name("c")).unwrap();
    puller.options.offline = true;
    assert!(puller.pull(&name("a")).is_ok(), "it is held");
    drop(held);
    // `a` was used last, then `c`: there is room for one.
    assert!(puller.pull(&name("a")).is_ok());
    assert!(puller.pull(&name("b")).is_err());
    assert!(puller.pull(&name("c")).is_err());
    assert_eq!(puller.wrong_blobs(), Vec::<String>::new());
    assert_eq!(
        std::fs::read_dir(puller.cache().join("blobs/sha256"))
            .unwrap()
            .count(),
        4
    );
}

#[test]
fn many_runs_pull_at_once_into_one_layout() {
    let mut content = Content::default();
    let shared = bytes(300_000, 9);
    for name in ["a", "b"] {
        content.image(name, "amd64", &[&shared, name.as_bytes()]);
    }
    let server = guarded(content.clone(), |_, _| None);
    let puller = Puller::new();
    std::thread::scope(|scope| {
        for tag in ["a", "b", "a", "b", "a", "b"] {
            let (puller, content, server) = (&puller, &content, &server);
            scope.spawn(move || {
                let pulled = puller
                    .pull(&format!("127.0.0.1:{}/acme/app:{tag}", server.port()))
                    .unwrap();
                assert_eq!(
                    pulled.manifest_digest.to_string(),
                    Digest::sha256(&content.manifests[tag].1).to_string()
                );
            });
        }
    });
    assert_eq!(puller.wrong_blobs(), Vec::<String>::new());
    let large = Digest::sha256(&shared).to_string();
    let asked = server.asked();
    let fetched = asked
        .iter()
        .filter(|asked| asked.target().ends_with(&large))
        .count();
    assert_eq!(fetched, 1, "the shared layer comes once");
    let index = std::fs::read_to_string(puller.cache().join("index.json")).unwrap();
    let index: serde_json::Value = serde_json::from_str(&index).unwrap();
    assert_eq!(index["manifests"].as_array().unwrap().len(), 2);
}
