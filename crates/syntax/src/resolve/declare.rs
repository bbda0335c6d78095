//! Finds the declarations of a file: what is declared, where it is known, and as what.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::{Binding, Origin, join, types};
use crate::ast::{Ast, Flags, NodeId, Symbol};
use crate::kind::{Kind, Operator};
use crate::language::Language;

/// What a file declares.
pub(crate) struct Declared {
    /// In the order of the text
    pub(crate) bindings: Vec<Binding>,
    pub(crate) wildcards: Vec<Box<str>>,
    pub(crate) fields: HashMap<(NodeId, Symbol), NodeId>,
    pub(crate) classes: Vec<NodeId>,
    /// The package that the file says it is of
    pub(crate) package: Option<Box<str>>,
}

/// Finds them.
pub(crate) fn declarations(ast: &Ast) -> Declared {
    let mut finder = Finder::new(ast);
    for id in ast.ids() {
        finder.place(id);
    }
    for id in ast.ids() {
        finder.visit(id);
    }
    Declared {
        bindings: finder.bindings,
        wildcards: finder.wildcards,
        fields: finder.fields,
        package: finder.package.map(Into::into),
        classes: finder.places.iter().map(|place| place.class).collect(),
    }
}

/// What holds a node.
#[derive(Clone, Copy)]
struct Place {
    /// The nearest function, class or file
    function: NodeId,
    /// The nearest block, or what else has names of its own
    block: NodeId,
    /// The nearest class, or the file
    class: NodeId,
}

struct Finder<'a> {
    ast: &'a Ast,
    places: Vec<Place>,
    bindings: Vec<Binding>,
    wildcards: Vec<Box<str>>,
    fields: HashMap<(NodeId, Symbol), NodeId>,
    /// Names that a function takes from the file, or from the function around it
    outer: HashSet<(NodeId, Symbol)>,
    package: Option<&'a str>,
}

impl<'a> Finder<'a> {
    fn new(ast: &'a Ast) -> Self {
        Self {
            ast,
            places: Vec::with_capacity(ast.len()),
            bindings: Vec::new(),
            wildcards: Vec::new(),
            fields: HashMap::new(),
            outer: HashSet::new(),
            package: None,
        }
    }

    /// Notes what holds a node; its parent was placed before.
    fn place(&mut self, id: NodeId) {
        let root = Place {
            function: NodeId::ROOT,
            block: NodeId::ROOT,
            class: NodeId::ROOT,
        };
        let place = match self.ast.parent(id) {
            None => root,
            Some(parent) => self.below(parent),
        };
        self.places.push(place);
        if self.ast.kind(id) == Kind::Global {
            for &name in self.ast.children(id) {
                if let Some(symbol) = self.ast.node(name).symbol {
                    self.outer.insert((place.function, symbol));
                }
            }
        }
        if self.ast.kind(id) == Kind::Package {
            self.package = self.ast.child(id, 0).map(|path| self.ast.text(path));
        }
    }

    /// What holds the children of a node.
    fn below(&self, id: NodeId) -> Place {
        let outer = self.at(id);
        match self.ast.kind(id) {
            Kind::Function | Kind::Lambda => Place {
                function: id,
                block: id,
                ..outer
            },
            Kind::Class => Place {
                function: id,
                block: id,
                class: id,
            },
            Kind::Comprehension => Place { block: id, ..outer },
            Kind::Block => match self.ast.parent(id).map(|parent| (parent, self.ast.kind(parent))) {
                // The body of a class of its own, or what the function or class around it holds already.
                Some((parent, Kind::New)) => Place {
                    function: parent,
                    block: parent,
                    class: parent,
                },
                Some((_, Kind::Function | Kind::Lambda | Kind::Class)) => outer,
                // Resources and initialisers are known in the blocks beside them.
                Some((parent, Kind::Try | Kind::For)) if self.ast.child(parent, 0) == Some(id) => outer,
                _ if blocks_hold_names(self.ast.language()) => Place { block: id, ..outer },
                _ => outer,
            },
            Kind::For | Kind::ForEach | Kind::Catch | Kind::Case | Kind::With | Kind::Try
                if blocks_hold_names(self.ast.language()) =>
            {
                Place { block: id, ..outer }
            }
            _ => outer,
        }
    }

    fn at(&self, id: NodeId) -> Place {
        self.places.get(id.index()).copied().unwrap_or(Place {
            function: NodeId::ROOT,
            block: NodeId::ROOT,
            class: NodeId::ROOT,
        })
    }

