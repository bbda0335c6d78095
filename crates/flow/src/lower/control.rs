//! Branches, loops, exceptions, and what runs when control leaves.

use bartizan_syntax::{Flags, Kind, Language, NodeId, Operator};

use crate::ir::{BlockId, Declared, Exit, Lvalue, Op, Slot, Span};
use crate::lower::{Final, Jumps, Lowering};
use crate::values::{Kind as Made, Name};

impl Lowering<'_, '_> {
    /// Goes to `yes` or `no` by a condition.
    pub(super) fn condition(&mut self, node: Option<NodeId>, yes: BlockId, no: BlockId) {
        let ast = self.ast;
        let Some(node) = node else {
            self.exit(Exit::Choose(vec![yes, no]));
            return;
        };
        let operator = ast.node(node).operator;
        let unmarked = self.marks.of(node).is_none();
        if ast.kind(node) == Kind::Binary && matches!(operator, Operator::And | Operator::Or) && unmarked {
            let next = self.block();
            self.deeper((), |this| {
                if operator == Operator::And {
                    this.condition(ast.child(node, 0), next, no);
                } else {
                    this.condition(ast.child(node, 0), yes, next);
                }
            });
            self.enter(next);
            self.deeper((), |this| this.condition(ast.child(node, 1), yes, no));
            return;
        }
        if ast.kind(node) == Kind::Other && self.traits().scopes_of_conditions {
            match (ast.text(node), ast.children(node)) {
                ("let_condition", &[pattern, value]) => {
                    let value = self.value(value);
                    let kept = self.frame().map(super::Frame::variable).unwrap_or(value);
                    self.emit_to(kept, Op::Copy(value), node);
                    self.match_bound(pattern, (kept, value), yes, no);
                    return;
                }
                ("let_chain", all) => {
                    for &one in all {
                        let next = self.block();
                        self.deeper((), |this| this.condition(Some(one), next, no));
                        self.enter(next);
                    }
                    self.jump(yes);
                    return;
                }
                _ => {}
            }
        }
        if ast.kind(node) == Kind::Unary && operator == Operator::Not && unmarked {
            self.deeper((), |this| this.condition(ast.child(node, 0), no, yes));
            return;
        }
        let condition = self.value(node);
        self.exit(Exit::Branch { condition, yes, no });
    }

    /// An `else if` is in the place of the `else` of the one before: a chain of them is walked in a loop.
    pub(super) fn branch(&mut self, node: NodeId, result: Option<Slot>) {
        let ast = self.ast;
        let end = self.block();
        let mut at = node;
        let scoped = self.traits().scopes_of_conditions;
        let mut scopes = 0;
        loop {
            let (yes, no) = (self.block(), self.block());
            if scoped {
                self.open_scope();
                scopes += 1;
            }
            self.condition(ast.child(at, 0), yes, no);
            self.enter(yes);
            if let Some(then) = ast.child(at, 1) {
                self.statement_into(then, result);
            }
            self.jump(end);
            self.enter(no);
            match ast.child(at, 2) {
                Some(next) if ast.kind(next) == Kind::If => at = next,
                Some(other) => {
                    self.statement_into(other, result);
                    break;
                }
                None => break,
            }
        }
        for _ in 0..scopes {
            self.close_scope();
        }
        self.go(end);
    }

    pub(super) fn head(&mut self) -> BlockId {
        let head = self.block();
        if let Some(frame) = self.frame() {
            frame.heads.push(head);
        }
        self.go(head);
        head
    }

    fn open_jumps(&mut self, breaks: BlockId, continues: Option<BlockId>) {
        if let Some(frame) = self.frame() {
            let label = frame.label.take();
            let finals = frame.finals.len();
            frame.jumps.push(Jumps {
                label,
                breaks,
                continues,
                finals,
                result: None,
            });
        }
    }

    fn close_jumps(&mut self) {
        if let Some(frame) = self.frame() {
            frame.jumps.pop();
        }
    }

