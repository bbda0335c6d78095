//! What the expressions of one file mean: qualified names of what they call and read, their types, their constants.
//!
//! Types come from declarations, from what models say that calls give, and from the values of variables, within the file.

use super::models::{Models, Use};
use bartizan_syntax::{Ast, Kind, Language, Names, NodeId, Operator};
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

/// How far values of variables are followed.
const MOST_STEPS: usize = 24;

/// One file and what its expressions mean.
#[derive(Debug)]
pub struct Meaning<'a> {
    pub(super) ast: &'a Ast,
    pub(super) models: &'a Models,
    pub(super) imported: BTreeSet<String>,
    names: Names<'a>,
    /// For each text of the tree, whether models speak of a member of that name
    told_members: Vec<bool>,
    /// Types that handlers give their parameters, by the node of the name
    parameters: HashMap<NodeId, Rc<str>>,
    types: RefCell<HashMap<NodeId, Option<Rc<str>>>>,
    /// Types that other files of the program give, by qualified name
    program: &'a ProgramTypes,
}

/// Types of what functions of a program give and of its fields, by qualified name.
pub type ProgramTypes = HashMap<String, Rc<str>>;

impl<'a> Meaning<'a> {
    /// What is known of a file.
    #[must_use]
    pub fn of(ast: &'a Ast, models: &'a Models, program: &'a ProgramTypes) -> Self {
        let mut meaning = Self {
            program,
            ast,
            models,
            imported: imported(ast),
            names: Names::of(ast),
            told_members: ast.symbol_texts().map(|text| models.names_member(text)).collect(),
            parameters: HashMap::new(),
            types: RefCell::default(),
        };
        // Types of parameters let further handlers be found: routers that are made of applications, in two steps at most.
        for _ in 0..2 {
            let found = super::handlers::parameter_types(&meaning);
            if found.len() == meaning.parameters.len() {
                break;
            }
            meaning.parameters = found;
            meaning.types.borrow_mut().clear();
        }
        meaning
    }

    /// The language of the file.
    pub(super) fn language(&self) -> Language {
        self.ast.language()
    }

    /// The names by which models may know what a call calls or `new` makes, the most particular first.
    pub(super) fn callee_names(&self, call: NodeId) -> Vec<String> {
        self.callee_names_within(call, MOST_STEPS)
    }

    fn callee_names_within(&self, call: NodeId, steps: usize) -> Vec<String> {
        let Some(callee) = self.ast.child(call, 0) else {
            return Vec::new();
        };
        if self.ast.kind(call) == Kind::New {
            let made = self.qualified(callee);
            return made.into_iter().map(|name| format!("new {name}")).collect();
        }
        self.member_names(callee, steps)
    }

    /// Whether models can speak of what is read or called at a node: every name of a member ends with the member.
    pub(super) fn can_be_told(&self, node: NodeId) -> bool {
        let node = self.without_type_arguments(node);
        let member = (self.ast.kind(node) == Kind::Member)
            .then(|| self.ast.child(node, 1))
            .flatten();
        let symbol = member.and_then(|member| self.ast.node(member).symbol);
        symbol.is_none_or(|symbol| self.told_members.get(symbol.index()) != Some(&false))
    }

    /// The names by which models may know what is read or called at a node.
    pub(super) fn read_names(&self, node: NodeId) -> Vec<String> {
        self.member_names(node, MOST_STEPS)
    }

    fn member_names(&self, node: NodeId, steps: usize) -> Vec<String> {
        let node = self.without_type_arguments(node);
        let mut found = Vec::new();
        if self.ast.kind(node) == Kind::Member
            && let (Some(object), Some(name)) = (self.ast.child(node, 0), self.ast.child(node, 1))
        {
            let member = self.ast.text(name);
            if let Some(class) = self.type_within(object, steps.saturating_sub(1)) {
                found.push(format!("{class}.{member}"));
                found.extend(
                    self.models
                        .above(&class)
                        .iter()
                        .map(|above| format!("{above}.{member}")),
                );
            }
            found.extend(self.qualified(node));
            // Members of a module are no methods of anything.
            if self
                .qualified(object)
                .iter()
                .any(|module| self.imported.contains(module))
            {
                return found;
            }
            let before = match self.ast.kind(object) {
                Kind::Name => Some(self.ast.text(object)),
                Kind::Member => self.ast.child(object, 1).map(|name| self.ast.text(name)),
                _ => None,
            };
            found.extend(before.map(|before| format!("*.{before}.{member}")));
            found.push(format!("*.{member}"));
        } else {
            found.extend(self.qualified(node));
        }
        found
    }

    fn without_type_arguments(&self, node: NodeId) -> NodeId {
        match self.ast.kind(node) {
            Kind::Generic | Kind::Type => self.ast.child(node, 0).unwrap_or(node),
            _ => node,
        }
    }

    /// The qualified names that a name or the members of one may have.
    pub(super) fn qualified(&self, node: NodeId) -> Vec<String> {
        match self.names.qualified(node) {
            Some(name) => vec![name.into_owned()],
            None => self.names.candidates(node).into_iter().map(Into::into).collect(),
        }
    }

