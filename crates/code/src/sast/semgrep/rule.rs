//! A rule of Semgrep as data.

use crate::sast::pattern::Options;
use bartizan_model::{Confidence, Control, Severity};
use bartizan_syntax::Language;
use bartizan_syntax::pattern::{Pattern, PatternError, parse_pattern};
use globset::{Glob, GlobSet, GlobSetBuilder};
use std::sync::OnceLock;

/// A rule that can run.
#[derive(Debug)]
pub struct Rule {
    /// Its id in its file.
    pub id: String,
    /// What it says of a finding; `$X` stands for what was bound.
    pub message: String,
    /// How much it matters.
    pub severity: Severity,
    /// How sure it is, as its metadata says.
    pub confidence: Confidence,
    /// Languages whose files it looks at; for a rule about data, those in which data is followed.
    pub languages: Vec<Language>,
    /// Whether it looks at files of every kind, by regular expressions only.
    pub any_text: bool,
    /// What it looks for.
    pub mode: Mode,
    /// What counts as equal.
    pub options: Options,
    /// What replaces the finding.
    pub fix: Option<String>,
    /// What replaces a part of the finding.
    pub fix_regex: Option<FixRegex>,
    /// Files that it looks at.
    pub paths: Paths,
    /// The numbers of the weaknesses (CWE) that its metadata names.
    pub cwe: Vec<u32>,
    /// The categories of the OWASP Top Ten that its metadata names.
    pub controls: Vec<Control>,
    /// Addresses that its metadata names.
    pub references: Vec<String>,
}

/// Which files a rule looks at, by their paths. The globs are compiled once somebody asks.
#[derive(Debug, Clone, Default)]
pub struct Paths {
    include: Vec<String>,
    exclude: Vec<String>,
    sets: OnceLock<Result<[GlobSet; 2], String>>,
}

impl Paths {
    /// Paths that one of `include` fits, or any where it is empty, and none of `exclude`. A glob means a file or a directory, from the top or
    /// from anywhere below it.
    #[must_use]
    pub const fn new(include: Vec<String>, exclude: Vec<String>) -> Self {
        Self {
            include,
            exclude,
            sets: OnceLock::new(),
        }
    }

    /// What is included and what is excluded.
    ///
    /// # Errors
    /// Which glob is none.
    pub(super) fn sets(&self) -> Result<&[GlobSet; 2], String> {
        let sets = || Ok([anywhere(&self.include)?, anywhere(&self.exclude)?]);
        self.sets.get_or_init(sets).as_ref().map_err(Clone::clone)
    }

    /// Whether this path is one of them; none is where a glob is none.
    #[must_use]
    pub fn hold(&self, path: &str) -> bool {
        self.sets().is_ok_and(|[include, exclude]| {
            (self.include.is_empty() || include.is_match(path)) && !exclude.is_match(path)
        })
    }
}

fn anywhere(globs: &[String]) -> Result<GlobSet, String> {
    let mut set = GlobSetBuilder::new();
    for written in globs {
        let glob = written.trim_start_matches('/').trim_end_matches('/');
        for form in [
            glob.to_owned(),
            format!("**/{glob}"),
            format!("{glob}/**"),
            format!("**/{glob}/**"),
        ] {
            set.add(Glob::new(&form).map_err(|_| format!("its path `{written}` is no glob"))?);
        }
    }
    set.build().map_err(|error| error.to_string())
}

/// A replacement by a regular expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixRegex {
    /// What is replaced.
    pub regex: String,
    /// What by; `\1` stands for a group.
    pub replacement: String,
    /// How often at most.
    pub count: Option<usize>,
}

/// What a rule looks for.
#[derive(Debug)]
pub enum Mode {
    /// Places.
    Search(Box<Formula>),
    /// Data that gets from one place to another.
    Taint(Box<Taint>),
}

