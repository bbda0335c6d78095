//! What conditions say, one sentence each, and what is said of those that cannot be read.

#![allow(missing_docs)]

mod common;

use bartizan_detect::{Detector, Weight};
use common::{fired, load, rule, told};

fn holds(condition: &str, event: &str) -> bool {
    !fired(&mut rule(condition), &told(event)).is_empty()
}

const OPEN: &str = "{call: openat, path: /etc/ssh/sshd_config, asked: ../ssh/sshd_config, result: 5, \
     process: {name: cat, args: [-n, B64], exe: /usr/bin/cat, parents: [bash, sshd, systemd]}}";
const CONNECT: &str = "{call: connect, local: '10.1.2.3:40000', remote: '203.0.113.9:443', result: -115}";

#[test]
fn conditions_mean_what_they_say() {
    for (condition, event, expected) in [
        ("proc.name = cat", OPEN, true),
        ("proc.name == 'cat'", OPEN, true),
        ("proc.name != cat", OPEN, false),
        ("not proc.name = cat", OPEN, false),
        ("not not proc.name = cat", OPEN, true),
        ("not(proc.name = dog)", OPEN, true),
        ("proc.name=dog or(proc.name=cat)", OPEN, true),
        (
            "proc.name = cat and evt.type = open or evt.type = openat",
            OPEN,
            true,
        ),
        ("proc.name in (dog, cat)", OPEN, true),
        ("proc.name in ()", OPEN, false),
        ("proc.name intersects (dog, cat)", OPEN, true),
        ("fd.name startswith /etc/", OPEN, true),
        ("fd.name startswith /etc/ssh/sshd_config_", OPEN, false),
        (
            "fd.name endswith _config and fd.name contains '/ssh/'",
            OPEN,
            true,
        ),
        ("fd.name icontains SSHD", OPEN, true),
        ("fd.name contains SSHD", OPEN, false),
        ("fd.name bcontains 737368", OPEN, true),
        ("fd.name bstartswith 2f657463", OPEN, true),
        ("fd.name glob '/etc/*/sshd_*'", OPEN, true),
        ("fd.name iglob '/ETC/*'", OPEN, true),
        ("fd.name pmatch (/usr, /etc/ssh)", OPEN, true),
        ("fd.name pmatch (/etc/ss)", OPEN, false),
        ("fd.name regex '/etc/[a-z]+/sshd_config'", OPEN, true),
        ("fd.name regex '[a-z]+'", OPEN, false),
        (
            "fd.directory = /etc/ssh and fd.filename = sshd_config",
            OPEN,
            true,
        ),
        ("fd.nameraw startswith '../'", OPEN, true),
        (
            "fd.num = 5 and fd.num >= 0 and fd.num < 0x6 and fd.num > 4 and fd.num <= 5",
            OPEN,
            true,
        ),
        ("fd.typechar = f and fd.type = file", OPEN, true),
        ("proc.aname = sshd", OPEN, true),
        ("proc.aname in (cat)", OPEN, false),
        (
            "proc.aname[2] = sshd and proc.aname[0] = cat and proc.pname = bash",
            OPEN,
            true,
        ),
        ("proc.aname[9] exists", OPEN, false),
        ("proc.pname exists", OPEN, true),
        (
            "proc.cmdline = 'cat -n B64' and proc.args = '-n B64' and proc.args[1] = B64",
            OPEN,
            true,
        ),
        (
            "tolower(proc.args) = '-n b64' and toupper(proc.name) = CAT",
            OPEN,
            true,
        ),
        ("basename(proc.exepath) = val(proc.name)", OPEN, true),
        ("proc.name = val(proc.pname)", OPEN, false),
        ("proc.name = basename(proc.exepath)", OPEN, true),
        ("len(proc.name) = 3 and len(proc.aname) = 3", OPEN, true),
        ("concat(proc.name, '-', proc.pname) = cat-bash", OPEN, true),
        ("join(',', (proc.name, proc.pname)) = 'cat,bash'", OPEN, true),
        (
            "evt.is_open_read = true and evt.is_open_write = false",
            OPEN,
            true,
        ),
        (
            "evt.arg.flags contains O_RDONLY and evt.arg[flags] contains O_RDONLY",
            OPEN,
            true,
        ),
        (
            "evt.res = SUCCESS and evt.failed = false and evt.dir = <",
            OPEN,
            true,
        ),
        ("fd.sip = 203.0.113.9", OPEN, false),
        ("not fd.sip = 203.0.113.9", OPEN, true),
        ("fd.sip != 203.0.113.9", OPEN, false),
        ("container.image.repository in ('<NA>', x)", OPEN, true),
        (
            "container.id = host and not container.privileged = true",
            OPEN,
            true,
        ),
        ("proc.env[LD_PRELOAD] exists", OPEN, false),
        ("evt.num = 0", OPEN, false),
        (
            "fd.sip = '203.0.113.9' and fd.sport = 443 and fd.cport = 40000",
            CONNECT,
            true,
        ),
        ("fd.snet in ('10.0.0.0/8', '203.0.113.0/24')", CONNECT, true),
        (
            "fd.net = '10.0.0.0/8' and fd.ip != '0.0.0.0' and fd.port = 443",
            CONNECT,
            true,
        ),
        ("evt.res = EINPROGRESS and evt.rawres < 0", CONNECT, true),
        (
            "fd.name = '10.1.2.3:40000->203.0.113.9:443' and fd.l4proto = tcp",
            CONNECT,
            true,
        ),
        (
            "fd.typechar = 4 and fd.sockfamily = ip and fd.connected = false",
            CONNECT,
            true,
        ),
        (
            "b64(proc.args) = hello",
            "{call: execve, process: {name: sh, args: [aGVsbG8=]}}",
            true,
        ),
        ("evt.arg.cmd = BPF_PROG_LOAD", "{call: bpf, command: 5}", true),
        (
            "evt.arg.mode contains S_ISUID",
            "{call: fchmodat, path: /tmp/x, mode: 2541}",
            true,
        ),
        (
            "fs.path.name = /b and fs.path.source = /a",
            "{call: rename, from: /a, to: /b}",
            true,
        ),
        (
            "thread.cap_effective icontains sys_admin and user.uid = 0 and proc.tty != 0",
            "{call: unshare, process: {capabilities: [CAP_SYS_ADMIN], terminal: true}}",
            true,
        ),
        (
            "not container.mount.dest[/proc*] in ('<NA>', 'N/A')",
            "{call: execve, container: {mounts: ['/proc:/host/proc']}}",
            true,
        ),
        (
            "not container.mount.dest[/proc*] in ('<NA>', 'N/A')",
            "{call: execve, container: {}}",
            false,
        ),
        (
            "proc.duration <= 5000000000",
            "{call: execve, process: {age: 4}}",
            true,
        ),
    ] {
        assert_eq!(holds(condition, event), expected, "{condition} of {event}");
    }
}

