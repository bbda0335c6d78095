use super::*;
use crate::InlineWaiver;
use crate::testing::finding;
use bartizan_model::{Date, Finding, Severity};
use std::collections::HashSet;

const TODAY: &str = "2027-01-15";

fn terms() -> Terms {
    Terms {
        today: TODAY.parse::<Date>().unwrap(),
        max_days: 90,
    }
}

fn rules_in_force() -> HashSet<String> {
    let waivers = rules::all().into_iter().map(|rule| rule.id);
    waivers
        .chain(["leak/a", "leak/b", "leak/c"].map(str::to_owned))
        .collect()
}

fn apply_in(scope: Scope<'_>, findings: Vec<Finding>, inline: &[InlineWaiver], file: &str) -> Applied {
    let inline: Vec<_> = inline
        .iter()
        .map(|waiver| ("src/a.py".to_owned(), waiver.clone()))
        .collect();
    apply(
        findings,
        &inline,
        &read("bartizan.waivers.toml", file).unwrap(),
        terms(),
        scope,
    )
}

fn applied(findings: Vec<Finding>, inline: &[InlineWaiver], file: &str) -> Applied {
    let rules = rules_in_force();
    let scope = Scope {
        known: &rules,
        in_force: &rules,
        present: true,
        whole: true,
        prefix: "",
    };
    apply_in(scope, findings, inline, file)
}

fn comment(line: u32, alone: bool, until: Option<&str>, reason: Option<&str>) -> InlineWaiver {
    InlineWaiver {
        line,
        alone,
        rule: "leak/a".to_owned(),
        until: until.map(str::to_owned),
        reason: reason.map(str::to_owned),
    }
}

fn high(line: u32) -> Finding {
    finding("leak/a", Severity::High, "src/a.py", line)
}

/// The rules of the findings about waivers, and how many findings are waived.
fn outcome(applied: &Applied) -> (Vec<&str>, usize) {
    let about = applied
        .findings
        .iter()
        .filter(|f| f.rule.starts_with("waiver/"))
        .map(|f| f.rule.as_str())
        .collect();
    (about, applied.findings.iter().filter(|f| f.is_waived()).count())
}

#[test]
fn a_comment_covers_its_own_line_and_one_alone_covers_the_next() {
    let ok = |line, alone| comment(line, alone, Some("2027-03-01"), Some("sandbox"));
    assert_eq!(outcome(&applied(vec![high(3)], &[ok(3, false)], "")), (vec![], 1));
    assert_eq!(outcome(&applied(vec![high(4)], &[ok(3, true)], "")), (vec![], 1));
    assert_eq!(
        outcome(&applied(vec![high(4)], &[ok(3, false)], "")),
        (vec!["waiver/unused"], 0)
    );
    assert_eq!(
        outcome(&applied(vec![high(3)], &[ok(3, true)], "")),
        (vec!["waiver/unused"], 0)
    );
}

#[test]
fn comments_one_above_the_other_cover_the_line_below_the_last() {
    let mut other = comment(2, true, Some("2027-03-01"), Some("sandbox"));
    other.rule = "leak/b".to_owned();
    let both = [other, comment(3, true, Some("2027-03-01"), Some("sandbox"))];
    let b = finding("leak/b", Severity::High, "src/a.py", 4);
    assert_eq!(outcome(&applied(vec![high(4), b], &both, "")), (vec![], 2));
}

#[test]
fn a_finding_at_two_places_needs_a_comment_at_each() {
    let mut twice = high(3);
    twice.locations.extend(high(9).locations);
    let ok = |line| comment(line, false, Some("2027-03-01"), Some("sandbox"));
    assert_eq!(outcome(&applied(vec![twice.clone()], &[ok(3)], "")), (vec![], 0));
    assert_eq!(outcome(&applied(vec![twice], &[ok(3), ok(9)], "")), (vec![], 1));
}

