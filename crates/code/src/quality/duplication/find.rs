//! Finds runs of the same tokens.

use std::collections::HashMap;

use super::tokens::{Token, Tokens};
use super::windows::windows;

/// How long a run has to be, and how much is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Tokens of a run at least; at least 2
    pub tokens: usize,
    /// Lines of a run at least, from its first token to its last
    pub lines: u32,
    /// Earlier places that one place is compared with at most
    pub candidates: usize,
    /// Pairs that are told at most
    pub pairs: usize,
    /// Tokens of one file that are compared with others at most, those that are compared again counted again
    pub comparisons: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            tokens: 100,
            lines: 10,
            candidates: 32,
            pairs: 100_000,
            comparisons: 1 << 26,
        }
    }
}

impl Limits {
    /// Tokens of a window: every run that is long enough holds one that begins at a multiple of this.
    pub(super) fn window(self) -> usize {
        (self.tokens / 2).max(1)
    }
}

/// A run of tokens in one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Part {
    /// Which file, by its place among those given
    pub file: usize,
    /// The first line, from 1
    pub first_line: u32,
    /// The last line, from 1
    pub last_line: u32,
}

/// Two places that are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duplicate {
    /// The one that stands first, in the order of files and lines
    pub original: Part,
    /// The other
    pub copy: Part,
    /// How many tokens they share
    pub tokens: usize,
}

/// What was found in all files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Duplicates {
    /// Pairs, in the order of the copies. A run that stands three times makes two pairs or more.
    pub pairs: Vec<Duplicate>,
    /// Lines of each file that stand somewhere else, too: runs from first to last line, in order, none touching the next
    pub lines: Vec<Vec<(u32, u32)>>,
    /// Files of which a limit kept something from being looked at or told, by their places among those given, in order
    pub limited: Vec<usize>,
}

impl Duplicates {
    /// Files are searched one by one, in order.
    fn limit(&mut self, file: usize) {
        if self.limited.last() != Some(&file) {
            self.limited.push(file);
        }
    }
}

/// Finds what stands twice in `files`. Those before `from` are only compared with: what stands twice among them alone is not looked for.
#[must_use]
pub fn duplicates(files: &[&Tokens], from: usize, limits: Limits) -> Duplicates {
    let mut finder = Finder {
        files,
        words: words(files),
        limits,
        window: limits.window(),
        index: HashMap::new(),
        compared: 0,
        found: Duplicates {
            lines: vec![Vec::new(); files.len()],
            ..Duplicates::default()
        },
    };
    for file in 0..files.len() {
        finder.search(file, file >= from);
    }
    for lines in &mut finder.found.lines {
        merge(lines);
    }
    finder.found
}

/// The words of each file by numbers that are the same in all of them.
fn words(files: &[&Tokens]) -> Vec<Vec<u32>> {
    let mut numbers: HashMap<&str, u32> = HashMap::new();
    let mut all = Vec::with_capacity(files.len());
    for file in files {
        let mut own = Vec::with_capacity(file.words.len());
        for word in &file.words {
            let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
            own.push(*numbers.entry(word).or_insert(next));
        }
        let number = |token: &Token| own.get(token.word as usize).copied().unwrap_or(u32::MAX);
        all.push(file.tokens.iter().map(number).collect());
    }
    all
}

struct Finder<'a> {
    files: &'a [&'a Tokens],
    words: Vec<Vec<u32>>,
    limits: Limits,
    window: usize,
    /// Windows at multiples of their length in what was searched, by hash
    index: HashMap<u64, Vec<(usize, usize)>>,
    /// Tokens of the file that is searched that were compared
    compared: usize,
    found: Duplicates,
}

/// A run that was confirmed: where it begins in both files, and how long it is.
struct Run {
    file: usize,
    original: usize,
    copy: usize,
    length: usize,
}

