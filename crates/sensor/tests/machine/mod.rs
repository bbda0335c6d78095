//! A machine with a kernel of its own, in which this program runs one of its tests: Debian's kernel for clouds (`scripts/setup.sh test` fetches it) in
//! QEMU without KVM, with a memory disk of busybox, this program and the libraries that it needs.
#![allow(dead_code, reason = "not every test that has a machine needs all of it")]

pub(crate) mod firmware;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The tier that the machine's kernel must reach; set within it
pub(crate) const TIER: &str = "BARTIZAN_TEST_TIER";
/// The program of attacks, where it is ready; set within the machine
const ATTACK: &str = "BARTIZAN_TEST_ATTACK";
/// Seconds after which it is ended
const PATIENCE: &str = "280";

const INIT: &str = "#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev
mount -t cgroup2 none /sys/fs/cgroup
mount -t bpf none /sys/fs/bpf
mount -t tmpfs none /tmp
ip link set lo up
ip link add dummy0 type dummy 2>/dev/null && ip addr add 192.0.2.1/24 dev dummy0 && ip link set dummy0 up
[ ! -e /overlay.ko ] || insmod /overlay.ko
export TIER_VARIABLE=LOWEST ATTACK_VARIABLE=/attack RUST_BACKTRACE=0
/test --exact NAME --nocapture --test-threads=1 2>&1
echo the machine is done
poweroff -f
";

/// Where files that a test brings lie within the machine
pub(crate) const BROUGHT: &str = "/brought";

/// What the firmware of a machine trusts.
pub(crate) struct Trusted<'p> {
    /// Files that are brought into the machine
    pub(crate) folder: &'p Path,
    /// A certificate as DER
    pub(crate) certificate: &'p Path,
}

/// The program of attacks, compiled; without libraries, so that it runs anywhere.
pub(crate) fn attack() -> PathBuf {
    if let Some(ready) = std::env::var_os(ATTACK) {
        return ready.into();
    }
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("attack-{}", std::process::id()));
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs/attack.c");
    let made = Command::new("cc")
        .args(["-O1", "-static", "-w", "-o"])
        .args([&out, &source])
        .status();
    assert!(
        made.expect("a C compiler is there").success(),
        "{} compiles",
        source.display()
    );
    out
}

/// What is needed of the host; None, and which of it on standard error, where that is not there.
struct Parts {
    kernel: PathBuf,
    overlay: Option<PathBuf>,
    qemu: PathBuf,
    busybox: PathBuf,
}

fn first(pattern_folder: &Path, begins: &str, ends: &str) -> Option<PathBuf> {
    let entries = fs::read_dir(pattern_folder).ok()?;
    entries.flatten().map(|entry| entry.path()).find(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with(begins) && name.ends_with(ends)
    })
}

fn parts(kernel: &str) -> Option<Parts> {
    let missing = |what: &str| {
        eprintln!("skipped: {what} is not there; scripts/setup.sh test installs it");
        None
    };
    if std::env::consts::ARCH != "x86_64" {
        eprintln!("skipped: there is a machine for x86_64 only");
        return None;
    }
    let qemu = PathBuf::from("/usr/bin/qemu-system-x86_64");
    let busybox = PathBuf::from("/bin/busybox");
    if !qemu.exists() {
        return missing("qemu-system-x86");
    }
    if !busybox.exists() {
        return missing("busybox-static");
    }
    // Beside what is built, wherever that is
    let tree = Path::new(env!("CARGO_TARGET_TMPDIR")).join("..").join(kernel);
    let kernel = first(&tree.join("boot"), "vmlinuz-", "-cloud-amd64");
    let overlay = first(&tree.join("lib/modules"), "", "-cloud-amd64")
        .map(|modules| modules.join("kernel/fs/overlayfs/overlay.ko"));
    match kernel {
        Some(kernel) => Some(Parts {
            kernel,
            overlay,
            qemu,
            busybox,
        }),
        None => missing(&format!("a kernel in {}", tree.display())),
    }
}

/// Debian's kernel of this release
pub(crate) const KERNEL: &str = "kernel";
/// One that verifies signatures of programs (from 6.18 on)
pub(crate) const VERIFYING_KERNEL: &str = "kernel-verifying";
/// The oldest that the sensor sees something of (5.10)
pub(crate) const OLDEST_KERNEL: &str = "kernel-oldest";

