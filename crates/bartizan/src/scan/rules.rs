//! Which rules there are and which are in force.

use crate::error::Error;
use crate::terminal::Terminal;
use bartizan_code::leak;
use bartizan_code::sast::{ForeignFile, ForeignRule};
use bartizan_content::{CodeRule, LeakMatcher, LeakRule, builtin};
use bartizan_engine::config::Config;
use bartizan_engine::globs::{RuleGlobs, is_glob};
use bartizan_engine::rule::Enabled;
use bartizan_engine::suggest::did_you_mean;
use bartizan_engine::system::System;
use bartizan_engine::waiver;
use bartizan_model::RuleInfo;
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

/// Rules that a warning about all of them names.
const MOST_NAMED: usize = 3;

/// Rules read from files.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    /// About credentials.
    pub(crate) rules: Vec<LeakRule>,
    /// About source code, in our own format.
    pub(crate) own: Vec<CodeRule>,
    /// About source code, in Semgrep's format.
    pub(crate) code: Vec<ForeignFile>,
}

impl Loaded {
    /// Ids of all rules, those that do not run among them.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &str> {
        let leak = self.rules.iter().map(|rule| rule.id.as_str());
        let own = self.own.iter().map(|rule| rule.id.as_str());
        leak.chain(own).chain(self.code.iter().flat_map(ForeignFile::ids))
    }

    /// Manuals of the rules about source code.
    pub(crate) fn code_rules(&self) -> impl Iterator<Item = RuleInfo> {
        let rules = self.code.iter().flat_map(|file| &file.rules);
        let own = self.own.iter().map(CodeRule::info);
        own.chain(rules.map(|rule| rule.info.clone()))
    }
}

/// What the detector of credentials needs of rules read from files.
pub(crate) fn matchers(rules: &[LeakRule]) -> Vec<(LeakMatcher, RuleInfo)> {
    let rules = rules.iter();
    rules.map(|rule| (LeakMatcher::from(rule), rule.info())).collect()
}

/// Reads rule files, and says which of their rules cannot be honoured. A directory stands for the rule files below it.
pub(crate) fn load_rules(
    system: &dyn System,
    paths: &[PathBuf],
    terminal: Terminal,
) -> Result<Loaded, Error> {
    let mut loaded = Loaded::default();
    let mut ids: HashSet<String> = HashSet::new();
    for path in paths {
        let mut said = Said::default();
        for file in crate::foreign::files(path)? {
            let Some(read) = crate::foreign::read(system, &file, &ids)? else {
                said.others.push(file.path.display().to_string());
                continue;
            };
            said.note(&read);
            let read = Loaded {
                rules: read.rules,
                own: read.own.into_iter().collect(),
                code: read.code.into_iter().collect(),
            };
            for id in read.ids() {
                let is_ours = builtin::code_rules().iter().any(|rule| rule.id == id);
                if is_ours || !ids.insert(id.to_owned()) {
                    return Err(Error::usage(
                        format!("{}: the rule `{id}` is defined twice", file.path.display()),
                        "rename one of them, or leave out one of the files",
                    ));
                }
            }
            loaded.rules.extend(read.rules);
            loaded.own.extend(read.own);
            loaded.code.extend(read.code);
        }
        said.warn(path, terminal);
    }
    Ok(loaded)
}

/// What is to be said of the rule files that a path means.
#[derive(Default)]
struct Said {
    notes: Vec<String>,
    /// Names of rules that do not run, by the reason.
    refused: BTreeMap<String, Vec<String>>,
    /// Ids of rules that run without a condition, by the reason.
    caveats: BTreeMap<String, Vec<String>>,
    /// Files that are no rule files.
    others: Vec<String>,
}

impl Said {
    fn note(&mut self, read: &crate::foreign::Read) {
        self.notes.extend(read.notes.iter().cloned());
        for (name, reason) in read.refused() {
            self.refused.entry(reason.clone()).or_default().push(name.clone());
        }
        for (rule, reason) in &read.caveats {
            self.caveats.entry(reason.clone()).or_default().push(rule.clone());
        }
    }

    /// Says which rules do not run, and which run without a condition that they have.
    fn warn(&self, path: &Path, terminal: Terminal) {
        let path = path.display();
        for note in &self.notes {
            terminal.warn(format_args!("{path}: {note}"));
        }
        for (reason, rules) in &self.refused {
            match rules.as_slice() {
                [name] => terminal.warn(format_args!("{path}: the rule `{name}` is not run: {reason}")),
                _ => terminal.warn(format_args!(
                    "{path}: {} rules are not run: {reason} ({})",
                    rules.len(),
                    some(rules)
                )),
            }
        }
        for (reason, rules) in &self.caveats {
            terminal.warn(format_args!(
                "{path}: taken, with a condition dropped, so that more may be reported: {reason} ({})",
                some(rules)
            ));
        }
        if !self.others.is_empty() {
            let files = some(&self.others);
            terminal.warn(format_args!("{path}: no rule file that is known: {files}"));
        }
    }
}

