//! People, what they may do in which tenant, and what lets them in. Nothing here is in the ledger: it would be secret or private.

use crate::value::Row;
use crate::{Installation, StoreError, TenantId};

/// Somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Number within the installation.
    pub id: i64,
    /// What they sign in as; lower case.
    pub login: String,
    /// What they are called.
    pub name: String,
    /// PHC string of their password.
    pub password: Option<String>,
    /// `issuer subject` of OpenID Connect.
    pub federated: Option<String>,
    /// When they were added, in milliseconds since 1970.
    pub created: i64,
    /// When they were shut out, in milliseconds since 1970.
    pub disabled: Option<i64>,
}

/// A token of the interface for programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    /// What it is listed and revoked by.
    pub id: String,
    /// Where it holds.
    pub tenant: TenantId,
    /// Whose it is.
    pub person: i64,
    /// What it is for.
    pub name: String,
    /// What it may do at most: viewer, developer, responder or admin.
    pub role: String,
    /// Milliseconds since 1970.
    pub created: i64,
    /// Until when it holds, in milliseconds since 1970.
    pub expires: Option<i64>,
    /// When it was last used, in milliseconds since 1970.
    pub used: Option<i64>,
    /// When it was revoked, in milliseconds since 1970.
    pub revoked: Option<i64>,
}

/// A person who signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// Who.
    pub person: i64,
    /// Where.
    pub tenant: TenantId,
    /// SHA-256 of what requests that change something have to send.
    pub csrf: Vec<u8>,
    /// Milliseconds since 1970.
    pub created: i64,
    /// When it was last used, in milliseconds since 1970.
    pub used: i64,
    /// When it ends, in milliseconds since 1970.
    pub expires: i64,
    /// The issuer through which they signed in; none for those with a password.
    pub provider: Option<String>,
}

const PERSON: &str = "id, login, name, password, federated, created, disabled";
const TOKEN: &str = "id, tenant, person, name, role, created, expires, used, revoked";

fn person(row: &Row) -> Result<Person, StoreError> {
    Ok(Person {
        id: row.int(0)?,
        login: row.text(1)?,
        name: row.text(2)?,
        password: row.maybe_text(3)?,
        federated: row.maybe_text(4)?,
        created: row.int(5)?,
        disabled: row.maybe_int(6)?,
    })
}

fn token(row: &Row) -> Result<TokenRow, StoreError> {
    Ok(TokenRow {
        id: row.text(0)?,
        tenant: TenantId(row.int(1)?),
        person: row.int(2)?,
        name: row.text(3)?,
        role: row.text(4)?,
        created: row.int(5)?,
        expires: row.maybe_int(6)?,
        used: row.maybe_int(7)?,
        revoked: row.maybe_int(8)?,
    })
}

