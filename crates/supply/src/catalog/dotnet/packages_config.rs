//! `packages.config`. <https://learn.microsoft.com/nuget/reference/packages-config>
//!
//! It lists every package, asked for or not.

use super::NUGET;
use crate::catalog::form::{purl, xml};
use crate::catalog::{Cataloger, Inventory, Package, Unreadable, file_name};
use bartizan_engine::Input;
use bartizan_model::Scope;

/// Reads lists of packages of NuGet.
pub struct PackagesConfig;

impl Cataloger for PackagesConfig {
    fn id(&self) -> &'static str {
        "nuget-packages-config"
    }

    fn title(&self) -> &'static str {
        "Lists of packages of NuGet"
    }

    fn reads(&self, path: &str) -> bool {
        file_name(path).eq_ignore_ascii_case("packages.config")
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        let document = xml::read(&String::from_utf8_lossy(input.bytes))?;
        let Some(root) = document.get("packages") else {
            return Err(Unreadable("it is no list of packages of NuGet".to_owned()));
        };
        for package in root.all("package") {
            let Some(id) = package.attribute("id") else {
                out.problem("a package without an id");
                continue;
            };
            let development = package.attribute("developmentDependency") == Some("true");
            out.add(Package {
                purl: purl("nuget", None, id, package.attribute("version")),
                ecosystem: Some(NUGET),
                scope: if development {
                    Scope::Development
                } else {
                    Scope::Runtime
                },
                at: package.at.clone(),
                ..Package::default()
            });
        }
        Ok(())
    }
}
