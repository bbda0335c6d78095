//! `deploy/dockerfile/ssh-server`: a second way in.

use super::{Judged, Rule};
use crate::doubt::Doubt;
use bartizan_document::shell::every;
use bartizan_engine::rule;
use bartizan_engine::rule::{Found, Report};

rule! {
    /// The image carries a server for SSH or opens port 22. That is a second way in beside the program, with keys or passwords of its own
    /// that must be kept, exchanged and watched, and one that no policy of the platform about who may enter a container sees.
    SshServer {
        id: "deploy/dockerfile/ssh-server",
        title: "SSH server in the image",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-668"],
        controls: [("NIST-SP-800-190", "4.1.2"), ("NIST-800-53-r5", "CM-7")],
        remediation: "Leave it out. `docker exec` and `kubectl exec` enter a container under the platform's own control; `kubectl debug` brings the tools.",
        references: ["https://docs.docker.com/reference/cli/docker/container/exec/"],
    }
}

pub(super) const RULE: Rule = Rule {
    about: &SshServer::ABOUT,
    judge,
};

fn judge(judged: &Judged<'_>, out: &mut Report<'_>, _: &mut Vec<Doubt>) {
    let build = judged.build;
    let Some(last) = build.last() else { return };
    let found = |message: String, key: &str| Found {
        message,
        key: key.to_owned(),
        fix: "leave it out, and enter with `docker exec` or `kubectl exec`".to_owned(),
        ..Found::default()
    };
    for step in build.made(last) {
        if step.instruction.keyword == "EXPOSE" {
            for word in &step.words {
                let port = word.known().and_then(|text| text.split('/').next());
                if port == Some("22") {
                    out.finding(
                        found("port 22 is opened, which is for SSH".to_owned(), "port"),
                        &word.at,
                    );
                }
            }
        }
        for commands in step.commands(judged.text) {
            let pipelines = every(&commands.pipelines);
            for command in pipelines.iter().flat_map(|one| &one.commands) {
                let installs = command.has(&["install", "add", "-S", "in"]);
                let packages = command.run().iter().filter(|word| {
                    matches!(
                        word.text.split(['=', '<', '>']).next(),
                        Some("openssh-server" | "dropbear" | "dropbear-bin")
                    )
                });
                for word in packages.filter(|_| installs) {
                    let message = format!("`{}` is installed", word.text.escape_debug());
                    out.finding(found(message, "package"), &commands.place(word.span));
                }
            }
        }
    }
}
