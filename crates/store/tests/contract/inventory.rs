use crate::support::{add_chunk, read, with_tenant, write};
use bartizan_store::graph::{BillRow, ComponentRow, InventoryRow, Member};
use bartizan_store::{Session, StoreError};
use bartizan_testbed::{Database, on_both_engines};

on_both_engines!(
    components_are_found_by_every_name_they_have,
    licences_lead_to_components,
    many_package_urls_are_looked_up_at_once,
    chunks_are_shared_by_inventories,
    the_newest_bill_of_a_thing_is_the_current_one,
    bills_that_have_a_component_are_paged_by_thing,
);

fn component(id: i64, name: &str) -> ComponentRow {
    ComponentRow {
        id,
        purl: format!("pkg:deb/debian/{name}@{id}"),
        package: format!("pkg:deb/debian/{name}"),
        name: name.to_owned(),
        version: (id > 1).then(|| id.to_string()),
        ecosystem: Some("Debian:12".to_owned()),
        source_name: (id % 2 == 0).then(|| "glibc".to_owned()),
        source_version: None,
    }
}

fn ids(rows: &[ComponentRow]) -> Vec<i64> {
    rows.iter().map(|row| row.id).collect()
}

fn components_are_found_by_every_name_they_have(database: &Database) {
    let (store, tenant) = with_tenant(database);
    let all = [
        component(1, "libc6"),
        component(2, "libc6"),
        component(3, "glibc"),
        component(4, "locales"),
    ];
    write(&store, tenant, |session| {
        assert_eq!(session.next_component()?, 1);
        session.add_components(&[])?;
        session.add_components(&all)?;
        assert_eq!(session.next_component()?, 5);
        Ok(())
    });
    read(&store, tenant, |session| {
        assert_eq!(ids(&session.components_called("libc6", 9)?), [1, 2]);
        assert_eq!(ids(&session.components_called("glibc", 9)?), [2, 3, 4]);
        assert_eq!(ids(&session.components_called("glibc", 2)?), [2, 3]);
        assert_eq!(
            ids(&session.components_called("pkg:deb/debian/libc6", 9)?),
            [1, 2]
        );
        assert_eq!(ids(&session.components_called("pkg:deb/debian/libc6@2", 9)?), [2]);
        assert_eq!(ids(&session.components_called("LIBC6", 9)?), [0; 0]);
        assert_eq!(ids(&session.components(1, 2)?), [2, 3]);
        assert_eq!(session.component(1)?.as_ref(), all.first());
        assert_eq!(session.component(2)?.as_ref(), all.get(1));
        assert_eq!(session.component(9)?, None);
        Ok(())
    });
    let twice = store.write(tenant, |session| session.add_components(&[component(1, "other")]));
    assert!(matches!(twice, Err(StoreError::Refused(_))), "{twice:?}");
}

fn licences_lead_to_components(database: &Database) {
    let (store, tenant) = with_tenant(database);
    let under = |license: &str, component| (license.to_owned(), component);
    write(&store, tenant, |session| {
        session.add_components(&[component(1, "a"), component(2, "b"), component(3, "c")])?;
        session.add_licenses(&[])?;
        session.add_licenses(&[under("MIT", 3), under("MIT", 1), under("MIT", 1), under("ISC", 2)])?;
        session.add_licenses(&[under("MIT", 1)])
    });
    read(&store, tenant, |session| {
        assert_eq!(session.components_under("MIT", 9)?, [1, 3]);
        assert_eq!(session.components_under("MIT", 1)?, [1]);
        assert_eq!(session.components_under("mit", 9)?, [0; 0]);
        Ok(())
    });
}

fn many_package_urls_are_looked_up_at_once(database: &Database) {
    let (store, tenant) = with_tenant(database);
    // More values than one statement of PostgreSQL takes: 65,535.
    let rows: Vec<ComponentRow> = (1..=9_000).map(|id| component(id, "bulk")).collect();
    write(&store, tenant, |session| session.add_components(&rows));
    let purls: Vec<&str> = rows.iter().map(|row| row.purl.as_str()).collect();
    read(&store, tenant, |session| {
        let found = session.component_ids(&purls)?;
        assert_eq!(found.len(), 9_000);
        assert!(found.is_sorted());
        assert!(found.iter().all(|(purl, id)| purl.ends_with(&format!("@{id}"))));
        let some = session.component_ids(&["pkg:none", "pkg:deb/debian/bulk@7", "pkg:deb/debian/bulk@7"])?;
        assert_eq!(some, [("pkg:deb/debian/bulk@7".to_owned(), 7)]);
        assert_eq!(session.component_ids(&[])?, []);
        assert_eq!(session.components(0, i64::MAX)?, rows);
        Ok(())
    });
}

fn member(component: i64, depends_on: &[i64]) -> Member {
    Member {
        component,
        scope: 3,
        direct: Some(component == 1),
        depends_on: depends_on.to_vec(),
    }
}

