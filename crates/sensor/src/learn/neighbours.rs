//! Pods of this host by their addresses, so that the other end of a connection has a name.
//!
//! In: the addresses of each network namespace, as `/proc/PID/net` has them. Out: the pod whose processes are in it, as far as its runtime or the
//! files that this keeps tell.

use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use bartizan_model::runtime::Container;

use super::of_host;
use crate::host::Host;
use crate::host::runtime::Runtime;
use crate::process::{mount_namespace_of, network_namespace_of, numbers};

/// Who runs beside a workload.
#[derive(Debug, Default)]
pub struct Neighbours {
    /// None until they are looked for
    host: Option<Host>,
}

impl Neighbours {
    /// The containers of pods by the addresses of their pods, loopback left out. All runtimes that answer at their usual sockets are asked.
    pub fn by_address(&mut self) -> HashMap<IpAddr, Arc<Container>> {
        let host = self.host.get_or_insert_with(|| {
            let mut host = Host::default();
            host.ask_runtimes(Runtime::all_known());
            host
        });
        let mut seen = HashSet::from([of_host(network_namespace_of)]);
        let mut found = HashMap::new();
        for process in numbers() {
            let network = network_namespace_of(process);
            if network.is_none() || seen.contains(&network) {
                continue;
            }
            let mount = mount_namespace_of(process).unwrap_or_default();
            let container = host.container(process, host.cgroup_number(process), mount);
            let Some(container) = container.filter(|container| container.pod.is_some()) else {
                continue;
            };
            seen.insert(network);
            for address in addresses(process) {
                found.insert(address, Arc::clone(&container));
            }
        }
        found
    }
}

/// The addresses of the network that a process is in
fn addresses(process: u32) -> Vec<IpAddr> {
    let read =
        |name: &str| std::fs::read_to_string(format!("/proc/{process}/net/{name}")).unwrap_or_default();
    let fourth = fourth(&read("fib_trie"));
    let sixth = sixth(&read("if_inet6"));
    fourth
        .into_iter()
        .map(IpAddr::from)
        .chain(sixth.into_iter().map(IpAddr::from))
        .filter(|address| !address.is_loopback())
        .collect()
}

/// Those of IPv4, which the tables of routes hold as routes to the host itself
fn fourth(trie: &str) -> Vec<Ipv4Addr> {
    let mut last: Option<Ipv4Addr> = None;
    let mut found = Vec::new();
    for line in trie.lines().map(str::trim) {
        if let Some(address) = line.strip_prefix("|-- ") {
            last = address.parse().ok();
        } else if line == "/32 host LOCAL" {
            found.extend(last);
        }
    }
    found
}

/// Those of IPv6, each at the beginning of a line without colons
fn sixth(list: &str) -> Vec<Ipv6Addr> {
    list.lines()
        .filter_map(|line| u128::from_str_radix(line.split(' ').next()?, 16).ok())
        .map(Ipv6Addr::from)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_the_kernel_writes_them() {
        let trie = "Main:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 10.0.0.0\n        /24 link UNICAST\n     |-- 10.0.0.7\n        /32 host LOCAL\n     |-- 10.0.0.255\n        /32 link BROADCAST\n";
        assert_eq!(fourth(trie), [Ipv4Addr::new(10, 0, 0, 7)]);
        let list = "20010db8000000000000000000000007 02 40 00 80     eth0\nx\n\n";
        assert_eq!(sixth(list), ["2001:db8::7".parse::<Ipv6Addr>().unwrap()]);
    }
}
