//! Objects and places: who made an object, and where in what a caller gave something lies.

use crate::program::{ClassId, FileId, FunctionId};
use crate::table::number;
use crate::values::{Constants, Name, Taint, Value, Values};

number! {
    /// An object, by number of its name.
    pub(crate) ObjectId
}

number! {
    /// A set of objects, by number.
    pub(crate) Objects
}

number! {
    /// A place in what a function is given, by number.
    pub(crate) Symbol
}

impl Objects {
    pub(crate) const NONE: Self = Self(0);
}

/// What a path in a function's surroundings begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Root {
    /// A parameter, by position
    Parameter(u32),
    /// The object that a method is called on
    Receiver,
    /// What is assigned at the top of a file
    Module(FileId),
    /// The fields of a class itself
    Class(ClassId),
    /// The variables of a function around this one
    Frame(FunctionId),
}

/// One step into an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Key {
    /// A field, or an entry whose key is a text
    Name(Name),
    /// An element by position, or an entry whose key is a number
    Index(i64),
    /// A variable of a function, by slot
    Variable(FunctionId, u32),
    /// The object that a bound method belongs to
    Bound,
}

/// A place in a function's surroundings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct SymbolPath {
    pub(crate) root: Root,
    pub(crate) path: Path,
}

/// A longer path is the place where it is cut: whatever lies below is that place, too.
pub(crate) const LONGEST_PATH: usize = 4;

/// Steps from a root, at most [`LONGEST_PATH`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Path {
    /// Beyond the length all are the same
    keys: [Key; LONGEST_PATH],
    length: u8,
}

impl Path {
    pub(crate) const EMPTY: Self = Self {
        keys: [Key::Bound; LONGEST_PATH],
        length: 0,
    };

    /// Goes one step further, unless the path is at its bound; says whether it did.
    fn push(&mut self, key: Key) -> bool {
        let Some(place) = self.keys.get_mut(usize::from(self.length)) else {
            return false;
        };
        *place = key;
        self.length += 1;
        true
    }
}

impl std::ops::Deref for Path {
    type Target = [Key];

    fn deref(&self) -> &[Key] {
        self.keys.get(..usize::from(self.length)).unwrap_or(&[])
    }
}

/// What kind of thing an object is, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Kind {
    Unknown,
    List,
    Tuple,
    Set,
    Map,
    /// An instance of a class of the program; the flag says that it may be one of a class below it
    Instance(ClassId, bool),
    /// An instance of something outside the program, by the qualified name of its type
    Outside(Name),
    /// A function with what it captured
    Function(FunctionId),
    /// A class of the program
    Class(ClassId),
    /// The variables of a module, a class or a function around
    Scope,
}

/// Where an object comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Base {
    /// It was there before: the caller gave it, or it belongs to a module or class
    Given(Symbol),
    /// An instruction of the function at hand made it
    Made(u32),
    /// A call made it: the instruction, and the number among what its callee made
    Returned(u32, u32),
    /// It has no life of its own: something imported, by its qualified name
    Imported(Name),
    /// What lies in an object of which only its maker is known
    Part(ObjectId, Key),
}

/// An object. Of those that one instruction makes in a loop the last is told from all `older`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ObjectName {
    pub(crate) base: Base,
    pub(crate) kind: Kind,
    pub(crate) older: bool,
}

/// More objects than these under one name are not told apart; the first of them stay.
const MOST_OBJECTS: usize = 24;

impl Values {
    /// The place at `path` below `root`, cut where it becomes too long.
    pub(crate) fn symbol(&mut self, root: Root, path: &[Key]) -> Symbol {
        let mut cut = Path::EMPTY;
        for &key in path {
            cut.push(key);
        }
        Symbol(self.symbols.number_of(SymbolPath { root, path: cut }))
    }

    pub(crate) fn symbol_path(&self, symbol: Symbol) -> SymbolPath {
        self.symbols.get(symbol.0).copied().unwrap_or(SymbolPath {
            root: Root::Receiver,
            path: Path::EMPTY,
        })
    }

