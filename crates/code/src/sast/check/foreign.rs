//! The check by rules that people bring along, in Semgrep's format.
//!
//! In: rule files as they were read, and files one by one. Out: what the rules find in each. A rule that cannot run is an error of the check as
//! long as it is in force.

use super::tell::{Source, Teller};
use crate::sast::pattern::Regexes;
use crate::sast::semgrep::{Rule, RuleFile, RuleFileError, read};
use crate::sast::{File, run};
use bartizan_engine::rule::{Enabled, Lines};
use bartizan_engine::{Check, CheckError, Fact, Input, Meta, Sink};
use bartizan_model::{FingerprintBuilder, RuleInfo};
use bartizan_source::{FileMeta, Interest, looks_binary};
use bartizan_syntax::Language;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Changes whenever the same rules would judge the same file differently.
const REVISION: &[u8] = concat!("1 ", env!("CARGO_PKG_VERSION")).as_bytes();
/// Bytes of a larger file are not looked at: it was made by a program.
const LARGEST: u64 = 2 << 20;
/// Problems of reading that are told of one file.
const MOST_PROBLEMS: usize = 3;
/// Longest title that is made of a message, in characters.
const LONGEST_TITLE: usize = 100;
/// Rules that one error names.
const MOST_NAMED: usize = 5;

/// A rule of a rule file of Semgrep.
#[derive(Debug)]
pub struct ForeignRule {
    /// What is known of it. Its id is [`ForeignRule::PREFIX`], the place that the file was given, and its id in the file.
    pub info: RuleInfo,
    rule: Rule,
}

impl ForeignRule {
    /// What ids of such rules begin with.
    pub const PREFIX: &'static str = "code/semgrep/";

    fn new(rule: Rule, id: String) -> Self {
        let sentence = rule.message.split_whitespace().collect::<Vec<_>>().join(" ");
        let fix = rule.fix.as_deref().map_or_else(
            || "Change the code as the message of the rule says.".to_owned(),
            |fix| format!("Write instead:\n\n```\n{fix}\n```"),
        );
        Self {
            info: RuleInfo {
                id,
                title: title(&sentence, &rule.id),
                severity: rule.severity,
                confidence: rule.confidence,
                cwe: rule.cwe.iter().map(|number| format!("CWE-{number}")).collect(),
                controls: rule.controls.clone(),
                manual: format!("{}\n\nThis rule comes from a rule file of Semgrep.", rule.message),
                remediation: fix,
                references: rule.references.clone(),
            },
            rule,
        }
    }
}

/// The first sentence of a message, shortened; the name of the rule where it says nothing.
fn title(message: &str, name: &str) -> String {
    let end = message.find(". ").unwrap_or(message.len());
    let sentence = message.get(..end).unwrap_or(message).trim_end_matches('.');
    match sentence.char_indices().nth(LONGEST_TITLE) {
        _ if sentence.is_empty() => name.to_owned(),
        None => sentence.to_owned(),
        Some((cut, _)) => format!("{}…", sentence.get(..cut).unwrap_or_default().trim_end()),
    }
}

/// What a rule file of Semgrep gave.
#[derive(Debug)]
pub struct ForeignFile {
    /// The rules that run.
    pub rules: Vec<ForeignRule>,
    /// Id and reason of each rule that does not.
    pub refused: Vec<(String, String)>,
    digest: String,
}

impl ForeignFile {
    /// Whether a text is a rule file of Semgrep, not of another tool whose files have a list `rules:`, too: its rules name languages.
    #[must_use]
    pub fn is_one(text: &str) -> bool {
        let key = |line: &str| {
            let line = line.trim_start().trim_start_matches("- ").trim_start();
            line.strip_prefix("languages")
                .is_some_and(|rest| rest.trim_start().starts_with(':'))
        };
        text.lines()
            .any(|line| line.starts_with("rules:") || line.starts_with("\"rules\""))
            && text.lines().any(key)
    }

    /// Reads a rule file. `place` is put before the ids of its rules; it is empty or ends with a dot.
    ///
    /// # Errors
    /// When the file as a whole cannot be read.
    pub fn read(text: &str, place: &str) -> Result<Self, RuleFileError> {
        let RuleFile { rules, refused } = read(text)?;
        let id = |name: &str| {
            let plain = |c: char| {
                if c.is_ascii_alphanumeric() || "._-".contains(c) {
                    c
                } else {
                    '-'
                }
            };
            let name: String = place.chars().chain(name.chars()).map(plain).collect();
            format!("{}{name}", ForeignRule::PREFIX)
        };
        Ok(Self {
            rules: rules
                .into_iter()
                .map(|rule| {
                    let id = id(&rule.id);
                    ForeignRule::new(rule, id)
                })
                .collect(),
            refused: refused
                .into_iter()
                .map(|refused| (id(&refused.rule), refused.reason))
                .collect(),
            digest: FingerprintBuilder::new("rules of semgrep")
                .part(place.as_bytes())
                .part(text.as_bytes())
                .finish()
                .as_str()
                .to_owned(),
        })
    }

