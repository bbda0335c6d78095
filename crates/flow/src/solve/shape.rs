//! What is known of arguments besides their taint: constants, functions, classes, the contents of literals.

use crate::heap::{Object, State};
use crate::solve::Engine;
use crate::solve::summary::{Shape, ShapeId};
use crate::values::{Base, Constants, Key, Kind, ObjectName, Symbol, Value};

/// Deeper and wider contents of an argument are not looked at.
const DEEPEST: u32 = 3;
const WIDEST: usize = 16;

/// The shape of which nothing is known.
pub(crate) fn any() -> Shape {
    Shape {
        constants: Constants::ANY,
        kinds: Vec::new(),
        closed: false,
        length: None,
        fields: Vec::new(),
    }
}

impl Engine<'_> {
    /// What is known of a value.
    pub(crate) fn shape_of(&mut self, state: &State, value: Value, depth: u32) -> ShapeId {
        let ids = self.values.object_list(value.objects).to_vec();
        let mut shape = any();
        let known = self.values.constants.known(value.constants).is_some();
        if known {
            shape.constants = value.constants;
        }
        if !ids.is_empty() && ids.len() <= 4 {
            for &id in &ids {
                let kind = self.values.object_name(id).kind;
                if matches!(kind, Kind::Unknown | Kind::Scope) {
                    shape.kinds.clear();
                    break;
                }
                if !shape.kinds.contains(&kind) {
                    shape.kinds.push(kind);
                }
            }
        }
        if let ([id], 1) = (ids.as_slice(), shape.kinds.len())
            && let Some(object) = state.object(*id).cloned()
            && depth < DEEPEST
        {
            let function = matches!(shape.kinds.first(), Some(Kind::Function(_)));
            let bare = object.rest == Value::NOTHING && object.fields.len() <= WIDEST;
            shape.closed = object.closed && bare && !function;
            shape.length = object.length.filter(|_| shape.closed);
            if shape.closed || function {
                for &(key, field) in object.fields.iter().take(WIDEST) {
                    let below = self.shape_of(state, field, depth + 1);
                    shape.fields.push((key, below));
                }
            }
        }
        ShapeId(self.shapes.number_of(shape))
    }

    /// The value of a parameter of which something is known; what it holds is put into the state.
    pub(crate) fn given_shape(
        &mut self,
        state: &mut State,
        symbol: Symbol,
        shape: ShapeId,
        otherwise: Kind,
    ) -> Value {
        let Some(shape) = self.shapes.get(shape.0).cloned() else {
            return self.values.given(symbol, otherwise);
        };
        let mut value = self.values.given(symbol, otherwise);
        if shape.constants != Constants::ANY {
            // A constant is no object.
            value.constants = shape.constants;
            value.objects = crate::values::Objects::NONE;
        }
        if shape.kinds.is_empty() {
            return value;
        }
        let mut objects = Vec::new();
        for &kind in &shape.kinds {
            objects.push(self.values.object(ObjectName {
                base: Base::Given(symbol),
                kind,
                older: false,
            }));
        }
        if let ([id], true) = (objects.as_slice(), shape.closed || !shape.fields.is_empty()) {
            let mut object = Object {
                closed: shape.closed,
                length: shape.length,
                ..Object::open()
            };
            for &(key, below) in &shape.fields {
                let place = self.values.below(symbol, key);
                let field = if place == symbol {
                    self.values.given(place, Kind::Unknown)
                } else {
                    self.given_shape(state, place, below, Kind::Unknown)
                };
                object.set(key, field);
            }
            state.set_object(*id, object);
        }
        value.objects = self.values.objects_of(objects);
        value
    }

    /// Whether a key is one of those that only the engine uses.
    pub(crate) const fn is_inner_key(key: Key) -> bool {
        matches!(key, Key::Bound | Key::Variable(..))
    }
}
