//! Files of settings of kubelet and kube-proxy, read as the flags that they stand for.
//!
//! <https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/> and
//! <https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/>.

use super::flags::{Flag, Form, Invocation, Missing, Program};
use crate::kube::Object;
use crate::kube::rule::scalar;
use bartizan_document::{Node, Value};

/// A flag, and the field that stands for it.
type Field = (&'static str, &'static [&'static str]);

const KUBELET: [Field; 16] = [
    ("anonymous-auth", &["authentication", "anonymous", "enabled"]),
    (
        "authentication-token-webhook",
        &["authentication", "webhook", "enabled"],
    ),
    ("authorization-mode", &["authorization", "mode"]),
    ("client-ca-file", &["authentication", "x509", "clientCAFile"]),
    ("feature-gates", &["featureGates"]),
    ("make-iptables-util-chains", &["makeIPTablesUtilChains"]),
    ("pod-max-pids", &["podPidsLimit"]),
    ("protect-kernel-defaults", &["protectKernelDefaults"]),
    ("read-only-port", &["readOnlyPort"]),
    ("rotate-certificates", &["rotateCertificates"]),
    ("rotate-server-certificates", &["serverTLSBootstrap"]),
    ("seccomp-default", &["seccompDefault"]),
    (
        "streaming-connection-idle-timeout",
        &["streamingConnectionIdleTimeout"],
    ),
    ("tls-cert-file", &["tlsCertFile"]),
    ("tls-cipher-suites", &["tlsCipherSuites"]),
    ("tls-min-version", &["tlsMinVersion"]),
];

const PROXY: [Field; 2] = [
    ("metrics-bind-address", &["metricsBindAddress"]),
    ("profiling", &["enableProfiling"]),
];

const fn fields(program: Program) -> &'static [Field] {
    match program {
        Program::Kubelet => &KUBELET,
        Program::Proxy => &PROXY,
        _ => &[],
    }
}

/// The way to the field that stands for a flag.
pub(crate) fn way_of(program: Program, flag: &str) -> Option<&'static [&'static str]> {
    fields(program)
        .iter()
        .find(|(name, _)| *name == flag)
        .map(|(_, way)| *way)
}

/// The program that an object is the settings of.
pub(crate) fn of(object: &Object) -> Option<Invocation> {
    let program = match (object.group(), object.kind.as_str()) {
        ("kubelet.config.k8s.io", "KubeletConfiguration") => Program::Kubelet,
        ("kubeproxy.config.k8s.io", "KubeProxyConfiguration") => Program::Proxy,
        _ => return None,
    };
    let flags = fields(program).iter().filter_map(|(name, way)| {
        let node = object.root.at(way).filter(|node| !node.is_null())?;
        Some(Flag {
            name: (*name).to_owned(),
            value: text(node),
            at: node.span,
        })
    });
    Some(Invocation {
        program,
        form: Form::File,
        flags: flags.collect(),
        place: object
            .root
            .entry("kind")
            .map_or_else(|| object.place(), |kind| kind.value.span),
        missing: Missing::Default,
        minor: None,
    })
}

/// A value as the flag writes it: lists and maps with commas.
fn text(node: &Node) -> String {
    match &node.value {
        Value::List(items) => {
            let items: Vec<String> = items.iter().filter_map(scalar).collect();
            items.join(",")
        }
        Value::Map(entries) => {
            let entries: Vec<String> = entries
                .iter()
                .map(|entry| format!("{}={}", entry.key, scalar(&entry.value).unwrap_or_default()))
                .collect();
            entries.join(",")
        }
        _ => scalar(node).unwrap_or_default(),
    }
}
