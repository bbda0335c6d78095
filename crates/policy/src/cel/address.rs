//! Addresses and networks as Kubernetes' functions `ip` and `cidr` read them: without zones, and without IPv4 dressed up as IPv6.
//!
//! In: text. Out: addresses. <https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-ip-address-library>.

use std::net::IpAddr;

pub(super) fn address(text: &str) -> Option<IpAddr> {
    let address: IpAddr = text.parse().ok()?;
    match address {
        IpAddr::V6(six) if six.to_ipv4_mapped().is_some() => None,
        _ => Some(address),
    }
}

/// A network: an address, and how many of its leading bits count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Network {
    pub(super) address: IpAddr,
    pub(super) prefix: u8,
}

impl Network {
    pub(super) fn read(text: &str) -> Option<Self> {
        let (host, prefix) = text.split_once('/')?;
        let plain = prefix.bytes().all(|b| b.is_ascii_digit());
        if !plain || (prefix.len() > 1 && prefix.starts_with('0')) {
            return None;
        }
        let address = address(host)?;
        let prefix: u8 = prefix.parse().ok()?;
        (prefix <= width(address)).then_some(Self { address, prefix })
    }

    pub(super) fn contains(self, other: IpAddr) -> bool {
        width(self.address) == width(other)
            && leading(self.address, self.prefix) == leading(other, self.prefix)
    }

    pub(super) fn contains_network(self, other: Self) -> bool {
        other.prefix >= self.prefix && self.contains(other.address)
    }

    /// The same network, its address with zeros behind the prefix.
    pub(super) fn masked(self) -> Self {
        let kept = leading(self.address, self.prefix);
        let address = match self.address {
            // The bits of an IPv4 address stand in the upper quarter.
            IpAddr::V4(_) => IpAddr::V4(u32::try_from(kept >> 96).unwrap_or(0).into()),
            IpAddr::V6(_) => IpAddr::V6(kept.into()),
        };
        Self { address, ..self }
    }
}

fn width(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn leading(address: IpAddr, prefix: u8) -> u128 {
    let bits = match address {
        IpAddr::V4(four) => u128::from(u32::from(four)) << 96,
        IpAddr::V6(six) => u128::from(six),
    };
    let mask = u128::MAX
        .checked_shl(128 - u32::from(prefix.min(128)))
        .unwrap_or(0);
    bits & mask
}

#[cfg(test)]
mod tests {
    use super::{Network, address};

    #[test]
    fn a_network_contains_what_shares_its_prefix() {
        let net = Network::read("10.1.0.0/16").unwrap();
        assert!(net.contains(address("10.1.255.1").unwrap()));
        assert!(!net.contains(address("10.2.0.0").unwrap()));
        assert!(!net.contains(address("::a01:0").unwrap()));
        assert!(net.contains_network(Network::read("10.1.2.0/24").unwrap()));
        assert!(!net.contains_network(Network::read("10.0.0.0/8").unwrap()));
    }

    #[test]
    fn all_addresses_are_in_the_network_without_a_prefix() {
        let net = Network::read("::/0").unwrap();
        assert!(net.contains(address("ffff::1").unwrap()));
        assert!(!net.contains(address("1.1.1.1").unwrap()));
    }

    #[test]
    fn masking_clears_what_is_behind_the_prefix() {
        for (given, masked) in [
            ("192.168.7.9/24", "192.168.7.0/24"),
            ("1.2.3.4/0", "0.0.0.0/0"),
            ("2001:db8::1/32", "2001:db8::/32"),
            ("::1/128", "::1/128"),
        ] {
            assert_eq!(
                Network::read(given).unwrap().masked(),
                Network::read(masked).unwrap()
            );
        }
    }

    #[test]
    fn forms_that_kubernetes_refuses_are_refused() {
        for text in ["::ffff:1.2.3.4", "fe80::1%eth0", "01.2.3.4", "1.2.3", ""] {
            assert_eq!(address(text), None, "{text}");
        }
        for text in [
            "1.2.3.4/33",
            "1.2.3.4/08",
            "1.2.3.4/+8",
            "1.2.3.4/",
            "::/129",
            "1.2.3.4",
        ] {
            assert_eq!(Network::read(text), None, "{text}");
        }
    }
}
