//! Rules and a library that tests share: what they say depends on nothing but the names of functions.

#![allow(unreachable_pub, reason = "a module that tests share")]

use bartizan_flow::{
    Behaviour, Callee, Effect, Entry, File, Found, Label, Library, Limits, Made, Marks, Parts, Place,
    Requires, Rule, RuleId, Sanitizer, Sink, Source, Then, analyse,
};
use bartizan_syntax::{Ast, Kind, Language, NodeId, parse};

/// `source()` to `sink()`, cleaned by `clean()`.
pub const PLAIN: RuleId = RuleId(0);
/// The same sources and sinks, cleaned by `escape()` only.
pub const ESCAPED: RuleId = RuleId(1);
/// `source()` with one label, `mark(x)` with another where the first is; `sink()` asks for the second.
pub const LABELLED: RuleId = RuleId(2);

/// The name that a call calls, without what it is called on.
fn called(ast: &Ast, call: NodeId) -> Option<&str> {
    let callee = ast.child(call, 0)?;
    Some(match ast.kind(callee) {
        Kind::Member => ast.text(ast.child(callee, 1)?),
        _ => ast.text(callee),
    })
}

/// What the rules of these tests say of a file.
pub fn marks(ast: &Ast) -> Marks {
    let mut marks = Marks::default();
    for id in ast.ids().filter(|&id| ast.kind(id) == Kind::Call) {
        match called(ast, id) {
            Some("source") => {
                for (rule, label) in [(PLAIN, 0), (ESCAPED, 0), (LABELLED, 0)] {
                    marks.source(id, source(rule, label));
                }
            }
            Some("mark") => {
                let requires = Some(Requires::Label(Label(0)));
                let label = Source {
                    requires,
                    ..source(LABELLED, 1)
                };
                marks.source(id, label);
            }
            Some("sink") => {
                for rule in [PLAIN, ESCAPED] {
                    marks.sink(
                        id,
                        Sink {
                            rule,
                            requires: None,
                            parts: Parts::Arguments,
                        },
                    );
                }
                let requires = Some(Requires::Label(Label(1)));
                marks.sink(
                    id,
                    Sink {
                        rule: LABELLED,
                        requires,
                        parts: Parts::Arguments,
                    },
                );
            }
            Some(name @ ("clean" | "escape")) => {
                let rule = if name == "clean" { PLAIN } else { ESCAPED };
                marks.sanitizer(
                    id,
                    Sanitizer {
                        rule,
                        by_side_effect: false,
                    },
                );
            }
            _ => {}
        }
    }
    marks
}

fn source(rule: RuleId, label: u8) -> Source {
    Source {
        rule,
        label: Label(label),
        requires: None,
        by_side_effect: false,
    }
}

pub fn rules() -> Vec<Rule> {
    let rule = Rule {
        safe_comparisons: true,
        safe_scalars: true,
        safe_indices: true,
        ..Rule::default()
    };
    let labelled = Rule {
        labels: 2,
        ..rule.clone()
    };
    vec![rule.clone(), rule, labelled]
}

/// Analyses files of one language, given by path and text.
pub fn run(files: &[(String, String)], language: Language) -> (Vec<Ast>, Found) {
    run_within(files, language, &Limits::default())
}

/// The same within other bounds.
pub fn run_within(files: &[(String, String)], language: Language, limits: &Limits) -> (Vec<Ast>, Found) {
    let trees: Vec<Ast> = files.iter().map(|(_, text)| parse(text, language).ast).collect();
    let marks: Vec<Marks> = trees.iter().map(marks).collect();
    let given: Vec<File<'_>> = files
        .iter()
        .zip(trees.iter().zip(&marks))
        .map(|((path, _), (ast, marks))| File {
            path,
            ast,
            marks,
            is_asked: true,
        })
        .collect();
    let found = analyse(&given, &rules(), &Containers::default(), limits);
    (trees, found)
}

