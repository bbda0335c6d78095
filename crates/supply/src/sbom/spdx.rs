//! What both forms of SPDX 2 share: packages, relationships, and licences that are explained elsewhere in the document.
//! <https://spdx.github.io/spdx-spec/v2.3/package-information/>.

use super::bill::{Bill, Item, hash};
use super::json::Text;
use bartizan_model::Scope;
use serde::Deserialize;
use std::collections::{HashMap, HashSet};

/// Versions that are known.
pub(super) const VERSIONS: [&str; 2] = ["SPDX-2.2", "SPDX-2.3"];

const DOCUMENT: &str = "SPDXRef-DOCUMENT";

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Package<'a> {
    #[serde(borrow, rename = "SPDXID")]
    pub(super) id: Text<'a>,
    #[serde(borrow)]
    pub(super) name: Text<'a>,
    #[serde(borrow)]
    pub(super) version_info: Text<'a>,
    #[serde(borrow)]
    pub(super) license_declared: Text<'a>,
    #[serde(borrow)]
    pub(super) license_concluded: Text<'a>,
    #[serde(borrow)]
    pub(super) external_refs: Option<Vec<ExternalRef<'a>>>,
    #[serde(borrow)]
    pub(super) checksums: Option<Vec<Checksum<'a>>>,
    #[serde(borrow)]
    pub(super) annotations: Option<Vec<Annotation<'a>>>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct ExternalRef<'a> {
    #[serde(borrow)]
    pub(super) reference_type: Text<'a>,
    #[serde(borrow)]
    pub(super) reference_locator: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Checksum<'a> {
    #[serde(borrow)]
    pub(super) algorithm: Text<'a>,
    #[serde(borrow)]
    pub(super) checksum_value: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Annotation<'a> {
    #[serde(borrow)]
    pub(super) comment: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Relationship<'a> {
    #[serde(borrow)]
    pub(super) spdx_element_id: Text<'a>,
    #[serde(borrow)]
    pub(super) relationship_type: Text<'a>,
    #[serde(borrow)]
    pub(super) related_spdx_element: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Extracted<'a> {
    #[serde(borrow)]
    pub(super) license_id: Text<'a>,
    #[serde(borrow)]
    pub(super) name: Text<'a>,
}

/// What can be added to a bill only when all of the document was read: which package is what it describes, and what the
/// references to licences mean.
#[derive(Default)]
pub(super) struct Pending {
    packages: Vec<(String, Item)>,
    described: HashSet<String>,
    licenses: HashMap<String, String>,
}

impl Pending {
    pub(super) fn package(&mut self, package: Package<'_>) {
        let purl = package
            .external_refs
            .iter()
            .flatten()
            .find(|one| one.reference_type.0.ends_with("purl"));
        let license = [&package.license_declared, &package.license_concluded]
            .into_iter()
            .find(|text| !matches!(text.0.as_ref(), "" | "NOASSERTION" | "NONE"));
        let checksums = package.checksums.iter().flatten();
        let comments = package.annotations.iter().flatten();
        let item = Item {
            purl: purl.map_or_else(String::new, |one| one.reference_locator.0.to_string()),
            hashes: checksums
                .filter_map(|one| hash(&one.algorithm.0, &one.checksum_value.0))
                .collect(),
            licenses: license.map(|text| text.0.to_string()).into_iter().collect(),
            facts: comments.flat_map(|one| facts(&one.comment.0)).collect(),
            name: package.name.0.into_owned(),
            version: package.version_info.0.into_owned(),
            ..Item::default()
        };
        self.packages.push((package.id.0.into_owned(), item));
    }

    pub(super) fn relate(&mut self, relationship: &Relationship<'_>, bill: &mut Bill) {
        let (from, to) = (
            relationship.spdx_element_id.0.as_ref(),
            relationship.related_spdx_element.0.as_ref(),
        );
        let scoped = |bill: &mut Bill, scope| bill.needs(to, from, scope);
        match relationship.relationship_type.0.as_ref() {
            "DESCRIBES" if from == DOCUMENT => self.describes(to, bill),
            "DESCRIBED_BY" if to == DOCUMENT => self.describes(from, bill),
            "DEPENDS_ON" => bill.depends(from, to),
            "DEPENDENCY_OF" => bill.depends(to, from),
            "DEV_DEPENDENCY_OF" | "BUILD_DEPENDENCY_OF" | "TEST_DEPENDENCY_OF" => {
                scoped(bill, Scope::Development)
            }
            "OPTIONAL_DEPENDENCY_OF" => scoped(bill, Scope::Optional),
            "RUNTIME_DEPENDENCY_OF" => scoped(bill, Scope::Runtime),
            _ => {}
        }
    }

    pub(super) fn describes(&mut self, id: &str, bill: &mut Bill) {
        self.described.insert(id.to_owned());
        bill.root(id);
    }

    pub(super) fn extracted(&mut self, license: Extracted<'_>) {
        if !license.name.0.is_empty() {
            self.licenses
                .insert(license.license_id.0.into_owned(), license.name.0.into_owned());
        }
    }

    /// Adds the packages. The one thing that a document describes is its subject and no component of itself, unless it
    /// has a package URL.
    pub(super) fn settle(self, bill: &mut Bill) {
        let one = self.described.len() == 1;
        for (id, mut item) in self.packages {
            if one && item.purl.is_empty() && self.described.contains(&id) {
                continue;
            }
            for license in &mut item.licenses {
                if let Some(name) = self.licenses.get(license) {
                    license.clone_from(name);
                }
            }
            bill.add(&id, item);
        }
    }
}

/// The lines `bartizan:name=value` of an annotation.
pub(super) fn facts(comment: &str) -> impl Iterator<Item = (String, String)> {
    comment.lines().filter_map(|line| {
        let (name, value) = line.strip_prefix("bartizan:")?.split_once('=')?;
        Some((name.to_owned(), value.to_owned()))
    })
}
