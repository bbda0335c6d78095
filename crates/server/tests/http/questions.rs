//! Questions about the graph, over HTTP, on statements that were really taken in, with both engines.

use crate::server::Server;
use bartizan_server::{Role, Transport};
use bartizan_testbed::{Database, on_both_engines};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};

on_both_engines!(
    who_ships_a_package_is_answered_with_the_ways_it_came_in,
    an_advisory_and_a_licence_lead_to_what_ships_them,
    two_builds_are_told_apart,
    what_is_lacking_is_counted_and_listed,
    trouble_spreads_along_the_edges_and_no_further_than_they_lead,
    a_credential_opens_what_it_is_said_to_assume,
    one_change_is_counted_over_everything_that_it_mends,
    paths_lead_from_the_internet_to_the_data_until_an_edge_is_cut,
    edges_that_come_after_the_first_question_count_in_the_next,
);

static GIVEN: AtomicU64 = AtomicU64::new(1);

struct Plane {
    server: Server,
    token: String,
}

impl Plane {
    fn on(database: &Database) -> Self {
        let server = Server::on(database, Transport::Loopback);
        let member = server.member(server.tenant("acme"), "ci", Role::Admin);
        let token = server.token(&member);
        Self { server, token }
    }

    #[track_caller]
    fn ask(&self, path: &str) -> Value {
        self.server
            .ask("get", path)
            .token(&self.token)
            .send()
            .is(200)
            .json()
    }

    #[track_caller]
    fn refused(&self, path: &str, status: u16) -> Value {
        self.server
            .ask("get", path)
            .token(&self.token)
            .send()
            .is(status)
            .json()
    }

    #[track_caller]
    fn send(&self, subject: &str, kind: &str, predicate: &Value) -> i64 {
        let digest = format!("{:064x}", GIVEN.fetch_add(1, Ordering::Relaxed));
        let statement = json!({
            "_type": "https://in-toto.io/Statement/v1",
            "subject": [{ "name": subject, "digest": { "sha256": digest } }],
            "predicateType": kind, "predicate": predicate,
        });
        let answer = self
            .server
            .ask("post", "/api/v1/statements")
            .token(&self.token)
            .json(&statement);
        answer.send().is(201).json()["seq"].as_i64().unwrap()
    }

    #[track_caller]
    fn decide(&self, decision: &Value) {
        let ask = self.server.ask("post", "/api/v1/decisions").token(&self.token);
        ask.json(decision).send().is(201);
    }

    /// A bill of packages of npm: name, version, licence, and names of what it needs.
    fn bill(&self, thing: &str, packages: &[(&str, &str, &str, &[&str])]) -> i64 {
        let purl = |name: &str| {
            let version = packages.iter().find(|package| package.0 == name).unwrap().1;
            format!("pkg:npm/{name}@{version}")
        };
        let components: Vec<Value> = packages
            .iter()
            .map(|(name, version, license, _)| {
                json!({
                    "type": "library", "bom-ref": purl(name), "name": name, "version": version, "purl": purl(name),
                    "licenses": [{ "expression": license }],
                })
            })
            .collect();
        let dependencies: Vec<Value> = packages
            .iter()
            .map(|(name, .., needs)| {
                let needs: Vec<String> = needs.iter().map(|name| purl(name)).collect();
                json!({ "ref": purl(name), "dependsOn": needs })
            })
            .collect();
        let bom = json!({
            "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
            "components": components, "dependencies": dependencies,
        });
        self.send(thing, "https://cyclonedx.org/bom", &bom)
    }

    fn links(&self, links: &[(&str, &str, &str)]) {
        let links: Vec<Value> = links
            .iter()
            .map(|(source, kind, target)| json!({ "source": source, "kind": kind, "target": target }))
            .collect();
        self.send("links", "https://bartizan.dev/links/v1", &json!(links));
    }

    fn advisory(&self, id: &str, package: &str, fixed: &str) {
        let ranges = json!([{ "type": "SEMVER", "events": [{ "introduced": "0" }, { "fixed": fixed }] }]);
        let affected = json!([{ "package": { "ecosystem": "npm", "name": package }, "ranges": ranges }]);
        let record = json!({ "id": id, "modified": "2026-11-25T00:00:00Z", "affected": affected });
        self.send(
            &format!("advisory:{id}"),
            "https://bartizan.dev/advisories/v1",
            &json!([record]),
        );
    }
}

fn keys(list: &Value) -> Vec<&str> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|item| item["key"].as_str().unwrap())
        .collect()
}

