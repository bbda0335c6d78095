//! What programs decided, as it comes from their ring (`struct decision` in `bpf/verdict.h`).

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use bartizan_model::guard::{Forbidden, Policy};
use bartizan_model::runtime::Process;

use crate::sensor::Sensor;
use crate::wire::{Bytes, Record};

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing: the policy only tells, or nothing can be done any more
    Told,
    /// The kernel refused
    Refused,
    /// The process was killed
    Killed,
}

/// Something that a policy forbids was done, or was not.
#[derive(Debug, Clone)]
pub struct Decision {
    /// Nanoseconds since 1970
    pub time: u64,
    /// Who asked for it, by the program that it ran before
    pub process: Arc<Process>,
    /// Names of the policies that forbid it
    pub policies: Vec<Box<str>>,
    /// By which rule
    pub rule: Forbidden,
    /// What was done about it
    pub verdict: Verdict,
    /// The file; empty where there is none
    pub path: Vec<u8>,
    /// Whom was spoken to
    pub peer: Option<SocketAddr>,
    /// Number of the process that was to be traced; 0 for none
    pub traced: u32,
}

/// A decision; None where the bytes are none.
pub(super) fn read(bytes: &[u8], policies: &[Policy], sensor: &mut Sensor) -> Option<Decision> {
    let mut from = Bytes(bytes);
    let time = from.u64()?;
    let started = from.u64()?;
    let cgroup = from.u64()?;
    let broken = from.u64()?;
    let _enforced = from.u64()?;
    let traced = u32::try_from(from.u64()?).ok()?;
    let (process, thread) = (from.u32()?, from.u32()?);
    let (user, group) = (from.u32()?, from.u32()?);
    let rule = *Forbidden::ALL.get(usize::from(from.u16()?))?;
    let verdict = match from.u16()? {
        0 => Verdict::Told,
        1 => Verdict::Refused,
        _ => Verdict::Killed,
    };
    let family = from.u16()?;
    let port = from.u16()?;
    let address = Ipv6Addr::from(from.take::<16>()?);
    let length = usize::try_from(from.u32()?).ok()?;
    let whole = from.u32()? != 0;
    let path = path(from.slice(length)?, whole);
    let address = match family {
        4 => address.to_ipv4_mapped().map(IpAddr::V4),
        6 => Some(IpAddr::V6(address)),
        _ => None,
    };
    let record = Record::of_process(time, started, cgroup, [process, thread], [user, group]);
    let (process, time) = sensor.who(&record);
    Some(Decision {
        time,
        process,
        policies: policies
            .iter()
            .zip(0..u64::BITS)
            .filter(|(_, bit)| broken >> bit & 1 == 1)
            .map(|(policy, _)| policy.name.clone())
            .collect(),
        rule,
        verdict,
        path,
        peer: address.map(|address| SocketAddr::new(address, port)),
        traced,
    })
}

/// The path of names that come the last first, each ended by a NUL
fn path(names: &[u8], whole: bool) -> Vec<u8> {
    let mut path = Vec::with_capacity(names.len());
    for name in names
        .split(|byte| *byte == 0)
        .rev()
        .filter(|name| !name.is_empty())
    {
        path.push(b'/');
        path.extend_from_slice(name);
    }
    if path.is_empty() && whole {
        path.push(b'/');
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_from_the_root_on() {
        assert_eq!(path(b"passwd\0etc\0", true), b"/etc/passwd");
        assert_eq!(path(b"", true), b"/");
        assert_eq!(path(b"", false), b"");
        assert_eq!(path(b"memfd:x\0", false), b"/memfd:x");
    }
}
