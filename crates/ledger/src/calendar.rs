//! When a team works: by its calendar, days that are due fall into working time.
//!
//! In: JSON of a calendar, and instants in milliseconds since 1970. Out: the instant at which so much working time has gone by, the
//! end of a working day, the end of a sprint. Each of these is never before the instant it is counted from, and a later instant
//! never gives an earlier one.

use bartizan_model::{Date, Timestamp, Zone};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Days of a sprint where the calendar names none.
pub const SPRINT_DAYS: u16 = 14;
/// Holidays of a calendar at most.
const MOST_HOLIDAYS: usize = 2_000;
/// Days that are looked at to find working time: more than two thousand hours take where one works an hour a week.
const MOST_DAYS: u32 = 40_000;
const DAY: i64 = 86_400_000;

const WEEK: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// When a team works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Calendar {
    zone: Zone,
    week: [bool; 7],
    /// Minutes after midnight.
    from: u16,
    to: u16,
    holidays: BTreeSet<Date>,
    sprint: Option<Sprint>,
}

/// A rhythm of the team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sprint {
    /// The first day of one of them.
    pub start: Date,
    /// Days from one to the next, 1 to 92.
    pub days: u16,
}

/// Why something is no calendar.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// No such day.
    #[error("`{0}` is no day of the week: one of mon, tue, wed, thu, fri, sat, sun is")]
    Day(String),
    /// Nobody ever works.
    #[error("a calendar needs a working day")]
    NoDay,
    /// No such time.
    #[error("`{0}` is no time of the day such as 09:00")]
    Time(String),
    /// The day is too short, or ends before it begins.
    #[error("the working day has to last at least an hour: `to` is after `from`")]
    Hours,
    /// There are too many.
    #[error("there are more than {MOST_HOLIDAYS} holidays")]
    Holidays,
    /// No such rhythm.
    #[error("a sprint has 1 to 92 days")]
    Sprint,
}

/// A calendar as it is written.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default = "utc")]
    zone: Zone,
    #[serde(default = "usual_days")]
    days: Vec<String>,
    #[serde(default = "usual_from")]
    from: String,
    #[serde(default = "usual_to")]
    to: String,
    #[serde(default)]
    holidays: Vec<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sprint: Option<Sprint>,
}

const fn utc() -> Zone {
    Zone::UTC
}

fn usual_days() -> Vec<String> {
    WEEK.iter().take(5).map(|day| (*day).to_owned()).collect()
}

fn usual_from() -> String {
    "09:00".to_owned()
}

fn usual_to() -> String {
    "17:00".to_owned()
}

/// Monday to Friday, 09:00 to 17:00 UTC, without holidays and sprints.
impl Default for Calendar {
    fn default() -> Self {
        Self {
            zone: Zone::UTC,
            week: [true, true, true, true, true, false, false],
            from: 9 * 60,
            to: 17 * 60,
            holidays: BTreeSet::new(),
            sprint: None,
        }
    }
}

impl TryFrom<Written> for Calendar {
    type Error = CalendarError;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        let mut week = [false; 7];
        for day in &written.days {
            let known = week.iter_mut().zip(WEEK).find(|(_, name)| name == day);
            match known {
                Some((works, _)) => *works = true,
                None => return Err(CalendarError::Day(day.chars().take(32).collect())),
            }
        }
        if !week.contains(&true) {
            return Err(CalendarError::NoDay);
        }
        let (from, to) = (minutes(&written.from)?, minutes(&written.to)?);
        if to < from.saturating_add(60) {
            return Err(CalendarError::Hours);
        }
        if written.holidays.len() > MOST_HOLIDAYS {
            return Err(CalendarError::Holidays);
        }
        if written
            .sprint
            .is_some_and(|sprint| !(1..=92).contains(&sprint.days))
        {
            return Err(CalendarError::Sprint);
        }
        Ok(Self {
            zone: written.zone,
            week,
            from,
            to,
            holidays: written.holidays.into_iter().collect(),
            sprint: written.sprint,
        })
    }
}

impl From<Calendar> for Written {
    fn from(calendar: Calendar) -> Self {
        let time = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        Self {
            days: WEEK
                .iter()
                .zip(calendar.week)
                .filter(|(_, works)| *works)
                .map(|(name, _)| (*name).to_owned())
                .collect(),
            from: time(calendar.from),
            to: time(calendar.to),
            holidays: calendar.holidays.into_iter().collect(),
            sprint: calendar.sprint,
            zone: calendar.zone,
        }
    }
}

/// Minutes after midnight of `09:00`; `24:00` is the end of the day.
fn minutes(text: &str) -> Result<u16, CalendarError> {
    let wrong = || CalendarError::Time(text.chars().take(32).collect());
    let (hours, rest) = text.split_once(':').ok_or_else(wrong)?;
    let number = |digits: &str| {
        let is_right = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_right.then(|| digits.parse::<u16>().ok()).flatten()
    };
    match (number(hours), number(rest)) {
        (Some(24), Some(0)) => Ok(24 * 60),
        (Some(hours @ 0..=23), Some(rest @ 0..=59)) => Ok(hours * 60 + rest),
        _ => Err(wrong()),
    }
}

