//! Stops what policies forbid, as far as the kernel lets it.
//!
//! In: [policies](bartizan_model::guard::Policy). Out: programs in the kernel that decide by them, and each [`Decision`] that they made. There are
//! three tiers: *guard*, where the kernel asks programs before it does something (BPF LSM); *restrain*, where connections are refused, programs and
//! opening to write, too, as far as processes can be made to wait for an answer, and a process that was given what it must not have all the same is
//! killed before it goes on; *observe*, where nothing is stopped. Which one holds is found by attaching.
//! When [`Guard`] goes, what it attached goes, unless it was pinned.

mod decision;
mod gate;
mod listed;
mod load;
mod pinned;
mod tables;
mod workloads;

use std::time::{Duration, Instant};

use aya::maps::{Array, HashMap, MapData, PerCpuArray, RingBuf};
use aya::programs::links::FdLink;
use bartizan_model::guard::Policy;

use crate::clock::since_start;
use crate::error::Result;
use crate::sensor::Sensor;

pub use decision::{Decision, Verdict};
use gate::Gate;
pub use pinned::unpin;
use workloads::Workloads;

/// After how long cgroups are looked at again though none was made: what runs in one may be known only later
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How much can be done about what policies forbid, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// Nothing is stopped, and policies are not judged by
    Observe,
    /// Connections are refused, and opening files where the kernel lets processes wait; others are killed before they go on
    Restrain,
    /// The kernel refuses
    Guard,
}

impl Tier {
    /// All of them, the one that can do least first
    pub const ALL: [Self; 3] = [Self::Observe, Self::Restrain, Self::Guard];

    /// In lower case
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Observe => "observe",
            Self::Restrain => "restrain",
            Self::Guard => "guard",
        }
    }
}

/// Why a tier does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreached {
    /// The tier
    pub tier: Tier,
    /// What the kernel said, or did not do
    pub why: String,
}

/// What a kernel lets policies do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// The highest tier
    pub tier: Tier,
    /// Why it is none of those above
    pub unreached: Vec<Unreached>,
    /// In the tier *restrain*, why processes are killed for files that they opened, and not refused them; None where they are refused
    pub late: Option<String>,
}

/// What this kernel lets policies do, by attaching everything and taking it away at once.
///
/// # Errors
/// When privileges lack or the kernel does not describe its types.
pub fn probe() -> Result<Probe> {
    load::probe()
}

/// Programs in the kernel that decide by policies.
pub struct Guard {
    tier: Tier,
    policies: Vec<Policy>,
    links: Vec<FdLink>,
    settings: Array<MapData, [u64; load::SETTINGS]>,
    untold: PerCpuArray<MapData, u64>,
    decisions: RingBuf<MapData>,
    workloads: Workloads,
    listed: ListedMap,
    cgroups_made: u64,
    /// When cgroups were looked at last while runtimes of containers could be asked
    looked: Option<Instant>,
    gate: Option<Gate>,
    late: Option<String>,
}

impl Guard {
    /// Attaches programs that decide by policies, in the highest tier that the kernel takes them in; why it was none of those above. Without a guard
    /// no tier but to observe was reached.
    ///
    /// # Errors
    /// When privileges lack, the kernel does not describe its types, an executable that is listed is not there or has another digest, or more is
    /// listed than there is room for.
    pub fn start(policies: Vec<Policy>) -> Result<(Option<Self>, Vec<Unreached>)> {
        load::start(policies)
    }

    /// The tier that holds
    #[must_use]
    pub const fn tier(&self) -> Tier {
        self.tier
    }

    /// In the tier *restrain*, why processes are killed for files that they opened, and not refused them; None where they are refused
    #[must_use]
    pub fn late(&self) -> Option<&str> {
        self.late.as_deref()
    }

    /// Whether policies protect more directories than processes are made to wait for; for files in the others they are killed
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.gate.as_ref().is_some_and(Gate::is_full)
    }

    /// Puts files that are listed by content in the place of those before, and nothing else: `policies` are those in force, in their order.
    ///
    /// # Errors
    /// When a file that is listed is not there or has another digest, and what was listed before stays so; or when the kernel refuses.
    pub fn list_anew(&mut self, policies: &[Policy]) -> Result<()> {
        let wanted = listed::listed(policies)?;
        for (key, policies) in &wanted {
            self.listed.insert(key, policies, 0)?;
        }
        let before: Vec<listed::Key> = self.listed.keys().collect::<std::result::Result<_, _>>()?;
        for key in before.iter().filter(|key| !wanted.contains_key(*key)) {
            self.listed.remove(key)?;
        }
        Ok(())
    }

    /// From now on nothing is enforced any more after so long, whatever becomes of this process; None for never.
    ///
    /// # Errors
    /// When the kernel refuses.
    pub fn enforce_for(&mut self, time: Option<Duration>) -> Result<()> {
        let mut settings = self.settings.get(&0, 0)?;
        settings[load::UNTIL] = time.map_or(0, |time| {
            since_start().saturating_add(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX))
        });
        self.settings.set(0, settings, 0)?;
        Ok(())
    }

    /// Lets programs stay in the kernel when this process ends, in place of those that were pinned before.
    ///
    /// # Errors
    /// When the file system of BPF cannot be written.
    pub fn pin(&mut self) -> Result<()> {
        pinned::pin(std::mem::take(&mut self.links))
    }

    /// Hands over what programs decided since the last time. Events of `sensor` are to be read before, so that it knows the processes.
    ///
    /// # Errors
    /// When the kernel refuses, or a process waited too long for an answer: then this one is to end.
    pub fn read(&mut self, sensor: &mut Sensor, mut tell: impl FnMut(&Decision)) -> Result<()> {
        while let Some(item) = self.decisions.next() {
            if let Some(decision) = decision::read(&item, &self.policies, sensor) {
                tell(&decision);
            }
        }
        let made = self.settings.get(&0, 0)?[load::CGROUPS];
        if made != self.cgroups_made || self.looked.is_none_or(|at| at.elapsed() > LOOK_EVERY) {
            self.cgroups_made = made;
            self.looked = Some(Instant::now());
            self.workloads.look(&self.policies, Some(sensor.host()))?;
            if let Some(gate) = &self.gate {
                gate.hold(self.workloads.held().to_vec());
            }
        }
        if let Some(gate) = &self.gate {
            gate.answers()?;
        }
        Ok(())
    }

    /// Decisions that could not be told, or not be made for lack of memory in the kernel, since the start
    #[must_use]
    pub fn untold(&self) -> u64 {
        self.untold
            .get(&0, 0)
            .map_or(0, |by_processor| by_processor.iter().sum())
    }
}

type ListedMap = HashMap<MapData, listed::Key, u64>;
type WorkloadMap = HashMap<MapData, u64, [u64; 2]>;
