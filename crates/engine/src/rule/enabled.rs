//! Which rules are in force.

use super::About;
use bartizan_model::FingerprintBuilder;
use std::collections::HashSet;

/// Which rules are in force: all of them, or those with these ids.
#[derive(Debug, Clone, Default)]
pub struct Enabled(Option<HashSet<String>>);

impl Enabled {
    /// Only those with these ids.
    #[must_use]
    pub const fn only(ids: HashSet<String>) -> Self {
        Self(Some(ids))
    }

    /// Whether all are.
    #[must_use]
    pub const fn is_all(&self) -> bool {
        self.0.is_none()
    }

    /// Whether the rule with this id is.
    #[must_use]
    pub fn has(&self, id: &str) -> bool {
        self.0.as_ref().is_none_or(|ids| ids.contains(id))
    }

    /// Adds rules, and whether each is in force, to what a check judges by.
    #[must_use]
    pub fn mark<'r>(
        &self,
        rules: impl IntoIterator<Item = &'r About>,
        builder: FingerprintBuilder,
    ) -> FingerprintBuilder {
        rules
            .into_iter()
            .fold(builder, |builder, about| self.mark_id(about.id, builder))
    }

    /// Adds one rule, and whether it is in force, to what a check judges by.
    #[must_use]
    pub fn mark_id(&self, id: &str, builder: FingerprintBuilder) -> FingerprintBuilder {
        builder.part(id.as_bytes()).part(&[u8::from(self.has(id))])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_that_is_switched_off_changes_what_a_check_judges_by() {
        let only = Enabled::only(std::iter::once("a/b".to_owned()).collect());
        assert!(only.has("a/b") && !only.has("a/c") && !only.is_all());
        let all = Enabled::default();
        assert!(all.has("a/c") && all.is_all());
        let print = |enabled: &Enabled| enabled.mark_id("a/c", FingerprintBuilder::new("x")).finish();
        assert_ne!(print(&only), print(&all));
    }
}
