//! The outbox, and how far the ledger and the time were followed.

use crate::support::{finding, open_only, read, tenant, with_tenant, write};
use bartizan_store::StoreError;
use bartizan_store::graph::{EventRow, FindingRow, Status};
use bartizan_store::notify::{ChannelRow, Cursor, DeliveryFilter, DeliveryStatus, IssueRow, NewDelivery};
use bartizan_testbed::{Database, on_both_engines};
use std::sync::atomic::{AtomicUsize, Ordering};

on_both_engines!(
    the_same_key_is_one_delivery,
    of_many_who_claim_a_delivery_one_gets_it,
    an_attempt_that_came_too_late_changes_nothing,
    what_becomes_due_is_walked_in_order_and_nothing_of_it_twice,
    only_open_findings_that_are_critical_or_due_are_followed,
    one_follower_waits_for_another,
    an_issue_is_to_be_closed_when_nothing_of_its_fix_is_open_or_waived,
    a_channel_goes_with_everything_that_was_to_be_sent,
    nothing_of_another_tenant_is_told,
);

fn channel(id: i64) -> ChannelRow {
    ChannelRow {
        id,
        name: format!("channel {id}"),
        kind: "webhook".to_owned(),
        enabled: true,
        settings: "{}".to_owned(),
        sealed: vec![1, 2, 3],
        uid: "u".to_owned(),
        since: 0,
        messages: 0,
        created: 1,
    }
}

fn delivery(key: &str, next_at: i64) -> NewDelivery {
    NewDelivery {
        channel: 1,
        key: key.to_owned(),
        kind: "breach".to_owned(),
        next_at,
        created: 5,
        remedy: None,
        payload: "{}".to_owned(),
    }
}

const START: Cursor = Cursor {
    log: (0, -1),
    due: (0, i64::MAX),
    soon: (0, i64::MAX),
    waiver: (0, i64::MAX),
};

fn the_same_key_is_one_delivery(database: &Database) {
    let (store, tenant) = with_tenant(database);
    let added = write(&store, tenant, |session| {
        session.add_channel(&channel(1))?;
        Ok([
            session.add_delivery(&delivery("a", 10))?,
            session.add_delivery(&delivery("a", 20))?,
            session.add_delivery(&delivery("b", 20))?,
        ])
    });
    assert!(added[0].is_some() && added[1].is_none() && added[2].is_some());
    let waiting = read(&store, tenant, |session| session.waiting_deliveries(1, 15, 10));
    assert_eq!(
        waiting.iter().map(|row| row.key.as_str()).collect::<Vec<_>>(),
        ["a"]
    );
    assert!(write(&store, tenant, |session| session.tell_once(
        "breach",
        "finding:1",
        7,
        1
    )));
    assert!(!write(&store, tenant, |session| session.tell_once(
        "breach",
        "finding:1",
        7,
        2
    )));
    assert!(write(&store, tenant, |session| session.tell_once(
        "breach",
        "finding:1",
        8,
        2
    )));
}

fn of_many_who_claim_a_delivery_one_gets_it(database: &Database) {
    let (store, tenant) = with_tenant(database);
    write(&store, tenant, |session| {
        session.add_channel(&channel(1))?;
        session.add_delivery(&delivery("a", 10))
    });
    let got = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                let store = open_only(database);
                let waiting = read(&store, tenant, |session| session.waiting_deliveries(1, 10, 1));
                for row in waiting {
                    if write(&store, tenant, |session| session.claim_delivery(&row, 10, 310)) {
                        got.fetch_add(1, Ordering::SeqCst);
                    }
                }
            });
        }
    });
    assert_eq!(got.load(Ordering::SeqCst), 1);
}

fn an_attempt_that_came_too_late_changes_nothing(database: &Database) {
    let (store, tenant) = with_tenant(database);
    let end = |attempts: i64, status| {
        write(&store, tenant, |session| {
            session.end_attempt((1, attempts), status, (400, 500), "why")
        })
    };
    write(&store, tenant, |session| {
        session.add_channel(&channel(1))?;
        session.add_delivery(&delivery("a", 10))?;
        let row = session.waiting_deliveries(1, 10, 1)?.remove(0);
        assert!(session.claim_delivery(&row, 10, 310)?);
        let row = session.waiting_deliveries(1, 310, 1)?.remove(0);
        assert!(session.claim_delivery(&row, 310, 610)?);
        Ok(())
    });
    assert!(!end(1, DeliveryStatus::Sent));
    assert!(end(2, DeliveryStatus::GivenUp));
    assert!(!end(2, DeliveryStatus::Sent));
    let row = read(&store, tenant, |session| session.delivery(1)).unwrap();
    assert_eq!(
        (row.status, row.error.as_str(), row.done),
        (DeliveryStatus::GivenUp, "why", Some(400))
    );
    assert!(write(&store, tenant, |session| session.retry_delivery(1, 600)));
    assert!(!write(&store, tenant, |session| session.retry_delivery(1, 600)));
    let filter = DeliveryFilter {
        channel: Some(1),
        status: Some(DeliveryStatus::Waiting),
    };
    assert_eq!(
        read(&store, tenant, |session| session.newest_deliveries(
            filter,
            i64::MAX,
            9
        ))
        .len(),
        1
    );
}

