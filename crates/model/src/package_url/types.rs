//! What the type of a package URL says about its parts: which must be there, which may not, and where letter case is folded.
//!
//! One line for each type of <https://github.com/package-url/purl-spec/tree/main/types>. A type that is not there has no rules
//! beyond those that hold for all.

use super::{InvalidPackageUrl, PackageUrl};

/// Whether a type has namespaces.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Namespace {
    Optional,
    Required,
    Prohibited,
}
use Namespace::{Optional, Prohibited, Required};

/// Which parts are compared without regard to letter case, and so are written in lowercase.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fold {
    Nothing,
    Namespace,
    Name,
    Both,
    Version,
    NameAndVersion,
    All,
}

/// The rules of one type.
#[derive(Clone, Copy)]
pub(super) struct TypeRules {
    namespace: Namespace,
    fold: Fold,
    extra: Extra,
}

/// What only one type asks for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extra {
    None,
    ChromeExtension,
    Cpan,
    Git,
    Julia,
    Mlflow,
    Otp,
    Pub,
    Pypi,
    Swid,
}

impl TypeRules {
    /// The rules of `kind`, in any letter case.
    pub(super) fn of(kind: &str) -> Self {
        let lower;
        let kind = if kind.bytes().any(|b| b.is_ascii_uppercase()) {
            lower = kind.to_ascii_lowercase();
            &lower
        } else {
            kind
        };
        let (namespace, fold, extra) = match kind {
            "alpm" | "apk" | "bitbucket" | "composer" | "deb" | "github" => {
                (Required, Fold::Both, Extra::None)
            }
            "bazel" | "cargo" | "cocoapods" | "conda" | "cran" | "gem" | "hackage" | "nuget" | "opam"
            | "vcpkg" => (Prohibited, Fold::Nothing, Extra::None),
            "bitnami" => (Prohibited, Fold::Name, Extra::None),
            "brew" | "hex" | "luarocks" => (Optional, Fold::Both, Extra::None),
            "chrome-extension" => (Prohibited, Fold::Name, Extra::ChromeExtension),
            "cpan" => (Optional, Fold::Nothing, Extra::Cpan),
            "git" => (Required, Fold::Nothing, Extra::Git),
            "golang" | "maven" | "swift" => (Required, Fold::Nothing, Extra::None),
            "huggingface" => (Required, Fold::Version, Extra::None),
            "julia" => (Prohibited, Fold::Nothing, Extra::Julia),
            "mlflow" => (Prohibited, Fold::Nothing, Extra::Mlflow),
            "oci" => (Prohibited, Fold::NameAndVersion, Extra::None),
            "otp" => (Prohibited, Fold::Name, Extra::Otp),
            "pub" => (Prohibited, Fold::Name, Extra::Pub),
            "pypi" => (Prohibited, Fold::NameAndVersion, Extra::Pypi),
            "qpkg" | "rpm" => (Required, Fold::Namespace, Extra::None),
            "swid" => (Optional, Fold::Nothing, Extra::Swid),
            "vscode-extension" => (Required, Fold::All, Extra::None),
            "yocto" => (Optional, Fold::Namespace, Extra::None),
            _ => (Optional, Fold::Nothing, Extra::None),
        };
        Self {
            namespace,
            fold,
            extra,
        }
    }

    /// Whether the name may hold `/` as a separator: for `git` it is the path of the repository on its host.
    pub(super) fn name_is_a_path(self) -> bool {
        self.extra == Extra::Git
    }

    /// Checks and normalises `purl`, whose type these rules are of.
    pub(super) fn apply(self, purl: PackageUrl) -> Result<PackageUrl, InvalidPackageUrl> {
        match self.namespace {
            Prohibited if purl.namespace.is_some() => {
                return Err(InvalidPackageUrl::NamespaceProhibited(purl.kind));
            }
            // A module path of one segment, such as Go's own `stdlib`, has nothing that could be its namespace.
            Required if purl.namespace.is_none() && purl.kind != "golang" => {
                return Err(InvalidPackageUrl::NamespaceRequired(purl.kind));
            }
            _ => {}
        }
        self.extra.apply(self.folded(purl))
    }

