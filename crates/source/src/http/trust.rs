//! Which certificates are trusted: those of the system (`SSL_CERT_FILE` and `SSL_CERT_DIR` obeyed), and files that the user
//! names besides.

use super::HttpError;
use rustls_native_certs::CertificateResult;
use std::path::PathBuf;
use std::sync::Arc;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, TlsProvider};

/// Largest file of certificates, in bytes.
const LARGEST: u64 = 16 << 20;

/// How far servers are trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verification {
    /// Their certificate must be signed by an authority that is trusted.
    Full,
    /// Anybody may answer.
    None,
    /// Nobody is: for connections in the clear, which need no certificates to be read.
    Clear,
}

/// The TLS settings of a client.
pub(super) fn configuration(verification: Verification, files: &[PathBuf]) -> Result<TlsConfig, HttpError> {
    let builder = TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()));
    Ok(match verification {
        Verification::Full => builder
            .root_certs(RootCerts::new_with_certs(&authorities(files)?))
            .build(),
        Verification::Clear => builder.root_certs(RootCerts::new_with_certs(&[])).build(),
        Verification::None => builder
            .root_certs(RootCerts::new_with_certs(&[]))
            .disable_verification(true)
            .build(),
    })
}

/// The same authorities, for others that speak TLS.
pub(crate) fn authorities_of(
    files: &[PathBuf],
) -> Result<Vec<rustls::pki_types::CertificateDer<'static>>, HttpError> {
    Ok(authorities(files)?
        .iter()
        .map(|certificate| rustls::pki_types::CertificateDer::from(certificate.der().to_vec()))
        .collect())
}

fn authorities(files: &[PathBuf]) -> Result<Vec<Certificate<'static>>, HttpError> {
    let CertificateResult { certs, errors, .. } = rustls_native_certs::load_native_certs();
    let mut all: Vec<Certificate<'static>> = certs
        .iter()
        .map(|certificate| Certificate::from_der(certificate).to_owned())
        .collect();
    for file in files {
        all.extend(read(file)?);
    }
    if all.is_empty() {
        let cause = errors
            .first()
            .map_or_else(String::new, |error| format!(": {error}"));
        return Err(HttpError::NoAuthorities(cause));
    }
    Ok(all)
}

fn read(path: &PathBuf) -> Result<Vec<Certificate<'static>>, HttpError> {
    let wrong = |cause: String| HttpError::Authorities {
        path: path.clone(),
        cause,
    };
    let about = std::fs::metadata(path).map_err(|error| wrong(super::plain(&error)))?;
    if !about.is_file() || about.len() > LARGEST {
        return Err(wrong("it is no regular file of at most 16 MiB".to_owned()));
    }
    let bytes = std::fs::read(path).map_err(|error| wrong(super::plain(&error)))?;
    let mut certificates = Vec::new();
    for item in ureq::tls::parse_pem(&bytes) {
        match item {
            Ok(PemItem::Certificate(certificate)) => certificates.push(certificate),
            Ok(_) => {}
            Err(error) => return Err(wrong(error.to_string())),
        }
    }
    if certificates.is_empty() {
        return Err(wrong("there is no certificate in it".to_owned()));
    }
    Ok(certificates)
}
