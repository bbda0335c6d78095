//! Text from the scanned bytes stays text, in every format.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod common;

use bartizan_model::{Finding, Report, Severity, Skipped};
use bartizan_report::{Context, Format, GroupBy, summary};
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Command, Stdio};

/// Characters that terminals act on or that make text read differently from its bytes.
fn acts(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn report_saying(texts: &[String]) -> Report {
    let mut report = common::ordinary();
    report.findings = texts
        .iter()
        .zip(1..)
        .map(|(text, line)| {
            let mut finding = common::finding("leak/x", Severity::Low, text, line);
            finding.message.clone_from(text);
            finding.title.clone_from(text);
            if let Some(snippet) = &mut finding.snippet {
                snippet.lines = vec![text.clone(), text.clone()];
            }
            finding
        })
        .collect();
    report.skipped = texts
        .iter()
        .map(|text| Skipped {
            path: text.clone(),
            reason: text.clone(),
            required: false,
        })
        .collect();
    report
}

#[test]
fn no_format_lets_a_control_character_through() {
    for report in [common::hostile(), report_saying(&[common::HOSTILE.to_owned()])] {
        for format in Format::ALL {
            let text = common::rendered(format, &report);
            assert_eq!(text.chars().find(|c| acts(*c)), None, "{format}");
        }
        let rules = common::rules();
        let mut context = common::context(&rules);
        context.verbose = 1;
        let by_fix = Context {
            group_by: GroupBy::Fix,
            ..context
        };
        for text in [
            summary(&report, &context),
            common::rendered_with(Format::Pretty, &report, &context),
            common::rendered_with(Format::Pretty, &report, &by_fix),
            common::rendered_with(Format::Concise, &report, &by_fix),
        ] {
            assert_eq!(text.chars().find(|c| acts(*c)), None);
        }
    }
}

#[test]
fn a_message_cannot_issue_a_workflow_command_of_its_own() {
    let text = common::rendered(Format::Github, &common::hostile());
    for line in text.lines() {
        let (_, rest) = line.split_once(' ').unwrap();
        assert!(
            ["::error ", "::warning ", "::notice "]
                .iter()
                .any(|start| line.starts_with(start)),
            "{line}"
        );
        let (properties, message) = rest.split_once("::").unwrap();
        for property in properties.split(',') {
            let (key, value) = property.split_once('=').unwrap();
            assert!(
                ["file", "line", "endLine", "col", "endColumn", "title"].contains(&key),
                "{property}"
            );
            assert!(!value.contains(':'), "{property}");
        }
        let decoded = message
            .replace("%0A", "\n")
            .replace("%0D", "\r")
            .replace("%25", "%");
        assert!(
            !message
                .replace("%25", "")
                .replace("%0A", "")
                .replace("%0D", "")
                .contains('%'),
            "{message} {decoded}"
        );
    }
}

#[test]
fn one_finding_is_one_line_in_concise_and_one_object_in_jsonl() {
    let report = common::hostile();
    assert_eq!(common::rendered(Format::Concise, &report).lines().count(), 2);
    let lines = common::rendered(Format::Jsonl, &report);
    let kinds: Vec<String> = lines
        .lines()
        .map(|line| {
            serde_json::from_str::<Value>(line).unwrap()["type"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(kinds[..3], ["finding", "finding", "finding"]);
    assert_eq!(kinds.last().map(String::as_str), Some("summary"));
}

#[test]
fn markdown_holds_neither_markup_nor_mentions_of_the_scanned_text() {
    let text = common::rendered(Format::Markdown, &common::hostile());
    let prose = without_code(&text);
    for markup in ["<b>", "[a](b)", "@all", "]]>"] {
        assert!(!prose.contains(markup), "{markup} in {prose}");
    }
    for row in text.lines().filter(|line| line.starts_with("| ")) {
        assert_eq!(row.replace("\\|", "").matches('|').count(), 5, "{row}");
    }
}

/// The page without code spans and fenced blocks, in which nothing is markup.
fn without_code(page: &str) -> String {
    let mut prose = String::new();
    let mut fence = None;
    for line in page.lines() {
        let ticks: String = line.chars().take_while(|c| *c == '`').collect();
        match &fence {
            Some(open) if *open == ticks && line == ticks => fence = None,
            Some(_) => {}
            None if line.ends_with("text") && ticks.len() > 2 => fence = Some(ticks),
            None => prose.push_str(&without_spans(line)),
        }
        prose.push('\n');
    }
    assert_eq!(fence, None, "an open fence in {page}");
    prose
}

fn without_spans(line: &str) -> String {
    let mut prose = String::new();
    let mut rest = line.to_owned();
    while let Some(start) = rest.find('`').filter(|at| !rest[..*at].ends_with('\\')) {
        let ticks: String = rest[start..].chars().take_while(|c| *c == '`').collect();
        let body = start + ticks.len();
        let end = rest[body..].find(&ticks).expect("a code span that ends");
        prose.push_str(&rest[..start]);
        rest = rest[body + end + ticks.len()..].to_owned();
    }
    prose + &rest
}

#[test]
fn a_long_markdown_report_stays_within_a_comment_and_says_what_it_leaves_out() {
    let mut report = common::ordinary();
    report.findings = (2..3_000)
        .map(|line| common::finding(&format!("leak/r{}", line % 400), Severity::High, "src/a.py", line))
        .collect();
    let text = common::rendered(Format::Markdown, &report);
    assert!(text.chars().count() < 65_536, "{}", text.len());
    assert!(text.contains("not shown here"), "the table says that it is cut");
    assert!(
        text.contains("not explained here"),
        "the details say that they are cut"
    );
    assert_eq!(
        text.matches("<details>").count(),
        text.matches("</details>").count()
    );
}

#[test]
fn a_sarif_column_counts_characters_and_is_left_out_where_it_cannot_be_known() {
    let region = |finding: Finding| {
        let mut report = common::ordinary();
        report.findings = vec![finding];
        let sarif: Value = serde_json::from_str(&common::rendered(Format::Sarif, &report)).unwrap();
        sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"].clone()
    };
    let mut finding = common::finding("leak/x", Severity::Low, "a.py", 2);
    let prefix = "päss = \"";
    let snippet = finding.snippet.as_mut().unwrap();
    snippet.lines = vec![String::new(), format!("{prefix}****\"")];
    snippet.highlight = (8, 12);
    finding.locations[0].column = u32::try_from(prefix.len()).unwrap() + 1;
    finding.locations[0].end_column = finding.locations[0].column + 4;
    let known = region(finding.clone());
    assert_eq!(
        (&known["startColumn"], &known["endColumn"]),
        (&9.into(), &13.into())
    );

    finding.locations[0].column += 500;
    assert_eq!(
        region(finding.clone()).get("startColumn"),
        None,
        "the line was cut on the left"
    );
    finding.snippet = None;
    assert_eq!(
        region(finding).get("startColumn"),
        None,
        "there is no line to count in"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn json_formats_stay_well_formed_and_give_every_text_back(texts in prop::collection::vec(any::<String>(), 1..12)) {
        let report = report_saying(&texts);
        let read: Report = serde_json::from_str(&common::rendered(Format::Json, &report)).unwrap();
        prop_assert_eq!(&read, &report);
        for line in common::rendered(Format::Jsonl, &report).lines() {
            prop_assert!(serde_json::from_str::<Value>(line).is_ok());
        }
        for format in [Format::Sarif, Format::Gitlab, Format::Statement] {
            prop_assert!(serde_json::from_str::<Value>(&common::rendered(format, &report)).is_ok());
        }
    }

    #[test]
    fn any_snippet_and_highlight_can_be_drawn(
        lines in prop::collection::vec(any::<String>(), 0..4),
        first_line in 0u32..5,
        highlight in (0u32..40, 0u32..40),
        width in 0u16..200,
    ) {
        let mut report = common::ordinary();
        for finding in &mut report.findings {
            let snippet = finding.snippet.as_mut().unwrap();
            *snippet = bartizan_model::Snippet { first_line, lines: lines.clone(), highlight };
            finding.locations[0].line = first_line + 1;
        }
        let rules = BTreeMap::new();
        let mut context = common::context(&rules);
        context.width = width;
        context.verbose = 1;
        let text = common::rendered_with(Format::Pretty, &report, &context);
        prop_assert_eq!(text.chars().find(|c| acts(*c)), None);
        prop_assert_eq!(text.matches("= more: ").count(), 3);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3))]

    #[test]
    fn xml_stays_well_formed_whatever_is_said(texts in prop::collection::vec(any::<String>(), 200)) {
        let document = common::rendered(Format::Junit, &report_saying(&texts));
        let mut child = Command::new("xmllint")
            .args(["--nonet", "--noout", "--huge", "-"])
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("xmllint is needed: install the package libxml2-utils, or run scripts/setup.sh test");
        child.stdin.take().unwrap().write_all(document.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        prop_assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}
