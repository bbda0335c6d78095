//! What the sensor tells of calls that change times, attributes and descriptors, that send signals and messages, and of their twins by `io_uring`.
#![allow(clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod host;

use std::net::UdpSocket;
use std::path::Path;
use std::process::Command;

use bartizan_model::runtime::{Action, Event, Object};
use bartizan_sensor::{Call, Selection, Sensor, Wanted};
use host::{program, python, sensor, text, told};

/// A sensor that tells of these calls alone.
fn only(calls: &[Call]) -> Option<Sensor> {
    let mut selection = Selection::none();
    for &call in calls {
        selection.want(call, Wanted::ALL);
    }
    sensor(&selection)
}

/// A call and what it was about, with the paths of `root` shortened.
fn line(event: &Event<'_>, root: &Path) -> Option<String> {
    let short = |path: &[u8]| text(path).replace(&*root.to_string_lossy(), "");
    let port = |socket: &bartizan_model::runtime::Socket<'_>| socket.remote.map_or(0, |end| end.port);
    let what = match &event.action {
        Action::ChangeTimes { path, modified } => format!("{} {modified}", short(path)),
        Action::Attribute { path, name, value } => {
            format!("{} {} {:?}", short(path), text(name), value.map(text))
        }
        Action::Duplicate {
            object: Object::File(file),
            to,
            ..
        } => format!("{} {to:?}", short(file.path)),
        Action::Duplicate {
            object: Object::Socket(socket),
            to,
            ..
        } => format!("{} {to:?}", port(socket)),
        Action::Send { socket, question, .. } => format!("{} {}", port(socket), text(question)),
        Action::Receive { socket, .. } => format!("{}", port(socket)),
        Action::Bind { socket, .. } | Action::Listen { socket, .. } => {
            format!("{:?}", socket.local.map(|end| end.port))
        }
        _ => return None,
    };
    Some(format!("{} {what}", event.call))
}

fn lines(sensor: &mut Sensor, command: &mut Command, root: &Path) -> Vec<String> {
    told(sensor, command.current_dir(root), |event| line(event, root))
}

#[test]
fn times_are_told_whichever_call_changes_them() {
    let Some(mut sensor) = only(&[Call::Utime, Call::Utimes, Call::Futimesat, Call::Utimensat]) else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().canonicalize().expect("its path");
    std::fs::write(root.join("a"), "").expect("a file");
    let mut code = "import os,ctypes,struct\n\
        c=ctypes.CDLL(None,use_errno=True)\n\
        os.utime('a',(1,1577836800))\n\
        os.utime('./a')\n\
        f=os.open('a',os.O_RDONLY); os.utime(f,(1,2))\n\
        d=os.open('.',os.O_RDONLY); os.utime('a',ns=(1,5000000000),dir_fd=d)\n\
        omit=struct.pack('4q',1,2,3,(1<<30)-2)\n\
        c.utimensat(-100,b'a',omit,0)\n"
        .to_owned();
    let mut expected = vec![
        "utimensat /a 2020-01-01T00:00:00Z",
        "utimensat /a now",
        "utimensat /a 1970-01-01T00:00:02Z",
        "utimensat /a 1970-01-01T00:00:05Z",
        "utimensat /a kept",
    ];
    if cfg!(target_arch = "x86_64") {
        code += "c.syscall(132,b'a',struct.pack('2q',1,7))\n\
            c.syscall(235,b'a',struct.pack('4q',1,2,8,9))\n\
            c.syscall(261,d,b'a',struct.pack('4q',1,2,9,9))\n";
        expected.extend([
            "utime /a 1970-01-01T00:00:07Z",
            "utimes /a 1970-01-01T00:00:08Z",
            "futimesat /a 1970-01-01T00:00:09Z",
        ]);
    }
    assert_eq!(lines(&mut sensor, &mut python(&code), &root), expected);
}

