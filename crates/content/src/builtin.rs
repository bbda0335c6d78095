//! Access to the rule set embedded in the binary.

use crate::cloud::CloudRule;
use crate::code::CodeRule;
use crate::detect::DetectPack;
use crate::flow::Library;
use crate::leak::LeakRule;
use crate::pack::LeakMatcher;
use std::sync::OnceLock;

static MATCHERS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/leak-matchers.postcard"));
static RULES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/leak-rules.postcard"));

/// What detection needs of every built-in leak rule, ordered by id.
#[must_use]
pub fn leak_matchers() -> Vec<LeakMatcher> {
    // The build script wrote these bytes with the same types: they always decode, and a test says so.
    postcard::from_bytes(MATCHERS).unwrap_or_default()
}

/// Every built-in leak rule with its manual and examples, ordered by id.
#[must_use]
pub fn leak_rules() -> &'static [LeakRule] {
    static DECODED: OnceLock<Vec<LeakRule>> = OnceLock::new();
    DECODED.get_or_init(|| postcard::from_bytes(RULES).unwrap_or_default())
}

static CLOUD_RULES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/cloud-rules.postcard"));

/// Every built-in rule of cloud resources, ordered by id.
#[must_use]
pub fn cloud_rules() -> &'static [CloudRule] {
    static DECODED: OnceLock<Vec<CloudRule>> = OnceLock::new();
    DECODED.get_or_init(|| postcard::from_bytes(CLOUD_RULES).unwrap_or_default())
}

static CODE_RULES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/code-rules.postcard"));

/// Every built-in rule of static analysis, ordered by id.
#[must_use]
pub fn code_rules() -> &'static [CodeRule] {
    static DECODED: OnceLock<Vec<CodeRule>> = OnceLock::new();
    DECODED.get_or_init(|| postcard::from_bytes(CODE_RULES).unwrap_or_default())
}

static DETECT_RULES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/detect-rules.postcard"));

/// Every built-in rule about running hosts, with the macros and lists that they share.
#[must_use]
pub fn detect_pack() -> &'static DetectPack {
    static DECODED: OnceLock<DetectPack> = OnceLock::new();
    DECODED.get_or_init(|| postcard::from_bytes(DETECT_RULES).unwrap_or_default())
}

static LIBRARIES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/libraries.postcard"));

/// What is known of libraries, by language and then by file.
#[must_use]
pub fn libraries() -> &'static [Library] {
    static DECODED: OnceLock<Vec<Library>> = OnceLock::new();
    DECODED.get_or_init(|| postcard::from_bytes(LIBRARIES).unwrap_or_default())
}

/// Digest over everything detection reads of the built-in rules.
#[must_use]
pub fn digest() -> [u8; 32] {
    let mut digest = [0; 32];
    for (to, from) in digest.iter_mut().zip(DIGEST) {
        *to = *from;
    }
    digest
}

static DIGEST: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/leak-matchers.blake3"));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_rules_decode_and_agree() {
        let matchers = leak_matchers();
        assert_eq!(matchers.len(), leak_rules().len());
        assert!(!matchers.is_empty());
        for (matcher, rule) in matchers.iter().zip(leak_rules()) {
            assert_eq!(matcher, &LeakMatcher::from(rule));
        }
    }
}
