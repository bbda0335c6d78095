//! Entries nested by indentation: the part of YAML 1.2 (<https://yaml.org/spec/1.2.2/>) that tools write and people use in
//! configuration, and the lock files of yarn 1, which look like it.
//!
//! In: text. Out: [`Entry`]s with their places, in the order of the file. Read are block and flow collections, quoted and
//! plain scalars, comments, and long keys (`? key`); text blocks (`|`, `>`) are skipped, anchors and tags dropped, aliases
//! left as they stand. One pass; nesting is bounded.

use crate::catalog::Unreadable;
use std::borrow::Cow;
use std::ops::Range;

/// Deepest nesting.
const DEEPEST: usize = 64;

/// A key with its value or what is nested in it; an item of a list has no key.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Entry<'t> {
    pub(crate) key: Cow<'t, str>,
    pub(crate) value: Cow<'t, str>,
    pub(crate) entries: Vec<Entry<'t>>,
    /// The line on which it begins, without indentation.
    pub(crate) at: Range<usize>,
}

impl<'t> Entry<'t> {
    /// The entry of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&Entry<'t>> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// The value of a key; none where it is empty.
    pub(crate) fn value_of(&self, key: &str) -> Option<&str> {
        self.get(key)
            .map(|entry| entry.value.as_ref())
            .filter(|value| !value.is_empty())
    }

    /// The entries nested in a key.
    pub(crate) fn entries_of(&self, key: &str) -> &[Entry<'t>] {
        self.get(key).map_or(&[], |entry| &entry.entries)
    }
}

/// What stands between a key and its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Separator {
    /// A colon, as in YAML.
    Colon,
    /// A space; a colon ends a line that only opens a nesting, as in yarn 1.
    Space,
}

/// Reads a text; the entries are those of the entry that is returned, which has neither key nor value.
///
/// # Errors
/// A line that is no entry at the outermost level, or too deep a nesting.
pub(crate) fn read(text: &str, separator: Separator) -> Result<Entry<'_>, Unreadable> {
    let mut reader = Reader {
        text,
        separator,
        open: vec![(-1, Entry::default())],
        rest: text,
        long_key: None,
    };
    while let Some(line) = reader.line() {
        reader.read_line(line)?;
    }
    reader.close(0);
    Ok(reader.open.pop().map(|(_, entry)| entry).unwrap_or_default())
}

struct Reader<'t> {
    text: &'t str,
    separator: Separator,
    /// The entries that are open, each with its rank: twice its column, one more for an item, so that the items of a list
    /// may stand in the column of their key.
    open: Vec<(isize, Entry<'t>)>,
    rest: &'t str,
    long_key: Option<Cow<'t, str>>,
}

