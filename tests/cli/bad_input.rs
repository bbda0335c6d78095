use crate::sandbox::{Sandbox, token};
use insta::assert_snapshot;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

#[test]
fn a_name_that_is_not_utf8_is_read_and_shown() {
    let sandbox = Sandbox::new();
    let name = OsStr::from_bytes(b"bad\xff.env");
    std::fs::write(sandbox.path("").join(name), format!("T={}\n", token(1))).unwrap();
    let answer = sandbox.scan(&["-o", "concise"]);
    assert_eq!(answer.code, 1, "{answer}");
    assert!(answer.out.starts_with("bad\u{fffd}.env:1:"), "{answer}");
}

#[test]
fn an_argument_that_is_not_utf8_is_a_usage_error() {
    let sandbox = Sandbox::new();
    let output = sandbox
        .bartizan(&["scan"])
        .arg(OsStr::from_bytes(b"\xff"))
        .output()
        .unwrap();
    assert_eq!(sandbox.answer(output).code, 2);
}

#[test]
fn bytes_that_are_not_utf8_hide_nothing() {
    let sandbox = Sandbox::new();
    let bytes = [
        b"\x80\xff\xc3\n".as_slice(),
        format!("T={}\n", token(1)).as_bytes(),
        b"\xc3\x28",
    ]
    .concat();
    std::fs::write(sandbox.path("a.bin"), bytes).unwrap();
    assert_eq!(sandbox.scan(&[]).code, 1);
}

#[test]
fn an_unreadable_directory_makes_the_answer_unknown() {
    let sandbox = Sandbox::new();
    sandbox.write("a.py", "x = 1\n");
    let answer = sandbox.run_locked(&["scan", "-o", "concise"]);
    assert_eq!(answer.code, 4, "{answer}");
    assert!(answer.err.contains("locked"), "{answer}");
}

#[test]
fn pipes_and_links_that_leave_the_target_are_not_followed() {
    let sandbox = Sandbox::new();
    sandbox.write("a.py", "x = 1\n");
    let made = std::process::Command::new("mkfifo")
        .arg(sandbox.path("pipe"))
        .status()
        .unwrap();
    assert!(made.success());
    std::fs::write(sandbox.root().join("outside.py"), format!("T='{}'\n", token(1))).unwrap();
    std::os::unix::fs::symlink("../outside.py", sandbox.path("link.py")).unwrap();
    std::os::unix::fs::symlink(".", sandbox.path("loop")).unwrap();
    let answer = sandbox.scan(&["-o", "concise"]);
    assert_eq!(answer.out, "", "{answer}");
    assert_ne!(answer.code, 1, "{answer}");
}

#[test]
fn one_line_of_many_megabytes_is_read_to_its_end() {
    let sandbox = Sandbox::new();
    let mut text = "x".repeat(9 << 20);
    text.push_str(&format!(" T={} ", token(1)));
    text.push_str(&"y".repeat(1 << 20));
    std::fs::write(sandbox.path("bundle.txt"), text).unwrap();
    let answer = sandbox.scan(&["-o", "concise"]);
    assert_eq!(answer.code, 1, "{}", answer.err);
    assert!(
        answer.out.contains("bundle.txt:1:9437"),
        "{}",
        &answer.out[..answer.out.len().min(200)]
    );
}

#[test]
fn broken_files_of_our_own_are_named_with_their_line() {
    let sandbox = Sandbox::leaky();
    sandbox.write("bartizan.toml", "[scan]\nfail-on = low\n");
    assert_snapshot!("broken-config", sandbox.scan(&[]));
    std::fs::remove_file(sandbox.path("bartizan.toml")).unwrap();
    sandbox.write(
        "bartizan.waivers.toml",
        "[[waiver]]\nrule = 'leak/harbour-token'\nresaon = 'x'\n",
    );
    assert_snapshot!("broken-waivers", sandbox.scan(&[]));
    std::fs::remove_file(sandbox.path("bartizan.waivers.toml")).unwrap();
    sandbox.write("bartizan.baseline.json", "{\n");
    assert_snapshot!("broken-baseline", sandbox.scan(&["--new-only"]));
    sandbox.write("rule.yaml", "id: leak/x\npattern: '('\n");
    let answer = sandbox.run(&["scan", "--rules", "rule.yaml"]);
    assert_eq!(answer.code, 2, "{answer}");
    assert!(answer.err.contains("rule.yaml"), "{answer}");
    sandbox.write("rule.yaml", "nonsense");
    assert_eq!(sandbox.run(&["scan", "--rules", "rule.yaml"]).code, 2);
    assert_eq!(sandbox.run(&["scan", "--rules", "missing.yaml"]).code, 2);
    assert_eq!(sandbox.run(&["scan", "--config", "missing.toml"]).code, 2);
}

