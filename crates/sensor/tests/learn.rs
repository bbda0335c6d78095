//! What is counted of real programs, on the kernel that the tests run on. They need root and say so where it is not there.
#![allow(clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod machine;

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::os::unix::fs::MetadataExt;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bartizan_model::runtime::{Action, Behaviour, Phase};
use bartizan_sensor::learn::{Begins, Cgroup, Learner};
use bartizan_sensor::{Selection, Sensor};

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

const TOLD: &str = "only_what_a_workload_does_is_told";
const BUSYBOX: &str = "/bin/busybox";

/// What a sensor tells that was told to tell of followed processes only.
#[derive(Default)]
struct Told {
    /// Programs that were started, by their first arguments, with the programs of those that started them
    programs: BTreeSet<String>,
    files: BTreeSet<String>,
    processes: BTreeSet<u32>,
    /// Processes that began and that ended
    born: BTreeSet<u32>,
    ended: BTreeSet<u32>,
    events: u64,
}

impl Told {
    fn take(&mut self, sensor: &mut Sensor) {
        let taken = sensor.read(Duration::from_millis(20), |event| {
            self.events += 1;
            self.processes.insert(event.process.pid);
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            match &event.action {
                Action::Execute { .. } if event.result >= 0 => {
                    let applet = |process: &bartizan_model::runtime::Process| {
                        process.arguments.get(1).map(|one| text(one)).unwrap_or_default()
                    };
                    let by = event.process.parent.as_deref().map(applet).unwrap_or_default();
                    self.programs.insert(format!("{by} > {}", applet(&event.process)));
                }
                Action::Open { file, .. } if event.result >= 0 => {
                    self.files.insert(text(file.path));
                }
                Action::Fork { child } => {
                    self.born.insert(*child);
                }
                Action::Exit { .. } => {
                    self.ended.insert(event.process.pid);
                }
                _ => {}
            }
            ControlFlow::Continue(())
        });
        taken.expect("events are read");
    }
}

/// Opens files and starts programs until it is stopped; how many files were opened.
fn flood(path: &std::path::Path, stop: &AtomicBool) -> u64 {
    let mut opened = 0;
    while !stop.load(Ordering::Relaxed) {
        for _ in 0..500 {
            opened += u64::from(std::fs::File::open(path).is_ok());
        }
        let started = Command::new(BUSYBOX).arg("true").status();
        assert!(started.expect("busybox starts").success());
    }
    opened
}

#[test]
fn only_what_a_workload_does_is_told() {
    if !rustix::process::geteuid().is_root() || !std::path::Path::new(BUSYBOX).exists() {
        eprintln!("skipped: it needs root, and busybox-static, which scripts/setup.sh test installs");
        return;
    }
    let mut selection = Selection::all();
    selection.only_followed();
    let mut sensor = Sensor::start(&selection, 1 << 20).unwrap_or_else(|error| panic!("{error}"));
    let mut learner = Learner::start().unwrap_or_else(|error| panic!("{error}: {}", error.help()));
    learner.tell_with(&mut sensor);
    let folder = tempfile::tempdir().expect("a folder");
    let [inside, outside] = ["inside", "outside"].map(|name| folder.path().join(name));
    std::fs::write(&inside, "x").expect("it is written");
    std::fs::write(&outside, "x").expect("it is written");
    let cgroup = Cgroup::make(&format!("bartizan-test-told-{}", std::process::id())).expect("a cgroup");
    // One that runs when it is begun to follow is known by its number, one that comes into the cgroup by that.
    let script = |rounds: u32| {
        format!("for i in $(busybox seq {rounds}); do busybox cat $0; busybox usleep 100000; done")
    };
    let shell = |rounds: u32| {
        let mut shell = Command::new(BUSYBOX);
        shell.args(["sh", "-c", &script(rounds)]).arg(&inside);
        shell.stdout(std::process::Stdio::null());
        shell
    };
    let mut before = shell(20).spawn().expect("it starts");
    learner.follow(before.id()).expect("it is followed");
    learner.follow_cgroup(&cgroup).expect("it is followed");
    let stop = AtomicBool::new(false);
    let mut told = Told::default();
    let mut inner = cgroup
        .within(|| shell(20).spawn())
        .expect("the cgroup is entered")
        .expect("it starts");
    let opened = std::thread::scope(|scope| {
        let others = scope.spawn(|| flood(&outside, &stop));
        // What this process opens is never told: another one opens the file, too.
        let mut other = Command::new(BUSYBOX)
            .args(["sh", "-c", "while :; do read x <$0; done"])
            .arg(&outside)
            .spawn()
            .expect("it starts");
        while inner.try_wait().expect("it is asked").is_none()
            || before.try_wait().expect("it is asked").is_none()
        {
            told.take(&mut sensor);
        }
        other.kill().expect("it is ended");
        other.wait().expect("it ended");
        stop.store(true, Ordering::Relaxed);
        others.join().expect("it ends")
    });
    told.take(&mut sensor);
    assert!(opened > 1000, "{opened}");
    let files = &told.files;
    assert!(files.contains(&inside.display().to_string()), "{files:?}");
    assert!(!files.contains(&outside.display().to_string()), "{files:?}");
    // Each of them is one of the workload, and all that they start is seen from its begin to its end.
    let roots = BTreeSet::from([before.id(), inner.id()]);
    let known = &told.born | &roots;
    assert!(
        told.processes.is_subset(&known),
        "{:?} of {known:?}",
        told.processes
    );
    assert_eq!(told.ended, known);
    assert!(told.born.len() >= 80, "{}", told.born.len());
    for program in ["sh > cat", "sh > usleep"] {
        assert!(told.programs.contains(program), "{program}: {:?}", told.programs);
    }
    let counts = sensor.counts();
    assert_eq!((counts.told, counts.lost()), (told.events, 0), "{counts:?}");
    assert!(!learner.follows_any(), "all have ended");
    assert_eq!(learner.counted().expect("it was counted").uncounted, 0);
}

