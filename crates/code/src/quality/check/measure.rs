//! What is measured of one file.

use super::QualityCheck;
use crate::quality::changes::changed_lines;
use crate::quality::complexity::{Complexity, complexities};
use crate::quality::duplication::Tokens;
use crate::quality::role::is_generated;
use crate::quality::rules::{CognitiveComplexity, CyclomaticComplexity, FileSize, FunctionSize};
use crate::quality::size::{Size, lines_of, size_of};
use crate::sast::read;
use bartizan_engine::rule::{About, Found, Lines, Report};
use bartizan_engine::{CheckError, Input, Sink};
use bartizan_model::{Fingerprint, Location};
use bartizan_source::Before;
use bartizan_syntax::{Ast, Kind, Language, Parsed, Span};
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

/// One file.
pub(super) enum Measured {
    /// One that is measured
    Own(Box<Own>),
    /// One that is compared with
    Around(Tokens),
    /// One that a program made
    Generated,
}

/// A file that is measured.
pub(super) struct Own {
    pub(super) language: Language,
    /// How many lines it has
    pub(super) length: u32,
    /// Lines that changed; none where all are measured
    pub(super) changed: Option<Vec<(u32, u32)>>,
    /// Lines in the scope by what stands on them
    pub(super) size: Size,
    /// How many functions have a line in the scope, and their complexities added up
    pub(super) functions: u64,
    pub(super) cyclomatic: u64,
    pub(super) cognitive: u64,
    /// To find duplicates by; none of tests
    pub(super) tokens: Option<Tokens>,
    /// Lines in the scope on which a statement begins
    pub(super) statements: BTreeSet<u32>,
    /// Minutes that it takes to mend each finding, and where it is
    pub(super) minutes: Vec<(Fingerprint, u64, Location)>,
}

impl Own {
    /// Whether a line is in the scope.
    pub(super) fn has(&self, line: u32) -> bool {
        is_in(self.changed.as_deref(), line, line)
    }

    /// Whether any of these lines is in the scope.
    pub(super) fn touches(&self, first: u32, last: u32) -> bool {
        is_in(self.changed.as_deref(), first, last)
    }
}

fn is_in(changed: Option<&[(u32, u32)]>, first: u32, last: u32) -> bool {
    changed.is_none_or(|runs| runs.iter().any(|(from, to)| *from <= last && first <= *to))
}

/// A number of a function or file that is over its limit.
struct Excess {
    about: &'static About,
    at: Range<usize>,
    key: String,
    message: String,
    fix: &'static str,
    minutes: u64,
}

impl QualityCheck {
    /// A file that others are compared with.
    pub(super) fn compared(&self, input: &Input<'_>) -> Result<Measured, CheckError> {
        let (text, _) = Lines::of_text(input)?;
        if is_generated(text) || self.is_test(input.path()) {
            return Ok(Measured::Generated);
        }
        let parsed = parsed(input.path(), text);
        Ok(Measured::Around(Tokens::of(&parsed.ast, text)))
    }

