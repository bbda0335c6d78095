//! What libraries do, told to the flow engine.
//!
//! In: models of libraries ([`bartizan_content::flow`]), rules of flow, and files as trees. Out: for each file the marks of sources, sinks and
//! sanitizers of each rule ([`marks`]), and for functions outside the program what they do ([`Models`] is a [`bartizan_flow::Library`]). How names
//! and positions are read is told in `docs/code-models.md`.

mod behaviour;
mod containers;
mod flow_rules;
mod handlers;
mod harmless;
mod marks;
mod meaning;
mod models;
mod places;
mod settings;

pub use containers::containers;
pub use flow_rules::{FlowRules, told_at};
pub use marks::marks;
pub use meaning::{Meaning, ProgramTypes};
pub use models::Models;
pub use settings::Settings;
