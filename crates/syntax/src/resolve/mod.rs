//! What names mean within a file: what was imported, what a variable stands for, of which type it is said to be.
//!
//! A tree flows in, [`Names`] flow out. Nothing of other files is known: a name that a file takes from elsewhere has the qualified name that its
//! imports give it (`sp.call` after `import subprocess as sp` is `subprocess.call`; `exec` of `const { exec } = require("child_process")` is
//! `child_process.exec`; `http.Get` in Go is `net/http.Get`; `Statement` after `import java.sql.*` is `java.sql.Statement`). Names that a function or block
//! declares for itself hide those outside of it.

mod declare;
mod known;
mod scope;
mod types;

use std::borrow::Cow;
use std::collections::HashMap;

use crate::ast::{Ast, NodeId, Symbol};
use crate::kind::Kind;
use crate::language::Language;
use scope::Bound;

/// Members in one name, and aliases of aliases, at most.
const MAX_PARTS: usize = 32;

/// How a name came to be declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Imported: its qualified name
    Import(Box<str>),
    /// Another name for this expression
    Alias(NodeId),
    /// A function or method
    Function,
    /// A class, with its qualified name where the language gives files a package
    Class(Option<Box<str>>),
    /// A variable or parameter
    Variable,
}

/// One declaration of a name.
#[derive(Clone, Debug)]
pub(crate) struct Binding {
    /// The node of the name
    pub(crate) at: NodeId,
    /// Where the name is known: a node that holds it
    pub(crate) scope: NodeId,
    pub(crate) symbol: Symbol,
    pub(crate) origin: Origin,
    /// The node that names its type: a Type as written, or what was called to make its value
    pub(crate) typed: Option<NodeId>,
}

/// What the names of a file mean.
#[derive(Debug)]
pub struct Names<'a> {
    ast: &'a Ast,
    bindings: Vec<Binding>,
    /// For each node that is a name, what it is bound to
    bound: Vec<Bound>,
    /// Packages of which every name was imported, in the order of the file
    wildcards: Vec<Box<str>>,
    /// The package that the file says it is of
    package: Option<Box<str>>,
    /// Types of the fields of classes
    fields: HashMap<(NodeId, Symbol), NodeId>,
    /// For each node, the class that holds it; the root when none does
    classes: Vec<NodeId>,
}

impl<'a> Names<'a> {
    /// What the names of `ast` mean.
    #[must_use]
    pub fn of(ast: &'a Ast) -> Self {
        let declared = declare::declarations(ast);
        let (bindings, bound) = scope::bind(ast, declared.bindings);
        Self {
            ast,
            bindings,
            bound,
            wildcards: declared.wildcards,
            package: declared.package,
            fields: declared.fields,
            classes: declared.classes,
        }
    }

