//! Images made by hand, sound and hostile: what is read of them, and what a container would see.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod common;

use bartizan_source::image::{Fate, Image, NodeKind, Platform};
use bartizan_source::{SourceError, SourceOptions};
use common::image::{
    GZIP, Layer, PLAIN, Piece, directory, file, gzip, hardlink, image, index, layout, named, plain, symlink,
    tar, zipped,
};
use common::merged::{looked_at, oci, run, seen};
use common::{Keeper, read, write};
use std::path::Path;

fn of_layers(layers: &[Layer]) -> (Keeper, Image) {
    let root = layout(layers);
    looked_at(&oci(root.path()))
}

#[test]
fn files_of_a_layer_have_their_paths_in_the_image_and_its_digest() {
    let layer = zipped(&[
        directory("etc"),
        file("etc/motd", "hello"),
        file("./app/a.txt", "a"),
        file("/abs", "b"),
        file("../../up", "c"),
    ]);
    let (keeper, image) = of_layers(std::slice::from_ref(&layer));
    assert_eq!(
        keeper.sorted_paths(),
        ["(image config)", "abs", "app/a.txt", "etc/motd", "up"]
    );
    assert_eq!(keeper.text("etc/motd"), "hello");
    assert!(keeper.skipped.is_empty(), "{:?}", keeper.skipped);
    let units = keeper
        .units
        .iter()
        .filter(|unit| &*unit.meta.path != "(image config)");
    assert!(
        units
            .map(|unit| unit.meta.layer.as_deref())
            .all(|digest| digest == Some(&*layer.diff_id))
    );
    assert_eq!(
        seen(&image),
        ["abs 1", "app/", "app/a.txt 1", "etc/", "etc/motd 5", "up 1"]
    );
    assert!(image.is_whole);
}

#[test]
fn whiteouts_hide_what_lower_layers_have_and_the_files_are_read_all_the_same() {
    let (keeper, image) = of_layers(&[
        plain(&[
            file("a/secret", "s"),
            file("a/kept", "k"),
            file("b/x", "x"),
            file("c", "c"),
        ]),
        plain(&[file("a/.wh.secret", ""), file(".wh.b", ""), file("c", "newer")]),
    ]);
    assert_eq!(seen(&image), ["a/", "a/kept 1", "c 5"]);
    assert!(keeper.paths().contains(&"a/secret"));
    assert_eq!(image.tree.fate(0, "a/secret"), Some(Fate::Deleted(1)));
    assert_eq!(image.tree.fate(0, "b/x"), Some(Fate::Deleted(1)));
    assert_eq!(image.tree.fate(0, "c"), Some(Fate::Replaced(1)));
    assert_eq!(image.tree.fate(1, "c"), Some(Fate::Visible));
    assert_eq!(image.tree.fate(0, "a/kept"), Some(Fate::Visible));
    assert_eq!(image.tree.carriers("c"), [0, 1]);
    assert_eq!(image.tree.fate(0, "nowhere"), None);
}

#[test]
fn a_whiteout_leaves_what_its_own_layer_brings_whatever_the_order() {
    for pieces in [
        [file(".wh.a", ""), file("a/new", "n")],
        [file("a/new", "n"), file(".wh.a", "")],
    ] {
        let (_, image) = of_layers(&[plain(&[file("a/old", "o"), file("a/d/e", "e")]), plain(&pieces)]);
        assert_eq!(seen(&image), ["a/", "a/new 1"]);
    }
}

#[test]
fn an_opaque_directory_hides_everything_below_but_what_its_layer_brings() {
    let (_, image) = of_layers(&[
        plain(&[file("a/one", "1"), file("a/d/two", "2"), file("b", "b")]),
        plain(&[file("a/three", "3"), file("a/.wh..wh..opq", "")]),
    ]);
    assert_eq!(seen(&image), ["a/", "a/three 1", "b 1"]);
    assert_eq!(image.tree.fate(0, "a/d/two"), Some(Fate::Deleted(1)));
}

