//! From the tree of a file to the intermediate language, function by function.
//!
//! Functions within functions are lowered where they stand, while the names around them are known. What the tree nests deeper than the
//! bound becomes a value of which nothing is known, and the function says so.

mod call;
mod class;
mod control;
mod declaration;
mod dialect;
mod expression;
mod finish;
mod literal;
mod name;
mod pattern;
mod php;
mod ruby;
mod sharp;
mod statement;
mod switch;
mod tail;
mod target;

use bartizan_syntax::{Ast, NodeId};

pub(crate) use literal::constant as literal_constant;
pub(crate) use php::field_name;
pub(crate) use ruby::BLOCK;

use crate::ir::{
    Argument, Block, BlockId, Code, Declared, Exit, Instruction, Lvalue, Op, Parameter, Slot, Span,
};
use crate::limits::{Limit, Limits};
use crate::model::{Library, Marks};
use crate::program::{FileId, FunctionId, Program};
use crate::table::{Map, small};
use crate::traits::Traits;
use crate::values::{ConstantSets, Name};

/// Temporaries are numbered apart from variables until the function is finished.
const TEMPORARY: u32 = 1 << 31;

/// Lowers every function of a file; the result goes to the place of each in `codes`.
pub(crate) fn lower_file(
    program: &Program<'_>,
    file: FileId,
    names: &mut ConstantSets,
    library: &dyn Library,
    limits: &Limits,
    codes: &mut [Option<Code>],
) {
    let Some(this) = program.file(file) else {
        return;
    };
    let Some(&module) = program.function_at.get(&(file, NodeId::ROOT)) else {
        return;
    };
    let mut lowering = Lowering {
        program,
        ast: this.ast,
        marks: this.marks,
        names,
        library,
        limits,
        file,
        frames: Vec::new(),
        depth: 0,
        codes,
    };
    lowering.module(module);
}

/// Where `break` and `continue` go.
#[derive(Clone, Copy, Debug)]
struct Jumps {
    label: Option<Name>,
    breaks: BlockId,
    /// None for what is no loop
    continues: Option<BlockId>,
    /// How many `finally` blocks were open outside of it
    finals: usize,
    /// Where `break` leaves a value
    result: Option<Slot>,
}

/// A `finally` that is still to run when control leaves what is before it.
#[derive(Clone, Copy, Debug)]
struct Final {
    block: NodeId,
    /// The handler outside of it
    handler: Option<BlockId>,
}

/// A variable in scope.
#[derive(Clone, Copy, Debug)]
struct Variable {
    slot: Slot,
    declared: Declared,
    /// What is assigned to it is assigned to what the caller gave
    is_reference: bool,
}

/// A function that is being lowered.
#[derive(Debug)]
struct Frame {
    function: FunctionId,
    scopes: Vec<Map<Name, Variable>>,
    blocks: Vec<Block>,
    heads: Vec<BlockId>,
    current: BlockId,
    arguments: Vec<Argument>,
    parameters: Vec<Parameter>,
    receiver: Option<Slot>,
    /// What it says that it gives back
    returns: Declared,
    variables: u32,
    temporaries: u32,
    instructions: usize,
    jumps: Vec<Jumps>,
    finals: Vec<Final>,
    handler: Option<BlockId>,
    thrown: Option<Slot>,
    /// Where a generator collects what it yields
    yields: Option<Slot>,
    /// Names that an inner function assigns outside of itself
    elsewhere: Vec<Name>,
    /// Values that propagators ask for
    ends: Map<NodeId, (Slot, Lvalue)>,
    label: Option<Name>,
    /// The only names that it sees of those around it; none sees all
    sees: Option<Vec<Name>>,
    cut: Option<Limit>,
}

struct Lowering<'p, 'c> {
    program: &'p Program<'p>,
    ast: &'p Ast,
    marks: &'p Marks,
    names: &'c mut ConstantSets,
    library: &'p dyn Library,
    limits: &'c Limits,
    file: FileId,
    frames: Vec<Frame>,
    depth: usize,
    codes: &'c mut [Option<Code>],
}

impl Frame {
    fn new(function: FunctionId) -> Self {
        Self {
            function,
            scopes: vec![Map::default()],
            blocks: vec![empty_block(None)],
            heads: Vec::new(),
            current: BlockId(0),
            arguments: Vec::new(),
            parameters: Vec::new(),
            receiver: None,
            returns: Declared::Nothing,
            variables: 0,
            temporaries: 0,
            instructions: 0,
            jumps: Vec::new(),
            finals: Vec::new(),
            handler: None,
            thrown: None,
            yields: None,
            elsewhere: Vec::new(),
            ends: Map::default(),
            label: None,
            sees: None,
            cut: None,
        }
    }

