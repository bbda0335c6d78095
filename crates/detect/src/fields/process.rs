//! `proc.*`: the process that asks, and those that started it.

use bartizan_model::runtime::Process;

use super::{Argument, Each, Field, Read, Takes, View, field, known, number, put};

/// All of `texts`, joined by blanks
pub(super) fn join(texts: &[Box<[u8]>], to: &mut Vec<u8>) {
    for (index, text) in texts.iter().enumerate() {
        if index > 0 {
            to.push(b' ');
        }
        to.extend_from_slice(text);
    }
}

fn arguments(process: &Process) -> &[Box<[u8]>] {
    process.arguments.get(1..).unwrap_or_default()
}

/// The name, then the arguments but the first
fn command_line(process: &Process, to: &mut Vec<u8>) -> bool {
    put(&process.name, to);
    if !arguments(process).is_empty() {
        to.push(b' ');
        join(arguments(process), to);
    }
    true
}

fn first(process: &Process) -> Option<&[u8]> {
    process.arguments.first().map(|first| &**first)
}

/// One step up by number, or all of them
fn of_ancestors<'e>(
    view: &View<'e>,
    argument: &Argument,
    get: impl Fn(&'e Process) -> Option<&'e [u8]>,
    each: Each<'_, 'e>,
) -> bool {
    match argument {
        Argument::Index(steps) => view.ancestor(*steps).and_then(get).is_some_and(each),
        _ => view.process().ancestors().filter_map(get).any(each),
    }
}

/// The process that leads a group or a session, among those that are known
fn leader<'e>(view: &View<'e>, pid: u32) -> Option<&'e Process> {
    let process = view.process();
    std::iter::once(process)
        .chain(process.ancestors())
        .find(|one| pid != 0 && one.pid == pid)
}

fn group<'e>(view: &View<'e>) -> Option<&'e Process> {
    leader(view, view.process().group)
}

fn session<'e>(view: &View<'e>) -> Option<&'e Process> {
    leader(view, view.process().session)
}

fn inner(process: &Process) -> Option<i64> {
    (process.inner_pid != 0).then_some(process.inner_pid.into())
}

fn since(view: &View<'_>, started: u64) -> Option<i64> {
    (started != 0).then(|| number(view.event.time.saturating_sub(started)))
}

fn instant(time: u64) -> Option<i64> {
    (time != 0).then(|| number(time))
}

const UP: Takes = Takes::Index { required: false };

/// SHA-256 of the program, lower-case hexadecimal, where somebody reads it
pub(crate) const DIGEST: &str = "proc.hash";