    /// The place one step further; the same when the path is at its bound.
    pub(crate) fn below(&mut self, symbol: Symbol, key: Key) -> Symbol {
        if let Some(&below) = self.below.get(&(symbol, key)) {
            return below;
        }
        let mut place = self.symbol_path(symbol);
        if !place.path.push(key) {
            return symbol;
        }
        let below = Symbol(self.symbols.number_of(place));
        self.above.insert(below, symbol);
        self.below.insert((symbol, key), below);
        below
    }

    /// Notes what lies at a place that outlives calls.
    pub(crate) fn know(&mut self, symbol: Symbol, objects: Objects) {
        self.known.insert(symbol, objects);
        if let Some(given) = self.given.get_mut(symbol.index()) {
            *given = None;
        }
    }

    /// The places of which it is known what lies there.
    pub(crate) fn known_places(&self) -> impl Iterator<Item = Symbol> {
        self.known.keys().copied()
    }

    /// The value that a caller gave there, of which nothing else is known.
    pub(crate) fn given(&mut self, symbol: Symbol, kind: Kind) -> Value {
        if kind != Kind::Unknown {
            return self.made_given(symbol, kind);
        }
        if let Some(&Some(known)) = self.given.get(symbol.index()) {
            // What it costs is counted as often as it is asked for.
            self.effort += 1;
            return known;
        }
        let value = self.made_given(symbol, kind);
        if self.given.len() <= symbol.index() {
            self.given.resize(symbol.index() + 1, None);
        }
        if let Some(given) = self.given.get_mut(symbol.index()) {
            *given = Some(value);
        }
        value
    }

    fn made_given(&mut self, symbol: Symbol, kind: Kind) -> Value {
        let taint = self.taint_of_given(symbol, false);
        let constants = self.constants.one(super::Constant::Given(symbol));
        if let (Kind::Unknown, Some(&objects)) = (kind, self.known.get(&symbol)) {
            return Value {
                taint,
                constants,
                objects,
            };
        }
        let object = self.object(ObjectName {
            base: Base::Given(symbol),
            kind,
            older: false,
        });
        Value {
            taint,
            constants,
            objects: self.objects_of(vec![object]),
        }
    }

    /// A reference to one object that is no constant.
    pub(crate) fn reference(&mut self, name: ObjectName) -> Value {
        let object = self.object(name);
        Value {
            taint: Taint::NONE,
            constants: Constants::ANY,
            objects: self.objects_of(vec![object]),
        }
    }

    pub(crate) fn object(&mut self, name: ObjectName) -> ObjectId {
        ObjectId(self.names.number_of(name))
    }

    pub(crate) fn object_name(&self, object: ObjectId) -> ObjectName {
        self.names.get(object.0).copied().unwrap_or(ObjectName {
            base: Base::Made(u32::MAX),
            kind: Kind::Unknown,
            older: true,
        })
    }

    pub(crate) fn objects_of(&mut self, mut objects: Vec<ObjectId>) -> Objects {
        objects.sort_unstable();
        objects.dedup();
        objects.truncate(MOST_OBJECTS);
        Objects(self.objects.number(&objects))
    }

    pub(crate) fn object_list(&self, objects: Objects) -> &[ObjectId] {
        self.objects.get(objects.0).unwrap_or(&[])
    }

    pub(crate) fn join_objects(&mut self, left: Objects, right: Objects) -> Objects {
        if left == right || right == Objects::NONE {
            return left;
        }
        if left == Objects::NONE {
            return right;
        }
        if let Some(&joined) = self.joined_objects.get(&(left, right)) {
            return joined;
        }
        let mut both = self.object_list(left).to_vec();
        both.extend_from_slice(self.object_list(right));
        let joined = self.objects_of(both);
        self.joined_objects.insert((left, right), joined);
        joined
    }
}
