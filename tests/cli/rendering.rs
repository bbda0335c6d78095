//! Charts and kustomizations, rendered by the real programs.

use crate::sandbox::Sandbox;
use serde_json::Value;
use std::process::Command;

const CHART: &str = "apiVersion: v2\nname: shop\nversion: 0.1.0\n";
pub(crate) const TEMPLATE: &str = "{{- if .Values.enabled }}
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}
spec:
  containers:
    {{- range .Values.containers }}
    - name: {{ .name }}
      image: {{ .image | quote }}
      securityContext:
        {{- toYaml .context | nindent 8 }}
    {{- end }}
  hostNetwork: {{ .Values.hostNetwork }}
{{- end }}
";
pub(crate) const VALUES: &str = "enabled: true
hostNetwork: false
containers:
- {name: a, image: i, context: {privileged: true}}
";
const DEPLOYMENT: &str = "apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      hostNetwork: true
      containers:
      - name: web
        image: i
";

pub(crate) fn is_there(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).any(|directory| directory.join(program).is_file());
    if !found {
        println!("skipped: `{program}` is not here; scripts/setup.sh test installs it");
    }
    found
}

pub(crate) fn shop(template: &str, values: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("charts/shop/Chart.yaml", CHART);
    sandbox.write("charts/shop/values.yaml", values);
    sandbox.write("charts/shop/templates/pod.yaml", template);
    sandbox
}

pub(crate) fn overlay(kustomization: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("k/base/web.yaml", DEPLOYMENT);
    sandbox.write("k/base/kustomization.yaml", "resources: [web.yaml]\n");
    sandbox.write("k/prod/kustomization.yaml", kustomization);
    sandbox
}

pub(crate) fn scan(sandbox: &Sandbox, arguments: &[&str]) -> (i32, Value) {
    let head = ["scan", "-o", "json", "--only", "deploy/*", "--fail-on", "high"];
    report(&mut sandbox.bartizan(&[&head, arguments].concat()))
}

fn report(command: &mut Command) -> (i32, Value) {
    let output = command.output().unwrap();
    let report = serde_json::from_slice(&output.stdout);
    let report = report.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    (output.status.code().unwrap_or(-1), report)
}

/// Path and line of the findings of a rule.
pub(crate) fn places(report: &Value, rule: &str) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap().iter();
    let findings = findings.filter(|finding| finding["rule"] == rule);
    findings
        .map(|finding| {
            let at = &finding["locations"][0];
            format!("{}:{}", at["path"].as_str().unwrap(), at["line"])
        })
        .collect()
}

#[test]
fn a_chart_is_judged_as_it_is_rendered_and_told_at_its_template() {
    if !is_there("helm") {
        return;
    }
    let sandbox = shop(TEMPLATE, VALUES);
    let (code, report) = scan(&sandbox, &[]);
    assert_eq!(code, 1, "{report}");
    let privileged = "deploy/pod-security/privileged";
    assert_eq!(places(&report, privileged), ["charts/shop/templates/pod.yaml:11"]);
    let finding = report["findings"].as_array().unwrap().iter();
    let finding = finding
        .clone()
        .find(|finding| finding["rule"] == privileged)
        .unwrap();
    let how = "rendered by `helm template` from the chart `charts/shop` with its values.yaml";
    assert_eq!(finding["evidence"][0]["message"], how);
    assert_eq!(finding["asset"], "file:charts/shop/templates/pod.yaml");
    assert_eq!(report["skipped"], serde_json::json!([]));
}

#[test]
fn a_chart_is_rendered_with_the_values_that_are_named() {
    if !is_there("helm") {
        return;
    }
    let sandbox = shop(TEMPLATE, VALUES);
    sandbox.write("production.yaml", "hostNetwork: true\ncontainers: []\n");
    let (_, report) = scan(&sandbox, &["--values", "production.yaml"]);
    let host = "deploy/pod-security/host-namespaces";
    assert_eq!(places(&report, host), ["charts/shop/templates/pod.yaml:14"]);
    assert_eq!(places(&report, "deploy/pod-security/privileged"), [""; 0]);
    sandbox.write("bartizan.toml", "[deploy]\nvalues = [\"production.yaml\"]\n");
    assert_eq!(places(&scan(&sandbox, &[]).1, host).len(), 1);
}

#[test]
fn what_values_switch_off_is_not_deployed() {
    if !is_there("helm") {
        return;
    }
    let sandbox = shop(TEMPLATE, "enabled: false\n");
    let (code, report) = scan(&sandbox, &[]);
    assert_eq!(
        (code, &report["findings"]),
        (0, &serde_json::json!([])),
        "{report}"
    );
}

