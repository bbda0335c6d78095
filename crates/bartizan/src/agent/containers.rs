//! Who is asked about containers beside the files that runtimes keep.

use bartizan_sensor::{Counts, Sensor};

use crate::args::AgentArgs;
use crate::error::Error;
use crate::terminal::Terminal;

/// Asks the runtime that was named, or the one that is there.
pub(super) fn ask_runtime(sensor: &mut Sensor, args: &AgentArgs, terminal: Terminal) -> Result<(), Error> {
    let asked = sensor
        .ask_runtime(args.runtime_socket.as_deref())
        .map_err(|error| Error::usage(error.to_string(), error.help()))?;
    if let Some(path) = asked {
        terminal.note(format!("containers are asked for at {}", path.display()));
    }
    Ok(())
}

/// Says how often the runtime did not answer.
pub(super) fn say_unanswered(counts: Counts, terminal: Terminal) {
    if counts.runtime_failed > 0 {
        terminal.warn(format!(
            "the container runtime did not answer {} times: what its files tell of containers is all that was known then",
            counts.runtime_failed
        ));
    }
}
