//! Who may do what, and who can become whom, case by case; and that every answer is that of a naive evaluator.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and reads recordings from disk"
)]

use bartizan_deploy::RbacCheck;
use bartizan_deploy::rbac::{Manifest, Outcome, Permissions, Request, Rule, Subject};
use bartizan_engine::rule::{Enabled, lines_of, scan};
use proptest::prelude::*;
use std::fmt::Write;
use std::time::{Duration, Instant};

fn permissions(text: &str) -> Permissions {
    Permissions::of([Manifest::read("all.yaml", text)])
}

fn rule(verbs: &[&str], groups: &[&str], resources: &[&str], names: &[&str]) -> Rule {
    let list = |all: &[&str]| all.iter().map(ToString::to_string).collect();
    Rule {
        verbs: list(verbs),
        groups: list(groups),
        resources: list(resources),
        names: list(names),
        ..Rule::default()
    }
}

fn asks<'a>(verb: &'a str, group: &'a str, resource: &'a str, name: &'a str) -> Request<'a> {
    let (resource, subresource) = resource.split_once('/').unwrap_or((resource, ""));
    Request {
        verb,
        group,
        resource,
        subresource,
        name,
        ..Request::default()
    }
}

#[test]
fn wildcards_subresources_and_names_mean_what_they_mean_to_the_authorizer() {
    let pods = rule(&["get"], &[""], &["pods"], &[]);
    let all = rule(&["*"], &["*"], &["*"], &[]);
    let scale = rule(&["update"], &["*"], &["*/scale"], &[]);
    let under = rule(&["get"], &[""], &["pods/*"], &[]);
    let named = rule(
        &["get", "create", "list"],
        &[""],
        &["pods", "pods/exec"],
        &["a", "*"],
    );
    let apps = rule(&["get"], &["apps"], &["*"], &[]);
    let empty = rule(&["get"], &[], &["pods"], &[]);
    let cases = [
        (&pods, asks("get", "", "pods", ""), true),
        (&pods, asks("get", "", "pods", "a"), true),
        (&pods, asks("get", "", "pods/log", "a"), false),
        (&pods, asks("GET", "", "pods", ""), false),
        (&pods, asks("get", "apps", "pods", ""), false),
        (&pods, asks("get", "", "Pods", ""), false),
        (
            &all,
            asks("escalate", "rbac.authorization.k8s.io", "clusterroles", "x"),
            true,
        ),
        (&all, asks("create", "", "pods/exec", "x"), true),
        (&scale, asks("update", "apps", "deployments/scale", "x"), true),
        (&scale, asks("update", "apps", "deployments", "x"), false),
        (&scale, asks("update", "apps", "deployments/status", "x"), false),
        (&scale, asks("update", "", "scale", "x"), false),
        (&under, asks("get", "", "pods/log", "x"), false),
        (&named, asks("get", "", "pods", "a"), true),
        (&named, asks("get", "", "pods", "b"), false),
        (&named, asks("get", "", "pods", "*"), true),
        (&named, asks("list", "", "pods", ""), false),
        (&named, asks("create", "", "pods", ""), false),
        (&named, asks("create", "", "pods/exec", "a"), true),
        (&apps, asks("get", "apps", "deployments/scale", ""), true),
        (&apps, asks("get", "", "pods", ""), false),
        (&empty, asks("get", "", "pods", ""), false),
    ];
    for (rule, request, expected) in cases {
        assert_eq!(rule.allows(&request), expected, "{rule:?} {request:?}");
    }
}

#[test]
fn paths_end_in_a_wildcard_or_are_equal() {
    let paths = |urls: &[&str]| Rule {
        verbs: vec!["get".to_owned()],
        urls: urls.iter().map(ToString::to_string).collect(),
        ..Rule::default()
    };
    for (urls, url, expected) in [
        (&["*"], "/metrics", true),
        (&["/healthz"], "/healthz", true),
        (&["/healthz"], "/healthz/etcd", false),
        (&["/healthz/*"], "/healthz/etcd", true),
        (&["/healthz/*"], "/healthz", false),
        (&["/healthz**"], "/healthzz", true),
        (&["/a*b"], "/axb", false),
    ] {
        let request = Request {
            verb: "get",
            url,
            ..Request::default()
        };
        assert_eq!(paths(urls).allows(&request), expected, "{urls:?} {url}");
    }
    let everything = rule(&["*"], &["*"], &["*"], &[]);
    let request = Request {
        verb: "get",
        url: "/metrics",
        ..Request::default()
    };
    assert!(!everything.allows(&request), "resources are no paths");
}

