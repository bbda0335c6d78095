//! The first person of an installation, and links that let somebody in once to set a password.
//!
//! In: the store, when the server starts. Out: what is in the link, which is shown to the operator and kept nowhere. The console
//! takes it at `/#/setup/SECRET`: behind the `#`, so that no server and no log sees it.

use super::audit::{self, Access, OURSELVES};
use super::{Role, secret};
use crate::ingest::IngestError;
use bartizan_model::encoding::hex;
use bartizan_store::people::{Person, TokenRow};
use bartizan_store::{Installation, Store, StoreError};

/// A link ends after so many milliseconds.
pub const LINK_LASTS: i64 = 86_400_000;
/// A token that is made on the command line ends after so many milliseconds.
const TOKEN_LASTS: i64 = 90 * 86_400_000;
/// The first tenant.
const TENANT: &str = "default";
/// The first person.
const LOGIN: &str = "admin";

/// Why nobody could be let in.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It cannot be said in the ledger.
    #[error(transparent)]
    Ledger(#[from] IngestError),
    /// The link needs random bytes.
    #[error("the system gives no random bytes: {0}")]
    Random(#[from] getrandom::Error),
    /// Nobody signs in as this.
    #[error("nobody signs in as `{0}`")]
    Nobody(String),
    /// A person who is shut out.
    #[error("`{0}` is shut out: let them in again first")]
    ShutOut(String),
}

impl SetupError {
    /// What the operator can do about it.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::Store(error) => error.help(),
            Self::Ledger(_) => "run `bartizan ledger verify`".to_owned(),
            Self::Random(_) => "check that the system has a source of random bytes".to_owned(),
            Self::Nobody(_) => {
                "the first person is `admin`; others are listed in the console under Set-up".to_owned()
            }
            Self::ShutOut(_) => "another administrator can do that in the console under Set-up".to_owned(),
        }
    }
}

/// Makes the tenant `default` and its administrator `admin` where there is nobody yet. Out comes what is in the link that lets them
/// in, once and for a day from `now` (milliseconds since 1970); none where there is somebody already.
///
/// # Errors
/// When the store fails or the system has no random bytes.
pub fn first_administrator(store: &Store, now: i64) -> Result<Option<String>, SetupError> {
    let link = secret::new()?;
    let made = store.write_all(|installation| -> Result<bool, SetupError> {
        if !installation.people()?.is_empty() {
            return Ok(false);
        }
        let tenant = match installation.tenant(TENANT)? {
            Some(tenant) => tenant,
            None => installation.add_tenant(TENANT, now)?,
        };
        let id = installation.add_person(LOGIN, "Administrator", None, now)?;
        installation.set_membership(tenant.id, id, Some(Role::Admin.as_str()))?;
        let added = Access {
            event: "person-added",
            subject: LOGIN,
            detail: "admin, the first person",
            by: OURSELVES,
            at: now,
        };
        audit::record(&mut installation.within(tenant.id), &added)?;
        let person = installation
            .person(id)?
            .ok_or_else(|| SetupError::Nobody(LOGIN.to_owned()))?;
        add_link(installation, &person, (&link, now), OURSELVES)?;
        Ok(true)
    });
    match made {
        Ok(made) => Ok(made.then_some(link)),
        // Another replica that starts at the same time was first.
        Err(SetupError::Store(StoreError::Refused(why))) => {
            let is_somebody =
                store.read_all(|installation| installation.people().map(|all| !all.is_empty()))?;
            if is_somebody {
                Ok(None)
            } else {
                Err(StoreError::Refused(why).into())
            }
        }
        Err(error) => Err(error),
    }
}

/// What is in a new link for somebody who signs in as `login`, for a day from `now` (milliseconds since 1970). Links that they had
/// end.
///
/// # Errors
/// When there is no such person or they are shut out, the store fails, or the system has no random bytes.
pub fn new_link(store: &Store, login: &str, now: i64) -> Result<String, SetupError> {
    let link = secret::new()?;
    store.write_all(|installation| -> Result<(), SetupError> {
        let person = installation
            .person_by_login(login)?
            .ok_or_else(|| SetupError::Nobody(login.to_owned()))?;
        if person.disabled.is_some() {
            return Err(SetupError::ShutOut(login.to_owned()));
        }
        add_link(installation, &person, (&link, now), OURSELVES)?;
        Ok(())
    })?;
    Ok(link)
}

/// A new token of somebody who signs in as `login`, with all of their rights in the first tenant that they belong to, for ninety days
/// from `now` (milliseconds since 1970).
///
/// # Errors
/// When there is no such person or they may nothing anywhere, the store fails, or the system has no random bytes.
pub fn new_token(store: &Store, login: &str, now: i64) -> Result<String, SetupError> {
    let token = secret::new_token()?;
    let id = hex(&secret::random::<8>()?);
    store.write_all(|installation| -> Result<(), SetupError> {
        let nobody = || SetupError::Nobody(login.to_owned());
        let person = installation.person_by_login(login)?.ok_or_else(nobody)?;
        let memberships = installation.memberships_of(person.id)?;
        let (tenant, role) = memberships.into_iter().next().ok_or_else(nobody)?;
        let row = TokenRow {
            id: id.clone(),
            tenant,
            person: person.id,
            name: format!("command line {id}"),
            role,
            created: now,
            expires: Some(now.saturating_add(TOKEN_LASTS)),
            used: None,
            revoked: None,
        };
        installation.add_token(&secret::hash(&token), &row)?;
        let access = Access {
            event: "token-made",
            subject: login,
            detail: &format!(
                "{id}: `{}`, {}, on the command line of the server",
                row.name, row.role
            ),
            by: OURSELVES,
            at: now,
        };
        Ok(audit::record(&mut installation.within(tenant), &access)?)
    })?;
    Ok(token)
}

/// Keeps a link in place of those that the person had, and says so in the ledger of every tenant that they belong to.
pub(crate) fn add_link(
    installation: &mut Installation<'_>,
    person: &Person,
    (link, at): (&str, i64),
    by: &str,
) -> Result<(), IngestError> {
    installation.end_links_of(person.id)?;
    installation.add_link(&secret::hash(link), person.id, at, at.saturating_add(LINK_LASTS))?;
    record_everywhere(
        installation,
        person.id,
        &Access {
            event: "link-made",
            subject: &person.login,
            detail: "lets them in once, to set a password",
            by,
            at,
        },
    )
}

/// Says something about a person in the ledger of every tenant that they belong to.
pub(crate) fn record_everywhere(
    installation: &mut Installation<'_>,
    person: i64,
    access: &Access<'_>,
) -> Result<(), IngestError> {
    for (tenant, _) in installation.memberships_of(person)? {
        audit::record(&mut installation.within(tenant), access)?;
    }
    Ok(())
}