/// What the machine says while it runs a test of this program; None, and why on standard error, where there is no machine.
///
/// `kernel` is one of those above, `modules` are those of LSM that it is started with, `tier` the one that it is to reach.
pub(crate) fn run(test: &str, kernel: &str, modules: &str, tier: &str) -> Option<String> {
    run_with(test, kernel, modules, tier, None)
}

/// The same in a machine whose firmware trusts a certificate, with the folder that holds it at [`BROUGHT`].
pub(crate) fn run_with(
    test: &str,
    kernel: &str,
    modules: &str,
    tier: &str,
    trusted: Option<&Trusted>,
) -> Option<String> {
    let parts = parts(kernel)?;
    if trusted.is_some() && !Path::new(firmware::CODE).exists() {
        eprintln!("skipped: ovmf is not there; scripts/setup.sh test installs it");
        return None;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let disk = folder.path().join("disk.cpio");
    let init = INIT
        .replace("TIER_VARIABLE", TIER)
        .replace("ATTACK_VARIABLE", ATTACK)
        .replace("LOWEST", tier)
        .replace("NAME", test);
    pack(&parts, &init, folder.path(), trusted, &disk);
    let log = folder.path().join("log");
    let ended = Command::new("timeout")
        .arg(PATIENCE)
        .arg(&parts.qemu)
        .args([
            "-M",
            "q35",
            "-cpu",
            "max",
            "-m",
            "1024",
            "-smp",
            "2",
            "-nographic",
            "-no-reboot",
            "-accel",
            "tcg",
        ])
        .args(trusted.map_or_else(Vec::new, |trusted| {
            firmware::options(trusted.certificate, folder.path())
        }))
        .arg("-kernel")
        .arg(&parts.kernel)
        .arg("-initrd")
        .arg(&disk)
        .arg("-append")
        .arg(format!(
            "console=ttyS0 quiet panic=-1 mitigations=off lsm={modules}"
        ))
        .stdin(Stdio::null())
        .stdout(fs::File::create(&log).expect("a log"))
        .status()
        .expect("QEMU starts");
    assert!(ended.success(), "the machine ends: {ended}");
    Some(String::from_utf8_lossy(&fs::read(&log).expect("the log is read")).into_owned())
}

/// Makes the memory disk.
fn pack(parts: &Parts, init: &str, folder: &Path, trusted: Option<&Trusted>, disk: &Path) {
    let root = folder.join("root");
    for name in ["bin", "proc", "sys", "dev", "tmp", "var", "lib64", "etc"] {
        fs::create_dir_all(root.join(name)).expect("a folder");
    }
    let own = std::env::current_exe().expect("its path");
    for (from, to) in [
        (parts.busybox.as_path(), "bin/busybox"),
        (&own, "test"),
        (&attack(), "attack"),
    ]
    .into_iter()
    .chain(parts.overlay.iter().map(|overlay| (&**overlay, "overlay.ko")))
    {
        fs::copy(from, root.join(to)).expect("it is copied");
    }
    let libraries = Command::new("ldd").arg(&own).output().expect("ldd");
    for library in String::from_utf8_lossy(&libraries.stdout)
        .split_ascii_whitespace()
        .filter(|word| word.starts_with('/'))
    {
        let to = root.join(library.trim_start_matches('/'));
        fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
        fs::copy(library, to).expect("it is copied");
    }
    if let Some(trusted) = trusted {
        let to = root.join(BROUGHT.trim_start_matches('/'));
        fs::create_dir(&to).expect("a folder");
        for entry in fs::read_dir(trusted.folder).expect("it is listed").flatten() {
            fs::copy(entry.path(), to.join(entry.file_name())).expect("it is copied");
        }
    }
    fs::write(root.join("init"), init).expect("it is written");
    let script = format!(
        "cd {} && chmod 755 init && strip -g test && find . | busybox cpio -o -H newc > {}",
        root.display(),
        disk.display()
    );
    let packed = Command::new("/bin/sh")
        .args(["-c", &script])
        .stderr(Stdio::null())
        .status();
    assert!(
        packed.expect("a shell starts").success(),
        "a memory disk is packed"
    );
}
