//! `-o spdx`: the components as an SPDX 2.3 document in JSON, <https://spdx.github.io/spdx-spec/v2.3/>.
//!
//! In: a report with an inventory. Out: one document. Nothing in it is random: the namespace follows from the content,
//! the time is that of the report.

use crate::bill;
use crate::json::write_pretty;
use crate::license::{Declared, declared};
use bartizan_model::{Component, FingerprintBuilder, Hash, Location, PackageUrl, Report, Scope};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};

const DOCUMENT: &str = "SPDXRef-DOCUMENT";
const TARGET: &str = "SPDXRef-Target";
const NOT_SAID: &str = "NOASSERTION";

/// The document, whose long lists are made while it is written.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Document<'a> {
    spdx_version: &'static str,
    data_license: &'static str,
    #[serde(rename = "SPDXID")]
    id: &'static str,
    name: &'a str,
    document_namespace: String,
    creation_info: Value,
    packages: Packages<'a>,
    relationships: Relationships<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    has_extracted_licensing_infos: Vec<Value>,
}

/// Writes the document.
pub(crate) fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    write_pretty(&document(report), out)
}

/// The SPDX document of a report.
pub(crate) fn document(report: &Report) -> Document<'_> {
    let unread = bill::unread(report);
    let mut creation = json!({
        "created": report.started,
        "creators": [tool(report)],
    });
    if let (Value::Object(creation), false) = (&mut creation, unread.is_empty()) {
        let comment = format!("This document is not complete. Not read:\n{}", unread.join("\n"));
        creation.insert("comment".into(), json!(comment));
    }
    Document {
        spdx_version: "SPDX-2.3",
        data_license: "CC0-1.0",
        id: DOCUMENT,
        name: &report.target.name,
        document_namespace: format!("https://bartizan.dev/spdx/{}", bill::uuid(report, "spdx")),
        creation_info: creation,
        packages: Packages(report),
        relationships: Relationships(&report.components),
        has_extracted_licensing_infos: extracted(&report.components),
    }
}

fn tool(report: &Report) -> String {
    format!("Tool: {}-{}", report.tool.name, report.tool.version)
}

struct Packages<'a>(&'a Report);

impl Serialize for Packages<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let components = self.0.components.iter().map(|one| package(one, self.0));
        serializer.collect_seq(std::iter::once(target(self.0)).chain(components))
    }
}

fn target(report: &Report) -> Value {
    let mut object = json!({
        "SPDXID": TARGET,
        "name": report.target.name,
        "downloadLocation": NOT_SAID,
        "filesAnalyzed": false,
        "primaryPackagePurpose": "APPLICATION",
    });
    let Value::Object(map) = &mut object else {
        return object;
    };
    if let Some(commit) = &report.target.commit {
        map.insert("versionInfo".into(), json!(commit));
    }
    if let Some(image) = &report.target.image {
        map.insert("versionInfo".into(), json!(image.digest));
        map.insert("primaryPackagePurpose".into(), json!("CONTAINER"));
        if let Some((repository, _)) = image.reference() {
            map.insert("name".into(), json!(repository));
        }
        if let Some(purl) = image.purl() {
            let reference = json!({
                "referenceCategory": "PACKAGE-MANAGER",
                "referenceType": "purl",
                "referenceLocator": purl.to_string(),
            });
            map.insert("externalRefs".into(), json!([reference]));
        }
    }
    object
}

fn package(component: &Component, report: &Report) -> Value {
    let mut object = json!({
        "SPDXID": id(&component.purl),
        "name": component.name,
        "downloadLocation": NOT_SAID,
        "filesAnalyzed": false,
        "licenseConcluded": NOT_SAID,
        "licenseDeclared": license(&component.licenses),
        "copyrightText": NOT_SAID,
        "externalRefs": [{
            "referenceCategory": "PACKAGE-MANAGER",
            "referenceType": "purl",
            "referenceLocator": component.purl.to_string(),
        }],
        "annotations": [annotation(component, report)],
    });
    let Value::Object(map) = &mut object else {
        return object;
    };
    if let Some(version) = &component.version {
        map.insert("versionInfo".into(), json!(version));
    }
    let checksums: Vec<Value> = component.hashes.iter().filter_map(checksum).collect();
    if !checksums.is_empty() {
        map.insert("checksums".into(), Value::Array(checksums));
    }
    if !component.locations.is_empty() {
        let places: Vec<String> = component.locations.iter().map(place).collect();
        map.insert(
            "sourceInfo".into(),
            json!(format!("found in {}", places.join(", "))),
        );
    }
    object
}

fn place(location: &Location) -> String {
    let mut text = format!("{}:{}", location.path, location.line);
    if let Some(layer) = &location.layer {
        text = format!("{text} of layer {layer}");
    }
    if let Some(commit) = &location.commit {
        text = format!("{text} of commit {commit}");
    }
    text
}

