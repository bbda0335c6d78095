//! What lists, maps and the like of a language do: for rules that say nothing of them themselves.

use super::Models;
use bartizan_content::builtin;
use bartizan_content::flow::Library;
use bartizan_syntax::Language;
use std::sync::{Mutex, OnceLock};

/// The models of a language without all that is no container: what goes into a list or map, and comes out of it.
#[must_use]
pub fn containers(language: Language) -> &'static Models {
    static KNOWN: Mutex<Vec<(&str, &Models)>> = Mutex::new(Vec::new());
    static NONE: OnceLock<Models> = OnceLock::new();
    let Ok(mut known) = KNOWN.lock() else {
        return NONE.get_or_init(Models::default);
    };
    let name = language.name();
    if let Some((_, models)) = known.iter().find(|(one, _)| *one == name) {
        return models;
    }
    let libraries: Vec<Library> = builtin::libraries().iter().map(only_containers).collect();
    // One for each language, for as long as the program runs.
    let models: &'static Models = Box::leak(Box::new(Models::of(language, &libraries)));
    known.push((name, models));
    models
}

fn only_containers(library: &Library) -> Library {
    let passes = library.passes.iter().filter(|pass| !pass.container.is_empty());
    Library {
        library: library.library.clone(),
        languages: library.languages.clone(),
        imports: library.imports.clone(),
        types: library
            .types
            .iter()
            .filter(|fact| fact.call.is_empty())
            .cloned()
            .collect(),
        passes: passes.cloned().collect(),
        ..Library::default()
    }
}
