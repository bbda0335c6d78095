//! Processes that a signal reached beside the first: from their records to the one of the call that sent it, which comes last.

use std::collections::HashMap;

use crate::wire::Record;

/// Processes that are kept at most; more are those of calls whose own records were lost
const KEPT_MAX: usize = 1 << 16;

/// A process that a signal reached.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target {
    number: u64,
    started: u64,
}

impl Target {
    /// The record of the call that sent the signal, for this process.
    pub(crate) const fn of(self, mut call: Record<'_>) -> Record<'_> {
        let [signal, target, ..] = call.number;
        call.number = [signal, target, self.number, self.started, 0, 0];
        call
    }
}

/// By threads that send.
#[derive(Debug, Default)]
pub(crate) struct Reached {
    by_thread: HashMap<u32, Vec<Target>>,
    kept: usize,
}

impl Reached {
    /// Keeps the process of a record that tells of one.
    pub(crate) fn keep(&mut self, record: &Record<'_>) {
        if self.kept >= KEPT_MAX {
            *self = Self::default();
        }
        let [_, _, number, started, ..] = record.number;
        self.by_thread
            .entry(record.thread)
            .or_default()
            .push(Target { number, started });
        self.kept += 1;
    }

    /// The processes that a call reached beside the first.
    pub(crate) fn beside(&mut self, call: &Record<'_>) -> Vec<Target> {
        if !call.call.signals() {
            return Vec::new();
        }
        let mut beside = self.by_thread.remove(&call.thread).unwrap_or_default();
        self.kept -= beside.len();
        // What lies before belongs to calls whose own records were lost.
        let [.., count, _] = call.number;
        let of_this = usize::try_from(count.saturating_sub(1)).unwrap_or(usize::MAX);
        beside.drain(..beside.len().saturating_sub(of_this));
        beside
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::Call;

    fn record(call: Call, number: [u64; 6]) -> Record<'static> {
        let mut record = Record::of_process(0, 0, 0, [1, 1], [0, 0]);
        (record.call, record.number) = (call, number);
        record
    }

    #[test]
    fn what_was_reached_by_a_call_that_was_lost_is_not_told_of_the_next() {
        let mut reached = Reached::default();
        for process in [20, 21, 30] {
            reached.keep(&record(Call::Kill, [0, 0, process, 7, 1, 0]));
        }
        let call = record(Call::Kill, [9, 5, 29, 7, 2, 0]);
        let all = reached.beside(&call).into_iter().map(|process| process.of(call));
        let all: Vec<_> = all.map(|record| (record.low(0), record.low(2))).collect();
        assert_eq!(all, [(9, 30)]);
        assert!(reached.beside(&call).is_empty());
        assert!(reached.beside(&record(Call::Bpf, [0; 6])).is_empty());
    }
}
