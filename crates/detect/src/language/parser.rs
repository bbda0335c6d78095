//! Reads a condition. Nesting is bounded; every mistake says where it is and what could stand there.

use std::ops::Range;

use super::tree::{Argument, Check, Expression, Operand, Operator, Right, Transformer, Value};

/// Levels of parentheses and of functions within one another
const DEPTH: usize = 100;

/// Why a condition cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mistake {
    /// What is wrong, as a sentence without a full stop
    pub(crate) message: String,
    /// What to write instead; empty where that is plain
    pub(crate) help: String,
    pub(crate) at: Range<usize>,
}

type Parsed<T> = Result<T, Mistake>;

/// Reads a whole condition.
pub(crate) fn condition(text: &str) -> Parsed<Expression> {
    let mut parser = Parser::new(text);
    let expression = parser.or()?;
    parser.blank();
    if parser.rest().is_empty() {
        return Ok(expression);
    }
    Err(parser.wrong(
        "the condition goes on where it should end",
        "join comparisons by `and` or `or`, and open a parenthesis for each that is closed",
    ))
}

/// Reads a field, or what transformers make of one, and gives how many bytes it is long.
pub(crate) fn operand(text: &str) -> Parsed<(Operand, usize)> {
    let mut parser = Parser::new(text);
    let operand = parser.operand()?;
    operand.map_or_else(
        || Err(parser.wrong("there is no field here", "write a field such as `proc.name`")),
        |operand| Ok((operand, parser.at)),
    )
}

