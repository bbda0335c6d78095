//! Files in a policy: by where they lie, and by what they hold.

use bartizan_document::{Node, Value};
use bartizan_model::guard::{Listed, Loader, Manifest, Programs, program_type};

use super::read::{Reader, shown};

/// Bytes of one name on a path at most: the kernel compares no more
const NAME_MAX: usize = 56;
const OF_FILE: [&str; 2] = ["path", "sha256"];
const OF_LOADER: [&str; 3] = ["path", "sha256", "types"];

/// Programs that may be run, below `only`: texts are places, and what has keys is a file of known content.
pub(super) fn programs(reader: &mut Reader<'_>, exec: &Node) -> Programs {
    let items = reader.list(exec, "only");
    let is_file = |item: &&Node| matches!(item.value, Value::Map(_));
    let files = items.iter().filter(is_file).map(|item| {
        reader.keys(item, "a program", &OF_FILE);
        listed(reader, item)
    });
    Programs {
        files: files.collect(),
        places: paths(reader, items.iter().filter(|item| !is_file(item))),
    }
}

/// An executable that may load programs into the kernel.
pub(super) fn loader(reader: &mut Reader<'_>, node: &Node) -> Loader {
    reader.keys(node, "an executable", &OF_LOADER);
    let file = listed(reader, node);
    let types = node.get("types").map(|_| {
        let named = reader.list(node, "types");
        if named.is_empty() {
            reader.wrong(
                node,
                "an executable that may load no type of program may load nothing".to_owned(),
                "leave `types` out where it may load all, or the executable where it may load none",
            );
        }
        named
            .iter()
            .filter_map(|item| {
                let name = item.text().unwrap_or_default();
                let number = program_type(name);
                if number.is_none() {
                    reader.wrong(
                        item,
                        format!("`{}` is no type of program", shown(name)),
                        "write one that `bartizan bpf list` shows, as tracing, lsm, xdp, sched_cls or kprobe",
                    );
                }
                number
            })
            .collect()
    });
    Loader { file, types }
}

/// The signed list of such executables.
pub(super) fn manifest(reader: &mut Reader<'_>, bpf: &Node) -> Option<Manifest> {
    let (file, key) = (reader.text(bpf, "manifest"), reader.text(bpf, "key"));
    match (file, key) {
        (Some(file), Some(key)) => Some(Manifest { file, key }),
        (None, None) => None,
        _ => {
            reader.wrong(
                bpf,
                "a manifest holds only by the key that signed it".to_owned(),
                "write both, `manifest: /etc/bartizan/loaders.json` and `key: /etc/bartizan/loaders.pub`",
            );
            None
        }
    }
}

fn listed(reader: &mut Reader<'_>, node: &Node) -> Listed {
    let listed = Listed {
        path: reader.text(node, "path").unwrap_or_default(),
        digest: reader.text(node, "sha256").unwrap_or_default(),
    };
    if !listed.is_sound() {
        reader.wrong(
            node,
            "an executable of known content is a path from the root on and its SHA-256".to_owned(),
            "write `{path: /usr/sbin/agent, sha256: …}` with the 64 small digits that sha256sum prints",
        );
    }
    listed
}

/// Paths that the kernel can compare names with
pub(super) fn paths<'n>(reader: &mut Reader<'_>, items: impl IntoIterator<Item = &'n Node>) -> Vec<Box<str>> {
    let mut paths = Vec::new();
    for item in items {
        let path = item.text().unwrap_or_default();
        let names = || path.split('/').filter(|name| !name.is_empty());
        if !path.starts_with('/')
            || names().next().is_none()
            || names().any(|name| name == "." || name == "..")
        {
            reader.wrong(
                item,
                format!("`{}` is no path below the root without `.` and `..`", shown(path)),
                "write a file as `/etc/passwd` and a directory with all below as `/etc/`",
            );
        } else if names().any(|name| name.len() > NAME_MAX || name.contains('*')) {
            reader.wrong(
                item,
                format!(
                    "`{}` has a name with more than {NAME_MAX} bytes, or with a `*`",
                    shown(path)
                ),
                "name the directory above it: names are compared as they stand",
            );
        } else {
            paths.push(path.into());
        }
    }
    paths
}
