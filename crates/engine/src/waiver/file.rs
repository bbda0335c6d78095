//! Reads `bartizan.waivers.toml`: a list of `[[waiver]]` tables. <https://toml.io/en/v1.0.0>

use crate::config::line_at;
use crate::globs::{PathGlobs, RuleGlobs};
use crate::suggest::did_you_mean;
use bartizan_model::{Date, Fingerprint, Waiver, WaiverOrigin};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Keys an entry may have.
pub const KEYS: [&str; 7] = ["rule", "fingerprint", "scope", "reason", "owner", "until", "vex"];

/// Justifications that OpenVEX and CSAF know. <https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md>
pub const VEX: [&str; 5] = [
    "component_not_present",
    "vulnerable_code_not_present",
    "vulnerable_code_not_in_execute_path",
    "vulnerable_code_cannot_be_controlled_by_adversary",
    "inline_mitigations_already_exist",
];

/// A mistake in a waiver file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}:{line}: {message}")]
pub struct WaiverFileError {
    /// The file, as it is shown to people.
    pub path: String,
    /// Line of the mistake, from 1.
    pub line: u32,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

/// An entry of the file.
#[derive(Debug, Clone)]
pub struct FileWaiver {
    /// The waiver as written.
    pub waiver: Waiver,
    /// Line of its `[[waiver]]`, from 1.
    pub line: u32,
    pub(super) rules: Option<RuleGlobs>,
    pub(super) paths: Option<PathGlobs>,
}

/// Reads every entry. `path` is how the file is called in messages and findings.
///
/// # Errors
/// At the first mistake.
pub fn read(path: &str, text: &str) -> Result<Vec<FileWaiver>, WaiverFileError> {
    let reader = Reader { path, text };
    let document = DeTable::parse(text).map_err(|error| {
        let help = "the format is TOML 1.0, https://toml.io; `bartizan schema waivers` describes the entries";
        reader.error(
            error.span().map_or(0, |span| span.start),
            error.message().to_owned(),
            help.to_owned(),
        )
    })?;
    let mut waivers = Vec::new();
    for (key, value) in document.get_ref() {
        let at = key.span().start;
        match (key.get_ref().as_ref(), value.get_ref()) {
            ("waiver", DeValue::Array(entries)) => {
                for entry in entries {
                    let number = u32::try_from(waivers.len()).unwrap_or(u32::MAX).saturating_add(1);
                    waivers.push(reader.entry(entry, number)?);
                }
            }
            ("waiver", _) => {
                let help = "write `[[waiver]]` above each entry, with two brackets".to_owned();
                return Err(reader.error(at, "`waiver` is not a list".to_owned(), help));
            }
            (other, _) => {
                let help = did_you_mean(other, ["waiver"])
                    .unwrap_or_else(|| "entries start with `[[waiver]]`".to_owned());
                return Err(reader.error(at, format!("there is no section `{other}`"), help));
            }
        }
    }
    Ok(waivers)
}

struct Reader<'a> {
    path: &'a str,
    text: &'a str,
}

impl Reader<'_> {
    fn error(&self, offset: usize, message: String, help: String) -> WaiverFileError {
        WaiverFileError {
            path: self.path.to_owned(),
            line: line_at(self.text, offset),
            message,
            help,
        }
    }

    fn entry(&self, entry: &Spanned<DeValue<'_>>, number: u32) -> Result<FileWaiver, WaiverFileError> {
        let at = entry.span().start;
        let DeValue::Table(table) = entry.get_ref() else {
            let help = "write `[[waiver]]` above each entry".to_owned();
            return Err(self.error(at, "an entry is no table".to_owned(), help));
        };
        let mut waiver = Waiver {
            rule: None,
            fingerprint: None,
            scope: None,
            reason: String::new(),
            owner: None,
            until: None,
            vex: None,
            origin: WaiverOrigin::File {
                path: self.path.to_owned(),
                entry: number,
            },
        };
        for (key, value) in table {
            self.field(&mut waiver, key, value)?;
        }
        if waiver.rule.is_none() && waiver.fingerprint.is_none() {
            let help = "add `rule = \"family/name\"` or `fingerprint = \"...\"`; `bartizan waive add` writes entries".to_owned();
            return Err(self.error(
                at,
                "the entry names neither a rule nor a fingerprint".to_owned(),
                help,
            ));
        }
        let globs = |message: String| {
            self.error(
                at,
                message,
                "globs are as in .gitignore, for instance `tests/**`".to_owned(),
            )
        };
        let rules = waiver
            .rule
            .as_ref()
            .map(|rule| RuleGlobs::new([rule]))
            .transpose()
            .map_err(|e| globs(e.to_string()))?;
        let paths = waiver
            .scope
            .as_ref()
            .map(|scope| PathGlobs::new([scope]))
            .transpose()
            .map_err(|e| globs(e.to_string()))?;
        Ok(FileWaiver {
            waiver,
            line: line_at(self.text, at),
            rules,
            paths,
        })
    }

    fn field(
        &self,
        waiver: &mut Waiver,
        key: &Spanned<std::borrow::Cow<'_, str>>,
        value: &Spanned<DeValue<'_>>,
    ) -> Result<(), WaiverFileError> {
        let name = key.get_ref().as_ref();
        let at = value.span().start;
        let text = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Datetime(date) if name == "until" => date.to_string(),
            _ if KEYS.contains(&name) => {
                return Err(self.error(
                    at,
                    format!("`{name}` is not text"),
                    "put it between quotes".to_owned(),
                ));
            }
            _ => String::new(),
        };
        match name {
            "rule" => waiver.rule = Some(text),
            "scope" => waiver.scope = Some(text),
            "reason" => waiver.reason = text,
            "owner" => waiver.owner = Some(text),
            "fingerprint" => {
                if Fingerprint::parse(&text).is_none() {
                    let help = "copy it from a report: 32 lower-case hexadecimal digits".to_owned();
                    return Err(self.error(at, format!("`{text}` is no fingerprint"), help));
                }
                waiver.fingerprint = Some(text);
            }
            "until" => {
                let day = text.parse::<Date>();
                let help = || "write a day such as 2027-03-01".to_owned();
                waiver.until = Some(day.map_err(|error| self.error(at, error.to_string(), help()))?);
            }
            "vex" => {
                if !VEX.contains(&text.as_str()) {
                    let help = format!("use one of {}", VEX.join(", "));
                    return Err(self.error(at, format!("`{text}` is no VEX justification"), help));
                }
                waiver.vex = Some(text);
            }
            _ => {
                let help = did_you_mean(name, KEYS)
                    .unwrap_or_else(|| format!("an entry has the keys {}", KEYS.join(", ")));
                return Err(self.error(key.span().start, format!("there is no key `{name}`"), help));
            }
        }
        Ok(())
    }
}
