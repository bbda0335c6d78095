//! Resources, with what is written in them evaluated.

use super::eval::Bound;
use super::instance::Scope;
use super::value::{Map, Place, Places, Val};
use super::versions::Versions;
use hcl_edit::Span as _;
use hcl_edit::structure::{Block, Body, Structure};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Most resources that one block is written out into; one of more is judged once, with what tells them apart unknown.
const MOST: usize = 16;

/// One resource.
#[derive(Debug, Clone)]
pub struct Resource {
    /// Its type, as `aws_s3_bucket`.
    pub kind: String,
    /// The directory of the configuration that it is a part of.
    pub root: Rc<str>,
    /// Its address without the index, as `module.logs.aws_s3_bucket.this`.
    pub address: String,
    /// Where the head of its block is.
    pub at: Place,
    /// Where it stands in a plan, of one that is shown where the configuration writes it.
    pub planned: Option<Place>,
    /// Which versions of its provider the configuration admits.
    pub versions: Versions,
    /// The calls of modules that lead to it, outermost first.
    pub calls: Vec<Place>,
    /// What is written in it. A block is a list of maps; what is missing is not there.
    pub body: Map,
    /// Addresses of resources that each of its attributes was made of.
    pub references: BTreeMap<String, BTreeSet<String>>,
}

/// A block where it is written.
#[derive(Clone, Copy)]
pub(crate) struct Written<'b> {
    pub(crate) file: usize,
    pub(crate) block: &'b Block,
}

/// The resources of one use of a module.
pub(crate) fn of(scope: &Scope<'_, '_>, out: &mut Vec<Resource>) {
    let Some(directory) = scope.directory() else {
        return;
    };
    for (address, declared) in &directory.resources {
        let written = Written {
            file: declared.file,
            block: declared.it,
        };
        for (name, each) in instances(scope, &declared.it.body) {
            let bound = Bound {
                name,
                value: &each,
                outer: None,
            };
            let mut references: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
            let body = body(scope, Some(&bound), written, &mut |attribute, touched| {
                references
                    .entry(attribute.to_owned())
                    .or_default()
                    .extend(touched);
            });
            out.push(Resource {
                kind: address.split('.').next().unwrap_or_default().to_owned(),
                root: Rc::clone(&scope.instance.root),
                address: format!("{}{address}", scope.instance.prefix),
                at: scope.world.head(declared.file, declared.it),
                planned: None,
                versions: Versions::default(),
                calls: scope.instance.calls.clone(),
                body,
                references,
            });
        }
    }
}

/// Whether a block is surely written out into nothing.
pub(crate) fn is_absent(scope: &Scope<'_, '_>, body: &Body) -> bool {
    instances(scope, body).is_empty()
}

/// What tells the instances of a block apart: the name and value of `count` or `each`.
fn instances(scope: &Scope<'_, '_>, body: &Body) -> Vec<(&'static str, Val)> {
    let value_of = |name: &str| {
        body.get_attribute(name)
            .map(|one| scope.eval(None).of(&one.value))
    };
    let each = |key: Val, value: Val| {
        let entries = [("key".to_owned(), key), ("value".to_owned(), value)];
        ("each", Val::map(entries))
    };
    let unknown = |name: &str| Val::unknown(format!("`{name}` is not known"));
    if let Some(count) = value_of("count") {
        let index = |index: Val| ("count", Val::map([("index".to_owned(), index)]));
        return match super::functions::whole(&count) {
            Some(count) if count <= MOST => (0_u32..)
                .take(count)
                .map(|at| index(Val::Number(f64::from(at))))
                .collect(),
            _ => vec![index(unknown("count.index"))],
        };
    }
    match value_of("for_each") {
        Some(Val::Map(map)) if map.entries.len() <= MOST => map
            .entries
            .into_iter()
            .map(|(key, value)| each(Val::Text(key), value))
            .collect(),
        Some(Val::List(items)) if items.len() <= MOST => {
            items.into_iter().map(|item| each(item.clone(), item)).collect()
        }
        Some(_) => vec![each(unknown("each.key"), unknown("each.value"))],
        None => vec![("", Val::Null)],
    }
}

