//! Listening, until a signal says to stop.

use crate::api;
use crate::app::{AT_ONCE, App};
use crate::auth::Transport;
use crate::auth::setup::{self, SetupError};
use crate::http::dress;
use axum::Router;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use axum::routing::get;
use bartizan_store::{Store, StoreError};
use std::net::SocketAddr;
use std::time::Duration;

/// How long requests that were begun may go on once we stop.
const FINISH: Duration = Duration::from_secs(20);

/// How often waivers are ended whose last day is over.
const WAIVERS: Duration = Duration::from_secs(60);

/// How to serve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServeOptions {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Whether a proxy in front of the server speaks TLS with browsers, and tells where they are.
    pub behind_proxy: bool,
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
    /// Requests are answered.
    Listening(SocketAddr),
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
    let transport = if options.behind_proxy || !options.listen.ip().is_loopback() {
        Transport::Tls
    } else {
        Transport::Loopback
    };
    let app = App::held_to(store, transport, options.requests_per_minute);
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
        // A few for hashes of passwords and names of hosts.
        .max_blocking_threads(AT_ONCE + 8)
        // What a thread took for large evidence goes back to the system when the thread ends.
        .thread_keep_alive(Duration::from_secs(1))
        .build()
        .map_err(ServeError::Runtime)?;
    let done = runtime.block_on(listen(app, options.listen, tell));
    runtime.shutdown_timeout(FINISH);
    done
}

async fn listen(app: App, address: SocketAddr, tell: &dyn Fn(Event)) -> Result<(), ServeError> {
    let listener = tokio::net::TcpListener::bind(address)
        .await
        .map_err(|error| ServeError::Listen(address, error))?;
    let address = listener.local_addr().map_err(ServeError::Runtime)?;
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
        .map_err(ServeError::Runtime)?;
    tell(Event::Listening(address));
    let ending = tokio::spawn(end_waivers(app.clone()));
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = axum::serve(
        listener,
        router(app).into_make_service_with_connect_info::<SocketAddr>(),
    )
    .with_graceful_shutdown(async {
        let _ = stopped.await;
    });
    let server = tokio::spawn(async move { server.await });
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
    tell(Event::Stopping);
    ending.abort();
    let _ = stop.send(());
    // A client that never ends its request does not hold us up for ever.
    let _ = tokio::time::timeout(FINISH, server).await;
    Ok(())
}

/// Ends waivers as their days end, until it is stopped. What fails is tried again the next time.
async fn end_waivers(app: App) {
    let mut clock = tokio::time::interval(WAIVERS);
    loop {
        clock.tick().await;
        let now = app.now();
        let _ = app
            .blocking(move |store| Ok(crate::jobs::end_waivers(store, now)?))
            .await;
    }
}

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
    .layer(axum::middleware::from_fn(dress))
    .with_state(app)
}