const SHOP: &[(&str, &str, &str, &[&str])] = &[
    ("web", "1.0.0", "MIT", &["parser"]),
    ("cli", "1.0.0", "MIT OR Apache-2.0", &["web"]),
    ("parser", "1.2.0", "GPL-3.0-only", &[]),
];

fn who_ships_a_package_is_answered_with_the_ways_it_came_in(database: &Database) {
    let plane = Plane::on(database);
    plane.bill("image:shop", SHOP);
    plane.bill("image:other", &[("left", "1.0.0", "MIT", &[])]);
    plane.bill("image:admin", &[("parser", "2.0.0", "MIT", &[])]);
    let found = plane.ask("/api/v1/ships?package=pkg:npm/parser");
    assert_eq!(keys(&found["items"]), ["image:shop", "image:admin"]);
    let carried = &found["items"][0]["components"][0];
    assert_eq!(carried["purl"], "pkg:npm/parser@1.2.0");
    assert_eq!(
        carried["ways"],
        json!([["pkg:npm/cli@1.0.0", "pkg:npm/web@1.0.0", "pkg:npm/parser@1.2.0"]])
    );
    assert_eq!(
        keys(&plane.ask("/api/v1/ships?package=pkg:npm/parser@2.0.0")["items"]),
        ["image:admin"]
    );
    let first = plane.ask("/api/v1/ships?package=parser&limit=1");
    let next = first["next"].as_str().unwrap();
    let second = plane.ask(&format!("/api/v1/ships?package=parser&limit=1&cursor={next}"));
    assert_eq!(
        (keys(&second["items"]), second["next"].clone()),
        (vec!["image:admin"], Value::Null)
    );
    plane.refused("/api/v1/ships?package=a&license=b", 400);
    plane.links(&[
        ("image:shop", "built_from", "image:base"),
        ("image:shop", "deployed_as", "workload:a/b/c"),
    ]);
    let found = plane.ask("/api/v1/ships?image=base");
    assert_eq!(keys(&found["items"]), ["image:shop", "workload:a/b/c"]);
    assert_eq!(found["items"][1]["way"][2]["by"], "is deployed as");
}

fn an_advisory_and_a_licence_lead_to_what_ships_them(database: &Database) {
    let plane = Plane::on(database);
    plane.bill("image:shop", SHOP);
    plane.bill("image:other", &[("left", "1.0.0", "ISC", &[])]);
    plane.advisory("GHSA-test", "parser", "1.3.0");
    let found = plane.ask("/api/v1/ships?advisory=GHSA-test");
    assert_eq!(keys(&found["items"]), ["image:shop"]);
    assert_eq!(found["items"][0]["components"][0]["ways_in"], 1);
    assert_eq!(
        keys(&plane.ask("/api/v1/ships?license=Apache-2.0")["items"]),
        ["image:shop"]
    );
    assert_eq!(
        keys(&plane.ask("/api/v1/ships?license=MIT%20OR%20Apache-2.0")["items"]),
        ["image:shop"]
    );
    assert_eq!(
        keys(&plane.ask("/api/v1/ships?license=ISC")["items"]),
        ["image:other"]
    );
    assert_eq!(keys(&plane.ask("/api/v1/ships?license=OR")["items"]), [""; 0]);
}

