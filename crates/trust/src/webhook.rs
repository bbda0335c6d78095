//! Signing webhooks, so that whoever gets one knows that it is ours, whole and fresh.
//! <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>
//!
//! In: a key, what a message is known by, its second and its body. Out: what goes into the header `webhook-signature`: `v1,` and the base64
//! of HMAC-SHA-256 over `ID.SECOND.BODY`, whose key is what stands behind `whsec_`, decoded.

use crate::encoding::{decode, encode};
use crate::seal::authenticate;

/// What the text of a key begins with.
const PREFIX: &str = "whsec_";

/// The text of a key, as both sides keep it.
#[must_use]
pub fn key_text(random: &[u8; 32]) -> String {
    format!("{PREFIX}{}", encode(random))
}

/// The signature of a message that is sent at this second since 1970; none where the text is no key.
#[must_use]
pub fn sign(key: &str, id: &str, second: i64, body: &str) -> Option<String> {
    let key = decode(key.strip_prefix(PREFIX)?)?;
    let mac = authenticate(&key, format!("{id}.{second}.{body}").as_bytes());
    Some(format!("v1,{}", encode(&mac)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_signed_as_the_standard_says() {
        let key = key_text(&std::array::from_fn(|at| at as u8));
        // What `openssl dgst -sha256 -mac HMAC` gives for `ID.SECOND.BODY` with the bytes 0 to 31 as the key.
        assert_eq!(
            sign(&key, "msg_1", 1_614_265_330, r#"{"test": 2432232314}"#).unwrap(),
            "v1,GWvjEzx3AphU7wha3hNZPXJnymF9Fg+ZdvPQqWPOjZ0="
        );
        assert_eq!(sign("no key", "a", 1, ""), None);
        assert_eq!(sign("whsec_?", "a", 1, ""), None);
    }
}
