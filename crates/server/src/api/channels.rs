//! Channels through which others are told: where they lead, about what, how often. Administrators make them.

use super::shown::time;
use crate::app::App;
use crate::auth::audit::{self, Access};
use crate::auth::{Caller, Role, secret};
use crate::http::{Brief, Json, Kind, Page, Problem};
use crate::notify::{
    Event, Filter, Notifier, Pace, Payload, Secrets, Settings, Target, Wrong, hold, place, start,
};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bartizan_model::encoding::hex;
use bartizan_store::notify::{ChannelRow, NewDelivery};
use bartizan_store::{Session, StoreError, TenantId};
use bartizan_trust::webhook;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// Channels of a tenant.
const MOST: usize = 100;
/// Bytes of a name.
const LONGEST_NAME: usize = 200;

/// A channel, without what is secret of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct Channel {
    /// Its number.
    pub id: i64,
    /// What it is called.
    pub name: String,
    /// Whether anything is sent.
    pub enabled: bool,
    /// Where it leads. Secrets are left out.
    pub target: Target,
    /// What is told.
    pub events: Vec<Event>,
    /// Of which findings.
    pub filter: Filter,
    /// How often at most.
    pub pace: Pace,
    /// RFC 3339.
    pub created: String,
}

impl Channel {
    fn of(row: ChannelRow) -> Result<Self, Problem> {
        let settings = settings_of(&row)?;
        Ok(Self {
            id: row.id,
            name: row.name,
            enabled: row.enabled,
            target: settings.target,
            events: settings.events,
            filter: settings.filter,
            pace: settings.pace,
            created: time(row.created),
        })
    }
}

/// A channel that was made or changed.
#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct NewChannel {
    /// The channel.
    pub channel: Channel,
    /// By what whoever gets a webhook verifies its signature; it is shown this once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// Which channel to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MakeChannel {
    /// What it is called, unique within the tenant.
    name: String,
    /// Where it leads.
    target: Target,
    /// What is told; everything where nothing is said.
    #[serde(default)]
    events: Option<Vec<Event>>,
    /// Of which findings; of all where nothing is said.
    #[serde(default)]
    filter: Filter,
    /// How often at most; 20 messages an hour where nothing is said.
    #[serde(default)]
    pace: Pace,
}

/// What to change of a channel; what is not said stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeChannel {
    /// What it is called.
    #[serde(default)]
    name: Option<String>,
    /// Whether anything is sent.
    #[serde(default)]
    enabled: Option<bool>,
    /// Where it leads, of the same kind. A secret that is left out stays, as long as it goes to the same host.
    #[serde(default)]
    target: Option<Target>,
    /// What is told.
    #[serde(default)]
    events: Option<Vec<Event>>,
    /// Of which findings.
    #[serde(default)]
    filter: Option<Filter>,
    /// How often at most.
    #[serde(default)]
    pace: Option<Pace>,
    /// Makes a new key for signatures of a webhook; the old one holds no longer.
    #[serde(default)]
    new_secret: bool,
}

impl From<Wrong> for Problem {
    fn from(wrong: Wrong) -> Self {
        Self::new(Kind::Unprocessable, wrong.to_string())
            .help("docs/notifications.md says what each kind of channel takes")
    }
}

fn settings_of(row: &ChannelRow) -> Result<Settings, Problem> {
    serde_json::from_str(&row.settings).map_err(|error| {
        Problem::new(
            Kind::Internal,
            format!("the settings of channel {} cannot be read: {error}", row.id),
        )
        .help("remove the channel and make it again")
    })
}

fn notifier(app: &App) -> Result<Arc<Notifier>, Problem> {
    app.notifier().ok_or_else(|| {
        Problem::new(Kind::Unprocessable, "this server has no key to keep secrets with")
            .help("start it by `bartizan serve`, which makes one in the data directory")
    })
}

fn seal(notifier: &Notifier, tenant: TenantId, uid: &str, secrets: &Secrets) -> Result<Vec<u8>, Problem> {
    let bytes = serde_json::to_vec(secrets).unwrap_or_default();
    notifier
        .key()
        .seal(secret::random::<12>()?, &place(tenant, uid), &bytes)
        .map_err(|error| Problem::new(Kind::Unprocessable, error.to_string()))
}

fn name_of(text: &str) -> Result<String, Problem> {
    super::people::text(text, LONGEST_NAME)
        .ok_or_else(|| Problem::new(Kind::Unprocessable, "a channel has a name, of one line"))
}

