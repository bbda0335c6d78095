//! Which bus: what `--bus` says. In: a text. Out: servers, or why it names none.

use super::BusError;
use async_nats::ServerAddr;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// Servers of one NATS cluster, `nats://HOST:4222,…`, before each host `USER:PASSWORD@`; `nats://TOKEN@HOST` has a token.
#[derive(Clone)]
pub struct BusUrl {
    servers: Vec<ServerAddr>,
}

/// How a bus is reached.
#[derive(Debug, Clone)]
pub struct NatsOptions {
    /// Where it is.
    pub url: BusUrl,
    /// A file of credentials: a JWT and the seed of its key, as `nsc` writes them.
    pub credentials: Option<PathBuf>,
    /// The only authorities that are trusted, in PEM; without them those of the system.
    pub authorities: Option<PathBuf>,
    /// Our own certificate and its key, in PEM.
    pub certificate: Option<(PathBuf, PathBuf)>,
}

impl FromStr for BusUrl {
    type Err = BusError;

    fn from_str(text: &str) -> Result<Self, BusError> {
        let mut servers = Vec::new();
        for part in text.split(',').map(str::trim) {
            let shown = without_credentials(part);
            let wrong = |why: &str| BusError::Url(shown.clone(), why.to_owned());
            if !part.starts_with("nats://") && !part.starts_with("tls://") {
                return Err(wrong("it begins with neither nats:// nor tls://"));
            }
            let server: ServerAddr = part.parse().map_err(|_| wrong("it is no address of a server"))?;
            if server.host().is_empty() {
                return Err(wrong("there is no host in it"));
            }
            let url = server.clone().into_inner();
            if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
                return Err(wrong("nothing is understood behind the port"));
            }
            servers.push(server);
        }
        Ok(Self { servers })
    }
}

impl BusUrl {
    pub(super) fn servers(&self) -> &[ServerAddr] {
        &self.servers
    }

    /// User and password of the first server that has some; a token stands where the user does, and has no password.
    pub(super) fn login(&self) -> Option<(String, Option<String>)> {
        let url = self.servers.iter().find(|server| server.has_user_pass())?;
        let decode = |text: &str| {
            crate::percent::decoded(text).map_or_else(|_| text.to_owned(), |text| text.into_owned())
        };
        Some((decode(url.username()?), url.password().map(decode)))
    }

    /// Whether somebody between us and a server could read along.
    #[must_use]
    pub fn is_open(&self) -> bool {
        let stays = |host: &str| {
            host == "localhost"
                || host
                    .parse::<std::net::IpAddr>()
                    .is_ok_and(|address| address.is_loopback())
        };
        self.servers
            .iter()
            .any(|server| !server.tls_required() && !stays(server.host()))
    }
}

/// Without user, password and token.
impl fmt::Display for BusUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, server) in self.servers.iter().enumerate() {
            let comma = if place == 0 { "" } else { "," };
            write!(f, "{comma}{}", without_credentials(server.as_url_str()))?;
        }
        Ok(())
    }
}

impl fmt::Debug for BusUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn without_credentials(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, rest))) => format!("{scheme}://{rest}"),
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bus_is_named_by_its_servers_and_shown_without_what_lets_one_in() {
        let shown = |text: &str| text.parse::<BusUrl>().map(|url| url.to_string());
        assert_eq!(shown("nats://bus:4222").unwrap(), "nats://bus:4222");
        assert_eq!(
            shown("tls://me:word@a, nats://b:1").unwrap(),
            "tls://a,nats://b:1"
        );
        for bad in [
            "",
            "bus:4222",
            "http://bus",
            "nats://",
            "nats://bus:port",
            "nats://a,",
            "nats://a/x",
            "nats://a?b=c",
        ] {
            assert!(shown(bad).is_err(), "{bad}");
        }
        let error = format!("http://me:{}@bus", "word")
            .parse::<BusUrl>()
            .unwrap_err()
            .to_string();
        assert!(!error.contains("word"), "{error}");
    }

    #[test]
    fn a_token_stands_where_the_user_does() {
        let login = |text: &str| text.parse::<BusUrl>().unwrap().login();
        assert_eq!(login("nats://bus"), None);
        assert_eq!(login("nats://t%40ken@bus"), Some(("t@ken".to_owned(), None)));
        assert_eq!(
            login(&format!("nats://a,nats://me:{}@b", "w%3Ard")),
            Some(("me".to_owned(), Some("w:rd".to_owned())))
        );
    }

    #[test]
    fn what_leaves_the_machine_without_tls_is_open() {
        let open = |text: &str| text.parse::<BusUrl>().unwrap().is_open();
        assert!(
            !open("nats://127.0.0.1:4222,tls://bus") && !open("nats://localhost") && !open("nats://[::1]")
        );
        assert!(open("nats://bus") && open("tls://a,nats://10.0.0.1"));
    }
}
