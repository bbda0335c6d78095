//! From the kernel's clock, which runs since the host was started, to the time of day.

use rustix::time::{ClockId, clock_gettime};

/// How far the time of day is ahead of the kernel's clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    ahead: u64,
}

fn nanoseconds(id: ClockId) -> u64 {
    let now = clock_gettime(id);
    u64::try_from(now.tv_sec).unwrap_or(0) * 1_000_000_000 + u64::try_from(now.tv_nsec).unwrap_or(0)
}

/// Nanoseconds since the host was started, as programs in the kernel count them
pub(crate) fn since_start() -> u64 {
    nanoseconds(ClockId::Boottime)
}

impl Clock {
    /// As both clocks are now. The time of day may be set later, so that this is asked again from time to time.
    pub(crate) fn now() -> Self {
        Self {
            ahead: nanoseconds(ClockId::Realtime).saturating_sub(nanoseconds(ClockId::Boottime)),
        }
    }

    /// Nanoseconds since 1970 of nanoseconds since the host was started
    pub(crate) const fn of_day(self, since_start: u64) -> u64 {
        self.ahead.saturating_add(since_start)
    }
}
