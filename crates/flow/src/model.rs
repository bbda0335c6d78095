//! What rules and libraries say of a program: the engine knows neither.
//!
//! Two things flow in. [`Marks`] say of the nodes of one file which are sources, sinks, sanitizers and propagators of which rule; whoever
//! matches rules fills them beforehand. A [`Library`] says what functions outside the program do to their receiver, their arguments and
//! their result, as a [`Behaviour`]. The meaning of the marks is that of
//! [Semgrep's taint mode](https://semgrep.dev/docs/writing-rules/data-flow/taint-mode/overview), its labels included.

use std::collections::BTreeMap;

use bartizan_syntax::{Language, NodeId};

/// A rule, by its place in the list that the analysis is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RuleId(pub u32);

/// A label of one rule, from zero. A rule without labels has only label zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Label(pub u8);

/// What the engine has to know of a rule besides its marks.
#[derive(Clone, Debug, Default)]
pub struct Rule {
    /// How many labels it has; none and one are the same
    pub labels: u8,
    /// Taint does not go from arguments or the receiver to the result of a function that is not known
    pub safe_calls: bool,
    /// Taint does not go from an index to the element that it chooses
    pub safe_indices: bool,
    /// Comparisons do not carry taint
    pub safe_comparisons: bool,
    /// A variable declared as a number or a truth value does not carry taint
    pub safe_scalars: bool,
    /// Taint does not go through variables of modules and fields of objects between functions of which no call shows the order
    pub safe_between_calls: bool,
    /// A text that was seen not to contain one of these is clean
    pub harmless_without: Vec<String>,
}

/// Which labels must be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Requires {
    /// This label
    Label(Label),
    /// Not that
    Not(Box<Self>),
    /// All of them
    All(Vec<Self>),
    /// Any of them
    Any(Vec<Self>),
}

impl Requires {
    /// Whether it holds for labels of which `has` says which are there.
    #[must_use]
    pub fn holds(&self, has: &dyn Fn(Label) -> bool) -> bool {
        match self {
            Self::Label(label) => has(*label),
            Self::Not(inner) => !inner.holds(has),
            Self::All(all) => all.iter().all(|one| one.holds(has)),
            Self::Any(any) => any.iter().any(|one| one.holds(has)),
        }
    }
}

/// A node whose value is tainted.
#[derive(Clone, Debug)]
pub struct Source {
    /// For this rule
    pub rule: RuleId,
    /// With this label
    pub label: Label,
    /// Only when the node carries these labels already
    pub requires: Option<Requires>,
    /// The variable or field that the node names is tainted, too, from then on
    pub by_side_effect: bool,
}

/// A node that taint must not reach. Of a call, the arguments and the receiver count; of anything else, the value.
#[derive(Clone, Debug)]
pub struct Sink {
    /// For this rule
    pub rule: RuleId,
    /// Only taint with these labels counts
    pub requires: Option<Requires>,
    /// Which of a call's parts count
    pub parts: Parts,
}

/// Which parts of a call a sink means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Parts {
    /// Arguments and receiver
    #[default]
    All,
    /// Only arguments
    Arguments,
    /// Only this argument, from zero
    Argument(u32),
    /// Only the receiver
    Receiver,
    /// The result, as of any other expression
    Value,
}

/// A node whose value is clean again.
#[derive(Clone, Debug)]
pub struct Sanitizer {
    /// For this rule
    pub rule: RuleId,
    /// The variable or field that the node names is clean, too, from then on
    pub by_side_effect: bool,
}

/// Taint that goes from one node to another when a third was evaluated.
#[derive(Clone, Debug)]
pub struct Propagator {
    /// For this rule
    pub rule: RuleId,
    /// Whose taint
    pub from: NodeId,
    /// Which variable, field or expression it goes to
    pub to: NodeId,
    /// Only when it carries these labels
    pub requires: Option<Requires>,
    /// It carries this label there instead of its own
    pub label: Option<Label>,
}

/// All marks of one node.
#[derive(Clone, Debug, Default)]
pub struct NodeMarks {
    /// Where it is a source
    pub sources: Vec<Source>,
    /// Where it is a sink
    pub sinks: Vec<Sink>,
    /// Where it is a sanitizer
    pub sanitizers: Vec<Sanitizer>,
    /// What goes from node to node once this one was evaluated
    pub propagators: Vec<Propagator>,
    /// Whether its value is asked for by a propagator
    pub(crate) endpoint: bool,
}

/// The marks of one file.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    nodes: BTreeMap<NodeId, NodeMarks>,
}

impl Marks {
    /// Marks a source.
    pub fn source(&mut self, node: NodeId, source: Source) {
        self.nodes.entry(node).or_default().sources.push(source);
    }

    /// Marks a sink.
    pub fn sink(&mut self, node: NodeId, sink: Sink) {
        self.nodes.entry(node).or_default().sinks.push(sink);
    }

    /// Marks a sanitizer.
    pub fn sanitizer(&mut self, node: NodeId, sanitizer: Sanitizer) {
        self.nodes.entry(node).or_default().sanitizers.push(sanitizer);
    }

    /// Marks a propagator that acts once `anchor` was evaluated.
    pub fn propagator(&mut self, anchor: NodeId, propagator: Propagator) {
        for end in [propagator.from, propagator.to] {
            self.nodes.entry(end).or_default().endpoint = true;
        }
        self.nodes.entry(anchor).or_default().propagators.push(propagator);
    }

