//! Attacks that policies stop, each with a benign twin that they do not: in the tier that this kernel reaches, and in a machine of its own whose kernel
//! asks programs (Debian's, in QEMU without KVM). They say so where they cannot run.
#![allow(clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod machine;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::Duration;

use bartizan_model::guard::{Action, Forbidden, Mode, Peer, Policy, Rules, Workload};
use bartizan_sensor::guard::{Guard, Tier};
use bartizan_sensor::{Selection, Sensor};

const EPERM: i32 = 1;
const RING: u32 = 1 << 20;

/// Something that a policy forbids, and the lowest tier that stops it.
struct Attack {
    rule: Forbidden,
    stopped_in: Tier,
    /// What `programs/attack.c` is asked for; `@` stands for the folder of the test
    attack: &'static str,
    /// The same without harm; empty where it is the attack itself, elsewhere
    twin: &'static str,
}

const fn attack(rule: Forbidden, stopped_in: Tier, attack: &'static str, twin: &'static str) -> Attack {
    Attack {
        rule,
        stopped_in,
        attack,
        twin,
    }
}

const ATTACKS: &[Attack] = &[
    attack(
        Forbidden::ProgramInMemory,
        Tier::Restrain,
        "run-in-memory",
        "run @/attack",
    ),
    attack(
        Forbidden::ProgramInWritablePlace,
        Tier::Restrain,
        "run @/open/attack",
        "run @/attack",
    ),
    attack(
        Forbidden::ProgramInWritablePlace,
        Tier::Restrain,
        "run @/open/below/attack",
        "run @/attack",
    ),
    attack(
        Forbidden::ProgramInWritablePlace,
        Tier::Restrain,
        "run @/open/script",
        "run @/script",
    ),
    attack(
        Forbidden::ProgramInWritablePlace,
        Tier::Guard,
        "map @/open/attack",
        "map @/attack",
    ),
    attack(
        Forbidden::ChangedProgram,
        Tier::Restrain,
        "run @/image/brought",
        "run @/image/built",
    ),
    attack(
        Forbidden::Write,
        Tier::Restrain,
        "write @/kept/file",
        "read @/kept/file",
    ),
    attack(
        Forbidden::Write,
        Tier::Restrain,
        "write @/link-to-kept",
        "write @/link-beside",
    ),
    attack(
        Forbidden::Write,
        Tier::Restrain,
        "overwrite @/kept/file",
        "overwrite @/beside/file",
    ),
    attack(
        Forbidden::Write,
        Tier::Guard,
        "create @/kept/new",
        "create @/beside/new",
    ),
    attack(
        Forbidden::Write,
        Tier::Guard,
        "remove @/kept/file",
        "remove @/beside/removed",
    ),
    attack(
        Forbidden::Write,
        Tier::Guard,
        "rename @/kept/file @/beside/away",
        "rename @/beside/from @/beside/to",
    ),
    attack(
        Forbidden::Write,
        Tier::Guard,
        "rename @/beside/file @/kept/file",
        "rename @/beside/to @/beside/from",
    ),
    attack(
        Forbidden::Write,
        Tier::Guard,
        "rename @/kept @/moved",
        "rename @/spare @/moved",
    ),
    attack(
        Forbidden::Write,
        Tier::Guard,
        "rename @/above @/moved-above",
        "rename @/spare-above @/moved-above",
    ),
    attack(
        Forbidden::Write,
        Tier::Guard,
        "link @/kept/file @/beside/name",
        "link @/beside/file @/beside/name",
    ),
    attack(
        Forbidden::Write,
        Tier::Guard,
        "symlink @/kept/link",
        "symlink @/beside/link",
    ),
    attack(
        Forbidden::Write,
        Tier::Guard,
        "directory @/kept/folder",
        "directory @/beside/folder",
    ),
    attack(
        Forbidden::Write,
        Tier::Guard,
        "node @/kept/node",
        "node @/beside/node",
    ),
    attack(
        Forbidden::Write,
        Tier::Guard,
        "truncate @/kept/file",
        "truncate @/beside/file",
    ),
    attack(
        Forbidden::Write,
        Tier::Guard,
        "mode @/kept/file",
        "mode @/beside/file",
    ),
    attack(
        Forbidden::Write,
        Tier::Guard,
        "owner @/kept/file",
        "owner @/beside/file",
    ),
    attack(Forbidden::Module, Tier::Guard, "module-of-file @/attack", ""),
    attack(Forbidden::Module, Tier::Guard, "module-of-memory", ""),
    attack(Forbidden::TracingOthers, Tier::Restrain, "trace 65534", "trace 0"),
    attack(Forbidden::TracingOthers, Tier::Restrain, "seize 65534", "seize 0"),
    attack(Forbidden::Mount, Tier::Guard, "mount @/place", ""),
    attack(Forbidden::Mount, Tier::Guard, "mount-by-descriptor @/place", ""),
    attack(
        Forbidden::UnlistedPeer,
        Tier::Restrain,
        "connect 198.51.100.7 443",
        "connect 127.0.0.1 443",
    ),
    attack(
        Forbidden::UnlistedPeer,
        Tier::Restrain,
        "connect-datagrams 198.51.100.7 53",
        "connect-datagrams 192.0.2.7 53",
    ),
    attack(
        Forbidden::UnlistedPeer,
        Tier::Restrain,
        "send 192.0.2.7 54",
        "send 192.0.2.7 53",
    ),
    attack(
        Forbidden::UnlistedPeer,
        Tier::Guard,
        "send-raw 198.51.100.7",
        "send-raw 127.0.0.1",
    ),
    attack(Forbidden::UnlistedLoader, Tier::Restrain, "load", ""),
];

