use crate::running::watched_by;
use crate::sandbox::{Answer, Sandbox, is_root};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

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

/// An agent that is killed as soon as it watches.
fn killed(sandbox: &Sandbox, arguments: &[&str]) {
    let mut all = vec!["agent", "--policy", "policy.yaml"];
    all.extend(arguments);
    let mut agent = sandbox
        .bartizan(&all)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(agent.stderr.take().unwrap()).lines();
    assert!(said.any(|line| line.unwrap().contains("watching")));
    agent.kill().unwrap();
    agent.wait().unwrap();
}

#[test]
fn an_agent_that_is_killed_leaves_nothing_in_force() {
    let Some(cgroup) = cgroup("killed") else { return };
    let sandbox = Sandbox::new();
    policy(&sandbox, &cgroup.path, "enforce");
    killed(&sandbox, &[]);
    assert!(cgroup.runs(&sandbox));
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
