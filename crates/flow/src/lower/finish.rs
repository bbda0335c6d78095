//! The last step of lowering a function: its slots get their numbers, and it is told what decides what it does.

use std::collections::BTreeSet;

use crate::ir::{Argument, Block, Code, Decider, Exit, Instruction, Op, Passing, Slot, Target};
use crate::lower::{Frame, Lowering, TEMPORARY};
use crate::program::FunctionId;
use crate::table::small;
use crate::values::{Key, Root};

impl Lowering<'_, '_> {
    /// Takes the innermost frame and keeps its code.
    pub(super) fn finish(&mut self) {
        let Some(frame) = self.frames.pop() else {
            return;
        };
        let function = frame.function;
        let instructions = frame.blocks.iter().flat_map(|block| &block.instructions);
        let within: BTreeSet<Decider> = instructions
            .filter_map(|instruction| match instruction.op {
                Op::Function(inner) => self.codes.get(inner.index())?.as_ref(),
                _ => None,
            })
            .flat_map(|code| code.deciding.iter().copied())
            .collect();
        let code = number_slots(frame, &within);
        if let Some(place) = self.codes.get_mut(function.index()) {
            *place = Some(code);
        }
    }
}

/// Variables keep their numbers. Temporaries that are read in another block than they are written in follow, then all others.
fn number_slots(frame: Frame, within: &BTreeSet<Decider>) -> Code {
    let Frame {
        function,
        mut blocks,
        mut arguments,
        mut parameters,
        heads,
        receiver,
        variables,
        temporaries,
        cut,
        ..
    } = frame;
    let mut home: Vec<Option<u32>> = vec![None; temporaries as usize];
    let mut lasting = vec![false; temporaries as usize];
    for (number, block) in blocks.iter_mut().enumerate() {
        each_slot(block, &mut arguments, &mut |slot| {
            let Some(index) = temporary(*slot) else {
                return;
            };
            let (Some(home), Some(lasting)) = (home.get_mut(index), lasting.get_mut(index)) else {
                return;
            };
            match home {
                Some(first) if *first != small(number) => *lasting = true,
                Some(_) => {}
                None => *home = Some(small(number)),
            }
        });
    }
    let mut next = variables;
    let mut numbers = vec![0; temporaries as usize];
    for round in [true, false] {
        for (number, &is) in numbers.iter_mut().zip(&lasting) {
            if is == round {
                *number = next;
                next += 1;
            }
        }
    }
    let kept = small(lasting.iter().filter(|&&is| is).count());
    let mut renumber = |slot: &mut Slot| {
        if let Some(&number) = temporary(*slot).and_then(|index| numbers.get(index)) {
            *slot = Slot(number);
        }
    };
    for block in &mut blocks {
        for instruction in &mut block.instructions {
            instruction.op.each_read(&mut renumber);
            renumber(&mut instruction.target);
        }
        if let Exit::Branch { condition, .. } = &mut block.exit {
            renumber(condition);
        }
    }
    for argument in &mut arguments {
        renumber(&mut argument.value);
        if let Passing::Keyed(key) = &mut argument.passing {
            renumber(key);
        }
    }
    for parameter in &mut parameters {
        renumber(&mut parameter.slot);
    }
    let mut is_head = vec![false; blocks.len()];
    for head in heads {
        if let Some(flag) = is_head.get_mut(head.index()) {
            *flag = true;
        }
    }
    let mut code = Code {
        blocks,
        arguments,
        parameters,
        receiver,
        lasting: variables + kept,
        slots: next,
        heads: is_head,
        deciding: Vec::new(),
        callees: Vec::new(),
        cut,
    };
    code.deciding = deciding(&mut code, function, within);
    code.callees = named_callees(&code);
    code
}

fn temporary(slot: Slot) -> Option<usize> {
    (slot.0 & TEMPORARY != 0).then_some((slot.0 & !TEMPORARY) as usize)
}

