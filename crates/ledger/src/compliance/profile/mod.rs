//! Resolves an OSCAL profile: from the catalogues that it imports to the one that it means.
//!
//! In: a profile and whatever it imports, as JSON that was read. Out: the resolved catalogue as JSON, and what was noticed on the way.
//! Follows the OSCAL profile resolution specification,
//! <https://pages.nist.gov/OSCAL/resources/concepts/processing/profile-resolution/>: import, merge, modify.

mod merge;
mod modify;
mod read;
mod select;

pub use read::{Document, MAX_BYTES, Profile, ReadError};

use bartizan_model::uuid_of;
use serde_json::{Map, Value, json};
use std::collections::HashSet;

/// Profiles that may import one another in a row.
pub const MAX_DEPTH: usize = 16;

/// Imports of a profile and of those that it imports, at most.
pub const MAX_IMPORTS: usize = 64;

/// Patterns of identities, groups and insertions in one profile, at most.
pub const MAX_DIRECTIVES: usize = 1_000;

/// Parameters to set, controls to alter, and contents to add or remove in one profile, at most.
pub const MAX_CHANGES: usize = 20_000;

/// Controls that a profile inserts into groups of its own, at most.
pub const MAX_INSERTED: usize = 50_000;

/// Why a profile cannot be resolved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// What it imports is not there.
    #[error("`{0}`, which the profile imports, is not there")]
    Missing(String),
    /// It imports itself.
    #[error("the profile imports itself by way of `{0}`")]
    Circular(String),
    /// Profiles import one another too deeply.
    #[error("more than {MAX_DEPTH} profiles import one another in a row")]
    Depth,
    /// It says more than one thing about the structure of its outcome.
    #[error("`merge` says more than one of flat, as-is and custom")]
    Structure,
    /// It asks for a way of combining that the specification leaves undefined.
    #[error("`merge` asks to combine by `{0}`; keep and use-first are defined")]
    Combine(String),
    /// It asks for more than is looked at.
    #[error("the profile has more than {most} {what}")]
    Size {
        /// Of what.
        what: &'static str,
        /// How many are looked at.
        most: usize,
    },
}

impl ResolveError {
    /// What to do about it.
    #[must_use]
    pub const fn help(&self) -> &'static str {
        match self {
            Self::Missing(_) => "give the catalogue or profile along with it",
            Self::Circular(_) | Self::Depth => "take the import out",
            Self::Structure => "keep one of them",
            Self::Combine(_) => "use `keep` or `use-first`",
            Self::Size { .. } => "split the profile",
        }
    }
}

/// What a profile means.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolved {
    /// `{"catalog": …}`.
    pub catalog: Value,
    /// What may be a mistake: identities that nothing has, controls that stand twice.
    pub warnings: Vec<String>,
}

impl Resolved {
    /// Identities of every control, in the order of the catalogue.
    #[must_use]
    pub fn control_ids(&self) -> Vec<String> {
        let mut ids = Vec::new();
        if let Some(catalog) = self.catalog.get("catalog") {
            collect_ids(catalog, &mut ids);
        }
        ids
    }
}

/// Resolves `profile`. `find` gives what an address names: that of an import, or those of the resource that it refers to.
///
/// # Errors
/// When something that is imported is missing, imports go in a circle or too deep, or what is asked for is not defined.
pub fn resolve(profile: &Profile, find: &dyn Fn(&str) -> Option<Document>) -> Result<Resolved, ResolveError> {
    let mut progress = Progress {
        within: vec![profile.uuid.clone()],
        imports: 0,
        warnings: Vec::new(),
    };
    let catalog = resolve_within(profile, find, &mut progress)?;
    Ok(Resolved {
        catalog: json!({ "catalog": catalog }),
        warnings: progress.warnings,
    })
}

struct Progress {
    /// Identities of the profiles that are being resolved.
    within: Vec<String>,
    /// Imports that were followed.
    imports: usize,
    warnings: Vec<String>,
}

fn resolve_within(
    profile: &Profile,
    find: &dyn Fn(&str) -> Option<Document>,
    progress: &mut Progress,
) -> Result<Value, ResolveError> {
    if progress.within.len() > MAX_DEPTH {
        return Err(ResolveError::Depth);
    }
    profile.bounded()?;
    let mut imported = Vec::with_capacity(profile.imports.len());
    for import in &profile.imports {
        progress.imports += 1;
        if progress.imports > MAX_IMPORTS {
            let (what, most) = ("imports", MAX_IMPORTS);
            return Err(ResolveError::Size { what, most });
        }
        let document = document(profile, &import.href, find)
            .ok_or_else(|| ResolveError::Missing(import.href.clone()))?;
        let source = match document {
            Document::Catalog(catalog) => catalog,
            Document::Profile(inner) => {
                if progress.within.contains(&inner.uuid) {
                    return Err(ResolveError::Circular(import.href.clone()));
                }
                progress.within.push(inner.uuid.clone());
                let resolved = resolve_within(&inner, find, progress)?;
                progress.within.pop();
                resolved
            }
        };
        imported.push(select::select(source, import, &mut progress.warnings));
    }
    let resources = resources(profile, &imported);
    let mut catalog = merge::merge(imported, profile.merge.as_ref(), &mut progress.warnings)?;
    modify::modify(&mut catalog, &profile.modify, &mut progress.warnings);
    Ok(finish(profile, catalog, resources))
}

