//! The format of `content/flow/<language>/<library>.yaml`: what static analysis knows of one library.
//!
//! ```yaml
//! library: example
//! languages: [python]
//! references: ['https://docs.example.com']
//! imports: [example]                   # `*.name` below counts only in files that import one of these; optional
//! types:
//!   - { call: [example.connect], gives: example.Connection }
//!   - { class: example.Special, extends: [example.Connection] }
//! sources:
//!   - { kind: request, read: [example.Request.query] }
//! handlers:
//!   - { decorated: [example.App.route], source: request, parameters: ['0..'], returns: html }
//! sinks:
//!   - { kind: sql, call: [example.Connection.execute], at: [0, sql] }
//!   - { kind: command, call: [example.run], at: [0], when: { shell: ['true'] } }
//! cleaners:
//!   - { cleans: [html], call: [example.escape] }
//!   - { cleans: [any], guard: [example.is_number], at: [0] }
//! passes:
//!   - { call: [example.Builder.add], from: [0], to: receiver }
//! ```
//!
//! Names are qualified as the language's imports tell them: `module.function`, `module.Type.method`, `new module.Type` for the creation of an
//! object, `*.method` for a method whatever the receiver. A method of a type is that of types derived from it, too. `docs/code-models.md` says
//! it at length.

use crate::code::{FOLLOWED, LANGUAGES};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What is known of one library.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Library {
    /// Its name.
    pub library: String,
    /// Names of [`LANGUAGES`] and [`FOLLOWED`].
    pub languages: Vec<String>,
    /// Addresses of its documentation.
    pub references: Vec<String>,
    /// Modules; a name that starts with `*.` counts only in files that import one of them, everywhere when there is none.
    pub imports: Vec<String>,
    /// Types of values.
    pub types: Vec<TypeFact>,
    /// Where data comes from.
    pub sources: Vec<Source>,
    /// Functions that the library calls.
    pub handlers: Vec<Handler>,
    /// Where data does harm.
    pub sinks: Vec<Sink>,
    /// What makes data harmless.
    pub cleaners: Vec<Cleaner>,
    /// How data goes through calls. A call of which nothing is said gives back what its arguments and its receiver hold.
    pub passes: Vec<Pass>,
    /// Calls that read values of files of settings
    pub settings: Vec<Setting>,
    /// Calls that say of which media type an answer is
    pub media: Vec<Media>,
}

/// The type of what a call or a read gives, or what a class derives from. One of `call`, `read`, `class` is set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TypeFact {
    /// Functions and methods
    pub call: Vec<String>,
    /// Names and members that are read
    pub read: Vec<String>,
    /// The type of what those give
    pub gives: String,
    /// What the arguments must be
    pub when: Conditions,
    /// A class
    pub class: String,
    /// What the class derives from
    pub extends: Vec<String>,
}

/// A place that data comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Source {
    /// One of [`SOURCE_KINDS`]
    pub kind: String,
    /// Names and members whose value it is
    pub read: Vec<String>,
    /// Functions and methods whose result it is
    pub call: Vec<String>,
    /// Where else a call leaves it: arguments or the receiver. The result when empty.
    pub at: Vec<Position>,
    /// What the arguments must be
    pub when: Conditions,
}

/// A function that a library calls with data.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Handler {
    /// Decorators or annotations of the function
    pub decorated: Vec<String>,
    /// Calls that the function is an argument of
    pub registered: Vec<String>,
    /// Methods that it overrides or implements
    pub overrides: Vec<String>,
    /// Annotations of the parameter; `parameters` is then not needed
    pub annotated: Vec<String>,
    /// Names of its first parameters, in order, by which the library's users call them
    pub shaped: Vec<String>,
    /// The kind of source that parameters are; none when empty
    pub source: String,
    /// Which parameters these are, counted without the receiver; those without a type in `types`
    pub parameters: Vec<Position>,
    /// Declared types of parameters, and calls that give them a default, by which such a parameter is no data from outside
    pub except: Vec<String>,
    /// Types of parameters that are not declared with one, by position or name
    pub types: BTreeMap<String, String>,
    /// The kind of sink that its result goes to; none when empty
    pub returns: String,
}

