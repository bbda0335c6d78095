//! Names of images as people write them.
//!
//! In: `nginx`, `ghcr.io/acme/app:1.2`, `localhost:5000/app@sha256:…`. Out: registry, repository, tag and digest, with the defaults
//! that every tool has: `docker.io`, `library/`, `latest`.
//! <https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests>

use crate::digest::Digest;
use crate::http::{Scheme, Url};
use std::fmt;
use std::str::FromStr;

/// Where an image without a registry in its name comes from.
pub const DOCKER_HUB: &str = "docker.io";
/// Longest name of a repository, registry included, in bytes.
const LONGEST_NAME: usize = 255;
/// Longest tag, in bytes.
const LONGEST_TAG: usize = 128;

/// A name of an image.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Reference {
    registry: String,
    repository: String,
    tag: Option<String>,
    digest: Option<Digest>,
}

/// Text that is no name of an image.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no name of an image: {reason}")]
pub struct InvalidReference {
    /// The text, cut where it is long.
    pub text: String,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl Reference {
    /// Host, and port where one was written.
    #[must_use]
    pub fn registry(&self) -> &str {
        &self.registry
    }

    /// The repository within the registry, `library/nginx` for instance.
    #[must_use]
    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// The tag. Where a digest is given as well, the digest decides.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// The digest of the manifest or index.
    #[must_use]
    pub const fn digest(&self) -> Option<&Digest> {
        self.digest.as_ref()
    }

    /// What to ask the registry for: the digest, or else the tag.
    #[must_use]
    pub fn asked_for(&self) -> String {
        match (&self.digest, &self.tag) {
            (Some(digest), _) => digest.to_string(),
            (None, Some(tag)) => tag.clone(),
            (None, None) => "latest".to_owned(),
        }
    }

    /// Where the registry answers.
    #[must_use]
    pub fn url(&self, scheme: Scheme) -> Option<Url> {
        let host = if self.registry == DOCKER_HUB {
            "registry-1.docker.io"
        } else {
            &self.registry
        };
        Url::parse(&format!("{}://{host}/v2/", scheme.as_str())).ok()
    }
}

impl fmt::Display for Reference {
    /// In full, with nothing left to defaults.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.registry, self.repository)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        match &self.digest {
            Some(digest) => write!(f, "@{digest}"),
            None => Ok(()),
        }
    }
}

impl FromStr for Reference {
    type Err = InvalidReference;

    fn from_str(text: &str) -> Result<Self, InvalidReference> {
        parse(text).map_err(|reason| InvalidReference {
            text: text.chars().take(300).collect(),
            reason,
        })
    }
}

fn parse(text: &str) -> Result<Reference, &'static str> {
    if text.contains("://") {
        return Err("it begins with a scheme; leave that out");
    }
    let (rest, digest) =
        match text.split_once('@') {
            Some((rest, digest)) => (
                rest,
                Some(digest.parse().map_err(
                    |_| "its digest is not sha256: or sha512: with lower-case hexadecimal digits",
                )?),
            ),
            None => (text, None),
        };
    let (name, tag) = match rest.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') && !name.is_empty() => (name, Some(tag)),
        _ => (rest, None),
    };
    if tag.is_some_and(|tag| !is_tag(tag)) {
        return Err("its tag has more than letters, digits, `_`, `.` and `-`, or is too long");
    }
    let (registry, repository) = match name.split_once('/') {
        Some((first, rest)) if is_host(first) => (first.to_ascii_lowercase(), rest),
        _ => (DOCKER_HUB.to_owned(), name),
    };
    let registry = match registry.as_str() {
        "index.docker.io" | "registry-1.docker.io" => DOCKER_HUB.to_owned(),
        _ => registry,
    };
    Url::parse(&format!("https://{registry}/")).map_err(|_| "its registry is no host")?;
    if registry.contains('@') {
        return Err("its registry is no host");
    }
    if repository.is_empty() {
        return Err("it names no repository");
    }
    if !repository.split('/').all(is_component) {
        return Err(
            "its repository has more than lower-case letters, digits, and single `.`, `_`, `__` or `-` between them",
        );
    }
    if registry == DOCKER_HUB && is_image_id(repository) {
        return Err("64 hexadecimal digits are the id of an image on one machine, which no registry knows");
    }
    let repository = if registry == DOCKER_HUB && !repository.contains('/') {
        format!("library/{repository}")
    } else {
        repository.to_owned()
    };
    if registry.len() + repository.len() >= LONGEST_NAME {
        return Err("it is longer than 255 bytes");
    }
    let tag = tag
        .map(str::to_owned)
        .or_else(|| digest.is_none().then(|| "latest".to_owned()));
    Ok(Reference {
        registry,
        repository,
        tag,
        digest,
    })
}

