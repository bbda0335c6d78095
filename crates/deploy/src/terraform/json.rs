//! Configurations and values of variables in JSON (`*.tf.json`, `*.tfvars.json`).
//!
//! In: the text of a file. Out: the same in Terraform's own syntax, so that everything after it reads one language, and where in the file each
//! block and attribute stands. JSON does not tell blocks from maps, and providers' schemas are not at hand: within resources an object whose
//! keys are names is taken for a block, unless it is an argument that is known to be a map. A rule sees no difference, for which see
//! `docs/terraform.md`.
//!
//! Source: <https://developer.hashicorp.com/terraform/language/syntax/json>.

use bartizan_document::{Dialect, Entry, Limits, Node, Span, Value, read};
use hcl_edit::expr::Expression;
use hcl_edit::structure::Body;
use hcl_edit::template::StringTemplate;

/// Arguments that are maps or collections in every provider, whatever their keys.
const MAPS: &[&str] = &[
    "annotations",
    "app_settings",
    "count",
    "default_tags",
    "for_each",
    "labels",
    "tags",
    "triggers",
    "user_labels",
    "variables",
];
/// Arguments that name things of the configuration without a template around them; nothing here asks for them.
const BARE: &[&str] = &["depends_on", "lifecycle", "provider", "providers"];

/// Where what was written out anew stands in the file that it was read from.
#[derive(Debug, Default)]
pub(crate) struct Origins {
    /// Where something begins in the new text, in order, and where it stands in the file.
    all: Vec<(usize, Span)>,
}

impl Origins {
    /// Where that stands which the new text has at a place.
    pub(crate) fn of(&self, span: Span) -> Span {
        let start = span.range().start;
        let after = self.all.partition_point(|(at, _)| *at <= start);
        let found = after.checked_sub(1).and_then(|at| self.all.get(at));
        found.map_or_else(Span::default, |(_, origin)| *origin)
    }
}

/// A file that was written out anew.
pub(super) struct Translated {
    pub(super) body: Body,
    pub(super) origins: Origins,
}

/// A configuration.
pub(super) fn configuration(text: &str) -> Result<Translated, String> {
    let mut writer = Writer::default();
    let root = root(text)?;
    for object in objects(&root) {
        for entry in object.entries() {
            writer.top(entry, text)?;
        }
    }
    writer.finish()
}

/// Values of variables: they are taken as they are written.
pub(super) fn values(text: &str) -> Result<Translated, String> {
    let mut writer = Writer::default();
    for entry in root(text)?.entries().iter().filter(|entry| is_name(&entry.key)) {
        writer.attribute(entry, &mut |out, node| literal(out, node))?;
    }
    writer.finish()
}

fn root(text: &str) -> Result<Node, String> {
    serde_json::from_str::<serde::de::IgnoredAny>(text)
        .map_err(|error| format!("line {}: no valid JSON: {error}", error.line()))?;
    let mut stream = read(text, Dialect::Core, Limits::default());
    if let Some(problem) = stream.errors.first() {
        return Err(format!("no valid JSON: {}", problem.message));
    }
    stream
        .documents
        .pop()
        .map(|document| document.root)
        .ok_or_else(|| "no valid JSON: it is empty".to_owned())
}

/// An object, or the objects of a list: both stand for blocks.
fn objects(node: &Node) -> &[Node] {
    match &node.value {
        Value::List(items) => items,
        Value::Map(_) => std::slice::from_ref(node),
        _ => &[],
    }
}

/// Whether a key can be the name of an attribute or a block.
fn is_name(key: &str) -> bool {
    let is_part = |one: char| one.is_alphanumeric() || one == '_' || one == '-';
    key.starts_with(|one: char| one.is_alphabetic() || one == '_') && key.chars().all(is_part)
}

fn is_block(key: &str, node: &Node) -> bool {
    let is_one = |node: &Node| matches!(&node.value, Value::Map(entries) if entries.iter().all(|entry| entry.key.starts_with("//") || is_name(&entry.key)));
    is_name(key)
        && !MAPS.contains(&key)
        && match &node.value {
            Value::Map(_) => is_one(node),
            Value::List(items) => !items.is_empty() && items.iter().all(is_one),
            _ => false,
        }
}

#[derive(Default)]
struct Writer {
    out: String,
    origins: Origins,
}

