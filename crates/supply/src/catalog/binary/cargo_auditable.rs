//! The list of crates that cargo-auditable puts into Rust binaries: section `.dep-v0`, JSON compressed with zlib.
//!
//! <https://github.com/rust-secure-code/cargo-auditable/blob/master/PARSING.md>

use super::image::Image;
use super::may_be_binary;
use crate::catalog::{Cataloger, Inventory, Package, Unreadable};
use bartizan_engine::Input;
use bartizan_model::{PackageUrlParts, Scope};
use serde::Deserialize;
use std::io::Read;

/// Reads the crates of Rust binaries.
pub struct CargoAuditable;

/// Largest list that is read once unpacked, in bytes: thousands of times what real ones have.
const LARGEST_LIST: u64 = 64 << 20;

#[derive(Deserialize)]
struct List {
    packages: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    version: String,
    #[serde(default)]
    source: String,
    #[serde(default)]
    kind: Kind,
    #[serde(default)]
    dependencies: Vec<usize>,
    #[serde(default)]
    root: bool,
}

#[derive(Deserialize, Default, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Build,
    #[default]
    #[serde(other)]
    Runtime,
}

impl Cataloger for CargoAuditable {
    fn id(&self) -> &'static str {
        "binary-cargo-auditable"
    }

    fn title(&self) -> &'static str {
        "Crates of Rust binaries (cargo-auditable)"
    }

    fn tells_installed(&self, _path: &str) -> bool {
        true
    }

    fn reads(&self, path: &str) -> bool {
        may_be_binary(path)
    }

    fn least_size(&self) -> u64 {
        super::LEAST_SIZE
    }

    fn recognises(&self, head: &[u8]) -> bool {
        super::begins_as_binary(head)
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        let Some(packed) = Image::parse(input.bytes).and_then(|image| image.section(&[".dep-v0"])) else {
            return Ok(());
        };
        let mut list = Vec::new();
        flate2::read::ZlibDecoder::new(packed)
            .take(LARGEST_LIST + 1)
            .read_to_end(&mut list)
            .map_err(|error| Unreadable(format!("its section .dep-v0 does not unpack: {error}")))?;
        if list.len() as u64 > LARGEST_LIST {
            let message = format!("its section .dep-v0 unpacks to more than {LARGEST_LIST} bytes");
            return Err(Unreadable(message));
        }
        let list: List = serde_json::from_slice(&list)
            .map_err(|error| Unreadable(format!("its section .dep-v0 is no list of crates: {error}")))?;
        add(&list.packages, out);
        Ok(())
    }
}

fn add(packages: &[Entry], out: &mut Inventory<'_>) {
    let root = packages.iter().find(|entry| entry.root);
    let added: Vec<_> = packages
        .iter()
        .enumerate()
        .map(|(index, entry)| {
            out.add(Package {
                purl: PackageUrlParts {
                    kind: "cargo".to_owned(),
                    name: entry.name.clone(),
                    version: Some(entry.version.clone()),
                    ..PackageUrlParts::default()
                },
                ecosystem: matches!(entry.source.as_str(), "crates.io").then_some("crates.io"),
                scope: match entry.kind {
                    Kind::Build => Scope::Development,
                    Kind::Runtime => Scope::Runtime,
                },
                direct: root
                    .filter(|_| !entry.root)
                    .map(|root| root.dependencies.contains(&index)),
                ..Package::default()
            })
        })
        .collect();
    for (entry, from) in packages.iter().zip(&added) {
        let on = entry.dependencies.iter().filter_map(|index| *added.get(*index)?);
        if let Some(from) = from {
            out.depends(*from, on);
        }
    }
}
