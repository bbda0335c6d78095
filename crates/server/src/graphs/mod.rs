//! The edges of tenants in memory, for questions that follow them: read from a snapshot in the store when the first one is asked or a page was opened,
//! brought up to date by what statements changed since, and given back when nobody asked for a while and no page is open.

mod extents;
mod view;

pub(crate) use view::View;

use crate::http::Problem;
use bartizan_store::{Session, Store, TenantId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long edges are kept that nobody asks for.
const KEPT: Duration = Duration::from_secs(120);
/// Bytes that the edges of all tenants take, at most, those of the one that asks aside.
const MOST: usize = 512 * 1024 * 1024;

/// Bytes of changes, and new things, up to which a snapshot does as it is; or a part of what it holds.
const FEW: i64 = 256 << 10;
const FEW_THINGS: i64 = 16_384;
const PART: i64 = 32;

/// The edges of tenants that asked lately.
#[derive(Debug, Default)]
pub(crate) struct Graphs {
    tenants: Mutex<HashMap<i64, Kept>>,
}

#[derive(Debug)]
struct Kept {
    /// Whoever brings it up to date holds it, so that it is done once.
    view: Arc<Mutex<Option<Arc<View>>>>,
    used: Instant,
    bytes: usize,
}

/// Makes the snapshot of a tenant anew where much changed since it was made; out comes whether that was so. Of replicas that do so at
/// once the one that read more wins.
///
/// # Errors
/// Those of the store, and when there are more edges than are kept in memory.
pub(crate) fn keep_snapshot(store: &Store, tenant: TenantId) -> Result<bool, Problem> {
    keep_snapshot_of(store, tenant, (FEW, FEW_THINGS))
}

/// The same, with how few bytes and things are left alone.
fn keep_snapshot_of(store: &Store, tenant: TenantId, few: (i64, i64)) -> Result<bool, Problem> {
    let made = store.read(tenant, |session| {
        let row = session.snapshot()?;
        let (seq, things, size) = row.map_or((-1, 0, 0), |row| (row.seq, row.things, row.bytes));
        let is_behind = session.edge_change_bytes(seq)? > few.0.max(size / PART)
            || session.last_asset()? - things > few.1.max(things / PART);
        if !is_behind {
            return Ok::<_, Problem>(None);
        }
        let generation = session.graph_generation()?;
        let mut view = View::restore(session, generation)?;
        view.renew(session)?;
        let things = i64::try_from(view.kinds.len()).unwrap_or(i64::MAX) - 1;
        Ok(Some((generation, (view.upto, things), view.encode()?)))
    })?;
    let Some((generation, upto, bytes)) = made else {
        return Ok(false);
    };
    Ok(store.write(tenant, |session| session.keep_snapshot(generation, upto, &bytes))?)
}

impl Graphs {
    /// The edges of the tenant of this transaction, as they are now.
    pub(crate) fn of(&self, session: &mut Session<'_>) -> Result<Arc<View>, Problem> {
        let tenant = session.tenant().0;
        let place = {
            let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
            let kept = tenants.entry(tenant).or_insert_with(|| Kept {
                view: Arc::default(),
                used: Instant::now(),
                bytes: 0,
            });
            kept.used = Instant::now();
            Arc::clone(&kept.view)
        };
        let mut held = place.lock().unwrap_or_else(PoisonError::into_inner);
        let last = session.last_edge_change()?.unwrap_or(-1);
        let things = usize::try_from(session.last_asset()?).unwrap_or(usize::MAX);
        let generation = session.graph_generation()?;
        held.take_if(|view| view.generation != generation);
        let is_new = |view: &Arc<View>| view.upto >= last && view.kinds.len() > things;
        if let Some(view) = held.as_ref().filter(|view| is_new(view)) {
            return Ok(Arc::clone(view));
        }
        let mut view = match held.take() {
            Some(view) => Arc::unwrap_or_clone(view),
            None => View::restore(session, generation)?,
        };
        view.renew(session)?;
        let bytes = view.bytes();
        let view = Arc::new(view);
        *held = Some(Arc::clone(&view));
        drop(held);
        self.make_room(tenant, bytes);
        Ok(view)
    }

    /// Gives back what others have not used for longest, where all of it is too much.
    fn make_room(&self, tenant: i64, bytes: usize) {
        let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = tenants.get_mut(&tenant) {
            kept.bytes = bytes;
        }
        while tenants.values().map(|kept| kept.bytes).sum::<usize>() > MOST {
            let others = tenants.iter().filter(|(other, _)| **other != tenant);
            let Some(oldest) = others.min_by_key(|(_, kept)| kept.used).map(|(other, _)| *other) else {
                break;
            };
            tenants.remove(&oldest);
        }
    }

    /// Counts as asked for now: somebody may ask soon.
    pub(crate) fn keep(&self, tenant: TenantId) {
        let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = tenants.get_mut(&tenant.0) {
            kept.used = Instant::now();
        }
    }

    /// Gives back what nobody asked for lately.
    pub(crate) fn forget_unused(&self) {
        let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        tenants.retain(|_, kept| kept.used.elapsed() < KEPT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_store::StoreError;
    use bartizan_store::graph::EdgeRow;
    use bartizan_testbed::{Database, on_both_engines};
    use std::collections::BTreeSet;

    on_both_engines!(
        a_snapshot_and_what_came_after_it_are_the_edges_that_there_are,
        a_snapshot_that_cannot_be_read_counts_as_none,
        what_was_kept_of_a_graph_that_was_made_again_counts_no_more,
    );

    struct Plane {
        store: Store,
        tenant: TenantId,
    }

    impl Plane {
        fn on(database: &Database) -> Self {
            let store =
                Store::open(&database.url.parse().unwrap(), bartizan_store::Options::default()).unwrap();
            store.upgrade().unwrap();
            let tenant = store.write_all(|all| all.add_tenant("acme", 1)).unwrap().id;
            Self { store, tenant }
        }

        fn link(&self, seq: i64, edges: &[(&str, &str, &str)]) {
            self.store
                .write(self.tenant, |session| {
                    let mut rows = Vec::new();
                    for (source, kind, target) in edges {
                        rows.push(EdgeRow {
                            source: session.see_asset(source, 1)?,
                            kind: (*kind).to_owned(),
                            target: session.see_asset(target, 1)?,
                        });
                    }
                    session.see_edges(&rows, seq).map(drop)
                })
                .unwrap();
        }

        fn keep(&self) -> bool {
            keep_snapshot_of(&self.store, self.tenant, (0, 0)).unwrap()
        }

        /// The edges and kinds that there are, by names.
        fn edges(&self, graphs: &Graphs) -> BTreeSet<(String, String)> {
            let view = self
                .store
                .read(self.tenant, |session| graphs.of(session))
                .unwrap();
            let shown = |node: u32| format!("{node} {}", view.kind(node));
            (0..20)
                .flat_map(|from| view.graph.onward(from).map(move |(_, to)| (from, to)))
                .map(|(from, to)| (shown(from), shown(to)))
                .collect()
        }
    }

    fn a_snapshot_and_what_came_after_it_are_the_edges_that_there_are(database: &Database) {
        let plane = Plane::on(database);
        plane.link(
            0,
            &[("host:a", "reaches", "image:b"), ("image:b", "reaches", "host:c")],
        );
        assert!(plane.keep());
        assert!(!plane.keep(), "nothing changed");
        plane.link(1, &[("host:c", "reaches", "repo:d")]);
        let fresh = plane.edges(&Graphs::default());
        assert_eq!(fresh.len(), 3);
        assert!(
            fresh
                .iter()
                .any(|(from, to)| from.ends_with("host") && to.ends_with("repo"))
        );
        assert!(plane.keep());
        assert_eq!(plane.edges(&Graphs::default()), fresh);
    }

    fn a_snapshot_that_cannot_be_read_counts_as_none(database: &Database) {
        let plane = Plane::on(database);
        plane.link(0, &[("host:a", "reaches", "image:b")]);
        let expected = plane.edges(&Graphs::default());
        for (things, bytes) in [(2, &b"bzgraph0"[..]), (3, b"bzgraph1"), (4, b"")] {
            let kept = plane.store.write(plane.tenant, |session| {
                session.keep_snapshot(0, (0, things), bytes)
            });
            assert!(kept.unwrap());
            assert_eq!(plane.edges(&Graphs::default()), expected);
        }
    }

    fn what_was_kept_of_a_graph_that_was_made_again_counts_no_more(database: &Database) {
        let plane = Plane::on(database);
        plane.link(
            0,
            &[("host:a", "reaches", "image:b"), ("image:b", "reaches", "host:c")],
        );
        assert!(plane.keep());
        let graphs = Graphs::default();
        assert_eq!(plane.edges(&graphs).len(), 2);
        let late = plane.store.read(plane.tenant, |session| {
            Ok::<_, StoreError>((session.graph_generation()?, session.snapshot_bytes()?))
        });
        let (generation, bytes) = late.unwrap();
        plane
            .store
            .write(plane.tenant, |session| session.clear_graph())
            .unwrap();
        plane.link(0, &[("repo:c", "reaches", "image:a")]);
        let again = plane.edges(&graphs);
        assert_eq!(again, plane.edges(&Graphs::default()));
        assert_eq!(again.len(), 1);
        // Nor does one that somebody began to make before.
        let kept = plane.store.write(plane.tenant, |session| {
            session.keep_snapshot(generation, (7, 9), &bytes)
        });
        assert!(!kept.unwrap());
    }
}
