//! Two environments held against each other.

use crate::sandbox::Sandbox;

fn deployment(image: &str, debug: &str) -> String {
    format!(
        "apiVersion: apps/v1
kind: Deployment
metadata: {{name: web, namespace: shop}}
spec:
  template:
    spec:
      containers:
      - name: app
        image: {image}
        env: [{{name: DEBUG, value: '{debug}'}}]
"
    )
}

fn two() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("staging/web.yaml", &deployment("web:1.2", "false"));
    sandbox.write("production/web.yaml", &deployment("web:1.1", "true"));
    sandbox
}

#[test]
fn what_staging_would_not_have_caught_is_printed_and_denied() {
    let answer = two().run(&["diff", "staging", "production"]);
    assert_eq!(answer.code, 1, "{answer}");
    assert_eq!(
        answer.out,
        "Staging would not have caught, because production allows more:
  high[settings] Deployment shop/web: container `app`: variable `DEBUG`
      staging: off  (staging/web.yaml:10)
      production: on  (production/web.yaml:10)

Staging would not have caught, because production is different:
  medium[image] Deployment shop/web: container `app`: version of the image
      staging: 1.2  (staging/web.yaml:9)
      production: 1.1  (production/web.yaml:9)
"
    );
    assert_eq!(
        answer.err,
        "deny; 2 differences in 1 pair of objects: 1 laxer in production, 1 different, 0 stricter; 0 objects only in staging, 0 only in production\n"
    );
}

#[test]
fn environments_that_agree_are_allowed() {
    let sandbox = two();
    let answer = sandbox.run(&["diff", "staging", "staging"]);
    assert_eq!((answer.code, answer.out.as_str()), (0, ""), "{answer}");
    let answer = sandbox.run(&["diff", "production", "staging", "-o", "json"]);
    assert_eq!(answer.code, 0, "{answer}");
    let report: serde_json::Value = serde_json::from_str(&answer.out).unwrap();
    assert_eq!(report["verdict"], "allow");
    let directions: Vec<&str> = report["differences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["direction"].as_str().unwrap())
        .collect();
    assert_eq!(directions, ["different", "stricter"]);
    assert_eq!(
        sandbox
            .run(&["diff", "production", "staging", "--fail-on", "medium"])
            .code,
        1
    );
}

#[test]
fn what_cannot_be_read_makes_the_answer_unknown() {
    let sandbox = two();
    sandbox.write(
        "staging/template.yaml",
        "apiVersion: v1\nkind: {{ .Values.kind }}\n",
    );
    let answer = sandbox.run(&["diff", "staging", "staging"]);
    assert_eq!(answer.code, 4, "{answer}");
    assert!(
        answer
            .err
            .contains("staging/template.yaml: it is a template, and was not rendered"),
        "{answer}"
    );
    sandbox.write("empty/a.txt", "x");
    assert_eq!(sandbox.run(&["diff", "empty", "staging"]).code, 3);
    assert_eq!(sandbox.run(&["diff", "staging", "staging", "-o", "dot"]).code, 2);
}

#[test]
fn a_chart_is_compared_with_the_values_of_each_environment() {
    let path = std::env::var_os("PATH").unwrap_or_default();
    if !std::env::split_paths(&path).any(|directory| directory.join("helm").is_file()) {
        println!("skipped: `helm` is not here; scripts/setup.sh test installs it");
        return;
    }
    let sandbox = Sandbox::new();
    sandbox.write("chart/Chart.yaml", "apiVersion: v2\nname: shop\nversion: 0.1.0\n");
    sandbox.write("chart/values.yaml", "privileged: false\n");
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: c\n    image: i:1\n    securityContext:\n      \
               privileged: {{ .Values.privileged }}\n";
    sandbox.write("chart/templates/pod.yaml", pod);
    sandbox.write("production.yaml", "privileged: true\n");
    let answer = sandbox.run(&["diff", "chart", "chart", "--production-values", "production.yaml"]);
    assert_eq!(answer.code, 1, "{answer}");
    let expected = "  high[privileges] Pod a: container `c`: `privileged`
      staging: false  (chart/templates/pod.yaml:9)
      production: true  (chart/templates/pod.yaml:9)
";
    assert!(answer.out.ends_with(expected), "{answer}");
}

#[test]
fn overlays_are_compared_as_they_are_built() {
    let path = std::env::var_os("PATH").unwrap_or_default();
    if !std::env::split_paths(&path)
        .any(|directory| directory.join("kubectl").is_file() || directory.join("kustomize").is_file())
    {
        println!("skipped: `kubectl` is not here; scripts/setup.sh test installs it");
        return;
    }
    let sandbox = Sandbox::new();
    sandbox.init();
    sandbox.write("base/web.yaml", &deployment("web:1", "false"));
    sandbox.write("base/kustomization.yaml", "resources: [web.yaml]\n");
    sandbox.write(
        "staging/kustomization.yaml",
        "resources: [../base]\nnamespace: shop-staging\nnameSuffix: -staging\n",
    );
    sandbox.write(
        "production/kustomization.yaml",
        "resources: [../base]\nimages: [{name: web, newTag: latest}]\n",
    );
    let answer = sandbox.run(&["diff", "staging", "production"]);
    assert_eq!(answer.code, 0, "{answer}");
    assert!(
        answer
            .out
            .contains("medium[image] Deployment shop/web: container `app`: how the image is pinned"),
        "{answer}"
    );
    assert!(answer.err.contains("in 1 pair of objects"), "{answer}");
}
