//! Which package owns which file that a container sees.
//!
//! In: the merged tree and what was noted. Out: [`Packages`]. Lists name files as they were packed, which may lie behind a link
//! (`/lib` of a merged `/usr`), so that names are followed.

use super::check::Notes;
use super::read::Told;
use bartizan_source::image::{Image, Node, NodeKind};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Type of the package URL, and name.
pub(super) type Name = (String, String);

/// Packages and their files.
#[derive(Debug, Default)]
pub(super) struct Packages {
    /// Paths of files and links by package.
    pub(super) files: BTreeMap<Name, BTreeSet<String>>,
    /// Packages by path of files and links; a directory belongs to nobody.
    pub(super) owners: HashMap<String, BTreeSet<Name>>,
    /// Package managers whose lists are not read.
    pub(super) opaque: BTreeSet<String>,
}

/// What was noted of a node.
pub(super) fn told<'n>(image: &Image, notes: &'n Notes, node: &Node) -> Option<&'n Told> {
    let layer = image.layers.get(node.layer)?;
    notes.get(&(layer.diff_id.to_string(), node.origin().to_owned()))
}

impl Packages {
    pub(super) fn of(image: &Image, notes: &Notes) -> Self {
        let mut found = Self::default();
        for (_, node) in image.tree.iter().filter(|(_, node)| node.kind == NodeKind::File) {
            match told(image, notes, node) {
                Some(Told::Owners(owners)) => {
                    // What packages of a language own is the application's.
                    for owner in owners.iter().filter(|owner| owner.package.0 != "pypi") {
                        found.add(image, &owner.package, &owner.paths);
                    }
                }
                Some(Told::Opaque(manager)) => drop(found.opaque.insert(manager.clone())),
                _ => {}
            }
        }
        found
    }

    fn add(&mut self, image: &Image, package: &Name, paths: &[String]) {
        let files = self.files.entry(package.clone()).or_default();
        for path in paths {
            let Some(place) = image.tree.place(path, false) else {
                continue;
            };
            // Every package with a file in `/bin` lists `/bin`, which may be a link.
            let leads_to = image.tree.resolve(path).map(|node| node.kind);
            if leads_to != Some(NodeKind::Directory) && files.insert(place.path.clone()) {
                self.owners.entry(place.path).or_default().insert(package.clone());
            }
        }
    }
}
