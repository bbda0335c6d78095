//! What one workload asks of the kernel at all, counted in the kernel: system calls by phases, capabilities, kinds of sockets.
//!
//! In: a workload, as a [`Cgroup`] or by its processes. Out: a [`Behaviour`], all that was counted since the start. [`find`] says what processes a
//! container, a pod, a unit of systemd or a path of cgroups has; [`label_of`], what SELinux knows a file by that it asked for,
//! [`Answers`], which addresses the names have that it asked for, and [`Neighbours`], who is at an address.
//!
//! A process that comes into the workload prepares it at first ([`Phase::Start`]); once it has put a filter of system calls on itself, only what that
//! filter lets through gets it to the program of the workload ([`Phase::Filtered`]); from the first program on that [`Begins`] speaks of, it is the workload
//! itself ([`Phase::Payload`]), and so is all that it starts.

mod answers;
mod cgroup;
mod find;
mod followed;
mod label;
mod neighbours;
mod overlay;

use aya::Ebpf;
use aya::maps::{Array, HashMap, MapData, PerCpuArray};
use bartizan_model::runtime::{Behaviour, CallUse, CapabilityUse, Phase, SocketUse};

use crate::error::{Error, Result};
use crate::load::{Hook, attach};
use crate::object::Object;
use crate::sensor::Sensor;

pub use answers::Answers;
pub use cgroup::Cgroup;
pub use find::{Found, find};
pub(crate) use followed::{Followed, PROCESSES_MAX};
pub use label::label_of;
pub use neighbours::Neighbours;
pub use overlay::Overlay;

/// Entries of `struct counts`
const NUMBERS: usize = 512;
/// A number that no call has
const NONE: u16 = u16::MAX;
/// Ways of `enum way`
const WAYS: u32 = 2;

/// Which program that a process starts once it came into the workload is the first one of the workload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Begins {
    /// The first one at all: a command
    #[default]
    AtOnce,
    /// The first one of another file than the one of this number, in the root of the host: a unit of systemd, whose executor prepares it
    After(u64),
    /// The first one whose root is not that of the host: in a container. Its runtime may start itself anew before, and hooks.
    InRootOfItsOwn,
}

/// What is so of the first process, or of this one where that may not be looked at: it is so of the host.
fn of_host<T>(of: impl Fn(u32) -> Option<T>) -> Option<T> {
    of(1).or_else(|| of(std::process::id()))
}

/// Numbers of the calls that are looked at: of this processor, then of 32-bit programs on it.
struct Looked {
    socket: [u16; 2],
    clone: [u16; 2],
    clone3: [u16; 2],
    seccomp: [u16; 2],
    prctl: [u16; 2],
}

const LOOKED: Looked = if cfg!(target_arch = "aarch64") {
    Looked {
        socket: [198, NONE],
        clone: [220, NONE],
        clone3: [435, NONE],
        seccomp: [277, NONE],
        prctl: [167, NONE],
    }
} else {
    Looked {
        socket: [41, 359],
        clone: [56, 120],
        clone3: [435, 435],
        seccomp: [317, 354],
        prctl: [157, 172],
    }
};

/// Programs in the kernel that count what one workload does. When it goes, they go.
pub struct Learner {
    ebpf: Ebpf,
    hooks: Vec<Hook>,
    /// Of these programs and, where one tells beside, of a sensor
    followed: Vec<Followed>,
}

impl Learner {
    /// Loads and attaches the programs; nothing is counted until they are told what to follow.
    ///
    /// # Errors
    /// When the kernel does not describe its types, refuses the programs, or privileges lack.
    pub fn start() -> Result<Self> {
        crate::privilege::check()?;
        let object = Object::LEARN.verified()?;
        let mut loader = crate::types::loader();
        let btf = crate::types::asked_by(object)?;
        let own = std::process::id();
        let mut ebpf = loader
            .btf(Some(&btf))
            .override_global("has_typed_task", &0u8, true)
            .override_global("own_process", &own, true)
            .override_global("number_of_socket", LOOKED.socket.as_slice(), true)
            .override_global("number_of_clone", LOOKED.clone.as_slice(), true)
            .override_global("number_of_clone3", LOOKED.clone3.as_slice(), true)
            .override_global("number_of_seccomp", LOOKED.seccomp.as_slice(), true)
            .override_global("number_of_prctl", LOOKED.prctl.as_slice(), true)
            .load(object)?;
        let places = [
            ("on_exit", "sched_process_exit", "processes that end"),
            ("on_fork", "sched_process_fork", "processes that start"),
            ("on_exec", "sched_process_exec", "programs that start"),
            ("on_return", "sys_exit", "system calls that a filter refuses"),
            ("on_capability", CAPABLE, "capabilities that are needed"),
            ("on_call", "sys_enter", "system calls"),
        ];
        let hooks = places
            .into_iter()
            .map(|(program, place, sees)| attach(&mut ebpf, &btf, program, place, sees))
            .collect();
        Ok(Self {
            followed: vec![Followed::of(&mut ebpf)?],
            ebpf,
            hooks,
        })
    }

