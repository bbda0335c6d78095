//! Complexity of functions: what the published definitions count, on samples of our own.

#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use bartizan_code::quality::{complexities, size};
use bartizan_syntax::{Language, parse};

/// Name, cyclomatic and cognitive complexity of each function of a text.
fn measured(text: &str, language: Language) -> Vec<(String, u32, u32)> {
    let parsed = parse(text, language);
    assert_eq!(parsed.problems, [], "{text}");
    let functions = complexities(&parsed.ast, text);
    functions
        .into_iter()
        .map(|function| (function.name, function.cyclomatic, function.cognitive))
        .collect()
}

/// Cyclomatic and cognitive complexity of the only function of a text.
fn only(text: &str, language: Language) -> (u32, u32) {
    let functions = measured(text, language);
    assert_eq!(functions.len(), 1, "{functions:?}");
    (functions[0].1, functions[0].2)
}

#[test]
fn a_jump_out_of_nested_loops_costs_more_than_the_cases_of_a_switch() {
    let loops = "function total(limit) {
        let sum = 0;
        next: for (let n = 2; n < limit; n++) {
            for (let d = 2; d < n; d++) {
                if (n % d === 0) { continue next; }
            }
            sum += n;
        }
        return sum;
    }";
    assert_eq!(only(loops, Language::JavaScript), (4, 7));
    let switch = "function word(n) {
        switch (n) {
            case 1: return 'one';
            case 2: return 'a couple';
            case 3: return 'a few';
            default: return 'many';
        }
    }";
    assert_eq!(only(switch, Language::JavaScript), (4, 1));
}

#[test]
fn each_level_adds_one_but_try_and_finally_add_none() {
    let text = "class A { void m() {
        try {
            if (ready) {
                for (int i = 0; i < 10; i++) {
                    while (waiting) { }
                }
            }
        } catch (IOException | TimeoutException e) {
            if (waiting) { }
        } finally {
            close();
        }
    } }";
    assert_eq!(only(text, Language::Java), (6, 9));
}

#[test]
fn else_and_else_if_add_one_and_no_level() {
    for (text, language) in [
        (
            "function f() { if (a) { if (b) {} } else if (c) { if (d) {} } else { if (e) {} } }",
            Language::JavaScript,
        ),
        (
            "def f():\n    if a:\n        if b: pass\n    elif c:\n        if d: pass\n    else:\n        if e: pass\n",
            Language::Python,
        ),
        (
            "class A { void f() { if (a) { if (b) {} } else if (c) { if (d) {} } else { if (e) {} } } }",
            Language::Java,
        ),
        (
            "package p\nfunc f() {\n if a { if b {} } else if x := c(); x { if d {} } else { if e {} }\n}\n",
            Language::Go,
        ),
    ] {
        assert_eq!(only(text, language), (6, 9), "{language:?}");
    }
}

#[test]
fn runs_of_one_logical_operator_count_once() {
    for (condition, runs) in [
        ("a && b && c && d", 1),
        ("a && b && c || d || e && f", 3),
        ("a || b && c || d", 3),
        ("a && !(b && c)", 2),
        ("a && (b || c)", 2),
        ("a ?? b", 0),
    ] {
        let text = format!("function f() {{ return {condition}; }}");
        assert_eq!(only(&text, Language::TypeScript).1, runs, "{condition}");
    }
}

#[test]
fn functions_within_functions_are_a_level_of_them() {
    let text = "class A { void f() { Runnable r = () -> { if (a) { } }; } }";
    assert_eq!(only(text, Language::Java), (2, 2));
    let text = "function f(list) { if (list) { list.forEach(x => { if (x) { g(x); } }); } }";
    assert_eq!(only(text, Language::JavaScript), (3, 4));
}

