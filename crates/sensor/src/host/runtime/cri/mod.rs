//! What a container runtime says of a container when it is asked on its CRI socket (containerd, CRI-O):
//! <https://github.com/kubernetes/cri-api/blob/master/pkg/apis/runtime/v1/api.proto>.
//!
//! In: the number of a container. Out: its name, image with digest, labels, mounts and pod with labels. The service account of a pod is not among what a runtime knows.

mod http2;
mod proto;
#[cfg(test)]
mod tests;

use std::io;
use std::path::{Path, PathBuf};

use bartizan_model::runtime::{Container, Pod};

use super::PATIENCE;
use crate::host::state::set_image;
use proto::{Fields, field};

/// A runtime that speaks CRI.
#[derive(Debug)]
pub(super) struct Cri {
    socket: PathBuf,
    name: Box<str>,
}

impl Cri {
    /// The runtime that listens there.
    pub(super) fn open(socket: &Path) -> io::Result<Self> {
        let mut runtime = Self {
            socket: socket.to_owned(),
            name: Box::default(),
        };
        let version = runtime.ask("Version", &[])?;
        runtime.name = Fields(&version).text(2).into();
        Ok(runtime)
    }

    /// Fills in what the runtime knows; whether it knows the container, or the pod of which it is the beginning.
    pub(super) fn describe(&self, container: &mut Container) -> io::Result<bool> {
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
        container.labels = labels(status, 12);
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
        container.runtime.clone_from(&self.name);
        container.pod = Some(Pod {
            uid: about.text(2).into(),
            name: about.text(1).into(),
            namespace: about.text(3).into(),
            service_account: Box::default(),
            labels: labels(found, 5),
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

/// Labels in the order of their names
fn labels(from: Fields<'_>, number: u64) -> Box<[(Box<str>, Box<str>)]> {
    let mut labels: Vec<_> = from
        .map(number)
        .map(|(name, value)| (name.into(), value.into()))
        .collect();
    labels.sort_unstable();
    labels.into()
}
