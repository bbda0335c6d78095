//! Which pods are in the mesh.
//!
//! A proxy is put beside a pod by labels of its namespace and of itself; in ambient mode the node's proxy takes it in, by other labels.
//! A namespace that has none of these labels is outside: a mesh can be installed to take in all others, which manifests do not tell.
//!
//! Source: <https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/#controlling-the-injection-policy>,
//! <https://istio.io/latest/docs/ambient/usage/add-workloads/>,
//! <https://istio.io/latest/docs/reference/config/annotations/>.

use crate::reach::{Labels, Ports};
use bartizan_document::{Node, Value};

/// Namespaces whose pods never get a proxy.
const NEVER: [&str; 4] = [
    "kube-system",
    "kube-public",
    "kube-node-lease",
    "local-path-storage",
];
const INJECT: &str = "sidecar.istio.io/inject";
const INJECTION: &str = "istio-injection";
const REVISION: &str = "istio.io/rev";
const DATAPLANE: &str = "istio.io/dataplane-mode";
const WAYPOINT: &str = "istio.io/use-waypoint";

/// Whether a pod is in the mesh.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Membership {
    /// With a proxy of its own.
    Sidecar,
    /// By the proxy of its node.
    Ambient {
        /// Whether what it takes may come through a proxy for requests first.
        waypoint: bool,
    },
    Outside,
    /// The labels of its namespace are not known, and its own do not decide.
    Unknown,
}

/// What a pod itself says of its proxy, beside its labels.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Hints {
    /// It has the proxy already.
    proxied: bool,
    /// The annotation that older versions mind.
    inject: Option<bool>,
    /// Ports that come to it around the proxy.
    pub(crate) inbound_around: Ports,
    /// The only ports that come to it through the proxy, where it says which.
    pub(crate) inbound_only: Option<Ports>,
    /// Ports that it connects to around the proxy.
    pub(crate) outbound_around: Ports,
}

impl Hints {
    /// Reads them from a pod or a template of one.
    pub(crate) fn read(pod: &Node) -> Self {
        let containers = ["containers", "initContainers"].iter().filter_map(|key| {
            let containers = pod.at(&["spec", key])?;
            Some(containers.items())
        });
        let proxied = containers
            .flatten()
            .any(|container| container.text_of("name") == Some("istio-proxy"));
        let annotations = pod.at(&["metadata", "annotations"]);
        let text = |key: &str| match &annotations?.get(key)?.value {
            Value::Text(text) => Some(text.to_string()),
            Value::Bool(is) => Some(is.to_string()),
            Value::Int(number) => Some(number.to_string()),
            _ => None,
        };
        let listed = |name: &str| {
            let text = text(&format!("traffic.sidecar.istio.io/{name}"))?;
            if text.trim() == "*" {
                return Some(Ports::all());
            }
            let ports = text.split(',').filter_map(|port| port.trim().parse::<u16>().ok());
            Some(ports.fold(Ports::default(), |sum, port| sum.union(&Ports::range(port, port))))
        };
        Self {
            proxied,
            inject: text(INJECT).map(|text| text == "true"),
            inbound_around: listed("excludeInboundPorts").unwrap_or_default(),
            inbound_only: listed("includeInboundPorts").filter(|ports| !ports.is_all()),
            outbound_around: listed("excludeOutboundPorts").unwrap_or_default(),
        }
    }
}

/// Whether the labels of a namespace take its pods into the mesh, where these say nothing themselves.
pub(crate) fn takes_in(space: &Labels) -> bool {
    let label = |key: &str| space.get(key).map_or("", |value| value);
    match label(INJECTION) {
        "enabled" => true,
        "" => !label(REVISION).is_empty() || label(DATAPLANE) == "ambient",
        _ => label(DATAPLANE) == "ambient",
    }
}

