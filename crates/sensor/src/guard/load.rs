//! Loads what decides by policies, in the highest tier that the kernel takes it in.

use std::fs::File;

use aya::maps::lpm_trie::{Key, LpmTrie};
use aya::maps::{Array, HashMap, Map, PerCpuArray, RingBuf};
use aya::programs::links::{CgroupAttachMode, FdLink};
use aya::programs::{BtfTracePoint, CgroupSockAddr, Lsm, Program, ProgramError};
use aya::{Btf, Ebpf, EbpfLoader};
use bartizan_model::guard::{Forbidden, Policy};

use super::gate::Gate;
use super::workloads::Workloads;
use super::{Guard, ListedMap, Probe, Tier, Unreached, listed, tables};
use crate::call::{Call, codes_by_number};
use crate::error::{Error, Result};
use crate::host;
use crate::load::reason;
use crate::object::Object;

/// Of `struct settings`, and where its numbers stand
pub(super) const SETTINGS: usize = 6;
pub(super) const UNTIL: usize = 2;
const ASKED: usize = 3;
pub(super) const CGROUPS: usize = 4;
const VERIFIES: usize = 5;

/// Of `/proc/PID/stat` after the name: when it was started, in ticks
const START_TIME_FIELD: usize = 19;

/// A program, what it is attached to, and the rules that need it. Without rules it is always needed.
struct Needed {
    program: &'static str,
    place: &'static str,
    rules: &'static [Forbidden],
}

const fn needed(program: &'static str, place: &'static str, rules: &'static [Forbidden]) -> Needed {
    Needed {
        program,
        place,
        rules,
    }
}

const PROGRAMS: &[Forbidden] = &[
    Forbidden::ChangedProgram,
    Forbidden::ProgramInMemory,
    Forbidden::ProgramInWritablePlace,
    Forbidden::UnlistedProgram,
];
const WRITE: &[Forbidden] = &[Forbidden::Write];
const MODULE: &[Forbidden] = &[Forbidden::Module];
const MOUNT: &[Forbidden] = &[Forbidden::Mount];
const PEER: &[Forbidden] = &[Forbidden::UnlistedPeer];

const NEW_CGROUPS: Needed = needed("on_cgroup", "cgroup_mkdir", &[]);

/// The door to the kernel is shut last: whatever goes wrong before leaves it open.
const GUARD: &[Needed] = &[
    NEW_CGROUPS,
    needed("before_exec", "bprm_check_security", PROGRAMS),
    needed("before_mapping", "mmap_file", PROGRAMS),
    needed("before_open", "file_open", WRITE),
    needed("before_unlink", "path_unlink", WRITE),
    needed("before_mkdir", "path_mkdir", WRITE),
    needed("before_rmdir", "path_rmdir", WRITE),
    needed("before_mknod", "path_mknod", WRITE),
    needed("before_symlink", "path_symlink", WRITE),
    needed("before_rename", "path_rename", WRITE),
    needed("before_link", "path_link", WRITE),
    needed("before_truncate", "path_truncate", WRITE),
    needed("before_chmod", "path_chmod", WRITE),
    needed("before_chown", "path_chown", WRITE),
    needed("before_module_file", "kernel_read_file", MODULE),
    needed("before_module_data", "kernel_load_data", MODULE),
    needed(
        "before_ptrace",
        "ptrace_access_check",
        &[Forbidden::TracingOthers],
    ),
    needed("before_mount", "sb_mount", MOUNT),
    needed("before_move_mount", "move_mount", MOUNT),
    needed("before_connect", "socket_connect", PEER),
    needed("before_send", "socket_sendmsg", PEER),
    needed("before_bpf", "bpf", &[]),
];

const RESTRAIN: &[Needed] = &[
    NEW_CGROUPS,
    needed("after_exec", "sched_process_exec", PROGRAMS),
    needed("on_connect_4", "connections", PEER),
    needed("on_connect_6", "connections", PEER),
    needed("on_send_4", "connections", PEER),
    needed("on_send_6", "connections", PEER),
    needed("after_ring", "io_uring_complete", WRITE),
    needed(
        "after_call",
        "sys_exit",
        &[
            Forbidden::Write,
            Forbidden::Module,
            Forbidden::TracingOthers,
            Forbidden::Mount,
            Forbidden::UnlistedLoader,
        ],
    ),
];

/// What a system call may be forbidden for (`enum watched` in `bpf/restrain.h`); 0 for nothing
const fn watched(call: Call) -> u8 {
    match call {
        Call::Open | Call::Openat | Call::Openat2 | Call::Creat => 1,
        Call::InitModule | Call::FinitModule => 2,
        Call::Ptrace => 3,
        Call::Mount | Call::MoveMount => 4,
        Call::Bpf => 5,
        _ => 0,
    }
}

