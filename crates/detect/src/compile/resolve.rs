//! Names of macros and lists become what they stand for, names of fields become fields, and values get the type of the field.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::net::IpAddr;

use super::leaf::{Compare, FieldRef, Leaf, Network, Relation, Subject, Test};
use super::nodes::{NodeId, Nodes};
use crate::calls;
use crate::falco::{Definitions, Located, Place};
use crate::fields::{self, Argument, Read, Takes};
use crate::language::{self, Check, Expression, Operand, Operator, Right, Transformer, Value};

/// Macros within macros, parentheses within parentheses
const DEPTH: usize = 200;
/// Nodes of all rules together
const NODES: usize = 1_000_000;
/// Values of one list with those that it names
const VALUES: usize = 200_000;

/// Why a condition means nothing.
#[derive(Debug, Clone)]
pub(crate) struct Unresolved {
    pub(crate) place: Place,
    pub(crate) message: String,
    pub(crate) help: String,
    /// It was told where it was read
    pub(crate) told: bool,
    /// It is a field that nothing is known of
    pub(crate) unknown_field: bool,
}

pub(crate) type Resolved<T> = Result<T, Unresolved>;

enum Macro {
    Working,
    Done(Resolved<NodeId>),
}

/// Makes nodes of conditions.
pub(super) struct Resolver<'d> {
    definitions: &'d Definitions,
    pub(super) nodes: Nodes,
    macros: HashMap<&'d str, Macro>,
    depth: usize,
}

/// What is known of values by the field that they are compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Type {
    Text,
    Number,
    Boolean,
    Address,
    Network,
}

impl<'d> Resolver<'d> {
    pub(super) fn new(definitions: &'d Definitions) -> Self {
        Self {
            definitions,
            nodes: Nodes::default(),
            macros: HashMap::new(),
            depth: 0,
        }
    }

    /// The node of a text
    pub(super) fn text(&mut self, text: &Located) -> Resolved<NodeId> {
        let expression = language::condition(text.text()).map_err(|mistake| Unresolved {
            place: text.place(mistake.at.start),
            message: mistake.message,
            help: mistake.help,
            told: false,
            unknown_field: false,
        })?;
        self.expression(&expression, text)
    }

    /// The node of an expression that is written in `text`
    pub(super) fn expression(&mut self, expression: &Expression, text: &Located) -> Resolved<NodeId> {
        if self.depth >= DEPTH || self.nodes.len() >= NODES {
            return Err(wrong(
                text.place(0),
                "macros and parentheses are nested too deep, or too many conditions are open at once",
                "say it in fewer macros",
            ));
        }
        self.depth += 1;
        let node = self.node(expression, text);
        self.depth -= 1;
        node
    }

    fn node(&mut self, expression: &Expression, text: &Located) -> Resolved<NodeId> {
        match expression {
            Expression::And(parts) | Expression::Or(parts) => {
                let nodes = parts.iter().map(|part| self.expression(part, text));
                let nodes = nodes.collect::<Resolved<Vec<_>>>()?;
                Ok(if matches!(expression, Expression::And(_)) {
                    self.nodes.and(&nodes)
                } else {
                    self.nodes.or(&nodes)
                })
            }
            Expression::Not(inner) => {
                let inner = self.expression(inner, text)?;
                Ok(self.nodes.not(inner))
            }
            Expression::Macro { name, at } => self.macro_of(name, text.place(at.start)),
            Expression::Check(check) => self.check(check, text),
        }
    }

    fn macro_of(&mut self, name: &str, place: Place) -> Resolved<NodeId> {
        let Some((name, found)) = self.definitions.macros.get_key_value(name) else {
            let known = self.definitions.macros.keys().map(|name| &**name);
            let help = nearest(name, known).map_or_else(
                || "define it, or read the file that defines it first".to_owned(),
                |near| format!("perhaps `{near}` is meant"),
            );
            return Err(wrong(place, format!("there is no macro `{name}`"), help));
        };
        match self.macros.get(&**name) {
            Some(Macro::Done(done)) => return done.clone(),
            Some(Macro::Working) => {
                return Err(wrong(
                    place,
                    format!("macro `{name}` is part of itself"),
                    "write it without itself",
                ));
            }
            None => {}
        }
        self.macros.insert(name, Macro::Working);
        let node = if found.broken {
            Err(Unresolved {
                told: true,
                ..wrong(place, format!("macro `{name}` cannot be read"), "mend the macro")
            })
        } else {
            self.text(&found.condition).map_err(|error| Unresolved {
                message: format!("in macro `{name}`: {}", error.message),
                ..error
            })
        };
        self.macros.insert(name, Macro::Done(node.clone()));
        node
    }

