//! Cuts the text of a pattern into tokens, as far as holes and brackets need it: strings, comments and regular expressions are one token.

use crate::language::Language;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// A word or number.
    Word,
    /// `$X`
    Metavariable,
    /// `$...X`
    MetavariableEllipsis,
    /// `...` where it is a hole.
    Ellipsis,
    /// `<...`
    DeepOpen,
    /// `...>`
    DeepClose,
    /// A string or a literal of a regular expression.
    Literal,
    /// One character of anything else, or `=>`, `->`.
    Mark,
}

/// A token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) kind: TokenKind,
    pub(super) text: &'a str,
    /// Offset of its first byte.
    pub(super) at: usize,
    /// Whether it is the first of its line.
    pub(super) fresh: bool,
    /// Whether it stands within an interpolated string.
    pub(super) interpolated: bool,
}

impl Token<'_> {
    pub(super) const fn end(&self) -> usize {
        self.at + self.text.len()
    }

    pub(super) fn is_mark(&self, mark: &str) -> bool {
        self.kind == TokenKind::Mark && self.text == mark
    }
}

/// Variables of PHP that are written as metavariables are: <https://www.php.net/manual/en/language.variables.superglobals.php>.
const SUPERGLOBALS: [&str; 9] = [
    "$GLOBALS",
    "$_SERVER",
    "$_GET",
    "$_POST",
    "$_FILES",
    "$_COOKIE",
    "$_SESSION",
    "$_REQUEST",
    "$_ENV",
];

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    language: Language,
    fresh: bool,
    /// Deep ellipses that are open.
    deep: usize,
    tokens: Vec<Token<'a>>,
}

