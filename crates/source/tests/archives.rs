//! Archives made by the usual tools, whole, truncated and hostile.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod common;

use bartizan_source::{ArchiveLimits, GitHistorySource, Interest, SourceOptions, StdinSource, WindowSize};
use common::{Keeper, commit, list, open, open_with, read, repository, write};
use std::io::{Cursor, Write};
use std::path::Path;

/// A zip member: name, bytes, method (0 or 8), general purpose flags.
type Piece<'a> = (&'a str, &'a [u8], u16, u16);

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A zip archive as the specification lays it out; flag 8 puts the sizes behind the data.
fn zip(pieces: &[Piece<'_>]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes, method, flags) in pieces {
        let stored = if *method == 8 {
            deflated(bytes)
        } else {
            bytes.to_vec()
        };
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        let sizes = [
            crc.sum().to_le_bytes(),
            (stored.len() as u32).to_le_bytes(),
            (bytes.len() as u32).to_le_bytes(),
        ];
        let known = if flags & 8 == 0 { sizes } else { [[0; 4]; 3] };
        let offset = out.len() as u32;
        let start = [
            20_u16.to_le_bytes(),
            flags.to_le_bytes(),
            method.to_le_bytes(),
            [0; 2],
            [0; 2],
        ]
        .concat();
        let lengths = [(name.len() as u16).to_le_bytes(), [0; 2]].concat();
        out.extend(
            [
                b"PK\x03\x04".as_slice(),
                &start,
                &known.concat(),
                &lengths,
                name.as_bytes(),
                &stored,
            ]
            .concat(),
        );
        if flags & 8 != 0 {
            out.extend([b"PK\x07\x08".as_slice(), &sizes.concat()].concat());
        }
        directory.extend(
            [
                b"PK\x01\x02\x14\0".as_slice(),
                &start,
                &sizes.concat(),
                &lengths,
                &[0; 10],
            ]
            .concat(),
        );
        directory.extend([&offset.to_le_bytes(), name.as_bytes()].concat());
    }
    let (at, count) = (out.len() as u32, (pieces.len() as u16).to_le_bytes());
    out.extend(&directory);
    out.extend([b"PK\x05\x06\0\0\0\0".as_slice(), &count, &count].concat());
    out.extend([(directory.len() as u32).to_le_bytes(), at.to_le_bytes()].concat());
    out.extend([0; 2]);
    out
}

fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, bytes) in members {
        out.extend(tar_header(name, bytes.len(), b'0'));
        out.extend_from_slice(bytes);
        out.resize(out.len().next_multiple_of(512), 0);
    }
    out.resize(out.len() + 1024, 0);
    out
}

fn tar_header(name: &str, size: usize, kind: u8) -> Vec<u8> {
    let mut header = vec![0; 512];
    header[..name.len()].copy_from_slice(name.as_bytes());
    header[124..136].copy_from_slice(format!("{size:011o}\0").as_bytes());
    header[156] = kind;
    header[257..265].copy_from_slice(b"ustar\x0000");
    header[148..156].fill(b' ');
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    header
}

fn read_file(name: &str, bytes: &[u8], options: &SourceOptions) -> Keeper {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), name, bytes);
    read(open_with(dir.path(), options).as_ref())
}

fn expanded(name: &str, bytes: &[u8]) -> Keeper {
    read_file(name, bytes, &SourceOptions::default())
}

fn limits(change: impl FnOnce(&mut ArchiveLimits)) -> SourceOptions {
    let mut options = SourceOptions::default();
    change(&mut options.archives);
    options
}

fn only_reason(keeper: &Keeper) -> &str {
    assert_eq!(keeper.skipped.len(), 1, "{:?}", keeper.skipped);
    assert!(keeper.skipped[0].required);
    &keeper.skipped[0].reason
}

fn run(root: &Path, program: &str, arguments: &[&str]) {
    let status = std::process::Command::new(program)
        .current_dir(root)
        .args(arguments)
        .status();
    assert!(status.unwrap().success(), "{program} {arguments:?}");
}

