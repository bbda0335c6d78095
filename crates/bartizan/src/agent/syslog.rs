//! The system log, by its socket (<https://www.rfc-editor.org/rfc/rfc3164>, as `syslog(3)` writes it: the daemon adds time and host).

use std::os::unix::net::UnixDatagram;

use bartizan_model::runtime::{Alert, Priority};

use crate::error::Error;

const SOCKET: &str = "/dev/log";
/// `LOG_AUTHPRIV`, by which alerts about security go where few may read
const FACILITY: u8 = 10;

/// The connection to the system log.
#[derive(Debug)]
pub(super) struct Syslog {
    socket: UnixDatagram,
    /// Alerts that it did not take
    pub(super) lost: u64,
}

impl Syslog {
    /// Connects to the socket of the system log.
    pub(super) fn open() -> Result<Self, Error> {
        let socket = UnixDatagram::unbound().and_then(|socket| {
            socket.connect(SOCKET)?;
            socket.set_nonblocking(true)?;
            Ok(socket)
        });
        let socket = socket.map_err(|error| {
            Error::usage(
                format!("the system log does not listen at {SOCKET}: {error}"),
                "start its daemon, or leave out --syslog",
            )
        })?;
        Ok(Self { socket, lost: 0 })
    }

    /// Sends an alert; one that is not taken at once is lost and counted.
    pub(super) fn tell(&mut self, alert: &Alert) {
        let message = line(alert, std::process::id());
        let sent = self.socket.send(message.as_bytes()).or_else(|_| {
            // The daemon may have been started anew.
            self.socket.connect(SOCKET)?;
            self.socket.send(message.as_bytes())
        });
        self.lost += u64::from(sent.is_err());
    }
}

fn line(alert: &Alert, pid: u32) -> String {
    let severity = Priority::ALL
        .iter()
        .position(|priority| *priority == alert.priority)
        .unwrap_or(0);
    let value = usize::from(FACILITY) * 8 + severity;
    format!("<{value}>bartizan[{pid}]: {}: {}", alert.rule, alert.output)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn priorities_are_those_of_the_system_log() {
        let severities: Vec<u8> = (0..).zip(Priority::ALL).map(|(severity, _)| severity).collect();
        assert_eq!(
            severities,
            [0, 1, 2, 3, 4, 5, 6, 7],
            "emergency is 0 and debug 7, as in RFC 5424"
        );
        let alert = Alert {
            rule: "R".to_owned(),
            priority: Priority::Warning,
            time: 0,
            source: String::new(),
            output: "o".to_owned(),
            fields: std::collections::BTreeMap::new(),
            tags: Vec::new(),
            processes: Vec::new(),
            container: None,
        };
        assert_eq!(line(&alert, 7), "<84>bartizan[7]: R: o");
    }
}
