//! What is found depends neither on the order of files nor on names, and bounds hold whatever the program.

#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    reason = "helpers of tests fail as tests do"
)]

mod common;

use bartizan_flow::{File, Finding, Found, Limit, Limits, Marks, What, analyse, analyse_until};
use bartizan_syntax::{Ast, Language, parse};

const MAIN: &str = "
from tools import same, Box
import state

def run(items):
    kept = Box(source())
    for item in items:
        kept.put(item, source())
    sink(kept.get('a'))
    sink(same(kept))
    state.current = same(source())

def show():
    sink(state.current)
";

const TOOLS: &str = "
class Box:
    def __init__(self, value):
        self.values = {'a': value}

    def put(self, key, value):
        self.values[key] = value

    def get(self, key):
        return self.values[key]

def same(value):
    return value
";

const STATE: &str = "current = None\n";

fn program() -> Vec<(String, String)> {
    [("main.py", MAIN), ("tools.py", TOOLS), ("state.py", STATE)]
        .into_iter()
        .map(|(path, text)| (path.to_owned(), text.to_owned()))
        .collect()
}

/// Every finding as paths, places and kinds of steps, whatever the numbers of files are.
fn told(files: &[(String, String)]) -> Vec<String> {
    let (trees, found) = common::run(files, Language::Python);
    let place = |file: usize, node| format!("{}:{}", files[file].0, line(&trees[file], &files[file].1, node));
    let mut all: Vec<String> = found
        .findings
        .iter()
        .map(|finding| {
            let steps: Vec<String> = finding
                .steps
                .iter()
                .map(|step| format!("{:?} {}", step.what, place(step.file, step.node)))
                .collect();
            format!(
                "{:?} {} {steps:?}",
                finding.rule,
                place(finding.file, finding.sink)
            )
        })
        .collect();
    all.sort();
    all
}

fn line(ast: &Ast, text: &str, node: bartizan_syntax::NodeId) -> usize {
    text[..ast.span(node).start as usize].matches('\n').count() + 1
}

#[test]
fn the_order_of_files_changes_nothing() {
    let files = program();
    let expected = told(&files);
    assert!(!expected.is_empty());
    for order in [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let shuffled: Vec<_> = order.iter().map(|&at| files[at].clone()).collect();
        assert_eq!(told(&shuffled), expected, "order {order:?}");
    }
}

#[test]
fn other_names_change_nothing() {
    let files = program();
    let expected = told(&files);
    for prefix in ["zz_", "a", "Q"] {
        let renamed: Vec<(String, String)> = files
            .iter()
            .map(|(path, text)| {
                let mut text = text.clone();
                for name in [
                    "kept", "items", "item", "values", "value", "Box", "put", "same", "run", "show",
                    "current",
                ] {
                    text = replace_word(&text, name, &format!("{prefix}{name}"));
                }
                (path.clone(), text)
            })
            .collect();
        assert_eq!(told(&renamed), expected, "prefix {prefix}");
    }
}

