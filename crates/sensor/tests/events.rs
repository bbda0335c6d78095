//! What the sensor tells of real programs, on the kernel that the tests run on. They need root and say so where it is not there.
#![allow(clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod host;

use std::ops::ControlFlow;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use bartizan_model::runtime::{Action, Certainty, Object, SocketFamily};
use bartizan_sensor::{Call, Files, Selection, Uses, Wanted};
use host::{program, python, sensor, text, told};

#[test]
fn a_program_that_starts_is_told_with_its_arguments_and_who_started_it() {
    let Some(mut sensor) = sensor(&Selection::none()) else {
        return;
    };
    let starts = told(
        &mut sensor,
        Command::new("/bin/sh")
            .args(["-c", "/bin/true 'two words' ''; exit 3"])
            .current_dir("/usr"),
        |event| matches!(event.action, Action::Execute { .. }).then(|| event.process.clone()),
    );
    let last = starts.last().expect("true was started");
    let arguments: Vec<String> = last.arguments.iter().map(|argument| text(argument)).collect();
    assert_eq!(arguments, ["/bin/true", "two words", ""]);
    assert!(
        last.executable.path.ends_with(b"/true"),
        "{}",
        text(&last.executable.path)
    );
    assert_eq!(text(&last.directory), "/usr");
    assert_eq!(&*last.user.name, "root");
    let shell = last.parent.as_ref().expect("its parent is known");
    assert_eq!(shell.arguments.len(), 3);
    let ancestors: Vec<u32> = last.ancestors().map(|process| process.pid).collect();
    assert!(ancestors.contains(&std::process::id()), "{ancestors:?}");
}

#[test]
fn what_a_process_returns_and_the_signal_that_ends_it_are_told_apart() {
    let Some(mut sensor) = sensor(&Selection::none()) else {
        return;
    };
    let mut end = |script: &str| {
        let ends = told(
            &mut sensor,
            Command::new("/bin/sh").args(["-c", script]),
            |event| match event.action {
                Action::Exit { code, signal } => Some((code, signal)),
                _ => None,
            },
        );
        *ends.last().expect("it ended")
    };
    assert_eq!(end("exit 7"), (7, 0));
    assert_eq!(end("kill -9 $$"), (0, 9));
}

#[test]
fn a_file_is_told_by_where_it_lies_and_not_by_the_link_that_led_to_it() {
    let Some(mut sensor) = sensor(&Selection::all()) else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let real = folder.path().canonicalize().expect("its path").join("kept");
    std::fs::write(&real, "x").expect("a file");
    std::os::unix::fs::symlink(&real, folder.path().join("link")).expect("a link");
    let opened = told(
        &mut sensor,
        Command::new("/bin/cat").arg("link").current_dir(folder.path()),
        |event| match &event.action {
            Action::Open {
                file,
                asked,
                descriptor,
                ..
            } if asked.ends_with(b"link") => Some((
                file.path.to_vec(),
                file.inode,
                *descriptor,
                event.result,
                event.certainty,
            )),
            _ => None,
        },
    );
    let [(path, inode, descriptor, result, _)] = opened.as_slice() else {
        panic!("{opened:?}")
    };
    assert_eq!(path.as_slice(), real.as_os_str().as_bytes());
    assert_eq!(
        *inode,
        std::os::unix::fs::MetadataExt::ino(&std::fs::metadata(&real).expect("it is there"))
    );
    assert_eq!(i64::from(descriptor.expect("it was opened")), *result);
}

#[test]
fn a_file_that_is_not_there_is_told_by_what_was_asked_for() {
    let Some(mut sensor) = sensor(&Selection::all()) else {
        return;
    };
    let opened = told(
        &mut sensor,
        Command::new("/bin/cat").arg("../nowhere/./x").current_dir("/usr"),
        |event| match &event.action {
            Action::Open { file, asked, .. } if asked.ends_with(b"x") && event.result < 0 => {
                Some((text(file.path), event.result, event.certainty))
            }
            _ => None,
        },
    );
    assert_eq!(opened, [("/nowhere/x".to_owned(), -2, Certainty::Changeable)]);
}

