//! Why an image cannot be pulled, and what to do about it.

use super::reference::InvalidReference;
use crate::http::HttpError;
use std::path::PathBuf;

/// A pull that failed. No variant holds a password or token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegistryError {
    /// Text that is no name of an image.
    #[error(transparent)]
    Reference(#[from] InvalidReference),
    /// The server cannot be reached, or refuses.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// The registry has no such image.
    #[error("`{reference}` is not there: {registry} knows no such image")]
    NotFound {
        /// The image.
        reference: String,
        /// The registry.
        registry: String,
    },
    /// The registry does not let this user have the image.
    #[error("{registry} does not give `{reference}` to {}", user(whom.as_deref()))]
    Denied {
        /// The image.
        reference: String,
        /// The registry.
        registry: String,
        /// Who asked; nobody in particular where there were no credentials.
        whom: Option<String>,
    },
    /// The registry wants to be authenticated to in a way that is not supported.
    #[error("{registry} cannot be authenticated to: {cause}")]
    Challenge {
        /// The registry.
        registry: String,
        /// What is wrong with what it wants.
        cause: String,
    },
    /// A file of credentials cannot be used.
    #[error("the credentials in `{}` cannot be used: {cause}", path.display())]
    Credentials {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// A credential helper failed.
    #[error("the credential helper `docker-credential-{name}` failed: {cause}")]
    Helper {
        /// Its name, without what all of them begin with.
        name: String,
        /// What it said, or what the system said of it.
        cause: String,
    },
    /// There is no image for the platform.
    #[error("`{reference}` has no image for {wanted}")]
    Platform {
        /// The image.
        reference: String,
        /// The platform.
        wanted: String,
        /// What there is instead.
        offered: Vec<String>,
    },
    /// A manifest or index is not understood.
    #[error("the manifest of `{reference}` is not understood: {cause}")]
    Manifest {
        /// The image.
        reference: String,
        /// What is wrong with it.
        cause: String,
    },
    /// The bytes are not those that were asked for.
    #[error(
        "the registry gave another manifest of `{reference}` than was asked for: {actual} instead of {expected}"
    )]
    Digest {
        /// The image.
        reference: String,
        /// The digest that was asked for.
        expected: String,
        /// The digest of what came.
        actual: String,
    },
    /// The image is larger than allowed.
    #[error("`{reference}` has {size} bytes; {limit} are allowed")]
    TooLarge {
        /// The image.
        reference: String,
        /// Its size, in bytes, compressed.
        size: u64,
        /// The limit, in bytes.
        limit: u64,
    },
    /// The network is off, and the image was not pulled before.
    #[error("`{reference}` was not pulled before, and the network is off (--offline)")]
    NotKept {
        /// The image.
        reference: String,
    },
    /// The place where images are kept cannot be used.
    #[error("cannot use `{}`: {cause}", path.display())]
    Layout {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        cause: String,
    },
}

impl RegistryError {
    /// What the user can do about it.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::Reference(_) => {
                "names are of the form [registry[:port]/]repository[:tag][@digest], for instance ghcr.io/acme/app:1.2".to_owned()
            }
            Self::Http(error) => error.help(),
            Self::NotFound { .. } => "check the spelling of repository and tag".to_owned(),
            Self::Denied { registry, whom: None, .. } => format!(
                "check the spelling, since registries say the same of images that are not there; or log in with `docker login {registry}`"
            ),
            Self::Denied { registry, .. } => format!(
                "check the spelling, and that this user may pull it; `docker login {registry}` replaces the credentials"
            ),
            Self::Challenge { .. } => "Basic and Bearer are supported; check that the address is that of a registry".to_owned(),
            Self::Credentials { .. } => {
                "mend the file, log in again with `docker login`, or name another one with REGISTRY_AUTH_FILE".to_owned()
            }
            Self::Helper { .. } => {
                "install it and log in again, or take it out of `credHelpers` and `credsStore`".to_owned()
            }
            Self::Platform { offered, .. } if offered.is_empty() => "the index names no platform at all".to_owned(),
            Self::Platform { offered, .. } => format!("name one that there is: {}", offered.join(", ")),
            Self::Manifest { .. } => "check that the name is that of an image".to_owned(),
            Self::Digest { .. } => {
                "nothing of it was kept; somebody changed it on the way or at its source. Do not use it".to_owned()
            }
            Self::TooLarge { .. } => "name a smaller image, or allow more".to_owned(),
            Self::NotKept { .. } => "leave out --offline once, so that it is pulled and kept".to_owned(),
            Self::Layout { .. } => "free some space, or name another place with `--data-dir DIR`".to_owned(),
        }
    }
}

fn user(whom: Option<&str>) -> String {
    match whom {
        Some(name) if !name.is_empty() => format!("`{name}`"),
        Some(_) => "the user of the credentials at hand".to_owned(),
        None => "somebody without credentials".to_owned(),
    }
}