#[test]
fn what_lies_below_a_linked_directory_lands_where_the_link_leads() {
    let (keeper, image) = of_layers(&[
        plain(&[
            directory("usr/lib"),
            symlink("lib", "usr/lib"),
            file("usr/lib/old", "o"),
        ]),
        plain(&[file("lib/new", "n"), file("lib/.wh.old", "")]),
    ]);
    assert_eq!(
        seen(&image),
        ["lib -> usr/lib", "usr/", "usr/lib/", "usr/lib/new 1"]
    );
    assert!(keeper.paths().contains(&"lib/new"));
    assert_eq!(image.tree.fate(1, "lib/new"), Some(Fate::Visible));
    assert_eq!(image.tree.resolve("lib/new").unwrap().size, 1);
}

#[test]
fn a_change_of_type_takes_everything_below_with_it() {
    let (_, image) = of_layers(&[
        plain(&[file("d/x", "x"), symlink("l", "d"), file("f", "f")]),
        plain(&[file("d", "now a file"), directory("l"), file("f/below", "b")]),
    ]);
    assert_eq!(seen(&image), ["d 10", "f/", "f/below 1", "l/"]);
    assert_eq!(image.tree.fate(0, "d/x"), Some(Fate::Replaced(1)));
    assert_eq!(image.tree.fate(0, "f"), Some(Fate::Replaced(1)));
}

#[test]
fn a_hard_link_keeps_content_in_sight_whose_first_name_is_gone() {
    let (_, image) = of_layers(&[
        plain(&[file("a", "content"), hardlink("b", "a")]),
        plain(&[file(".wh.a", "")]),
        plain(&[hardlink("c", "gone")]),
    ]);
    assert_eq!(seen(&image), ["b 7"]);
    assert_eq!(image.tree.fate(0, "a"), Some(Fate::Visible));
    assert_eq!(image.tree.problems().len(), 1, "{:?}", image.tree.problems());
}

#[test]
fn marks_that_name_no_sibling_hide_nothing() {
    let (_, image) = of_layers(&[
        plain(&[file("etc/passwd", "p")]),
        plain(&[
            file("etc/.wh...", ""),
            file("etc/.wh..", ""),
            file("etc/.wh.", ""),
            file(".wh..wh.aufs", ""),
            file(".wh..wh.plnk/1.2", "x"),
        ]),
    ]);
    assert_eq!(seen(&image), ["etc/", "etc/passwd 1"]);
}

#[test]
fn links_in_a_circle_and_out_of_the_image_end_the_walk_and_nothing_else() {
    let (_, image) = of_layers(&[
        plain(&[
            symlink("a", "b"),
            symlink("b", "a"),
            symlink("out", "../../../etc"),
        ]),
        plain(&[file("a/x", "x"), file("out/y", "y")]),
    ]);
    assert!(seen(&image).contains(&"etc/y 1".to_owned()), "{:?}", seen(&image));
    assert!(image.tree.resolve("a").is_none());
    assert!(!image.tree.problems().is_empty());
}

#[test]
fn a_member_of_an_archive_in_a_layer_shares_the_fate_of_the_archive() {
    let inner = tar(&[file("inside.txt", "i")]);
    let (keeper, image) = of_layers(&[
        plain(&[file("app/lib.tar", &inner)]),
        plain(&[file("app/.wh.lib.tar", "")]),
    ]);
    assert!(keeper.paths().contains(&"app/lib.tar!/inside.txt"));
    assert_eq!(
        image.tree.fate(0, "app/lib.tar!/inside.txt"),
        Some(Fate::Deleted(1))
    );
}

#[test]
fn names_that_are_not_utf_8_are_told_with_replacements() {
    let strange = Piece {
        name: b"caf\xe9".to_vec(),
        ..file("", "x")
    };
    let (keeper, image) = of_layers(&[plain(&[strange])]);
    assert!(keeper.paths().contains(&"caf\u{fffd}"));
    assert_eq!(image.tree.fate(0, "caf\u{fffd}"), Some(Fate::Visible));
}

