//! One function, block by block, until nothing changes.

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::heap::{Object, State};
use crate::ir::{BlockId, Code, Decider, Declared, Exit, Op, Slot, Taking};
use crate::limits::Limit;
use crate::program::{FileId, FunctionId};
use crate::solve::Engine;
use crate::solve::summary::{Hit, Reached, ShapeId, SinkId, Summary, UnitId};
use crate::table::{Map, small};
use crate::values::{Key, Kind, ObjectId, OriginId, Root, Taint, TraceId, Value};

/// Visits of the head of a loop after which constants that still change are any.
const PATIENCE: u32 = 3;

/// The work on one unit.
pub(crate) struct Run {
    pub(crate) unit: UnitId,
    pub(crate) function: FunctionId,
    pub(crate) file: FileId,
    pub(crate) code: Rc<Code>,
    /// The instruction at hand, as a number within the function
    pub(crate) at: u32,
    exit: Option<State>,
    result: Value,
    hits: Map<SinkId, usize>,
    hit_list: Vec<Hit>,
    reached: Map<(SinkId, u32, OriginId), TraceId>,
    entry: Vec<(ObjectId, Rc<Object>)>,
    /// States that an instruction may throw in
    pub(crate) thrown: Option<State>,
}

impl Run {
    pub(crate) fn hit(&mut self, sink: SinkId, taint: Taint, values: &mut crate::values::Values) {
        match self.hits.get(&sink) {
            Some(&at) => {
                if let Some(hit) = self.hit_list.get_mut(at) {
                    hit.taint = values.join_taints(hit.taint, taint);
                }
            }
            None => {
                self.hits.insert(sink, self.hit_list.len());
                self.hit_list.push(Hit { sink, taint });
            }
        }
    }

    pub(crate) fn reach(&mut self, sink: SinkId, slot: u32, origin: OriginId, trace: TraceId) {
        self.reached.entry((sink, slot, origin)).or_insert(trace);
    }

    pub(crate) fn give_back(&mut self, value: Value, values: &mut crate::values::Values) {
        self.result = values.join(self.result, value);
    }
}

