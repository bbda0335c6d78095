//! Quoted texts over several lines that are less indented than YAML asks for, and that tools of Kubernetes read all the same.
//!
//! In: a text, and where the parser stopped. Out: the quoted text that is open there, what it says, and the text with that one put into one
//! line, byte for byte as long. <https://yaml.org/spec/1.2.2/#73-flow-scalar-styles>; go-yaml asks for no indentation in them.

use granit_parser::{Event, Parser, ScalarStyle};
use std::ops::Range;

/// Where the quoted text begins and ends that begins after `from` and is open at `at`.
pub(crate) fn open_at(text: &str, from: usize, at: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let mut index = from;
    while index < at {
        let byte = *bytes.get(index)?;
        let before = index.checked_sub(1).and_then(|before| bytes.get(before));
        let apart = before.is_none_or(|before| matches!(before, b' ' | b'\t' | b'\n' | b'\r'));
        match byte {
            b'#' if apart => index = line_end(bytes, index),
            b'"' | b'\'' if apart => {
                let end = closing(bytes, index)?;
                if end > at {
                    return Some(index..end);
                }
                index = end;
            }
            _ => index += 1,
        }
    }
    None
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    rest.iter()
        .position(|byte| *byte == b'\n')
        .map_or(bytes.len(), |end| from + end)
}

/// Behind the quote that closes what opens at `open`.
fn closing(bytes: &[u8], open: usize) -> Option<usize> {
    let quote = *bytes.get(open)?;
    let mut index = open + 1;
    loop {
        let byte = *bytes.get(index)?;
        let escape = quote == b'"' && byte == b'\\';
        let doubled = quote == b'\'' && byte == quote && bytes.get(index + 1) == Some(&quote);
        if escape || doubled {
            index += 2;
        } else if byte == quote {
            return Some(index + 1);
        } else {
            index += 1;
        }
    }
}

/// What a quoted text says, its lines folded; none where it is none by itself.
pub(crate) fn unfolded(quoted: &str) -> Option<String> {
    let mut parser = Parser::new_from_str(quoted);
    let mut found = None;
    while let Some(event) = parser.next_event() {
        match event.ok()?.0 {
            Event::Scalar(text, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted, ..)
                if found.is_none() =>
            {
                found = Some(text.into_owned());
            }
            Event::StreamStart | Event::DocumentStart(..) | Event::DocumentEnd => {}
            Event::StreamEnd => return found,
            _ => return None,
        }
    }
    None
}

/// The text with what is in `range` in one line: line breaks and the blanks around them become as many blanks.
pub(crate) fn in_one_line(text: &str, range: Range<usize>) -> String {
    let mut out = String::with_capacity(text.len());
    out.push_str(text.get(..range.start).unwrap_or_default());
    for c in text.get(range.clone()).unwrap_or_default().chars() {
        out.push(if matches!(c, '\n' | '\r' | '\t') { ' ' } else { c });
    }
    out.push_str(text.get(range.end..).unwrap_or_default());
    out
}
