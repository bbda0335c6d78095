//! References of images.
//!
//! Source: <https://github.com/distribution/reference>.

/// The parts of a reference.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Image<'r> {
    /// With `docker.io/library/` before it where that is meant.
    pub(super) repository: String,
    pub(super) tag: Option<&'r str>,
    pub(super) digest: Option<&'r str>,
}

impl<'r> Image<'r> {
    pub(super) fn of(reference: &'r str) -> Self {
        let (rest, digest) = match reference.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest)),
            None => (reference, None),
        };
        let (name, tag) = match rest.rsplit_once(':') {
            // A colon before a slash is that of a port.
            Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
            _ => (rest, None),
        };
        let first = name.split('/').next().unwrap_or_default();
        let has_host = name.contains('/') && (first.contains(['.', ':']) || first == "localhost");
        let repository = match (has_host, name.contains('/')) {
            (true, _) => name.to_owned(),
            (false, true) => format!("docker.io/{name}"),
            (false, false) => format!("docker.io/library/{name}"),
        };
        Self {
            repository,
            tag,
            digest,
        }
    }

    /// The version that is run: the digest where there is one, for then the tag means nothing.
    pub(super) fn version(&self) -> String {
        self.digest.or(self.tag).unwrap_or("latest").to_owned()
    }

    /// How sure it is that the same bytes run tomorrow: 0 by a digest, 1 by a tag, 2 by one that always moves.
    pub(super) fn looseness(&self) -> u8 {
        match (self.digest, self.tag) {
            (Some(_), _) => 0,
            (None, Some(tag)) if tag != "latest" => 1,
            _ => 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_taken_apart() {
        assert_eq!(Image::of("nginx").repository, "docker.io/library/nginx");
        assert_eq!(
            Image::of("docker.io/library/nginx:1").repository,
            Image::of("nginx").repository
        );
        assert_eq!(Image::of("localhost:5000/a").tag, None);
        let image = Image::of("r.example:5000/a/b:1@sha256:00");
        assert_eq!((image.tag, image.looseness()), (Some("1"), 0));
        assert_eq!(image.version(), "sha256:00");
    }
}
