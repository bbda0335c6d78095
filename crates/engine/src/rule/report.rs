//! Where a rule puts what it finds and notes.

use super::About;
use crate::{CheckError, Input, Sink};
use bartizan_model::{
    AssetId, Confidence, Finding, FingerprintBuilder, Fix, Location, Severity, Snippet, TextEdit, text,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::ops::Range;

/// Most places that one finding shows.
pub const MOST_PLACES: usize = 20;
/// Most findings of one rule in one file.
const MOST_FINDINGS: usize = 100;
/// Longest line that is shown, in bytes.
const LONGEST_LINE: usize = 300;

/// A finding before it has its place in a report.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// What was found, one sentence. Line breaks and whatever else in it may fool a reader are shown as escapes.
    pub message: String,
    /// What tells it from others of the same rule in the same file; must survive moved lines.
    pub key: String,
    /// How to mend it here; shown as the message is.
    pub fix: String,
    /// Edits of the text that mend it, where that is safe: what each replaces, and by what. They do not overlap.
    pub edits: Vec<(Range<usize>, String)>,
    /// Where it differs from the rule's.
    pub severity: Option<Severity>,
    /// Where it differs from the rule's.
    pub confidence: Option<Confidence>,
    /// Package URL or other asset; the file where there is none.
    pub asset: Option<String>,
}

/// A place in a file that can be noted: lines and columns from 1, start and end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place(pub u32, pub u32, pub u32, pub u32);

impl Place {
    /// The place in a file with this path.
    #[must_use]
    pub fn location(self, path: &str) -> Location {
        let mut location = Location::of_file(path);
        location.line = self.0.max(1);
        location.column = self.1.max(1);
        location.end_line = self.2.max(location.line);
        location.end_column = self.3.max(1);
        location
    }
}

/// The places of a file: its line breaks are listed once.
pub struct Lines<'a> {
    input: &'a Input<'a>,
    breaks: std::cell::OnceCell<Vec<usize>>,
    /// Bytes before the text that places count from: a byte order mark.
    shift: usize,
}

impl<'a> Lines<'a> {
    /// The text of a file, without a byte order mark, and the places of that text.
    ///
    /// # Errors
    /// When it is no UTF-8 text.
    pub fn of_text(input: &'a Input<'a>) -> Result<(&'a str, Self), CheckError> {
        let text = input.text()?;
        let bare = text.strip_prefix('\u{feff}').unwrap_or(text);
        Ok((bare, Self::new(input, text.len() - bare.len())))
    }

    /// The places of a file; `shift` is the length of a byte order mark that its text is read without.
    pub const fn new(input: &'a Input<'a>, shift: usize) -> Self {
        Self {
            input,
            breaks: std::cell::OnceCell::new(),
            shift,
        }
    }

    fn position(&self, offset: usize) -> (u32, u32) {
        let breaks = self.breaks.get_or_init(|| {
            let bytes = self.input.bytes.iter().enumerate();
            bytes
                .filter(|(_, byte)| **byte == b'\n')
                .map(|(at, _)| at)
                .collect()
        });
        let line = breaks.partition_point(|end| *end < offset);
        let start = line
            .checked_sub(1)
            .and_then(|line| breaks.get(line))
            .map_or(0, |end| end + 1);
        let count = |n: usize| u32::try_from(n + 1).unwrap_or(u32::MAX);
        (count(line), count(offset.saturating_sub(start)))
    }

    /// The place of a range of the text.
    pub fn place(&self, at: &Range<usize>) -> Place {
        let length = self.input.bytes.len();
        let start = (at.start + self.shift).min(length);
        let end = (at.end + self.shift).clamp(start, length);
        let ((line, column), (end_line, end_column)) = (self.position(start), self.position(end));
        Place(line, column, end_line, end_column)
    }

    /// The line around a place, unless it may hold a secret or is too long to show.
    pub fn snippet(&self, at: &Range<usize>) -> Option<Snippet> {
        let start = (at.start + self.shift).min(self.input.bytes.len());
        let (line_start, bytes) = self.input.line_at(start);
        let text = std::str::from_utf8(bytes).ok()?.trim_end_matches('\r');
        let lower = text.to_ascii_lowercase();
        let secret = ["token", "passw", "secret", "_auth", "apikey", "api_key"];
        let user = lower.split("://").skip(1).any(|rest| {
            rest.split(['/', '"', '\'', ' '])
                .next()
                .is_some_and(|authority| authority.contains('@'))
        });
        if text.len() > LONGEST_LINE || user || secret.iter().any(|word| lower.contains(word)) {
            return None;
        }
        let characters = |to: usize| text.get(..to.min(text.len())).map(|head| head.chars().count());
        let from = characters(start - line_start)?;
        let to = characters((at.end + self.shift).saturating_sub(line_start)).unwrap_or(from);
        let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Some(Snippet {
            first_line: self.place(at).0,
            lines: vec![text.to_owned()],
            highlight: (clamp(from), clamp(to.max(from))),
        })
    }
}

/// What a rule noted of one file.
#[derive(Debug, Clone)]
pub struct Note {
    /// Path of the file.
    pub path: String,
    data: String,
}

impl Note {
    /// What was noted of a file, as JSON.
    pub const fn new(path: String, data: String) -> Self {
        Self { path, data }
    }