/// The tokens of a pattern.
pub(super) fn tokens(text: &str, language: Language) -> Vec<Token<'_>> {
    let mut lexer = Lexer {
        text,
        at: 0,
        language,
        fresh: true,
        deep: 0,
        tokens: Vec::new(),
    };
    while lexer.step() {}
    lexer.tokens
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn push(&mut self, kind: TokenKind, length: usize) {
        let end = (self.at + length).min(self.text.len());
        if let Some(text) = self.text.get(self.at..end) {
            self.tokens.push(Token {
                kind,
                text,
                at: self.at,
                fresh: self.fresh,
                interpolated: false,
            });
        }
        self.at = end;
        self.fresh = false;
    }

    fn step(&mut self) -> bool {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else {
            return false;
        };
        if first.is_whitespace() {
            self.fresh |= first == '\n';
            self.at += first.len_utf8();
        } else if let Some(length) = self.comment(rest) {
            self.at += length;
        } else if let Some((kind, length)) = self.hole(rest) {
            match kind {
                TokenKind::DeepOpen => self.deep += 1,
                TokenKind::DeepClose => self.deep = self.deep.saturating_sub(1),
                _ => {}
            }
            self.push(kind, length);
        } else if let Some((length, interpolates)) = self.string(rest) {
            let from = self.at;
            self.push(TokenKind::Literal, length);
            if interpolates {
                self.holes_of_string(from, from + length);
            }
        } else if is_word(first) {
            let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            self.push(TokenKind::Word, length);
        } else if rest.starts_with("=>") || rest.starts_with("->") {
            self.push(TokenKind::Mark, 2);
        } else if let Some(length) = rest.strip_prefix("...").map(|_| 3) {
            self.push(TokenKind::Mark, length);
        } else {
            self.push(TokenKind::Mark, first.len_utf8());
        }
        true
    }

    fn comment(&self, rest: &str) -> Option<usize> {
        let line = |rest: &str| rest.find('\n').unwrap_or(rest.len());
        if matches!(self.language, Language::Python | Language::Ruby | Language::Bash) {
            return rest.starts_with('#').then(|| line(rest));
        }
        if rest.starts_with("//") {
            return Some(line(rest));
        }
        rest.strip_prefix("/*")
            .map(|inner| inner.find("*/").map_or(rest.len(), |end| end + 4))
    }

    fn hole(&self, rest: &str) -> Option<(TokenKind, usize)> {
        if let Some(length) = metavariable_ellipsis(rest) {
            return Some((TokenKind::MetavariableEllipsis, length));
        }
        if let Some(length) = metavariable(rest) {
            let name = rest.get(..length).unwrap_or("");
            let known = self.language == Language::Php && SUPERGLOBALS.contains(&name);
            return (!known).then_some((TokenKind::Metavariable, length));
        }
        if self.deep > 0 && rest.starts_with("...>") {
            return Some((TokenKind::DeepClose, 4));
        }
        if rest.starts_with("<...") && !rest.starts_with("<...>") {
            return Some((TokenKind::DeepOpen, 4));
        }
        let after = rest.strip_prefix("...")?;
        let follows = after.chars().next().unwrap_or(' ');
        let before = self.text.get(..self.at).and_then(|text| text.chars().next_back());
        let before = before.unwrap_or(' ');
        let spread = match self.language {
            Language::Python => false,
            Language::JavaScript | Language::TypeScript | Language::Tsx => {
                let named = self.tokens.last().is_some_and(|last| last.text == "function");
                !named && (is_word(follows) || matches!(follows, '$' | '(' | '[' | '{' | '"' | '\'' | '`'))
            }
            Language::Java | Language::Cpp => {
                is_word(before) && before != ' '
                    || matches!(before, ']' | '>' if self.deep == 0 && follows == ' ')
            }
            Language::Ruby => is_word(before) || matches!(before, ')' | ']') || follows.is_ascii_digit(),
            Language::Php => is_word(follows) || follows == '$' || follows == '[',
            Language::CSharp
            | Language::Kotlin
            | Language::Rust
            | Language::C
            | Language::Scala
            | Language::Bash => false,
            Language::Go => {
                is_word(before)
                    || is_word(follows)
                    || matches!(before, ')' | ']')
                    || matches!(follows, '$' | '*' | '[')
            }
        };
        (!spread).then_some((TokenKind::Ellipsis, 3))
    }

    /// The length of a string at the start of `rest`, and whether it has places for expressions.
    fn string(&self, rest: &str) -> Option<(usize, bool)> {
        let leads = match self.language {
            Language::Python => "rRbBuUfF",
            Language::CSharp => "$@",
            Language::Rust => "rbc#",
            Language::C | Language::Cpp => "uUL8",
            _ => "",
        };
        let prefix = rest.find(|c: char| !leads.contains(c)).unwrap_or(0);
        let prefix = if prefix <= 3 { prefix } else { 0 };
        let lead = rest.get(..prefix)?;
        let body = rest.get(prefix..)?;
        let quote = body.chars().next()?;
        let formats = match self.language {
            Language::Python => lead.contains(['f', 'F']),
            Language::CSharp => lead.contains('$'),
            Language::Ruby | Language::Php | Language::Kotlin | Language::Scala | Language::Bash => {
                quote == '"'
            }
            _ => false,
        };
        match quote {
            '"' | '\'' => {
                let triple = match quote {
                    '"' => "\"\"\"",
                    _ => "'''",
                };
                if quote == '\'' && self.language == Language::Rust && !is_character(body) {
                    return None;
                }
                let triples = matches!(
                    self.language,
                    Language::Python | Language::Java | Language::CSharp | Language::Kotlin | Language::Scala
                );
                let fence = if triples && body.starts_with(triple) {
                    triple
                } else {
                    body.get(..1)?
                };
                Some((prefix + fenced(body, fence, true), formats))
            }
            '`' if !matches!(
                self.language,
                Language::Java
                    | Language::Python
                    | Language::CSharp
                    | Language::C
                    | Language::Cpp
                    | Language::Rust
            ) =>
            {
                let escapes = self.language != Language::Go;
                Some((fenced(body, "`", escapes), escapes))
            }
            '/' if self.regex_may_begin() => regex_literal(body).map(|length| (length, false)),
            _ => None,
        }
    }

    fn regex_may_begin(&self) -> bool {
        if !matches!(
            self.language,
            Language::JavaScript | Language::TypeScript | Language::Tsx
        ) {
            return false;
        }
        self.tokens.last().is_none_or(|last| match last.kind {
            TokenKind::Mark => !matches!(last.text, ")" | "]" | "}" | "<"),
            TokenKind::Word => matches!(last.text, "return" | "case" | "typeof"),
            _ => false,
        })
    }

    /// Adds the holes that stand in places for expressions of the string between two offsets.
    fn holes_of_string(&mut self, from: usize, to: usize) {
        let Some(text) = self.text.get(from..to) else {
            return;
        };
        let dollars = matches!(self.language, Language::Php | Language::Kotlin | Language::Bash)
            && !is_whole_metavariable(text);
        let mut depth = 0_usize;
        let mut at = 0;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            let Some(first) = rest.chars().next() else {
                return;
            };
            let hole = if depth == 0 {
                metavariable(rest)
                    .filter(|_| dollars)
                    .map(|length| (TokenKind::Metavariable, length))
            } else if let Some(length) = metavariable_ellipsis(rest) {
                Some((TokenKind::MetavariableEllipsis, length))
            } else if let Some(length) = metavariable(rest) {
                Some((TokenKind::Metavariable, length))
            } else {
                rest.starts_with("...").then_some((TokenKind::Ellipsis, 3))
            };
            match (hole, first) {
                (Some((kind, length)), _) => {
                    if let Some(hole) = rest.get(..length) {
                        self.tokens.push(Token {
                            kind,
                            text: hole,
                            at: from + at,
                            fresh: false,
                            interpolated: true,
                        });
                    }
                    at += length;
                    continue;
                }
                (None, '{') => depth += 1,
                (None, '}') => depth = depth.saturating_sub(1),
                (None, '(') if self.language == Language::Bash => depth += 1,
                (None, ')') if self.language == Language::Bash => depth = depth.saturating_sub(1),
                _ => {}
            }
            at += first.len_utf8();
        }
    }
}

