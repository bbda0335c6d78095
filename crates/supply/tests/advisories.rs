//! The advisory index and what is matched with it: against a plain evaluation of the records, and against damage.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the helpers of tests may fail as tests do"
)]

use bartizan_model::{
    Component, Location, PackageUrlParts, Requirement, Scope, Severity, SourcePackage, Timestamp, Way,
};
use bartizan_supply::advisory::exploit::Exploits;
use bartizan_supply::advisory::index::{Builder, Index, IndexError, Origin, OriginKind};
use bartizan_supply::advisory::matching::{Matches, find};
use bartizan_supply::advisory::naming;
use bartizan_supply::advisory::range::{AffectedVersions, Event, Membership, RangeKind};
use bartizan_supply::advisory::record::{Affected, Record, RecordEvent, RecordRange};
use bartizan_supply::ecosystem::Ecosystem;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn build(records: impl IntoIterator<Item = Record>, exploits: &Exploits) -> Vec<u8> {
    let mut builder = Builder::new();
    for record in records {
        builder.add(record);
    }
    builder.finish(exploits, Timestamp::from_unix_seconds(0)).unwrap()
}

fn records(texts: &[&str]) -> Vec<Record> {
    texts
        .iter()
        .map(|text| Record::read(text.as_bytes()).unwrap())
        .collect()
}

fn matched(records: &[&str], components: &[Component]) -> Matches {
    let bytes = build(self::records(records), &Exploits::default());
    find(&Index::open(bytes.as_slice()).unwrap(), components, 1).unwrap()
}

fn component(ecosystem: &str, name: &str, version: Option<&str>) -> Component {
    let purl = PackageUrlParts {
        kind: "generic".to_owned(),
        name: name.replace(['/', ':'], "."),
        version: version.map(str::to_owned),
        ..PackageUrlParts::default()
    };
    let mut component = Component::new(purl.build().unwrap(), name, "test", Location::of_file("lock"));
    component.ecosystem = Some(ecosystem.to_owned());
    component
}

fn npm(id: &str, rest: &str, fixed: &str) -> String {
    format!(
        r#"{{"id":"{id}",{rest}"affected":[{{"package":{{"ecosystem":"npm","name":"left"}},
        "ranges":[{{"type":"SEMVER","events":[{{"introduced":"0"}},{{"fixed":"{fixed}"}}]}}]}}]}}"#
    )
}

#[test]
fn an_index_says_where_it_was_made_from() {
    let origin = |kind, place: &str, files| Origin {
        kind,
        place: place.to_owned(),
        files,
    };
    let origins = [
        origin(OriginKind::Records, "https://mirror/osv/", 31),
        origin(OriginKind::Known, "/srv/kev.json", 1),
        origin(OriginKind::Predicted, "", 300),
    ];
    let mut builder = Builder::new();
    builder.add(Record::read(npm("GHSA-1", "", "1.2.0").as_bytes()).unwrap());
    for origin in &origins {
        builder.came_from(origin.clone());
    }
    let bytes = builder
        .finish(&Exploits::default(), Timestamp::from_unix_seconds(0))
        .unwrap();
    let index = Index::open(bytes.as_slice()).unwrap();
    assert_eq!(index.origins().unwrap(), origins);
    assert_eq!(index.ecosystems().count(), 1);
}

