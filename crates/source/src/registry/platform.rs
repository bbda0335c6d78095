//! Which of the images behind one name is meant.
//!
//! In: `linux/arm64`, or nothing for the machine this runs on. Out: a choice among what an index offers.
//! <https://github.com/opencontainers/image-spec/blob/main/image-index.md>

use std::fmt;
use std::str::FromStr;

/// Operating system, architecture and, for some, a variant of it, in the words of Go.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Platform {
    os: String,
    architecture: String,
    variant: Option<String>,
}

/// Text that is no platform.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no platform of the form os/architecture or os/architecture/variant, for instance linux/arm64"
)]
pub struct InvalidPlatform(String);

impl Platform {
    /// Linux on the processor this runs on.
    #[must_use]
    pub fn of_this_machine() -> Self {
        Self::new("linux", std::env::consts::ARCH, None)
    }

    /// With other spellings of the same thing brought to one.
    pub(crate) fn new(os: &str, architecture: &str, variant: Option<&str>) -> Self {
        let lower = |text: &str| text.to_ascii_lowercase();
        let (architecture, variant) = match (lower(architecture).as_str(), variant.map(lower)) {
            ("x86_64" | "x86-64", variant) => ("amd64".to_owned(), variant),
            ("i386" | "i686" | "x86", variant) => ("386".to_owned(), variant),
            ("aarch64" | "arm64", variant) => (
                "arm64".to_owned(),
                variant.filter(|variant| !matches!(variant.as_str(), "v8" | "8")),
            ),
            ("armhf", _) => ("arm".to_owned(), Some("v7".to_owned())),
            ("armel", _) => ("arm".to_owned(), Some("v6".to_owned())),
            ("powerpc64le", variant) => ("ppc64le".to_owned(), variant),
            (other, variant) => (other.to_owned(), variant),
        };
        Self {
            os: lower(os),
            architecture,
            variant: variant.filter(|variant| !variant.is_empty()),
        }
    }

    /// Whether this is what was wanted: a variant counts where one is wanted.
    pub(crate) fn is(&self, wanted: &Self) -> bool {
        self.os == wanted.os
            && self.architecture == wanted.architecture
            && (wanted.variant.is_none() || self.variant == wanted.variant)
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

impl FromStr for Platform {
    type Err = InvalidPlatform;

    fn from_str(text: &str) -> Result<Self, InvalidPlatform> {
        let wrong = || InvalidPlatform(text.chars().take(100).collect());
        let is_word = |part: &&str| {
            (1..=32).contains(&part.len())
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte))
        };
        let mut parts = text.split('/');
        let (os, architecture) = match (parts.next(), parts.next()) {
            (Some(os), Some(architecture)) => (os, architecture),
            _ => return Err(wrong()),
        };
        let variant = parts.next();
        if parts.next().is_none()
            && [Some(os), Some(architecture), variant]
                .iter()
                .flatten()
                .all(is_word)
        {
            Ok(Self::new(os, architecture, variant))
        } else {
            Err(wrong())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn platform(text: &str) -> Platform {
        text.parse().unwrap()
    }

    #[test]
    fn one_platform_has_many_spellings() {
        assert_eq!(platform("Linux/x86_64").to_string(), "linux/amd64");
        assert_eq!(platform("linux/aarch64").to_string(), "linux/arm64");
        assert_eq!(platform("linux/arm64/v8"), platform("linux/arm64"));
        assert_eq!(platform("linux/armhf").to_string(), "linux/arm/v7");
        for text in [
            "",
            "linux",
            "linux/",
            "/amd64",
            "a/b/c/d",
            "linux/a b",
            "linux/amd64/",
        ] {
            assert!(text.parse::<Platform>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_variant_counts_where_one_is_wanted() {
        let seven = platform("linux/arm/v7");
        assert!(seven.is(&platform("linux/arm")) && seven.is(&seven));
        assert!(!seven.is(&platform("linux/arm/v6")) && !platform("linux/arm").is(&seven));
        assert!(!seven.is(&platform("windows/arm")));
    }
}
