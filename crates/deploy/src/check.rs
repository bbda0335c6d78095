//! The check `deploy/kubernetes`: reads each manifest once and judges what is in it, and files of flags of nodes.

use crate::control_plane::{self, Invocation};
use crate::kube::checks::duplicate_key::{self, DuplicateKey};
use crate::kube::recorded;
use crate::kube::rule::{Judged, Subject};
use crate::kube::tell::Teller;
use crate::kube::{Object, Pod, api, objects, registry};
use crate::pod_security::{self, Level, Standard, Violation};
use crate::workload::namespaces;
use crate::workload::no_network_policy::NoNetworkPolicy;
use bartizan_document::{Limits, has_objects, is_manifest};
use bartizan_engine::rule::{About, Enabled, Found, Lines, Report, Severity};
use bartizan_engine::{Check, CheckError, Fact, Input, Meta, Sink};
use bartizan_model::{FingerprintBuilder, RuleInfo};
use bartizan_source::{FileMeta, Interest};

/// Changes when the same manifest is judged differently; part of the key of cached results.
const REVISION: &[u8] = b"3";
/// Largest manifest that is read, in bytes.
pub(crate) const LARGEST: u64 = 64 << 20;

/// Most findings in one file, some more apart.
const MOST_FINDINGS: usize = 20_000;

/// What the check judges by.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The standard that pods must hold to; where there is none they are judged by the strictest, each break by how bad it is.
    pub standard: Option<Standard>,
    /// The rules in force.
    pub enabled: Enabled,
    /// Whether the verdict depends on it having run everywhere.
    pub required: bool,
    /// Whether manifests are lists that were recorded of a cluster: what a workload made is then left to the workload, and every file is
    /// a manifest.
    pub recorded: bool,
    /// Whether only some files of the target are looked at, so that what was not seen may be there.
    pub partial: bool,
}

/// What manifests of Kubernetes say.
pub struct KubernetesCheck {
    meta: Meta,
    options: Options,
}

impl KubernetesCheck {
    /// Its id.
    pub const ID: &'static str = "deploy/kubernetes";

    /// The check with every rule that is in force.
    #[must_use]
    pub fn new(options: Options) -> Self {
        let mut builder = FingerprintBuilder::new(Self::ID).part(REVISION);
        let standard = options.standard.map(|standard| standard.to_string());
        builder = builder.part(standard.unwrap_or_default().as_bytes());
        builder = builder.part(&[u8::from(options.recorded)]);
        builder = options.enabled.mark(crate::all(), builder);
        Self {
            meta: Meta {
                id: Self::ID,
                title: "Manifests of Kubernetes",
                required: options.required,
                digest: Meta::digest_of(builder),
            },
            options,
        }
    }

    /// Holds an object, and the programs that it calls, to every rule about one object.
    fn object(&self, object: &Object, lines: &Lines<'_>, out: &mut Sink) {
        let subject = Subject::of(object);
        let mut teller = Teller::new(&self.options, lines, out, object.title());
        for rule in registry::objects() {
            let mut judged = Judged::default();
            (rule.run)(&subject, &mut judged);
            teller.tell(rule.about, judged);
        }
        flags(&control_plane::calls(object), &mut teller);
        teller.finish();
    }

    /// Judges a file of flags of a node, `kubelet.service` for instance.
    fn unit(&self, text: &str, path: &str, lines: &Lines<'_>, out: &mut Sink) {
        let name = path.rsplit('/').next().unwrap_or(path);
        let mut teller = Teller::new(&self.options, lines, out, name.to_owned());
        flags(&control_plane::read_unit(text), &mut teller);
        teller.finish();
    }

    fn pod(&self, text: &str, object: &Object, lines: &Lines<'_>, out: &mut Sink) {
        let Some(pod) = Pod::of(object) else { return };
        let asked = self.options.standard;
        let strictest = Standard {
            level: Level::Restricted,
            version: crate::kube::Minor::Latest,
        };
        let judgement = pod_security::judge(pod, asked.unwrap_or(strictest));
        for violation in &judgement.violations {
            let enabled = self.options.enabled.has(violation.about.id);
            let mut report = Report::new(violation.about, lines, out, enabled);
            let places: Vec<_> = violation.fields.iter().map(|field| field.at.range()).collect();
            let severity = if asked.is_some() {
                Severity::High
            } else {
                violation.severity
            };
            let found = Found {
                edits: pod_security::edits(text, pod, violation.about.id),
                ..found(object, violation, asked, severity)
            };
            report.findings(found, &places);
        }
        for (field, why) in judgement.undecided {
            out.error(format!(
                "{}: `{}` {why}, so it cannot be judged; the API server refuses the object",
                object.title(),
                field.name
            ));
        }
    }
}

