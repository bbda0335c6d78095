//! `image/root-user`: a container of the image runs as root.

use super::{Facts, ImageCheck, advice, in_config, info};
use bartizan_model::{Confidence, Finding, RuleInfo, Severity};

/// Looks at the user of the configuration.
pub(super) struct RootUser;

impl ImageCheck for RootUser {
    fn rule(&self) -> RuleInfo {
        info(
            "image/root-user",
            "Container runs as root",
            (Severity::Medium, Confidence::High),
            &["CWE-250"],
            [
                "The image names no user, or names root. Whoever takes over the service is then root in the container: may \
                 change every file of it, install tools, and needs one flaw in the kernel or one careless mount to be root on \
                 the machine. Kubernetes refuses such an image where `runAsNonRoot` is set.",
                "1. Create a user in the Dockerfile and name it at the end by its number, for instance `USER 10001`.\n\
                 2. Give that user only the directories that the service writes to.\n\
                 3. Set `runAsNonRoot: true` where it is deployed, so that this does not come back.",
            ],
            &[
                "https://docs.docker.com/build/building/best-practices/#user",
                "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
            ],
        )
    }

    fn needs_configuration(&self) -> bool {
        true
    }

    fn run(&self, facts: &Facts<'_>) -> Vec<Finding> {
        let Some(making) = facts.making else {
            return Vec::new();
        };
        let user = making.image.config.config.user.as_str();
        let name = user.split(':').next().unwrap_or(user).trim();
        let is_zero = !name.is_empty() && name.bytes().all(|digit| digit == b'0');
        if !(name.is_empty() || name == "root" || is_zero) {
            return Vec::new();
        }
        let message = if name.is_empty() {
            "the image names no user, so its containers run as root".to_owned()
        } else {
            format!("the image names the user `{name}`, which is root")
        };
        let mut finding = facts.finding(&self.rule(), "", message, in_config(1));
        finding.fix = Some(advice(
            "end the Dockerfile with a user by its number, for instance `USER 10001`",
        ));
        vec![finding]
    }
}
