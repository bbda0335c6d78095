//! What is wrong with the text of manifests, and what it leaves open. One rule a file; its doc comment is the manual, its page in
//! Markdown the test.

pub(crate) mod duplicate_key;
pub(crate) mod undecided_object;
