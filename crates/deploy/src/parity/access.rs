//! What is granted to whom, and what is admitted.

use super::facts::{Fact, Facts, add, allows, restricts, says, switch};
use super::matching::Naming;
use crate::kube::Object;
use bartizan_document::Node;
use bartizan_model::Severity;

/// Most rights of one role that are told apart.
const MOST: usize = 4096;

/// The rights of a role, one by one.
pub(super) fn role(object: &Object, facts: &mut Facts) {
    for rule in object.root.items_of("rules") {
        let texts = |field: &str| -> Vec<&str> {
            let found: Vec<&str> = rule.items_of(field).iter().filter_map(Node::text).collect();
            if found.is_empty() { vec![""] } else { found }
        };
        let verbs = texts("verbs");
        let targets: Vec<String> = if rule.get("nonResourceURLs").is_some() {
            texts("nonResourceURLs")
                .iter()
                .map(|path| format!("path `{path}`"))
                .collect()
        } else {
            resources(&texts("apiGroups"), &texts("resources"), &texts("resourceNames"))
        };
        for verb in verbs {
            for target in &targets {
                if facts.len() >= MOST {
                    return;
                }
                let is_wide = verb == "*" || target.contains("`*`") || target.contains("secrets");
                let severity = if is_wide { Severity::High } else { Severity::Medium };
                add(
                    facts,
                    allows(
                        "access",
                        format!("the right to {verb} {target}"),
                        severity,
                        rule.span,
                    ),
                );
            }
        }
    }
}

fn resources(groups: &[&str], resources: &[&str], names: &[&str]) -> Vec<String> {
    let mut all = Vec::new();
    for group in groups {
        for resource in resources {
            for name in names {
                let group = if group.is_empty() {
                    String::new()
                } else {
                    format!(" of {group}")
                };
                let name = if name.is_empty() {
                    String::new()
                } else {
                    format!(" named {name}")
                };
                all.push(format!("`{resource}`{group}{name}"));
            }
        }
    }
    all
}

/// Whom a binding gives what.
pub(super) fn binding(object: &Object, naming: &Naming, facts: &mut Facts) {
    let role = object.root.at(&["roleRef", "name"]);
    if let Some((role, name)) = role.and_then(|role| Some((role, role.text()?))) {
        let kind = object
            .root
            .at(&["roleRef", "kind"])
            .and_then(Node::text)
            .unwrap_or_default();
        let severity = if name == "cluster-admin" {
            Severity::High
        } else {
            Severity::Medium
        };
        let value = format!("{kind} {}", naming.bare(name));
        add(
            facts,
            says(
                "access",
                "the role that is bound".to_owned(),
                value,
                severity,
                role.span,
            ),
        );
    }
    for subject in object.root.items_of("subjects") {
        let text = |field: &str| subject.text_of(field).unwrap_or_default();
        let name = naming.bare(text("name"));
        let namespace = naming.bare(text("namespace"));
        let namespace = if namespace.is_empty() {
            String::new()
        } else {
            format!("{namespace}/")
        };
        let what = format!("{} `{namespace}{name}`", text("kind"));
        let everybody = [
            "system:anonymous",
            "system:unauthenticated",
            "system:authenticated",
        ]
        .contains(&name);
        let severity = if everybody {
            Severity::High
        } else {
            Severity::Medium
        };
        add(facts, allows("access", what, severity, subject.span));
    }
}

/// Whether pods get the token of an account without asking.
pub(super) fn account(object: &Object, facts: &mut Facts) {
    let field = "automountServiceAccountToken";
    let named = (format!("`{field}`"), object.root.get(field));
    if let Some(fact) = switch("access", named, (true, true), Severity::Medium, object.place()) {
        add(facts, fact);
    }
}

/// What a namespace admits.
pub(super) fn namespace(object: &Object, facts: &mut Facts) {
    for mode in ["enforce", "warn", "audit"] {
        let label = format!("pod-security.kubernetes.io/{mode}");
        let node = object
            .root
            .at(&["metadata", "labels"])
            .and_then(|labels| labels.get(&label));
        let level = node.and_then(Node::text).unwrap_or("absent");
        let lax = match level {
            "restricted" => 0,
            "baseline" => 1,
            _ => 2,
        };
        let severity = if mode == "enforce" {
            Severity::High
        } else {
            Severity::Low
        };
        let at = node.map_or_else(|| object.place(), |node| node.span);
        let fact = says(
            "admission",
            format!("label `{label}`"),
            level.to_owned(),
            severity,
            at,
        );
        add(
            facts,
            Fact {
                lax,
                absent: (2, "absent"),
                differs: None,
                ..fact
            },
        );
    }
    let label = "istio-injection";
    let injects = object.root.at(&["metadata", "labels", label]);
    if let Some(node) = injects.filter(|node| node.text() == Some("enabled")) {
        add(
            facts,
            restricts(
                "tls",
                format!("label `{label}: enabled`"),
                Severity::Medium,
                node.span,
            ),
        );
    }
}

/// What admission does where it fails, and whether it denies.
pub(super) fn admission(object: &Object, facts: &mut Facts) {
    let hooks = object.root.items_of("webhooks").iter();
    let specs = object.root.get("spec").into_iter();
    for one in hooks.chain(specs) {
        let name = one
            .text_of("name")
            .map(|name| format!("webhook `{name}`: "))
            .unwrap_or_default();
        if let Some(policy) = one.get("failurePolicy") {
            let text = policy.text().unwrap_or("Fail");
            let fact = says(
                "admission",
                format!("{name}`failurePolicy`"),
                text.to_owned(),
                Severity::High,
                policy.span,
            );
            add(
                facts,
                Fact {
                    lax: u8::from(text == "Ignore"),
                    absent: (0, "Fail"),
                    differs: None,
                    ..fact
                },
            );
        }
        if let Some(actions) = one.get("validationActions") {
            let denies = actions.items().iter().any(|action| action.text() == Some("Deny"));
            let text = if denies { "denies" } else { "only tells" };
            let fact = says(
                "admission",
                format!("{name}`validationActions`"),
                text.to_owned(),
                Severity::High,
                actions.span,
            );
            add(
                facts,
                Fact {
                    lax: u8::from(!denies),
                    absent: (0, "denies"),
                    differs: None,
                    ..fact
                },
            );
        }
    }
}