/// A rule about data: where it comes from, where it must not get, what makes it harmless, what hands it on.
#[derive(Debug, Default)]
pub struct Taint {
    /// Where it comes from.
    pub sources: Vec<Source>,
    /// Where it must not get.
    pub sinks: Vec<Sink>,
    /// What makes it harmless.
    pub sanitizers: Vec<Sanitizer>,
    /// What hands it on.
    pub propagators: Vec<Propagator>,
    /// Options of the engine by name: `taint_assume_safe_booleans` and the like.
    pub options: TaintOptions,
}

/// Options of following data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TaintOptions {
    /// Metavariables that source and sink share stand for the same.
    pub unify_metavariables: bool,
    /// What a call without a model returns is harmless.
    pub safe_functions: bool,
    /// What an index picks is harmless if only the index is not.
    pub safe_indexes: bool,
    /// Comparisons are harmless.
    pub safe_comparisons: bool,
    /// Truths are harmless.
    pub safe_booleans: bool,
    /// Numbers are harmless.
    pub safe_numbers: bool,
    /// Only assignments hand data on.
    pub only_assignments: bool,
}

/// Where data comes from.
#[derive(Debug)]
pub struct Source {
    /// The places.
    pub formula: Formula,
    /// The label that the data gets; none is the one label of rules without.
    pub label: Option<String>,
    /// Labels that data must have already, to get this one.
    pub requires: Option<String>,
    /// Whether the variable itself is tainted from then on.
    pub by_side_effect: SideEffect,
    /// Whether only the place as a whole counts, and not what is within it.
    pub exact: bool,
}

/// Whether a place changes the variable that stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SideEffect {
    /// No.
    #[default]
    No,
    /// From then on.
    Yes,
    /// From then on and no longer in the place itself.
    Only,
}

/// Where data must not get.
#[derive(Debug)]
pub struct Sink {
    /// The places.
    pub formula: Formula,
    /// Which labels it must have.
    pub requires: Option<String>,
    /// Whether only the place as a whole counts; otherwise what is within it, too.
    pub exact: bool,
}

/// What makes data harmless.
#[derive(Debug)]
pub struct Sanitizer {
    /// The places.
    pub formula: Formula,
    /// Whether the variable itself is harmless from then on.
    pub by_side_effect: bool,
    /// Whether only the place as a whole counts.
    pub exact: bool,
    /// Whether places that are sources or sinks themselves do not count.
    pub not_conflicting: bool,
}

/// What hands data on.
#[derive(Debug)]
pub struct Propagator {
    /// The places.
    pub formula: Formula,
    /// The metavariable it comes from.
    pub from: String,
    /// The metavariable it gets to.
    pub to: String,
    /// Whether the variable at `to` is tainted from then on.
    pub by_side_effect: bool,
    /// Labels it must have.
    pub requires: Option<String>,
    /// The label it gets.
    pub label: Option<String>,
    /// Labels that it loses.
    pub replace_labels: Vec<String>,
}

/// Which places a rule means.
#[derive(Debug)]
pub struct Formula {
    /// The places.
    pub kind: FormulaKind,
    /// What must be true of metavariables.
    pub conditions: Vec<Condition>,
    /// Metavariables whose places are reported: each is one list, of which one counts.
    pub focus: Vec<Vec<String>>,
}

/// Which places, before conditions.
#[derive(Debug)]
pub enum FormulaKind {
    /// Code that a pattern matches.
    Code(Box<Leaf>),
    /// Text that a regular expression matches.
    Text(String),
    /// Words in a row, in text of no language.
    Generic(super::generic::Words),
    /// Anything within such a place.
    Inside(Box<Formula>),
    /// Any of these.
    Either(Vec<Formula>),
    /// All of the first, none of the second.
    All(Vec<Formula>, Vec<Formula>),
}

/// What must be true of a metavariable.
#[derive(Debug)]
pub enum Condition {
    /// A regular expression matches at the beginning of its text.
    Regex {
        /// Which, with its dollar.
        metavariable: String,
        /// The expression.
        regex: String,
        /// Whether the constant that it stands for is tried, too.
        constants: bool,
    },
    /// A comparison holds.
    Comparison(super::condition::Comparison),
    /// It is such a place itself, or has one within.
    Pattern {
        /// Which, with its dollar.
        metavariable: String,
        /// The language that its text is read in; none for that of the file.
        language: Option<Inner>,
        /// The places.
        formula: Box<Formula>,
    },
    /// Its type is one of these.
    Type {
        /// Which, with its dollar.
        metavariable: String,
        /// The types.
        types: Vec<Leaf>,
    },
}

