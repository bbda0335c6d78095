//! Least privilege from observation: what a workload was seen to need becomes policies that allow no more.
//!
//! In: [`Window`]s, each what a workload did during a while, from [events](bartizan_model::runtime::Event) and from what was
//! [counted](bartizan_model::runtime::Behaviour). Out: a [`Profile`], which is kept and grows with each window; how much of the workload it has seen
//! ([`Stability`]); and policies in the languages of those who enforce them ([`render`]). Pure: nothing is read from the host.

mod alike;
mod calls;
mod capability;
mod parties;
mod path;
mod profile;
pub mod render;
mod stability;
mod window;

pub use calls::{Architecture, name_of};
pub use parties::PodIdentity;
pub use path::{Asker, generalised};
pub use profile::{
    Access, Command, Extent, FileUse, Profile, SCHEMA, Seen, SocketKind, Transport, Unreadable,
};
pub use stability::Stability;
pub use window::{Window, since};
