//! The intermediate language: functions as blocks of instructions over slots.
//!
//! A slot holds a value: a variable, or the result of an expression. Every instruction knows the node that it comes from, so that what is
//! found can be shown in the text. Control flow is between blocks only.

use bartizan_syntax::{NodeId, Operator};

use crate::program::{ClassId, FileId, FunctionId};
use crate::table::number;
use crate::values::{Constants, Key, Kind, Name, Root};

number! {
    /// A block of one function.
    pub(crate) BlockId
}

number! {
    /// A slot of one function.
    pub(crate) Slot
}

/// A range of a side table of the function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) struct Span {
    pub(crate) from: u32,
    pub(crate) to: u32,
}

impl Span {
    pub(crate) const fn range(self) -> std::ops::Range<usize> {
        self.from as usize..self.to as usize
    }
}

/// How an argument is given, or an element stands in a literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Passing {
    Plain,
    Named(Name),
    Spread,
    SpreadNamed,
    /// An entry of a map whose key is this slot
    Keyed(Slot),
}

/// A value that is given to a call or a literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Argument {
    pub(crate) value: Slot,
    pub(crate) passing: Passing,
}

/// What a call calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// A value
    Value(Slot),
    /// A method of a value, with the type that the receiver was declared with
    Method {
        receiver: Slot,
        name: Name,
        declared: Declared,
    },
    /// A method of the class above the one at hand
    Super {
        receiver: Slot,
        name: Name,
        class: ClassId,
    },
    /// The constructor of what the value is
    Construct {
        class: Slot,
        body: Option<ClassId>,
        declared: Declared,
    },
}

/// What a declaration says of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum Declared {
    #[default]
    Nothing,
    Class(ClassId),
    Outside(Name),
    /// A number or a truth value
    Scalar,
}

/// A place that a mark can change, besides the value that was computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lvalue {
    None,
    Slot(Slot),
    Outer(Root, Key),
    Field(Slot, Name),
    Element(Slot, Slot),
}

/// What an instruction does. What it gives goes to the target of the [`Instruction`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Constant(Constants),
    /// A value of which nothing is known
    Unknown,
    Copy(Slot),
    /// The address of a variable: what is kept through it is in the variable
    Refer(Slot),
    /// The same, under the name of a variable
    Assign(Slot, Declared),
    /// A parameter that its caller may have left out
    Default(Slot, Slot),
    Function(FunctionId),
    Class(ClassId),
    Imported(Name),
    /// The object of all that a module assigns at its top
    Module(FileId),
    Outer(Root, Key),
    SetOuter(Root, Key, Slot),
    Field {
        object: Slot,
        name: Name,
        declared: Declared,
    },
    SetField {
        object: Slot,
        name: Name,
        value: Slot,
    },
    Element {
        object: Slot,
        key: Slot,
    },
    SetElement {
        object: Slot,
        key: Slot,
        value: Slot,
    },
    RemoveElement {
        object: Slot,
        key: Slot,
    },
    Slice {
        object: Slot,
        low: Option<Slot>,
        high: Option<Slot>,
        step: Option<Slot>,
    },
    /// What `a, *rest` leaves for the rest: everything from a position on, `after` left out at the end
    Rest {
        object: Slot,
        from: u32,
        after: u32,
    },
    /// The element at a position; negative counts from the end
    At {
        object: Slot,
        position: i64,
    },
    Unary(Operator, Slot),
    Binary(Operator, Slot, Slot),
    /// A text of all arguments
    Join(Span),
    Build(Kind, Span),
    /// Any element (or key) of a collection
    Each {
        collection: Slot,
        keys: bool,
    },
    /// Adds an element to a list that a comprehension builds
    Add {
        list: Slot,
        value: Slot,
        key: Option<Slot>,
    },
    Call {
        target: Target,
        arguments: Span,
    },
    /// Looks whether taint reaches the node before it acts
    Check {
        target: Option<Target>,
        arguments: Span,
        value: Option<Slot>,
    },
    /// Applies the marks of the node to a value and to what it names
    Marked(Slot, Lvalue),
    /// Taint goes on from the first to the second as the propagator of that number of the node's marks says
    Propagate {
        number: u32,
        from: Slot,
        to: Slot,
        place: Lvalue,
    },
    /// What is given back, or yielded
    Return(Slot),
    Throw(Slot),
    /// A promise is what it gives
    Await(Slot),
}

/// One instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Instruction {
    pub(crate) op: Op,
    pub(crate) target: Slot,
    pub(crate) node: NodeId,
}

/// How a block ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    Jump(BlockId),
    Branch {
        condition: Slot,
        yes: BlockId,
        no: BlockId,
    },
    /// Any of them, for a reason that is not followed
    Choose(Vec<BlockId>),
    /// The function ends
    Return,
    /// To the handler, if there is one
    Throw,
}

/// A block: instructions of a range, then the exit.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub(crate) instructions: Vec<Instruction>,
    pub(crate) exit: Exit,
    /// Where exceptions go
    pub(crate) handler: Option<BlockId>,
}

