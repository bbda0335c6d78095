//! Under which name the control plane knows what a scan looked at.
//!
//! A repository is known by its address without the commit, an image by its repository without tag and digest: what is known of
//! one build is then known of the next. Everything else is known by the name that whoever sent it gave.

use super::row::shortened;
use bartizan_model::Target;

/// Schemes of things (ARCHITECTURE.md, "Identities of things"), and `sbom:` and `dir:` for what has no other name.
const SCHEMES: [&str; 12] = [
    "repo:",
    "file:",
    "pkg:",
    "image:",
    "workload:",
    "host:",
    "identity:",
    "endpoint:",
    "tenant:",
    "advisory:",
    "sbom:",
    "dir:",
];

/// Bytes of a name.
const LONGEST: usize = 1_000;

/// The thing that a scan looked at.
pub(super) fn of_target(target: &Target) -> String {
    if let Some(asset) = &target.asset {
        return of_name(asset.as_str());
    }
    if let Some(repository) = &target.repository {
        return cut(format!("repo:{}", address(repository)));
    }
    if let Some(image) = &target.image {
        return cut(match image.reference() {
            Some((name, _)) => format!("image:{name}"),
            None => format!("image:{}", image.digest),
        });
    }
    let name = target.name.trim_start_matches("sbom:");
    cut(match target.kind.as_str() {
        "sbom" => format!("sbom:{name}"),
        _ => format!("dir:{name}"),
    })
}

/// The thing that goes by this name: the name itself where it has a scheme, else a bill of materials of this name.
pub(super) fn of_name(name: &str) -> String {
    let name = name.trim();
    cut(
        if SCHEMES
            .iter()
            .any(|scheme| name.len() > scheme.len() && name.starts_with(scheme))
        {
            name.to_owned()
        } else {
            format!("sbom:{name}")
        },
    )
}

/// Which state of the thing it was.
pub(super) fn build_of(target: &Target) -> Option<String> {
    if let Some(image) = &target.image {
        return Some(cut(image.digest.clone()));
    }
    match (&target.commit, &target.sha256) {
        (Some(commit), _) => Some(cut(format!("commit:{commit}"))),
        (None, Some(digest)) => Some(cut(format!("sha256:{digest}"))),
        (None, None) => None,
    }
}

/// In which way it is looked at.
pub(super) fn scope_of(target: &Target) -> String {
    let kind = if target.kind.is_empty() {
        "scan"
    } else {
        &target.kind
    };
    let more = match (&target.image, &target.branch) {
        (Some(image), _) => image.platform.as_str(),
        (None, Some(branch)) => branch.as_str(),
        (None, None) => "",
    };
    cut(if more.is_empty() {
        kind.to_owned()
    } else {
        format!("{kind} {more}")
    })
}

/// `host/owner/name` of the address of a repository.
fn address(repository: &str) -> String {
    let rest = match repository.split_once("://") {
        Some((_, rest)) => rest.to_owned(),
        // The short form of SSH: `user@host:owner/name`.
        None => repository.replacen(':', "/", 1),
    };
    let rest = rest.rsplit_once('@').map_or(rest.as_str(), |(_, rest)| rest);
    let rest = rest.trim_end_matches('/');
    let rest = rest.strip_suffix(".git").unwrap_or(rest);
    match rest.split_once('/') {
        Some((host, path)) => {
            let host = host.split(':').next().unwrap_or(host).to_lowercase();
            format!("{host}/{}", path.trim_start_matches('/'))
        }
        None => rest.to_owned(),
    }
}

fn cut(text: impl AsRef<str>) -> String {
    shortened(text.as_ref(), LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_model::{AssetId, ImageIdentity};

    #[test]
    fn one_repository_is_one_thing_however_it_was_cloned() {
        let of = |address: &str| {
            of_target(&Target {
                repository: Some(address.to_owned()),
                ..Target::default()
            })
        };
        let expected = "repo:github.com/acme/Shop";
        assert_eq!(of("https://github.com/acme/Shop.git"), expected);
        assert_eq!(of("https://GitHub.com/acme/Shop/"), expected);
        assert_eq!(of("git@github.com:acme/Shop.git"), expected);
        assert_eq!(of("ssh://git@github.com:22/acme/Shop"), expected);
    }

    #[test]
    fn an_image_is_known_without_its_tag_and_a_name_that_was_given_counts_first() {
        let mut target = Target {
            kind: "image".to_owned(),
            name: "image:registry.example/shop:1".to_owned(),
            image: Some(ImageIdentity {
                digest: "sha256:00".to_owned(),
                platform: "linux/amd64".to_owned(),
                names: vec!["registry.example/shop:1".to_owned()],
                ..ImageIdentity::default()
            }),
            ..Target::default()
        };
        assert_eq!(of_target(&target), "image:registry.example/shop");
        assert_eq!(build_of(&target).as_deref(), Some("sha256:00"));
        assert_eq!(scope_of(&target), "image linux/amd64");
        target.asset = Some(AssetId::from_text("repo:example.com/a/b"));
        assert_eq!(of_target(&target), "repo:example.com/a/b");
        target.asset = Some(AssetId::from_text("a bill\0"));
        assert_eq!(of_target(&target), "sbom:a bill");
    }
}
