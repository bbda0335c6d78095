//! `bartizan slo status`: whether remediation keeps to its objectives.

use crate::args::{Common, SloStatus};
use crate::error::Outcome;
use crate::output::print;
use crate::plane::Plane;
use crate::table::columns;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Write;

#[derive(Serialize, Deserialize)]
struct Remediation {
    at: String,
    is_known: bool,
    severities: Vec<Severity>,
    debt: Debt,
    window_days: i64,
}

#[derive(Serialize, Deserialize)]
struct Severity {
    severity: String,
    objective: String,
    open: i64,
    breached: i64,
    due_today: i64,
    fixed: i64,
    mean_hours: Option<i64>,
    median_hours: Option<i64>,
    within_percent: Option<i64>,
}

#[derive(Serialize, Deserialize)]
struct Debt {
    value: f64,
    formula: String,
    by_severity: BTreeMap<String, f64>,
}

#[derive(Serialize, Deserialize)]
struct Groups {
    by: String,
    groups: Vec<Group>,
    rest: Option<Group>,
}

#[derive(Serialize, Deserialize)]
struct Group {
    name: Option<String>,
    things: i64,
    open: i64,
    breached: BTreeMap<String, i64>,
    debt: f64,
}

/// Asks and prints.
pub(crate) fn run(common: &Common, args: &SloStatus) -> Outcome {
    let config = super::serve::configuration(common)?;
    let plane = Plane::open(common, &config)?;
    let state: Remediation = plane.get("/api/v1/remediation?days=1")?;
    let groups: Option<Groups> = args
        .by
        .as_deref()
        .map(|by| plane.get(&format!("/api/v1/remediation/groups?by={}", escaped(by))))
        .transpose()?;
    if args.output == "json" {
        let value = serde_json::json!({ "remediation": state, "groups": groups });
        print(format!("{value:#}\n"))?;
    } else {
        print(text(&state, groups.as_ref()))?;
    }
    Ok(code(&state, args))
}

fn code(state: &Remediation, args: &SloStatus) -> u8 {
    if !state.is_known {
        return 4;
    }
    // The gravest comes first: whatever stands behind the least that counts does not.
    let counts = state
        .severities
        .iter()
        .position(|severity| severity.severity == args.fail_on)
        .map_or(0, |least| least + 1);
    let is_breached = state
        .severities
        .iter()
        .take(counts)
        .any(|severity| severity.breached > 0);
    u8::from(is_breached && !args.exit_zero)
}

/// A text as it may stand in a query.
fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

fn text(state: &Remediation, groups: Option<&Groups>) -> String {
    if !state.is_known {
        return "nothing was sent yet: `bartizan scan --push` sends what is found\n".to_owned();
    }
    let or_none = |value: Option<i64>, unit: &str| {
        value.map_or_else(|| "-".to_owned(), |value| format!("{value} {unit}"))
    };
    let head = [
        "severity",
        "objective",
        "open",
        "breached",
        "due today",
        "fixed",
        "median",
        "mean",
        "in time",
    ];
    let mut rows = vec![head.map(str::to_owned)];
    rows.extend(state.severities.iter().map(|own| {
        [
            own.severity.clone(),
            own.objective.clone(),
            own.open.to_string(),
            own.breached.to_string(),
            own.due_today.to_string(),
            own.fixed.to_string(),
            or_none(own.median_hours, "h"),
            or_none(own.mean_hours, "h"),
            or_none(own.within_percent, "%"),
        ]
    }));
    let mut out = columns(&rows);
    let _ = writeln!(
        out,
        "\nfixed and what stands behind it: the last {} days",
        state.window_days
    );
    let _ = writeln!(
        out,
        "security debt: {:.1} weighted days\n{}",
        state.debt.value, state.debt.formula
    );
    if let Some(groups) = groups {
        let _ = writeln!(out, "\nby {}:", groups.by);
        let mut rows = vec![[groups.by.as_str(), "things", "open", "breached", "debt"].map(str::to_owned)];
        let row = |name: String, group: &Group| {
            [
                name,
                group.things.to_string(),
                group.open.to_string(),
                group.breached.values().sum::<i64>().to_string(),
                format!("{:.1}", group.debt),
            ]
        };
        for group in &groups.groups {
            rows.push(row(
                group.name.clone().unwrap_or_else(|| "(none)".to_owned()),
                group,
            ));
        }
        if let Some(rest) = &groups.rest {
            rows.push(row("(all others)".to_owned(), rest));
        }
        out.push_str(&columns(&rows));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(breached: [i64; 4]) -> Remediation {
        let severities = ["critical", "high", "medium", "low"].into_iter().zip(breached);
        Remediation {
            at: String::new(),
            is_known: true,
            severities: severities
                .map(|(severity, breached)| Severity {
                    severity: severity.to_owned(),
                    objective: "24 hours".to_owned(),
                    open: breached,
                    breached,
                    due_today: 0,
                    fixed: 0,
                    mean_hours: None,
                    median_hours: Some(3),
                    within_percent: None,
                })
                .collect(),
            debt: Debt {
                value: 1.25,
                formula: "debt = x".to_owned(),
                by_severity: BTreeMap::new(),
            },
            window_days: 90,
        }
    }

    fn args(fail_on: &str) -> SloStatus {
        SloStatus {
            output: "pretty".to_owned(),
            fail_on: fail_on.to_owned(),
            by: None,
            exit_zero: false,
        }
    }

    #[test]
    fn only_what_is_breached_at_or_above_the_severity_denies() {
        assert_eq!(code(&state([0, 0, 9, 9]), &args("high")), 0);
        assert_eq!(code(&state([0, 0, 9, 9]), &args("medium")), 1);
        assert_eq!(code(&state([1, 0, 0, 0]), &args("high")), 1);
        assert_eq!(code(&state([1, 0, 0, 0]), &args("never")), 0);
        let mut nothing = state([0; 4]);
        nothing.is_known = false;
        assert_eq!(code(&nothing, &args("high")), 4);
        let mut zero = args("low");
        zero.exit_zero = true;
        assert_eq!(code(&state([1; 4]), &zero), 0);
    }

    #[test]
    fn the_table_says_the_formula_and_what_is_not_known() {
        let shown = text(&state([1, 0, 0, 0]), None);
        assert!(shown.contains("critical  24 hours   1     1"), "{shown}");
        assert!(shown.contains("debt = x"));
        assert!(shown.contains("3 h     -     -"), "{shown}");
        assert_eq!(escaped("label:a b"), "label%3Aa%20b");
    }
}