pub(super) const FIELDS: &[Field] = &[
    field(
        "proc.pid",
        Read::Number(|view, _| Some(view.process().pid.into())),
    ),
    field("proc.vpid", Read::Number(|view, _| inner(view.process()))),
    field(
        "proc.ppid",
        Read::Number(|view, _| Some(view.process().parent_pid.into())),
    ),
    field(
        "proc.pvpid",
        Read::Number(|view, _| view.ancestor(1).and_then(inner)),
    ),
    field(
        "proc.apid",
        Read::Number(|view, argument| view.ancestor(argument.index()).map(|process| process.pid.into())),
    )
    .takes(Takes::Index { required: true }),
    field("proc.name", Read::Text(|view, _| known(&view.process().name))),
    field(
        "proc.pname",
        Read::Text(|view, _| view.ancestor(1).and_then(|process| known(&process.name))),
    ),
    field(
        "proc.aname",
        Read::Many(|view, argument, each| of_ancestors(view, argument, |process| known(&process.name), each)),
    )
    .takes(UP),
    field("proc.exe", Read::Text(|view, _| first(view.process()))),
    field(
        "proc.pexe",
        Read::Text(|view, _| view.ancestor(1).and_then(first)),
    ),
    field(
        "proc.aexe",
        Read::Many(|view, argument, each| of_ancestors(view, argument, first, each)),
    )
    .takes(UP),
    field(
        "proc.exepath",
        Read::Text(|view, _| known(&view.process().executable.path)),
    ),
    field(
        DIGEST,
        Read::Text(|view, _| known(view.process().executable.digest.as_bytes())),
    ),
    field(
        "proc.pexepath",
        Read::Text(|view, _| {
            view.ancestor(1)
                .and_then(|process| known(&process.executable.path))
        }),
    ),
    field(
        "proc.aexepath",
        Read::Many(|view, argument, each| {
            of_ancestors(view, argument, |process| known(&process.executable.path), each)
        }),
    )
    .takes(UP),
    field(
        "proc.args",
        Read::Built(|view, argument, to| match argument {
            Argument::Index(index) => arguments(view.process())
                .get(*index)
                .is_some_and(|one| put(one, to)),
            _ => {
                join(arguments(view.process()), to);
                true
            }
        }),
    )
    .takes(UP),
    field(
        "proc.cmdline",
        Read::Built(|view, _, to| command_line(view.process(), to)),
    ),
    field(
        "proc.pcmdline",
        Read::Built(|view, _, to| view.ancestor(1).is_some_and(|process| command_line(process, to))),
    ),
    field(
        "proc.acmdline",
        Read::Built(|view, argument, to| {
            view.ancestor(argument.index())
                .is_some_and(|process| command_line(process, to))
        }),
    )
    .takes(Takes::Index { required: true }),
    field(
        "proc.exeline",
        Read::Built(|view, _, to| {
            join(&view.process().arguments, to);
            true
        }),
    ),
    field(
        "proc.cmdnargs",
        Read::Number(|view, _| i64::try_from(arguments(view.process()).len()).ok()),
    ),
    field(
        "proc.cmdlenargs",
        Read::Number(|view, _| {
            let lengths = arguments(view.process()).iter().map(|one| one.len());
            i64::try_from(lengths.sum::<usize>()).ok()
        }),
    ),
    field(
        "proc.cwd",
        Read::Built(|view, _, to| {
            let directory = &view.process().directory;
            put(directory, to);
            if directory.last().is_some_and(|last| *last != b'/') {
                to.push(b'/');
            }
            !directory.is_empty()
        }),
    ),
    field(
        "proc.tty",
        Read::Number(|view, _| {
            let terminal = view.process().terminal;
            Some(terminal.map_or(0, |terminal| {
                i64::from(terminal.major << 8 | terminal.minor & 0xff | (terminal.minor & !0xff) << 12)
            }))
        }),
    ),
    field("proc.sid", Read::Number(|view, _| session(view).and_then(inner))),
    field(
        "proc.sname",
        Read::Text(|view, _| session(view).and_then(|process| known(&process.name))),
    ),
    field(
        "proc.sid.exe",
        Read::Text(|view, _| session(view).and_then(first)),
    ),
    field(
        "proc.sid.exepath",
        Read::Text(|view, _| session(view).and_then(|process| known(&process.executable.path))),
    ),
    field("proc.vpgid", Read::Number(|view, _| group(view).and_then(inner))),
    field(
        "proc.vpgid.name",
        Read::Text(|view, _| group(view).and_then(|process| known(&process.name))),
    ),
    field(
        "proc.vpgid.exe",
        Read::Text(|view, _| group(view).and_then(first)),
    ),
    field(
        "proc.vpgid.exepath",
        Read::Text(|view, _| group(view).and_then(|process| known(&process.executable.path))),
    ),
    field(
        "proc.pgid",
        Read::Number(|view, _| Some(view.process().group.into())),
    ),
    field(
        "proc.pgid.name",
        Read::Text(|view, _| group(view).and_then(|process| known(&process.name))),
    ),
    field("proc.pgid.exe", Read::Text(|view, _| group(view).and_then(first))),
    field(
        "proc.pgid.exepath",
        Read::Text(|view, _| group(view).and_then(|process| known(&process.executable.path))),
    ),
    field(
        "proc.is_sid_leader",
        Read::Boolean(|view| Some(view.process().session == view.process().pid)),
    ),
    field(
        "proc.is_vpgid_leader",
        Read::Boolean(|view| Some(view.process().group == view.process().pid)),
    ),
    field(
        "proc.is_pgid_leader",
        Read::Boolean(|view| Some(view.process().group == view.process().pid)),
    ),
    field(
        "proc.duration",
        Read::Number(|view, _| since(view, view.process().started)),
    ),
    field(
        "proc.ppid.duration",
        Read::Number(|view, _| view.ancestor(1).and_then(|process| since(view, process.started))),
    ),
    field(
        "proc.pid.ts",
        Read::Number(|view, _| instant(view.process().started)),
    ),
    field(
        "proc.ppid.ts",
        Read::Number(|view, _| view.ancestor(1).and_then(|process| instant(process.started))),
    ),
    field(
        "proc.is_exe_writable",
        Read::Boolean(|view| Some(view.process().executable.writable)),
    ),
    field(
        "proc.is_exe_upper_layer",
        Read::Boolean(|view| view.process().executable.beside_image),
    ),
    field(
        "proc.is_exe_lower_layer",
        Read::Boolean(|view| view.process().executable.beside_image.map(|beside| !beside)),
    ),
    field(
        "proc.is_exe_from_memfd",
        Read::Boolean(|view| Some(view.process().executable.in_memory)),
    ),
    field(
        "proc.exe_ino",
        Read::Number(|view, _| Some(number(view.process().executable.inode))),
    ),
    field(
        "proc.exe_ino.ctime",
        Read::Number(|view, _| instant(view.process().executable.changed)),
    ),
    field(
        "proc.exe_ino.mtime",
        Read::Number(|view, _| instant(view.process().executable.modified)),
    ),
    field(
        "proc.exe_ino.ctime_duration_proc_start",
        Read::Number(|view, _| {
            let process = view.process();
            instant(process.executable.changed)?;
            Some(number(process.started.saturating_sub(process.executable.changed)))
        }),
    ),
];
