//! The other server: where its doors are, which keys it signs with, and what it says for a code.
//!
//! Doors and keys are asked for when they are needed and kept for an hour. A token that names a key that is not known makes us ask for the
//! keys again, a few times a minute and no more, so that keys may change at any time and nobody can have us ask without end.

use super::claims::{Claims, Identity};
use super::settings::{OidcSettings, is_safe};
use super::{OidcError, Return};
use bartizan_source::http::{Client, Fetched, Method, Request, Url, basic, escaped};
use bartizan_trust::jws::{JwsError, KeySet};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Bytes of an answer at most.
const LARGEST: u64 = 256 * 1024;
/// How long doors and keys are kept.
const KEPT: Duration = Duration::from_secs(3_600);
/// In which time keys are asked for again at most [`MOST_REFRESHES`] times because a token names one that is not known.
const REFRESH_WINDOW: Duration = Duration::from_secs(60);
const MOST_REFRESHES: u32 = 5;
/// Characters of a refusal that are shown.
const SHOWN: usize = 200;

/// Where the doors are (<https://openid.net/specs/openid-connect-discovery-1_0.html>).
#[derive(Debug, Clone)]
pub(super) struct Metadata {
    pub(super) authorization_endpoint: Url,
    pub(super) end_session_endpoint: Option<Url>,
    token_endpoint: Url,
    userinfo_endpoint: Option<Url>,
    keys: Url,
    /// Whether the secret goes into the form instead of the header.
    in_form: bool,
    /// Whether answers say whom they are from.
    says_issuer: bool,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    userinfo_endpoint: Option<String>,
    #[serde(default)]
    end_session_endpoint: Option<String>,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
    #[serde(default)]
    access_token: Option<String>,
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
    #[serde(default)]
    error_description: String,
}

#[derive(Default)]
struct Known {
    metadata: Option<(Metadata, Instant)>,
    keys: Option<(KeySet, Instant)>,
    /// When the window of refreshes began, and how many there were in it.
    refreshes: Option<(Instant, u32)>,
}

/// The other server.
pub(super) struct Provider {
    settings: OidcSettings,
    client: Client,
    known: Mutex<Known>,
}

impl Provider {
    pub(super) fn new(settings: OidcSettings, client: Client) -> Self {
        Self {
            settings,
            client,
            known: Mutex::default(),
        }
    }

