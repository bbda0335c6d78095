//! Digests of the files of programs: SHA-256 of their content, read once for each file as long as it does not change.
//!
//! In: processes that run a program. Out: the digest, or nothing where the file is gone, too large, or not read in time; these are counted. A
//! thread reads. Whoever asks waits for it only as long as events can wait; what comes later is known to the next event. A file is opened through
//! `/proc/PID/exe`, so that it is the one that runs, whether it was removed, put beside another one's name, or never had one (`memfd`).

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::time::{Duration, Instant};

use bartizan_model::runtime::Process;
use sha2::{Digest, Sha256};

/// Bytes of a program that is read for an event at most
const LARGEST: u64 = 256 << 20;
/// Bytes of one at most that is listed by its digest, or looked for on a list
const LARGEST_LISTED: u64 = 1 << 30;
/// Up to so many bytes a program is read by a thread of its own, so that it does not wait for large ones
const SMALL: u64 = 4 << 20;
/// Programs whose files wait to be read, each an open file
const QUEUE: usize = 64;
/// How long one event waits for a digest, and all events of one second together
const WAIT: Duration = Duration::from_millis(20);
const WAIT_OF_SECOND: Duration = Duration::from_millis(200);
/// Digests that are kept; when there are more, all are asked for again
const KEPT_MAX: usize = 8192;

/// What tells a content from others. Whatever changes the content changes the times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

#[derive(Debug, Clone)]
enum Answer {
    /// It is being read
    Asked,
    Known(Box<str>),
    /// It cannot be read, or is too large
    Never,
}

/// Digests that are known, and the threads that read.
#[derive(Debug)]
pub(crate) struct Digests {
    known: HashMap<Key, Answer>,
    small: SyncSender<(Key, File)>,
    large: SyncSender<(Key, File)>,
    answers: Receiver<(Key, Option<Box<str>>)>,
    second: Instant,
    waited: Duration,
    unknown: u64,
}

impl Digests {
    /// Starts the threads.
    pub(crate) fn start() -> Self {
        let (answer, answers) = sync_channel(QUEUE * 4);
        Self {
            known: HashMap::new(),
            small: reader(answer.clone()),
            large: reader(answer),
            answers,
            second: Instant::now(),
            waited: Duration::ZERO,
            unknown: 0,
        }
    }

    /// Asks for the program of a process; None where there is nothing to ask, which counts as unknown.
    pub(super) fn ask(&mut self, process: &Process) -> Option<Key> {
        let asked = open(process).and_then(|file| {
            let about = file.metadata().ok()?;
            let key = Key {
                device: about.dev(),
                inode: about.ino(),
                size: about.size(),
                modified: (about.mtime(), about.mtime_nsec()),
                changed: (about.ctime(), about.ctime_nsec()),
            };
            self.request(key, file)
        });
        self.unknown += u64::from(asked.is_none());
        asked
    }

    fn request(&mut self, key: Key, file: File) -> Option<Key> {
        match self.known.get(&key) {
            Some(Answer::Never) => return None,
            Some(_) => return Some(key),
            None if key.size > LARGEST => {
                self.keep(key, Answer::Never);
                return None;
            }
            None => {}
        }
        let reader = if key.size <= SMALL {
            &self.small
        } else {
            &self.large
        };
        match reader.try_send((key, file)) {
            Ok(()) => self.keep(key, Answer::Asked),
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => return None,
        }
        Some(key)
    }

    fn keep(&mut self, key: Key, answer: Answer) {
        if self.known.len() >= KEPT_MAX {
            self.known.clear();
        }
        self.known.insert(key, answer);
    }

    /// The digest, where it is known by now.
    pub(super) fn known(&mut self, key: &Key) -> Option<Box<str>> {
        while let Ok((key, digest)) = self.answers.try_recv() {
            self.learn(key, digest);
        }
        match self.known.get(key) {
            Some(Answer::Known(digest)) => Some(digest.clone()),
            _ => None,
        }
    }

    /// The digest, for which is waited a little where it is not known yet.
    pub(super) fn awaited(&mut self, key: &Key) -> Option<Box<str>> {
        if self.second.elapsed() > Duration::from_secs(1) {
            self.second = Instant::now();
            self.waited = Duration::ZERO;
        }
        let began = Instant::now();
        let until = began + WAIT.min(WAIT_OF_SECOND.saturating_sub(self.waited));
        let mut found = self.known(key);
        while found.is_none() && matches!(self.known.get(key), Some(Answer::Asked)) {
            let left = until.saturating_duration_since(Instant::now());
            let Ok((read, digest)) = self.answers.recv_timeout(left) else {
                break;
            };
            self.learn(read, digest);
            found = self.known(key);
        }
        self.waited += began.elapsed();
        self.unknown += u64::from(found.is_none());
        found
    }