/// Makes a channel. What happens from now on is told.
#[utoipa::path(post, operation_id = "channels_make", path = "/api/v1/channels", tag = "channels", request_body = MakeChannel,
    responses((status = 201, body = NewChannel), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn make(
    State(app): State<App>,
    caller: Caller,
    Brief(body): Brief<MakeChannel>,
) -> Result<Response, Problem> {
    caller.needs(Role::Admin)?;
    let notifier = notifier(&app)?;
    let name = name_of(&body.name)?;
    let (target, mut secrets) = body.target.split()?;
    if let Some(field) = target.lacks(&secrets) {
        return Err(Wrong::Field(field, "there").into());
    }
    if matches!(target, Target::Webhook { .. }) {
        secrets.signing = Some(webhook::key_text(&secret::random::<32>()?));
    }
    let settings = Settings {
        target,
        events: body.events.unwrap_or_else(|| Event::ALL.to_vec()),
        filter: body.filter,
        pace: body.pace,
    };
    settings.check()?;
    let uid = hex(&secret::random::<8>()?);
    let sealed = seal(&notifier, caller.tenant, &uid, &secrets)?;
    let (tenant, now) = (caller.tenant, app.now());
    let row = app
        .blocking(move |store| {
            store.write(tenant, |session| {
                session.hold_log()?;
                let all = session.channels()?;
                if all.len() >= MOST {
                    return Err(
                        Problem::new(Kind::Unprocessable, format!("there are {MOST} channels"))
                            .help("remove those that are no longer used"),
                    );
                }
                is_free(&all, None, &name)?;
                if !all.iter().any(|channel| channel.enabled) {
                    start(session, now)?;
                }
                let row = ChannelRow {
                    id: session.next_channel()?,
                    name: name.clone(),
                    kind: settings.target.kind().to_owned(),
                    enabled: true,
                    settings: serde_json::to_string(&settings).unwrap_or_default(),
                    sealed: sealed.clone(),
                    uid: uid.clone(),
                    since: 0,
                    messages: 0,
                    created: now,
                };
                session.add_channel(&row)?;
                told(session, &caller, "channel-made", &row, now)?;
                Ok(row)
            })
        })
        .await?;
    let made = NewChannel {
        channel: Channel::of(row)?,
        secret: secrets.signing,
    };
    Ok((StatusCode::CREATED, Json(made)).into_response())
}

fn is_free(all: &[ChannelRow], own: Option<i64>, name: &str) -> Result<(), Problem> {
    if all.iter().any(|row| row.name == name && Some(row.id) != own) {
        return Err(
            Problem::new(Kind::Unprocessable, format!("there is a channel `{name}`"))
                .help("call it something else"),
        );
    }
    Ok(())
}

/// Says in the ledger what was done to a channel, and by whom.
fn told(
    session: &mut Session<'_>,
    caller: &Caller,
    event: &str,
    row: &ChannelRow,
    at: i64,
) -> Result<(), Problem> {
    let access = Access {
        event,
        subject: &row.name,
        detail: &format!(
            "{}: {}, {}",
            row.id,
            row.kind,
            if row.enabled { "sends" } else { "does not send" }
        ),
        by: &caller.login,
        at,
    };
    Ok(audit::record(session, &access)?)
}

/// Every channel.
#[utoipa::path(get, operation_id = "channels_list", path = "/api/v1/channels", tag = "channels",
    responses((status = 200, body = Page<Channel>), (status = 403, body = Problem)))]
pub(super) async fn list(State(app): State<App>, caller: Caller) -> Result<Json<Page<Channel>>, Problem> {
    caller.needs(Role::Admin)?;
    let rows = app.read(caller.tenant, |session| Ok(session.channels()?)).await?;
    let items = rows.into_iter().map(Channel::of).collect::<Result<_, _>>()?;
    Ok(Json(Page { items, next: None }))
}

/// Changes a channel.
#[utoipa::path(patch, operation_id = "channels_change", path = "/api/v1/channels/{id}", tag = "channels", request_body = ChangeChannel,
    params(("id" = i64, Path, description = "Its number.")),
    responses((status = 200, body = NewChannel), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<i64>,
    Brief(body): Brief<ChangeChannel>,
) -> Result<Json<NewChannel>, Problem> {
    caller.needs(Role::Admin)?;
    let notifier = notifier(&app)?;
    let (tenant, now) = (caller.tenant, app.now());
    let (row, secret) = app
        .blocking(move |store| {
            store.write(tenant, |session| {
                session.hold_log()?;
                let all = session.channels()?;
                let mut row = all
                    .iter()
                    .find(|row| row.id == id)
                    .cloned()
                    .ok_or_else(|| missing(id))?;
                let secret = apply(&mut row, &body, &notifier, tenant)?;
                is_free(&all, Some(id), &row.name)?;
                if row.enabled && !all.iter().any(|channel| channel.enabled) {
                    start(session, now)?;
                }
                session.set_channel(&row)?;
                told(session, &caller, "channel-changed", &row, now)?;
                Ok::<_, Problem>((row, secret))
            })
        })
        .await?;
    Ok(Json(NewChannel {
        channel: Channel::of(row)?,
        secret,
    }))
}

