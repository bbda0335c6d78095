//! Objects of Kubernetes as manifests write them.

mod object;
mod pod;
mod version;

pub use object::{Object, Unreadable, objects, objects_of};
pub use pod::{Container, Pod, Role};
pub use version::Minor;
