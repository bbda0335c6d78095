//! A cgroup of version 2: its number, who is in it, and starting something within it.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::process::{Pid, Signal, kill_process};

use crate::error::{Error, Result};
use crate::host::unified_cgroups;

/// A cgroup of version 2. One that was made here goes when this goes, and whatever still runs in it is ended.
#[derive(Debug)]
pub struct Cgroup {
    /// Where it is in the file system
    place: PathBuf,
    /// Below the root of all, beginning with a slash
    path: String,
    number: u64,
    made: bool,
}

impl Cgroup {
    /// The cgroup of this path below the root of all: `/system.slice/nginx.service`.
    ///
    /// # Errors
    /// When there is none, or cgroups of version 2 are not mounted.
    pub fn at(path: &str) -> Result<Self> {
        let place = unified_cgroups()
            .ok_or(Error::NoCgroups)?
            .join(path.trim_matches('/'));
        let about = fs::metadata(&place).map_err(|cause| failed(&place, "read", cause))?;
        Ok(Self {
            place,
            path: format!("/{}", path.trim_matches('/')),
            number: about.ino(),
            made: false,
        })
    }

    /// Makes a cgroup of this name below the root of all.
    ///
    /// # Errors
    /// When it is there already, or cannot be made.
    pub fn make(name: &str) -> Result<Self> {
        let place = unified_cgroups().ok_or(Error::NoCgroups)?.join(name);
        fs::create_dir(&place).map_err(|cause| failed(&place, "made", cause))?;
        let mut cgroup = Self::at(name)?;
        cgroup.made = true;
        Ok(cgroup)
    }

    /// Its path below the root of all, beginning with a slash.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The number that the kernel gives it.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// How deep it lies below the root of all, which is at 0.
    #[must_use]
    pub fn level(&self) -> u32 {
        let parts = self.path.split('/').filter(|part| !part.is_empty());
        u32::try_from(parts.count()).unwrap_or(u32::MAX)
    }

    /// The cgroups below it and itself.
    fn all(&self) -> Vec<PathBuf> {
        let mut all = vec![self.place.clone()];
        let mut next = 0;
        while let Some(place) = all.get(next).cloned() {
            next += 1;
            let below = fs::read_dir(place).into_iter().flatten().flatten();
            all.extend(
                below
                    .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
                    .map(|entry| entry.path()),
            );
        }
        all
    }

    /// Numbers of its processes and of those below it, in the namespace of the host; none when it is gone.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn processes(&self) -> Result<Vec<u32>> {
        let mut processes = Vec::new();
        for (index, place) in self.all().iter().enumerate() {
            match fs::read_to_string(place.join("cgroup.procs")) {
                Ok(numbers) => processes.extend(numbers.lines().filter_map(|line| line.parse::<u32>().ok())),
                Err(cause) if index == 0 && cause.kind() != ErrorKind::NotFound => {
                    return Err(failed(&self.place, "read", cause));
                }
                // Runtimes take away what they made, and one that was given to them, too.
                Err(_) => {}
            }
        }
        Ok(processes)
    }

    /// Does something that starts a process while this process stands in the cgroup, so that the new one is in it from its first instruction on.
    ///
    /// # Errors
    /// When the cgroup cannot be entered, or not be left again.
    pub fn within<T>(&self, start: impl FnOnce() -> T) -> Result<T> {
        let own = std::process::id().to_string();
        let before = before().ok_or(Error::NoCgroups)?;
        let enter = |place: &Path| {
            fs::write(place.join("cgroup.procs"), &own).map_err(|cause| failed(place, "entered", cause))
        };
        enter(&self.place)?;
        let started = start();
        enter(&before)?;
        Ok(started)
    }

    /// Asks all that runs in it to end (SIGTERM).
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn ask_to_end(&self) -> Result<()> {
        self.signal(Signal::TERM)
    }

    fn signal(&self, signal: Signal) -> Result<()> {
        for process in self.processes()? {
            if let Some(process) = Pid::from_raw(process.cast_signed()) {
                // One that is gone needs none.
                let _ = kill_process(process, signal);
            }
        }
        Ok(())
    }

    /// Ends all that runs in it, by force.
    ///
    /// # Errors
    /// When the kernel refuses.
    pub fn end(&self) -> Result<()> {
        // Before 5.14 there is no such file, and each process has to be ended for itself.
        if fs::write(self.place.join("cgroup.kill"), "1").is_ok() {
            return Ok(());
        }
        self.signal(Signal::KILL)
    }
}

/// The cgroup that this process is in
fn before() -> Option<PathBuf> {
    let lines = fs::read_to_string("/proc/self/cgroup").ok()?;
    let path = lines.lines().find_map(|line| line.strip_prefix("0::"))?;
    Some(unified_cgroups()?.join(path.trim_start_matches('/')))
}

fn failed(path: &Path, what: &'static str, cause: std::io::Error) -> Error {
    Error::Cgroup {
        path: path.to_owned(),
        what,
        cause,
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        if !self.made {
            return;
        }
        let _ = self.end();
        // What was ended leaves the cgroup a little later.
        for _ in 0..LOOKS {
            if fs::remove_dir(&self.place).is_ok() {
                return;
            }
            let _ = rustix::thread::nanosleep(&rustix::thread::Timespec {
                tv_sec: 0,
                tv_nsec: LOOK_NANOSECONDS,
            });
        }
    }
}

/// How often and after how long it is tried again to take a cgroup away
const LOOKS: u32 = 100;
const LOOK_NANOSECONDS: i64 = 10_000_000;
