//! Models of libraries, found by the names that they speak of.

use crate::sast::late::LateRegex;
use bartizan_content::flow::{Cleaner, Handler, Library, Media, Pass, Setting, Sink, Source, TypeFact};
use bartizan_flow::{Behaviour, Effect};
use bartizan_syntax::Language;
use std::collections::{BTreeSet, HashMap, HashSet};

/// What a model says of a name: which part, and the place in the list of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    Type(usize),
    ReadSource(usize),
    CallSource(usize),
    CallSink(usize),
    AssignSink(usize),
    Clean(usize),
    CleanRead(usize),
    Guard(usize),
    Reject(usize),
    Pass(usize),
    Setting(usize),
    Media(usize),
    Registers(usize),
    Decorates(usize),
    Overridden(usize),
    Annotates(usize),
}

/// The models of one language.
#[derive(Debug, Default)]
pub struct Models {
    pub(super) types: Vec<TypeFact>,
    pub(super) sources: Vec<Source>,
    pub(super) handlers: Vec<Handler>,
    pub(super) sinks: Vec<Sink>,
    pub(super) cleaners: Vec<Cleaner>,
    pub(super) passes: Vec<Pass>,
    pub(super) settings: Vec<Setting>,
    pub(super) media: Vec<Media>,
    /// What is said of each name, and which modules a file must import for it
    uses: HashMap<Box<str>, Vec<(Use, usize)>>,
    /// The last words of those names
    last_words: HashSet<Box<str>>,
    /// Modules by the number that `uses` names; the first is none
    imports: Vec<Vec<String>>,
    /// For each type those that it derives from, nearest first
    supertypes: HashMap<Box<str>, Vec<String>>,
    known_types: HashSet<Box<str>>,
    /// For each handler, the modules that a file must import
    pub(super) handler_imports: Vec<usize>,
    pub(super) behaviours: HashMap<Box<str>, Behaviour>,
    /// Sinks that names of variables tell, by the regular expression
    pub(super) named_sinks: Vec<(usize, LateRegex)>,
    /// Names of the properties that a sink means, where it means not all
    pub(super) sink_names: HashMap<usize, LateRegex>,
}

/// Types above a type, at most.
const MOST_SUPERTYPES: usize = 32;

