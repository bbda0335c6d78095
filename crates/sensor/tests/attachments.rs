//! Programs that are attached to devices of the network and to cgroups without a link, as `tc`, `ip` and bpf(2) do it: on this kernel, and at cgroups on
//! others in machines of their own. They say so where they cannot run.
#![allow(clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod machine;
mod ward;

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use bartizan_sensor::inventory::Inventory;

/// Types of programs
const FILTER: &str = "3";
const XDP: &str = "6";
const PACKETS: &str = "8";
const DEVICES: &str = "15";
/// Ways of attaching
const EGRESS: &str = "1";
const DEVICE: &str = "6";
const TCX_INGRESS: &str = "46";
const EINVAL: i32 = 22;

/// A network namespace with a device `inner`, and a file system of BPF; both go with this.
struct Net {
    name: String,
    pins: PathBuf,
    attack: PathBuf,
}

impl Drop for Net {
    fn drop(&mut self) {
        let pins = self.pins.display();
        let script = format!("ip netns del {}; umount {pins}; rmdir {pins}", self.name);
        let _ = Command::new("/bin/sh").args(["-c", &script]).status();
    }
}

impl Net {
    /// Runs a script, in which `N` stands for the namespace, `P` for the folder of pins, and `A` for the program of attacks
    fn code(&self, script: &str) -> Option<i32> {
        let script = format!(
            "N={} P={} A={}; {script}",
            self.name,
            self.pins.display(),
            self.attack.display()
        );
        let ended = Command::new("/bin/sh").args(["-ec", &script]).status();
        ended.expect("a shell starts").code()
    }

    fn does(&self, script: &str) {
        assert_eq!(self.code(script), Some(0), "{script}");
    }
}

fn net() -> Option<Net> {
    if !rustix::process::geteuid().is_root() {
        eprintln!("skipped: devices can be made by root only");
        return None;
    }
    for tool in ["ip", "tc"] {
        if !["/sbin", "/usr/sbin", "/bin"]
            .iter()
            .any(|folder| Path::new(folder).join(tool).exists())
        {
            eprintln!("skipped: `{tool}` is not there; scripts/setup.sh test installs it");
            return None;
        }
    }
    let name = format!("bartizan-test-{}", std::process::id());
    let net = Net {
        pins: std::env::temp_dir().join(&name),
        name,
        attack: machine::attack(),
    };
    net.does(
        "mkdir $P; mount -t bpf none $P; ip netns add $N; ip -n $N link add inner type veth peer name outer",
    );
    Some(net)
}

fn inventory() -> Inventory {
    let mut inventory = Inventory::take().unwrap_or_else(|error| panic!("{error}"));
    inventory.add_attachments();
    inventory
}

#[test]
fn what_is_attached_to_devices_without_a_link_is_listed_with_the_namespace() {
    let Some(net) = net() else { return };
    net.does(&format!("for f in egress root xdp; do t={FILTER}; [ $f != xdp ] || t={XDP}; $A pin $t $P/$f; done; $A pin {FILTER} $P/tcx; $A pin {FILTER} $P/nowhere"));
    net.does("tc -n $N qdisc add dev inner clsact; tc -n $N filter add dev inner egress bpf direct-action object-pinned $P/egress");
    net.does("tc -n $N qdisc add dev outer root handle 1: htb; tc -n $N filter add dev outer parent 1: bpf direct-action object-pinned $P/root");
    net.does("ip -n $N link set dev inner xdpgeneric pinned $P/xdp");
    let with_tcx = match net.code(&format!("ip netns exec $N $A attach $P/tcx inner {TCX_INGRESS}")) {
        Some(EINVAL) => {
            eprintln!("skipped in part: this kernel has no tcx");
            false
        }
        code => {
            assert_eq!(code, Some(0));
            true
        }
    };
    let inventory = inventory();
    assert!(
        inventory.unread.iter().all(|why| !why.contains("devices")),
        "{:?}",
        inventory.unread
    );
    let mount = Path::new("/run/netns").join(&net.name);
    let namespace = fs::metadata(&mount).expect("the namespace").ino();
    for (pin, expected) in [
        ("egress", Some(("inner", "tc egress"))),
        ("root", Some(("outer", "tc at 1:0"))),
        ("xdp", Some(("inner", "xdp (generic)"))),
        ("tcx", with_tcx.then_some(("inner", "tcx_ingress"))),
        ("nowhere", None),
    ] {
        let path = net.pins.join(pin);
        let program = inventory
            .programs
            .iter()
            .find(|program| program.kept.pins.contains(&path));
        let found = inventory.attachments_of(program.expect("the program"));
        let found: Vec<_> = found
            .map(|one| (one.place.clone(), one.attached.as_str()))
            .collect();
        let whole = expected.map(|(device, how)| {
            let place = format!(
                "device {device} in the network namespace {namespace} of the mount {}",
                mount.display()
            );
            (place, how)
        });
        assert_eq!(found, Vec::from_iter(whole), "{pin}");
    }
}

