//! Derives from a pattern the literals of which every match contains one.
//!
//! In: a pattern. Out: the set of literals that is rarest in ordinary text, so that one pass over the bytes for the
//! literals of all rules decides which patterns need to run where.

use regex_syntax::hir::{Class, Hir, HirKind};
use serde::{Deserialize, Serialize};

/// Most literals one pattern may be looked for by.
const MOST_LITERALS: usize = 64;
/// Longest literal kept; longer ones are cut, which stays correct.
const LONGEST: usize = 24;
/// Most members a class may have to be spelled out.
const MOST_MEMBERS: usize = 6;

/// Text to look for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Literal {
    bytes: Vec<u8>,
    fold: bool,
}

impl Literal {
    /// A literal; with `fold` it is matched ignoring ASCII case.
    #[must_use]
    pub fn new(bytes: &[u8], fold: bool) -> Self {
        Self {
            bytes: if fold {
                bytes.to_ascii_lowercase()
            } else {
                bytes.to_vec()
            },
            fold,
        }
    }

    /// The bytes; lower case when [`Literal::ignores_case`].
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether ASCII case is ignored.
    #[must_use]
    pub const fn ignores_case(&self) -> bool {
        self.fold
    }

    fn begins_with(&self, other: &Self) -> bool {
        let Some(head) = self.bytes.get(..other.bytes.len()) else {
            return false;
        };
        if other.fold {
            head.eq_ignore_ascii_case(&other.bytes)
        } else {
            !self.fold && head == other.bytes
        }
    }

    fn join(&self, next: &Self) -> Self {
        let mut bytes = self.bytes.clone();
        bytes.extend_from_slice(&next.bytes);
        Self::new(&bytes, self.fold || next.fold)
    }

    /// Rough information content, in bits: how rarely the literal stands in ordinary source text.
    fn rarity(&self) -> f32 {
        self.bytes
            .iter()
            .take(10)
            .map(|&b| byte_rarity(b, self.fold))
            .sum()
    }
}

fn byte_rarity(byte: u8, fold: bool) -> f32 {
    match byte {
        b'a'..=b'z' if b"etaoinsrlc".contains(&byte) => 3.5,
        b'a'..=b'z' if b"jqxzkvw".contains(&byte) => 6.5,
        b'a'..=b'z' => 4.7,
        b'A'..=b'Z' if fold => 4.0,
        b'A'..=b'Z' => 6.5,
        b'0'..=b'9' => 5.5,
        b' ' => 2.0,
        b'_' | b'-' | b'.' | b'=' | b'"' | b':' | b'/' => 4.5,
        _ => 6.0,
    }
}

/// What a part of a pattern guarantees.
#[derive(Debug, Clone)]
struct Guarantee {
    /// Every text the part matches, where these are few.
    exact: Option<Vec<Literal>>,
    /// Literals of which every match of the part contains one.
    inner: Option<Vec<Literal>>,
}

impl Guarantee {
    const NOTHING: Self = Self {
        exact: None,
        inner: None,
    };

    fn best(self) -> Option<Vec<Literal>> {
        match (self.exact, self.inner) {
            (Some(a), Some(b)) => Some(rarer(a, b)),
            (a, b) => a.or(b),
        }
    }
}

/// The rarest set of literals of which every match of `pattern` contains one; `None` when there is none.
#[must_use]
pub fn required_literals(pattern: &str) -> Option<Vec<Literal>> {
    let hir = parsed(pattern)?;
    let mut set = guarantee(&hir).best()?;
    for literal in &mut set {
        literal.bytes.truncate(LONGEST);
    }
    set.sort();
    set.dedup();
    (!set.is_empty() && set.iter().all(|l| !l.bytes.is_empty())).then_some(set)
}

/// The pattern as it matches bytes.
pub(crate) fn parsed(pattern: &str) -> Option<Hir> {
    let mut builder = regex_syntax::ParserBuilder::new();
    builder.unicode(false).utf8(false).build().parse(pattern).ok()
}

/// Whether every match of a pattern begins with one of `literals`: then the pattern need only be tried where a
/// literal stands.
pub(crate) fn lead(hir: &Hir, literals: &[Literal]) -> bool {
    let Some(openings) = openings(hir) else {
        return false;
    };
    openings
        .iter()
        .all(|opening| literals.iter().any(|literal| opening.begins_with(literal)))
}

/// A byte that every match of a pattern contains, that is rare in source text and stands in none of `literals`: a
/// cheap test before the pattern itself is tried.
pub(crate) fn rare_byte(hir: &Hir, literals: &[Literal]) -> Option<u8> {
    const RARE: &[u8] = b"@$~^%#";
    RARE.iter()
        .copied()
        .find(|byte| contains_always(hir, *byte) && !literals.iter().any(|l| l.bytes.contains(byte)))
}

