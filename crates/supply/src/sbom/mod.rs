//! Bills of materials that somebody else made, read back into components.
//!
//! In: the bytes of one document: CycloneDX 1.2 to 1.6 in JSON or XML, SPDX 2.2 or 2.3 in JSON or as tag-value. Out:
//! components, and what was not understood. A document that breaks off gives what stood before the break, and says so.
//! <https://cyclonedx.org/specification/overview/>, <https://spdx.github.io/spdx-spec/v2.3/>.

mod bill;
mod cyclonedx_xml;
mod ecosystem;
mod json;
mod spdx;
mod tag_value;

use bartizan_model::Component;
use bill::Bill;

/// Largest document that is read, in bytes.
pub const LARGEST: u64 = 1 << 30;

/// Id under which components are listed whose document does not say what found them.
const READER: &str = "sbom";

/// What was read from one document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Read {
    /// Components, sorted by package URL; each stands once.
    pub components: Vec<Component>,
    /// What was not understood, one line each; empty when all of it was.
    pub problems: Vec<String>,
}

/// Reads a bill of materials. `path` is where components are said to stand whose document names no place of its own.
#[must_use]
pub fn read(bytes: &[u8], path: &str) -> Read {
    let mut bill = Bill::default();
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
        None => bill.problem("it is empty"),
        Some(b'{') => json::read(bytes, &mut bill),
        Some(b'<') => cyclonedx_xml::read(bytes, &mut bill),
        Some(_) => tag_value::read(bytes, &mut bill),
    }
    bill.finish(path)
}
