//! What two ways into one point have in common.

use std::rc::Rc;

use crate::heap::{Object, State};
use crate::values::{Base, Constants, Key, ObjectId, Objects, Value, Values};

impl Values {
    /// Adds what `from` knows to `into`; says whether that changed anything. With `settle`, constants that still change are any.
    pub(crate) fn join_states(
        &mut self,
        into: &mut State,
        from: &State,
        lasting: usize,
        settle: bool,
    ) -> bool {
        let mut changed = false;
        for (old, new) in into.slots.iter_mut().zip(&from.slots).take(lasting) {
            if old == new {
                continue;
            }
            let mut joined = self.join(*old, *new);
            if settle && joined.constants != old.constants {
                joined.constants = Constants::ANY;
            }
            changed |= joined != *old;
            *old = joined;
        }
        changed | self.join_heaps(into, from, settle)
    }

    fn join_heaps(&mut self, into: &mut State, from: &State, settle: bool) -> bool {
        let mut changed = false;
        let mut joined: Vec<(ObjectId, Rc<Object>)> = Vec::with_capacity(into.objects.len());
        let (mut left, mut right) = (into.objects.iter().peekable(), from.objects.iter().peekable());
        loop {
            let order = match (left.peek(), right.peek()) {
                (Some(one), Some(two)) => one.0.cmp(&two.0),
                (Some(_), None) => std::cmp::Ordering::Less,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (None, None) => break,
            };
            let (one, two) = match order {
                std::cmp::Ordering::Less => (left.next(), None),
                std::cmp::Ordering::Greater => (None, right.next()),
                std::cmp::Ordering::Equal => (left.next(), right.next()),
            };
            match (one, two) {
                (Some((id, one)), Some((_, two))) => {
                    if Rc::ptr_eq(one, two) || one == two {
                        joined.push((*id, Rc::clone(one)));
                        continue;
                    }
                    let object = self.join_objects_inside(*id, one, two, settle);
                    if object == **one {
                        joined.push((*id, Rc::clone(one)));
                    } else {
                        changed = true;
                        joined.push((*id, Rc::new(object)));
                    }
                }
                (Some((id, one)), None) => {
                    // What was made on one way only does not exist on the other.
                    let object = if self.exists_anyway(*id) {
                        self.join_objects_inside(*id, one, &Object::open(), settle)
                    } else {
                        (**one).clone()
                    };
                    if object == **one {
                        joined.push((*id, Rc::clone(one)));
                    } else {
                        changed = true;
                        joined.push((*id, Rc::new(object)));
                    }
                }
                (None, Some((id, two))) => {
                    changed = true;
                    if self.exists_anyway(*id) {
                        let object = self.join_objects_inside(*id, &Object::open(), two, settle);
                        joined.push((*id, Rc::new(object)));
                    } else {
                        joined.push((*id, Rc::clone(two)));
                    }
                }
                (None, None) => {}
            }
        }
        into.objects = joined;
        changed
    }

    /// Whether an object without an entry is one that was there before, or one that is not made yet.
    fn exists_anyway(&self, id: ObjectId) -> bool {
        matches!(
            self.object_name(id).base,
            Base::Given(_) | Base::Imported(_) | Base::Part(..)
        )
    }

    pub(crate) fn join_objects_inside(
        &mut self,
        id: ObjectId,
        one: &Object,
        two: &Object,
        settle: bool,
    ) -> Object {
        let mut fields: Vec<(Key, Value)> = Vec::with_capacity(one.fields.len().max(two.fields.len()));
        let (mut left, mut right) = (one.fields.iter().peekable(), two.fields.iter().peekable());
        loop {
            let order = match (left.peek(), right.peek()) {
                (Some(one), Some(two)) => one.0.cmp(&two.0),
                (Some(_), None) => std::cmp::Ordering::Less,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (None, None) => break,
            };
            let (key, old, new) = match order {
                std::cmp::Ordering::Less => match left.next() {
                    Some((key, value)) => (*key, *value, self.absent(id, two, *key)),
                    None => break,
                },
                std::cmp::Ordering::Greater => match right.next() {
                    Some((key, value)) => (*key, self.absent(id, one, *key), *value),
                    None => break,
                },
                std::cmp::Ordering::Equal => match (left.next(), right.next()) {
                    (Some((key, old)), Some((_, new))) => (*key, *old, *new),
                    _ => break,
                },
            };
            let mut value = self.join(old, new);
            if settle && value.constants != old.constants {
                value.constants = Constants::ANY;
            }
            fields.push((key, value));
        }
        Object {
            own: self.join_taints(one.own, two.own),
            checked: self.rules.common(one.checked, two.checked),
            fields,
            rest: self.join(one.rest, two.rest),
            keys: self.join(one.keys, two.keys),
            closed: one.closed && two.closed,
            length: one.length.filter(|length| two.length == Some(*length)),
            resized: one.resized || two.resized || one.length != two.length,
        }
    }

    /// What an object holds under a key of which it has no entry.
    pub(crate) fn absent(&mut self, id: ObjectId, object: &Object, key: Key) -> Value {
        let rest = if matches!(key, Key::Bound | Key::Variable(..)) {
            Value::NOTHING
        } else {
            object.rest
        };
        if object.closed {
            return rest;
        }
        let name = self.object_name(id);
        let lazy = match name.base {
            Base::Given(symbol) => {
                let below = self.below(symbol, key);
                self.given(below, crate::values::Kind::Unknown)
            }
            _ => self.part(id, key),
        };
        let lazy = self.join(lazy, rest);
        let taint = self.join_taints(lazy.taint, object.own);
        lazy.with_taint(taint)
    }

    /// Something in an object of which only its maker is known: any value, that may be an object itself.
    fn part(&mut self, id: ObjectId, key: Key) -> Value {
        let mut depth = 0;
        let mut at = self.object_name(id).base;
        while let Base::Part(inside, _) = at {
            depth += 1;
            at = self.object_name(inside).base;
        }
        if depth >= crate::values::LONGEST_PATH {
            return Value::ANY;
        }
        self.reference(crate::values::ObjectName {
            base: Base::Part(id, key),
            kind: crate::values::Kind::Unknown,
            older: false,
        })
    }

    /// Renames an object to the one that stands for all earlier ones of its maker, since another is about to be made.
    pub(crate) fn age(&mut self, state: &mut State, recent: ObjectId) {
        let mut name = self.object_name(recent);
        let Some(object) = state.remove_object(recent) else {
            return;
        };
        name.older = true;
        let older = self.object(name);
        let rename = |values: &mut Self, set: Objects| {
            if !values.object_list(set).contains(&recent) {
                return set;
            }
            let all: Vec<ObjectId> = values
                .object_list(set)
                .iter()
                .map(|&id| if id == recent { older } else { id })
                .collect();
            values.objects_of(all)
        };
        for slot in &mut state.slots {
            slot.objects = rename(self, slot.objects);
        }
        for (_, object) in &mut state.objects {
            let touched = object
                .fields
                .iter()
                .map(|(_, value)| value)
                .chain([&object.rest, &object.keys])
                .any(|value| self.object_list(value.objects).contains(&recent));
            if touched {
                let object = Rc::make_mut(object);
                for (_, value) in &mut object.fields {
                    value.objects = rename(self, value.objects);
                }
                object.rest.objects = rename(self, object.rest.objects);
                object.keys.objects = rename(self, object.keys.objects);
            }
        }
        let merged = match state.object(older).cloned() {
            Some(before) => self.join_objects_inside(older, &before, &object, false),
            None => (*object).clone(),
        };
        state.set_object(older, merged);
    }
}
