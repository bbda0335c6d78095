//! Paths as sources name them: relative to what is scanned, with `/`.

/// The directory of a path, without a slash at its end.
pub(crate) fn directory_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(directory, _)| directory)
}

/// What a relative path means, seen from a directory; none where it lies outside of what is scanned.
pub(crate) fn joined(from: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_followed_within_what_is_scanned() {
        assert_eq!(
            joined("live/prod", "../../modules/net").as_deref(),
            Some("modules/net")
        );
        assert_eq!(joined("", "./net/").as_deref(), Some("net"));
        assert_eq!(joined("live", "../../net"), None);
    }
}
