//! What is known of every match of a pattern before it is tried: cheap tests that spare most patterns from ever being
//! compiled.
//!
//! In: a pattern and its required literals. Out: [`Facts`], computed when the rule set is packed.

use crate::literals::{self, Literal};
use regex_syntax::hir::{Class, Hir, HirKind};
use serde::{Deserialize, Serialize};

/// Shortest run worth a test of its own.
const SHORTEST_RUN: usize = 6;

/// Necessary conditions of a match.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// Matches begin with one of the literals.
    pub leads: bool,
    /// Length in bytes of the longest match, where there is a bound.
    pub longest: Option<u32>,
    /// A rare byte that every match contains.
    pub rare: Option<u8>,
    /// Consecutive bytes of one kind that every match contains.
    pub run: Option<Run>,
}

/// So many consecutive bytes of a set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    set: [u64; 4],
    least: u32,
}

impl Facts {
    /// The facts of a pattern that is looked for where one of `literals` stands; none when it does not parse.
    #[must_use]
    pub fn of(pattern: &str, literals: &[Literal]) -> Self {
        let Some(hir) = literals::parsed(pattern) else {
            return Self::default();
        };
        let longest = hir.properties().maximum_len();
        Self {
            leads: literals::lead(&hir, literals),
            longest: longest.and_then(|length| u32::try_from(length).ok()),
            rare: literals::rare_byte(&hir, literals),
            run: rarest_run(&hir).filter(|run| run.least as usize >= SHORTEST_RUN),
        }
    }

    /// Whether a match may stand in `bytes`: false means that none does.
    #[must_use]
    pub fn allow(&self, bytes: &[u8]) -> bool {
        self.rare.is_none_or(|rare| bytes.contains(&rare))
            && self.run.as_ref().is_none_or(|run| run.stands_in(bytes))
    }
}

impl Run {
    fn of_bytes(bytes: impl Iterator<Item = u8>, least: usize) -> Self {
        let mut set = [0; 4];
        for byte in bytes {
            if let Some(word) = set.get_mut(usize::from(byte >> 6)) {
                *word |= 1 << (byte & 63);
            }
        }
        Self {
            set,
            least: u32::try_from(least).unwrap_or(u32::MAX),
        }
    }

    fn holds(&self, byte: u8) -> bool {
        self.set
            .get(usize::from(byte >> 6))
            .is_some_and(|word| word >> (byte & 63) & 1 != 0)
    }

    /// Whether the run stands in `bytes`. Looks at one byte in `least` where there is none.
    fn stands_in(&self, bytes: &[u8]) -> bool {
        let least = self.least as usize;
        let mut start = 0;
        while let Some(window) = bytes.get(start..start + least) {
            match window.iter().rposition(|byte| !self.holds(*byte)) {
                Some(at) => start += at + 1,
                None => return true,
            }
        }
        false
    }

    fn either(&self, other: &Self, least: u32) -> Self {
        let mut set = self.set;
        for (to, from) in set.iter_mut().zip(other.set) {
            *to |= from;
        }
        Self { set, least }
    }

    /// How rarely such a run stands in source text: the information content in bits.
    fn rarity(&self) -> f32 {
        let share: f32 = (0..=u8::MAX).filter(|byte| self.holds(*byte)).map(share).sum();
        self.least as f32 * -share.min(1.0).log2()
    }
}

/// About how often a byte stands in source text.
fn share(byte: u8) -> f32 {
    match byte {
        b'a'..=b'z' => 0.58 / 26.0,
        b'A'..=b'Z' => 0.06 / 26.0,
        b'0'..=b'9' => 0.04 / 10.0,
        b' ' => 0.16,
        b'\n' => 0.03,
        b'_' | b'-' | b'.' | b'/' | b'=' | b'"' | b'\'' | b',' | b':' | b'(' | b')' => 0.01,
        0x80.. => 0.01 / 128.0,
        _ => 0.001,
    }
}