fn missing(id: i64) -> Problem {
    Problem::missing(&format!("channel {id}"))
}

/// Changes a row as it was asked for; out comes the new key of signatures, where one was made.
fn apply(
    row: &mut ChannelRow,
    body: &ChangeChannel,
    notifier: &Notifier,
    tenant: TenantId,
) -> Result<Option<String>, Problem> {
    let mut settings = settings_of(row)?;
    if let Some(name) = &body.name {
        row.name = name_of(name)?;
    }
    row.enabled = body.enabled.unwrap_or(row.enabled);
    settings.events = body.events.clone().unwrap_or(settings.events);
    settings.filter = body.filter.clone().unwrap_or(settings.filter);
    settings.pace = body.pace.unwrap_or(settings.pace);
    let mut signing = None;
    if body.target.is_some() || body.new_secret {
        let known: Secrets = notifier
            .key()
            .open(&place(tenant, &row.uid), &row.sealed)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default();
        let mut secrets = known.clone();
        if let Some(target) = &body.target {
            let (target, given) = target.clone().split()?;
            if target.kind() != row.kind {
                return Err(Wrong::Field("kind", "the one it was; make another channel").into());
            }
            let stays = target.recipient() == settings.target.recipient();
            secrets.url = given.url;
            secrets.token = given.token.or_else(|| known.token.clone().filter(|_| stays));
            if let Some(field) = target.lacks(&secrets) {
                return Err(Wrong::Secret(field).into());
            }
            settings.target = target;
        }
        let is_webhook = matches!(settings.target, Target::Webhook { .. });
        if is_webhook && (body.new_secret || secrets.signing.is_none()) {
            secrets.signing = Some(webhook::key_text(&secret::random::<32>()?));
            signing.clone_from(&secrets.signing);
        }
        if let Some(field) = settings.target.lacks(&secrets) {
            return Err(Wrong::Secret(field).into());
        }
        row.sealed = seal(notifier, tenant, &row.uid, &secrets)?;
    }
    settings.check()?;
    row.settings = serde_json::to_string(&settings).unwrap_or_default();
    Ok(signing)
}

/// Removes a channel, with what was to be sent through it.
#[utoipa::path(delete, operation_id = "channels_remove", path = "/api/v1/channels/{id}", tag = "channels", params(("id" = i64, Path, description = "Its number.")),
    responses((status = 204, description = "It is gone."), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<i64>,
) -> Result<StatusCode, Problem> {
    caller.needs(Role::Admin)?;
    let (tenant, now) = (caller.tenant, app.now());
    app.blocking(move |store| {
        store.write(tenant, |session| {
            let row = session.channel(id)?.ok_or_else(|| missing(id))?;
            session.remove_channel(id)?;
            told(session, &caller, "channel-removed", &row, now)?;
            Ok(StatusCode::NO_CONTENT)
        })
    })
    .await
}

/// A test that is on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ChannelTest)]
pub(super) struct Test {
    /// Number of the delivery.
    pub delivery: i64,
}

/// Sends a test message through a channel; what became of it is in the list of deliveries.
#[utoipa::path(post, operation_id = "channels_test", path = "/api/v1/channels/{id}/test", tag = "channels", params(("id" = i64, Path, description = "Its number.")),
    responses((status = 202, body = Test), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn test(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<i64>,
) -> Result<Response, Problem> {
    caller.needs(Role::Admin)?;
    let (tenant, now) = (caller.tenant, app.now());
    let key = format!("test:{}", hex(&secret::random::<8>()?));
    let delivery = app
        .blocking(move |store| {
            store.write(tenant, |session| {
                let row = session.channel(id)?.ok_or_else(|| missing(id))?;
                if !row.enabled {
                    return Err(Problem::new(Kind::Unprocessable, "the channel does not send")
                        .help("let it send first"));
                }
                session.hold_log()?;
                hold(session, now)?;
                let payload = Payload::Test {
                    by: caller.login.clone(),
                };
                let added = session.add_delivery(&NewDelivery {
                    channel: id,
                    key: key.clone(),
                    kind: payload.kind().to_owned(),
                    next_at: now,
                    created: now,
                    remedy: None,
                    payload: payload.json(),
                })?;
                told(session, &caller, "channel-tested", &row, now)?;
                added.ok_or_else(|| StoreError::Conflict("two tests at once".to_owned()).into())
            })
        })
        .await?;
    Ok((StatusCode::ACCEPTED, Json(Test { delivery })).into_response())
}
