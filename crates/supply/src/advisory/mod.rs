//! What is known to be wrong with packages. Today: whether a version is affected by what an OSV record says of its package.

pub mod range;
