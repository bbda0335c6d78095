use crate::containers::{self, Container, Kept};
use crate::running::{Running, done_unseen, told, watched_by};
use crate::sandbox::{Answer, Sandbox, is_root};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A cgroup of a test, which goes with it.
pub(crate) struct Cgroup {
    pub(crate) folder: PathBuf,
    pub(crate) path: String,
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir(&self.folder);
    }
}

#[allow(clippy::print_stderr)]
pub(crate) fn cgroup(name: &str) -> Option<Cgroup> {
    let root = ["/sys/fs/cgroup/unified", "/sys/fs/cgroup"]
        .into_iter()
        .find(|root| Path::new(root).join("cgroup.procs").exists());
    let path = format!("/bartizan-{name}-{}", std::process::id());
    let folder = PathBuf::from(format!("{}{path}", root.unwrap_or_default()));
    if !is_root() || root.is_none() || std::fs::create_dir(&folder).is_err() {
        eprintln!("skipped: policies need root and cgroups of version 2");
        return None;
    }
    Some(Cgroup { folder, path })
}

impl Cgroup {
    /// Whether a program that lies where anybody may write runs in it
    fn runs(&self, sandbox: &Sandbox) -> bool {
        let program = sandbox.path("open/true");
        let script = format!(
            "echo $$ > {}/cgroup.procs; exec {}",
            self.folder.display(),
            program.display()
        );
        Command::new("/bin/sh")
            .args(["-c", &script])
            .status()
            .unwrap()
            .success()
    }
}

/// A policy for a cgroup, and a program that it forbids
fn policy(sandbox: &Sandbox, cgroup: &str, mode: &str) {
    sandbox.write("open/true", "");
    std::fs::copy("/bin/true", sandbox.path("open/true")).unwrap();
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o777);
    std::fs::set_permissions(sandbox.path("open"), open).unwrap();
    sandbox.write(
        "policy.yaml",
        &format!(
            "policies:\n- name: nothing that anybody wrote\n  workloads: [{{cgroup: {cgroup}}}]\n  mode: {mode}\n  rules: {{exec: {{writable_places: true}}}}\n"
        ),
    );
}

fn guarded(sandbox: &Sandbox, arguments: &[&str], meanwhile: impl FnOnce()) -> Option<Answer> {
    let mut all = vec!["agent", "--policy", "policy.yaml", "-o", "json"];
    all.extend(arguments);
    watched_by(sandbox, sandbox.bartizan(&all), |_| meanwhile())
}

#[test]
fn what_a_policy_forbids_is_stopped_and_told() {
    let Some(cgroup) = cgroup("stopped") else { return };
    let sandbox = Sandbox::new();
    policy(&sandbox, &cgroup.path, "enforce");
    let mut ran = true;
    let answer = guarded(&sandbox, &["--tier", "restrain"], || ran = cgroup.runs(&sandbox)).unwrap();
    assert!(!ran && answer.code == 0, "{answer}");
    assert!(answer.err.contains("denies exec.writable_places"), "{answer}");
    let alert: serde_json::Value = serde_json::from_str(answer.out.trim()).unwrap();
    assert_eq!(alert["rule"], "Policy nothing that anybody wrote");
    assert_eq!(alert["priority"], "critical");
    assert_eq!(alert["fields"]["policy.rule"], "exec.writable_places");
    assert!(
        alert["fields"]["policy.object"]
            .as_str()
            .unwrap()
            .ends_with("/open/true")
    );
    assert!(cgroup.runs(&sandbox), "nothing is stopped when the agent is gone");
}

#[test]
fn an_audit_only_tells() {
    let Some(cgroup) = cgroup("audit") else { return };
    let sandbox = Sandbox::new();
    policy(&sandbox, &cgroup.path, "audit");
    let mut ran = false;
    let answer = guarded(&sandbox, &[], || ran = cgroup.runs(&sandbox)).unwrap();
    assert!(ran && answer.out.contains("\"told\""), "{answer}");
}

