//! Everything that can be written, by chance, and everything that can be read.

use crate::support::{append, finding, remedy};
use bartizan_store::graph::{
    AssetStatementRow, AttestationRow, BillRow, CheckRunRow, ClosingRow, ComponentRow, CoverageRow, DayRow,
    DueRow, EdgeRow, EventRow, FindingCountRow, FindingFilter, Lack, Member, RemedyTotals, ScanRow, Shipped,
    SignInRow, Status, VerificationRow, WaiverRow,
};
use bartizan_store::{Session, Store, StoreError, TenantId};
use proptest::prelude::*;
use std::fmt::{Debug, Write};

/// One write. Numbers are small, so that rows meet.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    kind: u8,
    n: [i64; 4],
    text: String,
    maybe: Option<String>,
    bytes: Vec<u8>,
}

const KINDS: u8 = 41;

/// A list of writes.
pub(crate) fn history() -> impl Strategy<Value = Vec<Operation>> {
    let text = prop_oneof![
        8 => prop::sample::select(vec!["", "a", "A", "b", "é", "e\u{301}", "z", "Ω", "\u{1f980}", "repo:a", "%_'\"\\"]).prop_map(str::to_owned),
        2 => "\\PC{0,12}",
        1 => Just("nul\0".to_owned()),
        1 => Just("long".repeat(501)),
    ];
    let operation = (
        0..KINDS,
        prop::array::uniform4(0_i64..5),
        text.clone(),
        prop::option::of(text),
        prop::collection::vec(any::<u8>(), 0..4),
    )
        .prop_map(|(kind, n, text, maybe, bytes)| Operation {
            kind,
            n,
            text,
            maybe,
            bytes,
        });
    prop::collection::vec(operation, 0..40)
}

/// Does one after the other, each in a transaction of its own; out comes what became of each.
pub(crate) fn play(store: &Store, tenant: TenantId, history: &[Operation]) -> Vec<String> {
    history
        .iter()
        .map(|operation| {
            match store.write(tenant, |session| apply(session, operation)) {
                Ok(()) => "done",
                Err(StoreError::Refused(_)) => "refused",
                Err(StoreError::Unstorable(_)) => "unstorable",
                Err(other) => panic!("{operation:?}: {other:?}"),
            }
            .to_owned()
        })
        .collect()
}

fn apply(session: &mut Session<'_>, operation: &Operation) -> Result<(), StoreError> {
    if operation.kind < 13 {
        apply_to_things_and_findings(session, operation)
    } else {
        apply_to_the_rest(session, operation)
    }
}

fn apply_to_things_and_findings(session: &mut Session<'_>, operation: &Operation) -> Result<(), StoreError> {
    let Operation {
        kind,
        n: [a, b, c, d],
        text,
        maybe,
        bytes,
    } = operation.clone();
    match kind {
        0 => session.see_asset(&text, a).map(|_| ()),
        1 => session.set_asset_owner(a, maybe.as_deref()),
        2 => session.set_asset_labels(a, &text),
        3 => session.see_edge(a, &text, b, c),
        4 if d % 2 == 0 => session.see_scope(a, &text, b, c).map(|_| ()),
        4 => session.scopes_called(&text, &[a, d + 9], b).map(|_| ()),
        5 => session.add_scan(&ScanRow {
            seq: a,
            scope: b,
            build: maybe,
            at: c,
            verdict: text.clone(),
            reasons: text,
            findings: d,
            skipped: 0,
            tool: String::new(),
            rules: String::new(),
        }),
        6 => session.set_check_runs(&[run(a, &text, c), run(b, maybe.as_deref().unwrap_or(&text), d)]),
        7 => {
            let mut rows = [(finding(a, b), bytes.clone()), (finding(c, d), bytes)];
            rows[0].0.rule = text;
            rows[1].0.due = (d > 2).then_some(d);
            rows[1].0.status = Status::ALL[(d % 3) as usize];
            rows[1].0.waived_until = Some(c);
            session.set_findings(&rows)
        }
        8 => {
            let mut row = finding(a, b);
            (row.waiver, row.closed) = (maybe, Some(d));
            session.renew_findings(&[row])
        }
        9 => session.add_finding_ids(&[(text.clone(), a), (text, b)]),
        10 => session.set_sightings(b, &[(c, a, true), (d, a, false)]),
        11 => session.add_events(&[EventRow {
            finding: a,
            seq: b,
            kind: text.clone(),
            at: c,
            by: text,
            note: String::new(),
        }]),
        _ => {
            let day = |day, severity| DayRow {
                day,
                severity,
                opened: c,
                fixed: d,
                waived: -c,
                spent: d,
                promised: c,
                kept: a,
            };
            session.add_to_days(&[day(a, b), day(b, a), day(c, d)])
        }
    }
}

