//! Reads YAML 1.2, and the YAML that Kubernetes tools read.
//!
//! Source: <https://yaml.org/spec/1.2.2/>; what plain scalars mean to Kubernetes: `resolve.go` of <https://github.com/kubernetes-sigs/yaml>.

use crate::{Entry, Node, Span, Value};
use crate::{lenient, scalar};
use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, Tag};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

/// A text is read again for each quoted text that is less indented than it should be: at most so often, and so many bytes in all.
const REREAD: usize = 64;
const REREAD_BYTES: usize = 256 << 20;

/// How plain scalars are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// The core schema of YAML 1.2: `yes` is text, `010` is ten.
    Core,
    /// What Kubernetes tools read: `yes` is true, `010` is eight.
    Kubernetes,
}

/// Bounds on what is read.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Most nodes of all documents of a text, those that aliases write out included.
    pub nodes: usize,
    /// Most levels of nesting; what is deeper is an error. At most 255.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            nodes: 4_000_000,
            depth: 128,
        }
    }
}

/// Something about a text that is wrong, or was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What it is.
    pub message: String,
    /// Where.
    pub at: Span,
}

/// One document of a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// Its value; null for an empty document.
    pub root: Node,
    /// Keys that stand twice in one map; the later one counts.
    pub duplicates: Vec<Problem>,
}

/// The documents of a text.
#[derive(Debug, Clone, Default)]
pub struct Stream {
    /// Those that could be read, in order.
    pub documents: Vec<Document>,
    /// Why others could not, in order.
    pub errors: Vec<Problem>,
}

/// Reads every document of a text. A document with an error is left out and named in [`Stream::errors`]; those after it are still read,
/// unless a budget is used up.
///
/// Lines of a quoted text may be indented as little as one likes, as go-yaml has it.
#[must_use]
pub fn read(text: &str, dialect: Dialect, limits: Limits) -> Stream {
    let mut shown = Cow::Borrowed(text);
    let mut folded = BTreeMap::new();
    loop {
        let (stream, stopped) = read_once(text, &shown, &folded, dialect, limits);
        let Some((from, at)) = stopped else {
            return stream;
        };
        let again = folded.len() < REREAD && text.len().saturating_mul(folded.len() + 1) <= REREAD_BYTES;
        let found =
            lenient::open_at(text, from, at).filter(|range| again && !folded.contains_key(&range.start));
        let value = found
            .clone()
            .and_then(|range| lenient::unfolded(text.get(range)?));
        let (Some(range), Some(value)) = (found, value) else {
            return stream;
        };
        shown = Cow::Owned(lenient::in_one_line(&shown, range.clone()));
        folded.insert(range.start, (range.end, value));
    }
}

/// Quoted texts that were put into one line, by where they begin: where they end and what they say.
type Folded = BTreeMap<usize, (usize, String)>;

/// Reads `shown`, which differs from `text` only in lines that were put into one. Gives, too, where a quoted text stopped the parser for its
/// indentation, with where what was read before it ended.
fn read_once(
    text: &str,
    shown: &str,
    folded: &Folded,
    dialect: Dialect,
    limits: Limits,
) -> (Stream, Option<(usize, usize)>) {
    let depth = limits.depth.min(255);
    let mut options = granit_parser::options! {
        flow_nesting_limit: depth,
        block_nesting_limit: depth,
        // JSON may have long keys, and long flow values before a colon.
        simple_key_max_lookahead: 65_536,
    };
    options.set_emit_comments(false);
    let mut builder = Builder {
        text,
        folded,
        dialect,
        depth,
        left: limits.nodes,
        open: Vec::new(),
        anchors: HashMap::new(),
        root: None,
        duplicates: Vec::new(),
    };
    let mut parser = Parser::new_from_str_with_options(shown, options);
    let mut stream = Stream::default();
    let (mut end, mut stopped) = (0, None);
    while let Some(next) = parser.next_event() {
        let failed = match next {
            Ok((Event::StreamEnd, _)) => break,
            Ok((Event::DocumentEnd, span)) => {
                stream.documents.push(builder.document(place(&span)));
                None
            }
            Ok((event, span)) => {
                let at = place(&span);
                let range = at.range();
                end = end.max(if matches!(event, Event::Scalar(..)) {
                    range.end
                } else {
                    range.start
                });
                builder.event(event, at).err()
            }
            Err(error) => {
                if matches!(error.kind(), ErrorKind::InvalidQuotedScalarIndent) {
                    let at = error.marker().byte_offset();
                    stopped = stopped.or(at.map(|at| (end, at)));
                }
                Some(Stop::Document(of(&error)))
            }
        };
        let Some(failed) = failed else { continue };
        let (problem, over) = match failed {
            Stop::Document(problem) => (problem, false),
            Stop::Stream(problem) => (problem, true),
        };
        stream.errors.push(problem);
        builder.forget();
        if over {
            break;
        }
        match parser.proceed_next_document() {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                stream.errors.push(of(&error));
                break;
            }
        }
    }
    (stream, stopped)
}