fn chunks_are_shared_by_inventories(database: &Database) {
    let (store, tenant) = with_tenant(database);
    let first = [member(1, &[2, 9]), member(2, &[])];
    let second = [member(7, &[1])];
    write(&store, tenant, |session| {
        let one = add_chunk(session, &[1; 32], &first)?;
        let two = add_chunk(session, &[2; 32], &second)?;
        let none = add_chunk(session, &[3; 32], &[])?;
        assert_eq!((one, two, none), (1, 2, 3));
        assert_eq!(session.add_inventory(&[1; 32], &[two, one], 3, 3)?, 1);
        assert_eq!(session.add_inventory(&[2; 32], &[one], 2, 2)?, 2);
        assert_eq!(session.add_inventory(&[3; 32], &[], 0, 0)?, 3);
        Ok(())
    });
    read(&store, tenant, |session| {
        assert_eq!(session.chunk_by_digest(&[2; 32])?, Some(2));
        assert_eq!(session.chunk_by_digest(&[9; 32])?, None);
        assert_eq!(session.inventory_by_digest(&[2; 32])?, Some(2));
        assert_eq!(session.inventory_by_digest(&[9; 32])?, None);
        let (id, components, edges) = (1, 3, 3);
        assert_eq!(
            session.inventory(1)?,
            Some(InventoryRow {
                id,
                components,
                edges
            })
        );
        assert_eq!(session.inventory(9)?, None);
        assert_eq!(session.members_of(1)?, [&second[..], &first].concat());
        assert_eq!(session.members_of(3)?, []);
        let mut seen = Vec::new();
        session.each_chunk(1, |chunk| {
            seen.push((chunk.id, chunk.members.len()));
            Ok(())
        })?;
        assert_eq!(seen, [(2, 1), (3, 0)]);
        Ok(())
    });
    let twice = store.write(tenant, |session| add_chunk(session, &[1; 32], &first));
    assert!(matches!(twice, Err(StoreError::Refused(_))), "{twice:?}");
}

fn bill(
    session: &mut Session<'_>,
    seq: i64,
    asset: i64,
    inventory: i64,
    at: i64,
) -> Result<bool, StoreError> {
    session.add_bill(&BillRow {
        seq,
        asset,
        build: (seq % 2 == 0).then(|| format!("sha256:{seq}")),
        inventory,
        at,
        is_current: false,
    })
}

fn the_newest_bill_of_a_thing_is_the_current_one(database: &Database) {
    let (store, tenant) = with_tenant(database);
    write(&store, tenant, |session| {
        assert!(bill(session, 1, 1, 1, 100)?);
        assert!(bill(session, 2, 1, 2, 200)?);
        // One that is older, though it came later.
        assert!(!bill(session, 3, 1, 3, 150)?);
        assert!(bill(session, 4, 1, 4, 200)?);
        assert!(bill(session, 5, 2, 1, 50)?);
        Ok(())
    });
    read(&store, tenant, |session| {
        let seqs = |rows: Vec<BillRow>| -> Vec<(i64, bool)> {
            rows.iter().map(|row| (row.seq, row.is_current)).collect()
        };
        assert_eq!(
            seqs(session.bills_of(1, 9)?),
            [(4, true), (3, false), (2, false), (1, false)]
        );
        assert_eq!(seqs(session.bills_of(1, 1)?), [(4, true)]);
        assert_eq!(seqs(session.bills_of(2, 9)?), [(5, true)]);
        assert_eq!(session.bill(2)?.unwrap().build.as_deref(), Some("sha256:2"));
        assert_eq!(session.bill(3)?.unwrap().build, None);
        assert_eq!(session.bill(9)?, None);
        Ok(())
    });
}

fn bills_that_have_a_component_are_paged_by_thing(database: &Database) {
    let (store, tenant) = with_tenant(database);
    write(&store, tenant, |session| {
        let one = add_chunk(session, &[1; 32], &[member(1, &[]), member(2, &[])])?;
        let two = add_chunk(session, &[2; 32], &[member(1, &[2])])?;
        let both = session.add_inventory(&[1; 32], &[one, two], 3, 1)?;
        let second = session.add_inventory(&[2; 32], &[two], 1, 1)?;
        for (seq, asset, inventory) in [
            (1, 3, both),
            (2, 1, second),
            (3, 2, both),
            (4, 2, second),
            (5, 9, both),
        ] {
            bill(session, seq, asset, inventory, seq)?;
        }
        Ok(())
    });
    let with = |component, after, limit| -> Vec<i64> {
        let rows = read(&store, tenant, |session| {
            session.bills_with(component, after, limit)
        });
        rows.iter().map(|row| row.asset).collect()
    };
    assert_eq!(with(1, 0, 9), [1, 2, 3, 9]);
    assert_eq!(with(1, 1, 2), [2, 3]);
    assert_eq!(with(2, 0, 9), [3, 9]);
    assert_eq!(with(5, 0, 9), [0; 0]);
}