#[test]
fn long_names_and_a_hundred_and_twenty_seven_layers_are_whole() {
    let long = format!("{}/file", ["directory"; 30].join("/"));
    let mut layers = vec![plain(&[file(&long, "x"), symlink("link", &long)])];
    layers.extend((0..126).map(|number| {
        if number % 2 == 0 {
            plain(&[file(&format!("f{number}"), number.to_string())])
        } else {
            zipped(&[
                file(&format!(".wh.f{}", number - 1), ""),
                file("last", number.to_string()),
            ])
        }
    }));
    let (keeper, image) = of_layers(&layers);
    assert!(keeper.skipped.is_empty(), "{:?}", keeper.skipped);
    assert_eq!(image.layers.len(), 127);
    assert_eq!(image.tree.resolve("link").unwrap().size, 1);
    let files = image.tree.iter().filter(|(_, node)| node.kind == NodeKind::File);
    assert_eq!(files.count(), 2);
    assert_eq!(image.tree.get("last").unwrap().layer, 126);
}

#[test]
fn layers_that_repeat_are_read_once_and_applied_where_they_stand() {
    let one = plain(&[file("x", "one")]);
    let two = plain(&[file("x", "other")]);
    let (keeper, image) = of_layers(&[one.clone(), two, one]);
    assert_eq!(keeper.paths().iter().filter(|path| **path == "x").count(), 2);
    assert_eq!(image.tree.get("x").unwrap().size, 3);
    assert_eq!(image.tree.fate(0, "x"), Some(Fate::Replaced(1)));
    assert_eq!(image.tree.fate(2, "x"), Some(Fate::Visible));
    let diff_id = image.layers[0].diff_id.to_string();
    assert_eq!(image.numbers_of(&diff_id).collect::<Vec<_>>(), [0, 2]);
}

#[test]
fn permissions_and_special_bits_stand_in_the_merged_view() {
    let special = Piece {
        mode: 0o4755,
        ..file("bin/su", "x")
    };
    let open = Piece {
        mode: 0o1777,
        ..directory("tmp")
    };
    let (_, image) = of_layers(&[plain(&[special, open])]);
    assert_eq!(image.tree.get("bin/su").unwrap().mode, 0o4755);
    assert_eq!(image.tree.get("tmp").unwrap().mode, 0o1777);
}

#[test]
fn sparse_files_are_read_with_their_holes_filled() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("sparse");
    let handle = std::fs::File::create(&path).unwrap();
    std::os::unix::fs::FileExt::write_all_at(&handle, b"middle", 1 << 20).unwrap();
    std::os::unix::fs::FileExt::write_all_at(&handle, b"end", (3 << 20) + 5).unwrap();
    handle.set_len(4 << 20).unwrap();
    let whole = std::fs::read(&path).unwrap();
    for form in [
        &["--format=gnu"][..],
        &["--format=posix", "--sparse-version=0.0"],
        &["--format=posix", "--sparse-version=0.1"],
        &["--format=posix", "--sparse-version=1.0"],
    ] {
        let archive = root.path().join("layer.tar");
        let mut arguments = vec![
            "--sparse",
            "-C",
            root.path().to_str().unwrap(),
            "-cf",
            archive.to_str().unwrap(),
        ];
        arguments.extend(form);
        arguments.push("sparse");
        run("tar", &arguments);
        let blob = std::fs::read(&archive).unwrap();
        assert!(blob.len() < 1 << 20, "{form:?} made no sparse archive");
        let layer = Layer {
            media_type: PLAIN,
            diff_id: bartizan_source::image::Digest::sha256(&blob).to_string(),
            blob,
        };
        let (keeper, image) = of_layers(&[layer]);
        assert!(keeper.skipped.is_empty(), "{form:?}: {:?}", keeper.skipped);
        let unit = keeper
            .units
            .iter()
            .find(|unit| &*unit.meta.path == "sparse")
            .unwrap();
        assert!(unit.bytes == whole, "{form:?}: {} bytes", unit.bytes.len());
        assert_eq!(image.tree.get("sparse").unwrap().size, 4 << 20);
    }
}

