//! Every built-in rule of static analysis does what its examples say.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use bartizan_code::sast::library::{FlowRules, Meaning, Models, ProgramTypes, Settings, marks};
use bartizan_code::sast::pattern::Regexes;
use bartizan_code::sast::rules::pattern_rule;
use bartizan_code::sast::{File, run};
use bartizan_content::code::{CodeRule, marked_lines};
use bartizan_content::{builtin, flow};
use bartizan_flow::{Limits, analyse};
use bartizan_syntax::{Language, parse};
use std::collections::{BTreeMap, BTreeSet};

fn file_of(rule: &CodeRule) -> (String, Language) {
    let usual = match rule.languages[0].as_str() {
        "python" => "example.py",
        "javascript" => "example.js",
        "java" => "Example.java",
        "go" => "example.go",
        other => panic!("{other} has no usual name of a file"),
    };
    let name = rule.examples.file.clone().unwrap_or_else(|| usual.to_owned());
    let language = Language::of_path(&name).unwrap();
    (name, language)
}

fn line_of(code: &str, at: u32) -> u32 {
    u32::try_from(code[..at as usize].matches('\n').count()).unwrap() + 1
}

/// Lines of an example where a rule reports something.
type Reports<'r> = Box<dyn Fn(&str) -> BTreeSet<u32> + 'r>;

fn problems(rule: &CodeRule, reports: &Reports<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for (number, code) in (1..).zip(&rule.examples.fire) {
        let wanted: BTreeSet<u32> = marked_lines(code).into_iter().collect();
        let seen = reports(code);
        if seen != wanted {
            found.push(format!(
                "{}: fire {number}: reports {seen:?} instead of {wanted:?}",
                rule.id
            ));
        }
    }
    for (number, code) in (1..).zip(&rule.examples.quiet) {
        let seen = reports(code);
        if !seen.is_empty() {
            found.push(format!("{}: quiet {number}: reports {seen:?}", rule.id));
        }
    }
    found
}

fn assert_none(problems: &[String]) {
    assert!(
        problems.is_empty(),
        "{} problems\n{}",
        problems.len(),
        problems.join("\n")
    );
}

#[test]
fn examples_are_whole_code_of_their_language() {
    let mut found = Vec::new();
    for rule in builtin::code_rules() {
        let (_, language) = file_of(rule);
        for code in rule.examples.fire.iter().chain(&rule.examples.quiet) {
            for problem in parse(code, language).problems {
                found.push(format!("{}: {problem:?}", rule.id));
            }
        }
    }
    assert_none(&found);
}

#[test]
fn every_rule_of_patterns_fires_where_it_must_and_stays_quiet_where_it_must() {
    let regexes = Regexes::default();
    let mut found = Vec::new();
    for rule in builtin::code_rules() {
        let made = match pattern_rule(rule) {
            Ok(Some(made)) => made,
            Ok(None) => continue,
            Err(refused) => {
                found.push(format!("{}: does not run: {}", rule.id, refused.reason));
                continue;
            }
        };
        let (name, language) = file_of(rule);
        let reports: Reports<'_> = Box::new(|code: &str| {
            let file = File::new(&name, code, Some(language));
            run(&[&made], &file, &regexes)
                .iter()
                .flat_map(|outcome| &outcome.hits)
                .map(|hit| line_of(code, hit.span.start))
                .collect()
        });
        found.extend(problems(rule, &reports));
    }
    assert_none(&found);
}

#[test]
fn every_rule_of_flow_fires_where_it_must_and_stays_quiet_where_it_must() {
    let mut models: BTreeMap<&str, Models> = BTreeMap::new();
    let mut found = Vec::new();
    for rule in builtin::code_rules().iter().filter(|rule| rule.flow.is_some()) {
        let (name, language) = file_of(rule);
        let models = models
            .entry(language.name())
            .or_insert_with(|| Models::of(language, builtin::libraries()));
        let rules = FlowRules::of([rule]);
        let reports: Reports<'_> = Box::new(|code: &str| {
            let parsed = parse(code, language);
            let types = ProgramTypes::new();
            let meaning = Meaning::of(&parsed.ast, models, &types);
            let marks = marks(&meaning, &rules, &Settings::default());
            let file = bartizan_flow::File {
                path: &name,
                ast: &parsed.ast,
                marks: &marks,
            };
            let outcome = analyse(&[file], &rules.rules, models, &Limits::default());
            outcome
                .findings
                .iter()
                .map(|one| line_of(code, parsed.ast.span(one.sink).start))
                .collect()
        });
        found.extend(problems(rule, &reports));
    }
    assert_none(&found);
}

#[test]
fn a_setting_of_the_repository_is_judged_like_a_constant() {
    let code = "import java.security.MessageDigest;
import java.util.Properties;

class Digest {
    MessageDigest make(Properties settings) throws Exception {
        String name = settings.getProperty(\"digest.name\");
        return MessageDigest.getInstance(name);
    }
}
";
    let rule = builtin::code_rules()
        .iter()
        .filter(|rule| rule.id == "code/java-weak-hash");
    let rules = FlowRules::of(rule);
    let models = Models::of(Language::Java, builtin::libraries());
    let parsed = parse(code, Language::Java);
    let types = ProgramTypes::new();
    let count = |value: &str| {
        let mut settings = Settings::default();
        settings.add("app.properties", &format!("digest.name={value}\n"));
        let meaning = Meaning::of(&parsed.ast, &models, &types);
        let marks = marks(&meaning, &rules, &settings);
        let file = bartizan_flow::File {
            path: "Digest.java",
            ast: &parsed.ast,
            marks: &marks,
        };
        analyse(&[file], &rules.rules, &models, &Limits::default())
            .findings
            .len()
    };
    assert_eq!((count("MD5"), count("SHA-256")), (1, 0));
}

#[test]
fn there_are_rules_enough_and_each_kind_that_they_name_is_modelled() {
    assert!(
        builtin::code_rules().len() >= 250,
        "{}",
        builtin::code_rules().len()
    );
    let mut found = Vec::new();
    for rule in builtin::code_rules() {
        let Some(way) = &rule.flow else { continue };
        let of_language = || {
            builtin::libraries()
                .iter()
                .filter(|library| library.languages.contains(&rule.languages[0]))
        };
        for kind in &way.sources {
            let has_source = of_language().any(|library| {
                library.sources.iter().any(|source| source.kind == *kind)
                    || library.handlers.iter().any(|handler| handler.source == *kind)
            });
            if kind != "constant" && !has_source {
                found.push(format!("{}: no model has a source {kind}", rule.id));
            }
            if kind != "constant" && !flow::SOURCE_KINDS.contains(&kind.as_str()) {
                found.push(format!("{}: {kind} is no kind of source", rule.id));
            }
        }
        let reached = way.sinks.iter().any(|kind| {
            of_language().any(|library| {
                library.sinks.iter().any(|sink| sink.kind == *kind)
                    || library.handlers.iter().any(|handler| handler.returns == *kind)
            })
        });
        if !reached {
            found.push(format!(
                "{}: no model has any of the sinks {:?}",
                rule.id, way.sinks
            ));
        }
        for kind in way.sinks.iter().chain(&way.cleaned_by) {
            if !flow::SINK_KINDS.contains(&kind.as_str()) {
                found.push(format!("{}: {kind} is no kind of sink", rule.id));
            }
        }
    }
    assert_none(&found);
}
