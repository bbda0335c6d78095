//! Answers as text, and as JSON.

use crate::manifests::line;
use bartizan_deploy::rbac::{
    Binding, Escalation, Escalations, Grant, Note, Outcome, Permissions, Request, Rule, Subject,
};
use serde_json::{Value, json};
use std::fmt::Write;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Text,
    Json,
}

/// What is asked.
pub(super) enum Asked<'a> {
    Grants,
    Paths,
    Can(&'a Request<'a>),
}

/// What answers are made of.
pub(super) struct Answer<'p> {
    pub(super) permissions: &'p Permissions,
    pub(super) escalations: &'p Escalations<'p>,
    pub(super) subjects: &'p [Subject],
    pub(super) notes: &'p [Note],
}

impl Answer<'_> {
    /// The answer, to be printed.
    pub(super) fn printed(&self, format: Format, asked: &Asked<'_>, meant: Option<&Subject>) -> String {
        match (format, asked) {
            (Format::Json, _) => {
                let text = serde_json::to_string_pretty(&self.json(asked, meant));
                text.unwrap_or_default() + "\n"
            }
            (Format::Text, Asked::Can(request)) => self.can(request, meant),
            (Format::Text, Asked::Grants) => self.grants(),
            (Format::Text, Asked::Paths) => self.paths(),
        }
    }

    fn grants(&self) -> String {
        let mut out = String::new();
        for subject in self.subjects {
            let taken = match self.escalations.takes_cluster(subject) {
                Some(way) if way.steps.len() == 1 => " can take the cluster".to_owned(),
                Some(way) => format!(" can take the cluster in {} steps", way.steps.len()),
                None => String::new(),
            };
            let _ = writeln!(out, "{}{taken}", line(&subject.to_string()));
            for grant in self.permissions.grants(subject) {
                let _ = writeln!(out, "    {}", worded(&grant));
            }
            for binding in self.permissions.unknown(subject) {
                let _ = writeln!(out, "    unknown: {}", line(&refers(binding)));
            }
        }
        out
    }

    fn can(&self, request: &Request<'_>, meant: Option<&Subject>) -> String {
        let mut out = String::new();
        for (subject, grants) in self.allowed(request, meant) {
            let _ = writeln!(out, "{}", line(&subject.to_string()));
            for grant in &grants {
                let _ = writeln!(out, "    {}", worded(grant));
            }
        }
        let masters = out.starts_with("Group system:masters\n") || out.contains("\nGroup system:masters\n");
        if meant.is_none() && !masters {
            let _ = writeln!(out, "Group system:masters\n    is refused nothing");
        } else if out.is_empty() {
            out.push_str("no\n");
        }
        out
    }

    /// Whom a request is allowed, and by which grants.
    fn allowed(&self, request: &Request<'_>, meant: Option<&Subject>) -> Vec<(Subject, Vec<Grant<'_>>)> {
        if let Some(subject) = meant {
            let grants = self.permissions.allows(subject, request);
            let allowed = !grants.is_empty() || Permissions::is_master(subject);
            return allowed.then(|| (subject.clone(), grants)).into_iter().collect();
        }
        let mut all: Vec<(Subject, Vec<Grant<'_>>)> = Vec::new();
        for grant in self.permissions.who_can(request) {
            match all.last_mut().filter(|(subject, _)| subject == grant.subject) {
                Some((_, grants)) => grants.push(grant),
                None => all.push((grant.subject.clone(), vec![grant])),
            }
        }
        all
    }

    /// What a subject can have; only the cluster where it can have that, for everything else follows.
    fn ways(&self, subject: &Subject) -> Vec<Escalation<'_>> {
        match self.escalations.takes_cluster(subject) {
            Some(way) => vec![way],
            None => self.escalations.of(subject),
        }
    }

    fn paths(&self) -> String {
        let mut out = String::new();
        for subject in self.subjects {
            let _ = writeln!(out, "{}", line(&subject.to_string()));
            let ways = self.ways(subject);
            if ways.is_empty() {
                out.push_str("    becomes nobody else\n");
            }
            for way in ways {
                let assumes = way.assumes().map(|one| format!(" (if {one})"));
                let _ = writeln!(
                    out,
                    "    {}{}",
                    line(&has(&way.outcome)),
                    assumes.unwrap_or_default()
                );
                for (number, step) in (1..).zip(&way.steps) {
                    let _ = writeln!(
                        out,
                        "      {number}. {}: {}",
                        step.way.words,
                        line(&has(&step.becomes))
                    );
                    for grant in &step.grants {
                        let _ = writeln!(out, "           {}", worded(grant));
                    }
                }
            }
        }
        out
    }

    fn json(&self, asked: &Asked<'_>, meant: Option<&Subject>) -> Value {
        let notes = self.notes.iter();
        let notes: Vec<Value> = notes
            .map(|note| json!({"path": note.path, "line": note.line, "message": note.message}))
            .collect();
        if let Asked::Can(request) = asked {
            let allowed = self.allowed(request, meant).into_iter();
            let allowed: Vec<Value> = allowed
                .map(|(who, grants)| {
                    let grants: Vec<Value> = grants.iter().map(grant).collect();
                    json!({"subject": subject(&who), "grants": grants})
                })
                .collect();
            return json!({
                "schema": "bartizan/rbac/v1",
                "request": {
                    "verb": request.verb, "group": request.group, "resource": request.resource,
                    "subresource": request.subresource, "name": request.name, "namespace": request.namespace,
                    "url": request.url,
                },
                "allowed": allowed,
                "notes": notes,
            });
        }
        let subjects: Vec<Value> = self.subjects.iter().map(|one| self.of(one, asked)).collect();
        json!({"schema": "bartizan/rbac/v1", "subjects": subjects, "notes": notes})
    }

    fn of(&self, who: &Subject, asked: &Asked<'_>) -> Value {
        let taken = self.escalations.takes_cluster(who);
        if matches!(asked, Asked::Paths) {
            let paths: Vec<Value> = self.ways(who).iter().map(path).collect();
            return json!({"subject": subject(who), "takes_cluster": taken.is_some(), "paths": paths});
        }
        let grants: Vec<Value> = self.permissions.grants(who).iter().map(grant).collect();
        let powers: Vec<Value> = self
            .escalations
            .powers(who)
            .iter()
            .map(|one| {
                json!({
                    "power": one.power.id(), "namespace": one.namespace, "names": one.grant.rule.names,
                    "grant": one.grant.id(),
                })
            })
            .collect();
        let unknown = self.permissions.unknown(who).into_iter();
        let unknown: Vec<String> = unknown.map(refers).collect();
        json!({
            "subject": subject(who), "takes_cluster": taken.as_ref().map(path), "grants": grants, "powers": powers,
            "unknown": unknown,
        })
    }
}

