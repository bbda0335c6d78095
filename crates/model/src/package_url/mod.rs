//! Package URLs: how a package is named wherever it was found.
//!
//! In: text from lock files, bills of materials and advisories, or the parts a cataloger knows. Out: one canonical form for each
//! package, so that two readers of the same package agree. Follows the package-url specification (ECMA-427) and the definitions
//! of its types: <https://github.com/package-url/purl-spec>.

mod percent;
mod read;
mod types;

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use types::TypeRules;

/// Longest package URL that is read, in bytes. Real ones stay below a few hundred; the bound keeps hostile input cheap.
pub const MAX_PACKAGE_URL_LEN: usize = 16 * 1024;

/// A package URL in canonical form: `pkg:type/namespace/name@version?qualifiers#subpath`.
///
/// Every value is decoded; [`fmt::Display`] encodes. Two equal values print the same text, and that text parses to an equal value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PackageUrl {
    kind: String,
    namespace: Option<String>,
    name: String,
    version: Option<String>,
    qualifiers: BTreeMap<String, String>,
    subpath: Option<String>,
}

/// The parts of a package URL as a cataloger knows them: decoded, not yet normalised. [`PackageUrlParts::build`] checks them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PackageUrlParts {
    /// The type, for instance `npm`. Required.
    pub kind: String,
    /// Segments joined by `/`, for instance `org.apache.commons` or `github.com/gorilla`. Empty is none.
    pub namespace: Option<String>,
    /// The name. Required.
    pub name: String,
    /// The version. Empty is none.
    pub version: Option<String>,
    /// Qualifiers; the ones with an empty value are dropped.
    pub qualifiers: BTreeMap<String, String>,
    /// Path within the package, segments joined by `/`. Empty is none.
    pub subpath: Option<String>,
}

/// Why a text or a set of parts is not a package URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPackageUrl {
    /// Longer than [`MAX_PACKAGE_URL_LEN`].
    #[error("a package URL of {0} bytes is longer than the {MAX_PACKAGE_URL_LEN} that are read")]
    TooLong(usize),
    /// The text does not start with `pkg:`.
    #[error("a package URL starts with `pkg:`")]
    Scheme,
    /// The type is missing, starts with a digit or has a character that a type may not have.
    #[error("`{0}` is not a type of package: letters, digits, `.` and `-`, starting with a letter")]
    Type(String),
    /// There is no name.
    #[error("a package URL needs a name after the type")]
    NoName,
    /// The type does not know namespaces.
    #[error("a package of type `{0}` has no namespace")]
    NamespaceProhibited(String),
    /// The type needs a namespace.
    #[error("a package of type `{0}` needs a namespace")]
    NamespaceRequired(String),
    /// The type needs this qualifier.
    #[error("a package of type `{kind}` needs the qualifier `{key}`")]
    QualifierRequired {
        /// The type.
        kind: String,
        /// The missing key.
        key: &'static str,
    },
    /// A qualifier's key has a character it may not have, or starts with the wrong one.
    #[error(
        "`{0}` is not a qualifier: lowercase letters, digits, `.`, `-` and `_`, starting with a lowercase letter"
    )]
    QualifierKey(String),
    /// A qualifier stands twice.
    #[error("the qualifier `{0}` is given twice")]
    QualifierTwice(String),
    /// The name breaks a rule of its type.
    #[error("`{name}` is not a name of type `{kind}`: {rule}")]
    Name {
        /// The type.
        kind: String,
        /// The name as given.
        name: String,
        /// What such a name looks like.
        rule: &'static str,
    },
    /// The version breaks a rule of its type.
    #[error("`{version}` is not a version of type `{kind}`: {rule}")]
    Version {
        /// The type.
        kind: String,
        /// The version as given.
        version: String,
        /// What such a version looks like.
        rule: &'static str,
    },
    /// A `%` that is not followed by two hexadecimal digits, or bytes that are not UTF-8 once decoded.
    #[error("`{0}` is not percent-encoded UTF-8")]
    Encoding(String),
    /// A segment of a namespace or subpath holds an encoded `/`.
    #[error("`{0}` hides a `/` inside one segment")]
    HiddenSlash(String),
}

