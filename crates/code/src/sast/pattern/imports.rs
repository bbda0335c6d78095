//! What modules are imported as, in the order of the text.
//!
//! A name can be imported several times, or be set to something else later on. What it means is what was imported last before it is used.

use bartizan_syntax::{Ast, Kind, Language, NodeId};
use std::collections::HashMap;

/// Imports of a file by the name that they give.
#[derive(Debug, Default)]
pub(super) struct Imports {
    named: HashMap<Box<str>, Vec<(NodeId, Box<str>)>>,
}

impl Imports {
    /// The imports of a file; of languages in which a name can be imported again.
    pub(super) fn of(ast: &Ast) -> Self {
        let mut imports = Self::default();
        if ast.language() != Language::Python {
            return imports;
        }
        for id in ast.ids() {
            let path = || ast.child(id, 0).map_or("", |path| ast.text(path));
            match ast.kind(id) {
                Kind::Import => match ast.child(id, 1) {
                    Some(alias) => imports.add(ast.text(alias), id, path().into()),
                    None => {
                        let top = path().split('.').next().unwrap_or("");
                        imports.add(top, id, top.into());
                    }
                },
                Kind::ImportFrom => {
                    for &item in ast.children(id).iter().skip(1) {
                        if let Some(name) = ast.child(item, 0) {
                            let given = ast.child(item, 1).unwrap_or(name);
                            imports.add(
                                ast.text(given),
                                id,
                                format!("{}.{}", path(), ast.text(name)).into(),
                            );
                        }
                    }
                }
                _ => {}
            }
        }
        imports
    }

    fn add(&mut self, name: &str, at: NodeId, full: Box<str>) {
        self.named.entry(name.into()).or_default().push((at, full));
    }

    /// The full name of a name, or of members of one, by the last import before it.
    pub(super) fn before(&self, ast: &Ast, id: NodeId) -> Option<Box<str>> {
        let mut members = Vec::new();
        let mut at = id;
        while ast.kind(at) == Kind::Member && members.len() < 32 {
            members.push(ast.text(ast.child(at, 1)?));
            at = ast.child(at, 0)?;
        }
        let (_, full) = self
            .named
            .get(ast.text(at))?
            .iter()
            .rev()
            .find(|(import, _)| *import < id)?;
        let parts = std::iter::once(&**full).chain(members.into_iter().rev());
        Some(parts.collect::<Vec<_>>().join(".").into())
    }
}