fn run(scope: i64, name: &str, seq: i64) -> CheckRunRow {
    CheckRunRow {
        scope,
        name: name.to_owned(),
        seq,
        status: String::new(),
        note: String::new(),
    }
}

fn apply_to_the_rest(session: &mut Session<'_>, operation: &Operation) -> Result<(), StoreError> {
    let Operation {
        kind,
        n: [a, b, c, d],
        text,
        maybe,
        bytes,
    } = operation.clone();
    match kind {
        13 => {
            if session.remedies_called(&text, &[a])?.is_empty() {
                let id = session.next_remedy()?;
                session.set_remedies(&[remedy(id, a, &text, maybe.as_deref())])?;
            }
            Ok(())
        }
        14 => {
            session.add_to_open(&[(b, c, d), (b, c, -1)])?;
            session.add_to_remedies(&[(a, b, c, d), (b, b, c, -d), (a, b, c, 1)])
        }
        15 => {
            let mut rows = session.remedies_by_id(&[a, b])?;
            for row in &mut rows {
                row.totals = RemedyTotals {
                    rank: b,
                    findings: c,
                    decision: d,
                    severity: 0,
                    due: maybe.as_ref().map(|_| d),
                };
            }
            session.set_remedies(&rows)
        }
        16 => session.set_remedy_owner(a, maybe.as_deref()),
        17 => session.add_components(&[ComponentRow {
            id: a,
            purl: format!("pkg:{text}"),
            package: text.clone(),
            name: text,
            version: maybe.clone(),
            ecosystem: None,
            source_name: maybe,
            source_version: None,
        }]),
        18 => session.add_licenses(&[(text.clone(), a), (text, a)]),
        19 => session
            .add_chunks(&[(&bytes, [member(a, &[b]), member(c, &[])])])
            .map(|_| ()),
        20 => session.add_inventory(&bytes, &[a, b], c, d).map(|_| ()),
        21 => session
            .add_bill(&BillRow {
                seq: a,
                asset: b,
                build: maybe,
                inventory: c,
                at: d,
                is_current: true,
            })
            .map(|_| ()),
        22 => append(session, &bytes, text.as_bytes()).map(|_| ()),
        23 => session.take_body_away(a).map(|_| ()),
        24 => session.set_tiles([(a, b, bytes.as_slice()), (c, d, b"x"), (a, b, b"y")]),
        25 => session.add_waiver(&WaiverRow {
            seq: a,
            fingerprint: Some(bytes),
            rule: maybe.clone(),
            asset: maybe,
            reason: text.clone(),
            vex: None,
            by: text,
            created: b,
            until: None,
            ended: (c > 2).then_some(d),
        }),
        26 => session.end_waiver(a, b).map(|_| ()),
        27 => session.set_policy(&text, maybe.as_deref().unwrap_or(""), a),
        28 => session.add_attestation(&AttestationRow {
            withdrawn: None,
            withdrawn_seq: None,
            seq: a,
            control: text.clone(),
            statement: text.clone(),
            by: text,
            at: b,
            until: Some(c),
        }),
        29 => session.set_asset_labels(b, &text),
        30 => session
            .see_edges(
                &[
                    edge(a, &text, b),
                    edge(a, &text, c),
                    edge(c, "a", d),
                    edge(a, &text, b),
                ],
                d,
            )
            .map(|_| ()),
        31 => session.cut_edge(&edge(a, &text, b), c).map(|_| ()),
        32 => session
            .see_assets(&[&text, "repo:a", maybe.as_deref().unwrap_or("z:z"), &text], a)
            .map(|_| ()),
        33 => session.add_provenance(a, b, c),
        _ => apply_to_what_controls_rest_on(session, operation),
    }
}

