//! Networks and addresses: OPA's `net.*`, and the `cidr.*` that Trivy's checks bring.
//!
//! Which addresses are private: <https://www.rfc-editor.org/rfc/rfc6890>.

use super::{Named, members, string, text};
use crate::limits;
use regorus::Value;
use std::collections::BTreeSet;
use std::net::IpAddr;

pub(super) const ALL: &[Named] = &[
    ("cidr.count_addresses", 1, |given| {
        Some(Value::from(count(text(given, 0)?)))
    }),
    ("cidr.is_public", 1, |given| {
        Some(Value::from(is_public(text(given, 0)?)))
    }),
    ("net.cidr_contains", 2, |given| {
        let (outer, inner) = (network(text(given, 0)?)?, address_or_network(text(given, 1)?)?);
        Some(Value::from(outer.contains(inner)))
    }),
    ("net.cidr_contains_matches", 2, contains_matches),
    ("net.cidr_expand", 1, expand),
    ("net.cidr_intersects", 2, |given| {
        let (one, other) = (network(text(given, 0)?)?, network(text(given, 1)?)?);
        Some(Value::from(one.contains(other) || other.contains(one)))
    }),
    ("net.cidr_is_valid", 1, |given| {
        Some(Value::from(network(text(given, 0)?).is_some()))
    }),
    ("net.cidr_merge", 1, merge),
    ("net.lookup_ip_addr", 1, |_| {
        limits::not_known("what the name service answers");
        None
    }),
];

/// A range of addresses of one family, both ends within.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Range {
    six: bool,
    first: u128,
    last: u128,
}

impl Range {
    const fn contains(self, other: Self) -> bool {
        self.six == other.six && self.first <= other.first && other.last <= self.last
    }
}

fn bits(address: IpAddr) -> (bool, u128) {
    match address {
        IpAddr::V4(four) => (false, u128::from(u32::from(four))),
        IpAddr::V6(six) => (true, u128::from(six)),
    }
}

fn written(six: bool, address: u128) -> String {
    if six {
        std::net::Ipv6Addr::from(address).to_string()
    } else {
        std::net::Ipv4Addr::from(u32::try_from(address).unwrap_or(u32::MAX)).to_string()
    }
}

fn network(text: &str) -> Option<Range> {
    let (address, length) = text.split_once('/')?;
    let (six, address) = bits(address.parse().ok()?);
    let width: u32 = if six { 128 } else { 32 };
    if length.is_empty() || !length.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let length: u32 = length.parse().ok().filter(|length| *length <= width)?;
    let host = u128::MAX.checked_shr(128 - (width - length)).unwrap_or(0);
    Some(Range {
        six,
        first: address & !host,
        last: (address & !host) | host,
    })
}

fn address_or_network(text: &str) -> Option<Range> {
    network(text).or_else(|| {
        let (six, address) = bits(text.parse().ok()?);
        Some(Range {
            six,
            first: address,
            last: address,
        })
    })
}

fn everywhere(text: &str) -> bool {
    text == "*" || text.eq_ignore_ascii_case("internet") || text.eq_ignore_ascii_case("any")
}

/// How many addresses; none in what is no network.
fn count(text: &str) -> u64 {
    if everywhere(text) {
        return u64::MAX;
    }
    address_or_network(text).map_or(0, |range| {
        (range.last - range.first)
            .checked_add(1)
            .and_then(|count| u64::try_from(count).ok())
            .filter(|count| *count < 1 << 63)
            .unwrap_or(u64::MAX)
    })
}

/// Whether any address of it can be reached from the Internet.
fn is_public(text: &str) -> bool {
    if everywhere(text) {
        return true;
    }
    if let Some((first, last)) = text.split_once('-') {
        return [first, last].iter().any(|end| {
            end.trim().parse::<IpAddr>().is_ok_and(|address| {
                let (six, address) = bits(address);
                !is_private(six, address)
            })
        });
    }
    let Some(range) = address_or_network(text) else {
        return false;
    };
    !is_private(range.six, range.first) || !is_private(range.six, range.last)
}

const PRIVATE: [&str; 9] = [
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "::1/128",
    "fc00::/7",
    "fe80::/10",
];

fn is_private(six: bool, address: u128) -> bool {
    let one = Range {
        six,
        first: address,
        last: address,
    };
    PRIVATE
        .iter()
        .filter_map(|text| network(text))
        .any(|range| range.contains(one))
}

fn expand(given: &[Value]) -> Option<Value> {
    let range = network(text(given, 0)?)?;
    let count = usize::try_from(range.last - range.first).ok()?;
    if !limits::make(count.saturating_mul(64)) {
        return None;
    }
    let all: BTreeSet<Value> = (range.first..=range.last)
        .map(|address| string(written(range.six, address)))
        .collect();
    Some(Value::from(all))
}

fn merge(given: &[Value]) -> Option<Value> {
    let mut ranges = members(given.first()?)?
        .into_iter()
        .map(|value| match value {
            Value::String(text) => address_or_network(text),
            _ => None,
        })
        .collect::<Option<Vec<Range>>>()?;
    ranges.sort_unstable();
    let mut merged: Vec<Range> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(before) if before.six == range.six && range.first <= before.last.saturating_add(1) => {
                before.last = before.last.max(range.last);
            }
            _ => merged.push(range),
        }
    }
    let mut networks = BTreeSet::new();
    for range in merged {
        split(range, &mut networks);
    }
    Some(Value::from(networks))
}

/// The fewest networks that hold exactly a range.
fn split(range: Range, out: &mut BTreeSet<Value>) {
    let width = if range.six { 128 } else { 32 };
    let mut first = range.first;
    loop {
        let mut free = first.trailing_zeros().min(width);
        let last = loop {
            let host = if free == 128 {
                u128::MAX
            } else {
                (1_u128 << free) - 1
            };
            match first.checked_add(host) {
                Some(last) if last <= range.last => break last,
                _ if free == 0 => break first,
                _ => free -= 1,
            }
        };
        out.insert(string(format!("{}/{}", written(range.six, first), width - free)));
        match last.checked_add(1) {
            Some(next) if next <= range.last => first = next,
            _ => return,
        }
    }
}

fn contains_matches(given: &[Value]) -> Option<Value> {
    let (outer, inner) = (keyed(given.first()?)?, keyed(given.get(1)?)?);
    if !limits::make(outer.len().saturating_mul(inner.len()).saturating_mul(8)) {
        return None;
    }
    let mut pairs = BTreeSet::new();
    for (key, range) in &outer {
        for (other, within) in &inner {
            if range.contains(*within) {
                pairs.insert(Value::from(vec![key.clone(), other.clone()]));
            }
        }
    }
    Some(Value::from(pairs))
}

/// Networks under the names that OPA gives them: itself, its index, or its key.
fn keyed(value: &Value) -> Option<Vec<(Value, Range)>> {
    let of = |value: &Value| match value {
        Value::String(text) => address_or_network(text),
        Value::Array(items) => match items.first() {
            Some(Value::String(text)) => address_or_network(text),
            _ => None,
        },
        _ => None,
    };
    match value {
        Value::String(_) => Some(vec![(value.clone(), of(value)?)]),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, item)| Some((Value::from(u64::try_from(index).ok()?), of(item)?)))
            .collect(),
        Value::Set(items) => items.iter().map(|item| Some((item.clone(), of(item)?))).collect(),
        Value::Object(map) => map
            .iter()
            .map(|(key, item)| Some((key.clone(), of(item)?)))
            .collect(),
        _ => None,
    }
}
