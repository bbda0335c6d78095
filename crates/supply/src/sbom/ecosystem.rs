//! Under which ecosystem advisories speak of a component of somebody else's bill of materials, by its package URL alone: the type, and for
//! packages of distributions the qualifier `distro` (<https://github.com/package-url/purl-spec/blob/main/types-doc/deb-definition.md>,
//! ecosystems: <https://ossf.github.io/osv-schema/#defined-ecosystems>). None where the package URL does not tell.

use bartizan_model::{PackageUrl, SourcePackage};

/// The ecosystem, in the spelling of OSV.
pub(super) fn of(purl: &PackageUrl) -> Option<String> {
    let name = match purl.kind() {
        "npm" => "npm",
        "pypi" => "PyPI",
        "cargo" => "crates.io",
        "gem" => "RubyGems",
        "golang" => "Go",
        "maven" => "Maven",
        "nuget" => "NuGet",
        "composer" => "Packagist",
        "hex" => "Hex",
        "pub" => "Pub",
        "swift" => "SwiftURL",
        "cran" => "CRAN",
        "hackage" => "Hackage",
        "conan" => "ConanCenter",
        "githubactions" => "GitHub Actions",
        "julia" => "Julia",
        "deb" | "apk" | "rpm" => return of_distribution(purl),
        _ => return None,
    };
    Some(name.to_owned())
}

/// `debian-12`, `ubuntu-22.04`, `alpine-3.19.1`; without a release nothing can be said.
fn of_distribution(purl: &PackageUrl) -> Option<String> {
    let distro = purl.qualifier("distro")?;
    let (id, version) = distro.rsplit_once('-').unwrap_or((distro, ""));
    let major = version.split('.').next().unwrap_or_default();
    let released = |name: &str, release: &str| {
        let is_number = release.starts_with(|first: char| first.is_ascii_digit());
        is_number.then(|| format!("{name}:{release}"))
    };
    match id {
        "debian" => released("Debian", major),
        "ubuntu" => {
            // Releases of April in even years have long-term support: <https://ubuntu.com/about/release-cycle>.
            let year: Option<u32> = version.strip_suffix(".04").and_then(|year| year.parse().ok());
            let long_term = year.is_some_and(|year| year.is_multiple_of(2));
            released("Ubuntu", version).map(|name| format!("{name}{}", if long_term { ":LTS" } else { "" }))
        }
        "alpine" => {
            let minor = version.split('.').nth(1)?;
            released("Alpine", &format!("v{major}.{minor}"))
                .or_else(|| Some(format!("Alpine:v{major}.{minor}")))
        }
        "rocky" => released("Rocky Linux", major),
        "almalinux" => released("AlmaLinux", major),
        "wolfi" => Some("Wolfi".to_owned()),
        "chainguard" => Some("Chainguard".to_owned()),
        "opensuse-leap" => (!version.is_empty()).then(|| format!("openSUSE:Leap {version}")),
        "mageia" => released("Mageia", version),
        "photon" => released("Photon OS", version),
        _ => None,
    }
}

/// The source package, as the qualifier `upstream` of syft names it: `name` or `name@version`.
pub(super) fn source(purl: &PackageUrl) -> Option<SourcePackage> {
    let upstream = purl.qualifier("upstream")?;
    let (name, version) = match upstream.split_once('@') {
        Some((name, version)) => (name, Some(version)),
        None => (upstream, None),
    };
    // rpm names the file of the source package: `bash-5.1.8-6.el9.src.rpm`.
    let name = match name.strip_suffix(".src.rpm") {
        Some(file) => file.rsplitn(3, '-').nth(2)?,
        None => name,
    };
    (!name.is_empty()).then(|| SourcePackage {
        name: name.to_owned(),
        version: version.map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_package_url_tells_the_ecosystem() {
        let of = |text: &str| of(&text.parse().unwrap());
        let cases = [
            ("pkg:npm/lodash@4.17.20", Some("npm")),
            ("pkg:golang/github.com/a/b@1", Some("Go")),
            ("pkg:deb/debian/openssl@3?distro=debian-12", Some("Debian:12")),
            ("pkg:deb/debian/openssl@3?distro=debian-12.5", Some("Debian:12")),
            (
                "pkg:deb/ubuntu/openssl@3?distro=ubuntu-22.04",
                Some("Ubuntu:22.04:LTS"),
            ),
            (
                "pkg:deb/ubuntu/openssl@3?distro=ubuntu-23.10",
                Some("Ubuntu:23.10"),
            ),
            ("pkg:apk/alpine/musl@1?distro=alpine-3.19.1", Some("Alpine:v3.19")),
            ("pkg:rpm/rocky/bash@5?distro=rocky-9.3", Some("Rocky Linux:9")),
            ("pkg:deb/debian/openssl@3", None),
            ("pkg:deb/debian/openssl@3?distro=debian-sid", None),
            ("pkg:rpm/rhel/bash@5?distro=rhel-9.3", None),
            ("pkg:generic/openssl@3", None),
        ];
        for (text, expected) in cases {
            assert_eq!(of(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn the_source_package_is_told_by_upstream() {
        let of = |text: &str| {
            let source = source(&text.parse().unwrap());
            source.map(|source| (source.name, source.version))
        };
        assert_eq!(
            of("pkg:deb/debian/libc6@2.36?upstream=glibc%402.36-9"),
            Some(("glibc".to_owned(), Some("2.36-9".to_owned())))
        );
        assert_eq!(
            of("pkg:rpm/rocky/bash-doc@5?upstream=bash-5.1.8-6.el9.src.rpm"),
            Some(("bash".to_owned(), None))
        );
        assert_eq!(of("pkg:npm/x@1"), None);
    }
}
