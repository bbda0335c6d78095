//! Processes that a signal reached beside the first: from their records to the one of the call that sent it, which comes last.

use std::collections::HashMap;

use crate::wire::Record;

/// Processes that are kept at most; more are those of calls whose own records were lost
const KEPT_MAX: usize = 1 << 16;

/// By threads that send, each by its number and when it was started.
#[derive(Debug, Default)]
pub(crate) struct Reached {
    by_thread: HashMap<u32, Vec<[u64; 2]>>,
    kept: usize,
}

impl Reached {
    /// Keeps the process of a record that tells of one.
    pub(crate) fn keep(&mut self, record: &Record<'_>) {
        if self.kept >= KEPT_MAX {
            *self = Self::default();
        }
        let [_, _, process, started, ..] = record.number;
        self.by_thread
            .entry(record.thread)
            .or_default()
            .push([process, started]);
        self.kept += 1;
    }

    /// The records of a call, one for each process that it reached.
    pub(crate) fn of<'r>(&mut self, record: Record<'r>) -> impl Iterator<Item = Record<'r>> + use<'r> {
        let mut beside = Vec::new();
        if record.call.signals() {
            beside = self.by_thread.remove(&record.thread).unwrap_or_default();
            self.kept -= beside.len();
            // What lies before belongs to calls whose own records were lost.
            let [.., count, _] = record.number;
            let of_this = usize::try_from(count.saturating_sub(1)).unwrap_or(usize::MAX);
            beside.drain(..beside.len().saturating_sub(of_this));
        }
        let further = beside.into_iter().map(move |[process, started]| {
            let [signal, target, ..] = record.number;
            let mut record = record;
            record.number = [signal, target, process, started, 0, 0];
            record
        });
        std::iter::once(record).chain(further)
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
        let all = reached.of(record(Call::Kill, [9, 5, 29, 7, 2, 0]));
        let all: Vec<_> = all.map(|record| (record.low(0), record.low(2))).collect();
        assert_eq!(all, [(9, 29), (9, 30)]);
        assert_eq!(reached.of(record(Call::Kill, [9, 5, 29, 7, 1, 0])).count(), 1);
        assert_eq!(reached.of(record(Call::Bpf, [0; 6])).count(), 1);
    }
}
