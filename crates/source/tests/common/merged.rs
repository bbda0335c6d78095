//! Images as sources: opened by target, read as a whole, and the merged view in words.

use super::{Keeper, read};
use bartizan_source::image::{Image, NodeKind};
use bartizan_source::{Source, SourceOptions};
use std::path::Path;
use std::process::Command;

pub fn open(target: &str) -> Box<dyn Source> {
    bartizan_source::open(target, &SourceOptions::default()).unwrap()
}

pub fn oci(root: &Path) -> String {
    format!("oci:{}", root.display())
}

/// What was read, and the image as a whole.
pub fn looked_at(target: &str) -> (Keeper, Image) {
    let source = open(target);
    let keeper = read(source.as_ref());
    let image = source.image().unwrap().unwrap();
    (keeper, image)
}

pub fn run(program: &str, arguments: &[&str]) {
    let output = Command::new(program).args(arguments).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{program} {arguments:?}: {told}");
}

/// Paths of files, directories (with `/` at the end) and links (with their target) in the merged view.
pub fn seen(image: &Image) -> Vec<String> {
    let shown = image.tree.iter().map(|(path, node)| match node.kind {
        NodeKind::File => format!("{path} {}", node.size),
        NodeKind::Directory => format!("{path}/"),
        NodeKind::Link => format!("{path} -> {}", String::from_utf8_lossy(&node.link)),
        NodeKind::Other => format!("{path} other"),
    });
    let mut shown: Vec<String> = shown.collect();
    shown.sort();
    shown
}
