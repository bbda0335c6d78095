//! What is wrong with the text of manifests. One rule a file; its doc comment is the manual, its page in Markdown the test.

pub(crate) mod duplicate_key;
