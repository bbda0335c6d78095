//! The matrix: what keeps each tenant, and each two of them, the platform and the outside, apart.
//!
//! In: a [`World`]. Out: breaks and unknowns with their proofs; every cell that has neither is isolated.

use super::aspects;
use super::world::{At, World};
use crate::reach::Note;
use bartizan_engine::rule::{About, Severity};
use std::collections::HashMap;

/// Somebody who is kept apart from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Party {
    /// A tenant, by its number.
    Tenant(u32),
    /// What no tenant owns.
    Platform,
    /// Whoever is not of the cluster.
    Outside,
}

/// What keeps apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Aspect {
    /// What a tenant may take of the cluster: quotas and limit ranges.
    Quota,
    /// What pods of a tenant may take of a node: levels that namespaces enforce, and what pods do.
    Pods,
    /// Whether images of a node may be used without leave.
    Images,
    /// Whether a tenant can change what holds it back.
    Guards,
    /// Connections.
    Network,
    /// Who can relabel a pod or a namespace so that connections are let through.
    Labels,
    /// Rights of the API.
    Rbac,
    /// Volumes that both have.
    Volumes,
    /// Nodes that are one's own.
    Nodes,
    /// Classes that both use: priority, ingress.
    Classes,
    /// Whether connections of the mesh prove who connects, and who may.
    Mesh,
    /// Hosts and paths that both claim.
    Hosts,
}

impl Aspect {
    /// All of them: first those of one tenant, then those of two.
    pub const ALL: [Self; 12] = [
        Self::Quota,
        Self::Pods,
        Self::Images,
        Self::Guards,
        Self::Network,
        Self::Labels,
        Self::Rbac,
        Self::Volumes,
        Self::Nodes,
        Self::Classes,
        Self::Mesh,
        Self::Hosts,
    ];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Quota => "quota",
            Self::Pods => "pods",
            Self::Images => "images",
            Self::Guards => "guards",
            Self::Network => "network",
            Self::Labels => "labels",
            Self::Rbac => "rbac",
            Self::Volumes => "volumes",
            Self::Nodes => "nodes",
            Self::Classes => "classes",
            Self::Mesh => "mesh",
            Self::Hosts => "hosts",
        }
    }

    /// Whether it is of one tenant, not of two.
    #[must_use]
    pub const fn is_own(self) -> bool {
        matches!(self, Self::Quota | Self::Pods | Self::Images | Self::Guards)
    }

    /// Whether it is asked of two.
    #[must_use]
    pub const fn is_between(self, from: Party, to: Party) -> bool {
        match (from, to) {
            (Party::Tenant(_), Party::Tenant(_)) => !self.is_own(),
            (Party::Tenant(_), Party::Platform) => {
                matches!(
                    self,
                    Self::Network | Self::Rbac | Self::Volumes | Self::Classes | Self::Hosts
                )
            }
            (Party::Platform, Party::Tenant(_)) => matches!(self, Self::Network),
            (Party::Tenant(_), Party::Outside) => matches!(self, Self::Network),
            (Party::Outside, Party::Tenant(_)) => matches!(self, Self::Network | Self::Rbac),
            _ => false,
        }
    }
}

/// How a cell stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// It is not asked: there is no mesh.
    Absent,
    /// Nothing that was read breaks it.
    Isolated,
    /// It cannot be decided from manifests.
    Unknown,
    /// Something breaks it, so badly.
    Broken(Severity),
}

impl State {
    /// Its word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Isolated => "isolated",
            Self::Unknown => "unknown",
            Self::Broken(_) => "broken",
        }
    }
}

/// One thing that proves something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// What it says, one line.
    pub text: String,
    pub(crate) at: Option<At>,
}

/// Why a cell is not isolated.
#[derive(Debug, Clone)]
pub struct Broken {
    /// Who reaches the other; every other tenant where there is none.
    pub from: Option<Party>,
    /// Who is reached; every other tenant where there is none. Of no meaning for an aspect of one tenant, which is that of `from`.
    pub to: Option<Party>,
    /// What does not keep them apart.
    pub aspect: Aspect,
    /// The rule that says so.
    pub about: &'static About,
    /// How bad it is; none where it is not known whether they are kept apart.
    pub severity: Option<Severity>,
    /// What is so, one line.
    pub reason: String,
    /// What to do, one line.
    pub fix: String,
    /// Whose manifests mend it.
    pub mend: Party,
    /// What tells it from others of the same rule and the same party; the same text joins them in one finding.
    pub key: String,
    /// The objects that prove it.
    pub proofs: Vec<Proof>,
}

/// One cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    /// Who reaches the other.
    pub from: Party,
    /// Who is reached; the same as `from` for an aspect of one tenant.
    pub to: Party,
    /// What keeps them apart.
    pub aspect: Aspect,
    /// Whether it does.
    pub state: State,
}