#[test]
fn members_of_zips_are_delivered_under_the_name_of_the_archive() {
    let bytes = zip(&[
        ("a.txt", b"stored", 0, 0),
        ("dir/", b"", 0, 0),
        ("dir/b.txt", b"deflated", 8, 0),
    ]);
    for name in ["x.zip", "x.jar", "x.docx", "no-extension"] {
        let keeper = expanded(name, &bytes);
        assert_eq!(
            keeper.paths(),
            [format!("{name}!/a.txt"), format!("{name}!/dir/b.txt")]
        );
        assert_eq!(
            (keeper.text(&format!("{name}!/a.txt")), keeper.units[0].meta.size),
            ("stored".to_owned(), 6)
        );
        assert_eq!(keeper.text(&format!("{name}!/dir/b.txt")), "deflated");
        assert!(keeper.skipped.is_empty());
    }
}

#[test]
fn sizes_behind_the_data_and_bytes_before_the_archive_do_no_harm() {
    let bytes = zip(&[("a.txt", b"first", 8, 8), ("b.txt", b"second", 8, 8)]);
    let prefixed = [b"#!/bin/sh\nexec java -jar $0\n", bytes.as_slice()].concat();
    for (name, bytes) in [("x.zip", &bytes), ("x.jar", &prefixed)] {
        let keeper = expanded(name, bytes);
        assert_eq!(
            keeper
                .units
                .iter()
                .map(|u| u.bytes.as_slice())
                .collect::<Vec<_>>(),
            [b"first".as_slice(), b"second"]
        );
        assert!(keeper.skipped.is_empty(), "{:?}", keeper.skipped);
    }
}

#[test]
fn a_script_that_is_only_named_like_an_archive_is_a_file() {
    let keeper = expanded("run.jar", b"#!/bin/sh\necho hello\n");
    assert_eq!(keeper.paths(), ["run.jar"]);
    assert_eq!(keeper.text("run.jar"), "#!/bin/sh\necho hello\n");
    assert!(keeper.skipped.is_empty());
}

#[test]
fn every_compression_of_tar_and_of_single_files_is_expanded() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "in/a.txt", "text of a");
    write(dir.path(), "in/sub/b.txt", "text of b");
    run(dir.path(), "tar", &["-cf", "plain.tar", "-C", "in", "."]);
    std::fs::create_dir(dir.path().join("out")).unwrap();
    for (program, end) in [("gzip", "gz"), ("bzip2", "bz2"), ("xz", "xz"), ("zstd", "zst")] {
        let plain = std::fs::read(dir.path().join("plain.tar")).unwrap();
        for (source, bytes) in [("x.tar", plain.as_slice()), ("one.txt", b"one file")] {
            write(dir.path(), source, bytes);
            run(dir.path(), program, &["-qkf", source]);
            std::fs::rename(
                dir.path().join(format!("{source}.{end}")),
                dir.path().join("out").join(format!("{source}.{end}")),
            )
            .unwrap();
        }
    }
    std::fs::rename(dir.path().join("plain.tar"), dir.path().join("out/plain.tar")).unwrap();
    let keeper = read(open(&dir.path().join("out")).as_ref());
    assert!(keeper.skipped.is_empty(), "{:?}", keeper.skipped);
    assert_eq!(keeper.units.len(), 14, "{:?}", keeper.paths());
    for end in ["gz", "bz2", "xz", "zst"] {
        assert_eq!(keeper.text(&format!("x.tar.{end}!/a.txt")), "text of a");
        assert_eq!(keeper.text(&format!("x.tar.{end}!/sub/b.txt")), "text of b");
        assert_eq!(keeper.text(&format!("one.txt.{end}!/one.txt")), "one file");
    }
    assert_eq!(keeper.text("plain.tar!/sub/b.txt"), "text of b");
}

