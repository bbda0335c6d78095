//! The check of source code.
//!
//! In: the files of a directory. Out: what the built-in rules find in them. Rules of patterns judge each file by itself; rules of flow judge
//! all files of a language together ([`bartizan_flow`]), with what is known of libraries and what files of settings say.

mod foreign;
mod imports;
mod kit;
mod needs;
mod paths;
mod tell;

use super::library::{Meaning, ProgramTypes, Settings, marks, told_at};
use super::semgrep::{Hit, Rule};
use super::{File, run};
use bartizan_content::builtin;
use bartizan_engine::rule::{Enabled, Lines};
use bartizan_engine::{Check, CheckError, Input, Meta, Part, Program, Sink};
use bartizan_flow::{Found, Limit, Limited, Limits, Marks, analyse_until};
use bartizan_model::{Finding, FingerprintBuilder, Location, RuleInfo};
use bartizan_source::{FileMeta, Interest};
use bartizan_syntax::{Ast, Language};
pub use foreign::{ForeignCheck, ForeignFile, ForeignRule};
use imports::Wanted;
pub use kit::OwnCode;
use kit::{Kit, Kits, PatternRule};
pub(crate) use paths::is_foreign;
use std::collections::HashMap;
use tell::{Source, Teller};

/// Bytes of a larger file are not looked at: it was made by a program.
const LARGEST: u64 = 2 << 20;
/// Bytes of the files that data is followed through together: all of them are held in memory as trees.
const MOST_TOGETHER: u64 = 32 << 20;
/// What the functions of a few files are given of work ([`Limits::total`]), where others are there to understand them by: somebody waits.
const WORK_WITH_AROUND: u64 = 60_000;
/// Changes whenever the same rules would judge the same file differently.
const REVISION: &[u8] = b"5";
/// Problems of reading that are told of one file.
const MOST_PROBLEMS: usize = 3;

/// Judges source code.
pub struct CodeCheck {
    meta: Meta,
    kits: Kits,
    with_tests: bool,
}

impl CodeCheck {
    /// Its id.
    pub const ID: &'static str = "code/static-analysis";

    /// The check with the rules that are in force, and what people know besides. `required`: whether the verdict depends on it having run everywhere.
    #[must_use]
    pub fn new(enabled: Enabled, own: OwnCode, required: bool) -> Self {
        let builder = FingerprintBuilder::new(Self::ID)
            .part(REVISION)
            .part(&builtin::digest());
        let rules = builtin::code_rules().iter().chain(&own.rules);
        let builder = rules.fold(builder, |builder, rule| enabled.mark_id(&rule.id, builder));
        // What people know besides is judged by, too: all of it, as it would be written.
        let builder = builder.part(format!("{own:?}").as_bytes());
        Self {
            meta: Meta {
                id: Self::ID,
                title: "Source code",
                required,
                digest: Meta::digest_of(builder),
            },
            kits: Kits::new(enabled, own),
            with_tests: false,
        }
    }

    /// The check that judges tests, too.
    #[must_use]
    pub fn with_tests(mut self) -> Self {
        self.with_tests = true;
        self
    }

    /// Whether files of a language are read: where data is followed in it, or a rule is for it.
    fn reads(&self, language: Language) -> bool {
        language.is_judged() || !self.kits.of(language).patterns.is_empty()
    }

    /// What rules of patterns find in one file.
    fn patterns(&self, file: &File<'_>, lines: &Lines<'_>, kit: &Kit, out: &mut Sink) {
        let source = Source {
            path: file.path,
            text: file.source,
            ast: file.ast(),
            is_around: false,
        };
        let ready = kit.patterns.iter();
        let ready: Vec<(&PatternRule, &Rule)> = ready
            .filter_map(|one| Some((one, one.ready_for(file.words())?)))
            .collect();
        let rules: Vec<&Rule> = ready.iter().map(|(_, rule)| *rule).collect();
        for ((one, rule), outcome) in ready.iter().zip(run(&rules, file, &kit.regexes)) {
            if outcome.cut {
                out.error(format!(
                    "{}: more of this file matches than is looked at",
                    one.about.id
                ));
            }
            let is_meant = |hit: &&Hit| !one.not_around.holds(file.ast(), hit.node);
            for hit in outcome.hits.iter().filter(is_meant) {
                out.finding(Teller::of(&one.about).hit(hit, rule, &source, lines));
            }
        }
    }
}

