//! `Package.resolved`, of Swift, versions 1 to 3.
//! <https://docs.swift.org/swiftpm/documentation/packagemanagerdocs/resolvingpackageversions>

use crate::catalog::form::purl;
use crate::catalog::inventory::Places;
use crate::catalog::{Cataloger, Inventory, Package, Unreadable, file_name};
use bartizan_engine::Input;
use serde::Deserialize;

/// Reads the pins of the Swift package manager.
pub struct SwiftResolved;

#[derive(Deserialize)]
struct File {
    version: u64,
    #[serde(default)]
    pins: Vec<Pin>,
    #[serde(default)]
    object: Object,
}

/// Version 1 has the pins in an object.
#[derive(Deserialize, Default)]
struct Object {
    #[serde(default)]
    pins: Vec<Pin>,
}

#[derive(Deserialize)]
struct Pin {
    #[serde(alias = "package")]
    identity: String,
    #[serde(default)]
    kind: String,
    #[serde(alias = "repositoryURL", default)]
    location: String,
    state: State,
}

#[derive(Deserialize)]
struct State {
    version: Option<String>,
}

impl Cataloger for SwiftResolved {
    fn id(&self) -> &'static str {
        "swift-resolved"
    }

    fn title(&self) -> &'static str {
        "Pins of the Swift package manager"
    }

    fn reads(&self, path: &str) -> bool {
        matches!(file_name(path), "Package.resolved" | ".package.resolved")
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        let file: File = serde_json::from_slice(input.bytes)
            .map_err(|error| Unreadable(format!("it is no Package.resolved: {error}")))?;
        if !(1..=3).contains(&file.version) {
            out.problem(format!(
                "version {} of the file is not known; versions 1 to 3 are",
                file.version
            ));
        }
        let key = if file.version == 1 { "package" } else { "identity" };
        let places = Places::of_json_values(input.bytes, key);
        for pin in file.pins.iter().chain(&file.object.pins) {
            // A repository on this machine is the project's own.
            if pin.kind == "localSourceControl" || pin.kind == "fileSystem" {
                continue;
            }
            let Some((namespace, name)) = repository(pin) else {
                out.problem(format!("`{}` has no address", pin.identity.escape_debug()));
                continue;
            };
            let path = format!("{namespace}/{name}");
            let hosted = pin.kind != "registry";
            out.add(Package {
                purl: purl("swift", Some(&namespace), &name, pin.state.version.as_deref()),
                name: path,
                ecosystem: hosted.then_some("SwiftURL"),
                at: places.of(&pin.identity),
                ..Package::default()
            });
        }
        Ok(())
    }
}

/// Host and owner, and name, of the repository; of a package of a registry, `scope.name`, scope and name.
fn repository(pin: &Pin) -> Option<(String, String)> {
    if pin.kind == "registry" {
        let (scope, name) = pin.identity.split_once('.')?;
        return Some((scope.to_owned(), name.to_owned()));
    }
    let address = pin.location.trim_end_matches('/');
    let address = address.strip_suffix(".git").unwrap_or(address);
    let path = match address.split_once("://") {
        Some((_, rest)) => rest.rsplit_once('@').map_or(rest, |(_, rest)| rest).to_owned(),
        // git@host:owner/name
        None => address
            .rsplit_once('@')
            .map_or(address, |(_, rest)| rest)
            .replacen(':', "/", 1),
    };
    let (namespace, name) = path.rsplit_once('/')?;
    Some((namespace.to_owned(), name.to_owned()))
}
