//! `-o markdown`: a comment for a pull request in GitHub Flavored Markdown, <https://github.github.com/gfm/>.
//!
//! Comments have a limit (65,536 characters on GitHub), so rows and details stop before it and the text says how many
//! are missing. Text from the scanned bytes cannot form markup, links to issues or mentions of people.

use crate::concise::{place, short_fingerprint};
use crate::summary::{Totals, describe_checks, describe_known, describe_stats, first_reasons};
use crate::{Context, frame, text};
use bartizan_model::{Finding, Quality, Report, Verdict};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

/// Characters the table may fill, and the whole comment.
const TABLE_LIMIT: usize = 30_000;
const LIMIT: usize = 60_000;
/// Findings of one rule whose source lines are shown.
const MAX_SNIPPETS: usize = 3;

/// The comment.
pub(crate) fn render(report: &Report, context: &Context<'_>, out: &mut dyn Write) -> io::Result<()> {
    let open: Vec<&Finding> = report
        .findings
        .iter()
        .filter(|finding| !finding.is_waived())
        .collect();
    let waived: Vec<&Finding> = report
        .findings
        .iter()
        .filter(|finding| finding.is_waived())
        .collect();
    let mut page = heading(report);
    if let Some(quality) = &report.quality {
        measures(quality, &mut page);
    }
    if !open.is_empty() {
        table(&open, &mut page);
        details(&open, context, &mut page);
    }
    let waived = waived.iter().map(|finding| {
        let waiver = finding
            .waiver
            .as_ref()
            .map(frame::describe_waiver)
            .unwrap_or_default();
        format!(
            "- {} {}: {}\n",
            code(&finding.rule),
            code(&place(finding)),
            inline(&waiver)
        )
    });
    section("waived", waived.collect(), &mut page);
    let skipped = report.skipped.iter().map(|skipped| {
        let required = if skipped.required {
            " (a required check wanted it)"
        } else {
            ""
        };
        format!(
            "- {}: {}{required}\n",
            code(&skipped.path),
            inline(&skipped.reason)
        )
    });
    section("not looked at", skipped.collect(), &mut page);
    out.write_all(page.as_bytes())
}

fn heading(report: &Report) -> String {
    let why = match &report.verdict {
        Verdict::Allow => String::new(),
        Verdict::Deny { reasons } => format!(": {}", inline(&first_reasons(reasons))),
        Verdict::Unknown { cause } => format!(": {}", inline(cause)),
    };
    let totals = Totals::of(report);
    let waived = if totals.waived > 0 {
        format!("; {} waived", text::grouped(totals.waived))
    } else {
        String::new()
    };
    let known = describe_known(&report.stats)
        .map(|known| format!("; {known}"))
        .unwrap_or_default();
    let skipped = match report.skipped.len() as u64 {
        0 => String::new(),
        count => format!("; {} not looked at", text::grouped(count)),
    };
    format!(
        "## Bartizan: {}{}\n\n{}{waived}{known}; {}; {}{skipped}.\n\n",
        report.verdict.as_str(),
        fitted(&why, 2_000),
        totals.describe(),
        fitted(&inline(&describe_checks(&report.checks)), 2_000),
        describe_stats(&report.stats),
    )
}

/// What was measured of the quality of code, and what is asked of it.
fn measures(quality: &Quality, page: &mut String) {
    let heading = crate::quality::heading(quality);
    let _ = write!(
        page,
        "**{heading}**\n\n| Measure | | Condition | |\n| --- | --- | --- | --- |\n"
    );
    for row in crate::quality::rows(quality) {
        let judged = row.condition.map(crate::quality::judged).unwrap_or_default();
        let cells = [row.name, &row.value, &judged, &row.more].map(inline);
        let _ = writeln!(page, "| {} |", cells.join(" | "));
    }
    page.push('\n');
}

fn table(open: &[&Finding], page: &mut String) {
    page.push_str("| Severity | Rule | Where | What |\n| --- | --- | --- | --- |\n");
    let rows = open.iter().map(|finding| {
        format!(
            "| {} | {} | {} | {} |\n",
            finding.severity,
            code_in_table(&finding.rule),
            code_in_table(&place(finding)),
            inline(&text::fit(&text::line(&finding.message), 300)),
        )
    });
    fill(rows, TABLE_LIMIT, page, |rest| {
        let rest = text::counted(rest, "more finding");
        format!("\n{rest} not shown here; the other formats list everything.\n")
    });
    page.push('\n');
}

/// One collapsed block a rule: why, how to mend it, and the first source lines.
fn details(open: &[&Finding], context: &Context<'_>, page: &mut String) {
    let mut by_rule: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    let mut order = Vec::new();
    for finding in open {
        let findings = by_rule.entry(&finding.rule).or_default();
        if findings.is_empty() {
            order.push(finding.rule.as_str());
        }
        findings.push(finding);
    }
    let blocks = order
        .iter()
        .filter_map(|rule| Some(rule_block(rule, by_rule.get(rule)?, context)));
    fill(blocks, LIMIT, page, |rest| {
        let rest = text::counted(rest, "more rule");
        format!("{rest} not explained here: `bartizan explain RULE` does.\n\n")
    });
}

