//! The one HTTP client of the product: blocking, over rustls, and silent until a command asks for something.
//!
//! In: a [`Request`]. Out: a [`Fetched`] answer of bounded size, a file ([`Client::download`]), or a typed [`HttpError`] that names
//! the address without what is secret in it. Failures that may pass are tried again with back-off ([`Patience`]); redirects
//! are followed here, so that credentials stay with the host they are for and nothing leads from TLS into the clear.
//! <https://www.rfc-editor.org/rfc/rfc9110>

mod download;
mod error;
mod exchange;
mod guard;
mod patience;
mod proxy;
mod trust;
mod url;

pub use download::{Download, Downloaded, Validators};
pub use error::HttpError;
pub use exchange::basic;
pub use guard::{Reach, Unreachable, is_forbidden};
pub use patience::Patience;
pub use proxy::Proxies;
pub use url::{InvalidUrl, Scheme, Url, escaped, is_loopback};

pub(crate) use exchange::Answer;
pub(crate) use guard::addresses;
pub(crate) use trust::authorities_of;

use guard::Guard;
use patience::Attempts;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;
use trust::Verification;
use ureq::Agent;
use ureq::unversioned::transport::DefaultConnector;

/// What a client is made from.
#[derive(Debug, Clone)]
pub struct HttpOptions {
    /// Refuse every request before anything is connected.
    pub offline: bool,
    /// Files in PEM form with authorities to trust besides those of the system.
    pub ca_files: Vec<PathBuf>,
    /// Proxies.
    pub proxies: Proxies,
    /// How often and how long to try.
    pub patience: Patience,
    /// Longest time to connect, TLS included.
    pub connect: Duration,
    /// Longest silence of a server in the middle of an answer, and before one.
    pub silence: Duration,
    /// Longest time for one exchange from its beginning to its end, where there is one.
    pub whole: Option<Duration>,
    /// Which addresses may be connected to.
    pub reach: Reach,
}

impl Default for HttpOptions {
    /// No proxies, the system's authorities, 15 seconds to connect, 60 seconds of silence, every address.
    fn default() -> Self {
        Self {
            offline: false,
            ca_files: Vec::new(),
            proxies: Proxies::none(),
            patience: Patience::default(),
            connect: Duration::from_secs(15),
            silence: Duration::from_secs(60),
            whole: None,
            reach: Reach::Everywhere,
        }
    }
}

/// Somebody who watches a transfer.
pub trait Watch: Sync {
    /// So many more bytes are to come.
    fn expected(&self, _bytes: u64) {}

    /// So many more bytes have come.
    fn received(&self, _bytes: u64) {}

    /// A failure that may pass, and how long is waited.
    fn waits(&self, _notice: &str) {}

    /// Whether the user interrupted.
    fn stopped(&self) -> bool {
        false
    }
}

/// Nobody watches.
impl Watch for () {}

/// What to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method<'a> {
    /// For a representation.
    Get,
    /// With a form, already encoded.
    Form(&'a str),
    /// With a document. Sent again after a failure: what is sent must be such that twice is as good as once.
    Post {
        /// Its media type.
        content_type: &'a str,
        /// Its bytes.
        body: &'a [u8],
    },
    /// With a document that takes the place of what was there, or changes it.
    Change {
        /// Which of the two.
        verb: Verb,
        /// Its media type.
        content_type: &'a str,
        /// Its bytes.
        body: &'a [u8],
    },
}

/// How something is changed. <https://www.rfc-editor.org/rfc/rfc9110#section-9.3.4>, <https://www.rfc-editor.org/rfc/rfc5789>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// All of it is new.
    Put,
    /// Parts of it are.
    Patch,
}

impl Verb {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Put => "PUT",
            Self::Patch => "PATCH",
        }
    }
}

/// One request.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The address. Its user, if any, is sent as Basic credentials to that origin.
    pub url: &'a Url,
    /// What to ask.
    pub method: Method<'a>,
    /// Headers, but no credentials.
    pub headers: &'a [(&'a str, &'a str)],
    /// The value of an `Authorization` header, for the origin of the address alone.
    pub authorization: Option<&'a str>,
    /// Whether the certificate may be anybody's.
    pub unverified: bool,
}