    pub(super) fn while_loop(&mut self, node: NodeId, result: Option<Slot>) {
        let ast = self.ast;
        let (body, otherwise, end) = (self.block(), self.block(), self.block());
        let head = self.head();
        let scoped = self.traits().scopes_of_conditions;
        if scoped {
            self.open_scope();
        }
        self.condition(ast.child(node, 0), body, otherwise);
        self.open_jumps(end, Some(head));
        if let Some(jumps) = self.frame().and_then(|frame| frame.jumps.last_mut()) {
            jumps.result = result;
        }
        self.enter(body);
        if let Some(block) = ast.child(node, 1) {
            self.statement(block);
        }
        self.jump(head);
        self.close_jumps();
        if scoped {
            self.close_scope();
        }
        self.enter(otherwise);
        if let Some(block) = ast.child(node, 2) {
            self.statement(block);
        }
        self.go(end);
    }

    pub(super) fn do_while(&mut self, node: NodeId) {
        let ast = self.ast;
        let (test, end) = (self.block(), self.block());
        let head = self.head();
        self.open_jumps(end, Some(test));
        if let Some(block) = ast.child(node, 0) {
            self.statement(block);
        }
        self.close_jumps();
        self.go(test);
        self.condition(ast.child(node, 1), head, end);
        self.enter(end);
    }

    pub(super) fn for_loop(&mut self, node: NodeId) {
        let ast = self.ast;
        self.open_scope();
        if let Some(first) = ast.child(node, 0) {
            self.body(first);
        }
        let (body, step, end) = (self.block(), self.block(), self.block());
        let head = self.head();
        match ast.child(node, 1) {
            Some(condition) => self.condition(Some(condition), body, end),
            None => self.jump(body),
        }
        self.open_jumps(end, Some(step));
        self.enter(body);
        if let Some(block) = ast.child(node, 3) {
            self.statement(block);
        }
        self.close_jumps();
        self.go(step);
        if let Some(steps) = ast.child(node, 2) {
            self.body(steps);
        }
        self.jump(head);
        self.enter(end);
        self.close_scope();
    }

    pub(super) fn for_each(&mut self, node: NodeId) {
        let ast = self.ast;
        let collection = self.value_or_unknown(ast.child(node, 1), node);
        let (body, otherwise, end) = (self.block(), self.block(), self.block());
        let head = self.head();
        self.exit(Exit::Choose(vec![body, otherwise]));
        self.open_scope();
        self.open_jumps(end, Some(head));
        self.enter(body);
        if let Some(target) = ast.child(node, 0) {
            self.bind_element(node, target, collection);
        }
        if let Some(block) = ast.child(node, 2) {
            self.statement(block);
        }
        self.jump(head);
        self.close_jumps();
        self.close_scope();
        self.enter(otherwise);
        if let Some(block) = ast.child(node, 3) {
            self.statement(block);
        }
        self.go(end);
    }

    /// Gives the target of a loop any element of what it goes over.
    fn bind_element(&mut self, node: NodeId, target: NodeId, collection: Slot) {
        let ast = self.ast;
        let flags = ast.node(node).flags;
        let pairs = ast.language() == Language::Go
            && matches!(ast.kind(target), Kind::Tuple | Kind::Destructure | Kind::List);
        if self.is_pattern(target) {
            let keys = flags.has(Flags::KEYS);
            let element = self.emit(Op::Each { collection, keys }, target);
            self.bind(target, element);
            return;
        }
        let declares = flags.has(Flags::DECLARES) || self.traits().loops_declare;
        if declares {
            self.declare_target(target, Declared::Nothing, true);
        }
        if let (Kind::Pair, [key, value]) = (ast.kind(target), ast.children(target)) {
            for (part, keys) in [(*key, true), (*value, false)] {
                let element = self.emit(Op::Each { collection, keys }, part);
                self.assign(part, element);
            }
            return;
        }
        if pairs {
            for (position, &part) in ast.children(target).iter().enumerate() {
                let keys = position == 0;
                let element = self.emit(Op::Each { collection, keys }, part);
                self.assign(part, element);
            }
            return;
        }
        let (target, declared) = match ast.kind(target) {
            Kind::Variable | Kind::Param => {
                let declared = self.declared(ast.child(target, 2));
                (ast.child(target, 1).unwrap_or(target), declared)
            }
            _ => (target, Declared::Nothing),
        };
        if declares || declared != Declared::Nothing {
            self.declare_target(target, declared, true);
        }
        let keys = flags.has(Flags::KEYS);
        let element = self.emit(Op::Each { collection, keys }, target);
        self.assign(target, element);
    }

