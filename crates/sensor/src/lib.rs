//! What a host does while it runs, as its kernel sees it.
//!
//! In: programs for the kernel (`bpf/`, as objects with their digests), and a [`Selection`] of what is to be told at all. Out:
//! [`Event`](bartizan_model::runtime::Event)s, each with the process that it comes from, those that started it and the container it runs in; and
//! what could not be attached or was lost, in numbers. Nothing is judged here: rules do that with the events.
//!
//! [`Sensor::start`] attaches, [`Sensor::read`] waits for events and hands over each. [`learn`] counts all that one workload asks for, and [`restrain`]
//! has this process give up all but some files and ports. [`inventory`] lists what is in the kernel by now, and who holds it.

mod call;
mod clock;
mod dns;
mod error;
mod event;
pub mod guard;
mod host;
pub mod inventory;
pub mod learn;
mod load;
mod mounts;
mod object;
mod path;
mod privilege;
mod process;
mod reached;
pub mod restrain;
mod selection;
mod sensor;
mod types;
mod wire;

pub use call::Call;
pub use dns::Answer;
pub use error::{Error, Result};
pub use load::Hook;
pub use object::Object;
pub use process::digest_of_listed;
pub use selection::{Files, Selection, Uses, Wanted};
pub use sensor::{Counts, Sensor, probe};