#[test]
fn records_of_one_vulnerability_are_one_finding_with_the_fix_of_all() {
    let one = npm("GHSA-2222-3333-4444", r#""aliases":["CVE-2024-1"],"#, "1.2.0");
    let two = npm(
        "RETIRE-1",
        r#""aliases":["CVE-2024-1"],"database_specific":{"severity":"LOW"},"#,
        "1.3.0",
    );
    let other = npm("GHSA-5555-3333-4444", "", "2.0.0");
    let matches = matched(&[&one, &two, &other], &[component("npm", "left", Some("1.0.0"))]);
    let [first, second] = matches.findings.as_slice() else {
        panic!("{matches:#?}")
    };
    assert_eq!(first.ids, ["CVE-2024-1", "GHSA-2222-3333-4444", "RETIRE-1"]);
    assert_eq!(first.severity, Severity::Low);
    assert_eq!(second.severity, Severity::Medium, "nothing is said of it");
    let fix = first.fix.as_ref().unwrap();
    assert_eq!(fix.description, "upgrade `left` from 1.0.0 to 1.3.0 or later");
    let evidence: Vec<&str> = first.evidence.iter().map(|step| step.message.as_str()).collect();
    assert_eq!(
        evidence[1..],
        [
            "GHSA-2222-3333-4444: affected from the first version, fixed in 1.2.0 (no severity given)",
            "RETIRE-1: affected from the first version, fixed in 1.3.0 (low)"
        ]
    );
}

#[test]
fn a_fix_is_the_smallest_of_the_branch_that_is_not_affected_itself() {
    let text = r#"{"id":"A-1","affected":[{"package":{"ecosystem":"npm","name":"left"},"ranges":[{"type":"SEMVER","events":[
        {"introduced":"1.0.0"},{"fixed":"1.4.2"},{"introduced":"2.0.0"},{"fixed":"2.1.1"}]}]}]}"#;
    for (version, fixed) in [("1.0.3", "1.4.2"), ("2.0.3", "2.1.1")] {
        let matches = matched(&[text], &[component("npm", "left", Some(version))]);
        let fix = matches.findings[0].fix.as_ref().unwrap();
        assert!(fix.description.contains(&format!("to {fixed} or")), "{fix:?}");
    }
}

#[test]
fn what_was_taken_back_is_counted_and_not_found() {
    let text = npm("A-1", r#""withdrawn":"2024-01-01T00:00:00Z","#, "2.0.0");
    let bytes = build(records(&[&text]), &Exploits::default());
    let index = Index::open(bytes.as_slice()).unwrap();
    assert_eq!((index.counts().withdrawn, index.counts().records), (1, 0));
    let found = find(&index, &[component("npm", "left", Some("1.0.0"))], 1).unwrap();
    assert!(found.findings.is_empty());
}

#[test]
fn of_records_with_one_id_the_newest_counts_whatever_the_order() {
    let old = npm("A-1", r#""modified":"2024-01-01T00:00:00Z","#, "2.0.0");
    let new = npm("A-1", r#""modified":"2024-02-01T00:00:00Z","#, "1.0.0");
    let one = build(records(&[&old, &new]), &Exploits::default());
    assert!(one == build(records(&[&new, &old]), &Exploits::default()));
    let found = find(
        &Index::open(one.as_slice()).unwrap(),
        &[component("npm", "left", Some("1.5.0"))],
        1,
    );
    assert!(found.unwrap().findings.is_empty());
}

#[test]
fn a_malicious_package_is_critical() {
    let text = r#"{"id":"MAL-2024-1","affected":[{"package":{"ecosystem":"PyPI","name":"Evil_Thing"},
        "versions":["1.0"]}]}"#;
    let matches = matched(&[text], &[component("PyPI", "evil-thing", Some("1.0.0"))]);
    assert_eq!(matches.findings[0].rule, "supply/malicious-package");
    assert_eq!(matches.findings[0].severity, Severity::Critical);
}