impl Engine<'_> {
    /// Works a unit off; gives what it does and which sinks are reached in it.
    pub(crate) fn solve(
        &mut self,
        unit: UnitId,
        function: FunctionId,
        shapes: &[(Decider, ShapeId)],
    ) -> (Summary, Vec<Reached>) {
        let (Some(code), Some(info)) = (self.code(function), self.program.function(function)) else {
            return (Summary::default(), Vec::new());
        };
        let file = info.file;
        let mut run = Run {
            unit,
            function,
            file,
            code: Rc::clone(&code),
            at: 0,
            exit: None,
            result: Value::NOTHING,
            hits: Map::default(),
            hit_list: Vec::new(),
            reached: Map::default(),
            entry: Vec::new(),
            thrown: None,
        };
        let state = self.entry_state(&mut run, shapes);
        self.iterate(&mut run, state);
        self.summarise(run)
    }

    /// What a function is given.
    fn entry_state(&mut self, run: &mut Run, shapes: &[(Decider, ShapeId)]) -> State {
        let code = Rc::clone(&run.code);
        let mut state = State {
            slots: vec![Value::NOTHING; code.slots as usize],
            objects: Vec::new(),
        };
        let shape = |decider: Decider| {
            shapes
                .iter()
                .find(|(at, _)| *at == decider)
                .map_or(ShapeId::ANY, |(_, shape)| *shape)
        };
        for (number, parameter) in code.parameters.iter().enumerate() {
            let number = small(number);
            let symbol = self.values.symbol(Root::Parameter(number), &[]);
            let kind = match (parameter.taking, parameter.declared) {
                (Taking::Rest, _) => Kind::List,
                (Taking::RestNamed, _) => Kind::Map,
                (Taking::One | Taking::Beside, declared) => declared_kind(declared),
            };
            let mut value = self.given_shape(&mut state, symbol, shape(Decider::Parameter(number)), kind);
            if parameter.declared == Declared::Scalar {
                value = self.scalar(value);
            }
            value.taint = self.values.step(
                value.taint,
                run.file,
                parameter.node,
                crate::values::Step::Entered,
            );
            state.set_slot(parameter.slot, value);
        }
        if let Some(receiver) = code.receiver {
            let symbol = self.values.symbol(Root::Receiver, &[]);
            let class = self.program.function(run.function).and_then(|info| info.class);
            let kind = class.map_or(Kind::Unknown, |class| Kind::Instance(class, true));
            let value = self.given_shape(&mut state, symbol, shape(Decider::Receiver), kind);
            state.set_slot(receiver, value);
            self.give_fields(&mut state, class, value);
        }
        for &(decider, shape) in shapes {
            let Decider::Captured(owner, slot) = decider else {
                continue;
            };
            let key = Key::Variable(owner, slot);
            let symbol = self.values.symbol(Root::Frame(owner), &[key]);
            let value = self.given_shape(&mut state, symbol, shape, Kind::Unknown);
            let scope = self.scope(Root::Frame(owner));
            self.values.store(&mut state, scope, Some(key), value);
        }
        run.entry.clone_from(&state.objects);
        state
    }

    /// What is known to lie in the fields of the object at hand.
    fn give_fields(&mut self, state: &mut State, class: Option<crate::program::ClassId>, receiver: Value) {
        let lineage = class.map_or_else(Vec::new, |class| self.program.lineage(class));
        for class in lineage {
            let fields = self.fields.get(&class).cloned().unwrap_or_default();
            for (key, objects) in fields {
                let known = self.values.object_list(receiver.objects).iter().any(|&id| {
                    state
                        .object(id)
                        .is_some_and(|object| object.closed || object.field(key).is_some())
                });
                if known {
                    continue;
                }
                let old = self.values.load(state, receiver, Some(key));
                self.values
                    .store(state, receiver, Some(key), Value { objects, ..old });
            }
        }
    }

    fn iterate(&mut self, run: &mut Run, entry: State) {
        let code = Rc::clone(&run.code);
        let order = reverse_postorder(&code);
        let lasting = code.lasting as usize;
        let mut states: Vec<Option<State>> = vec![None; code.blocks.len()];
        let mut visits = vec![0_u32; code.blocks.len()];
        let mut queue: BTreeSet<u32> = BTreeSet::new();
        let mut firsts = vec![0_u32; code.blocks.len()];
        let mut count = 0;
        for (first, block) in firsts.iter_mut().zip(&code.blocks) {
            *first = count;
            count += small(block.instructions.len());
        }
        if let Some(place) = states.first_mut() {
            *place = Some(entry);
        }
        queue.insert(0);
        let mut blocks = vec![BlockId(0); order.len()];
        for (index, &place) in order.iter().enumerate() {
            if let Some(block) = blocks.get_mut(place as usize) {
                *block = BlockId::at(index);
            }
        }
        while let Some(place) = queue.pop_first() {
            let Some(&id) = blocks.get(place as usize) else {
                continue;
            };
            let Some(visit) = visits.get_mut(id.index()) else {
                continue;
            };
            *visit += 1;
            if *visit > self.limits.visits {
                self.limit(run.function, Limit::Visits);
                continue;
            }
            let Some(state) = states.get(id.index()).cloned().flatten() else {
                continue;
            };
            let length = code.block(id).map_or(0, |block| block.instructions.len());
            self.spend(run.function, length, state.objects.len());
            self.spend_effort(run.function);
            if self.is_spent(run.function) {
                break;
            }
            let first = firsts.get(id.index()).copied().unwrap_or(0);
            for (to, state) in self.through(run, id, first, state) {
                let settle = code.heads.get(to.index()) == Some(&true)
                    && visits.get(to.index()).is_some_and(|&visits| visits >= PATIENCE);
                let Some(known) = states.get_mut(to.index()) else {
                    continue;
                };
                let changed = match known {
                    Some(known) => self.values.join_states(known, &state, lasting, settle),
                    None => {
                        *known = Some(state);
                        true
                    }
                };
                if changed && let Some(&place) = order.get(to.index()) {
                    queue.insert(place);
                }
            }
        }
    }

    /// The state after a block, for each block that it goes to.
    fn through(&mut self, run: &mut Run, id: BlockId, first: u32, mut state: State) -> Vec<(BlockId, State)> {
        let code = Rc::clone(&run.code);
        let Some(block) = code.block(id) else {
            return Vec::new();
        };
        let mut out = Vec::new();
        run.thrown = block.handler.map(|_| state.clone());
        let mut ends = true;
        for (number, instruction) in block.instructions.iter().enumerate() {
            run.at = first + small(number);
            ends = self.transfer(run, &mut state, *instruction);
            if run.thrown.is_some() && (changes(instruction.op) || !ends) {
                let mut thrown = run.thrown.take().unwrap_or_default();
                self.values
                    .join_states(&mut thrown, &state, code.lasting as usize, false);
                run.thrown = Some(thrown);
            }
            if !ends {
                break;
            }
        }
        if state.objects.len() > self.limits.objects {
            self.limit(run.function, Limit::Objects);
            let most = self.limits.objects;
            state.objects.truncate(most);
        }
        if let (Some(handler), Some(thrown)) = (block.handler, run.thrown.take()) {
            out.push((handler, thrown));
        }
        if !ends {
            return out;
        }
        match &block.exit {
            Exit::Jump(to) => out.push((*to, state)),
            Exit::Choose(all) => {
                for &to in all {
                    out.push((to, state.clone()));
                }
            }
            Exit::Branch { condition, yes, no } => {
                for (to, holds) in [(*yes, true), (*no, false)] {
                    let mut state = state.clone();
                    if self.assume(run, &mut state, block, *condition, holds) {
                        out.push((to, state));
                    }
                }
            }
            Exit::Throw => {
                if let Some(handler) = block.handler {
                    out.push((handler, state));
                }
            }
            Exit::Return => match &mut run.exit {
                Some(known) => {
                    self.values
                        .join_states(known, &state, code.lasting as usize, false);
                }
                None => run.exit = Some(state),
            },
        }
        out
    }

    fn summarise(&mut self, run: Run) -> (Summary, Vec<Reached>) {
        let Run {
            function,
            exit,
            result,
            hit_list,
            reached,
            entry,
            ..
        } = run;
        let returns = exit.is_some();
        let mut state = exit.unwrap_or_default();
        self.close_over(function, &mut state);
        let objects = self.left_behind(function, &state, result, &entry);
        let mut summary = Summary {
            returns,
            result: Some(result),
            objects,
            hits: hit_list,
            print: 0,
        };
        summary.hits.sort_by_key(|hit| hit.sink);
        summary.finish(&mut self.values);
        let mut list: Vec<Reached> = reached
            .into_iter()
            .map(|((sink, slot, origin), trace)| Reached {
                sink,
                slot,
                origin,
                trace,
            })
            .collect();
        list.sort_unstable();
        (summary, list)
    }

    /// Functions that outlive this one keep its variables as they are in the end.
    fn close_over(&mut self, function: FunctionId, state: &mut State) {
        for index in 0..state.objects.len() {
            let Some((_, object)) = state.objects.get(index) else {
                continue;
            };
            let own: Vec<(Key, Slot)> = object
                .fields
                .iter()
                .filter_map(|(key, _)| match key {
                    Key::Variable(owner, slot) if *owner == function => Some((*key, Slot(*slot))),
                    _ => None,
                })
                .collect();
            for (key, slot) in own {
                let last = state.slot(slot);
                if let Some((_, object)) = state.objects.get_mut(index) {
                    let object = Rc::make_mut(object);
                    let before = object.field(key).unwrap_or(Value::NOTHING);
                    let joined = self.values.join(before, last);
                    object.set(key, joined);
                }
            }
        }
    }
}

