//! Tokens, for programs.

use super::shown::time;
use crate::app::App;
use crate::auth::audit::{self, Access};
use crate::auth::{Caller, Role, SignedIn, secret};
use crate::http::{Brief, Json, Kind, Page, Problem};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bartizan_model::encoding::hex;
use bartizan_store::people::TokenRow;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use utoipa::ToSchema;

const DAY: i64 = 86_400_000;
/// Days that a token holds where nothing is said.
const USUAL_DAYS: i64 = 90;
/// Days that a token holds at most.
const MOST_DAYS: i64 = 365;
/// Tokens of one person that hold.
const MOST_TOKENS: usize = 100;
/// Bytes of a name.
const LONGEST_NAME: usize = 200;

/// A token, without what it is known by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct Token {
    /// What it is revoked by.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// Whose it is.
    pub login: String,
    /// What it may do; never more than its owner.
    pub role: String,
    /// RFC 3339.
    pub created: String,
    /// Until when it holds; RFC 3339.
    pub expires: Option<String>,
    /// When it was last used, to about a minute; RFC 3339.
    pub used: Option<String>,
    /// When it was revoked; RFC 3339.
    pub revoked: Option<String>,
}

impl Token {
    fn of(row: TokenRow, login: String) -> Self {
        Self {
            id: row.id,
            name: row.name,
            login,
            role: row.role,
            created: time(row.created),
            expires: row.expires.map(time),
            used: row.used.map(time),
            revoked: row.revoked.map(time),
        }
    }
}

/// A token that was made.
#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct NewToken {
    /// What is sent as `Authorization: Bearer …`; it is shown this once.
    pub secret: String,
    /// The token.
    pub token: Token,
}

/// Which token to make.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct MakeToken {
    /// What it is for.
    name: String,
    /// What it may do: at most what you may.
    role: Role,
    /// For how many days, 1 to 365; 90 where nothing is said.
    #[serde(default)]
    days: Option<i64>,
}

/// Makes a token for oneself.
#[utoipa::path(post, operation_id = "tokens_make", path = "/api/v1/tokens", tag = "people", security(("session" = [])), request_body = MakeToken,
    responses((status = 201, body = NewToken), (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn make(
    State(app): State<App>,
    signed_in: SignedIn,
    Brief(body): Brief<MakeToken>,
) -> Result<Response, Problem> {
    let caller = signed_in.caller;
    caller.needs(body.role)?;
    let days = body.days.unwrap_or(USUAL_DAYS);
    if !(1..=MOST_DAYS).contains(&days) {
        return Err(Problem::new(
            Kind::Unprocessable,
            format!("a token holds for 1 to {MOST_DAYS} days"),
        ));
    }
    let name = super::people::text(&body.name, LONGEST_NAME)
        .ok_or_else(|| Problem::new(Kind::Unprocessable, "a token has a name, of one line"))?;
    let token = secret::new_token()?;
    let now = app.now();
    let row = TokenRow {
        id: hex(&secret::random::<8>()?),
        tenant: caller.tenant,
        person: caller.person,
        name,
        role: body.role.as_str().to_owned(),
        created: now,
        expires: Some(now + days * DAY),
        used: None,
        revoked: None,
    };
    let hash = secret::hash(&token);
    let kept = row.clone();
    let login = caller.login.clone();
    app.blocking(move |store| {
        store.write_all(|installation| -> Result<(), Problem> {
            let holds = |row: &TokenRow| row.revoked.is_none() && row.expires.is_none_or(|at| at > now);
            let tokens = installation.tokens_of(caller.tenant)?;
            let own = tokens
                .iter()
                .filter(|row| row.person == caller.person && holds(row));
            if own.count() >= MOST_TOKENS {
                return Err(
                    Problem::new(Kind::Unprocessable, format!("you have {MOST_TOKENS} tokens"))
                        .help("revoke those that are no longer used"),
                );
            }
            installation.add_token(&hash, &kept)?;
            let access = Access {
                event: "token-made",
                subject: &caller.login,
                detail: &format!("{}: `{}`, {}, {days} days", kept.id, kept.name, kept.role),
                by: &caller.login,
                at: now,
            };
            Ok(audit::record(&mut installation.within(caller.tenant), &access)?)
        })
    })
    .await?;
    let made = NewToken {
        secret: token,
        token: Token::of(row, login),
    };
    Ok((StatusCode::CREATED, Json(made)).into_response())
}

/// One's own tokens; for administrators those of everybody in the tenant.
#[utoipa::path(get, operation_id = "tokens_list", path = "/api/v1/tokens", tag = "people", responses((status = 200, body = Page<Token>), (status = 401, body = Problem)))]
pub(super) async fn list(State(app): State<App>, caller: Caller) -> Result<Json<Page<Token>>, Problem> {
    let items = app
        .read_all(move |installation| {
            let rows = installation.tokens_of(caller.tenant)?;
            let mut logins: HashMap<i64, String> = HashMap::new();
            for row in &rows {
                if let Entry::Vacant(entry) = logins.entry(row.person) {
                    let person = installation.person(row.person)?;
                    entry.insert(person.map(|person| person.login).unwrap_or_default());
                }
            }
            Ok(rows
                .into_iter()
                .filter(|row| caller.role >= Role::Admin || row.person == caller.person)
                .map(|row| {
                    let login = logins.get(&row.person).cloned().unwrap_or_default();
                    Token::of(row, login)
                })
                .collect())
        })
        .await?;
    Ok(Json(Page { items, next: None }))
}

/// Revokes one's own token; administrators revoke any of the tenant.
#[utoipa::path(delete, operation_id = "tokens_revoke", path = "/api/v1/tokens/{id}", tag = "people", params(("id" = String, Path, description = "Its `id`.")),
    responses((status = 204, description = "It no longer holds."), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn revoke(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let now = app.now();
    app.blocking(move |store| {
        store.write_all(|installation| {
            let row = installation
                .tokens_of(caller.tenant)?
                .into_iter()
                .filter(|row| caller.role >= Role::Admin || row.person == caller.person)
                .find(|row| row.id == id && row.revoked.is_none())
                .ok_or_else(|| Problem::missing("token of this id that holds"))?;
            installation.revoke_token(caller.tenant, &row.id, now)?;
            let owner = installation.person(row.person)?.map(|person| person.login);
            let access = Access {
                event: "token-revoked",
                subject: &owner.unwrap_or_default(),
                detail: &format!("{}: `{}`", row.id, row.name),
                by: &caller.login,
                at: now,
            };
            audit::record(&mut installation.within(caller.tenant), &access)?;
            Ok(StatusCode::NO_CONTENT)
        })
    })
    .await
}