/// What is written in a block. `touched` is told which resources each attribute or block at the top was made of.
pub(crate) fn body(
    scope: &Scope<'_, '_>,
    bound: Option<&Bound<'_>>,
    written: Written<'_>,
    touched: &mut dyn FnMut(&str, BTreeSet<String>),
) -> Map {
    let mut out = Writing {
        entries: BTreeMap::new(),
        attributes: BTreeMap::new(),
    };
    for structure in written.block.body.iter() {
        scope.world.touched.borrow_mut().clear();
        let name = match structure {
            Structure::Attribute(one) => {
                let name = one.key.value().as_str();
                let value = scope.eval(bound).of(&one.value);
                // What another file overrides is told at the block.
                let at = if one.span().is_some() {
                    scope.world.place(written.file, one)
                } else {
                    scope.world.head(written.file, written.block)
                };
                out.attributes.insert(name.to_owned(), at);
                if value != Val::Null {
                    out.entries.insert(name.to_owned(), value);
                }
                name
            }
            Structure::Block(block) => {
                let inner = Written {
                    file: written.file,
                    block,
                };
                out.block(scope, bound, inner)
            }
        };
        let found = std::mem::take(&mut *scope.world.touched.borrow_mut());
        touched(name, found);
    }
    out.finish(scope.world.head(written.file, written.block))
}

struct Writing {
    entries: BTreeMap<String, Val>,
    attributes: BTreeMap<String, Place>,
}

impl Writing {
    fn push(&mut self, name: &str, at: Place, value: Val) {
        self.attributes.entry(name.to_owned()).or_insert(at);
        match self
            .entries
            .entry(name.to_owned())
            .or_insert_with(|| Val::List(Vec::new()))
        {
            Val::List(items) => items.push(value),
            other => *other = value,
        }
    }

    fn block<'b>(
        &mut self,
        scope: &Scope<'_, '_>,
        bound: Option<&Bound<'_>>,
        written: Written<'b>,
    ) -> &'b str {
        let block = written.block;
        let name = block.ident.value().as_str();
        let at = scope.world.head(written.file, block);
        let mut quiet = |_: &str, found: BTreeSet<String>| {
            scope.world.touched.borrow_mut().extend(found);
        };
        let Some(label) = block.labels.first().filter(|_| name == "dynamic") else {
            let inner = nested(scope, bound, written, &mut quiet);
            self.push(name, at, Val::Map(inner));
            return name;
        };
        let name = label.as_str();
        let iterator = block.body.get_attribute("iterator").map(|one| match &one.value {
            hcl_edit::expr::Expression::Variable(name) => name.value().to_string(),
            other => other.as_str().unwrap_or(name).to_owned(),
        });
        let iterator = iterator.unwrap_or_else(|| name.to_owned());
        let over = block.body.get_attribute("for_each");
        let over = over.map_or(Val::Null, |over| scope.eval(bound).of(&over.value));
        let turns: Vec<(Val, Val)> = match over {
            Val::List(items) => items.into_iter().map(|item| (item.clone(), item)).collect(),
            Val::Map(map) => map
                .entries
                .into_iter()
                .map(|(key, value)| (Val::Text(key), value))
                .collect(),
            Val::Unknown(reason) => {
                self.push(name, at, Val::Unknown(reason));
                return name;
            }
            _ => Vec::new(),
        };
        let Some(content) = block.body.get_blocks("content").next() else {
            return name;
        };
        for (key, value) in turns.into_iter().take(1024) {
            let each = Val::map([("key".to_owned(), key), ("value".to_owned(), value)]);
            let bound = Bound {
                name: &iterator,
                value: &each,
                outer: bound,
            };
            let content = Written {
                file: written.file,
                block: content,
            };
            let inner = nested(scope, Some(&bound), content, &mut quiet);
            self.push(name, at, Val::Map(inner));
        }
        name
    }

    fn finish(mut self, at: Place) -> Map {
        for value in self.entries.values_mut() {
            // Where no block is certain it is not even known whether there is one.
            let doubt = match value {
                Val::List(items)
                    if !items.is_empty() && items.iter().all(|item| matches!(item, Val::Unknown(_))) =>
                {
                    items.first().cloned()
                }
                _ => None,
            };
            if let Some(doubt) = doubt {
                *value = doubt;
            }
        }
        Map {
            entries: self.entries,
            places: Some(Rc::new(Places {
                at,
                attributes: self.attributes,
            })),
        }
    }
}

/// A block within another: what it was made of counts for the outer one.
fn nested(
    scope: &Scope<'_, '_>,
    bound: Option<&Bound<'_>>,
    written: Written<'_>,
    touched: &mut dyn FnMut(&str, BTreeSet<String>),
) -> Map {
    let mut all = std::mem::take(&mut *scope.world.touched.borrow_mut());
    let map = body(scope, bound, written, &mut |_, found| all.extend(found));
    touched("", all);
    map
}
