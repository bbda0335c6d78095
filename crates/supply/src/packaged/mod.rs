//! Files that an installed package of the distribution brought as they are: what is found in them, anybody may download.
//!
//! In: in the one read, the databases of package managers, which record a digest of every file; afterwards the findings and the
//! contents of the files in which they are. Out: findings of leaked credentials lowered where the content is that of a package of
//! the distribution. What a package does not record, records otherwise, or brings from somebody else is left as it was found.

mod lists;

use crate::catalog::binary::{begins_as_binary, may_be_binary};
use bartizan_content::images;
use bartizan_engine::{Check, CheckError, Content, Fact, Input, Meta, Sink};
use bartizan_model::{EvidenceStep, Finding, FingerprintBuilder, Location, RuleInfo, Severity};
use bartizan_source::{ContentDigests, FileMeta, Interest};
use lists::{Recorded, kind_of, read};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

/// Largest database that is read, in bytes.
const LARGEST: u64 = 256 << 20;
/// What lowered findings are lowered to: whoever uses such a credential uses one that everybody has.
const LOWERED: Severity = Severity::Low;

/// What the databases of packages record, once every file was read.
#[derive(Debug, Clone, Default)]
pub struct Packaged(Arc<Mutex<Vec<Recorded>>>);

impl Packaged {
    /// Lowers findings of credentials in contents that packages of the distribution brought, and says which.
    pub fn lower(&self, findings: &mut [Finding], contents: &[Content]) {
        let recorded = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        if contents.is_empty() {
            return;
        }
        let brought = brought(&recorded, contents);
        let by_place: HashMap<(&str, Option<&str>), Owner<'_>> = contents
            .iter()
            .filter_map(|content| {
                let place = (content.path.as_str(), content.layer.as_deref());
                Some((place, *brought.get(&content.digests.md5)?))
            })
            .collect();
        for finding in findings.iter_mut().filter(|one| one.rule.starts_with("leak/")) {
            let owner = |place: &Location| owner(&by_place, place);
            let compiled = |place: &Location| {
                finding
                    .locations
                    .iter()
                    .any(|source| is_compiled(place, source) && owner(source).is_some())
            };
            let is_public = finding
                .locations
                .iter()
                .all(|place| owner(place).is_some() || compiled(place));
            let owner = finding
                .locations
                .iter()
                .find_map(|place| Some((place, owner(place)?)));
            if let Some((place, owner)) = owner.filter(|_| is_public) {
                let place = place.clone();
                speak(finding, place, owner);
            }
        }
    }
}

/// A package that brought a content, and its version where all that is read agrees on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Owner<'r> {
    name: &'r str,
    version: Option<&'r str>,
}

/// Packages of the distribution by the MD5 of contents that they brought.
fn brought<'r>(recorded: &'r [Recorded], contents: &[Content]) -> HashMap<String, Owner<'r>> {
    let mut told: HashMap<&(String, String), (bool, BTreeSet<&str>)> = HashMap::new();
    for one in recorded {
        if let Some(is_distributed) = one.is_distributed {
            let (all, versions) = told.entry(&one.package).or_insert((true, BTreeSet::new()));
            // A name that somebody else's package has in any layer is the distribution's nowhere.
            *all &= is_distributed;
            versions.extend(one.version.as_deref());
        }
    }
    let all = |digests: &ContentDigests| [&digests.md5, &digests.sha1, &digests.sha256].map(Clone::clone);
    let wanted: HashMap<String, &str> = contents
        .iter()
        .flat_map(|content| all(&content.digests).map(|digest| (digest, content.digests.md5.as_str())))
        .collect();
    let mut found = HashMap::new();
    for one in recorded {
        let Some((true, versions)) = told.get(&one.package) else {
            continue;
        };
        let owner = Owner {
            name: &one.package.1,
            version: versions.first().copied().filter(|_| versions.len() == 1),
        };
        for md5 in one.digests().filter_map(|digest| wanted.get(digest)) {
            found.entry((*md5).to_owned()).or_insert(owner);
        }
    }
    found
}

/// The package that brought what stands at a place, which may be a member of an archive.
fn owner<'r>(by_place: &HashMap<(&str, Option<&str>), Owner<'r>>, place: &Location) -> Option<Owner<'r>> {
    let layer = place.layer.as_deref();
    let outer = place.path.split_once("!/").map(|(outer, _)| outer);
    let own = by_place.get(&(place.path.as_str(), layer));
    own.or_else(|| by_place.get(&(outer?, layer))).copied()
}

