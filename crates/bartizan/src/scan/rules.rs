//! Which rules there are and which are in force.

use crate::error::Error;
use crate::terminal::Terminal;
use bartizan_code::leak;
use bartizan_content::{LeakMatcher, LeakRule};
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
    pub(crate) rules: Vec<LeakRule>,
}

impl Loaded {
    /// What the detector needs of them.
    pub(crate) fn into_matchers(self) -> Vec<(LeakMatcher, RuleInfo)> {
        self.rules
            .iter()
            .map(|rule| (LeakMatcher::from(rule), rule.info()))
            .collect()
    }
}

/// Reads rule files, and says which of their rules cannot be honoured.
pub(crate) fn load_rules(
    system: &dyn System,
    files: &[PathBuf],
    terminal: Terminal,
) -> Result<Loaded, Error> {
    let mut loaded = Loaded::default();
    let mut ids: HashSet<String> = HashSet::new();
    for file in files {
        let read = crate::foreign::read(system, file)?;
        warn(file, &read, terminal);
        for rule in read.rules {
            if ids.insert(rule.id.clone()) {
                loaded.rules.push(rule);
            } else {
                return Err(Error::usage(
                    format!("{}: the rule `{}` is defined twice", file.display(), rule.id),
                    "rename one of them, or leave out one of the files",
                ));
            }
        }
    }
    Ok(loaded)
}

/// Says which rules do not run, and which run without a condition that they have.
fn warn(file: &Path, read: &crate::foreign::Read, terminal: Terminal) {
    let file = file.display();
    for note in &read.notes {
        terminal.warn(format_args!("{file}: {note}"));
    }
    for (name, reason) in &read.refused {
        terminal.warn(format_args!("{file}: the rule `{name}` is not run: {reason}"));
    }
    let mut by_reason: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (rule, reason) in &read.caveats {
        by_reason.entry(reason).or_default().push(rule);
    }
    for (reason, rules) in by_reason {
        let named = rules.iter().take(MOST_NAMED).copied();
        let named = named.collect::<Vec<_>>().join(", ");
        let more = match rules.len().saturating_sub(MOST_NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        terminal.warn(format_args!(
            "{file}: taken, with a condition dropped, so that more may be reported: {reason} ({named}{more})"
        ));
    }
}

/// Whether a rule, or a glob of rules, is about source code: these are asked for by name, or by a setting.
fn is_analysis(id: &str) -> bool {
    id.starts_with("code/")
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
            .chain(loaded.rules.iter().map(|rule| rule.id.clone()))
            .chain(policies.iter().cloned())
            .chain(bartizan_deploy::rules().into_iter().map(|rule| rule.id))
            .chain(bartizan_supply::rules().into_iter().map(|rule| rule.id))
            .chain(bartizan_code::ci::rules().into_iter().map(|rule| rule.id))
            .chain(bartizan_code::sast::rules().into_iter().map(|rule| rule.id))
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
        let is_analysed = config.flag("code.static-analysis") || only.iter().any(|glob| is_analysis(glob));
        let in_force: HashSet<String> = known
            .iter()
            .filter(|id| (only.is_empty() || only_globs.matches(id)) && !skip_globs.matches(id))
            .filter(|id| !is_analysis(id) || is_analysed)
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
            narrowed: known
                .iter()
                .any(|id| (!is_analysis(id) || is_analysed) && !in_force.contains(id)),
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