/// What the text of a metavariable is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inner {
    /// Code.
    Code(Language),
    /// Text, for regular expressions.
    Text,
    /// Text of no language, for words in a row.
    Generic,
}

/// A pattern, read in each language when it is first needed.
#[derive(Debug)]
pub struct Leaf {
    /// Its text.
    pub text: String,
    /// Whether the text is a type, which is read as that of a metavariable.
    is_type: bool,
    patterns: [OnceLock<Box<Result<Pattern, PatternError>>>; Language::ALL.len()],
    required: [OnceLock<Box<[Box<str>]>>; Language::ALL.len()],
}

impl Leaf {
    /// A pattern that is not read yet.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            is_type: false,
            patterns: Default::default(),
            required: Default::default(),
        }
    }

    /// Anything of a type.
    #[must_use]
    pub fn of_type(text: &str) -> Self {
        Self {
            is_type: true,
            ..Self::new(text)
        }
    }

    /// The pattern in a language.
    ///
    /// # Errors
    /// When it is no code of that language.
    pub fn pattern(&self, language: Language) -> Result<&Pattern, PatternError> {
        let Some(place) = place_of(language).and_then(|index| self.patterns.get(index)) else {
            return Err(PatternError::Unreadable {
                language: language.name(),
            });
        };
        let read = || match self.is_type {
            false => parse_pattern(&self.text, language),
            true if language.types_stand_first() => parse_pattern(&format!("({} $_)", self.text), language),
            true => parse_pattern(&format!("($_: {})", self.text), language),
        };
        let pattern: &Result<Pattern, PatternError> = place.get_or_init(|| Box::new(read()));
        pattern.as_ref().map_err(Clone::clone)
    }
}

impl Leaf {
    /// The words that stand in every text that the pattern matches; none where it cannot be read.
    #[must_use]
    pub fn required(&self, language: Language) -> &[Box<str>] {
        let Some(place) = place_of(language).and_then(|index| self.required.get(index)) else {
            return &[];
        };
        place.get_or_init(|| {
            self.pattern(language)
                .map(super::prefilter::required)
                .unwrap_or_default()
        })
    }
}

/// The place of a language in tables of all of them.
fn place_of(language: Language) -> Option<usize> {
    Language::ALL.iter().position(|&one| one == language)
}

impl Formula {
    /// A formula without conditions.
    #[must_use]
    pub const fn of(kind: FormulaKind) -> Self {
        Self {
            kind,
            conditions: Vec::new(),
            focus: Vec::new(),
        }
    }

    /// Every pattern of code of the formula itself; not those in conditions.
    pub fn leaves<'a>(&'a self, out: &mut Vec<&'a Leaf>) {
        match &self.kind {
            FormulaKind::Code(leaf) => out.push(leaf),
            FormulaKind::Text(_) | FormulaKind::Generic(_) => {}
            FormulaKind::Inside(inner) => inner.leaves(out),
            FormulaKind::Either(all) => all.iter().for_each(|one| one.leaves(out)),
            FormulaKind::All(all, none) => all.iter().chain(none).for_each(|one| one.leaves(out)),
        }
    }
}

impl Rule {
    /// The formulas of the rule, whatever they are for.
    #[must_use]
    pub fn formulas(&self) -> Vec<&Formula> {
        match &self.mode {
            Mode::Search(formula) => vec![&**formula],
            Mode::Taint(taint) => {
                let sources = taint.sources.iter().map(|one| &one.formula);
                let sinks = taint.sinks.iter().map(|one| &one.formula);
                let sanitizers = taint.sanitizers.iter().map(|one| &one.formula);
                let propagators = taint.propagators.iter().map(|one| &one.formula);
                sources
                    .chain(sinks)
                    .chain(sanitizers)
                    .chain(propagators)
                    .collect()
            }
        }
    }
}