#[test]
fn packages_of_a_distribution_are_judged_by_their_source_and_release() {
    let text = r#"{"id":"DEBIAN-CVE-2024-1","upstream":["CVE-2024-1"],"affected":[
        {"package":{"ecosystem":"Debian:11","name":"openssl"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"}]}]},
        {"package":{"ecosystem":"Debian:12","name":"openssl"},
         "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"3.0.11-1~deb12u2"}]}]}]}"#;
    let mut library = component("Debian:12", "libssl3", Some("3.0.11-1~deb12u1"));
    library.source = Some(SourcePackage {
        name: "openssl".to_owned(),
        version: None,
    });
    let matches = matched(&[text], std::slice::from_ref(&library));
    assert_eq!(matches.findings[0].ids, ["CVE-2024-1", "DEBIAN-CVE-2024-1"]);

    library.version = Some("3.0.11-1~deb12u2".to_owned());
    assert!(
        matched(&[text], std::slice::from_ref(&library))
            .findings
            .is_empty()
    );

    library.ecosystem = Some("Debian".to_owned());
    let matches = matched(&[text], std::slice::from_ref(&library));
    assert!(matches.findings.is_empty());
    assert!(matches.unjudged[0].reason.contains("release"), "{matches:?}");
}

/// A record as AlmaLinux writes it: no field for the stream, the summary names it.
fn of_alma(id: &str, summary: &str, fixed: &str) -> String {
    format!(
        r#"{{"id":"{id}","summary":"{summary}","affected":[{{"package":{{"ecosystem":"AlmaLinux:8","name":"nodejs"}},
        "ranges":[{{"type":"ECOSYSTEM","events":[{{"introduced":"0"}},{{"fixed":"{fixed}"}}]}}]}}]}}"#
    )
}

#[test]
fn a_build_of_a_module_is_judged_by_the_advisories_of_its_stream() {
    let advisories = [
        of_alma(
            "ALSA-14",
            "Important: nodejs:14 security update",
            "1:14.21.3-1.module_el8.7.0+3551+53700ee8",
        ),
        of_alma(
            "ALSA-16",
            "Moderate: nodejs:16 security update",
            "1:16.19.1-1.module_el8.7.0+3496+a59a3324",
        ),
        of_alma("ALSA-base", "Moderate: nodejs security update", "1:17.0.0-1.el8"),
        of_alma(
            "ALSA-unnamed",
            "Moderate: nodejs security update",
            "1:18.0.0-1.module_el8.7.0+1+aaaaaaaa",
        ),
    ];
    let texts: Vec<&str> = advisories.iter().map(String::as_str).collect();
    let judged = |version: &str, label: &str| {
        let mut node = component("AlmaLinux:8", "nodejs", Some(version));
        let qualifier = if label.is_empty() {
            String::new()
        } else {
            format!("?rpmmod={label}")
        };
        node.purl = format!("pkg:rpm/almalinux/nodejs@{version}{qualifier}")
            .parse()
            .unwrap();
        let matches = matched(&texts, &[node]);
        let found: Vec<String> = matches.findings.iter().flat_map(|one| one.ids.clone()).collect();
        let unjudged: Vec<String> = matches.unjudged.iter().map(|one| one.reason.clone()).collect();
        (found, unjudged.join("; "))
    };
    let old = "1:14.0.0-1.module_el8.3.0+1+bbbbbbbb";
    let (found, unjudged) = judged(old, "nodejs:14:8070020230306170238:bd1311ed");
    assert_eq!(found, ["ALSA-14"]);
    assert!(
        unjudged.contains("ALSA-unnamed: the stream of its module"),
        "{unjudged}"
    );

    let mended = "1:14.21.3-1.module_el8.7.0+3551+53700ee8";
    let (found, _) = judged(mended, "nodejs:14:8070020230306170238:bd1311ed");
    assert_eq!(found, Vec::<String>::new());

    let (found, unjudged) = judged(old, "");
    assert_eq!(found, Vec::<String>::new());
    assert!(unjudged.contains("ALSA-14, ALSA-16, ALSA-unnamed"), "{unjudged}");

    let (found, unjudged) = judged("1:14.0.0-1.el8", "");
    assert_eq!((found, unjudged.as_str()), (vec!["ALSA-base".to_owned()], ""));
}

