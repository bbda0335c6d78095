//! Container images: OCI layouts and archives of `docker save`.
//!
//! In: `oci:DIR[:NAME|@DIGEST]` or `docker-archive:FILE[:NAME]`. Out: one entry for the configuration and one for each
//! distinct layer, the files of which are delivered under their paths in the image, streamed, with the digest of the
//! layer; and once all were read, the merged view ([`Image`]). Nothing is unpacked to disk, unless [`unpack`] is asked to. Digests are verified while
//! bytes are read: what differs from its digest is no image to be judged.
//! <https://github.com/opencontainers/image-spec/blob/main/image-layout.md>

mod choose;
mod documents;
mod layer;
mod open;
mod overlay;
mod shelf;
mod telling;
mod text;
mod tree;
mod unpack;

pub use crate::digest::{Digest, NoDigest};
pub use crate::platform::{InvalidPlatform, Platform};
pub use choose::Wanted;
pub use documents::{Healthcheck, ImageConfig, RootFs, Runtime, Step};
pub use open::{open_docker_archive, open_image, open_layout, open_oci};
pub use text::{CONFIG_PATH, line_of, step_of};
pub use tree::{Fate, Node, NodeKind, Place, Planted, Tree};
pub use unpack::{Unpacked, unpack};

use crate::archive::Expander;
use crate::window::deliver_slice;
use crate::{
    Consumer, Entry, FileMeta, Handle, Interest, Signature, Source, SourceError, SourceOptions, skip,
};
use bartizan_model::{ImageIdentity, Skipped, Target};
use choose::{Chosen, LayerFile};
use shelf::Shelf;
use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use telling::Telling;

/// Bounds of reading an image. Reaching one is said aloud, with the name of the option that raises it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImageLimits {
    /// Most bytes that one layer may expand to.
    pub layer_bytes: u64,
    /// Most members of all layers together.
    pub members: u64,
}

impl Default for ImageLimits {
    fn default() -> Self {
        Self {
            layer_bytes: 64 << 30,
            members: 4_000_000,
        }
    }
}

/// A layer of an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// Digest of the layer as it is stored or transferred; none in archives that name no digests.
    pub digest: Option<Digest>,
    /// Digest of the uncompressed layer, by which locations name it.
    pub diff_id: Digest,
}

/// What is known of an image once all of it was read.
#[derive(Debug, Clone)]
pub struct Image {
    /// Which image it is.
    pub identity: ImageIdentity,
    /// Its configuration.
    pub config: ImageConfig,
    /// Annotations of its manifest.
    pub annotations: BTreeMap<String, String>,
    /// Its layers, the lowest first.
    pub layers: Vec<Layer>,
    /// What a container sees.
    pub tree: Tree,
    /// Whether the files of every layer are known to the last.
    pub is_whole: bool,
}

impl Image {
    /// Numbers of the layers with this digest of the uncompressed content; more than one where a layer repeats.
    pub fn numbers_of(&self, diff_id: &str) -> impl Iterator<Item = usize> {
        let layers = self.layers.iter().enumerate();
        layers
            .filter(move |(_, layer)| layer.diff_id.to_string() == diff_id)
            .map(|(number, _)| number)
    }
}

/// An image as a source.
pub struct ImageSource {
    name: String,
    shelf: Box<dyn Shelf>,
    chosen: Chosen,
    options: SourceOptions,
    /// What was read of each layer.
    read: Mutex<Vec<Option<layer::Layer>>>,
    members: AtomicU64,
}

