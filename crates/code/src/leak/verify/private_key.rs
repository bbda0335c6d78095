//! Tells an unencrypted private key from a public, encrypted or truncated one.
//!
//! PEM: RFC 7468; encrypted PEM headers: RFC 1421; PKCS#8: RFC 5958; OpenSSH: PROTOCOL.key of OpenSSH; PuTTY: the
//! `.ppk` appendix of its manual; OpenPGP: RFC 9580.

use bartizan_model::encoding::base64;

/// Fewest decoded bytes a private key has: an Ed25519 key in PKCS#8 is 48.
const SMALLEST_KEY: usize = 32;

/// Whether `text`, from its BEGIN line on, is a private key that opens without a passphrase.
pub(crate) fn is_unprotected(text: &[u8]) -> bool {
    let text = unescape(text);
    if let Some(rest) = text.strip_prefix(b"PuTTY-User-Key-File-") {
        return contains(rest, b"Encryption: none") && contains(rest, b"Private-Lines:");
    }
    let Some((label, body)) = armoured(&text) else {
        return false;
    };
    if label == b"ENCRYPTED PRIVATE KEY" || contains(body, b"ENCRYPTED") || contains(body, b"...") {
        return false;
    }
    if label.starts_with(b"PGP") {
        return pgp_body(body).is_some_and(|bytes| bytes.len() >= SMALLEST_KEY);
    }
    let Some(bytes) = base64(&without_headers(body)) else {
        return false;
    };
    // What is inside counts: keys of OpenSSH are pasted under the label of RSA, too.
    if label == b"OPENSSH PRIVATE KEY" || openssh_cipher(&bytes).is_some() {
        return openssh_cipher(&bytes) == Some(b"none");
    }
    // A DER key is one SEQUENCE.
    bytes.len() >= SMALLEST_KEY && bytes.first() == Some(&0x30)
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(text, part).is_some()
}

/// Turns the two characters `\n` of string literals into line breaks, and drops quotes and carriage returns.
fn unescape(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        match (byte, tail.first()) {
            (b'\\', Some(b'n')) => {
                out.push(b'\n');
                rest = tail.get(1..).unwrap_or_default();
            }
            (b'\\', Some(b'r')) => rest = tail.get(1..).unwrap_or_default(),
            (b'\\' | b'"' | b'\'' | b'\r' | b'`' | b',', _) => {}
            _ => out.push(byte),
        }
    }
    out
}

/// The label between `-----BEGIN ` and `-----`, and what stands between it and the next `-----`.
fn armoured(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = text.get(memchr::memmem::find(text, b"BEGIN ")? + 6..)?;
    let label_end = memchr::memmem::find(rest, b"----")?;
    let label = rest.get(..label_end)?;
    let body = rest.get(label_end..)?;
    let body = body.get(body.iter().position(|b| *b != b'-')?..)?;
    let end = memchr::memmem::find(body, b"----")?;
    Some((label.trim_ascii(), body.get(..end)?))
}

/// The body without `Name: value` header lines and string-concatenation signs.
fn without_headers(body: &[u8]) -> Vec<u8> {
    let lines = body.split(|b| *b == b'\n').filter(|line| !line.contains(&b':'));
    let mut out = Vec::with_capacity(body.len());
    for line in lines {
        // `+` at either end of a line joins string literals in several languages; a base64 line of a key is long.
        let line = line.trim_ascii();
        let line = line.strip_suffix(b" +").unwrap_or(line);
        let line = line.strip_prefix(b"+ ").unwrap_or(line);
        out.extend_from_slice(line.trim_ascii());
    }
    out
}

fn openssh_cipher(bytes: &[u8]) -> Option<&[u8]> {
    let rest = bytes.strip_prefix(b"openssh-key-v1\0")?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    rest.get(..u32::from_be_bytes(*length) as usize)
}

/// The decoded packets of an armoured OpenPGP key, without the checksum line.
fn pgp_body(body: &[u8]) -> Option<Vec<u8>> {
    let without = without_headers(body);
    let end = without
        .iter()
        .rposition(|b| *b == b'=')
        .filter(|at| at + 5 == without.len())
        .unwrap_or(without.len());
    base64(without.get(..end)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encode(bytes: &[u8]) -> String {
        const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut out = String::new();
        for chunk in bytes.chunks(3) {
            let word = chunk.iter().fold(0u32, |w, b| w << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
            for place in 0..=chunk.len() {
                out.push(char::from(ALPHABET[(word >> (18 - 6 * place)) as usize & 63]));
            }
        }
        out
    }

    fn pem(label: &str, header: &str, bytes: &[u8]) -> String {
        let dashes = "-".repeat(5);
        format!(
            "{dashes}BEGIN {label}{dashes}\n{header}{}\n{dashes}END {label}{dashes}\n",
            encode(bytes)
        )
    }

    fn der() -> Vec<u8> {
        [vec![0x30, 0x3e], (0..62).collect()].concat()
    }

    fn openssh(cipher: &str) -> Vec<u8> {
        let mut bytes = b"openssh-key-v1\0".to_vec();
        bytes.extend_from_slice(&(cipher.len() as u32).to_be_bytes());
        bytes.extend_from_slice(cipher.as_bytes());
        bytes.extend_from_slice(&[0; 64]);
        bytes
    }

    #[test]
    fn an_open_key_is_one_in_any_armour() {
        for label in ["RSA PRIVATE KEY", "EC PRIVATE KEY", "PRIVATE KEY"] {
            assert!(is_unprotected(pem(label, "", &der()).as_bytes()), "{label}");
        }
        assert!(is_unprotected(
            pem("OPENSSH PRIVATE KEY", "", &openssh("none")).as_bytes()
        ));
        assert!(is_unprotected(
            pem("RSA PRIVATE KEY", "", &openssh("none")).as_bytes()
        ));
        assert!(!is_unprotected(
            pem("RSA PRIVATE KEY", "", &openssh("aes256-ctr")).as_bytes()
        ));
        let escaped = pem("PRIVATE KEY", "", &der()).replace('\n', "\\n");
        assert!(is_unprotected(escaped.as_bytes()));
    }

    #[test]
    fn an_encrypted_truncated_or_empty_key_is_none() {
        let header = "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n";
        assert!(!is_unprotected(pem("RSA PRIVATE KEY", header, &der()).as_bytes()));
        assert!(!is_unprotected(
            pem("ENCRYPTED PRIVATE KEY", "", &der()).as_bytes()
        ));
        assert!(!is_unprotected(
            pem("OPENSSH PRIVATE KEY", "", &openssh("aes256-ctr")).as_bytes()
        ));
        assert!(!is_unprotected(pem("RSA PRIVATE KEY", "", &[]).as_bytes()));
        let dashes = "-".repeat(5);
        assert!(!is_unprotected(
            format!("{dashes}BEGIN RSA PRIVATE KEY{dashes}\nMII...\n").as_bytes()
        ));
    }
}
