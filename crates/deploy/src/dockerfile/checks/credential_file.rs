//! `deploy/dockerfile/credential-file`: a file of credentials is copied into the image.

use super::{Judged, Rule};
use crate::doubt::Doubt;
use bartizan_engine::rule;
use bartizan_engine::rule::{Found, Report, Severity};

rule! {
    /// `COPY` or `ADD` takes a file into the image that by its name holds credentials: keys of SSH, `.npmrc`, `.netrc`, `.env`,
    /// configuration of Docker, of clouds and of Kubernetes. Whoever can pull the image has them, and a later `RUN rm` takes nothing away:
    /// the layer stays. In a stage whose files do not reach the result it still stays in the builder's cache, which is reported as low.
    CredentialFile {
        id: "deploy/dockerfile/credential-file",
        title: "File of credentials in the image",
        severity: High,
        confidence: Medium,
        cwe: ["CWE-538", "CWE-522"],
        controls: [("NIST-800-53-r5", "IA-5(7)"), ("OWASP-ASVS-5.0", "13.3.1")],
        remediation: "Give it to the one command that needs it, so that no layer holds it: `RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci`, \
            and `docker build --secret id=npmrc,src=$HOME/.npmrc`. For SSH: `RUN --mount=type=ssh`. If the image was ever pushed, exchange the credential.",
        references: ["https://docs.docker.com/build/building/secrets/"],
    }
}

pub(super) const RULE: Rule = Rule {
    about: &CredentialFile::ABOUT,
    judge,
};

/// Names of files that hold credentials.
const NAMES: [&str; 16] = [
    ".netrc",
    "_netrc",
    ".npmrc",
    ".pypirc",
    ".git-credentials",
    ".pgpass",
    ".my.cnf",
    ".dockercfg",
    ".env",
    "id_rsa",
    "id_dsa",
    "id_ecdsa",
    "id_ed25519",
    ".htpasswd",
    "kubeconfig",
    ".vault-token",
];
/// Ends of paths that do.
const PATHS: [&str; 6] = [
    ".aws/credentials",
    ".docker/config.json",
    ".kube/config",
    ".cargo/credentials.toml",
    ".gem/credentials",
    ".config/gh/hosts.yml",
];
/// Directories whose files do.
const DIRECTORIES: [&str; 4] = [".ssh", ".aws", ".gnupg", ".kube"];

fn judge(judged: &Judged<'_>, out: &mut Report<'_>, _: &mut Vec<Doubt>) {
    let build = judged.build;
    let result = build.last().map(|last| build.chain(last)).unwrap_or_default();
    for step in &build.steps {
        let one = step.instruction.trigger.as_deref().unwrap_or(step.instruction);
        let is_copy = matches!(one.keyword.as_str(), "COPY" | "ADD") && one.flag("from").is_none();
        let Some((_, sources)) = step.words.split_last().filter(|_| is_copy) else {
            continue;
        };
        for word in sources {
            let Some(source) = word.known().filter(|source| holds_credentials(source)) else {
                continue;
            };
            let reaches = step.stage.is_some_and(|stage| result.contains(&stage));
            let where_to = if reaches {
                "a layer of the image"
            } else {
                "a stage, and stays in the builder's cache"
            };
            out.finding(
                Found {
                    message: format!("`{}` goes into {where_to}", source.escape_debug()),
                    key: source.to_owned(),
                    fix: "mount it as a secret of the one command that needs it: `RUN --mount=type=secret,id=…`".to_owned(),
                    severity: (!reaches).then_some(Severity::Low),
                    ..Found::default()
                },
                &word.at,
            );
        }
    }
}

fn holds_credentials(source: &str) -> bool {
    let path = source.trim_end_matches(['/', '*']).to_ascii_lowercase();
    let name = path.rsplit('/').next().unwrap_or(&path);
    let is_public = name.ends_with(".pub")
        || name.contains("example")
        || name.contains("sample")
        || name.contains("template");
    if is_public || name == "known_hosts" || path.ends_with(".ssh/config") {
        return false;
    }
    let in_directory = path.split('/').any(|part| DIRECTORIES.contains(&part));
    let is_key = name.ends_with(".pem") && name.contains("key")
        || name.ends_with(".p12")
        || name.ends_with(".pfx")
        || name.ends_with(".jks");
    NAMES.contains(&name)
        || name.starts_with(".env.")
        || PATHS
            .iter()
            .any(|end| path == *end || path.ends_with(&format!("/{end}")))
        || in_directory
        || is_key
}
