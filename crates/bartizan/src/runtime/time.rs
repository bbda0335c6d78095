//! Instants of events, which are finer than those of findings.

use bartizan_model::Timestamp;

const SECOND: u64 = 1_000_000_000;

/// RFC 3339 in UTC with nanoseconds: `2027-03-01T12:00:00.000000001Z`
pub(crate) fn instant(nanoseconds: u64) -> String {
    let whole =
        Timestamp::from_unix_seconds(i64::try_from(nanoseconds / SECOND).unwrap_or(i64::MAX)).to_string();
    format!("{}.{:09}Z", whole.trim_end_matches('Z'), nanoseconds % SECOND)
}

/// The time of day in UTC with microseconds: `12:00:00.000001`
pub(crate) fn of_day(nanoseconds: u64) -> String {
    let instant = instant(nanoseconds);
    let time = instant.split_once('T').map_or(instant.as_str(), |(_, time)| time);
    time.get(..15).unwrap_or(time).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_are_kept() {
        assert_eq!(
            instant(1_804_000_000_000_000_001),
            "2027-03-02T15:06:40.000000001Z"
        );
        assert_eq!(of_day(1_804_000_000_000_001_999), "15:06:40.000001");
    }
}
