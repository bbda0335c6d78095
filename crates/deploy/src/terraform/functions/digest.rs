//! Functions of Terraform that encode and digest: base 64, MD5, SHA-1, SHA-2, and UUIDs of names.
//!
//! In: known values. Out: what Terraform makes of them. Texts are their UTF-8 bytes.
//!
//! Sources: <https://developer.hashicorp.com/terraform/language/functions/base64encode>,
//! <https://www.rfc-editor.org/rfc/rfc4648>, <https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-5>.

use super::super::value::Val;
use md5::Md5;
use sha1::{Digest, Sha1};
use sha2::{Sha256, Sha512};
use std::fmt::Write;

/// The value of a call; none where there is no such function or it takes no such values.
pub(super) fn call(name: &str, args: &[Val]) -> Option<Val> {
    Some(match (name, args) {
        ("base64encode", [Val::Text(text)]) => Val::Text(base64(text.as_bytes())),
        ("base64decode", [Val::Text(text)]) => Val::Text(String::from_utf8(unbase64(text)?).ok()?),
        ("textencodebase64", [Val::Text(text), Val::Text(encoding)]) => match encoded(text, encoding) {
            Some(bytes) => Val::Text(base64(&bytes)),
            None => return Some(other_encoding(encoding)),
        },
        ("textdecodebase64", [Val::Text(text), Val::Text(encoding)]) => match decoded(text, encoding)? {
            Some(text) => Val::Text(text),
            None => return Some(other_encoding(encoding)),
        },
        ("md5" | "sha1" | "sha256" | "sha512" | "base64sha256" | "base64sha512", [Val::Text(text)]) => {
            Val::Text(of_bytes(name, text.as_bytes())?)
        }
        ("uuidv5", [Val::Text(namespace), Val::Text(name)]) => Val::Text(uuid(namespace, name)?),
        _ => return None,
    })
}

/// The digest of bytes, as the function of this name writes it.
pub(in super::super) fn of_bytes(name: &str, bytes: &[u8]) -> Option<String> {
    Some(match name {
        "md5" => hex(&Md5::digest(bytes)),
        "sha1" => hex(&Sha1::digest(bytes)),
        "sha256" => hex(&Sha256::digest(bytes)),
        "sha512" => hex(&Sha512::digest(bytes)),
        "base64" => base64(bytes),
        "base64sha256" => base64(&Sha256::digest(bytes)),
        "base64sha512" => base64(&Sha512::digest(bytes)),
        _ => return None,
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn other_encoding(encoding: &str) -> Val {
    Val::unknown(format!("texts in `{encoding}` are not encoded"))
}

/// The bytes of a text in an encoding; none where it is not one of these.
fn encoded(text: &str, encoding: &str) -> Option<Vec<u8>> {
    let units = text.encode_utf16();
    Some(match encoding.to_ascii_uppercase().as_str() {
        "UTF-8" => text.as_bytes().to_vec(),
        "UTF-16LE" => units.flat_map(u16::to_le_bytes).collect(),
        "UTF-16BE" => units.flat_map(u16::to_be_bytes).collect(),
        _ => return None,
    })
}

/// The text of base 64 in an encoding. Outer none: Terraform refuses it; inner: the encoding is not one of these.
fn decoded(text: &str, encoding: &str) -> Option<Option<String>> {
    let bytes = unbase64(text)?;
    let units = |read: fn([u8; 2]) -> u16| {
        let pairs = bytes.chunks_exact(2).map(|pair| match pair {
            [one, other] => read([*one, *other]),
            _ => 0,
        });
        String::from_utf16(&pairs.collect::<Vec<_>>()).ok()
    };
    match encoding.to_ascii_uppercase().as_str() {
        "UTF-8" => Some(Some(String::from_utf8(bytes).ok()?)),
        "UTF-16LE" => Some(Some(units(u16::from_le_bytes)?)),
        "UTF-16BE" => Some(Some(units(u16::from_be_bytes)?)),
        _ => Some(None),
    }
}

/// The UUID of a name within a namespace: one of the four that have names, or a UUID.
fn uuid(namespace: &str, name: &str) -> Option<String> {
    let digits = match namespace {
        "dns" => "6ba7b8109dad11d180b400c04fd430c8".to_owned(),
        "url" => "6ba7b8119dad11d180b400c04fd430c8".to_owned(),
        "oid" => "6ba7b8129dad11d180b400c04fd430c8".to_owned(),
        "x500" => "6ba7b8149dad11d180b400c04fd430c8".to_owned(),
        other => other.replace('-', ""),
    };
    let within = u128::from_str_radix(&digits, 16)
        .ok()
        .filter(|_| digits.len() == 32)?;
    let digest = Sha1::digest([&within.to_be_bytes()[..], name.as_bytes()].concat());
    let bytes = digest.first_chunk::<16>()?;
    let version = (u128::from_be_bytes(*bytes) & !(0xf << 76)) | (5 << 76);
    let text = format!("{:032x}", (version & !(0b11 << 62)) | (0b10 << 62));
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    Some(format!(
        "{}-{}-{}-{}-{}",
        part(0, 8),
        part(8, 12),
        part(12, 16),
        part(16, 20),
        part(20, 32)
    ))
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

pub(in super::super) fn base64(bytes: &[u8]) -> String {
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let word = (0..3).fold(0_usize, |word, at| {
            (word << 8) | usize::from(chunk.get(at).copied().unwrap_or(0))
        });
        for at in 0..4 {
            let letter = ALPHABET
                .get((word >> (18 - 6 * at)) & 63)
                .copied()
                .unwrap_or(b'=');
            out.push(if at > chunk.len() { '=' } else { char::from(letter) });
        }
    }
    out
}

fn unbase64(text: &str) -> Option<Vec<u8>> {
    let text: String = text.chars().filter(|one| !matches!(one, '\r' | '\n')).collect();
    let digits = text.trim_end_matches('=');
    if !text.len().is_multiple_of(4) || text.len() - digits.len() > 2 {
        return None;
    }
    let mut out = Vec::new();
    let (mut word, mut filled) = (0_u32, 0);
    for byte in digits.bytes() {
        let digit = ALPHABET.iter().position(|one| *one == byte)?;
        word = (word << 6) | u32::try_from(digit).ok()?;
        filled += 6;
        if filled >= 8 {
            filled -= 8;
            out.push(u8::try_from((word >> filled) & 255).ok()?);
            word &= (1 << filled) - 1;
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_what_it_was_made_of_and_damaged_is_refused() {
        for plain in ["", "a", "ab", "abc", "a longer text, with: signs"] {
            assert_eq!(unbase64(&base64(plain.as_bytes())).unwrap(), plain.as_bytes());
        }
        assert_eq!(base64(b"ab"), "YWI=");
        for damaged in ["YWI", "YWI==", "Y*I=", "===="] {
            assert!(unbase64(damaged).is_none(), "{damaged}");
        }
    }
}