/// Every slot that a block reads or writes.
fn each_slot(block: &mut Block, arguments: &mut [Argument], visit: &mut dyn FnMut(&mut Slot)) {
    for Instruction { op, target, .. } in &mut block.instructions {
        op.each_read(visit);
        if let Some(span) = op.span() {
            for argument in arguments.get_mut(span.range()).unwrap_or(&mut []) {
                visit(&mut argument.value);
                if let Passing::Keyed(key) = &mut argument.passing {
                    visit(key);
                }
            }
        }
        visit(target);
    }
    if let Exit::Branch { condition, .. } = &mut block.exit {
        visit(condition);
    }
}

/// The parameters whose constants, functions or classes decide what the function does: they reach a condition, a key, or what is called.
/// What it passes to another function may decide there, and what functions within it capture may decide in those (`within`).
fn deciding(code: &mut Code, function: FunctionId, within: &BTreeSet<Decider>) -> Vec<Decider> {
    let mut wanted = vec![false; code.slots as usize];
    let mut outer: BTreeSet<Decider> = BTreeSet::new();
    let want = |wanted: &mut Vec<bool>, slot: Slot| {
        wanted
            .get_mut(slot.index())
            .is_some_and(|flag| !std::mem::replace(flag, true))
    };
    for &decider in within {
        match decider {
            Decider::Captured(owner, slot) if owner == function => {
                want(&mut wanted, Slot(slot));
            }
            Decider::Captured(..) => {
                outer.insert(decider);
            }
            Decider::Parameter(_) | Decider::Receiver => {}
        }
    }
    for block in &code.blocks {
        if let Exit::Branch { condition, .. } = block.exit {
            want(&mut wanted, condition);
        }
    }
    let arguments = code.arguments.clone();
    for _ in 0..16 {
        let mut changed = false;
        for block in &mut code.blocks {
            for instruction in block.instructions.iter_mut().rev() {
                let whole = wanted.get(instruction.target.index()).copied().unwrap_or(false);
                changed |= want_reads(instruction, whole, &arguments, &mut |slot| {
                    want(&mut wanted, slot)
                });
                if let Op::Outer(Root::Frame(owner), Key::Variable(_, slot)) = instruction.op
                    && whole
                {
                    changed |= outer.insert(Decider::Captured(owner, slot));
                }
            }
        }
        if !changed {
            break;
        }
    }
    let is = |slot: Slot| wanted.get(slot.index()).copied().unwrap_or(false);
    let mut found: Vec<Decider> = Vec::new();
    for (number, parameter) in code.parameters.iter().enumerate() {
        if is(parameter.slot) {
            found.push(Decider::Parameter(small(number)));
        }
    }
    if code.receiver.is_some_and(is) {
        found.push(Decider::Receiver);
    }
    found.extend(outer);
    found
}

/// Notes what an instruction reads when that decides something; says whether anything is new.
fn want_reads(
    instruction: &mut Instruction,
    whole: bool,
    arguments: &[Argument],
    want: &mut dyn FnMut(Slot) -> bool,
) -> bool {
    let mut changed = false;
    match instruction.op {
        Op::Call {
            target,
            arguments: span,
        } => {
            changed |= match target {
                Target::Value(slot)
                | Target::Method { receiver: slot, .. }
                | Target::Super { receiver: slot, .. }
                | Target::Construct { class: slot, .. } => want(slot),
            };
            for argument in arguments.get(span.range()).unwrap_or(&[]) {
                changed |= want(argument.value);
            }
        }
        Op::Element { object, key } => {
            changed |= want(key);
            if whole {
                changed |= want(object);
            }
        }
        Op::SetElement { key, .. } | Op::RemoveElement { key, .. } => changed |= want(key),
        _ if whole => {
            instruction.op.each_read(&mut |slot| changed |= want(*slot));
            if let Some(span) = instruction.op.span() {
                for argument in arguments.get(span.range()).unwrap_or(&[]) {
                    changed |= want(argument.value);
                }
            }
        }
        _ => {}
    }
    changed
}

/// The functions that instructions name.
fn named_callees(code: &Code) -> Vec<FunctionId> {
    let mut found: Vec<FunctionId> = code
        .blocks
        .iter()
        .flat_map(|block| &block.instructions)
        .filter_map(|instruction| match instruction.op {
            Op::Function(function) => Some(function),
            _ => None,
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}
