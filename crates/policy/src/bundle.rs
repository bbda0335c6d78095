//! Policies of every form that is understood, loaded together to be asked about objects.
//!
//! In: texts of files, by their names. Out: of each object what each policy says. In Rego: packages with `deny`, `violation` or `warn`, and
//! Gatekeeper's templates with their constraints. In CEL: validating admission policies, and Kyverno's.

use crate::cel::{KyvernoRule, ValidatingAdmissionPolicy, kyverno_rules};
use crate::rego::forms::{Constraint, Inventory, Rules, Template};
use crate::rego::{Dialect, Rego, Surroundings};
use crate::selection::{request, text};
use crate::{Cause, Decide, Decision, Limits};
use serde_json::Value;
use std::collections::BTreeSet;

/// What a policy says of an object.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// The policy, by its name in [`Bundle::policies`].
    pub policy: String,
    /// What it says.
    pub decision: Decision,
}

/// A policy that is loaded.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct About {
    /// Its name, of lower-case letters, digits, dots and hyphens.
    pub name: String,
    /// Where it was read.
    pub path: String,
    /// What it says of itself; empty where it says nothing.
    pub description: String,
    /// Whether it only tells: its author has it audit or warn.
    pub tells: bool,
}

struct Loaded<T> {
    about: About,
    policy: T,
}

/// Policies that are loaded.
#[derive(Default)]
pub struct Bundle {
    rego: Option<Rego>,
    packages: Vec<Loaded<String>>,
    constraints: Vec<Loaded<(Template, Value)>>,
    admission: Vec<Loaded<ValidatingAdmissionPolicy>>,
    kyverno: Vec<Loaded<KyvernoRule>>,
}

/// A file that could not be loaded, or a part of it, and why.
pub type Refused = (String, Cause);

/// Collects what is to be loaded.
#[derive(Debug, Default)]
pub struct Files {
    modules: Vec<(String, String)>,
    documents: Vec<(String, Value)>,
}

impl Files {
    /// Adds a module in Rego.
    pub fn module(&mut self, path: &str, text: String) {
        self.modules.push((path.to_owned(), text));
    }

    /// Adds a document of YAML or JSON. What is no policy is left alone.
    pub fn document(&mut self, path: &str, document: Value) {
        self.documents.push((path.to_owned(), document));
    }

    /// Loads all of it. What cannot be loaded is named, and the rest is.
    #[must_use]
    pub fn load(self, limits: Limits, surroundings: Surroundings) -> (Bundle, Vec<Refused>) {
        let mut bundle = Bundle::default();
        let mut refused = Vec::new();
        if !self.modules.is_empty()
            && let Err(cause) = bundle.modules(&self.modules, limits, surroundings, &mut refused)
        {
            refused.push(("policies in Rego".to_owned(), cause));
        }
        let mut templates: Vec<Template> = Vec::new();
        for (path, document) in &self.documents {
            if text(document, "/kind") == "ConstraintTemplate" {
                match Template::new(document, limits, surroundings) {
                    Ok(template) => templates.push(template),
                    Err(cause) => refused.push((path.clone(), cause)),
                }
            }
        }
        for (path, document) in self.documents {
            if let Err(cause) = bundle.document(&path, document, &templates) {
                refused.push((path, cause));
            }
        }
        (bundle, refused)
    }
}

impl Bundle {
    fn modules(
        &mut self,
        modules: &[(String, String)],
        limits: Limits,
        surroundings: Surroundings,
        refused: &mut Vec<Refused>,
    ) -> Result<(), Cause> {
        let mut rego = Rego::new(limits, surroundings)?;
        for (path, text) in modules {
            if let Err(cause) = rego.add_module(path, text, Dialect::Either) {
                refused.push((path.clone(), cause));
            }
        }
        for (package, path) in rego.deciding() {
            self.packages.push(Loaded {
                about: About {
                    name: name_of(package.trim_start_matches("data.")),
                    path,
                    description: String::new(),
                    tells: false,
                },
                policy: package,
            });
        }
        rego.prepare()?;
        self.rego = Some(rego);
        Ok(())
    }

