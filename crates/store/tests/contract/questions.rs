use crate::support::{add_chunk, finding, read, remedy, with_tenant, write};
use bartizan_store::graph::{
    BillRow, ComponentRow, EdgePack, EdgeRow, EventRow, Lack, Member, RemedyTotals, Shipped, Status,
};
use bartizan_store::{Session, StoreError};
use bartizan_testbed::{Database, on_both_engines};
use std::collections::BTreeSet;

on_both_engines!(
    edges_come_and_go_with_statements_and_are_told_once,
    a_thing_with_many_edges_gets_more_of_them,
    what_is_shipped_is_found_in_the_last_bills,
    an_advisory_leads_to_the_things_that_have_it,
    what_opened_and_closed_between_two_statements_is_told_in_order,
    what_is_lacking_is_counted_and_paged,
    changes_are_added_up_over_things,
);

fn edge(source: i64, kind: &str, target: i64) -> EdgeRow {
    EdgeRow {
        source,
        kind: kind.to_owned(),
        target,
    }
}

/// The edges that the packs leave, and from how many packs.
fn told(session: &mut Session<'_>, after: i64) -> Result<(BTreeSet<EdgeRow>, usize), StoreError> {
    let (mut edges, mut packs) = (BTreeSet::new(), 0);
    session.each_edge_change(
        after,
        |_,
         EdgePack {
             came,
             kinds,
             edges: of_pack,
         }| {
            packs += 1;
            for (source, kind, target) in of_pack {
                let edge = edge(source, &kinds[kind], target);
                let changed = if came {
                    edges.insert(edge)
                } else {
                    edges.remove(&edge)
                };
                assert!(changed);
            }
            Ok(())
        },
    )?;
    Ok((edges, packs))
}

fn edges_come_and_go_with_statements_and_are_told_once(database: &Database) {
    let (store, tenant) = with_tenant(database);
    write(&store, tenant, |session| {
        assert_eq!(session.last_edge_change()?, None);
        let edges = [
            edge(2, "contains", 1),
            edge(1, "runs_on", 2),
            edge(2, "contains", 1),
        ];
        assert_eq!(session.see_edges(&edges, 4)?, 2);
        // More of the same statement, of which one is known.
        session.see_edge(1, "runs_on", 2, 4)?;
        session.see_edge(1, "Runs_on", 2, 4)?;
        assert_eq!(session.see_edges(&edges, 5)?, 0);
        assert_eq!(session.last_edge_change()?, Some(4));
        assert!(session.cut_edge(&edge(2, "contains", 1), 6)?);
        assert!(!session.cut_edge(&edge(2, "contains", 1), 7)?);
        session.see_edge(2, "contains", 9, 8)
    });
    read(&store, tenant, |session| {
        assert_eq!(session.last_edge_change()?, Some(8));
        let (edges, packs) = told(session, -1)?;
        let expected = [
            edge(1, "Runs_on", 2),
            edge(1, "runs_on", 2),
            edge(2, "contains", 9),
        ];
        assert_eq!(
            (edges.into_iter().collect::<Vec<_>>(), packs),
            (expected.to_vec(), 4)
        );
        assert_eq!(told(session, 6)?.0.len(), 1);
        Ok(())
    });
}

fn a_thing_with_many_edges_gets_more_of_them(database: &Database) {
    let (store, tenant) = with_tenant(database);
    let many = |from: i64, to: i64| {
        (from..to)
            .map(|target| edge(1, "reaches", target))
            .collect::<Vec<_>>()
    };
    write(&store, tenant, |session| {
        assert_eq!(session.see_edges(&many(0, 20_000), 1)?, 20_000);
        assert_eq!(session.see_edges(&many(10, 20_003), 2)?, 3);
        assert_eq!(session.see_edges(&many(20_001, 20_006), 3)?, 3);
        Ok(())
    });
    assert_eq!(read(&store, tenant, |session| told(session, -1)).0.len(), 20_006);
}

fn component(id: i64, name: &str) -> ComponentRow {
    ComponentRow {
        id,
        purl: format!("pkg:npm/{name}@{id}"),
        package: format!("pkg:npm/{name}"),
        name: name.to_owned(),
        version: Some(id.to_string()),
        ecosystem: None,
        source_name: (id == 3).then(|| "src".to_owned()),
        source_version: None,
    }
}

