//! Functions that conditions of rules have besides those of Terraform.
//!
//! In: values, of which parts may be unknown. Out: true, false or unknown.

use super::policy;
use crate::terraform::{Map, Val, cidr, equal, every, some};

/// The value of a call; none where there is no such function.
pub(crate) fn call(name: &str, args: &[Val]) -> Option<Val> {
    Some(match (name, args) {
        ("world", [addresses]) => world(addresses),
        ("opens", [Val::Map(rule), ports @ ..]) => {
            some(ports.iter().flat_map(named).map(|port| opens(rule, &port)))
        }
        ("opens_all", [Val::Map(rule)]) => opens_all(rule),
        ("opens_many", [Val::Map(rule)]) => opens_many(rule),
        ("many_ports", [spec]) => many_ports(spec),
        ("every_port", [spec]) => match spec {
            Val::List(items) => some(items.iter().map(every_port)),
            one => every_port(one),
        },
        ("ports", [spec, wanted @ ..]) => some(wanted.iter().flat_map(named).map(|port| covers(spec, &port))),
        ("has", [Val::Null, _]) => Val::Bool(false),
        ("has", [Val::List(items), wanted]) => some(items.iter().map(|item| equal(item, wanted, true))),
        ("has", [one, wanted]) => equal(one, wanted, true),
        ("public", [document]) => policy::public(document),
        ("grants", [document, actions @ ..]) => {
            some(actions.iter().map(|action| policy::grants(document, action)))
        }
        ("full", [document]) => policy::full(document),
        ("begins", [value, Val::Text(head)]) => begins(value, head),
        _ => return None,
    })
}

/// Ports of databases, caches, queues and stores of files, which are built for networks that are trusted.
const DATABASES: &[u32] = &[
    111, 873, 1433, 1434, 1521, 2049, 2181, 2379, 2380, 2483, 2484, 3306, 4369, 5432, 5433, 5672, 5984, 6379,
    6380, 7000, 7001, 7199, 7474, 7687, 8086, 9042, 9092, 9160, 9200, 9300, 11211, 26257, 27017, 27018,
    27019, 28015, 28017, 50070,
];
/// Ports by which machines and clusters are governed, other than those of SSH (22) and of remote desktops (3389).
const MANAGEMENT: &[u32] = &[
    23, 135, 137, 138, 139, 389, 445, 512, 513, 514, 623, 1099, 2375, 2376, 4243, 4786, 5601, 5800, 5900,
    5901, 5985, 5986, 6000, 6443, 8500, 10250, 10255, 15672,
];
/// How many ports are more than a service has.
const MANY: f64 = 1000.0;

/// The ports that an argument of a rule means: a number, or the name of a kind.
fn named(port: &Val) -> Vec<Val> {
    let all = |ports: &[u32]| ports.iter().map(|port| Val::Number(f64::from(*port))).collect();
    match port.as_text() {
        Some("databases") => all(DATABASES),
        Some("management") => all(MANAGEMENT),
        _ => vec![port.clone()],
    }
}

/// Whether a text begins so; of one that is known in part the known beginning decides.
fn begins(value: &Val, head: &str) -> Val {
    match value {
        Val::Text(text) => Val::Bool(text.starts_with(head)),
        Val::Partial(text, reason) => {
            let known = text.split('\u{FFFC}').next().unwrap_or_default();
            if known.starts_with(head) {
                Val::Bool(true)
            } else if head.starts_with(known) {
                Val::Unknown(reason.clone())
            } else {
                Val::Bool(false)
            }
        }
        Val::Unknown(reason) => Val::Unknown(reason.clone()),
        _ => Val::Bool(false),
    }
}

/// Whether addresses include a good part of the Internet.
fn world(addresses: &Val) -> Val {
    match addresses {
        Val::List(items) => some(items.iter().map(world)),
        Val::Unknown(reason) | Val::Partial(_, reason) => Val::Unknown(reason.clone()),
        Val::Text(text) => {
            let named = ["*", "any", "internet"];
            if named.iter().any(|name| text.eq_ignore_ascii_case(name)) {
                return Val::Bool(true);
            }
            // Half the Internet twice is the Internet; no network of anybody is as large as an eighth part of it.
            Val::Bool(
                cidr(text).is_some_and(|(address, length)| length <= if address.is_ipv4() { 3 } else { 6 }),
            )
        }
        _ => Val::Bool(false),
    }
}

/// Whether a rule of a security group opens every port.
fn opens_all(rule: &Map) -> Val {
    let port = |number: f64| opens(rule, &Val::Number(number));
    every([port(1.0), port(65_535.0)].into_iter())
}

/// Whether a rule of a security group opens more ports than a service has, over TCP.
fn opens_many(rule: &Map) -> Val {
    let get = |name: &str| rule.entries.get(name).unwrap_or(&Val::Null);
    let protocol = ["protocol", "ip_protocol"]
        .iter()
        .find_map(|name| rule.entries.get(*name));
    let is = |text: &str| equal(protocol.unwrap_or(&Val::Null), &Val::Text(text.to_owned()), true);
    let range = match (number(get("from_port")), number(get("to_port"))) {
        (Val::Number(from), Val::Number(to)) => Val::Bool(to - from >= MANY),
        (Val::Unknown(reason), _) | (_, Val::Unknown(reason)) => Val::Unknown(reason),
        _ => Val::Bool(false),
    };
    every([some([is("tcp"), is("6")].into_iter()), range].into_iter())
}

/// A number, or text that is one.
fn number(value: &Val) -> Val {
    match value {
        Val::Text(text) => text.parse().map_or(Val::Null, Val::Number),
        Val::Partial(_, reason) => Val::Unknown(reason.clone()),
        other => other.clone(),
    }
}

