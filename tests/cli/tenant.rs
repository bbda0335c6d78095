use crate::sandbox::Sandbox;

const TWO: &str = "
apiVersion: v1
kind: Namespace
metadata: {name: acme, labels: {tenant: acme}}
---
apiVersion: v1
kind: Namespace
metadata: {name: globex, labels: {tenant: globex}}
";

#[test]
fn a_break_at_high_denies_and_is_proved_below_the_table() {
    let sandbox = Sandbox::new();
    sandbox.write("deploy/ns.yaml", TWO);
    let answer = sandbox.run(&["tenant", "matrix", "deploy"]);
    assert_eq!(answer.code, 1, "{answer}");
    let mut lines = answer.out.lines();
    assert!(lines.any(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        words.starts_with(&["acme", "globex", "broken", "high"])
    }));
    assert!(
        answer.out.contains("broken high network: acme -> globex"),
        "{answer}"
    );
    assert!(answer.out.contains("    ns.yaml:8  globex/(any pod)"), "{answer}");
    assert!(
        answer
            .err
            .ends_with("0 unknown; 0 things not understood or not read\n"),
        "{answer}"
    );
}

#[test]
fn the_matrix_is_an_object_for_programs() {
    let sandbox = Sandbox::new();
    sandbox.write("deploy/ns.yaml", TWO);
    let answer = sandbox.run(&["tenant", "matrix", "deploy", "-o", "json"]);
    let matrix: serde_json::Value = serde_json::from_str(&answer.out).unwrap();
    assert_eq!(matrix["schema"], "bartizan/tenancy/v1");
    assert_eq!(matrix["tenants"][0]["name"], "acme");
    assert_eq!(matrix["tenants"][0]["cells"]["quota"], "broken");
    assert_eq!(matrix["pairs"][0]["cells"]["network"], "broken");
    assert_eq!(matrix["pairs"][0]["cells"]["rbac"], "isolated");
    let open = matrix["broken"].as_array().unwrap().iter();
    let open = open.filter(|one| one["rule"] == "deploy/tenancy/network-open");
    assert!(open.clone().all(|one| {
        one["proofs"][0]["place"]
            .as_str()
            .unwrap()
            .starts_with("ns.yaml:")
    }));
    assert!(open.count() >= 2);
}

#[test]
fn what_is_scaffolded_is_isolated_and_a_scan_finds_nothing_in_it() {
    let sandbox = Sandbox::new();
    sandbox.write("tenants/README.md", "");
    for name in ["acme", "globex"] {
        let answer = sandbox.run(&["tenant", "scaffold", name, "--dir", "tenants", "--mesh", "istio"]);
        assert_eq!((answer.code, answer.out.as_str()), (0, ""), "{answer}");
    }
    let answer = sandbox.run(&["tenant", "matrix", "tenants"]);
    assert_eq!(answer.code, 0, "{answer}");
    assert!(
        !answer.out.contains("broken") && !answer.out.contains("unknown"),
        "{answer}"
    );
    let answer = sandbox.run(&[
        "scan",
        "tenants",
        "--pod-security",
        "restricted",
        "-o",
        "json=out.json",
    ]);
    assert_eq!(answer.code, 0, "{answer}");
    let report: serde_json::Value = serde_json::from_str(&sandbox.read("out.json")).unwrap();
    assert_eq!(report["findings"].as_array().unwrap().len(), 0, "{answer}");
    let again = sandbox.run(&["tenant", "scaffold", "acme", "--dir", "tenants"]);
    assert_eq!(again.code, 2, "{again}");
}

#[test]
fn tenants_are_named_by_the_configuration_and_unknown_is_no_pass() {
    let sandbox = Sandbox::new();
    sandbox.write("ns.yaml", &TWO.replace("tenant:", "team:"));
    let answer = sandbox.run(&["tenant", "matrix", "."]);
    assert_eq!(answer.code, 3, "{answer}");
    sandbox.write(
        "bartizan.toml",
        "[deploy]\ntenants = [\"one: acme\", \"two: team=globex\"]\n",
    );
    let answer = sandbox.run(&["tenant", "matrix", "."]);
    assert_eq!(answer.code, 1, "{answer}");
    assert!(answer.out.contains("network: one -> two"), "{answer}");
    sandbox.write("bartizan.toml", "[deploy]\ntenants = [\"one\"]\n");
    let answer = sandbox.run(&["scan", "."]);
    assert_eq!(answer.code, 2, "{answer}");
    assert!(answer.err.contains("acme-prod"), "{answer}");
    let scaffolded = sandbox.run(&["tenant", "scaffold", "acme"]);
    let more = "---\napiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {name: more}\nspec: {}\n";
    let sandbox = Sandbox::new();
    let other = sandbox.run(&["tenant", "scaffold", "globex"]);
    sandbox.write("all.yaml", &(scaffolded.out + &other.out + more));
    let answer = sandbox.run(&["tenant", "matrix", "."]);
    assert_eq!(answer.code, 4, "{answer}");
    assert!(answer.out.contains("unknown network: acme -> globex"), "{answer}");
}

#[test]
fn a_scan_finds_what_the_matrix_says() {
    let sandbox = Sandbox::new();
    sandbox.write("ns.yaml", TWO);
    let answer = sandbox.run(&[
        "scan",
        ".",
        "--only",
        "deploy/tenancy/network-open",
        "-o",
        "json=out.json",
    ]);
    assert_eq!(answer.code, 1, "{answer}");
    let report: serde_json::Value = serde_json::from_str(&sandbox.read("out.json")).unwrap();
    let findings = report["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 2);
    assert_eq!(findings[0]["asset"], "tenant:acme");
}

#[test]
fn where_no_tenant_is_declared_a_scan_says_neither_that_they_are_kept_apart_nor_that_they_are_not() {
    let sandbox = Sandbox::new();
    sandbox.write("ns.yaml", &TWO.replace("tenant:", "team:"));
    let answer = sandbox.run(&["scan", ".", "--only", "deploy/tenancy/*", "-o", "json=out.json"]);
    assert_eq!(answer.code, 0, "{answer}");
    assert!(answer.err.contains(", 1 not applicable;"), "{answer}");
    let report: serde_json::Value = serde_json::from_str(&sandbox.read("out.json")).unwrap();
    let checks = report["checks"].as_array().unwrap().iter();
    let tenancy: Vec<_> = checks.filter(|run| run["check"] == "deploy/tenancy").collect();
    assert_eq!(tenancy[0]["status"], "not-applicable");
    assert_eq!(tenancy[0]["reason"], "no tenant is declared");
}

#[test]
fn names_that_no_namespace_can_have_are_refused() {
    let sandbox = Sandbox::new();
    for name in ["Acme", "a/../b"] {
        let answer = sandbox.run(&["tenant", "scaffold", name, "--dir", "."]);
        assert_eq!(answer.code, 2, "{answer}");
    }
}