    pub(super) const fn settings(&self) -> &OidcSettings {
        &self.settings
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where the doors are. What is older than an hour is asked for again, and still taken where nobody answers.
    pub(super) fn metadata(&self) -> Result<Metadata, OidcError> {
        let mut known = self.known();
        let old = known.metadata.clone();
        if let Some((metadata, _)) = old.as_ref().filter(|(_, since)| since.elapsed() < KEPT) {
            return Ok(metadata.clone());
        }
        match (self.discover(), old) {
            (Ok(metadata), _) => {
                known.metadata = Some((metadata.clone(), Instant::now()));
                Ok(metadata)
            }
            (Err(OidcError::Unreachable(_)), Some((metadata, _))) => Ok(metadata),
            (Err(error), _) => Err(error),
        }
    }

    fn discover(&self) -> Result<Metadata, OidcError> {
        let text = format!(
            "{}/.well-known/openid-configuration",
            self.settings.issuer.trim_end_matches('/')
        );
        let url = door("issuer", &text)?;
        let answer = self.client.fetch(&Request::get(&url), LARGEST, &())?.success()?;
        let document: Document = read(&answer, "its description")?;
        if document.issuer != self.settings.issuer {
            return Err(OidcError::Misunderstood(format!(
                "it describes the issuer `{}`, and the settings name `{}`",
                document.issuer, self.settings.issuer
            )));
        }
        let maybe = |name, text: Option<&String>| text.map(|text| door(name, text)).transpose();
        let methods = document.token_endpoint_auth_methods_supported;
        let has = |name: &str| {
            methods
                .as_ref()
                .is_some_and(|all| all.iter().any(|one| one == name))
        };
        Ok(Metadata {
            authorization_endpoint: door("authorization_endpoint", &document.authorization_endpoint)?,
            token_endpoint: door("token_endpoint", &document.token_endpoint)?,
            keys: door("jwks_uri", &document.jwks_uri)?,
            userinfo_endpoint: maybe("userinfo_endpoint", document.userinfo_endpoint.as_ref())?,
            end_session_endpoint: maybe("end_session_endpoint", document.end_session_endpoint.as_ref())?,
            in_form: has("client_secret_post") && !has("client_secret_basic"),
            says_issuer: document.authorization_response_iss_parameter_supported,
        })
    }

    /// That an answer is from this server.
    pub(super) fn check_issuer(&self, said: Option<&str>) -> Result<(), OidcError> {
        let is_ours = match said {
            Some(said) => said == self.settings.issuer,
            None => !self.metadata()?.says_issuer,
        };
        if is_ours { Ok(()) } else { Err(OidcError::MixedUp) }
    }

    /// Who somebody is that brought a code.
    pub(super) fn identity(&self, back: &Return) -> Result<Identity, OidcError> {
        let metadata = self.metadata()?;
        let tokens = self.redeem(&metadata, back)?;
        let body = self.verify(&metadata, &tokens.id_token)?;
        let claims = Claims::read(&body, &self.settings, &back.nonce, back.now / 1_000)?;
        let besides = match (&metadata.userinfo_endpoint, &tokens.access_token) {
            (Some(door), Some(token)) => self.besides(door, token, &claims.subject)?,
            _ => Map::new(),
        };
        Ok(claims.identity(&self.settings, &besides))
    }

    fn redeem(&self, metadata: &Metadata, back: &Return) -> Result<Tokens, OidcError> {
        let redirect = self.settings.redirect_uri();
        let mut pairs = vec![
            ("grant_type", "authorization_code"),
            ("code", back.code.as_str()),
            ("redirect_uri", redirect.as_str()),
            ("code_verifier", back.verifier.as_str()),
        ];
        let secret = self
            .settings
            .client_secret
            .as_ref()
            .map(|secret| secret.0.as_str());
        let (id, mut authorization) = (self.settings.client_id.as_str(), None);
        match secret {
            // RFC 6749, section 2.3.1: both halves are escaped as in a form.
            Some(secret) if !metadata.in_form => {
                authorization = Some(basic(&form_value(id), &form_value(secret)));
            }
            Some(secret) => pairs.extend([("client_id", id), ("client_secret", secret)]),
            None => pairs.push(("client_id", id)),
        }
        let form: Vec<String> = pairs
            .iter()
            .map(|(name, value)| format!("{name}={}", form_value(value)))
            .collect();
        let form = form.join("&");
        let answer = self.client.fetch(
            &Request {
                method: Method::Form(&form),
                headers: &[("accept", "application/json")],
                authorization: authorization.as_deref(),
                ..Request::get(&metadata.token_endpoint)
            },
            LARGEST,
            &(),
        )?;
        if (400..500).contains(&answer.status) {
            let refusal = read::<Refusal>(&answer, "why it refuses")?;
            return Err(refused(&refusal.error, &refusal.error_description));
        }
        read(&answer.success()?, "its tokens")
    }

    fn besides(&self, door: &Url, token: &str, subject: &str) -> Result<Map<String, Value>, OidcError> {
        let authorization = format!("Bearer {token}");
        let answer = self.client.fetch(
            &Request {
                headers: &[("accept", "application/json")],
                authorization: Some(&authorization),
                ..Request::get(door)
            },
            LARGEST,
            &(),
        )?;
        let claims: Map<String, Value> = read(&answer.success()?, "what it says of somebody")?;
        // Whoever has the code of one and the token of another would be both.
        if claims.get("sub").and_then(Value::as_str) == Some(subject) {
            return Ok(claims);
        }
        Err(OidcError::Claim("it says something of somebody else"))
    }

    fn verify(&self, metadata: &Metadata, token: &str) -> Result<Vec<u8>, OidcError> {
        let mut known = self.known();
        let mut is_fresh = false;
        let keys = match known.keys.take().filter(|(_, since)| since.elapsed() < KEPT) {
            Some(kept) => kept,
            None => {
                is_fresh = true;
                (self.keys(metadata)?, Instant::now())
            }
        };
        let keys = known.keys.insert(keys);
        match keys.0.verify(token) {
            Err(JwsError::UnknownKey) if !is_fresh => {}
            done => return Ok(done?),
        }
        if !may_refresh(&mut known.refreshes, Instant::now()) {
            return Err(JwsError::UnknownKey.into());
        }
        let keys = self.keys(metadata)?;
        let done = keys.verify(token);
        known.keys = Some((keys, Instant::now()));
        Ok(done?)
    }

    fn keys(&self, metadata: &Metadata) -> Result<KeySet, OidcError> {
        let answer = self
            .client
            .fetch(&Request::get(&metadata.keys), LARGEST, &())?
            .success()?;
        KeySet::read(&answer.body).map_err(|error| OidcError::Misunderstood(format!("its keys: {error}")))
    }
}

/// Whether keys may be asked for once more.
fn may_refresh(window: &mut Option<(Instant, u32)>, now: Instant) -> bool {
    let (began, count) = window
        .filter(|(began, _)| now.duration_since(*began) < REFRESH_WINDOW)
        .unwrap_or((now, 0));
    *window = Some((began, count.saturating_add(1)));
    count < MOST_REFRESHES
}

/// That the other server did not let somebody in, in its own words.
pub(crate) fn refused(error: &str, description: &str) -> OidcError {
    let shown = |text: &str| -> String {
        text.chars()
            .filter(|letter| !letter.is_control())
            .take(SHOWN)
            .collect()
    };
    OidcError::Refused(match shown(description) {
        description if description.is_empty() => shown(error),
        description => format!("{}: {description}", shown(error)),
    })
}

fn door(name: &str, text: &str) -> Result<Url, OidcError> {
    Url::parse(text).ok().filter(is_safe).ok_or_else(|| {
        OidcError::Misunderstood(format!("`{name}` is no address that can be asked in safety"))
    })
}

fn read<T: DeserializeOwned>(answer: &Fetched, what: &str) -> Result<T, OidcError> {
    serde_json::from_slice(&answer.body).map_err(|error| {
        // Not with the words of the answer: there are tokens in it.
        OidcError::Misunderstood(format!(
            "{what} is no such JSON ({:?}, status {})",
            error.classify(),
            answer.status
        ))
    })
}

fn form_value(text: &str) -> String {
    escaped(text).replace(':', "%3A")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_asked_for_again_a_few_times_a_minute() {
        let (mut window, now) = (None, Instant::now());
        let granted = (0..20).filter(|_| may_refresh(&mut window, now)).count();
        assert_eq!(granted, 5);
        assert!(!may_refresh(&mut window, now + Duration::from_secs(59)));
        assert!(may_refresh(&mut window, now + Duration::from_secs(61)));
    }

    #[test]
    fn what_the_other_server_says_is_shown_without_what_moves_the_cursor_and_not_without_end() {
        let shown = refused("access_denied", &format!("no\u{1b}[2J{}", "x".repeat(500))).to_string();
        assert!(
            shown.contains("access_denied: no[2J") && shown.len() < 300,
            "{shown}"
        );
    }
}