#[test]
fn what_cannot_be_judged_is_said() {
    let commits = r#"{"id":"A-1","affected":[{"package":{"ecosystem":"npm","name":"left"},
        "ranges":[{"type":"GIT","events":[{"introduced":"0"}]}]}]}"#;
    let matches = matched(&[commits], &[component("npm", "left", Some("1.0.0"))]);
    assert!(
        matches.unjudged[0]
            .reason
            .starts_with("not judged by A-1: the advisory names commits only")
    );
    let matches = matched(&[&npm("A-1", "", "2.0.0")], &[component("npm", "left", None)]);
    assert!(matches.unjudged[0].reason.contains("its version is not known"));
    let mut other = component("npm", "left", Some("1.0.0"));
    other.ecosystem = None;
    assert_eq!(matched(&[commits], &[other]).unjudged.len(), 1);
}

#[test]
fn exploitation_is_part_of_the_evidence() {
    let mut exploits = Exploits::default();
    exploits
        .add_known(br#"{"vulnerabilities":[{"cveID":"CVE-2024-1","knownRansomwareCampaignUse":"Known"}]}"#)
        .unwrap();
    exploits.add_predicted(b"cve,epss\nCVE-2024-1,0.9412").unwrap();
    let text = npm("A-1", r#""aliases":["CVE-2024-1"],"#, "2.0.0");
    let bytes = build(records(&[&text]), &exploits);
    let found = find(
        &Index::open(bytes.as_slice()).unwrap(),
        &[component("npm", "left", Some("1.0.0"))],
        1,
    )
    .unwrap();
    let last: Vec<_> = found.findings[0].evidence.iter().rev().take(2).collect();
    assert!(last[1].message.contains("exploited, by ransomware too"));
    assert!(last[0].message.contains("94.12 %"));
}

#[test]
fn the_remedy_of_a_component_is_the_smallest_upgrade_that_closes_the_most() {
    let one = npm("GHSA-2222-3333-4444", "", "1.2.0");
    let two = npm("GHSA-3333-3333-4444", "", "1.5.0");
    let three = npm("GHSA-4444-3333-4444", "", "1.4.9");
    let never = r#"{"id":"GHSA-5555-3333-4444","affected":[{"package":{"ecosystem":"npm","name":"left"},
        "ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}]}]}"#;
    let left = [component("npm", "left", Some("1.0.0"))];
    let remedy = |texts: &[&str]| matched(texts, &left).remedies;
    let all = remedy(&[&one, &two, &three, never]);
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].description, "upgrade `left` from 1.0.0 to 1.5.0");
    assert_eq!(all[0].upgrade.as_ref().unwrap().to, "1.5.0");
    assert_eq!((all[0].closes.len(), all[0].leaves.len()), (3, 1));

    let reopened = r#"{"id":"GHSA-6666-3333-4444","affected":[{"package":{"ecosystem":"npm","name":"left"},
        "ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.1.0"},{"introduced":"1.5.0"},{"fixed":"1.6.0"}]}]}]}"#;
    let all = remedy(&[&two, reopened]);
    assert_eq!(all[0].upgrade.as_ref().unwrap().to, "1.6.0");
    let all = remedy(&[never]);
    assert_eq!(all[0].upgrade, None);
    assert!(all[0].description.starts_with("replace or isolate `left` 1.0.0"));
    assert_eq!((all[0].closes.len(), all[0].leaves.len()), (0, 1));
    assert_eq!(remedy(&[]), []);
}

/// A project that asks for `app`, which asks for `tool`, which asks for `left` 1.0.0 by a range.
fn chain(range: Option<&str>) -> Vec<Component> {
    let mut left = component("npm", "left", Some("1.0.0"));
    let mut tool = component("npm", "tool", Some("3.0.0"));
    let mut app = component("npm", "app", Some("5.0.0"));
    for (one, name) in [
        (&mut left, "left@1.0.0"),
        (&mut tool, "tool@3.0.0"),
        (&mut app, "app@5.0.0"),
    ] {
        one.purl = format!("pkg:npm/{name}").parse().unwrap();
        one.direct = Some(false);
    }
    app.direct = Some(true);
    app.depends_on = vec![tool.purl.clone()];
    tool.depends_on = vec![left.purl.clone()];
    tool.asks_for = range
        .map(|range| Requirement {
            component: left.purl.clone(),
            range: range.to_owned(),
        })
        .into_iter()
        .collect();
    vec![app, left, tool]
}

