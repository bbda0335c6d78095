//! JSON Web Signatures in their compact form, and sets of public keys that verify them.
//!
//! In: a text of three parts (RFC 7515: <https://www.rfc-editor.org/rfc/rfc7515.html>) and a set of keys (RFC 7517, RFC 8037), both
//! from elsewhere. Out: the bytes that were signed, and only where a key of the set signed them with the algorithm that the key is for.
//! RS256, PS256, ES256 and EdDSA with Ed25519 are known; what is keyed with a shared secret, or not at all, is refused by having no name here.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature;
use serde::Deserialize;

/// Bytes of a token at most.
const LONGEST: usize = 64 * 1024;
/// Bytes of a set of keys at most.
const LARGEST_SET: usize = 256 * 1024;
/// Keys of a set at most.
const MOST_KEYS: usize = 100;
/// Bits of an RSA modulus.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// Why a token or a set of keys is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JwsError {
    /// It is longer than such things are.
    #[error("it has {0} bytes, which is more than is read")]
    TooLong(usize),
    /// The text does not have the form of a token.
    #[error("it does not have the form of a signed token")]
    Form,
    /// The header names an algorithm that is not accepted, `none` among them.
    #[error("it names the algorithm `{0}`; RS256, PS256, ES256 and EdDSA are accepted")]
    Algorithm(String),
    /// The header asks for something that must be understood and is not.
    #[error("its header asks for an extension that is not known here")]
    Critical,
    /// No key of the set is the one that the header names.
    #[error("no key of the set is the one that it names")]
    UnknownKey,
    /// The header names no key, and more than one could be meant; or two keys have one name.
    #[error("it does not say which of several keys signed it")]
    Ambiguous,
    /// The key did not sign this.
    #[error("its signature is not right")]
    Signature,
    /// The text is no set of keys.
    #[error("it is no set of keys")]
    Set,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Algorithm {
    Rs256,
    Ps256,
    Es256,
    EdDsa,
}

impl Algorithm {
    fn named(name: &str) -> Option<Self> {
        match name {
            "RS256" => Some(Self::Rs256),
            "PS256" => Some(Self::Ps256),
            "ES256" => Some(Self::Es256),
            "EdDSA" | "Ed25519" => Some(Self::EdDsa),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Material {
    Rsa { n: Vec<u8>, e: Vec<u8> },
    P256(Vec<u8>),
    Ed25519(Vec<u8>),
}

/// One key of a set.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Key {
    id: Option<String>,
    /// The one algorithm that it is for, where it says so.
    only: Option<Algorithm>,
    material: Material,
}

/// Public keys that verify tokens.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeySet {
    keys: Vec<Key>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default)]
    crit: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Set {
    keys: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default, rename = "use")]
    usage: Option<String>,
    #[serde(default)]
    key_ops: Option<Vec<String>>,
    #[serde(default)]
    alg: Option<String>,
    #[serde(default)]
    crv: Option<String>,
    #[serde(default)]
    n: Option<String>,
    #[serde(default)]
    e: Option<String>,
    #[serde(default)]
    x: Option<String>,
    #[serde(default)]
    y: Option<String>,
}

impl KeySet {
    /// Reads a set. Keys that are for something else, or of a kind that is not known here, are left out.
    ///
    /// # Errors
    /// When it is no set, or larger than sets are.
    pub fn read(json: &[u8]) -> Result<Self, JwsError> {
        if json.len() > LARGEST_SET {
            return Err(JwsError::TooLong(json.len()));
        }
        let set: Set = serde_json::from_slice(json).map_err(|_| JwsError::Set)?;
        let keys = set.keys.into_iter().filter_map(key).take(MOST_KEYS).collect();
        Ok(Self { keys })
    }

    /// How many keys there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// What was signed, where a key of the set signed it.
    ///
    /// # Errors
    /// When it is no token, names no key of the set, or the signature is not that of the key. After [`JwsError::UnknownKey`] a newer
    /// set may help.
    pub fn verify(&self, token: &str) -> Result<Vec<u8>, JwsError> {
        if token.len() > LONGEST {
            return Err(JwsError::TooLong(token.len()));
        }
        let (signed, tail) = token.rsplit_once('.').ok_or(JwsError::Form)?;
        let (head, body) = signed.split_once('.').ok_or(JwsError::Form)?;
        let (head, body, tail) = match (decode(head), decode(body), decode(tail)) {
            (Some(head), Some(body), Some(tail)) => (head, body, tail),
            _ => return Err(JwsError::Form),
        };
        let header: Header = serde_json::from_slice(&head).map_err(|_| JwsError::Form)?;
        if header.crit.is_some() {
            return Err(JwsError::Critical);
        }
        let Some(algorithm) = Algorithm::named(&header.alg) else {
            let shown: String = header
                .alg
                .chars()
                .filter(|letter| !letter.is_control())
                .take(20)
                .collect();
            return Err(JwsError::Algorithm(shown));
        };
        let key = self.find(algorithm, header.kid.as_deref())?;
        if key.material.has_signed(algorithm, signed.as_bytes(), &tail) {
            return Ok(body);
        }
        Err(JwsError::Signature)
    }

