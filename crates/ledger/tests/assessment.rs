//! What an assessment says of controls, and above all what it does not say.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use bartizan_content::controls;
use bartizan_ledger::compliance::{Evidence, Provenance, assess, framework, of_report};
use bartizan_model::compliance::{
    Assessment, AssetKind, Attestation, Automation, ControlResult, ControlStatus, EvidenceFact, FindingState,
    ManualState, Requirement, Scope, ScopeItem, Shown, TestOutcome,
};
use bartizan_model::{AssetId, CheckStatus, Control, FingerprintBuilder, Report, Severity, Timestamp};
use proptest::prelude::*;

const NOW: i64 = 1_790_000_000;
const DAY: i64 = 86_400;
const REPOSITORY: &str = "repo:git.example/acme/harbour";
const IMAGE: &str = "image:sha256:0123";

fn at(days_ago: i64) -> Timestamp {
    Timestamp::from_unix_seconds(NOW - days_ago * DAY)
}

fn scope() -> Scope {
    let item = |asset: &str, kind| ScopeItem {
        asset: AssetId::from_text(asset),
        kind,
    };
    Scope {
        system: "harbour".into(),
        assets: vec![
            item(REPOSITORY, AssetKind::Repository),
            item(IMAGE, AssetKind::Image),
        ],
    }
}

fn fact(asset: &str, days_ago: i64, shows: Shown) -> EvidenceFact {
    EvidenceFact {
        asset: AssetId::from_text(asset),
        at: at(days_ago),
        by: "spiffe://acme.example/ci".into(),
        digest: format!("sha256:{:064x}", days_ago.unsigned_abs()),
        shows,
    }
}

fn run(asset: &str, check: &str, days_ago: i64, status: CheckStatus) -> EvidenceFact {
    let check = check.to_owned();
    fact(
        asset,
        days_ago,
        Shown::CheckRun {
            check,
            status,
            narrowed: Vec::new(),
        },
    )
}

fn finding(
    asset: &str,
    rule: &str,
    severity: Severity,
    state: FindingState,
    due: Option<Timestamp>,
) -> EvidenceFact {
    let shows = Shown::Finding {
        fingerprint: FingerprintBuilder::new(rule).finish(),
        rule: rule.into(),
        severity,
        title: "something".into(),
        state,
        due,
    };
    fact(asset, 1, shows)
}

/// Everything that the built-in tests ask for, fresh and complete.
fn everything() -> Vec<EvidenceFact> {
    let mut facts = Vec::new();
    for test in controls::tests() {
        for item in scope().assets {
            for check in test.requires.checks() {
                facts.push(run(item.asset.as_str(), check, 1, CheckStatus::Ran));
            }
            if let Requirement::Statement { types } = &test.requires {
                let predicate_type = types[0].clone();
                facts.push(fact(item.asset.as_str(), 1, Shown::Statement { predicate_type }));
            }
        }
    }
    facts.push(fact(
        "control-plane:",
        1,
        Shown::Ledger {
            entries: 9,
            is_intact: true,
        },
    ));
    facts.push(fact(
        "control-plane:",
        1,
        Shown::SignIn {
            identity: "ada".into(),
            is_person: true,
            second_factor: Some(true),
            granted: true,
        },
    ));
    facts
}

fn assessed(key: &str, facts: &[EvidenceFact], attestations: &[Attestation]) -> Assessment {
    let evidence = Evidence {
        facts,
        totals: None,
        attestations,
    };
    assess(
        &framework(key).unwrap(),
        controls::tests(),
        &scope(),
        evidence,
        at(0),
    )
}

fn control<'a>(assessment: &'a Assessment, id: &str) -> &'a ControlResult {
    assessment
        .controls
        .iter()
        .find(|one| one.control.id == id)
        .unwrap()
}

fn attestation(id: &str, made: i64, expires: i64) -> Attestation {
    Attestation {
        control: Control {
            framework: "NIST-800-53-r5".into(),
            id: id.into(),
        },
        statement: "we do this".into(),
        by: "grace@acme.example".into(),
        at: at(made),
        expires: at(expires),
        digest: format!("sha256:{}", "ab".repeat(32)),
    }
}

