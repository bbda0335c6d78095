//! npm, yarn, pnpm and bun: lock files and installed packages of JavaScript.

mod bun_lock;
mod bun_lockb;
mod installed;
mod package_lock;
mod pnpm_lock;
mod yarn_lock;

pub use bun_lock::BunLock;
pub use installed::InstalledPackage;
pub use package_lock::PackageLock;
pub use pnpm_lock::PnpmLock;
pub use yarn_lock::YarnLock;

use bartizan_model::{Hash, PackageUrlParts, encoding};

/// The package URL of an npm package from its name (`name` or `@scope/name`).
fn purl(name: &str, version: Option<&str>) -> PackageUrlParts {
    let (namespace, base) = match name.split_once('/') {
        Some((scope, base)) if scope.starts_with('@') => (Some(scope.to_owned()), base),
        _ => (None, name),
    };
    PackageUrlParts {
        kind: "npm".to_owned(),
        namespace,
        name: base.to_owned(),
        version: version.map(str::to_owned),
        ..PackageUrlParts::default()
    }
}

/// The digests of a Subresource Integrity value (<https://www.w3.org/TR/SRI/>); those of unknown algorithms are left out.
fn integrity(text: &str) -> Vec<Hash> {
    text.split_ascii_whitespace()
        .filter_map(|one| {
            let (algorithm, digest) = one.split_once('-')?;
            let algorithm = match algorithm {
                "sha1" => "SHA-1",
                "sha256" => "SHA-256",
                "sha384" => "SHA-384",
                "sha512" => "SHA-512",
                _ => return None,
            };
            let bytes = encoding::base64(digest.split('?').next()?.as_bytes())?;
            Some(Hash {
                algorithm: algorithm.to_owned(),
                value: encoding::hex(&bytes),
            })
        })
        .collect()
}

/// Whether a package comes from a registry rather than from a git repository, a directory or a plain address. Packages
/// of private registries may have the names of public ones; only the name is known here.
fn from_registry(resolved: Option<&str>) -> bool {
    resolved.is_none_or(|address| {
        !address.starts_with("git")
            && !address.starts_with("file:")
            && !address.contains("codeload.github.com")
    })
}
