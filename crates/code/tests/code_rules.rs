//! Every built-in rule of static analysis does what its examples say.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use bartizan_code::sast::examples::problems;
use bartizan_code::sast::library::{FlowRules, Meaning, Models, ProgramTypes, Settings, marks};
use bartizan_content::{builtin, flow};
use bartizan_flow::{Limits, analyse};
use bartizan_syntax::{Language, parse};

fn assert_none(problems: &[String]) {
    assert!(
        problems.is_empty(),
        "{} problems\n{}",
        problems.len(),
        problems.join("\n")
    );
}

#[test]
fn every_rule_fires_where_it_must_and_stays_quiet_where_it_must() {
    let mut found = Vec::new();
    let libraries: Vec<_> = builtin::libraries().iter().collect();
    for (rule, problems) in problems(builtin::code_rules(), &libraries) {
        found.extend(problems.into_iter().map(|problem| format!("{rule}: {problem}")));
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
            is_asked: true,
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
