//! The outside world, as far as the engine and the domain crates may touch it: clock, environment, small files.
//!
//! In: requests for a value. Out: the value, from the real machine ([`Machine`]) or, in tests, from memory
//! ([`Memory`]). Scanned bytes never come this way: a [`bartizan_source::Source`] reads those.

use bartizan_model::{Date, Timestamp};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// Clock, environment and small files.
pub trait System: Sync {
    /// The present instant.
    fn now(&self) -> Timestamp;

    /// Every environment variable that is valid UTF-8; of the settings (`BARTIZAN_*`) also those that are not, with
    /// U+FFFD for what is wrong, so that none is ignored.
    fn variables(&self) -> BTreeMap<String, String>;

    /// The text of a file.
    ///
    /// # Errors
    /// As the operating system says; `InvalidData` when the text is not UTF-8 or the file is larger than
    /// [`LARGEST_TEXT`].
    fn read_text(&self, path: &Path) -> io::Result<String>;

    /// Whether anything exists at the path.
    fn exists(&self, path: &Path) -> bool;

    /// Replaces a file in one step: a reader sees the old bytes or the new ones, never half of them.
    ///
    /// # Errors
    /// As the operating system says; the old file is then untouched.
    fn replace(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;

    /// The present day in UTC.
    fn today(&self) -> Date {
        self.now().date()
    }

    /// One environment variable.
    fn variable(&self, name: &str) -> Option<String> {
        self.variables().remove(name)
    }
}

/// Bytes a configuration, waiver, baseline or rule file may have.
pub const LARGEST_TEXT: u64 = 64 * 1024 * 1024;

/// The real machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct Machine;

impl System for Machine {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |d| d.as_secs());
        Timestamp::from_unix_seconds(i64::try_from(since).unwrap_or(i64::MAX))
    }

    fn variables(&self) -> BTreeMap<String, String> {
        std::env::vars_os()
            .filter_map(|(name, value)| {
                if name.as_encoded_bytes().starts_with(b"BARTIZAN_") {
                    let lossy = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
                    return Some((lossy(name), lossy(value)));
                }
                Some((name.into_string().ok()?, value.into_string().ok()?))
            })
            .collect()
    }

    fn read_text(&self, path: &Path) -> io::Result<String> {
        let about = std::fs::metadata(path)?;
        if about.is_dir() {
            return Err(io::Error::from(io::ErrorKind::IsADirectory));
        }
        // A named pipe would block for ever.
        if !about.is_file() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "it is no regular file",
            ));
        }
        if about.len() > LARGEST_TEXT {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "it is larger than 64 MiB",
            ));
        }
        let bytes = std::fs::read(path)?;
        String::from_utf8(bytes)
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not valid UTF-8"))
    }

    fn exists(&self, path: &Path) -> bool {
        // A link that leads nowhere is there: reading it says what is wrong.
        path.symlink_metadata().is_ok()
    }

    fn replace(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        replace_file(path, bytes)
    }
}

/// Writes beside the target and renames. What is not a regular file (a terminal, `/dev/full`, a pipe) is written
/// to directly, since renaming over it would replace the device.
fn replace_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    use std::io::Write;

    // Through a link, so that the link stays a link.
    let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    if let Ok(about) = std::fs::metadata(&path)
        && !about.is_file()
    {
        return std::fs::OpenOptions::new()
            .write(true)
            .open(&path)?
            .write_all(bytes);
    }
    let name = path
        .file_name()
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "it names no file"))?;
    let mut temporary = std::ffi::OsString::from(".");
    temporary.push(name);
    temporary.push(format!(".{}.tmp", std::process::id()));
    let temporary = path.with_file_name(temporary);
    let written = std::fs::File::create(&temporary).and_then(|mut file| {
        file.write_all(bytes)?;
        if let Ok(about) = std::fs::metadata(&path) {
            file.set_permissions(about.permissions())?;
        }
        // Some file systems report a full disk only here.
        file.sync_data()
    });
    let done = written.and_then(|()| std::fs::rename(&temporary, &path));
    if done.is_err() {
        // The error that matters is the first one.
        let _ = std::fs::remove_file(&temporary);
    }
    done
}

/// A machine in memory: a fixed clock, given variables, given files.
#[derive(Debug)]
pub struct Memory {
    now: Timestamp,
    variables: BTreeMap<String, String>,
    files: Mutex<BTreeMap<PathBuf, Vec<u8>>>,
}

impl Memory {
    /// A machine with an empty environment and no files whose clock stands at `now`.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self {
            now,
            variables: BTreeMap::new(),
            files: Mutex::default(),
        }
    }

    /// Adds an environment variable.
    #[must_use]
    pub fn with_variable(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Adds a file.
    #[must_use]
    pub fn with_file(self, path: impl Into<PathBuf>, text: &str) -> Self {
        self.files
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(path.into(), text.as_bytes().to_vec());
        self
    }
}

impl System for Memory {
    fn now(&self) -> Timestamp {
        self.now
    }

    fn variables(&self) -> BTreeMap<String, String> {
        self.variables.clone()
    }

    fn read_text(&self, path: &Path) -> io::Result<String> {
        let files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = files
            .get(path)
            .ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        String::from_utf8(bytes.clone()).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))
    }

    fn exists(&self, path: &Path) -> bool {
        let files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.keys().any(|file| file.starts_with(path))
    }

    fn replace(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.files
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(path.to_path_buf(), bytes.to_vec());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch(name: &str) -> PathBuf {
        let dir = std::env::temp_dir().join(format!("bartizan-system-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&dir);
        std::fs::create_dir_all(&dir).unwrap();
        dir
    }

    #[test]
    fn a_replaced_file_keeps_its_mode_and_leaves_nothing_beside_it() {
        use std::os::unix::fs::PermissionsExt;
        let dir = scratch("mode");
        let file = dir.join("report.json");
        std::fs::write(&file, "old").unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        Machine.replace(&file, b"new").unwrap();
        assert_eq!(std::fs::read(&file).unwrap(), b"new");
        assert_eq!(
            std::fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert_eq!(std::fs::read_dir(&dir).unwrap().count(), 1);
        std::fs::remove_dir_all(&dir).unwrap();
    }

    #[test]
    fn a_replaced_link_stays_a_link() {
        let dir = scratch("link");
        std::fs::write(dir.join("real"), "old").unwrap();
        std::os::unix::fs::symlink("real", dir.join("link")).unwrap();
        Machine.replace(&dir.join("link"), b"new").unwrap();
        assert!(std::fs::symlink_metadata(dir.join("link")).unwrap().is_symlink());
        assert_eq!(std::fs::read(dir.join("real")).unwrap(), b"new");
        std::fs::remove_dir_all(&dir).unwrap();
    }

    #[test]
    fn a_full_device_is_an_error_and_stays_a_device() {
        let error = Machine.replace(Path::new("/dev/full"), b"x").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        assert!(Path::new("/dev/full").exists());
    }

    #[test]
    fn what_is_no_regular_file_is_not_read() {
        assert!(Machine.read_text(Path::new("/dev/zero")).is_err());
        assert!(Machine.read_text(Path::new("/")).is_err());
    }
}
