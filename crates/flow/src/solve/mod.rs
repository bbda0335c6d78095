//! Follows data through all functions until nothing changes.
//!
//! A *unit* is a function as it is called in one way: in general, or with what some of its arguments are known to be. Units are worked off
//! callees first; whenever the summary of one changes, those that used it are worked on again, each a bounded number of times.

mod apply;
mod call;
mod dispatch;
mod fold;
mod function;
mod known;
mod left;
mod library;
mod marks;
mod method;
mod operate;
mod order;
mod outer;
mod report;
mod roots;
mod shape;
mod sink;
mod summary;
mod transfer;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

pub use report::{Finding, Found, Limited, PathStep, What};

use crate::ir::{Code, Decider};
use crate::limits::{Limit, Limits};
use crate::lower;
use crate::model::{Library, Rule};
use crate::program::{ClassId, File, FileId, FunctionId, Program};
use crate::solve::marks::Compiled;
use crate::solve::summary::{Reached, Shape, ShapeId, Summary, UnitId};
use crate::table::{Interner, Map};
use crate::values::{Key, Name, Objects, Values};

/// A function as it is called in one way.
#[derive(Debug)]
pub(crate) struct Unit {
    function: FunctionId,
    /// What deciding parameters are known to be
    shapes: Vec<(Decider, ShapeId)>,
    summary: Rc<Summary>,
    reached: Vec<Reached>,
    users: BTreeSet<UnitId>,
    rounds: u32,
}

/// Units that wait for one another at most; further ones take their turn.
const MOST_WAITING: u32 = 20;

/// One analysis.
pub(crate) struct Engine<'p> {
    program: &'p Program<'p>,
    library: &'p dyn Library,
    limits: Limits,
    is_stopped: &'p dyn Fn() -> bool,
    values: Values,
    marks: Compiled,
    codes: Vec<Option<Rc<Code>>>,
    units: Vec<Unit>,
    unit_numbers: Map<(FunctionId, Vec<(Decider, ShapeId)>), UnitId>,
    versions: Vec<u32>,
    shapes: Interner<Shape>,
    /// The place of each function in the order of calls
    places: Vec<u32>,
    queue: BTreeSet<(u32, UnitId)>,
    waiting: u32,
    /// The work that went into each function
    spent: Vec<u64>,
    spent_in_all: u64,
    limited: BTreeMap<FunctionId, BTreeSet<Limit>>,
    behaviours: Map<Question, Option<&'p crate::model::Behaviour>>,
    entities: Map<Name, call::Entity>,
    /// What lies in fields of objects of a class, as its constructor leaves it
    fields: Map<ClassId, Vec<(Key, Objects)>>,
    /// What modules, classes and objects hold in the end, for functions that nobody is seen to call
    surroundings: outer::Surroundings,
}

/// What a library is asked: language, qualified name, method, number of arguments.
type Question = (bartizan_syntax::Language, Option<Name>, Option<Name>, u32);