/// Something that a function is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Decider {
    Parameter(u32),
    Receiver,
    /// A variable of a function around
    Captured(FunctionId, u32),
}

/// How a parameter takes arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taking {
    One,
    /// The rest of those by position
    Rest,
    /// The rest of those by name
    RestNamed,
    /// What is given by this name only
    Beside,
}

/// A parameter.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parameter {
    pub(crate) slot: Slot,
    pub(crate) name: Option<Name>,
    pub(crate) taking: Taking,
    pub(crate) declared: Declared,
    pub(crate) node: NodeId,
}

/// A function in this language.
#[derive(Clone, Debug)]
pub(crate) struct Code {
    pub(crate) blocks: Vec<Block>,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) parameters: Vec<Parameter>,
    /// The slot of the object that a method is called on
    pub(crate) receiver: Option<Slot>,
    /// Slots below this number live from block to block; those above are used in one block only
    pub(crate) lasting: u32,
    pub(crate) slots: u32,
    /// Blocks that a loop comes back to
    pub(crate) heads: Vec<bool>,
    /// What is given whose constants, functions or classes decide what it does
    pub(crate) deciding: Vec<Decider>,
    /// Functions that it may call, as far as names tell
    pub(crate) callees: Vec<FunctionId>,
    /// Whether a bound cut something off
    pub(crate) cut: Option<crate::limits::Limit>,
}

impl Code {
    pub(crate) fn block(&self, id: BlockId) -> Option<&Block> {
        self.blocks.get(id.index())
    }

    /// All instructions, block by block.
    pub(crate) fn instructions(&self) -> impl Iterator<Item = &Instruction> {
        self.blocks.iter().flat_map(|block| &block.instructions)
    }

    pub(crate) fn arguments(&self, span: Span) -> &[Argument] {
        self.arguments.get(span.range()).unwrap_or(&[])
    }
}

impl Op {
    /// Calls `visit` for every slot that it reads, arguments of ranges left out.
    pub(crate) fn each_read(&mut self, visit: &mut dyn FnMut(&mut Slot)) {
        match self {
            Self::Constant(_)
            | Self::Unknown
            | Self::Function(_)
            | Self::Class(_)
            | Self::Imported(_)
            | Self::Module(_)
            | Self::Outer(..)
            | Self::Join(_)
            | Self::Build(..) => {}
            Self::Copy(slot)
            | Self::Refer(slot)
            | Self::Assign(slot, _)
            | Self::SetOuter(_, _, slot)
            | Self::Unary(_, slot)
            | Self::Return(slot)
            | Self::Throw(slot)
            | Self::Await(slot) => visit(slot),
            Self::Field { object, .. } | Self::Rest { object, .. } | Self::At { object, .. } => visit(object),
            Self::Each { collection, .. } => visit(collection),
            Self::Default(one, two) | Self::Binary(_, one, two) => {
                visit(one);
                visit(two);
            }
            Self::SetField { object, value, .. } => {
                visit(object);
                visit(value);
            }
            Self::Element { object, key } | Self::RemoveElement { object, key } => {
                visit(object);
                visit(key);
            }
            Self::SetElement { object, key, value } => {
                visit(object);
                visit(key);
                visit(value);
            }
            Self::Slice {
                object,
                low,
                high,
                step,
            } => {
                visit(object);
                for bound in [low, high, step].into_iter().flatten() {
                    visit(bound);
                }
            }
            Self::Add { list, value, key } => {
                visit(list);
                visit(value);
                if let Some(key) = key {
                    visit(key);
                }
            }
            Self::Call { target, .. } => target.each_read(visit),
            Self::Check { target, value, .. } => {
                if let Some(target) = target {
                    target.each_read(visit);
                }
                if let Some(value) = value {
                    visit(value);
                }
            }
            Self::Marked(slot, place) => {
                visit(slot);
                place.each_read(visit);
            }
            Self::Propagate { from, to, place, .. } => {
                visit(from);
                visit(to);
                place.each_read(visit);
            }
        }
    }

    /// The range of arguments that it reads.
    pub(crate) const fn span(&self) -> Option<Span> {
        match self {
            Self::Join(span) | Self::Build(_, span) => Some(*span),
            Self::Call { arguments, .. } | Self::Check { arguments, .. } => Some(*arguments),
            _ => None,
        }
    }
}

impl Target {
    fn each_read(&mut self, visit: &mut dyn FnMut(&mut Slot)) {
        match self {
            Self::Value(slot)
            | Self::Method { receiver: slot, .. }
            | Self::Super { receiver: slot, .. }
            | Self::Construct { class: slot, .. } => visit(slot),
        }
    }
}

impl Lvalue {
    fn each_read(&mut self, visit: &mut dyn FnMut(&mut Slot)) {
        match self {
            Self::None | Self::Outer(..) => {}
            Self::Slot(slot) | Self::Field(slot, _) => visit(slot),
            Self::Element(object, key) => {
                visit(object);
                visit(key);
            }
        }
    }
}