    fn check(&mut self, check: &Check, text: &Located) -> Resolved<NodeId> {
        let place = text.place(check.at.start);
        let subject = subject_of(&check.left).map_err(|(message, help, unknown)| Unresolved {
            unknown_field: unknown,
            ..wrong(place.clone(), message, help)
        })?;
        let kind = type_of(&subject);
        if let Right::Operand(right) = &check.right {
            let other = subject_of(right).map_err(|(message, help, unknown)| Unresolved {
                unknown_field: unknown,
                ..wrong(place.clone(), message, help)
            })?;
            return self.compared(subject, check.operator, other, place);
        }
        let values = match &check.right {
            Right::Values(values) => self.values(values, check.operator, text)?,
            _ => Vec::new(),
        };
        let is_call = matches!(&subject, Subject::Field(field, _) if matches!(field.0.name, "evt.type" | "syscall.type"));
        if is_call
            && matches!(
                check.operator,
                Operator::Equal | Operator::Unequal | Operator::In | Operator::Intersects
            )
        {
            for value in &values {
                if calls::kind(value).is_none() && **value != *"<NA>" {
                    let near = nearest(value, calls::all().map(|(name, _)| name));
                    let help = near.map_or_else(
                        || "write the name of a system call".to_owned(),
                        |near| format!("perhaps `{near}` is meant"),
                    );
                    return Err(wrong(place, format!("there is no call `{value}`"), help));
                }
            }
        }
        let negated = check.operator == Operator::Unequal;
        let exists = Leaf {
            subject: subject.clone(),
            test: Test::Exists,
        };
        let leaf = match test(kind, check.operator, &values) {
            Ok(test) => Leaf { subject, test },
            Err((message, help)) => return Err(wrong(place, message, help)),
        };
        let leaf = self.leaf(leaf, &place)?;
        if !negated {
            return Ok(leaf);
        }
        // What has no answer differs from nothing.
        let exists = self.leaf(exists, &place)?;
        let differs = self.nodes.not(leaf);
        Ok(self.nodes.and(&[exists, differs]))
    }

    fn leaf(&mut self, leaf: Leaf, place: &Place) -> Resolved<NodeId> {
        self.nodes.leaf(leaf).map_err(|message| {
            wrong(
                place.clone(),
                format!("the regular expression cannot be read: {message}"),
                "write one without looking around or going back",
            )
        })
    }

    fn compared(
        &mut self,
        subject: Subject,
        operator: Operator,
        other: Subject,
        place: Place,
    ) -> Resolved<NodeId> {
        let (own, others) = (type_of(&subject), type_of(&other));
        if own != others || !matches!(own, Type::Text | Type::Number) {
            return Err(wrong(
                place,
                format!("{} is compared with {}", own.name(), others.name()),
                "compare two texts or two numbers",
            ));
        }
        let test = if own == Type::Number {
            relation(operator).map(|relation| Test::OtherNumber(relation, other.clone()))
        } else {
            compare(operator).map(|compare| Test::Other(compare, other.clone()))
        };
        let Some(test) = test else {
            return Err(wrong(
                place,
                format!(
                    "`{}` does not compare two parts of an event that are {}",
                    operator.name(),
                    own.name()
                ),
                "write another operator",
            ));
        };
        let leaf = self.leaf(
            Leaf {
                subject: subject.clone(),
                test,
            },
            &place,
        )?;
        if operator != Operator::Unequal {
            return Ok(leaf);
        }
        let mut both = Vec::new();
        for subject in [subject, other] {
            both.push(self.leaf(
                Leaf {
                    subject,
                    test: Test::Exists,
                },
                &place,
            )?);
        }
        both.push(self.nodes.not(leaf));
        Ok(self.nodes.and(&both))
    }

