//! Sets of ports and of connections.
//!
//! A connection is a transport protocol and a destination port; what policies allow between two peers is a set of them.

use std::fmt;

/// A transport protocol that network policies know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Protocol {
    /// SCTP.
    Sctp,
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
}

impl Protocol {
    /// All of them, in the order of their names.
    pub const ALL: [Self; 3] = [Self::Sctp, Self::Tcp, Self::Udp];

    /// The name that manifests use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sctp => "SCTP",
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
        }
    }

    /// The protocol of a name in a manifest.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

/// A set of ports from 1 to 65,535, as disjoint intervals in ascending order with a gap between each two.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Ports(Vec<(u16, u16)>);

impl Ports {
    /// Every port.
    #[must_use]
    pub fn all() -> Self {
        Self(vec![(1, u16::MAX)])
    }

    /// Ports from `first` to `last`, both included; empty where `last` is smaller.
    #[must_use]
    pub fn range(first: u16, last: u16) -> Self {
        let first = first.max(1);
        if first > last {
            return Self::default();
        }
        Self(vec![(first, last)])
    }

    /// The intervals, ends included.
    #[must_use]
    pub fn intervals(&self) -> &[(u16, u16)] {
        &self.0
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether there are all.
    #[must_use]
    pub fn is_all(&self) -> bool {
        self.0 == [(1, u16::MAX)]
    }

    /// Whether a port is in the set.
    #[must_use]
    pub fn contains(&self, port: u16) -> bool {
        self.0
            .iter()
            .any(|(first, last)| (*first..=*last).contains(&port))
    }

    /// Those in either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        let mut all: Vec<(u16, u16)> = self.0.iter().chain(&other.0).copied().collect();
        all.sort_unstable();
        let mut merged: Vec<(u16, u16)> = Vec::with_capacity(all.len());
        for (first, last) in all {
            match merged.last_mut() {
                Some(open) if u32::from(first) <= u32::from(open.1) + 1 => open.1 = open.1.max(last),
                _ => merged.push((first, last)),
            }
        }
        Self(merged)
    }

    /// Those in both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        let mut common = Vec::new();
        for (first, last) in &self.0 {
            for (other_first, other_last) in &other.0 {
                let both = (*first.max(other_first), *last.min(other_last));
                if both.0 <= both.1 {
                    common.push(both);
                }
            }
        }
        Self(common)
    }

    /// Those that `other` does not have.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        self.intersection(&other.complement())
    }

    fn complement(&self) -> Self {
        let mut gaps = Vec::new();
        let mut next: u32 = 1;
        for (first, last) in &self.0 {
            let before = u32::from(*first).saturating_sub(1);
            if let (Ok(from), Ok(to)) = (u16::try_from(next), u16::try_from(before))
                && from <= to
            {
                gaps.push((from, to));
            }
            next = u32::from(*last) + 1;
        }
        if let Ok(from) = u16::try_from(next) {
            gaps.push((from, u16::MAX));
        }
        Self(gaps)
    }
}

impl fmt::Display for Ports {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (first, last)) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            if first == last {
                write!(out, "{comma}{first}")?;
            } else {
                write!(out, "{comma}{first}-{last}")?;
            }
        }
        Ok(())
    }
}

/// A set of connections.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Connections([Ports; 3]);

impl Connections {
    /// Every connection.
    #[must_use]
    pub fn all() -> Self {
        Self([Ports::all(), Ports::all(), Ports::all()])
    }

    /// Connections of one protocol.
    #[must_use]
    pub fn of(protocol: Protocol, ports: Ports) -> Self {
        let mut set = Self::default();
        *set.slot(protocol) = ports;
        set
    }

    /// The ports of a protocol.
    #[must_use]
    pub const fn ports(&self, protocol: Protocol) -> &Ports {
        let [sctp, tcp, udp] = &self.0;
        match protocol {
            Protocol::Sctp => sctp,
            Protocol::Tcp => tcp,
            Protocol::Udp => udp,
        }
    }

    const fn slot(&mut self, protocol: Protocol) -> &mut Ports {
        let [sctp, tcp, udp] = &mut self.0;
        match protocol {
            Protocol::Sctp => sctp,
            Protocol::Tcp => tcp,
            Protocol::Udp => udp,
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(Ports::is_empty)
    }

    /// Whether there are all.
    #[must_use]
    pub fn is_all(&self) -> bool {
        self.0.iter().all(Ports::is_all)
    }

    /// Those in either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        self.with(other, Ports::union)
    }

    /// Those in both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        self.with(other, Ports::intersection)
    }

    /// Those that `other` does not have.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        self.with(other, Ports::minus)
    }

    fn with(&self, other: &Self, join: impl Fn(&Ports, &Ports) -> Ports) -> Self {
        let mut set = Self::default();
        for protocol in Protocol::ALL {
            *set.slot(protocol) = join(self.ports(protocol), other.ports(protocol));
        }
        set
    }
}

impl fmt::Display for Connections {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_all() {
            return out.write_str("All Connections");
        }
        if self.is_empty() {
            return out.write_str("No Connections");
        }
        let mut comma = "";
        for protocol in Protocol::ALL {
            let ports = self.ports(protocol);
            if !ports.is_empty() {
                write!(out, "{comma}{} {ports}", protocol.name())?;
                comma = ",";
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ports() -> impl Strategy<Value = Ports> {
        prop::collection::vec((any::<u16>(), any::<u16>()), 0..6).prop_map(|pairs| {
            pairs.into_iter().fold(Ports::default(), |set, (one, other)| {
                set.union(&Ports::range(one.min(other), one.max(other)))
            })
        })
    }

    fn disjoint_and_ascending(set: &Ports) -> bool {
        set.0.windows(2).all(|two| match two {
            [one, other] => u32::from(one.1) + 1 < u32::from(other.0),
            _ => true,
        })
    }

    proptest! {
        #[test]
        fn sets_of_ports_obey_the_laws_of_sets(a in ports(), b in ports(), port in 1..=u16::MAX) {
            let (union, common, rest) = (a.union(&b), a.intersection(&b), a.complement());
            prop_assert_eq!(union.contains(port), a.contains(port) || b.contains(port));
            prop_assert_eq!(common.contains(port), a.contains(port) && b.contains(port));
            prop_assert_eq!(rest.contains(port), !a.contains(port));
            for set in [&union, &common, &rest] {
                prop_assert!(disjoint_and_ascending(set));
            }
            prop_assert_eq!(rest.complement(), a);
        }
    }

    #[test]
    fn connections_are_written_by_protocol_and_interval() {
        let denied = Connections::of(Protocol::Tcp, Ports::range(80, 80));
        let left = Connections::all().minus(&denied);
        assert_eq!(left.to_string(), "SCTP 1-65535,TCP 1-79,81-65535,UDP 1-65535");
        assert_eq!(left.union(&denied).to_string(), "All Connections");
        assert_eq!(denied.minus(&denied).to_string(), "No Connections");
    }
}
