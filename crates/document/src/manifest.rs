//! Which files may hold objects of Kubernetes.

use memchr::memmem;

/// Whether a file may be a manifest, by its name.
#[must_use]
pub fn is_manifest(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    ["yaml", "yml", "json"]
        .iter()
        .any(|one| extension.eq_ignore_ascii_case(one))
}

/// Whether a text may hold an object: it names a version and a kind.
#[must_use]
pub fn has_objects(bytes: &[u8]) -> bool {
    memmem::find(bytes, b"apiVersion").is_some() && memmem::find(bytes, b"kind").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manifests_are_known_by_their_names_and_objects_by_what_they_must_say() {
        assert!(is_manifest("a/b.yaml") && is_manifest("B.YML") && is_manifest("x.json"));
        assert!(!is_manifest("yaml") && !is_manifest("a.yaml/b") && !is_manifest("a.yaml.md"));
        assert!(has_objects(b"apiVersion: v1\nkind: Pod") && !has_objects(b"kind: Pod"));
    }
}
