//! Files that people name, read up to a size.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::error::Error;

/// The bytes of a file, which may be something that never ends.
///
/// # Errors
/// When it cannot be read, or has more than `most` bytes.
pub(crate) fn file(path: &Path, most: u64) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(most + 1).read_to_end(&mut bytes))
        .map_err(|error| Error::reading(path, &error))?;
    if bytes.len() as u64 > most {
        return Err(Error::usage(
            format!("`{}` has more than {most} bytes", path.display()),
            "name another file",
        ));
    }
    Ok(bytes)
}
