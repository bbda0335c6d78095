use crate::sandbox::{Sandbox, allow, fingerprints, token};
use insta::assert_snapshot;

/// Days that are always past, always to come, and near enough whenever the tests run.
fn near() -> String {
    use bartizan_engine::system::{Machine, System};
    Machine.today().plus_days(30).to_string()
}

fn waived_line(text: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write(
        "src/app.py",
        &format!("import os\nTOKEN = '{}'  # {}\n", token(1), allow(text)),
    );
    sandbox
}

#[test]
fn a_comment_with_reason_and_date_covers_its_finding() {
    let sandbox = waived_line(&format!(
        "[leak/harbour-token] until {} -- revoked on Monday",
        near()
    ));
    let answer = sandbox.scan(&["-o", "concise"]);
    assert_eq!(answer.code, 0, "{answer}");
    assert!(answer.err.contains("1 waived"), "{answer}");
    let report = sandbox.scan(&["-o", "json"]).out;
    let report: serde_json::Value = serde_json::from_str(&report.replace("[TIME]", "0")).unwrap();
    assert_eq!(report["findings"][0]["waiver"]["reason"], "revoked on Monday");
    assert_eq!(report["findings"][0]["waiver"]["origin"]["line"], 2);
}

#[test]
fn what_is_wrong_with_a_waiver_is_a_finding() {
    for (name, text) in [
        ("expired", "[leak/harbour-token] until 2020-01-01 -- long ago"),
        ("no-reason", "[leak/harbour-token] until 2099-01-01"),
        ("no-date", "[leak/harbour-token] -- for ever"),
        ("too-long", "[leak/harbour-token] until 2999-01-01 -- for ever"),
        ("unused", "[leak/harbour-tokn] -- mistyped"),
    ] {
        let sandbox = waived_line(text);
        let answer = sandbox.scan(&["-o", "concise"]);
        assert_eq!(answer.code, 1, "{name}: {answer}");
        let out = answer.out.replace(&bartizan_today_plus_90(), "[IN 90 DAYS]");
        assert_snapshot!(format!("waiver-{name}"), out);
    }
}

fn bartizan_today_plus_90() -> String {
    use bartizan_engine::system::{Machine, System};
    Machine.today().plus_days(90).to_string()
}

#[test]
fn an_expired_waiver_denies_even_when_nothing_is_left_to_cover() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "a.py",
        &format!(
            "# {}\n",
            allow("[leak/harbour-token] until 2020-01-01 -- long ago")
        ),
    );
    assert_eq!(sandbox.scan(&["--fail-on", "critical"]).code, 1);
}

#[test]
fn prose_about_waivers_is_no_waiver() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "README.md",
        &format!(
            "Write `{}` beside it.\n\n    # {}\n",
            allow("[leak/x] -- why"),
            allow("[leak/x]")
        ),
    );
    sandbox.write("a.py", &format!("print(\"# {}\")\n", allow("[leak/x]")));
    let answer = sandbox.scan(&["-o", "concise"]);
    assert_eq!((answer.code, answer.out.as_str()), (0, ""), "{answer}");
}