#[test]
fn attributes_are_told_with_what_they_have_now() {
    let Some(mut sensor) = only(&[
        Call::Setxattr,
        Call::Lsetxattr,
        Call::Fsetxattr,
        Call::Removexattr,
        Call::Lremovexattr,
        Call::Fremovexattr,
    ]) else {
        return;
    };
    let folder = tempfile::tempdir_in("/var/tmp").expect("a folder");
    let root = folder.path().canonicalize().expect("its path");
    std::fs::write(root.join("a"), "").expect("a file");
    let ring = program("ring", &root);
    let code = "import os\n\
        f=os.open('a',os.O_RDONLY)\n\
        os.setxattr('a','trusted.x',b'1')\n\
        os.setxattr('a','trusted.x',b'2',follow_symlinks=False)\n\
        os.setxattr(f,'trusted.x',b'3'*100)\n\
        os.removexattr('a','trusted.x')\n\
        os.setxattr(f,'trusted.x',b'')\n\
        os.removexattr('a','trusted.x',follow_symlinks=False)\n\
        try: os.removexattr(f,'trusted.y')\n\
        except OSError: pass";
    let long = format!("fsetxattr /a trusted.x Some(\"{}\")", "3".repeat(64));
    let expected = [
        "setxattr /a trusted.x Some(\"1\")",
        "lsetxattr /a trusted.x Some(\"2\")",
        &long,
        "removexattr /a trusted.x None",
        "fsetxattr /a trusted.x Some(\"\")",
        "lremovexattr /a trusted.x None",
        "fremovexattr /a trusted.y None",
    ];
    assert_eq!(lines(&mut sensor, &mut python(code), &root), expected);
    for operation in ["setxattr", "fsetxattr"] {
        let asked = [operation, "a", "trusted.x", "by the ring"];
        assert_eq!(
            lines(&mut sensor, Command::new(&ring).args(asked), &root),
            [format!("{operation} /a trusted.x Some(\"by the ring\")")]
        );
    }
}

#[test]
fn descriptors_are_told_that_fcntl_and_the_ring_make() {
    let Some(mut sensor) = only(&[Call::Fcntl, Call::Dup]) else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().canonicalize().expect("its path");
    let ring = program("ring", &root);
    std::fs::write(root.join("a"), "").expect("a file");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("its address").port();
    let code = format!(
        "import fcntl,os,socket\n\
         s=socket.create_connection(('127.0.0.1',{port}))\n\
         f=os.open('a',os.O_RDONLY)\n\
         fcntl.fcntl(s,fcntl.F_GETFD)\n\
         os.close(0); fcntl.fcntl(s,fcntl.F_DUPFD,0)\n\
         fcntl.fcntl(f,fcntl.F_DUPFD_CLOEXEC,100)"
    );
    assert_eq!(
        lines(&mut sensor, &mut python(&code), &root),
        [format!("fcntl {port} Some(0)"), "fcntl /a Some(100)".to_owned()],
        "and no other use of fcntl"
    );
    let installed = lines(&mut sensor, Command::new(&ring).args(["install", "a"]), &root);
    assert_eq!(installed.len(), 1, "{installed:?}");
    assert!(installed.concat().starts_with("dup /a Some("), "{installed:?}");
}

#[test]
fn each_message_is_told_with_its_address_and_its_question() {
    let Some(mut sensor) = only(&[
        Call::Sendmmsg,
        Call::Sendmsg,
        Call::Sendto,
        Call::Recvfrom,
        Call::Recvmsg,
    ]) else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().canonicalize().expect("its path");
    let ring = program("ring", &root);
    let messages = program("messages", &root);
    assert_eq!(
        lines(&mut sensor, &mut Command::new(messages), &root),
        ["sendmmsg 7001 ", "sendmmsg 53 example.com", "sendmmsg 7003 "]
    );
    for (operation, call) in [
        ("send", "sendto"),
        ("sendmsg", "sendmsg"),
        ("send-connected", "sendto"),
    ] {
        assert_eq!(
            lines(&mut sensor, Command::new(&ring).args([operation, "53"]), &root),
            [format!("{call} 53 example.com")],
            "{operation}"
        );
    }
    assert_eq!(
        lines(
            &mut sensor,
            Command::new(&ring).args(["send-connected", "7001"]),
            &root
        ),
        Vec::<String>::new(),
        "what goes over a connection is not told"
    );
    let from = UdpSocket::bind("127.0.0.1:0").expect("a port");
    let port = from.local_addr().expect("its address").port();
    let code = format!(
        "import socket\n\
         s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM); s.bind(('127.0.0.1',0)); at=s.getsockname()\n\
         f=socket.socket(socket.AF_INET,socket.SOCK_DGRAM); f.bind(('127.0.0.1',{}))\n\
         f.sendto(b'x',at); s.recvfrom(9); f.sendto(b'x',at); s.recvmsg(9)",
        port + 1
    );
    let all = lines(&mut sensor, &mut python(&code), &root);
    let received: Vec<&String> = all.iter().filter(|line| line.starts_with("recv")).collect();
    assert_eq!(
        received,
        [
            &format!("recvfrom {}", port + 1),
            &format!("recvmsg {}", port + 1)
        ]
    );
}

