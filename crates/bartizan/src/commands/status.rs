//! `bartizan status`: where things stand.

use crate::args::{Common, StatusArgs};
use crate::error::Outcome;
use crate::output::print;
use crate::plane::Plane;
use crate::table::columns;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Write;

#[derive(Serialize, Deserialize)]
struct Posture {
    verdict: String,
    verdicts: BTreeMap<String, u64>,
    scopes: Vec<Scope>,
    checks: BTreeMap<String, u64>,
    gaps: Vec<Gap>,
    open: BTreeMap<String, i64>,
    waived: i64,
    overdue: i64,
}

#[derive(Serialize, Deserialize)]
struct Scope {
    asset: String,
    scope: String,
    verdict: String,
    at: String,
}

#[derive(Serialize, Deserialize)]
struct Gap {
    asset: String,
    check: String,
    status: String,
    note: String,
}

#[derive(Serialize, Deserialize)]
struct Page {
    items: Vec<Fix>,
}

#[derive(Serialize, Deserialize)]
struct Fix {
    id: i64,
    asset: String,
    what: String,
    owner: Option<String>,
    findings: i64,
    decision: String,
    severity: String,
    due: Option<String>,
}

/// Asks and prints.
pub(crate) fn run(common: &Common, args: &StatusArgs, _: crate::terminal::Terminal) -> Outcome {
    let config = super::serve::configuration(common)?;
    let plane = Plane::open(common, &config)?;
    let posture: Posture = plane.get("/api/v1/posture")?;
    let fixes: Page = plane.get(&format!("/api/v1/fixes?limit={}", args.fixes.clamp(1, 500)))?;
    if args.output == "json" {
        let value = serde_json::json!({ "posture": posture, "fixes": fixes.items });
        print(format!("{value:#}\n"))?;
    } else {
        print(text(&posture, &fixes.items))?;
    }
    Ok(match posture.verdict.as_str() {
        "allow" => 0,
        "deny" => 1,
        _ => 4,
    })
}

fn text(posture: &Posture, fixes: &[Fix]) -> String {
    let mut out = format!("verdict: {}\n", posture.verdict);
    let severities = ["critical", "high", "medium", "low", "info"];
    let open: Vec<String> = severities
        .iter()
        .filter_map(|word| {
            Some(format!(
                "{} {word}",
                posture.open.get(*word).filter(|count| **count > 0)?
            ))
        })
        .collect();
    let open = if open.is_empty() {
        "none".to_owned()
    } else {
        open.join(", ")
    };
    let _ = writeln!(
        out,
        "open: {open}; waived: {}; overdue: {}",
        posture.waived, posture.overdue
    );
    let ran = posture.checks.get("ran").copied().unwrap_or(0);
    let all: u64 = posture.checks.values().sum();
    let _ = writeln!(out, "checks that ran to their end: {ran} of {all}");
    if !posture.scopes.is_empty() {
        out.push('\n');
        let rows = posture.scopes.iter().map(|scope| {
            [
                scope.verdict.clone(),
                scope.asset.clone(),
                scope.scope.clone(),
                scope.at.clone(),
            ]
        });
        out.push_str(&columns(&rows.collect::<Vec<_>>()));
        more(&mut out, posture.scopes.len(), posture.verdicts.values().sum());
    }
    if !posture.gaps.is_empty() {
        out.push_str("\nnot looked at, or not fully:\n");
        let rows = posture.gaps.iter().map(|gap| {
            [
                gap.status.clone(),
                gap.check.clone(),
                gap.asset.clone(),
                gap.note.clone(),
            ]
        });
        out.push_str(&columns(&rows.collect::<Vec<_>>()));
        more(&mut out, posture.gaps.len(), all.saturating_sub(ran));
    }
    if !fixes.is_empty() {
        out.push_str("\nto do first:\n");
        let rows = fixes.iter().map(|fix| {
            [
                fix.decision.clone(),
                fix.severity.clone(),
                format!("closes {}", fix.findings),
                fix.due.clone().unwrap_or_default(),
                fix.asset.clone(),
                fix.what.clone(),
            ]
        });
        out.push_str(&columns(&rows.collect::<Vec<_>>()));
    }
    out
}

/// Says what is not listed.
fn more(out: &mut String, listed: usize, all: u64) {
    let rest = all.saturating_sub(listed as u64);
    if rest > 0 {
        let _ = writeln!(out, "… and {rest} more");
    }
}
