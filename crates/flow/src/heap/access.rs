//! Reading from objects and writing to them.

use std::rc::Rc;

use crate::heap::{Object, State};
use crate::table::{Set, small};
use crate::values::{
    Base, Constant, Constants, Key, Kind, ObjectId, ObjectName, Origin, Slots, Taint, Value, Values,
};

/// Objects that are looked at below one value, and how deep.
const MOST_BELOW: usize = 200;
const DEEPEST: u32 = 6;
/// A longer list has no length that is known.
const LONGEST: u32 = 1_024;

impl Values {
    /// An object's inside, as far as it is known.
    pub(crate) fn inside(&self, state: &State, id: ObjectId) -> Rc<Object> {
        state
            .object(id)
            .cloned()
            .unwrap_or_else(|| Rc::new(Object::open()))
    }

    /// Makes an object; what its maker made before is an older one from then on.
    pub(crate) fn make(
        &mut self,
        state: &mut State,
        base: Base,
        kind: Kind,
        object: Object,
    ) -> (Value, ObjectId) {
        let name = ObjectName {
            base,
            kind,
            older: false,
        };
        let id = self.object(name);
        if state.object(id).is_some() {
            self.age(state, id);
        }
        state.set_object(id, object);
        (self.reference(name), id)
    }

    /// Whether a write replaces what was there: one object is meant, and the name stands for one only.
    fn singular(&self, id: ObjectId) -> bool {
        let name = self.object_name(id);
        if name.older {
            return false;
        }
        match name.base {
            Base::Given(symbol) => self.symbol_path(symbol).path.len() < crate::values::LONGEST_PATH,
            _ => true,
        }
    }

    /// What a value holds under a key; any of it when the key is not known.
    pub(crate) fn load(&mut self, state: &State, value: Value, key: Option<Key>) -> Value {
        let mut result = Value::NOTHING;
        let ids = self.object_list(value.objects).to_vec();
        let mut inherits = ids.is_empty();
        if inherits {
            result.constants = Constants::ANY;
        }
        for id in ids {
            let object = self.inside(state, id);
            let part = match key {
                Some(key) => match object.field(key) {
                    Some(field) => field,
                    None if object.closed => self.absent(id, &object, key),
                    None => {
                        let inherited = self.inherited(value.taint, id);
                        let part = self.absent(id, &object, key);
                        part.with_taint(self.join_taints(part.taint, inherited))
                    }
                },
                None => {
                    inherits = true;
                    self.any_element(id, &object)
                }
            };
            result = self.join(result, part);
        }
        if inherits {
            result.taint = self.join_taints(result.taint, value.taint);
        }
        result
    }

    /// The taint of a reference that goes over to what lies in the object, which for a caller's object is asked for by its own place.
    fn inherited(&mut self, taint: Taint, id: ObjectId) -> Taint {
        let Base::Given(symbol) = self.object_name(id).base else {
            return taint;
        };
        let origin = self.origin(Origin::Given(symbol));
        let atoms: Vec<_> = self
            .atoms(taint)
            .iter()
            .copied()
            .filter(|atom| atom.origin != origin)
            .collect();
        self.taint(atoms)
    }

    pub(crate) fn any_element(&mut self, id: ObjectId, object: &Object) -> Value {
        let mut result = object.rest;
        for &(key, field) in &object.fields {
            if !matches!(key, Key::Bound | Key::Variable(..)) {
                result = self.join(result, field);
            }
        }
        if !object.closed {
            let name = self.object_name(id);
            let lazy = match name.base {
                Base::Given(symbol) => {
                    // Some element is at a place of its own, which has no name; it stands for all of them.
                    let star = self.constants.name("[]");
                    let below = self.below(symbol, Key::Name(star));
                    self.given(below, Kind::Unknown)
                }
                _ => Value::ANY,
            };
            result = self.join(result, lazy);
        }
        result.with_taint(self.join_taints(result.taint, object.own))
    }

    /// Puts a value under a key; under any key when it is not known.
    pub(crate) fn store(&mut self, state: &mut State, into: Value, key: Option<Key>, value: Value) {
        let ids = self.object_list(into.objects).to_vec();
        let strong = ids.len() == 1;
        for id in ids {
            let mut object = (*self.inside(state, id)).clone();
            match key {
                Some(key) if strong && self.singular(id) => object.set(key, value),
                Some(key) => {
                    let old = match object.field(key) {
                        Some(old) => old,
                        None => self.absent(id, &object, key),
                    };
                    let joined = self.join(old, value);
                    object.set(key, joined);
                }
                None => self.store_anywhere(&mut object, value),
            }
            if let (Some(Key::Index(at)), Some(length)) = (key, object.length)
                && i64::from(length) <= at
            {
                let length = at.checked_add(1).and_then(|length| u32::try_from(length).ok());
                object.length = length.filter(|&length| length <= LONGEST);
                object.resized = true;
            }
            state.set_object(id, object);
        }
    }