#[test]
fn what_is_wrong_with_a_comment_is_a_finding_and_the_comment_covers_nothing() {
    for (until, reason, rule) in [
        (Some("2027-03-01"), None, rules::NO_REASON),
        (Some("2027-01-14"), Some("x"), rules::EXPIRED),
        (None, Some("x"), rules::NO_DATE),
        (Some("soon"), Some("x"), rules::NO_DATE),
        (Some("2027-04-16"), Some("x"), rules::TOO_LONG),
    ] {
        let applied = applied(vec![high(3)], &[comment(3, false, until, reason)], "");
        assert_eq!(outcome(&applied), (vec![rule], 0), "{until:?} {reason:?}");
    }
}

#[test]
fn the_last_day_still_counts_and_so_does_the_farthest_one_allowed() {
    for until in [TODAY, "2027-04-15"] {
        let applied = applied(vec![high(3)], &[comment(3, false, Some(until), Some("x"))], "");
        assert_eq!(outcome(&applied), (vec![], 1), "{until}");
    }
}

#[test]
fn below_high_a_reason_is_enough() {
    let low = finding("leak/a", Severity::Medium, "src/a.py", 3);
    assert_eq!(
        outcome(&applied(
            vec![low.clone()],
            &[comment(3, false, None, Some("x"))],
            ""
        )),
        (vec![], 1)
    );
    assert_eq!(
        outcome(&applied(
            vec![low],
            &[comment(3, false, Some("2099-01-01"), Some("x"))],
            ""
        )),
        (vec![], 1)
    );
}

#[test]
fn an_unused_waiver_is_only_called_so_when_its_rule_was_in_force() {
    let known = rules_in_force();
    let mut in_force = known.clone();
    in_force.remove("leak/a");
    let scope = Scope {
        known: &known,
        in_force: &in_force,
        present: true,
        whole: true,
        prefix: "",
    };
    let waiver = comment(3, false, Some("2027-03-01"), Some("x"));
    assert_eq!(
        outcome(&apply_in(scope, Vec::new(), std::slice::from_ref(&waiver), "")),
        (vec![], 0)
    );
    let scope = Scope {
        in_force: &known,
        present: false,
        ..scope
    };
    assert_eq!(outcome(&apply_in(scope, Vec::new(), &[waiver], "")), (vec![], 0));
}

#[test]
fn a_waiver_of_a_rule_that_does_not_exist_suggests_one_that_does() {
    let mut waiver = comment(3, false, Some("2027-03-01"), Some("x"));
    waiver.rule = "leak/aa".to_owned();
    let applied = applied(vec![high(3)], std::slice::from_ref(&waiver), "");
    assert!(
        applied.findings[1]
            .message
            .contains("there is no rule `leak/aa`; did you mean `leak/a`")
    );
    waiver.rule = "code/sql-injection".to_owned();
    let applied = self::applied(Vec::new(), &[waiver], "");
    assert_eq!(
        outcome(&applied),
        (vec![], 0),
        "a family without rules here is not judged"
    );
}

#[test]
fn entries_cover_by_rule_and_scope_or_by_fingerprint() {
    let file = "[[waiver]]\nrule = 'leak/*'\nscope = 'src/**'\nreason = 'x'\nuntil = 2027-03-01\n";
    let elsewhere = finding("leak/a", Severity::High, "b.py", 1);
    let applied = applied(vec![high(3), elsewhere.clone()], &[], file);
    assert_eq!(outcome(&applied), (vec![], 1));
    assert_eq!(applied.used, [1]);

    let file = format!(
        "[[waiver]]\nfingerprint = '{}'\nreason = 'x'\nuntil = '2027-03-01'\n",
        elsewhere.fingerprint
    );
    assert_eq!(
        outcome(&self::applied(vec![high(3), elsewhere], &[], &file)),
        (vec![], 1)
    );
}

