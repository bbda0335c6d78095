//! How the way to PostgreSQL is protected: what `sslmode`, `sslrootcert`, `sslcert` and `sslkey` in the URL of a database ask for.
//!
//! In: the URL. Out: the same without these, the mode, and a connector of rustls. The words are those of libpq
//! (<https://www.postgresql.org/docs/15/libpq-ssl.html>) and mean at least what they mean there: a certificate is never
//! taken unseen, so that `require` and `verify-ca` check the chain and the name, as `verify-full` does.

use crate::percent::decoded;
use crate::{StoreError, tls};
use std::path::PathBuf;
use std::time::Duration;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

/// Where the server is, and how the way to it is protected.
pub(crate) struct Address {
    pub(crate) config: tokio_postgres::Config,
    /// How long an answer of the engine may take.
    pub(crate) answer_timeout: Option<Duration>,
    /// The only authorities that are trusted; without them those of the system.
    authorities: Option<PathBuf>,
    /// The certificate that is shown to the server, and its key.
    certificate: Option<(PathBuf, PathBuf)>,
}

/// Reads a URL. The error says what is wrong with it, without the URL.
pub(crate) fn parse(url: &str) -> Result<Address, String> {
    let (rest, asked) = take_parameters(url)?;
    let certificate = asked.certificate()?;
    let mut config: tokio_postgres::Config = rest.parse().map_err(|error: tokio_postgres::Error| {
        std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string)
    })?;
    config.ssl_mode(match asked.mode.as_deref() {
        // As with libpq, nothing listens in on a socket of the same machine.
        _ if config.get_hosts().iter().all(is_socket) => SslMode::Disable,
        Some("disable" | "prefer") if certificate.is_some() => {
            return Err(
                "a certificate is only shown over TLS: sslmode=require, verify-ca or verify-full".to_owned(),
            );
        }
        Some("disable") => SslMode::Disable,
        Some("prefer") => SslMode::Prefer,
        Some("require" | "verify-ca" | "verify-full") => SslMode::Require,
        // libpq would start with `prefer`, which anybody on the way can turn into no protection at all.
        None if certificate.is_none() && stays_on_this_machine(&config) => SslMode::Disable,
        None => SslMode::Require,
        Some(other) => {
            return Err(format!(
                "sslmode={other} is not known: disable, prefer, require, verify-ca or verify-full"
            ));
        }
    });
    Ok(Address {
        config,
        answer_timeout: asked.answer_timeout,
        authorities: asked.authorities,
        certificate,
    })
}

#[derive(Default)]
struct Asked {
    mode: Option<String>,
    answer_timeout: Option<Duration>,
    authorities: Option<PathBuf>,
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
}

impl Asked {
    fn certificate(&self) -> Result<Option<(PathBuf, PathBuf)>, String> {
        match (&self.certificate, &self.key) {
            (Some(certificate), Some(key)) => Ok(Some((certificate.clone(), key.clone()))),
            (None, None) => Ok(None),
            _ => Err("sslcert and sslkey belong together: name both files".to_owned()),
        }
    }
}

/// Takes out what the library that speaks the protocol does not know.
fn take_parameters(url: &str) -> Result<(String, Asked), String> {
    // A password may hold a question mark.
    let start = url.find('@').unwrap_or(0);
    let query = url.get(start..).and_then(|rest| rest.find('?'));
    let Some((base, query)) = query.and_then(|at| url.split_at_checked(start + at)) else {
        return Ok((url.to_owned(), Asked::default()));
    };
    let mut asked = Asked::default();
    let mut others = Vec::new();
    for parameter in query.trim_start_matches('?').split('&') {
        match parameter.split_once('=') {
            Some(("sslmode", mode)) => asked.mode = Some(decoded(mode)?.into_owned()),
            Some(("sslrootcert", "system")) => asked.authorities = None,
            Some(("sslrootcert", path)) => {
                asked.authorities = Some(PathBuf::from(decoded(path)?.as_ref()));
            }
            Some(("sslcert", path)) => asked.certificate = Some(PathBuf::from(decoded(path)?.as_ref())),
            Some(("sslkey", path)) => asked.key = Some(PathBuf::from(decoded(path)?.as_ref())),
            Some(("answer_timeout", seconds)) => {
                let seconds = seconds.parse::<u32>().ok().filter(|seconds| *seconds > 0);
                let seconds = seconds.ok_or("answer_timeout is a number of seconds, from 1")?;
                asked.answer_timeout = Some(Duration::from_secs(seconds.into()));
            }
            _ if parameter.is_empty() => {}
            _ => others.push(parameter),
        }
    }
    let url = if others.is_empty() {
        base.to_owned()
    } else {
        format!("{base}?{}", others.join("&"))
    };
    Ok((url, asked))
}

fn is_socket(host: &Host) -> bool {
    !matches!(host, Host::Tcp(_))
}

