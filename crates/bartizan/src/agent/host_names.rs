//! Addresses of the hosts that rules name. Looking them up asks the network, so that it is done only where it was asked for.

use std::net::{IpAddr, ToSocketAddrs};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use bartizan_detect::Rules;

use crate::terminal::Terminal;

/// After how long names are looked up again
const EVERY: Duration = Duration::from_secs(300);

/// Addresses with the name that each was found by
type Names = Vec<(IpAddr, Box<str>)>;

/// What is looked up, beside, until it goes.
pub(super) struct Following {
    found: Receiver<Names>,
    /// The thread ends when it goes
    _goes_on: Sender<()>,
}

impl Following {
    /// What was looked up since it was asked last
    pub(super) fn latest(&self) -> Option<Names> {
        self.found.try_iter().last()
    }
}

/// Looks names up from time to time, beside; None where rules name no host, or nobody asked for it, which is said.
pub(super) fn follow(rules: &Rules, resolve: bool, terminal: Terminal) -> Option<Following> {
    let names = rules.host_names();
    if names.is_empty() {
        return None;
    }
    if !resolve {
        let list: Vec<&str> = names.iter().map(|name| &**name).collect();
        terminal.warn(format!(
            "rules name hosts whose addresses are not looked up without --resolve, so that no connection is known to be theirs: {}",
            bartizan_model::text::visible(list.join(", ").as_bytes())
        ));
        return None;
    }
    let (send, found) = channel();
    let (goes_on, ended) = channel::<()>();
    std::thread::spawn(move || {
        loop {
            let mut found = Names::new();
            for name in &names {
                let addresses = (&**name, 0).to_socket_addrs();
                found.extend(
                    addresses
                        .into_iter()
                        .flatten()
                        .map(|address| (address.ip(), name.clone())),
                );
            }
            if send.send(found).is_err() || ended.recv_timeout(EVERY) != Err(RecvTimeoutError::Timeout) {
                return;
            }
        }
    });
    Some(Following {
        found,
        _goes_on: goes_on,
    })
}