fn place(span: &granit_parser::Span) -> Span {
    span.byte_range()
        .map_or_else(Span::default, |range| Span::new(range.start, range.end))
}

fn of(error: &ScanError) -> Problem {
    let at = error.marker().byte_offset().unwrap_or_default();
    Problem {
        message: error.info(),
        at: Span::new(at, at),
    }
}

enum Stop {
    Document(Problem),
    Stream(Problem),
}

/// A collection that is not closed yet.
struct Open {
    node: Node,
    anchor: usize,
    /// The key of a map that waits for its value, and whether it is a merge.
    key: Option<(Box<str>, Span, bool)>,
    merged: Vec<Entry>,
    /// Nodes within it, itself included.
    size: usize,
    /// Levels below it.
    height: usize,
}

struct Anchored {
    node: Node,
    size: usize,
    height: usize,
}

struct Builder<'t> {
    text: &'t str,
    folded: &'t Folded,
    dialect: Dialect,
    depth: usize,
    left: usize,
    open: Vec<Open>,
    anchors: HashMap<usize, Anchored>,
    root: Option<Node>,
    duplicates: Vec<Problem>,
}

impl Builder<'_> {
    fn forget(&mut self) {
        self.open.clear();
        self.anchors.clear();
        self.root = None;
        self.duplicates.clear();
    }

    fn document(&mut self, end: Span) -> Document {
        let root = self.root.take().unwrap_or(Node {
            value: Value::Null,
            span: end,
            tag: None,
        });
        let duplicates = std::mem::take(&mut self.duplicates);
        self.forget();
        Document { root, duplicates }
    }

    fn spend(&mut self, nodes: usize, at: Span) -> Result<(), Stop> {
        let left = self.left.checked_sub(nodes);
        self.left = left.ok_or_else(|| {
            Stop::Stream(Problem {
                message: "it has too many nodes, aliases written out; the rest is not read".to_owned(),
                at,
            })
        })?;
        Ok(())
    }

    fn event(&mut self, event: Event<'_>, at: Span) -> Result<(), Stop> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.spend(1, at)?;
                let quoted = style != ScalarStyle::Plain;
                let text = match self.folded.get(&at.range().start) {
                    Some((end, value)) if quoted && *end == at.range().end => Cow::Borrowed(value.as_str()),
                    _ => text,
                };
                let merge = &*text == "<<" && !quoted && tag.is_none();
                let (value, tag) = self.scalar(&text, quoted, tag.as_deref());
                let key = (!matches!(value, Value::Text(_))).then_some(text);
                let node = Node { value, span: at, tag };
                self.place(node, (1, 0), anchor, key.as_deref(), merge)
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.begin(Value::List(Vec::new()), anchor, tag.as_deref(), at)
            }
            Event::MappingStart(_, anchor, tag) => {
                self.begin(Value::Map(Vec::new()), anchor, tag.as_deref(), at)
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(at),
            Event::Alias(id) => {
                let Some(anchored) = self.anchors.get(&id) else {
                    return Err(Stop::Document(Problem {
                        message: "an alias stands within what it stands for".to_owned(),
                        at,
                    }));
                };
                let size = (anchored.size, anchored.height);
                // Spent before it is copied, so that no more is ever held than the budget.
                self.spend(size.0, at)?;
                let node = self.anchors.get(&id).map(|one| one.node.clone());
                node.map_or(Ok(()), |node| self.place(node, size, 0, None, false))
            }
            _ => Ok(()),
        }
    }

    fn scalar(&self, text: &str, quoted: bool, tag: Option<&Tag>) -> (Value, Option<Box<str>>) {
        let Some(tag) = tag else {
            let value = if quoted {
                Value::Text(text.into())
            } else {
                scalar::plain(text, self.dialect)
            };
            return (value, None);
        };
        match tag.core_suffix() {
            Some("str") => (Value::Text(text.into()), None),
            Some(_) => (scalar::plain(text, self.dialect), None),
            None if tag.handle().is_empty() && tag.suffix() == "!" => (Value::Text(text.into()), None),
            None => (Value::Text(text.into()), Some(written(tag))),
        }
    }

    fn begin(&mut self, value: Value, anchor: usize, tag: Option<&Tag>, at: Span) -> Result<(), Stop> {
        self.spend(1, at)?;
        if self.open.len() >= self.depth {
            return Err(Stop::Document(self.too_deep(at)));
        }
        let tag = tag.filter(|tag| tag.core_suffix().is_none()).map(written);
        self.open.push(Open {
            node: Node { value, span: at, tag },
            anchor,
            key: None,
            merged: Vec::new(),
            size: 1,
            height: 0,
        });
        Ok(())
    }

    fn too_deep(&self, at: Span) -> Problem {
        Problem {
            message: format!("it is nested deeper than {} levels", self.depth),
            at,
        }
    }

    fn end(&mut self, at: Span) -> Result<(), Stop> {
        let Some(mut open) = self.open.pop() else {
            return Ok(());
        };
        if let Value::Map(entries) = &mut open.node.value {
            for entry in open.merged {
                if !entries.iter().any(|one| one.key == entry.key) {
                    entries.push(entry);
                }
            }
        }
        // The parser says of a block collection that it ends where the next thing begins; it ends with its last node.
        let last = match &open.node.value {
            Value::Map(entries) => entries.last().map(|one| one.value.span.end.max(one.key_span.end)),
            Value::List(items) => items.last().map(|one| one.span.end),
            _ => None,
        };
        let closing = self.text.get(at.range()).is_some_and(|text| !text.is_empty());
        open.node.span.end = if closing { at.end } else { last.unwrap_or(at.start) }.max(open.node.span.end);
        self.place(open.node, (open.size, open.height + 1), open.anchor, None, false)
    }

    /// Puts a finished node where it belongs. `scalar` is the text of one that is no text, for keys.
    fn place(
        &mut self,
        node: Node,
        (size, height): (usize, usize),
        anchor: usize,
        scalar: Option<&str>,
        merge: bool,
    ) -> Result<(), Stop> {
        if self.open.len() + height > self.depth {
            return Err(Stop::Document(self.too_deep(node.span)));
        }
        if anchor != 0 {
            // An anchor keeps a copy: it counts too.
            self.spend(size, node.span)?;
            let anchored = Anchored {
                node: node.clone(),
                size,
                height,
            };
            self.anchors.insert(anchor, anchored);
        }
        let text = self.text;
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        open.size += size;
        open.height = open.height.max(height);
        match &mut open.node.value {
            Value::List(items) => items.push(node),
            Value::Map(entries) => match open.key.take() {
                None => {
                    let key = match (&node.value, scalar) {
                        (_, Some(scalar)) => scalar.into(),
                        (Value::Text(key), None) => key.clone(),
                        // A key that is a list or a map is known by how it is written.
                        _ => text.get(node.span.range()).unwrap_or_default().into(),
                    };
                    open.key = Some((key, node.span, merge));
                }
                Some((_, _, true)) => match node.value {
                    Value::Map(from) => open.merged.extend(from),
                    Value::List(items) => {
                        for item in items {
                            if let Value::Map(from) = item.value {
                                open.merged.extend(from);
                            }
                        }
                    }
                    _ => {}
                },
                Some((key, key_span, false)) => {
                    let entry = Entry {
                        key,
                        key_span,
                        value: node,
                    };
                    put(entries, entry, &mut self.duplicates);
                }
            },
            _ => {}
        }
        Ok(())
    }
}

/// Adds an entry; of two with one key the later counts.
fn put(entries: &mut Vec<Entry>, entry: Entry, duplicates: &mut Vec<Problem>) {
    let Some(earlier) = entries.iter_mut().find(|one| one.key == entry.key) else {
        entries.push(entry);
        return;
    };
    duplicates.push(Problem {
        message: format!(
            "the key `{}` stands twice; the later one counts",
            entry.key.escape_debug()
        ),
        at: entry.key_span,
    });
    *earlier = entry;
}

fn written(tag: &Tag) -> Box<str> {
    format!("{}{}", tag.handle(), tag.suffix()).into()
}

#[cfg(test)]
#[path = "yaml_tests.rs"]
mod tests;
