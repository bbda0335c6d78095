//! Which operating system it is: `etc/os-release` and `usr/lib/os-release`.
//!
//! <https://www.freedesktop.org/software/systemd/man/latest/os-release.html>. The ecosystem of the component is the one of
//! the OSV schema under which advisories for the packages of that release stand
//! (<https://ossf.github.io/osv-schema/#defined-ecosystems>). The specification of package URLs has no type for operating
//! systems; `generic` is what it offers for what has no other.

use super::root_of;
use crate::catalog::{Cataloger, Inventory, Package, Unreadable, file_name};
use bartizan_engine::Input;
use bartizan_model::{PackageUrlParts, Scope};
use std::collections::HashMap;

/// Reads the release of an operating system.
pub struct OsRelease;

impl Cataloger for OsRelease {
    fn id(&self) -> &'static str {
        "os-release"
    }

    fn title(&self) -> &'static str {
        "Release of the operating system"
    }

    fn tells_installed(&self, _path: &str) -> bool {
        true
    }

    fn reads(&self, path: &str) -> bool {
        file_name(path) == "os-release" && root_of(path).is_some()
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        let text = String::from_utf8_lossy(input.bytes);
        let release = Release(variables(&text));
        let Some(id) = release.get("ID") else {
            return Err(Unreadable(
                "it does not say which operating system it is: ID is missing".to_owned(),
            ));
        };
        let ecosystem = release.ecosystem(id);
        let added = out.add(Package {
            purl: PackageUrlParts {
                kind: "generic".to_owned(),
                name: id.to_owned(),
                version: release.get("VERSION_ID").map(str::to_owned),
                ..PackageUrlParts::default()
            },
            name: release.get("PRETTY_NAME").unwrap_or(id).to_owned(),
            scope: Scope::Runtime,
            ..Package::default()
        });
        if let Some((added, ecosystem)) = added.zip(ecosystem) {
            out.set_ecosystem(added, ecosystem);
        }
        Ok(())
    }
}

/// Assignments as a shell reads them, without expansion.
fn variables(text: &str) -> HashMap<&str, String> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.trim(), unquoted(value.trim())))
        .collect()
}

fn unquoted(value: &str) -> String {
    for quote in ['"', '\''] {
        let inner = value
            .strip_prefix(quote)
            .and_then(|rest| rest.strip_suffix(quote));
        if let Some(inner) = inner {
            return inner.replace("\\\"", "\"").replace("\\\\", "\\");
        }
    }
    value.to_owned()
}

struct Release<'r>(HashMap<&'r str, String>);

impl Release<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    /// The ecosystem of its packages; none where the schema has none or the release is not told.
    fn ecosystem(&self, id: &str) -> Option<String> {
        let version = self.get("VERSION_ID");
        let major = version.and_then(|version| version.split('.').next());
        let narrowed = |name: &str, suffix: Option<&str>| suffix.map(|suffix| format!("{name}:{suffix}"));
        match id {
            "debian" => narrowed("Debian", major),
            "ubuntu" => {
                let long_term = self.get("VERSION").is_some_and(|text| text.contains("LTS"));
                version.map(|version| format!("Ubuntu:{version}{}", if long_term { ":LTS" } else { "" }))
            }
            "alpine" => narrowed("Alpine", version.and_then(alpine_branch).as_deref()),
            "wolfi" => Some("Wolfi".to_owned()),
            "chainguard" => Some("Chainguard".to_owned()),
            "minimos" => Some("MinimOS".to_owned()),
            "alpaquita" => narrowed("Alpaquita", version),
            "bellsoft-hardened-containers" => narrowed("BellSoft Hardened Containers", version),
            "rocky" => narrowed("Rocky Linux", major),
            "almalinux" => narrowed("AlmaLinux", major),
            "rhel" => narrowed("Red Hat", self.red_hat_product().as_deref()),
            "sles" | "sled" | "sles_sap" | "sle_hpc" => {
                narrowed("SUSE", self.get("PRETTY_NAME")?.strip_prefix("SUSE "))
            }
            "opensuse-leap" => version.map(|version| format!("openSUSE:Leap {version}")),
            "opensuse-tumbleweed" => Some("openSUSE:Tumbleweed".to_owned()),
            "mageia" => narrowed("Mageia", version),
            "photon" => narrowed("Photon OS", version),
            "azurelinux" | "mariner" => narrowed("Azure Linux", major),
            "openEuler" => narrowed("openEuler", self.open_euler().as_deref()),
            _ => None,
        }
    }

    /// The product as Red Hat's advisories name it: the CPE without what is the same for all.
    fn red_hat_product(&self) -> Option<String> {
        let cpe = self.get("CPE_NAME")?;
        let product = cpe
            .strip_prefix("cpe:/o:redhat:")
            .or_else(|| cpe.strip_prefix("cpe:/a:redhat:"))?;
        Some(product.to_owned())
    }

    /// `22.03 (LTS-SP3)` is the release `22.03-LTS-SP3`.
    fn open_euler(&self) -> Option<String> {
        let version = self.get("VERSION")?;
        let (number, edition) = version.split_once('(').unwrap_or((version, ""));
        let edition = edition.trim_end_matches(')').trim();
        let joint = if edition.is_empty() { "" } else { "-" };
        Some(format!("{}{joint}{edition}", number.trim()))
    }
}

/// `3.19.1` belongs to the branch `v3.19`; a snapshot of edge (`3.20_alpha20231219`) to none.
fn alpine_branch(version: &str) -> Option<String> {
    let mut parts = version.split('.');
    let (major, minor) = (parts.next()?, parts.next()?);
    let numbers = [major, minor]
        .iter()
        .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    numbers.then(|| format!("v{major}.{minor}"))
}
