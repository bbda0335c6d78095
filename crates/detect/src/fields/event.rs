//! `evt.*`: the call itself, when and where it was made and what came of it.

use bartizan_model::Timestamp;
use bartizan_model::runtime::{Action, Event};

use super::{Field, Read, Takes, argument, field, names, number, put, put_number};
use crate::calls::{Kind, Kinds};

const NANOSECONDS: u64 = 1_000_000_000;
const ACCESS: u32 = 3;
const WRITE_ONLY: u32 = 1;
const CREATES: u32 = 0o100;
const TEMPORARY: u32 = 0o20_000_000;
const OPEN: Kinds = Kind::Open.alone();

/// How a file was opened
const fn opened(event: &Event<'_>) -> Option<(u32, u32)> {
    match event.action {
        Action::Open { flags, mode, .. } => Some((flags, mode)),
        _ => None,
    }
}

/// Whether flags of `open(2)` open for reading
pub(crate) const fn reads(flags: u32) -> bool {
    flags & ACCESS != WRITE_ONLY
}

/// Whether flags of `open(2)` open for writing
pub(crate) const fn writes(flags: u32) -> bool {
    flags & ACCESS != 0
}

const fn creates(flags: u32) -> bool {
    flags & (CREATES | TEMPORARY) != 0
}

/// `2027-03-01T12:00:00.000000000`, in UTC
fn instant(nanoseconds: u64, to: &mut Vec<u8>) {
    use std::io::Write;
    let seconds = Timestamp::from_unix_seconds(number(nanoseconds / NANOSECONDS)).to_string();
    let seconds = seconds.trim_end_matches('Z');
    let _ = write!(to, "{seconds}.{:09}", nanoseconds % NANOSECONDS);
}

/// The time of day, or the whole instant with a blank in place of the `T`
fn time(nanoseconds: u64, with_day: bool, to: &mut Vec<u8>) {
    let from = to.len();
    instant(nanoseconds, to);
    let at = to
        .iter()
        .skip(from)
        .position(|byte| *byte == b'T')
        .map(|at| from + at);
    match at {
        Some(at) if with_day => to.splice(at..=at, *b" ").for_each(drop),
        Some(at) => to.drain(from..=at).for_each(drop),
        None => {}
    }
}

