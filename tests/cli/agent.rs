use crate::running::{watched, watched_by};
use crate::sandbox::{Answer, Sandbox};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::{Command, Stdio};

/// A rule about a file of the sandbox, and one that nobody can understand.
fn rules(sandbox: &Sandbox) -> String {
    sandbox.write("kept/plans.txt", "x");
    let kept = sandbox.path("kept").canonicalize().unwrap().display().to_string();
    sandbox.write(
        "rules.yaml",
        &format!(
            "- macro: reading\n  condition: evt.type in (open, openat, openat2) and evt.is_open_read=true\n\
             - rule: Plans are read\n  desc: Nobody reads the plans\n  condition: reading and fd.name startswith {kept}/\n\
             \x20 output: read by %proc.name with %proc.args | file=%fd.name\n  priority: WARNING\n  tags: [T1005]\n"
        ),
    );
    kept
}

fn alerts(answer: &Answer) -> Vec<Value> {
    answer
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn read(path: &str) {
    assert!(
        Command::new("cat")
            .args([path, "/etc/hostname"])
            .stdout(Stdio::null())
            .status()
            .unwrap()
            .success()
    );
}

#[test]
fn an_alert_names_the_rule_the_process_and_those_that_started_it() {
    let sandbox = Sandbox::new();
    let kept = rules(&sandbox);
    let path = format!("{kept}/plans.txt");
    let Some(answer) = watched(
        &sandbox,
        &["agent", "--rules", "rules.yaml", "-o", "json"],
        || read(&path),
    ) else {
        return;
    };
    assert_eq!(answer.code, 0, "{answer}");
    let alerts = alerts(&answer);
    let [alert] = alerts.as_slice() else {
        panic!("{answer}")
    };
    assert_eq!(alert["schema"], "bartizan/alert/v1");
    assert_eq!(alert["rule"], "Plans are read");
    assert_eq!(alert["priority"], "warning");
    assert_eq!(alert["tags"], serde_json::json!(["T1005"]));
    assert!(
        alert["output"].as_str().unwrap().starts_with("read by cat with "),
        "{alert}"
    );
    let processes = alert["processes"].as_array().unwrap();
    assert_eq!(processes[0]["name"], "cat");
    assert!(processes.len() > 1, "{alert}");
}

#[test]
fn hostile_arguments_do_no_harm_in_an_alert() {
    let sandbox = Sandbox::new();
    let kept = rules(&sandbox);
    let link = sandbox.path("\u{1b}[31m\nx");
    std::os::unix::fs::symlink(format!("{kept}/plans.txt"), &link).unwrap();
    let Some(answer) = watched(&sandbox, &["agent", "--rules", "rules.yaml"], || {
        read(link.to_str().unwrap())
    }) else {
        return;
    };
    assert_eq!(answer.out.lines().count(), 1, "{answer}");
    assert!(!answer.out.contains('\u{1b}'), "{answer}");
    assert!(
        answer.out.contains("file=[SANDBOX]/work/kept/plans.txt"),
        "the file, not the link: {answer}"
    );
}

#[test]
fn a_rule_that_is_not_understood_is_said_and_the_others_run() {
    let sandbox = Sandbox::new();
    let kept = rules(&sandbox);
    sandbox.write(
        "rules/b.yaml",
        "- rule: Not understood\n  desc: d\n  condition: evt.type = open and fd.nonsense = 1\n  output: o\n  priority: INFO\n",
    );
    std::fs::rename(sandbox.path("rules.yaml"), sandbox.path("rules/a.yaml")).unwrap();
    let path = format!("{kept}/plans.txt");
    let Some(answer) = watched(&sandbox, &["agent", "--rules", "rules"], || read(&path)) else {
        return;
    };
    assert_eq!(answer.code, 4, "{answer}");
    assert!(
        answer.err.contains("rules/b.yaml:3") && answer.err.contains("fd.nonsense"),
        "{answer}"
    );
    assert!(answer.out.contains("Plans are read"), "{answer}");
}

/// The rules of the sandbox with another name for the one that is there, and what else is to stand in the file
fn rewrite(sandbox: &Sandbox, name: &str, beside: &str) {
    let path = sandbox.path("rules.yaml");
    let rules = std::fs::read_to_string(&path).unwrap();
    let (before, rule) = rules.split_once("- rule: ").unwrap();
    let (_, rule) = rule.split_once('\n').unwrap();
    std::fs::write(path, format!("{before}- rule: {name}\n{rule}{beside}")).unwrap();
}

#[test]
fn rules_that_changed_are_read_again_and_those_that_broke_leave_the_ones_before() {
    let sandbox = Sandbox::new();
    let kept = rules(&sandbox);
    let path = format!("{kept}/plans.txt");
    let command = sandbox.bartizan(&["agent", "--rules", "rules.yaml", "-o", "json"]);
    let Some(answer) = watched_by(&sandbox, command, |agent| {
        rewrite(&sandbox, "Plans are read by somebody", "");
        agent.signal("HUP");
        agent.says("watching by 1 rule, read again");
        read(&path);
        let broken =
            "- rule: Broken\n  desc: d\n  condition: fd.nonsense = 1\n  output: o\n  priority: INFO\n";
        for (beside, why) in [
            (broken, "more rules than before are not understood"),
            ("- [", "there is no rule that runs"),
            (
                "- rule: Writes\n  desc: d\n  condition: evt.type = unlinkat\n  output: o\n  priority: INFO\n",
                "ask the kernel for something else",
            ),
        ] {
            rewrite(&sandbox, "Never in force", beside);
            agent.signal("HUP");
            agent.says(why);
            read(&path);
            rules(&sandbox);
        }
    }) else {
        return;
    };
    assert_eq!(answer.code, 0, "{answer}");
    let fired: Vec<Value> = alerts(&answer)
        .into_iter()
        .map(|mut alert| alert["rule"].take())
        .collect();
    assert_eq!(fired, ["Plans are read by somebody"; 4], "{answer}");
    let kept = answer.err.matches("the rules in force stay").count();
    assert_eq!(kept, 3, "{answer}");
}

#[test]
fn less_pressing_alerts_are_left_out() {
    let sandbox = Sandbox::new();
    let kept = rules(&sandbox);
    let path = format!("{kept}/plans.txt");
    let arguments = ["agent", "--rules", "rules.yaml", "--priority", "error"];
    let Some(answer) = watched(&sandbox, &arguments, || read(&path)) else {
        return;
    };
    assert_eq!((answer.code, answer.out.as_str()), (0, ""), "{answer}");
}

#[test]
fn what_rules_need_is_told_without_watching() {
    let sandbox = Sandbox::new();
    rules(&sandbox);
    let answer = sandbox.run(&["agent", "--rules", "rules.yaml", "--check"]);
    assert_eq!(answer.code, 0, "{answer}");
    assert!(
        answer.out.starts_with("warning        Plans are read\n\n"),
        "{answer}"
    );
    assert!(
        answer
            .out
            .contains("openat            always, of 0 paths, 1 beginning of paths and 0 names"),
        "{answer}"
    );
}

#[test]
fn the_built_in_rules_are_taken_where_none_are_named() {
    let sandbox = Sandbox::new();
    rules(&sandbox);
    let alone = sandbox.run(&["agent", "--check"]);
    assert_eq!(alone.code, 0, "{alone}");
    assert_eq!(alone.err, "", "{alone}");
    assert!(alone.out.contains("  detect/password-hashes-read\n"), "{alone}");
    let named = sandbox.run(&["agent", "--check", "--rules", "builtin"]);
    assert_eq!(named.out, alone.out);
    let beside = sandbox.run(&["agent", "--check", "--rules", "builtin", "--rules", "rules.yaml"]);
    assert!(
        beside.out.contains("  detect/password-hashes-read\n") && beside.out.contains("  Plans are read\n"),
        "{beside}"
    );
    let own = sandbox.run(&["agent", "--check", "--rules", "rules.yaml"]);
    assert!(!own.out.contains("detect/"), "{own}");
}

#[test]
fn no_rules_and_wrong_priorities_are_refused() {
    let sandbox = Sandbox::new();
    sandbox.write("empty.yaml", "[]\n");
    let answer = sandbox.run(&["agent", "--rules", "empty.yaml"]);
    assert_eq!(answer.code, 2, "{answer}");
    assert!(answer.err.contains("no rule that runs"), "{answer}");
    let answer = sandbox.run(&["agent", "--rules", "empty.yaml", "--priority", "loud"]);
    assert!(
        answer.code == 2 && answer.err.contains("informational"),
        "{answer}"
    );
}

#[test]
fn alerts_are_posted_and_signed() {
    let sandbox = Sandbox::new();
    let kept = rules(&sandbox);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/alerts", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut from = BufReader::new(stream.try_clone().unwrap());
        let mut headers = Vec::new();
        loop {
            let mut line = String::new();
            from.read_line(&mut line).unwrap();
            if line.trim().is_empty() {
                break;
            }
            headers.push(line.trim().to_lowercase());
        }
        let length: usize = headers
            .iter()
            .find_map(|line| line.strip_prefix("content-length: ")?.parse().ok())
            .unwrap();
        let mut body = vec![0; length];
        from.read_exact(&mut body).unwrap();
        let mut to = stream;
        to.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")
            .unwrap();
        (headers, body)
    });
    let path = format!("{kept}/plans.txt");
    let key = bartizan_trust::webhook::key_text(&[7; 32]);
    let mut command = sandbox.bartizan(&["agent", "--rules", "rules.yaml", "--webhook", &url]);
    command.env("BARTIZAN_WEBHOOK_KEY", &key);
    let Some(answer) = watched_by(&sandbox, command, |_| read(&path)) else {
        return;
    };
    assert_eq!(answer.code, 0, "{answer}");
    let (headers, body) = server.join().unwrap();
    assert!(headers[0].starts_with("post /alerts"), "{headers:?}");
    let header = |name: &str| headers.iter().find_map(|line| line.strip_prefix(name)).unwrap();
    let second = header("webhook-timestamp: ").parse().unwrap();
    let text = std::str::from_utf8(&body).unwrap();
    let signature = bartizan_trust::webhook::sign(&key, header("webhook-id: "), second, text).unwrap();
    // Names of headers were made small above, and the signature with them.
    assert_eq!(header("webhook-signature: "), signature.to_lowercase());
    let alert: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(alert["rule"], "Plans are read");
}