#[test]
fn what_cannot_be_read_does_not_run_and_is_told_with_its_line() {
    for (condition, line, message) in [
        ("proc.nmae = cat", 4, "there is no field `proc.nmae`"),
        (
            "proc.name = cat\n    and proc.name resembles cat",
            5,
            "an operator is missing",
        ),
        (
            "proc.name = reverse(proc.pname)",
            4,
            "the condition goes on where it should end",
        ),
        ("reverse(proc.name) = cat", 4, "there is no transformer `reverse`"),
        ("proc.name = cat and shells", 4, "there is no macro `shells`"),
        ("evt.type = opnat", 4, "there is no call `opnat`"),
        ("fd.num = many", 4, "`many` is not a number"),
        ("fd.snet = 10.0.0.0/99", 4, "is not a network"),
        ("fd.num contains 3", 4, "does not compare a number"),
        ("proc.name < cat", 4, "does not compare a text"),
        (
            "fd.name regex '(?=a)'",
            4,
            "the regular expression cannot be read",
        ),
        (
            "(proc.name = cat",
            4,
            "a parenthesis that was opened is not closed",
        ),
        ("proc.name = 'cat", 4, "a quote that was opened is not closed"),
        ("proc.aname[x] = cat", 4, "takes a number in brackets"),
        ("proc.name[1] = cat", 4, "takes no argument"),
        ("ka.verb = create", 4, "there is no field `ka.verb`"),
    ] {
        let text =
            format!("- rule: R\n  desc: d\n  condition: |\n    {condition}\n  output: o\n  priority: INFO\n");
        let (rules, problems) = load(&text);
        assert!(rules.all().is_empty(), "{condition}");
        let problem = problems.iter().find(|one| one.weight == Weight::Error);
        let problem = problem.unwrap_or_else(|| panic!("nothing is said of {condition}"));
        assert!(problem.message.contains(message), "{condition}: {problem}");
        assert_eq!(problem.line, line, "{condition}: {problem}");
        assert_eq!(&*problem.rule, "R");
    }
}

