//! `deploy/compose/secret-variable`: a secret is written into the file.

use super::Rule;
use crate::compose::interpolate::interpolate;
use crate::compose::read::Compose;
use crate::doubt::Doubt;
use bartizan_document::shell::fetch::is_secret_name;
use bartizan_document::{Node, Value};
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
        for Written { name, at, .. } in written(environment) {
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

/// Where the secrets are that are written into a file.
pub(in crate::compose) fn secrets(root: &Node) -> Vec<Range<usize>> {
    let services = root.get("services").map_or(&[][..], Node::entries);
    let environments = services
        .iter()
        .filter_map(|service| service.value.get("environment"));
    environments.flat_map(written).map(|one| one.value_at).collect()
}

/// A variable with a secret in it.
struct Written {
    name: String,
    at: Range<usize>,
    value_at: Range<usize>,
}

/// The variables of an environment, in both forms, whose values are secrets.
fn written(environment: &Node) -> Vec<Written> {
    let text = |node: &Node| match &node.value {
        Value::Text(text) => text.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        _ => String::new(),
    };
    let pairs = environment.entries().iter().map(|entry| {
        let one = Written {
            name: entry.key.to_string(),
            at: entry.key_span.range(),
            value_at: entry.value.span.range(),
        };
        (one, text(&entry.value))
    });
    let items = environment.items().iter().filter_map(|item| {
        let (name, value) = item.text()?.split_once('=')?;
        let at = item.span.range();
        let one = Written {
            name: name.to_owned(),
            // Behind the name and what follows it: `=`, or the rest of the name where a quote is before it.
            value_at: (at.start + name.len() + 1).min(at.end)..at.end,
            at,
        };
        Some((one, value.to_owned()))
    });
    let secret = pairs.chain(items).filter(|(one, value)| {
        let value = interpolate(value).unwrap_or_default();
        let is_elsewhere = ["/", "file:", "op://", "vault:"]
            .iter()
            .any(|begin| value.starts_with(begin));
        let is_word = matches!(value.as_str(), "true" | "false" | "yes" | "no" | "1" | "0");
        !value.is_empty() && !is_elsewhere && !is_word && is_secret_name(&one.name)
    });
    secret.map(|(one, _)| one).collect()
}
