//! Evaluates expressions of Terraform, with what is unknown kept unknown.
//!
//! In: an expression and what its names mean. Out: a [`Val`]. Unknown is no false: `unknown && false` is false, and every other use of an
//! unknown value is unknown, with the reason.
//!
//! Source: <https://developer.hashicorp.com/terraform/language/expressions>.

use super::functions;
use super::value::{Map, Val, equal};
use hcl_edit::expr::{
    BinaryOperator, Expression, ForExpr, FuncCall, ObjectKey, TraversalOperator, UnaryOperator,
};
use hcl_edit::template::{Directive, Element, Template};
use std::cell::Cell;
use std::collections::BTreeMap;

/// Most values that a loop makes.
const MOST_TURNS: usize = 4096;

/// Most expressions within one another, those that names stand for included.
const DEEPEST: u32 = 128;

/// What names and functions mean.
pub(crate) trait Names {
    /// The value of a name with the first of its attributes that belong to it, and how many of those it took.
    fn name(&self, name: &str, rest: &[&TraversalOperator]) -> Option<(Val, usize)>;
    /// The value of a function that the language does not have.
    fn call(&self, name: &str, args: &[Val]) -> Option<Val>;
}

/// What may still be made, so that no configuration is followed for ever.
#[derive(Debug)]
pub(crate) struct Budget {
    /// How many more values.
    pub(crate) left: Cell<usize>,
    /// How many expressions are being evaluated within one another.
    pub(crate) depth: Cell<u32>,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            left: Cell::new(8_000_000),
            depth: Cell::new(0),
        }
    }
}

/// Names that an expression binds itself.
#[derive(Clone, Copy)]
pub(crate) struct Bound<'a> {
    pub(crate) name: &'a str,
    pub(crate) value: &'a Val,
    pub(crate) outer: Option<&'a Bound<'a>>,
}

/// Evaluates.
#[derive(Clone, Copy)]
pub(crate) struct Eval<'a> {
    pub(crate) names: &'a dyn Names,
    pub(crate) bound: Option<&'a Bound<'a>>,
    /// What may still be made.
    pub(crate) budget: &'a Budget,
    /// Whether what is missing is null and a list with one block is that block, as in conditions of rules.
    pub(crate) loose: bool,
}

impl<'a> Eval<'a> {
    fn with<'b>(&self, bound: &'b Bound<'b>) -> Eval<'b>
    where
        'a: 'b,
    {
        Eval {
            names: self.names,
            bound: Some(bound),
            budget: self.budget,
            loose: self.loose,
        }
    }

    /// Takes from what may still be made; none where that is used up.
    pub(crate) fn charge(&self, value: Val) -> Val {
        let size = value.size();
        let left = self.budget.left.get();
        if left < size {
            self.budget.left.set(0);
            return Val::unknown("the configuration makes more values than are followed");
        }
        self.budget.left.set(left - size);
        value
    }

    /// The value of an expression.
    pub(crate) fn of(&self, expression: &Expression) -> Val {
        self.nested(|eval| eval.value(expression))
    }

    /// A value that is made of others within it.
    pub(crate) fn nested(&self, make: impl FnOnce(&Self) -> Val) -> Val {
        let depth = self.budget.depth.get();
        if depth >= DEEPEST {
            return Val::unknown("an expression is nested deeper than is followed");
        }
        self.budget.depth.set(depth + 1);
        let value = make(self);
        self.budget.depth.set(depth);
        self.charge(value)
    }

