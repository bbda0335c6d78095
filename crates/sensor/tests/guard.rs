//! What policies stop on the kernel that the tests run on, in whichever tier it reaches. They need root and cgroups of version 2, and say so where
//! these are not there. Whatever tier it is, nothing that a policy forbids takes effect, and what it does not forbid does.
#![allow(clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod ward;

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, ExitStatus};
use std::time::Duration;

use bartizan_model::guard::{Action, Forbidden, Listed, Loader, Mode, Peer, Policy, Programs, Rules};
use bartizan_sensor::guard::{Guard, Tier, Verdict};
use ward::{EPERM, Ward, cgroup, enforced, ward};

impl Ward {
    /// Whether opening a file was stopped, which is refused where the kernel asks or waits
    fn stopped_opening(&self, status: ExitStatus) -> bool {
        match self.stops_opening() {
            Verdict::Refused => status.code() == Some(EPERM),
            _ => status.signal() == Some(9),
        }
    }

    fn stops_opening(&self) -> Verdict {
        match self.guard.late() {
            None => Verdict::Refused,
            Some(_) => Verdict::Killed,
        }
    }

    /// Whether anything else was stopped: refused, with this error, or killed
    fn stopped(&self, status: ExitStatus, error: i32) -> bool {
        match self.stops() {
            Verdict::Refused => status.code() == Some(error),
            _ => status.signal() == Some(9),
        }
    }

    fn stops(&self) -> Verdict {
        match self.guard.tier() {
            Tier::Guard => Verdict::Refused,
            _ => Verdict::Killed,
        }
    }
}

/// Runs a copy of a program that is nowhere but in memory
const IN_MEMORY: &str =
    "f=os.memfd_create('x',0)\nos.write(f,open('/bin/true','rb').read())\nos.execve(f,['true'],{})";

fn memory() -> Rules {
    Rules {
        programs_in_memory: true,
        ..Rules::default()
    }
}

#[test]
fn a_program_in_memory_does_not_run_and_one_of_a_file_does() {
    let Some(mut ward) = enforced(memory()) else {
        return;
    };
    assert!(ward.python("os.execv('/bin/true',['true'])").success());
    assert_eq!(ward.verdicts(), []);
    let status = ward.python(IN_MEMORY);
    assert!(ward.stopped(status, EPERM), "{status}");
    let decisions = ward.decisions();
    let [decision] = decisions.as_slice() else {
        panic!("{decisions:?}")
    };
    assert_eq!(
        (decision.rule, decision.verdict),
        (Forbidden::ProgramInMemory, ward.stops())
    );
    assert!(decision.path.starts_with(b"/memfd:x"), "{:?}", decision.path);
    assert_eq!(decision.policies, ["ward".into()]);
    assert!(decision.process.pid > 1 && decision.time > 0);
}

#[test]
fn an_audit_tells_and_stops_nothing() {
    let Some(mut ward) = ward(Mode::Audit, Action::Kill, memory()) else {
        return;
    };
    assert!(ward.python(IN_MEMORY).success());
    assert_eq!(ward.verdicts(), [(Forbidden::ProgramInMemory, Verdict::Told)]);
}

#[test]
fn a_policy_does_not_hold_elsewhere() {
    let Some(mut ward) = enforced(memory()) else {
        return;
    };
    let status = Command::new("/usr/bin/python3")
        .args(["-S", "-c", &format!("import os\n{IN_MEMORY}")])
        .status();
    assert!(status.expect("it starts").success());
    assert_eq!(ward.verdicts(), []);
}

#[test]
fn a_policy_holds_in_cgroups_that_are_made_later_below() {
    let Some(mut ward) = enforced(memory()) else {
        return;
    };
    let below = ward.folder.join("below");
    let file = tempfile::NamedTempFile::new().expect("a file");
    fs::write(file.path(), format!("import os\n{IN_MEMORY}")).expect("it is written");
    let status = ward.shell(&format!(
        "mkdir {0}; echo $$ > {0}/cgroup.procs; exec /usr/bin/python3 -S {1}",
        below.display(),
        file.path().display()
    ));
    let removed = fs::remove_dir(&below);
    assert!(!status.success(), "{status}");
    removed.expect("it is empty");
    assert_eq!(ward.verdicts(), [(Forbidden::ProgramInMemory, ward.stops())]);
}

