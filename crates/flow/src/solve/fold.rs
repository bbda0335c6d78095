//! Computing with constants: operators, and the methods of strings that conditions are made of.
//!
//! Positions are only computed in ASCII texts, where all languages count alike.

use bartizan_syntax::{Language, Operator};

use crate::solve::Engine;
use crate::values::{Constant, ConstantSets, Constants, Value};

/// A constant with its text at hand.
#[derive(Clone, Debug, PartialEq)]
enum Plain {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
}

impl Plain {
    fn of(constant: Constant, names: &ConstantSets) -> Option<Self> {
        Some(match constant {
            Constant::Null => Self::Null,
            Constant::Bool(is) => Self::Bool(is),
            Constant::Int(value) => Self::Int(value),
            Constant::Float(bits) => Self::Float(f64::from_bits(bits)),
            Constant::Text(name) => Self::Text(names.text(name).to_owned()),
            Constant::Given(_) => return None,
        })
    }

    fn constant(self, names: &mut ConstantSets) -> Constant {
        match self {
            Self::Null => Constant::Null,
            Self::Bool(is) => Constant::Bool(is),
            Self::Int(value) => Constant::Int(value),
            Self::Float(value) => Constant::Float(value.to_bits()),
            Self::Text(text) => Constant::Text(names.name(&text)),
        }
    }

    fn number(&self) -> Option<f64> {
        match self {
            #[allow(
                clippy::cast_precision_loss,
                reason = "only compared and computed with as the languages do"
            )]
            Self::Int(value) => Some(*value as f64),
            Self::Float(value) => Some(*value),
            Self::Bool(is) => Some(f64::from(u8::from(*is))),
            _ => None,
        }
    }

    fn shown(&self, language: Language) -> Option<String> {
        Some(match self {
            Self::Text(text) => text.clone(),
            Self::Int(value) => value.to_string(),
            Self::Bool(is) if language == Language::Python => if *is { "True" } else { "False" }.to_owned(),
            Self::Bool(is) => is.to_string(),
            Self::Null if language == Language::Python => "None".to_owned(),
            Self::Null => "null".to_owned(),
            Self::Float(_) => return None,
        })
    }
}