impl<'t> Reader<'t> {
    fn line(&mut self) -> Option<&'t str> {
        if self.rest.is_empty() {
            return None;
        }
        let (line, rest) = self.rest.split_once('\n').unwrap_or((self.rest, ""));
        self.rest = rest;
        Some(line.strip_suffix('\r').unwrap_or(line))
    }

    fn read_line(&mut self, line: &'t str) -> Result<(), Unreadable> {
        let mut content = line.trim_start_matches(' ');
        let mut column = line.len() - content.len();
        content = content.trim_end();
        if content.is_empty() || content.starts_with('#') || is_marker(content, column) {
            return Ok(());
        }
        while let Some(item) = content
            .strip_prefix('-')
            .filter(|_| self.separator == Separator::Colon)
        {
            if !item.is_empty() && !item.starts_with(' ') {
                break;
            }
            let inner = item.trim_start_matches(' ');
            self.open_entry(column, true, Cow::Borrowed(""), content)?;
            column += content.len() - inner.len();
            content = inner;
        }
        if content.is_empty() {
            return Ok(());
        }
        self.read_content(column, content)
    }

    fn read_content(&mut self, column: usize, content: &'t str) -> Result<(), Unreadable> {
        if let Some(key) = content.strip_prefix("? ") {
            self.long_key = Some(scalar(key.trim()));
            return Ok(());
        }
        let (key, value) = match (self.long_key.take(), content.strip_prefix(':')) {
            (Some(key), Some(value)) => (key, value.trim()),
            _ => match split(content, self.separator) {
                Some(parts) => parts,
                None => return self.read_scalar(content),
            },
        };
        self.open_entry(column, false, key, content)?;
        self.set_value(column, value);
        Ok(())
    }

    /// A line that has no key: the value of an item, or the next line of a plain scalar.
    fn read_scalar(&mut self, content: &'t str) -> Result<(), Unreadable> {
        let top = self.open.len();
        match self.open.last_mut() {
            Some((rank, entry)) if top > 1 => {
                if rank.rem_euclid(2) == 1 && entry.value.is_empty() && entry.entries.is_empty() {
                    let column = usize::try_from(*rank / 2).unwrap_or(0);
                    self.set_value(column, content);
                }
                Ok(())
            }
            _ => Err(Unreadable(format!(
                "line {} is no entry",
                self.text
                    .get(..super::place(self.text, content).start)
                    .map_or(0, line_breaks)
                    + 1
            ))),
        }
    }

    fn set_value(&mut self, column: usize, value: &'t str) {
        let value = without_marks(value);
        if value.starts_with(['|', '>']) {
            self.skip_block(column);
            return;
        }
        let value = if self.separator == Separator::Colon && value.starts_with(['{', '[']) {
            self.flow_extent(value)
        } else {
            value
        };
        let at = super::place(self.text, value);
        let Some((_, entry)) = self.open.last_mut() else {
            return;
        };
        if self.separator == Separator::Colon && value.starts_with(['{', '[']) {
            entry.entries = Flow { rest: value, at }.collection(0);
        } else {
            entry.value = scalar(value);
        }
    }

    /// A flow collection may go on over several lines, until its brackets are closed.
    fn flow_extent(&mut self, value: &'t str) -> &'t str {
        let start = super::place(self.text, value).start;
        let tail = self.text.get(start..).unwrap_or(value);
        let mut depth = 0_usize;
        let mut quote = None;
        for (at, byte) in tail.bytes().enumerate() {
            match (quote, byte) {
                (Some(open), _) if open == byte => quote = None,
                (None, b'"' | b'\'') => quote = Some(byte),
                (None, b'{' | b'[') => depth += 1,
                (None, b'}' | b']') => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                let end = start + at + 1;
                let line_end = start + value.len();
                if end > line_end {
                    let after = self.text.get(end..).unwrap_or_default();
                    self.rest = after.split_once('\n').map_or("", |(_, rest)| rest);
                }
                return self.text.get(start..end).unwrap_or(value);
            }
            // A bracket that nothing closes is no collection of many lines but a mistake on this one.
            if at > FLOW_LIMIT {
                break;
            }
        }
        value
    }

    fn skip_block(&mut self, column: usize) {
        loop {
            let before = self.rest;
            let Some(line) = self.line() else {
                return;
            };
            let content = line.trim_start_matches(' ');
            if !content.trim().is_empty() && line.len() - content.len() <= column {
                self.rest = before;
                return;
            }
        }
    }

    fn open_entry(
        &mut self,
        column: usize,
        item: bool,
        key: Cow<'t, str>,
        content: &'t str,
    ) -> Result<(), Unreadable> {
        let rank = isize::try_from(column * 2 + usize::from(item)).unwrap_or(isize::MAX);
        self.close(rank);
        if self.open.len() > DEEPEST {
            return Err(Unreadable(format!("entries nested deeper than {DEEPEST}")));
        }
        let at = super::place(self.text, content);
        self.open.push((
            rank,
            Entry {
                key,
                at,
                ..Entry::default()
            },
        ));
        Ok(())
    }

    /// Puts every open entry of this rank or a higher one into the one that holds it.
    fn close(&mut self, rank: isize) {
        while self.open.last().is_some_and(|(open, _)| *open >= rank) {
            let closed = self.open.pop();
            if let (Some((_, entry)), Some((_, holder))) = (closed, self.open.last_mut()) {
                holder.entries.push(entry);
            }
        }
    }
}

