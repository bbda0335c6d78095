//! `deploy/dockerfile/whole-context`: everything beside the Dockerfile goes into the image.

use super::{Judged, Rule};
use crate::doubt::Doubt;
use bartizan_engine::rule;
use bartizan_engine::rule::{Found, Note, Place, Report, Verdicts};

rule! {
    /// `COPY . …` takes the whole context of the build, and no `.dockerignore` leaves anything out of it. The history of the repository
    /// (`.git`, with every credential that was ever in it), files of environments and keys that lie about on the machine that builds go into a
    /// layer, whether or not they are tracked.
    ///
    /// Reported for the stages that the result is made of. A `.dockerignore` counts that lies beside the Dockerfile, in a directory above
    /// it, or is named after it (`Dockerfile.dockerignore`).
    WholeContext {
        id: "deploy/dockerfile/whole-context",
        title: "Whole context of the build in the image",
        severity: Low,
        confidence: Medium,
        cwe: ["CWE-538"],
        controls: [("OWASP-ASVS-5.0", "13.3.1")],
        remediation: "Name what is needed (`COPY src/ package.json ./`), or write a `.dockerignore` that begins with `*` and lets in what is needed: \
            `!src`, `!package.json`.",
        references: ["https://docs.docker.com/build/concepts/context/#dockerignore-files"],
    }
}

pub(super) const RULE: Rule = Rule {
    about: &WholeContext::ABOUT,
    judge,
};

fn judge(judged: &Judged<'_>, out: &mut Report<'_>, _: &mut Vec<Doubt>) {
    let build = judged.build;
    let Some(last) = build.last() else { return };
    for step in build.made(last) {
        let one = step.instruction;
        let is_copy = matches!(one.keyword.as_str(), "COPY" | "ADD") && one.flag("from").is_none();
        let Some((_, sources)) = step.words.split_last().filter(|_| is_copy) else {
            continue;
        };
        let whole = |text: &str| matches!(text, "." | "./" | "/" | "*" | "./*");
        if let Some(word) = sources.iter().find(|word| word.known().is_some_and(whole)) {
            out.note(&out.place(&word.at));
        }
    }
}

/// Judges one copy of the whole context, once it is known which files say what is left out.
pub(in crate::dockerfile) fn finish(note: &Note, ignores: &[&str], out: &mut Verdicts<'_>) {
    let Some(place) = note.read::<Place>() else { return };
    let directory = note.directory();
    let own = note.path.strip_prefix(directory).unwrap_or_default();
    let applies = |ignore: &&str| {
        let name = ignore.rsplit('/').next().unwrap_or(ignore);
        let above = ignore.strip_suffix(name).unwrap_or_default();
        let is_named = name.eq_ignore_ascii_case(&format!("{own}.dockerignore"));
        (is_named && above == directory)
            || (matches!(name, ".dockerignore" | ".containerignore") && directory.starts_with(above))
    };
    if ignores.iter().any(applies) {
        return;
    }
    out.finding(
        Found {
            message: "everything in the directory that is built from is copied, and no `.dockerignore` leaves anything out".to_owned(),
            key: "context".to_owned(),
            fix: "name what is needed, or write a `.dockerignore`".to_owned(),
            ..Found::default()
        },
        &[(note.path.as_str(), place)],
    );
}
