//! From policies to what programs in the kernel look up: bits of policies by rule, names of places, networks.
//!
//! The layouts are those of `bpf/verdict.h`, `bpf/place.h` and `bpf/peer.h`.

use std::collections::BTreeMap;
use std::net::IpAddr;

use bartizan_model::guard::{Action, Forbidden, Mode, Peer, Policy};

/// Of `struct step`: the node, the length, the name
pub(super) const STEP: usize = 64;
const NAME: usize = 56;
/// The number of the policy, then the address
pub(super) const PREFIX: usize = 20;
/// The count in two, then ranges
pub(super) const PORTS: usize = 34;
const RANGES_MAX: usize = 16;
const POLICY_BITS: u32 = 32;
/// Bits before an address of version 4 that is written as one of version 6
const MAPPED_BITS: u32 = 96;
/// Roots of the trees of places
const ROOTS: [u32; 2] = [0, 1];

/// Policies that are so, as bits by their order
pub(super) fn bits(policies: &[Policy], is: impl Fn(&Policy) -> bool) -> u64 {
    policies
        .iter()
        .zip(0..u64::BITS)
        .filter(|(policy, _)| is(policy))
        .fold(0, |all, (_, bit)| all | 1 << bit)
}

/// The table `having`
pub(super) fn having(policies: &[Policy]) -> [u64; Forbidden::ALL.len()] {
    Forbidden::ALL.map(|rule| bits(policies, |policy| policy.rules.has(rule)))
}

/// Policies that are enforced, and those that kill
pub(super) fn enforced(policies: &[Policy]) -> [u64; 2] {
    let enforced = |policy: &Policy| policy.mode == Mode::Enforce;
    [
        bits(policies, enforced),
        bits(policies, |policy| {
            enforced(policy) && policy.action == Action::Kill
        }),
    ]
}

#[derive(Debug, Default)]
struct Place {
    node: u32,
    here: u64,
    below: u64,
    above: u64,
    names: BTreeMap<Box<[u8]>, Self>,
}

/// Keys and values of the map `places`: policies that name a place, or a directory with all below
pub(super) fn places(policies: &[Policy]) -> Vec<([u8; STEP], [u64; 4])> {
    let mut nodes = *ROOTS.last().unwrap_or(&0);
    let mut steps = Vec::new();
    for root in ROOTS {
        let mut top = Place {
            node: root,
            ..Place::default()
        };
        for (policy, bit) in policies.iter().zip(0..u64::BITS) {
            let paths = match root {
                0 => policy.rules.write.as_slice(),
                _ => policy
                    .rules
                    .only_programs
                    .as_ref()
                    .map_or(&[][..], |only| &only.places),
            };
            for path in paths {
                add(&mut top, path, 1 << bit, &mut nodes);
            }
        }
        lay(&top, &mut steps);
    }
    steps
}

/// A directory is meant with all below and with itself: who may not write below may not rename it away.
fn add(top: &mut Place, path: &str, policy: u64, nodes: &mut u32) {
    let mut place = top;
    for name in path.split('/').filter(|name| !name.is_empty()) {
        place.above |= policy;
        place = place.names.entry(name.as_bytes().into()).or_insert_with(|| {
            *nodes += 1;
            Place {
                node: *nodes,
                ..Place::default()
            }
        });
    }
    place.here |= policy;
    if path.ends_with('/') {
        place.below |= policy;
    }
}

fn lay(place: &Place, steps: &mut Vec<([u8; STEP], [u64; 4])>) {
    for (name, next) in &place.names {
        let mut step = Vec::with_capacity(STEP);
        step.extend(place.node.to_ne_bytes());
        step.extend(u32::try_from(name.len()).unwrap_or(u32::MAX).to_ne_bytes());
        step.extend(name.iter().take(NAME));
        step.resize(STEP, 0);
        let mut node = [0; 8];
        for (to, from) in node.iter_mut().zip(next.node.to_ne_bytes()) {
            *to = from;
        }
        if let Ok(step) = step.try_into() {
            steps.push((
                step,
                [u64::from_ne_bytes(node), next.here, next.below, next.above],
            ));
        }
        lay(next, steps);
    }
}

/// A network within a policy, and its ports
pub(super) type Network = (u32, [u8; PREFIX], [u16; PORTS]);