fn wrong(layers: &[Layer], spoil: impl Fn(&Path)) -> SourceError {
    let root = layout(layers);
    spoil(root.path());
    match bartizan_source::open(&oci(root.path()), &SourceOptions::default()) {
        Err(error) => error,
        Ok(source) => {
            read(source.as_ref());
            source.image().unwrap().unwrap_err()
        }
    }
}

fn digest(error: &SourceError) -> &str {
    match error {
        SourceError::WrongDigest { expected, .. } => expected,
        other => panic!("{other}"),
    }
}

fn blob_path(root: &Path, bytes: &[u8]) -> std::path::PathBuf {
    let digest = bartizan_source::image::Digest::sha256(bytes);
    root.join("blobs/sha256").join(digest.hex())
}

#[test]
fn a_layer_that_is_not_what_its_digest_says_is_a_hard_failure_that_names_it() {
    let layer = zipped(&[file("a", "a")]);
    let named = bartizan_source::image::Digest::sha256(&layer.blob).to_string();
    // Other bytes of the same length, fewer bytes, more bytes.
    for blob in [
        gzip(&tar(&[file("a", "b")])),
        layer.blob[..layer.blob.len() - 4].to_vec(),
        [&layer.blob[..], b"more"].concat(),
    ] {
        let error = wrong(std::slice::from_ref(&layer), |root| {
            std::fs::write(blob_path(root, &layer.blob), &blob).unwrap();
        });
        assert_eq!(digest(&error), named);
    }
}

#[test]
fn a_layer_whose_uncompressed_bytes_are_others_is_a_hard_failure() {
    let layer = Layer {
        diff_id: bartizan_source::image::Digest::sha256(b"something else").to_string(),
        ..zipped(&[file("a", "a")])
    };
    let error = wrong(std::slice::from_ref(&layer), |_| {});
    assert_eq!(digest(&error), layer.diff_id);
}

#[test]
fn a_manifest_or_configuration_that_was_changed_is_a_hard_failure() {
    let layer = zipped(&[file("a", "a")]);
    let error = wrong(std::slice::from_ref(&layer), |root| {
        for entry in std::fs::read_dir(root.join("blobs/sha256")).unwrap() {
            let path = entry.unwrap().path();
            let text = std::fs::read(&path).unwrap();
            if text.starts_with(b"{\"os\"") {
                let text = String::from_utf8(text).unwrap();
                std::fs::write(&path, text.replace("amd64", "arm64")).unwrap();
            }
        }
    });
    assert!(matches!(error, SourceError::WrongDigest { .. }), "{error}");
}

/// A layout whose layer is sound by its digests and broken inside.
fn broken(inside: Vec<u8>) -> (Keeper, Image) {
    let layer = Layer {
        media_type: GZIP,
        diff_id: bartizan_source::image::Digest::sha256(&inside).to_string(),
        blob: gzip(&inside),
    };
    of_layers(&[layer])
}

#[test]
fn a_layer_that_was_made_broken_is_told_and_read_as_far_as_it_goes() {
    let whole = tar(&[file("a", "a"), file("b", vec![b'b'; 4000]), file("c", "c")]);
    let mut flipped = whole.clone();
    flipped[1024 + 10] ^= 1;
    for inside in [whole[..2000].to_vec(), flipped] {
        let (keeper, image) = broken(inside);
        assert!(keeper.paths().contains(&"a"));
        assert_eq!(keeper.skipped.len(), 1, "{:?}", keeper.skipped);
        assert!(keeper.skipped[0].required && keeper.skipped[0].path.starts_with("(layer 1 of 1, sha256:"));
        assert!(!image.is_whole);
    }
}

#[test]
fn a_layer_that_expands_too_far_stops_at_the_bound_and_says_so() {
    let layer = zipped(&[file("a", "a"), file("zeros", vec![0; 8 << 20])]);
    let root = layout(&[layer]);
    let mut options = SourceOptions::default();
    options.images.layer_bytes = 1 << 20;
    let source = bartizan_source::open(&oci(root.path()), &options).unwrap();
    let keeper = read(source.as_ref());
    assert!(
        keeper
            .skipped
            .iter()
            .any(|thing| thing.reason.contains("image.layer-bytes")),
        "{:?}",
        keeper.skipped
    );
    assert!(!source.image().unwrap().unwrap().is_whole);
}

