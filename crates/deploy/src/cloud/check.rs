//! The check `deploy/terraform`: notes the text of each file, and judges the configurations once every file was read, because modules,
//! variables and their values lie in several files.

use super::judge::{Broken, Doubt, judge};
use super::undecided::Undecided;
use crate::facts;
use crate::terraform::{self, File, Place, Resource};
use bartizan_content::{CloudRule, builtin};
use bartizan_engine::rule::{Enabled, Lines};
use bartizan_engine::{Check, CheckError, Fact, Input, Meta, Sink};
use bartizan_model::{AssetId, EvidenceStep, Finding, FingerprintBuilder, Fix, Location, RuleInfo};
use bartizan_source::{FileMeta, Interest};
use std::collections::{BTreeMap, BTreeSet};

/// Changes when the same configuration is judged differently; part of the key of cached results.
const REVISION: &[u8] = b"2";
/// Most reasons that are shown for what is undecided in one file.
const MOST_REASONS: usize = 10;

/// What configurations of Terraform declare.
pub struct TerraformCheck {
    meta: Meta,
    enabled: Enabled,
}

impl TerraformCheck {
    /// Its id.
    pub const ID: &'static str = "deploy/terraform";

    /// The check with the rules whose ids are given, or all of them. `required`: whether the verdict depends on it having run everywhere.
    #[must_use]
    pub fn new(enabled: Enabled, required: bool) -> Self {
        Self {
            meta: Meta {
                id: Self::ID,
                title: "Configurations of Terraform",
                required,
                // Of a file only its text is noted, and what is made of it is kept nowhere: the rules do not count.
                digest: Meta::digest_of(FingerprintBuilder::new(Self::ID).part(REVISION)),
            },
            enabled,
        }
    }
}

impl Check for TerraformCheck {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn rules(&self) -> Vec<RuleInfo> {
        super::rules()
    }

    fn wants(&self, file: &FileMeta) -> Interest {
        let is_one = [
            terraform::is_terraform,
            terraform::is_json,
            terraform::is_template,
        ];
        if is_one.iter().any(|is_one| is_one(&file.path)) {
            Interest::Entire(terraform::largest(&file.path) as u64)
        } else {
            Interest::No
        }
    }

    fn recognises(&self, file: &FileMeta, head: &[u8]) -> bool {
        !terraform::is_json(&file.path)
            || memchr::memmem::find(head, b"\"format_version\"").is_some()
            || terraform::is_document(head)
    }

    fn run(&self, input: &Input<'_>, out: &mut Sink) -> Result<(), CheckError> {
        let is_document = |bytes: &[u8]| bytes.len() <= terraform::LARGEST && terraform::is_document(bytes);
        let is_json = terraform::is_json(input.path());
        if is_json && !terraform::plan::is_one(input.bytes) && !is_document(input.bytes) {
            return Ok(());
        }
        // What a configuration may read besides is no part of it: if it is no text, only what reads it is unknown.
        match input.text() {
            Ok(text) => out.fact(text.to_owned()),
            Err(_) if terraform::is_template(input.path()) => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn finish(&self, facts: &[Fact], out: &mut Sink) -> Result<(), CheckError> {
        let facts = facts::within(facts, "of Terraform", out);
        let files = facts.into_iter().map(|fact| File {
            path: &fact.path,
            text: fact.data.strip_prefix('\u{feff}').unwrap_or(&fact.data),
        });
        let files: Vec<File<'_>> = files.collect();
        let declares = |file: &File<'_>| {
            terraform::is_terraform(file.path) || terraform::plan::is_one(file.text.as_bytes())
        };
        if !files.iter().any(declares) {
            return Ok(());
        }
        let loaded = terraform::load(&files);
        for (file, problem) in &loaded.problems {
            let path = files.get(*file).map_or("", |file| file.path);
            out.error(format!("{path}: {problem}"));
        }
        let rules = builtin::cloud_rules()
            .iter()
            .filter(|rule| self.enabled.has(&rule.id));
        let judgement = judge(rules, &loaded.resources);
        let told = Told { files: &files };
        for broken in &judgement.broken {
            out.finding(told.broken(broken));
        }
        if self.enabled.has(Undecided::ABOUT.id) {
            for finding in told.undecided(&judgement.doubts, &loaded.unread) {
                out.finding(finding);
            }
        }
        Ok(())
    }
}

struct Told<'f> {
    files: &'f [File<'f>],
}