impl Models {
    /// The models of those libraries that are used in a language.
    #[must_use]
    pub fn of<'l>(language: Language, libraries: impl IntoIterator<Item = &'l Library>) -> Self {
        let mut models = Self {
            imports: vec![Vec::new()],
            ..Self::default()
        };
        let fits = |library: &&Library| {
            let names = library.languages.iter().map(String::as_str);
            names.into_iter().any(|name| name == language.name())
        };
        for library in libraries.into_iter().filter(fits) {
            models.add(library);
        }
        models.derive();
        models.behaviours = super::behaviour::of(&models);
        models
    }

    fn add(&mut self, library: &Library) {
        let gate = if library.imports.is_empty() {
            0
        } else {
            self.imports.push(library.imports.clone());
            self.imports.len() - 1
        };
        for fact in &library.types {
            let at = self.types.len();
            self.names(&[&fact.call, &fact.read], Use::Type(at), gate);
            if !fact.gives.is_empty() {
                self.known_types.insert(fact.gives.as_str().into());
            }
            if !fact.class.is_empty() {
                self.known_types.insert(fact.class.as_str().into());
                let above = self.supertypes.entry(fact.class.as_str().into()).or_default();
                above.extend(fact.extends.iter().cloned());
            }
            self.types.push(fact.clone());
        }
        for source in &library.sources {
            let at = self.sources.len();
            self.names(&[&source.read], Use::ReadSource(at), gate);
            self.names(&[&source.call], Use::CallSource(at), gate);
            self.sources.push(source.clone());
        }
        for handler in &library.handlers {
            let at = self.handlers.len();
            self.names(&[&handler.registered], Use::Registers(at), gate);
            self.names(&[&handler.decorated], Use::Decorates(at), gate);
            self.names(&[&handler.overrides], Use::Overridden(at), gate);
            self.names(&[&handler.annotated], Use::Annotates(at), gate);
            self.handlers.push(handler.clone());
            self.handler_imports.push(gate);
        }
        for sink in &library.sinks {
            let at = self.sinks.len();
            self.names(&[&sink.call], Use::CallSink(at), gate);
            self.names(&[&sink.assign], Use::AssignSink(at), gate);
            if !sink.named.is_empty() {
                let regex = LateRegex::of(&sink.named);
                if sink.assign.is_empty() {
                    self.named_sinks.push((at, regex));
                } else {
                    self.sink_names.insert(at, regex);
                }
            }
            self.sinks.push(sink.clone());
        }
        for cleaner in &library.cleaners {
            let at = self.cleaners.len();
            self.names(&[&cleaner.call], Use::Clean(at), gate);
            self.names(&[&cleaner.read], Use::CleanRead(at), gate);
            self.names(&[&cleaner.guard], Use::Guard(at), gate);
            self.names(&[&cleaner.rejects], Use::Reject(at), gate);
            self.cleaners.push(cleaner.clone());
        }
        for pass in &library.passes {
            let at = self.passes.len();
            self.names(&[&pass.call], Use::Pass(at), gate);
            self.passes.push(pass.clone());
        }
        for setting in &library.settings {
            let at = self.settings.len();
            self.names(&[&setting.call], Use::Setting(at), gate);
            self.settings.push(setting.clone());
        }
        for media in &library.media {
            let at = self.media.len();
            self.names(&[&media.call], Use::Media(at), gate);
            self.media.push(media.clone());
        }
    }

    fn names(&mut self, lists: &[&Vec<String>], what: Use, gate: usize) {
        for name in lists.iter().copied().flatten() {
            let bare = name.strip_prefix("new ").unwrap_or(name);
            if bare.len() < name.len() {
                note(&mut self.known_types, bare);
            } else if let Some((owner, _)) = name.rsplit_once('.').filter(|_| !name.starts_with("*.")) {
                note(&mut self.known_types, owner);
            }
            note(&mut self.last_words, name.rsplit('.').next().unwrap_or(name));
            let gate = if name.starts_with("*.") { gate } else { 0 };
            self.uses
                .entry(name.as_str().into())
                .or_default()
                .push((what, gate));
        }
    }

    /// Follows what derives from what to the end.
    fn derive(&mut self) {
        let direct = self.supertypes.clone();
        for (class, above) in &mut self.supertypes {
            let mut next = 0;
            while let Some(one) = above.get(next).cloned() {
                next += 1;
                for further in direct.get(one.as_str()).into_iter().flatten() {
                    if !above.contains(further) && **further != **class && above.len() < MOST_SUPERTYPES {
                        above.push(further.clone());
                    }
                }
            }
        }
    }

    /// What is said of a name, in a file that imports these modules.
    pub(super) fn uses<'a>(
        &'a self,
        name: &str,
        imported: &'a BTreeSet<String>,
    ) -> impl Iterator<Item = Use> + 'a {
        let all = self.uses.get(name).into_iter().flatten();
        all.filter(move |(_, gate)| self.is_open(*gate, imported))
            .map(|(what, _)| *what)
    }

    /// Whether the flow engine knows on which way a check of one of these names succeeds.
    pub(super) fn guards(&self, names: &[String]) -> bool {
        let effects = names
            .iter()
            .filter_map(|name| self.behaviours.get(name.as_str()))
            .flat_map(|behaviour| &behaviour.effects);
        effects
            .into_iter()
            .any(|effect| matches!(effect, Effect::Guard { .. }))
    }

    /// Whether any model speaks of a member of this name, of whatever it is one.
    pub(super) fn names_member(&self, member: &str) -> bool {
        self.last_words.contains(member)
    }

    /// Whether a file imports what a model asks for.
    pub(super) fn is_open(&self, gate: usize, imported: &BTreeSet<String>) -> bool {
        let Some(modules) = self.imports.get(gate).filter(|modules| !modules.is_empty()) else {
            return true;
        };
        modules.iter().any(|module| {
            imported.iter().any(|path| {
                let rest = path.strip_prefix(module.as_str());
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '/']))
            })
        })
    }

    /// Every name that models speak of, and what they say.
    pub(super) fn named(&self) -> impl Iterator<Item = (&str, &[(Use, usize)])> {
        self.uses.iter().map(|(name, uses)| (&**name, uses.as_slice()))
    }

    /// Types above a type, itself left out, nearest first.
    pub(super) fn above(&self, class: &str) -> &[String] {
        self.supertypes.get(class).map_or(&[], Vec::as_slice)
    }

    /// Whether any model speaks of the type.
    pub(super) fn knows(&self, class: &str) -> bool {
        self.known_types.contains(class)
    }
}

/// Most words come several times: only the first is copied.
fn note(words: &mut HashSet<Box<str>>, word: &str) {
    if !words.contains(word) {
        words.insert(word.into());
    }
}
