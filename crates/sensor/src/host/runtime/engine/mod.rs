//! What Docker or Podman says of a container when it is asked on its socket by the API of Docker's engine:
//! <https://docs.docker.com/reference/api/engine/>.
//!
//! In: the number of a container. Out: its name, image with digest, labels, mounts and privileges; where kubelet made it, its pod, whose labels the container that
//! holds the pod has.

mod http1;
#[cfg(test)]
mod tests;

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bartizan_model::Timestamp;
use bartizan_model::runtime::Container;
use serde_json::Value;

use super::{PATIENCE, PATIENCE_AT_FIRST};
use crate::host::state::{set_from_docker, text};

/// The label that names the container that holds a pod
const SANDBOX: &str = "io.kubernetes.sandbox.id";
/// Labels of a pod's container that are none of the pod
const OF_KUBELET: [&str; 2] = ["io.kubernetes.", "annotation."];

/// An engine.
#[derive(Debug)]
pub(super) struct Engine {
    socket: PathBuf,
    name: &'static str,
    /// The newest version of the API that it speaks: what is asked for here is in all of them
    version: String,
}

impl Engine {
    /// The engine that listens there.
    pub(super) fn open(socket: &Path) -> io::Result<Self> {
        let (_, about) = json(socket, "/version", PATIENCE_AT_FIRST)?;
        let version = text(&about, "/ApiVersion").unwrap_or_default();
        if version.is_empty() || !version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
            return Err(io::Error::other("it does not say which API it speaks"));
        }
        let component = text(&about, "/Components/0/Name").unwrap_or_default();
        Ok(Self {
            socket: socket.to_owned(),
            name: if component.contains("Podman") {
                "podman"
            } else {
                "docker"
            },
            version: version.to_owned(),
        })
    }

    /// Fills in what the engine knows; whether it knows the container.
    pub(super) fn describe(&self, container: &mut Container) -> io::Result<bool> {
        let Some(about) = self.container(&container.id)? else {
            return Ok(false);
        };
        container.runtime = self.name.into();
        set_from_docker(container, &about);
        let mounts = about.pointer("/Mounts").and_then(Value::as_array);
        container.mounts = mounts
            .into_iter()
            .flatten()
            .filter_map(|mount| {
                let (source, target) = text(mount, "/Source").zip(text(mount, "/Destination"))?;
                Some((source.into(), target.into()))
            })
            .collect();
        container.privileged = about.pointer("/HostConfig/Privileged").and_then(Value::as_bool);
        let started = text(&about, "/State/StartedAt").and_then(|at| at.parse::<Timestamp>().ok());
        let seconds = started.and_then(|at| u64::try_from(at.unix_seconds()).ok());
        container.started = seconds.unwrap_or(0).saturating_mul(1_000_000_000);
        let sandbox = container.labels.iter().find(|(name, _)| &**name == SANDBOX);
        if let (Some((_, sandbox)), Some(pod)) = (sandbox, &mut container.pod)
            && let Some(about) = self.container(sandbox)?
        {
            let mut of_sandbox = Container::default();
            set_from_docker(&mut of_sandbox, &about);
            let is_pods =
                |(name, _): &(Box<str>, Box<str>)| !OF_KUBELET.iter().any(|own| name.starts_with(own));
            pod.labels = of_sandbox.labels.into_iter().filter(is_pods).collect();
        }
        Ok(true)
    }

    /// What is known of a container; None when there is none of this number.
    fn container(&self, id: &str) -> io::Result<Option<Value>> {
        // Whatever else stood in a path would ask for something else.
        if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(None);
        }
        let path = format!("/v{}/containers/{id}/json", self.version);
        match json(&self.socket, &path, PATIENCE)? {
            (404, _) => Ok(None),
            (200, about) => Ok(Some(about)),
            (status, _) => Err(io::Error::other(format!("the runtime answers with {status}"))),
        }
    }
}

fn json(socket: &Path, path: &str, patience: Duration) -> io::Result<(u16, Value)> {
    let (status, body) = http1::get(socket, path, patience)?;
    Ok((status, serde_json::from_slice(&body)?))
}
