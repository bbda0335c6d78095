//! Files of policies: what is read, and what is said of those that cannot be.
#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use bartizan_detect::policies;
use bartizan_model::guard::{Action, Forbidden, Mode};
use proptest::prelude::*;

const WHOLE: &str = "
policies:
  - name: payments stay as built
    workloads:
      - image: 'registry.example/pay/*'
        labels: {app: api}
      - unit: pay.service
    mode: enforce
    action: kill
    rules:
      exec: {changed: true, memory: true, writable_places: true, only: [/usr/, /app/server, {path: /opt/tool, sha256: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef}]}
      write: [/etc/, /usr/]
      modules: true
      ptrace_others: true
      mount: true
      connect: {only: ['10.0.0.0/8:443', '192.0.2.7', '[2001:db8::/32]:8000-8080', '::1']}
      bpf:
        only:
          - {path: /usr/sbin/agent, sha256: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef, types: [lsm, xdp]}
        manifest: /etc/bartizan/loaders.json
        key: /etc/bartizan/loaders.pub
        signed: required
";

/// Problems as `line: what; help`
fn problems(text: &str) -> Vec<String> {
    policies("p.yaml", text)
        .expect_err("it cannot be read")
        .iter()
        .map(ToString::to_string)
        .collect()
}

/// A policy with these lines in place of its own, by what they begin with
fn with(line: &str) -> String {
    let key = line.split(':').next().unwrap_or_default();
    let mut text = "policies:\n- name: p\n".to_owned();
    for (name, whole) in [
        ("workloads", "  workloads: [{host: true}]"),
        ("rules", "  rules: {mount: true}"),
        ("mode", "  mode: audit"),
    ] {
        text.push_str(&if name == key {
            format!("  {line}")
        } else {
            whole.to_owned()
        });
        text.push('\n');
    }
    text
}

#[test]
fn all_that_can_be_written_is_read() {
    let all = policies("p.yaml", WHOLE).expect("it is right");
    let [policy] = all.as_slice() else {
        panic!("{all:?}")
    };
    assert_eq!((policy.mode, policy.action), (Mode::Enforce, Action::Kill));
    assert_eq!(policy.workloads.len(), 2);
    for rule in Forbidden::ALL {
        assert!(policy.rules.has(rule), "{}", rule.name());
    }
    let programs = policy.rules.only_programs.as_ref().expect("programs");
    assert_eq!(
        (programs.places.len(), &*programs.files[0].path),
        (2, "/opt/tool")
    );
    let loaders = policy.rules.only_loaders.as_ref().expect("loaders");
    assert_eq!(loaders[0].types, Some(vec![29, 6]));
    let peers = policy.rules.only_peers.as_ref().expect("peers");
    let ports: Vec<_> = peers
        .iter()
        .map(|peer| (peer.bits, peer.from, peer.until))
        .collect();
    assert_eq!(
        ports,
        [(8, 443, 443), (32, 0, 65535), (32, 8000, 8080), (128, 0, 65535)]
    );
}

#[test]
fn a_policy_audits_and_denies_where_nothing_is_said() {
    let all = policies(
        "p.yaml",
        "policies: [{name: p, workloads: [{host: true}], rules: {mount: true}}]",
    );
    let all = all.expect("it is right");
    assert_eq!((all[0].mode, all[0].action), (Mode::Audit, Action::Deny));
}

#[test]
fn a_list_of_nobody_forbids_everybody() {
    let all = policies("p.yaml", &with("rules: {connect: {only: []}}")).expect("it is right");
    assert!(all[0].rules.has(Forbidden::UnlistedPeer));
}

