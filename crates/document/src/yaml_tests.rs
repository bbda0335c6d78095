//! What the reader promises, with good and with hostile text.

use super::*;

fn one(text: &str) -> Node {
    let mut stream = read(text, Dialect::Kubernetes, Limits::default());
    assert_eq!(stream.errors, []);
    assert_eq!(stream.documents.len(), 1);
    stream.documents.remove(0).root
}

#[test]
fn every_node_knows_where_it_is_written() {
    let text = "a: 1\nspec:\n  names:\n  - x\n  - 'y'\nlast: true\n";
    let root = one(text);
    let shown = |node: &Node| text.get(node.span.range()).unwrap().to_owned();
    let names = root.at(&["spec", "names"]).unwrap();
    assert_eq!(shown(names), "x\n  - 'y'");
    assert_eq!(shown(&names.items()[1]), "'y'");
    assert_eq!(shown(root.get("spec").unwrap()), "names:\n  - x\n  - 'y'");
    assert_eq!(shown(root.get("last").unwrap()), "true");
    let key = root.entry("spec").unwrap().key_span;
    assert_eq!(text.get(key.range()), Some("spec"));
}

#[test]
fn places_are_bytes_whatever_the_characters() {
    let text = "名: ä\nb: [ü, x]\n";
    let root = one(text);
    let list = root.get("b").unwrap();
    assert_eq!(text.get(list.span.range()), Some("[ü, x]"));
    assert_eq!(text.get(list.items()[1].span.range()), Some("x"));
}

#[test]
fn json_is_read_with_places() {
    let text = r#"{"a": {"b": [1, "two", null, true]}, "c": 1.5}"#;
    let root = one(text);
    let list = root.at(&["a", "b"]).unwrap();
    assert_eq!(text.get(list.span.range()), Some(r#"[1, "two", null, true]"#));
    assert_eq!(
        root.to_json(),
        serde_json::from_str::<serde_json::Value>(text).unwrap()
    );
}

#[test]
fn aliases_and_merges_are_written_out_and_what_is_explicit_wins() {
    let text = "base: &b {x: 1, y: 2}\nother:\n  <<: *b\n  y: 3\nsame: *b\nmany:\n  <<: [{y: 5}, *b]\n";
    let root = one(text);
    let json = root.to_json();
    assert_eq!(json["other"], serde_json::json!({"y": 3, "x": 1}));
    assert_eq!(json["same"], serde_json::json!({"x": 1, "y": 2}));
    assert_eq!(json["many"], serde_json::json!({"x": 1, "y": 5}));
    // The place is where it is written.
    assert_eq!(
        text.get(root.at(&["other", "x"]).unwrap().span.range()),
        Some("1")
    );
}

#[test]
fn of_a_key_that_stands_twice_the_later_counts_and_it_is_said() {
    let stream = read("a: 1\nb: 2\na: 3\n", Dialect::Core, Limits::default());
    let document = &stream.documents[0];
    assert_eq!(document.root.get("a").unwrap().int(), Some(3));
    assert_eq!(document.duplicates.len(), 1);
    assert_eq!(document.duplicates[0].at, Span::new(10, 11));
}

#[test]
fn a_broken_document_leaves_the_others() {
    let stream = read(
        "a: 1\n---\nb: [1, }\n---\nc: 3\n",
        Dialect::Core,
        Limits::default(),
    );
    assert_eq!(stream.errors.len(), 1, "{:?}", stream.errors);
    let values: Vec<_> = stream.documents.iter().map(|one| one.root.to_json()).collect();
    assert_eq!(values, [serde_json::json!({"a": 1}), serde_json::json!({"c": 3})]);
}

#[test]
fn empty_documents_count_and_are_null() {
    let stream = read("---\n---\na: 1\n---\n", Dialect::Core, Limits::default());
    assert_eq!(stream.documents.len(), 3);
    assert!(stream.documents[0].root.is_null());
    assert_eq!(
        read("# only a comment\n", Dialect::Core, Limits::default())
            .documents
            .len(),
        0
    );
}

#[test]
fn tags_of_others_are_kept() {
    let root = one("a: !Ref Bucket\nb: !reference [x, y]\nc: !!str 12\nd: !!int \"7\"\n");
    assert_eq!(root.get("a").unwrap().tag.as_deref(), Some("!Ref"));
    assert_eq!(root.get("a").unwrap().text(), Some("Bucket"));
    assert_eq!(root.get("b").unwrap().tag.as_deref(), Some("!reference"));
    assert_eq!(root.get("c").unwrap().text(), Some("12"));
    assert_eq!(root.get("d").unwrap().int(), Some(7));
}

#[test]
fn a_bomb_of_aliases_ends_with_the_budget() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let before = vec![format!("*a{}", level - 1); 10].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{before}]\n"));
    }
    let stream = read(&text, Dialect::Core, Limits::default());
    assert_eq!(stream.documents.len(), 0);
    assert!(
        stream.errors[0].message.contains("too many nodes"),
        "{:?}",
        stream.errors
    );
}

