//! The bus between servers: a stream of NATS JetStream (<https://docs.nats.io/nats-concepts/jetstream>).
//!
//! Each event is a message of the stream `BARTIZAN` under the subject `bartizan.INSTALLATION.TENANT`, with the identity
//! `INSTALLATION.TENANT.SEQ`, by which the stream tells what it has already. Servers hear messages as they are published; whoever wants to know what
//! was told in the past reads the stream.

use super::{BusError, BusState, Event, Heard, Listener, NatsOptions, ROOM};
use crate::{TenantId, tls};
use async_nats::jetstream::context::{Context, PublishErrorKind};
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::stream;
use async_nats::{Client, ConnectError, ConnectErrorKind, ConnectOptions, HeaderMap, Subscriber};
use futures_core::Stream;
use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{broadcast, watch};

/// The stream.
const STREAM: &str = "BARTIZAN";
/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(5);
/// How long the stream may take to acknowledge.
const ANSWER: Duration = Duration::from_secs(5);
/// How often the other side is asked whether it is still there; after two questions without an answer it is not.
const PING: Duration = Duration::from_secs(10);
/// The longest time between two attempts to connect.
const RETRY: Duration = Duration::from_secs(5);
/// How long the stream remembers identities.
const REMEMBERED: Duration = Duration::from_secs(600);
/// How long, and how many bytes of, messages are kept in a stream that we make.
const KEPT: Duration = Duration::from_secs(30 * 86_400);
const MOST: i64 = 1 << 30;

/// The bus between servers.
pub struct Nats {
    client: Client,
    context: Context,
    installation: String,
    told: broadcast::Sender<Heard>,
    state: watch::Sender<BusState>,
    /// What the stream was found to hold since the connection was made.
    found: Arc<Mutex<Found>>,
}

impl std::fmt::Debug for Nats {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Nats")
            .field("installation", &self.installation)
            .field("state", &*self.state.borrow())
            .finish_non_exhaustive()
    }
}

#[derive(Debug, Default)]
struct Found {
    /// Whether the stream is there.
    stream: bool,
    /// The newest statement of each tenant that is in it.
    last: HashMap<TenantId, i64>,
}

impl Nats {
    /// Connects; to be called where a runtime goes on. `installation` is the word by which those who share a database know themselves. Where
    /// nobody answers the bus is lost from the start, and is had as soon as it can be.
    ///
    /// # Errors
    /// When files cannot be read, credentials are not taken, certificates are not trusted, or there is no JetStream.
    pub async fn connect(options: &NatsOptions, installation: &str) -> Result<Self, BusError> {
        let state = watch::Sender::new(BusState::Lost("not connected yet".to_owned()));
        let told = broadcast::Sender::new(ROOM);
        let found = Arc::new(Mutex::new(Found::default()));
        let asked = asked(options).await?;
        let asked = watched(asked, &state, &told, &found);
        let servers = options.url.servers();
        let client = match asked.clone().connect(servers).await {
            Ok(client) => {
                state.send_replace(BusState::Up);
                client
            }
            Err(error) => {
                let error = lift(&error);
                if !matches!(error, BusError::Unreachable(_)) {
                    return Err(error);
                }
                state.send_replace(BusState::Lost(error.to_string()));
                let again = asked.retry_on_initial_connect().connect(servers).await;
                again.map_err(|error| lift(&error))?
            }
        };
        let mut context = async_nats::jetstream::new(client.clone());
        context.set_timeout(ANSWER);
        let subject = format!("bartizan.{installation}.*");
        let subscriber = client.subscribe(subject).await;
        let subscriber = subscriber.map_err(|error| BusError::Unreachable(error.to_string()))?;
        tokio::spawn(hear(subscriber, told.clone()));
        let nats = Self {
            client,
            context,
            installation: installation.to_owned(),
            told,
            state,
            found,
        };
        if *nats.state.borrow() == BusState::Up {
            nats.prepare().await?;
        }
        Ok(nats)
    }