#[test]
fn without_evidence_nothing_is_satisfied() {
    for key in bartizan_ledger::compliance::keys() {
        let assessment = assessed(key, &[], &[]);
        assert_eq!(
            (assessment.counts.satisfied, assessment.counts.not_satisfied),
            (0, 0),
            "{key}"
        );
        assert_eq!(assessment.counts.total(), assessment.controls.len() as u64);
        assert_eq!(assessment.oldest, at(0));
    }
    let assessment = assessed("nist", &[], &[]);
    assert_eq!(control(&assessment, "IA-5(7)").status, ControlStatus::NoEvidence);
    assert_eq!(control(&assessment, "PE-3").status, ControlStatus::Manual);
}

#[test]
fn a_control_that_evidence_answers_whole_is_satisfied_by_fresh_and_complete_evidence() {
    let assessment = assessed("nist", &everything(), &[]);
    let embedded = control(&assessment, "IA-5(7)");
    assert_eq!(
        (embedded.status, embedded.automation),
        (ControlStatus::Satisfied, Automation::Whole)
    );
    assert_eq!(embedded.manual, None);
    let test = assessment.test(&embedded.tests[0].test).unwrap();
    assert_eq!(test.outcome, TestOutcome::Pass);
    let evidence = &test.evidence[0];
    assert_eq!(
        (evidence.age, evidence.by.as_str()),
        (86_400, "spiffe://acme.example/ci")
    );
    assert!(evidence.digest.starts_with("sha256:"));
    assert_eq!(assessment.counts.not_satisfied + assessment.counts.no_evidence, 0);
}

#[test]
fn what_tests_leave_keeps_a_control_manual_until_somebody_attests_it() {
    let facts = everything();
    let before = assessed("nist", &facts, &[]);
    assert_eq!(control(&before, "AC-6").status, ControlStatus::Manual);
    assert!(!control(&before, "AC-6").manual.as_ref().unwrap().left.is_empty());
    let after = assessed("nist", &facts, &[attestation("AC-6", 10, -10)]);
    let attested = control(&after, "AC-6");
    assert_eq!(
        (attested.status, attested.automation),
        (ControlStatus::Satisfied, Automation::Part)
    );
    let ManualState::Attested { evidence, .. } = &attested.manual.as_ref().unwrap().state else {
        unreachable!()
    };
    assert_eq!(
        (evidence.by.as_str(), evidence.age),
        ("grace@acme.example", 864_000)
    );
    assert_eq!(after.oldest, at(10));
}

#[test]
fn a_control_without_tests_is_never_passed_though_it_is_attested() {
    let assessment = assessed("nist", &everything(), &[attestation("PE-3", 10, -10)]);
    let physical = control(&assessment, "PE-3");
    assert_eq!(
        (physical.status, physical.automation),
        (ControlStatus::Manual, Automation::None)
    );
    assert_eq!(assessment.counts.manual_attested, 1);
}

#[test]
fn an_attestation_that_expired_or_is_dated_ahead_counts_for_nothing() {
    for bad in [attestation("AC-6", 10, 0), attestation("AC-6", -1, -10)] {
        let assessment = assessed("nist", &everything(), &[bad]);
        assert_eq!(control(&assessment, "AC-6").status, ControlStatus::Manual);
    }
    let newer = [attestation("AC-6", 10, -10), attestation("AC-6", 5, 1)];
    assert_eq!(
        control(&assessed("nist", &everything(), &newer), "AC-6").status,
        ControlStatus::Satisfied
    );
}

#[test]
fn an_open_finding_speaks_against_a_control_even_when_it_is_attested() {
    let mut facts = everything();
    facts.push(finding(
        IMAGE,
        "image/root-user",
        Severity::Medium,
        FindingState::Open,
        None,
    ));
    let assessment = assessed("nist", &facts, &[attestation("AC-6", 10, -10)]);
    let privilege = control(&assessment, "AC-6");
    assert_eq!(privilege.status, ControlStatus::NotSatisfied);
    let test = assessment.test("images-run-with-least-privilege").unwrap();
    assert_eq!(
        (test.open_count, test.open[0].rule.as_str()),
        (1, "image/root-user")
    );
    assert_eq!(control(&assessment, "IA-5(7)").status, ControlStatus::Satisfied);
}