const NAMESPACED: &str = "
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: b, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{kind: ServiceAccount, name: cart}]
";

#[test]
fn a_role_binding_grants_in_its_namespace_and_nothing_of_the_cluster() {
    let all = permissions(NAMESPACED);
    let cart = Subject::account("shop", "cart");
    let allowed = |resource, name, namespace| {
        let request = Request {
            namespace,
            ..asks("patch", "", resource, name)
        };
        !all.allows(&cart, &request).is_empty()
    };
    assert!(allowed("secrets", "x", "shop"));
    assert!(!allowed("secrets", "x", "other"));
    assert!(!allowed("secrets", "", ""), "all namespaces at once");
    assert!(!allowed("nodes", "x", ""));
    assert!(allowed("namespaces", "shop", ""), "a namespace lies in itself");
    assert!(!allowed("namespaces", "other", ""));
    let path = Request {
        verb: "get",
        url: "/metrics",
        ..Request::default()
    };
    let grants = all.allows(&cart, &path);
    assert!(grants.is_empty());
}

#[test]
fn an_account_has_what_its_groups_and_its_user_name_have() {
    let text = "
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: b}
roleRef: {kind: ClusterRole, name: view}
subjects: [{kind: Group, name: 'system:serviceaccounts:shop'}, {kind: User, name: 'system:serviceaccount:other:one'}]
";
    let all = permissions(text);
    let request = Request {
        namespace: "x",
        ..asks("list", "", "pods", "")
    };
    for (namespace, name, expected) in [("shop", "any", 1), ("other", "one", 1), ("other", "two", 0)] {
        let found = all.allows(&Subject::account(namespace, name), &request);
        assert_eq!(found.len(), expected, "{namespace}/{name}");
    }
    let who: Vec<String> = all
        .who_can(&request)
        .iter()
        .map(|one| one.subject.to_string())
        .collect();
    assert!(
        who.contains(&"Group system:serviceaccounts:shop".to_owned()),
        "{who:?}"
    );
}

#[test]
fn roles_take_in_others_by_labels_through_others_and_around() {
    let text = "
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: widgets, labels: {rbac.authorization.k8s.io/aggregate-to-view: 'true'}}
rules: [{verbs: [get], apiGroups: [example.com], resources: [widgets]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: round, labels: {round: 'true'}}
aggregationRule: {clusterRoleSelectors: [{matchLabels: {round: 'true'}}, {matchLabels: {rbac.authorization.k8s.io/aggregate-to-edit: 'true'}}]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: b}
roleRef: {kind: ClusterRole, name: round}
subjects: [{kind: User, name: u}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: c}
roleRef: {kind: ClusterRole, name: admin}
subjects: [{kind: User, name: a}]
";
    let all = permissions(text);
    let request = asks("get", "example.com", "widgets", "w");
    assert_eq!(
        all.allows(&Subject::user("a"), &request).len(),
        1,
        "view is in edit, and edit in admin"
    );
    assert_eq!(all.allows(&Subject::user("u"), &request).len(), 1);
}

#[test]
fn a_role_that_was_not_read_is_unknown_and_one_that_every_cluster_has_is_not() {
    let text = "
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: b}
roleRef: {kind: ClusterRole, name: nowhere}
subjects: [{kind: User, name: u}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: c, namespace: kube-system}
roleRef: {kind: Role, name: extension-apiserver-authentication-reader}
subjects: [{kind: User, name: v}]
";
    let all = permissions(text);
    assert_eq!(all.unknown(&Subject::user("u")).len(), 1);
    assert_eq!(all.unknown(&Subject::user("v")).len(), 0);
    assert_eq!(all.dangling().count(), 1);
}

