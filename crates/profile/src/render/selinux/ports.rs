//! Types of ports: those of a policy as `semanage port -l` tells them, or those that well-known services have in the reference policy.

use std::ops::RangeInclusive;

use crate::profile::Transport;

/// Ports of services as the reference policy and Fedora's both have them
const WELL_KNOWN: &[(Transport, u16, &str)] = &[
    (Transport::Tcp, 22, "ssh_port_t"),
    (Transport::Tcp, 25, "smtp_port_t"),
    (Transport::Tcp, 53, "dns_port_t"),
    (Transport::Udp, 53, "dns_port_t"),
    (Transport::Tcp, 80, "http_port_t"),
    (Transport::Tcp, 88, "kerberos_port_t"),
    (Transport::Udp, 123, "ntp_port_t"),
    (Transport::Tcp, 389, "ldap_port_t"),
    (Transport::Tcp, 443, "http_port_t"),
    (Transport::Tcp, 587, "smtp_port_t"),
    (Transport::Tcp, 636, "ldap_port_t"),
    (Transport::Tcp, 2049, "nfs_port_t"),
    (Transport::Tcp, 3306, "mysqld_port_t"),
    (Transport::Tcp, 5432, "postgresql_port_t"),
    (Transport::Tcp, 5672, "amqp_port_t"),
    (Transport::Tcp, 6379, "redis_port_t"),
    (Transport::Tcp, 8080, "http_cache_port_t"),
    (Transport::Tcp, 8443, "http_port_t"),
    (Transport::Tcp, 11211, "memcache_port_t"),
];

/// What types ports have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortTypes {
    /// The narrowest range first
    ranges: Vec<(Transport, RangeInclusive<u16>, String)>,
}

impl PortTypes {
    /// Of a policy, from what `semanage port -l -n` prints: lines of a type, a transport, and ports or ranges with commas between them. Lines that are
    /// none of this form, and other transports, are passed over; None when no line is of it.
    #[must_use]
    pub fn of_policy(list: &str) -> Option<Self> {
        let mut ranges: Vec<_> = list.lines().flat_map(line).collect();
        // Of ranges that hold a port the kernel takes the narrowest.
        ranges.sort_by_key(|(_, range, _)| range.end() - range.start());
        (!ranges.is_empty()).then_some(Self { ranges })
    }

    /// Of well-known services; all other ports have none.
    #[must_use]
    pub fn well_known() -> Self {
        let range = |(transport, port, kind): &(Transport, u16, &str)| {
            (*transport, *port..=*port, (*kind).to_owned())
        };
        Self {
            ranges: WELL_KNOWN.iter().map(range).collect(),
        }
    }

    /// The type of a port.
    pub(super) fn of(&self, transport: Transport, port: u16) -> Option<&str> {
        self.ranges
            .iter()
            .find(|(of, range, _)| *of == transport && range.contains(&port))
            .map(|(.., kind)| kind.as_str())
    }
}

fn line(text: &str) -> Vec<(Transport, RangeInclusive<u16>, String)> {
    let mut words = text.split_whitespace();
    let (Some(kind), Some(transport)) = (words.next(), words.next()) else {
        return Vec::new();
    };
    let transport = match transport {
        "tcp" => Transport::Tcp,
        "udp" => Transport::Udp,
        _ => return Vec::new(),
    };
    let is_name = kind
        .chars()
        .all(|character| character.is_ascii_alphanumeric() || character == '_');
    words
        .filter_map(|ports| {
            let ports = ports.trim_end_matches(',');
            let (first, last) = ports.split_once('-').unwrap_or((ports, ports));
            Some((
                transport,
                first.parse().ok()?..=last.parse().ok()?,
                kind.to_owned(),
            ))
        })
        .filter(|(_, range, _)| is_name && !range.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_ranges_the_narrowest_counts() {
        let types = PortTypes::of_policy(
            "unreserved_port_t tcp 1024-65535\nmysqld_port_t  tcp  1186, 3306, 63132-63164\ndns_port_t udp 53\nx sctp 3306\n",
        )
        .unwrap();
        for (transport, port, kind) in [
            (Transport::Tcp, 3306, Some("mysqld_port_t")),
            (Transport::Tcp, 63140, Some("mysqld_port_t")),
            (Transport::Tcp, 8081, Some("unreserved_port_t")),
            (Transport::Udp, 53, Some("dns_port_t")),
            (Transport::Udp, 3306, None),
            (Transport::Tcp, 80, None),
        ] {
            assert_eq!(types.of(transport, port), kind, "{transport:?} {port}");
        }
    }

    #[test]
    fn what_is_no_list_has_no_ports() {
        for bad in [
            "",
            "ValueError: SELinux policy is not managed or store cannot be accessed.",
            "a tcp x",
            "a)(b tcp 80",
            "a tcp 9-1",
            "a tcp 70000",
        ] {
            assert_eq!(PortTypes::of_policy(bad), None, "{bad}");
        }
        assert_eq!(PortTypes::well_known().of(Transport::Tcp, 8081), None);
    }
}
