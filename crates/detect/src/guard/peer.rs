//! Networks with ports, as they are written in a list of peers.

use std::net::IpAddr;

use bartizan_model::guard::Peer;

use super::read::shown;

/// Reads `10.0.0.0/8:443`, `192.0.2.7`, `192.0.2.0/24:8000-8080`, `2001:db8::/32` or `[2001:db8::/32]:443`.
pub(super) fn read(text: &str) -> Result<Peer, String> {
    let (network, ports) = split(text);
    let (address, bits) = match network.split_once('/') {
        Some((address, bits)) => (address, Some(bits)),
        None => (network, None),
    };
    let network: IpAddr = address
        .parse()
        .map_err(|_| format!("`{}` begins with no address", shown(text)))?;
    let most = if network.is_ipv4() { 32 } else { 128 };
    let bits = match bits {
        None => most,
        Some(bits) => bits
            .parse()
            .ok()
            .filter(|bits| *bits <= most)
            .ok_or_else(|| format!("`{}` has no length of 0 to {most} after its slash", shown(text)))?,
    };
    if !ends_in_zeros(network, bits) {
        return Err(format!(
            "`{}` is an address within a network of {bits} bits, not the network",
            shown(text)
        ));
    }
    let (from, until) = match ports {
        None => (0, u16::MAX),
        Some(ports) => {
            let (from, until) = ports.split_once('-').unwrap_or((ports, ports));
            from.parse()
                .ok()
                .zip(until.parse().ok())
                .filter(|(from, until)| from <= until)
                .ok_or_else(|| format!("`{}` ends with no port and no range of ports", shown(text)))?
        }
    };
    Ok(Peer {
        network,
        bits,
        from,
        until,
    })
}

/// The network, and what is said of ports. Addresses of version 6 have colons of their own, so that with ports they stand in brackets.
fn split(text: &str) -> (&str, Option<&str>) {
    if let Some(inner) = text.strip_prefix('[')
        && let Some((network, rest)) = inner.split_once(']')
    {
        return (
            network,
            rest.strip_prefix(':').or((!rest.is_empty()).then_some(rest)),
        );
    }
    match text.split_once(':') {
        Some((network, ports)) if !ports.contains(':') => (network, Some(ports)),
        _ => (text, None),
    }
}

fn ends_in_zeros(network: IpAddr, bits: u8) -> bool {
    let beyond = |all: u32| all.saturating_sub(u32::from(bits));
    match network {
        IpAddr::V4(address) => u64::from(address.to_bits()).trailing_zeros() >= beyond(32),
        IpAddr::V6(address) => address.to_bits().trailing_zeros() >= beyond(128),
    }
}
