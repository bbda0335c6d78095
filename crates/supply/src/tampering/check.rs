//! The check `supply/tampering`: reads each file once and lets every rule judge it.

use super::document::Document;
use super::own::Own;
use super::report::{Lines, Note, Report, Verdicts};
use super::rule::Whole;
use super::{read, registry};
use bartizan_content::packages;
use bartizan_engine::rule::Enabled;
use bartizan_engine::{Check, CheckError, Fact, Input, Meta, Sink};
use bartizan_model::{FingerprintBuilder, RuleInfo};
use bartizan_source::{FileMeta, Interest};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Changes when a reader or a rule judges the same bytes differently; part of the key of cached results.
const REVISION: &[u8] = b"2";

/// What the check judges by.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Names that are the reader's own.
    pub own: Own,
    /// Whether every file of the target is looked at, so that what was not seen is not there.
    pub complete: bool,
    /// The rules in force.
    pub enabled: Enabled,
    /// Whether the verdict depends on it having run everywhere.
    pub required: bool,
}

/// Dependency confusion and tampering.
pub struct TamperingCheck {
    meta: Meta,
    options: Options,
}

/// The manuals of every rule.
#[must_use]
pub fn rules() -> Vec<RuleInfo> {
    registry::ALL.iter().map(|rule| rule.about().info()).collect()
}

impl TamperingCheck {
    /// Its id.
    pub const ID: &'static str = "supply/tampering";

    /// The check with every rule that is in force.
    #[must_use]
    pub fn new(options: Options) -> Self {
        let mut builder = FingerprintBuilder::new(Self::ID)
            .part(REVISION)
            .part(options.own.written().as_bytes())
            .part(&[u8::from(options.complete)]);
        let abouts = registry::ALL.iter().map(|rule| rule.about());
        builder = options.enabled.mark(abouts, builder);
        for text in packages::texts() {
            builder = builder.part(text.as_bytes());
        }
        Self {
            meta: Meta {
                id: Self::ID,
                title: "Dependency confusion and tampering",
                required: options.required,
                digest: Meta::digest_of(builder),
            },
            options,
        }
    }

    const fn whole(&self) -> Whole<'_> {
        Whole {
            own: &self.options.own,
            complete: self.options.complete,
        }
    }

    fn judge(&self, document: &Document, lines: &Lines<'_>, out: &mut Sink) {
        for rule in registry::ALL {
            let enabled = self.options.enabled.has(rule.about().id);
            let mut report = Report::new(rule.about(), lines, out, enabled);
            rule.judge(document, self.whole(), &mut report);
        }
    }
}

/// The text of bytes that are not all UTF-8, of the same length, so that places stay.
fn readable(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        out.extend(chunk.invalid().iter().map(|_| '?'));
    }
    out
}

impl Check for TamperingCheck {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn rules(&self) -> Vec<RuleInfo> {
        rules()
    }

    fn wants(&self, file: &FileMeta) -> Interest {
        read::reader_of(&file.path).map_or(Interest::No, |reader| Interest::Entire(reader.largest))
    }

    fn run(&self, input: &Input<'_>, out: &mut Sink) -> Result<(), CheckError> {
        let Some(reader) = read::reader_of(input.path()) else {
            return Ok(());
        };
        let text = match input.text() {
            Ok(text) => Cow::Borrowed(text),
            Err(_) if reader.lenient => Cow::Owned(readable(input.bytes)),
            Err(error) => return Err(error),
        };
        let text = text.as_ref();
        let bare = text.strip_prefix('\u{feff}').unwrap_or(text);
        let lines = Lines::new(input, text.len() - bare.len());
        let documents = (reader.read)(bare, input.path()).map_err(|error| CheckError(error.to_string()))?;
        for document in documents {
            for problem in &document.problems {
                out.error(problem.clone());
            }
            self.judge(&document, &lines, out);
        }
        Ok(())
    }

    fn finish(&self, facts: &[Fact], out: &mut Sink) -> Result<(), CheckError> {
        let mut notes: BTreeMap<&str, Vec<Note>> = BTreeMap::new();
        for fact in facts {
            if let Some((id, data)) = fact.data.split_once(' ') {
                let note = Note::new(fact.path.clone(), data.to_owned());
                notes.entry(id).or_default().push(note);
            }
        }
        for rule in registry::ALL {
            let about = rule.about();
            if let Some(notes) = notes.get(about.id) {
                rule.finish(notes, self.whole(), &mut Verdicts::new(about, out));
            }
        }
        Ok(())
    }
}
