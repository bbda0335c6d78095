use crate::guard::{Cgroup, cgroup};
use crate::running::watched;
use crate::sandbox::{Answer, Sandbox, is_root};
use serde_json::Value;
use std::io::{BufRead, BufReader, Lines, Read};
use std::process::{Child, ChildStderr, Command, Stdio};

const PYTHON: &str = "/usr/bin/python3";
/// Loads the smallest program there is, says so, and waits until nobody writes any more
const LOADING: &str = "import ctypes,os,struct,sys
c=ctypes.CDLL(None,use_errno=True)
code=ctypes.create_string_buffer(bytes.fromhex('b7000000000000009500000000000000'))
license=ctypes.create_string_buffer(b'GPL')
asked=ctypes.create_string_buffer(struct.pack('IIQQ',1,2,ctypes.addressof(code),ctypes.addressof(license))+bytes(96))
n={'x86_64':321,'aarch64':280}[os.uname().machine]
if c.syscall(n,5,asked,120)<0: sys.exit(ctypes.get_errno())
print('loaded',flush=True)
sys.stdin.read()
";

/// Attaches a program to the cgroup whose folder is given, in the way without a link, moves into it and holds nothing; says so, and waits
const ATTACHING: &str = "import ctypes,os,struct,sys
c=ctypes.CDLL(None,use_errno=True)
code=ctypes.create_string_buffer(bytes.fromhex('b7000000010000009500000000000000'))
license=ctypes.create_string_buffer(b'GPL')
asked=ctypes.create_string_buffer(struct.pack('IIQQ',15,2,ctypes.addressof(code),ctypes.addressof(license))+bytes(96))
n={'x86_64':321,'aarch64':280}[os.uname().machine]
program=c.syscall(n,5,asked,120)
asked=struct.pack('IIII',os.open(sys.argv[1],os.O_RDONLY),program,6,0)
if program<0 or c.syscall(n,8,ctypes.create_string_buffer(asked),16)<0: sys.exit(ctypes.get_errno())
os.close(program)
open(sys.argv[1]+'/cgroup.procs','w').write('0')
print('loaded',flush=True)
sys.stdin.read()
";

/// Keys `k`, `k.pub`, and a manifest `m.json` of these executables
fn manifest(sandbox: &Sandbox, executables: &[&str]) -> Answer {
    if !sandbox.path("k").exists() {
        assert_eq!(sandbox.run(&["sign", "--new-key", "k"]).code, 0);
    }
    let mut all = vec!["bpf", "manifest", "--sign", "k"];
    all.extend(executables);
    let answer = sandbox.run(&all);
    sandbox.write("m.json", &answer.out);
    answer
}

fn policy(sandbox: &Sandbox, cgroup: &str, mode: &str) {
    let path = |name: &str| sandbox.path(name).display().to_string();
    sandbox.write(
        "policy.yaml",
        &format!(
            "policies:\n- name: door\n  workloads: [{{cgroup: {cgroup}}}]\n  mode: {mode}\n  rules: {{bpf: {{manifest: {}, key: {}}}}}\n",
            path("m.json"),
            path("k.pub")
        ),
    );
}

fn check(sandbox: &Sandbox) -> Answer {
    sandbox.run(&["agent", "--policy", "policy.yaml", "--check"])
}

#[test]
fn a_manifest_lists_executables_without_links_and_says_what_is_odd() {
    let sandbox = Sandbox::new();
    sandbox.write("tool", "#!/bin/sh\n");
    std::os::unix::fs::symlink("tool", sandbox.path("link")).unwrap();
    let answer = manifest(&sandbox, &["link:lsm,xdp"]);
    assert_eq!(answer.code, 0, "{answer}");
    assert!(
        answer
            .out
            .contains("\"payloadType\":\"application/vnd.in-toto+json\""),
        "{answer}"
    );
    for (given, said) in [
        ("tool:lms", "no type of program"),
        ("nowhere", "cannot read"),
        (".", "is no file"),
    ] {
        let answer = manifest(&sandbox, &[given]);
        assert!(answer.code == 2 && answer.err.contains(said), "{given}: {answer}");
    }
    let answer = manifest(&sandbox, &["tool", "link"]);
    assert!(
        answer.code == 2 && answer.err.contains("is named twice"),
        "{answer}"
    );
    let answer = sandbox.run(&["bpf", "manifest", "tool", "--sign", "tool"]);
    assert_eq!(answer.code, 2, "{answer}");
}

