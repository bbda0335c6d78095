//! Which names stand for the holes of a pattern, so that the front end of the language can read it.
//!
//! Where a language wants more than a name (a parameter with its type, a field, a case), that is written around the name; the places where
//! several forms are possible get several, the likeliest first.

use super::token::{Token, TokenKind};
use crate::language::Language;

/// Stands for `...`.
pub(super) const ELLIPSIS: &str = "ELL0ZZ";
/// Begins what stands for `$X`.
pub(super) const METAVARIABLE: &str = "MV0ZZ_";
/// Begins what stands for `$...X`.
pub(super) const MANY: &str = "MVE0ZZ_";
/// A function whose argument stands for what is in `<... …>`.
pub(super) const DEEP: &str = "DEEP0ZZ";
/// A function whose argument is a metavariable with a type.
pub(super) const TYPED: &str = "TYPED0ZZ";

/// A part of the pattern that is written otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hole {
    /// Bytes of the pattern.
    pub(super) at: std::ops::Range<usize>,
    /// What may stand there; never empty.
    pub(super) forms: Vec<String>,
}

/// Brackets by their tokens.
struct Brackets {
    /// For each token, the innermost bracket that is open before it.
    opener: Vec<Option<usize>>,
    /// For each opening bracket, its closing one.
    close: Vec<Option<usize>>,
    /// For each closing bracket, its opening one.
    open: Vec<Option<usize>>,
}

struct Scene<'a> {
    language: Language,
    tokens: &'a [Token<'a>],
    brackets: Brackets,
}

/// What a `{` opens.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Brace {
    Block,
    Class,
    Switch,
    Value,
    Unsure,
}

