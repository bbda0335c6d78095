//! Programs at devices of the network: filters of `tc`, XDP, and tcx, of every network namespace that a process is in or that is mounted.
//!
//! In: `/proc`, mounts, and what the kernel lists of each namespace, which a thread of its own enters. Out: attachments. Sources: `linux/if_link.h`,
//! `linux/pkt_cls.h`, `linux/rtnetlink.h`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Error};
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use aya::programs::{SchedClassifier, TcAttachType};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

use super::loaded::is_gone;
use super::netlink::{Netlink, attribute, number};
use super::{Attachment, Inventory, processes};
use crate::error::{os_error, with_causes};
use crate::mounts::{self, Mount};
use crate::process::numbers;

/// Requests for lists: devices, queueing disciplines, their classes, and filters
const DEVICES: u16 = 18;
const DISCIPLINES: u16 = 38;
const CLASSES: u16 = 42;
const FILTERS: u16 = 46;
/// Attributes of devices
const DEVICE_NAME: u16 = 3;
const XDP: u16 = 43;
/// Attributes of XDP: the number of the program in each mode
const MODES: [(u16, &str); 3] = [(5, "xdp (driver)"), (6, "xdp (generic)"), (7, "xdp (offload)")];
/// Attributes of what `tc` made, and of a filter by eBPF
const KIND: u16 = 1;
const OPTIONS: u16 = 2;
const FILTER_PROGRAM: u16 = 11;
/// Bytes before the attributes
const DEVICE_HEAD: usize = 16;
const TRAFFIC_HEAD: usize = 20;
/// Places of filters before and after all disciplines
const INGRESS: (u32, &str) = (0xffff_fff2, "tc ingress");
const EGRESS: (u32, &str) = (0xffff_fff3, "tc egress");
const TCX: [(TcAttachType, &str); 2] = [
    (TcAttachType::Ingress, "tcx_ingress"),
    (TcAttachType::Egress, "tcx_egress"),
];
/// EINVAL, where the kernel does not know tcx, and ENODEV
const NONE: [i32; 2] = [22, 19];

pub(super) fn look(inventory: &mut Inventory) {
    let own = fs::metadata("/proc/self/ns/net").map_or(0, |about| about.ino());
    let mut seen = BTreeSet::new();
    for (path, whose) in namespaces() {
        let (inode, file) = match unseen(&path, &seen) {
            Ok(Some(new)) => new,
            Ok(None) => continue,
            Err(error) if processes::is_gone(&error) => continue,
            Err(error) => {
                inventory.unread.push(format!(
                    "the network namespace of {whose} cannot be opened: {error}"
                ));
                continue;
            }
        };
        seen.insert(inode);
        let within = if inode == own {
            String::new()
        } else {
            format!(" in the network namespace {inode} of {whose}")
        };
        let looked = std::thread::scope(|scope| scope.spawn(|| inside(&file)).join());
        let found = looked.unwrap_or_else(|_| Err(Error::other("reading it failed")));
        let (found, unread) = found.unwrap_or_else(|error| (Vec::new(), vec![error.to_string()]));
        inventory
            .attachments
            .extend(found.into_iter().map(|(program, device, attached)| Attachment {
                program,
                place: format!("device {device}{within}"),
                attached,
            }));
        inventory.unread.extend(unread.into_iter().map(|why| {
            format!(
                "programs at devices of the network namespace {inode} of {whose} cannot all be listed: {why}"
            )
        }));
    }
}

/// Paths of network namespaces, the same one often, and by what each was found
fn namespaces() -> impl Iterator<Item = (PathBuf, String)> {
    let of_processes = numbers()
        .into_iter()
        .map(|pid| (format!("/proc/{pid}/ns/net").into(), format!("process {pid}")));
    let table = fs::read("/proc/self/mountinfo").unwrap_or_default();
    let mounted: Vec<Mount> = mounts::all(&table)
        .filter(|mount| mount.kind == "nsfs" && mount.root.starts_with("net:"))
        .collect();
    of_processes.chain(mounted.into_iter().map(|mount| {
        let whose = format!("the mount {}", mount.place.display());
        (mount.place, whose)
    }))
}

/// A namespace and its number, unless that is one of these
fn unseen(path: &Path, seen: &BTreeSet<u64>) -> io::Result<Option<(u64, File)>> {
    if seen.contains(&fs::metadata(path)?.ino()) {
        return Ok(None);
    }
    let file = File::open(path)?;
    let inode = file.metadata()?.ino();
    Ok((!seen.contains(&inode)).then_some((inode, file)))
}