    fn visit(&mut self, id: NodeId) {
        let place = self.at(id);
        match self.ast.kind(id) {
            Kind::Import => self.import(id, place),
            Kind::ImportFrom => self.import_from(id, place),
            Kind::Function => self.function(id, place),
            Kind::Class => self.class(id, place),
            Kind::Param => self.parameter(id),
            Kind::Variable => self.variable(id, place),
            Kind::Assign => self.assignment(id, place),
            Kind::ForEach => {
                let declares = self.ast.node(id).flags.has(Flags::DECLARES);
                let within = if blocks_hold_names(self.ast.language()) {
                    id
                } else {
                    place.function
                };
                if declares || assignments_declare(self.ast.language()) {
                    self.targets(self.ast.child(id, 0), within);
                }
            }
            Kind::ForClause => self.targets(self.ast.child(id, 0), place.block),
            Kind::WithItem => self.with_item(id, place),
            Kind::Catch => {
                let within = if blocks_hold_names(self.ast.language()) {
                    id
                } else {
                    place.function
                };
                if let Some(name) = self.ast.child(id, 1) {
                    let typed = self
                        .ast
                        .child(id, 0)
                        .filter(|&caught| self.ast.kind(caught) == Kind::Type);
                    self.target(name, within, Origin::Variable, typed);
                }
            }
            Kind::TypeTest => {
                if let Some(name) = self.ast.child(id, 2) {
                    self.target(name, place.function, Origin::Variable, self.ast.child(id, 1));
                }
            }
            Kind::Patterns if self.ast.language() == Language::Python => self.captures(id, place),
            _ => {}
        }
    }

    /// `import a.b as c`: without an alias Python knows the first part, Go the last, Java the class.
    fn import(&mut self, id: NodeId, place: Place) {
        let Some(path) = self.ast.child(id, 0) else { return };
        let dotted = with_dots(types::module(self.ast.text(path)));
        let written = dotted.as_ref();
        let alias = self.ast.child(id, 1);
        let name = alias.unwrap_or(path);
        match (self.ast.language(), alias.map(|alias| self.ast.text(alias))) {
            (Language::Go, Some(".")) => self.wildcards.push(written.into()),
            (Language::Go, Some("_")) => {}
            (_, Some(alias)) => self.imported(name, place, alias, written),
            (Language::Python, None) => {
                let first = written.split('.').next().unwrap_or(written);
                self.imported(name, place, first, first);
            }
            (Language::Go, None) => self.imported(name, place, package_of_go(written), written),
            (Language::Java | Language::Kotlin | Language::Scala | Language::Rust | Language::Php, None) => {
                let last = written.rsplit('.').next().unwrap_or(written);
                if matches!(last, "*" | "_") {
                    let package = written.rsplit_once('.').map_or("", |(package, _)| package);
                    self.wildcards.push(package.into());
                } else {
                    self.imported(name, place, last, written);
                }
            }
            (Language::CSharp, None) => self.wildcards.push(written.into()),
            _ => {}
        }
    }

    fn import_from(&mut self, id: NodeId, place: Place) {
        let exported = self
            .ast
            .parent(id)
            .is_some_and(|parent| self.ast.kind(parent) == Kind::Export);
        let Some(path) = self.ast.child(id, 0).filter(|_| !exported) else {
            return;
        };
        let module = types::module(self.ast.text(path));
        let script = is_script(self.ast.language());
        for &item in self.ast.children(id) {
            let (Kind::ImportItem, Some(name)) = (self.ast.kind(item), self.ast.child(item, 0)) else {
                continue;
            };
            let alias = self.ast.child(item, 1);
            match (self.ast.text(name), alias) {
                ("*", None) => self.wildcards.push(module.into()),
                ("*", Some(alias)) => self.imported(alias, place, self.ast.text(alias), module),
                // What a module exports by default stands for the module.
                ("default", Some(alias)) if script => {
                    self.imported(alias, place, self.ast.text(alias), module)
                }
                (written, _) => {
                    let known_as = alias.unwrap_or(name);
                    self.imported(known_as, place, self.ast.text(known_as), &join(module, written));
                }
            }
        }
    }

    fn imported(&mut self, at: NodeId, place: Place, name: &str, qualified: &str) {
        // A name that stands nowhere in the file is not asked for.
        if let Some(symbol) = self.ast.symbol(name) {
            let scope = if blocks_hold_names(self.ast.language()) {
                place.block
            } else {
                place.function
            };
            self.bind(at, scope, symbol, Origin::Import(qualified.into()), None);
        }
    }

    fn function(&mut self, id: NodeId, place: Place) {
        if let Some(name) = self.ast.child(id, 1) {
            self.target(name, place.function, Origin::Function, None);
        }
        if let Some(receiver) = self.ast.child(id, 5) {
            self.targets(self.ast.child(receiver, 1), id);
        }
    }

