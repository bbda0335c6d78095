//! Images held against skopeo and umoci: every form holds the same files, and the merged view is what is unpacked.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod common;

use bartizan_source::SourceOptions;
use bartizan_source::image::{open_image, unpack};
use common::image::{Layer, Piece, directory, file, layout, plain, symlink, tar, zipped};
use common::merged::{looked_at, oci, run, seen};
use common::write;
use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

/// The same of a directory on disk.
fn on_disk(root: &Path) -> Vec<String> {
    fn walk(root: &Path, at: &Path, out: &mut Vec<String>) {
        for entry in std::fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            let shown = path.strip_prefix(root).unwrap().display().to_string();
            let metadata = std::fs::symlink_metadata(&path).unwrap();
            if metadata.is_dir() {
                out.push(format!("{shown}/"));
                walk(root, &path, out);
            } else if metadata.is_symlink() {
                out.push(format!(
                    "{shown} -> {}",
                    std::fs::read_link(&path).unwrap().display()
                ));
            } else {
                out.push(format!("{shown} {}", metadata.len()));
            }
        }
    }
    let mut out = Vec::new();
    walk(root, root, &mut out);
    out.sort();
    out
}

/// The same of an image that is unpacked here.
fn unpacked_here(target: &str) -> Vec<String> {
    let into = tempfile::tempdir().unwrap();
    let source = open_image(target, &SourceOptions::default()).unwrap().unwrap();
    unpack(&source, into.path()).unwrap();
    on_disk(into.path())
}

#[test]
fn archives_of_docker_in_every_form_hold_the_same_files() {
    let root = layout(&[
        zipped(&[file("a", "a"), file("b", "b")]),
        zipped(&[file(".wh.a", ""), file("c", "c")]),
    ]);
    let at = |name: &str| root.path().join(name).display().to_string();
    let source = format!("oci:{}:latest", root.path().display());
    let (_, expected) = looked_at(&source);
    run(
        "skopeo",
        &[
            "--insecure-policy",
            "copy",
            "-q",
            &source,
            &format!("docker-archive:{}:app:1", at("saved.tar")),
        ],
    );
    run(
        "skopeo",
        &[
            "--insecure-policy",
            "copy",
            "-q",
            &source,
            &format!("oci-archive:{}:app", at("oci.tar")),
        ],
    );
    run(
        "skopeo",
        &[
            "--insecure-policy",
            "copy",
            "-q",
            "--dest-compress-format",
            "zstd",
            &source,
            &format!("oci:{}:app", at("zstd")),
        ],
    );
    let mut targets = vec![
        format!("docker-archive:{}", at("saved.tar")),
        format!("docker-archive:{}:app:1", at("saved.tar")),
        format!("docker-archive:{}", at("oci.tar")),
        format!("oci:{}", at("zstd")),
    ];
    targets.push(format!("docker-archive:{}", legacy(root.path())));
    for target in targets {
        let (keeper, image) = looked_at(&target);
        assert_eq!(seen(&image), seen(&expected), "{target}");
        assert_eq!(unpacked_here(&target), seen(&expected), "{target}");
        assert!(keeper.paths().contains(&"a"), "{target}");
        assert!(keeper.skipped.is_empty(), "{target}: {:?}", keeper.skipped);
        assert_eq!(
            image
                .layers
                .iter()
                .map(|layer| &layer.diff_id)
                .collect::<Vec<_>>(),
            expected
                .layers
                .iter()
                .map(|layer| &layer.diff_id)
                .collect::<Vec<_>>(),
            "{target}"
        );
    }
}