/// One file, as the program is judged by.
enum Parsed {
    Code {
        text: String,
        ast: Box<Ast>,
        /// Whether it is only there to understand others by.
        is_around: bool,
    },
    Settings(String),
}

impl Parsed {
    fn of(file: File<'_>, is_around: bool) -> Part {
        Box::new(Self::Code {
            text: file.source.to_owned(),
            ast: Box::new(file.into_ast()),
            is_around,
        })
    }
}

impl Check for CodeCheck {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn rules(&self) -> Vec<RuleInfo> {
        self.kits.rules().map(bartizan_content::CodeRule::info).collect()
    }

    fn wants(&self, file: &FileMeta) -> Interest {
        let language = Language::of_path(&file.path);
        let is_read = language.is_some_and(|language| self.reads(language)) || Settings::wants(&file.path);
        let is_left_out = is_foreign(&file.path) || (!self.with_tests && paths::is_test(&file.path));
        if is_read && !is_left_out {
            Interest::Entire(LARGEST)
        } else {
            Interest::No
        }
    }

    fn run(&self, _: &Input<'_>, _: &mut Sink) -> Result<(), CheckError> {
        Ok(())
    }

    fn program(&self) -> Option<&dyn Program> {
        Some(self)
    }
}

impl Program for CodeCheck {
    fn part(&self, input: &Input<'_>, out: &mut Sink) -> Result<Part, CheckError> {
        let (text, lines) = Lines::of_text(input)?;
        let Some(language) = Language::of_path(input.path()) else {
            return Ok(Box::new(Parsed::Settings(text.to_owned())));
        };
        let file = File::new(input.path(), text, Some(language));
        for problem in file.problems().iter().take(MOST_PROBLEMS) {
            let line = lines.place(&problem.span.range()).0;
            out.error(format!("line {line}: {}", problem.what));
        }
        self.patterns(&file, &lines, self.kits.of(language), out);
        Ok(Parsed::of(file, false))
    }

    fn most_bytes(&self) -> u64 {
        MOST_TOGETHER
    }

    fn part_around(&self, input: &Input<'_>) -> Result<Part, CheckError> {
        let (text, _) = Lines::of_text(input)?;
        Ok(match Language::of_path(input.path()) {
            Some(language) => Parsed::of(File::new(input.path(), text, Some(language)), true),
            None => Box::new(Parsed::Settings(text.to_owned())),
        })
    }

    fn asks(&self, parts: &[(String, Part)], around: &[&str]) -> Vec<usize> {
        let mut wanted = Wanted::default();
        for (path, part) in parts {
            if let Some(Parsed::Code { ast, .. }) = part.downcast_ref::<Parsed>() {
                wanted.add(path, ast);
            }
        }
        let places = around.iter().enumerate();
        places
            .filter(|(_, other)| wanted.holds(other))
            .map(|(at, _)| at)
            .collect()
    }

    fn judge(&self, parts: &[(String, Part)], _: &[String], out: &mut Sink) -> Result<(), CheckError> {
        let mut settings = Settings::default();
        let mut files: Vec<Source<'_>> = Vec::new();
        for (path, part) in parts {
            match part.downcast_ref::<Parsed>() {
                Some(Parsed::Settings(text)) => settings.add(path, text),
                Some(Parsed::Code { text, ast, is_around }) => files.push(Source {
                    path,
                    text,
                    ast,
                    is_around: *is_around,
                }),
                None => {}
            }
        }
        if settings.is_cut {
            out.error("more settings than are looked at".to_owned());
        }
        for family in Kits::families() {
            let own: Vec<Source<'_>> = files
                .iter()
                .filter(|file| family.contains(&file.ast.language()))
                .copied()
                .collect();
            let Some(first) = own.first().filter(|first| first.ast.language().is_judged()) else {
                continue;
            };
            let kit = self.kits.of(first.ast.language());
            if !kit.flow.rules.is_empty() {
                self.flow(&own, kit, &settings, out);
            }
        }
        Ok(())
    }

