//! Connections: TLS with certificates that openssl made, and those who say nothing, or too slowly.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

use bartizan_server::listen::{Certificate, Limits, TlsError, TlsFiles, answer};
use bartizan_server::{App, Transport, router};
use bartizan_store::{Options, Store};
use bartizan_testbed::{Database, Engine, authority, certificate};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

const SOON: Duration = Duration::from_millis(400);
const LIMITS: Limits = Limits {
    connections: 3,
    per_address: None,
    head: SOON,
};

/// An authority, and a certificate of it for 127.0.0.1 with this name.
fn certificates(directory: &Path, name: &str) -> TlsFiles {
    if !directory.join("ca.crt").exists() {
        authority(directory, "ca").unwrap();
    }
    certificate(directory, name, name, "ca", "IP:127.0.0.1").unwrap();
    TlsFiles {
        certificate: directory.join(format!("{name}.crt")),
        key: directory.join(format!("{name}.key")),
    }
}

/// A server that runs until it is dropped.
struct Listening {
    at: SocketAddr,
    stop: tokio::sync::watch::Sender<bool>,
    thread: Option<std::thread::JoinHandle<()>>,
    _database: Database,
}

impl Listening {
    fn with(certificate: Option<Certificate>) -> Self {
        let database = Engine::Sqlite.database().unwrap();
        let store = Store::open(&database.url.parse().unwrap(), Options::default()).unwrap();
        store.upgrade().unwrap();
        let app = App::reached(store, Transport::Tls);
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let (tell, told) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            tokio::runtime::Runtime::new().unwrap().block_on(async move {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
                tell.send(listener.local_addr().unwrap()).unwrap();
                let routes = router(app);
                answer(listener, routes, certificate.as_ref(), LIMITS, stopped, SOON).await;
            });
        });
        Self {
            at: told.recv().unwrap(),
            stop,
            thread: Some(thread),
            _database: database,
        }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.at).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        stream
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
        let _ = self.thread.take().unwrap().join();
    }
}

const ASK: &[u8] = b"GET /api/v1/me HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";

fn asked(mut stream: impl Read + Write) -> String {
    stream.write_all(ASK).unwrap();
    let mut text = String::new();
    let _ = stream.read_to_string(&mut text);
    text
}

/// How long it takes until the other side ends the connection.
fn until_the_end(mut stream: TcpStream) -> Duration {
    let begun = Instant::now();
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);
    begun.elapsed()
}

fn tls(stream: TcpStream, directory: &Path, alpn: &[&[u8]]) -> StreamOwned<ClientConnection, TcpStream> {
    let mut roots = RootCertStore::empty();
    let authority = std::fs::read(directory.join("ca.crt")).unwrap();
    for certificate in CertificateDer::pem_slice_iter(&authority) {
        roots.add(certificate.unwrap()).unwrap();
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut configuration = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    configuration.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
    let name = ServerName::try_from("127.0.0.1").unwrap();
    StreamOwned::new(
        ClientConnection::new(Arc::new(configuration), name).unwrap(),
        stream,
    )
}

/// The certificate that a client is shown.
fn shown(listening: &Listening, directory: &Path) -> CertificateDer<'static> {
    let mut stream = tls(listening.connect(), directory, &[]);
    let text = asked(&mut stream);
    assert!(text.starts_with("HTTP/1.1 401"), "{text}");
    stream.conn.peer_certificates().unwrap()[0].clone().into_owned()
}

#[test]
fn requests_are_answered_over_tls_and_browsers_are_told_to_stay_there() {
    let directory = tempfile::tempdir().unwrap();
    let files = certificates(directory.path(), "one");
    let listening = Listening::with(Some(Certificate::load(files).unwrap()));
    let text = asked(tls(listening.connect(), directory.path(), &[b"http/1.1"]));
    assert!(text.starts_with("HTTP/1.1 401"), "{text}");
    assert!(text.contains("strict-transport-security: max-age="), "{text}");
    let mut two = tls(listening.connect(), directory.path(), &[b"h2"]);
    two.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0")
        .unwrap();
    let mut frame = [0; 9];
    two.read_exact(&mut frame).unwrap();
    assert_eq!(frame[3], 4, "no settings");
    assert_eq!(two.conn.alpn_protocol(), Some(&b"h2"[..]));
}

