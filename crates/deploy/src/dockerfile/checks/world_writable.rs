//! `deploy/dockerfile/world-writable`: anybody in the container may change it.

use super::{Judged, Rule};
use crate::doubt::Doubt;
use bartizan_document::shell::every;
use bartizan_engine::rule;
use bartizan_engine::rule::{Found, Report};

rule! {
    /// Files get rights that let every user of the container write them (`chmod 777`, `a+w`, `--chmod=666`). A user without rights of its own
    /// can then exchange a program or its configuration, and what runs it next may be root. `/tmp` and other directories with the sticky bit
    /// (`1777`) are not meant.
    WorldWritable {
        id: "deploy/dockerfile/world-writable",
        title: "Files that everybody may write",
        severity: Low,
        confidence: High,
        cwe: ["CWE-732"],
        controls: [("NIST-800-53-r5", "AC-6")],
        remediation: "Give the files to who writes them: `COPY --chown=10001:10001 …`, and `chmod u+w`.",
        references: ["https://docs.docker.com/reference/dockerfile/#copy---chown---chmod"],
    }
}

pub(super) const RULE: Rule = Rule {
    about: &WorldWritable::ABOUT,
    judge,
};

fn judge(judged: &Judged<'_>, out: &mut Report<'_>, _: &mut Vec<Doubt>) {
    let found = |mode: &str, what: &str| Found {
        message: format!("`{}` lets every user write {what}", mode.escape_debug()),
        key: format!("{mode} {what}"),
        fix: "give the files to who writes them: `--chown`, and `chmod u+w`".to_owned(),
        ..Found::default()
    };
    for step in &judged.build.steps {
        let one = step.instruction.trigger.as_deref().unwrap_or(step.instruction);
        if let Some(flag) = one.flag("chmod").filter(|flag| opens(&flag.value)) {
            out.finding(found(&flag.value, "what is copied"), &flag.at);
        }
        for commands in step.commands(judged.text) {
            let pipelines = every(&commands.pipelines);
            for command in pipelines.iter().flat_map(|one| &one.commands) {
                if command.program() != "chmod" {
                    continue;
                }
                let words = command.run();
                let mode = words.iter().skip(1).find(|word| !word.text.starts_with('-'));
                if let Some(mode) = mode.filter(|mode| opens(&mode.text)) {
                    let what = words.last().map_or("", |word| word.text.as_str());
                    out.finding(
                        found(&mode.text, &format!("`{}`", what.escape_debug())),
                        &commands.place(command.span()),
                    );
                }
            }
        }
    }
}

/// Whether a mode lets others write and has no sticky bit.
fn opens(mode: &str) -> bool {
    if let Ok(number) = u32::from_str_radix(mode, 8) {
        return number & 0o002 != 0 && number & 0o1000 == 0;
    }
    mode.split(',').any(|part| {
        let Some((who, rights)) = part.split_once(['+', '=']) else {
            return false;
        };
        (who.contains('a') || who.contains('o')) && rights.contains('w') && !rights.contains('t')
    })
}
