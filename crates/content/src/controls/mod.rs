//! Controls of published frameworks, their baselines, and the automatic tests that bear on them.
//!
//! In: `content/controls` (where each part of it comes from stands in its SOURCES.md). Out: [`Catalog`]s, OSCAL profiles as text,
//! and [`AutomaticTest`]s, which the build script checked against catalogues and packed.

pub mod catalog;
pub mod evidence;

use bartizan_model::Control;
use bartizan_model::compliance::{AutomaticTest, Catalog, CatalogControl, Requirement};
use std::sync::OnceLock;

static TESTS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/control-tests.postcard"));

static CATALOGS: [&str; 5] = [
    include_str!("../../../../content/controls/catalogs/nist-800-53-r5.txt"),
    include_str!("../../../../content/controls/catalogs/pci-dss-4.0.1.txt"),
    include_str!("../../../../content/controls/catalogs/hipaa-security-rule.txt"),
    include_str!("../../../../content/controls/catalogs/cis-controls-8.1.txt"),
    include_str!("../../../../content/controls/catalogs/cis-docker-1.6.0-section-4.txt"),
];

macro_rules! profile {
    ($key:literal, $file:literal) => {
        Profile {
            key: $key,
            text: include_str!(concat!("../../../../content/controls/profiles/", $file, ".json")),
        }
    };
}

static PROFILES: [Profile; 10] = [
    profile!("nist:low", "nist-low"),
    profile!("nist:moderate", "nist-moderate"),
    profile!("nist:high", "nist-high"),
    profile!("nist:privacy", "nist-privacy"),
    profile!("fedramp:low", "fedramp-low"),
    profile!("fedramp:moderate", "fedramp-moderate"),
    profile!("fedramp:high", "fedramp-high"),
    profile!("fedramp:li-saas", "fedramp-li-saas"),
    profile!("cis:ig1", "cis-ig1"),
    profile!("cis:ig2", "cis-ig2"),
];

/// A baseline: an OSCAL profile that imports a catalogue as `#KEY`.
#[derive(Debug, Clone, Copy)]
pub struct Profile {
    /// Name on the command line: `fedramp:moderate`.
    pub key: &'static str,
    /// The OSCAL profile, JSON.
    pub text: &'static str,
}

/// Every catalogue.
#[must_use]
pub fn catalogs() -> &'static [Catalog] {
    static READ: OnceLock<Vec<Catalog>> = OnceLock::new();
    READ.get_or_init(|| {
        // The build script read the same texts: they always parse, and a test says so.
        CATALOGS
            .iter()
            .filter_map(|text| catalog::read(text).ok())
            .collect()
    })
}

/// The catalogue that is called `name`, by its key or its framework; letters may have either case.
#[must_use]
pub fn catalog_of(name: &str) -> Option<&'static Catalog> {
    catalogs().iter().find(|catalog| {
        catalog.key.eq_ignore_ascii_case(name) || catalog.framework.eq_ignore_ascii_case(name)
    })
}

/// Every baseline.
#[must_use]
pub const fn profiles() -> &'static [Profile] {
    &PROFILES
}

/// Every automatic test, by id.
#[must_use]
pub fn tests() -> &'static [AutomaticTest] {
    static DECODED: OnceLock<Vec<AutomaticTest>> = OnceLock::new();
    // The build script wrote these bytes with the same types.
    DECODED.get_or_init(|| postcard::from_bytes(TESTS).unwrap_or_default())
}

/// The control that `reference` names, with its catalogue: `nist:AC-2`, `PCI-DSS-4.0.1:6.3.3`; letters may have either case.
#[must_use]
pub fn find(reference: &str) -> Option<(&'static Catalog, &'static CatalogControl)> {
    let (name, id) = reference.split_once([':', ' '])?;
    let catalog = catalog_of(name)?;
    Some((catalog, catalog.find(id.trim())?))
}

/// Controls against which an open finding of `rule` speaks, each once, in the order of catalogues and then of numbers.
#[must_use]
pub fn of_rule(rule: &str) -> Vec<Control> {
    let tests = tests().iter().filter(|test| {
        matches!(test.requires, Requirement::Findings { .. }) && test.requires.looks_for(rule)
    });
    let mut controls: Vec<Control> = tests
        .flat_map(|test| test.controls.iter().map(|mapping| mapping.control.clone()))
        .collect();
    let place = |control: &Control| {
        catalogs()
            .iter()
            .position(|catalog| catalog.framework == control.framework)
    };
    controls.sort_by(|a, b| (place(a), a).cmp(&(place(b), b)));
    controls.dedup();
    controls
}

