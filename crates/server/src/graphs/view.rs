//! The edges of one tenant in memory, with the kinds of things: read from a snapshot, brought up to date by what changed, and written as one.

use super::extents::Extents;
use crate::http::{Kind, Problem};
use bartizan_ledger::graph::{Graph, TooLarge};
use bartizan_store::{Session, StoreError};
use std::sync::Arc;

/// What a snapshot begins with: the form of what follows.
const FORM: &[u8; 8] = b"bzgraph1";
/// What is known of edges and of the kinds of things.
#[derive(Debug, Clone, Default)]
pub(crate) struct View {
    /// The edges.
    pub(crate) graph: Graph,
    /// Which word each thing's kind is, by number.
    pub(super) kinds: Vec<u8>,
    pub(super) words: Vec<String>,
    /// The last statement that is brought in.
    pub(super) upto: i64,
    /// The generation of the graph: numbers of things mean nothing in another one.
    pub(super) generation: i64,
    /// How much is reached from where, as far as it was asked for.
    pub(super) extents: Arc<Extents>,
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

    /// What the snapshot holds; nothing where there is none, or none that can be read.
    pub(super) fn restore(session: &mut Session<'_>, generation: i64) -> Result<Self, Problem> {
        let empty = || Self {
            upto: -1,
            words: vec![String::new()],
            kinds: vec![0],
            generation,
            ..Self::default()
        };
        let Some(row) = session.snapshot()? else {
            return Ok(empty());
        };
        let bytes = session.snapshot_bytes()?;
        let read = Self::decode(&bytes).filter(|view| i64::try_from(view.kinds.len()) == Ok(row.things + 1));
        Ok(read.map_or_else(empty, |view| Self {
            upto: row.seq,
            generation,
            ..view
        }))
    }

    pub(super) fn encode(&mut self) -> Result<Vec<u8>, Problem> {
        let mut out = FORM.to_vec();
        self.graph.encode(&mut out).map_err(too_large)?;
        let mut piece = |bytes: &[u8]| {
            let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
            out.extend_from_slice(&length.to_le_bytes());
            out.extend_from_slice(bytes);
        };
        piece(&self.kinds);
        for word in &self.words {
            piece(word.as_bytes());
        }
        Ok(out)
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        fn piece<'b>(rest: &mut &'b [u8]) -> Option<&'b [u8]> {
            let (length, behind) = rest.split_first_chunk()?;
            let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
            let (piece, behind) = behind.split_at_checked(length)?;
            *rest = behind;
            Some(piece)
        }
        let (graph, mut rest) = Graph::decode(bytes.strip_prefix(FORM)?)?;
        let kinds = piece(&mut rest)?.to_vec();
        let mut words = Vec::new();
        while !rest.is_empty() && words.len() < 255 {
            words.push(String::from_utf8(piece(&mut rest)?.to_vec()).ok()?);
        }
        (rest.is_empty() && !words.is_empty() && !kinds.is_empty()).then_some(Self {
            graph,
            kinds,
            words,
            ..Self::default()
        })
    }

    /// Brings in what changed.
    pub(super) fn renew(&mut self, session: &mut Session<'_>) -> Result<(), Problem> {
        self.extents = Arc::default();
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

    pub(super) fn bytes(&self) -> usize {
        self.graph.bytes() + self.kinds.capacity()
    }
}

fn too_large(error: TooLarge) -> Problem {
    Problem::new(Kind::Unprocessable, error.to_string())
        .help("things that nobody needs can be left out of what is sent, and the graph made again: `bartizan ledger rebuild`")
}
