//! Of which things a question about controls is.

use crate::http::{Kind, Problem};
use crate::ingest::bearing::SCHEMES;
use bartizan_model::compliance::AssetKind;
use bartizan_store::Session;
use bartizan_store::graph::AssetRow;
use std::collections::BTreeMap;

/// Of which things: of every repository, image and host where nothing is said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Narrow {
    /// Of this one only.
    pub asset: Option<String>,
    /// Of those with this label: `name=value`, or `name` for any value.
    pub label: Option<String>,
}

/// A thing that controls are asked of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Thing {
    pub(super) row: AssetRow,
    pub(super) kind: AssetKind,
}

impl Narrow {
    /// Whether nothing is left out.
    pub(super) const fn is_everything(&self) -> bool {
        self.asset.is_none() && self.label.is_none()
    }

    /// What is asked about, for people: nothing where it is everything.
    pub(super) fn told(&self) -> String {
        let parts: Vec<String> = [
            self.asset.clone(),
            self.label
                .as_ref()
                .map(|label| format!("things with the label {label}")),
        ]
        .into_iter()
        .flatten()
        .collect();
        parts.join(", ")
    }

    /// The things, by identity within each kind.
    pub(super) fn scope(&self, session: &mut Session<'_>) -> Result<Vec<Thing>, Problem> {
        if let Some(key) = &self.asset {
            let row = session
                .asset(key)?
                .ok_or_else(|| Problem::missing(&format!("thing `{key}`")).help("see /api/v1/assets"))?;
            let known = SCHEMES.into_iter().find(|(scheme, _)| *scheme == row.kind);
            let (_, kind) = known.ok_or_else(|| {
                Problem::new(Kind::Unprocessable, format!("no control is asked of `{key}`"))
                    .help("name a repository, a directory, an image or a host")
            })?;
            let thing = Thing { row, kind };
            return Ok(if self.has_label(&thing.row) {
                vec![thing]
            } else {
                Vec::new()
            });
        }
        let mut things = Vec::new();
        for (scheme, kind) in SCHEMES {
            let rows = session.assets_of_scheme(scheme)?.into_iter();
            things.extend(
                rows.filter(|row| self.has_label(row))
                    .map(|row| Thing { row, kind }),
            );
        }
        Ok(things)
    }

    fn has_label(&self, row: &AssetRow) -> bool {
        let Some(label) = &self.label else { return true };
        let labels: BTreeMap<String, String> = serde_json::from_str(&row.labels).unwrap_or_default();
        match label.split_once('=') {
            Some((name, value)) => labels.get(name).is_some_and(|own| own == value),
            None => labels.contains_key(label.as_str()),
        }
    }
}
