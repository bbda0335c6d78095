//! The file system that a workload runs in: a directory, or an image that is unpacked for as long as it is needed.

use std::path::{Component, Path, PathBuf};

use bartizan_source::image::{Image, open_image, unpack};

use crate::args::{Common, ImageArgs};
use crate::error::Error;
use crate::place;
use crate::scan::{Place, common_flags, load_config, source_options};
use crate::terminal::Terminal;

/// Links that are followed in one path, as Linux does.
const MOST_LINKS: u32 = 40;

/// A file system. An unpacked one goes when this goes.
pub(super) struct Root {
    path: PathBuf,
    image: Option<(tempfile::TempDir, Image)>,
}

impl Root {
    /// The image that was named, or else this directory.
    pub(super) fn open(
        common: &Common,
        named: &ImageArgs,
        directory: &Path,
        terminal: Terminal,
    ) -> Result<Self, Error> {
        let Some(target) = &named.image else {
            return Ok(Self {
                path: directory.to_owned(),
                image: None,
            });
        };
        let current = place::current()?;
        let place = Place {
            start: place::start_of(".", &current),
            current,
        };
        let config = load_config(common, &place, common_flags(common))?;
        let source = open_image(target, &source_options(&config, &place)).ok_or_else(|| {
            Error::usage(
                format!("`{target}` names no image"),
                "write oci:DIR, oci:DIR:NAME, docker-archive:FILE or docker-archive:FILE:NAME; archives of OCI are read by the latter, too",
            )
        })??;
        let unpacked = tempfile::Builder::new()
            .prefix("bartizan-image-")
            .tempdir()
            .map_err(|error| Error::writing(&std::env::temp_dir(), &error))?;
        let path = unpacked.path().join("root");
        std::fs::create_dir(&path).map_err(|error| Error::writing(&path, &error))?;
        let done = unpack(&source, &path)?;
        for sentence in done.left_out {
            terminal.warn(sentence);
        }
        Ok(Self {
            path,
            image: Some((unpacked, done.image)),
        })
    }

    /// Its directory
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The image, where it is one
    pub(super) fn image(&self) -> Option<&Image> {
        self.image.as_ref().map(|(_, image)| image)
    }
}

/// Where a path leads below a root, whatever links lie there: never outside of it. What is not there is taken as it is written.
///
/// # Errors
/// When it leads through too many links.
pub(super) fn below(root: &Path, path: &str) -> Result<PathBuf, Error> {
    let mut found = root.to_owned();
    let mut links = 0;
    let mut todo: Vec<PathBuf> = vec![PathBuf::from(path)];
    while let Some(next) = todo.pop() {
        let mut parts = next.components();
        let part = parts.next();
        let rest = parts.as_path();
        if !rest.as_os_str().is_empty() {
            todo.push(rest.to_owned());
        }
        match part {
            Some(Component::RootDir) => found = root.to_owned(),
            Some(Component::ParentDir) if found != root => {
                found.pop();
            }
            Some(Component::Normal(name)) => match std::fs::read_link(found.join(name)) {
                Ok(_) if links >= MOST_LINKS => {
                    return Err(Error::usage(
                        format!("`{}` leads through too many links", path.escape_debug()),
                        "links in the root of the workload lead in a circle: mend them there",
                    ));
                }
                Ok(target) => {
                    links += 1;
                    todo.push(target);
                }
                Err(_) => found.push(name),
            },
            _ => {}
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_nowhere_outside() {
        let root = tempfile::tempdir().unwrap();
        let at = |path: &str| root.path().join(path);
        std::fs::create_dir_all(at("run/lock")).unwrap();
        std::fs::create_dir(at("var")).unwrap();
        for (path, target) in [
            ("var/run", "/run"),
            ("up", "../../.."),
            ("loop", "loop"),
            ("away", "/nowhere/at/all"),
        ] {
            std::os::unix::fs::symlink(target, at(path)).unwrap();
        }
        for (path, found) in [
            ("/var/run/lock/x", "run/lock/x"),
            ("/up/etc", "etc"),
            ("/../../run", "run"),
            ("away", "nowhere/at/all"),
            ("/", ""),
        ] {
            assert_eq!(
                below(root.path(), path).unwrap(),
                root.path().join(found),
                "{path}"
            );
        }
        assert!(below(root.path(), "loop/x").is_err());
    }
}
