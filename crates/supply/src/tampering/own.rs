//! Names that are the reader's own, by the setting `supply.own.<type>`.

use super::document::normal;
use bartizan_engine::globs::{InvalidGlob, RuleGlobs};
use std::collections::BTreeMap;

/// The types of package URL whose names can be own ones.
pub const KINDS: [&str; 7] = ["npm", "pypi", "cargo", "maven", "nuget", "gem", "composer"];

/// Globs of own names, by type of package URL.
#[derive(Debug, Clone, Default)]
pub struct Own {
    globs: BTreeMap<&'static str, RuleGlobs>,
    written: String,
}

impl Own {
    /// Takes the globs of each type in [`KINDS`].
    ///
    /// # Errors
    /// When a glob does not parse.
    pub fn new<'a>(of: impl Fn(&str) -> &'a [String]) -> Result<Self, InvalidGlob> {
        let mut own = Self::default();
        for kind in KINDS {
            let globs = of(kind);
            if globs.is_empty() {
                continue;
            }
            let spelt = globs.iter().flat_map(|glob| spellings(kind, glob));
            own.globs.insert(kind, RuleGlobs::new(spelt)?);
            own.written.push_str(&format!("{kind} {globs:?}\n"));
        }
        Ok(own)
    }

    /// Whether a name is an own one.
    pub(crate) fn has(&self, kind: &str, name: &str) -> bool {
        self.globs
            .get(kind)
            .is_some_and(|globs| globs.matches(&normal(kind, name)))
    }

    /// Whether no name is an own one.
    pub(crate) fn is_empty(&self) -> bool {
        self.globs.is_empty()
    }

    /// The globs as text, to tell one configuration from another.
    pub(crate) fn written(&self) -> &str {
        &self.written
    }
}

/// A glob in the normal form of names. Of Maven, `com.acme.*` means the group `com.acme` too, and a glob without a colon
/// every artifact of the groups it matches.
fn spellings(kind: &str, glob: &str) -> Vec<String> {
    if kind != "maven" {
        return vec![normal(kind, glob)];
    }
    if glob.contains(':') {
        return vec![glob.to_owned()];
    }
    let mut all = vec![format!("{glob}:*")];
    if let Some(group) = glob.strip_suffix(".*") {
        all.push(format!("{group}:*"));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_match_names_in_their_normal_form() {
        let globs = |kind: &str| -> &'static [String] {
            let list: Vec<String> = match kind {
                "npm" => vec!["@acme/*".into(), "acme-*".into()],
                "pypi" => vec!["Acme_*".into()],
                "maven" => vec!["com.acme.*".into()],
                _ => Vec::new(),
            };
            list.leak()
        };
        let own = Own::new(globs).unwrap();
        assert!(own.has("npm", "@acme/cart") && own.has("npm", "acme-ui") && !own.has("npm", "acme"));
        assert!(own.has("pypi", "acme.billing"));
        assert!(own.has("maven", "com.acme:core") && own.has("maven", "com.acme.web:ui"));
        assert!(!own.has("maven", "com.acmeware:core") && !own.has("gem", "acme-ui"));
    }
}