impl fmt::Debug for ImageSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ImageSource")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl ImageSource {
    fn new(name: &str, shelf: Box<dyn Shelf>, chosen: Chosen, options: &SourceOptions) -> Self {
        let read = chosen.layers.iter().map(|_| None).collect();
        Self {
            name: name.to_owned(),
            shelf,
            chosen,
            options: options.clone(),
            read: Mutex::new(read),
            members: AtomicU64::new(0),
        }
    }

    fn identity(&self) -> ImageIdentity {
        let config = self.chosen.config_digest.to_string();
        let manifest = self.chosen.manifest.as_ref().map(ToString::to_string);
        ImageIdentity {
            digest: manifest.unwrap_or_else(|| config.clone()),
            config,
            platform: self.chosen.config.platform.to_string(),
            names: self.chosen.names.clone(),
        }
    }

    /// The layer of this number as people are told of it.
    fn label(&self, number: usize) -> String {
        let layers = &self.chosen.layers;
        let digest = layers.get(number).map(|layer| layer.diff_id.to_string());
        format!(
            "(layer {} of {}, {})",
            number + 1,
            layers.len(),
            digest.unwrap_or_default()
        )
    }

    fn meta(&self, path: &str, size: u64) -> FileMeta {
        FileMeta {
            path: path.into(),
            size,
            commit: None,
            author: None,
            layer: None,
        }
    }

    fn read_config(&self, entry: &Entry, consumer: &mut dyn Consumer) {
        let want = consumer.wants(&entry.meta);
        if want != Interest::No {
            let text = text::of(&self.chosen.config);
            deliver_slice(&entry.meta, want, self.options.windows, text.as_bytes(), consumer);
        }
    }

    fn read_layer(&self, number: usize, entry: &Entry, buffer: &mut Vec<u8>, consumer: &mut dyn Consumer) {
        let Some(file) = self.chosen.layers.get(number) else {
            return consumer.skipped(skip(&entry.meta, "it is no layer of this image"));
        };
        if file.media_type.ends_with("+encrypted") {
            let reason = "it is encrypted; decrypt the image, for instance with `skopeo copy --decryption-key`, and scan that";
            return consumer.skipped(skip(&entry.meta, reason));
        }
        let opened = match self.shelf.open(&file.name) {
            Ok(opened) => opened,
            Err(error) => return consumer.skipped(skip(&entry.meta, &absent(file, &error))),
        };
        let outer = FileMeta {
            layer: Some(file.diff_id.to_string().into()),
            ..entry.meta.clone()
        };
        let taken = AtomicU64::new(0);
        let bounds = layer::Bounds {
            bytes: self.options.images.layer_bytes,
            ratio: self.options.archives.ratio,
            members: self.options.images.members,
            counted: &self.members,
            taken: &taken,
        };
        let mut consumer = Telling::new(consumer, &taken);
        let consumer: &mut dyn Consumer = &mut consumer;
        let mut expander = Expander::new(&self.options, &outer, buffer, consumer);
        let layer = layer::read(opened, &file.expected(), bounds, &mut expander);
        if let Some((digest, found)) = &layer.wrong {
            let reason = format!("it is not what its digest {digest} says ({found}); get the image again");
            consumer.skipped(skip(&entry.meta, &reason));
        } else if let Some(reason) = &layer.broken {
            consumer.skipped(skip(&entry.meta, reason));
        }
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = read.get_mut(number) {
            *place = Some(layer);
        }
    }

    /// Whether a lower layer is the same: it is read once.
    fn repeats(&self, number: usize) -> Option<usize> {
        let layer = self.chosen.layers.get(number)?;
        let lower = self.chosen.layers.iter().take(number);
        lower
            .enumerate()
            .find(|(_, lower)| lower.diff_id == layer.diff_id)
            .map(|(lower, _)| lower)
    }
}

impl Source for ImageSource {
    fn target(&self) -> Target {
        let manifest = self
            .chosen
            .manifest
            .as_ref()
            .filter(|digest| digest.algorithm() == "sha256");
        Target {
            name: self.name.clone(),
            kind: "image".to_owned(),
            sha256: Some(manifest.unwrap_or(&self.chosen.config_digest))
                .filter(|digest| digest.algorithm() == "sha256")
                .map(|digest| digest.hex().to_owned()),
            image: Some(self.identity()),
            ..Target::default()
        }
    }

    fn list(&self, _: &mut Vec<Skipped>) -> Result<Vec<Entry>, SourceError> {
        let entry = |meta, number| Entry {
            meta,
            signature: None,
            handle: Handle::Index(number),
        };
        let mut entries = vec![entry(self.meta(CONFIG_PATH, 0), 0)];
        for (number, layer) in self.chosen.layers.iter().enumerate() {
            if self.repeats(number).is_none() {
                // The stored form counts, too: it is held against its digest whenever results are taken from the cache.
                let stored = layer.digest.as_ref().unwrap_or(&layer.diff_id);
                let identity = format!("{stored} {}", layer.diff_id);
                let size = layer
                    .size
                    .or_else(|| Some(self.shelf.open(&layer.name).ok()?.size));
                let meta = self.meta(&self.label(number), size.unwrap_or(0));
                entries.push(Entry {
                    signature: Some(Signature::Object(identity.into_bytes())),
                    ..entry(meta, number + 1)
                });
            }
        }
        Ok(entries)
    }

    fn read(&self, entry: &Entry, buffer: &mut Vec<u8>, consumer: &mut dyn Consumer) {
        match entry.handle {
            Handle::Index(0) => self.read_config(entry, consumer),
            Handle::Index(number) => self.read_layer(number - 1, entry, buffer, consumer),
            _ => consumer.skipped(skip(&entry.meta, "it does not belong to this image")),
        }
    }