    /// One flaw is told once: the way that data takes says more than how the place looks.
    fn sift(&self, findings: &mut Vec<Finding>) {
        let mut told: HashMap<(String, String), Vec<Location>> = HashMap::new();
        for flow in findings.iter().filter(|one| !one.evidence.is_empty()) {
            for place in &flow.locations {
                for cwe in &flow.cwe {
                    let key = (place.path.clone(), cwe.clone());
                    told.entry(key).or_default().push(place.clone());
                }
            }
        }
        let is_told = |place: &Location, cwe: &String| {
            let known = told.get(&(place.path.clone(), cwe.clone()));
            known.is_some_and(|known| {
                known
                    .iter()
                    .any(|one| one.line <= place.end_line && place.line <= one.end_line)
            })
        };
        findings.retain(|one| {
            let place = one.locations.first().filter(|_| one.evidence.is_empty());
            !place.is_some_and(|place| one.cwe.iter().any(|cwe| is_told(place, cwe)))
        });
    }
}

impl CodeCheck {
    /// Follows data through all files of one family of languages.
    fn flow(&self, files: &[Source<'_>], kit: &Kit, settings: &Settings, out: &mut Sink) {
        // Types that one file gives to others are known before any file is marked.
        let (nothing, mut types) = (ProgramTypes::new(), ProgramTypes::new());
        for file in files.iter().take_while(|_| !out.is_stopped()) {
            types.extend(Meaning::of(file.ast, &kit.models, &nothing).exported(file.path));
        }
        let marked: Vec<Marks> = files
            .iter()
            .take_while(|_| !out.is_stopped())
            .map(|file| marks(&Meaning::of(file.ast, &kit.models, &types), &kit.flow, settings))
            .collect();
        let given: Vec<bartizan_flow::File<'_>> = files
            .iter()
            .zip(&marked)
            .map(|(file, marks)| bartizan_flow::File {
                path: file.path,
                ast: file.ast,
                marks,
                is_asked: !file.is_around,
            })
            .collect();
        let mut limits = Limits::default();
        if files.iter().any(|file| file.is_around) {
            limits.total = WORK_WITH_AROUND;
        }
        let found = analyse_until(&given, &kit.flow.rules, &kit.models, &limits, &|| {
            out.is_stopped()
        });
        self.tell(&found, files, kit, out);
    }

    fn tell(&self, found: &Found, files: &[Source<'_>], kit: &Kit, out: &mut Sink) {
        // The way of one source is told; that others reach the same sink makes no other problem of it.
        let mut told = std::collections::BTreeSet::new();
        for finding in &found.findings {
            let rule = usize::try_from(finding.rule.0).unwrap_or(usize::MAX);
            let Some((about, not_around)) = kit.flow_rule(rule) else {
                continue;
            };
            let place = told_at(about, finding);
            // Where what is to be mended lies in no file that was asked for, the place that is reached does.
            let is_shown = files.get(place.0).is_some_and(|file| !file.is_around);
            let place = if is_shown {
                place
            } else {
                (finding.file, finding.sink)
            };
            let Some(file) = files.get(place.0) else {
                continue;
            };
            let is_meant = kit.looks_at(about, file.path) && !not_around.holds(file.ast, Some(place.1));
            if is_meant && told.insert((place, finding.rule)) {
                out.finding(Teller::of(about).flow(finding, place, files));
            }
        }
        let is_asked = |limited: &&Limited| files.get(limited.file).is_some_and(|file| !file.is_around);
        let all: Vec<&Limited> = found.limited.iter().filter(is_asked).collect();
        let place = |limited: &Limited| {
            let file = files.get(limited.file)?;
            let line = tell::line_of(file.text, file.ast.span(limited.function).start);
            Some(format!("{}: line {line}: {}", file.path, limited.limit))
        };
        for limited in all.iter().filter(|one| !is_told_together(one.limit)) {
            place(limited).into_iter().for_each(|error| out.error(error));
        }
        for (limit, what) in [
            (Limit::Total, "are not followed to their end"),
            (Limit::Left, "are told to their callers in part"),
        ] {
            let mut these = all.iter().filter(|one| one.limit == limit);
            let first = these.next().and_then(|first| place(first));
            if let Some(first) = first {
                out.error(format!(
                    "{} functions {what}, the first of them: {first}",
                    these.count() + 1
                ));
            }
        }
    }
}

/// Whether functions that met a bound are told by their number: they are many where there is one.
const fn is_told_together(limit: Limit) -> bool {
    matches!(limit, Limit::Total | Limit::Left)
}
