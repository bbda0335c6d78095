//! Imports and exports of JavaScript's modules.

use super::{Fields, Kinds, Node, Script};
use crate::ast::{Flags, Span};
use crate::builder::Draft;
use crate::kind::Kind;

impl<'t> Script<'t> {
    /// Every form of `import`. What it brings is an item each: the default one under the name `default`, all of the module as `*`.
    pub(super) fn import(&mut self, node: Node<'t>, into: &mut Vec<Draft>) {
        let kids = self.kids(node);
        if let Some(clause) = kids.kind(Kinds::import_require_clause) {
            let parts = self.kids(clause);
            let path = parts.field(Fields::source).map(|source| self.path(source));
            let name = parts.named().find(|kid| kid.kind == Kinds::identifier);
            let name = name.map(|name| self.name(name));
            into.push(self.lay(Kind::Import, node.span(), [path, name]));
            return;
        }
        let path = kids.field(Fields::source).map(|source| self.path(source));
        let Some(clause) = kids.kind(Kinds::import_clause) else {
            into.push(self.lay(Kind::Import, node.span(), [path, None]));
            return;
        };
        let path = path.unwrap_or_else(|| self.build.nothing(node.span().end));
        let mut children = vec![path];
        let parts = self.kids(clause);
        for part in parts.named() {
            match part.kind {
                Kinds::identifier => {
                    let name = self.implied(Kind::Name, part.span().start, "default");
                    let alias = self.name(part);
                    children.push(self.lay(Kind::ImportItem, part.span(), [Some(name), Some(alias)]));
                }
                Kinds::namespace_import => children.push(self.everything(part)),
                Kinds::named_imports => self.items(part, &mut children),
                _ => children.push(self.lower(part)),
            }
        }
        into.push(self.build.node(Kind::ImportFrom, node.span(), children));
    }

    /// Every form of `export`. One of several variables is an export each.
    pub(super) fn export(&mut self, node: Node<'t>, into: &mut Vec<Draft>) {
        let span = node.span();
        let kids = self.kids(node);
        let default = kids.has(Kinds::Default) || kids.has(Kinds::Equals);
        let flags = if default { Flags::DEFAULT } else { Flags::NONE };
        if let Some(source) = kids.field(Fields::source) {
            let path = self.path(source);
            let inner = self.passed_on(node, path);
            into.push(self.lay(Kind::Export, span, [Some(inner)]));
            return;
        }
        if kids.has(Kinds::As) {
            let other = self.other(node);
            into.push(other);
            return;
        }
        let mut exported = Vec::new();
        let decorators: Vec<_> = kids.fields(Fields::decorator).collect();
        for kid in kids.named().filter(|kid| kid.field != Fields::decorator) {
            match kid.kind {
                Kinds::export_clause => {
                    let mut items = Vec::new();
                    self.items(kid, &mut items);
                    let clause = self.build.node(Kind::Other, kid.span(), items);
                    exported.push(self.build.name(clause, "export_clause"));
                }
                _ if kid.field == Fields::declaration => self.declarations(kid, &decorators, &mut exported),
                Kinds::class => exported.push(self.class(kid, &decorators)),
                _ => exported.push(self.lower(kid)),
            }
        }
        let last = exported.len().saturating_sub(1);
        for (number, draft) in exported.into_iter().enumerate() {
            let inner = self.build.span(draft);
            let span = Span {
                start: if number == 0 { span.start } else { inner.start },
                end: if number == last { span.end } else { inner.end },
            };
            let export = self.lay(Kind::Export, span, [Some(draft)]);
            into.push(self.build.flag(export, flags));
        }
    }

    /// `export … from`: an import that brings nothing into this module.
    fn passed_on(&mut self, node: Node<'t>, path: Draft) -> Draft {
        let kids = self.kids(node);
        let mut children = vec![path];
        for kid in kids.all() {
            match kid.kind {
                Kinds::Star => {
                    let name = self.leaf(Kind::Name, kid);
                    children.push(self.lay(Kind::ImportItem, kid.span(), [Some(name), None]));
                }
                Kinds::namespace_export => children.push(self.everything(kid)),
                Kinds::export_clause => self.items(kid, &mut children),
                _ => {}
            }
        }
        self.build.node(Kind::ImportFrom, node.span(), children)
    }

    /// `* as name`.
    fn everything(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let star = kids.kind(Kinds::Star).map(|star| self.leaf(Kind::Name, star));
        let name = kids.named().next().map(|kid| self.item_name(kid));
        self.lay(Kind::ImportItem, node.span(), [star, name])
    }

    /// `{a, b as c}`.
    fn items(&mut self, node: Node<'t>, into: &mut Vec<Draft>) {
        let kids = self.kids(node);
        for kid in kids.named() {
            if !matches!(kid.kind, Kinds::import_specifier | Kinds::export_specifier) {
                into.push(self.lower(kid));
                continue;
            }
            let parts = self.kids(kid);
            let name = parts.field(Fields::name).map(|name| self.item_name(name));
            let alias = parts.field(Fields::alias).map(|alias| self.item_name(alias));
            into.push(self.lay(Kind::ImportItem, kid.span(), [name, alias]));
        }
    }

    /// A name that may be written as a string.
    fn item_name(&mut self, node: Node<'t>) -> Draft {
        match node.kind {
            Kinds::string => {
                let value = self.string_value(node);
                self.build.leaf(Kind::Name, node.span(), &value)
            }
            _ => self.leaf(Kind::Name, node),
        }
    }

    fn path(&mut self, node: Node<'t>) -> Draft {
        let value = self.string_value(node);
        self.build.leaf(Kind::Path, node.span(), &value)
    }
}
