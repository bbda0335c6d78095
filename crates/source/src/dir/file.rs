//! Opening a path only when a regular file is there, and reading it without needless system calls.

use crate::window::Fill;
use rustix::buffer::spare_capacity;
use rustix::fs::{CWD, FileType, Mode, OFlags};
use rustix::io::Errno;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

/// An open regular file.
#[derive(Debug)]
pub(crate) struct RegularFile {
    descriptor: OwnedFd,
    size: u64,
    read: u64,
}

impl RegularFile {
    /// Opens `path` without blocking on a FIFO, and without following it if it is a link unless `follow`.
    ///
    /// # Errors
    /// Why it cannot be read and what to do about it.
    pub(crate) fn open(path: &Path, follow: bool) -> Result<Self, String> {
        let mut flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
        if !follow {
            flags |= OFlags::NOFOLLOW;
        }
        let descriptor = retry(|| rustix::fs::openat(CWD, path, flags, Mode::empty())).map_err(explain)?;
        let status = rustix::fs::fstat(&descriptor).map_err(explain)?;
        if FileType::from_raw_mode(status.st_mode) != FileType::RegularFile {
            return Err("it is no longer a regular file; scan again".to_owned());
        }
        let size = u64::try_from(status.st_size).unwrap_or(0);
        Ok(Self {
            descriptor,
            size,
            read: 0,
        })
    }
}

impl From<RegularFile> for std::fs::File {
    fn from(file: RegularFile) -> Self {
        file.descriptor.into()
    }
}

impl Fill for RegularFile {
    fn fill(&mut self, buffer: &mut Vec<u8>, upto: usize) -> io::Result<bool> {
        while buffer.len() < upto {
            let left = usize::try_from(self.size.saturating_sub(self.read)).unwrap_or(usize::MAX);
            let missing = upto - buffer.len();
            // A size of 0 may be a file of procfs: only reading tells.
            let room = if left == 0 {
                missing.min(4096)
            } else {
                missing.min(left)
            };
            buffer.reserve_exact(room);
            let count = retry(|| rustix::io::read(&self.descriptor, spare_capacity(buffer)))?;
            self.read += count as u64;
            if count == 0 || (self.size > 0 && self.read >= self.size) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

fn retry<T>(mut call: impl FnMut() -> rustix::io::Result<T>) -> rustix::io::Result<T> {
    loop {
        match call() {
            Err(Errno::INTR) => {}
            outcome => return outcome,
        }
    }
}

fn explain(error: Errno) -> String {
    match error {
        Errno::NOENT => "it vanished while the scan ran; scan again".to_owned(),
        Errno::LOOP => "it became a symbolic link while the scan ran; scan again".to_owned(),
        Errno::ACCESS | Errno::PERM => {
            "permission denied; run as a user who may read it, or leave it out with `.gitignore`".to_owned()
        }
        Errno::NXIO | Errno::WOULDBLOCK => "it is no longer a regular file; scan again".to_owned(),
        Errno::MFILE | Errno::NFILE => "too many open files; raise the limit with `ulimit -n`".to_owned(),
        other => format!("it cannot be opened: {}", io::Error::from(other)),
    }
}
