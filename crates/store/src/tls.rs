//! TLS as a client, of the database and of the bus: which authorities are trusted, and which certificate is shown.
//!
//! In: files in PEM. Out: a configuration of rustls. They are read each time, so that new ones need no restart.

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;

/// Trusts the authorities in this file alone, or without one those of the system; shows this certificate with its key, where there is one.
///
/// # Errors
/// What is wrong with which file.
pub(crate) fn client(
    authorities: Option<&Path>,
    certificate: Option<(&Path, &Path)>,
) -> Result<ClientConfig, String> {
    let roots = match authorities {
        Some(path) => authorities_in(path)?,
        None => authorities_of_the_system()?,
    };
    with_roots(roots, certificate)
}

/// The same with these authorities.
///
/// # Errors
/// As [`client`].
pub(crate) fn with_roots(
    roots: RootCertStore,
    certificate: Option<(&Path, &Path)>,
) -> Result<ClientConfig, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots);
    let Some((path, key)) = certificate else {
        return Ok(config.with_no_client_auth());
    };
    let certificates = certificates_in(path)?;
    config
        .with_client_auth_cert(certificates, key_in(key)?)
        .map_err(|error| format!("{} and {}: {error}", path.display(), key.display()))
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn certificates_in(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&read(path)?).collect();
    let certificates = certificates.map_err(|error| format!("{}: {error}", path.display()))?;
    if certificates.is_empty() {
        return Err(format!("{}: there is no certificate in it", path.display()));
    }
    Ok(certificates)
}

/// A key that only we, or root and our group, can read: the rule of libpq.
fn key_in(path: &Path) -> Result<PrivateKeyDer<'static>, String> {
    let shown = path.display();
    let about = std::fs::metadata(path).map_err(|error| format!("{shown}: {error}"))?;
    let forbidden = if about.uid() == 0 { 0o037 } else { 0o077 };
    if about.mode() & forbidden != 0 {
        return Err(format!(
            "{shown}: others can read this key; `chmod 600` keeps it to its owner"
        ));
    }
    let pem = read(path)?;
    PrivateKeyDer::from_pem_slice(&pem).map_err(|error| {
        let is_encrypted = String::from_utf8_lossy(&pem).contains("ENCRYPTED");
        let why = if is_encrypted {
            "it is encrypted, and no password is asked for; `openssl pkey` writes it without one".to_owned()
        } else {
            error.to_string()
        };
        format!("{shown}: {why}")
    })
}

fn authorities_in(path: &Path) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates_in(path)? {
        roots
            .add(certificate)
            .map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(roots)
}

fn authorities_of_the_system() -> Result<RootCertStore, String> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    // Systems list some that are too old to be read; whoever has one of those is not trusted.
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        let errors: Vec<String> = found.errors.iter().map(ToString::to_string).collect();
        return Err(format!("the system trusts no authority {}", errors.join("; ")));
    }
    Ok(roots)
}