type Write<'w> = &'w mut dyn FnMut(&mut String, &Node) -> Result<(), String>;

impl Writer {
    fn finish(self) -> Result<Translated, String> {
        let body = hcl_edit::parser::parse_body(&self.out)
            .map_err(|error| format!("no valid configuration: {}", error.message()))?;
        Ok(Translated {
            body,
            origins: self.origins,
        })
    }

    fn top(&mut self, entry: &Entry, text: &str) -> Result<(), String> {
        let labels = match &*entry.key {
            "resource" | "data" | "ephemeral" => 2,
            "variable" | "output" | "module" | "provider" | "check" => 1,
            "locals" | "terraform" | "moved" | "import" | "removed" => 0,
            key if key.starts_with("//") => return Ok(()),
            key => {
                let line = text
                    .get(..entry.key_span.range().start)
                    .map_or(1, |before| 1 + before.matches('\n').count());
                return Err(format!(
                    "line {line}: no valid configuration: `{key}` is no type of block"
                ));
            }
        };
        self.labelled(&entry.key, entry.key_span, &entry.value, &mut Vec::new(), labels)
    }

    fn labelled(
        &mut self,
        kind: &str,
        at: Span,
        node: &Node,
        labels: &mut Vec<String>,
        left: usize,
    ) -> Result<(), String> {
        for object in objects(node) {
            if left == 0 {
                self.block(kind, labels, at, |writer| writer.content(kind, object))?;
                continue;
            }
            for entry in object
                .entries()
                .iter()
                .filter(|entry| !entry.key.starts_with("//"))
            {
                labels.push(entry.key.to_string());
                self.labelled(kind, entry.key_span, &entry.value, labels, left - 1)?;
                labels.pop();
            }
        }
        Ok(())
    }

    fn block(
        &mut self,
        kind: &str,
        labels: &[String],
        at: Span,
        content: impl FnOnce(&mut Self) -> Result<(), String>,
    ) -> Result<(), String> {
        self.origins.all.push((self.out.len(), at));
        self.out.push_str(kind);
        for label in labels {
            self.out.push(' ');
            self.out.push_str(&quoted(label));
        }
        self.out.push_str(" {\n");
        content(self)?;
        self.out.push_str("}\n");
        Ok(())
    }

    fn attribute(&mut self, entry: &Entry, write: Write<'_>) -> Result<(), String> {
        let span = Span {
            start: entry.key_span.start,
            end: entry.value.span.end.max(entry.key_span.end),
        };
        self.origins.all.push((self.out.len(), span));
        self.out.push_str(&entry.key);
        self.out.push_str(" = ");
        write(&mut self.out, &entry.value)?;
        self.out.push('\n');
        Ok(())
    }

    /// What stands in a block at the top, by its type.
    fn content(&mut self, kind: &str, node: &Node) -> Result<(), String> {
        for entry in node.entries().iter().filter(|entry| is_name(&entry.key)) {
            match (kind, &*entry.key) {
                ("module", "providers" | "depends_on") => {}
                ("variable", "type") => self.attribute(entry, &mut |out, node| bare(out, node))?,
                ("variable", _) | ("module", "source" | "version") => {
                    self.attribute(entry, &mut |out, node| literal(out, node))?;
                }
                ("output" | "module" | "locals", _) => {
                    self.attribute(entry, &mut |out, node| expression(out, node))?;
                }
                ("terraform", "required_providers") => {
                    for object in objects(&entry.value) {
                        self.block(&entry.key, &[], entry.key_span, |writer| {
                            let named = object.entries().iter().filter(|entry| is_name(&entry.key));
                            for entry in named {
                                writer.attribute(entry, &mut |out, node| literal(out, node))?;
                            }
                            Ok(())
                        })?;
                    }
                }
                _ => self.structure(entry)?,
            }
        }
        Ok(())
    }

    /// An argument or blocks, by what it looks like.
    fn structure(&mut self, entry: &Entry) -> Result<(), String> {
        if BARE.contains(&&*entry.key) {
            return Ok(());
        }
        if &*entry.key == "dynamic" {
            return self.dynamic(&entry.value);
        }
        if !is_block(&entry.key, &entry.value) {
            return self.attribute(entry, &mut |out, node| expression(out, node));
        }
        for object in objects(&entry.value) {
            self.block(&entry.key, &[], entry.key_span, |writer| writer.body(object))?;
        }
        Ok(())
    }