impl Installation<'_> {
    /// Everybody, by number.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn people(&mut self) -> Result<Vec<Person>, StoreError> {
        self.sql
            .all(&format!("SELECT {PERSON} FROM people ORDER BY id"), &[], person)
    }

    /// The person with this number.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn person(&mut self, id: i64) -> Result<Option<Person>, StoreError> {
        self.sql.first(
            &format!("SELECT {PERSON} FROM people WHERE id = $1"),
            &[id.into()],
            person,
        )
    }

    /// The person who signs in as this.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn person_by_login(&mut self, login: &str) -> Result<Option<Person>, StoreError> {
        self.sql.first(
            &format!("SELECT {PERSON} FROM people WHERE login = $1"),
            &[login.into()],
            person,
        )
    }

    /// The person whom another server knows as this: `issuer subject`.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn person_by_federated(&mut self, federated: &str) -> Result<Option<Person>, StoreError> {
        self.sql.first(
            &format!("SELECT {PERSON} FROM people WHERE federated = $1"),
            &[federated.into()],
            person,
        )
    }

    /// Adds a person without a password; out comes the number.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when somebody signs in as that already, and those of the engine.
    pub fn add_person(
        &mut self,
        login: &str,
        name: &str,
        federated: Option<&str>,
        at: i64,
    ) -> Result<i64, StoreError> {
        self.hold()?;
        let id = self
            .sql
            .first("SELECT COALESCE(MAX(id), 0) + 1 FROM people", &[], |row| {
                row.int(0)
            })?
            .unwrap_or(1);
        self.sql.execute(
            "INSERT INTO people (id, login, name, password, federated, created, disabled) \
             VALUES ($1, $2, $3, NULL, $4, $5, NULL)",
            &[id.into(), login.into(), name.into(), federated.into(), at.into()],
        )?;
        Ok(id)
    }

    /// Says as whom another server knows a person, `issuer subject`; none for nobody.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when somebody else is known as that, and those of the engine.
    pub fn set_federated(&mut self, person: i64, federated: Option<&str>) -> Result<(), StoreError> {
        self.sql
            .execute(
                "UPDATE people SET federated = $2 WHERE id = $1",
                &[person.into(), federated.into()],
            )
            .map(|_| ())
    }

    /// Keeps a password, as a PHC string.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn set_password(&mut self, person: i64, password: Option<&str>) -> Result<(), StoreError> {
        self.sql
            .execute(
                "UPDATE people SET password = $2 WHERE id = $1",
                &[person.into(), password.into()],
            )
            .map(|_| ())
    }

    /// Shuts a person out, or lets them in again.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn set_disabled(&mut self, person: i64, at: Option<i64>) -> Result<(), StoreError> {
        self.sql
            .execute(
                "UPDATE people SET disabled = $2 WHERE id = $1",
                &[person.into(), at.into()],
            )
            .map(|_| ())
    }

    /// What a person may do in which tenant: (tenant, role), by tenant.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn memberships_of(&mut self, person: i64) -> Result<Vec<(TenantId, String)>, StoreError> {
        self.sql.all(
            "SELECT tenant, role FROM memberships WHERE person = $1 ORDER BY tenant",
            &[person.into()],
            |row| Ok((TenantId(row.int(0)?), row.text(1)?)),
        )
    }

    /// Who may do what in a tenant: (person, role), by person.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn members_of_tenant(&mut self, tenant: TenantId) -> Result<Vec<(i64, String)>, StoreError> {
        self.sql.all(
            "SELECT person, role FROM memberships WHERE tenant = $1 ORDER BY person",
            &[tenant.0.into()],
            |row| Ok((row.int(0)?, row.text(1)?)),
        )
    }

    /// Says what a person may do in a tenant; none for nothing.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn set_membership(
        &mut self,
        tenant: TenantId,
        person: i64,
        role: Option<&str>,
    ) -> Result<(), StoreError> {
        match role {
            Some(role) => self.sql.execute(
                "INSERT INTO memberships (tenant, person, role) VALUES ($1, $2, $3) \
                 ON CONFLICT (tenant, person) DO UPDATE SET role = excluded.role",
                &[tenant.0.into(), person.into(), role.into()],
            ),
            None => self.sql.execute(
                "DELETE FROM memberships WHERE tenant = $1 AND person = $2",
                &[tenant.0.into(), person.into()],
            ),
        }
        .map(|_| ())
    }

    /// Keeps a token by its hash.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn add_token(&mut self, hash: &[u8], row: &TokenRow) -> Result<(), StoreError> {
        self.sql
            .execute(
                &format!(
                    "INSERT INTO tokens (hash, {TOKEN}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
                ),
                &[
                    hash.into(),
                    (&row.id).into(),
                    row.tenant.0.into(),
                    row.person.into(),
                    (&row.name).into(),
                    (&row.role).into(),
                    row.created.into(),
                    row.expires.into(),
                    row.used.into(),
                    row.revoked.into(),
                ],
            )
            .map(|_| ())
    }

    /// The token with this hash.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn token(&mut self, hash: &[u8]) -> Result<Option<TokenRow>, StoreError> {
        self.sql.first(
            &format!("SELECT {TOKEN} FROM tokens WHERE hash = $1"),
            &[hash.into()],
            token,
        )
    }

    /// The tokens of a tenant, by name.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn tokens_of(&mut self, tenant: TenantId) -> Result<Vec<TokenRow>, StoreError> {
        self.sql.all(
            &format!("SELECT {TOKEN} FROM tokens WHERE tenant = $1 ORDER BY name, id"),
            &[tenant.0.into()],
            token,
        )
    }

    /// Says that a token was used.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn use_token(&mut self, hash: &[u8], at: i64) -> Result<(), StoreError> {
        self.sql
            .execute(
                "UPDATE tokens SET used = $2 WHERE hash = $1",
                &[hash.into(), at.into()],
            )
            .map(|_| ())
    }

    /// Revokes a token of a tenant; out comes whether it held until now.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn revoke_token(&mut self, tenant: TenantId, id: &str, at: i64) -> Result<bool, StoreError> {
        let revoked = self.sql.execute(
            "UPDATE tokens SET revoked = $3 WHERE tenant = $1 AND id = $2 AND revoked IS NULL",
            &[tenant.0.into(), id.into(), at.into()],
        )?;
        Ok(revoked > 0)
    }

    /// Keeps a session by the hash of its cookie.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn add_session(&mut self, hash: &[u8], row: &SessionRow) -> Result<(), StoreError> {
        self.sql
            .execute(
                "INSERT INTO sessions (hash, person, tenant, csrf, created, used, expires, provider) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                &[
                    hash.into(),
                    row.person.into(),
                    row.tenant.0.into(),
                    (&row.csrf).into(),
                    row.created.into(),
                    row.used.into(),
                    row.expires.into(),
                    row.provider.as_ref().into(),
                ],
            )
            .map(|_| ())
    }

    /// The session with this hash.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn session(&mut self, hash: &[u8]) -> Result<Option<SessionRow>, StoreError> {
        self.sql.first(
            "SELECT person, tenant, csrf, created, used, expires, provider FROM sessions WHERE hash = $1",
            &[hash.into()],
            |row| {
                Ok(SessionRow {
                    person: row.int(0)?,
                    tenant: TenantId(row.int(1)?),
                    csrf: row.bytes(2)?,
                    created: row.int(3)?,
                    used: row.int(4)?,
                    expires: row.int(5)?,
                    provider: row.maybe_text(6)?,
                })
            },
        )
    }

    /// Says that a session was used.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn use_session(&mut self, hash: &[u8], at: i64) -> Result<(), StoreError> {
        self.sql
            .execute(
                "UPDATE sessions SET used = $2 WHERE hash = $1",
                &[hash.into(), at.into()],
            )
            .map(|_| ())
    }

    /// Ends a session.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn end_session(&mut self, hash: &[u8]) -> Result<(), StoreError> {
        self.sql
            .execute("DELETE FROM sessions WHERE hash = $1", &[hash.into()])
            .map(|_| ())
    }

    /// Ends all sessions of a person.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn end_sessions_of(&mut self, person: i64) -> Result<(), StoreError> {
        self.sql
            .execute("DELETE FROM sessions WHERE person = $1", &[person.into()])
            .map(|_| ())
    }

    /// Takes sessions and links away that ended before `at`.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn sweep_sessions(&mut self, at: i64) -> Result<(), StoreError> {
        self.sql
            .execute("DELETE FROM sessions WHERE expires < $1", &[at.into()])?;
        self.sql
            .execute("DELETE FROM links WHERE expires < $1", &[at.into()])
            .map(|_| ())
    }

    /// Keeps a one-time link by the hash of what is in it.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn add_link(
        &mut self,
        hash: &[u8],
        person: i64,
        created: i64,
        expires: i64,
    ) -> Result<(), StoreError> {
        self.sql
            .execute(
                "INSERT INTO links (hash, person, created, expires, used) VALUES ($1, $2, $3, $4, NULL)",
                &[hash.into(), person.into(), created.into(), expires.into()],
            )
            .map(|_| ())
    }

    /// Whose link this is. None where there is no such link, or it was used, or it ended.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn link(&mut self, hash: &[u8], at: i64) -> Result<Option<i64>, StoreError> {
        self.sql.first(
            "SELECT person FROM links WHERE hash = $1 AND used IS NULL AND expires > $2",
            &[hash.into(), at.into()],
            |row| row.int(0),
        )
    }

    /// Takes all links of a person away.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn end_links_of(&mut self, person: i64) -> Result<(), StoreError> {
        self.sql
            .execute("DELETE FROM links WHERE person = $1", &[person.into()])
            .map(|_| ())
    }

    /// Uses a link up; out comes whose it is. None where there is no such link, or it was used, or it ended.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn use_link(&mut self, hash: &[u8], at: i64) -> Result<Option<i64>, StoreError> {
        self.sql.first(
            "UPDATE links SET used = $2 WHERE hash = $1 AND used IS NULL AND expires > $2 RETURNING person",
            &[hash.into(), at.into()],
            |row| row.int(0),
        )
    }
}
