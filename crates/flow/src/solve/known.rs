//! What kinds of things lie in variables of modules and in fields of objects, as the top of a file and constructors leave them.
//!
//! A function that nobody is seen to call reads such a place without knowing what lies there. Its type, or the function that it is, is
//! known all the same when everything that is ever put there when the program starts is of a known kind.

use std::rc::Rc;

use crate::ir::Op;
use crate::program::{ClassId, FileId, FunctionId, Role};
use crate::solve::Engine;
use crate::solve::call::Entity;
use crate::solve::summary::{Summary, UnitId};
use crate::table::Set;
use crate::values::{Base, Key, Kind, LONGEST_PATH, ObjectId, ObjectName, Root, Symbol, Value};

/// Places that are looked at in one module or class.
const MOST_PLACES: usize = 2_000;

impl Engine<'_> {
    /// Notes what is known once everything was worked off, and works off again what reads such places.
    pub(crate) fn know_places(&mut self) {
        let mut classes: Set<ClassId> = Set::default();
        for index in 0..self.program.functions.len() {
            let function = FunctionId::at(index);
            let Some(info) = self.program.function(function) else {
                continue;
            };
            let Some(&unit) = self.unit_numbers.get(&(function, Vec::new())) else {
                continue;
            };
            let Some(summary) = self.units.get(unit.index()).map(|unit| Rc::clone(&unit.summary)) else {
                continue;
            };
            match (info.role, info.class) {
                (Role::Module, _) => {
                    self.know_from(&summary, Root::Module(info.file), None);
                }
                (role, Some(class)) => {
                    let fills = role == Role::Initialiser || self.is_constructor(class, function);
                    if fills && self.know_from(&summary, Root::Receiver, Some(class)) {
                        classes.insert(class);
                    }
                }
                _ => {}
            }
        }
        let globals = self.known_globals();
        self.work_again(&globals, &classes);
    }

    /// Variables of modules in or below which something is known to lie.
    fn known_globals(&self) -> Set<(FileId, Key)> {
        let known = self.values.known_places();
        known
            .filter_map(|symbol| {
                let place = self.values.symbol_path(symbol);
                match (place.root, place.path.first()) {
                    (Root::Module(file), Some(&key)) => Some((file, key)),
                    _ => None,
                }
            })
            .collect()
    }

    pub(super) fn is_constructor(&self, class: ClassId, function: FunctionId) -> bool {
        let count = self.program.function(function).map_or(0, |info| info.parameters);
        self.program.constructor(class, count, &self.values.constants) == Some(function)
    }

    fn know_from(&mut self, summary: &Summary, root: Root, class: Option<ClassId>) -> bool {
        let start = self.values.symbol(root, &[]);
        let first = summary
            .objects
            .iter()
            .find(|(id, _)| self.values.object_name(*id).base == Base::Given(start))
            .map(|(id, _)| *id);
        let mut todo: Vec<(Symbol, ObjectId, usize)> = first.map(|id| (start, id, 0)).into_iter().collect();
        let mut known = false;
        let mut count = 0;
        while let Some((place, id, depth)) = todo.pop() {
            let Ok(at) = summary.objects.binary_search_by_key(&id, |(id, _)| *id) else {
                continue;
            };
            let Some((_, object)) = summary.objects.get(at) else {
                continue;
            };
            for &(key, value) in &object.fields {
                count += 1;
                if count > MOST_PLACES || matches!(key, Key::Variable(..) | Key::Bound) {
                    continue;
                }
                let below = self.values.below(place, key);
                if below == place {
                    continue;
                }
                known |= self.know(
                    below,
                    value,
                    class.map(|class| (class, key)).filter(|_| depth == 0),
                );
                if let ([inner], true) = (self.values.object_list(value.objects), depth + 1 < LONGEST_PATH) {
                    todo.push((below, *inner, depth + 1));
                }
            }
        }
        known
    }

    /// Notes of which kinds what lies at a place is.
    fn know(&mut self, place: Symbol, value: Value, field: Option<(ClassId, Key)>) -> bool {
        let mut objects: Vec<ObjectId> = Vec::new();
        for id in self.values.object_list(value.objects).to_vec() {
            let name = self.values.object_name(id);
            match (name.base, name.kind) {
                (Base::Imported(_), _) => objects.push(id),
                (Base::Given(_), Kind::Class(_) | Kind::Scope) => objects.push(id),
                (Base::Given(symbol), Kind::Function(_)) => {
                    if matches!(self.values.symbol_path(symbol).root, Root::Module(_)) {
                        objects.push(id);
                    }
                }
                (
                    Base::Made(_) | Base::Returned(..),
                    kind @ (Kind::Instance(..)
                    | Kind::Outside(_)
                    | Kind::List
                    | Kind::Tuple
                    | Kind::Map
                    | Kind::Set),
                ) => objects.push(self.values.object(ObjectName {
                    base: Base::Given(place),
                    kind,
                    older: false,
                })),
                _ => return false,
            }
        }
        if objects.is_empty() {
            return false;
        }
        let objects = self.values.objects_of(objects);
        match field {
            Some((class, key)) => {
                let fields = self.fields.entry(class).or_default();
                match fields.iter_mut().find(|(known, _)| *known == key) {
                    Some(known) => known.1 = self.values.join_objects(known.1, objects),
                    None => fields.push((key, objects)),
                }
            }
            None if matches!(self.values.symbol_path(place).root, Root::Receiver) => return false,
            None => self.values.know(place, objects),
        }
        true
    }

    fn work_again(&mut self, globals: &Set<(FileId, Key)>, classes: &Set<ClassId>) {
        let modules: Set<FileId> = globals.iter().map(|(file, _)| *file).collect();
        let mut again: Vec<UnitId> = Vec::new();
        for (index, unit) in self.units.iter().enumerate() {
            let Some(info) = self.program.function(unit.function) else {
                continue;
            };
            let of_class = info.class.is_some_and(|class| {
                let lineage = self.program.lineage(class);
                lineage.iter().any(|class| classes.contains(class))
            });
            let reads = || {
                let code = self.codes.get(unit.function.index()).and_then(Option::as_ref);
                let blocks = code.map_or(&[][..], |code| code.blocks.as_slice());
                let mut instructions = blocks.iter().flat_map(|block| &block.instructions);
                instructions.any(|instruction| self.reads_known(instruction.op, globals, &modules))
            };
            if of_class || (info.role != Role::Module && reads()) {
                again.push(UnitId::at(index));
            }
        }
        for id in again {
            if let Some(unit) = self.units.get_mut(id.index()) {
                unit.rounds = unit.rounds.min(1);
            }
            self.enqueue(id);
        }
        self.work();
    }

    /// Whether an instruction reads what is known to lie in a module.
    fn reads_known(&self, op: Op, globals: &Set<(FileId, Key)>, modules: &Set<FileId>) -> bool {
        match op {
            Op::Outer(Root::Module(file), key) => globals.contains(&(file, key)),
            Op::Module(file) => modules.contains(&file),
            Op::Imported(path) => match self.entities.get(&path) {
                Some(Entity::Global(file, name)) => globals.contains(&(*file, Key::Name(*name))),
                Some(Entity::Module(file)) => modules.contains(file),
                _ => false,
            },
            _ => false,
        }
    }
}
