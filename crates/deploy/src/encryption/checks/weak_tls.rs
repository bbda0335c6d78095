//! `deploy/encryption/weak-tls`: entrances that take old versions and broken suites.

use crate::kube::rule::{Judged, ObjectRule, Subject, scalar};
use bartizan_document::{Node, Span};
use bartizan_engine::rule;

rule! {
    /// TLS 1.0 and 1.1 were withdrawn in 2021, RC4 and 3DES are broken. An entrance that takes them lets whoever stands in the way talk
    /// both sides down to them. Read are the ConfigMap and annotations of ingress-nginx, the policies of load balancers of AWS, Gateways
    /// of Istio, TLSOptions of Traefik, HTTPProxies of Contour and ClientTrafficPolicies of Envoy Gateway; where they say nothing, the
    /// defaults of all of them are TLS 1.2 or newer, but for the first policy of AWS's load balancers.
    WeakTls {
        id: "deploy/encryption/weak-tls",
        title: "Entrance accepts weak versions or suites of TLS",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-326"],
        controls: [
            ("NIST-800-53-r5", "SC-8"),
            ("PCI-DSS-4.0.1", "4.2.1"),
            ("HIPAA-Security-Rule", "164.312(e)(1)"),
        ],
        remediation: "Ask for TLS 1.2 at least, and leave the suites to the defaults.",
        references: [
            "https://www.rfc-editor.org/rfc/rfc8996",
            "https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/configmap/#ssl-protocols",
            "https://istio.io/latest/docs/reference/config/networking/gateway/#ServerTLSSettings-TLSProtocol",
            "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html",
        ],
    }
}

pub(super) const RULE: ObjectRule = ObjectRule {
    about: &WeakTls::ABOUT,
    run,
};

fn run(subject: &Subject<'_>, judged: &mut Judged) {
    annotations(subject, judged);
    let mut say = |key: &str, what: String, at: Span| judged.keyed(key, None, what, at);
    if subject.is("", "ConfigMap") {
        let setting = |key: &str| {
            subject
                .at(&["data", key])
                .and_then(|node| Some((node.text()?, node.span)))
        };
        if let Some((text, at)) = setting("ssl-protocols").filter(|(text, _)| is_old_list(text)) {
            say(
                "protocols",
                format!("takes old versions of TLS: `ssl-protocols` is `{text}`"),
                at,
            );
        }
        if let Some((suite, at)) =
            setting("ssl-ciphers").and_then(|(text, at)| Some((broken_suite(text)?, at)))
        {
            say("ciphers", format!("takes the suite `{suite}`: `ssl-ciphers`"), at);
        }
        return;
    }
    let Some(spec) = subject.at(&["spec"]) else { return };
    let group = subject.object.group();
    let versions: Vec<&Node> = match (group, subject.object.kind.as_str()) {
        ("networking.istio.io", "Gateway") => spec
            .items_of("servers")
            .iter()
            .filter_map(|server| server.at(&["tls", "minProtocolVersion"]))
            .collect(),
        ("traefik.io" | "traefik.containo.us", "TLSOption") => spec.get("minVersion").into_iter().collect(),
        ("projectcontour.io", "HTTPProxy") => spec
            .at(&["virtualhost", "tls", "minimumProtocolVersion"])
            .into_iter()
            .collect(),
        ("gateway.envoyproxy.io", "ClientTrafficPolicy") => {
            spec.at(&["tls", "minVersion"]).into_iter().collect()
        }
        _ => Vec::new(),
    };
    for node in versions {
        // A version without quotes is a number to YAML.
        let text = scalar(node).or_else(|| match node.value {
            bartizan_document::Value::Float(number) => Some(format!("{number:.1}")),
            _ => None,
        });
        let text = text.unwrap_or_default();
        if ["TLSV1_0", "TLSV1_1", "VersionTLS10", "VersionTLS11", "1.0", "1.1"].contains(&text.as_str()) {
            say(
                "versions",
                format!("takes versions of TLS from `{text}` on"),
                node.span,
            );
        }
    }
}

fn annotations(subject: &Subject<'_>, judged: &mut Judged) {
    let policies = [
        "alb.ingress.kubernetes.io/ssl-policy",
        "service.beta.kubernetes.io/aws-load-balancer-ssl-negotiation-policy",
    ];
    for key in policies {
        if let Some((policy, at)) = subject
            .annotation(key)
            .filter(|(policy, _)| is_old_policy(policy))
        {
            judged.keyed(
                key,
                None,
                format!("takes old versions of TLS: `{key}` is `{policy}`"),
                at,
            );
        }
    }
    let key = "nginx.ingress.kubernetes.io/ssl-ciphers";
    if let Some((suite, at)) = subject
        .annotation(key)
        .and_then(|(text, at)| Some((broken_suite(text)?, at)))
    {
        judged.keyed(key, None, format!("takes the suite `{suite}`: `{key}`"), at);
    }
}

fn is_old_list(text: &str) -> bool {
    text.split_ascii_whitespace()
        .any(|one| matches!(one, "SSLv2" | "SSLv3" | "TLSv1" | "TLSv1.0" | "TLSv1.1"))
}

/// A suite of a list of OpenSSL's form that is broken, and not taken out of it by `!` or `-`.
fn broken_suite(text: &str) -> Option<&str> {
    text.split([':', ',', ' ']).find(|one| {
        !one.starts_with(['!', '-'])
            && ["RC4", "DES-CBC", "3DES", "NULL", "EXP", "MD5"]
                .iter()
                .any(|part| one.contains(part))
    })
}

/// Whether a policy of AWS takes TLS 1.0 or 1.1.
fn is_old_policy(policy: &str) -> bool {
    [
        "2011-08",
        "2014-01",
        "2014-10",
        "2015-02",
        "2015-03",
        "2015-05",
        "2016-08",
        "TLS-1-0",
        "TLS-1-1",
        "FS-2018-06",
        "TLS13-1-0",
        "TLS13-1-1",
    ]
    .iter()
    .any(|part| policy.contains(part))
}