fn what_is_shipped_is_found_in_the_last_bills(database: &Database) {
    let (store, tenant) = with_tenant(database);
    let member = |component| Member {
        component,
        scope: 3,
        direct: None,
        depends_on: Vec::new(),
    };
    write(&store, tenant, |session| {
        session.add_components(&[component(1, "a"), component(2, "a"), component(3, "b")])?;
        session.add_licenses(&[
            ("MIT".to_owned(), 1),
            ("MIT".to_owned(), 3),
            ("ISC".to_owned(), 2),
        ])?;
        for id in 1..=3 {
            let chunk = add_chunk(session, &[id as u8], &[member(id)])?;
            session.add_inventory(&[id as u8], &[chunk], 1, 0)?;
        }
        for (seq, asset, inventory) in [(1, 7, 1), (2, 8, 2), (3, 9, 3), (4, 7, 3), (5, 6, 1)] {
            session.add_bill(&BillRow {
                seq,
                asset,
                build: None,
                inventory,
                at: seq,
                is_current: true,
            })?;
        }
        Ok(())
    });
    let shipping = |what, after, limit| -> Vec<i64> {
        let rows = read(&store, tenant, |session| {
            session.bills_shipping(what, after, limit)
        });
        rows.iter().map(|row| row.asset).collect()
    };
    for name in ["pkg:npm/a", "a"] {
        assert_eq!(shipping(Shipped::Called(name), 0, 9), [6, 8]);
    }
    assert_eq!(shipping(Shipped::Called("pkg:npm/a@1"), 0, 9), [6]);
    assert_eq!(shipping(Shipped::Called("src"), 0, 9), [7, 9]);
    assert_eq!(shipping(Shipped::Under("MIT"), 0, 9), [6, 7, 9]);
    assert_eq!(shipping(Shipped::Under("MIT"), 6, 1), [7]);
    assert_eq!(shipping(Shipped::Under("mit"), 0, 9), [0; 0]);
    read(&store, tenant, |session| {
        assert_eq!(session.current_bill(7)?.map(|bill| bill.seq), Some(4));
        assert_eq!(session.current_bill(1)?, None);
        let mut licenses = session.licenses_of(&[1, 2, 9])?;
        licenses.sort_unstable();
        assert_eq!(licenses, [(1, "MIT".to_owned()), (2, "ISC".to_owned())]);
        assert_eq!(session.components_by_id(&[3, 4])?, [component(3, "b")]);
        Ok(())
    });
}

fn an_advisory_leads_to_the_things_that_have_it(database: &Database) {
    let (store, tenant) = with_tenant(database);
    write(&store, tenant, |session| {
        for (id, asset, component, status) in [
            (1, 5, Some(1), Status::Open),
            (2, 5, Some(2), Status::Waived),
            (3, 5, None, Status::Open),
            (4, 6, Some(1), Status::Fixed),
            (5, 7, Some(1), Status::Open),
        ] {
            let mut row = finding(id, asset);
            (row.component, row.status) = (component, status);
            session.set_findings(&[(row, Vec::new())])?;
            session.add_finding_ids(&[("CVE-1".to_owned(), id)])?;
        }
        Ok(())
    });
    read(&store, tenant, |session| {
        assert_eq!(session.assets_affected_by("CVE-1", 0, 9)?, [5, 7]);
        assert_eq!(session.assets_affected_by("CVE-1", 5, 9)?, [7]);
        assert_eq!(session.assets_affected_by("CVE-2", 0, 9)?, [0; 0]);
        assert_eq!(session.components_affected_by("CVE-1", 5)?, [1, 2]);
        Ok(())
    });
}

fn what_opened_and_closed_between_two_statements_is_told_in_order(database: &Database) {
    let (store, tenant) = with_tenant(database);
    let event = |finding, seq, kind: &str| EventRow {
        finding,
        seq,
        kind: kind.to_owned(),
        at: 1,
        by: "ci".to_owned(),
        note: String::new(),
    };
    write(&store, tenant, |session| {
        session.set_findings(&[(finding(1, 5), Vec::new()), (finding(2, 6), Vec::new())])?;
        session.add_events(&[
            event(1, 3, "opened"),
            event(1, 4, "due"),
            event(1, 5, "fixed"),
            event(1, 6, "reopened"),
            event(2, 5, "fixed"),
        ])
    });
    read(&store, tenant, |session| {
        let kinds = |rows: Vec<EventRow>| rows.into_iter().map(|row| row.kind).collect::<Vec<_>>();
        assert_eq!(
            kinds(session.events_between(5, (3, 6), 9)?),
            ["fixed", "reopened"]
        );
        assert_eq!(kinds(session.events_between(5, (2, 6), 1)?), ["opened"]);
        Ok(())
    });
}

