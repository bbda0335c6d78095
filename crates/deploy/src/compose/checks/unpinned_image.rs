//! `deploy/compose/unpinned-image`: an image that can become another.

use super::Rule;
use crate::compose::read::Compose;
use crate::doubt::Doubt;
use bartizan_engine::rule;
use bartizan_engine::rule::{Found, Report};

rule! {
    /// A service runs an image by `latest` or without a tag: whatever was pushed last when it was pulled. Two machines with the same file run
    /// different programs, and a new one comes without anybody having looked at it.
    ///
    /// A tag that names a version is not reported here, and neither is a service that is built from the repository (`build:`).
    UnpinnedImage {
        id: "deploy/compose/unpinned-image",
        title: "Image without a version",
        severity: Low,
        confidence: High,
        cwe: ["CWE-1357", "CWE-829"],
        controls: [("NIST-SP-800-190", "4.1.2"), ("NIST-800-53-r5", "SI-7")],
        remediation: "Name the version and the digest: `postgres:16.4@sha256:…`. `docker buildx imagetools inspect postgres:16.4` prints it.",
        references: ["https://github.com/compose-spec/compose-spec/blob/main/05-services.md#image"],
    }
}

pub(super) const RULE: Rule = Rule {
    about: &UnpinnedImage::ABOUT,
    judge,
};

fn judge(file: &Compose<'_>, out: &mut Report<'_>, doubts: &mut Vec<Doubt>) {
    for service in &file.services {
        if !service.all("build").is_empty() {
            continue;
        }
        let Some(node) = service.own("image") else {
            continue;
        };
        let Some(image) = service.text(node, doubts) else {
            continue;
        };
        let last = image.rsplit('/').next().unwrap_or(&image);
        let tag = last.split_once(':').map(|(_, tag)| tag);
        if image.contains('@') || tag.is_some_and(|tag| tag != "latest") {
            continue;
        }
        out.finding(
            Found {
                message: format!(
                    "`{}` runs `{}`, whatever was pushed last",
                    service.name.escape_debug(),
                    image.escape_debug()
                ),
                key: format!("{} {image}", service.name),
                fix: "name the version and the digest: `NAME:TAG@sha256:…`".to_owned(),
                ..Found::default()
            },
            &node.span.range(),
        );
    }
}
