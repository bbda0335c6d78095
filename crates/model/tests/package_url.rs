//! Package URLs against the specification's own suite, and against what each rule says.

#![allow(clippy::unwrap_used, reason = "the helpers of tests may fail as tests do")]

use bartizan_model::{InvalidPackageUrl, MAX_PACKAGE_URL_LEN, PackageUrl, PackageUrlParts};
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn canonical(text: &str) -> String {
    PackageUrl::parse(text).unwrap().to_string()
}

fn parts(kind: &str, namespace: &str, name: &str, version: &str) -> PackageUrlParts {
    PackageUrlParts {
        kind: kind.into(),
        namespace: Some(namespace.into()),
        name: name.into(),
        version: Some(version.into()),
        ..PackageUrlParts::default()
    }
}

#[test]
fn a_package_url_is_taken_apart_into_decoded_parts() {
    let purl = PackageUrl::parse(
        "pkg:npm/%40angular/core@16.0.0%2Bbuild?arch=x86&vcs_url=git%2Bhttps://a.example#src/./../lib/",
    )
    .unwrap();
    assert_eq!(purl.kind(), "npm");
    assert_eq!(purl.namespace(), Some("@angular"));
    assert_eq!(purl.name(), "core");
    assert_eq!(purl.version(), Some("16.0.0+build"));
    assert_eq!(purl.qualifier("vcs_url"), Some("git+https://a.example"));
    assert_eq!(purl.subpath(), Some("src/lib"));
}

#[test]
fn the_canonical_form_sorts_qualifiers_and_drops_empty_ones() {
    assert_eq!(
        canonical("PKG:///Deb/Debian/Curl@8.1-1?distro=bookworm&empty=&arch=amd64"),
        "pkg:deb/debian/curl@8.1-1?arch=amd64&distro=bookworm"
    );
}

#[test]
fn the_name_of_a_python_package_is_folded_and_that_of_a_maven_one_is_not() {
    assert_eq!(canonical("pkg:pypi/Foo_Bar@1.0RC1"), "pkg:pypi/foo-bar@1.0rc1");
    assert_eq!(
        canonical("pkg:maven/Org.Acme/Lib@1.0RC1"),
        "pkg:maven/Org.Acme/Lib@1.0RC1"
    );
}

#[test]
fn an_at_sign_in_a_version_or_scope_does_not_confuse_the_reader() {
    assert_eq!(canonical("pkg:npm/@babel/core"), "pkg:npm/%40babel/core");
    assert_eq!(
        PackageUrl::parse("pkg:github/a/b@refs/heads/main")
            .unwrap()
            .version(),
        Some("refs/heads/main")
    );
    assert_eq!(
        PackageUrl::parse("pkg:npm/foo/@1.0"),
        Err(InvalidPackageUrl::NoName)
    );
}

#[test]
fn the_host_of_a_git_repository_is_its_namespace_however_it_is_given() {
    let split_late = parts("git", "codeberg.org/forgejo", "forgejo", "v1")
        .build()
        .unwrap();
    let split_early = parts("git", "codeberg.org", "forgejo/forgejo", "v1")
        .build()
        .unwrap();
    assert_eq!(split_late, split_early);
    assert_eq!(split_late.name(), "forgejo/forgejo");
}

#[test]
fn a_namespace_is_refused_or_demanded_as_the_type_says() {
    assert_eq!(
        PackageUrl::parse("pkg:cargo/acme/rand"),
        Err(InvalidPackageUrl::NamespaceProhibited("cargo".into()))
    );
    assert_eq!(
        PackageUrl::parse("pkg:composer/laravel"),
        Err(InvalidPackageUrl::NamespaceRequired("composer".into()))
    );
}

#[test]
fn the_go_standard_library_needs_no_namespace() {
    assert_eq!(canonical("pkg:golang/stdlib@1.22.1"), "pkg:golang/stdlib@1.22.1");
}

#[test]
fn capitals_in_qualifier_keys_are_folded_only_by_the_lenient_reader() {
    let text = "pkg:gem/jruby-launcher@1.1.2?Platform=java";
    assert_eq!(
        PackageUrl::parse(text),
        Err(InvalidPackageUrl::QualifierKey("Platform".into()))
    );
    assert_eq!(
        PackageUrl::parse_lenient(text).unwrap().to_string(),
        "pkg:gem/jruby-launcher@1.1.2?platform=java"
    );
}

#[test]
fn a_repeated_qualifier_is_an_error_rather_than_a_choice() {
    assert_eq!(
        PackageUrl::parse("pkg:npm/a@1?b=1&b=2"),
        Err(InvalidPackageUrl::QualifierTwice("b".into()))
    );
}

#[test]
fn hostile_texts_are_refused() {
    let long = format!("pkg:npm/{}", "a".repeat(MAX_PACKAGE_URL_LEN));
    for text in [
        "",
        "pkg:",
        "pkg:npm",
        "pkg:npm/",
        "npm/a@1",
        "pkg:3d/a",
        "pkg:n?m/a",
        "pkg:npm/a%",
        "pkg:npm/a%f",
        "pkg:npm/%ff",
        "pkg:npm/a?=b",
        &long,
    ] {
        assert!(PackageUrl::parse(text).is_err(), "{text} was read");
    }
    assert_eq!(
        PackageUrl::parse("pkg:maven/a%2Fb/c"),
        Err(InvalidPackageUrl::HiddenSlash("a%2Fb".into()))
    );
}

