use crate::support::{finding, read, with_tenant, write};
use bartizan_store::StoreError;
use bartizan_store::graph::{AttestationRow, FindingFilter, FindingRow, Status, WaiverRow};
use bartizan_testbed::{Database, on_both_engines};

on_both_engines!(
    waivers_hold_until_they_are_ended_once,
    a_part_of_the_policy_is_kept_in_place_of_what_it_was,
    what_is_vouched_for_is_kept_in_order,
    findings_are_paged_by_rank_through_every_filter,
    findings_are_counted,
);

fn waiver(seq: i64) -> WaiverRow {
    WaiverRow {
        seq,
        fingerprint: (seq == 1).then(|| vec![0; 16]),
        rule: (seq == 2).then(|| "leak/token".to_owned()),
        asset: None,
        reason: "«tested»".to_owned(),
        vex: None,
        by: "someone".to_owned(),
        created: 5,
        until: (seq == 1).then_some(9),
        ended: None,
    }
}

fn waivers_hold_until_they_are_ended_once(database: &Database) {
    let (store, tenant) = with_tenant(database);
    write(&store, tenant, |session| {
        session.add_waiver(&waiver(2))?;
        session.add_waiver(&waiver(1))
    });
    assert!(write(&store, tenant, |session| session.end_waiver(1, 7)));
    assert!(!write(&store, tenant, |session| session.end_waiver(1, 8)));
    assert!(!write(&store, tenant, |session| session.end_waiver(3, 8)));
    let mut ended = waiver(1);
    ended.ended = Some(7);
    assert_eq!(
        read(&store, tenant, |session| session.waivers()),
        [ended, waiver(2)]
    );
    let twice = store.write(tenant, |session| session.add_waiver(&waiver(2)));
    assert!(matches!(twice, Err(StoreError::Refused(_))), "{twice:?}");
}

fn a_part_of_the_policy_is_kept_in_place_of_what_it_was(database: &Database) {
    let (store, tenant) = with_tenant(database);
    write(&store, tenant, |session| {
        session.set_policy("objectives", "{}", 1)?;
        session.set_policy("objectives", "{\"é\":1}", 2)
    });
    read(&store, tenant, |session| {
        assert_eq!(session.policy("objectives")?.as_deref(), Some("{\"é\":1}"));
        assert_eq!(session.policy("Objectives")?, None);
        Ok(())
    });
}

fn what_is_vouched_for_is_kept_in_order(database: &Database) {
    let (store, tenant) = with_tenant(database);
    let row = |seq, until| AttestationRow {
        withdrawn: None,
        withdrawn_seq: None,
        seq,
        control: "soc2:CC6.1".to_owned(),
        statement: "Doors are locked".to_owned(),
        by: "someone".to_owned(),
        at: 3,
        until,
    };
    write(&store, tenant, |session| {
        session.add_attestation(&row(4, None))?;
        session.add_attestation(&row(3, Some(9)))
    });
    let rows = read(&store, tenant, |session| session.attestations());
    assert_eq!(rows, [row(3, Some(9)), row(4, None)]);
}

fn everything() -> FindingFilter {
    FindingFilter {
        status: Status::Open,
        severity: 0,
        asset: None,
        rule: None,
        remedy: None,
        about: None,
        due_before: None,
    }
}

/// Twelve findings that differ in all that is asked for.
fn varied(id: i64) -> FindingRow {
    let mut row = finding(id, id % 2);
    row.severity = id % 5;
    row.rule = format!("rule/{}", id % 3);
    row.remedy = id % 4;
    row.rank = id / 3;
    row.due = (id % 2 == 0).then_some(id);
    row.status = if id == 12 { Status::Fixed } else { Status::Open };
    row
}

fn findings_are_paged_by_rank_through_every_filter(database: &Database) {
    let (store, tenant) = with_tenant(database);
    let all: Vec<FindingRow> = (1..=12).map(varied).collect();
    write(&store, tenant, |session| {
        let rows: Vec<_> = all.iter().map(|row| (row.clone(), Vec::new())).collect();
        session.set_findings(&rows)?;
        session.add_finding_ids(&[
            ("CWE-798".to_owned(), 3),
            ("CWE-798".to_owned(), 10),
            ("CVE-1".to_owned(), 4),
        ])
    });
    let filters = [
        everything(),
        FindingFilter {
            status: Status::Fixed,
            ..everything()
        },
        FindingFilter {
            severity: 3,
            ..everything()
        },
        FindingFilter {
            asset: Some(1),
            ..everything()
        },
        FindingFilter {
            rule: Some("rule/2".to_owned()),
            ..everything()
        },
        FindingFilter {
            remedy: Some(3),
            ..everything()
        },
        FindingFilter {
            about: Some("CWE-798".to_owned()),
            ..everything()
        },
        FindingFilter {
            due_before: Some(6),
            ..everything()
        },
        FindingFilter {
            severity: 1,
            asset: Some(0),
            rule: Some("rule/1".to_owned()),
            remedy: Some(2),
            about: Some("CWE-798".to_owned()),
            due_before: Some(i64::MAX),
            ..everything()
        },
    ];
    for filter in filters {
        let mut expected: Vec<&FindingRow> = all.iter().filter(|row| fits(&filter, row)).collect();
        expected.sort_by_key(|row| std::cmp::Reverse((row.rank, row.id)));
        let mut behind = None;
        let mut paged = Vec::new();
        loop {
            let page = read(&store, tenant, |session| {
                session.ranked_findings(&filter, behind, 2)
            });
            let Some(last) = page.last() else { break };
            behind = Some((last.rank, last.id));
            paged.extend(page);
        }
        assert_eq!(paged.iter().collect::<Vec<_>>(), expected, "{filter:?}");
    }
}

fn fits(filter: &FindingFilter, row: &FindingRow) -> bool {
    let about = |id: &str| id == "CWE-798" && [3, 10].contains(&row.id);
    row.status == filter.status
        && row.severity >= filter.severity
        && filter.asset.is_none_or(|asset| row.asset == asset)
        && filter.rule.as_ref().is_none_or(|rule| row.rule == *rule)
        && filter.remedy.is_none_or(|remedy| row.remedy == remedy)
        && filter.about.as_deref().is_none_or(about)
        && filter
            .due_before
            .is_none_or(|due| row.due.is_some_and(|own| own < due))
}

fn findings_are_counted(database: &Database) {
    let (store, tenant) = with_tenant(database);
    read(&store, tenant, |session| {
        assert_eq!(session.count_findings(Status::Open)?, 0);
        assert_eq!(session.open_counts()?, []);
        Ok(())
    });
    write(&store, tenant, |session| {
        let rows: Vec<_> = (1..=12).map(|id| (varied(id), Vec::new())).collect();
        session.set_findings(&rows)?;
        session.add_to_open(&[(2, 3, 5), (0, 0, 1)])?;
        session.add_to_open(&[(2, 3, 4), (0, 0, -1)])
    });
    read(&store, tenant, |session| {
        assert_eq!(session.count_findings(Status::Open)?, 11);
        assert_eq!(session.count_findings(Status::Waived)?, 0);
        let late = session.count_due((0, 6))?;
        assert_eq!(late.iter().map(|(_, findings)| findings).sum::<i64>(), 2);
        assert_eq!(session.open_counts()?, [(2, 3, 9)]);
        let ids: Vec<i64> = session
            .findings_of_rule("rule/1")?
            .iter()
            .map(|row| row.id)
            .collect();
        assert_eq!(ids, [1, 4, 7, 10]);
        Ok(())
    });
}