/// What there is to do about a component that comes by others.
fn todo_of(components: &[Component]) -> (String, Option<Way>) {
    let remedies = matched(&[&npm("GHSA-2222-3333-4444", "", "1.2.0")], components).remedies;
    let [remedy] = remedies.as_slice() else {
        panic!("{remedies:#?}")
    };
    let way = remedy.upgrade.as_ref().unwrap().by_way_of.clone();
    (remedy.description.clone(), way)
}

#[test]
fn a_lock_file_is_refreshed_where_the_range_of_what_asks_admits_the_fix() {
    let (description, way) = todo_of(&chain(Some("^1.0.0")));
    assert_eq!(
        description,
        "refresh the lock file until `left` 1.0.0 is 1.2.0: `tool` 3.0.0 asks for `^1.0.0`, which admits it"
    );
    let way = way.unwrap();
    let path: Vec<String> = way.path.iter().map(ToString::to_string).collect();
    assert_eq!(path, ["pkg:npm/app@5.0.0", "pkg:npm/tool@3.0.0"]);
    assert_eq!(way.admitted, Some(true));
}

#[test]
fn what_the_project_asks_for_is_upgraded_where_the_range_does_not_admit_the_fix() {
    let (description, way) = todo_of(&chain(Some("~1.0.0")));
    assert_eq!(
        description,
        "upgrade `app` 5.0.0 until `left` 1.0.0 is 1.2.0 or later: it comes by `app` 5.0.0 → `tool` 3.0.0, which asks for `~1.0.0`"
    );
    assert_eq!(way.unwrap().admitted, Some(false));
}

#[test]
fn one_that_refuses_outweighs_all_that_admit() {
    let mut components = chain(Some("^1.0.0"));
    let mut other = component("npm", "other", Some("2.0.0"));
    other.direct = Some(true);
    other.depends_on = components[2].depends_on.clone();
    other.asks_for = components[2].asks_for.clone();
    other.asks_for[0].range = "1.0.0".to_owned();
    components.push(other);
    let (description, way) = todo_of(&components);
    assert!(
        description.starts_with("upgrade `other` 2.0.0 until"),
        "{description}"
    );
    assert_eq!(way.unwrap().admitted, Some(false));
}

#[test]
fn both_are_named_where_no_range_is_known() {
    let (description, way) = todo_of(&chain(None));
    assert!(
        description.starts_with("refresh the lock file or upgrade `app` 5.0.0 until `left` 1.0.0 is 1.2.0"),
        "{description}"
    );
    assert_eq!(way.unwrap().admitted, None);
}

#[test]
fn what_the_project_asks_for_itself_is_upgraded_itself() {
    let mut components = chain(Some("^1.0.0"));
    components[1].direct = Some(true);
    let (description, way) = todo_of(&components);
    assert_eq!(description, "upgrade `left` from 1.0.0 to 1.2.0");
    assert_eq!(way, None);
}

#[test]
fn what_is_known_besides_the_severity_comes_with_the_finding() {
    let vector = r#""severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:L/A:N"}],"#;
    let text = npm("GHSA-2222-3333-4444", vector, "1.2.0");
    let mut left = component("npm", "left", Some("1.0.0"));
    left.scope = Scope::Development;
    let risk = matched(&[&text], &[left]).findings[0].risk.unwrap();
    assert_eq!(risk.score, Some(8.2));
    assert_eq!((risk.automatable, risk.total_impact), (Some(true), Some(false)));
    assert!(risk.development_only && !risk.exploited);
    let plain = npm("GHSA-2222-3333-4444", "", "1.2.0");
    let risk = matched(&[&plain], &[component("npm", "left", Some("1.0.0"))]).findings[0]
        .risk
        .unwrap();
    assert_eq!(
        (risk.score, risk.automatable, risk.total_impact),
        (None, None, None)
    );
}

