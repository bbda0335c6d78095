//! Reads expressions of GitHub: `${{ … }}`.
//!
//! In: text. Out: the paths whose values an expression may become, as `github.event.issue.title`.
//!
//! Source: <https://docs.github.com/en/actions/reference/workflows-and-actions/expressions>.

use std::ops::Range;

/// Most levels of parentheses, indexes and calls.
const DEEPEST: usize = 32;

/// Where the expressions of a text stand, the signs around them left out.
pub(super) fn expressions(text: &str) -> Vec<(Range<usize>, &str)> {
    let mut all = Vec::new();
    let mut at = 0;
    while let Some(start) = text.get(at..).and_then(|rest| rest.find("${{")) {
        let start = at + start;
        let inner = start + 3;
        let Some(length) = text.get(inner..).and_then(|rest| rest.find("}}")) else {
            break;
        };
        let end = inner + length + 2;
        all.push((start..end, text.get(inner..inner + length).unwrap_or_default()));
        at = end;
    }
    all
}

/// What an expression is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Expression {
    /// A path in small letters; what an index gives that is not known is `*`.
    Path(String),
    /// A literal.
    Literal,
    /// A function and its arguments.
    Call(String, Vec<Self>),
    /// One or the other.
    Either(Box<Self>, Box<Self>),
    /// The second where the first is true.
    Both(Box<Self>, Box<Self>),
    /// Truth.
    Truth(Vec<Self>),
}

/// The paths whose values an expression may become. Of one that cannot be read, every path in it.
pub(super) fn flows(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    match parse(text) {
        Some(expression) => expression.flows(&mut out),
        None => out = paths_in(text),
    }
    out.sort();
    out.dedup();
    out
}

/// Every path that an expression names, what it only compares included.
pub(super) fn names(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    match parse(text) {
        Some(expression) => expression.names(&mut out),
        None => out = paths_in(text),
    }
    out
}

/// Every call of an expression: the name in small letters, and the paths named in its arguments.
pub(super) fn calls(text: &str) -> Vec<(String, Vec<String>)> {
    fn walk(expression: &Expression, out: &mut Vec<(String, Vec<String>)>) {
        match expression {
            Expression::Call(name, arguments) => {
                let mut paths = Vec::new();
                arguments.iter().for_each(|one| one.names(&mut paths));
                out.push((name.clone(), paths));
                arguments.iter().for_each(|one| walk(one, out));
            }
            Expression::Either(a, b) | Expression::Both(a, b) => {
                walk(a, out);
                walk(b, out);
            }
            Expression::Truth(all) => all.iter().for_each(|one| walk(one, out)),
            Expression::Path(_) | Expression::Literal => {}
        }
    }
    let mut out = Vec::new();
    if let Some(expression) = parse(text) {
        walk(&expression, &mut out);
    }
    out
}

impl Expression {
    fn flows(&self, out: &mut Vec<String>) {
        match self {
            Self::Path(path) => out.push(path.clone()),
            Self::Literal | Self::Truth(_) => {}
            Self::Call(name, arguments) => {
                if matches!(name.as_str(), "format" | "join" | "tojson" | "fromjson") {
                    arguments.iter().for_each(|one| one.flows(out));
                }
            }
            Self::Either(a, b) => {
                a.flows(out);
                b.flows(out);
            }
            // The first is the result only where it is empty, zero or false.
            Self::Both(_, b) => b.flows(out),
        }
    }

    fn names(&self, out: &mut Vec<String>) {
        match self {
            Self::Path(path) => out.push(path.clone()),
            Self::Literal => {}
            Self::Call(_, all) | Self::Truth(all) => all.iter().for_each(|one| one.names(out)),
            Self::Either(a, b) | Self::Both(a, b) => {
                a.names(out);
                b.names(out);
            }
        }
    }
}

