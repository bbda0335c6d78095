//! Sessions of people who signed in with a browser.
//!
//! In: a cookie. Out: who it is. Only the hash of the cookie is kept. The token against forged requests
//! (<https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html>) is made from the cookie
//! by a hash, so that every tab of the session has the same; a script of another site knows neither.

use super::caller::{Caller, bearer, by_bearer};
use super::peer::check_site;
use super::{audit, secret};
use crate::app::App;
use crate::http::{Kind, Problem};
use crate::ingest::IngestError;
use crate::watch;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use bartizan_model::encoding::hex;
use bartizan_store::people::{Person, SessionRow};
use bartizan_store::{Installation, StoreError, TenantId};

/// Where requests send the token against forged requests.
pub(crate) const CSRF: &str = "x-bartizan-csrf";
/// A session that nobody uses ends after so many milliseconds.
const IDLE: i64 = 12 * 3_600_000;
/// A session ends after so many milliseconds.
pub(crate) const LONGEST: i64 = 7 * 86_400_000;
/// A session is said to be used at most once in so many milliseconds.
const USED_EVERY: i64 = 60_000;

/// Somebody who signed in, and not a program with a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SignedIn {
    pub(crate) caller: Caller,
    /// What they are called.
    pub(crate) name: String,
    /// What the session is kept by.
    pub(crate) hash: [u8; 32],
    /// The token against forged requests.
    pub(crate) csrf: String,
    /// When the session ends, in milliseconds since 1970.
    pub(crate) expires: i64,
    /// Whether they have a password here.
    pub(crate) has_password: bool,
    /// The issuer through which they signed in; none for those with a password.
    pub(crate) provider: Option<String>,
}

impl SignedIn {
    /// Whoever the cookie belongs to.
    pub(super) async fn by_cookie(parts: &Parts, app: &App) -> Result<Self, Problem> {
        let Some(cookie) = app.gate().transport.find(&parts.headers) else {
            return Err(Problem::new(Kind::Unauthenticated, "nobody is signed in")
                .help("send `Authorization: Bearer TOKEN`, or sign in in the console"));
        };
        let (hash, csrf) = (secret::hash(cookie), csrf_of(cookie));
        app.gate().by_credential.take(hash)?;
        let now = app.now();
        let known = app
            .read_all(move |installation| known(installation, &hash, now))
            .await?;
        let Some(known) = known else {
            return Err(Problem::new(Kind::Unauthenticated, "the session has ended").help("sign in again"));
        };
        if parts.method != Method::GET && parts.method != Method::HEAD {
            check_site(&parts.headers)?;
            check_csrf(&parts.headers, &known.row.csrf)?;
        }
        if known.row.used + USED_EVERY < now {
            // On a disk that is full, what is there can still be read.
            let _ = app
                .write_all(move |installation| installation.use_session(&hash, now))
                .await;
        }
        Ok(Self {
            caller: known.caller,
            name: known.name,
            hash,
            csrf,
            expires: known.row.expires,
            has_password: known.has_password,
            provider: known.row.provider,
        })
    }
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        if let Some(token) = bearer(&parts.headers) {
            by_bearer(app, token).await?;
            return Err(Problem::new(
                Kind::Forbidden,
                "this is for people who signed in, and not for tokens",
            )
            .help("sign in with a password: a token that leaks must not make others"));
        }
        let signed_in = Self::by_cookie(parts, app).await?;
        watch::tell(&parts.extensions, &signed_in.caller);
        Ok(signed_in)
    }
}

fn csrf_of(cookie: &str) -> String {
    hex(&secret::hash(&format!("csrf {cookie}")))
}

fn check_csrf(headers: &HeaderMap, kept: &[u8]) -> Result<(), Problem> {
    let sent = headers.get(CSRF).and_then(|value| value.to_str().ok());
    if sent.is_some_and(|sent| secret::is_same(&secret::hash(sent), kept)) {
        return Ok(());
    }
    Err(Problem::new(
        Kind::Forbidden,
        format!("`{CSRF}` is not the one of this session"),
    )
    .help("take `csrf` of `GET /api/v1/session`"))
}

struct Known {
    caller: Caller,
    name: String,
    has_password: bool,
    row: SessionRow,
}

fn known(
    installation: &mut Installation<'_>,
    hash: &[u8; 32],
    now: i64,
) -> Result<Option<Known>, StoreError> {
    let Some(row) = installation.session(hash)? else {
        return Ok(None);
    };
    if row.expires <= now || row.used.saturating_add(IDLE) <= now {
        return Ok(None);
    }
    let Some(person) = installation.person(row.person)? else {
        return Ok(None);
    };
    let caller = Caller::member(installation, &person, row.tenant)?;
    Ok(caller.map(|caller| Known {
        caller,
        name: person.name,
        has_password: person.password.is_some(),
        row,
    }))
}

/// A session that is about to begin.
#[derive(Debug, Clone)]
pub(crate) struct Fresh {
    /// What the cookie holds.
    pub(crate) cookie: String,
    hash: [u8; 32],
    csrf: String,
    provider: Option<String>,
    /// When it ends at the latest, in milliseconds since 1970, where that was decided before.
    expires: Option<i64>,
}

impl Fresh {
    /// Secrets for one.
    ///
    /// # Errors
    /// When the system has no random bytes.
    pub(crate) fn new() -> Result<Self, getrandom::Error> {
        let cookie = secret::new()?;
        Ok(Self {
            hash: secret::hash(&cookie),
            csrf: csrf_of(&cookie),
            cookie,
            provider: None,
            expires: None,
        })
    }

    /// Secrets for one of somebody who signed in through this issuer.
    ///
    /// # Errors
    /// When the system has no random bytes.
    pub(crate) fn through(issuer: &str) -> Result<Self, getrandom::Error> {
        Ok(Self {
            provider: Some(issuer.to_owned()),
            ..Self::new()?
        })
    }

    /// Secrets for one in place of another one, which began in the same way, and ends when that one would have.
    ///
    /// # Errors
    /// When the system has no random bytes.
    pub(crate) fn instead_of(signed_in: &SignedIn) -> Result<Self, getrandom::Error> {
        Ok(Self {
            provider: signed_in.provider.clone(),
            expires: Some(signed_in.expires),
            ..Self::new()?
        })
    }

    /// Begins it, and says so in the ledger. None where the person may nothing in the tenant.
    ///
    /// # Errors
    /// Those of the engine and of the ledger.
    pub(crate) fn begin(
        &self,
        installation: &mut Installation<'_>,
        (person, tenant): (&Person, TenantId),
        (at, detail): (i64, &str),
    ) -> Result<Option<SignedIn>, IngestError> {
        let Some(caller) = Caller::member(installation, person, tenant)? else {
            return Ok(None);
        };
        installation.sweep_sessions(at)?;
        let expires = self.expires.unwrap_or_else(|| at.saturating_add(LONGEST));
        installation.add_session(
            &self.hash,
            &SessionRow {
                person: person.id,
                tenant,
                csrf: secret::hash(&self.csrf).to_vec(),
                created: at,
                used: at,
                expires,
                provider: self.provider.clone(),
            },
        )?;
        let access = audit::Access {
            event: "sign-in",
            subject: &person.login,
            detail,
            by: &person.login,
            at,
        };
        audit::record(&mut installation.within(tenant), &access)?;
        Ok(Some(SignedIn {
            caller,
            name: person.name.clone(),
            hash: self.hash,
            csrf: self.csrf.clone(),
            expires,
            has_password: person.password.is_some(),
            provider: self.provider.clone(),
        }))
    }
}
