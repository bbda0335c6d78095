//! Where things are: the current directory, the target, the repository, the data directory.

use crate::error::Error;
use bartizan_engine::config::{Config, repository_root};
use bartizan_engine::system::{Machine, System};
use bartizan_model::FingerprintBuilder;
use std::path::{Path, PathBuf};

/// What begins a target that is a bill of materials.
pub(crate) const BILL: &str = "sbom:";

/// The file that a target `sbom:FILE` names.
pub(crate) fn bill(target: &str) -> Option<&str> {
    target.strip_prefix(BILL)
}

/// What begins a target that is a container image.
const IMAGES: [&str; 3] = [PULLED, "oci:", "docker-archive:"];

/// What begins a target that is pulled from a registry.
const PULLED: &str = "image:";

/// The name of the image that a target `image:NAME` pulls.
pub(crate) fn pulled(target: &str) -> Option<&str> {
    target.strip_prefix(PULLED)
}

/// Whether a target is a container image.
pub(crate) fn is_image(target: &str) -> bool {
    IMAGES.iter().any(|scheme| target.starts_with(scheme))
}

/// Whether a target is a container image or the root of a system: what a build makes.
pub(crate) fn is_built(target: &str) -> bool {
    is_image(target) || target.starts_with("rootfs:")
}

/// Whether a target is what was recorded of a cluster.
pub(crate) fn is_recorded(target: &str) -> bool {
    target.starts_with("k8s:")
}

/// The current directory.
pub(crate) fn current() -> Result<PathBuf, Error> {
    std::env::current_dir().map_err(|error| {
        Error::usage(
            format!(
                "the current directory cannot be used: {}",
                crate::error::plain(&error)
            ),
            "change to a directory that exists",
        )
    })
}

/// Absolute directory that a target stands for, for the search of a configuration: the directory itself, the
/// directory of a file, and the repository's root for what git holds.
pub(crate) fn start_of(target: &str, current: &Path) -> PathBuf {
    if target == "-" {
        return current.to_path_buf();
    }
    if target.starts_with("git:") {
        return repository_root(&Machine, current).unwrap_or_else(|| current.to_path_buf());
    }
    // What a build made, and what a cluster runs, brings no settings of its own.
    if is_built(target) || is_recorded(target) {
        return std::fs::canonicalize(current).unwrap_or_else(|_| current.to_path_buf());
    }
    let path = std::fs::canonicalize(current.join(bill(target).unwrap_or(target)))
        .unwrap_or_else(|_| current.to_path_buf());
    if path.is_dir() {
        path
    } else {
        path.parent()
            .map_or_else(|| current.to_path_buf(), Path::to_path_buf)
    }
}

/// What to put before paths relative to `directory` to make them relative to `root`: empty, or ending with `/`.
/// `None` when the directory is not below the root.
pub(crate) fn prefix(root: &Path, directory: &Path) -> Option<String> {
    let root = std::fs::canonicalize(root).unwrap_or_else(|_| root.to_path_buf());
    let below = directory.strip_prefix(&root).ok()?.to_string_lossy().into_owned();
    Some(if below.is_empty() {
        below
    } else {
        format!("{below}/")
    })
}

/// The data directory: of the setting, or `bartizan` in the XDG data home
/// (<https://specifications.freedesktop.org/basedir-spec/latest/>). `None` where there is no home at all.
pub(crate) fn data_dir(config: &Config) -> Option<PathBuf> {
    config.path("data.dir").or_else(|| {
        let absolute = |name: &str| {
            Machine
                .variable(name)
                .map(PathBuf::from)
                .filter(|path| path.is_absolute())
        };
        absolute("XDG_DATA_HOME")
            .or_else(|| absolute("HOME").map(|home| home.join(".local/share")))
            .map(|home| home.join("bartizan"))
    })
}

/// Name of the files that are kept for a target.
pub(crate) fn key_of(target: &str, start: &Path) -> String {
    FingerprintBuilder::new("target")
        .part(target.as_bytes())
        .part(start.as_os_str().as_encoded_bytes())
        .finish()
        .to_string()
}

/// A path as people read it: relative to the current directory where it is below that.
pub(crate) fn shown(path: &Path, current: &Path) -> String {
    path.strip_prefix(current)
        .ok()
        .filter(|rest| !rest.as_os_str().is_empty())
        .unwrap_or(path)
        .display()
        .to_string()
}
