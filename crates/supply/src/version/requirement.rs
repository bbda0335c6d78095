//! Whether what a package asks of another admits a version.
//!
//! In: a range as lock files of an ecosystem write it, and a version. Out: yes, no, or none where that cannot be told: a pre-release
//! (package managers differ in when they take one), a tag, an address, a form that is not known.
//!
//! - npm: <https://github.com/npm/node-semver#ranges>
//! - RubyGems: <https://guides.rubygems.org/patterns/#declaring-dependencies>
//! - Packagist: <https://getcomposer.org/doc/articles/versions.md>
//! - PyPI: <https://packaging.python.org/en/latest/specifications/version-specifiers/>, and `^` and `~` of
//!   <https://python-poetry.org/docs/dependency-specification/>
//! - Hex: <https://hexdocs.pm/elixir/Version.html#module-requirements>

use super::Scheme;
use std::cmp::Ordering;

/// How an ecosystem writes ranges.
struct Grammar {
    scheme: Scheme,
    /// What stands between alternatives.
    or: &'static [&'static str],
    /// What stands between conditions that hold together; blanks do where there is none.
    and: Option<&'static str>,
    /// What a version alone, with fewer than three numbers, means.
    bare: Bare,
    /// Operators, longer ones first.
    operators: &'static [(&'static str, Operator)],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Bare {
    /// Every version that begins with it.
    Prefix,
    /// Itself.
    Exact,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equal,
    Differs,
    Below,
    UpTo,
    Above,
    From,
    /// Up to where the first number that is not zero rises.
    Caret,
    /// Up to where the number before the last rises.
    Pessimistic,
    /// Up to where the second number rises, or the first where it stands alone.
    Tilde,
}

use Operator::{Above, Below, Caret, Differs, Equal, From, Pessimistic, Tilde, UpTo};

const COMMON: [(&str, Operator); 6] = [
    (">=", From),
    ("<=", UpTo),
    ("!=", Differs),
    ("=", Equal),
    (">", Above),
    ("<", Below),
];

fn grammar(ecosystem: &str) -> Option<Grammar> {
    Some(match ecosystem {
        "npm" => Grammar {
            scheme: Scheme::SemVer,
            or: &["||"],
            and: None,
            bare: Bare::Prefix,
            operators: &[("^", Caret), ("~>", Tilde), ("~", Tilde)],
        },
        "RubyGems" => Grammar {
            scheme: Scheme::RubyGems,
            or: &[],
            and: Some(","),
            bare: Bare::Exact,
            operators: &[("~>", Pessimistic)],
        },
        "Packagist" => Grammar {
            scheme: Scheme::Packagist,
            or: &["||", "|"],
            and: Some(","),
            bare: Bare::Exact,
            operators: &[("^", Caret), ("~", Pessimistic), ("<>", Differs), ("==", Equal)],
        },
        "PyPI" => Grammar {
            scheme: Scheme::PyPi,
            or: &["||"],
            and: Some(","),
            bare: Bare::Exact,
            operators: &[
                ("~=", Pessimistic),
                ("^", Caret),
                ("~", Tilde),
                ("===", Equal),
                ("==", Equal),
            ],
        },
        "Hex" => Grammar {
            scheme: Scheme::SemVer,
            or: &[" or "],
            and: Some(" and "),
            bare: Bare::Exact,
            operators: &[("~>", Pessimistic), ("==", Equal)],
        },
        _ => return None,
    })
}

/// Whether a range admits a version; none where that cannot be told.
pub(crate) fn admits(ecosystem: &str, range: &str, version: &str) -> Option<bool> {
    let grammar = grammar(ecosystem)?;
    let version = version.trim().trim_start_matches('v');
    if !is_release(version) {
        return None;
    }
    let mut alternatives = vec![range];
    for or in grammar.or {
        alternatives = alternatives.into_iter().flat_map(|one| one.split(or)).collect();
    }
    let mut admitted = false;
    for one in alternatives {
        admitted |= grammar.alternative(one.trim(), version)?;
    }
    Some(admitted)
}