#[test]
fn later_files_change_what_earlier_ones_define() {
    let base = "
- list: shells
  items: [bash, sh]
- macro: spawned
  condition: evt.type = execve
- rule: R
  desc: d
  condition: spawned and proc.name in (shells)
  output: o
  priority: INFO
  tags: [a]
  exceptions:
    - name: by_parent
      fields: [proc.name, proc.pname]
    - name: by_user
      fields: user.name
      values: [backup]
";
    let run = |more: &str, event: &str| {
        let mut loader = bartizan_detect::Loader::new();
        let (rules, problems) = {
            loader.add("base.yaml", base).add("more.yaml", more);
            loader.finish()
        };
        let wrong: Vec<_> = problems.iter().map(ToString::to_string).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
        !fired(&mut Detector::new(std::sync::Arc::new(rules)), &told(event)).is_empty()
    };
    let zsh = "{call: execve, process: {name: zsh, parents: [cron]}}";
    let bash = "{call: execve, process: {name: bash, parents: [cron]}}";
    assert!(run("", bash));
    assert!(!run("", "{call: execve, process: {name: bash, user: backup}}"));
    assert!(!run("", zsh));
    assert!(run("- {list: shells, items: [zsh], append: true}", zsh));
    assert!(!run("- {list: shells, items: [zsh]}", bash));
    assert!(run(
        "- {list: shells, items: [zsh], override: {items: append}}",
        bash
    ));
    assert!(!run(
        "- {macro: spawned, condition: and proc.tty != 0, append: true}",
        bash
    ));
    assert!(!run(
        "- {rule: R, condition: and user.name = nobody, override: {condition: append}}",
        bash
    ));
    assert!(run(
        "- {rule: R, condition: proc.name = zsh, override: {condition: replace}}",
        zsh
    ));
    assert!(!run("- {rule: R, enabled: false}", bash));
    assert!(!run(
        "- {rule: R, enabled: false, override: {enabled: replace}}",
        bash
    ));
    assert!(!run(
        "- {rule: R, exceptions: [{name: by_parent, values: [[bash, cron]]}], append: true}",
        bash
    ));
    assert!(run(
        "- {rule: R, exceptions: [{name: by_parent, values: [[bash, init]]}], override: {exceptions: append}}",
        bash
    ));
    assert!(!run(
        "- {rule: R, exceptions: [{name: new, fields: [proc.pname], comps: [in], values: [[[init, cron]]]}], append: true}",
        bash
    ));
}