fn contains_always(hir: &Hir, byte: u8) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => false,
        HirKind::Literal(literal) => literal.0.contains(&byte),
        HirKind::Class(Class::Bytes(class)) => class
            .iter()
            .all(|range| range.start() == byte && range.end() == byte),
        HirKind::Class(Class::Unicode(_)) => false,
        HirKind::Capture(capture) => contains_always(&capture.sub, byte),
        HirKind::Concat(parts) => parts.iter().any(|part| contains_always(part, byte)),
        HirKind::Alternation(parts) => parts.iter().all(|part| contains_always(part, byte)),
        HirKind::Repetition(repetition) => repetition.min > 0 && contains_always(&repetition.sub, byte),
    }
}

/// The texts with which every match begins, where these are few.
fn openings(hir: &Hir) -> Option<Vec<Literal>> {
    match hir.kind() {
        HirKind::Capture(capture) => openings(&capture.sub),
        HirKind::Alternation(parts) => {
            let sets = parts.iter().map(openings).collect::<Option<Vec<_>>>()?.concat();
            (sets.len() <= MOST_LITERALS).then_some(sets)
        }
        HirKind::Concat(parts) => {
            let mut run = vec![Literal::new(b"", false)];
            for part in parts {
                match guarantee(part).exact.and_then(|exact| product(&run, &exact)) {
                    Some(joined) => run = joined,
                    None => {
                        let next = openings(part).and_then(|next| product(&run, &next));
                        return Some(next.unwrap_or(run));
                    }
                }
            }
            Some(run)
        }
        HirKind::Repetition(repetition) if repetition.min > 0 => openings(&repetition.sub),
        _ => guarantee(hir).exact,
    }
}

fn guarantee(hir: &Hir) -> Guarantee {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => exactly(vec![Literal::new(b"", false)]),
        HirKind::Literal(literal) => exactly(vec![Literal::new(&literal.0, false)]),
        HirKind::Class(class) => members(class).map_or(Guarantee::NOTHING, exactly),
        HirKind::Capture(capture) => guarantee(&capture.sub),
        HirKind::Concat(parts) => concat(parts),
        HirKind::Alternation(parts) => alternation(parts),
        HirKind::Repetition(repetition) => {
            let sub = guarantee(&repetition.sub);
            if repetition.min == 0 {
                return match (repetition.max, sub.exact) {
                    (Some(1), Some(mut exact)) if exact.len() < MOST_LITERALS => {
                        exact.push(Literal::new(b"", false));
                        exactly(exact)
                    }
                    _ => Guarantee::NOTHING,
                };
            }
            if repetition.max == Some(repetition.min) && repetition.min <= LONGEST as u32 {
                let times: Vec<&Hir> = (0..repetition.min).map(|_| &*repetition.sub).collect();
                return concat_of(times.into_iter());
            }
            Guarantee {
                exact: None,
                inner: sub.best(),
            }
        }
    }
}

const fn exactly(set: Vec<Literal>) -> Guarantee {
    Guarantee {
        exact: Some(set),
        inner: None,
    }
}

fn members(class: &Class) -> Option<Vec<Literal>> {
    let mut bytes = Vec::new();
    match class {
        Class::Bytes(class) => {
            for range in class.iter() {
                bytes.extend(range.start()..=range.end());
            }
        }
        Class::Unicode(class) => {
            for range in class.iter() {
                let (start, end) = (u8::try_from(range.start()).ok()?, u8::try_from(range.end()).ok()?);
                bytes.extend(start..=end);
            }
        }
    }
    if let [upper, lower] = bytes[..]
        && upper.is_ascii_uppercase()
        && upper.to_ascii_lowercase() == lower
    {
        return Some(vec![Literal::new(&[lower], true)]);
    }
    (!bytes.is_empty() && bytes.len() <= MOST_MEMBERS)
        .then(|| bytes.iter().map(|&b| Literal::new(&[b], false)).collect())
}

fn concat(parts: &[Hir]) -> Guarantee {
    concat_of(parts.iter())
}

fn concat_of<'h>(parts: impl Iterator<Item = &'h Hir>) -> Guarantee {
    let mut run = vec![Literal::new(b"", false)];
    let mut inner: Option<Vec<Literal>> = None;
    let mut whole = true;
    for part in parts {
        let Guarantee { exact, inner: deeper } = guarantee(part);
        let joined = exact.as_ref().and_then(|exact| product(&run, exact));
        if let Some(joined) = joined {
            run = joined;
        } else {
            whole = false;
            consider(
                &mut inner,
                std::mem::replace(&mut run, vec![Literal::new(b"", false)]),
            );
            if let Some(exact) = exact {
                run = exact;
            }
        }
        if let Some(deeper) = deeper {
            consider(&mut inner, deeper);
        }
    }
    if whole {
        return Guarantee {
            exact: Some(run),
            inner,
        };
    }
    consider(&mut inner, run);
    Guarantee { exact: None, inner }
}

fn product(left: &[Literal], right: &[Literal]) -> Option<Vec<Literal>> {
    if left.len() * right.len() > MOST_LITERALS {
        return None;
    }
    let longest = left.iter().map(|l| l.bytes.len()).max()? + right.iter().map(|l| l.bytes.len()).max()?;
    if longest > LONGEST * 2 {
        return None;
    }
    Some(
        left.iter()
            .flat_map(|l| right.iter().map(move |r| l.join(r)))
            .collect(),
    )
}