#[test]
fn waived_fixed_and_lesser_findings_do_not_speak_against_a_control() {
    let mut facts = everything();
    let rule = "supply/vulnerable-package";
    facts.push(finding(
        IMAGE,
        rule,
        Severity::Critical,
        FindingState::Waived,
        None,
    ));
    facts.push(finding(
        IMAGE,
        rule,
        Severity::Critical,
        FindingState::Fixed(at(1)),
        None,
    ));
    facts.push(finding(IMAGE, rule, Severity::Medium, FindingState::Open, None));
    let assessment = assessed("cis-docker", &facts, &[]);
    assert_eq!(control(&assessment, "4.4").status, ControlStatus::Satisfied);
    assert_eq!(
        assessment
            .test("no-known-vulnerabilities-in-images")
            .unwrap()
            .waived_count,
        1
    );
}

#[test]
fn a_run_that_is_stale_incomplete_narrowed_or_of_another_thing_is_no_evidence() {
    let ran = || CheckStatus::Ran;
    let (partial, skipped, failed) = (
        CheckStatus::Partial {
            errors: vec!["x".into()],
        },
        CheckStatus::Skipped { reason: "x".into() },
        CheckStatus::Failed { error: "x".into() },
    );
    let mut narrowed = run(IMAGE, "leak/credentials", 1, ran());
    if let Shown::CheckRun { narrowed, .. } = &mut narrowed.shows {
        narrowed.push("only the rules leak/aws*".into());
    }
    for one in [
        run(IMAGE, "leak/credentials", 30, ran()),
        run(IMAGE, "leak/credentials", 1, partial),
        run(IMAGE, "leak/credentials", 1, skipped),
        run(IMAGE, "leak/credentials", 1, failed),
        run(IMAGE, "leak/credentials", -1, ran()),
        run("image:sha256:4567", "leak/credentials", 1, ran()),
        narrowed,
    ] {
        let mut facts = everything();
        facts.retain(|fact| {
            !(fact.asset.as_str() == IMAGE
                && matches!(&fact.shows, Shown::CheckRun { check, .. } if check == "leak/credentials"))
        });
        facts.push(one.clone());
        let assessment = assessed("nist", &facts, &[]);
        let embedded = control(&assessment, "IA-5(7)");
        assert_eq!(embedded.status, ControlStatus::NoEvidence, "{one:?}");
        assert!(embedded.reasons[0].contains(IMAGE), "{:?}", embedded.reasons);
    }
}

#[test]
fn a_check_with_nothing_to_judge_is_no_evidence_and_takes_none_away() {
    const OTHER: &str = "repo:git.example/acme/pier";
    let with = |own: CheckStatus, other: CheckStatus| {
        let mut scope = scope();
        let asset = AssetId::from_text(OTHER);
        let kind = AssetKind::Repository;
        scope.assets.push(ScopeItem { asset, kind });
        let facts = [(REPOSITORY, own), (OTHER, other)]
            .map(|(asset, status)| run(asset, "deploy/tenancy", 1, status));
        let evidence = Evidence {
            facts: &facts,
            totals: None,
            attestations: &[],
        };
        let nist = framework("nist").unwrap();
        let assessment = assess(&nist, controls::tests(), &scope, evidence, at(0));
        let mut tests = assessment.tests.into_iter();
        tests
            .find(|result| result.test == "tenants-are-kept-apart")
            .unwrap()
    };
    let idle = || CheckStatus::NotApplicable {
        reason: "no tenant is declared".to_owned(),
    };
    let nowhere = with(idle(), idle());
    assert_eq!(nowhere.outcome, TestOutcome::NoEvidence);
    assert_eq!(
        nowhere.reasons,
        ["deploy/tenancy had nothing to judge: no tenant is declared"]
    );
    assert_eq!(with(idle(), CheckStatus::Ran).outcome, TestOutcome::Pass);
}

