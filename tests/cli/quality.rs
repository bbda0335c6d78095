//! The quality gate: measures, ratings, conditions, and what is said where something could not be measured.

use crate::sandbox::{Answer, Sandbox};
use bartizan_engine::system::{Machine, System};
use insta::assert_snapshot;
use serde_json::Value;

const GATE: &str = "[quality]\ngate = \"new\"\n";

/// A repository with one commit.
fn repository(settings: &str, files: &[(&str, &str)]) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.init();
    sandbox.write("bartizan.toml", settings);
    for (name, text) in files {
        sandbox.write(name, text);
    }
    sandbox.git(&["add", "."]);
    sandbox.git(&["commit", "-qm", "first"]);
    sandbox
}

/// A function of so many lines of code, nothing of which stands twice.
fn plain(name: &str, lines: usize) -> String {
    let mut text = format!("def {name}(a):\n");
    for line in 1..lines - 1 {
        text.push_str(&format!("    {name}_{line} = a + {line}\n"));
    }
    text.push_str(&format!("    return {name}_1\n"));
    text
}

/// A function of a cognitive complexity of 21: six levels.
fn deep(name: &str) -> String {
    let mut text = format!("def {name}(a):\n");
    for level in 1..=6 {
        text.push_str(&format!("{}if a > {level}:\n", "    ".repeat(level)));
    }
    text.push_str(&format!("{}return a\n", "    ".repeat(7)));
    text
}

/// A report of lcov in which the lines from `first` on of a file ran, up to `ran`, and those up to `last` did not.
fn lcov(path: &str, first: u32, ran: u32, last: u32) -> String {
    let lines: String = (first..=last)
        .map(|line| format!("DA:{line},{}\n", u32::from(line <= ran)))
        .collect();
    format!("TN:\nSF:{path}\n{lines}end_of_record\n")
}

fn quality(sandbox: &Sandbox, arguments: &[&str]) -> (Answer, Value) {
    let head = ["scan", "-o", "json", "--only", "quality/*"];
    let answer = sandbox.run(&[&head, arguments].concat());
    let report: Value = serde_json::from_str(&answer.out.replace("[TIME]", "0"))
        .unwrap_or_else(|error| panic!("{error}: {answer}"));
    (answer, report["quality"].clone())
}

fn condition<'q>(quality: &'q Value, name: &str) -> &'q Value {
    let conditions = quality["conditions"].as_array().unwrap();
    conditions
        .iter()
        .find(|condition| condition["name"] == name)
        .unwrap_or_else(|| panic!("no {name}: {quality}"))
}

#[test]
fn without_the_setting_nothing_is_measured() {
    let sandbox = repository("", &[("a.py", &deep("f"))]);
    let answer = sandbox.run(&["scan", "-o", "json"]);
    assert_eq!(answer.code, 0, "{answer}");
    assert!(!answer.out.contains("quality"), "{answer}");
}

#[test]
fn a_change_that_tests_do_not_run_is_denied_with_the_number() {
    let sandbox = repository(GATE, &[("app.py", &plain("old", 40))]);
    sandbox.write("app.py", &format!("{}{}", plain("old", 40), plain("new", 30)));
    sandbox.git(&["add", "."]);
    sandbox.write("lcov.info", &lcov("app.py", 1, 59, 70));
    let arguments = [
        "scan",
        "--staged",
        "--only",
        "quality/*",
        "--coverage",
        "lcov.info",
    ];
    let answer = sandbox.run(&arguments);
    assert_eq!(answer.code, 1, "{answer}");
    // Lines 41 to 70 are new, and 19 of them ran.
    assert!(
        answer
            .err
            .contains("deny (coverage of new code is 63.3 %, and at least 80 % is asked)"),
        "{answer}"
    );
    assert_snapshot!("quality-of-a-change", answer);
    sandbox.write("lcov.info", &lcov("app.py", 1, 66, 70));
    let answer = sandbox.run(&arguments);
    assert_eq!(answer.code, 0, "{answer}");
}