pub(super) fn probe() -> Result<Probe> {
    crate::privilege::check()?;
    let mut unreached = Vec::new();
    for (tier, programs) in [(Tier::Guard, GUARD), (Tier::Restrain, RESTRAIN)] {
        match attach(&[], tier, programs.iter()) {
            Ok(guard) => {
                return Ok(Probe {
                    tier,
                    unreached,
                    late: guard.late.clone(),
                });
            }
            Err(error) => unreached.push(Unreached {
                tier,
                why: why(error)?,
            }),
        }
    }
    Ok(Probe {
        tier: Tier::Observe,
        unreached,
        late: None,
    })
}

pub(super) fn start(policies: Vec<Policy>) -> Result<(Option<Guard>, Vec<Unreached>)> {
    crate::privilege::check()?;
    let mut unreached = Vec::new();
    for (tier, programs) in [(Tier::Guard, GUARD), (Tier::Restrain, RESTRAIN)] {
        let used = programs.iter().filter(|needed| {
            needed.rules.is_empty()
                || needed
                    .rules
                    .iter()
                    .any(|rule| policies.iter().any(|policy| policy.rules.has(*rule)))
        });
        match attach(&policies, tier, used) {
            Ok(mut guard) => {
                guard.policies = policies;
                return Ok((Some(guard), unreached));
            }
            Err(error) => unreached.push(Unreached {
                tier,
                why: why(error)?,
            }),
        }
    }
    Ok((None, unreached))
}

/// What the kernel said; what is wrong with policies is an error in every tier.
fn why(error: Error) -> Result<String> {
    match error {
        Error::Listed { .. } | Error::TooManyPorts | Error::NoTypes(_) => Err(error),
        error => Ok(reason(&error)),
    }
}

fn attach<'n>(policies: &[Policy], tier: Tier, programs: impl Iterator<Item = &'n Needed>) -> Result<Guard> {
    let needs_signatures = policies
        .iter()
        .any(|policy| policy.rules.has(Forbidden::UnsignedProgram));
    if needs_signatures && tier != Tier::Guard {
        return Err(Error::SignaturesUnseen);
    }
    let object = Object::GUARD.verified()?;
    let loader = crate::types::loader();
    let btf = crate::types::asked_by(object)?;
    let mut ebpf = loaded(policies, object, loader, &btf)?;
    let (workloads, listed) = fill(&mut ebpf, policies)?;
    let mut guard = Guard {
        tier,
        policies: Vec::new(),
        links: Vec::new(),
        settings: Array::try_from(take(&mut ebpf, "settings")?)?,
        untold: PerCpuArray::try_from(take(&mut ebpf, "untold")?)?,
        decisions: RingBuf::try_from(take(&mut ebpf, "decisions")?)?,
        workloads,
        listed,
        cgroups_made: 0,
        looked: None,
        gate: None,
        late: None,
    };
    let [enforced, killing] = tables::enforced(policies);
    guard.settings.set(0, [enforced, killing, 0, 0, 0, 0], 0)?;
    guard.workloads.look(policies, None)?;
    for needed in programs {
        guard.links.extend(attach_needed(&mut ebpf, needed, &btf)?);
    }
    if tier == Tier::Guard {
        // Looking is itself a call of bpf(2), which the last program is asked about.
        guard.settings.get(&0, 0)?;
        if guard.settings.get(&0, 0)?[ASKED] == 0 {
            return Err(Error::NeverAsked);
        }
        if needs_signatures && guard.settings.get(&0, 0)?[VERIFIES] == 0 {
            return Err(Error::NoSignatures);
        }
    }
    let of_files = |policy: &Policy| PROGRAMS.iter().chain(WRITE).any(|rule| policy.rules.has(*rule));
    if tier == Tier::Restrain && (policies.is_empty() || policies.iter().any(of_files)) {
        match Gate::start(ebpf, policies, guard.workloads.held()) {
            Ok(gate) => guard.gate = Some(gate),
            Err(error) => guard.late = Some(reason(&error)),
        }
    }
    Ok(guard)
}

fn loaded(policies: &[Policy], object: &[u8], loader: EbpfLoader<'_>, btf: &Btf) -> Result<Ebpf> {
    let codes = codes_by_number();
    let watched: Vec<u8> = codes
        .iter()
        .map(|code| Call::of_code(u16::from(*code)).map_or(0, watched))
        .collect();
    let own = std::process::id();
    let started = own_start();
    let having = tables::having(policies);
    let mut loader = loader;
    Ok(loader
        .btf(Some(btf))
        .allow_unsupported_maps()
        .override_global("having", having.as_slice(), true)
        .override_global("watched_calls", watched.as_slice(), true)
        .override_global("own_process", &own, true)
        .override_global("own_started", &started, true)
        .load(object)?)
}