#[test]
fn a_complete_run_counts_though_a_narrower_one_came_later() {
    let mut facts = everything();
    facts.push(run(
        IMAGE,
        "leak/credentials",
        0,
        CheckStatus::Skipped {
            reason: "asked to".into(),
        },
    ));
    assert_eq!(
        control(&assessed("nist", &facts, &[]), "IA-5(7)").status,
        ControlStatus::Satisfied
    );
}

#[test]
fn a_scan_of_a_commit_is_about_its_repository() {
    let mut facts = everything();
    for fact in &mut facts {
        if fact.asset.as_str() == REPOSITORY {
            fact.asset = AssetId::from_text(format!("{REPOSITORY}@{}", "ab".repeat(20)));
        }
    }
    assert_eq!(
        control(&assessed("nist", &facts, &[]), "IA-5(7)").status,
        ControlStatus::Satisfied
    );
}

#[test]
fn a_system_without_things_of_a_kind_has_no_evidence_about_them() {
    let everything = everything();
    let mut scope = scope();
    scope.assets.retain(|item| item.kind == AssetKind::Repository);
    let evidence = Evidence {
        facts: &everything,
        totals: None,
        attestations: &[],
    };
    let assessment = assess(
        &framework("cis-docker").unwrap(),
        controls::tests(),
        &scope,
        evidence,
        at(0),
    );
    assert_eq!(control(&assessment, "4.1").status, ControlStatus::NoEvidence);
    assert!(control(&assessment, "4.1").reasons[0].contains("no image is in scope"));
}

#[test]
fn remediation_is_in_time_unless_a_finding_is_or_was_late() {
    let rule = "supply/vulnerable-package";
    let status = |state, due: i64| {
        let mut facts = everything();
        facts.push(finding(REPOSITORY, rule, Severity::Low, state, Some(at(due))));
        control(&assessed("nist", &facts, &[]), "SI-2(3)").status
    };
    assert_eq!(status(FindingState::Open, -1), ControlStatus::Satisfied);
    assert_eq!(status(FindingState::Open, 1), ControlStatus::NotSatisfied);
    assert_eq!(status(FindingState::Fixed(at(5)), 4), ControlStatus::Satisfied);
    assert_eq!(status(FindingState::Fixed(at(4)), 5), ControlStatus::NotSatisfied);
    assert_eq!(
        status(FindingState::Fixed(at(100)), 200),
        ControlStatus::Satisfied
    );
    assert_eq!(status(FindingState::Waived, 5), ControlStatus::Satisfied);
}

#[test]
fn a_ledger_that_was_changed_speaks_against_what_rests_on_it_until_it_is_verified_anew() {
    let attested = [attestation("AU-9(3)", 1, -1)];
    let mut facts = everything();
    facts.push(fact(
        "control-plane:",
        0,
        Shown::Ledger {
            entries: 9,
            is_intact: false,
        },
    ));
    assert_eq!(
        control(&assessed("nist", &facts, &attested), "AU-9(3)").status,
        ControlStatus::NotSatisfied
    );
    let mut facts = everything();
    facts.push(fact(
        "control-plane:",
        2,
        Shown::Ledger {
            entries: 9,
            is_intact: false,
        },
    ));
    assert_eq!(
        control(&assessed("nist", &facts, &attested), "AU-9(3)").status,
        ControlStatus::Satisfied
    );
}

#[test]
fn a_sign_in_of_a_person_needs_a_second_factor_that_is_known() {
    let sign_in = |is_person, second_factor, granted| {
        let mut facts = everything();
        facts.push(fact(
            "control-plane:",
            1,
            Shown::SignIn {
                identity: "eve".into(),
                is_person,
                second_factor,
                granted,
            },
        ));
        assessed("nist", &facts, &[])
            .test("sign-ins-have-a-second-factor")
            .unwrap()
            .outcome
    };
    assert_eq!(sign_in(true, None, true), TestOutcome::Fail);
    assert_eq!(sign_in(true, Some(false), true), TestOutcome::Fail);
    assert_eq!(sign_in(true, None, false), TestOutcome::Pass);
    assert_eq!(sign_in(false, None, true), TestOutcome::Pass);
}

