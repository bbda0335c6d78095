//! `switch`, `match` and their like: one comparison after the other.

use bartizan_syntax::{Flags, Kind, NodeId, Operator};

use crate::ir::{BlockId, Exit, Op, Slot};
use crate::lower::Lowering;

impl Lowering<'_, '_> {
    pub(super) fn switch(&mut self, node: NodeId, result: Option<Slot>) {
        let ast = self.ast;
        let subject = match ast.child(node, 0) {
            Some(subject) => Some(self.value(subject)),
            None => self.caught(node),
        };
        // What is compared again and again lives from block to block.
        let subject = subject.map(|value| {
            let kept = self.frame().map(super::Frame::variable).unwrap_or(value);
            self.emit_to(kept, Op::Copy(value), node);
            (kept, value)
        });
        let end = self.block();
        let cases: Vec<NodeId> = ast
            .children(node)
            .iter()
            .copied()
            .filter(|&case| ast.kind(case) == Kind::Case)
            .collect();
        self.open_scope();
        self.open_switch(end);
        if self.traits().binds_in_patterns && !self.is_python() {
            self.bound_cases(&cases, subject, (end, result));
            self.close_switch();
            self.close_scope();
            self.enter(end);
            return;
        }
        let bodies: Vec<BlockId> = cases.iter().map(|_| self.block()).collect();
        let mut default = None;
        for (&case, &body) in cases.iter().zip(&bodies) {
            let patterns = ast
                .child(case, 0)
                .map_or(&[][..], |patterns| ast.children(patterns));
            if patterns.is_empty() && ast.child(case, 1).is_none() {
                default = Some(body);
                // In Python the cases are tried in order, so nothing after a bare one is.
                if self.is_python() {
                    break;
                }
                continue;
            }
            self.test(case, patterns, subject, body);
        }
        self.jump(default.unwrap_or(end));
        for (position, (&case, &body)) in cases.iter().zip(&bodies).enumerate() {
            self.enter(body);
            if let Some(block) = ast.child(case, 2) {
                match result {
                    Some(result) => self.tail(block, result),
                    None => self.block_statement(block),
                }
            }
            let falls = ast.node(case).flags.has(Flags::FALLS_THROUGH);
            let next = bodies.get(position + 1).copied().filter(|_| falls);
            self.jump(next.unwrap_or(end));
        }
        self.close_switch();
        self.close_scope();
        self.enter(end);
    }

    /// What the cases of a handler are about: what was thrown.
    fn caught(&mut self, node: NodeId) -> Option<Slot> {
        let ast = self.ast;
        let handler = ast.parent(ast.parent(node)?)?;
        if !self.traits().binds_in_patterns || ast.kind(handler) != Kind::Catch {
            return None;
        }
        let thrown = self.frame().map(super::Frame::thrown)?;
        Some(self.emit(Op::Copy(thrown), node))
    }

    /// Cases whose patterns bind names: each body stands where the names of its own pattern are known.
    fn bound_cases(
        &mut self,
        cases: &[NodeId],
        subject: Option<(Slot, Slot)>,
        (end, result): (BlockId, Option<Slot>),
    ) {
        let ast = self.ast;
        for &case in cases {
            let patterns = ast
                .child(case, 0)
                .map_or(&[][..], |patterns| ast.children(patterns));
            let body = self.block();
            self.open_scope();
            self.test(case, patterns, subject, body);
            let otherwise = self.frames.last().map(|frame| frame.current);
            self.enter(body);
            if let Some(block) = ast.child(case, 2) {
                self.statement_into(block, result);
            }
            self.jump(end);
            self.close_scope();
            if let Some(otherwise) = otherwise {
                self.enter(otherwise);
            }
        }
        self.jump(end);
    }

    /// Goes to `body` when one of the patterns matches, and on otherwise.
    fn test(&mut self, case: NodeId, patterns: &[NodeId], subject: Option<(Slot, Slot)>, body: BlockId) {
        let ast = self.ast;
        let guard = ast.child(case, 1);
        let matched = match guard {
            Some(_) => self.block(),
            None => body,
        };
        if patterns.is_empty() {
            self.jump(matched);
        }
        let otherwise = self.block();
        for (position, &pattern) in patterns.iter().enumerate() {
            let next = if position + 1 == patterns.len() {
                otherwise
            } else {
                self.block()
            };
            self.match_pattern(pattern, subject, matched, next);
            self.enter(next);
        }
        if let Some(guard) = guard {
            self.enter(matched);
            self.condition(Some(guard), body, otherwise);
        }
        self.enter(otherwise);
    }