#[test]
fn entries_are_added_listed_explained_and_pruned() {
    let sandbox = Sandbox::leaky();
    let fingerprint = fingerprints(&sandbox, &[]).remove(0);
    let until = near();
    let added = sandbox.run(&[
        "waive",
        "add",
        &fingerprint[..8],
        "--reason",
        "revoked",
        "--until",
        &until,
        "--owner",
        "ada",
    ]);
    assert_eq!(added.code, 0, "{added}");
    assert_eq!(sandbox.scan(&[]).code, 0);
    let answer = sandbox.run(&["waive", "list"]);
    assert!(
        answer.out.contains("30 days left") && answer.out.contains(&fingerprint),
        "{answer}"
    );
    let explained = sandbox.run(&["explain", "bartizan.waivers.toml:1"]);
    assert!(
        explained.out.contains("because: revoked") && explained.out.contains("decided by: ada"),
        "{explained}"
    );

    let text = format!(
        "# kept\n{}\n[[waiver]]\nrule = 'leak/private-key'\nreason = 'gone'\nuntil = 2020-01-01\n",
        sandbox.read("bartizan.waivers.toml")
    );
    sandbox.write("bartizan.waivers.toml", &text);
    assert_eq!(sandbox.scan(&[]).code, 1, "an expired entry denies");
    let dry = sandbox.run(&["waive", "prune", "--expired", "--dry-run"]);
    assert!(dry.out.contains("leak/private-key (expired)"), "{dry}");
    assert_eq!(sandbox.read("bartizan.waivers.toml"), text);
    assert_eq!(sandbox.run(&["waive", "prune", "--expired"]).code, 0);
    let kept = sandbox.read("bartizan.waivers.toml");
    assert!(
        kept.starts_with("# kept\n") && kept.contains(&fingerprint) && !kept.contains("private-key"),
        "{kept}"
    );
}

#[test]
fn an_entry_that_covers_nothing_is_pruned_after_a_scan_of_everything() {
    let sandbox = Sandbox::new();
    sandbox.write("a.py", "x = 1\n");
    sandbox.write(
        "bartizan.waivers.toml",
        "[[waiver]]\nrule = 'leak/private-key'\nreason = 'mended'\n",
    );
    let listed = sandbox.run(&["waive", "list", "--check"]);
    assert!(listed.out.contains("unused"), "{listed}");
    let pruned = sandbox.run(&["waive", "prune"]);
    assert!(pruned.out.contains("(covers nothing)"), "{pruned}");
    assert_eq!(sandbox.read("bartizan.waivers.toml"), "");
}

#[test]
fn nothing_is_pruned_when_not_everything_could_be_looked_at() {
    let sandbox = Sandbox::new();
    let text = "[[waiver]]\nrule = 'leak/private-key'\nreason = 'mended'\n";
    sandbox.write("bartizan.waivers.toml", text);
    let answer = sandbox.run_locked(&["waive", "prune"]);
    assert_eq!(answer.code, 4, "{answer}");
    assert_eq!(sandbox.read("bartizan.waivers.toml"), text);
}

#[test]
fn mistakes_are_refused_before_anything_is_written() {
    let sandbox = Sandbox::new();
    for arguments in [
        &["waive", "add", "leak/private-key", "--reason", "x"][..],
        &["waive", "add", "--rule", "leak/privat-key", "--reason", "x"],
        &["waive", "add", "--rule", "leak/private-key", "--reason", " "],
        &[
            "waive",
            "add",
            "--rule",
            "leak/private-key",
            "--reason",
            "x",
            "--until",
            "soon",
        ],
        &[
            "waive",
            "add",
            "--rule",
            "leak/private-key",
            "--reason",
            "x",
            "--until",
            "2020-01-01",
        ],
        &[
            "waive",
            "add",
            "--rule",
            "leak/private-key",
            "--reason",
            "x",
            "--scope",
            "[x",
        ],
        &["waive", "add", "--rule", "leak/private-key"],
        &["waive", "add", "--reason", "x"],
    ] {
        let answer = sandbox.run(arguments);
        assert_eq!(answer.code, 2, "{arguments:?}: {answer}");
        assert!(!sandbox.path("bartizan.waivers.toml").exists(), "{arguments:?}");
    }
}

#[test]
fn a_scan_of_a_part_uses_the_waivers_of_the_whole() {
    let sandbox = Sandbox::leaky();
    sandbox.init();
    let entry = format!(
        "[[waiver]]\nrule = 'leak/harbour-token'\nscope = 'src/app.py'\nreason = 'x'\nuntil = {}\n",
        near()
    );
    sandbox.write("bartizan.waivers.toml", &entry);
    assert_eq!(sandbox.scan(&["src"]).code, 0);
    assert_eq!(sandbox.scan(&["src/app.py"]).code, 0);
    assert_eq!(sandbox.scan(&["--isolated", "src"]).code, 1);
}