    /// A class of Java has a name that its package begins.
    fn class(&mut self, id: NodeId, place: Place) {
        let Some(name) = self.ast.child(id, 1) else { return };
        let qualified = (self.ast.language() == Language::Java).then(|| {
            let mut parts = vec![self.ast.text(name)];
            let outer = self
                .ast
                .ancestors(id)
                .skip(1)
                .filter(|&above| self.ast.kind(above) == Kind::Class);
            let outer = outer
                .filter_map(|class| self.ast.child(class, 1))
                .map(|name| self.ast.text(name));
            parts.extend(outer.take(super::MAX_PARTS));
            parts.extend(self.package);
            parts.reverse();
            parts.join(".").into()
        });
        let scope = if blocks_hold_names(self.ast.language()) {
            place.block
        } else {
            place.function
        };
        self.target(name, scope, Origin::Class(qualified), None);
    }

    fn parameter(&mut self, id: NodeId) {
        let Some(name) = self.ast.child(id, 1) else { return };
        let place = self.at(id);
        let typed = self.ast.child(id, 2);
        self.target(name, place.function, Origin::Variable, typed);
        // A parameter of a constructor that is a field at once.
        let modifiers = self
            .ast
            .child(id, 0)
            .map_or(&[][..], |modifiers| self.ast.children(modifiers));
        if is_script(self.ast.language())
            && modifiers.iter().any(|&word| {
                matches!(
                    self.ast.text(word),
                    "public" | "private" | "protected" | "readonly"
                )
            })
            && let (Some(symbol), Some(typed)) = (self.ast.node(name).symbol, typed)
        {
            self.fields.insert((place.class, symbol), typed);
        }
    }

    fn variable(&mut self, id: NodeId, place: Place) {
        let Some(target) = self.ast.child(id, 1) else {
            return;
        };
        let value = self.ast.child(id, 3);
        let typed = self.typed(self.ast.child(id, 2), value);
        let modifiers = self
            .ast
            .child(id, 0)
            .map_or(&[][..], |modifiers| self.ast.children(modifiers));
        let hoisted =
            is_script(self.ast.language()) && modifiers.iter().any(|&word| self.ast.text(word) == "var");
        let scope = if hoisted || !blocks_hold_names(self.ast.language()) {
            place.function
        } else {
            place.block
        };
        if place.function == place.class
            && let (Some(symbol), Some(typed)) = (self.ast.node(target).symbol, typed)
        {
            self.fields.insert((place.class, symbol), typed);
        }
        self.valued(target, scope, value, typed);
    }

    fn assignment(&mut self, id: NodeId, place: Place) {
        let (Some(target), value) = (self.ast.child(id, 0), self.ast.child(id, 1)) else {
            return;
        };
        if self.ast.node(id).operator != Operator::None {
            return;
        }
        let typed = self.typed(None, value);
        if self.ast.kind(target) == Kind::Member
            && let (Some(object), Some(field), Some(typed)) =
                (self.ast.child(target, 0), self.ast.child(target, 1), typed)
            && types::is_self(self.ast, object)
            && let Some(symbol) = self.ast.node(field).symbol
        {
            self.fields.entry((place.class, symbol)).or_insert(typed);
        }
        if assignments_declare(self.ast.language()) {
            self.valued(target, place.function, value, typed);
        }
    }

    fn with_item(&mut self, id: NodeId, place: Place) {
        let (Some(target), value) = (self.ast.child(id, 1), self.ast.child(id, 0)) else {
            return;
        };
        let scope = if blocks_hold_names(self.ast.language()) {
            place.block
        } else {
            place.function
        };
        let typed = self.typed(None, value);
        self.target(target, scope, Origin::Variable, typed);
    }

    /// Names that a pattern of `match` captures: those that no dot follows and that are not called.
    fn captures(&mut self, patterns: NodeId, place: Place) {
        for id in self.ast.subtree(patterns) {
            let Some(parent) = self.ast.parent(id).filter(|_| self.ast.kind(id) == Kind::Name) else {
                continue;
            };
            let first = self.ast.children(parent).first() == Some(&id);
            let captured = match self.ast.kind(parent) {
                Kind::Member => false,
                Kind::Call | Kind::Keyword => !first,
                _ => true,
            };
            if captured {
                self.target(id, place.function, Origin::Variable, None);
            }
        }
    }

    /// The node that names the type of a variable: what is declared, or what its value makes.
    fn typed(&self, declared: Option<NodeId>, value: Option<NodeId>) -> Option<NodeId> {
        declared
            .filter(|&declared| !types::is_inferred(self.ast, declared))
            .or_else(|| types::made(self.ast, value?))
    }

