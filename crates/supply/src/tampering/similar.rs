//! Names that are nearly widely used ones.
//!
//! In: a name in its ecosystem's normal form. Out: the widely used name that it could be taken for, and how they are alike.
//! Distance is that of Damerau and Levenshtein, at most one: a letter more or less, two swapped, or one for another that lies
//! near it on the keyboard, or one vowel for another.

use bartizan_content::packages::popular_names;
use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

/// How many of the most used names are worth imitating; the rest of a list only says which names are well known.
const IMITATED: usize = 3000;
/// Shortest name that is compared, in letters without separators: every short word is one slip from another.
const SHORTEST: usize = 5;

/// How a name is like another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Similarity {
    /// Letters are exchanged for ones that look alike.
    LooksTheSame,
    /// Only separators differ.
    Separators,
    /// One slip of the finger.
    Slip,
}

/// The widely used names of an ecosystem.
pub(crate) struct Names {
    known: HashSet<&'static str>,
    scopes: HashSet<&'static str>,
    /// Names worth imitating, by length.
    by_length: HashMap<usize, Vec<&'static str>>,
    /// The same without separators.
    squeezed: HashMap<String, &'static str>,
    /// The same as they look.
    looks: HashMap<String, &'static str>,
}

impl Names {
    /// The names of an ecosystem; none where there is no list.
    pub(crate) fn of(kind: &str) -> Option<&'static Self> {
        static NPM: OnceLock<Names> = OnceLock::new();
        static PYPI: OnceLock<Names> = OnceLock::new();
        static GEM: OnceLock<Names> = OnceLock::new();
        static GOLANG: OnceLock<Names> = OnceLock::new();
        match kind {
            "npm" => Some(NPM.get_or_init(|| Self::read("npm"))),
            "pypi" => Some(PYPI.get_or_init(|| Self::read("pypi"))),
            "gem" => Some(GEM.get_or_init(|| Self::read("gem"))),
            "golang" => Some(GOLANG.get_or_init(|| Self::read("golang"))),
            _ => None,
        }
    }

    fn read(kind: &str) -> Self {
        let known: HashSet<&'static str> = popular_names(kind).collect();
        let scopes = known.iter().filter_map(|name| scope(name)).collect();
        let mut names = Self {
            known,
            scopes,
            by_length: HashMap::new(),
            squeezed: HashMap::new(),
            looks: HashMap::new(),
        };
        for name in popular_names(kind)
            .take(IMITATED)
            .filter(|name| squeezed(name).len() >= SHORTEST)
        {
            names.by_length.entry(name.len()).or_default().push(name);
            names.squeezed.entry(squeezed(name)).or_insert(name);
            names.looks.entry(look(name)).or_insert(name);
        }
        names
    }

    /// The name that this one could be taken for.
    pub(crate) fn nearest(&self, name: &str) -> Option<(&'static str, Similarity)> {
        let name = without_major(name);
        let known_scope = scope(name).is_some_and(|scope| self.scopes.contains(scope));
        if self.known.contains(name) || known_scope || squeezed(name).chars().count() < SHORTEST {
            return None;
        }
        let found = self
            .looks
            .get(&look(name))
            .filter(|known| known.chars().ne(name.chars()));
        if let Some(known) = found.filter(|known| squeezed(known) != squeezed(name)) {
            return Some((known, Similarity::LooksTheSame));
        }
        if let Some(known) = self.squeezed.get(&squeezed(name)) {
            return Some((known, Similarity::Separators));
        }
        let lengths = name.len().saturating_sub(1)..=name.len() + 1;
        let near = lengths.filter_map(|length| self.by_length.get(&length)).flatten();
        let mut near = near.filter(|known| is_slip(name, known));
        near.next().map(|known| (*known, Similarity::Slip))
    }
}

/// Who alone publishes below a name: an npm scope, the owner of repositories at a host of them, another host of Go modules.
fn scope(name: &str) -> Option<&str> {
    const HOSTS: [&str; 5] = [
        "github.com",
        "gitlab.com",
        "bitbucket.org",
        "codeberg.org",
        "gopkg.in",
    ];
    let (first, rest) = name.split_once('/')?;
    if HOSTS.contains(&first) {
        let (owner, _) = rest.split_once('/')?;
        return name.get(..first.len() + 1 + owner.len());
    }
    (first.starts_with('@') || first.contains('.')).then_some(first)
}