/// A place where data does harm.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sink {
    /// One of [`SINK_KINDS`]
    pub kind: String,
    /// Functions and methods
    pub call: Vec<String>,
    /// Members that are assigned to
    pub assign: Vec<String>,
    /// A regular expression: with `assign`, those members of it whose name or key it matches; else all variables, members and entries whose
    /// name it matches. Empty for none
    pub named: String,
    /// Which arguments of the calls
    pub at: Vec<Position>,
    /// What other arguments must be
    pub when: Conditions,
    /// What other arguments must not be
    pub unless: Conditions,
}

/// A call or a check after which data is harmless.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Cleaner {
    /// Kinds of [`SINK_KINDS`] for which it is harmless then, or `any`
    pub cleans: Vec<String>,
    /// Functions and methods whose result is harmless
    pub call: Vec<String>,
    /// Members whose value is harmless
    pub read: Vec<String>,
    /// Functions and methods which, where they are true, say that what stands `at` is harmless
    pub guard: Vec<String>,
    /// The same of functions and methods that say so where they are false
    pub rejects: Vec<String>,
    /// What the guard speaks of
    pub at: Vec<Position>,
    /// What the arguments must be
    pub when: Conditions,
}

/// How data goes through a call, where it is not simply from its arguments and its receiver to the result.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Pass {
    /// Functions and methods
    pub call: Vec<String>,
    /// Where data comes from; nowhere when empty: the result is clean
    pub from: Vec<Position>,
    /// Where it goes to; the result when empty
    pub to: Vec<Position>,
    /// What the call does with a container that the receiver is: `put`, `get`, `append`, `extend`, `remove`, `pop`, `clear`, `first`,
    /// `last`, `insert`, `values`, `each` (calls its argument with each element and gives a list of what that gives), `visit` (the same,
    /// and gives the container), `select` (the same, and gives a list of elements), `pairs` (calls it with each key and element), `fold` (calls
    /// it with what it gave before and each element), `call-first` (calls the first argument with the others), `build` (what it is given
    /// becomes part of the receiver, which is the result), of its first argument
    /// `length`, `attribute`, `set-attribute`, or makes: `list`, `set`, `map`, `copy`, `of` (a list of its arguments). `same` gives its first
    /// argument and `fill` puts the others into it; `filter` is the receiver after its elements were given to the argument, `call` what the
    /// argument makes of the receiver, `with` the receiver after that, `get-or` an entry or what the second argument gives, `either` the
    /// receiver or the argument, `either-called` or what that gives. With `put`, `get` and `remove` the first argument is the
    /// key.
    pub container: String,
    /// How many arguments are keys, one within the other, when it is not one
    pub keys: Option<u32>,
    /// Which argument is the function that `each`, `visit`, `select`, `pairs`, `fold` and `call-first` call, when it is not the first
    pub function: Option<Position>,
    /// What they go through, when it is not the receiver
    pub of: Option<Position>,
}

/// A call whose result is the value of a key in files of settings (`.properties`, `.env`, YAML) of the repository.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Setting {
    /// Functions and methods
    pub call: Vec<String>,
    /// Where the key stands
    pub at: Vec<Position>,
}

/// A call that says of which media type the answer of the function around it is. Where that is none of a page, nothing in it is a script.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Media {
    /// Functions and methods
    pub call: Vec<String>,
    /// Where the type stands
    pub at: Vec<Position>,
    /// What the arguments must be
    pub when: Conditions,
}

/// What arguments must be: position and the values of which one is needed. Values are those of constants as text (`true`, `8`, `MD5`), `absent`,
/// `present`, `constant`, or `type:` and the name of a type.
pub type Conditions = BTreeMap<Position, Vec<String>>;

/// A place at a call.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Position {
    /// `0`: an argument by its place, from zero
    Argument(u32),
    /// `1..`: the arguments from a place on
    From(u32),
    /// `name`: an argument by its name
    Named(String),
    /// `receiver`: what the method is called on
    Receiver,
    /// `return`: the result
    Result,
    /// `0.name`, `0.0`: a field or an element of an argument
    Field(u32, String),
}