/// Longest flow collection, in bytes.
const FLOW_LIMIT: usize = 64 << 10;

/// `---`, `...` and directives stand between documents.
fn is_marker(content: &str, column: usize) -> bool {
    column == 0
        && (content == "---" || content == "..." || content.starts_with("--- ") || content.starts_with('%'))
}

fn line_breaks(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'\n').count()
}

fn without_marks(mut value: &str) -> &str {
    while value.starts_with(['&', '!']) {
        value = value.split_once(' ').map_or("", |(_, rest)| rest.trim_start());
    }
    value
}

fn split(content: &str, separator: Separator) -> Option<(Cow<'_, str>, &str)> {
    if separator == Separator::Space {
        if let Some(key) = content.strip_suffix(':') {
            return Some((Cow::Borrowed(key), ""));
        }
        let end = match content.strip_prefix('"') {
            Some(quoted) => quoted.find('"')? + 2,
            None => content.find(' ')?,
        };
        let (key, value) = content.split_at_checked(end)?;
        return Some((scalar(key), value.trim()));
    }
    if let Some(end) = quoted_end(content) {
        let (key, rest) = content.split_at_checked(end)?;
        if let Some(value) = rest.trim_start().strip_prefix(':') {
            return Some((scalar(key), value.trim()));
        }
    }
    let end = key_end(content)?;
    let (key, rest) = content.split_at_checked(end)?;
    let value = rest.strip_prefix(':')?;
    Some((Cow::Borrowed(key.trim_end()), value.trim()))
}

/// Where the colon stands that ends a plain key.
fn key_end(content: &str) -> Option<usize> {
    if content.starts_with(['{', '[']) {
        return None;
    }
    let bytes = content.as_bytes();
    bytes.iter().enumerate().position(|(at, byte)| {
        *byte == b':' && bytes.get(at + 1).is_none_or(|next| matches!(next, b' ' | b'\t'))
    })
}

/// The length of the quoted string with which a text begins.
fn quoted_end(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let quote = *bytes.first().filter(|byte| matches!(byte, b'"' | b'\''))?;
    let mut at = 1;
    loop {
        let byte = *bytes.get(at)?;
        if byte == b'\\' && quote == b'"' {
            at += 2;
        } else if byte == quote {
            if quote == b'\'' && bytes.get(at + 1) == Some(&quote) {
                at += 2;
            } else {
                return Some(at + 1);
            }
        } else {
            at += 1;
        }
    }
}

/// The text of a quoted or plain scalar, without a comment after it.
fn scalar(text: &str) -> Cow<'_, str> {
    let Some(end) = quoted_end(text) else {
        return Cow::Borrowed(text.split(" #").next().unwrap_or(text).trim_end());
    };
    let inner = text.get(1..end.saturating_sub(1)).unwrap_or_default();
    if text.starts_with('\'') {
        if inner.contains("''") {
            Cow::Owned(inner.replace("''", "'"))
        } else {
            Cow::Borrowed(inner)
        }
    } else if inner.contains('\\') {
        // The escapes that may stand in names and addresses are those of JSON.
        let json = serde_json::from_str::<String>(text.get(..end).unwrap_or_default());
        json.map_or(Cow::Borrowed(inner), Cow::Owned)
    } else {
        Cow::Borrowed(inner)
    }
}

/// A collection in brackets.
struct Flow<'t> {
    rest: &'t str,
    at: Range<usize>,
}

