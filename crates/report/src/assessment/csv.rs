//! An assessment as a table: <https://www.rfc-editor.org/rfc/rfc4180>, one row a control.
//!
//! Spreadsheets run a cell that begins like a formula (<https://owasp.org/www-community/attacks/CSV_Injection>); such a cell gets an
//! apostrophe in front, which they hide.

use super::attestation;
use crate::text;
use bartizan_model::compliance::{Assessment, ControlResult};
use std::io::{self, Write};

const HEAD: [&str; 17] = [
    "framework",
    "control",
    "title",
    "group",
    "status",
    "automation",
    "reasons",
    "tests",
    "open findings",
    "waived findings",
    "newest evidence",
    "oldest evidence",
    "evidence by",
    "evidence digests",
    "attested by",
    "attested until",
    "left to a person",
];

/// Digests that a cell lists, at most.
const MOST_DIGESTS: usize = 20;

pub(super) fn render(assessment: &Assessment, out: &mut dyn Write) -> io::Result<()> {
    row(&HEAD.map(str::to_owned), out)?;
    for control in &assessment.controls {
        row(&cells(assessment, control), out)?;
    }
    Ok(())
}

fn cells(assessment: &Assessment, control: &ControlResult) -> [String; 17] {
    let tests: Vec<_> = control
        .tests
        .iter()
        .filter_map(|one| assessment.test(&one.test))
        .collect();
    let attested = attestation(control);
    let evidence: Vec<_> = tests
        .iter()
        .flat_map(|test| &test.evidence)
        .chain(attested.map(|(_, evidence, _)| evidence))
        .collect();
    let unique = |values: Vec<String>| {
        let mut values = values;
        values.sort_unstable();
        values.dedup();
        values.truncate(MOST_DIGESTS);
        values.join("; ")
    };
    let time = |at: Option<bartizan_model::Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
    let automation = match control.automation {
        bartizan_model::compliance::Automation::Whole => "whole",
        bartizan_model::compliance::Automation::Part => "part",
        bartizan_model::compliance::Automation::None => "none",
    };
    [
        control.control.framework.clone(),
        control.control.id.clone(),
        control.title.clone(),
        control.group.clone(),
        control.status.as_str().to_owned(),
        automation.to_owned(),
        control.reasons.join("; "),
        control
            .tests
            .iter()
            .map(|one| one.test.as_str())
            .collect::<Vec<_>>()
            .join("; "),
        tests.iter().map(|test| test.open_count).sum::<u64>().to_string(),
        tests
            .iter()
            .map(|test| test.waived_count)
            .sum::<u64>()
            .to_string(),
        time(evidence.iter().map(|one| one.at).max()),
        time(evidence.iter().map(|one| one.at).min()),
        unique(evidence.iter().map(|one| one.by.clone()).collect()),
        unique(evidence.iter().map(|one| one.digest.clone()).collect()),
        attested
            .map(|(_, evidence, _)| evidence.by.clone())
            .unwrap_or_default(),
        time(attested.map(|(_, _, expires)| expires)),
        control
            .manual
            .as_ref()
            .map(|manual| manual.left.join("; "))
            .unwrap_or_default(),
    ]
}

fn row(cells: &[String], out: &mut dyn Write) -> io::Result<()> {
    for (at, text) in cells.iter().enumerate() {
        if at > 0 {
            out.write_all(b",")?;
        }
        out.write_all(cell(text).as_bytes())?;
    }
    out.write_all(b"\r\n")
}

fn cell(text: &str) -> String {
    let mut text = text::line(text);
    let begins = text.trim_start().chars().next();
    if begins.is_some_and(|c| matches!(c, '=' | '+' | '-' | '@' | '|' | '%' | '＝' | '＋' | '－' | '＠'))
    {
        text.insert(0, '\'');
    }
    if text.contains([',', '"', ' ', '\'']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::cell;
    use proptest::prelude::*;

    #[test]
    fn a_cell_that_begins_like_a_formula_is_text() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "＝1", "|x", "%x"] {
            let written = cell(text);
            assert!(written.trim_start_matches('"').starts_with('\''), "{written}");
        }
    }

    #[test]
    fn quotes_are_doubled_and_a_cell_has_one_line() {
        assert_eq!(cell("a \"b\", c\nd"), "\"a \"\"b\"\", c\\nd\"");
        assert_eq!(cell("plain"), "plain");
    }

    proptest! {
        #[test]
        fn no_cell_begins_like_a_formula_or_ends_early(text in any::<String>()) {
            let written = cell(&text);
            let inner = written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(&written);
            prop_assert!(!inner.trim_start().starts_with(['=', '+', '-', '@']));
            prop_assert!(!inner.contains(['\n', '\r']));
            prop_assert!(!inner.replace("\"\"", "").contains('"'));
        }
    }
}
