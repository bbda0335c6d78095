//! How much a policy may take: sizes of what goes in and comes out, and steps and bytes while it runs.
//!
//! Nothing is timed. Steps are counted by the engine itself, which is given a "clock" that advances by one whenever it is asked, so that
//! two runs of one policy end alike. Bytes are counted by the built-in functions that can make much out of little.

use crate::Cause;
use std::cell::{Cell, RefCell};
use std::sync::Once;
use std::time::Duration;

/// What a policy may take. The defaults are generous for what people write and small for what would harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one policy's text.
    pub policy_bytes: usize,
    /// Lines of one policy's text.
    pub policy_lines: usize,
    /// Bytes of one line.
    pub line_bytes: usize,
    /// Brackets that are open at once in a policy's text.
    pub nesting: usize,
    /// Values in one input or in the data.
    pub input_nodes: usize,
    /// Depth of an input or of the data.
    pub input_depth: usize,
    /// Values in one answer.
    pub result_nodes: usize,
    /// Steps of one evaluation.
    pub steps: u64,
    /// Bytes that built-in functions may make in one evaluation.
    pub made_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            policy_bytes: 4 << 20,
            policy_lines: 100_000,
            line_bytes: 65_536,
            nesting: 128,
            input_nodes: 2_000_000,
            input_depth: 200,
            result_nodes: 200_000,
            steps: 20_000_000,
            made_bytes: 256 << 20,
        }
    }
}

thread_local! {
    static STEPS: Cell<u64> = const { Cell::new(0) };
    static MADE: Cell<(usize, usize)> = const { Cell::new((0, usize::MAX)) };
    static CASES: RefCell<Vec<Vec<String>>> = const { RefCell::new(Vec::new()) };
    static NOT_KNOWN: Cell<Option<&'static str>> = const { Cell::new(None) };
}

#[derive(Debug)]
struct Counter;

impl regorus::utils::limits::TimeSource for Counter {
    fn now(&self) -> Option<Duration> {
        Some(Duration::from_nanos(STEPS.with(|steps| {
            let now = steps.get().saturating_add(1);
            steps.set(now);
            now
        })))
    }
}

static COUNTER: Counter = Counter;

/// Makes the engine count steps in place of time.
pub(crate) fn count_steps() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // It fails only where another source was set, and nobody else in the program may use the engine (deny.toml).
        let _ = regorus::utils::limits::set_time_source(&COUNTER);
    });
}

/// Starts counting for one evaluation.
pub(crate) fn begin(limits: &Limits) {
    STEPS.with(|steps| steps.set(0));
    MADE.with(|made| made.set((0, limits.made_bytes)));
    NOT_KNOWN.with(|what| what.set(None));
    CASES.with(|cases| cases.borrow_mut().clear());
}

/// Notes a case of a test that is met. False where there are too many.
pub(crate) fn met(case: Vec<String>) -> bool {
    make(case.iter().map(String::len).sum::<usize>().saturating_add(64)) && {
        CASES.with(|cases| cases.borrow_mut().push(case));
        true
    }
}

/// The cases that were met since the evaluation began.
pub(crate) fn cases() -> Vec<Vec<String>> {
    CASES.with(RefCell::take)
}

/// Charges bytes that a function is about to make. False where there are no more to have.
pub(crate) fn make(bytes: usize) -> bool {
    MADE.with(|made| {
        let (so_far, limit) = made.get();
        let now = so_far.saturating_add(bytes);
        made.set((now, limit));
        now <= limit
    })
}

/// Notes that a function was asked for what cannot be known.
pub(crate) fn not_known(what: &'static str) {
    NOT_KNOWN.with(|cell| cell.set(Some(what)));
}

/// What made the evaluation that ended worthless, whatever it answered.
pub(crate) fn spoiled(limits: &Limits) -> Option<Cause> {
    if STEPS.with(Cell::get) > limits.steps {
        return Some(Cause::Limit {
            what: "steps",
            limit: usize::try_from(limits.steps).unwrap_or(usize::MAX),
        });
    }
    if MADE.with(|made| made.get().0 > made.get().1) {
        return Some(Cause::Limit {
            what: "bytes made by functions",
            limit: limits.made_bytes,
        });
    }
    NOT_KNOWN
        .with(Cell::get)
        .map(|what| Cause::NotKnown(what.to_owned()))
}

/// Whether JSON is within bounds.
pub(crate) fn measure(
    value: &serde_json::Value,
    nodes: usize,
    depth: usize,
    what: (&'static str, &'static str),
) -> Result<(), Cause> {
    let mut left = nodes;
    let mut todo = vec![(value, 1_usize)];
    while let Some((value, level)) = todo.pop() {
        if level > depth {
            return Err(Cause::Limit {
                what: what.1,
                limit: depth,
            });
        }
        left = left.checked_sub(1).ok_or(Cause::Limit {
            what: what.0,
            limit: nodes,
        })?;
        match value {
            serde_json::Value::Array(items) => {
                todo.extend(items.iter().map(|item| (item, level + 1)));
            }
            serde_json::Value::Object(map) => {
                todo.extend(map.values().map(|item| (item, level + 1)));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Brackets that are open at once in a text, strings and comments not looked at apart: an upper bound.
pub(crate) fn nesting(text: &str) -> usize {
    let (mut open, mut most) = (0_usize, 0_usize);
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' | b'{' => {
                open += 1;
                most = most.max(open);
            }
            b')' | b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
    }
    most
}