    /// Measures a file, and tells what of it is over a limit.
    pub(super) fn measure(
        &self,
        input: &Input<'_>,
        before: &Before,
        out: &mut Sink,
    ) -> Result<Measured, CheckError> {
        let (text, lines) = Lines::of_text(input)?;
        if is_generated(text) {
            return Ok(Measured::Generated);
        }
        let path = input.path();
        let Parsed { ast, problems } = parsed(path, text);
        if let Some(problem) = problems.first() {
            let line = lines.place(&problem.span.range()).0;
            out.error(format!(
                "line {line}: {}; numbers of this file are near the truth",
                problem.what
            ));
        }
        if let Before::Unreadable(why) = before {
            out.error(format!("all of it counts as new: {why}"));
        }
        let old = match before {
            Before::Content(bytes) => std::str::from_utf8(bytes).ok(),
            _ => None,
        };
        let old = old.map(|text| text.strip_prefix('\u{feff}').unwrap_or(text));
        let changed = match before {
            Before::Untold => None,
            _ => Some(changed_lines(old.unwrap_or_default(), text)),
        };
        let is_test = self.is_test(path);
        let mut own = Own {
            language: ast.language(),
            length: u32::try_from(text.lines().count()).unwrap_or(u32::MAX),
            size: size_of(&ast, text, |line| is_in(changed.as_deref(), line, line)),
            changed,
            functions: 0,
            cyclomatic: 0,
            cognitive: 0,
            tokens: (!is_test).then(|| Tokens::of(&ast, text)),
            statements: BTreeSet::new(),
            minutes: Vec::new(),
        };
        if !is_test {
            own.statements = statements(&ast, text, &own);
            let functions = complexities(&ast, text);
            let was = old.map(|old| Was::of(path, old)).unwrap_or_default();
            let mut over = self.functions(text, &functions, &was, &mut own);
            over.extend(self.file(path, text, old));
            self.tell(over, &lines, &mut own, out);
        }
        Ok(Measured::Own(Box::new(own)))
    }

    /// Adds the functions in the scope to the measures; gives what of them is over a limit.
    fn functions(&self, text: &str, functions: &[Complexity], was: &Was, own: &mut Own) -> Vec<Excess> {
        let mut over = Vec::new();
        let mut starts = LineCounter::new(text);
        let mut ordinals: HashMap<&str, usize> = HashMap::new();
        for function in functions {
            let ordinal = ordinals.entry(&function.name).or_default();
            let key = (function.name.clone(), *ordinal);
            *ordinal += 1;
            let first = starts.line(function.span.start);
            if !own.touches(first, first + function.lines - 1) {
                continue;
            }
            own.functions += 1;
            own.cyclomatic += u64::from(function.cyclomatic);
            own.cognitive += u64::from(function.cognitive);
            over.extend(self.excess(function, was.functions.get(&key), &key));
        }
        over
    }

    fn excess(
        &self,
        function: &Complexity,
        was: Option<&[u32; 3]>,
        (name, ordinal): &(String, usize),
    ) -> Vec<Excess> {
        let limits = &self.options.limits;
        let shown = if name.is_empty() {
            "a function without a name".to_owned()
        } else {
            format!("`{name}`")
        };
        let rows = [
            (
                &CognitiveComplexity::ABOUT,
                function.cognitive,
                limits.cognitive,
                "has a cognitive complexity of",
                "return early, and make functions of nested conditions and loops",
            ),
            (
                &CyclomaticComplexity::ABOUT,
                function.cyclomatic,
                limits.cyclomatic,
                "has a cyclomatic complexity of",
                "split it, or look cases up in a table",
            ),
            (
                &FunctionSize::ABOUT,
                function.lines,
                limits.function_lines,
                "has a length in lines of",
                "make functions of its steps",
            ),
        ];
        let end = function.name_span.end.max(function.name_span.start + 1);
        let mut over = Vec::new();
        for (at, (about, value, limit, what, fix)) in rows.into_iter().enumerate() {
            let old = was.and_then(|was| was.get(at)).copied();
            if u64::from(value) <= limit || old.is_some_and(|old| value <= old) {
                continue;
            }
            let old = old.map_or_else(String::new, |old| format!(", up from {old}"));
            let beyond = u64::from(value) - limit;
            over.push(Excess {
                about,
                at: function.name_span.start as usize..end as usize,
                key: format!("{name} {ordinal}"),
                message: format!("{shown} {what} {value}{old}, more than {limit}"),
                fix,
                minutes: [5 + beyond, 10 + beyond, 20].get(at).copied().unwrap_or(0),
            });
        }
        over
    }

