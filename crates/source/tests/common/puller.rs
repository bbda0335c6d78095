//! Somebody who pulls images, and what must hold of what was pulled.

#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    reason = "every test file uses its own part of the helpers"
)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use crate::pulled::Content;
use bartizan_source::Digest;
use bartizan_source::http::{Client, HttpOptions, Patience, Watch};
use bartizan_source::registry::{Keychain, Platform, PullOptions, Pulled, Reference, RegistryError, pull};
use base64::Engine as _;
use std::path::PathBuf;
use std::time::Duration;

pub const EVERYTHING: u64 = 1 << 40;

pub fn bytes(count: usize, seed: usize) -> Vec<u8> {
    (0..count)
        .map(|at| u8::try_from((at * 7 + seed) % 251).unwrap())
        .collect()
}

/// Somebody who pulls.
pub struct Puller {
    pub directory: tempfile::TempDir,
    pub options: HttpOptions,
    pub keychain: Keychain,
    pub insecure: Vec<String>,
    pub keep: u64,
    pub largest: u64,
}

impl Puller {
    pub fn new() -> Self {
        Self {
            directory: tempfile::tempdir().unwrap(),
            options: HttpOptions {
                patience: Patience {
                    attempts: 3,
                    backoff: Duration::from_millis(5),
                    longest_wait: Duration::from_secs(2),
                },
                silence: Duration::from_secs(5),
                ..HttpOptions::default()
            },
            keychain: Keychain::empty(),
            insecure: Vec::new(),
            keep: EVERYTHING,
            largest: EVERYTHING,
        }
    }

    pub fn cache(&self) -> PathBuf {
        self.directory.path().join("images")
    }

    /// Credentials from a file of this text.
    pub fn with_file(mut self, text: &str) -> Self {
        let home = self.directory.path().join("home");
        std::fs::create_dir_all(home.join(".docker")).unwrap();
        std::fs::write(home.join(".docker/config.json"), text).unwrap();
        let path = format!("{}:{}", home.display(), std::env::var("PATH").unwrap());
        self.keychain = Keychain::from_variables(|name| match name {
            "HOME" => Some(home.display().to_string()),
            "PATH" => Some(path.clone()),
            _ => None,
        });
        self
    }

    pub fn with_password(self, port: u16, user: &str, password: &str) -> Self {
        let auth = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
        self.with_file(&format!(
            r#"{{"auths":{{"127.0.0.1:{port}":{{"auth":"{auth}"}}}}}}"#
        ))
    }

    pub fn pull(&self, name: &str) -> Result<Pulled, RegistryError> {
        self.pull_for(name, None, &())
    }

    pub fn pull_for(
        &self,
        name: &str,
        platform: Option<&str>,
        watch: &dyn Watch,
    ) -> Result<Pulled, RegistryError> {
        let platform: Option<Platform> = platform.map(|text| text.parse().unwrap());
        let reference: Reference = name.parse().unwrap();
        pull(
            &reference,
            &PullOptions {
                client: &Client::new(self.options.clone()),
                cache: &self.cache(),
                platform: platform.as_ref(),
                credentials: &self.keychain,
                insecure: &self.insecure,
                largest: self.largest,
                keep: self.keep,
            },
            watch,
        )
    }

    /// The files under `blobs/sha256` that are no blob of their name.
    pub fn wrong_blobs(&self) -> Vec<String> {
        let blobs = std::fs::read_dir(self.cache().join("blobs/sha256")).unwrap();
        blobs
            .flatten()
            .filter(|blob| {
                let name = format!("sha256:{}", blob.file_name().to_str().unwrap());
                name != Digest::sha256(&std::fs::read(blob.path()).unwrap()).to_string()
            })
            .map(|blob| blob.file_name().into_string().unwrap())
            .collect()
    }
}

/// Holds every blob of the image and nothing that is not whole.
pub fn assert_whole(puller: &Puller, pulled: &Pulled, content: &Content) {
    assert_eq!(puller.wrong_blobs(), Vec::<String>::new());
    let blob = |digest: &str| {
        puller
            .cache()
            .join("blobs/sha256")
            .join(digest.trim_start_matches("sha256:"))
    };
    let manifest = std::fs::read(blob(&pulled.manifest_digest.to_string())).unwrap();
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
    let parts = manifest["layers"]
        .as_array()
        .unwrap()
        .iter()
        .chain([&manifest["config"]]);
    for part in parts {
        let digest = part["digest"].as_str().unwrap();
        assert_eq!(std::fs::read(blob(digest)).unwrap(), content.blobs[digest]);
    }
}