#[test]
fn sockets_that_the_ring_binds_are_told() {
    let Some(mut sensor) = only(&[Call::Bind, Call::Listen]) else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().canonicalize().expect("its path");
    let ring = program("ring", &root);
    let by_ring = |event: &Event<'_>| event.by_ring.then(|| line(event, &root)).flatten();
    let bound = told(&mut sensor, Command::new(&ring).args(["bind", "7010"]), by_ring);
    let listens = told(&mut sensor, Command::new(&ring).args(["listen", "7011"]), by_ring);
    assert_eq!(
        (bound, listens),
        (
            vec!["bind Some(7010)".to_owned()],
            vec!["listen Some(7011)".to_owned()]
        )
    );
}

#[test]
fn a_signal_is_told_with_whom_it_went_to() {
    let Some(mut sensor) = only(&[
        Call::Kill,
        Call::Tkill,
        Call::Tgkill,
        Call::RtSigqueueinfo,
        Call::PidfdSendSignal,
    ]) else {
        return;
    };
    // Each in a namespace of processes of its own, where the first process that is started has the number 2, and not by the same way.
    let code = "import ctypes,os,signal,subprocess,time\n\
        c=ctypes.CDLL(None,use_errno=True)\n\
        def one():\n\
        \x20   p=subprocess.Popen(['/bin/sleep','77'],start_new_session=True); time.sleep(.1); return p\n\
        p=one(); os.kill(p.pid,9); p.wait()\n\
        p=one(); os.killpg(p.pid,15); p.wait()\n\
        g=subprocess.Popen(['/bin/sh','-c','sleep 77 & sleep 77 & sleep 77 & wait'],start_new_session=True); time.sleep(.5)\n\
        os.killpg(g.pid,10); [os.wait() for _ in range(4)]\n\
        p=one(); signal.pidfd_send_signal(os.pidfd_open(p.pid),9); p.wait()\n\
        p=one(); c.tgkill(p.pid,p.pid,9); p.wait()\n\
        p=one(); os.kill(p.pid,0)\n\
        try: os.kill(99999,9)\n\
        except OSError: pass\n\
        one(); one(); os.kill(-1,9)";
    let mut command = Command::new("/usr/bin/unshare");
    command
        .args(["--pid", "--fork", "--mount-proc", "/usr/bin/python3", "-S", "-c"])
        .arg(code);
    let mut signals = told(&mut sensor, &mut command, |event| match &event.action {
        Action::Signal {
            signal,
            target,
            process,
        } => Some(format!(
            "{} {signal} {} {} {}",
            event.call,
            target.signum(),
            process
                .as_ref()
                .map_or_else(String::new, |process| text(&process.executable.path)),
            event.result
        )),
        _ => None,
    });
    let [sleep, shell] =
        ["/bin/sleep", "/bin/sh"].map(|path| std::fs::canonicalize(path).expect("it is there"));
    let (sleep, shell) = (sleep.display(), shell.display());
    // The kernel reaches the processes of a group in an order of its own.
    for group in signals.chunk_by_mut(|one, other| one.starts_with("kill 10") == other.starts_with("kill 10"))
    {
        if group.iter().all(|signal| signal.starts_with("kill 10")) {
            group.sort();
        }
    }
    assert_eq!(
        signals,
        [
            format!("kill 9 1 {sleep} 0"),
            format!("kill 15 -1 {sleep} 0"),
            format!("kill 10 -1 {shell} 0"),
            format!("kill 10 -1 {sleep} 0"),
            format!("kill 10 -1 {sleep} 0"),
            format!("kill 10 -1 {sleep} 0"),
            format!("pidfd_send_signal 9 1 {sleep} 0"),
            format!("tgkill 9 1 {sleep} 0"),
            "kill 0 1  0".to_owned(),
            "kill 9 1  -3".to_owned(),
            format!("kill 9 -1 {sleep} 0"),
            format!("kill 9 -1 {sleep} 0"),
            format!("kill 9 -1 {sleep} 0"),
        ]
    );
}