#[test]
fn a_manifest_that_was_altered_expired_or_signed_by_others_lists_nobody() {
    let sandbox = Sandbox::new();
    manifest(&sandbox, &["/bin/true"]);
    policy(&sandbox, "/", "audit");
    let answer = check(&sandbox);
    assert!(answer.code == 0 && answer.err.contains("bpf.only"), "{answer}");
    let whole = sandbox.read("m.json");
    let refused = |said: &str| {
        let answer = check(&sandbox);
        assert!(answer.code == 2 && answer.err.contains(said), "{said}: {answer}");
    };
    let mut envelope: Value = serde_json::from_str(&whole).unwrap();
    let payload = envelope["payload"].as_str().unwrap().to_owned();
    envelope["payload"] = payload.replacen('e', "f", 1).into();
    sandbox.write("m.json", &envelope.to_string());
    refused("was altered since");
    sandbox.write("m.json", whole.get(..100).unwrap());
    refused("is no signed manifest");
    let long_ago = format!(
        r#"{{"_type":"https://in-toto.io/Statement/v1","subject":[{{"name":"/bin/true","digest":{{"sha256":"{}"}}}}],"predicateType":"https://bartizan.dev/bpf-loaders/v1","predicate":{{"expires":"2020-01-01T00:00:00Z"}}}}"#,
        "a".repeat(64)
    );
    sandbox.write("statement.json", &long_ago);
    let signed = sandbox.run(&["sign", "statement.json", "--key", "k"]);
    sandbox.write("m.json", &signed.out);
    refused("it expired at");
    sandbox.write("m.json", &whole);
    assert_eq!(sandbox.run(&["sign", "--new-key", "other"]).code, 0);
    std::fs::copy(sandbox.path("other.pub"), sandbox.path("k.pub")).unwrap();
    refused("is not signed with the key");
    std::fs::remove_file(sandbox.path("m.json")).unwrap();
    refused("cannot read");
}

/// How a program that loads another one ends in a cgroup.
fn loads(cgroup: &Cgroup) -> bool {
    let script = format!(
        "echo $$ > {}/cgroup.procs; exec {PYTHON} -S -c \"$0\" < /dev/null > /dev/null",
        cgroup.folder.display()
    );
    let ended = Command::new("/bin/sh").args(["-c", &script, LOADING]).status();
    ended.unwrap().success()
}

/// An agent, and what it says
struct Agent {
    child: Child,
    said: Lines<BufReader<ChildStderr>>,
}

impl Agent {
    fn start(sandbox: &Sandbox) -> Self {
        let mut child = sandbox
            .bartizan(&["agent", "--policy", "policy.yaml"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut agent = Self { child, said };
        agent.says("watching");
        agent
    }

    /// Waits until it says so
    fn says(&mut self, what: &str) {
        assert!(self.said.any(|line| line.unwrap().contains(what)), "{what}");
    }

    fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &pid])
                .status()
                .unwrap()
                .success()
        );
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_manifest_is_enforced_and_read_again_when_told() {
    let Some(cgroup) = cgroup("manifest") else { return };
    let sandbox = Sandbox::new();
    let true_alone = manifest(&sandbox, &["/bin/true"]).out;
    manifest(&sandbox, &[PYTHON]);
    policy(&sandbox, &cgroup.path, "enforce");
    let mut agent = Agent::start(&sandbox);
    assert!(loads(&cgroup), "who is on the manifest");
    sandbox.write("m.json", &true_alone);
    agent.signal("-HUP");
    agent.says("manifests of who may load programs, read again");
    assert!(!loads(&cgroup), "who is not on it any more");
    manifest(&sandbox, &[&format!("{PYTHON}:socket_filter")]);
    agent.signal("-HUP");
    agent.says("manifests of who may load programs, read again");
    assert!(loads(&cgroup), "who is on it again, for this type of program");
    sandbox.write("m.json", "{}");
    agent.signal("-HUP");
    agent.says("the lists in force stay");
    assert!(loads(&cgroup), "what was altered changes nothing");
}

