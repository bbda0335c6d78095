//! One use of a module: what its names mean.

use super::directory::{self, Directory, In};
use super::eval::{Bound, Budget, Eval, Names};
use super::json::Origins;
use super::policy_document;
use super::value::{Place, Val};
use crate::paths::joined;
use hcl_edit::expr::{Expression, TraversalOperator};
use hcl_edit::structure::Block;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Most uses of modules that are followed.
const MOST_INSTANCES: usize = 2000;
/// Most modules within one another.
const DEEPEST: usize = 24;

/// What all uses of modules share.
#[derive(Debug, Default)]
pub(crate) struct World<'f> {
    pub(crate) directories: BTreeMap<String, Directory<'f>>,
    /// Texts of files, by path, for the functions that read files.
    pub(crate) texts: BTreeMap<&'f str, &'f str>,
    /// Where what was translated into Terraform's own syntax is written, by file.
    pub(crate) translated: BTreeMap<usize, Origins>,
    pub(crate) budget: Budget,
    pub(crate) problems: RefCell<BTreeSet<(Place, String)>>,
    /// Modules that were not read, with the reason.
    pub(crate) unread: RefCell<BTreeSet<(Place, String)>>,
    /// Addresses of resources that were asked for since it was last emptied.
    pub(crate) touched: RefCell<BTreeSet<String>>,
    pub(crate) instances: Cell<usize>,
}

impl World<'_> {
    /// Where the head of a block is written.
    pub(crate) fn head(&self, file: usize, block: &Block) -> Place {
        self.origin(directory::head(file, block))
    }

    /// Where something is written.
    pub(crate) fn place(&self, file: usize, it: &impl hcl_edit::Span) -> Place {
        self.origin(directory::place(file, it))
    }

    fn origin(&self, place: Place) -> Place {
        match self.translated.get(&place.file) {
            Some(origins) => Place {
                span: origins.of(place.span),
                ..place
            },
            None => place,
        }
    }
}

/// A value with the resources that it was made of; none while it is being made.
type Memo = Option<(Val, BTreeSet<String>)>;

/// One use of a module.
pub(crate) struct Instance<'f> {
    pub(crate) directory: String,
    /// The directory of the configuration that it is a part of.
    pub(crate) root: Rc<str>,
    /// The way to it from there, as `path.module` gives it.
    relative: String,
    /// Address of what is in it begins so: empty or `module.x.`.
    pub(crate) prefix: String,
    /// The calls that lead to it, outermost first.
    pub(crate) calls: Vec<Place>,
    parent: Option<(Rc<Self>, In<'f, Block>)>,
    memo: RefCell<BTreeMap<String, Memo>>,
    children: RefCell<BTreeMap<String, Option<Rc<Self>>>>,
}

impl<'f> Instance<'f> {
    /// A configuration that nobody calls.
    pub(crate) fn root(directory: &str) -> Rc<Self> {
        Rc::new(Self {
            directory: directory.to_owned(),
            root: directory.into(),
            relative: ".".to_owned(),
            prefix: String::new(),
            calls: Vec::new(),
            parent: None,
            memo: RefCell::default(),
            children: RefCell::default(),
        })
    }

    fn is_within(&self, directory: &str) -> bool {
        self.directory == directory
            || self
                .parent
                .as_ref()
                .is_some_and(|(parent, _)| parent.is_within(directory))
    }
}

/// Names of one use of a module.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'w, 'f> {
    pub(crate) world: &'w World<'f>,
    pub(crate) instance: &'w Rc<Instance<'f>>,
}

