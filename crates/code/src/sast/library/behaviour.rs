//! What functions outside the program do to their arguments, for the flow engine.

use super::models::{Models, Use};
use bartizan_content::flow::{Cleaner, Pass, Position};
use bartizan_flow::{Behaviour, Callee, Effect, Entry, Library, Made, Place, Then};
use bartizan_syntax::Language;
use std::collections::HashMap;

/// Arguments, at most, that a function is given which is called by its value.
const MOST_GIVEN: u32 = 4;

impl Library for Models {
    fn behaviour(&self, callee: &Callee<'_>) -> Option<&Behaviour> {
        let mut names = Vec::with_capacity(3);
        match (callee.qualified, callee.method) {
            (Some(class), Some(method)) => {
                let class = literal_type(callee.language, class);
                names.push(format!("{class}.{method}"));
                names.extend(self.above(class).iter().map(|above| format!("{above}.{method}")));
                names.push(format!("*.{method}"));
            }
            (None, Some(method)) => names.push(format!("*.{method}")),
            (Some(name), None) => {
                names.push(name.to_owned());
                names.push(format!("new {name}"));
            }
            (None, None) => {}
        }
        // What is said of a number of arguments says more than what is said of any.
        names.iter().find_map(|name| {
            let counted = format!("{name}/{}", callee.arguments);
            self.behaviours
                .get(counted.as_str())
                .or_else(|| self.behaviours.get(name.as_str()))
        })
    }

    fn knows_type(&self, qualified: &str) -> bool {
        self.knows(qualified)
    }

    fn supertypes(&self, qualified: &str) -> &[String] {
        self.above(qualified)
    }
}

/// The engine's names of types that a language has literals for, as models write them.
fn literal_type(language: Language, class: &str) -> &str {
    match (language, class) {
        (Language::Java, "String") => "java.lang.String",
        _ => class,
    }
}

/// What each named function does, as far as it is not what every function does.
pub(super) fn of(models: &Models) -> HashMap<Box<str>, Behaviour> {
    let mut found = HashMap::new();
    for (name, uses) in models.named() {
        let mut behaviour = Behaviour::default();
        let mut passes = false;
        for (one, gate) in uses {
            // A behaviour counts in every file; what only some files mean is told by marks.
            if *gate != 0 {
                continue;
            }
            match one {
                Use::Pass(at) => {
                    passes = true;
                    if let Some(pass) = models.passes.get(*at) {
                        effects(pass, &mut behaviour.effects);
                    }
                }
                Use::Guard(at) | Use::Reject(at) => {
                    if let Some(cleaner) = models.cleaners.get(*at).filter(|cleaner| cleaner.when.is_empty())
                    {
                        guards(cleaner, matches!(one, Use::Guard(_)), &mut behaviour.effects);
                    }
                }
                Use::Type(at) if name.starts_with("new ") => {
                    if let Some(fact) = models
                        .types
                        .get(*at)
                        .filter(|fact| fact.when.is_empty() && !fact.gives.is_empty())
                    {
                        behaviour.effects.push(Effect::Make {
                            made: Made::Instance(fact.gives.clone()),
                            elements: Vec::new(),
                            contents: Vec::new(),
                        });
                    }
                }
                _ => {}
            }
        }
        if behaviour.effects.is_empty() && !passes {
            continue;
        }
        if !passes {
            // Types and checks say nothing of data: it passes as through any function.
            for from in [Place::Receiver, Place::Arguments] {
                behaviour.effects.push(Effect::Pass {
                    from,
                    to: Place::Result,
                });
            }
        }
        found.insert(name.into(), behaviour);
    }
    found
}

fn guards(cleaner: &Cleaner, when: bool, effects: &mut Vec<Effect>) {
    if !cleaner.cleans.iter().any(|kind| kind == Cleaner::ANY) {
        return;
    }
    for place in cleaner.at.iter().filter_map(place) {
        effects.push(Effect::Guard { place, when });
    }
}