/// The kind that a declaration tells.
pub(crate) const fn declared_kind(declared: Declared) -> Kind {
    match declared {
        Declared::Class(class) => Kind::Instance(class, true),
        Declared::Outside(name) => Kind::Outside(name),
        Declared::Nothing | Declared::Scalar => Kind::Unknown,
    }
}

/// Whether an instruction changes what a handler may see.
const fn changes(op: Op) -> bool {
    matches!(
        op,
        Op::Assign(..)
            | Op::SetOuter(..)
            | Op::SetField { .. }
            | Op::SetElement { .. }
            | Op::Call { .. }
            | Op::Add { .. }
            | Op::Throw(_)
    )
}

/// For each block its place, those before it first where there is no loop.
fn reverse_postorder(code: &Code) -> Vec<u32> {
    let count = code.blocks.len();
    let mut seen = vec![false; count];
    let mut finished: Vec<usize> = Vec::with_capacity(count);
    let mut work: Vec<(usize, usize)> = vec![(0, 0)];
    if let Some(flag) = seen.first_mut() {
        *flag = true;
    }
    while let Some((at, edge)) = work.last_mut() {
        let next = code.blocks.get(*at).and_then(|block| successor(block, *edge));
        *edge += 1;
        match next {
            Some(to) => {
                if seen.get(to.index()) == Some(&false) {
                    if let Some(flag) = seen.get_mut(to.index()) {
                        *flag = true;
                    }
                    work.push((to.index(), 0));
                }
            }
            None => {
                finished.push(*at);
                work.pop();
            }
        }
    }
    let reached = finished.len();
    let mut places = vec![0; count];
    for (place, &block) in finished.iter().rev().enumerate() {
        if let Some(slot) = places.get_mut(block) {
            *slot = small(place);
        }
    }
    let mut next = reached;
    for (block, seen) in seen.iter().enumerate() {
        if !seen && let Some(slot) = places.get_mut(block) {
            *slot = small(next);
            next += 1;
        }
    }
    places
}

fn successor(block: &crate::ir::Block, edge: usize) -> Option<BlockId> {
    let exits = match &block.exit {
        Exit::Jump(to) if edge == 0 => return Some(*to),
        Exit::Jump(_) => 1,
        Exit::Branch { yes, no, .. } => match edge {
            0 => return Some(*no),
            1 => return Some(*yes),
            _ => 2,
        },
        Exit::Choose(all) => match all.get(all.len().wrapping_sub(edge + 1)) {
            Some(to) => return Some(*to),
            None => all.len(),
        },
        Exit::Return | Exit::Throw => 0,
    };
    if edge == exits { block.handler } else { None }
}
