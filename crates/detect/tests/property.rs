//! What is compiled says the same as what is written, and whatever matches is among what is asked of the kernel.

#![allow(missing_docs)]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a wrong example ends the test"
)]

mod common;

use bartizan_model::runtime::{Action, Event};
use common::{fired, rule, told};
use proptest::prelude::*;

/// A comparison as it is written, and what it means
type Leaf = (&'static str, fn(&Event<'_>) -> bool);

fn open<'e>(event: &'e Event<'_>) -> Option<(&'e [u8], &'e [u8], u32)> {
    match &event.action {
        Action::Open {
            file, asked, flags, ..
        } => Some((file.path, asked, *flags)),
        _ => None,
    }
}

fn path(event: &Event<'_>, holds: impl Fn(&str) -> bool) -> bool {
    open(event).is_some_and(|(path, ..)| holds(std::str::from_utf8(path).unwrap()))
}

fn asked(event: &Event<'_>, holds: impl Fn(&str) -> bool) -> bool {
    open(event).is_some_and(|(_, asked, _)| holds(std::str::from_utf8(asked).unwrap()))
}

fn flags(event: &Event<'_>, holds: impl Fn(u32) -> bool) -> bool {
    open(event).is_some_and(|(_, _, flags)| holds(flags))
}

fn name<'e>(event: &'e Event<'_>) -> &'e [u8] {
    &event.process.name
}

fn directory(path: &str) -> &str {
    match path.rfind('/') {
        Some(0) | None => "/",
        Some(at) => &path[..at],
    }
}

const LEAVES: &[Leaf] = &[
    ("evt.type = openat", |event| event.call == "openat"),
    ("evt.type in (open, openat, execve)", |event| {
        matches!(event.call, "open" | "openat" | "execve")
    }),
    ("evt.type != openat", |event| event.call != "openat"),
    ("evt.is_open_read = true", |event| {
        flags(event, |flags| flags & 3 != 1)
    }),
    ("evt.is_open_write = true", |event| {
        flags(event, |flags| flags & 3 != 0)
    }),
    ("evt.is_open_write = false", |event| {
        flags(event, |flags| flags & 3 == 0)
    }),
    ("fd.num >= 0", |event| {
        matches!(event.action, Action::Connect { .. }) || (open(event).is_some() && event.result >= 0)
    }),
    ("fd.num = -1", |event| open(event).is_some() && event.result < 0),
    ("evt.rawres >= 0", |event| event.result >= 0),
    ("evt.rawres != -13", |event| event.result != -13),
    ("evt.res startswith E", |event| (-133..0).contains(&event.result)),
    ("evt.res = ENOENT", |event| event.result == -2),
    ("evt.failed = false", |event| event.result >= 0),
    ("fd.name = /etc/shadow", |event| {
        path(event, |path| path == "/etc/shadow")
    }),
    ("fd.name in (/etc/shadow, /a/b/c, /tmp/x)", |event| {
        path(event, |path| matches!(path, "/etc/shadow" | "/a/b/c" | "/tmp/x"))
    }),
    ("fd.name startswith /etc/", |event| {
        path(event, |path| path.starts_with("/etc/"))
    }),
    ("fd.name startswith /a", |event| {
        path(event, |path| path.starts_with("/a"))
    }),
    ("fd.name glob '/a/*/c'", |event| {
        path(event, |path| {
            path.len() >= 5 && path.starts_with("/a/") && path.ends_with("/c")
        })
    }),
    ("fd.name pmatch (/etc/, /a/b)", |event| {
        path(event, |path| {
            path == "/etc" || path.starts_with("/etc/") || path == "/a/b" || path.starts_with("/a/b/")
        })
    }),
    ("fd.name contains shadow", |event| {
        path(event, |path| path.contains("shadow"))
    }),
    ("fd.name != /tmp/x", |event| {
        matches!(event.action, Action::Connect { .. }) || path(event, |path| path != "/tmp/x")
    }),
    ("fd.directory = /etc", |event| {
        path(event, |path| directory(path) == "/etc")
    }),
    ("fd.directory in (/, /a/b)", |event| {
        path(event, |path| matches!(directory(path), "/" | "/a/b"))
    }),
    ("fd.filename = x", |event| {
        path(event, |path| path.rsplit('/').next() == Some("x"))
    }),
    ("fd.nameraw contains '../'", |event| {
        asked(event, |asked| asked.contains("../"))
    }),
    ("fs.path.name startswith /tmp/", |event| match &event.action {
        Action::Open { file, .. } => file.path.starts_with(b"/tmp/"),
        Action::Unlink { path, .. } => path.starts_with(b"/tmp/"),
        _ => false,
    }),
    ("evt.arg.flags contains O_TRUNC", |event| {
        flags(event, |flags| flags & 0o1000 != 0)
    }),
    ("evt.arg.flags contains O_CREAT", |event| {
        flags(event, |flags| flags & 0o100 != 0)
    }),
    ("container.id != host", |event| event.process.container.is_some()),
    ("container.id = host", |event| event.process.container.is_none()),
    ("proc.name = cat", |event| name(event) == b"cat"),
    ("proc.name in (cat, sh, dog)", |event| {
        matches!(name(event), b"cat" | b"sh" | b"dog")
    }),
    ("proc.pname exists", |event| event.process.parent.is_some()),
    ("proc.aname = sshd", |event| {
        event.process.ancestors().any(|one| &*one.name == b"sshd")
    }),
    ("proc.aname[2] = sshd", |event| {
        event
            .process
            .ancestors()
            .nth(1)
            .is_some_and(|one| &*one.name == b"sshd")
    }),
    ("proc.env icontains x", |_| false),
    ("evt.num = 0", |_| false),
    ("fd.sport = 443", |event| {
        matches!(event.action, Action::Connect { .. })
    }),
    ("fd.snet in ('203.0.113.0/24')", |event| {
        matches!(event.action, Action::Connect { .. })
    }),
    ("tolower(proc.name) = cat", |event| {
        name(event).eq_ignore_ascii_case(b"cat")
    }),
    ("len(proc.name) > 2", |event| name(event).len() > 2),
];

