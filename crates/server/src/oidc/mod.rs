//! Signing in through another server by OpenID Connect: the authorization code flow with proof of possession
//! (<https://openid.net/specs/openid-connect-core-1_0.html>, <https://www.rfc-editor.org/rfc/rfc7636>,
//! <https://www.rfc-editor.org/rfc/rfc9207>, <https://www.rfc-editor.org/rfc/rfc9700>).
//!
//! In: what the operator says of the other server, and what browsers bring back from it. Out: who they are, as the other server signed it.
//! Nothing here decides what they may do: that is `auth::federated`.

mod claims;
mod error;
mod provider;
mod settings;

pub(crate) use claims::Identity;
pub(crate) use error::OidcError;
pub(crate) use provider::refused;
pub(crate) use settings::Admit;
pub use settings::{OidcSettings, SettingsError};

use crate::auth::secret;
use crate::http::{Kind, Problem};
use bartizan_source::http::{Client, HttpOptions, Patience, Url};
use bartizan_trust::jws::base64url;
use provider::Provider;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// People for whom the other server is asked at once: it may be slow, and its time is not to become ours.
const AT_ONCE: usize = 4;
/// How long one waits for the others.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the other server may be silent.
const SILENCE: Duration = Duration::from_secs(10);
/// How long connecting to it may take.
const CONNECT: Duration = Duration::from_secs(5);

/// The other server, as the operator set it up.
pub(crate) struct Oidc {
    provider: Arc<Provider>,
    turns: Arc<Semaphore>,
}

impl std::fmt::Debug for Oidc {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Oidc")
            .field("issuer", &self.settings().issuer)
            .finish_non_exhaustive()
    }
}

/// Somebody who is about to be sent there.
#[derive(Debug)]
pub(crate) struct Departure {
    /// What they bring back.
    pub(crate) state: String,
    /// What the browser keeps, and nobody else.
    pub(crate) cookie: String,
    /// What is to be repeated in what is signed.
    pub(crate) nonce: String,
    /// What the code is asked with.
    pub(crate) verifier: String,
}

/// What a browser brought back.
#[derive(Debug)]
pub(crate) struct Return {
    /// The code.
    pub(crate) code: String,
    /// What was kept for it.
    pub(crate) nonce: String,
    /// What the code is asked with.
    pub(crate) verifier: String,
    /// Milliseconds since 1970.
    pub(crate) now: i64,
}

impl Departure {
    /// Secrets for one.
    ///
    /// # Errors
    /// When the system has no random bytes.
    pub(crate) fn new() -> Result<Self, getrandom::Error> {
        Ok(Self {
            state: secret::new()?,
            cookie: secret::new()?,
            nonce: secret::new()?,
            verifier: secret::new()?,
        })
    }
}

impl Oidc {
    /// Through a client made from these options; how long is waited is decided here.
    pub(crate) fn new(settings: OidcSettings, http: HttpOptions) -> Self {
        let client = Client::new(HttpOptions {
            // A code is good for one question.
            patience: Patience {
                attempts: 1,
                ..Patience::default()
            },
            connect: CONNECT,
            silence: SILENCE,
            ..http
        });
        Self {
            provider: Arc::new(Provider::new(settings, client)),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    pub(crate) fn settings(&self) -> &OidcSettings {
        self.provider.settings()
    }

    /// Where to send a browser.
    ///
    /// # Errors
    /// When the other server cannot be asked where people sign in.
    pub(crate) async fn send(&self, departure: &Departure) -> Result<String, OidcError> {
        let challenge = base64url(&Sha256::digest(departure.verifier.as_bytes()));
        let (state, nonce) = (departure.state.clone(), departure.nonce.clone());
        self.in_turn(move |provider| {
            let (settings, metadata) = (provider.settings(), provider.metadata()?);
            let address = metadata.authorization_endpoint.with_query(&[
                ("response_type", "code"),
                ("client_id", &settings.client_id),
                ("redirect_uri", &settings.redirect_uri()),
                ("scope", &settings.scopes.join(" ")),
                ("state", &state),
                ("nonce", &nonce),
                ("code_challenge", &challenge),
                ("code_challenge_method", "S256"),
            ]);
            Ok(address.request_target())
        })
        .await
    }

    /// Who came back.
    ///
    /// # Errors
    /// When the other server cannot be asked, or what it signed does not hold.
    pub(crate) async fn receive(&self, back: Return) -> Result<Identity, OidcError> {
        self.in_turn(move |provider| provider.identity(&back)).await
    }

    /// That an answer is from the server that was asked, where it or its description says so (RFC 9207).
    ///
    /// # Errors
    /// When it is from another one.
    pub(crate) async fn check_issuer(&self, said: Option<String>) -> Result<(), OidcError> {
        self.in_turn(move |provider| provider.check_issuer(said.as_deref()))
            .await
    }

    /// Where a browser goes to sign out there as well
    /// (<https://openid.net/specs/openid-connect-rpinitiated-1_0.html>); none where it has no such place.
    pub(crate) async fn sign_out(&self) -> Option<String> {
        let found = self
            .in_turn(|provider| Ok(provider.metadata()?.end_session_endpoint.clone()))
            .await;
        let (settings, endpoint): (_, Url) = (self.settings(), found.ok().flatten()?);
        let address = endpoint.with_query(&[
            ("client_id", &settings.client_id),
            ("post_logout_redirect_uri", &settings.home()),
        ]);
        Some(address.request_target())
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Provider) -> Result<T, OidcError> + Send + 'static,
    ) -> Result<T, OidcError> {
        let turn = tokio::time::timeout(PATIENCE, Arc::clone(&self.turns).acquire_owned()).await;
        let Ok(Ok(turn)) = turn else {
            return Err(OidcError::Busy);
        };
        let provider = Arc::clone(&self.provider);
        tokio::task::spawn_blocking(move || {
            let done = work(&provider);
            // Held until here, even if whoever asked went away.
            drop(turn);
            done
        })
        .await
        .unwrap_or_else(|error| Err(OidcError::Broken(error.to_string())))
    }
}

/// That there is no other server.
pub(crate) fn not_set_up() -> Problem {
    Problem::new(Kind::Missing, "nobody signs in through another server here")
        .help("start the server with `--oidc FILE`, or sign in with a password")
}