    /// The qualified name of a name, of members of one, or of a type: what it was imported as, or what it is called when nothing in the file
    /// declares it (`open`, `document.write`). None for what the file declares itself, for what is computed, and when several packages that were
    /// imported whole may have it; see [`Names::candidates`].
    #[must_use]
    pub fn qualified(&self, node: NodeId) -> Option<Cow<'_, str>> {
        let (root, members) = self.split(node)?;
        match self.roots(root, 0)? {
            Root::Known(root) => Some(self.joined(root, &members)),
            Root::Wild(name) => {
                let mut packages = self.wild(name);
                let package = packages.next().filter(|_| packages.next().is_none())?;
                Some(self.joined(self.within(package, name), &members))
            }
        }
    }

    /// Every qualified name that a node may have, the likeliest first: several when packages were imported whole.
    #[must_use]
    pub fn candidates(&self, node: NodeId) -> Vec<Cow<'_, str>> {
        let Some((root, members)) = self.split(node) else {
            return Vec::new();
        };
        match self.roots(root, 0) {
            None => Vec::new(),
            Some(Root::Known(root)) => vec![self.joined(root, &members)],
            Some(Root::Wild(name)) => {
                let own = self.package.as_deref().filter(|_| !self.is_called(name));
                let packages = self.wild(name).chain(own);
                packages
                    .map(|package| self.joined(self.within(package, name), &members))
                    .collect()
            }
        }
    }

    /// The name that declares what a name means, when the file does.
    #[must_use]
    pub fn declaration(&self, name: NodeId) -> Option<NodeId> {
        self.binding(name).map(|binding| binding.at)
    }

    /// Every name that declares the same: a variable that several statements give a value has several.
    pub fn declarations(&self, name: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.binding(name).into_iter().flat_map(|bound| {
            let first = self.bindings.partition_point(|one| one.scope < bound.scope);
            let scope = self.bindings.get(first..).unwrap_or(&[]);
            scope
                .iter()
                .take_while(|one| one.scope == bound.scope)
                .filter(|one| one.symbol == bound.symbol)
                .map(|one| one.at)
        })
    }

    /// The node that names the type of an expression, where the text says so: the type of a declaration, what `new` makes, what a cast casts to.
    /// [`Names::qualified`] knows what to make of it.
    #[must_use]
    pub fn declared_type(&self, node: NodeId) -> Option<NodeId> {
        match self.ast.kind(node) {
            Kind::Name => self.binding(node).and_then(|binding| binding.typed),
            Kind::Member => self.field_type(node),
            _ => types::made(self.ast, node),
        }
    }

    /// The qualified name of a method by the type that its object is declared with: `java.sql.Statement.execute` for `s.execute`.
    #[must_use]
    pub fn method(&self, member: NodeId) -> Option<String> {
        if self.ast.kind(member) != Kind::Member {
            return None;
        }
        let object = self.declared_type(self.ast.child(member, 0)?)?;
        let qualified = self.qualified(object)?;
        Some(format!(
            "{qualified}.{}",
            self.ast.text(self.ast.child(member, 1)?)
        ))
    }

    /// Packages and modules of which every name was imported, as they are written, in the order of the file.
    #[must_use]
    pub fn wildcards(&self) -> impl ExactSizeIterator<Item = &str> {
        self.wildcards.iter().map(AsRef::as_ref)
    }

    fn binding(&self, name: NodeId) -> Option<&Binding> {
        match self.bound.get(name.index()) {
            Some(Bound::To(binding)) => self.bindings.get(*binding as usize),
            _ => None,
        }
    }

    /// `a.b.c` as the node of `a`, and the members in the order of the text.
    fn split(&self, node: NodeId) -> Option<(NodeId, Vec<NodeId>)> {
        let mut members = Vec::new();
        let mut at = types::base(self.ast, node);
        while self.ast.kind(at) == Kind::Member {
            members.push(self.ast.child(at, 1)?);
            if members.len() > MAX_PARTS {
                return None;
            }
            at = types::base(self.ast, self.ast.child(at, 0)?);
        }
        members.reverse();
        Some((at, members))
    }

    /// What the first part of a name stands for.
    fn roots(&self, root: NodeId, aliases: usize) -> Option<Root<'_>> {
        if let Some(module) = types::required(self.ast, root) {
            return Some(Root::Known(Cow::Borrowed(module)));
        }
        if self.ast.kind(root) != Kind::Name {
            return None;
        }
        match self.bound.get(root.index())? {
            Bound::Nothing => None,
            Bound::Outside => Some(self.outside(root)),
            Bound::To(binding) => match &self.bindings.get(*binding as usize)?.origin {
                Origin::Import(qualified) | Origin::Class(Some(qualified)) => {
                    Some(Root::Known(Cow::Borrowed(qualified)))
                }
                Origin::Alias(value) if aliases < MAX_PARTS => self.aliased(*value, aliases + 1),
                Origin::Alias(_) | Origin::Function | Origin::Class(None) | Origin::Variable => None,
            },
        }
    }

    /// What another name stands for, if it is one that was imported.
    fn aliased(&self, value: NodeId, aliases: usize) -> Option<Root<'_>> {
        let (root, members) = self.split(value)?;
        let outside = self.bound.get(root.index()) == Some(&Bound::Outside);
        if outside && types::required(self.ast, root).is_none() {
            return None;
        }
        match self.roots(root, aliases)? {
            Root::Known(root) => Some(Root::Known(self.joined(root, &members))),
            Root::Wild(_) => None,
        }
    }

    /// A name that the file does not declare.
    fn outside(&self, root: NodeId) -> Root<'_> {
        let name = self.ast.text(root);
        match known::built_in(self.ast.language(), name) {
            Some("") => Root::Known(Cow::Borrowed(name)),
            Some(package) => Root::Known(Cow::Owned(format!("{package}.{name}"))),
            None if self.wild(root).next().is_some() => Root::Wild(root),
            None => match self
                .package
                .as_deref()
                .filter(|_| is_class_of_java(self.ast.language(), name))
            {
                Some(package) if !self.is_called(root) => Root::Known(Cow::Owned(join(package, name))),
                _ => Root::Known(Cow::Borrowed(name)),
            },
        }
    }

    /// What was imported whole and may have a name: in Java classes have methods, and packages have classes.
    fn wild(&self, root: NodeId) -> impl Iterator<Item = &str> {
        let language = self.ast.language();
        let class = is_class_of_java(language, self.ast.text(root));
        let called = self.is_called(root);
        let fits = move |package: &&str| {
            let last = package.rsplit('.').next().unwrap_or(package);
            language != Language::Java || (called || class) && called == is_class_of_java(language, last)
        };
        self.wildcards.iter().map(AsRef::as_ref).filter(fits)
    }

    fn is_called(&self, name: NodeId) -> bool {
        let parent = self
            .ast
            .parent(name)
            .filter(|&parent| self.ast.kind(parent) == Kind::Call);
        parent.is_some_and(|call| self.ast.child(call, 0) == Some(name))
    }

    fn within(&self, package: &str, root: NodeId) -> Cow<'_, str> {
        Cow::Owned(join(package, self.ast.text(root)))
    }

    fn joined<'s>(&'s self, root: Cow<'s, str>, members: &[NodeId]) -> Cow<'s, str> {
        if members.is_empty() {
            return root;
        }
        let mut whole = root.into_owned();
        for &member in members {
            whole = join(&whole, self.ast.text(member));
        }
        Cow::Owned(whole)
    }

    /// The type of `this.x`, and of `self.x` in Python.
    fn field_type(&self, member: NodeId) -> Option<NodeId> {
        let object = self.ast.child(member, 0)?;
        if !types::is_self(self.ast, object) {
            return None;
        }
        let class = *self.classes.get(member.index())?;
        let field = self.ast.node(self.ast.child(member, 1)?).symbol?;
        self.fields.get(&(class, field)).copied()
    }
}

/// What the first part of a name stands for.
enum Root<'a> {
    Known(Cow<'a, str>),
    /// A name of one of the packages that were imported whole
    Wild(NodeId),
}

/// Whether a name of Java is that of a class, which begins in upper case where people keep to the convention.
fn is_class_of_java(language: Language, name: &str) -> bool {
    language == Language::Java && name.starts_with(char::is_uppercase)
}

/// A name within a package; relative modules of Python end in their dot.
pub(crate) fn join(package: &str, name: &str) -> String {
    if package.ends_with('.') {
        format!("{package}{name}")
    } else {
        format!("{package}.{name}")
    }
}
