//! YAML, escapes of URLs, and digests.

use super::{Named, string, text};
use crate::limits;
use bartizan_document::{Dialect, Limits, read};
use regorus::Value;
use sha2::Digest;
use std::fmt::Write as _;

pub(super) const ALL: &[Named] = &[
    ("crypto.md5", 1, |given| {
        Some(hex(&md5::Md5::digest(text(given, 0)?)))
    }),
    ("crypto.sha1", 1, |given| {
        Some(hex(&sha1::Sha1::digest(text(given, 0)?)))
    }),
    ("crypto.sha256", 1, |given| {
        Some(hex(&sha2::Sha256::digest(text(given, 0)?)))
    }),
    ("urlquery.decode", 1, |given| decode(text(given, 0)?).map(string)),
    ("urlquery.encode", 1, |given| {
        Some(string(encode(text(given, 0)?)))
    }),
    ("yaml.is_valid", 1, |given| {
        Some(Value::from(unmarshal(given).is_some()))
    }),
    ("yaml.unmarshal", 1, unmarshal),
];

/// The first document of a stream, as OPA reads it.
fn unmarshal(given: &[Value]) -> Option<Value> {
    let stream = read(text(given, 0)?, Dialect::Core, Limits::default());
    if !stream.errors.is_empty() {
        return None;
    }
    let Some(document) = stream.documents.first() else {
        return Some(Value::Null);
    };
    serde_json::from_value(document.root.to_json()).ok()
}

fn hex(digest: &[u8]) -> Value {
    let mut text = String::with_capacity(digest.len() * 2);
    for byte in digest {
        // Writing into a string does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    string(text)
}

fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    if !limits::make(text.len().saturating_mul(3)) {
        return out;
    }
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(byte));
            }
            b' ' => out.push('+'),
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

fn decode(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => {
                let high = char::from(bytes.next()?).to_digit(16)?;
                let low = char::from(bytes.next()?).to_digit(16)?;
                u8::try_from(high * 16 + low).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(out).ok()
}
