use crate::support::{open, open_only};
use bartizan_store::{StoreError, TenantId};
use bartizan_testbed::{Database, on_both_engines};

on_both_engines!(
    a_setting_is_kept_in_place_of_what_it_was,
    a_setting_that_two_ask_for_at_once_is_the_same_for_both,
    tenants_are_listed_by_number_and_found_by_name,
    a_name_of_a_tenant_is_taken_once,
    tenants_that_two_replicas_make_at_once_are_all_there,
);

fn a_setting_is_kept_in_place_of_what_it_was(database: &Database) {
    let store = open(database);
    let get = |name: &str| store.read_all(|all| all.setting(name)).unwrap();
    assert_eq!(get("key"), None);
    store
        .write_all::<_, StoreError>(|all| {
            all.set_setting("key", b"one")?;
            all.set_setting("key", &[0, 255, 0])?;
            all.set_setting("ключ", b"")
        })
        .unwrap();
    assert_eq!(get("key"), Some(vec![0, 255, 0]));
    assert_eq!(get("ключ"), Some(Vec::new()));
    assert_eq!(get("KEY"), None);
}

fn a_setting_that_two_ask_for_at_once_is_the_same_for_both(database: &Database) {
    open(database);
    let answers: Vec<Vec<u8>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..6_u8)
            .map(|number| {
                scope.spawn(move || {
                    open_only(database)
                        .write_all(|all| all.setting_or("seed", &[number]))
                        .unwrap()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
}

fn tenants_are_listed_by_number_and_found_by_name(database: &Database) {
    let store = open(database);
    for name in ["zeta", "Ärger", "alpha"] {
        store.write_all(|all| all.add_tenant(name, 7)).unwrap();
    }
    let all = store.read_all(|all| all.tenants()).unwrap();
    let listed: Vec<(i64, &str, i64)> = all
        .iter()
        .map(|tenant| (tenant.id.0, tenant.name.as_str(), tenant.created))
        .collect();
    assert_eq!(listed, [(1, "zeta", 7), (2, "Ärger", 7), (3, "alpha", 7)]);
    let found = store.read_all(|all| all.tenant("Ärger")).unwrap();
    assert_eq!(found.map(|tenant| tenant.id), Some(TenantId(2)));
    assert_eq!(store.read_all(|all| all.tenant("ärger")).unwrap(), None);
}

fn a_name_of_a_tenant_is_taken_once(database: &Database) {
    let store = open(database);
    store.write_all(|all| all.add_tenant("harbour", 1)).unwrap();
    let again = store.write_all(|all| all.add_tenant("harbour", 2));
    assert!(matches!(again, Err(StoreError::Refused(_))), "{again:?}");
    assert_eq!(store.read_all(|all| all.tenants()).unwrap().len(), 1);
}

fn tenants_that_two_replicas_make_at_once_are_all_there(database: &Database) {
    open(database);
    std::thread::scope(|scope| {
        for replica in 0..4 {
            scope.spawn(move || {
                let store = open_only(database);
                for number in 0..5 {
                    let name = format!("{replica}-{number}");
                    store.write_all(|all| all.add_tenant(&name, 1)).unwrap();
                }
            });
        }
    });
    let all = open_only(database).read_all(|all| all.tenants()).unwrap();
    let ids: Vec<i64> = all.iter().map(|tenant| tenant.id.0).collect();
    assert_eq!(ids, (1..=20).collect::<Vec<_>>());
}
