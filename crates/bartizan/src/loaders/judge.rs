//! What of an inventory belongs to whom a manifest lists.
//!
//! The kernel does not keep which executable loaded a program, so that it is judged by who holds it. A program is vouched for when somebody holds it and
//! everybody who does is listed; one that is only pinned, or attached without a link, belongs to nobody who is known.

use std::path::Path;

use bartizan_model::guard::{Loader, program_type};
use bartizan_sensor::inventory::{Holder, Inventory, Program};

/// Where this program pins what it leaves in force
const OWN_PINS: &str = "/sys/fs/bpf/bartizan";

/// Whose a program is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Whose {
    /// This program's
    Own,
    /// Of executables that are listed, or nobody asked
    Listed,
    /// Of these processes that are not
    Unlisted(Vec<u32>),
    /// Nobody holds it
    Nobody,
}

impl Whose {
    /// Whether a manifest vouches for it
    pub(crate) const fn is_vouched(&self) -> bool {
        matches!(self, Self::Own | Self::Listed)
    }
}

/// Whose a program is by these executables; without them everybody is listed.
pub(crate) fn whose(inventory: &Inventory, program: &Program, loaders: Option<&[Loader]>) -> Whose {
    let holders = inventory.holders_of(program);
    let is_own = |pid: &u32| inventory.processes.get(pid).is_some_and(|holder| holder.own);
    let pins = inventory.pins_of(program);
    let has_own_pins = !pins.is_empty() && pins.iter().all(|path| path.starts_with(Path::new(OWN_PINS)));
    if holders.iter().all(is_own) && (!holders.is_empty() || has_own_pins) {
        return Whose::Own;
    }
    let Some(loaders) = loaders else {
        return Whose::Listed;
    };
    let kind = program_type(&program.kind);
    let unlisted: Vec<u32> = holders
        .iter()
        .copied()
        .filter(|pid| {
            let holder = inventory.processes.get(pid);
            !holder.is_some_and(|holder| holder.own || lists(loaders, holder, kind))
        })
        .collect();
    match (holders.is_empty(), unlisted.is_empty()) {
        (true, _) => Whose::Nobody,
        (false, true) => Whose::Listed,
        (false, false) => Whose::Unlisted(unlisted),
    }
}

/// Whether these list the executable of a process for a type of program
fn lists(loaders: &[Loader], holder: &Holder, kind: Option<u32>) -> bool {
    loaders.iter().any(|loader| {
        holder.digest.as_deref() == Some(&loader.file.digest)
            && holder.path == loader.file.path.as_bytes()
            && loader
                .types
                .as_ref()
                .is_none_or(|types| kind.is_some_and(|kind| types.contains(&kind)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_model::guard::Listed;
    use bartizan_sensor::inventory::{Kept, Link};

    fn loader(types: Option<Vec<u32>>) -> Vec<Loader> {
        vec![Loader {
            file: Listed {
                path: "/usr/sbin/agent".into(),
                digest: "a".repeat(64).into(),
            },
            types,
        }]
    }

    /// A program that process 7 holds by its link alone
    fn inventory(path: &str, digest: char) -> Inventory {
        let mut inventory = Inventory::default();
        inventory.processes.insert(
            7,
            Holder {
                pid: 7,
                path: path.into(),
                digest: Some(digest.to_string().repeat(64).into()),
                ..Holder::default()
            },
        );
        inventory.programs.push(Program {
            id: 1,
            kind: "lsm".into(),
            name: Vec::new(),
            tag: String::new(),
            loaded: None,
            user: None,
            maps: None,
            kept: Kept::default(),
        });
        inventory.links.push(Link {
            id: 2,
            kind: "tracing".into(),
            program: 1,
            place: None,
            attached: None,
            kept: Kept {
                holders: vec![7],
                pins: Vec::new(),
            },
        });
        inventory
    }

    fn judged(inventory: &Inventory, loaders: &[Loader]) -> Whose {
        whose(inventory, &inventory.programs[0], Some(loaders))
    }

    #[test]
    fn who_holds_a_program_must_be_listed_with_path_content_and_type() {
        let right = inventory("/usr/sbin/agent", 'a');
        assert_eq!(judged(&right, &loader(None)), Whose::Listed);
        assert_eq!(judged(&right, &loader(Some(vec![29]))), Whose::Listed);
        assert_eq!(judged(&right, &loader(Some(vec![6]))), Whose::Unlisted(vec![7]));
        assert_eq!(judged(&right, &[]), Whose::Unlisted(vec![7]));
        for other in [inventory("/tmp/agent", 'a'), inventory("/usr/sbin/agent", 'b')] {
            assert_eq!(judged(&other, &loader(None)), Whose::Unlisted(vec![7]));
        }
    }

    #[test]
    fn what_nobody_holds_is_nobodys_unless_this_program_pinned_it() {
        let mut inventory = inventory("/usr/sbin/agent", 'a');
        inventory.links[0].kept = Kept {
            pins: vec!["/sys/fs/bpf/other".into()],
            holders: Vec::new(),
        };
        assert_eq!(judged(&inventory, &loader(None)), Whose::Nobody);
        inventory.links[0].kept.pins = vec!["/sys/fs/bpf/bartizan/guard/9/0".into()];
        assert_eq!(judged(&inventory, &loader(None)), Whose::Own);
    }

    #[test]
    fn this_program_vouches_only_for_what_nobody_else_holds() {
        let mut inventory = inventory("/usr/bin/bartizan", 'c');
        inventory.processes.get_mut(&7).unwrap().own = true;
        assert_eq!(judged(&inventory, &[]), Whose::Own);
        inventory.links[0].kept.holders.push(8);
        assert_eq!(judged(&inventory, &[]), Whose::Unlisted(vec![8]));
    }
}
