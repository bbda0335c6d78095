//! The key that secrets of channels are kept with: a file for its owner only, beside the state of the server and not in the database.

use crate::auth::secret;
use bartizan_model::encoding::hex;
use bartizan_trust::seal::{KEY_BYTES, SealKey};
use std::io::{ErrorKind, Read, Write};
use std::path::Path;

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or made.
    #[error("the key of the secrets, {path}: {source}")]
    File {
        /// Which file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The file holds something else.
    #[error("the key of the secrets, {0}: it does not hold 64 hexadecimal digits")]
    Form(String),
    /// Others may read it.
    #[error("the key of the secrets, {0}: others may read it")]
    Open(String),
    /// There are no random bytes.
    #[error("the system gives no random bytes: {0}")]
    Random(getrandom::Error),
}

impl KeyError {
    /// What the operator can do about it.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::File { path, .. } => {
                format!("check that {path} can be read and written, or name another file with --secrets-key")
            }
            Self::Form(_) => {
                "restore it from a copy; without it, take it away and set the secrets of all channels again"
                    .to_owned()
            }
            Self::Open(path) => format!(
                "run `chmod 600 {path}`, and set the secrets of all channels anew if somebody read it"
            ),
            Self::Random(_) => "check that the system has a source of random bytes".to_owned(),
        }
    }
}

/// The key of a file, which is made where it is missing.
///
/// # Errors
/// When the file cannot be read or made, others may read it, or it holds something else.
pub fn load_or_make(path: &Path) -> Result<SealKey, KeyError> {
    match load(path) {
        Err(KeyError::File { source, .. }) if source.kind() == ErrorKind::NotFound => make(path),
        other => other,
    }
}

fn load(path: &Path) -> Result<SealKey, KeyError> {
    let shown = || path.display().to_string();
    let lift = |source| KeyError::File {
        path: shown(),
        source,
    };
    let file = std::fs::File::open(path).map_err(lift)?;
    #[cfg(unix)]
    {
        let about = file.metadata().map_err(lift)?;
        if std::os::unix::fs::PermissionsExt::mode(&about.permissions()) & 0o077 != 0 {
            return Err(KeyError::Open(shown()));
        }
    }
    let mut text = String::new();
    file.take(1_024).read_to_string(&mut text).map_err(lift)?;
    read(text.trim())
        .map(SealKey::new)
        .ok_or_else(|| KeyError::Form(shown()))
}

fn read(text: &str) -> Option<[u8; KEY_BYTES]> {
    let digits = text.as_bytes();
    if digits.len() != KEY_BYTES * 2 {
        return None;
    }
    let mut bytes = [0; KEY_BYTES];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
        let pair = std::str::from_utf8(pair).ok()?;
        *byte = u8::from_str_radix(pair, 16).ok()?;
    }
    Some(bytes)
}

fn make(path: &Path) -> Result<SealKey, KeyError> {
    let lift = |source| KeyError::File {
        path: path.display().to_string(),
        source,
    };
    let bytes = secret::random::<KEY_BYTES>().map_err(KeyError::Random)?;
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        std::fs::create_dir_all(parent).map_err(lift)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = match options.open(path) {
        Ok(file) => file,
        // Another server on the same directory was first.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return load(path),
        Err(error) => return Err(lift(error)),
    };
    file.write_all(format!("{}\n", hex(&bytes)).as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(lift)?;
    Ok(SealKey::new(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_read_as_it_was_made() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("inner/secrets.key");
        let sealed = load_or_make(&path)
            .unwrap()
            .seal([1; 12], "x", b"secret")
            .unwrap();
        let again = load_or_make(&path).unwrap();
        assert_eq!(&*again.open("x", &sealed).unwrap(), b"secret");
        std::fs::write(&path, "not a key").unwrap();
        assert!(matches!(load_or_make(&path), Err(KeyError::Form(_))));
    }

    #[test]
    fn a_key_that_others_may_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("secrets.key");
        load_or_make(&path).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(load_or_make(&path), Err(KeyError::Open(_))));
    }
}
