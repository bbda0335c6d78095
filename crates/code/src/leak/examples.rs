//! Tries the examples that stand in a rule file.
//!
//! In: a rule. Out: what is wrong with it, one line each; nothing when every example does what it says. Credentials are
//! expanded from generator patterns here and never leave memory.

use crate::leak::detect::Detector;
use crate::leak::rules::Rule;
use crate::leak::verify::checksum;
use bartizan_content::leak::Structure;
use bartizan_content::{LeakExample, LeakMatcher, LeakRule, generate};
use bartizan_source::FileMeta;

/// Expansions tried of each generator pattern.
const SEEDS: u64 = 5;
/// Name of the file an example stands in unless it names one.
const DEFAULT_FILE: &str = "example.txt";

/// Tries every example of `rule`, with no other rule in force.
#[must_use]
pub fn problems(rule: &LeakRule) -> Vec<String> {
    let mut problems = Vec::new();
    if rule.examples.fire.is_empty() || rule.examples.quiet.is_empty() {
        problems.push("needs at least one example that fires and one that stays quiet".to_owned());
    }
    let detector = Detector::new(vec![LeakMatcher::from(rule)], None);
    for (list, examples, fires) in [
        ("fire", &rule.examples.fire, true),
        ("quiet", &rule.examples.quiet, false),
    ] {
        for (index, example) in examples.iter().enumerate() {
            if let Err(problem) = try_example(rule, example, fires, &detector) {
                problems.push(format!("{list} example {}: {problem}", index + 1));
            }
        }
    }
    problems
}

fn try_example(
    rule: &LeakRule,
    example: &LeakExample,
    fires: bool,
    detector: &Detector,
) -> Result<(), String> {
    for (seed, text) in texts(rule, example)?.into_iter().enumerate() {
        let file = example.file.as_deref().unwrap_or(DEFAULT_FILE);
        let meta = FileMeta {
            path: file.into(),
            size: text.len() as u64,
            commit: None,
            author: None,
            layer: None,
        };
        let fired = !detector.detect(&meta, &text, 0).hits.is_empty();
        if fired != fires {
            let what = if fires {
                "must fire and did not"
            } else {
                "must stay quiet and fired"
            };
            return Err(format!("{what} (seed {seed})"));
        }
    }
    Ok(())
}

/// The texts an example stands for: several expansions of a generator pattern, or the one literal text.
///
/// # Errors
/// When the example is no example: the pattern does not expand, or the seal cannot be computed.
pub fn texts(rule: &LeakRule, example: &LeakExample) -> Result<Vec<Vec<u8>>, String> {
    let matcher = Rule::new(LeakMatcher::from(rule));
    let seeds = if example.generate.is_some() { SEEDS } else { 1 };
    (0..seeds).map(|seed| text_of(&matcher, example, seed)).collect()
}

fn text_of(matcher: &Rule, example: &LeakExample, seed: u64) -> Result<Vec<u8>, String> {
    let text = match (&example.generate, &example.text) {
        (Some(pattern), None) => generate::expand(pattern, seed).map_err(|error| error.to_string())?,
        (None, Some(text)) => text.clone(),
        _ => return Err("has to have either `generate` or `text`".to_owned()),
    };
    match example.seal {
        None => Ok(text.into_bytes()),
        Some(Structure::GithubCrc32) => seal(matcher, text.into_bytes(), checksum::github_crc32_seal),
        Some(Structure::GrafanaCrc32) => seal(matcher, text.into_bytes(), checksum::grafana_crc32_seal),
        Some(other) => Err(format!(
            "cannot compute {other:?}; only github-crc32 and grafana-crc32 can be sealed"
        )),
    }
}

fn seal(
    matcher: &Rule,
    mut text: Vec<u8>,
    with: impl Fn(&[u8]) -> Option<Vec<u8>>,
) -> Result<Vec<u8>, String> {
    let range = matcher
        .secret_in(&text)
        .ok_or("the pattern matches nothing that could be sealed")?;
    let sealed = text
        .get(range.clone())
        .and_then(with)
        .ok_or("the secret cannot be sealed")?;
    text.splice(range, sealed);
    Ok(text)
}
