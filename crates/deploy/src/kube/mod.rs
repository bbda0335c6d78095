//! Objects of Kubernetes as manifests write them.

pub(crate) mod api;
pub(crate) mod checks;
mod object;
mod pod;
pub(crate) mod recorded;
pub(crate) mod registry;
pub(crate) mod rule;
pub(crate) mod tell;
mod version;

pub use object::{Manifest, Object, objects};
pub use pod::{Container, Pod, Role};
pub use version::Minor;
