//! `deploy/dockerfile/unpinned-base`: an image that can become another.

use super::{Judged, Rule};
use crate::dockerfile::Base;
use crate::doubt::Doubt;
use bartizan_engine::rule;
use bartizan_engine::rule::{Found, Report, Severity};
use std::ops::Range;

rule! {
    /// A stage begins from an image by a tag, or takes files from one (`COPY --from`, `RUN --mount=from=`). A tag is a name that whoever
    /// may push to the repository can move to other content, and with it what every later build is made of. A build from the same
    /// commit is then not the same build, and a new image is taken in that nobody looked at.
    ///
    /// Without a tag, and with `latest`, that happens with every release of the image: such a base is reported as medium. A tag that names a
    /// version is reported as low. A digest names the content.
    UnpinnedBase {
        id: "deploy/dockerfile/unpinned-base",
        title: "Image is not named by its digest",
        severity: Low,
        confidence: High,
        cwe: ["CWE-1357", "CWE-829"],
        controls: [("NIST-SP-800-190", "4.1.2"), ("NIST-800-53-r5", "SI-7")],
        remediation: "Name the digest behind the tag: `FROM debian:12@sha256:…`. `docker buildx imagetools inspect debian:12` prints it. Let a \
            tool such as Renovate raise it, so that updates come as changes that are looked at.",
        references: [
            "https://docs.docker.com/build/building/best-practices/#pin-base-image-versions",
        ],
    }
}

pub(super) const RULE: Rule = Rule {
    about: &UnpinnedBase::ABOUT,
    judge,
};

fn judge(judged: &Judged<'_>, out: &mut Report<'_>, doubts: &mut Vec<Doubt>) {
    let build = judged.build;
    for stage in &build.stages {
        match &stage.base {
            Base::Image(image) => report(image, &stage.base_at, out),
            Base::Unknown(name) => doubts.push(Doubt::new(
                format!(
                    "the base is made of `{}`, which is given from outside",
                    name.escape_debug()
                ),
                &stage.base_at,
            )),
            Base::Scratch | Base::Stage(_) => {}
        }
    }
    let is_stage = |name: &str, before: usize| {
        let lower = name.to_lowercase();
        let earlier = build.stages.get(..before).unwrap_or_default();
        lower.parse::<usize>().is_ok()
            || earlier
                .iter()
                .any(|stage| stage.name.as_deref() == Some(lower.as_str()))
    };
    for step in &build.steps {
        let before = step.stage.unwrap_or_default();
        for flag in &step.instruction.flags {
            let from = match flag.name.as_str() {
                "from" => Some(flag.value.as_str()),
                "mount" => flag.value.split(',').find_map(|part| part.strip_prefix("from=")),
                _ => None,
            };
            if let Some(image) =
                from.filter(|image| !image.is_empty() && !image.contains('$') && !is_stage(image, before))
            {
                // A name without a tag or a registry may be a context that is given to the build by name.
                if image.contains([':', '/']) {
                    report(image, &flag.at, out);
                }
            }
        }
    }
}

fn report(image: &str, at: &Range<usize>, out: &mut Report<'_>) {
    if image.contains('@') {
        return;
    }
    let last = image.rsplit('/').next().unwrap_or(image);
    let tag = last.split_once(':').map(|(_, tag)| tag);
    let name = image.escape_debug();
    let (message, severity) = match tag {
        None => (
            format!("`{name}` names no tag, so it is `latest`: whatever was pushed last"),
            Severity::Medium,
        ),
        Some("latest") => (format!("`{name}` is whatever was pushed last"), Severity::Medium),
        Some(_) => (
            format!("`{name}` is named by a tag, which can be moved to other content"),
            Severity::Low,
        ),
    };
    out.finding(
        Found {
            message,
            key: image.to_owned(),
            fix: "name the digest: `NAME:TAG@sha256:…`".to_owned(),
            severity: Some(severity),
            ..Found::default()
        },
        at,
    );
}