#[test]
fn what_is_nested_too_deep_is_an_error() {
    for text in [
        "[".repeat(100_000),
        "{a: ".repeat(10_000),
        "- ".repeat(10_000),
        "a: &a [b, *a]".to_owned(),
    ] {
        let stream = read(&text, Dialect::Core, Limits::default());
        assert!(stream.documents.is_empty(), "{}", &text[..20.min(text.len())]);
        assert!(!stream.errors.is_empty());
    }
    // Each alias is one level deeper than what it stands for.
    let mut text = "a0: &a0 [x]\n".to_owned();
    for level in 1..200 {
        text.push_str(&format!("a{level}: &a{level} [*a{}]\n", level - 1));
    }
    let stream = read(&text, Dialect::Core, Limits::default());
    assert!(stream.errors[0].message.contains("deeper"), "{:?}", stream.errors);
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_without_panic_and_with_places_within_it(text in "[a-c:\\-\\[\\]{}&*!|>'\"# \n,<0-9~.]{0,80}") {
        let stream = read(&text, Dialect::Kubernetes, Limits { nodes: 1000, depth: 20 });
        fn check(node: &Node, text: &str) {
            assert!(text.get(node.span.range()).is_some(), "{:?}", node.span);
            node.items().iter().for_each(|one| check(one, text));
            for entry in node.entries() {
                assert!(text.get(entry.key_span.range()).is_some());
                check(&entry.value, text);
            }
        }
        for document in &stream.documents {
            check(&document.root, &text);
        }
    }
}

#[test]
fn lines_of_a_quoted_text_need_no_indentation() {
    let text = "a:\n  b: \"one\n  two\n\n three\"\n  c: 'it''s\n  \"so\"' # \"\nd: x\n";
    let root = one(text);
    let shown = |node: &Node| text.get(node.span.range()).unwrap().to_owned();
    let b = root.at(&["a", "b"]).unwrap();
    assert_eq!(b.text(), Some("one two\nthree"));
    assert_eq!(shown(b), "\"one\n  two\n\n three\"");
    let c = root.at(&["a", "c"]).unwrap();
    assert_eq!(c.text(), Some("it's \"so\""));
    assert_eq!(shown(c), "'it''s\n  \"so\"'");
    assert_eq!(shown(root.get("d").unwrap()), "x");
}

#[test]
fn a_quoted_text_may_be_less_indented_in_a_list_and_in_a_later_document() {
    let text = "x: 1\n---\n- \"a\\\n\\ b\"\n- k: 'c\nd'\n";
    let stream = read(text, Dialect::Kubernetes, Limits::default());
    assert_eq!(stream.errors, []);
    let list = &stream.documents[1].root;
    assert_eq!(list.items()[0].text(), Some("a b"));
    assert_eq!(list.items()[1].get("k").unwrap().text(), Some("c d"));
}

#[test]
fn a_quoted_text_that_never_ends_is_an_error() {
    for text in ["a:\n  b: \"one\n  two\n", "a:\n  b: 'one\n  two\nc: d\n"] {
        let stream = read(text, Dialect::Kubernetes, Limits::default());
        assert_eq!(stream.documents.len(), 0, "{text}");
        assert_ne!(stream.errors, [], "{text}");
    }
}

#[test]
fn a_great_many_quoted_texts_without_indentation_end_in_an_error_and_not_in_an_hour() {
    let text = "- k: 'a\nb'\n".repeat(5_000);
    let stream = read(&text, Dialect::Kubernetes, Limits::default());
    assert_ne!(stream.errors, []);
}