    /// The file, where it is too long.
    fn file(&self, path: &str, text: &str, old: Option<&str>) -> Option<Excess> {
        let limit = self.options.limits.file_lines;
        let count = |text: &str| text.lines().count();
        let (lines, was) = (count(text), old.map(count));
        let grew = was.is_none_or(|was| was < lines);
        (lines as u64 > limit && grew).then(|| Excess {
            about: &FileSize::ABOUT,
            at: 0..text.lines().next().map_or(0, str::len),
            key: String::new(),
            message: format!(
                "`{}` has {lines} lines{}, more than {limit}",
                path.rsplit('/').next().unwrap_or(path),
                was.map_or_else(String::new, |was| format!(", up from {was}"))
            ),
            fix: "cut it between its subjects",
            minutes: 60,
        })
    }

    fn tell(&self, over: Vec<Excess>, lines: &Lines<'_>, own: &mut Own, out: &mut Sink) {
        for about in [
            &CognitiveComplexity::ABOUT,
            &CyclomaticComplexity::ABOUT,
            &FunctionSize::ABOUT,
            &FileSize::ABOUT,
        ] {
            let mut report = Report::new(about, lines, out, self.options.enabled.has(about.id));
            let mut minutes = Vec::new();
            for one in over.iter().filter(|one| one.about.id == about.id) {
                let found = Found {
                    message: one.message.clone(),
                    key: one.key.clone(),
                    fix: one.fix.to_owned(),
                    ..Found::default()
                };
                report.finding(found, &one.at);
                minutes.push(one.minutes);
            }
            let told = out.findings().iter().filter(|finding| finding.rule == about.id);
            for (finding, minutes) in told.zip(minutes) {
                if let Some(at) = finding.primary() {
                    own.minutes
                        .push((finding.fingerprint.clone(), minutes, at.clone()));
                }
            }
        }
    }
}

pub(super) fn parsed(path: &str, text: &str) -> Parsed {
    read(text, Language::of_path(path).unwrap_or(Language::Python))
}

/// Functions of a file before a change: cognitive and cyclomatic complexity and lines, by name and which of that name.
#[derive(Default)]
struct Was {
    functions: HashMap<(String, usize), [u32; 3]>,
}

impl Was {
    fn of(path: &str, text: &str) -> Self {
        let mut ordinals: HashMap<String, usize> = HashMap::new();
        let functions = complexities(&parsed(path, text).ast, text).into_iter();
        let named = functions.map(|function| {
            let ordinal = ordinals.entry(function.name.clone()).or_default();
            *ordinal += 1;
            let numbers = [function.cognitive, function.cyclomatic, function.lines];
            ((function.name, *ordinal - 1), numbers)
        });
        Self {
            functions: named.collect(),
        }
    }
}

/// The lines in the scope on which a statement of a block begins; declarations of functions and classes are none.
fn statements(ast: &Ast, text: &str, own: &Own) -> BTreeSet<u32> {
    let mut starts: Vec<u32> = ast
        .ids()
        .filter(|&id| {
            let within = ast.parent(id).map(|parent| ast.kind(parent));
            matches!(within, Some(Kind::Block | Kind::Module))
                && !matches!(
                    ast.kind(id),
                    Kind::Function
                        | Kind::Class
                        | Kind::Nothing
                        | Kind::Block
                        | Kind::Package
                        | Kind::Import
                        | Kind::ImportFrom
                )
        })
        .map(|id| ast.span(id).start)
        .collect();
    starts.sort_unstable();
    let mut counter = LineCounter::new(text);
    let lines = starts.into_iter().map(|start| counter.line(start));
    lines.filter(|line| own.has(*line)).collect()
}

/// Numbers of lines, of places that come in order.
struct LineCounter<'a> {
    text: &'a str,
    at: u32,
    line: u32,
}

impl<'a> LineCounter<'a> {
    const fn new(text: &'a str) -> Self {
        Self { text, at: 0, line: 1 }
    }

    fn line(&mut self, at: u32) -> u32 {
        let (from, to) = (self.at.min(at), self.at.max(at));
        let breaks = lines_of(self.text, Span { start: from, end: to }) - 1;
        self.line = if at < self.at {
            self.line - breaks
        } else {
            self.line + breaks
        };
        self.at = at;
        self.line
    }
}