impl TryFrom<String> for Position {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.as_str() {
            "receiver" => return Ok(Self::Receiver),
            "return" => return Ok(Self::Result),
            _ => {}
        }
        let wrong = || {
            format!("`{text}` is no position: `0`, `1..`, `name`, `0.field`, `receiver` or `return` is one")
        };
        if let Ok(place) = text.parse() {
            return Ok(Self::Argument(place));
        }
        if let Some(place) = text.strip_suffix("..") {
            return place.parse().map(Self::From).map_err(|_| wrong());
        }
        if let Some((place, field)) = text.split_once('.') {
            return match place.parse() {
                Ok(place) if is_identifier(field) || is_number(field) => {
                    Ok(Self::Field(place, field.to_owned()))
                }
                _ => Err(wrong()),
            };
        }
        if is_identifier(&text) {
            Ok(Self::Named(text))
        } else {
            Err(wrong())
        }
    }
}

impl From<Position> for String {
    fn from(position: Position) -> Self {
        match position {
            Position::Argument(place) => place.to_string(),
            Position::From(place) => format!("{place}.."),
            Position::Named(name) => name,
            Position::Receiver => "receiver".to_owned(),
            Position::Result => "return".to_owned(),
            Position::Field(place, field) => format!("{place}.{field}"),
        }
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|one| one.is_ascii_digit())
}

fn is_identifier(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes
        .next()
        .is_some_and(|one| one.is_ascii_alphabetic() || one == b'_')
        && bytes.all(|one| one.is_ascii_alphanumeric() || one == b'_' || one == b'-')
}

/// Kinds of sources.
pub const SOURCE_KINDS: &[&str] = &[
    "request",
    "browser",
    "message",
    "file",
    "environment",
    "arguments",
    "database",
    "network",
    "credential",
    "error",
    "weak-random",
];

/// Kinds of sinks.
pub const SINK_KINDS: &[&str] = &[
    "sql",
    "nosql",
    "command",
    "program",
    "code",
    "import",
    "path",
    "extract",
    "html",
    "response",
    "template",
    "format",
    "xml",
    "xpath",
    "xslt",
    "ldap",
    "jndi",
    "expression",
    "deserialise",
    "ssrf",
    "any-scheme",
    "redirect",
    "log",
    "header",
    "cookie",
    "regex",
    "mail",
    "session",
    "mass-assignment",
    "prototype",
    "attribute",
    "allocation",
    "hash-algorithm",
    "hash-input",
    "cipher-algorithm",
    "tls-version",
    "signature-algorithm",
    "key",
    "iv",
    "salt",
    "password",
    "iterations",
    "key-size",
    "secret-value",
    "cors-origin",
    "upload",
];

/// Why the model of a library is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LibraryError {
    /// It is no YAML of the form required.
    #[error("the model does not parse: {0}")]
    Yaml(String),
    /// A part has a value that makes no sense.
    #[error("{part} {number}: {problem}")]
    Part {
        /// `types`, `sources`, …
        part: &'static str,
        /// Which of them, from 1
        number: usize,
        /// What is wrong and what would be right
        problem: String,
    },
}

/// Reads the model of one library.
///
/// # Errors
/// When the file is none; the error names the part.
pub fn read(yaml: &str) -> Result<Library, LibraryError> {
    let library: Library =
        serde_saphyr::from_str(yaml).map_err(|error| LibraryError::Yaml(error.to_string()))?;
    let whole = |problem: &str| LibraryError::Part {
        part: "library",
        number: 1,
        problem: problem.to_owned(),
    };
    if library.library.is_empty() || library.references.is_empty() {
        return Err(whole("needs `library`, its name, and `references`"));
    }
    if library.languages.is_empty()
        || !library
            .languages
            .iter()
            .all(|one| LANGUAGES.contains(&one.as_str()) || FOLLOWED.contains(&one.as_str()))
    {
        return Err(whole("needs `languages`, of those that there are front ends for"));
    }
    each("types", &library.types, type_problem)?;
    each("sources", &library.sources, source_problem)?;
    each("handlers", &library.handlers, handler_problem)?;
    each("sinks", &library.sinks, sink_problem)?;
    each("cleaners", &library.cleaners, cleaner_problem)?;
    each("passes", &library.passes, pass_problem)?;
    each("settings", &library.settings, |one| {
        call_problem(&one.call, &one.at)
    })?;
    each("media", &library.media, |one| call_problem(&one.call, &one.at))?;
    Ok(library)
}

