//! Reads the imports and exports of a file.

use bartizan_syntax::{Ast, Flags, Kind, Language, NodeId};

use crate::program::{Binding, FileId, Import, Program};
use crate::values::{ConstantSets, Name};

impl Program<'_> {
    /// The imports of one file, wherever they stand.
    pub(super) fn read_imports(&mut self, file: FileId, names: &mut ConstantSets) {
        let Some(ast) = self.file(file).map(|file| file.ast) else {
            return;
        };
        let mut found: Vec<(Name, Import, bool)> = Vec::new();
        let mut wildcards = Vec::new();
        for id in ast.ids() {
            match ast.kind(id) {
                Kind::Import => {
                    if let Some((name, import)) = self.import(file, ast, id, &mut wildcards, names) {
                        found.push((name, import, at_top(ast, id)));
                    }
                }
                Kind::ImportFrom => {
                    let top = at_top(ast, id);
                    for &item in ast.children(id).iter().skip(1) {
                        if let Some((name, import)) =
                            self.import_item(file, ast, id, item, &mut wildcards, names)
                        {
                            found.push((name, import, top));
                        }
                    }
                }
                Kind::Export => self.read_export(file, ast, id, names, &mut found),
                Kind::Variable => self.read_require(file, ast, id, names, &mut found),
                Kind::Assign => self.read_module_exports(file, ast, id, names, &mut found),
                _ => {}
            }
        }
        let Some(scope) = self.scopes.get_mut(file.index()) else {
            return;
        };
        scope.wildcards = wildcards;
        for (name, import, top) in found {
            scope.imports.entry(name).or_insert(import);
            if top {
                let entry = scope.globals.entry(name).or_insert((Binding::Import(import), 0));
                if entry.0 == Binding::Variable && entry.1 == 1 {
                    // The declaration that the import was read from.
                    *entry = (Binding::Import(import), 1);
                } else if entry.1 == 0 || entry.0 != Binding::Import(import) {
                    entry.1 += 1;
                }
            }
        }
    }

    /// `const a = require("…")`, `const { a } = require("…")`.
    fn read_require(
        &self,
        file: FileId,
        ast: &Ast,
        node: NodeId,
        names: &mut ConstantSets,
        found: &mut Vec<(Name, Import, bool)>,
    ) {
        let (Some(target), Some(value)) = (ast.child(node, 1), ast.child(node, 3)) else {
            return;
        };
        let Some(import) = self.required(file, ast, value, names) else {
            return;
        };
        let top = at_top(ast, node);
        if ast.kind(target) == Kind::Name {
            found.push((names.name(ast.text(target)), import, top));
            return;
        }
        for &entry in ast.children(target) {
            let (key, bound) = match ast.kind(entry) {
                Kind::Name => (entry, entry),
                Kind::Pair => match (ast.child(entry, 0), ast.child(entry, 1)) {
                    (Some(key), Some(bound)) if ast.kind(bound) == Kind::Name => (key, bound),
                    _ => continue,
                },
                _ => continue,
            };
            let member = names.name(ast.text(key));
            let import = match import {
                Import::Module(module) => Import::Member(module, member),
                Import::Outside(path) => {
                    let path = format!("{}.{}", names.text(path), ast.text(key));
                    Import::Outside(names.name(&path))
                }
                Import::Member(..) => continue,
            };
            found.push((names.name(ast.text(bound)), import, top));
        }
    }

    /// What `require("…")` gives.
    pub(crate) fn required(
        &self,
        file: FileId,
        ast: &Ast,
        call: NodeId,
        names: &mut ConstantSets,
    ) -> Option<Import> {
        let script = matches!(
            ast.language(),
            Language::JavaScript | Language::TypeScript | Language::Tsx
        );
        let callee = ast.child(call, 0)?;
        if !script || ast.kind(call) != Kind::Call || ast.text(callee) != "require" {
            return None;
        }
        let path = *ast.children(ast.child(call, 1)?).first()?;
        if ast.kind(path) != Kind::Str {
            return None;
        }
        let text = ast.text(path);
        let module = self.tables.module(&self.files, file, text, names);
        Some(module.map_or_else(|| Import::Outside(names.name(text)), Import::Module))
    }

    /// `exports.a = …`, `module.exports = …`.
    fn read_module_exports(
        &mut self,
        file: FileId,
        ast: &Ast,
        node: NodeId,
        names: &mut ConstantSets,
        found: &mut Vec<(Name, Import, bool)>,
    ) {
        let (Some(target), Some(value)) = (ast.child(node, 0), ast.child(node, 1)) else {
            return;
        };
        if ast.kind(target) != Kind::Member || !at_top(ast, node) {
            return;
        }
        let is_module = |id: NodeId| {
            ast.kind(id) == Kind::Member
                && ast
                    .child(id, 0)
                    .is_some_and(|object| ast.text(object) == "module")
                && ast.child(id, 1).is_some_and(|name| ast.text(name) == "exports")
        };
        let mut export = |this: &mut Self, name: &str, value: NodeId, names: &mut ConstantSets| {
            let exported = names.name(name);
            match ast.kind(value) {
                Kind::Name if ast.text(value) != name => {
                    let import = Import::Member(file, names.name(ast.text(value)));
                    found.push((exported, import, true));
                }
                Kind::Lambda | Kind::Function => {
                    if let (Some(&function), Some(scope)) = (
                        this.function_at.get(&(file, value)),
                        this.scopes.get_mut(file.index()),
                    ) {
                        scope
                            .globals
                            .entry(exported)
                            .or_insert((Binding::Function(function), 1));
                    }
                }
                Kind::Class => {
                    if let (Some(&class), Some(scope)) = (
                        this.class_at.get(&(file, value)),
                        this.scopes.get_mut(file.index()),
                    ) {
                        scope
                            .globals
                            .entry(exported)
                            .or_insert((Binding::Class(class), 1));
                    }
                }
                _ => {}
            }
        };
        if is_module(target) {
            if ast.kind(value) == Kind::Map {
                for &entry in ast.children(value) {
                    match (ast.kind(entry), ast.child(entry, 0), ast.child(entry, 1)) {
                        (Kind::Pair, Some(key), Some(value)) => export(self, ast.text(key), value, names),
                        (Kind::Function, _, Some(name)) => export(self, ast.text(name), entry, names),
                        _ => {}
                    }
                }
            } else {
                export(self, "default", value, names);
            }
            return;
        }
        let (Some(object), Some(name)) = (ast.child(target, 0), ast.child(target, 1)) else {
            return;
        };
        if is_module(object) || (ast.kind(object) == Kind::Name && ast.text(object) == "exports") {
            export(self, ast.text(name), value, names);
        }
    }

    /// The name that an import binds, and what to.
    pub(crate) fn import(
        &self,
        file: FileId,
        ast: &Ast,
        node: NodeId,
        wildcards: &mut Vec<Name>,
        names: &mut ConstantSets,
    ) -> Option<(Name, Import)> {
        let path = ast.text(ast.child(node, 0)?);
        let alias = ast.child(node, 1).map(|alias| ast.text(alias));
        let module = self.tables.module(&self.files, file, path, names);
        match ast.language() {
            Language::Python => match alias {
                Some(alias) => {
                    let import = module.map_or_else(|| Import::Outside(names.name(path)), Import::Module);
                    Some((names.name(alias), import))
                }
                None => {
                    // `import a.b` binds `a`; what `a.b` is, is found when it is asked for.
                    let first = path.split('.').next().unwrap_or(path);
                    let import = if first == path {
                        module.map_or_else(|| Import::Outside(names.name(path)), Import::Module)
                    } else {
                        Import::Outside(names.name(first))
                    };
                    Some((names.name(first), import))
                }
            },
            Language::Java => {
                if let Some(package) = path.strip_suffix(".*") {
                    wildcards.push(names.name(package));
                    return None;
                }
                let (package, last) = path.rsplit_once('.')?;
                let (package, name) = (names.name(package), names.name(last));
                let import = self.class_of_package(package, name).and_then(|class| {
                    let home = self.class(class)?.file;
                    Some(Import::Member(home, name))
                });
                Some((name, import.unwrap_or_else(|| Import::Outside(names.name(path)))))
            }
            Language::Go => {
                let last = path.rsplit('/').next().unwrap_or(path);
                let name = alias.unwrap_or(last);
                let import = module.map_or_else(|| Import::Outside(names.name(path)), Import::Module);
                (name != "_" && name != ".").then(|| (names.name(name), import))
            }
            Language::JavaScript | Language::TypeScript | Language::Tsx => {
                let import = module.map_or_else(|| Import::Outside(names.name(path)), Import::Module);
                alias.map(|alias| (names.name(alias), import))
            }
            _ => None,
        }
    }

    /// The same for one name of several.
    pub(crate) fn import_item(
        &self,
        file: FileId,
        ast: &Ast,
        node: NodeId,
        item: NodeId,
        wildcards: &mut Vec<Name>,
        names: &mut ConstantSets,
    ) -> Option<(Name, Import)> {
        let path = ast.text(ast.child(node, 0)?);
        let member = ast.text(ast.child(item, 0)?);
        let bound = ast.child(item, 1).map_or(member, |alias| ast.text(alias));
        let module = self.tables.module(&self.files, file, path, names);
        let bound_name = names.name(bound);
        let whole = |names: &mut ConstantSets| {
            module.map_or_else(|| Import::Outside(names.name(path)), Import::Module)
        };
        if member == "*" {
            wildcards.push(names.name(path));
            return (bound != "*").then(|| (bound_name, whole(names)));
        }
        let script = matches!(
            ast.language(),
            Language::JavaScript | Language::TypeScript | Language::Tsx
        );
        let import = match module {
            Some(module) => {
                let nested = format!("{path}{}{member}", if path.ends_with('.') { "" } else { "." });
                let name = names.name(member);
                let known = self
                    .scopes
                    .get(module.index())
                    .is_some_and(|scope| scope.globals.contains_key(&name));
                match self.tables.module(&self.files, file, &nested, names) {
                    Some(nested) if !known && !script => Import::Module(nested),
                    _ => Import::Member(module, name),
                }
            }
            None if script && member == "default" => whole(names),
            None => {
                let nested = format!("{path}{}{member}", if path.ends_with('.') { "" } else { "." });
                match self
                    .tables
                    .module(&self.files, file, &nested, names)
                    .filter(|_| !script)
                {
                    Some(nested) => Import::Module(nested),
                    None => Import::Outside(names.name(&nested)),
                }
            }
        };
        Some((bound_name, import))
    }

    /// `export {a as b}`, `export … from`, `export default …`: other names for what is there.
    fn read_export(
        &self,
        file: FileId,
        ast: &Ast,
        node: NodeId,
        names: &mut ConstantSets,
        found: &mut Vec<(Name, Import, bool)>,
    ) {
        let Some(inner) = ast.child(node, 0) else {
            return;
        };
        let default = names.name("default");
        match ast.kind(inner) {
            Kind::Other => {
                for &item in ast.children(inner) {
                    if let (Kind::ImportItem, Some(name), Some(alias)) =
                        (ast.kind(item), ast.child(item, 0), ast.child(item, 1))
                    {
                        let (name, alias) = (names.name(ast.text(name)), names.name(ast.text(alias)));
                        found.push((alias, Import::Member(file, name), true));
                    }
                }
            }
            Kind::Name if ast.node(node).flags.has(Flags::DEFAULT) => {
                let name = names.name(ast.text(inner));
                found.push((default, Import::Member(file, name), true));
            }
            Kind::Function | Kind::Class if ast.node(node).flags.has(Flags::DEFAULT) => {
                if let Some(name) = ast.child(inner, 1) {
                    let name = names.name(ast.text(name));
                    found.push((default, Import::Member(file, name), true));
                }
            }
            _ => {}
        }
    }
}

/// Whether a statement stands outside of every function and class.
fn at_top(ast: &Ast, node: NodeId) -> bool {
    !ast.ancestors(node)
        .skip(1)
        .any(|above| matches!(ast.kind(above), Kind::Function | Kind::Lambda | Kind::Class))
}