/// Whether a version is numbers with dots between, and perhaps a build after `+`.
fn is_release(version: &str) -> bool {
    let numbers = version.split('+').next().unwrap_or_default();
    numbers.split('.').all(|number| {
        !number.is_empty() && number.len() < 10 && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

impl Grammar {
    fn alternative(&self, text: &str, version: &str) -> Option<bool> {
        if let Some((from, to)) = text.split_once(" - ") {
            let from = self.condition(Some(From), from, version)?;
            let to = Bound::read(to)?;
            let below = match to.numbers.len() {
                // Up to `1.2` is up to every version that begins so.
                1 | 2 => self.is(version, Below, &to.raised(to.numbers.len() - 1)?),
                _ => self.is(version, UpTo, to.text),
            };
            return Some(from && below);
        }
        let mut admitted = true;
        for condition in self.conditions(text) {
            let (operator, bound) = self.operator(condition);
            admitted &= self.condition(operator, bound, version)?;
        }
        Some(admitted)
    }

    /// The conditions of an alternative. Blanks may stand between an operator and its version.
    fn conditions<'t>(&self, text: &'t str) -> Vec<&'t str> {
        let mut conditions = Vec::new();
        for part in self
            .and
            .map_or_else(|| vec![text], |and| text.split(and).collect())
        {
            let mut start = 0;
            let mut has_version = false;
            for (at, letter) in part.char_indices() {
                if letter.is_ascii_whitespace() {
                    if has_version {
                        conditions.extend(part.get(start..at));
                        (start, has_version) = (at, false);
                    }
                } else {
                    has_version |= letter.is_alphanumeric() || letter == '*';
                }
            }
            conditions.extend(part.get(start..).filter(|rest| !rest.trim().is_empty()));
        }
        conditions
    }

    fn operator<'t>(&self, condition: &'t str) -> (Option<Operator>, &'t str) {
        let condition = condition.trim();
        self.operators
            .iter()
            .chain(&COMMON)
            .find_map(|(sign, operator)| Some((Some(*operator), condition.strip_prefix(sign)?)))
            .unwrap_or((None, condition))
    }

    fn condition(&self, operator: Option<Operator>, bound: &str, version: &str) -> Option<bool> {
        let bound = Bound::read(bound)?;
        if bound.numbers.is_empty() {
            return matches!(operator, None | Some(Equal | From | UpTo | Caret | Tilde)).then_some(true);
        }
        let last = bound.numbers.len() - 1;
        let partial = bound.open || self.bare == Bare::Prefix && last < 2;
        let from = |to: usize| {
            Some(self.is(version, From, bound.text) && self.is(version, Below, &bound.raised(to)?))
        };
        match operator {
            None | Some(Equal) if partial => from(last),
            Some(Differs) if partial => from(last).map(|within| !within),
            None => Some(self.is(version, Equal, bound.text)),
            Some(UpTo) if partial => Some(self.is(version, Below, &bound.raised(last)?)),
            Some(Above) if partial => Some(self.is(version, From, &bound.raised(last)?)),
            Some(Caret) => from(bound.numbers.iter().position(|one| *one > 0).unwrap_or(last)),
            Some(Pessimistic) => from(last.saturating_sub(1)),
            Some(Tilde) => from(last.min(1)),
            Some(operator) => Some(self.is(version, operator, bound.text)),
        }
    }

    fn is(&self, version: &str, operator: Operator, bound: &str) -> bool {
        let order = if self.scheme == Scheme::Packagist {
            self.scheme.compare(&four_numbers(version), &four_numbers(bound))
        } else {
            self.scheme.compare(version, bound)
        };
        match operator {
            Equal => order == Ordering::Equal,
            Differs => order != Ordering::Equal,
            Below => order == Ordering::Less,
            UpTo => order != Ordering::Greater,
            Above => order == Ordering::Greater,
            From | Caret | Pessimistic | Tilde => order != Ordering::Less,
        }
    }
}

/// A version as Composer compares it: with four numbers.
fn four_numbers(version: &str) -> String {
    let missing = 4_usize.saturating_sub(version.split('.').count());
    let missing = if is_release(version) { missing } else { 0 };
    format!("{version}{}", ".0".repeat(missing))
}

/// The version of a condition.
struct Bound<'t> {
    text: &'t str,
    /// Its numbers, before a pre-release.
    numbers: Vec<u64>,
    /// Whether `*` or `x` stands for the numbers that are not there.
    open: bool,
}

impl<'t> Bound<'t> {
    /// None where it is no version: a tag, an address, a name of a branch.
    fn read(text: &'t str) -> Option<Self> {
        // Composer writes the least stability behind a version.
        let text = text
            .trim()
            .split('@')
            .next()
            .unwrap_or_default()
            .trim_start_matches('v');
        let known = |letter: char| {
            letter.is_ascii_alphanumeric() || matches!(letter, '.' | '*' | '-' | '+' | '_' | '!')
        };
        if text.is_empty() || !text.chars().all(known) {
            return None;
        }
        let (mut numbers, mut open, mut end) = (Vec::new(), false, 0);
        for part in text.split('.') {
            if matches!(part, "*" | "x" | "X") {
                open = true;
                break;
            }
            let digits = part.bytes().take_while(u8::is_ascii_digit).count();
            let Some(number) = part.get(..digits).and_then(|digits| digits.parse().ok()) else {
                break;
            };
            numbers.push(number);
            end += part.len() + 1;
            if digits < part.len() {
                break;
            }
        }
        if numbers.is_empty() && !open {
            return None;
        }
        let text = if open {
            text.get(..end.saturating_sub(1))?
        } else {
            text
        };
        Some(Self { text, numbers, open })
    }

