//! Regular expressions in the syntax of Go, with a bound on what they compile to; the same for every engine.
//!
//! In: a pattern. Out: what matches by it, in time that is linear in the text. <https://pkg.go.dev/regexp>

mod syntax;

use regex_automata::meta::{Config, Regex};
use std::cell::RefCell;
use std::collections::HashMap;
use syntax::translate;

/// Bytes that a compiled pattern may take.
const COMPILED: usize = 4 << 20;

/// Patterns that are kept compiled.
const KEPT: usize = 64;

/// Why a pattern cannot be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It is no pattern.
    Unreadable,
    /// It compiles to more than is allowed.
    TooLarge,
}

thread_local! {
    static COMPILED_ONCE: RefCell<HashMap<String, Result<Regex, Refused>>> = RefCell::new(HashMap::new());
}

/// A pattern in Go's syntax, ready to be asked.
pub(crate) fn compiled(pattern: &str) -> Result<Regex, Refused> {
    COMPILED_ONCE.with(|kept| {
        let mut kept = kept.borrow_mut();
        if let Some(found) = kept.get(pattern) {
            return found.clone();
        }
        if kept.len() >= KEPT {
            kept.clear();
        }
        let found = compile(pattern);
        kept.insert(pattern.to_owned(), found.clone());
        found
    })
}

fn compile(pattern: &str) -> Result<Regex, Refused> {
    let config = Config::new()
        .nfa_size_limit(Some(COMPILED))
        .hybrid_cache_capacity(COMPILED);
    let syntax = regex_automata::util::syntax::Config::new().nest_limit(100);
    Regex::builder()
        .configure(config)
        .syntax(syntax)
        .build(&translate(pattern))
        .map_err(|error| match error.size_limit() {
            Some(_) => Refused::TooLarge,
            None => Refused::Unreadable,
        })
}