fn replace_word(text: &str, from: &str, to: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    let part = |c: char| c.is_alphanumeric() || c == '_';
    while let Some(at) = rest.find(from) {
        let (before, after) = (&rest[..at], &rest[at + from.len()..]);
        out.push_str(before);
        let whole = !before.ends_with(part) && !after.starts_with(part);
        out.push_str(if whole { to } else { from });
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The finding of the plain rule.
fn plain(found: &Found) -> &Finding {
    let plain = |finding: &&Finding| finding.rule == common::PLAIN;
    found.findings.iter().find(plain).expect("one finding")
}

#[test]
fn a_way_goes_from_the_source_through_the_call_to_the_sink() {
    let text =
        "def same(a):\n    b = a\n    return b\n\ndef f():\n    x = source()\n    y = same(x)\n    sink(y)\n";
    let files = vec![("a.py".to_owned(), text.to_owned())];
    let (trees, found) = common::run(&files, Language::Python);
    let finding = plain(&found);
    let steps: Vec<(What, usize)> = finding
        .steps
        .iter()
        .map(|step| (step.what, line(&trees[0], text, step.node)))
        .collect();
    assert_eq!(
        steps,
        [
            (What::Source, 6),
            (What::Assigned, 6),
            (What::Called, 7),
            (What::Entered, 1),
            (What::Assigned, 1),
            (What::Assigned, 2),
            (What::Assigned, 7),
        ]
    );
}

#[test]
fn a_way_between_calls_tells_where_data_is_kept() {
    let text =
        "held = {}\n\ndef put(key):\n    held[key] = source()\n\ndef take(key):\n    sink(held[key])\n";
    let files = vec![("a.py".to_owned(), text.to_owned())];
    let (trees, found) = common::run(&files, Language::Python);
    let finding = plain(&found);
    let place = finding.kept.map(|(_, node)| line(&trees[0], text, node));
    assert_eq!((place, line(&trees[0], text, finding.sink)), (Some(4), 7));
    let steps: Vec<What> = finding.steps.iter().map(|step| step.what).collect();
    assert_eq!(steps, [What::Source, What::Assigned, What::Found]);
}

#[test]
fn a_sanitizer_of_another_rule_is_told() {
    let text = "def f():\n    x = clean(source())\n    sink(x)\n";
    let files = vec![("a.py".to_owned(), text.to_owned())];
    let (_, found) = common::run(&files, Language::Python);
    let finding = found
        .findings
        .iter()
        .find(|finding| finding.rule == common::ESCAPED)
        .expect("one finding");
    assert!(finding.steps.iter().any(|step| step.what == What::OtherSanitizer));
}

/// How many findings there are where only these files are asked about.
fn count(asked: &[&str]) -> usize {
    let files = program();
    let trees: Vec<Ast> = files
        .iter()
        .map(|(_, text)| parse(text, Language::Python).ast)
        .collect();
    let marks: Vec<Marks> = trees.iter().map(common::marks).collect();
    let given: Vec<File<'_>> = (0..files.len())
        .map(|at| File {
            path: &files[at].0,
            ast: &trees[at],
            marks: &marks[at],
            is_asked: asked.contains(&files[at].0.as_str()),
        })
        .collect();
    let library = common::Containers::default();
    analyse(&given, &common::rules(), &library, &Limits::default())
        .findings
        .len()
}

#[test]
fn what_is_asked_about_is_followed_through_other_files() {
    let all = count(&["main.py", "tools.py", "state.py"]);
    assert!(all > 0);
    assert_eq!(count(&["main.py"]), all);
    assert_eq!(count(&["tools.py", "state.py"]), 0);
}

fn limited(text: &str, limits: &Limits) -> Vec<Limit> {
    let ast = parse(text, Language::Python).ast;
    let marks: Marks = common::marks(&ast);
    let files = [File {
        path: "a.py",
        ast: &ast,
        marks: &marks,
        is_asked: true,
    }];
    let found = analyse(&files, &common::rules(), &common::Containers::default(), limits);
    found.limited.iter().map(|limited| limited.limit).collect()
}

#[test]
fn an_analysis_that_is_stopped_finds_nothing_and_follows_no_further_function() {
    let text = (0..200).fold(String::new(), |text, at| {
        format!("{text}def f{at}():\n    sink(source())\n")
    });
    let ast = parse(&text, Language::Python).ast;
    let marks: Marks = common::marks(&ast);
    let files = [File {
        path: "a.py",
        ast: &ast,
        marks: &marks,
        is_asked: true,
    }];
    let asked_until = |stop: usize| {
        let asked = std::cell::Cell::new(0);
        let is_stopped = || {
            asked.set(asked.get() + 1);
            asked.get() > stop
        };
        let library = common::Containers::default();
        let found = analyse_until(
            &files,
            &common::rules(),
            &library,
            &Limits::default(),
            &is_stopped,
        );
        (found.findings.len(), found.limited.len(), asked.get())
    };
    let (all, _, asked) = asked_until(usize::MAX);
    assert!(all >= 200 && asked > 400, "{all} {asked}");
    // Functions that wait are asked once each, and none of them is begun.
    assert_eq!(asked_until(20).0, 0);
    assert!(
        asked_until(20).2 < asked / 2 + 20,
        "{} of {asked}",
        asked_until(20).2
    );
}

#[test]
fn what_is_nested_too_deeply_is_told() {
    let deep = format!(
        "def f():\n    sink({}source(){})\n",
        "g(".repeat(390),
        ")".repeat(390)
    );
    assert!(limited(&deep, &Limits::default()).contains(&Limit::Depth));
}

#[test]
fn a_function_that_is_too_long_is_told() {
    let long = format!(
        "def f():\n    x = source()\n{}    sink(x)\n",
        "    x = x + g(x)\n".repeat(50)
    );
    let limits = Limits {
        instructions: 100,
        ..Limits::default()
    };
    assert!(limited(&long, &limits).contains(&Limit::Instructions));
    assert!(limited(&long, &Limits::default()).is_empty());
}

#[test]
fn functions_that_call_each_other_without_end_are_finished() {
    let mut text = String::new();
    for number in 0..60 {
        text.push_str(&format!(
            "def f{number}(x, k):\n    d = {{'a': x, k: f{}(x, k)}}\n    return d\n\n",
            (number + 1) % 60
        ));
    }
    text.push_str("def start():\n    sink(f0(source(), 'k'))\n");
    limited(&text, &Limits::default());
}

/// Objects that hold one another and go through many functions, so that what each does is much to say.
fn entangled(functions: usize) -> String {
    let mut text = String::new();
    for number in 0..functions {
        let fields: String = (0..40)
            .map(|field| {
                format!(
                    "    a.f{field} = g(b.f{}, c.x{number}.f{field})\n",
                    (field + number) % 40
                )
            })
            .collect();
        text.push_str(&format!(
            "def f{number}(a, b, c):\n{fields}    for x in b:\n        f{}(b, a, x)\n    f{}(c, x, a)\n    return g(a, b, c)\n\n",
            (number + 1) % functions,
            (number * 7 + 3) % functions,
        ));
    }
    text.push_str("def start(q):\n    sink(f0(source(), q, q))\n");
    text
}

#[test]
fn a_program_that_takes_more_work_than_it_is_given_is_told() {
    let limits = Limits {
        total: 2_000,
        ..Limits::default()
    };
    assert!(limited(&entangled(30), &limits).contains(&Limit::Total));
}

#[test]
fn a_function_that_takes_more_work_than_it_is_given_is_told() {
    let limits = Limits {
        work: 100,
        ..Limits::default()
    };
    assert!(limited(&entangled(3), &limits).contains(&Limit::Work));
}

#[test]
fn what_a_bound_cuts_short_is_the_same_every_time() {
    let limits = Limits {
        total: 5_000,
        ..Limits::default()
    };
    let text = entangled(20);
    assert_eq!(limited(&text, &limits), limited(&text, &limits));
}

#[test]
fn entangled_objects_are_finished() {
    limited(&entangled(60), &Limits::default());
}

#[test]
fn long_sums_and_chains_are_followed_without_recursion() {
    let sum = vec!["x"; 1500].join(" + ");
    let chain = "else:\n        pass\n";
    let mut ifs = String::from("    if x == 0:\n        pass\n");
    for number in 1..300 {
        ifs.push_str(&format!("    elif x == {number}:\n        x = source()\n"));
    }
    let text = format!("def f():\n    x = source()\n{ifs}    {chain}    sink({sum})\n");
    let files = vec![("a.py".to_owned(), text)];
    let (_, found) = common::run(&files, Language::Python);
    assert!(!found.findings.is_empty());
}

#[test]
fn data_in_objects_beyond_the_bound_is_still_told_to_callers() {
    let text = "def many():\n    return {'a': {'b': {'c': [source()]}}, 'd': {'e': ['safe']}}\n\ndef f():\n    x = many()\n    sink(x['a']['b']['c'][0])\n    sink(x['d']['e'][0])\n";
    let files = vec![("a.py".to_owned(), text.to_owned())];
    let all = Limits::default();
    let few = [Limits { left: 2, ..all }, Limits { left_depth: 1, ..all }];
    for limits in few {
        assert_eq!(limited(text, &limits), [Limit::Left], "{limits:?}");
        let (trees, found) = common::run_within(&files, Language::Python, &limits);
        let plain = found
            .findings
            .iter()
            .filter(|finding| finding.rule == common::PLAIN);
        let lines: Vec<usize> = plain.map(|finding| line(&trees[0], text, finding.sink)).collect();
        assert_eq!(lines, [6], "{limits:?}");
    }
    assert_eq!(limited(text, &all), []);
}
