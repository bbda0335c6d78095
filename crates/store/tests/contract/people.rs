use crate::support::{open, open_only, tenant};
use bartizan_store::people::{SessionRow, TokenRow};
use bartizan_store::{Store, StoreError, TenantId};
use bartizan_testbed::{Database, on_both_engines};

on_both_engines!(
    people_are_found_by_what_they_sign_in_as,
    people_that_two_replicas_add_at_once_are_all_there,
    a_role_is_kept_in_place_of_what_it_was,
    a_token_is_found_by_its_hash_and_revoked_once_by_its_tenant,
    a_session_ends_alone_with_its_person_or_with_time,
    a_link_is_used_once_and_in_time,
);

fn person(store: &Store, login: &str) -> i64 {
    store
        .write_all(|all| all.add_person(login, "Someone", None, 1))
        .unwrap()
}

fn people_are_found_by_what_they_sign_in_as(database: &Database) {
    let store = open(database);
    let one = person(&store, "one@example.org");
    let two = store
        .write_all(|all| all.add_person("two@example.org", "Zwölf", Some("https://id subject"), 2))
        .unwrap();
    store
        .write_all::<_, StoreError>(|all| {
            all.set_password(one, Some("hash"))?;
            all.set_disabled(two, Some(9))
        })
        .unwrap();
    let found = |login: &str| store.read_all(|all| all.person_by_login(login)).unwrap();
    assert_eq!(
        found("one@example.org").unwrap().password.as_deref(),
        Some("hash")
    );
    assert_eq!(found("One@example.org"), None);
    let row = store
        .read_all(|all| all.person_by_federated("https://id subject"))
        .unwrap()
        .unwrap();
    assert_eq!((row.id, row.name.as_str(), row.disabled), (two, "Zwölf", Some(9)));
    store
        .write_all::<_, StoreError>(|all| {
            all.set_password(one, None)?;
            all.set_disabled(two, None)
        })
        .unwrap();
    let rows = store.read_all(|all| all.people()).unwrap();
    assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [one, two]);
    assert!(
        rows.iter()
            .all(|row| row.password.is_none() && row.disabled.is_none())
    );
    assert_eq!(
        store.read_all(|all| all.person(two)).unwrap().as_ref(),
        rows.last()
    );
    let twice = store.write_all(|all| all.add_person("one@example.org", "", None, 1));
    assert!(matches!(twice, Err(StoreError::Refused(_))), "{twice:?}");
}

fn people_that_two_replicas_add_at_once_are_all_there(database: &Database) {
    open(database);
    std::thread::scope(|scope| {
        for replica in 0..3 {
            scope.spawn(move || {
                let store = open_only(database);
                for number in 0..5 {
                    person(&store, &format!("{replica}-{number}"));
                }
            });
        }
    });
    assert_eq!(
        open_only(database).read_all(|all| all.people()).unwrap().len(),
        15
    );
}

fn a_role_is_kept_in_place_of_what_it_was(database: &Database) {
    let store = open(database);
    let [a, b] = ["a", "b"].map(|name| tenant(&store, name));
    let [one, two] = ["one", "two"].map(|login| person(&store, login));
    let set =
        |tenant, person, role: Option<&str>| store.write_all(|all| all.set_membership(tenant, person, role));
    for (tenant, person, role) in [
        (b, one, "viewer"),
        (a, one, "admin"),
        (a, two, "viewer"),
        (b, one, "admin"),
    ] {
        set(tenant, person, Some(role)).unwrap();
    }
    let of = |person| store.read_all(|all| all.memberships_of(person)).unwrap();
    assert_eq!(of(one), [(a, "admin".to_owned()), (b, "admin".to_owned())]);
    set(a, one, None).unwrap();
    set(a, one, None).unwrap();
    assert_eq!(of(one), [(b, "admin".to_owned())]);
    let members = store.read_all(|all| all.members_of_tenant(a)).unwrap();
    assert_eq!(members, [(two, "viewer".to_owned())]);
    for (tenant, person) in [(TenantId(99), one), (a, 99)] {
        let nobody = set(tenant, person, Some("admin"));
        assert!(matches!(nobody, Err(StoreError::Refused(_))), "{nobody:?}");
    }
}

fn token(id: &str, tenant: TenantId, person: i64, name: &str) -> TokenRow {
    TokenRow {
        id: id.to_owned(),
        tenant,
        person,
        name: name.to_owned(),
        role: "developer".to_owned(),
        created: 1,
        expires: Some(9),
        used: None,
        revoked: None,
    }
}