/// Whether a text begins with a character between quotes, rather than with the name of a lifetime.
fn is_character(body: &str) -> bool {
    let mut characters = body.chars().skip(1);
    characters.next() == Some('\\') || characters.next() == Some('\'')
}

/// Whether a string holds nothing but `$X`.
pub(super) fn is_whole_metavariable(text: &str) -> bool {
    let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    inner.is_some_and(|inner| metavariable(inner) == Some(inner.len()))
}

/// Whether a character belongs to words.
pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The length of `$X` at the start of a text.
fn metavariable(rest: &str) -> Option<usize> {
    let name = rest.strip_prefix('$')?;
    let length = name.find(|c| !is_word(c)).unwrap_or(name.len());
    let name = name.get(..length)?;
    let first = name.chars().next()?;
    let fits = |c: char| c.is_ascii_uppercase() || c == '_' || c.is_ascii_digit();
    (!first.is_ascii_digit() && name.chars().all(fits)).then_some(length + 1)
}

/// The length of `$...X` at the start of a text.
fn metavariable_ellipsis(rest: &str) -> Option<usize> {
    let name = rest.strip_prefix("$...")?;
    let length = name.find(|c| !is_word(c)).unwrap_or(name.len());
    (length > 0).then_some(length + 4)
}

/// The length of a text between two fences.
fn fenced(body: &str, fence: &str, escapes: bool) -> usize {
    let mut at = fence.len();
    while let Some(rest) = body.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with(fence) {
            return at + fence.len();
        }
        let mut characters = rest.chars();
        let first = characters.next().map_or(1, char::len_utf8);
        let escaped = escapes && rest.starts_with('\\');
        at += first
            + if escaped {
                characters.next().map_or(0, char::len_utf8)
            } else {
                0
            };
    }
    body.len()
}

/// The length of `/…/` with its flags; none where the line ends before it does.
fn regex_literal(body: &str) -> Option<usize> {
    let mut class = false;
    let mut characters = body.char_indices().skip(1);
    while let Some((at, c)) = characters.next() {
        match c {
            '\n' => return None,
            '\\' => {
                characters.next();
            }
            '[' => class = true,
            ']' => class = false,
            '/' if !class => {
                let flags = body.get(at + 1..)?;
                let length = flags.find(|c| !is_word(c)).unwrap_or(flags.len());
                return (at > 1).then_some(at + 1 + length);
            }
            _ => {}
        }
    }
    None
}
