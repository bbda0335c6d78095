//! The order in which functions are worked off: callees before callers, as far as names tell.

use crate::ir::{Code, Op, Target};
use crate::program::{FunctionId, Program};
use crate::table::small;

/// More functions of one name than these say nothing about who calls whom.
const MOST_NAMESAKES: usize = 8;

/// For each function its place, callees first; functions that call each other are next to each other.
pub(crate) fn places(program: &Program<'_>, codes: &[Option<Code>]) -> Vec<u32> {
    let edges: Vec<Vec<u32>> = codes.iter().map(|code| edges(program, code.as_ref())).collect();
    let mut places = vec![u32::MAX; codes.len()];
    let mut state = Tarjan {
        index: vec![u32::MAX; codes.len()],
        low: vec![0; codes.len()],
        on_stack: vec![false; codes.len()],
        stack: Vec::new(),
        next: 0,
        place: 0,
    };
    for start in 0..codes.len() {
        if state.index.get(start) == Some(&u32::MAX) {
            state.visit(small(start), &edges, &mut places);
        }
    }
    places
}

fn edges(program: &Program<'_>, code: Option<&Code>) -> Vec<u32> {
    let Some(code) = code else {
        return Vec::new();
    };
    let mut found: Vec<FunctionId> = code.callees.clone();
    for instruction in code.blocks.iter().flat_map(|block| &block.instructions) {
        let (name, class) = match instruction.op {
            Op::Call {
                target: Target::Method { name, .. } | Target::Super { name, .. },
                ..
            } => (Some(name), None),
            Op::Class(class) => (None, Some(class)),
            _ => continue,
        };
        if let Some(named) = name.and_then(|name| program.methods_named.get(&name))
            && named.len() <= MOST_NAMESAKES
        {
            found.extend(named);
        }
        if let Some(info) = class.and_then(|class| program.class(class)) {
            found.extend(info.initialiser);
            found.extend(
                info.methods
                    .iter()
                    .map(|(_, method)| *method)
                    .take(MOST_NAMESAKES),
            );
        }
    }
    found.sort_unstable();
    found.dedup();
    found.into_iter().map(|function| function.0).collect()
}

/// [Tarjan's components](https://doi.org/10.1137/0201010) without recursion; components come out callees first.
struct Tarjan {
    index: Vec<u32>,
    low: Vec<u32>,
    on_stack: Vec<bool>,
    stack: Vec<u32>,
    next: u32,
    place: u32,
}

impl Tarjan {
    fn visit(&mut self, start: u32, edges: &[Vec<u32>], places: &mut [u32]) {
        let mut work: Vec<(u32, usize)> = vec![(start, 0)];
        self.open(start);
        while let Some((at, edge)) = work.last_mut() {
            let at = *at;
            let next = edges.get(at as usize).and_then(|edges| edges.get(*edge)).copied();
            *edge += 1;
            match next {
                Some(to) => {
                    let known = self.index.get(to as usize).copied().unwrap_or(0);
                    if known == u32::MAX {
                        self.open(to);
                        work.push((to, 0));
                    } else if self.on_stack.get(to as usize) == Some(&true) {
                        self.lower(at, known);
                    }
                }
                None => {
                    work.pop();
                    let low = self.low.get(at as usize).copied().unwrap_or(0);
                    if let Some((parent, _)) = work.last() {
                        self.lower(*parent, low);
                    }
                    if self.index.get(at as usize) == Some(&low) {
                        self.component(at, places);
                    }
                }
            }
        }
    }

    fn open(&mut self, at: u32) {
        for list in [&mut self.index, &mut self.low] {
            if let Some(place) = list.get_mut(at as usize) {
                *place = self.next;
            }
        }
        self.next += 1;
        self.stack.push(at);
        if let Some(flag) = self.on_stack.get_mut(at as usize) {
            *flag = true;
        }
    }

    fn lower(&mut self, at: u32, low: u32) {
        if let Some(place) = self.low.get_mut(at as usize) {
            *place = (*place).min(low);
        }
    }

    fn component(&mut self, root: u32, places: &mut [u32]) {
        while let Some(member) = self.stack.pop() {
            if let Some(flag) = self.on_stack.get_mut(member as usize) {
                *flag = false;
            }
            if let Some(place) = places.get_mut(member as usize) {
                *place = self.place;
            }
            if member == root {
                break;
            }
        }
        self.place += 1;
    }
}
