//! Exceptions of rules: lists of values that a rule does not fire for.
//!
//! Each becomes a condition of which the negation is part of the rule: any of its values, all fields of a value.

use bartizan_document::{Node, Value as Yaml};

use super::file::scalar;
use super::place::{Place, Source};
use crate::language::{self, Check, Expression, Operand, Operator, Right, Value};

/// An exception by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Exception {
    pub(super) name: Box<str>,
    /// Fields with the operators that they are compared by, and whether there is one without a list around it
    shape: Option<Shape>,
    values: Vec<Expression>,
    pub(super) place: Place,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Shape {
    fields: Vec<(Operand, Operator)>,
    single: bool,
}

/// Why an exception cannot be read, and what to write instead.
pub(super) type Mistake = (Place, String, String);

impl Exception {
    /// Reads one. Values that come before fields are known are read by the shape of `before`, the exception of the same name that they add to.
    pub(super) fn read(source: &Source<'_>, node: &Node, before: Option<&Self>) -> Result<Self, Mistake> {
        let place = source.place_of(node);
        let wrong = |message: String, help: &str| (place.clone(), message, help.to_owned());
        for entry in node.entries() {
            if !matches!(&*entry.key, "name" | "fields" | "comps" | "values") {
                return Err(wrong(
                    format!("`{}` is no key of an exception", entry.key),
                    "write name, fields, comps and values",
                ));
            }
        }
        let name = node.get("name").and_then(|name| scalar(source, name));
        let Some(name) = name.filter(|name| !name.is_empty()) else {
            return Err(wrong("an exception has no name".to_owned(), "write `name: …`"));
        };
        let shape = match (node.get("fields"), before.and_then(|before| before.shape.clone())) {
            (Some(fields), _) => Some(shape(source, fields, node.get("comps"))?),
            (None, shape) => shape,
        };
        let Some(shape) = shape else {
            return Err(wrong(
                format!("exception `{name}` has no fields"),
                "write `fields: [proc.name, …]`",
            ));
        };
        let mut values = Vec::new();
        if let Some(node) = node.get("values") {
            if shape.single {
                // One comparison with all values
                let (operand, operator) = shape.fields.first().ok_or_else(|| {
                    wrong(
                        format!("exception `{name}` has no fields"),
                        "write `fields: proc.name`",
                    )
                })?;
                if !matches!(node.value, Yaml::List(_)) {
                    return Err(wrong(
                        format!("values of exception `{name}` are no list"),
                        "write `values: [a, b]`",
                    ));
                }
                if operator.takes_list() {
                    if !node.items().is_empty() {
                        values.push(check(source, operand, *operator, node)?);
                    }
                } else {
                    for item in node.items() {
                        values.push(check(source, operand, *operator, item)?);
                    }
                }
            } else {
                for tuple in node.items() {
                    values.push(all(source, &shape, tuple)?);
                }
            }
        }
        Ok(Self {
            name: name.into(),
            shape: Some(shape),
            values,
            place,
        })
    }

    /// Adds the values of another one of the same name
    pub(super) fn extend(&mut self, other: Self) {
        self.values.extend(other.values);
    }

    /// What it is true of; none without values
    pub(super) fn condition(&self) -> Option<Expression> {
        (!self.values.is_empty()).then(|| Expression::Or(self.values.clone()))
    }
}

fn shape(source: &Source<'_>, fields: &Node, comps: Option<&Node>) -> Result<Shape, Mistake> {
    let place = source.place_of(fields);
    let single = !matches!(fields.value, Yaml::List(_));
    let texts = |node: &Node| -> Vec<String> {
        let nodes = if matches!(node.value, Yaml::List(_)) {
            node.items()
        } else {
            std::slice::from_ref(node)
        };
        let texts = nodes
            .iter()
            .map(|node| scalar(source, node).unwrap_or_default().to_owned());
        texts.collect()
    };
    let operators = comps.map(|comps| {
        let operators = texts(comps).into_iter().map(|name| {
            Operator::named(&name).ok_or_else(|| {
                let names: Vec<_> = Operator::ALL.iter().map(|(name, _)| *name).collect();
                (
                    source.place_of(comps),
                    format!("there is no operator `{name}`"),
                    format!("write one of {}", names.join(" ")),
                )
            })
        });
        operators.collect::<Result<Vec<_>, _>>()
    });
    let operators = operators.transpose()?;
    let fields = texts(fields);
    if operators
        .as_ref()
        .is_some_and(|operators| operators.len() != fields.len())
    {
        return Err((
            place,
            "an exception has as many operators in `comps` as it has fields".to_owned(),
            "write one operator for each field".to_owned(),
        ));
    }
    let default = if single { Operator::In } else { Operator::Equal };
    let mut shape = Vec::new();
    for (index, text) in fields.iter().enumerate() {
        let operand = match language::operand(text) {
            Ok((operand, length)) if length == text.len() => operand,
            Ok(_) => {
                return Err((
                    place,
                    format!("`{text}` is no field"),
                    "write a field alone".to_owned(),
                ));
            }
            Err(mistake) => return Err((place, mistake.message, mistake.help)),
        };
        let operator = operators.as_ref().and_then(|all| all.get(index).copied());
        shape.push((operand, operator.unwrap_or(default)));
    }
    Ok(Shape {
        fields: shape,
        single,
    })
}

/// All fields of one value
fn all(source: &Source<'_>, shape: &Shape, tuple: &Node) -> Result<Expression, Mistake> {
    let items = tuple.items();
    if items.len() != shape.fields.len() {
        return Err((
            source.place_of(tuple),
            format!(
                "a value of an exception has {} parts where it has {} fields",
                items.len(),
                shape.fields.len()
            ),
            "write a list with one part for each field".to_owned(),
        ));
    }
    let checks = shape.fields.iter().zip(items);
    let checks = checks.map(|((operand, operator), item)| check(source, operand, *operator, item));
    Ok(Expression::And(checks.collect::<Result<_, _>>()?))
}

fn check(
    source: &Source<'_>,
    left: &Operand,
    operator: Operator,
    item: &Node,
) -> Result<Expression, Mistake> {
    let place = source.place_of(item);
    let mut values = Vec::new();
    let mut push = |text: &str| {
        // As much of it as there is room for in the place of one; a mistake is impossible in a bare text.
        values.extend(language::value(text));
    };
    match (&item.value, operator.takes_list()) {
        (Yaml::List(items), true) => {
            for item in items {
                push(scalar(source, item).ok_or_else(|| no_value(source, item))?);
            }
        }
        (_, takes_list) => {
            let text = scalar(source, item).ok_or_else(|| no_value(source, item))?;
            let inner = text.strip_prefix('(').and_then(|text| text.strip_suffix(')'));
            match inner.filter(|_| takes_list) {
                Some(inner) => inner.split(',').for_each(|part| push(part.trim())),
                None => push(text),
            }
        }
    }
    if operator == Operator::Exists {
        return Err((
            place,
            "`exists` compares with nothing".to_owned(),
            "write another operator".to_owned(),
        ));
    }
    Ok(Expression::Check(Check {
        left: left.clone(),
        operator,
        right: Right::Values(
            values
                .into_iter()
                .map(|value| Value { at: 0..0, ..value })
                .collect(),
        ),
        at: 0..0,
    }))
}

fn no_value(source: &Source<'_>, node: &Node) -> Mistake {
    (
        source.place_of(node),
        format!("a value is expected here, and this is {}", node.kind()),
        "write a text; a list stands only where the operator is `in`, `intersects` or `pmatch`".to_owned(),
    )
}
