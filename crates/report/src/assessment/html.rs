//! An assessment as one page to read and to print: no script, nothing that is loaded, and a policy that forbids both.
//!
//! In: an assessment. Out: HTML (<https://html.spec.whatwg.org/>). Every text that comes from outside is escaped by [`escaped`].

use super::{aged, attestation, told};
use crate::text;
use bartizan_model::compliance::{
    Assessment, Automation, ControlResult, ControlStatus, EvidenceRef, OpenFinding, TestOutcome, TestResult,
    Wording,
};
use std::io::{self, Write};

const STYLE: &str = include_str!("page.css");
/// Pieces of evidence and findings that a test lists on the page, at most.
const MOST_LISTED: usize = 12;

pub(super) fn render(assessment: &Assessment, version: &str, out: &mut dyn Write) -> io::Result<()> {
    let title = escaped(&format!("{}: {}", assessment.system, assessment.framework.title));
    write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n"
    )?;
    head(assessment, out)?;
    controls(assessment, out)?;
    writeln!(out, "<h2>Evidence</h2>")?;
    if assessment.tests.is_empty() {
        writeln!(
            out,
            "<p>No automatic test bears on a control of this framework.</p>"
        )?;
    }
    for one in &assessment.tests {
        test(one, out)?;
    }
    write!(
        out,
        "<p class=\"soft\">Made by Bartizan {} on {}. A digest names the report, statement or entry of the ledger that evidence is read from.</p>\n\
         </body>\n</html>\n",
        escaped(version),
        assessment.at
    )
}

fn head(assessment: &Assessment, out: &mut dyn Write) -> io::Result<()> {
    let (framework, counts) = (&assessment.framework, &assessment.counts);
    writeln!(
        out,
        "<header>\n<h1>{}</h1>\n<p>{}</p>\n<p class=\"soft\">Assessed {}. Oldest evidence that counts: {}. Catalogue: {} {}, <code>{}</code>.</p>\n</header>",
        escaped(&assessment.system),
        escaped(&framework.title),
        assessment.at,
        assessment.oldest,
        escaped(&framework.catalog),
        escaped(&framework.version),
        escaped(&framework.source)
    )?;
    let sums = [
        (
            ControlStatus::Satisfied,
            counts.satisfied,
            "fresh evidence, and a person where evidence cannot say".to_owned(),
        ),
        (
            ControlStatus::NotSatisfied,
            counts.not_satisfied,
            "something speaks against it".to_owned(),
        ),
        (
            ControlStatus::Manual,
            counts.manual,
            format!("never counted as passed; {} attested", counts.manual_attested),
        ),
        (
            ControlStatus::NoEvidence,
            counts.no_evidence,
            "nothing fresh and complete".to_owned(),
        ),
    ];
    writeln!(out, "<div class=\"sums\">")?;
    for (status, count, means) in &sums {
        writeln!(
            out,
            "<div class=\"sum {}\"><b>{count}</b>{}<br><span class=\"soft\">{means}</span></div>",
            status.as_str(),
            told(*status)
        )?;
    }
    writeln!(out, "</div>")?;
    share(
        &sums.map(|(status, count, _)| (status, count)),
        counts.total(),
        out,
    )?;
    if framework.wording == Wording::Own {
        writeln!(
            out,
            "<p class=\"soft\">Controls are described in our own words; the text of the standard is its publisher's and stands there.</p>"
        )?;
    }
    Ok(())
}

/// How many controls have which status, as one bar of a thousand parts.
fn share(sums: &[(ControlStatus, u64)], total: u64, out: &mut dyn Write) -> io::Result<()> {
    let total = total.max(1);
    write!(
        out,
        "<svg class=\"share\" viewBox=\"0 0 1000 12\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"Share of each status\">"
    )?;
    let mut before = 0;
    for (status, count) in sums {
        let (from, to) = (before * 1000 / total, (before + count) * 1000 / total);
        write!(
            out,
            "<rect class=\"{}\" x=\"{from}\" width=\"{}\" height=\"12\"/>",
            status.as_str(),
            to - from
        )?;
        before += count;
    }
    writeln!(out, "</svg>")
}

fn controls(assessment: &Assessment, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<h2>Controls</h2>")?;
    let mut group: Option<&str> = None;
    for control in &assessment.controls {
        if group != Some(control.group.as_str()) {
            if group.is_some() {
                writeln!(out, "</tbody></table>")?;
            }
            group = Some(&control.group);
            writeln!(
                out,
                "<table><caption>{}</caption><thead><tr><th>Control</th><th>Asks for</th><th>Status</th><th>Why, and by whom</th></tr></thead><tbody>",
                escaped(&control.group)
            )?;
        }
        row(assessment, control, out)?;
    }
    if group.is_some() {
        writeln!(out, "</tbody></table>")?;
    }
    Ok(())
}

