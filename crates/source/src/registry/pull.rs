//! One image, from the registry to the layout.

use super::credentials::Keychain;
use super::error::RegistryError;
use super::layout::Layout;
use super::manifest::{Descriptor, Manifest, choose};
use super::reference::Reference;
use super::session::Session;
use crate::digest::Digest;
use crate::http::{Client, Downloaded, HttpError, Watch};
use crate::platform::Platform;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Blobs that are fetched at once.
const AT_ONCE: usize = 2;
/// Indexes within indexes.
const DEEPEST: usize = 3;

/// How to pull.
#[derive(Clone, Copy)]
pub struct PullOptions<'a> {
    /// Who asks.
    pub client: &'a Client,
    /// Where images are kept: a directory of its own.
    pub cache: &'a Path,
    /// Which image of an index; that of this machine where none is named.
    pub platform: Option<&'a Platform>,
    /// Where credentials are looked for.
    pub credentials: &'a Keychain,
    /// Registries (`host` or `host:port`) that need not prove who they are: any certificate will do, and plain HTTP. Registries
    /// on this machine may speak plain HTTP without being named.
    pub insecure: &'a [String],
    /// Bytes of one image, compressed, beyond which it is refused.
    pub largest: u64,
    /// Bytes of all images beyond which those that were not used for longest are forgotten, before this one is pulled.
    pub keep: u64,
}

/// An image that is here. Nothing of it is forgotten as long as this value lives.
#[derive(Debug)]
pub struct Pulled {
    /// The OCI image layout that it is in, with others.
    pub layout: PathBuf,
    /// The digest of its manifest, by which it is found there: `blobs/sha256/…`.
    pub manifest_digest: Digest,
    /// The media type of the manifest.
    pub media_type: String,
    /// What the registry was asked for, in full.
    pub reference: Reference,
    /// The digest of the index it was chosen from.
    pub index_digest: Option<Digest>,
    /// What it is for, where that was chosen.
    pub platform: Option<Platform>,
    /// Bytes that came over the network.
    pub fetched: u64,
    _held: File,
}

/// Pulls an image.
///
/// # Errors
/// When the image cannot be had whole and right. Blobs that are whole are kept all the same; a later pull goes on with the others.
pub fn pull(
    reference: &Reference,
    options: &PullOptions<'_>,
    watch: &dyn Watch,
) -> Result<Pulled, RegistryError> {
    let layout = Layout::open(options.cache)?;
    layout.prune(options.keep)?;
    let held = layout.hold()?;
    let wanted = options
        .platform
        .cloned()
        .unwrap_or_else(Platform::of_this_machine);
    if options.client.is_offline() {
        return kept(reference, &wanted, &layout, held);
    }
    let credentials = options.credentials.of(reference)?;
    let session = Session::open(options.client, reference, &credentials, options.insecure, watch)?;
    let found = find(&session, reference, &wanted)?;
    let size = found
        .parts
        .iter()
        .map(|part| part.size)
        .fold(0, u64::saturating_add);
    if size > options.largest {
        return Err(RegistryError::TooLarge {
            reference: reference.to_string(),
            size,
            limit: options.largest,
        });
    }
    let first = fetch(&session, &layout, std::slice::from_ref(&found.config), watch)?;
    refuse_other_platform(reference, &layout, &found, options.platform)?;
    let fetched = first + fetch(&session, &layout, &found.parts, watch)?;
    layout.keep_manifest(&found.digest, &found.bytes)?;
    layout.enter(
        &reference.to_string(),
        &wanted.to_string(),
        &found.media_type,
        &found.digest,
        found.bytes.len() as u64,
    )?;
    Ok(Pulled {
        layout: layout.path().to_path_buf(),
        manifest_digest: found.digest,
        media_type: found.media_type,
        reference: reference.clone(),
        platform: found.index.is_some().then_some(wanted),
        index_digest: found.index,
        fetched,
        _held: held,
    })
}

/// An image that was pulled before, without asking anybody.
fn kept(
    reference: &Reference,
    wanted: &Platform,
    layout: &Layout,
    held: File,
) -> Result<Pulled, RegistryError> {
    let missing = || RegistryError::NotKept {
        reference: reference.to_string(),
    };
    let (digest, media_type) = layout
        .find(&reference.to_string(), &wanted.to_string())
        .ok_or_else(missing)?;
    let bytes = std::fs::read(layout.blob(&digest)).map_err(|_| missing())?;
    let Ok(Manifest::Image { config, layers, .. }) = Manifest::read(&bytes, Some(&media_type)) else {
        return Err(missing());
    };
    if !digest.names(&bytes) || !layers.iter().chain([&config]).all(|part| layout.has(part)) {
        return Err(missing());
    }
    layout.touch(&digest);
    Ok(Pulled {
        layout: layout.path().to_path_buf(),
        manifest_digest: digest,
        media_type,
        reference: reference.clone(),
        index_digest: None,
        platform: Some(wanted.clone()),
        fetched: 0,
        _held: held,
    })
}

/// A manifest, and what it is made of.
struct Found {
    digest: Digest,
    bytes: Vec<u8>,
    media_type: String,
    index: Option<Digest>,
    config: Descriptor,
    /// Configuration and layers, each once.
    parts: Vec<Descriptor>,
}

