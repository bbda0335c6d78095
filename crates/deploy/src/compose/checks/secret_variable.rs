//! `deploy/compose/secret-variable`: a secret is written into the file.

use super::Rule;
use crate::compose::interpolate::interpolate;
use crate::compose::read::Compose;
use crate::doubt::Doubt;
use bartizan_document::Node;
use bartizan_document::shell::fetch::is_secret_name;
use bartizan_engine::rule;
use bartizan_engine::rule::{Found, Report};
use std::ops::Range;

rule! {
    /// A variable that by its name holds a secret has its value in the file, as `POSTGRES_PASSWORD: changeit`, or as the default of a variable of the
    /// environment (`${PASSWORD:-changeit}`). It is in the repository, the same wherever the file is used, and `docker inspect` shows it.
    ///
    /// A value from the environment is not reported, nor an empty one, a path, or the address of a file. What the value is, the rules `leak/*` judge.
    SecretVariable {
        id: "deploy/compose/secret-variable",
        title: "Secret written into a Compose file",
        severity: Medium,
        confidence: Medium,
        cwe: ["CWE-798", "CWE-522"],
        controls: [("NIST-800-53-r5", "IA-5(7)"), ("OWASP-ASVS-5.0", "13.3.1")],
        remediation: "Give it as a file: `secrets:` at the top and in the service, and the variable that names the file, as `POSTGRES_PASSWORD_FILE: \
            /run/secrets/db`. Or take it from the environment, without a default: `${DB_PASSWORD:?}`.",
        references: ["https://docs.docker.com/compose/how-tos/use-secrets/"],
    }
}

pub(super) const RULE: Rule = Rule {
    about: &SecretVariable::ABOUT,
    judge,
};

fn judge(file: &Compose<'_>, out: &mut Report<'_>, _: &mut Vec<Doubt>) {
    for service in &file.services {
        let Some(environment) = service.own("environment") else {
            continue;
        };
        for (name, value, at) in variables(environment) {
            let value = interpolate(&value).unwrap_or_default();
            let is_elsewhere = value.starts_with('/')
                || value.starts_with("file:")
                || value.starts_with("op://")
                || value.starts_with("vault:");
            let is_word = matches!(value.as_str(), "true" | "false" | "yes" | "no" | "1" | "0");
            if value.is_empty() || is_elsewhere || is_word || !is_secret_name(&name) {
                continue;
            }
            out.finding(
                Found {
                    message: format!(
                        "`{}` of `{}` is written here",
                        name.escape_debug(),
                        service.name.escape_debug()
                    ),
                    key: format!("{} {name}", service.name),
                    fix: "give it as a file by `secrets:`, or take it from the environment without a default"
                        .to_owned(),
                    ..Found::default()
                },
                &at,
            );
        }
    }
}

/// Names and values of an environment, in both forms.
fn variables(environment: &Node) -> Vec<(String, String, Range<usize>)> {
    let text = |node: &Node| match &node.value {
        bartizan_document::Value::Text(text) => text.to_string(),
        bartizan_document::Value::Int(number) => number.to_string(),
        bartizan_document::Value::Bool(truth) => truth.to_string(),
        _ => String::new(),
    };
    let pairs = environment.entries().iter().map(|entry| {
        let at = entry.key_span.range();
        (entry.key.to_string(), text(&entry.value), at)
    });
    let items = environment.items().iter().filter_map(|item| {
        let (name, value) = item.text()?.split_once('=')?;
        Some((name.to_owned(), value.to_owned(), item.span.range()))
    });
    pairs.chain(items).collect()
}
