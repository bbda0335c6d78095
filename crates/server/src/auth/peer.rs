//! From where a request comes, and whether a browser says that another site made it.

use crate::http::{Kind, Problem};
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// The address at the other end of the connection; none where whoever listens does not tell. Headers of proxies are not believed.
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

impl<S: Send + Sync> FromRequestParts<S> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let info = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        Ok(Self(info.map(|ConnectInfo(address)| address.ip())))
    }
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

    #[test]
    fn attempts_are_counted_by_address_and_by_network_of_version_6() {
        let network = |text: &str| Peer(text.parse().ok()).network().unwrap().to_string();
        assert_eq!(network("192.0.2.7"), "192.0.2.7");
        assert_eq!(network("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
    }
}