/// What the containers of the languages do, as far as tests use them.
pub struct Containers {
    known: Vec<(&'static str, Behaviour)>,
}

impl Default for Containers {
    fn default() -> Self {
        let mut known = python();
        known.extend(script());
        known.extend(java());
        known.push((
            "?.each",
            of(vec![Effect::Call {
                function: Place::Named("block".to_owned(), u32::MAX),
                arguments: vec![Place::ElementOf(Box::new(receiver()))],
                then: Then::Dropped,
            }]),
        ));
        known.push((
            "append",
            of(vec![Effect::Make {
                made: Made::List,
                elements: vec![Place::ArgumentsFrom(1)],
                contents: vec![first()],
            }]),
        ));
        Self { known }
    }
}

type Known = Vec<(&'static str, Behaviour)>;

fn of(effects: Vec<Effect>) -> Behaviour {
    Behaviour { effects }
}

fn receiver() -> Place {
    Place::Receiver
}

fn first() -> Place {
    Place::Argument(0)
}

fn second() -> Place {
    Place::Argument(1)
}

fn load(otherwise: Option<Place>) -> Behaviour {
    of(vec![Effect::Load {
        object: receiver(),
        entries: vec![Entry::At(first())],
        otherwise,
    }])
}

fn append() -> Behaviour {
    of(vec![Effect::Append {
        object: receiver(),
        value: first(),
    }])
}

fn take(entry: Entry) -> Behaviour {
    of(vec![Effect::Remove {
        object: receiver(),
        entry,
    }])
}

fn each(then: Then) -> Behaviour {
    let arguments = vec![Place::ElementOf(Box::new(receiver()))];
    of(vec![Effect::Call {
        function: first(),
        arguments,
        then,
    }])
}

fn make(made: Made, contents: Vec<Place>) -> Behaviour {
    of(vec![Effect::Make {
        made,
        elements: vec![],
        contents,
    }])
}

fn instance(name: &str) -> Behaviour {
    make(Made::Instance(name.to_owned()), vec![first()])
}

fn python() -> Known {
    let values = vec![Place::ElementOf(Box::new(receiver()))];
    let two = || vec![Entry::At(first()), Entry::At(second())];
    vec![
        ("list.append", append()),
        (
            "list.insert",
            of(vec![Effect::Insert {
                object: receiver(),
                at: Entry::At(first()),
                value: second(),
            }]),
        ),
        ("list.pop", take(Entry::Position(-1))),
        ("list.pop/1", take(Entry::At(first()))),
        (
            "list.extend",
            of(vec![Effect::Extend {
                object: receiver(),
                from: first(),
            }]),
        ),
        ("list.clear", of(vec![Effect::Clear(receiver())])),
        ("dict.get", load(Some(second()))),
        (
            "dict.values",
            of(vec![Effect::Make {
                made: Made::List,
                elements: values,
                contents: vec![],
            }]),
        ),
        (
            "dict.update",
            of(vec![Effect::Extend {
                object: receiver(),
                from: first(),
            }]),
        ),
        ("dict", make(Made::Map, vec![first()])),
        ("list", make(Made::List, vec![first()])),
        ("len", of(vec![Effect::Length(first())])),
        (
            "map",
            of(vec![Effect::Call {
                function: first(),
                arguments: vec![Place::ElementOf(Box::new(second()))],
                then: Then::Element,
            }]),
        ),
        (
            "settings.Settings",
            make(Made::Instance("settings.Settings".to_owned()), vec![]),
        ),
        (
            "settings.Settings.put",
            of(vec![Effect::Store {
                object: receiver(),
                entries: two(),
                value: Place::Argument(2),
            }]),
        ),
        (
            "settings.Settings.take",
            of(vec![Effect::Load {
                object: receiver(),
                entries: two(),
                otherwise: None,
            }]),
        ),
        (
            "?.isalnum",
            of(vec![Effect::Guard {
                place: receiver(),
                when: true,
            }]),
        ),
    ]
}

fn script() -> Known {
    vec![
        ("Array.push", append()),
        ("Array.pop", take(Entry::Position(-1))),
        ("Array.shift", take(Entry::Position(0))),
        ("Array.map", each(Then::Element)),
        ("Array.forEach", each(Then::Dropped)),
        ("?.forEach", each(Then::Dropped)),
    ]
}

fn java() -> Known {
    let store = Effect::Store {
        object: receiver(),
        entries: vec![Entry::At(first())],
        value: second(),
    };
    let build = vec![
        Effect::Pass {
            from: Place::Arguments,
            to: receiver(),
        },
        Effect::Be(receiver()),
    ];
    let builder = Made::Instance("java.lang.StringBuilder".to_owned());
    vec![
        ("java.util.ArrayList", instance("java.util.ArrayList")),
        ("java.util.HashMap", instance("java.util.HashMap")),
        ("java.util.ArrayList.add", append()),
        ("java.util.ArrayList.get", load(None)),
        ("java.util.ArrayList.remove", take(Entry::At(first()))),
        ("java.util.ArrayList.forEach", each(Then::Dropped)),
        ("java.util.HashMap.put", of(vec![store])),
        ("java.util.HashMap.get", load(None)),
        ("java.lang.StringBuilder.append", of(build)),
        (
            "java.lang.StringBuilder",
            of(vec![
                Effect::Make {
                    made: builder,
                    elements: vec![],
                    contents: vec![],
                },
                Effect::Pass {
                    from: Place::Arguments,
                    to: Place::Result,
                },
            ]),
        ),
    ]
}

impl Library for Containers {
    fn behaviour(&self, callee: &Callee<'_>) -> Option<&Behaviour> {
        let name = match (callee.qualified, callee.method) {
            (Some(qualified), Some(method)) => format!("{qualified}.{method}"),
            (Some(name), None) => name.to_owned(),
            (None, Some(method)) => format!("?.{method}"),
            (None, None) => return None,
        };
        let counted = format!("{name}/{}", callee.arguments);
        let find = |wanted: &str| {
            self.known
                .iter()
                .find(|(name, _)| *name == wanted)
                .map(|(_, behaviour)| behaviour)
        };
        find(&counted)
            .or_else(|| find(&name))
            .or_else(|| find(&format!("?.{}", callee.method?)))
    }

    fn supertypes(&self, _qualified: &str) -> &[String] {
        &[]
    }

    fn knows_type(&self, qualified: &str) -> bool {
        self.known.iter().any(|(name, _)| *name == qualified)
    }
}
