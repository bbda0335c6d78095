//! Tries the examples that stand in a rule file.
//!
//! In: a rule and the check. Out: what is wrong with it, one line each; nothing when every example does what it says.
//! Credentials are expanded from generator patterns here and never leave memory.

use crate::leak::LeakCheck;
use crate::leak::rules::Rule;
use crate::leak::verify::checksum;
use bartizan_content::leak::Structure;
use bartizan_content::{LeakExample, LeakMatcher, LeakRule, generate};
use bartizan_engine::{Check, Input, Sink};
use bartizan_source::FileMeta;

/// Expansions tried of each generator pattern.
const SEEDS: u64 = 5;
/// Name of the file an example stands in unless it names one.
const DEFAULT_FILE: &str = "example.txt";

/// Tries every example of `rule` with `check`, which must know the rule.
#[must_use]
pub fn problems(rule: &LeakRule, check: &LeakCheck) -> Vec<String> {
    let mut problems = Vec::new();
    if rule.examples.fire.is_empty() || rule.examples.quiet.is_empty() {
        problems.push("needs at least one example that fires and one that stays quiet".to_owned());
    }
    let matcher = Rule::new(LeakMatcher::from(rule));
    let labelled = [(&rule.examples.fire, true), (&rule.examples.quiet, false)];
    for (examples, fires) in labelled {
        for (index, example) in examples.iter().enumerate() {
            let list = if fires { "fire" } else { "quiet" };
            if let Err(problem) = try_example(rule, &matcher, example, fires, check) {
                problems.push(format!("{list} example {}: {problem}", index + 1));
            }
        }
    }
    problems
}

fn try_example(
    rule: &LeakRule,
    matcher: &Rule,
    example: &LeakExample,
    fires: bool,
    check: &LeakCheck,
) -> Result<(), String> {
    let seeds = if example.generate.is_some() { SEEDS } else { 1 };
    for seed in 0..seeds {
        let text = text_of(matcher, example, seed)?;
        let file = example.file.as_deref().unwrap_or(DEFAULT_FILE);
        let fired = rules_that_fire(check, file, &text);
        if fires && !fired.contains(&rule.id) {
            let others = if fired.is_empty() { "nothing fired".to_owned() } else { format!("{} fired", fired.join(", ")) };
            return Err(format!("must fire and did not ({others}, seed {seed})"));
        }
        if !fires && fired.contains(&rule.id) {
            return Err(format!("must stay quiet and fired (seed {seed})"));
        }
    }
    Ok(())
}

fn text_of(matcher: &Rule, example: &LeakExample, seed: u64) -> Result<Vec<u8>, String> {
    let text = match (&example.generate, &example.text) {
        (Some(pattern), None) => generate::expand(pattern, seed).map_err(|error| error.to_string())?,
        (None, Some(text)) => text.clone(),
        _ => return Err("has to have either `generate` or `text`".to_owned()),
    };
    match example.seal {
        None => Ok(text.into_bytes()),
        Some(Structure::GithubCrc32) => seal(matcher, text.into_bytes()),
        Some(other) => Err(format!("cannot compute {other:?}; only github-crc32 can be sealed")),
    }
}

fn seal(matcher: &Rule, mut text: Vec<u8>) -> Result<Vec<u8>, String> {
    let range = matcher.secret_in(&text).ok_or("the pattern matches nothing that could be sealed")?;
    let sealed = text.get(range.clone()).and_then(checksum::github_crc32_seal).ok_or("the secret cannot be sealed")?;
    text.splice(range, sealed);
    Ok(text)
}

fn rules_that_fire(check: &LeakCheck, file: &str, text: &[u8]) -> Vec<String> {
    let meta = FileMeta { path: file.into(), size: text.len() as u64, commit: None, author: None };
    let mut sink = Sink::default();
    // The check never refuses an input; if it did, nothing would have fired, which is what the caller reports.
    let _ = check.run(&Input::whole(&meta, text), &mut sink);
    let mut rules: Vec<String> = sink.findings().iter().map(|finding| finding.rule.clone()).collect();
    rules.dedup();
    rules
}
