//! Runs the Markdown tests of the rules about what is deployed, and holds what must be true of every rule.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and reads its cases from disk"
)]

use bartizan_deploy::{KubernetesCheck, Options, TenancyCheck, rules, tenancy};
use bartizan_engine::Check;
use bartizan_engine::rule::{lines_of, scan};
use bartizan_testbed::{Page, pages};
use std::collections::BTreeMap;
use std::path::Path;

/// Directories of pages, and the family of rules in each.
const PLACES: [(&str, &str); 6] = [
    ("src/control_plane/checks", "deploy/control-plane"),
    ("src/encryption/checks", "deploy/encryption"),
    ("src/kube/checks", "deploy"),
    ("src/pod_security/checks", "deploy/pod-security"),
    ("src/tenancy/checks", "deploy/tenancy"),
    ("src/workload/checks", "deploy/workload"),
];

fn all_pages() -> BTreeMap<String, Page> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pages = PLACES.iter().flat_map(|(place, family)| {
        pages(&root.join(place))
            .unwrap()
            .into_iter()
            .map(move |page| (family, page))
    });
    pages
        .map(|(family, page)| (format!("{family}/{}", page.rule), page))
        .collect()
}

fn check(rule: &str, page: &Page) -> Box<dyn Check> {
    if rule.starts_with("deploy/tenancy/") {
        return Box::new(TenancyCheck::new(tenancy::Options::default()));
    }
    let standard = page.settings.trim().strip_prefix("standard = ");
    let standard = standard.map(|quoted| quoted.trim_matches('"').parse().unwrap());
    Box::new(KubernetesCheck::new(Options {
        standard,
        ..Options::default()
    }))
}

#[test]
fn every_rule_finds_what_its_page_says_and_nothing_else() {
    let mut failures = Vec::new();
    for (rule, page) in all_pages() {
        let check = check(&rule, &page);
        failures.extend(page.differences(&rule, |case| {
            lines_of(&rule, &scan(check.as_ref(), &case.bytes()))
        }));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn every_rule_has_a_manual_a_weakness_and_a_page_with_and_without_findings() {
    let pages = all_pages();
    assert!(rules().is_sorted_by_key(|rule| rule.id.clone()));
    assert!(tenancy::rules().is_sorted_by_key(|rule| rule.id.clone()));
    let rules = [rules(), tenancy::rules()].concat();
    assert_eq!(
        rules.len(),
        pages.len(),
        "a page without a rule, or a rule without a page"
    );
    for rule in rules {
        let page = pages
            .get(&rule.id)
            .unwrap_or_else(|| panic!("no page tries {}", rule.id));
        assert!(page.tries_both(), "{}", rule.id);
        assert!(rule.manual.len() > 200, "{}: no manual", rule.id);
        assert!(
            !rule.remediation.is_empty() && !rule.references.is_empty(),
            "{}",
            rule.id
        );
        assert!(!rule.cwe.is_empty() && !rule.controls.is_empty(), "{}", rule.id);
    }
}

#[test]
fn every_finding_says_what_to_do_and_its_message_is_one_line() {
    for (rule, page) in all_pages() {
        let check = check(&rule, &page);
        for case in &page.cases {
            for finding in scan(check.as_ref(), &case.bytes()).findings {
                let fix = finding.fix.unwrap();
                assert!(
                    !fix.description.is_empty() && !fix.description.contains('\n'),
                    "{rule}: {}",
                    fix.description
                );
                assert!(!finding.message.contains('\n'), "{rule}: {}", finding.message);
            }
        }
    }
}

#[test]
fn a_name_over_several_lines_is_told_in_one() {
    let check = KubernetesCheck::new(Options::default());
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: \"a\\nb\\u001b[31m\"}\nspec: {hostPID: true, containers: [{name: c, image: x}]}\n";
    let found = scan(&check, &[("pod.yaml", text.as_bytes())]).findings;
    let named = found
        .iter()
        .filter(|finding| finding.message.contains(r"a\nb\u{1b}[31m"));
    assert!(named.count() > 0);
    for finding in found {
        assert!(
            !finding.message.chars().any(char::is_control),
            "{}",
            finding.message
        );
        assert!(!finding.fix.unwrap().description.chars().any(char::is_control));
    }
}

#[test]
fn a_moved_line_and_a_renamed_directory_keep_the_fingerprint() {
    let check = KubernetesCheck::new(Options::default());
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {hostPID: true, containers: [{name: c, image: x}]}\n";
    let moved = format!("# a comment\n---\n{text}");
    let prints = |path: &str, text: &str| -> Vec<String> {
        let found = scan(&check, &[(path, text.as_bytes())]).findings;
        found
            .iter()
            .map(|one| one.fingerprint.as_str().to_owned())
            .collect()
    };
    let before = prints("base/pod.yaml", text);
    assert!(before.len() > 3);
    assert_eq!(prints("overlays/pod.yaml", &moved), before);
}

#[test]
fn what_cannot_be_read_is_said_with_its_line_and_the_rest_is_judged() {
    let check = KubernetesCheck::new(Options::default());
    let good = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {hostPID: true, containers: [{name: c, image: x}]}\n";
    let text = format!("apiVersion: v1\nkind: [Pod\n---\n{good}");
    let reported = scan(&check, &[("pod.yaml", text.as_bytes())]);
    assert_eq!(reported.errors.len(), 1, "{:?}", reported.errors);
    assert!(reported.errors[0].starts_with("line "), "{:?}", reported.errors);
    assert!(
        reported
            .findings
            .iter()
            .any(|one| one.rule == "deploy/pod-security/host-namespaces")
    );
    let template = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Values.name }}\n{{- if .Values.x }}\nspec: {}\n{{- end }}\n";
    let reported = scan(&check, &[("templates/pod.yaml", template.as_bytes())]);
    assert!(
        reported.errors[0].contains("helm template"),
        "{:?}",
        reported.errors
    );
}