impl<'w, 'f> Scope<'w, 'f> {
    pub(crate) fn eval<'a>(&'a self, bound: Option<&'a Bound<'a>>) -> Eval<'a> {
        Eval {
            names: self,
            bound,
            budget: &self.world.budget,
            loose: false,
        }
    }

    pub(crate) fn directory(&self) -> Option<&'w Directory<'f>> {
        self.world.directories.get(&self.instance.directory)
    }

    /// A value that is made once.
    fn once(&self, key: String, make: impl FnOnce() -> Val) -> Val {
        let known = self.instance.memo.borrow().get(&key).cloned();
        match known {
            Some(Some((value, touched))) => {
                self.world.touched.borrow_mut().extend(touched);
                return self.eval(None).charge(value);
            }
            Some(None) => return Val::unknown(format!("`{key}` is made of itself")),
            None => {}
        }
        self.instance.memo.borrow_mut().insert(key.clone(), None);
        let before = std::mem::take(&mut *self.world.touched.borrow_mut());
        let value = make();
        let mut touched = self.world.touched.borrow_mut();
        let memo = Some((value.clone(), touched.clone()));
        self.instance.memo.borrow_mut().insert(key, memo);
        touched.extend(before);
        value
    }

    fn variable(&self, name: &str) -> Val {
        let Some(directory) = self.directory() else {
            return Val::unknown(format!("`var.{name}` is not declared"));
        };
        let declared = directory.variables.get(name);
        let kind = declared.and_then(|one| one.it.body.get_attribute("type"));
        let given = match &self.instance.parent {
            Some((parent, call)) => call.it.body.get_attribute(name).map(|given| {
                let scope = Scope {
                    world: self.world,
                    instance: parent,
                };
                scope.eval(None).of(&given.value)
            }),
            None => directory
                .values
                .get(name)
                .map(|given| self.eval(None).of(given.it)),
        };
        let given = given.or_else(|| {
            let default = declared?.it.body.get_attribute("default")?;
            Some(self.eval(None).of(&default.value))
        });
        match (given, kind) {
            (Some(value), Some(kind)) => self.completed(value, &kind.value, 0),
            (Some(value), None) => value,
            (None, _) => Val::unknown(format!("`var.{name}` has no value")),
        }
    }

    /// A value with what its type says of attributes that were left out.
    fn completed(&self, value: Val, kind: &Expression, depth: u32) -> Val {
        let Expression::FuncCall(call) = kind else {
            return value;
        };
        if depth > 16 {
            return value;
        }
        let inner = call.args.iter().next();
        match (call.name.name.value().as_str(), inner, value) {
            ("list" | "set", Some(inner), Val::List(items)) => Val::List(
                items
                    .into_iter()
                    .map(|item| self.completed(item, inner, depth + 1))
                    .collect(),
            ),
            ("map", Some(inner), Val::Map(mut map)) => {
                for item in map.entries.values_mut() {
                    *item = self.completed(std::mem::replace(item, Val::Null), inner, depth + 1);
                }
                Val::Map(map)
            }
            ("object", Some(Expression::Object(object)), Val::Map(mut map)) => {
                for (key, kind) in object.iter() {
                    let Some(key) =
                        key.as_ident()
                            .map(|key| key.to_string())
                            .or_else(|| match key.as_expr() {
                                Some(Expression::Variable(name)) => Some(name.value().to_string()),
                                Some(Expression::String(name)) => Some(name.value().clone()),
                                _ => None,
                            })
                    else {
                        continue;
                    };
                    let (inner, default) = optional(kind.expr());
                    let value = match map.entries.remove(&key) {
                        Some(Val::Null) | None => match default {
                            Some(Some(default)) => self.eval(None).of(default),
                            Some(None) => Val::Null,
                            None => continue,
                        },
                        Some(value) => value,
                    };
                    map.entries.insert(key, self.completed(value, inner, depth + 1));
                }
                Val::Map(map)
            }
            (_, _, value) => value,
        }
    }

    /// The use of a module by a call; none where it cannot be followed, which is said.
    pub(crate) fn child(&self, name: &str) -> Option<Rc<Instance<'f>>> {
        if let Some(known) = self.instance.children.borrow().get(name) {
            return known.clone();
        }
        let made = self.make(name);
        self.instance
            .children
            .borrow_mut()
            .insert(name.to_owned(), made.clone());
        made
    }

    fn make(&self, name: &str) -> Option<Rc<Instance<'f>>> {
        let call = *self.directory()?.modules.get(name)?;
        let at = self.world.head(call.file, call.it);
        let problem = |text: String| {
            self.world.problems.borrow_mut().insert((at, text));
            None
        };
        let unread = |text: String| {
            self.world.unread.borrow_mut().insert((at, text));
            None
        };
        let source = call.it.body.get_attribute("source");
        let Some(source) = source.and_then(|source| source.value.as_str()) else {
            return unread(format!("`module.{name}` has no source that can be read"));
        };
        if !source.starts_with("./") && !source.starts_with("../") {
            return unread(format!(
                "`module.{name}` comes from `{source}`, which was not read"
            ));
        }
        let Some(directory) = joined(&self.instance.directory, source) else {
            return unread(format!(
                "`module.{name}` lies outside of what was read: `{source}`"
            ));
        };
        if !self.world.directories.contains_key(&directory) {
            return unread(format!(
                "`module.{name}`: there is no configuration in `{source}`"
            ));
        }
        if self.instance.is_within(&directory) {
            return problem(format!(
                "`module.{name}` calls itself: `{source}` leads back to where it is called from"
            ));
        }
        let count = self.world.instances.get();
        if count >= MOST_INSTANCES || self.instance.calls.len() >= DEEPEST {
            return problem(format!(
                "`module.{name}` is not followed: there are too many modules"
            ));
        }
        self.world.instances.set(count + 1);
        let mut calls = self.instance.calls.clone();
        calls.push(at);
        Some(Rc::new(Instance {
            directory,
            root: Rc::clone(&self.instance.root),
            relative: from_root(&self.instance.relative, source),
            prefix: format!("{}module.{name}.", self.instance.prefix),
            calls,
            parent: Some((Rc::clone(self.instance), call)),
            memo: RefCell::default(),
            children: RefCell::default(),
        }))
    }

    fn output(&self, module: &str, output: &str) -> Val {
        let Some(child) = self.child(module) else {
            return Val::unknown(format!("`module.{module}` was not read"));
        };
        let scope = Scope {
            world: self.world,
            instance: &child,
        };
        let declared = scope
            .directory()
            .and_then(|directory| directory.outputs.get(output));
        match declared.and_then(|one| one.it.body.get_attribute("value")) {
            Some(value) => scope.once(format!("output.{output}"), || scope.eval(None).of(&value.value)),
            None => Val::refused(format!("`module.{module}` has no output `{output}`")),
        }
    }

    fn resource(&self, address: &str, attribute: Option<&str>) -> Val {
        let Some(declared) = self
            .directory()
            .and_then(|directory| directory.resources.get(address))
        else {
            return Val::unknown(format!("`{address}` is not declared here"));
        };
        let full = format!("{}{address}", self.instance.prefix);
        self.world.touched.borrow_mut().insert(full);
        let Some(attribute) = attribute else {
            return Val::unknown(format!("`{address}` is known only once it is applied"));
        };
        let later = || {
            Val::unknown(format!(
                "`{address}.{attribute}` is known only once it is applied"
            ))
        };
        match declared.it.body.get_attribute(attribute) {
            // An empty or computed name may be made up by the provider.
            Some(given) => match self.once(format!("{address}.{attribute}"), || {
                self.eval(None).of(&given.value)
            }) {
                Val::Null => later(),
                value => value,
            },
            None => later(),
        }
    }

    fn data(&self, address: &str, attribute: Option<&str>) -> Val {
        let attribute = attribute.unwrap_or_default();
        let later = || {
            Val::unknown(format!(
                "`data.{address}.{attribute}` is known only once it is applied"
            ))
        };
        let Some(declared) = self.directory().and_then(|directory| directory.data.get(address)) else {
            return later();
        };
        if address.starts_with("aws_iam_policy_document.") && matches!(attribute, "json" | "minified_json") {
            return self.once(format!("data.{address}.json"), || {
                policy_document::json(self, *declared)
            });
        }
        match declared.it.body.get_attribute(attribute) {
            Some(given) => self.once(format!("data.{address}.{attribute}"), || {
                self.eval(None).of(&given.value)
            }),
            None => later(),
        }
    }
}

