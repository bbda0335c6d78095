//! Charts and kustomizations of which only a part is looked at: what is staged, and what changed.

use crate::rendering::{TEMPLATE, VALUES, is_there, overlay, places, scan, shop};
use crate::sandbox::Sandbox;

const HOST: &str = "deploy/pod-security/host-namespaces";
const PRIVILEGED: &str = "deploy/pod-security/privileged";
const OTHER: &str =
    "apiVersion: v1\nkind: Pod\nmetadata: {name: other}\nspec:\n  hostNetwork: true\n  containers: []\n";

fn committed(sandbox: Sandbox) -> Sandbox {
    sandbox.init();
    sandbox.git(&["add", "."]);
    sandbox.git(&["commit", "--quiet", "-m", "first"]);
    sandbox
}

#[test]
fn staged_values_are_judged_by_what_the_chart_makes_of_them_and_the_work_tree_is_not() {
    if !is_there("helm") {
        return;
    }
    let sandbox = committed(shop(TEMPLATE, VALUES));
    sandbox.write(
        "charts/shop/values.yaml",
        "enabled: true\nhostNetwork: true\ncontainers: []\n",
    );
    sandbox.git(&["add", "."]);
    sandbox.write("charts/shop/values.yaml", "enabled: false\n");
    for arguments in [&["--staged"][..], &["git:STAGED"]] {
        let (code, report) = scan(&sandbox, arguments);
        assert_eq!(
            places(&report, HOST),
            ["charts/shop/templates/pod.yaml:14"],
            "{report}"
        );
        assert_eq!((code, &report["skipped"]), (0, &serde_json::json!([])));
    }
}

#[test]
fn of_a_chart_only_the_template_that_changed_is_judged() {
    if !is_there("helm") {
        return;
    }
    let sandbox = shop(TEMPLATE, VALUES);
    sandbox.write("charts/shop/templates/other.yaml", "{{- /* none */ -}}\n");
    let sandbox = committed(sandbox);
    sandbox.write(
        "charts/shop/templates/other.yaml",
        &format!("{{{{- /* one */ -}}}}\n{OTHER}"),
    );
    sandbox.write("charts/shop/README.md", "What it is for.\n");
    sandbox.git(&["add", "."]);
    for arguments in [&["--staged"][..], &["--changed=HEAD"]] {
        let (_, report) = scan(&sandbox, arguments);
        assert_eq!(
            places(&report, HOST),
            ["charts/shop/templates/other.yaml:6"],
            "{report}"
        );
        assert_eq!(
            places(&report, PRIVILEGED),
            [""; 0],
            "what did not change is not judged"
        );
    }
    sandbox.write(
        "charts/shop/templates/_helpers.tpl",
        "{{- define \"a\" }}{{ end }}\n",
    );
    sandbox.git(&["add", "."]);
    let (_, report) = scan(&sandbox, &["--staged"]);
    assert_eq!(
        places(&report, PRIVILEGED).len(),
        1,
        "what helpers may show in is"
    );
}

#[test]
fn what_a_change_has_nothing_to_do_with_is_not_rendered() {
    let sandbox = shop("{{ fail \"never\" }}\n", VALUES);
    sandbox.write("k/kustomization.yaml", "resources: [missing.yaml]\n");
    let sandbox = committed(sandbox);
    sandbox.write("a.py", "x = 1\n");
    sandbox.write("charts/shop/README.md", "What it is for.\n");
    sandbox.git(&["add", "."]);
    for arguments in [&["--staged"][..], &["--changed=HEAD"]] {
        let (code, report) = scan(&sandbox, arguments);
        assert_eq!(
            (code, &report["skipped"]),
            (0, &serde_json::json!([])),
            "{report}"
        );
    }
}