    fn store_anywhere(&mut self, object: &mut Object, value: Value) {
        for index in 0..object.fields.len() {
            let Some(&(key, old)) = object.fields.get(index) else {
                continue;
            };
            if matches!(key, Key::Bound | Key::Variable(..)) {
                continue;
            }
            let joined = self.join(old, value);
            if let Some(field) = object.fields.get_mut(index) {
                field.1 = joined;
            }
        }
        object.rest = self.join(object.rest, value);
    }

    /// Changes every object of a value; `change` is told whether it replaces what was there.
    pub(crate) fn change(
        &mut self,
        state: &mut State,
        value: Value,
        mut change: impl FnMut(&mut Self, ObjectId, &mut Object),
    ) {
        let ids = self.object_list(value.objects).to_vec();
        let strong = ids.len() == 1 && ids.first().is_some_and(|&id| self.singular(id));
        for id in ids {
            let before = self.inside(state, id);
            let mut object = (*before).clone();
            change(self, id, &mut object);
            let object = if strong {
                object
            } else {
                self.join_objects_inside(id, &before, &object, false)
            };
            state.set_object(id, object);
        }
    }

    /// Puts a value at the end of a list.
    pub(crate) fn append(&mut self, object: &mut Object, value: Value) {
        match object.length {
            Some(length) if object.closed && length < LONGEST => {
                object.set(Key::Index(i64::from(length)), value);
                object.length = Some(length + 1);
            }
            _ => {
                self.store_anywhere(object, value);
                object.length = None;
            }
        }
        object.resized = true;
    }

    /// Puts a value before the element at a position.
    pub(crate) fn insert(&mut self, object: &mut Object, at: Option<i64>, value: Value) {
        let position = object.length.and_then(|length| position(at?, length, true));
        match (position, object.length) {
            (Some(position), Some(length)) => {
                for (key, _) in &mut object.fields {
                    if let Key::Index(index) = key
                        && *index >= position
                    {
                        *index = index.saturating_add(1);
                    }
                }
                object.set(Key::Index(position), value);
                object.length = Some(length + 1);
            }
            _ => self.forget_positions(object, value),
        }
        object.resized = true;
    }

    /// Takes the element at a position out.
    pub(crate) fn take(&mut self, id: ObjectId, object: &mut Object, at: Option<i64>) -> Value {
        let found = object
            .length
            .and_then(|length| Some((position(at?, length, false)?, length)));
        object.resized = true;
        let Some((position, length)) = found else {
            let any = self.any_element(id, object);
            self.forget_positions(object, Value::NOTHING);
            return any;
        };
        let taken = object.remove(Key::Index(position)).unwrap_or(object.rest);
        for (key, _) in &mut object.fields {
            if let Key::Index(index) = key
                && *index > position
            {
                *index -= 1;
            }
        }
        object.length = Some(length.saturating_sub(1));
        taken
    }

    /// Every element may be anywhere.
    fn forget_positions(&mut self, object: &mut Object, value: Value) {
        let fields = std::mem::take(&mut object.fields);
        let mut rest = self.join(object.rest, value);
        for (key, field) in fields {
            match key {
                Key::Index(_) => rest = self.join(rest, field),
                _ => object.set(key, field),
            }
        }
        object.rest = rest;
        object.length = None;
    }

