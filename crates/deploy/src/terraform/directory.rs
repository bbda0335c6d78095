//! What the files of one directory declare.

use super::value::Place;
use super::versions::provider_named;
use bartizan_document::Span as Range;
use hcl_edit::Span;
use hcl_edit::expr::{Expression, ObjectKey};
use hcl_edit::structure::{Attribute, Block, Body};
use std::collections::BTreeMap;

/// A part of a file.
#[derive(Debug)]
pub(crate) struct In<'f, T> {
    pub(crate) file: usize,
    pub(crate) it: &'f T,
}

// Deriving would ask the same of `T`.
impl<T> Clone for In<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for In<'_, T> {}

/// One directory.
#[derive(Debug, Default)]
pub(crate) struct Directory<'f> {
    pub(crate) variables: BTreeMap<&'f str, In<'f, Block>>,
    pub(crate) values: BTreeMap<&'f str, In<'f, Expression>>,
    pub(crate) locals: BTreeMap<&'f str, In<'f, Expression>>,
    pub(crate) outputs: BTreeMap<&'f str, In<'f, Block>>,
    pub(crate) modules: BTreeMap<&'f str, In<'f, Block>>,
    /// By `type.name`.
    pub(crate) resources: BTreeMap<String, In<'f, Block>>,
    /// By `type.name`.
    pub(crate) data: BTreeMap<String, In<'f, Block>>,
    /// Providers, and which versions of each it admits.
    pub(crate) required: Vec<(&'f str, &'f str)>,
    /// Versions of providers that are installed.
    pub(crate) installed: BTreeMap<&'f str, &'f str>,
}

impl<'f> Directory<'f> {
    /// Takes in what a `.tf` file declares.
    pub(crate) fn add(&mut self, file: usize, body: &'f Body) {
        for block in body.blocks() {
            let labels: Vec<&str> = block.labels.iter().map(|label| label.as_str()).collect();
            let it = In { file, it: block };
            match (block.ident.value().as_str(), labels.as_slice()) {
                ("variable", [name]) => drop(self.variables.insert(name, it)),
                ("output", [name]) => drop(self.outputs.insert(name, it)),
                ("module", [name]) => drop(self.modules.insert(name, it)),
                ("resource", [kind, name]) => drop(self.resources.insert(format!("{kind}.{name}"), it)),
                ("data", [kind, name]) => drop(self.data.insert(format!("{kind}.{name}"), it)),
                ("terraform", []) => {
                    let blocks = block.body.get_blocks("required_providers");
                    let all = blocks.flat_map(|block| block.body.attributes());
                    self.required.extend(all.filter_map(requirement));
                }
                ("provider", [name]) => {
                    let version = block.body.get_attribute("version");
                    let version = version.and_then(|one| one.value.as_str());
                    self.required
                        .extend(version.map(|version| (provider_named(name), version)));
                }
                ("locals", []) => {
                    for one in block.body.attributes() {
                        let it = In { file, it: &one.value };
                        self.locals.insert(one.key.value().as_str(), it);
                    }
                }
                _ => {}
            }
        }
    }

    /// Takes in which versions of providers are installed.
    pub(crate) fn add_lock(&mut self, body: &'f Body) {
        for block in body.get_blocks("provider") {
            let source = block.labels.first().map(hcl_edit::structure::BlockLabel::as_str);
            let version = block.body.get_attribute("version");
            if let (Some(source), Some(version)) = (source, version.and_then(|one| one.value.as_str())) {
                self.installed.insert(provider_named(source), version);
            }
        }
    }

    /// Takes in values for variables. Files are to come in the order in which Terraform takes them.
    pub(crate) fn add_values(&mut self, file: usize, body: &'f Body) {
        for one in body.attributes() {
            let it = In { file, it: &one.value };
            self.values.insert(one.key.value().as_str(), it);
        }
    }
}

/// The provider and the versions of it that one line of `required_providers` admits.
fn requirement(one: &Attribute) -> Option<(&str, &str)> {
    let name = one.key.value().as_str();
    let Expression::Object(object) = &one.value else {
        return Some((provider_named(name), one.value.as_str()?));
    };
    let of = |wanted: &str| {
        let mut all = object.iter();
        let found = all.find(|(key, _)| match key {
            ObjectKey::Ident(name) => name.as_str() == wanted,
            ObjectKey::Expression(Expression::Variable(name)) => name.as_str() == wanted,
            ObjectKey::Expression(key) => key.as_str() == Some(wanted),
        });
        found.and_then(|(_, value)| value.expr().as_str())
    };
    Some((provider_named(of("source").unwrap_or(name)), of("version")?))
}

/// Where the head of a block is: its type and labels.
pub(crate) fn head(file: usize, block: &Block) -> Place {
    let start = block.ident.span().unwrap_or_default();
    let end = block
        .labels
        .last()
        .and_then(Span::span)
        .map_or(start.end, |label| label.end);
    Place {
        file,
        span: Range::new(start.start, end),
    }
}

/// Where something is.
pub(crate) fn place(file: usize, it: &impl Span) -> Place {
    let at = it.span().unwrap_or_default();
    Place {
        file,
        span: Range::new(at.start, at.end),
    }
}
