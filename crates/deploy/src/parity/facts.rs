//! What of an object decides about security, as facts that can be held against those of another.

use super::matching::Naming;
use super::{access, pod, toggle, traffic};
use crate::kube::{Object, Pod};
use bartizan_document::{Node, Span};
use bartizan_model::Severity;
use std::collections::BTreeMap;

/// One fact.
#[derive(Debug, Clone)]
pub(super) struct Fact {
    pub(super) area: &'static str,
    /// What it is about, as people read it.
    pub(super) what: String,
    pub(super) value: String,
    /// How much it allows: more is laxer.
    pub(super) lax: u8,
    /// How much it allows where nothing is said, and what that is called.
    pub(super) absent: (u8, &'static str),
    /// How bad it is where production allows more.
    pub(super) severity: Severity,
    /// How bad it is where the values differ and neither allows more; none where that does not matter.
    pub(super) differs: Option<Severity>,
    pub(super) at: Span,
}

/// The facts of an object, by what they are about.
pub(super) type Facts = BTreeMap<String, Fact>;

/// Adds a fact.
pub(super) fn add(facts: &mut Facts, fact: Fact) {
    facts.entry(fact.what.clone()).or_insert(fact);
}

/// A fact that something is there, which allows more than its absence.
pub(super) fn allows(area: &'static str, what: String, severity: Severity, at: Span) -> Fact {
    Fact {
        area,
        what,
        value: "present".to_owned(),
        lax: 1,
        absent: (0, "absent"),
        severity,
        differs: None,
        at,
    }
}

/// A fact that something is there, which allows less than its absence.
pub(super) fn restricts(area: &'static str, what: String, severity: Severity, at: Span) -> Fact {
    Fact {
        lax: 0,
        absent: (1, "absent"),
        ..allows(area, what, severity, at)
    }
}

/// A fact whose values are only the same or not.
pub(super) fn says(area: &'static str, what: String, value: String, differs: Severity, at: Span) -> Fact {
    Fact {
        value,
        lax: 0,
        absent: (0, "absent"),
        differs: Some(differs),
        ..allows(area, what, differs, at)
    }
}

/// A fact that is true or false; `lax` is the value that allows more, `default` what holds where nothing is said.
pub(super) fn switch(
    area: &'static str,
    (what, node): (String, Option<&Node>),
    (lax, default): (bool, bool),
    severity: Severity,
    at: Span,
) -> Option<Fact> {
    let node = node.filter(|node| !node.is_null());
    let value = node.map_or(Some(default), Node::bool)?;
    Some(Fact {
        area,
        what,
        value: value.to_string(),
        lax: u8::from(value == lax),
        absent: (u8::from(default == lax), if default { "true" } else { "false" }),
        severity,
        differs: None,
        at: node.map_or(at, |node| node.span),
    })
}

/// Everything about an object that is compared.
pub(super) fn of(object: &Object, naming: &Naming) -> Facts {
    let mut facts = Facts::new();
    if let Some(pod) = Pod::of(object) {
        pod::collect(pod, naming, &mut facts);
    }
    match (object.group(), object.kind.as_str()) {
        ("rbac.authorization.k8s.io", "Role" | "ClusterRole") => access::role(object, &mut facts),
        ("rbac.authorization.k8s.io", "RoleBinding" | "ClusterRoleBinding") => {
            access::binding(object, naming, &mut facts)
        }
        ("", "ServiceAccount") => access::account(object, &mut facts),
        ("", "Namespace") => access::namespace(object, &mut facts),
        ("admissionregistration.k8s.io", _) => access::admission(object, &mut facts),
        ("networking.k8s.io", "NetworkPolicy") => traffic::policy(object, naming, &mut facts),
        ("policy.networking.k8s.io" | "cilium.io", _)
        | ("security.istio.io", "AuthorizationPolicy" | "RequestAuthentication") => {
            traffic::other_policy(object, naming, &mut facts);
        }
        ("security.istio.io", "PeerAuthentication") => traffic::mutual_tls(object, &mut facts),
        ("", "Service") => traffic::service(object, &mut facts),
        ("networking.k8s.io" | "extensions", "Ingress") => traffic::ingress(object, &mut facts),
        ("gateway.networking.k8s.io", "Gateway") => traffic::gateway(object, &mut facts),
        ("", "ConfigMap") => toggle::config_map(object, &mut facts),
        _ => {}
    }
    facts
}

/// What it means that only one environment has an object; none where it means nothing for security.
pub(super) fn presence(object: &Object) -> Option<Fact> {
    let at = object.place();
    let what = "the object".to_owned();
    if Pod::of(object).is_some() {
        return Some(allows("workload", what, Severity::Medium, at));
    }
    let fact = match (object.group(), object.kind.as_str()) {
        ("networking.k8s.io", "NetworkPolicy") | ("policy.networking.k8s.io" | "cilium.io", _) => {
            restricts("network", what, Severity::High, at)
        }
        ("security.istio.io", "AuthorizationPolicy" | "RequestAuthentication") => {
            restricts("network", what, Severity::High, at)
        }
        ("security.istio.io", "PeerAuthentication") => restricts("tls", what, Severity::High, at),
        ("admissionregistration.k8s.io", _) => restricts("admission", what, Severity::High, at),
        ("rbac.authorization.k8s.io", "RoleBinding" | "ClusterRoleBinding") => {
            allows("access", what, Severity::Medium, at)
        }
        ("", "Service") => {
            let kind = object
                .root
                .at(&["spec", "type"])
                .and_then(Node::text)
                .unwrap_or("ClusterIP");
            matches!(kind, "NodePort" | "LoadBalancer")
                .then(|| allows("exposure", what, Severity::Medium, at))?
        }
        ("networking.k8s.io" | "extensions", "Ingress")
        | ("gateway.networking.k8s.io", "Gateway" | "HTTPRoute" | "GRPCRoute" | "TCPRoute" | "TLSRoute")
        | ("route.openshift.io", "Route") => allows("exposure", what, Severity::Medium, at),
        ("", "ResourceQuota" | "LimitRange") => restricts("limits", what, Severity::Medium, at),
        _ => return None,
    };
    Some(fact)
}

/// Facts about the same thing.
pub(super) fn pairs<'f>(
    one: &'f Facts,
    other: &'f Facts,
) -> impl Iterator<Item = (Option<&'f Fact>, Option<&'f Fact>)> {
    let both = one.iter().map(|(what, fact)| (Some(fact), other.get(what)));
    let rest = other.iter().filter(|(what, _)| !one.contains_key(*what));
    both.chain(rest.map(|(_, fact)| (None, Some(fact))))
}

/// A node as a text that is the same for whatever means the same: keys in order, and lists of things without an order, as all lists of policies are,
/// in order too. Names are without what environments add.
pub(super) fn canonical(node: &Node, naming: &Naming) -> String {
    use bartizan_document::Value;
    match &node.value {
        Value::Map(entries) => {
            let mut parts: Vec<String> = entries
                .iter()
                .filter(|entry| !entry.value.is_null())
                .map(|entry| format!("{}: {}", naming.bare(&entry.key), canonical(&entry.value, naming)))
                .collect();
            parts.sort();
            format!("{{{}}}", parts.join(", "))
        }
        Value::List(items) => {
            let mut parts: Vec<String> = items.iter().map(|item| canonical(item, naming)).collect();
            parts.sort();
            format!("[{}]", parts.join(", "))
        }
        Value::Text(text) => naming.bare(text).to_owned(),
        _ => node.to_json().to_string(),
    }
}

/// A text that is short enough to show.
pub(super) fn shown(text: &str) -> String {
    const MOST: usize = 160;
    match text.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}
