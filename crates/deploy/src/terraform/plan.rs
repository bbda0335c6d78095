//! Plans and states, as `terraform show -json` writes them.
//!
//! In: the text of one. Out: its resources as those of a configuration, with their places in the plan. What is known only once it is applied is
//! unknown; what nobody wrote and the provider makes up is left out, as it is in a configuration.
//!
//! Source: <https://developer.hashicorp.com/terraform/internals/json-format>, format 1.x.

use super::resource::Resource;
use super::value::{Map, Place, Places, Val};
use super::versions::{Versions, provider_named, provider_of};
use bartizan_document::{Dialect, Entry, Limits, Node, Span, Value, read};
use memchr::memmem;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Largest plan that is read, in bytes.
pub(super) const LARGEST: usize = 64 << 20;
/// Most modules within one another.
const DEEPEST: usize = 64;

/// Whether a text is a plan or a state, by the fields that either has.
pub(crate) fn is_one(text: &[u8]) -> bool {
    let has = |field: &[u8]| memmem::find(text, field).is_some();
    has(b"\"format_version\"")
        && has(b"\"terraform_version\"")
        && (has(b"\"planned_values\"") || has(b"\"root_module\""))
}

/// The resources of a plan.
pub(super) fn resources(path: &str, file: usize, text: &str) -> Result<Vec<Resource>, String> {
    let stream = read(text, Dialect::Core, Limits::default());
    if let Some(problem) = stream.errors.first() {
        return Err(format!("no valid plan: {}", problem.message));
    }
    let root = stream.documents.into_iter().next().map(|document| document.root);
    let root = root.ok_or("no valid plan: it is empty")?;
    let version = root.text_of("format_version").unwrap_or_default();
    if !(version.starts_with("1.") || version.starts_with("0.")) {
        return Err(format!(
            "the format {version} of plans is not known; formats 0 and 1 are"
        ));
    }
    let mut reading = Reading {
        file,
        root: path.into(),
        written: BTreeMap::new(),
        versions: versions(&root),
        out: Vec::new(),
    };
    if let Some(configuration) = root.at(&["configuration", "root_module"]) {
        reading.configuration(configuration, "", 0);
    }
    let has_configuration = root.get("configuration").is_some();
    let changes = root.items_of("resource_changes");
    for change in changes {
        let actions = change.at(&["change", "actions"]).map_or(&[][..], Node::items);
        let stays = actions.iter().any(|action| action.text() != Some("delete"));
        let after = change.at(&["change", "after"]);
        if let Some(after) = after.filter(|_| stays) {
            let unknown = change.at(&["change", "after_unknown"]);
            reading.resource(change, (after, unknown), has_configuration);
        }
    }
    if changes.is_empty() {
        let values = [&["planned_values", "root_module"], &["values", "root_module"]];
        if let Some(module) = values.iter().find_map(|way| root.at(*way)) {
            reading.module(module, 0);
        }
    }
    Ok(reading.out)
}

struct Reading {
    file: usize,
    root: Rc<str>,
    /// For each resource, by its address without indices, what the configuration writes: attributes, and what each refers to.
    written: BTreeMap<String, BTreeMap<String, BTreeSet<String>>>,
    /// By provider.
    versions: BTreeMap<String, Versions>,
    out: Vec<Resource>,
}

/// Which versions of providers the configuration of a plan admits.
fn versions(root: &Node) -> BTreeMap<String, Versions> {
    let mut all: BTreeMap<String, Versions> = BTreeMap::new();
    let configs = root.at(&["configuration", "provider_config"]);
    for entry in configs.map_or(&[][..], Node::entries) {
        let one = &entry.value;
        let name = one.text_of("full_name").or_else(|| one.text_of("name"));
        if let (Some(name), Some(constraint)) = (name, one.text_of("version_constraint")) {
            let range = all.entry(provider_named(name).to_owned()).or_default();
            *range = range.and(constraint);
        }
    }
    all
}

impl Reading {
    fn configuration(&mut self, module: &Node, prefix: &str, depth: usize) {
        for resource in module.items_of("resources") {
            let Some(address) = resource.text_of("address") else {
                continue;
            };
            let expressions = resource.get("expressions").map_or(&[][..], Node::entries);
            let written = expressions.iter().map(|entry| {
                let mut found = BTreeSet::new();
                references(&entry.value, prefix, &mut found, 0);
                (entry.key.to_string(), found)
            });
            self.written
                .insert(format!("{prefix}{address}"), written.collect());
        }
        for call in module.get("module_calls").map_or(&[][..], Node::entries) {
            if let Some(inner) = call.value.get("module").filter(|_| depth < DEEPEST) {
                self.configuration(inner, &format!("{prefix}module.{}.", call.key), depth + 1);
            }
        }
    }