#[test]
fn it_is_so_on_other_kernels() {
    for kernel in [machine::OLDEST_KERNEL, machine::KERNEL, machine::VERIFYING_KERNEL] {
        let Some(said) = machine::run(TOLD, kernel, "capability", "observe") else {
            continue;
        };
        assert!(said.contains("test result: ok. 1 passed"), "{kernel}: {said}");
    }
}

#[test]
fn what_prepares_a_unit_is_not_the_unit() {
    if !rustix::process::geteuid().is_root() || !std::path::Path::new(BUSYBOX).exists() {
        eprintln!("skipped: it needs root, and busybox-static, which scripts/setup.sh test installs");
        return;
    }
    // What systemd does from version 255 on: into the cgroup comes its executor, which becomes the program of the unit.
    let folder = tempfile::tempdir().expect("a folder");
    let [executor, before, inside] = ["busybox", "before", "inside"].map(|name| folder.path().join(name));
    std::fs::copy(BUSYBOX, &executor).expect("it is copied");
    std::fs::write(&before, "x\n").expect("it is written");
    std::fs::write(&inside, "x\n").expect("it is written");
    let mut selection = Selection::all();
    selection.only_followed();
    let mut sensor = Sensor::start(&selection, 1 << 20).unwrap_or_else(|error| panic!("{error}"));
    let mut learner = Learner::start().unwrap_or_else(|error| panic!("{error}: {}", error.help()));
    learner.tell_with(&mut sensor);
    let number = std::fs::metadata(&executor).expect("it is there").ino();
    learner.expect(Begins::After(number)).expect("it is expected");
    let cgroup = Cgroup::make(&format!("bartizan-test-unit-{}", std::process::id())).expect("a cgroup");
    learner.follow_cgroup(&cgroup).expect("it is followed");
    let mut unit = Command::new(&executor);
    unit.args(["sh", "-c", "read x <$0; umask 77; exec /bin/busybox cat $1"]);
    let mut unit = cgroup
        .within(|| unit.args([&before, &inside]).spawn())
        .expect("the cgroup is entered")
        .expect("it starts");
    unit.wait().expect("it ends");
    let mut told = Told::default();
    told.take(&mut sensor);
    let [before, inside] = [before, inside].map(|path| path.display().to_string());
    assert!(
        told.files.contains(&inside) && !told.files.contains(&before),
        "{:?}",
        told.files
    );
    let behaviour = learner.counted().expect("it was counted");
    let umask = if cfg!(target_arch = "aarch64") { 166 } else { 95 };
    let counted = |number| [Phase::Start, Phase::Payload].map(|phase| made(&behaviour, phase, number));
    let [prepares, does] = counted(umask);
    assert!(prepares > 0 && does == 0, "{prepares} {does}");
    assert_eq!(counted(EXECVE), [2, 0]);
}
