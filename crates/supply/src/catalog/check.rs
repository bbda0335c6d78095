//! The check `supply/inventory`: runs the catalogers over the files they read.

use super::{Cataloger, Inventory, LARGEST_FILE, registry};
use crate::sbom;
use bartizan_engine::{Check, CheckError, Input, Meta, Sink};
use bartizan_model::{FingerprintBuilder, RuleInfo};
use bartizan_source::{FileMeta, Interest};

/// Changes when a cataloger reads the same bytes differently; part of the key of cached results.
const REVISION: &[u8] = b"3";

/// Which files are bills of materials that somebody else made, rather than evidence of a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bills {
    /// None.
    None,
    /// Those whose path begins so.
    Beginning(&'static str),
}

impl Bills {
    fn are_at(self, path: &str) -> bool {
        match self {
            Self::None => false,
            Self::Beginning(beginning) => path.starts_with(beginning),
        }
    }
}

/// Lists the components of a target. It has no rules: an inventory is no finding.
pub struct InventoryCheck {
    meta: Meta,
    bills: Bills,
}

impl InventoryCheck {
    /// Its id.
    pub const ID: &'static str = "supply/inventory";

    /// The check with every cataloger. A verdict depends on it where it is `required`.
    #[must_use]
    pub fn new(bills: Bills, required: bool) -> Self {
        let mut builder = FingerprintBuilder::new(Self::ID)
            .part(REVISION)
            .part(format!("{bills:?}").as_bytes());
        for cataloger in registry::ALL {
            builder = builder.part(cataloger.id().as_bytes());
        }
        let mut digest = [0; 32];
        for (to, from) in digest.iter_mut().zip(builder.finish().as_str().bytes()) {
            *to = from;
        }
        Self {
            bills,
            meta: Meta {
                id: Self::ID,
                title: "Inventory of components",
                required,
                digest,
            },
        }
    }
}

impl Check for InventoryCheck {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn rules(&self) -> Vec<RuleInfo> {
        Vec::new()
    }

    fn wants(&self, file: &FileMeta) -> Interest {
        if self.bills.are_at(&file.path) {
            Interest::Entire(sbom::LARGEST)
        } else if readers(file).next().is_some() {
            Interest::Entire(LARGEST_FILE)
        } else {
            Interest::No
        }
    }

    fn run(&self, input: &Input<'_>, out: &mut Sink) -> Result<(), CheckError> {
        if self.bills.are_at(input.path()) {
            let read = sbom::read(input.bytes, input.path());
            read.components
                .into_iter()
                .for_each(|component| out.component(component));
            read.problems.into_iter().for_each(|problem| out.error(problem));
            return Ok(());
        }
        for cataloger in readers(input.meta).filter(|one| one.recognises(input.bytes)) {
            let mut inventory = Inventory::new(cataloger.id(), input);
            let result = cataloger.read(input, &mut inventory);
            let (components, problems) = inventory.into_parts();
            for component in components {
                out.component(component);
            }
            for problem in problems {
                out.error(format!("{}: {problem}", cataloger.id()));
            }
            if let Err(error) = result {
                out.error(format!("{}: {error}", cataloger.id()));
            }
        }
        Ok(())
    }
}

/// The catalogers that may read a file, by its name and size; a size of 0 may be one that the source does not know.
fn readers(file: &FileMeta) -> impl Iterator<Item = &'static dyn Cataloger> {
    registry::ALL
        .iter()
        .copied()
        .filter(|one| (file.size == 0 || file.size >= one.least_size()) && one.reads(&file.path))
}