/// Adds parts while the page stays within `limit`; where it would not, says how many are missing.
fn fill(
    parts: impl Iterator<Item = String>,
    limit: usize,
    page: &mut String,
    missing: impl FnOnce(u64) -> String,
) {
    let mut parts = parts;
    while let Some(part) = parts.next() {
        if page.len() + part.len() > limit {
            page.push_str(&missing(1 + parts.count() as u64));
            return;
        }
        page.push_str(&part);
    }
}

fn rule_block(rule: &str, findings: &[&Finding], context: &Context<'_>) -> String {
    let Some(first) = findings.first() else {
        return String::new();
    };
    let mut block = format!(
        "<details><summary><code>{}</code> {} ({})</summary>\n\n",
        html(rule),
        html(&first.title),
        findings.len()
    );
    let mut paragraph = |name: &str, body: &str| {
        if !body.trim().is_empty() {
            let lines: Vec<String> = body.lines().map(inline).collect();
            block.push_str(&format!("**{name}** {}\n\n", lines.join("\n")));
        }
    };
    paragraph("Why", &frame::why(first, context));
    let fix = first.fix.as_ref().map(|fix| fix.description.clone());
    let fix = fix.or_else(|| context.rules.get(rule).map(|rule| text::plain(&rule.remediation)));
    paragraph("Fix", &fix.map(|fix| format!("\n\n{fix}")).unwrap_or_default());
    for finding in findings.iter().take(MAX_SNIPPETS) {
        block.push_str(&format!(
            "{} ({}), {}\n\n",
            code(&place(finding)),
            short_fingerprint(finding),
            inline(&frame::sure(finding))
        ));
        if let Some(snippet) = &finding.snippet {
            let lines: Vec<String> = snippet
                .lines
                .iter()
                .map(|line| text::source_line(line).into_owned())
                .collect();
            block.push_str(&fenced(&lines.join("\n")));
        }
    }
    block.push_str("</details>\n\n");
    block
}

fn section(name: &str, rows: Vec<String>, page: &mut String) {
    if rows.is_empty() {
        return;
    }
    page.push_str(&format!("<details><summary>{} {name}</summary>\n\n", rows.len()));
    fill(rows.into_iter(), LIMIT, page, |rest| {
        format!("- and {rest} more, not shown here\n")
    });
    page.push_str("\n</details>\n\n");
}

/// Text in a paragraph or cell that forms no markup. A comment after `@` keeps people from being mentioned.
fn inline(given: &str) -> String {
    let mut safe = String::with_capacity(given.len() + 16);
    for c in text::line(given).chars() {
        match c {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            '@' => safe.push_str("@<!-- -->"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '#' | '|' | '~' | '!' | '$' => {
                safe.push('\\');
                safe.push(c);
            }
            c => safe.push(c),
        }
    }
    safe
}

/// Text inside HTML tags, where Markdown's escapes do not count.
fn html(given: &str) -> String {
    let mut safe = String::with_capacity(given.len() + 16);
    for c in text::line(given).chars() {
        match c {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            '@' => safe.push_str("@<!-- -->"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '~' | '!' | '$' | '|' => {
                safe.push_str(&format!("&#{};", u32::from(c)))
            }
            c => safe.push(c),
        }
    }
    safe
}

/// A code span, whatever backticks the text holds.
fn code(given: &str) -> String {
    let text = text::line(given);
    let fence = "`".repeat(longest_run(&text, '`') + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') || text.trim().is_empty() {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// In a table a `|` ends the cell even within a code span, and no escape holds after a backslash; entities do.
fn code_in_table(given: &str) -> String {
    format!("<code>{}</code>", html(given))
}

fn fenced(body: &str) -> String {
    let fence = "`".repeat(longest_run(body, '`').max(2) + 1);
    format!("{fence}text\n{body}\n{fence}\n\n")
}

fn longest_run(text: &str, wanted: char) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for c in text.chars() {
        run = if c == wanted { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

fn fitted(text: &str, limit: usize) -> String {
    text.chars().take(limit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_spans_outlast_the_backticks_in_them() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("a``b"), "```a``b```");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(code_in_table("a\\|b"), "<code>a&#92;&#124;b</code>");
    }

    #[test]
    fn text_forms_no_markup_and_mentions_nobody() {
        assert_eq!(
            inline("<b> @all #1 [x](y) a|b"),
            "&lt;b&gt; @<!-- -->all \\#1 \\[x\\](y) a\\|b"
        );
    }
}