fn two_builds_are_told_apart(database: &Database) {
    let plane = Plane::on(database);
    let first = plane.bill("image:shop", SHOP);
    plane.advisory("GHSA-test", "parser", "1.3.0");
    let second = plane.bill(
        "image:shop",
        &[
            ("web", "0.9.0", "MIT", &[]),
            ("parser", "1.10.0", "ISC", &[]),
            ("new", "1.0.0", "MIT", &[]),
        ],
    );
    let id = plane.ask("/api/v1/assets?kind=image")["items"][0]["id"].clone();
    let builds = plane.ask(&format!("/api/v1/assets/{id}/bills"));
    let statements: Vec<_> = builds["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|bill| &bill["statement"])
        .collect();
    assert_eq!(statements, [second, first]);
    let found = plane.ask(&format!("/api/v1/comparison?from={first}&to={second}"));
    let moved = |list: &str| {
        (
            found[list][0]["name"].clone(),
            found[list][0]["from"].clone(),
            found[list][0]["to"].clone(),
        )
    };
    assert_eq!(
        moved("upgraded"),
        (json!("parser"), json!("1.2.0"), json!("1.10.0"))
    );
    assert_eq!(
        moved("downgraded"),
        (json!("web"), json!("1.0.0"), json!("0.9.0"))
    );
    assert_eq!(moved("added"), (json!("new"), Value::Null, json!("1.0.0")));
    assert_eq!(moved("removed"), (json!("cli"), json!("1.0.0"), Value::Null));
    assert_eq!(found["licenses_new"], json!(["ISC"]));
    assert_eq!(
        found["licenses_gone"],
        json!(["Apache-2.0", "GPL-3.0-only", "MIT OR Apache-2.0"])
    );
    // The advisory came in between.
    assert_eq!(
        (&found["basis"], &found["counts"]["findings_opened"]),
        (&json!("history"), &json!(1))
    );
    assert_eq!(plane.ask(&format!("/api/v1/comparison?from={first}")), found);
    let back = plane.ask(&format!("/api/v1/comparison?from={second}&to={first}"));
    assert_eq!(back["counts"]["findings_closed"], 1);
    assert_eq!(back["upgraded"][0]["name"], "web");
    let other = plane.bill("image:other", &[("left", "1.0.0", "MIT", &[])]);
    let found = plane.ask(&format!("/api/v1/comparison?from={other}&to={first}"));
    assert_eq!(
        (&found["basis"], &found["counts"]["added"]),
        (&json!("today"), &json!(3))
    );
    plane.refused("/api/v1/comparison?from=99&to=0", 404);
}

fn what_is_lacking_is_counted_and_listed(database: &Database) {
    let plane = Plane::on(database);
    plane.bill("image:shop", SHOP);
    plane.send("image:made", "https://slsa.dev/provenance/v1", &json!({}));
    plane.decide(&json!({ "action": "assign", "asset": "image:made", "owner": "ops" }));
    let counts = plane.ask("/api/v1/gaps");
    let lacking: Vec<_> = counts["gaps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|gap| gap["lacking"].clone())
        .collect();
    assert_eq!(lacking, [1, 1, 1]);
    assert_eq!(keys(&plane.ask("/api/v1/gaps/bill")["items"]), ["image:made"]);
    assert_eq!(
        keys(&plane.ask("/api/v1/gaps/provenance")["items"]),
        ["image:shop"]
    );
    assert_eq!(keys(&plane.ask("/api/v1/gaps/owner")["items"]), ["image:shop"]);
    plane.refused("/api/v1/gaps/patience", 404);
}

const NETWORK: &[(&str, &str, &str)] = &[
    ("workload:c/n/web", "exposes", "endpoint:https://shop.example"),
    ("workload:c/n/web", "runs_on", "host:one"),
    ("workload:c/n/db", "runs_on", "host:two"),
    ("workload:c/n/web", "reaches", "workload:c/n/db"),
    ("image:shop", "deployed_as", "workload:c/n/web"),
];

fn trouble_spreads_along_the_edges_and_no_further_than_they_lead(database: &Database) {
    let plane = Plane::on(database);
    plane.bill("image:shop", SHOP);
    plane.links(NETWORK);
    plane.decide(&json!({ "action": "label", "asset": "workload:c/n/db", "labels": { "data": "orders" } }));
    let of_host = plane.ask("/api/v1/blast?host=one");
    assert_eq!(
        keys(&of_host["items"]),
        [
            "workload:c/n/web",
            "endpoint:https://shop.example",
            "workload:c/n/db"
        ]
    );
    assert_eq!(of_host["things"], 3);
    assert_eq!(of_host["by_kind"], json!({ "endpoint": 1, "workload": 2 }));
    assert_eq!(
        (&of_host["valuable_count"], keys(&of_host["valuable"])),
        (&json!(1), vec!["workload:c/n/db"])
    );
    assert_eq!(of_host["valuable"][0]["way"][1]["by"], "runs");
    for _ in 0..8 {
        assert_eq!(
            plane.ask("/api/v1/blast?host=one"),
            of_host,
            "however often it is asked"
        );
    }
    let of_package = plane.ask("/api/v1/blast?package=pkg:npm/parser&limit=2");
    assert_eq!(
        (keys(&of_package["from"]), &of_package["things"]),
        (vec!["image:shop"], &json!(3))
    );
    let next = of_package["next"].as_str().unwrap();
    let rest = plane.ask(&format!(
        "/api/v1/blast?package=pkg:npm/parser&limit=2&cursor={next}"
    ));
    assert_eq!(
        (keys(&rest["items"]), &rest["next"]),
        (vec!["workload:c/n/db"], &Value::Null)
    );
    assert_eq!(
        plane.ask("/api/v1/blast?thing=endpoint:https://shop.example")["things"],
        0
    );
    plane.refused("/api/v1/blast?host=three", 404);
    plane.refused("/api/v1/blast?package=nobody-has-it", 404);
    plane.refused("/api/v1/blast", 400);
}

fn a_credential_opens_what_it_is_said_to_assume(database: &Database) {
    let plane = Plane::on(database);
    let print = "ab".repeat(16);
    plane.links(&[
        (&format!("credential:{print}"), "assumes", "identity:deployer"),
        ("identity:deployer", "reaches", "host:one"),
        ("workload:c/n/web", "runs_on", "host:one"),
    ]);
    let found = plane.ask(&format!("/api/v1/blast?credential={print}"));
    assert_eq!(
        keys(&found["items"]),
        ["identity:deployer", "host:one", "workload:c/n/web"]
    );
    plane.refused(&format!("/api/v1/blast?credential={}", "cd".repeat(16)), 404);
    plane.refused("/api/v1/blast?credential=x", 400);
}

fn one_change_is_counted_over_everything_that_it_mends(database: &Database) {
    let plane = Plane::on(database);
    for image in ["image:a", "image:b", "image:c"] {
        plane.bill(image, SHOP);
    }
    plane.advisory("GHSA-one", "parser", "1.3.0");
    plane.advisory("GHSA-two", "web", "3.0.0");
    let found = plane.ask("/api/v1/changes");
    let first = &found["items"][0];
    assert_eq!((&first["things"], &first["findings"]), (&json!(3), &json!(3)));
    let fixes = plane.ask(&format!("/api/v1/changes/{}/fixes", first["id"]));
    assert_eq!(fixes["items"].as_array().unwrap().len(), 3);
    assert_eq!(found["items"].as_array().unwrap().len(), 2);
}

fn paths_lead_from_the_internet_to_the_data_until_an_edge_is_cut(database: &Database) {
    let plane = Plane::on(database);
    let empty = plane.ask("/api/v1/attack-paths");
    assert_eq!(
        (empty["missing"].as_array().unwrap().len(), &empty["nodes"]),
        (3, &json!([]))
    );
    plane.links(NETWORK);
    plane.bill("image:shop", SHOP);
    plane.decide(&json!({ "action": "label", "asset": "workload:c/n/db", "labels": { "data": "orders" } }));
    plane.advisory("GHSA-test", "parser", "1.3.0");
    let found = plane.ask("/api/v1/attack-paths");
    let way = &found["routes"][0]["steps"];
    assert_eq!(
        keys(way),
        [
            "endpoint:https://shop.example",
            "workload:c/n/web",
            "workload:c/n/db"
        ]
    );
    assert_eq!((&found["missing"], &found["smallest"]), (&json!([]), &json!(1)));
    // The finding of the image counts for the workload.
    let web = found["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .find(|node| node["key"] == "workload:c/n/web")
        .unwrap();
    assert!(web["decision"].is_string() && web["layer"] == 1);
    let cut = &found["cuts"][0];
    assert_eq!(
        (&cut["protects"], &cut["in_smallest"].is_boolean()),
        (&json!(1), &true)
    );
    plane.decide(
        &json!({ "action": "unlink", "source": cut["source"], "kind": cut["kind"], "target": cut["target"] }),
    );
    let after = plane.ask("/api/v1/attack-paths");
    assert_eq!(
        (&after["targets_reached"], &after["routes"]),
        (&json!(0), &json!([]))
    );
    assert_eq!(after["missing"].as_array().unwrap().len(), 1);
}

fn edges_that_come_after_the_first_question_count_in_the_next(database: &Database) {
    let plane = Plane::on(database);
    plane.links(NETWORK);
    assert_eq!(plane.ask("/api/v1/blast?host=two")["things"], 1);
    plane.decide(
        &json!({ "action": "link", "source": "workload:c/n/db", "kind": "reaches", "target": "host:three" }),
    );
    assert_eq!(
        plane.ask("/api/v1/blast?host=two")["by_kind"],
        json!({ "host": 1, "workload": 1 })
    );
    plane.decide(&json!({ "action": "unlink", "source": "workload:c/n/db", "kind": "reaches", "target": "host:three" }));
    assert_eq!(plane.ask("/api/v1/blast?host=two")["things"], 1);
    let again =
        json!({ "action": "unlink", "source": "workload:c/n/db", "kind": "reaches", "target": "host:three" });
    let ask = plane.server.ask("post", "/api/v1/decisions").token(&plane.token);
    ask.json(&again).send().is(422);
}
