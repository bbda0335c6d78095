//! `deploy/workload/image-not-pinned`: an image that is another tomorrow.

use super::containers;
use crate::kube::rule::{Broken, Judged, ObjectRule, Subject, is_open};
use bartizan_document::Node;
use bartizan_engine::rule;
use bartizan_engine::rule::Severity;

rule! {
    /// A tag is a name that its owner can point elsewhere. `latest`, which is also what no tag means, is meant to move: what was tested
    /// is not what runs after the next restart, two replicas may differ, and whoever may push to the registry decides what runs. Any
    /// other tag can be moved as well; only a digest (`@sha256:…`) names one image for ever.
    ImageNotPinned {
        id: "deploy/workload/image-not-pinned",
        title: "Image is named by a tag that can move",
        severity: Low,
        confidence: High,
        cwe: ["CWE-829"],
        controls: [
            ("CIS-Kubernetes-1.12", "5.5.1"),
            ("NIST-800-53-r5", "SI-7"),
            ("NSA-CISA-Kubernetes-1.2", "Upgrading and application security practices"),
        ],
        remediation: "Name the image by its digest, as `registry.example/app:1.4.2@sha256:…`.",
        references: [
            "https://kubernetes.io/docs/concepts/containers/images/#image-names",
        ],
    }
}

pub(super) const RULE: ObjectRule = ObjectRule {
    about: &ImageNotPinned::ABOUT,
    run,
};

fn run(subject: &Subject<'_>, judged: &mut Judged) {
    let Some(pod) = subject.pod else { return };
    let images = containers(pod).filter_map(|container| container.node.get("image"));
    let tagged: Vec<&Node> = images
        .filter(|image| image.text().is_some_and(is_tagged))
        .collect();
    let moving: Vec<&Node> = tagged
        .iter()
        .copied()
        .filter(|image| image.text().is_some_and(is_moving))
        .collect();
    let (all, severity, how) = if moving.is_empty() {
        (tagged, Severity::Info, "names images without a digest")
    } else {
        (moving, Severity::Low, "names images by a tag that moves")
    };
    if let Some(first) = all.first().and_then(|image| image.text()) {
        let more = match all.len() - 1 {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        judged.broken.push(Broken {
            what: format!("{how}: `{first}`{more}"),
            severity: Some(severity),
            at: all.iter().map(|image| image.span).collect(),
            ..Broken::default()
        });
    }
}

/// Whether an image is named, and not by a digest. Of a template nothing is said.
fn is_tagged(image: &str) -> bool {
    !image.is_empty() && !image.contains("@sha256:") && !is_open(image)
}

fn is_moving(image: &str) -> bool {
    let last = image.rsplit('/').next().unwrap_or(image);
    last.split_once(':')
        .is_none_or(|(_, tag)| matches!(tag, "" | "latest"))
}
