//! What a process gives up of itself, for good and for all that it starts: files and TCP ports beyond those that are named (Landlock, `landlock(7)`).

use std::collections::BTreeSet;
use std::path::Path;

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, NetPort, PathBeneath, PathFd,
    Ruleset, RulesetAttr, RulesetCreated, RulesetCreatedAttr, RulesetStatus,
};

use crate::error::{Error, Result};

/// The newest rights that are asked for; a kernel that knows fewer restrains less, which is said
const NEWEST: ABI = ABI::V5;

/// What may be done with a file, or with those below a directory.
#[allow(clippy::struct_excessive_bools, reason = "each is a right of its own")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rights {
    /// Files are read
    pub read_file: bool,
    /// Directories are listed
    pub read_directory: bool,
    /// Files are written to
    pub write_file: bool,
    /// Names are made, removed and changed
    pub change: bool,
    /// Programs are run
    pub execute: bool,
}

/// How much of what was asked for the kernel enforces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Restraint {
    /// All
    Whole,
    /// A part: its Landlock is older
    Part,
    /// Nothing: it has no Landlock
    None,
}

/// Rules that are being put together.
pub struct Restrain {
    rules: RulesetCreated,
}

fn refused(error: &impl std::fmt::Display) -> Error {
    Error::Landlock(error.to_string())
}

impl Restrain {
    /// Nothing is allowed yet. Nothing is enforced either before [`Self::now`].
    ///
    /// # Errors
    /// When the kernel refuses.
    pub fn start() -> Result<Self> {
        let rules = Ruleset::default()
            .set_compatibility(CompatLevel::BestEffort)
            .handle_access(AccessFs::from_all(NEWEST))
            .and_then(|rules| rules.handle_access(AccessNet::from_all(NEWEST)))
            .and_then(Ruleset::create)
            .map_err(|error| refused(&error))?;
        Ok(Self { rules })
    }

    /// Allows something with a file, or below a directory; whether it is there.
    ///
    /// # Errors
    /// When the kernel refuses.
    pub fn path(self, path: &Path, rights: Rights) -> Result<(Self, bool)> {
        let Ok(about) = std::fs::metadata(path) else {
            return Ok((self, false));
        };
        let Ok(place) = PathFd::new(path) else {
            return Ok((self, false));
        };
        let access = access(rights, about.is_dir());
        if access.is_empty() {
            return Ok((self, true));
        }
        let rules = self
            .rules
            .add_rule(PathBeneath::new(place, access))
            .map_err(|error| refused(&error))?;
        Ok((Self { rules }, true))
    }

    /// Allows TCP connections to these ports, and waiting for them on those.
    ///
    /// # Errors
    /// When the kernel refuses.
    pub fn ports(mut self, connect: &BTreeSet<u16>, bind: &BTreeSet<u16>) -> Result<Self> {
        let connect = connect
            .iter()
            .map(|port| NetPort::new(*port, AccessNet::ConnectTcp));
        let bind = bind.iter().map(|port| NetPort::new(*port, AccessNet::BindTcp));
        for port in connect.chain(bind) {
            self.rules = self.rules.add_rule(port).map_err(|error| refused(&error))?;
        }
        Ok(self)
    }

    /// Gives up all the rest: this thread, and all that it starts.
    ///
    /// # Errors
    /// When the kernel refuses.
    pub fn now(self) -> Result<Restraint> {
        let status = self.rules.restrict_self().map_err(|error| refused(&error))?;
        Ok(match status.ruleset {
            RulesetStatus::FullyEnforced => Restraint::Whole,
            RulesetStatus::PartiallyEnforced => Restraint::Part,
            RulesetStatus::NotEnforced => Restraint::None,
        })
    }
}

fn access(rights: Rights, directory: bool) -> BitFlags<AccessFs> {
    let mut all = BitFlags::EMPTY;
    for (has, flags) in [
        // Terminals and other devices are asked more than to be read.
        (rights.read_file, AccessFs::ReadFile | AccessFs::IoctlDev),
        (rights.read_directory, AccessFs::ReadDir.into()),
        (
            rights.write_file,
            AccessFs::WriteFile | AccessFs::Truncate | AccessFs::IoctlDev,
        ),
        (rights.change, AccessFs::from_write(NEWEST) & !AccessFs::IoctlDev),
        (rights.execute, AccessFs::Execute | AccessFs::ReadFile),
    ] {
        if has {
            all |= flags;
        }
    }
    if directory {
        all
    } else {
        all & AccessFs::from_file(NEWEST)
    }
}
