//! Findings at the lines that people wrote.

use super::{Made, Rendered};
use bartizan_deploy::render::Lines;
use bartizan_engine::{Input, rule};
use bartizan_model::{AssetId, EvidenceStep, Finding, Location, Snippet};
use bartizan_source::FileMeta;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

/// Most bytes of a text whose lines are followed.
const LARGEST: usize = 4 << 20;

/// Lines of rendered files, by their names.
type Asked<'m> = BTreeMap<&'m str, BTreeSet<u32>>;

/// Puts the places that people wrote for those of what was rendered.
pub(super) fn written(made: &Made, root: &Path, places: &mut [(String, u32)]) {
    let mut asked = Asked::new();
    for (path, line) in places.iter() {
        if let Some((name, _)) = made.files.get_key_value(path) {
            asked.entry(name).or_default().insert(*line);
        }
    }
    let found = Places::asked(made, root, asked);
    for (path, line) in places {
        let Some((name, made)) = made.files.get_key_value(path.as_str()) else {
            continue;
        };
        *line = found.lines.get(&(name.as_str(), *line)).copied().unwrap_or(1);
        path.clone_from(&made.origin);
    }
}

/// Where what was rendered comes from.
pub(super) struct Places<'m> {
    made: &'m Made,
    /// Texts that people wrote, by path.
    written: HashMap<&'m str, String>,
    /// For each rendered file and line the line that it comes from.
    lines: HashMap<(&'m str, u32), u32>,
}

impl<'m> Places<'m> {
    /// Follows every line that a finding names.
    pub(super) fn of(made: &'m Made, root: &Path, findings: &[Finding]) -> Self {
        let mut asked = Asked::new();
        for finding in findings {
            let steps = finding.evidence.iter().filter_map(|step| step.location.as_ref());
            for location in finding.locations.iter().chain(steps) {
                if let Some((name, _)) = made.files.get_key_value(&location.path) {
                    asked.entry(name).or_default().insert(location.line);
                }
            }
        }
        Self::asked(made, root, asked)
    }

    fn asked(made: &'m Made, root: &Path, asked: Asked<'m>) -> Self {
        let mut places = Self {
            made,
            written: HashMap::new(),
            lines: HashMap::new(),
        };
        for (name, numbers) in asked {
            let Some(made) = made.files.get(name) else {
                continue;
            };
            let written = places
                .written
                .entry(&made.origin)
                .or_insert_with(|| super::text_of(&root.join(&made.origin)).unwrap_or_default());
            if written.len() > LARGEST || made.text.len() > LARGEST {
                continue;
            }
            let (written, rendered) = (Lines::of(written), Lines::of(&made.text));
            for line in numbers {
                let found = written.source_of(&rendered, line as usize);
                places
                    .lines
                    .insert((name, line), u32::try_from(found).unwrap_or(1));
            }
        }
        places
    }

    pub(super) fn relocate(&self, finding: &mut Finding) {
        for step in &mut finding.evidence {
            if let Some(location) = &mut step.location {
                self.location(location);
            }
        }
        let mut first = None;
        for (at, location) in finding.locations.iter_mut().enumerate() {
            let made = self.location(location).filter(|_| at == 0);
            first = first.or(made.map(|made| (made, location.clone())));
        }
        let Some((made, first)) = first else { return };
        if finding.asset.as_str().starts_with("file:") {
            finding.asset = AssetId::file(&made.origin);
        }
        // Edits are of the text that was rendered, which nobody keeps.
        if let Some(fix) = &mut finding.fix {
            fix.edits.clear();
        }
        finding.snippet = self.snippet(made, &first);
        finding.evidence.push(EvidenceStep {
            message: made.how.clone(),
            location: None,
        });
    }

    fn text(&self, made: &Rendered) -> &str {
        self.written.get(made.origin.as_str()).map_or("", String::as_str)
    }

    fn location(&self, location: &mut Location) -> Option<&'m Rendered> {
        let (name, made) = self.made.files.get_key_value(&location.path)?;
        let line = self
            .lines
            .get(&(name.as_str(), location.line))
            .copied()
            .unwrap_or(1)
            .max(1);
        let written = self.text(made).lines().nth(line as usize - 1).unwrap_or_default();
        let indent = written.chars().take_while(|c| *c == ' ').count();
        let column = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).saturating_add(1);
        *location = Location {
            line,
            end_line: line,
            column: column(indent),
            end_column: column(written.trim_end().chars().count()),
            ..Location::of_file(made.origin.clone())
        };
        Some(made)
    }

    fn snippet(&self, made: &Rendered, at: &Location) -> Option<Snippet> {
        let text = self.text(made);
        let meta = FileMeta::new(made.origin.as_str(), text.len() as u64);
        let input = Input::whole(&meta, text.as_bytes());
        let before: usize = text
            .split_inclusive('\n')
            .take(at.line as usize - 1)
            .map(str::len)
            .sum();
        let line = text.get(before..)?.lines().next()?;
        let start = before + (line.len() - line.trim_start().len());
        rule::Lines::new(&input, 0).snippet(&(start..before + line.trim_end().len()))
    }
}
