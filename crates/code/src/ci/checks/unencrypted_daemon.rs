//! `ci/unencrypted-daemon`: the container engine of a job answers everybody.

use super::{Rule, Subject};
use bartizan_engine::rule;
use bartizan_engine::rule::{Found, Report};

rule! {
    /// A job with a container engine beside it (`docker:dind`) turns its certificates off (`DOCKER_TLS_CERTDIR: ""`). The engine then does what anybody
    /// says who reaches it: other jobs on the same machine, by the network of the runner. It runs privileged, so that whoever speaks to it has the
    /// runner.
    UnencryptedDaemon {
        id: "ci/unencrypted-daemon",
        title: "Container engine that asks nobody who they are",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-306", "CWE-319"],
        controls: [("NIST-800-53-r5", "SC-8"), ("NIST-800-53-r5", "AC-3")],
        remediation: "Say `DOCKER_TLS_CERTDIR: \"/certs\"` and let the runner share that directory, or build without an engine: BuildKit rootless, Buildah.",
        references: ["https://docs.gitlab.com/ci/docker/using_docker_build/#use-docker-in-docker"],
    }
}

pub(super) const RULE: Rule = Rule {
    about: &UnencryptedDaemon::ABOUT,
    judge,
};

fn judge(subject: &Subject<'_>, out: &mut Report<'_>) {
    let Subject::Gitlab(pipeline) = subject else {
        return;
    };
    let has_engine = pipeline.images().iter().any(|(image, _)| image.contains("dind"));
    for job in pipeline.jobs.iter().filter(|_| has_engine) {
        let Some(entry) = job
            .node
            .get("variables")
            .and_then(|node| node.entry("DOCKER_TLS_CERTDIR"))
        else {
            continue;
        };
        let value = entry.value.get("value").unwrap_or(&entry.value);
        if value.is_null() || value.text() == Some("") {
            out.finding(
                Found {
                    message: "the container engine beside the job does what anybody says who reaches it"
                        .to_owned(),
                    key: job.name.to_owned(),
                    fix: "say `DOCKER_TLS_CERTDIR: \"/certs\"`".to_owned(),
                    ..Found::default()
                },
                &entry.key_span.range(),
            );
        }
    }
}
