//! What the sensor tells on other kernels than the one that the tests run on: Debian's oldest with types, the one of this release, and one that is newer,
//! each in a machine of its own (QEMU without KVM). They say so where they cannot run.
#![allow(clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod machine;

use std::ops::ControlFlow;
use std::process::Command;
use std::time::{Duration, Instant};

use bartizan_model::runtime::{Action, Event};
use bartizan_sensor::{Selection, Sensor};

const RING: u32 = 1 << 22;
/// QEMU without KVM is slow
const PATIENCE: Duration = Duration::from_secs(60);
const TOLD: &str = "what_a_shell_does_is_told";
/// What is said of the places that refused programs
const NOT_SEEN: &str = "not seen here:";

/// An event in the words of this test; None for what it does not ask about
fn words(event: &Event<'_>, folder: &str) -> Option<String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(folder, "@");
    let program = || event.process.arguments.get(1).map(|applet| text(applet));
    let said = match &event.action {
        Action::Execute { .. } => format!("run {}", program()?),
        Action::Open { file, flags, .. } if event.result >= 0 => {
            format!(
                "{} {}",
                if flags & 3 == 0 { "read" } else { "write" },
                text(file.path)
            )
        }
        Action::Rename { from, to } => format!("rename {} {}", text(from), text(to)),
        Action::Unlink { path, .. } => format!("unlink {}", text(path)),
        Action::Socket { .. } => "socket".to_owned(),
        _ => return None,
    };
    Some(said)
}

#[test]
fn what_a_shell_does_is_told() {
    if !rustix::process::geteuid().is_root() {
        eprintln!("skipped: programs can be loaded into the kernel by root only");
        return;
    }
    if !std::path::Path::new("/bin/busybox").exists() {
        eprintln!("skipped: busybox-static is not there; scripts/setup.sh test installs it");
        return;
    }
    let mut sensor =
        Sensor::start(&Selection::all(), RING).unwrap_or_else(|error| panic!("{error}: {}", error.help()));
    let refused = sensor
        .hooks()
        .iter()
        .filter(|hook| hook.refused.is_some())
        .map(|hook| hook.sees);
    eprintln!("{NOT_SEEN} {}.", refused.collect::<Vec<_>>().join(", "));
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder
        .path()
        .canonicalize()
        .expect("its path")
        .display()
        .to_string();
    let script = "cd $0; echo x >a; busybox mv a b; busybox cat ../${0##*/}/b; busybox rm b; busybox nc -w 1 127.0.0.1 9; exit 3";
    let mut child = Command::new("/bin/busybox")
        .args(["sh", "-c", script, &at])
        .spawn()
        .expect("it starts");
    let pid = child.id();
    let (mut all, mut code) = (Vec::new(), None);
    let until = Instant::now() + PATIENCE;
    while code.is_none() && Instant::now() < until {
        sensor
            .read(Duration::from_millis(50), |event| {
                let mut line = event.process.ancestors();
                if event.process.pid == pid || line.any(|process| process.pid == pid) {
                    all.extend(words(event, &at));
                }
                match event.action {
                    Action::Exit { code: with, .. } if event.process.pid == pid => {
                        code = Some(with);
                        ControlFlow::Break(())
                    }
                    _ => ControlFlow::Continue(()),
                }
            })
            .expect("events are read");
    }
    child.wait().expect("it ends");
    assert_eq!(code, Some(3), "{all:#?}");
    for told in [
        "write @/a",
        "run mv",
        "rename @/a @/b",
        "run cat",
        "read @/b",
        "unlink @/b",
        "socket",
    ] {
        assert!(all.iter().any(|one| one == told), "{told} of {all:#?}");
    }
    assert_eq!(sensor.counts().lost(), 0);
}

/// Has a machine with this kernel run the test before, where all but this is seen.
fn told_on(kernel: &str, not_seen: &str) {
    let Some(said) = machine::run(TOLD, kernel, "capability", "observe") else {
        return;
    };
    let places = format!("{NOT_SEEN} {not_seen}.");
    assert!(
        said.contains(&places) && said.contains("test result: ok. 1 passed"),
        "{said}"
    );
}

#[test]
fn all_is_told_on_the_kernel_of_this_release() {
    told_on(machine::KERNEL, "");
}

#[test]
fn all_is_told_on_a_newer_kernel() {
    told_on(machine::VERIFYING_KERNEL, "");
}

#[test]
fn all_but_io_uring_is_told_on_the_oldest_kernel() {
    told_on(
        machine::OLDEST_KERNEL,
        "what io_uring is asked, answers of io_uring",
    );
}