    fn body(&mut self, object: &Node) -> Result<(), String> {
        let mut named = object.entries().iter().filter(|entry| is_name(&entry.key));
        named.try_for_each(|entry| self.structure(entry))
    }

    fn dynamic(&mut self, node: &Node) -> Result<(), String> {
        for entry in objects(node).iter().flat_map(Node::entries) {
            for object in objects(&entry.value) {
                self.block("dynamic", &[entry.key.to_string()], entry.key_span, |writer| {
                    for part in object.entries().iter().filter(|part| is_name(&part.key)) {
                        match &*part.key {
                            "content" => {
                                for content in objects(&part.value) {
                                    writer.block("content", &[], part.key_span, |writer| {
                                        writer.body(content)
                                    })?;
                                }
                            }
                            "iterator" => writer.attribute(part, &mut |out, node| bare(out, node))?,
                            _ => writer.attribute(part, &mut |out, node| expression(out, node))?,
                        }
                    }
                    Ok(())
                })?;
            }
        }
        Ok(())
    }
}

/// Text that means itself.
fn quoted(text: &str) -> String {
    Expression::from(text).to_string()
}

/// A value in which texts are templates.
fn expression(out: &mut String, node: &Node) -> Result<(), String> {
    value(out, node, &|text| {
        if !text.contains(['$', '%']) {
            return Ok(quoted(text));
        }
        let template = hcl_edit::parser::parse_template(text)
            .map_err(|error| format!("no valid template in `{text}`: {}", error.message()))?;
        Ok(Expression::from(StringTemplate::from(template)).to_string())
    })
}

/// A value in which texts mean themselves.
fn literal(out: &mut String, node: &Node) -> Result<(), String> {
    value(out, node, &|text| Ok(quoted(text)))
}

/// An expression that stands in a text without a template around it.
fn bare(out: &mut String, node: &Node) -> Result<(), String> {
    let text = node.text().unwrap_or_default().trim();
    hcl_edit::parser::parse_expr(text)
        .map_err(|error| format!("no valid expression in `{text}`: {}", error.message()))?;
    out.push_str(text);
    Ok(())
}

