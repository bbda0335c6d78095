//! People whom another server knows: who they are here, and what their groups give them.
//!
//! In: an identity that holds. Out: a person. Somebody is known again by issuer and subject and by nothing else. The first time, a person whom
//! an administrator added is found by an address of mail that the other server says is theirs; a person with a password only where the
//! operator allows that, since whoever rules the addresses over there would rule the account here.

use super::Role;
use super::audit::{self, Access, OURSELVES};
use super::setup::record_everywhere;
use crate::ingest::IngestError;
use crate::oidc::{Admit, Identity, OidcError, OidcSettings};
use bartizan_store::people::Person;
use bartizan_store::{Installation, StoreError, TenantId};
use std::collections::BTreeMap;

/// Why a person is not let in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AdmitError {
    /// They may not.
    #[error(transparent)]
    Refused(#[from] OidcError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It cannot be said in the ledger.
    #[error(transparent)]
    Ledger(#[from] IngestError),
}

/// Finds or adds the person, and gives and takes what their groups say. `at` is in milliseconds since 1970.
///
/// # Errors
/// When they may not come in, and those of the store; then nothing of the transaction may stay.
pub(crate) fn admit(
    installation: &mut Installation<'_>,
    identity: &Identity,
    settings: &OidcSettings,
    at: i64,
) -> Result<Person, AdmitError> {
    check_domain(identity, settings)?;
    let id = match installation.person_by_federated(&identity.federated)? {
        Some(person) => person.id,
        None => find_or_add(installation, identity, settings, at)?,
    };
    let missing = || StoreError::Corrupt("a person vanished".to_owned());
    let person = installation.person(id)?.ok_or_else(missing)?;
    if person.disabled.is_some() {
        return Err(OidcError::NotAdmitted("you were shut out").into());
    }
    apply_grants(installation, &person, (identity, settings), at)?;
    Ok(person)
}

fn check_domain(identity: &Identity, settings: &OidcSettings) -> Result<(), OidcError> {
    if settings.allowed_domains.is_empty() {
        return Ok(());
    }
    let domain = identity.email.as_deref().and_then(|email| email.split_once('@'));
    let is_allowed =
        domain.is_some_and(|(_, domain)| settings.allowed_domains.iter().any(|one| one == domain));
    if is_allowed {
        return Ok(());
    }
    Err(OidcError::NotAdmitted(
        "your address of mail is not verified, or not of a domain that is let in",
    ))
}

/// Somebody who comes for the first time.
fn find_or_add(
    installation: &mut Installation<'_>,
    identity: &Identity,
    settings: &OidcSettings,
    at: i64,
) -> Result<i64, AdmitError> {
    let Some(email) = &identity.email else {
        return Err(OidcError::NotAdmitted(
            "the sign-in server does not say that your address of mail is yours",
        )
        .into());
    };
    let (event, id) = match installation.person_by_login(email)? {
        Some(person) if person.federated.is_some() => {
            return Err(OidcError::NotAdmitted(
                "somebody else already signs in here with your address of mail",
            )
            .into());
        }
        Some(person) if person.password.is_some() && !settings.link_passwords => {
            return Err(OidcError::NotAdmitted("you have a password here: sign in with it").into());
        }
        Some(person) => {
            installation.set_federated(person.id, Some(&identity.federated))?;
            // Whoever holds a link could set a password and come in beside the other server.
            installation.end_links_of(person.id)?;
            ("person-linked", person.id)
        }
        None => {
            if settings.admit == Admit::Invited || wanted(identity, settings).values().all(Option::is_none) {
                return Err(OidcError::NotAdmitted(
                    "nobody added you, and your groups give you nothing here",
                )
                .into());
            }
            let name = identity.name.as_deref().unwrap_or(email);
            let id = installation.add_person(email, name, Some(&identity.federated), at)?;
            ("person-added", id)
        }
    };
    if event == "person-linked" {
        let access = Access {
            event,
            subject: email,
            detail: &format!("signs in through {}", settings.issuer),
            by: OURSELVES,
            at,
        };
        record_everywhere(installation, id, &access)?;
    }
    Ok(id)
}

/// What groups give in each tenant that a grant names; none for nothing.
fn wanted<'s>(identity: &Identity, settings: &'s OidcSettings) -> BTreeMap<&'s str, Option<Role>> {
    let mut wanted = BTreeMap::new();
    for grant in &settings.grants {
        let holds = grant
            .group
            .as_ref()
            .is_none_or(|group| identity.groups.contains(group));
        let role: &mut Option<Role> = wanted.entry(grant.tenant.as_str()).or_default();
        *role = (*role).max(holds.then_some(grant.role));
    }
    wanted
}

/// In a tenant that a grant names, groups alone say what those may do who come this way.
fn apply_grants(
    installation: &mut Installation<'_>,
    person: &Person,
    (identity, settings): (&Identity, &OidcSettings),
    at: i64,
) -> Result<(), AdmitError> {
    for (name, role) in wanted(identity, settings) {
        let Some(tenant) = installation.tenant(name)?.map(|tenant| tenant.id) else {
            tracing::warn!(target: "bartizan", tenant = name, "a grant of --oidc names a tenant that does not exist");
            continue;
        };
        let current = role_in(installation, tenant, person.id)?;
        if current.as_deref() == role.map(Role::as_str) {
            continue;
        }
        // Nobody else changes people of this tenant until we are done: it keeps its last administrator.
        installation.within(tenant).hold_log()?;
        if current.as_deref() == Some(Role::Admin.as_str())
            && is_last_administrator(installation, tenant, person.id)?
        {
            tracing::warn!(target: "bartizan", tenant = name, principal = %person.login, "groups would take the last administrator away");
            continue;
        }
        installation.set_membership(tenant, person.id, role.map(Role::as_str))?;
        let words = |role: Option<&str>| role.unwrap_or("nothing").to_owned();
        let access = Access {
            event: if current.is_none() {
                "person-added"
            } else {
                "role-changed"
            },
            subject: &person.login,
            detail: &format!(
                "{} to {}, by the groups of {}",
                words(current.as_deref()),
                words(role.map(Role::as_str)),
                settings.issuer
            ),
            by: OURSELVES,
            at,
        };
        audit::record(&mut installation.within(tenant), &access)?;
    }
    Ok(())
}

fn role_in(
    installation: &mut Installation<'_>,
    tenant: TenantId,
    person: i64,
) -> Result<Option<String>, StoreError> {
    let all = installation.memberships_of(person)?;
    Ok(all
        .into_iter()
        .find(|(at, _)| *at == tenant)
        .map(|(_, role)| role))
}

fn is_last_administrator(
    installation: &mut Installation<'_>,
    tenant: TenantId,
    person: i64,
) -> Result<bool, StoreError> {
    for (id, role) in installation.members_of_tenant(tenant)? {
        let is_other = id != person && role == Role::Admin.as_str();
        if is_other
            && installation
                .person(id)?
                .is_some_and(|other| other.disabled.is_none())
        {
            return Ok(false);
        }
    }
    Ok(true)
}
