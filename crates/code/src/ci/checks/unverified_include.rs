//! `ci/unverified-include`: a part of the pipeline comes from elsewhere.

use super::{Rule, Subject, shown_address};
use bartizan_document::Node;
use bartizan_engine::rule;
use bartizan_engine::rule::{Found, Report, Severity};

rule! {
    /// A pipeline of GitLab takes a part of itself from elsewhere: an address (`remote`) without `integrity`, a file of another project without a commit, a
    /// component by a version that moves (`~latest`, a branch). Whoever writes there writes this pipeline, with its variables and its token. An address
    /// without encryption is reported as high, other addresses as medium, projects and components as low.
    UnverifiedInclude {
        id: "ci/unverified-include",
        title: "Part of the pipeline that can become another",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-829", "CWE-494"],
        controls: [("NIST-800-53-r5", "SI-7"), ("OWASP-ASVS-5.0", "15.2.4")],
        remediation: "- an address: `integrity: 'sha256-…'`\n- a project: `ref: <40 digits>`\n- a component: `host/group/component@<40 digits>` or a full version",
        references: [
            "https://docs.gitlab.com/ci/yaml/#includeintegrity",
            "https://docs.gitlab.com/ci/yaml/#includeproject",
        ],
    }
}

pub(super) const RULE: Rule = Rule {
    about: &UnverifiedInclude::ABOUT,
    judge,
};

fn judge(subject: &Subject<'_>, out: &mut Report<'_>) {
    let Subject::Gitlab(pipeline) = subject else {
        return;
    };
    let Some(include) = pipeline.root.get("include") else {
        return;
    };
    let one = std::slice::from_ref(include);
    let items = if include.items().is_empty() {
        one
    } else {
        include.items()
    };
    for item in items {
        let plain = item.text().filter(|text| text.contains("://"));
        if let Some((url, node)) = item
            .get("remote")
            .and_then(|node| Some((node.text()?, node)))
            .or(plain.map(|text| (text, item)))
        {
            remote(url, node, item, out);
        } else if let Some((project, node)) = item.get("project").and_then(|node| Some((node.text()?, node)))
        {
            let reference = item.text_of("ref").unwrap_or_default();
            if !is_commit(reference) && !reference.contains('$') {
                let by = if reference.is_empty() {
                    "its default branch".to_owned()
                } else {
                    format!("`{}`", reference.escape_debug())
                };
                report(
                    format!("a file of `{}` is taken by {by}", project.escape_debug()),
                    Some(Severity::Low),
                    node,
                    out,
                );
            }
        } else if let Some((component, node)) =
            item.get("component").and_then(|node| Some((node.text()?, node)))
        {
            let version = component.rsplit_once('@').map_or("", |(_, version)| version);
            let is_full =
                version.split('.').count() >= 3 && version.starts_with(|one: char| one.is_ascii_digit());
            if !is_commit(version) && !is_full && !version.contains('$') {
                report(
                    format!("`{}` is a version that moves", shown_address(component)),
                    Some(Severity::Low),
                    node,
                    out,
                );
            }
        }
    }
}

fn remote(url: &str, node: &Node, item: &Node, out: &mut Report<'_>) {
    if item.get("integrity").is_some() {
        return;
    }
    let plain = url.to_ascii_lowercase().starts_with("http://");
    let how = if plain { ", without encryption," } else { "" };
    let message = format!("`{}` is taken{how} as it is answered", shown_address(url));
    report(message, plain.then_some(Severity::High), node, out);
}

fn report(message: String, severity: Option<Severity>, node: &Node, out: &mut Report<'_>) {
    out.finding(
        Found {
            key: message.clone(),
            message: format!("{message}, and can become another"),
            fix: "hold it by a digest or a commit".to_owned(),
            severity,
            ..Found::default()
        },
        &node.span.range(),
    );
}

fn is_commit(reference: &str) -> bool {
    reference.len() == 40 && reference.bytes().all(|byte| byte.is_ascii_hexdigit())
}
