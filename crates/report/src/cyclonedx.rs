//! `-o cyclonedx`: the components as a CycloneDX 1.6 bill of materials in JSON,
//! <https://cyclonedx.org/docs/1.6/json/>.
//!
//! In: a report with an inventory. Out: one document. Nothing in it is random: the serial number follows from the
//! content, the time is that of the report.

use crate::json::{Each, write_pretty};
use crate::license::{Declared, declared};
use crate::{bill, openvex};
use bartizan_model::{Component, Finding, Hash, Location, PackageUrl, Report, Scope, Waiver, WaiverOrigin};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::io::{self, Write};

/// Reference of the target itself. Those of components are package URLs, which begin with `pkg:`.
const TARGET: &str = "target";

type EachOf<'a> = Each<'a, Component, Box<dyn Fn(&Component) -> Option<Value> + 'a>>;

/// The document, whose long lists are made while it is written.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Bom<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    bom_format: &'static str,
    spec_version: &'static str,
    serial_number: String,
    version: u32,
    metadata: Value,
    components: EachOf<'a>,
    dependencies: Dependencies<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    compositions: Vec<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    vulnerabilities: Vec<Value>,
}

/// Writes the bill of materials.
pub(crate) fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    write_pretty(&document(report), out)
}

/// The bill of materials of a report.
pub(crate) fn document(report: &Report) -> Bom<'_> {
    let unread = bill::unread(report);
    // An inventory that missed something says so where readers of the format look for it.
    let compositions = if unread.is_empty() {
        Vec::new()
    } else {
        vec![json!({ "aggregate": "incomplete", "assemblies": [TARGET] })]
    };
    Bom {
        schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
        bom_format: "CycloneDX",
        spec_version: "1.6",
        serial_number: format!("urn:uuid:{}", bill::uuid(report, "cyclonedx")),
        version: 1,
        metadata: metadata(report, &unread),
        components: Each(&report.components, Box::new(|one| Some(component(one)))),
        dependencies: Dependencies(&report.components),
        compositions,
        vulnerabilities: report.findings.iter().filter_map(vulnerability).collect(),
    }
}

fn metadata(report: &Report, unread: &[String]) -> Value {
    let target = &report.target;
    let mut about = json!({ "type": "application", "bom-ref": TARGET, "name": target.name });
    if let Value::Object(about) = &mut about {
        if let Some(commit) = &target.commit {
            about.insert("version".into(), json!(commit));
        }
        if let Some(image) = &target.image {
            about.insert("type".into(), json!("container"));
            about.insert("version".into(), json!(image.digest));
            if let Some((repository, _)) = image.reference() {
                about.insert("name".into(), json!(repository));
            }
            if let Some(purl) = image.purl() {
                about.insert("purl".into(), json!(purl.to_string()));
            }
        }
        let mut facts = vec![("bartizan:target:kind", target.kind.clone())];
        if let Some(image) = &target.image {
            facts.push(("bartizan:target:image", image.digest.clone()));
            facts.push(("bartizan:target:image-config", image.config.clone()));
            facts.push(("bartizan:target:platform", image.platform.clone()));
        }
        facts.extend(
            target
                .sha256
                .clone()
                .map(|digest| ("bartizan:target:sha256", digest)),
        );
        facts.extend(
            target
                .repository
                .clone()
                .map(|at| ("bartizan:target:repository", at)),
        );
        facts.extend(target.branch.clone().map(|name| ("bartizan:target:branch", name)));
        about.insert("properties".into(), pairs(facts));
    }
    let mut metadata = json!({
        "timestamp": report.started,
        "tools": { "components": [{
            "type": "application",
            "name": report.tool.name,
            "version": report.tool.version,
        }] },
        "component": about,
    });
    if let (Value::Object(metadata), false) = (&mut metadata, unread.is_empty()) {
        let lines = unread.iter().map(|line| ("bartizan:not-read", line.clone()));
        metadata.insert("properties".into(), pairs(lines));
    }
    metadata
}

