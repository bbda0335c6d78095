//! Ctrl-C: the first asks the scan to stop, the second ends the process at once. While standard input is read the first
//! does so already: nothing is written yet, and a read that waits for a person cannot be asked to stop.

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// The flag that each SIGHUP sets.
pub(crate) fn hang_up() -> Arc<AtomicBool> {
    let flag = Arc::new(AtomicBool::new(false));
    let _ = signal_hook::flag::register(SIGHUP, Arc::clone(&flag));
    flag
}

/// The flag that a first SIGINT or SIGTERM sets. Where handlers cannot be installed the signals end the process, as
/// they do by default.
pub(crate) fn install(at_once: bool) -> Arc<AtomicBool> {
    let flag = Arc::new(AtomicBool::new(false));
    let armed = if at_once {
        Arc::new(AtomicBool::new(true))
    } else {
        Arc::clone(&flag)
    };
    for signal in [SIGINT, SIGTERM] {
        // In this order: the flag is still unset when the first signal asks whether to end the process.
        let _ = signal_hook::flag::register_conditional_shutdown(signal, 130, Arc::clone(&armed));
        let _ = signal_hook::flag::register(signal, Arc::clone(&flag));
    }
    flag
}
