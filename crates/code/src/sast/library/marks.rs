//! Marks of one file: where models say that sources, sinks and sanitizers of rules are.

use super::flow_rules::{Constants, FlowRules};
use super::meaning::Meaning;
use super::models::Use;
use super::settings::Settings;
use super::{handlers, harmless};
use bartizan_content::flow::{Cleaner, Position};
use bartizan_flow::{Label, Marks, Parts, RuleId, Sanitizer, Sink, Source};
use bartizan_syntax::{Kind, Language, NodeId, Operator};
use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};

/// The kind of source that data of clients is.
const REQUEST: &str = "request";

/// The marks of a file.
#[must_use]
pub fn marks(meaning: &Meaning<'_>, rules: &FlowRules, settings: &Settings) -> Marks {
    let mut marker = Marker {
        meaning,
        rules,
        settings,
        marks: Marks::default(),
        sources: Vec::new(),
        cleaned: HashSet::new(),
        sinks_seen: BTreeSet::new(),
        without_page: harmless::answers_without_page(meaning),
        requested: HashSet::new(),
    };
    marker.handlers();
    for id in meaning.ast.ids() {
        match meaning.ast.kind(id) {
            Kind::Call | Kind::New => marker.call(id),
            Kind::Name | Kind::Member => marker.read(id),
            Kind::Assign => marker.assignment(id),
            Kind::Variable => marker.declared(id),
            Kind::Binary => {
                marker.membership(id);
                marker.compared(id);
            }
            _ => {}
        }
    }
    marker.behind_hosts();
    marker.constants();
    marker.finish()
}

struct Marker<'m, 'a> {
    meaning: &'m Meaning<'a>,
    rules: &'m FlowRules,
    settings: &'m Settings,
    marks: Marks,
    /// Where data comes in. What is a source and clean for a rule is no source for it.
    sources: Vec<(NodeId, Source)>,
    cleaned: HashSet<(NodeId, RuleId)>,
    sinks_seen: BTreeSet<String>,
    /// Functions whose answers are no pages
    without_page: HashSet<NodeId>,
    /// Names of parameters that hold data of a request
    requested: HashSet<NodeId>,
}

/// Variables that are looked through for data of a request, one given by the other.
const MOST_VARIABLES: u32 = 3;
/// Statements that give one of them a value, at most, to be looked at.
const MOST_DECLARATIONS: usize = 16;

impl Marker<'_, '_> {
    fn call(&mut self, call: NodeId) {
        let meaning = self.meaning;
        let callee = meaning.ast.child(call, 0);
        if meaning.ast.kind(call) == Kind::Call && !callee.is_some_and(|callee| meaning.can_be_told(callee)) {
            return;
        }
        for one in meaning.uses(&meaning.callee_names(call)) {
            match one {
                Use::CallSource(at) => {
                    let Some(source) = meaning
                        .models
                        .sources
                        .get(at)
                        .filter(|source| meaning.holds(call, &source.when))
                    else {
                        continue;
                    };
                    if source.at.is_empty() {
                        self.source(call, &source.kind, false);
                    }
                    for position in &source.at {
                        for node in meaning.at(call, position) {
                            self.source(pointed_to(meaning, node), &source.kind, true);
                        }
                    }
                }
                Use::CallSink(at) => {
                    let fits = |sink: &&bartizan_content::flow::Sink| {
                        meaning.holds(call, &sink.when) && !meaning.any_holds(call, &sink.unless)
                    };
                    if let Some(sink) = meaning.models.sinks.get(at).filter(fits) {
                        for position in &sink.at {
                            self.sink_at(call, position, &sink.kind);
                        }
                    }
                }
                Use::Clean(at) => {
                    if let Some(cleaner) = meaning
                        .models
                        .cleaners
                        .get(at)
                        .filter(|cleaner| meaning.holds(call, &cleaner.when))
                    {
                        self.clean(call, &cleaner.cleans, false);
                    }
                }
                Use::Guard(at) | Use::Reject(at) => {
                    if let Some(cleaner) = meaning
                        .models
                        .cleaners
                        .get(at)
                        .filter(|cleaner| meaning.holds(call, &cleaner.when))
                    {
                        self.checked(call, cleaner);
                    }
                }
                Use::Setting(at) => self.setting(call, at),
                _ => {}
            }
        }
    }

