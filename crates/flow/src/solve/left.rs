//! What a function leaves to its callers: objects that they gave and that it changed, and what hangs on these or on its result.
//!
//! Their number and depth are bounded, because whoever calls the function takes all of them over. Of an object beyond the bounds only the data
//! in it is kept, at each place that refers to it.

use std::collections::{BTreeSet, VecDeque};
use std::rc::Rc;

use crate::heap::{Object, State};
use crate::limits::Limit;
use crate::program::FunctionId;
use crate::solve::Engine;
use crate::values::{Base, ObjectId, Value};

/// Objects by their numbers, in that order.
type Objects = Vec<(ObjectId, Rc<Object>)>;

/// The end of a function as its callers see it.
struct End<'s> {
    state: &'s State,
    /// Objects as the function found them
    entry: &'s Objects,
    /// Objects that are left
    left: BTreeSet<ObjectId>,
    is_cut: bool,
}

impl End<'_> {
    /// An object that is not as the function found it.
    fn changed(&self, id: ObjectId) -> Option<&Rc<Object>> {
        let object = self.state.object(id)?;
        let before = self
            .entry
            .binary_search_by_key(&id, |(id, _)| *id)
            .ok()
            .and_then(|at| self.entry.get(at));
        let is_same = before.is_some_and(|(_, before)| before == object);
        (!is_same).then_some(object)
    }

    fn is_lost(&self, id: ObjectId) -> bool {
        !self.left.contains(&id) && self.changed(id).is_some()
    }
}

impl Engine<'_> {
    /// The objects that a caller can get at, nearest first as far as the bounds go.
    pub(crate) fn left_behind(
        &mut self,
        function: FunctionId,
        state: &State,
        result: Value,
        entry: &Objects,
    ) -> Objects {
        let mut end = End {
            state,
            entry,
            left: BTreeSet::new(),
            is_cut: false,
        };
        let given = state
            .objects
            .iter()
            .map(|(id, _)| *id)
            .filter(|&id| matches!(self.values.object_name(id).base, Base::Given(_)));
        let of_result = self.values.object_list(result.objects).iter().copied();
        let mut todo: VecDeque<(ObjectId, u32)> = given.chain(of_result).map(|id| (id, 0)).collect();
        while let Some((id, depth)) = todo.pop_front() {
            let Some(object) = end.changed(id).filter(|_| !end.left.contains(&id)).cloned() else {
                continue;
            };
            if end.left.len() >= self.limits.left || depth > self.limits.left_depth {
                end.is_cut = true;
                continue;
            }
            end.left.insert(id);
            let fields = object.fields.iter().map(|(_, value)| *value);
            for value in fields.chain([object.rest, object.keys]) {
                let inside = self.values.object_list(value.objects).iter();
                todo.extend(inside.map(|&id| (id, depth + 1)));
            }
        }
        if end.is_cut {
            self.limit(function, Limit::Left);
        }
        let all: Objects = end
            .left
            .iter()
            .filter_map(|&id| Some((id, Rc::clone(state.object(id)?))))
            .collect();
        if !end.is_cut {
            return all;
        }
        all.into_iter()
            .map(|(id, object)| (id, self.without_lost(&end, &object)))
            .collect()
    }

    /// The object with the data of what is not left in place of it.
    fn without_lost(&mut self, end: &End<'_>, object: &Rc<Object>) -> Rc<Object> {
        let mut object = Object::clone(object);
        for (_, value) in &mut object.fields {
            *value = self.value_without_lost(end, *value);
        }
        object.rest = self.value_without_lost(end, object.rest);
        object.keys = self.value_without_lost(end, object.keys);
        Rc::new(object)
    }

    fn value_without_lost(&mut self, end: &End<'_>, value: Value) -> Value {
        let all = self.values.object_list(value.objects).to_vec();
        let kept: Vec<ObjectId> = all.iter().copied().filter(|&id| !end.is_lost(id)).collect();
        if kept.len() == all.len() {
            return value;
        }
        Value {
            taint: self.values.deep(end.state, value),
            constants: value.constants,
            objects: self.values.objects_of(kept),
        }
    }
}
