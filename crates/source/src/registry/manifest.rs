//! Manifests and indexes, of OCI and of Docker.
//!
//! In: bytes whose digest is known. Out: the parts of an image, or the images an index offers.
//! <https://github.com/opencontainers/image-spec/blob/main/manifest.md>,
//! <https://distribution.github.io/distribution/spec/manifest-v2-2/>

use crate::digest::Digest;
use crate::platform::Platform;
use serde::Deserialize;

/// What a client of this kind understands, best first.
pub(super) const ACCEPTED: &str = "application/vnd.oci.image.index.v1+json, \
    application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.oci.image.manifest.v1+json, \
    application/vnd.docker.distribution.manifest.v2+json";
/// Largest manifest or index, in bytes: what the specification asks registries to take at least.
pub(super) const LARGEST: u64 = 4 << 20;
/// Layers that one image may have.
const MOST_LAYERS: usize = 4096;

/// A piece of content, by its digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Descriptor {
    /// What it is.
    pub media_type: String,
    /// Its digest.
    pub digest: Digest,
    /// Its size, in bytes.
    pub size: u64,
    /// What it is for.
    pub platform: Option<Platform>,
}

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Manifest {
    /// One image.
    Image {
        /// What it says it is.
        media_type: String,
        /// Its configuration.
        config: Descriptor,
        /// Its layers, the lowest first.
        layers: Vec<Descriptor>,
    },
    /// Several, one a platform.
    Index(Vec<Descriptor>),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    #[serde(default)]
    schema_version: u32,
    media_type: Option<String>,
    manifests: Option<Vec<Part>>,
    config: Option<Part>,
    layers: Option<Vec<Part>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Part {
    #[serde(default)]
    media_type: String,
    digest: String,
    size: u64,
    platform: Option<PartPlatform>,
}

#[derive(Deserialize)]
struct PartPlatform {
    #[serde(default)]
    os: String,
    #[serde(default)]
    architecture: String,
    variant: Option<String>,
}

impl Manifest {
    /// Reads a manifest or an index. `content_type` is what the server said it is.
    ///
    /// # Errors
    /// Why it is neither.
    pub fn read(bytes: &[u8], content_type: Option<&str>) -> Result<Self, String> {
        let document: Document = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        if document.schema_version == 1 {
            return Err(
                "it is of the first version of Docker's format, which no registry makes any more; push the image again"
                    .to_owned(),
            );
        }
        let said = content_type
            .and_then(|text| text.split(';').next())
            .map(str::trim);
        let media_type = document.media_type.as_deref().or(said).unwrap_or_default();
        match (document.manifests, document.config, document.layers) {
            // One document with both would be one image to this program and another one to the next.
            (Some(_), Some(_), _) | (Some(_), _, Some(_)) => {
                Err("it is an image and an index at once".to_owned())
            }
            (Some(manifests), None, None) => manifests
                .into_iter()
                .map(Part::descriptor)
                .collect::<Result<_, _>>()
                .map(Self::Index),
            (None, Some(config), Some(layers)) => {
                if layers.len() > MOST_LAYERS {
                    return Err(format!(
                        "it has {} layers; {MOST_LAYERS} are read at most",
                        layers.len()
                    ));
                }
                let layers: Result<_, _> = layers.into_iter().map(Part::descriptor).collect();
                let media_type = if media_type.contains("manifest") {
                    media_type
                } else {
                    "application/vnd.oci.image.manifest.v1+json"
                };
                Ok(Self::Image {
                    media_type: media_type.to_owned(),
                    config: config.descriptor()?,
                    layers: layers?,
                })
            }
            _ => Err("it is neither an image nor an index".to_owned()),
        }
    }
}

impl Part {
    fn descriptor(self) -> Result<Descriptor, String> {
        Ok(Descriptor {
            digest: self.digest.parse().map_err(|error| format!("{error}"))?,
            media_type: self.media_type,
            size: self.size,
            platform: self
                .platform
                .map(|one| Platform::of(&one.os, &one.architecture, one.variant.as_deref())),
        })
    }
}

/// The image of an index that is wanted: the one that fits best, of those the first. Attestations, which carry a platform `unknown`, never do.
pub(super) fn choose<'a>(index: &'a [Descriptor], wanted: &Platform) -> Result<&'a Descriptor, Vec<String>> {
    let fitting = index
        .iter()
        .filter_map(|one| Some((wanted.distance(one.platform.as_ref()?)?, one)));
    if let Some((_, found)) = fitting.min_by_key(|(distance, _)| *distance) {
        return Ok(found);
    }
    // An index of one image that says nothing of its platform leaves no choice.
    if let [only] = index
        && only.platform.is_none()
    {
        return Ok(only);
    }
    Err(index
        .iter()
        .filter_map(|one| one.platform.as_ref().map(ToString::to_string))
        .filter(|platform| !platform.starts_with("unknown/"))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(digit: char) -> String {
        format!("sha256:{}", digit.to_string().repeat(64))
    }

    fn part(digit: char, platform: &str) -> String {
        format!(
            r#"{{"mediaType":"m","digest":"{}","size":7{platform}}}"#,
            digest(digit)
        )
    }

    fn index(parts: &[String]) -> Vec<Descriptor> {
        let text = format!(r#"{{"schemaVersion":2,"manifests":[{}]}}"#, parts.join(","));
        match Manifest::read(text.as_bytes(), None) {
            Ok(Manifest::Index(parts)) => parts,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_image_that_fits_is_chosen_and_attestations_never_are() {
        let of = |digit, os: &str, architecture: &str| {
            part(
                digit,
                &format!(r#","platform":{{"os":"{os}","architecture":"{architecture}","variant":"v8"}}"#),
            )
        };
        let parts = index(&[
            of('a', "unknown", "unknown"),
            of('b', "linux", "amd64"),
            of('c', "linux", "arm64"),
        ]);
        let chosen = choose(&parts, &"linux/aarch64".parse().unwrap()).unwrap();
        assert_eq!(chosen.digest.to_string(), digest('c'));
        let offered = choose(&parts, &"linux/s390x".parse().unwrap()).unwrap_err();
        assert_eq!(offered, ["linux/amd64/v8", "linux/arm64/v8"]);
        let only = index(&[part('a', "")]);
        assert!(choose(&only, &"linux/s390x".parse().unwrap()).is_ok());
    }

    #[test]
    fn an_image_has_a_configuration_and_layers() {
        let text = format!(
            r#"{{"schemaVersion":2,"config":{},"layers":[{},{}]}}"#,
            part('a', ""),
            part('b', ""),
            part('b', "")
        );
        let Ok(Manifest::Image {
            media_type, layers, ..
        }) = Manifest::read(text.as_bytes(), Some("text/plain"))
        else {
            panic!("no image");
        };
        assert_eq!(media_type, "application/vnd.oci.image.manifest.v1+json");
        assert_eq!(layers.len(), 2);
    }

    #[test]
    fn what_is_neither_or_both_is_refused() {
        let both = format!(
            r#"{{"schemaVersion":2,"manifests":[],"config":{},"layers":[]}}"#,
            part('a', "")
        );
        let bad = r#"{"schemaVersion":2,"manifests":[{"digest":"sha256:../../x","size":1}]}"#;
        let negative = r#"{"schemaVersion":2,"manifests":[{"digest":"sha256:x","size":-1}]}"#;
        for text in [
            "",
            "[]",
            "{}",
            "<html>",
            r#"{"schemaVersion":1,"fsLayers":[]}"#,
            &both,
            bad,
            negative,
            &"[".repeat(100_000),
        ] {
            assert!(Manifest::read(text.as_bytes(), None).is_err(), "{text:.60}");
        }
    }
}