fn parse(text: &str) -> Option<Expression> {
    let mut reader = Reader {
        text,
        at: 0,
        depth: 0,
    };
    let expression = reader.either()?;
    reader.blanks();
    (reader.at == text.len()).then_some(expression)
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn blanks(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn eat(&mut self, sign: &str) -> bool {
        self.blanks();
        let found = self.rest().starts_with(sign);
        self.at += if found { sign.len() } else { 0 };
        found
    }

    fn either(&mut self) -> Option<Expression> {
        if self.depth >= DEEPEST {
            return None;
        }
        self.depth += 1;
        let mut left = self.both()?;
        while self.eat("||") {
            left = Expression::Either(Box::new(left), Box::new(self.both()?));
        }
        self.depth -= 1;
        Some(left)
    }

    fn both(&mut self) -> Option<Expression> {
        let mut left = self.compared()?;
        while self.eat("&&") {
            left = Expression::Both(Box::new(left), Box::new(self.compared()?));
        }
        Some(left)
    }

    fn compared(&mut self) -> Option<Expression> {
        let left = self.one()?;
        for sign in ["==", "!=", "<=", ">=", "<", ">"] {
            if self.eat(sign) {
                return Some(Expression::Truth(vec![left, self.one()?]));
            }
        }
        Some(left)
    }

    fn one(&mut self) -> Option<Expression> {
        let mut negations = 0;
        while self.eat("!") {
            negations += 1;
        }
        let one = self.primary()?;
        Some(if negations > 0 {
            Expression::Truth(vec![one])
        } else {
            one
        })
    }

    fn primary(&mut self) -> Option<Expression> {
        if self.eat("(") {
            let inner = self.either()?;
            return self.eat(")").then_some(inner);
        }
        self.blanks();
        let first = self.rest().chars().next()?;
        if first == '\'' {
            self.text_literal()?;
            return Some(Expression::Literal);
        }
        let word = self.word();
        if word.is_empty() {
            return None;
        }
        if matches!(word.as_str(), "true" | "false" | "null" | "nan" | "infinity")
            || first.is_ascii_digit()
            || matches!(first, '-' | '+' | '.')
        {
            return Some(Expression::Literal);
        }
        if self.eat("(") {
            let mut arguments = Vec::new();
            while !self.eat(")") {
                arguments.push(self.either()?);
                self.eat(",");
            }
            let call = Expression::Call(word, arguments);
            // What is taken of a result is a part of it.
            return self.suffix(String::new()).map(|_| call);
        }
        self.suffix(word).map(Expression::Path)
    }

    /// `.name`, `.*`, `['name']`, `[0]` behind a path.
    fn suffix(&mut self, mut path: String) -> Option<String> {
        loop {
            if self.eat(".") {
                let word = if self.eat("*") {
                    "*".to_owned()
                } else {
                    self.word()
                };
                if word.is_empty() {
                    return None;
                }
                path = format!("{path}.{word}");
            } else if self.eat("[") {
                self.blanks();
                let key = if self.rest().starts_with('\'') {
                    self.text_literal()?.to_ascii_lowercase()
                } else {
                    if !self.eat("*") {
                        self.either()?;
                    }
                    "*".to_owned()
                };
                if !self.eat("]") {
                    return None;
                }
                path = format!("{path}.{key}");
            } else {
                return Some(path);
            }
        }
    }

    fn word(&mut self) -> String {
        let rest = self.rest();
        let is_number = rest.starts_with(|one: char| one.is_ascii_digit() || matches!(one, '-' | '+' | '.'));
        let end = rest
            .find(|one: char| {
                !(one.is_ascii_alphanumeric()
                    || matches!(one, '_' | '-')
                    || (is_number && matches!(one, '.' | '+')))
            })
            .unwrap_or(rest.len());
        let word = rest.get(..end).unwrap_or_default().to_ascii_lowercase();
        self.at += end;
        word
    }

    fn text_literal(&mut self) -> Option<String> {
        let mut out = String::new();
        let mut rest = self.rest().strip_prefix('\'')?;
        loop {
            let (head, tail) = rest.split_once('\'')?;
            out.push_str(head);
            if let Some(next) = tail.strip_prefix('\'') {
                out.push('\'');
                rest = next;
            } else {
                self.at = self.text.len() - tail.len();
                return Some(out);
            }
        }
    }
}

/// Everything that looks like a path.
fn paths_in(text: &str) -> Vec<String> {
    let is_part = |one: char| one.is_ascii_alphanumeric() || matches!(one, '_' | '-' | '.' | '*');
    let words = text.split(|one: char| !is_part(one));
    words
        .filter(|word| word.contains('.'))
        .map(str::to_ascii_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_expression_may_become_is_told_from_what_it_compares() {
        for (text, wanted) in [
            ("github.event.issue.title", vec!["github.event.issue.title"]),
            (
                "github['event'].Pull_Request['Head'].ref",
                vec!["github.event.pull_request.head.ref"],
            ),
            (
                "github.event.commits[0].message",
                vec!["github.event.commits.*.message"],
            ),
            ("contains(github.event.comment.body, '/x')", vec![]),
            (
                "github.event_name == 'push' && github.ref || github.head_ref",
                vec!["github.head_ref", "github.ref"],
            ),
            ("!github.head_ref", vec![]),
            ("format('{0} }', github.head_ref)", vec!["github.head_ref"]),
            ("toJSON(github.event.issue)", vec!["github.event.issue"]),
            ("fromJSON(steps.a.outputs.b).c", vec!["steps.a.outputs.b"]),
            ("matrix.os == 'it''s' && 1.5 || -2", vec![]),
            ("github.event.*.title", vec!["github.event.*.title"]),
            ("( env.A )", vec!["env.a"]),
        ] {
            assert_eq!(flows(text), wanted, "{text}");
        }
    }

    #[test]
    fn of_what_cannot_be_read_every_path_counts() {
        assert_eq!(flows("github.head_ref +++ 'x'"), ["github.head_ref"]);
        assert!(flows(&"(".repeat(10_000)).is_empty());
        assert!(flows(&"a[".repeat(10_000)).is_empty());
    }

    #[test]
    fn expressions_are_found_in_text() {
        let found: Vec<&str> = expressions("a ${{ b }} ${{c}} ${{ d")
            .into_iter()
            .map(|(_, text)| text)
            .collect();
        assert_eq!(found, [" b ", "c"]);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in "[a.'()\\[\\]!&|=<>*,{}$ 0-9-]{0,60}") {
            let _ = (flows(&text), names(&text), calls(&text), expressions(&text));
        }
    }
}
