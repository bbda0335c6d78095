//! Literals as constants.

use bartizan_syntax::{Ast, Kind, NodeId, Operator};

use crate::values::{Constant, ConstantSets, Constants};

/// The constant that a literal is; any value when it is none, or one that cannot be computed with.
pub(crate) fn constant(ast: &Ast, node: NodeId, names: &mut ConstantSets) -> Constants {
    match ast.kind(node) {
        Kind::Str => names.text_constant(ast.text(node)),
        Kind::Bool => names.one(Constant::Bool(ast.text(node) == "true")),
        Kind::Null => names.one(Constant::Null),
        Kind::Number => number(ast.text(node)).map_or(Constants::ANY, |number| names.one(number)),
        Kind::Unary => {
            let Some(inner) = ast.child(node, 0) else {
                return Constants::ANY;
            };
            let inner = match ast.kind(inner) {
                Kind::Number => number(ast.text(inner)),
                Kind::Bool => Some(Constant::Bool(ast.text(inner) == "true")),
                _ => None,
            };
            match (ast.node(node).operator, inner) {
                (Operator::Minus, Some(Constant::Int(value))) => {
                    names.one(Constant::Int(value.wrapping_neg()))
                }
                (Operator::Minus, Some(Constant::Float(bits))) => {
                    names.one(Constant::Float((-f64::from_bits(bits)).to_bits()))
                }
                (Operator::Plus, Some(number)) => names.one(number),
                (Operator::Not, Some(Constant::Bool(value))) => names.one(Constant::Bool(!value)),
                _ => Constants::ANY,
            }
        }
        _ => Constants::ANY,
    }
}

/// A number as the languages write it, without separators.
fn number(text: &str) -> Option<Constant> {
    let lower = text.to_ascii_lowercase();
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let Some(digits) = lower.strip_prefix(prefix) {
            let digits = digits.trim_end_matches(['l', 'n']);
            return i64::from_str_radix(digits, radix).ok().map(Constant::Int);
        }
    }
    let whole = lower.trim_end_matches(['l', 'n']);
    if let Ok(value) = whole.parse::<i64>() {
        return Some(Constant::Int(value));
    }
    let fraction = lower.trim_end_matches(['f', 'd']);
    fraction
        .parse::<f64>()
        .ok()
        .map(|value| Constant::Float(value.to_bits()))
}