/// What keeps tenants apart.
#[derive(Debug)]
pub struct Matrix<'w, 't> {
    world: &'w World<'t>,
    /// What does not, ordered.
    broken: Vec<Broken>,
    /// Tenants whose pods are in a mesh, by number.
    meshed: Vec<bool>,
    /// What was not understood, and may change the answer.
    notes: Vec<Note>,
    states: HashMap<(Aspect, Option<Party>, Option<Party>), State>,
}

/// Where judges put what they find.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) broken: Vec<Broken>,
    pub(super) notes: Vec<Note>,
}

impl<'w, 't> Matrix<'w, 't> {
    /// Judges every tenant and every two.
    #[must_use]
    pub fn new(world: &'w World<'t>) -> Self {
        let mut found = Found {
            broken: Vec::new(),
            notes: world.notes().to_vec(),
        };
        if !world.tenants().is_empty() {
            aspects::judge(world, &mut found);
        }
        let Found { mut broken, notes } = found;
        broken.sort_by(|one, other| {
            let key = |one: &Broken| (one.aspect, one.from, one.to, one.about.id);
            let least = |one: &Broken| std::cmp::Reverse(one.severity);
            key(one)
                .cmp(&key(other))
                .then_with(|| least(one).cmp(&least(other)))
                .then_with(|| one.reason.cmp(&other.reason))
        });
        let mut states = HashMap::new();
        // What is only worth knowing breaks nothing.
        let breaks = broken.iter().filter(|one| one.severity != Some(Severity::Info));
        for one in breaks {
            let state = one.severity.map_or(State::Unknown, State::Broken);
            let known = states
                .entry((one.aspect, one.from, one.to))
                .or_insert(State::Isolated);
            *known = state.max(*known);
        }
        let meshed = world
            .numbers()
            .map(|tenant| aspects::is_meshed(world, tenant))
            .collect();
        Self {
            world,
            broken,
            meshed,
            notes,
            states,
        }
    }

    /// What does not keep apart, ordered by aspect and by whom it is about.
    #[must_use]
    pub fn broken(&self) -> &[Broken] {
        &self.broken
    }

    /// What was not understood or not read, and may change the answer.
    #[must_use]
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// The name of a party; of every other tenant where there is none.
    #[must_use]
    pub fn name(&self, party: Option<Party>) -> &str {
        match party {
            None => "every other tenant",
            Some(Party::Platform) => "{platform}",
            Some(Party::Outside) => "{outside}",
            Some(Party::Tenant(at)) => self.world.tenant(at).map_or("", |tenant| &tenant.name),
        }
    }

    /// Where a proof is written: path and line.
    #[must_use]
    pub fn place(&self, proof: &Proof) -> Option<String> {
        proof.at.map(|at| self.world.place(at))
    }

    /// How one tenant stands in an aspect of one.
    #[must_use]
    pub fn own(&self, tenant: u32, aspect: Aspect) -> State {
        self.state(aspect, Some(Party::Tenant(tenant)), None)
    }

    /// Every two of which something is asked, ordered: those of tenants, then those with the platform, then those with the outside.
    pub fn pairs(&self) -> impl Iterator<Item = (Party, Party)> + '_ {
        let tenants = || self.world.numbers().map(Party::Tenant);
        let two =
            tenants().flat_map(move |from| tenants().filter(move |to| *to != from).map(move |to| (from, to)));
        let with = move |other: Party| tenants().flat_map(move |tenant| [(tenant, other), (other, tenant)]);
        two.chain(with(Party::Platform)).chain(with(Party::Outside))
    }

    /// How two stand in an aspect of two; absent where it is not asked of them.
    #[must_use]
    pub fn between(&self, from: Party, to: Party, aspect: Aspect) -> State {
        let without_mesh = match to {
            Party::Tenant(to) => self.meshed.get(to as usize) == Some(&false),
            Party::Platform | Party::Outside => true,
        };
        if !aspect.is_between(from, to) || (aspect == Aspect::Mesh && without_mesh) {
            return State::Absent;
        }
        let mut state = self.state(aspect, Some(from), Some(to));
        let is_tenant = |party: Party| matches!(party, Party::Tenant(_));
        if is_tenant(to) {
            state = state.max(self.state(aspect, Some(from), None));
        }
        if is_tenant(from) {
            state = state.max(self.state(aspect, None, Some(to)));
        }
        if is_tenant(from) && is_tenant(to) {
            state = state.max(self.state(aspect, None, None));
        }
        state
    }

    fn state(&self, aspect: Aspect, from: Option<Party>, to: Option<Party>) -> State {
        let known = self.states.get(&(aspect, from, to));
        known.copied().unwrap_or(State::Isolated)
    }

    /// The worst state of all cells.
    #[must_use]
    pub fn worst(&self) -> State {
        let states = self.states.values().copied();
        states.max().unwrap_or(State::Isolated)
    }
}
