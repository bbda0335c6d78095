//! Whether a declared licence is an SPDX licence expression.
//!
//! In: what a package declares. Out: an identifier or an expression in the spelling of the SPDX licence list, or neither.
//! <https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions/>; the list is `content/licenses/spdx.txt`.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Longest expression that is read, in bytes.
const LONGEST: usize = 4096;
/// Deepest parentheses.
const DEEPEST: usize = 32;

/// A declared licence, by what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Declared {
    /// One identifier of the list.
    Id(&'static str),
    /// An expression of several identifiers, exceptions or references.
    Expression(String),
    /// Anything else.
    Other,
}

struct List {
    licenses: HashMap<String, &'static str>,
    exceptions: HashMap<String, &'static str>,
}

static LIST: LazyLock<List> = LazyLock::new(|| {
    let text = include_str!("../../../content/licenses/spdx.txt");
    let mut list = List {
        licenses: HashMap::new(),
        exceptions: HashMap::new(),
    };
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        match line.strip_prefix("WITH ") {
            Some(id) => list.exceptions.insert(id.to_ascii_lowercase(), id),
            None => list.licenses.insert(line.to_ascii_lowercase(), line),
        };
    }
    list
});

/// Reads a declared licence. Case is mended; what the list does not know makes it [`Declared::Other`].
pub(crate) fn declared(text: &str) -> Declared {
    let text = text.trim();
    if let Some(id) = LIST.licenses.get(&text.to_ascii_lowercase()) {
        return Declared::Id(id);
    }
    if text.len() > LONGEST {
        return Declared::Other;
    }
    let spaced = text.replace('(', " ( ").replace(')', " ) ");
    let mut reader = Reader {
        words: spaced.split_ascii_whitespace().collect(),
        at: 0,
        out: Vec::new(),
    };
    if reader.any_of(0).is_some() && reader.at == reader.words.len() {
        Declared::Expression(reader.out.join(" ").replace("( ", "(").replace(" )", ")"))
    } else {
        Declared::Other
    }
}

struct Reader<'a> {
    words: Vec<&'a str>,
    at: usize,
    out: Vec<String>,
}

impl<'a> Reader<'a> {
    fn take(&mut self, word: &str) -> Option<()> {
        let next = self.words.get(self.at)?;
        if !next.eq_ignore_ascii_case(word) {
            return None;
        }
        self.at += 1;
        self.out.push(word.to_owned());
        Some(())
    }

    fn any_of(&mut self, depth: usize) -> Option<()> {
        self.all_of(depth)?;
        while self.take("OR").is_some() {
            self.all_of(depth)?;
        }
        Some(())
    }

    fn all_of(&mut self, depth: usize) -> Option<()> {
        self.one(depth)?;
        while self.take("AND").is_some() {
            self.one(depth)?;
        }
        Some(())
    }

    fn one(&mut self, depth: usize) -> Option<()> {
        if self.take("(").is_some() {
            if depth >= DEEPEST {
                return None;
            }
            self.any_of(depth + 1)?;
            return self.take(")");
        }
        let word = self.next()?;
        let license = license(word)?;
        self.out.push(license);
        if self.take("WITH").is_some() {
            let exception = LIST.exceptions.get(&self.next()?.to_ascii_lowercase())?;
            self.out.push((*exception).to_owned());
        }
        Some(())
    }

    fn next(&mut self) -> Option<&'a str> {
        let word = self.words.get(self.at).copied()?;
        self.at += 1;
        Some(word)
    }
}

fn license(word: &str) -> Option<String> {
    if let Some(id) = LIST.licenses.get(&word.to_ascii_lowercase()) {
        return Some((*id).to_owned());
    }
    let (base, plus) = word.strip_suffix('+').map_or((word, ""), |base| (base, "+"));
    LIST.licenses
        .get(&base.to_ascii_lowercase())
        .map(|id| format!("{id}{plus}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_read_in_any_case_and_written_as_the_list_has_it() {
        assert_eq!(declared("mit"), Declared::Id("MIT"));
        assert_eq!(declared(" Apache-2.0 "), Declared::Id("Apache-2.0"));
    }

    #[test]
    fn an_expression_is_read_with_parentheses_exceptions_and_later_versions() {
        for text in [
            "MIT OR Apache-2.0",
            "(MIT AND BSD-3-Clause) OR Zlib",
            "GPL-2.0-only WITH Classpath-exception-2.0",
            "EUPL-1.1+",
        ] {
            assert_eq!(declared(text), Declared::Expression(text.to_owned()));
        }
        assert_eq!(
            declared("(mit or apache-2.0)"),
            Declared::Expression("(MIT OR Apache-2.0)".to_owned())
        );
    }

    #[test]
    fn what_is_no_expression_is_neither() {
        let deep = format!("{}MIT{}", "(".repeat(100), ")".repeat(100));
        for text in [
            "",
            "UNLICENSED",
            "SEE LICENSE IN LICENSE.txt",
            "MIT OR",
            "MIT Apache-2.0",
            "(MIT",
            "MIT)",
            "MIT WITH MIT",
            "Apache License 2.0",
            &deep,
        ] {
            assert_eq!(declared(text), Declared::Other, "{text}");
        }
    }
}