#[test]
fn an_image_with_too_many_files_is_refused() {
    let pieces: Vec<_> = (0..50).map(|number| file(&number.to_string(), "")).collect();
    let root = layout(&[plain(&pieces)]);
    let mut options = SourceOptions::default();
    options.images.members = 20;
    let source = bartizan_source::open(&oci(root.path()), &options).unwrap();
    read(source.as_ref());
    let error = source.image().unwrap().unwrap_err();
    assert!(error.to_string().contains("image.members"), "{error}");
}

#[test]
fn a_layer_that_is_missing_or_may_not_be_passed_on_is_named() {
    let foreign = Layer {
        media_type: "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
        ..zipped(&[file("base", "b")])
    };
    let layer = zipped(&[file("a", "a")]);
    let root = layout(&[foreign.clone(), layer.clone()]);
    std::fs::remove_file(blob_path(root.path(), &foreign.blob)).unwrap();
    let (keeper, image) = looked_at(&oci(root.path()));
    assert!(
        keeper.skipped[0].reason.contains("may not be passed on"),
        "{:?}",
        keeper.skipped
    );
    assert!(keeper.skipped[0].required && !image.is_whole);
    assert!(keeper.paths().contains(&"a"));
    std::fs::remove_file(blob_path(root.path(), &layer.blob)).unwrap();
    let (keeper, _) = looked_at(&oci(root.path()));
    assert!(
        keeper.skipped[1].reason.contains("is missing"),
        "{:?}",
        keeper.skipped
    );
}

