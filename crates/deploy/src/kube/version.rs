//! Minor versions of Kubernetes.

use std::fmt;
use std::str::FromStr;

/// A minor version of Kubernetes 1, or whatever is newest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Minor {
    /// `v1.N`.
    One(u16),
    /// Newer than any that is named.
    Latest,
}

/// A version that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no version of Kubernetes: write `v1.34`, or `latest`")]
pub struct UnknownVersion(String);

impl FromStr for Minor {
    type Err = UnknownVersion;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "latest" {
            return Ok(Self::Latest);
        }
        let bare = text.strip_prefix('v').unwrap_or(text);
        let minor = bare
            .strip_prefix("1.")
            .filter(|minor| minor.bytes().all(|byte| byte.is_ascii_digit()));
        minor
            .and_then(|minor| minor.parse().ok())
            .map(Self::One)
            .ok_or_else(|| UnknownVersion(text.to_owned()))
    }
}

impl fmt::Display for Minor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(minor) => write!(f, "v1.{minor}"),
            Self::Latest => f.write_str("latest"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_and_ordered_and_others_refused() {
        assert_eq!("v1.34".parse(), Ok(Minor::One(34)));
        assert_eq!("1.7".parse(), Ok(Minor::One(7)));
        assert!("v1.9".parse::<Minor>().unwrap() < "v1.10".parse().unwrap());
        assert!(Minor::One(u16::MAX) < Minor::Latest);
        for text in ["", "v2.0", "v1", "v1.", "v1.x", "v1.34.1", "v1.99999", "v1.+3"] {
            assert!(text.parse::<Minor>().is_err(), "{text}");
        }
    }
}