/// What an import names: itself, or a resource of the profile that says where it is.
fn document(profile: &Profile, href: &str, find: &dyn Fn(&str) -> Option<Document>) -> Option<Document> {
    if let Some(found) = find(href) {
        return Some(found);
    }
    let uuid = href.strip_prefix('#')?;
    let resource = profile
        .resources()
        .find(|resource| resource.get("uuid").and_then(Value::as_str) == Some(uuid))?;
    let links = resource.get("rlinks")?.as_array()?;
    links
        .iter()
        .filter_map(|link| link.get("href")?.as_str())
        .find_map(find)
}

/// Every resource of the profile and of what it imports.
fn resources(profile: &Profile, imported: &[Map<String, Value>]) -> Vec<Value> {
    let of_catalogs = imported
        .iter()
        .filter_map(|catalog| catalog.get("back-matter")?.get("resources")?.as_array())
        .flatten();
    let mut seen = HashSet::new();
    of_catalogs
        .chain(profile.resources())
        .filter(|resource| seen.insert(resource.get("uuid").and_then(Value::as_str)))
        .cloned()
        .collect()
}

/// Head and back matter. Resources that nothing refers to are left out.
fn finish(profile: &Profile, content: Map<String, Value>, resources: Vec<Value>) -> Value {
    let mut references = HashSet::new();
    let content = Value::Object(content);
    collect_references(&content, &mut references);
    let kept: Vec<Value> = resources
        .into_iter()
        .filter(|resource| {
            let uuid = resource.get("uuid").and_then(Value::as_str).unwrap_or_default();
            references.contains(uuid) || has_prop(resource, "keep", "always")
        })
        .collect();
    let mut ids = Vec::new();
    collect_ids(&content, &mut ids);
    let mut identity = vec!["resolved profile", profile.uuid.as_str()];
    identity.extend(ids.iter().map(String::as_str));
    let mut catalog = Map::new();
    catalog.insert("uuid".into(), json!(uuid_of(&identity)));
    catalog.insert("metadata".into(), metadata(profile));
    if let Value::Object(content) = content {
        for name in ["params", "controls", "groups"] {
            if let Some(value) = content.get(name) {
                catalog.insert(name.into(), value.clone());
            }
        }
    }
    if !kept.is_empty() {
        catalog.insert("back-matter".into(), json!({ "resources": kept }));
    }
    Value::Object(catalog)
}

fn metadata(profile: &Profile) -> Value {
    let mut metadata = profile.metadata.clone();
    if let Value::Object(fields) = &mut metadata {
        let mut add = |list: &str, item: Value| match fields.get_mut(list) {
            Some(Value::Array(items)) => items.insert(0, item),
            _ => {
                fields.insert(list.to_owned(), json!([item]));
            }
        };
        add("props", json!({ "name": "resolution-tool", "value": "bartizan" }));
        add(
            "links",
            json!({ "href": format!("urn:uuid:{}", profile.uuid), "rel": "source-profile" }),
        );
    }
    metadata
}

/// Whether an object has a property of this name and value.
fn has_prop(object: &Value, name: &str, value: &str) -> bool {
    let props = object.get("props").and_then(Value::as_array);
    props.into_iter().flatten().any(|prop| {
        prop.get("name").and_then(Value::as_str) == Some(name)
            && prop.get("value").and_then(Value::as_str) == Some(value)
    })
}

fn collect_ids(object: &Value, ids: &mut Vec<String>) {
    let list = |name: &str| object.get(name).and_then(Value::as_array).into_iter().flatten();
    for control in list("controls") {
        ids.extend(control.get("id").and_then(Value::as_str).map(str::to_owned));
        collect_ids(control, ids);
    }
    for group in list("groups") {
        collect_ids(group, ids);
    }
}

/// What stands behind a `#`, as long as identities of resources are.
fn collect_references(value: &Value, found: &mut HashSet<String>) {
    match value {
        Value::String(text) => {
            for (at, _) in text.match_indices('#') {
                found.extend(text.get(at + 1..at + 37).map(str::to_owned));
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_references(item, found)),
        Value::Object(fields) => fields.values().for_each(|item| collect_references(item, found)),
        _ => {}
    }
}
