//! A file as the tokens that are compared.

use std::collections::HashMap;

use bartizan_syntax::{Ast, Kind, Span};

/// A token: what it is, by its number among the words of its file, and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    pub(crate) word: u32,
    /// The line, from 1
    pub line: u32,
    /// The line on which it ends, from 1
    pub last_line: u32,
}

/// The tokens of one file, in the order of the text.
#[derive(Clone, Debug, Default)]
pub struct Tokens {
    pub(crate) tokens: Vec<Token>,
    /// The text of each word, by its number
    pub(crate) words: Vec<Box<str>>,
}

impl Tokens {
    /// The tokens of a file.
    #[must_use]
    pub fn of(ast: &Ast, text: &str) -> Self {
        let mut reader = Reader {
            text,
            line: 1,
            counted: 0,
            numbers: HashMap::new(),
            made: Self::default(),
        };
        let mut at = 0;
        for atom in atoms(ast) {
            let span = atom.span();
            if span.start < at {
                continue;
            }
            reader.plain(at, span.start);
            match atom {
                Atom::Literal(_, word) => reader.push(word, span),
                Atom::Aside(_) => {}
            }
            at = span.end;
        }
        reader.plain(at, u32::try_from(text.len()).unwrap_or(u32::MAX));
        reader.made
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }
}

/// What is not split into words.
#[derive(Clone, Copy)]
enum Atom {
    /// A token whatever it holds, named by a word that no text can be
    Literal(Span, &'static str),
    /// Nothing to compare
    Aside(Span),
}

impl Atom {
    const fn span(&self) -> Span {
        match self {
            Self::Literal(span, _) | Self::Aside(span) => *span,
        }
    }
}

/// Comments, imports and literals of a file, in the order of the text; what lies within another comes after it.
fn atoms(ast: &Ast) -> Vec<Atom> {
    let mut atoms: Vec<Atom> = ast.comments().iter().map(|&span| Atom::Aside(span)).collect();
    for id in ast.ids() {
        let span = ast.span(id);
        atoms.push(match ast.kind(id) {
            Kind::Import | Kind::ImportFrom | Kind::Package => Atom::Aside(span),
            Kind::Str | Kind::ElementText if span.start < span.end => Atom::Literal(span, " text"),
            Kind::Number => Atom::Literal(span, " number"),
            Kind::Regex => Atom::Literal(span, " pattern"),
            _ => continue,
        });
    }
    // A plain name that is a key is a text in the tree, and a name here.
    atoms.retain(|atom| atom.span().start < atom.span().end);
    atoms.sort_by_key(|atom| (atom.span().start, std::cmp::Reverse(atom.span().end)));
    atoms
}

struct Reader<'a> {
    text: &'a str,
    line: u32,
    counted: u32,
    numbers: HashMap<&'a str, u32>,
    made: Tokens,
}

impl<'a> Reader<'a> {
    /// Words and marks between two atoms.
    fn plain(&mut self, start: u32, end: u32) {
        let Some(part) = self.text.get(start as usize..end as usize) else {
            return;
        };
        let mut rest = part;
        while let Some(first) = rest.chars().next() {
            let length = match first {
                _ if first.is_whitespace() => rest.find(|c: char| !c.is_whitespace()).unwrap_or(rest.len()),
                _ if in_word(first) => rest.find(|c| !in_word(c)).unwrap_or(rest.len()),
                _ => first.len_utf8(),
            };
            let (word, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
            if !first.is_whitespace() {
                let start = end - u32::try_from(rest.len()).unwrap_or(0);
                let span = Span {
                    start,
                    end: start + u32::try_from(length).unwrap_or(0),
                };
                self.push(word, span);
            }
            rest = after;
        }
    }

    fn push(&mut self, word: &'a str, span: Span) {
        self.line += self.breaks(self.counted, span.start);
        let last_line = self.line + self.breaks(span.start, span.end);
        self.counted = span.start;
        let next = u32::try_from(self.made.words.len()).unwrap_or(u32::MAX);
        let number = *self.numbers.entry(word).or_insert(next);
        if number == next {
            self.made.words.push(word.into());
        }
        self.made.tokens.push(Token {
            word: number,
            line: self.line,
            last_line,
        });
    }

    fn breaks(&self, start: u32, end: u32) -> u32 {
        let part = self.text.as_bytes().get(start as usize..end as usize);
        let count = part.map_or(0, |part| memchr::memchr_iter(b'\n', part).count());
        u32::try_from(count).unwrap_or(u32::MAX)
    }
}

fn in_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_' || character == '$'
}