/// Whether a place is what Python compiled from a source, which packages leave to the installation
/// (<https://peps.python.org/pep-3147/>).
fn is_compiled(place: &Location, source: &Location) -> bool {
    let compiled = || {
        let (directory, name) = place.path.rsplit_once("__pycache__/")?;
        let module = name.split('.').next()?;
        Some(name.ends_with(".pyc") && format!("{directory}{module}.py") == source.path)
    };
    compiled() == Some(true) && place.layer == source.layer
}

fn speak(finding: &mut Finding, place: Location, owner: Owner<'_>) {
    let version = owner.version.map(|version| format!(" {version}"));
    let package = format!("{}{}", owner.name, version.unwrap_or_default());
    finding.severity = finding.severity.min(LOWERED);
    finding.message = format!(
        "{}; it is public: the package {package} of the distribution brings this file unchanged",
        finding.message
    );
    finding.evidence.push(EvidenceStep {
        message: format!(
            "lowered, because the file has the digest that {package} records, and anybody may download the package"
        ),
        location: Some(place),
    });
}

/// Reads what databases of packages record of files.
pub struct PackagedCheck {
    meta: Meta,
    packaged: Packaged,
}

impl PackagedCheck {
    /// Its id.
    pub const ID: &'static str = "image/packaged-files";

    /// The check; what it reads is found in `packaged` once every file was read.
    #[must_use]
    pub fn new(packaged: Packaged) -> Self {
        let mut digest = [0; 32];
        let mut judged = FingerprintBuilder::new(Self::ID).part(b"1");
        for (kind, who) in images::distributions() {
            judged = judged.part(kind.as_bytes()).part(who.as_bytes());
        }
        for (to, from) in digest.iter_mut().zip(judged.finish().as_str().bytes()) {
            *to = from;
        }
        Self {
            meta: Meta {
                id: Self::ID,
                title: "Which files packages of the distribution brought",
                required: false,
                digest,
            },
            packaged,
        }
    }
}

impl Check for PackagedCheck {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn rules(&self) -> Vec<RuleInfo> {
        Vec::new()
    }

    fn wants(&self, file: &FileMeta) -> Interest {
        // Large programs are held at once, so that they can be told by their digests.
        if kind_of(&file.path).is_some() || may_be_binary(&file.path) {
            Interest::Entire(LARGEST)
        } else {
            Interest::No
        }
    }

    fn recognises(&self, file: &FileMeta, head: &[u8]) -> bool {
        kind_of(&file.path).is_some() || begins_as_binary(head)
    }

    fn run(&self, input: &Input<'_>, out: &mut Sink) -> Result<(), CheckError> {
        let recorded = read(input.path(), input.bytes);
        if !recorded.is_empty() {
            let text = serde_json::to_string(&recorded).map_err(|error| CheckError(error.to_string()))?;
            out.fact(text);
        }
        Ok(())
    }

