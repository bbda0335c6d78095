//! What others, or the user, say of vulnerabilities in a product: VEX documents.
//!
//! In: documents of OpenVEX 0.2 (<https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md>) or CycloneDX 1.4 to 1.6 with
//! `vulnerabilities` (<https://cyclonedx.org/capabilities/vex/>). Out: [`Statement`]s, and through [`apply`] findings that are waived
//! because a statement says that they do not matter, or that say what a statement says. Later statements prevail over earlier ones.

mod apply;
mod cyclonedx;
mod openvex;

pub use apply::apply;

use bartizan_model::{PackageUrl, Timestamp};

/// What a statement says of a vulnerability in a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It cannot be exploited there.
    NotAffected,
    /// It can; something is to be done.
    Affected,
    /// It was mended there.
    Fixed,
    /// It is not known yet.
    UnderInvestigation,
}

/// One statement about one vulnerability.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Ids of the vulnerability.
    pub ids: Vec<String>,
    /// What it is about.
    pub products: Vec<Product>,
    /// What it says.
    pub status: Status,
    /// Why a product is not affected, as OpenVEX names it.
    pub justification: Option<String>,
    /// Why, or what to do, in words; empty where nothing is said.
    pub note: String,
    /// Since when it holds; statements without a time are the oldest.
    pub since: Option<Timestamp>,
    /// Who says it.
    pub author: Option<String>,
    /// Place of the statement in the document, from 1.
    pub number: u32,
}

/// What a statement is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// The product.
    pub id: PackageUrl,
    /// Parts of it that the statement is limited to; none means the product itself.
    pub parts: Vec<PackageUrl>,
}

/// A document that was read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Document {
    /// Its statements, as they stand.
    pub statements: Vec<Statement>,
    /// What was not understood, one line each.
    pub problems: Vec<String>,
}

/// Why a document cannot be read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VexError {
    /// It is no JSON.
    #[error("it is no JSON: {0}")]
    NoJson(String),
    /// It is something else.
    #[error("it is neither OpenVEX nor CycloneDX with vulnerabilities")]
    NoVex,
}

/// Reads a document.
///
/// # Errors
/// When it is no VEX document. A statement that is not understood is a problem of the document, and says nothing.
pub fn read(bytes: &[u8]) -> Result<Document, VexError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let value: serde_json::Value =
        serde_json::from_slice(bytes).map_err(|error| VexError::NoJson(error.to_string()))?;
    if openvex::is_one(&value) {
        Ok(openvex::read(&value))
    } else if cyclonedx::is_one(&value) {
        Ok(cyclonedx::read(&value))
    } else {
        Err(VexError::NoVex)
    }
}

/// A text in an object.
fn text<'v>(value: &'v serde_json::Value, name: &str) -> Option<&'v str> {
    value.get(name).and_then(serde_json::Value::as_str)
}

/// A list in an object; empty where there is none.
fn list<'v>(value: &'v serde_json::Value, name: &str) -> &'v [serde_json::Value] {
    value
        .get(name)
        .and_then(serde_json::Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// A number for people: from 1.
fn number(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX).saturating_add(1)
}
