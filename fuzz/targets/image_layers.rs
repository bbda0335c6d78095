//! Images come from anywhere: for any layers, indexes and archives, reading them ends, stays within its bounds, names files so that no
//! name leads out of the image, and gives a merged view in which each visible file was brought by a layer.

#![no_main]

use bartizan_model::Skipped;
use bartizan_source::image::{Digest, Fate, Image, NodeKind};
use bartizan_source::{Consumer, FileMeta, Interest, SourceOptions, Unit};
use libfuzzer_sys::fuzz_target;
use std::path::PathBuf;

#[derive(Default)]
struct Checked {
    brought: Vec<(String, String)>,
}

impl Consumer for Checked {
    fn wants(&mut self, meta: &FileMeta) -> Interest {
        assert!(!meta.path.split('/').any(|part| part == ".." || part.is_empty()), "{}", meta.path);
        if let Some(layer) = &meta.layer
            && !meta.path.contains("!/")
        {
            self.brought.push((layer.to_string(), meta.path.to_string()));
        }
        Interest::Whole
    }

    fn unit(&mut self, unit: Unit<'_>) {
        assert!(unit.window.overlap <= unit.bytes.len());
    }

    fn skipped(&mut self, _: Skipped) {}

    fn stopped(&self) -> bool {
        false
    }
}

fuzz_target!(|data: &[u8]| {
    let Some((mode, rest)) = data.split_first() else { return };
    let root = std::env::temp_dir().join(format!("bartizan-fuzz-image-{}", std::process::id()));
    let blobs = root.join("blobs/sha256");
    std::fs::create_dir_all(&blobs).expect("the temporary directory can be written");
    match mode % 4 {
        0 => look(layout(&root, &[rest.to_vec()]), &["oci:"]),
        1 => look(layout(&root, &members(rest)), &["oci:"]),
        2 => {
            std::fs::write(root.join("index.json"), rest).expect("it can be written");
            look(root.clone(), &["oci:"]);
        }
        _ => {
            let file = root.join("saved.tar");
            std::fs::write(&file, rest).expect("it can be written");
            look(file, &["docker-archive:"]);
        }
    }
    std::fs::remove_dir_all(&root).expect("what was made can be removed");
});

fn look(path: PathBuf, schemes: &[&str]) {
    let mut options = SourceOptions::default();
    options.images.layer_bytes = 1 << 20;
    options.images.members = 500;
    options.archives.expanded = 1 << 20;
    for scheme in schemes {
        let Ok(source) = bartizan_source::open(&format!("{scheme}{}", path.display()), &options) else {
            continue;
        };
        let mut checked = Checked::default();
        for entry in source.list(&mut Vec::new()).expect("an image that was opened is listed") {
            source.read(&entry, &mut Vec::new(), &mut checked);
        }
        if let Some(Ok(image)) = source.image() {
            agree(&image, &checked);
        }
    }
}

fn agree(image: &Image, checked: &Checked) {
    for (layer, path) in &checked.brought {
        for number in image.numbers_of(layer) {
            if let Some(Fate::Deleted(by) | Fate::Replaced(by)) = image.tree.fate(number, path) {
                assert!(by >= number, "{path} of {number} hidden by {by}");
            }
        }
    }
    for (path, node) in image.tree.iter() {
        assert!(!path.split('/').any(|part| matches!(part, "" | "." | "..")), "{path}");
        assert!(node.layer < image.layers.len());
        assert!(node.kind == NodeKind::Directory || node.layer < image.layers.len());
        image.tree.resolve(&path);
    }
}

/// A layout whose digests are right, whatever its layers hold.
fn layout(root: &std::path::Path, layers: &[Vec<u8>]) -> PathBuf {
    let store = |bytes: &[u8]| {
        let digest = Digest::sha256(bytes);
        std::fs::write(root.join("blobs/sha256").join(digest.hex()), bytes).expect("it can be written");
        format!(r#""digest":"{digest}","size":{}"#, bytes.len())
    };
    let digests: Vec<String> = layers.iter().map(|layer| format!("\"{}\"", Digest::sha256(layer))).collect();
    let config = store(
        format!(r#"{{"os":"linux","architecture":"amd64","rootfs":{{"diff_ids":[{}]}}}}"#, digests.join(",")).as_bytes(),
    );
    let layers: Vec<String> = layers.iter().map(|layer| format!("{{{}}}", store(layer))).collect();
    let manifest = store(format!(r#"{{"config":{{{config}}},"layers":[{}]}}"#, layers.join(",")).as_bytes());
    std::fs::write(root.join("index.json"), format!(r#"{{"manifests":[{{{manifest}}}]}}"#)).expect("it can be written");
    root.to_owned()
}

/// Sound archives of members that the bytes choose, each from a few names so that they meet one another.
fn members(data: &[u8]) -> Vec<Vec<u8>> {
    const NAMES: [&str; 12] =
        ["a", "b", "c", "a/b", "b/c", ".wh.a", "a/.wh.b", "a/.wh..wh..opq", "../a", "/c", "c/a/b", ".wh..."];
    const KINDS: [u8; 6] = [b'0', b'5', b'2', b'1', b'6', b'0'];
    let mut layers = vec![Vec::new()];
    for choice in data.chunks_exact(3).take(60) {
        let [name, kind, link] = choice else { continue };
        if *kind == 255 {
            layers.push(Vec::new());
            continue;
        }
        let mut block = vec![0; 512];
        let name = NAMES[usize::from(*name) % NAMES.len()];
        let link = NAMES[usize::from(*link) % NAMES.len()];
        block[..name.len()].copy_from_slice(name.as_bytes());
        block[100..107].copy_from_slice(b"0000644");
        block[124..135].copy_from_slice(b"00000000000");
        block[156] = KINDS[usize::from(*kind) % KINDS.len()];
        block[157..157 + link.len()].copy_from_slice(link.as_bytes());
        block[257..262].copy_from_slice(b"ustar");
        block[148..156].fill(b' ');
        let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
        block[148..154].copy_from_slice(format!("{sum:06o}").as_bytes());
        if let Some(layer) = layers.last_mut() {
            layer.extend(block);
        }
    }
    layers
}
