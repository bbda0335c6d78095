//! Rule files of Nosey Parker and of Kingfisher, which extends the same YAML form.
//!
//! Formats: <https://github.com/praetorian-inc/noseyparker/blob/main/docs/RULES.md>,
//! <https://github.com/mongodb/kingfisher/blob/main/docs/RULES.md>.

use super::{Candidate, ForeignError, Imported, admit, skeleton, slug};
use bartizan_model::Confidence;
use serde::Deserialize;

#[derive(Deserialize)]
struct File {
    rules: Vec<ForeignRule>,
}

#[derive(Deserialize)]
struct ForeignRule {
    name: String,
    id: String,
    pattern: String,
    #[serde(default)]
    min_entropy: f32,
    #[serde(default)]
    confidence: Option<String>,
    #[serde(default)]
    pattern_requirements: Option<Requirements>,
    #[serde(default)]
    references: Vec<String>,
    #[serde(default = "yes")]
    visible: bool,
}

const fn yes() -> bool {
    true
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Requirements {
    min_digits: u32,
    min_uppercase: u32,
    min_lowercase: u32,
    min_special_chars: u32,
    ignore_if_contains: Vec<String>,
    checksum: Option<serde::de::IgnoredAny>,
}

pub(super) fn read(text: &str) -> Result<Imported, ForeignError> {
    const FORMAT: &str = "Kingfisher or Nosey Parker";
    let file: File = serde_saphyr::from_str(text).map_err(|error| ForeignError::Syntax {
        format: FORMAT,
        cause: error.to_string(),
    })?;
    let mut imported = Imported {
        format: FORMAT,
        ..Imported::default()
    };
    for foreign in file.rules {
        take(foreign, &mut imported);
    }
    Ok(imported)
}

fn take(foreign: ForeignRule, imported: &mut Imported) {
    if !foreign.visible {
        return imported.refuse(
            &foreign.id,
            "it is marked as not visible: it only feeds other rules",
        );
    }
    let mut dropped = Vec::new();
    let mut rule = skeleton(
        slug(&foreign.id),
        &foreign.name,
        "Kingfisher or Nosey Parker",
        foreign.pattern.clone(),
    );
    rule.require.entropy = foreign.min_entropy;
    rule.references = foreign.references;
    rule.confidence = match foreign.confidence.as_deref() {
        Some("low") => Confidence::Low,
        Some("high") => Confidence::High,
        _ => Confidence::Medium,
    };
    if let Some(requirements) = foreign.pattern_requirements {
        rule.require.digits = requirements.min_digits;
        rule.require.upper = requirements.min_uppercase;
        rule.require.lower = requirements.min_lowercase;
        let words = requirements.ignore_if_contains.iter();
        rule.require
            .not
            .extend(words.map(|word| format!("(?i){}", regex_syntax::escape(word))));
        if requirements.min_special_chars > 0 {
            dropped.push("its demand for special characters is not honoured");
        }
        if requirements.checksum.is_some() {
            dropped.push("its checksum template is not computed");
        }
    }
    admit(
        Candidate {
            rule,
            name: &foreign.id,
            keywords: &[],
            dropped,
        },
        imported,
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "
rules:
  - name: Acme
    id: kingfisher.acme.1
    pattern: |
      (?x)
      \\b
      (
        acme_[a-z0-9]{16}
      )
      \\b
    min_entropy: 3.0
    confidence: high
    pattern_requirements:
      min_digits: 2
      checksum:
        actual: { template: x }
    examples: [nothing]
  - name: Anything
    id: np.any.1
    pattern: '[a-z]{30}'
";

    #[test]
    fn extended_patterns_are_read_and_what_cannot_run_is_said() {
        let imported = read(FILE).unwrap();
        assert_eq!(imported.rules.len(), 1);
        let rule = &imported.rules[0];
        assert_eq!(
            (rule.id.as_str(), rule.require.digits),
            ("leak/kingfisher-acme-1", 2)
        );
        assert!(
            crate::load::compile(&rule.pattern)
                .unwrap()
                .is_match("x acme_0123456789abcdef y")
        );
        let refused: Vec<_> = imported.refused.iter().map(|r| r.rule.as_str()).collect();
        assert_eq!(refused, ["np.any.1"]);
        let caveats: Vec<_> = imported.caveats.iter().map(|c| c.rule.as_str()).collect();
        assert_eq!(caveats, ["leak/kingfisher-acme-1"]);
    }
}