#[test]
fn a_package_url_travels_as_text_in_json() {
    let purl = PackageUrl::parse("pkg:cargo/rand@0.7.2").unwrap();
    let json = serde_json::to_string(&purl).unwrap();
    assert_eq!(json, "\"pkg:cargo/rand@0.7.2\"");
    assert_eq!(serde_json::from_str::<PackageUrl>(&json).unwrap(), purl);
    assert!(serde_json::from_str::<PackageUrl>("\"cargo/rand\"").is_err());
}

const KINDS: [&str; 12] = [
    "npm",
    "pypi",
    "git",
    "github",
    "maven",
    "pub",
    "oci",
    "swid",
    "golang",
    "generic",
    "otp",
    "x-new.type",
];

proptest! {
    #[test]
    fn whatever_can_be_built_reads_back_as_itself(
        kind in proptest::sample::select(&KINDS[..]),
        namespace in proptest::option::of(".{0,12}"),
        name in ".{1,12}",
        version in proptest::option::of(".{0,12}"),
        qualifiers in proptest::collection::btree_map("[a-z][a-z0-9._-]{0,6}", ".{0,8}", 0..4),
        subpath in proptest::option::of(".{0,12}"),
    ) {
        let given = PackageUrlParts { kind: kind.into(), namespace, name, version, qualifiers, subpath };
        if let Ok(purl) = given.build() {
            let text = purl.to_string();
            prop_assert_eq!(PackageUrl::parse(&text), Ok(purl.clone()), "{}", text);
            prop_assert_eq!(PackageUrl::parse_lenient(&text), Ok(purl));
        }
    }

    #[test]
    fn whatever_can_be_read_is_canonical_after_one_printing(text in "pkg:/{0,2}[a-zA-Z]{1,6}/[a-zA-Z@%/?#&=.:0-9 +-]{0,40}") {
        if let Ok(purl) = PackageUrl::parse_lenient(&text) {
            let printed = purl.to_string();
            prop_assert_eq!(PackageUrl::parse(&printed).map(|p| p.to_string()), Ok(printed));
        }
    }
}

/// Every case of the specification's suite, which is not part of this repository.
#[test]
fn the_suite_of_the_specification_holds() {
    let Some(dir) = bartizan_testbed::testdata("supply/purl/tests") else {
        return;
    };
    let (mut cases, mut failures) = (0, Vec::new());
    for file in json_files(&dir) {
        let suite: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        for case in suite["tests"].as_array().unwrap() {
            cases += 1;
            if let Err(difference) = check_case(case) {
                failures.push(format!(
                    "{}: {}: {difference}",
                    file.display(),
                    case["description"]
                ));
            }
        }
    }
    assert!(cases >= 500, "only {cases} cases were found in {}", dir.display());
    assert!(
        failures.is_empty(),
        "{} of {cases} cases fail:\n{}",
        failures.len(),
        failures.join("\n")
    );
}

fn check_case(case: &Value) -> Result<(), String> {
    let input = &case["input"];
    let outcome = match case["test_type"].as_str().unwrap() {
        "parse" => PackageUrl::parse(input.as_str().unwrap()),
        "validate" => PackageUrl::parse_lenient(input.as_str().unwrap()),
        "build" => as_parts(input).build(),
        other => return Err(format!("unknown kind of test `{other}`")),
    };
    let must_fail = case["expected_failure"].as_bool().unwrap();
    match (outcome, must_fail) {
        (Err(_), true) => Ok(()),
        (Ok(purl), true) => Err(format!("{input} was taken for {purl}")),
        (Err(error), false) => Err(format!("{input}: {error}")),
        (Ok(purl), false) => compare(&purl, &case["expected_output"]),
    }
}

fn compare(purl: &PackageUrl, expected: &Value) -> Result<(), String> {
    let same = match expected {
        Value::String(text) => purl.to_string() == *text,
        parts => {
            let parts = as_parts(parts);
            purl.kind() == parts.kind
                && purl.namespace() == parts.namespace.as_deref()
                && purl.name() == parts.name
                && purl.version() == parts.version.as_deref()
                && *purl.qualifiers() == parts.qualifiers
                && purl.subpath() == parts.subpath.as_deref()
        }
    };
    if same {
        Ok(())
    } else {
        Err(format!("{purl:?} is not {expected}"))
    }
}

fn as_parts(value: &Value) -> PackageUrlParts {
    let text = |key: &str| value[key].as_str().map(str::to_owned);
    let qualifiers: BTreeMap<String, String> = value["qualifiers"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, value)| (key.clone(), value.as_str().unwrap().to_owned()))
        .collect();
    PackageUrlParts {
        kind: text("type").unwrap_or_default(),
        namespace: text("namespace"),
        name: text("name").unwrap_or_default(),
        version: text("version"),
        qualifiers,
        subpath: text("subpath"),
    }
}

fn json_files(dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(json_files(&path));
        } else if path.extension().is_some_and(|ext| ext == "json") {
            files.push(path);
        }
    }
    files.sort();
    files
}