    /// Whether a value is a map, a list or an object that the program makes: frameworks write these as JSON, not as a page.
    fn is_structure(&self, value: NodeId) -> bool {
        let literal = self.meaning.literal(value);
        let ast = self.meaning.ast;
        match ast.kind(literal) {
            Kind::Map | Kind::List | Kind::Comprehension => true,
            Kind::New => {
                self.meaning.language() != Language::Java
                    && ast
                        .child(literal, 0)
                        .is_some_and(|class| ast.text(class) != "String")
            }
            _ => false,
        }
    }

    fn sink_at(&mut self, call: NodeId, position: &Position, kind: &str) {
        let is_data = kind == "html"
            && self
                .meaning
                .at(call, position)
                .first()
                .is_some_and(|&value| self.is_structure(value));
        match position {
            _ if is_data => {}
            Position::Argument(at) if self.meaning.plain(call).nth(*at as usize).is_some() => {
                self.sink(call, kind, Parts::Argument(*at))
            }
            Position::Receiver => self.sink(call, kind, Parts::Receiver),
            Position::From(at) => {
                for (place, _) in (0..).zip(self.meaning.plain(call)).skip(*at as usize) {
                    self.sink(call, kind, Parts::Argument(place));
                }
            }
            _ => {
                for node in self.meaning.at(call, position) {
                    self.sink(node, kind, Parts::Value);
                }
            }
        }
    }

    /// A check of what stands somewhere: where the flow engine does not know on which way it succeeds, it is taken to hold from there on.
    fn checked(&mut self, call: NodeId, cleaner: &Cleaner) {
        let knows_way = cleaner.cleans.iter().any(|kind| kind == Cleaner::ANY)
            && harmless::decides(self.meaning.ast, call)
            && self.meaning.models.guards(&self.meaning.callee_names(call));
        for position in &cleaner.at {
            for node in self.meaning.at(call, position) {
                if !knows_way || self.meaning.ast.kind(node) != Kind::Name {
                    self.clean_variables(node, &cleaner.cleans);
                }
                for again in harmless::read_again(self.meaning.ast, call, node) {
                    self.clean(again, &cleaner.cleans, false);
                }
            }
        }
    }

    /// The variables of an expression that was checked, and what the check looked at: `str(path).startswith(root)` speaks of `path`.
    fn clean_variables(&mut self, node: NodeId, kinds: &[String]) {
        let ast = self.meaning.ast;
        self.clean(node, kinds, true);
        let names: Vec<NodeId> = ast
            .subtree(node)
            .filter(|&id| ast.kind(id) == Kind::Name && is_variable(self.meaning, id))
            .collect();
        for name in names {
            self.clean(name, kinds, true);
            // What a part was taken from is checked with the part.
            let whole = self
                .meaning
                .declaration(name)
                .and_then(|declaration| self.meaning.value_of(declaration));
            let argument = whole
                .filter(|&whole| ast.kind(whole) == Kind::Call)
                .and_then(|call| self.meaning.plain(call).next());
            if let Some(argument) = argument.filter(|&argument| ast.kind(argument) == Kind::Name) {
                self.clean(argument, kinds, true);
            }
        }
    }

    fn read(&mut self, node: NodeId) {
        let ast = self.meaning.ast;
        let parent = ast.parent(node);
        let place = parent.and_then(|parent| ast.children(parent).iter().position(|&child| child == node));
        let is_named_only = matches!(
            (parent.map(|parent| ast.kind(parent)), place),
            (
                Some(Kind::Call | Kind::New | Kind::Keyword | Kind::Assign),
                Some(0)
            ) | (Some(Kind::Member | Kind::Variable | Kind::Param), Some(1))
                | (
                    Some(Kind::Import | Kind::ImportFrom | Kind::ImportItem | Kind::Type | Kind::Supers),
                    _
                )
        );
        if is_named_only || !self.meaning.can_be_told(node) {
            return;
        }
        for one in self.meaning.uses(&self.meaning.read_names(node)) {
            match one {
                Use::ReadSource(at) => {
                    if let Some(source) = self.meaning.models.sources.get(at) {
                        self.source(node, &source.kind, false);
                    }
                }
                Use::Guard(at)
                    if parent
                        .is_some_and(|parent| is_comparison(ast.kind(parent), ast.node(parent).operator)) =>
                {
                    let object = ast.child(node, 0);
                    if let (Some(object), Some(cleaner)) = (object, self.meaning.models.cleaners.get(at)) {
                        self.clean_variables(object, &cleaner.cleans);
                    }
                }
                Use::CleanRead(at) => {
                    if let Some(cleaner) = self.meaning.models.cleaners.get(at) {
                        self.clean(node, &cleaner.cleans, false);
                    }
                }
                _ => {}
            }
        }
    }