#[test]
fn a_missing_report_of_coverage_is_said_and_unknown_where_it_is_required() {
    let sandbox = repository(GATE, &[("app.py", "x = 1\n")]);
    sandbox.write("more.py", &plain("new", 30));
    sandbox.git(&["add", "."]);
    let (answer, found) = quality(&sandbox, &["--staged"]);
    assert_eq!(answer.code, 0, "{answer}");
    assert_eq!(found["gate"], "unknown");
    assert_eq!(condition(&found, "coverage")["state"], "unknown");
    assert!(answer.err.contains("no report tells of python"), "{answer}");
    sandbox.write("bartizan.toml", &format!("{GATE}require-measures = true\n"));
    sandbox.git(&["add", "."]);
    let (answer, _) = quality(&sandbox, &["--staged"]);
    assert_eq!(answer.code, 4, "{answer}");
    let answer = sandbox.run(&["scan", "--staged", "--coverage", "nowhere.info"]);
    assert_eq!(answer.code, 2, "{answer}");
}

#[test]
fn a_file_that_no_test_ever_loaded_is_not_covered() {
    let sandbox = repository(GATE, &[("app.py", "x = 1\n")]);
    sandbox.write("more.py", &plain("new", 30));
    sandbox.git(&["add", "."]);
    sandbox.write("lcov.info", &lcov("app.py", 1, 1, 1));
    let (answer, found) = quality(&sandbox, &["--staged", "--coverage", "lcov.info"]);
    assert_eq!(answer.code, 1, "{answer}");
    let share = &found["measures"]["coverage"];
    assert_eq!(
        (&share["part"], &share["of"]),
        (&Value::from(0), &Value::from(29))
    );
}

#[test]
fn a_small_change_is_not_asked_for_coverage() {
    let sandbox = repository(GATE, &[("app.py", &plain("old", 40))]);
    sandbox.write("app.py", &format!("{}{}", plain("old", 40), plain("new", 6)));
    sandbox.git(&["add", "."]);
    sandbox.write("lcov.info", &lcov("app.py", 1, 40, 46));
    let (answer, found) = quality(&sandbox, &["--staged", "--coverage", "lcov.info"]);
    assert_eq!(answer.code, 0, "{answer}");
    assert_eq!(condition(&found, "coverage")["state"], "spared");
    assert_eq!(found["measures"]["code"], 6);
}

#[test]
fn beside_all_other_checks_a_changed_file_is_still_held_against_what_it_was() {
    let sandbox = repository(
        GATE,
        &[("app.py", &format!("{}{}", deep("old"), plain("more", 40)))],
    );
    sandbox.write("app.py", &format!("{}{}y = 1\n", deep("old"), plain("more", 40)));
    sandbox.git(&["add", "."]);
    for scope in ["--staged", "--changed=HEAD"] {
        let answer = sandbox.run(&["scan", scope, "-o", "json"]);
        let report: Value = serde_json::from_str(&answer.out.replace("[TIME]", "0")).unwrap();
        assert_eq!(report["quality"]["measures"]["lines"], 1, "{scope}: {answer}");
        assert!(
            !answer.out.contains("quality/cognitive-complexity"),
            "{scope}: {answer}"
        );
    }
}

#[test]
fn only_functions_that_the_change_made_worse_are_told() {
    let sandbox = repository(GATE, &[("app.py", &deep("old"))]);
    let touched = deep("old").replace("return a", "return a + 1");
    sandbox.write("app.py", &format!("{touched}\n\n{}", deep("new")));
    sandbox.git(&["add", "."]);
    let answer = sandbox.run(&["scan", "--staged", "--only", "quality/*", "-o", "concise"]);
    assert!(
        answer.out.contains("app.py:11:5: medium[quality/cognitive-complexity] `new` has a cognitive complexity of 21, more than 15"),
        "{answer}"
    );
    assert!(!answer.out.contains("`old`"), "{answer}");
    let worse = touched.replace("return a + 1", "return a if a else 1");
    sandbox.write("app.py", &worse);
    let answer = sandbox.run(&["scan", "--changed=HEAD", "--only", "quality/*", "-o", "concise"]);
    assert!(
        answer
            .out
            .contains("`old` has a cognitive complexity of 28, up from 21, more than 15"),
        "{answer}"
    );
}

