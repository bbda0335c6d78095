//! The data source `aws_iam_policy_document`, as the JSON that it makes.
//!
//! Source: <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document>.

use super::directory::In;
use super::instance::Scope;
use super::resource::{self, Written};
use super::value::{Val, equal};
use hcl_edit::structure::Block;

/// The text of the policy; parts that are not known are holes in it.
pub(crate) fn json(scope: &Scope<'_, '_>, block: In<'_, Block>) -> Val {
    let written = Written {
        file: block.file,
        block: block.it,
    };
    let body = resource::body(scope, None, written, &mut |_, _| {});
    let get = |name: &str| body.entries.get(name).cloned().unwrap_or(Val::Null);
    let mut statements = Vec::new();
    for source in [
        "source_policy_documents",
        "override_policy_documents",
        "source_json",
        "override_json",
    ] {
        match get(source) {
            Val::Null => {}
            Val::List(items) => {
                for item in items {
                    merge(item, &mut statements);
                }
            }
            item => merge(item, &mut statements),
        }
    }
    match get("statement") {
        Val::List(items) => statements.extend(items.into_iter().map(statement)),
        Val::Unknown(reason) => statements.push(Val::Unknown(reason)),
        _ => {}
    }
    super::functions::call(
        "jsonencode",
        &[Val::map([
            ("Version".to_owned(), Val::text("2012-10-17")),
            ("Statement".to_owned(), Val::List(statements)),
        ])],
        false,
    )
}

fn merge(document: Val, statements: &mut Vec<Val>) {
    match super::functions::call("jsondecode", &[document], false) {
        Val::Map(mut map) => match map.entries.remove("Statement") {
            Some(Val::List(items)) => statements.extend(items),
            Some(one) => statements.push(one),
            None => {}
        },
        Val::Unknown(reason) => statements.push(Val::Unknown(reason)),
        _ => {}
    }
}

fn statement(statement: Val) -> Val {
    let Val::Map(map) = statement else {
        return statement;
    };
    let get = |name: &str| map.entries.get(name).cloned().filter(|value| *value != Val::Null);
    let mut out = vec![(
        "Effect".to_owned(),
        get("effect").unwrap_or_else(|| Val::text("Allow")),
    )];
    for (from, to) in [
        ("sid", "Sid"),
        ("actions", "Action"),
        ("not_actions", "NotAction"),
        ("resources", "Resource"),
        ("not_resources", "NotResource"),
        ("condition", "Condition"),
    ] {
        if let Some(value) = get(from) {
            out.push((to.to_owned(), value));
        }
    }
    for (from, to) in [("principals", "Principal"), ("not_principals", "NotPrincipal")] {
        if let Some(value) = get(from) {
            out.push((to.to_owned(), principals(value)));
        }
    }
    Val::map(out)
}

fn principals(blocks: Val) -> Val {
    let Val::List(blocks) = blocks else { return blocks };
    let mut all = Vec::new();
    for block in blocks {
        let Val::Map(map) = block else { return block };
        let get = |name: &str| map.entries.get(name).cloned().unwrap_or(Val::Null);
        let kind = get("type");
        if equal(&kind, &Val::text("*"), false) == Val::Bool(true) {
            return Val::text("*");
        }
        all.push((kind.written().unwrap_or_default(), get("identifiers")));
    }
    Val::map(all)
}
