//! `deploy/control-plane/anonymous-requests`: an API server that answers whoever asks.

use super::{FlagRule, Invocation, Program, in_force, written};
use crate::kube::rule::Judged;
use bartizan_engine::rule;

rule! {
    /// Unless it is told otherwise, the API server takes a request without credentials as one of the user `system:anonymous`. With
    /// authorisation by roles that user may read little, discovery and health; but any binding to `system:unauthenticated`, made by
    /// mistake or by a chart, is then open to everybody who reaches the port, and so is every flaw before authentication. Managed
    /// health checks may need it: give them a credential, or, from 1.31 on, an authentication configuration that names the paths.
    AnonymousRequests {
        id: "deploy/control-plane/anonymous-requests",
        title: "API server answers requests without credentials",
        severity: Low,
        confidence: High,
        cwe: ["CWE-306"],
        controls: [
            ("CIS-Kubernetes-1.12", "1.2.1"),
            ("NIST-800-53-r5", "AC-3"),
            ("NSA-CISA-Kubernetes-1.2", "Authentication and authorization"),
            ("HIPAA-Security-Rule", "164.312(d)"),
        ],
        remediation: "Say `--anonymous-auth=false`, or limit it to health checks by `--authentication-config`.",
        references: [
            "https://kubernetes.io/docs/reference/access-authn-authz/authentication/#anonymous-requests",
        ],
    }
}

pub(super) const RULE: FlagRule = FlagRule {
    about: &AnonymousRequests::ABOUT,
    programs: &[Program::ApiServer],
    run,
};

fn run(one: &Invocation, judged: &mut Judged) {
    if let Some(file) = written(one, "authentication-config") {
        judged.undecided(
            "`--authentication-config` says which requests without credentials are answered",
            file.at,
        );
        return;
    }
    if let Some(value) = in_force(one, "anonymous-auth", "true", judged)
        && value.is("true")
    {
        judged.one(
            format!("answers requests without credentials: {}", value.said),
            value.at,
        );
    }
}