    /// What models say of any of these names.
    pub(super) fn uses(&self, names: &[String]) -> Vec<Use> {
        let mut found = Vec::new();
        for name in names {
            for one in self.models.uses(name, &self.imported) {
                if !found.contains(&one) {
                    found.push(one);
                }
            }
        }
        found
    }

    /// The qualified name of the type of an expression.
    pub(super) fn type_of(&self, node: NodeId) -> Option<Rc<str>> {
        self.type_within(node, MOST_STEPS)
    }

    fn type_within(&self, node: NodeId, steps: usize) -> Option<Rc<str>> {
        if steps == 0 {
            return None;
        }
        if let Some(known) = self.types.borrow().get(&node) {
            return known.clone();
        }
        let found = self.find_type(node, steps);
        self.types.borrow_mut().insert(node, found.clone());
        found
    }

    fn find_type(&self, node: NodeId, steps: usize) -> Option<Rc<str>> {
        let child = |at| self.ast.child(node, at);
        match self.ast.kind(node) {
            Kind::Str | Kind::Template => Some(text_type(self.language()).into()),
            Kind::New | Kind::Cast | Kind::Composite => self.known_type(child(0)?),
            Kind::Await | Kind::Index => self.type_within(child(0)?, steps - 1),
            Kind::Unary if is_pointing(self.ast.node(node).operator) => {
                self.type_within(child(0)?, steps - 1)
            }
            Kind::Conditional => self
                .type_within(child(1)?, steps - 1)
                .or_else(|| self.type_within(child(2)?, steps - 1)),
            Kind::Binary => self
                .type_within(child(0)?, steps - 1)
                .or_else(|| self.type_within(child(1)?, steps - 1)),
            Kind::Assign => self.type_within(child(1)?, steps - 1),
            Kind::This | Kind::Super => self.class_around(node),
            Kind::Call => {
                let names = self.callee_names_within(node, steps - 1);
                self.given(node, &names).or_else(|| self.made_by_name(node))
            }
            Kind::Member => {
                let names = self.member_names(node, steps - 1);
                self.given(node, &names).or_else(|| self.declared(node))
            }
            Kind::Name => self.type_of_name(node, steps),
            _ => None,
        }
    }

    fn type_of_name(&self, node: NodeId, steps: usize) -> Option<Rc<str>> {
        let declaration = self.names.declaration(node);
        if let Some(known) = declaration.and_then(|name| self.parameters.get(&name)) {
            return Some(Rc::clone(known));
        }
        let names = self.qualified(node);
        if let Some(given) = self.given(node, &names) {
            return Some(given);
        }
        if self.language() == Language::Python && self.ast.text(node) == "self" {
            return self.class_around(node);
        }
        let by_value = || {
            let value = self.value_of(declaration?)?;
            self.type_within(value, steps - 1)
        };
        if self.language() == Language::Python {
            by_value().or_else(|| self.declared(node))
        } else {
            self.declared(node).or_else(by_value)
        }
    }

    /// The type that models know among those which the class around a node derives from.
    fn class_around(&self, node: NodeId) -> Option<Rc<str>> {
        let class = self
            .ast
            .ancestors(node)
            .find(|&above| self.ast.kind(above) == Kind::Class)?;
        let supers = self.ast.children(self.ast.child(class, 2)?);
        let mut names = supers.iter().flat_map(|&above| self.qualified(above));
        names.find(|name| self.models.knows(name)).map(Into::into)
    }

    /// What models say that a call or a read gives.
    fn given(&self, node: NodeId, names: &[String]) -> Option<Rc<str>> {
        let mut found: Option<Rc<str>> = None;
        for one in self.uses(names) {
            let Use::Type(at) = one else { continue };
            let Some(fact) = self.models.types.get(at) else {
                continue;
            };
            let is_call = matches!(self.ast.kind(node), Kind::Call | Kind::New);
            let fits = if fact.when.is_empty() {
                true
            } else {
                is_call && self.holds(node, &fact.when)
            };
            // What holds under a condition says more than what always holds.
            if fits && (found.is_none() || !fact.when.is_empty()) {
                found = Some(fact.gives.as_str().into());
            }
        }
        let by_program = || {
            names
                .iter()
                .find_map(|name| self.program.get(name))
                .map(Rc::clone)
        };
        found.or_else(by_program)
    }

    /// Types that this file gives to others: of what its functions give, and of fields and variables that everybody sees. `path` names the
    /// module in Python.
    #[must_use]
    pub fn exported(&self, path: &str) -> Vec<(String, Rc<str>)> {
        let ast = self.ast;
        let mut found = Vec::new();
        for id in ast.ids() {
            let (name, class) = match ast.kind(id) {
                Kind::Function => (ast.child(id, 1), self.given_back(id)),
                Kind::Variable => (
                    ast.child(id, 1),
                    ast.child(id, 1).and_then(|name| self.type_of(name)),
                ),
                _ => continue,
            };
            let (Some(name), Some(class)) = (name, class.filter(|class| self.models.knows(class))) else {
                continue;
            };
            found.extend(
                self.owner(id, path)
                    .map(|owner| (format!("{owner}.{}", ast.text(name)), class)),
            );
        }
        found
    }