#[test]
fn frames_and_streams_written_one_behind_the_other_are_read_whole() {
    let dir = tempfile::tempdir().unwrap();
    for (program, end) in [("gzip", "gz"), ("bzip2", "bz2"), ("xz", "xz"), ("zstd", "zst")] {
        let mut together = Vec::new();
        for text in ["first ", "second"] {
            write(dir.path(), "t", text);
            run(dir.path(), program, &["-qf", "-k", "t"]);
            together.extend(std::fs::read(dir.path().join(format!("t.{end}"))).unwrap());
            if end == "zst" {
                together.extend([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
            }
        }
        let keeper = expanded(&format!("t.{end}"), &together);
        assert_eq!(keeper.text(&format!("t.{end}!/t")), "first second");
    }
}

#[test]
fn long_names_of_gnu_and_pax_archives_are_whole() {
    let dir = tempfile::tempdir().unwrap();
    let long = format!("{}/{}.txt", "d".repeat(90), "f".repeat(120));
    write(dir.path(), &format!("in/{long}"), "far down");
    for format in ["gnu", "pax"] {
        run(
            dir.path(),
            "tar",
            &[&format!("--format={format}"), "-cf", "x.tar", "-C", "in", &long],
        );
        let bytes = std::fs::read(dir.path().join("x.tar")).unwrap();
        assert_eq!(expanded("x.tar", &bytes).paths(), [format!("x.tar!/{long}")]);
    }
}

#[test]
fn archives_are_expanded_wherever_they_are_met() {
    let inner = gzip(&tar(&[("deep.txt", b"deep")]));
    let bytes = zip(&[("lib/in.tar.gz", &inner, 0, 0)]);
    let name = "lib/in.tar.gz!/deep.txt";
    assert_eq!(expanded("x.zip", &bytes).paths(), [format!("x.zip!/{name}")]);

    let keeper = read(&StdinSource::new(
        Box::new(Cursor::new(bytes.clone())),
        &SourceOptions::default(),
    ));
    assert_eq!(keeper.paths(), [format!("stdin!/{name}")]);
    assert!(keeper.skipped.is_empty(), "{:?}", keeper.skipped);

    let repo = repository();
    write(repo.path(), "x.zip", &bytes);
    let id = commit(repo.path(), "archive");
    let keeper = read(&GitHistorySource::open(repo.path(), &SourceOptions::default()).unwrap());
    assert_eq!(keeper.paths(), [format!("x.zip!/{name}")]);
    assert_eq!(keeper.units[0].meta.commit.as_deref(), Some(id.as_str()));
}

#[test]
fn names_of_members_never_lead_out_of_the_archive() {
    let bytes = zip(&[
        ("../../etc/passwd", b"x", 0, 0),
        ("/root/.ssh/id", b"y", 0, 0),
        ("..\\w.txt", b"z", 0, 0),
    ]);
    assert_eq!(
        expanded("x.zip", &bytes).paths(),
        ["x.zip!/etc/passwd", "x.zip!/root/.ssh/id", "x.zip!/w.txt"]
    );
    assert_eq!(expanded("x.tar", &tar(&[("../up", b"x")])).paths(), ["x.tar!/up"]);
}

#[test]
fn a_truncated_zip_is_read_as_far_as_it_goes() {
    let text: String = (0..5000).map(|i| format!("{}\n", i * 7919)).collect();
    let bytes = zip(&[
        ("a.txt", b"whole", 8, 0),
        ("b.txt", b"late sizes", 8, 8),
        ("c.txt", text.as_bytes(), 8, 0),
    ]);
    let keeper = expanded("x.zip", &bytes[..bytes.len() / 2]);
    assert_eq!(keeper.text("x.zip!/a.txt"), "whole");
    assert_eq!(keeper.text("x.zip!/b.txt"), "late sizes");
    let part = keeper.text("x.zip!/c.txt");
    assert!(part.len() > 100 && text.starts_with(&part));
    assert!(
        keeper
            .skipped
            .iter()
            .any(|s| s.required && s.reason.contains("truncated")),
        "{:?}",
        keeper.skipped
    );
}

#[test]
fn a_truncated_stream_is_read_as_far_as_it_goes() {
    let text: String = (0..50_000).map(|i| format!("{}\n", i * 7919)).collect();
    let dir = tempfile::tempdir().unwrap();
    for (program, end) in [("gzip", "gz"), ("bzip2", "bz2"), ("xz", "xz"), ("zstd", "zst")] {
        write(
            dir.path(),
            "t",
            tar(&[("first.txt", b"first"), ("second.txt", text.as_bytes())]),
        );
        run(dir.path(), program, &["-qf", "-k", "t"]);
        let bytes = std::fs::read(dir.path().join(format!("t.{end}"))).unwrap();
        let name = format!("t.{end}");
        let keeper = expanded(&name, &bytes[..bytes.len() * 3 / 4]);
        assert!(
            keeper
                .skipped
                .iter()
                .any(|s| s.required && s.reason.contains("truncated")),
            "{end} {:?}",
            keeper.skipped
        );
        // A block of bzip2 and a window of zstd are only given out when they are whole.
        if matches!(end, "gz" | "xz") {
            assert_eq!(keeper.text(&format!("{name}!/first.txt")), "first", "{end}");
        }
    }
}

#[test]
fn a_member_that_is_damaged_leaves_the_others_alone() {
    let mut bytes = zip(&[
        ("a.txt", &b"damaged ".repeat(50), 8, 0),
        ("b.txt", b"sound", 8, 0),
    ]);
    bytes[36] ^= 0xff;
    bytes[37] ^= 0xff;
    let keeper = expanded("x.zip", &bytes);
    assert_eq!(keeper.text("x.zip!/b.txt"), "sound");
    assert!(only_reason(&keeper).contains("damaged"));
    assert_eq!(keeper.skipped[0].path, "x.zip!/a.txt");
}

#[test]
fn encrypted_and_strangely_compressed_members_are_named() {
    let bytes = zip(&[
        ("secret.txt", b"????", 0, 1),
        ("odd.txt", b"????", 14, 0),
        ("plain.txt", b"plain", 0, 0),
    ]);
    let keeper = expanded("x.zip", &bytes);
    assert_eq!(keeper.paths(), ["x.zip!/plain.txt"]);
    let told: Vec<_> = keeper
        .skipped
        .iter()
        .map(|s| (s.path.as_str(), s.required))
        .collect();
    assert_eq!(told, [("x.zip!/secret.txt", true), ("x.zip!/odd.txt", true)]);
    assert!(keeper.skipped[0].reason.contains("encrypted") && keeper.skipped[1].reason.contains("method 14"));
}

#[test]
fn a_bomb_stops_at_the_bound_of_expanded_bytes() {
    let options = limits(|limits| (limits.expanded, limits.ratio) = (1 << 20, u64::MAX));
    let member = vec![b' '; 700 << 10];
    let bytes = zip(&[("a", &member, 8, 0), ("b", &member, 8, 0), ("c", &member, 8, 0)]);
    let keeper = read_file("x.zip", &bytes, &options);
    assert!(only_reason(&keeper).contains("scan.archive-bytes"));
    assert_eq!(keeper.paths(), ["x.zip!/a", "x.zip!/b"]);
    assert!(keeper.units.iter().map(|u| u.bytes.len()).sum::<usize>() <= 1 << 20);

    let nested = gzip(&gzip(&vec![b' '; 4 << 20]));
    let keeper = read_file("x.gz", &nested, &options);
    assert!(
        only_reason(&keeper).contains("scan.archive-bytes"),
        "{:?}",
        keeper.skipped
    );
}

#[test]
fn a_bomb_stops_at_the_bound_of_its_ratio_and_the_rest_is_read() {
    let options = limits(|limits| limits.ratio = 100);
    let bytes = zip(&[("bomb", &vec![0; 16 << 20], 8, 0), ("after", b"after", 0, 0)]);
    let keeper = read_file("x.zip", &bytes, &options);
    assert!(only_reason(&keeper).contains("scan.archive-ratio"));
    assert_eq!(keeper.text("x.zip!/after"), "after");
}

#[test]
fn members_are_counted_over_all_of_an_outer_archive() {
    let inner = tar(&[("1", b"x"), ("2", b"x"), ("3", b"x")]);
    let bytes = zip(&[("a.tar", &inner, 0, 0), ("b.tar", &inner, 0, 0)]);
    let keeper = read_file("x.zip", &bytes, &limits(|limits| limits.members = 6));
    assert!(only_reason(&keeper).contains("scan.archive-members"));
    assert_eq!(keeper.units.len(), 4);
}

#[test]
fn archives_are_expanded_only_so_deep() {
    let mut bytes = tar(&[("bottom.txt", b"bottom")]);
    for i in 0..3 {
        bytes = tar(&[(&format!("{i}.tar"), &bytes)]);
    }
    assert_eq!(
        expanded("x.tar", &bytes).paths(),
        ["x.tar!/2.tar!/1.tar!/0.tar!/bottom.txt"]
    );
    let keeper = read_file("x.tar", &bytes, &limits(|limits| limits.depth = 3));
    assert!(keeper.units.is_empty());
    assert!(only_reason(&keeper).contains("scan.archive-depth"));
    assert_eq!(keeper.skipped[0].path, "x.tar!/2.tar!/1.tar!/0.tar");
    let raw = read_file("x.tar", &bytes, &limits(|limits| limits.depth = 0));
    assert_eq!((raw.paths(), raw.skipped.len()), (vec!["x.tar"], 0));
}

#[test]
fn a_nested_zip_too_large_to_hold_is_read_as_a_stream() {
    let inner = zip(&[
        ("a.txt", &b"first ".repeat(200), 0, 0),
        ("b.txt", b"second", 8, 8),
    ]);
    let bytes = tar(&[("in.zip", &inner)]);
    let keeper = read_file("x.tar", &bytes, &limits(|limits| limits.nested = 1000));
    assert_eq!(keeper.paths(), ["x.tar!/in.zip!/a.txt", "x.tar!/in.zip!/b.txt"]);
    assert!(keeper.skipped.is_empty(), "{:?}", keeper.skipped);
}

#[test]
fn a_large_member_comes_in_windows() {
    let text: String = (0..20_000).map(|i| format!("{i:07}\n")).collect();
    let options = SourceOptions {
        windows: WindowSize::new(16 << 10, 1 << 10),
        ..SourceOptions::default()
    };
    let keeper = read_file("x.zip", &zip(&[("large.txt", text.as_bytes(), 8, 0)]), &options);
    assert!(keeper.units.len() > 9 && keeper.skipped.is_empty());
    let whole: Vec<u8> = keeper
        .units
        .iter()
        .flat_map(|u| u.bytes[u.window.overlap..].to_vec())
        .collect();
    assert_eq!(whole, text.as_bytes());
}

#[test]
fn members_nobody_wants_are_not_read() {
    let dir = tempfile::tempdir().unwrap();
    write(
        dir.path(),
        "x.zip",
        zip(&[("a.png", b"damaged", 14, 0), ("b.txt", b"text", 8, 0)]),
    );
    write(dir.path(), "unwanted.zip", b"PK\x03\x04 rubbish");
    let source = open(dir.path());
    let mut keeper = Keeper {
        want: |meta| {
            let unwanted = meta.path.ends_with(".png") || meta.path.starts_with("unwanted");
            if unwanted { Interest::No } else { Interest::Whole }
        },
        ..Keeper::default()
    };
    list(source.as_ref())
        .0
        .iter()
        .for_each(|entry| source.read(entry, &mut Vec::new(), &mut keeper));
    assert_eq!(keeper.paths(), ["x.zip!/b.txt"]);
    assert!(keeper.skipped.is_empty());
}

#[test]
fn rubbish_that_begins_like_an_archive_is_told_and_harmless() {
    for head in [
        &b"PK\x03\x04"[..],
        b"PK\x05\x06",
        b"\x1f\x8b\x08",
        b"\x28\xb5\x2f\xfd",
        b"\xfd7zXZ\0",
        b"BZh91AY&SY",
    ] {
        let bytes = [head, b" and then nothing that makes sense in any format at all"].concat();
        let keeper = expanded("x", &bytes);
        let whole = keeper.units.iter().any(|unit| unit.bytes == bytes);
        assert!(whole || keeper.skipped.iter().any(|s| s.required), "{head:?}");
    }
    let mut header = tar_header("a", 4, b'0');
    header[0] = b'b';
    assert!(only_reason(&expanded("x.tar", &header)).contains("checksum"));
}

#[test]
fn flipped_bytes_never_end_a_scan() {
    let inner = gzip(&tar(&[("deep.txt", &b"deep ".repeat(40))]));
    let whole = zip(&[("a.tgz", &inner, 8, 0), ("b.txt", b"text", 8, 8)]);
    let dir = tempfile::tempdir().unwrap();
    for at in 4..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        write(dir.path(), "x.zip", bytes);
        let keeper = read(open(dir.path()).as_ref());
        assert!(keeper.units.len() <= 4);
    }
}
