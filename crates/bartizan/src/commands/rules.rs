//! `bartizan rules`: what is looked for.

use crate::args::{Common, RulesVerb};
use crate::error::{Code, Error, Outcome};
use crate::foreign::Read;
use crate::output::{print, write_file};
use crate::scan::{Loaded, load_rules};
use crate::table::{columns, counted};
use crate::terminal::Terminal;
use bartizan_code::leak::{self, LeakCheck, LeakOptions, examples};
use bartizan_content::{LeakRule, builtin};
use bartizan_engine::Check;
use bartizan_engine::globs::RuleGlobs;
use bartizan_engine::suggest::did_you_mean;
use bartizan_engine::system::Machine;
use bartizan_engine::waiver;
use bartizan_model::RuleInfo;
use std::path::{Path, PathBuf};

/// Runs the verb.
pub(crate) fn run(_common: &Common, verb: RulesVerb, terminal: Terminal) -> Outcome {
    match verb {
        RulesVerb::List {
            filter,
            output,
            rules,
        } => list(filter.as_deref(), &output, &rules, terminal),
        RulesVerb::Test { files } => test(&files, terminal),
        RulesVerb::New { id } => new(&id),
        RulesVerb::Import { file, output } => import(&file, output.as_deref(), terminal),
    }
}

/// Ids of every built-in rule.
pub(crate) fn known_ids() -> Vec<String> {
    let mut ids = leak::rule_ids();
    ids.extend(bartizan_deploy::rules().into_iter().map(|rule| rule.id));
    ids.extend(bartizan_supply::rules().into_iter().map(|rule| rule.id));
    ids.extend(bartizan_code::ci::rules().into_iter().map(|rule| rule.id));
    ids.extend(bartizan_code::sast::rules().into_iter().map(|rule| rule.id));
    ids.extend(bartizan_deploy::file_rules().into_iter().map(|rule| rule.id));
    ids.extend(bartizan_deploy::cloud::rules().into_iter().map(|rule| rule.id));
    ids.extend(bartizan_deploy::rbac::rules().into_iter().map(|rule| rule.id));
    ids.extend(bartizan_deploy::tenancy::rules().into_iter().map(|rule| rule.id));
    ids.extend(waiver::rules::all().into_iter().map(|rule| rule.id));
    ids.sort();
    ids
}

/// Manuals of every built-in rule and of those loaded, ordered by id.
pub(crate) fn manuals(loaded: Loaded) -> Vec<RuleInfo> {
    let options = LeakOptions {
        more_rules: loaded.into_matchers(),
        ..LeakOptions::default()
    };
    let mut all = LeakCheck::new(options).rules();
    all.extend(bartizan_deploy::rules());
    all.extend(bartizan_supply::rules());
    all.extend(bartizan_code::ci::rules());
    all.extend(bartizan_code::sast::rules());
    all.extend(bartizan_deploy::file_rules());
    all.extend(bartizan_deploy::cloud::rules());
    all.extend(bartizan_deploy::rbac::rules());
    all.extend(bartizan_deploy::tenancy::rules());
    all.extend(waiver::rules::all());
    all.sort_by(|a, b| a.id.cmp(&b.id));
    all
}

fn list(filter: Option<&str>, output: &str, files: &[PathBuf], terminal: Terminal) -> Outcome {
    let mut all = manuals(load_rules(&Machine, files, terminal)?);
    if let Some(glob) = filter {
        let globs = RuleGlobs::new([glob])?;
        let help = did_you_mean(glob, all.iter().map(|rule| rule.id.as_str()));
        all.retain(|rule| globs.matches(&rule.id));
        if all.is_empty() {
            let help = help.unwrap_or_else(|| "`bartizan rules list` shows every rule".to_owned());
            return Err(Error::nothing(format!("no rule matches `{glob}`"), help));
        }
    }
    if output == "json" {
        let text = serde_json::to_string_pretty(&all).map_err(std::io::Error::other)?;
        print(format!("{text}\n"))?;
    } else {
        let rows: Vec<_> = all
            .iter()
            .map(|rule| {
                [
                    rule.id.clone(),
                    rule.severity.to_string(),
                    rule.confidence.to_string(),
                    rule.title.clone(),
                ]
            })
            .collect();
        print(columns(&rows))?;
    }
    terminal.note(counted(all.len(), "rule"));
    Ok(0)
}