fn stays_on_this_machine(config: &tokio_postgres::Config) -> bool {
    // An address is what is spoken to, whatever name stands beside it.
    if !config.get_hostaddrs().is_empty() {
        return config.get_hostaddrs().iter().all(std::net::IpAddr::is_loopback);
    }
    config.get_hosts().iter().all(|host| match host {
        Host::Tcp(name) => {
            name == "localhost"
                || name
                    .parse::<std::net::IpAddr>()
                    .is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    })
}

impl Address {
    /// What makes the handshake. Files are read each time, so that new ones need no restart.
    ///
    /// # Errors
    /// [`StoreError::Untrusted`] when there are no authorities, or a file cannot be used.
    pub(crate) fn connector(&self) -> Result<MakeRustlsConnect, StoreError> {
        let config = if self.config.get_ssl_mode() == SslMode::Disable {
            tls::with_roots(rustls::RootCertStore::empty(), None)
        } else {
            let certificate = self.certificate.as_ref();
            let certificate = certificate.map(|(certificate, key)| (certificate.as_path(), key.as_path()));
            tls::client(self.authorities.as_deref(), certificate)
        };
        config.map(MakeRustlsConnect::new).map_err(StoreError::Untrusted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(url: &str) -> Result<SslMode, String> {
        parse(url).map(|address| address.config.get_ssl_mode())
    }

    #[test]
    fn without_a_mode_only_what_leaves_the_machine_is_protected_and_then_always() {
        for local in [
            "postgres:///x?host=/run/postgresql",
            "postgres://me@localhost/x",
            "postgres://me@127.0.0.1:5432/x",
            "postgres://me@[::1]/x",
            "postgres://me@db.example/x?hostaddr=127.0.0.1",
        ] {
            assert_eq!(mode(local), Ok(SslMode::Disable), "{local}");
        }
        for remote in [
            "postgres://me@db.example/x",
            "postgres://me@10.0.0.1/x",
            "postgres://me@localhost,db.example/x",
            "postgres://me@localhost/x?hostaddr=10.0.0.1",
        ] {
            assert_eq!(mode(remote), Ok(SslMode::Require), "{remote}");
        }
    }

    #[test]
    fn a_mode_that_is_said_holds_and_one_that_is_not_known_is_an_error() {
        let with = |word: &str| {
            mode(&format!(
                "postgres://me@db.example/x?application_name=a&sslmode={word}"
            ))
        };
        assert_eq!(with("disable"), Ok(SslMode::Disable));
        assert_eq!(with("prefer"), Ok(SslMode::Prefer));
        for word in ["require", "verify-ca", "verify-full", "verify%2Dfull"] {
            assert_eq!(with(word), Ok(SslMode::Require), "{word}");
        }
        for word in ["allow", "", "Require", "%zz", "%e"] {
            assert!(with(word).is_err(), "{word}");
        }
        assert_eq!(
            mode("postgres:///x?host=/run&sslmode=verify-full"),
            Ok(SslMode::Disable)
        );
    }

    #[test]
    fn the_file_of_authorities_is_percent_decoded_and_the_word_system_means_none() {
        let file = |value: &str| {
            parse(&format!("postgres://me@db.example/x?sslrootcert={value}"))
                .unwrap()
                .authorities
        };
        assert_eq!(file("/etc/a%20b.pem"), Some(PathBuf::from("/etc/a b.pem")));
        assert_eq!(file("system"), None);
    }

    #[test]
    fn a_certificate_has_a_key_and_is_shown_over_tls_only() {
        let of = |query: &str| parse(&format!("postgres://me@localhost/x?{query}"));
        let both = of("sslcert=/a%20b.crt&sslkey=/a.key").unwrap();
        let files = (PathBuf::from("/a b.crt"), PathBuf::from("/a.key"));
        assert_eq!(both.certificate, Some(files));
        assert_eq!(both.config.get_ssl_mode(), SslMode::Require);
        for wrong in [
            "sslcert=/a.crt",
            "sslkey=/a.key",
            "sslcert=/a.crt&sslkey=/a.key&sslmode=disable",
            "sslcert=/a.crt&sslkey=/a.key&sslmode=prefer",
        ] {
            assert!(of(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn how_long_an_answer_may_take_is_a_number_of_seconds() {
        let with = |value: &str| {
            parse(&format!("postgres:///x?answer_timeout={value}")).map(|address| address.answer_timeout)
        };
        assert_eq!(with("7"), Ok(Some(Duration::from_secs(7))));
        for wrong in ["0", "-1", "", "7s", "99999999999"] {
            assert!(with(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_question_mark_in_a_password_starts_no_parameters() {
        let password = "a?sslmode=b";
        let address = parse(&format!("postgres://me:{password}@db.example/x?sslmode=disable")).unwrap();
        assert_eq!(address.config.get_password(), Some(password.as_bytes()));
        assert_eq!(address.config.get_ssl_mode(), SslMode::Disable);
    }

    #[test]
    fn what_is_wrong_is_said_without_the_url() {
        let password = "hidden";
        let error = parse(&format!("postgres://me:{password}@db.example/x?colour=red"))
            .err()
            .unwrap();
        assert!(error.contains("colour") && !error.contains("hidden"), "{error}");
    }
}