    /// The least version in which the number at a place is greater.
    fn raised(&self, at: usize) -> Option<String> {
        let mut numbers: Vec<u64> = self.numbers.get(..=at)?.to_vec();
        let last = numbers.last_mut()?;
        *last = last.checked_add(1)?;
        let numbers: Vec<String> = numbers.iter().map(u64::to_string).collect();
        Some(numbers.join("."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the package managers answer: node-semver 7, `Gem::Requirement`, composer/semver 3, packaging and Elixir's `Version`.
    const ANSWERS: &[(&str, &str, &[&str], &[&str])] = &[
        ("npm", "^1.2.3", &["1.2.3", "1.9.0"], &["1.2.2", "2.0.0"]),
        ("npm", "^0.2.3", &["0.2.3", "0.2.9"], &["0.3.0", "1.0.0"]),
        ("npm", "^0.0.3", &["0.0.3"], &["0.0.4"]),
        ("npm", "^0.0", &["0.0.9"], &["0.1.0"]),
        ("npm", "^0", &["0.9.0"], &["1.0.0"]),
        ("npm", "~1.2", &["1.2.9"], &["1.3.0", "1.1.9"]),
        ("npm", "~1", &["1.9.0"], &["2.0.0"]),
        (
            "npm",
            ">= 1.2 < 3 || 4.x",
            &["1.2.0", "2.9.9", "4.1.0"],
            &["3.0.0", "5.0.0"],
        ),
        ("npm", "1.2 - 2.3", &["1.2.0", "2.3.9"], &["2.4.0"]),
        ("npm", "1.2.3 - 2.3.4", &["2.3.4"], &["2.3.5"]),
        ("npm", ">1.2", &["1.3.0"], &["1.2.5"]),
        ("npm", "<=1.2", &["1.2.5"], &["1.3.0"]),
        ("npm", "*", &["0.0.1"], &[]),
        ("npm", "0.0.8", &["0.0.8"], &["0.0.9"]),
        ("RubyGems", "~> 1.2", &["1.2.0", "1.9"], &["2.0", "1.1"]),
        ("RubyGems", "~> 1.2.3", &["1.2.9"], &["1.3.0"]),
        (
            "RubyGems",
            ">= 1.0, < 3, != 2.1",
            &["1.0", "2.9"],
            &["2.1.0", "3"],
        ),
        ("Packagist", "~1.2", &["1.9.0"], &["2.0.0"]),
        ("Packagist", "~1.2.3", &["1.2.9"], &["1.3.0"]),
        ("Packagist", "^1.0|^2.0", &["1.5.0", "2.5.0"], &["3.0.0"]),
        (
            "Packagist",
            ">=1.0 <1.1 || 1.3.*@dev",
            &["1.0.5", "1.3.9"],
            &["1.1.0", "1.4.0"],
        ),
        ("Packagist", "1.0", &["1.0.0"], &["1.0.1"]),
        ("PyPI", ">=1.21.1,<3", &["1.26.18", "2.0"], &["3.0", "1.21.0"]),
        ("PyPI", "~=1.4.2", &["1.4.9"], &["1.5.0"]),
        ("PyPI", "==1.4.*", &["1.4", "1.4.9"], &["1.5"]),
        ("PyPI", "!=1.4.*,>=1", &["1.5"], &["1.4.1"]),
        (
            "Hex",
            "~> 1.0 or ~> 2.1.3",
            &["1.9.0", "2.1.9"],
            &["2.2.0", "2.1.2"],
        ),
        ("Hex", ">= 1.0.0 and < 1.5.0", &["1.4.9"], &["1.5.0"]),
    ];

    #[test]
    fn ranges_admit_what_the_package_managers_say() {
        for (ecosystem, range, within, without) in ANSWERS {
            for version in *within {
                assert_eq!(
                    admits(ecosystem, range, version),
                    Some(true),
                    "{ecosystem} {range} {version}"
                );
            }
            for version in *without {
                assert_eq!(
                    admits(ecosystem, range, version),
                    Some(false),
                    "{ecosystem} {range} {version}"
                );
            }
        }
    }

    #[test]
    fn what_cannot_be_told_is_not_told() {
        for (ecosystem, range, version) in [
            ("npm", "latest", "1.0.0"),
            ("npm", "git+https://github.com/a/b.git", "1.0.0"),
            ("npm", "workspace:*", "1.0.0"),
            ("npm", "^1.0.0", "1.1.0-rc.1"),
            ("npm", "", "1.0.0"),
            ("Packagist", "dev-main", "1.0.0"),
            ("PyPI", ">=1.0; python_version < \"3\"", "1.0"),
            ("Maven", "[1,2)", "1.5"),
        ] {
            let told = admits(ecosystem, range, version);
            assert!(
                told.is_none() || range.is_empty(),
                "{ecosystem} {range}: {told:?}"
            );
        }
    }

    #[test]
    fn no_text_makes_it_panic() {
        for range in [
            "^",
            "~>",
            ">=",
            "||",
            "1.",
            ".1",
            "^*",
            "é",
            "99999999999999999999",
            "18446744073709551615",
            "1 - ",
            " - 2",
        ] {
            for ecosystem in ["npm", "RubyGems", "Packagist", "PyPI", "Hex"] {
                admits(ecosystem, range, "1.0.0");
                admits(ecosystem, &format!("^{range}"), "1.0.0");
            }
        }
    }
}