#[test]
fn a_staged_chart_that_does_not_render_is_said_and_the_answer_is_unknown() {
    if !is_there("helm") {
        return;
    }
    let sandbox = committed(shop(TEMPLATE, VALUES));
    sandbox.write("charts/shop/templates/pod.yaml", "kind: {{ fail \"no\" }}\n");
    sandbox.git(&["add", "."]);
    let (code, report) = scan(&sandbox, &["--staged"]);
    assert_eq!(code, 4, "{report}");
    assert_eq!(report["skipped"][0]["path"], "charts/shop/Chart.yaml");
    let run = |command: &[&str]| {
        let mut command = sandbox.bartizan(command);
        command.env("PATH", sandbox.root().join("home"));
        command.output().unwrap().status.code()
    };
    let gate = ["gate", "--stage", "commit", "--staged", "--only", "deploy/*"];
    assert_eq!(run(&gate), Some(4), "without the program too");
}

#[test]
fn values_that_are_named_are_those_that_are_staged() {
    if !is_there("helm") {
        return;
    }
    let sandbox = shop(TEMPLATE, VALUES);
    sandbox.write("bartizan.toml", "[deploy]\nvalues = [\"production.yaml\"]\n");
    sandbox.write("production.yaml", "containers: []\n");
    let sandbox = committed(sandbox);
    sandbox.write("production.yaml", "containers: []\nhostNetwork: true\n");
    sandbox.git(&["add", "."]);
    sandbox.write("production.yaml", "enabled: false\n");
    let (_, report) = scan(&sandbox, &["--staged"]);
    assert_eq!(places(&report, HOST).len(), 1, "{report}");
}

#[test]
fn a_staged_base_is_judged_as_overlays_build_it() {
    if !is_there("kubectl") && !is_there("kustomize") {
        return;
    }
    let sandbox = overlay("resources: [../base]\nnamespace: prod\npatches: [{path: patch.yaml}]\n");
    let patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 2}\n";
    sandbox.write("k/prod/patch.yaml", patch);
    let sandbox = committed(sandbox);
    let base = sandbox.read("k/base/web.yaml");
    sandbox.write("k/base/web.yaml", &format!("# changed\n{base}"));
    sandbox.git(&["add", "."]);
    std::fs::remove_file(sandbox.path("k/prod/kustomization.yaml")).unwrap();
    let (_, report) = scan(&sandbox, &["--staged"]);
    assert_eq!(places(&report, HOST), ["k/base/web.yaml:11"], "{report}");
    let findings = report["findings"].to_string();
    assert!(findings.contains("Deployment prod/web:"), "{findings}");
    sandbox.git(&["commit", "--quiet", "-m", "second"]);
    sandbox.write("k/prod/patch.yaml", &patch.replace('2', "3"));
    sandbox.git(&["add", "k/prod/patch.yaml"]);
    let (_, report) = scan(&sandbox, &["--staged"]);
    assert_eq!(places(&report, HOST).len(), 1, "a patch may show in every object");
}

#[test]
fn a_staged_link_is_what_it_leads_to() {
    if !is_there("helm") {
        return;
    }
    let sandbox = shop(TEMPLATE, VALUES);
    sandbox.write("shared/pod.yaml", OTHER);
    std::os::unix::fs::symlink(
        "../../../shared/pod.yaml",
        sandbox.path("charts/shop/templates/shared.yaml"),
    )
    .unwrap();
    let sandbox = committed(sandbox);
    sandbox.write("charts/shop/values.yaml", "enabled: false\n");
    sandbox.git(&["add", "."]);
    let (_, report) = scan(&sandbox, &["--staged"]);
    assert_eq!(
        places(&report, HOST),
        ["charts/shop/templates/shared.yaml:5"],
        "{report}"
    );
    std::fs::remove_file(sandbox.path("charts/shop/templates/shared.yaml")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", sandbox.path("charts/shop/templates/shared.yaml")).unwrap();
    sandbox.git(&["add", "."]);
    let (code, report) = scan(&sandbox, &["--staged"]);
    assert_eq!(code, 4, "{report}");
    let skipped = report["skipped"].to_string();
    assert!(skipped.contains("leads to what git does not track"), "{skipped}");
}