/// A folder with what attacks are about, a cgroup, and what is mounted: all of it goes with this.
struct Stage {
    folder: PathBuf,
    cgroup: PathBuf,
}

impl Drop for Stage {
    fn drop(&mut self) {
        for mounted in ["image", "place", "place"] {
            let _ = Command::new("umount")
                .arg(self.folder.join(mounted))
                .stderr(std::process::Stdio::null())
                .status();
        }
        bartizan_testbed::remove_cgroup(&self.cgroup);
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn stage() -> Option<Stage> {
    let root = ["/sys/fs/cgroup/unified", "/sys/fs/cgroup"]
        .into_iter()
        .find(|root| Path::new(root).join("cgroup.procs").exists());
    let name = format!("bartizan-attacks-{}", std::process::id());
    let cgroup = Path::new(root.unwrap_or_default()).join(&name);
    if !rustix::process::geteuid().is_root() || root.is_none() || fs::create_dir(&cgroup).is_err() {
        eprintln!("skipped: policies need root and cgroups of version 2");
        return None;
    }
    let folder = Path::new("/var").join(name);
    let stage = Stage { folder, cgroup };
    let make = |name: &str| fs::create_dir_all(stage.folder.join(name)).expect("a folder");
    let write = |name: &str, text: &str, mode: u32| {
        let path = stage.folder.join(name);
        fs::write(&path, text).expect("a file");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("its mode");
    };
    for name in [
        "open/below",
        "kept",
        "beside",
        "above/kept",
        "spare",
        "spare-above",
        "place",
        "lower",
        "image",
    ] {
        make(name);
    }
    let attack = machine::attack();
    for name in ["attack", "open/attack", "open/below/attack", "lower/built"] {
        fs::copy(&attack, stage.folder.join(name)).expect("it is copied");
    }
    let script = format!("#!{} nothing\n", stage.folder.join("attack").display());
    write("script", &script, 0o755);
    write("open/script", &script, 0o755);
    for name in ["kept/file", "beside/file", "beside/from", "beside/removed"] {
        write(name, "as it was", 0o644);
    }
    let open = fs::Permissions::from_mode(0o777);
    fs::set_permissions(stage.folder.join("open"), open).expect("its mode");
    let link =
        |to: &str, name: &str| std::os::unix::fs::symlink(stage.folder.join(to), stage.folder.join(name));
    link("kept/file", "link-to-kept").expect("a link");
    link("beside/file", "link-beside").expect("a link");
    let overlay = format!(
        "set -e; cd {}; mount -t tmpfs none place; mkdir place/upper place/work; \
         mount -t overlay overlay -o lowerdir=lower,upperdir=place/upper,workdir=place/work image; cp attack image/brought",
        stage.folder.display()
    );
    let made = Command::new("/bin/sh").args(["-c", &overlay]).status();
    assert!(made.expect("a shell starts").success(), "an overlay is mounted");
    Some(stage)
}

impl Stage {
    fn asked(&self, what: &str) -> String {
        let folder = self.folder.display().to_string();
        format!("{folder}/attack {}", what.replace('@', &folder))
    }

    /// How it ends in the cgroup
    fn inside(&self, what: &str) -> ExitStatus {
        let script = format!(
            "echo $$ > {}/cgroup.procs; exec {}",
            self.cgroup.display(),
            self.asked(what)
        );
        Command::new("/bin/sh")
            .args(["-c", &script])
            .status()
            .expect("a shell starts")
    }

    /// How it ends anywhere else
    fn elsewhere(&self, what: &str) -> ExitStatus {
        let script = format!("exec {}", self.asked(what));
        Command::new("/bin/sh")
            .args(["-c", &script])
            .status()
            .expect("a shell starts")
    }

    fn policy(&self) -> Policy {
        let path = |name: &str| self.folder.join(name).display().to_string();
        Policy {
            name: "attacks".into(),
            workloads: vec![Workload {
                cgroup: self
                    .cgroup
                    .file_name()
                    .map(|name| format!("/{}", name.to_string_lossy()).into()),
                ..Workload::default()
            }],
            mode: Mode::Enforce,
            action: Action::Deny,
            rules: Rules {
                changed_programs: true,
                programs_in_memory: true,
                programs_in_writable_places: true,
                only_programs: None,
                write: vec![
                    format!("{}/", path("kept")).into(),
                    format!("{}/", path("above/kept")).into(),
                ],
                modules: true,
                tracing_others: true,
                mount: true,
                only_peers: Some(vec![Peer {
                    network: [192, 0, 2, 0].into(),
                    bits: 24,
                    from: 53,
                    until: 53,
                }]),
                only_loaders: Some(Vec::new()),
                manifest: None,
                unsigned_programs: false,
            },
        }
    }
}

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

#[test]
fn every_attack_is_stopped_and_its_twin_is_not() {
    let Some(stage) = stage() else { return };
    let mut sensor = Sensor::start(&Selection::none(), RING).unwrap_or_else(|error| panic!("{error}"));
    let (guard, unreached) = Guard::start(vec![stage.policy()]).unwrap_or_else(|error| panic!("{error}"));
    unreached
        .iter()
        .for_each(|one| eprintln!("not {}: {}", one.tier.name(), one.why));
    let mut guard = guard.unwrap_or_else(|| panic!("{unreached:?}"));
    if let Ok(tier) = std::env::var(machine::TIER) {
        assert_eq!(guard.tier().name(), tier, "{unreached:?}");
    }
    let mut stopped = 0;
    let tier = guard.tier();
    for attack in ATTACKS.iter().filter(|attack| attack.stopped_in <= tier) {
        let name = attack.attack;
        let status = stage.inside(name);
        let refused = status.code() == Some(EPERM);
        assert!(refused || status.signal() == Some(9), "{name}: {status}");
        let decisions = decided(&mut guard, &mut sensor);
        assert!(decisions.contains(&attack.rule), "{name}: {decisions:?}");
        let status = match attack.twin {
            "" => stage.elsewhere(name),
            twin => stage.inside(twin),
        };
        assert!(
            status.code().is_some_and(|code| code != EPERM),
            "twin of {name}: {status}"
        );
        assert_eq!(decided(&mut guard, &mut sensor), [], "twin of {name}");
        stopped += 1;
    }
    assert_eq!(
        fs::read_to_string(stage.folder.join("kept/file")).expect("it is there"),
        "as it was"
    );
    eprintln!(
        "{stopped} of {} attacks stopped in the tier {}",
        ATTACKS.len(),
        guard.tier().name()
    );
}

const ATTACKED: &str = "every_attack_is_stopped_and_its_twin_is_not";

#[test]
fn every_attack_is_stopped_where_the_kernel_asks() {
    let Some(said) = machine::run(ATTACKED, machine::KERNEL, "capability,bpf", "guard") else {
        return;
    };
    let all = format!("{0} of {0} attacks stopped in the tier guard", ATTACKS.len());
    assert!(
        said.contains(&all) && said.contains("test result: ok. 1 passed"),
        "{said}"
    );
}

/// There programs can be attached to hooks of LSM, and are never called.
#[test]
fn a_kernel_that_takes_programs_and_never_asks_them_is_no_guard() {
    let Some(said) = machine::run(ATTACKED, machine::KERNEL, "capability", "restrain") else {
        return;
    };
    assert!(said.contains("attacks stopped in the tier restrain"), "{said}");
    assert!(
        said.contains("test result: ok. 1 passed") && said.contains("does not ask them"),
        "{said}"
    );
}