fn apply_to_what_controls_rest_on(
    session: &mut Session<'_>,
    operation: &Operation,
) -> Result<(), StoreError> {
    let Operation {
        kind,
        n: [a, b, c, d],
        text,
        maybe,
        ..
    } = operation.clone();
    match kind {
        34 => {
            let row = |rule: &str, findings| FindingCountRow {
                class: a,
                rule: rule.to_owned(),
                status: b % 3,
                severity: c,
                asset: d,
                due_day: a - 1,
                findings,
            };
            session.add_to_finding_counts(&[row(&text, d), row(maybe.as_deref().unwrap_or(&text), 1 - b)])
        }
        35 => session.set_coverage(&[
            coverage(&text, [a, b, c], maybe.is_none()),
            coverage(&text, [a, c, d], maybe.is_some()),
        ]),
        36 => session.see_asset_statement(&AssetStatementRow {
            predicate: text,
            asset: a,
            seq: b,
            at: c,
        }),
        37 => session.see_sign_in(&SignInRow {
            login: text,
            granted: maybe.is_some(),
            seq: a,
            at: b,
        }),
        39 => {
            let due = |asset, day| DueRow {
                asset,
                day,
                severity: c,
                open: d,
                open_due: a,
                passed: -b,
                passed_due: c,
                ended: 1,
                ended_due: d,
            };
            session.add_to_dues(&[due(a, b), due(0, b), due(a, b)])
        }
        40 => {
            let closing = |day, class| ClosingRow {
                day,
                severity: c,
                class,
                findings: d,
            };
            session.add_to_closings(&[closing(a, b), closing(b, a)])
        }
        _ if maybe.is_some() => session.withdraw_attestation(a, b, c).map(|_| ()),
        _ => session.set_verification(&VerificationRow {
            seq: a,
            at: b,
            entries: c,
            is_intact: d > 2,
        }),
    }
}

fn coverage(name: &str, [asset, seq, at]: [i64; 3], is_whole: bool) -> CoverageRow {
    CoverageRow {
        name: name.to_owned(),
        asset,
        seq,
        at,
        status: "ran".to_owned(),
        why: String::new(),
        whole_seq: is_whole.then_some(seq),
        whole_at: is_whole.then_some(at),
    }
}

fn edge(source: i64, kind: &str, target: i64) -> EdgeRow {
    EdgeRow {
        source,
        kind: kind.to_owned(),
        target,
    }
}

fn member(component: i64, depends_on: &[i64]) -> Member {
    Member {
        component,
        scope: 0,
        direct: None,
        depends_on: depends_on.to_vec(),
    }
}

/// What every call that reads says to every small number.
pub(crate) fn dump(store: &Store, tenant: TenantId) -> String {
    let mut out = String::new();
    store
        .read(tenant, |session| {
            dump_lists(session, &mut out)?;
            (0..6).try_for_each(|number| dump_number(session, number, &mut out))?;
            session.each_derived_row(|line| {
                // Every row begins with the number of its tenant.
                let (table, row) = line.split_once(' ').unwrap_or_default();
                say(&mut out, &(table, row.split_once(')').map(|(_, rest)| rest)));
                Ok(())
            })
        })
        .unwrap();
    out
}

fn say(out: &mut String, value: &dyn Debug) {
    writeln!(out, "{value:?}").unwrap();
}

