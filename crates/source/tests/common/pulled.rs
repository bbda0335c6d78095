//! A small image, made of bytes, and a registry that is told how to behave.

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

use crate::server::{Asked, Reply, answer};
use bartizan_source::Digest;
use std::collections::BTreeMap;
use std::path::Path;

pub const INDEX: &str = "application/vnd.oci.image.index.v1+json";
pub const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";

/// Content by digest, and manifests by name as well.
#[derive(Clone, Default)]
pub struct Content {
    pub blobs: BTreeMap<String, Vec<u8>>,
    pub manifests: BTreeMap<String, (String, Vec<u8>)>,
}

impl Content {
    pub fn blob(&mut self, bytes: &[u8]) -> String {
        let digest = Digest::sha256(bytes).to_string();
        self.blobs.insert(digest.clone(), bytes.to_vec());
        digest
    }

    pub fn manifest(&mut self, name: &str, media_type: &str, bytes: &[u8]) -> String {
        let digest = Digest::sha256(bytes).to_string();
        for name in [name, &digest] {
            self.manifests
                .insert(name.to_owned(), (media_type.to_owned(), bytes.to_vec()));
        }
        digest
    }

    /// An image with these layers; its digest and size.
    pub fn image(&mut self, name: &str, architecture: &str, layers: &[&[u8]]) -> (String, usize) {
        let ids: Vec<String> = layers
            .iter()
            .map(|layer| format!("\"{}\"", Digest::sha256(layer)))
            .collect();
        let config = format!(
            r#"{{"architecture":"{architecture}","os":"linux","config":{{}},"rootfs":{{"type":"layers","diff_ids":[{}]}}}}"#,
            ids.join(",")
        );
        let part = |media_type: &str, digest: &str, size: usize| {
            format!(r#"{{"mediaType":"{media_type}","digest":"{digest}","size":{size}}}"#)
        };
        let parts: Vec<String> = layers
            .iter()
            .map(|layer| part(LAYER, &self.blob(layer), layer.len()))
            .collect();
        let text = format!(
            r#"{{"schemaVersion":2,"mediaType":"{MANIFEST}","config":{},"layers":[{}]}}"#,
            part(CONFIG, &self.blob(config.as_bytes()), config.len()),
            parts.join(",")
        );
        (self.manifest(name, MANIFEST, text.as_bytes()), text.len())
    }

    /// An index of images for platforms; its digest.
    pub fn index(&mut self, name: &str, images: &[(&str, (String, usize))]) -> String {
        let parts: Vec<String> = images
            .iter()
            .map(|(architecture, (digest, size))| {
                format!(
                    r#"{{"mediaType":"{MANIFEST}","digest":"{digest}","size":{size},"platform":{{"os":"linux","architecture":"{architecture}"}}}}"#
                )
            })
            .collect();
        let text = format!(
            r#"{{"schemaVersion":2,"mediaType":"{INDEX}","manifests":[{}]}}"#,
            parts.join(",")
        );
        self.manifest(name, INDEX, text.as_bytes())
    }

    /// Writes an OCI image layout whose index names one image or index.
    pub fn write(&self, directory: &Path, name: &str) {
        let blobs = directory.join("blobs/sha256");
        std::fs::create_dir_all(&blobs).unwrap();
        let manifests = self.manifests.iter().map(|(name, (_, bytes))| (name, bytes));
        for (digest, bytes) in self.blobs.iter().chain(manifests) {
            if let Some(hex) = digest.strip_prefix("sha256:") {
                std::fs::write(blobs.join(hex), bytes).unwrap();
            }
        }
        std::fs::write(directory.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
        let (media_type, bytes) = &self.manifests[name];
        let index = format!(
            r#"{{"schemaVersion":2,"manifests":[{{"mediaType":"{media_type}","digest":"{}","size":{},"annotations":{{"org.opencontainers.image.ref.name":"{name}"}}}}]}}"#,
            Digest::sha256(bytes),
            bytes.len()
        );
        std::fs::write(directory.join("index.json"), index).unwrap();
    }

    /// What a registry that wants nothing answers.
    pub fn answer(&self, asked: &Asked) -> Reply {
        let target = asked.target();
        let last = target.rsplit('/').next().unwrap_or_default();
        if target == "/v2/" {
            return answer("200 OK", &[], b"{}");
        }
        if target.contains("/manifests/")
            && let Some((media_type, bytes)) = self.manifests.get(last)
        {
            return answer("200 OK", &[("Content-Type", media_type)], bytes);
        }
        match self.blobs.get(last) {
            Some(bytes) => part(asked, bytes),
            None => answer("404 Not Found", &[], b"{\"errors\":[]}"),
        }
    }
}

/// Bytes, from where the client wants them.
pub fn part(asked: &Asked, bytes: &[u8]) -> Reply {
    match asked.range() {
        Some(start) if start < bytes.len() => {
            let range = format!("bytes {start}-{}/{}", bytes.len() - 1, bytes.len());
            answer(
                "206 Partial Content",
                &[("Content-Range", &range)],
                &bytes[start..],
            )
        }
        Some(_) => answer("416 Range Not Satisfiable", &[], b""),
        None => answer("200 OK", &[], bytes),
    }
}
