//! What one who connects may with one who is connected to, by all that the mesh says of both.

use super::super::address::Range;
use super::super::cluster::Kind;
use super::super::condition::{Demand, Effect, Hold, Passage, only};
use super::super::pool::{ALL, Id, NONE, Pool};
use super::super::ports::{Connections, Ports, Protocol};
use super::Policies;
use super::authorization::Does;
use super::sides::{Callee, Caller, Known, Modes, Sides};
use super::source::{Caller as Proof, Fit};
use crate::istio::membership::Membership;
use crate::istio::peers::Mode;
use std::collections::HashMap;

/// How far each source fits: of one who proves who it is, and of one who does not.
#[derive(Debug)]
struct Fits {
    proven: Vec<Fit>,
    unproven: Vec<Fit>,
}

/// What tells callers apart beside the sources that they fit.
type Manner<'s> = (Membership, bool, &'s Ports, Known);

pub(super) struct Cells<'s> {
    policies: &'s Policies,
    sides: &'s Sides,
    /// Of pods, then of pieces of addresses.
    fits: Vec<Fits>,
    manners: Vec<u32>,
    pub(super) passages: Vec<Passage>,
    known: HashMap<Passage, u32>,
}

impl<'s> Cells<'s> {
    pub(super) fn new(policies: &'s Policies, sides: &'s Sides, pieces: &[Range]) -> Self {
        let fit = |proof: Proof<'_>| -> Vec<Fit> {
            let sources = policies.sources.all.iter();
            sources.map(|source| source.fit(proof)).collect()
        };
        let nobody = fit(Proof::Nobody);
        let mut known: HashMap<Manner<'_>, u32> = HashMap::new();
        let (mut fits, mut manners) = (Vec::new(), Vec::new());
        for caller in &sides.callers {
            let proof = match (caller.membership, caller.kind) {
                (Membership::Outside, _) => Proof::Nobody,
                (_, Kind::Pod) => Proof::Named(&caller.namespace, &caller.account),
                _ => Proof::Unknown,
            };
            fits.push(Fits {
                proven: fit(proof),
                unproven: nobody.clone(),
            });
            let is_pod = caller.kind == Kind::Pod;
            let next = u32::try_from(known.len() + 1).unwrap_or(u32::MAX);
            let manner = (caller.membership, is_pod, &caller.around, caller.sidecar);
            manners.push(*known.entry(manner).or_insert(next));
        }
        for piece in pieces {
            fits.push(Fits {
                proven: Vec::new(),
                unproven: fit(Proof::From(*piece)),
            });
            manners.push(0);
        }
        Self {
            policies,
            sides,
            fits,
            manners,
            passages: Vec::new(),
            known: HashMap::new(),
        }
    }

    fn id(&mut self, passage: Passage) -> u32 {
        let next = u32::try_from(self.passages.len()).unwrap_or(u32::MAX);
        *self.known.entry(passage).or_insert_with_key(|passage| {
            self.passages.push(passage.clone());
            next
        })
    }

    /// What every caller may with one who is connected to.
    pub(super) fn row(&mut self, callee: &Callee, pool: &mut Pool) -> Vec<u32> {
        let authorizations = callee.authorizations.iter();
        let authorizations = authorizations.filter_map(|at| self.policies.authorizations.get(*at as usize));
        let rules = authorizations.flat_map(|policy| &policy.rules);
        let mut sources: Vec<u32> = rules.flat_map(super::authorization::Rule::sources).collect();
        sources.sort_unstable();
        sources.dedup();
        let mut cells: HashMap<(u32, Vec<u8>), u32> = HashMap::new();
        let mut row = Vec::with_capacity(self.fits.len());
        for at in 0..self.fits.len() {
            let Some((fits, manner)) = self.fits.get(at).zip(self.manners.get(at)) else {
                continue;
            };
            let byte = |of: &[Fit], source: u32| of.get(source as usize).copied().unwrap_or(Fit::NO).byte();
            let proven = sources.iter().map(|source| byte(&fits.proven, *source));
            let unproven = sources.iter().map(|source| byte(&fits.unproven, *source));
            let key = (*manner, proven.chain(unproven).collect());
            if let Some(cell) = cells.get(&key) {
                row.push(*cell);
                continue;
            }
            let passage = self.passage(callee, at, pool);
            let cell = self.id(passage);
            cells.insert(key, cell);
            row.push(cell);
        }
        row
    }

    fn passage(&self, callee: &Callee, at: usize, pool: &mut Pool) -> Passage {
        let Some(fits) = self.fits.get(at) else {
            return Passage::OPEN;
        };
        let cell = Cell {
            policies: self.policies,
            callee,
            fits,
        };
        let Some(caller) = self.sides.callers.get(at) else {
            return cell.arrives(&Ports::default(), pool);
        };
        let plain = |pool: &mut Pool| cell.arrives(&Ports::default(), pool);
        match caller.membership {
            Membership::Outside => plain(pool),
            Membership::Sidecar => cell.by_sidecar(caller, pool),
            Membership::Ambient { .. } => cell.arrives(&Ports::all(), pool),
            Membership::Unknown => {
                let within = cell.by_sidecar(caller, pool);
                let outside = plain(pool);
                within.either(&outside, &in_doubt(&caller.namespace, caller.kind), pool)
            }
        }
    }

    /// What every caller that is a pod may with addresses outside; pieces of addresses do not connect to each other.
    pub(super) fn outward(&mut self, pool: &mut Pool) -> Vec<u32> {
        let callers = self.sides.callers.iter();
        let outward: Vec<Passage> = callers
            .map(|caller| {
                let by = |at: u32, pool: &mut Pool| self.known_outside(at, &caller.around, pool);
                let known = match caller.sidecar {
                    Known::All => Passage::OPEN,
                    Known::By(at) => by(at, pool),
                    Known::Several(at) => {
                        let doubt = several(&caller.namespace);
                        by(at, pool).either(&Passage::OPEN, &doubt, pool)
                    }
                };
                if caller.membership == Membership::Unknown && caller.kind == Kind::Pod {
                    let doubt = in_doubt(&caller.namespace, caller.kind);
                    known.either(&Passage::OPEN, &doubt, pool)
                } else {
                    known
                }
            })
            .collect();
        outward.into_iter().map(|passage| self.id(passage)).collect()
    }

    fn known_outside(&self, sidecar: u32, around: &Ports, pool: &mut Pool) -> Passage {
        let sidecar = self.policies.sidecars.get(sidecar as usize);
        let Some(sidecar) = sidecar.filter(|sidecar| sidecar.closed == Some(true)) else {
            return Passage::OPEN;
        };
        let around = tcp(around.clone(), pool);
        let mut alternatives = Vec::new();
        let mut sum = NONE;
        for entry in &self.policies.entries {
            let hosts = entry.known_by(sidecar);
            if !hosts.is_empty() {
                let ports = tcp(entry.ports.clone(), pool);
                sum = pool.union(sum, ports);
                let demand = Demand {
                    by: entry.title.as_str().into(),
                    what: format!("addresses of {hosts}").into(),
                    decided: true,
                };
                alternatives.push((ports, demand));
            }
        }
        let sum = pool.minus(sum, around);
        let beside = beside(pool);
        let upper = pool.union(sum, around);
        Passage {
            upper: pool.union(upper, beside),
            holds: only(sum, &alternatives, pool),
        }
    }
}