    pub(super) fn comprehension(&mut self, node: NodeId) -> Slot {
        let ast = self.ast;
        let made = match ast.node(node).operator {
            Operator::Set => Made::Set,
            Operator::Map => Made::Map,
            _ => Made::List,
        };
        let Some(list) = self.frame().map(super::Frame::variable) else {
            return self.unknown(node);
        };
        self.emit_to(list, Op::Build(made, Span::default()), node);
        let children = ast.children(node);
        let end = self.block();
        self.open_scope();
        let mut head = end;
        for &clause in children.iter().skip(1) {
            let next = self.block();
            if ast.kind(clause) == Kind::ForClause {
                let collection = self.value_or_unknown(ast.child(clause, 1), clause);
                let out = head;
                head = self.head();
                self.exit(Exit::Choose(vec![next, out]));
                self.enter(next);
                if let Some(target) = ast.child(clause, 0) {
                    self.declare_target(target, Declared::Nothing, true);
                    let element = self.emit(
                        Op::Each {
                            collection,
                            keys: false,
                        },
                        target,
                    );
                    self.assign(target, element);
                }
            } else {
                self.condition(ast.child(clause, 0), next, head);
                self.enter(next);
            }
        }
        if let Some(&element) = children.first() {
            let (key, value) = if ast.kind(element) == Kind::Pair {
                let key = self.value_or_unknown(ast.child(element, 0), element);
                (Some(key), self.value_or_unknown(ast.child(element, 1), element))
            } else {
                (None, self.value(element))
            };
            self.emit(Op::Add { list, value, key }, element);
        }
        self.close_scope();
        self.jump(head);
        self.enter(end);
        list
    }

    pub(super) fn labelled(&mut self, node: NodeId) {
        let ast = self.ast;
        let Some(inner) = ast.child(node, 1) else {
            return;
        };
        let name = ast.child(node, 0).map(|name| self.name(name));
        let looping = matches!(
            ast.kind(inner),
            Kind::While | Kind::DoWhile | Kind::For | Kind::ForEach | Kind::Switch
        );
        if let Some(frame) = self.frame() {
            frame.label = name;
        }
        if looping {
            self.statement(inner);
            return;
        }
        let end = self.block();
        self.open_jumps(end, None);
        self.statement(inner);
        self.close_jumps();
        self.go(end);
    }

    /// `break` and `continue`, with or without a label.
    pub(super) fn jump_out(&mut self, node: NodeId) {
        let ast = self.ast;
        // `break 'label value` of Rust
        let is_label = |&child: &NodeId| !self.traits().ends_values || ast.text(child).starts_with('\'');
        let label = ast
            .children(node)
            .iter()
            .copied()
            .find(|child| ast.kind(*child) == Kind::Name && is_label(child));
        let given = ast.children(node).iter().copied().find(|&child| {
            self.traits().ends_values && Some(child) != label && ast.kind(child) != Kind::Nothing
        });
        let label: Option<Name> = label.map(|label| self.name(label));
        let given = given.map(|given| self.value(given));
        let continues = ast.kind(node) == Kind::Continue;
        let fits = |jumps: &&Jumps| match label {
            Some(label) => jumps.label == Some(label),
            None if continues => jumps.continues.is_some(),
            None => true,
        };
        let found = self
            .frames
            .last()
            .and_then(|frame| frame.jumps.iter().rev().find(fits).copied());
        let Some(jumps) = found else {
            return;
        };
        let to = if continues {
            jumps.continues.unwrap_or(jumps.breaks)
        } else {
            jumps.breaks
        };
        if let (Some(value), Some(result)) = (given, jumps.result) {
            self.emit_to(result, Op::Copy(value), node);
        }
        self.leave_finals(jumps.finals);
        self.leave(Exit::Jump(to));
    }

    pub(super) fn open_switch(&mut self, end: BlockId) {
        self.open_jumps(end, None);
    }

    pub(super) fn close_switch(&mut self) {
        self.close_jumps();
    }