    /// Ids of all of its rules, those that do not run among them.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        let refused = self.refused.iter().map(|(id, _)| id.as_str());
        self.rules.iter().map(|rule| rule.info.id.as_str()).chain(refused)
    }
}

/// Judges files by rules of Semgrep's format.
pub struct ForeignCheck {
    meta: Meta,
    rules: Vec<ForeignRule>,
    /// Rules in force that do not run, by the reason.
    refused: BTreeMap<String, Vec<String>>,
    regexes: Regexes,
}

impl ForeignCheck {
    /// Its id.
    pub const ID: &'static str = "code/semgrep-rules";

    /// The check by those rules of the files that are in force; none where none is. `required`: whether the verdict depends on all of them
    /// having run everywhere.
    #[must_use]
    pub fn new(files: Vec<ForeignFile>, enabled: &Enabled, required: bool) -> Option<Self> {
        let mut builder = FingerprintBuilder::new(Self::ID).part(REVISION);
        let mut rules = Vec::new();
        let mut refused: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for file in files {
            builder = builder.part(file.digest.as_bytes());
            for rule in file.rules.into_iter().filter(|rule| enabled.has(&rule.info.id)) {
                builder = builder.part(rule.info.id.as_bytes());
                rules.push(rule);
            }
            for (id, reason) in file.refused.into_iter().filter(|(id, _)| enabled.has(id)) {
                refused.entry(reason).or_default().push(id);
            }
        }
        (!rules.is_empty() || !refused.is_empty()).then(|| Self {
            meta: Meta {
                id: Self::ID,
                title: "Rules of Semgrep",
                required,
                digest: Meta::digest_of(builder),
            },
            rules,
            refused,
            regexes: Regexes::default(),
        })
    }

    /// The language in which a file is read; none where the rules that look at it want text only.
    fn language(&self, path: &str) -> Option<Language> {
        let language = Language::of_path(path)?;
        let mut rules = self.rules.iter().map(|one| &one.rule);
        rules
            .any(|rule| rule.languages.contains(&language) && rule.paths.hold(path))
            .then_some(language)
    }

    fn wants_text(&self, path: &str) -> bool {
        let mut rules = self.rules.iter().map(|one| &one.rule);
        rules.any(|rule| rule.any_text && rule.paths.hold(path))
    }
}

impl Check for ForeignCheck {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn rules(&self) -> Vec<RuleInfo> {
        self.rules.iter().map(|rule| rule.info.clone()).collect()
    }

    fn wants(&self, file: &FileMeta) -> Interest {
        if self.language(&file.path).is_some() || self.wants_text(&file.path) {
            Interest::Entire(LARGEST)
        } else {
            Interest::No
        }
    }

    fn recognises(&self, file: &FileMeta, head: &[u8]) -> bool {
        self.language(&file.path).is_some() || !looks_binary(head)
    }

    fn run(&self, input: &Input<'_>, out: &mut Sink) -> Result<(), CheckError> {
        let language = self.language(input.path());
        if language.is_none() && looks_binary(input.bytes) {
            return Ok(());
        }
        let (text, lines) = Lines::of_text(input)?;
        let file = File::new(input.path(), text, language);
        for problem in file.problems().iter().take(MOST_PROBLEMS) {
            let line = lines.place(&problem.span.range()).0;
            out.error(format!("line {line}: {}", problem.what));
        }
        let source = Source {
            path: file.path,
            text,
            ast: file.ast(),
            is_around: false,
        };
        let rules: Vec<&Rule> = self.rules.iter().map(|one| &one.rule).collect();
        for (one, outcome) in self.rules.iter().zip(run(&rules, &file, &self.regexes)) {
            if outcome.cut {
                out.error(format!(
                    "{}: more of this file matches than is looked at",
                    one.info.id
                ));
            }
            let teller = Teller::new(Cow::Borrowed(&one.info), &one.rule.message);
            for hit in &outcome.hits {
                let mut finding = teller.hit(hit, &one.rule, &source, &lines);
                for location in &mut finding.locations {
                    location.commit = input.meta.commit.as_deref().map(str::to_owned);
                    location.layer = input.meta.layer.as_deref().map(str::to_owned);
                }
                out.finding(finding);
            }
        }
        Ok(())
    }

    fn finish(&self, _: &[Fact], out: &mut Sink) -> Result<(), CheckError> {
        for (reason, ids) in &self.refused {
            let named: Vec<&str> = ids.iter().take(MOST_NAMED).map(String::as_str).collect();
            let more = ids.len() - named.len();
            let and = if more == 0 {
                String::new()
            } else {
                format!(" and {more} more")
            };
            out.error(format!("not run: {reason} ({}{and})", named.join(", ")));
        }
        Ok(())
    }
}
