//! SPDX as tag-value: one `Tag: value` a line, long texts between `<text>` and `</text>`.
//! <https://spdx.github.io/spdx-spec/v2.3/conformance/#44-standard-data-format-requirements>.

use super::bill::Bill;
use super::json::Text;
use super::spdx::{Checksum, ExternalRef, Extracted, Package, Pending, Relationship, VERSIONS};
use std::borrow::Cow;

/// Reads a document.
pub(super) fn read(bytes: &[u8], bill: &mut Bill) {
    let text = String::from_utf8_lossy(bytes);
    if matches!(text, Cow::Owned(_)) {
        bill.problem("it is not UTF-8; bytes that are not are replaced");
    }
    let mut reader = Reader {
        rest: &text,
        is_cut: false,
    };
    let mut document = Document::default();
    let mut strange = 0_u64;
    for line in reader.by_ref() {
        match line {
            Line::Tag(tag, value) => document.tag(tag, value, bill),
            Line::Strange => strange += 1,
        }
    }
    document.end_of_package();
    document.end_of_license();
    document.pending.settle(bill);
    match document.version {
        None => return bill.problem("it is neither JSON nor XML nor SPDX tag-value (no `SPDXVersion`)"),
        Some(version) if !VERSIONS.contains(&version) => {
            let version: String = version.chars().take(80).collect();
            bill.problem(format!(
                "{} is not known; SPDX-2.2 and SPDX-2.3 are",
                version.escape_debug()
            ));
        }
        Some(_) => {}
    }
    if strange > 0 {
        bill.problem(format!("{strange} lines are no `Tag: value`"));
    }
    if reader.is_cut {
        bill.problem("it breaks off within a text");
    }
}

enum Line<'t> {
    Tag(&'t str, &'t str),
    Strange,
}

struct Reader<'t> {
    rest: &'t str,
    is_cut: bool,
}

impl<'t> Iterator for Reader<'t> {
    type Item = Line<'t>;

    fn next(&mut self) -> Option<Line<'t>> {
        loop {
            if self.rest.is_empty() {
                return None;
            }
            let (line, rest) = self.rest.split_once('\n').unwrap_or((self.rest, ""));
            let all = self.rest;
            self.rest = rest;
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let Some((tag, value)) = line.split_once(':') else {
                return Some(Line::Strange);
            };
            if !value.trim_start().starts_with("<text>") {
                return Some(Line::Tag(tag.trim(), value.trim()));
            }
            let (_, text) = all.split_once("<text>").unwrap_or(("", ""));
            let Some((text, rest)) = text.split_once("</text>") else {
                self.is_cut = true;
                self.rest = "";
                return Some(Line::Tag(tag.trim(), text));
            };
            self.rest = rest;
            return Some(Line::Tag(tag.trim(), text));
        }
    }
}

#[derive(Default)]
struct Document<'t> {
    version: Option<&'t str>,
    package: Option<Package<'t>>,
    license: Option<Extracted<'t>>,
    pending: Pending,
    /// Whether what follows is told of a file or a snippet.
    in_file: bool,
}

impl<'t> Document<'t> {
    fn tag(&mut self, tag: &str, value: &'t str, bill: &mut Bill) {
        let text = Text(Cow::Borrowed(value));
        match tag {
            "SPDXVersion" => self.version = Some(value),
            "PackageName" => {
                self.end_of_package();
                self.in_file = false;
                self.package = Some(Package {
                    name: text,
                    ..Package::default()
                });
            }
            "FileName" | "SnippetSPDXID" => {
                self.end_of_package();
                self.in_file = true;
            }
            "LicenseID" => {
                self.end_of_license();
                self.license = Some(Extracted {
                    license_id: text,
                    ..Extracted::default()
                });
            }
            "LicenseName" => {
                if let Some(license) = &mut self.license {
                    license.name = text;
                }
            }
            "Relationship" => self.relationship(value, bill),
            _ if !self.in_file => self.of_package(tag, value),
            _ => {}
        }
    }

    fn of_package(&mut self, tag: &str, value: &'t str) {
        let text = Text(Cow::Borrowed(value));
        let Some(package) = &mut self.package else { return };
        match tag {
            "SPDXID" => package.id = text,
            "PackageVersion" => package.version_info = text,
            "PackageLicenseDeclared" => package.license_declared = text,
            "PackageLicenseConcluded" => package.license_concluded = text,
            "PackageChecksum" => {
                if let Some((algorithm, digest)) = value.split_once(':') {
                    package.checksums.get_or_insert_default().push(Checksum {
                        algorithm: Text(Cow::Borrowed(algorithm.trim())),
                        checksum_value: Text(Cow::Borrowed(digest.trim())),
                    });
                }
            }
            "ExternalRef" => {
                let mut words = value.split_whitespace().skip(1);
                if let (Some(kind), Some(locator)) = (words.next(), words.next()) {
                    package.external_refs.get_or_insert_default().push(ExternalRef {
                        reference_type: Text(Cow::Borrowed(kind)),
                        reference_locator: Text(Cow::Borrowed(locator)),
                    });
                }
            }
            _ => {}
        }
    }

    fn relationship(&mut self, value: &str, bill: &mut Bill) {
        let mut words = value.split_whitespace();
        let (Some(from), Some(kind), Some(to)) = (words.next(), words.next(), words.next()) else {
            return bill.problem("a relationship names fewer than two elements");
        };
        let relationship = Relationship {
            spdx_element_id: Text(Cow::Borrowed(from)),
            relationship_type: Text(Cow::Borrowed(kind)),
            related_spdx_element: Text(Cow::Borrowed(to)),
        };
        self.pending.relate(&relationship, bill);
    }

    fn end_of_package(&mut self) {
        if let Some(package) = self.package.take() {
            self.pending.package(package);
        }
    }

    fn end_of_license(&mut self) {
        if let Some(license) = self.license.take() {
            self.pending.extracted(license);
        }
    }
}
