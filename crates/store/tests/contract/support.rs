use bartizan_store::graph::{FindingRow, Member, RemedyRow, RemedyTotals, Status};
use bartizan_store::ledger::{NewStatement, Packed};
use bartizan_store::{DatabaseUrl, Options, Session, Store, StoreError, TenantId};
use bartizan_testbed::Database;

/// The store in this database, as it is found: several replicas open it several times.
pub(crate) fn open_only(database: &Database) -> Store {
    let url: DatabaseUrl = database.url.parse().unwrap();
    Store::open(&url, Options { connections: 4 }).unwrap()
}

/// The store in this database, with its schema.
pub(crate) fn open(database: &Database) -> Store {
    let store = open_only(database);
    store.upgrade().unwrap();
    store
}

pub(crate) fn tenant(store: &Store, name: &str) -> TenantId {
    store
        .write_all(|installation| installation.add_tenant(name, 1))
        .unwrap()
        .id
}

/// A store with one tenant.
pub(crate) fn with_tenant(database: &Database) -> (Store, TenantId) {
    let store = open(database);
    let tenant = tenant(&store, "harbour");
    (store, tenant)
}

pub(crate) fn write<T>(
    store: &Store,
    tenant: TenantId,
    work: impl FnMut(&mut Session<'_>) -> Result<T, StoreError>,
) -> T {
    store.write(tenant, work).unwrap()
}

pub(crate) fn read<T>(
    store: &Store,
    tenant: TenantId,
    work: impl FnOnce(&mut Session<'_>) -> Result<T, StoreError>,
) -> T {
    store.read(tenant, work).unwrap()
}

/// Appends a statement with this body behind the others; its digest stands for the body.
pub(crate) fn append(session: &mut Session<'_>, digest: &[u8], body: &[u8]) -> Result<i64, StoreError> {
    let size = session.hold_log()?;
    session.append_statement(
        size,
        &NewStatement {
            digest,
            predicate: "https://in-toto.io/attestation/test-result/v0.1",
            received: 1_700_000_000_000 + size,
            pusher: "ci",
            trust: "authenticated",
            entry: b"leaf",
            body: &Packed::of(body),
        },
    )?;
    Ok(size)
}

pub(crate) fn finding(id: i64, asset: i64) -> FindingRow {
    FindingRow {
        id,
        asset,
        fingerprint: format!("{id:016}").into_bytes(),
        rule: "leak/token".to_owned(),
        made_by: "leak".to_owned(),
        severity: 3,
        confidence: 2,
        title: "A token".to_owned(),
        message: "A token is in the file".to_owned(),
        place: "a.txt:1".to_owned(),
        component: None,
        status: Status::Open,
        decision: 1,
        rank: id,
        remedy: 1,
        first_seen: 10,
        last_seen: 20,
        opened: 10,
        closed: None,
        due: None,
        waiver: None,
        waived_until: None,
        stood: 0,
    }
}

pub(crate) fn remedy(id: i64, asset: i64, what: &str, upgrade: Option<&str>) -> RemedyRow {
    RemedyRow {
        id,
        asset,
        what: what.to_owned(),
        change: what.to_owned(),
        upgrade: upgrade.map(str::to_owned),
        owner: None,
        totals: RemedyTotals::default(),
    }
}

pub(crate) fn texts(list: &[&str]) -> Vec<String> {
    list.iter().map(|text| (*text).to_owned()).collect()
}

/// Adds a chunk that is new; out comes its number.
pub(crate) fn add_chunk(
    session: &mut Session<'_>,
    digest: &[u8],
    content: &[Member],
) -> Result<i64, StoreError> {
    Ok(session.add_chunks(&[(digest, content)])?[0])
}
