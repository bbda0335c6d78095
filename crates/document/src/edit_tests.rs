//! An edit sets what it is to set, and nothing else.

use super::*;
use crate::{Dialect, Limits, read};
use serde_json::json;

fn root(text: &str) -> Node {
    let stream = read(text, Dialect::Core, Limits::default());
    assert_eq!(stream.errors, [], "{text}");
    stream.documents[0].root.clone()
}

fn edited(text: &str, way: &[&str], value: New) -> String {
    let (range, new) = set(text, &root(text), way, value).unwrap_or_else(|| panic!("no edit of {text}"));
    let mut text = text.to_owned();
    text.replace_range(range, &new);
    text
}

#[test]
fn entries_are_set_in_every_style_and_comments_stay() {
    let yes = || New::scalar("false");
    for (text, way, after) in [
        ("a: 1 # one\nb: 2\n", &["c"][..], "a: 1 # one\nb: 2\nc: false\n"),
        (
            "a:\n  b: 1 # x\n\n# y\nc: 2\n",
            &["a", "d"],
            "a:\n  b: 1 # x\n  d: false\n\n# y\nc: 2\n",
        ),
        ("a: {b: 1}\n", &["a", "d"], "a: {d: false, b: 1}\n"),
        (
            "{\"a\": {\"b\": 1}}",
            &["a", "d"],
            "{\"a\": {\"d\": false, \"b\": 1}}",
        ),
        (
            "{\"a\": {}}",
            &["a", "d", "e"],
            "{\"a\": {\"d\": {\"e\": false}}}",
        ),
        ("a: true # why\n", &["a"], "a: false # why\n"),
        ("a:\nb: 1\n", &["a", "c"], "a:\n  c: false\nb: 1\n"),
        ("a: ~\n", &["a", "c"], "a: {c: false}\n"),
        ("a:\n", &["a"], "a: false\n"),
        (
            "a: 1\r\nb: 2\r\n",
            &["c", "d"],
            "a: 1\r\nb: 2\r\nc:\r\n  d: false\r\n",
        ),
        ("a: |\n  x\n  y\n", &["b"], "a: |\n  x\n  y\nb: false\n"),
        ("a: 1", &["b"], "a: 1\nb: false"),
        ("- 1\n", &["b"], ""),
        ("a: [1]\n", &["a"], ""),
        ("x: &x {b: 1}\na: *x\n", &["a", "c"], ""),
        ("a: !t 1\n", &["a"], ""),
    ] {
        if after.is_empty() {
            assert_eq!(set(text, &root(text), way, yes()), None, "{text}");
        } else {
            assert_eq!(edited(text, way, yes()), after);
        }
    }
}

#[test]
fn items_of_lists_that_are_maps_are_edited_too() {
    let text = "items:\n- name: a\n  # why\n  image: x\n- name: b\n";
    let tree = root(text);
    let item = &tree.items_of("items")[0];
    let (range, new) = set(text, item, &["s", "t"], New::List(vec!["ALL".to_owned()])).unwrap();
    let mut after = text.to_owned();
    after.replace_range(range, &new);
    assert_eq!(
        after,
        "items:\n- name: a\n  # why\n  image: x\n  s:\n    t:\n      - ALL\n- name: b\n"
    );
}

#[test]
fn lists_grow_at_their_end() {
    for (text, after) in [
        ("a: [x, y] # z\n", "a: [x, y, w] # z\n"),
        ("a: [\"x\"]\n", "a: [\"x\", \"w\"]\n"),
        ("a: []\n", "a: [w]\n"),
        (
            "a:\n  - x # z\n  - y\nb: 1\n",
            "a:\n  - x # z\n  - y\n  - w\nb: 1\n",
        ),
        ("a:\n- x", "a:\n- x\n- w"),
    ] {
        let (range, new) = append(text, root(text).get("a").unwrap(), "w").unwrap();
        let mut edited = text.to_owned();
        edited.replace_range(range, &new);
        assert_eq!(edited, after);
    }
}

proptest::proptest! {
    #[test]
    fn whatever_is_set_is_read_again_and_all_else_is_as_it_was(
        keys in proptest::collection::btree_map("[a-f]", proptest::option::of("[a-z]{1,3}"), 1..5),
        inner in proptest::collection::btree_map("[a-f]", 0..9_i32, 0..4),
        style in 0..3_u8,
        hold in "[a-f]",
    ) {
        let mut text = String::new();
        for (key, value) in &keys {
            if key == &hold {
                continue;
            }
            text.push_str(&format!("{key}: {} # {key}\n", value.as_deref().unwrap_or("")));
        }
        text.push_str(&format!("{hold}:"));
        match style {
            0 => {
                for (key, value) in &inner {
                    text.push_str(&format!("\n    {key}: {value} # c"));
                }
                text.push('\n');
            }
            1 => {
                let items: Vec<String> = inner.iter().map(|(key, value)| format!("{key}: {value}")).collect();
                text.push_str(&format!(" {{{}}}\n", items.join(", ")));
            }
            _ => text.push_str(&format!(" {}\n", serde_json::to_string(&inner).unwrap())),
        }
        let before = root(&text).to_json();
        let after = root(&edited(&text, &[&hold, "zz"], New::scalar("false"))).to_json();
        let mut wanted = before;
        if wanted[&hold].is_null() {
            wanted[&hold] = json!({});
        }
        wanted[&hold]["zz"] = json!(false);
        assert_eq!(after, wanted, "{}", text);
    }
}
