//! `deploy/dockerfile/unproven-download`: certificates or signatures are not checked.

use super::{Judged, Rule};
use crate::doubt::Doubt;
use bartizan_document::shell::fetch::{assignment, unproven};
use bartizan_engine::rule;
use bartizan_engine::rule::{Found, Report};

rule! {
    /// A command of the build says not to check the certificate of a server, or the signature of a package: `curl -k`,
    /// `wget --no-check-certificate`, `apt-get --allow-unauthenticated`, `[trusted=yes]`, `apk --allow-untrusted`, `dnf --nogpgcheck`,
    /// `http.sslVerify false`, `NODE_TLS_REJECT_UNAUTHORIZED=0`. Whoever is on the way, or keeps a mirror, then decides what the image is made of.
    ///
    /// `ENV` sets it for every program that the image runs, later too. What pip, npm, Go and other package managers are told in
    /// their own settings, the rules `supply/*` report.
    UnprovenDownload {
        id: "deploy/dockerfile/unproven-download",
        title: "Download without proof of its origin",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-494", "CWE-345"],
        controls: [("NIST-800-53-r5", "SI-7"), ("NIST-800-53-r5", "SC-8")],
        remediation: "Remove it. Where the certificate is of your own authority, add that: `COPY ca.crt /usr/local/share/ca-certificates/` and \
            `RUN update-ca-certificates`. Where a repository signs with a key of its own, name it: `[signed-by=/etc/apt/keyrings/x.asc]`.",
        references: [
            "https://manpages.debian.org/apt-secure",
            "https://curl.se/docs/manpage.html",
        ],
    }
}

pub(super) const RULE: Rule = Rule {
    about: &UnprovenDownload::ABOUT,
    judge,
};

fn judge(judged: &Judged<'_>, out: &mut Report<'_>, _: &mut Vec<Doubt>) {
    let found = |option: &str, effect: &str| Found {
        message: format!("`{}`: {effect}", option.escape_debug()),
        key: option.to_owned(),
        fix: "remove it, and add the certificate or key that is missing".to_owned(),
        ..Found::default()
    };
    for step in &judged.build.steps {
        for commands in step.commands(judged.text) {
            for one in unproven(&commands.pipelines) {
                out.finding(found(&one.option, one.effect), &commands.place(one.span));
            }
        }
        if step.instruction.keyword != "ENV" {
            continue;
        }
        for pair in step.words.chunks(2) {
            let [name, value] = pair else { continue };
            let (Some(name), Some(text)) = (name.known(), value.known()) else {
                continue;
            };
            let written = format!("{name}={text}");
            if let Some(effect) = assignment(&written) {
                out.finding(found(&written, effect), &value.at);
            }
        }
    }
}
