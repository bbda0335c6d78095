//! `cabal.project.freeze`, of Haskell. <https://cabal.readthedocs.io/en/stable/cabal-commands.html#cabal-freeze>
//!
//! Constraints `any.NAME ==VERSION`, parted by commas; flags of packages stand among them.

use crate::catalog::form::{place, purl, text};
use crate::catalog::{Cataloger, Inventory, Package, Unreadable, file_name};
use bartizan_engine::Input;

/// Reads frozen projects of Cabal.
pub struct CabalFreeze;

impl Cataloger for CabalFreeze {
    fn id(&self) -> &'static str {
        "cabal-freeze"
    }

    fn title(&self) -> &'static str {
        "Frozen projects of Cabal"
    }

    fn reads(&self, path: &str) -> bool {
        matches!(file_name(path), "cabal.project.freeze" | "cabal.config")
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        let text = text(input)?;
        let mut within = false;
        for line in text.lines().filter(|line| !line.trim_start().starts_with("--")) {
            let list = match line.split_once(':') {
                Some((field, list)) if !line.starts_with([' ', '\t']) => {
                    within = field.eq_ignore_ascii_case("constraints");
                    list
                }
                _ => line,
            };
            for one in list.split(',').map(str::trim).filter(|_| within) {
                if let Some((name, version)) = one.split_once("==") {
                    let name = name.trim().trim_start_matches("any.");
                    out.add(Package {
                        purl: purl("hackage", None, name, Some(version.trim())),
                        ecosystem: Some("Hackage"),
                        at: place(text, one),
                        ..Package::default()
                    });
                }
            }
        }
        Ok(())
    }
}