pub(super) const FIELDS: &[Field] = &[
    field("evt.type", Read::Text(|view, _| Some(view.event.call.as_bytes()))),
    field(
        "syscall.type",
        Read::Text(|view, _| Some(view.event.call.as_bytes())),
    ),
    field("evt.dir", Read::Text(|_, _| Some(b"<"))),
    field("evt.num", Read::Number(|view, _| Some(number(view.event.number)))),
    field("evt.cpu", Read::Number(|view, _| Some(view.event.cpu.into()))),
    field(
        "evt.rawtime",
        Read::Number(|view, _| Some(number(view.event.time))),
    ),
    field(
        "evt.rawtime.s",
        Read::Number(|view, _| Some(number(view.event.time / NANOSECONDS))),
    ),
    field(
        "evt.rawtime.ns",
        Read::Number(|view, _| Some(number(view.event.time % NANOSECONDS))),
    ),
    field(
        "evt.time",
        Read::Built(|view, _, to| {
            time(view.event.time, false, to);
            true
        }),
    ),
    field(
        "evt.time.s",
        Read::Built(|view, _, to| {
            time(view.event.time, false, to);
            let fraction = to.iter().rposition(|byte| *byte == b'.');
            to.truncate(fraction.unwrap_or(to.len()));
            true
        }),
    ),
    field(
        "evt.datetime",
        Read::Built(|view, _, to| {
            time(view.event.time, true, to);
            true
        }),
    ),
    field(
        "evt.time.iso8601",
        Read::Built(|view, _, to| {
            instant(view.event.time, to);
            put(b"Z", to)
        }),
    ),
    field(
        "evt.category",
        Read::Text(|view, _| Some(category(Kind::of(&view.event.action)))),
    ),
    field("evt.is_async", Read::Boolean(|_| Some(false))),
    field("evt.source", Read::Text(|_, _| Some(b"syscall"))),
    field("evt.rawres", Read::Number(|view, _| Some(view.event.result))),
    field("evt.failed", Read::Boolean(|view| Some(view.event.result < 0))),
    field(
        "evt.res",
        Read::Built(|view, _, to| result(view.event.result, to)),
    ),
    field("evt.count", Read::Number(|_, _| Some(1))),
    field("evt.args", Read::Built(|view, _, to| argument::all(view, to))),
    field("evt.info", Read::Built(|view, _, to| argument::all(view, to))),
    field(
        "evt.is_open_read",
        Read::Boolean(|view| opened(view.event).map(|(flags, _)| reads(flags))),
    )
    .on(OPEN),
    field(
        "evt.is_open_write",
        Read::Boolean(|view| opened(view.event).map(|(flags, _)| writes(flags))),
    )
    .on(OPEN),
    field(
        "evt.is_open_create",
        Read::Boolean(|view| opened(view.event).map(|(flags, _)| creates(flags))),
    )
    .on(OPEN),
    field(
        "evt.is_open_exec",
        Read::Boolean(|view| opened(view.event).map(|(flags, mode)| creates(flags) && mode & 0o111 != 0)),
    )
    .on(OPEN),
    field("evt.io_uring", Read::Boolean(|view| Some(view.event.by_ring))),
    field(
        "evt.arg",
        Read::Built(|view, argument, to| argument::named(view, argument.key(), to)),
    )
    .takes(Takes::Key { required: true }),
    field(
        "user.uid",
        Read::Number(|view, _| Some(view.process().user.effective.into())),
    ),
    field(
        "user.name",
        Read::Text(|view, _| {
            let user = &view.process().user;
            if user.effective == user.id {
                return super::known(user.name.as_bytes());
            }
            (user.effective == 0).then_some(b"root".as_slice())
        }),
    ),
    field(
        "user.loginuid",
        Read::Number(|view, _| Some(view.process().user.login.map_or(-1, i64::from))),
    ),
    field(
        "user.loginname",
        Read::Text(|view, _| super::known(view.process().user.login_name.as_bytes())),
    ),
    field(
        "group.gid",
        Read::Number(|view, _| Some(view.process().user.group.into())),
    ),
    field(
        "group.name",
        Read::Text(|view, _| super::known(view.process().user.group_name.as_bytes())),
    ),
    field(
        "thread.tid",
        Read::Number(|view, _| Some(view.event.thread.into())),
    ),
    field(
        "thread.ismain",
        Read::Boolean(|view| Some(view.event.thread == view.process().pid)),
    ),
    field(
        "thread.cap_permitted",
        Read::Built(|view, _, to| {
            names::capabilities(view.process().capabilities.permitted, to);
            true
        }),
    ),
    field(
        "thread.cap_effective",
        Read::Built(|view, _, to| {
            names::capabilities(view.process().capabilities.effective, to);
            true
        }),
    ),
    field(
        "thread.cap_inheritable",
        Read::Built(|view, _, to| {
            names::capabilities(view.process().capabilities.inheritable, to);
            true
        }),
    ),
];

/// `SUCCESS`, the name of an error, or its number where it has none
pub(crate) fn result(result: i64, to: &mut Vec<u8>) -> bool {
    match names::outcome(result) {
        Some(name) => put(name.as_bytes(), to),
        None => put_number(result, to),
    }
}

const fn category(kind: Kind) -> &'static [u8] {
    match kind {
        Kind::Execute | Kind::Fork | Kind::Exit | Kind::Trace | Kind::Signal => b"process",
        Kind::Socket
        | Kind::Connect
        | Kind::Accept
        | Kind::Bind
        | Kind::Listen
        | Kind::Send
        | Kind::Receive => b"net",
        Kind::SetUser | Kind::SetGroup | Kind::SetCapabilities => b"user",
        Kind::Open
        | Kind::Unlink
        | Kind::Rename
        | Kind::Link
        | Kind::Symlink
        | Kind::MakeDirectory
        | Kind::ChangeMode
        | Kind::ChangeOwner
        | Kind::ChangeTimes
        | Kind::Attribute
        | Kind::Mount
        | Kind::Unmount
        | Kind::Duplicate => b"file",
        _ => b"other",
    }
}