#[test]
fn only_paths_that_were_selected_are_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().canonicalize().expect("its path");
    std::fs::create_dir(root.join("below")).expect("a folder");
    for name in [
        "here",
        "here-not",
        "below/deep",
        "a-name-of-more-than-24-bytes-that-counts",
        "a-name-of-more-than-24-bytes",
    ] {
        std::fs::write(root.join(name), "").expect("a file");
    }
    let mut selection = Selection::none();
    selection.want(
        Call::Openat,
        Wanted {
            success: true,
            reading: Files::Selected,
            ..Wanted::default()
        },
    );
    selection.path(root.join("here").as_os_str().as_bytes());
    selection.path(
        root.join("a-name-of-more-than-24-bytes-that-counts")
            .as_os_str()
            .as_bytes(),
    );
    selection.below(root.join("below/").as_os_str().as_bytes());
    let Some(mut sensor) = sensor(&selection) else {
        return;
    };
    let script = "cat here here-not below/deep a-name-of-more-than-24-bytes-that-counts a-name-of-more-than-24-bytes; cat /etc/passwd; echo x > here";
    let opened = told(
        &mut sensor,
        Command::new("/bin/sh").args(["-c", script]).current_dir(&root),
        |event| match &event.action {
            Action::Open { file, .. } => Some(
                PathBuf::from(text(file.path))
                    .file_name()
                    .expect("a name")
                    .to_string_lossy()
                    .into_owned(),
            ),
            _ => None,
        },
    );
    assert_eq!(
        opened,
        ["here", "deep", "a-name-of-more-than-24-bytes-that-counts"]
    );
}

#[test]
fn what_is_done_by_io_uring_is_told_as_if_it_were_called() {
    let Some(mut sensor) = sensor(&Selection::all()) else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().canonicalize().expect("its path");
    let ring = program("ring", &root);
    std::fs::write(root.join("kept"), "").expect("a file");
    let at = |name: &str| root.join(name).to_string_lossy().into_owned();
    let mut run = |arguments: &[&str]| {
        told(
            &mut sensor,
            Command::new(&ring).args(arguments).current_dir(&root),
            |event| {
                event.by_ring.then(|| {
                    let what = match &event.action {
                        Action::Open { file, .. } => text(file.path),
                        Action::MakeDirectory { path, .. } | Action::Unlink { path, .. } => text(path),
                        Action::Symlink { target, path } | Action::Link { target, path } => {
                            format!("{} {}", text(target), text(path))
                        }
                        Action::Rename { from, to } => format!("{} {}", text(from), text(to)),
                        Action::Connect { socket, .. } => {
                            socket.remote.map(|end| end.port.to_string()).unwrap_or_default()
                        }
                        other => format!("{other:?}"),
                    };
                    format!("{} {what}", event.call)
                })
            },
        )
    };
    assert_eq!(run(&["openat", "kept"]), [format!("openat {}", at("kept"))]);
    assert_eq!(run(&["openat2", "kept"]), [format!("openat2 {}", at("kept"))]);
    assert_eq!(
        run(&["slot", "kept"]),
        [format!("openat {}", at("kept"))],
        "into a slot of the ring, without a descriptor"
    );
    assert_eq!(run(&["mkdirat", "made"]), [format!("mkdirat {}", at("made"))]);
    assert_eq!(
        run(&["symlinkat", "/etc/shadow", "soft"]),
        [format!("symlinkat /etc/shadow {}", at("soft"))]
    );
    assert_eq!(
        run(&["linkat", "kept", "hard"]),
        [format!("linkat {} {}", at("kept"), at("hard"))]
    );
    assert_eq!(
        run(&["renameat", "hard", "harder"]),
        [format!("renameat2 {} {}", at("hard"), at("harder"))]
    );
    assert_eq!(
        run(&["unlinkat", "harder"]),
        [format!("unlinkat {}", at("harder"))]
    );
    assert_eq!(run(&["connect", "9"]), ["connect 9"]);
}