/// The rarest run that every match contains.
fn rarest_run(hir: &Hir) -> Option<Run> {
    let inner = match hir.kind() {
        HirKind::Capture(capture) => rarest_run(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => rarest_run(&repetition.sub),
        HirKind::Concat(parts) => rarest_in_sequence(parts),
        HirKind::Alternation(parts) => {
            let runs = parts.iter().map(rarest_run).collect::<Option<Vec<_>>>()?;
            runs.into_iter().reduce(|a, b| a.either(&b, a.least.min(b.least)))
        }
        _ => None,
    };
    rarer(inner, whole(hir))
}

fn rarest_in_sequence(parts: &[Hir]) -> Option<Run> {
    let mut best = None;
    for start in 0..parts.len() {
        best = rarer(best, parts.get(start).and_then(rarest_run));
        let mut joined: Option<Run> = None;
        for part in parts.get(start..).unwrap_or_default() {
            let Some(next) = whole(part) else { break };
            joined = Some(match joined {
                Some(run) => run.either(&next, run.least.saturating_add(next.least)),
                None => next,
            });
            best = rarer(best, joined.clone());
        }
    }
    best
}

/// The bytes a part of a pattern consists of, and the fewest there are.
fn whole(hir: &Hir) -> Option<Run> {
    let least = hir.properties().minimum_len()?;
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(Run::of_bytes(std::iter::empty(), 0)),
        HirKind::Literal(literal) => Some(Run::of_bytes(literal.0.iter().copied(), least)),
        HirKind::Class(Class::Bytes(class)) => {
            let members = class.iter().flat_map(|range| range.start()..=range.end());
            Some(Run::of_bytes(members, least))
        }
        HirKind::Class(Class::Unicode(class)) => {
            let ascii = |bound: char| u8::try_from(bound).ok().filter(u8::is_ascii);
            let ranges = class
                .iter()
                .map(|range| Some(ascii(range.start())?..=ascii(range.end())?));
            let members = ranges.collect::<Option<Vec<_>>>()?.into_iter().flatten();
            Some(Run::of_bytes(members, least))
        }
        HirKind::Capture(capture) => whole(&capture.sub),
        HirKind::Repetition(repetition) => {
            let sub = whole(&repetition.sub)?;
            Some(Run {
                least: u32::try_from(least).unwrap_or(u32::MAX),
                ..sub
            })
        }
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            let least = u32::try_from(least).unwrap_or(u32::MAX);
            let mut all = Run::of_bytes(std::iter::empty(), 0);
            for part in parts {
                all = all.either(&whole(part)?, least);
            }
            Some(all)
        }
    }
}

fn rarer(a: Option<Run>, b: Option<Run>) -> Option<Run> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if b.rarity() > a.rarity() { b } else { a }),
        (a, b) => a.or(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn facts(pattern: &str) -> Facts {
        Facts::of(pattern, &literals::required_literals(pattern).unwrap_or_default())
    }

    #[test]
    fn the_rarest_run_is_that_of_the_credential() {
        let run = facts(r"(?i:heroku)[a-z_.]{0,20}=([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4})")
            .run
            .unwrap();
        assert!(run.least >= 18, "{run:?}");
        assert!(run.holds(b'-') && run.holds(b'0') && !run.holds(b'g') && !run.holds(b'_'));
    }

    #[test]
    fn alternatives_share_the_shorter_run_of_all_their_bytes() {
        let run = facts(r"key=(?:[0-9]{12}|[A-F]{9})\b").run.unwrap();
        assert!(run.least >= 9 && run.holds(b'7') && run.holds(b'C'));
    }

    #[test]
    fn a_text_without_the_run_or_the_rare_byte_is_refused() {
        let token = facts(r"tok_([0-9]{20})");
        assert!(token.allow(b"tok_01234567890123456789"));
        assert!(!token.allow(b"tok_0123456789_0123456789"));
        assert!(!facts(r"://[^:/@]{1,20}:([^@]{3,30})@[a-z]").allow(b"https://example.org:80/path"));
    }

    proptest! {
        #[test]
        fn no_match_is_ever_refused(text in r#"[a-f0-9_=": @k]{0,60}"#, which in 0_usize..6) {
            let pattern = [
                r"(?:k|ab)[_a]{0,3}=([0-9a-f]{4,9})",
                r"k(?:[0-9]{7}|[a-f]{6,}|=@a)",
                r"(?:[0-9]{2}[a-f]){3,}",
                r"(?i)AB(?:=?[0-9]){6}",
                r"[^a-f]{7}@?[0-9]",
                r"k.{6}(?:a|b{3})",
            ].get(which).copied().unwrap_or_default();
            let facts = Facts::of(pattern, &[]);
            let regex = crate::load::compile(pattern).unwrap();
            if let Some(found) = regex.find(text.as_bytes()) {
                prop_assert!(facts.allow(text.as_bytes()));
                prop_assert!(facts.allow(text.as_bytes().get(found.range()).unwrap_or_default()));
                prop_assert!(facts.longest.is_none_or(|longest| found.len() <= longest as usize));
            }
        }
    }
}
