//! `signal.target.*`: the process that a signal went to. Falco has no fields for it.

use bartizan_model::runtime::{Action, Process};

use super::{Field, Read, View, field, known, process};
use crate::calls::Kind;

fn target<'e>(view: &View<'e>) -> Option<&'e Process> {
    match &view.event.action {
        Action::Signal { process, .. } => process.as_deref(),
        _ => None,
    }
}

pub(super) const FIELDS: &[Field] = &[
    field(
        "signal.target.pid",
        Read::Number(|view, _| target(view).map(|process| process.pid.into())),
    )
    .on(Kind::Signal.alone()),
    field(
        "signal.target.name",
        Read::Text(|view, _| target(view).and_then(|process| known(&process.name))),
    )
    .on(Kind::Signal.alone()),
    field(
        "signal.target.exepath",
        Read::Text(|view, _| target(view).and_then(|process| known(&process.executable.path))),
    )
    .on(Kind::Signal.alone()),
    field(
        "signal.target.cmdline",
        Read::Built(|view, _, to| {
            target(view).is_some_and(|target| {
                process::join(&target.arguments, to);
                !target.arguments.is_empty()
            })
        }),
    )
    .on(Kind::Signal.alone()),
];