    fn finish(&self, facts: &[Fact], _: &mut Sink) -> Result<(), CheckError> {
        let mut all = Vec::new();
        for fact in facts {
            let recorded: Vec<Recorded> =
                serde_json::from_str(&fact.data).map_err(|error| CheckError(error.to_string()))?;
            all.extend(recorded);
        }
        *self.packaged.0.lock().unwrap_or_else(PoisonError::into_inner) = all;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::lists::is_distributed;
    use super::*;
    use bartizan_model::{AssetId, Confidence};

    const STATUS: &str = "Package: a\nStatus: install ok installed\nMaintainer: X <x@lists.debian.org>\nVersion: 1-2\n\
        Conffiles:\n /etc/a 900150983cd24fb0d6963f7d28e17f72\n /etc/b newconffile\nDescription: d\n 1 2\n\n\
        Package: own\nVersion: 1\nMaintainer: Y <y@notdebian.org>\n";

    fn content(path: &str, bytes: &[u8]) -> Content {
        Content {
            path: path.to_owned(),
            layer: None,
            digests: ContentDigests::of(bytes),
        }
    }

    fn found(paths: &[&str]) -> Finding {
        let fingerprint = FingerprintBuilder::new("leak/x").finish();
        let rank = (Severity::High, Confidence::High);
        let mut finding = Finding::new("leak/x".to_owned(), rank, fingerprint, AssetId::file("x"));
        finding.message = "a key".to_owned();
        finding.locations = paths.iter().map(|path| Location::of_file(*path)).collect();
        finding
    }

    fn lowered(lists: &[(&str, &str)], contents: &[Content], paths: &[&str]) -> Finding {
        let packaged = Packaged::default();
        let read = lists.iter().flat_map(|(path, text)| read(path, text.as_bytes()));
        *packaged.0.lock().unwrap() = read.collect();
        let mut findings = [found(paths)];
        packaged.lower(&mut findings, contents);
        let [finding] = findings;
        finding
    }

    #[test]
    fn a_settings_file_as_the_distribution_brings_it_is_public_and_a_changed_one_is_not() {
        let status = ("var/lib/dpkg/status", STATUS);
        let finding = lowered(&[status], &[content("etc/a", b"abc")], &["etc/a"]);
        assert_eq!(finding.severity, Severity::Low);
        assert_eq!(
            finding.message,
            "a key; it is public: the package a 1-2 of the distribution brings this file unchanged"
        );
        assert_eq!(finding.evidence.len(), 1);
        let finding = lowered(&[status], &[content("etc/a", b"abd")], &["etc/a"]);
        assert_eq!((finding.severity, finding.evidence.len()), (Severity::High, 0));
    }

    #[test]
    fn what_a_package_of_somebody_else_brings_is_not_public() {
        let sums = "900150983cd24fb0d6963f7d28e17f72  srv/key\n";
        for (list, severity) in [
            ("own", Severity::High),
            ("a", Severity::Low),
            ("other", Severity::High),
        ] {
            let list = format!("var/lib/dpkg/info/{list}.md5sums");
            let status = STATUS.replace("900150983cd24fb0d6963f7d28e17f72", "newconffile");
            let lists = [("var/lib/dpkg/status", status.as_str()), (list.as_str(), sums)];
            let finding = lowered(&lists, &[content("srv/key", b"abc")], &["srv/key"]);
            assert_eq!(finding.severity, severity, "{list}");
        }
    }

    #[test]
    fn one_place_that_no_package_brought_keeps_the_finding_as_it_was() {
        let lists = [("var/lib/dpkg/status", STATUS)];
        let contents = [content("etc/a", b"abc"), content("srv/a", b"abd")];
        let finding = lowered(&lists, &contents, &["etc/a", "srv/a"]);
        assert_eq!(finding.severity, Severity::High);
        let finding = lowered(&lists, &[content("etc/a", b"abc")], &["etc/a", "etc/a!/x"]);
        assert_eq!(finding.severity, Severity::Low);
    }

    #[test]
    fn what_python_compiled_from_a_packaged_source_is_as_public_as_that() {
        let lists = [("var/lib/dpkg/status", STATUS)];
        let contents = [
            content("lib/m.py", b"abc"),
            content("lib/__pycache__/m.cpython-311.pyc", b"z"),
        ];
        let paths = ["lib/__pycache__/m.cpython-311.pyc", "lib/m.py"];
        assert_eq!(lowered(&lists, &contents, &paths).severity, Severity::Low);
        let paths = ["lib/__pycache__/n.cpython-311.pyc", "lib/m.py"];
        assert_eq!(lowered(&lists, &contents, &paths).severity, Severity::High);
    }

    #[test]
    fn apk_records_sha_1_in_base64() {
        let apk = "P:k\nV:2-r0\nm:N <n@alpinelinux.org>\nF:etc\nR:k\nZ:Q1qZk+NkcGgWq6PiVxeFDCbJzQ2J0=\n";
        let finding = lowered(
            &[("lib/apk/db/installed", apk)],
            &[content("etc/k", b"abc")],
            &["etc/k"],
        );
        assert_eq!(finding.severity, Severity::Low);
        let apk = apk.replace("alpinelinux.org", "alpinelinux.org.acme.example");
        let finding = lowered(
            &[("lib/apk/db/installed", &apk)],
            &[content("etc/k", b"abc")],
            &["etc/k"],
        );
        assert_eq!(finding.severity, Severity::High);
    }

    #[test]
    fn vendors_and_domains_are_told_from_those_that_look_like_them() {
        for (kind, who, is) in [
            ("deb", "A <a@debian.org>", true),
            ("deb", "A <a@lists.alioth.debian.org>", true),
            ("deb", "A <a@evildebian.org>", false),
            ("deb", "debian.org", false),
            ("rpm", "Red Hat, Inc.", true),
            ("rpm", "Acme", false),
            ("apk", "", false),
        ] {
            assert_eq!(is_distributed(kind, who), is, "{who}");
        }
    }
}
