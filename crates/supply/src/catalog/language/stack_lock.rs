//! `stack.yaml.lock`, of Haskell. <https://docs.haskellstack.org/en/stable/topics/lock_files/>
//!
//! It pins what a project adds to its snapshot. What the snapshot itself holds stands at an address and is not known here.

use crate::catalog::form::outline::{self, Entry, Separator};
use crate::catalog::form::{purl, text};
use crate::catalog::{Cataloger, Inventory, Package, Unreadable, file_name};
use bartizan_engine::Input;

/// Reads lock files of Stack.
pub struct StackLock;

impl Cataloger for StackLock {
    fn id(&self) -> &'static str {
        "stack-lock"
    }

    fn title(&self) -> &'static str {
        "Lock files of Stack"
    }

    fn reads(&self, path: &str) -> bool {
        file_name(path) == "stack.yaml.lock"
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        let file = outline::read(text(input)?, Separator::Colon)?;
        for entry in file.entries_of("packages") {
            let Some(completed) = entry.get("completed") else {
                out.problem("a package that is not completed");
                continue;
            };
            match package(completed) {
                Some(package) => {
                    out.add(package);
                }
                None => out.problem(format!(
                    "`{}` names no package",
                    completed
                        .value_of("hackage")
                        .unwrap_or("completed")
                        .escape_debug()
                )),
            }
        }
        Ok(())
    }
}

fn package(completed: &Entry<'_>) -> Option<Package> {
    let (name, version, public) = match completed.value_of("hackage") {
        Some(pinned) => {
            let (name, version) = pinned.split('@').next()?.rsplit_once('-')?;
            (name, version, true)
        }
        // From an archive or a repository.
        None => (completed.value_of("name")?, completed.value_of("version")?, false),
    };
    Some(Package {
        purl: purl("hackage", None, name, Some(version)),
        ecosystem: public.then_some("Hackage"),
        direct: Some(true),
        at: completed.get("hackage").unwrap_or(completed).at.clone(),
        ..Package::default()
    })
}