/// Policies that only tell of programs where anybody may write, each for other workloads
const OF_WORKLOADS: &str = "policies:
- {name: of an image, workloads: [{image: registry.example/tool:1}], rules: {exec: {writable_places: true}}}
- {name: of images, workloads: [{image: docker.io/library/*}], rules: {exec: {writable_places: true}}}
- {name: of pods, workloads: [{namespace: shop}], rules: {exec: {writable_places: true}}}
- {name: of a pod with its image, workloads: [{namespace: shop, image: registry.example/*}], rules: {exec: {writable_places: true}}}
- {name: of a unit, workloads: [{unit: UNIT}], rules: {exec: {writable_places: true}}}
";

#[test]
fn a_policy_holds_in_the_containers_and_units_that_it_names_alone() {
    let Some(unit) = cgroup("unit") else { return };
    let Some(other) = cgroup("other-unit") else { return };
    if !containers::can_run() {
        return;
    }
    let docker = |image| Container::start(&Kept::Docker("tool", image, false));
    let pod = |namespace| Container::start(&Kept::Pod("web-0", namespace, "docker.io/library/nginx:1.27"));
    let (first, second) = (
        docker("registry.example/tool:1"),
        docker("registry.example/tool:2"),
    );
    let (shop, test) = (pod("shop"), pod("test"));
    let sandbox = Sandbox::new();
    sandbox.write(
        "policy.yaml",
        &OF_WORKLOADS.replace("UNIT", unit.path.trim_start_matches('/')),
    );
    let deed = "d=$(mktemp -d); chmod 777 $d; cp /usr/bin/true $d; $d/true; rm -r $d";
    let of_unit = |cgroup: &Cgroup| {
        let mut shell = Command::new("sh");
        let line = format!("echo $$ > {}/cgroup.procs; {deed}", cgroup.folder.display());
        shell.args(["-c", &line]);
        shell
    };
    let places = [
        (first.command(deed), &["Policy of an image"][..]),
        (second.command(deed), &[]),
        (shop.command(deed), &["Policy of images, of pods"]),
        (test.command(deed), &["Policy of images"]),
        (of_unit(&unit), &["Policy of a unit"]),
        (of_unit(&other), &[]),
    ];
    let mut done = Vec::new();
    let answer = guarded(&sandbox, &[], || {
        done = places
            .map(|(command, rules)| (done_unseen(command), rules))
            .into();
    })
    .unwrap();
    assert_eq!(answer.code, 0, "{answer}");
    let mut told = told(&answer);
    for (process, rules) in done {
        let told: Vec<String> = told.remove(&process).into_iter().flatten().collect();
        assert_eq!(told, rules, "{answer}");
    }
}

/// An agent that watches by the policy of the sandbox.
fn watching(sandbox: &Sandbox, arguments: &[&str]) -> Running {
    let all = [&["agent", "--policy", "policy.yaml"], arguments].concat();
    Running::start(sandbox.bartizan(&all)).0
}

/// An agent that is killed as soon as it watches.
fn killed(sandbox: &Sandbox, arguments: &[&str]) {
    drop(watching(sandbox, arguments));
}

#[test]
fn an_agent_that_is_killed_leaves_nothing_in_force() {
    let Some(cgroup) = cgroup("killed") else { return };
    let sandbox = Sandbox::new();
    policy(&sandbox, &cgroup.path, "enforce");
    killed(&sandbox, &[]);
    assert!(cgroup.runs(&sandbox));
}

/// What waits for leave to open a file is let go when nobody is left who could give it.
#[test]
fn an_agent_that_is_killed_leaves_nobody_waiting() {
    let Some(cgroup) = cgroup("waiting") else { return };
    let sandbox = Sandbox::new();
    sandbox.write("kept/file", "");
    let protected = sandbox.path("kept").canonicalize().unwrap();
    sandbox.write(
        "policy.yaml",
        &format!(
            "policies:\n- name: kept\n  workloads: [{{cgroup: {}}}]\n  mode: enforce\n  rules: {{write: [{}/]}}\n",
            cgroup.path,
            protected.display()
        ),
    );
    let agent = watching(&sandbox, &[]);
    let said = agent.said().to_owned();
    let waits = !["note: tier guard", "are not refused"]
        .iter()
        .any(|one| said.contains(one));
    agent.signal("STOP");
    let mut reader = Command::new("/bin/cat")
        .arg(protected.join("file"))
        .spawn()
        .unwrap();
    std::thread::sleep(std::time::Duration::from_millis(500));
    let waited = reader.try_wait().unwrap().is_none();
    drop(agent);
    assert!(reader.wait().unwrap().success());
    assert_eq!(waited, waits, "{said}");
}

#[test]
fn what_was_pinned_stays_until_it_is_taken_away_or_its_time_is_over() {
    let Some(cgroup) = cgroup("pinned") else { return };
    let sandbox = Sandbox::new();
    policy(&sandbox, &cgroup.path, "enforce");
    killed(&sandbox, &["--pin"]);
    let pinned = cgroup.runs(&sandbox);
    killed(&sandbox, &["--pin", "--confirm-within", "1s"]);
    std::thread::sleep(std::time::Duration::from_secs(2));
    let lapsed = cgroup.runs(&sandbox);
    killed(&sandbox, &["--pin"]);
    let again = cgroup.runs(&sandbox);
    let answer = sandbox.run(&["agent", "--unpin"]);
    assert_eq!(answer.code, 0, "{answer}");
    assert!(!pinned, "it stays when the agent was killed");
    assert!(lapsed, "nobody confirmed");
    assert!(!again && cgroup.runs(&sandbox));
}

#[test]
fn a_policy_that_is_wrong_keeps_the_agent_from_starting() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "policy.yaml",
        "policies:\n- name: p\n  workloads: [{host: true}]\n  rules: {mounts: true}\n",
    );
    let answer = sandbox.run(&["agent", "--policy", "policy.yaml", "--check"]);
    assert_eq!(answer.code, 2, "{answer}");
    assert!(
        answer
            .err
            .contains("policy.yaml:4: `mounts` is no key of rules; did you mean `mount`?"),
        "{answer}"
    );
    let answer = sandbox.run(&["agent", "--policy", "policy.yaml", "--confirm-within", "soon"]);
    assert!(answer.code == 2 && answer.err.contains("30s"), "{answer}");
}