fn value(out: &mut String, node: &Node, text: &dyn Fn(&str) -> Result<String, String>) -> Result<(), String> {
    match &node.value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(&value.to_string()),
        Value::Int(number) => out.push_str(&number.to_string()),
        Value::Float(number) => out.push_str(&serde_json::Value::from(*number).to_string()),
        Value::Text(part) => out.push_str(&text(part)?),
        Value::List(items) => {
            out.push('[');
            for item in items {
                value(out, item, text)?;
                out.push_str(", ");
            }
            out.push(']');
        }
        Value::Map(entries) => {
            out.push('{');
            for entry in entries {
                out.push_str(&text(&entry.key)?);
                out.push_str(" = ");
                value(out, &entry.value, text)?;
                out.push_str(", ");
            }
            out.push('}');
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::value::Val;
    use super::super::{File, Loaded, load};

    fn read(files: &[(&str, &str)]) -> Loaded {
        let files: Vec<File<'_>> = files.iter().map(|(path, text)| File { path, text }).collect();
        load(&files)
    }

    const MAIN: &str = r#"{
  "//": "made by a program",
  "variable": {"open": {"type": "bool", "default": false}, "o": {"type": "object({a = optional(number, 3)})", "default": {}}},
  "locals": {"port": 22, "quote": "a \"b\" ${upper(\"c\\n\")} $${x}"},
  "resource": {
    "t": {
      "one": {
        "it": "${[var.open, local.port, local.quote, var.o.a]}",
        "tags": {"a/b": "${local.port}"},
        "ingress": [{"from": 1}, {"from": "${local.port + 1}"}],
        "dynamic": {"egress": {"for_each": [1, 2], "iterator": "e", "content": {"n": "${e.value}"}}}
      },
      "two": [{"count": 2, "it": "${count.index}"}]
    }
  }
}"#;

    #[test]
    fn a_configuration_in_json_is_read_as_one_in_terraforms_own_syntax() {
        let loaded = read(&[
            ("main.tf.json", MAIN),
            ("terraform.tfvars.json", r#"{"open": true}"#),
        ]);
        assert_eq!(loaded.problems, []);
        let shown = loaded.resources.iter().map(|one| {
            let values = Val::Map(one.body.clone()).to_json();
            format!("{} {values}", one.address)
        });
        assert_eq!(
            shown.collect::<Vec<_>>(),
            [
                r#"t.one {"egress":[{"n":1},{"n":2}],"ingress":[{"from":1},{"from":23}],"it":[true,22,"a \"b\" C\n ${x}",3],"tags":{"a/b":22}}"#,
                r#"t.two {"count":2,"it":0}"#,
                r#"t.two {"count":2,"it":1}"#,
            ]
        );
    }

    #[test]
    fn places_are_those_of_the_json() {
        let loaded = read(&[("main.tf.json", MAIN)]);
        let one = &loaded.resources[0];
        let shown = |span: bartizan_document::Span| MAIN.get(span.range()).unwrap();
        assert_eq!(shown(one.at.span), "\"one\"");
        let places = one.body.places.as_ref().unwrap();
        assert!(shown(places.attributes["it"].span).starts_with("\"it\": \"${[var.open"));
        assert_eq!(shown(places.attributes["ingress"].span), "\"ingress\"");
    }

    #[test]
    fn both_syntaxes_make_one_module_and_either_overrides() {
        let files = [
            (
                "main.tf",
                "variable \"x\" {}\nresource \"t\" \"n\" {\n it = local.a\n}\n",
            ),
            ("a.tf.json", r#"{"locals": {"a": "${var.x}"}}"#),
            ("b.auto.tfvars.json", r#"{"x": "${not evaluated}"}"#),
            ("a.auto.tfvars", "x = 1\n"),
            (
                "override.tf.json",
                r#"{"resource": {"t": {"n": {"more": true}}}}"#,
            ),
        ];
        let loaded = read(&files);
        assert_eq!(loaded.problems, []);
        assert_eq!(loaded.resources.len(), 1);
        let entries = &loaded.resources[0].body.entries;
        assert_eq!(entries["it"], Val::text("${not evaluated}"));
        assert_eq!(entries["more"], Val::Bool(true));
    }

    #[test]
    fn damaged_and_hostile_json_is_said_and_ends() {
        for (text, says) in [
            ("{", "no valid JSON"),
            ("{a: 1}", "no valid JSON"),
            ("{\"resuorce\": {}}", "line 1: no valid configuration: `resuorce`"),
            (r#"{"locals": {"a": "${"}}"#, "no valid template"),
            (r#"{"variable": {"a": {"type": "list("}}}"#, "no valid expression"),
        ] {
            let problems = read(&[("a.tf.json", text)]).problems;
            assert!(
                problems.len() == 1 && problems[0].1.contains(says),
                "{text}: {problems:?}"
            );
        }
        let deep = format!(
            "{{\"locals\": {{\"a\": {}{}}}}}",
            "[".repeat(100_000),
            "]".repeat(100_000)
        );
        assert_eq!(read(&[("a.tf.json", &deep)]).problems.len(), 1);
        assert_eq!(read(&[("a.tf.json", "[]"), ("b.tf.json", "7")]).problems, []);
    }

    proptest::proptest! {
        #[test]
        fn any_json_is_read_with_places_within_it(parts in proptest::collection::vec("resource|data|module|locals|variable|dynamic|content|tags|a/b|\\$\\{[a-z.]{0,5}\\}|\\$\\{|%\\{ if true \\}|[a-zé\\\\n ]{0,5}", 1..12), shape in "[{\\[:,]{0,12}") {
            // Values within one another, by the shape, with the parts for keys and texts.
            let mut words = parts.iter().cycle();
            let mut value = serde_json::Value::from(words.next().unwrap().as_str());
            for one in shape.chars() {
                let word = words.next().unwrap().clone();
                value = match one {
                    '[' => serde_json::json!([value, word]),
                    ',' => serde_json::json!([value.clone(), value]),
                    _ => serde_json::json!({word: value}),
                };
            }
            let text = serde_json::json!({"resource": {"t": {"n": value.clone()}}, "locals": {"x": value}}).to_string();
            let loaded = read(&[("a.tf.json", &text)]);
            for resource in &loaded.resources {
                let places = resource.body.places.iter().flat_map(|places| places.attributes.values());
                for place in places.chain([&resource.at]) {
                    proptest::prop_assert!(text.get(place.span.range()).is_some());
                }
            }
        }
    }
}
