//! `bartizan rules`: what is looked for.

use crate::args::{Common, RulesVerb};
use crate::error::{Code, Error, Outcome};
use crate::foreign::{self, Read};
use crate::output::{print, write_file};
use crate::place;
use crate::scan::{Loaded, Place, common_flags, load_config, load_rules, matchers};
use crate::table::{columns, counted};
use crate::terminal::Terminal;
use bartizan_code::leak::{self, LeakCheck, LeakOptions, examples};
use bartizan_code::sast::{self, ForeignFile};
use bartizan_content::code::LANGUAGES;
use bartizan_content::flow::Library;
use bartizan_content::{LeakRule, builtin};
use bartizan_engine::Check;
use bartizan_engine::globs::RuleGlobs;
use bartizan_engine::suggest::did_you_mean;
use bartizan_engine::system::Machine;
use bartizan_engine::waiver;
use bartizan_model::RuleInfo;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// Runs the verb.
pub(crate) fn run(common: &Common, verb: RulesVerb, terminal: Terminal) -> Outcome {
    match verb {
        RulesVerb::List {
            filter,
            output,
            rules,
        } => list(filter.as_deref(), &output, &rules, terminal),
        RulesVerb::Test { files } => test(common, &files, terminal),
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
    ids.extend(bartizan_code::quality::rules().into_iter().map(|rule| rule.id));
    ids.extend(bartizan_deploy::file_rules().into_iter().map(|rule| rule.id));
    ids.extend(bartizan_deploy::cloud::rules().into_iter().map(|rule| rule.id));
    ids.extend(bartizan_deploy::rbac::rules().into_iter().map(|rule| rule.id));
    ids.extend(bartizan_deploy::tenancy::rules().into_iter().map(|rule| rule.id));
    ids.extend(bartizan_detect::rules().into_iter().map(|rule| rule.id));
    ids.extend(waiver::rules::all().into_iter().map(|rule| rule.id));
    ids.sort();
    ids
}

/// Manuals of every built-in rule and of those loaded, ordered by id.
pub(crate) fn manuals(loaded: &Loaded) -> Vec<RuleInfo> {
    let options = LeakOptions {
        more_rules: matchers(&loaded.rules),
        ..LeakOptions::default()
    };
    let mut all = LeakCheck::new(options).rules();
    all.extend(loaded.code_rules());
    all.extend(bartizan_deploy::rules());
    all.extend(bartizan_supply::rules());
    all.extend(bartizan_code::ci::rules());
    all.extend(bartizan_code::sast::rules());
    all.extend(bartizan_code::quality::rules());
    all.extend(bartizan_deploy::file_rules());
    all.extend(bartizan_deploy::cloud::rules());
    all.extend(bartizan_deploy::rbac::rules());
    all.extend(bartizan_deploy::tenancy::rules());
    all.extend(bartizan_detect::rules());
    all.extend(waiver::rules::all());
    all.sort_by(|a, b| a.id.cmp(&b.id));
    all
}

fn list(filter: Option<&str>, output: &str, files: &[PathBuf], terminal: Terminal) -> Outcome {
    let mut all = manuals(&load_rules(&Machine, files, terminal)?);
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

fn test(common: &Common, files: &[PathBuf], terminal: Terminal) -> Outcome {
    let own = libraries(common)?;
    let loaded = load_rules(&Machine, files, terminal)?;
    let (leak, code) = if files.is_empty() {
        (builtin::leak_rules(), builtin::code_rules())
    } else {
        (loaded.rules.as_slice(), loaded.own.as_slice())
    };
    let libraries: Vec<&Library> = builtin::libraries().iter().chain(&own).collect();
    for rule in code {
        if rule.examples.fire.is_empty() && rule.examples.quiet.is_empty() {
            terminal.warn(format_args!(
                "`{}` has no examples, so that it was only read",
                rule.id
            ));
        }
    }
    let leak = leak
        .iter()
        .map(|rule| (rule.id.as_str(), examples::problems(rule)));
    let code = sast::examples::problems(code, &libraries);
    let detect = if files.is_empty() {
        bartizan_detect::problems_of_pack()
    } else {
        Vec::new()
    };
    let (mut tried, mut broken) = (0, 0);
    for (id, problems) in leak.chain(code).chain(detect) {
        tried += 1;
        broken += usize::from(!problems.is_empty());
        for problem in problems {
            print(format!("{id}: {problem}\n"))?;
        }
    }
    if tried == 0 {
        return Err(Error::nothing(
            "the files hold no rule to try",
            "name a rule file; `bartizan rules new ID` writes one",
        ));
    }
    terminal.note(format_args!(
        "{} tried, {broken} with a problem",
        counted(tried, "rule")
    ));
    Ok(if broken == 0 { 0 } else { Code::Failed as u8 })
}

/// The models of libraries that the settings name.
fn libraries(common: &Common) -> Result<Vec<Library>, Error> {
    let current = place::current()?;
    let start = place::start_of(".", &current);
    let config = load_config(common, &Place { current, start }, common_flags(common))?;
    foreign::libraries(&Machine, &config.paths("code.models"))
}

fn new(id: &str) -> Outcome {
    let (family, name) = id.split_once('/').unwrap_or_default();
    let valid = name
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && name.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric());
    let language = LANGUAGES.iter().find(|language| {
        let rest = name
            .strip_prefix(**language)
            .and_then(|rest| rest.strip_prefix('-'));
        rest.is_some_and(|rest| !rest.is_empty())
    });
    let text = match (family, language) {
        ("leak", _) if valid => TEMPLATE.replace("leak/example-api-token", id),
        ("code", Some(language)) if valid => code_template(id, language),
        _ => {
            return Err(Error::usage(
                format!("`{id}` is no id for a rule"),
                format!(
                    "write `leak/` and lower-case words joined by `-`, for instance leak/example-api-token, or for a rule about source code \
                     `code/`, one of {}, and more such words, for instance code/python-debug-print",
                    LANGUAGES.join(", ")
                ),
            ));
        }
    };
    if known_ids().iter().any(|known| known == id) {
        return Err(Error::usage(
            format!("the rule `{id}` exists already"),
            "choose another id",
        ));
    }
    print(text)?;
    Ok(0)
}

fn code_template(id: &str, language: &str) -> String {
    let example = |call: &str| match language {
        "python" => call.to_owned(),
        "java" => format!("class A {{ void m() {{ {call}; }} }}"),
        "go" => format!(r"package p\nfunc m() {{ {call} }}"),
        _ => format!("{call};"),
    };
    let mark = if language == "python" { "#" } else { "//" };
    CODE_TEMPLATE
        .replace("code/python-example", id)
        .replace("[python]", &format!("[{language}]"))
        .replace("FIRE", &format!("{}  {mark} fires", example("forbidden(a, 1)")))
        .replace("QUIET", &example("allowed(a, 1)"))
}

fn import(path: &Path, directory: Option<&Path>, terminal: Terminal) -> Outcome {
    let (mut all, mut ids) = (Vec::new(), HashSet::new());
    for file in foreign::files(path)? {
        let read = foreign::read(&Machine, &file, &ids)?;
        let code = read.iter().flat_map(|read| &read.code);
        ids.extend(code.flat_map(ForeignFile::ids).map(str::to_owned));
        all.extend(read);
    }
    if let Some(directory) = directory {
        std::fs::create_dir_all(directory).map_err(|error| Error::writing(directory, &error))?;
        for rule in all.iter().flat_map(|read| &read.rules) {
            let name = rule.id.rsplit('/').next().unwrap_or(&rule.id);
            write_file(
                &directory.join(format!("{name}.yaml")),
                foreign::to_yaml(rule).as_bytes(),
            )?;
        }
        if all.iter().any(|read| read.code.is_some()) {
            terminal.warn("rules of Semgrep are not written: `--rules` reads their files as they are");
        }
    }
    print(columns(&all.iter().flat_map(account).collect::<Vec<_>>()))?;
    for note in all.iter().flat_map(|read| &read.notes) {
        terminal.warn(note);
    }
    let mut loosened = 0;
    let (mut taken, mut left) = (0, 0);
    for read in &all {
        loosened += read
            .rules
            .iter()
            .filter(|rule| !dropped(read, rule).is_empty())
            .count();
        taken += read.rules.len() + usize::from(read.own.is_some());
        taken += read.code.as_ref().map_or(0, |file| file.rules.len());
        left += read.refused().count();
    }
    let loosened = match loosened {
        0 => String::new(),
        count => format!(", {count} of them with a condition dropped"),
    };
    terminal.note(format_args!(
        "{} taken{loosened}, {left} left out",
        counted(taken, "rule")
    ));
    if taken == 0 {
        return Err(Error::nothing(
            format!("`{}` holds no rule that can be taken", path.display()),
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
    let own = read.own.iter().map(|rule| (&rule.id, &rule.title));
    let code = read.code.iter().flat_map(|file| &file.rules);
    let code = own.chain(code.map(|rule| (&rule.info.id, &rule.info.title)));
    let code = code.map(|(id, title)| [id.clone(), "taken".to_owned(), title.clone()]);
    let left = read
        .refused()
        .map(|(name, reason)| [name.clone(), "left out".to_owned(), reason.clone()]);
    taken.chain(code).chain(left).collect()
}

/// The conditions that a rule runs without.
fn dropped<'a>(read: &'a Read, rule: &LeakRule) -> Vec<&'a str> {
    let of_rule = read.caveats.iter().filter(|(id, _)| *id == rule.id);
    of_rule.map(|(_, reason)| reason.as_str()).collect()
}

/// What `rules new` prints. Its example has the form of no provider's token.
const TEMPLATE: &str = include_str!("template.yaml");
const CODE_TEMPLATE: &str = include_str!("code_template.yaml");
