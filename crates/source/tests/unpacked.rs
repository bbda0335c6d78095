//! Images unpacked into a directory: what a container would see is there, and nothing lands elsewhere.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;

use bartizan_source::SourceOptions;
use bartizan_source::image::{ImageLimits, Unpacked, open_image, unpack};
use common::image::{Layer, Piece, directory, file, hardlink, layout, plain, symlink, zipped};
use common::merged::oci;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

/// Unpacks an image of these layers; the sentence where that is refused.
fn unpacked(layers: &[Layer], options: &SourceOptions, into: &Path) -> Result<Unpacked, String> {
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

/// What stands before a member and says more of it: `LENGTH KEY=VALUE`, where the length counts itself.
fn extended(records: &[(&str, &[u8])]) -> Piece {
    let mut bytes = Vec::new();
    for (key, value) in records {
        let bare = key.len() + value.len() + 3;
        let digits = if bare + 2 < 100 { 2 } else { 3 };
        bytes.extend(format!("{} {key}=", bare + digits).into_bytes());
        bytes.extend([*value, b"\n"].concat());
    }
    Piece {
        kind: b'x',
        ..file("PaxHeaders/x", bytes)
    }
}

/// `cap_net_raw=ep` as the kernel keeps it (`linux/capability.h`, revision 2).
const NET_RAW: [u8; 20] = [1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

#[test]
fn capabilities_and_times_are_those_of_the_layers_and_what_is_left_out_is_said() {
    let into = tempfile::tempdir().unwrap();
    let capable = "SCHILY.xattr.security.capability";
    let device = |name: &str| Piece {
        kind: b'3',
        ..file(name, b"")
    };
    let layers = [
        plain(&[
            extended(&[("mtime", b"1000000000.25")]),
            directory("etc"),
            extended(&[("mtime", b"1000000001.5"), (capable, &NET_RAW)]),
            file("bin/ping", "p"),
            hardlink("bin/alias", "bin/ping"),
            extended(&[(capable, &NET_RAW)]),
            file("bin/plain", "old"),
            extended(&[("mtime", b"-5.5")]),
            symlink("link", "etc"),
            extended(&[("mtime", b"soon"), ("SCHILY.xattr.user.note", b"n")]),
            file("noted", "n"),
            device("dev/sda"),
            device("sdb"),
        ]),
        plain(&[file("bin/plain", "new"), file("etc/late", "l")]),
    ];
    let done = unpacked(&layers, &SourceOptions::default(), into.path()).unwrap();
    let at = |path: &str| into.path().join(path);
    let modified = |path: &str| {
        let about = fs::symlink_metadata(at(path)).unwrap();
        (about.mtime(), about.mtime_nsec())
    };
    assert_eq!(modified("etc"), (1_000_000_000, 250_000_000));
    assert_eq!(modified("bin/alias"), (1_000_000_001, 500_000_000));
    assert_eq!(modified("link"), (-5, 0));
    assert_eq!(modified("noted"), (0, 0));
    let capabilities = |path: &str| {
        let mut bytes = [0; 64];
        let length = rustix::fs::getxattr(at(path), "security.capability", &mut bytes[..]).ok()?;
        Some(bytes[..length].to_vec())
    };
    let mut left_out =
        vec!["left out: devices and pipes, of which a container has its own: 2 (`/dev/sda`, …)"];
    if rustix::process::geteuid().is_root() {
        assert_eq!(capabilities("bin/alias").as_deref(), Some(&NET_RAW[..]));
    } else {
        left_out.push("left out: capabilities of files, which only root may set: 1 (`/bin/ping`)");
    }
    assert_eq!(capabilities("bin/plain"), None, "the layer above has none");
    left_out.push("left out: extended attributes other than capabilities: 1 (`/noted`)");
    assert_eq!(done.left_out, left_out);
    assert!(!at("sdb").exists());
}
