//! Which image of a layout or archive is meant.
//!
//! In: the index of a layout, or `manifest.json` of an archive; a tag or digest; a platform. Out: one image: its
//! manifest, its configuration, and its layers with the names of their files. Every document is held against its digest.

use super::documents::{Descriptor, ImageConfig, Index, LONGEST, Manifest, Saved};
use super::shelf::Shelf;
use crate::SourceError;
use crate::digest::Digest;
use crate::platform::Platform;
use std::collections::BTreeMap;
use std::io::{self, Read};

/// Indexes within indexes.
const DEEPEST: u32 = 8;
/// Most images of one index.
const MOST_IMAGES: usize = 10_000;
/// Most layers of one image.
const MOST_LAYERS: usize = 1_000;

/// Which image of several is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// The only one, or the one for the platform.
    Any,
    /// The one of this name or tag.
    Name(String),
    /// The one with this digest.
    Digest(Digest),
}

/// One layer.
#[derive(Debug, Clone)]
pub(super) struct LayerFile {
    /// Name of its file on the shelf.
    pub(super) name: String,
    /// Digest of that file; none in archives that name no digests.
    pub(super) digest: Option<Digest>,
    pub(super) size: Option<u64>,
    pub(super) diff_id: Digest,
    pub(super) media_type: String,
    /// Where a layer may be had that must not be passed on.
    pub(super) urls: Vec<String>,
    pub(super) is_foreign: bool,
}

/// The image that was chosen.
pub(super) struct Chosen {
    /// Digest of the manifest; none in archives that have none.
    pub(super) manifest: Option<Digest>,
    pub(super) config_digest: Digest,
    pub(super) config: ImageConfig,
    /// Names that the index or archive gives it.
    pub(super) names: Vec<String>,
    pub(super) annotations: BTreeMap<String, String>,
    pub(super) layers: Vec<LayerFile>,
}

/// Chooses among the images on a shelf.
pub(super) struct Chooser<'a> {
    pub(super) shelf: &'a dyn Shelf,
    /// As the user wrote it.
    pub(super) target: &'a str,
    /// The platform that the user asked for; none takes what there is, this machine's first.
    pub(super) platform: Option<&'a Platform>,
}

struct Candidate {
    descriptor: Descriptor,
    names: Vec<String>,
}

