//! Which of several images of an index is meant,
//! <https://github.com/opencontainers/image-spec/blob/main/image-index.md>.
//!
//! In: `os/architecture[/variant]` as a person writes it, platforms as indexes tell them. Out: how well they fit.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Text that is no platform.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no platform of the form os/architecture or os/architecture/variant, for instance linux/arm64"
)]
pub struct InvalidPlatform(String);

/// Operating system, architecture and variant, in the words of Go.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Platform {
    /// For instance `linux`.
    #[serde(default)]
    pub os: String,
    /// For instance `amd64` or `arm64`.
    #[serde(default)]
    pub architecture: String,
    /// For instance `v7`; none where the architecture has one only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
}

impl Platform {
    /// Linux on the architecture of this machine.
    #[must_use]
    pub fn of_this_machine() -> Self {
        Self::of("linux", std::env::consts::ARCH, None)
    }

    /// With the words that other tools use for the same architectures brought to one.
    pub(crate) fn of(os: &str, architecture: &str, variant: Option<&str>) -> Self {
        let architecture = architecture.to_ascii_lowercase();
        let (architecture, implied) = match architecture.as_str() {
            "x86_64" | "x86-64" => ("amd64", None),
            "aarch64" => ("arm64", None),
            "armhf" => ("arm", Some("v7")),
            "armel" => ("arm", Some("v6")),
            "i386" | "i686" | "x86" => ("386", None),
            "powerpc64le" => ("ppc64le", None),
            other => (other, None),
        };
        Self {
            os: os.to_ascii_lowercase(),
            architecture: architecture.to_owned(),
            variant: variant.or(implied).map(str::to_ascii_lowercase),
        }
    }

    /// How well an image of the platform `offered` serves this one, smaller being better; none when it does not run.
    /// A 32-bit ARM runs what was built for an earlier one.
    #[must_use]
    pub fn distance(&self, offered: &Self) -> Option<u32> {
        let offered = Self::of(&offered.os, &offered.architecture, offered.variant.as_deref());
        if self.os != offered.os || self.architecture != offered.architecture {
            return None;
        }
        let version = |variant: Option<&str>| {
            let default = match self.architecture.as_str() {
                "arm64" => 8,
                "arm" => 7,
                _ => 1,
            };
            match variant {
                None | Some("") => Some(default),
                Some(variant) => variant.strip_prefix('v').and_then(|number| number.parse().ok()),
            }
        };
        let wanted = version(self.variant.as_deref());
        let found = version(offered.variant.as_deref());
        match (wanted, found) {
            (Some(wanted), Some(found)) if found <= wanted => Some(wanted - found),
            (Some(_), Some(found)) if self.variant.is_none() => Some(1_000_u32.saturating_add(found)),
            _ => (self.variant == offered.variant).then_some(0),
        }
    }
}

impl FromStr for Platform {
    type Err = InvalidPlatform;

    fn from_str(text: &str) -> Result<Self, InvalidPlatform> {
        let sound = |part: &&str| {
            let known = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
            (1..=32).contains(&part.len()) && part.bytes().all(known)
        };
        let parts: Vec<&str> = text.split('/').take(4).collect();
        match parts.as_slice() {
            [os, architecture] if parts.iter().all(sound) => Ok(Self::of(os, architecture, None)),
            [os, architecture, variant] if parts.iter().all(sound) => {
                Ok(Self::of(os, architecture, Some(variant)))
            }
            _ => Err(InvalidPlatform(text.chars().take(100).collect())),
        }
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.os, self.architecture)?;
        match &self.variant {
            Some(variant) => write!(f, "/{variant}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distance(wanted: &str, offered: &str) -> Option<u32> {
        wanted.parse::<Platform>().ok()?.distance(&offered.parse().ok()?)
    }

    #[test]
    fn other_words_for_an_architecture_mean_the_same() {
        assert_eq!(distance("linux/x86_64", "linux/amd64"), Some(0));
        assert_eq!(distance("linux/arm64", "linux/aarch64/v8"), Some(0));
        assert_eq!(distance("linux/amd64", "windows/amd64"), None);
        assert_eq!(distance("linux/amd64", "linux/arm64"), None);
    }

    #[test]
    fn the_nearest_earlier_variant_serves_and_a_later_one_does_not() {
        assert_eq!(distance("linux/arm/v7", "linux/arm/v6"), Some(1));
        assert_eq!(distance("linux/arm/v6", "linux/arm/v7"), None);
        assert_eq!(distance("linux/amd64", "linux/amd64"), Some(0));
        assert!(distance("linux/amd64", "linux/amd64/v3") > distance("linux/amd64", "linux/amd64"));
    }

    #[test]
    fn a_platform_is_two_or_three_words() {
        for text in [
            "",
            "linux",
            "linux/",
            "/amd64",
            "linux/amd64/v1/x",
            "linux/am d64",
        ] {
            assert!(text.parse::<Platform>().is_err(), "{text}");
        }
        assert_eq!(
            "Linux/armhf".parse::<Platform>().unwrap().to_string(),
            "linux/arm/v7"
        );
    }
}
