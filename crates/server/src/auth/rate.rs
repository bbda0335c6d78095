//! How often somebody may ask: token buckets, kept as the one number of the generic cell rate algorithm
//! (<https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm>).
//!
//! In: keys. Out: go on, or how long to wait. The buckets are a table of a fixed size that keys fall into by a hash nobody outside
//! knows, so that no flood of keys takes memory; keys that share a bucket are held to one rate together.

use crate::http::{Kind, Problem};
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// In which time so many attempts to sign in are granted.
pub(super) const WINDOW: Duration = Duration::from_secs(300);
/// Wrong passwords for one login within [`WINDOW`].
pub(super) const PER_LOGIN: u32 = 10;
/// Wrong passwords from one address within [`WINDOW`]: several people may sit behind it.
pub(super) const PER_PEER: u32 = 30;

/// Buckets of one table.
const BUCKETS: usize = 1 << 14;

/// A rate that each key is held to.
#[derive(Debug)]
pub(crate) struct Rate {
    /// Microseconds after which one more is granted.
    interval: u64,
    /// Microseconds in which a full bucket is drained.
    window: u64,
    begun: Instant,
    keys: RandomState,
    /// When each bucket is full again, in microseconds since `begun`.
    full: Mutex<Vec<u64>>,
    refused: AtomicU64,
}

/// That somebody asked too often.
pub(super) fn too_often(seconds: u64) -> Problem {
    let seconds = seconds.max(1);
    Problem::new(Kind::TooMany, "this was asked too often")
        .help(format!("ask again in {seconds} s"))
        .retry_after(seconds)
}

impl Rate {
    /// `most` at once, and `most` again after `per`. Both are at least 1.
    pub(crate) fn new(most: u32, per: Duration) -> Self {
        let window = micros(per).max(1);
        Self {
            interval: (window / u64::from(most.max(1))).max(1),
            window,
            begun: Instant::now(),
            keys: RandomState::new(),
            full: Mutex::new(vec![0; BUCKETS]),
            refused: AtomicU64::new(0),
        }
    }

    /// Takes one from the bucket of this key.
    ///
    /// # Errors
    /// A problem that says when to ask again.
    pub(crate) fn take(&self, key: impl Hash) -> Result<(), Problem> {
        self.take_at(key, micros(self.begun.elapsed())).map_err(|wait| {
            self.count_refusal();
            too_often(wait.div_ceil(1_000_000))
        })
    }

    /// How often somebody was refused.
    pub(crate) fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// Counts that somebody was refused elsewhere by the same rate.
    pub(super) fn count_refusal(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    /// Puts back what was taken for this key.
    pub(crate) fn give_back(&self, key: impl Hash) {
        self.with(key, |full| *full = full.saturating_sub(self.interval));
    }

    fn take_at(&self, key: impl Hash, now: u64) -> Result<(), u64> {
        self.with(key, |full| {
            let next = now.max(*full) + self.interval;
            let latest = now + self.window;
            if next > latest {
                return Err(next - latest);
            }
            *full = next;
            Ok(())
        })
        .unwrap_or(Ok(()))
    }

    fn with<T>(&self, key: impl Hash, work: impl FnOnce(&mut u64) -> T) -> Option<T> {
        let mut full = self.full.lock().unwrap_or_else(PoisonError::into_inner);
        let place = usize::try_from(self.keys.hash_one(key) % BUCKETS as u64).ok()?;
        full.get_mut(place).map(work)
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX / 4)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SECOND: u64 = 1_000_000;

    #[test]
    fn a_full_bucket_grants_its_size_and_then_one_an_interval() {
        let rate = Rate::new(10, Duration::from_secs(300));
        for _ in 0..10 {
            assert_eq!(rate.take_at("a", 0), Ok(()));
        }
        assert_eq!(rate.take_at("a", 0), Err(30 * SECOND));
        assert_eq!(rate.take_at("a", 30 * SECOND), Ok(()));
        assert_eq!(rate.take_at("a", 30 * SECOND), Err(30 * SECOND));
    }

    #[test]
    fn what_is_given_back_can_be_taken_again() {
        let rate = Rate::new(2, Duration::from_secs(10));
        rate.take_at("a", 0).unwrap();
        rate.take_at("a", 0).unwrap();
        rate.give_back("a");
        assert_eq!(rate.take_at("a", 0), Ok(()));
    }

    #[test]
    fn one_who_asks_too_often_holds_no_other_up() {
        let rate = Rate::new(1, Duration::from_secs(10));
        rate.take_at("a", 0).unwrap();
        let held_up = (0..100).filter(|key| rate.take_at(key, 0).is_err()).count();
        // Two keys may share a bucket; a hundred in a table of thousands hardly do.
        assert!(held_up < 10, "{held_up}");
    }

    proptest! {
        #[test]
        fn no_span_of_time_sees_more_than_twice_the_bucket(gaps in proptest::collection::vec(0_u64..2_000_000, 1..200)) {
            let rate = Rate::new(5, Duration::from_secs(10));
            let mut now = 0;
            let mut granted = Vec::new();
            for gap in gaps {
                now += gap;
                if rate.take_at("a", now).is_ok() {
                    granted.push(now);
                }
            }
            for (at, first) in granted.iter().enumerate() {
                let within = granted[at..].iter().take_while(|time| **time < first + 10 * SECOND).count();
                prop_assert!(within <= 10, "{within}");
            }
        }
    }
}