#[test]
fn a_damaged_cache_is_as_good_as_none() {
    let sandbox = Sandbox::leaky();
    assert_eq!(sandbox.scan(&[]).code, 1);
    let cache = sandbox.root().join("data/bartizan/cache");
    for entry in std::fs::read_dir(&cache).unwrap().flatten() {
        std::fs::write(entry.path(), b"bzcache1 and then nonsense").unwrap();
    }
    assert_eq!(sandbox.scan(&[]).code, 1);
}

#[test]
fn a_configuration_that_is_a_link_to_nowhere_is_an_error_and_not_an_absence() {
    let sandbox = Sandbox::leaky();
    std::os::unix::fs::symlink("nowhere.toml", sandbox.path("bartizan.toml")).unwrap();
    let answer = sandbox.scan(&[]);
    assert_eq!(answer.code, 2, "{answer}");
    assert!(answer.err.contains("bartizan.toml"), "{answer}");
}

#[test]
fn a_setting_in_the_environment_that_is_not_utf8_is_not_ignored() {
    let sandbox = Sandbox::leaky();
    let output = sandbox
        .bartizan(&["scan"])
        .env("BARTIZAN_SCAN_FAIL_ON", OsStr::from_bytes(b"low\xff"))
        .output()
        .unwrap();
    let answer = sandbox.answer(output);
    assert_eq!(answer.code, 2, "{answer}");
    assert!(answer.err.contains("BARTIZAN_SCAN_FAIL_ON"), "{answer}");
}

#[test]
fn one_file_is_not_written_twice_however_it_is_spelt_nor_over_what_is_scanned() {
    let sandbox = Sandbox::leaky();
    let before = sandbox.read("src/app.py");
    for outputs in [
        ["-o", "json=x.json", "-o", "sarif=./src/../x.json"],
        ["-o", "json=src/app.py", "-o", "concise"],
    ] {
        let answer = sandbox.scan(&[&["src/app.py"], &outputs[..]].concat());
        assert_eq!(answer.code, 2, "{answer}");
    }
    assert_eq!(sandbox.read("src/app.py"), before);
    assert!(!sandbox.path("x.json").exists());
}

#[test]
fn standard_input_is_not_read_twice() {
    let answer = Sandbox::new().scan(&["-", "-"]);
    assert_eq!(answer.code, 2, "{answer}");
}

#[test]
fn a_cache_that_cannot_be_written_is_a_warning_and_nothing_that_was_not_looked_at() {
    let sandbox = Sandbox::leaky();
    let answer = sandbox.scan(&["--data-dir", "src/app.py"]);
    assert_eq!(answer.code, 1, "{answer}");
    assert!(answer.err.contains("warning: the result cache"), "{answer}");
    assert!(!answer.err.contains("not looked at"), "{answer}");
}

#[test]
fn a_machine_that_grants_no_threads_is_slow_and_no_defect() {
    let sandbox = Sandbox::new();
    for number in 0..40 {
        sandbox.write(&format!("{number}.py"), &format!("T = '{}'\n", token(number)));
    }
    let answer = sandbox.run_as_nobody(
        "ulimit -u 1; exec \"$0\" \"$@\"",
        &["scan", "-j", "4", "-o", "concise"],
    );
    assert_eq!(answer.code, 1, "{answer}");
    assert_eq!(answer.out.lines().count(), 40, "{answer}");
}

#[test]
fn what_is_wrong_with_a_repository_is_said_and_it_is_not_denied_that_there_is_one() {
    let sandbox = Sandbox::leaky();
    sandbox.init();
    sandbox.git(&["add", "."]);
    sandbox.git(&["commit", "--quiet", "-m", "first"]);
    let says = |arguments: &[&str], text: &str, code: i32| {
        let answer = sandbox.run(arguments);
        assert_eq!(answer.code, code, "{answer}");
        assert!(answer.err.contains(text), "{text}: {answer}");
        assert!(!answer.err.contains("not inside a git repository"), "{answer}");
    };
    let gate = ["gate", "--stage", "commit"];
    says(&["scan", "git:nope~3..HEAD"], "cannot resolve `nope~3..HEAD`", 2);
    sandbox.git(&["clone", "--quiet", "--bare", ".", "../bare"]);
    for arguments in [&gate[..], &["scan", "--changed"]] {
        let output = sandbox
            .bartizan(arguments)
            .current_dir(sandbox.root().join("bare"))
            .output()
            .unwrap();
        let answer = sandbox.answer(output);
        assert_eq!(answer.code, 2, "{answer}");
        assert!(
            answer.err.contains("bare") && answer.err.contains("git:ALL"),
            "{answer}"
        );
    }
    std::fs::write(sandbox.path(".git/index"), b"DIRC nonsense").unwrap();
    says(&gate, "restore it with `git reset`", 4);
    std::fs::write(sandbox.path(".git/config"), "[core\n").unwrap();
    says(&gate, ".git", 4);
    assert_eq!(
        sandbox.scan(&[]).code,
        1,
        "the files can be looked at all the same"
    );
}