    /// Everything that comes with a value: its own taint, and that of all that it holds.
    pub(crate) fn deep(&mut self, state: &State, value: Value) -> Taint {
        let mut taints: Vec<Taint> = vec![value.taint];
        let mut seen: Set<ObjectId> = Set::default();
        let mut todo: Vec<(ObjectId, u32)> = self
            .object_list(value.objects)
            .iter()
            .map(|&id| (id, 0))
            .collect();
        while let Some((id, depth)) = todo.pop() {
            if seen.len() >= MOST_BELOW || !seen.insert(id) {
                continue;
            }
            let name = self.object_name(id);
            if matches!(name.kind, Kind::Scope | Kind::Class(_)) {
                continue;
            }
            let object = state.object(id);
            if let Base::Given(symbol) = name.base {
                let given = self.taint_of_given(symbol, true);
                let checked = object.map_or(Slots::NONE, |object| object.checked);
                taints.push(if checked == Slots::NONE {
                    given
                } else {
                    self.clean(given, checked)
                });
            }
            let Some(object) = object else {
                continue;
            };
            taints.push(object.own);
            if matches!(name.kind, Kind::Function(_)) {
                continue;
            }
            let inside = object.fields.iter().map(|(_, value)| value);
            for inner in inside.chain([&object.rest, &object.keys]) {
                taints.push(inner.taint);
                if depth < DEEPEST {
                    todo.extend(self.object_list(inner.objects).iter().map(|&id| (id, depth + 1)));
                }
            }
        }
        self.join_all_taints(&taints)
    }

    /// Taints what a value refers to as a whole.
    pub(crate) fn taint_objects(&mut self, state: &mut State, value: Value, taint: Taint) {
        if taint == Taint::NONE {
            return;
        }
        for id in self.object_list(value.objects).to_vec() {
            let name = self.object_name(id);
            if matches!(name.kind, Kind::Scope | Kind::Class(_) | Kind::Function(_))
                || matches!(name.base, Base::Imported(_))
            {
                continue;
            }
            let mut object = (*self.inside(state, id)).clone();
            object.own = self.join_taints(object.own, taint);
            state.set_object(id, object);
        }
    }

    /// Cleans what a value refers to, as far as its inside is known, and what a caller left in it.
    pub(crate) fn clean_objects(&mut self, state: &mut State, value: Value, slots: Slots) {
        self.change(state, value, |values, _, object| {
            object.own = values.clean(object.own, slots);
            object.rest.taint = values.clean(object.rest.taint, slots);
            for index in 0..object.fields.len() {
                let Some(&(_, field)) = object.fields.get(index) else {
                    continue;
                };
                let taint = values.clean(field.taint, slots);
                if let Some(place) = object.fields.get_mut(index) {
                    place.1.taint = taint;
                }
            }
        });
        // Which of several it is does not matter: it was checked.
        for id in self.object_list(value.objects).to_vec() {
            let mut object = (*self.inside(state, id)).clone();
            object.checked = self.rules.union(object.checked, slots);
            state.set_object(id, object);
        }
    }

    /// The key that a value is, when it is one.
    pub(crate) fn key_of(&mut self, value: Value) -> Option<Key> {
        match self.constants.only(value.constants)? {
            Constant::Text(name) => Some(Key::Name(name)),
            Constant::Int(at) => Some(Key::Index(at)),
            Constant::Bool(is) => Some(Key::Index(i64::from(is))),
            Constant::Float(bits) => {
                let name = self.constants.name(&f64::from_bits(bits).to_string());
                Some(Key::Name(name))
            }
            Constant::Null => {
                let name = self.constants.name("null");
                Some(Key::Name(name))
            }
            Constant::Given(_) => None,
        }
    }

    /// A position that counts from the end, as one that counts from the start, when every object says how long it is.
    pub(crate) fn counted_from_start(&self, state: &State, value: Value, at: i64) -> Option<i64> {
        if at >= 0 {
            return Some(at);
        }
        let mut found = None;
        for &id in self.object_list(value.objects) {
            let length = state.object(id)?.length?;
            let position = position(at, length, false)?;
            if found.is_some_and(|found| found != position) {
                return None;
            }
            found = Some(position);
        }
        found
    }

    /// The number of elements, when all objects agree on one.
    pub(crate) fn length_of(&self, state: &State, value: Value) -> Option<u32> {
        let mut found = None;
        for &id in self.object_list(value.objects) {
            let object = state.object(id)?;
            let keyed = matches!(self.object_name(id).kind, Kind::Map | Kind::Set);
            let length = if keyed && object.closed && object.rest == Value::NOTHING && !object.resized {
                Some(small(object.fields.len()))
            } else {
                object.length
            }?;
            if found.is_some_and(|found| found != length) {
                return None;
            }
            found = Some(length);
        }
        found
    }
}

/// A position within a list of a length; negative ones count from the end.
fn position(at: i64, length: u32, end: bool) -> Option<i64> {
    let length = i64::from(length);
    let position = if at < 0 { at + length } else { at };
    let within = if end {
        position <= length
    } else {
        position < length
    };
    (position >= 0 && within).then_some(position)
}
