//! Who is asked about containers beside the files that runtimes keep.

use bartizan_sensor::{Counts, Sensor};

use crate::args::AgentArgs;
use crate::error::Error;
use crate::terminal::Terminal;

/// Asks the runtime that was named, or those that are there.
pub(super) fn ask_runtimes(sensor: &mut Sensor, args: &AgentArgs, terminal: Terminal) -> Result<(), Error> {
    let asked = sensor
        .ask_runtimes(args.runtime_socket.as_deref())
        .map_err(|error| Error::usage(error.to_string(), error.help()))?;
    for path in asked {
        terminal.note(format!("containers are asked for at {}", path.display()));
    }
    Ok(())
}

/// Says how often the runtime did not answer.
pub(super) fn say_unanswered(counts: Counts, terminal: Terminal) {
    if counts.runtimes_failed > 0 {
        terminal.warn(format!(
            "container runtimes did not answer {} times: what their files tell of containers is all that was known then",
            counts.runtimes_failed
        ));
    }
}
