//! Files of images come from anywhere: what they need is read and followed to an end, and twice alike. The first byte says what the
//! file is called.

#![no_main]

use bartizan_engine::{Check, Input, Sink};
use bartizan_source::FileMeta;
use bartizan_source::image::{Digest, Image, ImageConfig, Layer, NodeKind, Planted, Runtime, Tree};
use bartizan_supply::image::minimal::{Noted, Observed, judge};
use bartizan_supply::packaged::{Packaged, PackagedCheck};
use libfuzzer_sys::fuzz_target;
use std::collections::{BTreeMap, BTreeSet};

const PATHS: &[&str] = &[
    "entry", "var/lib/dpkg/info/a.list", "var/lib/dpkg/status.d/a.md5sums", "lib/apk/db/installed", "etc/ld.so.conf",
    "var/lib/rpm/rpmdb.sqlite", "var/lib/rpm/Packages", "usr/lib/sysimage/rpm/Packages.db", "var/lib/dpkg/status",
];

fuzz_target!(|data: &[u8]| {
    let Some((first, bytes)) = data.split_first() else { return };
    let path = PATHS[usize::from(*first) % PATHS.len()];
    let file = |path| Planted { path, kind: NodeKind::File, mode: 0o755, owner: 0, group: 0, size: bytes.len() as u64, link: "" };
    let link = |path, link| Planted { kind: NodeKind::Link, link, ..file(path) };
    let layer = Layer { digest: None, diff_id: Digest::sha256(b"") };
    let image = Image {
        identity: Default::default(),
        config: ImageConfig {
            config: Runtime { cmd: vec!["/entry".to_owned()], ..Runtime::default() },
            ..ImageConfig::default()
        },
        annotations: BTreeMap::new(),
        layers: vec![layer.clone()],
        tree: Tree::planted([file("entry"), file(path), file("usr/bin/sh"), link("bin", "usr/bin"), link("usr/lib/libc.so.6", "loop"), link("usr/lib/loop", "loop")]),
        is_whole: true,
    };
    let watched = Observed { paths: BTreeSet::from(["/entry".to_owned()]), ..Observed::default() };
    let judged = || {
        let noted = Noted::default();
        noted.add(&layer.diff_id.to_string(), path, bytes);
        judge(&image, &noted, (&[], &[]), Some(&watched)).ok().map(|minimal| minimal.proposal(&image, true))
    };
    assert_eq!(judged(), judged());
    let meta = FileMeta { path: path.into(), size: bytes.len() as u64, commit: None, author: None, layer: None };
    let recorded = || {
        let mut sink = Sink::default();
        PackagedCheck::new(Packaged::default()).run(&Input::whole(&meta, bytes), &mut sink).expect("what is read can be noted");
        sink.into_reported().facts
    };
    assert_eq!(recorded(), recorded());
});