    fn value(&self, expression: &Expression) -> Val {
        match expression {
            Expression::Null(_) => Val::Null,
            Expression::Bool(value) => Val::Bool(*value.value()),
            Expression::Number(number) => Val::Number(number.value().as_f64().unwrap_or(f64::NAN)),
            Expression::String(text) => Val::text(text.value().as_str()),
            Expression::Array(items) => Val::List(items.iter().map(|item| self.of(item)).collect()),
            Expression::Object(object) => self.object(object),
            Expression::StringTemplate(template) => self.template(template),
            Expression::HeredocTemplate(heredoc) => self.template(&heredoc.template),
            Expression::Parenthesis(inner) => self.of(inner.inner()),
            Expression::Variable(name) => self.traverse(name.value().as_str(), &[]),
            Expression::Conditional(conditional) => {
                let holds = self.of(&conditional.cond_expr);
                match holds {
                    Val::Bool(true) => self.of(&conditional.true_expr),
                    Val::Bool(false) => self.of(&conditional.false_expr),
                    Val::Unknown(reason) => {
                        let (one, other) =
                            (self.of(&conditional.true_expr), self.of(&conditional.false_expr));
                        if one == other { one } else { Val::Unknown(reason) }
                    }
                    _ => Val::refused("a condition is neither true nor false"),
                }
            }
            Expression::FuncCall(call) => self.call(call),
            Expression::Traversal(traversal) => {
                let operators: Vec<&TraversalOperator> =
                    traversal.operators.iter().map(|one| one.value()).collect();
                match &traversal.expr {
                    Expression::Variable(name) => self.traverse(name.value().as_str(), &operators),
                    other => self.follow(self.of(other), &operators),
                }
            }
            Expression::UnaryOp(op) => match (op.operator.value(), self.of(&op.expr)) {
                (_, Val::Unknown(reason)) => Val::Unknown(reason),
                (UnaryOperator::Not, Val::Bool(value)) => Val::Bool(!value),
                (UnaryOperator::Neg, Val::Number(number)) => Val::Number(-number),
                _ => Val::refused("an operator does not fit its value"),
            },
            Expression::BinaryOp(op) => self.binary(*op.operator.value(), self.of(&op.lhs_expr), || {
                self.of(&op.rhs_expr)
            }),
            Expression::ForExpr(each) => self.each(each),
        }
    }

    fn object(&self, object: &hcl_edit::expr::Object) -> Val {
        let mut entries = BTreeMap::new();
        for (key, value) in object.iter() {
            let key = match key {
                ObjectKey::Ident(name) => name.value().to_string(),
                ObjectKey::Expression(Expression::Variable(name)) => name.value().to_string(),
                ObjectKey::Expression(key) => match self.of(key) {
                    Val::Unknown(reason) | Val::Partial(_, reason) => return Val::Unknown(reason),
                    key => key.written().unwrap_or_default(),
                },
            };
            entries.insert(key, self.of(value.expr()));
        }
        Val::map(entries)
    }

    fn traverse(&self, name: &str, operators: &[&TraversalOperator]) -> Val {
        let mut bound = self.bound;
        while let Some(one) = bound {
            if one.name == name {
                return self.follow(self.charge(one.value.clone()), operators);
            }
            bound = one.outer;
        }
        match self.names.name(name, operators) {
            Some((value, taken)) => self.follow(value, operators.get(taken..).unwrap_or_default()),
            None => Val::unknown(format!("`{name}` is not known here")),
        }
    }

    fn follow(&self, value: Val, operators: &[&TraversalOperator]) -> Val {
        let Some((first, rest)) = operators.split_first() else {
            return value;
        };
        let next = match first {
            TraversalOperator::AttrSplat(_) | TraversalOperator::FullSplat(_) => {
                return match value {
                    Val::Unknown(reason) => Val::Unknown(reason),
                    Val::Null => Val::List(Vec::new()),
                    Val::List(items) => {
                        Val::List(items.into_iter().map(|item| self.follow(item, rest)).collect())
                    }
                    one => Val::List(vec![self.follow(one, rest)]),
                };
            }
            TraversalOperator::GetAttr(name) => self.attribute(value, name.value().as_str()),
            TraversalOperator::Index(index) => self.index(value, &self.of(index)),
            TraversalOperator::LegacyIndex(index) => {
                let index = u32::try_from(*index.value()).unwrap_or(u32::MAX);
                self.index(value, &Val::Number(f64::from(index)))
            }
        };
        self.follow(next, rest)
    }

    fn attribute(&self, value: Val, name: &str) -> Val {
        match value {
            Val::Map(mut map) => match map.entries.remove(name) {
                Some(value) => value,
                None if self.loose => Val::Null,
                None => Val::refused(format!("there is no `{name}`")),
            },
            Val::List(mut items) if self.loose => {
                if items.is_empty() {
                    return Val::Null;
                }
                self.attribute(items.swap_remove(0), name)
            }
            Val::Unknown(reason) => Val::Unknown(reason),
            _ if self.loose => Val::Null,
            _ => Val::refused(format!("there is no `{name}`")),
        }
    }