#[test]
fn names_digests_and_platforms_choose_among_the_images_of_an_index() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path();
    let make =
        |text: &str, platform: &str| image(path, &[plain(&[file("which", text)])], platform, "{}", "[]");
    let (one, amd, arm) = (
        make("one", "linux/amd64"),
        make("amd", "linux/amd64"),
        make("arm", "linux/arm64"),
    );
    let told = |descriptor: &str, architecture: &str| {
        let body = descriptor.strip_suffix('}').unwrap();
        format!(r#"{body},"platform":{{"os":"linux","architecture":"{architecture}"}}}}"#)
    };
    let nested = format!(
        r#"{{"schemaVersion":2,"manifests":[{},{}]}}"#,
        told(&amd, "amd64"),
        told(&arm, "arm64")
    );
    let nested = common::image::store(path, "application/vnd.oci.image.index.v1+json", nested.as_bytes());
    let whole = r#""annotations":{"io.containerd.image.name":"docker.io/library/many:2","#;
    let nested = named(&nested, "many").replace(r#""annotations":{"#, whole);
    index(path, &[named(&one, "v1"), nested]);

    let which = |what: &str, platform: Option<&str>| {
        let options = SourceOptions {
            platform: platform.map(|text| text.parse::<Platform>().unwrap()),
            ..SourceOptions::default()
        };
        let source = bartizan_source::open(&format!("{}{what}", oci(path)), &options)?;
        Ok::<_, SourceError>(read(source.as_ref()).text("which"))
    };
    assert_eq!(which(":v1", None).unwrap(), "one");
    assert_eq!(which(":many", Some("linux/arm64")).unwrap(), "arm");
    assert_eq!(which(":many", Some("linux/amd64")).unwrap(), "amd");
    assert_eq!(which(":many:2", Some("linux/amd64")).unwrap(), "amd");
    assert_eq!(which("", Some("linux/arm64")).unwrap(), "arm");
    let digest = |descriptor: &str| descriptor.split('"').nth(7).unwrap().to_owned();
    assert_eq!(
        which(&format!("@{}", digest(&arm)), Some("linux/arm64")).unwrap(),
        "arm"
    );
    assert!(matches!(
        which(&format!("@{}", digest(&arm)), Some("linux/amd64")),
        Err(SourceError::NoImage { .. })
    ));
    assert!(matches!(
        which("", Some("linux/amd64")),
        Err(SourceError::SeveralImages { .. })
    ));
    assert!(matches!(
        which(":nothing", None),
        Err(SourceError::NoImage { .. })
    ));
    assert!(matches!(
        which(":many", Some("linux/s390x")),
        Err(SourceError::NoImage { .. })
    ));
}

#[test]
fn what_is_no_image_is_refused_with_a_reason() {
    let root = tempfile::tempdir().unwrap();
    write(root.path(), "plain/file", "x");
    let refused = |target: String| {
        bartizan_source::open(&target, &SourceOptions::default())
            .map(drop)
            .unwrap_err()
    };
    assert!(matches!(
        refused(format!("oci:{}/plain", root.path().display())),
        SourceError::Image { .. }
    ));
    assert!(matches!(
        refused(format!("oci:{}/none", root.path().display())),
        SourceError::NotFound(_)
    ));
    assert!(matches!(
        refused(format!("docker-archive:{}/plain/file", root.path().display())),
        SourceError::Image { .. }
    ));
    write(
        root.path(),
        "saved.tar.gz",
        gzip(&tar(&[file("manifest.json", "[]")])),
    );
    let error = refused(format!("docker-archive:{}/saved.tar.gz", root.path().display()));
    assert!(error.to_string().contains("gunzip"), "{error}");
    write(root.path(), "empty.tar", tar(&[file("manifest.json", "[]")]));
    assert!(matches!(
        refused(format!("docker-archive:{}/empty.tar", root.path().display())),
        SourceError::NoImage { .. }
    ));
}

#[test]
fn an_opaque_directory_that_is_deleted_too_is_gone_and_a_new_link_to_old_content_stays() {
    let lower = plain(&[file("a/x", "x"), file("kept", "k")]);
    for pieces in [
        vec![file("a/.wh..wh..opq", ""), file(".wh.a", "")],
        vec![file(".wh.a", ""), file("a/.wh..wh..opq", "")],
    ] {
        let (_, image) = of_layers(&[lower.clone(), plain(&pieces)]);
        assert_eq!(seen(&image), ["kept 1"]);
    }
    let (_, image) = of_layers(&[
        lower,
        plain(&[hardlink("a/linked", "kept"), file("a/.wh..wh..opq", "")]),
    ]);
    assert_eq!(seen(&image), ["a/", "a/linked 1", "kept 1"]);
}

#[test]
fn marks_that_repeat_change_nothing_more() {
    let mut pieces: Vec<Piece> = (0..20_000)
        .map(|number| file(&format!("d/{number}"), ""))
        .collect();
    pieces.extend((0..20_000).map(|_| file("d/.wh..wh..opq", "")));
    pieces.extend((0..20_000).map(|_| file(".wh.d", "")));
    let (_, image) = of_layers(&[plain(&[file("d/old", "o")]), plain(&pieces)]);
    assert_eq!(image.tree.fate(0, "d/old"), Some(Fate::Deleted(1)));
    assert_eq!(image.tree.iter().count(), 20_001);
}

#[test]
fn paths_that_no_system_can_have_are_named_and_build_nothing() {
    let deep = vec!["d"; 3_000].join("/");
    let (keeper, image) = of_layers(&[plain(&[file(&deep, "x"), file("ok", "o"), symlink("l", &deep)])]);
    assert_eq!(seen(&image), ["ok 1"]);
    assert_eq!(image.tree.problems().len(), 2, "{:?}", image.tree.problems());
    assert!(keeper.paths().contains(&&*deep));
}

#[test]
fn an_image_whose_paths_make_too_many_directories_is_refused() {
    let pieces: Vec<Piece> = (0..10)
        .map(|number| file(&format!("{number}/{}", vec!["d"; 100].join("/")), ""))
        .collect();
    let root = layout(&[plain(&pieces)]);
    let mut options = SourceOptions::default();
    options.images.members = 50;
    let source = bartizan_source::open(&oci(root.path()), &options).unwrap();
    read(source.as_ref());
    assert!(matches!(source.image().unwrap(), Err(SourceError::Image { .. })));
}