/// The roles and bindings that a running API server of version 1.36.2 lists are those that are built in.
#[test]
fn what_every_cluster_has_is_what_an_api_server_recorded() {
    let Some(root) = bartizan_testbed::testdata("deploy/kube-apiserver-recordings") else {
        return;
    };
    let read = |name: &str| {
        let text = std::fs::read_to_string(root.join(name)).unwrap();
        Manifest::read(name, &text)
    };
    let recorded = Permissions::of([read("clusterroles.json"), read("clusterrolebindings.json")]);
    let built_in = Permissions::of([]);
    assert!(recorded.notes().is_empty() && recorded.unread().is_empty());
    assert_eq!(
        recorded.subjects(),
        Vec::<&Subject>::new(),
        "all of them are as usual"
    );
    let subjects = [
        Subject::Group("system:masters".to_owned()),
        Subject::Group("system:authenticated".to_owned()),
        Subject::Group("system:monitoring".to_owned()),
        Subject::user("system:kube-scheduler"),
        Subject::user("system:kube-controller-manager"),
        Subject::account("kube-system", "clusterrole-aggregation-controller"),
        Subject::account("kube-system", "namespace-controller"),
        Subject::account("kube-system", "statefulset-controller"),
    ];
    for subject in subjects {
        let said = |permissions: &Permissions| -> Vec<String> {
            let grants = permissions.grants(&subject).into_iter();
            let cluster = grants.filter(|grant| grant.namespace().is_none());
            let mut all: Vec<String> = cluster
                .map(|grant| format!("{} {}", grant.id(), grant.rule.words()))
                .collect();
            all.sort();
            all
        };
        assert_eq!(said(&built_in), said(&recorded), "{subject}");
    }
}

fn bound(rules: &str, cluster: bool) -> String {
    let (kind, scope) = if cluster {
        ("ClusterRoleBinding", "")
    } else {
        ("RoleBinding", ", namespace: shop")
    };
    format!(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {{name: r}}\nrules: [{rules}]\n---\n\
         apiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata: {{name: b{scope}}}\n\
         roleRef: {{kind: ClusterRole, name: r}}\nsubjects: [{{kind: ServiceAccount, name: cart, namespace: shop}}]\n"
    )
}

/// The ways by which the account takes the cluster; none where it does not.
fn ways(text: &str) -> Option<Vec<&'static str>> {
    let all = permissions(text);
    let escalations = all.escalations();
    let way = escalations.takes_cluster(&Subject::account("shop", "cart"))?;
    Some(way.steps.iter().map(|step| step.way.id).collect())
}

