//! Who may connect, what is published, and what is encrypted on the way.

use super::facts::{Fact, Facts, add, allows, canonical, restricts, says, shown};
use super::matching::Naming;
use super::toggle;
use crate::istio::peers::{Mode, PeerAuthentication, Said};
use crate::kube::Object;
use bartizan_document::Node;
use bartizan_model::Severity;

/// A policy: which directions it closes, and each thing that it lets through.
pub(super) fn policy(object: &Object, naming: &Naming, facts: &mut Facts) {
    let Some(spec) = object.root.get("spec") else {
        return;
    };
    let types = spec.items_of("policyTypes");
    let has = |name: &str| types.iter().any(|one| one.text() == Some(name));
    // Where no types are named it governs ingress, and egress where there are rules for it.
    let closes = [
        ("Ingress", "ingress", has("Ingress") || types.is_empty()),
        (
            "Egress",
            "egress",
            has("Egress") || (types.is_empty() && !spec.items_of("egress").is_empty()),
        ),
    ];
    for (name, field, closed) in closes {
        if !closed {
            continue;
        }
        add(
            facts,
            restricts("network", format!("closing {name}"), Severity::High, spec.span),
        );
        for rule in spec.items_of(field) {
            let rule_text = match canonical(rule, naming).as_str() {
                "{}" => "everything".to_owned(),
                text => shown(text),
            };
            let severity = if rule_text == "everything" {
                Severity::High
            } else {
                Severity::Medium
            };
            add(
                facts,
                allows(
                    "network",
                    format!("{field} from or to {rule_text}"),
                    severity,
                    rule.span,
                ),
            );
        }
    }
    let selector = spec.get("podSelector");
    let text = selector.map_or_else(|| "{}".to_owned(), |selector| canonical(selector, naming));
    let at = selector.map_or(spec.span, |selector| selector.span);
    add(
        facts,
        says(
            "network",
            "the pods that it governs".to_owned(),
            shown(&text),
            Severity::Medium,
            at,
        ),
    );
}

/// A policy of another kind, as a whole.
pub(super) fn other_policy(object: &Object, naming: &Naming, facts: &mut Facts) {
    let Some(spec) = object.root.get("spec").or_else(|| object.root.get("specs")) else {
        return;
    };
    let text = canonical(spec, naming);
    add(
        facts,
        says(
            "network",
            "the policy".to_owned(),
            shown(&text),
            Severity::Medium,
            spec.span,
        ),
    );
}

/// Whether workloads take connections that are not encrypted.
pub(super) fn mutual_tls(object: &Object, facts: &mut Facts) {
    let peers = PeerAuthentication::read(&object.root);
    mode_of("mutual TLS".to_owned(), peers.said, object, facts);
    for port in &peers.ports {
        mode_of(
            format!("mutual TLS of port {}", port.key),
            port.said,
            object,
            facts,
        );
    }
}

fn mode_of(what: String, said: Option<Said>, object: &Object, facts: &mut Facts) {
    let text = said.map_or("UNSET", |said| said.mode.name());
    let lax = match said.map(|said| said.mode) {
        Some(Mode::Strict) => 0,
        Some(Mode::Disable) => 2,
        Some(Mode::Permissive) | None => 1,
    };
    let at = said.map_or_else(|| object.place(), |said| said.at);
    let fact = says("tls", what, text.to_owned(), Severity::High, at);
    add(
        facts,
        Fact {
            lax,
            absent: (1, "UNSET"),
            differs: None,
            ..fact
        },
    );
}

/// Whether a service can be reached from outside.
pub(super) fn service(object: &Object, facts: &mut Facts) {
    let kind = object.root.at(&["spec", "type"]);
    let text = kind.and_then(Node::text).unwrap_or("ClusterIP");
    let lax = match text {
        "NodePort" => 1,
        "LoadBalancer" => 2,
        _ => 0,
    };
    let at = kind.map_or_else(|| object.place(), |kind| kind.span);
    let fact = says(
        "exposure",
        "`type`".to_owned(),
        text.to_owned(),
        Severity::Medium,
        at,
    );
    add(
        facts,
        Fact {
            lax,
            differs: None,
            ..fact
        },
    );
    if let Some(ranges) = object
        .root
        .at(&["spec", "loadBalancerSourceRanges"])
        .filter(|ranges| !ranges.items().is_empty())
    {
        let what = "`loadBalancerSourceRanges`".to_owned();
        add(facts, restricts("exposure", what, Severity::High, ranges.span));
        for range in ranges
            .items()
            .iter()
            .filter(|range| matches!(range.text(), Some("0.0.0.0/0" | "::/0")))
        {
            add(
                facts,
                allows(
                    "exposure",
                    "every address as source".to_owned(),
                    Severity::High,
                    range.span,
                ),
            );
        }
    }
    for address in object
        .root
        .at(&["spec", "externalIPs"])
        .map_or(&[][..], Node::items)
    {
        add(
            facts,
            allows(
                "exposure",
                "external addresses".to_owned(),
                Severity::Medium,
                address.span,
            ),
        );
    }
}

/// What a front is published with.
pub(super) fn ingress(object: &Object, facts: &mut Facts) {
    let tls = object
        .root
        .at(&["spec", "tls"])
        .filter(|tls| !tls.items().is_empty());
    if let Some(tls) = tls {
        add(
            facts,
            restricts("tls", "`tls`".to_owned(), Severity::High, tls.span),
        );
    }
    let class = object.root.at(&["spec", "ingressClassName"]);
    if let Some((class, name)) = class.and_then(|class| Some((class, class.text()?))) {
        add(
            facts,
            says(
                "exposure",
                "`ingressClassName`".to_owned(),
                name.to_owned(),
                Severity::Low,
                class.span,
            ),
        );
    }
    for annotation in object
        .root
        .at(&["metadata", "annotations"])
        .map_or(&[][..], Node::entries)
    {
        if let Some(fact) = toggle::of("annotation", &annotation.key, &annotation.value) {
            add(
                facts,
                Fact {
                    area: "tls",
                    severity: Severity::Medium,
                    ..fact
                },
            );
        } else if annotation
            .key
            .rsplit('/')
            .next()
            .is_some_and(|name| name.starts_with("auth-") || name.starts_with("whitelist-"))
        {
            let what = format!("annotation `{}`", annotation.key);
            add(
                facts,
                restricts("access", what, Severity::High, annotation.key_span),
            );
        }
    }
}

/// Listeners of a gateway.
pub(super) fn gateway(object: &Object, facts: &mut Facts) {
    for listener in object
        .root
        .at(&["spec", "listeners"])
        .map_or(&[][..], Node::items)
    {
        let name = listener.text_of("name").unwrap_or_default();
        let Some(protocol) = listener.get("protocol") else {
            continue;
        };
        let text = protocol.text().unwrap_or_default();
        let lax = u8::from(!matches!(text, "HTTPS" | "TLS"));
        let fact = says(
            "tls",
            format!("protocol of listener `{name}`"),
            text.to_owned(),
            Severity::High,
            protocol.span,
        );
        add(
            facts,
            Fact {
                lax,
                absent: (0, "absent"),
                differs: None,
                ..fact
            },
        );
    }
}
