//! Where profiles are kept: a file each in the data directory, which only its owner reads, or the file that was named.

use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;

use bartizan_profile::Profile;

use bartizan_engine::config::Config;

use crate::args::{Common, WhichArgs};
use crate::error::Error;
use crate::input;
use crate::output;
use crate::place;
use crate::scan::{Place, common_flags, load_config};

/// Bytes of a profile that is read
const LARGEST: u64 = 64 << 20;

/// The file of a profile.
pub(crate) fn path(common: &Common, which: &WhichArgs) -> Result<PathBuf, Error> {
    if let Some(file) = &which.file {
        return Ok(file.clone());
    }
    let current = place::current()?;
    let start = place::start_of(".", &current);
    let config = load_config(common, &Place { current, start }, common_flags(common))?;
    file_of(&config, &which.workload)
}

/// The file of the profile of a workload in the data directory.
pub(crate) fn file_of(config: &Config, workload: &str) -> Result<PathBuf, Error> {
    let data = place::data_dir(config).ok_or_else(|| {
        Error::usage(
            "there is no directory to keep profiles in",
            "name one with --data-dir, or a file with --file",
        )
    })?;
    // A path of cgroups is a name, too.
    let name: String = workload
        .chars()
        .map(|character| {
            if character.is_ascii_alphanumeric() || "._-@".contains(character) {
                character
            } else {
                '_'
            }
        })
        .collect();
    Ok(data
        .join("profiles")
        .join(format!("{}.json", name.trim_matches('.'))))
}

/// The profile in a file; None where there is none yet.
pub(crate) fn read(path: &std::path::Path) -> Result<Option<Profile>, Error> {
    if !path.try_exists().map_err(|error| Error::reading(path, &error))? {
        return Ok(None);
    }
    let bytes = input::file(path, LARGEST)?;
    Profile::read(&bytes).map(Some).map_err(|why| {
        Error::usage(
            format!("`{}` is no profile: {why}", path.display()),
            "learn it again with --fresh",
        )
    })
}

/// The profile of a workload that has one.
pub(crate) fn existing(common: &Common, which: &WhichArgs) -> Result<Profile, Error> {
    read(&path(common, which)?)?.ok_or_else(|| missing(&which.workload))
}

/// That there is no profile of a workload.
pub(crate) fn missing(workload: &str) -> Error {
    Error::nothing(
        format!("there is no profile of `{workload}`"),
        "learn it with `bartizan profile learn`",
    )
}

/// Writes a profile in one step.
pub(crate) fn write(path: &std::path::Path, profile: &Profile) -> Result<(), Error> {
    if let Some(directory) = path
        .parent()
        .filter(|directory| !directory.as_os_str().is_empty())
    {
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(directory)
            .map_err(|error| Error::writing(directory, &error))?;
    }
    let mut bytes = serde_json::to_vec_pretty(profile).map_err(std::io::Error::from)?;
    bytes.push(b'\n');
    output::write_file(path, &bytes)
}