    /// The qualified name of what a declaration belongs to; none within functions.
    fn owner(&self, declaration: NodeId, path: &str) -> Option<String> {
        let ast = self.ast;
        let mut around = ast.ancestors(declaration).skip(1);
        let is_owner = |&above: &NodeId| {
            matches!(
                ast.kind(above),
                Kind::Function | Kind::Lambda | Kind::Class | Kind::Module
            )
        };
        let owner = around.find(is_owner)?;
        match (ast.kind(owner), self.language()) {
            (Kind::Class, Language::Java) => self.qualified(ast.child(owner, 1)?).into_iter().next(),
            (Kind::Module, Language::Python) => {
                let module = path.strip_suffix(".py")?.trim_end_matches("/__init__");
                Some(module.replace('/', "."))
            }
            _ => None,
        }
    }

    /// The type of what a function gives back, declared or returned.
    fn given_back(&self, function: NodeId) -> Option<Rc<str>> {
        let ast = self.ast;
        let declared = ast
            .child(function, 3)
            .and_then(|declared| self.known_type(declared));
        declared.or_else(|| {
            let returns = ast.subtree(function).filter(|&id| ast.kind(id) == Kind::Return);
            returns
                .filter_map(|id| ast.child(id, 0))
                .find_map(|value| self.type_of(value))
        })
    }

    /// In Python a call of a class makes an object of it.
    fn made_by_name(&self, call: NodeId) -> Option<Rc<str>> {
        if self.language() != Language::Python {
            return None;
        }
        let names = self.qualified(self.ast.child(call, 0)?);
        names
            .into_iter()
            .find(|name| self.models.knows(name))
            .map(Into::into)
    }

    fn declared(&self, node: NodeId) -> Option<Rc<str>> {
        let declared = self.names.declared_type(node)?;
        self.known_type(declared)
    }

    /// The name of a type as written; of several that it may be, one that models know.
    fn known_type(&self, node: NodeId) -> Option<Rc<str>> {
        let node = self.element_type(node);
        let mut names = self.qualified(node);
        let known = names.iter().position(|name| self.models.knows(name));
        match known {
            Some(at) => Some(names.swap_remove(at).into()),
            None => names.into_iter().next().map(Into::into),
        }
    }

    /// The type of the elements of an array.
    fn element_type(&self, node: NodeId) -> NodeId {
        let mut at = node;
        for _ in 0..MOST_STEPS {
            match self.ast.kind(at) {
                Kind::Type | Kind::ArrayType => match self.ast.child(at, 0) {
                    Some(inner) => at = inner,
                    None => break,
                },
                _ => break,
            }
        }
        at
    }

    /// The name that declares what a name means.
    pub(super) fn declaration(&self, name: NodeId) -> Option<NodeId> {
        self.names.declaration(name)
    }

    /// The same for every statement that gives it a value.
    pub(super) fn declarations(&self, name: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.names.declarations(name)
    }

    /// The expression that the variable of a declaration is first given.
    pub(super) fn value_of(&self, declaration: NodeId) -> Option<NodeId> {
        let parent = self.ast.parent(declaration)?;
        let at = self
            .ast
            .children(parent)
            .iter()
            .position(|&child| child == declaration)?;
        match (self.ast.kind(parent), at) {
            (Kind::Variable, 1) => self.ast.child(parent, 3),
            (Kind::Assign, 0) => self.ast.child(parent, 1),
            (Kind::WithItem, 1) => self.ast.child(parent, 0),
            (Kind::ForEach, 0) => self.ast.child(parent, 1),
            (Kind::Tuple | Kind::Destructure, place) => {
                let whole = self.value_of(parent)?;
                match self.ast.kind(whole) {
                    Kind::Tuple => self.ast.child(whole, place),
                    Kind::Call if place == 0 => Some(whole),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

const fn is_pointing(operator: Operator) -> bool {
    matches!(operator, Operator::AddressOf | Operator::Dereference)
}

const fn text_type(language: Language) -> &'static str {
    match language {
        Language::Python => "str",
        Language::Go => "string",
        Language::Java => "java.lang.String",
        _ => "String",
    }
}

/// Modules that a file imports, as it writes them.
fn imported(ast: &Ast) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for id in ast.ids() {
        match ast.kind(id) {
            Kind::Import | Kind::ImportFrom => {
                found.extend(
                    ast.child(id, 0)
                        .map(|path| ast.text(path).trim_start_matches("node:").to_owned()),
                );
            }
            Kind::Call
                if ast
                    .child(id, 0)
                    .is_some_and(|callee| ast.text(callee) == "require") =>
            {
                let first = ast.child(id, 1).and_then(|arguments| ast.child(arguments, 0));
                let module = first.filter(|&first| ast.kind(first) == Kind::Str);
                found.extend(module.map(|module| ast.text(module).trim_start_matches("node:").to_owned()));
            }
            _ => {}
        }
    }
    found
}