impl<'a> Request<'a> {
    /// Asks for what lies at an address.
    #[must_use]
    pub const fn get(url: &'a Url) -> Self {
        Self {
            url,
            method: Method::Get,
            headers: &[],
            authorization: None,
            unverified: false,
        }
    }
}

/// An answer that was read to its end.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// Where it came from in the end.
    pub url: Url,
    /// The status code.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
    headers: ureq::http::HeaderMap,
    attempts: u32,
}

impl Fetched {
    /// The first header of a name, where it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Every header of a name that is text.
    pub fn headers(&self, name: &str) -> impl Iterator<Item = &str> {
        self.headers
            .get_all(name)
            .iter()
            .filter_map(|value| value.to_str().ok())
    }

    /// The same answer where it is a success.
    ///
    /// # Errors
    /// Where it is none.
    pub fn success(self) -> Result<Self, HttpError> {
        if (200..300).contains(&self.status) {
            return Ok(self);
        }
        Err(self.refusal())
    }

    /// The error that the answer is.
    #[must_use]
    pub fn refusal(&self) -> HttpError {
        HttpError::Status {
            url: self.url.to_string(),
            status: self.status,
            attempts: self.attempts,
        }
    }
}

/// The client. Certificates are read when the first request needs them.
pub struct Client {
    options: HttpOptions,
    verified: OnceLock<Result<Agent, HttpError>>,
    unverified: OnceLock<Result<Agent, HttpError>>,
    clear: OnceLock<Result<Agent, HttpError>>,
}

impl Client {
    /// A client that has not connected to anything.
    #[must_use]
    pub const fn new(options: HttpOptions) -> Self {
        Self {
            options,
            verified: OnceLock::new(),
            unverified: OnceLock::new(),
            clear: OnceLock::new(),
        }
    }

    /// Asks, and reads the whole answer of at most `limit` bytes. Statuses that may pass are tried again; every other status
    /// is an answer.
    ///
    /// # Errors
    /// When there is no answer, or only failures that do not pass.
    pub fn fetch(&self, request: &Request<'_>, limit: u64, watch: &dyn Watch) -> Result<Fetched, HttpError> {
        let mut attempts = Attempts::new(self.options.patience);
        loop {
            let (error, wait) = match self.exchange(request) {
                Ok(answer) => {
                    let wait = answer.header("retry-after").and_then(patience::retry_after);
                    match answer.read(limit) {
                        Ok(fetched) if error::is_transient(fetched.status) => (fetched.refusal(), wait),
                        Ok(mut fetched) => {
                            fetched.attempts = attempts.total() + 1;
                            return Ok(fetched);
                        }
                        Err(error) => (error, None),
                    }
                }
                Err(error) => (error, None),
            };
            attempts.failed(error, wait, watch)?;
        }
    }

    /// Whether every request is refused.
    #[must_use]
    pub const fn is_offline(&self) -> bool {
        self.options.offline
    }

    /// Asks once: nothing is tried again, and every status is an answer.
    ///
    /// # Errors
    /// When there is no answer of at most `limit` bytes.
    pub fn probe(&self, request: &Request<'_>, limit: u64) -> Result<Fetched, HttpError> {
        self.exchange(request)?.read(limit)
    }

    fn agent(&self, verification: Verification) -> Result<&Agent, HttpError> {
        let slot = match verification {
            Verification::Full => &self.verified,
            Verification::None => &self.unverified,
            Verification::Clear => &self.clear,
        };
        slot.get_or_init(|| {
            let tls = trust::configuration(verification, &self.options.ca_files)?;
            Ok(self.agent_with(tls))
        })
        .as_ref()
        .map_err(Clone::clone)
    }

    fn agent_with(&self, tls: ureq::tls::TlsConfig) -> Agent {
        let config = Agent::config_builder()
            .tls_config(tls)
            .proxy(None)
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent(concat!("bartizan/", env!("CARGO_PKG_VERSION")))
            .timeout_global(self.options.whole)
            .timeout_connect(Some(self.options.connect))
            .timeout_recv_response(Some(self.options.silence))
            .timeout_per_read(Some(self.options.silence))
            .timeout_per_write(Some(self.options.silence))
            .build();
        Agent::with_parts(
            config,
            DefaultConnector::default(),
            Guard::new(self.options.reach),
        )
    }
}

/// What the system said, without the number.
pub(crate) fn plain(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_owned()
}
