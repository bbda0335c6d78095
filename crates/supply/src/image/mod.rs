//! Container images: who brought each layer, and what is wrong with how the image is made.
//!
//! In: an image of which every layer was read. Out: layers in words ([`Attribution`]), and findings about its configuration and its
//! files ([`checks`]). Pure.

mod attribution;
pub mod checks;
mod dockerfile;
mod history;
pub mod minimal;

pub use attribution::{Attribution, Base, KnownBy, Whose};
pub use dockerfile::LONGEST as LONGEST_DOCKERFILE;
