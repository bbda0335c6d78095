//! References of images, as Kubescape's rules ask for them.
//!
//! <https://github.com/distribution/reference>: a name without a registry is one of Docker Hub, a name without a path there is official.

use super::{Named, string, text};
use crate::limits;
use regorus::Value;

pub(super) const ALL: &[Named] = &[
    ("cosign.has_signature", 1, signatures),
    ("cosign.verify", 2, signatures),
    ("image.parse_normalized_name", 1, |given| {
        normalized(text(given, 0)?).map(string)
    }),
];

/// Signatures are in a registry.
fn signatures(_: &[Value]) -> Option<Value> {
    limits::not_known("how images are signed");
    None
}

fn normalized(reference: &str) -> Option<String> {
    if reference.is_empty() || reference.chars().any(char::is_whitespace) {
        return None;
    }
    let (host, rest) = match reference.split_once('/') {
        Some((first, rest))
            if first.contains(['.', ':'])
                || first == "localhost"
                || first.chars().any(char::is_uppercase) =>
        {
            (first, rest)
        }
        _ => ("docker.io", reference),
    };
    let host = if host == "index.docker.io" {
        "docker.io"
    } else {
        host
    };
    let name = rest.split(['@', ':']).next()?;
    if name.is_empty() || name.chars().any(char::is_uppercase) {
        return None;
    }
    Some(if host == "docker.io" && !rest.contains('/') {
        format!("{host}/library/{rest}")
    } else {
        format!("{host}/{rest}")
    })
}
