//! What a function does, in the words of what it is given.

use std::rc::Rc;

use bartizan_syntax::NodeId;

use crate::heap::Object;
use crate::program::FileId;
use crate::table::number;
use crate::values::{Constants, Key, Kind, ObjectId, OriginId, Taint, TraceId, Value, Values};

number! {
    /// A function as it is called in one way.
    pub(crate) UnitId
}

number! {
    /// What is known of an argument that decides something, by number.
    pub(crate) ShapeId
}

impl ShapeId {
    /// Nothing.
    pub(crate) const ANY: Self = Self(0);
}

/// What is known of an argument besides its taint.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Shape {
    pub(crate) constants: Constants,
    pub(crate) kinds: Vec<Kind>,
    pub(crate) closed: bool,
    pub(crate) length: Option<u32>,
    pub(crate) fields: Vec<(Key, ShapeId)>,
}

/// A sink, by its node and its place among those of the node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct SinkId {
    pub(crate) file: FileId,
    pub(crate) node: NodeId,
    pub(crate) number: u32,
}

/// Taint that a caller may bring to a sink.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) sink: SinkId,
    pub(crate) taint: Taint,
}

/// A sink that a source reaches: a slot of the rule, the origin, and the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Reached {
    pub(crate) sink: SinkId,
    pub(crate) slot: u32,
    pub(crate) origin: OriginId,
    pub(crate) trace: TraceId,
}

/// What a function does.
#[derive(Clone, Debug, Default)]
pub(crate) struct Summary {
    /// Whether it ever comes to its end
    pub(crate) returns: bool,
    pub(crate) result: Option<Value>,
    /// Objects that it changed or made and that can still be reached
    pub(crate) objects: Vec<(ObjectId, Rc<Object>)>,
    pub(crate) hits: Vec<Hit>,
    /// A number that changes when anything but ways does
    pub(crate) print: u64,
}

impl Summary {
    /// Computes the print.
    pub(crate) fn finish(&mut self, values: &mut Values) {
        use std::hash::{Hash, Hasher};
        let mut hash = crate::table::Mix::default();
        self.returns.hash(&mut hash);
        if let Some(result) = self.result {
            values.without_traces(result).hash(&mut hash);
        }
        for (id, object) in &self.objects {
            id.hash(&mut hash);
            values.bare_taint(object.own).hash(&mut hash);
            for (key, value) in &object.fields {
                (key, values.without_traces(*value)).hash(&mut hash);
            }
            values.without_traces(object.rest).hash(&mut hash);
            values.without_traces(object.keys).hash(&mut hash);
            (object.closed, object.length, object.resized).hash(&mut hash);
        }
        for hit in &self.hits {
            (hit.sink, values.bare_taint(hit.taint)).hash(&mut hash);
        }
        self.print = hash.finish();
    }
}
