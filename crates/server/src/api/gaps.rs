//! What has no bill of materials, nothing that says how it was made, or nobody who answers for it.

use super::shown::Asset;
use crate::app::App;
use crate::auth::Caller;
use crate::http::{Cursor, Json, Page, PageQuery, Problem};
use axum::extract::{Path, Query, State};
use bartizan_store::graph::Lack;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What may be lacking: its word, and which kinds of things are asked for it.
const GAPS: [(&str, Lack, &[&str]); 3] = [
    ("bill", Lack::Bill, &["repo", "image", "dir", "host"]),
    ("provenance", Lack::Provenance, &["image", "sbom", "file", "pkg"]),
    (
        "owner",
        Lack::Owner,
        &[
            "repo", "image", "dir", "sbom", "host", "workload", "endpoint", "identity", "tenant",
        ],
    ),
];

/// Something that things lack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct Lacking {
    /// bill, provenance or owner.
    pub lacks: String,
    /// Kinds of things that are asked for it.
    pub kinds: Vec<String>,
    /// How many such things there are.
    pub things: i64,
    /// How many of them lack it.
    pub lacking: i64,
}

/// Everything that may be lacking, and how many things lack it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct Gaps {
    /// One entry each for bill, provenance and owner.
    pub gaps: Vec<Lacking>,
}

/// How many things have no bill of materials, no provenance, no owner.
#[utoipa::path(get, operation_id = "gaps_all", path = "/api/v1/gaps", tag = "questions", responses((status = 200, body = Gaps)))]
pub(super) async fn all(State(app): State<App>, caller: Caller) -> Result<Json<Gaps>, Problem> {
    app.read(caller.tenant, |session| {
        let mut gaps = Vec::new();
        for (word, lack, kinds) in GAPS {
            let (things, lacking) = session.count_lacking(lack, kinds)?;
            gaps.push(Lacking {
                lacks: word.to_owned(),
                kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
                things,
                lacking,
            });
        }
        Ok(Json(Gaps { gaps }))
    })
    .await
}

/// Things that lack a bill of materials (`bill`), anything that says how they were made (`provenance`), or an owner (`owner`).
#[utoipa::path(get, operation_id = "gaps_one", path = "/api/v1/gaps/{lacks}", tag = "questions", params(PageQuery, ("lacks" = String, Path, description = "bill, provenance or owner.")),
    responses((status = 200, body = Page<Asset>), (status = 404, body = Problem)))]
pub(super) async fn one(
    State(app): State<App>,
    caller: Caller,
    Path(lacks): Path<String>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Asset>>, Problem> {
    let (limit, cursor) = (page.limit(), page.cursor()?);
    let Some((_, lack, kinds)) = GAPS.into_iter().find(|(word, ..)| *word == lacks) else {
        return Err(
            Problem::missing(&format!("question for `{lacks}`")).help("ask for bill, provenance or owner")
        );
    };
    app.read(caller.tenant, move |session| {
        let rows = session.assets_lacking(lack, kinds, cursor.map_or(0, |cursor| cursor.0), limit + 1)?;
        Ok(Json(Page::of(rows, limit, |row| Cursor(row.id, 0), Asset::from)))
    })
    .await
}
