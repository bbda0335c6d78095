//! The first person, and ways in for those who have none.

use super::role::Role;
use super::secret;
use bartizan_store::people::TokenRow;
use bartizan_store::{Installation, Store, StoreError};

const HOUR: i64 = 3_600_000;
/// How long a one-time link holds.
const LINK: i64 = 24 * HOUR;
/// How long a token of [`new_token`] holds.
const TOKEN: i64 = 90 * 24 * HOUR;

/// Makes the tenant `default` and the administrator `admin` where there is nobody. Out comes the secret of the one-time link for them.
///
/// # Errors
/// Those of the store.
pub(crate) fn first_administrator(store: &Store, at: i64) -> Result<Option<String>, StoreError> {
    store.write_all(|installation| {
        if !installation.people()?.is_empty() {
            return Ok(None);
        }
        let tenant = match installation.tenant("default")? {
            Some(tenant) => tenant,
            None => installation.add_tenant("default", at)?,
        };
        let person = installation.add_person("admin", "Administrator", None, at)?;
        installation.set_membership(tenant.id, person, Some(Role::Admin.as_str()))?;
        link_for(installation, person, at).map(Some)
    })
}

/// A new one-time link for somebody; none where nobody signs in as that.
///
/// # Errors
/// Those of the store.
pub(crate) fn new_link(store: &Store, login: &str, at: i64) -> Result<Option<String>, StoreError> {
    store.write_all(|installation| match installation.person_by_login(login)? {
        Some(person) => link_for(installation, person.id, at).map(Some),
        None => Ok(None),
    })
}

/// A new token with the role that somebody has; none where nobody signs in as that.
///
/// # Errors
/// Those of the store.
pub(crate) fn new_token(store: &Store, login: &str, at: i64) -> Result<Option<String>, StoreError> {
    store.write_all(|installation| {
        let Some(person) = installation.person_by_login(login)? else {
            return Ok(None);
        };
        let Some((tenant, role)) = installation.memberships_of(person.id)?.into_iter().next() else {
            return Ok(None);
        };
        let token = secret::new_token().map_err(no_random)?;
        let id = secret::hex(&secret::random::<8>().map_err(no_random)?);
        installation.add_token(
            &secret::hash(&token),
            &TokenRow {
                name: format!("command line {id}"),
                id,
                tenant,
                person: person.id,
                role,
                created: at,
                expires: Some(at + TOKEN),
                used: None,
                revoked: None,
            },
        )?;
        Ok(Some(token))
    })
}

fn link_for(installation: &mut Installation<'_>, person: i64, at: i64) -> Result<String, StoreError> {
    let link = secret::new().map_err(no_random)?;
    installation.add_link(&secret::hash(&link), person, at, at + LINK)?;
    Ok(link)
}

fn no_random(error: getrandom::Error) -> StoreError {
    StoreError::Unavailable(format!("the system has no random bytes: {error}"))
}
