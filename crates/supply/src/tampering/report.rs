//! Where a rule puts what it finds and notes.

use super::document::{Document, SwitchKind};
use bartizan_engine::rule::Severity;
pub(crate) use bartizan_engine::rule::{
    Found, Lines, MOST_PLACES, Note, Place, Report, Verdicts, directory, key_of, named,
};

/// Reports a finding for every setting that does this. `severity` is that of the rule where there is none.
pub(crate) fn switches(
    out: &mut Report<'_>,
    document: &Document,
    (what, severity): (SwitchKind, Option<Severity>),
    fix: &str,
) {
    for switch in document.switches.iter().filter(|one| one.what == what) {
        out.finding(
            Found {
                message: format!("`{}`: {}", switch.written.escape_debug(), switch.effect),
                key: switch.written.clone(),
                fix: fix.to_owned(),
                severity,
                ..Found::default()
            },
            &switch.at,
        );
    }
}
