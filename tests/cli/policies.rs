use crate::sandbox::Sandbox;

const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n  - name: web\n    image: nginx\n";
const REGO: &str = "package images\n\nimport rego.v1\n\ndeny contains msg if {\n\tsome c in input.spec.containers\n\tnot contains(c.image, \":\")\n\t\
                    msg := sprintf(\"%s has no tag\", [c.name])\n}\n\nwarn contains \"it is a pod\" if input.kind == \"Pod\"\n";
const KYVERNO: &str = "
apiVersion: policies.kyverno.io/v1
kind: ValidatingPolicy
metadata: {name: labelled}
spec:
  validationActions: [Audit]
  matchConstraints: {resourceRules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}
  validations: [{expression: has(object.metadata.labels), message: it has no labels}]
";

fn own() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.init();
    sandbox.write("deploy/web.yaml", POD);
    sandbox.write("policies/images.rego", REGO);
    sandbox.write("policies/labelled.yaml", KYVERNO);
    sandbox
}

#[test]
fn policies_of_ones_own_judge_manifests() {
    let only = ["scan", "deploy", "--only", "deploy/policy/*", "-o", "concise"];
    let sandbox = own();
    let by_flag = sandbox.run(&[&only[..], &["--policy", "policies"]].concat());
    assert_eq!(by_flag.code, 1, "{by_flag}");
    for line in [
        "web.yaml:4:9: high[deploy/policy/images] Pod web: web has no tag",
        "web.yaml:4:9: low[deploy/policy/images] Pod web: it is a pod",
        "web.yaml:4:9: medium[deploy/policy/labelled] Pod web: it has no labels",
    ] {
        assert!(by_flag.out.contains(line), "{line}\n{by_flag}");
    }
    sandbox.write("bartizan.toml", "[deploy]\npolicies = [\"policies\"]\n");
    assert_eq!(sandbox.run(&only).out, by_flag.out);
    let explained = sandbox.run(&["explain", "deploy/policy/labelled"]);
    assert!(explained.out.contains("policies/labelled.yaml"), "{explained}");
}

#[test]
fn a_policy_that_cannot_be_loaded_is_an_error_and_one_that_cannot_tell_is_unknown() {
    let sandbox = own();
    sandbox.write("policies/broken.rego", "package broken\nnope {{\n");
    let answer = sandbox.run(&["scan", "deploy", "--policy", "policies"]);
    assert_eq!(answer.code, 2, "{answer}");
    assert!(answer.err.contains("policies/broken.rego"), "{answer}");
    sandbox.write(
        "policies/broken.rego",
        "package broken\n\nimport rego.v1\n\ndeny contains \"x\" if http.send({}).status == 200\n",
    );
    let answer = sandbox.run(&[
        "scan",
        "deploy",
        "--policy",
        "policies",
        "--only",
        "deploy/policy/broken",
    ]);
    assert_eq!(answer.code, 4, "{answer}");
    assert!(answer.to_string().contains("`broken` cannot tell"), "{answer}");
}

#[test]
fn tests_of_policies_run_with_lines_of_coverage() {
    let sandbox = own();
    sandbox.write(
        "policies/images_test.rego",
        "package images_test\n\nimport rego.v1\n\nimport data.images\n\ntest_a if count(images.deny) == 1 with input as {\"spec\": {\"containers\": [{\"name\": \"a\", \"image\": \"b\"}]}}\n\n\
         test_b if count(images.deny) == 1 with input as {}\n",
    );
    let answer = sandbox.run(&["policy", "test", "policies", "--coverage"]);
    assert_eq!(answer.code, 1, "{answer}");
    assert!(
        answer
            .out
            .contains("failed      policies/images_test.rego:9: data.images_test.test_b"),
        "{answer}"
    );
    assert!(
        answer.out.contains("covered     policies/images.rego: "),
        "{answer}"
    );
    assert!(answer.err.contains("2 tests: 1 passed, 1 failed"), "{answer}");
}

#[test]
fn tests_of_kyverno_run_beside_their_policies() {
    let sandbox = own();
    sandbox.write(
        "policies/tests/kyverno-test.yaml",
        "apiVersion: cli.kyverno.io/v1alpha1\nkind: Test\nmetadata: {name: t}\npolicies: [../labelled.yaml]\nresources: [../../deploy/web.yaml]\n\
         results: [{policy: labelled, isValidatingPolicy: true, kind: Pod, resources: [web], result: fail}]\n",
    );
    let answer = sandbox.run(&["policy", "test", "policies"]);
    assert_eq!(answer.code, 0, "{answer}");
    assert!(answer.err.contains("1 test: 1 passed"), "{answer}");
    let answer = sandbox.run(&["policy", "test", "deploy"]);
    assert_eq!(answer.code, 3, "{answer}");
}
