//! What the rules are given, and what they find.
//!
//! In: permissions, and who can become whom. Out: [`Broken`]s, with the evidence as steps, each with its place.

use super::paths::{Escalation, Escalations, Outcome};
use super::permissions::{Grant, Permissions};
use super::power::Power;
use super::subject::{SERVICE_ACCOUNTS, Subject};
use super::{Binding, Role, Workload};
use bartizan_engine::rule::{About, Place};
use bartizan_model::{AssetId, Confidence, EvidenceStep, Finding, FingerprintBuilder, Fix, Severity};
use std::collections::{BTreeMap, HashSet};

/// Most steps of evidence that one finding shows.
const MOST_STEPS: usize = 20;

/// Something that breaks a rule.
pub(crate) struct Broken {
    pub(crate) about: &'static About,
    /// The file; of what stands in none nothing is reported.
    pub(crate) path: String,
    pub(crate) place: Place,
    pub(crate) message: String,
    pub(crate) key: String,
    pub(crate) fix: String,
    pub(crate) severity: Option<Severity>,
    pub(crate) confidence: Option<Confidence>,
    pub(crate) evidence: Vec<EvidenceStep>,
}

impl Broken {
    pub(crate) fn at(about: &'static About, path: Option<&str>, place: Place) -> Self {
        Self {
            about,
            path: path.unwrap_or_default().to_owned(),
            place,
            message: String::new(),
            key: String::new(),
            fix: String::new(),
            severity: None,
            confidence: None,
            evidence: Vec::new(),
        }
    }

    pub(super) fn finding(self) -> Finding {
        let about = self.about;
        let fingerprint = FingerprintBuilder::new(about.id)
            .file_name_of(&self.path)
            .part(self.key.as_bytes())
            .finish();
        let level = (
            self.severity.unwrap_or(about.severity),
            self.confidence.unwrap_or(about.confidence),
        );
        Finding {
            title: about.title.to_owned(),
            message: plain(&self.message),
            controls: about.controls(),
            cwe: about.cwe.iter().map(ToString::to_string).collect(),
            fix: Some(Fix {
                description: plain(&self.fix),
                edits: Vec::new(),
            }),
            locations: vec![self.place.location(&self.path)],
            evidence: self.evidence,
            ..Finding::new(about.id, level, fingerprint, AssetId::file(&self.path))
        }
    }
}

/// A text of manifests on one line, without what a terminal acts on.
fn plain(text: &str) -> String {
    text.replace(char::is_control, " ")
}

/// How bad it is that a subject has what it should not: by how many can be it.
pub(crate) fn reach(subject: &Subject) -> Severity {
    let is_of_namespace = |name: &str| {
        let rest = name.strip_prefix(SERVICE_ACCOUNTS);
        rest.is_some_and(|rest| rest.starts_with(':'))
    };
    match subject {
        _ if subject.is_anonymous() || subject.is_everybody() => Severity::High,
        Subject::Group(name) if is_of_namespace(name) => Severity::High,
        Subject::Account { .. } => Severity::Medium,
        Subject::Group(_) | Subject::User(_) => Severity::Low,
    }
}

/// Subjects that hold one of these powers in every namespace and over every name, and what they can do by it; not those that can take
/// the cluster anyway.
pub(crate) fn everywhere(
    view: &View<'_>,
    about: &'static About,
    (powers, can): (&[Power], &str),
    out: &mut Vec<Broken>,
) {
    let rest = view.subjects.iter();
    for subject in rest.filter(|subject| !view.taken.contains_key(*subject)) {
        let held = view.escalations.powers(subject);
        let found = held.into_iter().find(|held| {
            powers.contains(&held.power) && held.namespace.is_none() && held.grant.rule.names.is_empty()
        });
        let Some(held) = found else { continue };
        let grant = held.grant;
        out.push(Broken {
            message: format!(
                "{subject} can {can} of every namespace ({} to {})",
                grant.binding.title(),
                grant.role.title()
            ),
            key: subject.to_string(),
            fix: format!("bind {} in the namespaces where it is needed", grant.role.title()),
            severity: Some(reach(subject)),
            evidence: view.rules(&[grant]),
            ..Broken::at(about, grant.binding_path, grant.subject_place)
        });
    }
}

/// What rules look at.
pub(crate) struct View<'p> {
    pub(crate) permissions: &'p Permissions,
    pub(crate) escalations: &'p Escalations<'p>,
    /// Subjects that manifests name.
    pub(crate) subjects: Vec<&'p Subject>,
    /// Those of them that can take the cluster by grants of their own.
    pub(crate) taken: BTreeMap<&'p Subject, Escalation<'p>>,
    /// The first workload that runs as each account.
    running: BTreeMap<Subject, String>,
    /// Roles and rules by which ways to take the cluster begin.
    reported: HashSet<(String, usize)>,
}

