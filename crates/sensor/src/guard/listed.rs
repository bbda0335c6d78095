//! Files that policies list with their content: that each is what its list says, and how the kernel knows it from then on.

use std::collections::BTreeMap;
use std::fs::{File, Metadata};
use std::os::unix::fs::MetadataExt;

use bartizan_model::guard::{Listed, Policy};

use super::tables;
use crate::error::{Error, Result};
use crate::process::digest_of_listed;

/// A key of the map `listed`: inode, time of its last change in nanoseconds, device, use
pub(super) type Key = [u64; 4];

/// What a file is listed for (`USE_RUN` and others in `bpf/program.h`)
const RUN: u64 = 0;
const LOAD_UNSIGNED: u64 = 1;
const LOAD: u64 = 2;
const LOAD_TYPE: u64 = 3;

/// Keys and values (policies that list it) of the map `listed`.
///
/// A file that is changed afterwards has another time of change, and is not the one that is listed any more.
pub(super) fn listed(policies: &[Policy]) -> Result<BTreeMap<Key, u64>> {
    let mut all = BTreeMap::new();
    let mut add = |[inode, changed, device]: [u64; 3], used: u64, policies: u64| {
        if policies != 0 {
            *all.entry([inode, changed, device, used]).or_default() |= policies;
        }
    };
    // This program itself: otherwise what was pinned would keep the next agent from starting.
    if let Ok(own) = File::open("/proc/self/exe").and_then(|own| own.metadata()) {
        let own = known_by(&own);
        add(
            own,
            LOAD,
            tables::bits(policies, |policy| policy.rules.only_loaders.is_some()),
        );
        add(
            own,
            LOAD_UNSIGNED,
            tables::bits(policies, |policy| policy.rules.unsigned_programs),
        );
    }
    for (policy, bit) in policies.iter().zip(0..u64::BITS) {
        for file in policy.rules.only_programs.iter().flat_map(|only| &only.files) {
            add(identity(file)?, RUN, 1 << bit);
        }
        for loader in policy.rules.only_loaders.iter().flatten() {
            let file = identity(&loader.file)?;
            match &loader.types {
                None => add(file, LOAD, 1 << bit),
                Some(types) => types
                    .iter()
                    .for_each(|kind| add(file, LOAD_TYPE + u64::from(*kind), 1 << bit)),
            }
        }
    }
    Ok(all)
}

fn identity(
    Listed {
        path,
        digest: expected,
    }: &Listed,
) -> Result<[u64; 3]> {
    let unread = |cause: std::io::Error| Error::Listed {
        path: path.clone(),
        why: cause.to_string(),
    };
    let file = File::open(&**path).map_err(unread)?;
    let before = file.metadata().map_err(unread)?;
    let found = digest_of_listed(file).map_err(unread)?;
    if found != *expected {
        return Err(Error::Listed {
            path: path.clone(),
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