#[derive(Debug, Clone)]
enum Tree {
    Leaf(usize),
    Not(Box<Self>),
    And(Vec<Self>),
    Or(Vec<Self>),
}

impl Tree {
    fn text(&self) -> String {
        let joined = |parts: &[Self], word: &str| {
            let parts: Vec<_> = parts.iter().map(|part| format!("({})", part.text())).collect();
            parts.join(word)
        };
        match self {
            Self::Leaf(index) => LEAVES[*index].0.to_owned(),
            Self::Not(inner) => format!("not ({})", inner.text()),
            Self::And(parts) => joined(parts, " and "),
            Self::Or(parts) => joined(parts, " or "),
        }
    }

    fn holds(&self, event: &Event<'_>) -> bool {
        match self {
            Self::Leaf(index) => LEAVES[*index].1(event),
            Self::Not(inner) => !inner.holds(event),
            Self::And(parts) => parts.iter().all(|part| part.holds(event)),
            Self::Or(parts) => parts.iter().any(|part| part.holds(event)),
        }
    }
}

fn trees() -> impl Strategy<Value = Tree> {
    (0..LEAVES.len())
        .prop_map(Tree::Leaf)
        .prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                inner.clone().prop_map(|inner| Tree::Not(Box::new(inner))),
                prop::collection::vec(inner.clone(), 2..5).prop_map(Tree::And),
                prop::collection::vec(inner, 2..5).prop_map(Tree::Or),
            ]
        })
}

fn events() -> impl Strategy<Value = String> {
    let paths = prop::sample::select(vec![
        "/etc/shadow",
        "/etc",
        "/etc/x",
        "/a/b/c",
        "/a/b",
        "/ab",
        "/x",
        "/tmp/x",
        "x",
        "/etcetera/x",
    ]);
    let asked = prop::sample::select(vec!["/etc/shadow", "../../etc/shadow", "x"]);
    let flags = prop::sample::select(vec![
        "O_RDONLY",
        "O_WRONLY",
        "O_RDWR",
        "O_WRONLY|O_CREAT|O_TRUNC",
        "O_RDWR|O_CREAT",
        "O_RDONLY|O_TRUNC",
    ]);
    let result = prop::sample::select(vec![3, 0, -2, -13, -4000]);
    let process = prop::sample::select(vec!["cat", "CAT", "sh", "nginx"]);
    let parents = prop::sample::select(vec!["", "sshd", "sh, sshd", "systemd"]);
    let call = prop::sample::select(vec![
        "open", "openat", "openat2", "execve", "connect", "unlinkat", "setns",
    ]);
    (call, paths, asked, flags, result, process, parents, any::<bool>()).prop_map(
        |(call, path, asked, flags, result, process, parents, contained)| {
            let way = if call.starts_with("open") { format!("asked: {asked}, flags: {flags},") } else { String::new() };
            let container = if contained { "container: {}," } else { "" };
            format!(
                "{{call: {call}, path: {path}, {way} {container} result: {result}, remote: '203.0.113.9:443', \
                 process: {{name: {process}, parents: [{parents}]}}}}"
            )
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn what_is_compiled_says_what_is_written(tree in trees(), events in prop::collection::vec(events(), 1..12)) {
        let text = tree.text();
        let mut detector = rule(&text);
        for event in events {
            let event = told(&event);
            let matched = !fired(&mut detector, &event).is_empty();
            prop_assert_eq!(matched, tree.holds(&event), "{} of {:?}", text, event);
            if matched {
                let needs = detector.rules().needs();
                prop_assert!(needs.cover(&event), "{} matches {:?}, which is not among {:?}", text, event, needs);
            }
        }
    }

    #[test]
    fn a_rule_is_indexed_by_every_call_that_it_may_be_true_of(tree in trees(), event in events()) {
        let event = told(&event);
        let detector = rule(&tree.text());
        if tree.holds(&event) {
            let rules = detector.rules();
            let ids: Vec<_> = rules.ids().collect();
            prop_assert!(rules.calls(ids[0]).any(|call| call == event.call));
        }
    }

    #[test]
    fn any_text_is_read_or_told(text in "[a-z.=()'\" %\\[\\]{}:\\-\n]{0,200}") {
        let (rules, problems) = common::load(&text);
        prop_assert!(rules.all().is_empty() || problems.len() < 1000);
    }
}