/// A path of a Go module without its major version (<https://go.dev/ref/mod#major-version-suffixes>); other names as they are.
fn without_major(name: &str) -> &str {
    let is_version = |last: &str| {
        let digits = last.strip_prefix('v').unwrap_or_default();
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    match name.rsplit_once('/') {
        Some((path, last)) if path.contains('.') && is_version(last) => path,
        _ => name,
    }
}

/// A name without what separates its words.
fn squeezed(name: &str) -> String {
    name.chars()
        .filter(|letter| !matches!(letter, '-' | '_' | '.' | '@' | '/'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// A name as it looks: of letters that are taken for one another, one stands for all
/// (<https://www.unicode.org/reports/tr39/#Confusable_Detection>, those that registries allow or once allowed).
fn look(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for letter in name.chars().flat_map(char::to_lowercase) {
        out.push(match letter {
            '0' | 'о' | 'ο' => 'o',
            '1' | 'i' | 'і' | 'ı' | '|' => 'l',
            '5' | 'ѕ' => 's',
            'а' | 'α' => 'a',
            'е' | 'ε' => 'e',
            'р' | 'ρ' => 'p',
            'с' => 'c',
            'у' => 'y',
            'х' => 'x',
            other => other,
        });
    }
    out.replace("rn", "m").replace("vv", "w")
}

/// Whether one letter more, less, other, or two that are swapped make one name of the other. A digit alone tells versions
/// apart, not slips.
fn is_slip(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let (short, long) = if a.len() <= b.len() { (&a, &b) } else { (&b, &a) };
    let head = short.iter().zip(long.iter()).take_while(|(x, y)| x == y).count();
    let left = (short.len() - head).min(long.len() - head);
    let tail = short
        .iter()
        .rev()
        .zip(long.iter().rev())
        .take(left)
        .take_while(|(x, y)| x == y)
        .count();
    let rest = |letters: &[char]| {
        letters
            .get(head..letters.len() - tail)
            .unwrap_or_default()
            .to_vec()
    };
    let (short, long) = (rest(short), rest(long));
    let digit = |letter: &char| letter.is_ascii_digit();
    match (short.as_slice(), long.as_slice()) {
        ([], [one]) => !digit(one),
        ([x], [y]) => are_neighbours(*x, *y),
        ([x1, x2], [y1, y2]) => x1 == y2 && x2 == y1,
        _ => false,
    }
}

/// Whether a finger may hit one letter for the other: neighbours on the keyboard, and vowels. Names
/// that differ in other letters (`bcrypt` and `scrypt`) are different words.
fn are_neighbours(a: char, b: char) -> bool {
    const ROWS: [&str; 3] = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];
    const ALIKE: [&str; 3] = ["aeiouy", "sz", "-_."];
    let place = |letter: char| {
        ROWS.iter()
            .enumerate()
            .find_map(|(row, keys)| Some((row, keys.find(letter)?)))
    };
    let near = match (place(a), place(b)) {
        (Some((row, at)), Some((other, place))) => {
            // Each row is shifted by half a key to the right of the one above.
            match other.cmp(&row) {
                std::cmp::Ordering::Equal => at.abs_diff(place) == 1,
                std::cmp::Ordering::Greater if other - row == 1 => place == at || place + 1 == at,
                std::cmp::Ordering::Less if row - other == 1 => at == place || at + 1 == place,
                _ => false,
            }
        }
        _ => false,
    };
    near || ALIKE.iter().any(|set| set.contains(a) && set.contains(b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn well_known_slips_are_found() {
        for (kind, name, known, how) in [
            ("npm", "loadsh", "lodash", Similarity::Slip),
            ("npm", "crossenv", "cross-env", Similarity::Separators),
            ("npm", "expres", "express", Similarity::Slip),
            ("npm", "@bable/core", "@babel/core", Similarity::Slip),
            ("npm", "types-node", "@types/node", Similarity::Separators),
            ("npm", "1odash", "lodash", Similarity::LooksTheSame),
            ("pypi", "reqeusts", "requests", Similarity::Slip),
            ("pypi", "python-dateutils", "python-dateutil", Similarity::Slip),
            ("gem", "nokogirl", "nokogiri", Similarity::LooksTheSame),
            (
                "golang",
                "github.com/strechr/testify",
                "github.com/stretchr/testify",
                Similarity::Slip,
            ),
            (
                "golang",
                "github.com/sirupsem/logrus/v2",
                "github.com/sirupsen/logrus",
                Similarity::Slip,
            ),
        ] {
            assert_eq!(
                Names::of(kind).unwrap().nearest(name),
                Some((known, how)),
                "{name}"
            );
        }
    }

    #[test]
    fn well_known_names_and_names_of_a_well_known_scope_are_themselves() {
        let npm = Names::of("npm").unwrap();
        for name in ["lodash", "preact", "@babel/coer", "vue3", "ajv", "left-pad-acme"] {
            assert_eq!(npm.nearest(name), None, "{name}");
        }
        let golang = Names::of("golang").unwrap();
        for name in [
            "github.com/stretchr/testfy",
            "gopkg.in/yaml.v4",
            "github.com/cespare/xxhash/v9",
            "go.uber.org/zaap",
        ] {
            assert_eq!(golang.nearest(name), None, "{name}");
        }
        assert!(Names::of("cargo").is_none());
    }

    proptest! {
        #[test]
        fn a_slip_is_one_edit_of_damerau_and_levenshtein_in_either_direction(
            a in "[aeio]{1,6}", b in "[aeio]{1,6}",
        ) {
            let edits = distance(&a, &b);
            prop_assert_eq!(is_slip(&a, &b), edits == 1, "{} {}", a, b);
            prop_assert_eq!(is_slip(&a, &b), is_slip(&b, &a));
        }
    }

    /// The distance by its definition, with swaps of neighbours.
    fn distance(a: &str, b: &str) -> usize {
        let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
        let mut d = vec![vec![0; b.len() + 1]; a.len() + 1];
        for i in 0..=a.len() {
            for j in 0..=b.len() {
                d[i][j] = if i == 0 || j == 0 {
                    i + j
                } else {
                    let change = usize::from(a[i - 1] != b[j - 1]);
                    let mut best = (d[i - 1][j] + 1)
                        .min(d[i][j - 1] + 1)
                        .min(d[i - 1][j - 1] + change);
                    if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                        best = best.min(d[i - 2][j - 2] + 1);
                    }
                    best
                };
            }
        }
        d[a.len()][b.len()]
    }
}