fn listed(sandbox: &Sandbox, arguments: &[&str]) -> (Answer, Value) {
    let mut all = vec!["bpf", "list", "-o", "json"];
    all.extend(arguments);
    let answer = sandbox.run(&all);
    let value = serde_json::from_str(&answer.out).unwrap_or_default();
    (answer, value)
}

/// The program of the list that a process holds
fn held_by(list: &Value, pid: u32) -> Value {
    let programs = list["programs"].as_array().unwrap();
    let holds = |program: &&Value| program["holders"].as_array().unwrap().contains(&pid.into());
    programs.iter().find(holds).unwrap().clone()
}

#[test]
fn a_program_that_a_cgroup_holds_is_listed_with_the_cgroup() {
    let Some(cgroup) = cgroup("listed") else { return };
    let sandbox = Sandbox::new();
    let mut attaching = Command::new(PYTHON)
        .args(["-S", "-c", ATTACHING])
        .arg(&cgroup.folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = [0; 7];
    let is_attached = attaching.stdout.as_mut().unwrap().read_exact(&mut said).is_ok();
    let (_, list) = listed(&sandbox, &[]);
    let text = sandbox.run(&["bpf", "list"]);
    drop(attaching.stdin.take());
    attaching.wait().unwrap();
    assert!(is_attached);
    let place =
        serde_json::json!([{"place": format!("cgroup {}", cgroup.path), "attached_as": "cgroup_device"}]);
    let programs = list["programs"].as_array().unwrap();
    let program = programs
        .iter()
        .find(|program| program["attached_without_link"] == place)
        .unwrap_or_else(|| panic!("{list}"));
    assert_eq!(program["holders"], serde_json::json!([]));
    let line = format!(
        "  attached   cgroup {} as cgroup_device without a link\n",
        cgroup.path
    );
    assert!(text.out.contains(&line), "{text}");
}

#[test]
#[allow(clippy::print_stderr)]
fn what_is_loaded_is_held_against_a_manifest() {
    if !is_root() {
        eprintln!("skipped: what is in the kernel is told to root only");
        return;
    }
    let sandbox = Sandbox::new();
    let mut loader = Command::new(PYTHON)
        .args(["-S", "-c", LOADING])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = [0; 7];
    loader.stdout.as_mut().unwrap().read_exact(&mut said).unwrap();
    let (pid, by) = (loader.id(), ["--manifest", "m.json", "--key", "k.pub"]);
    let (answer, list) = listed(&sandbox, &[]);
    let without = held_by(&list, pid);
    manifest(&sandbox, &["/bin/true"]);
    let (others, list_of_others) = listed(&sandbox, &by);
    let text = sandbox.run(&["bpf", "list", by[0], by[1], by[2], by[3]]);
    let lenient = sandbox.run(&["bpf", "list", by[0], by[1], by[2], by[3], "--exit-zero"]);
    manifest(&sandbox, &[PYTHON]);
    let (_, list_with) = listed(&sandbox, &by);
    drop(loader.stdin.take());
    loader.wait().unwrap();
    // In a sandbox there may be processes of around it, which is said.
    let known = u8::from(answer.err.contains("descriptors of process")) * 4;
    assert_eq!(i32::from(known), answer.code, "{answer}");
    assert_eq!(without["type"], "socket_filter");
    assert_eq!(
        (&without["on_manifest"], &without["own"]),
        (&Value::Null, &false.into())
    );
    let process = list["processes"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["pid"] == pid);
    assert!(
        process.unwrap()["path"].as_str().unwrap().contains("python3"),
        "{process:?}"
    );
    assert_eq!(others.code, 1, "{others}");
    let unlisted = held_by(&list_of_others, pid);
    assert_eq!(unlisted["on_manifest"], false);
    assert_eq!(unlisted["unlisted_holders"], serde_json::json!([pid]));
    assert!(
        text.code == 1 && text.out.contains("not on the manifest: process"),
        "{text}"
    );
    assert_eq!(lenient.code, answer.code, "{lenient}");
    assert_eq!(held_by(&list_with, pid)["on_manifest"], true);
}

#[test]
fn what_this_program_holds_is_its_own_and_told_with_its_place() {
    let sandbox = Sandbox::new();
    let mut list = Value::Null;
    let watching = watched(&sandbox, &["watch"], || list = listed(&sandbox, &[]).1);
    if watching.is_none() {
        return;
    }
    let links = list["links"].as_array().unwrap();
    let started = links
        .iter()
        .find(|link| link["place"] == "tracepoint sched_process_exec");
    let program = &started.unwrap()["program"];
    let programs = list["programs"].as_array().unwrap();
    let own = programs.iter().find(|one| one["id"] == *program).unwrap();
    assert_eq!(own["own"], true, "{own}");
}

#[test]
fn a_list_says_what_keeps_it_from_being_one() {
    let sandbox = Sandbox::new();
    for (arguments, said) in [
        (
            &["bpf", "list", "-o", "yaml"][..],
            "no format of `bartizan bpf list`",
        ),
        (&["bpf", "list", "--manifest", "m.json"], "--key"),
        (
            &["bpf", "list", "--manifest", "m.json", "--key", "k.pub"],
            "cannot read",
        ),
        (&["bpf", "list", "--exit-zero"], "--manifest"),
    ] {
        let answer = sandbox.run(arguments);
        assert!(
            answer.code == 2 && answer.err.contains(said),
            "{arguments:?}: {answer}"
        );
    }
    if is_root() {
        let answer = sandbox.run_as_nobody("exec \"$0\" \"$@\"", &["bpf", "list"]);
        assert!(
            answer.code == 2 && answer.err.contains("CAP_SYS_ADMIN"),
            "{answer}"
        );
    }
}

#[test]
fn what_was_loaded_before_a_policy_is_told_once() {
    let Some(cgroup) = cgroup("before") else { return };
    let sandbox = Sandbox::new();
    manifest(&sandbox, &["/bin/true"]);
    policy(&sandbox, &cgroup.path, "enforce");
    let script = format!(
        "echo $$ > {}/cgroup.procs; exec {PYTHON} -S -c \"$0\"",
        cgroup.folder.display()
    );
    let mut loader = Command::new("/bin/sh")
        .args(["-c", &script, LOADING])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = [0; 7];
    loader.stdout.as_mut().unwrap().read_exact(&mut said).unwrap();
    let answer = watched(
        &sandbox,
        &["agent", "--policy", "policy.yaml", "-o", "json"],
        || (),
    );
    drop(loader.stdin.take());
    assert!(loader.wait().unwrap().success(), "what was loaded before stays");
    let answer = answer.unwrap();
    let alerts: Vec<Value> = answer
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let [alert] = alerts.as_slice() else {
        panic!("{answer}")
    };
    assert_eq!(alert["rule"], "Policy door");
    assert_eq!(alert["fields"]["policy.rule"], "bpf.only");
    assert_eq!(alert["fields"]["policy.verdict"], "told");
    assert_eq!(alert["processes"][0]["pid"], loader.id());
    assert!(
        alert["output"]
            .as_str()
            .unwrap()
            .contains("loaded before the policy door"),
        "{alert}"
    );
}
