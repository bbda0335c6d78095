//! Bills of materials are read back: what a report writes reads the same, every form gives the same components, and what
//! cannot be understood is said.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by panicking"
)]

use bartizan_model::*;
use bartizan_report::{Context, Format, GroupBy, render};
use bartizan_supply::sbom::{Read, read};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn report(components: Vec<Component>) -> Report {
    Report {
        schema: REPORT_SCHEMA.into(),
        quality: None,
        tool: Tool {
            name: "bartizan".into(),
            version: "1.0.0".into(),
            rules_digest: "ab".repeat(32),
            only: Vec::new(),
            skip: Vec::new(),
        },
        target: Target {
            name: ".".into(),
            kind: "dir".into(),
            ..Target::default()
        },
        started: Timestamp::from_unix_seconds(1_800_000_000),
        verdict: Verdict::Allow,
        findings: vec![],
        remedies: vec![],
        components,
        checks: vec![],
        skipped: vec![],
        stats: Stats::default(),
    }
}

fn written(format: Format, components: &[Component]) -> Vec<u8> {
    let rules = BTreeMap::new();
    let context = Context {
        rules: &rules,
        color: false,
        width: 0,
        verbose: 0,
        quiet: false,
        now: None,
        group_by: GroupBy::Finding,
    };
    let mut out = Vec::new();
    render(format, &report(components.to_vec()), &context, &mut out).unwrap();
    out
}

fn scopes() -> impl Strategy<Value = Scope> {
    prop::sample::select(vec![
        Scope::Unknown,
        Scope::Development,
        Scope::Optional,
        Scope::Runtime,
    ])
}

prop_compose! {
    fn component()(
        purl in prop::sample::select(vec!["pkg:npm/", "pkg:npm/%40acme/", "pkg:maven/org.acme/", "pkg:deb/debian/", "pkg:golang/example.com/"]),
        name in "[a-z][a-z0-9.-]{0,8}",
        version in prop::option::of("[0-9][0-9a-z.+~-]{0,6}"),
        own_name in prop::option::of("[A-Z][a-z é]{0,8}[a-z]"),
        scope in scopes(),
        direct in any::<Option<bool>>(),
        ecosystem in prop::option::of("[A-Za-z]{1,8}(:[0-9]{1,2})?"),
        source in prop::option::of(("[a-z]{1,6}", prop::option::of("[0-9]{1,3}"))),
        license in prop::option::of(prop::sample::select(vec!["MIT", "Apache-2.0 OR MIT", "Some words"])),
        sha in any::<bool>(),
        lines in prop::collection::vec(1_u32..5000, 1..3),
        on in prop::collection::vec(any::<prop::sample::Index>(), 0..3),
    ) -> (Component, Vec<prop::sample::Index>) {
        let version = version.map(|version| format!("@{}", version.replace('+', "%2B"))).unwrap_or_default();
        let purl = PackageUrl::parse(&format!("{purl}{name}{version}")).unwrap();
        let name = own_name.unwrap_or_else(|| purl.usual_name());
        let mut component = Component::new(purl, name, "test", Location::of_file("a"));
        component.locations = lines.iter().map(|line| Location { line: *line, end_line: *line, ..Location::of_file("dir/a: b.lock") }).collect();
        component.scope = scope;
        component.direct = direct;
        component.ecosystem = ecosystem;
        component.source = source.map(|(name, version)| SourcePackage { name, version });
        component.licenses = license.map(str::to_owned).into_iter().collect();
        if sha {
            component.hashes = vec![Hash { algorithm: "SHA-256".into(), value: "ab".repeat(32) }, Hash { algorithm: "h1".into(), value: "cd".repeat(4) }];
        }
        component.tidy();
        (component, on)
    }
}