#[test]
fn a_copy_of_code_that_was_there_is_told_with_both_places() {
    let block: String = (0..12)
        .map(|line| format!("    out.append(read_{line}(source, head) + tail)\n"))
        .collect();
    let old = format!("def first(source, head, tail, out):\n{block}");
    let sandbox = repository(GATE, &[("lib/old.py", &old)]);
    sandbox.write(
        "lib/new.py",
        &format!(
            "def second(source, head, tail, out):\n{block}{}",
            plain("more", 20)
        ),
    );
    sandbox.git(&["add", "."]);
    let (answer, found) = quality(&sandbox, &["--staged"]);
    assert_eq!(answer.code, 1, "{answer}");
    assert_eq!(condition(&found, "duplication")["state"], "broken");
    assert_eq!(found["measures"]["duplicated"], 13);
    let answer = sandbox.run(&["scan", "--staged", "--only", "quality/duplicate", "-o", "concise"]);
    assert!(
        answer
            .out
            .contains("lib/new.py:1:1: low[quality/duplicate] 13 lines"),
        "{answer}"
    );
    assert!(
        answer.out.contains("in `lib/old.py`, too: lines 1-13"),
        "{answer}"
    );
}

#[test]
fn a_file_that_was_moved_is_not_new() {
    let sandbox = repository(
        GATE,
        &[("app.py", &format!("{}{}", deep("old"), plain("more", 40)))],
    );
    sandbox.git(&["mv", "app.py", "moved.py"]);
    let (answer, found) = quality(&sandbox, &["--staged"]);
    assert_eq!(answer.code, 0, "{answer}");
    assert_eq!(found["measures"]["lines"], 0);
}

#[test]
fn a_whole_tree_is_shown_and_judged_only_where_that_is_asked() {
    let sandbox = repository(GATE, &[("app.py", &deep("old"))]);
    let answer = sandbox.run(&["scan", "--only", "quality/*"]);
    assert_eq!(answer.code, 0, "{answer}");
    assert_snapshot!("quality-of-a-tree", answer);
    sandbox.write("bartizan.toml", "[quality]\ngate = \"all\"\nmin-coverage = 0\n");
    let (answer, found) = quality(&sandbox, &[]);
    assert_eq!(answer.code, 0, "{answer}");
    assert_eq!(found["gate"], "passed");
    assert_eq!(found["maintainability"], "A");
    // Mending takes 5 minutes and 20 more for the points above 1; writing the eight lines took 240: 10.4 in a hundred.
    let settings = "[quality]\ngate = \"all\"\nmin-coverage = 0\nmax-cognitive = 1\n";
    sandbox.write("bartizan.toml", settings);
    let (answer, found) = quality(&sandbox, &[]);
    assert_eq!(answer.code, 1, "{answer}");
    assert_eq!(
        (&found["minutes"], &found["maintainability"]),
        (&Value::from(25), &Value::from("C"))
    );
    assert_eq!(condition(&found, "maintainability")["state"], "broken");
}

#[test]
fn a_waived_finding_counts_nothing_and_a_condition_can_be_waived() {
    let settings = "[quality]\ngate = \"all\"\nmin-coverage = 0\nmax-cognitive = 1\n";
    let sandbox = repository(settings, &[("app.py", &deep("old"))]);
    let waiver = |rule: &str, until: &str| {
        format!("[[waiver]]\nrule = \"{rule}\"\nreason = \"grown over years\"\n{until}\n")
    };
    sandbox.write(
        "bartizan.waivers.toml",
        &waiver("quality/cognitive-complexity", ""),
    );
    let (answer, found) = quality(&sandbox, &[]);
    assert_eq!(answer.code, 0, "{answer}");
    assert_eq!(found["minutes"], 0);
    let soon = Machine.today().plus_days(30);
    sandbox.write(
        "bartizan.waivers.toml",
        &waiver("quality/maintainability", &format!("until = \"{soon}\"")),
    );
    let (answer, found) = quality(&sandbox, &[]);
    assert_eq!(answer.code, 0, "{answer}");
    assert_eq!(found["gate"], "failed");
}

#[test]
fn a_range_is_judged_by_what_its_end_brings() {
    let sandbox = repository(GATE, &[("app.py", &deep("old"))]);
    for text in [plain("passing", 40), deep("new")] {
        sandbox.write("app.py", &format!("{}{text}", deep("old")));
        sandbox.git(&["add", "."]);
        sandbox.git(&["commit", "-qm", "next"]);
    }
    let (answer, found) = quality(&sandbox, &["git:HEAD~2..HEAD"]);
    assert_eq!(answer.code, 0, "{answer}");
    assert_eq!(
        (&found["scope"], &found["measures"]["code"]),
        (&Value::from("changes"), &Value::from(8))
    );
    let answer = sandbox.run(&["scan", "git:HEAD~2..HEAD", "--only", "quality/*", "-o", "concise"]);
    assert!(
        answer
            .out
            .contains("app.py:9:5: medium[quality/cognitive-complexity] `new`"),
        "{answer}"
    );
    assert!(!answer.out.contains("`old`"), "{answer}");
}