#[test]
fn the_number_of_threads_makes_no_difference() {
    let text = npm("GHSA-2222-3333-4444", r#""aliases":["CVE-2024-1"],"#, "1.2.0");
    let bytes = build(records(&[&text]), &Exploits::default());
    let index = Index::open(bytes.as_slice()).unwrap();
    let components: Vec<Component> = (0..1_000)
        .map(|minor| component("npm", "left", Some(&format!("1.{}.{minor}", minor % 4))))
        .collect();
    let alone = find(&index, &components, 1).unwrap();
    assert_eq!(alone.findings.len(), 500);
    assert_eq!(find(&index, &components, 4).unwrap(), alone);
    assert_eq!(find(&index, &components, 0).unwrap(), alone);
}

#[test]
fn symbols_of_go_come_back() {
    let text = r#"{"id":"GO-1","affected":[{"package":{"ecosystem":"Go","name":"example.com/m"},
        "ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}],
        "ecosystem_specific":{"imports":[{"path":"example.com/m/p","symbols":["T.Run","T.Start"]},{"path":"example.com/m"}]}}]}"#;
    let record = Record::read(text.as_bytes()).unwrap();
    let bytes = build([record.clone()], &Exploits::default());
    let index = Index::open(bytes.as_slice()).unwrap();
    let shelf = index.shelf("Go").unwrap().unwrap();
    let package = shelf.find("example.com/m").unwrap().unwrap();
    let mut imports = Vec::new();
    package
        .listed(
            |_| true,
            |_, listed| {
                imports.push(index.imports("example.com/m", &listed)?);
                Ok(())
            },
        )
        .unwrap();
    assert_eq!(imports, [record.affected[0].imports.clone()]);
    let matches = matched(&[text], &[component("Go", "example.com/m", Some("v1.0.0"))]);
    assert_eq!(matches.findings.len(), 1);
}

#[test]
fn every_cut_and_every_flipped_bit_is_an_error() {
    let text = npm("GHSA-2222-3333-4444", r#""aliases":["CVE-2024-1"],"#, "1.2.0");
    let bytes = build(records(&[&text]), &Exploits::default());
    let use_it = |bytes: &[u8]| -> Result<(), IndexError> { Index::open(bytes)?.verify() };
    assert_eq!(use_it(&bytes), Ok(()));
    for end in 0..bytes.len() {
        assert!(use_it(&bytes[..end]).is_err(), "cut at {end}");
    }
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1;
        assert!(use_it(&damaged).is_err(), "bit flipped at {at}");
    }
    let longer = [bytes.as_slice(), b"x"].concat();
    assert!(matches!(use_it(&longer), Err(IndexError::Length { .. })));
    let mut newer = bytes;
    newer[8] = 9;
    assert_eq!(use_it(&newer), Err(IndexError::Version(9)));
}

const NAMES: [&str; 4] = ["left", "Left_Pad", "left.pad", "x"];
const ECOSYSTEMS: [&str; 6] = ["npm", "PyPI", "Debian:12", "Debian:11", "Debian", "OSS-Fuzz"];

fn event() -> impl Strategy<Value = RecordEvent> {
    (0..4_u8, "0|1\\.[0-3](\\.0)?(-rc1)?|\\*").prop_map(|(kind, version)| match kind {
        0 => RecordEvent::Introduced(version),
        1 => RecordEvent::Fixed(version),
        2 => RecordEvent::LastAffected(version),
        _ => RecordEvent::Limit(version),
    })
}

fn range() -> impl Strategy<Value = RecordRange> {
    let kinds = [RangeKind::Ecosystem, RangeKind::SemVer, RangeKind::Git];
    (
        proptest::sample::select(kinds.to_vec()),
        proptest::collection::vec(event(), 0..5),
    )
        .prop_map(|(kind, events)| RecordRange { kind, events })
}