    /// Values with lists written out
    fn values(&self, values: &[Value], operator: Operator, text: &Located) -> Resolved<Vec<Box<str>>> {
        let mut all = Vec::new();
        for value in values {
            let list = self.definitions.lists.contains_key(&value.text) && !value.quoted;
            if !list {
                all.push(value.text.clone());
            } else if operator.takes_list() {
                let place = text.place(value.at.start);
                self.list(&value.text, &place, &mut HashSet::new(), &mut all)?;
            } else {
                return Err(wrong(
                    text.place(value.at.start),
                    format!(
                        "`{}` is a list, and `{}` compares with one value",
                        value.text,
                        operator.name()
                    ),
                    "write `in`, or put the value into quotes",
                ));
            }
        }
        Ok(all)
    }

    fn list(
        &self,
        name: &str,
        place: &Place,
        open: &mut HashSet<Box<str>>,
        all: &mut Vec<Box<str>>,
    ) -> Resolved<()> {
        let Some(list) = self.definitions.lists.get(name) else {
            return Ok(());
        };
        if list.broken {
            return Err(Unresolved {
                told: true,
                ..wrong(
                    place.clone(),
                    format!("list `{name}` cannot be read"),
                    "mend the list",
                )
            });
        }
        if !open.insert(name.into()) || open.len() > DEPTH {
            return Err(wrong(
                list.place.clone(),
                format!("list `{name}` is part of itself"),
                "write it without itself",
            ));
        }
        for item in &list.items {
            if all.len() >= VALUES {
                return Err(wrong(
                    list.place.clone(),
                    format!("list `{name}` has more than {VALUES} values"),
                    "use fewer",
                ));
            }
            if !item.quoted && self.definitions.lists.contains_key(&item.text) {
                self.list(&item.text, place, open, all)?;
            } else {
                all.push(item.text.clone());
            }
        }
        open.remove(name);
        Ok(())
    }
}

fn wrong(place: Place, message: impl Into<String>, help: impl Into<String>) -> Unresolved {
    Unresolved {
        place,
        message: message.into(),
        help: help.into(),
        told: false,
        unknown_field: false,
    }
}

/// The name that differs in the fewest letters, where they are few.
fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let close = known.map(|one| (strsim::osa_distance(name, one), one));
    let (distance, one) = close.min()?;
    (distance <= name.len() / 3).then_some(one)
}

/// A message, what to write instead, and whether nothing is known of the field
pub(crate) type NoSubject = (String, String, bool);

/// What an operand asks for.
pub(crate) fn subject_of(operand: &Operand) -> Result<Subject, NoSubject> {
    let (by, of) = match operand {
        Operand::Field { name, argument, .. } => return field(name, argument.as_deref()),
        Operand::Transformed { by, of, .. } => (*by, of),
    };
    let mut parts = Vec::new();
    for argument in of {
        parts.push(part(argument)?);
    }
    let text = |subjects: &[Subject]| subjects.iter().all(|one| matches!(type_of(one), Type::Text));
    match by {
        Transformer::Join => match parts.split_first() {
            Some((between, [list])) if !list.is_empty() => match between.as_slice() {
                [Subject::Text(between)] => Ok(Subject::Join(between.clone(), list.clone())),
                _ => Err(bad(
                    "`join` takes a text and a list",
                    "write `join(\",\", (proc.name, proc.pname))`",
                )),
            },
            _ => Err(bad(
                "`join` takes a text and a list",
                "write `join(\",\", (proc.name, proc.pname))`",
            )),
        },
        Transformer::Concat => {
            let parts = parts.concat();
            if parts.len() < 2 {
                return Err(bad(
                    "`concat` takes two parts or more",
                    "write `concat(proc.name, \" \", proc.args)`",
                ));
            }
            Ok(Subject::Join("".into(), parts))
        }
        by => {
            let only = parts.concat();
            let name = Transformer::ALL
                .iter()
                .find(|(_, one)| *one == by)
                .map_or("", |(name, _)| name);
            let [inner] = only.as_slice() else {
                return Err(bad(
                    &format!("`{name}` takes one field"),
                    &format!("write `{name}(proc.name)`"),
                ));
            };
            if by == Transformer::Value {
                return Ok(inner.clone());
            }
            if !text(&only) {
                return Err(bad(
                    &format!("`{name}` takes a text, and this is none"),
                    "leave the transformer out",
                ));
            }
            Ok(Subject::Apply(by, Box::new(inner.clone())))
        }
    }
}

