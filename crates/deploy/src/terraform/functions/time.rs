//! Functions of Terraform over moments that are written down. What asks for the time of day is unknown.
//!
//! Sources: <https://developer.hashicorp.com/terraform/language/functions/formatdate>, <https://www.rfc-editor.org/rfc/rfc3339>.

use super::super::value::Val;
use std::fmt::Write;

const NANOSECONDS: i128 = 1_000_000_000;
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
/// From the day of 1970-01-01.
const DAYS: [&str; 7] = [
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
];

/// The value of a call; none where there is no such function or it takes no such values.
pub(super) fn call(name: &str, args: &[Val]) -> Option<Val> {
    Some(match (name, args) {
        ("formatdate", [Val::Text(form), Val::Text(text)]) => Val::Text(Moment::read(text)?.formatted(form)?),
        ("timeadd", [Val::Text(text), Val::Text(by)]) => {
            let moment = Moment::read(text)?;
            let later = Moment {
                nanoseconds: moment.nanoseconds.checked_add(duration(by)?)?,
                ..moment
            };
            Val::Text(later.written()?)
        }
        ("timecmp", [Val::Text(one), Val::Text(other)]) => {
            let order = Moment::read(one)?
                .nanoseconds
                .cmp(&Moment::read(other)?.nanoseconds);
            Val::Number(f64::from(order as i8))
        }
        _ => return None,
    })
}

/// A moment, and the offset of the clock that told it.
#[derive(Clone, Copy)]
struct Moment {
    /// Since 1970-01-01T00:00:00Z.
    nanoseconds: i128,
    /// In minutes east of Greenwich.
    offset: i64,
}

/// Year, month from 1, day from 1.
fn date(days: i64) -> (i64, i64, i64) {
    // Years from March, so that the day that some years have more is the last; eras of 400 years are alike.
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let of_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + i64::from(month <= 2), month, of_month)
}

fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

impl Moment {
    fn read(text: &str) -> Option<Self> {
        let digits = |from: usize, to: usize| -> Option<i64> {
            let part = text.get(from..to)?;
            part.bytes()
                .all(|one| one.is_ascii_digit())
                .then(|| part.parse().ok())?
        };
        let is = |at: usize, sign: &str| text.get(at..=at) == Some(sign);
        let shaped = is(4, "-") && is(7, "-") && is(10, "T") && is(13, ":") && is(16, ":");
        let (year, month, day) = (digits(0, 4)?, digits(5, 7)?, digits(8, 10)?);
        let (hour, minute, second) = (digits(11, 13)?, digits(14, 16)?, digits(17, 19)?);
        let number = days(year, month, day);
        let exists = (1..=12).contains(&month) && date(number) == (year, month, day);
        if !shaped || !exists || hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let rest = text.get(19..)?;
        let zone = rest.find(['Z', '+', '-'])?;
        let (fraction, zone) = rest.split_at_checked(zone)?;
        let fraction = match fraction.strip_prefix('.') {
            None => fraction.is_empty().then_some(0)?,
            Some(part) if !part.is_empty() && part.len() <= 9 => {
                part.bytes().all(|one| one.is_ascii_digit()).then_some(())?;
                format!("{part:0<9}").parse().ok()?
            }
            Some(_) => return None,
        };
        let offset = match zone.split_at_checked(1)? {
            ("Z", "") => 0,
            (sign, way) => {
                let (hours, minutes) = way.split_once(':').filter(|_| way.len() == 5)?;
                let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
                if !(0..24).contains(&hours) || !(0..60).contains(&minutes) {
                    return None;
                }
                let minutes = hours * 60 + minutes;
                if sign == "-" { -minutes } else { minutes }
            }
        };
        let seconds = number * 86_400 + hour * 3600 + minute * 60 + second - offset * 60;
        Some(Self {
            nanoseconds: i128::from(seconds) * NANOSECONDS + fraction,
            offset,
        })
    }

    /// The day, the second of it, and what is left, by the clock that told it.
    fn parts(self) -> Option<(i64, i64)> {
        let seconds = i64::try_from(self.nanoseconds.div_euclid(NANOSECONDS)).ok()? + self.offset * 60;
        Some((seconds.div_euclid(86_400), seconds.rem_euclid(86_400)))
    }

    fn zone(self, colon: &str) -> String {
        let sign = if self.offset < 0 { '-' } else { '+' };
        let minutes = self.offset.abs();
        format!("{sign}{:02}{colon}{:02}", minutes / 60, minutes % 60)
    }

    /// As RFC 3339 writes it, without fractions of a second.
    fn written(self) -> Option<String> {
        let (days, second) = self.parts()?;
        let (year, month, day) = date(days);
        if !(0..10_000).contains(&year) {
            return None;
        }
        let zone = if self.offset == 0 {
            "Z".to_owned()
        } else {
            self.zone(":")
        };
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        Some(format!(
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{zone}"
        ))
    }

    fn formatted(self, form: &str) -> Option<String> {
        let mut out = String::new();
        let mut rest = form;
        while let Some(first) = rest.chars().next() {
            if first == '\'' {
                let (quoted, after) = quoted(rest)?;
                out.push_str(&quoted);
                rest = after;
                continue;
            }
            if !first.is_ascii_alphabetic() {
                out.push(first);
                rest = rest.get(first.len_utf8()..)?;
                continue;
            }
            let length = rest.len() - rest.trim_start_matches(first).len();
            let (verb, after) = rest.split_at_checked(length)?;
            self.verb(verb, &mut out)?;
            rest = after;
        }
        Some(out)
    }

