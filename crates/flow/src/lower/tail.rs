//! What statements give: in many languages blocks, branches and cases have the value of what they end with.

use bartizan_syntax::{Kind, NodeId};

use crate::ir::{Lvalue, Op, Slot};
use crate::lower::Lowering;
use crate::lower::expression::is_statement;

impl Lowering<'_, '_> {
    /// The value of a statement that stands where a value is asked for.
    pub(super) fn statement_value(&mut self, node: NodeId) -> Slot {
        let Some(result) = self.frame().map(super::Frame::variable) else {
            return self.unknown(node);
        };
        self.emit_to(result, Op::Unknown, node);
        self.tail(node, result);
        result
    }

    /// A statement; leaves what it gives in `result`, where that is asked for.
    pub(super) fn statement_into(&mut self, node: NodeId, result: Option<Slot>) {
        match result {
            Some(result) => self.tail(node, result),
            None => self.statement(node),
        }
    }

    /// Leaves what a statement gives in a slot.
    pub(super) fn tail(&mut self, node: NodeId, result: Slot) {
        self.deeper((), |this| this.plain_tail(node, result));
    }

    fn plain_tail(&mut self, node: NodeId, result: Slot) {
        let ast = self.ast;
        match ast.kind(node) {
            Kind::Nothing => {}
            Kind::Block => {
                self.open_scope();
                self.tail_of_body(node, result);
                self.close_scope();
            }
            Kind::Expression => {
                if let Some(inner) = ast.child(node, 0) {
                    self.tail(inner, result);
                    self.mark(node, result, Lvalue::None);
                }
            }
            Kind::If => self.branch(node, Some(result)),
            Kind::Switch => self.switch(node, Some(result)),
            Kind::Try => self.tried(node, Some(result)),
            Kind::While => self.while_loop(node, Some(result)),
            Kind::Function | Kind::Class => self.statement(node),
            kind if is_statement(kind) => self.statement(node),
            _ => match self.block_within(node) {
                Some(block) => self.tail(block, result),
                None => {
                    let value = self.value(node);
                    self.emit_to(result, Op::Copy(value), node);
                }
            },
        }
    }

    /// The statements of a block in the scope at hand.
    pub(super) fn tail_of_body(&mut self, block: NodeId, result: Slot) {
        let statements = self.ast.children(block);
        self.hoist(block);
        let Some((&last, before)) = statements.split_last() else {
            return;
        };
        for &statement in before {
            self.statement(statement);
        }
        if self.gives(last) {
            self.tail(last, result);
        } else {
            self.statement(last);
        }
    }

    /// Whether the last statement of a block gives something: in Rust not what ends with a semicolon.
    fn gives(&self, last: NodeId) -> bool {
        let ast = self.ast;
        let inner = ast.child(last, 0).filter(|_| ast.kind(last) == Kind::Expression);
        inner.is_none_or(|inner| !self.traits().ends_values || ast.span(inner).end == ast.span(last).end)
    }

    /// A block that stands as an expression under another name (`unsafe`, `async`).
    fn block_within(&self, node: NodeId) -> Option<NodeId> {
        let ast = self.ast;
        let [only] = ast.children(node) else {
            return None;
        };
        (ast.kind(node) == Kind::Other && ast.kind(*only) == Kind::Block).then_some(*only)
    }
}
