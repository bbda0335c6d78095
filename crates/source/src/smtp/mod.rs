//! Handing one message to a mail server: blocking, over rustls, with the bounds and the trust of the HTTP client.
//!
//! In: a [`Relay`] and a [`Mail`]. Out: nothing once the server took the message over for all recipients, or a typed [`SmtpError`] that
//! says whether it may pass. <https://www.rfc-editor.org/rfc/rfc5321>, STARTTLS <https://www.rfc-editor.org/rfc/rfc3207>,
//! AUTH <https://www.rfc-editor.org/rfc/rfc4954>.

mod error;
mod link;
mod message;
mod reply;

pub use error::SmtpError;
pub use message::{Mail, is_address};
pub use reply::{Reply, read_reply};

use crate::http::{Reach, addresses, authorities_of};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use link::Link;
use rustls::ClientConfig;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// How the way to the server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte.
    Tls,
    /// TLS after the greeting; without it nothing is sent.
    StartTls,
    /// Nothing: for a server on this machine or in a network of one's own. No password is ever sent this way but to this machine.
    None,
}

/// A mail server that takes messages on.
#[derive(Debug, Clone, Copy)]
pub struct Relay<'a> {
    /// Its name, or its address.
    pub host: &'a str,
    /// Its port: 465 for TLS, 587 for STARTTLS, 25 for neither.
    pub port: u16,
    /// How the way to it is protected.
    pub security: Security,
    /// User and password, where it wants some.
    pub login: Option<(&'a str, &'a str)>,
}

/// What a mailer is made from.
#[derive(Debug, Clone)]
pub struct SmtpOptions {
    /// Files in PEM form with authorities to trust besides those of the system.
    pub ca_files: Vec<PathBuf>,
    /// Which addresses may be connected to.
    pub reach: Reach,
    /// Longest time to connect.
    pub connect: Duration,
    /// Longest time for all of it.
    pub whole: Duration,
}

impl Default for SmtpOptions {
    /// The system's authorities, every address, 15 seconds to connect, 90 seconds for all of it.
    fn default() -> Self {
        Self {
            ca_files: Vec::new(),
            reach: Reach::Everywhere,
            connect: Duration::from_secs(15),
            whole: Duration::from_secs(90),
        }
    }
}

/// Hands messages to mail servers. Certificates are read when the first connection needs them.
pub struct Mailer {
    options: SmtpOptions,
    trusted: OnceLock<Result<Arc<ClientConfig>, SmtpError>>,
}

impl Mailer {
    /// A mailer that has not connected to anything.
    #[must_use]
    pub const fn new(options: SmtpOptions) -> Self {
        Self {
            options,
            trusted: OnceLock::new(),
        }
    }

    /// Hands over a message. When this returns without an error the server has taken it on, for all recipients. Where one recipient is
    /// refused, nobody gets it.
    ///
    /// # Errors
    /// When it is not taken on, or nobody knows.
    pub fn send(&self, relay: &Relay<'_>, mail: &Mail<'_>) -> Result<(), SmtpError> {
        let message = mail.render()?;
        let deadline = Instant::now() + self.options.whole;
        let addresses = addresses(self.options.reach, relay.host, relay.port)
            .map_err(|error| SmtpError::of_io(relay, &error))?;
        let tcp = link::connect(&addresses, self.options.connect)
            .map_err(|error| SmtpError::of_io(relay, &error))?;
        let mut talk = Talk {
            relay,
            name: link::own_name(&tcp),
            link: Link::new(tcp, deadline),
        };
        if relay.security == Security::Tls {
            talk.protect(self.trusted()?)?;
        }
        talk.expect("the greeting", 220)?;
        let mut offered = talk.hello()?;
        if relay.security == Security::StartTls {
            if !offered.offers("STARTTLS") {
                return Err(SmtpError::NoTls { host: talk.host() });
            }
            talk.command("STARTTLS", "STARTTLS", 220)?;
            // What came in the clear behind the answer was slipped in by somebody on the way.
            if talk.link.has_more() {
                return Err(talk.misunderstood("there is something behind the answer to STARTTLS"));
            }
            talk.protect(self.trusted()?)?;
            offered = talk.hello()?;
        }
        if let Some(login) = relay.login {
            talk.sign_in(login, &offered)?;
        }
        talk.hand_over(mail, &message)
    }