fn bad(message: &str, help: &str) -> NoSubject {
    (message.to_owned(), help.to_owned(), false)
}

fn part(argument: &language::Argument) -> Result<Vec<Subject>, NoSubject> {
    match argument {
        language::Argument::Operand(operand) => Ok(vec![subject_of(operand)?]),
        language::Argument::Text(text) => Ok(vec![Subject::Text(text.clone())]),
        language::Argument::List(list) => {
            let parts = list.iter().map(part).collect::<Result<Vec<_>, _>>()?;
            Ok(parts.concat())
        }
    }
}

fn field(name: &str, argument: Option<&str>) -> Result<Subject, NoSubject> {
    // The name of an argument in brackets is one after a full stop.
    let full = match (name, argument) {
        ("evt.arg" | "evt.rawarg", Some(argument)) if argument.parse::<usize>().is_err() => {
            Some(format!("{name}.{argument}"))
        }
        _ => None,
    };
    let (name, argument) = full.as_deref().map_or((name, argument), |full| (full, None));
    let Some(field) = fields::named(name) else {
        let near = nearest(name, fields::all().map(|field| field.name));
        let help = near.map_or_else(
            || "docs/detection.md lists the fields of system calls".to_owned(),
            |near| format!("perhaps `{near}` is meant"),
        );
        return Err((format!("there is no field `{name}` of system calls"), help, true));
    };
    let index = argument.and_then(|argument| argument.parse().ok());
    let argument = match (field.takes, argument) {
        (Takes::Nothing, None)
        | (Takes::Index { required: false } | Takes::Key { required: false }, None) => Argument::None,
        (Takes::Index { .. } | Takes::Key { .. }, Some(argument)) => match (index, field.takes) {
            (Some(index), _) => Argument::Index(index),
            (None, Takes::Key { .. }) => Argument::Key(argument.into()),
            _ => {
                return Err(bad(
                    &format!("`{name}` takes a number in brackets"),
                    &format!("write `{name}[2]`"),
                ));
            }
        },
        (Takes::Nothing, Some(_)) => {
            return Err(bad(
                &format!("`{name}` takes no argument"),
                &format!("write `{name}`"),
            ));
        }
        (_, None) => {
            return Err(bad(
                &format!("`{name}` takes an argument"),
                &format!("write `{name}[…]`"),
            ));
        }
    };
    if name == "evt.arg" {
        return Err(bad(
            "arguments of calls are known by their names here",
            "write a name, as in `evt.arg.flags`",
        ));
    }
    Ok(Subject::Field(FieldRef(field), argument))
}

fn type_of(subject: &Subject) -> Type {
    match subject {
        Subject::Field(field, _) => match field.0.read {
            Read::Text(_) | Read::Built(_) | Read::Many(_) | Read::Never(_) => Type::Text,
            Read::Number(_) | Read::Numbers(_) => Type::Number,
            Read::Boolean(_) => Type::Boolean,
            Read::Address(_) => Type::Address,
            Read::Network(_) => Type::Network,
        },
        Subject::Apply(Transformer::Length, _) => Type::Number,
        _ => Type::Text,
    }
}

impl Type {
    const fn name(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Number => "a number",
            Self::Boolean => "true or false",
            Self::Address => "an address",
            Self::Network => "a network",
        }
    }
}

const fn compare(operator: Operator) -> Option<Compare> {
    Some(match operator {
        Operator::Equal | Operator::Unequal | Operator::In | Operator::Intersects => Compare::Equal,
        Operator::PathMatch => Compare::PathMatch,
        Operator::Glob => Compare::Glob,
        Operator::GlobAnyCase => Compare::GlobAnyCase,
        Operator::Contains => Compare::Contains,
        Operator::ContainsAnyCase => Compare::ContainsAnyCase,
        Operator::StartsWith => Compare::StartsWith,
        Operator::EndsWith => Compare::EndsWith,
        _ => return None,
    })
}

