//! The state at one point of a function: what its slots hold, and what the objects hold that they refer to.

mod access;
mod join;

use std::rc::Rc;

use crate::ir::Slot;
use crate::values::{Key, ObjectId, Slots, Taint, Value};

/// What is known of the inside of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Object {
    /// Taint of the object as a whole, from what was done to it
    pub(crate) own: Taint,
    /// For which rules a check says that what the caller left in it is harmless
    pub(crate) checked: Slots,
    /// Fields and entries whose keys are known, in the order of keys
    pub(crate) fields: Vec<(Key, Value)>,
    /// What was put in under keys that are not known
    pub(crate) rest: Value,
    /// Those keys
    pub(crate) keys: Value,
    /// Nothing else is in it
    pub(crate) closed: bool,
    /// How many elements it has, when it is a list of which that is known
    pub(crate) length: Option<u32>,
    /// Its number of elements is not what its maker or the caller gave it
    pub(crate) resized: bool,
}

impl Object {
    /// An object of which nothing is known.
    pub(crate) const fn open() -> Self {
        Self {
            own: Taint::NONE,
            checked: Slots::NONE,
            fields: Vec::new(),
            rest: Value::NOTHING,
            keys: Value::NOTHING,
            closed: false,
            length: None,
            resized: false,
        }
    }

    /// A new object with nothing in it.
    pub(crate) const fn empty() -> Self {
        let mut object = Self::open();
        object.closed = true;
        object
    }

    pub(crate) fn field(&self, key: Key) -> Option<Value> {
        let at = self.fields.binary_search_by_key(&key, |(key, _)| *key).ok()?;
        self.fields.get(at).map(|(_, value)| *value)
    }

    pub(crate) fn set(&mut self, key: Key, value: Value) {
        match self.fields.binary_search_by_key(&key, |(key, _)| *key) {
            Ok(at) => {
                if let Some(field) = self.fields.get_mut(at) {
                    field.1 = value;
                }
            }
            Err(at) => self.fields.insert(at, (key, value)),
        }
    }

    pub(crate) fn remove(&mut self, key: Key) -> Option<Value> {
        let at = self.fields.binary_search_by_key(&key, |(key, _)| *key).ok()?;
        Some(self.fields.remove(at).1)
    }
}

/// The state at one point.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    /// Slots, those that last first
    pub(crate) slots: Vec<Value>,
    /// Objects, in the order of their numbers. One that is not here is as its maker left it.
    pub(crate) objects: Vec<(ObjectId, Rc<Object>)>,
}

impl State {
    pub(crate) fn slot(&self, slot: Slot) -> Value {
        self.slots.get(slot.index()).copied().unwrap_or(Value::NOTHING)
    }

    pub(crate) fn set_slot(&mut self, slot: Slot, value: Value) {
        if let Some(place) = self.slots.get_mut(slot.index()) {
            *place = value;
        }
    }

    pub(crate) fn object(&self, id: ObjectId) -> Option<&Rc<Object>> {
        let at = self.objects.binary_search_by_key(&id, |(id, _)| *id).ok()?;
        self.objects.get(at).map(|(_, object)| object)
    }

    pub(crate) fn set_object(&mut self, id: ObjectId, object: Object) {
        match self.objects.binary_search_by_key(&id, |(id, _)| *id) {
            Ok(at) => {
                if let Some(place) = self.objects.get_mut(at) {
                    place.1 = Rc::new(object);
                }
            }
            Err(at) => self.objects.insert(at, (id, Rc::new(object))),
        }
    }

    pub(crate) fn remove_object(&mut self, id: ObjectId) -> Option<Rc<Object>> {
        let at = self.objects.binary_search_by_key(&id, |(id, _)| *id).ok()?;
        Some(self.objects.remove(at).1)
    }
}
