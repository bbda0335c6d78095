//! What one rule of a role allows, decided as the API server's RBAC authorizer decides it.
//!
//! In: a rule as a role writes it, and a request. Out: whether the rule allows the request. Names of namespaces and subjects are no part
//! of it: [`super::Permissions`] knows which rules speak for whom, and where.
//!
//! Source: <https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources>.

use bartizan_engine::rule::Place;
use serde::{Deserialize, Serialize};

/// What stands for everything in verbs, groups, resources and paths; in names it stands for nothing.
pub(super) const ALL: &str = "*";

/// Most verbs, resources or names that are shown.
const SHOWN: usize = 8;

/// One rule of a role.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Verbs, or `*`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub verbs: Vec<String>,
    /// API groups, or `*`; the core group is empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// `resource`, `resource/subresource`, `*/subresource`, or `*` for all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    /// Names of objects; of all where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// Paths that are no resources; a trailing `*` stands for every rest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub urls: Vec<String>,
    /// Where it is written.
    #[serde(default)]
    pub place: Place,
}

/// What somebody asks of the API server. Empty is what a request does not have: the core group, no subresource, no name (as when
/// objects are created or listed), no namespace (objects of the cluster, or of all namespaces).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Request<'a> {
    /// The verb.
    pub verb: &'a str,
    /// The API group; empty for the core group.
    pub group: &'a str,
    /// The resource, in the plural.
    pub resource: &'a str,
    /// The subresource.
    pub subresource: &'a str,
    /// The name of the object.
    pub name: &'a str,
    /// The namespace.
    pub namespace: &'a str,
    /// The path of a request for no resource; where there is one, of the rest only the verb counts.
    pub url: &'a str,
}

impl<'a> Request<'a> {
    /// The namespace whose bindings are asked: an object `Namespace` lies in the namespace that it is.
    #[must_use]
    pub fn asked_namespace(&self) -> &'a str {
        if self.url.is_empty() {
            match (self.group, self.resource, self.namespace) {
                ("", "namespaces", "") => self.name,
                _ => self.namespace,
            }
        } else {
            ""
        }
    }
}

fn has(list: &[String], wanted: &str) -> bool {
    list.iter().any(|one| one == ALL || one == wanted)
}

impl Rule {
    /// Whether it allows a request, wherever it holds.
    #[must_use]
    pub fn allows(&self, request: &Request<'_>) -> bool {
        if !has(&self.verbs, request.verb) {
            return false;
        }
        if !request.url.is_empty() {
            return self.urls.iter().any(|url| url_matches(url, request.url));
        }
        has(&self.groups, request.group)
            && self.has_resource(request.resource, request.subresource)
            && (self.names.is_empty() || self.names.iter().any(|name| name == request.name))
    }

    /// Whether it speaks of a resource or of a subresource of it.
    #[must_use]
    pub fn has_resource(&self, resource: &str, subresource: &str) -> bool {
        self.resources.iter().any(|one| {
            one == ALL
                || if subresource.is_empty() {
                    one == resource
                } else {
                    // `*/scale` is the subresource of every resource; `pods/*` is none of anything.
                    one.strip_prefix("*/") == Some(subresource)
                        || one.strip_prefix(resource).and_then(|rest| rest.strip_prefix('/'))
                            == Some(subresource)
                }
        })
    }

    /// Whether it allows a verb on a resource, under whatever names.
    pub(super) fn gives(&self, verb: &str, group: &str, resource: &str, subresource: &str) -> bool {
        has(&self.verbs, verb) && has(&self.groups, group) && self.has_resource(resource, subresource)
    }

    /// What it says, on one line.
    #[must_use]
    pub fn words(&self) -> String {
        let list = |list: &[String]| {
            let shown = list.iter().take(SHOWN).map(String::as_str);
            let mut text = shown.collect::<Vec<_>>().join(",");
            if list.len() > SHOWN {
                text.push_str(",…");
            }
            text.replace(char::is_control, " ")
        };
        if !self.urls.is_empty() && self.resources.is_empty() {
            return format!("{} {}", list(&self.verbs), list(&self.urls));
        }
        let mut text = format!("{} {}", list(&self.verbs), list(&self.resources));
        if self.groups.iter().any(|group| !group.is_empty()) {
            let groups: Vec<String> = self
                .groups
                .iter()
                .map(|group| {
                    if group.is_empty() {
                        "core".to_owned()
                    } else {
                        group.clone()
                    }
                })
                .collect();
            text = format!("{text} of {}", list(&groups));
        }
        if !self.names.is_empty() {
            text = format!("{text} named {}", list(&self.names));
        }
        text
    }

    /// Whether it allows everything on every resource.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        let all = |list: &[String]| list.iter().any(|one| one == ALL);
        all(&self.verbs) && all(&self.groups) && all(&self.resources) && self.names.is_empty()
    }
}

fn url_matches(rule: &str, asked: &str) -> bool {
    rule == asked || rule.ends_with('*') && asked.starts_with(rule.trim_end_matches('*'))
}
