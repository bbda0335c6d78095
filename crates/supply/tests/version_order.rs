//! The order of versions: rising lists from each scheme's own documentation.

use bartizan_supply::version::Scheme;
use std::cmp::Ordering;

/// Each version is older than all that follow it; `a=b` are spellings of one version.
fn assert_rising(scheme: Scheme, versions: &[&str]) {
    let spelled: Vec<Vec<&str>> = versions.iter().map(|v| v.split('=').collect()).collect();
    for (i, left) in spelled.iter().enumerate() {
        for (j, right) in spelled.iter().enumerate() {
            for a in left {
                for b in right {
                    assert_eq!(scheme.compare(a, b), i.cmp(&j), "{scheme:?}: {a} against {b}");
                }
            }
        }
    }
}

#[test]
fn semantic_versions_rise_as_the_specification_says() {
    let rising = [
        "1.0.0-alpha=v1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-alpha.beta",
        "1.0.0-beta=1.0.0beta",
        "1.0.0-beta.2",
        "1.0.0-beta.11",
    ];
    let released = [
        "1.0.0-rc.1",
        "1.0.0=1=1.0.0+build.5",
        "1.0.1",
        "1.2.0",
        "1.10.0",
        "2.0.0-0",
        "2.0.0",
    ];
    assert_rising(Scheme::SemVer, &[&rising[..], &released[..]].concat());
}

#[test]
fn pseudo_versions_of_go_lie_between_the_tags_around_them() {
    let untagged = [
        "v0.0.0-20190101000000-aaaaaaaaaaaa",
        "v0.0.0-20200101000000-000000000000",
        "v1.2.3",
    ];
    let after_tag = [
        "v1.2.4-0.20220101000000-abcdefabcdef",
        "v1.2.4-rc.1",
        "v1.2.4",
        "v2.0.0+incompatible",
    ];
    assert_rising(Scheme::SemVer, &[&untagged[..], &after_tag[..]].concat());
}

#[test]
fn build_metadata_counts_for_pub_alone() {
    assert_rising(
        Scheme::Pub,
        &["1.2.3-a", "1.2.3", "1.2.3+1", "1.2.3+2", "1.2.3+a", "1.2.4"],
    );
    assert_eq!(Scheme::SemVer.compare("1.2.3+1", "1.2.3+2"), Ordering::Equal);
}

#[test]
fn debian_versions_rise_as_deb_version_says() {
    assert_rising(Scheme::Debian, &["~~", "~~a", "~", "=0=0-0=0:0", "a"]);
    let upstream = [
        "1.0~beta1~svn1245",
        "1.0~beta1",
        "1.0=0:1.0=1.0-0=1.00",
        "1.0-1",
        "1.0-1+b1",
        "1.0-1.1",
        "1.0a",
        "1.0+dfsg-1",
        "1.1",
        "1.10",
    ];
    assert_rising(Scheme::Debian, &[&upstream[..], &["1:0.1", "2:0"]].concat());
}

#[test]
fn debian_sorts_letters_before_all_other_characters() {
    assert_rising(
        Scheme::Debian,
        &[
            "1~", "1", "1A", "1Z", "1a", "1z", "1+", "1.a", "1/", "1^", "1_", "1{", "1é",
        ],
    );
}

#[test]
fn rpm_versions_rise_as_rpmvercmp_says() {
    let tilde_and_caret = [
        "1.0~rc1",
        "1.0~rc1^git1",
        "1.0~rc2",
        "1.0=1_0=01.0=0:1.0",
        "1.0^",
        "1.0^git1~pre",
        "1.0^git1",
        "1.0^git2",
        "1.0.a",
        "1.0.1",
    ];
    assert_rising(
        Scheme::Rpm,
        &[
            &tilde_and_caret[..],
            &["1.1-1.el8", "1.1-1.el9", "1.1-2.el8", "1:0.1-1"],
        ]
        .concat(),
    );
}

#[test]
fn alpine_versions_rise_as_apk_says() {
    let suffixes = [
        "1.0_alpha",
        "1.0_alpha1",
        "1.0_beta",
        "1.0_pre2",
        "1.0_rc1",
        "1.0",
        "1.0-r0",
        "1.0-r1",
        "1.0-r10",
        "1.0_cvs",
        "1.0_svn",
        "1.0_git20200101",
        "1.0_hg",
        "1.0_p1",
        "1.0a",
    ];
    assert_rising(
        Scheme::Alpine,
        &[&suffixes[..], &["1.0.1", "1.1", "1.10"]].concat(),
    );
}

#[test]
fn a_malformed_alpine_version_is_older_than_the_part_that_is_well_formed() {
    assert_rising(Scheme::Alpine, &["", ".1", "1.2_blah", "1.2_rc1", "1.2"]);
}