    fn trusted(&self) -> Result<Arc<ClientConfig>, SmtpError> {
        self.trusted
            .get_or_init(|| {
                let mut roots = rustls::RootCertStore::empty();
                let all = authorities_of(&self.options.ca_files)
                    .map_err(|error| SmtpError::Authorities(error.to_string()))?;
                roots.add_parsable_certificates(all);
                let provider = Arc::new(rustls::crypto::ring::default_provider());
                let config = ClientConfig::builder_with_provider(provider)
                    .with_safe_default_protocol_versions()
                    .map_err(|error| SmtpError::Authorities(error.to_string()))?
                    .with_root_certificates(roots)
                    .with_no_client_auth();
                Ok(Arc::new(config))
            })
            .clone()
    }
}

/// A conversation with a server.
struct Talk<'r> {
    relay: &'r Relay<'r>,
    /// How we introduce ourselves.
    name: String,
    link: Link,
}

impl Talk<'_> {
    fn host(&self) -> String {
        format!("{}:{}", self.relay.host, self.relay.port)
    }

    fn misunderstood(&self, cause: &str) -> SmtpError {
        SmtpError::Protocol {
            host: self.host(),
            cause: cause.to_owned(),
        }
    }

    fn protect(&mut self, config: Arc<ClientConfig>) -> Result<(), SmtpError> {
        self.link
            .protect(config, self.relay.host)
            .map_err(|error| SmtpError::of_io(self.relay, &error))
    }

    /// Reads an answer, which must be of this code or of one that begins like it where it ends with 0: 250 of 25x.
    fn expect(&mut self, what: &'static str, code: u16) -> Result<Reply, SmtpError> {
        let reply = read_reply(&mut self.link).map_err(|error| SmtpError::of_io(self.relay, &error))?;
        if reply.code == code || (code == 250 && reply.code == 251) {
            return Ok(reply);
        }
        Err(SmtpError::Refused {
            host: self.host(),
            what,
            code: reply.code,
            text: reply.shown(),
        })
    }

    fn command(&mut self, what: &'static str, line: &str, code: u16) -> Result<Reply, SmtpError> {
        self.link
            .say(format!("{line}\r\n").as_bytes())
            .map_err(|error| SmtpError::of_io(self.relay, &error))?;
        self.expect(what, code)
    }

    fn hello(&mut self) -> Result<Reply, SmtpError> {
        let line = format!("EHLO {}", self.name);
        self.command("EHLO", &line, 250)
    }

    fn sign_in(&mut self, (user, password): (&str, &str), offered: &Reply) -> Result<(), SmtpError> {
        if !self.link.is_protected() && !crate::http::is_loopback(self.relay.host) {
            return Err(SmtpError::Clear { host: self.host() });
        }
        if user.contains('\0') || password.contains('\0') {
            return Err(self.misunderstood("no user and no password holds U+0000"));
        }
        if offered.offers_mechanism("PLAIN") {
            let both = STANDARD.encode(format!("\0{user}\0{password}"));
            return self
                .command("AUTH", &format!("AUTH PLAIN {both}"), 235)
                .map(|_| ());
        }
        if offered.offers_mechanism("LOGIN") {
            self.command("AUTH", "AUTH LOGIN", 334)?;
            self.command("AUTH", &STANDARD.encode(user), 334)?;
            return self.command("AUTH", &STANDARD.encode(password), 235).map(|_| ());
        }
        Err(SmtpError::NoMechanism { host: self.host() })
    }

    fn hand_over(&mut self, mail: &Mail<'_>, message: &str) -> Result<(), SmtpError> {
        self.command("the sender", &format!("MAIL FROM:<{}>", mail.from), 250)?;
        for to in mail.to {
            self.command("a recipient", &format!("RCPT TO:<{to}>"), 250)?;
        }
        self.command("DATA", "DATA", 354)?;
        self.link
            .say(message.as_bytes())
            .and_then(|()| self.link.say(b".\r\n"))
            .map_err(|error| SmtpError::of_io(self.relay, &error))?;
        self.expect("the message", 250)?;
        // It is taken on; how the server says good-bye changes nothing.
        let _ = self.link.say(b"QUIT\r\n");
        Ok(())
    }
}