fn what_is_lacking_is_counted_and_paged(database: &Database) {
    let (store, tenant) = with_tenant(database);
    write(&store, tenant, |session| {
        for key in ["image:a", "host:b", "repo:c", "image:d"] {
            session.see_asset(key, 1)?;
        }
        session.set_asset_owner(1, Some("ops"))?;
        session.set_asset_labels(3, "{\"data\":\"x\"}")?;
        session.add_provenance(4, 1, 1)?;
        session.add_bill(&BillRow {
            seq: 1,
            asset: 3,
            build: None,
            inventory: 1,
            at: 1,
            is_current: true,
        })
    });
    let kinds = ["image", "repo"];
    read(&store, tenant, |session| {
        let mut ids = |lack, after, limit| -> Result<Vec<i64>, StoreError> {
            let rows = session.assets_lacking(lack, &kinds, after, limit)?;
            Ok(rows.iter().map(|row| row.id).collect())
        };
        assert_eq!(ids(Lack::Bill, 0, 9)?, [1, 4]);
        assert_eq!(ids(Lack::Provenance, 0, 9)?, [1, 3]);
        assert_eq!(ids(Lack::Owner, 0, 1)?, [3]);
        assert_eq!(ids(Lack::Owner, 3, 1)?, [4]);
        assert_eq!(session.count_lacking(Lack::Owner, &kinds)?, (3, 2));
        assert_eq!(session.count_lacking(Lack::Bill, &["host"])?, (1, 1));
        assert_eq!(session.labelled_assets()?, [(3, "{\"data\":\"x\"}".to_owned())]);
        Ok(())
    });
}

fn changes_are_added_up_over_things(database: &Database) {
    let (store, tenant) = with_tenant(database);
    let totals = |findings: i64| RemedyTotals {
        rank: findings,
        findings,
        decision: findings % 4,
        severity: 1,
        due: Some(50 - findings),
    };
    write(&store, tenant, |session| {
        for (id, asset, change, findings) in [(1, 1, "x to 2", 3), (2, 2, "x to 2", 7), (3, 2, "y to 3", 8)] {
            let mut row = remedy(id, asset, change, None);
            row.totals = totals(findings);
            session.set_remedies(&[row])?;
        }
        session.add_to_changes(&[])?;
        session.add_to_changes(&[("x to 2", 1, 2), ("y to 3", 1, 8)])?;
        session.add_to_changes(&[("x to 2", 1, 8), ("z to 4", 0, 0)])
    });
    let best = || {
        read(&store, tenant, |session| session.best_changes(None, 9))
            .into_iter()
            .map(|row| (row.change, row.things, row.findings))
            .collect::<Vec<_>>()
    };
    let (x, y) = ("x to 2".to_owned(), "y to 3".to_owned());
    assert_eq!(best(), [(x.clone(), 2, 10), (y.clone(), 1, 8)]);
    read(&store, tenant, |session| {
        assert_eq!(session.best_changes(Some((10, 1)), 9)?.len(), 1);
        assert_eq!(session.change(1)?.map(|row| row.change), Some(x.clone()));
        assert_eq!(session.remedies_by_change(&x, 1, 9)?.len(), 1);
        assert_eq!(session.change_urgency(&x)?, (3, 1, Some(43)));
        assert_eq!(session.change_urgency("z")?, (0, 0, None));
        let open = session.open_by_asset()?;
        let seen: Vec<_> = open
            .iter()
            .map(|row| (row.asset, row.decision, row.findings))
            .collect();
        assert_eq!(seen, [(1, 3, 3), (2, 3, 15)]);
        Ok(())
    });
    write(&store, tenant, |session| {
        session.add_to_changes(&[("x to 2", -1, -7)])
    });
    assert_eq!(best(), [(y, 1, 8), (x, 1, 3)]);
}
