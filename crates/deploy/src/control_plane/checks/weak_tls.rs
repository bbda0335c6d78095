//! `deploy/control-plane/weak-tls`: versions and cipher suites that no longer protect.

use super::{FlagRule, Invocation, Program, written};
use crate::kube::rule::Judged;
use bartizan_engine::rule;
use bartizan_engine::rule::Severity;

rule! {
    /// By default the programs of Kubernetes speak TLS 1.2 and 1.3 with suites that are sound. A minimum of TLS 1.0 or 1.1 brings back
    /// versions that were withdrawn, and a list of suites may bring back RC4 and 3DES, which are broken, or suites without forward
    /// secrecy (`TLS_RSA_…`) and with CBC, under which what was recorded can be read once the key is lost, or is open to padding oracles.
    WeakTls {
        id: "deploy/control-plane/weak-tls",
        title: "Control plane accepts weak versions or suites of TLS",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-326"],
        controls: [
            ("CIS-Kubernetes-1.12", "1.2.29"),
            ("CIS-Kubernetes-1.12", "4.2.12"),
            ("NIST-800-53-r5", "SC-8"),
            ("PCI-DSS-4.0.1", "4.2.1"),
            ("HIPAA-Security-Rule", "164.312(e)(1)"),
        ],
        remediation: "Take the setting away, or say `VersionTLS12` and suites with ECDHE and GCM or ChaCha20 alone.",
        references: [
            "https://www.rfc-editor.org/rfc/rfc8996",
            "https://www.rfc-editor.org/rfc/rfc9325",
        ],
    }
}

pub(super) const RULE: FlagRule = FlagRule {
    about: &WeakTls::ABOUT,
    programs: &[
        Program::ApiServer,
        Program::ControllerManager,
        Program::Scheduler,
        Program::Etcd,
        Program::Kubelet,
    ],
    run,
};

fn run(one: &Invocation, judged: &mut Judged) {
    if let Some(flag) = written(one, "tls-min-version")
        && matches!(
            flag.value.as_str(),
            "VersionTLS10" | "VersionTLS11" | "TLS1.0" | "TLS1.1"
        )
    {
        let what = format!(
            "accepts old versions of TLS: {} is `{}`",
            one.label("tls-min-version"),
            flag.value
        );
        judged.keyed("version", None, what, flag.at);
    }
    let name = if one.program == Program::Etcd {
        "cipher-suites"
    } else {
        "tls-cipher-suites"
    };
    let suites = one.list(name);
    let broken = |suite: &&&str| {
        ["RC4", "3DES", "NULL", "_DES_", "EXPORT"]
            .iter()
            .any(|part| suite.contains(part))
    };
    let dated = |suite: &&&str| suite.starts_with("TLS_RSA_") || suite.contains("_CBC_");
    let (severity, found) = match suites.iter().find(broken) {
        Some(suite) => (Severity::Medium, Some(suite)),
        None => (Severity::Low, suites.iter().find(dated)),
    };
    if let (Some(suite), Some(flag)) = (found, written(one, name)) {
        judged.keyed(
            "suites",
            Some(severity),
            format!("accepts the suite `{suite}`"),
            flag.at,
        );
    }
}