impl Told<'_> {
    /// Does something with the file of a place.
    fn with<T>(&self, place: Place, run: impl FnOnce(&Input<'_>) -> T) -> Option<T> {
        let file = self.files.get(place.file)?;
        let meta = FileMeta::new(file.path, file.text.len() as u64);
        Some(run(&Input::whole(&meta, file.text.as_bytes())))
    }

    fn location(&self, place: Place) -> Option<Location> {
        self.with(place, |input| input.locate(place.span.range()))
    }

    fn path(&self, place: Place) -> &str {
        self.files.get(place.file).map_or("", |file| file.path)
    }

    fn broken(&self, broken: &Broken<'_>) -> Finding {
        let Broken { rule, resource, at } = broken;
        let path = self.path(*at);
        let fingerprint = FingerprintBuilder::new(&rule.id)
            .file_name_of(path)
            .part(resource.address.as_bytes())
            .finish();
        Finding {
            title: rule.title.clone(),
            message: format!("`{}` {}", resource.address, rule.message),
            controls: rule.controls(),
            cwe: rule.cwe.iter().map(|number| format!("CWE-{number}")).collect(),
            fix: Some(Fix {
                description: rule.fix.clone(),
                edits: Vec::new(),
            }),
            locations: self.location(*at).into_iter().collect(),
            evidence: self.steps(rule, resource),
            snippet: self
                .with(*at, |input| Lines::new(input, 0).snippet(&at.span.range()))
                .flatten(),
            ..Finding::new(
                rule.id.clone(),
                (rule.severity, rule.confidence),
                fingerprint,
                AssetId::file(path),
            )
        }
    }

    /// The calls of modules that lead to a resource, the resource, and what a plan has of it.
    fn steps(&self, rule: &CloudRule, resource: &Resource) -> Vec<EvidenceStep> {
        if resource.calls.is_empty() && resource.planned.is_none() {
            return Vec::new();
        }
        let step = |message: String, place: Place| EvidenceStep {
            message,
            location: self.location(place),
        };
        let calls = resource.calls.iter();
        let mut steps: Vec<EvidenceStep> = calls
            .map(|call| step("the module is called here".to_owned(), *call))
            .collect();
        steps.push(step(
            format!("`{}` {}", resource.address, rule.message),
            resource.at,
        ));
        let planned = resource.planned.iter();
        steps.extend(planned.map(|at| step("the plan has it so".to_owned(), *at)));
        steps
    }

    fn undecided(&self, doubts: &[Doubt<'_>], unread: &[(Place, String)]) -> Vec<Finding> {
        let mut files: BTreeMap<usize, Vec<(Place, &str, &str)>> = BTreeMap::new();
        for doubt in doubts {
            let at = doubt.resource.at;
            files
                .entry(at.file)
                .or_default()
                .push((at, &doubt.rule.id, &doubt.reason.text));
        }
        for (at, text) in unread {
            files.entry(at.file).or_default().push((*at, "", text));
        }
        files.into_values().filter_map(|all| self.of_file(&all)).collect()
    }

    fn of_file(&self, all: &[(Place, &str, &str)]) -> Option<Finding> {
        let about = &Undecided::ABOUT;
        let first = all.iter().map(|(at, ..)| *at).min()?;
        let path = self.path(first);
        let mut reasons: BTreeMap<&str, (usize, Place)> = BTreeMap::new();
        for (at, _, reason) in all {
            reasons.entry(reason).or_insert((0, *at)).0 += 1;
        }
        let rules: BTreeSet<&str> = all
            .iter()
            .map(|(_, rule, _)| *rule)
            .filter(|rule| !rule.is_empty())
            .collect();
        let unread = all.iter().filter(|(_, rule, _)| rule.is_empty()).count();
        let mut parts = Vec::new();
        if !rules.is_empty() {
            parts.push(format!(
                "{} judgements of {} rules are undecided",
                all.len() - unread,
                rules.len()
            ));
        }
        if unread > 0 {
            parts.push(format!("{unread} modules were not read"));
        }
        let fingerprint = FingerprintBuilder::new(about.id).file_name_of(path).finish();
        let shown = reasons.iter().take(MOST_REASONS);
        let evidence = shown.map(|(reason, (count, at))| EvidenceStep {
            message: format!("{reason} ({count})"),
            location: self.location(*at),
        });
        let mut evidence: Vec<EvidenceStep> = evidence.collect();
        let more = reasons.len().saturating_sub(MOST_REASONS);
        if more > 0 {
            evidence.push(EvidenceStep {
                message: format!("and {more} more reasons"),
                location: None,
            });
        }
        let why = reasons.keys().next().copied().unwrap_or_default();
        Some(Finding {
            title: about.title.to_owned(),
            message: format!("{}; the first reason: {why}", parts.join(", and ")),
            cwe: about.cwe.iter().map(ToString::to_string).collect(),
            fix: Some(Fix {
                description: about.remediation.to_owned(),
                edits: Vec::new(),
            }),
            locations: self.location(first).into_iter().collect(),
            evidence,
            ..Finding::new(
                about.id,
                (about.severity, about.confidence),
                fingerprint,
                AssetId::file(path),
            )
        })
    }
}