#[test]
fn a_policy_kills_where_it_says_so() {
    let Some(mut ward) = ward(Mode::Enforce, Action::Kill, memory()) else {
        return;
    };
    assert_eq!(ward.python(IN_MEMORY).signal(), Some(9));
    assert_eq!(ward.verdicts(), [(Forbidden::ProgramInMemory, Verdict::Killed)]);
}

#[test]
fn enforcement_lapses_where_nobody_confirms_it() {
    let Some(mut ward) = enforced(memory()) else {
        return;
    };
    ward.guard.enforce_for(Some(Duration::ZERO)).expect("it is told");
    assert!(ward.python(IN_MEMORY).success());
    assert_eq!(ward.verdicts(), [(Forbidden::ProgramInMemory, Verdict::Told)]);
    ward.guard.enforce_for(None).expect("it is told");
    assert!(!ward.python(IN_MEMORY).success());
}

#[test]
fn a_program_where_anybody_may_write_does_not_run() {
    let rules = Rules {
        programs_in_writable_places: true,
        ..Rules::default()
    };
    let Some(mut ward) = enforced(rules) else { return };
    let folder = tempfile::tempdir_in("/tmp").expect("a folder");
    let program = folder.path().join("true");
    fs::copy("/bin/true", &program).expect("it is copied");
    assert!(ward.shell("/bin/true").success());
    assert_eq!(ward.verdicts(), []);
    let status = ward.shell(&format!("exec {}", program.display()));
    assert!(!status.success(), "{status}");
    assert_eq!(
        ward.verdicts(),
        [(Forbidden::ProgramInWritablePlace, ward.stops_opening())]
    );
}

#[test]
fn a_program_that_is_not_listed_does_not_run() {
    let rules = Rules {
        only_programs: Some(Programs {
            places: vec!["/usr/bin/".into(), "/bin/".into()],
            ..Programs::default()
        }),
        ..Rules::default()
    };
    let Some(mut ward) = enforced(rules) else { return };
    let folder = tempfile::tempdir_in("/var").expect("a folder");
    let program = folder.path().join("true");
    fs::copy("/bin/true", &program).expect("it is copied");
    assert!(ward.shell("/bin/true").success());
    // Libraries are code, too, where the kernel asks about them.
    let listed = ward.verdicts();
    let status = ward.shell(&format!("exec {}", program.display()));
    assert!(!status.success(), "{status}");
    assert!(
        ward.verdicts()
            .contains(&(Forbidden::UnlistedProgram, ward.stops_opening())),
        "{listed:?}"
    );
}

#[test]
fn a_program_that_an_image_did_not_have_does_not_run() {
    let rules = Rules {
        changed_programs: true,
        ..Rules::default()
    };
    let Some(mut ward) = enforced(rules) else { return };
    let folder = tempfile::tempdir_in("/dev/shm").expect("a folder");
    let script = |last: &str| {
        format!(
            "cd {}; exec unshare -m sh -c 'mkdir -p l u w m; cp /bin/true l/built; \
             mount -t overlay overlay -o lowerdir=l,upperdir=u,workdir=w m && cp /bin/true m/brought && exec {last}'",
            folder.path().display()
        )
    };
    assert!(ward.shell(&script("m/built")).success());
    assert_eq!(ward.verdicts(), []);
    assert!(!ward.shell(&script("m/brought")).success());
    // A namespace that was just made is not known yet: there the process is killed.
    let verdicts = ward.verdicts();
    let expected = [ward.stops(), ward.stops_opening()];
    assert!(
        matches!(verdicts.as_slice(), [(Forbidden::ChangedProgram, verdict)] if expected.contains(verdict)),
        "{verdicts:?}"
    );
}

