//! The way to PostgreSQL: what `sslmode` and `sslrootcert` promise, held against a real server with a certificate made for the test.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use bartizan_store::{DatabaseUrl, Options, Store, StoreError};
use bartizan_testbed::{Postgres, authority, certificate, openssl};
use std::path::Path;

/// A server that lets in over TCP whoever comes by TLS with a password, and by its socket everybody.
struct Harbour {
    server: Postgres,
    /// Certificates of authorities: `ca.crt`, who signed that of the server, and `other.crt`.
    files: tempfile::TempDir,
}

const HBA: &str = "local all all trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n";
const PASSWORD: &str = "tide";

fn harbour(names: &str) -> Harbour {
    let files = tempfile::tempdir().unwrap();
    let path = files.path();
    for name in ["ca", "other"] {
        authority(path, name).unwrap();
    }
    certificate(path, "server", "server", "ca", names).unwrap();
    let server = serve(
        &[
            ("ssl", "on"),
            ("ssl_cert_file", "{directory}/server.crt"),
            ("ssl_key_file", "{directory}/server.key"),
        ],
        path,
    );
    Harbour { server, files }
}

fn serve(settings: &[(&str, &str)], certificates: &Path) -> Postgres {
    let mut files = vec![("hba".to_owned(), HBA.as_bytes().to_vec())];
    for name in ["server.crt", "server.key"] {
        if let Ok(content) = std::fs::read(certificates.join(name)) {
            files.push((name.to_owned(), content));
        }
    }
    let mut all = vec![("hba_file".to_owned(), "{directory}/hba".to_owned())];
    all.extend(
        settings
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
    );
    let server = Postgres::start(&bartizan_testbed::Options {
        tcp: true,
        files,
        settings: all,
        ..Default::default()
    })
    .unwrap();
    server
        .sql("postgres", &format!("ALTER ROLE bartizan PASSWORD '{PASSWORD}'"))
        .unwrap();
    server
}

impl Harbour {
    /// Opens the store over TCP. Out comes whether the server sees TLS.
    fn open(&self, host: &str, parameters: &str) -> Result<bool, StoreError> {
        open(
            &self.server,
            host,
            &parameters.replace("FILES", &self.files.path().display().to_string()),
        )
    }
}

fn open(server: &Postgres, host: &str, parameters: &str) -> Result<bool, StoreError> {
    let url: DatabaseUrl = format!(
        "postgres://bartizan:{PASSWORD}@{host}:{}/postgres?{parameters}",
        server.port()
    )
    .parse()
    .unwrap();
    let store = Store::open(&url, Options::default())?;
    let seen = server
        .sql(
            "postgres",
            "SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'bartizan'",
        )
        .unwrap();
    drop(store);
    Ok(seen == "t")
}

