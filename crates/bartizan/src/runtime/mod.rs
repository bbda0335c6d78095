//! What happens on a running host, for people and for programs: one line of text, or one JSON object.
//!
//! In: events of the sensor. Out: text that is harmless whatever names and paths are in it.

pub(crate) mod json;
pub(crate) mod line;
pub(crate) mod time;