#[test]
fn who_does_not_speak_tls_or_only_an_old_one_gets_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let files = certificates(directory.path(), "one");
    let listening = Listening::with(Some(Certificate::load(files).unwrap()));
    let text = asked(listening.connect());
    assert!(!text.contains("HTTP/1.1"), "{text}");
    let old = |version: &str| {
        Command::new("openssl")
            .args(["s_client", "-connect", &listening.at.to_string(), version])
            .args(["-cipher", "ALL:@SECLEVEL=0"])
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap()
            .status
            .success()
    };
    assert!(old("-tls1_2"));
    assert!(!old("-tls1_1"));
}

#[test]
fn a_new_certificate_is_shown_once_its_files_changed_and_a_broken_one_never() {
    let directory = tempfile::tempdir().unwrap();
    let files = certificates(directory.path(), "one");
    let certificate = Certificate::load(files.clone()).unwrap();
    let listening = Listening::with(Some(certificate.clone()));
    let before = shown(&listening, directory.path());
    assert!(!certificate.reload().unwrap());
    let other = certificates(directory.path(), "two");
    // The certificate was written, and its key is not there yet.
    std::fs::copy(&other.certificate, &files.certificate).unwrap();
    let refused = certificate.reload();
    assert!(matches!(refused, Err(TlsError::Pair(..))), "{refused:?}");
    assert_eq!(shown(&listening, directory.path()), before);
    std::fs::copy(&other.key, &files.key).unwrap();
    assert!(certificate.reload().unwrap());
    assert_ne!(shown(&listening, directory.path()), before);
    std::fs::write(&files.key, "nothing").unwrap();
    assert!(matches!(certificate.reload(), Err(TlsError::Pem { .. })));
    std::fs::remove_file(&files.key).unwrap();
    assert!(matches!(certificate.reload(), Err(TlsError::File(..))));
}

#[test]
fn who_says_nothing_or_says_it_slowly_is_cut_off() {
    let listening = Listening::with(None);
    let patience = Duration::from_secs(5);
    assert!(until_the_end(listening.connect()) < patience);
    let mut slow = listening.connect();
    slow.write_all(b"GET /api/v1/me HTTP/1.1\r\nx-a: ").unwrap();
    let begun = Instant::now();
    while slow.write_all(b"a").is_ok() && begun.elapsed() < patience {
        std::thread::park_timeout(Duration::from_millis(50));
    }
    assert!(begun.elapsed() < patience);
    // A connection that is kept open and not used ends too.
    let mut kept = listening.connect();
    kept.write_all(b"GET /api/v1/me HTTP/1.1\r\nhost: x\r\n\r\n")
        .unwrap();
    assert!(until_the_end(kept) < patience);
    let directory = tempfile::tempdir().unwrap();
    let files = certificates(directory.path(), "one");
    let listening = Listening::with(Some(Certificate::load(files).unwrap()));
    assert!(until_the_end(listening.connect()) < patience);
    let mut silent = tls(listening.connect(), directory.path(), &[b"h2"]);
    silent.write_all(b"PRI * HTTP/2.0\r\n").unwrap();
    let begun = Instant::now();
    let _ = silent.read_to_end(&mut Vec::new());
    assert!(begun.elapsed() < patience);
}

#[test]
fn others_are_answered_once_those_who_took_all_places_are_cut_off() {
    let listening = Listening::with(None);
    let _idle: Vec<TcpStream> = (0..LIMITS.connections).map(|_| listening.connect()).collect();
    let text = asked(listening.connect());
    assert!(text.starts_with("HTTP/1.1 401"), "{text}");
}