fn affected() -> impl Strategy<Value = Affected> {
    (
        proptest::sample::select(ECOSYSTEMS.to_vec()),
        proptest::sample::select(NAMES.to_vec()),
        proptest::collection::vec(range(), 0..4),
        proptest::collection::vec("1\\.[0-3](\\.0)?", 0..5),
    )
        .prop_map(|(ecosystem, name, ranges, versions)| Affected {
            ecosystem: ecosystem.to_owned(),
            name: name.to_owned(),
            ranges,
            versions,
            ..Affected::default()
        })
}

fn record() -> impl Strategy<Value = Record> {
    (
        "(CVE-2024-000[0-9]|X-[0-9]|GHSA(-[2-4]{4}){3})",
        any::<bool>(),
        proptest::collection::vec(affected(), 0..4),
    )
        .prop_map(|(id, withdrawn, affected)| Record {
            id,
            withdrawn,
            affected,
            ..Record::default()
        })
}

/// Ids of records that contain the version, by evaluating each of them.
fn plainly(records: &[Record], component: &Component) -> BTreeSet<String> {
    let ecosystem = Ecosystem::parse(component.ecosystem.as_deref().unwrap()).unwrap();
    let mut seen = BTreeSet::new();
    let mut found = BTreeSet::new();
    for record in records {
        if !seen.insert(&record.id) || record.withdrawn {
            continue;
        }
        for affected in &record.affected {
            let its = Ecosystem::parse(&affected.ecosystem).unwrap();
            let speaks = its.name() == ecosystem.name()
                && naming::name(its.name(), &affected.name) == naming::name(its.name(), &component.name)
                && naming::release(&ecosystem, its.suffix()) == naming::Release::Same;
            let ranges: Vec<(RangeKind, Vec<Event<'_>>)> = affected
                .ranges
                .iter()
                .map(|range| {
                    let events = range.events.iter().map(RecordEvent::as_event);
                    (range.kind, events.collect())
                })
                .collect();
            let compiled = AffectedVersions::compile(
                &its,
                ranges.iter().map(|(kind, events)| (*kind, events.as_slice())),
                affected.versions.iter().map(String::as_str),
            );
            if speaks && compiled.contains(component.version.as_deref().unwrap()) == Membership::Affected {
                found.insert(record.id.clone());
            }
        }
    }
    found
}

proptest! {
    #[test]
    fn the_index_answers_as_the_records_do(
        records in proptest::collection::vec(record(), 0..12),
        ecosystem in proptest::sample::select(ECOSYSTEMS.to_vec()),
        name in proptest::sample::select(NAMES.to_vec()),
        version in "1\\.[0-4](\\.0)?(-rc1)?",
    ) {
        let component = component(ecosystem, name, Some(&version));
        let bytes = build(records.clone(), &Exploits::default());
        let index = Index::open(bytes.as_slice()).unwrap();
        let found = find(&index, std::slice::from_ref(&component), 1).unwrap();
        let ids: BTreeSet<String> = found.findings.into_iter().flat_map(|finding| finding.ids).collect();
        prop_assert_eq!(ids, plainly(&records, &component));
    }

    #[test]
    fn many_names_are_each_found(names in proptest::collection::btree_set("[a-c]{1,6}", 1..120), other in "[a-d]{1,6}") {
        let records = names.iter().enumerate().map(|(number, name)| Record {
            id: format!("X-{number}"),
            affected: vec![Affected { ecosystem: "npm".into(), name: name.clone(), versions: vec!["1".into()], ..Affected::default() }],
            ..Record::default()
        });
        let bytes = build(records, &Exploits::default());
        let index = Index::open(bytes.as_slice()).unwrap();
        let shelf = index.shelf("npm").unwrap().unwrap();
        for name in &names {
            prop_assert!(shelf.find(name).unwrap().is_some(), "{}", name);
        }
        prop_assert_eq!(shelf.find(&other).unwrap().is_some(), names.contains(&other));
    }
}
