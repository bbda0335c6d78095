//! Time zones, by the names of <https://www.iana.org/time-zones>. The database is part of the program: no file of the machine is read.

use crate::{Date, Timestamp};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// A name that no time zone has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no time zone: write a name such as Europe/Berlin or UTC")]
pub struct UnknownZone(pub String);

/// A time zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Self = Self(TimeZone::UTC);

    /// The day that it is here at this instant.
    #[must_use]
    pub fn date(&self, at: Timestamp) -> Date {
        Date(at.0.to_zoned(self.0.clone()).date())
    }

    /// The instant at which clocks here show so many minutes after midnight of a day, 0 to 1440. A time that clocks skip is as much later
    /// as they skip; of one that they show twice it is the first.
    #[must_use]
    pub fn instant(&self, day: Date, minutes: u16) -> Timestamp {
        let midnight = day.0.at(0, 0, 0, 0);
        let shown = midnight
            .checked_add(jiff::Span::new().minutes(i64::from(minutes)))
            .unwrap_or(midnight);
        self.0
            .to_ambiguous_zoned(shown)
            .compatible()
            .map_or_else(|_| day.begins(), |at| Timestamp(at.timestamp()))
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.iana_name().unwrap_or("UTC"))
    }
}

impl FromStr for Zone {
    type Err = UnknownZone;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "UTC" {
            return Ok(Self::UTC);
        }
        ZONES
            .get(text)
            .map(Self)
            .map_err(|_| UnknownZone(text.chars().take(64).collect()))
    }
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_that_are_put_forward_and_back_are_followed() {
        let zone: Zone = "Europe/Berlin".parse().unwrap();
        let at = |day: &str, minutes| zone.instant(day.parse().unwrap(), minutes).to_string();
        assert_eq!(at("2027-03-27", 9 * 60), "2027-03-27T08:00:00Z");
        assert_eq!(at("2027-03-28", 9 * 60), "2027-03-28T07:00:00Z");
        assert_eq!(at("2027-03-28", 150), "2027-03-28T01:30:00Z");
        assert_eq!(at("2027-10-31", 150), "2027-10-31T00:30:00Z");
        assert_eq!(at("2027-10-31", 24 * 60), "2027-10-31T23:00:00Z");
        let late: Timestamp = "2027-12-31T23:30:00Z".parse().unwrap();
        assert_eq!(zone.date(late).to_string(), "2028-01-01");
        assert_eq!(serde_json::to_string(&zone).unwrap(), r#""Europe/Berlin""#);
    }

    #[test]
    fn a_name_that_no_zone_has_is_refused() {
        for name in ["", "Mars/Olympus", "../../etc/passwd", "UTC+25"] {
            assert!(name.parse::<Zone>().is_err(), "{name}");
        }
        assert_eq!("UTC".parse::<Zone>().unwrap(), Zone::UTC);
    }
}