    fn find(&self, algorithm: Algorithm, id: Option<&str>) -> Result<&Key, JwsError> {
        let is_meant = |key: &&Key| {
            key.material.is_for(algorithm)
                && key.only.is_none_or(|only| only == algorithm)
                && id.is_none_or(|id| key.id.as_deref() == Some(id))
        };
        let mut meant = self.keys.iter().filter(is_meant);
        let first = meant.next().ok_or(JwsError::UnknownKey)?;
        if meant.next().is_some() {
            return Err(JwsError::Ambiguous);
        }
        Ok(first)
    }
}

impl Material {
    const fn is_for(&self, algorithm: Algorithm) -> bool {
        matches!(
            (self, algorithm),
            (Self::Rsa { .. }, Algorithm::Rs256 | Algorithm::Ps256)
                | (Self::P256(_), Algorithm::Es256)
                | (Self::Ed25519(_), Algorithm::EdDsa)
        )
    }

    fn has_signed(&self, algorithm: Algorithm, message: &[u8], tail: &[u8]) -> bool {
        let verified = match self {
            Self::Rsa { n, e } => {
                let scheme = if algorithm == Algorithm::Ps256 {
                    &signature::RSA_PSS_2048_8192_SHA256
                } else {
                    &signature::RSA_PKCS1_2048_8192_SHA256
                };
                signature::RsaPublicKeyComponents { n, e }.verify(scheme, message, tail)
            }
            Self::P256(point) => {
                signature::UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, point)
                    .verify(message, tail)
            }
            Self::Ed25519(point) => {
                signature::UnparsedPublicKey::new(&signature::ED25519, point).verify(message, tail)
            }
        };
        verified.is_ok()
    }
}

/// A key of the set; none where it is for something else or not known here.
fn key(json: serde_json::Value) -> Option<Key> {
    let jwk: Jwk = serde_json::from_value(json).ok()?;
    let is_for_signatures = jwk.usage.as_deref().is_none_or(|usage| usage == "sig");
    let verifies = jwk
        .key_ops
        .as_ref()
        .is_none_or(|all| all.iter().any(|one| one == "verify"));
    if !is_for_signatures || !verifies {
        return None;
    }
    let only = match jwk.alg.as_deref() {
        Some(name) => Some(Algorithm::named(name)?),
        None => None,
    };
    let field = |text: &Option<String>| text.as_deref().and_then(decode);
    let material = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
        ("RSA", _) => {
            let strip = |bytes: Vec<u8>| {
                bytes
                    .into_iter()
                    .skip_while(|byte| *byte == 0)
                    .collect::<Vec<u8>>()
            };
            let (n, e) = (strip(field(&jwk.n)?), strip(field(&jwk.e)?));
            if !RSA_BITS.contains(&(n.len() * 8)) || e.is_empty() {
                return None;
            }
            Material::Rsa { n, e }
        }
        ("EC", Some("P-256")) => {
            let (x, y) = (field(&jwk.x)?, field(&jwk.y)?);
            if (x.len(), y.len()) != (32, 32) {
                return None;
            }
            Material::P256([&[4][..], &x, &y].concat())
        }
        ("OKP", Some("Ed25519")) => Material::Ed25519(field(&jwk.x).filter(|x| x.len() == 32)?),
        _ => return None,
    };
    Some(Key {
        id: jwk.kid,
        only,
        material,
    })
}

