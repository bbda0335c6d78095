//! The merged view of an image as a directory.
//!
//! In: an image and an empty directory that nobody else writes to. Out: the directory with what a container would see in it: directories, files, hard and symbolic
//! links, with their permissions and times, and as root with their owners and the capabilities of files; and what is left out: devices and pipes, since a container is
//! given its own, and other extended attributes. Everything is read twice: first the headers, and all digests are verified; then the content. While files are written there is no symbolic
//! link in the directory, so that nothing lands elsewhere.

use super::layer::{self, Limit};
use super::tree::{NodeKind, ROOT, Tree, plain};
use super::{Image, ImageSource};
use crate::archive::{Kind, Tar};
use crate::{Consumer, FileMeta, Interest, Source, SourceError, Unit};
use bartizan_model::Skipped;
use rustix::fs::{AtFlags, CWD, Timespec, Timestamps, UTIME_OMIT, XattrFlags, setxattr, utimensat};
use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::{self, File, Permissions};
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, chown, lchown, symlink};
use std::path::{Path, PathBuf};

/// Contents, by the layer that brought them and the path that they had there.
type Contents = HashMap<(usize, String), Content>;
/// When something was changed last: seconds since 1970, and nanoseconds.
type Modified = (i64, u32);

/// One content, and the names that it has.
#[derive(Default)]
struct Content {
    paths: Vec<PathBuf>,
    modified: Modified,
    capabilities: Option<Vec<u8>>,
    is_attributed: bool,
}

/// What of the layers lands in the directory.
#[derive(Default)]
struct Landing {
    contents: Contents,
    /// Directories and symbolic links by their path in the image, and when they were changed last.
    others: HashMap<Vec<u8>, Modified>,
}

/// An image that was unpacked.
#[derive(Debug)]
pub struct Unpacked {
    /// The image.
    pub image: Image,
    /// What of it is not there, one sentence each.
    pub left_out: Vec<String>,
}

/// Unpacks an image into an empty directory.
///
/// # Errors
/// When the image is not whole, is not what its digests say, holds more than `image.layer-bytes` of content, or a path cannot be written.
pub fn unpack(source: &ImageSource, into: &Path) -> Result<Unpacked, SourceError> {
    let owners = rustix::process::geteuid().is_root();
    let bad = |cause: String| SourceError::Image {
        target: source.name.clone(),
        cause,
    };
    let mut told = Told::default();
    let mut buffer = Vec::new();
    for entry in source.list(&mut told.skipped)? {
        source.read(&entry, &mut buffer, &mut told);
    }
    let image = source.merged()?;
    if let Some(skipped) = told.skipped.first() {
        return Err(bad(format!("{} {}", skipped.path, skipped.reason)));
    }
    if let Some(problem) = image.tree.problems().first() {
        return Err(bad(problem.clone()));
    }
    let most = source.options.images.layer_bytes;
    let size = image.tree.content_bytes();
    if size > most {
        return Err(bad(Limit::Bytes(most).to_string()));
    }
    let wrong =
        |path: &Path, error: &io::Error| bad(format!("`{}` cannot be unpacked: {error}", path.display()));
    let mut landing = Landing::default();
    let mut devices = Vec::new();
    each(&image.tree, into, &mut |path, at| {
        let Some(node) = image.tree.nodes.get(at) else {
            return Ok(());
        };
        match node.kind {
            NodeKind::Directory if at != ROOT => fs::create_dir(path).map_err(|error| wrong(path, &error))?,
            NodeKind::File => {
                let content = (node.layer, node.origin.clone());
                let content = landing.contents.entry(content).or_default();
                content.paths.push(path.to_owned());
            }
            NodeKind::Other => devices.push(path.to_owned()),
            _ => {}
        }
        Ok(())
    })?;
    for (number, file) in source.chosen.layers.iter().enumerate() {
        let opened = source.shelf.open(&file.name);
        let opened = opened.map_err(|error| bad(super::absent(file, &error)))?;
        let inflated =
            layer::inflated(opened).and_then(|inflated| write_layer(inflated, number, &mut landing));
        inflated.map_err(|error| bad(format!("{} cannot be unpacked: {error}", source.label(number))))?;
    }
    // What is below a directory has to be there before the directory may be closed.
    let mut rest = Vec::new();
    each(&image.tree, into, &mut |path, at| {
        rest.push((path.to_owned(), at));
        Ok(())
    })?;
    for (path, at) in rest.iter().rev() {
        finish(&image.tree, path, *at, owners).map_err(|error| wrong(path, &error))?;
        let name = path.strip_prefix(into).map(|name| name.as_os_str().as_bytes());
        if let Some(modified) = name.ok().and_then(|name| landing.others.get(name)) {
            set_modified(path, *modified).map_err(|error| wrong(path, &error))?;
        }
    }
    let mut bare = Bare::default();
    for content in landing.contents.values() {
        if let Some(path) = content.paths.first() {
            attribute(path, content, &mut bare).map_err(|error| wrong(path, &error))?;
        }
    }
    let told = [
        ("devices and pipes, of which a container has its own", devices),
        (
            "capabilities of files, which only root may set",
            bare.capabilities,
        ),
        ("extended attributes other than capabilities", bare.others),
    ];
    let left_out = told
        .into_iter()
        .filter_map(|(what, paths)| said(what, paths, into));
    Ok(Unpacked {
        left_out: left_out.collect(),
        image,
    })
}

