//! The edges of tenants in memory, for questions that follow them: read from the store when the first one is asked or a page was opened,
//! brought up to date by what statements changed since, and given back when nobody asked for a while and no page is open.

use crate::http::{Kind, Problem};
use bartizan_ledger::graph::{Graph, TooLarge};
use bartizan_store::{Session, StoreError, TenantId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long edges are kept that nobody asks for.
const KEPT: Duration = Duration::from_secs(120);
/// Bytes that the edges of all tenants take, at most, those of the one that asks aside.
const MOST: usize = 512 * 1024 * 1024;

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

/// What is known of edges and of the kinds of things.
#[derive(Debug, Clone, Default)]
pub(crate) struct View {
    /// The edges.
    pub(crate) graph: Graph,
    /// Which word each thing's kind is, by number.
    kinds: Vec<u8>,
    words: Vec<String>,
    /// The last statement that is brought in.
    upto: i64,
}

impl View {
    /// The kind of a thing; empty for one that is not known.
    pub(crate) fn kind(&self, node: u32) -> &str {
        let word = self.kinds.get(node as usize).map(|word| usize::from(*word));
        word.and_then(|word| self.words.get(word))
            .map_or("", String::as_str)
    }

    /// How many of these things are of which kind.
    pub(crate) fn count_kinds(&self, nodes: impl Iterator<Item = u32>) -> Vec<(String, u64)> {
        let mut counts = [0_u64; 256];
        for node in nodes {
            let word = self.kinds.get(node as usize).copied().unwrap_or(0);
            if let Some(count) = counts.get_mut(usize::from(word)) {
                *count += 1;
            }
        }
        let counted = self.words.iter().cloned().zip(counts);
        counted.filter(|(_, count)| *count > 0).collect()
    }

    /// Things of a kind, by number.
    pub(crate) fn of_kind<'v>(&'v self, kind: &'v str) -> impl Iterator<Item = u32> + 'v {
        let word = self.words.iter().position(|word| word == kind);
        (0_u32..)
            .zip(&self.kinds)
            .filter(move |(_, own)| Some(usize::from(**own)) == word)
            .map(|(node, _)| node)
    }

    /// Brings in what changed.
    fn renew(&mut self, session: &mut Session<'_>) -> Result<(), Problem> {
        let mut outcome = Ok(());
        let (graph, upto) = (&mut self.graph, &mut self.upto);
        session.each_edge_change(*upto, |seq, pack| {
            let kinds: Vec<_> = pack.kinds.iter().map(|word| word.parse().ok()).collect();
            for (source, kind, target) in pack.edges {
                let Some(kind) = kinds.get(kind).copied().flatten() else {
                    continue;
                };
                let done = if pack.came {
                    graph.add(source, kind, target)
                } else {
                    graph.cut(source, kind, target)
                };
                if done.is_err() {
                    outcome = done;
                }
            }
            *upto = seq;
            Ok(())
        })?;
        outcome.and_then(|()| self.graph.settle()).map_err(too_large)?;
        let known = i64::try_from(self.kinds.len()).unwrap_or(i64::MAX) - 1;
        let (kinds, words) = (&mut self.kinds, &mut self.words);
        session.each_asset_kind(known, |id, kind| {
            let known = words.iter().position(|word| word == kind);
            let word = known.unwrap_or_else(|| {
                // Kinds are schemes of names, and anybody may give a name: those above 254 count as one.
                words.push(if words.len() < 254 {
                    kind.to_owned()
                } else {
                    "other".to_owned()
                });
                (words.len() - 1).min(254)
            });
            words.truncate(255);
            let place =
                usize::try_from(id).map_err(|_| StoreError::Corrupt("a thing has no number".to_owned()))?;
            kinds.resize(place, 0);
            kinds.push(u8::try_from(word).unwrap_or(254));
            Ok(())
        })?;
        Ok(())
    }

    fn bytes(&self) -> usize {
        self.graph.bytes() + self.kinds.capacity()
    }
}

fn too_large(error: TooLarge) -> Problem {
    Problem::new(Kind::Unprocessable, error.to_string())
        .help("things that nobody needs can be left out of what is sent, and the graph made again: `bartizan ledger rebuild`")
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
        let is_new = |view: &Arc<View>| view.upto >= last && view.kinds.len() > things;
        if let Some(view) = held.as_ref().filter(|view| is_new(view)) {
            return Ok(Arc::clone(view));
        }
        let mut view = held.take().map_or_else(
            || View {
                upto: -1,
                words: vec![String::new()],
                kinds: vec![0],
                ..View::default()
            },
            Arc::unwrap_or_clone,
        );
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
