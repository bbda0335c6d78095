//! Images from registries.
//!
//! In: a [`Reference`], credentials, a platform. Out: [`Pulled`], an image in an OCI image layout on this machine, every part of which
//! has the digest it was asked for by. Layers that are there already are not fetched again, those that were broken off go on.
//! <https://github.com/opencontainers/distribution-spec/blob/main/spec.md>

mod challenge;
mod credentials;
mod error;
mod helper;
mod layout;
mod manifest;
mod pull;
mod reference;
mod session;

pub use crate::platform::{InvalidPlatform, Platform};
pub use challenge::Challenge;
pub use credentials::{AuthFile, Credentials, Keychain};
pub use error::RegistryError;
pub use manifest::{Descriptor, Manifest};
pub use pull::{PullOptions, Pulled, pull};
pub use reference::{DOCKER_HUB, InvalidReference, Reference};
