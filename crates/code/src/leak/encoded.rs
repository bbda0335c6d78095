//! Text that hides in an encoding: UTF-16 files, and the base64 values of Kubernetes Secrets.
//!
//! In: the bytes of a file. Out: the decoded text, and where it came from.

use bartizan_model::encoding::base64;
use std::borrow::Cow;
use std::ops::Range;

/// The bytes as UTF-8 when they begin with the byte order mark of UTF-16; otherwise as they are. Line numbers stay
/// true, columns count the bytes of the UTF-8 text.
pub(crate) fn as_utf8(bytes: &[u8]) -> Cow<'_, [u8]> {
    let (rest, big_endian) = match bytes {
        [0xff, 0xfe, rest @ ..] => (rest, false),
        [0xfe, 0xff, rest @ ..] => (rest, true),
        _ => return Cow::Borrowed(bytes),
    };
    let unit = |pair: [u8; 2]| {
        if big_endian {
            u16::from_be_bytes(pair)
        } else {
            u16::from_le_bytes(pair)
        }
    };
    let units = rest
        .chunks_exact(2)
        .filter_map(|pair| pair.first_chunk::<2>())
        .map(|pair| unit(*pair));
    let text: String = char::decode_utf16(units)
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect();
    Cow::Owned(text.into_bytes())
}

/// One decoded value of a Kubernetes Secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SecretValue {
    /// Its key under `data`.
    pub(crate) key: String,
    /// Where the base64 text stands.
    pub(crate) range: Range<usize>,
    /// What it decodes to.
    pub(crate) decoded: Vec<u8>,
}

/// Fewest characters of base64 worth decoding.
const SHORTEST: usize = 8;

/// The decoded values under `data` of every Secret in a YAML or JSON file
/// (<https://kubernetes.io/docs/concepts/configuration/secret/>). Lines are enough: in both forms a value and its key
/// stand on one line.
pub(crate) fn kubernetes_secret_values(path: &str, bytes: &[u8]) -> Vec<SecretValue> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let looks_right = [".yaml", ".yml", ".json", ".tpl", ".tmpl"]
        .iter()
        .any(|end| name.ends_with(end));
    if !looks_right || memchr::memmem::find(bytes, b"Secret").is_none() {
        return Vec::new();
    }
    let mut values = Vec::new();
    let mut in_secret = false;
    let mut in_data = false;
    let mut at = 0;
    for line in bytes.split_inclusive(|b| *b == b'\n') {
        let text = line.trim_ascii();
        if text == b"---" {
            in_secret = false;
            in_data = false;
        }
        if let Some((key, value, offset)) = key_and_value(line) {
            match (key, value) {
                (b"kind", kind) => in_secret = kind == b"Secret",
                (b"data", b"" | b"{") => in_data = true,
                (b"stringData" | b"metadata" | b"spec" | b"type" | b"apiVersion", _) => in_data = false,
                _ => {}
            }
            // In either order `kind` and `data` may stand first: the decision falls by the name of the section.
            if in_data
                && value.len() >= SHORTEST
                && let Some(decoded) = base64(value).filter(|d| is_text(d))
            {
                let start = at + offset;
                let key = String::from_utf8_lossy(key).into_owned();
                values.push(SecretValue {
                    key,
                    range: start..start + value.len(),
                    decoded,
                });
            }
        }
        at += line.len();
    }
    if in_secret || memchr::memmem::find(bytes, b"kind: Secret").is_some() || is_json_secret(bytes) {
        values
    } else {
        Vec::new()
    }
}

fn is_json_secret(bytes: &[u8]) -> bool {
    memchr::memmem::find(bytes, b"\"kind\"").is_some() && memchr::memmem::find(bytes, b"\"Secret\"").is_some()
}

fn is_text(decoded: &[u8]) -> bool {
    std::str::from_utf8(decoded).is_ok_and(|text| !text.chars().any(|c| c.is_control() && !c.is_whitespace()))
}

/// `key: value` of a line with its quotes removed, and the offset of the value in the line.
fn key_and_value(line: &[u8]) -> Option<(&[u8], &[u8], usize)> {
    let colon = memchr::memchr(b':', line)?;
    let key = line.get(..colon)?.trim_ascii();
    let key = key.strip_prefix(b"- ").unwrap_or(key);
    let key = key
        .strip_prefix(b"\"")
        .and_then(|key| key.strip_suffix(b"\""))
        .unwrap_or(key);
    let rest = line.get(colon + 1..)?;
    let lead = rest
        .iter()
        .take_while(|b| b.is_ascii_whitespace() || matches!(b, b'"' | b'\''))
        .count();
    let value = rest.get(lead..)?;
    let end = value
        .iter()
        .position(|b| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b',' | b'#'));
    Some((key, value.get(..end.unwrap_or(value.len()))?, colon + 1 + lead))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf_16_is_read_in_both_byte_orders() {
        let text: Vec<u16> = "\u{feff}pass=x".encode_utf16().collect();
        let little: Vec<u8> = text.iter().flat_map(|u| u.to_le_bytes()).collect();
        let big: Vec<u8> = text.iter().flat_map(|u| u.to_be_bytes()).collect();
        assert_eq!(&*as_utf8(&little), b"pass=x");
        assert_eq!(&*as_utf8(&big), b"pass=x");
        assert!(matches!(as_utf8(b"plain"), Cow::Borrowed(b"plain")));
    }

    #[test]
    fn values_of_a_secret_are_decoded_with_their_place() {
        let yaml =
            b"apiVersion: v1\nkind: Secret\ndata:\n  password: aHVudGVyMjI=\n  note: \"bm90ZXMgYQ==\"\n";
        let values = kubernetes_secret_values("k8s/a.yaml", yaml);
        assert_eq!(values.len(), 2);
        assert_eq!(
            (values[0].key.as_str(), &values[0].decoded[..]),
            ("password", &b"hunter22"[..])
        );
        assert_eq!(&yaml[values[1].range.clone()], b"bm90ZXMgYQ==");
    }

    #[test]
    fn a_config_map_is_left_alone() {
        assert!(
            kubernetes_secret_values("a.yaml", b"kind: ConfigMap\ndata:\n  a: aHVudGVyMjI=\n").is_empty()
        );
    }
}