    fn kept(&self, entry: &Entry) -> Option<Vec<u8>> {
        let number = layer_number(entry)?;
        let read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let layer = read.get(number)?.as_ref().filter(|layer| layer.is_verified)?;
        postcard::to_allocvec(&layer.records).ok()
    }

    fn restore(&self, entry: &Entry, kept: &[u8]) -> bool {
        let Some((number, file)) =
            layer_number(entry).and_then(|number| Some((number, self.chosen.layers.get(number)?)))
        else {
            return false;
        };
        let is_sound = self
            .shelf
            .open(&file.name)
            .is_ok_and(|opened| layer::is_sound(opened, &file.expected()));
        let Some(records) = postcard::from_bytes::<Vec<layer::Record>>(kept)
            .ok()
            .filter(|_| is_sound)
        else {
            return false;
        };
        self.members.fetch_add(records.len() as u64, Ordering::Relaxed);
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = read.get_mut(number) {
            *place = Some(layer::Layer {
                records,
                wrong: None,
                broken: None,
                is_verified: true,
            });
        }
        true
    }

    fn image(&self) -> Option<Result<Image, SourceError>> {
        Some(self.merged())
    }
}

/// The number of the layer that an entry stands for; none for the configuration.
fn layer_number(entry: &Entry) -> Option<usize> {
    match entry.handle {
        Handle::Index(number) => number.checked_sub(1),
        _ => None,
    }
}

impl LayerFile {
    fn expected(&self) -> layer::Expected<'_> {
        layer::Expected {
            blob: self.digest.as_ref(),
            size: self.size,
            diff_id: &self.diff_id,
        }
    }
}

impl ImageSource {
    /// The merged view of what was read.
    fn merged(&self) -> Result<Image, SourceError> {
        let mut read = std::mem::take(&mut *self.read.lock().unwrap_or_else(PoisonError::into_inner));
        let most = self.options.images.members;
        let too_many = || SourceError::Image {
            target: self.name.clone(),
            cause: layer::Limit::Members(most).to_string(),
        };
        if self.members.load(Ordering::Relaxed) > most {
            return Err(too_many());
        }
        // Directories that no layer has a header of are made besides.
        let mut builder = overlay::Builder::new(most.saturating_mul(2));
        let mut is_whole = true;
        for number in 0..self.chosen.layers.len() {
            let records = match self.repeats(number) {
                Some(lower) => read
                    .get(lower)
                    .and_then(Option::as_ref)
                    .map(|layer| layer.records.clone()),
                None => match read.get_mut(number).and_then(Option::as_mut) {
                    Some(layer) => {
                        if let Some((expected, found)) = layer.wrong.take() {
                            return Err(SourceError::WrongDigest {
                                target: self.name.clone(),
                                what: format!("layer {} of {}", number + 1, self.chosen.layers.len()),
                                expected,
                                found,
                            });
                        }
                        is_whole &= layer.broken.is_none();
                        let repeated = (number + 1..self.chosen.layers.len())
                            .any(|upper| self.repeats(upper) == Some(number));
                        Some(if repeated {
                            layer.records.clone()
                        } else {
                            std::mem::take(&mut layer.records)
                        })
                    }
                    None => None,
                },
            };
            is_whole &= records.is_some();
            builder.apply(number, records.unwrap_or_default());
        }
        if builder.is_full() {
            return Err(too_many());
        }
        let layers = self.chosen.layers.iter().map(|layer| Layer {
            digest: layer.digest.clone(),
            diff_id: layer.diff_id.clone(),
        });
        Ok(Image {
            identity: self.identity(),
            config: self.chosen.config.clone(),
            annotations: self.chosen.annotations.clone(),
            layers: layers.collect(),
            tree: builder.finish(),
            is_whole,
        })
    }
}

/// Why a layer cannot be opened.
fn absent(file: &LayerFile, error: &io::Error) -> String {
    if error.kind() != io::ErrorKind::NotFound {
        return format!("it cannot be read: {error}");
    }
    let digest = file.digest.as_ref().unwrap_or(&file.diff_id);
    if file.is_foreign {
        let from = if file.urls.is_empty() {
            "its maker".to_owned()
        } else {
            file.urls.join(" or ")
        };
        return format!(
            "the image does not carry it: {} may not be passed on; fetch {digest} from {from} and put it beside the others",
            file.media_type
        );
    }
    format!("its blob {digest} is missing; get a whole copy of the image")
}
