//! Programs that cgroups hold, with a link or without one.
//!
//! In: what a program of this crate (`bpf/cgroups.bpf.c`) finds in the kernel, which is loaded for that and goes then. The kernel lists them otherwise only
//! to who asks for each way of attaching at each cgroup. Out: attachments, and places of links that nobody was seen to hold.

use std::io::Read;

use aya::Ebpf;
use aya::maps::{Array, HashMap, Map};
use aya::programs::Iter;

use super::{Attachment, Inventory, links, names};
use crate::error::{Error, with_causes};
use crate::object::Object;
use crate::types;

const PROGRAM: &str = "look_from_task";
/// Types of programs that are attached in one way, whatever they were loaded for, and names of these
const ONE_WAY: [(&str, &str); 3] = [
    ("cgroup_device", "cgroup_device"),
    ("cgroup_sysctl", "cgroup_sysctl"),
    ("sock_ops", "cgroup_sock_ops"),
];
/// The type that may be attached in any of two ways, which have the same numbers on all kernels
const PACKETS: &str = "cgroup_skb";

/// A program at a cgroup (`struct held`).
struct Held {
    cgroup: u64,
    program: u32,
    /// None without one
    link: Option<u32>,
    way: u32,
    expected: u32,
}

pub(super) fn look(inventory: &mut Inventory) {
    let all = match all() {
        Ok((all, 0)) => all,
        Ok((all, failed)) => {
            inventory.unread.push(format!(
                "programs of cgroups cannot all be listed: {failed} places could not be read or kept"
            ));
            all
        }
        Err(error) => {
            let why = with_causes(&*error);
            inventory
                .unread
                .push(format!("programs of cgroups cannot be listed: {why}"));
            return;
        }
    };
    if all.is_empty() {
        return;
    }
    let paths = links::cgroups();
    for held in all {
        let program = inventory
            .programs
            .iter()
            .find(|program| program.id == held.program);
        let Some(program) = program else { continue };
        let attached = held.attached(&program.kind);
        let place = links::cgroup(&paths, held.cgroup);
        let link = inventory.links.iter_mut().find(|link| Some(link.id) == held.link);
        match (held.link, link) {
            (Some(_), Some(link)) => {
                link.place.get_or_insert(place);
                link.attached.get_or_insert(attached);
            }
            // It was made since links were listed.
            (Some(_), None) => {}
            (None, _) => inventory.attachments.push(Attachment {
                program: held.program,
                place,
                attached,
            }),
        }
    }
}

impl Held {
    fn attached(&self, kind: &str) -> String {
        match ONE_WAY.iter().find(|(of, _)| *of == kind) {
            Some((_, name)) => (*name).to_owned(),
            None if kind == PACKETS => names::of(&names::ATTACH_TYPES, self.way),
            None => names::of(&names::ATTACH_TYPES, self.expected),
        }
    }
}

/// All of them, and how often something could not be read
fn all() -> Result<(Vec<Held>, u32), Box<dyn std::error::Error>> {
    let object = Object::CGROUPS.verified()?;
    let mut loader = types::loader();
    let btf = types::asked_by(object)?;
    let mut ebpf = loader.btf(Some(&btf)).load(object)?;
    let program = ebpf.program_mut(PROGRAM).ok_or(Error::Missing(PROGRAM))?;
    let program: &mut Iter = program.try_into()?;
    program.load("task", &btf)?;
    let link = program.attach()?;
    // Reading runs it over all tasks; it writes nothing.
    let mut file = program.take_link(link)?.into_file()?;
    file.read_to_end(&mut Vec::new())?;
    let held = HashMap::<_, [u32; 6], u32>::try_from(map(&ebpf, "held")?)?;
    let failed = Array::<_, u32>::try_from(map(&ebpf, "failed")?)?.get(&0, 0)?;
    let mut all = Vec::new();
    for key in held.keys() {
        let [first, second, program, link, way, expected] = key?;
        let number = [first.to_ne_bytes(), second.to_ne_bytes()].concat();
        all.push(Held {
            cgroup: number.try_into().map_or(0, u64::from_ne_bytes),
            program,
            link: (link != 0).then_some(link),
            way,
            expected,
        });
    }
    all.sort_unstable_by_key(|held| (held.cgroup, held.way, held.program));
    Ok((all, failed))
}

fn map<'e>(ebpf: &'e Ebpf, name: &'static str) -> Result<&'e Map, Error> {
    ebpf.map(name).ok_or(Error::Missing(name))
}
