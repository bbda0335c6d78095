//! What is to be known of parts of a module.
//!
//! In: parts as the engine has read them. Out: names, places of brackets, and whether a part looks into something.

use crate::rego::dress::Code;
use regorus::unstable::{Expr, Import, LiteralStmt, Rule, RuleHead};
use std::collections::BTreeMap;

pub(super) fn pairs(code: &Code<'_>) -> BTreeMap<usize, usize> {
    let (mut open, mut pairs) = (Vec::new(), BTreeMap::new());
    for (index, byte) in code.bytes() {
        match byte {
            b'(' | b'[' | b'{' => open.push(index),
            b')' | b']' | b'}' => pairs.extend(open.pop().map(|open| (index, open))),
            _ => {}
        }
    }
    pairs
}

pub(super) fn name(rule: &Rule) -> Option<String> {
    let mut refr = match rule {
        Rule::Default { refr, .. } => refr,
        Rule::Spec { head, .. } => match head {
            RuleHead::Compr { refr, .. } | RuleHead::Set { refr, .. } | RuleHead::Func { refr, .. } => refr,
        },
    };
    while let Expr::RefDot { refr: inner, .. } | Expr::RefBrack { refr: inner, .. } = refr.as_ref() {
        refr = inner;
    }
    Some(refr.span().text().to_owned())
}

pub(super) fn alias(import: &Import) -> Option<String> {
    let last = || import.refr.span().text().rsplit('.').next().map(str::to_owned);
    import
        .r#as
        .as_ref()
        .map(|span| span.text().to_owned())
        .or_else(last)
}

pub(super) fn builtin(name: &str) -> bool {
    regorus::unstable::BUILTINS.contains_key(name)
}

/// A name with what stands in brackets behind it.
pub(super) fn case(refr: &Expr) -> Option<(String, Vec<String>)> {
    match refr {
        Expr::Var { span, .. } => Some((span.text().to_owned(), Vec::new())),
        Expr::RefBrack { refr, index, .. } => {
            let (test, mut cases) = case(refr)?;
            cases.push(index.span().text().to_owned());
            Some((test, cases))
        }
        _ => None,
    }
}

pub(super) fn binds(stmt: &LiteralStmt, names: &[String]) -> bool {
    let text = stmt.span.text();
    names.iter().all(|name| words(text, name).next().is_some())
}

/// Where a name stands as a word of its own.
pub(super) fn words<'t>(text: &'t str, name: &'t str) -> impl Iterator<Item = usize> + 't {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(name)
        .filter(move |(at, found)| {
            let before = text.get(..*at).unwrap_or_default();
            let after = text.get(at + found.len()..).unwrap_or_default();
            !before.ends_with(part) && !after.starts_with(part)
        })
        .map(|(at, _)| at)
}

/// The name that a reference begins with.
pub(super) fn root(expr: &Expr) -> Option<&str> {
    let mut root = expr;
    while let Expr::RefDot { refr, .. } | Expr::RefBrack { refr, .. } = root {
        root = refr;
    }
    matches!(root, Expr::Var { .. }).then(|| root.span().text())
}

pub(super) fn reference(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::Var { .. } | Expr::RefDot { .. } | Expr::RefBrack { .. }
    )
}

pub(super) fn comprehension(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::ArrayCompr { .. } | Expr::SetCompr { .. } | Expr::ObjectCompr { .. }
    )
}

/// What stands in brackets of a reference.
pub(super) fn indices<'e>(expr: &'e Expr, out: &mut Vec<&'e Expr>) {
    let mut now = expr;
    loop {
        now = match now {
            Expr::RefDot { refr, .. } => refr,
            Expr::RefBrack { refr, index, .. } => {
                out.push(index);
                refr
            }
            _ => return,
        };
    }
}

/// Whether a value is written out.
pub(super) fn constant(expr: &Expr) -> bool {
    match expr {
        Expr::Var { .. } => true,
        Expr::Array { .. } | Expr::Set { .. } | Expr::Object { .. } | Expr::UnaryExpr { .. } => {
            children(expr).into_iter().all(constant)
        }
        Expr::Call { .. } => false,
        other => children(other).is_empty() && !comprehension(other),
    }
}

/// Whether a value looks into something by a name.
pub(super) fn wanders(expr: &Expr) -> bool {
    match expr {
        Expr::RefBrack { refr, index, .. } => {
            matches!(index.as_ref(), Expr::Var { span, .. } if span.text() != "_")
                || wanders(refr)
                || wanders(index)
        }
        other => !comprehension(other) && children(other).into_iter().any(wanders),
    }
}

/// The parts of an expression, those of comprehensions left out.
pub(super) fn children(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::Array { items, .. } | Expr::Set { items, .. } => items.iter().map(AsRef::as_ref).collect(),
        Expr::Object { fields, .. } => fields
            .iter()
            .flat_map(|(_, key, value)| [key.as_ref(), value.as_ref()])
            .collect(),
        Expr::Call { params, .. } => params.iter().map(AsRef::as_ref).collect(),
        Expr::UnaryExpr { expr, .. } => vec![expr],
        Expr::RefDot { refr, .. } => vec![refr],
        Expr::RefBrack { refr, index, .. } => vec![refr, index],
        Expr::BinExpr { lhs, rhs, .. }
        | Expr::BoolExpr { lhs, rhs, .. }
        | Expr::ArithExpr { lhs, rhs, .. }
        | Expr::AssignExpr { lhs, rhs, .. } => vec![lhs, rhs],
        Expr::Membership {
            key,
            value,
            collection,
            ..
        } => key
            .iter()
            .map(AsRef::as_ref)
            .chain([value.as_ref(), collection.as_ref()])
            .collect(),
        _ => Vec::new(),
    }
}