/// Whether the part before the first slash is a registry and no part of a repository.
fn is_host(first: &str) -> bool {
    first.eq_ignore_ascii_case("localhost") || first.contains(['.', ':'])
}

fn is_component(component: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let (Some(first), Some(last)) = (component.bytes().next(), component.bytes().next_back()) else {
        return false;
    };
    if !is_word(first) || !is_word(last) {
        return false;
    }
    component
        .split(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        .all(|between| matches!(between, "" | "." | "_" | "__") || between.bytes().all(|byte| byte == b'-'))
}

fn is_tag(tag: &str) -> bool {
    (1..=LONGEST_TAG).contains(&tag.len())
        && !tag.starts_with(['.', '-'])
        && tag
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
}

fn is_image_id(name: &str) -> bool {
    bartizan_model::encoding::is_hex(name, 64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn full(text: &str) -> String {
        text.parse::<Reference>().unwrap().to_string()
    }

    #[test]
    fn what_is_left_out_is_filled_in_as_everywhere() {
        let digest = format!("sha256:{}", "a".repeat(64));
        for (text, meant) in [
            ("nginx", "docker.io/library/nginx:latest".to_owned()),
            (
                "nginx:1.27-alpine",
                "docker.io/library/nginx:1.27-alpine".to_owned(),
            ),
            ("acme/app", "docker.io/acme/app:latest".to_owned()),
            ("docker.io/nginx", "docker.io/library/nginx:latest".to_owned()),
            (
                "index.docker.io/library/nginx",
                "docker.io/library/nginx:latest".to_owned(),
            ),
            ("ghcr.io/acme/team/app:1", "ghcr.io/acme/team/app:1".to_owned()),
            ("localhost/app", "localhost/app:latest".to_owned()),
            ("localhost:5000/app", "localhost:5000/app:latest".to_owned()),
            ("[::1]:5000/app", "[::1]:5000/app:latest".to_owned()),
            ("Harbor.example/app", "harbor.example/app:latest".to_owned()),
            ("app:5000", "docker.io/library/app:5000".to_owned()),
        ] {
            assert_eq!(full(text), meant, "{text}");
        }
        assert_eq!(full(&format!("a/b@{digest}")), format!("docker.io/a/b@{digest}"));
        let both: Reference = format!("a/b:1@{digest}").parse().unwrap();
        assert_eq!((both.tag(), both.asked_for()), (Some("1"), digest));
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for text in [
            "",
            ":tag",
            "/app",
            "app:",
            "app@",
            "app@sha256:abc",
            "App",
            "Harbor/app",
            "a//b",
            "a/",
            "host.example/",
            "a/../b",
            "a/.b",
            "a/b..c",
            "a/b___c",
            "a b",
            "a\nb",
            "https://ghcr.io/a/b",
            "user@host.example/a",
            "host.example:99999/a",
            "app:-tag",
            "app:t/g",
            &"a".repeat(64),
            &format!("app:{}", "t".repeat(129)),
            &format!("host.example/{}", "a/".repeat(200)),
        ] {
            assert!(text.parse::<Reference>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_name_in_full_reads_as_itself(
            host in "(localhost|[a-z]{1,8}\\.[a-z]{2,3})(:[1-9][0-9]{0,3})?",
            path in "[a-z0-9]{1,6}((\\.|_|__|-|--)[a-z0-9]{1,4})?(/[a-z0-9]{1,6}){0,3}",
            tag in "[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}",
            digest in proptest::option::of("[0-9a-f]{64}"),
        ) {
            let digest = digest.map_or_else(String::new, |hex| format!("@sha256:{hex}"));
            let text = format!("{host}/{path}:{tag}{digest}");
            let read: Reference = text.parse().unwrap();
            prop_assert_eq!(read.to_string(), text);
            prop_assert_eq!(read.registry(), host);
            prop_assert_eq!(read.repository(), path);
        }

        #[test]
        fn whatever_is_read_reads_as_itself_again(text in "[a-zA-Z0-9:/@._\\[\\]-]{0,40}") {
            if let Ok(read) = text.parse::<Reference>() {
                prop_assert_eq!(&read.to_string().parse::<Reference>().unwrap(), &read);
                prop_assert!(read.url(Scheme::Https).is_some());
            }
        }
    }
}
