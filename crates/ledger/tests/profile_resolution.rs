//! Profiles are resolved as the specification says, and the published baselines come out as NIST publishes them.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "tests, some of which read public test data"
)]

use bartizan_ledger::compliance::profile::{Document, Profile, ResolveError, Resolved, resolve};
use bartizan_ledger::compliance::{framework, of_profile};
use serde_json::{Value, json};

/// Two groups; `a-1` has two controls below it, of which one has another below.
fn catalog() -> Value {
    json!({ "catalog": {
        "params": [{ "id": "loose", "label": "a loose parameter" }],
        "groups": [
            { "id": "a", "title": "A", "controls": [
                { "id": "a-1", "title": "one", "params": [{ "id": "a-1_p", "label": "days", "constraints": [{ "description": "few" }] }],
                  "parts": [{ "id": "a-1_smt", "name": "statement", "parts": [{ "id": "a-1_smt.a", "name": "item", "prose": "see [it](#7b1c8d0e-0000-4000-8000-000000000001)" }] }],
                  "controls": [
                    { "id": "a-1.1", "title": "one one", "controls": [{ "id": "a-1.1.1", "title": "deep" }] },
                    { "id": "a-1.2", "title": "one two" }] },
                { "id": "a-2", "title": "two" }] },
            { "id": "b", "title": "B", "controls": [{ "id": "b-1", "title": "three" }] }],
        "back-matter": { "resources": [
            { "uuid": "7b1c8d0e-0000-4000-8000-000000000001", "title": "referred to" },
            { "uuid": "7b1c8d0e-0000-4000-8000-000000000002", "title": "not referred to" }] } } })
}

fn document(value: &Value) -> Document {
    Document::read(value.to_string().as_bytes()).unwrap()
}

fn profile(body: Value) -> Profile {
    let mut all = json!({ "uuid": "p-1", "metadata": { "title": "P" }, "imports": [{ "href": "#c", "include-all": {} }] });
    all.as_object_mut()
        .unwrap()
        .extend(body.as_object().unwrap().clone());
    match document(&json!({ "profile": all })) {
        Document::Profile(profile) => *profile,
        Document::Catalog(_) => unreachable!(),
    }
}

fn resolved(body: Value) -> Result<Resolved, ResolveError> {
    resolve(&profile(body), &|href| {
        (href == "#c").then(|| document(&catalog()))
    })
}

fn ids(imports: Value) -> Vec<String> {
    resolved(json!({ "imports": imports, "merge": { "as-is": true } }))
        .unwrap()
        .control_ids()
}

fn pointer<'a>(resolved: &'a Resolved, at: &str) -> &'a Value {
    resolved.catalog.pointer(at).unwrap()
}

#[test]
fn everything_is_in_where_everything_is_asked_for() {
    assert_eq!(
        ids(json!([{ "href": "#c", "include-all": {} }])),
        ["a-1", "a-1.1", "a-1.1.1", "a-1.2", "a-2", "b-1"]
    );
}

#[test]
fn a_control_brings_those_above_it_and_none_below() {
    assert_eq!(
        ids(json!([{ "href": "#c", "include-controls": [{ "with-ids": ["a-1.1", "b-1"] }] }])),
        ["a-1", "a-1.1", "b-1"]
    );
}

#[test]
fn those_below_come_along_where_that_is_asked_for() {
    let import = json!([{ "href": "#c", "include-controls": [{ "with-ids": ["a-1"], "with-child-controls": "yes" }] }]);
    assert_eq!(ids(import), ["a-1", "a-1.1", "a-1.1.1", "a-1.2"]);
}

#[test]
fn patterns_choose_by_the_form_of_an_identity() {
    let import = json!([{ "href": "#c", "include-controls": [{ "matching": [{ "pattern": "?-2" }, {}] }] }]);
    assert_eq!(ids(import), ["a-2"]);
}

#[test]
fn what_is_left_out_stays_out_and_what_stood_below_it_moves_up() {
    let import =
        json!([{ "href": "#c", "include-all": {}, "exclude-controls": [{ "with-ids": ["a-1.1", "a-2"] }] }]);
    let resolved = resolved(json!({ "imports": import, "merge": { "as-is": true } })).unwrap();
    assert_eq!(resolved.control_ids(), ["a-1", "a-1.1.1", "a-1.2", "b-1"]);
    assert_eq!(
        pointer(&resolved, "/catalog/groups/0/controls/0/controls/0/id"),
        "a-1.1.1"
    );
    let import = json!([{ "href": "#c", "include-all": {}, "exclude-controls": [{ "matching": [{ "pattern": "a-1" }], "with-child-controls": "yes" }] }]);
    assert_eq!(ids(import), ["a-2", "b-1"]);
}

