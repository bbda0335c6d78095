use crate::support::{append, finding, open, read, tenant, with_tenant, write};
use bartizan_store::graph::{EventRow, HoldRow, Status, TombstoneRow, TrustedKeyRow};
use bartizan_testbed::{Database, on_both_engines};

on_both_engines!(
    a_key_is_trusted_until_it_is_revoked_and_is_there_once,
    a_hold_is_on_what_it_names_or_on_everything_until_it_ends,
    a_body_is_taken_away_once_and_said_to_be,
    what_an_open_finding_rests_on_counts_still,
    keys_and_holds_of_a_tenant_are_nobody_elses,
);

fn key(id: u8, seq: i64) -> TrustedKeyRow {
    TrustedKeyRow {
        key: vec![id; 32],
        seq,
        name: format!("«{id}»"),
        pem: "pem".to_owned(),
        predicates: "[]".to_owned(),
        subjects: "[\"repo:\"]".to_owned(),
        from: None,
        until: Some(9),
        by: "someone".to_owned(),
        created: seq,
        revoked: None,
        revoked_by: None,
        revoked_because: None,
    }
}

fn hold(seq: i64, statement: Option<i64>) -> HoldRow {
    HoldRow {
        seq,
        statement,
        reason: "court".to_owned(),
        by: "someone".to_owned(),
        created: 1,
        ended: None,
    }
}

fn a_key_is_trusted_until_it_is_revoked_and_is_there_once(database: &Database) {
    let (store, tenant) = with_tenant(database);
    write(&store, tenant, |session| {
        session.set_trusted_key(&key(1, 1))?;
        session.set_trusted_key(&key(2, 2))
    });
    assert!(write(&store, tenant, |session| session
        .revoke_key(&[1; 32], 5, "me", "lost")));
    assert!(!write(&store, tenant, |session| session
        .revoke_key(&[1; 32], 6, "me", "lost")));
    assert!(!write(&store, tenant, |session| session
        .revoke_key(&[3; 32], 6, "me", "lost")));
    let mut revoked = key(1, 1);
    revoked.revoked = Some(5);
    revoked.revoked_by = Some("me".to_owned());
    revoked.revoked_because = Some("lost".to_owned());
    read(&store, tenant, |session| {
        assert_eq!(session.trusted_key(&[1; 32])?, Some(revoked.clone()));
        assert_eq!(session.keys_in_force(9)?, [key(2, 2)]);
        assert_eq!(session.newest_keys(i64::MAX, 9)?, [key(2, 2), revoked.clone()]);
        assert_eq!(session.newest_keys(2, 9)?, [revoked.clone()]);
        Ok(())
    });
    write(&store, tenant, |session| session.set_trusted_key(&key(1, 7)));
    read(&store, tenant, |session| {
        assert_eq!(session.keys_in_force(9)?, [key(1, 7), key(2, 2)]);
        assert_eq!(session.keys_in_force(1)?, [key(1, 7)]);
        Ok(())
    });
}

fn a_hold_is_on_what_it_names_or_on_everything_until_it_ends(database: &Database) {
    let (store, tenant) = with_tenant(database);
    write(&store, tenant, |session| session.add_hold(&hold(1, Some(7))));
    read(&store, tenant, |session| {
        assert_eq!(session.hold_on(7)?, Some(hold(1, Some(7))));
        assert_eq!(session.hold_on(8)?, None);
        Ok(())
    });
    write(&store, tenant, |session| session.add_hold(&hold(2, None)));
    assert_eq!(
        read(&store, tenant, |session| session.hold_on(8)),
        Some(hold(2, None))
    );
    assert!(write(&store, tenant, |session| session.end_hold(2, 5)));
    assert!(!write(&store, tenant, |session| session.end_hold(2, 6)));
    let all = read(&store, tenant, |session| session.newest_holds(i64::MAX, 9));
    assert_eq!(
        all.iter().map(|row| row.ended).collect::<Vec<_>>(),
        [Some(5), None]
    );
    assert_eq!(read(&store, tenant, |session| session.hold_on(8)), None);
}

fn a_body_is_taken_away_once_and_said_to_be(database: &Database) {
    let (store, tenant) = with_tenant(database);
    for number in 0..4 {
        write(&store, tenant, |session| append(session, &[number; 32], b"body"));
    }
    assert!(write(&store, tenant, |session| session.take_body_away(1)));
    assert!(!write(&store, tenant, |session| session.take_body_away(1)));
    let row = TombstoneRow {
        statement: 1,
        seq: 3,
        reason: "old".to_owned(),
        by: "someone".to_owned(),
        at: 5,
    };
    write(&store, tenant, |session| session.add_tombstone(&row));
    read(&store, tenant, |session| {
        assert_eq!(session.tombstones(0, 4)?, std::slice::from_ref(&row));
        assert_eq!(session.tombstones(2, 4)?, []);
        let places = |rows: Vec<(i64, String, i64)>| rows.into_iter().map(|row| row.0).collect::<Vec<_>>();
        let first = 1_700_000_000_000;
        assert_eq!(places(session.old_bodies((0, first + 3), "x", 9)?), [0, 2]);
        assert_eq!(places(session.old_bodies((1, i64::MAX), "x", 1)?), [2]);
        let kind = "https://in-toto.io/attestation/test-result/v0.1";
        assert_eq!(places(session.old_bodies((0, i64::MAX), kind, 9)?), [0; 0]);
        Ok(())
    });
}

fn what_an_open_finding_rests_on_counts_still(database: &Database) {
    let (store, tenant) = with_tenant(database);
    let mut fixed = finding(2, 1);
    fixed.status = Status::Fixed;
    let mut waived = finding(3, 1);
    waived.status = Status::Waived;
    let event = |finding: i64| EventRow {
        finding,
        seq: finding,
        kind: "opened".to_owned(),
        at: 1,
        by: "ci".to_owned(),
        note: String::new(),
    };
    write(&store, tenant, |session| {
        let rows = [&finding(1, 1), &fixed, &waived].map(|row| (row.clone(), b"{}".to_vec()));
        session.set_findings(&rows)?;
        session.add_events(&[event(1), event(2), event(3)])
    });
    let counts = |seq| read(&store, tenant, |session| session.counts_still(seq));
    assert_eq!([1, 2, 3, 4].map(counts), [true, false, true, false]);
}

fn keys_and_holds_of_a_tenant_are_nobody_elses(database: &Database) {
    let store = open(database);
    let (one, other) = (tenant(&store, "one"), tenant(&store, "other"));
    write(&store, one, |session| {
        session.set_trusted_key(&key(1, 1))?;
        session.add_hold(&hold(1, None))
    });
    read(&store, other, |session| {
        assert_eq!(session.trusted_key(&[1; 32])?, None);
        assert_eq!(session.keys_in_force(9)?, []);
        assert_eq!(session.newest_keys(i64::MAX, 9)?, []);
        assert_eq!(session.hold_on(1)?, None);
        assert_eq!(session.newest_holds(i64::MAX, 9)?, []);
        Ok(())
    });
    assert!(!write(&store, other, |session| session
        .revoke_key(&[1; 32], 5, "me", "x")));
    assert!(!write(&store, other, |session| session.end_hold(1, 5)));
}