#[test]
fn each_power_leads_where_the_documentation_says() {
    let r = "rbac.authorization.k8s.io";
    let c = "certificates.k8s.io";
    let cases: Vec<(String, bool, Option<&str>)> = vec![
        ("{verbs: ['*'], apiGroups: ['*'], resources: ['*']}".into(), true, Some("everything")),
        ("{verbs: ['*'], apiGroups: ['*'], resources: ['*']}".into(), false, None),
        ("{verbs: [create], apiGroups: [''], resources: [pods]}".into(), true, Some("create-pods")),
        ("{verbs: [create], apiGroups: [''], resources: [pods]}".into(), false, None),
        ("{verbs: [create], apiGroups: [''], resources: [pods], resourceNames: [a]}".into(), true, None),
        ("{verbs: [patch], apiGroups: [apps], resources: [deployments]}".into(), true, Some("create-workloads")),
        ("{verbs: [get, create], apiGroups: [''], resources: [secrets]}".into(), true, Some("make-token-secret")),
        ("{verbs: [get, list], apiGroups: [''], resources: [secrets]}".into(), true, None),
        ("{verbs: [create], apiGroups: [''], resources: [serviceaccounts/token]}".into(), true, Some("request-token")),
        ("{verbs: [create], apiGroups: [''], resources: [serviceaccounts]}".into(), true, None),
        ("{verbs: [impersonate], apiGroups: [''], resources: [users, groups]}".into(), true, Some("impersonate-masters")),
        ("{verbs: [impersonate], apiGroups: [''], resources: [groups]}".into(), true, None),
        ("{verbs: [impersonate], apiGroups: [''], resources: [serviceaccounts]}".into(), true, Some("impersonate")),
        (format!("{{verbs: [bind], apiGroups: [{r}], resources: [clusterroles]}}, {{verbs: [create], apiGroups: [{r}], resources: [clusterrolebindings]}}"), true, Some("bind")),
        (format!("{{verbs: [bind], apiGroups: [{r}], resources: [clusterroles], resourceNames: [view]}}, {{verbs: [create], apiGroups: [{r}], resources: [clusterrolebindings]}}"), true, None),
        (format!("{{verbs: [bind], apiGroups: [{r}], resources: [clusterroles], resourceNames: [edit]}}, {{verbs: [create], apiGroups: [{r}], resources: [clusterrolebindings]}}"), true, Some("bind")),
        (format!("{{verbs: [create], apiGroups: [{r}], resources: [clusterrolebindings, clusterroles]}}"), true, None),
        (format!("{{verbs: [escalate, update], apiGroups: [{r}], resources: [clusterroles]}}"), true, Some("escalate")),
        (format!("{{verbs: [escalate], apiGroups: [{r}], resources: [clusterroles]}}"), true, None),
        (format!("{{verbs: [create], apiGroups: [{c}], resources: [certificatesigningrequests]}}, {{verbs: [update], apiGroups: [{c}], resources: [certificatesigningrequests/approval]}}, {{verbs: [approve], apiGroups: [{c}], resources: [signers], resourceNames: [kubernetes.io/kube-apiserver-client]}}"), true, Some("certificate")),
        (format!("{{verbs: [create], apiGroups: [{c}], resources: [certificatesigningrequests]}}, {{verbs: [update], apiGroups: [{c}], resources: [certificatesigningrequests/approval]}}, {{verbs: [approve], apiGroups: [{c}], resources: [signers], resourceNames: [example.com/own]}}"), true, None),
        ("{verbs: [patch], apiGroups: [admissionregistration.k8s.io], resources: [mutatingwebhookconfigurations]}".into(), true, Some("mutating-webhook")),
        ("{verbs: [patch], apiGroups: [admissionregistration.k8s.io], resources: [validatingwebhookconfigurations]}".into(), true, None),
        ("{verbs: [get, list, watch], apiGroups: ['*'], resources: ['*']}".into(), true, None),
    ];
    for (rules, cluster, expected) in cases {
        let found = ways(&bound(&rules, cluster));
        assert_eq!(
            found.as_ref().map(|all| all[0]),
            expected,
            "{rules} {cluster}: {found:?}"
        );
    }
}

const ADMIN: &str = "
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: installer}
roleRef: {kind: ClusterRole, name: cluster-admin}
subjects: [{kind: ServiceAccount, name: installer, namespace: shop}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: installer, namespace: shop}
spec: {template: {spec: {serviceAccountName: installer, containers: [{name: c, image: x}]}}}
";

#[test]
fn a_way_leads_through_the_account_of_a_pod_that_can_be_entered_if_it_has_its_token() {
    let exec = bound(
        "{verbs: [create], apiGroups: [''], resources: [pods/exec]}",
        false,
    );
    assert_eq!(ways(&exec), None);
    let with = format!("{exec}{ADMIN}");
    assert_eq!(ways(&with), Some(vec!["exec", "everything"]));
    let without = with.replace(
        "{serviceAccountName:",
        "{automountServiceAccountToken: false, serviceAccountName:",
    );
    assert_eq!(ways(&without), None);
    let elsewhere = with
        .replace("shop, ", "other, ")
        .replace("name: b, namespace: shop", "name: b, namespace: other");
    assert_eq!(ways(&elsewhere), None);
}

