//! What a configuration of Dependabot says: which dependencies it proposes to update.
//!
//! Source: <https://docs.github.com/en/code-security/dependabot/working-with-dependabot/dependabot-options-reference>.

use bartizan_document::Node;

/// `.github/dependabot.yml`.
pub(super) struct Dependabot<'n> {
    /// The text that the nodes are of.
    pub(super) text: &'n str,
    pub(super) updates: Vec<Update<'n>>,
}

/// What is updated of one kind of package in some directories.
pub(super) struct Update<'n> {
    /// The kind: `npm`, `github-actions`.
    pub(super) ecosystem: &'n str,
    pub(super) node: &'n Node,
}

impl<'n> Dependabot<'n> {
    /// A configuration; none where it updates nothing.
    pub(super) fn of(text: &'n str, root: &'n Node) -> Option<Self> {
        let updates = root.get("updates")?.items().iter().map(|node| Update {
            ecosystem: node.text_of("package-ecosystem").unwrap_or("packages"),
            node,
        });
        Some(Self {
            text,
            updates: updates.collect(),
        })
    }
}