    /// A target and the value it gets: another name for what is imported, or a variable.
    fn valued(&mut self, target: NodeId, scope: NodeId, value: Option<NodeId>, typed: Option<NodeId>) {
        let names = |id: NodeId| {
            matches!(self.ast.kind(id), Kind::Name | Kind::Member) || types::required(self.ast, id).is_some()
        };
        let Some(value) = value.filter(|&value| names(value)) else {
            self.target(target, scope, Origin::Variable, typed);
            return;
        };
        match self.ast.kind(target) {
            Kind::Destructure if self.ast.node(target).operator == Operator::Map => {
                self.entries(target, scope, value)
            }
            Kind::Destructure => self.target(target, scope, Origin::Variable, None),
            _ => self.target(target, scope, Origin::Alias(value), typed),
        }
    }

    /// `const { a, b: c } = require("m")`: each entry is imported.
    fn entries(&mut self, target: NodeId, scope: NodeId, value: NodeId) {
        let module = types::required(self.ast, value);
        for &entry in self.ast.children(target) {
            let (key, inner) = match (self.ast.kind(entry), module) {
                (Kind::Pair, Some(_)) => (self.ast.child(entry, 0), self.ast.child(entry, 1)),
                _ => (None, None),
            };
            let (Some(module), Some(key), Some(inner)) = (module, key, inner) else {
                self.target(entry, scope, Origin::Variable, None);
                continue;
            };
            let qualified = join(module, self.ast.text(key));
            let inner = match self.ast.kind(inner) {
                Kind::Assign => self.ast.child(inner, 0).unwrap_or(inner),
                _ => inner,
            };
            self.target(inner, scope, Origin::Import(qualified.into()), None);
        }
    }

    /// The targets of a loop, which may be a declaration with a type, bound already where it stands.
    fn targets(&mut self, target: Option<NodeId>, scope: NodeId) {
        if let Some(target) = target.filter(|&target| self.ast.kind(target) != Kind::Variable) {
            self.target(target, scope, Origin::Variable, None);
        }
    }

    /// Binds each name in a target; what is taken apart has no type and no other name.
    fn target(&mut self, target: NodeId, scope: NodeId, origin: Origin, typed: Option<NodeId>) {
        if self.ast.kind(target) == Kind::Name {
            if let Some(symbol) = self.ast.node(target).symbol {
                self.bind(target, scope, symbol, origin, typed);
            }
            return;
        }
        let mut waiting = vec![target];
        while let Some(id) = waiting.pop() {
            match self.ast.kind(id) {
                Kind::Name => {
                    if let Some(symbol) = self.ast.node(id).symbol {
                        self.bind(id, scope, symbol, Origin::Variable, None);
                    }
                }
                Kind::Pair => waiting.extend(self.ast.child(id, 1)),
                Kind::Assign => waiting.extend(self.ast.child(id, 0)),
                Kind::Destructure | Kind::Tuple | Kind::List | Kind::Spread => {
                    waiting.extend(self.ast.children(id).iter().rev());
                }
                _ => {}
            }
        }
    }

    fn bind(&mut self, at: NodeId, scope: NodeId, symbol: Symbol, origin: Origin, typed: Option<NodeId>) {
        let mut scope = scope;
        if self.outer.contains(&(scope, symbol)) {
            scope = NodeId::ROOT;
        }
        self.bindings.push(Binding {
            at,
            scope,
            symbol,
            origin,
            typed,
        });
    }
}

/// Whether names that are declared in a block are known in it only.
const fn blocks_hold_names(language: Language) -> bool {
    !assignments_declare(language)
}

/// Whether an assignment makes a variable.
const fn assignments_declare(language: Language) -> bool {
    matches!(
        language,
        Language::Python | Language::Ruby | Language::Php | Language::Bash
    )
}

const fn is_script(language: Language) -> bool {
    matches!(
        language,
        Language::JavaScript | Language::TypeScript | Language::Tsx
    )
}

/// A path of Rust or PHP with dots, as qualified names have them.
fn with_dots(path: &str) -> Cow<'_, str> {
    if path.contains("::") || path.contains('\\') {
        Cow::Owned(path.replace("::", ".").replace('\\', "."))
    } else {
        Cow::Borrowed(path)
    }
}

/// The name of a package of Go by its path: the last element that is no version.
/// <https://go.dev/ref/mod#major-version-suffixes>
fn package_of_go(path: &str) -> &str {
    let version = |part: &str| {
        part.strip_prefix('v')
            .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let mut parts = path.rsplit('/');
    let last = parts.next().unwrap_or(path);
    let name = if version(last) {
        parts.next().unwrap_or(last)
    } else {
        last
    };
    match name.rsplit_once('.') {
        Some((name, suffix)) if version(suffix) => name,
        _ => name,
    }
}