    /// What was noted; none where it was noted by another version.
    pub fn read<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_str(&self.data).ok()
    }

    /// The directory of the file: empty at the top, else ending with `/`.
    pub fn directory(&self) -> &str {
        directory(&self.path)
    }
}

/// The directory of a path: empty at the top, else ending with `/` (or `!/` inside an archive).
pub fn directory(path: &str) -> &str {
    path.rfind('/').and_then(|at| path.get(..=at)).unwrap_or_default()
}

/// Receives what one rule finds in one file.
pub struct Report<'a> {
    about: &'static About,
    lines: &'a Lines<'a>,
    out: &'a mut Sink,
    count: usize,
    enabled: bool,
}

impl<'a> Report<'a> {
    /// Where a rule reports of one file; of a rule that is not in force nothing is taken.
    pub fn new(about: &'static About, lines: &'a Lines<'a>, out: &'a mut Sink, enabled: bool) -> Self {
        Self {
            about,
            lines,
            out,
            count: 0,
            enabled,
        }
    }

    /// Path of the file.
    pub fn path(&self) -> &str {
        self.lines.input.path()
    }

    /// Reports a finding at one place.
    pub fn finding(&mut self, found: Found, at: &Range<usize>) {
        self.findings(found, std::slice::from_ref(at));
    }

    /// Reports one finding at several places, the first of which is shown.
    pub fn findings(&mut self, mut found: Found, at: &[Range<usize>]) {
        let Some(first) = at.first().filter(|_| self.enabled) else {
            return;
        };
        self.count += 1;
        if self.count > MOST_FINDINGS {
            if self.count == MOST_FINDINGS + 1 {
                self.out
                    .error(format!("{}: more than {MOST_FINDINGS} findings", self.about.id));
            }
            return;
        }
        let path = self.lines.input.path().to_owned();
        let locations = at.iter().take(MOST_PLACES).map(|one| {
            let mut location = self.lines.place(one).location(&path);
            location.commit = self.lines.input.meta.commit.as_deref().map(str::to_owned);
            location
        });
        let locations = locations.collect();
        let edits = std::mem::take(&mut found.edits).into_iter();
        let edits = edits.map(|(range, replacement)| TextEdit {
            location: self.lines.place(&range).location(&path),
            replacement,
        });
        let edits = edits.collect();
        let mut finding = finding(self.about, found, locations);
        if let Some(fix) = &mut finding.fix {
            fix.edits = edits;
        }
        finding.snippet = self.lines.snippet(first);
        self.out.finding(finding);
    }

    /// The place of a range, to be noted.
    pub fn place(&self, at: &Range<usize>) -> Place {
        self.lines.place(at)
    }

    /// Notes something for the end.
    pub fn note(&mut self, data: &impl Serialize) {
        if let Some(data) = serde_json::to_string(data).ok().filter(|_| self.enabled) {
            self.out.fact(format!("{} {data}", self.about.id));
        }
    }
}

/// Receives what one rule finds at the end.
pub struct Verdicts<'a> {
    about: &'static About,
    out: &'a mut Sink,
}

impl<'a> Verdicts<'a> {
    /// Where a rule reports at the end.
    pub fn new(about: &'static About, out: &'a mut Sink) -> Self {
        Self { about, out }
    }

    /// Reports a finding at places of files, the first of which is shown.
    pub fn finding(&mut self, found: Found, at: &[(&str, Place)]) {
        if at.is_empty() {
            return;
        }
        let locations = at.iter().take(MOST_PLACES);
        let locations = locations.map(|(path, place)| place.location(path));
        self.out.finding(finding(self.about, found, locations.collect()));
    }
}

fn finding(about: &'static About, found: Found, locations: Vec<Location>) -> Finding {
    let path = locations.first().map_or("", |one| one.path.as_str());
    let fingerprint = FingerprintBuilder::new(about.id)
        .file_name_of(path)
        .part(found.key.as_bytes())
        .finish();
    let asset = found
        .asset
        .map_or_else(|| AssetId::file(path), AssetId::from_text);
    let level = (
        found.severity.unwrap_or(about.severity),
        found.confidence.unwrap_or(about.confidence),
    );
    Finding {
        title: about.title.to_owned(),
        message: text::line(&found.message).into_owned(),
        controls: about.controls(),
        cwe: about.cwe.iter().map(ToString::to_string).collect(),
        fix: (!found.fix.is_empty()).then(|| Fix {
            description: text::line(&found.fix).into_owned(),
            edits: Vec::new(),
        }),
        locations,
        ..Finding::new(about.id, level, fingerprint, asset)
    }
}

/// What tells findings about these names from others: it changes when a name joins or leaves, which is another problem.
pub fn key_of<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let names: std::collections::BTreeSet<&str> = names.collect();
    names.into_iter().collect::<Vec<_>>().join(" ")
}

/// Names for a message: the first few, and how many more.
pub fn named<'n>(names: impl ExactSizeIterator<Item = &'n str>) -> String {
    const MOST: usize = 5;
    let more = names.len().saturating_sub(MOST);
    let shown: Vec<String> = names
        .take(MOST)
        .map(|name| format!("`{}`", name.escape_debug()))
        .collect();
    match more {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
