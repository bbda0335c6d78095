//! Rules and other data of the product: loads, validates, compiles and packs `content/`, and reads the rule files of
//! other tools.
//!
//! In: YAML and TOML text. Out: [`LeakRule`] values, their required literals, and examples expanded from generator
//! patterns. No file is opened here but by the build script that packs `content/` into the binary.

pub mod builtin;
pub mod cloud;
pub mod code;
pub mod controls;
pub mod detect;
pub mod facts;
pub mod flow;
pub mod foreign;
pub mod generate;
pub mod images;
pub mod leak;
pub mod literals;
pub mod load;
pub mod pack;
pub mod packages;
mod requirements;

pub use cloud::CloudRule;
pub use code::CodeRule;
pub use detect::DetectRule;
pub use leak::{LeakExample, LeakRule};
pub use pack::LeakMatcher;