/// Tests that bear on a control.
pub fn bearing_on(control: &Control) -> impl Iterator<Item = &'static AutomaticTest> {
    tests()
        .iter()
        .filter(move |test| test.controls.iter().any(|mapping| mapping.control == *control))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_model::compliance::{Covers, Wording};
    use std::collections::BTreeSet;

    #[test]
    fn every_catalogue_is_read_and_has_the_published_number_of_controls() {
        let sizes: Vec<(&str, usize, usize)> = catalogs()
            .iter()
            .map(|catalog| {
                let withdrawn = catalog.controls.iter().filter(|control| control.withdrawn);
                (catalog.key.as_str(), catalog.controls.len(), withdrawn.count())
            })
            .collect();
        assert_eq!(
            sizes,
            [
                ("nist", 1196, 182),
                ("pci", 280, 0),
                ("hipaa", 66, 0),
                ("cis", 153, 0),
                ("cis-docker", 12, 0)
            ]
        );
    }

    #[test]
    fn what_is_copyrighted_is_in_our_own_words() {
        for catalog in catalogs() {
            let own = matches!(catalog.key.as_str(), "pci" | "cis" | "cis-docker");
            assert_eq!(catalog.wording == Wording::Own, own, "{}", catalog.key);
        }
    }

    #[test]
    fn enhancements_stand_under_their_control_and_have_the_identity_that_oscal_gives_them() {
        let (_, control) = find("nist:ac-2(1)").unwrap();
        assert_eq!(
            (control.id.as_str(), control.oscal.as_str()),
            ("AC-2(1)", "ac-2.1")
        );
        assert_eq!(control.parent.as_deref(), Some("AC-2"));
        assert_eq!(control.group, "ac");
        let (_, control) = find("hipaa:164.308(a)(1)(ii)(A)").unwrap();
        assert_eq!(control.oscal, "hipaa-164.308.a.1.ii.A");
        let (_, control) = find("PCI-DSS-4.0.1 9.5.1.2.1").unwrap();
        assert_eq!(control.parent.as_deref(), Some("9.5.1.2"));
    }

    #[test]
    fn every_identity_is_a_token_of_its_own() {
        for catalog in catalogs() {
            let ids: BTreeSet<&str> = catalog.controls.iter().map(|c| c.oscal.as_str()).collect();
            assert_eq!(ids.len(), catalog.controls.len(), "{}", catalog.key);
            for id in ids {
                let mut bytes = id.bytes();
                assert!(bytes.next().is_some_and(|b| b.is_ascii_alphabetic()), "{id}");
                assert!(
                    bytes.all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)),
                    "{id}"
                );
            }
        }
    }

    #[test]
    fn every_test_bears_on_controls_that_exist_and_are_not_withdrawn() {
        assert!(tests().len() > 20);
        assert!(tests().is_sorted_by_key(|test| &test.id));
        for test in tests() {
            assert!(!test.controls.is_empty() && test.within_days > 0, "{}", test.id);
            for mapping in &test.controls {
                let catalog = catalog_of(&mapping.control.framework).unwrap();
                let control = catalog.find(&mapping.control.id).unwrap();
                assert!(!control.withdrawn, "{}: {}", test.id, control.id);
                assert!(!mapping.why.is_empty() && !mapping.source.is_empty());
                if let Covers::Part { left } = &mapping.covers {
                    assert!(!left.is_empty(), "{}: {}", test.id, control.id);
                }
            }
        }
    }

    #[test]
    fn a_rule_bears_on_what_its_tests_bear_on() {
        let ids: Vec<String> = of_rule("leak/aws-key-pair").into_iter().map(|c| c.id).collect();
        assert!(
            ids.contains(&"IA-5(7)".to_owned()) && ids.contains(&"8.6.2".to_owned()),
            "{ids:?}"
        );
        assert_eq!(of_rule("nothing/such"), []);
    }
}