#[test]
fn python_versions_rise_as_pep_440_says() {
    let before = [
        "1.0.dev456",
        "1.0a1=1.0alpha1=1.0-a.1",
        "1.0a2.dev456",
        "1.0a12.dev456",
        "1.0a12",
        "1.0b1.dev456",
        "1.0b2",
        "1.0b2.post345.dev456",
        "1.0b2.post345",
        "1.0rc1.dev456",
    ];
    let after = [
        "1.0rc1=1.0c1=1.0.preview1",
        "1.0=v1.0=1=1.0.0=0!1.0= 1.0 ",
        "1.0+abc.5",
        "1.0+abc.7",
        "1.0+5=1.0+005",
        "1.0.post456.dev34",
        "1.0.post456=1.0-456=1.0.rev456",
        "1.0.15",
        "1.1.dev1",
        "1!0.1",
    ];
    assert_rising(Scheme::PyPi, &[&before[..], &after[..]].concat());
}

#[test]
fn python_versions_from_before_pep_440_are_older_than_all_others() {
    assert_rising(Scheme::PyPi, &["1.0-charmander", "2.0-doduo", "2004d", "0.1"]);
    assert_rising(Scheme::PyPi, &["x1.0dev", "x1.0rc1", "x1.0=x1", "x1.0-1"]);
}

#[test]
fn maven_versions_rise_as_its_specification_says() {
    let qualifiers = [
        "1-alpha-1=1a1",
        "1-beta-2=1b2",
        "1-milestone-1=1m1",
        "1-rc=1cr=1-RC",
        "1-SNAPSHOT",
        "1=1.0.0=1-ga=1.Final=1.0-release=1.",
        "1-sp",
    ];
    let later = [
        "1-foo=1.0-foo",
        "1-foo-1",
        "1-1=1.0-1",
        "1-2",
        "1.1",
        "1.1-x",
        "1.10",
    ];
    assert_rising(Scheme::Maven, &[&qualifiers[..], &later[..]].concat());
}

#[test]
fn keys_of_maven_take_a_word_behind_a_dot_for_one_behind_a_hyphen() {
    let key = |version| Scheme::Maven.key(version);
    assert_eq!(key("1.0.RC1"), key("1-rc-1"));
    assert!(key("1.0.RC1") < key("1.0") && key("1.0") < key("1.0-1"));
}

#[test]
fn maven_itself_runs_in_a_circle_for_a_word_behind_a_dot() {
    let compare = |a, b| Scheme::Maven.compare(a, b);
    assert_eq!(compare("1.0.RC1", "1.0"), Ordering::Less);
    assert_eq!(compare("1.0", "1.0-1"), Ordering::Less);
    assert_eq!(compare("1.0-1", "1.0.RC1"), Ordering::Less);
}

#[test]
fn gem_versions_rise_as_gem_version_says() {
    let rising = [
        "1.0.a",
        "1.0.a.2=1.a2",
        "1.0.b1",
        "1.0.pre.1=1.0-1",
        "1.0=1=1.0.0",
        "1.0.1",
        "1.0.2",
        "1.2",
        "1.10",
    ];
    assert_rising(Scheme::RubyGems, &rising);
    assert_rising(
        Scheme::RubyGems,
        &[
            "1.a.b",
            "1.a.0.b",
            "1.a.0.0.b",
            "1.a=1.a.0",
            "1.a.0.0.1",
            "1.a.0.1",
            "1.a.1",
        ],
    );
}

#[test]
fn php_versions_rise_as_version_compare_says() {
    let rising = [
        "1.0-foo",
        "1.0-dev",
        "1.0a1=1.0alpha1=v1.0-alpha.1",
        "1.0b1=1.0-beta1",
        "1.0RC1=1.0rc1",
        "1.0",
        "1.0.0",
        "1.0.1",
        "1.0pl1=1.0-p1=1.0-patch1",
        "1.1",
    ];
    assert_rising(Scheme::Packagist, &rising);
}

#[test]
fn nuget_versions_have_four_numbers_and_no_letter_case() {
    assert_rising(
        Scheme::NuGet,
        &[
            "1.0-alpha",
            "1.0.0-BETA=1.0.0.0-beta+x",
            "1.0-beta2",
            "1.0=1.0.0.0=1.0+meta=1.00",
            "1.0.0.1",
            "1.0.1",
        ],
    );
}

#[test]
fn r_and_haskell_versions_are_lists_in_which_a_zero_counts() {
    assert_rising(
        Scheme::R,
        &["0.1.0=0.1-0=0.01.0", "0.1.0.0", "0.9", "0.75", "1.0"],
    );
    assert_rising(Scheme::Hackage, &["0", "0.1", "0.1.0", "1", "1.0", "1.10"]);
}

#[test]
fn numbers_may_be_longer_than_any_machine_word() {
    for scheme in Scheme::ALL {
        assert_rising(
            scheme,
            &[
                "9",
                "99999999999999999999999999991",
                "99999999999999999999999999999",
                &"9".repeat(300),
                &"1".repeat(301),
            ],
        );
    }
}

#[test]
fn keys_and_comparisons_agree_beyond_the_inline_buffer() {
    for scheme in Scheme::ALL {
        let (a, b) = (
            format!("1{}", ".1".repeat(2000)),
            format!("1{}.2", ".1".repeat(1999)),
        );
        assert_eq!(scheme.compare(&a, &b), Ordering::Less, "{scheme:?}");
        assert_eq!(scheme.key(&a).cmp(&scheme.key(&b)), Ordering::Less, "{scheme:?}");
    }
}