/// A cgroup, one within it, in which a process runs, and a folder with pins; all go with this.
struct Cgroup {
    folder: PathBuf,
    within: PathBuf,
    pins: PathBuf,
    process: std::process::Child,
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        bartizan_testbed::remove_cgroup(&self.within);
        bartizan_testbed::remove_cgroup(&self.folder);
        let _ = Command::new("umount").arg(&self.pins).status();
        let _ = fs::remove_dir(&self.pins);
    }
}

#[test]
fn what_is_attached_to_cgroups_without_a_link_is_listed_with_their_paths() {
    let Some((folder, path)) = ward::cgroup() else {
        return;
    };
    let within = folder.join("within");
    fs::create_dir(&within).expect("a cgroup");
    let pins = std::env::temp_dir().join(path.trim_start_matches('/'));
    let attack = machine::attack();
    let cgroup = Cgroup {
        process: Command::new("/bin/sleep").arg("600").spawn().expect("it starts"),
        folder,
        within,
        pins,
    };
    fs::write(
        cgroup.within.join("cgroup.procs"),
        cgroup.process.id().to_string(),
    )
    .expect("it moves");
    let script = format!(
        "P={} A={} C={}; mkdir $P; mount -t bpf none $P; $A pin {PACKETS} $P/packets; $A pin {DEVICES} $P/devices; $A pin {DEVICES} $P/nowhere
         $A attach $P/packets $C {EGRESS}; $A attach $P/devices $C/within {DEVICE}",
        cgroup.pins.display(),
        attack.display(),
        cgroup.folder.display()
    );
    let ended = Command::new("/bin/sh").args(["-ec", &script]).status();
    assert!(ended.expect("a shell starts").success(), "{script}");
    let inventory = inventory();
    assert!(
        inventory.unread.iter().all(|why| !why.contains("cgroups")),
        "{:?}",
        inventory.unread
    );
    for (pin, expected) in [
        ("packets", Some((path.clone(), "cgroup_inet_egress"))),
        ("devices", Some((format!("{path}/within"), "cgroup_device"))),
        ("nowhere", None),
    ] {
        let pinned = cgroup.pins.join(pin);
        let program = inventory
            .programs
            .iter()
            .find(|program| program.kept.pins.contains(&pinned));
        let found = inventory.attachments_of(program.expect("the program"));
        let found: Vec<_> = found
            .map(|one| (one.place.clone(), one.attached.as_str()))
            .collect();
        let expected = expected.map(|(path, how)| (format!("cgroup {path}"), how));
        assert_eq!(found, Vec::from_iter(expected), "{pin}");
    }
}

/// Has a machine with this kernel run the test before.
fn listed_on(kernel: &str) {
    let test = "what_is_attached_to_cgroups_without_a_link_is_listed_with_their_paths";
    if let Some(said) = machine::run(test, kernel, "capability", "observe") {
        assert!(said.contains("test result: ok. 1 passed"), "{said}");
    }
}

#[test]
fn cgroups_are_looked_at_on_the_kernel_of_this_release() {
    listed_on(machine::KERNEL);
}

#[test]
fn cgroups_are_looked_at_on_a_newer_kernel() {
    listed_on(machine::VERIFYING_KERNEL);
}

#[test]
fn cgroups_are_looked_at_on_the_oldest_kernel() {
    listed_on(machine::OLDEST_KERNEL);
}
