//! Loads programs into the kernel, attaches each that is needed, and says of each what came of it.

use aya::maps::{Array, MapData, PerCpuArray, ProgramArray, RingBuf};
use aya::programs::BtfTracePoint;
use aya::{Btf, Ebpf, EbpfLoader};

use crate::call::{Call, codes_by_number};
use crate::error::{Error, Result, with_causes};
use crate::learn::{Followed, PROCESSES_MAX};
use crate::object::Object;
use crate::selection::{Selection, Slot};

/// A place in the kernel where a program was to be attached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    /// Name of the place: `sys_exit`
    pub place: &'static str,
    /// What a program there sees
    pub sees: &'static str,
    /// Why none is; None where one is
    pub refused: Option<String>,
}

/// Programs that go on where `on_answer` ends, in the order of `enum later`
const LATER: [&str; 4] = ["on_paths", "on_marks", "on_sockets", "on_others"];
/// Bytes in the ring at which the reader is woken at once, as a part of it
const WAKE_PART: u32 = 8;

/// What was loaded.
pub(crate) struct Loaded {
    /// Keeps programs and maps; they go when it goes
    _ebpf: Ebpf,
    pub(crate) ring: RingBuf<MapData>,
    pub(crate) lost: PerCpuArray<MapData, u64>,
    pub(crate) hooks: Vec<Hook>,
    /// Where only followed processes are told of
    pub(crate) followed: Option<Followed>,
}

/// Loads and attaches what a selection needs, with a ring of so many bytes (a power of two).
pub(crate) fn load(selection: &Selection, ring_bytes: u32) -> Result<Loaded> {
    crate::privilege::check()?;
    let (mut ebpf, hooks) = with_programs(selection, ring_bytes, |programs| {
        attached_best(|way| programs.attached(way))
    })?;
    Ok(Loaded {
        ring: RingBuf::try_from(ebpf.take_map("events").ok_or(Error::Missing("events"))?)?,
        lost: PerCpuArray::try_from(ebpf.take_map("lost").ok_or(Error::Missing("lost"))?)?,
        followed: selection.follows().then(|| Followed::of(&mut ebpf)).transpose()?,
        hooks,
        _ebpf: ebpf,
    })
}

/// Programs in the kernel, and what came of attaching each
type Attached = (Ebpf, Vec<Hook>);

/// How programs come by memory of the kernel: constants of bpf/words.h.
#[derive(Debug, Clone, Copy)]
struct Way {
    /// By plain loads
    can_cast: bool,
    /// From the current task on with its type
    has_typed_task: bool,
}

/// From the one that costs least to the one that every kernel takes
const WAYS: [Way; 3] = [
    Way {
        can_cast: true,
        has_typed_task: true,
    },
    Way {
        can_cast: false,
        has_typed_task: true,
    },
    Way {
        can_cast: false,
        has_typed_task: false,
    },
];

/// What was attached in the first of the ways in which the fewest places were refused. `attach` gives None for a way that there is not.
fn attached_best(attach: impl FnMut(Way) -> Option<Result<Attached>>) -> Result<Attached> {
    let refused = |(_, hooks): &Attached| hooks.iter().filter(|hook| hook.refused.is_some()).count();
    let mut best: Result<Attached> = Err(Error::Missing("a way to read"));
    for attached in WAYS.into_iter().filter_map(attach) {
        let better = match (&best, &attached) {
            (Ok(best), Ok(attached)) => refused(attached) < refused(best),
            (Ok(_), Err(_)) => false,
            (Err(_), _) => true,
        };
        if better {
            best = attached;
        }
        if best.as_ref().is_ok_and(|best| refused(best) == 0) {
            break;
        }
    }
    best
}

/// What is put into the kernel, in each of the ways.
struct Programs<'p> {
    loader: EbpfLoader<'p>,
    btf: &'p Btf,
    object: &'static [u8],
    /// The same where memory is read by plain loads; none where the kernel has no such function
    by_loads: Option<&'p [u8]>,
    wanted: &'p [u16],
    paths: &'p [Slot],
}