    /// `target = value`, also where the target is an element of what models name.
    fn assignment(&mut self, id: NodeId) {
        let (Some(target), Some(value)) = (self.meaning.ast.child(id, 0), self.meaning.ast.child(id, 1))
        else {
            return;
        };
        let mut owners = vec![target];
        self.named(target, value);
        if matches!(self.meaning.ast.kind(target), Kind::Index | Kind::Member) {
            owners.extend(self.meaning.ast.child(target, 0));
        }
        for (depth, &owner) in owners.iter().enumerate() {
            let mut names = self.meaning.read_names(owner);
            if depth > 0 {
                // Only what holds values is meant, not a property that happens to be assigned to below it.
                names = self
                    .meaning
                    .type_of(owner)
                    .map(|class| class.to_string())
                    .into_iter()
                    .chain(self.meaning.qualified(owner))
                    .collect();
            }
            for one in self.meaning.uses(&names) {
                if let Use::AssignSink(at) = one
                    && let Some(sink) = self.meaning.models.sinks.get(at)
                    && self.is_meant(at, target)
                {
                    self.sink(value, &sink.kind, Parts::Value);
                    // Under which name something is kept is as much part of it as the value.
                    if let Some(key) = self
                        .meaning
                        .ast
                        .child(target, 1)
                        .filter(|_| depth > 0 && self.meaning.ast.kind(target) == Kind::Index)
                    {
                        self.sink(key, &sink.kind, Parts::Value);
                    }
                }
            }
        }
    }

    /// Whether a sink means every property, or the one that is assigned to. A key that is not known may be any.
    fn is_meant(&self, sink: usize, target: NodeId) -> bool {
        let Some(wanted) = self.meaning.models.sink_names.get(&sink) else {
            return true;
        };
        let Some(name) = self.meaning.ast.child(target, 1) else {
            return true;
        };
        if self.meaning.ast.kind(target) == Kind::Member {
            return wanted.is_match(self.meaning.ast.text(name));
        }
        let names = self.meaning.constants(name);
        names.is_none_or(|names| names.iter().any(|name| wanted.is_match(name)))
    }

    /// An assignment to what is called so that it must hold a secret.
    fn named(&mut self, target: NodeId, value: NodeId) {
        let ast = self.meaning.ast;
        let name = match ast.kind(target) {
            Kind::Name => Some(target),
            Kind::Member => ast.child(target, 1),
            Kind::Index => ast
                .child(target, 0)
                .map(|object| ast.child(object, 1).unwrap_or(object)),
            _ => None,
        };
        let Some(name) = name else { return };
        for (at, regex) in &self.meaning.models.named_sinks {
            if regex.is_match(ast.text(name))
                && let Some(sink) = self.meaning.models.sinks.get(*at)
            {
                self.sink(value, &sink.kind, Parts::Value);
            }
        }
    }

    fn declared(&mut self, id: NodeId) {
        if let (Some(target), Some(value)) = (self.meaning.ast.child(id, 1), self.meaning.ast.child(id, 3)) {
            self.named(target, value);
        }
    }

    /// `".." in path`, which models name after the function that Python has for it.
    fn membership(&mut self, id: NodeId) {
        let ast = self.meaning.ast;
        let operator = ast.node(id).operator;
        if !matches!(operator, Operator::In | Operator::NotIn) {
            return;
        }
        let (Some(item), Some(container)) = (ast.child(id, 0), ast.child(id, 1)) else {
            return;
        };
        for one in self.meaning.uses(&["operator.contains".to_owned()]) {
            let Use::Reject(at) = one else { continue };
            let Some(cleaner) = self.meaning.models.cleaners.get(at) else {
                continue;
            };
            let wanted = cleaner.when.get(&Position::Argument(1));
            let item = self.meaning.constant(item);
            if item.is_some_and(|item| wanted.is_none_or(|values| values.iter().any(|value| *value == item)))
            {
                self.clean(container, &cleaner.cleans, true);
            }
        }
    }

    fn handlers(&mut self) {
        let meaning = self.meaning;
        for handled in handlers::functions(meaning) {
            for (parameter, kind) in handlers::sources(meaning, &handled) {
                self.parameter(parameter, kind);
            }
            let returns = handled.handler.returns.as_str();
            if !returns.is_empty() {
                for value in returned(meaning, handled.function) {
                    if !self.is_structure(value) {
                        self.sink(value, returns, Parts::Value);
                    }
                }
            }
        }
        for (parameter, kind) in handlers::annotated_parameters(meaning) {
            self.parameter(parameter, kind);
        }
    }

