//! `deploy/dockerfile/added-from-address`: what `ADD` fetches is not compared with anything.

use super::{Judged, Rule, is_remote, shown};
use crate::doubt::Doubt;
use bartizan_engine::rule;
use bartizan_engine::rule::{Found, Report, Severity};

rule! {
    /// `ADD` takes a file or a repository from an address without saying what it must be. Who answers there, today or after the name has
    /// changed hands, decides what the image is made of. Over `http://` anybody on the way decides too, which is reported as medium.
    ///
    /// `--checksum=sha256:…` holds a file fast, a commit behind `#` a repository.
    AddedFromAddress {
        id: "deploy/dockerfile/added-from-address",
        title: "File from an address without a digest",
        severity: Low,
        confidence: High,
        cwe: ["CWE-494"],
        controls: [("NIST-800-53-r5", "SI-7")],
        remediation: "- a file: `ADD --checksum=sha256:… https://…`\n- a repository: `ADD https://git.example/repo.git#<40 digits>`",
        references: ["https://docs.docker.com/reference/dockerfile/#add---checksum"],
    }
}

pub(super) const RULE: Rule = Rule {
    about: &AddedFromAddress::ABOUT,
    judge,
};

fn judge(judged: &Judged<'_>, out: &mut Report<'_>, doubts: &mut Vec<Doubt>) {
    for step in &judged.build.steps {
        let one = step.instruction.trigger.as_deref().unwrap_or(step.instruction);
        let Some((_, sources)) = step.words.split_last().filter(|_| one.keyword == "ADD") else {
            continue;
        };
        if one.flag("checksum").is_some() {
            continue;
        }
        for word in sources {
            let source = match &word.value {
                Ok(source) => source,
                Err(name) => {
                    doubts.push(Doubt::new(
                        format!(
                            "what is added is made of `{}`, which is given from outside",
                            name.escape_debug()
                        ),
                        &word.at,
                    ));
                    continue;
                }
            };
            if !is_remote(source) || is_commit(source) {
                continue;
            }
            let plain = source.to_ascii_lowercase().starts_with("http://");
            let how = if plain { " without encryption and" } else { "" };
            out.finding(
                Found {
                    message: format!("`{}` is taken{how} without saying what it must be", shown(source)),
                    key: shown(source),
                    fix: "say its digest: `ADD --checksum=sha256:…`".to_owned(),
                    severity: plain.then_some(Severity::Medium),
                    ..Found::default()
                },
                &word.at,
            );
        }
    }
}

/// Whether an address ends with a commit of a repository.
fn is_commit(source: &str) -> bool {
    let Some((_, fragment)) = source.rsplit_once('#') else {
        return false;
    };
    let reference = fragment.split(':').next().unwrap_or_default();
    matches!(reference.len(), 40 | 64) && reference.bytes().all(|byte| byte.is_ascii_hexdigit())
}
