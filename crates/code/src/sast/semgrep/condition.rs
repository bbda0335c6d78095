//! Comparisons of metavariables: `$SIZE < 2048`, `int($X) % 2 == 0`, `re.match("…", $X)`.
//!
//! In: the text of a comparison, which is an expression of Python. Out: whether it holds for given values. What cannot be judged does not
//! hold, as in Semgrep: <https://semgrep.dev/docs/writing-rules/rule-syntax#metavariable-comparison>.

use crate::sast::pattern::{Constant, Regexes, number};
use bartizan_syntax::{Ast, Kind, Language, NodeId, Operator, parse};

/// Levels of an expression, at most.
const DEPTH: usize = 64;

/// A comparison that was read.
#[derive(Debug)]
pub struct Comparison {
    ast: Ast,
    root: NodeId,
    /// The metavariable that `strip` and `base` speak of.
    pub metavariable: Option<String>,
    /// Quotes around it are taken off.
    pub strip: bool,
    /// The base that its digits are of.
    pub base: Option<u32>,
}

/// Begins the name that stands for a metavariable.
const NAME: &str = "MV0ZZ_";

/// A value in a comparison.
#[derive(Debug, Clone, PartialEq)]
enum Value {
    One(Constant),
    Many(Vec<Value>),
}

impl Comparison {
    /// Reads a comparison; none when it uses what is not known here.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let parsed = parse(&text.trim().replace('$', NAME), Language::Python);
        if !parsed.problems.is_empty() {
            return None;
        }
        let statement = *parsed.ast.children(NodeId::ROOT).first()?;
        if parsed.ast.children(NodeId::ROOT).len() != 1 || parsed.ast.kind(statement) != Kind::Expression {
            return None;
        }
        let root = parsed.ast.child(statement, 0)?;
        let known = parsed.ast.subtree(root).all(|id| is_known(&parsed.ast, id));
        known.then_some(Self {
            ast: parsed.ast,
            root,
            metavariable: None,
            strip: false,
            base: None,
        })
    }

    /// Whether it holds. `value` gives what a metavariable, with its dollar, is worth: its constant, or else its text.
    pub fn holds(&self, value: &dyn Fn(&str) -> Option<Constant>, regexes: &Regexes) -> bool {
        let judge = Judge {
            comparison: self,
            value,
            regexes,
        };
        judge
            .evaluate(self.root, DEPTH)
            .is_some_and(|value| truth(&value))
    }

    /// The metavariables that it speaks of.
    #[must_use]
    pub fn metavariables(&self) -> Vec<String> {
        let names = self.ast.subtree(self.root).map(|id| self.ast.text(id));
        names
            .filter_map(|name| name.strip_prefix(NAME))
            .map(|name| format!("${name}"))
            .collect()
    }
}

fn is_known(ast: &Ast, id: NodeId) -> bool {
    match ast.kind(id) {
        Kind::Call => ast.child(id, 0).is_some_and(|callee| match ast.kind(callee) {
            Kind::Name => matches!(ast.text(callee), "int" | "str" | "float" | "len" | "abs"),
            Kind::Member => {
                let part = |position| ast.child(callee, position).map(|part| ast.text(part));
                part(0) == Some("re") && matches!(part(1), Some("match" | "search"))
            }
            _ => false,
        }),
        Kind::Binary => !matches!(ast.node(id).operator, Operator::Other | Operator::MatrixTimes),
        Kind::Unary => matches!(
            ast.node(id).operator,
            Operator::Minus | Operator::Not | Operator::Plus | Operator::BitNot
        ),
        Kind::Name
        | Kind::Str
        | Kind::Number
        | Kind::Bool
        | Kind::Null
        | Kind::Args
        | Kind::List
        | Kind::Tuple
        | Kind::Member => true,
        _ => false,
    }
}

struct Judge<'a> {
    comparison: &'a Comparison,
    value: &'a dyn Fn(&str) -> Option<Constant>,
    regexes: &'a Regexes,
}

fn truth(value: &Value) -> bool {
    match value {
        Value::One(Constant::Bool(value)) => *value,
        Value::One(Constant::Integer(value)) => *value != 0,
        Value::One(Constant::Float(value)) => *value != 0.0,
        Value::One(Constant::Text(value)) => !value.is_empty(),
        Value::Many(values) => !values.is_empty(),
    }
}