fn row(assessment: &Assessment, control: &ControlResult, out: &mut dyn Write) -> io::Result<()> {
    let long = if control.control.id.len() > 14 {
        " long"
    } else {
        ""
    };
    write!(
        out,
        "<tr><td class=\"id{long}\">{}</td><td class=\"title\">{}</td><td class=\"status\">{}</td><td>",
        escaped(&control.control.id),
        escaped(&control.title),
        mark(control.status.as_str(), told(control.status))
    )?;
    for reason in &control.reasons {
        write!(out, "<p>{}</p>", escaped(reason))?;
    }
    if let Some((statement, evidence, _)) = attestation(control) {
        write!(
            out,
            "<p>“{}”</p><p class=\"soft\">{}, {} ago, <code>{}</code></p>",
            escaped(statement),
            escaped(&evidence.by),
            aged(evidence.age),
            short(&evidence.digest)
        )?;
    }
    let tests: Vec<&TestResult> = control
        .tests
        .iter()
        .filter_map(|one| assessment.test(&one.test))
        .collect();
    let newest = tests
        .iter()
        .flat_map(|test| &test.evidence)
        .min_by_key(|one| one.age);
    if let Some(one) = newest {
        write!(
            out,
            "<p class=\"soft\">Newest evidence: {} ago, by {}, <code>{}</code></p>",
            aged(one.age),
            escaped(&one.by),
            short(&one.digest)
        )?;
    }
    if let (Automation::Part, Some(manual)) = (control.automation, &control.manual) {
        write!(
            out,
            "<p class=\"soft\">Left to a person: {}.</p>",
            escaped(&manual.left.join("; "))
        )?;
    }
    if !tests.is_empty() {
        let names: Vec<String> = tests
            .iter()
            .map(|test| format!("<a href=\"#{0}\">{0}</a>", escaped(&test.test)))
            .collect();
        write!(out, "<p class=\"soft\">Tests: {}</p>", names.join(", "))?;
    }
    writeln!(out, "</td></tr>")
}

fn test(test: &TestResult, out: &mut dyn Write) -> io::Result<()> {
    let means = match test.outcome {
        TestOutcome::Pass => "Pass",
        TestOutcome::Fail => "Fail",
        TestOutcome::NoEvidence => "No evidence",
    };
    writeln!(
        out,
        "<section class=\"test\" id=\"{}\"><header><h3>{}</h3>{}</header>\n<p class=\"soft\"><code>{}</code>, asked of every {}; evidence counts for {}.</p>",
        escaped(&test.test),
        escaped(&test.title),
        mark(test.outcome.as_str(), means),
        escaped(&test.test),
        test.over.as_str(),
        text::counted(u64::from(test.within_days), "day")
    )?;
    if !test.reasons.is_empty() {
        write!(out, "<ul>")?;
        for reason in &test.reasons {
            write!(out, "<li>{}</li>", escaped(reason))?;
        }
        writeln!(out, "</ul>")?;
    }
    open(test, out)?;
    evidence(test, out)?;
    if test.waived_count > 0 {
        writeln!(
            out,
            "<p class=\"soft\">Accepted by a waiver: {}.</p>",
            text::counted(test.waived_count, "finding")
        )?;
    }
    writeln!(out, "</section>")
}

fn open(test: &TestResult, out: &mut dyn Write) -> io::Result<()> {
    if test.open.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "<table><thead><tr><th>Finding</th><th>Severity</th><th>In</th><th>Due</th><th>Evidence</th></tr></thead><tbody>"
    )?;
    for OpenFinding {
        rule,
        severity,
        asset,
        title,
        due,
        digest,
        ..
    } in test.open.iter().take(MOST_LISTED)
    {
        writeln!(
            out,
            "<tr><td><code>{}</code><br>{}</td><td>{severity}</td><td>{}</td><td>{}</td><td><code>{}</code></td></tr>",
            escaped(rule),
            escaped(title),
            escaped(asset.as_str()),
            due.map(|due| due.date().to_string()).unwrap_or_default(),
            short(digest)
        )?;
    }
    writeln!(out, "</tbody></table>")?;
    untold(test.open_count, test.open.len(), "finding", out)
}

fn evidence(test: &TestResult, out: &mut dyn Write) -> io::Result<()> {
    if test.evidence.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "<table><thead><tr><th>Evidence</th><th>About</th><th>Age</th><th>By</th><th>Digest</th></tr></thead><tbody>"
    )?;
    for EvidenceRef {
        shows,
        asset,
        at,
        age,
        by,
        digest,
    } in test.evidence.iter().take(MOST_LISTED)
    {
        writeln!(
            out,
            "<tr><td>{}</td><td>{}</td><td class=\"age\" title=\"{at}\">{}</td><td>{}</td><td class=\"digest\"><code>{}</code></td></tr>",
            escaped(shows),
            escaped(asset.as_ref().map_or("", |asset| asset.as_str())),
            aged(*age),
            escaped(by),
            escaped(digest)
        )?;
    }
    writeln!(out, "</tbody></table>")?;
    untold(test.evidence_count, test.evidence.len(), "piece", out)
}

fn untold(count: u64, listed: usize, noun: &str, out: &mut dyn Write) -> io::Result<()> {
    let shown = listed.min(MOST_LISTED) as u64;
    if count > shown {
        writeln!(
            out,
            "<p class=\"soft\">And {} more.</p>",
            text::counted(count - shown, noun)
        )?;
    }
    Ok(())
}

fn mark(class: &str, word: &str) -> String {
    format!("<span class=\"mark {class}\">{word}</span>")
}

/// The beginning of a digest, by which it is found.
fn short(digest: &str) -> String {
    let cut: String = digest.chars().take(19).collect();
    let more = if cut.len() < digest.len() { "…" } else { "" };
    format!("{}{more}", escaped(&cut))
}

/// A text that is nothing but text, on one line.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text::line(text).chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}
