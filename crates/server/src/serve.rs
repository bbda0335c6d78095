//! Listening, until a signal says to stop.

use crate::api;
use crate::app::App;
use crate::auth::Transport;
use crate::auth::setup::{self, SetupError};
use crate::http::{dress, strict};
use crate::ingest::IngestError;
use crate::listen::{self, Certificate, Limits, TlsError, TlsFiles};
use crate::log_key::LogKey;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use axum::routing::get;
use bartizan_store::{Store, StoreError};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};

/// How long requests that were begun may go on once we stop.
const FINISH: Duration = Duration::from_secs(20);

/// How often waivers are ended whose last day is over.
const WAIVERS: Duration = Duration::from_secs(60);

/// How often it is asked whether a ledger has to be verified.
const VERIFICATIONS: Duration = Duration::from_secs(3_600);

/// How long after the start that is asked first.
const SETTLED: Duration = Duration::from_secs(300);

/// How often it is looked whether bodies are older than they are kept.
const RETENTION: Duration = Duration::from_secs(3_600);

/// How often it is looked whether there is a new certificate.
const CERTIFICATE: Duration = Duration::from_secs(60);

/// How to serve.
#[derive(Debug, Clone)]
pub struct ServeOptions {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Whether a proxy in front of the server speaks TLS with browsers, and tells where they are.
    pub behind_proxy: bool,
    /// The certificate to speak TLS with; without one whoever listens in understands everything.
    pub tls: Option<TlsFiles>,
    /// The key that signs what the logs say of themselves.
    pub log_key: Option<LogKey>,
    /// Who gets a new one-time link.
    pub new_link: Option<String>,
    /// Who gets a new token.
    pub new_token: Option<String>,
    /// Requests with one token or session within a minute; at least 1.
    pub requests_per_minute: u32,
}

/// Something that whoever started the server wants to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The schema was laid or renewed.
    Upgraded {
        /// What it was; 0 for none.
        from: i64,
        /// What it is.
        to: i64,
    },
    /// Somebody can set a password once.
    Link {
        /// Who.
        login: String,
        /// What is in the link.
        link: String,
    },
    /// A token was made.
    Token(String),
    /// Requests are answered; over TLS where it says so.
    Listening(SocketAddr, bool),
    /// There is a new certificate.
    Renewed,
    /// The files of the certificate changed and cannot be used: it stays as it was.
    Stale(String),
    /// A signal came.
    Stopping,
}

/// Why nothing is served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The address cannot be had.
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, std::io::Error),
    /// The runtime or the signals cannot be had.
    #[error("the server cannot run: {0}")]
    Runtime(std::io::Error),
    /// Nobody can be let in.
    #[error(transparent)]
    Setup(SetupError),
    /// There is no TLS.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The graph cannot be made again from the ledger.
    #[error("the graph cannot be made from the ledger: {0}")]
    Graph(IngestError),
}

impl From<IngestError> for ServeError {
    fn from(error: IngestError) -> Self {
        match error {
            IngestError::Store(error) => Self::Store(error),
            other => Self::Graph(other),
        }
    }
}

impl From<SetupError> for ServeError {
    fn from(error: SetupError) -> Self {
        match error {
            SetupError::Store(error) => Self::Store(error),
            other => Self::Setup(other),
        }
    }
}

impl ServeError {
    /// What the operator can do about it.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::Store(error) => error.help(),
            Self::Listen(..) => "name another address with --listen, or stop what listens there".to_owned(),
            Self::Runtime(_) => "check the limits of processes and files".to_owned(),
            Self::Setup(error) => error.help(),
            Self::Graph(_) => "run `bartizan ledger verify` to see what is wrong with the ledger".to_owned(),
            Self::Tls(error) => error.help().to_owned(),
        }
    }
}

/// Lays the schema, listens, and answers until SIGINT or SIGTERM; then what was begun is finished.
///
/// # Errors
/// When the store cannot be used or the address cannot be had.
pub fn serve(store: Store, options: ServeOptions, tell: &dyn Fn(Event)) -> Result<(), ServeError> {
    let upgrade = store.upgrade()?;
    if upgrade.from != upgrade.to {
        tell(Event::Upgraded {
            from: upgrade.from,
            to: upgrade.to,
        });
    }
    crate::jobs::renew_graphs(&store)?;
    let certificate = options.tls.clone().map(Certificate::load).transpose()?;
    let app = App::held_to(store, transport(&options), options.requests_per_minute)
        .with_log_key(options.log_key.clone());
    let link = |login: &str, link: String| {
        tell(Event::Link {
            login: login.to_owned(),
            link,
        });
    };
    if let Some(secret) = setup::first_administrator(app.store(), app.now())? {
        link("admin", secret);
    }
    if let Some(login) = &options.new_link {
        link(login, setup::new_link(app.store(), login, app.now())?);
    }
    if let Some(login) = &options.new_token {
        tell(Event::Token(setup::new_token(app.store(), login, app.now())?));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(64)
        .build()
        .map_err(ServeError::Runtime)?;
    let done = runtime.block_on(listen(app, &options, certificate, tell));
    runtime.shutdown_timeout(FINISH);
    done
}

/// How browsers reach us.
fn transport(options: &ServeOptions) -> Transport {
    if options.behind_proxy {
        Transport::Proxied
    } else if options.tls.is_some() || !options.listen.ip().is_loopback() {
        Transport::Tls
    } else {
        Transport::Loopback
    }
}

async fn listen(
    app: App,
    options: &ServeOptions,
    certificate: Option<Certificate>,
    tell: &dyn Fn(Event),
) -> Result<(), ServeError> {
    let address = options.listen;
    let listener = tokio::net::TcpListener::bind(address)
        .await
        .map_err(|error| ServeError::Listen(address, error))?;
    let address = listener.local_addr().map_err(ServeError::Runtime)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(ServeError::Runtime)?;
    tell(Event::Listening(address, certificate.is_some()));
    let works = [
        tokio::spawn(end_waivers(app.clone())),
        tokio::spawn(retain(app.clone())),
        tokio::spawn(verify_ledgers(app.clone())),
    ];
    let limits = Limits {
        per_address: Limits::USUAL.per_address.filter(|_| !options.behind_proxy),
        ..Limits::USUAL
    };
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let shown = certificate.clone();
    let server = tokio::spawn(async move {
        listen::answer(listener, router(app), shown.as_ref(), limits, stopped, FINISH).await;
    });
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
        error = renew(certificate.as_ref(), tell) => return Err(error),
    }
    tell(Event::Stopping);
    works.iter().for_each(tokio::task::JoinHandle::abort);
    let _ = stop.send(true);
    // A client that never ends its request does not hold us up for ever.
    let _ = tokio::time::timeout(FINISH, server).await;
    Ok(())
}

