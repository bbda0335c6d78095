//! `DESCRIPTION` of installed packages of R. <https://cran.r-project.org/doc/manuals/r-release/R-exts.html#The-DESCRIPTION-file>
//!
//! Installation adds the field `Built`; without it the file describes the source of a package, which is the project's own.

use crate::catalog::form::{place, purl};
use crate::catalog::{Cataloger, Inventory, Package, Unreadable, file_name};
use bartizan_engine::Input;
use std::collections::HashMap;

/// Reads installed packages of R.
pub struct RInstalled;

impl Cataloger for RInstalled {
    fn id(&self) -> &'static str {
        "r-installed"
    }

    fn title(&self) -> &'static str {
        "Installed packages of R"
    }

    fn tells_installed(&self, _path: &str) -> bool {
        true
    }

    fn reads(&self, path: &str) -> bool {
        file_name(path) == "DESCRIPTION"
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        let text = String::from_utf8_lossy(input.bytes);
        let lines = text.lines().filter(|line| !line.starts_with([' ', '\t']));
        let fields: HashMap<&str, &str> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(key, value)| (key, value.trim()))
            .collect();
        let get = |key: &str| fields.get(key).copied().filter(|value| !value.is_empty());
        let (Some(name), Some(_)) = (get("Package"), get("Built")) else {
            return Ok(());
        };
        // What comes with R itself has its version and no other source.
        let of_r = get("Priority") == Some("base");
        let bioconductor = fields.contains_key("biocViews");
        let public = get("Repository").is_some() || bioconductor;
        out.add(Package {
            purl: purl(
                if bioconductor { "bioconductor" } else { "cran" },
                None,
                name,
                get("Version"),
            ),
            ecosystem: match (bioconductor, public && !of_r) {
                (true, _) => Some("Bioconductor"),
                (false, true) => Some("CRAN"),
                (false, false) => None,
            },
            licenses: get("License").map(str::to_owned).into_iter().collect(),
            at: place(&text, name),
            ..Package::default()
        });
        Ok(())
    }
}