    /// Runs every `finally` that is open above `depth`, the innermost first.
    pub(super) fn leave_finals(&mut self, depth: usize) {
        let open: Vec<Final> = self
            .frames
            .last()
            .map_or_else(Vec::new, |frame| frame.finals.clone());
        let handler = self.handler();
        for (position, last) in open.iter().enumerate().rev() {
            if position < depth {
                break;
            }
            if let Some(frame) = self.frame() {
                frame.finals.truncate(position);
            }
            self.set_handler(last.handler);
            self.deeper((), |this| this.block_statement(last.block));
        }
        if open.len() > depth {
            if let Some(frame) = self.frame() {
                frame.finals = open;
            }
            self.set_handler(handler);
        }
    }

    pub(super) fn tried(&mut self, node: NodeId, result: Option<Slot>) {
        let ast = self.ast;
        let outside = self.handler();
        let finally = ast.child(node, 4);
        let (dispatch, end) = (self.block(), self.block());
        if let (Some(block), Some(frame)) = (finally, self.frame()) {
            frame.finals.push(Final {
                block,
                handler: outside,
            });
        }
        self.open_scope();
        self.set_handler(Some(dispatch));
        if let Some(resources) = ast.child(node, 0) {
            self.body(resources);
        }
        if let Some(body) = ast.child(node, 1) {
            self.statement_into(body, result);
        }
        let uncaught = finally.map(|_| {
            self.set_handler(outside);
            let at = self.frames.last().map(|frame| frame.current);
            let block = self.block();
            if let Some(at) = at {
                self.enter(at);
            }
            block
        });
        self.set_handler(uncaught.or(outside));
        if let Some(otherwise) = ast.child(node, 3) {
            self.statement(otherwise);
        }
        self.close_scope();
        let done = self.block();
        self.jump(done);
        self.catches(node, dispatch, (done, result), uncaught);
        if let (Some(_), Some(frame)) = (finally, self.frame()) {
            frame.finals.pop();
        }
        if let Some(frame) = self.frame() {
            frame.handler = outside;
        }
        if let (Some(block), Some(uncaught)) = (finally, uncaught) {
            self.enter(uncaught);
            self.block_statement(block);
            self.exit(Exit::Throw);
            self.enter(done);
            self.set_handler(outside);
            self.block_statement(block);
            self.jump(end);
        } else {
            self.enter(done);
            self.jump(end);
        }
        self.enter(end);
        self.set_handler(outside);
    }

    fn catches(
        &mut self,
        node: NodeId,
        dispatch: BlockId,
        (done, result): (BlockId, Option<Slot>),
        uncaught: Option<BlockId>,
    ) {
        let ast = self.ast;
        let list = ast.child(node, 2);
        let mut starts = Vec::new();
        self.enter(dispatch);
        let outside = self.handler();
        if let Some(block) = self.frame().and_then(|frame| {
            let current = frame.current.index();
            frame.blocks.get_mut(current)
        }) {
            block.handler = outside;
        }
        for &catch in list.map_or(&[][..], |list| ast.children(list)) {
            if ast.kind(catch) != Kind::Catch {
                continue;
            }
            let start = self.block();
            starts.push(start);
            self.enter(start);
            self.open_scope();
            if let Some(name) = ast.child(catch, 1) {
                let caught = self.frame().map(super::Frame::thrown);
                let caught = caught.map(|thrown| self.emit(Op::Copy(thrown), catch));
                if let Some(caught) = caught {
                    let place = self.assign_declared(name, caught, Declared::Nothing);
                    self.mark(catch, caught, place);
                }
            }
            if let Some(block) = ast.child(catch, 2) {
                self.statement_into(block, result);
            }
            self.close_scope();
            self.jump(done);
        }
        self.enter(dispatch);
        match uncaught {
            Some(uncaught) => starts.push(uncaught),
            None if starts.is_empty() => starts.push(done),
            None => {}
        }
        self.exit(Exit::Choose(starts));
    }

    pub(super) fn with(&mut self, node: NodeId) {
        let ast = self.ast;
        self.open_scope();
        for &item in ast.children(node) {
            if ast.kind(item) != Kind::WithItem {
                self.statement(item);
                continue;
            }
            let Some(expression) = ast.child(item, 0) else {
                continue;
            };
            let value = self.value(expression);
            let place = match ast.child(item, 1) {
                Some(target) => {
                    if ast.language() != Language::Python {
                        self.declare_target(target, Declared::Nothing, false);
                    }
                    self.assign(target, value)
                }
                None => Lvalue::None,
            };
            self.mark(item, value, place);
        }
        self.close_scope();
    }
}