/// Reads the certificate again on SIGHUP, and when its files change. Ends only where signals cannot be had.
async fn renew(certificate: Option<&Certificate>, tell: &dyn Fn(Event)) -> ServeError {
    let Some(certificate) = certificate else {
        return std::future::pending().await;
    };
    let mut asked = match signal(SignalKind::hangup()) {
        Ok(asked) => asked,
        Err(error) => return ServeError::Runtime(error),
    };
    let mut clock = tokio::time::interval(CERTIFICATE);
    let mut last = None;
    loop {
        let is_asked = tokio::select! {
            _ = asked.recv() => true,
            _ = clock.tick() => false,
        };
        match certificate.reload() {
            Ok(true) => tell(Event::Renewed),
            Ok(false) => {}
            Err(error) => {
                let error = error.to_string();
                // Not the same again every minute.
                if is_asked || last.as_ref() != Some(&error) {
                    tell(Event::Stale(error.clone()));
                }
                last = Some(error);
                continue;
            }
        }
        last = None;
    }
}

/// Ends waivers as their days end, and gives back memory that nobody uses, until it is stopped. What fails is tried again the next time.
async fn end_waivers(app: App) {
    let mut clock = tokio::time::interval(WAIVERS);
    loop {
        clock.tick().await;
        app.graphs().forget_unused();
        let now = app.now();
        let _ = app
            .blocking(move |store| Ok(crate::jobs::end_waivers(store, now)?))
            .await;
    }
}

/// Verifies ledgers once a day, until it is stopped. What fails is tried again the next time.
async fn verify_ledgers(app: App) {
    // Whoever starts a server wants answers first.
    let mut clock = tokio::time::interval_at(tokio::time::Instant::now() + SETTLED, VERIFICATIONS);
    loop {
        clock.tick().await;
        let now = app.now();
        let _ = app
            .blocking(move |store| Ok(crate::jobs::verify_ledgers(store, now)?))
            .await;
    }
}

/// Bytes of a request at most; a bill of materials of 256 MB fits.
const LARGEST: usize = 512 * 1024 * 1024;

/// The description of the interface, OpenAPI 3.1 in JSON.
#[must_use]
pub fn description() -> String {
    text_of(&api::router().1)
}

fn text_of(description: &utoipa::openapi::OpenApi) -> String {
    description
        .to_pretty_json()
        .map(|text| format!("{text}\n"))
        .unwrap_or_default()
}

/// Everything that is answered.
pub fn router(app: App) -> Router {
    let (api, description) = api::router();
    let description = text_of(&description);
    api.route(
        "/api/v1/openapi.json",
        get(move || async move {
            let mut response = description.into_response();
            response
                .headers_mut()
                .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            response
        }),
    )
    .fallback(crate::console::answer)
    .layer(DefaultBodyLimit::max(LARGEST))
    .layer(axum::middleware::from_fn(dress))
    .layer(axum::middleware::from_fn_with_state(app.clone(), strict))
    .with_state(app)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_for_tls_only_wherever_browsers_come_by_tls() {
        let reached = |listen: &str, behind_proxy: bool, tls: bool| {
            transport(&ServeOptions {
                listen: listen.parse().unwrap(),
                behind_proxy,
                tls: tls.then(|| TlsFiles {
                    certificate: "c".into(),
                    key: "k".into(),
                }),
                log_key: None,
                new_link: None,
                new_token: None,
                requests_per_minute: 1,
            })
        };
        assert_eq!(reached("127.0.0.1:1", false, false), Transport::Loopback);
        assert_eq!(reached("[::1]:1", false, false), Transport::Loopback);
        assert_eq!(reached("127.0.0.1:1", true, false), Transport::Proxied);
        assert_eq!(reached("192.0.2.1:1", true, false), Transport::Proxied);
        assert_eq!(reached("127.0.0.1:1", false, true), Transport::Tls);
        assert_eq!(reached("192.0.2.1:1", false, true), Transport::Tls);
        assert_eq!(reached("192.0.2.1:1", false, false), Transport::Tls);
    }
}

/// Takes away what the policy of a tenant no longer keeps, until it is stopped.
async fn retain(app: App) {
    let mut clock = tokio::time::interval(RETENTION);
    loop {
        clock.tick().await;
        let now = app.now();
        let _ = app
            .blocking(move |store| Ok(crate::jobs::retain(store, now)?))
            .await;
    }
}