#[test]
fn protected_files_are_not_written_and_read_all_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let kept = folder.path().canonicalize().expect("its path").join("kept");
    fs::create_dir(&kept).expect("a folder");
    fs::write(kept.join("file"), "as it was").expect("a file");
    let rules = Rules {
        write: vec![format!("{}/", kept.display()).into()],
        ..Rules::default()
    };
    let Some(mut ward) = enforced(rules) else { return };
    assert!(
        ward.shell(&format!("cat {0}/file; : > {0}-beside", kept.display()))
            .success()
    );
    assert_eq!(ward.verdicts(), []);
    let status = ward.python(&format!(
        "f=os.open('{}/file',os.O_WRONLY)\nos.write(f,b'changed')",
        kept.display()
    ));
    assert!(ward.stopped_opening(status), "{status}");
    assert_eq!(
        fs::read_to_string(kept.join("file")).expect("it is there"),
        "as it was"
    );
    assert_eq!(ward.verdicts(), [(Forbidden::Write, ward.stops_opening())]);
}

#[test]
fn protected_files_are_not_written_by_way_of_a_ring_either() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path().canonicalize().expect("its path");
    fs::create_dir(here.join("kept")).expect("a folder");
    fs::write(here.join("kept/file"), "as it was").expect("a file");
    let ring = here.join("ring");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs/ring.c");
    let made = Command::new("cc").arg("-o").args([&ring, &source]).status();
    assert!(made.expect("a C compiler is there").success());
    let rules = Rules {
        write: vec![format!("{}/kept/", here.display()).into()],
        ..Rules::default()
    };
    let Some(mut ward) = enforced(rules) else { return };
    let by_ring = |what: &str| format!("exec {} {what} {}/kept/file", ring.display(), here.display());
    assert!(ward.shell(&by_ring("openat")).success());
    assert_eq!(ward.verdicts(), []);
    let status = ward.shell(&by_ring("openat-to-write"));
    assert!(ward.stopped(status, EPERM), "{status}");
    assert_eq!(ward.verdicts(), [(Forbidden::Write, ward.stops())]);
}

fn peers(all: &[(&str, u8, u16)]) -> Rules {
    let peer = |(network, bits, port): &(&str, u8, u16)| Peer {
        network: network.parse().expect("an address"),
        bits: *bits,
        from: *port,
        until: *port,
    };
    Rules {
        only_peers: Some(all.iter().map(peer).collect()),
        ..Rules::default()
    }
}

/// Connects a socket of UDP, which needs nobody at the other end, or sends by one; EPERM only where that is refused
fn speaking(family: &str, address: &str, port: u16, connected: bool) -> String {
    let made = format!("s=socket.socket(socket.{family},socket.SOCK_DGRAM)\n");
    if connected {
        format!("{made}s.connect(('{address}',{port}))")
    } else {
        format!("{made}s.sendto(b'x',('{address}',{port}))")
    }
}

#[test]
fn only_listed_peers_are_spoken_to() {
    let Some(mut ward) = enforced(peers(&[("192.0.2.0", 24, 53), ("2001:db8::", 32, 53)])) else {
        return;
    };
    let refused = |family: &str, address: &str, port: u16, connected: bool| {
        ward.python(&speaking(family, address, port, connected)).code() == Some(EPERM)
    };
    for connected in [true, false] {
        assert!(!refused("AF_INET", "192.0.2.7", 53, connected));
        assert!(!refused("AF_INET", "127.0.0.1", 9, connected), "itself");
        assert!(refused("AF_INET", "192.0.2.7", 54, connected), "another port");
        assert!(refused("AF_INET", "198.51.100.7", 53, connected));
        assert!(!refused("AF_INET6", "2001:db8::1", 53, connected));
        assert!(!refused("AF_INET6", "::1", 9, connected), "itself");
        assert!(!refused("AF_INET6", "::ffff:192.0.2.7", 53, connected));
        assert!(refused("AF_INET6", "2001:db9::1", 53, connected));
        assert!(
            refused("AF_INET6", "::ffff:198.51.100.7", 53, connected),
            "in other words"
        );
    }
    let decisions = ward.decisions();
    assert_eq!(decisions.len(), 8);
    let peers: Vec<String> = decisions
        .iter()
        .filter_map(|decision| Some(decision.peer?.to_string()))
        .collect();
    assert!(
        peers.contains(&"192.0.2.7:54".to_owned()) && peers.contains(&"[2001:db9::1]:53".to_owned()),
        "{peers:?}"
    );
    assert!(
        decisions
            .iter()
            .all(|decision| decision.verdict == Verdict::Refused)
    );
}