impl<'t> Flow<'t> {
    /// Reads from the opening bracket to the one that closes it, or as far as there is something.
    fn collection(&mut self, depth: usize) -> Vec<Entry<'t>> {
        let mut entries = Vec::new();
        self.rest = self.rest.get(1..).unwrap_or_default();
        loop {
            self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n', ',']);
            if self.rest.is_empty() {
                return entries;
            }
            if let Some(rest) = self.rest.strip_prefix(['}', ']']) {
                self.rest = rest;
                return entries;
            }
            entries.push(self.entry(depth));
        }
    }

    fn entry(&mut self, depth: usize) -> Entry<'t> {
        let mut entry = Entry {
            at: self.at.clone(),
            ..Entry::default()
        };
        if self.rest.starts_with(['{', '[']) {
            if depth >= DEEPEST {
                self.rest = "";
            } else {
                entry.entries = self.collection(depth + 1);
            }
            return entry;
        }
        let word = self.word();
        let after = self.rest.trim_start();
        let Some(value) = after.strip_prefix(':') else {
            entry.value = word;
            return entry;
        };
        entry.key = word;
        self.rest = value.trim_start();
        if self.rest.starts_with(['{', '[']) {
            if depth >= DEEPEST {
                self.rest = "";
            } else {
                entry.entries = self.collection(depth + 1);
            }
        } else {
            entry.value = self.word();
        }
        entry
    }

    fn word(&mut self) -> Cow<'t, str> {
        let end = quoted_end(self.rest).unwrap_or_else(|| {
            let bytes = self.rest.as_bytes();
            let ends = |at: usize, byte: u8| match byte {
                b',' | b'}' | b']' | b'\n' => true,
                b':' => bytes.get(at + 1).is_none_or(|next| next.is_ascii_whitespace()),
                _ => false,
            };
            let end = bytes.iter().enumerate().position(|(at, byte)| ends(at, *byte));
            end.unwrap_or(bytes.len())
        });
        let (word, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        self.rest = rest;
        scalar(word.trim_end())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(entry: &Entry<'_>) -> String {
        let inner: Vec<String> = entry.entries.iter().map(shown).collect();
        format!("{}={}({})", entry.key, entry.value, inner.join(" "))
    }

    #[test]
    fn mappings_lists_and_quotes_nest() {
        let text = "a:\n  'b''c': \"d\\\"e\" # comment\n  list:\n  - x: 1\n    y: 2\n  - plain # z\nf: {g: h, i: [j, 'k: l']}\n";
        let read = read(text, Separator::Colon).unwrap();
        assert_eq!(
            shown(&read),
            "=(a=(b'c=d\"e() list=(=(x=1() y=2()) =plain())) f=(g=h() i=(=j() =k: l())))"
        );
        assert_eq!(&text[read.entries[1].at.clone()], "f: {g: h, i: [j, 'k: l']}");
    }

    #[test]
    fn a_block_of_text_is_no_entry() {
        let text =
            "steps:\n  - run: |\n      uses: not/this@v1\n\n      more\n    name: x\n  - uses: a/b@v2\n";
        let read = read(text, Separator::Colon).unwrap();
        assert_eq!(shown(&read), "=(steps=(=(run=() name=x()) =(uses=a/b@v2())))");
    }

    #[test]
    fn a_long_key_stands_on_a_line_of_its_own() {
        let read = read("? \"a@1, a@2\"\n:\n  version: 1\n", Separator::Colon).unwrap();
        assert_eq!(shown(&read), "=(a@1, a@2=(version=1()))");
    }

    #[test]
    fn a_flow_collection_may_have_several_lines() {
        let read = read("a: [b,\n  c]\nd: e\n", Separator::Colon).unwrap();
        assert_eq!(shown(&read), "=(a=(=b() =c()) d=e())");
    }

    #[test]
    fn deep_nesting_is_an_error_and_a_deep_flow_ends() {
        let deep: String = (0..100).map(|n| format!("{}a:\n", " ".repeat(n))).collect();
        assert!(read(&deep, Separator::Colon).is_err());
        let flow = format!("a: {}", "[".repeat(60_000));
        assert!(read(&flow, Separator::Colon).is_ok());
        assert!(read("this is no outline", Separator::Colon).is_err());
    }
}
