//! Opens that are refused before they take effect: on kernels that ask no program, processes wait for leave to open a file. They need root and cgroups of
//! version 2, and say so where these, or such waiting, are not there.
#![allow(clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod ward;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use bartizan_model::guard::{Action, Forbidden, Mode, Programs, Rules};
use bartizan_sensor::guard::{Tier, Verdict};
use ward::{EPERM, Ward, cgroup, enforced, ward};

/// A folder with a protected one in it, in which a file lies; the path of the folder
fn kept() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir_in("/var").expect("a folder");
    let here = folder.path().canonicalize().expect("its path");
    fs::create_dir_all(here.join("kept/below")).expect("a folder");
    for name in ["kept/file", "kept/below/file", "kept/with\nline \"x\"", "beside"] {
        fs::write(here.join(name), "as it was").expect("a file");
    }
    (folder, here)
}

fn protecting(here: &Path) -> Rules {
    Rules {
        write: vec![format!("{}/kept/", here.display()).into()],
        ..Rules::default()
    }
}

/// The ward, where processes wait in it; in the guard tier the kernel asks, and nobody needs to
fn waiting(ward: Option<Ward>) -> Option<Ward> {
    let ward = ward?;
    if ward.guard.tier() == Tier::Guard || ward.guard.late().is_some() {
        eprintln!("skipped: nobody waits here: {:?}", ward.guard.late());
        return None;
    }
    Some(ward)
}

/// A script of Python that opens a file so and writes
fn opening(path: &Path, flags: &str) -> String {
    format!(
        "f=os.open({:?},{flags})\nos.write(f,b'changed')",
        path.display().to_string()
    )
}

fn unchanged(path: &Path) -> bool {
    fs::read_to_string(path).is_ok_and(|text| text == "as it was")
}

const REFUSED: (Forbidden, Verdict) = (Forbidden::Write, Verdict::Refused);

#[test]
fn a_file_is_not_even_cut_short() {
    let (_folder, here) = kept();
    let Some(mut ward) = waiting(enforced(protecting(&here))) else {
        return;
    };
    for (name, flags) in [
        ("kept/file", "os.O_WRONLY"),
        ("kept/file", "os.O_RDWR"),
        ("kept/file", "os.O_WRONLY|os.O_TRUNC"),
        ("kept/file", "os.O_RDONLY|os.O_TRUNC"),
        ("kept/file", "os.O_WRONLY|os.O_APPEND|os.O_CREAT"),
        ("kept/below/file", "os.O_WRONLY|os.O_TRUNC"),
        ("kept/with\nline \"x\"", "os.O_WRONLY|os.O_TRUNC"),
    ] {
        let path = here.join(name);
        let status = ward.python(&opening(&path, flags));
        assert_eq!(status.code(), Some(EPERM), "{name} {flags}: {status}");
        assert!(unchanged(&path), "{name} {flags}");
        let decisions = ward.decisions();
        let [decision] = decisions.as_slice() else {
            panic!("{name} {flags}: {decisions:?}")
        };
        assert_eq!((decision.rule, decision.verdict), REFUSED);
        assert_eq!(decision.path, path.as_os_str().as_encoded_bytes());
        assert!(decision.process.pid > 1 && !decision.process.name.is_empty());
    }
}

#[test]
fn what_is_not_protected_is_opened_as_ever() {
    let (_folder, here) = kept();
    let Some(mut ward) = waiting(enforced(protecting(&here))) else {
        return;
    };
    let read = "os.close(os.open";
    let script = format!(
        "{read}({0:?}+'/kept/file',os.O_RDONLY))\nos.listdir({0:?}+'/kept')\n{read}({0:?}+'/beside',os.O_RDWR|os.O_TRUNC))",
        here.display().to_string()
    );
    let status = ward.python(&script);
    assert!(status.success(), "{status}");
    assert_eq!(ward.verdicts(), []);
    fs::write(here.join("kept/file"), "from elsewhere").expect("others write as ever");
}

