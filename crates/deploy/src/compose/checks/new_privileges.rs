//! `deploy/compose/new-privileges`: a way back to root.

use super::Rule;
use crate::compose::check::is_base;
use crate::compose::read::{Compose, Service};
use crate::doubt::Doubt;
use bartizan_document::edit::{self, Edit, New};
use bartizan_engine::rule;
use bartizan_engine::rule::{Found, Report, named};

rule! {
    /// Services do not say `no-new-privileges:true`, so that a program with the setuid bit or with file capabilities in the image gives a process
    /// rights that it was started without: an ordinary user in the container has a way to root in it.
    ///
    /// Said once a file, for all of its services that have an image; files that only override others (`docker-compose.override.yml`) are not
    /// judged. `bartizan fix` adds the line. A container that uses `sudo` or `ping` by the setuid bit stops working with it.
    NewPrivileges {
        id: "deploy/compose/new-privileges",
        title: "Containers may gain privileges",
        severity: Low,
        confidence: High,
        cwe: ["CWE-250"],
        controls: [("NIST-800-53-r5", "AC-6")],
        remediation: "```yaml\nsecurity_opt:\n  - no-new-privileges:true\n```",
        references: ["https://docs.kernel.org/userspace-api/no_new_privs.html"],
    }
}

pub(super) const RULE: Rule = Rule {
    about: &NewPrivileges::ABOUT,
    judge,
};

fn judge(file: &Compose<'_>, out: &mut Report<'_>, _: &mut Vec<Doubt>) {
    if !is_base(out.path()) {
        return;
    }
    let without: Vec<&Service<'_>> = file
        .services
        .iter()
        .filter(|service| service.own("image").is_some() || service.own("build").is_some())
        .filter(|service| !says_so(service))
        .collect();
    if without.is_empty() {
        return;
    }
    let edits: Option<Vec<Edit>> = without.iter().map(|service| edit(file.text, service)).collect();
    let places: Vec<_> = without.iter().map(|service| service.name_at.clone()).collect();
    out.findings(
        Found {
            message: format!(
                "{} may gain privileges that they were started without",
                named(without.iter().map(|service| service.name))
            ),
            key: "new-privileges".to_owned(),
            fix: "say `security_opt: [no-new-privileges:true]`".to_owned(),
            edits: edits.unwrap_or_default(),
            ..Found::default()
        },
        &places,
    );
}

fn says_so(service: &Service<'_>) -> bool {
    let options = service.all("security_opt");
    let items = options.iter().flat_map(|node| node.items());
    let texts = items.filter_map(|item| item.text());
    texts
        .into_iter()
        .any(|text| text.starts_with("no-new-privileges") && !text.ends_with("false"))
}

fn edit(text: &str, service: &Service<'_>) -> Option<Edit> {
    let option = "no-new-privileges:true";
    match service.own("security_opt") {
        None => edit::set(
            text,
            service.node,
            &["security_opt"],
            New::List(vec![option.to_owned()]),
        ),
        // One that says false is somebody's decision.
        Some(list)
            if list
                .items()
                .iter()
                .all(|item| item.text().is_some_and(|text| !text.starts_with("no-new"))) =>
        {
            edit::append(text, list, option)
        }
        Some(_) => None,
    }
}