    /// Makes the stream where there is none; one that is there is left as its operator made it.
    async fn prepare(&self) -> Result<(), BusError> {
        if self.found().stream {
            return Ok(());
        }
        let wanted = stream::Config {
            name: STREAM.to_owned(),
            description: Some("what was taken into ledgers of Bartizan".to_owned()),
            subjects: vec!["bartizan.>".to_owned()],
            max_age: KEPT,
            max_bytes: MOST,
            discard: stream::DiscardPolicy::Old,
            duplicate_window: REMEMBERED,
            num_replicas: 1,
            ..stream::Config::default()
        };
        self.context
            .get_or_create_stream(wanted)
            .await
            .map_err(|error| BusError::Stream(error.to_string()))?;
        self.found().stream = true;
        Ok(())
    }

    fn found(&self) -> std::sync::MutexGuard<'_, Found> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn subject(&self, tenant: TenantId) -> String {
        format!("bartizan.{}.{}", self.installation, tenant.0)
    }

    /// The newest statement of a tenant that is in the stream. What is told again after the stream forgot its identity would be there twice.
    async fn last(&self, tenant: TenantId) -> Result<Option<i64>, BusError> {
        let known = self.found().last.get(&tenant).copied();
        if known.is_some() {
            return Ok(known);
        }
        let stream = self.context.get_stream_no_info(STREAM).await;
        let stream = stream.map_err(|error| BusError::Stream(error.to_string()))?;
        match stream
            .get_last_raw_message_by_subject(&self.subject(tenant))
            .await
        {
            Ok(message) => Ok(place(&message.headers, &self.installation, tenant)),
            Err(error) if error.kind() == stream::LastRawMessageErrorKind::NoMessageFound => Ok(None),
            Err(error) => Err(BusError::NotTaken(error.to_string())),
        }
    }

    /// Tells of a statement, and waits until the stream has it.
    pub(super) async fn publish(&self, event: &Event) -> Result<(), BusError> {
        let taken = self.put(event).await;
        if self.client.connection_state() == async_nats::connection::State::Connected {
            // That the connection ended is told by whoever sees it end, and that it is back too.
            self.state.send_if_modified(|known| {
                let state = match (&taken, &known) {
                    (Ok(()), BusState::Failing(_)) => BusState::Up,
                    (Err(error), BusState::Up | BusState::Failing(_)) => BusState::Failing(error.to_string()),
                    _ => return false,
                };
                let is_new = *known != state;
                *known = state;
                is_new
            });
        }
        taken
    }

    async fn put(&self, event: &Event) -> Result<(), BusError> {
        if self.client.connection_state() != async_nats::connection::State::Connected {
            return Err(BusError::Unreachable("there is no connection".to_owned()));
        }
        self.prepare().await?;
        if self
            .last(event.tenant)
            .await?
            .is_some_and(|last| event.seq <= last)
        {
            return Ok(());
        }
        let identity = format!("{}.{}.{}", self.installation, event.tenant.0, event.seq);
        let message = PublishMessage::build()
            .payload(event.body.clone().into())
            .message_id(identity)
            .expected_stream(STREAM);
        let not_taken = |error: async_nats::jetstream::context::PublishError| {
            // Somebody may have taken the stream away.
            if error.kind() == PublishErrorKind::StreamNotFound {
                self.found().stream = false;
            }
            BusError::NotTaken(error.to_string())
        };
        let sent = self
            .context
            .send_publish(self.subject(event.tenant), message)
            .await;
        let answer = tokio::time::timeout(ANSWER, sent.map_err(not_taken)?.into_future()).await;
        answer
            .map_err(|_| BusError::NotTaken(format!("no answer within {} seconds", ANSWER.as_secs())))?
            .map_err(not_taken)?;
        self.found().last.insert(event.tenant, event.seq);
        Ok(())
    }

    pub(super) fn listen(&self) -> Listener {
        Listener(self.told.subscribe())
    }

    pub(super) fn state(&self) -> watch::Receiver<BusState> {
        self.state.subscribe()
    }
}