#[test]
fn sockets_are_told_with_both_ends() {
    let Some(mut sensor) = sensor(&Selection::all()) else {
        return;
    };
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("its address").port();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("socket");
    let _local = std::os::unix::net::UnixListener::bind(&path).expect("a socket");
    let code = format!(
        "import socket,os\n\
         s=socket.socket(); s.connect(('127.0.0.1',{port})); os.dup2(s.fileno(),0)\n\
         u=socket.socket(socket.AF_UNIX); u.connect('{}')\n\
         q=b'\\0\\1\\1\\0\\0\\1\\0\\0\\0\\0\\0\\0\\7example\\3com\\0\\0\\1\\0\\1'\n\
         socket.socket(socket.AF_INET,socket.SOCK_DGRAM).sendto(q,('127.0.0.1',53))\n\
         try: socket.socket(socket.AF_PACKET,socket.SOCK_RAW)\n\
         except OSError: pass",
        path.display()
    );
    let all = told(&mut sensor, &mut python(&code), |event| match &event.action {
        Action::Connect { socket, .. } if socket.family == SocketFamily::Unix => {
            Some(format!("unix {}", text(socket.path)))
        }
        Action::Connect { socket, .. } => socket
            .remote
            .map(|end| format!("connect {}:{}", end.address, end.port)),
        Action::Send { question, .. } => Some(format!("asks {}", text(question))),
        Action::Duplicate {
            object: Object::Socket(socket),
            to: Some(0),
            ..
        } => socket.remote.map(|end| format!("dup onto 0 {}", end.port)),
        Action::Socket { family: 17, kind, .. } => Some(format!("packet {kind}")),
        _ => None,
    });
    let expected = [
        format!("connect 127.0.0.1:{port}"),
        format!("dup onto 0 {port}"),
        format!("unix {}", path.display()),
        "asks example.com".to_owned(),
        "packet 3".to_owned(),
    ];
    assert_eq!(all, expected);
}

#[test]
fn what_changes_names_of_files_is_told_with_whole_paths() {
    let Some(mut sensor) = sensor(&Selection::all()) else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().canonicalize().expect("its path");
    let code = "import os\n\
        d=os.open('.',os.O_RDONLY)\n\
        open('a','w').close()\n\
        os.rename('a','b')\n\
        os.link('b','c',src_dir_fd=d,dst_dir_fd=d)\n\
        os.symlink('../x','s')\n\
        os.mkdir('m',mode=0o750)\n\
        os.chmod('b',0o4755)\n\
        f=os.open('b',os.O_RDONLY); os.fchmod(f,0o600)\n\
        os.chown('b',1,2)\n\
        os.unlink('b',dir_fd=d)\n\
        os.rmdir('m')";
    let short = |path: &[u8]| text(path).replace(&*root.to_string_lossy(), "");
    let all = told(
        &mut sensor,
        python(code).current_dir(&root),
        |event| match &event.action {
            Action::Rename { from, to } => Some(format!("rename {} {}", short(from), short(to))),
            Action::Link { target, path } => Some(format!("link {} {}", short(target), short(path))),
            Action::Symlink { target, path } => Some(format!("symlink {} {}", short(target), short(path))),
            Action::MakeDirectory { path, mode } => Some(format!("mkdir {} {mode:o}", short(path))),
            Action::ChangeMode { path, mode } => Some(format!("chmod {} {mode:o}", short(path))),
            Action::ChangeOwner { path, user, group } => {
                Some(format!("chown {} {user}:{group}", short(path)))
            }
            Action::Unlink { path, directory } => Some(format!("unlink {} {directory}", short(path))),
            _ => None,
        },
    );
    let expected = [
        "rename /a /b",
        "link /b /c",
        "symlink ../x /s",
        "mkdir /m 750",
        "chmod /b 4755",
        "chmod /b 600",
        "chown /b 1:2",
        "unlink /b false",
        "unlink /m true",
    ];
    assert_eq!(all, expected);
}

#[test]
fn a_program_in_memory_is_told_as_one() {
    let Some(mut sensor) = sensor(&Selection::all()) else {
        return;
    };
    let code = "import os\n\
        f=os.memfd_create('hidden')\n\
        os.write(f,open('/bin/true','rb').read())\n\
        os.execve('/proc/self/fd/%d'%f,['kworker/0'],{})";
    let all = told(&mut sensor, &mut python(code), |event| match &event.action {
        Action::MemoryFile { name, .. } => Some(format!("memfd {}", text(name))),
        Action::Execute { .. } if event.process.executable.in_memory => Some(format!(
            "runs {} as {}",
            text(&event.process.executable.path),
            text(&event.process.arguments[0])
        )),
        _ => None,
    });
    assert_eq!(all, ["memfd hidden", "runs /memfd:hidden as kworker/0"]);
}

