//! Answers of DNS that reach a workload: what comes to its network from the resolvers that it asks.
//!
//! In: processes of the workload, whose network and `/etc/resolv.conf` are looked at, and resolvers that they were seen to ask. Out: each [`Answer`] that one
//! of these gave there over UDP. The kernel hands a copy of it to a raw socket; nothing is asked, and nothing is taken away from whom it was for.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::net::{IpAddr, SocketAddr};
use std::os::fd::AsFd;

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use socket2::{Domain, Protocol, Socket, Type};

use super::of_host;
use crate::dns::{Answer, answer};
use crate::host::read_below;
use crate::process::network_namespace_of;

/// Bytes of one message at most, with the headers before it
const MESSAGE_MAX: usize = 4096;
/// Bytes of the header of UDP, and the shortest of IPv4
const UDP: usize = 8;
const IPV4: usize = 20;
/// Port of DNS
const PORT: [u8; 2] = [0, 53];
/// Resolvers that are listened to at most
const SOCKETS_MAX: usize = 64;

/// What is listened to, by the network namespace and the resolver; None where that was refused.
#[derive(Debug, Default)]
pub struct Answers(HashMap<(u32, IpAddr), Option<Socket>>);

impl Answers {
    /// Listens in the network of a process to the resolvers that its `/etc/resolv.conf` names, or to one that it asked. A process that is gone changes nothing.
    ///
    /// # Errors
    /// When that is refused, the first time for each resolver, or there are more than 64.
    pub fn listen(&mut self, process: u32, asked: Option<IpAddr>) -> io::Result<()> {
        let Some(network) = network_namespace_of(process) else {
            return Ok(());
        };
        for resolver in asked.map_or_else(|| configured(process), |one| vec![one]) {
            let key = (network, resolver);
            if self.0.contains_key(&key) {
                continue;
            }
            if self.0.len() >= SOCKETS_MAX {
                return Err(io::Error::other("it asks too many resolvers"));
            }
            let opened = open(process, resolver);
            let refused = opened.as_ref().err().map(io::Error::kind);
            self.0.insert(key, opened.ok());
            if let Some(why) = refused {
                return Err(why.into());
            }
        }
        Ok(())
    }

    /// The answers that came since; each with whether it came to a network that is not the host's, where only the workload can have asked.
    pub fn read(&self, mut take: impl FnMut(Answer, bool)) {
        let hosts = of_host(network_namespace_of);
        let mut buffer = [0; MESSAGE_MAX];
        for ((network, resolver), socket) in &self.0 {
            let Some(mut socket) = socket.as_ref() else {
                continue;
            };
            while let Ok(length) = socket.read(&mut buffer) {
                let packet = buffer.get(..length).unwrap_or_default();
                if let Some(answer) = message(packet, resolver.is_ipv4()).and_then(answer) {
                    take(answer, hosts.is_some_and(|hosts| hosts != *network));
                }
            }
        }
    }
}

/// The resolvers that the file of a process names
fn configured(process: u32) -> Vec<IpAddr> {
    let file = read_below(process, "/etc/resolv.conf").unwrap_or_default();
    String::from_utf8_lossy(&file)
        .lines()
        .filter_map(|line| line.trim().strip_prefix("nameserver")?.trim().parse().ok())
        .collect()
}

/// A raw socket in the network of a process that has what one address sends by UDP.
fn open(process: u32, resolver: IpAddr) -> io::Result<Socket> {
    let network = File::open(format!("/proc/{process}/ns/net"))?;
    // A thread may go into another network and not come back, so it is one for this alone.
    let opening = std::thread::spawn(move || -> io::Result<Socket> {
        move_into_link_name_space(network.as_fd(), Some(LinkNameSpaceType::Network))?;
        let domain = if resolver.is_ipv4() {
            Domain::IPV4
        } else {
            Domain::IPV6
        };
        let socket = Socket::new(domain, Type::RAW, Some(Protocol::UDP))?;
        socket.set_nonblocking(true)?;
        socket.connect(&SocketAddr::new(resolver, 0).into())?;
        Ok(socket)
    });
    opening
        .join()
        .unwrap_or_else(|_| Err(io::Error::other("the thread for it ended")))
}

/// What UDP carries in a packet from the port of DNS; raw sockets of IPv6 leave out the header before it.
fn message(packet: &[u8], is_ipv4: bool) -> Option<&[u8]> {
    let datagram = if is_ipv4 {
        let length = usize::from(packet.first()? & 0x0f) * 4;
        packet.get(length.max(IPV4)..)?
    } else {
        packet
    };
    let (header, message) = datagram.split_first_chunk::<UDP>()?;
    header.starts_with(&PORT).then_some(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_comes_from_the_port_of_dns_is_a_message() {
        let datagram = [0, 53, 0x80, 0, 0, 9, 0, 0, b'x'];
        assert_eq!(message(&datagram, false), Some(&b"x"[..]));
        let mut packet = vec![0x46; 24];
        packet.extend(datagram);
        assert_eq!(message(&packet, true), Some(&b"x"[..]));
        packet[25] = 54;
        assert_eq!(message(&packet, true), None);
        for end in 0..30 {
            assert_eq!(message(&packet[..end], true), None);
        }
    }
}
