//! Ranges of advisories: the examples of the OSV schema, the corners it leaves to its algorithm, and that algorithm written down
//! once more to compare with.

#![allow(clippy::unwrap_used, reason = "the helpers of tests may fail as tests do")]

use bartizan_supply::advisory::range::{AffectedVersions, Event, Membership, Range, RangeKind, Unjudged};
use bartizan_supply::ecosystem::Ecosystem;
use bartizan_supply::version::Scheme;
use proptest::prelude::*;

use Event::{Fixed, Introduced, LastAffected, Limit};

fn affected(ecosystem: &str, ranges: &[(RangeKind, &[Event<'_>])], versions: &[&str]) -> AffectedVersions {
    AffectedVersions::compile(
        &Ecosystem::parse(ecosystem).unwrap(),
        ranges.iter().copied(),
        versions.iter().copied(),
    )
}

fn within(events: &[Event<'_>], version: &str) -> bool {
    Range::compile(Scheme::SemVer, events).contains(&Scheme::SemVer.key(version))
}

#[test]
fn without_an_end_every_version_is_affected() {
    assert!(within(&[Introduced("0")], "0.0.0-alpha"));
    assert!(within(&[Introduced("0")], "999.0.0"));
}

#[test]
fn zero_is_before_the_oldest_pre_release() {
    assert!(within(&[Introduced("0"), Fixed("1.0.2")], "0.0.0-0"));
    assert!(!within(&[Introduced("0.0.0"), Fixed("1.0.2")], "0.0.0-0"));
}

#[test]
fn the_fixed_version_is_not_affected_and_the_last_affected_one_is() {
    assert!(within(&[Introduced("1.0.0"), Fixed("1.0.2")], "1.0.2-rc.1"));
    assert!(!within(&[Introduced("1.0.0"), Fixed("1.0.2")], "1.0.2"));
    assert!(within(&[Introduced("1.0.0"), LastAffected("1.0.2")], "1.0.2"));
    assert!(!within(&[Introduced("1.0.0"), LastAffected("1.0.2")], "1.0.3"));
}

#[test]
fn events_may_come_in_any_order_and_speak_of_several_branches() {
    let events = [
        Fixed("2.1.0"),
        Introduced("1.0.0"),
        Introduced("2.0.0"),
        Fixed("1.0.2"),
    ];
    for (version, expected) in [
        ("0.9.0", false),
        ("1.0.1", true),
        ("1.5.0", false),
        ("2.0.0", true),
        ("2.1.0", false),
    ] {
        assert_eq!(within(&events, version), expected, "{version}");
    }
}

#[test]
fn a_range_that_begins_where_another_ends_leaves_no_gap() {
    let events = [
        Introduced("1.0.0"),
        Fixed("2.0.0"),
        Introduced("2.0.0"),
        Fixed("3.0.0"),
    ];
    assert!(within(&events, "2.0.0"));
}

#[test]
fn a_range_fixed_where_it_was_introduced_holds_nothing() {
    let events = [Introduced("1.0.0"), Fixed("1.0.0")];
    assert!(!within(&events, "1.0.0"));
    assert!(!within(&events, "1.0.1"));
}

#[test]
fn a_range_without_an_introduction_holds_nothing() {
    assert!(!within(&[Fixed("1.0.0")], "0.5.0"));
    assert!(!within(&[], "0.5.0"));
}

#[test]
fn beyond_the_greatest_limit_a_range_says_nothing() {
    let events = [Introduced("1.0.0"), Limit("2.0.0"), Limit("3.0.0")];
    assert!(within(&events, "2.5.0"));
    assert!(!within(&events, "3.0.0"));
    assert!(within(
        &[Introduced("1.0.0"), Limit("2.0.0"), Limit("*")],
        "9.0.0"
    ));
}

#[test]
fn an_ecosystem_range_follows_the_ecosystem_and_a_semver_range_does_not() {
    let events: &[Event<'_>] = &[Introduced("0"), Fixed("1.0.0+2")];
    let own = affected("Pub", &[(RangeKind::Ecosystem, events)], &[]);
    assert_eq!(own.contains("1.0.0+1"), Membership::Affected);
    let semantic = affected("Pub", &[(RangeKind::SemVer, events)], &[]);
    assert_eq!(semantic.contains("1.0.0+1"), Membership::NotAffected);
}

#[test]
fn an_epoch_outweighs_the_version_it_stands_before() {
    let debian = affected(
        "Debian:12",
        &[(
            RangeKind::Ecosystem,
            &[Introduced("0"), Fixed("1:2.4.47-2+deb12u1")],
        )],
        &[],
    );
    assert_eq!(debian.contains("3.0-1"), Membership::Affected);
    assert_eq!(debian.contains("1:2.4.47-2+deb12u1"), Membership::NotAffected);
}

#[test]
fn a_listed_version_is_affected_in_every_spelling_and_whatever_the_ranges_say() {
    let python = affected(
        "PyPI",
        &[(RangeKind::Ecosystem, &[Introduced("2.0"), Fixed("2.1")])],
        &["1.0", "1.2"],
    );
    assert_eq!(python.contains("1.0.0"), Membership::Affected);
    assert_eq!(python.contains("1.1"), Membership::NotAffected);
    assert_eq!(python.contains("2.0.5"), Membership::Affected);
}

#[test]
fn both_kinds_of_range_of_one_entry_are_asked() {
    let ranges: [(RangeKind, &[Event<'_>]); 2] = [
        (RangeKind::SemVer, &[Introduced("3.0.0")]),
        (RangeKind::Ecosystem, &[Introduced("0"), Fixed("1.0.0")]),
    ];
    let entry = affected("Pub", &ranges, &[]);
    assert_eq!(entry.contains("0.5.0"), Membership::Affected);
    assert_eq!(entry.contains("2.0.0"), Membership::NotAffected);
    assert_eq!(entry.contains("3.1.0"), Membership::Affected);
}

#[test]
fn what_cannot_be_judged_is_unknown_rather_than_safe() {
    let events: &[Event<'_>] = &[Introduced("0")];
    assert_eq!(
        affected("npm", &[(RangeKind::Git, events)], &[]).contains("1.0.0"),
        Membership::Unknown(Unjudged::Commits)
    );
    assert_eq!(
        affected("Android", &[(RangeKind::Ecosystem, events)], &[]).contains("12L"),
        Membership::Unknown(Unjudged::NoOrder)
    );
    assert_eq!(
        affected("npm", &[], &[]).contains("1.0.0"),
        Membership::Unknown(Unjudged::Nothing)
    );
}

#[test]
fn without_an_order_the_listed_versions_decide() {
    let android = affected(
        "Android",
        &[(RangeKind::Ecosystem, &[Introduced("0")])],
        &["11", "12L"],
    );
    assert_eq!(android.contains("12L"), Membership::Affected);
    assert_eq!(android.contains("13"), Membership::NotAffected);
}

/// The schema's pseudo-code, word for word but for the order of events, which it leaves open at equal versions.
fn by_the_schema(events: &[Event<'_>], version: &str) -> bool {
    let at_least = |bound: &str| bound == "0" || Scheme::SemVer.compare(version, bound).is_ge();
    let limits: Vec<&str> = events
        .iter()
        .filter_map(|e| if let Limit(at) = e { Some(*at) } else { None })
        .collect();
    if !limits.is_empty()
        && !limits
            .iter()
            .any(|limit| *limit == "*" || Scheme::SemVer.compare(version, limit).is_lt())
    {
        return false;
    }
    let bound = |event: &Event<'_>| match event {
        Introduced(at) | Fixed(at) | LastAffected(at) | Limit(at) => {
            Scheme::SemVer.key(if *at == "0" { "0.0.0-0" } else { at })
        }
    };
    let mut sorted: Vec<&Event<'_>> = events.iter().collect();
    sorted.sort_by_key(|event| bound(event));
    let mut vulnerable = false;
    for event in sorted {
        match event {
            Introduced(at) if at_least(at) => vulnerable = true,
            Fixed(at) if at_least(at) => vulnerable = false,
            LastAffected(at) if Scheme::SemVer.compare(version, at).is_gt() => vulnerable = false,
            _ => {}
        }
    }
    vulnerable
}

proptest! {
    #[test]
    fn a_compiled_range_answers_as_the_schema_does(
        given in proptest::collection::vec((0_u8..4, 0_u8..6), 0..6),
        version in 0_u8..7,
    ) {
        let texts: Vec<String> = given.iter().map(|(_, at)| if *at == 0 { "0".to_owned() } else { format!("{at}.0.0") }).collect();
        let events: Vec<Event<'_>> = given.iter().zip(&texts).map(|((kind, _), at)| match (kind, at.as_str()) {
            (0, at) => Introduced(at),
            (1, "0") | (2, "0") => Introduced("0"),
            (1, at) => Fixed(at),
            (2, at) => LastAffected(at),
            (_, "0") => Limit("*"),
            (_, at) => Limit(at),
        }).collect();
        let version = format!("{version}.0.0");
        prop_assert_eq!(within(&events, &version), by_the_schema(&events, &version), "{:?} {}", events, version);
    }
}
