//! `deploy/dockerfile/add-not-copy`: `ADD` where `COPY` does.

use super::{Judged, Rule, is_remote};
use crate::doubt::Doubt;
use bartizan_engine::rule;
use bartizan_engine::rule::{Found, Report};

rule! {
    /// `ADD` copies a file of the build's context, which `COPY` does too. `ADD` besides fetches addresses and unpacks archives, decided by
    /// what it finds: a file that somebody puts into the context under that name is unpacked where it was to be copied.
    ///
    /// Only sources are reported that are plain paths and no archive by their name, so that `COPY` does the same: that edit is safe, and
    /// `bartizan fix` makes it.
    AddNotCopy {
        id: "deploy/dockerfile/add-not-copy",
        title: "ADD where COPY does the same",
        severity: Info,
        confidence: High,
        cwe: ["CWE-829"],
        controls: [("NIST-800-53-r5", "CM-7")],
        remediation: "Write `COPY`. Keep `ADD` for archives that are to be unpacked and for addresses with `--checksum`.",
        references: ["https://docs.docker.com/build/building/best-practices/#add-or-copy"],
    }
}

pub(super) const RULE: Rule = Rule {
    about: &AddNotCopy::ABOUT,
    judge,
};

/// Names that `ADD` may unpack.
const ARCHIVES: [&str; 9] = [
    ".tar", ".gz", ".tgz", ".bz2", ".tbz2", ".xz", ".txz", ".zst", ".tzst",
];

fn judge(judged: &Judged<'_>, out: &mut Report<'_>, _: &mut Vec<Doubt>) {
    for step in &judged.build.steps {
        let one = step.instruction;
        let Some((_, sources)) = step.words.split_last().filter(|_| one.keyword == "ADD") else {
            continue;
        };
        // Flags that COPY does not have would be refused.
        let flags = one
            .flags
            .iter()
            .all(|flag| matches!(flag.name.as_str(), "chown" | "chmod" | "link" | "exclude"));
        let plain = |source: &str| {
            let lower = source.to_ascii_lowercase();
            !is_remote(source)
                && !lower.contains(['*', '?', '[', '$'])
                && !ARCHIVES.iter().any(|end| lower.ends_with(end))
        };
        let all_plain = sources.iter().all(|word| word.known().is_some_and(plain));
        if sources.is_empty() || !flags || !all_plain || !one.documents.is_empty() {
            continue;
        }
        out.finding(
            Found {
                message: "what `ADD` copies here, `COPY` copies without fetching or unpacking anything"
                    .to_owned(),
                key: one.body.text().to_owned(),
                fix: "write `COPY`".to_owned(),
                edits: vec![(one.keyword_at.clone(), "COPY".to_owned())],
                ..Found::default()
            },
            &one.keyword_at,
        );
    }
}
