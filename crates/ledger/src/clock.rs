//! The clock of one finding: since when it is open, by when it must be closed, and what stops it.
//!
//! In: what happens and when, and by when an objective wants it closed. Out: the clock afterwards, and how long it ran. Times are
//! milliseconds since 1970. While a finding is waived its clock stands: the time of the waiver is added to the day it is due. Nothing else
//! moves that day, but a finding that becomes graver may have to be closed sooner.

use bartizan_model::Waiver;

/// State of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It is there.
    Open,
    /// It was there.
    Fixed,
    /// It is there and borne with.
    Waived,
}

/// The clock of one finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// What it is in.
    pub state: State,
    /// Since when it is open without having been fixed between.
    pub opened: i64,
    /// Since when it is fixed or waived.
    pub stopped: Option<i64>,
    /// By when it must be closed.
    pub due: Option<i64>,
    /// For how many milliseconds it stood since it was opened, waivers that hold left out.
    pub stood: i64,
}

impl Clock {
    /// A finding that was first seen at `at` and is due then.
    #[must_use]
    pub const fn started(at: i64, due: Option<i64>) -> Self {
        Self {
            state: State::Open,
            opened: at,
            stopped: None,
            due,
            stood: 0,
        }
    }

    /// It is gone; out comes for how many milliseconds it was open. None where it was fixed already.
    pub fn fix(&mut self, at: i64) -> Option<i64> {
        if self.state == State::Fixed {
            return None;
        }
        self.state = State::Fixed;
        self.stopped = Some(at);
        Some(at.saturating_sub(self.opened).max(0))
    }

    /// Whether what is fixed was closed when it was due at the latest, counting only the time in which the clock ran; none where it is
    /// not fixed or had no objective. `was` is the clock before it was fixed.
    #[must_use]
    pub fn is_kept(&self, was: &Self) -> Option<bool> {
        let (State::Fixed, Some(due), Some(at)) = (self.state, was.due, self.stopped) else {
            return None;
        };
        let ran_until = match was.state {
            State::Waived => was.stopped.unwrap_or(at),
            _ => at,
        };
        Some(ran_until <= due)
    }

    /// It is borne with from now on. Out comes whether that is new.
    pub fn waive(&mut self, at: i64) -> bool {
        if self.state != State::Open {
            return false;
        }
        self.state = State::Waived;
        self.stopped = Some(at);
        true
    }

    /// It is no longer borne with. Out comes whether that is new.
    pub fn resume(&mut self, at: i64) -> bool {
        if self.state != State::Waived {
            return false;
        }
        let stood = at.saturating_sub(self.stopped.unwrap_or(at)).max(0);
        self.due = self.due.map(|due| due.saturating_add(stood));
        self.stood = self.stood.saturating_add(stood);
        self.state = State::Open;
        self.stopped = None;
        true
    }

    /// An objective wants it closed by this day, counted from its opening: it is due then, and as much later as it stood, if that is sooner than
    /// it was. Out comes whether it is.
    pub fn hasten(&mut self, due: Option<i64>) -> bool {
        let Some(sooner) = due.map(|due| due.saturating_add(self.stood)) else {
            return false;
        };
        let is_sooner = self.state == State::Open && self.due.is_none_or(|due| sooner < due);
        if is_sooner {
            self.due = Some(sooner);
        }
        is_sooner
    }
}

/// The end of a waiver, in milliseconds since 1970: the first moment behind its last day. None where it has no end.
#[must_use]
pub fn end_of(waiver: &Waiver) -> Option<i64> {
    waiver
        .until
        .map(|last| last.ends().unix_seconds().saturating_mul(1_000))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HOUR: i64 = 3_600_000;

    #[test]
    fn a_waiver_stops_the_clock_and_its_time_is_added() {
        let mut clock = Clock::started(0, Some(24 * HOUR));
        assert!(clock.waive(10 * HOUR));
        assert!(!clock.waive(11 * HOUR));
        assert_eq!(clock.due, Some(24 * HOUR));
        assert!(clock.resume(15 * HOUR));
        assert_eq!(clock.due, Some(29 * HOUR));
        assert_eq!(clock.fix(20 * HOUR), Some(20 * HOUR));
        assert_eq!(clock.fix(21 * HOUR), None);
    }

    #[test]
    fn what_becomes_graver_is_due_sooner_and_never_later() {
        let mut clock = Clock::started(HOUR, Some(101 * HOUR));
        assert!(clock.hasten(Some(25 * HOUR)));
        assert_eq!(clock.due, Some(25 * HOUR));
        assert!(!clock.hasten(Some(50 * HOUR)));
        assert!(!clock.hasten(None));
        assert_eq!(clock.due, Some(25 * HOUR));
    }

    #[test]
    fn the_time_of_a_waiver_is_not_lost_when_the_objective_is_asked_again() {
        let mut clock = Clock::started(0, Some(24 * HOUR));
        clock.waive(HOUR);
        clock.resume(11 * HOUR);
        assert!(!clock.hasten(Some(24 * HOUR)));
        assert_eq!(clock.due, Some(34 * HOUR));
        assert!(clock.hasten(Some(12 * HOUR)));
        assert_eq!(clock.due, Some(22 * HOUR));
    }

    #[test]
    fn what_is_fixed_while_it_is_waived_is_judged_by_the_time_that_ran() {
        let kept = |waived: Option<i64>, fixed| {
            let mut clock = Clock::started(0, Some(10));
            if let Some(at) = waived {
                clock.waive(at);
            }
            let was = clock;
            clock.fix(fixed);
            clock.is_kept(&was)
        };
        assert_eq!(kept(None, 10), Some(true));
        assert_eq!(kept(None, 11), Some(false));
        assert_eq!(kept(Some(9), 100), Some(true));
        assert_eq!(kept(Some(11), 100), Some(false));
        assert_eq!(
            Clock::started(0, Some(1)).is_kept(&Clock::started(0, Some(1))),
            None
        );
    }

    proptest! {
        #[test]
        fn no_order_of_waivers_makes_the_time_left_shorter_or_longer(spans in proptest::collection::vec((0_i64..1_000, 0_i64..1_000), 0..8)) {
            let mut clock = Clock::started(0, Some(HOUR));
            let (mut now, mut ran) = (0, 0);
            for (run, stand) in spans {
                now += run;
                ran += run;
                clock.waive(now);
                now += stand;
                clock.resume(now);
            }
            prop_assert_eq!(clock.due, Some(HOUR + now - ran));
        }
    }
}
