//! Whether the server can answer: the database is there, with the schema that this program knows.
//!
//! Anybody may ask, so that the database is asked at most once a second.

use crate::app::App;
use bartizan_store::bus::{Bus, BusState};
use bartizan_store::{SCHEMA_VERSION, StoreError};
use serde::Serialize;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// How long an answer of the database is believed.
const BELIEVED: Duration = Duration::from_secs(1);
/// How long the database may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the server is ready for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Readiness {
    /// Whether requests are answered.
    pub(crate) ready: bool,
    /// `ok`, `unreachable`, `slow`, or `damaged`. Why, is in the log.
    pub(crate) database: &'static str,
    /// The schema of the database, and the one that this program knows; absent where the database does not say.
    pub(crate) schema: Option<(i64, i64)>,
    /// Whether servers hear of one another: `up`, `lost` or `failing`; absent where there is no bus between them. Requests are answered all the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) bus: Option<&'static str>,
    /// Whether the server stops.
    pub(crate) stopping: bool,
}

/// What the database last said.
#[derive(Debug, Default)]
pub(super) struct Health {
    last: Mutex<Option<(Instant, Readiness)>>,
}

impl Health {
    /// Whether the server can answer.
    pub(super) async fn ask(&self, app: &App) -> Readiness {
        let mut last = self.last.lock().await;
        let known = last.as_ref().filter(|(since, _)| since.elapsed() < BELIEVED);
        let mut readiness = match known {
            Some((_, readiness)) => readiness.clone(),
            None => {
                let fresh = asked(app).await;
                *last = Some((Instant::now(), fresh.clone()));
                fresh
            }
        };
        readiness.bus = bus(app);
        readiness.stopping = app.watch().is_stopping();
        readiness.ready = readiness.ready && !readiness.stopping;
        readiness
    }
}

async fn asked(app: &App) -> Readiness {
    let question =
        app.blocking_as(|store| store.read_all(|installation| Ok::<_, Failure>(installation.schema()?)));
    let answer: Result<Result<i64, Failure>, _> = tokio::time::timeout(PATIENCE, question).await;
    let (database, schema) = match answer {
        Ok(Ok(found)) => ("ok", Some((found, SCHEMA_VERSION))),
        Ok(Err(Failure(word))) => (word, None),
        Err(_) => ("slow", None),
    };
    Readiness {
        // A newer program may have renewed the schema beneath us.
        ready: schema.is_some_and(|(found, known)| found == known),
        database,
        schema,
        bus: None,
        stopping: false,
    }
}

fn bus(app: &App) -> Option<&'static str> {
    if matches!(**app.bus(), Bus::Local(_)) {
        return None;
    }
    Some(match *app.bus().state().borrow() {
        BusState::Up => "up",
        BusState::Lost(_) => "lost",
        BusState::Failing(_) => "failing",
    })
}

struct Failure(&'static str);

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        tracing::error!(target: "bartizan", why = %error, "the database does not answer");
        Self(if error.is_transient() {
            "unreachable"
        } else {
            "damaged"
        })
    }
}

impl From<crate::http::Problem> for Failure {
    fn from(_: crate::http::Problem) -> Self {
        Self("unreachable")
    }
}
