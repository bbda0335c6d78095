//! TLS: a certificate from files in PEM, which are read again when they change.
//!
//! TLS 1.2 and 1.3 with the cipher suites of `rustls`, all of which have forward secrecy and authenticated encryption; no client
//! certificates. <https://www.rfc-editor.org/rfc/rfc9325>

use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

/// The name of HTTP/2 within the handshake (<https://www.rfc-editor.org/rfc/rfc9113#section-3.1>).
pub(super) const HTTP_2: &[u8] = b"h2";
const HTTP_1: &[u8] = b"http/1.1";
/// Bytes of a file at most.
const LARGEST: u64 = 1 << 20;

/// Where the certificate is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate of the server, and those that lead to its authority, in PEM.
    pub certificate: PathBuf,
    /// Its private key, in PEM.
    pub key: PathBuf,
}

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("cannot read {0}: {1}")]
    File(PathBuf, std::io::Error),
    /// A file is too large to be what it should be.
    #[error("{0} has more than a mebibyte")]
    Large(PathBuf),
    /// A file does not hold what it should.
    #[error("{path} does not hold {what} in PEM")]
    Pem {
        /// Which.
        path: PathBuf,
        /// What it should hold.
        what: &'static str,
    },
    /// The key does not go with the certificate, or is of a kind that is not supported.
    #[error("the certificate {0} and its key cannot be used: {1}")]
    Pair(PathBuf, rustls::Error),
}

impl TlsError {
    /// What the operator can do about it.
    #[must_use]
    pub const fn help(&self) -> &'static str {
        match self {
            Self::File(..) | Self::Large(_) => "check the names of the files and who may read them",
            Self::Pem { .. } => {
                "--tls-cert takes the certificate and those between it and its authority, --tls-key its private key without a password"
            }
            Self::Pair(..) => "check that the key is that of the first certificate of the file",
        }
    }
}

/// The certificate that is shown to clients.
#[derive(Debug, Clone)]
pub struct Certificate {
    files: TlsFiles,
    shown: Arc<Shown>,
}

#[derive(Debug)]
struct Shown {
    /// What the files held.
    bytes: RwLock<(Vec<u8>, Vec<u8>)>,
    pair: RwLock<Arc<CertifiedKey>>,
}

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let pair = self.pair.read().unwrap_or_else(PoisonError::into_inner);
        Some(Arc::clone(&pair))
    }
}

impl Certificate {
    /// Reads the files.
    ///
    /// # Errors
    /// When they cannot be read, or do not belong together.
    pub fn load(files: TlsFiles) -> Result<Self, TlsError> {
        let bytes = read_both(&files)?;
        let pair = pair(&files, &bytes)?;
        Ok(Self {
            files,
            shown: Arc::new(Shown {
                bytes: RwLock::new(bytes),
                pair: RwLock::new(Arc::new(pair)),
            }),
        })
    }

    /// Reads the files again; out comes whether they changed. Connections that come from now on see what they hold.
    ///
    /// # Errors
    /// As [`Self::load`]; then the certificate stays as it was.
    pub fn reload(&self) -> Result<bool, TlsError> {
        let bytes = read_both(&self.files)?;
        if *self.shown.bytes.read().unwrap_or_else(PoisonError::into_inner) == bytes {
            return Ok(false);
        }
        let pair = pair(&self.files, &bytes)?;
        *self.shown.pair.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(pair);
        *self.shown.bytes.write().unwrap_or_else(PoisonError::into_inner) = bytes;
        Ok(true)
    }

    /// How the server speaks TLS.
    pub(super) fn configuration(&self) -> Arc<ServerConfig> {
        let resolver = Arc::clone(&self.shown) as Arc<dyn ResolvesServerCert>;
        let mut configuration = ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
            // The provider has suites for both versions.
            .unwrap_or_else(|_| ServerConfig::builder_with_protocol_versions(&[&rustls::version::TLS13]))
            .with_no_client_auth()
            .with_cert_resolver(resolver);
        configuration.alpn_protocols = vec![HTTP_2.to_vec(), HTTP_1.to_vec()];
        Arc::new(configuration)
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

fn read_both(files: &TlsFiles) -> Result<(Vec<u8>, Vec<u8>), TlsError> {
    Ok((read(&files.certificate)?, read(&files.key)?))
}

fn read(path: &Path) -> Result<Vec<u8>, TlsError> {
    let failed = |error| TlsError::File(path.to_path_buf(), error);
    if std::fs::metadata(path).map_err(failed)?.len() > LARGEST {
        return Err(TlsError::Large(path.to_path_buf()));
    }
    std::fs::read(path).map_err(failed)
}

fn pair(files: &TlsFiles, (certificate, key): &(Vec<u8>, Vec<u8>)) -> Result<CertifiedKey, TlsError> {
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(certificate)
        .collect::<Result<_, _>>()
        .unwrap_or_default();
    if chain.is_empty() {
        return Err(TlsError::Pem {
            path: files.certificate.clone(),
            what: "a certificate",
        });
    }
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| TlsError::Pem {
        path: files.key.clone(),
        what: "a private key",
    })?;
    CertifiedKey::from_der(chain, key, &provider())
        .map_err(|error| TlsError::Pair(files.certificate.clone(), error))
}