fn pairs(facts: impl IntoIterator<Item = (&'static str, String)>) -> Value {
    let objects = facts
        .into_iter()
        .map(|(name, value)| json!({ "name": name, "value": value }));
    Value::Array(objects.collect())
}

fn component(component: &Component) -> Value {
    let purl = &component.purl;
    let mut object = serde_json::Map::new();
    let mut put = |key: &str, value: Value| {
        object.insert(key.to_owned(), value);
    };
    let is_image = matches!(purl.kind(), "oci" | "docker");
    put("type", json!(if is_image { "container" } else { "library" }));
    put("bom-ref", json!(purl.to_string()));
    if let Some(namespace) = purl.namespace() {
        put("group", json!(namespace));
    }
    put("name", json!(purl.name()));
    if let Some(version) = &component.version {
        put("version", json!(version));
    }
    match component.scope {
        Scope::Runtime => put("scope", json!("required")),
        Scope::Optional => put("scope", json!("optional")),
        Scope::Development => put("scope", json!("excluded")),
        Scope::Unknown => {}
    }
    let (known, strange): (Vec<&Hash>, Vec<&Hash>) = component.hashes.iter().partition(|hash| is_known(hash));
    if !known.is_empty() {
        let hashes = known
            .iter()
            .map(|hash| json!({ "alg": hash.algorithm, "content": hash.value }));
        put("hashes", Value::Array(hashes.collect()));
    }
    if !component.licenses.is_empty() {
        put("licenses", licenses(&component.licenses));
    }
    put("purl", json!(purl.to_string()));
    let strange = strange
        .iter()
        .map(|hash| ("bartizan:hash", format!("{}:{}", hash.algorithm, hash.value)));
    put(
        "properties",
        pairs(bill::properties(component).into_iter().chain(strange)),
    );
    if !component.locations.is_empty() {
        let occurrences = component.locations.iter().map(occurrence).collect();
        put("evidence", json!({ "occurrences": Value::Array(occurrences) }));
    }
    Value::Object(object)
}

/// Whether the format has a name for the algorithm and the digest is one.
fn is_known(hash: &Hash) -> bool {
    let length = match hash.algorithm.as_str() {
        "MD5" => 32,
        "SHA-1" => 40,
        "SHA-256" | "SHA3-256" | "BLAKE2b-256" | "BLAKE3" => 64,
        "SHA-384" | "SHA3-384" | "BLAKE2b-384" => 96,
        "SHA-512" | "SHA3-512" | "BLAKE2b-512" => 128,
        _ => return false,
    };
    hash.value.len() == length && hash.value.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// One expression alone, or a list of licences: the format allows no mixture, so that an expression among others is
/// written by name.
fn licenses(all: &[String]) -> Value {
    if let [one] = all
        && let Declared::Expression(expression) = declared(one)
    {
        return json!([{ "expression": expression }]);
    }
    let licenses = all.iter().map(|text| match declared(text) {
        Declared::Id(id) => json!({ "license": { "id": id } }),
        Declared::Expression(_) | Declared::Other => json!({ "license": { "name": text } }),
    });
    Value::Array(licenses.collect())
}

fn occurrence(location: &Location) -> Value {
    let mut object = json!({ "location": location.path, "line": location.line });
    let layer = location.layer.as_ref().map(|layer| format!("layer {layer}"));
    let commit = location.commit.as_ref().map(|commit| format!("commit {commit}"));
    let context: Vec<String> = layer.into_iter().chain(commit).collect();
    if let (Value::Object(object), false) = (&mut object, context.is_empty()) {
        object.insert("additionalContext".into(), json!(context.join(", ")));
    }
    object
}

/// The graph: what the target asks for, then what each component asks for.
struct Dependencies<'a>(&'a [Component]);

impl Serialize for Dependencies<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let present: HashSet<&PackageUrl> = self.0.iter().map(|component| &component.purl).collect();
        let direct = self.0.iter().filter(|component| component.direct == Some(true));
        let direct: Vec<String> = direct.map(|component| component.purl.to_string()).collect();
        let first = std::iter::once(json!({ "ref": TARGET, "dependsOn": direct }));
        let others = self.0.iter().map(|component| {
            let on = component.depends_on.iter().filter(|purl| present.contains(purl));
            let on: Vec<String> = on.map(ToString::to_string).collect();
            json!({ "ref": component.purl.to_string(), "dependsOn": on })
        });
        serializer.collect_seq(first.chain(others))
    }
}

/// A vulnerability of a component, with what is known of it and what was decided.
fn vulnerability(finding: &Finding) -> Option<Value> {
    let purl = finding.asset.as_str();
    let (id, others) = finding.ids.split_first()?;
    if !purl.starts_with("pkg:") {
        return None;
    }
    let mut rating = json!({ "severity": finding.severity.as_str() });
    if let (Some(score), Value::Object(rating)) = (finding.risk.and_then(|risk| risk.score), &mut rating) {
        rating.insert("score".into(), json!(score));
    }
    let cwes = finding
        .cwe
        .iter()
        .filter_map(|cwe| cwe.strip_prefix("CWE-")?.parse::<u32>().ok());
    let mut object = json!({
        "bom-ref": finding.fingerprint.as_str(),
        "id": id,
        "source": { "name": source_of(id) },
        "references": others.iter().map(|id| json!({ "id": id, "source": { "name": source_of(id) } })).collect::<Vec<_>>(),
        "ratings": [rating],
        "cwes": cwes.collect::<Vec<_>>(),
        "affects": [{ "ref": purl }],
    });
    let Value::Object(fields) = &mut object else {
        return None;
    };
    if let Some(fix) = &finding.fix {
        fields.insert("recommendation".into(), json!(fix.description));
    }
    if let Some(waiver) = &finding.waiver {
        fields.insert("analysis".into(), analysis(waiver));
    }
    Some(object)
}

/// Who gives ids of this form.
fn source_of(id: &str) -> &'static str {
    match id.split('-').next() {
        Some("CVE") => "NVD",
        Some("GHSA") => "GitHub",
        _ => "OSV",
    }
}

fn analysis(waiver: &Waiver) -> Value {
    if let WaiverOrigin::Vex { fixed: true, .. } = waiver.origin {
        return json!({ "state": "resolved", "detail": waiver.reason });
    }
    if !openvex::is_not_affected(waiver) {
        return json!({ "state": "exploitable", "response": ["will_not_fix"], "detail": openvex::accepted(waiver) });
    }
    // The other words of OpenVEX have no counterpart; the detail says what they say.
    let word = match waiver.vex.as_deref() {
        Some("component_not_present" | "vulnerable_code_not_present") => Some("code_not_present"),
        Some("vulnerable_code_not_in_execute_path") => Some("code_not_reachable"),
        Some("inline_mitigations_already_exist") => Some("protected_by_mitigating_control"),
        _ => None,
    };
    let mut analysis = json!({ "state": "not_affected", "detail": waiver.reason });
    if let (Some(word), Value::Object(analysis)) = (word, &mut analysis) {
        analysis.insert("justification".into(), json!(word));
    }
    analysis
}