    /// The marks of a node.
    #[must_use]
    pub fn of(&self, node: NodeId) -> Option<&NodeMarks> {
        self.nodes.get(&node)
    }

    /// Every marked node with its marks, in the order of the tree.
    pub fn iter(&self) -> impl Iterator<Item = (NodeId, &NodeMarks)> {
        self.nodes.iter().map(|(node, marks)| (*node, marks))
    }

    /// Whether nothing is marked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }
}

/// A function that is not part of the program, as a call names it.
#[derive(Clone, Copy, Debug)]
pub struct Callee<'a> {
    /// The language of the call
    pub language: Language,
    /// The qualified name of the function, or of the receiver's type when it is a method; none when neither is known. Types that a
    /// language has literals for are written as in [`Library`].
    pub qualified: Option<&'a str>,
    /// The name of the method; none for a function
    pub method: Option<&'a str>,
    /// How many arguments it is given
    pub arguments: usize,
}

/// What is known of functions outside the program.
///
/// The types of literals are `str`, `list`, `dict`, `set`, `tuple` in Python; `String`, `Array`, `Object` in JavaScript; `String` and
/// `array` in Java; `string`, `slice`, `map` in Go.
pub trait Library {
    /// What the function does; none when it is not known. The same question always has the same answer.
    fn behaviour(&self, callee: &Callee<'_>) -> Option<&Behaviour>;

    /// Whether a type of this qualified name is known; decides among several packages that are imported whole.
    fn knows_type(&self, _qualified: &str) -> bool {
        false
    }

    /// Every type that a known type derives from, itself left out, nearest first.
    fn supertypes(&self, _qualified: &str) -> &[String] {
        &[]
    }
}

/// A library that knows nothing: every function passes taint from its arguments and receiver to its result.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoLibrary;

impl Library for NoLibrary {
    fn behaviour(&self, _callee: &Callee<'_>) -> Option<&Behaviour> {
        None
    }
}

/// What a function does, as effects in their order. Without effects, its result is untainted and nothing else changes.
#[derive(Clone, Debug, Default)]
pub struct Behaviour {
    /// What happens
    pub effects: Vec<Effect>,
}

/// Something a function is given, or gives back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The object that a method is called on
    Receiver,
    /// An argument, by position from zero
    Argument(u32),
    /// An argument, by name or else by position
    Named(String, u32),
    /// Every argument
    Arguments,
    /// Every argument from this position on
    ArgumentsFrom(u32),
    /// What is given back
    Result,
    /// Any element of a container
    ElementOf(Box<Self>),
    /// Any key of a container
    KeyOf(Box<Self>),
}

/// Which entry of a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// The one whose key or position is an argument's value
    At(Place),
    /// The one with this text as its key
    Text(String),
    /// The one at this position; negative counts from the end
    Position(i64),
    /// Any
    Any,
}

/// What a container is made as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Made {
    /// A list or an array
    List,
    /// A set
    Set,
    /// A map
    Map,
    /// An object of a type with this qualified name, of which nothing is in it yet
    Instance(String),
}

/// One thing that a function does.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Taint goes from one place to another; to the receiver or an argument, it changes the object itself
    Pass {
        /// From here, with everything in it
        from: Place,
        /// To here
        to: Place,
    },
    /// The result is what the place is: the same object, the same constant
    Be(Place),
    /// `object[entries…] = value`
    Store {
        /// The container
        object: Place,
        /// The entry, through containers in it when there are several
        entries: Vec<Entry>,
        /// What is put there
        value: Place,
    },
    /// The result is `object[entries…]`, or `otherwise` when there is no such entry
    Load {
        /// The container
        object: Place,
        /// The entry, through containers in it when there are several
        entries: Vec<Entry>,
        /// What stands for an entry that is not there
        otherwise: Option<Place>,
    },
    /// A value becomes the last element
    Append {
        /// The list
        object: Place,
        /// The value
        value: Place,
    },
    /// Every element of `from` becomes an element, after those that are there
    Extend {
        /// The container
        object: Place,
        /// The elements, or the entries of a map
        from: Place,
    },
    /// A value becomes the element at a position; those from there on move up
    Insert {
        /// The list
        object: Place,
        /// The position
        at: Entry,
        /// The value
        value: Place,
    },
    /// An element is taken out and is the result; those after it move down
    Remove {
        /// The container
        object: Place,
        /// Which
        entry: Entry,
    },
    /// The container is empty afterwards
    Clear(Place),
    /// The result is a new container with these elements
    Make {
        /// What it is
        made: Made,
        /// Each is one element, after those of `contents`
        elements: Vec<Place>,
        /// The elements or entries of these are its elements, too
        contents: Vec<Place>,
    },
    /// The result is the number of elements
    Length(Place),
    /// The result is this text
    Text(String),
    /// The result is this truth value
    Truth(bool),
    /// A function among the arguments is called
    Call {
        /// The function
        function: Place,
        /// With these arguments
        arguments: Vec<Place>,
        /// What becomes of what it gives back
        then: Then,
    },
    /// When the result is `when`, the place has been checked and is clean
    Guard {
        /// What was checked
        place: Place,
        /// With this result
        when: bool,
    },
    /// The place is clean afterwards, for every rule
    Clean(Place),
}

/// What becomes of what a callback gives back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// Nothing
    Dropped,
    /// It is the result
    Result,
    /// It is an element of the list that is the result
    Element,
    /// Its elements are elements of the list that is the result
    Elements,
}
