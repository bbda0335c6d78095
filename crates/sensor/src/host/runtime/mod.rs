//! Container runtimes that are asked about their containers, on the sockets that they listen on.
//!
//! In: the number of a container. Out: its name, image with digest, labels, mounts and pod. [`cri`] speaks with containerd and CRI-O, [`engine`] with Docker and
//! Podman. They are only ever asked for what is: no question changes anything.

mod cri;
mod engine;

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bartizan_model::runtime::Container;

use cri::Cri;
use engine::Engine;

/// Where runtimes listen, where nobody says, and what is only there while they run: some sockets start a runtime that does not.
const KNOWN: [(&str, &str); 5] = [
    ("/run/containerd/containerd.sock", ""),
    ("/run/crio/crio.sock", ""),
    ("/run/k3s/containerd/containerd.sock", ""),
    ("/run/docker.sock", "/run/docker.pid"),
    ("/run/podman/podman.sock", ""),
];
/// How long one answer is waited for. Events wait meanwhile, once for each container.
const PATIENCE: Duration = Duration::from_millis(250);
/// How long the first one is waited for: Podman may have to be started
const PATIENCE_AT_FIRST: Duration = Duration::from_secs(2);
/// Bytes of an answer at most
const MOST: u32 = 4 << 20;
/// After how many failures in a row it is left alone, and for how long
const FAILURES: u32 = 3;
const LEFT_ALONE: Duration = Duration::from_secs(60);

/// A runtime that answers.
#[derive(Debug)]
pub(crate) struct Runtime {
    socket: PathBuf,
    language: Language,
    failures: u32,
    next: Instant,
    failed: u64,
}

#[derive(Debug)]
enum Language {
    Cri(Cri),
    Engine(Engine),
}

impl Runtime {
    /// The runtime that listens there.
    ///
    /// # Errors
    /// When nobody does, or nobody who speaks CRI or as Docker does.
    pub(crate) fn open(socket: &Path) -> io::Result<Self> {
        let language = match Engine::open(socket) {
            Ok(engine) => Language::Engine(engine),
            Err(_) => Language::Cri(Cri::open(socket)?),
        };
        Ok(Self {
            socket: socket.to_owned(),
            language,
            failures: 0,
            next: Instant::now(),
            failed: 0,
        })
    }

    /// All that answer at their usual sockets.
    pub(crate) fn all_known() -> Vec<Self> {
        let runs = |sign: &str| sign.is_empty() || Path::new(sign).exists();
        let known = KNOWN.into_iter().filter(|(_, sign)| runs(sign));
        known
            .filter_map(|(socket, _)| Self::open(Path::new(socket)).ok())
            .collect()
    }

    /// Where it listens
    pub(crate) fn socket(&self) -> &Path {
        &self.socket
    }

    /// How often it did not answer
    pub(crate) const fn failed(&self) -> u64 {
        self.failed
    }

    /// Fills in what the runtime knows; whether it knows the container, or the pod of which it is the beginning.
    pub(super) fn describe(&mut self, container: &mut Container) -> bool {
        if self.failures >= FAILURES && Instant::now() < self.next {
            self.failed += 1;
            return false;
        }
        let described = match &self.language {
            Language::Cri(cri) => cri.describe(container),
            Language::Engine(engine) => engine.describe(container),
        };
        if let Ok(known) = described {
            self.failures = 0;
            return known;
        }
        self.failed += 1;
        self.failures = self.failures.saturating_add(1);
        self.next = Instant::now() + LEFT_ALONE;
        false
    }
}
