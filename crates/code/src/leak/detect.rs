//! Finds credentials in one unit of bytes.
//!
//! In: the compiled rule set and bytes. Out: [`Hit`]s that do not overlap, in order. The literal pass says where to
//! look; format rules look there first; what they leave is judged by the classifier of generic credentials.

use crate::leak::generic::{self, Classifier, FileContext, Kind};
use crate::leak::rules::Rule;
use crate::leak::scanner::Scanner;
use bartizan_content::LeakMatcher;
use bartizan_content::literals::Literal;
use bartizan_model::Confidence;
use bartizan_source::FileMeta;
use std::collections::HashMap;
use std::ops::Range;

/// Most hits kept from one unit; a file with more is a dump, and the first ones tell so.
pub(crate) const MOST_HITS: usize = 5_000;
/// Bytes at the start of a file that rules without literals look at.
const HEAD: usize = 64 * 1024;
/// Bytes looked at to tell whether a file is binary.
const BINARY_PROBE: usize = 4 * 1024;

/// The rules with the scanner for all their literals.
#[derive(Debug)]
pub(crate) struct Detector {
    pub(crate) rules: Vec<Rule>,
    scanner: Scanner,
    /// For each literal the rules that want it, as a range of `wanted`.
    wants: Vec<Range<u32>>,
    wanted: Vec<u16>,
    /// Length of the keyword of the classifier that a literal is; 0 is none.
    keywords: Vec<u8>,
    /// Rules without literals, which look at the start of the files their paths name.
    by_path: Vec<usize>,
    pub(crate) classifier: Option<Classifier>,
}

/// Who found a credential.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum By {
    /// The format rule at this position.
    Rule(usize),
    /// The classifier.
    Generic { kind: Kind, score: f32, sure: bool },
}

/// One credential.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Hit {
    pub(crate) by: By,
    /// Length of the whole match: a longer one says more of the context.
    pub(crate) context: usize,
    pub(crate) secret: Range<usize>,
    pub(crate) proof: Option<String>,
    /// Whether the proof speaks against it.
    pub(crate) doubtful: bool,
}

/// What was found in one unit.
#[derive(Debug, Default)]
pub(crate) struct Hits {
    pub(crate) hits: Vec<Hit>,
    /// There were more than [`MOST_HITS`].
    pub(crate) cut: bool,
}

impl Detector {
    /// Compiles the scanner for the rules; with a classifier also for its keywords.
    pub(crate) fn new(matchers: Vec<LeakMatcher>, classifier: Option<Classifier>) -> Self {
        let mut literals: Vec<Literal> = Vec::new();
        let mut users: Vec<Vec<u16>> = Vec::new();
        let mut known: HashMap<Literal, usize> = HashMap::new();
        let mut number = |literal: &Literal, users: &mut Vec<Vec<u16>>| {
            *known.entry(literal.clone()).or_insert_with(|| {
                literals.push(literal.clone());
                users.push(Vec::new());
                literals.len() - 1
            })
        };
        for (rule, matcher) in matchers.iter().enumerate() {
            for literal in &matcher.literals {
                let at = number(literal, &mut users);
                if let (Some(users), Ok(rule)) = (users.get_mut(at), u16::try_from(rule)) {
                    users.push(rule);
                }
            }
        }
        let mut keyword_at = Vec::new();
        if classifier.is_some() {
            for keyword in generic::KEYWORDS {
                for literal in keyword_literals(keyword) {
                    keyword_at.push((number(&literal, &mut users), keyword.len()));
                }
            }
        }
        let mut keywords = vec![0; literals.len()];
        for (at, length) in keyword_at {
            if let Some(slot) = keywords.get_mut(at) {
                *slot = u8::try_from(length).unwrap_or(u8::MAX);
            }
        }
        let mut wants = Vec::with_capacity(users.len());
        let mut wanted: Vec<u16> = Vec::new();
        for users in users {
            let start = wanted.len() as u32;
            wanted.extend(users);
            wants.push(start..wanted.len() as u32);
        }
        let without_literals =
            |(at, matcher): (usize, &LeakMatcher)| matcher.literals.is_empty().then_some(at);
        let by_path = matchers.iter().enumerate().filter_map(without_literals).collect();
        let scanner = Scanner::new(&literals);
        let rules = matchers.into_iter().map(Rule::new).collect();
        Self {
            rules,
            scanner,
            wants,
            wanted,
            keywords,
            by_path,
            classifier,
        }
    }