#[test]
fn with_a_standard_only_its_breaks_are_reported_and_each_is_high() {
    let standard = Some("baseline@v1.30".parse().unwrap());
    let check = KubernetesCheck::new(Options {
        standard,
        ..Options::default()
    });
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: c\n    ports: [{hostPort: 80, containerPort: 80}]\n";
    let mut found = scan(&check, &[("pod.yaml", text.as_bytes())]).findings;
    found.retain(|one| one.rule.starts_with("deploy/pod-security/"));
    let lines: Vec<String> = found
        .iter()
        .map(|one| format!("{} {}", one.rule, one.severity))
        .collect();
    assert_eq!(lines, ["deploy/pod-security/host-ports high"]);
    assert!(
        found[0].message.contains("violates `baseline:v1.30`"),
        "{}",
        found[0].message
    );
    assert!(
        found[0].message.contains("spec.containers[0].ports[0].hostPort"),
        "{}",
        found[0].message
    );
}

#[test]
fn a_version_of_the_api_that_is_not_known_is_said_and_the_object_is_judged() {
    let text = "apiVersion: apps/v9\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {hostNetwork: true, containers: []}}}\n";
    let reported = scan(
        &KubernetesCheck::new(Options::default()),
        &[("a.yaml", text.as_bytes())],
    );
    assert_eq!(reported.errors.len(), 1, "{:?}", reported.errors);
    assert!(
        reported.errors[0].contains("nothing is known of `apps/v9`"),
        "{:?}",
        reported.errors
    );
    assert!(!reported.findings.is_empty());
}

#[test]
fn a_value_that_is_to_be_filled_in_makes_a_template() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: {{ .Values.name }}}\n";
    let reported = scan(
        &KubernetesCheck::new(Options::default()),
        &[("a.yaml", text.as_bytes())],
    );
    assert!(
        reported.errors[0].contains("it is a template"),
        "{:?}",
        reported.errors
    );
}

#[test]
fn of_a_file_with_more_findings_than_anybody_reads_the_rest_is_said_to_be_unjudged() {
    let pods = (0..4_000).map(|at| {
        format!("---\napiVersion: v1\nkind: Pod\nmetadata: {{name: p{at}}}\nspec: {{containers: [{{name: c, image: i}}]}}\n")
    });
    let text: String = pods.collect();
    let reported = scan(
        &KubernetesCheck::new(Options::default()),
        &[("a.yaml", text.as_bytes())],
    );
    assert!(reported.findings.len() > 20_000 && reported.findings.len() < 20_100);
    assert!(
        reported.errors[0].contains("were not judged"),
        "{:?}",
        reported.errors
    );
}
