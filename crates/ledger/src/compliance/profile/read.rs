//! OSCAL catalogues and profiles as they are read.

use super::{MAX_CHANGES, MAX_DIRECTIVES, ResolveError};
use serde::Deserialize;
use serde_json::{Map, Value};

/// Bytes of a catalogue or profile, at most. That of SP 800-53 has ten million.
pub const MAX_BYTES: usize = 64 << 20;

/// Why bytes are neither catalogue nor profile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// There are too many.
    #[error("it has more than {MAX_BYTES} bytes")]
    Size,
    /// They are no JSON of this form.
    #[error("it is neither an OSCAL catalogue nor an OSCAL profile: {0}")]
    Form(String),
}

/// What a profile may import.
#[derive(Debug, Clone, PartialEq)]
pub enum Document {
    /// A catalogue: the object below `catalog`.
    Catalog(Value),
    /// A profile.
    Profile(Box<Profile>),
}

/// A profile.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Profile {
    /// Its identity.
    pub uuid: String,
    /// Title, version and whatever else stands in its head.
    pub metadata: Value,
    pub(super) imports: Vec<Import>,
    pub(super) merge: Option<Merge>,
    #[serde(default)]
    pub(super) modify: Modify,
    back_matter: Option<Value>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Import {
    pub(super) href: String,
    pub(super) include_all: Option<Value>,
    #[serde(default)]
    pub(super) include_controls: Vec<Select>,
    #[serde(default)]
    pub(super) exclude_controls: Vec<Select>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Select {
    pub(super) with_child_controls: Option<String>,
    #[serde(default)]
    pub(super) with_ids: Vec<String>,
    #[serde(default)]
    pub(super) matching: Vec<Matching>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Matching {
    pub(super) pattern: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Merge {
    pub(super) combine: Option<Combine>,
    pub(super) flat: Option<Value>,
    pub(super) as_is: Option<bool>,
    pub(super) custom: Option<Custom>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Combine {
    pub(super) method: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Custom {
    #[serde(default)]
    pub(super) groups: Vec<CustomGroup>,
    #[serde(default)]
    pub(super) insert_controls: Vec<Insert>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct CustomGroup {
    #[serde(default)]
    pub(super) groups: Vec<CustomGroup>,
    #[serde(default)]
    pub(super) insert_controls: Vec<Insert>,
    #[serde(flatten)]
    pub(super) content: Map<String, Value>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Insert {
    pub(super) order: Option<String>,
    pub(super) include_all: Option<Value>,
    #[serde(default)]
    pub(super) include_controls: Vec<Select>,
    #[serde(default)]
    pub(super) exclude_controls: Vec<Select>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Modify {
    #[serde(default)]
    pub(super) set_parameters: Vec<SetParameter>,
    #[serde(default)]
    pub(super) alters: Vec<Alter>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct SetParameter {
    pub(super) param_id: String,
    #[serde(flatten)]
    pub(super) content: Map<String, Value>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Alter {
    pub(super) control_id: String,
    #[serde(default)]
    pub(super) removes: Vec<Remove>,
    #[serde(default)]
    pub(super) adds: Vec<Add>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Remove {
    pub(super) by_name: Option<String>,
    pub(super) by_class: Option<String>,
    pub(super) by_id: Option<String>,
    pub(super) by_item_name: Option<String>,
    pub(super) by_ns: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Add {
    pub(super) position: Option<String>,
    pub(super) by_id: Option<String>,
    #[serde(flatten)]
    pub(super) content: Map<String, Value>,
}

#[derive(Deserialize)]
struct Wrapper {
    catalog: Option<Value>,
    profile: Option<Box<Profile>>,
}

impl Document {
    /// Reads a catalogue or a profile in OSCAL's JSON.
    ///
    /// # Errors
    /// When it is too large, or neither.
    pub fn read(bytes: &[u8]) -> Result<Self, ReadError> {
        if bytes.len() > MAX_BYTES {
            return Err(ReadError::Size);
        }
        let form = |text: String| ReadError::Form(text);
        let wrapper: Wrapper = serde_json::from_slice(bytes).map_err(|error| form(error.to_string()))?;
        match (wrapper.catalog, wrapper.profile) {
            (Some(catalog), None) if catalog.is_object() => Ok(Self::Catalog(catalog)),
            (None, Some(profile)) => Ok(Self::Profile(profile)),
            _ => Err(form("one `catalog` or one `profile` is needed".to_owned())),
        }
    }
}

impl Profile {
    /// Its title; empty where it has none.
    #[must_use]
    pub fn title(&self) -> &str {
        self.metadata
            .get("title")
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// Refuses a profile that asks for more than is looked at.
    pub(super) fn bounded(&self) -> Result<(), ResolveError> {
        let patterns = |selects: &[Select]| selects.iter().map(|one| one.matching.len()).sum::<usize>();
        let of_imports = self
            .imports
            .iter()
            .map(|import| patterns(&import.include_controls) + patterns(&import.exclude_controls));
        let of_inserts = |inserts: &[Insert]| {
            let own =
                |insert: &Insert| 1 + patterns(&insert.include_controls) + patterns(&insert.exclude_controls);
            inserts.iter().map(own).sum::<usize>()
        };
        let custom = self.merge.as_ref().and_then(|merge| merge.custom.as_ref());
        let mut directives = of_imports.sum::<usize>();
        let mut groups: Vec<&CustomGroup> = custom.into_iter().flat_map(|custom| &custom.groups).collect();
        directives += custom.map_or(0, |custom| of_inserts(&custom.insert_controls));
        while let Some(group) = groups.pop() {
            directives += 1 + of_inserts(&group.insert_controls);
            groups.extend(&group.groups);
        }
        let alters = self
            .modify
            .alters
            .iter()
            .map(|alter| 1 + alter.removes.len() + alter.adds.len());
        let changes = self.modify.set_parameters.len() + alters.sum::<usize>();
        for (count, what, most) in [
            (directives, "patterns, groups and insertions", MAX_DIRECTIVES),
            (changes, "changes", MAX_CHANGES),
        ] {
            if count > most {
                return Err(ResolveError::Size { what, most });
            }
        }
        Ok(())
    }

    /// Resources of its back matter.
    pub(super) fn resources(&self) -> impl Iterator<Item = &Value> {
        let resources = self
            .back_matter
            .as_ref()
            .and_then(|matter| matter.get("resources"));
        resources.and_then(Value::as_array).into_iter().flatten()
    }
}
