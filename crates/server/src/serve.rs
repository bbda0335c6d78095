//! Listening, until a signal says to stop.

use crate::api;
use crate::app::{AT_ONCE, App, AppOptions};
use crate::auth::Transport;
use crate::auth::setup::{self, SetupError};
use crate::http::{Problem, dress, spare, strict};
use crate::ingest::IngestError;
use crate::listen::{self, Certificate, Limits, TlsError, TlsFiles};
use crate::log_key::LogKey;
use crate::notify::NotifyOptions;
use crate::oidc::OidcSettings;
use crate::relay::{ConnectError, installation, relay};
use crate::watch::{self, Exporter, Log, LogFormat, TraceOptions};
use axum::Router;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use axum::routing::get;
use bartizan_source::http::HttpOptions;
use bartizan_store::bus::{Bus, BusError, Heard, Nats, NatsOptions};
use bartizan_store::{Store, StoreError, TenantId};
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// How often waivers are ended whose last day is over.
const WAIVERS: Duration = Duration::from_secs(60);

/// How often it is looked whether others have to be told something.
const TELL: Duration = Duration::from_secs(2);

/// How long after a ledger grew it is looked whether its edges are to be kept anew.
const SNAPSHOTS: Duration = Duration::from_secs(4);

/// How long it is waited for more, once a ledger grew.
const GATHER: Duration = Duration::from_millis(500);

/// How often what was sent long ago is taken away.
const SWEEP: Duration = Duration::from_secs(3_600);

/// How often it is asked whether a ledger has to be verified.
const VERIFICATIONS: Duration = Duration::from_secs(3_600);

/// How long after the start that is asked first.
const SETTLED: Duration = Duration::from_secs(300);

/// How often it is looked whether bodies are older than they are kept.
const RETENTION: Duration = Duration::from_secs(3_600);

/// How often it is looked whether there is a new certificate.
const CERTIFICATE: Duration = Duration::from_secs(60);

/// How long the collector of traces may take once we stop.
const LAST_SPANS: Duration = Duration::from_secs(3);

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
    /// How others are told.
    pub notify: NotifyOptions,
    /// The server through which people sign in besides with passwords.
    pub oidc: Option<OidcSettings>,
    /// The bus by which servers that share a database hear of one another.
    pub bus: Option<NatsOptions>,
    /// How other servers are reached.
    pub http: HttpOptions,
    /// What lets somebody read the metrics from anywhere.
    pub metrics_token: Option<String>,
    /// How the log is written.
    pub log: LogFormat,
    /// The least that is written: `error`, `warn`, `info` or `debug`.
    pub log_level: tracing::Level,
    /// Where traces go.
    pub traces: Option<TraceOptions>,
    /// How long requests are answered after the signal to stop, with `/readyz` saying no.
    pub stop_delay: Duration,
    /// How long requests that were begun may go on after that.
    pub stop_limit: Duration,
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
    /// Nothing is answered any more, and so many requests were not brought to their end.
    Stopped {
        /// Requests that were given up.
        unfinished: i64,
    },
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
    /// There is no bus.
    #[error(transparent)]
    Bus(BusError),
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