fn alternation(parts: &[Hir]) -> Guarantee {
    let all: Vec<Guarantee> = parts.iter().map(guarantee).collect();
    let exact: Option<Vec<Literal>> = all
        .iter()
        .map(|g| g.exact.clone())
        .collect::<Option<Vec<_>>>()
        .map(|sets| sets.concat());
    if let Some(exact) = exact
        && exact.len() <= MOST_LITERALS
    {
        return exactly(exact);
    }
    let inner: Option<Vec<Literal>> = all
        .into_iter()
        .map(Guarantee::best)
        .collect::<Option<Vec<_>>>()
        .map(|sets| sets.concat());
    Guarantee {
        exact: None,
        inner: inner.filter(|set| set.len() <= MOST_LITERALS * 2),
    }
}

fn consider(best: &mut Option<Vec<Literal>>, set: Vec<Literal>) {
    if set.iter().any(|l| l.bytes.is_empty()) {
        return;
    }
    *best = Some(match best.take() {
        Some(old) => rarer(old, set),
        None => set,
    });
}

fn rarer(a: Vec<Literal>, b: Vec<Literal>) -> Vec<Literal> {
    if score(&b) > score(&a) { b } else { a }
}

fn score(set: &[Literal]) -> f32 {
    let rarest = set.iter().map(Literal::rarity).fold(f32::INFINITY, f32::min);
    rarest - (set.len() as f32).log2() * 2.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Facts;

    fn texts(pattern: &str) -> Vec<String> {
        let set = required_literals(pattern).unwrap_or_default();
        set.iter()
            .map(|l| {
                format!(
                    "{}{}",
                    String::from_utf8_lossy(&l.bytes),
                    if l.fold { "/i" } else { "" }
                )
            })
            .collect()
    }

    #[test]
    fn the_rarest_required_literal_is_chosen() {
        assert_eq!(texts(r"\b(?P<secret>ghp_[A-Za-z0-9]{36})\b"), ["ghp_"]);
        assert_eq!(texts(r"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b"), ["AKIA", "ASIA"]);
        assert_eq!(texts(r"(?i)datadog.{0,20}key"), ["datadog/i"]);
        assert_eq!(
            texts(r"[a-z]{8}\.mailgun\.(?:org|net)"),
            [".mailgun.net", ".mailgun.org"]
        );
        assert_eq!(texts(r"xox[bp]-[0-9]{10}"), ["xoxb-", "xoxp-"]);
        assert_eq!(
            texts(r"(?:sk|rk)_(?:live|prod)_[a-z]{10}"),
            ["rk_live_", "rk_prod_", "sk_live_", "sk_prod_"]
        );
    }

    #[test]
    fn a_pattern_knows_whether_its_literals_lead() {
        for (pattern, leads) in [
            (r"\b(?P<secret>ghp_[A-Za-z0-9]{36})\b", true),
            (r"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b", true),
            (r"(?i:datadog)[a-z_]{0,9}=([a-f0-9]{32})", true),
            (r"(?i)\b(?:datadog|dd_api)[a-z_]{0,9}=([a-f0-9]{32})", true),
            (r"[a-f0-9]{32}-us[0-9]{1,2}", false),
            (r"(?:^|[^a-z])ghp_[A-Za-z0-9]{36}", false),
            (r"(?:gh)?pat_x[0-9]{9}", true),
        ] {
            let literals = required_literals(pattern).unwrap();
            assert_eq!(Facts::of(pattern, &literals).leads, leads, "{pattern}");
        }
    }

    #[test]
    fn a_rare_byte_is_one_that_every_match_contains() {
        let of = |pattern: &str| Facts::of(pattern, &required_literals(pattern).unwrap_or_default()).rare;
        assert_eq!(of(r"://[^:/@]{1,20}:([^@]{3,30})@[a-z]"), Some(b'@'));
        assert_eq!(of(r"://[^:/@]{1,20}:([^@]{3,30})(?:@|%40)[a-z]"), None);
        assert_eq!(of(r"ghp_[a-z]{36}"), None);
    }

    #[test]
    fn an_optional_part_is_not_required() {
        assert_eq!(texts(r"(?:abc)?[0-9]{5}x?"), Vec::<String>::new());
        assert_eq!(texts(r"abcd(?:ef)?ghi"), ["abcdefghi", "abcdghi"]);
        assert_eq!(texts(r"(?:abcdef)*[0-9]+"), Vec::<String>::new());
    }

    #[test]
    fn every_alternative_must_have_a_literal() {
        assert_eq!(texts(r"(?:abcdef[0-9]{9}|[a-z]{9})"), Vec::<String>::new());
        assert_eq!(texts(r"(?:abcdef[0-9]{9}|[0-9]{3}ghijkl)"), ["abcdef", "ghijkl"]);
    }
}
