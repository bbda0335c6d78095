//! What is counted of real programs, on the kernel that the tests run on. They need root and say so where it is not there.
#![allow(clippy::expect_used, clippy::panic, clippy::print_stderr)]

use std::process::Command;

use bartizan_model::runtime::{Behaviour, Phase};
use bartizan_sensor::learn::{Cgroup, Learner};

/// Numbers of calls on this processor
const SOCKET: u16 = if cfg!(target_arch = "aarch64") { 198 } else { 41 };
const KEYCTL: u16 = if cfg!(target_arch = "aarch64") { 219 } else { 250 };
const EXECVE: u16 = if cfg!(target_arch = "aarch64") { 221 } else { 59 };
const CAP_CHOWN: u8 = 0;

/// What a program does from its start to its end, in a cgroup of its own; None without root.
fn counted(name: &str, command: &mut Command) -> Option<Behaviour> {
    if !rustix::process::geteuid().is_root() {
        eprintln!("skipped: programs can be loaded into the kernel by root only");
        return None;
    }
    let mut learner = Learner::start().unwrap_or_else(|error| panic!("{error}: {}", error.help()));
    for hook in learner.hooks() {
        if hook.place != "cap_capable" {
            assert_eq!(hook.refused, None, "{}", hook.place);
        }
    }
    let cgroup = Cgroup::make(&format!("bartizan-test-{name}-{}", std::process::id())).expect("a cgroup");
    learner.follow_cgroup(&cgroup).expect("it is followed");
    let child = cgroup.within(|| command.spawn()).expect("the cgroup is entered");
    child
        .expect("the program starts")
        .wait()
        .expect("the program ends");
    let counted = learner.counted().expect("it was counted");
    assert_eq!(counted.uncounted, 0);
    Some(counted)
}

fn python(code: &str) -> Command {
    let mut command = Command::new("/usr/bin/python3");
    command.arg("-S").arg("-c").arg(code);
    command
}

fn made(behaviour: &Behaviour, phase: Phase, number: u16) -> u64 {
    let of = behaviour.calls.iter();
    of.filter(|call| call.phase == phase && call.number == number)
        .map(|call| call.made)
        .sum()
}

#[test]
fn calls_of_a_program_and_of_what_it_starts_are_counted_and_those_of_others_are_not() {
    let code = "import socket, subprocess\n\
                for _ in range(7): socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n\
                subprocess.run(['/bin/true'])";
    let Some(behaviour) = counted("calls", &mut python(code)) else {
        return;
    };
    assert_eq!(made(&behaviour, Phase::Payload, SOCKET), 7);
    assert_eq!(made(&behaviour, Phase::Payload, KEYCTL), 0);
    // The program itself is started before it is one.
    assert_eq!(made(&behaviour, Phase::Start, EXECVE), 1);
    assert_eq!(made(&behaviour, Phase::Payload, EXECVE), 1);
    let [socket] = behaviour.sockets.as_slice() else {
        panic!("{:?}", behaviour.sockets)
    };
    assert_eq!(
        (socket.family, socket.kind, socket.count, socket.phase),
        (2, 2, 7, Phase::Payload)
    );
}

#[test]
fn a_capability_counts_with_the_call_that_needed_it() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    let code = format!("import os\nos.chown({:?}, 65534, 65534)", file.path());
    let Some(behaviour) = counted("capability", &mut python(&code)) else {
        return;
    };
    let Some(capabilities) = behaviour.capabilities else {
        eprintln!("skipped: this kernel does not tell of capabilities");
        return;
    };
    let chown: Vec<_> = capabilities
        .iter()
        .filter(|used| used.capability == CAP_CHOWN && used.phase == Phase::Payload)
        .collect();
    assert!(
        chown.iter().any(|used| used.granted && used.call.is_some()),
        "{chown:?}"
    );
}

/// A filter that refuses `keyctl` with EPERM, made with `prctl`, then a program.
const FILTERED: &str = "
import ctypes, os, struct
libc = ctypes.CDLL(None, use_errno=True)
def op(code, jt, jf, k): return struct.pack('HBBI', code, jt, jf, k)
program = op(0x20, 0, 0, 0) + op(0x15, 0, 1, KEYCTL) + op(0x06, 0, 0, 0x00050001) + op(0x06, 0, 0, 0x7fff0000)
code = ctypes.create_string_buffer(program)
class Filter(ctypes.Structure):
    _fields_ = [('length', ctypes.c_ushort), ('code', ctypes.c_void_p)]
filter = Filter(len(program) // 8, ctypes.addressof(code))
assert libc.prctl(38, 1, 0, 0, 0) == 0
assert libc.prctl(22, 2, ctypes.byref(filter), 0, 0) == 0
assert libc.syscall(KEYCTL, 0, 0, 0, 0, 0) == -1 and ctypes.get_errno() == 1
";

#[test]
fn a_call_that_a_filter_refuses_is_counted_as_refused_and_not_as_made() {
    let code = FILTERED.replace("KEYCTL", &KEYCTL.to_string());
    let Some(behaviour) = counted("refused", &mut python(&code)) else {
        return;
    };
    let refused: Vec<_> = behaviour.calls.iter().filter(|call| call.refused > 0).collect();
    let [keyctl] = refused.as_slice() else {
        panic!("{refused:?}")
    };
    assert_eq!((keyctl.number, keyctl.made, keyctl.refused), (KEYCTL, 0, 1));
}

#[test]
fn a_cgroup_that_was_made_goes_with_all_that_runs_in_it() {
    if !rustix::process::geteuid().is_root() {
        eprintln!("skipped: cgroups can be made by root only");
        return;
    }
    let name = format!("bartizan-test-gone-{}", std::process::id());
    let cgroup = Cgroup::make(&name).expect("a cgroup");
    assert_eq!(cgroup.level(), 1);
    let mut child = cgroup
        .within(|| Command::new("/bin/sleep").arg("600").spawn())
        .expect("the cgroup is entered")
        .expect("sleep starts");
    assert_eq!(cgroup.processes().expect("it is there"), [child.id()]);
    drop(cgroup);
    assert!(!child.wait().expect("it ended").success());
    assert!(Cgroup::at(&name).is_err(), "it is still there");
}