    /// Has a sensor that tells of followed processes only ([`Selection::only_followed`](crate::Selection::only_followed)) tell of those that are
    /// followed here from now on.
    pub fn tell_with(&mut self, sensor: &mut Sensor) {
        self.followed.extend(sensor.followed());
    }

    /// The places where programs were to be attached. Without the one that sees capabilities, kernels before 6.14 tell all the rest.
    #[must_use]
    pub fn hooks(&self) -> &[Hook] {
        &self.hooks
    }

    /// Says which program is the first one of the workload, before anything is followed; until then it is the first one at all. No cgroup is followed any more.
    ///
    /// # Errors
    /// When a map cannot be written.
    pub fn expect(&mut self, begins: Begins) -> Result<()> {
        self.followed.iter_mut().try_for_each(|all| all.expect(begins))
    }

    /// Follows a process, and all that it starts from now on.
    ///
    /// # Errors
    /// When a map cannot be written.
    pub fn follow(&mut self, process: u32) -> Result<()> {
        self.followed.iter_mut().try_for_each(|all| all.follow(process))
    }

    /// Follows the processes that are in a cgroup, or below it, and those that come into it.
    ///
    /// # Errors
    /// When the cgroup cannot be read, or a map not be written.
    pub fn follow_cgroup(&mut self, cgroup: &Cgroup) -> Result<()> {
        self.followed
            .iter_mut()
            .try_for_each(|all| all.follow_cgroup(cgroup))
    }

    /// Whether any process is followed.
    #[must_use]
    pub fn follows_any(&self) -> bool {
        self.followed.iter().any(Followed::any)
    }

    fn map(&self, name: &'static str) -> Result<&aya::maps::Map> {
        self.ebpf.map(name).ok_or(Error::Missing(name))
    }

    /// All that was counted since the start.
    ///
    /// # Errors
    /// When a map cannot be read.
    pub fn counted(&self) -> Result<Behaviour> {
        let namespaces: Array<_, u64> = Array::try_from(self.map("namespaces")?)?;
        let uncounted: PerCpuArray<_, u64> = PerCpuArray::try_from(self.map("uncounted")?)?;
        let tells_capabilities = self
            .hooks
            .iter()
            .any(|hook| hook.place == CAPABLE && hook.refused.is_none());
        let mut behaviour = Behaviour {
            calls: calls(&PerCpuArray::try_from(self.map("calls")?)?)?,
            sockets: sockets(&HashMap::try_from(self.map("sockets")?)?)?,
            uncounted: uncounted.get(&0, 0)?.iter().sum(),
            ..Behaviour::default()
        };
        if tells_capabilities {
            behaviour.capabilities = Some(capabilities(&HashMap::try_from(self.map("capabilities")?)?)?);
        }
        for (index, flags) in (0..).zip(&mut behaviour.namespaces) {
            *flags = namespaces.get(&index, 0)?;
        }
        Ok(behaviour)
    }
}

/// The tracepoint of questions for capabilities
const CAPABLE: &str = "cap_capable";

fn calls(map: &PerCpuArray<&MapData, [u64; NUMBERS]>) -> Result<Vec<CallUse>> {
    let sum = |phase: Phase, way: u32, compat: bool| -> Result<Vec<u64>> {
        let index = (phase as u32 * WAYS + way) * 2 + u32::from(compat);
        let by_processor = map.get(&index, 0)?;
        Ok((0..NUMBERS)
            .map(|number| by_processor.iter().filter_map(|counts| counts.get(number)).sum())
            .collect())
    };
    let mut all = Vec::new();
    for phase in Phase::ALL {
        for compat in [false, true] {
            let made = sum(phase, 0, compat)?;
            let refused = sum(phase, 1, compat)?;
            all.extend(
                (0..)
                    .zip(made.into_iter().zip(refused))
                    .filter(|(_, (made, refused))| made + refused > 0)
                    .map(|(number, (made, refused))| CallUse {
                        phase,
                        compat,
                        number,
                        made,
                        refused,
                    }),
            );
        }
    }
    Ok(all)
}

fn phase(number: u32) -> Phase {
    let index = usize::try_from(number).unwrap_or(usize::MAX);
    Phase::ALL.get(index).copied().unwrap_or(Phase::Payload)
}

fn capabilities(map: &HashMap<&MapData, [u8; 8], u64>) -> Result<Vec<CapabilityUse>> {
    let mut all = Vec::new();
    for entry in map.iter() {
        let ([low, high, of_phase, compat, capability, granted, ..], count) = entry?;
        let call = u16::from_ne_bytes([low, high]);
        all.push(CapabilityUse {
            phase: phase(of_phase.into()),
            capability,
            call: (call != NONE).then_some(call),
            compat: compat != 0,
            granted: granted != 0,
            count,
        });
    }
    Ok(all)
}

fn sockets(map: &HashMap<&MapData, [u32; 4], u64>) -> Result<Vec<SocketUse>> {
    let mut all = Vec::new();
    for entry in map.iter() {
        let ([of_phase, family, kind, protocol], count) = entry?;
        all.push(SocketUse {
            phase: phase(of_phase),
            family,
            kind,
            protocol,
            count,
        });
    }
    Ok(all)
}