fn test(files: &[PathBuf], terminal: Terminal) -> Outcome {
    let loaded = load_rules(&Machine, files, terminal)?;
    let tried: Vec<LeakRule> = if files.is_empty() {
        builtin::leak_rules().to_vec()
    } else {
        loaded.rules
    };
    let mut broken = 0;
    for rule in &tried {
        let problems = examples::problems(rule);
        broken += usize::from(!problems.is_empty());
        for problem in problems {
            print(format!("{}: {problem}\n", rule.id))?;
        }
    }
    if tried.is_empty() {
        return Err(Error::nothing(
            "the files hold no rule to try",
            "name a rule file; `bartizan rules new ID` writes one",
        ));
    }
    terminal.note(format_args!(
        "{} tried, {broken} with a problem",
        counted(tried.len(), "rule")
    ));
    Ok(if broken == 0 { 0 } else { Code::Failed as u8 })
}

fn new(id: &str) -> Outcome {
    let name = id.strip_prefix("leak/").unwrap_or_default();
    let valid = name
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && name.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric());
    if !valid {
        return Err(Error::usage(
            format!("`{id}` is no id for a rule"),
            "write `leak/` and lower-case words joined by `-`, for instance leak/example-api-token",
        ));
    }
    if known_ids().iter().any(|known| known == id) {
        return Err(Error::usage(
            format!("the rule `{id}` exists already"),
            "choose another id",
        ));
    }
    print(TEMPLATE.replace("leak/example-api-token", id))?;
    Ok(0)
}

fn import(file: &Path, directory: Option<&Path>, terminal: Terminal) -> Outcome {
    let read = crate::foreign::read(&Machine, file)?;
    let rules = &read.rules;
    if let Some(directory) = directory {
        std::fs::create_dir_all(directory).map_err(|error| Error::writing(directory, &error))?;
        for rule in rules {
            let name = rule.id.rsplit('/').next().unwrap_or(&rule.id);
            write_file(
                &directory.join(format!("{name}.yaml")),
                crate::foreign::to_yaml(rule).as_bytes(),
            )?;
        }
    }
    print(columns(&account(&read)))?;
    for note in &read.notes {
        terminal.warn(note);
    }
    let loosened = rules.iter().filter(|rule| !dropped(&read, rule).is_empty());
    let loosened = match loosened.count() {
        0 => String::new(),
        count => format!(", {count} of them with a condition dropped"),
    };
    terminal.note(format_args!(
        "{} taken{loosened}, {} left out",
        counted(rules.len(), "rule"),
        read.refused.len()
    ));
    if rules.is_empty() {
        return Err(Error::nothing(
            format!("`{}` holds no rule that can be taken", file.display()),
            "see the reasons above",
        ));
    }
    Ok(0)
}

/// One row a rule of the file: what became of it, and its title or what speaks against it.
fn account(read: &Read) -> Vec<[String; 3]> {
    let taken = read.rules.iter().map(|rule| match dropped(read, rule) {
        reasons if reasons.is_empty() => [rule.id.clone(), "taken".to_owned(), rule.title.clone()],
        reasons => [
            rule.id.clone(),
            "taken, with a condition dropped".to_owned(),
            format!("{}: {}", rule.title, reasons.join("; ")),
        ],
    });
    let left = read
        .refused
        .iter()
        .map(|(name, reason)| [name.clone(), "left out".to_owned(), reason.clone()]);
    taken.chain(left).collect()
}

/// The conditions that a rule runs without.
fn dropped<'a>(read: &'a Read, rule: &LeakRule) -> Vec<&'a str> {
    let of_rule = read.caveats.iter().filter(|(id, _)| *id == rule.id);
    of_rule.map(|(_, reason)| reason.as_str()).collect()
}

/// What `rules new` prints. Its example has the form of no provider's token.
const TEMPLATE: &str = include_str!("template.yaml");