    fn folded(self, mut purl: PackageUrl) -> PackageUrl {
        if matches!(self.fold, Fold::Namespace | Fold::Both | Fold::All)
            && let Some(namespace) = &mut purl.namespace
        {
            namespace.make_ascii_lowercase();
        }
        if matches!(
            self.fold,
            Fold::Name | Fold::Both | Fold::NameAndVersion | Fold::All
        ) {
            purl.name.make_ascii_lowercase();
        }
        if matches!(self.fold, Fold::Version | Fold::NameAndVersion | Fold::All)
            && let Some(version) = &mut purl.version
        {
            version.make_ascii_lowercase();
        }
        purl
    }
}

impl Extra {
    fn apply(self, mut purl: PackageUrl) -> Result<PackageUrl, InvalidPackageUrl> {
        match self {
            Self::None => {}
            Self::ChromeExtension => check_chrome_extension(&purl)?,
            Self::Cpan => check_cpan(&purl)?,
            Self::Git => fold_git_host(&mut purl),
            Self::Julia => require_qualifier(&purl, "uuid")?,
            Self::Mlflow => fold_mlflow_name(&mut purl),
            Self::Otp => {
                if let Some(subpath) = &mut purl.subpath {
                    subpath.make_ascii_lowercase();
                }
            }
            Self::Pub => {
                purl.name = purl
                    .name
                    .chars()
                    .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
                    .collect();
            }
            Self::Pypi => purl.name = purl.name.replace('_', "-"),
            Self::Swid => {
                require_qualifier(&purl, "tag_id")?;
                if let Some(tag) = purl.qualifiers.get_mut("tag_id").filter(|tag| is_guid(tag)) {
                    tag.make_ascii_lowercase();
                }
            }
        }
        Ok(purl)
    }
}

fn require_qualifier(purl: &PackageUrl, key: &'static str) -> Result<(), InvalidPackageUrl> {
    if purl.qualifiers.contains_key(key) {
        Ok(())
    } else {
        Err(InvalidPackageUrl::QualifierRequired {
            kind: purl.kind.clone(),
            key,
        })
    }
}

fn check_chrome_extension(purl: &PackageUrl) -> Result<(), InvalidPackageUrl> {
    if purl.name.len() != 32 || !purl.name.bytes().all(|b| (b'a'..=b'p').contains(&b)) {
        let rule = "32 letters from a to p";
        return Err(InvalidPackageUrl::Name {
            kind: purl.kind.clone(),
            name: purl.name.clone(),
            rule,
        });
    }
    let Some(version) = &purl.version else {
        return Ok(());
    };
    let segments = version.split('.');
    let numbers = segments
        .clone()
        .all(|s| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit()));
    if !numbers || segments.count() > 4 {
        let rule = "one to four numbers with dots between";
        return Err(InvalidPackageUrl::Version {
            kind: purl.kind.clone(),
            version: version.clone(),
            rule,
        });
    }
    Ok(())
}

/// CPAN is addressed by distribution (`URI-PackageURL`), not by the modules in it (`URI::PackageURL`).
fn check_cpan(purl: &PackageUrl) -> Result<(), InvalidPackageUrl> {
    if purl.name.contains("::") {
        let rule = "the name of a distribution, with `-` where its modules have `::`";
        return Err(InvalidPackageUrl::Name {
            kind: purl.kind.clone(),
            name: purl.name.clone(),
            rule,
        });
    }
    Ok(())
}

/// The hosts whose own types, `github` and `bitbucket`, disregard letter case do so as git hosts too.
fn fold_git_host(purl: &mut PackageUrl) {
    const CASELESS: [&str; 4] = ["github", "github.com", "bitbucket", "bitbucket.org"];
    if let Some(host) = &mut purl.namespace
        && CASELESS.iter().any(|known| host.eq_ignore_ascii_case(known))
    {
        host.make_ascii_lowercase();
        purl.name.make_ascii_lowercase();
    }
}

/// Databricks disregards letter case in the names of models, Azure does not: the repository decides.
fn fold_mlflow_name(purl: &mut PackageUrl) {
    let databricks = purl
        .qualifiers
        .get("repository_url")
        .is_some_and(|url| url.to_ascii_lowercase().contains("databricks"));
    if databricks {
        purl.name.make_ascii_lowercase();
    }
}

fn is_guid(text: &str) -> bool {
    let groups = text
        .split('-')
        .map(|g| g.bytes().all(|b| b.is_ascii_hexdigit()).then_some(g.len()));
    groups.eq([Some(8), Some(4), Some(4), Some(4), Some(12)])
}