    pub(super) fn match_pattern(
        &mut self,
        pattern: NodeId,
        subject: Option<(Slot, Slot)>,
        yes: BlockId,
        no: BlockId,
    ) {
        let ast = self.ast;
        let Some((kept, value)) = subject else {
            self.condition(Some(pattern), yes, no);
            return;
        };
        if ast.kind(pattern) == Kind::Binary && ast.node(pattern).operator == Operator::BitOr {
            let next = self.block();
            if let (Some(left), Some(right)) = (ast.child(pattern, 0), ast.child(pattern, 1)) {
                self.deeper((), |this| this.match_pattern(left, subject, yes, next));
                self.enter(next);
                self.deeper((), |this| this.match_pattern(right, subject, yes, no));
            }
            return;
        }
        if self.match_compared(pattern, (kept, value), yes, no) {
            return;
        }
        let captures = self.is_python();
        if self.traits().binds_in_patterns && !captures {
            self.match_bound(pattern, (kept, value), yes, no);
            return;
        }
        match ast.kind(pattern) {
            Kind::Name if captures => {
                if ast.text(pattern) != "_" {
                    self.assign(pattern, value);
                }
                self.jump(yes);
            }
            Kind::Destructure
            | Kind::Call
            | Kind::Other
            | Kind::Spread
            | Kind::Map
            | Kind::List
            | Kind::Tuple
                if captures =>
            {
                self.capture(pattern, kept);
                self.exit(Exit::Choose(vec![yes, no]));
            }
            Kind::Type | Kind::TypeTest | Kind::Variable => {
                self.capture(pattern, kept);
                self.exit(Exit::Choose(vec![yes, no]));
            }
            _ => {
                let expected = self.value(pattern);
                let condition = self.emit(Op::Binary(Operator::Equal, value, expected), pattern);
                self.exit(Exit::Branch { condition, yes, no });
            }
        }
    }

    /// Binds the names within a pattern to parts of the subject.
    fn capture(&mut self, pattern: NodeId, subject: Slot) {
        let ast = self.ast;
        match ast.kind(pattern) {
            Kind::Destructure => {
                self.assign(pattern, subject);
            }
            Kind::TypeTest | Kind::Variable => {
                let position = if ast.kind(pattern) == Kind::TypeTest { 2 } else { 1 };
                if let Some(name) = ast.child(pattern, position) {
                    self.assign_declared(name, subject, crate::ir::Declared::Nothing);
                }
            }
            Kind::Call => {
                let arguments = ast.child(pattern, 1).map_or(&[][..], |list| ast.children(list));
                for &argument in arguments {
                    let inner = match ast.kind(argument) {
                        Kind::Keyword => ast.children(argument).last().copied(),
                        _ => Some(argument),
                    };
                    let part = match ast
                        .child(argument, 0)
                        .filter(|_| ast.kind(argument) == Kind::Keyword)
                    {
                        Some(name) => {
                            let name = self.name(name);
                            let declared = crate::ir::Declared::Nothing;
                            self.emit(
                                Op::Field {
                                    object: subject,
                                    name,
                                    declared,
                                },
                                argument,
                            )
                        }
                        None => self.emit(
                            Op::Each {
                                collection: subject,
                                keys: false,
                            },
                            argument,
                        ),
                    };
                    if let Some(inner) = inner {
                        self.deeper((), |this| this.capture_part(inner, part));
                    }
                }
            }
            Kind::Other => {
                for &child in ast.children(pattern) {
                    self.deeper((), |this| this.capture_part(child, subject));
                }
            }
            _ => {}
        }
    }

    fn capture_part(&mut self, pattern: NodeId, part: Slot) {
        let ast = self.ast;
        match ast.kind(pattern) {
            Kind::Name if ast.text(pattern) != "_" => {
                self.assign(pattern, part);
            }
            Kind::Name => {}
            _ => self.capture(pattern, part),
        }
    }
}