/// From the name to the manifest, through indexes.
fn find(session: &Session<'_>, reference: &Reference, wanted: &Platform) -> Result<Found, RegistryError> {
    let mut asked = reference.asked_for();
    let mut expected = reference.digest().cloned();
    let mut index = None;
    for _ in 0..=DEEPEST {
        let answer = session.manifest(&asked)?;
        let digest = checked(reference, &answer, expected.as_ref())?;
        let manifest = Manifest::read(&answer.body, answer.header("content-type")).map_err(|cause| {
            RegistryError::Manifest {
                reference: reference.to_string(),
                cause,
            }
        })?;
        match manifest {
            Manifest::Image {
                media_type,
                config,
                layers,
            } => {
                let mut seen = BTreeSet::new();
                let mut parts = vec![config.clone()];
                parts.extend(layers);
                parts.retain(|part| seen.insert(part.digest.clone()));
                return Ok(Found {
                    digest,
                    bytes: answer.body,
                    media_type,
                    index,
                    config,
                    parts,
                });
            }
            Manifest::Index(offered) => {
                let chosen = choose(&offered, wanted).map_err(|offered| RegistryError::Platform {
                    reference: reference.to_string(),
                    wanted: wanted.to_string(),
                    offered,
                })?;
                asked = chosen.digest.to_string();
                expected = Some(chosen.digest.clone());
                index = index.or(Some(digest));
            }
        }
    }
    Err(RegistryError::Manifest {
        reference: reference.to_string(),
        cause: "there are too many indexes within indexes".to_owned(),
    })
}

/// The digest of what came, which must be the one that was asked for, and the one that the registry says it is.
fn checked(
    reference: &Reference,
    answer: &crate::http::Fetched,
    expected: Option<&Digest>,
) -> Result<Digest, RegistryError> {
    let said: Option<Digest> = answer
        .header("docker-content-digest")
        .and_then(|text| text.trim().parse().ok());
    for claimed in expected.iter().copied().chain(said.as_ref()) {
        if !claimed.names(&answer.body) {
            return Err(RegistryError::Digest {
                reference: reference.to_string(),
                expected: claimed.to_string(),
                actual: Digest::sha256(&answer.body).to_string(),
            });
        }
    }
    Ok(expected.cloned().unwrap_or_else(|| Digest::sha256(&answer.body)))
}

/// Fetches what is not here yet, two at once. The first failure ends the others.
fn fetch(
    session: &Session<'_>,
    layout: &Layout,
    parts: &[Descriptor],
    watch: &dyn Watch,
) -> Result<u64, RegistryError> {
    let queue = Mutex::new(parts.iter().filter(|part| !layout.has(part)));
    let together = Together {
        watch,
        failed: AtomicBool::new(false),
    };
    let fetched = AtomicU64::new(0);
    let failure = Mutex::new(None);
    let work = || {
        loop {
            let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some(part) = next else { return };
            match session.blob(part, &layout.blob(&part.digest), &together) {
                Ok(Downloaded::Complete { bytes, resumed, .. }) => {
                    fetched.fetch_add(bytes.saturating_sub(resumed), Ordering::Relaxed);
                }
                Ok(Downloaded::Unchanged) => {}
                Err(error) => {
                    let mut failure = failure.lock().unwrap_or_else(PoisonError::into_inner);
                    failure.get_or_insert(error);
                    together.failed.store(true, Ordering::Relaxed);
                    return;
                }
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..AT_ONCE {
            // Where there is no other thread, this one does all of it.
            let _ = std::thread::Builder::new().spawn_scoped(scope, work);
        }
        work();
    });
    match failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some(error) => Err(error),
        None => Ok(fetched.into_inner()),
    }
}

/// Stops when the user interrupts, and when the other transfer failed.
struct Together<'a> {
    watch: &'a dyn Watch,
    failed: AtomicBool,
}

impl Watch for Together<'_> {
    fn expected(&self, bytes: u64) {
        self.watch.expected(bytes);
    }

    fn received(&self, bytes: u64) {
        self.watch.received(bytes);
    }

    fn waits(&self, notice: &str) {
        self.watch.waits(notice);
    }

    fn stopped(&self) -> bool {
        self.watch.stopped() || self.failed.load(Ordering::Relaxed)
    }
}

/// A name without an index behind it is for one platform: another one than was named is not what was asked for.
fn refuse_other_platform(
    reference: &Reference,
    layout: &Layout,
    found: &Found,
    named: Option<&Platform>,
) -> Result<(), RegistryError> {
    #[derive(Deserialize)]
    struct Config {
        os: Option<String>,
        architecture: Option<String>,
        variant: Option<String>,
    }
    let (Some(wanted), None) = (named, &found.index) else {
        return Ok(());
    };
    let path = layout.blob(&found.config.digest);
    let bytes = std::fs::read(&path).map_err(|error| HttpError::File {
        path,
        cause: crate::http::plain(&error),
    })?;
    let Ok(Config {
        os: Some(os),
        architecture: Some(architecture),
        variant,
    }) = serde_json::from_slice(&bytes)
    else {
        return Ok(());
    };
    let has = Platform::of(&os, &architecture, variant.as_deref());
    if wanted.distance(&has).is_some() {
        return Ok(());
    }
    Err(RegistryError::Platform {
        reference: reference.to_string(),
        wanted: wanted.to_string(),
        offered: vec![has.to_string()],
    })
}