fn effects(pass: &Pass, effects: &mut Vec<Effect>) {
    let keys = pass.keys.unwrap_or(1);
    let entries = || {
        (0..keys)
            .map(|at| Entry::At(Place::Argument(at)))
            .collect::<Vec<_>>()
    };
    let load = |entries: Vec<Entry>, otherwise: Option<Place>| Effect::Load {
        object: Place::Receiver,
        entries,
        otherwise,
    };
    let take = |entry: Entry| Effect::Remove {
        object: Place::Receiver,
        entry,
    };
    let make = |made: Made, elements: Vec<Place>, contents: Vec<Place>| Effect::Make {
        made,
        elements,
        contents,
    };
    let every = || Place::ElementOf(Box::new(Place::Receiver));
    let effect = match pass.container.as_str() {
        "put" => Effect::Store {
            object: Place::Receiver,
            entries: entries(),
            value: Place::Argument(keys),
        },
        "get" => load(entries(), Some(Place::Argument(keys))),
        "append" => Effect::Append {
            object: Place::Receiver,
            value: Place::Arguments,
        },
        "extend" => Effect::Extend {
            object: Place::Receiver,
            from: Place::Argument(0),
        },
        "insert" => Effect::Insert {
            object: Place::Receiver,
            at: Entry::At(Place::Argument(0)),
            value: Place::Argument(1),
        },
        "remove" => take(Entry::At(Place::Argument(0))),
        "pop" => take(Entry::Position(-1)),
        "clear" => Effect::Clear(Place::Receiver),
        "first" => load(vec![Entry::Position(0)], None),
        "last" => load(vec![Entry::Position(-1)], None),
        "values" => make(Made::List, vec![every()], Vec::new()),
        "list" => make(Made::List, Vec::new(), vec![Place::Argument(0)]),
        "set" => make(Made::Set, Vec::new(), vec![Place::Argument(0)]),
        "map" => make(Made::Map, Vec::new(), vec![Place::Argument(0)]),
        "copy" => Effect::Be(Place::Receiver),
        "length" => Effect::Length(Place::Argument(0)),
        "attribute" => Effect::Load {
            object: Place::Argument(0),
            entries: vec![Entry::At(Place::Argument(1))],
            otherwise: Some(Place::Argument(2)),
        },
        "set-attribute" => Effect::Store {
            object: Place::Argument(0),
            entries: vec![Entry::At(Place::Argument(1))],
            value: Place::Argument(2),
        },
        "of" => make(Made::List, vec![Place::Arguments], Vec::new()),
        "same" => Effect::Be(Place::Argument(0)),
        "fill" => {
            effects.push(Effect::Pass {
                from: Place::ArgumentsFrom(1),
                to: Place::Argument(0),
            });
            Effect::Be(Place::Argument(0))
        }
        "filter" => {
            effects.push(called(0, vec![every()], Then::Dropped));
            Effect::Be(Place::Receiver)
        }
        "call" => called(0, vec![Place::Receiver], Then::Result),
        "with" => {
            effects.push(called(0, vec![Place::Receiver], Then::Dropped));
            Effect::Be(Place::Receiver)
        }
        "get-or" => {
            effects.push(load(entries(), None));
            called(keys, Vec::new(), Then::Result)
        }
        "either" => {
            effects.push(Effect::Be(Place::Receiver));
            Effect::Be(Place::Argument(0))
        }
        "either-called" => {
            effects.push(Effect::Be(Place::Receiver));
            called(0, Vec::new(), Then::Result)
        }
        "each" | "visit" | "select" | "pairs" | "fold" => return goes_through(pass, effects),
        "build" => {
            effects.push(Effect::Pass {
                from: Place::Arguments,
                to: Place::Receiver,
            });
            Effect::Be(Place::Receiver)
        }
        "call-first" => called(0, (1..=MOST_GIVEN).map(Place::Argument).collect(), Then::Result),
        _ => return passes(pass, effects),
    };
    effects.push(effect);
}

/// Calls a function with each element of a container.
fn goes_through(pass: &Pass, effects: &mut Vec<Effect>) {
    let function = pass.function.as_ref().and_then(place);
    let function = function.unwrap_or(Place::Argument(0));
    let through = pass.of.as_ref().and_then(place).unwrap_or(Place::Receiver);
    let each = || Place::ElementOf(Box::new(through.clone()));
    let call = |arguments: Vec<Place>, then: Then| Effect::Call {
        function: function.clone(),
        arguments,
        then,
    };
    match pass.container.as_str() {
        "visit" => effects.extend([call(vec![each()], Then::Dropped), Effect::Be(through.clone())]),
        "select" => effects.extend([
            call(vec![each()], Then::Dropped),
            Effect::Make {
                made: Made::List,
                elements: vec![each()],
                contents: Vec::new(),
            },
        ]),
        "pairs" => {
            let pair = vec![Place::KeyOf(Box::new(through.clone())), each()];
            effects.extend([call(pair, Then::Dropped), Effect::Be(through.clone())]);
        }
        "fold" => {
            let before = match function {
                Place::Argument(0) => Place::Argument(1),
                _ => Place::Argument(0),
            };
            effects.push(call(vec![before, each()], Then::Result));
            effects.push(call(vec![Place::Result, each()], Then::Result));
        }
        _ => effects.push(call(vec![each()], Then::Element)),
    }
}

/// Calls what an argument is.
const fn called(argument: u32, arguments: Vec<Place>, then: Then) -> Effect {
    Effect::Call {
        function: Place::Argument(argument),
        arguments,
        then,
    }
}

/// From each place to each; what goes from the receiver to itself and the result is the receiver itself.
fn passes(pass: &Pass, effects: &mut Vec<Effect>) {
    let to: Vec<Place> = if pass.to.is_empty() {
        vec![Place::Result]
    } else {
        pass.to.iter().filter_map(place).collect()
    };
    let builds = to.contains(&Place::Receiver) && to.contains(&Place::Result);
    for from in pass.from.iter().filter_map(place) {
        for to in to.iter().filter(|to| !builds || **to == Place::Receiver) {
            effects.push(Effect::Pass {
                from: from.clone(),
                to: to.clone(),
            });
        }
    }
    if builds {
        effects.push(Effect::Be(Place::Receiver));
    }
}

fn place(position: &Position) -> Option<Place> {
    Some(match position {
        Position::Argument(at) => Place::Argument(*at),
        Position::From(at) => Place::ArgumentsFrom(*at),
        Position::Named(name) => Place::Named(name.clone(), u32::MAX),
        Position::Receiver => Place::Receiver,
        Position::Result => Place::Result,
        Position::Field(..) => return None,
    })
}