fn dump_lists(session: &mut Session<'_>, out: &mut String) -> Result<(), StoreError> {
    say(out, &session.log_size()?);
    say(out, &session.statements(0, 9)?);
    say(out, &session.newest_statements(None, 9, 9)?);
    say(out, &session.assets(None, -1, 99)?);
    say(out, &session.assets(Some("repo"), -1, 99)?);
    session.each_edge_change(-1, |seq, pack| {
        say(out, &(seq, pack));
        Ok(())
    })?;
    say(out, &session.last_edge_change()?);
    session.each_asset_kind(0, |id, kind| {
        say(out, &(id, kind));
        Ok(())
    })?;
    say(out, &session.labelled_assets()?);
    say(out, &session.open_by_asset()?);
    say(out, &session.best_changes(None, 99)?);
    say(out, &session.best_changes(Some((3, 2)), 99)?);
    for lack in [Lack::Bill, Lack::Provenance, Lack::Owner] {
        say(out, &session.assets_lacking(lack, &["repo", "", "a"], 0, 99)?);
        say(out, &session.count_lacking(lack, &["repo", "image"])?);
        say(out, &session.assets_lacking(lack, &[], 0, 99)?);
    }
    let mut rows = session.components_by_id(&[0, 1, 2, 3, 4])?;
    rows.sort_by_key(|row| row.id);
    say(out, &rows);
    let mut rows = session.licenses_of(&[0, 1, 2, 3, 4])?;
    rows.sort_unstable();
    say(out, &rows);
    say(out, &session.scopes()?);
    say(out, &session.last_scans("", 9)?);
    say(out, &session.verdict_counts()?);
    say(out, &session.check_counts()?);
    say(out, &session.check_runs_that("", 9)?);
    say(out, &session.check_runs()?);
    say(out, &session.next_finding()?);
    say(out, &session.ended_waivers(3, 9)?);
    say(out, &session.days(9)?);
    say(out, &session.ranked_remedies(None, 99)?);
    say(out, &session.ranked_remedies(Some((2, 2)), 99)?);
    say(out, &session.next_component()?);
    say(out, &session.components(-1, 99)?);
    say(out, &session.waivers()?);
    say(out, &session.attestations()?);
    say(out, &session.sign_ins()?);
    say(out, &session.verification()?);
    say(out, &session.finding_sums(None, 2)?);
    say(out, &session.finding_sums(Some(&[1, 2]), 2)?);
    say(out, &session.due_between(1, 4)?);
    say(out, &session.late_counts(0)?);
    say(out, &session.late_findings(0)?);
    say(out, &session.overdue_findings(4)?);
    say(out, &session.cited(&[0, 1, 2])?);
    say(out, &session.open_counts()?);
    for at in [0, 2, 4_000, 100_000] {
        say(out, &session.breached(at)?);
        say(out, &session.breached_by_asset(at)?);
        say(out, &session.due_findings((at - 3, at + 3), 0, None, 9)?);
        say(out, &session.due_findings((0, at), 2, Some((2, 1)), 9)?);
        say(out, &session.count_due((0, at))?);
    }
    say(out, &session.dues()?);
    say(out, &session.closings(1)?);
    say(out, &session.counted(2, 1)?);
    say(out, &session.policies(&["", "a", "é"])?);
    for status in Status::ALL {
        say(out, &session.count_findings(status)?);
    }
    session.each_chunk(-1, |chunk| {
        say(out, &chunk);
        Ok(())
    })?;
    for text in ["", "a", "é", "repo:a", "Ω"] {
        let purl = format!("pkg:{text}");
        say(out, &session.asset(text)?);
        say(out, &session.policy(text)?);
        say(out, &session.coverage(text, None)?);
        say(out, &session.coverage(text, Some(&[1, 3]))?);
        say(out, &session.asset_statements(text, None)?);
        say(out, &session.asset_statements(text, Some(&[0, 2]))?);
        say(out, &session.assets_of_scheme(text)?);
        say(out, &session.assets_with_open((1, 2), text, 9)?);
        say(out, &session.open_of_asset(1, (text, 2), 9)?);
        say(out, &session.findings_of_rule(text)?);
        say(out, &session.ranked_findings(&about(text), None, 9)?);
        say(out, &session.component_ids(&["pkg:a", &purl, "pkg:"])?);
        say(out, &session.components_called(text, 9)?);
        say(out, &session.components_under(text, 9)?);
        say(out, &session.bills_shipping(Shipped::Called(text), -1, 9)?);
        say(out, &session.bills_shipping(Shipped::Under(text), -1, 9)?);
        say(out, &session.assets_affected_by(text, -1, 9)?);
        say(out, &session.components_affected_by(text, 1)?);
        say(out, &session.remedies_by_change(text, -1, 9)?);
        say(out, &session.change_urgency(text)?);
    }
    Ok(())
}

fn about(text: &str) -> FindingFilter {
    FindingFilter {
        status: Status::Open,
        severity: 1,
        asset: None,
        rule: None,
        remedy: None,
        about: Some(text.to_owned()),
        due_before: None,
    }
}

fn dump_number(session: &mut Session<'_>, number: i64, out: &mut String) -> Result<(), StoreError> {
    say(out, &session.statement(number)?);
    say(out, &session.body(number)?);
    say(out, &session.asset_by_id(number)?);
    say(out, &session.scan(number)?);
    say(out, &session.finding(number)?);
    say(out, &session.finding_detail(number)?);
    session.each_finding_of(number, |row| {
        say(out, &row);
        Ok(())
    })?;
    say(out, &session.findings_by_print(&finding(number, 0).fingerprint)?);
    say(out, &session.sightings_of_asset(number)?);
    say(out, &session.scopes_of(number)?);
    say(out, &session.scopes_by_id(&[number])?);
    say(out, &session.last_sight(number)?);
    say(out, &session.events_of(number)?);
    say(out, &session.remedy(number)?);
    say(out, &session.remedies_of(number)?);
    say(out, &session.remedy_counts(&[number, number + 1])?);
    say(out, &session.remedy_dues(&[number, number + 1])?);
    say(out, &session.assets_of(&[number + 1, number])?);
    say(out, &session.component(number)?);
    say(out, &session.inventory(number)?);
    say(out, &session.members_of(number)?);
    say(out, &session.bills_of(number, 9)?);
    say(out, &session.bill(number)?);
    say(out, &session.current_bill(number)?);
    say(out, &session.change(number)?);
    say(out, &session.events_between(number, (0, 4), 9)?);
    say(out, &session.bills_with(number, -1, 9)?);
    for digest in [&[number as u8][..], &[]] {
        say(out, &session.statement_by_digest(digest)?);
        say(out, &session.chunk_by_digest(digest)?);
        say(out, &session.inventory_by_digest(digest)?);
    }
    (0..5).try_for_each(|index| session.tile(number, index).map(|tile| say(out, &tile)))
}