/// Programs, names of their devices, and how they are attached there
type Found = Vec<(u32, String, String)>;

/// What is found, and what could not be read. For a thread that ends then: it stays in the namespace.
fn inside(namespace: &File) -> io::Result<(Found, Vec<String>)> {
    move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Network))?;
    let mut netlink = Netlink::open()?;
    let (mut found, mut unread) = (Found::new(), Vec::new());
    for device in netlink.all(DEVICES, &[0; DEVICE_HEAD])? {
        let (Some(index), Some(attributes)) = (device.get(4..8).and_then(number), device.get(DEVICE_HEAD..))
        else {
            continue;
        };
        let name = attribute(attributes, DEVICE_NAME).unwrap_or_default();
        let name = name.strip_suffix(&[0]).unwrap_or(name);
        let shown = String::from_utf8_lossy(name);
        let xdp = attribute(attributes, XDP).unwrap_or_default();
        let by_xdp = MODES
            .into_iter()
            .filter_map(|(mode, how)| Some((attribute(xdp, mode).and_then(number)?, how.to_owned())));
        let mut all: Vec<(u32, String)> = by_xdp.collect();
        for more in [filters(&mut netlink, index), by_tcx(name)] {
            match more {
                Ok(more) => all.extend(more),
                Err(error) => unread.push(format!("device {shown}: {error}")),
            }
        }
        found.extend(
            all.into_iter()
                .map(|(program, how)| (program, shown.to_string(), how)),
        );
    }
    Ok((found, unread))
}

/// What asks for the lists of `tc` about a device
fn about(device: u32, parent: u32) -> [u8; TRAFFIC_HEAD] {
    let mut body = [0; TRAFFIC_HEAD];
    body[4..8].copy_from_slice(&device.to_ne_bytes());
    body[12..16].copy_from_slice(&parent.to_ne_bytes());
    body
}

/// Filters of `tc` that are programs, at all places of a device that may have any
fn filters(netlink: &mut Netlink, device: u32) -> io::Result<Vec<(u32, String)>> {
    let mut places = BTreeMap::new();
    for kind in [DISCIPLINES, CLASSES] {
        for entry in netlink.all(kind, &about(device, 0))? {
            let field = |at: usize| entry.get(at..at + 4).and_then(number);
            // Some kernels list those of all devices, and what stands for none has no handle.
            let Some(handle) = field(8).filter(|handle| *handle != 0 && field(4) == Some(device)) else {
                continue;
            };
            let named = |(place, name): (u32, &str)| (place, name.to_owned());
            match attribute(entry.get(TRAFFIC_HEAD..).unwrap_or_default(), KIND) {
                Some(b"clsact\0") => places.extend([INGRESS, EGRESS].map(named)),
                Some(b"ingress\0") => places.extend([named(INGRESS)]),
                _ => places.extend([(handle, format!("tc at {:x}:{:x}", handle >> 16, handle & 0xffff))]),
            }
        }
    }
    let mut found = Vec::new();
    for (place, name) in places {
        for filter in netlink.all(FILTERS, &about(device, place))? {
            let attributes = filter.get(TRAFFIC_HEAD..).unwrap_or_default();
            if attribute(attributes, KIND) == Some(b"bpf\0") {
                let options = attribute(attributes, OPTIONS).unwrap_or_default();
                let program = attribute(options, FILTER_PROGRAM).and_then(number);
                found.extend(program.map(|program| (program, name.clone())));
            }
        }
    }
    // Several filters of one place may be the same program.
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// Programs of tcx at a device; none where the kernel does not know it (before 6.6)
fn by_tcx(device: &[u8]) -> io::Result<Vec<(u32, String)>> {
    let device = str::from_utf8(device).map_err(Error::other)?;
    let mut found = Vec::new();
    for (side, how) in TCX {
        match SchedClassifier::query_tcx(device, side) {
            Ok((_, programs)) => {
                found.extend(programs.iter().map(|program| (program.id(), how.to_owned())));
            }
            // The program or the device is not there any more.
            Err(error) if is_gone(&error) => {}
            Err(error) if os_error(&error).is_some_and(|number| NONE.contains(&number)) => {}
            Err(error) => return Err(Error::other(with_causes(&error))),
        }
    }
    Ok(found)
}