/// Does something with the programs as a selection wants them, with a ring of so many bytes. What the kernel says of its types takes more room than all
/// that stays, and goes at the end.
fn with_programs<T>(
    selection: &Selection,
    ring_bytes: u32,
    act: impl FnOnce(&mut Programs<'_>) -> Result<T>,
) -> Result<T> {
    let mut loader = crate::types::loader();
    let object = Object::OBSERVE.verified()?;
    let btf = crate::types::asked_by(object)?;
    let by_loads = Object::OBSERVE.reading_by_loads(&btf)?;
    let codes = codes_by_number();
    let wanted = selection.wanted();
    let own = std::process::id();
    let wake_above = u64::from(ring_bytes / WAKE_PART);
    let paths = selection.table()?;
    // A power of two of slots, far below four thousand million
    let slots = u32::try_from(paths.len()).map_err(|_| Error::TooManyPaths(paths.len()))?;
    let last_slot = slots.saturating_sub(1);
    let most_a_second = selection.most_a_second();
    let only_followed = u8::from(selection.follows());
    let processes = if selection.follows() { PROCESSES_MAX } else { 1 };
    loader
        .btf(Some(&btf))
        .override_global("call_of", codes.as_slice(), true)
        .override_global("wanted", wanted.as_slice(), true)
        .override_global("own_process", &own, true)
        .override_global("wake_above", &wake_above, true)
        .override_global("last_slot", &last_slot, true)
        .override_global("most_a_second", &most_a_second, true)
        .override_global("only_followed", &only_followed, true)
        .map_max_entries("events", ring_bytes)
        .map_max_entries("followed", processes)
        .map_max_entries("paths", slots);
    act(&mut Programs {
        loader,
        btf: &btf,
        object,
        by_loads: by_loads.as_deref(),
        wanted: &wanted,
        paths: &paths,
    })
}

impl Programs<'_> {
    /// They where they were attached; none where they cannot be had in this way.
    fn attached(&mut self, way: Way) -> Option<Result<Attached>> {
        let object = if way.can_cast {
            self.by_loads
        } else {
            Some(self.object)
        };
        object.map(|object| self.attach(object, way))
    }

    fn attach(&mut self, object: &[u8], way: Way) -> Result<Attached> {
        let flag = |is_so: bool| -> &'static u8 { if is_so { &1 } else { &0 } };
        let mut ebpf = self
            .loader
            .override_global("can_cast", flag(way.can_cast), true)
            .override_global("has_typed_task", flag(way.has_typed_task), true)
            .load(object)?;
        fill_paths(&mut ebpf, self.paths)?;
        let mut hooks = vec![
            attach(
                &mut ebpf,
                self.btf,
                "on_exit",
                "sched_process_exit",
                "processes that end",
            ),
            attach(
                &mut ebpf,
                self.btf,
                "on_fork",
                "sched_process_fork",
                "processes that start",
            ),
            attach(
                &mut ebpf,
                self.btf,
                "on_exec",
                "sched_process_exec",
                "programs that start",
            ),
        ];
        if Call::ALL
            .iter()
            .zip(self.wanted.iter().skip(1))
            .any(|(_, wanted)| *wanted != 0)
        {
            chain(&mut ebpf, self.btf)?;
            hooks.push(attach(
                &mut ebpf,
                self.btf,
                "on_answer",
                "sys_exit",
                "answers to system calls",
            ));
            if signals(self.wanted) {
                hooks.push(attach(
                    &mut ebpf,
                    self.btf,
                    "on_signal",
                    "signal_generate",
                    "whom signals go to",
                ));
            }
            hooks.push(attach_first(
                &mut ebpf,
                self.btf,
                &[
                    ("on_ring_asked", "io_uring_submit_req"),
                    ("on_ring_asked_before", "io_uring_submit_sqe"),
                ],
                "what io_uring is asked",
            ));
            hooks.push(attach_first(
                &mut ebpf,
                self.btf,
                &[
                    ("on_ring_answered", "io_uring_complete"),
                    ("on_ring_answered_before", "io_uring_complete"),
                ],
                "answers of io_uring",
            ));
        }
        Ok((ebpf, hooks))
    }
}

/// Whether calls that send signals are wanted
fn signals(wanted: &[u16]) -> bool {
    Call::ALL
        .iter()
        .zip(wanted.iter().skip(1))
        .any(|(call, wanted)| call.signals() && *wanted != 0)
}