fn each<T>(
    part: &'static str,
    items: &[T],
    problem: impl Fn(&T) -> Option<String>,
) -> Result<(), LibraryError> {
    let found = (1..)
        .zip(items)
        .find_map(|(number, item)| Some((number, problem(item)?)));
    match found {
        Some((number, problem)) => Err(LibraryError::Part {
            part,
            number,
            problem,
        }),
        None => Ok(()),
    }
}

fn type_problem(fact: &TypeFact) -> Option<String> {
    if fact.class.is_empty() {
        let names_nothing = fact.call.is_empty() && fact.read.is_empty();
        if fact.gives.is_empty() || names_nothing {
            return Some("needs `gives` and one of `call`, `read`; or `class` and `extends`".to_owned());
        }
    } else if fact.extends.is_empty() {
        return Some("needs what the class `extends`".to_owned());
    }
    names_problem(&[&fact.call, &fact.read, &fact.extends])
}

fn source_problem(source: &Source) -> Option<String> {
    kind_problem(&source.kind, SOURCE_KINDS)
        .or_else(|| {
            (source.read.is_empty() && source.call.is_empty()).then(|| "needs `read` or `call`".to_owned())
        })
        .or_else(|| names_problem(&[&source.read, &source.call]))
}

fn handler_problem(handler: &Handler) -> Option<String> {
    let ways = [
        !handler.decorated.is_empty(),
        !handler.registered.is_empty(),
        !handler.overrides.is_empty(),
        !handler.annotated.is_empty(),
        !handler.shaped.is_empty(),
    ];
    if !ways.contains(&true) {
        return Some("needs one of `decorated`, `registered`, `overrides`, `annotated`, `shaped`".to_owned());
    }
    if handler.source.is_empty() && handler.types.is_empty() && handler.returns.is_empty() {
        return Some("says nothing of the function: `source`, `types` or `returns`".to_owned());
    }
    let kind = |kind: &String, kinds| (!kind.is_empty()).then(|| kind_problem(kind, kinds)).flatten();
    kind(&handler.source, SOURCE_KINDS)
        .or_else(|| kind(&handler.returns, SINK_KINDS))
        .or_else(|| {
            let lists = [
                &handler.decorated,
                &handler.registered,
                &handler.overrides,
                &handler.annotated,
            ];
            names_problem(&lists)
        })
}

fn sink_problem(sink: &Sink) -> Option<String> {
    kind_problem(&sink.kind, SINK_KINDS)
        .or_else(|| {
            let calls_nothing = sink.call.is_empty() || sink.at.is_empty();
            let assigns_nothing = sink.assign.is_empty() && sink.named.is_empty();
            (calls_nothing && assigns_nothing)
                .then(|| "needs `call` and `at`, or `assign`, or `named`".to_owned())
        })
        .or_else(|| {
            crate::load::compile(&sink.named)
                .err()
                .map(|error| error.to_string())
        })
        .or_else(|| names_problem(&[&sink.call, &sink.assign]))
}

fn cleaner_problem(cleaner: &Cleaner) -> Option<String> {
    let is_check = !(cleaner.guard.is_empty() && cleaner.rejects.is_empty());
    let is_value = !(cleaner.call.is_empty() && cleaner.read.is_empty());
    if cleaner.cleans.is_empty() || !(is_check || is_value) {
        return Some("needs `cleans` and one of `call`, `read`, `guard`, `rejects`".to_owned());
    }
    if is_check && cleaner.at.is_empty() {
        return Some("needs `at`: what the guard speaks of".to_owned());
    }
    cleaner
        .cleans
        .iter()
        .filter(|kind| *kind != Cleaner::ANY)
        .find_map(|kind| kind_problem(kind, SINK_KINDS))
        .or_else(|| names_problem(&[&cleaner.call, &cleaner.read, &cleaner.guard, &cleaner.rejects]))
}

impl Cleaner {
    /// Stands for every kind of sink.
    pub const ANY: &'static str = "any";
}