#[test]
fn a_step_names_whom_one_becomes_and_the_grants_that_allow_it() {
    let text = format!(
        "{}{ADMIN}",
        bound("{verbs: [create], apiGroups: [batch], resources: [jobs]}", false)
    );
    let all = permissions(&text);
    let escalations = all.escalations();
    let found = escalations.of(&Subject::account("shop", "cart"));
    let way = found.iter().find(|one| one.outcome == Outcome::Cluster).unwrap();
    assert_eq!(way.steps.len(), 2);
    assert_eq!(
        way.steps[0].becomes,
        Outcome::Subject(Subject::account("shop", "installer"))
    );
    let grant = way.steps[0].grants[0];
    assert_eq!(
        (grant.binding.title(), grant.rule.place.0),
        ("RoleBinding shop/b".to_owned(), 4)
    );
    let alone = permissions(text.strip_suffix(ADMIN).unwrap());
    let escalations = alone.escalations();
    let found = escalations.of(&Subject::account("shop", "cart"));
    let node = found.iter().find(|one| one.outcome == Outcome::Nodes).unwrap();
    assert!(
        node.assumes().is_some(),
        "the level of the namespace is not known"
    );
}

#[test]
fn a_namespace_that_keeps_privileged_pods_away_keeps_the_node() {
    let pods = bound("{verbs: [create], apiGroups: [''], resources: [pods]}", false);
    let level = "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {pod-security.kubernetes.io/enforce: baseline}}\n";
    let has_node = |text: &str| {
        let all = permissions(text);
        let escalations = all.escalations();
        let found = escalations.of(&Subject::account("shop", "cart"));
        found.iter().any(|one| one.outcome == Outcome::Nodes)
    };
    assert!(has_node(&pods));
    assert!(!has_node(&format!("{pods}{level}")));
    let relabels = pods.replace(
        "resources: [pods]}",
        "resources: [pods]}, {verbs: [patch], apiGroups: [''], resources: [namespaces]}",
    );
    assert!(has_node(&format!("{relabels}{level}")));
}

#[test]
fn hostile_manifests_are_read_to_the_end_and_what_is_wrong_is_said() {
    for text in [
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: r}\nrules: everything\n",
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: r}\nrules: [{verbs: [1]}]\n",
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: r}\nrules: [nothing]\n",
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: r}\naggregationRule: {clusterRoleSelectors: [7]}\n",
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: b}\n",
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: b}\nroleRef: {kind: Role, name: r}\n",
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: b}\nroleRef: {kind: ClusterRole, name: r}\nsubjects: [{kind: ServiceAccount, name: a}]\n",
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: b}\nroleRef: {kind: ClusterRole, name: r}\nsubjects: [{kind: Robot, name: a}]\n",
    ] {
        let all = permissions(text);
        assert_eq!(all.notes().len(), 1, "{text}");
        let check = RbacCheck::new(Enabled::default(), true, true);
        assert_eq!(
            scan(&check, &[("x.yaml", text.as_bytes())]).errors.len(),
            1,
            "{text}"
        );
    }
    let cut = &NAMESPACED[..NAMESPACED.len() - 20];
    assert_eq!(permissions(cut).unread().len(), 1);
    let escaped = NAMESPACED.replace("name: cart", "name: \"ca\\nrt\\u001b\"");
    let found = scan(
        &RbacCheck::new(Enabled::default(), true, true),
        &[("x.yaml", escaped.as_bytes())],
    )
    .findings;
    assert!(
        !found.is_empty() && found.iter().all(|one| !one.message.contains(char::is_control)),
        "{found:?}"
    );
}

#[test]
fn ten_thousand_bindings_of_two_thousand_roles_are_judged_in_seconds() {
    let mut text = String::new();
    for role in 0..2_000 {
        let verb = ["get", "create", "patch", "impersonate"][role % 4];
        let resource = ["pods", "secrets", "configmaps", "serviceaccounts", "pods/exec"][role % 5];
        let _ = write!(
            text,
            "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {{name: r{role}, labels: {{n: '{}'}}}}\nrules: [{{verbs: [{verb}], apiGroups: [''], resources: [{resource}]}}, {{verbs: [get], apiGroups: [apps], resources: [deployments]}}]\n",
            role % 10
        );
    }
    for binding in 0..10_000 {
        let _ = write!(
            text,
            "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {{name: b{binding}, namespace: n{}}}\nroleRef: {{kind: ClusterRole, name: r{}}}\nsubjects: [{{kind: ServiceAccount, name: a{binding}, namespace: n{}}}, {{kind: Group, name: g{}}}]\n",
            binding % 500,
            binding % 2_000,
            (binding * 7) % 500,
            binding % 50
        );
    }
    let begun = Instant::now();
    let all = permissions(&text);
    let escalations = all.escalations();
    let taking = all
        .subjects()
        .into_iter()
        .filter(|one| escalations.takes_cluster(one).is_some());
    let taking = taking.count();
    let took = begun.elapsed();
    assert_eq!(taking, 0, "namespaces without strong accounts lead nowhere");
    assert_eq!(all.subjects().len(), 10_050);
    assert!(
        took < Duration::from_secs(30),
        "{took:?}, in a build without optimisation"
    );
}