impl From<ConnectError> for ServeError {
    fn from(error: ConnectError) -> Self {
        match error {
            ConnectError::Store(error) => Self::Store(error),
            ConnectError::Bus(error) => Self::Bus(error),
            ConnectError::Random => Self::Runtime(std::io::Error::other(error.to_string())),
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
            Self::Bus(error) => error.help(),
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
    let exporter = options
        .traces
        .clone()
        .map(|traces| Exporter::begin(traces, options.http.clone()).map(Arc::new))
        .transpose()
        .map_err(ServeError::Runtime)?;
    let log = Log {
        format: options.log,
        level: options.log_level,
    };
    watch::listen(log, exporter.clone());
    let app = App::observed(store, app_options(&options), exporter.clone())
        .with_log_key(options.log_key.clone())
        .telling(options.notify.clone());
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
    let app = match &options.bus {
        Some(bus) => {
            let bus = runtime.block_on(Nats::connect(bus, &installation(app.store())?));
            app.hearing(Bus::Nats(Box::new(bus.map_err(ConnectError::Bus)?)))
        }
        None => app,
    };
    let (done, is_hurried) = match runtime.block_on(listen(app, &options, certificate, tell)) {
        Ok(is_hurried) => (Ok(()), is_hurried),
        Err(error) => (Err(error), true),
    };
    if is_hurried {
        runtime.shutdown_background();
    } else {
        runtime.shutdown_timeout(options.stop_limit);
        if let Some(exporter) = exporter {
            exporter.finish(LAST_SPANS);
        }
    }
    done
}

fn app_options(options: &ServeOptions) -> AppOptions {
    AppOptions {
        transport: transport(options.listen, options.behind_proxy, options.tls.is_some()),
        requests_per_minute: options.requests_per_minute,
        oidc: options.oidc.clone(),
        http: options.http.clone(),
        metrics_token: options.metrics_token.clone(),
    }
}

/// How browsers reach us.
fn transport(listen: SocketAddr, behind_proxy: bool, has_tls: bool) -> Transport {
    if behind_proxy {
        Transport::Proxied
    } else if has_tls || !listen.ip().is_loopback() {
        Transport::Tls
    } else {
        Transport::Loopback
    }
}

/// SIGINT and SIGTERM.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Answers until a signal comes, and then stops in order; out comes whether a second signal cut that short.
async fn listen(
    app: App,
    options: &ServeOptions,
    certificate: Option<Certificate>,
    tell: &dyn Fn(Event),
) -> Result<bool, ServeError> {
    let listener = tokio::net::TcpListener::bind(options.listen)
        .await
        .map_err(|error| ServeError::Listen(options.listen, error))?;
    let address = listener.local_addr().map_err(ServeError::Runtime)?;
    let mut signals = Signals::new().map_err(ServeError::Runtime)?;
    tell(Event::Listening(address, certificate.is_some()));
    let scheme = if certificate.is_some() { "https" } else { "http" };
    tracing::info!(target: "bartizan", url = %format!("{scheme}://{address}"), version = env!("CARGO_PKG_VERSION"), "listening");
    let mut works: Vec<_> = REPEATED
        .map(|work| tokio::spawn(repeat(app.clone(), work)))
        .into();
    works.push(tokio::spawn(forget_unused(app.clone())));
    works.push(tokio::spawn(tell_others(app.clone())));
    works.push(tokio::spawn(relay(app.clone())));
    works.push(tokio::spawn(keep_snapshots(app.clone())));
    let limits = Limits {
        per_address: Limits::USUAL.per_address.filter(|_| !options.behind_proxy),
        ..Limits::USUAL
    };
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let (shown, limit, routes) = (certificate.clone(), options.stop_limit, router(app.clone()));
    let mut server = tokio::spawn(async move {
        listen::answer(listener, routes, shown.as_ref(), limits, stopped, limit).await;
    });
    tokio::select! {
        () = signals.next() => {}
        error = renew(certificate.as_ref(), tell) => return Err(error),
    }
    tell(Event::Stopping);
    tracing::info!(target: "bartizan", in_flight = app.watch().metrics.in_flight(), "stopping");
    app.watch().stop();
    works.iter().for_each(tokio::task::JoinHandle::abort);
    // Whoever sends requests here is to learn from /readyz that we stop before we no longer answer.
    let mut is_hurried = tokio::select! {
        () = tokio::time::sleep(options.stop_delay) => false,
        () = signals.next() => true,
    };
    app.close();
    let _ = stop.send(true);
    if !is_hurried {
        // A client that never ends its request does not hold us up for ever.
        is_hurried = tokio::select! {
            _ = tokio::time::timeout(options.stop_limit, &mut server) => false,
            () = signals.next() => true,
        };
    }
    let unfinished = app.watch().metrics.in_flight();
    tell(Event::Stopped { unfinished });
    tracing::info!(target: "bartizan", unfinished, "stopped");
    Ok(is_hurried)
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

/// Work on the ledgers of all tenants that is done again and again.
struct Repeated {
    name: &'static str,
    /// How long after the start for the first time: whoever starts a server wants answers before what is not urgent.
    first: Duration,
    period: Duration,
    work: fn(&Store, i64) -> Result<u64, IngestError>,
}

const REPEATED: [Repeated; 4] = [
    Repeated {
        name: "end-waivers",
        first: Duration::ZERO,
        period: WAIVERS,
        work: crate::jobs::end_waivers,
    },
    Repeated {
        name: "verify-ledgers",
        first: SETTLED,
        period: VERIFICATIONS,
        work: crate::jobs::verify_ledgers,
    },
    Repeated {
        name: "retain",
        first: SETTLED,
        period: RETENTION,
        work: crate::jobs::retain,
    },
    Repeated {
        name: "sweep-deliveries",
        first: SETTLED,
        period: SWEEP,
        work: crate::jobs::sweep,
    },
];

/// Does it until it is stopped. What fails is tried again the next time.
async fn repeat(app: App, repeated: Repeated) {
    let start = tokio::time::Instant::now() + repeated.first;
    let mut clock = tokio::time::interval_at(start, repeated.period);
    loop {
        clock.tick().await;
        let (now, began) = (app.now(), Instant::now());
        let done = app.blocking(move |store| Ok((repeated.work)(store, now)?)).await;
        ended(&app, repeated.name, &done, began);
    }
}

/// Says how a job ended.
fn ended<T>(app: &App, name: &'static str, done: &Result<T, Problem>, began: Instant) {
    if let Err(problem) = done {
        tracing::error!(target: "bartizan", job = name, why = %problem.detail, "a job failed");
    }
    app.watch()
        .metrics
        .job(name, done.is_ok(), began.elapsed(), app.now());
}

/// Gives back memory that nobody uses, until it is stopped.
async fn forget_unused(app: App) {
    let mut clock = tokio::time::interval(WAIVERS);
    loop {
        clock.tick().await;
        app.graphs().forget_unused();
    }
}

/// Keeps snapshots of the edges of those tenants whose log grew here, and after the start of all, until it is stopped.
async fn keep_snapshots(app: App) {
    let mut grown = app.store().grown().listen();
    // None stands for all.
    let mut due: Option<BTreeSet<TenantId>> = None;
    loop {
        tokio::time::sleep(SNAPSHOTS).await;
        let tenants = match due.replace(BTreeSet::new()) {
            Some(tenants) => tenants,
            None => match app.read_all(|all| all.tenants()).await {
                Ok(tenants) => tenants.into_iter().map(|tenant| tenant.id).collect(),
                Err(_) => {
                    due = None;
                    continue;
                }
            },
        };
        for tenant in tenants {
            let began = Instant::now();
            let kept = app
                .blocking(move |store| crate::graphs::keep_snapshot(store, tenant))
                .await;
            if !matches!(kept, Ok(false)) {
                ended(&app, "keep-snapshots", &kept, began);
            }
        }
        let mut heard = Some(grown.next().await);
        while let Some(what) = heard {
            match (what, &mut due) {
                (Heard::Grew(tenant), Some(due)) => {
                    due.insert(tenant);
                }
                _ => due = None,
            }
            heard = grown.already();
        }
    }
}

/// Tells others what they have to know, when a ledger grew and because time passes, until it is stopped. What fails is tried again the next time.
async fn tell_others(app: App) {
    let mut clock = tokio::time::interval(TELL);
    clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut listener = app.bus().listen();
    loop {
        tokio::select! {
            _ = clock.tick() => {}
            _ = listener.next() => {
                // What comes at once is told together.
                tokio::time::sleep(GATHER).await;
                while listener.already().is_some() {}
            }
        }
        // Where there was something to send there may be more.
        loop {
            let (telling, began) = (app.clone(), Instant::now());
            let told = tokio::task::spawn_blocking(move || crate::jobs::tell(&telling, &|| telling.now()))
                .await
                .unwrap_or_else(|error| Err(StoreError::Refused(error.to_string())))
                .map_err(Problem::from);
            ended(&app, "tell-others", &told, began);
            if !told.is_ok_and(|told| told.attempts > 0) {
                break;
            }
        }
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
    .route("/healthz", get(watch::live))
    .route("/readyz", get(watch::ready))
    .route("/metrics", get(watch::expose))
    .fallback(crate::console::answer)
    .layer(axum::middleware::from_fn(spare))
    .layer(axum::middleware::from_fn_with_state(app.clone(), watch::observe))
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
            transport(listen.parse().unwrap(), behind_proxy, tls)
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