/// Analyses a program: every path from a source to a sink of the same rule that no sanitizer of it is on.
///
/// The order of `files` does not matter. Where some of them are not asked about, ways that only they bring together are not found. What a
/// bound cut short is told per function.
#[must_use]
pub fn analyse(files: &[File<'_>], rules: &[Rule], library: &dyn Library, limits: &Limits) -> Found {
    analyse_until(files, rules, library, limits, &|| false)
}

/// [`analyse`], unless it is stopped: nothing is found then.
#[must_use]
pub fn analyse_until(
    files: &[File<'_>],
    rules: &[Rule],
    library: &dyn Library,
    limits: &Limits,
    is_stopped: &dyn Fn() -> bool,
) -> Found {
    // Names come first: the program and its code are made of them.
    let mut names = crate::values::ConstantSets::new();
    let program = Program::new(files, library, &mut names);
    let (places, slots) = marks::count_slots(&program, rules);
    if slots == 0 {
        return Found::default();
    }
    let mut codes: Vec<Option<Code>> = vec![None; program.functions.len()];
    for index in 0..program.files.len() {
        if is_stopped() {
            return Found::default();
        }
        lower::lower_file(
            &program,
            FileId::at(index),
            &mut names,
            library,
            limits,
            &mut codes,
        );
    }
    let mut values = Values::new(slots);
    values.constants = names;
    let marks = Compiled::new(&program, rules, &places, &mut values.rules);
    let order = order::places(&program, &codes);
    let mut engine = Engine {
        program: &program,
        library,
        limits: *limits,
        is_stopped,
        values,
        marks,
        codes: codes.into_iter().map(|code| code.map(Rc::new)).collect(),
        units: Vec::new(),
        unit_numbers: Map::default(),
        versions: vec![0; program.functions.len()],
        shapes: Interner::default(),
        places: order,
        queue: BTreeSet::new(),
        waiting: 0,
        spent: vec![0; program.functions.len()],
        spent_in_all: 0,
        limited: BTreeMap::new(),
        behaviours: Map::default(),
        entities: Map::default(),
        fields: Map::default(),
        surroundings: outer::Surroundings::default(),
    };
    engine.start();
    engine.know_places();
    if is_stopped() {
        return Found::default();
    }
    engine.close();
    engine.found()
}

impl Engine<'_> {
    fn start(&mut self) {
        let any = shape::any();
        self.shapes.number_of(any);
        self.tell_cut();
        for turn in self.roots() {
            for function in turn {
                self.unit(function, Vec::new());
            }
            self.work();
        }
    }

    fn code(&self, function: FunctionId) -> Option<Rc<Code>> {
        self.codes.get(function.index()).cloned().flatten()
    }

    fn limit(&mut self, function: FunctionId, limit: Limit) {
        self.limited.entry(function).or_default().insert(limit);
    }

    /// The unit of a function called in a way; a new one waits for its turn.
    fn unit(&mut self, function: FunctionId, shapes: Vec<(Decider, ShapeId)>) -> UnitId {
        if let Some(&known) = self.unit_numbers.get(&(function, shapes.clone())) {
            return known;
        }
        let versions = self.versions.get(function.index()).copied().unwrap_or(0);
        if !shapes.is_empty() && versions as usize > self.limits.versions {
            self.limit(function, Limit::Versions);
            return self.unit(function, Vec::new());
        }
        if let Some(count) = self.versions.get_mut(function.index()) {
            *count += 1;
        }
        let id = UnitId::at(self.units.len());
        self.units.push(Unit {
            function,
            shapes: shapes.clone(),
            summary: Rc::new(Summary::default()),
            reached: Vec::new(),
            users: BTreeSet::new(),
            rounds: 0,
        });
        self.unit_numbers.insert((function, shapes), id);
        self.enqueue(id);
        id
    }

    fn enqueue(&mut self, id: UnitId) {
        let Some(unit) = self.units.get(id.index()) else {
            return;
        };
        let place = self
            .places
            .get(unit.function.index())
            .copied()
            .unwrap_or(u32::MAX);
        self.queue.insert((place, id));
    }

    fn work(&mut self) {
        while let Some((_, id)) = self.queue.pop_first() {
            self.settle(id);
        }
    }

    /// Works a unit off once; those that used what it was are to be worked off again.
    fn settle(&mut self, id: UnitId) {
        let Some(unit) = self.units.get_mut(id.index()) else {
            return;
        };
        unit.rounds += 1;
        let (function, shapes) = (unit.function, unit.shapes.clone());
        if unit.rounds > self.limits.rounds {
            self.limit(function, Limit::Rounds);
            return;
        }
        if self.is_spent(function) {
            return;
        }
        let (summary, reached) = self.solve(id, function, &shapes);
        let Some(unit) = self.units.get_mut(id.index()) else {
            return;
        };
        unit.reached = reached;
        let changed = unit.summary.print != summary.print;
        unit.summary = Rc::new(summary);
        if changed {
            let users: Vec<UnitId> = unit.users.iter().copied().collect();
            for user in users {
                self.enqueue(user);
            }
        }
    }

    /// Whether all the work was spent that one function, or the program, is given; none is given once the analysis is stopped.
    pub(crate) fn is_spent(&mut self, function: FunctionId) -> bool {
        if (self.is_stopped)() {
            return true;
        }
        let spent = self.spent.get(function.index()).copied().unwrap_or(0);
        let limit = if spent > self.limits.work {
            Limit::Work
        } else if self.spent_in_all > self.limits.total {
            Limit::Total
        } else {
            return false;
        };
        self.limit(function, limit);
        true
    }

    /// Notes work on a function: instructions over a state that holds so many objects.
    pub(crate) fn spend(&mut self, function: FunctionId, instructions: usize, objects: usize) {
        /// So many objects in a state make every instruction cost once more.
        const HEAVY: usize = 32;
        self.note_work(function, (instructions as u64 + 1) * (1 + objects / HEAVY) as u64);
    }

    /// Notes work on a function that went into taint since work was last noted.
    pub(crate) fn spend_effort(&mut self, function: FunctionId) {
        /// So many atoms cost as much as an instruction.
        const LIGHT: u64 = 16;
        let work = self.values.effort / LIGHT;
        self.values.effort %= LIGHT;
        self.note_work(function, work);
    }

    fn note_work(&mut self, function: FunctionId, work: u64) {
        self.spent_in_all += work;
        if let Some(spent) = self.spent.get_mut(function.index()) {
            *spent += work;
        }
    }

    /// What a unit does as far as is known. One that was never worked off is now, unless too many wait for it already.
    fn ask(&mut self, id: UnitId, user: UnitId) -> Option<Rc<Summary>> {
        let unit = self.units.get(id.index())?;
        if unit.rounds == 0 && self.waiting < MOST_WAITING {
            let place = self
                .places
                .get(unit.function.index())
                .copied()
                .unwrap_or(u32::MAX);
            self.queue.remove(&(place, id));
            self.waiting += 1;
            self.settle(id);
            self.waiting -= 1;
        }
        let unit = self.units.get_mut(id.index())?;
        unit.users.insert(user);
        Some(Rc::clone(&unit.summary))
    }
}