/// Bytes in the alphabet for URLs, without padding, as tokens and proofs of possession (RFC 7636) are written.
#[must_use]
pub fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use ring::rand::SystemRandom;
    use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
    use serde_json::{Value, json};

    struct Ed(Ed25519KeyPair);

    impl Ed {
        fn new(seed: u8) -> Self {
            Self(Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap())
        }

        fn jwk(&self, more: Value) -> Value {
            let mut jwk =
                json!({ "kty": "OKP", "crv": "Ed25519", "x": base64url(self.0.public_key().as_ref()) });
            for (name, value) in more.as_object().unwrap() {
                jwk[name] = value.clone();
            }
            jwk
        }

        fn sign(&self, header: &Value, body: &str) -> String {
            let signed = format!(
                "{}.{}",
                base64url(header.to_string().as_bytes()),
                base64url(body.as_bytes())
            );
            let tail = self.0.sign(signed.as_bytes());
            format!("{signed}.{}", base64url(tail.as_ref()))
        }
    }

    fn set(keys: &[Value]) -> KeySet {
        KeySet::read(json!({ "keys": keys }).to_string().as_bytes()).unwrap()
    }

    #[test]
    fn what_a_key_of_the_set_signed_comes_out_as_it_was_signed() {
        let (one, two) = (Ed::new(1), Ed::new(2));
        let keys = set(&[one.jwk(json!({ "kid": "1" })), two.jwk(json!({ "kid": "2" }))]);
        let token = two.sign(&json!({ "alg": "EdDSA", "kid": "2" }), "{}");
        assert_eq!(keys.verify(&token).as_deref(), Ok(&b"{}"[..]));
        for (header, error) in [
            (json!({ "alg": "EdDSA", "kid": "1" }), JwsError::Signature),
            (json!({ "alg": "EdDSA", "kid": "3" }), JwsError::UnknownKey),
            (json!({ "alg": "EdDSA" }), JwsError::Ambiguous),
            (json!({ "alg": "RS256", "kid": "2" }), JwsError::UnknownKey),
            (
                json!({ "alg": "none", "kid": "2" }),
                JwsError::Algorithm("none".to_owned()),
            ),
            (
                json!({ "alg": "HS256", "kid": "2" }),
                JwsError::Algorithm("HS256".to_owned()),
            ),
            (
                json!({ "alg": "EdDSA", "kid": "2", "crit": ["x"] }),
                JwsError::Critical,
            ),
            (json!({ "kid": "2" }), JwsError::Form),
        ] {
            assert_eq!(keys.verify(&two.sign(&header, "{}")), Err(error), "{header}");
        }
    }

    #[test]
    fn a_key_verifies_only_what_it_is_for() {
        let one = Ed::new(1);
        let token = one.sign(&json!({ "alg": "EdDSA", "kid": "1" }), "{}");
        for (more, error) in [
            (json!({ "kid": "1", "use": "enc" }), JwsError::UnknownKey),
            (json!({ "kid": "1", "key_ops": ["sign"] }), JwsError::UnknownKey),
            (json!({ "kid": "1", "alg": "ES256" }), JwsError::UnknownKey),
            (json!({ "kid": "1", "x": "AAAA" }), JwsError::UnknownKey),
        ] {
            assert_eq!(set(&[one.jwk(more.clone())]).verify(&token), Err(error), "{more}");
        }
        let usable = json!({ "kid": "1", "use": "sig", "alg": "EdDSA", "key_ops": ["verify"] });
        assert!(set(&[one.jwk(usable.clone())]).verify(&token).is_ok());
        let twice = set(&[one.jwk(usable.clone()), one.jwk(usable)]);
        assert_eq!(twice.verify(&token), Err(JwsError::Ambiguous));
    }

    #[test]
    fn a_signature_over_p_256_has_the_two_numbers_side_by_side() {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let pair = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, pair.as_ref(), &random).unwrap();
        let point = pair.public_key().as_ref();
        let (x, y) = (base64url(&point[1..33]), base64url(&point[33..]));
        let keys = set(&[json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y })]);
        let signed = format!("{}.{}", base64url(br#"{"alg":"ES256"}"#), base64url(b"x"));
        let tail = pair.sign(&random, signed.as_bytes()).unwrap();
        let token = format!("{signed}.{}", base64url(tail.as_ref()));
        assert_eq!(keys.verify(&token).as_deref(), Ok(&b"x"[..]));
    }

    #[test]
    fn keys_that_are_too_weak_or_too_many_are_left_out() {
        let short = json!({ "kty": "RSA", "n": base64url(&[0xff; 128]), "e": "AQAB" });
        assert!(set(&[short, json!({ "kty": "oct", "k": "AAAA" }), json!(7)]).is_empty());
        let many: Vec<Value> = (0..200).map(|_| Ed::new(1).jwk(json!({}))).collect();
        assert_eq!(set(&many).len(), MOST_KEYS);
        assert_eq!(KeySet::read(b"[]"), Err(JwsError::Set));
        assert!(matches!(
            KeySet::read(&vec![b' '; LARGEST_SET + 1]),
            Err(JwsError::TooLong(_))
        ));
    }

    #[test]
    fn what_has_not_the_form_of_a_token_is_refused() {
        let token = Ed::new(1).sign(&json!({ "alg": "EdDSA" }), "{}");
        let keys = set(&[Ed::new(1).jwk(json!({}))]);
        assert!(keys.verify(&token).is_ok());
        for text in [
            String::new(),
            "..".to_owned(),
            format!("{token}."),
            format!("{token}="),
            format!(" {token}"),
        ] {
            assert_eq!(keys.verify(&text), Err(JwsError::Form), "{text}");
        }
        assert!(matches!(
            keys.verify(&"a".repeat(LONGEST + 1)),
            Err(JwsError::TooLong(_))
        ));
    }

    proptest! {
        #[test]
        fn no_change_of_a_token_goes_unnoticed(at in 0_usize..120, to in 33_u8..127) {
            let token = Ed::new(1).sign(&json!({ "alg": "EdDSA" }), "{\"sub\":\"somebody\"}");
            let keys = set(&[Ed::new(1).jwk(json!({}))]);
            let mut bytes = token.clone().into_bytes();
            let place = at % bytes.len();
            bytes[place] = to;
            let changed = String::from_utf8(bytes).unwrap();
            prop_assume!(changed != token);
            prop_assert!(keys.verify(&changed).is_err());
        }
    }
}
