//! `-o junit`: JUnit XML as Jenkins' xUnit plugin defines it,
//! <https://github.com/jenkinsci/xunit-plugin/tree/master/src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd>.
//!
//! One suite a rule, each finding a test that failed (waived: was skipped); then one suite of the checks, one of what was
//! not looked at, and one of the verdict, so that an incomplete scan is never a green one.

use crate::concise::{place, short_fingerprint};
use crate::summary::describe_known;
use crate::{Context, frame, text};
use bartizan_model::{CheckRun, CheckStatus, Finding, Report, Skipped, Stats, Verdict};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// How a test case ended.
enum Outcome {
    Passed,
    Skipped {
        message: String,
    },
    Failure {
        kind: String,
        message: String,
        body: String,
    },
    Error {
        kind: String,
        message: String,
    },
}

/// One test case.
struct Case {
    name: String,
    class: String,
    outcome: Outcome,
}

/// Cases counted by how they ended.
#[derive(Default)]
struct Counts {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
}

impl Counts {
    fn add(&mut self, outcome: &Outcome) {
        self.tests += 1;
        match outcome {
            Outcome::Passed => {}
            Outcome::Skipped { .. } => self.skipped += 1,
            Outcome::Failure { .. } => self.failures += 1,
            Outcome::Error { .. } => self.errors += 1,
        }
    }
}

/// The document.
pub(crate) fn render(report: &Report, context: &Context<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut by_rule: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in &report.findings {
        by_rule.entry(&finding.rule).or_default().push(finding);
    }
    let mut others = vec![
        ("checks", report.checks.iter().map(check_case).collect::<Vec<_>>()),
        ("not looked at", report.skipped.iter().map(skipped_case).collect()),
        ("baseline", known_case(&report.stats).into_iter().collect()),
        ("verdict", vec![verdict_case(&report.verdict)]),
    ];
    others.retain(|(_, cases)| !cases.is_empty());
    let mut totals = Counts::default();
    for finding in &report.findings {
        totals.tests += 1;
        totals.failures += usize::from(!finding.is_waived());
    }
    for case in others.iter().flat_map(|(_, cases)| cases) {
        totals.add(&case.outcome);
    }
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(
        out,
        "<testsuites name=\"bartizan\" tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{}\">",
        totals.tests,
        totals.failures,
        totals.errors,
        seconds(report.stats.seconds),
    )?;
    for (rule, findings) in by_rule {
        let cases: Vec<Case> = findings
            .into_iter()
            .map(|finding| finding_case(finding, context))
            .collect();
        suite(rule, &cases, report, out)?;
    }
    for (name, cases) in &others {
        suite(name, cases, report, out)?;
    }
    writeln!(out, "</testsuites>")
}

fn finding_case(finding: &Finding, context: &Context<'_>) -> Case {
    let outcome = match &finding.waiver {
        Some(waiver) => Outcome::Skipped {
            message: format!("waived: {}", frame::describe_waiver(waiver)),
        },
        None => {
            let fix = finding
                .fix
                .as_ref()
                .map(|fix| format!("fix: {}\n", fix.description))
                .unwrap_or_default();
            let lines = finding
                .snippet
                .as_ref()
                .map(|snippet| snippet.lines.join("\n") + "\n")
                .unwrap_or_default();
            let body = format!(
                "{}: {}\n{lines}why: {}\nsure: {}\n{fix}more: bartizan explain {}\n",
                place(finding),
                finding.message,
                frame::why(finding, context),
                frame::sure(finding),
                finding.rule,
            );
            Outcome::Failure {
                kind: finding.severity.to_string(),
                message: finding.message.clone(),
                body,
            }
        }
    };
    Case {
        name: format!("{} ({})", place(finding), short_fingerprint(finding)),
        class: finding.rule.clone(),
        outcome,
    }
}

