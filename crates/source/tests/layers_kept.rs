//! What the source of an image learned of a layer, kept and taken back; how much of a layer was read, told while it is.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may fail loudly"
)]

mod common;

use bartizan_model::Skipped;
use bartizan_source::{Consumer, ContentDigests, Entry, FileMeta, Interest, Unit};
use common::image::{Layer, directory, file, hardlink, layout, symlink, zipped};
use common::merged::{oci, open, seen};
use common::{list, read};
use std::path::Path;

fn layers() -> [Layer; 2] {
    [
        zipped(&[
            directory("a"),
            file("a/x", "one"),
            symlink("l", "a"),
            hardlink("h", "a/x"),
        ]),
        zipped(&[file("a/.wh.x", ""), file("l/y", "two")]),
    ]
}

/// What is kept of every entry, once all were read.
fn kept(root: &Path) -> Vec<(Entry, Option<Vec<u8>>)> {
    let source = open(&oci(root));
    read(source.as_ref());
    let (entries, _) = list(source.as_ref());
    let kept = entries.into_iter().map(|entry| {
        let kept = source.kept(&entry);
        (entry, kept)
    });
    kept.collect()
}

/// Changes the last byte of every compressed layer.
fn damage(root: &Path) {
    for blob in std::fs::read_dir(root.join("blobs/sha256")).unwrap() {
        let path = blob.unwrap().path();
        let mut bytes = std::fs::read(&path).unwrap();
        if bytes.starts_with(&[0x1f, 0x8b]) {
            *bytes.last_mut().unwrap() ^= 1;
            std::fs::write(path, bytes).unwrap();
        }
    }
}

#[test]
fn what_is_kept_of_layers_gives_the_same_view_without_reading_them() {
    let root = layout(&layers());
    let source = open(&oci(root.path()));
    read(source.as_ref());
    let read_image = source.image().unwrap().unwrap();
    let other = open(&oci(root.path()));
    for (entry, kept) in kept(root.path()) {
        match kept {
            Some(kept) => assert!(other.restore(&entry, &kept), "{}", entry.meta.path),
            None => assert_eq!(&*entry.meta.path, "(image config)"),
        }
    }
    let image = other.image().unwrap().unwrap();
    assert_eq!(seen(&image), seen(&read_image));
    assert_eq!(image.tree.fate(0, "a/x"), read_image.tree.fate(0, "a/x"));
    assert!(image.is_whole);
}

#[test]
fn nothing_is_kept_of_a_layer_that_is_not_what_its_digest_says_and_none_is_taken_back() {
    let root = layout(&layers());
    let before = kept(root.path());
    damage(root.path());
    assert!(kept(root.path()).iter().all(|(_, kept)| kept.is_none()));
    let source = open(&oci(root.path()));
    for (entry, kept) in before {
        assert!(
            !kept.is_some_and(|kept| source.restore(&entry, &kept)),
            "{}",
            entry.meta.path
        );
    }
}

#[test]
fn what_was_kept_and_is_damaged_is_refused_at_every_length() {
    let root = layout(&layers());
    let source = open(&oci(root.path()));
    let (entry, whole) = kept(root.path()).pop().unwrap();
    let whole = whole.unwrap();
    for len in 0..whole.len() {
        assert!(!source.restore(&entry, &whole[..len]), "{len}");
    }
}

#[derive(Default)]
struct Watching {
    told: Vec<u64>,
    contents: Vec<(String, Option<ContentDigests>)>,
}

impl Consumer for Watching {
    fn wants(&mut self, _: &FileMeta) -> Interest {
        Interest::Whole
    }

    fn unit(&mut self, _: Unit<'_>) {}

    fn skipped(&mut self, skipped: Skipped) {
        panic!("{skipped:?}");
    }

    fn stopped(&self) -> bool {
        false
    }

    fn read_so_far(&mut self, bytes: u64) {
        self.told.push(bytes);
    }

    fn expanded(&mut self, meta: &FileMeta, content: &mut dyn FnMut() -> Option<ContentDigests>) {
        self.contents.push((meta.path.to_string(), content()));
    }
}

#[test]
fn how_much_of_a_layer_was_read_is_told_while_it_is_read() {
    // Numbers that follow from one another by no pattern that a compressor sees.
    let mut state = 1_u64;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        state.to_be_bytes()[0]
    })
    .take(6 << 20)
    .collect();
    let parts: Vec<_> = noise
        .chunks(64 << 10)
        .enumerate()
        .map(|(number, part)| file(&format!("part{number}"), part))
        .collect();
    let root = layout(&[zipped(&parts)]);
    let source = open(&oci(root.path()));
    let (entries, _) = list(source.as_ref());
    let layer = entries.last().unwrap();
    let mut watching = Watching::default();
    source.read(layer, &mut Vec::new(), &mut watching);
    let told: u64 = watching.told.iter().sum();
    assert!(watching.told.len() > 4, "{:?}", watching.told);
    assert!(
        told <= layer.meta.size && told > layer.meta.size / 2,
        "{told} of {}",
        layer.meta.size
    );
}

#[test]
fn an_archive_in_a_layer_is_told_by_the_digests_of_its_own_bytes() {
    let inner = common::image::gzip(b"text");
    let root = layout(&[zipped(&[file("doc/a.gz", &inner), file("doc/b", "plain")])]);
    let source = open(&oci(root.path()));
    let (entries, _) = list(source.as_ref());
    let mut watching = Watching::default();
    source.read(entries.last().unwrap(), &mut Vec::new(), &mut watching);
    let expected = ("doc/a.gz".to_owned(), Some(ContentDigests::of(&inner)));
    assert_eq!(watching.contents, [expected]);
}
