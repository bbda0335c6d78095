//! The roles and bindings that come with every cluster.
//!
//! `builtin.txt` has what an API server of version 1.36 makes when it starts: `role NAME`, with the aggregates that it counts towards
//! (`to=`) and is made of (`of=`), then a line a rule, verbs | groups | resources | names; `bind NAME ROLE SUBJECT…`. A name with a
//! `/` is that of a namespace and of an object in it.
//!
//! Source: <https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings>.

use super::manifest::{Binding, Role};
use super::rule::Rule;
use super::subject::Subject;
use crate::reach::selector::{Labels, Selector};
use bartizan_engine::rule::Place;

const TEXT: &str = include_str!("builtin.txt");
/// What a label begins with that makes a role count towards another.
const AGGREGATE: &str = "rbac.authorization.k8s.io/aggregate-to-";

/// The roles and bindings of every cluster.
pub(super) fn builtin() -> (Vec<Role>, Vec<Binding>) {
    let (mut roles, mut bindings) = (Vec::<Role>::new(), Vec::new());
    for line in TEXT.lines() {
        if let Some(rest) = line.strip_prefix("role ") {
            roles.push(role(rest));
        } else if let Some(rest) = line.strip_prefix("bind ") {
            bindings.push(binding(rest));
        } else if let Some(role) = roles.last_mut() {
            role.rules.push(rule(line));
        }
    }
    (roles, bindings)
}

fn placed(text: &str) -> (Option<String>, String) {
    match text.split_once('/') {
        Some((namespace, name)) => (Some(namespace.to_owned()), name.to_owned()),
        None => (None, text.to_owned()),
    }
}

fn role(text: &str) -> Role {
    let mut words = text.split(' ');
    let (namespace, name) = placed(words.next().unwrap_or_default());
    let (mut labels, mut aggregates) = (Labels::new(), Vec::new());
    for word in words {
        let (of, list) = match (word.strip_prefix("to="), word.strip_prefix("of=")) {
            (Some(list), _) => (false, list),
            (None, Some(list)) => (true, list),
            (None, None) => continue,
        };
        for one in list.split(',') {
            let key = format!("{AGGREGATE}{one}");
            if of {
                aggregates.push(Selector::label(&key, "true"));
            } else {
                labels.insert(key.into(), "true".into());
            }
        }
    }
    Role {
        namespace,
        name,
        labels,
        rules: Vec::new(),
        aggregates,
        place: Place::default(),
    }
}

fn rule(line: &str) -> Rule {
    let mut parts = line.split(" | ").map(|part| {
        let words = part.split_whitespace();
        words
            .map(|word| if word == "core" { "" } else { word }.to_owned())
            .collect::<Vec<String>>()
    });
    let mut next = || parts.next().unwrap_or_default();
    let (verbs, groups, resources, names) = (next(), next(), next(), next());
    if groups == ["url"] {
        return Rule {
            verbs,
            urls: resources,
            ..Rule::default()
        };
    }
    Rule {
        verbs,
        groups,
        resources,
        names,
        ..Rule::default()
    }
}

fn binding(text: &str) -> Binding {
    let mut words = text.split(' ');
    let (namespace, name) = placed(words.next().unwrap_or_default());
    let role = words.next().unwrap_or_default().to_owned();
    let subjects = words.map(|word| {
        let subject = match word.split_once('/') {
            Some(("account", rest)) => match rest.split_once('/') {
                Some((namespace, name)) => Subject::account(namespace, name),
                None => Subject::User(rest.to_owned()),
            },
            Some(("group", name)) => Subject::Group(name.to_owned()),
            _ => Subject::user(word.strip_prefix("user/").unwrap_or(word)),
        };
        (subject, Place::default())
    });
    Binding {
        of_cluster_role: namespace.is_none(),
        namespace,
        name,
        role,
        role_place: Place::default(),
        subjects: subjects.collect(),
        place: Place::default(),
    }
}