/// Keys (length and bytes) and values of the map `peers`. The kernel finds the longest network that has an address; so each has the ports of those
/// around it, too. None where one network has more ranges of ports than there is room for.
pub(super) fn peers(policies: &[Policy]) -> Option<Vec<Network>> {
    let mut all = Vec::new();
    for (policy, number) in policies.iter().zip(0_u32..) {
        let listed = policy.rules.only_peers.as_deref().unwrap_or_default();
        for peer in listed {
            let ranges = merged(listed.iter().filter(|around| contains(around, peer)));
            if ranges.len() > RANGES_MAX {
                return None;
            }
            let (address, bits) = mapped(peer);
            let mut key = [0; PREFIX];
            let bytes = number.to_be_bytes().into_iter().chain(address.to_be_bytes());
            key.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
            let mut ports = [0; PORTS];
            let count = u16::try_from(ranges.len()).unwrap_or(u16::MAX);
            let head = if cfg!(target_endian = "little") {
                [count, 0]
            } else {
                [0, count]
            };
            let values = head.into_iter().chain(ranges.into_iter().flatten());
            ports.iter_mut().zip(values).for_each(|(to, from)| *to = from);
            all.push((POLICY_BITS + bits, key, ports));
        }
    }
    Some(all)
}

fn mapped(peer: &Peer) -> (u128, u32) {
    match peer.network {
        IpAddr::V4(address) => (
            address.to_ipv6_mapped().to_bits(),
            MAPPED_BITS + u32::from(peer.bits),
        ),
        IpAddr::V6(address) => (address.to_bits(), u32::from(peer.bits)),
    }
}

fn contains(around: &Peer, peer: &Peer) -> bool {
    let ((outer, bits), (inner, more)) = (mapped(around), mapped(peer));
    let cut = |address: u128| address.checked_shr(128 - bits).unwrap_or(0);
    bits <= more && cut(outer) == cut(inner)
}

/// Ranges of ports in order, those that touch as one
fn merged<'p>(peers: impl Iterator<Item = &'p Peer>) -> Vec<[u16; 2]> {
    let mut ranges: Vec<[u16; 2]> = peers.map(|peer| [peer.from, peer.until]).collect();
    ranges.sort_unstable();
    let mut all: Vec<[u16; 2]> = Vec::new();
    for [from, until] in ranges {
        match all.last_mut() {
            Some([_, last]) if from <= last.saturating_add(1) => *last = until.max(*last),
            _ => all.push([from, until]),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_model::guard::{Programs, Rules};

    fn policy(rules: Rules) -> Policy {
        Policy {
            name: "p".into(),
            workloads: Vec::new(),
            mode: Mode::Enforce,
            action: Action::Deny,
            rules,
        }
    }

    fn peer(text: &str, bits: u8, from: u16, until: u16) -> Peer {
        Peer {
            network: text.parse().unwrap(),
            bits,
            from,
            until,
        }
    }

    #[test]
    fn a_network_has_the_ports_of_those_around_it() {
        let policies = [policy(Rules {
            only_peers: Some(vec![
                peer("10.0.0.0", 8, 443, 443),
                peer("10.1.0.0", 16, 5432, 5433),
                peer("10.1.0.0", 16, 444, 444),
                peer("::", 0, 53, 53),
            ]),
            ..Rules::default()
        })];
        let all = peers(&policies).unwrap();
        let of = |length: u32| {
            let (.., ports) = all.iter().rfind(|(found, ..)| *found == length).unwrap();
            ports[2..2 + 2 * usize::from(ports[0])].to_vec()
        };
        assert_eq!(of(32 + 96 + 8), [53, 53, 443, 443]);
        assert_eq!(of(32 + 96 + 16), [53, 53, 443, 444, 5432, 5433]);
        assert_eq!(of(32), [53, 53]);
    }

    #[test]
    fn ports_that_are_too_scattered_are_refused() {
        let scattered = (0..17).map(|port| peer("10.0.0.0", 8, port * 2, port * 2));
        let rules = Rules {
            only_peers: Some(scattered.collect()),
            ..Rules::default()
        };
        assert_eq!(peers(&[policy(rules)]), None);
    }

    #[test]
    fn places_of_two_kinds_do_not_meet() {
        let policies = [
            policy(Rules {
                write: vec!["/usr/lib/".into(), "/usr/x".into()],
                ..Rules::default()
            }),
            policy(Rules {
                only_programs: Some(Programs {
                    places: vec!["/usr/".into()],
                    ..Programs::default()
                }),
                ..Rules::default()
            }),
        ];
        let steps = places(&policies);
        assert_eq!(steps.len(), 4);
        let from = |step: &[u8; STEP]| u32::from_ne_bytes(step[..4].try_into().unwrap());
        let programs: Vec<_> = steps.iter().filter(|(step, _)| from(step) == 1).collect();
        let [(_, [_, here, below, _])] = programs.as_slice() else {
            panic!("{programs:?}")
        };
        assert_eq!((*here, *below), (2, 2));
        let mut nodes: Vec<_> = steps.iter().map(|(_, [node, ..])| *node).collect();
        nodes.sort_unstable();
        assert_eq!(nodes, [2, 3, 4, 5], "each place is a node of its own");
    }
}