#[test]
fn each_problem_has_its_line_and_a_way_out() {
    for (line, number, what) in [
        ("workloads: []", 2, "holds nowhere"),
        ("workloads: [{}]", 3, "says nothing of where"),
        ("workloads: [{cgroup: system.slice}]", 3, "begin it with a slash"),
        ("workloads: [{host: true, image: x}]", 3, "make two workloads"),
        ("workloads: {host: true}", 3, "`workloads` is a list"),
        ("workloads: [{labels: [x]}]", 3, "labels has keys"),
        ("workloads: [{unit: 7}]", 3, "put it in quotes"),
        ("mode: enforced", 5, "none of audit, enforce"),
        ("mode: on", 5, "none of audit, enforce"),
        ("rules: {}", 2, "forbids nothing"),
        ("rules: {mounts: true}", 4, "did you mean `mount`?"),
        ("rules: {mount: yes please}", 4, "true or false"),
        ("rules: {exec: {only: [usr]}}", 4, "no path below the root"),
        ("rules: {exec: {only: [/]}}", 4, "no path below the root"),
        ("rules: {write: [/etc/../usr]}", 4, "no path below the root"),
        ("rules: {write: [/home/*/x]}", 4, "with a `*`"),
        ("rules: {write: /etc}", 4, "`write` is a list"),
        ("rules: {connect: {only: ['10.0.0.1/8']}}", 4, "not the network"),
        (
            "rules: {connect: {only: ['example.org']}}",
            4,
            "begins with no address",
        ),
        (
            "rules: {connect: {only: ['10.0.0.0/33']}}",
            4,
            "no length of 0 to 32",
        ),
        (
            "rules: {connect: {only: ['10.0.0.0/8:9-1']}}",
            4,
            "no port and no range",
        ),
        ("rules: {connect: {only: [443]}}", 4, "begins with no address"),
        ("rules: {bpf: {only: [{path: /x, sha256: ABC}]}}", 4, "sha256sum"),
        ("rules: {exec: {only: [{path: x}]}}", 4, "sha256sum"),
        (
            "rules: {exec: {only: [{path: /x, types: []}]}}",
            4,
            "no key of a program",
        ),
        ("rules: {bpf: {}}", 2, "forbids nothing"),
        ("rules: {bpf: {manifest: /m}}", 4, "by the key that signed it"),
        ("rules: {bpf: {key: /k}}", 4, "by the key that signed it"),
        ("rules: {bpf: {signed: yes}}", 4, "none of not required, required"),
        (
            "rules: {bpf: {only: [{path: /x, types: [lms]}]}}",
            4,
            "no type of program",
        ),
        (
            "rules: {bpf: {only: [{path: /x, types: []}]}}",
            4,
            "may load nothing",
        ),
    ] {
        let problems = problems(&with(line));
        assert!(
            problems
                .iter()
                .any(|problem| problem.starts_with(&format!("p.yaml:{number}:")) && problem.contains(what)),
            "{line}: {problems:?}"
        );
    }
}

#[test]
fn names_are_unique_and_few_enough_for_the_kernel() {
    let one = "  - {name: NAME, workloads: [{host: true}], rules: {mount: true}}\n";
    let twice = format!("policies:\n{0}{0}", one.replace("NAME", "a"));
    assert!(problems(&twice)[0].contains("two policies `a`"));
    let many: String = (0..65)
        .map(|number| one.replace("NAME", &format!("p{number}")))
        .collect();
    assert!(problems(&format!("policies:\n{many}"))[0].contains("more than the 64"));
}

#[test]
fn what_is_no_file_of_policies_is_said_to_be_none() {
    for text in [
        "",
        "[]",
        "policies: 7",
        "policies: [x]",
        "a: [",
        "policies:\n- name: [\u{1b}]",
        "policies: [{policies: []}]",
    ] {
        assert!(!problems(text).is_empty(), "{text}");
    }
    assert!(!problems("\"\u{1b}[31m\": 1").concat().contains('\u{1b}'));
    let turned =
        "policies: [{name: a, workloads: [{labels: {\"a\u{202e}b\": null}}], rules: {modules: true}}]";
    assert!(problems(turned).concat().contains(r"a\u{202e}b"));
    assert!(!problems(&"[".repeat(100_000)).is_empty());
}

proptest! {
    #[test]
    fn whatever_a_file_says_it_is_read_or_told_with_a_line(
        at in 0..WHOLE.len(),
        length in 0usize..40,
        put in "[ -~\n\u{202e}]{0,12}",
    ) {
        let bytes = WHOLE.as_bytes();
        let end = (at + length).min(bytes.len());
        let text = [&bytes[..at], put.as_bytes(), &bytes[end..]].concat();
        match policies("p.yaml", &String::from_utf8_lossy(&text)) {
            Ok(all) => prop_assert!(!all.is_empty()),
            Err(problems) => {
                prop_assert!(!problems.is_empty());
                for problem in problems {
                    prop_assert!(problem.line > 0 && !problem.help.is_empty(), "{problem}");
                    prop_assert!(!problem.to_string().contains('\u{202e}'), "{problem}");
                }
            }
        }
    }
}