#[test]
fn processes_of_other_users_are_not_traced() {
    let rules = Rules {
        tracing_others: true,
        ..Rules::default()
    };
    let Some(mut ward) = enforced(rules) else { return };
    let traced = |user: u32| {
        format!(
            "p=os.fork()\nif p==0:\n    os.setuid({user})\n    os.execv('/bin/sleep',['sleep','1'])\nimport time\ntime.sleep(0.2)\n\
             c=ctypes.CDLL(None,use_errno=True)\nr=c.ptrace(16,p,0,0)\ne=ctypes.get_errno()\nos.kill(p,9)\nsys.exit(e if r else 0)"
        )
    };
    assert!(ward.python(&traced(0)).success());
    assert_eq!(ward.verdicts(), []);
    let status = ward.python(&traced(65534));
    assert!(ward.stopped(status, EPERM), "{status}");
    assert_eq!(ward.verdicts(), [(Forbidden::TracingOthers, ward.stops())]);
}

/// Loads the smallest program there is; the number of the error, or 0
const LOADING: &str = "c=ctypes.CDLL(None,use_errno=True)\ncode=ctypes.create_string_buffer(bytes.fromhex('b7000000000000009500000000000000'))\n\
license=ctypes.create_string_buffer(b'GPL')\nimport struct\nattributes=ctypes.create_string_buffer(struct.pack('IIQQ',1,2,ctypes.addressof(code),ctypes.addressof(license))+bytes(96))\n\
n={'x86_64':321,'aarch64':280}[os.uname().machine]\nf=c.syscall(n,5,attributes,120)\nsys.exit(ctypes.get_errno() if f<0 else 0)";

#[test]
fn only_listed_executables_load_programs_into_the_kernel() {
    let none = Rules {
        only_loaders: Some(Vec::new()),
        ..Rules::default()
    };
    let Some(mut ward) = enforced(none) else { return };
    let status = ward.python(LOADING);
    assert!(ward.stopped(status, EPERM), "{status}");
    assert_eq!(ward.verdicts(), [(Forbidden::UnlistedLoader, ward.stops())]);
    drop(ward);
    let path = fs::canonicalize("/usr/bin/python3").expect("Python is there");
    let sum = Command::new("sha256sum").arg(&path).output().expect("sha256sum");
    let listed = Rules {
        only_loaders: Some(vec![Loader {
            file: Listed {
                path: path.display().to_string().into(),
                digest: String::from_utf8_lossy(&sum.stdout)
                    .get(..64)
                    .expect("a digest")
                    .into(),
            },
            types: None,
        }]),
        ..Rules::default()
    };
    let Some(mut ward) = enforced(listed) else { return };
    let status = ward.python(LOADING);
    assert!(status.success(), "{status}");
    assert_eq!(ward.verdicts(), []);
}

#[test]
fn an_executable_with_another_digest_is_an_error() {
    let rules = Rules {
        only_loaders: Some(vec![Loader {
            file: Listed {
                path: "/bin/true".into(),
                digest: "0".repeat(64).into(),
            },
            types: None,
        }]),
        ..Rules::default()
    };
    let Some((folder, _)) = cgroup() else { return };
    let policy = Policy {
        name: "p".into(),
        workloads: Vec::new(),
        mode: Mode::Audit,
        action: Action::Deny,
        rules,
    };
    let error = Guard::start(vec![policy]).err().map(|error| error.to_string());
    let _ = fs::remove_dir(folder);
    assert!(error.is_some_and(|error| error.contains("/bin/true")));
}

#[test]
fn mounts_are_told_at_least() {
    let rules = Rules {
        mount: true,
        ..Rules::default()
    };
    let Some(mut ward) = enforced(rules) else { return };
    let status = ward.shell("exec unshare -m --propagation unchanged mount -t tmpfs none /mnt");
    let verdict = match ward.guard.tier() {
        Tier::Guard => Verdict::Refused,
        _ => Verdict::Told,
    };
    assert_eq!(status.success(), verdict == Verdict::Told);
    assert!(ward.verdicts().contains(&(Forbidden::Mount, verdict)));
}