/// The form of docker before it wrote blobs: a directory a layer, a repeated one being a link.
fn legacy(root: &Path) -> String {
    let layers = [
        plain(&[file("a", "a"), file("b", "b")]),
        plain(&[file(".wh.a", ""), file("c", "c")]),
    ];
    let config = format!(
        r#"{{"os":"linux","architecture":"amd64","rootfs":{{"type":"layers","diff_ids":["{}","{}"]}}}}"#,
        layers[0].diff_id, layers[1].diff_id
    );
    let name = format!(
        "{}.json",
        bartizan_source::image::Digest::sha256(config.as_bytes()).hex()
    );
    let manifest =
        format!(r#"[{{"Config":"{name}","RepoTags":["app:1"],"Layers":["one/layer.tar","two/layer.tar"]}}]"#);
    let saved = tar(&[
        directory("one"),
        file("one/layer.tar", &layers[0].blob),
        directory("two"),
        symlink("two/layer.tar", "../three/layer.tar"),
        file("three/layer.tar", &layers[1].blob),
        file(&name, &config),
        file("manifest.json", &manifest),
    ]);
    write(root, "legacy.tar", saved);
    root.join("legacy.tar").display().to_string()
}

#[test]
fn the_merged_view_is_what_umoci_unpacks() {
    let root = tempfile::tempdir().unwrap();
    let at = |name: &str| root.path().join(name).display().to_string();
    run("umoci", &["init", "--layout", &at("layout")]);
    let image = format!("{}:app", at("layout"));
    run("umoci", &["new", "--image", &image]);
    let steps: [&dyn Fn(&Path); 3] = [
        &|root| {
            for (path, text) in [
                ("usr/lib/a.so", "a"),
                ("usr/bin/tool", "tool"),
                ("etc/x/one", "1"),
                ("etc/x/two", "2"),
            ] {
                write(root, path, text);
            }
            std::os::unix::fs::symlink("usr/lib", root.join("lib")).unwrap();
            std::fs::hard_link(root.join("usr/bin/tool"), root.join("usr/bin/alias")).unwrap();
            let mode = std::fs::Permissions::from_mode(0o4755);
            std::fs::set_permissions(root.join("usr/bin/tool"), mode).unwrap();
        },
        &|root| {
            std::fs::remove_dir_all(root.join("etc/x")).unwrap();
            write(root, "etc/x/three", "3");
            write(root, "usr/lib/b.so", "b");
            std::fs::remove_file(root.join("usr/bin/alias")).unwrap();
        },
        &|root| {
            std::fs::remove_file(root.join("lib")).unwrap();
            write(root, "lib/real", "r");
            std::fs::remove_file(root.join("usr/lib/a.so")).unwrap();
        },
    ];
    for (number, step) in steps.iter().enumerate() {
        let bundle = at(&format!("bundle{number}"));
        run("umoci", &["unpack", "--rootless", "--image", &image, &bundle]);
        step(&Path::new(&bundle).join("rootfs"));
        run("umoci", &["repack", "--image", &image, &bundle]);
    }
    run("umoci", &["unpack", "--rootless", "--image", &image, &at("last")]);
    let (keeper, merged) = looked_at(&format!("oci:{image}"));
    assert!(keeper.skipped.is_empty(), "{:?}", keeper.skipped);
    assert_eq!(seen(&merged), on_disk(&root.path().join("last/rootfs")));
    assert_eq!(unpacked_here(&format!("oci:{image}")), seen(&merged));
    assert_eq!(merged.tree.get("usr/bin/tool").unwrap().mode, 0o4755);
    assert!(keeper.paths().contains(&"etc/x/one"));
}

/// A step of a random layer.
fn random_layer(seed: u64) -> Vec<Piece> {
    let mut state = seed | 1;
    let mut next = |most: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % most
    };
    let names = ["a", "b", "c"];
    let path = |next: &mut dyn FnMut(u64) -> u64| {
        let depth = 1 + next(3);
        (0..depth)
            .map(|_| names[next(3) as usize])
            .collect::<Vec<_>>()
            .join("/")
    };
    let mut marks: BTreeMap<String, Piece> = BTreeMap::new();
    let mut pieces: BTreeMap<String, Piece> = BTreeMap::new();
    for _ in 0..1 + next(6) {
        let path = path(&mut next);
        let (parent, name) = path
            .rsplit_once('/')
            .map_or(("", &*path), |(parent, name)| (parent, name));
        let join = |name: &str| {
            if parent.is_empty() {
                name.to_owned()
            } else {
                format!("{parent}/{name}")
            }
        };
        match next(7) {
            0 | 1 => drop(marks.insert(path.clone(), file(&join(&format!(".wh.{name}")), ""))),
            2 if !parent.is_empty() => {
                marks.insert(format!("{parent}/"), file(&format!("{parent}/.wh..wh..opq"), ""));
            }
            3 => drop(pieces.insert(path.clone(), directory(&path))),
            4 => {
                let target = ["a", "b/c", "../b", "/c"][next(4) as usize];
                pieces.insert(path.clone(), symlink(&path, target));
            }
            _ => drop(pieces.insert(path.clone(), file(&path, vec![b'x'; next(50) as usize]))),
        }
    }
    // Tools write a whiteout or the thing itself, and nothing below what they hide.
    let is_clear = |path: &str| {
        !pieces.keys().any(|piece| {
            piece == path || piece.starts_with(&format!("{path}/")) || path.starts_with(&format!("{piece}/"))
        })
    };
    let marks: Vec<Piece> = marks
        .into_iter()
        .filter(|(path, _)| is_clear(path.trim_end_matches('/')))
        .map(|(_, mark)| mark)
        .collect();
    marks.into_iter().chain(pieces.into_values()).collect()
}

#[test]
fn the_merged_view_of_random_layers_is_what_umoci_unpacks() {
    let mut compared = 0;
    for seed in 1..250_u64 {
        let layers: Vec<Layer> = (0..3)
            .map(|number| plain(&random_layer(seed * 1_000_003 + number * 7919)))
            .collect();
        let root = layout(&layers);
        let bundle = root.path().join("bundle");
        let unpacked = Command::new("umoci")
            .args(["unpack", "--rootless", "--image"])
            .arg(format!("{}:latest", root.path().display()))
            .arg(&bundle)
            .output()
            .unwrap();
        // What leads through a file or a circle of links is an error there.
        if !unpacked.status.success() {
            continue;
        }
        compared += 1;
        let (_, merged) = looked_at(&oci(root.path()));
        let told = format!(
            "seed {seed}: {layers:?}",
            layers = (0..3)
                .map(|n| random_layer(seed * 1_000_003 + n * 7919)
                    .iter()
                    .map(|p| format!(
                        "{} {} {}",
                        String::from_utf8_lossy(&p.name),
                        p.kind as char,
                        String::from_utf8_lossy(&p.link)
                    ))
                    .collect::<Vec<_>>())
                .collect::<Vec<_>>()
        );
        assert_eq!(seen(&merged), on_disk(&bundle.join("rootfs")), "{told}");
        if merged.tree.problems().is_empty() {
            assert_eq!(unpacked_here(&oci(root.path())), seen(&merged), "{told}");
        }
    }
    assert!(compared > 80, "only {compared} could be compared");
}
