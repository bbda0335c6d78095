//! The door that eBPF itself is: who loads programs, from which file, and whether somebody signed them. In the tier that this kernel reaches, and in a
//! machine of its own whose kernel asks programs. They say so where they cannot run.
#![allow(clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod machine;
mod ward;

use std::fs;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::Duration;

use bartizan_model::guard::{Action, Forbidden, Listed, Loader, Mode, Programs, Rules, program_type};
use bartizan_sensor::guard::{Guard, Tier};
use bartizan_sensor::inventory::Inventory;
use bartizan_sensor::{Selection, Sensor};

const EPERM: i32 = 1;
/// The kernel's own: what is signed is not this, no such key, and no signature
const EKEYREJECTED: i32 = 129;
const ENOKEY: i32 = 126;
const EBADMSG: i32 = 74;
const RING: u32 = 1 << 20;

/// A folder with programs, and a cgroup that a policy holds in; both go with this.
struct Door {
    folder: PathBuf,
    cgroup: PathBuf,
    /// Its path
    name: String,
}

impl Drop for Door {
    fn drop(&mut self) {
        bartizan_testbed::remove_cgroup(&self.cgroup);
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// With a copy of the program of attacks of each name
fn door(names: &[&str]) -> Option<Door> {
    let (cgroup, name) = ward::cgroup()?;
    let door = Door {
        folder: Path::new("/var").join(name.trim_start_matches('/')),
        cgroup,
        name,
    };
    fs::create_dir_all(&door.folder).expect("a folder");
    for name in names {
        fs::copy(machine::attack(), door.folder.join(name)).expect("it is copied");
    }
    Some(door)
}

impl Door {
    fn path(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    fn listed(&self, name: &str) -> Listed {
        let path = self.path(name);
        let sum = Command::new("sha256sum").arg(&path).output().expect("sha256sum");
        let digest = String::from_utf8_lossy(&sum.stdout);
        Listed {
            path: path.into(),
            digest: digest.get(..64).expect("a digest").into(),
        }
    }

    fn loader(&self, name: &str, kind: Option<&str>) -> Loader {
        Loader {
            file: self.listed(name),
            types: kind.map(|kind| vec![program_type(kind).expect("a type")]),
        }
    }

    /// Appends a byte that nothing reads, which makes another file of it
    fn alter(&self, name: &str) {
        let file = fs::OpenOptions::new().append(true).open(self.path(name));
        file.and_then(|mut file| file.write_all(b"\n"))
            .expect("it is written");
    }

    fn guarded(&self, rules: Rules) -> (Guard, Sensor) {
        let (guard, sensor) = ward::of(&self.name, Mode::Enforce, Action::Deny, rules);
        if let Ok(tier) = std::env::var(machine::TIER) {
            assert_eq!(guard.tier().name(), tier);
        }
        (guard, sensor)
    }

    /// How a program with these words ends in the cgroup
    fn inside(&self, what: &str) -> ExitStatus {
        let script = format!(
            "echo $$ > {}/cgroup.procs; exec {}/{what}",
            self.cgroup.display(),
            self.folder.display()
        );
        Command::new("/bin/sh")
            .args(["-c", &script])
            .status()
            .expect("a shell starts")
    }
}

/// Rules of what was decided since the last time
fn decided(guard: &mut Guard, sensor: &mut Sensor) -> Vec<Forbidden> {
    let mut rules = Vec::new();
    sensor
        .read(Duration::ZERO, |_| std::ops::ControlFlow::Continue(()))
        .expect("events are read");
    guard
        .read(sensor, |decision| rules.push(decision.rule))
        .expect("decisions are read");
    rules
}

/// Whether it was refused or killed; a shell that may not run a program ends with 126
fn stopped(status: ExitStatus) -> bool {
    [Some(EPERM), Some(126)].contains(&status.code()) || status.signal() == Some(9)
}

#[test]
fn what_is_listed_by_content_loads_and_runs_until_it_is_altered() {
    let names = ["listed", "other", "altered", "of-another-type", "of-its-type"];
    let Some(door) = door(&names) else { return };
    let loaders = vec![
        door.loader("listed", None),
        door.loader("altered", None),
        door.loader("of-another-type", Some("tracing")),
        door.loader("of-its-type", Some("socket_filter")),
    ];
    let (mut guard, mut sensor) = door.guarded(Rules {
        only_loaders: Some(loaders),
        ..Rules::default()
    });
    for (name, passes) in [
        ("listed", true),
        ("other", false),
        ("altered", true),
        ("of-another-type", false),
        ("of-its-type", true),
    ] {
        let status = door.inside(&format!("{name} load"));
        assert_eq!(
            (status.success(), stopped(status)),
            (passes, !passes),
            "{name}: {status}"
        );
        let told = if passes {
            vec![]
        } else {
            vec![Forbidden::UnlistedLoader]
        };
        assert_eq!(decided(&mut guard, &mut sensor), told, "{name}");
    }
    door.alter("altered");
    let status = door.inside("altered load");
    assert!(stopped(status), "{status}");
    drop(guard);
    let (mut guard, mut sensor) = door.guarded(Rules {
        only_programs: Some(Programs {
            places: vec!["/bin/".into(), "/usr/".into(), "/lib/".into(), "/lib64/".into()],
            files: vec![door.listed("listed")],
        }),
        ..Rules::default()
    });
    for (name, passes) in [("listed", true), ("other", false)] {
        let status = door.inside(&format!("{name} nothing"));
        assert_eq!(
            (status.success(), stopped(status)),
            (passes, !passes),
            "{name}: {status}"
        );
    }
    assert_eq!(decided(&mut guard, &mut sensor), [Forbidden::UnlistedProgram]);
    door.alter("listed");
    let status = door.inside("listed nothing");
    assert!(stopped(status), "{status}");
    eprintln!("the door holds in the tier {}", guard.tier().name());
}

#[test]
fn what_is_listed_by_content_is_known_where_the_kernel_asks() {
    let test = "what_is_listed_by_content_loads_and_runs_until_it_is_altered";
    let Some(said) = machine::run(test, machine::KERNEL, "capability,bpf", "guard") else {
        return;
    };
    assert!(said.contains("the door holds in the tier guard"), "{said}");
    assert!(said.contains("test result: ok. 1 passed"), "{said}");
}

fn signed() -> Rules {
    Rules {
        unsigned_programs: true,
        ..Rules::default()
    }
}

/// Either it is in force, or it is said why it cannot be.
#[test]
fn signatures_are_asked_for_where_the_kernel_verifies_them_and_nowhere_else() {
    let Some(door) = door(&["loader"]) else { return };
    let mut sensor = Sensor::start(&Selection::none(), RING).unwrap_or_else(|error| panic!("{error}"));
    let started = Guard::start(vec![ward::policy(
        &door.name,
        Mode::Enforce,
        Action::Deny,
        signed(),
    )]);
    let (guard, unreached) = started.unwrap_or_else(|error| panic!("{error}"));
    let Some(mut guard) = guard else {
        let why = |wanted: Tier| {
            unreached
                .iter()
                .find(|one| one.tier == wanted)
                .map(|one| one.why.clone())
        };
        let why = [why(Tier::Guard), why(Tier::Restrain)].map(Option::unwrap_or_default);
        assert!(why[1].contains("in the tier guard only"), "{why:?}");
        assert!(!why[0].is_empty(), "{why:?}");
        eprintln!("signatures are not asked for: {}", why[0]);
        return;
    };
    // Whoever is asked for a signature hands over one that is none; the numbers of errors tell who refused.
    for (asked, by_policy) in [
        ("loader load", true),
        ("loader load -3", true),
        ("loader load 3", true),
        ("loader load 0", false),
        ("loader load 1", false),
    ] {
        let status = door.inside(asked);
        let told = decided(&mut guard, &mut sensor);
        assert_ne!(status.code(), Some(0), "{asked}");
        if by_policy {
            assert_eq!(status.code(), Some(EPERM), "{asked}");
            assert_eq!(told, [Forbidden::UnsignedProgram], "{asked}");
        } else {
            assert_ne!(
                status.code(),
                Some(EPERM),
                "the kernel looks at the signature itself: {asked}"
            );
            assert_eq!(told, [], "{asked}");
        }
    }
    eprintln!("signatures are asked for");
    drop(guard);
    let status = door.inside("loader load");
    assert!(status.success(), "{status}");
}

const SIGNATURES: &str = "signatures_are_asked_for_where_the_kernel_verifies_them_and_nowhere_else";

#[test]
fn unsigned_programs_are_refused_where_the_kernel_verifies_signatures() {
    let Some(said) = machine::run(SIGNATURES, machine::VERIFYING_KERNEL, "capability,bpf", "guard") else {
        return;
    };
    assert!(
        said.contains("signatures are asked for\n") || said.contains("signatures are asked for\r"),
        "{said}"
    );
    assert!(said.contains("test result: ok. 1 passed"), "{said}");
}

/// Makes a key with a certificate, and its signature of the program that the program of attacks loads: `NAME.der` and `NAME.signature`.
fn sign(folder: &Path, name: &str) {
    let script = format!(
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={name} -keyout key -outform DER -out {name}.der &&
         openssl x509 -inform DER -in {name}.der -out certificate &&
         printf '\\267\\0\\0\\0\\0\\0\\0\\0\\225\\0\\0\\0\\0\\0\\0\\0' > code &&
         openssl cms -sign -binary -noattr -nocerts -md sha256 -signer certificate -inkey key -in code -outform DER -out {name}.signature"
    );
    let made = Command::new("/bin/sh")
        .args(["-ec", &script])
        .current_dir(folder)
        .output()
        .expect("a shell starts");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

/// The certificate `firmware.der` is in `db`, so that the kernel has it in its keyring of the platform (2).
#[test]
fn what_a_key_of_the_firmware_signed_loads_and_nothing_else() {
    if !Path::new(machine::BROUGHT).exists() {
        let brought = tempfile::tempdir().expect("a folder");
        sign(brought.path(), "firmware");
        sign(brought.path(), "stranger");
        let said = machine::run_with(
            "what_a_key_of_the_firmware_signed_loads_and_nothing_else",
            machine::VERIFYING_KERNEL,
            "capability,bpf",
            "guard",
            Some(&machine::Trusted {
                folder: brought.path(),
                certificate: &brought.path().join("firmware.der"),
            }),
        );
        if let Some(said) = said {
            assert!(said.contains("test result: ok. 1 passed"), "{said}");
        }
        return;
    }
    let door = door(&["loader"]).expect("a door");
    let (mut guard, mut sensor) = door.guarded(signed());
    let own_key = "loader load-by-own-key /brought/firmware.der /brought/firmware.signature";
    for (asked, ends_with) in [
        ("loader load 2 /brought/firmware.signature", 0),
        ("loader load 2 /brought/firmware.signature 1", EKEYREJECTED),
        ("loader load 2 /brought/stranger.signature", ENOKEY),
        ("loader load 0 /brought/firmware.signature", ENOKEY),
        ("loader load 1 /brought/firmware.signature", ENOKEY),
        ("loader load 2 /brought/firmware.der", EBADMSG),
        (own_key, EPERM),
    ] {
        assert_eq!(door.inside(asked).code(), Some(ends_with), "{asked}");
        let told = decided(&mut guard, &mut sensor);
        let by_policy = told == [Forbidden::UnsignedProgram];
        assert_eq!(by_policy, ends_with == EPERM, "{asked}: {told:?}");
    }
    drop(guard);
    // The kernel alone takes a key that whoever loads brings along.
    assert_eq!(door.inside(own_key).code(), Some(0));
}

#[test]
fn an_older_kernel_is_told_from_one_that_verifies_signatures() {
    let Some(said) = machine::run(SIGNATURES, machine::KERNEL, "capability,bpf", "guard") else {
        return;
    };
    assert!(said.contains("this kernel does not verify any"), "{said}");
    assert!(said.contains("test result: ok. 1 passed"), "{said}");
}

#[test]
fn programs_of_another_process_are_listed_with_where_they_attach_and_who_holds_them() {
    let Some(door) = door(&["held"]) else { return };
    let before = Inventory::take().unwrap_or_else(|error| panic!("{error}"));
    let mut holder = Command::new(door.path("held"))
        .arg("hold")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut ready = [0];
    std::io::Read::read_exact(holder.stdout.as_mut().expect("its output"), &mut ready).expect("it holds");
    let inventory = Inventory::take();
    drop(holder.stdin.take());
    let pid = holder.id();
    holder.wait().expect("it ends");
    let inventory = inventory.unwrap_or_else(|error| panic!("{error}"));
    // Where the tests run in a sandbox there may be processes of around it.
    let unread = &inventory.unread;
    assert!(
        unread.iter().all(|why| why.contains("descriptors of process")),
        "{unread:?}"
    );
    let [program] = inventory
        .programs
        .iter()
        .filter(|program| program.kept.holders == [pid])
        .collect::<Vec<_>>()[..]
    else {
        panic!("{:?}", inventory.programs)
    };
    assert_eq!(
        (program.kind.as_str(), program.name.as_slice()),
        ("raw_tracepoint", &b"held"[..])
    );
    assert!(before.programs.iter().all(|other| other.id != program.id));
    assert_eq!((program.user, program.tag.len()), (Some(0), 16));
    assert!(program.loaded.is_some());
    let link = inventory
        .links
        .iter()
        .find(|link| link.program == program.id)
        .expect("its link");
    assert_eq!(link.place.as_deref(), Some("tracepoint sched_switch"), "{link:?}");
    let map = inventory
        .maps
        .iter()
        .find(|map| map.kept.holders == [pid])
        .expect("its map");
    assert_eq!((map.kind.as_str(), map.sizes, map.entries), ("array", [4, 8], 3));
    let process = inventory.processes.get(&pid).expect("the process");
    assert_eq!(process.path, door.path("held").into_bytes());
    assert_eq!(process.digest.as_deref(), Some(&*door.listed("held").digest));
    assert!(process.capabilities.contains(&"CAP_SYS_ADMIN") && process.of_host == Some(true));
    assert_eq!(process.name, b"a\x1bb");
    assert!(!process.own);
}
