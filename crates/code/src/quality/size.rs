//! How large a file is, and how much of it is explained.

use bartizan_syntax::{Ast, Kind, Span};

/// Lines of a file by what stands on them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// All lines; one that only ends the text does not count
    pub lines: u32,
    /// Lines with code on them
    pub code: u32,
    /// Lines with a comment on them that has a word in it; a text that documents (Python) is a comment
    pub comments: u32,
    /// Functions, those without a name included
    pub functions: u32,
    /// Classes and what is like them
    pub classes: u32,
}

impl Size {
    /// Lines of comments among those of comments and code, from 0 to 1; 0 where there is neither.
    #[must_use]
    pub fn comment_ratio(&self) -> f64 {
        let both = f64::from(self.code) + f64::from(self.comments);
        if both > 0.0 {
            f64::from(self.comments) / both
        } else {
            0.0
        }
    }
}

/// The size of a file.
#[must_use]
pub fn size(ast: &Ast, text: &str) -> Size {
    size_of(ast, text, |_| true)
}

/// The size of some lines of a file, by their numbers from 1: those that a change touched, for instance. Functions and classes of all of
/// it are counted.
#[must_use]
pub fn size_of(ast: &Ast, text: &str, lines: impl Fn(u32) -> bool) -> Size {
    let mut comments: Vec<Span> = ast.comments().to_vec();
    let mut size = Size::default();
    for id in ast.ids() {
        match ast.kind(id) {
            Kind::Function | Kind::Lambda => size.functions += 1,
            Kind::Class => size.classes += 1,
            // A string that stands alone documents what it is in.
            Kind::Expression => {
                comments.extend(
                    ast.child(id, 0)
                        .filter(|&inner| {
                            ast.kind(inner) == Kind::Str
                                && ast.language() == bartizan_syntax::Language::Python
                        })
                        .map(|inner| ast.span(inner)),
                );
            }
            _ => {}
        }
    }
    comments.sort_unstable();
    let mut next = 0;
    let mut start = 0;
    for (number, line) in (1..).zip(text.split_inclusive('\n')) {
        let span = Span {
            start,
            end: start + u32::try_from(line.len()).unwrap_or(u32::MAX),
        };
        start = span.end;
        while comments
            .get(next)
            .is_some_and(|comment| comment.end <= span.start)
        {
            next += 1;
        }
        if !lines(number) {
            continue;
        }
        let here = comments.get(next..).unwrap_or_default();
        let (code, comment) = what_is_on(text, span, here);
        size.lines += 1;
        size.code += u32::from(code);
        size.comments += u32::from(comment);
    }
    size
}

/// Whether code and whether words of comments stand on a line; `comments` begin with the first that ends after its start.
fn what_is_on(text: &str, line: Span, comments: &[Span]) -> (bool, bool) {
    let (mut code, mut comment) = (false, false);
    let mut at = line.start;
    for span in comments.iter().take_while(|span| span.start < line.end) {
        code |= has_more_than_space(text, at, span.start.max(line.start));
        let end = span.end.min(line.end);
        let words = text.get(span.start.max(line.start) as usize..end as usize);
        comment |= words.is_some_and(|words| words.chars().any(char::is_alphanumeric));
        at = at.max(end);
    }
    code |= has_more_than_space(text, at, line.end);
    (code, comment)
}

fn has_more_than_space(text: &str, start: u32, end: u32) -> bool {
    text.get(start as usize..end as usize)
        .is_some_and(|part| !part.trim().is_empty())
}

/// Lines that a span touches, at least one.
#[must_use]
pub fn lines_of(text: &str, span: Span) -> u32 {
    let breaks = text
        .as_bytes()
        .get(span.range())
        .map_or(0, |part| memchr::memchr_iter(b'\n', part).count());
    u32::try_from(breaks).unwrap_or(u32::MAX).saturating_add(1)
}