/// Holds programs to the rules about what they were told.
fn flags(calls: &[Invocation], teller: &mut Teller<'_>) {
    for call in calls {
        let rules = control_plane::FLAGS.iter();
        for rule in rules.filter(|rule| rule.programs.contains(&call.program)) {
            let mut judged = Judged::default();
            (rule.run)(call, &mut judged);
            teller.tell(rule.about, judged);
        }
    }
}

fn found(object: &Object, violation: &Violation, asked: Option<Standard>, severity: Severity) -> Found {
    let fields: Vec<&str> = violation.fields.iter().map(|field| field.name.as_str()).collect();
    let more = fields.len().saturating_sub(3);
    let mut shown = fields
        .iter()
        .take(3)
        .map(|field| format!("`{field}`"))
        .collect::<Vec<_>>()
        .join(", ");
    if more > 0 {
        shown = format!("{shown} and {more} more");
    }
    let by = asked
        .map(|standard| format!(" violates `{standard}`:"))
        .unwrap_or_default();
    Found {
        message: format!(
            "{}:{by} {} ({}); {shown}",
            object.title(),
            violation.reason,
            violation.detail
        ),
        key: format!("{} {} {}", object.title(), violation.reason, violation.detail),
        fix: first_advice(violation.about),
        severity: Some(severity),
        ..Found::default()
    }
}

/// The first thing that a rule says to do, in one line.
pub(crate) fn first_advice(about: &About) -> String {
    let first = about.remediation.split("\n\n").next().unwrap_or_default();
    if first.starts_with("```") {
        let lines = about.remediation.lines();
        let code: Vec<&str> = lines
            .filter(|line| !line.starts_with("```"))
            .map(str::trim)
            .collect();
        return format!("say `{}`", code.join(" ").trim());
    }
    first.trim_end_matches(['.', ':']).to_owned()
}

/// Whether a file may be a kubeconfig, or an object that a node reads, by a name without the ending of a manifest.
fn is_of_a_node(path: &str) -> bool {
    let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
    let in_home = name == "config" && (directory == ".kube" || directory.ends_with("/.kube"));
    let of_node = [
        "admin.conf",
        "controller-manager.conf",
        "kubelet.conf",
        "scheduler.conf",
        "super-admin.conf",
    ];
    in_home || name == "kubeconfig" || name.ends_with(".kubeconfig") || of_node.contains(&name)
}

impl Check for KubernetesCheck {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn rules(&self) -> Vec<RuleInfo> {
        crate::rules()
    }

    fn wants(&self, file: &FileMeta) -> Interest {
        let is_one =
            is_manifest(&file.path) || is_of_a_node(&file.path) || control_plane::is_unit(&file.path);
        if self.options.recorded || is_one {
            Interest::Entire(LARGEST)
        } else {
            Interest::No
        }
    }

    fn recognises(&self, file: &FileMeta, head: &[u8]) -> bool {
        control_plane::is_unit(&file.path) || has_objects(head)
    }

    fn run(&self, input: &Input<'_>, out: &mut Sink) -> Result<(), CheckError> {
        let is_unit = control_plane::is_unit(input.path());
        if !is_unit && !has_objects(input.bytes) {
            return Ok(());
        }
        let (bare, lines) = Lines::of_text(input)?;
        if is_unit {
            self.unit(bare, input.path(), &lines, out);
            return Ok(());
        }
        let manifest = objects(bare, Limits::default());
        if manifest.is_template {
            return Err(CheckError(
                "it is a template, and templates are not judged: render it first, as by `helm template CHART > rendered.yaml`".to_owned(),
            ));
        }
        for problem in manifest.errors {
            let place = lines.place(&problem.at.range());
            out.error(format!("line {}: {}", place.0, problem.message));
        }
        let first = manifest.objects.first().map(Object::title).unwrap_or_default();
        let about = &DuplicateKey::ABOUT;
        let mut report = Report::new(about, &lines, out, self.options.enabled.has(about.id));
        duplicate_key::judge(&first, &manifest.duplicates, &mut report);
        for (at, object) in manifest.objects.iter().enumerate() {
            if out.findings().len() > MOST_FINDINGS {
                let left = manifest.objects.len() - at;
                out.error(format!(
                    "{MOST_FINDINGS} findings are enough for one file: the last {left} of its objects were not judged"
                ));
                break;
            }
            if let Some(unknown) = api::unknown(object) {
                let place = lines.place(&object.place().range());
                out.error(format!("line {}: {unknown}", place.0));
            }
            if self.options.recorded {
                recorded::note(object, out);
                if object.controller().is_some() {
                    continue;
                }
            }
            self.pod(bare, object, &lines, out);
            self.object(object, &lines, out);
        }
        let mut report = Report::new(&NoNetworkPolicy::ABOUT, &lines, out, true);
        namespaces::note(&manifest.objects, &mut report);
        Ok(())
    }

    fn finish(&self, facts: &[Fact], out: &mut Sink) -> Result<(), CheckError> {
        recorded::finish(facts, out);
        if !self.options.partial {
            namespaces::finish(facts, &self.options, out);
        }
        Ok(())
    }
}