#[test]
fn a_pattern_that_repeats_itself_is_one_duplicate() {
    let sandbox = repository(GATE, &[("app.py", "x = 1\n")]);
    let rows: String = (0..60)
        .map(|row| format!("    table.append(Row(name=\"{row}\", size={row}, kind=KIND, parent=table))\n"))
        .collect();
    sandbox.write("rows.py", &format!("def fill(table):\n{rows}"));
    sandbox.git(&["add", "."]);
    let answer = sandbox.run(&["scan", "--staged", "--only", "quality/duplicate", "-o", "concise"]);
    let told = answer.out.matches("quality/duplicate").count();
    assert_eq!(told, 1, "{answer}");
    assert!(
        answer
            .out
            .contains("50 lines stand in this file, too: lines 3-11"),
        "{answer}"
    );
}

#[test]
fn a_report_of_another_project_or_another_version_is_said_and_judges_nothing() {
    let settings = "[quality]\ngate = \"all\"\nrequire-measures = true\n";
    let sandbox = repository(settings, &[("app/run.py", &plain("old", 40))]);
    let scan = |report: &str| {
        sandbox.write("lcov.info", report);
        quality(&sandbox, &["--coverage", "lcov.info"])
    };
    let (answer, found) = scan(&lcov("elsewhere/other.py", 1, 10, 10));
    assert_eq!(answer.code, 4, "{answer}");
    assert_eq!(condition(&found, "coverage")["state"], "unknown");
    assert!(answer.err.contains("none of them is here"), "{answer}");
    let (answer, found) = scan(&lcov("/ci/app/run.py", 1, 40, 90));
    assert_eq!(answer.code, 4, "{answer}");
    assert!(
        answer.err.contains("line 90 of `app/run.py`, which has 40"),
        "{answer}"
    );
    let share = &found["measures"]["coverage"];
    assert_eq!(
        (&share["part"], &share["of"]),
        (&Value::from(40), &Value::from(40))
    );
    let (answer, _) = scan(&lcov("/ci/app/run.py", 1, 40, 40));
    assert_eq!(answer.code, 0, "{answer}");
    let whole = lcov("app/run.py", 1, 40, 40);
    sandbox.write("lcov.info", whole.strip_suffix("end_of_record\n").unwrap());
    let answer = sandbox.run(&["scan", "--only", "quality/*", "--coverage", "lcov.info"]);
    assert_eq!(answer.code, 2, "{answer}");
    assert!(answer.err.contains("ends in the middle"), "{answer}");
}

#[test]
fn a_report_is_held_against_all_files_of_the_repository_and_not_those_that_changed_alone() {
    let sandbox = repository(GATE, &[("run.py", "x = 1\n"), ("lib/run.py", &plain("old", 40))]);
    sandbox.write("run.py", &plain("new", 30));
    sandbox.git(&["add", "run.py"]);
    // The report has the changed file under a root of its own, beside the other file of that name.
    sandbox.write(
        "lcov.info",
        &format!(
            "{}{}",
            lcov("/ci/w/lib/run.py", 1, 0, 40),
            lcov("/ci/w/run.py", 1, 30, 30)
        ),
    );
    let (answer, found) = quality(&sandbox, &["--staged", "--coverage", "lcov.info"]);
    assert_eq!(answer.code, 0, "{answer}");
    assert_eq!(found["measures"]["coverage"]["part"], 30);
    // Where it tells of the other one alone, no test loaded the changed file.
    sandbox.write("lcov.info", &lcov("/ci/w/lib/run.py", 1, 40, 40));
    let (answer, found) = quality(&sandbox, &["--staged", "--coverage", "lcov.info"]);
    assert_eq!(
        (answer.code, &found["measures"]["coverage"]["part"]),
        (1, &Value::from(0)),
        "{answer}"
    );
}