fn untrusted(opened: Result<bool, StoreError>) -> String {
    match opened {
        Err(error @ StoreError::Untrusted(_)) => {
            assert!(!error.is_transient() && error.help().contains("sslrootcert"));
            error.to_string()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_server_is_believed_whose_certificate_a_named_authority_signed_for_its_name() {
    let harbour = harbour("DNS:localhost");
    for mode in ["prefer", "require", "verify-ca", "verify-full"] {
        let asked = format!("sslmode={mode}&sslrootcert=FILES/ca.crt");
        assert!(harbour.open("localhost", &asked).unwrap(), "{mode}");
    }
    // With the password goes a proof that nobody sits between.
    let bound = "sslmode=verify-full&sslrootcert=FILES/ca.crt&channel_binding=require";
    assert!(harbour.open("localhost", bound).unwrap());
}

/// A server that lets in whoever shows a certificate which `ca` signed for the name of a role.
fn by_certificate() -> Harbour {
    let mut harbour = harbour("DNS:localhost");
    let path = harbour.files.path();
    for (name, subject, authority) in [
        ("bartizan", "bartizan", "ca"),
        ("somebody", "somebody", "ca"),
        ("forged", "bartizan", "other"),
    ] {
        certificate(path, name, subject, authority, "DNS:localhost").unwrap();
    }
    let read = |name: &str| (name.to_owned(), std::fs::read(path.join(name)).unwrap());
    let hba = "local all all trust\nhostssl all all 127.0.0.1/32 cert\n";
    let mut files: Vec<_> = ["server.crt", "server.key", "ca.crt"]
        .into_iter()
        .map(read)
        .collect();
    files.push(("hba".to_owned(), hba.as_bytes().to_vec()));
    let settings = [
        ("hba_file", "{directory}/hba"),
        ("ssl", "on"),
        ("ssl_cert_file", "{directory}/server.crt"),
        ("ssl_key_file", "{directory}/server.key"),
        ("ssl_ca_file", "{directory}/ca.crt"),
    ];
    harbour.server = Postgres::start(&bartizan_testbed::Options {
        tcp: true,
        files,
        settings: settings
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        ..Default::default()
    })
    .unwrap();
    harbour
}

impl Harbour {
    /// Opens the store with a certificate and no password.
    fn show(&self, name: &str, more: &str) -> Result<(), StoreError> {
        let files = self.files.path().display();
        let url: DatabaseUrl = format!(
            "postgres://bartizan@localhost:{}/postgres?sslrootcert={files}/ca.crt&sslcert={files}/{name}.crt&sslkey={files}/{name}.key{more}",
            self.server.port()
        )
        .parse()
        .unwrap();
        Store::open(&url, Options::default()).map(|_| ())
    }
}

#[test]
fn a_certificate_lets_in_the_role_that_it_names() {
    let harbour = by_certificate();
    harbour.show("bartizan", "&sslmode=verify-full").unwrap();
    // Who shows a certificate wants TLS, also on this machine.
    harbour.show("bartizan", "").unwrap();
    for refused in ["somebody", "forged"] {
        let error = harbour.show(refused, "&sslmode=verify-full").unwrap_err();
        assert!(!error.to_string().is_empty(), "{refused}: {error}");
    }
    let without = harbour.open("localhost", "sslmode=verify-full&sslrootcert=FILES/ca.crt");
    assert!(without.is_err(), "{without:?}");
}

#[test]
fn a_key_that_others_can_read_or_that_is_not_the_one_of_the_certificate_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let harbour = by_certificate();
    let key = harbour.files.path().join("bartizan.key");
    let refused = || untrusted(harbour.show("bartizan", "&sslmode=verify-full").map(|()| true));
    std::fs::set_permissions(&key, PermissionsExt::from_mode(0o644)).unwrap();
    assert!(refused().contains("others can read"));
    std::fs::set_permissions(&key, PermissionsExt::from_mode(0o600)).unwrap();
    harbour.show("bartizan", "&sslmode=verify-full").unwrap();
    let other = harbour.files.path().join("somebody.key");
    std::fs::copy(&other, &key).unwrap();
    assert!(refused().contains("bartizan.key"));
    openssl(
        harbour.files.path(),
        "pkcs8 -topk8 -in somebody.key -out bartizan.key -passout pass:tide",
    )
    .unwrap();
    assert!(refused().contains("encrypted"));
    std::fs::remove_file(&key).unwrap();
    assert!(refused().contains("bartizan.key"));
}

#[test]
fn no_other_certificate_is_ever_taken() {
    let harbour = harbour("DNS:localhost");
    for mode in ["prefer", "require", "verify-ca", "verify-full"] {
        let asked = |file: &str| format!("sslmode={mode}&sslrootcert=FILES/{file}");
        let other = untrusted(harbour.open("localhost", &asked("other.crt")));
        assert!(other.contains("certificate"), "{other}");
        // The system does not know the authority either.
        untrusted(harbour.open("localhost", &format!("sslmode={mode}")));
        untrusted(harbour.open("localhost", &format!("sslmode={mode}&sslrootcert=system")));
        // Another name than that in the certificate.
        let name = untrusted(harbour.open("127.0.0.1", &asked("ca.crt")));
        assert!(name.contains("certificate"), "{name}");
        let missing = untrusted(harbour.open("localhost", &asked("none.crt")));
        assert!(missing.contains("none.crt"), "{missing}");
        // A file that holds no certificate.
        untrusted(harbour.open("localhost", &asked("names")));
    }
}

#[test]
fn an_address_is_believed_that_stands_in_the_certificate() {
    let harbour = harbour("IP:127.0.0.1");
    let asked = "sslmode=verify-full&sslrootcert=FILES/ca.crt";
    assert!(harbour.open("127.0.0.1", asked).unwrap());
}

#[test]
fn without_tls_a_server_that_asks_for_it_lets_nobody_in() {
    let harbour = harbour("DNS:localhost");
    for asked in ["sslmode=disable", ""] {
        let refused = harbour.open("localhost", asked);
        assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
        assert!(!format!("{refused:?}").contains(PASSWORD));
    }
}

#[test]
fn a_server_without_tls_is_refused_unless_that_was_allowed() {
    let hba = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n";
    let server = Postgres::start(&bartizan_testbed::Options {
        tcp: true,
        files: vec![("hba".to_owned(), hba.as_bytes().to_vec())],
        settings: vec![("hba_file".to_owned(), "{directory}/hba".to_owned())],
        ..Default::default()
    })
    .unwrap();
    server
        .sql("postgres", &format!("ALTER ROLE bartizan PASSWORD '{PASSWORD}'"))
        .unwrap();
    for mode in ["require", "verify-ca", "verify-full"] {
        let refused = untrusted(open(&server, "localhost", &format!("sslmode={mode}")));
        assert!(refused.contains("does not support TLS"), "{refused}");
    }
    for mode in ["sslmode=prefer", "sslmode=disable", ""] {
        assert!(!open(&server, "localhost", mode).unwrap(), "{mode}");
    }
    // A proof that nobody sits between is not to be had without TLS.
    let bound = open(&server, "localhost", "sslmode=prefer&channel_binding=require");
    assert!(bound.is_err(), "{bound:?}");
}