    fn parameter(&mut self, parameter: NodeId, kind: &str) {
        self.source(parameter, kind, false);
        if kind == REQUEST {
            let ast = self.meaning.ast;
            let name = ast
                .child(parameter, 1)
                .filter(|_| ast.kind(parameter) == Kind::Param);
            self.requested.insert(name.unwrap_or(parameter));
        }
    }

    /// What a request must hold to be let through is a secret, whatever it is called.
    fn compared(&mut self, id: NodeId) {
        let ast = self.meaning.ast;
        let is_equality = matches!(
            ast.node(id).operator,
            Operator::Equal | Operator::NotEqual | Operator::Identical | Operator::NotIdentical
        );
        if let (true, Some(left), Some(right)) = (is_equality, ast.child(id, 0), ast.child(id, 1)) {
            for (one, other) in [(left, right), (right, left)] {
                if !matches!(
                    ast.kind(other),
                    Kind::Str | Kind::Number | Kind::Null | Kind::Bool
                ) && self.comes_from_request(one, MOST_VARIABLES)
                {
                    self.sink(other, "secret-value", Parts::Value);
                }
            }
        }
    }

    /// Whether an expression holds data of a request, the variables in it looked through. What an index chooses is not what it is.
    fn comes_from_request(&self, node: NodeId, variables: u32) -> bool {
        let (ast, models) = (self.meaning.ast, self.meaning.models);
        let is_request = |one: &Use| match *one {
            Use::ReadSource(at) | Use::CallSource(at) => models
                .sources
                .get(at)
                .is_some_and(|source| source.kind == REQUEST),
            _ => false,
        };
        let mut todo = vec![node];
        while let Some(id) = todo.pop() {
            let found = match ast.kind(id) {
                Kind::Call => self
                    .meaning
                    .uses(&self.meaning.callee_names(id))
                    .iter()
                    .any(is_request),
                Kind::Name | Kind::Member => {
                    let read = self.meaning.uses(&self.meaning.read_names(id));
                    read.iter().any(is_request) || self.variable_comes_from_request(id, variables)
                }
                Kind::Lambda | Kind::Function => continue,
                _ => false,
            };
            if found {
                return true;
            }
            let parts = match ast.kind(id) {
                Kind::Index => ast.children(id).iter().take(1),
                _ => ast.children(id).iter().take(usize::MAX),
            };
            todo.extend(parts);
        }
        false
    }

    fn variable_comes_from_request(&self, name: NodeId, variables: u32) -> bool {
        let mut declarations = self.meaning.declarations(name).take(MOST_DECLARATIONS);
        variables > 0
            && declarations.any(|declaration| {
                self.requested.contains(&declaration)
                    || self
                        .meaning
                        .value_of(declaration)
                        .is_some_and(|value| self.comes_from_request(value, variables - 1))
            })
    }

    fn behind_hosts(&mut self) {
        for behind in harmless::behind_hosts(self.meaning.ast) {
            self.clean(behind.part, behind.kinds, false);
        }
    }

    /// A value of files of settings is a constant like one that stands in the code.
    fn setting(&mut self, call: NodeId, at: usize) {
        let Some(setting) = self.meaning.models.settings.get(at) else {
            return;
        };
        let keys = setting
            .at
            .iter()
            .flat_map(|position| self.meaning.at(call, position));
        let keys: Vec<String> = keys
            .filter_map(|key| self.meaning.constant(key))
            .map(Into::into)
            .collect();
        for constants in &self.rules.constants {
            let known: Vec<&str> = keys.iter().flat_map(|key| self.settings.of(key)).collect();
            if !constants.is_wide && known.iter().any(|value| constants.means(value)) {
                self.sources.push((call, source(constants.rule, false)));
            }
        }
    }

    fn constants(&mut self) {
        let ast = self.meaning.ast;
        let rules: Vec<&Constants> = self
            .rules
            .constants
            .iter()
            .filter(|constants| {
                !constants.is_wide || constants.sinks.iter().any(|kind| self.sinks_seen.contains(kind))
            })
            .collect();
        if rules.is_empty() {
            return;
        }
        for id in ast.ids() {
            let value = match ast.kind(id) {
                Kind::Str | Kind::Number => Some(Cow::Borrowed(ast.text(id))),
                Kind::Name if self.stands_for_shared(id) => self.meaning.constant(id),
                _ => None,
            };
            let Some(value) = value else { continue };
            for constants in &rules {
                if constants.means(&value) {
                    self.sources.push((id, source(constants.rule, false)));
                }
            }
        }
    }

