//! Who makes a request: the owner of a token, or somebody who signed in.

use super::role::Role;
use super::secret;
use super::session::SignedIn;
use crate::app::App;
use crate::http::{Kind, Problem};
use crate::watch;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use bartizan_store::people::Person;
use bartizan_store::{Installation, StoreError, TenantId};

/// A token is said to be used at most once in so many milliseconds.
const USED_EVERY: i64 = 60_000;

/// Who makes a request, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The tenant that everything they ask is about.
    pub tenant: TenantId,
    /// Their number.
    pub person: i64,
    /// What they sign in as.
    pub login: String,
    /// What they may do.
    pub role: Role,
}

impl Caller {
    /// Whether they may do what this role may.
    ///
    /// # Errors
    /// A problem that says what is needed.
    pub fn needs(&self, role: Role) -> Result<(), Problem> {
        if self.role >= role {
            return Ok(());
        }
        Err(Problem::new(
            Kind::Forbidden,
            format!(
                "this needs the role {}, and {} is {}",
                role.as_str(),
                self.login,
                self.role.as_str()
            ),
        )
        .help("ask an administrator of the tenant"))
    }

    /// A person within a tenant; none where they are shut out or may nothing there.
    pub(super) fn member(
        installation: &mut Installation<'_>,
        person: &Person,
        tenant: TenantId,
    ) -> Result<Option<Self>, StoreError> {
        if person.disabled.is_some() {
            return Ok(None);
        }
        let member = installation
            .memberships_of(person.id)?
            .into_iter()
            .find(|(within, _)| *within == tenant);
        Ok(member.and_then(|(_, role)| role.parse().ok()).map(|role| Self {
            tenant,
            person: person.id,
            login: person.login.clone(),
            role,
        }))
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let caller = match bearer(&parts.headers) {
            Some(token) => by_bearer(app, token).await?,
            None => SignedIn::by_cookie(parts, app).await?.caller,
        };
        watch::tell(&parts.extensions, &caller);
        Ok(caller)
    }
}

/// The token that is sent along.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .map(str::trim)
}

/// The owner of a token.
pub(super) async fn by_bearer(app: &App, token: &str) -> Result<Caller, Problem> {
    let hash = secret::hash(token);
    app.gate().by_credential.take(hash)?;
    let now = app.now();
    let known = app
        .read_all(move |installation| by_token(installation, &hash, now))
        .await?;
    let Some((caller, is_stale)) = known else {
        return Err(Problem::new(
            Kind::Unauthenticated,
            "the token is not known, was revoked or has expired",
        )
        .help("make a new one in the console under Set-up"));
    };
    if is_stale {
        // On a disk that is full, what is there can still be read.
        let _ = app
            .write_all(move |installation| installation.use_token(&hash, now))
            .await;
    }
    Ok(caller)
}

/// The owner of a token, and whether its last use has to be renewed.
fn by_token(
    installation: &mut Installation<'_>,
    hash: &[u8; 32],
    now: i64,
) -> Result<Option<(Caller, bool)>, StoreError> {
    let Some(token) = installation.token(hash)? else {
        return Ok(None);
    };
    if token.revoked.is_some() || token.expires.is_some_and(|expires| expires <= now) {
        return Ok(None);
    }
    let Some(person) = installation.person(token.person)? else {
        return Ok(None);
    };
    // A token may do less than its owner, never more.
    let (Some(mut caller), Ok(granted)) = (
        Caller::member(installation, &person, token.tenant)?,
        token.role.parse::<Role>(),
    ) else {
        return Ok(None);
    };
    caller.role = caller.role.min(granted);
    let is_stale = token.used.is_none_or(|used| used + USED_EVERY < now);
    Ok(Some((caller, is_stale)))
}