impl Judge<'_> {
    fn evaluate(&self, id: NodeId, left: usize) -> Option<Value> {
        let left = left.checked_sub(1)?;
        let ast = &self.comparison.ast;
        let child = |position| ast.child(id, position);
        let one = |constant| Some(Value::One(constant));
        match ast.kind(id) {
            Kind::Str => one(Constant::Text(ast.text(id).to_owned())),
            Kind::Number => number(ast.text(id)).map(Value::One),
            Kind::Bool => one(Constant::Bool(ast.text(id) == "true")),
            Kind::Name => self.name(ast.text(id)),
            Kind::List | Kind::Tuple => {
                let items: Option<Vec<Value>> = ast
                    .children(id)
                    .iter()
                    .map(|&item| self.evaluate(item, left))
                    .collect();
                items.map(Value::Many)
            }
            Kind::Unary => {
                let operand = self.evaluate(child(0)?, left)?;
                match (ast.node(id).operator, operand) {
                    (Operator::Not, value) => one(Constant::Bool(!truth(&value))),
                    (Operator::Minus, Value::One(Constant::Integer(value))) => {
                        one(Constant::Integer(value.checked_neg()?))
                    }
                    (Operator::Minus, Value::One(Constant::Float(value))) => one(Constant::Float(-value)),
                    (Operator::BitNot, Value::One(Constant::Integer(value))) => {
                        one(Constant::Integer(!value))
                    }
                    (Operator::Plus, value) => Some(value),
                    _ => None,
                }
            }
            Kind::Binary => self.binary(ast.node(id).operator, child(0)?, child(1)?, left),
            Kind::Call => self.call(child(0)?, child(1)?, left),
            _ => None,
        }
    }

    fn name(&self, name: &str) -> Option<Value> {
        let name = name.strip_prefix(NAME).map(|name| format!("${name}"))?;
        let value = (self.value)(&name)?;
        let about = self
            .comparison
            .metavariable
            .as_deref()
            .is_none_or(|about| about == name);
        if !about {
            return Some(Value::One(value));
        }
        let mut value = value;
        if self.comparison.strip
            && let Constant::Text(text) = &value
        {
            let bare = text.trim_matches(['"', '\'', '`']);
            value = number(bare).unwrap_or_else(|| Constant::Text(bare.to_owned()));
        }
        if let (Some(base), Constant::Text(text)) = (self.comparison.base, &value) {
            let digits = text.trim_matches(['"', '\'']);
            value = i128::from_str_radix(digits, base).ok().map(Constant::Integer)?;
        }
        Some(Value::One(value))
    }

    fn binary(&self, operator: Operator, first: NodeId, second: NodeId, left: usize) -> Option<Value> {
        let truth_of = |value| Some(Value::One(Constant::Bool(value)));
        if matches!(operator, Operator::And | Operator::Or) {
            let first = self.evaluate(first, left).is_some_and(|value| truth(&value));
            let second = || self.evaluate(second, left).is_some_and(|value| truth(&value));
            return truth_of(if operator == Operator::And {
                first && second()
            } else {
                first || second()
            });
        }
        let (first, second) = (self.evaluate(first, left)?, self.evaluate(second, left)?);
        match operator {
            Operator::Equal | Operator::Identical => truth_of(equal(&first, &second)),
            Operator::NotEqual | Operator::NotIdentical => truth_of(!equal(&first, &second)),
            Operator::In | Operator::NotIn => {
                let inside = contains(&second, &first)?;
                truth_of(inside == (operator == Operator::In))
            }
            Operator::Less => truth_of(order(&first, &second)?.is_lt()),
            Operator::LessOrEqual => truth_of(order(&first, &second)?.is_le()),
            Operator::Greater => truth_of(order(&first, &second)?.is_gt()),
            Operator::GreaterOrEqual => truth_of(order(&first, &second)?.is_ge()),
            _ => arithmetic(operator, &first, &second).map(Value::One),
        }
    }

    fn call(&self, callee: NodeId, arguments: NodeId, left: usize) -> Option<Value> {
        let ast = &self.comparison.ast;
        let values: Option<Vec<Value>> = ast
            .children(arguments)
            .iter()
            .map(|&one| self.evaluate(one, left))
            .collect();
        let values = values?;
        let value = match (ast.text(callee), values.as_slice()) {
            ("int", [Value::One(Constant::Text(text))]) => match number(text.trim())? {
                Constant::Float(value) if value.abs() < 1e30 => Constant::Integer(value as i128),
                other => other,
            },
            ("int", [Value::One(Constant::Float(value))]) if value.abs() < 1e30 => {
                Constant::Integer(*value as i128)
            }
            ("int", [Value::One(value)]) => value.clone(),
            ("float", [Value::One(Constant::Text(text))]) => Constant::Float(text.trim().parse().ok()?),
            ("float", [Value::One(Constant::Integer(value))]) => Constant::Float(*value as f64),
            ("str", [Value::One(value)]) => Constant::Text(value.to_text()),
            ("len", [Value::One(Constant::Text(text))]) => {
                Constant::Integer(i128::try_from(text.chars().count()).ok()?)
            }
            ("len", [Value::Many(values)]) => Constant::Integer(i128::try_from(values.len()).ok()?),
            ("abs", [Value::One(Constant::Integer(value))]) => Constant::Integer(value.checked_abs()?),
            ("", [Value::One(Constant::Text(regex)), Value::One(value)]) => {
                let name = ast.child(callee, 1).map_or("", |name| ast.text(name));
                let regex = if name == "match" {
                    format!("\\A(?:{regex})")
                } else {
                    regex.clone()
                };
                Constant::Bool(self.regexes.is_match(&regex, &value.to_text()))
            }
            _ => return None,
        };
        Some(Value::One(value))
    }
}