const VERBS: [&str; 4] = ["get", "create", "*", "list"];
const RESOURCES: [&str; 6] = ["pods", "pods/log", "*", "*/log", "secrets", "namespaces"];
const NAMES: [&str; 2] = ["a", "b"];
const SPACES: [&str; 3] = ["n1", "n2", ""];

type RawRule = (Vec<usize>, Vec<usize>, Vec<usize>);
type RawBinding = (usize, usize, Vec<usize>);

fn who(at: usize) -> (String, Subject) {
    match at {
        0 => (
            "{kind: ServiceAccount, name: a, namespace: n1}".into(),
            Subject::account("n1", "a"),
        ),
        1 => ("{kind: User, name: u}".into(), Subject::user("u")),
        2 => (
            "{kind: Group, name: 'system:serviceaccounts'}".into(),
            Subject::Group("system:serviceaccounts".into()),
        ),
        3 => (
            "{kind: Group, name: 'system:serviceaccounts:n1'}".into(),
            Subject::Group("system:serviceaccounts:n1".into()),
        ),
        _ => (
            "{kind: Group, name: 'system:authenticated'}".into(),
            Subject::Group("system:authenticated".into()),
        ),
    }
}

fn quoted(all: &[&str], of: &[usize]) -> String {
    let words: Vec<String> = of.iter().map(|at| format!("'{}'", all[*at])).collect();
    words.join(", ")
}

