//! Forms of files whose places are needed value by value.

pub(crate) mod content_hash;
pub(crate) mod json;
