//! `deploy/dockerfile/root-user`: the image runs as root.

use super::{Judged, Rule};
use crate::dockerfile::Base;
use crate::doubt::Doubt;
use bartizan_engine::rule;
use bartizan_engine::rule::{Found, Report};

rule! {
    /// What the last stage makes runs as root, because its last `USER` says so or because it has none and begins from an image that is known
    /// to run as root. A flaw in the program is then a flaw in everything that root may do in the container: change programs and
    /// configuration in it, read every mounted volume, use every way out of the container that the kernel leaves to root.
    ///
    /// An image that this rule does not know may set a user of its own: without a `USER` the answer is then unknown, and
    /// `deploy/dockerfile/undecided` says so. Earlier stages are not judged, as nothing of them runs.
    RootUser {
        id: "deploy/dockerfile/root-user",
        title: "Image runs as root",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-250"],
        controls: [("NIST-800-53-r5", "AC-6"), ("NIST-SP-800-190", "4.1.2")],
        remediation: "Make a user and say it last:\n\n```dockerfile\nRUN useradd --system --uid 10001 app\nUSER 10001\n```\n\nA number lets \
            Kubernetes see that it is not root (`runAsNonRoot`). Give the program a port above 1023 and only the files that it writes.",
        references: [
            "https://docs.docker.com/build/building/best-practices/#user",
            "https://docs.docker.com/reference/dockerfile/#user",
        ],
    }
}

pub(super) const RULE: Rule = Rule {
    about: &RootUser::ABOUT,
    judge,
};

/// Official images that name no user, so that root is who they run as: <https://github.com/docker-library/official-images>.
const RUN_AS_ROOT: [&str; 34] = [
    "alpine",
    "almalinux",
    "amazonlinux",
    "archlinux",
    "busybox",
    "buildpack-deps",
    "clearlinux",
    "debian",
    "eclipse-temurin",
    "elixir",
    "erlang",
    "fedora",
    "gcc",
    "golang",
    "haskell",
    "httpd",
    "julia",
    "maven",
    "nginx",
    "node",
    "openjdk",
    "oraclelinux",
    "perl",
    "php",
    "pypy",
    "python",
    "r-base",
    "rockylinux",
    "ruby",
    "rust",
    "swift",
    "ubuntu",
    "centos",
    "amazoncorretto",
];

fn judge(judged: &Judged<'_>, out: &mut Report<'_>, doubts: &mut Vec<Doubt>) {
    let build = judged.build;
    let Some(last) = build.last() else { return };
    let user = build
        .made(last)
        .filter(|step| step.instruction.keyword == "USER")
        .filter_map(|step| step.words.first())
        .last();
    if let Some(word) = user {
        match &word.value {
            Err(unknown) => doubts.push(Doubt::new(
                format!(
                    "the user is `{}`, which is given from outside",
                    unknown.escape_debug()
                ),
                &word.at,
            )),
            Ok(user) if is_root(user) => out.finding(found("the last `USER` is root".to_owned()), &word.at),
            Ok(_) => {}
        }
        return;
    }
    let Some(root) = build.root(last) else { return };
    match &root.base {
        Base::Scratch => out.finding(
            found("it names no user, and an image from scratch runs as root".to_owned()),
            &root.base_at,
        ),
        Base::Image(image) => match runs_as_root(image) {
            Some(true) => out.finding(
                found(format!(
                    "it names no user, and `{}` runs as root",
                    image.escape_debug()
                )),
                &root.base_at,
            ),
            Some(false) => {}
            None => doubts.push(Doubt::new(
                format!(
                    "it names no user, and who `{}` runs as is not told here",
                    image.escape_debug()
                ),
                &root.base_at,
            )),
        },
        Base::Stage(_) => {}
        Base::Unknown(name) => doubts.push(Doubt::new(
            format!(
                "it names no user, and its base is `{}`, which is given from outside",
                name.escape_debug()
            ),
            &root.base_at,
        )),
    }
}

fn found(message: String) -> Found {
    Found {
        message,
        key: "user".to_owned(),
        fix: "make a user and name it in a last `USER`".to_owned(),
        ..Found::default()
    }
}

fn is_root(user: &str) -> bool {
    let name = user.split(':').next().unwrap_or_default();
    name.eq_ignore_ascii_case("root") || name.parse::<u64>() == Ok(0)
}

/// Whether an image runs as root; none where that is not known.
fn runs_as_root(image: &str) -> Option<bool> {
    let bare = image.split('@').next().unwrap_or_default();
    let (name, tag) = match bare.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, tag),
        _ => (bare, ""),
    };
    let name = name
        .trim_start_matches("docker.io/")
        .trim_start_matches("index.docker.io/")
        .trim_start_matches("public.ecr.aws/docker/")
        .trim_start_matches("library/");
    if name.starts_with("gcr.io/distroless/") {
        // Its tags say who they run as, and root is who runs where none does.
        return Some(!tag.contains("nonroot"));
    }
    RUN_AS_ROOT.contains(&name).then_some(true)
}
