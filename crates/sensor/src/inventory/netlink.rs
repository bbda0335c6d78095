//! Routing netlink: lists that the kernel has of devices, queueing disciplines, classes and filters.
//!
//! In: what is asked for, of the network namespace that the socket was opened in. Out: the body of each entry, and attributes of it. Source:
//! `rtnetlink(7)`, and `linux/netlink.h`.

use std::io::{Error, ErrorKind, Read, Result, Write};
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};

/// `AF_NETLINK`, and routing as the family of it
const NETLINK: i32 = 16;
const ROUTE: i32 = 0;
/// A request, of all that there is
const ALL: u16 = 1 | 0x300;
/// Kinds of answers: an error, and the end of a list
const ERROR: u16 = 2;
const DONE: u16 = 3;
/// A list changed while it was read
const CHANGED: u16 = 0x10;
const HEADER: usize = 16;
/// More than the kernel writes at once
const BUFFER: usize = 1 << 16;
/// Entries of one list that are read, and times that a list is asked for
const MOST: usize = 1 << 20;
const TIMES: u32 = 3;
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) struct Netlink {
    socket: Socket,
    asked: u32,
}

impl Netlink {
    /// Of the network namespace that this thread is in
    pub(super) fn open() -> Result<Self> {
        let socket = Socket::new(Domain::from(NETLINK), Type::DGRAM, Some(Protocol::from(ROUTE)))?;
        socket.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { socket, asked: 0 })
    }

    /// The bodies of all entries of a list: `kind` is the number of the request for it, `body` says of what.
    pub(super) fn all(&mut self, kind: u16, body: &[u8]) -> Result<Vec<Vec<u8>>> {
        for _ in 0..TIMES {
            if let Some(all) = self.once(kind, body)? {
                return Ok(all);
            }
        }
        Err(Error::other("it changes faster than it is read"))
    }

    /// None where it changed meanwhile
    fn once(&mut self, kind: u16, body: &[u8]) -> Result<Option<Vec<Vec<u8>>>> {
        self.asked += 1;
        let length = u32::try_from(HEADER + body.len()).unwrap_or(u32::MAX);
        let request = [
            &length.to_ne_bytes()[..],
            &kind.to_ne_bytes(),
            &ALL.to_ne_bytes(),
            &self.asked.to_ne_bytes(),
            &[0; 4],
            body,
        ];
        self.socket.write_all(&request.concat())?;
        let mut buffer = vec![0; BUFFER];
        let (mut all, mut is_whole) = (Vec::new(), true);
        loop {
            let read = self.socket.read(&mut buffer)?;
            let mut rest = buffer.get(..read).unwrap_or_default();
            while let Some((message, after)) = message(rest) {
                rest = after;
                if message.asked != self.asked {
                    continue;
                }
                is_whole &= message.flags & CHANGED == 0;
                match message.kind {
                    ERROR | DONE => {
                        let number = message.body.get(..4).and_then(number).unwrap_or(0).cast_signed();
                        return match number {
                            0.. => Ok(is_whole.then_some(all)),
                            number => Err(Error::from_raw_os_error(-number)),
                        };
                    }
                    _ if all.len() < MOST => all.push(message.body.to_vec()),
                    _ => return Err(Error::other(format!("there are more than {MOST} entries"))),
                }
            }
            if !rest.is_empty() {
                return Err(ErrorKind::InvalidData.into());
            }
        }
    }
}

struct Message<'m> {
    kind: u16,
    flags: u16,
    asked: u32,
    body: &'m [u8],
}

/// The first message, and those after it; None where none is whole
fn message(bytes: &[u8]) -> Option<(Message<'_>, &[u8])> {
    let length = number(bytes.get(..4)?)? as usize;
    Some((
        Message {
            kind: short(bytes.get(4..6)?)?,
            flags: short(bytes.get(6..8)?)?,
            asked: number(bytes.get(8..12)?)?,
            body: bytes.get(HEADER..length)?,
        },
        bytes.get(length.next_multiple_of(4)..).unwrap_or_default(),
    ))
}

/// Attributes as they are written one after the other: numbers of their kinds, and values. What is not whole ends them.
pub(super) fn attributes(mut bytes: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    /// Marks of attributes within others, and of the order of bytes
    const KIND: u16 = 0x3fff;
    std::iter::from_fn(move || {
        let length = usize::from(short(bytes.get(..2)?)?);
        let kind = short(bytes.get(2..4)?)?;
        let value = bytes.get(4..length)?;
        bytes = bytes.get(length.next_multiple_of(4)..).unwrap_or_default();
        Some((kind & KIND, value))
    })
}

/// The value of one attribute
pub(super) fn attribute(bytes: &[u8], wanted: u16) -> Option<&[u8]> {
    attributes(bytes).find_map(|(kind, value)| (kind == wanted).then_some(value))
}

pub(super) fn number(bytes: &[u8]) -> Option<u32> {
    Some(u32::from_ne_bytes(bytes.try_into().ok()?))
}

fn short(bytes: &[u8]) -> Option<u16> {
    Some(u16::from_ne_bytes(bytes.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(kind: u16, value: &[u8]) -> Vec<u8> {
        let length = u16::try_from(value.len() + 4).unwrap();
        let mut all = [&length.to_ne_bytes()[..], &kind.to_ne_bytes(), value].concat();
        all.resize(all.len().next_multiple_of(4), 0);
        all
    }

    #[test]
    fn attributes_are_read_up_to_one_that_is_not_whole() {
        let all = [written(3, b"eth0\0"), written(0x8000 | 43, &[1, 2, 3, 4])].concat();
        let read: Vec<_> = attributes(&all).collect();
        assert_eq!(read, [(3, &b"eth0\0"[..]), (43, &[1, 2, 3, 4])]);
        for end in 0..all.len() {
            let whole = usize::from(end >= 9);
            assert_eq!(attributes(&all[..end]).count(), whole, "{end}");
        }
        // One that says it is shorter than its own head
        assert_eq!(attributes(&[3, 0, 1, 0, 9, 9, 9, 9]).count(), 0);
        assert_eq!(attributes(&[0; 8]).count(), 0);
    }

    #[test]
    fn a_message_is_not_read_beyond_what_was_received() {
        let mut bytes = vec![20, 0, 0, 0, 16, 0, 2, 0, 7, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4];
        let (message_, rest) = message(&bytes).unwrap();
        assert_eq!(
            (message_.kind, message_.asked, message_.body),
            (16, 7, &[1, 2, 3, 4][..])
        );
        assert!(rest.is_empty());
        for length in [0, 15, 21, 255] {
            bytes[0] = length;
            assert!(message(&bytes).is_none(), "{length}");
        }
    }
}