#[test]
fn a_template_that_does_not_render_is_said_and_the_answer_is_unknown() {
    if !is_there("helm") {
        return;
    }
    let sandbox = shop("kind: {{ required \"kind is missing\" .Values.kind }}\n", "{}\n");
    let (code, report) = scan(&sandbox, &[]);
    assert_eq!(code, 4, "{report}");
    let skipped = &report["skipped"];
    assert_eq!(skipped[0]["path"], "charts/shop/Chart.yaml");
    let reason = skipped[0]["reason"].as_str().unwrap();
    assert!(
        reason.contains("kind is missing") && reason.contains("--values"),
        "{reason}"
    );
}

#[test]
fn a_chart_whose_dependencies_are_not_vendored_is_said_and_nothing_is_fetched() {
    if !is_there("helm") {
        return;
    }
    let sandbox = shop(TEMPLATE, VALUES);
    let dependency = "dependencies: [{name: db, version: 1.0.0, repository: 'https://charts.example.com'}]\n";
    sandbox.write("charts/shop/Chart.yaml", &format!("{CHART}{dependency}"));
    let (code, report) = scan(&sandbox, &[]);
    assert_eq!(code, 4);
    let reason = report["skipped"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("helm dependency build"), "{reason}");
}

#[test]
fn charts_that_a_chart_brings_along_are_rendered_with_it() {
    if !is_there("helm") {
        return;
    }
    let sandbox = shop(
        TEMPLATE,
        &format!("{VALUES}db: {{enabled: true, hostNetwork: true, containers: []}}\n"),
    );
    sandbox.write(
        "charts/shop/charts/db/Chart.yaml",
        "apiVersion: v2\nname: db\nversion: 0.1.0\n",
    );
    sandbox.write("charts/shop/charts/db/templates/pod.yaml", TEMPLATE);
    let (_, report) = scan(&sandbox, &[]);
    let host = places(&report, "deploy/pod-security/host-namespaces");
    assert_eq!(host, ["charts/shop/charts/db/templates/pod.yaml:14"]);
}

#[test]
fn a_link_out_of_a_chart_is_not_followed() {
    if !is_there("helm") {
        return;
    }
    let sandbox = shop(TEMPLATE, VALUES);
    let link = sandbox.path("charts/shop/templates/passwd.yaml");
    std::os::unix::fs::symlink("/etc/passwd", link).unwrap();
    let (code, report) = scan(&sandbox, &[]);
    assert_eq!(code, 4);
    let skipped = report["skipped"].to_string();
    assert!(
        skipped.contains("the link `passwd.yaml` in it leads elsewhere"),
        "{skipped}"
    );
}

#[test]
fn without_the_program_charts_are_said_to_be_skipped() {
    let sandbox = shop(TEMPLATE, VALUES);
    let mut command = sandbox.bartizan(&["scan", "-o", "json", "--only", "deploy/*"]);
    command.env("PATH", sandbox.root().join("home"));
    let (code, report) = report(&mut command);
    assert_eq!(code, 4, "{report}");
    assert_eq!(report["skipped"].as_array().unwrap().len(), 1);
    let reason = report["skipped"][0]["reason"].as_str().unwrap();
    assert!(
        reason.contains("`helm` is not on the PATH; install it"),
        "{reason}"
    );
    let checks = report["checks"].as_array().unwrap();
    assert!(
        checks
            .iter()
            .all(|check| check["status"] == "ran" || check["status"] == "not-applicable"),
        "it is said once: {report}"
    );
}

#[test]
fn templates_are_said_to_be_unread_where_rendering_is_switched_off() {
    let sandbox = shop(TEMPLATE, VALUES);
    sandbox.write("bartizan.toml", "[deploy]\nrender = false\n");
    let (code, report) = scan(&sandbox, &[]);
    assert_eq!(code, 4, "{report}");
    assert_eq!(report["skipped"], serde_json::json!([]));
}