/// The way from the root to what a local source means, seen from a module that lies there.
fn from_root(relative: &str, source: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in relative.split('/').chain(source.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    if parts.is_empty() {
        ".".to_owned()
    } else {
        parts.join("/")
    }
}

/// The type within `optional(type, default)`, and the default; none where it is not optional.
fn optional(kind: &Expression) -> (&Expression, Option<Option<&Expression>>) {
    if let Expression::FuncCall(call) = kind
        && call.name.name.value().as_str() == "optional"
    {
        let mut args = call.args.iter();
        if let Some(inner) = args.next() {
            return (inner, Some(args.next()));
        }
    }
    (kind, None)
}

/// The attributes that a reference names, with how many operators that took: an index or splat between them is passed over.
fn named<'o>(operators: &[&'o TraversalOperator], most: usize) -> (Vec<&'o str>, usize) {
    let (mut names, mut taken) = (Vec::new(), 0);
    for (at, operator) in operators.iter().enumerate() {
        match operator {
            TraversalOperator::GetAttr(name) if names.len() < most => {
                names.push(name.value().as_str());
                taken = at + 1;
            }
            TraversalOperator::Index(_) | TraversalOperator::LegacyIndex(_)
                if !names.is_empty() && names.len() < most =>
            {
                taken = at + 1;
            }
            _ => break,
        }
    }
    (names, taken)
}

impl Names for Scope<'_, '_> {
    fn name(&self, name: &str, rest: &[&TraversalOperator]) -> Option<(Val, usize)> {
        match name {
            "var" | "local" => {
                let (names, taken) = named(rest, 1);
                let one = names.first()?;
                let value = if name == "var" {
                    self.once(format!("var.{one}"), || self.variable(one))
                } else {
                    let Some(local) = self.directory()?.locals.get(one) else {
                        return Some((Val::unknown(format!("`local.{one}` is not declared")), taken));
                    };
                    self.once(format!("local.{one}"), || self.eval(None).of(local.it))
                };
                Some((value, taken))
            }
            "module" => match named(rest, 2) {
                (names, taken) if names.len() == 2 => {
                    Some((self.output(names.first()?, names.get(1)?), taken))
                }
                (_, taken) => Some((Val::unknown("a module as a whole is not followed"), taken)),
            },
            "data" => {
                let (names, taken) = named(rest, 3);
                let address = format!("{}.{}", names.first()?, names.get(1)?);
                Some((self.data(&address, names.get(2).copied()), taken))
            }
            "path" => {
                let (names, taken) = named(rest, 1);
                let value = match names.first()? {
                    &"module" => Val::text(&self.instance.relative),
                    &"root" => Val::text("."),
                    name => Val::unknown(format!(
                        "`path.{name}` depends on the machine that runs Terraform"
                    )),
                };
                Some((value, taken))
            }
            "each" | "count" | "self" | "terraform" => Some((
                Val::unknown(format!("`{name}` has no value before it is applied")),
                rest.len(),
            )),
            kind => {
                let (names, taken) = named(rest, 2);
                let address = format!("{kind}.{}", names.first()?);
                Some((self.resource(&address, names.get(1).copied()), taken))
            }
        }
    }

    fn call(&self, name: &str, args: &[Val]) -> Option<Val> {
        super::files::call(self, name, args)
    }
}