impl Engine<'_> {
    /// All results of an operation on possible operands; none when any of them cannot be computed.
    fn each_pair(
        &mut self,
        left: Constants,
        right: Constants,
        compute: impl Fn(&Plain, &Plain) -> Option<Plain>,
    ) -> Option<Constants> {
        let lefts = self.plains(left)?;
        let rights = self.plains(right)?;
        let mut results = Vec::new();
        for one in &lefts {
            for two in &rights {
                results.push(compute(one, two)?.constant(&mut self.values.constants));
            }
        }
        Some(self.values.constants.of(results))
    }

    fn plains(&self, set: Constants) -> Option<Vec<Plain>> {
        let known = self.values.constants.known(set)?;
        if known.is_empty() {
            return None;
        }
        known
            .iter()
            .map(|&constant| Plain::of(constant, &self.values.constants))
            .collect()
    }

    /// An operator on constants.
    pub(crate) fn fold_binary(
        &mut self,
        language: Language,
        operator: Operator,
        left: Constants,
        right: Constants,
    ) -> Option<Constants> {
        self.each_pair(left, right, |one, two| binary(language, operator, one, two))
    }

    pub(crate) fn fold_unary(&mut self, operator: Operator, operand: Constants) -> Option<Constants> {
        let mut results = Vec::new();
        for plain in self.plains(operand)? {
            let result = match (operator, plain) {
                (Operator::Not, plain) => Plain::Bool(!truth(&plain)),
                (Operator::Minus, Plain::Int(value)) => Plain::Int(value.checked_neg()?),
                (Operator::Minus, Plain::Float(value)) => Plain::Float(-value),
                (Operator::Plus, plain @ (Plain::Int(_) | Plain::Float(_))) => plain,
                (Operator::BitNot, Plain::Int(value)) => Plain::Int(!value),
                _ => return None,
            };
            results.push(result.constant(&mut self.values.constants));
        }
        Some(self.values.constants.of(results))
    }

    /// Which truth values constants may have: true, false.
    pub(crate) fn truths(&self, set: Constants) -> Option<(bool, bool)> {
        let plains = self.plains(set)?;
        Some((plains.iter().any(truth), plains.iter().any(|plain| !truth(plain))))
    }

    /// A text of parts.
    pub(crate) fn fold_join(&mut self, parts: &[Value]) -> Constants {
        let mut text = String::new();
        for part in parts {
            let plains = self.plains(part.constants).unwrap_or_default();
            let [only] = plains.as_slice() else {
                return Constants::ANY;
            };
            match only.shown(Language::Java) {
                Some(shown) if text.len() < 4096 => text.push_str(&shown),
                _ => return Constants::ANY,
            }
        }
        self.values.constants.text_constant(&text)
    }

    /// A character of a text.
    pub(crate) fn fold_element(&mut self, text: Constants, at: Constants) -> Option<Constants> {
        self.each_pair(text, at, |text, at| match (text, at) {
            (Plain::Text(text), Plain::Int(at)) => character(text, *at),
            _ => None,
        })
    }

    pub(crate) fn fold_slice(&mut self, text: Constants, bounds: [Option<Value>; 3]) -> Option<Constants> {
        let Some(Constant::Text(name)) = self.values.constants.only(text) else {
            return None;
        };
        let mut numbers = [None, None, None];
        for (number, bound) in numbers.iter_mut().zip(bounds) {
            if let Some(bound) = bound {
                match self.values.constants.only(bound.constants)? {
                    Constant::Int(value) => *number = Some(value),
                    _ => return None,
                }
            }
        }
        let [low, high, step] = numbers;
        if step.is_some_and(|step| step != 1) {
            return None;
        }
        let text = self.values.constants.text(name).to_owned();
        let part = slice(&text, low.unwrap_or(0), high)?.to_owned();
        Some(self.values.constants.text_constant(&part))
    }

    /// A method of a constant text with constant arguments.
    pub(crate) fn fold_method(
        &mut self,
        receiver: Constants,
        name: &str,
        arguments: &[Value],
    ) -> Option<Constants> {
        let receivers = self.plains(receiver)?;
        let mut given = Vec::new();
        for argument in arguments {
            match self.plains(argument.constants)?.as_slice() {
                [one] => given.push(one.clone()),
                _ => return None,
            }
        }
        let mut results = Vec::new();
        for receiver in receivers {
            results.push(method(&receiver, name, &given)?.constant(&mut self.values.constants));
        }
        Some(self.values.constants.of(results))
    }
}

fn truth(plain: &Plain) -> bool {
    match plain {
        Plain::Null => false,
        Plain::Bool(is) => *is,
        Plain::Int(value) => *value != 0,
        Plain::Float(value) => *value != 0.0,
        Plain::Text(text) => !text.is_empty(),
    }
}

