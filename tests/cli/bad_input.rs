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
