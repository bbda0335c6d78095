//! People of a tenant: who is let in, and what they may do. For administrators.
//!
//! What is done to a person holds wherever they belong to, so that only somebody who is administrator in all of those tenants may do it.

use super::shown::time;
use crate::app::App;
use crate::auth::audit::{self, Access};
use crate::auth::setup::{LINK_LASTS, add_link, record_everywhere};
use crate::auth::{Caller, Role, SignedIn, secret};
use crate::http::{Brief, Json, Kind, Page, Problem};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bartizan_store::Installation;
use bartizan_store::people::Person as PersonRow;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Bytes of a login, and of a name.
const LONGEST: usize = 200;

/// Somebody who belongs to the tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct Person {
    /// Their number.
    pub id: i64,
    /// What they sign in as.
    pub login: String,
    /// What they are called.
    pub name: String,
    /// What they may do: viewer, developer, responder or admin.
    pub role: String,
    /// Whether they have set a password; until then a link lets them in, or another server.
    pub has_password: bool,
    /// Whether they sign in through another server.
    pub is_federated: bool,
    /// When they were added; RFC 3339.
    pub created: String,
    /// When they were shut out; RFC 3339.
    pub disabled: Option<String>,
}

impl Person {
    fn of(row: PersonRow, role: String) -> Self {
        Self {
            id: row.id,
            login: row.login,
            name: row.name,
            role,
            has_password: row.password.is_some(),
            is_federated: row.federated.is_some(),
            created: time(row.created),
            disabled: row.disabled.map(time),
        }
    }
}

/// A link that lets somebody in once, to set a password.
#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct Link {
    /// Where to open it, behind the address of the server: `/#/setup/…`. It is shown this once.
    pub link: String,
    /// Until when it holds; RFC 3339.
    pub expires: String,
}

/// Somebody who was added.
#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct Added {
    /// The person.
    pub person: Person,
    /// What to send them.
    pub link: Link,
}

/// Whom to add.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct AddPerson {
    /// What they sign in as: an address of mail, or a name without spaces.
    login: String,
    /// What they are called; the login where nothing is said.
    #[serde(default)]
    name: Option<String>,
    /// What they may do.
    role: Role,
}

/// What to change of a person.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct ChangePerson {
    /// What they may do from now on.
    #[serde(default)]
    role: Option<Role>,
    /// Whether they are shut out from now on: their sessions end, and their tokens do not hold.
    #[serde(default)]
    disabled: Option<bool>,
}

/// A text of one line, of at most so many bytes, without the spaces around it; none where it is none.
pub(super) fn text(text: &str, longest: usize) -> Option<String> {
    let text = text.trim();
    let is_one = !text.is_empty() && text.len() <= longest && !text.chars().any(char::is_control);
    is_one.then(|| text.to_owned())
}