    fn document(&mut self, path: &str, document: Value, templates: &[Template]) -> Result<(), Cause> {
        let about = |tells: bool| {
            let description = document
                .pointer("/metadata/annotations")
                .and_then(|notes| {
                    notes
                        .get("policies.kyverno.io/description")
                        .or_else(|| notes.get("description"))
                })
                .and_then(Value::as_str)
                .unwrap_or_default();
            About {
                name: name_of(text(&document, "/metadata/name")),
                path: path.to_owned(),
                description: description.split_whitespace().collect::<Vec<_>>().join(" "),
                tells,
            }
        };
        match (
            text(&document, "/apiVersion").split('/').next(),
            text(&document, "/kind"),
        ) {
            (Some("admissionregistration.k8s.io"), "ValidatingAdmissionPolicy") => {
                let policy = ValidatingAdmissionPolicy::read(&document)?;
                let about = about(false);
                self.admission.push(Loaded { about, policy });
            }
            (Some("policies.kyverno.io"), "ValidatingPolicy" | "NamespacedValidatingPolicy")
            | (Some("kyverno.io"), "ClusterPolicy" | "Policy") => {
                for policy in kyverno_rules(&document)? {
                    let about = about(audits(&document));
                    self.kyverno.push(Loaded { about, policy });
                }
            }
            (Some("constraints.gatekeeper.sh"), kind) => {
                let template = templates.iter().find(|template| template.kind() == kind);
                let missing = || Cause::NotKnown(format!("the constraint template of `{kind}`"));
                let template = template.ok_or_else(missing)?.clone();
                let tells = ["warn", "dryrun"].contains(&text(&document, "/spec/enforcementAction"));
                let about = about(tells);
                self.constraints.push(Loaded {
                    about,
                    policy: (template, document),
                });
            }
            _ => {}
        }
        Ok(())
    }

    /// The policies, each name once, in order.
    #[must_use]
    pub fn policies(&self) -> Vec<About> {
        let all = self.packages.iter().map(|one| &one.about);
        let all = all.chain(self.constraints.iter().map(|one| &one.about));
        let all = all.chain(self.admission.iter().map(|one| &one.about));
        let all = all.chain(self.kyverno.iter().map(|one| &one.about));
        let mut seen = BTreeSet::new();
        let mut out: Vec<About> = all
            .filter(|about| seen.insert(about.name.clone()))
            .cloned()
            .collect();
        out.sort();
        out
    }

    /// What the policies say of an object; `beside` are objects that stand with it. Policies that allow say nothing.
    #[must_use]
    pub fn judge(&self, object: &Value, beside: &[Value]) -> Vec<Said> {
        let mut said = Vec::new();
        let mut note = |about: &About, decision: Decision| {
            if !matches!(&decision, Decision::Allow { warnings } if warnings.is_empty()) {
                said.push(Said {
                    policy: about.name.clone(),
                    decision,
                });
            }
        };
        if let Some(rego) = &self.rego {
            for one in &self.packages {
                let rules = Rules {
                    rego,
                    package: &one.policy,
                };
                note(&one.about, rules.decide(object));
            }
        }
        if text(object, "/apiVersion").is_empty() || text(object, "/kind").is_empty() {
            return said;
        }
        let asked = request(object);
        let mut inventory = Inventory::default();
        beside.iter().for_each(|other| inventory.add(other));
        for one in &self.constraints {
            let (template, constraint) = &one.policy;
            let decision = Constraint::new(template, constraint, &inventory)
                .map_or_else(Decision::Unknown, |constraint| constraint.decide(&asked));
            note(&one.about, decision);
        }
        for one in &self.admission {
            note(&one.about, one.policy.decide(&asked));
        }
        for one in &self.kyverno {
            note(&one.about, one.policy.decide(&asked));
        }
        said
    }
}

/// Whether a policy of Kyverno only tells.
fn audits(policy: &Value) -> bool {
    let actions = policy
        .pointer("/spec/validationActions")
        .and_then(Value::as_array);
    match actions {
        Some(actions) => !actions.iter().any(|action| action == "Deny"),
        None if text(policy, "/kind").starts_with("Validating") => false,
        None => !text(policy, "/spec/validationFailureAction").eq_ignore_ascii_case("enforce"),
    }
}

fn name_of(text: &str) -> String {
    let kept = |c: char| {
        if c.is_ascii_alphanumeric() || c == '.' {
            c.to_ascii_lowercase()
        } else {
            '-'
        }
    };
    let name: String = text.chars().take(128).map(kept).collect();
    if name.is_empty() {
        "unnamed".to_owned()
    } else {
        name
    }
}