#[test]
fn the_agent_keeps_no_privilege_that_it_does_not_need() {
    let sandbox = Sandbox::new();
    rules(&sandbox);
    let mut status = String::new();
    let ran = watched(&sandbox, &["agent", "--rules", "rules.yaml"], || {
        let pids = Command::new("pgrep")
            .args(["-f", "bartizan agent --rules rules.yaml"])
            .output()
            .unwrap();
        let here = sandbox.path("").canonicalize().unwrap();
        for pid in String::from_utf8_lossy(&pids.stdout).lines() {
            if std::fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd == here) {
                status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
            }
        }
    });
    if ran.is_none() {
        return;
    }
    let line = |key: &str| {
        status
            .lines()
            .find_map(|line| line.strip_prefix(key))
            .map(str::trim)
            .unwrap_or_default()
    };
    let effective = u64::from_str_radix(line("CapEff:"), 16).unwrap();
    // CAP_DAC_READ_SEARCH (2), CAP_SYS_PTRACE (19) and CAP_BPF (39)
    assert_eq!(effective & !(1 << 2 | 1 << 19 | 1 << 39), 0, "{effective:#x}");
    assert_eq!(line("NoNewPrivs:"), "1");
}

/// A rule about programs that start with this digest of theirs.
fn about_digest(sandbox: &Sandbox, digest: &str) {
    let condition = format!("evt.type in (execve, execveat) and proc.hash = {digest}");
    sandbox.write(
        "rules.yaml",
        &format!(
            "- rule: It runs\n  desc: d\n  condition: {condition}\n  output: '%proc.exepath %proc.hash'\n  priority: ERROR\n"
        ),
    );
}

