//! The log of a tenant for those who do not take our word for it: signed checkpoints and tiles, as tlog-tiles has them
//! (<https://c2sp.org/tlog-tiles>), below `/api/v1/logs/{tenant}`.
//!
//! The number of the tenant is in the path, so that what a browser keeps of one is never an answer for another.

use crate::app::App;
use crate::auth::Caller;
use crate::http::{Json, Kind, Problem};
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bartizan_ledger::tlog::{self, TILE_WIDTH, Tile, TilePath, bundle};
use bartizan_store::{Session, TenantId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const HASH_BYTES: usize = size_of::<tlog::Hash>();
/// A tile of a width never changes.
const FOR_EVER: &str = "private, max-age=31536000, immutable";

/// The log of the tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct Log {
    /// Below which path its checkpoint and its tiles lie.
    pub path: String,
    /// Its name, the first line of its checkpoints; none where the server has no key to sign them with.
    pub origin: Option<String>,
    /// The key that verifies its checkpoints, as <https://c2sp.org/signed-note#verifier-keys> writes it.
    pub key: Option<String>,
    /// Statements in it.
    pub size: i64,
}

/// The log of the tenant: where it lies, and which key verifies it.
#[utoipa::path(get, operation_id = "log_head", path = "/api/v1/log", tag = "evidence",
    responses((status = 200, body = Log), (status = 401, body = Problem)))]
pub(super) async fn head(State(app): State<App>, caller: Caller) -> Result<Json<Log>, Problem> {
    let tenant = caller.tenant;
    let size = app.read(tenant, |session| Ok(session.log_size()?)).await?;
    let signer = app.log_key().map(|key| key.signer(tenant)).transpose()?;
    Ok(Json(Log {
        path: format!("/api/v1/logs/{}", tenant.0),
        origin: signer
            .as_ref()
            .map(|signer| signer.verifier_key().name().to_owned()),
        key: signer.map(|signer| signer.verifier_key().to_string()),
        size,
    }))
}

/// What the log says of itself now, signed: a checkpoint (<https://c2sp.org/tlog-checkpoint>).
#[utoipa::path(get, operation_id = "log_checkpoint", path = "/api/v1/logs/{tenant}/checkpoint", tag = "evidence",
    params(("tenant" = i64, Path, description = "Number of the tenant, as in `path` of `/api/v1/log`.")),
    responses((status = 200, description = "The checkpoint, a signed note. Tiles lie beside it, at `tile/…`.", body = String, content_type = "text/plain"),
        (status = 404, body = Problem)))]
pub(super) async fn checkpoint(
    State(app): State<App>,
    caller: Caller,
    Path(tenant): Path<i64>,
) -> Result<Response, Problem> {
    let tenant = own(&caller, tenant)?;
    let Some(key) = app.log_key().cloned() else {
        return Err(
            Problem::new(Kind::Missing, "the server has no key to sign checkpoints with")
                .help("start it with `--log-key FILE`, the same on every replica"),
        );
    };
    let note = app
        .read(tenant, move |session| {
            let size = u64::try_from(session.log_size()?).unwrap_or_default();
            let root = tlog::root(size, &mut |tile| {
                kept(session, tile).map(Option::unwrap_or_default)
            })
            .map_err(|error| damaged(&error.to_string()))?;
            key.checkpoint(tenant, size, root)
        })
        .await?;
    Ok(answer(
        note.into_bytes(),
        "text/plain; charset=utf-8",
        "private, no-cache",
    ))
}

/// A tile of hashes or a bundle of entries.
pub(super) async fn tile(
    State(app): State<App>,
    caller: Caller,
    Path((tenant, path)): Path<(i64, String)>,
) -> Result<Response, Problem> {
    let tenant = own(&caller, tenant)?;
    let path: TilePath = format!("tile/{path}")
        .parse()
        .map_err(|error: tlog::InvalidPath| Problem::new(Kind::Malformed, error.to_string()))?;
    let bytes = app
        .read(tenant, move |session| {
            let size = u64::try_from(session.log_size()?).unwrap_or_default();
            let (TilePath::Hashes(asked) | TilePath::Entries(asked)) = path;
            let is_there = Tile::in_tree(asked.level(), asked.index(), size)
                .is_some_and(|there| there.width() >= asked.width());
            if !is_there {
                return Err(Problem::missing(&format!("{path} in a log of {size} statements")));
            }
            match path {
                TilePath::Hashes(tile) => hashes(session, tile),
                TilePath::Entries(tile) => entries(session, tile),
            }
        })
        .await?;
    Ok(answer(bytes, "application/octet-stream", FOR_EVER))
}

/// The tenant, where it is that of the caller.
fn own(caller: &Caller, tenant: i64) -> Result<TenantId, Problem> {
    if caller.tenant.0 == tenant {
        Ok(caller.tenant)
    } else {
        Err(Problem::missing(&format!("log {tenant}")).help("ask `/api/v1/log` for its path"))
    }
}

fn kept(session: &mut Session<'_>, tile: Tile) -> Result<Option<Vec<u8>>, bartizan_store::StoreError> {
    let index = i64::try_from(tile.index()).unwrap_or(i64::MAX);
    session.tile(i64::from(tile.level()), index)
}

fn hashes(session: &mut Session<'_>, tile: Tile) -> Result<Vec<u8>, Problem> {
    let bytes = kept(session, tile)?.unwrap_or_default();
    bytes
        .get(..usize::from(tile.width()) * HASH_BYTES)
        .map(<[u8]>::to_vec)
        .ok_or_else(|| damaged("a tile is too short"))
}

fn entries(session: &mut Session<'_>, tile: Tile) -> Result<Vec<u8>, Problem> {
    let from = i64::try_from(tile.index())
        .unwrap_or(i64::MAX)
        .saturating_mul(i64::from(TILE_WIDTH));
    let rows = session.statements(from, from.saturating_add(i64::from(tile.width())))?;
    if rows.len() != usize::from(tile.width()) {
        return Err(damaged("a statement is missing"));
    }
    let entries: Vec<Vec<u8>> = rows.into_iter().map(|row| row.entry).collect();
    bundle::encode(&entries).map_err(|error| damaged(&error.to_string()))
}

fn damaged(why: &str) -> Problem {
    Problem::new(Kind::Internal, format!("the log is damaged: {why}"))
        .help("run `bartizan ledger verify` where the database is")
}

fn answer(bytes: Vec<u8>, kind: &'static str, caching: &'static str) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    response
}