/// Whether a pod is in the mesh; `space` are the labels of its namespace, where they are known.
pub(crate) fn membership(
    (namespace, space): (&str, Option<&Labels>),
    labels: &Labels,
    hints: &Hints,
    on_host: bool,
) -> Membership {
    if hints.proxied {
        return Membership::Sidecar;
    }
    if on_host || NEVER.contains(&namespace) {
        return Membership::Outside;
    }
    let own = |key: &str| labels.get(key).map(|value| &**value);
    // The label counts before the annotation.
    let inject = own(INJECT).map(|value| value == "true").or(hints.inject);
    let Some(space) = space else {
        return match (inject, own(DATAPLANE)) {
            (Some(false), None | Some("none")) => Membership::Outside,
            (Some(true), _) if own(INJECT).is_some() => Membership::Sidecar,
            (_, Some("ambient")) => Membership::Ambient { waypoint: true },
            _ => Membership::Unknown,
        };
    };
    let of_space = |key: &str| {
        space
            .get(key)
            .map(|value| &**value)
            .filter(|value| !value.is_empty())
    };
    let revision = of_space(REVISION).or_else(|| own(REVISION)).is_some();
    let by_space = match of_space(INJECTION) {
        Some("enabled") => true,
        Some(_) => false,
        None => revision || own(INJECT) == Some("true"),
    };
    if by_space && inject != Some(false) {
        return Membership::Sidecar;
    }
    let ambient = own(DATAPLANE).or_else(|| of_space(DATAPLANE)) == Some("ambient");
    if ambient {
        let through = own(WAYPOINT).or_else(|| of_space(WAYPOINT));
        let waypoint = through.is_some_and(|through| through != "none");
        return Membership::Ambient { waypoint };
    }
    Membership::Outside
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labelled(pairs: &[(&str, &str)]) -> Labels {
        let pairs = pairs.iter();
        pairs
            .map(|(key, value)| ((*key).into(), (*value).into()))
            .collect()
    }

    fn of(space: &[(&str, &str)], pod: &[(&str, &str)]) -> Membership {
        membership(
            ("shop", Some(&labelled(space))),
            &labelled(pod),
            &Hints::default(),
            false,
        )
    }

    #[test]
    fn labels_of_namespace_and_pod_decide_as_documented() {
        let enabled = [(INJECTION, "enabled")];
        let disabled = [(INJECTION, "disabled")];
        let revision = [(REVISION, "canary")];
        for (space, pod, expected) in [
            (&[][..], &[][..], Membership::Outside),
            (&enabled, &[], Membership::Sidecar),
            (&enabled, &[(INJECT, "false")], Membership::Outside),
            (&disabled, &[(INJECT, "true")], Membership::Outside),
            (&[], &[(INJECT, "true")], Membership::Sidecar),
            (&revision, &[], Membership::Sidecar),
            (&[], &revision, Membership::Sidecar),
            (
                &[(INJECTION, "disabled"), (REVISION, "canary")],
                &[],
                Membership::Outside,
            ),
            (
                &[(DATAPLANE, "ambient")],
                &[],
                Membership::Ambient { waypoint: false },
            ),
            (
                &[(DATAPLANE, "ambient"), (WAYPOINT, "way")],
                &[],
                Membership::Ambient { waypoint: true },
            ),
            (
                &[(DATAPLANE, "ambient")],
                &[(DATAPLANE, "none")],
                Membership::Outside,
            ),
        ] {
            assert_eq!(of(space, pod), expected, "{space:?} {pod:?}");
        }
    }

    #[test]
    fn pods_of_the_node_and_of_the_system_are_outside_and_a_proxy_that_is_there_decides() {
        let enabled = labelled(&[(INJECTION, "enabled")]);
        let none = Labels::new();
        let there = Hints {
            proxied: true,
            ..Hints::default()
        };
        let of =
            |namespace, space, hints: &Hints, on_host| membership((namespace, space), &none, hints, on_host);
        assert_eq!(
            of("shop", Some(&enabled), &Hints::default(), true),
            Membership::Outside
        );
        assert_eq!(
            of("kube-system", Some(&enabled), &Hints::default(), false),
            Membership::Outside
        );
        assert_eq!(of("shop", None, &Hints::default(), false), Membership::Unknown);
        assert_eq!(of("shop", None, &there, false), Membership::Sidecar);
    }
}
