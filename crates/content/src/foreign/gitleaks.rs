//! Rule files of gitleaks and betterleaks (TOML).
//!
//! Format: <https://github.com/gitleaks/gitleaks#configuration>.

use super::{Candidate, ForeignError, Imported, admit, skeleton, slug};
use serde::Deserialize;

const FORMAT: &str = "gitleaks";

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    rules: Vec<ForeignRule>,
    #[serde(default)]
    allowlist: Option<AllowList>,
    #[serde(default)]
    allowlists: Vec<AllowList>,
    #[serde(default)]
    extend: Option<toml::Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ForeignRule {
    id: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    regex: String,
    #[serde(default)]
    path: Option<String>,
    #[serde(default)]
    secret_group: Option<u32>,
    #[serde(default)]
    entropy: f32,
    #[serde(default)]
    keywords: Vec<String>,
    #[serde(default)]
    allowlist: Option<AllowList>,
    #[serde(default)]
    allowlists: Vec<AllowList>,
    #[serde(default)]
    required: Option<toml::Value>,
}

#[derive(Deserialize, Clone, Default)]
#[serde(rename_all = "camelCase", default)]
struct AllowList {
    regexes: Vec<String>,
    regex_target: String,
    paths: Vec<String>,
    stopwords: Vec<String>,
    commits: Vec<String>,
    condition: String,
}

pub(super) fn read(text: &str) -> Result<Imported, ForeignError> {
    let file: File = toml::from_str(text).map_err(|error| ForeignError::Syntax {
        format: FORMAT,
        cause: error.to_string(),
    })?;
    let mut imported = Imported {
        format: FORMAT,
        ..Imported::default()
    };
    if file.extend.is_some() {
        let note = "`[extend]` is not followed: give the extended file with another --rules";
        imported.notes.push(note.to_owned());
    }
    let global: Vec<AllowList> = file.allowlist.into_iter().chain(file.allowlists).collect();
    for foreign in file.rules {
        take(foreign, &global, &mut imported);
    }
    Ok(imported)
}

fn take(foreign: ForeignRule, global: &[AllowList], imported: &mut Imported) {
    if foreign.regex.is_empty() {
        return imported.refuse(
            &foreign.id,
            "it has no regex: rules on file names alone are not run",
        );
    }
    if foreign.required.is_some() {
        return imported.refuse(
            &foreign.id,
            "it requires a second rule to match nearby, which is not supported",
        );
    }
    let mut rule = skeleton(
        format!("gitleaks-{}", slug(&foreign.id)),
        &foreign.description,
        FORMAT,
        foreign.regex.clone(),
    );
    rule.group = foreign.secret_group.filter(|group| *group > 0);
    rule.require.entropy = foreign.entropy;
    rule.path_pattern = foreign.path.clone();
    let mut dropped = Vec::new();
    for list in foreign.allowlist.iter().chain(&foreign.allowlists).chain(global) {
        dropped.extend(allow(&mut rule, list));
    }
    admit(
        Candidate {
            rule,
            name: &foreign.id,
            keywords: &foreign.keywords,
            dropped,
        },
        imported,
    );
}

/// Adds an allow list to a rule; returns what of it cannot be honoured. What is not honoured reports more, not less.
fn allow(rule: &mut crate::LeakRule, list: &AllowList) -> Vec<&'static str> {
    let mut problems = Vec::new();
    let parts = [
        !list.regexes.is_empty(),
        !list.paths.is_empty(),
        !list.stopwords.is_empty(),
    ];
    if list.condition.eq_ignore_ascii_case("and") && parts.iter().filter(|part| **part).count() > 1 {
        problems.push("an allow list with condition AND is not honoured");
        return problems;
    }
    if !list.commits.is_empty() {
        problems.push("an allow list by commit is not honoured: use a baseline");
    }
    match list.regex_target.as_str() {
        "" | "secret" => rule.require.not.extend(list.regexes.iter().cloned()),
        "match" => rule.require.not_whole.extend(list.regexes.iter().cloned()),
        _ if list.regexes.is_empty() => {}
        _ => problems.push("an allow list on the line is not honoured"),
    }
    rule.require.not.extend(
        list.stopwords
            .iter()
            .map(|word| format!("(?i){}", regex_syntax::escape(word))),
    );
    if !list.paths.is_empty() {
        let given = rule
            .not_path_pattern
            .iter()
            .cloned()
            .chain(list.paths.iter().cloned());
        rule.not_path_pattern = Some(
            given
                .map(|path| format!("(?:{path})"))
                .collect::<Vec<_>>()
                .join("|"),
        );
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"
title = "rules"
[allowlist]
paths = ['''vendor/''']
[[rules]]
id = "acme-token"
description = "Acme token"
regex = '''(?i)acme_([a-z0-9]{16})'''
secretGroup = 1
entropy = 2.5
keywords = ["acme_"]
[[rules.allowlists]]
stopwords = ["sample"]
regexTarget = "line"
regexes = ["test"]
[[rules.allowlists]]
condition = "AND"
regexes = ["abc"]
paths = ["docs/"]
[[rules]]
id = "p12"
path = '''\.p12$'''
[[rules]]
id = "broken"
regex = '''(('''
"#;

    #[test]
    fn rules_come_over_with_their_conditions_and_the_rest_is_said() {
        let imported = read(FILE).unwrap();
        assert_eq!(imported.rules.len(), 1);
        let rule = &imported.rules[0];
        assert_eq!(
            (rule.id.as_str(), rule.group, rule.require.entropy),
            ("leak/gitleaks-acme-token", Some(1), 2.5)
        );
        assert_eq!(rule.require.not, ["(?i)sample"]);
        assert_eq!(rule.not_path_pattern.as_deref(), Some("(?:vendor/)"));
        let refused: Vec<_> = imported.refused.iter().map(|r| r.rule.as_str()).collect();
        assert_eq!(refused, ["p12", "broken"]);
        let caveats: Vec<_> = imported
            .caveats
            .iter()
            .map(|c| (c.rule.as_str(), c.reason.as_str()))
            .collect();
        assert_eq!(
            caveats,
            [
                (
                    "leak/gitleaks-acme-token",
                    "an allow list on the line is not honoured"
                ),
                (
                    "leak/gitleaks-acme-token",
                    "an allow list with condition AND is not honoured"
                ),
            ]
        );
    }

    #[test]
    fn a_rule_that_does_not_run_is_refused_once_whatever_was_dropped_from_it() {
        let file = FILE.replace("(?i)acme_([a-z0-9]{16})", "((");
        let imported = read(&file).unwrap();
        assert!(imported.rules.is_empty() && imported.caveats.is_empty());
        assert_eq!(imported.refused.len(), 3);
    }
}