    fn module(&mut self, module: &Node, depth: usize) {
        for resource in module.items_of("resources") {
            if let Some(values) = resource.get("values") {
                self.resource(resource, (values, None), false);
            }
        }
        for child in module
            .items_of("child_modules")
            .iter()
            .filter(|_| depth < DEEPEST)
        {
            self.module(child, depth + 1);
        }
    }

    fn resource(&mut self, one: &Node, (after, unknown): (&Node, Option<&Node>), has_configuration: bool) {
        let is_managed = one.text_of("mode") == Some("managed");
        let (Some(kind), Some(address), true) = (one.text_of("type"), one.text_of("address"), is_managed)
        else {
            return;
        };
        let address = without_indices(address);
        let place = |span: Span| Place {
            file: self.file,
            span,
        };
        let at = one.get("address").map_or(one.span, |address| address.span);
        let written = self.written.get(&address);
        let mut body = self.map(after, unknown, at);
        if has_configuration {
            body.entries.retain(|key, value| {
                let is_written = written.is_some_and(|written| written.contains_key(key));
                is_written || !matches!(value, Val::Unknown(_))
            });
        }
        self.out.push(Resource {
            kind: kind.to_owned(),
            root: Rc::clone(&self.root),
            at: place(at),
            planned: None,
            versions: self.versions.get(provider_of(kind)).copied().unwrap_or_default(),
            calls: Vec::new(),
            body,
            references: written.cloned().unwrap_or_default(),
            address,
        });
    }

    fn map(&self, after: &Node, unknown: Option<&Node>, at: Span) -> Map {
        let mut entries = BTreeMap::new();
        let mut attributes = BTreeMap::new();
        let later = unknown.map_or(&[][..], Node::entries);
        let missing = |entry: &&Entry| after.get(&entry.key).is_none();
        for entry in after.entries().iter().chain(later.iter().filter(missing)) {
            let after = after.get(&entry.key);
            let value = self.value(after, unknown.and_then(|unknown| unknown.get(&entry.key)));
            // Nothing, and no blocks, are what is left out.
            let is_nothing =
                matches!(&value, Val::Null) || matches!(&value, Val::List(items) if items.is_empty());
            if !is_nothing {
                entries.insert(entry.key.to_string(), value);
                let span = after.map_or(at, |value| Span {
                    start: entry.key_span.start,
                    end: value.span.end.max(entry.key_span.end),
                });
                attributes.insert(
                    entry.key.to_string(),
                    Place {
                        file: self.file,
                        span,
                    },
                );
            }
        }
        Map {
            entries,
            places: Some(Rc::new(Places {
                at: Place {
                    file: self.file,
                    span: at,
                },
                attributes,
            })),
        }
    }

    fn value(&self, after: Option<&Node>, unknown: Option<&Node>) -> Val {
        if unknown.and_then(Node::bool) == Some(true) {
            return Val::unknown("it is known only once the plan is applied");
        }
        let Some(after) = after else { return Val::Null };
        match &after.value {
            Value::Null => Val::Null,
            Value::Bool(value) => Val::Bool(*value),
            Value::Int(_) | Value::Float(_) => Val::Number(after.to_json().as_f64().unwrap_or(f64::NAN)),
            Value::Text(text) => Val::text(&**text),
            Value::List(items) => {
                let later = unknown.map_or(&[][..], Node::items);
                let items = items.iter().enumerate();
                Val::List(
                    items
                        .map(|(at, item)| self.value(Some(item), later.get(at)))
                        .collect(),
                )
            }
            Value::Map(_) => Val::Map(self.map(after, unknown, after.span)),
        }
    }
}

/// Addresses of resources that an expression refers to.
fn references(expression: &Node, prefix: &str, out: &mut BTreeSet<String>, depth: usize) {
    if depth > DEEPEST {
        return;
    }
    for reference in expression.items_of("references").iter().filter_map(Node::text) {
        let mut parts = reference.split('.');
        let kind = parts.next().unwrap_or_default();
        let is_resource = ![
            "var",
            "local",
            "data",
            "each",
            "count",
            "path",
            "terraform",
            "module",
            "self",
        ]
        .contains(&kind);
        if let (Some(name), true) = (parts.next(), is_resource) {
            out.insert(without_indices(&format!("{prefix}{kind}.{name}")));
        }
    }
    for inner in expression.items() {
        references(inner, prefix, out, depth + 1);
    }
    for entry in expression
        .entries()
        .iter()
        .filter(|entry| &*entry.key != "references")
    {
        references(&entry.value, prefix, out, depth + 1);
    }
}

