//! Talking to one registry about one repository.
//!
//! In: a reference, credentials, whether the registry need not prove who it is. Out: manifests and blobs. The registry is asked
//! without credentials first; what it wants (Basic, or a token of its token server) is then kept for all that follows.
//! <https://github.com/opencontainers/distribution-spec/blob/main/spec.md>,
//! <https://distribution.github.io/distribution/spec/auth/token/>, <https://distribution.github.io/distribution/spec/auth/oauth/>

use super::challenge::Challenge;
use super::credentials::Credentials;
use super::error::RegistryError;
use super::manifest::{ACCEPTED, Descriptor, LARGEST};
use super::reference::Reference;
use crate::http::{
    Client, Download, Downloaded, Fetched, HttpError, Method, Request, Scheme, Url, Watch, basic, escaped,
    is_loopback,
};
use serde::Deserialize;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// Longest answer of a token server and of `/v2/`, in bytes.
const LARGEST_TOKEN: u64 = 1 << 20;

/// How far a registry is trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trust {
    /// TLS, with a certificate that is trusted.
    Full,
    /// TLS, or plain HTTP where there is no TLS: the registry is this machine.
    Loopback,
    /// TLS with any certificate, or plain HTTP: the user says so.
    None,
}

/// A conversation with a registry.
pub(super) struct Session<'a> {
    client: &'a Client,
    reference: &'a Reference,
    credentials: &'a Credentials,
    watch: &'a dyn Watch,
    base: Url,
    unverified: bool,
    authorization: Mutex<Option<String>>,
}

impl<'a> Session<'a> {
    /// Asks the registry whether it is one, and authenticates where it wants that.
    pub(super) fn open(
        client: &'a Client,
        reference: &'a Reference,
        credentials: &'a Credentials,
        insecure: &[String],
        watch: &'a dyn Watch,
    ) -> Result<Self, RegistryError> {
        let trust = trust(reference, insecure);
        let unverified = trust == Trust::None;
        let base = base(client, reference, trust)?;
        let session = Self {
            client,
            reference,
            credentials,
            watch,
            base,
            unverified,
            authorization: Mutex::new(None),
        };
        let answer = session.ask(&session.base, &[])?;
        match answer.status {
            200..300 => {}
            401 => session.authenticate(&answer)?,
            // Some registries answer nothing here and everything else.
            404 | 405 => {}
            _ => return Err(answer.refusal().into()),
        }
        Ok(session)
    }

    /// A manifest or index, whose digest is yet to be checked.
    pub(super) fn manifest(&self, what: &str) -> Result<Fetched, RegistryError> {
        let url = self.url("manifests", what);
        let headers = [("accept", ACCEPTED)];
        let mut answer = self.ask(&url, &headers)?;
        if answer.status == 401 {
            self.authenticate(&answer)?;
            answer = self.ask(&url, &headers)?;
        }
        match answer.status {
            200 => Ok(answer),
            401 | 403 => Err(self.denied()),
            404 => Err(RegistryError::NotFound {
                reference: self.reference.to_string(),
                registry: self.reference.registry().to_owned(),
            }),
            _ => Err(answer.refusal().into()),
        }
    }

    /// A blob, into a file.
    pub(super) fn blob(
        &self,
        blob: &Descriptor,
        to: &Path,
        watch: &dyn Watch,
    ) -> Result<Downloaded, RegistryError> {
        let url = self.url("blobs", &blob.digest.to_string());
        let fetch = || {
            let authorization = self.authorization();
            let request = Request {
                authorization: authorization.as_deref(),
                unverified: self.unverified,
                ..Request::get(&url)
            };
            let download = Download {
                request,
                to,
                limit: blob.size,
                known: None,
                digest: Some(&blob.digest),
            };
            (self.client.download(&download, watch), authorization)
        };
        let (first, used) = fetch();
        match first {
            // A token lives for minutes, and a large layer may take longer.
            Err(HttpError::Status { status: 401, .. }) => {
                self.renew(used)?;
                match fetch().0 {
                    Err(HttpError::Status {
                        status: 401 | 403, ..
                    }) => Err(self.denied()),
                    other => Ok(other?),
                }
            }
            Err(HttpError::Status {
                status: 403, ref url, ..
            }) if url.starts_with(&self.base.origin()) => Err(self.denied()),
            other => Ok(other?),
        }
    }

    fn url(&self, kind: &str, what: &str) -> Url {
        let mut segments: Vec<&str> = self.reference.repository().split('/').collect();
        segments.extend([kind, what]);
        self.base.below(&segments)
    }

    fn ask(&self, url: &Url, headers: &[(&str, &str)]) -> Result<Fetched, RegistryError> {
        let authorization = self.authorization();
        let request = Request {
            headers,
            authorization: authorization.as_deref(),
            unverified: self.unverified,
            ..Request::get(url)
        };
        Ok(self.client.fetch(&request, LARGEST, self.watch)?)
    }

    fn authorization(&self) -> Option<String> {
        let held = self.authorization.lock().unwrap_or_else(PoisonError::into_inner);
        held.clone()
    }

    /// Authenticates anew, unless another thread has done so since.
    fn renew(&self, used: Option<String>) -> Result<(), RegistryError> {
        if self.authorization() != used {
            return Ok(());
        }
        *self.authorization.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let answer = self.ask(&self.base, &[])?;
        if answer.status == 401 {
            self.authenticate(&answer)?;
        }
        Ok(())
    }