fn equal(first: &Value, second: &Value) -> bool {
    match (first, second) {
        (Value::One(Constant::Integer(left)), Value::One(Constant::Float(right)))
        | (Value::One(Constant::Float(right)), Value::One(Constant::Integer(left))) => *left as f64 == *right,
        (Value::One(Constant::Bool(truth)), Value::One(Constant::Text(text)))
        | (Value::One(Constant::Text(text)), Value::One(Constant::Bool(truth))) => {
            text.eq_ignore_ascii_case(&truth.to_string())
        }
        _ => first == second,
    }
}

fn contains(whole: &Value, part: &Value) -> Option<bool> {
    match (whole, part) {
        (Value::Many(values), part) => Some(values.iter().any(|value| equal(value, part))),
        (Value::One(Constant::Text(whole)), Value::One(Constant::Text(part))) => {
            Some(whole.contains(part.as_str()))
        }
        _ => None,
    }
}

fn order(first: &Value, second: &Value) -> Option<std::cmp::Ordering> {
    let (Value::One(first), Value::One(second)) = (first, second) else {
        return None;
    };
    match (first, second) {
        (Constant::Integer(left), Constant::Integer(right)) => Some(left.cmp(right)),
        (Constant::Text(left), Constant::Text(right)) => Some(left.cmp(right)),
        _ => as_float(first)?.partial_cmp(&as_float(second)?),
    }
}

fn as_float(value: &Constant) -> Option<f64> {
    match value {
        Constant::Integer(value) => Some(*value as f64),
        Constant::Float(value) => Some(*value),
        Constant::Text(_) | Constant::Bool(_) => None,
    }
}

fn arithmetic(operator: Operator, first: &Value, second: &Value) -> Option<Constant> {
    let (Value::One(first), Value::One(second)) = (first, second) else {
        return None;
    };
    if let (Constant::Text(left), Constant::Text(right), Operator::Plus) = (first, second, operator) {
        return Some(Constant::Text(format!("{left}{right}")));
    }
    if let (Constant::Integer(left), Constant::Integer(right)) = (first, second) {
        let (left, right) = (*left, *right);
        let value = match operator {
            Operator::Plus => left.checked_add(right),
            Operator::Minus => left.checked_sub(right),
            Operator::Times => left.checked_mul(right),
            Operator::FloorDivide | Operator::Divide => left.checked_div_euclid(right),
            Operator::Modulo => left.checked_rem_euclid(right),
            Operator::Power => u32::try_from(right)
                .ok()
                .and_then(|right| left.checked_pow(right)),
            Operator::BitAnd => Some(left & right),
            Operator::BitOr => Some(left | right),
            Operator::BitXor => Some(left ^ right),
            Operator::ShiftLeft => u32::try_from(right)
                .ok()
                .filter(|&by| by < 100)
                .and_then(|by| left.checked_shl(by)),
            Operator::ShiftRight => u32::try_from(right).ok().and_then(|by| left.checked_shr(by)),
            _ => None,
        };
        return value.map(Constant::Integer);
    }
    let (left, right) = (as_float(first)?, as_float(second)?);
    let value = match operator {
        Operator::Plus => left + right,
        Operator::Minus => left - right,
        Operator::Times => left * right,
        Operator::Divide => left / right,
        _ => return None,
    };
    Some(Constant::Float(value))
}
