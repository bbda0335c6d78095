//! What databases of packages record of files: digests, and who made the package.
//!
//! In: the bytes of a database. Out: [`Recorded`], one for each package that it tells of.
//! <https://manpages.debian.org/deb-md5sums.5>, <https://wiki.alpinelinux.org/wiki/Apk_spec>,
//! <https://rpm-software-management.github.io/rpm/manual/tags.html>

use crate::catalog::os::rpm;
use bartizan_content::images;
use bartizan_model::encoding::{base64, hex};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What one file tells of one package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Recorded {
    /// Type of its package URL, and its name.
    pub(super) package: (String, String),
    /// Its version, where the file tells it.
    pub(super) version: Option<String>,
    /// Whether it is the distribution's, where the file tells it.
    pub(super) is_distributed: Option<bool>,
    /// Digests of its files in hexadecimal digits, one behind the other, by their length.
    digests: BTreeMap<usize, String>,
}

impl Recorded {
    fn of(kind: &str, name: &str) -> Self {
        Self {
            package: (kind.to_owned(), name.to_owned()),
            version: None,
            is_distributed: None,
            digests: BTreeMap::new(),
        }
    }

    fn digest(&mut self, digest: &str) {
        let is_one = matches!(digest.len(), 32 | 40 | 64) && digest.bytes().all(|b| b.is_ascii_hexdigit());
        if is_one {
            self.digests
                .entry(digest.len())
                .or_default()
                .push_str(&digest.to_ascii_lowercase());
        }
    }

    /// The digests one by one.
    pub(super) fn digests(&self) -> impl Iterator<Item = &str> {
        self.digests.iter().flat_map(|(len, all)| {
            let count = all.len() / len.max(&1);
            (0..count).filter_map(move |at| all.get(at * len..(at + 1) * len))
        })
    }
}

/// A kind of database.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    DpkgStatus,
    DpkgSums,
    Apk,
    Rpm,
}

/// What kind of database the path of an image names, if any.
pub(super) fn kind_of(path: &str) -> Option<Kind> {
    if let Some(name) = path.strip_prefix("var/lib/dpkg/") {
        let is_sums = name.starts_with("info/") || name.starts_with("status.d/");
        return match name {
            "status" => Some(Kind::DpkgStatus),
            _ if is_sums && name.ends_with(".md5sums") => Some(Kind::DpkgSums),
            _ if name.starts_with("status.d/") => Some(Kind::DpkgStatus),
            _ => None,
        };
    }
    match path {
        "lib/apk/db/installed" | "usr/lib/apk/db/installed" => Some(Kind::Apk),
        _ if rpm::is_database(path) && !path.contains("!/") => Some(Kind::Rpm),
        _ => None,
    }
}

/// What a database tells.
pub(super) fn read(path: &str, bytes: &[u8]) -> Vec<Recorded> {
    let text = || String::from_utf8_lossy(bytes);
    match kind_of(path) {
        Some(Kind::DpkgStatus) => dpkg_status(&text()),
        Some(Kind::DpkgSums) => dpkg_sums(path, &text()).into_iter().collect(),
        Some(Kind::Apk) => apk(&text()),
        Some(Kind::Rpm) => rpm::with_files(bytes)
            .unwrap_or_default()
            .into_iter()
            .map(of_rpm)
            .collect(),
        None => Vec::new(),
    }
}

/// Whether somebody of a distribution is named: `Name <name@domain>` or the name of a vendor.
pub(super) fn is_distributed(kind: &str, who: &str) -> bool {
    let mut known = images::distributions().filter(|(of, _)| *of == kind);
    if kind == "rpm" {
        let slug = rpm::slug(who);
        return known.any(|(_, beginning)| slug.starts_with(beginning));
    }
    let address = who.rsplit_once('<').map_or(who, |(_, address)| address);
    let domain = address.trim().trim_end_matches('>').rsplit_once('@');
    let domain = domain.map(|(_, domain)| domain.to_ascii_lowercase());
    domain.is_some_and(|domain| {
        known.any(|(_, ours)| {
            let before = domain.strip_suffix(ours);
            before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
        })
    })
}

fn dpkg_status(text: &str) -> Vec<Recorded> {
    let mut found: Vec<Recorded> = Vec::new();
    let mut in_settings = false;
    for line in text.lines() {
        if let Some(setting) = line.strip_prefix(' ') {
            let digest = setting.split_ascii_whitespace().nth(1).unwrap_or_default();
            if let Some(package) = found.last_mut().filter(|_| in_settings) {
                package.digest(digest);
            }
            continue;
        }
        let Some((field, value)) = line.split_once(':') else {
            continue;
        };
        in_settings = field.eq_ignore_ascii_case("Conffiles");
        let value = value.trim();
        if field.eq_ignore_ascii_case("Package") {
            found.push(Recorded::of("deb", value));
        }
        let Some(package) = found.last_mut() else { continue };
        if field.eq_ignore_ascii_case("Version") {
            package.version = Some(value.to_owned());
        } else if field.eq_ignore_ascii_case("Maintainer") {
            package.is_distributed = Some(is_distributed("deb", value));
        }
    }
    for package in &mut found {
        // Nobody who maintains it is nobody of a distribution.
        package.is_distributed.get_or_insert(false);
    }
    found
}

fn dpkg_sums(path: &str, text: &str) -> Option<Recorded> {
    let name = path.rsplit('/').next()?.strip_suffix(".md5sums")?;
    let mut package = Recorded::of("deb", name.split(':').next()?);
    for (digest, _) in text.lines().filter_map(|line| line.split_once("  ")) {
        package.digest(digest);
    }
    Some(package)
}

fn apk(text: &str) -> Vec<Recorded> {
    let mut found: Vec<Recorded> = Vec::new();
    for line in text.lines() {
        let Some((letter, value)) = line.split_once(':') else {
            continue;
        };
        if letter == "P" {
            let mut package = Recorded::of("apk", value);
            package.is_distributed = Some(false);
            found.push(package);
        }
        let Some(package) = found.last_mut() else { continue };
        match letter {
            "V" => package.version = Some(value.to_owned()),
            "m" => package.is_distributed = Some(is_distributed("apk", value)),
            "Z" => {
                let digest = value.strip_prefix("Q1").and_then(|text| base64(text.as_bytes()));
                package.digest(&digest.map(|bytes| hex(&bytes)).unwrap_or_default());
            }
            _ => {}
        }
    }
    found
}

fn of_rpm(package: rpm::WithFiles) -> Recorded {
    let mut recorded = Recorded::of("rpm", &package.name);
    let vendor = package.vendor.as_deref();
    recorded.is_distributed = Some(vendor.is_some_and(|vendor| is_distributed("rpm", vendor)));
    recorded.version = Some(package.version);
    for file in &package.files {
        recorded.digest(&file.digest);
    }
    recorded
}