#[test]
fn a_group_without_controls_is_left_out() {
    let resolved = resolved(json!({
        "imports": [{ "href": "#c", "include-controls": [{ "with-ids": ["b-1"] }] }], "merge": { "as-is": true } }));
    assert_eq!(
        resolved.unwrap().catalog["catalog"]["groups"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn without_a_structure_the_outcome_is_flat() {
    let resolved = resolved(json!({})).unwrap();
    assert_eq!(resolved.control_ids().len(), 6);
    assert_eq!(
        resolved.catalog["catalog"]["controls"].as_array().unwrap().len(),
        6
    );
    assert!(resolved.catalog["catalog"].get("groups").is_none());
    assert_eq!(pointer(&resolved, "/catalog/params/0/id"), "loose");
}

#[test]
fn controls_that_two_imports_bring_stand_twice_unless_the_first_is_to_be_used() {
    let twice = json!([
        { "href": "#c", "include-controls": [{ "with-ids": ["a-2"] }] },
        { "href": "#c", "include-controls": [{ "with-ids": ["a-2", "b-1"] }] }]);
    let kept = resolved(json!({ "imports": twice, "merge": { "as-is": true } })).unwrap();
    assert_eq!(kept.control_ids(), ["a-2", "a-2", "b-1"]);
    assert_eq!(kept.warnings, ["the control `a-2` stands twice"]);
    let first = json!({ "imports": twice, "merge": { "combine": { "method": "use-first" }, "as-is": true } });
    assert_eq!(resolved(first).unwrap().control_ids(), ["a-2", "b-1"]);
    let undefined = json!({ "imports": twice, "merge": { "combine": { "method": "merge" } } });
    assert_eq!(resolved(undefined), Err(ResolveError::Combine("merge".into())));
}

#[test]
fn a_structure_of_the_profiles_own_holds_what_it_inserts_in_the_order_it_says() {
    let custom = json!({ "groups": [
        { "id": "a", "insert-controls": [{ "order": "descending", "include-controls": [{ "matching": [{ "pattern": "a-*" }] }], "exclude-controls": [{ "with-ids": ["a-2"] }] }] },
        { "id": "own", "title": "Own", "insert-controls": [{ "include-controls": [{ "with-ids": ["b-1", "a-2"] }] }] }] });
    let resolved = resolved(json!({ "merge": { "custom": custom } })).unwrap();
    assert_eq!(
        resolved.control_ids(),
        ["a-1.2", "a-1.1.1", "a-1.1", "a-1", "a-2", "b-1"]
    );
    assert_eq!(pointer(&resolved, "/catalog/groups/0/title"), "A");
    assert_eq!(pointer(&resolved, "/catalog/groups/1/title"), "Own");
}

#[test]
fn two_structures_at_once_are_refused() {
    assert_eq!(
        resolved(json!({ "merge": { "flat": {}, "as-is": true } })),
        Err(ResolveError::Structure)
    );
}

#[test]
fn parameters_are_set_and_constraints_are_added() {
    let set = json!([
        { "param-id": "a-1_p", "label": "hours", "values": ["8"], "constraints": [{ "description": "fewer" }] },
        { "param-id": "none", "values": ["1"] }]);
    let resolved = resolved(json!({ "modify": { "set-parameters": set } })).unwrap();
    let param = pointer(&resolved, "/catalog/controls/0/params/0");
    assert_eq!(
        param,
        &json!({ "id": "a-1_p", "label": "hours", "values": ["8"], "constraints": [{ "description": "few" }, { "description": "fewer" }] })
    );
    assert_eq!(resolved.warnings, ["there is no parameter `none` to set"]);
}

#[test]
fn contents_are_added_within_before_and_after_and_are_removed() {
    let alters = json!([{ "control-id": "a-1",
        "removes": [{ "by-id": "a-1.2" }, { "by-name": "item", "by-item-name": "part" }, {}],
        "adds": [
            { "position": "starting", "props": [{ "name": "first", "value": "1" }], "parts": [{ "id": "before-all", "name": "x" }] },
            { "by-id": "a-1_smt", "position": "after", "parts": [{ "id": "behind", "name": "x" }] },
            { "by-id": "a-1_smt", "position": "starting", "props": [{ "name": "within", "value": "1" }] },
            { "by-id": "nothing", "props": [{ "name": "lost", "value": "1" }] }] }]);
    let resolved = resolved(json!({ "merge": { "as-is": true }, "modify": { "alters": alters } })).unwrap();
    // A control that is removed by its identity is no longer in.
    assert_eq!(resolved.control_ids(), ["a-1", "a-1.1", "a-1.1.1", "a-2", "b-1"]);
    let control = pointer(&resolved, "/catalog/groups/0/controls/0");
    assert_eq!(
        control["parts"],
        json!([
            { "id": "before-all", "name": "x" },
            { "id": "a-1_smt", "name": "statement", "props": [{ "name": "within", "value": "1" }] },
            { "id": "behind", "name": "x" }])
    );
    assert_eq!(control["props"], json!([{ "name": "first", "value": "1" }]));
    assert_eq!(
        resolved.warnings,
        ["`a-1` holds nothing called `nothing` to add to"]
    );
}

#[test]
fn resources_that_nothing_refers_to_are_left_out() {
    let resolved = resolved(json!({})).unwrap();
    let resources = pointer(&resolved, "/catalog/back-matter/resources")
        .as_array()
        .unwrap();
    assert_eq!(resources.len(), 1);
    assert_eq!(resources[0]["title"], "referred to");
}

#[test]
fn a_profile_may_import_a_profile_but_not_itself() {
    let inner = json!({ "profile": { "uuid": "p-2", "metadata": {}, "merge": { "as-is": true },
        "imports": [{ "href": "#c", "include-controls": [{ "with-ids": ["a-1", "a-2"] }] }] } });
    let outer = profile(
        json!({ "imports": [{ "href": "inner.json", "include-controls": [{ "with-ids": ["a-2"] }] }] }),
    );
    let find = |href: &str| match href {
        "#c" => Some(document(&catalog())),
        "inner.json" => Some(document(&inner)),
        _ => None,
    };
    assert_eq!(resolve(&outer, &find).unwrap().control_ids(), ["a-2"]);
    let circle =
        json!({ "profile": { "uuid": "p-1", "metadata": {}, "imports": [{ "href": "circle.json" }] } });
    let own = profile(json!({ "imports": [{ "href": "circle.json" }] }));
    let find = |_: &str| Some(document(&circle));
    assert_eq!(
        resolve(&own, &find),
        Err(ResolveError::Circular("circle.json".into()))
    );
}

#[test]
fn an_import_is_found_by_the_links_of_a_resource_or_is_missing() {
    let body = json!({ "imports": [{ "href": "#r-1", "include-all": {} }],
        "back-matter": { "resources": [{ "uuid": "r-1", "rlinks": [{ "href": "elsewhere.xml" }, { "href": "catalog.json" }] }] } });
    let find = |href: &str| (href == "catalog.json").then(|| document(&catalog()));
    assert_eq!(
        resolve(&profile(body.clone()), &find)
            .unwrap()
            .control_ids()
            .len(),
        6
    );
    assert_eq!(
        resolve(&profile(body), &|_| None),
        Err(ResolveError::Missing("#r-1".into()))
    );
}

#[test]
fn what_is_neither_catalogue_nor_profile_is_refused() {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    for text in [
        "",
        "{}",
        "{\"catalog\":3}",
        "{\"profile\":{}}",
        "{\"catalog\":{},\"profile\":null,\"catalog\":{}}",
        &deep,
    ] {
        assert!(Document::read(text.as_bytes()).is_err(), "{text:.40}");
    }
}

#[test]
fn a_profile_that_asks_for_too_much_is_refused() {
    let many = |count: usize, one: Value| Value::Array(vec![one; count]);
    for body in [
        json!({ "imports": many(65, json!({ "href": "#c", "include-all": {} })) }),
        json!({ "imports": [{ "href": "#c", "include-controls": [{ "matching": many(1_001, json!({ "pattern": "*" })) }] }] }),
        json!({ "merge": { "custom": { "insert-controls": many(1_001, json!({ "include-all": {} })) } } }),
        json!({ "modify": { "alters": [{ "control-id": "a-1", "removes": many(20_001, json!({})) }] } }),
        json!({ "imports": many(60, json!({ "href": "#c", "include-all": {} })),
            "merge": { "custom": { "insert-controls": many(900, json!({ "include-all": {} })) } } }),
    ] {
        assert!(matches!(resolved(body), Err(ResolveError::Size { .. })));
    }
}

#[test]
fn two_runs_give_the_same_identity() {
    let uuid = |resolved: Resolved| resolved.catalog["catalog"]["uuid"].clone();
    assert_eq!(
        uuid(resolved(json!({})).unwrap()),
        uuid(resolved(json!({})).unwrap())
    );
}

/// A file of the public test data; none, with a word about it, where that is absent.
fn published(name: &str) -> Option<Vec<u8>> {
    let file = bartizan_testbed::testdata(&format!("compliance/{name}"))?;
    Some(std::fs::read(file).unwrap())
}

fn published_ids(catalog: &[u8]) -> Vec<String> {
    let catalog: Value = serde_json::from_slice(catalog).unwrap();
    Resolved {
        catalog,
        warnings: Vec::new(),
    }
    .control_ids()
}

#[test]
fn built_in_baselines_hold_the_controls_of_the_published_resolved_catalogues_in_their_order() {
    for (key, name, count) in [
        ("moderate", "MODERATE", 287),
        ("high", "HIGH", 370),
        ("privacy", "PRIVACY", 102),
    ] {
        let file = format!("NIST_SP-800-53_rev5_{name}-baseline-resolved-profile_catalog-min.json");
        let Some(bytes) = published(&file) else { return };
        let own: Vec<String> = framework(&format!("nist:{key}"))
            .unwrap()
            .controls
            .iter()
            .map(|control| control.oscal.clone())
            .collect();
        assert_eq!(own.len(), count, "{name}");
        assert_eq!(own, published_ids(&bytes), "{name}");
    }
}

#[test]
fn published_profiles_select_what_the_built_in_ones_do() {
    for (key, file) in [
        ("nist:low", "NIST_SP-800-53_rev5_LOW-baseline_profile-min.json"),
        ("nist:high", "NIST_SP-800-53_rev5_HIGH-baseline_profile-min.json"),
        ("fedramp:low", "FedRAMP_rev5_LOW-baseline_profile-min.json"),
        (
            "fedramp:moderate",
            "FedRAMP_rev5_MODERATE-baseline_profile-min.json",
        ),
        ("fedramp:high", "FedRAMP_rev5_HIGH-baseline_profile-min.json"),
        (
            "fedramp:li-saas",
            "FedRAMP_rev5_LI-SaaS-baseline_profile-min.json",
        ),
    ] {
        let Some(bytes) = published(file) else { return };
        let ids = |framework: &bartizan_ledger::compliance::Framework| -> Vec<String> {
            framework
                .controls
                .iter()
                .map(|control| control.id.clone())
                .collect()
        };
        assert_eq!(
            ids(&of_profile(key, &bytes).unwrap()),
            ids(&framework(key).unwrap()),
            "{key}"
        );
    }
}

/// The catalogue of all controls is too large for the test data; that of HIGH holds all of LOW and MODERATE, with every text.
#[test]
fn the_lower_baselines_come_out_word_for_word_as_published() {
    for name in ["LOW", "MODERATE"] {
        let (Some(high), Some(profile), Some(expected)) = (
            published("NIST_SP-800-53_rev5_HIGH-baseline-resolved-profile_catalog-min.json"),
            published(&format!("NIST_SP-800-53_rev5_{name}-baseline_profile-min.json")),
            published(&format!(
                "NIST_SP-800-53_rev5_{name}-baseline-resolved-profile_catalog-min.json"
            )),
        ) else {
            continue;
        };
        let Document::Profile(profile) = Document::read(&profile).unwrap() else {
            unreachable!()
        };
        let find = |href: &str| href.ends_with(".json").then(|| Document::read(&high).unwrap());
        let resolved = resolve(&profile, &find).unwrap();
        let expected: Value = serde_json::from_slice(&expected).unwrap();
        assert_eq!(resolved.warnings, [""; 0]);
        assert!(
            resolved.catalog["catalog"]["groups"] == expected["catalog"]["groups"],
            "{name}"
        );
        let sorted = |catalog: &Value| {
            let resources = catalog["catalog"]["back-matter"]["resources"].as_array().unwrap();
            let uuids = resources
                .iter()
                .map(|one| one["uuid"].as_str().unwrap().to_owned());
            uuids.collect::<std::collections::BTreeSet<_>>()
        };
        assert_eq!(sorted(&resolved.catalog), sorted(&expected), "{name}");
    }
}

#[test]
fn parameters_and_additions_of_fedramp_reach_the_controls() {
    let (Some(high), Some(profile)) = (
        published("NIST_SP-800-53_rev5_HIGH-baseline-resolved-profile_catalog-min.json"),
        published("FedRAMP_rev5_LOW-baseline_profile-min.json"),
    ) else {
        return;
    };
    let Document::Profile(profile) = Document::read(&profile).unwrap() else {
        unreachable!()
    };
    let resolved = resolve(&profile, &|href| {
        href.ends_with(".json").then(|| Document::read(&high).unwrap())
    })
    .unwrap();
    let control = pointer(&resolved, "/catalog/groups/0/controls/0");
    assert_eq!(control["id"], "ac-1");
    let text = control.to_string();
    assert!(
        text.contains("at least every 3 years") && text.contains("You must fill in this response point.")
    );
}
