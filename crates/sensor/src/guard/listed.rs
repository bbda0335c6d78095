//! Executables that may load programs into the kernel: that each is what its list says, and how the kernel knows it from then on.

use std::fs::{File, Metadata};
use std::io::Read;
use std::os::unix::fs::MetadataExt;

use bartizan_model::guard::Policy;

use super::tables;
use crate::error::{Error, Result};
use crate::object::digest;

/// Bytes of an executable at most
const MOST: u64 = 1 << 30;

/// Keys (inode, time of its last change in nanoseconds, device) and values (policies that list it) of the map `loaders`.
///
/// A file that is changed afterwards has another time of change, and is not the one that is listed any more.
pub(super) fn loaders(policies: &[Policy]) -> Result<Vec<([u64; 3], u64)>> {
    let mut all: Vec<([u64; 3], u64)> = Vec::new();
    let having = tables::bits(policies, |policy| policy.rules.only_loaders.is_some());
    if having != 0 {
        // This program itself: otherwise what was pinned would keep the next agent from starting.
        let own = File::open("/proc/self/exe").and_then(|own| own.metadata());
        all.extend(own.ok().map(|about| (known_by(&about), having)));
    }
    for (policy, bit) in policies.iter().zip(0..u64::BITS) {
        for loader in policy.rules.only_loaders.as_deref().unwrap_or_default() {
            let key = key(&loader.path, &loader.digest)?;
            match all.iter_mut().find(|(other, _)| *other == key) {
                Some((_, policies)) => *policies |= 1 << bit,
                None => all.push((key, 1 << bit)),
            }
        }
    }
    Ok(all)
}

fn key(path: &str, expected: &str) -> Result<[u64; 3]> {
    let unread = |cause: std::io::Error| Error::Listed {
        path: path.into(),
        why: cause.to_string(),
    };
    let mut file = File::open(path).map_err(unread)?;
    let before = file.metadata().map_err(unread)?;
    let mut bytes = Vec::new();
    (&mut file).take(MOST).read_to_end(&mut bytes).map_err(unread)?;
    let found = digest(&bytes);
    if found != expected {
        return Err(Error::Listed {
            path: path.into(),
            why: format!("its SHA-256 is {found}"),
        });
    }
    Ok(known_by(&before))
}

fn known_by(about: &Metadata) -> [u64; 3] {
    let (seconds, nanoseconds) = (about.ctime(), about.ctime_nsec());
    let changed = seconds.saturating_mul(1_000_000_000).saturating_add(nanoseconds);
    [
        about.ino(),
        u64::try_from(changed).unwrap_or(0),
        of_kernel(about.dev()),
    ]
}

/// Number of a device as the kernel has it, from the one of `stat(2)`
const fn of_kernel(device: u64) -> u64 {
    let major = device >> 8 & 0xfff;
    let minor = device & 0xff | device >> 12 & 0xf_ff00;
    major << 20 | minor
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_are_told_both_ways() {
        for kernel in [0x0080_0001_u32, 0x1234_5678, 0xfff] {
            assert_eq!(of_kernel(crate::event::device(kernel)), u64::from(kernel));
        }
    }
}