/// Whether ports, as Azure and Google write them, are more than a service has.
fn many_ports(spec: &Val) -> Val {
    match spec {
        Val::List(items) => some(items.iter().map(many_ports)),
        Val::Unknown(reason) | Val::Partial(_, reason) => Val::Unknown(reason.clone()),
        Val::Text(text) => Val::Bool(text.split(',').any(|part| {
            let ends = part.split_once('-');
            let ends = ends.map(|(from, to)| (from.trim().parse::<f64>(), to.trim().parse::<f64>()));
            matches!(ends, Some((Ok(from), Ok(to))) if to - from >= MANY)
        })),
        _ => Val::Bool(false),
    }
}

/// Whether a range of ports, as Azure and Google write it, is all of them.
fn every_port(spec: &Val) -> Val {
    every(
        [
            covers(spec, &Val::Number(1.0)),
            covers(spec, &Val::Number(65_535.0)),
        ]
        .into_iter(),
    )
}

/// Whether a rule of a security group opens a port.
fn opens(rule: &Map, port: &Val) -> Val {
    let get = |names: [&str; 2]| {
        let found = names.iter().find_map(|name| rule.entries.get(*name));
        found.cloned().unwrap_or(Val::Null)
    };
    let protocol = get(["protocol", "ip_protocol"]);
    let is = |text: &str| equal(&protocol, &Val::Text(text.to_owned()), true);
    let all = some([is("-1"), is("all")].into_iter());
    if all == Val::Bool(true) {
        return all;
    }
    let carries = some([is("tcp"), is("udp"), is("6"), is("17")].into_iter());
    let (Val::Number(wanted), from, to) =
        (port, get(["from_port", "from_port"]), get(["to_port", "to_port"]))
    else {
        return Val::Bool(false);
    };
    let bound = |value: &Val, within: fn(f64, f64) -> bool| match value {
        Val::Unknown(reason) | Val::Partial(_, reason) => Val::Unknown(reason.clone()),
        Val::Number(number) => Val::Bool(within(*number, *wanted)),
        Val::Text(text) => Val::Bool(text.parse().is_ok_and(|number| within(number, *wanted))),
        _ => Val::Bool(false),
    };
    let range = every(
        [
            carries,
            bound(&from, |from, port| from <= port),
            bound(&to, |to, port| to >= port),
        ]
        .into_iter(),
    );
    some([all, range].into_iter())
}

/// Whether `22`, `20-30`, `*` or a list of such covers a port.
fn covers(spec: &Val, port: &Val) -> Val {
    match (spec, port) {
        (Val::List(items), _) => some(items.iter().map(|item| covers(item, port))),
        (Val::Unknown(reason) | Val::Partial(_, reason), _) => Val::Unknown(reason.clone()),
        (Val::Number(number), Val::Number(port)) => Val::Bool(number == port),
        (Val::Text(text), Val::Number(port)) => Val::Bool(text.split(',').any(|part| {
            let part = part.trim();
            if part == "*" {
                return true;
            }
            let (from, to) = part.split_once('-').unwrap_or((part, part));
            let within = |from: f64, to: f64| from <= *port && *port <= to;
            matches!((from.trim().parse(), to.trim().parse()), (Ok(from), Ok(to)) if within(from, to))
        })),
        _ => Val::Bool(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Val {
        Val::Text(text.to_owned())
    }

    #[test]
    fn halves_of_the_internet_are_the_world_and_private_networks_are_not() {
        for all in ["0.0.0.0/0", "::/0", "128.0.0.0/1", "*", "Internet"] {
            assert_eq!(world(&text(all)), Val::Bool(true), "{all}");
        }
        for some in ["10.0.0.0/8", "203.0.113.7/32", "VirtualNetwork", "fc00::/7"] {
            assert_eq!(world(&text(some)), Val::Bool(false), "{some}");
        }
    }

    #[test]
    fn ranges_of_ports_cover_what_lies_within_them() {
        let port = Val::Number(22.0);
        assert_eq!(covers(&text("20-30, 443"), &port), Val::Bool(true));
        assert_eq!(
            covers(&Val::List(vec![text("80"), text("*")]), &port),
            Val::Bool(true)
        );
        assert_eq!(covers(&text("220-230"), &port), Val::Bool(false));
    }

    #[test]
    fn kinds_of_ports_have_names_and_many_ports_are_more_than_a_service_has() {
        let of = |name: &str, spec: &str, port: &str| call(name, &[text(spec), text(port)]);
        assert_eq!(of("ports", "27000-27020", "databases"), Some(Val::Bool(true)));
        assert_eq!(of("ports", "443", "databases"), Some(Val::Bool(false)));
        assert_eq!(of("ports", "10250", "management"), Some(Val::Bool(true)));
        for kind in [DATABASES, MANAGEMENT] {
            assert!(kind.is_sorted() && !kind.contains(&22) && !kind.contains(&443));
        }
        assert_eq!(many_ports(&text("30000-32767")), Val::Bool(true));
        assert_eq!(many_ports(&text("8000-8010, 443")), Val::Bool(false));
        let rule = |protocol: &str| {
            let entries = [
                ("protocol", protocol),
                ("from_port", "20000"),
                ("to_port", "30000"),
            ];
            Map {
                entries: entries.map(|(key, value)| (key.to_owned(), text(value))).into(),
                places: None,
            }
        };
        assert_eq!(opens_many(&rule("tcp")), Val::Bool(true));
        assert_eq!(opens_many(&rule("udp")), Val::Bool(false));
    }
}