#[test]
fn a_function_that_only_declares_is_no_level() {
    let text = "const module = function (root) {
        const count = 1;
        function first(a) { if (a) { return count; } }
        root.second = function (b) { while (b) { b = first(b); } };
    };";
    let expected = [("module", 1, 0), ("first", 2, 1), ("second", 2, 1)];
    let expected = expected.map(|(name, cyclomatic, cognitive)| (name.to_owned(), cyclomatic, cognitive));
    assert_eq!(measured(text, Language::JavaScript), expected);
    let text =
        "def decorated(f):\n    def inner(x):\n        if x:\n            return f(x)\n    return inner\n";
    let measured = measured(text, Language::Python);
    assert_eq!(measured[1], ("inner".to_owned(), 2, 1));
}

#[test]
fn every_function_of_a_cycle_of_calls_adds_one() {
    let text = "package p
        func fact(n int) int { if n < 2 { return 1 }; return n * fact(n-1) }
        func odd(n int) bool { return n != 0 && even(n-1) }
        func even(n int) bool { return n == 0 || odd(n-1) }
        func plain(n int) int { return fact(n) }
        func (s *S) walk(n int) { s.step(n) }
        func (s *S) step(n int) { s.walk(n) }";
    let cognitive: Vec<u32> = measured(text, Language::Go)
        .into_iter()
        .map(|(_, _, cognitive)| cognitive)
        .collect();
    assert_eq!(cognitive, [2, 2, 2, 0, 1, 1]);
    let text = "class A { f() { this.f(); } g() { other.g(); } }";
    let cognitive: Vec<u32> = measured(text, Language::JavaScript)
        .into_iter()
        .map(|(_, _, cognitive)| cognitive)
        .collect();
    assert_eq!(cognitive, [1, 0]);
}

#[test]
fn choices_within_choices_and_loops_with_an_else() {
    assert_eq!(
        only(
            "function f(a) { return a ? 1 : a > 1 ? 2 : 3; }",
            Language::JavaScript
        ),
        (3, 3)
    );
    let text = "def f(xs):\n    for x in xs:\n        try:\n            g(x)\n        except E:\n            break\n    else:\n        h()\n    return [x for x in xs if x]\n";
    assert_eq!(only(text, Language::Python), (5, 4));
}

#[test]
fn methods_of_classes_within_functions_are_measured_by_themselves() {
    let text = "function f() { if (a) { class B { m() { if (b) {} } } } }";
    let expected = [("f".to_owned(), 2, 1), ("m".to_owned(), 2, 1)];
    assert_eq!(measured(text, Language::JavaScript), expected);
}

#[test]
fn names_come_from_what_a_function_is_given_to() {
    let text = "const a = () => 1; b.c = function () {}; x = { d: () => 2 }; (function () {})();";
    let names: Vec<String> = measured(text, Language::JavaScript)
        .into_iter()
        .map(|(name, _, _)| name)
        .collect();
    assert_eq!(names, ["a", "c", "d", ""]);
}

#[test]
fn a_thousand_nested_conditions_are_measured_without_a_deep_stack() {
    let text = format!(
        "function f() {{ {} {} }}",
        "if (a) {".repeat(1_000),
        "}".repeat(1_000)
    );
    let parsed = parse(&text, Language::JavaScript);
    assert!(!complexities(&parsed.ast, &text).is_empty());
}

#[test]
fn lines_are_of_code_of_comments_of_both_or_of_neither() {
    let text = "// What it does.\n\nfunction f() { // why\n  return 1;\n}\n/* --- */\n/*\n * More.\n */\n";
    let size = size(&parse(text, Language::JavaScript).ast, text);
    assert_eq!((size.lines, size.code, size.comments), (9, 3, 3));
    assert_eq!((size.functions, size.classes), (1, 0));
    assert!((size.comment_ratio() - 0.5).abs() < 1e-9);
    let text = "\"\"\"What the module is for.\"\"\"\nx = 'no comment'\n";
    let size = size_of_python(text);
    assert_eq!((size.lines, size.code, size.comments), (2, 1, 1));
}

fn size_of_python(text: &str) -> bartizan_code::quality::Size {
    size(&parse(text, Language::Python).ast, text)
}
