//! What a credential must satisfy beyond its pattern: structure and checksums first, then entropy.
//!
//! In: the text of a supposed credential and the demands of its rule. Out: whether it holds, and what was proven.

pub(crate) mod checksum;
pub(crate) mod private_key;
pub(crate) mod shape;

use bartizan_content::leak::Structure;
use bartizan_model::encoding::base64;

/// What verification says of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verified {
    /// It cannot be such a credential.
    No,
    /// It holds; with a sentence on what was proven, where there is more to say than "it matches".
    Yes(Option<String>),
    /// It has the form, but something speaks against its being valid; with a sentence on what.
    Doubtful(String),
}

/// Verifies the structure of `secret`.
pub(crate) fn structure(kind: Structure, secret: &[u8]) -> Verified {
    let (holds, proof) = match kind {
        Structure::GithubCrc32 => return sealed(checksum::github_crc32_holds(secret)),
        Structure::GrafanaCrc32 => return sealed(checksum::grafana_crc32_holds(secret)),
        Structure::Luhn => (
            checksum::luhn_holds(secret),
            Some("its check digit holds".to_owned()),
        ),
        Structure::Jwt => return jwt(secret),
        Structure::PrivateKey => (
            private_key::is_unprotected(secret),
            Some("it is complete and has no passphrase".to_owned()),
        ),
        Structure::AwsKeyId => return aws_key_id(secret),
        Structure::Base64 => (base64(secret).is_some_and(|bytes| !bytes.is_empty()), None),
        Structure::BasicAuth => (
            is_basic_auth(secret),
            Some("it decodes to a user name and a password".to_owned()),
        ),
        Structure::Hex => (
            secret.iter().all(u8::is_ascii_hexdigit) && shape::distinct(secret) > 4,
            None,
        ),
    };
    if holds { Verified::Yes(proof) } else { Verified::No }
}

/// A token whose checksum does not hold is no valid token of today's form, but may be one from before checksums were
/// introduced, or one that somebody shortened or changed by hand; so it is doubted, not dismissed.
fn sealed(holds: bool) -> Verified {
    if holds {
        Verified::Yes(Some("its checksum holds".to_owned()))
    } else {
        Verified::Doubtful(
            "its checksum does not hold: it is made up, changed, or older than checksums".to_owned(),
        )
    }
}

/// RFC 7519: three parts, of which the first two are JSON objects in base64url.
fn jwt(secret: &[u8]) -> Verified {
    let mut parts = secret.split(|b| *b == b'.');
    let mut object = || {
        let bytes = base64(parts.next()?)?;
        serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(&bytes).ok()
    };
    let (Some(header), Some(claims)) = (object(), object()) else {
        return Verified::No;
    };
    let algorithm = header.get("alg").and_then(|alg| alg.as_str()).unwrap_or_default();
    if algorithm.is_empty() || algorithm.eq_ignore_ascii_case("none") {
        return Verified::No;
    }
    let issuer = claims
        .get("iss")
        .and_then(|iss| iss.as_str())
        .filter(|iss| iss.len() < 80 && !iss.contains(char::is_control));
    Verified::Yes(Some(match issuer {
        Some(issuer) => format!("it decodes to a token signed with {algorithm}, issued by {issuer}"),
        None => format!("it decodes to a token signed with {algorithm}"),
    }))
}

/// Key ids issued since 2019 carry the account number in their base-32 part: bits 1 to 40 of the first six bytes.
fn aws_key_id(secret: &[u8]) -> Verified {
    let Some(body) = secret.get(4..) else {
        return Verified::No;
    };
    let mut bits: u128 = 0;
    for &byte in body {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'2'..=b'7' => byte - b'2' + 26,
            _ => return Verified::No,
        };
        bits = (bits << 5) | u128::from(value);
    }
    if body.len() != 16 {
        return Verified::No;
    }
    // 80 bits are read; the first 48 hold a marker bit, the account number in 40 bits, and 7 bits of the key.
    let account = (bits >> 39) & 0xff_ffff_ffff;
    let proof = (account > 0 && account < 1_000_000_000_000)
        .then(|| format!("it names the AWS account {account:012}"));
    // Ids issued before 2019 do not encode the account; they have I or J in the fifth place.
    let old = matches!(body.first(), Some(b'I' | b'J'));
    Verified::Yes(proof.filter(|_| !old))
}

fn is_basic_auth(secret: &[u8]) -> bool {
    base64(secret).is_some_and(|bytes| {
        // A JSON object has a colon as well: it is the head of a token.
        let printable = bytes.iter().all(|b| (0x20..0x7f).contains(b)) && !bytes.starts_with(b"{\"");
        let split = memchr::memchr(b':', &bytes);
        printable && split.is_some_and(|at| at > 0 && bytes.len() > at + 3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_aws_key_id_tells_its_account() {
        // Account 123456789012 in bits 1 to 40, the marker bit set as in current ids.
        let bits: u128 = (1 << 79) | (123_456_789_012 << 39) | 0x12_3456_789a;
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let body: String = (0..16)
            .rev()
            .map(|i| char::from(alphabet[(bits >> (5 * i)) as usize & 31]))
            .collect();
        let verified = structure(Structure::AwsKeyId, format!("AKIA{body}").as_bytes());
        assert_eq!(
            verified,
            Verified::Yes(Some("it names the AWS account 123456789012".to_owned()))
        );
        assert_eq!(structure(Structure::AwsKeyId, b"AKIA01"), Verified::No);
    }

    #[test]
    fn a_token_without_algorithm_is_no_credential() {
        // {"alg":"none"} . {"a":1}
        assert_eq!(
            structure(Structure::Jwt, b"eyJhbGciOiJub25lIn0.eyJhIjoxfQ."),
            Verified::No
        );
        // {"alg":"HS256"} . {"a":1}
        assert!(matches!(
            structure(Structure::Jwt, b"eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.c2ln"),
            Verified::Yes(Some(_))
        ));
        assert_eq!(structure(Structure::Jwt, b"eyJ.x.y"), Verified::No);
    }

    #[test]
    fn basic_authentication_needs_a_user_and_a_password() {
        assert!(is_basic_auth(concat!("dXNlcjpo", "dW50ZXI=").as_bytes()));
        assert!(!is_basic_auth(b"dXNlcjo="));
        assert!(!is_basic_auth(b"aGVsbG8="));
    }
}
