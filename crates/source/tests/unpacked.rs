//! Images unpacked into a directory: what a container would see is there, and nothing lands elsewhere.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;

use bartizan_source::SourceOptions;
use bartizan_source::image::{Image, ImageLimits, open_image, unpack};
use common::image::{Layer, Piece, directory, file, hardlink, layout, plain, symlink, zipped};
use common::merged::oci;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

/// Unpacks an image of these layers; the sentence where that is refused.
fn unpacked(layers: &[Layer], options: &SourceOptions, into: &Path) -> Result<Image, String> {
    let root = layout(layers);
    let source = open_image(&oci(root.path()), options).unwrap().unwrap();
    unpack(&source, into).map_err(|error| error.to_string())
}

fn sound(layers: &[Layer]) -> tempfile::TempDir {
    let into = tempfile::tempdir().unwrap();
    unpacked(layers, &SourceOptions::default(), into.path()).unwrap();
    into
}

fn text(root: &tempfile::TempDir, path: &str) -> String {
    fs::read_to_string(root.path().join(path)).unwrap()
}

#[test]
fn layers_are_put_one_upon_the_other() {
    let root = sound(&[
        zipped(&[
            directory("etc"),
            file("etc/kept", "1"),
            file("etc/gone", "1"),
            file("opaque/old", "1"),
            file("changed", "old"),
        ]),
        plain(&[
            file("etc/.wh.gone", ""),
            file("opaque/.wh..wh..opq", ""),
            file("opaque/new", "2"),
            file("changed", "new"),
        ]),
    ]);
    assert_eq!(
        (text(&root, "etc/kept"), text(&root, "changed")),
        ("1".into(), "new".into())
    );
    assert_eq!(text(&root, "opaque/new"), "2");
    for gone in ["etc/gone", "opaque/old", "etc/.wh.gone", "opaque/.wh..wh..opq"] {
        assert!(!root.path().join(gone).exists(), "{gone}");
    }
}

#[test]
fn several_names_are_one_file_and_special_bits_stay() {
    let tool = Piece {
        mode: 0o4755,
        ..file("bin/tool", "t")
    };
    let root = sound(&[
        plain(&[tool, hardlink("bin/alias", "bin/tool")]),
        plain(&[file("bin/.wh.tool", ""), hardlink("bin/more", "bin/alias")]),
    ]);
    let [alias, more] = ["bin/alias", "bin/more"].map(|path| fs::metadata(root.path().join(path)).unwrap());
    assert_eq!((alias.ino(), alias.nlink()), (more.ino(), 2));
    assert_eq!(alias.permissions().mode() & 0o7777, 0o4755);
    assert!(!root.path().join("bin/tool").exists());
}

#[test]
fn nothing_lands_outside_of_the_directory() {
    let outside = tempfile::tempdir().unwrap();
    let away = outside.path().display().to_string();
    let root = sound(&[
        plain(&[
            symlink("way", &away),
            symlink("up", "../../../../../../tmp"),
            directory("real"),
        ]),
        plain(&[
            file("way/one", "1"),
            file("up/two-of-bartizan", "2"),
            file("../../three", "3"),
            file("/four", "4"),
            symlink("real/later", &away),
            file("real/later/five", "5"),
        ]),
    ]);
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
    assert!(!Path::new("/tmp/two-of-bartizan").exists());
    assert_eq!(fs::read_link(root.path().join("way")).unwrap(), outside.path());
    assert_eq!(
        (text(&root, "three"), text(&root, "four")),
        ("3".into(), "4".into())
    );
    // A link leads where it leads within the image.
    assert_eq!(text(&root, &format!("{}/one", away.trim_start_matches('/'))), "1");
    assert_eq!(text(&root, "tmp/two-of-bartizan"), "2");
}

#[test]
fn an_image_that_is_not_whole_or_too_large_is_refused() {
    let into = tempfile::tempdir().unwrap();
    let mut cut = plain(&[file("a", vec![b'x'; 4096])]);
    cut.blob.truncate(2048);
    let refused = unpacked(&[cut], &SourceOptions::default(), into.path()).unwrap_err();
    assert!(
        refused.contains("digest") || refused.contains("truncated"),
        "{refused}"
    );
    let into = tempfile::tempdir().unwrap();
    let options = SourceOptions {
        images: ImageLimits {
            layer_bytes: 8192,
            ..ImageLimits::default()
        },
        ..SourceOptions::default()
    };
    let half = || file("a", vec![b'x'; 5000]);
    let other = Piece {
        name: b"b".to_vec(),
        ..half()
    };
    let refused = unpacked(&[plain(&[half()]), plain(&[other])], &options, into.path()).unwrap_err();
    assert!(refused.contains("image.layer-bytes"), "{refused}");
    assert_eq!(fs::read_dir(into.path()).unwrap().count(), 0);
    let linked = plain(&[hardlink("b", "nowhere")]);
    let refused = unpacked(&[linked], &SourceOptions::default(), into.path()).unwrap_err();
    assert!(refused.contains("hard link"), "{refused}");
}