#[test]
fn the_name_it_is_opened_by_does_not_matter() {
    let (_folder, here) = kept();
    std::os::unix::fs::symlink(here.join("kept/file"), here.join("link")).expect("a link");
    std::os::unix::fs::symlink(here.join("kept"), here.join("linked")).expect("a link");
    let Some(mut ward) = waiting(enforced(protecting(&here))) else {
        return;
    };
    for name in ["link", "linked/file", "linked/../kept/./below/../file"] {
        let status = ward.python(&opening(&here.join(name), "os.O_WRONLY|os.O_TRUNC"));
        assert_eq!(status.code(), Some(EPERM), "{name}: {status}");
        assert_eq!(ward.verdicts(), [REFUSED], "{name}");
    }
    let thread = format!(
        "import threading\nr=[]\ndef f():\n    try:\n        r.append(os.open({:?},os.O_WRONLY))\n    except OSError as e:\n        r.append(-e.errno)\n\
         t=threading.Thread(target=f)\nt.start()\nt.join()\nsys.exit(-r[0] if r[0]<0 else 0)",
        here.join("kept/file").display().to_string()
    );
    let status = ward.python(&thread);
    assert_eq!(status.code(), Some(EPERM), "by another thread: {status}");
    assert_eq!(ward.verdicts(), [REFUSED]);
    assert!(unchanged(&here.join("kept/file")));
}

/// Paths are those that the process sees: what is protected elsewhere is not here, and what is mounted at a protected place is.
#[test]
fn a_mount_of_a_namespace_of_its_own_is_seen_as_the_process_sees_it() {
    let (_folder, here) = kept();
    fs::create_dir(here.join("other")).expect("a folder");
    fs::write(here.join("other/file"), "as it was").expect("a file");
    let Some(mut ward) = waiting(enforced(protecting(&here))) else {
        return;
    };
    let inside = |last: &str| {
        format!(
            "cd {}; exec unshare -m sh -c 'mount --bind kept other; mount --bind beside kept/file; cd {}; {last}'",
            here.display(),
            here.display()
        )
    };
    // The protected directory at another place: not that path, and so not protected
    assert!(ward.shell(&inside("echo x > other/below/file")).success());
    assert_eq!(ward.verdicts(), []);
    // Something else at the protected path: stopped, if only when it was done
    assert!(!ward.shell(&inside("echo x > kept/file")).success());
    let verdicts = ward.verdicts();
    assert!(
        matches!(
            verdicts.as_slice(),
            [(Forbidden::Write, Verdict::Refused | Verdict::Killed)]
        ),
        "{verdicts:?}"
    );
}

#[test]
fn an_audit_tells_once_and_refuses_nothing() {
    let (_folder, here) = kept();
    let rules = Rules {
        programs_in_writable_places: true,
        ..protecting(&here)
    };
    let Some(mut ward) = waiting(ward(Mode::Audit, Action::Deny, rules)) else {
        return;
    };
    let open = here.join("open");
    fs::create_dir(&open).expect("a folder");
    fs::set_permissions(&open, fs::Permissions::from_mode(0o777)).expect("its mode");
    fs::copy("/bin/true", open.join("true")).expect("a program");
    fs::write(open.join("script"), "#!/bin/true\n").expect("a script");
    fs::set_permissions(open.join("script"), fs::Permissions::from_mode(0o755)).expect("its mode");
    let told = |rule| [(rule, Verdict::Told)];
    for (what, rule) in [
        (
            format!("exec {}/true", open.display()),
            Forbidden::ProgramInWritablePlace,
        ),
        (
            format!("exec {}/script", open.display()),
            Forbidden::ProgramInWritablePlace,
        ),
        (format!("echo x > {}/kept/file", here.display()), Forbidden::Write),
    ] {
        let status = ward.shell(&what);
        assert!(status.success(), "{what}: {status}");
        let decisions: Vec<_> = ward
            .decisions()
            .iter()
            .map(|one| (one.rule, one.verdict))
            .collect();
        assert_eq!(decisions, told(rule), "{what}");
    }
}

