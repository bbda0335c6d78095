//! What is mended, and what is left alone.

use super::mend::{Judge, mend};
use bartizan_code::ci::CiCheck;
use bartizan_deploy::{ComposeCheck, DockerfileCheck, KubernetesCheck, Options};
use bartizan_engine::Check;
use bartizan_engine::rule::Enabled;
use std::collections::HashSet;

fn checks() -> Vec<Box<dyn Check>> {
    vec![
        Box::new(CiCheck::new(Enabled::default(), true)),
        Box::new(ComposeCheck::new(Enabled::default(), true)),
        Box::new(DockerfileCheck::new(Enabled::default(), true, true)),
        Box::new(KubernetesCheck::new(Options::default())),
    ]
}

fn mended(path: &str, text: &str) -> String {
    let checks = checks();
    let mended = mend(text.as_bytes(), &Judge::new(path, &checks), &HashSet::new());
    String::from_utf8(mended.bytes).unwrap()
}

const POD: &str = "\
# who owns it
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      securityContext:
        runAsUser: 10001   # the image has it
      containers:
      - name: web   # first
        image: web:1
      - {name: log, image: log:1}
";

#[test]
fn a_pod_keeps_its_comments_and_gets_what_it_lacks() {
    let after = mended("web.yaml", POD);
    assert_eq!(
        after,
        "\
# who owns it
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      securityContext:
        runAsUser: 10001   # the image has it
        runAsNonRoot: true
        seccompProfile:
          type: RuntimeDefault
      containers:
      - name: web   # first
        image: web:1
        securityContext:
          allowPrivilegeEscalation: false
          capabilities:
            drop:
              - ALL
      - {securityContext: {capabilities: {drop: [ALL]}, allowPrivilegeEscalation: false}, name: log, image: log:1}
"
    );
    assert_eq!(mended("web.yaml", &after), after, "a second time changes nothing");
}

#[test]
fn what_somebody_wrote_on_purpose_is_left_to_them() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  hostNetwork: true\n  containers:\n  - name: a\n    image: x:1\n    \
                securityContext:\n      privileged: true\n      capabilities: {add: [SYS_ADMIN]}\n";
    assert_eq!(mended("a.yaml", text), text);
}

#[test]
fn a_workflow_says_what_its_token_may_once_nothing_needs_more() {
    let text = "name: ci # ours\non: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4 # pinned later\n      - run: make\n";
    assert_eq!(
        mended(".github/workflows/ci.yml", text),
        "name: ci # ours\non: push\npermissions:\n  contents: read\n\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4 # pinned later\n        with:\n          persist-credentials: false\n      - run: make\n"
    );
    let pushes = text.replace("run: make", "run: git push");
    assert_eq!(mended(".github/workflows/ci.yml", &pushes), pushes);
}

#[test]
fn dockerfiles_and_compose_files_are_mended() {
    assert_eq!(
        mended("Dockerfile", "FROM scratch\nADD a /a # kept\nADD b.tar /\n"),
        "FROM scratch\nCOPY a /a # kept\nADD b.tar /\n"
    );
    assert_eq!(
        mended(
            "compose.yaml",
            "services:\n  a:\n    image: x:1\n  # why\n  b: {image: \"y:1\"}\n"
        ),
        "services:\n  a:\n    image: x:1\n    security_opt:\n      - no-new-privileges:true\n  # why\n  b: {security_opt: [no-new-privileges:true], image: \"y:1\"}\n"
    );
}

#[test]
fn what_is_waived_is_left_alone() {
    let checks = checks();
    let reported =
        bartizan_engine::rule::scan(checks[2].as_ref(), &[("Dockerfile", b"FROM scratch\nADD a /a\n")]);
    let found = reported
        .findings
        .iter()
        .find(|one| one.rule.ends_with("add-not-copy"))
        .unwrap();
    let waived = HashSet::from([found.fingerprint.as_str()]);
    let mended = mend(
        b"FROM scratch\nADD a /a\n",
        &Judge::new("Dockerfile", &checks),
        &waived,
    );
    assert_eq!(mended.count, 0);
}

#[test]
fn a_file_that_changed_is_no_longer_what_was_scanned() {
    let checks = checks();
    let judge = Judge::new("Dockerfile", &checks);
    let reported =
        bartizan_engine::rule::scan(checks[2].as_ref(), &[("Dockerfile", b"FROM scratch\nADD a /a\n")]);
    let found: Vec<_> = reported
        .findings
        .iter()
        .filter(|one| one.rule.ends_with("add-not-copy"))
        .collect();
    assert!(judge.still_finds(b"FROM scratch\nADD a /a\n", &found));
    assert!(!judge.still_finds(b"FROM scratch\n\nADD a /a\n", &found));
}