/// How to connect, as it was asked for.
async fn asked(options: &NatsOptions) -> Result<ConnectOptions, BusError> {
    let certificate = options.certificate.as_ref();
    let certificate = certificate.map(|(certificate, key)| (certificate.as_path(), key.as_path()));
    let tls = tls::client(options.authorities.as_deref(), certificate).map_err(BusError::File)?;
    let mut asked = ConnectOptions::new()
        .name("bartizan")
        .connection_timeout(CONNECT)
        .ping_interval(PING)
        .request_timeout(Some(ANSWER))
        .max_reconnects(None)
        .tls_client_config(tls)
        .reconnect_delay_callback(|attempts| {
            let attempts = u32::try_from(attempts).unwrap_or(u32::MAX).saturating_sub(1);
            Duration::from_millis(50)
                .saturating_mul(2_u32.saturating_pow(attempts))
                .min(RETRY)
                .saturating_sub(if attempts == 0 {
                    Duration::from_millis(50)
                } else {
                    Duration::ZERO
                })
        });
    asked = match options.url.login() {
        Some((user, Some(password))) => asked.user_and_password(user, password),
        Some((token, None)) => asked.token(token),
        None => asked,
    };
    if let Some(file) = &options.credentials {
        let wrong = |error: std::io::Error| BusError::File(format!("{}: {error}", file.display()));
        asked = asked.credentials_file(file).await.map_err(wrong)?;
    }
    Ok(asked)
}

/// The same, and what becomes of the connection is known.
fn watched(
    asked: ConnectOptions,
    state: &watch::Sender<BusState>,
    told: &broadcast::Sender<Heard>,
    found: &Arc<Mutex<Found>>,
) -> ConnectOptions {
    let (state, told, found) = (state.clone(), told.clone(), Arc::clone(found));
    asked.event_callback(move |event| {
        match event {
            async_nats::Event::Connected => {
                *found.lock().unwrap_or_else(PoisonError::into_inner) = Found::default();
                state.send_replace(BusState::Up);
                let _ = told.send(Heard::Gap);
            }
            async_nats::Event::Disconnected | async_nats::Event::Closed => {
                state.send_replace(BusState::Lost("the connection ended".to_owned()));
            }
            async_nats::Event::ClientError(error) => {
                state.send_if_modified(|known| match known {
                    BusState::Lost(why) => {
                        let is_new = *why != error.to_string();
                        *why = error.to_string();
                        is_new
                    }
                    _ => false,
                });
            }
            async_nats::Event::SlowConsumer(_) => {
                let _ = told.send(Heard::Gap);
            }
            _ => {}
        }
        std::future::ready(())
    })
}

/// Passes on what is published, until the client is gone.
async fn hear(mut subscriber: Subscriber, told: broadcast::Sender<Heard>) {
    while let Some(message) = poll_fn(|context| Pin::new(&mut subscriber).poll_next(context)).await {
        let tenant = message.subject.as_str().rsplit('.').next();
        if let Some(tenant) = tenant.and_then(|number| number.parse().ok()) {
            let _ = told.send(Heard::Grew(TenantId(tenant)));
        }
    }
}

/// The place in the log that the identity of a message of this tenant says.
fn place(headers: &HeaderMap, installation: &str, tenant: TenantId) -> Option<i64> {
    let identity = headers.get("Nats-Msg-Id")?.as_str();
    let rest = identity.strip_prefix(installation)?.strip_prefix('.')?;
    let (number, seq) = rest.split_once('.')?;
    (number == tenant.0.to_string()).then_some(())?;
    seq.parse().ok()
}

fn lift(error: &ConnectError) -> BusError {
    let mut why = error.to_string();
    let mut source = std::error::Error::source(error);
    let mut is_tls = error.kind() == ConnectErrorKind::Tls;
    while let Some(inner) = source {
        let said = inner.to_string();
        is_tls |= said.contains("certificate")
            || said.contains("fatal alert")
            || said.contains("InvalidContentType");
        if !why.contains(&said) {
            why = format!("{why}: {said}");
        }
        source = inner.source();
    }
    match error.kind() {
        ConnectErrorKind::Authentication | ConnectErrorKind::AuthorizationViolation => BusError::Refused(why),
        ConnectErrorKind::ServerParse => BusError::Url("--bus".to_owned(), why),
        _ if is_tls => BusError::Untrusted(why),
        _ => BusError::Unreachable(why),
    }
}