    fn index(&self, value: Val, index: &Val) -> Val {
        match (value, index) {
            (Val::Unknown(reason), _) => Val::Unknown(reason),
            (_, Val::Unknown(reason)) => Val::Unknown(reason.clone()),
            (Val::List(items), Val::Text(name)) if self.loose && functions::whole(index).is_none() => {
                self.attribute(Val::List(items), name)
            }
            (Val::List(items), index) => {
                let at = functions::whole(index);
                match at.and_then(|at| items.get(at).cloned()) {
                    Some(value) => value,
                    None if self.loose => Val::Null,
                    None => Val::refused("there is no such item"),
                }
            }
            (value, index) => self.attribute(value, &index.written().unwrap_or_default()),
        }
    }

    fn binary(&self, operator: BinaryOperator, one: Val, other: impl FnOnce() -> Val) -> Val {
        use BinaryOperator as Op;
        match (operator, &one) {
            (Op::And, Val::Bool(false)) => return Val::Bool(false),
            (Op::Or, Val::Bool(true)) => return Val::Bool(true),
            _ => {}
        }
        let other = other();
        match operator {
            Op::And => super::value::every([one, other].into_iter()),
            Op::Or => super::value::some([one, other].into_iter()),
            Op::Eq => equal(&one, &other, self.loose),
            Op::NotEq => match equal(&one, &other, self.loose) {
                Val::Bool(value) => Val::Bool(!value),
                doubt => doubt,
            },
            _ => arithmetic(operator, &one, &other),
        }
    }

    /// The parts of a text, put together.
    pub(crate) fn template(&self, template: &Template) -> Val {
        // A template that is one interpolation is its value, of whatever type.
        if let Some(Element::Interpolation(one)) = template.as_single_element() {
            return self.of(&one.expr);
        }
        let mut text = String::new();
        let mut doubt = None;
        for element in template.iter() {
            let part = match element {
                Element::Literal(literal) => Val::text(literal.value().as_str()),
                Element::Interpolation(one) => self.of(&one.expr),
                Element::Directive(directive) => self.directive(directive),
            };
            match &part {
                Val::Unknown(reason) | Val::Partial(_, reason) => doubt = doubt.or(Some(reason.clone())),
                _ => {}
            }
            match part.written() {
                Some(part) => text.push_str(&part),
                None => return Val::refused("a text is made of something that is no text"),
            }
        }
        match doubt {
            Some(reason) => Val::Partial(text, reason),
            None => Val::Text(text),
        }
    }

    fn directive(&self, directive: &Directive) -> Val {
        match directive {
            Directive::If(one) => match self.of(&one.if_expr.cond_expr) {
                Val::Bool(true) => self.template(&one.if_expr.template),
                Val::Bool(false) => match &one.else_expr {
                    Some(other) => self.template(&other.template),
                    None => Val::text(""),
                },
                Val::Unknown(reason) => Val::Unknown(reason),
                _ => Val::refused("a condition is neither true nor false"),
            },
            Directive::For(one) => {
                let collection = self.of(&one.for_expr.collection_expr);
                let key = one.for_expr.key_var.as_ref().map(|key| key.value().as_str());
                let turns = match turns(collection) {
                    Ok(turns) => turns,
                    Err(doubt) => return doubt,
                };
                let mut text = String::new();
                let mut doubt = None;
                for (at, item) in turns {
                    let part = self.turn(key, one.for_expr.value_var.value().as_str(), &at, &item, |eval| {
                        eval.template(&one.for_expr.template)
                    });
                    if let Val::Unknown(reason) | Val::Partial(_, reason) = &part {
                        doubt = doubt.or(Some(reason.clone()));
                    }
                    text.push_str(&part.written().unwrap_or_default());
                }
                match doubt {
                    Some(reason) => Val::Partial(text, reason),
                    None => Val::Text(text),
                }
            }
        }
    }