impl PackageUrl {
    /// Reads a package URL. Letter case of scheme and type, needless slashes and encodings are forgiven; what the specification
    /// calls invalid is not.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn parse(text: &str) -> Result<Self, InvalidPackageUrl> {
        read::read(text, read::Keys::Strict)
    }

    /// Reads a package URL as other tools write them: also folds the letter case of qualifier keys, which [`Self::parse`] refuses
    /// when the first letter is a capital.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn parse_lenient(text: &str) -> Result<Self, InvalidPackageUrl> {
        read::read(text, read::Keys::Folded)
    }

    /// The type, in lowercase: `npm`, `deb`, `golang`.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The namespace, segments joined by `/`.
    #[must_use]
    pub fn namespace(&self) -> Option<&str> {
        self.namespace.as_deref()
    }

    /// The name. For the type `git` it may hold `/`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The version.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// The qualifiers, sorted by key; no value is empty.
    #[must_use]
    pub const fn qualifiers(&self) -> &BTreeMap<String, String> {
        &self.qualifiers
    }

    /// The name that the package's ecosystem usually gives it: `group:artifact` for Maven, the bare name for packages of
    /// distributions (whose namespace is the distribution), else namespace and name joined by `/`.
    #[must_use]
    pub fn usual_name(&self) -> String {
        match (self.kind.as_str(), &self.namespace) {
            (_, None) | ("alpm" | "apk" | "deb" | "rpm", _) => self.name.clone(),
            ("maven", Some(namespace)) => format!("{namespace}:{}", self.name),
            (_, Some(namespace)) => format!("{namespace}/{}", self.name),
        }
    }

    /// The value of one qualifier.
    #[must_use]
    pub fn qualifier(&self, key: &str) -> Option<&str> {
        self.qualifiers.get(key).map(String::as_str)
    }

    /// The path within the package, without `/` at either end.
    #[must_use]
    pub fn subpath(&self) -> Option<&str> {
        self.subpath.as_deref()
    }
}

impl PackageUrlParts {
    /// Checks and normalises the parts.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn build(self) -> Result<PackageUrl, InvalidPackageUrl> {
        let kind = checked_type(&self.kind)?;
        let rules = TypeRules::of(&kind);
        let qualifiers = checked_qualifiers(self.qualifiers)?;
        let mut namespace = self
            .namespace
            .as_deref()
            .and_then(|text| joined_segments(text, |_| true));
        let mut name = self.name.trim_matches('/').to_owned();
        if name.is_empty() {
            return Err(InvalidPackageUrl::NoName);
        }
        if rules.name_is_a_path() {
            (namespace, name) = read::host_and_path(namespace, &name);
        }
        let purl = PackageUrl {
            kind,
            namespace,
            name,
            version: self.version.filter(|text| !text.is_empty()),
            qualifiers,
            subpath: self
                .subpath
                .as_deref()
                .and_then(|text| joined_segments(text, |s| s != "." && s != "..")),
        };
        rules.apply(purl)
    }
}

fn checked_type(text: &str) -> Result<String, InvalidPackageUrl> {
    let allowed = text
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'));
    let starts = text.bytes().next().is_some_and(|b| b.is_ascii_alphabetic());
    if allowed && starts {
        Ok(text.to_ascii_lowercase())
    } else {
        Err(InvalidPackageUrl::Type(text.to_owned()))
    }
}

fn checked_qualifiers(
    given: BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, InvalidPackageUrl> {
    let mut checked = BTreeMap::new();
    for (key, value) in given {
        let folded = key.to_ascii_lowercase();
        let allowed = folded
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'));
        if !allowed || !folded.bytes().next().is_some_and(|b| b.is_ascii_alphabetic()) {
            return Err(InvalidPackageUrl::QualifierKey(key));
        }
        if !value.is_empty() && checked.insert(folded, value).is_some() {
            return Err(InvalidPackageUrl::QualifierTwice(key));
        }
    }
    Ok(checked)
}

/// The segments of `text` that are neither empty nor refused by `keep`, joined again; none when nothing is left.
fn joined_segments(text: &str, keep: impl Fn(&str) -> bool) -> Option<String> {
    let kept: Vec<&str> = text.split('/').filter(|s| !s.is_empty() && keep(s)).collect();
    (!kept.is_empty()).then(|| kept.join("/"))
}

impl fmt::Display for PackageUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pkg:{}/", self.kind)?;
        if let Some(namespace) = &self.namespace {
            percent::write_segments(f, namespace)?;
            f.write_str("/")?;
        }
        if TypeRules::of(&self.kind).name_is_a_path() {
            percent::write_segments(f, &self.name)?;
        } else {
            percent::write(f, &self.name)?;
        }
        if let Some(version) = &self.version {
            f.write_str("@")?;
            percent::write(f, version)?;
        }
        for (nth, (key, value)) in self.qualifiers.iter().enumerate() {
            write!(f, "{}{key}=", if nth == 0 { '?' } else { '&' })?;
            percent::write(f, value)?;
        }
        if let Some(subpath) = &self.subpath {
            f.write_str("#")?;
            percent::write_segments(f, subpath)?;
        }
        Ok(())
    }
}

impl FromStr for PackageUrl {
    type Err = InvalidPackageUrl;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl TryFrom<String> for PackageUrl {
    type Error = InvalidPackageUrl;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<PackageUrl> for String {
    fn from(purl: PackageUrl) -> Self {
        purl.to_string()
    }
}
