//! Which addresses may be connected to, where somebody else names the host: a server that sends to addresses it is told must not be made
//! to send to itself, to its neighbours, or to the service that gives out credentials of the cloud
//! (<https://cheatsheetseries.owasp.org/cheatsheets/Server_Side_Request_Forgery_Prevention_Cheat_Sheet.html>).
//!
//! The judgement is made on the addresses that the name resolves to, and the connection goes to these same addresses, so that a name
//! that resolves to something else a moment later gains nothing.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// Which addresses may be connected to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// All of them.
    Everywhere,
    /// Public ones, and those of this machine and of private networks; never link-local ones, where clouds keep credentials.
    Private,
    /// Public ones alone.
    Public,
}

/// Nothing that the name resolves to may be connected to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("its address belongs to this machine or to a private network")]
pub struct Unreachable;

/// Whether an address may not be connected to. The ranges are those of <https://www.iana.org/assignments/iana-ipv4-special-registry>
/// and <https://www.iana.org/assignments/iana-ipv6-special-registry> that are not globally reachable.
#[must_use]
pub fn is_forbidden(reach: Reach, address: IpAddr) -> bool {
    let address = match address {
        IpAddr::V6(six) => embedded(six).map_or(IpAddr::V6(six), IpAddr::V4),
        four => four,
    };
    match reach {
        Reach::Everywhere => false,
        Reach::Private => is_never(address),
        Reach::Public => is_never(address) || is_private(address),
    }
}

/// What nobody sends notices to: link-local addresses, those of the metadata services of clouds, and what names no host.
fn is_never(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(four) => {
            four.is_link_local()
                || four.is_multicast()
                || four.is_broadcast()
                || four.octets()[0] == 0
                // Metadata of Alibaba Cloud and Oracle Cloud.
                || four == Ipv4Addr::new(100, 100, 100, 200)
                || four == Ipv4Addr::new(192, 0, 0, 192)
                || four == Ipv4Addr::new(168, 63, 129, 16)
        }
        IpAddr::V6(six) => {
            six.is_unspecified()
                || six.is_multicast()
                || six.segments()[0] & 0xffc0 == 0xfe80
                // Metadata of EC2.
                || six == Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)
        }
    }
}

fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(four) => {
            let [one, two, three, _] = four.octets();
            four.is_loopback()
                || four.is_private()
                || four.is_documentation()
                || (one == 100 && two & 0xc0 == 64)
                || (one, two, three) == (192, 0, 0)
                || (one == 198 && two & 0xfe == 18)
                || one >= 240
        }
        IpAddr::V6(six) => {
            let [one, two, ..] = six.segments();
            six.is_loopback()
                || one & 0xfe00 == 0xfc00
                || one & 0xffc0 == 0xfec0
                || (one, two) == (0x2001, 0x0db8)
                || (one == 0x0064 && two == 0xff9b)
                || one == 0x0100
        }
    }
}

/// The address of version 4 that one of version 6 stands for: mapped, translated (64:ff9b::/96) or tunnelled (2002::/16).
fn embedded(six: Ipv6Addr) -> Option<Ipv4Addr> {
    let from = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match six.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, ..] => Some(from(high, low)),
        _ => None,
    }
}

/// The addresses of a host and port that may be connected to.
///
/// # Errors
/// When the name does not resolve; [`Unreachable`] as the inner error when one of its addresses is forbidden.
pub(crate) fn addresses(reach: Reach, host: &str, port: u16) -> std::io::Result<Vec<SocketAddr>> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let all: Vec<SocketAddr> = (bare, port).to_socket_addrs()?.collect();
    // One forbidden address among others is how names are made that are judged by one and connected to by another.
    if all.iter().any(|address| is_forbidden(reach, address.ip())) {
        return Err(std::io::Error::other(Unreachable));
    }
    Ok(all)
}

/// Resolves names, and refuses those that may not be connected to.
#[derive(Debug)]
pub(super) struct Guard {
    reach: Reach,
    inner: DefaultResolver,
}

impl Guard {
    pub(super) fn new(reach: Reach) -> Self {
        Self {
            reach,
            inner: DefaultResolver::default(),
        }
    }
}

impl Resolver for Guard {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.inner.resolve(uri, config, timeout)?;
        if found.iter().any(|address| is_forbidden(self.reach, address.ip())) {
            return Err(ureq::Error::Other(Box::new(Unreachable)));
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forbidden(reach: Reach, text: &str) -> bool {
        is_forbidden(reach, text.parse().unwrap())
    }

    #[test]
    fn addresses_where_clouds_keep_credentials_are_never_connected_to() {
        for address in [
            "169.254.169.254",
            "169.254.170.2",
            "::ffff:169.254.169.254",
            "64:ff9b::a9fe:a9fe",
            "2002:a9fe:a9fe::1",
            "fe80::1",
            "fd00:ec2::254",
            "100.100.100.200",
            "192.0.0.192",
            "168.63.129.16",
            "0.0.0.0",
            "::",
            "224.0.0.1",
            "255.255.255.255",
            "ff02::1",
        ] {
            assert!(forbidden(Reach::Private, address), "{address}");
            assert!(forbidden(Reach::Public, address), "{address}");
            assert!(!forbidden(Reach::Everywhere, address), "{address}");
        }
    }

    #[test]
    fn private_addresses_are_connected_to_only_where_that_was_allowed() {
        for address in [
            "127.0.0.1",
            "127.8.8.8",
            "::1",
            "::ffff:127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "100.64.0.1",
            "198.18.0.1",
            "240.0.0.1",
            "fd12::1",
            "fec0::1",
            "2001:db8::1",
        ] {
            assert!(forbidden(Reach::Public, address), "{address}");
            assert!(!forbidden(Reach::Private, address), "{address}");
        }
    }

    #[test]
    fn public_addresses_are_connected_to() {
        for address in [
            "8.8.8.8",
            "100.63.0.1",
            "100.128.0.1",
            "172.32.0.1",
            "198.20.0.1",
            "2606:4700::1",
            "::ffff:8.8.8.8",
        ] {
            assert!(!forbidden(Reach::Public, address), "{address}");
        }
    }

    #[test]
    fn a_name_of_this_machine_is_judged_by_its_address() {
        let error = addresses(Reach::Public, "localhost", 25).unwrap_err();
        assert!(error.get_ref().is_some_and(|inner| inner.is::<Unreachable>()));
        assert!(!addresses(Reach::Private, "localhost", 25).unwrap().is_empty());
    }
}