impl Chooser<'_> {
    /// An image of an OCI layout.
    pub(super) fn of_index(&self, index: &[u8], wanted: &Wanted) -> Result<Chosen, SourceError> {
        let index: Index = self.parse("index.json", index)?;
        let mut candidates = Vec::new();
        for descriptor in index.manifests {
            let names = descriptor.names();
            let whole = match wanted {
                Wanted::Any => true,
                Wanted::Name(name) => names.iter().any(|known| is_named(known, name)),
                Wanted::Digest(digest) => descriptor.digest == *digest,
            };
            let digest = match wanted {
                Wanted::Digest(digest) if !whole => Some(digest),
                _ => None,
            };
            if whole || digest.is_some() {
                self.gather(descriptor, &names, digest, 0, &mut candidates)?;
            }
        }
        candidates.sort_by(|a, b| a.descriptor.digest.cmp(&b.descriptor.digest));
        candidates.dedup_by(|one, kept| {
            let same = one.descriptor.digest == kept.descriptor.digest;
            if same {
                kept.names.append(&mut one.names);
            }
            same
        });
        let candidate = self.best(candidates, wanted)?;
        self.image(candidate)
    }

    /// Adds the images at or below a descriptor; only that of the digest where one is given.
    fn gather(
        &self,
        descriptor: Descriptor,
        names: &[String],
        digest: Option<&Digest>,
        depth: u32,
        out: &mut Vec<Candidate>,
    ) -> Result<(), SourceError> {
        if descriptor.is_attestation() {
            return Ok(());
        }
        if !descriptor.is_index() {
            if digest.is_none_or(|digest| descriptor.digest == *digest) {
                let names = names.to_vec();
                out.push(Candidate { descriptor, names });
            }
            return Ok(());
        }
        if depth >= DEEPEST || out.len() > MOST_IMAGES {
            return Err(self.bad("its index holds too many others"));
        }
        let nested: Index = self.parse(&descriptor.digest.to_string(), &self.document(&descriptor)?)?;
        for one in nested.manifests {
            let digest = digest.filter(|digest| descriptor.digest != **digest);
            self.gather(one, names, digest, depth + 1, out)?;
        }
        Ok(())
    }

    fn best(&self, mut candidates: Vec<Candidate>, wanted: &Wanted) -> Result<Candidate, SourceError> {
        if candidates.is_empty() {
            return Err(self.nothing(wanted));
        }
        let machine = Platform::of_this_machine();
        let platform = self.platform.unwrap_or(&machine);
        let mut rated: Vec<(u32, usize)> = Vec::new();
        let mut offered: Vec<String> = Vec::new();
        for (number, candidate) in candidates.iter().enumerate() {
            let told = candidate
                .descriptor
                .platform
                .clone()
                .filter(|told| !told.os.is_empty());
            let told = match told {
                Some(told) => told,
                // One image alone is judged by its configuration, which is read next.
                None if candidates.len() == 1 && self.platform.is_none() => platform.clone(),
                None => self.manifest(&candidate.descriptor)?.2.platform,
            };
            offered.push(told.to_string());
            rated.extend(platform.distance(&told).map(|distance| (distance, number)));
        }
        rated.sort_unstable();
        let chosen = match rated.as_slice() {
            [] if candidates.len() == 1 && self.platform.is_none() => 0,
            [] => {
                offered.sort();
                offered.dedup();
                return Err(SourceError::NoImage {
                    target: self.target.to_owned(),
                    cause: format!("there is no image for {platform}"),
                    help: format!("name one of these with `--platform`: {}", offered.join(", ")),
                });
            }
            [(least, _), (next, _), ..] if least == next => {
                return Err(self.several(&candidates));
            }
            [(_, one), ..] => *one,
        };
        Ok(candidates.swap_remove(chosen))
    }

    fn several(&self, candidates: &[Candidate]) -> SourceError {
        let names: Vec<String> = candidates
            .iter()
            .take(20)
            .map(|one| match one.names.first() {
                Some(name) => name.clone(),
                None => format!("@{}", one.descriptor.digest),
            })
            .collect();
        SourceError::SeveralImages {
            target: self.target.to_owned(),
            names,
        }
    }

    fn image(&self, candidate: Candidate) -> Result<Chosen, SourceError> {
        let (manifest, config_bytes, config) = self.manifest(&candidate.descriptor)?;
        let layers: Vec<LayerFile> = manifest
            .layers
            .iter()
            .zip(&config.rootfs.diff_ids)
            .map(|(layer, diff_id)| LayerFile {
                name: blob(&layer.digest),
                digest: Some(layer.digest.clone()),
                size: (layer.size > 0).then_some(layer.size),
                diff_id: diff_id.clone(),
                media_type: layer.media_type.clone(),
                urls: layer.urls.clone(),
                is_foreign: layer.is_foreign(),
            })
            .collect();
        self.counted(manifest.layers.len(), &config)?;
        drop(config_bytes);
        Ok(Chosen {
            manifest: Some(candidate.descriptor.digest),
            config_digest: manifest.config.digest,
            config,
            names: candidate.names,
            annotations: manifest.annotations,
            layers,
        })
    }

    fn counted(&self, layers: usize, config: &ImageConfig) -> Result<(), SourceError> {
        let digests = config.rootfs.diff_ids.len();
        if layers != digests {
            return Err(self.bad(format!(
                "it has {layers} layers, and its configuration speaks of {digests}"
            )));
        }
        if layers > MOST_LAYERS {
            return Err(self.bad(format!("it has more than {MOST_LAYERS} layers")));
        }
        Ok(())
    }

    /// The manifest that a descriptor names, and its configuration.
    fn manifest(&self, descriptor: &Descriptor) -> Result<(Manifest, Vec<u8>, ImageConfig), SourceError> {
        let bytes = self.document(descriptor)?;
        if memchr::memmem::find(&bytes, b"\"fsLayers\"").is_some() {
            return Err(self.bad("its manifest is of schema 1, which has been given up"));
        }
        let manifest: Manifest = self.parse(&descriptor.digest.to_string(), &bytes)?;
        let bytes = self.document(&manifest.config)?;
        let config: ImageConfig = self.parse(&manifest.config.digest.to_string(), &bytes)?;
        if config.rootfs.diff_ids.is_empty() && !manifest.layers.is_empty() {
            return Err(self.bad(format!(
                "it is no container image: its configuration ({}) lists no layers",
                manifest.config.media_type
            )));
        }
        Ok((manifest, bytes, config))
    }

    /// An image of an archive of `docker save`.
    pub(super) fn of_saved(&self, manifest: &[u8], wanted: &Wanted) -> Result<Chosen, SourceError> {
        let mut saved: Vec<Saved> = self.parse("manifest.json", manifest)?;
        saved.retain(|one| match wanted {
            Wanted::Any => true,
            Wanted::Name(name) => one.repo_tags.iter().any(|tag| is_named(tag, name)),
            Wanted::Digest(digest) => one.config.contains(digest.hex()),
        });
        let names = || {
            saved
                .iter()
                .map(|one| one.repo_tags.first().unwrap_or(&one.config))
        };
        let names: Vec<String> = names().take(20).cloned().collect();
        let one = match (saved.pop(), saved.is_empty()) {
            (None, _) => return Err(self.nothing(wanted)),
            (Some(_), false) => {
                return Err(SourceError::SeveralImages {
                    target: self.target.to_owned(),
                    names,
                });
            }
            (Some(one), true) => one,
        };
        let bytes = self.file(&one.config)?;
        let config_digest = Digest::sha256(&bytes);
        // Archives name the configuration by its digest, in one of two ways.
        let named = one.config.rsplit('/').next().unwrap_or_default();
        let named = named.strip_suffix(".json").unwrap_or(named);
        if let Ok(named) = Digest::parse(&format!("sha256:{named}"))
            && named != config_digest
        {
            return Err(self.wrong("the configuration", &named, &config_digest));
        }
        let config: ImageConfig = self.parse(&one.config, &bytes)?;
        self.counted(one.layers.len(), &config)?;
        if let Some(wanted) = self.platform
            && wanted.distance(&config.platform).is_none()
        {
            return Err(SourceError::NoImage {
                target: self.target.to_owned(),
                cause: format!("there is no image for {wanted}"),
                help: format!("the archive holds one for {}", config.platform),
            });
        }
        let layers = one.layers.iter().zip(&config.rootfs.diff_ids);
        let layers = layers.map(|(name, diff_id)| LayerFile {
            name: name.clone(),
            digest: None,
            size: None,
            diff_id: diff_id.clone(),
            media_type: "application/vnd.docker.image.rootfs.diff.tar".to_owned(),
            urls: Vec::new(),
            is_foreign: false,
        });
        Ok(Chosen {
            manifest: None,
            config_digest,
            names: one.repo_tags,
            annotations: BTreeMap::new(),
            layers: layers.collect(),
            config,
        })
    }

    /// The bytes that a descriptor names.
    fn document(&self, descriptor: &Descriptor) -> Result<Vec<u8>, SourceError> {
        let bytes = self.file(&blob(&descriptor.digest))?;
        if descriptor.digest.names(&bytes) {
            Ok(bytes)
        } else {
            let found = Digest::sha256(&bytes);
            Err(self.wrong("a document", &descriptor.digest, &found))
        }
    }

    /// A file in whole.
    pub(super) fn file(&self, name: &str) -> Result<Vec<u8>, SourceError> {
        let read = || -> io::Result<Vec<u8>> {
            let mut bytes = Vec::new();
            self.shelf
                .open(name)?
                .reader
                .take(LONGEST + 1)
                .read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        match read() {
            Ok(bytes) if bytes.len() as u64 > LONGEST => {
                Err(self.bad(format!("`{name}` is longer than {LONGEST} bytes")))
            }
            Ok(bytes) => Ok(bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(self.bad(format!("`{name}` is missing")))
            }
            Err(error) => Err(self.bad(format!("`{name}` cannot be read: {error}"))),
        }
    }

    fn parse<'de, T: serde::Deserialize<'de>>(&self, name: &str, bytes: &'de [u8]) -> Result<T, SourceError> {
        serde_json::from_slice(bytes)
            .map_err(|error| self.bad(format!("`{name}` is not what it should be: {error}")))
    }

    fn bad(&self, cause: impl Into<String>) -> SourceError {
        SourceError::Image {
            target: self.target.to_owned(),
            cause: cause.into(),
        }
    }

    fn wrong(&self, what: &str, expected: &Digest, found: &Digest) -> SourceError {
        SourceError::WrongDigest {
            target: self.target.to_owned(),
            what: what.to_owned(),
            expected: expected.to_string(),
            found: found.to_string(),
        }
    }

    fn nothing(&self, wanted: &Wanted) -> SourceError {
        let cause = match wanted {
            Wanted::Any => "it holds no image".to_owned(),
            Wanted::Name(name) => format!("there is no image of the name `{name}`"),
            Wanted::Digest(digest) => format!("there is no image with the digest {digest}"),
        };
        SourceError::NoImage {
            target: self.target.to_owned(),
            cause,
            help: "leave out the name to take the only image, or to see the names there are".to_owned(),
        }
    }
}

/// Whether a name of an archive is meant: the whole of it, or all but `:latest` or the registry before it.
fn is_named(tag: &str, name: &str) -> bool {
    let ends_so = |tag: &str| {
        let before = tag.strip_suffix(name);
        before.is_some_and(|before| before.is_empty() || before.ends_with('/'))
    };
    ends_so(tag) || tag.strip_suffix(":latest").is_some_and(ends_so)
}

/// Name of the file of a blob, which for a digest leads nowhere else.
fn blob(digest: &Digest) -> String {
    format!("blobs/{}/{}", digest.algorithm(), digest.hex())
}
