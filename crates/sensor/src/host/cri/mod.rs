//! What a container runtime says of a container when it is asked on its CRI socket (containerd, CRI-O):
//! <https://github.com/kubernetes/cri-api/blob/master/pkg/apis/runtime/v1/api.proto>.
//!
//! In: the number of a container. Out: its name, image with digest, mounts and pod with labels. It is only ever asked for what is: no question here changes
//! anything. The service account of a pod is not among what a runtime knows.

mod http2;
mod proto;
#[cfg(test)]
mod tests;

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bartizan_model::runtime::{Container, Pod};

use super::state::set_image;
use proto::{Fields, field};

/// Where runtimes listen, where nobody says
pub(crate) const KNOWN: [&str; 3] = [
    "/run/containerd/containerd.sock",
    "/run/crio/crio.sock",
    "/run/k3s/containerd/containerd.sock",
];
/// How long one answer is waited for. Events wait meanwhile, once for each container.
const PATIENCE: Duration = Duration::from_millis(250);
/// After how many failures in a row it is left alone, and for how long
const FAILURES: u32 = 3;
const LEFT_ALONE: Duration = Duration::from_secs(60);

/// A runtime that answers.
#[derive(Debug)]
pub(crate) struct Runtime {
    socket: PathBuf,
    name: Box<str>,
    failures: u32,
    next: Instant,
    failed: u64,
}

impl Runtime {
    /// The runtime that listens there.
    ///
    /// # Errors
    /// When nobody does, or nobody who speaks CRI.
    pub(crate) fn open(socket: &Path) -> io::Result<Self> {
        let mut runtime = Self {
            socket: socket.to_owned(),
            name: Box::default(),
            failures: 0,
            next: Instant::now(),
            failed: 0,
        };
        let version = runtime.ask("Version", &[])?;
        runtime.name = Fields(&version).text(2).into();
        Ok(runtime)
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
        match self.described(container) {
            Ok(known) => {
                self.failures = 0;
                known
            }
            Err(_) => {
                self.failed += 1;
                self.failures = self.failures.saturating_add(1);
                self.next = Instant::now() + LEFT_ALONE;
                false
            }
        }
    }

    fn described(&self, container: &mut Container) -> io::Result<bool> {
        let id = container.id.to_string();
        let listed = self.ask("ListContainers", &field(1, &field(1, id.as_bytes())))?;
        let listed = Fields(&listed).message(1);
        if listed.text(1) != id {
            return self.pod(&id, container);
        }
        let status = self.ask("ContainerStatus", &field(1, id.as_bytes()))?;
        let status = Fields(&status).message(1);
        container.runtime.clone_from(&self.name);
        container.name = status.message(2).text(1).into();
        set_image(container, status.message(8).text(1));
        let named = status.text(9);
        let digest = named.split_once('@').map_or(named, |(_, digest)| digest);
        if digest.starts_with("sha256:") {
            container.image_digest = digest.into();
        }
        container.mounts = status
            .all(14)
            .map(|mount| (Fields(mount).text(2).into(), Fields(mount).text(1).into()))
            .collect();
        container.started = status.number(5);
        self.pod(listed.text(2), container)?;
        Ok(true)
    }

    fn pod(&self, id: &str, container: &mut Container) -> io::Result<bool> {
        let listed = self.ask("ListPodSandbox", &field(1, &field(1, id.as_bytes())))?;
        let found = Fields(&listed).message(1);
        if id.is_empty() || found.text(1) != id {
            return Ok(false);
        }
        let about = found.message(2);
        let mut labels: Vec<(Box<str>, Box<str>)> = found
            .map(5)
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        labels.sort_unstable();
        container.runtime.clone_from(&self.name);
        container.pod = Some(Pod {
            uid: about.text(2).into(),
            name: about.text(1).into(),
            namespace: about.text(3).into(),
            service_account: Box::default(),
            labels: labels.into(),
        });
        Ok(true)
    }

    fn ask(&self, method: &str, message: &[u8]) -> io::Result<Vec<u8>> {
        http2::ask(
            &self.socket,
            &format!("/runtime.v1.RuntimeService/{method}"),
            message,
            PATIENCE,
        )
    }
}