#[test]
fn an_overlay_is_judged_as_it_is_built_and_its_base_only_once() {
    if !is_there("kubectl") && !is_there("kustomize") {
        return;
    }
    let sandbox = overlay("resources: [../base]\nnamespace: prod\nnamePrefix: live-\n");
    let (code, report) = scan(&sandbox, &[]);
    assert_eq!(code, 0, "{report}");
    let rule = "deploy/pod-security/host-namespaces";
    assert_eq!(places(&report, rule), ["k/base/web.yaml:10"]);
    let mut findings = report["findings"].as_array().unwrap().iter();
    let finding = findings.find(|finding| finding["rule"] == rule).unwrap();
    let message = finding["message"].as_str().unwrap();
    assert!(message.starts_with("Deployment prod/live-web:"), "{message}");
    assert_eq!(
        finding["evidence"][0]["message"],
        "built by `kubectl kustomize` from `k/prod`"
    );
}

#[test]
fn what_an_overlay_mends_is_no_finding() {
    if !is_there("kubectl") && !is_there("kustomize") {
        return;
    }
    let patch = "patches:\n- target: {kind: Deployment}\n  patch: |-\n    - op: remove\n      path: /spec/template/spec/hostNetwork\n";
    let sandbox = overlay(&format!("resources: [../base]\n{patch}"));
    let (_, report) = scan(&sandbox, &[]);
    assert_eq!(places(&report, "deploy/pod-security/host-namespaces"), [""; 0]);
}

#[test]
fn a_remote_base_is_said_and_not_fetched_and_the_files_are_judged_as_they_are() {
    let sandbox = overlay("resources: ['https://example.com/base.yaml', ../base]\n");
    let (code, report) = scan(&sandbox, &[]);
    assert_eq!(code, 4, "{report}");
    let skipped = &report["skipped"][0];
    assert_eq!(skipped["path"], "k/prod/kustomization.yaml");
    let reason = skipped["reason"].as_str().unwrap();
    assert!(
        reason.contains("`https://example.com/base.yaml` lies elsewhere, and nothing is fetched"),
        "{reason}"
    );
    assert_eq!(
        places(&report, "deploy/pod-security/host-namespaces"),
        ["k/base/web.yaml:10"]
    );
}

#[test]
fn kustomizations_that_include_each_other_are_said() {
    if !is_there("kubectl") && !is_there("kustomize") {
        return;
    }
    let sandbox = overlay("resources: [../base]\n");
    sandbox.write("k/base/kustomization.yaml", "resources: [web.yaml, ../prod]\n");
    let (code, report) = scan(&sandbox, &[]);
    assert_eq!(code, 4, "{report}");
    assert_eq!(report["skipped"].as_array().unwrap().len(), 1, "{report}");
    let reason = report["skipped"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("was not built"), "{reason}");
}

#[test]
fn a_base_outside_of_what_is_scanned_is_not_read() {
    let sandbox = overlay("resources: [../base]\n");
    let (code, report) = scan(&sandbox, &["k/prod"]);
    assert_eq!(code, 4);
    let reason = report["skipped"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("lies outside of what is scanned"), "{reason}");
}

#[test]
fn a_waiver_in_a_template_covers_what_is_rendered_from_it() {
    if !is_there("helm") {
        return;
    }
    let waiver =
        crate::sandbox::allow("[deploy/pod-security/host-namespaces] -- the harbour listens everywhere");
    let waived = TEMPLATE.replace("  hostNetwork:", &format!("  # {waiver}\n  hostNetwork:"));
    let sandbox = shop(&waived, "enabled: true\nhostNetwork: true\ncontainers: []\n");
    let (_, report) = scan(&sandbox, &[]);
    let mut findings = report["findings"].as_array().unwrap().iter();
    let finding = findings
        .find(|finding| finding["rule"] == "deploy/pod-security/host-namespaces")
        .unwrap();
    assert!(finding["waiver"].is_object(), "{finding}");
}

#[test]
fn results_that_were_kept_follow_what_is_rendered() {
    if !is_there("helm") {
        return;
    }
    let sandbox = shop(TEMPLATE, VALUES);
    let rule = "deploy/pod-security/privileged";
    for _ in 0..2 {
        assert_eq!(places(&scan(&sandbox, &[]).1, rule).len(), 1);
    }
    sandbox.write("charts/shop/values.yaml", "enabled: false\n");
    assert_eq!(places(&scan(&sandbox, &[]).1, rule).len(), 0);
}

#[test]
fn who_reaches_whom_is_asked_of_what_is_rendered() {
    if !is_there("kubectl") && !is_there("kustomize") {
        return;
    }
    let sandbox = overlay("resources: [../base]\nnamespace: prod\n");
    let answer = sandbox.run(&["reach", "k", "--from", "prod/web"]);
    assert_eq!(answer.code, 0, "{answer}");
    assert!(answer.out.starts_with("prod/web[Deployment] => "), "{answer}");
}
