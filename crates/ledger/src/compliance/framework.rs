//! What is assessed against: a whole catalogue, or a baseline of one.
//!
//! In: a name, or an OSCAL profile. Out: the controls that it asks for.

use super::profile::{self, Document, Profile, ReadError, ResolveError};
use bartizan_content::controls;
use bartizan_model::compliance::{Catalog, CatalogControl};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// A catalogue, or a baseline of one.
#[derive(Debug, Clone)]
pub struct Framework {
    /// Name on the command line: `nist`, `fedramp:moderate`.
    pub key: String,
    /// Name for people.
    pub title: String,
    /// The catalogue.
    pub catalog: &'static Catalog,
    /// What is asked for, in the catalogue's order. None of them is withdrawn unless a profile names it.
    pub controls: Vec<&'static CatalogControl>,
    /// What may be a mistake in the profile.
    pub warnings: Vec<String>,
}

/// Why there is no framework.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrameworkError {
    /// Nothing has this name.
    #[error("there is no framework `{0}`")]
    Unknown(String),
    /// The profile cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// It is a catalogue and no profile.
    #[error("a profile is needed, and this is a catalogue")]
    NoProfile,
    /// The profile cannot be resolved.
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    /// No control that the profile names is known, or it draws on more than one catalogue.
    #[error("the profile selects no control, or controls of more than one catalogue")]
    Catalog,
}

impl FrameworkError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::Unknown(_) => format!("use one of {}", keys().join(", ")),
            Self::Read(_) | Self::NoProfile => "give an OSCAL profile in JSON".to_owned(),
            Self::Resolve(error) => error.help().to_owned(),
            Self::Catalog => {
                let keys: Vec<&str> = controls::catalogs().iter().map(|one| one.key.as_str()).collect();
                format!("import one of #{}", keys.join(", #"))
            }
        }
    }
}

/// Names of every framework: catalogues, then baselines.
#[must_use]
pub fn keys() -> Vec<&'static str> {
    let catalogs = controls::catalogs().iter().map(|catalog| catalog.key.as_str());
    catalogs
        .chain(controls::profiles().iter().map(|profile| profile.key))
        .collect()
}

/// The framework of this name.
///
/// # Errors
/// When nothing has the name.
pub fn framework(key: &str) -> Result<Framework, FrameworkError> {
    if let Some(catalog) = controls::catalogs().iter().find(|catalog| catalog.key == key) {
        return Ok(Framework {
            key: key.to_owned(),
            title: catalog.name.clone(),
            catalog,
            controls: catalog
                .controls
                .iter()
                .filter(|control| !control.withdrawn)
                .collect(),
            warnings: Vec::new(),
        });
    }
    let profile = controls::profiles()
        .iter()
        .find(|profile| profile.key == key)
        .ok_or_else(|| FrameworkError::Unknown(key.to_owned()))?;
    of_profile(key, profile.text.as_bytes())
}

/// The framework that an OSCAL profile selects. It imports catalogues as `#nist`, or by an address that ends in the name of the file
/// that NIST publishes.
///
/// # Errors
/// When the bytes are no profile, or it imports or selects something that is not known.
pub fn of_profile(key: &str, bytes: &[u8]) -> Result<Framework, FrameworkError> {
    let Document::Profile(profile) = Document::read(bytes)? else {
        return Err(FrameworkError::NoProfile);
    };
    let (catalog, resolved) = resolve(&profile)?;
    let by_id: BTreeMap<&str, &'static CatalogControl> = catalog
        .controls
        .iter()
        .map(|control| (control.oscal.as_str(), control))
        .collect();
    let ids = resolved.control_ids();
    Ok(Framework {
        key: key.to_owned(),
        title: profile.title().to_owned(),
        catalog,
        controls: ids
            .iter()
            .filter_map(|id| by_id.get(id.as_str()).copied())
            .collect(),
        warnings: resolved.warnings,
    })
}

/// The resolved profile, and the one catalogue that all its controls are of.
fn resolve(profile: &Profile) -> Result<(&'static Catalog, profile::Resolved), FrameworkError> {
    let resolved = profile::resolve(profile, &|href| {
        imported(href).map(|one| Document::Catalog(oscal(one)))
    })?;
    let ids = resolved.control_ids();
    let mut catalogs = controls::catalogs().iter().filter(|catalog| {
        let known = |id: &String| catalog.controls.iter().any(|control| control.oscal == *id);
        !ids.is_empty() && ids.iter().all(known)
    });
    let catalog = catalogs.next().ok_or(FrameworkError::Catalog)?;
    Ok((catalog, resolved))
}

/// The catalogue that an import names.
fn imported(href: &str) -> Option<&'static Catalog> {
    if let Some(key) = href.strip_prefix('#') {
        return controls::catalogs().iter().find(|catalog| catalog.key == key);
    }
    let file = href.rsplit('/').next()?;
    let is_nist = file.starts_with("NIST_SP-800-53_rev5_catalog");
    controls::catalogs()
        .iter()
        .find(|catalog| is_nist && catalog.key == "nist")
}

/// A catalogue in OSCAL's form: groups, controls and what stands below them, with their titles.
fn oscal(catalog: &Catalog) -> Value {
    let mut below: BTreeMap<&str, Vec<&CatalogControl>> = BTreeMap::new();
    for control in &catalog.controls {
        let place = control.parent.as_deref().unwrap_or(&control.group);
        below.entry(place).or_default().push(control);
    }
    let groups: Vec<Value> = catalog
        .groups
        .iter()
        .map(|group| json!({ "id": group.id, "title": group.title, "controls": children(&group.id, &below) }))
        .collect();
    json!({ "groups": groups })
}

fn children(place: &str, below: &BTreeMap<&str, Vec<&CatalogControl>>) -> Vec<Value> {
    let controls = below.get(place).into_iter().flatten();
    controls
        .map(|control| {
            let mut fields = Map::new();
            fields.insert("id".to_owned(), json!(control.oscal));
            fields.insert("title".to_owned(), json!(control.title));
            let inner = children(&control.id, below);
            if !inner.is_empty() {
                fields.insert("controls".to_owned(), Value::Array(inner));
            }
            Value::Object(fields)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_baseline_has_the_published_number_of_controls() {
        let counts: Vec<(&str, usize)> = keys()
            .into_iter()
            .map(|key| (key, framework(key).unwrap().controls.len()))
            .collect();
        assert_eq!(
            counts,
            [
                ("nist", 1014),
                ("pci", 280),
                ("hipaa", 66),
                ("cis", 153),
                ("cis-docker", 12),
                ("nist:low", 149),
                ("nist:moderate", 287),
                ("nist:high", 370),
                // 96 that the profile names, and six whose enhancements it names.
                ("nist:privacy", 102),
                ("fedramp:low", 156),
                ("fedramp:moderate", 323),
                ("fedramp:high", 410),
                ("fedramp:li-saas", 156),
                ("cis:ig1", 56),
                ("cis:ig2", 130),
            ]
        );
    }

    #[test]
    fn no_baseline_names_a_control_that_is_withdrawn_or_unknown() {
        for key in keys() {
            let framework = framework(key).unwrap();
            assert_eq!(framework.warnings, [""; 0], "{key}");
            assert!(
                framework.controls.iter().all(|control| !control.withdrawn),
                "{key}"
            );
        }
    }

    #[test]
    fn an_unknown_name_is_answered_with_those_that_are_known() {
        let error = framework("iso").unwrap_err();
        assert!(error.help().contains("fedramp:high"), "{}", error.help());
    }
}