fn due(id: i64, due: Option<i64>, status: Status) -> (FindingRow, Vec<u8>) {
    let row = FindingRow {
        due,
        status,
        waived_until: (status == Status::Waived).then_some(id * 10),
        waiver: (status == Status::Waived).then(|| "{}".to_owned()),
        ..finding(id, 1)
    };
    (row, b"{}".to_vec())
}

fn what_becomes_due_is_walked_in_order_and_nothing_of_it_twice(database: &Database) {
    let (store, tenant) = with_tenant(database);
    write(&store, tenant, |session| {
        let mut rows: Vec<_> = (1..=20)
            .map(|id| due(id, Some(100 + id % 3), Status::Open))
            .collect();
        rows.push(due(21, None, Status::Open));
        rows.push(due(22, Some(101), Status::Fixed));
        rows.push(due(23, Some(101), Status::Waived));
        rows.push(due(24, Some(101), Status::Waived));
        session.set_findings(&rows)
    });
    let mut at = (99, i64::MAX);
    let mut seen = Vec::new();
    loop {
        let rows = read(&store, tenant, |session| {
            session.due_findings((at.0, 102), 0, Some(at), 3)
        });
        let Some(last) = rows.last() else { break };
        at = (last.due.unwrap(), last.id);
        seen.extend(rows.iter().map(|row| (row.due.unwrap(), row.id)));
    }
    let mut wanted: Vec<(i64, i64)> = (1..=20)
        .map(|id| (100 + id % 3, id))
        .filter(|(due, _)| *due <= 101)
        .collect();
    wanted.sort_unstable();
    assert_eq!(seen, wanted);
    let ending = |from, until| {
        let rows = read(&store, tenant, |session| session.ending_waivers(from, until, 9));
        rows.iter().map(|row| row.finding.id).collect::<Vec<_>>()
    };
    assert_eq!(ending((0, i64::MAX), 500), [23, 24]);
    assert_eq!(ending((230, 23), 500), [24]);
    assert_eq!(ending((0, i64::MAX), 239), [23]);
}

fn only_open_findings_that_are_critical_or_due_are_followed(database: &Database) {
    let (store, tenant) = with_tenant(database);
    write(&store, tenant, |session| {
        let severe = |id, severity, at, status| {
            let (row, detail) = due(id, at, status);
            (FindingRow { severity, ..row }, detail)
        };
        session.set_findings(&[
            severe(1, 4, Some(900), Status::Open),
            severe(2, 3, Some(900), Status::Open),
            severe(3, 3, Some(50), Status::Open),
            severe(4, 4, Some(50), Status::Fixed),
            severe(5, 4, None, Status::Open),
        ])?;
        let event = |finding, seq, kind: &str| EventRow {
            finding,
            seq,
            kind: kind.to_owned(),
            at: 1,
            by: "ci".to_owned(),
            note: String::new(),
        };
        let mut events: Vec<_> = (1..=5).map(|id| event(id, 7, "opened")).collect();
        events.push(event(1, 8, "seen"));
        events.push(event(2, 8, "due"));
        events.push(event(3, 8, "resumed"));
        session.add_events(&events)
    });
    let followed = |from, to, limit| {
        let rows = read(&store, tenant, |session| {
            session.changed_findings(from, to, 100, limit)
        });
        rows.into_iter()
            .map(|row| (row.seq, row.finding.id, row.kind))
            .collect::<Vec<_>>()
    };
    let row = |seq, id, kind: &str| (seq, id, kind.to_owned());
    let all = [
        row(7, 1, "opened"),
        row(7, 3, "opened"),
        row(7, 5, "opened"),
        row(8, 3, "resumed"),
    ];
    assert_eq!(followed((0, -1), 9, 99), all);
    assert_eq!(followed((0, -1), 8, 99), all[..3]);
    assert_eq!(followed((7, 1), 9, 2), all[1..3]);
    assert_eq!(followed((8, -1), 9, 99), all[3..]);
}

