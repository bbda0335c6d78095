//! The check `supply/inventory`: runs the catalogers over the files they read.

use super::{Cataloger, Inventory, LARGEST_FILE, registry};
use bartizan_engine::{Check, CheckError, Input, Meta, Sink};
use bartizan_model::{FingerprintBuilder, RuleInfo};
use bartizan_source::{FileMeta, Interest};

/// Changes when a cataloger reads the same bytes differently; part of the key of cached results.
const REVISION: &[u8] = b"2";

/// Lists the components of a target. It has no rules: an inventory is no finding.
pub struct InventoryCheck {
    meta: Meta,
}

impl InventoryCheck {
    /// The check with every cataloger.
    #[must_use]
    pub fn new() -> Self {
        let mut builder = FingerprintBuilder::new("supply/inventory").part(REVISION);
        for cataloger in registry::ALL {
            builder = builder.part(cataloger.id().as_bytes());
        }
        let mut digest = [0; 32];
        for (to, from) in digest.iter_mut().zip(builder.finish().as_str().bytes()) {
            *to = from;
        }
        Self {
            meta: Meta {
                id: "supply/inventory",
                title: "Inventory of components",
                required: true,
                digest,
            },
        }
    }
}

impl Default for InventoryCheck {
    fn default() -> Self {
        Self::new()
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
        if readers(file).next().is_some() {
            Interest::Entire(LARGEST_FILE)
        } else {
            Interest::No
        }
    }

    fn run(&self, input: &Input<'_>, out: &mut Sink) -> Result<(), CheckError> {
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