const fn relation(operator: Operator) -> Option<Relation> {
    Some(match operator {
        Operator::Equal | Operator::Unequal | Operator::In | Operator::Intersects => Relation::Equal,
        Operator::Less => Relation::Less,
        Operator::LessOrEqual => Relation::LessOrEqual,
        Operator::Greater => Relation::Greater,
        Operator::GreaterOrEqual => Relation::GreaterOrEqual,
        _ => return None,
    })
}

/// A message, and what to write instead
type NoTest = (String, String);

fn test(kind: Type, operator: Operator, values: &[Box<str>]) -> Result<Test, NoTest> {
    if operator == Operator::Exists {
        return Ok(Test::Exists);
    }
    match kind {
        Type::Text => texts(operator, values),
        Type::Number => {
            let numbers = parsed(values, number, "a number")?;
            match (relation(operator), numbers.as_slice()) {
                (Some(Relation::Equal), _) => Ok(Test::Numbers(numbers.into_iter().collect())),
                (Some(relation), [number]) => Ok(Test::Number(relation, *number)),
                _ => Err(misfit(operator, kind)),
            }
        }
        Type::Boolean => {
            let values = parsed(values, boolean, "true or false")?;
            match (relation(operator), values.as_slice()) {
                (Some(Relation::Equal), [value]) => Ok(Test::Boolean(*value)),
                _ => Err(misfit(operator, kind)),
            }
        }
        Type::Address | Type::Network if relation(operator) != Some(Relation::Equal) => {
            Err(misfit(operator, kind))
        }
        Type::Address => {
            let addresses = parsed(values, |text| text.parse::<IpAddr>().ok(), "an address")?;
            Ok(Test::Addresses(
                addresses.into_iter().map(|one| one.to_canonical()).collect(),
            ))
        }
        Type::Network => {
            let networks = parsed(values, Network::parse, "a network such as `10.0.0.0/8`")?;
            Ok(Test::Networks(networks.into_iter().collect()))
        }
    }
}

fn misfit(operator: Operator, kind: Type) -> NoTest {
    (
        format!("`{}` does not compare {} so", operator.name(), kind.name()),
        "write `=`, `!=` or `in`".to_owned(),
    )
}

fn texts(operator: Operator, values: &[Box<str>]) -> Result<Test, NoTest> {
    let bytes = |value: &str| Box::<[u8]>::from(value.as_bytes());
    let all: BTreeSet<Box<[u8]>> = values.iter().map(|value| bytes(value)).collect();
    match operator {
        Operator::ContainsAnyCase => {
            let lower = values.iter().map(|value| value.to_ascii_lowercase());
            Ok(Test::Text(
                Compare::ContainsAnyCase,
                lower.map(|value| bytes(&value)).collect(),
            ))
        }
        Operator::ContainsBytes | Operator::StartsWithBytes => {
            let values = parsed(values, hexadecimal, "hexadecimal digits, two for each byte")?;
            let compare = if operator == Operator::ContainsBytes {
                Compare::Contains
            } else {
                Compare::StartsWith
            };
            Ok(Test::Text(compare, values.into_iter().collect()))
        }
        Operator::Regex => Ok(Test::Text(Compare::Regex, all)),
        operator => compare(operator)
            .map(|compare| Test::Text(compare, all))
            .ok_or_else(|| misfit(operator, Type::Text)),
    }
}

fn parsed<T>(values: &[Box<str>], parse: impl Fn(&str) -> Option<T>, what: &str) -> Result<Vec<T>, NoTest> {
    let parse = |value: &str| {
        parse(value).ok_or_else(|| (format!("`{value}` is not {what}"), format!("write {what}")))
    };
    values.iter().map(|value| parse(value)).collect()
}

fn number(text: &str) -> Option<i64> {
    let hexadecimal = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    match hexadecimal {
        Some(digits) => i64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

fn boolean(text: &str) -> Option<bool> {
    match text {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

fn hexadecimal(text: &str) -> Option<Box<[u8]>> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .map(|one| u8::try_from(one.to_digit(16)?).ok())
        .collect();
    let digits = digits?;
    if digits.len() % 2 != 0 {
        return None;
    }
    Some(
        digits
            .chunks(2)
            .map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit))
            .collect(),
    )
}