#[test]
fn lists_are_cut_and_counts_are_not() {
    let mut facts = everything();
    for number in 0..200 {
        let mut one = finding(
            IMAGE,
            "leak/aws-key-pair",
            Severity::High,
            FindingState::Open,
            None,
        );
        if let Shown::Finding { fingerprint, .. } = &mut one.shows {
            *fingerprint = FingerprintBuilder::new("x").part(&[number]).finish();
        }
        facts.push(one);
    }
    let assessment = assessed("nist", &facts, &[]);
    let test = assessment.test("no-credentials-in-images").unwrap();
    assert_eq!((test.open_count, test.open.len()), (200, 50));
}

#[test]
fn a_report_tells_facts_and_what_it_leaves_out() {
    let narrowed = |changed: fn(&mut Report)| {
        let text = r#"{"schema":"bartizan/report/v1","tool":{"name":"bartizan","version":"0","rules_digest":""},"target":{"name":".","kind":"dir"},
            "started":"2026-09-01T00:00:00Z","verdict":{"decision":"allow"},"findings":[],"components":[],
            "checks":[{"check":"leak/credentials","status":"ran","required":true,"files":1,"findings":0}],
            "skipped":[],"stats":{"files":1,"cached":0,"bytes":1,"seconds":0.0}}"#;
        let mut report: Report = serde_json::from_str(text).unwrap();
        changed(&mut report);
        let provenance = Provenance {
            asset: AssetId::from_text(REPOSITORY),
            by: "ci".into(),
            digest: "sha256:00".into(),
        };
        let facts = of_report(&report, &provenance);
        assert_eq!(facts.len(), 1);
        match &facts[0].shows {
            Shown::CheckRun { narrowed, .. } => narrowed.clone(),
            _ => unreachable!(),
        }
    };
    assert_eq!(narrowed(|_| {}), [""; 0]);
    assert_eq!(
        narrowed(|report| report.stats.known = 2),
        ["without the findings of a baseline"]
    );
    assert_eq!(
        narrowed(|report| report.tool.skip = vec!["leak/a*".into()]),
        ["without the rules leak/a*"]
    );
    assert_eq!(
        narrowed(|report| report.tool.only = vec!["leak/*".into()]),
        ["only the rules leak/*"]
    );
    assert_eq!(
        narrowed(|report| report.target.partial = vec!["only what is staged".into()]),
        ["only what is staged"]
    );
    assert_eq!(
        narrowed(|report| report.target.narrowed = vec!["without `vendor/**`".into()]),
        ["without `vendor/**`"]
    );
}

#[test]
fn an_assessment_is_read_back_as_it_was_written() {
    let assessment = assessed("fedramp:high", &everything(), &[attestation("AC-6", 10, -10)]);
    let text = serde_json::to_string(&assessment).unwrap();
    assert_eq!(serde_json::from_str::<Assessment>(&text).unwrap(), assessment);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_order_of_facts_does_not_matter(seed in any::<u64>()) {
        let mut facts = everything();
        facts.push(finding(IMAGE, "leak/aws-key-pair", Severity::High, FindingState::Open, Some(at(2))));
        facts.push(finding(REPOSITORY, "waiver/expired", Severity::High, FindingState::Open, None));
        let before = assessed("nist:moderate", &facts, &[]);
        let mut state = seed | 1;
        for at in (1..facts.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            facts.swap(at, usize::try_from(state >> 33).unwrap() % (at + 1));
        }
        prop_assert_eq!(assessed("nist:moderate", &facts, &[]), before);
    }

    /// Taking a fact away never satisfies a control that was not: nothing passes by not being looked at. Findings are not taken away.
    #[test]
    fn less_evidence_never_satisfies_more(keep in proptest::collection::vec(any::<bool>(), 0..120)) {
        let all = everything();
        let fewer: Vec<EvidenceFact> = all
            .iter()
            .zip(keep.iter().copied().chain(std::iter::repeat(true)))
            .filter(|(_, keep)| *keep)
            .map(|(fact, _)| fact.clone())
            .collect();
        let (before, after) = (assessed("nist", &all, &[]), assessed("nist", &fewer, &[]));
        for (one, other) in before.controls.iter().zip(&after.controls) {
            prop_assert!(one.status == ControlStatus::Satisfied || other.status != ControlStatus::Satisfied);
        }
    }
}
