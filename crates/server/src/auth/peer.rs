//! From where a request comes, and whether a browser says that another site made it.

use super::cookie::Transport;
use crate::app::App;
use crate::http::{Kind, Problem};
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// The address at the other end of the connection; none where whoever listens does not tell.
///
/// Behind a proxy that speaks TLS everybody would have its address, and one who guesses would hold all others up. There the last
/// address in `X-Forwarded-For` counts: the proxy wrote it, whatever stands before it. Who reaches the server past the proxy can
/// write another one, and is still held to the rate of each login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Peer(pub(crate) Option<IpAddr>);

impl Peer {
    /// What attempts are counted by: the address, and of version 6 the network that one customer of a provider usually has.
    pub(crate) fn network(self) -> Option<IpAddr> {
        self.0.map(|address| match address.to_canonical() {
            IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
            four => four,
        })
    }

    /// For people.
    pub(crate) fn from(self) -> String {
        self.0.map_or_else(
            || "from an unknown address".to_owned(),
            |address| format!("from {}", address.to_canonical()),
        )
    }
}

impl FromRequestParts<App> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let forwarded = match app.gate().transport {
            Transport::Proxied => forwarded(&parts.headers),
            Transport::Tls | Transport::Loopback => None,
        };
        let connected = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map(|ConnectInfo(address)| address.ip());
        Ok(Self(forwarded.or(connected)))
    }
}

fn forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    let line = headers.get_all("x-forwarded-for").iter().next_back()?;
    line.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
}

/// That a request which changes something was made by our own page, as far as the browser says
/// (<https://www.w3.org/TR/fetch-metadata/>); programs say nothing.
///
/// # Errors
/// When the browser says otherwise.
pub(crate) fn check_site(headers: &HeaderMap) -> Result<(), Problem> {
    match headers.get("sec-fetch-site") {
        Some(site) if site != "same-origin" => Err(Problem::new(
            Kind::Forbidden,
            "the browser says that another site made this request",
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn of_addresses_that_proxies_tell_the_last_counts() {
        let told = |lines: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append("x-forwarded-for", HeaderValue::from_static(line));
            }
            forwarded(&headers).map(|address| address.to_string())
        };
        assert_eq!(told(&["192.0.2.1, 192.0.2.2"]).as_deref(), Some("192.0.2.2"));
        assert_eq!(
            told(&["192.0.2.1", "2001:db8::1"]).as_deref(),
            Some("2001:db8::1")
        );
        assert_eq!(told(&["192.0.2.1, unknown"]), None);
        assert_eq!(told(&[]), None);
    }

    #[test]
    fn attempts_are_counted_by_address_and_by_network_of_version_6() {
        let network = |text: &str| Peer(text.parse().ok()).network().unwrap().to_string();
        assert_eq!(network("192.0.2.7"), "192.0.2.7");
        assert_eq!(network("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
    }
}