/// Reads a value that stands alone, as in a list: within quotes, or as it is.
pub(crate) fn value(text: &str) -> Parsed<Value> {
    let quote = text.starts_with(['"', '\'']);
    let mut parser = Parser::new(text);
    if quote
        && let Ok(Some(text)) = parser.quoted()
        && parser.rest().is_empty()
    {
        return Ok(Value {
            text,
            quoted: true,
            at: 0..parser.at,
        });
    }
    Ok(Value {
        text: text.into(),
        quoted: false,
        at: 0..text.len(),
    })
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

const fn is_blank(one: char) -> bool {
    matches!(one, ' ' | '\t' | '\u{8}' | '\n' | '\r')
}

/// Whether this ends a bare value
const fn ends_value(one: char) -> bool {
    is_blank(one) || matches!(one, '(' | ')' | ',' | '=' | '"' | '\'')
}

impl<'a> Parser<'a> {
    const fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            depth: 0,
        }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// A mistake at the word that comes next
    fn wrong(&self, message: impl Into<String>, help: impl Into<String>) -> Mistake {
        let word = self.rest().find(is_blank).unwrap_or(self.rest().len());
        Mistake {
            message: message.into(),
            help: help.into(),
            at: self.at..self.at + word,
        }
    }

    fn blank(&mut self) -> bool {
        let rest = self.rest();
        let trimmed = rest.trim_start_matches(is_blank);
        self.at += rest.len() - trimmed.len();
        rest.len() != trimmed.len()
    }

    fn eat(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    /// A word that something other than a word follows
    fn eat_word(&mut self, word: &str) -> bool {
        let follows = self.rest().strip_prefix(word).map(|rest| rest.chars().next());
        let found = follows.is_some_and(|next| next.is_none_or(|one| is_blank(one) || one == '('));
        if found {
            self.at += word.len();
        }
        found
    }

    fn take_while(&mut self, fits: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|one| !fits(one)).unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or_default()
    }

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= DEPTH {
            return Err(self.wrong(
                format!("more than {DEPTH} parentheses are open at once"),
                "put parts of the condition into macros",
            ));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    fn or(&mut self) -> Parsed<Expression> {
        let mut parts = vec![self.and()?];
        self.blank();
        while self.eat_word("or") {
            parts.push(self.and()?);
            self.blank();
        }
        Ok(one_or(parts, Expression::Or))
    }

    fn and(&mut self) -> Parsed<Expression> {
        let mut parts = vec![self.not()?];
        self.blank();
        while self.eat_word("and") {
            parts.push(self.not()?);
            self.blank();
        }
        Ok(one_or(parts, Expression::And))
    }

    fn not(&mut self) -> Parsed<Expression> {
        let mut negated = false;
        self.blank();
        while self.eat_word("not") {
            negated = !negated;
            self.blank();
        }
        let part = self.part()?;
        Ok(if negated {
            Expression::Not(Box::new(part))
        } else {
            part
        })
    }

    fn part(&mut self) -> Parsed<Expression> {
        if self.eat("(") {
            let inner = self.deeper(Self::or)?;
            self.blank();
            if !self.eat(")") {
                return Err(self.wrong("a parenthesis that was opened is not closed here", "write `)`"));
            }
            return Ok(inner);
        }
        let start = self.at;
        if let Some(left) = self.operand()? {
            return self.check(start, left);
        }
        let name = self.identifier();
        if name.is_empty() {
            return Err(self.wrong(
                "a comparison, a macro or a parenthesis is missing",
                "write a comparison such as `proc.name = cat`",
            ));
        }
        Ok(Expression::Macro {
            name: name.into(),
            at: start..self.at,
        })
    }

    fn identifier(&mut self) -> &'a str {
        if !self.rest().starts_with(|one: char| one.is_ascii_alphabetic()) {
            return "";
        }
        self.take_while(|one| one.is_ascii_alphanumeric() || one == '_')
    }

    /// A field or a transformer; none, and nothing is read, where neither stands here.
    fn operand(&mut self) -> Parsed<Option<Operand>> {
        let start = self.at;
        let by = Transformer::ALL.into_iter().find(|(name, _)| {
            let after = self.rest().strip_prefix(name);
            after.is_some_and(|after| after.starts_with('('))
        });
        if let Some((name, by)) = by {
            self.at += name.len() + 1;
            let of = self.deeper(Self::arguments)?;
            return Ok(Some(Operand::Transformed {
                by,
                of,
                at: start..self.at,
            }));
        }
        let name = self.take_while(|one| one.is_ascii_alphanumeric() || matches!(one, '_' | '.'));
        // A full stop after a field belongs to the text around it.
        let name = name.trim_end_matches('.');
        self.at = start + name.len();
        let is_field = name.split('.').count() > 1
            && name
                .split('.')
                .all(|part| part.starts_with(|one: char| one.is_ascii_alphabetic()));
        if !is_field {
            if self.rest().starts_with('(') && !name.is_empty() && !matches!(name, "and" | "or" | "not") {
                return Err(unknown_transformer(name, start));
            }
            self.at = start;
            return Ok(None);
        }
        let mut argument = None;
        if self.eat("[") {
            argument = Some(self.bracketed()?);
        }
        Ok(Some(Operand::Field {
            name: name.into(),
            argument,
            at: start..self.at,
        }))
    }

    fn bracketed(&mut self) -> Parsed<Box<str>> {
        let text = match self.quoted()? {
            Some(text) => text,
            None => self
                .take_while(|one| !is_blank(one) && !matches!(one, '[' | ']' | '"' | '\''))
                .into(),
        };
        if self.eat("]") {
            return Ok(text);
        }
        Err(self.wrong("the argument of a field is not closed", "write `]`"))
    }

    /// What stands in the parentheses of a transformer, with the closing one
    fn arguments(&mut self) -> Parsed<Vec<Argument>> {
        let mut arguments = Vec::new();
        loop {
            self.blank();
            if arguments.is_empty() && self.eat(")") {
                return Ok(arguments);
            }
            arguments.push(self.argument()?);
            self.blank();
            if self.eat(")") {
                return Ok(arguments);
            }
            if !self.eat(",") {
                return Err(self.wrong("the arguments of a transformer are not closed", "write `)`"));
            }
        }
    }

    fn argument(&mut self) -> Parsed<Argument> {
        if self.eat("(") {
            return Ok(Argument::List(self.deeper(Self::arguments)?));
        }
        if let Some(text) = self.quoted()? {
            return Ok(Argument::Text(text));
        }
        self.operand()?.map_or_else(
            || {
                Err(self.wrong(
                    "a transformer takes fields and texts in quotes",
                    "write a field such as `proc.name`, or a text in quotes",
                ))
            },
            |operand| Ok(Argument::Operand(operand)),
        )
    }

    fn check(&mut self, start: usize, left: Operand) -> Parsed<Expression> {
        self.blank();
        let operator = self.operator()?;
        self.blank();
        let right = if operator == Operator::Exists {
            Right::Nothing
        } else if let Some(operand) = self.right_operand()? {
            Right::Operand(operand)
        } else if operator.takes_list() && self.eat("(") {
            Right::Values(self.values()?)
        } else {
            Right::Values(vec![self.value()?])
        };
        Ok(Expression::Check(Check {
            left,
            operator,
            right,
            at: start..self.at,
        }))
    }

    /// A transformer on the right side: a field alone is a text there.
    fn right_operand(&mut self) -> Parsed<Option<Operand>> {
        let calls = Transformer::ALL.into_iter().any(|(name, _)| {
            let after = self.rest().strip_prefix(name);
            after.is_some_and(|after| after.starts_with('('))
        });
        if calls { self.operand() } else { Ok(None) }
    }

    fn operator(&mut self) -> Parsed<Operator> {
        for (name, operator) in Operator::ALL {
            let is_word = name.starts_with(|one: char| one.is_ascii_alphabetic());
            let follows = self.rest().strip_prefix(name).map(|rest| rest.chars().next());
            let Some(next) = follows else { continue };
            let ends = next.is_none_or(|one| is_blank(one) || matches!(one, '(' | ')' | '"' | '\''));
            if !is_word || ends {
                self.at += name.len();
                return Ok(operator);
            }
        }
        let names: Vec<_> = Operator::ALL.iter().map(|(name, _)| *name).collect();
        Err(self.wrong(
            "an operator is missing after the field, or this is none",
            format!("write one of {}", names.join(" ")),
        ))
    }

    /// Values up to the closing parenthesis
    fn values(&mut self) -> Parsed<Vec<Value>> {
        let mut values = Vec::new();
        self.blank();
        if self.eat(")") {
            return Ok(values);
        }
        loop {
            self.blank();
            values.push(self.value()?);
            self.blank();
            if self.eat(")") {
                return Ok(values);
            }
            if !self.eat(",") {
                return Err(self.wrong(
                    "a list is not closed here",
                    "write `,` between values and `)` after the last",
                ));
            }
        }
    }

    fn value(&mut self) -> Parsed<Value> {
        let start = self.at;
        let (text, quoted) = match self.quoted()? {
            Some(text) => (text, true),
            None => (self.take_while(|one| !ends_value(one)).into(), false),
        };
        if text.is_empty() && !quoted {
            return Err(self.wrong("a value is missing", "write a value, or `\"\"` for an empty one"));
        }
        Ok(Value {
            text,
            quoted,
            at: start..self.at,
        })
    }

    /// A text in quotes; none, and nothing is read, where no quote stands here.
    fn quoted(&mut self) -> Parsed<Option<Box<str>>> {
        let Some(quote) = self.rest().chars().next().filter(|one| matches!(one, '"' | '\'')) else {
            return Ok(None);
        };
        let start = self.at;
        let mut text = String::new();
        let mut escaped = false;
        for (offset, one) in self.rest().char_indices().skip(1) {
            if escaped {
                text.push(unescaped(one, quote, start + offset)?);
                escaped = false;
            } else if one == '\\' {
                escaped = true;
            } else if one == quote {
                self.at = start + offset + 1;
                return Ok(Some(text.into()));
            } else {
                text.push(one);
            }
        }
        Err(self.wrong(
            "a quote that was opened is not closed",
            format!("write `{quote}` after the text"),
        ))
    }
}

fn unescaped(one: char, quote: char, at: usize) -> Parsed<char> {
    match one {
        'b' => Ok('\u{8}'),
        'f' => Ok('\u{c}'),
        'n' => Ok('\n'),
        'r' => Ok('\r'),
        't' => Ok('\t'),
        // What is written wrongly in rules of old means a backslash.
        ' ' | '\\' => Ok('\\'),
        '/' => Ok('/'),
        one if one == quote => Ok(one),
        one => Err(Mistake {
            message: format!("`\\{one}` is no escape within {quote}"),
            help: "write `\\\\` for a backslash".to_owned(),
            at: at.saturating_sub(1)..at + one.len_utf8(),
        }),
    }
}

fn unknown_transformer(name: &str, start: usize) -> Mistake {
    let names: Vec<_> = Transformer::ALL.iter().map(|(name, _)| *name).collect();
    Mistake {
        message: format!("there is no transformer `{name}`"),
        help: format!("write one of {}", names.join(" ")),
        at: start..start + name.len(),
    }
}

fn one_or(mut parts: Vec<Expression>, join: fn(Vec<Expression>) -> Expression) -> Expression {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            join(parts)
        }
        None => join(parts),
    }
}