fn binary(language: Language, operator: Operator, one: &Plain, two: &Plain) -> Option<Plain> {
    use Operator as Is;
    if let Some(order) = compare(one, two) {
        let holds = match operator {
            Is::Equal | Is::Identical => Some(order.is_eq()),
            Is::NotEqual | Is::NotIdentical => Some(order.is_ne()),
            Is::Less => Some(order.is_lt()),
            Is::LessOrEqual => Some(order.is_le()),
            Is::Greater => Some(order.is_gt()),
            Is::GreaterOrEqual => Some(order.is_ge()),
            _ => None,
        };
        if let Some(holds) = holds {
            return Some(Plain::Bool(holds));
        }
    }
    match (operator, one, two) {
        // Values of different types are never identical; whether they are equal is a matter of the language.
        (Is::Equal | Is::Identical, Plain::Null, _) | (Is::Equal | Is::Identical, _, Plain::Null) => {
            Some(Plain::Bool(one == two))
        }
        (Is::NotEqual | Is::NotIdentical, Plain::Null, _)
        | (Is::NotEqual | Is::NotIdentical, _, Plain::Null) => Some(Plain::Bool(one != two)),
        (
            Is::Equal | Is::Identical | Is::NotEqual | Is::NotIdentical,
            Plain::Text(_),
            Plain::Int(_) | Plain::Float(_),
        )
        | (
            Is::Equal | Is::Identical | Is::NotEqual | Is::NotIdentical,
            Plain::Int(_) | Plain::Float(_),
            Plain::Text(_),
        ) if matches!(operator, Is::Identical | Is::NotIdentical)
            || matches!(language, Language::Python | Language::Java | Language::Go) =>
        {
            Some(Plain::Bool(matches!(operator, Is::NotEqual | Is::NotIdentical)))
        }
        (Is::Plus, Plain::Int(one), Plain::Int(two)) => one.checked_add(*two).map(Plain::Int),
        (Is::Plus | Is::Concatenate, Plain::Text(_), _) | (Is::Plus | Is::Concatenate, _, Plain::Text(_)) => {
            let both = matches!((one, two), (Plain::Text(_), Plain::Text(_)));
            if !both && matches!(language, Language::Python | Language::Go) {
                return None;
            }
            let (mut text, more) = (one.shown(language)?, two.shown(language)?);
            text.push_str(&more);
            Some(Plain::Text(text))
        }
        (_, Plain::Int(one), Plain::Int(two)) => integers(language, operator, *one, *two),
        (Is::In, Plain::Text(part), Plain::Text(whole)) => Some(Plain::Bool(whole.contains(part.as_str()))),
        (Is::NotIn, Plain::Text(part), Plain::Text(whole)) => {
            Some(Plain::Bool(!whole.contains(part.as_str())))
        }
        (Is::Times, Plain::Text(text), Plain::Int(times)) if language == Language::Python => {
            let times = usize::try_from((*times).max(0)).ok()?;
            (text.len().saturating_mul(times) <= 4096).then(|| Plain::Text(text.repeat(times)))
        }
        _ => {
            let (one, two) = (one.number()?, two.number()?);
            Some(Plain::Float(match operator {
                Is::Plus => one + two,
                Is::Minus => one - two,
                Is::Times => one * two,
                Is::Divide if two != 0.0 => one / two,
                _ => return None,
            }))
        }
    }
}

fn integers(language: Language, operator: Operator, one: i64, two: i64) -> Option<Plain> {
    let floors = language == Language::Python;
    Some(Plain::Int(match operator {
        Operator::Minus => one.checked_sub(two)?,
        Operator::Times => one.checked_mul(two)?,
        Operator::Divide if two != 0 => {
            let whole = matches!(language, Language::Java | Language::Go);
            if !whole && one.checked_rem(two)? != 0 {
                #[allow(clippy::cast_precision_loss, reason = "as the languages divide")]
                return Some(Plain::Float(one as f64 / two as f64));
            }
            one.checked_div(two)?
        }
        Operator::FloorDivide if two != 0 => {
            let quotient = one.checked_div(two)?;
            let rounds = one.checked_rem(two)? != 0 && (one < 0) != (two < 0);
            if rounds { quotient - 1 } else { quotient }
        }
        Operator::Modulo if two != 0 => {
            let rest = one.checked_rem(two)?;
            if floors && rest != 0 && (rest < 0) != (two < 0) {
                rest + two
            } else {
                rest
            }
        }
        Operator::Power => one.checked_pow(u32::try_from(two).ok()?)?,
        Operator::BitAnd => one & two,
        Operator::BitOr => one | two,
        Operator::BitXor => one ^ two,
        Operator::BitClear => one & !two,
        Operator::ShiftLeft => one.checked_shl(u32::try_from(two).ok()?)?,
        Operator::ShiftRight => one.checked_shr(u32::try_from(two).ok()?)?,
        _ => return None,
    }))
}

/// The order of two values of one type; none when they cannot be compared in every language.
fn compare(one: &Plain, two: &Plain) -> Option<std::cmp::Ordering> {
    match (one, two) {
        (Plain::Text(one), Plain::Text(two)) => Some(one.cmp(two)),
        (Plain::Int(one), Plain::Int(two)) => Some(one.cmp(two)),
        (Plain::Bool(one), Plain::Bool(two)) => Some(one.cmp(two)),
        (Plain::Null, Plain::Null) => Some(std::cmp::Ordering::Equal),
        (Plain::Int(_) | Plain::Float(_), Plain::Int(_) | Plain::Float(_)) => {
            one.number()?.partial_cmp(&two.number()?)
        }
        _ => None,
    }
}

fn character(text: &str, at: i64) -> Option<Plain> {
    if !text.is_ascii() {
        return None;
    }
    let length = i64::try_from(text.len()).ok()?;
    let at = usize::try_from(if at < 0 { at + length } else { at }).ok()?;
    text.get(at..=at).map(|one| Plain::Text(one.to_owned()))
}

