//! Security debt: what is open longer than was promised, as one number; and how long remediation takes.
//!
//! In: sums over findings, never the findings themselves. Out: numbers. Debt grows because time passes, so what is kept is what does not
//! change with time: for each severity how many findings are past their day, and the sum of these days. At any instant the debt is then
//! exact: so many times the instant, less the sum.

/// What the number is, in words that stand beside it wherever it is shown.
pub const FORMULA: &str = "debt = sum over all open findings that are past their due date of (weight of the severity) x (days past the due date); \
weights: critical 10, high 5, medium 2, low 1";

/// Weights of severities, 0 for info to 4 for critical. Info has no objective and is never due.
pub const WEIGHTS: [i64; 5] = [0, 1, 2, 5, 10];

const SECONDS_A_DAY: f64 = 86_400.0;
const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// Up to here times are told apart by the hour, beyond it by the day.
const FINE: i64 = 10 * DAY;

/// The debt of so many findings of one severity whose due dates, in seconds since 1970, add up to `due`, at an instant in seconds since 1970.
/// In weighted days; exact to the second.
#[must_use]
#[allow(
    clippy::cast_precision_loss,
    reason = "a sum of seconds is shown as days with one decimal"
)]
pub fn of(severity: i64, findings: i64, due: i64, at: i64) -> f64 {
    let weight = usize::try_from(severity)
        .ok()
        .and_then(|severity| WEIGHTS.get(severity))
        .copied()
        .unwrap_or(0);
    let seconds = i128::from(findings) * i128::from(at) - i128::from(due);
    (seconds * i128::from(weight)) as f64 / SECONDS_A_DAY
}

/// The class of a time that a remediation took: by the hour up to ten days, beyond that by the day. In and out: milliseconds, out the end
/// of the class, so that nothing is said to be faster than it was.
#[must_use]
pub const fn class(spent: i64) -> i64 {
    let step = if spent < FINE { HOUR } else { DAY };
    spent.div_euclid(step).saturating_add(1).saturating_mul(step)
}

/// The median of times that were counted by class: (end of the class, how many), in order. Exact to the class.
#[must_use]
pub fn median(classes: &[(i64, i64)]) -> Option<i64> {
    let all: i64 = classes.iter().map(|(_, count)| count).sum();
    let mut seen = 0;
    classes
        .iter()
        .find(|(_, count)| {
            seen += count;
            all > 0 && seen * 2 >= all
        })
        .map(|(end, _)| *end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_day_late_is_a_day_times_the_weight() {
        assert!((of(4, 1, 0, 86_400) - 10.0).abs() < 1e-9);
        assert!((of(3, 2, 2 * 86_400, 2 * 86_400) - 10.0).abs() < 1e-9);
        assert!(of(0, 5, 0, 86_400).abs() < 1e-9);
        assert!(FORMULA.contains("critical 10, high 5, medium 2, low 1"));
    }

    #[test]
    fn a_median_is_the_end_of_the_class_in_which_it_is() {
        assert_eq!(class(0), HOUR);
        assert_eq!(class(HOUR), 2 * HOUR);
        assert_eq!(class(10 * DAY), 11 * DAY);
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[(HOUR, 1), (2 * HOUR, 1), (DAY, 1)]), Some(2 * HOUR));
        assert_eq!(median(&[(HOUR, 1), (2 * HOUR, 1)]), Some(HOUR));
    }

    proptest! {
        #[test]
        fn sums_say_what_the_findings_one_by_one_would(due in prop::collection::vec(0_i64..4_000_000_000, 0..50), severity in 0_i64..5, at in 4_000_000_000_i64..5_000_000_000) {
            let whole = of(severity, due.len() as i64, due.iter().sum(), at);
            let single: f64 = due.iter().map(|due| of(severity, 1, *due, at)).sum();
            prop_assert!((whole - single).abs() < 1e-3);
        }

        #[test]
        fn a_class_holds_what_is_in_it(spent in 0_i64..1_000 * DAY) {
            prop_assert!(class(spent) > spent);
            let width = if spent < FINE { HOUR } else { DAY };
            prop_assert!(class(spent) - spent <= width);
            prop_assert!(class(spent) <= class(spent + 1));
        }
    }
}