    /// Every credential in `bytes`. Matches that end within the first `overlap` bytes belong to the window before.
    pub(crate) fn detect(&self, meta: &FileMeta, bytes: &[u8], overlap: usize) -> Hits {
        let mut state = State::new(self, meta, bytes);
        self.scanner
            .scan(bytes, |literal, at| state.literal_hit(literal, at));
        state.try_rules_by_path();
        state.judge_keywords();
        let mut hits = state.hits;
        hits.retain(|hit| overlap == 0 || hit.secret.end > overlap);
        Hits {
            hits: without_overlaps(hits, &self.rules),
            cut: state.cut,
        }
    }
}

/// The literals a keyword is looked for by: itself, or with what may follow it in a name or an assignment where it is
/// shorter than the scanner's shortest.
fn keyword_literals(keyword: &str) -> Vec<Literal> {
    const FOLLOWS: &[u8] = b"d_-.0123456789=:\"'` \t)]>,";
    if keyword.len() >= 3 {
        return vec![Literal::new(keyword.as_bytes(), true)];
    }
    FOLLOWS
        .iter()
        .map(|byte| Literal::new(&[keyword.as_bytes(), &[*byte]].concat(), true))
        .collect()
}

/// What is known while one unit is scanned.
struct State<'a> {
    detector: &'a Detector,
    meta: &'a FileMeta,
    bytes: &'a [u8],
    binary: bool,
    hits: Vec<Hit>,
    keyword_hits: Vec<(usize, u8)>,
    /// For each rule the place of its state in `seen` plus one; 0 is none yet.
    places: Vec<u16>,
    /// How far the rules that were asked have looked.
    seen: Vec<Seen>,
    cut: bool,
}

/// How far a rule has looked in this unit.
#[derive(Debug, Clone, Copy)]
enum Seen {
    /// It does not apply to this file.
    Never,
    /// Everything before this offset is done.
    Until(usize),
}

impl<'a> State<'a> {
    fn new(detector: &'a Detector, meta: &'a FileMeta, bytes: &'a [u8]) -> Self {
        let probe = bytes.get(..BINARY_PROBE).unwrap_or(bytes);
        Self {
            detector,
            meta,
            bytes,
            binary: memchr::memchr(0, probe).is_some(),
            hits: Vec::new(),
            keyword_hits: Vec::new(),
            places: vec![0; detector.rules.len()],
            seen: Vec::new(),
            cut: false,
        }
    }

    fn literal_hit(&mut self, literal: usize, at: usize) {
        let detector = self.detector;
        if let Some(&length) = detector.keywords.get(literal)
            && length > 0
            && !self.binary
        {
            self.keyword_hits.push((at, length));
        }
        let Some(wants) = detector.wants.get(literal) else {
            return;
        };
        for &number in detector
            .wanted
            .get(wants.start as usize..wants.end as usize)
            .unwrap_or_default()
        {
            self.try_rule(number, at);
        }
    }

    fn try_rule(&mut self, number: u16, at: usize) {
        let Some(rule) = self.detector.rules.get(usize::from(number)) else {
            return;
        };
        let place = self.place_of(number, rule);
        let Some(seen) = self.seen.get_mut(place) else {
            return;
        };
        match *seen {
            Seen::Never => return,
            Seen::Until(end) if at < end => return,
            Seen::Until(_) => {}
        }
        match rule.find(self.bytes, at) {
            Ok(found) => {
                *seen = Seen::Until(found.span.end);
                if self.hits.len() < MOST_HITS {
                    let by = By::Rule(usize::from(number));
                    self.hits.push(Hit {
                        by,
                        context: found.span.len(),
                        secret: found.secret,
                        proof: found.proof,
                        doubtful: found.doubtful,
                    });
                } else {
                    self.cut = true;
                }
            }
            Err(Some(end)) => *seen = Seen::Until(end.max(at + 1)),
            Err(None) => {}
        }
    }

