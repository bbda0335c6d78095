//! What is wrong with an image that its configuration, its history, its files and what they need tell.
//!
//! In: [`Facts`]. Out: findings. One file a check, listed in [`ALL`]; `<id>.md` beside it is its test.

mod add_from_url;
mod leftover_cache;
mod mutable_base;
mod no_healthcheck;
mod root_user;
mod setuid_file;
mod unneeded_packages;
mod unneeded_tools;
mod untouched_packages;
mod world_writable;

use super::Attribution;
use super::minimal::Minimal;
use bartizan_engine::{Check, CheckError, Input, Meta, Sink};
use bartizan_model::{
    AssetId, Confidence, Control, Finding, FingerprintBuilder, Fix, Location, RuleInfo, Severity,
};
use bartizan_source::image::{CONFIG_PATH, Image, Node, Tree};
use bartizan_source::{FileMeta, Interest};
use std::collections::BTreeMap;

/// Looks at an image as a whole.
pub trait ImageCheck: Send + Sync {
    /// Its manual.
    fn rule(&self) -> RuleInfo;
    /// Whether it judges the configuration, the history or the command of an image, which the root of a system does not have.
    fn needs_configuration(&self) -> bool {
        false
    }
    /// What is wrong, in a stable order.
    fn run(&self, facts: &Facts<'_>) -> Vec<Finding>;
}

/// Every check, ordered by id.
pub static ALL: &[&dyn ImageCheck] = &[
    &add_from_url::AddFromUrl,
    &leftover_cache::LeftoverCache,
    &mutable_base::MutableBase,
    &no_healthcheck::NoHealthcheck,
    &root_user::RootUser,
    &setuid_file::SetuidFile,
    &unneeded_packages::UnneededPackages,
    &unneeded_tools::UnneededTools,
    &untouched_packages::UntouchedPackages,
    &world_writable::WorldWritable,
];

/// What is known of an image, or of the root of a system.
pub struct Facts<'a> {
    /// What a container sees.
    pub tree: &'a Tree,
    /// How the image is made; none for the root of a system.
    pub making: Option<Making<'a>>,
    /// What its service needs; none where that cannot be told.
    pub minimal: Option<&'a Minimal>,
    /// Whether the command to start was searched for credentials and holds none.
    pub is_command_harmless: bool,
}

/// An image, and who made it.
#[derive(Clone, Copy)]
pub struct Making<'a> {
    /// The image.
    pub image: &'a Image,
    /// Who brought its layers.
    pub attribution: &'a Attribution,
}

/// The manuals of all checks, ordered by id.
#[must_use]
pub fn rules() -> Vec<RuleInfo> {
    ALL.iter().map(|check| check.rule()).collect()
}

/// What all checks find.
#[must_use]
pub fn run(facts: &Facts<'_>) -> Vec<Finding> {
    let checks = ALL
        .iter()
        .filter(|check| facts.making.is_some() || !check.needs_configuration());
    checks.flat_map(|check| check.run(facts)).collect()
}

impl Facts<'_> {
    fn asset(&self, place: &Location) -> AssetId {
        match self.making {
            Some(making) => making.image.identity.asset(),
            None => AssetId::file(&place.path),
        }
    }

    /// A finding by a rule; `identity` tells it from others of the same rule.
    fn finding(&self, rule: &RuleInfo, identity: &str, message: String, location: Location) -> Finding {
        let fingerprint = FingerprintBuilder::new(&rule.id)
            .part(identity.as_bytes())
            .finish();
        let mut finding = Finding::new(
            rule.id.clone(),
            (rule.severity, rule.confidence),
            fingerprint,
            self.asset(&location),
        );
        finding.title = rule.title.clone();
        finding.message = message;
        finding.cwe = rule.cwe.clone();
        finding.controls = rule.controls.clone();
        finding.locations = vec![location];
        finding
    }

    /// Where a file of the tree stands.
    fn place(&self, path: &str, node: &Node) -> Location {
        let layer = self.making.and_then(|making| making.image.layers.get(node.layer));
        Location {
            layer: layer.map(|layer| layer.diff_id.to_string()),
            ..Location::of_file(path)
        }
    }

    /// A layer in words, as the end of a sentence; empty where there are none.
    fn brought(&self, node: &Node) -> String {
        let layer = self.making.map(|making| making.attribution.layer(node.layer));
        layer.map(|layer| format!(", in {layer}")).unwrap_or_default()
    }
}