/// When this process was started, in ticks since the host was
fn own_start() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name, in parentheses, may hold anything.
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
    fields
        .split_ascii_whitespace()
        .nth(START_TIME_FIELD)
        .and_then(|ticks| ticks.parse().ok())
        .unwrap_or(0)
}

fn take(ebpf: &mut Ebpf, name: &'static str) -> Result<Map> {
    ebpf.take_map(name).ok_or(Error::Missing(name))
}

/// A map that is filled before programs are loaded, which find it by its descriptor
fn written<'e>(ebpf: &'e mut Ebpf, name: &'static str) -> Result<&'e mut Map> {
    ebpf.map_mut(name).ok_or(Error::Missing(name))
}

fn fill(ebpf: &mut Ebpf, policies: &[Policy]) -> Result<(Workloads, ListedMap)> {
    let mut places: HashMap<_, [u8; tables::STEP], [u64; 4]> = HashMap::try_from(written(ebpf, "places")?)?;
    for (step, place) in tables::places(policies) {
        places.insert(step, place, 0)?;
    }
    let mut peers: LpmTrie<_, [u8; tables::PREFIX], [u16; tables::PORTS]> =
        LpmTrie::try_from(written(ebpf, "peers")?)?;
    for (length, address, ports) in tables::peers(policies).ok_or(Error::TooManyPorts)? {
        peers.insert(&Key::new(length, address), ports, 0)?;
    }
    let mut listed = HashMap::try_from(take(ebpf, "listed")?)?;
    for (key, policies) in listed::listed(policies)? {
        listed.insert(key, policies, 0)?;
    }
    let workloads = Workloads::new(HashMap::try_from(take(ebpf, "workloads")?)?)?;
    Ok((workloads, listed))
}

/// Programs that are written anew for older kernels, which hand over something else at the same place
const BEFORE: [(&str, &str); 1] = [("after_ring", "after_ring_before")];

/// A program, or the one for older kernels. None for io_uring where the kernel has none.
fn attach_needed(ebpf: &mut Ebpf, needed: &Needed, btf: &Btf) -> Result<Option<FdLink>> {
    let mut attach = |name: &'static str| {
        let program = ebpf.program_mut(name).ok_or(Error::Missing(name))?;
        attach_one(program, needed, btf).map(Some)
    };
    let before = BEFORE.into_iter().find(|(program, _)| *program == needed.program);
    match (attach(needed.program), before) {
        (
            Err(Error::Program {
                cause: ProgramError::Btf(_),
                ..
            }),
            Some(_),
        ) => Ok(None),
        (Err(_), Some((_, before))) => attach(before),
        (attached, _) => attached,
    }
}

fn attach_one(program: &mut Program, needed: &Needed, btf: &Btf) -> Result<FdLink> {
    let refused = |cause| Error::Program {
        name: needed.place,
        cause,
    };
    match program {
        Program::Lsm(program) => attach_lsm(program, needed.place, btf).map_err(refused),
        Program::BtfTracePoint(program) => attach_tracepoint(program, needed.place, btf).map_err(refused),
        Program::CgroupSockAddr(program) => {
            let root = host::unified_cgroups().ok_or(Error::NoCgroups)?;
            let root = File::open(root).map_err(|_| Error::NoCgroups)?;
            attach_cgroup(program, root).map_err(refused)
        }
        _ => Err(Error::Missing(needed.program)),
    }
}

type Attached = std::result::Result<FdLink, ProgramError>;

fn attach_lsm(program: &mut Lsm, hook: &str, btf: &Btf) -> Attached {
    program.load(hook, btf)?;
    let link = program.attach()?;
    Ok(program.take_link(link)?.into())
}

fn attach_tracepoint(program: &mut BtfTracePoint, place: &str, btf: &Btf) -> Attached {
    program.load(place, btf)?;
    let link = program.attach()?;
    Ok(program.take_link(link)?.into())
}

/// At the root of all cgroups: which of them a policy holds for is looked up there, so that a new one is never without. Links let
/// others be attached beside them, and take no mode that says so.
fn attach_cgroup(program: &mut CgroupSockAddr, root: File) -> Attached {
    program.load()?;
    let link = program.attach(root, CgroupAttachMode::Single)?;
    program
        .take_link(link)?
        .try_into()
        .map_err(|_| ProgramError::NotAttached)
}