    /// Whether a name is read that a class or the file declares: the flow engine takes the literals of such as values that have no place.
    fn stands_for_shared(&self, name: NodeId) -> bool {
        let ast = self.meaning.ast;
        let Some(declaration) = self
            .meaning
            .declaration(name)
            .filter(|&declaration| declaration != name)
        else {
            return false;
        };
        let mut around = ast.ancestors(declaration).skip(1);
        let owner = around.find(|&above| {
            matches!(
                ast.kind(above),
                Kind::Function | Kind::Lambda | Kind::Class | Kind::Module
            )
        });
        owner.is_some_and(|owner| matches!(ast.kind(owner), Kind::Class | Kind::Module))
    }

    fn source(&mut self, node: NodeId, kind: &str, by_side_effect: bool) {
        for &rule in self.rules.sources.get(kind).into_iter().flatten() {
            self.sources.push((node, source(rule, by_side_effect)));
        }
    }

    fn finish(mut self) -> Marks {
        for (node, source) in self.sources {
            if !self.cleaned.contains(&(node, source.rule)) {
                self.marks.source(node, source);
            }
        }
        self.marks
    }

    fn sink(&mut self, node: NodeId, kind: &str, parts: Parts) {
        let is_page = || {
            harmless::function_around(self.meaning.ast, node)
                .is_none_or(|around| !self.without_page.contains(&around))
        };
        if kind == "html" && !is_page() {
            return;
        }
        self.sinks_seen.insert(kind.to_owned());
        for &rule in self.rules.sinks.get(kind).into_iter().flatten() {
            let sink = Sink {
                rule,
                requires: None,
                parts,
            };
            self.marks.sink(node, sink);
        }
    }

    fn clean(&mut self, node: NodeId, kinds: &[impl AsRef<str>], by_side_effect: bool) {
        for kind in kinds {
            for &rule in self.rules.cleaners.get(kind.as_ref()).into_iter().flatten() {
                self.marks.sanitizer(node, Sanitizer { rule, by_side_effect });
                if !by_side_effect {
                    self.cleaned.insert((node, rule));
                }
            }
        }
    }
}

const fn source(rule: RuleId, by_side_effect: bool) -> Source {
    Source {
        rule,
        label: Label(0),
        requires: None,
        by_side_effect,
    }
}

/// Whether a name stands for a value, and is not what is called or a part of another name.
fn is_variable(meaning: &Meaning<'_>, name: NodeId) -> bool {
    let ast = meaning.ast;
    let Some(parent) = ast.parent(name) else {
        return false;
    };
    let place = ast.children(parent).iter().position(|&child| child == name);
    !matches!(
        (ast.kind(parent), place),
        (Kind::Call | Kind::New, Some(0)) | (Kind::Member, Some(1)) | (Kind::Keyword, Some(0))
    )
}

const fn is_comparison(kind: Kind, operator: Operator) -> bool {
    matches!(kind, Kind::Binary)
        && matches!(
            operator,
            Operator::Equal
                | Operator::NotEqual
                | Operator::Identical
                | Operator::NotIdentical
                | Operator::In
                | Operator::NotIn
        )
}

/// What an address is of.
fn pointed_to(meaning: &Meaning<'_>, node: NodeId) -> NodeId {
    let is_address =
        meaning.ast.kind(node) == Kind::Unary && meaning.ast.node(node).operator == Operator::AddressOf;
    meaning.ast.child(node, 0).filter(|_| is_address).unwrap_or(node)
}

/// What a function gives back, functions within it left out. Of a tuple the first part: the rest is status and headers.
fn returned(meaning: &Meaning<'_>, function: NodeId) -> Vec<NodeId> {
    let ast = meaning.ast;
    let mut found = Vec::new();
    for id in ast.subtree(function) {
        if ast.kind(id) != Kind::Return {
            continue;
        }
        let owner = ast
            .ancestors(id)
            .skip(1)
            .find(|&above| matches!(ast.kind(above), Kind::Function | Kind::Lambda));
        if owner == Some(function)
            && let Some(value) = ast.child(id, 0)
        {
            let first = (ast.kind(value) == Kind::Tuple)
                .then(|| ast.child(value, 0))
                .flatten();
            found.push(first.unwrap_or(value));
        }
    }
    if ast.kind(function) == Kind::Lambda {
        found.extend(
            ast.child(function, 2)
                .filter(|&body| ast.kind(body) != Kind::Block),
        );
    }
    found
}