    /// Where in `seen` the state of a rule is; one that was not asked before gets its place.
    fn place_of(&mut self, number: u16, rule: &Rule) -> usize {
        let Some(place) = self.places.get_mut(usize::from(number)) else {
            return usize::MAX;
        };
        if *place == 0 {
            // In binary files only formats that prove themselves are worth a look.
            let proven = !self.binary || rule.matcher.confidence == Confidence::High;
            let asked = proven && rule.applies_to(&self.meta.path);
            self.seen.push(if asked { Seen::Until(0) } else { Seen::Never });
            *place = u16::try_from(self.seen.len()).unwrap_or(u16::MAX);
        }
        usize::from(*place) - 1
    }

    fn try_rules_by_path(&mut self) {
        let head = self.bytes.get(..HEAD).unwrap_or(self.bytes);
        for &number in &self.detector.by_path {
            let Some(rule) = self.detector.rules.get(number) else {
                continue;
            };
            if let Some(found) = rule
                .applies_to(&self.meta.path)
                .then(|| rule.find_first(head))
                .flatten()
            {
                self.hits.push(Hit {
                    by: By::Rule(number),
                    context: found.span.len(),
                    secret: found.secret,
                    proof: found.proof,
                    doubtful: found.doubtful,
                });
            }
        }
    }

    fn judge_keywords(&mut self) {
        let Some(classifier) = &self.detector.classifier else {
            return;
        };
        if self.keyword_hits.is_empty() {
            return;
        }
        let file = FileContext::new(self.meta);
        for (at, length) in std::mem::take(&mut self.keyword_hits) {
            let Some(found) = generic::judge_in(classifier, &file, self.bytes, at, usize::from(length))
            else {
                continue;
            };
            if self.hits.len() >= MOST_HITS {
                self.cut = true;
                return;
            }
            let by = By::Generic {
                kind: found.kind,
                score: found.score,
                sure: found.sure,
            };
            self.hits.push(Hit {
                by,
                context: 0,
                secret: found.value,
                proof: None,
                doubtful: false,
            });
        }
    }
}

/// Keeps the best of hits whose secrets overlap: format rules before the classifier, surer before less sure, more severe
/// before less, the longer secret, the longer match, the earlier rule id.
fn without_overlaps(mut hits: Vec<Hit>, rules: &[Rule]) -> Vec<Hit> {
    let rank = |hit: &Hit| match &hit.by {
        By::Rule(number) => {
            let matcher = rules.get(*number).map(|rule| &rule.matcher);
            (
                1,
                matcher.map_or(0, |m| m.confidence as u8),
                matcher.map_or(0, |m| m.severity as u8),
                0,
            )
        }
        By::Generic { score, sure, .. } => (0, u8::from(*sure), 0, (score * 1000.0) as u32),
    };
    hits.sort_by(|a, b| {
        rank(b)
            .cmp(&rank(a))
            .then_with(|| (b.secret.len(), b.context).cmp(&(a.secret.len(), a.context)))
            .then_with(|| {
                let number = |hit: &Hit| {
                    if let By::Rule(number) = hit.by {
                        number
                    } else {
                        usize::MAX
                    }
                };
                (number(a), a.secret.start).cmp(&(number(b), b.secret.start))
            })
    });
    let mut taken: std::collections::BTreeMap<usize, usize> = std::collections::BTreeMap::new();
    let mut kept = Vec::with_capacity(hits.len());
    for hit in hits {
        let before = taken
            .range(..hit.secret.end)
            .next_back()
            .is_some_and(|(_, end)| *end > hit.secret.start);
        if !before {
            taken.insert(hit.secret.start, hit.secret.end);
            kept.push(hit);
        }
    }
    kept.sort_by_key(|hit| hit.secret.start);
    kept
}
