//! `deploy/dockerfile/secret-variable`: a secret in a variable of the image or of its build.

use super::{Judged, Rule};
use crate::dockerfile::Word;
use crate::doubt::Doubt;
use bartizan_document::shell::fetch::is_secret_name;
use bartizan_engine::rule;
use bartizan_engine::rule::{Found, Report, Severity};

rule! {
    /// `ENV` sets a variable that by its name holds a secret. It stands in the configuration of the image, where `docker inspect` shows it to
    /// everybody who can pull it, and in the environment of every process. `ARG` is no safer: what a build is given stands in the history of the
    /// image (`docker history`) and in its provenance.
    ///
    /// A value that is written in the file is reported as medium, as it is in the repository too; a variable that takes its value from
    /// outside as low. An empty value and one that only says where the secret is are not reported. What the value is, the rules `leak/*` judge.
    SecretVariable {
        id: "deploy/dockerfile/secret-variable",
        title: "Secret in a variable of the image",
        severity: Medium,
        confidence: Medium,
        cwe: ["CWE-522", "CWE-538"],
        controls: [("NIST-800-53-r5", "IA-5(7)"), ("OWASP-ASVS-5.0", "13.3.1")],
        remediation: "- for a build: `RUN --mount=type=secret,id=token,env=TOKEN command`, and `docker build --secret id=token`\n\
            - for the running program: give it when the container is started, as a file or from a secrets manager",
        references: [
            "https://docs.docker.com/build/building/secrets/",
            "https://docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env/",
        ],
    }
}

pub(super) const RULE: Rule = Rule {
    about: &SecretVariable::ABOUT,
    judge,
};

fn judge(judged: &Judged<'_>, out: &mut Report<'_>, _: &mut Vec<Doubt>) {
    for step in &judged.build.steps {
        let one = step.instruction.trigger.as_deref().unwrap_or(step.instruction);
        if !matches!(one.keyword.as_str(), "ENV" | "ARG") {
            continue;
        }
        for pair in step.words.chunks(2) {
            let [name, value] = pair else { continue };
            secret(&one.keyword, name, value, out);
        }
    }
}

fn secret(keyword: &str, name: &Word, value: &Word, out: &mut Report<'_>) {
    let at = name.at.start..value.at.end.max(name.at.end);
    let Some(name) = name.known().filter(|name| is_secret_name(name)) else {
        return;
    };
    let is_written = value.known().is_some();
    if value
        .known()
        .is_some_and(|text| text.is_empty() || text.starts_with('/'))
    {
        return;
    }
    let kept = if keyword == "ENV" {
        "the configuration of the image"
    } else {
        "the history of the image"
    };
    out.finding(
        Found {
            message: format!("`{keyword} {}` stands in {kept}", name.escape_debug()),
            key: format!("{keyword} {name}"),
            fix: "mount it as a secret: `RUN --mount=type=secret,id=…`, or give it when the container is started".to_owned(),
            severity: (!is_written).then_some(Severity::Low),
            ..Found::default()
        },
        &at,
    );
}