impl<'p> View<'p> {
    pub(super) fn of(escalations: &'p Escalations<'p>) -> Self {
        let permissions = escalations.permissions();
        let subjects = permissions.subjects();
        let mut taken = BTreeMap::new();
        for subject in &subjects {
            let Some(way) = escalations.takes_cluster(subject) else {
                continue;
            };
            let first = way.steps.first();
            if first.is_some_and(|step| step.grants.iter().any(|grant| grant.subject == *subject)) {
                taken.insert(*subject, way);
            }
        }
        let ways = taken.values().filter_map(|way| way.steps.first());
        let grants = ways.flat_map(|step| &step.grants);
        let reported = grants.map(|grant| (grant.role.title(), grant.index)).collect();
        let mut running = BTreeMap::new();
        for held in &permissions.workloads {
            let one = &held.item;
            let account = Subject::account(&one.namespace, &one.account);
            let title = format!("{} {}/{}", one.kind, one.namespace, one.name);
            running.entry(account).or_insert(title);
        }
        Self {
            permissions,
            escalations,
            subjects,
            taken,
            running,
            reported,
        }
    }

    /// What people call a workload that runs as an account.
    pub(crate) fn runs(&self, subject: &Subject) -> Option<&str> {
        self.running.get(subject).map(String::as_str)
    }

    /// Whether a way to take the cluster that is reported begins with a rule.
    pub(crate) fn is_reported(&self, role: &Role, index: usize) -> bool {
        self.reported.contains(&(role.title(), index))
    }

    /// What bindings that were read grant a subject by its own name.
    pub(crate) fn own(&self, subject: &'p Subject) -> impl Iterator<Item = Grant<'p>> {
        let grants = self.permissions.grants(subject).into_iter();
        grants.filter(move |grant| grant.subject == subject && grant.binding_path.is_some())
    }

    /// Roles that were read, with their files.
    pub(crate) fn roles(&self) -> impl Iterator<Item = (&'p str, &'p Role)> {
        let permissions = self.permissions;
        let roles = permissions.roles.iter();
        roles
            .filter_map(|role| Some((permissions.path(role.file)?, &role.item)))
            .filter(|(_, role)| role.name != "cluster-admin")
    }

    /// Workloads, with their files.
    pub(crate) fn workloads(&self) -> impl Iterator<Item = (&'p str, &'p Workload)> {
        let permissions = self.permissions;
        let workloads = permissions.workloads.iter();
        workloads.filter_map(|held| Some((permissions.path(held.file)?, &held.item)))
    }

    /// Bindings to roles that are not known, with their files.
    pub(crate) fn dangling(&self) -> impl Iterator<Item = (&'p str, &'p Binding)> {
        let permissions = self.permissions;
        permissions.dangling()
    }

    /// The rules of grants, as evidence.
    pub(crate) fn rules(&self, grants: &[Grant<'p>]) -> Vec<EvidenceStep> {
        let shown = grants.iter().take(MOST_STEPS);
        shown.map(|grant| step(grant, "")).collect()
    }

    /// The steps of a way, as evidence: for each grant the binding and the rule.
    pub(crate) fn path(&self, subject: &Subject, way: &Escalation<'p>) -> Vec<EvidenceStep> {
        let mut who = subject.to_string();
        let mut steps = Vec::new();
        for one in &way.steps {
            let becomes = match &one.becomes {
                Outcome::Cluster => "has the cluster".to_owned(),
                Outcome::Nodes => "has a node".to_owned(),
                Outcome::Subject(subject) => format!("becomes {subject}"),
            };
            let intro = format!("{who} {}, and {becomes}: ", one.way.words);
            if one.grants.is_empty() {
                steps.push(EvidenceStep {
                    message: plain(intro.trim_end_matches(": ")),
                    location: None,
                });
            }
            for (at, grant) in one.grants.iter().enumerate() {
                let intro = if at == 0 { intro.as_str() } else { "and: " };
                steps.push(step(grant, intro));
                if let Some(path) = grant.binding_path {
                    steps.push(EvidenceStep {
                        message: plain(&format!(
                            "{} grants it to {}",
                            grant.binding.title(),
                            grant.subject
                        )),
                        location: Some(grant.subject_place.location(path)),
                    });
                }
            }
            if let Outcome::Subject(subject) = &one.becomes {
                who = subject.to_string();
            }
        }
        steps.truncate(MOST_STEPS);
        steps
    }
}

/// A rule, in words and with its place.
fn step(grant: &Grant<'_>, intro: &str) -> EvidenceStep {
    let by = match grant.role_path {
        Some(_) => String::new(),
        None => format!(", which comes with every cluster, by {}", grant.binding.title()),
    };
    EvidenceStep {
        message: plain(&format!(
            "{intro}rule {} of {}{by}: {}",
            grant.index + 1,
            grant.role.title(),
            grant.rule.words()
        )),
        location: grant.role_path.map(|path| grant.rule.place.location(path)),
    }
}