/// An address without what tells instances apart; a key may hold a bracket itself.
fn without_indices(address: &str) -> String {
    let mut out = String::with_capacity(address.len());
    let (mut is_inside, mut is_quoted, mut is_escaped) = (false, false, false);
    for one in address.chars() {
        match one {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' if is_inside => is_quoted = !is_quoted,
            '[' if !is_quoted => is_inside = true,
            ']' if !is_quoted => is_inside = false,
            one if !is_inside => out.push(one),
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: &str = r#"{"format_version": "1.2", "terraform_version": "1.9.0",
  "planned_values": {"root_module": {}},
  "resource_changes": [
    {"address": "module.a.aws_s3_bucket.b[\"x]\"]", "mode": "managed", "type": "aws_s3_bucket",
     "change": {"actions": ["create"], "after": {"bucket": "b", "acl": null, "rule": [{"x": 1}], "grant": []},
                "after_unknown": {"arn": true, "bucket_prefix": true, "rule": [{"y": true}]}}},
    {"address": "aws_s3_bucket.gone", "mode": "managed", "type": "aws_s3_bucket", "change": {"actions": ["delete"], "after": null}},
    {"address": "data.aws_ami.a", "mode": "data", "type": "aws_ami", "change": {"actions": ["read"], "after": {}}}],
  "configuration": {"root_module": {"module_calls": {"a": {"module": {"resources": [
    {"address": "aws_s3_bucket.b", "expressions": {"bucket": {"references": ["aws_kms_key.k.arn", "var.x"]}, "bucket_prefix": {}}}]}}}}}}"#;

    #[test]
    fn a_plan_is_read_as_the_resources_that_it_will_make() {
        assert!(is_one(PLAN.as_bytes()));
        let read = resources("plan.json", 0, PLAN).unwrap();
        assert_eq!(read.len(), 1, "what is deleted or only read is none");
        let bucket = &read[0];
        assert_eq!(
            (bucket.address.as_str(), bucket.kind.as_str()),
            ("module.a.aws_s3_bucket.b", "aws_s3_bucket")
        );
        let keys: Vec<&str> = bucket.body.entries.keys().map(String::as_str).collect();
        assert_eq!(
            keys,
            ["bucket", "bucket_prefix", "rule"],
            "what nobody wrote is left out"
        );
        assert!(matches!(bucket.body.entries["bucket_prefix"], Val::Unknown(_)));
        let Val::List(rules) = &bucket.body.entries["rule"] else {
            panic!()
        };
        let Val::Map(rule) = &rules[0] else { panic!() };
        assert!(matches!(rule.entries["y"], Val::Unknown(_)));
        assert_eq!(
            bucket.references["bucket"].iter().collect::<Vec<_>>(),
            ["module.a.aws_kms_key.k"]
        );
        let place = bucket.body.places.as_ref().unwrap().attributes["bucket"];
        assert_eq!(PLAN.get(place.span.range()), Some("\"bucket\": \"b\""));
        let constrained = r#""configuration": {"provider_config": {"aws": {"full_name": "registry.terraform.io/hashicorp/aws", "version_constraint": "~> 4.0"}}, "#;
        let constrained = PLAN.replace(r#""configuration": {"#, constrained);
        let read = resources("plan.json", 0, &constrained).unwrap();
        assert_eq!(read[0].versions.since("5.0"), Val::Bool(false));
    }

    #[test]
    fn a_state_is_read_with_the_modules_in_it() {
        let state = r#"{"format_version": "1.0", "terraform_version": "1.9.0", "values": {"root_module": {"child_modules": [{"resources":
            [{"address": "module.a.t.n", "mode": "managed", "type": "t", "values": {"x": true}}]}]}}}"#;
        let read = resources("s.json", 0, state).unwrap();
        assert_eq!(read[0].body.entries["x"], Val::Bool(true));
    }

    #[test]
    fn formats_that_are_not_known_and_damaged_plans_are_said() {
        assert!(resources("p", 0, &PLAN.replace("1.2", "9.0")).is_err());
        assert!(resources("p", 0, PLAN.get(..300).unwrap()).is_err());
    }
}
