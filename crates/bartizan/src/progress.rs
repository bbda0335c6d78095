//! Progress bars: on standard error, and only for scans and transfers that take longer than half a second.

use crate::interrupt;
use crate::terminal::Terminal;
use bartizan_engine::Progress;
use bartizan_source::http::Watch;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// What is over before this shows nothing.
const PATIENCE: Duration = Duration::from_millis(500);

/// A bar that appears when the scan takes long.
pub(crate) struct Bar {
    /// What is counted.
    things: &'static str,
    started: Instant,
    files: AtomicU64,
    bytes: AtomicU64,
    done_files: AtomicU64,
    done_bytes: AtomicU64,
    bar: OnceLock<ProgressBar>,
}

impl Bar {
    /// A bar that counts `things`, in the plural.
    pub(crate) fn new(things: &'static str) -> Self {
        Self {
            things,
            started: Instant::now(),
            files: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            done_files: AtomicU64::new(0),
            done_bytes: AtomicU64::new(0),
            bar: OnceLock::new(),
        }
    }

    /// Takes the bar off the screen.
    pub(crate) fn finish(&self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }

    fn bar(&self) -> &ProgressBar {
        self.bar.get_or_init(|| {
            // Sources that do not know sizes before they read count files alone.
            let bytes = self.bytes.load(Ordering::Relaxed);
            let (length, template) = match bytes {
                0 => (
                    self.files.load(Ordering::Relaxed),
                    "{elapsed:>4} [{bar:28}] {msg}",
                ),
                bytes => (bytes, "{elapsed:>4} [{bar:28}] {bytes} of {total_bytes}, {msg}"),
            };
            let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr_with_hz(10));
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style.progress_chars("=> "));
            }
            bar
        })
    }
}

impl Progress for Bar {
    fn planned(&self, files: u64, bytes: u64) {
        self.files.store(files, Ordering::Relaxed);
        self.bytes.store(bytes, Ordering::Relaxed);
    }

    fn advanced(&self, files: u64, bytes: u64) {
        let files = self.done_files.fetch_add(files, Ordering::Relaxed) + files;
        let bytes = self.done_bytes.fetch_add(bytes, Ordering::Relaxed) + bytes;
        if self.bar.get().is_none() && self.started.elapsed() < PATIENCE {
            return;
        }
        let bar = self.bar();
        let counts_files = self.bytes.load(Ordering::Relaxed) == 0;
        bar.set_position(if counts_files { files } else { bytes });
        bar.set_message(format!(
            "{files} of {} {}",
            self.files.load(Ordering::Relaxed),
            self.things
        ));
    }
}

/// A bar for what comes over the network. Ctrl-C ends the transfer, and what has come is kept.
pub(crate) struct Transfer {
    terminal: Terminal,
    started: Instant,
    expected: AtomicU64,
    received: AtomicU64,
    name: Mutex<String>,
    interrupted: Arc<AtomicBool>,
    bar: OnceLock<ProgressBar>,
}

impl Transfer {
    pub(crate) fn new(terminal: Terminal) -> Self {
        Self {
            terminal,
            started: Instant::now(),
            expected: AtomicU64::new(0),
            received: AtomicU64::new(0),
            name: Mutex::new(String::new()),
            interrupted: interrupt::install(false),
            bar: OnceLock::new(),
        }
    }

    /// Says what comes next.
    pub(crate) fn names(&self, name: &str) {
        name.clone_into(&mut self.name.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Takes the bar off the screen.
    pub(crate) fn finish(&self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }

    fn bar(&self) -> &ProgressBar {
        self.bar.get_or_init(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
            let template = "{elapsed:>4} [{bar:28}] {bytes} of {total_bytes}, {bytes_per_sec}, {msg}";
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style.progress_chars("=> "));
            }
            bar
        })
    }
}

impl Watch for Transfer {
    fn expected(&self, bytes: u64) {
        self.expected.fetch_add(bytes, Ordering::Relaxed);
    }

    fn received(&self, bytes: u64) {
        let received = self.received.fetch_add(bytes, Ordering::Relaxed) + bytes;
        if !self.terminal.progress || (self.bar.get().is_none() && self.started.elapsed() < PATIENCE) {
            return;
        }
        let bar = self.bar();
        bar.set_length(self.expected.load(Ordering::Relaxed).max(received));
        bar.set_position(received);
        bar.set_message(self.name.lock().unwrap_or_else(PoisonError::into_inner).clone());
    }

    fn waits(&self, notice: &str) {
        match self.bar.get() {
            Some(bar) => bar.suspend(|| self.terminal.note(notice)),
            None => self.terminal.note(notice),
        }
    }

    fn stopped(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }
}