fn fill_paths(ebpf: &mut Ebpf, table: &[Slot]) -> Result<()> {
    let mut paths: Array<_, Slot> = Array::try_from(ebpf.map_mut("paths").ok_or(Error::Missing("paths"))?)?;
    for (slot, place) in (0..).zip(table).filter(|(_, place)| **place != Slot::default()) {
        paths.set(slot, place, 0)?;
    }
    Ok(())
}

fn tracepoint<'e>(ebpf: &'e mut Ebpf, name: &'static str) -> Result<&'e mut BtfTracePoint> {
    let program = ebpf.program_mut(name).ok_or(Error::Missing(name))?;
    program.try_into().map_err(|cause| Error::Program { name, cause })
}

/// Loads the programs that `on_answer` goes on with.
fn chain(ebpf: &mut Ebpf, btf: &Btf) -> Result<()> {
    for (index, name) in (0..).zip(LATER) {
        let refused = |cause| Error::Program { name, cause };
        let program = tracepoint(ebpf, name)?;
        program.load("sys_exit", btf).map_err(refused)?;
        let fd = program.fd().and_then(|fd| Ok(fd.try_clone()?)).map_err(refused)?;
        let mut later = ProgramArray::try_from(ebpf.map_mut("later").ok_or(Error::Missing("later"))?)?;
        later.set(index, &fd, 0)?;
    }
    Ok(())
}

/// The first of several programs, each written for kernels with this place, that the kernel takes; what came of the last where it takes none.
fn attach_first(
    ebpf: &mut Ebpf,
    btf: &Btf,
    programs: &[(&'static str, &'static str)],
    sees: &'static str,
) -> Hook {
    let mut hook = Hook {
        place: "",
        sees,
        refused: None,
    };
    for (program, place) in programs {
        hook = attach(ebpf, btf, program, place, sees);
        if hook.refused.is_none() {
            break;
        }
    }
    hook
}

/// Attaching tells more than any list of what a kernel can do.
pub(crate) fn attach(
    ebpf: &mut Ebpf,
    btf: &Btf,
    program: &'static str,
    place: &'static str,
    sees: &'static str,
) -> Hook {
    let attached = tracepoint(ebpf, program).and_then(|found| {
        let refused = |cause| Error::Program { name: program, cause };
        found.load(place, btf).map_err(refused)?;
        found.attach().map_err(refused)
    });
    Hook {
        place,
        sees,
        refused: attached.err().map(|error| reason(&error)),
    }
}

/// What an error says, and of the log of the kernel's verifier the line that says why: the log goes over all that was looked at before.
pub(crate) fn reason(error: &Error) -> String {
    let Error::Program { name, cause } = error else {
        return error.to_string();
    };
    let aya::programs::ProgramError::LoadError {
        io_error,
        verifier_log,
    } = cause
    else {
        return format!("{name}: {}", with_causes(cause));
    };
    let log = verifier_log.to_string();
    let mut telling = log.lines().map(str::trim).filter(|line| {
        !(line.is_empty()
            || line.starts_with("verification time")
            || line.starts_with("stack depth")
            || line.starts_with("processed"))
    });
    match telling.next_back() {
        Some(line) => format!("{name}: {io_error}: {line}"),
        None => format!("{name}: {io_error}"),
    }
}

#[cfg(test)]
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
mod tests {
    use super::*;

    #[test]
    fn a_kernel_takes_programs_however_they_read() {
        if let Err(why) = crate::privilege::check() {
            eprintln!("skipped: {why}");
            return;
        }
        with_programs(&Selection::all(), 1 << 16, |programs| {
            if programs.by_loads.is_none() {
                eprintln!("skipped: this kernel has no bpf_rdonly_cast, so that nothing is read by loads");
            }
            for (_ebpf, hooks) in WAYS
                .into_iter()
                .filter_map(|way| programs.attached(way))
                .map(Result::unwrap)
            {
                for hook in &hooks {
                    assert_eq!(hook.refused, None, "{}", hook.place);
                }
            }
            Ok(())
        })
        .unwrap();
    }
}
