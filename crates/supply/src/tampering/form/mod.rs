//! Forms of files whose places are needed value by value.

pub(crate) mod json;
