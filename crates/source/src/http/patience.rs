//! When to ask again: exponential back-off with jitter, `Retry-After` obeyed, attempts counted.
//!
//! In: a failed attempt. Out: nothing, after a wait, or the failure when asking again makes no sense.
//! <https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3>

use super::{HttpError, Watch};
use bartizan_model::Timestamp;
use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The longest wait that is chosen here.
const LONGEST_BACKOFF: Duration = Duration::from_secs(30);
/// Attempts over all, however much each of them brought.
const MOST_ATTEMPTS: u32 = 200;
/// How long a wait goes on before it looks whether the user interrupted.
const SLICE: Duration = Duration::from_millis(50);

/// How often and how long to try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// Attempts in a row that bring nothing, the first one included; at least 1.
    pub attempts: u32,
    /// The wait after the first failure; doubled after each that follows.
    pub backoff: Duration,
    /// The longest wait that a server may ask for.
    pub longest_wait: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            attempts: 5,
            backoff: Duration::from_millis(500),
            longest_wait: Duration::from_secs(120),
        }
    }
}

/// The attempts at one request.
pub(super) struct Attempts {
    patience: Patience,
    in_a_row: u32,
    total: u32,
}

impl Attempts {
    pub(super) const fn new(patience: Patience) -> Self {
        Self {
            patience,
            in_a_row: 0,
            total: 0,
        }
    }

    /// Attempts that failed so far.
    pub(super) const fn total(&self) -> u32 {
        self.total
    }

    /// The attempt that fails next did bring something.
    pub(super) const fn progressed(&mut self) {
        self.in_a_row = 0;
    }

    /// Waits before the next attempt.
    pub(super) fn failed(
        &mut self,
        error: HttpError,
        retry_after: Option<Duration>,
        watch: &dyn Watch,
    ) -> Result<(), HttpError> {
        self.in_a_row += 1;
        self.total += 1;
        let error = error.after(self.total);
        if !error.is_transient() || self.in_a_row >= self.patience.attempts || self.total >= MOST_ATTEMPTS {
            return Err(error);
        }
        let wait = match retry_after {
            Some(asked) if asked > self.patience.longest_wait => return Err(too_busy(error, asked)),
            Some(asked) => asked,
            None => self.backoff(),
        };
        watch.waits(&format!("{error}; asking again in {:.1} s", wait.as_secs_f32()));
        pause(wait, watch)
    }

    fn backoff(&self) -> Duration {
        let doubled = 2_u32.saturating_pow(self.in_a_row - 1);
        let wait = self.patience.backoff.saturating_mul(doubled).min(LONGEST_BACKOFF);
        // From half to one and a half of it, so that many clients do not come back at the same moment.
        wait.mul_f64(0.5 + f64::from(random()) / f64::from(u32::MAX))
    }
}

fn too_busy(error: HttpError, asked: Duration) -> HttpError {
    match error {
        HttpError::Status { url, status, .. } => HttpError::TooBusy {
            url,
            status,
            seconds: asked.as_secs(),
        },
        other => other,
    }
}

fn random() -> u32 {
    // Every RandomState has keys of its own.
    let hash = RandomState::new().hash_one(0_u8);
    u32::try_from(hash >> 32).unwrap_or_default()
}

/// Waits, unless the user interrupts.
#[allow(
    clippy::disallowed_methods,
    reason = "a server that is asked again must be left alone in between; no result depends on how long"
)]
pub(super) fn pause(wait: Duration, watch: &dyn Watch) -> Result<(), HttpError> {
    let mut left = wait;
    loop {
        if watch.stopped() {
            return Err(HttpError::Stopped);
        }
        if left.is_zero() {
            return Ok(());
        }
        let slice = left.min(SLICE);
        std::thread::sleep(slice);
        left -= slice;
    }
}

/// The wait that a `Retry-After` header asks for: seconds, or an instant.
pub(super) fn retry_after(header: &str) -> Option<Duration> {
    let header = header.trim();
    if let Ok(seconds) = header.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
    let at = u64::try_from(http_date(header)?.unix_seconds()).ok()?;
    Some(Duration::from_secs(at.saturating_sub(now)))
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`. <https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7>
fn http_date(text: &str) -> Option<Timestamp> {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let (_, rest) = text.split_once(", ")?;
    let mut parts = rest.split(' ');
    let (day, month, year, time) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let month = MONTHS.iter().position(|known| *known == month)? + 1;
    (parts.next()? == "GMT" && parts.next().is_none())
        .then(|| format!("{year}-{month:02}-{day}T{time}Z").parse().ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_asked_for_in_seconds_or_as_an_instant() {
        assert_eq!(retry_after(" 7 "), Some(Duration::from_secs(7)));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::ZERO));
        let far = retry_after("Sun, 06 Nov 2994 08:49:37 GMT").unwrap();
        assert!(far > Duration::from_secs(1_000_000));
        for text in [
            "",
            "-1",
            "soon",
            "Sun, 06 Xxx 1994 08:49:37 GMT",
            "Sun, 99 Nov 1994 08:49:37 GMT",
        ] {
            assert_eq!(retry_after(text), None, "{text}");
        }
    }

    #[test]
    fn waits_double_and_vary_by_half() {
        let mut attempts = Attempts::new(Patience::default());
        for (row, base) in [(1, 500), (2, 1000), (3, 2000), (30, 30_000)] {
            attempts.in_a_row = row;
            let wait = attempts.backoff();
            assert!(wait >= Duration::from_millis(base / 2), "{wait:?}");
            assert!(wait <= Duration::from_millis(base * 3 / 2 + 1), "{wait:?}");
        }
    }
}