/// People of the tenant.
#[utoipa::path(get, operation_id = "people_list", path = "/api/v1/people", tag = "people",
    responses((status = 200, body = Page<Person>), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(super) async fn list(State(app): State<App>, caller: Caller) -> Result<Json<Page<Person>>, Problem> {
    caller.needs(Role::Admin)?;
    let items = app
        .read_all(move |installation| {
            let mut people = Vec::new();
            for (id, role) in installation.members_of_tenant(caller.tenant)? {
                if let Some(row) = installation.person(id)? {
                    people.push(Person::of(row, role));
                }
            }
            Ok(people)
        })
        .await?;
    Ok(Json(Page { items, next: None }))
}

/// Adds somebody, with a link to send them.
#[utoipa::path(post, operation_id = "people_add", path = "/api/v1/people", tag = "people", security(("session" = [])), request_body = AddPerson,
    responses((status = 201, body = Added), (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn add(
    State(app): State<App>,
    signed_in: SignedIn,
    Brief(body): Brief<AddPerson>,
) -> Result<Response, Problem> {
    let caller = signed_in.caller;
    caller.needs(Role::Admin)?;
    let unfit = |what: &str| {
        Problem::new(
            Kind::Unprocessable,
            format!("a {what} has 1 to {LONGEST} bytes of one line"),
        )
    };
    let login = text(&body.login, LONGEST)
        .map(|login| login.to_lowercase())
        .filter(|login| !login.contains(char::is_whitespace))
        .ok_or_else(|| unfit("login without spaces"))?;
    let name = match &body.name {
        Some(name) => text(name, LONGEST).ok_or_else(|| unfit("name"))?,
        None => login.clone(),
    };
    let (link, now, role) = (secret::new()?, app.now(), body.role);
    let kept = link.clone();
    let person = app
        .blocking(move |store| {
            store.write_all(|installation| {
                if installation.person_by_login(&login)?.is_some() {
                    return Err(Problem::new(
                        Kind::Unprocessable,
                        format!("somebody signs in as `{login}` already"),
                    ));
                }
                let id = installation.add_person(&login, &name, None, now)?;
                installation.set_membership(caller.tenant, id, Some(role.as_str()))?;
                let access = Access {
                    event: "person-added",
                    subject: &login,
                    detail: role.as_str(),
                    by: &caller.login,
                    at: now,
                };
                audit::record(&mut installation.within(caller.tenant), &access)?;
                let row = installation
                    .person(id)?
                    .ok_or_else(|| Problem::missing("person who was just added"))?;
                add_link(installation, &row, (&link, now), &caller.login)?;
                Ok(Person::of(row, role.as_str().to_owned()))
            })
        })
        .await?;
    let added = Added {
        person,
        link: shown(&kept, now),
    };
    Ok((StatusCode::CREATED, Json(added)).into_response())
}

fn shown(link: &str, now: i64) -> Link {
    Link {
        link: format!("/#/setup/{link}"),
        expires: time(now.saturating_add(LINK_LASTS)),
    }
}

/// Makes a new link for somebody who lost theirs, or their password. Links that they had end.
#[utoipa::path(post, operation_id = "people_link", path = "/api/v1/people/{id}/link", tag = "people", security(("session" = [])), params(("id" = i64, Path, description = "Their number.")),
    responses((status = 201, body = Link), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn link(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(id): Path<i64>,
) -> Result<Response, Problem> {
    let caller = signed_in.caller;
    caller.needs(Role::Admin)?;
    let (link, now) = (secret::new()?, app.now());
    let kept = link.clone();
    app.blocking(move |store| {
        store.write_all(|installation| {
            let (row, _) = governed(installation, &caller, id)?;
            if row.disabled.is_some() {
                return Err(Problem::new(Kind::Unprocessable, "they are shut out")
                    .help("let them in again first: `{\"disabled\": false}`"));
            }
            Ok(add_link(installation, &row, (&link, now), &caller.login)?)
        })
    })
    .await?;
    Ok((StatusCode::CREATED, Json(shown(&kept, now))).into_response())
}

/// Changes what somebody may do, shuts them out, or lets them in again.
#[utoipa::path(patch, operation_id = "people_change", path = "/api/v1/people/{id}", tag = "people", security(("session" = [])), request_body = ChangePerson,
    params(("id" = i64, Path, description = "Their number.")),
    responses((status = 200, body = Person), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn change(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(id): Path<i64>,
    Brief(body): Brief<ChangePerson>,
) -> Result<Json<Person>, Problem> {
    let caller = signed_in.caller;
    caller.needs(Role::Admin)?;
    let now = app.now();
    app.blocking(move |store| {
        store.write_all(|installation| {
            // Nobody else changes people of this tenant until we are done: it keeps its last administrator.
            installation.within(caller.tenant).hold_log()?;
            let (row, role) = governed(installation, &caller, id)?;
            change_role(installation, (&caller, now), &row, (&role, body.role))?;
            shut_out(installation, (&caller, now), &row, body.disabled)?;
            if !has_administrator(installation, &caller)? {
                return Err(
                    Problem::new(Kind::Unprocessable, "the tenant would have no administrator")
                        .help("make somebody else administrator first"),
                );
            }
            let row = installation
                .person(id)?
                .ok_or_else(|| Problem::missing("such person"))?;
            let role = body.role.map_or(role, |role| role.as_str().to_owned());
            Ok(Json(Person::of(row, role)))
        })
    })
    .await
}

/// A person of the tenant over whom the caller may decide, and what they may do there.
fn governed(
    installation: &mut Installation<'_>,
    caller: &Caller,
    id: i64,
) -> Result<(PersonRow, String), Problem> {
    let members = installation.memberships_of(id)?;
    let role = members
        .iter()
        .find(|(tenant, _)| *tenant == caller.tenant)
        .map(|(_, role)| role.clone());
    let (Some(row), Some(role)) = (installation.person(id)?, role) else {
        return Err(Problem::missing(&format!("person {id}")));
    };
    let own = installation.memberships_of(caller.person)?;
    let governs_all = members.iter().all(|(tenant, _)| {
        own.iter()
            .any(|(at, role)| at == tenant && role == Role::Admin.as_str())
    });
    if !governs_all {
        return Err(Problem::new(
            Kind::Forbidden,
            "they also belong to tenants of which you are no administrator",
        )
        .help("ask the operator of the installation"));
    }
    Ok((row, role))
}

fn change_role(
    installation: &mut Installation<'_>,
    (caller, at): (&Caller, i64),
    row: &PersonRow,
    (before, after): (&str, Option<Role>),
) -> Result<(), Problem> {
    let Some(after) = after.filter(|after| after.as_str() != before) else {
        return Ok(());
    };
    installation.set_membership(caller.tenant, row.id, Some(after.as_str()))?;
    let access = Access {
        event: "role-changed",
        subject: &row.login,
        detail: &format!("{before} to {}", after.as_str()),
        by: &caller.login,
        at,
    };
    Ok(audit::record(&mut installation.within(caller.tenant), &access)?)
}

fn shut_out(
    installation: &mut Installation<'_>,
    (caller, at): (&Caller, i64),
    row: &PersonRow,
    disabled: Option<bool>,
) -> Result<(), Problem> {
    let Some(disabled) = disabled.filter(|disabled| *disabled != row.disabled.is_some()) else {
        return Ok(());
    };
    installation.set_disabled(row.id, disabled.then_some(at))?;
    let (event, detail) = if disabled {
        installation.end_sessions_of(row.id)?;
        installation.end_links_of(row.id)?;
        ("person-shut-out", "their sessions and links ended")
    } else {
        ("person-let-in", "")
    };
    let access = Access {
        event,
        subject: &row.login,
        detail,
        by: &caller.login,
        at,
    };
    Ok(record_everywhere(installation, row.id, &access)?)
}

fn has_administrator(installation: &mut Installation<'_>, caller: &Caller) -> Result<bool, Problem> {
    for (id, role) in installation.members_of_tenant(caller.tenant)? {
        let is_in = installation
            .person(id)?
            .is_some_and(|person| person.disabled.is_none());
        if role == Role::Admin.as_str() && is_in {
            return Ok(true);
        }
    }
    Ok(false)
}
