//! Expands a generator pattern into text: how examples of credentials exist without ever being committed.
//!
//! In: a pattern in the syntax of regular expressions and a seed. Out: one string the pattern matches. The same
//! pattern and seed give the same string on every machine.

use regex_syntax::hir::{Class, Hir, HirKind};

/// Most characters an expansion may have.
pub const MAX_EXPANSION: usize = 256 * 1024;

/// Why a pattern cannot be expanded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GenerateError {
    /// It is no pattern.
    #[error("the generator pattern does not parse: {0}")]
    Syntax(String),
    /// It has a part that stands for no characters.
    #[error("the generator pattern holds an empty class, which nothing matches")]
    Empty,
    /// It would grow beyond [`MAX_EXPANSION`].
    #[error("the generator pattern expands to more than {MAX_EXPANSION} characters")]
    TooLong,
}

/// SplitMix64: small, fast and the same everywhere. <https://prng.di.unimi.it/splitmix64.c>
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// Starts a sequence.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound` (0 when `bound` is 0).
    pub fn below(&mut self, bound: u64) -> u64 {
        self.next().checked_rem(bound).unwrap_or(0)
    }
}

/// One text that `pattern` matches. Repetition without an upper bound repeats at most four times more than it must.
///
/// # Errors
/// When the pattern does not parse, matches nothing, or would grow beyond [`MAX_EXPANSION`].
pub fn expand(pattern: &str, seed: u64) -> Result<String, GenerateError> {
    let hir = regex_syntax::Parser::new()
        .parse(pattern)
        .map_err(|e| GenerateError::Syntax(e.to_string()))?;
    let mut out = String::new();
    write(&hir, &mut Random::new(seed), &mut out)?;
    Ok(out)
}

fn write(hir: &Hir, random: &mut Random, out: &mut String) -> Result<(), GenerateError> {
    if out.len() > MAX_EXPANSION {
        return Err(GenerateError::TooLong);
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Ok(()),
        HirKind::Literal(literal) => {
            out.push_str(&String::from_utf8_lossy(&literal.0));
            Ok(())
        }
        HirKind::Class(class) => pick(class, random)
            .map(|c| out.push(c))
            .ok_or(GenerateError::Empty),
        HirKind::Capture(capture) => write(&capture.sub, random, out),
        HirKind::Concat(parts) => parts.iter().try_for_each(|part| write(part, random, out)),
        HirKind::Alternation(parts) => {
            let choice = random.below(parts.len() as u64) as usize;
            parts.get(choice).map_or(Ok(()), |part| write(part, random, out))
        }
        HirKind::Repetition(repetition) => {
            let most = repetition.max.unwrap_or_else(|| repetition.min.saturating_add(4));
            let spread = u64::from(most.saturating_sub(repetition.min)).saturating_add(1);
            let times = u64::from(repetition.min).saturating_add(random.below(spread));
            (0..times).try_for_each(|_| write(&repetition.sub, random, out))
        }
    }
}

/// A character of the class; printable ASCII is preferred so that `.` and `[^"]` stay readable.
fn pick(class: &Class, random: &mut Random) -> Option<char> {
    let ranges: Vec<(u32, u32)> = match class {
        Class::Unicode(class) => class
            .iter()
            .map(|r| (u32::from(r.start()), u32::from(r.end())))
            .collect(),
        Class::Bytes(class) => class
            .iter()
            .map(|r| (u32::from(r.start()), u32::from(r.end())))
            .collect(),
    };
    let printable: Vec<(u32, u32)> = ranges
        .iter()
        .map(|&(start, end)| (start.max(0x21), end.min(0x7e)))
        .filter(|(start, end)| start <= end)
        .collect();
    let pool = if printable.is_empty() { ranges } else { printable };
    let total: u64 = pool.iter().map(|(start, end)| u64::from(end - start) + 1).sum();
    let mut at = random.below(total);
    for (start, end) in pool {
        let size = u64::from(end - start) + 1;
        if at < size {
            return char::from_u32(start + u32::try_from(at).ok()?);
        }
        at -= size;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expansion_matches_its_own_pattern_and_repeats_with_its_seed() {
        for pattern in [
            "AKIA[A-Z2-7]{16}",
            r"(?i)key\s*=\s*'[a-f0-9]{8,12}'",
            "(ab|cd)+x?",
            r"\d{3}-\w{4}",
        ] {
            let regex = regex_automata::meta::Regex::new(&format!("^(?:{pattern})$")).unwrap();
            for seed in 0..50 {
                let text = expand(pattern, seed).unwrap();
                assert!(regex.is_match(&text), "{pattern} gave {text}");
                assert_eq!(text, expand(pattern, seed).unwrap());
            }
        }
    }

    #[test]
    fn a_pattern_that_explodes_is_refused() {
        assert_eq!(expand("((a{900}){900}){2}", 1), Err(GenerateError::TooLong));
        assert!(matches!(expand("(", 1), Err(GenerateError::Syntax(_))));
    }
}
