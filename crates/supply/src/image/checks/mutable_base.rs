//! `image/mutable-base`: what the image is built from changes without notice.

use super::{Facts, ImageCheck, advice, in_config, info};
use bartizan_model::{Confidence, Finding, RuleInfo, Severity};

/// Looks at the name of the base image, where it is known.
pub(super) struct MutableBase;

impl ImageCheck for MutableBase {
    fn rule(&self) -> RuleInfo {
        info(
            "image/mutable-base",
            "Base image named by `latest`",
            (Severity::Low, Confidence::Medium),
            &["CWE-829"],
            [
                "The base image is named without a tag, or by the tag `latest`. Which image that is changes without notice: two \
                 builds of the same source differ, a build cannot be repeated, and a base that breaks or was taken over comes in \
                 unseen.",
                "1. Name a version, and its digest as well: `FROM debian:12.8@sha256:…`.\n\
                 2. Let a bot raise it, so that each change is a reviewed commit.",
            ],
            &["https://docs.docker.com/build/building/best-practices/#pin-base-image-versions"],
        )
    }

    fn needs_configuration(&self) -> bool {
        true
    }

    fn run(&self, facts: &Facts<'_>) -> Vec<Finding> {
        let base = facts
            .making
            .and_then(|making| making.attribution.base.name.as_deref());
        let Some(name) = base else {
            return Vec::new();
        };
        let last = name.rsplit('/').next().unwrap_or(name);
        let tag = last.split_once(':').map(|(_, tag)| tag);
        let is_named = !matches!(tag, None | Some("latest" | ""));
        if name.contains('@') || name.contains('$') || name == "scratch" || is_named {
            return Vec::new();
        }
        let shown: String = name.chars().filter(|c| !c.is_control()).take(200).collect();
        let message =
            format!("the image is built from `{shown}`, and which image that is changes without notice");
        let mut finding = facts.finding(&self.rule(), name, message, in_config(1));
        finding.fix = Some(advice(
            "name a version and its digest, for instance `FROM NAME:VERSION@sha256:…`",
        ));
        vec![finding]
    }
}