#[test]
fn a_change_that_cannot_be_read_keeps_the_rule_from_running() {
    let base = "- {rule: R, desc: d, condition: evt.type = execve, output: o, priority: INFO}\n";
    for (more, message) in [
        (
            "- {rule: R, exeptions: [], append: true}",
            "`exeptions` is no key of a rule",
        ),
        ("- {rule: R, append: true}", "`append` adds nothing"),
        (
            "- {rule: R, condition: proc.name = x, override: {condition: extend}}",
            "overridden in no known way",
        ),
        (
            "- {rule: R, desc: x, condition: and proc.name = x, override: {condition: append}}",
            "`desc` is given and not overridden",
        ),
        (
            "- {rule: R, enabled: maybe}",
            "`enabled` is neither true nor false",
        ),
        (
            "- {rule: R, exceptions: [{name: x, values: [a]}], append: true}",
            "exception `x` has no fields",
        ),
    ] {
        let (rules, problems) = load(&format!("{base}{more}"));
        assert!(rules.all().is_empty(), "{more}");
        assert!(
            problems.iter().any(|one| one.message.contains(message)),
            "{more}: {problems:?}"
        );
    }
}

#[test]
fn hostile_files_end_in_a_sentence() {
    let deep = format!("{}proc.name=x{}", "(".repeat(5000), ")".repeat(5000));
    let mut many = String::new();
    for index in 0..2000 {
        many.push_str(&format!(
            "- {{macro: m{index}, condition: m{} or m{}}}\n",
            index + 1,
            index + 1
        ));
    }
    let in_rule = |condition: &str| {
        format!("- {{rule: R, desc: d, condition: '{condition}', output: o, priority: INFO}}\n")
    };
    for (text, message) in [
        (in_rule(&deep), "parentheses are open at once"),
        (format!("{many}{}", in_rule("m0")), "nested too deep"),
        (
            format!("- {{macro: m, condition: m or m}}\n{}", in_rule("m")),
            "macro `m` is part of itself",
        ),
        (
            format!(
                "- {{list: l, items: [k]}}\n- {{list: k, items: [l]}}\n{}",
                in_rule("proc.name in (l)")
            ),
            "is part of itself",
        ),
        ("- [".to_owned(), "cannot be read as YAML"),
        ("a: b".to_owned(), "a file of rules is a list"),
        ("- {thing: x}".to_owned(), "this defines nothing that is known"),
    ] {
        let (rules, problems) = load(&text);
        assert!(rules.all().is_empty());
        assert!(
            problems.iter().any(|one| one.message.contains(message)),
            "{message}: {problems:?}"
        );
    }
}

#[test]
fn an_alert_says_what_happened_and_does_no_harm() {
    let (rules, problems) = load(
        "- {rule: R, desc: d, condition: evt.type = openat, output: '*%proc.name read %fd.name at %evt.time as %user.uid by %proc.aname[2] %fd.sip 100%% %container.info', priority: CRITICAL, tags: [T1003]}",
    );
    assert!(problems.is_empty(), "{problems:?}");
    let mut detector = Detector::new(std::sync::Arc::new(rules));
    let event = told(
        r#"{call: openat, path: "/tmp/\e[31m\n\u202e", process: {name: cat, parents: [bash, sshd]}, container: {namespace: shop}}"#,
    );
    let ids = detector.judge(&event).to_vec();
    let alert = detector.alert(ids[0], &event).unwrap();
    assert_eq!(
        alert.output,
        r"cat read /tmp/\u{1b}[31m\n\u{202e} at 08:00:00.000000000 as 0 by sshd <NA> 100% container_id=0123456789ab container_name=web"
    );
    assert_eq!(alert.fields["user.uid"], 0);
    assert_eq!(alert.fields["fd.sip"], serde_json::Value::Null);
    assert_eq!(alert.processes.len(), 3);
    let container = alert.container.clone().unwrap();
    assert_eq!(
        (&*container.namespace, &*container.image),
        ("shop", "docker.io/library/nginx:1.27")
    );
    let json = serde_json::to_value(&alert).unwrap();
    assert_eq!(json["priority"], "critical");
    assert_eq!(json["tags"][0], "T1003");
}