#[test]
fn the_scope_of_an_entry_is_relative_to_the_waiver_file_not_to_the_target() {
    let rules = rules_in_force();
    let scope = Scope {
        known: &rules,
        in_force: &rules,
        present: true,
        whole: false,
        prefix: "app/",
    };
    let file = "[[waiver]]\nrule = 'leak/a'\nscope = 'app/src/a.py'\nreason = 'x'\nuntil = 2027-03-01\n";
    assert_eq!(outcome(&apply_in(scope, vec![high(3)], &[], file)), (vec![], 1));
}

#[test]
fn an_entry_is_only_called_unused_when_everything_was_looked_at() {
    let file = "[[waiver]]\nrule = 'leak/a'\nreason = 'x'\n";
    let rules = rules_in_force();
    let scope = Scope {
        known: &rules,
        in_force: &rules,
        present: true,
        whole: false,
        prefix: "",
    };
    assert_eq!(outcome(&apply_in(scope, Vec::new(), &[], file)), (vec![], 0));
    let applied = apply_in(Scope { whole: true, ..scope }, Vec::new(), &[], file);
    assert_eq!(outcome(&applied), (vec!["waiver/unused"], 0));
    assert_eq!(applied.faults, [Some(rules::UNUSED)]);
}

#[test]
fn mistakes_in_the_file_name_their_line() {
    for (text, line, message) in [
        ("[[waiver]]\nrule = 'leak/a'\nreson = 'x'\n", 3, "no key `reson`"),
        (
            "[[waiver]]\nreason = 'x'\n",
            1,
            "neither a rule nor a fingerprint",
        ),
        (
            "[[waiver]]\nrule = 'leak/a'\nuntil = 'soon'\n",
            3,
            "`soon` is not a day",
        ),
        ("[[waiver]]\nfingerprint = 'abc'\n", 2, "`abc` is no fingerprint"),
        (
            "[[waiver]]\nrule = 'leak/a'\nvex = 'fine'\n",
            3,
            "no VEX justification",
        ),
        ("[[waiver]]\nrule = 1\n", 2, "`rule` is not text"),
        ("\n[[waivers]]\n", 2, "no section `waivers`"),
        ("[waiver]\n", 1, "`waiver` is not a list"),
        ("a = \n", 1, ""),
    ] {
        let error = read("w.toml", text).unwrap_err();
        assert!(error.message.contains(message), "{text}: {error}");
        assert_eq!(error.line, line, "{text}: {error}");
        assert!(!error.help.is_empty());
    }
}

#[test]
fn adding_and_removing_keeps_comments_and_order() {
    let text = "# ours\n\n[[waiver]] # first\nrule = 'leak/a'\nreason = 'x' # because\n\n# second\n[[waiver]]\nrule = 'leak/b'\nreason = 'y'\n# the end\n";
    let addition = Addition {
        fingerprint: Some("0".repeat(32)),
        reason: "a \"quoted\" reason".to_owned(),
        until: Some("2027-03-01".to_owned()),
        ..Addition::default()
    };
    let added = add(text, &addition).unwrap();
    assert!(added.starts_with(text), "{added}");
    let entries = read("w.toml", &added).unwrap();
    assert_eq!(entries.len(), 3);
    assert_eq!(entries[2].waiver.reason, addition.reason);

    let removed = remove(&added, &[1]).unwrap();
    assert!(
        removed.starts_with("# ours\n\n[[waiver]] # first\nrule = 'leak/a'\nreason = 'x' # because\n"),
        "{removed}"
    );
    assert_eq!(read("w.toml", &removed).unwrap().len(), 2);
    assert_eq!(
        read("w.toml", &remove(&added, &[0, 1, 2]).unwrap())
            .unwrap()
            .len(),
        0
    );
}

#[test]
fn the_first_entry_makes_a_file_that_reads_back() {
    let addition = Addition {
        rule: Some("leak/a".to_owned()),
        reason: "x".to_owned(),
        ..Addition::default()
    };
    let text = add("", &addition).unwrap();
    assert_eq!(text, "[[waiver]]\nrule = \"leak/a\"\nreason = \"x\"\n");
}
