//! The order of versions: laws that hold for any text, and the large tables of comparisons that are not part of this repository.

use bartizan_supply::version::Scheme;
use proptest::prelude::*;
use std::cmp::Ordering;

/// Versions made of the words and characters that some scheme treats in a way of its own, and any text at all.
fn version() -> impl Strategy<Value = String> {
    let piece = proptest::sample::select(
        &[
            "0",
            "1",
            "2",
            "10",
            "01",
            "00",
            "9999999999999999999999",
            "a",
            "b",
            "p",
            "r",
            "rc",
            "RC",
            "alpha",
            "beta",
            "pre",
            "dev",
            "post",
            "final",
            "ga",
            "sp",
            "snapshot",
            "SNAPSHOT",
            "x",
            "Z",
            ".",
            "-",
            "_",
            "+",
            "~",
            "^",
            ":",
            "!",
            "#",
            "-r",
            "_p",
            "_git",
            "v",
            "é",
            "β",
            " ",
            "\0",
            "",
        ][..],
    );
    prop_oneof![4 => proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat()), 1 => any::<String>()]
}

/// Whether something that is neither a digit nor a separator follows a dot.
fn has_word_behind_dot(version: &str) -> bool {
    version
        .trim()
        .split('.')
        .skip(1)
        .any(|after| after.starts_with(|c: char| !c.is_ascii_digit() && c != '-'))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn a_comparison_of_maven_is_the_same_from_both_sides(a in version(), b in version()) {
        prop_assert_eq!(Scheme::Maven.compare(&a, &a), Ordering::Equal);
        prop_assert_eq!(Scheme::Maven.compare(&b, &a), Scheme::Maven.compare(&a, &b).reverse(), "{:?} {:?}", a, b);
    }

    #[test]
    fn every_scheme_is_a_total_order(a in version(), b in version(), c in version()) {
        for scheme in Scheme::ALL {
            let compare = |a: &str, b: &str| if scheme == Scheme::Maven { scheme.key(a).cmp(&scheme.key(b)) } else { scheme.compare(a, b) };
            prop_assert_eq!(compare(&a, &a), Ordering::Equal);
            let (ab, bc, ac) = (compare(&a, &b), compare(&b, &c), compare(&a, &c));
            prop_assert_eq!(compare(&b, &a), ab.reverse(), "{:?}: {:?} {:?}", scheme, a, b);
            if ab == bc {
                prop_assert_eq!(ac, ab, "{:?}: {:?} {:?} {:?}", scheme, a, b, c);
            }
            if ab == Ordering::Equal {
                prop_assert_eq!(ac, bc, "{:?}: {:?} {:?} {:?}", scheme, a, b, c);
            }
        }
    }

    #[test]
    fn a_key_orders_as_the_comparison_does(a in version(), b in version()) {
        for scheme in Scheme::ALL {
            if scheme == Scheme::Maven && [&a, &b].iter().any(|v| has_word_behind_dot(v)) {
                continue;
            }
            prop_assert_eq!(scheme.key(&a).cmp(&scheme.key(&b)), scheme.compare(&a, &b), "{:?}: {:?} {:?}", scheme, a, b);
        }
    }

    #[test]
    fn plain_numbers_are_ordered_by_value_in_every_scheme(a in proptest::collection::vec(1_u32..300, 3), b in proptest::collection::vec(1_u32..300, 3)) {
        let text = |numbers: &[u32]| numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(".");
        for scheme in Scheme::ALL {
            prop_assert_eq!(scheme.compare(&text(&a), &text(&b)), a.cmp(&b), "{:?}", scheme);
        }
    }
}

/// Every line `A < B`, `A = B` or `A > B` of the tables, read both ways.
#[test]
#[allow(clippy::disallowed_methods, reason = "a test may read its data")]
fn every_line_of_the_large_tables_holds() {
    let Some(dir) = bartizan_testbed::testdata("supply/version-order") else {
        return;
    };
    let (mut lines, mut failures) = (0, Vec::new());
    for (file, scheme) in TABLES {
        let text = std::fs::read_to_string(dir.join(file)).unwrap();
        for line in text
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with("# ") && !line.starts_with("//"))
        {
            lines += 1;
            let [a, sign, b] = line.split(' ').collect::<Vec<_>>()[..] else {
                panic!("{file}: not a comparison: {line}")
            };
            let expected = match sign {
                "<" => Ordering::Less,
                "=" => Ordering::Equal,
                ">" => Ordering::Greater,
                _ => panic!("{file}: unknown sign: {line}"),
            };
            let (found, mirrored) = (scheme.compare(a, b), scheme.compare(b, a));
            if found != expected || mirrored != expected.reverse() {
                failures.push(format!("{file}: {line}: found {found:?}"));
            }
        }
    }
    assert!(
        lines > 30_000,
        "only {lines} comparisons were found in {}",
        dir.display()
    );
    assert!(
        failures.is_empty(),
        "{} of {lines} lines fail:\n{}",
        failures.len(),
        failures.join("\n")
    );
}

const TABLES: [(&str, Scheme); 19] = [
    ("alpine-versions-generated.txt", Scheme::Alpine),
    ("alpine-versions.txt", Scheme::Alpine),
    ("cran-versions-generated.txt", Scheme::R),
    ("cran-versions.txt", Scheme::R),
    ("debian-versions-generated.txt", Scheme::Debian),
    ("debian-versions.txt", Scheme::Debian),
    ("hackage-versions.txt", Scheme::Hackage),
    ("maven-versions-generated.txt", Scheme::Maven),
    ("maven-versions.txt", Scheme::Maven),
    ("nuget-versions.txt", Scheme::NuGet),
    ("packagist-versions-generated.txt", Scheme::Packagist),
    ("packagist-versions.txt", Scheme::Packagist),
    ("pub-versions.txt", Scheme::Pub),
    ("pypi-versions-generated.txt", Scheme::PyPi),
    ("pypi-versions.txt", Scheme::PyPi),
    ("redhat-versions.txt", Scheme::Rpm),
    ("rubygems-versions-generated.txt", Scheme::RubyGems),
    ("rubygems-versions.txt", Scheme::RubyGems),
    ("semver-versions.txt", Scheme::SemVer),
];