fn check_case(check: &CheckRun) -> Case {
    let broke = |kind: &str, message: String| {
        if check.required {
            Outcome::Error {
                kind: kind.to_owned(),
                message,
            }
        } else {
            Outcome::Skipped {
                message: format!("{kind}: {message}"),
            }
        }
    };
    let outcome = match &check.status {
        CheckStatus::Ran => Outcome::Passed,
        CheckStatus::NotApplicable { reason } => Outcome::Skipped {
            message: format!("not applicable: {reason}"),
        },
        CheckStatus::Partial { errors } => broke("partial", errors.join("; ")),
        CheckStatus::Skipped { reason } => broke("skipped", reason.clone()),
        CheckStatus::Failed { error } => broke("failed", error.clone()),
    };
    Case {
        name: check.check.clone(),
        class: "check".to_owned(),
        outcome,
    }
}

fn skipped_case(skipped: &Skipped) -> Case {
    let message = skipped.reason.clone();
    let outcome = if skipped.required {
        Outcome::Error {
            kind: "not looked at".to_owned(),
            message,
        }
    } else {
        Outcome::Skipped { message }
    };
    Case {
        name: skipped.path.clone(),
        class: "coverage".to_owned(),
        outcome,
    }
}

/// Findings that the baseline knows, as one test that was skipped.
fn known_case(stats: &Stats) -> Option<Case> {
    Some(Case {
        name: "known findings".to_owned(),
        class: "baseline".to_owned(),
        outcome: Outcome::Skipped {
            message: describe_known(stats)?,
        },
    })
}

/// The verdict as a test: Deny fails, Unknown is an error.
fn verdict_case(verdict: &Verdict) -> Case {
    let outcome = match verdict {
        Verdict::Allow => Outcome::Passed,
        Verdict::Deny { reasons } => Outcome::Failure {
            kind: "deny".to_owned(),
            message: reasons.join("; "),
            body: reasons.join("\n"),
        },
        Verdict::Unknown { cause } => Outcome::Error {
            kind: "unknown".to_owned(),
            message: cause.clone(),
        },
    };
    Case {
        name: "verdict".to_owned(),
        class: "gate".to_owned(),
        outcome,
    }
}

fn suite(name: &str, cases: &[Case], report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut counts = Counts::default();
    for case in cases {
        counts.add(&case.outcome);
    }
    let started = report.started.to_string();
    writeln!(
        out,
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" timestamp=\"{}\">",
        attribute(name),
        counts.tests,
        counts.failures,
        counts.errors,
        counts.skipped,
        started.trim_end_matches('Z'),
    )?;
    for case in cases {
        write_case(case, out)?;
    }
    writeln!(out, "  </testsuite>")
}

fn write_case(case: &Case, out: &mut dyn Write) -> io::Result<()> {
    write!(
        out,
        "    <testcase name=\"{}\" classname=\"{}\"",
        attribute(&case.name),
        attribute(&case.class)
    )?;
    match &case.outcome {
        Outcome::Passed => writeln!(out, "/>"),
        Outcome::Skipped { message } => {
            writeln!(
                out,
                ">\n      <skipped message=\"{}\"/>\n    </testcase>",
                attribute(message)
            )
        }
        Outcome::Failure { kind, message, body } => {
            let (kind, message) = (attribute(kind), attribute(message));
            write!(out, ">\n      <failure type=\"{kind}\" message=\"{message}\">")?;
            writeln!(out, "{}</failure>\n    </testcase>", escape(&text::lines(body)))
        }
        Outcome::Error { kind, message } => {
            let (kind, message) = (attribute(kind), attribute(message));
            writeln!(
                out,
                ">\n      <error type=\"{kind}\" message=\"{message}\"/>\n    </testcase>"
            )
        }
    }
}

/// The form the schema allows: at most three digits of a fraction, groups of at most three digits before it.
fn seconds(seconds: f64) -> String {
    let seconds = if seconds.is_finite() {
        seconds.clamp(0.0, 1e9)
    } else {
        0.0
    };
    let text = format!("{seconds:.3}");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, "000"));
    format!("{}.{fraction}", text::grouped(whole.parse().unwrap_or(0)))
}

/// Text as an attribute's value.
fn attribute(text: &str) -> String {
    escape(&text::line(text))
}

/// Escapes markup and replaces what XML 1.0 cannot hold (<https://www.w3.org/TR/xml/#charsets>). Control characters are
/// gone by then.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}
