//! Which processes are those of a workload, as programs in the kernel are told it (`bpf/follow.h`) and keep it up.

use std::path::Path;

use aya::Ebpf;
use aya::maps::{Array, HashMap, MapData};
use bartizan_model::runtime::Phase;

use super::find::is_apart;
use super::{Begins, Cgroup};
use crate::error::{Error, Result};

/// Processes that are followed at once at most (`PROCESSES_MAX`)
pub(crate) const PROCESSES_MAX: u32 = 32_768;

/// `struct workload`, its first and its last number in two halves
type Workload = [u32; 6];

/// Maps of one object with programs.
pub(crate) struct Followed {
    workload: Array<MapData, Workload>,
    phases: HashMap<MapData, u32, u32>,
    begins: Begins,
}

/// A number as it lies in memory
fn halves(number: u64) -> [u32; 2] {
    let [a, b, c, d, e, f, g, h] = number.to_ne_bytes();
    [u32::from_ne_bytes([a, b, c, d]), u32::from_ne_bytes([e, f, g, h])]
}

impl Followed {
    /// Takes the maps of an object. Nothing is followed yet.
    pub(crate) fn of(ebpf: &mut Ebpf) -> Result<Self> {
        let mut map = |name| ebpf.take_map(name).ok_or(Error::Missing(name));
        Ok(Self {
            workload: Array::try_from(map("workload")?)?,
            phases: HashMap::try_from(map("followed")?)?,
            begins: Begins::AtOnce,
        })
    }

    pub(crate) fn expect(&mut self, begins: Begins) -> Result<()> {
        self.begins = begins;
        self.set_workload([0; 2], 0)
    }

    fn set_workload(&mut self, [low, high]: [u32; 2], level: u32) -> Result<()> {
        let (is_container, preparer) = match self.begins {
            Begins::AtOnce => (0, 0),
            Begins::After(preparer) => (0, preparer),
            Begins::InRootOfItsOwn => (1, 0),
        };
        let [first, last] = halves(preparer);
        Ok(self
            .workload
            .set(0, [low, high, level, is_container, first, last], 0)?)
    }

    pub(crate) fn follow(&mut self, process: u32) -> Result<()> {
        // One that is followed already may have come further.
        if self.phases.get(&process, 0).is_ok() {
            return Ok(());
        }
        let now = match self.begins {
            Begins::InRootOfItsOwn if !is_apart(process) => Phase::Start,
            _ => Phase::Payload,
        };
        self.phases.insert(process, now as u32, 0)?;
        // Of one that ended meanwhile no program tells it any more, and another one may get its number.
        if !Path::new(&format!("/proc/{process}")).exists() {
            let _ = self.phases.remove(&process);
        }
        Ok(())
    }

    pub(crate) fn follow_cgroup(&mut self, cgroup: &Cgroup) -> Result<()> {
        // Twice: what is started in between by a process that was not followed yet is found by the second look.
        for _ in 0..2 {
            for process in cgroup.processes()? {
                self.follow(process)?;
            }
        }
        self.set_workload(halves(cgroup.number()), cgroup.level())
    }

    /// Whether any process is followed.
    pub(crate) fn any(&self) -> bool {
        self.phases.keys().next().is_some()
    }
}