/// Files that lack what the image gives them.
#[derive(Default)]
struct Bare {
    capabilities: Vec<PathBuf>,
    others: Vec<PathBuf>,
}

/// Sets capabilities and times of a file. Giving it away takes its capabilities, so that this comes last.
fn attribute(path: &Path, content: &Content, bare: &mut Bare) -> io::Result<()> {
    if let Some(capabilities) = &content.capabilities
        && setxattr(path, "security.capability", capabilities, XattrFlags::empty()).is_err()
    {
        bare.capabilities.push(path.to_owned());
    }
    if content.is_attributed {
        bare.others.push(path.to_owned());
    }
    set_modified(path, content.modified)
}

/// What is left out, how many of them, and the first by name.
fn said(what: &str, mut paths: Vec<PathBuf>, into: &Path) -> Option<String> {
    paths.sort();
    let first = paths.first()?;
    let first = first.strip_prefix(into).unwrap_or(first).display().to_string();
    Some(format!(
        "left out: {what}: {} (`/{}`{})",
        paths.len(),
        first.escape_debug(),
        if paths.len() > 1 { ", …" } else { "" }
    ))
}

/// Sets when something was changed last, of a symbolic link itself.
fn set_modified(path: &Path, (tv_sec, tv_nsec): Modified) -> io::Result<()> {
    let kept = Timespec {
        tv_sec: 0,
        tv_nsec: UTIME_OMIT,
    };
    let times = Timestamps {
        last_access: kept,
        last_modification: Timespec {
            tv_sec,
            tv_nsec: tv_nsec.into(),
        },
    };
    Ok(utimensat(CWD, path, &times, AtFlags::SYMLINK_NOFOLLOW)?)
}

/// Whoever wants nothing but to know what cannot be read.
#[derive(Default)]
struct Told {
    skipped: Vec<Skipped>,
}

impl Consumer for Told {
    fn wants(&mut self, _: &FileMeta) -> Interest {
        Interest::No
    }

    fn unit(&mut self, _: Unit<'_>) {}

    fn skipped(&mut self, skipped: Skipped) {
        self.skipped.push(skipped);
    }

    fn stopped(&self) -> bool {
        false
    }
}

/// Calls `visit` with the path and number of each node, directories before what they hold.
fn each(
    tree: &Tree,
    into: &Path,
    visit: &mut dyn FnMut(&Path, usize) -> Result<(), SourceError>,
) -> Result<(), SourceError> {
    let mut todo = vec![(into.to_owned(), ROOT)];
    while let Some((path, at)) = todo.pop() {
        visit(&path, at)?;
        let children = tree.nodes.get(at).into_iter().flat_map(|node| &node.children);
        todo.extend(children.map(|(name, child)| (path.join(OsStr::from_bytes(name)), *child)));
    }
    Ok(())
}

/// Writes the files of one layer that are seen in the end.
fn write_layer(inflated: Box<dyn Read>, number: usize, landing: &mut Landing) -> io::Result<()> {
    let mut tar = Tar::new(inflated);
    while let Some(member) = tar.next()? {
        let name = plain(&member.name);
        if member.kind != Kind::File {
            if matches!(member.kind, Kind::Directory | Kind::SymbolicLink) {
                landing.others.insert(name, member.modified);
            }
            continue;
        }
        let origin = String::from_utf8_lossy(&name).into_owned();
        let Some(content) = landing.contents.get_mut(&(number, origin)) else {
            continue;
        };
        content.modified = member.modified;
        content.capabilities = member.capabilities;
        content.is_attributed = member.is_attributed;
        let Some((first, further)) = content.paths.split_first() else {
            continue;
        };
        // The last one of several members of the same path is the one that counts.
        io::copy(&mut tar, &mut File::create(first)?)?;
        for path in further.iter().filter(|path| !path.exists()) {
            fs::hard_link(first, path)?;
        }
    }
    Ok(())
}

/// Makes the link, or sets owner and permissions.
fn finish(tree: &Tree, path: &Path, at: usize, owners: bool) -> io::Result<()> {
    let Some(node) = tree.nodes.get(at) else {
        return Ok(());
    };
    let number =
        |id: u64| u32::try_from(id).map_err(|_| io::Error::other("its owner is no number of a user"));
    let (owner, group) = (Some(number(node.owner)?), Some(number(node.group)?));
    match node.kind {
        NodeKind::Other => Ok(()),
        NodeKind::Link => {
            symlink(OsStr::from_bytes(&node.link), path)?;
            if owners {
                lchown(path, owner, group)
            } else {
                Ok(())
            }
        }
        NodeKind::File | NodeKind::Directory => {
            // Giving a file away takes its set-user-id bit, so that comes first.
            if owners {
                chown(path, owner, group)?;
            }
            // Whoever is not root has to be able to read it, and to remove it again.
            let own = if owners { 0 } else { 0o700 };
            fs::set_permissions(path, Permissions::from_mode(node.mode & 0o7777 | own))
        }
    }
}
