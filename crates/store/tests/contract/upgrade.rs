use crate::support::{open, open_only, tenant};
use bartizan_store::{SCHEMA_VERSION, StoreError, Upgrade};
use bartizan_testbed::{Database, on_both_engines};

on_both_engines!(
    laying_the_schema_twice_does_nothing_the_second_time,
    replicas_that_start_at_once_lay_one_schema,
    a_database_of_a_newer_program_is_refused_and_left_alone,
    a_number_of_the_schema_that_is_none_is_damage,
);

fn laying_the_schema_twice_does_nothing_the_second_time(database: &Database) {
    let store = open_only(database);
    let laid = |from| Upgrade {
        from,
        to: SCHEMA_VERSION,
        backup: None,
    };
    assert_eq!(store.upgrade().unwrap(), laid(0));
    tenant(&store, "harbour");
    assert_eq!(store.upgrade().unwrap(), laid(SCHEMA_VERSION));
    assert_eq!(open_only(database).upgrade().unwrap(), laid(SCHEMA_VERSION));
    assert_eq!(store.read_all(|all| all.tenants()).unwrap().len(), 1);
}

fn replicas_that_start_at_once_lay_one_schema(database: &Database) {
    let upgrades: Vec<Upgrade> = std::thread::scope(|scope| {
        let replicas: Vec<_> = (0..6)
            .map(|_| scope.spawn(|| open_only(database).upgrade().unwrap()))
            .collect();
        replicas
            .into_iter()
            .map(|replica| replica.join().unwrap())
            .collect()
    });
    assert_eq!(
        upgrades.iter().filter(|upgrade| upgrade.from == 0).count(),
        1,
        "{upgrades:?}"
    );
    assert!(upgrades.iter().all(|upgrade| upgrade.to == SCHEMA_VERSION));
}

fn a_database_of_a_newer_program_is_refused_and_left_alone(database: &Database) {
    let store = open(database);
    tenant(&store, "harbour");
    let newer = (SCHEMA_VERSION + 1).to_string();
    store
        .write_all(|all| all.set_setting("schema", newer.as_bytes()))
        .unwrap();
    let refused = open_only(database).upgrade().unwrap_err();
    assert!(
        matches!(refused, StoreError::Newer { found, known } if found == known + 1),
        "{refused:?}"
    );
    assert!(refused.help().contains("newer program"));
    let kept = store.read_all(|all| all.setting("schema")).unwrap();
    assert_eq!(kept, Some(newer.into_bytes()));
}

fn a_number_of_the_schema_that_is_none_is_damage(database: &Database) {
    let store = open(database);
    store.write_all(|all| all.set_setting("schema", b"one")).unwrap();
    let upgraded = store.upgrade();
    assert!(matches!(upgraded, Err(StoreError::Corrupt(_))), "{upgraded:?}");
}