fn tcp(ports: Ports, pool: &mut Pool) -> Id {
    pool.id(Connections::of(Protocol::Tcp, ports))
}

/// What proxies do not see.
fn beside(pool: &mut Pool) -> Id {
    let all = tcp(Ports::all(), pool);
    pool.minus(ALL, all)
}

fn in_doubt(namespace: &str, kind: Kind) -> Demand {
    let what = match kind {
        Kind::Pod => {
            format!("whether pods of namespace `{namespace}`, which is in no manifest, are in the mesh")
        }
        _ => format!("whether {namespace} is in the mesh"),
    };
    Demand {
        by: format!("Namespace {namespace}").into(),
        what: what.into(),
        decided: false,
    }
}

fn several(namespace: &str) -> Demand {
    Demand {
        by: format!("Namespace {namespace}").into(),
        what: "which of several Sidecars counts".into(),
        decided: false,
    }
}

/// One who is connected to, and how far sources fit one who connects.
struct Cell<'c> {
    policies: &'c Policies,
    callee: &'c Callee,
    fits: &'c Fits,
}

impl Cell<'_> {
    /// What a caller with a proxy may.
    fn by_sidecar(&self, caller: &Caller, pool: &mut Pool) -> Passage {
        let through = Ports::all().minus(&caller.around);
        let by = |at: u32, pool: &mut Pool| {
            let Some(sidecar) = self.policies.sidecars.get(at as usize) else {
                return self.arrives(&through, pool);
            };
            let hosts = self.callee.hosts.iter();
            let known = hosts.filter(|(namespace, host, _)| sidecar.knows(namespace, host));
            let known = known.fold(Ports::default(), |sum, (_, _, ports)| sum.union(ports));
            // What the proxy does not know it passes on as it is, without proof, or refuses.
            let arrives = self.arrives(&known.intersection(&through), pool);
            if sidecar.closed != Some(true) {
                return arrives;
            }
            let known = tcp(known.union(&caller.around), pool);
            let beside = beside(pool);
            let open = pool.union(known, beside);
            arrives.within(open, pool)
        };
        match caller.sidecar {
            Known::All => self.arrives(&through, pool),
            Known::By(at) => by(at, pool),
            Known::Several(at) => {
                let all = self.arrives(&through, pool);
                by(at, pool).either(&all, &several(&caller.namespace), pool)
            }
        }
    }

    /// What arrives of one who can prove who it is on some ports.
    fn arrives(&self, provable: &Ports, pool: &mut Pool) -> Passage {
        let is_governed = !self.callee.authorizations.is_empty();
        match self.callee.membership {
            Membership::Outside => Passage::OPEN,
            Membership::Ambient { waypoint: true } if is_governed => {
                let doubt = Demand {
                    by: format!("Namespace {}", self.callee.namespace).into(),
                    what: "what a waypoint lets through and whom it proves to be".into(),
                    decided: false,
                };
                self.within(provable, pool).either(&Passage::OPEN, &doubt, pool)
            }
            Membership::Sidecar | Membership::Ambient { .. } => self.within(provable, pool),
            Membership::Unknown => {
                let doubt = in_doubt(&self.callee.namespace, Kind::Pod);
                self.within(provable, pool).either(&Passage::OPEN, &doubt, pool)
            }
        }
    }

    /// The same of one who is connected to within the mesh, by all modes that may hold.
    fn within(&self, provable: &Ports, pool: &mut Pool) -> Passage {
        let mut sum: Option<Passage> = None;
        for (base, led) in candidates(&self.callee.mode) {
            let passage = self.by_modes(base, led, provable, pool);
            sum = Some(match sum {
                None => passage,
                Some(sum) => {
                    let doubt = Demand {
                        by: format!("Namespace {}", self.callee.namespace).into(),
                        what: "which PeerAuthentication counts: the oldest does where they differ, and a port counts only where a Service leads to it".into(),
                        decided: false,
                    };
                    sum.either(&passage, &doubt, pool)
                }
            });
        }
        sum.unwrap_or(Passage::OPEN)
    }

    fn by_modes(&self, base: Mode, led: bool, provable: &Ports, pool: &mut Pool) -> Passage {
        let through = &self.callee.through;
        let of = |mode: Mode| ports_of(&self.callee.mode, base, led, mode).intersection(through);
        let (strict, disabled) = (of(Mode::Strict), of(Mode::Disable));
        let is_sidecar = !matches!(self.callee.membership, Membership::Ambient { .. });
        let mut proven = provable.intersection(through);
        if is_sidecar {
            proven = proven.minus(&disabled);
        }
        let plain = through.minus(&proven).minus(&strict);
        let around = Ports::all().minus(through);
        let around = tcp(around, pool);
        let outside = beside(pool);
        let free = pool.union(around, outside);
        let mut passage = Passage::of(free);
        for (ports, fits) in [(proven, &self.fits.proven), (plain, &self.fits.unproven)] {
            let set = tcp(ports, pool);
            if set == NONE {
                continue;
            }
            let one = self.authorized(set, fits, pool);
            passage.upper = pool.union(passage.upper, one.upper);
            passage.holds.extend(one.holds);
        }
        passage
    }

    /// What the policies let through of a set: those that ask, those that deny, those that allow.
    fn authorized(&self, set: Id, fits: &[Fit], pool: &mut Pool) -> Passage {
        let mut passage = Passage::of(set);
        let mut allowing = false;
        let (mut outright, mut alternatives, mut asking) = (NONE, Vec::new(), Vec::new());
        for at in &self.callee.authorizations {
            let Some(policy) = self.policies.authorizations.get(*at as usize) else {
                continue;
            };
            allowing |= policy.does == Does::Allow;
            for rule in &policy.rules {
                let fit = |at: u32| fits.get(at as usize).copied().unwrap_or(Fit::NO);
                for matched in rule.matches(&policy.title, &self.policies.sources, fit) {
                    let mut ports = matched.ports;
                    if matched.of_requests && !matches!(policy.does, Does::Asks(_)) {
                        // Without requests, what is asked of them is never met where it allows, and always where it denies.
                        let opaque = ports.intersection(&self.callee.opaque);
                        ports = ports.minus(&opaque);
                        if policy.does == Does::Deny {
                            let opaque = tcp(opaque, pool);
                            passage.upper = pool.minus(passage.upper, opaque);
                        }
                    }
                    let ports = tcp(ports, pool);
                    let ports = pool.intersection(ports, set);
                    match (&policy.does, matched.demand) {
                        _ if ports == NONE => {}
                        (Does::Allow, None) => outright = pool.union(outright, ports),
                        (Does::Allow, Some(demand)) => alternatives.push((ports, demand)),
                        (Does::Deny, None) => passage.upper = pool.minus(passage.upper, ports),
                        (Does::Deny, Some(demand)) => asking.push((Effect::Except, ports, demand)),
                        (Does::Asks(provider), demand) => {
                            let of = demand.map_or_else(String::new, |demand| format!(" to {}", demand.what));
                            let what = format!("whether the provider `{provider}` agrees{of}");
                            let by = policy.title.clone();
                            let demand = Demand {
                                by,
                                what: what.into(),
                                decided: false,
                            };
                            asking.push((Effect::Only, ports, demand));
                        }
                    }
                }
            }
        }
        if allowing {
            let most = alternatives
                .iter()
                .fold(outright, |sum, (ports, _)| pool.union(sum, *ports));
            passage.upper = pool.intersection(passage.upper, most);
            let depending = pool.minus(passage.upper, outright);
            passage.holds = only(depending, &alternatives, pool);
        }
        for (effect, set, demand) in asking {
            let set = pool.intersection(set, passage.upper);
            if set != NONE {
                passage.holds.push(Hold {
                    effect,
                    set,
                    demands: vec![demand],
                });
            }
        }
        passage
    }
}

/// Modes for every port that may hold, each with whether ports count to which no Service leads.
fn candidates(modes: &Modes) -> Vec<(Mode, bool)> {
    let bases = match modes.base {
        Some((mode, _)) => vec![mode],
        None => vec![Mode::Strict, Mode::Permissive],
    };
    let in_doubt = modes.ports.iter().any(|port| !port.led);
    let led: &[bool] = if in_doubt { &[true, false] } else { &[true] };
    bases
        .into_iter()
        .flat_map(|base| led.iter().map(move |led| (base, *led)))
        .collect()
}

/// Ports that have a mode, where `unled` says whether those count to which no Service leads.
pub(super) fn ports_of(modes: &Modes, base: Mode, unled: bool, mode: Mode) -> Ports {
    let all = if base == mode {
        Ports::all()
    } else {
        Ports::default()
    };
    let ports = modes.ports.iter().filter(|port| port.led || unled);
    ports.fold(all, |sum, port| {
        let one = Ports::range(port.number, port.number);
        if port.mode == mode {
            sum.union(&one)
        } else {
            sum.minus(&one)
        }
    })
}