fn one_follower_waits_for_another(database: &Database) {
    let (store, tenant) = with_tenant(database);
    let rounds = 20;
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let store = open_only(database);
                for _ in 0..rounds {
                    write(&store, tenant, |session| {
                        let mut cursor = session.hold_cursor(START)?;
                        cursor.log.0 += 1;
                        session.set_cursor(cursor)
                    });
                }
            });
        }
    });
    let cursor = read(&store, tenant, |session| session.cursor()).unwrap();
    assert_eq!(
        cursor,
        Cursor {
            log: (3 * rounds, -1),
            ..START
        }
    );
}

fn an_issue_is_to_be_closed_when_nothing_of_its_fix_is_open_or_waived(database: &Database) {
    let (store, tenant) = with_tenant(database);
    let set = |status| {
        write(&store, tenant, |session| {
            session.set_findings(&[due(1, None, status), due(2, None, Status::Fixed)])
        })
    };
    let to_close = || read(&store, tenant, |session| session.issues_to_close()).len();
    write(&store, tenant, |session| {
        session.add_channel(&channel(1))?;
        session.set_issue(&IssueRow {
            channel: 1,
            remedy: 1,
            number: "7".to_owned(),
            url: "https://x/7".to_owned(),
            is_open: true,
        })
    });
    for (status, wanted) in [(Status::Open, 0), (Status::Waived, 0), (Status::Fixed, 1)] {
        set(status);
        assert_eq!(to_close(), wanted, "{status:?}");
        assert_eq!(
            read(&store, tenant, |session| session.is_remedy_needed(1)),
            wanted == 0
        );
    }
    write(&store, tenant, |session| {
        let issue = session.issue(1, 1)?.unwrap();
        session.set_issue(&IssueRow {
            is_open: false,
            ..issue
        })
    });
    assert_eq!(to_close(), 0);
}

fn a_channel_goes_with_everything_that_was_to_be_sent(database: &Database) {
    let (store, tenant) = with_tenant(database);
    write(&store, tenant, |session| {
        session.add_channel(&channel(1))?;
        session.add_channel(&channel(2))?;
        session.add_delivery(&delivery("a", 10))?;
        session.add_delivery(&NewDelivery {
            channel: 2,
            ..delivery("a", 10)
        })?;
        assert!(session.remove_channel(1)?);
        assert!(!session.remove_channel(1)?);
        Ok(())
    });
    let left = read(&store, tenant, |session| {
        session.newest_deliveries(DeliveryFilter::default(), i64::MAX, 9)
    });
    assert_eq!(left.iter().map(|row| row.channel).collect::<Vec<_>>(), [2]);
    write(&store, tenant, |session| {
        session.tell_once("breach", "finding:1", 7, 3)?;
        session.sweep_deliveries(5)
    });
    assert!(write(&store, tenant, |session| session.tell_once(
        "breach",
        "finding:1",
        7,
        9
    )));
    assert_eq!(
        read(&store, tenant, |session| session.newest_deliveries(
            DeliveryFilter::default(),
            i64::MAX,
            9
        ))
        .len(),
        1
    );
}

fn nothing_of_another_tenant_is_told(database: &Database) {
    let (store, one) = with_tenant(database);
    let other = tenant(&store, "other");
    write(&store, one, |session| {
        session.add_channel(&channel(1))?;
        session.add_delivery(&delivery("a", 10))?;
        session.set_findings(&[due(1, Some(5), Status::Open), due(2, None, Status::Waived)])?;
        session.hold_cursor(START).map(|_| ())
    });
    read(&store, other, |session| -> Result<(), StoreError> {
        assert_eq!(session.channels()?, []);
        assert_eq!(session.waiting_deliveries(1, i64::MAX, 9)?, []);
        assert!(!session.has_waiting_deliveries(i64::MAX)?);
        assert_eq!(
            session.newest_deliveries(DeliveryFilter::default(), i64::MAX, 9)?,
            []
        );
        assert_eq!(session.due_findings((0, i64::MAX), 0, None, 9)?, []);
        assert_eq!(session.ending_waivers((0, 0), i64::MAX, 9)?, []);
        assert_eq!(
            (session.channel(1)?, session.delivery(1)?, session.cursor()?),
            (None, None, None)
        );
        Ok(())
    });
}