/// Whether a rule allows, written out the long way.
fn naive(rule: &RawRule, verb: &str, resource: &str, sub: &str, name: &str) -> bool {
    let (verbs, resources, names) = rule;
    let full = if sub.is_empty() {
        resource.to_owned()
    } else {
        format!("{resource}/{sub}")
    };
    let any_of = format!("*/{sub}");
    let verb_ok = verbs.iter().any(|at| VERBS[*at] == "*" || VERBS[*at] == verb);
    let resource_ok = resources.iter().any(|at| {
        let one = RESOURCES[*at];
        one == "*" || one == full || (!sub.is_empty() && one == any_of)
    });
    verb_ok && resource_ok && (names.is_empty() || names.iter().any(|at| NAMES[*at] == name))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn what_is_allowed_is_what_a_naive_evaluator_over_all_grants_allows(
        roles in prop::collection::vec(prop::collection::vec((
            prop::collection::vec(0..VERBS.len(), 1..3),
            prop::collection::vec(0..RESOURCES.len(), 1..3),
            prop::collection::vec(0..NAMES.len(), 0..2),
        ), 0..3), 1..4),
        bindings in prop::collection::vec((0..4_usize, 0..3_usize, prop::collection::vec(0..5_usize, 0..3)), 0..6),
    ) {
        let roles: Vec<Vec<RawRule>> = roles;
        let bindings: Vec<RawBinding> = bindings;
        let mut text = String::new();
        for (at, rules) in roles.iter().enumerate() {
            let rules: Vec<String> = rules.iter().map(|(verbs, resources, names)| format!(
                "{{verbs: [{}], apiGroups: [example.com], resources: [{}], resourceNames: [{}]}}",
                quoted(&VERBS, verbs), quoted(&RESOURCES, resources), quoted(&NAMES, names)
            )).collect();
            let _ = write!(text, "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {{name: r{at}}}\nrules: [{}]\n", rules.join(", "));
        }
        for (at, (role, space, subjects)) in bindings.iter().enumerate() {
            let subjects: Vec<String> = subjects.iter().map(|one| who(*one).0).collect();
            let (kind, scope) = match SPACES[*space] {
                "" => ("ClusterRoleBinding", String::new()),
                name => ("RoleBinding", format!(", namespace: {name}")),
            };
            let _ = write!(text, "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata: {{name: b{at}{scope}}}\nroleRef: {{kind: ClusterRole, name: r{role}}}\nsubjects: [{}]\n", subjects.join(", "));
        }
        let all = permissions(&text);
        prop_assert!(all.notes().is_empty(), "{:?}", all.notes());
        for subject in (0..5).map(|at| who(at).1) {
            let mut are = subject.groups();
            are.push(subject.clone());
            for verb in ["get", "create", "watch"] {
                for full in ["pods", "pods/log", "secrets", "namespaces/log"] {
                    for name in ["", "a", "c"] {
                        for namespace in SPACES {
                            let expected: usize = bindings.iter().map(|(role, space, subjects)| {
                                let holds = SPACES[*space].is_empty() || SPACES[*space] == namespace;
                                let named = subjects.iter().filter(|one| are.contains(&who(**one).1)).count();
                                let (resource, sub) = full.split_once('/').unwrap_or((full, ""));
                                let rules = roles.get(*role).map_or(0, |rules| rules.iter().filter(|rule| naive(rule, verb, resource, sub, name)).count());
                                usize::from(holds) * named * rules
                            }).sum();
                            let request = Request { namespace, ..asks(verb, "example.com", full, name) };
                            let found = all.allows(&subject, &request).len();
                            prop_assert_eq!(found, expected, "{} {:?}\n{}", subject, request, text);
                            let listed = all.who_can(&request).iter().any(|grant| grant.subject == &subject);
                            let own = all.allows(&subject, &request).iter().any(|grant| grant.subject == &subject);
                            prop_assert_eq!(listed, own);
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn every_rule_finds_what_its_page_says_and_nothing_else() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rbac/checks");
    let pages = bartizan_testbed::pages(&root).unwrap();
    let rules = bartizan_deploy::rbac::rules();
    assert!(rules.is_sorted_by_key(|rule| rule.id.clone()));
    assert_eq!(
        rules.len(),
        pages.len(),
        "a page without a rule, or a rule without a page"
    );
    let check = RbacCheck::new(Enabled::default(), true, true);
    let mut failures = Vec::new();
    for (page, rule) in pages
        .iter()
        .map(|page| (page, format!("deploy/rbac/{}", page.rule)))
    {
        let info = rules.iter().find(|one| one.id == rule).unwrap();
        assert!(
            info.manual.len() > 200 && !info.remediation.is_empty() && !info.references.is_empty(),
            "{rule}"
        );
        assert!(!info.cwe.is_empty() && !info.controls.is_empty(), "{rule}");
        assert!(page.tries_both(), "{rule}");
        failures.extend(page.differences(&rule, |case| {
            let reported = scan(&check, &case.bytes());
            for one in &reported.findings {
                let fix = one.fix.as_ref().unwrap();
                assert!(!fix.description.is_empty() && !fix.description.contains('\n'));
            }
            lines_of(&rule, &reported)
        }));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn a_finding_carries_the_way_step_by_step_with_places_and_survives_moved_lines() {
    let check = RbacCheck::new(Enabled::default(), true, true);
    let text = format!(
        "{}{ADMIN}",
        bound(
            "{verbs: [create], apiGroups: [''], resources: [pods/exec]}",
            false
        )
    );
    let found = scan(&check, &[("base/x.yaml", text.as_bytes())]).findings;
    let cart = found
        .iter()
        .find(|one| one.message.contains("shop/cart"))
        .unwrap();
    assert_eq!(cart.rule, "deploy/rbac/takes-cluster");
    let places: Vec<u32> = cart
        .evidence
        .iter()
        .filter_map(|step| step.location.as_ref())
        .map(|one| one.line)
        .collect();
    assert_eq!(
        places,
        [4, 10, 17],
        "rule, binding, and the binding of the other account"
    );
    let moved = scan(&check, &[("other/x.yaml", format!("# first\n{text}").as_bytes())]).findings;
    let prints = |all: &[bartizan_model::Finding]| -> Vec<String> {
        all.iter()
            .map(|one| one.fingerprint.as_str().to_owned())
            .collect()
    };
    assert_eq!(prints(&found), prints(&moved));
}
