//! How much work an expression can be at most, told before it runs: the interpreter of CEL has no counter of its own.
//!
//! In: the tree of an expression and the values it can name. Out: a bound on steps and on bytes built. CEL has no loops but comprehensions,
//! whose rounds are bounded by their lists; what grows is bounded by how often things are put together within them.

use cel::Value;
use cel::common::ast::{CallExpr, EntryExpr, Expr, IdedExpr, LiteralValue};

/// What of an expression decides its work.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Shape {
    /// Comprehensions within or behind one another.
    nested: u32,
    /// Elements of literals.
    literals: u64,
    /// Calls that put strings or lists together.
    joins: u64,
    /// Calls that may make a string longer than their arguments together.
    replaces: u32,
    /// The longest literal, in bytes.
    longest: u64,
    /// Whether strings become lists.
    splits: bool,
}

impl Shape {
    pub(super) fn of(expr: &IdedExpr) -> Self {
        let mut shape = Self::default();
        shape.nested = shape.walk(expr);
        shape
    }

    /// An upper bound on the work with `values` within reach; `u64::MAX` where it is beyond counting.
    pub(super) fn work<'a>(&self, values: impl Iterator<Item = &'a Value>) -> u64 {
        let mut size = Size::default();
        values.for_each(|value| size.measure(value));
        let text = size.longest.max(self.longest).max(1);
        let mut width = size.widest.max(1).saturating_add(self.literals);
        if self.splits {
            width = width.max(text);
        }
        let together = self.joins.saturating_add(1);
        width
            .saturating_mul(together)
            .saturating_pow(self.nested)
            .saturating_mul(text.saturating_add(1).saturating_pow(self.replaces))
    }

    /// Counts below `expr`; gives how deep comprehensions stand there.
    fn walk(&mut self, expr: &IdedExpr) -> u32 {
        match &expr.expr {
            Expr::Call(call) => self.call(call),
            Expr::Comprehension(loops) => {
                let parts = [
                    &loops.iter_range,
                    &loops.accu_init,
                    &loops.loop_cond,
                    &loops.loop_step,
                    &loops.result,
                ];
                // What binds a name for one expression has no rounds.
                let rounds = !matches!(&loops.iter_range.expr, Expr::List(list) if list.elements.is_empty());
                self.deepest(parts.into_iter()).saturating_add(u32::from(rounds))
            }
            Expr::List(list) => {
                self.literals = self.literals.saturating_add(length(list.elements.len()));
                self.deepest(list.elements.iter())
            }
            Expr::Map(map) => self.entries(map.entries.iter().map(|entry| &entry.expr)),
            Expr::Struct(object) => self.entries(object.entries.iter().map(|entry| &entry.expr)),
            Expr::Select(select) => self.walk(&select.operand),
            Expr::Literal(LiteralValue::String(text)) => {
                self.longest = self.longest.max(length(text.inner().len()));
                0
            }
            Expr::Literal(_) | Expr::Ident(_) | Expr::Unspecified => 0,
        }
    }

    fn call(&mut self, call: &CallExpr) -> u32 {
        match call.func_name.as_str() {
            "_+_" | "join" | "format" => self.joins = self.joins.saturating_add(1),
            "replace" => self.replaces = self.replaces.saturating_add(1),
            "split" => self.splits = true,
            _ => {}
        }
        // Each element of one set is looked for in the other.
        let of_sets =
            matches!(call.target.as_deref().map(|t| &t.expr), Some(Expr::Ident(name)) if name == "sets");
        self.deepest(call.target.as_deref().into_iter().chain(call.args.iter()))
            .saturating_add(if of_sets { 2 } else { 0 })
    }

    fn entries<'a>(&mut self, entries: impl Iterator<Item = &'a EntryExpr>) -> u32 {
        let mut deepest = 0;
        for entry in entries {
            self.literals = self.literals.saturating_add(1);
            deepest = deepest.max(match entry {
                EntryExpr::StructField(field) => self.walk(&field.value),
                EntryExpr::MapEntry(entry) => self.walk(&entry.key).max(self.walk(&entry.value)),
            });
        }
        deepest
    }

    fn deepest<'a>(&mut self, parts: impl Iterator<Item = &'a IdedExpr>) -> u32 {
        parts.fold(0, |deepest, part| deepest.max(self.walk(part)))
    }
}

#[derive(Default)]
struct Size {
    widest: u64,
    longest: u64,
}

impl Size {
    /// Recursive: inputs have bounded depth (`scope::within_limits`), and so have expressions, by their parser.
    fn measure(&mut self, value: &Value) {
        match value {
            Value::List(items) => {
                self.widest = self.widest.max(length(items.len()));
                items.iter().for_each(|item| self.measure(item));
            }
            Value::Map(fields) => {
                self.widest = self.widest.max(length(fields.map.len()));
                fields.map.values().for_each(|item| self.measure(item));
            }
            Value::String(text) => self.longest = self.longest.max(length(text.len())),
            _ => {}
        }
    }
}

fn length(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