#[test]
fn a_program_is_known_by_its_digest_whatever_it_is_called() {
    let sandbox = Sandbox::new();
    // A program that nobody else runs: what follows its end means nothing.
    let mut program = std::fs::read("/bin/sleep").unwrap();
    program.extend_from_slice(sandbox.path("").as_os_str().as_encoded_bytes());
    let digest = bartizan_model::encoding::hex(&bartizan_server::sha256(&program));
    about_digest(&sandbox, &digest);
    sandbox.write("other", "");
    let copy = sandbox.path("other");
    std::fs::write(&copy, &program).unwrap();
    std::fs::set_permissions(&copy, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let Some(answer) = watched(
        &sandbox,
        &["agent", "--rules", "rules.yaml", "-o", "json"],
        || {
            // One that never had a name, and one that is removed while it runs.
            let in_memory = "import os,sys; f=os.memfd_create('x'); os.write(f, open(sys.argv[1],'rb').read()); \
                             os.execve(f, ['sleep','1'], {})";
            let mut without_name = Command::new("python3");
            without_name.args(["-c", in_memory]).arg(&copy);
            assert!(without_name.status().unwrap().success());
            let mut removed = Command::new(&copy).arg("1").spawn().unwrap();
            std::fs::remove_file(&copy).unwrap();
            removed.wait().unwrap();
        },
    ) else {
        return;
    };
    let alerts = alerts(&answer);
    let named: Vec<&str> = alerts
        .iter()
        .map(|alert| alert["processes"][0]["executable"].as_str().unwrap())
        .collect();
    assert_eq!(named.len(), 2, "{answer}");
    assert!(
        named[0].contains("memfd:x") && named[1].contains("/other"),
        "{answer}"
    );
    for alert in &alerts {
        assert_eq!(alert["processes"][0]["digest"], "[DIGEST]", "{answer}");
        assert_eq!(alert["fields"]["proc.hash"], "[DIGEST]", "{answer}");
    }
}
