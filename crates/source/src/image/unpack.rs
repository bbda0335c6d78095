//! The merged view of an image as a directory.
//!
//! In: an image and an empty directory that nobody else writes to. Out: the directory with what a container would see in it: directories, files, hard and symbolic
//! links, with their permissions, and as root with their owners. Devices and pipes are left out, since a container is given its own; capabilities of files
//! and times are, too. Everything is read twice: first the headers, and all digests are verified; then the content. While files are written there is no symbolic
//! link in the directory, so that nothing lands elsewhere.

use super::layer::{self, Limit};
use super::tree::{NodeKind, ROOT, Tree, plain};
use super::{Image, ImageSource};
use crate::archive::{Kind, Tar};
use crate::{Consumer, FileMeta, Interest, Source, SourceError, Unit};
use bartizan_model::Skipped;
use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::{self, File, Permissions};
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, chown, lchown, symlink};
use std::path::{Path, PathBuf};

/// Paths of the same content, by the layer that brought it and the path that it had there.
type Contents = HashMap<(usize, String), Vec<PathBuf>>;

/// Unpacks an image into an empty directory.
///
/// # Errors
/// When the image is not whole, is not what its digests say, holds more than `image.layer-bytes` of content, or a path cannot be written.
pub fn unpack(source: &ImageSource, into: &Path) -> Result<Image, SourceError> {
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
    let mut contents = Contents::new();
    each(&image.tree, into, &mut |path, at| {
        let Some(node) = image.tree.nodes.get(at) else {
            return Ok(());
        };
        match node.kind {
            NodeKind::Directory if at != ROOT => fs::create_dir(path).map_err(|error| wrong(path, &error))?,
            NodeKind::File => {
                let content = (node.layer, node.origin.clone());
                contents.entry(content).or_default().push(path.to_owned());
            }
            _ => {}
        }
        Ok(())
    })?;
    for (number, file) in source.chosen.layers.iter().enumerate() {
        if contents.keys().any(|(layer, _)| *layer == number) {
            let opened = source.shelf.open(&file.name);
            let opened = opened.map_err(|error| bad(super::absent(file, &error)))?;
            let inflated =
                layer::inflated(opened).and_then(|inflated| write_layer(inflated, number, &contents));
            inflated.map_err(|error| bad(format!("{} cannot be unpacked: {error}", source.label(number))))?;
        }
    }
    // What is below a directory has to be there before the directory may be closed.
    let mut rest = Vec::new();
    each(&image.tree, into, &mut |path, at| {
        rest.push((path.to_owned(), at));
        Ok(())
    })?;
    for (path, at) in rest.iter().rev() {
        finish(&image.tree, path, *at, owners).map_err(|error| wrong(path, &error))?;
    }
    Ok(image)
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
fn write_layer(inflated: Box<dyn Read>, number: usize, contents: &Contents) -> io::Result<()> {
    let mut tar = Tar::new(inflated);
    while let Some(member) = tar.next()? {
        if member.kind != Kind::File {
            continue;
        }
        let origin = String::from_utf8_lossy(&plain(&member.name)).into_owned();
        let Some([first, further @ ..]) = contents.get(&(number, origin)).map(Vec::as_slice) else {
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