/// What a call may do with a container.
pub const CONTAINER_ACTS: &[&str] = &[
    "put",
    "get",
    "append",
    "extend",
    "insert",
    "remove",
    "pop",
    "clear",
    "first",
    "last",
    "values",
    "each",
    "visit",
    "select",
    "pairs",
    "fold",
    "call-first",
    "build",
    "length",
    "attribute",
    "set-attribute",
    "list",
    "set",
    "map",
    "copy",
    "of",
    "same",
    "fill",
    "filter",
    "call",
    "with",
    "get-or",
    "either",
    "either-called",
];

fn pass_problem(pass: &Pass) -> Option<String> {
    if pass.call.is_empty() {
        return Some("needs `call`".to_owned());
    }
    if !pass.container.is_empty() && !CONTAINER_ACTS.contains(&pass.container.as_str()) {
        return Some(format!("`container` is one of {}", CONTAINER_ACTS.join(", ")));
    }
    names_problem(&[&pass.call])
}

fn call_problem(call: &Vec<String>, at: &[Position]) -> Option<String> {
    if call.is_empty() || at.is_empty() {
        return Some("needs `call`, and `at`: where the key or the type stands".to_owned());
    }
    names_problem(&[call])
}

fn kind_problem(kind: &str, kinds: &[&str]) -> Option<String> {
    (!kinds.contains(&kind)).then(|| format!("`{kind}` is no kind; there are {}", kinds.join(", ")))
}

/// The first name that is not written as names are, or that stands twice.
fn names_problem(lists: &[&Vec<String>]) -> Option<String> {
    let mut seen = BTreeSet::new();
    for name in lists.iter().copied().flatten() {
        let bare = name.strip_prefix("new ").unwrap_or(name);
        let bare = bare.strip_prefix("*.").unwrap_or(bare);
        let is_written_well = !bare.is_empty()
            && bare
                .bytes()
                .all(|one| one.is_ascii_alphanumeric() || b"._$/@-<!?".contains(&one))
            && !bare.starts_with('.')
            && !bare.ends_with('.');
        if !is_written_well {
            return Some(format!(
                "`{name}` is no name: `module.Type.method`, `new module.Type` or `*.method` is"
            ));
        }
        if !seen.insert(name) {
            return Some(format!("`{name}` stands twice"));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODEL: &str = "
library: example
languages: [python]
references: ['https://docs.example.com']
sources: [{ kind: request, read: [example.Request.query] }]
sinks: [{ kind: sql, call: [example.run, '*.go'], at: [0, sql, '1..', 0.text], when: { shell: ['true'] } }]
cleaners: [{ cleans: [any], guard: [example.safe], at: [0] }]
passes: [{ call: [example.add], from: [0], to: [receiver] }]
types: [{ call: [new example.T], gives: example.U }]
handlers: [{ decorated: [example.route], source: request, parameters: ['0..'] }]
";

    #[test]
    fn a_model_is_read_and_its_positions_are_told_apart() {
        let model = read(MODEL);
        let model = model.unwrap_or_else(|error| panic!("{error}"));
        let at = model.sinks.first().map(|sink| sink.at.clone());
        let expected = [
            Position::Argument(0),
            Position::Named("sql".to_owned()),
            Position::From(1),
            Position::Field(0, "text".to_owned()),
        ];
        assert_eq!(at.as_deref(), Some(&expected[..]));
    }

    #[test]
    fn unknown_kinds_names_and_positions_are_refused() {
        for (from, to) in [
            ("kind: request", "kind: wish"),
            ("kind: sql", "kind: sequel"),
            ("cleans: [any]", "cleans: [dirt]"),
            ("guard: [example.safe], at: [0]", "guard: [example.safe]"),
            ("[0, sql,", "['0..1', sql,"),
            ("[0, sql,", "['a b', sql,"),
            ("'*.go'", "'*go'"),
            ("'*.go'", "example.run"),
            ("gives: example.U", "extends: [example.U]"),
            ("languages: [python]", "languages: [cobol]"),
            ("decorated: [example.route], ", ""),
            ("library: example", "colour: red"),
        ] {
            assert!(read(&MODEL.replace(from, to)).is_err(), "{to}");
        }
    }
}
