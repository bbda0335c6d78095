//! Programs that do something while a sensor watches, for tests of what it tells. They need root and say so where it is not there.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use bartizan_model::runtime::{Action, Event};
use bartizan_sensor::{Selection, Sensor};

const RING: u32 = 1 << 22;
const PATIENCE: Duration = Duration::from_secs(20);

/// A sensor, or None and why on standard error.
pub(crate) fn sensor(selection: &Selection) -> Option<Sensor> {
    if !rustix::process::geteuid().is_root() {
        eprintln!("skipped: programs can be loaded into the kernel by root only");
        return None;
    }
    let sensor = Sensor::start(selection, RING).unwrap_or_else(|error| panic!("{error}: {}", error.help()));
    for hook in sensor.hooks() {
        assert_eq!(hook.refused, None, "{}", hook.place);
    }
    Some(sensor)
}

/// What a program does from its start to its end, as `take` makes of each event; others are left out.
pub(crate) fn told<T>(
    sensor: &mut Sensor,
    command: &mut Command,
    mut take: impl FnMut(&Event<'_>) -> Option<T>,
) -> Vec<T> {
    let mut child = command.spawn().expect("the program starts");
    let pid = child.id();
    let mut all = Vec::new();
    let mut ended = false;
    let until = Instant::now() + PATIENCE;
    while !ended && Instant::now() < until {
        sensor
            .read(Duration::from_millis(50), |event| {
                let own =
                    event.process.pid == pid || event.process.ancestors().any(|process| process.pid == pid);
                if own {
                    all.extend(take(event));
                }
                ended |= event.process.pid == pid && matches!(event.action, Action::Exit { .. });
                if ended {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            })
            .expect("events are read");
    }
    child.wait().expect("the program ends");
    assert!(
        ended,
        "the end of the program was not told; {:?}",
        sensor.counts()
    );
    all
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A program of this folder, compiled
pub(crate) fn program(name: &str, into: &Path) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/programs")
        .join(format!("{name}.c"));
    let out = into.join(name);
    let made = Command::new("cc")
        .arg("-O1")
        .arg("-pthread")
        .arg("-o")
        .arg(&out)
        .arg(&source)
        .status()
        .expect("a C compiler is there");
    assert!(made.success(), "{} compiles", source.display());
    out
}

pub(crate) fn python(code: &str) -> Command {
    let mut command = Command::new("/usr/bin/python3");
    command.arg("-S").arg("-c").arg(code);
    command
}