fn slice(text: &str, low: i64, high: Option<i64>) -> Option<&str> {
    if !text.is_ascii() {
        return None;
    }
    let length = i64::try_from(text.len()).ok()?;
    let clamp = |at: i64| {
        if at < 0 {
            (at + length).max(0)
        } else {
            at.min(length)
        }
    };
    let (low, high) = (clamp(low), clamp(high.unwrap_or(length)));
    text.get(usize::try_from(low).ok()?..usize::try_from(high.max(low)).ok()?)
}

/// Methods that strings have in some language, each with the meaning that it has wherever it exists.
fn method(receiver: &Plain, name: &str, arguments: &[Plain]) -> Option<Plain> {
    let Plain::Text(text) = receiver else {
        return match (name, arguments) {
            ("equals", [other]) => Some(Plain::Bool(receiver == other)),
            ("toString" | "intValue" | "booleanValue", []) => Some(receiver.clone()),
            _ => None,
        };
    };
    let position = |found: Option<usize>| {
        if !text.is_ascii() {
            return None;
        }
        found
            .map_or(Some(-1), |at| i64::try_from(at).ok())
            .map(Plain::Int)
    };
    Some(match (name, arguments) {
        ("charAt" | "at", [Plain::Int(at)]) => character(text, *at)?,
        ("length" | "size" | "__len__", []) if text.is_ascii() => Plain::Int(i64::try_from(text.len()).ok()?),
        ("equals" | "contentEquals" | "__eq__", [other]) => Plain::Bool(receiver == other),
        ("equalsIgnoreCase", [Plain::Text(other)]) => Plain::Bool(text.eq_ignore_ascii_case(other)),
        ("compareTo", [Plain::Text(other)]) if text == other => Plain::Int(0),
        ("startsWith" | "startswith", [Plain::Text(part)]) => Plain::Bool(text.starts_with(part.as_str())),
        ("endsWith" | "endswith", [Plain::Text(part)]) => Plain::Bool(text.ends_with(part.as_str())),
        ("contains" | "includes" | "__contains__", [Plain::Text(part)]) => {
            Plain::Bool(text.contains(part.as_str()))
        }
        ("indexOf" | "find", [Plain::Text(part)]) => position(text.find(part.as_str()))?,
        ("lastIndexOf" | "rfind", [Plain::Text(part)]) => position(text.rfind(part.as_str()))?,
        ("isEmpty", []) => Plain::Bool(text.is_empty()),
        ("isBlank", []) => Plain::Bool(text.trim().is_empty()),
        ("toUpperCase" | "upper", []) => Plain::Text(text.to_uppercase()),
        ("toLowerCase" | "lower", []) => Plain::Text(text.to_lowercase()),
        ("trim" | "strip", []) => Plain::Text(text.trim().to_owned()),
        ("toString" | "intern" | "valueOf" | "__str__", []) => receiver.clone(),
        ("concat", [Plain::Text(more)]) => Plain::Text(format!("{text}{more}")),
        ("substring" | "slice", [Plain::Int(low)]) => Plain::Text(slice(text, *low, None)?.to_owned()),
        ("substring" | "slice", [Plain::Int(low), Plain::Int(high)]) => {
            Plain::Text(slice(text, *low, Some(*high))?.to_owned())
        }
        ("replace" | "replaceAll", [Plain::Text(from), Plain::Text(to)])
            if name == "replace" || is_plain(from) =>
        {
            Plain::Text(text.replace(from.as_str(), to))
        }
        ("isalnum", []) => Plain::Bool(!text.is_empty() && text.chars().all(char::is_alphanumeric)),
        ("isdigit" | "isnumeric", []) => {
            Plain::Bool(!text.is_empty() && text.chars().all(|one| one.is_ascii_digit()))
        }
        ("isalpha", []) => Plain::Bool(!text.is_empty() && text.chars().all(char::is_alphabetic)),
        _ => return None,
    })
}

/// Whether a regular expression means only itself.
fn is_plain(pattern: &str) -> bool {
    pattern
        .chars()
        .all(|one| one.is_alphanumeric() || one == ' ' || one == '_')
}
