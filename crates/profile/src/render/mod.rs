//! Profiles in the languages of those who enforce them.

mod apparmor;
mod capabilities;
mod kubernetes;
mod landlock;
mod mesh;
mod mounts;
mod names;
mod seccomp;
mod selinux;

pub use apparmor::apparmor;
pub use capabilities::DEFAULT_CAPABILITIES;
pub use kubernetes::{network_policy, security_context};
pub use landlock::{Landlock, Right, landlock};
pub use mesh::mesh;
pub use mounts::{Writable, writable};
pub(crate) use names::{file_name, is_library, libraries};
pub use seccomp::{RUNTIME, RUNTIME_WITH_NEW_PRIVILEGES, Width, allows, hides_clone3, seccomp};
pub use selinux::{PortTypes, SelinuxModule, selinux};
