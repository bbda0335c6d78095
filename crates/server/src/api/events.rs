//! What is new, as it comes: server-sent events, <https://html.spec.whatwg.org/multipage/server-sent-events.html>.
//!
//! The id of an event is the place of a statement in the log, so that a page whose connection broke goes on where it was, with any replica.

use super::shown::time;
use crate::app::App;
use crate::auth::Caller;
use crate::http::{Kind, Problem};
use crate::live::{Waiting, wait};
use axum::extract::{FromRequestParts, State};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use bartizan_store::TenantId;
use futures_core::Stream;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use utoipa::ToSchema;

/// A comment is sent when nothing else was for so long, so that nobody on the way takes the connection for dead. It is also
/// how often it is looked whether whoever waits is still let in.
const HEARTBEAT: Duration = Duration::from_secs(20);
/// Statements that are told one by one; of more, one event says that there are.
const ONE_BY_ONE: i64 = 100;
/// Events that wait for a page which is slow; then it is left alone until it took them.
const ROOM: usize = 16;

/// A statement that was taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct News {
    /// Its place in the log; the newest one where several are told at once.
    pub seq: i64,
    /// Its predicate type; empty where several are told at once.
    pub predicate_type: String,
    /// When it was taken in; RFC 3339.
    pub at: String,
}

/// What is new, as it comes. `hello` says where the log ends, `statement` that one was taken in, `many` that more than a hundred were.
#[utoipa::path(get, operation_id = "events", path = "/api/v1/events", tag = "events",
    params(("Last-Event-ID" = Option<i64>, Header, description = "The place of the statement after which to go on.")),
    responses((status = 200, body = News, content_type = "text/event-stream", description = "Events whose data is a News, until somebody hangs up."),
        (status = 401, body = Problem), (status = 429, body = Problem)))]
pub(super) async fn events(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    parts: Credentials,
) -> Result<Response, Problem> {
    let tenant = caller.tenant;
    let size = app.read(tenant, |session| Ok(session.log_size()?)).await?;
    let since = headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.trim().parse::<i64>().ok())
        .filter(|since| (-1..size).contains(since));
    let waiting = wait(&app, tenant, caller.person, size).ok_or_else(|| {
        Problem::new(Kind::TooMany, "too many pages wait for what is new")
            .help("close some of them; those that are left refresh when they are loaded again")
            .retry_after(30)
    })?;
    let (tell, told) = mpsc::channel(ROOM);
    let page = Page {
        app,
        tenant,
        credentials: parts,
        tell,
        next: since.map_or(size, |since| since + 1),
    };
    tokio::spawn(page.follow(waiting, size));
    let mut response = Sse::new(Told(told)).into_response();
    // A proxy that gathers answers would gather this one for ever.
    response
        .headers_mut()
        .insert("x-accel-buffering", axum::http::HeaderValue::from_static("no"));
    Ok(response)
}

/// By what whoever asks is known, to be looked at again later.
pub(super) struct Credentials(Parts);

impl FromRequestParts<App> for Credentials {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Self::Rejection> {
        Ok(Self(parts.clone()))
    }
}

/// Waits until the server stops.
async fn stopped(closing: &mut watch::Receiver<bool>) {
    let _ = closing.wait_for(|closing| *closing).await;
}

struct Told(mpsc::Receiver<Event>);

impl Stream for Told {
    type Item = Result<Event, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context).map(|event| event.map(Ok))
    }
}

/// A page that waits.
struct Page {
    app: App,
    tenant: TenantId,
    credentials: Credentials,
    tell: mpsc::Sender<Event>,
    /// The statement that is told next.
    next: i64,
}

impl Page {
    /// Tells what is new until the page is gone, the server stops, or whoever waits is no longer let in.
    async fn follow(mut self, mut waiting: Waiting, size: i64) {
        let hello = News {
            seq: size - 1,
            predicate_type: String::new(),
            at: time(self.app.now()),
        };
        if !self.say("hello", self.next - 1, &hello).await {
            return;
        }
        let mut clock = tokio::time::interval(HEARTBEAT);
        clock.reset();
        loop {
            let size = *waiting.size.borrow_and_update();
            if size > self.next && !self.catch_up(size).await {
                return;
            }
            tokio::select! {
                () = self.tell.closed() => return,
                () = stopped(&mut waiting.closing) => return,
                changed = waiting.size.changed() => if changed.is_err() { return },
                _ = clock.tick() => {
                    if !self.is_let_in().await || self.tell.send(Event::default().comment("")).await.is_err() {
                        return;
                    }
                }
            }
        }
    }

    async fn is_let_in(&self) -> bool {
        let mut parts = self.credentials.0.clone();
        match Caller::from_request_parts(&mut parts, &self.app).await {
            Ok(caller) => caller.tenant == self.tenant,
            // That the database does not answer now says nothing about who may see it.
            Err(problem) => problem.status >= 500,
        }
    }

    async fn catch_up(&mut self, size: i64) -> bool {
        let from = self.next;
        if size - from > ONE_BY_ONE {
            let many = News {
                seq: size - 1,
                predicate_type: String::new(),
                at: time(self.app.now()),
            };
            self.next = size;
            return self.say("many", size - 1, &many).await;
        }
        let rows = self
            .app
            .read(self.tenant, move |session| Ok(session.statements(from, size)?))
            .await;
        // What cannot be read now is told with what comes next.
        for row in rows.unwrap_or_default() {
            let news = News {
                seq: row.seq,
                predicate_type: row.predicate,
                at: time(row.received),
            };
            self.next = row.seq + 1;
            if !self.say("statement", row.seq, &news).await {
                return false;
            }
        }
        true
    }

    async fn say(&self, kind: &str, id: i64, news: &News) -> bool {
        let data = serde_json::to_string(news).unwrap_or_default();
        let event = Event::default().event(kind).id(id.to_string()).data(data);
        self.tell.send(event).await.is_ok()
    }
}
