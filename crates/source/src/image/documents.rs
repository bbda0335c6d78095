//! The JSON documents of an image: index, manifest and configuration.
//!
//! In: bytes whose digest was verified. Out: what the rest of the program asks of them.
//! <https://github.com/opencontainers/image-spec/blob/main/manifest.md>,
//! <https://github.com/opencontainers/image-spec/blob/main/config.md>,
//! <https://github.com/moby/docker-image-spec/blob/main/v1.3.md>.

use crate::digest::Digest;
use crate::platform::Platform;
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;

/// Longest document that is read, in bytes.
pub(super) const LONGEST: u64 = 16 << 20;

/// Annotations by which an index names its images; containerd and Docker put the whole name into one of their own.
const NAMES: [&str; 2] = ["io.containerd.image.name", "org.opencontainers.image.ref.name"];

/// Where content is, and what it is.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Descriptor {
    #[serde(default)]
    pub(super) media_type: String,
    pub(super) digest: Digest,
    #[serde(default)]
    pub(super) size: u64,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) urls: Vec<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) annotations: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) platform: Option<Platform>,
}

impl Descriptor {
    pub(super) fn is_index(&self) -> bool {
        matches!(
            self.media_type.as_str(),
            "application/vnd.oci.image.index.v1+json"
                | "application/vnd.docker.distribution.manifest.list.v2+json"
        )
    }

    /// Whether it is the attestation of a build rather than an image.
    pub(super) fn is_attestation(&self) -> bool {
        self.annotations
            .get("vnd.docker.reference.type")
            .is_some_and(|kind| kind == "attestation-manifest")
    }

    pub(super) fn is_foreign(&self) -> bool {
        self.media_type.contains("nondistributable") || self.media_type.contains(".foreign.")
    }

    pub(super) fn names(&self) -> Vec<String> {
        let found = NAMES.iter().filter_map(|key| self.annotations.get(*key));
        found.filter(|name| !name.is_empty()).cloned().collect()
    }
}

/// An image index or manifest list.
#[derive(Debug, Deserialize)]
pub(super) struct Index {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) manifests: Vec<Descriptor>,
}

/// The manifest of one image.
#[derive(Debug, Deserialize)]
pub(super) struct Manifest {
    pub(super) config: Descriptor,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) layers: Vec<Descriptor>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) annotations: BTreeMap<String, String>,
}

/// An entry of `manifest.json` in an archive of `docker save`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Saved {
    pub(super) config: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) repo_tags: Vec<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) layers: Vec<String>,
}

/// The configuration of an image.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct ImageConfig {
    /// What it runs on.
    #[serde(flatten)]
    pub platform: Platform,
    /// How a container of it starts.
    #[serde(default, deserialize_with = "or_default")]
    pub config: Runtime,
    /// What its layers are.
    #[serde(default, deserialize_with = "or_default")]
    pub rootfs: RootFs,
    /// How it was made, the oldest step first.
    #[serde(default, deserialize_with = "or_default")]
    pub history: Vec<Step>,
}

/// How a container starts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Runtime {
    /// User or id, with a group behind `:`; empty means root.
    #[serde(default, deserialize_with = "or_default")]
    pub user: String,
    /// `NAME=value`.
    #[serde(default, deserialize_with = "or_default")]
    pub env: Vec<String>,
    /// Labels.
    #[serde(default, deserialize_with = "or_default")]
    pub labels: BTreeMap<String, String>,
    /// What is run before the arguments.
    #[serde(default, deserialize_with = "or_default")]
    pub entrypoint: Vec<String>,
    /// Arguments, or the command where there is no entry point.
    #[serde(default, deserialize_with = "or_default")]
    pub cmd: Vec<String>,
    /// Ports such as `80/tcp`.
    #[serde(default, deserialize_with = "or_default")]
    pub exposed_ports: BTreeMap<String, serde_json::Value>,
    /// How the daemon asks whether it is well.
    #[serde(default, deserialize_with = "or_default")]
    pub healthcheck: Healthcheck,
    /// Directory it starts in.
    #[serde(default, deserialize_with = "or_default")]
    pub working_dir: String,
    /// Instructions for images that are built from it.
    #[serde(default, deserialize_with = "or_default")]
    pub on_build: Vec<String>,
}

/// A health check.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Healthcheck {
    /// The command; `["NONE"]` switches an inherited one off.
    #[serde(default, deserialize_with = "or_default")]
    pub test: Vec<String>,
}

/// What the layers are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct RootFs {
    /// Digests of the uncompressed layers, the lowest first.
    #[serde(default, deserialize_with = "or_default")]
    pub diff_ids: Vec<Digest>,
}

/// A step in the making of an image.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Step {
    /// What made it.
    #[serde(default, deserialize_with = "or_default")]
    pub created_by: String,
    /// A remark of the tool that made it.
    #[serde(default, deserialize_with = "or_default")]
    pub comment: String,
    /// When, as RFC 3339.
    #[serde(default, deserialize_with = "or_default")]
    pub created: String,
    /// Whether it added no layer.
    #[serde(default, deserialize_with = "or_default")]
    pub empty_layer: bool,
}

/// Tools written in Go write `null` for what is empty.
fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_stands_for_what_is_empty() {
        let text = r#"{"architecture":"amd64","os":"linux","config":{"Env":null,"Labels":null,"User":"","Healthcheck":null},
                       "rootfs":{"type":"layers","diff_ids":null},"history":null}"#;
        let config: ImageConfig = serde_json::from_str(text).unwrap();
        assert_eq!(config.platform.to_string(), "linux/amd64");
        assert_eq!(config.config, Runtime::default());
    }
}
