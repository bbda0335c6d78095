//! `ci/unpinned-image`: a job runs in an image that can become another.

use super::{Rule, Subject, shown};
use bartizan_engine::rule;
use bartizan_engine::rule::{Found, Report};
use std::collections::BTreeMap;
use std::ops::Range;

rule! {
    /// A job, or a service beside it, runs in an image that is not named by its digest. Whoever may push to its repository decides what runs with the
    /// job's token, secrets and files, from the next run on.
    ///
    /// An image that is named by a variable is not judged; on GitLab images of the project's own registry (`$CI_REGISTRY_IMAGE`) are named so.
    UnpinnedImage {
        id: "ci/unpinned-image",
        title: "Job's image is not named by its digest",
        severity: Low,
        confidence: High,
        cwe: ["CWE-829", "CWE-1357"],
        controls: [("NIST-800-53-r5", "SI-7")],
        remediation: "Name the digest behind the tag: `python:3.12@sha256:…`, and let Renovate or Dependabot raise it.",
        references: [
            "https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idcontainer",
            "https://docs.gitlab.com/ci/yaml/#image",
        ],
    }
}

pub(super) const RULE: Rule = Rule {
    about: &UnpinnedImage::ABOUT,
    judge,
};

fn judge(subject: &Subject<'_>, out: &mut Report<'_>) {
    let mut found: BTreeMap<&str, Vec<Range<usize>>> = BTreeMap::new();
    let images = match subject {
        Subject::Github(workflow) => {
            let mut all = Vec::new();
            for job in &workflow.jobs {
                let container = job.node.get("container");
                let services = job.node.get("services").map_or(&[][..], |node| node.entries());
                for node in container
                    .into_iter()
                    .chain(services.iter().map(|entry| &entry.value))
                {
                    let node = node.get("image").unwrap_or(node);
                    all.extend(node.text().map(|text| (text, node.span.range())));
                }
            }
            all
        }
        Subject::Gitlab(pipeline) => pipeline.images(),
        Subject::Dependabot(_) => Vec::new(),
    };
    for (image, at) in images {
        if !image.is_empty() && !image.contains('@') && !image.contains('$') {
            found.entry(image).or_default().push(at);
        }
    }
    for (image, places) in found {
        out.findings(
            Found {
                message: format!("`{}` can become another image", shown(image)),
                key: image.to_owned(),
                fix: "name the digest: `NAME:TAG@sha256:…`".to_owned(),
                ..Found::default()
            },
            &places,
        );
    }
}