/// What the format has no field for, one `name=value` a line.
fn annotation(component: &Component, report: &Report) -> Value {
    let mut facts = bill::properties(component);
    let word = match component.scope {
        Scope::Unknown => None,
        Scope::Development => Some("development"),
        Scope::Optional => Some("optional"),
        Scope::Runtime => Some("runtime"),
    };
    facts.extend(word.map(|word| ("bartizan:scope", word.to_owned())));
    let strange = component.hashes.iter().filter(|hash| checksum(hash).is_none());
    facts.extend(strange.map(|hash| ("bartizan:hash", format!("{}:{}", hash.algorithm, hash.value))));
    let places = component.locations.iter();
    facts.extend(places.map(|at| ("bartizan:location", format!("{}:{}", at.path, at.line))));
    let lines: Vec<String> = facts
        .iter()
        .map(|(name, value)| format!("{name}={}", value.replace(['\n', '\r'], " ")))
        .collect();
    json!({
        "annotationType": "OTHER",
        "annotator": tool(report),
        "annotationDate": report.started,
        "comment": lines.join("\n"),
    })
}

fn checksum(hash: &Hash) -> Option<Value> {
    let name = match hash.algorithm.as_str() {
        "SHA-1" => "SHA1",
        "SHA-224" => "SHA224",
        "SHA-256" => "SHA256",
        "SHA-384" => "SHA384",
        "SHA-512" => "SHA512",
        same @ ("MD5" | "SHA3-256" | "SHA3-384" | "SHA3-512" | "BLAKE2b-256" | "BLAKE2b-384"
        | "BLAKE2b-512" | "BLAKE3") => same,
        _ => return None,
    };
    Some(json!({ "algorithm": name, "checksumValue": hash.value }))
}

/// An identifier that depends on the package URL alone: its readable part, and a digest that keeps it apart.
fn id(purl: &PackageUrl) -> String {
    let digest = FingerprintBuilder::new("spdx")
        .part(purl.to_string().as_bytes())
        .finish();
    let readable: String = [purl.kind(), purl.name(), purl.version().unwrap_or_default()]
        .join("-")
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '.' {
                c
            } else {
                '-'
            }
        })
        .take(80)
        .collect();
    format!(
        "SPDXRef-{readable}-{}",
        digest.as_str().get(..16).unwrap_or_default()
    )
}

/// The licences as one expression; what is no expression is named by a reference.
fn license(all: &[String]) -> String {
    let several = all.len() > 1;
    let parts: Vec<String> = all
        .iter()
        .map(|text| match declared(text) {
            Declared::Id(id) => id.to_owned(),
            Declared::Expression(expression) if several => format!("({expression})"),
            Declared::Expression(expression) => expression,
            Declared::Other => reference(text),
        })
        .collect();
    if parts.is_empty() {
        NOT_SAID.to_owned()
    } else {
        parts.join(" AND ")
    }
}

fn reference(text: &str) -> String {
    let digest = FingerprintBuilder::new("spdx licence")
        .part(text.as_bytes())
        .finish();
    format!("LicenseRef-{}", digest.as_str().get(..16).unwrap_or_default())
}

fn extracted(components: &[Component]) -> Vec<Value> {
    let declared_texts = components.iter().flat_map(|component| &component.licenses);
    let others: BTreeMap<String, &String> = declared_texts
        .filter(|text| declared(text) == Declared::Other)
        .map(|text| (reference(text), text))
        .collect();
    let infos = others.into_iter().map(|(id, text)| {
        json!({
            "licenseId": id,
            "name": text,
            "extractedText": format!("The package declares its licence as: {text}"),
        })
    });
    infos.collect()
}

/// What describes, contains and depends on what.
struct Relationships<'a>(&'a [Component]);

impl Serialize for Relationships<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let ids: HashMap<&PackageUrl, String> = self
            .0
            .iter()
            .map(|component| (&component.purl, id(&component.purl)))
            .collect();
        let of = |purl: &PackageUrl| ids.get(purl).map_or(NOT_SAID, String::as_str);
        let first = std::iter::once(relation(DOCUMENT, "DESCRIBES", TARGET));
        let targets = self.0.iter().map(|component| {
            let one = of(&component.purl);
            match (component.scope, component.direct) {
                (Scope::Development, _) => relation(one, "DEV_DEPENDENCY_OF", TARGET),
                (Scope::Optional, _) => relation(one, "OPTIONAL_DEPENDENCY_OF", TARGET),
                (_, Some(true)) => relation(TARGET, "DEPENDS_ON", one),
                _ => relation(TARGET, "CONTAINS", one),
            }
        });
        let edges = self.0.iter().flat_map(|component| {
            let present = component.depends_on.iter().filter(|purl| ids.contains_key(purl));
            present.map(|purl| relation(of(&component.purl), "DEPENDS_ON", of(purl)))
        });
        serializer.collect_seq(first.chain(targets).chain(edges))
    }
}

fn relation(from: &str, kind: &str, to: &str) -> Value {
    json!({ "spdxElementId": from, "relationshipType": kind, "relatedSpdxElement": to })
}