    fn learn(&mut self, key: Key, digest: Option<Box<str>>) {
        self.keep(key, digest.map_or(Answer::Never, Answer::Known));
    }

    /// How often a digest was not known when it was asked for
    pub(crate) const fn unknown(&self) -> u64 {
        self.unknown
    }
}

/// A thread that reads what it is sent.
fn reader(answer: SyncSender<(Key, Option<Box<str>>)>) -> SyncSender<(Key, File)> {
    let (ask, asked) = sync_channel::<(Key, File)>(QUEUE);
    std::thread::spawn(move || {
        for (key, file) in asked {
            if answer.send((key, digest(file, LARGEST).ok())).is_err() {
                return;
            }
        }
    });
    ask
}

/// The file that a process runs. One that has ended is looked for by the path that it had for its parent.
fn open(process: &Process) -> Option<File> {
    let program = &process.executable;
    if let Ok(file) = File::open(format!("/proc/{}/exe", process.pid))
        && (program.inode == 0 || file.metadata().is_ok_and(|about| about.ino() == program.inode))
    {
        return Some(file);
    }
    let path = std::str::from_utf8(&program.path)
        .ok()
        .filter(|path| path.starts_with('/'))?;
    let of_parent = format!("/proc/{}/root", process.parent_pid);
    let of_host = process.container.is_none().then(String::new);
    std::iter::once(of_parent).chain(of_host).find_map(|root| {
        let about = std::fs::metadata(format!("{root}{path}")).ok()?;
        let same = about.is_file() && about.ino() == program.inode && program.inode != 0;
        File::open(format!("{root}{path}")).ok().filter(|_| same)
    })
}

/// SHA-256 of a file that somebody lists, lower-case hexadecimal.
///
/// # Errors
/// When it cannot be read, or has more than a GiB.
pub fn digest_of_listed(file: File) -> io::Result<Box<str>> {
    digest(file, LARGEST_LISTED)
}

/// SHA-256 of a file of at most so many bytes, lower-case hexadecimal
fn digest(mut file: File, most: u64) -> io::Result<Box<str>> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    let mut left = most;
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            return Ok(bartizan_model::encoding::hex(&hash.finalize()).into());
        }
        left = left
            .checked_sub(count as u64)
            .ok_or(io::ErrorKind::FileTooLarge)?;
        hash.update(buffer.get(..count).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_model::runtime::Executable;

    fn this_process() -> Process {
        Process {
            pid: std::process::id(),
            ..Process::default()
        }
    }

    /// Waits for as long as it takes, which on a busy machine is more than an event may wait.
    fn of(digests: &mut Digests, process: &Process) -> Box<str> {
        let key = digests.ask(process).unwrap();
        loop {
            if let Some(digest) = digests.awaited(&key) {
                return digest;
            }
        }
    }

    #[test]
    fn the_digest_is_that_of_the_file_and_asked_for_once() {
        let mut digests = Digests::start();
        let found = of(&mut digests, &this_process());
        let own = std::fs::read("/proc/self/exe").unwrap();
        assert_eq!(&*found, crate::object::digest(&own));
        let key = digests.ask(&this_process()).unwrap();
        assert_eq!(digests.known(&key), Some(found));
        assert_eq!(digests.known.len(), 1);
    }

    #[test]
    fn a_program_that_is_gone_counts_as_unknown() {
        let mut digests = Digests::start();
        let gone = Process {
            pid: u32::MAX,
            parent_pid: std::process::id(),
            executable: Executable {
                path: (*b"/etc/hostname").into(),
                inode: 1,
                ..Executable::default()
            },
            ..Process::default()
        };
        assert_eq!(digests.ask(&gone), None, "the file of that path is another one");
        assert_eq!(digests.unknown(), 1);
    }

    #[test]
    fn what_has_ended_is_found_by_the_path_it_had() {
        let path = std::env::current_exe().unwrap();
        let inode = std::fs::metadata(&path).unwrap().ino();
        let ended = Process {
            pid: u32::MAX,
            parent_pid: std::process::id(),
            executable: Executable {
                path: path.into_os_string().into_encoded_bytes().into(),
                inode,
                ..Executable::default()
            },
            ..Process::default()
        };
        let mut digests = Digests::start();
        assert_eq!(of(&mut digests, &ended), of(&mut digests, &this_process()));
    }
}
