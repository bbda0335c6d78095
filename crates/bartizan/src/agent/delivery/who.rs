//! By which names the control plane knows this host.

use bartizan_ledger::alerts::Agent;

use crate::args::DeliveryArgs;
use crate::error::Error;

/// Where the number of the machine stands (<https://www.freedesktop.org/software/systemd/man/latest/machine-id.html>)
const MACHINE_ID: [&str; 2] = ["/etc/machine-id", "/var/lib/dbus/machine-id"];
const NAME: &str = "/proc/sys/kernel/hostname";

/// Who tells.
pub(super) fn agent(args: &DeliveryArgs) -> Result<Agent, Error> {
    let id = args
        .host
        .clone()
        .or_else(|| MACHINE_ID.iter().find_map(|path| line(path)))
        .ok_or_else(|| {
            Error::usage(
                "this machine has no number: /etc/machine-id is not there, or empty",
                "name the host with `--host NAME`; in a container, mount the file of the host",
            )
        })?;
    Ok(Agent {
        host: format!("host:{id}"),
        name: line(NAME).unwrap_or_default(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        cluster: args.cluster.clone().unwrap_or_default(),
    })
}

fn line(path: &str) -> Option<String> {
    let text = std::fs::read_to_string(path).ok()?;
    let line = text.trim();
    (!line.is_empty() && line != "uninitialized").then(|| line.to_owned())
}
