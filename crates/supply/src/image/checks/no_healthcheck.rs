//! `image/no-healthcheck`: nobody can ask whether a container of the image is well.

use super::{Facts, ImageCheck, advice, in_config, info};
use bartizan_model::{Confidence, Finding, RuleInfo, Severity};

/// Looks at the health check of the configuration.
pub(super) struct NoHealthcheck;

impl ImageCheck for NoHealthcheck {
    fn rule(&self) -> RuleInfo {
        info(
            "image/no-healthcheck",
            "No health check",
            (Severity::Info, Confidence::High),
            &[],
            [
                "The image has no HEALTHCHECK. Docker and Podman then take a service that hangs for one that is well. Kubernetes \
                 does not look at it: there, probes of the pod do this.",
                "1. Add a HEALTHCHECK that asks the service something cheap, with a program that the image has anyway.\n\
                 2. Where Kubernetes runs it, declare liveness and readiness probes instead and skip this rule.",
            ],
            &["https://docs.docker.com/reference/dockerfile/#healthcheck"],
        )
    }

    fn needs_configuration(&self) -> bool {
        true
    }

    fn run(&self, facts: &Facts<'_>) -> Vec<Finding> {
        let Some(making) = facts.making else {
            return Vec::new();
        };
        let test = &making.image.config.config.healthcheck.test;
        let message = match test.first().map(String::as_str) {
            None => "the image has no health check",
            Some("NONE") => "the image switches the health check of its base off",
            Some(_) => return Vec::new(),
        };
        let mut finding = facts.finding(&self.rule(), "", message.to_owned(), in_config(1));
        finding.fix = Some(advice("add `HEALTHCHECK CMD …`, or probes where it is deployed"));
        vec![finding]
    }
}