    fn turn<T>(
        &self,
        key: Option<&str>,
        name: &str,
        at: &Val,
        item: &Val,
        run: impl FnOnce(Eval<'_>) -> T,
    ) -> T {
        let outer = Bound {
            name: key.unwrap_or_default(),
            value: at,
            outer: self.bound,
        };
        let inner = Bound {
            name,
            value: item,
            outer: Some(&outer),
        };
        run(self.with(&inner))
    }

    fn each(&self, each: &ForExpr) -> Val {
        let collection = self.of(&each.intro.collection_expr);
        let key = each.intro.key_var.as_ref().map(|key| key.value().as_str());
        let name = each.intro.value_var.value().as_str();
        if self.loose && matches!(collection, Val::Null) {
            return Val::List(Vec::new());
        }
        let turns = match turns(collection) {
            Ok(turns) => turns,
            Err(doubt) => return doubt,
        };
        let mut list = Vec::new();
        let mut map: BTreeMap<String, Val> = BTreeMap::new();
        for (at, item) in turns {
            let (taken, under, value) = self.turn(key, name, &at, &item, |eval| {
                let taken = each
                    .cond
                    .as_ref()
                    .map_or(Val::Bool(true), |cond| eval.of(&cond.expr));
                if taken == Val::Bool(false) {
                    return (taken, None, Val::Null);
                }
                let under = each.key_expr.as_ref().map(|key| eval.of(key));
                (taken, under, eval.of(&each.value_expr))
            });
            match (taken, under) {
                (Val::Bool(true), None) => list.push(value),
                (Val::Bool(true), Some(Val::Unknown(reason) | Val::Partial(_, reason))) => {
                    return Val::Unknown(reason);
                }
                (Val::Bool(true), Some(under)) => {
                    let under = under.written().unwrap_or_default();
                    match map.entry(under).or_insert_with(|| Val::List(Vec::new())) {
                        Val::List(group) if each.grouping => group.push(value),
                        place => *place = value,
                    }
                }
                // A list may have it or not; what is asked of the list is then asked of something unknown.
                (Val::Unknown(reason), None) => list.push(Val::Unknown(reason)),
                (Val::Unknown(reason), Some(_)) => return Val::Unknown(reason),
                _ => {}
            }
        }
        if each.key_expr.is_some() {
            Val::map(map)
        } else {
            Val::List(list)
        }
    }

    fn call(&self, call: &FuncCall) -> Val {
        let name = call.name.name.value().as_str();
        let namespaces: Vec<&str> = call.name.namespace.iter().map(|part| part.as_str()).collect();
        if !matches!(namespaces.as_slice(), [] | ["core"]) {
            return Val::unknown(format!("`{name}` is a function of a provider"));
        }
        let mut args: Vec<Val> = call.args.iter().map(|arg| self.of(arg)).collect();
        if call.args.expand_final() {
            match args.pop() {
                Some(Val::List(items)) => args.extend(items),
                Some(Val::Unknown(reason)) => return Val::Unknown(reason),
                _ => return Val::refused("`...` stands after something that is no list"),
            }
        }
        if let Some(value) = self.names.call(name, &args) {
            return value;
        }
        functions::call(name, &args, self.loose)
    }
}

/// The turns of a loop over a collection: keys and values.
fn turns(collection: Val) -> Result<Vec<(Val, Val)>, Val> {
    let turns: Vec<(Val, Val)> = match collection {
        Val::List(items) => (0_u32..)
            .zip(items)
            .map(|(at, item)| (Val::Number(f64::from(at)), item))
            .collect(),
        Val::Map(Map { entries, .. }) => entries
            .into_iter()
            .map(|(key, value)| (Val::Text(key), value))
            .collect(),
        Val::Unknown(reason) => return Err(Val::Unknown(reason)),
        _ => return Err(Val::refused("a loop goes over something that is no collection")),
    };
    if turns.len() > MOST_TURNS {
        return Err(Val::unknown(format!("a loop has more than {MOST_TURNS} turns")));
    }
    Ok(turns)
}

fn arithmetic(operator: BinaryOperator, one: &Val, other: &Val) -> Val {
    use BinaryOperator as Op;
    for value in [one, other] {
        if let Some(reason) = value.doubt() {
            return Val::Unknown(reason.clone());
        }
    }
    let (Some(a), Some(b)) = (functions::number(one), functions::number(other)) else {
        return Val::refused("an operator does not fit its values");
    };
    match operator {
        Op::Plus => Val::Number(a + b),
        Op::Minus => Val::Number(a - b),
        Op::Mul => Val::Number(a * b),
        Op::Div if b != 0.0 => Val::Number(a / b),
        Op::Mod if b != 0.0 => Val::Number(a % b),
        Op::Less => Val::Bool(a < b),
        Op::LessEq => Val::Bool(a <= b),
        Op::Greater => Val::Bool(a > b),
        Op::GreaterEq => Val::Bool(a >= b),
        _ => Val::refused("a number is divided by zero"),
    }
}