/// The holes of a pattern, in the order of the text.
pub(super) fn holes(tokens: &[Token<'_>], language: Language) -> Vec<Hole> {
    let scene = Scene {
        language,
        tokens,
        brackets: brackets(tokens),
    };
    let mut holes = scene.typed();
    for (index, token) in tokens.iter().enumerate() {
        if holes.iter().any(|hole| hole.at.contains(&token.at)) {
            continue;
        }
        let at = token.at..token.end();
        let forms = match token.kind {
            TokenKind::Metavariable => scene.metavariable(index),
            TokenKind::DeepOpen => vec![format!("{DEEP}(")],
            TokenKind::DeepClose => vec![")".to_owned()],
            TokenKind::Ellipsis | TokenKind::MetavariableEllipsis => scene.forms(index),
            TokenKind::Literal => match whole_literal(token.text, language) {
                Some(form) => vec![form],
                None => continue,
            },
            TokenKind::Word | TokenKind::Mark => continue,
        };
        holes.push(Hole { at, forms });
    }
    holes.sort_by_key(|hole| hole.at.start);
    holes
}

/// What stands for a string that is a hole as a whole: with places for expressions and any content (`f"..."`, `...` between backquotes), or with
/// nothing but a metavariable where a language would take that for one of its variables.
fn whole_literal(text: &str, language: Language) -> Option<String> {
    if text == "`...`" {
        return Some(match language {
            Language::Php => format!("`{{${ELLIPSIS}}}`"),
            Language::Ruby => format!("`#{{{ELLIPSIS}}}`"),
            _ => format!("`${{{ELLIPSIS}}}`"),
        });
    }
    if super::token::is_whole_metavariable(text) {
        let inner = text.trim_matches('"');
        return match language {
            Language::Php => Some(format!("'{inner}'")),
            Language::Kotlin => Some(format!("\"\\{inner}\"")),
            _ => None,
        };
    }
    if language == Language::CSharp {
        return (text == "$\"...\"").then(|| format!("$\"{{{ELLIPSIS}}}\""));
    }
    let quoted = text.strip_prefix(['f', 'F'])?;
    matches!(quoted, "\"...\"" | "'...'").then(|| format!("f\"{{{ELLIPSIS}}}\""))
}

fn name_of(token: &Token<'_>) -> String {
    match token.kind {
        TokenKind::Metavariable => format!("{METAVARIABLE}{}", token.text.trim_start_matches('$')),
        TokenKind::MetavariableEllipsis => format!("{MANY}{}", token.text.trim_start_matches("$...")),
        _ => ELLIPSIS.to_owned(),
    }
}

fn brackets(tokens: &[Token<'_>]) -> Brackets {
    let mut stack: Vec<usize> = Vec::new();
    let mut found = Brackets {
        opener: Vec::with_capacity(tokens.len()),
        close: vec![None; tokens.len()],
        open: vec![None; tokens.len()],
    };
    for (index, token) in tokens.iter().enumerate() {
        let mark = if token.kind == TokenKind::Mark {
            token.text
        } else {
            ""
        };
        if matches!(mark, ")" | "]" | "}") {
            let open = stack.pop();
            if let Some(close) = open.and_then(|open| found.close.get_mut(open)) {
                *close = Some(index);
            }
            if let Some(place) = found.open.get_mut(index) {
                *place = open;
            }
        }
        found.opener.push(stack.last().copied());
        if matches!(mark, "(" | "[" | "{") {
            stack.push(index);
        }
    }
    found
}

impl<'a> Scene<'a> {
    fn token(&self, index: Option<usize>) -> Option<&'a Token<'a>> {
        self.tokens.get(index?)
    }

    fn text(&self, index: Option<usize>) -> &'a str {
        self.token(index).map_or("", |token| token.text)
    }

    fn before(&self, index: usize) -> Option<usize> {
        index.checked_sub(1)
    }

    fn is_word(&self, index: Option<usize>) -> bool {
        self.token(index)
            .is_some_and(|token| matches!(token.kind, TokenKind::Word | TokenKind::Metavariable))
    }

    fn opener(&self, index: usize) -> Option<usize> {
        self.brackets.opener.get(index).copied().flatten()
    }

    fn close_of(&self, open: usize) -> Option<usize> {
        self.brackets.close.get(open).copied().flatten()
    }

    fn open_of(&self, close: usize) -> Option<usize> {
        self.brackets.open.get(close).copied().flatten()
    }

    /// Whether a token of the same depth within a bracket has this text.
    fn level_has(&self, open: usize, mark: &str) -> bool {
        let end = self.close_of(open).unwrap_or(self.tokens.len());
        (open + 1..end).any(|index| self.opener(index) == Some(open) && self.text(Some(index)) == mark)
    }

    fn forms(&self, index: usize) -> Vec<String> {
        let Some(token) = self.tokens.get(index) else {
            return vec![ELLIPSIS.to_owned()];
        };
        let name = name_of(token);
        let member = self.text(self.before(index)) == "." && self.language != Language::Php;
        let templates: &[&str] = if (token.interpolated && self.language != Language::Php) || member {
            &["@"]
        } else {
            match self.language {
                Language::Python => self.python(index),
                Language::JavaScript | Language::TypeScript | Language::Tsx => self.script(index),
                Language::Java | Language::CSharp => self.java(index),
                Language::Go => self.go(index),
                Language::Ruby => self.ruby(index),
                Language::Php => self.php(index),
                Language::Kotlin | Language::Scala => self.colon_typed(index, "@"),
                Language::Rust => self.colon_typed(index, "@;"),
                Language::C | Language::Cpp => self.c(index),
                Language::Bash => &["@"],
            }
        };
        let fill = |template: &&str| template.replace('@', &name);
        templates.iter().map(fill).collect()
    }

    /// What may stand for `$X`.
    fn metavariable(&self, index: usize) -> Vec<String> {
        let name = self.tokens.get(index).map(name_of).unwrap_or_default();
        let (before, after) = (self.text(self.before(index)), self.text(Some(index + 1)));
        match self.language {
            Language::Php if matches!(before, ">" | ":" | "class" | "function" | "new" | "use") => {
                return vec![name.clone(), format!("${name}")];
            }
            Language::Php => return vec![format!("${name}"), name],
            Language::Ruby => return vec![name.clone(), format!("_{name}")],
            _ => {}
        }
        let parameter = matches!(self.language, Language::Java | Language::CSharp)
            && matches!(before, "(" | ",")
            && matches!(after, ")" | ",")
            && self
                .opener(index)
                .is_some_and(|open| self.text(Some(open)) == "(" && self.declares_parameters(open));
        if parameter {
            return vec![format!("{ELLIPSIS} {name}"), name];
        }
        let value = before == "=" && matches!(self.language, Language::JavaScript | Language::Tsx);
        if value {
            vec![name.clone(), format!("{{{name}}}")]
        } else {
            vec![name]
        }
    }

    fn python(&self, index: usize) -> &'static [&'static str] {
        match self.opener(index) {
            Some(open) if self.text(Some(open)) == "{" => {
                if self.level_has(open, ":") {
                    &["**@", "@"]
                } else {
                    &["@", "**@"]
                }
            }
            _ => &["@"],
        }
    }

    /// Ruby reads a capital as a constant, which is no parameter.
    fn ruby(&self, index: usize) -> &'static [&'static str] {
        match self.opener(index) {
            Some(open) if self.text(Some(open)) == "{" => &["**_@", "_@"],
            _ => &["_@", "**_@"],
        }
    }

    fn php(&self, index: usize) -> &'static [&'static str] {
        match self.opener(index) {
            None => &["$@;", "$@", "use @;"],
            Some(open) if self.text(Some(open)) == "{" => &["$@;", "use @;", "$@", "case $@:"],
            Some(_) => &["$@"],
        }
    }

    /// C and C++, in which a name before what comes next would be its type.
    fn c(&self, index: usize) -> &'static [&'static str] {
        match self.opener(index) {
            Some(open) if self.text(Some(open)) != "{" => &["@", "@ @"],
            _ if self.begins_statement(index) => &["@;", "@", "@ @;"],
            _ => &["@", "@;"],
        }
    }

    /// Languages that write a type after a name and a colon; what stands for statements ends as `statement` does.
    fn colon_typed(&self, index: usize, statement: &'static str) -> &'static [&'static str] {
        let Some(open) = self.opener(index) else {
            return match statement {
                "@;" => &["@;", "@", "type @ = @;"],
                _ => &["@", "@ => @"],
            };
        };
        match self.text(Some(open)) {
            "(" if self.declares_after_word(open) => &["@: @", "@"],
            "{" if statement == "@;" => &["@;", "@", "@: @", "type @ = @;", "@ => @,"],
            "{" => &["@", "typealias @ = @", "@ -> @", "case @ => @", "@: @"],
            _ => &["@", "@: @"],
        }
    }

    /// Whether a `(` opens the parameters of `fun name(…)` and its like.
    fn declares_after_word(&self, open: usize) -> bool {
        const WORDS: [&str; 5] = ["fun", "fn", "def", "class", "constructor"];
        let name = self.before(open);
        let before_name = name.and_then(|name| self.before(name));
        WORDS.contains(&self.text(name)) || WORDS.contains(&self.text(before_name))
    }

    /// Whether a statement can begin at a token.
    fn begins_statement(&self, index: usize) -> bool {
        let Some(before) = self.token(self.before(index)) else {
            return true;
        };
        if before.kind == TokenKind::Mark && matches!(before.text, ";" | "{" | "}") {
            return true;
        }
        let fresh = self.tokens.get(index).is_some_and(|token| token.fresh);
        let goes_on = before.kind == TokenKind::Mark && !matches!(before.text, ")" | "]" | ">")
            || matches!(before.text, "return" | "in" | "of" | "new" | "else");
        fresh && !goes_on
    }

    /// Whether a bracket is that of `word (…)`.
    fn follows(&self, open: usize, words: &[&str]) -> bool {
        words.contains(&self.text(self.before(open)))
    }

    fn script(&self, index: usize) -> &'static [&'static str] {
        const STATEMENT: &[&str] = &["@;", "@"];
        const EXPRESSION: &[&str] = &["@", "{@}", "@;"];
        let Some(open) = self.opener(index) else {
            return if self.begins_statement(index) {
                STATEMENT
            } else {
                EXPRESSION
            };
        };
        match self.text(Some(open)) {
            "(" if self.follows(open, &["for"]) && self.close_of(open) == Some(index + 1) => &["@;;", "@"],
            "{" => match self.brace(open) {
                Brace::Value => EXPRESSION,
                Brace::Unsure if self.level_has(open, ",") || self.level_has(open, ":") => EXPRESSION,
                Brace::Switch => &["case @: @;", "@;"],
                Brace::Class => STATEMENT,
                Brace::Unsure if self.level_has(open, ";") => STATEMENT,
                Brace::Unsure => EXPRESSION,
                Brace::Block if self.begins_statement(index) => STATEMENT,
                Brace::Block => EXPRESSION,
            },
            _ => EXPRESSION,
        }
    }

    /// Java and C#, in which a name alone is no statement.
    fn java(&self, index: usize) -> &'static [&'static str] {
        const EXPRESSION: &[&str] = &["@", "@ @", "@;"];
        const MEMBER: &[&str] = &["@ @;", "@;", "@,", "@"];
        const PARAMETER: &[&str] = &["@ @", "@"];
        let statement: &[&str] = match self.language {
            Language::CSharp => &["@ @;", "@;", "@"],
            _ => &["@;", "@ @;", "@"],
        };
        let Some(open) = self.opener(index) else {
            return if self.begins_statement(index) {
                statement
            } else {
                EXPRESSION
            };
        };
        match self.text(Some(open)) {
            "(" if self.follows(open, &["for"]) && self.close_of(open) == Some(index + 1) => {
                &["@;;", "@ @ : @"]
            }
            "(" if self.follows(open, &["catch"]) => PARAMETER,
            "(" if self.follows(open, &["try"]) => &["@ @ = @", "@"],
            "(" if self.declares_parameters(open) => PARAMETER,
            "(" if self.is_annotation(open) && (self.level_has(open, "=") || self.level_has(open, ",")) => {
                &["@ = @", "@"]
            }
            "{" => match self.brace(open) {
                Brace::Value => EXPRESSION,
                Brace::Switch => &["case @: @;", "@;"],
                Brace::Class => MEMBER,
                Brace::Unsure if self.level_has(open, ",") && !self.level_has(open, ";") => EXPRESSION,
                Brace::Unsure | Brace::Block if self.begins_statement(index) => statement,
                Brace::Unsure | Brace::Block => EXPRESSION,
            },
            _ => EXPRESSION,
        }
    }

    fn go(&self, index: usize) -> &'static [&'static str] {
        const PLAIN: &[&str] = &["@", "@ @"];
        let Some(open) = self.opener(index) else {
            return PLAIN;
        };
        match self.text(Some(open)) {
            "(" if self.follows(open, &["import"]) => &["\"@\""],
            "(" if self.follows(open, &["var", "const"]) => &["@ = @", "@ @"],
            "(" if self.declares_parameters(open) => &["@ @", "@"],
            "{" if self.follows(open, &["struct"]) => &["@ @", "@"],
            "{" if self.brace(open) == Brace::Switch => &["case @: @", "@"],
            _ => PLAIN,
        }
    }

    /// Whether a `(` opens the arguments of an annotation.
    fn is_annotation(&self, open: usize) -> bool {
        let mut at = self.before(open);
        while let Some(index) = at {
            match self.text(at) {
                "@" => return true,
                "." => {}
                _ if self.is_word(at) => {}
                _ => return false,
            }
            at = self.before(index);
        }
        false
    }

    /// Whether a `(` opens parameters, in languages that write types before or after names.
    fn declares_parameters(&self, open: usize) -> bool {
        const CONTROL: [&str; 9] = [
            "if",
            "for",
            "while",
            "switch",
            "catch",
            "synchronized",
            "try",
            "return",
            "new",
        ];
        let name = self.before(open);
        let before_name = name.and_then(|name| self.before(name));
        if self.language == Language::Go {
            let method = self.text(before_name) == ")"
                && before_name
                    .and_then(|close| self.open_of(close))
                    .is_some_and(|receiver| self.follows(receiver, &["func"]));
            return self.text(name) == "func" || self.text(before_name) == "func" || method;
        }
        if !self.is_word(name) || CONTROL.contains(&self.text(name)) {
            return false;
        }
        if self.is_annotation(open)
            || matches!(
                self.text(before_name),
                "new" | "." | "return" | "throw" | "=" | "else"
            )
        {
            return false;
        }
        let after = self.text(self.close_of(open).map(|close| close + 1));
        let typed = self.is_word(before_name) || matches!(self.text(before_name), ">" | "]");
        matches!(after, "{" | "throws") || typed
    }

    fn brace(&self, open: usize) -> Brace {
        let Some(before) = self.before(open) else {
            return Brace::Unsure;
        };
        let text = self.text(Some(before));
        match text {
            ")" => {
                let head = self.open_of(before);
                return if head.is_some_and(|head| self.follows(head, &["switch"])) {
                    Brace::Switch
                } else if head.is_some_and(|head| self.creates(head)) {
                    Brace::Class
                } else {
                    Brace::Block
                };
            }
            "=>" | "->" | "else" | "try" | "finally" | "do" | "static" | ";" | "}" => return Brace::Block,
            "=" | "(" | "," | "[" | "?" | "|" | "&" | "+" | "]" | "import" | "export" | "return"
            | "default" => {
                return Brace::Value;
            }
            "{" => return Brace::Unsure,
            ":" => {
                return if self
                    .opener(open)
                    .is_some_and(|outer| self.brace(outer) == Brace::Switch)
                {
                    Brace::Block
                } else {
                    Brace::Value
                };
            }
            _ => {}
        }
        self.brace_after_words(open)
    }

    /// Whether a `(` opens the arguments of `new T(…)`.
    fn creates(&self, open: usize) -> bool {
        let mut at = self.before(open);
        while let Some(index) = at {
            if self.text(at) == "new" {
                return true;
            }
            if !self.is_word(at) && !matches!(self.text(at), "." | "<" | ">" | ",") {
                return false;
            }
            at = self.before(index);
        }
        false
    }

    /// What `{` opens after words: looks back to where the statement begins.
    fn brace_after_words(&self, open: usize) -> Brace {
        let outer = self.opener(open);
        let mut at = self.before(open);
        while let Some(index) = at {
            if self.opener(index) == outer || self.brackets.close.get(index).copied().flatten().is_some() {
                match self.text(at) {
                    "class" | "interface" | "enum" | "record" => return Brace::Class,
                    "switch" | "select" => return Brace::Switch,
                    "if" | "for" | "while" | "func" | "throws" | "namespace" => return Brace::Block,
                    ")" if self.language != Language::Go => return Brace::Block,
                    "=" | "import" | "export" => return Brace::Value,
                    ";" | "{" | "}" => break,
                    _ => {}
                }
            }
            at = self.before(index);
        }
        if self.language == Language::Go {
            Brace::Value
        } else {
            Brace::Unsure
        }
    }

    /// Metavariables with types, `($X: T)` and `(T $X)`.
    fn typed(&self) -> Vec<Hole> {
        let mut holes = Vec::new();
        for (open, token) in self.tokens.iter().enumerate() {
            if !token.is_mark("(") {
                continue;
            }
            let Some(close) = self.close_of(open) else {
                continue;
            };
            let found = match self.language {
                Language::Ruby | Language::Php | Language::Bash => None,
                language if language.types_stand_first() => self.typed_before(open, close),
                _ => self.typed_after(open, close),
            };
            holes.extend(found);
        }
        holes
    }

    fn follows_callee(&self, open: usize) -> bool {
        const BEFORE_VALUE: [&str; 12] = [
            "return", "in", "of", "await", "yield", "throw", "not", "and", "or", "else", "is", "if",
        ];
        let before = self.before(open);
        (self.is_word(before) && !BEFORE_VALUE.contains(&self.text(before)))
            || matches!(self.text(before), ")" | "]")
    }

    fn typed_after(&self, open: usize, close: usize) -> Option<Hole> {
        let metavariable = self.token(Some(open + 1))?;
        let colon = self.token(Some(open + 2))?;
        if metavariable.kind != TokenKind::Metavariable || !colon.is_mark(":") || close <= open + 3 {
            return None;
        }
        let after = self.text(Some(close + 1));
        let declares = ["def", "func", "function", "lambda", "class"]
            .contains(&self.text(self.before(open).and_then(|name| self.before(name))));
        let argument = matches!(self.language, Language::Python | Language::Go) && !declares;
        let called = self.follows_callee(open);
        if (called && !argument) || matches!(after, "=>" | "{") {
            return None;
        }
        let first = self.token(Some(open + 3))?;
        let last = self.token(Some(close - 1))?;
        let kind = self.type_text(first.at, last.end(), open + 3..close);
        let name = name_of(metavariable);
        let form = match self.language {
            Language::Python => format!("{TYPED}({name}, {kind})"),
            Language::Go => format!("{TYPED}({name}).({kind})"),
            Language::Scala => format!("({TYPED}({name}): {kind})"),
            _ => format!("({TYPED}({name}) as {kind})"),
        };
        let form = if self.is_target(close) {
            format!("{form}.{TYPED}")
        } else {
            form
        };
        let form = if called { format!("({form})") } else { form };
        let at = self.tokens.get(open)?.at..self.tokens.get(close)?.end();
        Some(Hole {
            at,
            forms: vec![form],
        })
    }

    fn typed_before(&self, open: usize, close: usize) -> Option<Hole> {
        let last = close.checked_sub(1)?;
        let metavariable = self.token(Some(last))?;
        if metavariable.kind != TokenKind::Metavariable || last <= open + 1 {
            return None;
        }
        let pointers = matches!(self.language, Language::C | Language::Cpp);
        let is_type = |index: usize| {
            (pointers && matches!(self.text(Some(index)), "*" | "&" | ":"))
                || self.is_word(Some(index))
                || matches!(
                    self.text(Some(index)),
                    "." | "<" | ">" | "," | "[" | "]" | "?" | "..."
                )
        };
        let names = (open + 1..last).all(is_type) && (open + 1..last).any(|index| self.is_word(Some(index)));
        let ends_type = self.is_word(Some(last - 1))
            || matches!(self.text(Some(last - 1)), ">" | "]")
            || (pointers && matches!(self.text(Some(last - 1)), "*" | "&"));
        let after = self.text(Some(close + 1));
        if !names || !ends_type || self.follows_callee(open) || matches!(after, "->" | "{") {
            return None;
        }
        let first = self.token(Some(open + 1))?;
        let end = self.token(Some(last - 1))?.end();
        let kind = self.type_text(first.at, end, open + 1..last);
        let mut form = format!("(({kind}) {TYPED}({}))", name_of(metavariable));
        if self.is_target(close) {
            form = format!("{form}.{TYPED}");
        }
        let at = self.tokens.get(open)?.at..self.tokens.get(close)?.end();
        Some(Hole {
            at,
            forms: vec![form],
        })
    }

    /// Whether what a bracket closes is assigned to: written so that it can be, as a member.
    fn is_target(&self, close: usize) -> bool {
        self.text(Some(close + 1)) == "=" && !matches!(self.text(Some(close + 2)), "=" | ">")
    }

    /// The text of a type, its holes filled.
    fn type_text(&self, from: usize, to: usize, range: std::ops::Range<usize>) -> String {
        let mut text = String::with_capacity(to.saturating_sub(from));
        for token in self.tokens.get(range).unwrap_or(&[]) {
            let words = text.chars().next_back().is_some_and(super::token::is_word);
            if words && token.text.chars().next().is_some_and(super::token::is_word) {
                text.push(' ');
            }
            match token.kind {
                TokenKind::Word | TokenKind::Mark | TokenKind::Literal => text.push_str(token.text),
                _ => text.push_str(&name_of(token)),
            }
        }
        text
    }
}
