//! Instants and days. Times come in from outside; nothing here reads a clock.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// Text that is no time in the form required.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not {expected}")]
pub struct InvalidTime {
    /// What was written.
    pub given: String,
    /// The form required, with an example.
    pub expected: &'static str,
}

/// An instant with a resolution of one second, written as RFC 3339 in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub(crate) jiff::Timestamp);

impl Timestamp {
    /// The instant `seconds` after the Unix epoch, clamped to the years −9999 to 9999.
    #[must_use]
    pub fn from_unix_seconds(seconds: i64) -> Self {
        let clamped = seconds.clamp(jiff::Timestamp::MIN.as_second(), jiff::Timestamp::MAX.as_second());
        Self(jiff::Timestamp::from_second(clamped).unwrap_or(jiff::Timestamp::UNIX_EPOCH))
    }

    /// Seconds since the Unix epoch.
    #[must_use]
    pub fn unix_seconds(self) -> i64 {
        self.0.as_second()
    }

    /// The day of the instant in UTC.
    #[must_use]
    pub fn date(self) -> Date {
        Date(self.0.to_zoned(jiff::tz::TimeZone::UTC).date())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.0}", self.0)
    }
}

impl FromStr for Timestamp {
    type Err = InvalidTime;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<jiff::Timestamp>()
            .map(|at| Self::from_unix_seconds(at.as_second()))
            .map_err(|_| InvalidTime {
                given: text.to_owned(),
                expected: "an RFC 3339 time such as 2027-03-01T12:00:00Z",
            })
    }
}

/// A calendar day, written `2027-03-01`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(pub(crate) jiff::civil::Date);

impl Date {
    /// Days from `self` to `other`; negative when `other` is earlier.
    #[must_use]
    pub fn days_until(self, other: Self) -> i32 {
        self.0.until(other.0).map_or(0, |span| span.get_days())
    }

    /// The day `days` later, or the last representable day.
    #[must_use]
    pub fn plus_days(self, days: u16) -> Self {
        Self(self.0.saturating_add(jiff::Span::new().days(i64::from(days))))
    }

    /// Which day of the week it is: 0 for Monday to 6 for Sunday.
    #[must_use]
    pub fn weekday(self) -> u8 {
        u8::try_from(self.0.weekday().to_monday_zero_offset()).unwrap_or(0)
    }

    /// The first moment of the day in UTC.
    #[must_use]
    pub fn begins(self) -> Timestamp {
        let midnight = self.0.to_zoned(jiff::tz::TimeZone::UTC);
        Timestamp(midnight.map_or(jiff::Timestamp::UNIX_EPOCH, |at| at.timestamp()))
    }

    /// The first moment behind the day in UTC.
    #[must_use]
    pub fn ends(self) -> Timestamp {
        self.plus_days(1).begins()
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl FromStr for Date {
    type Err = InvalidTime;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidTime {
            given: text.to_owned(),
            expected: "a day such as 2027-03-01",
        };
        if text.len() != 10 {
            return Err(invalid());
        }
        text.parse::<jiff::civil::Date>().map(Self).map_err(|_| invalid())
    }
}

macro_rules! serde_as_text {
    ($type:ty) => {
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?
                    .parse()
                    .map_err(serde::de::Error::custom)
            }
        }
    };
}
serde_as_text!(Timestamp);
serde_as_text!(Date);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_written_in_utc_without_fractions() {
        let at: Timestamp = "2027-03-01T13:00:00.5+01:00".parse().unwrap();
        assert_eq!(at.to_string(), "2027-03-01T12:00:00Z");
        assert_eq!(at.date().to_string(), "2027-03-01");
    }

    #[test]
    fn days_are_counted_across_a_leap_day() {
        let from: Date = "2028-02-28".parse().unwrap();
        assert_eq!(from.days_until("2028-03-01".parse().unwrap()), 2);
        assert_eq!(from.plus_days(2).to_string(), "2028-03-01");
    }

    #[test]
    fn a_day_that_does_not_exist_is_refused() {
        for text in ["2027-02-30", "2027-3-1", "soon", "2027-03-01T00:00:00Z"] {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
    }
}