    fn variable(&mut self) -> Slot {
        self.variables += 1;
        Slot(self.variables - 1)
    }

    fn temporary(&mut self) -> Slot {
        self.temporaries += 1;
        Slot(TEMPORARY | (self.temporaries - 1))
    }

    fn thrown(&mut self) -> Slot {
        if let Some(slot) = self.thrown {
            return slot;
        }
        let slot = self.variable();
        self.thrown = Some(slot);
        slot
    }
}

fn empty_block(handler: Option<BlockId>) -> Block {
    Block {
        instructions: Vec::new(),
        exit: Exit::Return,
        handler,
    }
}

impl<'p> Lowering<'p, '_> {
    /// The function at hand. There is always one while anything is lowered.
    fn frame(&mut self) -> Option<&mut Frame> {
        self.frames.last_mut()
    }

    fn function(&self) -> FunctionId {
        self.frames.last().map_or(FunctionId(0), |frame| frame.function)
    }

    /// What is known of the language at hand.
    fn traits(&self) -> Traits {
        Traits::of(self.ast.language())
    }

    fn in_module(&self) -> bool {
        self.frames.len() == 1
    }

    fn name(&mut self, node: NodeId) -> Name {
        let ast = self.ast;
        self.names.name(ast.text(node))
    }

    fn cut(&mut self, limit: Limit) {
        if let Some(frame) = self.frame() {
            frame.cut.get_or_insert(limit);
        }
    }

    /// Runs `inner` one level deeper; gives `otherwise` at the bound.
    fn deeper<T>(&mut self, otherwise: T, inner: impl FnOnce(&mut Self) -> T) -> T {
        if self.depth >= self.limits.depth {
            self.cut(Limit::Depth);
            return otherwise;
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    /// A new block below the handler at hand, not yet entered.
    fn block(&mut self) -> BlockId {
        let Some(frame) = self.frame() else {
            return BlockId(0);
        };
        let id = BlockId(small(frame.blocks.len()));
        let block = empty_block(frame.handler);
        frame.blocks.push(block);
        id
    }

    fn enter(&mut self, block: BlockId) {
        if let Some(frame) = self.frame() {
            frame.current = block;
        }
    }

    /// Ends the block at hand and goes on in one that nothing leads to yet.
    fn leave(&mut self, exit: Exit) {
        self.exit(exit);
        let next = self.block();
        self.enter(next);
    }

    fn exit(&mut self, exit: Exit) {
        if let Some(frame) = self.frame() {
            let current = frame.current.index();
            if let Some(block) = frame.blocks.get_mut(current) {
                block.exit = exit;
            }
        }
    }

    fn jump(&mut self, to: BlockId) {
        self.exit(Exit::Jump(to));
    }

    /// Jumps to a block and goes on there.
    fn go(&mut self, to: BlockId) {
        self.jump(to);
        self.enter(to);
    }

    fn handler(&mut self) -> Option<BlockId> {
        self.frames.last().and_then(|frame| frame.handler)
    }

    /// Sets where exceptions go from here on; a block has one handler, so a new block begins.
    fn set_handler(&mut self, handler: Option<BlockId>) {
        if let Some(frame) = self.frame() {
            frame.handler = handler;
        }
        let next = self.block();
        self.go(next);
    }

    fn temporary(&mut self) -> Slot {
        self.frame().map_or(Slot(0), Frame::temporary)
    }

    /// An instruction whose result is a new temporary.
    fn emit(&mut self, op: Op, node: NodeId) -> Slot {
        let target = self.temporary();
        self.emit_to(target, op, node);
        target
    }

    fn emit_to(&mut self, target: Slot, op: Op, node: NodeId) {
        let most = self.limits.instructions;
        let Some(frame) = self.frame() else {
            return;
        };
        if frame.instructions >= most {
            frame.cut.get_or_insert(Limit::Instructions);
            return;
        }
        frame.instructions += 1;
        let current = frame.current.index();
        if let Some(block) = frame.blocks.get_mut(current) {
            block.instructions.push(Instruction { op, target, node });
        }
    }

    fn unknown(&mut self, node: NodeId) -> Slot {
        self.emit(Op::Unknown, node)
    }

    fn arguments(&mut self, arguments: Vec<Argument>) -> Span {
        let Some(frame) = self.frame() else {
            return Span::default();
        };
        let from = small(frame.arguments.len());
        frame.arguments.extend(arguments);
        Span {
            from,
            to: small(frame.arguments.len()),
        }
    }

    fn open_scope(&mut self) {
        if let Some(frame) = self.frame() {
            frame.scopes.push(Map::default());
        }
    }

    fn close_scope(&mut self) {
        if let Some(frame) = self.frame()
            && frame.scopes.len() > 1
        {
            frame.scopes.pop();
        }
    }
}
