//! `yamlencode`, `yamldecode` and `csvdecode`.
//!
//! YAML is written as Terraform writes it: blocks, every text in double quotes, and as a literal block where it has several lines. What it
//! decides of a text is the same however it is written; only digests of it would tell.
//!
//! Source: <https://developer.hashicorp.com/terraform/language/functions/yamlencode>.

use super::super::value::{Reason, Val};
use std::collections::BTreeMap;

/// Most rows of a table.
const MOST_ROWS: usize = 4096;

/// The value of YAML of which parts may be holes; none where Terraform refuses it.
pub(super) fn decoded(text: &str, why: &Reason) -> Option<Val> {
    let mut stream = bartizan_document::read(
        text,
        bartizan_document::Dialect::Core,
        bartizan_document::Limits::default(),
    );
    if !stream.errors.is_empty() || stream.documents.len() != 1 {
        return None;
    }
    Some(Val::from_json(&stream.documents.pop()?.root.to_json(), why))
}

/// A value as YAML; its unknown parts are holes.
pub(super) fn encoded(value: &Val) -> Val {
    let mut text = String::new();
    write(&value.to_json(), 0, &mut text);
    match value.doubt() {
        Some(reason) => Val::Partial(text, reason.clone()),
        None => Val::Text(text),
    }
}

/// Writes a value where a line has begun, and ends the line.
fn write(value: &serde_json::Value, margin: usize, out: &mut String) {
    use serde_json::Value as Json;
    match value {
        Json::Array(items) if !items.is_empty() => {
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push_str(&" ".repeat(margin));
                }
                out.push_str("- ");
                write(item, margin + 2, out);
            }
        }
        Json::Object(map) if !map.is_empty() => {
            for (at, (key, item)) in map.iter().enumerate() {
                if at > 0 {
                    out.push_str(&" ".repeat(margin));
                }
                out.push_str(&Json::from(key.as_str()).to_string());
                out.push(':');
                match item {
                    Json::Array(items) if !items.is_empty() => {
                        out.push('\n');
                        out.push_str(&" ".repeat(margin));
                        write(item, margin, out);
                    }
                    Json::Object(inner) if !inner.is_empty() => {
                        out.push('\n');
                        out.push_str(&" ".repeat(margin + 2));
                        write(item, margin + 2, out);
                    }
                    item => {
                        out.push(' ');
                        write(item, margin + 2, out);
                    }
                }
            }
        }
        Json::String(text) if is_literal(text) => literal(text, margin.max(2), out),
        other => {
            out.push_str(&other.to_string());
            out.push('\n');
        }
    }
}

/// Whether a text of several lines can be written without quotes.
fn is_literal(text: &str) -> bool {
    let plain = |one: char| one == '\n' || !one.is_control();
    text.contains('\n') && !text.starts_with([' ', '\n']) && text.chars().all(plain)
}

fn literal(text: &str, margin: usize, out: &mut String) {
    let body = text.trim_end_matches('\n');
    out.push_str(match text.len() - body.len() {
        0 => "|-\n",
        1 => "|\n",
        _ => "|+\n",
    });
    for line in body.split('\n') {
        if !line.is_empty() {
            out.push_str(&" ".repeat(margin));
            out.push_str(line);
        }
        out.push('\n');
    }
    for _ in 1..text.len() - body.len() {
        out.push('\n');
    }
}

/// A table whose first row names the columns, as RFC 4180 writes it; none where it is no such table.
pub(super) fn table(text: &str) -> Option<Val> {
    let mut rows = rows(text)?.into_iter();
    let names = rows.next()?;
    if rows.len() > MOST_ROWS {
        return Some(Val::unknown(format!("a table has more than {MOST_ROWS} rows")));
    }
    let row = |row: Vec<String>| {
        let entries = names.iter().cloned().zip(row.iter().map(Val::text));
        let entries: BTreeMap<String, Val> = entries.collect();
        (row.len() == names.len() && entries.len() == names.len()).then(|| Val::map(entries))
    };
    Some(Val::List(rows.map(row).collect::<Option<_>>()?))
}

fn rows(text: &str) -> Option<Vec<Vec<String>>> {
    let mut rows = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix('\n')) {
            rest = after;
            continue;
        }
        let mut row = Vec::new();
        loop {
            let (cell, after) = cell(rest)?;
            row.push(cell);
            match after.strip_prefix(',') {
                Some(more) => rest = more,
                None => {
                    let line = after.strip_prefix("\r\n").or_else(|| after.strip_prefix('\n'));
                    rest = line.or_else(|| after.is_empty().then_some(after))?;
                    break;
                }
            }
        }
        rows.push(row);
    }
    Some(rows)
}

fn cell(text: &str) -> Option<(String, &str)> {
    let Some(mut rest) = text.strip_prefix('"') else {
        let end = text.find([',', '\n']).unwrap_or(text.len());
        let (cell, after) = text.split_at_checked(end)?;
        if cell.contains('"') {
            return None;
        }
        return Some(
            match cell.strip_suffix('\r').filter(|_| after.starts_with('\n')) {
                Some(cell) => (cell.to_owned(), after),
                None => (cell.to_owned(), after),
            },
        );
    };
    let mut out = String::new();
    loop {
        let (inner, after) = rest.split_once('"')?;
        out.push_str(inner);
        let Some(more) = after.strip_prefix('"') else {
            return Some((out, after));
        };
        out.push('"');
        rest = more;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn known() -> Reason {
        Reason {
            text: "".into(),
            refused: false,
        }
    }

    fn values() -> impl Strategy<Value = Val> {
        let leaf = prop_oneof![
            Just(Val::Null),
            any::<bool>().prop_map(Val::Bool),
            (-1000..1000_i32).prop_map(|number| Val::Number(f64::from(number))),
            "[ -~\n\té:#-]{0,20}".prop_map(Val::Text),
        ];
        leaf.prop_recursive(4, 40, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Val::List),
                prop::collection::btree_map("[ -~]{0,8}", inner, 0..4).prop_map(Val::map),
            ]
        })
    }

    proptest! {
        #[test]
        fn yaml_that_was_written_is_read_as_what_it_was(value in values()) {
            let Val::Text(text) = encoded(&value) else { unreachable!() };
            prop_assert_eq!(decoded(&text, &known()).map(|read| read.to_json()), Some(value.to_json()), "{}", text);
        }

        #[test]
        fn any_text_is_a_table_or_none(text in "[a,\"\r\n]{0,40}") {
            let _ = table(&text);
        }
    }

    #[test]
    fn yaml_is_written_as_terraform_writes_it() {
        let json = serde_json::json!({"bar": "baz", "foo": [1, {"a": "b", "c": "d"}, 3], "of": "two\nlines\n", "none": {}});
        let Val::Text(text) = encoded(&Val::from_json(&json, &known())) else {
            panic!()
        };
        assert_eq!(
            text,
            "\"bar\": \"baz\"\n\"foo\":\n- 1\n- \"a\": \"b\"\n  \"c\": \"d\"\n- 3\n\"none\": {}\n\"of\": |\n  two\n  lines\n"
        );
    }

    #[test]
    fn tables_are_read_with_their_quotes() {
        let read = table("a,b\r\n\"x,\"\"y\",\n\n1,2").unwrap().to_json().to_string();
        assert_eq!(read, r#"[{"a":"x,\"y","b":""},{"a":"1","b":"2"}]"#);
        for refused in ["", "a\n\"x", "a,b\n1", "a,a\n1,2", "a\"\n1"] {
            assert!(table(refused).is_none(), "{refused}");
        }
    }
}
