use crate::support::{finding, read, remedy, texts, with_tenant, write};
use bartizan_store::StoreError;
use bartizan_store::graph::{CheckRunRow, DayRow, EventRow, RemedyTotals, ScanRow, Status};
use bartizan_testbed::{Database, on_both_engines};

on_both_engines!(
    a_thing_is_one_row_however_often_it_is_seen,
    things_are_paged_by_number_and_narrowed_by_kind,
    a_scope_keeps_its_newest_look,
    the_last_scan_of_each_scope_is_known,
    the_last_run_of_each_check_is_kept,
    findings_are_renewed_in_place,
    findings_are_recognised_by_thing_and_print,
    sightings_say_where_a_finding_is_there,
    scopes_of_many_things_are_made_at_once_and_count_as_never_looked_at,
    findings_that_share_their_json_keep_it_each,
    waivers_that_ended_are_found,
    what_happened_is_kept_once_and_in_order,
    days_are_added_up,
    remedies_are_paged_by_rank_without_loss,
    numbers_of_open_findings_are_added_up_for_each_remedy,
    clearing_the_graph_leaves_the_ledger,
);

fn a_thing_is_one_row_however_often_it_is_seen(database: &Database) {
    let (store, tenant) = with_tenant(database);
    write(&store, tenant, |session| {
        assert_eq!(session.see_asset("repo:a", 5)?, 1);
        assert_eq!(session.see_asset("image:sha256:b", 6)?, 2);
        assert_eq!(session.see_asset("repo:a", 9)?, 1);
        assert_eq!(session.see_asset("repo:a", 7)?, 1);
        session.set_asset_owner(1, Some("ops"))?;
        session.set_asset_labels(1, r#"{"team":"ö"}"#)
    });
    let row = read(&store, tenant, |session| session.asset("repo:a")).unwrap();
    assert_eq!((row.first_seen, row.last_seen, row.kind.as_str()), (5, 9, "repo"));
    assert_eq!(
        (row.owner.as_deref(), row.labels.as_str()),
        (Some("ops"), r#"{"team":"ö"}"#)
    );
    write(&store, tenant, |session| session.set_asset_owner(1, None));
    let row = read(&store, tenant, |session| session.asset_by_id(1)).unwrap();
    assert_eq!(row.owner, None);
    assert_eq!(read(&store, tenant, |session| session.asset_by_id(3)), None);
}

fn things_are_paged_by_number_and_narrowed_by_kind(database: &Database) {
    let (store, tenant) = with_tenant(database);
    write(&store, tenant, |session| {
        for number in 1..=7 {
            let kind = if number % 3 == 0 { "image" } else { "repo" };
            session.see_asset(&format!("{kind}:{number}"), 1)?;
        }
        Ok(())
    });
    let page = |kind, after, limit| -> Vec<i64> {
        let rows = read(&store, tenant, |session| session.assets(kind, after, limit));
        rows.iter().map(|row| row.id).collect()
    };
    assert_eq!(page(None, 0, 3), [1, 2, 3]);
    assert_eq!(page(None, 3, 99), [4, 5, 6, 7]);
    assert_eq!(page(Some("image"), 0, 99), [3, 6]);
    assert_eq!(page(Some("image"), 3, 99), [6]);
    assert_eq!(page(Some("none"), 0, 99), [0; 0]);
    assert_eq!(page(None, 0, 0), [0; 0]);
    assert_eq!(page(None, 0, -5), [0; 0]);
}

fn a_scope_keeps_its_newest_look(database: &Database) {
    let (store, tenant) = with_tenant(database);
    write(&store, tenant, |session| {
        assert_eq!(session.see_scope(1, "scan .", 1, 100)?, (1, None));
        assert_eq!(session.see_scope(1, "scan . ", 2, 110)?, (2, None));
        assert_eq!(session.see_scope(1, "scan .", 3, 120)?, (1, Some(100)));
        // One that came late changes nothing.
        assert_eq!(session.see_scope(1, "scan .", 4, 90)?, (1, Some(120)));
        Ok(())
    });
    let rows = read(&store, tenant, |session| session.scopes());
    let seen: Vec<_> = rows
        .iter()
        .map(|row| (row.id, row.last_seq, row.last_at))
        .collect();
    assert_eq!(seen, [(1, 3, 120), (2, 2, 110)]);
}

fn scan(seq: i64, scope: i64) -> ScanRow {
    ScanRow {
        seq,
        scope,
        build: (seq % 2 == 0).then(|| format!("commit:{seq}")),
        at: 100 + seq,
        verdict: "deny".to_owned(),
        reasons: "[\"ü\"]".to_owned(),
        findings: 3,
        skipped: 0,
        tool: "bartizan 0.1.0".to_owned(),
        rules: "sha256:0".to_owned(),
    }
}

fn the_last_scan_of_each_scope_is_known(database: &Database) {
    let (store, tenant) = with_tenant(database);
    write(&store, tenant, |session| {
        for seq in 1..=6 {
            let (scope, _) = session.see_scope(1, &format!("scope {}", seq % 2), seq, 100 + seq)?;
            session.add_scan(&scan(seq, scope))?;
        }
        Ok(())
    });
    let seqs = |rows: Vec<ScanRow>| -> Vec<i64> { rows.iter().map(|row| row.seq).collect() };
    read(&store, tenant, |session| {
        assert_eq!(session.scan(4)?, Some(scan(4, 2)));
        assert_eq!(session.scan(3)?, Some(scan(3, 1)));
        assert_eq!(session.scan(7)?, None);
        assert_eq!(seqs(session.last_scans("deny", 9)?), [6, 5]);
        assert_eq!(seqs(session.last_scans("deny", 1)?), [6]);
        assert!(seqs(session.last_scans("allow", 9)?).is_empty());
        assert_eq!(session.verdict_counts()?, [("deny".to_owned(), 2)]);
        Ok(())
    });
    let twice = store.write(tenant, |session| session.add_scan(&scan(6, 1)));
    assert!(matches!(twice, Err(StoreError::Refused(_))), "{twice:?}");
}

fn the_last_run_of_each_check_is_kept(database: &Database) {
    let (store, tenant) = with_tenant(database);
    let run = |scope, name: &str, seq, status: &str| CheckRunRow {
        scope,
        name: name.to_owned(),
        seq,
        status: status.to_owned(),
        note: String::new(),
    };
    write(&store, tenant, |session| {
        session.set_check_runs(&[])?;
        session.set_check_runs(&[
            run(2, "leak", 1, "ran"),
            run(1, "é", 1, "ran"),
            run(1, "Z", 1, "ran"),
        ])?;
        // The same check twice in one batch: the last one stays.
        session.set_check_runs(&[
            run(1, "a", 2, "ran"),
            run(1, "Z", 2, "partial"),
            run(1, "Z", 3, "failed"),
        ])
    });
    let rows = read(&store, tenant, |session| session.check_runs());
    assert_eq!(
        rows,
        [
            run(1, "Z", 3, "failed"),
            run(1, "a", 2, "ran"),
            run(1, "é", 1, "ran"),
            run(2, "leak", 1, "ran")
        ]
    );
}

fn findings_are_renewed_in_place(database: &Database) {
    let (store, tenant) = with_tenant(database);
    let mut first = finding(1, 1);
    let mut second = finding(2, 1);
    write(&store, tenant, |session| {
        session.set_findings::<&[u8]>(&[])?;
        session.renew_findings(&[])?;
        session.set_findings(&[
            (first.clone(), b"{\"one\":1}".to_vec()),
            (second.clone(), Vec::new()),
        ])
    });
    assert_eq!(read(&store, tenant, |session| session.next_finding()), 3);
    (first.status, first.closed, first.due) = (Status::Fixed, Some(30), Some(-1));
    (first.waiver, first.waived_until) = (Some("{\"я\":1}".to_owned()), Some(0));
    (first.component, first.message) = (Some(8), String::new());
    second.rank = i64::MIN;
    second.closed = Some(7);
    write(&store, tenant, |session| {
        // Twice in one batch: the last one stays.
        let before = (finding(1, 1), b"old".to_vec());
        session.set_findings(&[before, (first.clone(), b"{\"two\":2}".to_vec())])?;
        session.renew_findings(&[second.clone()])
    });
    read(&store, tenant, |session| {
        assert_eq!(session.finding(1)?, Some(first.clone()));
        assert_eq!(session.finding(2)?, Some(second.clone()));
        assert_eq!(session.finding(3)?, None);
        assert_eq!(session.finding_detail(1)?, Some(b"{\"two\":2}".to_vec()));
        assert_eq!(session.finding_detail(2)?, Some(Vec::new()));
        assert_eq!(session.finding_detail(3)?, None);
        Ok(())
    });
}

fn findings_are_recognised_by_thing_and_print(database: &Database) {
    let (store, tenant) = with_tenant(database);
    let mut elsewhere = finding(3, 2);
    elsewhere.fingerprint = finding(1, 1).fingerprint;
    write(&store, tenant, |session| {
        session.set_findings(&[
            (finding(2, 1), Vec::new()),
            (finding(1, 1), Vec::new()),
            (elsewhere.clone(), Vec::new()),
        ])?;
        session.add_finding_ids(&[])?;
        session.add_finding_ids(&[
            ("CVE-1".to_owned(), 1),
            ("CVE-1".to_owned(), 1),
            ("CVE-1".to_owned(), 2),
        ])?;
        session.add_finding_ids(&[("CVE-1".to_owned(), 1)])
    });
    read(&store, tenant, |session| {
        let same = session.findings_by_print(&finding(1, 1).fingerprint)?;
        assert_eq!(same.iter().map(|row| row.id).collect::<Vec<_>>(), [1, 3]);
        let mut of_one = Vec::new();
        session.each_finding_of(1, |row| {
            of_one.push(row.id);
            Ok(())
        })?;
        assert_eq!(of_one, [1, 2]);
        Ok(())
    });
    let mut twin = finding(4, 1);
    twin.fingerprint = finding(1, 1).fingerprint;
    let twice = store.write(tenant, |session| {
        session.set_findings(&[(twin.clone(), Vec::new())])
    });
    assert!(matches!(twice, Err(StoreError::Refused(_))), "{twice:?}");
}

fn sightings_say_where_a_finding_is_there(database: &Database) {
    let (store, tenant) = with_tenant(database);
    write(&store, tenant, |session| {
        session.see_scope(1, "a", 1, 1)?;
        session.see_scope(1, "b", 1, 1)?;
        session.see_scope(2, "c", 1, 1)?;
        session.set_sightings(1, &[])?;
        session.set_sightings(1, &[(9, 2, true), (8, 2, true), (7, 2, false)])?;
        session.set_sightings(2, &[(8, 1, true), (9, 1, true)])?;
        session.set_sightings(3, &[(9, 1, true), (9, 1, false)])?;
        session.set_sightings(4, &[(9, 3, true)])
    });
    read(&store, tenant, |session| {
        assert_eq!(session.sightings_of_asset(1)?, [(8, 1), (8, 2), (9, 2)]);
        assert_eq!(session.sightings_of_asset(2)?, [(9, 3)]);
        assert_eq!(session.sightings_of_asset(3)?, []);
        Ok(())
    });
}

fn scopes_of_many_things_are_made_at_once_and_count_as_never_looked_at(database: &Database) {
    let (store, tenant) = with_tenant(database);
    write(&store, tenant, |session| {
        session.see_scope(2, "a", 1, 100)?;
        session.see_scope(3, "a", 1, 300)?;
        session.see_scope(1, "b", 1, 300)?;
        assert_eq!(session.scopes_called("a", &[1, 2, 3, 4], 2)?, [4, 1, 2, 5]);
        assert!(session.scopes_called("a", &[], 3)?.is_empty());
        assert_eq!(session.see_scope(4, "a", 4, 50)?, (5, Some(0)));
        Ok(())
    });
    let scopes = read(&store, tenant, |session| session.scopes_by_id(&[5, 4, 2, 1]));
    let mut seen: Vec<_> = scopes
        .iter()
        .map(|row| (row.asset, row.last_seq, row.last_at))
        .collect();
    seen.sort_unstable();
    assert_eq!(seen, [(1, 2, 0), (2, 1, 100), (3, 1, 300), (4, 4, 50)]);
    let of_one = read(&store, tenant, |session| session.scopes_of(1));
    let names: Vec<_> = of_one.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["b", "a"]);
}

fn findings_that_share_their_json_keep_it_each(database: &Database) {
    let (store, tenant) = with_tenant(database);
    let shared: std::sync::Arc<[u8]> = b"{\"shared\":1}".as_slice().into();
    let own: std::sync::Arc<[u8]> = b"{\"own\":2}".as_slice().into();
    write(&store, tenant, |session| {
        session.set_findings(&[
            (finding(1, 1), shared.clone()),
            (finding(2, 2), own.clone()),
            (finding(3, 3), shared.clone()),
        ])
    });
    read(&store, tenant, |session| {
        for (id, detail) in [(1, &shared), (2, &own), (3, &shared)] {
            assert_eq!(session.finding_detail(id)?.as_deref(), Some(&**detail));
        }
        Ok(())
    });
}

fn waivers_that_ended_are_found(database: &Database) {
    let (store, tenant) = with_tenant(database);
    write(&store, tenant, |session| {
        for (id, status, until) in [
            (1, Status::Waived, Some(10)),
            (2, Status::Waived, None),
            (3, Status::Open, Some(10)),
            (4, Status::Waived, Some(9)),
            (5, Status::Waived, Some(11)),
        ] {
            let mut row = finding(id, 1);
            (row.status, row.waived_until) = (status, until);
            session.set_findings(&[(row, Vec::new())])?;
        }
        Ok(())
    });
    let ended = |at, limit| -> Vec<i64> {
        let rows = read(&store, tenant, |session| session.ended_waivers(at, limit));
        rows.iter().map(|row| row.id).collect()
    };
    assert_eq!(ended(11, 9), [1, 4]);
    assert_eq!(ended(11, 1), [1]);
    assert_eq!(ended(9, 9), [0; 0]);
}

fn what_happened_is_kept_once_and_in_order(database: &Database) {
    let (store, tenant) = with_tenant(database);
    let event = |finding, seq, kind: &str| EventRow {
        finding,
        seq,
        kind: kind.to_owned(),
        at: 1,
        by: "someone".to_owned(),
        note: "«note»".to_owned(),
    };
    let kinds = |rows: Vec<EventRow>| -> Vec<String> { rows.into_iter().map(|row| row.kind).collect() };
    write(&store, tenant, |session| {
        session.add_events(&[])?;
        session.add_events(&[
            event(1, 5, "fixed"),
            event(1, 2, "opened"),
            event(1, 5, "assigned"),
            event(2, 5, "due"),
        ])?;
        let mut again = event(1, 5, "fixed");
        again.note = "another".to_owned();
        session.add_events(&[again.clone(), again])
    });
    read(&store, tenant, |session| {
        let of_one = session.events_of(1)?;
        assert_eq!(of_one[2], event(1, 5, "fixed"));
        assert_eq!(kinds(of_one), texts(&["opened", "assigned", "fixed"]));
        Ok(())
    });
}

fn days_are_added_up(database: &Database) {
    let (store, tenant) = with_tenant(database);
    let day = |day, severity, opened, waived| DayRow {
        day,
        severity,
        opened,
        fixed: 1,
        waived,
        spent: 1_000,
        promised: 0,
        kept: 0,
    };
    write(&store, tenant, |session| {
        session.add_to_days(&[])?;
        // The same day twice in one batch counts twice.
        session.add_to_days(&[day(20, 3, 1, 0), day(19, 4, 2, 0), day(20, 3, 4, 1)])?;
        session.add_to_days(&[day(20, 3, 8, -1), day(20, 1, 1, 0), day(21, 0, 1, 0)])
    });
    let rows = read(&store, tenant, |session| session.days(20));
    let seen: Vec<_> = rows
        .iter()
        .map(|row| {
            (
                row.day,
                row.severity,
                row.opened,
                row.waived,
                row.fixed,
                row.spent,
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            (19, 4, 2, 0, 1, 1_000),
            (20, 1, 1, 0, 1, 1_000),
            (20, 3, 13, 0, 3, 3_000)
        ]
    );
}

fn remedies_are_paged_by_rank_without_loss(database: &Database) {
    let (store, tenant) = with_tenant(database);
    write(&store, tenant, |session| {
        for number in 1..=9 {
            assert_eq!(session.next_remedy()?, number);
            let mut row = remedy(number, number % 3, &format!("do {number}"), None);
            session.set_remedies(std::slice::from_ref(&row))?;
            row.totals = RemedyTotals {
                rank: [0, 5, 5, i64::MAX, 1][(number % 5) as usize],
                findings: number,
                ..RemedyTotals::default()
            };
            session.set_remedies(&[row])?;
        }
        assert_eq!(session.remedies_called("do 1", &[0, 1, 2])?, [(1, 1)]);
        assert_eq!(session.remedies_called("do nothing", &[1])?, []);
        session.set_remedy_owner(4, Some("ops"))
    });
    let mut behind = None;
    let mut seen = Vec::new();
    loop {
        let page = read(&store, tenant, |session| session.ranked_remedies(behind, 2));
        let Some(last) = page.last() else { break };
        behind = Some((last.totals.rank, last.id));
        seen.extend(page.iter().map(|row| row.id));
    }
    assert_eq!(seen, [8, 3, 7, 6, 2, 1, 9, 4]);
    read(&store, tenant, |session| {
        let row = session.remedy(4)?.unwrap();
        assert_eq!(
            (row.owner.as_deref(), row.upgrade, row.totals.findings),
            (Some("ops"), None, 4)
        );
        let ids: Vec<i64> = session.remedies_of(0)?.iter().map(|row| row.id).collect();
        assert_eq!(ids, [3, 6, 9]);
        assert_eq!(session.remedy(10)?, None);
        Ok(())
    });
}

fn numbers_of_open_findings_are_added_up_for_each_remedy(database: &Database) {
    let (store, tenant) = with_tenant(database);
    write(&store, tenant, |session| {
        session.add_to_remedies(&[])?;
        session.add_to_remedies(&[(1, 2, 3, 5), (1, 2, 3, 1), (1, 0, 4, 1), (2, 0, 0, 9)])?;
        session.add_to_remedies(&[(1, 2, 3, -4), (1, 0, 4, -1)])?;
        for (id, due, status) in [
            (1, Some(50), Status::Open),
            (2, None, Status::Open),
            (3, Some(10), Status::Fixed),
        ] {
            let mut row = finding(id, 1);
            (row.due, row.status) = (due, status);
            session.set_findings(&[(row, Vec::new())])?;
        }
        session.set_remedies(&[remedy(1, 1, "one", None), remedy(2, 1, "two", None)])
    });
    read(&store, tenant, |session| {
        assert_eq!(session.remedy_counts(&[3, 2, 1])?, [(1, 2, 3, 2), (2, 0, 0, 9)]);
        assert_eq!(session.remedy_counts(&[])?, []);
        assert_eq!(session.remedy_dues(&[1, 2, 3])?, [(1, 50)]);
        Ok(())
    });
}

fn clearing_the_graph_leaves_the_ledger(database: &Database) {
    let (store, tenant) = with_tenant(database);
    write(&store, tenant, |session| {
        crate::support::append(session, &[1; 32], b"one")?;
        session.see_asset("repo:a", 1)?;
        session.see_scope(1, "a", 1, 1)?;
        session.set_findings(&[(finding(1, 1), Vec::new())])
    });
    let lines = || {
        let mut lines = Vec::new();
        read(&store, tenant, |session| {
            session.each_derived_row(|line| {
                lines.push(line.to_owned());
                Ok(())
            })
        });
        lines
    };
    assert_eq!(lines().len(), 3);
    assert!(lines()[0].starts_with("assets "), "{:?}", lines());
    write(&store, tenant, |session| session.clear_graph());
    assert_eq!(lines(), [""; 0]);
    assert_eq!(
        read(&store, tenant, |session| session.body(0)),
        Some(b"one".to_vec())
    );
}