fn refers(binding: &Binding) -> String {
    format!("{} to {}", binding.title(), binding.role_title())
}

fn has(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Cluster => "takes the cluster".to_owned(),
        Outcome::Nodes => "has a node".to_owned(),
        Outcome::Subject(subject) => format!("becomes {subject}"),
    }
}

fn worded(grant: &Grant<'_>) -> String {
    let place = match (grant.role_path, grant.binding_path) {
        (Some(path), _) => format!("{path}:{}", grant.rule.place.0),
        (None, Some(path)) => format!("{path}:{}", grant.subject_place.0),
        (None, None) => "of every cluster".to_owned(),
    };
    let scope = match grant.namespace() {
        Some(namespace) => format!("in {namespace}"),
        None => "everywhere".to_owned(),
    };
    let text = format!(
        "{scope}: {} — {} to {}, rule {} ({place})",
        grant.rule.words(),
        grant.binding.title(),
        grant.role.title(),
        grant.index + 1
    );
    line(&text)
}

fn subject(subject: &Subject) -> Value {
    match subject {
        Subject::Account { namespace, name } => {
            json!({"kind": "ServiceAccount", "namespace": namespace, "name": name})
        }
        Subject::Group(name) => json!({"kind": "Group", "name": name}),
        Subject::User(name) => json!({"kind": "User", "name": name}),
    }
}

fn grant(grant: &Grant<'_>) -> Value {
    json!({
        "id": grant.id(),
        "subject": subject(grant.subject),
        "namespace": grant.namespace(),
        "binding": {"title": grant.binding.title(), "path": grant.binding_path, "line": grant.binding_path.map(|_| grant.subject_place.0)},
        "role": {"title": grant.role.title(), "path": grant.role_path, "line": grant.role_path.map(|_| grant.rule.place.0)},
        "rule": rule(grant.rule),
    })
}

fn rule(rule: &Rule) -> Value {
    json!({
        "verbs": rule.verbs, "apiGroups": rule.groups, "resources": rule.resources,
        "resourceNames": rule.names, "nonResourceURLs": rule.urls,
    })
}

fn outcome(one: &Outcome) -> Value {
    match one {
        Outcome::Cluster => json!("cluster"),
        Outcome::Nodes => json!("nodes"),
        Outcome::Subject(one) => subject(one),
    }
}

fn path(way: &Escalation<'_>) -> Value {
    let steps: Vec<Value> = way
        .steps
        .iter()
        .map(|step| {
            let grants: Vec<Value> = step.grants.iter().map(grant).collect();
            json!({"way": step.way.id, "does": step.way.words, "becomes": outcome(&step.becomes), "grants": grants})
        })
        .collect();
    json!({"outcome": outcome(&way.outcome), "assumes": way.assumes(), "steps": steps})
}
