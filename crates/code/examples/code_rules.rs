//! Runs every own rule of static analysis over a directory.
//!
//! `code_rules DIRECTORY [--expected CSV]`: prints each finding as `path:line rule`, and how many there are for each 10,000 lines. With a list
//! of `name,category,true|false,cwe` lines, as suites of test programs have, it prints for each category how many of the true and of the false
//! ones have a finding of that weakness in the file that is called so.
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::indexing_slicing)]

use bartizan_code::sast::library::{FlowRules, Meaning, Models, ProgramTypes, Settings, marks};
use bartizan_code::sast::pattern::Regexes;
use bartizan_code::sast::rules::pattern_rule;
use bartizan_code::sast::{File, run};
use bartizan_content::CodeRule;
use bartizan_content::builtin;
use bartizan_flow::{Limits, analyse};
use bartizan_syntax::{Language, parse};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Instant;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let root = Path::new(&arguments[0]);
    let mut files = Vec::new();
    let mut settings = Settings::default();
    collect(root, root, &mut files, &mut settings);
    files.sort();
    let mut found: BTreeSet<(String, usize, &str)> = BTreeSet::new();
    for language in [
        Language::Python,
        Language::JavaScript,
        Language::TypeScript,
        Language::Tsx,
        Language::Java,
        Language::Go,
    ] {
        let of_language: Vec<&(String, String)> = files
            .iter()
            .filter(|(path, _)| Language::of_path(path) == Some(language))
            .collect();
        if of_language.is_empty() {
            continue;
        }
        let rules: Vec<&CodeRule> = builtin::code_rules()
            .iter()
            .filter(|rule| rule.languages.iter().any(|name| name == language.name()))
            .collect();
        let start = Instant::now();
        patterns(&of_language, language, &rules, &mut found);
        println!(
            "{} patterns: {:.1} s",
            language.name(),
            start.elapsed().as_secs_f64()
        );
        let start = Instant::now();
        flows(&of_language, language, &rules, &settings, &mut found);
        println!("{} flow: {:.1} s", language.name(), start.elapsed().as_secs_f64());
    }
    let expected = arguments
        .iter()
        .position(|one| one == "--expected")
        .map(|at| std::fs::read_to_string(&arguments[at + 1]).unwrap());
    match expected {
        Some(expected) => compare(&found, &expected),
        None => {
            for (path, line, rule) in &found {
                println!("{path}:{line} {rule}");
            }
        }
    }
    let lines: usize = files.iter().map(|(_, text)| text.lines().count()).sum();
    println!(
        "{} findings, {lines} lines, {:.2} for each 10,000",
        found.len(),
        found.len() as f64 * 10_000.0 / lines.max(1) as f64
    );
}

fn collect(root: &Path, directory: &Path, out: &mut Vec<(String, String)>, settings: &mut Settings) {
    let Ok(entries) = std::fs::read_dir(directory) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !name
                .split('/')
                .any(|part| matches!(part, ".git" | "node_modules" | "vendor"))
            {
                collect(root, &path, out, settings);
            }
        } else if Language::of_path(&name).is_some() {
            out.extend(std::fs::read_to_string(&path).ok().map(|text| (name, text)));
        } else if Settings::wants(&name) {
            settings.add(&name, &std::fs::read_to_string(&path).unwrap_or_default());
        }
    }
}

fn line_of(text: &str, at: u32) -> usize {
    text[..at as usize].matches('\n').count() + 1
}

fn patterns<'r>(
    files: &[&(String, String)],
    language: Language,
    rules: &[&'r CodeRule],
    found: &mut BTreeSet<(String, usize, &'r str)>,
) {
    let regexes = Regexes::default();
    let made: Vec<_> = rules
        .iter()
        .filter_map(|rule| Some((*rule, pattern_rule(rule).unwrap()?)))
        .collect();
    for (path, text) in files {
        let file = File::new(path, text, Some(language));
        for (rule, made) in &made {
            for hit in run(made, &file, &regexes).hits {
                found.insert((path.clone(), line_of(text, hit.span.start), rule.id.as_str()));
            }
        }
    }
}

fn flows<'r>(
    files: &[&(String, String)],
    language: Language,
    rules: &[&'r CodeRule],
    settings: &Settings,
    found: &mut BTreeSet<(String, usize, &'r str)>,
) {
    let models = Models::of(language, builtin::libraries());
    let flows: Vec<&CodeRule> = rules.iter().copied().filter(|rule| rule.flow.is_some()).collect();
    let compiled = FlowRules::of(flows.iter().copied());
    let parsed: Vec<_> = files.iter().map(|(_, text)| parse(text, language).ast).collect();
    let nothing = ProgramTypes::new();
    let mut types = ProgramTypes::new();
    for ((path, _), ast) in files.iter().zip(&parsed) {
        types.extend(Meaning::of(ast, &models, &nothing).exported(path));
    }
    let marked: Vec<_> = parsed
        .iter()
        .map(|ast| marks(&Meaning::of(ast, &models, &types), &compiled, settings))
        .collect();
    let given: Vec<_> = files
        .iter()
        .zip(&parsed)
        .zip(&marked)
        .map(|(((path, _), ast), marks)| bartizan_flow::File { path, ast, marks })
        .collect();
    let outcome = analyse(&given, &compiled.rules, &models, &Limits::default());
    println!("{} functions cut short", outcome.limited.len());
    for one in outcome.findings {
        let (path, text) = files[one.file];
        found.insert((
            path.clone(),
            line_of(text, parsed[one.file].span(one.sink).start),
            flows[one.rule.0 as usize].id.as_str(),
        ));
    }
}

fn compare(found: &BTreeSet<(String, usize, &str)>, expected: &str) {
    let mut reported: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
    for (path, _, rule) in found {
        let stem = path.rsplit('/').next().unwrap().split('.').next().unwrap();
        let rule = builtin::code_rules().iter().find(|one| one.id == *rule).unwrap();
        reported.entry(stem).or_default().extend(&rule.cwe);
    }
    let mut tallies: BTreeMap<&str, [usize; 4]> = BTreeMap::new();
    for line in expected.lines().filter(|line| !line.starts_with('#')) {
        let parts: Vec<&str> = line.split(',').map(str::trim).collect();
        let [name, category, is_true, cwe, ..] = parts.as_slice() else {
            continue;
        };
        let hit = reported
            .get(name)
            .is_some_and(|weaknesses| weaknesses.contains(&cwe.parse().unwrap_or(0)));
        let at = usize::from(*is_true != "true") * 2 + usize::from(!hit);
        tallies.entry(category).or_default()[at] += 1;
        if std::env::var_os("MISSES").is_some() && (*is_true == "true") != hit {
            println!("{category} {name} is {is_true}");
        }
    }
    let mut sum = 0.0;
    for (category, [hit, missed, wrong, quiet]) in &tallies {
        let (right, alarms) = (
            *hit as f64 / (hit + missed).max(1) as f64,
            *wrong as f64 / (wrong + quiet).max(1) as f64,
        );
        sum += right - alarms;
        println!(
            "{category}: {hit} of {} found, {wrong} of {} wrongly, {:.2}",
            hit + missed,
            wrong + quiet,
            right - alarms
        );
    }
    println!("mean {:.3}", sum / tallies.len().max(1) as f64);
}
