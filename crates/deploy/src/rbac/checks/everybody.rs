//! `deploy/rbac/everybody`.

use crate::rbac::judge::{Broken, View};
use crate::rbac::{Grant, SERVICE_ACCOUNTS, Subject};
use bartizan_engine::rule;
use bartizan_model::Severity;

/// Verbs that change nothing.
const READING: [&str; 4] = ["get", "list", "watch", "use"];

rule! {
    /// A binding names `system:authenticated`, or `system:serviceaccounts` with or without a namespace. The first is everybody who proves who they
    /// are, in managed clusters sometimes everybody with an account at the provider; the second is every pod that has a token. One pod that is
    /// taken, of whatever tenant, then has what the role says. Medium where it changes something or reads secrets, else low. What every cluster
    /// grants these groups is not reported.
    Everybody {
        id: "deploy/rbac/everybody",
        title: "Grant to everybody in the cluster or to all its accounts",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-732"],
        controls: [("CIS-Kubernetes-1.12", "5.1.1"), ("NIST-800-53-r5", "AC-6"), ("NSA-CISA-Kubernetes-1.2", "Authentication and authorization")],
        remediation: "Bind the role to those who need it: a ServiceAccount by name, or a group of your own identity provider.",
        references: [
            "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege",
            "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#service-account-permissions",
        ],
    }
}

/// Grants to groups of everybody, or of all accounts.
pub(crate) fn judge(view: &View<'_>, out: &mut Vec<Broken>) {
    for subject in &view.subjects {
        let is_one = subject.is_everybody()
            || matches!(subject, Subject::Group(name) if name.strip_prefix(SERVICE_ACCOUNTS).is_some_and(|rest| rest.starts_with(':')));
        if !is_one || view.taken.contains_key(subject) {
            continue;
        }
        let own: Vec<_> = view.own(subject).filter(|grant| !is_usual(grant)).collect();
        let strong = own.iter().find(|grant| changes(grant));
        let Some(grant) = strong.or(own.first()) else {
            continue;
        };
        let severity = if strong.is_some() && subject.is_everybody() {
            Severity::Medium
        } else {
            Severity::Low
        };
        let binding = grant.binding.title();
        out.push(Broken {
            message: format!("{subject} may do what {} says, by {binding}", grant.role.title()),
            key: subject.to_string(),
            fix: format!("name in {binding} those who need it"),
            severity: Some(severity),
            evidence: view.rules(&own),
            ..Broken::at(&Everybody::ABOUT, grant.binding_path, grant.subject_place)
        });
    }
}

/// Whether it is of a role that every cluster grants everybody, or would.
fn is_usual(grant: &Grant<'_>) -> bool {
    let roles = [
        "basic-user",
        "discovery",
        "public-info-viewer",
        "service-account-issuer-discovery",
    ];
    let name = grant.role.name.strip_prefix("system:");
    name.is_some_and(|name| roles.contains(&name))
}

fn changes(grant: &Grant<'_>) -> bool {
    let verbs = grant.rule.verbs.iter();
    let writes = verbs.map(String::as_str).any(|verb| !READING.contains(&verb));
    let secrets = grant.rule.names.is_empty() && grant.rule.has_resource("secrets", "");
    !grant.rule.resources.is_empty() && (writes || secrets)
}