/// Where a step of the history, or the configuration as a whole, stands.
fn in_config(line: u32) -> Location {
    Location {
        line,
        end_line: line,
        ..Location::of_file(CONFIG_PATH)
    }
}

/// A size for people: `1.2 MB`.
fn size(bytes: u64) -> String {
    let (tenth, unit) = match bytes {
        0..1_000 => return format!("{bytes} bytes"),
        1_000..1_000_000 => (100, "kB"),
        1_000_000..1_000_000_000 => (100_000, "MB"),
        _ => (100_000_000, "GB"),
    };
    let tenths = bytes / tenth;
    format!("{}.{} {unit}", tenths / 10, tenths % 10)
}

/// Known vulnerabilities of several packages together, by severity.
fn total<'a>(packages: impl Iterator<Item = &'a BTreeMap<Severity, u64>>) -> BTreeMap<Severity, u64> {
    let mut all = BTreeMap::new();
    for (severity, count) in packages.flatten() {
        *all.entry(*severity).or_default() += count;
    }
    all
}

/// `2 critical, 1 low`.
fn by_severity(counts: &BTreeMap<Severity, u64>) -> String {
    let parts: Vec<String> = counts
        .iter()
        .rev()
        .map(|(severity, count)| format!("{count} {severity}"))
        .collect();
    parts.join(", ")
}

fn counted(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}

fn advice(description: impl Into<String>) -> Fix {
    Fix {
        description: description.into(),
        edits: Vec::new(),
    }
}

fn info(
    id: &str,
    title: &str,
    (severity, confidence): (Severity, Confidence),
    cwe: &[&str],
    [manual, remediation]: [&str; 2],
    references: &[&str],
) -> RuleInfo {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    RuleInfo {
        id: id.to_owned(),
        title: title.to_owned(),
        severity,
        confidence,
        cwe: owned(cwe),
        controls: vec![Control {
            framework: "NIST-SP-800-190".to_owned(),
            id: "4.1.2".to_owned(),
        }],
        manual: manual.to_owned(),
        remediation: remediation.to_owned(),
        references: owned(references),
    }
}

/// The check `image/configuration`, as the engine lists it. An image is judged once all of it was read, so the check looks at no
/// file; it stands among the others for its manuals and its place in the report.
pub struct ConfigurationCheck {
    meta: Meta,
}

impl ConfigurationCheck {
    /// Its id.
    pub const ID: &'static str = "image/configuration";
    /// The id under which it looks at the files of a root of a system alone.
    pub const FILES: &'static str = "image/files";

    /// The check.
    #[must_use]
    pub fn new() -> Self {
        Self::named(Self::ID, "How the image is made", true)
    }

    /// The check of a root of a system, of which nothing tells how it was made.
    #[must_use]
    pub fn of_nothing() -> Self {
        Self::named(Self::ID, "How the image is made", false)
    }

    /// The check of the files of a root of a system.
    #[must_use]
    pub fn of_files() -> Self {
        Self::named(Self::FILES, "Rights, caches and tools", true)
    }

    fn named(id: &'static str, title: &'static str, required: bool) -> Self {
        let mut digest = [0; 32];
        for (to, from) in digest
            .iter_mut()
            .zip(FingerprintBuilder::new(id).part(b"1").finish().as_str().bytes())
        {
            *to = from;
        }
        Self {
            meta: Meta {
                id,
                title,
                required,
                digest,
            },
        }
    }
}

impl Default for ConfigurationCheck {
    fn default() -> Self {
        Self::new()
    }
}

impl Check for ConfigurationCheck {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn rules(&self) -> Vec<RuleInfo> {
        rules()
    }

    fn looks_at_files(&self) -> bool {
        false
    }

    fn wants(&self, _: &FileMeta) -> Interest {
        Interest::No
    }

    fn run(&self, _: &Input<'_>, _: &mut Sink) -> Result<(), CheckError> {
        Ok(())
    }
}