impl Finder<'_> {
    fn tokens(&self, file: usize) -> &[Token] {
        self.files.get(file).map_or(&[], |file| &file.tokens)
    }

    fn words(&self, file: usize) -> &[u32] {
        self.words.get(file).map_or(&[], Vec::as_slice)
    }

    /// Compares a file with those before it and with what stands earlier in it, where that is wanted, and adds it to the index.
    fn search(&mut self, file: usize, is_compared: bool) {
        let Some(tokens) = self.files.get(file).copied() else {
            return;
        };
        // A file of few lines has no run that is long enough, and no copy of one.
        if tokens.tokens.last().map_or(0, |last| last.last_line) < self.limits.lines {
            return;
        }
        self.compared = 0;
        let mut known_until = 0;
        for (at, hash) in windows(tokens, self.window).enumerate() {
            if is_compared
                && at + self.window > known_until
                && let Some(run) = self.longest(file, at, hash)
            {
                known_until = run.copy + run.length;
                self.tell(file, &run);
            }
            if at % self.window == 0 {
                self.index.entry(hash).or_default().push((file, at));
            }
        }
    }

    /// The longest run around the window at `at` that stands earlier, too, and is long enough.
    fn longest(&mut self, file: usize, at: usize, hash: u64) -> Option<Run> {
        let candidates = self.index.get(&hash)?;
        let mut compared = self.compared;
        if candidates.len() > self.limits.candidates {
            self.found.limit(file);
        }
        let mut best: Option<Run> = None;
        for &(earlier, place) in candidates.iter().take(self.limits.candidates) {
            if compared >= self.limits.comparisons {
                self.found.limit(file);
                break;
            }
            let run = self.drawn_out(earlier, place, file, at);
            compared += run.as_ref().map_or(self.window, |run| run.length);
            let Some(run) = run else { continue };
            let longer = best.as_ref().is_none_or(|best| run.length > best.length);
            if longer && run.length >= self.limits.tokens && self.spans_lines(file, &run) {
                best = Some(run);
            }
        }
        self.compared = compared;
        best
    }

    /// A window that is the same in both places, as far as what is around it is the same; none when only the hashes are.
    fn drawn_out(&self, earlier: usize, place: usize, file: usize, at: usize) -> Option<Run> {
        let (left, right) = (self.words(earlier), self.words(file));
        let same = |a: usize, b: usize| match (left.get(a), right.get(b)) {
            (Some(a), Some(b)) => a == b,
            _ => false,
        };
        let mut length = 0;
        // Two places of one file do not run into each other.
        let room = if earlier == file { at - place } else { usize::MAX };
        while length < room && same(place + length, at + length) {
            length += 1;
        }
        if length < self.window {
            return None;
        }
        let mut back = 0;
        while back < place && back < at && length + back < room && same(place - back - 1, at - back - 1) {
            back += 1;
        }
        Some(Run {
            file: earlier,
            original: place - back,
            copy: at - back,
            length: length + back,
        })
    }

    fn part(&self, file: usize, first: usize, length: usize) -> Option<Part> {
        let tokens = self.tokens(file).get(first..first + length)?;
        Some(Part {
            file,
            first_line: tokens.first()?.line,
            last_line: tokens.last()?.last_line,
        })
    }

    fn spans_lines(&self, file: usize, run: &Run) -> bool {
        let long = |part: Option<Part>| {
            part.is_some_and(|part| part.last_line.saturating_sub(part.first_line) + 1 >= self.limits.lines)
        };
        long(self.part(run.file, run.original, run.length)) && long(self.part(file, run.copy, run.length))
    }

    fn tell(&mut self, file: usize, run: &Run) {
        let original = self.part(run.file, run.original, run.length);
        let copy = self.part(file, run.copy, run.length);
        let (Some(original), Some(copy)) = (original, copy) else {
            return;
        };
        for part in [original, copy] {
            if let Some(lines) = self.found.lines.get_mut(part.file) {
                lines.push((part.first_line, part.last_line));
            }
        }
        if self.found.pairs.len() < self.limits.pairs {
            self.found.pairs.push(Duplicate {
                original,
                copy,
                tokens: run.length,
            });
        } else {
            self.found.limit(file);
        }
    }
}

/// Puts runs of lines in order, and those together that touch.
fn merge(lines: &mut Vec<(u32, u32)>) {
    lines.sort_unstable();
    let mut merged: Vec<(u32, u32)> = Vec::with_capacity(lines.len());
    for &(first, last) in lines.iter() {
        match merged.last_mut() {
            Some(before) if first <= before.1.saturating_add(1) => before.1 = before.1.max(last),
            _ => merged.push((first, last)),
        }
    }
    *lines = merged;
}
