//! Which versions of a provider a configuration admits, for what changed between them.
//!
//! In: constraints of versions, as `required_providers` writes them, and what `.terraform.lock.hcl` says is installed. Out: a range.
//!
//! Source: <https://developer.hashicorp.com/terraform/language/expressions/version-constraints>.

use super::value::Val;

/// A version: major, minor, patch. What is published before a release counts as that release.
type Version = [u32; 3];

/// The versions from one on, and before another. Every version that a configuration admits is in it; one in it may be excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Versions {
    from: Version,
    before: Option<Version>,
    /// Whether something was said of them.
    is_said: bool,
}

impl Versions {
    /// Those that a constraint admits besides. What is no constraint admits all.
    pub(super) fn and(mut self, constraint: &str) -> Self {
        for part in constraint.split(',').map(str::trim) {
            let digits = part.find(|one: char| one.is_ascii_digit()).unwrap_or(part.len());
            let (operator, version) = part.split_at_checked(digits).unwrap_or((part, ""));
            let Some((version, parts)) = version_of(version) else {
                continue;
            };
            let [major, minor, patch] = version;
            let next = [major, minor, patch.saturating_add(1)];
            let (from, before) = match operator.trim() {
                "" | "=" => (version, Some(next)),
                ">=" => (version, None),
                ">" => (next, None),
                "<" => ([0; 3], Some(version)),
                "<=" => ([0; 3], Some(next)),
                "~>" if parts > 2 => (version, Some([major, minor.saturating_add(1), 0])),
                "~>" if parts == 2 => (version, Some([major.saturating_add(1), 0, 0])),
                "~>" => (version, None),
                _ => continue,
            };
            self.is_said = true;
            self.from = self.from.max(from);
            self.before = match (self.before, before) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            };
        }
        self
    }

    /// Whether all of them are at least a version; unknown where some are and some are not.
    pub(crate) fn since(self, wanted: &str) -> Val {
        let Some((version, _)) = version_of(wanted) else {
            return Val::refused(format!("`{wanted}` is no version"));
        };
        if self.from >= version {
            return Val::Bool(true);
        }
        if self.before.is_some_and(|before| before <= version) {
            return Val::Bool(false);
        }
        Val::unknown(if self.is_said {
            format!(
                "a default changed with version {wanted} of the provider, and versions before and after are admitted"
            )
        } else {
            format!("a default changed with version {wanted} of the provider, and nothing says which is used")
        })
    }
}

/// A version, and how many of its parts were written.
fn version_of(text: &str) -> Option<(Version, usize)> {
    let text = text.trim().split(['-', '+']).next().unwrap_or_default();
    let parts: Option<Vec<u32>> = text.split('.').map(|part| part.parse().ok()).collect();
    let parts = parts.filter(|parts| (1..=3).contains(&parts.len()))?;
    let part = |at: usize| parts.get(at).copied().unwrap_or(0);
    Some(([part(0), part(1), part(2)], parts.len()))
}

/// The provider of a type of resources, as its source names it.
pub(super) fn provider_of(kind: &str) -> &str {
    kind.split('_').next().unwrap_or(kind)
}

/// The provider that a source or a local name means. Both of Google have the same versions.
pub(super) fn provider_named(source: &str) -> &str {
    let name = source.rsplit('/').next().unwrap_or(source);
    if name == "google-beta" { "google" } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn since(constraint: &str, wanted: &str) -> Option<bool> {
        match Versions::default().and(constraint).since(wanted) {
            Val::Bool(value) => Some(value),
            _ => None,
        }
    }

    #[test]
    fn constraints_decide_what_all_admitted_versions_agree_on() {
        for (constraint, wanted, expected) in [
            ("~> 4.0", "4.0", Some(true)),
            ("~> 4.0", "5.0", Some(false)),
            ("~> 4.1", "4.7", None),
            ("~> 4.1.2", "4.2", Some(false)),
            ("~> 4", "5.0", None),
            (">= 3.0, < 4.0", "4.0", Some(false)),
            (">= 3.0", "4.0", None),
            ("= 5.1.0", "5.1", Some(true)),
            ("5.1.0", "5.1.1", Some(false)),
            ("!= 5.1.0", "5", None),
            ("> 5.9.9, <= 6.0.0", "6.0.1", Some(false)),
            ("6.0.0-beta1", "6.0", Some(true)),
            ("", "6.0", None),
            ("nonsense", "6.0", None),
        ] {
            assert_eq!(since(constraint, wanted), expected, "{constraint} since {wanted}");
        }
    }

    proptest! {
        #[test]
        fn what_is_decided_holds_of_every_version_that_a_constraint_names_exactly(major in 0..9_u32, minor in 0..9_u32, wanted in 0..9_u32) {
            let exact = since(&format!("= {major}.{minor}.0"), &format!("{wanted}.0"));
            prop_assert_eq!(exact, Some(major >= wanted));
            let open = since(&format!(">= {major}.{minor}"), &format!("{wanted}.0"));
            prop_assert!(open.is_none() || open == exact);
        }

        #[test]
        fn any_text_is_read(text in "[~><=!0-9., a-z-]{0,30}") {
            let _ = since(&text, "5.0");
        }
    }
}
