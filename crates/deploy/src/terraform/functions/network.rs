//! Functions of Terraform over addresses of networks.
//!
//! Source: <https://developer.hashicorp.com/terraform/language/functions/cidrsubnet>.

use super::super::value::Val;
use super::{number, whole};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An address and how many of its bits name the network.
pub(crate) fn cidr(text: &str) -> Option<(IpAddr, u32)> {
    let (address, length) = text.trim().split_once('/')?;
    let address: IpAddr = address.parse().ok()?;
    let length: u32 = length.parse().ok()?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    (length <= most).then_some((address, length))
}

/// A network: its first address as a number, the bits of an address, and how many of them name it.
#[derive(Clone, Copy)]
struct Network {
    first: u128,
    width: u32,
    length: u32,
}

impl Network {
    fn read(text: &str) -> Option<Self> {
        let (address, length) = cidr(text)?;
        let (bits, width) = match address {
            IpAddr::V4(v4) => (u128::from(u32::from(v4)), 32),
            IpAddr::V6(v6) => (u128::from(v6), 128),
        };
        let network = Self {
            first: 0,
            width,
            length,
        };
        Some(Self {
            first: bits & !network.hosts(),
            ..network
        })
    }

    /// The bits that tell the addresses in it apart.
    fn hosts(self) -> u128 {
        match self.width - self.length {
            128 => u128::MAX,
            bits => (1 << bits) - 1,
        }
    }

    fn written(self, address: u128) -> Option<String> {
        let address = if self.width == 32 {
            IpAddr::V4(Ipv4Addr::from(u32::try_from(address).ok()?))
        } else {
            IpAddr::V6(Ipv6Addr::from(address))
        };
        Some(address.to_string())
    }

    fn text(self) -> Option<String> {
        Some(format!("{}/{}", self.written(self.first)?, self.length))
    }

    /// The subnet of this number that has so many bits more.
    fn subnet(self, more: u32, at: u128) -> Option<Self> {
        let length = self
            .length
            .checked_add(more)
            .filter(|length| *length <= self.width)?;
        let room = if more >= 128 { u128::MAX } else { (1 << more) - 1 };
        if at > room {
            return None;
        }
        let left = self.width - length;
        Some(Self {
            first: self.first | at.checked_shl(left).unwrap_or(0),
            length,
            ..self
        })
    }

    /// The first network of this length that begins after this one, within another.
    fn next(self, length: u32, within: Self) -> Option<Self> {
        let last = self.first | self.hosts();
        let wanted = Self { length, ..self };
        let first = (last | wanted.hosts()).checked_add(1)?;
        (first <= (within.first | within.hosts())).then_some(Self { first, ..wanted })
    }
}

/// The value of a call; none where there is no such function or it takes no such values.
pub(super) fn call(name: &str, args: &[Val]) -> Option<Val> {
    let [Val::Text(prefix), rest @ ..] = args else {
        return None;
    };
    let is_one = ["cidrsubnet", "cidrsubnets", "cidrhost", "cidrnetmask"].contains(&name);
    let network = is_one.then(|| Network::read(prefix)).flatten()?;
    Some(match (name, rest) {
        ("cidrsubnet", [more, at]) => {
            let more = u32::try_from(whole(more)?).ok()?;
            let at = u128::try_from(whole(at)?).ok()?;
            Val::Text(network.subnet(more, at)?.text()?)
        }
        ("cidrsubnets", all) => subnets(network, all)?,
        ("cidrhost", [at]) => {
            let at = number(at).filter(|at| at.fract() == 0.0 && at.abs() < 9e15)?;
            let steps: u128 = at.abs().to_string().parse().ok()?;
            let hosts = network.hosts();
            let at = if at < 0.0 {
                hosts.saturating_add(1).checked_sub(steps)?
            } else {
                steps
            };
            if at > hosts {
                return None;
            }
            Val::Text(network.written(network.first | at)?)
        }
        ("cidrnetmask", []) if network.width == 32 => {
            Val::Text(network.written(u128::from(u32::MAX) & !network.hosts())?)
        }
        _ => return None,
    })
}

fn subnets(network: Network, all: &[Val]) -> Option<Val> {
    let mut last: Option<Network> = None;
    let mut out = Vec::new();
    for more in all {
        let more = u32::try_from(whole(more)?).ok()?;
        let next = match last {
            None => network.subnet(more, 0)?,
            Some(last) => {
                let length = network
                    .length
                    .checked_add(more)
                    .filter(|length| *length <= network.width)?;
                last.next(length, network)?
            }
        };
        out.push(Val::Text(next.text()?));
        last = Some(next);
    }
    Some(Val::List(out))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, prefix: &str, rest: &[f64]) -> Option<String> {
        let rest = rest.iter().map(|one| Val::Number(*one));
        let args: Vec<Val> = [Val::text(prefix)].into_iter().chain(rest).collect();
        Some(call(name, &args)?.to_json().to_string().replace('"', ""))
    }

    #[test]
    fn subnets_are_cut_as_terraform_cuts_them() {
        for (prefix, more, at, expected) in [
            ("172.16.0.0/12", 4.0, 2.0, Some("172.18.0.0/16")),
            ("10.1.2.0/24", 4.0, 15.0, Some("10.1.2.240/28")),
            (
                "fd00:fd12:3456:7890::/56",
                16.0,
                162.0,
                Some("fd00:fd12:3456:7800:a200::/72"),
            ),
            ("10.0.0.0/30", 4.0, 0.0, None),
            ("0.0.0.0/0", 1.0, 2.0, None),
            ("::/0", 128.0, 1.0, Some("::1/128")),
        ] {
            assert_eq!(
                of("cidrsubnet", prefix, &[more, at]).as_deref(),
                expected,
                "{prefix}"
            );
        }
        let several = of("cidrsubnets", "10.1.0.0/16", &[4.0, 4.0, 8.0, 4.0]).unwrap();
        assert_eq!(several, "[10.1.0.0/20,10.1.16.0/20,10.1.32.0/24,10.1.48.0/20]");
        assert_eq!(of("cidrsubnets", "10.0.0.0/31", &[1.0, 1.0, 1.0]), None);
    }

    #[test]
    fn hosts_count_from_either_end_and_stay_within() {
        assert_eq!(of("cidrhost", "10.12.112.0/20", &[16.0]).unwrap(), "10.12.112.16");
        assert_eq!(
            of("cidrhost", "10.12.112.0/24", &[-1.0]).unwrap(),
            "10.12.112.255"
        );
        assert_eq!(of("cidrhost", "10.0.0.0/30", &[4.0]), None);
        assert_eq!(of("cidrhost", "10.0.0.0/30", &[-5.0]), None);
        assert_eq!(of("cidrnetmask", "172.16.0.0/12", &[]).unwrap(), "255.240.0.0");
        assert_eq!(of("cidrnetmask", "fd00::/8", &[]), None);
    }
}
