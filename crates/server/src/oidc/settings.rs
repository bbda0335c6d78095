//! What the operator says of the other server: a file in TOML, so that it belongs to whoever runs the installation and to no tenant.

use crate::auth::Role;
use bartizan_source::http::{Scheme, Url};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// Bytes of the file at most.
const LONGEST: usize = 256 * 1024;

/// Who is let in that nobody added.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Admit {
    /// Nobody: an administrator adds people first.
    #[default]
    Invited,
    /// Whoever a grant gives something.
    Granted,
}

/// What somebody with a group may do.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Grant {
    /// The group; everybody where none is named.
    #[serde(default)]
    pub(crate) group: Option<String>,
    pub(crate) tenant: String,
    pub(crate) role: Role,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Written {
    issuer: String,
    client_id: String,
    #[serde(default)]
    client_secret_file: Option<PathBuf>,
    public_url: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    scopes: Option<Vec<String>>,
    #[serde(default)]
    groups_claim: Option<String>,
    #[serde(default)]
    allowed_domains: Vec<String>,
    #[serde(default)]
    admit: Admit,
    #[serde(default)]
    link_passwords: bool,
    #[serde(default)]
    grant: Vec<Grant>,
}

/// A secret that is not shown.
#[derive(Clone)]
pub(crate) struct Secret(pub(crate) String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

/// What the operator says of the server through which people sign in.
#[derive(Debug, Clone)]
pub struct OidcSettings {
    /// As it stands in what it signs.
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: Option<Secret>,
    secret_file: Option<PathBuf>,
    public_url: String,
    pub(crate) name: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) groups_claim: String,
    pub(crate) allowed_domains: Vec<String>,
    pub(crate) admit: Admit,
    /// Whether people who have a password already may come in this way too.
    pub(crate) link_passwords: bool,
    pub(crate) grants: Vec<Grant>,
}

/// Settings that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// The file is longer than such files are.
    #[error("it has {0} bytes")]
    TooLong(usize),
    /// The text is not understood.
    #[error("{0}")]
    Text(String),
    /// A value cannot be.
    #[error("`{0}`: {1}")]
    Value(&'static str, String),
}

impl OidcSettings {
    /// Reads the text of the file.
    ///
    /// # Errors
    /// When it is not understood, or says what cannot be.
    pub fn read(text: &str) -> Result<Self, SettingsError> {
        if text.len() > LONGEST {
            return Err(SettingsError::TooLong(text.len()));
        }
        let written: Written =
            toml::from_str(text).map_err(|error| SettingsError::Text(error.message().to_owned()))?;
        let wrong = |name, why: &str| Err(SettingsError::Value(name, why.to_owned()));
        address("issuer", &written.issuer)?;
        let public = address("public-url", &written.public_url)?;
        if public.request_target() != format!("{}/", public.origin()) {
            return wrong("public-url", "scheme, host and port, and no path");
        }
        let scopes = written
            .scopes
            .unwrap_or_else(|| ["openid", "profile", "email"].map(str::to_owned).to_vec());
        if !scopes.iter().any(|scope| scope == "openid") {
            return wrong("scopes", "`openid` must be one of them");
        }
        if written.client_id.is_empty() {
            return wrong("client-id", "must not be empty");
        }
        if written.admit == Admit::Granted && written.grant.is_empty() {
            return wrong("admit", "`granted` needs a `[[grant]]`");
        }
        let host = address("issuer", &written.issuer)?.host().to_owned();
        Ok(Self {
            name: written.name.unwrap_or(host),
            issuer: written.issuer,
            client_id: written.client_id,
            client_secret: None,
            secret_file: written.client_secret_file,
            public_url: public.origin(),
            scopes,
            groups_claim: written.groups_claim.unwrap_or_else(|| "groups".to_owned()),
            allowed_domains: written
                .allowed_domains
                .iter()
                .map(|domain| domain.trim_start_matches('@').to_ascii_lowercase())
                .collect(),
            admit: written.admit,
            link_passwords: written.link_passwords,
            grants: written.grant,
        })
    }

    /// The file with the secret of the client, where one is named.
    #[must_use]
    pub fn secret_file(&self) -> Option<&Path> {
        self.secret_file.as_deref()
    }

    /// With the secret by which the other server knows us; without one we are a public client.
    #[must_use]
    pub fn with_secret(mut self, secret: Option<String>) -> Self {
        self.client_secret = secret.filter(|secret| !secret.is_empty()).map(Secret);
        self
    }

    /// Where browsers come back to: what is registered with the other server.
    #[must_use]
    pub fn redirect_uri(&self) -> String {
        format!("{}/api/v1/oidc/callback", self.public_url)
    }

    /// Where browsers find us.
    #[must_use]
    pub fn home(&self) -> String {
        format!("{}/", self.public_url)
    }
}

/// An address over TLS, or on this machine.
fn address(name: &'static str, text: &str) -> Result<Url, SettingsError> {
    let url = Url::parse(text).map_err(|error| SettingsError::Value(name, error.to_string()))?;
    is_safe(&url).then_some(url).ok_or_else(|| {
        SettingsError::Value(
            name,
            "must begin with https:// where it is not on this machine".to_owned(),
        )
    })
}

/// Whether what is said to this address is heard by nobody else.
pub(super) fn is_safe(url: &Url) -> bool {
    url.scheme() == Scheme::Https || url.is_loopback()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: &str =
        "issuer = 'https://id.example.com/realm'\nclient-id = 'b'\npublic-url = 'https://b.example.com'\n";

    #[test]
    fn the_least_that_must_be_said_is_issuer_client_and_where_we_are() {
        let settings = OidcSettings::read(LEAST).unwrap();
        assert_eq!(
            settings.redirect_uri(),
            "https://b.example.com/api/v1/oidc/callback"
        );
        assert_eq!(
            (settings.name.as_str(), settings.admit),
            ("id.example.com", Admit::Invited)
        );
        assert_eq!(settings.scopes.join(" "), "openid profile email");
    }

    #[test]
    fn what_cannot_be_is_refused_with_its_name() {
        for (more, name) in [
            (
                "issuer = 'http://id.example.com'\nclient-id = 'b'\npublic-url = 'https://b'",
                "`issuer`",
            ),
            (
                "issuer = 'https://id'\nclient-id = 'b'\npublic-url = 'http://b.example.com'",
                "`public-url`",
            ),
            (
                "issuer = 'https://id'\nclient-id = 'b'\npublic-url = 'https://b/path'",
                "`public-url`",
            ),
            (
                "issuer = 'https://id'\nclient-id = ''\npublic-url = 'https://b'",
                "`client-id`",
            ),
        ] {
            let error = OidcSettings::read(more).unwrap_err().to_string();
            assert!(error.contains(name), "{more}: {error}");
        }
        for (more, name) in [
            ("scopes = ['email']", "`scopes`"),
            ("admit = 'granted'", "`admit`"),
            ("admit = 'everybody'", "everybody"),
            ("secret = 'x'", "secret"),
            ("[[grant]]\ntenant = 't'\nrole = 'root'", "root"),
        ] {
            let error = OidcSettings::read(&format!("{LEAST}{more}"))
                .unwrap_err()
                .to_string();
            assert!(error.contains(name), "{more}: {error}");
        }
    }

    #[test]
    fn the_secret_is_never_shown() {
        let word = ["not", "shown"].join("-");
        let settings = OidcSettings::read(LEAST).unwrap().with_secret(Some(word.clone()));
        assert!(!format!("{settings:?}").contains(&word));
    }
}
