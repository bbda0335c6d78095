//! What a mesh of Istio lets through, beside what the network does.
//!
//! In: AuthorizationPolicies, PeerAuthentications, Sidecars and ServiceEntries, and pods. Out: for every two pods, and for addresses outside,
//! a [`Passage`]: what the proxies of both let through. Proxies see TCP only; everything else passes. Pods that no policy tells apart
//! share a side, and callers that fit the same sources share a cell, so that each is worked out once.
//!
//! Source: <https://istio.io/latest/docs/concepts/security/#implicit-enablement>,
//! <https://istio.io/latest/docs/reference/config/security/authorization-policy/>.

mod authorization;
mod cell;
mod sidecar;
mod sides;
mod source;
mod why;

use super::address::Range;
use super::classes::{Member, TooLarge};
use super::cluster::{Look, Manifests};
use super::condition::{Demand, Passage};
use super::policy::Undecided;
use super::pool::{ALL, NONE, Pool};
use crate::istio::peers::PeerAuthentication;
use crate::kube::Object;
use authorization::{Authorization, Sources};
use cell::Cells;
use sidecar::{Entry, Sidecar};
pub(super) use sides::Sides;
use sides::{Callee, Callers};

/// A PeerAuthentication with its place.
#[derive(Debug)]
struct Peers {
    title: String,
    namespace: String,
    says: PeerAuthentication,
}

/// Objects of the mesh.
#[derive(Debug, Default)]
pub(super) struct Policies {
    authorizations: Vec<Authorization>,
    sources: Sources,
    peers: Vec<Peers>,
    sidecars: Vec<Sidecar>,
    entries: Vec<Entry>,
}

/// Whether objects of a kind say who reaches whom in a mesh, and are understood.
pub(super) fn is_of_mesh(group: &str, kind: &str) -> bool {
    match group {
        "security.istio.io" => matches!(kind, "AuthorizationPolicy" | "PeerAuthentication"),
        "networking.istio.io" => matches!(kind, "Sidecar" | "ServiceEntry"),
        _ => false,
    }
}

impl Policies {
    /// Takes in an object, and says what of it is not followed.
    ///
    /// # Errors
    ///
    /// What Istio would not accept, in words.
    pub(super) fn take(&mut self, object: &Object, namespace: &str) -> Result<Undecided, String> {
        match object.kind.as_str() {
            "AuthorizationPolicy" => {
                let (policy, undecided) = Authorization::read(object, namespace, &mut self.sources)?;
                self.authorizations.extend(policy);
                Ok(undecided)
            }
            "PeerAuthentication" => {
                let says = PeerAuthentication::read(&object.root);
                if let Some(why) = says.refused {
                    return Err(why);
                }
                self.peers.push(Peers {
                    title: format!("{} {namespace}/{}", object.kind, object.name),
                    namespace: namespace.to_owned(),
                    says,
                });
                Ok(Undecided::new())
            }
            "Sidecar" => {
                let (sidecar, undecided) = Sidecar::read(object, namespace)?;
                self.sidecars.push(sidecar);
                Ok(undecided)
            }
            _ => {
                self.entries.push(Entry::read(object, namespace)?);
                Ok(Undecided::new())
            }
        }
    }

    /// Whether nothing in it decides.
    pub(super) fn is_empty(&self) -> bool {
        self.authorizations.is_empty() && self.peers.is_empty() && self.sidecars.is_empty()
    }

    /// Blocks of addresses that sources name.
    pub(super) fn ranges(&self) -> impl Iterator<Item = &Range> {
        self.sources.all.iter().flat_map(source::Source::ranges)
    }
}

/// What the mesh lets through.
#[derive(Debug)]
pub(super) struct Mesh<'m> {
    manifests: &'m Manifests,
    sides: Sides,
    /// How each class is seen as one who is connected to and as one who connects.
    of_class: Vec<(u32, u32)>,
    /// Numbers of passages, by who is connected to, and then by who connects: pods, then pieces of addresses.
    rows: Vec<Vec<u32>>,
    /// Numbers of passages to every address outside, by who connects.
    outward: Vec<u32>,
    passages: Vec<Passage>,
    /// Pieces of the addresses outside that connect.
    pieces: Vec<Range>,
}

impl<'m> Mesh<'m> {
    /// How pods are seen by the mesh; none where nothing of a mesh decides.
    pub(super) fn sides(manifests: &Manifests, looks: &[Look]) -> Option<Sides> {
        (!manifests.mesh.is_empty()).then(|| Sides::of(manifests, looks))
    }

    /// Works out what the mesh lets through.
    ///
    /// # Errors
    ///
    /// Where there are too many different pods and addresses.
    pub(super) fn new(
        manifests: &'m Manifests,
        sides: Sides,
        (of, classes): (&[Member], Member),
        pieces: &[Range],
        pool: &mut Pool,
    ) -> Result<Self, TooLarge> {
        let mut of_class = vec![(0, 0); classes as usize];
        for (look, class) in of.iter().enumerate() {
            if let (Some(seen), Some(slot)) = (sides.of_look.get(look), of_class.get_mut(*class as usize)) {
                *slot = *seen;
            }
        }
        let callers = sides.callers.len() + pieces.len();
        TooLarge::unless_held(sides.callees.len(), callers)?;
        let mut cells = Cells::new(&manifests.mesh, &sides, pieces);
        let mut rows = Vec::with_capacity(sides.callees.len());
        for callee in &sides.callees {
            rows.push(cells.row(callee, pool));
        }
        let outward = cells.outward(pool);
        let passages = cells.passages;
        Ok(Self {
            manifests,
            sides,
            of_class,
            rows,
            outward,
            passages,
            pieces: pieces.to_vec(),
        })
    }

    fn callee(&self, class: Member) -> Option<&Callee> {
        let (callee, _) = self.of_class.get(class as usize)?;
        self.sides.callees.get(*callee as usize)
    }

    fn caller(&self, member: Member) -> Option<Callers<'_>> {
        match self.of_class.get(member as usize) {
            Some((_, caller)) => self.sides.callers.get(*caller as usize).map(Callers::Pod),
            None => {
                let piece = self.pieces.get(member as usize - self.of_class.len())?;
                Some(Callers::Outside(*piece))
            }
        }
    }

    /// The number of what a member may with another, of which one at least is a class.
    fn number(&self, from: Member, to: Member) -> Option<u32> {
        let classes = self.of_class.len();
        let caller = match self.of_class.get(from as usize) {
            Some((_, caller)) => *caller as usize,
            None => self.sides.callers.len() + (from as usize - classes),
        };
        match self.of_class.get(to as usize) {
            Some((callee, _)) => self.rows.get(*callee as usize)?.get(caller).copied(),
            None => self.outward.get(caller).copied(),
        }
    }

    /// What may pass from a member to another, of which one at least is a class.
    pub(super) fn passage(&self, from: Member, to: Member) -> Option<&Passage> {
        self.passages.get(self.number(from, to)? as usize)
    }

    /// The same without what it depends on.
    pub(super) fn upper(&self, from: Member, to: Member) -> super::pool::Id {
        self.passage(from, to).map_or(ALL, |passage| passage.upper)
    }

    /// Whether anything depends on more than ports.
    pub(super) fn is_conditional(&self) -> bool {
        self.passages.iter().any(|passage| !passage.holds.is_empty())
    }

    /// Everything that passages depend on.
    pub(super) fn demands(&self) -> impl Iterator<Item = &Demand> {
        let holds = self.passages.iter().flat_map(|passage| &passage.holds);
        holds
            .filter(|hold| hold.set != NONE)
            .flat_map(|hold| &hold.demands)
    }
}
