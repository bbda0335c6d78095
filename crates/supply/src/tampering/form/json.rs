//! JSON (<https://www.rfc-editor.org/rfc/rfc8259>) with the place of every key and value.
//!
//! In: text. Out: a tree that borrows from it. Names that stand twice are kept twice. Nesting is bounded; numbers are kept
//! as they are written.

use crate::catalog::Unreadable;
use std::borrow::Cow;
use std::ops::Range;

/// Deepest nesting.
const DEEPEST: usize = 128;

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Json<'t> {
    pub(crate) value: Value<'t>,
    pub(crate) at: Range<usize>,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value<'t> {
    Object(Vec<Member<'t>>),
    Array(Vec<Json<'t>>),
    Text(Cow<'t, str>),
    /// A number, `true`, `false` or `null`, as written.
    Word(&'t str),
}

/// A member of an object.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Member<'t> {
    pub(crate) key: Cow<'t, str>,
    /// Where the key stands, with its quotes.
    pub(crate) at: Range<usize>,
    pub(crate) json: Json<'t>,
}

/// Reads a document.
///
/// # Errors
/// Text that is no JSON, and where.
pub(crate) fn read(text: &str) -> Result<Json<'_>, Unreadable> {
    let mut reader = Reader { text, at: 0 };
    let json = reader.value(0)?;
    reader.space();
    if reader.at < text.len() {
        return Err(reader.error("something follows the document"));
    }
    Ok(json)
}

impl<'t> Json<'t> {
    /// The members of an object; none of anything else.
    pub(crate) fn members(&self) -> &[Member<'t>] {
        match &self.value {
            Value::Object(members) => members,
            _ => &[],
        }
    }

    /// The items of an array; none of anything else.
    pub(crate) fn items(&self) -> &[Json<'t>] {
        match &self.value {
            Value::Array(items) => items,
            _ => &[],
        }
    }

    /// The value of a key; the last where it stands twice, as tools have it.
    pub(crate) fn get(&self, key: &str) -> Option<&Json<'t>> {
        self.member(key).map(|member| &member.json)
    }

    /// The member of a key.
    pub(crate) fn member(&self, key: &str) -> Option<&Member<'t>> {
        self.members().iter().rfind(|member| member.key == key)
    }

    /// The members of the object under a key.
    pub(crate) fn members_of(&self, key: &str) -> &[Member<'t>] {
        self.get(key).map_or(&[], Json::members)
    }

    /// A string.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A string or a number, as it is written.
    pub(crate) fn word(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            Value::Word(word) => Some(word),
            _ => None,
        }
    }

    /// The string of a key.
    pub(crate) fn text_of(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Json::text)
    }

    /// Whether the value of a key is this word (`true`, `false`, `null`).
    pub(crate) fn is(&self, key: &str, word: &str) -> bool {
        matches!(self.get(key).map(|json| &json.value), Some(Value::Word(found)) if *found == word)
    }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while self
            .peek()
            .is_some_and(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
        {
            self.at += 1;
        }
    }

    fn error(&self, what: &str) -> Unreadable {
        let before = self.text.as_bytes().get(..self.at).unwrap_or_default();
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        Unreadable(format!("it is no JSON: {what}, line {line}"))
    }

    fn value(&mut self, depth: usize) -> Result<Json<'t>, Unreadable> {
        self.space();
        let start = self.at;
        let value = match self.peek() {
            Some(b'{' | b'[') if depth >= DEEPEST => {
                return Err(self.error("values nested deeper than 128"));
            }
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.array(depth)?,
            Some(b'"') => Value::Text(self.string()?),
            Some(_) => self.plain()?,
            None => return Err(self.error("it ends early")),
        };
        Ok(Json {
            value,
            at: start..self.at,
        })
    }

    fn object(&mut self, depth: usize) -> Result<Value<'t>, Unreadable> {
        let mut members = Vec::new();
        self.at += 1;
        loop {
            self.space();
            match self.peek() {
                Some(b'}') if members.is_empty() => break,
                Some(b'"') => {}
                _ => return Err(self.error("a name is missing")),
            }
            let start = self.at;
            let key = self.string()?;
            let at = start..self.at;
            self.space();
            if self.peek() != Some(b':') {
                return Err(self.error("`:` is missing"));
            }
            self.at += 1;
            let json = self.value(depth + 1)?;
            members.push(Member { key, at, json });
            if !self.goes_on(b'}')? {
                break;
            }
        }
        self.at += 1;
        Ok(Value::Object(members))
    }

    fn array(&mut self, depth: usize) -> Result<Value<'t>, Unreadable> {
        let mut items = Vec::new();
        self.at += 1;
        self.space();
        if self.peek() != Some(b']') {
            loop {
                items.push(self.value(depth + 1)?);
                if !self.goes_on(b']')? {
                    break;
                }
            }
        }
        self.at += 1;
        Ok(Value::Array(items))
    }

    /// Steps over a comma; answers whether there was one, rather than the closing bracket, at which it stays.
    fn goes_on(&mut self, close: u8) -> Result<bool, Unreadable> {
        self.space();
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                Ok(true)
            }
            Some(byte) if byte == close => Ok(false),
            _ => Err(self.error("`,` or a closing bracket is missing")),
        }
    }

    fn string(&mut self) -> Result<Cow<'t, str>, Unreadable> {
        let start = self.at;
        let mut escaped = false;
        self.at += 1;
        loop {
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    self.at += 2;
                }
                Some(_) => self.at += 1,
                None => {
                    self.at = start;
                    return Err(self.error("a string is not closed"));
                }
            }
        }
        self.at += 1;
        let quoted = self.text.get(start..self.at).unwrap_or_default();
        if escaped {
            let text = serde_json::from_str(quoted).map_err(|_| self.error("a string is not well formed"))?;
            return Ok(Cow::Owned(text));
        }
        Ok(Cow::Borrowed(
            quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default(),
        ))
    }

    fn plain(&mut self) -> Result<Value<'t>, Unreadable> {
        let start = self.at;
        while self
            .peek()
            .is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.'))
        {
            self.at += 1;
        }
        match self.text.get(start..self.at) {
            Some(word) if !word.is_empty() => Ok(Value::Word(word)),
            _ => Err(self.error("a value is missing")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_values_have_their_places() {
        let text = "{ \"a\": [1, {\"b\\n\": \"c\"}], \"a\": null }";
        let json = read(text).unwrap();
        let first = &json.members()[0];
        assert_eq!(&text[first.at.clone()], "\"a\"");
        assert_eq!(&text[first.json.at.clone()], "[1, {\"b\\n\": \"c\"}]");
        assert_eq!(first.json.items()[1].text_of("b\n"), Some("c"));
        assert!(json.is("a", "null"), "the last of a name counts");
    }

    #[test]
    fn what_is_no_json_is_refused_with_its_line() {
        for text in [
            "",
            "{",
            "[1,]",
            "{\"a\"}",
            "{\"a\":1,}",
            "\"\\",
            "\"\\q\"",
            "1 2",
            "{1:2}",
            "[",
            "\u{feff}{}",
        ] {
            assert!(read(text).is_err(), "{text:?}");
        }
        assert_eq!(
            read("{\n\"a\" 1}").unwrap_err().0,
            "it is no JSON: `:` is missing, line 2"
        );
        let deep = "[".repeat(100_000);
        assert!(read(&deep).is_err());
    }

    #[test]
    fn it_agrees_with_another_reader_on_sound_documents() {
        for text in [
            "[]",
            "{}",
            " [ [ ] , { } ] ",
            "{\"a\":{\"b\":[true,-1.5e3,\"x\"]}}",
        ] {
            assert!(serde_json::from_str::<serde_json::Value>(text).is_ok());
            assert!(read(text).is_ok(), "{text}");
        }
    }
}
