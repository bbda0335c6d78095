//! The check `deploy/policy`: what people's own policies say of manifests.
//!
//! In: a bundle of policies, and manifests of Kubernetes. Out: findings `deploy/policy/NAME`, one a reason; what a policy cannot tell is said.

use crate::{About, Bundle, Decision, Reason};
use bartizan_document::{Dialect, Limits, has_objects, is_manifest, read};
use bartizan_engine::rule::{Enabled, Lines};
use bartizan_engine::{Check, CheckError, Input, Meta, Sink};
use bartizan_model::{AssetId, Confidence, Finding, FingerprintBuilder, RuleInfo, Severity};
use bartizan_source::{FileMeta, Interest};
use serde_json::Value;
use std::collections::BTreeMap;
use std::ops::Range;

/// Changes when the same manifest is judged differently; part of the key of cached results.
const REVISION: &[u8] = b"1";
/// Largest manifest that is read, in bytes.
const LARGEST: u64 = 16 << 20;
/// Findings of one file.
const MOST: usize = 1_000;
/// What the ids of its rules begin with.
const FAMILY: &str = "deploy/policy/";

/// What policies say of manifests.
pub struct PolicyCheck {
    meta: Meta,
    bundle: Bundle,
    policies: BTreeMap<String, About>,
    enabled: Enabled,
}

impl PolicyCheck {
    /// Its id.
    pub const ID: &'static str = "deploy/policy";

    /// The check by a bundle; `contents` changes when its policies do. `enabled`: the rules in force.
    #[must_use]
    pub fn new(bundle: Bundle, contents: &[u8], enabled: Enabled) -> Self {
        let policies: BTreeMap<String, About> = bundle
            .policies()
            .into_iter()
            .map(|about| (about.name.clone(), about))
            .collect();
        let mut builder = FingerprintBuilder::new(Self::ID).part(REVISION).part(contents);
        for name in policies.keys() {
            builder = enabled.mark_id(&format!("{FAMILY}{name}"), builder);
        }
        Self {
            meta: Meta {
                id: Self::ID,
                title: "Manifests by your own policies",
                required: true,
                digest: Meta::digest_of(builder),
            },
            bundle,
            policies,
            enabled,
        }
    }

    fn is_enabled(&self, name: &str) -> bool {
        self.enabled.has(&format!("{FAMILY}{name}"))
    }

    fn finding(&self, of: &Object<'_>, name: &str, reason: &Reason, warns: bool) -> Finding {
        let about = self.policies.get(name);
        let severity = match about {
            _ if warns => Severity::Low,
            Some(about) if about.tells => Severity::Medium,
            _ => Severity::High,
        };
        let message = match reason.message.trim() {
            "" => "it is denied, and the policy does not say why",
            said => said,
        };
        let fingerprint = FingerprintBuilder::new(&format!("{FAMILY}{name}"))
            .file_name_of(of.path)
            .part(of.title.as_bytes())
            .part(message.as_bytes())
            .finish();
        let mut finding = Finding::new(
            format!("{FAMILY}{name}"),
            (severity, Confidence::High),
            fingerprint,
            AssetId::file(of.path),
        );
        finding.title = title(name);
        finding.message = format!("{}: {message}", of.title);
        let place = of.lines.place(&of.at);
        finding.locations = vec![place.location(of.path)];
        finding.snippet = of.lines.snippet(&of.at);
        finding
    }

    fn judge(&self, of: &Object<'_>, json: &Value, beside: &[Value], out: &mut Sink, left: &mut usize) {
        for said in self.bundle.judge(json, beside) {
            if !self.is_enabled(&said.policy) {
                continue;
            }
            let (reasons, warnings) = match said.decision {
                Decision::Unknown(cause) => {
                    out.error(format!(
                        "{}: the policy `{}` cannot tell: {cause}",
                        of.title, said.policy
                    ));
                    continue;
                }
                Decision::Allow { warnings } => (Vec::new(), warnings),
                Decision::Deny { reasons, warnings } => (reasons, warnings),
            };
            let all = reasons.iter().map(|one| (one, false));
            for (reason, warns) in all.chain(warnings.iter().map(|one| (one, true))) {
                let Some(rest) = left.checked_sub(1) else {
                    out.error(format!(
                        "more than {MOST} findings of policies; the others are left out"
                    ));
                    return;
                };
                *left = rest;
                out.finding(self.finding(of, &said.policy, reason, warns));
            }
        }
    }
}

/// One object of a manifest.
struct Object<'a> {
    path: &'a str,
    lines: &'a Lines<'a>,
    title: String,
    /// Where its name is written, or where it begins.
    at: Range<usize>,
}

fn title(name: &str) -> String {
    format!("Your policy `{name}` speaks against it")
}

/// The rules of policies, as they are listed and selected.
#[must_use]
pub fn rules(policies: &[About]) -> Vec<RuleInfo> {
    let rule = |about: &About| RuleInfo {
        id: format!("{FAMILY}{}", about.name),
        title: title(&about.name),
        severity: if about.tells {
            Severity::Medium
        } else {
            Severity::High
        },
        confidence: Confidence::High,
        cwe: Vec::new(),
        controls: Vec::new(),
        manual: match about.description.as_str() {
            "" => format!("A policy of your own, read from `{}`.", about.path),
            said => format!("{said}\n\nA policy of your own, read from `{}`.", about.path),
        },
        remediation: "Change what is deployed as the policy asks for, or waive the finding with a reason."
            .to_owned(),
        references: Vec::new(),
    };
    policies.iter().map(rule).collect()
}

impl Check for PolicyCheck {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn rules(&self) -> Vec<RuleInfo> {
        rules(&self.policies.values().cloned().collect::<Vec<_>>())
    }

    fn wants(&self, file: &FileMeta) -> Interest {
        if is_manifest(&file.path) {
            Interest::Entire(LARGEST)
        } else {
            Interest::No
        }
    }

    fn recognises(&self, _file: &FileMeta, head: &[u8]) -> bool {
        has_objects(head)
    }

    fn run(&self, input: &Input<'_>, out: &mut Sink) -> Result<(), CheckError> {
        if !has_objects(input.bytes) {
            return Ok(());
        }
        let (bare, lines) = Lines::of_text(input)?;
        let stream = read(bare, Dialect::Kubernetes, Limits::default());
        if let Some(problem) = stream.errors.first() {
            // What a template becomes is not known before it is rendered.
            return Err(CheckError(format!("it cannot be read: {}", problem.message)));
        }
        let mut nodes = Vec::new();
        for document in &stream.documents {
            match document
                .root
                .get("items")
                .filter(|_| document.root.text_of("kind").is_some_and(|k| k.ends_with("List")))
            {
                Some(items) => nodes.extend(items.items()),
                None => nodes.push(&document.root),
            }
        }
        let all: Vec<Value> = nodes.iter().map(|node| node.to_json()).collect();
        let mut left = MOST;
        for (node, json) in nodes.iter().zip(&all) {
            let Some(kind) = node
                .text_of("kind")
                .filter(|_| node.text_of("apiVersion").is_some())
            else {
                continue;
            };
            let name = node.at(&["metadata", "name"]);
            let object = Object {
                path: input.path(),
                lines: &lines,
                title: match name.and_then(|name| name.text()) {
                    Some(name) => format!("{kind} {name}"),
                    None => kind.to_owned(),
                },
                at: name.map_or(node.span, |name| name.span).range(),
            };
            self.judge(&object, json, &all, out, &mut left);
        }
        Ok(())
    }
}