/// Some names of many.
fn some(names: &[String]) -> String {
    let named = names.iter().take(MOST_NAMED).map(String::as_str);
    let named = named.collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(MOST_NAMED) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

/// Families of rules that judge where they are asked for: by name, or by a setting.
fn asked_families(config: &Config, only: &[String]) -> Vec<&'static str> {
    let settings = [
        ("code/", config.flag("code.static-analysis")),
        ("quality/", config.text("quality.gate") != "off"),
    ];
    let asked = settings.into_iter().filter(|(family, is_on)| {
        let is_named = |glob: &String| glob.starts_with(family) && !glob.starts_with(ForeignRule::PREFIX);
        *is_on || only.iter().any(is_named)
    });
    asked.map(|(family, _)| family).collect()
}

/// Whether a rule belongs to a family that has to be asked for, and was not.
fn is_unasked(id: &str, asked: &[&str]) -> bool {
    let families = ["code/", "quality/"];
    let family = families
        .into_iter()
        .find(|family| id.starts_with(family) && !id.starts_with(ForeignRule::PREFIX));
    family.is_some_and(|family| !asked.contains(&family))
}

/// The rules in force.
#[derive(Debug)]
pub(super) struct Selection {
    /// Every rule there is.
    pub(super) known: HashSet<String>,
    /// Those in force.
    pub(super) in_force: HashSet<String>,
    narrowed: bool,
}

impl Selection {
    /// Applies `scan.only` and `scan.skip`; `policies` are ids of rules of people's own policies.
    pub(super) fn of(config: &Config, loaded: &Loaded, policies: &[String]) -> Result<Self, Error> {
        let known: HashSet<String> = leak::rule_ids()
            .into_iter()
            .chain(loaded.ids().map(str::to_owned))
            .chain(policies.iter().cloned())
            .chain(bartizan_deploy::rules().into_iter().map(|rule| rule.id))
            .chain(bartizan_supply::rules().into_iter().map(|rule| rule.id))
            .chain(bartizan_code::ci::rules().into_iter().map(|rule| rule.id))
            .chain(bartizan_code::sast::rules().into_iter().map(|rule| rule.id))
            .chain(bartizan_code::quality::rules().into_iter().map(|rule| rule.id))
            .chain(bartizan_deploy::file_rules().into_iter().map(|rule| rule.id))
            .chain(bartizan_deploy::cloud::rules().into_iter().map(|rule| rule.id))
            .chain(bartizan_deploy::rbac::rules().into_iter().map(|rule| rule.id))
            .chain(bartizan_deploy::tenancy::rules().into_iter().map(|rule| rule.id))
            .chain(waiver::rules::all().into_iter().map(|rule| rule.id))
            .collect();
        let (only, skip) = (config.list("scan.only"), config.list("scan.skip"));
        for (key, globs) in [("scan.only", only), ("scan.skip", skip)] {
            let unknown = globs.iter().find(|glob| !is_glob(glob) && !known.contains(*glob));
            if let Some(glob) = unknown {
                let help = did_you_mean(glob, known.iter().map(String::as_str));
                return Err(Error::usage(
                    format!("there is no rule `{glob}` ({}, {key})", config.origin(key)),
                    help.unwrap_or_else(|| "`bartizan rules list` shows every rule".to_owned()),
                ));
            }
        }
        let (only_globs, skip_globs) = (RuleGlobs::new(only)?, RuleGlobs::new(skip)?);
        let asked = asked_families(config, only);
        let is_asked_for =
            |id: &String| !is_unasked(id, &asked) || loaded.own.iter().any(|rule| rule.id == *id);
        let in_force: HashSet<String> = known
            .iter()
            .filter(|id| (only.is_empty() || only_globs.matches(id)) && !skip_globs.matches(id))
            .filter(|id| is_asked_for(id))
            .cloned()
            .collect();
        if in_force.is_empty() {
            return Err(Error::nothing(
                format!(
                    "no rule is left to judge by: only {}, skip {}",
                    shown(only),
                    shown(skip)
                ),
                "`bartizan rules list` shows every rule",
            ));
        }
        Ok(Self {
            narrowed: known.iter().any(|id| is_asked_for(id) && !in_force.contains(id)),
            known,
            in_force,
        })
    }

    /// Whether a rule of the family is in force.
    pub(super) fn family(&self, family: &str) -> bool {
        self.in_force
            .iter()
            .any(|id| id.split_once('/').is_some_and(|(name, _)| name == family))
    }

    /// The rules in force, where one of our format is about source code.
    pub(super) fn analysis(&self) -> Option<Enabled> {
        let is_one = |id: &String| id.starts_with("code/") && !id.starts_with(ForeignRule::PREFIX);
        // Built-in rules that nobody asked for are not in force, though nothing was narrowed.
        self.in_force
            .iter()
            .any(is_one)
            .then(|| Enabled::only(self.in_force.clone()))
    }

    /// Those in force.
    pub(super) fn enabled(&self) -> Enabled {
        if self.narrowed {
            Enabled::only(self.in_force.clone())
        } else {
            Enabled::default()
        }
    }
}

fn shown(globs: &[String]) -> String {
    if globs.is_empty() {
        "(none)".to_owned()
    } else {
        globs.join(", ")
    }
}