#[test]
fn calls_that_change_what_a_process_may_do_are_told() {
    let Some(mut sensor) = sensor(&Selection::all()) else {
        return;
    };
    let code = "import ctypes,os\n\
        c=ctypes.CDLL(None,use_errno=True)\n\
        c.ptrace(0,0,0,0)\n\
        c.unshare(0x04000000)\n\
        c.syscall(321,12345,0,0)\n\
        os.setgid(7); os.setuid(7)";
    let all = told(&mut sensor, &mut python(code), |event| match &event.action {
        Action::Trace { request, .. } => Some(format!("ptrace {request}")),
        Action::Namespaces { flags } => Some(format!("{} {flags:x}", event.call)),
        Action::Bpf { command } => Some(format!("bpf {command} {}", event.result)),
        Action::SetUser { user } => Some(format!("user {user}")),
        Action::SetGroup { group } => Some(format!("group {group}")),
        _ => None,
    });
    let numbered: Vec<&str> = all
        .iter()
        .map(String::as_str)
        .filter(|line| cfg!(target_arch = "x86_64") || !line.starts_with("bpf"))
        .collect();
    let mut expected = vec![
        "ptrace 0",
        "unshare 4000000",
        "bpf 12345 -22",
        "group 7",
        "user 7",
    ];
    expected.retain(|line| cfg!(target_arch = "x86_64") || !line.starts_with("bpf"));
    assert_eq!(numbered, expected);
}

#[test]
fn hostile_names_and_arguments_come_through_as_they_are() {
    let Some(mut sensor) = sensor(&Selection::all()) else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let name = std::ffi::OsStr::from_bytes(b"\x1b[31mred\nline\xff");
    let path = folder.path().canonicalize().expect("its path").join(name);
    std::fs::copy("/bin/true", &path).expect("a copy");
    let long = "y".repeat(5000);
    let starts = told(&mut sensor, Command::new(&path).arg(name).arg(&long), |event| {
        matches!(event.action, Action::Execute { .. }).then(|| event.process.clone())
    });
    let [process] = starts.as_slice() else {
        panic!("{} programs started", starts.len())
    };
    assert_eq!(&*process.executable.path, path.as_os_str().as_bytes());
    assert_eq!(&*process.arguments[1], name.as_bytes());
    assert_eq!(process.arguments[2].len(), 5000);
    assert!(!process.arguments_cut);
}

#[test]
fn arguments_beyond_what_is_read_are_said_to_be_cut() {
    let Some(mut sensor) = sensor(&Selection::none()) else {
        return;
    };
    let long = "y".repeat(60_000);
    let starts = told(&mut sensor, Command::new("/bin/true").arg(&long), |event| {
        matches!(event.action, Action::Execute { .. }).then(|| event.process.clone())
    });
    let [process] = starts.as_slice() else {
        panic!("{} programs started", starts.len())
    };
    assert!(process.arguments_cut);
}

#[test]
fn a_path_deeper_than_is_read_is_told_as_cut_and_counts_as_selected() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut deep = folder.path().canonicalize().expect("its path");
    for level in 0..40 {
        deep.push(format!("d{level}"));
    }
    std::fs::create_dir_all(&deep).expect("folders");
    std::fs::write(deep.join("last"), "").expect("a file");
    let mut selection = Selection::none();
    selection.want(
        Call::Openat,
        Wanted {
            success: true,
            reading: Files::Selected,
            ..Wanted::default()
        },
    );
    selection.path(b"/etc/shadow");
    let Some(mut sensor) = sensor(&selection) else {
        return;
    };
    let opened = told(
        &mut sensor,
        Command::new("/bin/cat").arg(deep.join("last")),
        |event| match &event.action {
            Action::Open { file, .. } => Some((text(file.path).ends_with("/last"), file.cut)),
            _ => None,
        },
    );
    assert_eq!(opened, [(true, true)]);
}

