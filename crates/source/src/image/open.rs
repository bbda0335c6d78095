//! From the spelling of a target to an image.

use super::choose::{Chooser, Wanted};
use super::shelf::{Archive, Directory, Shelf};
use super::{ImageSource, SourceOptions};
use crate::SourceError;
use crate::digest::Digest;
use std::io::{self, Read};
use std::path::Path;

/// The image that `target` spells: `oci:DIR[:NAME|@DIGEST]` or `docker-archive:FILE[:NAME]`; None where it spells something else.
///
/// # Errors
/// When there is no such image.
pub fn open_image(target: &str, options: &SourceOptions) -> Option<Result<ImageSource, SourceError>> {
    match target.split_once(':')? {
        ("oci", what) => Some(open_oci(target, what, options)),
        ("docker-archive", what) => Some(open_docker_archive(target, what, options)),
        _ => None,
    }
}

/// An image of an OCI layout; `what` is `DIR`, `DIR:NAME` or `DIR@DIGEST`.
///
/// # Errors
/// When there is no layout, no such image, or a document of it is not what its digest says.
pub fn open_oci(target: &str, what: &str, options: &SourceOptions) -> Result<ImageSource, SourceError> {
    let (path, wanted) = split(what)?;
    open_layout(target, Path::new(path), &wanted, options)
}

/// An image of the OCI layout in a directory; `target` is its name in reports.
///
/// # Errors
/// When there is no layout, no such image, or a document of it is not what its digest says.
pub fn open_layout(
    target: &str,
    directory: &Path,
    wanted: &Wanted,
    options: &SourceOptions,
) -> Result<ImageSource, SourceError> {
    if !directory.is_dir() {
        return Err(missing(target, directory, "a directory with an OCI image layout"));
    }
    if !directory.join("index.json").exists() {
        return Err(SourceError::Image {
            target: target.to_owned(),
            cause: "it is no OCI image layout: there is no `index.json`".to_owned(),
        });
    }
    of_index(target, Box::new(Directory(directory.to_owned())), wanted, options)
}

/// An image of an archive of `docker save`, `skopeo copy` or `podman save`; `what` is `FILE` or `FILE:NAME`.
///
/// # Errors
/// When there is no such archive or image, it is compressed, or a document of it is not what its digest says.
pub fn open_docker_archive(
    target: &str,
    what: &str,
    options: &SourceOptions,
) -> Result<ImageSource, SourceError> {
    let (path, wanted) = split(what)?;
    let path = Path::new(path);
    if !path.is_file() {
        return Err(missing(target, path, "a file that `docker save` wrote"));
    }
    let bad = |cause: String| SourceError::Image {
        target: target.to_owned(),
        cause,
    };
    let shelf = Archive::open(path).map_err(|error| match compression(path) {
        Some(word) => bad(format!(
            "it is compressed; expand it first (`{word} {}`)",
            path.display()
        )),
        None if error.kind() == io::ErrorKind::UnexpectedEof => bad("it is truncated".to_owned()),
        None => bad(format!("it is no tar archive: {error}")),
    })?;
    let is_there = |name: &str| shelf.open(name).is_ok();
    if is_there("index.json") && is_there("oci-layout") {
        let by_index = wanted.clone();
        // Names in the index of such an archive are tags; the whole names stand in `manifest.json`.
        match of_index(target, Box::new(shelf.clone()), &by_index, options) {
            Ok(source) => return Ok(source),
            Err(SourceError::NoImage { .. }) if is_there("manifest.json") => {}
            Err(error) => return Err(error),
        }
    }
    if !is_there("manifest.json") {
        return Err(bad("it holds neither `manifest.json` nor `index.json`".to_owned()));
    }
    let chooser = Chooser {
        shelf: &shelf,
        target,
        platform: options.platform.as_ref(),
    };
    let chosen = chooser.of_saved(&chooser.file("manifest.json")?, &wanted)?;
    Ok(ImageSource::new(target, Box::new(shelf), chosen, options))
}

fn of_index(
    target: &str,
    shelf: Box<dyn Shelf>,
    wanted: &Wanted,
    options: &SourceOptions,
) -> Result<ImageSource, SourceError> {
    let chooser = Chooser {
        shelf: shelf.as_ref(),
        target,
        platform: options.platform.as_ref(),
    };
    let chosen = chooser.of_index(&chooser.file("index.json")?, wanted)?;
    Ok(ImageSource::new(target, shelf, chosen, options))
}

/// `PATH`, `PATH:NAME` or `PATH@DIGEST`; what exists as a whole is a path.
fn split(what: &str) -> Result<(&str, Wanted), SourceError> {
    if what.is_empty() {
        return Err(SourceError::Spelling(what.to_owned()));
    }
    if Path::new(what).exists() {
        return Ok((what, Wanted::Any));
    }
    if let Some((path, digest)) = what.split_once('@') {
        return match Digest::parse(digest) {
            Ok(digest) => Ok((path, Wanted::Digest(digest))),
            Err(_) => Err(SourceError::Spelling(what.to_owned())),
        };
    }
    // The shortest path that exists ends where the name begins, which may hold colons itself.
    let ends = what.match_indices(':').map(|(at, _)| at);
    for end in ends {
        let (path, name) = (
            what.get(..end).unwrap_or_default(),
            what.get(end + 1..).unwrap_or_default(),
        );
        if !path.is_empty() && !name.is_empty() && Path::new(path).exists() {
            return Ok((path, Wanted::Name(name.to_owned())));
        }
    }
    Ok((what, Wanted::Any))
}

fn missing(target: &str, path: &Path, expected: &str) -> SourceError {
    if path.exists() {
        SourceError::Image {
            target: target.to_owned(),
            cause: format!("`{}` is not {expected}", path.display()),
        }
    } else {
        SourceError::NotFound(path.display().to_string())
    }
}

/// The program that expands a file, by its first bytes.
fn compression(path: &Path) -> Option<&'static str> {
    let mut head = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(6).read_to_end(&mut head))
        .ok()?;
    match head.as_slice() {
        [0x1f, 0x8b, ..] => Some("gunzip -k"),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Some("unzstd"),
        [0xfd, b'7', b'z', b'X', b'Z', 0] => Some("unxz -k"),
        [b'B', b'Z', b'h', ..] => Some("bunzip2 -k"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_an_image_begins_where_the_path_ends() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().display().to_string();
        let named = format!("{path}:example.org:5000/app:1.2");
        let (found, wanted) = split(&named).unwrap();
        assert_eq!(found, path);
        assert_eq!(wanted, Wanted::Name("example.org:5000/app:1.2".to_owned()));
        assert_eq!(split(&path).unwrap(), (path.as_str(), Wanted::Any));
        let digest = format!("{path}@sha256:{}", "0".repeat(64));
        assert!(matches!(split(&digest).unwrap(), (_, Wanted::Digest(_))));
        assert!(split(&format!("{path}@nonsense")).is_err());
        assert!(split("").is_err());
    }
}
