//! The progress bar: on standard error, and only for scans that take longer than half a second.

use bartizan_engine::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// A scan that is over before this shows nothing.
const PATIENCE: Duration = Duration::from_millis(500);

/// A bar that appears when the scan takes long.
pub(crate) struct Bar {
    started: Instant,
    files: AtomicU64,
    bytes: AtomicU64,
    done_files: AtomicU64,
    done_bytes: AtomicU64,
    bar: OnceLock<ProgressBar>,
}

impl Bar {
    pub(crate) fn new() -> Self {
        Self {
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
        bar.set_message(format!("{files} of {} files", self.files.load(Ordering::Relaxed)));
    }
}