fn inventory() -> impl Strategy<Value = Vec<Component>> {
    prop::collection::vec(component(), 1..8).prop_map(|drawn| {
        let by_purl: BTreeMap<PackageUrl, (Component, Vec<prop::sample::Index>)> =
            drawn.into_iter().map(|one| (one.0.purl.clone(), one)).collect();
        let purls: Vec<PackageUrl> = by_purl.keys().cloned().collect();
        let components = by_purl.into_values().map(|(mut component, on)| {
            component.depends_on = on
                .iter()
                .map(|index| purls[index.index(purls.len())].clone())
                .filter(|purl| *purl != component.purl)
                .collect();
            component.tidy();
            component
        });
        components.collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_was_written_reads_back_the_same(components in inventory()) {
        for format in [Format::Cyclonedx, Format::Spdx] {
            let Read { components: back, problems } = read(&written(format, &components), "bill.json");
            prop_assert_eq!(problems, Vec::<String>::new(), "{}", format);
            prop_assert_eq!(&back, &components, "{}", format);
        }
    }

    #[test]
    fn a_document_that_is_cut_anywhere_says_so(components in inventory(), cut in any::<prop::sample::Index>()) {
        for format in [Format::Cyclonedx, Format::Spdx] {
            let whole = written(format, &components);
            let end = whole.iter().rposition(|byte| *byte == b'}').unwrap();
            let read = read(&whole[..cut.index(end)], "bill.json");
            prop_assert!(!read.problems.is_empty());
            // Cut before it says what it describes, an SPDX document has one package more: its subject.
            prop_assert!(read.components.len() <= components.len() + 1);
        }
    }
}

const CYCLONEDX: &str = r#"{"bomFormat": "CycloneDX", "specVersion": "1.4",
  "metadata": {"component": {"bom-ref": "app", "type": "application", "name": "app"}, "tools": {"components": [{"name": "maker"}]}},
  "components": [
    {"bom-ref": "1", "type": "library", "name": "a&b", "version": "1", "purl": "pkg:npm/a@1", "scope": "optional", "hashes": [{"alg": "SHA-1", "content": "AB"}], "licenses": [{"license": {"id": "MIT"}}]},
    {"bom-ref": "2", "type": "library", "group": "org", "name": "b", "version": "2", "components": [{"bom-ref": "3", "type": "framework", "name": "c", "purl": "pkg:npm/c@3"}]},
    {"bom-ref": "4", "type": "file", "name": "README"}],
  "dependencies": [{"ref": "app", "dependsOn": ["1"]}, {"ref": "1", "dependsOn": ["3"]}, {"ref": "3", "dependsOn": ["1"]}]}"#;

const XML: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<c:bom xmlns:c="http://cyclonedx.org/schema/bom/1.4"><c:metadata><c:tools><c:components><c:component type="library"><c:name>maker</c:name></c:component></c:components></c:tools>
<c:component bom-ref="app" type="application"><c:name>app</c:name></c:component></c:metadata>
<c:components>
<c:component bom-ref="1" type="library"><c:name>a&amp;b</c:name><c:version>1</c:version><c:scope>optional</c:scope><c:hashes><c:hash alg="SHA-1">AB</c:hash></c:hashes>
<c:licenses><c:license><c:id>MIT</c:id></c:license></c:licenses><c:purl>pkg:npm/a@1</c:purl><c:pedigree><c:ancestors><c:component type="library"><c:name>forebear</c:name></c:component></c:ancestors></c:pedigree></c:component>
<c:component bom-ref="2" type="library"><c:group>org</c:group><c:name>b</c:name><c:version>2</c:version><c:components><c:component bom-ref="3" type="framework"><c:name>c</c:name><c:purl>pkg:npm/c@3</c:purl></c:component></c:components></c:component>
<c:component bom-ref="4" type="file"><c:name>README</c:name></c:component>
</c:components>
<c:dependencies><c:dependency ref="app"><c:dependency ref="1"/></c:dependency><c:dependency ref="1"><c:dependency ref="3"/></c:dependency><c:dependency ref="3"><c:dependency ref="1"/></c:dependency></c:dependencies></c:bom>"#;

const TAG_VALUE: &str = "SPDXVersion: SPDX-2.2
DocumentName: app
DocumentComment: <text>A comment:
PackageName: not this one</text>
# a remark
PackageName: app
SPDXID: SPDXRef-app
PackageName: a
SPDXID: SPDXRef-1
PackageVersion: 1
PackageLicenseDeclared: LicenseRef-1
PackageChecksum: SHA1: AB
ExternalRef: PACKAGE-MANAGER purl pkg:npm/a@1
PackageName: c
SPDXID: SPDXRef-3
ExternalRef: PACKAGE_MANAGER purl pkg:npm/c@3
FileName: ./x
SPDXID: SPDXRef-File
LicenseID: LicenseRef-1
ExtractedText: <text>text</text>
LicenseName: Words of a licence
Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-app
Relationship: SPDXRef-app DEPENDS_ON SPDXRef-1
Relationship: SPDXRef-3 DEV_DEPENDENCY_OF SPDXRef-1
";

fn purls(read: &Read) -> Vec<String> {
    read.components
        .iter()
        .map(|component| component.purl.to_string())
        .collect()
}

#[test]
fn json_and_xml_of_cyclonedx_read_the_same_with_nested_components_and_cycles() {
    let json = read(CYCLONEDX.as_bytes(), "bill");
    assert_eq!(json.problems, Vec::<String>::new());
    assert_eq!(
        purls(&json),
        ["pkg:generic/org/b@2", "pkg:npm/a@1", "pkg:npm/c@3"]
    );
    let a = &json.components[1];
    assert_eq!((a.scope, a.direct), (Scope::Optional, Some(true)));
    assert_eq!(a.licenses, ["MIT"]);
    assert_eq!(
        a.hashes,
        [Hash {
            algorithm: "SHA-1".into(),
            value: "ab".into()
        }]
    );
    assert_eq!(a.depends_on, [json.components[2].purl.clone()]);
    assert_eq!(a.locations, [Location::of_file("bill")]);
    assert_eq!(read(XML.as_bytes(), "bill"), json);
}

#[test]
fn tag_value_of_spdx_is_read_with_licences_that_are_explained_elsewhere() {
    let read = read(TAG_VALUE.as_bytes(), "bill");
    assert_eq!(read.problems, Vec::<String>::new());
    assert_eq!(purls(&read), ["pkg:npm/a@1", "pkg:npm/c@3"]);
    let (a, c) = (&read.components[0], &read.components[1]);
    assert_eq!(a.licenses, ["Words of a licence"]);
    assert_eq!((a.direct, c.direct), (Some(true), None));
    assert_eq!(c.scope, Scope::Development);
    assert_eq!(a.depends_on, std::slice::from_ref(&c.purl));
}

#[test]
fn an_unknown_version_is_named_and_read_as_far_as_it_is_understood() {
    for (text, says) in [
        (CYCLONEDX.replace("1.4", "9.1"), "CycloneDX 9.1 is not known"),
        (XML.replace("bom/1.4", "bom/9.1"), "CycloneDX 9.1 is not known"),
        (TAG_VALUE.replace("SPDX-2.2", "SPDX-4"), "SPDX-4 is not known"),
        (
            r#"{"spdxVersion":"SPDX-4","packages":[{"name":"a"}]}"#.to_owned(),
            "SPDX-4 is not known",
        ),
    ] {
        let read = read(text.as_bytes(), "bill");
        assert!(read.problems[0].contains(says), "{:?}", read.problems);
        assert!(!read.components.is_empty());
    }
}

#[test]
fn bad_input_is_said_and_never_silently_empty() {
    let deep = format!(
        "{}{}",
        r#"{"bomFormat":"CycloneDX","specVersion":"1.6","components":["#,
        r#"{"name":"x","components":["#.repeat(10_000)
    );
    let deep_xml = format!(
        "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.6\">{}",
        "<components><component>".repeat(10_000)
    );
    let entities = XML
        .replace(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
            "<!DOCTYPE x [<!ENTITY a \"aaaa\">]>",
        )
        .replace("a&amp;b", "&a;");
    for (text, says) in [
        ("", "empty"),
        ("{}", "neither CycloneDX"),
        ("[]", "neither JSON nor XML nor SPDX"),
        ("{\"bomFormat\":", "breaks off"),
        ("hello", "neither JSON nor XML nor SPDX"),
        ("<html></html>", "no CycloneDX"),
        (
            r#"{"bomFormat":"CycloneDX","specVersion":"1.6","components":{}}"#,
            "a list",
        ),
        (
            r#"{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"name":["x"]}]}"#,
            "a text",
        ),
        (
            r#"{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"purl":"npm:x"}]}"#,
            "pkg:",
        ),
        (
            r#"{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"type":"library"}]}"#,
            "is no package",
        ),
        (&deep, "recursion limit"),
        (&deep_xml, "nested deeper"),
        (&entities, "not resolved"),
    ] {
        let read = read(text.as_bytes(), "bill");
        assert!(
            read.problems.iter().any(|problem| problem.contains(says)),
            "{says}: {:?}",
            read.problems
        );
    }
}

#[test]
fn bytes_that_are_no_utf8_are_said_even_where_nothing_of_them_is_kept() {
    for document in [
        b"{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"x\":\"\xc1\"}".as_slice(),
        b"{\"spdxVersion\":\"SPDX-2.3\",\"x\":\"\xc1\"}",
        b"SPDXVersion: SPDX-2.3\nX: \xc1\n",
    ] {
        let read = read(document, "bill");
        assert!(
            read.problems.iter().any(|problem| problem.contains("not UTF-8")),
            "{:?}",
            read.problems
        );
    }
}

#[test]
fn a_reference_that_stands_twice_is_said_and_means_the_first() {
    let text = CYCLONEDX.replace("\"bom-ref\": \"3\"", "\"bom-ref\": \"1\"");
    let read = read(text.as_bytes(), "bill");
    assert!(
        read.problems[0].contains("two components have the reference `1`"),
        "{:?}",
        read.problems
    );
    assert_eq!(read.components.len(), 3);
}

#[test]
fn what_stood_before_the_break_is_kept() {
    let cut = CYCLONEDX.find("{\"bom-ref\": \"4\"").unwrap();
    let read = read(&CYCLONEDX.as_bytes()[..cut], "bill");
    assert_eq!(read.components.len(), 3);
    assert_eq!(read.problems.len(), 1);
}