#[test]
fn when_the_ring_is_full_what_is_lost_is_counted() {
    let Some(mut sensor) = sensor(&Selection::all()) else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let busy = program("busy", folder.path());
    let status = Command::new(busy)
        .arg("200000")
        .arg("/etc/passwd")
        .status()
        .expect("it runs");
    assert!(status.success());
    // A ring of 4 MiB holds fewer than these 200,000 events, and nobody read meanwhile.
    let mut opened = 0_u64;
    while sensor
        .read(Duration::ZERO, |event| {
            opened +=
                u64::from(matches!(event.action, Action::Open { .. }) && &*event.process.name == b"busy");
            ControlFlow::Continue(())
        })
        .expect("events are read")
        > 0
    {}
    let counts = sensor.counts();
    assert!(counts.full > 0, "{counts:?}");
    assert!(
        opened + counts.full + counts.nested >= 200_000,
        "{opened} told, {counts:?}"
    );
}

#[test]
fn files_are_selected_by_name_by_use_and_by_the_way_they_are_asked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().canonicalize().expect("its path");
    std::fs::create_dir(root.join("below")).expect("a folder");
    for name in ["below/key.pem", "plain", "written"] {
        std::fs::write(root.join(name), "").expect("a file");
    }
    let mut selection = Selection::none();
    let wanted = Wanted {
        success: true,
        failure: false,
        reading: Files::Selected,
        writing: Files::Any,
        upward: Uses {
            reading: true,
            writing: false,
        },
        named: Uses {
            reading: true,
            writing: false,
        },
    };
    selection.want(Call::Openat, wanted);
    selection.name(b"key.pem");
    let Some(mut sensor) = sensor(&selection) else {
        return;
    };
    // The two dots of the second path lie on both sides of the eighth byte.
    let script =
        "cat below/key.pem plain; cat below/../plain; cat ./below/../plain; cat p..lain; echo x > written";
    let opened = told(
        &mut sensor,
        Command::new("/bin/sh").args(["-c", script]).current_dir(&root),
        |event| match &event.action {
            Action::Open { file, asked, .. } if file.path.starts_with(root.as_os_str().as_bytes()) => {
                Some(text(asked))
            }
            _ => None,
        },
    );
    assert_eq!(
        opened,
        ["below/key.pem", "below/../plain", "./below/../plain", "written"]
    );
}

#[test]
fn a_flood_is_cut_at_what_a_cgroup_may_tell_and_counted() {
    const MOST: u64 = 50;
    let mut selection = Selection::none();
    selection.want(Call::Openat, Wanted::ALL);
    selection.at_most(MOST);
    let Some(mut sensor) = sensor(&selection) else {
        return;
    };
    let processors = std::thread::available_parallelism().expect("their number").get() as u64;
    let script = "i=0; while [ $i -lt 2000 ]; do : </etc/hostname; i=$((i+1)); done";
    let began = Instant::now();
    let opened = told(
        &mut sensor,
        Command::new("/bin/sh").args(["-c", script]),
        |event| matches!(event.action, Action::Open { .. }).then_some(()),
    );
    // The end of the shell was told although opens had used up what there was.
    let seconds = began.elapsed().as_secs() + 1;
    assert!(
        opened.len() as u64 <= MOST * processors * (seconds + 1),
        "{}",
        opened.len()
    );
    let capped = sensor.counts().capped;
    assert!(capped >= 2000 - opened.len() as u64, "{capped}");
}

#[test]
#[cfg(target_arch = "x86_64")]
fn calls_of_32_bit_programs_are_told_by_their_own_numbers() {
    let Some(mut sensor) = sensor(&Selection::all()) else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let program = program("int80", folder.path());
    let opened = told(
        &mut sensor,
        Command::new(program).arg("/etc/hostname"),
        |event| match &event.action {
            Action::Open { file, .. } if event.call == "open" => Some((text(file.path), event.result >= 0)),
            _ => None,
        },
    );
    assert_eq!(opened, [("/etc/hostname".to_owned(), true)]);
}
