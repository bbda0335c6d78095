//! What several of these tests begin with: a tenant on an empty database, and evidence that comes in.

#![allow(dead_code, reason = "each test that takes this in uses a part of it")]

use bartizan_server::ingest::{Arrival, IngestError, Receipt, Trust, take};
use bartizan_store::{Options, Store, TenantId};
use bartizan_testbed::Database;

/// The store in this database, with its schema.
pub(crate) fn opened(database: &Database) -> Store {
    let store = Store::open(&database.url.parse().unwrap(), Options::default()).unwrap();
    store.upgrade().unwrap();
    store
}

/// A new tenant.
pub(crate) fn tenant(store: &Store, name: &str, at: i64) -> TenantId {
    store
        .write_all(|installation| installation.add_tenant(name, at))
        .unwrap()
        .id
}

/// A statement comes in as it is, from somebody who signed in.
pub(crate) fn sent(store: &Store, tenant: TenantId, body: &[u8], at: i64) -> Result<Receipt, IngestError> {
    let arrival = Arrival {
        body,
        statement: body,
        trust: Trust::Authenticated,
        by: "ci@acme",
        at,
    };
    take(store, tenant, &arrival)
}