fn a_token_is_found_by_its_hash_and_revoked_once_by_its_tenant(database: &Database) {
    let store = open(database);
    let [a, b] = ["a", "b"].map(|name| tenant(&store, name));
    let one = person(&store, "one");
    store
        .write_all::<_, StoreError>(|all| {
            all.add_token(&[1; 32], &token("t1", a, one, "z"))?;
            all.add_token(&[2; 32], &token("t2", a, one, "Z"))?;
            all.add_token(&[3; 32], &token("t3", b, one, "ci"))?;
            all.use_token(&[1; 32], 5)
        })
        .unwrap();
    let get = |hash: u8| store.read_all(|all| all.token(&[hash; 32])).unwrap();
    assert_eq!(get(1).unwrap().used, Some(5));
    assert_eq!(get(3), Some(token("t3", b, one, "ci")));
    assert_eq!(get(4), None);
    let listed = store.read_all(|all| all.tokens_of(a)).unwrap();
    let ids: Vec<&str> = listed.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(ids, ["t2", "t1"]);
    let revoke = |tenant, at| store.write_all(|all| all.revoke_token(tenant, "t1", at)).unwrap();
    assert!(!revoke(b, 6));
    assert!(revoke(a, 7));
    assert!(!revoke(a, 8));
    assert_eq!(get(1).unwrap().revoked, Some(7));
}

fn a_session_ends_alone_with_its_person_or_with_time(database: &Database) {
    let store = open(database);
    let tenant = tenant(&store, "a");
    let [one, two] = ["one", "two"].map(|login| person(&store, login));
    let row = |person, expires| SessionRow {
        person,
        tenant,
        csrf: vec![0, 255],
        created: 1,
        used: 1,
        expires,
        provider: None,
    };
    store
        .write_all::<_, StoreError>(|all| {
            for (hash, person, expires) in [
                (1, one, 10),
                (2, one, 10),
                (3, two, 10),
                (4, two, 20),
                (5, one, 30),
            ] {
                all.add_session(&[hash; 32], &row(person, expires))?;
            }
            all.end_session(&[1; 32])
        })
        .unwrap();
    let there = || -> Vec<u8> {
        (1..=5)
            .filter(|hash| store.read_all(|all| all.session(&[*hash; 32])).unwrap().is_some())
            .collect()
    };
    assert_eq!(there(), [2, 3, 4, 5]);
    assert_eq!(
        store.read_all(|all| all.session(&[4; 32])).unwrap(),
        Some(row(two, 20))
    );
    store.write_all(|all| all.use_session(&[4; 32], 7)).unwrap();
    let used = |hash: u8| {
        store
            .read_all(|all| all.session(&[hash; 32]))
            .unwrap()
            .unwrap()
            .used
    };
    assert_eq!((used(4), used(5)), (7, 1));
    store.write_all(|all| all.sweep_sessions(20)).unwrap();
    assert_eq!(there(), [4, 5]);
    store.write_all(|all| all.end_sessions_of(one)).unwrap();
    assert_eq!(there(), [4]);
}

fn a_link_is_used_once_and_in_time(database: &Database) {
    let store = open(database);
    let one = person(&store, "one");
    let add = |hash: u8, expires| {
        store
            .write_all(|all| all.add_link(&[hash; 32], one, 1, expires))
            .unwrap();
    };
    let use_up = |hash: u8, at| store.write_all(|all| all.use_link(&[hash; 32], at)).unwrap();
    let whose = |hash: u8, at| store.read_all(|all| all.link(&[hash; 32], at)).unwrap();
    add(1, 10);
    add(2, 10);
    assert_eq!((whose(1, 9), whose(1, 10), whose(3, 9)), (Some(one), None, None));
    assert_eq!(use_up(1, 9), Some(one));
    assert_eq!((use_up(1, 9), whose(1, 9)), (None, None));
    assert_eq!(use_up(2, 10), None);
    assert_eq!(use_up(3, 1), None);
    // Of many that come with the same link at once, one is let in.
    add(4, 10);
    let used = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..6).map(|_| scope.spawn(|| use_up(4, 5))).collect();
        threads
            .into_iter()
            .filter_map(|thread| thread.join().unwrap())
            .count()
    });
    assert_eq!(used, 1);
    // Whoever has a new one no longer has the old ones; others keep theirs.
    let two = person(&store, "two");
    store.write_all(|all| all.add_link(&[5; 32], two, 1, 10)).unwrap();
    store.write_all(|all| all.end_links_of(one)).unwrap();
    assert_eq!((whose(2, 1), whose(5, 1)), (None, Some(two)));
}