impl Calendar {
    /// Reads a calendar; none where it is none.
    #[must_use]
    pub fn read(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok()
    }

    /// The JSON of it.
    #[must_use]
    pub fn to_text(&self) -> String {
        // Nothing in it can fail to be written.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// When so many milliseconds of working time will have gone by.
    #[must_use]
    pub fn after(&self, at: i64, working: i64) -> i64 {
        let mut left = working.max(0);
        for day in self.days_from(at) {
            let (opens, closes) = self.hours(day);
            let begins = opens.max(at);
            if begins > closes {
                continue;
            }
            if left <= closes - begins {
                return begins + left;
            }
            left -= closes - begins;
        }
        at.saturating_add(working.max(0))
    }

    /// The end of the working day that is so many working days later.
    #[must_use]
    pub fn end_of_day(&self, at: i64, days: u16) -> i64 {
        let today = self.zone.date(instant(at));
        let later = self.days_from(at).filter(|day| *day > today);
        let days = usize::from(days.max(1));
        later
            .take(days)
            .nth(days - 1)
            .map_or_else(|| at.saturating_add(DAY), |day| self.hours(day).1)
            .max(at)
    }

    /// The end of the first sprint that leaves at least half of its time; without sprints two weeks later.
    #[must_use]
    pub fn end_of_sprint(&self, at: i64) -> i64 {
        let Some(sprint) = self.sprint else {
            return at.saturating_add(i64::from(SPRINT_DAYS) * DAY);
        };
        let least = at.saturating_add(i64::from(sprint.days) * DAY / 2);
        let mut last = None;
        // The last working day before each border of two sprints; there is one in each that is not all holidays.
        for day in std::iter::successors(Some(self.zone.date(instant(at))), |day| Some(day.plus_days(1)))
            .take(MOST_DAYS as usize)
        {
            let is_border = i64::from(sprint.start.days_until(day)).rem_euclid(i64::from(sprint.days)) == 0;
            if let Some(end) = last.filter(|end| is_border && *end >= least) {
                return end;
            }
            if self.works_on(day) {
                last = Some(self.hours(day).1);
            }
        }
        least
    }

    fn works_on(&self, day: Date) -> bool {
        let of_week = self.week.get(usize::from(day.weekday())).copied();
        of_week.unwrap_or(false) && !self.holidays.contains(&day)
    }

    fn days_from(&self, at: i64) -> impl Iterator<Item = Date> {
        std::iter::successors(Some(self.zone.date(instant(at))), |day| Some(day.plus_days(1)))
            .take(MOST_DAYS as usize)
            .filter(|day| self.works_on(*day))
    }

    /// When the working day begins and ends.
    fn hours(&self, day: Date) -> (i64, i64) {
        let at = |minutes| {
            self.zone
                .instant(day, minutes)
                .unix_seconds()
                .saturating_mul(1_000)
        };
        (at(self.from), at(self.to))
    }
}

fn instant(at: i64) -> Timestamp {
    Timestamp::from_unix_seconds(at.div_euclid(1_000))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HOUR: i64 = 3_600_000;

    fn calendar(json: &str) -> Calendar {
        serde_json::from_str(json).unwrap()
    }

    fn at(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().unix_seconds() * 1_000
    }

    fn text(at: i64) -> String {
        instant(at).to_string()
    }

    #[test]
    fn working_time_leaves_out_nights_weekends_and_holidays() {
        let own = calendar(
            r#"{"zone":"Europe/Berlin","from":"09:00","to":"17:00","holidays":["2027-01-01","2027-01-06"]}"#,
        );
        // Thursday, 16:00: an hour is left, Friday is a holiday.
        let opened = at("2026-12-31T15:00:00Z");
        assert_eq!(text(own.after(opened, HOUR)), "2026-12-31T16:00:00Z");
        assert_eq!(text(own.after(opened, 2 * HOUR)), "2027-01-04T09:00:00Z");
        assert_eq!(text(own.end_of_day(opened, 3)), "2027-01-07T16:00:00Z");
        // What is found on a Saturday begins on Monday.
        assert_eq!(
            text(own.after(at("2027-01-09T12:00:00Z"), 0)),
            "2027-01-11T08:00:00Z"
        );
    }

    #[test]
    fn a_working_day_is_as_long_as_clocks_make_it_and_leap_days_are_days() {
        let nights = calendar(r#"{"zone":"Europe/Berlin","days":["sun"],"from":"00:00","to":"24:00"}"#);
        let forward = at("2027-03-27T23:00:00Z");
        assert_eq!(text(nights.after(forward, 23 * HOUR)), "2027-03-28T22:00:00Z");
        assert_eq!(text(nights.after(forward, 24 * HOUR)), "2027-04-03T23:00:00Z");
        let back = at("2027-10-30T22:00:00Z");
        assert_eq!(text(nights.after(back, 25 * HOUR)), "2027-10-31T23:00:00Z");
        let leap = calendar(r#"{"days":["tue"]}"#);
        assert_eq!(
            text(leap.after(at("2028-02-23T00:00:00Z"), HOUR)),
            "2028-02-29T10:00:00Z"
        );
    }

    #[test]
    fn a_sprint_ends_with_its_last_working_day_and_the_next_counts_where_less_than_half_is_left() {
        let own = calendar(r#"{"sprint":{"start":"2027-01-04","days":14},"holidays":["2027-01-15"]}"#);
        assert_eq!(
            text(own.end_of_sprint(at("2027-01-04T10:00:00Z"))),
            "2027-01-14T17:00:00Z"
        );
        assert_eq!(
            text(own.end_of_sprint(at("2027-01-12T10:00:00Z"))),
            "2027-01-29T17:00:00Z"
        );
        assert_eq!(
            text(own.end_of_sprint(at("2026-12-29T10:00:00Z"))),
            "2027-01-14T17:00:00Z"
        );
        let none = Calendar::default();
        assert_eq!(none.end_of_sprint(0), 14 * DAY);
    }

    #[test]
    fn what_is_no_calendar_is_refused_with_the_reason() {
        for (json, why) in [
            (r#"{"days":["monday"]}"#, "`monday` is no day of the week"),
            (r#"{"days":[]}"#, "needs a working day"),
            (r#"{"from":"9:00"}"#, "`9:00` is no time"),
            (r#"{"from":"24:01"}"#, "is no time"),
            (r#"{"from":"17:00","to":"09:00"}"#, "at least an hour"),
            (r#"{"zone":"Mars/Olympus"}"#, "is no time zone"),
            (r#"{"sprint":{"start":"2027-01-04","days":0}}"#, "1 to 92"),
            (r#"{"holidays":["2027-02-30"]}"#, "is not a day"),
            (r#"{"shift":"late"}"#, "unknown field"),
        ] {
            let error = serde_json::from_str::<Calendar>(json).unwrap_err().to_string();
            assert!(error.contains(why), "{json}: {error}");
        }
        let own = calendar(r#"{"zone":"America/New_York","sprint":{"start":"2027-01-04","days":7}}"#);
        assert_eq!(calendar(&serde_json::to_string(&own).unwrap()), own);
    }

    fn calendars() -> impl Strategy<Value = Calendar> {
        let zones = prop::sample::select(vec![
            "UTC",
            "Europe/Berlin",
            "America/New_York",
            "Asia/Kathmandu",
            "Australia/Lord_Howe",
            "Pacific/Apia",
        ]);
        let week = prop::array::uniform7(any::<bool>());
        let hours = (0_u16..1_380).prop_flat_map(|from| (Just(from), from + 60..=1_440));
        let holidays = prop::collection::btree_set(0_u16..1_000, 0..60);
        let sprint = prop::option::of((0_u16..1_000, 1_u16..=92));
        (zones, week, hours, holidays, sprint).prop_map(|(zone, mut week, (from, to), holidays, sprint)| {
            let first: Date = "2027-01-01".parse().unwrap();
            week[2] |= !week.contains(&true);
            Calendar {
                zone: zone.parse().unwrap(),
                week,
                from,
                to,
                holidays: holidays.into_iter().map(|days| first.plus_days(days)).collect(),
                sprint: sprint.map(|(start, days)| Sprint {
                    start: first.plus_days(start),
                    days,
                }),
            }
        })
    }

    proptest! {
        #[test]
        fn nothing_is_due_before_it_was_opened_and_what_is_opened_later_is_not_due_sooner(
            own in calendars(), one in 1_798_761_600_000_i64..1_893_456_000_000, later in 0_i64..200 * DAY,
            working in 0_i64..200 * HOUR, days in 1_u16..30,
        ) {
            let other = one + later;
            for due in [
                &(|at| own.after(at, working)) as &dyn Fn(i64) -> i64,
                &|at| own.end_of_day(at, days),
                &|at| own.end_of_sprint(at),
            ] {
                prop_assert!(due(one) >= one);
                prop_assert!(due(one) <= due(other), "{} {}", text(one), text(other));
            }
            // More time is never less.
            prop_assert!(own.after(one, working) <= own.after(one, working + HOUR));
        }

        #[test]
        fn what_is_due_by_working_time_falls_into_working_time(own in calendars(), at in 1_798_761_600_000_i64..1_893_456_000_000, working in 0_i64..200 * HOUR) {
            for due in [own.after(at, working), own.end_of_day(at, 3)] {
                // The end of a day that lasts until midnight is the first moment of the next.
                let days = [instant(due), instant(due - 1)].map(|at| own.zone.date(at));
                prop_assert!(days.into_iter().any(|day| {
                    let (opens, closes) = own.hours(day);
                    own.works_on(day) && opens <= due && due <= closes
                }), "{}", text(due));
            }
        }
    }
}