    fn verb(self, verb: &str, out: &mut String) -> Option<()> {
        let (days, second) = self.parts()?;
        let (year, month, day) = date(days);
        let hour = second / 3600;
        let twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
        let month_name = MONTHS.get(usize::try_from(month - 1).ok()?)?;
        let day_name = DAYS.get(usize::try_from(days.rem_euclid(7)).ok()?)?;
        let short = |name: &'static str| name.get(..3).unwrap_or(name);
        let half = if hour < 12 { "am" } else { "pm" };
        let written = match verb {
            "YYYY" => write!(out, "{year:04}"),
            "YY" => write!(out, "{:02}", year % 100),
            "MMMM" => write!(out, "{month_name}"),
            "MMM" => write!(out, "{}", short(month_name)),
            "MM" => write!(out, "{month:02}"),
            "M" => write!(out, "{month}"),
            "DD" => write!(out, "{day:02}"),
            "D" => write!(out, "{day}"),
            "EEEE" => write!(out, "{day_name}"),
            "EEE" => write!(out, "{}", short(day_name)),
            "hh" => write!(out, "{hour:02}"),
            "h" => write!(out, "{hour}"),
            "HH" => write!(out, "{twelve:02}"),
            "H" => write!(out, "{twelve}"),
            "AA" => write!(out, "{}", half.to_uppercase()),
            "aa" => write!(out, "{half}"),
            "mm" => write!(out, "{:02}", second / 60 % 60),
            "m" => write!(out, "{}", second / 60 % 60),
            "ss" => write!(out, "{:02}", second % 60),
            "s" => write!(out, "{}", second % 60),
            "ZZZZZ" => write!(out, "{}", self.zone(":")),
            "ZZZZ" => write!(out, "{}", self.zone("")),
            "ZZZ" if self.offset == 0 => write!(out, "UTC"),
            "ZZZ" => write!(out, "{}", self.zone("")),
            "Z" if self.offset == 0 => write!(out, "Z"),
            "Z" => write!(out, "{}", self.zone(":")),
            _ => return None,
        };
        written.ok()
    }
}

/// What stands in quotes at the beginning, where two quotes are one, and what follows.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut out = String::new();
    let mut rest = text.strip_prefix('\'')?;
    loop {
        let (inner, after) = rest.split_once('\'')?;
        out.push_str(inner);
        let Some(more) = after.strip_prefix('\'') else {
            return Some((out, after));
        };
        out.push('\'');
        rest = more;
    }
}

/// `1h30m`, `-2.5s`: in nanoseconds.
fn duration(text: &str) -> Option<i128> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(0);
    }
    let mut sum = 0_i128;
    loop {
        let end = rest.find(|one: char| !one.is_ascii_digit() && one != '.')?;
        let (digits, after) = rest.split_at_checked(end)?;
        let end = after
            .find(|one: char| one.is_ascii_digit() || one == '.')
            .unwrap_or(after.len());
        let (unit, after) = after.split_at_checked(end)?;
        let unit: i128 = match unit {
            "h" => 3600 * NANOSECONDS,
            "m" => 60 * NANOSECONDS,
            "s" => NANOSECONDS,
            "ms" => 1_000_000,
            "us" | "µs" | "μs" => 1000,
            "ns" => 1,
            _ => return None,
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if digits == "." || digits.is_empty() || digits.len() > 20 || fraction.contains('.') {
            return None;
        }
        let parse = |text: &str| -> Option<i128> {
            if text.is_empty() {
                Some(0)
            } else {
                text.parse().ok()
            }
        };
        let scale = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
        let part = parse(whole)?
            .checked_mul(unit)?
            .checked_add(parse(fraction)?.checked_mul(unit)? / scale)?;
        sum = sum.checked_add(part)?;
        rest = after;
        if rest.is_empty() {
            break;
        }
    }
    // What Go holds of a duration.
    let most = i128::from(i64::MAX);
    (sum <= most).then_some(if negative { -sum } else { sum })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_are_each_others_inverse() {
        for number in (-719_000..2_900_000).step_by(97) {
            let (year, month, day) = date(number);
            assert_eq!(days(year, month, day), number);
        }
        assert_eq!(date(0), (1970, 1, 1));
        assert_eq!(date(11_016), (2000, 2, 29));
    }

    #[test]
    fn what_is_no_moment_and_no_duration_is_refused() {
        for text in [
            "2018-02-30T00:00:00Z",
            "2018-01-01 00:00:00Z",
            "2018-01-01T24:00:00Z",
            "2018-01-01T00:00:00",
            "2018-01-01T00:00:00+0100",
            "2018-01-01T00:00:00.Z",
            "é018-01-01T00:00:00Z",
        ] {
            assert!(Moment::read(text).is_none(), "{text}");
        }
        for text in ["", "h", "1", "1x", "1.1.1h", ".h", "99999999999999999999h"] {
            assert!(duration(text).is_none(), "{text}");
        }
        assert_eq!(duration("1h30m"), Some(5400 * NANOSECONDS));
        assert_eq!(duration("-1.5s"), Some(-1_500_000_000));
    }
}