#[test]
fn a_policy_that_kills_does_so() {
    let (_folder, here) = kept();
    let Some(mut ward) = waiting(ward(Mode::Enforce, Action::Kill, protecting(&here))) else {
        return;
    };
    let status = ward.python(&opening(&here.join("kept/file"), "os.O_WRONLY"));
    assert_eq!(status.signal(), Some(9), "{status}");
    assert_eq!(ward.verdicts(), [(Forbidden::Write, Verdict::Killed)]);
    assert!(unchanged(&here.join("kept/file")));
}

/// How a file is to be opened stands in memory of the process there: it is judged by what it got.
#[test]
fn what_cannot_be_known_beforehand_is_stopped_when_it_was_done() {
    let (_folder, here) = kept();
    let Some(mut ward) = waiting(enforced(protecting(&here))) else {
        return;
    };
    let openat2 = |flags: u32| {
        format!(
            "import struct\nc=ctypes.CDLL(None,use_errno=True)\nhow=struct.pack('QQQ',{flags},0,0)\n\
             f=c.syscall(437,-100,{:?}.encode(),how,24)\nos.write(f,b'changed') if {flags} else os.read(f,1)",
            here.join("kept/file").display().to_string()
        )
    };
    let status = ward.python(&openat2(0));
    assert!(status.success(), "{status}");
    assert_eq!(ward.verdicts(), []);
    let status = ward.python(&openat2(1));
    assert_eq!(status.signal(), Some(9), "{status}");
    assert_eq!(ward.verdicts(), [(Forbidden::Write, Verdict::Killed)]);
    assert!(unchanged(&here.join("kept/file")));
}

#[test]
fn guards_that_come_and_go_leave_nobody_waiting() {
    let (_folder, here) = kept();
    let Some((cgroup, name)) = cgroup() else { return };
    let stop = AtomicBool::new(false);
    let path = here.join("kept/file");
    let opened = std::thread::scope(|scope| {
        let openers: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    let mut count = 0_u32;
                    while !stop.load(Ordering::Relaxed) {
                        let opened = fs::OpenOptions::new().append(true).open(&path);
                        opened.expect("no policy holds here");
                        count += 1;
                    }
                    count
                })
            })
            .collect();
        for _ in 0..5 {
            drop(ward::of(&name, Mode::Enforce, Action::Deny, protecting(&here)));
        }
        stop.store(true, Ordering::Relaxed);
        openers
            .into_iter()
            .map(|opener| opener.join().expect("it ends"))
            .sum::<u32>()
    });
    assert!(bartizan_testbed::remove_cgroup(&cgroup), "it is empty");
    assert!(opened > 0);
}

#[test]
fn a_loader_and_libraries_need_not_be_listed() {
    let rules = Rules {
        only_programs: Some(Programs {
            places: vec!["/usr/bin/".into(), "/bin/".into()],
            ..Programs::default()
        }),
        ..Rules::default()
    };
    let Some(mut ward) = waiting(enforced(rules)) else {
        return;
    };
    for _ in 0..3 {
        assert!(
            ward.shell("/usr/bin/env true && exec /bin/ls / > /dev/null")
                .success()
        );
    }
    assert_eq!(ward.verdicts(), []);
    let folder = tempfile::tempdir_in("/var").expect("a folder");
    let script = folder.path().join("script");
    fs::write(&script, "#!/bin/sh\nexit 0\n").expect("a script");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("its mode");
    let status = Command::new(&script).status().expect("it starts elsewhere");
    assert!(status.success());
    assert!(!ward.shell(&format!("exec {}", script.display())).success());
    assert_eq!(ward.verdicts(), [(Forbidden::UnlistedProgram, Verdict::Refused)]);
}
