//! What a descriptor of the kernel's eBPF stands for, by what `/proc/PID/fdinfo` says of it.

use std::collections::BTreeMap;

use super::Kept;

/// What was seen of things in the kernel, by their numbers.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) programs: BTreeMap<u32, Kept>,
    pub(super) maps: BTreeMap<u32, Kept>,
    pub(super) links: BTreeMap<u32, Kept>,
    /// What the kernel says of links beside their programs, by the number of the link
    pub(super) places: BTreeMap<u32, Place>,
}

/// Where a link attaches, as the kernel writes it: keys with values.
pub(super) type Place = BTreeMap<String, String>;

/// One thing in the kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Thing {
    Program(u32),
    Map(u32),
    Link(u32),
}

/// Of a link: what it is, and its program, which are known by its number
const KNOWN: [&str; 8] = [
    "pos",
    "flags",
    "mnt_id",
    "ino",
    "link_type",
    "link_id",
    "prog_tag",
    "prog_id",
];

/// What a descriptor stands for, and where it attaches if that is a link; None where it is nothing of eBPF.
///
/// A link names its program, too, and a program or map nothing of a link.
pub(super) fn thing(text: &str) -> Option<(Thing, Place)> {
    let lines = || text.lines().filter_map(|line| line.split_once(':'));
    let number = |wanted: &str| {
        lines()
            .find(|(key, _)| *key == wanted)
            .and_then(|(_, value)| value.trim().parse().ok())
    };
    if let Some(link) = number("link_id") {
        let place = lines()
            .filter(|(key, _)| !KNOWN.contains(key))
            .map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned()));
        return Some((Thing::Link(link), place.collect()));
    }
    let thing = number("map_id")
        .map(Thing::Map)
        .or_else(|| number("prog_id").map(Thing::Program))?;
    Some((thing, Place::new()))
}

impl Seen {
    /// Who keeps a thing; what is known of a link is learned.
    pub(super) fn kept(&mut self, thing: Thing, place: Place) -> &mut Kept {
        match thing {
            Thing::Program(id) => self.programs.entry(id).or_default(),
            Thing::Map(id) => self.maps.entry(id).or_default(),
            Thing::Link(id) => {
                self.places.insert(id, place);
                self.links.entry(id).or_default()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_told_from_its_program() {
        let text = "pos:\t0\nflags:\t02000000\nmnt_id:\t15\nino:\t1060\nlink_type:\ttracing\nlink_id:\t42\n\
                    prog_tag:\t9f3b1f1d2c3a4b5c\nprog_id:\t77\nattach_type:\t27\ntarget_obj_id:\t1\ntarget_btf_id:\t5\n";
        let (thing, place) = thing(text).unwrap();
        assert_eq!(thing, Thing::Link(42));
        let keys: Vec<_> = place.keys().map(String::as_str).collect();
        assert_eq!(keys, ["attach_type", "target_btf_id", "target_obj_id"]);
    }

    #[test]
    fn a_map_that_programs_are_called_from_is_a_map() {
        let text = "pos:\t0\nmap_type:\t3\nkey_size:\t4\nmap_id:\t9\nfrozen:\t0\nowner_prog_type:\t6\n";
        assert_eq!(thing(text), Some((Thing::Map(9), Place::new())));
        let text = "prog_type:\t6\nprog_jited:\t1\nprog_tag:\tab\nprog_id:\t3\n";
        assert_eq!(thing(text), Some((Thing::Program(3), Place::new())));
    }

    #[test]
    fn other_descriptors_and_damaged_ones_are_nothing() {
        for text in [
            "",
            "pos:\t0\nflags:\t02\n",
            "prog_id:\t-1\n",
            "map_id:",
            "link_id:\tx\n",
            "\u{0}\n:::",
        ] {
            assert_eq!(thing(text), None, "{text:?}");
        }
    }
}