    /// Does what the registry wants.
    fn authenticate(&self, answer: &Fetched) -> Result<(), RegistryError> {
        let challenges: Vec<Challenge> = answer
            .headers("www-authenticate")
            .flat_map(Challenge::read)
            .collect();
        let wanted = |scheme: &str| challenges.iter().find(|one| one.scheme == scheme);
        let authorization = match (wanted("bearer"), wanted("basic"), self.credentials) {
            (_, _, Credentials::Bearer(token)) => Some(format!("Bearer {token}")),
            (Some(challenge), _, _) => Some(format!("Bearer {}", self.token(challenge)?)),
            (None, Some(_), Credentials::Password { user, password }) => Some(basic(user, password)),
            (None, Some(_), _) => return Err(self.denied()),
            (None, None, _) => {
                let schemes: Vec<&str> = challenges.iter().map(|one| one.scheme.as_str()).collect();
                return Err(self.challenge(if schemes.is_empty() {
                    "it does not say how".to_owned()
                } else {
                    format!("it wants {}", schemes.join(" or "))
                }));
            }
        };
        *self.authorization.lock().unwrap_or_else(PoisonError::into_inner) = authorization;
        Ok(())
    }

    /// A token to pull from this repository.
    fn token(&self, challenge: &Challenge) -> Result<String, RegistryError> {
        let realm = challenge
            .parameter("realm")
            .ok_or_else(|| self.challenge("it names no token server".to_owned()))?;
        let realm = Url::parse(realm)
            .map_err(|error| self.challenge(format!("its token server is named wrongly: {error}")))?;
        if realm.scheme() == Scheme::Http && self.base.scheme() == Scheme::Https && !realm.is_loopback() {
            return Err(self.challenge(
                "its token server is asked in the clear, and credentials would be too".to_owned(),
            ));
        }
        // Not what the challenge says: asked in general, some registries answer with the scope of an example.
        let scope = format!("repository:{}:pull", self.reference.repository());
        let service = challenge.parameter("service").unwrap_or_default();
        let answer = match self.credentials {
            Credentials::Identity(token) => self.exchange_identity(&realm, service, &scope, token)?,
            Credentials::Password { user, password } => {
                let url = realm.with_query(&[("service", service), ("scope", &scope), ("account", user)]);
                self.ask_token_server(&url, Some(&basic(user, password)), Method::Get)?
            }
            Credentials::Anonymous | Credentials::Bearer(_) => {
                let url = realm.with_query(&[("service", service), ("scope", &scope)]);
                self.ask_token_server(&url, None, Method::Get)?
            }
        };
        match answer.status {
            200..300 => {}
            400 | 401 | 403 => return Err(self.denied()),
            _ => return Err(answer.refusal().into()),
        }
        #[derive(Deserialize)]
        struct Token {
            token: Option<String>,
            access_token: Option<String>,
        }
        let wrong = || self.challenge("its token server gave no token".to_owned());
        let token: Token = serde_json::from_slice(&answer.body).map_err(|_| wrong())?;
        token
            .token
            .or(token.access_token)
            .filter(|token| !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic()))
            .ok_or_else(wrong)
    }

    /// An identity token is changed for one of this repository.
    fn exchange_identity(
        &self,
        realm: &Url,
        service: &str,
        scope: &str,
        token: &str,
    ) -> Result<Fetched, RegistryError> {
        let form = [
            ("grant_type", "refresh_token"),
            ("service", service),
            ("client_id", "bartizan"),
            ("scope", scope),
            ("refresh_token", token),
        ]
        .map(|(name, value)| format!("{name}={}", escaped(value)))
        .join("&");
        self.ask_token_server(realm, None, Method::Form(&form))
    }

    fn ask_token_server(
        &self,
        url: &Url,
        authorization: Option<&str>,
        method: Method<'_>,
    ) -> Result<Fetched, RegistryError> {
        let request = Request {
            method,
            authorization,
            unverified: self.unverified && url.host() == self.base.host(),
            ..Request::get(url)
        };
        Ok(self.client.fetch(&request, LARGEST_TOKEN, self.watch)?)
    }

    fn denied(&self) -> RegistryError {
        RegistryError::Denied {
            reference: self.reference.to_string(),
            registry: self.reference.registry().to_owned(),
            whom: self.credentials.whom(),
        }
    }

    fn challenge(&self, cause: String) -> RegistryError {
        RegistryError::Challenge {
            registry: self.reference.registry().to_owned(),
            cause,
        }
    }
}

fn trust(reference: &Reference, insecure: &[String]) -> Trust {
    let registry = reference.registry();
    let host = host_of(registry);
    if insecure
        .iter()
        .any(|named| named.eq_ignore_ascii_case(registry) || named.eq_ignore_ascii_case(host))
    {
        Trust::None
    } else if is_loopback(host) {
        Trust::Loopback
    } else {
        Trust::Full
    }
}

fn host_of(registry: &str) -> &str {
    match registry.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => host,
        _ => registry,
    }
}

/// Where the registry answers: over TLS, unless it has none and need not.
fn base(client: &Client, reference: &Reference, trust: Trust) -> Result<Url, RegistryError> {
    let invalid = || HttpError::Address {
        text: reference.registry().to_owned(),
        reason: "it is no host".to_owned(),
    };
    let secure = reference.url(Scheme::Https).ok_or_else(invalid)?;
    if trust == Trust::Full {
        return Ok(secure);
    }
    let request = Request {
        unverified: trust == Trust::None,
        ..Request::get(&secure)
    };
    match client.probe(&request, LARGEST_TOKEN) {
        Err(HttpError::Tls { .. } | HttpError::Unreachable { .. } | HttpError::TimedOut { .. }) => {
            Ok(reference.url(Scheme::Http).ok_or_else(invalid)?)
        }
        Ok(_) => Ok(secure),
        Err(error) => Err(error.into()),
    }
}
